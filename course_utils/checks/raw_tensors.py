"""The checks of 'Raw autograd tensors'. The closed forms are the oracle."""

import numpy as np
import torch

from course_utils import data
from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import Wrong, arrays, diagnose, numbers, same
from course_utils.checks.matching import judge_match
from course_utils.checks.reading import named, size_of

# What autograd says, and what this means in these exercises.
_MEANS = {
    "a leaf Variable that requires grad is being used": "The step is recorded: put it under "
    "`with torch.no_grad():`.",
    "does not require grad and does not have a grad_fn": "Nothing was recorded: no tensor in it "
    "asked for a gradient, or the graph was cut off.",
    "implicitly created only for scalar": "backward() needs one number, or the weights v of "
    "several.",
    "through the graph a second time": "Compute the loss again before each backward.",
    "has no attribute 'zero_'": "Before the first backward W.grad is None, and None has no "
    "zero_(): write W.grad = None.",
    "'NoneType'": "W.grad is None where you use it: backward() was not called yet, it was emptied "
    "too late, or W isn't a leaf any more.",
    "Can't call numpy()": "Stay with tensors, and detach only what you return.",
    "Only Tensors of floating point": "Write 0.0, not 0.",
}

# What a `return` may have given back in place of a gradient.
_NONE = {
    "returns None": "Or do you return a .grad that is None? backward() returns nothing, it fills "
    ".grad, and only that of a leaf: clone first, then ask for the gradient.",
}

# Of the runs A to D: the right story, and what speaks against each other one.
_STORIES = {"A": 3, "B": 1, "C": 5, "D": 2}
_AGAINST = {
    ("A", 1): "gradients that add up swing up and down, and A comes to rest.",
    ("A", 2): "above the limit the loss grows, and A's falls.",
    ("A", 4): "if W never moved, the loss would stay at its first value.",
    ("A", 5): "a run that needs more steps still falls at the end. A has come to rest, but above "
    "the least possible loss.",
    ("B", 2): "above the limit the loss grows further and further; B comes back down.",
    ("B", 3): "a cut changes where a run comes to rest, and B never rests.",
    ("B", 4): "if W never moved, the loss would stay at its first value.",
    ("B", 5): "with a small learning rate the loss falls at every step, and B's goes up and down.",
    ("C", 1): "a sum of gradients starts gently and then swings. C falls fastest at the start, and "
    "only falls.",
    ("C", 2): "above the limit the loss grows, and C's falls.",
    ("C", 3): "with the slope cut off, the loss can't fall below 0.4530, that of the best level "
    "line. C goes below it.",
    ("C", 4): "if W never moved, the loss would stay at its first value.",
    ("D", 1): "gradients that add up make the loss swing, below twice the limit. D grows by the "
    "same factor again and again.",
    ("D", 3): "a cut changes where a run comes to rest; D grows.",
    ("D", 4): "if W never moved, the loss would stay at its first value.",
    ("D", 5): "below the limit the loss falls, however small the rate. D grows.",
}


@exercise(
    1,
    hint="ask of each run: does it fall, swing or grow? If it falls: has it come to rest, and is "
    "that at the dashed line?",
)
def stories(answer):
    """Judge `[…, …, …, …]`: the numbers of the stories of the runs A, B, C and D."""
    judge_match(answer, _STORIES, _AGAINST, "story")
    return "You told them apart by what the loss does, without seeing a line of their code."


def _points(n, seed):
    rng = np.random.RandomState(seed)
    return rng.rand(n) + 0.2, rng.randn(n) + 1


def _tensor(array):
    return torch.from_numpy(array).float()


def _norm_descent(x, y, steps, lr, *, power=1.0, accumulate=False):
    """W after some steps on norm / n, or with each gradient scaled by `power(E)`."""
    W, total = np.zeros(2), np.zeros(2)
    for _ in range(steps):
        r = W[0] * x + W[1] - y
        error = np.sqrt((r**2).sum()) / len(x)
        gradient = np.array([(r * x).mean(), r.mean()]) / (len(x) * error)
        scale = power(error) if callable(power) else power
        total = total * accumulate + scale * gradient
        W = W - lr * total
    return W


def _norm(W, x, y):
    return np.sqrt(((W[0] * x + W[1] - y) ** 2).sum()) / len(x)


@exercise(
    2,
    hint="in your loop, the loss is torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x). After "
    "the loop compute it once more, and return W.tolist() and its .item().",
)
def tutorial(answer):
    """Judge `tutorial(x, y, lr, n_epochs)`: W after the steps on norm / n, and the error there."""
    recorded = "does not require grad and does not have a grad_fn"
    means = {
        **_MEANS,
        recorded: f"{_MEANS[recorded]} Change W in place, W -= …: `W = W - …` makes a new tensor.",
    }
    for n, lr, n_epochs in ((7, 0.23, 12), (5, 0.07, 9)):
        x, y = _points(n, seed=n)
        got = call(answer, _tensor(x), _tensor(y), lr, n_epochs, means=means)
        _judge_tutorial(got, x, y, lr, n_epochs)
    sine = data.sine_line()
    W, error = call(answer, _tensor(sine.x), _tensor(sine.y), 0.01, 2000, means=_MEANS)
    W = arrays(W, {"W": (2,)})[0]
    return (
        f"On the ten points, after 2,000 steps: W = [{W[0]:.2f}, {W[1]:.2f}], error "
        f"{float(error):.2f}. These are the tutorial's numbers."
    )


