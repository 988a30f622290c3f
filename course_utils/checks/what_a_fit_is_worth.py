"""The checks of 'What a fit is worth'. Closed forms are the oracle."""

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.utils.validation import check_is_fitted
from torch import nn

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, Wrong, diagnose, numbers, shown


def _ridge(Z, y, decay):
    """w and b where the gradient of mse + decay/2·‖w‖² is zero, by its equations."""
    n, d = Z.shape
    A = np.hstack([Z, np.ones((n, 1))])
    charge = np.diag([*[decay] * d, 0.0])
    p = np.linalg.solve(2 / n * A.T @ A + charge, 2 / n * A.T @ y)
    return p[:-1], p[-1]


def _powers(x, degree):
    return x.reshape(-1, 1) ** np.arange(1, degree + 1)


@exercise(
    1,
    hint="SGD takes a list of dictionaries: {'params': weights, 'weight_decay': weight_decay} "
    "and {'params': biases}. Both lists come from model.named_parameters().",
)
def decay_weights_only(answer):
    """Judge `decay_weights_only(model, lr, weight_decay)`: an SGD that decays no bias."""
    inner = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    parts = {"inner": inner, "debiased": nn.Linear(2, 1)}
    for model, lr, decay in (
        (nn.ModuleDict(parts), 0.25, 0.6),
        # Not every second parameter is a bias.
        (nn.Sequential(nn.Linear(2, 3, bias=False), nn.Tanh(), nn.Linear(3, 1)), 0.07, 0.15),
    ):
        optimizer = call(answer, model, lr, decay, in_place=True)
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise Wrong(f"Expected an optimizer, got a value of type {type(optimizer).__name__}.")
        _judge_optimizer(optimizer, model, lr, decay)
    return "Every parameter is trained, and only the weights are pulled towards zero."


def _judge_optimizer(optimizer, model, lr, decay):
    if not isinstance(optimizer, torch.optim.SGD):
        raise Wrong(f"Expected torch.optim.SGD, got {type(optimizer).__name__}.")
    if any(group["momentum"] for group in optimizer.param_groups):
        raise Wrong("This SGD has momentum: use it without.")
    if not all(group["params"] for group in optimizer.param_groups):
        raise Wrong(
            "One of your groups is empty: a name such as inner.0.bias only ends in bias, so ask "
            'for name.endswith("bias").'
        )
    listed = [id(p) for group in optimizer.param_groups for p in group["params"]]
    missing = [name for name, p in model.named_parameters() if id(p) not in listed]
    if len(missing) == len(list(model.parameters())):
        raise Wrong(
            "The optimizer has none of the model's parameters: give it those themselves, not "
            "copies."
        )
    if missing:
        raise Wrong(
            f"The optimizer doesn't have {', '.join(missing)}, and would never train them: "
            "what isn't decayed needs a group, too."
        )
    start, slope = 1.7, 0.4
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(start)
            p.grad = torch.full_like(p, slope)
    optimizer.step()
    moved = np.array([start - p.mean().item() for p in model.parameters()])
    plain, decayed = lr * slope, lr * (slope + start * decay)
    names = [name for name, _ in model.named_parameters()]
    weight = np.array([name.endswith("weight") for name in names])
    mistakes = {
        "Weight decay acts on the biases too: they need a group of their own, without it.": (
            np.full(len(weight), decayed)
        ),
        "The groups are swapped: the biases decay and the weights don't.": (
            np.where(weight, plain, decayed)
        ),
        "Nothing decays: give weight_decay to the group of the weights.": (
            np.full(len(weight), plain)
        ),
        "The learning rate isn't used.": np.where(weight, decayed, plain) / lr,
        "It climbs: leave out maximize.": np.where(weight, decayed, plain) - 2 * plain,
        **fixed_rates(lambda rate: np.where(weight, decayed, plain) / lr * rate),
    }
    inside = np.array(["bias" in name for name in names])
    if not np.array_equal(inside, ~weight):
        mistakes["debiased.weight isn't a bias: ask whether the name ends in bias."] = np.where(
            inside, plain, decayed
        )
    diagnose(moved, np.where(weight, decayed, plain), mistakes, names, rtol=1e-5)


@exercise(
    2,
    hint="StandardScaler() goes between the powers and Ridge, and alpha is n·decay/2.",
)
def ridge_pipeline(answer):
    """Judge `ridge_pipeline(degree, decay, n)`: ridge on standardised powers."""
    for degree, decay, n in ((3, 0.3, 14), (2, 0.07, 9)):
        _judge_pipeline(call(answer, degree, decay, n), degree, decay, n)
    return "Its predictions are those of the closed form."


