"""The checks of lesson 04, 'Many inputs, many outputs'; autograd and closed forms judge."""

import numpy as np
import torch

from course_utils.checks.core import NotDone, Wrong, arrays, call, diagnose, exercise, same
from course_utils.descent import QuadraticLoss, design_matrix


def _random(*shape, seed, requires_grad=False):
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randn(*shape, generator=generator, dtype=torch.float64)
    return numbers.requires_grad_(requires_grad)


@exercise(
    1,
    hint="w has a row for each output and a column for each input, b one number for each output; "
    "(n, k) @ (k, m) is (n, m).",
)
def shapes(w, b, y_pred, first_day, first_rows):
    """Judge five shapes: of w, b and x @ w.T + b, and of the latter for x[0] and x[:1]."""
    n, d, m = 200, 4, 3
    x, weights, bias = torch.zeros(n, d), torch.zeros(m, d), torch.zeros(m)
    got = {
        "w_shape": (w, weights),
        "b_shape": (b, bias),
        "y_pred_shape": (y_pred, x @ weights.T + bias),
        "first_day_shape": (first_day, x[0] @ weights.T + bias),
        "first_rows_shape": (first_rows, x[:1] @ weights.T + bias),
    }
    mistakes = {
        ("w_shape", (d, m)): "that is w.T; w has a row for each output and a column for each input",
        ("b_shape", (n,)): "one bias for each output is wanted, not one for each day",
        ("b_shape", (n, m)): "broadcasting repeats b for each row, it is stored only once",
        ("b_shape", (d,)): "one bias for each output is wanted, not one for each input",
        ("b_shape", (1, m)): "that would broadcast as well, but b is a plain list, of shape (m,)",
        ("b_shape", (m, 1)): "a column would run along the rows; b runs along the columns",
        ("y_pred_shape", (n, d)): "the columns are the outputs now, not the inputs",
        ("y_pred_shape", (m, n)): "each day stays a row",
        ("first_day_shape", (1, m)): "x[0] has shape (4,), its row axis is gone; so it is here",
        ("first_rows_shape", (m,)): "x[:1] has shape (1, 4), it keeps its row axis; so does this",
    }
    for name, (shape, tensor) in got.items():
        if isinstance(shape, int):
            raise Wrong(f"{name} is the number {shape}: a tuple of one needs a comma, ({shape},).")
        if not isinstance(shape, (tuple, list)):
            raise Wrong(f"{name} must be a tuple, such as (5, 3), but {shape!r:.40} came.")
        shape, want = tuple(shape), tuple(tensor.shape)
        if any(part is ... for part in shape):
            raise NotDone
        if shape != want:
            why = mistakes.get((name, shape), "follow (n, k) @ (k, m) -> (n, m)")
            raise Wrong(f"{name} is not {shape}: {why}.")
    return "w and b don't know how many days there are."


@exercise(
    2,
    hint="error = x @ w.T + b - y has shape (n, m). To sum over the rows, make n the inner number: "
    "error.T @ x. For db the sum goes along dim=0. Both times 2 / y.numel().",
)
def mse_gradient(answer):
    """Judge `mse_gradient(x, y, w, b)`: the derivatives of the MSE over all n·m errors."""
    n, d, m = 6, 4, 3
    x, y = _random(n, d, seed=1), _random(n, m, seed=2)
    w = _random(m, d, seed=3, requires_grad=True)
    b = _random(m, seed=4, requires_grad=True)
    got = call(answer, x, y, w, b)
    if isinstance(got, (tuple, list)) and [tuple(np.shape(p)) for p in got] == [(m,), (m, d)]:
        raise Wrong("These are db and dw: return dw first.")
    got_w, got_b = arrays(got, {"dw": (m, d), "db": (m,)})
    oracle = torch.autograd.grad(((x @ w.T + b - y) ** 2).mean(), (w, b))
    want_w, want_b = (gradient.numpy() for gradient in oracle)
    for name, part, want in (("dw", got_w, want_w), ("db", got_b, want_b)):
        mistakes = {
            f"{name} is 3 times too large, and the test data have 3 outputs: the mean goes over "
            "all n·m errors, not over the n rows only.": m * want,
            f"{name} is 6 times too large, and the test data have 6 rows: the mean goes over "
            "all n·m errors, not over the m outputs only.": n * want,
            f"{name} is 18 times too large, and the test data have 6 rows and 3 outputs: "
            "a sum stands where the mean is wanted.": n * m * want,
            f"{name} is half of what it should be: the 2 from the square is missing.": want / 2,
            f"{name} is 9 times too large for 18 errors: a sum where the mean is wanted, and the 2 "
            "from the square is missing.": n * m * want / 2,
            f"{name} is 1.5 times what it should be: the mean goes over all n·m errors, and the 2 "
            "from the square is missing.": m * want / 2,
            f"{name} has the wrong sign: the error is prediction minus target.": -want,
        }
        without_b = (2 / (n * m) * (x @ w.T - y)).detach()
        no_bias = without_b.T @ x if name == "dw" else without_b.sum(dim=0)
        mistakes[f"{name} comes from an error that lacks b: it is x @ w.T + b - y."] = (
            no_bias.numpy()
        )
        _diagnose_part(name, part, want, mistakes)
    return "One line for all inputs and outputs, and it is what autograd finds."


