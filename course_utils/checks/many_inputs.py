"""The checks of 'Many inputs, many outputs'; autograd and closed forms judge."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, arrays, diagnose, same
from course_utils.checks.reading import shape_of


def _random(*shape, seed, requires_grad=False):
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randn(*shape, generator=generator, dtype=torch.float64)
    return numbers.requires_grad_(requires_grad)


@exercise(
    1,
    hint="r = x @ w.T + b - y has shape (n, m). To sum over the rows, make n the inner number: "
    "r.T @ x. For db the sum goes along dim=0. Both times 2 / y.numel().",
)
def mse_gradient(answer):
    """Judge `mse_gradient(x, y, w, b)`: the derivatives of the MSE over all n·m residuals."""
    for n, d, m in ((6, 5, 3), (8, 3, 5)):
        x, y = _random(n, d, seed=1), _random(n, m, seed=2)
        w = _random(m, d, seed=3, requires_grad=True)
        b = _random(m, seed=4, requires_grad=True)
        got = call(answer, x, y, w.detach(), b.detach(), means=_BY_HAND)
        if isinstance(got, (tuple, list)) and [shape_of(p) for p in got] == [(m,), (m, d)]:
            raise Wrong("These are db and dw: return dw first.")
        got_w, got_b = arrays(got, {"dw": (m, d), "db": (m,)})
        y_pred = x @ w.T + b
        oracle = torch.autograd.grad(((y_pred - y) ** 2).mean(), (w, b))
        no_b, no_y = ((2 / (n * m) * r).detach() for r in (y_pred - b - y, y_pred))
        lacking = [(r.T @ x, r.sum(dim=0)) for r in (no_b, no_y)]
        parts = zip(("dw", "db"), (got_w, got_b), oracle, *lacking, strict=True)
        for name, part, want, without_b, without_y in parts:
            mistakes = {
                f"{name} is {m} times too large for {m} outputs: the mean goes over all n·m "
                "residuals, not over the n rows only.": m * want,
                f"{name} is {n} times too large for {n} rows: the mean goes over all n·m "
                "residuals, not over the m outputs only.": n * want,
                f"{name} is {n * m} times too large: you summed over the {n * m} residuals; take "
                "the mean.": n * m * want,
                f"{name} is half of what it should be: the 2 from the square is missing.": want / 2,
                f"{name} is {n * m / 2:g} times too large for {n * m} residuals: take the mean, "
                "and the 2 from the square.": n * m * want / 2,
                f"{name} is {m / 2:g} times what it should be: the mean goes over all n·m "
                "residuals, and the 2 from the square is missing.": m * want / 2,
                f"{name} has the wrong sign: the residual is prediction minus target.": -want,
                f"{name} comes from residuals that lack b: they are x @ w.T + b - y.": without_b,
                f"{name} comes from residuals that lack y: they are x @ w.T + b - y.": without_y,
                f"{name} is divided by 10, the entries of the lesson's y; here y has {n * m}.": (
                    n * m / 10 * want
                ),
                f"{name} is divided by {n * d}, the entries of x; divide by those of y.": (
                    m / d * want
                ),
                f"{name} is divided by {m * d}, the entries of w; divide by those of y.": (
                    n / d * want
                ),
            }
            _diagnose_part(name, part, want, mistakes)
    return "For any n, d and m, and it is what autograd finds."


_BY_HAND = {
    "does not require grad and does not have a grad_fn": "Do it without backward: write the two "
    "sums as products.",
    "'NoneType'": "Do it without backward: write the two sums as products.",
}


@exercise(
    2,
    hint="put 1.8 · °C + 32 in place of °F in one prediction, and sort: what multiplies °C is the "
    "new weight, w[:, 0] * 32 goes to the bias.",
)
def to_celsius(answer):
    """Judge `to_celsius(w, b)`: the same model for a first input in °C instead of °F."""
    for m, d, seed in ((3, 4, 31), (5, 2, 47)):
        w, b = _random(m, d, seed=seed), 2 + _random(m, seed=seed + 1)
        trained = w.clone().requires_grad_(), b.clone().requires_grad_()
        got = call(answer, *trained, means=_OF_TENSORS)
        if isinstance(got, (tuple, list)) and [shape_of(p) for p in got] == [(m,), (m, d)]:
            raise Wrong("These are b and w: return w_c first.")
        _judge_celsius(*arrays(got, {"w_c": (m, d), "b_c": (m,)}), w.numpy(), b.numpy())
    return "Not one step of training, and the same predictions."


def _judge_celsius(got_w, got_b, w, b):
    def scaled(factor, rows=slice(None), shift=0):
        new = w.copy()
        new[rows, 0] = factor * w[rows, 0] + shift
        return new

    mistakes = {
        "w_c is the old w: one °C is 1.8 °F, so the first weight changes.": w,
        "The first weight is divided by 1.8; one °C is 1.8 °F, so its weight is larger.": scaled(
            1 / 1.8
        ),
        "Every weight is multiplied by 1.8, but only the first column is a temperature.": 1.8 * w,
        "Every weight is divided by 1.8; only the first column is a temperature, and its weight "
        "is multiplied.": w / 1.8,
        "Only the first output's weight is multiplied by 1.8: each row of w has one for the "
        "temperature.": scaled(1.8, rows=slice(1)),
        "The first row is multiplied by 1.8: that is the first output's recipe. The temperature "
        "is the first column, w[:, 0].": np.vstack([1.8 * w[:1], w[1:]]),
        "32 is added to the first weight; it belongs in the bias.": scaled(1.8, shift=32),
        "The first weight is multiplied by 1.8 and by 32: the 32 belongs in the bias.": scaled(
            1.8 * 32
        ),
        "The first weight has the wrong sign.": scaled(-1.8),
        f"{_TURNED}, not one for weights.": scaled(1 / 1.8, shift=-32 / 1.8),
        f"{_TURNED}, not one for weights. And only the first column is a temperature.": (
            (w - 32) / 1.8
        ),
        "1.8 and 32 are applied to every weight; only the first column is a temperature, and the "
        "32 belongs in the bias.": 1.8 * w + 32,
    }
    _diagnose_part("w_c", got_w, scaled(1.8), mistakes)
    want = b + 32 * w[:, 0]
    mistakes = {
        "w_c is right, but b_c is the old b: at 0 °C it is 32 °F.": b,
        "w_c is right, but b_c takes away 32 times the weight: add it.": b - 32 * w[:, 0],
        "w_c is right, but b_c takes 32 times the new weight: the 32 are °F, so take the old "
        "one.": b + 32 * 1.8 * w[:, 0],
        "w_c is right, but b_c takes away 32 times the new weight: add 32 times the old one.": (
            b - 32 * 1.8 * w[:, 0]
        ),
        "w_c is right, but b_c adds 32 itself: add 32 times the weight of the temperature.": b + 32,
        "w_c is right, but b_c takes away 32 itself: add 32 times the weight of the temperature.": b
        - 32,
        "w_c is right, but b_c adds 32 times all the weights: only the first column is a "
        "temperature.": b + 32 * w.sum(axis=1),
        "w_c is right, but b_c adds 32 times the weight divided by 1.8: the 32 are °F.": (
            b + 32 / 1.8 * w[:, 0]
        ),
        "w_c is right, but b_c takes away 32 times the weight divided by 1.8: add 32 times the "
        "weight.": b - 32 / 1.8 * w[:, 0],
        "w_c is right, but only the first bias is changed: each output has its own.": (
            b + 32 * w[:, 0] * (np.arange(len(b)) == 0)
        ),
        "w_c is right, but b_c adds only the weight: times 32.": b + w[:, 0],
        "w_c is right, but b_c adds the first output's weight to every bias: each output has its "
        "own.": b + 32 * w[0, 0],
        "w_c is right, but b_c is multiplied by 1.8: the outputs keep their units.": (
            1.8 * b + 32 * w[:, 0]
        ),
    }
    _diagnose_part("b_c", got_b, want, mistakes)


_TURNED = "(w − 32) / 1.8 is the formula that turns a temperature from °F into °C"

_OF_TENSORS = {
    "must match the size of tensor": "Write the shapes under each operation: w may have any number "
    "of rows and columns, w[:, 0] has shape (m,), as b has.",
    "must match the existing size": "Write the shapes on both sides of =: w[:, 0] has shape (m,), "
    "w[0] shape (d,).",
    "a leaf Variable that requires grad": "You change w itself: change a copy, w.detach().clone().",
    "Can't call numpy()": "A trained w asks for gradients: w.detach() first.",
    "no attribute 'copy'": "A tensor's copy is w.clone().",
}


@exercise(
    3,
    hint="y = y_mean + y_dev * ((x - x_mean) / x_dev @ w_std.T + b_std). Sort by x: what "
    "multiplies x is w, all the rest is b. y_dev.reshape(-1, 1) runs along the rows of w.",
)
def to_original_units(answer):
    """Judge `to_original_units(...)`: w and b that predict raw y from raw x."""
    means = {
        "must match the size of tensor": "Write the shapes under each operation. Beside w, (m, d), "
        "a (d,) runs along the columns and a column, (m, 1), along the rows; b is (m,), and so is "
        "w @ x_mean."
    }
    for d, m, seed in ((3, 2, 9), (2, 4, 20)):
        v, c = _random(m, d, seed=seed), _random(m, seed=seed + 1)
        x_mean, y_mean = 5 + _random(d, seed=seed + 2), 8 + _random(m, seed=seed + 3)
        x_dev = 1.5 + torch.arange(d, dtype=torch.float64)
        y_dev = 2.5 + 1.7 * torch.arange(m, dtype=torch.float64)
        got = call(answer, v, c, x_mean, x_dev, y_mean, y_dev, means=means)
        _judge_original(*arrays(got, {"w": (m, d), "b": (m,)}), v, c, x_mean, x_dev, y_mean, y_dev)
    return "The same predictions, in t/ha."


def _judge_original(got_w, got_b, v, c, x_mean, x_dev, y_mean, y_dev):
    column = y_dev.reshape(-1, 1)
    want_w = column * v / x_dev
    shift = want_w @ x_mean
    want_b = y_mean + y_dev * c - shift
    mistakes = {
        "w comes back unchanged: divide by x_dev, multiply by y_dev.": v,
        "w is multiplied by x_dev: divide by it.": column * v * x_dev,
        "w lacks y_dev: the outputs must be stretched, too.": v / x_dev,
        "w lacks x_dev: divide each column by it.": column * v,
        "w is divided by y_dev: multiply by it.": v / x_dev / column,
        "w is the wrong way round: multiply by y_dev, divide by x_dev.": v * x_dev / column,
    }
    _diagnose_part("w", got_w, want_w, mistakes)
    mistakes = {
        "b comes back unchanged.": c,
        "b still ignores the targets: multiply b_std by y_dev, and add y_mean.": c - shift,
        "b multiplies y_mean by y_dev, too: y_mean is in the targets' own unit.": (
            (y_mean + c) * y_dev - shift
        ),
        "b lacks the shift of the inputs: subtract w @ x_mean.": y_mean + y_dev * c,
        "b lacks y_mean.": want_b - y_mean,
        "b_std is in units of y_dev: multiply it by y_dev.": want_b + (1 - y_dev) * c,
        "b subtracts w_std @ x_mean: take the new w.": y_mean + y_dev * c - v @ x_mean,
        "b subtracts (w_std / x_dev) @ x_mean: take the new w, which holds y_dev.": (
            y_mean + y_dev * c - v / x_dev @ x_mean
        ),
        "b adds w @ x_mean: subtract it.": y_mean + y_dev * c + shift,
        "b multiplies by y_dev what the new w already holds: only b_std needs it.": (
            y_mean + y_dev * (c - shift)
        ),
    }
    _diagnose_part("b", got_b, want_b, mistakes)


def _diagnose_part(name, got, want, mistakes):
    """Diagnose one array; an unknown mistake is told by the first entry that is wrong."""
    want = np.asarray(want)
    if not any(same(got, result) for result in [want, *mistakes.values()]):
        at = tuple(int(k) for k in np.argwhere(~np.isclose(got, want))[0])
        raise Wrong(
            f"On test data entry {list(at)} of {name} is {got[at]:.4g}; the right answer is "
            f"{want[at]:.4g}."
        )
    diagnose(got, want, mistakes)
