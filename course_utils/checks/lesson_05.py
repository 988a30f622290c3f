"""The checks of lesson 05, 'The linear layer'. Autograd and the closed forms are the oracle."""

import numpy as np
import torch
from torch import nn

from course_utils.checks.core import NotDone, Wrong, call, diagnose, exercise, same
from course_utils.descent import QuadraticLoss, design_matrix


@exercise(
    1,
    hint="super().__init__() first, then self.w = nn.Parameter(torch.tensor(0.0)) and self.b "
    "likewise; forward returns self.w * x + self.b.",
)
def Line(answer):  # noqa: N802 - the student's class
    """Judge `class Line(nn.Module)`: the line y = w·x + b with two parameters that start at 0."""
    if isinstance(answer, nn.Module):
        raise Wrong("Pass the class itself, Line, without brackets behind it.")
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        raise Wrong("Line must be a class that builds on nn.Module: class Line(nn.Module).")
    line = _made(answer)
    if any(value is ... for value in vars(line).values()):
        raise NotDone
    if "_parameters" not in vars(line):
        raise Wrong("super().__init__() is missing: without it there is no list of parameters.")
    _judge_parameters(line)
    _judge_forward(line)
    return "Two parameters, noticed as you assigned them, and a forward that uses both."


def _made(answer):
    try:
        return call(answer)
    except Wrong as wrong:
        if "Module.__init__() call" in str(wrong):
            raise Wrong(
                "super().__init__() is missing, or it comes too late: without it there is no list "
                "that a parameter could be written into."
            ) from None
        raise


def _judge_parameters(line):
    for name in ("w", "b"):
        value = getattr(line, name, None)
        if isinstance(value, nn.Module):
            raise Wrong(f"self.{name} is a layer; a single number of your own is asked, no layer.")
        if value is None:
            raise Wrong(f"There is no self.{name}: the parameters are named w and b.")
        if not isinstance(value, torch.Tensor):
            raise Wrong(f"self.{name} is no tensor but {value!r:.40}: wrap one in nn.Parameter.")
        if not isinstance(value, nn.Parameter):
            raise Wrong(
                f"self.{name} is a plain tensor, and a module notices only nn.Parameter: "
                "parameters() does not list it, so no optimizer would ever move it."
            )
        if value.numel() != 1:
            raise Wrong(f"self.{name} must be one number, but has shape {tuple(value.shape)}.")
        if value.item() != 0:
            raise Wrong(f"self.{name} must start at 0, but starts at {value.item():.4g}.")
    if not line.w.is_floating_point():
        raise Wrong("The parameters are whole numbers: write 0.0.")
    names = [name for name, _ in line.named_parameters()]
    if sorted(names) != ["b", "w"]:
        raise Wrong(f"The parameters must be w and b, and here they are {', '.join(names)}.")


def _judge_forward(line):
    x = torch.tensor([[-2.0], [0.5], [3.0]])
    with torch.no_grad():
        line.w.fill_(0.7), line.b.fill_(-1.3)
    y_pred = call(line, x)
    if not isinstance(y_pred, torch.Tensor):
        raise Wrong("forward must return a tensor of predictions.")
    if y_pred.shape != x.shape:
        raise Wrong(f"For x of shape (3, 1) forward returns the shape {tuple(y_pred.shape)}.")
    mistakes = {
        "The bias is missing in forward.": 0.7 * x,
        "w and b have changed places in forward.": -1.3 * x + 0.7,
        "forward subtracts the bias.": 0.7 * x + 1.3,
        "forward does not use w and b as they are now: read self.w and self.b inside it.": 0 * x,
    }
    want = 0.7 * x - 1.3
    plain = {told: result.ravel().numpy() for told, result in mistakes.items()}
    diagnose(y_pred.detach().ravel().numpy(), want.ravel().numpy(), plain, rtol=1e-5)
    if y_pred.requires_grad:
        y_pred.sum().backward()
    if line.w.grad is None or line.b.grad is None:
        raise Wrong(
            "The predictions are right, but the graph is cut on the way: no gradient would reach "
            "w and b. Leave out item(), detach(), .data and no_grad() in forward."
        )


