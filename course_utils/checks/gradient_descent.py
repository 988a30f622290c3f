"""The checks of 'Gradient descent by hand'. The closed forms are the oracle."""

from functools import partial
from itertools import permutations

import numpy as np

from course_utils.checks import causes
from course_utils.checks.causes import exercise, fixed_rates
from course_utils.checks.core import Wrong, diagnose, numbers, same
from course_utils.checks.reading import shape_of
from course_utils.descent import QuadraticLoss, design_matrix

# What the commonest errors mean here.
_MEANS = {
    "matmul": "x and y are columns: multiply them with * and take the mean.",
    "'dim'": "NumPy calls it axis.",
}
call = partial(causes.call, means=_MEANS)


def _columns(n, seed):
    rng = np.random.RandomState(seed)
    return rng.randn(n, 1) + 0.5, rng.randn(n, 1)


@exercise(
    1,
    hint="the derivative is the mean of 2·(w·x + b − y)·x. Set it to 0; w times the mean of x² "
    "is then equal to something without w.",
)
def best_weight(answer):
    """Judge `best_weight(b, x, y)`: the w with the least MSE for a given b."""
    for b, n in ((0.4, 7), (-1.7, 9)):
        x, y = _columns(n, seed=n + 6)
        want = (x * (y - b)).mean() / (x**2).mean()
        got = call(answer, b, x, y)
        if shape_of(got) == (n, 1):
            raise Wrong(
                f"You return a column with one number for each of the {n} rows; take the means "
                "first, then divide."
            )
        got = numbers(got, ("w",))
        centred = (x - x.mean()) * (y - y.mean())
        mistakes = {
            "That is the mean of y − b divided by the mean of x: there the mean residual is 0, "
            "so it solves ∂L/∂b = 0. Set the mean of the residual times x to 0.": (
                (y - b).mean() / x.mean()
            ),
            "That is the mean of the ratios (y − b)/x, one line for each row. Take the means of "
            "x·(y − b) and of x² first, then divide.": ((y - b) / x).mean(),
            "That is the best w if b may move too; here b is given and stays.": (
                centred.mean() / x.var()
            ),
            "It is right but for its sign: w times the mean of x² equals the mean of x·(y − b), "
            "without a minus.": -want,
            "b is missing: from w·x + b − y = 0 comes y − b.": (x * y).mean() / (x**2).mean(),
            "Only y is multiplied by x: brackets around y − b.": (
                ((x * y).mean() - b) / (x**2).mean()
            ),
            "It is y minus b, not y plus b: b changes its sign on the way to the other side.": (
                (x * (y + b)).mean() / (x**2).mean()
            ),
            f"It is {n} times too large: one of the two is a sum over the {n} rows, and the other "
            "a mean.": n * want,
            f"It is {n} times too small: one of the two is a sum over the {n} rows, and the other "
            "a mean.": want / n,
            "It is twice too large: the 2 stands before both terms, so it cancels.": 2 * want,
            "It is half of what it should be: the 2 stands before both terms, so it cancels.": (
                want / 2
            ),
            "The division is missing: by the mean of x².": (x * (y - b)).mean(),
            "You divide by the square of the mean of x; it is the mean of the squares, "
            "(x**2).mean().": (x * (y - b)).mean() / x.mean() ** 2,
            "You divide by the mean of x; it is the mean of x².": (x * (y - b)).mean() / x.mean(),
            "That is the derivative at w = 0, not the w at which it is 0.": (
                -2 * (x * (y - b)).mean()
            ),
            "That is the best b for w = b. Here b is given, and w is what you look for.": (
                (y - b * x).mean()
            ),
            "The mean of a product isn't the product of the means: multiply row by row first, "
            "(x * (y - b)).mean(). A column times a flat array gives this number, too: it takes "
            f"all {n**2} pairs.": x.mean() * (y - b).mean() / (x**2).mean(),
            "The division is missing, and a sum stands where the mean belongs.": (
                (x * (y - b)).sum()
            ),
            "You divided by 80. It must hold for any number of rows: use len(x), or .mean().": (
                n / 80 * want
            ),
        }
        mistakes = {told: [value] for told, value in mistakes.items()}
        diagnose(got, [want], mistakes)
    return "There ∂L/∂w is 0, and no other w has a smaller loss for this b."


# What the first two epochs of a loop with each mistake print: (w, b), three decimals.
_FIRST_EPOCHS = {
    1: ((-0.322, 0.192), (-0.545, -0.190)),
    2: ((0.045, 0.801), (0.228, 1.106)),
    3: ((-0.047, 0.649), (0.035, 0.782)),
    4: ((0.166, 0.801), (0.381, 1.016)),
    5: ((14.532, 24.855), (-229.337, -451.418)),
}


