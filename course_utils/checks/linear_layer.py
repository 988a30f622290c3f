"""The checks of 'The linear layer'. Autograd and the closed forms are the oracle."""

import functools

import numpy as np
import torch
from torch import nn

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, Wrong, diagnose, same
from course_utils.descent import QuadraticLoss, design_matrix


@exercise(
    1,
    hint="super().__init__() first, then self.w = nn.Parameter(torch.tensor(0.0)) and self.b "
    "likewise; forward returns self.w * x + self.b.",
)
def Line(answer):  # noqa: N802 - the student's class
    """Judge `class Line(nn.Module)`: the line y = w·x + b with two parameters that start at 0."""
    if isinstance(answer, nn.Module):
        raise Wrong("Pass the class itself, Line, without parentheses.")
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        raise Wrong("Line must be a class that builds on nn.Module: class Line(nn.Module).")
    line = call(
        answer,
        means={
            "Module.__init__() call": "super().__init__() is missing, or it is too late: without "
            "it there is no list that a parameter could be written into."
        },
    )
    if any(value is ... for value in vars(line).values()):
        raise NotDone
    if "_parameters" not in vars(line):
        raise Wrong("super().__init__() is missing: without it there is no list of parameters.")
    _judge_parameters(line)
    _judge_forward(line)
    second = call(answer)
    for name in ("w", "b"):
        if getattr(second, name).data_ptr() == getattr(line, name).data_ptr():
            raise Wrong(f"All lines share one {name}: make a tensor of its own in __init__.")
    return "Two parameters, noticed as you assigned them, and a forward that uses both."


def _judge_parameters(line):
    for name in ("w", "b"):
        value = getattr(line, name, None)
        if isinstance(value, nn.Module):
            raise Wrong(f"self.{name} is a layer; write a single number of your own.")
        if value is None:
            raise Wrong(f"There is no self.{name}: the parameters are named w and b.")
        if not isinstance(value, torch.Tensor):
            raise Wrong(f"self.{name} isn't a tensor but {value!r:.40}: wrap one in nn.Parameter.")
        if not isinstance(value, nn.Parameter):
            raise Wrong(
                f"self.{name} is a plain tensor, and a module notices only nn.Parameter: "
                "parameters() doesn't list it, so no optimizer would ever move it."
            )
        if value.numel() != 1:
            raise Wrong(f"self.{name} must be one number, but has shape {tuple(value.shape)}.")
        if value.item() != 0:
            raise Wrong(f"self.{name} must start at 0, but starts at {value.item():.4g}.")
    if not line.w.is_floating_point():
        raise Wrong("The parameters are whole numbers: write 0.0.")
    if not (line.w.requires_grad and line.b.requires_grad):
        raise Wrong("requires_grad=False freezes a parameter: no gradient would reach it. Drop it.")
    if line.w.data_ptr() == line.b.data_ptr():
        raise Wrong("self.w and self.b share one number: make a tensor for each.")
    names = [name for name, _ in line.named_parameters()]
    if not {"w", "b"} <= {*names}:
        raise Wrong(
            "w and b belong to the class, so parameters() doesn't list them: write self.w = ... "
            "and self.b = ... in __init__."
        )
    if sorted(names) != ["b", "w"]:
        raise Wrong(f"The parameters must be w and b, not {', '.join(names)}.")


