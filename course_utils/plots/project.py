"""The pictures of 'A project of your own'."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_utils._validate import to_vector
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import format_number, mark_prediction

# Told apart by mark, not by colour alone.
_MARKS = [
    {"color": TRAIN, "marker": "o"},
    {"color": FIT, "marker": "^"},
    {"color": BEST, "marker": "s"},
    {"color": VALIDATION, "marker": "D"},
    {"color": "C4", "marker": "v"},
    {"color": "C5", "marker": "P"},
]


def _rmse(error):
    return np.sqrt(np.mean(error**2))


@picture(7.6, 4.2)
def errors_in_file_order(errors, groups, cuts, prediction=..., *, ax=None):
    """Draw how far each prediction is off, in the file's order, with the RMSE of three parts.

    `errors` of shape (n,), prediction minus truth; `groups` holds a word for each row; `cuts` are
    the two numbers of rows at which the second and the third part begin. `prediction` is a guess
    of the last RMSE.
    From the lesson 'A project of your own'.
    """
    off = abs(to_vector("errors", errors))
    first, second = to_vector("cuts", cuts, length=2).astype(int)
    groups = np.array(list(groups))
    if len(groups) != len(off) or not 0 < first < second < len(off):
        raise ValueError(
            f"groups needs a word for each of the {len(off)} errors, got {len(groups)}, and cuts "
            "two places between them."
        )
    rows = np.arange(1, len(off) + 1)
    for group, style in zip(dict.fromkeys(groups), _MARKS, strict=False):
        here = groups == group
        ax.plot(rows[here], off[here], linestyle="", markersize=4, alpha=0.6, label=group, **style)
    heights = []
    for low, high in ((0, first), (first, second), (second, len(off))):
        heights.append(_rmse(off[low:high]))
        label = "RMSE of the part" if low == 0 else None
        ax.plot([low + 1, high], [heights[-1]] * 2, color="black", linewidth=2.2, label=label)
    for cut in (first, second):
        ax.axvline(cut + 0.5, color="0.5", linestyle=":", linewidth=1.2)
    ax.set(
        xlabel="rows with a target, in the file's order",
        ylabel="off by (g)",
        ylim=(0, 1.24 * off.max()),
    )
    place = ax.get_xaxis_transform()  # the height as a share of the picture's
    for low, high, name in (
        (0, first, "training"),
        (first, second, "validation"),
        (second, len(off), "later"),
    ):
        ax.text((low + high) / 2, 0.96, name, ha="center", va="top", transform=place)
    told = mark_prediction(ax, prediction, heights[2], axis="y")
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0.92))
    listed = [f"{format_number(round(height))} g" for height in heights]
    return (
        f"RMSE: {listed[0]} on the training rows, {listed[1]} on the next "
        f"{second - first}, {listed[2]} on the last {len(off) - second}.{told}"
    )


@picture(7.2, 3.4)
def luck_of_the_split(errors, prediction=..., *, ax=None):
    """Draw the test errors of one model on many splits as a histogram.

    `errors` of shape (n,): an RMSE in g for each split. `prediction` is a guess of the lowest.
    From the lesson 'A project of your own'.
    """
    errors = to_vector("errors", errors)
    low, high = errors.min(), errors.max()
    ax.hist(errors, bins=25, color=TRAIN, alpha=0.6)
    ax.axvline(errors.mean(), color="black", linewidth=2, label="mean")
    ax.axvline(low, color=FIT, linewidth=2, linestyle="-.", label="the lowest")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="RMSE on the test rows (g)", ylabel="splits", xlim=(0.88 * low, 1.06 * high))
    told = mark_prediction(ax, prediction, low)
    ax.legend(loc="upper right")
    return (
        f"{len(errors)} splits of one table, one kind of line: test RMSE {low:.0f} to {high:.0f} "
        f"g, {errors.mean():.0f} on average.{told}"
    )


@picture(7.4, 3.6)
def four_reports(reports, *, ax=None):
    """Draw the errors that several projects report, a group of bars for each.

    `reports` maps a letter to four numbers: the baseline's RMSE on the test rows, and the model's
    on training, validation and test rows.
    From the lesson 'A project of your own'.
    """
    heights = np.array([to_vector("reports", row, length=4) for row in reports.values()])
    styles = [("0.75", ""), (TRAIN, "//"), (VALIDATION, ".."), (FIT, "")]
    labels = ["baseline, test rows", "training rows", "validation rows", "test rows"]
    for k, ((color, hatch), label) in enumerate(zip(styles, labels, strict=True)):
        places = np.arange(len(heights)) + 0.2 * (k - 1.5)
        style = {"color": color, "hatch": hatch, "edgecolor": "white", "label": label}
        bars = ax.bar(places, heights[:, k], width=0.19, **style)
        ax.bar_label(bars, [f"{height:.0f}" for height in heights[:, k]], fontsize=8)
    ax.set_xticks(np.arange(len(heights)), [f"report {letter}" for letter in reports])
    ax.set(ylabel="RMSE (g)", ylim=(0, 1.3 * heights.max()))
    ax.grid(False, axis="x")
    ax.legend(ncols=2, loc="upper center")
    tests = ", ".join(
        f"{letter} {row[3]:.0f}" for letter, row in zip(reports, heights, strict=True)
    )
    return f"Four projects, one question. RMSE on the test rows, in g: {tests}."


def training_rows(table, train, by, groups=None, *, ax=None):
    """Draw the target against one input, for the training rows only.

    `table` is what `tables.penguins` or `tables.read_table` returns, `train` the row numbers, `by`
    the name of a column of numbers, `groups` that of a category. With `...` for `train`, nothing
    is drawn.
    From the lesson 'A project of your own'.
    """
    if train is ...:
        print("No picture yet: it shows the training rows.")
        return None
    for name, columns in ((by, table.numbers), (groups, {None: None, **table.categories})):
        if name not in columns:
            known = ", ".join(str(one) for one in columns if one is not None)
            raise ValueError(f"The table has no such column, {name!r}; it has {known}.")
    return picture(7.0, 4.2)(_training_rows)(table, np.asarray(train), by, groups, ax=ax)


def _training_rows(table, train, by, groups, *, ax=None):
    words = table.categories[groups][train] if groups else np.full(len(train), "")
    x, y = table.numbers[by][train], table.y[train]
    levels = sorted(set(words), key=list(words).count, reverse=True)
    if len(levels) > len(_MARKS):
        rest = np.isin(words, levels[len(_MARKS) - 1 :])
        words = np.where(rest, "all others", words)
        levels = [*levels[: len(_MARKS) - 1], "all others"]
    for level, style in zip(levels, _MARKS, strict=False):
        here, label = words == level, level or "missing"
        ax.plot(x[here], y[here], linestyle="", alpha=0.6, label=label, **style)
    ax.set(xlabel=by, ylabel=table.target)
    if groups:
        ax.legend(loc="best", title=groups)
    there = np.isfinite(x)
    low, high = (format_number(end) for end in (y[there].min(), y[there].max()))
    return f"{table.target} against {by}, {there.sum()} rows: from {low} to {high}."


def last_rows(table, test, predictions, chosen, *, axs=None):
    """Draw the chosen predictions of the test rows against the truth, and both models' errors.

    `predictions` maps names to a prediction for each row of the table, the baseline first, which
    may be one number; `chosen` is the name of one. With `...` for any of them, nothing is drawn.
    From the lesson 'A project of your own'.
    """
    values = predictions.values() if isinstance(predictions, dict) else [predictions]
    if any(part is ... for part in (test, chosen, *values)):
        print("No picture yet: it shows your test rows, once.")
        return None
    if chosen not in predictions:
        raise ValueError(f"chosen must be one of {', '.join(predictions)}, got {chosen!r}.")
    full = np.ones(len(table.y))
    models = {name: np.ravel(values) * full for name, values in predictions.items()}
    shown = picture(8.6, 4.0, "truth errors", width_ratios=[1, 1.1])(_last_rows)
    return shown(table, np.asarray(test), models, chosen, axs=axs)


def _last_rows(table, test, models, chosen, *, axs=None):
    y, base = table.y[test], next(iter(models))
    ax = axs["truth"]
    ends = [min(y.min(), models[chosen][test].min()), max(y.max(), models[chosen][test].max())]
    ax.plot(ends, ends, color="black", linewidth=1, label="right on")
    ax.plot(models[base][test], y, "x", color="0.55", markersize=4, label=base)
    ax.plot(models[chosen][test], y, "o", color=FIT, alpha=0.7, markersize=4, label=chosen)
    ax.set(xlabel="predicted", ylabel=f"true {table.target}", title="test rows")
    ax.legend(loc="upper left")
    told, ax = [], axs["errors"]
    bins = np.linspace(0, max(abs(models[base][test] - y).max(), 1e-12), 11)
    for name, style in (
        (base, {"color": "0.55", "alpha": 0.6}),
        (chosen, {"histtype": "step", "color": FIT, "linewidth": 2}),
    ):
        off = abs(models[name][test] - y)
        ax.hist(np.clip(off, 0, bins[-1]), bins=bins, label=name, **style)
        told.append(f"{name} {format_number(float(f'{_rmse(off):.4g}'))}")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="off by", ylabel="rows", title="how far off?")
    ax.legend(loc="upper right")
    return f"{len(test)} test rows. RMSE: {', '.join(told)}."
