"""The checks of a project's stages, for any table: each recomputes from what it is given.

A stage's check judges how a number was made, not how good it is. What it can't know, such as how
often someone looked at the test rows, the lesson's table of marks asks.
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from course_utils.checks.causes import exercise
from course_utils.checks.core import NotDone, Wrong, numbers, shown
from course_utils.checks.reading import holds_ellipsis, named, plain
from course_utils.tables import NamedColumns

stage = partial(exercise, what="Stage")


def _rmse(y_pred, y, rows):
    return np.sqrt(np.mean((y_pred[rows] - y[rows]) ** 2))


def _first(rows):
    """Return up to three row numbers as a student reads them."""
    listed = ", ".join(str(row) for row in rows[:3])
    return f"row {listed}" if len(rows) == 1 else f"rows {listed}" + ", …" * (len(rows) > 3)


def _count(number, what):
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


# What the stages are given ------------------------------------------------------------------------


def _table(table):
    if not isinstance(table, NamedColumns):
        raise Wrong(
            "Expected table to be what tables.penguins() or tables.read_table(…) returns, got "
            f"{named(table)}."
        )
    return table


def _names(table, inputs):
    """Return the names of the inputs, or say which of them is none."""
    if holds_ellipsis(inputs):
        raise NotDone
    if isinstance(inputs, str):
        raise Wrong("Expected a list of names: put [ ] around the name.")
    if not isinstance(inputs, (list, tuple)) or not all(isinstance(name, str) for name in inputs):
        raise Wrong(f"Expected a list of column names, in quotes, got {named(inputs)}.")
    if not inputs:
        raise Wrong("The list is empty: a model needs at least one input.")
    if table.target in inputs:
        raise Wrong(f"{table.target} is the target: an input that knows the answer is a leak.")
    for name in inputs:
        if name in table.left_out:
            raise Wrong(f"{name} was left out of the table: {table.left_out[name]}.")
        if name not in table.numbers and name not in table.categories:
            raise Wrong(f"The table has no column {name!r}: print(table) lists them.")
    if len(set(inputs)) < len(inputs):
        raise Wrong("A name is in the list twice.")
    return list(inputs)


def _rows(name, rows, table):
    """Return a part's row numbers as an array, or say why they are none."""
    if holds_ellipsis(rows):
        raise NotDone
    try:
        rows = np.asarray(plain(rows))
    except Exception:
        raise Wrong(f"{name} must hold row numbers, got {named(rows)}.") from None
    if rows.dtype.kind == "b":
        raise Wrong(f"{name} holds True and False: np.flatnonzero({name}) gives row numbers.")
    if rows.size == 0:
        raise Wrong(f"{name} is empty.")
    if rows.dtype.kind == "f" and np.array_equal(rows, np.round(rows)):
        raise Wrong(f"{name} holds numbers with a decimal point: make them whole, .astype(int).")
    if rows.dtype.kind not in "iu":
        raise Wrong(f"{name} must hold row numbers: the places of rows, not the rows themselves.")
    if rows.ndim != 1:
        raise Wrong(f"Expected {name} of shape (k,), got shape {rows.shape}: row numbers only.")
    outside = rows[(rows < 0) | (rows >= len(table))]
    if outside.size:
        raise Wrong(f"{name} holds {outside[0]}; the rows are 0 to {len(table) - 1}.")
    twice = [int(row) for row, times in zip(*np.unique(rows, return_counts=True)) if times > 1]  # noqa: B905
    if twice:
        raise Wrong(f"{name} has {_first(twice)} more than once: draw without repeating.")
    return rows.astype(int)


def _parts(table, **parts):
    """Return the rows of each part, none of them shared and each with a target."""
    parts = {name: _rows(name, rows, table) for name, rows in parts.items()}
    names = list(parts)
    for k, name in enumerate(names):
        for other in names[:k]:
            both = np.intersect1d(parts[other], parts[name])
            if both.size:
                raise Wrong(
                    f"{other} and {name} share {_count(len(both), 'row')} ({_first(both)}): a row "
                    "that judges must have no part in the fit."
                )
    for name, rows in parts.items():
        empty = rows[np.isnan(table.y[rows])]
        if empty.size:
            raise Wrong(
                f"{name} holds {_first(np.sort(empty))}, where the target is missing: without a "
                "truth, a row can neither teach nor judge. Use the rows with a target."
            )
    return list(parts.values())


def _used(table, name, array, *parts):
    """Return the table without the target of rows left blank in `array`, and a remark on these.

    Only rows outside the parts can be such: whether they are in no part, these can't tell.
    """
    out = np.isnan(array).reshape(len(table), -1).any(axis=1) & ~np.isnan(table.y)
    out[np.concatenate(parts)] = False
    if not out.any():
        return table, ""
    told = (
        f"{name} has no number in {_first(np.flatnonzero(out))}: that is right for rows in no "
        "part. Are they in test? Then fill the blank."
    )
    return replace(table, y=np.where(out, np.nan, table.y)), told


