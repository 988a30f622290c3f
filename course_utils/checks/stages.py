"""The checks of a project's stages, for any table: each recomputes from what it is given.

A stage's check judges how a number was made, not how good it is. What it can't know, such as how
often someone looked at the test rows, the lesson's table of marks asks. Stage 4 has a module of
its own, `preparation`.
"""

from itertools import pairwise

import numpy as np

from course_utils.checks.core import NotDone, Wrong, shown
from course_utils.checks.reading import holds_ellipsis, named, size_of
from course_utils.checks.stage_inputs import (
    count,
    follows,
    group_means,
    judge_number,
    judge_rmse,
    list_rows,
    parts_by_name,
    refuse_gaps,
    rest_of,
    rmse,
    stage,
    to_matrix,
    to_names,
    to_number,
    to_parts,
    to_table,
    to_vector,
    use_rows,
)


@stage(1, hint='inputs is a list such as ["bill_length_mm", "species"]; print(table) lists names.')
def question(table, inputs):
    """Judge `inputs`: names of the table's columns, the target not among them."""
    table = to_table(table)
    inputs = to_names(table, inputs)
    missing = np.isnan(table.y).sum()
    told = f"You ask for {table.target} from {count(len(inputs), 'column')}"
    told += f", on {len(table.known)} rows that have one"
    return told + (f"; {count(missing, 'row')} can't take part." if missing else ".")