def _judge_forward(line):
    for w, b, x in ((0.7, -1.3, [-2.0, 0.5, 3.0]), (-0.4, 2.1, [1.5, -0.3, 0.0, 4.0])):
        x = torch.tensor(x).reshape(-1, 1)
        with torch.no_grad():
            line.w.fill_(w), line.b.fill_(b)
        y_pred = call(line, x)
        if not isinstance(y_pred, torch.Tensor):
            raise Wrong("forward must return a tensor of predictions.")
        if y_pred.shape != x.shape:
            raise Wrong(
                f"For x of shape {tuple(x.shape)} forward returns the shape {tuple(y_pred.shape)}."
            )
        mistakes = {
            "The bias is missing in forward.": w * x,
            "The weight is missing in forward.": x + b,
            "w and b are swapped in forward.": b * x + w,
            "forward subtracts the bias.": w * x - b,
            "forward doesn't use w and b as they are now: read self.w and self.b inside it.": 0 * x,
        }
        plain = {told: result.ravel().numpy() for told, result in mistakes.items()}
        want = (w * x + b).ravel().numpy()
        diagnose(y_pred.detach().ravel().numpy(), want, plain, rtol=1e-5)
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
    """Judge `sgd_step(parameters, lr)`: the step of plain SGD, in place."""
    _judge_sgd_step(
        answer,
        0.3,
        [[[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], [0.3, -0.6], [3.1], [4.0], [1.2, 0.7, -2.4]],
        [[[1.0, 2.0, -1.0], [0.5, -3.0, 4.0]], [-2.0, 0.7], [0.8], None, [0.9, -1.4, 0.3]],
    )
    _judge_sgd_step(
        answer, 0.07, [[1.1, -0.2], [2.5], [0.4], [[0.8, -1.9]]], [[0.6, 5.0], None, [-3.0], None]
    )
    return "The same step as torch.optim.SGD, for every shape, and None stays put."


def _judge_sgd_step(answer, lr, starts, slopes):
    starts = [torch.tensor(values) for values in starts]
    slopes = [None if slope is None else torch.tensor(slope) for slope in slopes]
    parameters = [nn.Parameter(start.clone()) for start in starts]
    for p, slope in zip(parameters, slopes, strict=True):
        p.grad = None if slope is None else slope.clone()

    def stepped(*arguments):
        answer(*arguments)
        return True  # the step itself returns nothing

    means = {
        "leaf Variable": "The step itself would be recorded in the graph: put it inside "
        "torch.no_grad().",
        "NoneType": "One of the parameters has the gradient None: leave that one where it is.",
    }
    stepped = stepped if callable(answer) else answer
    call(stepped, parameters, lr, in_place=True, means=means)

    def flat(tensors):
        return np.concatenate([p.detach().ravel().numpy() for p in tensors])

    moves = [torch.zeros_like(p) if g is None else g for p, g in zip(starts, slopes, strict=True)]
    old, move, got = flat(starts), flat(moves), flat(parameters)
    want = old - lr * move
    same_slopes = all(
        (p.grad is None) if slope is None else p.grad is not None and torch.equal(p.grad, slope)
        for p, slope in zip(parameters, slopes, strict=True)
    )
    if same(got, old) and not same_slopes:
        raise Wrong("No parameter has moved: the gradients were emptied before the step.")
    if same(got, old):
        raise Wrong(
            "No parameter has moved. A line like `p = p - ...` makes a new tensor and gives it the "
            "name p; p -= ... changes the one that the model holds."
        )
    moved = [not torch.equal(p, start) for p, start in zip(parameters, starts, strict=True)]
    reached = [
        same(p.detach(), start - lr * slope, rtol=1e-5)
        for p, start, slope in zip(parameters, starts, moves, strict=True)
    ]
    if not all(reached) and all(r or not m for r, m in zip(reached, moved, strict=True)):
        at = reached.index(False)
        why = ""
        if not any(moved[at:]) and slopes[at - 1] is None:
            why = " It stops at the gradient None: skip that parameter and go on with the others."
        raise Wrong(f"Parameter {at}, counted from 0, hasn't moved: step all of them.{why}")
    mistakes = {
        "It climbs: the step goes against the gradient, so subtract.": old + lr * move,
        "The learning rate isn't used.": old - move,
        "You stepped by the sign of the gradient, as Adam's first step does: use the gradient "
        "itself.": old - lr * np.sign(move),
        **fixed_rates(lambda rate: old - rate * move),
    }
    diagnose(got, want, mistakes, rtol=1e-5)
    if not same_slopes:
        raise Wrong(
            "The parameters are right, but the gradients have changed: step() leaves each p.grad "
            "as it is, None included. Emptying them is the work of zero_grad()."
        )
    if any(not p.requires_grad or p.grad_fn for p in parameters):
        raise Wrong("Afterwards a parameter isn't a leaf that requires grad any more.")


@exercise(
    3,
    hint="in the loop: loss, optimizer.zero_grad(), loss.backward(), optimizer.step(), "
    "history.append(loss.item()); after it one more loss, of the final model.",
)
def careful_train(answer):
    """Judge `careful_train(model, X, y, lr, n_epochs)`: the losses before each step and after."""
    for n, d, lr, n_epochs in ((9, 2, 0.13, 6), (7, 3, 0.06, 4)):
        generator = torch.Generator().manual_seed(n)
        X = torch.randn(n, d, generator=generator)
        y = torch.randn(n, 1, generator=generator) + 2
        start = torch.randn(d + 1, generator=generator)
        model = nn.Linear(d, 1)
        nn.utils.vector_to_parameters(start.clone(), model.parameters())
        losses = _floats(call(answer, model, X, y, lr, n_epochs, in_place=True), n_epochs)
        place = nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
        _judge_training(losses, place, start, X, y, lr, n_epochs)
    return "Each loss is a plain number, and the last is that of the model you leave behind."


def _judge_training(losses, place, start, X, y, lr, n_epochs):
    bowl = QuadraticLoss(design_matrix(X), y)
    start = start.double().numpy()
    places = [bowl.after(k, start, lr) for k in range(n_epochs + 2)]
    want = bowl.loss(np.array(places[:-1]))
    if same(losses, want[:-1], rtol=1e-4):
        if same(place, places[-3], rtol=1e-3):
            raise Wrong(
                f"You took {n_epochs - 1} steps in {n_epochs} epochs: the loop must run n_epochs "
                "times."
            )
        raise Wrong(
            "The losses before each step are right; the loss of the final model is missing: "
            "compute it once more after the loop."
        )
    if same(losses, want[1:], rtol=1e-4):
        raise Wrong("These are the losses after each step; the one before the first is missing.")
    if len(losses) != n_epochs + 1:
        raise Wrong(f"{n_epochs} epochs have {n_epochs + 1} losses, not {len(losses)}.")
    summed, late = (bowl.loss(p) for p in _slipped_paths(bowl, start, lr, n_epochs))

    def losses_of(rate):
        path = [start]
        for _ in range(n_epochs):
            path.append(path[-1] - rate * bowl.hessian @ (path[-1] - bowl.minimizer))
        return bowl.loss(np.array(path))

    mistakes = {
        "The gradients of earlier epochs are still there: where is optimizer.zero_grad()?": summed,
        "The model never moves. Is backward() or step() missing, or are the gradients thrown away "
        "between backward() and step()?": np.full(n_epochs + 1, want[0]),
        "The first loss is there twice, and that of the final model is missing.": (
            want[np.r_[0, 0:n_epochs]]
        ),
        "The last loss is the one before the last step, a second time: "
        "compute it again, with the model as it is now.": np.r_[want[:-1], want[-2]],
        "Each step uses the gradient of the epoch before: call backward() first, then step().": (
            late
        ),
        "It climbs: leave out maximize.": losses_of(-lr),
        f"You summed over the {len(y)} rows; take the mean.": len(y) * losses_of(len(y) * lr),
        "Every prediction meets every target: (n, 1) minus a flat y is a table of (n, n).": (
            _losses_of(torch.optim.SGD, start, X, y.ravel(), lr, n_epochs)
        ),
        "These are the losses of Adam: use torch.optim.SGD.": _losses_of(
            torch.optim.Adam, start, X, y, lr, n_epochs
        ),
        "These are the losses of SGD with momentum 0.9: use plain SGD.": _losses_of(
            functools.partial(torch.optim.SGD, momentum=0.9), start, X, y, lr, n_epochs
        ),
        **fixed_rates(losses_of),
    }
    diagnose(losses, want, mistakes, rtol=1e-4)
    if same(place, places[-1], rtol=1e-3):
        raise Wrong("The losses are right, but the model took one step too many.")
    if not same(place, places[-2], rtol=1e-3):
        raise Wrong("The losses are right, but the model that was given isn't the trained one.")


def _losses_of(optimizer_class, start, X, y, lr, n_epochs):
    """Return the losses of a training with a different optimizer."""
    A = torch.from_numpy(design_matrix(X)).float()
    p = torch.tensor(start, dtype=torch.float32).reshape(-1, 1).requires_grad_()
    optimizer, losses = optimizer_class([p], lr=lr), []
    for _ in range(n_epochs + 1):
        loss = ((A @ p - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


def _floats(got, n_epochs):
    if getattr(got, "ndim", 0) == 1 and not getattr(got, "requires_grad", False):
        got = got.tolist()  # an array or a tensor of numbers is as good as a list
    if not isinstance(got, (list, tuple)):
        raise Wrong(
            f"Expected a list of {n_epochs + 1} floats, got a value of type {type(got).__name__}."
        )
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
    inner = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    parts = {"inner": inner, "debiased": nn.Linear(2, 1)}
    for model, lr, decay in (
        (nn.ModuleDict(parts), 0.25, 0.6),
        # Not every second parameter is a bias.
        (nn.Sequential(nn.Linear(2, 3, bias=False), nn.Tanh(), nn.Linear(3, 1)), 0.07, 0.15),
    ):
        optimizer = call(answer, model, lr, decay, in_place=True)
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise Wrong(f"Expected an optimizer, got a value of type {type(optimizer).__name__}.")
        _judge_optimizer(optimizer, model, lr, decay)
    return "Every parameter is trained, and only the weights are pulled towards zero."


def _judge_optimizer(optimizer, model, lr, decay):
    if not isinstance(optimizer, torch.optim.SGD):
        raise Wrong(f"Expected torch.optim.SGD, got {type(optimizer).__name__}.")
    if any(group["momentum"] for group in optimizer.param_groups):
        raise Wrong("This SGD has momentum: use it without.")
    if not all(group["params"] for group in optimizer.param_groups):
        raise Wrong(
            "One of your groups is empty: a name such as inner.0.bias only ends in bias, so ask "
            'for name.endswith("bias").'
        )
    listed = [id(p) for group in optimizer.param_groups for p in group["params"]]
    missing = [name for name, p in model.named_parameters() if id(p) not in listed]
    if len(missing) == len(list(model.parameters())):
        raise Wrong(
            "The optimizer has none of the model's parameters: give it those themselves, not "
            "copies."
        )
    if missing:
        raise Wrong(
            f"The optimizer doesn't have {', '.join(missing)}, and would never train them: "
            "what isn't decayed needs a group, too."
        )
    start, slope = 1.7, 0.4
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(start)
            p.grad = torch.full_like(p, slope)
    optimizer.step()
    moved = np.array([start - p.mean().item() for p in model.parameters()])
    plain, decayed = lr * slope, lr * (slope + start * decay)
    names = [name for name, _ in model.named_parameters()]
    weight = np.array([name.endswith("weight") for name in names])
    mistakes = {
        "Weight decay acts on the biases too: they need a group of their own, without it.": (
            np.full(len(weight), decayed)
        ),
        "The groups are swapped: the biases decay and the weights don't.": (
            np.where(weight, plain, decayed)
        ),
        "Nothing decays: give weight_decay to the group of the weights.": (
            np.full(len(weight), plain)
        ),
        "The learning rate isn't used.": np.where(weight, decayed, plain) / lr,
        "It climbs: leave out maximize.": np.where(weight, decayed, plain) - 2 * plain,
        **fixed_rates(lambda rate: np.where(weight, decayed, plain) / lr * rate),
    }
    inside = np.array(["bias" in name for name in names])
    if not np.array_equal(inside, ~weight):
        mistakes["debiased.weight isn't a bias: ask whether the name ends in bias."] = np.where(
            inside, plain, decayed
        )
    diagnose(moved, np.where(weight, decayed, plain), mistakes, names, rtol=1e-5)
