"""The checks of 'A real data set'. Closed forms and NumPy's least squares are the oracle."""

import numpy as np

from course_utils.checks.calling import has_ellipsis
from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, arrays, diagnose, numbers, same
from course_utils.checks.matching import judge_match


def _steepest(x, y, k=3):
    """Return the k columns whose standardised values go with y most closely."""
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return np.argsort(-np.abs(z.T @ (y - y.mean())))[:k]


def _line(x, y, columns, fitted, wanted):
    """Return predictions for the rows `wanted`, by a line on some columns of the rows `fitted`."""
    A = np.column_stack([x[:, columns], np.ones(len(x))])
    return A[wanted] @ np.linalg.lstsq(A[fitted], y[fitted])[0]


def _holes(seed, n, d):
    """Return noise with blanks, in columns of unequal skew, and row numbers of two parts."""
    rng = np.random.RandomState(seed)
    x, y = rng.gamma(1.5, 2.0, (n, d)) + 3, rng.randn(n)
    x[rng.rand(n, d) < 0.2] = np.nan
    order = rng.permutation(n)
    cut = (2 * n) // 3
    return x, y, order[:cut], order[cut:]


_PREDICTION_MEANS = {
    "mismatch in its core dimension": "Give steepest the same rows of x and of y.",
    "could not be broadcast": "Along axis 1 there is a median for each row: take axis 0.",
}


@exercise(
    2,
    hint="which rows did someone look at to fill the blanks, and which to choose the columns?",
)
def predict_test(answer):
    """Judge `predict_test(x, y, train, test)`: only training rows fill blanks and choose."""
    for seed, n, d in ((6, 31, 40), (10, 44, 25)):
        x, y, train, test = _holes(seed, n, d)
        try:
            got = call(answer, x, y, train, test, means=_PREDICTION_MEANS)
            (got,) = arrays(got, {"the predictions": (len(test),)})
            _judge_prediction(got, x, y, train, test)
        except Wrong:
            if has_ellipsis(answer):  # filled[:, ...] runs: it takes all columns
                raise NotDone from None
            raise
    return "Only the training rows fill the blanks and choose the columns."


def _judge_prediction(got, x, y, train, test):
    everyone = np.arange(len(x))

    def predicted(fill=train, choose=train, middle=np.nanmedian, fitted=train, k=3, given=None):
        full = np.where(np.isnan(x), middle(x[fill], axis=0), x) if given is None else given
        return _line(full, y, _steepest(full[choose], y[choose], k), fitted, test)

    own = np.where(np.isnan(x), np.nanmedian(x[test], axis=0), x)
    own[train] = np.where(np.isnan(x), np.nanmedian(x[train], axis=0), x)[train]
    overall = np.where(np.isnan(x), np.nanmedian(x[train]), x)
    full = np.where(np.isnan(x), np.nanmedian(x[train], axis=0), x)
    best = _steepest(full[train], y[train])
    flattest = _steepest(full[train], y[train], x.shape[1])[-3:]
    want = predicted()
    mistakes = {
        "Both mistakes are still there: which rows fill the blanks, and which choose?": predicted(
            everyone, everyone
        ),
        "The blanks are right. The columns are still chosen with the targets of the test rows: "
        "give steepest the training rows alone.": predicted(choose=everyone),
        "The choice is right. The blanks are still filled with a median that the test rows helped "
        "to set.": predicted(fill=everyone),
        "The columns are chosen on the test rows: choose on the training rows.": predicted(
            choose=test
        ),
        "The blanks are filled with the median of the test rows: take the training "
        "rows'.": predicted(fill=test),
        "Blanks and choice both come from the test rows: take the training rows.": predicted(
            test, test
        ),
        "Each part is filled with its own median: the test rows get the training rows', "
        "too.": predicted(given=own),
        "That is one median for the whole table: each column needs its own, so take it along "
        "axis 0.": predicted(given=overall),
        "The blanks are filled with the mean: take the median.": predicted(middle=np.nanmean),
        "The blanks are filled with zeros: take the median of the training rows.": predicted(
            given=np.where(np.isnan(x), 0.0, x)
        ),
        "The line is fitted to all rows: fit it to the training rows.": predicted(fitted=everyone),
        "The line is fitted to the test rows: fit it to the training rows.": predicted(fitted=test),
        "Those are the 3 flattest columns: take the steepest.": _line(
            full, y, flattest, train, test
        ),
        "Those are the first 3 columns: choose the steepest.": _line(
            full, y, [0, 1, 2], train, test
        ),
        "That is one column: take the best 3.": predicted(k=1),
        **{f"Those are {k} columns: take the best 3.": predicted(k=k) for k in (2, 4, 5, 10, 15)},
        "The columns are chosen on x, which still has blanks: choose them on filled.": _line(
            full, y, _steepest(x[train], y[train]), train, test
        ),
        "That is the mean of the training targets for everyone: the line isn't used.": np.full(
            len(test), y[train].mean()
        ),
        "These are the targets of the test rows themselves.": y[test],
        "The columns are sorted by their signed slope: a steep falling line is steep, too.": _line(
            full, y, _signed(full[train], y[train]), train, test
        ),
        "The bias is missing: the design matrix has a column of ones.": full[test][:, best]
        @ np.linalg.lstsq(full[train][:, best], y[train])[0],
    }
    diagnose(got, want, mistakes)


def _signed(x, y):
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return np.argsort(-(z.T @ (y - y.mean())))[:3]