def _rest(table, train, val):
    """Return the rows with a target that are neither: the test rows, as far as can be known."""
    return np.setdiff1d(table.known, np.concatenate([train, val]))


def _by_name(table, train, val):
    """Return other rows that someone may take by mistake, by what to call them."""
    return {
        "the validation rows": val,
        "the test rows": _rest(table, train, val),
        "the training and validation rows together": np.concatenate([train, val]),
        "all rows": table.known,
    }


def _vector(name, values, table, rows):
    """Return a number for each row of the table, finite on `rows`; a column counts as a vector."""
    if holds_ellipsis(values):
        raise NotDone
    try:
        array = np.asarray(plain(values), dtype=float)
    except Exception:
        raise Wrong(f"Expected numbers for {name}, got {named(values)}.") from None
    if array.shape == (len(table), 1):
        array = array[:, 0]
    if array.shape != (len(table),):
        why = (
            " Predict for all rows, not for one part: the rows are chosen later."
            if array.ndim and array.shape[0] != len(table)
            else ""
        )
        raise Wrong(f"Expected {name} of shape ({len(table)},), got shape {array.shape}.{why}")
    bad = rows[~np.isfinite(array[rows])]
    if bad.size:
        raise Wrong(
            f"{name} is nan or infinite in {_first(np.sort(bad))}: is an input missing there?"
        )
    return array


def _judge(got, want, mistakes, what):
    """Raise Wrong unless a number is `want`, to four digits or as rounded; name the mistake.

    `mistakes` maps what to say to the number that this mistake would give; of several numbers
    that are all close, the closest counts.
    """
    told = min(
        [None, *mistakes], key=lambda text: abs(got - (want if text is None else mistakes[text]))
    )
    nearest = want if told is None else mistakes[told]
    is_close = abs(got - nearest) <= 1e-4 * abs(nearest) + 1e-12
    if is_close and told:
        raise Wrong(told)
    is_rounded = got in [round(float(want), digits) for digits in (0, 1, 2, 3)]
    if not is_close and not (is_rounded and abs(got - want) < 0.005 * abs(want)):
        raise Wrong(f"{what} comes out as {shown(want)} from what you gave; you have {shown(got)}.")


def _number(name, value):
    if holds_ellipsis(value):
        raise NotDone
    (number,) = numbers(value, (name,))
    if np.isnan(number):
        raise Wrong(f"{name} is nan: does it take in a row whose target is missing?")
    return number


def _judge_rmse(name, got, y_pred, table, train, val):
    """Judge an RMSE on the validation rows."""
    y, error = table.y, y_pred - table.y
    others = {"the training rows": train, **_by_name(table, train, val)}
    del others["the validation rows"]
    mistakes = {
        f"{name} is that of {which}: compute it on the validation rows.": _rmse(y_pred, y, rows)
        for which, rows in others.items()
        if len(rows)
    }
    mistakes |= {
        f"{name} is the mean of the squares: take its root, for a number in the target's unit.": (
            np.mean(error[val] ** 2)
        ),
        f"{name} is the mean absolute error: square, take the mean, then the root.": (
            np.mean(abs(error[val]))
        ),
        f"{name} is the root of a sum: take the mean of the squares.": (
            np.sqrt(np.sum(error[val] ** 2))
        ),
        f"{name} is the mean of the errors, in which high and low cancel: square them first.": (
            np.mean(error[val])
        ),
        f"{name} is the standard deviation of the errors: it hides that all may be too high.": (
            np.std(error[val])
        ),
        f"{name} pairs each prediction with every row: (n, 1) minus (n,) is (n, n).": (
            np.sqrt(
                np.mean(y_pred[val] ** 2 + y[val] ** 2) - 2 * y_pred[val].mean() * y[val].mean()
            )
        ),
    }
    _judge(got, _rmse(y_pred, y, val), mistakes, name)


# The stages ---------------------------------------------------------------------------------------


@stage(1, hint='inputs is a list such as ["bill_length_mm", "species"]; print(table) lists names.')
def question(table, inputs):
    """Judge `inputs`: names of the table's columns, the target not among them."""
    table = _table(table)
    inputs = _names(table, inputs)
    missing = np.isnan(table.y).sum()
    told = f"You ask for {table.target} from {_count(len(inputs), 'column')}"
    told += f", on {len(table.known)} rows that have one"
    return told + (f"; {_count(missing, 'row')} can't take part." if missing else ".")


