"""The checks of lesson 08, 'What a fit is worth'. Closed forms are the oracle."""

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from course_utils.checks.core import NotDone, Wrong, call, diagnose, exercise, numbers


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
    hint="between the powers and Ridge stands StandardScaler(), and alpha is n·decay/2.",
)
def ridge_pipeline(answer):
    """Judge `ridge_pipeline(degree, decay, n)`: ridge on standardised powers."""
    rng = np.random.RandomState(8)
    degree, decay, n = 4, 0.3, 14
    x, at = 1 + rng.rand(n, 1), 1 + rng.rand(5, 1)
    y = np.sin(5 * x[:, 0]) + rng.randn(n)
    pipeline = call(answer, degree, decay, n)
    if isinstance(pipeline, Pipeline):
        steps = [step for _, step in pipeline.steps]
        if any(step is ... or getattr(step, "alpha", None) is ... for step in steps):
            raise NotDone
    if not (hasattr(pipeline, "fit") and hasattr(pipeline, "predict")):
        raise Wrong("A pipeline is wanted: return what make_pipeline(…) gives.")
    try:
        got = np.asarray(pipeline.fit(x, y).predict(at), dtype=float)
    except Exception as error:
        said = str(error).splitlines()[0].removesuffix(".")
        raise Wrong(f"Fitting your pipeline raises {type(error).__name__}: {said}.") from None

    X = _powers(x, degree)
    mean, std = X.mean(axis=0), X.std(axis=0)
    w, b = _ridge((X - mean) / std, y, decay)
    want = (_powers(at, degree) - mean) / std @ w + b

    def other(alpha=n * decay / 2, *, steps=None, **options):
        steps = steps or [PolynomialFeatures(degree, include_bias=False), StandardScaler()]
        return make_pipeline(*steps, Ridge(alpha=alpha, **options)).fit(x, y).predict(at)

    only_powers = [PolynomialFeatures(degree, include_bias=False)]
    mistakes = {
        "alpha is the decay itself: in Ridge's sum of squares it is n·decay/2.": other(decay),
        "The n is missing: Ridge adds up its squared errors, our loss takes their mean.": (
            other(decay / 2)
        ),
        "Twice too strong: the charge is decay/2 times the sum of squares.": other(n * decay),
        "Divided by n instead of multiplied.": other(decay / (2 * n)),
        "The powers are not standardised: a StandardScaler belongs between them and Ridge.": (
            other(steps=only_powers)
        ),
        "x is standardised before its powers are taken: the scaler belongs behind "
        "PolynomialFeatures.": other(steps=[StandardScaler(), *only_powers]),
        "Ridge has no intercept here: leave fit_intercept as it is.": other(fit_intercept=False),
        "The degree is not used: that is a line.": other(steps=[StandardScaler()]),
        "alpha is 0 or left at 1: compute it from decay and n.": other(1.0),
    }
    diagnose(got, want, mistakes)
    again = call(answer, 2, 0.05, n).fit(x, y)
    w, b = _ridge(((X - mean) / std)[:, :2], y, 0.05)
    diagnose(again.predict(at), ((_powers(at, 2) - mean[:2]) / std[:2]) @ w + b, {})
    return "Its predictions are those of the closed form."


