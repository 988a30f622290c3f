"""The checks of 'A project of your own': its exercises, and its stages from `stages`."""

import numpy as np

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, diagnose, numbers
from course_utils.checks.matching import judge_match
from course_utils.checks.preparation import prepare
from course_utils.checks.reading import named, plain
from course_utils.checks.stage_inputs import group_means as training_means
from course_utils.checks.stages import (
    baseline,
    choice,
    last_number,
    line,
    question,
    split,
)

__all__ = [
    "baseline",
    "causes",
    "choice",
    "group_means",
    "last_number",
    "line",
    "prepare",
    "question",
    "slopes",
    "split",
]


@exercise(
    1,
    hint="begin with np.full(len(group), y[train].mean()); then for each kind in set(group[train]) "
    "overwrite the rows where group == kind.",
)
def group_means(answer):
    """Judge `group_means(group, y, train)`: for every row the training mean of its group."""
    for group, y, train in (
        ("abbacabcba", [3.5, 8, 7, 2, 90, 4, 6, 50, 13, 1], [0, 1, 3, 5, 9, 2]),
        ("rstrrtsr", [1.5, -2, 30, 4, 2, 10, 7, -8], [7, 6, 0, 3, 1]),
    ):
        group, y, train = np.array(list(group)), np.array(y), np.array(train)
        got = call(answer, group, y, train)
        _judge_means(got, group, y, train)
    return "Each row gets its group's mean, and a group that training never saw the mean of all."


def _judge_means(got, group, y, train):
    n = len(y)
    if isinstance(got, dict):
        raise Wrong("It returns the means by group: return a prediction for each row.")
    try:
        got = np.asarray(plain(got), dtype=float)
    except Exception:
        raise Wrong(f"Expected an array of numbers, got {named(got)}.") from None
    if got.shape == (len(train),):
        raise Wrong("It predicts for the training rows only: return a number for every row.")
    if got.shape == (n, 1):
        raise Wrong(f"Expected shape ({n},), got ({n}, 1).")
    if got.shape != (n,):
        raise Wrong(f"Expected shape ({n},), a number for every row, got shape {got.shape}.")
    want = training_means(group, y, train)
    seen = np.isin(group, group[train])
    if np.allclose(got[seen], want[seen]) and not np.allclose(got, want):
        if np.isnan(got[~seen]).any():
            raise Wrong("A group that training never saw gets nan: give it the mean of all.")
        if (got[~seen] == 0).all():
            raise Wrong("A group that training never saw gets 0: give it the mean of all.")
    everyone = np.arange(n)
    rest = np.setdiff1d(everyone, train)
    by_median = np.full(n, y[train].mean())
    sums = np.zeros(n)
    for kind in set(group[train]):
        by_median[group == kind] = np.median(y[train][group[train] == kind])
        sums[group == kind] = y[train][group[train] == kind].sum()
    leak = training_means(group, y, everyone)
    if np.allclose(got[seen], leak[seen]):
        raise Wrong("A leak: the means are those of all rows. Use the training rows only.")
    level = np.where(seen, want, y.mean())
    mistakes = {
        "The means are those of the rows that aren't in train.": training_means(group, y, rest),
        "It is the mean of the training rows for everyone: take the mean of each group.": (
            np.full(n, y[train].mean())
        ),
        "It is the mean of all rows for everyone.": np.full(n, y.mean()),
        "Those are medians: take means.": by_median,
        "Those are sums: take means.": np.where(seen, sums, y[train].mean()),
        "It returns y itself: predict it without knowing it.": y,
        "A group that training never saw gets the mean of all rows: take the training rows'.": (
            level
        ),
        "Each mean is of the rows in another order: group[train] goes with y[train].": (
            _misaligned(group, y, train)
        ),
    }
    diagnose(got, want, mistakes)


def _misaligned(group, y, train):
    """Return the means with the training targets paired with the first rows' groups."""
    y_pred = np.full(len(y), y[train].mean())
    first = group[: len(train)]
    for kind in set(group[train]):
        if (first == kind).any():
            y_pred[group == kind] = y[train][first == kind].mean()
    return y_pred


_CAUSES = {"A": 4, "B": 3, "C": 1, "D": 2}
_AGAINST = {
    ("A", 1): "13 g where the baseline is off by 742, in every part. Would you believe it?",
    ("A", 2): "an unlucky order makes a part worse, not every part too good.",
    ("A", 3): "luck can lower the test error, not that of all three parts.",
    ("A", 5): "what is memorised fails on new rows. Is its validation error high?",
    ("B", 1): "are test rows easier than the rows that the model was fitted to?",
    ("B", 2): "in an unlucky order one part differs in its baseline, too.",
    ("B", 4): "an input that knows the target lowers the training error, too.",
    ("B", 5): "a model that has memorised is best on its training rows. Which part is best here?",
    ("C", 2): "its three errors agree. Does an unlucky order do that?",
    ("C", 3): "the test error isn't below the others. What would many tries have done to it?",
    ("C", 4): "it is off by 300 g. What would an input that knows the target do?",
    ("C", 5): "compare training and validation: is the gap large?",
    ("D", 1): "the test error is above the baseline's own.",
    ("D", 3): "who tries often reports a low number. Is this one low?",
    ("D", 4): "an input that knows the target would help on test rows, too.",
    ("D", 5): "what is memorised fails on the validation rows, too. Does it here?",
}


@exercise(
    2,
    hint="compare the three errors of each report with each other, then with the baseline's. Is "
    "one part too good, or all three? Is one part another world?",
)
def causes(answer):
    """Judge `[…, …, …, …]`: the numbers of what is wrong with the reports A to D."""
    judge_match(answer, _CAUSES, _AGAINST, "cause")
    return "Three of four can't be trusted, and the numbers alone say so."


@exercise(
    3,
    hint="fit LinearRegression() with the mass as its only column, then with the mass and two "
    "columns of 0 and 1 for the species; .coef_[0] is the slope of the first column.",
)
def slopes(alone, within):
    """Judge `alone, within`: the slopes of the bill's depth on mass, in mm per kg."""
    alone, within = (numbers(v, (n,))[0] for v, n in ((alone, "alone"), (within, "within")))
    got = np.array([alone, within])
    for told, want in (
        ("", [-1.162, 1.509]),
        ("They are swapped.", [1.509, -1.162]),
        ("They are per gram: give them per kg, 1,000 times as much.", [-0.001162, 0.001509]),
    ):
        near = np.isclose(got, want, rtol=0.01) | (got == np.round(want, 1))
        if near.all():
            if told:
                raise Wrong(told)
            return "The sign turns: within a species the heavier bird has the deeper bill."
    told = [
        name
        for name, value, want in (("alone", alone, -1.162), ("within", within, 1.509))
        if not np.isclose(value, want, rtol=0.01) and value != round(want, 1)
    ]
    raise Wrong(f"{' and '.join(told)} {'is' if len(told) == 1 else 'are'}n't right.")