@exercise(
    2,
    hint="with torch.no_grad(): for each p whose grad is not None, p -= lr * p.grad.",
)
def sgd_step(answer):
    """Judge `sgd_step(parameters, lr)`: the step of plain SGD, in place; torch.optim is right."""
    lr = 0.3
    start = [[[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], [0.3, -0.6], [4.0]]
    slopes = [[[1.0, 2.0, -1.0], [0.5, -3.0, 4.0]], [-2.0, 0.7], None]

    def parameters():
        made = [nn.Parameter(torch.tensor(values)) for values in start]
        for p, slope in zip(made, slopes, strict=True):
            p.grad = None if slope is None else torch.tensor(slope)
        return made

    stepped, expected = parameters(), parameters()
    torch.optim.SGD(expected, lr=lr).step()
    _step(answer, stepped, lr)

    def flat(tensors):
        return np.concatenate([p.detach().ravel().numpy() for p in tensors])

    old, want = flat(parameters()), flat(expected)
    first = np.concatenate([want[:6], old[6:]])
    if same(flat(stepped), old):
        raise Wrong(
            "No parameter has moved. p = p - ... makes a new tensor and gives it the name p; "
            "p -= ... changes the one that the model holds."
        )
    mistakes = {
        "It climbs: the step goes against the gradient, so subtract.": 2 * old - want,
        "The learning rate is not used.": old + (want - old) / lr,
        "Only the first parameter has moved.": first,
    }
    diagnose(flat(stepped), want, mistakes, rtol=1e-5)
    slopes_after = [None if p.grad is None else p.grad.tolist() for p in stepped]
    slopes_before = [None if p.grad is None else p.grad.tolist() for p in expected]
    if slopes_after != slopes_before:
        raise Wrong(
            "The parameters are right, but the gradients have changed: zeroing them is the work "
            "of zero_grad(), step() leaves them."
        )
    if any(not p.requires_grad or p.grad_fn for p in stepped):
        raise Wrong("Afterwards a parameter is no leaf that requires grad any more.")
    return "The same step as torch.optim.SGD, for every shape, and None stays put."


def _step(answer, parameters, lr):
    def stepped(*arguments):
        answer(*arguments)
        return True  # the step itself returns nothing

    try:
        call(stepped if callable(answer) else answer, parameters, lr, in_place=True)
    except Wrong as wrong:
        if "leaf Variable" in str(wrong):
            raise Wrong(
                "PyTorch refuses: the step itself would be recorded in the graph. "
                "It belongs inside torch.no_grad()."
            ) from None
        if "NoneType" in str(wrong):
            raise Wrong(
                "One of the parameters has the gradient None, and the step stumbles over it: "
                "leave that parameter where it is."
            ) from None
        raise


@exercise(
    3,
    hint="in the loop: loss, optimizer.zero_grad(), loss.backward(), optimizer.step(), "
    "history.append(loss.item()); after it one more loss, of the final model.",
)
def careful_train(answer):
    """Judge `careful_train(model, X, y, lr, n_epochs)`: the losses before each step and after."""
    n_epochs, lr = 6, 0.1
    generator = torch.Generator().manual_seed(5)
    X = torch.randn(9, 2, generator=generator)
    y = torch.randn(9, 1, generator=generator) + 2
    bowl = QuadraticLoss(design_matrix(X), y)
    start = np.array([0.4, -0.8, 0.2])
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([start[:2]])), model.bias.fill_(start[2])
    got = call(answer, model, X, y, lr, n_epochs, in_place=True)
    losses = _floats(got, n_epochs)
    places = [bowl.after(k, start, lr) for k in range(n_epochs + 1)]
    want = bowl.loss(np.array(places))
    if same(losses, want[:-1], rtol=1e-4):
        raise Wrong(
            "The losses before each step are right; the loss of the final model is missing: "
            "compute it once more after the loop."
        )
    if same(losses, want[1:], rtol=1e-4):
        raise Wrong("These are the losses after each step; the one before the first is missing.")
    if len(losses) != n_epochs + 1:
        raise Wrong(
            f"For {n_epochs} epochs {n_epochs + 1} losses are wanted, but {len(losses)} came."
        )
    summed, late = (bowl.loss(p) for p in _slipped_paths(bowl, start, lr, n_epochs))
    mistakes = {
        "The gradients of earlier epochs are still there: where is optimizer.zero_grad()?": summed,
        "The model never moves. Is step() missing, or are the gradients thrown away between "
        "backward() and step()?": np.full(n_epochs + 1, want[0]),
        "The first loss stands there twice, and that of the final model is missing.": (
            want[np.r_[0, 0:n_epochs]]
        ),
        "The last loss is the one before the last step, a second time: "
        "compute it anew, with the model as it is now.": np.r_[want[:-1], want[-2]],
        "Each step uses the gradient of the epoch before: call backward() first, then step().": (
            late
        ),
    }
    diagnose(losses, want, mistakes, rtol=1e-4)
    place = np.append(model.weight.detach().numpy(), model.bias.item())
    if not same(place, places[-1], rtol=1e-3):
        raise Wrong("The losses are right, but the model that was given is not the trained one.")
    return "Each loss is a plain number, and the last is that of the model you leave behind."


