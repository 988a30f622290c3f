"""The pictures that the lesson 'Start here' introduces."""

import numpy as np
from matplotlib import rcParams

from course_utils._validate import to_array, to_table, to_vector, to_vectors
from course_utils.figures import CHANGES, FIT, GROWS, TRAIN, picture
from course_utils.plots.core import draw_block, format_cell, mark_prediction, window


@picture(9.2, 3.4, "curve loss", width_ratios=[1.5, 1])
def learned_curve(x, y, grid, curves, steps, *, axs=None):
    """Draw how a curve bends to points, and its MSE at the points by step.

    x and y of shape (n,) are the points; grid of shape (m,) increases and reaches from the first
    point to the last. Row k of curves, (frames, m), is the curve on the grid at steps[k]; steps
    of shape (frames,) increases. `animation.play` shows the curve while it changes.
    From the lesson 'Start here'.
    """
    x, y = to_vectors(x=x, y=y)
    grid, steps = to_vector("grid", grid), to_vector("steps", steps)
    curves = to_table("curves", curves, len(steps), len(grid))
    for name, values in (("grid", grid), ("steps", steps)):
        if len(values) < 2 or not (np.diff(values) > 0).all():
            raise ValueError(f"{name} must hold at least two numbers that increase.")
    if x.min() < grid[0] - 1e-9 or x.max() > grid[-1] + 1e-9:
        raise ValueError(
            f"grid must reach over all x, from {x.min():.4g} to {x.max():.4g}, "
            f"but runs from {grid[0]:.4g} to {grid[-1]:.4g}."
        )
    at_points = np.array([np.interp(x, grid, curve) for curve in curves])
    losses = ((at_points - y) ** 2).mean(axis=1)

    ax = axs["curve"]
    ax.plot(x, y, "o", color=TRAIN, markersize=8, label=f"{len(x)} points")
    ax.plot(grid, curves[0], color="#707070", linestyle="--", label="the start")
    for k, curve in enumerate(curves[:-1]):
        label = "_" if k else "on the way"
        ax.plot(grid, curve, color=FIT, linewidth=0.6, alpha=0.3, gid=CHANGES, label=label)
    ax.plot(grid, curves[-1], color=FIT, linewidth=2.6, gid=CHANGES, label="the curve")
    ax.set(xlabel="x", ylabel="height y", xlim=window(grid, margin=0.03))
    ax.set_ylim(window([curves.min(), curves.max(), y.min(), y.max()], margin=0.06))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderpad=0)

    ax = axs["loss"]
    ax.plot(steps, losses, color=FIT, gid=GROWS)
    ax.set(xlabel="step", ylabel="mean squared error", yscale="log")
    ax.set_xlim(steps[0] - 0.03 * steps[-1], 1.03 * steps[-1])
    return (
        f"In {steps[-1] - steps[0]:,.0f} steps the mean squared error falls from {losses[0]:.4g} "
        f"to {losses[-1]:.2g}; the curve then passes within {np.abs(at_points[-1] - y).max():.2g} "
        f"of each point."
    )