@exercise(
    3,
    hint="compute y_pred and the loss inside the loop, then backward, the step in no_grad, zero "
    "both gradients; and after the loop the loss once more, from new predictions.",
)
def fresh_descent(answer):
    """Judge `fresh_descent(w, b, x, y, lr, n_epochs)`: n_epochs + 1 losses, w and b moved."""
    n_epochs, lr = 4, 0.2
    x, y = _random(7, 3, seed=5), _random(7, 2, seed=6)
    w, b = _random(2, 3, seed=7, requires_grad=True), _random(2, seed=8, requires_grad=True)
    bowl = QuadraticLoss(design_matrix(x), y)
    first = torch.vstack([w.T, b]).detach().numpy()
    path = [bowl.after(k, first, lr) for k in range(n_epochs + 1)]
    want = np.array([bowl.loss(p) for p in path])
    try:
        got = call(answer, w, b, x, y, lr, n_epochs, in_place=True)
    except Wrong as wrong:
        raise Wrong(_explained(str(wrong))) from None
    if not isinstance(got, (list, tuple)):
        raise Wrong("A list of losses is wanted: append loss.item() in each epoch.")
    if any(hasattr(loss, "grad_fn") for loss in got):
        raise Wrong("The list holds tensors, each with its graph: append loss.item().")
    losses = np.array([float(loss) for loss in got])
    if len(losses) > 1 and np.ptp(losses) == 0:
        raise Wrong(
            "Every loss is the same: the predictions are stale. Compute them inside the loop, "
            "from the present w and b."
        )
    if len(losses) == n_epochs:
        if np.allclose(losses, want[1:]):
            raise Wrong("The loss before the first step is missing.")
        if np.allclose(losses, want[:-1]):
            raise Wrong(
                "The loss after the last step is missing: 4 steps have 5 losses around them. "
                "Predict once more behind the loop."
            )
    if len(losses) != n_epochs + 1:
        raise Wrong(f"{n_epochs} epochs have {n_epochs + 1} losses, but {len(losses)} came.")
    end = torch.vstack([w.T, b]).detach().numpy()
    if np.array_equal(end, first):
        raise Wrong("w and b have not moved: change them in place, with w -= lr * w.grad.")
    if np.allclose(losses[:-1], want[:-1]) and np.isclose(losses[-1], want[-2]):
        raise Wrong(
            "The last loss is stale: it comes from the predictions before the last step. "
            "Predict once more behind the loop."
        )
    if np.allclose(losses[1:], want[:-1]) and np.isclose(losses[0], want[0]):
        raise Wrong("The first loss comes twice: each loss is computed before its step.")
    mistakes = {
        "The gradients pile up: set both to zero after each step.": _slip(bowl, first, lr, 1, 1),
        "The gradient of b piles up: set it to zero as well.": _slip(bowl, first, lr, 0, 1),
        "The gradient of w piles up: set it to zero as well.": _slip(bowl, first, lr, 1, 0),
        "It climbs: the step goes against the gradient, so subtract.": _slip(bowl, first, -lr),
        "The learning rate is not used.": _slip(bowl, first, 1),
        "The loss is twice what it should be, for 2 outputs: take the mean over all errors, not a "
        "sum over the outputs.": 2 * _slip(bowl, first, 2 * lr),
        "The loss is 14 times what it should be, for 14 errors: "
        "a sum stands where the mean is wanted.": 14 * _slip(bowl, first, 14 * lr),
    }
    diagnose(losses, want, mistakes)
    _diagnose_part("the final w and b", end, path[-1], {})
    return "Each loss belongs to the w and b of its moment."