def _floats(got, n_epochs):
    if not isinstance(got, (list, tuple)):
        raise Wrong(f"Wanted a list of {n_epochs + 1} floats, but a {type(got).__name__} came.")
    for place, entry in (("first", got[:1]), ("last", got[-1:])):
        if entry and isinstance(entry[0], torch.Tensor):
            graph = " with its whole graph behind it" if entry[0].requires_grad else ""
            raise Wrong(f"The {place} loss is a tensor{graph}: keep loss.item().")
    try:
        return np.array(got, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("The history must hold nothing but numbers.") from None


def _slipped_paths(bowl, start, lr, n_epochs):
    """Return the paths along summed gradients, and along the gradient of the epoch before."""

    def gradient(place):
        return bowl.hessian @ (place - bowl.minimizer)

    summed, late, total = [start], [start, start], 0.0
    for _ in range(n_epochs):
        total = total + gradient(summed[-1])
        summed.append(summed[-1] - lr * total)
        late.append(late[-1] - lr * gradient(late[-2]))
    return np.array(summed), np.array(late[:-1])


@exercise(
    4,
    hint="SGD takes a list of dictionaries: {'params': weights, 'weight_decay': weight_decay} "
    "and {'params': biases}. Both lists come from model.named_parameters().",
)
def decay_weights_only(answer):
    """Judge `decay_weights_only(model, lr, weight_decay)`: an SGD that decays no bias."""
    lr, decay = 0.25, 0.6
    inner = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    model = nn.ModuleDict({"inner": inner, "last": nn.Linear(2, 1)})
    optimizer = call(answer, model, lr, decay, in_place=True)
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise Wrong(f"Wanted an optimizer, but a {type(optimizer).__name__} came.")
    listed = [id(p) for group in optimizer.param_groups for p in group["params"]]
    missing = [name for name, p in model.named_parameters() if id(p) not in listed]
    if missing:
        raise Wrong(
            f"The optimizer does not have {', '.join(missing)}, and would never train them: "
            "what is not decayed still belongs into a group."
        )
    start = [torch.full_like(p, 2.0) for p in model.parameters()]
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(2.0)
            p.grad = torch.full_like(p, 0.5)
    optimizer.step()
    moved = np.array(
        [(s - p).mean().item() for s, p in zip(start, model.parameters(), strict=True)]
    )
    plain, decayed = lr * 0.5, lr * (0.5 + 2 * decay)
    names = [name for name, _ in model.named_parameters()]
    weight = np.array([name.endswith("weight") for name in names])
    mistakes = {
        "Weight decay acts on the biases too: they need a group of their own, without it.": (
            np.full(len(weight), decayed)
        ),
        "The groups have changed places: the biases decay and the weights do not.": (
            np.where(weight, plain, decayed)
        ),
        "Nothing decays: give weight_decay to the group of the weights.": (
            np.full(len(weight), plain)
        ),
        "The learning rate is not used.": np.where(weight, decayed, plain) / lr,
    }
    diagnose(moved, np.where(weight, decayed, plain), mistakes, names, rtol=1e-5)
    return "Every parameter is trained, and only the weights are pulled towards zero."
