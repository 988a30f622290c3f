"""The checks of 'What a fit is worth'. Closed forms are the oracle."""

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.utils.validation import check_is_fitted
from torch import nn

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, Wrong, diagnose
from course_utils.checks.matching import judge_match


def _ridge(Z, y, decay):
    """w and b where the gradient of mse + decay/2·‖w‖² is zero, by its equations."""
    n, d = Z.shape
    A = np.hstack([Z, np.ones((n, 1))])
    pull = np.diag([*[decay] * d, 0.0])
    p = np.linalg.solve(2 / n * A.T @ A + pull, 2 / n * A.T @ y)
    return p[:-1], p[-1]


def _powers(x, degree):
    return x.reshape(-1, 1) ** np.arange(1, degree + 1)


# What each report shows, by its number in the exercise.
_CAUSES = {"A": 3, "B": 1, "C": 4, "D": 2}
_AGAINST = {
    ("A", 1): "a fit that is too stiff is bad on its training rows, too. A gets 0.05 there.",
    ("A", 2): "then the validation rows would tell, as new points do. A's don't.",
    (
        "A",
        4,
    ): "few rows would make the splits disagree. A's agree, and all are wrong about new points.",
    ("A", 5): "above the limit the training loss grows without end. A's is below 0.09.",
    ("B", 2): "an overfit has a low training loss. B's is three times 0.09.",
    (
        "B",
        3,
    ): "near-copies would make the validation loss too good. B's is as bad as on new points.",
    ("B", 4): "B's splits differ a little, but all say the same, and so do the training rows: bad.",
    ("B", 5): "above the limit the training loss grows without end. B's is only high.",
    ("C", 1): "C gets 0.10 in training and on new points, close to 0.09.",
    ("C", 2): "on new points C is as good as in training, so it didn't follow its rows' noise.",
    (
        "C",
        3,
    ): "near-copies would make every split too good. Two of C's are twice 0.09.",
    ("C", 5): "above the limit the training loss grows without end. C's is close to 0.09.",
    ("D", 1): "an underfit is bad in training. D gets 0.07 there, below 0.09.",
    ("D", 3): "near-copies would make the validation loss too good. D's is far too high.",
    ("D", 4): "the splits disagree, but new points are bad, too: it isn't only the judging.",
    (
        "D",
        5,
    ): "above the limit the training loss grows without end. D's is below 0.09.",
}


@exercise(
    1,
    hint="compare three numbers: training with 0.09, validation with training, and new points "
    "with validation. Do the five splits agree?",
)
def causes(answer):
    """Judge `[…, …, …, …]`: the numbers of what is wrong with the reports A, B, C and D."""
    judge_match(answer, _CAUSES, _AGAINST, "cause")
    return "Training, validation and new points together tell what is wrong."


@exercise(
    2,
    hint="np.isin(groups, held_out) is True for the rows to hold back; np.flatnonzero turns "
    "Trues into row numbers.",
)
def split_by_group(answer):
    """Judge `split_by_group(groups, held_out)`: row numbers (train, val) without a shared group."""
    # Unlike sizes, no order; group numbers that are row numbers, and some that are not.
    for groups, held_out in (
        ([4, 1, 2, 4, 3, 1, 2, 4], [4, 2]),
        ([7, 0, 7, 2, 0, 7, 2, 5, 7, 0, 9], [0, 9, 5]),
        ([7, 0, 7, 2, 0, 7, 2, 5, 7, 0, 9], [7]),  # four rows of one group
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
            is_tuple = part.ndim == 2 and len(part) == 1
            raise Wrong(
                f"Expected {name} as one list of row numbers, got shape {part.shape}."
                + is_tuple * " np.where returns a tuple: take its entry 0."
            )
        if part.size and part.dtype.kind not in "iu":
            raise Wrong(f"Row numbers are whole numbers; {name} holds {part.dtype.name}.")
        if part.size and part.min() < 0:
            raise Wrong(f"Count the rows from 0 up: {name} holds {part.min()}.")
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
    if max(rows | kept, default=0) >= n:
        raise Wrong(f"There are {n} rows, counted from 0: {max(rows | kept)} is none of them.")
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


@exercise(
    3,
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
    4,
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
        "Twice too strong: the decay adds decay/2 times the sum of squares.": other(n * decay),
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