def _is_fitted(pipeline):
    try:
        check_is_fitted(pipeline)
    except Exception:  # not fitted, or no estimator at all
        return False
    return True


def _judge_pipeline(pipeline, degree, decay, n):
    rng = np.random.RandomState(8)
    x, at = 1 + rng.rand(n, 1), 1 + rng.rand(5, 1)
    y = np.sin(5 * x[:, 0]) + rng.randn(n)
    if isinstance(pipeline, Pipeline):
        steps = [step for _, step in pipeline.steps]
        if any(step is ... or getattr(step, "alpha", None) is ... for step in steps):
            raise NotDone
    if not (hasattr(pipeline, "fit") and hasattr(pipeline, "predict")):
        raise Wrong("Expected a pipeline: return what make_pipeline(…) gives.")
    if _is_fitted(pipeline):
        raise Wrong("The pipeline is fitted already: return it unfitted.")
    try:
        got = np.asarray(pipeline.fit(x, y).predict(at), dtype=float)
    except Exception as error:
        said = str(error).splitlines()[0].removesuffix(".")
        raise Wrong(f"Fitting your pipeline raises {type(error).__name__}: {said}.") from None

    X = _powers(x, degree)
    mean, std = X.mean(axis=0), X.std(axis=0)
    w, b = _ridge((X - mean) / std, y, decay)
    want = (_powers(at, degree) - mean) / std @ w + b

    def other(alpha=n * decay / 2, *, steps=None, degree=degree, **options):
        steps = steps or [PolynomialFeatures(degree, include_bias=False), StandardScaler()]
        return make_pipeline(*steps, Ridge(alpha=alpha, **options)).fit(x, y).predict(at)

    only_powers = [PolynomialFeatures(degree, include_bias=False)]
    mistakes = {
        "alpha is the decay itself: in Ridge's sum of squares it is n·decay/2.": other(decay),
        "The n is missing: Ridge adds up its squared errors, our loss takes their mean.": (
            other(decay / 2)
        ),
        "Twice too strong: the charge is decay/2 times the sum of squares.": other(n * decay),
        "You divided by n: multiply by it.": other(decay / (2 * n)),
        "alpha is upside down: it is n·decay/2.": other(2 / (n * decay)),
        "The powers aren't standardised: StandardScaler(), with nothing in its brackets, belongs "
        "between them and Ridge.": (other(steps=only_powers)),
        "x is standardised before its powers are taken: the scaler belongs behind "
        "PolynomialFeatures.": other(steps=[StandardScaler(), *only_powers]),
        "Ridge has no intercept here: leave fit_intercept as it is.": other(fit_intercept=False),
        "The degree isn't used: that is a line.": other(steps=[StandardScaler()]),
        "The degree is one too high.": other(degree=degree + 1),
        "You wrote the degree 5 instead of the degree given.": other(degree=5),
        "alpha is left at 1: compute it from decay and n.": other(1.0),
        "alpha is 0: compute it from decay and n.": other(0.0),
    }
    diagnose(got, want, mistakes)


class _Scripted(nn.Module):
    """A model of one weight that counts epochs; its validation losses are a script."""

    def __init__(self, losses):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        self.losses, self.trained, self.loaded = losses, 0, 0

    def train_epoch(self):
        with torch.no_grad():
            self.weight += 1
        self.trained += 1

    def val_loss(self):
        return float(self.losses[round(self.weight.item())])

    def load_state_dict(self, *arguments, **options):
        self.loaded += 1
        return super().load_state_dict(*arguments, **options)


def _run(answer, losses, n_epochs, patience):
    model = _Scripted(losses)
    got = call(answer, model, model.train_epoch, model.val_loss, n_epochs, patience, in_place=True)
    (best_epoch,) = numbers(got, ("the best epoch",))
    return model, best_epoch, model.weight.item()