@stage(
    2,
    hint="table.known are the rows with a target; shuffle them with "
    "np.random.default_rng(seed).permutation(table.known), and cut.",
)
def split(table, train, val, test):
    """Judge the three parts: no row twice, none without a target, none left out, shuffled."""
    table = _table(table)
    train, val, test = _parts(table, train=train, val=val, test=test)
    if len(train) < 0.5 * max(len(val), len(test)):
        raise Wrong(
            f"train has {len(train)} rows, val {len(val)} and test {len(test)}: are they swapped? "
            "Most rows should teach."
        )
    remarks = [_left_out(table, np.concatenate([train, val, test]))]
    if len(train) < max(len(val), len(test)):
        remarks.append("train is not the largest part: rows that teach are worth most.")
    remarks.append(_order(table, {"train": train, "val": val, "test": test}))
    copies = _copies(table, train, np.concatenate([val, test]))
    if copies:
        remarks.append(
            f"{_count(copies, 'row')} of val and test {'is' if copies == 1 else 'are'} a copy of a "
            "training row, cell by cell: is that one thing, measured twice?"
        )
    small = min(len(val), len(test))
    if small < 20:
        remarks.append(f"A part of {small} rows says little: expect a wide standard error.")
    sizes = f"{len(train)} rows to fit, {len(val)} to choose by, {len(test)} for the last number."
    return " ".join([sizes, *filter(None, remarks)])


def _left_out(table, used):
    """Return what to say of rows in no part; raise Wrong if nothing is missing in them."""
    out = np.setdiff1d(table.known, used)
    gaps = np.zeros(len(table), dtype=bool)
    for values in table.numbers.values():
        gaps |= np.isnan(values)
    for words in table.categories.values():
        gaps |= words == ""
    whole = [
        f"{name} {level}"
        for name, words in table.categories.items()
        for level in sorted(set(words[table.known]) - set(words[used]))
        if level
    ]
    if whole:
        return (
            f"{_count(len(out), 'row')} are in no part, all of {whole[0]} among them: your number "
            "will say nothing of such rows, so report that."
        )
    complete = out[~gaps[out]]
    if complete.size:
        raise Wrong(
            f"{_count(len(complete), 'row')} with a target {'is' if len(complete) == 1 else 'are'} "
            f"in no part ({_first(complete)}): use them all."
        )
    if out.size:
        return (
            f"{_count(len(out), 'row')} with missing cells {'is' if len(out) == 1 else 'are'} in "
            "no part: your number will say nothing of such rows, so report that."
        )
    return ""


def _order(table, parts):
    """Return what to say of parts cut in the file's order; raise Wrong if training lacks a kind."""
    in_order = sorted(parts.values(), key=min)
    blocks = all(a.max() < b.min() for a, b in pairwise(in_order))
    missing = ""
    for name, words in table.categories.items():
        seen = set(words[parts["train"]])
        for part in ("val", "test"):
            new = sorted(set(words[parts[part]]) - seen - {""})
            if new and not missing:
                missing = f"{part} holds {name} {new[0]}, which train doesn't"
    if blocks and missing:
        raise Wrong(
            f"The parts are blocks in the file's order, and {missing}: shuffle the rows before "
            "you cut them."
        )
    if blocks:
        return (
            "The parts are blocks in the file's order: that is right if the order is time and you "
            "mean to predict what comes later; else shuffle first."
        )
    return f"Note that {missing}." if missing else ""


def _copies(table, train, others):
    """Return how many of the other rows equal a training row in every cell."""
    columns = [table.y, *table.numbers.values()]
    rows = np.column_stack([*columns, *table.categories.values()]).astype(str)
    seen = {tuple(row) for row in rows[train]}
    return sum(tuple(row) in seen for row in rows[others])


@stage(
    3,
    hint="baseline = table.y[train].mean(), or Exercise 1's predictions; the error of row r is "
    "baseline minus table.y[r], and the RMSE is taken over val.",
)
def baseline(table, train, val, baseline, rmse_baseline):
    """Judge the baseline, a number or one for each row, and its RMSE on the validation rows."""
    table = _table(table)
    train, val = _parts(table, train=train, val=val)
    if holds_ellipsis(baseline):
        raise NotDone
    if np.size(plain(baseline)) == 1:
        value = _number("baseline", baseline)
        told = _judge_constant(table, train, val, value)
        y_pred = np.full(len(table), value)
    else:
        y_pred = _vector("baseline", baseline, table, np.concatenate([train, val]))
        told = _judge_groups(table, train, val, y_pred)
    got = _number("rmse_baseline", rmse_baseline)
    _judge_rmse("rmse_baseline", got, y_pred, table, train, val)
    return f"{told} A model must beat {shown(got)}."