@stage(
    2,
    hint="table.known are the rows with a target; shuffle them with "
    "np.random.default_rng(seed).permutation(table.known), and cut.",
)
def split(table, train, val, test):
    """Judge the three parts: no row twice, none without a target, none left out, shuffled."""
    table = to_table(table)
    train, val, test = to_parts(table, train=train, val=val, test=test)
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
            f"{count(copies, 'row')} of val and test {'is' if copies == 1 else 'are'} a copy of a "
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
            f"{count(len(out), 'row')} are in no part, all of {whole[0]} among them: your number "
            "will say nothing of such rows, so report that."
        )
    complete = out[~gaps[out]]
    if complete.size:
        raise Wrong(
            f"{count(len(complete), 'row')} with a target {'is' if len(complete) == 1 else 'are'} "
            f"in no part ({list_rows(complete)}): use them all."
        )
    if out.size:
        return (
            f"{count(len(out), 'row')} with missing cells {'is' if len(out) == 1 else 'are'} in "
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
    table = to_table(table)
    train, val = to_parts(table, train=train, val=val)
    if holds_ellipsis(baseline):
        raise NotDone
    if size_of(baseline) == 1:
        value = to_number("baseline", baseline)
        told = _judge_constant(table, train, val, value)
        y_pred = np.full(len(table), value)
    else:
        y_pred = to_vector("baseline", baseline, table, np.concatenate([train, val]))
        told = _judge_groups(table, train, val, y_pred)
    got = to_number("rmse_baseline", rmse_baseline)
    judge_rmse("rmse_baseline", got, y_pred, table, train, val)
    return f"{told} A model must beat {shown(got)}."


def _judge_constant(table, train, val, value):
    y, near = table.y, []
    parts = {"the training rows": train, **parts_by_name(table, train, val)}
    for what, of in {"the mean": np.mean, "the median": np.median}.items():
        means = {which: of(y[rows]) for which, rows in parts.items() if len(rows)}
        which = min(means, key=lambda which: abs(value - means[which]))
        if abs(value - means[which]) <= 1e-4 * abs(means[which]):
            near.append(f"{what} of {which}")
    right = [one for one in near if one.endswith("of the training rows")]
    if right:
        return f"It is {right[0]}."
    if near:
        raise Wrong(
            f"baseline is {near[0]}: the rows that judge have had a part in it. "
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
        if follows(y_pred[judged], words[judged]):
            means = {
                which: group_means(words, y, rows)[judged]
                for which, rows in {"train": train, **parts_by_name(table, train, val)}.items()
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


@stage(
    5,
    hint="fit LinearRegression() to X[train] and table.y[train]; predict all rows, X @ coef_ + "
    "intercept_; then the RMSE over val.",
)
def line(table, train, val, X, y_line, rmse_line):
    """Judge a linear model's predictions, and its RMSE on the validation rows."""
    table = to_table(table)
    train, val = to_parts(table, train=train, val=val)
    X, rows = to_matrix("X", X, table), np.concatenate([train, val])
    refuse_gaps("X", X, rows)
    y_pred = to_vector("y_line", y_line, table, rows)
    table, _ = use_rows(table, "X", X, train, val)
    table, left_out = use_rows(table, "y_line", y_pred, train, val)
    told = _judge_line(table, train, val, X, y_pred)
    got = to_number("rmse_line", rmse_line)
    judge_rmse("rmse_line", got, y_pred, table, train, val)
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
    for which, rows in parts_by_name(table, train, val).items():
        if len(rows) > A.shape[1] and is_near(fitted(rows)):
            raise Wrong(
                f"This line was fitted to {which}: a row that judges must have no part in the fit."
            )
    spread, middle = y[train].std(), y[train].mean()
    if np.abs(y_pred * spread + middle - best)[known].max() <= near:
        raise Wrong("y_line counts in standard deviations: turn it back into the target's unit.")
    if np.ptp(y_pred[known]) <= near:
        raise Wrong("y_line is the same for every row: that is the baseline.")
    ours, least = rmse(y_pred, y, train), rmse(best, y, train)
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
    table = to_table(table)
    train, val = to_parts(table, train=train, val=val)
    models, table, left_out = _models(table, predictions, train, val)
    if holds_ellipsis(chosen):
        raise NotDone
    if not isinstance(chosen, str) or chosen not in models:
        raise Wrong(f"chosen must be one of {', '.join(models)}, in quotes, got {chosen!r:.40}.")
    y, names = table.y, list(models)
    on_val = {name: rmse(models[name], y, val) for name in names}
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
    rest = rest_of(table, train, val)
    for which, rows in (("test", rest), ("training", train)):
        if len(rows) and chosen == min(names, key=lambda name: rmse(models[name], y, rows)):
            raise Wrong(
                f"{told} {chosen} is the best on the {which} rows, and those are not for choosing."
            )
    raise Wrong(f"{told} {best} is the best there.")


def _models(table, predictions, *parts):
    """Return the predictions by name, or say what they are instead; then what `use_rows` does."""
    if holds_ellipsis(predictions):
        raise NotDone
    if not isinstance(predictions, dict):
        raise Wrong(f"Expected a dictionary from name to predictions, got {named(predictions)}.")
    if len(predictions) < 2:
        raise Wrong("There is nothing to choose from: put the baseline and the line into it.")
    models = {}
    for name, values in predictions.items():
        if size_of(values) == 1:
            values = np.full(len(table), to_number(f"predictions[{name!r}]", values))
        rows = np.concatenate(parts)
        models[name] = to_vector(f"predictions[{name!r}]", values, table, rows)
        if np.allclose(models[name][rows], table.y[rows]):
            raise Wrong(f"predictions[{name!r}] is the target itself.")
    left_out = ""
    for name, values in models.items():
        table, told = use_rows(table, f"predictions[{name!r}]", values, *parts)
        left_out = left_out or told
    return models, table, left_out


def _gap(one, other, y, rows):
    """Return by how many standard errors `one` is worse than `other`, in absolute errors."""
    d = abs(one[rows] - y[rows]) - abs(other[rows] - y[rows])
    error = d.std(ddof=1) / np.sqrt(len(d))
    return d.mean() / error if error else np.inf


@stage(
    7,
    hint="e = abs(predictions[name] - table.y) for the baseline and for the chosen one; "
    "d = e_baseline[test] - e_chosen[test]; gain = d.mean(), standard_error = "
    "d.std() / np.sqrt(len(d)).",
)
def last_number(table, test, predictions, chosen, rmse_test, gain, standard_error):
    """Judge the RMSE on the test rows, and the gain over the first of the predictions."""
    table = to_table(table)
    (test,) = to_parts(table, test=test)
    models, table, _ = _models(table, predictions, test)
    if holds_ellipsis(chosen):
        raise NotDone
    if not isinstance(chosen, str) or chosen not in models:
        raise Wrong(f"chosen must be one of {', '.join(models)}, in quotes, got {chosen!r:.40}.")
    y, base, known = table.y, next(iter(models)), table.known
    others = np.setdiff1d(known, test)
    got = to_number("rmse_test", rmse_test)
    error = models[chosen] - y
    judge_number(
        got,
        rmse(models[chosen], y, test),
        {
            "rmse_test is that of all rows: compute it on the test rows.": (
                rmse(models[chosen], y, known)
            ),
            "rmse_test is that of the other parts: compute it on the test rows.": (
                rmse(models[chosen], y, others)
            ),
            "rmse_test is the mean of the squares: take its root.": np.mean(error[test] ** 2),
            "rmse_test is the mean absolute error: square, take the mean, then the root.": (
                np.mean(abs(error[test]))
            ),
            **{
                f"rmse_test is that of {name}; you chose {chosen}.": rmse(model, y, test)
                for name, model in models.items()
                if name != chosen
            },
        },
        "rmse_test",
    )
    d = abs(models[base] - y) - abs(error)
    gain, error_of_gain = to_number("gain", gain), to_number("standard_error", standard_error)
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
    judge_number(
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
    judge_number(
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
