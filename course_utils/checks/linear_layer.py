"""The checks of 'The linear layer'. Autograd and the closed forms are the oracle."""

import functools

import numpy as np
import torch
from torch import nn

from course_utils import data
from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, Wrong, diagnose, same
from course_utils.checks.reading import holds_ellipsis, named
from course_utils.descent import QuadraticLoss, design_matrix

_NAMES = ("a", "b", "c")


@exercise(
    1,
    hint="compare Wave with Line: what comes first in __init__? Each number, self.a, self.b and "
    "self.c, is a parameter that starts at 0; forward reads all three, and the sine.",
)
def Wave(answer):  # noqa: N802 - the student's class
    """Judge `class Wave(nn.Module)`: y = a·x + b + c·sin(6x), its parameters from 0."""
    if isinstance(answer, nn.Module):
        raise Wrong("Pass the class itself, Wave, without parentheses.")
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        raise Wrong("Wave must be a class that builds on nn.Module: class Wave(nn.Module).")
    wave = _call(
        answer,
        means={
            "Module.__init__() call": "super().__init__() is missing, or it is too late: without "
            "it there is no list that a parameter could be written into.",
            "has no attribute 'detach'": "nn.Parameter takes a tensor: torch.tensor(0.0).",
            "Only Tensors of floating point": "Whole numbers have no gradient: write 0.0.",
            "required positional argument": "Wave() is made without arguments; x goes to forward.",
        },
    )
    if any(value is ... for value in vars(wave).values()):
        raise NotDone
    if "_parameters" not in vars(wave):
        if not set(_NAMES) & set(vars(wave)):
            raise NotDone  # only the ... that the exercise gives
        raise Wrong("super().__init__() is missing: without it there is no list of parameters.")
    _judge_parameters(wave)
    _judge_forward(wave)
    second = _call(answer)
    for name in _NAMES:
        if getattr(second, name).data_ptr() == getattr(wave, name).data_ptr():
            raise Wrong(f"All waves share one {name}: make a tensor of its own in __init__.")
    points = data.sine_line()
    x, y = torch.from_numpy(points.x).float(), torch.from_numpy(points.y).float()
    _train(second, x.reshape(-1, 1), y.reshape(-1, 1), lr=0.5, n_epochs=500)
    found = ", ".join(f"{name} = {getattr(second, name).item():.3f}" for name in _NAMES)
    return f"On the ten points, the loop finds {found} in 500 epochs."


def _call(answer, *arguments, means=()):
    """Call a class or an object of it; an error is told as that of the class."""
    try:
        return call(answer, *arguments, means=means)
    except Wrong as wrong:
        raise Wrong(str(wrong).replace("Your function", "Your class", 1)) from None


def _train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(n_epochs):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _judge_parameters(wave):
    for name in _NAMES:
        value = getattr(wave, name, None)
        if isinstance(value, nn.Module):
            raise Wrong(f"self.{name} is a layer; write a single number of your own.")
        if value is None:
            raise Wrong(f"There is no self.{name}: the parameters are named a, b and c.")
        if isinstance(value, tuple):
            raise Wrong(f"self.{name} is a tuple: is there a comma at the end of its line?")
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
        if not value.is_floating_point():
            raise Wrong("The parameters are whole numbers: write 0.0.")
        if not value.requires_grad:
            raise Wrong(
                "requires_grad=False freezes a parameter: no gradient would reach it. Drop it."
            )
    if len({getattr(wave, name).data_ptr() for name in _NAMES}) < len(_NAMES):
        raise Wrong("Two of the parameters share one number: make a tensor for each.")
    names = sorted(name for name, _ in wave.named_parameters(remove_duplicate=False))
    if not {*_NAMES} <= {*names}:
        raise Wrong(
            "a, b and c belong to the class, so parameters() doesn't list them: write self.a = ... "
            "and so on in __init__."
        )
    if names != [*_NAMES]:
        raise Wrong(f"The parameters must be a, b and c, not {', '.join(names)}.")