@exercise(
    2,
    hint="the start is w = -0.138, b = 0.497. Work out how far w and b move in epoch 1 and in "
    "epoch 2, and compare that with the right run.",
)
def which_mistake(run_a, run_b, run_c):
    """Judge the numbers of the mistakes in the runs A, B and C."""
    wrong = []
    for name, answer, right in (("A", run_a, 2), ("B", run_b, 4), ("C", run_c, 3)):
        chosen = _choice(name, answer)
        if chosen == right:
            continue
        seen, expected = _FIRST_EPOCHS[right], _FIRST_EPOCHS[chosen]
        epoch = 0 if seen[0] != expected[0] else 1
        (w, b), (w_seen, b_seen) = expected[epoch], seen[epoch]
        wrong.append(
            f"Run {name} isn't mistake {chosen}: that gives w = {w:.3f}, b = {b:.3f} after epoch "
            f"{epoch + 1}, and run {name} has {w_seen:.3f} and {b_seen:.3f}."
        )
    if wrong:
        raise Wrong(" ".join(wrong))
    return "Each mistake leaves its trace in the first two steps."


def _choice(name, answer):
    """Return a number from 1 to 5, or say that this is none."""
    try:
        number = float(answer)
    except (TypeError, ValueError, OverflowError):
        number = 0.0
    if number not in _FIRST_EPOCHS:
        written = isinstance(answer, (str, int, float, list))
        got = f"{answer!r:.40}" if written else f"a {type(answer).__name__}"
        raise Wrong(f"For run {name}, give the number of a mistake, from 1 to 5; got {got}.")
    return int(number)


@exercise(
    3,
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
            "These are the steps themselves: subtract them from w and b.": lr * gradient,
            "b is right; in the gradient of w, the factor x is missing.": (
                old - lr * gradient[[1, 1]]
            ),
            "The factor x belongs to the gradient of w, not to that of b.": (
                old - lr * gradient[::-1]
            ),
            "The error lacks b: the prediction is w·x + b.": old - lr * _without_b(w, x, y),
            "w and b come back unchanged.": old,
            f"You took the mean over all {n**2} pairs: a column ({n}, 1) minus a flat y is a "
            "table.": old - lr * np.array([(2 * pairs * x).mean(), 2 * pairs.mean()]),
            **fixed_rates(lambda rate, old=old, gradient=gradient: old - rate * gradient),
        }
        diagnose(got, want, mistakes, names)
    return "Both gradients see the same w and b."


def _without_b(w, x, y):
    """Return the gradient by w and b of a student whose prediction is w·x."""
    return np.array([(2 * (w * x - y) * x).mean(), (2 * (w * x - y)).mean()])


@exercise(
    4,
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
        if isinstance(got, (tuple, list)) and any(shape_of(part) == (n, 1) for part in got):
            raise Wrong(
                f"You return a column with one number for each of the {n} rows; take the mean."
            )
        got = numbers(got, names)
        if any(same(got, want[list(order)]) for order in [*permutations(range(3))][1:]):
            raise Wrong("The numbers are right, their order isn't: return da, dw, db.")
        pairs = errors + y - y.T  # what (n, 1) minus (n,) makes of it
        da, dw, db = want
        along_x = "the derivative of the prediction by x. Here x stays"
        mistakes = {
            "Each is half of what it should be: the 2 from the square is missing.": want / 2,
            f"Each is {n} times too large: you summed over the {n} rows; take the mean.": n * want,
            f"Each is {n / 2} times too large: you summed over the {n} rows instead of taking the "
            "mean, and the 2 from the square is missing.": n / 2 * want,
            "Each has the wrong sign: the error is prediction minus target.": -want,
            "2x is the derivative of x² by x. Here x stays and a moves, so da is the mean of "
            "2·e times x².": [(2 * errors * 2 * x).mean(), dw, db],
            "dw and db are right. In da, the factor is x², not x.": [dw, dw, db],
            "dw and db are right. In da, the factor is x² alone, without a.": [a * da, dw, db],
            f"2·a·x + w is {along_x} and w moves: its factor is x.": [
                da,
                (2 * errors * (2 * a * x + w)).mean(),
                db,
            ],
            "The error lacks y: it is the prediction minus y.": (2 * (errors + y) * rows).mean(
                axis=0
            ),
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