@exercise(
    3,
    hint="at each improvement best = copy.deepcopy(model.state_dict()); break once "
    "epoch - best_epoch >= patience; after the loop model.load_state_dict(best).",
)
def fit_early(answer):
    """Judge `fit_early(model, train_epoch, val_loss, n_epochs, patience)`: the best epoch."""
    # Best before the stop: epoch 4. Epoch 9 is better still, but patience has run out by then.
    losses = [5, 4, 4.5, 4.6, 3.4, 3.7, 3.6, 3.8, 3.9, 1, 2, 2, 2, 2, 2]
    model, best_epoch, weight = _run(answer, losses, n_epochs=13, patience=3)
    trained = model.trained
    if trained == 0:
        raise Wrong("It never trains: call train_epoch() once in each epoch.")
    if trained == 13:
        raise Wrong(
            "It runs all 13 epochs, though epochs 5, 6 and 7 brought no improvement and the "
            "patience was 3. Either the loop isn't left then, or the best loss isn't renewed."
        )
    if trained == 5:
        raise Wrong(
            "It stops after epoch 5 with a patience of 3: an improvement starts the count again, "
            "so count the epochs since the best one."
        )
    if best_epoch == 6 or trained > 8:
        raise Wrong(
            "An epoch counts as better when its loss is below the loss before it; compare with "
            "the best loss so far."
        )
    if trained != 7:
        late = "early" if trained < 7 else "late"
        raise Wrong(
            f"The best loss is that of epoch 4 and the patience is 3, so epoch 7 is the last; "
            f"it stops after epoch {trained}, too {late}."
        )
    if best_epoch == 7:
        raise Wrong("It returns the last epoch: return the best one.")
    if best_epoch == 3 or best_epoch == 5:
        raise Wrong(
            f"It returns epoch {shown(best_epoch)}, one off: epoch 0 is before any training, and "
            "the best is 4."
        )
    if best_epoch == losses[4]:
        raise Wrong("It returns the best loss: return the number of its epoch.")
    if best_epoch != 4:
        raise Wrong(f"It returns {shown(best_epoch)}: return the number of the best epoch, 4.")
    if weight == 7 and not model.loaded:
        raise Wrong(
            "The epoch is right, but the model holds the last weights: load the best ones at the "
            "end."
        )
    if weight == 7:
        raise Wrong(
            "The epoch is right, but you loaded the last weights. Either you keep them after "
            "every epoch, improved or not; or what you keep isn't a copy, as state_dict() isn't "
            "one, and training went on writing into it."
        )
    if weight != 4:
        raise Wrong(f"The epoch is right, but the model holds the weights of epoch {weight:g}.")
    _, best_epoch, weight = _run(answer, losses, n_epochs=2, patience=3)
    if (best_epoch, weight) != (1, 1):
        raise Wrong("With n_epochs=2 and losses 5, 4, 4.5 the best is epoch 1, and so its weights.")
    # With a tie, and with a patience of 2.
    model, best_epoch, weight = _run(answer, [6, 2, 2, 2.4, 3, 1, 3, 3], n_epochs=7, patience=2)
    if best_epoch == 2:
        raise Wrong("An equal loss isn't an improvement: with 6, 2, 2, 2.4 the best is epoch 1.")
    if (best_epoch, weight, model.trained) != (1, 1, 3):
        raise Wrong(
            "With losses 6, 2, 2, 2.4 and a patience of 2 it must stop after epoch 3 and hold the "
            f"weights of epoch 1; it stops after epoch {model.trained} and holds {weight:g}."
        )
    _, best_epoch, weight = _run(answer, [1, 2, 2, 2, 2], n_epochs=4, patience=2)
    if (best_epoch, weight) != (0, 0):
        raise Wrong("If training never improves the start, the start is the best: epoch 0.")
    return "The model holds its best weights, even where the best was the start."


@exercise(
    4,
    hint="mean and std of X_train's columns, for both sets; fit on the training rows; the loss is "
    "mse(Z_val @ w + b, y_val).",
)
def honest_loss(answer):
    """Judge `honest_loss(X_train, y_train, X_val, y_val, decay)`: no leak in the loss."""
    for n, n_val, scale, decay in ((10, 5, [1, 5, 20], 0.4), (8, 6, [3, 0.5], 0.13)):
        rng = np.random.RandomState(n)
        X, y = rng.randn(n + n_val, len(scale)) * scale + 3, rng.randn(n + n_val) + 4
        X[n:] += 1.5  # the validation rows lie elsewhere, so that a leak shows
        rows = X[:n], y[:n], X[n:], y[n:]
        _judge_loss(numbers(call(answer, *rows, decay), ("the loss",)), X, rows, decay)
    return "No validation row had a part in the fit."