def _judge_constant(table, train, val, value):
    y = table.y
    means = {"the mean": np.mean, "the median": np.median}
    for what, of in means.items():
        if abs(value - of(y[train])) <= 1e-4 * abs(of(y[train])):
            near = [
                which
                for which, rows in _by_name(table, train, val).items()
                if len(rows) and abs(value - of(y[rows])) < abs(value - of(y[train]))
            ]
            if not near:
                return f"It is {what} of the training rows."
    for what, of in means.items():
        for which, rows in _by_name(table, train, val).items():
            if len(rows) and abs(value - of(y[rows])) <= 1e-4 * abs(of(y[rows])):
                raise Wrong(
                    f"baseline is {what} of {which}: the rows that judge have had a part in it. "
                    "Take the training rows."
                )
    return (
        f"It is a number of your own, {shown(value)}; the mean of the training rows is "
        f"{shown(y[train].mean())}."
    )


def _judge_groups(table, train, val, y_pred):
    y, judged = table.y, np.concatenate([train, val])
    if np.allclose(y_pred[judged], y[judged]):
        raise Wrong("baseline is the target itself: predict it without knowing it.")
    if np.ptp(y_pred[judged]) == 0:
        return _judge_constant(table, train, val, float(y_pred[val[0]]))
    for name, words in table.categories.items():
        if _follows(y_pred[judged], words[judged]):
            means = {
                which: group_means(words, y, rows)[judged]
                for which, rows in {"train": train, **_by_name(table, train, val)}.items()
                if len(rows)
            }
            if not np.allclose(y_pred[judged], means.pop("train")):
                for which, values in means.items():
                    if np.allclose(y_pred[judged], values):
                        raise Wrong(
                            f"baseline takes the means of {which}: the rows that judge have had a "
                            "part in it. Take the training rows."
                        )
            return f"It follows {name} alone."
    return "It is a rule of your own."


def _follows(values, words):
    """Tell whether values are the same wherever the words are the same, and not all the same."""
    by_word = {word: np.ptp(values[words == word]) for word in set(words)}
    return max(by_word.values()) <= 1e-9 * np.ptp(values) and np.ptp(values) > 0


def group_means(words, y, rows):
    """Return for each row of the table the mean target of its group among `rows`."""
    y_pred = np.full(len(words), y[rows].mean())
    for word in set(words[rows]):
        y_pred[words == word] = y[rows][words[rows] == word].mean()
    return y_pred


@stage(
    4,
    hint="mean = raw[train].mean(axis=0), std = raw[train].std(axis=0), X = (raw - mean) / std; "
    "before that, fill each blank with the training rows' median and give each level but one of a "
    "category a column of 0 and 1.",
)
def prepare(table, inputs, train, val, raw, mean, std, X):
    """Judge the filled columns, their mean and standard deviation, and the standardised ones."""
    table = _table(table)
    inputs = _names(table, inputs)
    train, val = _parts(table, train=train, val=val)
    raw = _matrix("raw", raw, table)
    _refuse_gaps("raw", raw, np.concatenate([train, val]))
    unused = np.flatnonzero(np.isnan(table.y))
    table, left_out = _used(table, "raw", raw, train, val)
    known = table.known
    remarks = [left_out, _judge_columns(table, inputs, raw)]
    remarks += [_judge_number(table, name, raw, train, val) for name in inputs if _is(table, name)]
    for name in inputs:
        if name in table.categories:
            remarks.append(_judge_category(table, name, raw, train))
    mean, std = (_per_column(n, v, raw) for n, v in (("mean", mean), ("std", std)))
    _judge_scale(table, raw, mean, std, train, val)
    X = _matrix("X", X, table)
    _judge_scaled(raw, mean, std, X, train, val, known)
    told = f"{raw.shape[1]} columns, their scale from the training rows alone."
    blank = unused[np.isnan(X[unused]).any(axis=1)]
    if blank.size:
        remarks.append(
            f"X still has nan in {_first(blank)}, without a target: hand no model such a row."
        )
    return " ".join([told, *filter(None, remarks)])


def _is(table, name):
    return name in table.numbers


def _matrix(name, values, table):
    if holds_ellipsis(values):
        raise NotDone
    try:
        array = np.asarray(plain(values), dtype=float)
    except Exception:
        raise Wrong(
            f"{name} must hold numbers only, got {named(values)}: turn each category into columns "
            "of 0 and 1."
        ) from None
    if array.ndim == 1 and len(array) == len(table):
        raise Wrong(f"{name} has shape {array.shape}: make it a column, .reshape(-1, 1).")
    if array.ndim == 2 and array.shape[1] == len(table) != array.shape[0]:
        raise Wrong(f"{name} is the transpose: rows first. np.column_stack sets columns abreast.")
    if array.ndim != 2 or len(array) != len(table):
        raise Wrong(
            f"Expected {name} of shape ({len(table)}, columns), a row for each row of the table, "
            f"got shape {array.shape}."
        )
    return array


