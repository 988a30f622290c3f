"""Stage 4 of a project: are the columns filled and scaled by what training rows alone tell?"""

import numpy as np

from course_utils.checks.core import Wrong, shown
from course_utils.checks.stage_inputs import (
    follows,
    group_means,
    list_rows,
    parts_by_name,
    refuse_gaps,
    stage,
    to_matrix,
    to_names,
    to_numbers,
    to_parts,
    to_table,
    use_rows,
)


@stage(
    4,
    hint="mean = raw[train].mean(axis=0), std = raw[train].std(axis=0), X = (raw - mean) / std; "
    "before that, fill each blank with the training rows' median and give each level but one of a "
    "category a column of 0 and 1.",
)
def prepare(table, inputs, train, val, raw, mean, std, X):
    """Judge the filled columns, their mean and standard deviation, and the standardised ones."""
    table = to_table(table)
    inputs = to_names(table, inputs)
    train, val = to_parts(table, train=train, val=val)
    raw = to_matrix("raw", raw, table)
    refuse_gaps("raw", raw, np.concatenate([train, val]))
    unused = np.flatnonzero(np.isnan(table.y))
    table, left_out = use_rows(table, "raw", raw, train, val)
    known = table.known
    remarks = [left_out, _judge_columns(table, inputs, raw)]
    remarks += [_judge_number(table, name, raw, train, val) for name in inputs if _is(table, name)]
    for name in inputs:
        if name in table.categories:
            remarks.append(_judge_category(table, name, raw, train))
    mean, std = (_per_column(n, v, raw) for n, v in (("mean", mean), ("std", std)))
    _judge_scale(table, raw, mean, std, train, val)
    X = to_matrix("X", X, table)
    _judge_scaled(raw, mean, std, X, train, val, known)
    told = f"{raw.shape[1]} columns, their scale from the training rows alone."
    blank = unused[np.isnan(X[unused]).any(axis=1)]
    if blank.size:
        remarks.append(
            f"X still has nan in {list_rows(blank)}, without a target: hand no model such a row."
        )
    return " ".join([told, *filter(None, remarks)])


def _is(table, name):
    return name in table.numbers


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
    ] + [name for name, words in table.categories.items() if follows(column, words[known])]
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
        for which, rows in {**parts_by_name(table, train, val), "the whole file": ...}.items():
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
    columns = [column[known] for column in raw.T if follows(column[known], words[known])]
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
        steps, free, is_chance = _line_errors(table, raw, words, levels, train)
        if steps > 1.02 * free and not is_chance:
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
    """Return how far a line on raw is off, and one with a column of 0 and 1 for each level.

    Then, whether chance could explain that the second is better: more columns always fit better.
    """
    y, found = table.y[train], []
    free = [words[train] == level for level in levels[1:]]
    for extra in ([], free):
        A = np.column_stack([raw[train], *extra, np.ones(len(train))])
        squares = np.sum((A @ np.linalg.lstsq(A, y, rcond=None)[0] - y) ** 2)
        found.append((squares, max(len(y) - np.linalg.matrix_rank(A), 1)))
    (squares, left), (less, fewer) = found
    more, noise = max(left - fewer, 1), less / fewer
    # By chance, a column takes the noise's share of the squares, give or take √2 of it.
    is_chance = (squares - less) / more <= (1 + 3 * np.sqrt(2 / more)) * noise
    return np.sqrt(squares / left), np.sqrt(noise), is_chance


def _per_column(name, values, raw):
    array = to_numbers(values, f"Expected numbers for {name}")
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
        **parts_by_name(table, train, val),
        "the whole file": np.arange(len(raw)),
    }.items():
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
    refuse_gaps("X", X, known)
    raise Wrong("X isn't (raw - mean) / std.")