def _judge_loss(got, X, rows, decay):
    X_train, y_train, X_val, y_val = rows

    def columns(X, ddof=0):
        return X.mean(axis=0), X.std(axis=0, ddof=ddof)

    def loss(by=None, by_val=None, *, at=(X_val, y_val), fit=None, bias=1):
        """Return the loss and the charge, with these means and standard deviations."""
        mean, std = columns(X_train) if by is None else by
        mean_val, std_val = (mean, std) if by_val is None else by_val
        X_fit, y_fit = (X_train, y_train) if fit is None else fit
        w, b = _ridge((X_fit - mean) / std, y_fit, decay)
        y_pred = (at[0] - mean_val) / std_val @ w + bias * b
        return np.array([np.mean((y_pred - at[1]) ** 2), decay / 2 * w @ w])

    want = loss()[:1]
    mean, _ = columns(X_train)
    mistakes = {
        "A leak: mean and standard deviation come from all rows together, so the validation rows "
        "have moved the training columns.": loss(columns(X))[:1],
        "The validation rows are standardised by a mean and standard deviation of their own: use "
        "those of the training rows.": loss(by_val=columns(X_val))[:1],
        "Mean and standard deviation come from the validation rows; take the training rows'.": (
            loss(columns(X_val))[:1]
        ),
        "That is the training loss: judge on X_val and y_val.": loss(at=(X_train, y_train))[:1],
        "The charge for the weights is in it: report the plain mean squared error.": [loss().sum()],
        "That is the root of the mean squared error: drop the root.": want**0.5,
        "You summed over the validation rows; take the mean.": want * len(y_val),
        # That a mean is not subtracted cannot be seen: the bias makes up for it.
        "The columns aren't divided by their standard deviation.": loss((mean, 1.0))[:1],
        "The validation rows aren't standardised: give them the training rows' mean and standard "
        "deviation.": loss(by_val=(0.0, 1.0))[:1],
        "That divides by the standard deviation with n − 1; the course and StandardScaler take "
        "n.": loss(columns(X_train, ddof=1))[:1],
        "The bias b is missing in the prediction.": loss(bias=0)[:1],
        "ridge was fitted to the validation rows: fit the training rows.": (
            loss(fit=(X_val, y_val))[:1]
        ),
        "One mean for the whole matrix: take axis=0, one mean for each column.": (
            loss((X_train.mean(), X_train.std()))[:1]
        ),
    }
    diagnose(got, want, mistakes)


@exercise(
    5,
    hint="np.isin(groups, held_out) is True for the rows to hold back; np.flatnonzero turns "
    "Trues into row numbers.",
)
def split_by_group(answer):
    """Judge `split_by_group(groups, held_out)`: row numbers (train, val) without a shared group."""
    # Unlike sizes, no order; group numbers that are row numbers, and some that are not.
    for groups, held_out in (
        ([4, 1, 2, 4, 3, 1, 2, 4], [4, 2]),
        ([7, 0, 7, 2, 0, 7, 2, 5, 7, 0, 9], [0, 9, 5]),
    ):
        got = call(answer, np.array(groups), list(held_out))
        _judge_split(got, np.array(groups), held_out)
    return "No group is on both sides."


def _judge_split(got, groups, held_out):
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong("Expected two lists of row numbers, train and val.")
    train, val = (np.asarray(list(part) if isinstance(part, set) else part) for part in got)
    if train.dtype == bool or val.dtype == bool:
        raise Wrong("These are True and False for each row; np.flatnonzero makes row numbers.")
    for name, part in (("train", train), ("val", val)):
        if part.ndim != 1:
            raise Wrong(
                f"Expected {name} as one list of row numbers, got shape {part.shape}. np.where "
                "returns a tuple: take its entry 0."
            )
    n = len(groups)
    is_val = np.isin(groups, held_out)
    want_val = set(np.flatnonzero(is_val).tolist())
    want_train = set(range(n)) - want_val
    rows, kept = {*train.ravel().tolist()}, {*val.ravel().tolist()}
    if (rows, kept) == (want_val, want_train):
        raise Wrong("Train and val are swapped: val holds the groups in held_out.")
    if kept == {row for group in held_out for row in range(3 * group, 3 * group + 3)}:
        raise Wrong("You took three neighbouring rows for each group: ask groups for its rows.")
    if kept == set(held_out):
        raise Wrong("These are the groups in held_out: return the numbers of their rows.")
    if rows & kept:
        raise Wrong(f"Rows {sorted(rows & kept)} are in both parts.")
    if rows | kept != set(range(n)):
        raise Wrong(f"Rows {sorted(set(range(n)) ^ (rows | kept))} are in neither part.")
    if len(rows) + len(kept) != train.size + val.size:
        raise Wrong("Some row numbers are in a part twice.")
    if (rows, kept) != (want_train, want_val):
        shared = sorted({*groups[sorted(rows)].tolist()} & {*groups[sorted(kept)].tolist()})
        if shared:
            raise Wrong(f"Not by group: group {shared[0]} is on both sides.")
        there = sorted({*groups[sorted(kept)].tolist()})
        raise Wrong(f"val holds the groups {there}; held_out is {held_out}.")