def _refuse_gaps(name, array, rows):
    gaps = np.sort(rows[~np.isfinite(array[rows]).all(axis=1)])
    if gaps.size:
        column = np.flatnonzero(~np.isfinite(array[gaps[0]]))[0]
        raise Wrong(
            f"{name} has no number in {_first(gaps)}, column {column}: fill the blank, or leave "
            "the row out of all parts and say so."
        )


def _judge_columns(table, inputs, raw):
    """Refuse columns that are the target or no input; return a remark on one like the target."""
    known, remark = table.known, ""
    y = table.y[known]
    for k, column in enumerate(raw[known].T):
        alike = abs(np.corrcoef(column, y)[0, 1]) if np.ptp(column) else 0
        if alike > 0.999:
            raise Wrong(
                f"Column {k} of raw is the target, perhaps rounded or in another unit: an input "
                "that knows the answer is a leak."
            )
        if alike > 0.98:
            remark = f"Column {k} of raw is almost the target: will you have it when you ask?"
        for name in _others_told(table, inputs, column):
            raise Wrong(
                f"Column {k} of raw is {name}, which isn't among your inputs: list it there, or "
                "drop it."
            )
    return remark


def _others_told(table, inputs, column):
    """Yield the columns of the table that a column of raw is, unless an input is the same."""
    known = table.known
    told = [
        name for name, values in table.numbers.items() if np.array_equal(values[known], column)
    ] + [name for name, words in table.categories.items() if _follows(column, words[known])]
    if not {*told} & {*inputs}:
        yield from told


def _judge_number(table, name, raw, train, val):
    """Judge how a numeric input stands in raw; return a remark, or ''."""
    values, known = table.numbers[name], table.known
    there = known[~np.isnan(values[known])]
    gaps = known[np.isnan(values[known])]
    found = [column for column in raw.T if np.allclose(column[there], values[there])]
    if not found:
        scaled = [c for c in raw.T if abs(np.corrcoef(c[there], values[there])[0, 1]) > 0.999999]
        if scaled:
            raise Wrong(
                f"{name} is scaled in raw already: raw holds the columns in their own units, "
                "and X the standardised ones."
            )
        ranks = _ranks(values[there])
        if max(abs(np.corrcoef(_ranks(c[there]), ranks)[0, 1]) for c in raw.T) < 0.99:
            raise Wrong(f"{name} is one of your inputs, but no column of raw follows it.")
        return f"{name} is not in raw as it came, so nothing can be said of its blanks."
    filled = found[0][gaps]
    if not gaps.size:
        return ""
    if np.ptp(filled):
        return f"The blanks of {name} have values of your own."
    for of, what in ((np.nanmedian, "median"), (np.nanmean, "mean")):
        if np.isclose(filled[0], of(values[train]), rtol=1e-6):
            return f"The blanks of {name} hold the training rows' {what}."
    for of, what in ((np.nanmedian, "median"), (np.nanmean, "mean")):
        for which, rows in {**_by_name(table, train, val), "the whole file": ...}.items():
            if np.isclose(filled[0], of(values[rows]), rtol=1e-6):
                raise Wrong(
                    f"The blanks of {name} hold the {what} of {which}: take the training rows'."
                )
    if filled[0] == 0:
        raise Wrong(f"The blanks of {name} hold 0, as if it had been measured: take the median.")
    return f"The blanks of {name} hold a value of your own."


def _ranks(values):
    """Return the place of each value among all, which any rising function of them leaves alone."""
    return np.unique(values, return_inverse=True)[1].astype(float)


def _judge_category(table, name, raw, train):
    """Judge how a category stands in raw; return a remark, or ''."""
    words, known = table.categories[name], table.known
    levels = sorted(set(words[known].tolist()))
    if len(levels) == 1:
        raise Wrong(f"{name} is {levels[0]!r} in every row: take it out of your inputs.")
    columns = [column[known] for column in raw.T if _follows(column[known], words[known])]
    if not columns:
        raise Wrong(f"{name} is one of your inputs, but no column of raw tells it.")
    for column in columns:
        values = np.unique(column)
        if len(values) < 3 or len(values) < len(levels) - 1:
            continue
        y = table.y
        if np.allclose(column, group_means(words, y, train)[known]):
            continue
        if np.allclose(column, group_means(words, y, known)[known]):
            raise Wrong(
                f"{name} is replaced by the mean target of all rows: the rows that judge have had "
                "a part in it."
            )
        steps, free = _line_errors(table, raw, words, levels, train)
        if steps > 1.02 * free:
            raise Wrong(
                f"{name} is one column with the values {shown(values)}, as if its levels had an "
                f"order and equal steps. A line is off by {shown(steps)} so on the training rows; "
                f"with a column of 0 and 1 for each level but one, by {shown(free)}."
            )
        return f"{name} is one column with the values {shown(values)}: do its levels have an order?"
    told = {level: tuple(c[words[known] == level][0] for c in columns) for level in levels}
    for k, level in enumerate(levels):
        for other in levels[:k]:
            if told[level] == told[other]:
                return f"raw doesn't tell {name} {other or 'blank'!r} from {level!r}."
    return ""