def _judge_tutorial(got, x, y, lr, n_epochs):
    n = len(x)
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong(f"Expected two results, W and the error, got {named(got)}.")
    sizes = [size_of(part) for part in got]
    if sizes == [1, 2]:
        raise Wrong("They are swapped: return W first, then the error.")
    if sizes == [1, 1]:
        raise Wrong("Expected two results, W and the error, got two numbers: W is a list.")
    W = arrays(got[0], {"W": (2,)})[0]
    error = numbers(got[1], ("the error",))

    def after(steps, rate=lr, **changes):
        return _norm_descent(x, y, steps, rate, **changes)

    want = after(n_epochs)
    mistakes = {
        "The gradients add up: where is W.grad emptied?": after(n_epochs, accumulate=True),
        "The steps belong to the MSE; the error here is norm / n.": after(
            n_epochs, power=lambda e: 2 * n * e
        ),
        "The steps belong to the root of the MSE: divide the norm by n, not by the root of n.": (
            after(n_epochs, power=np.sqrt(n))
        ),
        "The steps belong to the norm itself: it isn't divided by n.": after(n_epochs, power=n),
        "The steps belong to the sum of the squares; the error here is norm / n.": after(
            n_epochs, power=lambda e: 2 * n * n * e
        ),
        "You divide the norm by 10; divide by the number of points that you are given.": (
            after(n_epochs, power=n / 10)
        ),
        "The learning rate isn't used.": after(n_epochs, 1.0),
        "You took 2,000 steps instead of n_epochs.": after(2000),
        "These are the tutorial's numbers; the check uses other points.": np.array([1.30, 1.85]),
        "That is one step too few.": after(n_epochs - 1),
        "That is one step too many.": after(n_epochs + 1),
        "That is a single step: is the return inside the loop?": after(1),
        "Slope and height are swapped: W[0] is the slope.": want[::-1],
        "It climbs: the step goes against the gradient, so subtract.": after(n_epochs, -lr),
        "W hasn't left zero: does the step change W itself, and does it come before the gradient "
        "is emptied?": np.zeros(2),
        **fixed_rates(lambda rate: after(n_epochs, rate)),
    }
    diagnose(W, want, mistakes, rtol=1e-4)
    right = _norm(want, x, y)
    mistakes = {
        "W is right, the error is that of the line one step before: compute it once more after "
        "the loop.": [_norm(after(n_epochs - 1), x, y)],
        "W is right, the error isn't divided by n.": [n * right],
        "W is right, the error is rounded: return it as it is.": [round(right, 2)],
        "W is right, its error is divided by 10; divide by the number of points.": [n * right / 10],
        "W is right, the error is the MSE of the line: return norm / n.": [n * right**2],
        "W is right, the error is the root of the MSE: return norm / n.": [np.sqrt(n) * right],
        "W is right, the error is the sum of the squares: return norm / n.": [n * n * right**2],
    }
    diagnose(error, [right], mistakes, rtol=1e-4)