@exercise(
    4,
    hint="y = y_mean + y_std * ((x - x_mean) / x_std @ w_standard.T + b_standard). Sort by x: what "
    "multiplies x is w, all the rest is b. y_std.reshape(-1, 1) runs along the rows of w.",
)
def to_original_units(answer):
    """Judge `to_original_units(...)`: w and b that predict raw y from raw x."""
    d, m = 3, 2
    v, c = _random(m, d, seed=9), _random(m, seed=10)
    x_mean, y_mean = 5 + _random(d, seed=11), 8 + _random(m, seed=12)
    x_std, y_std = torch.tensor([1.5, 2.5, 3.5]).double(), torch.tensor([2.5, 4.5]).double()
    try:
        got = call(answer, v, c, x_mean, x_std, y_mean, y_std)
    except Wrong as wrong:
        if "must match the size of tensor" in str(wrong):
            raise Wrong(
                "Your function raises an error of shapes: y_std, of shape (m,), would run along "
                "the columns of w. Make it a column, y_std.reshape(-1, 1)."
            ) from None
        raise
    got_w, got_b = arrays(got, {"w": (m, d), "b": (m,)})

    def from_raw(x):
        return y_mean + y_std * ((x - x_mean) / x_std @ v.T + c)

    origin = torch.zeros(d, dtype=torch.float64)
    want_w = torch.autograd.functional.jacobian(from_raw, origin)
    want_b = from_raw(origin)
    column = y_std.reshape(-1, 1)
    _diagnose_part(
        "w",
        got_w,
        want_w,
        {
            "w comes back as it went in: divide by x_std, multiply by y_std.": v,
            "w is multiplied by x_std: divide by it.": column * v * x_std,
            "w lacks y_std: the outputs must be stretched, too.": v / x_std,
            "w lacks x_std: divide each column by it.": column * v,
            "w is divided by y_std: multiply by it.": v / x_std / column,
        },
    )
    _diagnose_part(
        "b",
        got_b,
        want_b,
        {
            "b lacks the shift of the inputs: subtract w @ x_mean.": y_mean + y_std * c,
            "b lacks y_mean.": want_b - y_mean,
            "b_standard is in units of y_std: multiply it by y_std.": want_b + (1 - y_std) * c,
            "b subtracts w_standard @ x_mean: take the new w.": y_mean + y_std * c - v @ x_mean,
            "b subtracts (w_standard / x_std) @ x_mean: take the new w, which holds y_std.": (
                y_mean + y_std * c - v / x_std @ x_mean
            ),
            "b adds w @ x_mean: subtract it.": y_mean + y_std * c + want_w @ x_mean,
            "b multiplies by y_std what the new w already holds: only b_standard needs it.": (
                y_mean + y_std * (c - want_w @ x_mean)
            ),
        },
    )
    return "The same predictions, in the units of the farmer."


def _slip(bowl, p, lr, keep_w=0, keep_b=0):
    """Return the 5 losses of a descent whose gradients of w or b are kept and add up."""
    keep = np.array([[keep_w]] * (len(p) - 1) + [[keep_b]])
    losses, total = [bowl.loss(p)], np.zeros_like(p)
    for _ in range(4):
        total = keep * total + bowl.hessian @ (p - bowl.minimizer)
        p = p - lr * total
        losses.append(bowl.loss(p))
    return np.array(losses)


def _explained(told):
    """Put an autograd error that a training loop raises into words about the loop."""
    reasons = {
        "backward through the graph a second time": "The predictions are made in front of the "
        "loop, and the first backward has used up their graph: compute them inside the loop.",
        "a leaf Variable that requires grad": "The update is recorded as a part of the model: put "
        "it under torch.no_grad().",
        "NoneType": "A gradient is None: w = w - ... makes a new tensor that has none. Change w in "
        "place, with w -= lr * w.grad.",
    }
    return next((reason for text, reason in reasons.items() if text in told), told)


def _diagnose_part(name, got, want, mistakes):
    """Diagnose one array; an unknown mistake is told by the first entry that is wrong."""
    want = np.asarray(want)
    mistakes = {told: np.asarray(result) for told, result in mistakes.items()}
    if not any(same(got, result) for result in [want, *mistakes.values()]):
        at = tuple(int(k) for k in np.argwhere(~np.isclose(got, want))[0])
        raise Wrong(
            f"On test data entry {list(at)} of {name} is {got[at]:.4g}, "
            f"and {want[at]:.4g} is right."
        )
    diagnose(got, want, mistakes)