def _line_errors(table, raw, words, levels, train):
    """Return how far a line on raw is off, and one with a column of 0 and 1 for each level."""
    y, errors = table.y[train], []
    free = [words[train] == level for level in levels[1:]]
    for extra in ([], free):
        A = np.column_stack([raw[train], *extra, np.ones(len(train))])
        fit = A @ np.linalg.lstsq(A, y, rcond=None)[0]
        left = max(len(y) - np.linalg.matrix_rank(A), 1)  # more columns fit better by chance
        errors.append(np.sqrt(np.sum((fit - y) ** 2) / left))
    return errors


def _per_column(name, values, raw):
    if holds_ellipsis(values):
        raise NotDone
    try:
        array = np.asarray(plain(values), dtype=float)
    except Exception:
        raise Wrong(f"Expected numbers for {name}, got {named(values)}.") from None
    if array.shape == (1, raw.shape[1]):
        array = array[0]
    if array.shape == (len(raw),):
        raise Wrong(f"{name} has a number for each row: take it over the rows, axis=0.")
    if array.ndim == 0 and raw.shape[1] > 1:
        raise Wrong(f"{name} is one number for all columns: each needs its own, axis=0.")
    if array.shape != (raw.shape[1],):
        raise Wrong(f"Expected {name} of shape ({raw.shape[1]},), got shape {array.shape}.")
    return array


def _scale(raw, rows):
    """Return the mean of each column, and both kinds of its standard deviation."""
    part = raw[rows]
    return part.mean(axis=0), (part.std(axis=0), part.std(axis=0, ddof=1))


def _judge_scale(table, raw, mean, std, train, val):
    train_mean, train_std = _scale(raw, train)
    flat = np.flatnonzero(train_std[0] <= 1e-12 * (1 + abs(train_mean)))
    if flat.size:
        raise Wrong(
            f"Column {flat[0]} of raw is the same in every training row, so its standard deviation "
            "is 0: leave it out."
        )
    binary = np.array([set(np.unique(column)) <= {0.0, 1.0} for column in raw.T])

    def is_near(mean_, stds):
        # A column of 0 and 1 may stay as it is.
        ok_mean = np.isclose(mean, mean_, rtol=1e-5) | (binary & (mean == 0))
        ok_std = np.any([np.isclose(std, s, rtol=1e-5) for s in stds], axis=0)
        return ok_mean.all(), (ok_std | (binary & (std == 1))).all()

    right = is_near(train_mean, train_std)
    if all(right):
        return
    for which, rows in {
        **_by_name(table, train, val),
        "the whole file": np.arange(len(raw)),
    }.items():
        if len(rows) > 1 and np.isfinite(raw[rows]).all():
            near = is_near(*_scale(raw, rows))
            for what, ok, is_right in zip(("mean", "std"), near, right, strict=True):
                if ok and not is_right:
                    raise Wrong(f"{what} is that of {which}: take the training rows'.")
    if not right[1] and np.allclose(std, train_std[0] ** 2):
        raise Wrong("std is the variance: take its root.")
    what, got, want = ("mean", mean, train_mean) if not right[0] else ("std", std, train_std[0])
    raise Wrong(f"{what} is {shown(got)}; of the training rows it is {shown(want)}.")


def _judge_scaled(raw, mean, std, X, train, val, known):
    if X.shape != raw.shape:
        raise Wrong(f"X has shape {X.shape}, raw has {raw.shape}: a column for each column.")
    want = (raw - mean) / std
    if np.allclose(X[known], want[known], rtol=1e-5, atol=1e-6):
        return
    own = want.copy()
    for rows in (val, np.setdiff1d(known, np.concatenate([train, val]))):
        if len(rows):
            own[rows] = (raw[rows] - raw[rows].mean(axis=0)) / (raw[rows].std(axis=0) + 1e-300)
    for told, values in {
        "Each part of X is standardised by a mean and std of its own: use the training rows' for "
        "all.": own,
        "X isn't divided by std.": raw - mean,
        "X isn't shifted by mean.": raw / std,
        "X isn't standardised: it is raw.": raw,
        "X is raw times std, shifted: turn it round, (raw - mean) / std.": raw * std + mean,
        "Brackets: first raw - mean, then divide.": raw - mean / std,
    }.items():
        if np.allclose(X[val], values[val], rtol=1e-5, atol=1e-6):
            raise Wrong(told)
    _refuse_gaps("X", X, known)
    raise Wrong("X isn't (raw - mean) / std.")