def _judge_forward(wave):
    for numbers, x in (
        ((0.7, -1.3, 0.4), [-2.0, 0.5, 3.0]),
        ((-0.4, 2.1, 1.7), [1.5, -0.3, 0.0, 4.0]),
    ):
        a, b, c = numbers
        x = torch.tensor(x).reshape(-1, 1)
        with torch.no_grad():
            for name, number in zip(_NAMES, numbers, strict=True):
                getattr(wave, name).fill_(number)
        y_pred = _call(
            wave,
            x,
            means={
                "only one element tensors": "math's functions take one number: use torch.sin.",
                'missing the required "forward"': "Is it spelt forward, and indented like "
                "__init__?",
                "is not defined": "The parameters belong to self: read self.a, self.b and self.c.",
            },
        )
        if not isinstance(y_pred, torch.Tensor):
            raise Wrong(f"forward must return a tensor of predictions, not {named(y_pred)}.")
        if y_pred.shape != x.shape:
            raise Wrong(
                f"For x of shape {tuple(x.shape)} forward returns the shape {tuple(y_pred.shape)}."
            )
        sine = torch.sin(6 * x)
        mistakes = {
            "The term a·x is missing in forward.": b + c * sine,
            "b is missing in forward.": a * x + c * sine,
            "The sine is missing in forward.": a * x + b + 0 * x,
            "c is missing in forward.": a * x + b + sine,
            "a is missing in forward.": x + b + c * sine,
            "a and b are swapped in forward.": b * x + a + c * sine,
            "a and c are swapped in forward.": c * x + b + a * sine,
            "b and c are swapped in forward.": a * x + c + b * sine,
            "The sine is that of x: take the sine of 6 * x.": a * x + b + c * torch.sin(x),
            "6 stands before the sine: it belongs inside, sin(6x).": (
                a * x + b + c * 6 * torch.sin(x)
            ),
            "c stands inside the sine: it is the sine's height.": a * x + b + torch.sin(c * 6 * x),
            "That is the cosine.": a * x + b + c * torch.cos(6 * x),
            "forward subtracts the sine.": a * x + b - c * sine,
            "forward doesn't use a, b and c as they are now: read them inside it.": 0 * x,
        }
        plain = {told: result.ravel().numpy() for told, result in mistakes.items()}
        want = (a * x + b + c * sine).ravel().numpy()
        diagnose(y_pred.detach().ravel().numpy(), want, plain, rtol=1e-5)
    if y_pred.requires_grad:
        y_pred.sum().backward()
    if any(getattr(wave, name).grad is None for name in _NAMES):
        raise Wrong(
            "The predictions are right, but the graph is cut on the way: no gradient would reach "
            "a, b and c. Leave out item(), detach(), .data and no_grad() in forward."
        )


# Of the three runs: where the bias starts, and the epochs.
_RUNS = ((10.0, 50), (10.0, 2000), (-5.0, 2000))


def _three(answer, wanted):
    """Return three numbers from a list, a tuple, a tensor or an array."""
    if holds_ellipsis(answer):
        raise NotDone
    if isinstance(answer, (set, frozenset)):
        raise Wrong(f"A set has no order: write a list, {wanted} in this order.")
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, torch.Tensor):
        answer = answer.detach()
    try:
        values = np.array(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"Expected three numbers, {wanted}, got {named(answer)}.") from None
    if values.size != 3:
        raise Wrong(f"Expected three numbers, {wanted}, got {values.size}.")
    if not np.isfinite(values).all():
        raise Wrong(f"Expected three numbers, {wanted}, got {values.tolist()}.")
    return values.ravel()