@picture(7.6, 3.0)
def means_by_axis(table, rows, columns, unit, *, ax=None):
    """Draw a table with its means along axis 0 below it, along axis 1 beside it.

    table of shape (n, m); the names of its n rows and m columns, and the unit of its entries.
    From the lesson 'Start here'.
    """
    table = to_table("table", table, len(rows), len(columns))
    n, m = table.shape
    down, along = table.mean(axis=0), table.mean(axis=1)
    top, below, beside = n / 2, -n / 2 - 1.5, m + 1.3
    draw_block(ax, 0, table, *_plain(table))
    for c, (name, mean) in enumerate(zip(columns, down, strict=True)):
        ax.text(c + 0.5, top + 0.15, name, ha="center", va="bottom")
        ax.text(c + 0.5, below, format_cell(mean), ha="center", va="center", fontweight="bold")
        _arrow(ax, (c + 0.5, -top - 0.05), (c + 0.5, below + 0.3))
    for r, (name, mean) in enumerate(zip(rows, along, strict=True)):
        y = top - r - 0.5
        ax.text(-0.15, y, name, ha="right", va="center")
        ax.text(beside + 0.1, y, format_cell(mean), ha="left", va="center", fontweight="bold")
        _arrow(ax, (m + 0.05, y), (beside, y))
    ax.text(m + 0.6, below, f"mean(axis=0)   shape ({m},)", ha="left", va="center")
    ax.text(beside + 1.1, 0, f"mean(axis=1)   shape ({n},)", ha="left", va="center")
    _frame(ax, (-1.5, m + 5.2), (below - 0.4, top + 0.6))
    return (
        f"Along axis 0, down the columns: {', '.join(map(format_cell, down))} {unit}. "
        f"Along axis 1: {', '.join(map(format_cell, along))} {unit}."
    )


@picture(9.6, 2.75)
def broadcast_difference(left, right, names, *, ax=None):
    """Draw left − right with what broadcasting repeats as dotted cells.

    Both of shape (n,) or (n, m), with shapes that fit; their two names.
    From the lesson 'Start here'.
    """
    arrays = [to_array(name, array) for name, array in zip(names, (left, right), strict=True)]
    if any(array.ndim not in (1, 2) for array in arrays):
        shapes = " and ".join(str(array.shape) for array in arrays)
        raise ValueError(f"{names[0]} and {names[1]} must have one or two axes, not {shapes}.")
    try:
        result = arrays[0] - arrays[1]
    except ValueError:
        shapes = " and ".join(str(array.shape) for array in arrays)
        raise ValueError(f"{names[0]} and {names[1]} must broadcast, got {shapes}.") from None
    table = np.atleast_2d(result)
    n, m = table.shape
    blocks = [
        (array, np.atleast_2d(array), name) for array, name in zip(arrays, names, strict=True)
    ]
    edge = 0.0
    for (array, block, name), sign in zip(blocks, ("−", "="), strict=True):
        copied = np.ones((n, m), dtype=bool)
        copied[: len(block), : block.shape[1]] = False
        draw_block(ax, edge, np.broadcast_to(block, (n, m)), np.zeros((n, m), dtype=bool), copied)
        shape = f"({array.size},)" if array.ndim == 1 else str(array.shape)
        ax.text(edge + m / 2, -n / 2 - 0.5, f"{name}   {shape}", ha="center")
        ax.text(edge + m + 0.55, 0, sign, ha="center", va="center", fontsize=14)
        edge += m + 1.1
    pairs = np.eye(n, m, dtype=bool) if arrays[0].size == arrays[1].size else np.zeros((n, m), bool)
    draw_block(ax, edge, table, pairs, np.zeros((n, m), dtype=bool))
    ax.text(edge + m / 2, -n / 2 - 0.5, f"the difference   {result.shape}", ha="center")
    _frame(ax, (-0.2, edge + m + 0.2), (-n / 2 - 0.8, n / 2 + 0.2))
    return (
        f"{arrays[0].shape} − {arrays[1].shape} is {result.shape}: {arrays[0].size} and "
        f"{arrays[1].size} numbers give {result.size} differences."
    )