# Of the reports A to D: what to say, and what speaks against each other reply.
_REPLIES = {"A": 2, "B": 3, "C": 4, "D": 1}
_AGAINST = {
    ("A", 1): "on which rows was the best of the 40 found, and on which is it reported?",
    ("A", 3): "the report says nothing of rows that belong together. Which rows chose the best?",
    ("A", 4): "that may be, but here even a large gain would prove nothing. Which rows chose the "
    "best of the 40?",
    ("A", 5): "the baseline is there: 77. Which rows chose the best of the 40?",
    ("B", 1): "where are the other two visits of a patient in the test rows?",
    ("B", 2): "nothing was chosen here. Where are the other two visits of a test row's patient?",
    ("B", 4): "the report compares no two models. Where are the other two visits?",
    ("B", 5): "the baseline is there: 77. Where are the other two visits of a patient?",
    ("C", 1): "compute the standard error, s divided by the root of the number of differences.",
    ("C", 2): "the settings were chosen on validation rows. How large is the standard error?",
    ("C", 3): "the report says nothing of rows that belong together. How large is the standard "
    "error?",
    ("C", 5): "baseline and line are there. How large is the standard error?",
    ("D", 2): "the settings were chosen on validation rows, so the test rows only judged.",
    ("D", 3): "the report says nothing of rows that belong together.",
    (
        "D",
        4,
    ): "compute the standard error, s divided by the root of the number of differences. How many "
    "of them is the gain?",
    ("D", 5): "baseline and line are there.",
}


@exercise(
    1,
    hint="ask of each: which rows chose, which judged, do they belong together, and how large is "
    "the standard error?",
)
def replies(answer):
    """Judge `[…, …, …, …]`: the numbers of what to say to the reports A, B, C and D."""
    judge_match(answer, _REPLIES, _AGAINST, "reply")
    return "You would have caught three of four."


@exercise(
    3,
    hint="copy x, put the rows of x in the given order into these columns of the copy, and take "
    "the RMSE after minus the RMSE before.",
)
def rise_together(answer):
    """Judge `rise_together(predict, x, y, columns, order)`: the rise in RMSE, a number."""
    for n, d, columns in ((9, 4, [1, 3]), (7, 5, [0, 2, 3])):
        rng = np.random.RandomState(n)
        x, y = rng.randn(n, d), 3 * rng.randn(n, 1) + 5
        w1, w2 = 2 * rng.randn(d, 4), 3 * rng.randn(4, 1)

        def predict(x, w1=w1, w2=w2):
            return np.tanh(x @ w1) @ w2 + 4

        order = rng.permutation(n)
        means = {
            "indexing arrays could not": "Take the rows first, then the columns: "
            "x[order][:, columns]."
        }
        rises = [call(answer, predict, x, y, columns, order, means=means) for _ in range(2)]
        _judge_rise(rises, predict, x, y, columns, order)
    return "The columns keep their partners, and the rise says what they are worth together."


def _judge_rise(rises, predict, x, y, columns, order):
    got, again = (numbers(rise, ("the rise",)) for rise in rises)
    if not same(got, again):
        raise Wrong("Two calls with one `order` differ: do you draw an order of your own?")

    def rmse(x, y=y):
        return np.mean((predict(x) - y) ** 2) ** 0.5

    def mixed(values, to=columns):
        changed = x.copy()
        changed[:, to] = values
        return changed

    rest = [k for k in range(x.shape[1]) if k not in columns]
    after, before = rmse(mixed(x[order][:, columns])), rmse(x)
    reverse = x.copy()
    reverse[np.ix_(order, columns)] = x[:, columns]
    one_by_one = sum(rmse(mixed(x[order, k], k)) - before for k in columns)
    mistakes = {
        "Every prediction meets every target: (n, 1) minus (n,) is a table of (n, n).": [
            rmse(mixed(x[order][:, columns]), y.ravel()) - rmse(x, y.ravel())
        ],
        "The sign is wrong: the RMSE with the shuffled columns minus the RMSE before.": [
            before - after
        ],
        "That is the rise of the MSE: take the root of each first, then the difference.": [
            after**2 - before**2
        ],
        "The root is taken of the difference: take it of each MSE first.": [
            abs(after**2 - before**2) ** 0.5
        ],
        "That is the RMSE with the shuffled columns: subtract the RMSE before.": [after],
        "That is the ratio of the two RMSEs: take their difference.": [after / before],
        "No rise at all: the columns aren't shuffled, or the targets went along with them.": [0.0],
        "All columns are shuffled, so that whole rows change places: shuffle only those named.": [
            rmse(x[order]) - before
        ],
        "The other columns are shuffled: take those in `columns`.": [
            rmse(mixed(x[order][:, rest], rest)) - before
        ],
        "Only the first of the columns is shuffled: shuffle them all.": [
            rmse(mixed(x[order, columns[0]], columns[0])) - before
        ],
        "Only the last of the columns is shuffled: copy x once, then change every column of "
        "`columns`.": [rmse(mixed(x[order, columns[-1]], columns[-1])) - before],
        "That is the sum of the rises one by one: shuffle the columns together, once.": [
            one_by_one
        ],
        "The targets are shuffled, too: only the columns may change.": [
            rmse(mixed(x[order][:, columns]), y[order]) - before
        ],
        "You shuffled by the reverse of `order`: put x[order] into the columns.": [
            rmse(reverse) - before
        ],
        "The columns are set to their means: shuffle them.": [
            rmse(mixed(x[:, columns].mean(axis=0))) - before
        ],
        "The columns are set to zero: shuffle them.": [rmse(mixed(0.0)) - before],
    }
    diagnose(got, [after - before], mistakes)