@exercise(
    2,
    hint="the bias is almost exactly the flat axis. Which share of the distance from the best "
    "bias, 2.528, do so many epochs leave?",
)
def ends(answer):
    """Judge `[…, …, …]`: the bias after 50 and 2,000 epochs from 10, and after 2,000 from -5."""
    got = _three(answer, "from 10 after 50 and 2,000 epochs, and from −5 after 2,000")
    points = data.integer_noise_line()
    bowl = QuadraticLoss(design_matrix(points.x), points.y)
    want = np.array([bowl.after(k, (0.10597813, start), lr=0.001)[1] for start, k in _RUNS])
    best, starts = bowl.minimizer[1], np.array([start for start, _ in _RUNS])
    left = (1 - 0.001 * bowl.eigenvalues[0]) ** np.array([k for _, k in _RUNS])
    right = abs(got - want) <= 0.2
    if right.all():
        by_table = best + left * (starts - best)
        lists = [", ".join(f"{v:.3f}" for v in values) for values in (want, by_table)]
        lists = [values.replace("-", "−") for values in lists]
        return (
            f"They are {lists[0]}: after 2,000 epochs, the start still shows. The flat axis alone "
            f"would give {lists[1]}."
        )
    for told, values, within in (
        (
            "That is the best bias, from everywhere: descent gets there, but it takes some ten "
            "thousand epochs.",
            np.full(3, best),
            0.1,
        ),
        (
            "That is the bias of the lesson's fit: it began at 0.9638, these begin elsewhere.",
            np.full(3, 1.0558),
            0.01,
        ),
        ("That is the bias the points were made with: training knows only the points.", 1.0, 0.01),
        (
            "These are the starts. 50 epochs hardly move the bias; 2,000 epochs are 40 times as "
            "many.",
            starts,
            0.2,
        ),
        (
            "After 2,000 epochs the bias has not arrived: each epoch leaves 0.999515 of the "
            "distance, and 0.976 is the share that 50 of them leave.",
            np.array([want[0], best, best]),
            0.2,
        ),
        (
            "You took 50 epochs for all three.",
            best + 0.97605 * (starts - best),
            0.1,
        ),
        (
            "40 times the way of 50 epochs is too far: every epoch takes its share of what is "
            "left.",
            best + (1 - 0.02395 * np.array([1, 40, 40])) * (starts - best),
            0.1,
        ),
        (
            "That is the share of the start: it is the distance from the best bias that shrinks.",
            left * starts,
            0.1,
        ),
        (
            "These are the distances that are left: add the best bias.",
            left * (starts - best),
            0.1,
        ),
        (
            "That is the way the bias has gone, counted from the best: the factor says what is "
            "left.",
            best + (1 - left) * (starts - best),
            0.1,
        ),
        (
            "Look at the order: from 10 after 50, from 10 after 2,000, from −5.",
            want[[0, 2, 1]],
            0.1,
        ),
        (
            "Look at the order: from 10 after 50, from 10 after 2,000, from −5.",
            want[[1, 0, 2]],
            0.1,
        ),
    ):
        if (abs(got - values) <= within).all():
            raise Wrong(told)
    at = int(np.flatnonzero(~right)[0])
    start, k = _RUNS[at]
    part = (got[at] - start) / (best - start)  # of the way to the best bias
    if part < 0:
        why = f"the bias moves towards the best one, 2.528, and doesn't end at {got[at]:.4g}."
    elif part > 1:
        why = f"the bias doesn't cross the best one, 2.528, and doesn't end at {got[at]:.4g}."
    elif abs(got[at] - start) > abs(want[at] - start):
        why = f"{k:,} epochs don't take it as far as {got[at]:.4g}."
    else:
        why = f"{k:,} epochs take it further than {got[at]:.4g}."
    others = f" {right.sum()} of the 3 {'is' if right.sum() == 1 else 'are'} right."
    others *= bool(right.any())
    raise Wrong(f"From {start:.0f}, {why}{others}".replace("-", "−"))


