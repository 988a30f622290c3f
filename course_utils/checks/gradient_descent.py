"""The checks of 'Gradient descent by hand'. The closed forms are the oracle."""

import numpy as np

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import Wrong, diagnose, numbers
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
    names = ("da", "dw", "db")
    for a, w, b, n in ((0.7, -1.3, 0.4, 7), (-0.6, 0.9, 1.7, 5)):
        x, y = _columns(n, seed=n)
        rows = np.hstack([x**2, x, np.ones_like(x)])
        errors = a * x**2 + w * x + b - y
        want = (2 * errors * rows).mean(axis=0)
        got = call(answer, a, w, b, x, y)
        if isinstance(got, (tuple, list)) and any(np.shape(part) == (n, 1) for part in got):
            raise Wrong(
                f"You return a column with one number for each of the {n} rows; take the mean."
            )
        got = numbers(got, names)
        pairs = errors + y - y.T  # what (n, 1) minus (n,) makes of it
        mistakes = {
            "Each is half of what it should be: the 2 from the square is missing.": want / 2,
            f"Each is {n} times too large: you summed over the {n} rows; take the mean.": n * want,
            f"Each is {n / 2} times too large: you summed over the {n} rows instead of taking the "
            "mean, and the 2 from the square is missing.": n / 2 * want,
            "Each has the wrong sign: the error is prediction minus target.": -want,
            "The numbers are right, their order isn't: return da, dw, db.": want[::-1],
            "All three are the same: each needs its own factor, x², x or 1.": np.full(3, want[2]),
            "The error lacks the square term: the prediction is a·x² + w·x + b.": (
                2 * (errors - a * x**2) * rows
            ).mean(axis=0),
            "The error lacks b: the prediction is a·x² + w·x + b.": (2 * (errors - b) * rows).mean(
                axis=0
            ),
            "2x is the derivative of x² by x. Here x stays and a moves, so the factor beside a "
            "is x² itself.": (2 * errors * np.hstack([2 * x, np.ones_like(x), 0 * x])).mean(axis=0),
            f"You took the mean over all {n**2} pairs: a column ({n}, 1) minus a flat y is a "
            "table.": np.array([(2 * pairs * rows[:, [k]]).mean() for k in range(3)]),
            "The error itself is missing: each is the mean of 2·e times its factor.": (
                2 * rows.mean(axis=0)
            ),
        }
        diagnose(got, want, mistakes, names)
    return "These are the slopes of the loss along a, w and b."


@exercise(
    2,
    hint="compute the errors once, from the old w and b. Then both gradients, then both steps.",
)
def step(answer):
    """Judge `step(w, b, x, y, lr)`: w and b after one step of gradient descent on the MSE."""
    names = ("w", "b")
    for w, b, lr, n in ((-0.4, 0.9, 0.3, 9), (1.2, -0.7, 0.07, 5)):
        x, y = _columns(n, seed=n + 1)
        got = numbers(call(answer, w, b, x, y, lr), names)
        loss = QuadraticLoss(design_matrix(x), y)
        old = np.array([w, b])
        gradient = loss.hessian @ (old - loss.minimizer)
        want = old - lr * gradient
        late_w = 2 * (x * (w * x + want[1] - y)).mean()
        late_b = 2 * (want[0] * x + b - y).mean()
        pairs = w * x + b - y.T  # what (n, 1) minus (n,) makes of it
        mistakes = {
            "b is stepped first, and the gradient of w then sees the new b: "
            "compute both gradients before you move anything.": [w - lr * late_w, want[1]],
            "w is stepped first, and the gradient of b then sees the new w: "
            "compute both gradients before you move anything.": [want[0], b - lr * late_b],
            "It climbs: the step goes against the gradient, so subtract.": old + lr * gradient,
            "The learning rate isn't used.": old - gradient,
            "The 2 from the square is missing: the step is half of what it should be.": (
                old - lr * gradient / 2
            ),
            f"The step is {n} times too long: you summed over the {n} rows; take the mean.": (
                old - n * lr * gradient
            ),
            f"The step is {n / 2} times too long: you summed over the {n} rows instead of taking "
            "the mean, and the 2 from the square is missing.": old - n / 2 * lr * gradient,
            "These are b and w: return w first.": want[::-1],
            "These are the two gradients: return w and b after the step.": gradient,
            "These are the changes: return w and b after the step.": -lr * gradient,
            "w and b come back unchanged.": old,
            f"You took the mean over all {n**2} pairs: a column ({n}, 1) minus a flat y is a "
            "table.": old - lr * np.array([(2 * pairs * x).mean(), 2 * pairs.mean()]),
            **fixed_rates(lambda rate, old=old, gradient=gradient: old - rate * gradient),
        }
        diagnose(got, want, mistakes, names)
    return "Both gradients see the same w and b."