@stage(
    5,
    hint="fit LinearRegression() to X[train] and table.y[train]; predict all rows, X @ coef_ + "
    "intercept_; then the RMSE over val.",
)
def line(table, train, val, X, y_line, rmse_line):
    """Judge a linear model's predictions, and its RMSE on the validation rows."""
    table = _table(table)
    train, val = _parts(table, train=train, val=val)
    X, rows = _matrix("X", X, table), np.concatenate([train, val])
    _refuse_gaps("X", X, rows)
    y_pred = _vector("y_line", y_line, table, rows)
    table, _ = _used(table, "X", X, train, val)
    table, left_out = _used(table, "y_line", y_pred, train, val)
    told = _judge_line(table, train, val, X, y_pred)
    got = _number("rmse_line", rmse_line)
    _judge_rmse("rmse_line", got, y_pred, table, train, val)
    told += f" On the validation rows it is off by {shown(got)}."
    return f"{told} {left_out}".strip()


def _judge_line(table, train, val, X, y_pred):
    y, known = table.y, table.known
    A = np.column_stack([X, np.ones(len(X))])
    near = 1e-3 * y[train].std()

    def fitted(rows):
        return A @ np.linalg.lstsq(A[rows], y[rows], rcond=None)[0]

    def is_near(other):
        return np.abs(y_pred - other)[known].max() <= near

    best = fitted(train)
    if is_near(best):
        return "It is the least-squares line of the training rows."
    if is_near(y):
        raise Wrong("y_line is the target itself: predict it from X.")
    for which, rows in _by_name(table, train, val).items():
        if len(rows) > A.shape[1] and is_near(fitted(rows)):
            raise Wrong(
                f"This line was fitted to {which}: a row that judges must have no part in the fit."
            )
    spread, middle = y[train].std(), y[train].mean()
    if np.abs(y_pred * spread + middle - best)[known].max() <= near:
        raise Wrong("y_line counts in standard deviations: turn it back into the target's unit.")
    if np.ptp(y_pred[known]) <= near:
        raise Wrong("y_line is the same for every row: that is the baseline.")
    ours, least = _rmse(y_pred, y, train), _rmse(best, y, train)
    if ours > 1.02 * least:
        raise Wrong(
            f"Its RMSE on the training rows is {shown(ours)}; least squares reach {shown(least)}. "
            "It hasn't converged, or its columns aren't those of X."
        )
    if ours < least * (1 - 1e-6):
        raise Wrong(
            f"Its RMSE on the training rows is {shown(ours)}, and no line on X gets below "
            f"{shown(least)}: it bends, or has other columns. Keep it for stage 6."
        )
    return "It is close to the least-squares line of the training rows."


@stage(
    6,
    hint="compute the RMSE of each entry on val; chosen is the name of the lowest, or of a simpler "
    "one that is as good within luck.",
)
def choice(table, train, val, predictions, chosen):
    """Judge the choice among several predictions: made by the validation rows."""
    table = _table(table)
    train, val = _parts(table, train=train, val=val)
    models, table, left_out = _models(table, predictions, train, val)
    if holds_ellipsis(chosen):
        raise NotDone
    if not isinstance(chosen, str) or chosen not in models:
        raise Wrong(f"chosen must be one of {', '.join(models)}, in quotes, got {chosen!r:.40}.")
    y, names = table.y, list(models)
    on_val = {name: _rmse(models[name], y, val) for name in names}
    best = min(names, key=on_val.get)
    listed = ", ".join(f"{name} {shown(value)}" for name, value in on_val.items())
    told = f"RMSE on the validation rows: {listed}. {left_out}".strip()
    if chosen == best:
        simpler = next((n for n in names if _gap(models[n], models[best], y, val) < 2), best)
        if simpler != best:
            told += (
                f" {simpler} comes before it and is as good within two standard errors: if you "
                f"keep {best}, say why in the report."
            )
        if best == names[0]:
            told += f" Nothing beats the first, {best}: that, too, is a result."
        return told
    if _gap(models[chosen], models[best], y, val) < 2 and names.index(chosen) < names.index(best):
        return f"{told} {best} is lower, but by less than two standard errors: take the simpler."
    rest = _rest(table, train, val)
    for which, rows in (("test", rest), ("training", train)):
        if len(rows) and chosen == min(names, key=lambda name: _rmse(models[name], y, rows)):
            raise Wrong(
                f"{told} {chosen} is the best on the {which} rows, and those are not for choosing."
            )
    raise Wrong(f"{told} {best} is the best there.")


