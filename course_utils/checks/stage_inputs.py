"""What the stages of a project are given, read and refused: tables, row numbers, columns, RMSE.

Each message names what was expected and what to do.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from course_utils.checks.causes import exercise
from course_utils.checks.core import NotDone, Wrong, numbers, shown
from course_utils.checks.reading import holds_ellipsis, named, plain
from course_utils.tables import NamedColumns

stage = partial(exercise, what="Stage")


def rmse(y_pred, y, rows):
    """Return the root of the mean squared error on some rows."""
    return np.sqrt(np.mean((y_pred[rows] - y[rows]) ** 2))


def list_rows(rows):
    """Return up to three row numbers as a student reads them."""
    listed = ", ".join(str(row) for row in rows[:3])
    return f"row {listed}" if len(rows) == 1 else f"rows {listed}" + ", …" * (len(rows) > 3)


def count(number, what):
    """Return '1 row' or '2 rows'."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def to_table(table):
    """Return the table, or say what came in its place."""
    if not isinstance(table, NamedColumns):
        raise Wrong(
            "Expected table to be what tables.penguins() or tables.read_table(…) returns, got "
            f"{named(table)}."
        )
    return table


def to_names(table, inputs):
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
        raise Wrong(f"{name} has {list_rows(twice)} more than once: draw without repeating.")
    return rows.astype(int)


def to_parts(table, **parts):
    """Return the rows of each part, none of them shared and each with a target."""
    parts = {name: _rows(name, rows, table) for name, rows in parts.items()}
    names = list(parts)
    for k, name in enumerate(names):
        for other in names[:k]:
            both = np.intersect1d(parts[other], parts[name])
            if both.size:
                raise Wrong(
                    f"{other} and {name} share {count(len(both), 'row')} ({list_rows(both)}): "
                    "a row that judges must have no part in the fit."
                )
    for name, rows in parts.items():
        empty = rows[np.isnan(table.y[rows])]
        if empty.size:
            raise Wrong(
                f"{name} holds {list_rows(np.sort(empty))}, where the target is missing: without a "
                "truth, a row can neither teach nor judge. Use the rows with a target."
            )
    return list(parts.values())


def use_rows(table, name, array, *parts):
    """Return the table without the target of rows left blank in `array`, and a remark on these.

    Only rows outside the parts can be such: whether they are in no part, these can't tell.
    """
    out = np.isnan(array).reshape(len(table), -1).any(axis=1) & ~np.isnan(table.y)
    out[np.concatenate(parts)] = False
    if not out.any():
        return table, ""
    told = (
        f"{name} has no number in {list_rows(np.flatnonzero(out))}: that is right for rows in no "
        "part. Are they in test? Then fill the blank."
    )
    return replace(table, y=np.where(out, np.nan, table.y)), told


def rest_of(table, train, val):
    """Return the rows with a target that are neither: the test rows, as far as can be known."""
    return np.setdiff1d(table.known, np.concatenate([train, val]))


def parts_by_name(table, train, val):
    """Return other rows that someone may take by mistake, by what to call them."""
    return {
        "the validation rows": val,
        "the test rows": rest_of(table, train, val),
        "the training and validation rows together": np.concatenate([train, val]),
        "all rows": table.known,
    }


def to_numbers(values, expected, advice=""):
    """Return an array of numbers; if they are none, say what was expected, and some advice."""
    if holds_ellipsis(values):
        raise NotDone
    try:
        return np.asarray(plain(values), dtype=float)
    except Exception:
        raise Wrong(f"{expected}, got {named(values)}{advice}.") from None


def to_vector(name, values, table, rows):
    """Return a number for each row of the table, finite on `rows`; a column counts as a vector."""
    array = to_numbers(values, f"Expected numbers for {name}")
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
            f"{name} is nan or infinite in {list_rows(np.sort(bad))}: is an input missing there?"
        )
    return array


def judge_number(got, want, mistakes, what):
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


def to_number(name, value):
    """Return a single finite number that a student computed."""
    if holds_ellipsis(value):
        raise NotDone
    (number,) = numbers(value, (name,))
    if np.isnan(number):
        raise Wrong(f"{name} is nan: does it take in a row whose target is missing?")
    return number


def judge_rmse(name, got, y_pred, table, train, val):
    """Judge an RMSE on the validation rows."""
    y, error = table.y, y_pred - table.y
    others = {"the training rows": train, **parts_by_name(table, train, val)}
    del others["the validation rows"]
    mistakes = {
        f"{name} is that of {which}: compute it on the validation rows.": rmse(y_pred, y, rows)
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
    judge_number(got, rmse(y_pred, y, val), mistakes, name)


def follows(values, words):
    """Tell whether values are the same wherever the words are the same, and not all the same."""
    by_word = {word: np.ptp(values[words == word]) for word in set(words)}
    return max(by_word.values()) <= 1e-9 * np.ptp(values) and np.ptp(values) > 0


def group_means(words, y, rows):
    """Return for each row of the table the mean target of its group among `rows`."""
    y_pred = np.full(len(words), y[rows].mean())
    for word in set(words[rows]):
        y_pred[words == word] = y[rows][words[rows] == word].mean()
    return y_pred


def to_matrix(name, values, table):
    """Return columns of shape (rows of the table, columns) as numbers."""
    advice = ": turn each category into columns of 0 and 1"
    array = to_numbers(values, f"{name} must hold numbers only", advice)
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


def refuse_gaps(name, array, rows):
    """Refuse an array that has no number somewhere in these rows."""
    gaps = np.sort(rows[~np.isfinite(array[rows]).all(axis=1)])
    if gaps.size:
        column = np.flatnonzero(~np.isfinite(array[gaps[0]]))[0]
        raise Wrong(
            f"{name} has no number in {list_rows(gaps)}, column {column}: fill the blank, or leave "
            "the row out of all parts and say so."
        )