@exercise(
    3,
    hint="empty W.grad once, before the loop. The loss of a part is the sum of its squares, "
    "divided by the number of all rows, len(x).",
)
def gradient_in_parts(answer):
    """Judge `gradient_in_parts(W, x, y, size)`: the gradient over all rows, part by part."""
    for start, n, size, old in (([0.7, -1.3], 11, 4, [33.0, -55.0]), ([-0.4, 0.9], 8, 3, None)):
        x, y = _points(n, seed=n)
        W = torch.tensor(start, requires_grad=True)
        W.grad = None if old is None else torch.tensor(old)
        walks = []
        W.register_hook(walks.append)  # once for each backward
        means = {**_NONE, **_MEANS}
        got = call(answer, W, _tensor(x), _tensor(y), size, in_place=True, means=means)
        (got,) = arrays(got, {"the gradient": (2,)})
        _judge_parts(got, np.array(start), x, y, size, old)
        if not same(W.detach(), np.array(start)):
            raise Wrong("The gradient is right, but W has moved: only its gradient is asked for.")
        n_parts = -(-n // size)
        if len(walks) != n_parts:
            times = {0: "never", 1: "once"}.get(len(walks), f"{len(walks)} times")
            raise Wrong(
                f"The gradient is right, but {n} rows in parts of {size} are {n_parts} parts, and "
                f"{times} did backward reach W: go back from each part, so that only one is in "
                "memory."
            )
    return "The whole gradient, and never more than one part in memory."


def _judge_parts(got, W, x, y, size, old):
    n = len(x)
    each = 2 * (W[0] * x + W[1] - y) * np.stack([x, np.ones(n)])  # (2, n): of each row
    parts = [each[:, k : k + size] for k in range(0, n, size)]
    means = sum(part.mean(axis=1) for part in parts)
    want = each.mean(axis=1)
    last = f"Only the last part counts: W.grad is emptied for each of the {len(parts)} parts."
    full = "before the first part, W.grad still held an old gradient: empty it there, once."
    mistakes = {
        f"{last} And a part's mean counts as much as all rows.": parts[-1].mean(axis=1),
        last: parts[-1].sum(axis=1) / n,
        f"{last} And a part's sum isn't divided by the number of all rows.": (
            parts[-1].sum(axis=1)
        ),
        "Each part counts as if it were all rows: divide its sum by the number of all rows.": means,
        f"Each of the {len(parts)} parts counts the same, but the last one has fewer rows: divide "
        "each part's sum by the number of all rows.": means / len(parts),
        "The last part has fewer rows than `size`: weigh each part by its own number of rows, or "
        "divide its sum by the number of all rows.": (
            sum(part.mean(axis=1) for part in parts) * size / n
        ),
        f"You summed over the {n} rows; divide by their number.": each.sum(axis=1),
        f"Each part's sum is divided by {size}, the size of a part; divide by the number of all "
        "rows.": each.sum(axis=1) / size,
        "Each part counts a half, which is right for two equal parts: weigh each by its number "
        "of rows.": means / 2,
        "A part's mean is divided again, by the number of all rows: take its sum.": means / n,
        "You divide by the number of all rows twice.": want / n,
        "You divide by 10; divide by the number of all rows that you are given.": (
            each.sum(axis=1) / 10
        ),
        "That is W itself: return W.grad.": W,
        "Only the first part counts: is the return inside the loop?": parts[0].sum(axis=1) / n,
        "Both are zero: W.grad is emptied after the last part.": np.zeros(2),
        "It has the wrong sign.": -want,
    }
    if old is not None:
        mistakes[f"The parts are right, but {full}"] = want + np.array(old)
        mistakes[f"Each part counts as if it were all rows, and {full}"] = means + np.array(old)
    diagnose(got, want, mistakes, rtol=1e-4)


_CURVES = [
    (
        lambda z: torch.sin(3 * z) + z**2,
        lambda z: 3 * np.cos(3 * z) + 2 * z,
        [0.3, -1.1, 2.4, 0.9],
    ),
    (
        lambda z: z * torch.exp(-z),
        lambda z: (1 - z) * np.exp(-z),
        [0.6, 1.7, -0.8, 2.9, 0.2, -1.4, 3.3],
    ),
]


@exercise(
    4,
    hint="z = points.clone().requires_grad_() is your own leaf. Call f(z).sum().backward(), or "
    "f(z).backward(torch.ones(len(z))), and return z.grad.",
)
def slopes(answer):
    """Judge `slopes(f, points)`: the derivative of f at each point, a tensor of shape (n,)."""
    for f, derivative, places in _CURVES:
        points, where = torch.tensor(places), np.array(places)
        n, want = len(where), derivative(where)
        got = call(answer, f, points, in_place=True, means={**_NONE, **_MEANS})
        if getattr(got, "ndim", None) == 0 or isinstance(got, float):
            raise Wrong(f"Expected {n} slopes, one for each point, got one number.")
        (got,) = arrays(got, {"the slopes": (n,)})
        mistakes = {
            "These are the values of f, not its slopes.": f(torch.tensor(places)).numpy(),
            "These are the points: return the gradient of your leaf.": where,
            f"Each is {n} times too small: a mean divides by the {n} points; take the sum.": (
                want / n
            ),
            "Each is twice too large: backward ran twice on the same leaf.": 2 * want,
            "Each has the wrong sign.": -want,
            "Only the first slope is there: v holds a single 1.": want * (np.arange(n) == 0),
            "All are ones: that is v, not the gradient.": np.ones(n),
            "That is the slope of the sine: use f, whatever it is.": np.cos(where),
            "The slopes are weighted by the points: v must be all ones.": want * where,
        }
        if not same(got, want, 1e-4) and np.allclose(got, want, rtol=5e-3, atol=5e-3):
            raise Wrong(
                "Nearly. Is it a difference quotient? It only comes close: let backward do it."
            )
        diagnose(got, want, mistakes, rtol=1e-4)
        if not same(points.detach(), torch.tensor(places)):
            raise Wrong("The slopes are right, but `points` has changed: work on a clone.")
        if points.requires_grad:
            raise Wrong(
                "The slopes are right, but `points` itself asks for a gradient now: clone it first."
            )
    return "Not one derivative on paper, for any f."