def _models(table, predictions, *parts):
    """Return the predictions by name, or say what they are instead; then what `_used` does."""
    if holds_ellipsis(predictions):
        raise NotDone
    if not isinstance(predictions, dict):
        raise Wrong(f"Expected a dictionary from name to predictions, got {named(predictions)}.")
    if len(predictions) < 2:
        raise Wrong("There is nothing to choose from: put the baseline and the line into it.")
    models = {}
    for name, values in predictions.items():
        if np.size(plain(values)) == 1 and not isinstance(plain(values), str):
            values = np.full(len(table), _number(f"predictions[{name!r}]", values))
        rows = np.concatenate(parts)
        models[name] = _vector(f"predictions[{name!r}]", values, table, rows)
        if np.allclose(models[name][rows], table.y[rows]):
            raise Wrong(f"predictions[{name!r}] is the target itself.")
    left_out = ""
    for name, values in models.items():
        table, told = _used(table, f"predictions[{name!r}]", values, *parts)
        left_out = left_out or told
    return models, table, left_out


def _gap(one, other, y, rows):
    """Return by how many standard errors `one` is worse than `other`, in absolute errors."""
    d = abs(one[rows] - y[rows]) - abs(other[rows] - y[rows])
    error = d.std(ddof=1) / np.sqrt(len(d))
    return d.mean() / error if error else (0.0 if d.mean() == 0 else np.inf)


@stage(
    7,
    hint="e = abs(predictions[name] - table.y) for the baseline and for the chosen one; "
    "d = e_baseline[test] - e_chosen[test]; gain = d.mean(), standard_error = "
    "d.std() / np.sqrt(len(d)).",
)
def last_number(table, test, predictions, chosen, rmse_test, gain, standard_error):
    """Judge the RMSE on the test rows, and the gain over the first of the predictions."""
    table = _table(table)
    (test,) = _parts(table, test=test)
    models, table, _ = _models(table, predictions, test)
    if holds_ellipsis(chosen):
        raise NotDone
    if not isinstance(chosen, str) or chosen not in models:
        raise Wrong(f"chosen must be one of {', '.join(models)}, in quotes, got {chosen!r:.40}.")
    y, base, known = table.y, next(iter(models)), table.known
    others = np.setdiff1d(known, test)
    got = _number("rmse_test", rmse_test)
    error = models[chosen] - y
    _judge(
        got,
        _rmse(models[chosen], y, test),
        {
            "rmse_test is that of all rows: compute it on the test rows.": (
                _rmse(models[chosen], y, known)
            ),
            "rmse_test is that of the other parts: compute it on the test rows.": (
                _rmse(models[chosen], y, others)
            ),
            "rmse_test is the mean of the squares: take its root.": np.mean(error[test] ** 2),
            "rmse_test is the mean absolute error: square, take the mean, then the root.": (
                np.mean(abs(error[test]))
            ),
            **{
                f"rmse_test is that of {name}; you chose {chosen}.": _rmse(model, y, test)
                for name, model in models.items()
                if name != chosen
            },
        },
        "rmse_test",
    )
    d = abs(models[base] - y) - abs(error)
    gain, error_of_gain = _number("gain", gain), _number("standard_error", standard_error)
    if chosen == base:
        if gain or error_of_gain:
            raise Wrong("You chose the baseline, so the gain over it is 0, and its error, too.")
        return "You chose the baseline: a project can end so, and the report says it."
    _judge_gain(gain, error_of_gain, d, test, others, models[base] - y, error)
    if gain > 2 * error_of_gain:
        return f"The gain is {gain / error_of_gain:.1f} standard errors: hardly luck."
    if gain < -2 * error_of_gain:
        return "The baseline is better, by more than two standard errors: the report says so."
    return "The gain is less than two standard errors: it may be luck, and the report says so."


def _judge_gain(gain, error_of_gain, d, test, others, base_error, error):
    _judge(
        gain,
        d[test].mean(),
        {
            "gain is the wrong way round: the baseline's error minus the model's.": -d[test].mean(),
            "gain is that of the other parts: take the test rows.": d[others].mean(),
            "gain is the difference of the two RMSEs: take the mean of the differences of the "
            "absolute errors, row by row.": (
                np.sqrt(np.mean(base_error[test] ** 2)) - np.sqrt(np.mean(error[test] ** 2))
            ),
            "gain compares squared errors: take absolute ones, in the target's unit.": (
                np.mean(base_error[test] ** 2 - error[test] ** 2)
            ),
            "gain is a sum: take the mean.": d[test].sum(),
        },
        "gain",
    )
    n = len(test)
    for ddof in (0, 1):
        if np.isclose(error_of_gain, d[test].std(ddof=ddof) / np.sqrt(n), rtol=1e-4):
            return
    unpaired = np.sqrt((abs(base_error[test]).var() + abs(error[test]).var()) / n)
    _judge(
        error_of_gain,
        d[test].std() / np.sqrt(n),
        {
            "standard_error is the spread of one row: divide by the root of the number of rows.": (
                d[test].std()
            ),
            "standard_error is divided by n: divide by its root.": d[test].std() / n,
            "standard_error takes the two errors as unrelated: take the standard deviation of "
            "their differences, row by row.": unpaired,
        },
        "standard_error",
    )
