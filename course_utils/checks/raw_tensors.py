"""The checks of 'Raw autograd tensors'. The closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import Wrong, arrays, diagnose, numbers, same, shown
from course_utils.checks.reading import plain
from course_utils.descent import QuadraticLoss, design_matrix

# What autograd says, and what this means in these exercises.
_MEANS = {
    "a leaf Variable that requires grad is being used": "The step is recorded: put it under "
    "`with torch.no_grad():`.",
    "does not require grad and does not have a grad_fn": "Nothing was recorded: W must require "
    "grad when the loss is computed.",
    "implicitly created only for scalar": "The loss must be one number: a mean is missing.",
    "through the graph a second time": "Compute the loss again before each backward.",
    "has no attribute 'zero_'": "Before the first backward W.grad is None, and None has no "
    "zero_(): zero it after the step.",
    "'NoneType'": "W.grad is None where you use it: backward() was not called yet, it was emptied "
    "before the step, or W isn't a leaf any more.",
    "Can't call numpy()": "Detach first.",
}


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
    means = {
        "returns None": "backward() returns nothing, it fills W.grad: return that. And W.grad is "
        "None as long as backward() was not called, once it was emptied, or where W isn't a leaf.",
        **_MEANS,
    }
    for start, n in (([0.8, -1.7], 7), ([-0.4, 1.2], 5)):
        a, c = start
        x, y = _points(n, seed=n)
        got = call(answer, list(start), _tensor(x), _tensor(y), means=means)
        if isinstance(got, torch.Tensor) and got.ndim == 0:
            raise Wrong("Expected two numbers, got one: return W.grad, not the loss.")
        (got,) = arrays(got, {"the gradient": (2,)})
        rows = np.stack([x, x * np.cos(c * x)])
        errors = a * x + np.sin(c * x) - y
        want = 2 * (errors * rows).mean(axis=1)
        outside = a * x + np.sin(c) * x - y
        mistakes = {
            f"Each is {n} times too large: you summed over the {n} points; take the mean.": (
                n * want
            ),
            "That is the gradient of norm / n; the loss here is the mean of the squares.": (
                want / (2 * np.sqrt(n) * np.sqrt((errors**2).mean()))
            ),
            "That is the gradient of the root of the MSE: drop the root.": (
                want / (2 * np.sqrt((errors**2).mean()))
            ),
            "That is the gradient of the mean error: the square is missing.": rows.mean(axis=1),
            "That is W itself: return W.grad.": np.array(start),
            "Both are zero: was W.grad emptied before you return it?": np.zeros(2),
            "Each is twice too large: backward was called twice, or an old gradient was still in "
            "W.grad.": 2 * want,
            "Each has the wrong sign: autograd's gradient is right as it is.": -want,
            "x is outside the sine: the model is W[0]·x + sin(W[1]·x).": (
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
    for start, slope, lr in (
        ([0.7, -1.3], [2.0, -3.0], 0.3),
        ([-0.2, 0.9, 1.6], [0.6, 5.0, -1.1], 0.07),
    ):
        W = torch.tensor(start, requires_grad=True)
        (torch.tensor(slope) * W).sum().backward()
        got = call(answer, W, lr, in_place=True, means=_MEANS)
        _judge_update(got, W, *(np.array(values) for values in (start, slope)), lr)
    return "The same leaf, one step further, and its gradient is empty."


def _judge_update(got, W, start, slope, lr):
    moved = not same(W.detach(), start)
    if not isinstance(got, torch.Tensor):
        raise Wrong(f"Expected W itself, got a value of type {type(got).__name__}.")
    if got is not W:
        if moved:
            raise Wrong("W has moved, but what you return is a different tensor: return W itself.")
        raise Wrong(
            "You return a new tensor, and the W of the loop hasn't moved: `W = W - …` only gives a "
            "new tensor the old name. Change W in place."
        )
    left = np.zeros(len(start)) if W.grad is None else W.grad.numpy()
    if not moved and not left.any():
        raise Wrong("W hasn't moved: the gradient was emptied before it was used.")
    mistakes = {
        "W hasn't moved.": start,
        "It climbs: the step goes against the gradient, so subtract.": start + lr * slope,
        "The learning rate isn't used.": start - slope,
        "W holds the gradient's step alone: subtract it from what was there.": lr * slope,
        **fixed_rates(lambda rate: start - rate * slope),
    }
    diagnose(W.detach().numpy(), start - lr * slope, mistakes, rtol=1e-5)
    if left.any():
        raise Wrong(
            "The step is right, but W.grad still holds its gradient, and the next backward adds "
            "to it: empty it after the step."
        )
    if not W.requires_grad:
        raise Wrong("The step is right, but W doesn't require grad any more.")


@exercise(
    3,
    hint="detach cuts the graph and shares the storage, clone copies the numbers: "
    "W.detach().clone(), before the loop and after each step.",
)
def history_of(answer):
    """Judge `history_of(W, take_step, n_epochs)`: W before the first step and after each."""
    means = {
        "'NoneType'": "take_step(W) returns nothing, it moves W itself: call it without `W =`.",
        **{words: meaning for words, meaning in _MEANS.items() if words != "'NoneType'"},
    }
    for start, rate, n_epochs in (([1.0, -2.0], 0.3, 4), ([0.5, 3.0, -0.6], 0.7, 3)):
        W = torch.tensor(start, requires_grad=True)
        places, steps = [np.array(start)], []
        for _ in range(n_epochs + 1):
            places.append(places[-1] - rate * (places[-1] - 2))

        def take_step(W, rate=rate, steps=steps):
            steps.append(W)
            with torch.no_grad():
                W -= rate * (W - 2)

        got = call(answer, W, take_step, n_epochs, in_place=True, means=means)
        _judge_history(got, W, places, len(steps), n_epochs)
    return "Each entry has numbers of its own."


def _judge_history(got, W, places, n_steps, n_epochs):
    if isinstance(got, (torch.Tensor, np.ndarray)) and got.ndim == 2:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        raise Wrong(f"Expected a list, got a value of type {type(got).__name__}.")
    if n_steps == 0:
        raise Wrong("W never moves: call take_step(W) in each round.")
    if n_steps != n_epochs:
        raise Wrong(f"You took {n_steps} steps in {n_epochs} epochs: take one in each.")
    tensors = [kept for kept in got if isinstance(kept, torch.Tensor)]
    if any(kept is W for kept in tensors):
        raise Wrong("The list holds W itself, again and again: every entry is where W is now.")
    rows = [arrays(kept, {"each entry": W.shape})[0] for kept in got]
    if len(rows) > 1 and all(np.array_equal(row, rows[-1]) for row in rows):
        if same(rows[0], places[0], rtol=1e-5):
            raise Wrong("All entries are the start: keep W after each step, not the first copy.")
        raise Wrong(
            "All entries are equal: they share W's storage and show where W is now. "
            "detach copies nothing, so clone as well."
        )
    if any(kept.requires_grad for kept in tensors):
        raise Wrong("The numbers are copied, but each entry still hangs on W's graph: detach it.")
    if len(rows) != n_epochs + 1:
        raise Wrong(
            f"{n_epochs} steps have {n_epochs + 1} places, the start and one after each step; your "
            f"list has {len(rows)}."
        )
    for k, (row, right) in enumerate(zip(rows, places, strict=False)):
        if not same(row, right, rtol=1e-5):
            if np.shares_memory(np.asarray(plain(got[k])), W.detach().numpy()):
                raise Wrong(
                    f"Entry {k} shares W's storage and shows where W is now. detach copies "
                    "nothing, so clone as well."
                )
            raise Wrong(
                f"Entry {k} is {shown(row)}, but after {k} of the steps W is at {shown(right)}: "
                "keep W after each step."
            )
    if not same(W.detach(), places[n_epochs], rtol=1e-5):
        raise Wrong("The list is right, but your steps moved a copy: call take_step(W) with W.")


@exercise(
    4,
    hint="the loop is: loss, backward, the step in no_grad, W.grad = None. After it compute the "
    "loss once more, and return W[0].item(), W[1].item(), loss.item().",
)
def fit(answer):
    """Judge `fit(x, y, lr, n_epochs)`: slope, height and MSE after gradient descent from zero."""
    for n, lr, n_epochs in ((7, 0.23, 12), (5, 0.07, 9)):
        x, y = _points(n, seed=n)
        got = call(answer, _tensor(x), _tensor(y), lr, n_epochs, means=_MEANS)
        _judge_fit(got, QuadraticLoss(design_matrix(x), y), n, lr, n_epochs)
    return "The whole descent of 'Gradient descent by hand', and not one derivative written down."


def _judge_fit(got, loss, n, lr, n_epochs):
    names = ("slope", "height", "MSE")
    for name, part in zip(names, got if isinstance(got, (tuple, list)) else [], strict=False):
        if isinstance(part, torch.Tensor):
            raise Wrong(f"Expected a float for the {name}, got a tensor: use .item().")
    got = numbers(got, names)

    def after(steps, rate=lambda p: lr, accumulate=False):
        p, total = np.zeros(2), np.zeros(2)
        for _ in range(steps):
            total = total * accumulate + loss.hessian @ (p - loss.minimizer)
            p = p - rate(p) * total
        return p

    want = after(n_epochs)
    mistakes = {
        "The gradients add up: where is W.grad emptied?": after(n_epochs, accumulate=True),
        f"Each step is {n} times too long: you summed over the {n} points; take the mean.": after(
            n_epochs, lambda p: n * lr
        ),
        "The learning rate isn't used.": after(n_epochs, lambda p: 1),
        "The steps belong to norm / n; the loss here is the mean of the squares.": after(
            n_epochs, lambda p: lr / (2 * np.sqrt(n * loss.loss(p)))
        ),
        "The steps belong to the root of the MSE; the loss here is the MSE itself.": after(
            n_epochs, lambda p: lr / (2 * np.sqrt(loss.loss(p)))
        ),
        "That is one step too few.": after(n_epochs - 1),
        "That is one step too many.": after(n_epochs + 1),
        "That is a single step: is the return inside the loop?": after(1),
        "Slope and height are swapped: return the slope first.": want[::-1],
        "It climbs: the step goes against the gradient, so subtract.": after(
            n_epochs, lambda p: -lr
        ),
        "The line hasn't left zero: does the step change W itself, and does it come before the "
        "gradient is emptied?": np.zeros(2),
        **fixed_rates(lambda rate: after(n_epochs, lambda p: rate)),
    }
    diagnose(got[:2], want, mistakes, names[:2], rtol=1e-4)
    mse = loss.loss(want)
    mistakes = {
        "The line is right, its loss is that of the line one step before: compute the loss once "
        "more after the loop.": [loss.loss(after(n_epochs - 1))],
        "The line is right, its loss is the sum of the squares: take the mean.": [n * mse],
        "The line is right, its loss is the root of the MSE.": [mse**0.5],
        "The line is right, its loss is norm / n: return the MSE.": [(mse / n) ** 0.5],
    }
    diagnose(got[2:], [mse], mistakes, rtol=1e-4)
