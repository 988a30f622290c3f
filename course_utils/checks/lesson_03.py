"""The checks of lesson 03, 'Raw autograd tensors'. The closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.core import Wrong, arrays, call, diagnose, exercise, numbers, same, shown
from course_utils.descent import QuadraticLoss, design_matrix

# What autograd says, and what this means in these exercises.
_MEANS = {
    "a leaf Variable that requires grad is being used": "The step is recorded: it belongs into "
    "`with torch.no_grad():`.",
    "does not require grad and does not have a grad_fn": "Nothing was recorded: W must require "
    "grad when the loss is computed.",
    "implicitly created only for scalar": "The loss must be one number: a mean is missing.",
    "through the graph a second time": "Compute the loss anew before each backward.",
    "has no attribute 'zero_'": "Before the first backward W.grad is None, and None has no "
    "zero_(): zero it after the step.",
    "'NoneType'": "W.grad is None where you use it: either it was emptied before the step, or W is "
    "no leaf any more.",
    "returns None": "backward() returns nothing, it fills W.grad.",
    "Can't call numpy()": "Detach first.",
}


def _call(answer, *arguments, in_place=False):
    """Call the answer as core does, and say what autograd's errors mean."""
    try:
        return call(answer, *arguments, in_place=in_place)
    except Wrong as wrong:
        for words, meaning in _MEANS.items():
            if words in str(wrong):
                raise Wrong(f"{wrong} {meaning}") from None
        raise


def _points(n, seed):
    rng = np.random.RandomState(seed)
    return rng.rand(n) + 0.2, rng.randn(n) + 1


def _tensor(array):
    return torch.from_numpy(array).float()


@exercise(
    1,
    hint="make W by torch.tensor(start, requires_grad=True), compute the loss, call "
    "loss.backward(), return W.grad.",
)
def curve_gradient(answer):
    """Judge `curve_gradient(start, x, y)`: the gradient of an MSE at two floats, by autograd."""
    a, c = start = [0.8, -1.7]
    x, y = _points(7, seed=1)
    got = _call(answer, start, _tensor(x), _tensor(y))
    if isinstance(got, torch.Tensor) and got.ndim == 0:
        raise Wrong("One number came, and the gradient has two: return W.grad, not the loss.")
    (got,) = arrays(got, {"the gradient": (2,)})
    rows = np.stack([x, x * np.cos(c * x)])
    errors = a * x + np.sin(c * x) - y
    want = 2 * (errors * rows).mean(axis=1)
    outside = a * x + np.sin(c) * x - y
    mistakes = {
        "Each is 7 times too large, and the test data have 7 points: a sum stands where the mean "
        "is wanted.": 7 * want,
        "That is the gradient of norm / n; the loss here is the mean of the squares.": (
            want / (2 * np.sqrt(7) * np.sqrt((errors**2).mean()))
        ),
        "That is the gradient of the root of the MSE: leave the root away.": (
            want / (2 * np.sqrt((errors**2).mean()))
        ),
        "That is W itself: return W.grad.": np.array(start),
        "Both are zero: was W.grad emptied before you return it?": np.zeros(2),
        "Each is twice too large: backward was called twice, or an old gradient was still in "
        "W.grad.": 2 * want,
        "x stands outside of the sine: the model is W[0]·x + sin(W[1]·x).": (
            2 * (outside * np.stack([x, x * np.cos(c)])).mean(axis=1)
        ),
        "That is the gradient for the line W[0]·x + W[1]: the sine is missing.": (
            2 * ((a * x + c - y) * np.stack([x, np.ones_like(x)])).mean(axis=1)
        ),
    }
    diagnose(got, want, mistakes, rtol=1e-4)
    return "Not one derivative on paper, and it is the gradient that the chain rule gives."


@exercise(
    2,
    hint="inside `with torch.no_grad():` write W -= lr * W.grad. Then, behind the block, empty "
    "W.grad, and return W.",
)
def update(answer):
    """Judge `update(W, lr)`: W itself, one step down its gradient, ready for the next backward."""
    start, slope, lr = torch.tensor([0.7, -1.3]), torch.tensor([2.0, -3.0]), 0.1
    W = start.clone().requires_grad_()
    (slope * W).sum().backward()
    version = W._version
    got = _call(answer, W, lr, in_place=True)
    moved = not torch.equal(W, start)
    if not isinstance(got, torch.Tensor):
        raise Wrong(f"W is wanted back, but {type(got).__name__} came.")
    if got is not W:
        if moved:
            raise Wrong("W has moved, but what you return is another tensor: return W itself.")
        raise Wrong(
            "A new tensor came back, and the W of the loop stands where it was: `W = W - …` only "
            "gives a new tensor the old name. Change W in place."
        )
    left = torch.zeros(2) if W.grad is None else W.grad
    if not moved and not left.any():
        raise Wrong("W has not moved: the gradient was emptied before it was used.")
    step = 0.1 * slope
    want = start - step
    mistakes = {
        "W has not moved.": start.numpy(),
        "It climbs: the step goes against the gradient, so subtract.": (start + step).numpy(),
        "The learning rate is not used.": (start - slope).numpy(),
    }
    diagnose(W.detach().numpy(), want.numpy(), mistakes, rtol=1e-5)
    if left.any():
        raise Wrong(
            "The step is right, but W.grad still holds its gradient, and the next backward adds "
            "to it: empty it after the step."
        )
    if not W.requires_grad:
        raise Wrong("The step is right, but W does not require grad any more.")
    if W._version == version:
        raise Wrong(
            "The numbers are right, but .data hides the step from autograd (W's version has not "
            "changed): use `with torch.no_grad():` and W itself."
        )
    return "The same leaf, one step further, and its gradient is empty."


