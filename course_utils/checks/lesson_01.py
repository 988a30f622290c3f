"""The checks of lesson 01, 'Gradient descent by hand'. The closed forms are the oracle."""

import numpy as np

from course_utils.checks.core import Wrong, call, diagnose, exercise, numbers
from course_utils.descent import QuadraticLoss, design_matrix


def _columns(n, seed):
    rng = np.random.RandomState(seed)
    return rng.randn(n, 1) + 0.5, rng.randn(n, 1)


@exercise(
    1,
    hint="the error of a row is e = a·x² + w·x + b − y. Each derivative is the mean of 2·e times "
    "whatever stands beside that parameter in e.",
)
def parabola_gradient(answer):
    """Judge `parabola_gradient(a, w, b, x, y)`: the derivatives of the MSE by a, w and b."""
    a, w, b = 0.7, -1.3, 0.4
    x, y = _columns(7, seed=1)
    names = ("da", "dw", "db")
    got = numbers(call(answer, a, w, b, x, y), names)
    rows = np.hstack([x**2, x, np.ones_like(x)])
    errors = a * x**2 + w * x + b - y
    want = (2 * errors * rows).mean(axis=0)
    no_factors = np.full(3, want[2])
    mistakes = {
        "Each is half of what it should be: the 2 from the square is missing.": want / 2,
        "Each is 7 times too large, and the test data have 7 rows: "
        "a sum stands where the mean is wanted.": 7 * want,
        "Each is 3.5 times too large: a sum where the mean is wanted, "
        "and the 2 from the square is missing.": 3.5 * want,
        "Each has the wrong sign: the error is prediction minus target.": -want,
        "The numbers are right, their order is not: return da, dw, db.": want[::-1],
        "All three are the same: each needs its own factor, x², x or 1.": no_factors,
        "The error lacks the square term: the prediction is a·x² + w·x + b.": (
            2 * (errors - a * x**2) * rows
        ).mean(axis=0),
        "2x is the derivative of x² by x. Here x stays and a moves, so the factor beside a "
        "is x² itself.": (2 * errors * np.hstack([2 * x, np.ones_like(x), 0 * x])).mean(axis=0),
    }
    diagnose(got, want, mistakes, names)
    return "These are the slopes of the loss along a, w and b."


@exercise(
    2,
    hint="compute the errors once, from the old w and b. Then both gradients, then both steps.",
)
def step(answer):
    """Judge `step(w, b, x, y, lr)`: w and b after one step of gradient descent on the MSE."""
    w, b, lr = -0.4, 0.9, 0.3
    x, y = _columns(9, seed=2)
    names = ("w", "b")
    got = numbers(call(answer, w, b, x, y, lr), names)
    gradient = QuadraticLoss(design_matrix(x), y).hessian @ (
        np.array([w, b]) - QuadraticLoss(design_matrix(x), y).minimizer
    )
    old, (dw, db) = np.array([w, b]), gradient
    want = old - lr * gradient
    late_w = 2 * (x * (w * x + want[1] - y)).mean()
    late_b = 2 * (want[0] * x + b - y).mean()
    mistakes = {
        "b is stepped first, and the gradient of w then sees the new b: "
        "compute both gradients before you move anything.": [w - lr * late_w, want[1]],
        "w is stepped first, and the gradient of b then sees the new w: "
        "compute both gradients before you move anything.": [want[0], b - lr * late_b],
        "It climbs: the step goes against the gradient, so subtract.": old + lr * gradient,
        "The learning rate is not used.": old - gradient,
        "The 2 from the square is missing: the step is half of what it should be.": (
            old - lr * gradient / 2
        ),
        "A sum stands where the mean is wanted: the step is 9 times too long for 9 rows.": (
            old - 9 * lr * gradient
        ),
        "These are b and w: return w first.": want[::-1],
        "These are the two gradients: return where w and b stand after the step.": [dw, db],
        "These are the changes: return where w and b stand after the step.": -lr * gradient,
        "w and b come back as they went in.": old,
    }
    diagnose(got, want, mistakes, names)
    return "Both gradients see the same w and b."