_COUNTS = {"A": 2, "B": 1, "C": 3}
_AGAINST = {
    ("A", 3): "a plain tensor that asks for a gradient is no nn.Parameter: the module doesn't "
    "notice it.",
    ("A", 1): "a linear layer has a weight and a bias.",
    ("A", 15): "count the tensors, not the numbers in them.",
    ("A", 16): "count the tensors, not the numbers in them, and a plain tensor isn't noticed.",
    ("B", 2): "the dictionary counts for nothing, and self.last is one tensor.",
    ("B", 3): "the dictionary counts for nothing, not even for its two layers.",
    ("B", 5): "a dictionary is neither a parameter nor a module: nobody looks inside.",
    ("B", 4): "it is the layers in the dictionary that are missed, and self.last that is noticed.",
    ("B", 0): "self.last is a parameter, assigned to self: it is noticed.",
    ("C", 5): "self.two is the same layer as self.one: each parameter counts once.",
    ("C", 6): "self.two is the same layer as self.one, and a buffer is no parameter.",
    ("C", 4): "a buffer is saved with the model, but it is no parameter.",
    ("C", 2): "self.shift is a parameter of its own, and it is noticed.",
    ("C", 1): "a linear layer has a weight and a bias, and self.shift is a parameter, too.",
}


@exercise(
    3,
    hint="go through __init__ line by line. Is the value a parameter, or a module? Does it have "
    "a bias? Was it listed before?",
)
def noticed(answer):
    """Judge `[…, …, …]`: how many tensors `parameters()` lists for the classes A, B and C."""
    got = _three(answer, "for A, B and C")
    wrong = [name for name, value in zip("ABC", got, strict=True) if value != _COUNTS[name]]
    if wrong:
        name = wrong[0]
        value = got["ABC".index(name)]
        reason = _AGAINST.get((name, value), f"it isn't {value:g}. Write down each tensor's name.")
        n_right = 3 - len(wrong)
        others = f" {n_right} of the 3 {'is' if n_right == 1 else 'are'} right." * (n_right > 0)
        raise Wrong(f"Look at {name} again: {reason}{others}")
    return "You see what a module sees: parameters and modules that are assigned to it."


@exercise(
    4,
    hint="compare each step of the loop with `descend`. history holds the loss before each step, "
    "as a plain number; after the last one, measure the model in evaluation.",
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
        modes = []  # of each prediction: in training? recorded?
        model.register_forward_hook(
            lambda module, *_, seen=modes: seen.append((module.training, torch.is_grad_enabled()))
        )
        losses = _floats(call(answer, model, X, y, lr, n_epochs, in_place=True), n_epochs)
        place = nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
        _judge_training(losses, place, start, X, y, lr, n_epochs)
        _judge_modes(modes, n_epochs)
    return "Each loss is a plain number, and the last is that of the model you leave behind."


def _judge_modes(modes, n_epochs):
    if len(modes) < n_epochs + 1:
        raise Wrong(
            "The numbers are right, but not each prediction comes from model(X): model.forward(X) "
            "skips whatever is attached to the model."
        )
    in_training, recorded = modes[-1]
    if in_training:
        raise Wrong(
            "The numbers are right, but the last loss is measured in training: call model.eval() "
            "first. With dropout in the model, it would be a different number."
        )
    if recorded:
        raise Wrong(
            "The numbers are right, but the last prediction is recorded: measure it in "
            "torch.no_grad(), too."
        )
    if sum(training for training, _ in modes) < n_epochs:
        raise Wrong(
            "The numbers are right, but the steps are made in evaluation: train with "
            "model.train(), and call model.eval() after the loop."
        )


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
        "The model never moves. Is backward() or step() missing, are the gradients thrown away "
        "between them, or does the optimizer hold another model's parameters?": (
            np.full(n_epochs + 1, want[0])
        ),
        "The first loss is there twice, and that of the final model is missing.": (
            want[np.r_[0, 0:n_epochs]]
        ),
        "The last loss is the one before the last step, a second time: "
        "compute it again, with the model as it is now.": np.r_[want[:-1], want[-2]],
        "Each step uses the gradient of the epoch before: call backward() first, then step().": (
            late
        ),
        "It climbs: leave out maximize.": losses_of(-lr),
        "Each epoch takes two steps with one gradient: call step() once.": losses_of(2 * lr),
        "These are the losses after each step, and the last one twice.": (
            np.r_[want[1:], want[-1]]
        ),
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