@exercise(
    3,
    hint="A = [x, 1], H = 2/n · AᵀA, and np.linalg.eigvalsh(H) gives the eigenvalues.",
)
def largest_stable_lr(answer):
    """Judge `largest_stable_lr(x)`: 2 / λmax of the MSE of a line over x of shape (n, 1)."""
    # eigvals, which doesn't sort, has the largest eigenvalue first for a wide x, last for a narrow.
    for n, width in ((8, 3.0), (5, 0.3)):
        x, y = _columns(n, seed=n + 3)
        x = width * x
        got = call(answer, x)
        if np.shape(got) == (2,):
            raise Wrong(
                "These are two numbers, one for each eigenvalue: the largest sets the limit."
            )
        got = numbers(got, ("the learning rate",))
        loss = QuadraticLoss(design_matrix(x), y)
        largest, smallest = loss.eigenvalues[-1], loss.eigenvalues[0]
        mistakes = {
            "That is 1/λmax, the rate that kills the steepest direction in one step; "
            "the limit is 2/λmax.": [1 / largest],
            "That is λmax itself; the limit is 2/λmax.": [largest],
            "That uses the smallest eigenvalue; the largest one, of the steepest direction, "
            "sets the limit. np.linalg.eigvalsh sorts them, np.linalg.eigvals doesn't.": [
                2 / smallest
            ],
            f"That is {n} times too small for {n} rows: AᵀA is a sum over rows, H holds their "
            "mean.": [2 / (n * largest)],
            "That is twice too large: the 2 from the square is missing in H = 2/n · AᵀA.": [
                4 / largest
            ],
            f"That is {n / 2:g} times too small for {n} rows: the factor 2/n is missing in "
            "H = 2/n · AᵀA.": [2 / (n / 2 * largest)],
            "Either the column of ones is missing in A, for the bias counts too, or that is the "
            "largest entry of H instead of its largest eigenvalue.": [1 / (x**2).mean()],
        }
        diagnose(got, [loss.max_lr], mistakes)
    return "Above this rate the steepest direction grows at every step."


@exercise(
    4,
    hint="order = rng.permutation(len(x)), then cut `order` into pieces of batch_size and index "
    "x and y with the same piece.",
)
def minibatches(answer):
    """Judge `minibatches(x, y, batch_size, rng)`: a list of pairs that covers every row once."""
    for n, size, sizes in ((10, 4, [4, 4, 2]), (11, 3, [3, 3, 3, 2])):
        x, y = _columns(n, seed=n)
        rows = _rows_of_batches(call(answer, x, y, size, np.random.RandomState(7)), x, y)
        every = [row for batch in rows for row in batch]
        got_sizes = [len(batch) for batch in rows]
        if len(rows) == 1 and got_sizes == [size]:
            raise Wrong("Only one batch is there: is the return inside the loop?")
        if len(every) < n and len(set(every)) == len(every):
            raise Wrong(
                f"{n - len(every)} of {n} rows are missing (batches of {got_sizes}): "
                "the last batch may be smaller, but not dropped."
            )
        if len(set(every)) < n:
            raise Wrong(
                "Some rows come twice and others never: shuffle all of them once, then cut."
            )
        in_order = every == list(range(n))
        neighbours = all(max(batch) - min(batch) == len(batch) - 1 for batch in rows)
        if neighbours and not in_order and sorted(got_sizes) == sorted(sizes):
            raise Wrong("Each batch holds neighbouring rows: shuffle all the rows, then cut.")
        if got_sizes != sizes:
            raise Wrong(f"{n} rows in batches of {size} are batches of {sizes}, not {got_sizes}.")
        if in_order:
            raise Wrong("The rows come in their old order: shuffle them first.")
        again, other = (
            _rows_of_batches(call(answer, x, y, size, np.random.RandomState(seed)), x, y)
            for seed in (7, 6)
        )
        if again != rows:
            raise Wrong("Two calls with the same seed give different batches: shuffle with rng.")
        if other == rows:
            raise Wrong(
                "Two different seeds give the same batches: let the rng it is given decide the "
                "order, not a generator that you seed yourself and not the numbers in x."
            )
    return "Every row once, x and y together, in an order that rng decides."


def _rows_of_batches(got, x, y):
    """Return the row numbers of each batch, or say what is wrong with the batches."""
    try:
        pairs = [(np.asarray(bx, dtype=float), np.asarray(by, dtype=float)) for bx, by in got]
    except (TypeError, ValueError):
        raise Wrong(
            "Expected a list of pairs (x_batch, y_batch); this is something else."
        ) from None
    for bx, by in pairs:
        if bx.ndim != 2 or bx.shape != by.shape or bx.shape[1] != 1:
            raise Wrong(
                f"A batch holds x of shape {bx.shape} and y of shape {by.shape}: "
                "both must be columns of one length, like x and y."
            )
    row_of_x = {value: row for row, value in enumerate(x[:, 0])}
    row_of_y = {value: row for row, value in enumerate(y[:, 0])}
    if pairs and all(value in row_of_y for bx, _ in pairs for value in bx[:, 0]):
        raise Wrong("x and y are swapped: each pair is (x_batch, y_batch).")
    rows = [[row_of_x.get(value) for value in bx[:, 0]] for bx, _ in pairs]
    if any(None in batch for batch in rows):
        raise Wrong("Some numbers are in no row of x: cut its rows, don't change them.")
    if rows != [[row_of_y.get(value) for value in by[:, 0]] for _, by in pairs]:
        raise Wrong("x and y are torn apart: shuffle both with the same order.")
    return rows