@exercise(
    3,
    hint="A = [x, 1], H = 2/n · AᵀA, and np.linalg.eigvalsh(H) gives the eigenvalues.",
)
def largest_stable_lr(answer):
    """Judge `largest_stable_lr(x)`: 2 / λmax of the MSE of a line over x of shape (n, 1)."""
    x, y = _columns(8, seed=3)
    x = 3 * x
    got = numbers(call(answer, x), ("the learning rate",))
    loss = QuadraticLoss(design_matrix(x), y)
    want = [loss.max_lr]
    largest, smallest = loss.eigenvalues[-1], loss.eigenvalues[0]
    mistakes = {
        "That is 1/λmax, the rate that kills the steepest direction in one step; "
        "the limit is 2/λmax.": [1 / largest],
        "That is λmax itself; the limit is 2/λmax.": [largest],
        "That uses the smallest eigenvalue; the steepest direction, the largest one, "
        "sets the limit.": [2 / smallest],
        "That is 8 times too small for 8 rows: AᵀA is a sum over rows, H holds their mean.": [
            2 / (8 * largest)
        ],
        "That is twice too large: the 2 from the square is missing in H = 2/n · AᵀA.": [
            4 / largest
        ],
        "That is 4 times too small for 8 rows: the factor 2/n is missing in H = 2/n · AᵀA.": [
            2 / (4 * largest)
        ],
        "The column of ones is missing in A: the bias counts too.": [1 / (x**2).mean()],
    }
    diagnose(got, want, mistakes)
    return "Above this rate the steepest direction grows at every step."


@exercise(
    4,
    hint="order = rng.permutation(len(x)), then cut `order` into pieces of batch_size and index "
    "x and y with the same piece.",
)
def minibatches(answer):
    """Judge `minibatches(x, y, batch_size, rng)`: a list of pairs that covers every row once."""
    n, size = 10, 4
    x = np.arange(n, dtype=float).reshape(-1, 1)
    y = 100 + x
    got = call(answer, x, y, size, np.random.RandomState(5))
    try:
        pairs = [(np.asarray(bx, dtype=float), np.asarray(by, dtype=float)) for bx, by in got]
    except (TypeError, ValueError):
        raise Wrong("Wanted a list of pairs (x_batch, y_batch); this is something else.") from None
    for bx, by in pairs:
        if bx.ndim != 2 or bx.shape != by.shape or bx.shape[1] != 1:
            raise Wrong(
                f"A batch holds x of shape {bx.shape} and y of shape {by.shape}: "
                "both must be columns of one length, like x and y."
            )
    rows = np.concatenate([bx for bx, _ in pairs]).ravel() if pairs else np.array([])
    if any(not np.array_equal(by, 100 + bx) for bx, by in pairs):
        raise Wrong("x and y are torn apart: shuffle both with the same order.")
    sizes = [len(bx) for bx, _ in pairs]
    if len(rows) < n and len(set(rows)) == len(rows):
        raise Wrong(
            f"{n - len(rows)} of {n} rows are missing (batches of {sizes}): "
            "the last batch may be smaller, but not dropped."
        )
    if len(set(rows)) < n:
        raise Wrong("Some rows come twice and others never: shuffle, don't draw with replacement.")
    if sizes != [4, 4, 2]:
        raise Wrong(f"10 rows in batches of 4 are batches of [4, 4, 2], but {sizes} came.")
    if np.array_equal(rows, np.arange(n)):
        raise Wrong("The rows come in their old order: shuffle them first.")
    again = call(answer, x, y, size, np.random.RandomState(5))
    if not np.array_equal(rows, np.concatenate([np.asarray(bx) for bx, _ in again]).ravel()):
        raise Wrong("Two calls with the same seed give other batches: shuffle with rng.")
    return "Every row once, x and y together, in an order that rng decides."