@picture(7.6, 3.2)
def before_and_after(before, after, names, what, prediction=..., *, ax=None):
    """Draw numbers before and after a change, and mark a prediction of the largest.

    before and after of shape (n,); the n names of the places, and what the numbers are.
    From the lesson 'Start here'.
    """
    before, after = to_vectors(before=before, after=after)
    if len(names) != len(after):
        raise ValueError(f"names must be {len(after)} names, but are {len(names)}.")
    changed = np.flatnonzero(before != after)
    places = np.arange(len(after))
    ax.plot(places, after, "o-", color=TRAIN, label="after")
    ax.plot(places[changed], before[changed], "o", mfc="white", color=FIT, label="before")
    for place in changed:
        _arrow(ax, (place, before[place]), (place, after[place]))
    ax.set_xticks(places, names)
    ax.set(ylabel=what, ylim=window([*before, *after]))
    words = mark_prediction(ax, prediction, after.max(), axis="y")
    ax.legend(loc="upper left")
    moves = [f"{names[k]} from {before[k]:.4g} to {after[k]:.4g}" for k in changed]
    return f"Changed: {', '.join(moves) or 'nothing'}. The largest is now {after.max():.4g}.{words}"


@picture(10.4, 4.0, "table errors", width_ratios=[1.15, 1])
def every_pair(predictions, y, prediction=..., *, axs=None):
    """Draw the differences of all pairs, and the MSE of predictions by rows and by pairs.

    predictions maps names to columns of shape (n, 1), and y has shape (n,), n a small number; the
    table shows the first of them. `prediction` is a guess of its MSE over all pairs.
    From the lesson 'Start here'.
    """
    if not isinstance(predictions, dict) or not predictions:
        raise ValueError(f"predictions must be a dictionary of columns, got {predictions!r:.80}.")
    y = to_vector("y", y)
    n = len(y)
    columns = [to_vector("predictions", column, n) for column in predictions.values()]
    tables = [column[:, None] - y for column in columns]
    by_pairs = [(table**2).mean() for table in tables]
    by_rows = [((column - y) ** 2).mean() for column in columns]

    ax, table = axs["table"], tables[0]
    largest = np.abs(table).max() or 1.0
    image = ax.imshow(table, vmin=-largest, vmax=largest, cmap=rcParams["image.cmap"])
    ax.plot([0, n - 1], [0, n - 1], color=FIT, linewidth=2.2)
    for row, column in np.ndindex(table.shape):
        number = ax.text(column, row, format_cell(table[row, column]), ha="center", va="center")
        number.set_bbox({"facecolor": "white", "alpha": 0.85, "pad": 1.5, "edgecolor": "none"})
    ax.set(xlabel="position in y", ylabel="position in the predictions")
    ax.set(xticks=range(n), yticks=range(n))
    ax.set_title(f"{table.size:,} differences\non the line: the {n} that were meant")
    ax.grid(False)
    ax.figure.colorbar(image, ax=ax, label="difference", shrink=0.9)

    ax = axs["errors"]
    places = np.arange(len(columns))
    for shift, errors, color, label in (
        (-0.18, by_rows, FIT, "row by row"),
        (0.18, by_pairs, "#707070", "all pairs"),
    ):
        bars = ax.barh(places + shift, errors, 0.32, color=color, label=label)
        ax.bar_label(bars, fmt="%.5g", padding=3)
    ax.set_yticks(places, list(predictions))
    ax.set(xlabel="mean squared error", ylim=(len(columns) - 0.45, -0.9))
    widest = max(by_rows + by_pairs) or 1.0
    ax.set_xlim(-0.04 * widest, 1.25 * widest)  # so that a prediction of 0 can be seen
    words = mark_prediction(ax, prediction, by_pairs[0])
    ax.legend(loc="upper center", ncols=3)
    each = zip(predictions, by_rows, by_pairs, strict=True)
    errors = ", ".join(f"{name} {rows:.5g} and {pairs:.5g}" for name, rows, pairs in each)
    return (
        f"Of {table.size:,} differences, {n} were meant. "
        f"MSE by rows and over all pairs: {errors}.{words}"
    )


def _plain(table):
    nothing = np.zeros(table.shape, dtype=bool)
    return nothing, nothing


def _arrow(ax, start, end):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": TRAIN, "linewidth": 1.4})


def _frame(ax, x_range, y_range):
    ax.set(xlim=x_range, ylim=y_range, aspect="equal")
    ax.axis("off")
