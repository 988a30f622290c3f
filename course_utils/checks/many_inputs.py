"""The checks of 'Many inputs, many outputs'; autograd and closed forms judge."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, Wrong, arrays, diagnose, same
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
        ("b_shape", (n,)): "b has one bias for each output, not one for each day",
        ("b_shape", (n, m)): "broadcasting repeats b for each row, it is stored only once",
        ("b_shape", (d,)): "b has one bias for each output, not one for each input",
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
            raise Wrong(f"Expected a tuple such as (5, 3) for {name}, got {shape!r:.40}.")
        shape, want = tuple(shape), tuple(tensor.shape)
        if any(part is ... for part in shape):
            raise NotDone
        if shape != want:
            why = mistakes.get((name, shape), "follow (n, k) @ (k, m) -> (n, m)")
            raise Wrong(f"{name} isn't {shape}: {why}.")
    return "w and b don't know how many days there are."


@exercise(
    2,
    hint="error = x @ w.T + b - y has shape (n, m). To sum over the rows, make n the inner number: "
    "error.T @ x. For db the sum goes along dim=0. Both times 2 / y.numel().",
)
def mse_gradient(answer):
    """Judge `mse_gradient(x, y, w, b)`: the derivatives of the MSE over all n·m errors."""
    for n, d, m in ((6, 5, 3), (7, 2, 5)):
        x, y = _random(n, d, seed=1), _random(n, m, seed=2)
        w = _random(m, d, seed=3, requires_grad=True)
        b = _random(m, seed=4, requires_grad=True)
        got = call(answer, x, y, w, b)
        if isinstance(got, (tuple, list)) and [tuple(np.shape(p)) for p in got] == [(m,), (m, d)]:
            raise Wrong("These are db and dw: return dw first.")
        got_w, got_b = arrays(got, {"dw": (m, d), "db": (m,)})
        oracle = torch.autograd.grad(((x @ w.T + b - y) ** 2).mean(), (w, b))
        without_b = (2 / (n * m) * (x @ w.T - y)).detach()
        no_bias = without_b.T @ x, without_b.sum(dim=0)
        parts = zip(("dw", "db"), (got_w, got_b), oracle, no_bias, strict=True)
        for name, part, want, lacking in parts:
            mistakes = {
                f"{name} is {m} times too large for {m} outputs: the mean goes over all n·m "
                "errors, not over the n rows only.": m * want,
                f"{name} is {n} times too large for {n} rows: the mean goes over all n·m errors, "
                "not over the m outputs only.": n * want,
                f"{name} is {n * m} times too large: you summed over the {n * m} errors; take the "
                "mean.": n * m * want,
                f"{name} is half of what it should be: the 2 from the square is missing.": want / 2,
                f"{name} is {n * m / 2:g} times too large for {n * m} errors: take the mean, and "
                "the 2 from the square.": n * m * want / 2,
                f"{name} is {m / 2:g} times what it should be: the mean goes over all n·m errors, "
                "and the 2 from the square is missing.": m * want / 2,
                f"{name} has the wrong sign: the error is prediction minus target.": -want,
                f"{name} comes from an error that lacks b: it is x @ w.T + b - y.": lacking,
            }
            _diagnose_part(name, part, want, mistakes)
    return "One line for all inputs and outputs, and it is what autograd finds."


@exercise(
    3,
    hint="compute y_pred and the loss inside the loop, then backward, the step in no_grad, zero "
    "both gradients; and after the loop the loss once more, from new predictions.",
)
def fresh_descent(answer):
    """Judge `fresh_descent(w, b, x, y, lr, n_epochs)`: n_epochs + 1 losses, w and b moved."""
    for n, d, m, lr, n_epochs in ((7, 3, 2, 0.2, 4), (5, 2, 3, 0.13, 3)):
        x, y = _random(n, d, seed=5), _random(n, m, seed=6)
        w, b = _random(m, d, seed=7, requires_grad=True), _random(m, seed=8, requires_grad=True)
        first = torch.vstack([w.T, b]).detach().numpy()
        got = call(answer, w, b, x, y, lr, n_epochs, in_place=True, means=_IN_A_LOOP)
        end = torch.vstack([w.T, b]).detach().numpy()
        _judge_descent(_losses(got), first, end, QuadraticLoss(design_matrix(x), y), lr, n_epochs)
    return "Each loss belongs to the w and b of its moment."


def _losses(got):
    """Return the answer's losses as an array, or say why it isn't a list of floats."""
    if getattr(got, "ndim", 0) == 1 and not getattr(got, "requires_grad", False):
        got = got.tolist()  # an array or a tensor of numbers is as good as a list
    if not isinstance(got, (list, tuple)):
        raise Wrong("Expected a list of losses: append loss.item() in each epoch.")
    if any(isinstance(loss, torch.Tensor) for loss in got):
        raise Wrong("The list holds tensors, each with its graph: append loss.item().")
    return np.array([float(loss) for loss in got])


def _judge_descent(losses, first, end, bowl, lr, n_epochs):
    path = [bowl.after(k, first, lr) for k in range(n_epochs + 2)]
    want = np.array([bowl.loss(p) for p in path[:-1]])
    if np.array_equal(end, first):
        if len(losses) == len(want) and np.allclose(losses, want):
            raise Wrong(
                "The losses are right, but the given w and b haven't moved: your steps moved "
                "copies. Change w and b in place, with w -= lr * w.grad."
            )
        raise Wrong(
            "w and b haven't moved: no step is taken, it moves copies, or the gradients are "
            "emptied before it. Take a step in each epoch, in place, with w -= lr * w.grad."
        )
    if len(losses) > 1 and np.ptp(losses) == 0:
        raise Wrong(
            "Every loss is the same: the predictions are stale. Compute them inside the loop, "
            "from the present w and b."
        )
    if len(losses) == n_epochs:
        if np.allclose(losses, want[1:]):
            raise Wrong("The loss before the first step is missing.")
        if np.allclose(losses, want[:-1]):
            if same(end, path[n_epochs - 1]):
                raise Wrong(
                    f"You took {n_epochs - 1} steps in {n_epochs} epochs: the loop must run "
                    "n_epochs times."
                )
            raise Wrong(
                f"The loss after the last step is missing: {n_epochs} steps have {n_epochs + 1} "
                "losses around them. Predict once more behind the loop."
            )
    if len(losses) != n_epochs + 1:
        raise Wrong(f"{n_epochs} epochs have {n_epochs + 1} losses, not {len(losses)}.")
    if np.allclose(losses[:-1], want[:-1]) and np.isclose(losses[-1], want[-2]):
        raise Wrong(
            "The last loss is stale: it comes from the predictions before the last step. "
            "Predict once more behind the loop."
        )
    if np.allclose(losses[1:], want[:-1]) and np.isclose(losses[0], want[0]):
        raise Wrong("The first loss is there twice: each loss is computed before its step.")

    def losses_of(lr, keep_w=0, keep_b=0):
        """Return the losses of a descent whose gradients of w or b are kept and add up."""
        keep = np.array([[keep_w]] * (len(first) - 1) + [[keep_b]])
        p, total, found = first, np.zeros_like(first), [bowl.loss(first)]
        for _ in range(n_epochs):
            total = keep * total + bowl.hessian @ (p - bowl.minimizer)
            p = p - lr * total
            found.append(bowl.loss(p))
        return np.array(found)

    n, m = bowl.y.shape
    mistakes = {
        "The gradients pile up: set both to zero after each step.": losses_of(lr, 1, 1),
        "The gradient of b piles up: set it to zero as well.": losses_of(lr, 0, 1),
        "The gradient of w piles up: set it to zero as well.": losses_of(lr, 1, 0),
        "It climbs: the step goes against the gradient, so subtract.": losses_of(-lr),
        "The learning rate isn't used.": losses_of(1),
        f"The loss is {m} times what it should be, for {m} outputs: take the mean over all errors, "
        "not a sum over the outputs.": m * losses_of(m * lr),
        f"The loss is {n * m} times what it should be: you summed over the {n * m} errors; take "
        "the mean.": n * m * losses_of(n * m * lr),
        **fixed_rates(losses_of),
    }
    diagnose(losses, want, mistakes)
    if same(end, path[-1]):
        raise Wrong("The losses are right, but w and b end one step too far.")
    _diagnose_part("the final w and b", end, path[-2], {})


@exercise(
    4,
    hint="y = y_mean + y_std * ((x - x_mean) / x_std @ w_standard.T + b_standard). Sort by x: what "
    "multiplies x is w, all the rest is b. y_std.reshape(-1, 1) runs along the rows of w.",
)
def to_original_units(answer):
    """Judge `to_original_units(...)`: w and b that predict raw y from raw x."""
    means = {
        "must match the size of tensor": "y_std, of shape (m,), would run along the columns of w. "
        "Make it a column, y_std.reshape(-1, 1)."
    }
    for d, m, seed in ((3, 2, 9), (2, 4, 20)):
        v, c = _random(m, d, seed=seed), _random(m, seed=seed + 1)
        x_mean, y_mean = 5 + _random(d, seed=seed + 2), 8 + _random(m, seed=seed + 3)
        x_std = 1.5 + torch.arange(d, dtype=torch.float64)
        y_std = 2.5 + 1.7 * torch.arange(m, dtype=torch.float64)
        got = call(answer, v, c, x_mean, x_std, y_mean, y_std, means=means)
        _judge_original(*arrays(got, {"w": (m, d), "b": (m,)}), v, c, x_mean, x_std, y_mean, y_std)
    return "The same predictions, in the units of the farmer."


def _judge_original(got_w, got_b, v, c, x_mean, x_std, y_mean, y_std):
    column = y_std.reshape(-1, 1)
    want_w = column * v / x_std
    shift = want_w @ x_mean
    want_b = y_mean + y_std * c - shift
    mistakes = {
        "w comes back unchanged: divide by x_std, multiply by y_std.": v,
        "w is multiplied by x_std: divide by it.": column * v * x_std,
        "w lacks y_std: the outputs must be stretched, too.": v / x_std,
        "w lacks x_std: divide each column by it.": column * v,
        "w is divided by y_std: multiply by it.": v / x_std / column,
        "w is the wrong way round: multiply by y_std, divide by x_std.": v * x_std / column,
    }
    _diagnose_part("w", got_w, want_w, mistakes)
    mistakes = {
        "b comes back unchanged.": c,
        "b lacks the shift of the inputs: subtract w @ x_mean.": y_mean + y_std * c,
        "b lacks y_mean.": want_b - y_mean,
        "b_standard is in units of y_std: multiply it by y_std.": want_b + (1 - y_std) * c,
        "b subtracts w_standard @ x_mean: take the new w.": y_mean + y_std * c - v @ x_mean,
        "b subtracts (w_standard / x_std) @ x_mean: take the new w, which holds y_std.": (
            y_mean + y_std * c - v / x_std @ x_mean
        ),
        "b adds w @ x_mean: subtract it.": y_mean + y_std * c + shift,
        "b multiplies by y_std what the new w already holds: only b_standard needs it.": (
            y_mean + y_std * (c - shift)
        ),
    }
    _diagnose_part("b", got_b, want_b, mistakes)


_IN_A_LOOP = {
    "backward through the graph a second time": "The predictions are made in front of the loop, "
    "and the first backward has used up their graph: compute them inside the loop.",
    "a leaf Variable that requires grad": "The update is recorded as a part of the model: put it "
    "under torch.no_grad().",
    "unpack non-iterable NoneType": "step returns nothing, it moves w and b themselves: call it "
    "without `w, b =`.",
    "NoneType": "A gradient is None where you use it: backward() was not called yet, it was "
    "emptied before the step, or w isn't a leaf any more. Change w in place, with "
    "w -= lr * w.grad.",
}


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