class _Scripted(torch.nn.Module):
    """A model of one weight that counts epochs; its validation losses are a script."""

    def __init__(self, losses):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
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
    2,
    hint="at each improvement best = copy.deepcopy(model.state_dict()); break once "
    "epoch - best_epoch >= patience; after the loop model.load_state_dict(best).",
)
def fit_early(answer):
    """Judge `fit_early(model, train_epoch, val_loss, n_epochs, patience)`: the best epoch."""
    # Best before the stop: epoch 4. Epoch 9 is better still, but patience has run out by then.
    losses = [5, 4, 4.5, 4.6, 3, 3.2, 3.1, 3.3, 3.4, 1, 2, 2, 2, 2, 2]
    model, best_epoch, weight = _run(answer, losses, n_epochs=13, patience=3)
    trained = model.trained
    if trained == 0:
        raise Wrong("It never trains: call train_epoch() once in each epoch.")
    if trained == 13:
        raise Wrong(
            "It runs all 13 epochs, though epochs 5, 6 and 7 brought no improvement and the "
            "patience was 3: leave the loop then."
        )
    if trained == 5:
        raise Wrong(
            "It stops after epoch 5 with a patience of 3: an improvement starts the count anew, "
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
    if best_epoch != 4:
        raise Wrong(
            f"It returns epoch {best_epoch:g}; with epoch 0 before any training the best is 4."
        )
    if weight == 7 and not model.loaded:
        raise Wrong(
            "The epoch is right, but the model holds the last weights: load the best ones at the "
            "end."
        )
    if weight == 7:
        raise Wrong(
            "The epoch is right, but what was loaded are the last weights: state_dict() is no "
            "copy, and training went on writing into it."
        )
    if weight != 4:
        raise Wrong(f"The epoch is right, but the model holds the weights of epoch {weight:g}.")
    _, best_epoch, weight = _run(answer, losses, n_epochs=2, patience=3)
    if (best_epoch, weight) != (1, 1):
        raise Wrong("With n_epochs=2 and losses 5, 4, 4.5 the best is epoch 1, and so its weights.")
    _, best_epoch, weight = _run(answer, [1, 2, 2, 2, 2], n_epochs=4, patience=2)
    if (best_epoch, weight) != (0, 0):
        raise Wrong("If training never improves the start, the start is the best: epoch 0.")
    return "The model holds its best weights, even where the best was the start."


@exercise(
    3,
    hint="mean and std of X_train's columns, for both sets; fit on the training rows; the loss is "
    "mse(Z_val @ w + b, y_val).",
)
def honest_loss(answer):
    """Judge `honest_loss(X_train, y_train, X_val, y_val, decay)`: no leak in the loss."""
    rng = np.random.RandomState(3)
    X, y, decay = rng.randn(15, 3) * [1, 5, 20] + 3, rng.randn(15) + 4, 0.4
    X[10:] += 1.5  # the validation rows lie elsewhere, so that a leak shows
    rows = X[:10], y[:10], X[10:], y[10:]
    X_train, y_train, X_val, y_val = rows
    got = numbers(call(answer, *rows, decay), ("the loss",))

    def loss(scaler=X_train, scaler_val=None, *, ddof=0, scale=True, part="val"):
        def scaled(X, by):
            X = X - by.mean(axis=0)
            return X / by.std(axis=0, ddof=ddof) if scale else X

        w, b = _ridge(scaled(X_train, scaler), y_train, decay)
        by = scaler if scaler_val is None else scaler_val
        Z, target = (scaled(X_val, by), y_val) if part == "val" else (scaled(X_train, by), y_train)
        return np.array([np.mean((Z @ w + b - target) ** 2), decay / 2 * w @ w])

    want = loss()[:1]
    w, b = _ridge((X_val - X_train.mean(axis=0)) / X_train.std(axis=0), y_val, decay)
    on_val = np.mean(((X_val - X_train.mean(axis=0)) / X_train.std(axis=0) @ w + b - y_val) ** 2)
    own = _own_scale(X_train, y_train, X_val, y_val, decay)
    mistakes = {
        "A leak: mean and standard deviation come from all rows together, so the validation rows "
        "have moved the training columns.": loss(X)[:1],
        "The validation rows are standardised by a mean and standard deviation of their own: use "
        "those of the training rows.": loss(X_train, X_val)[:1],
        "Mean and standard deviation come from the validation rows; take the training rows'.": (
            loss(X_val)[:1]
        ),
        "That is the training loss: judge on X_val and y_val.": loss(part="train")[:1],
        "The charge for the weights is in it: report the plain mean squared error.": [loss().sum()],
        "That is the root of it: leave the root away.": want**0.5,
        # That a mean is not subtracted cannot be seen: the bias makes up for it.
        "The columns are not divided by their standard deviation.": loss(scale=False)[:1],
        "The validation rows are not standardised: give them the training rows' mean and standard "
        "deviation.": [own],
        "That divides by the standard deviation with n − 1; the course and StandardScaler take "
        "n.": loss(ddof=1)[:1],
        "The bias b is missing in the prediction.": [_without_bias(rows, decay)],
        "ridge was fitted to the validation rows: fit the training rows.": [on_val],
        "One mean for the whole matrix: take axis=0, one mean for each column.": [
            _whole_matrix(rows, decay)
        ],
    }
    diagnose(got, want, mistakes)
    return "No validation row had a part in the fit."


def _own_scale(X_train, y_train, X_val, y_val, decay):
    w, b = _ridge((X_train - X_train.mean(axis=0)) / X_train.std(axis=0), y_train, decay)
    return np.mean((X_val @ w + b - y_val) ** 2)


def _without_bias(rows, decay):
    X_train, y_train, X_val, y_val = rows
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    w, _ = _ridge((X_train - mean) / std, y_train, decay)
    return np.mean(((X_val - mean) / std @ w - y_val) ** 2)


def _whole_matrix(rows, decay):
    X_train, y_train, X_val, y_val = rows
    mean, std = X_train.mean(), X_train.std()
    w, b = _ridge((X_train - mean) / std, y_train, decay)
    return np.mean(((X_val - mean) / std @ w + b - y_val) ** 2)