@exercise(
    3,
    hint="detach cuts the graph and shares the storage, clone copies the numbers: "
    "W.detach().clone(), before the loop and after each step.",
)
def history_of(answer):
    """Judge `history_of(W, take_step, n_epochs)`: W before the first step and after each."""
    W = torch.tensor([1.0, -2.0], requires_grad=True)
    want = [np.array([1.0, -2.0]) / 2**k + (1 - 0.5**k) for k in range(5)]

    def take_step(W):
        with torch.no_grad():
            W *= 0.5
            W += 0.5

    got = _call(answer, W, take_step, 4, in_place=True)
    if isinstance(got, (torch.Tensor, np.ndarray)) and got.ndim == 2:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        raise Wrong(f"A list is wanted, but {type(got).__name__} came.")
    tensors = [kept for kept in got if isinstance(kept, torch.Tensor)]
    if any(kept is W for kept in tensors):
        raise Wrong("The list holds W itself, again and again: every entry is where W is now.")
    rows = [arrays(kept, {"each entry": (2,)})[0] for kept in got]
    if len(rows) > 1 and all(np.array_equal(row, rows[-1]) for row in rows):
        raise Wrong(
            "All entries are equal: they share W's storage and show where W is now. "
            "detach copies nothing, so clone as well."
        )
    if any(kept.requires_grad for kept in tensors):
        raise Wrong("The numbers are copied, but each entry still hangs on W's graph: detach it.")
    if len(rows) != 5:
        raise Wrong(
            f"4 steps have 5 places, the start and one after each step, but {len(rows)} came."
        )
    for k, (row, right) in enumerate(zip(rows, want, strict=True)):
        if not same(row, right, rtol=1e-5):
            raise Wrong(
                f"Entry {k} is {shown(row)}, but after {k} of the steps W is at {shown(right)}: "
                "keep W after each step."
            )
    return "Each entry has numbers of its own."


@exercise(
    4,
    hint="the loop is: loss, backward, the step in no_grad, W.grad = None. After it compute the "
    "loss once more, and return W[0].item(), W[1].item(), loss.item().",
)
def fit(answer):
    """Judge `fit(x, y, lr, n_epochs)`: slope, height and MSE after gradient descent from zero."""
    n, lr, n_epochs = 7, 0.1, 12
    x, y = _points(n, seed=4)
    names = ("slope", "height", "MSE")
    got = _call(answer, _tensor(x), _tensor(y), lr, n_epochs)
    for name, part in zip(names, got if isinstance(got, (tuple, list)) else [], strict=False):
        if isinstance(part, torch.Tensor):
            raise Wrong(f"Wanted {name} as a float, but a tensor came: use .item().")
    got = numbers(got, names)
    loss = QuadraticLoss(design_matrix(x), y)

    def after(steps, rate=lambda p: lr, accumulate=False):
        p, total = np.zeros(2), np.zeros(2)
        for _ in range(steps):
            total = total * accumulate + loss.hessian @ (p - loss.minimizer)
            p = p - rate(p) * total
        return p

    want = after(n_epochs)
    mistakes = {
        "The gradients add up: where is W.grad emptied?": after(n_epochs, accumulate=True),
        "Each step is 7 times too long, and the test data have 7 points: the gradient is that of "
        "a sum, where the mean is wanted.": after(n_epochs, lambda p: n * lr),
        "The learning rate is not used.": after(n_epochs, lambda p: 1),
        "The steps belong to norm / n; the loss here is the mean of the squares.": after(
            n_epochs, lambda p: lr / (2 * np.sqrt(n * loss.loss(p)))
        ),
        "The steps belong to the root of the MSE; the loss here is the MSE itself.": after(
            n_epochs, lambda p: lr / (2 * np.sqrt(loss.loss(p)))
        ),
        "That is one step too few.": after(n_epochs - 1),
        "That is one step too many.": after(n_epochs + 1),
        "Slope and height are exchanged: return the slope first.": want[::-1],
        "It climbs: the step goes against the gradient, so subtract.": after(
            n_epochs, lambda p: -lr
        ),
        "The line has not left zero: does the step change W itself?": np.zeros(2),
    }
    diagnose(got[:2], want, mistakes, names[:2], rtol=1e-4)
    mse = loss.loss(want)
    mistakes = {
        "The line is right, its loss is that of the line one step before: compute the loss once "
        "more after the loop.": [loss.loss(after(n_epochs - 1))],
        "The line is right, its loss is the sum of the squares: the mean is wanted.": [n * mse],
        "The line is right, its loss is the root of the MSE.": [mse**0.5],
        "The line is right, its loss is norm / n: the MSE is wanted.": [(mse / n) ** 0.5],
    }
    diagnose(got[2:], [mse], mistakes, rtol=1e-4)
    return "The whole of lesson 01's descent, and not one derivative written down."
