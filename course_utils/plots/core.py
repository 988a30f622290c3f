"""What several pictures draw: lines through data, paths over bowls, and matrices cell by cell."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from course_utils.descent import QuadraticLoss, design_matrix
from course_utils.figures import (
    BEST,
    FIT,
    describe_prediction,
    format_number,  # noqa: F401 (for the other modules of pictures)
    is_prediction,
)


def line_ends(*xs):
    """Return two x just outside of all `xs`, between which a fitted line is drawn."""
    low, high = min(x.min() for x in xs), max(x.max() for x in xs)
    margin = 0.04 * (high - low)
    return np.array([low - margin, high + margin])


def line_loss(x, y):
    """Return the loss of all lines y = w·x + b on these points, as a function of (w, b)."""
    return QuadraticLoss(design_matrix(x), y)


def draw_bowl(ax, loss, w_range, b_range):
    """Draw level lines of `loss`, which are ellipses, in a window of the (w, b) plane."""
    highest = loss.loss(np.stack(np.meshgrid(w_range, b_range), axis=-1)).max()  # at a corner
    levels = np.geomspace(max(loss.min_loss, highest / 1e4) * 1.05, 0.98 * highest, 12)
    curvatures = np.maximum(loss.eigenvalues, 1e-12 * loss.eigenvalues[-1])  # flat: very long
    half_axes = loss.eigenvectors * np.sqrt(2 / curvatures)  # where the loss has risen by 1
    angles = np.linspace(0, 2 * np.pi, 361)
    ellipse = np.column_stack([np.cos(angles), np.sin(angles)]) @ half_axes.T
    lines = [loss.minimizer + np.sqrt(level - loss.min_loss) * ellipse for level in levels]
    ax.add_collection(LineCollection(lines, array=levels, linewidths=0.9, alpha=0.8))
    ax.plot(*loss.minimizer, "*", color=BEST, markersize=13, label="least squares", zorder=5)
    ax.set(xlabel="weight w", ylabel="bias b", xlim=w_range, ylim=b_range)
    ax.grid(False)


def window(points, margin=0.15):
    """Return (low, high) with a margin around the numbers in `points`."""
    low, high = np.min(points), np.max(points)
    pad = margin * (high - low) or 1.0
    return low - pad, high + pad


def draw_path(ax, loss, path, w_range, b_range, title, color=FIT):
    """Draw one descent as a path over the level lines of its loss."""
    draw_bowl(ax, loss, w_range, b_range)
    size = 3 if len(path) < 200 else 1
    ax.plot(*path.T, "o-", color=color, markersize=size, linewidth=1, alpha=0.8)
    ax.plot(*path[0], "s", color=color, markersize=7, label="start")
    ax.set_title(title)


def draw_block(ax, left, block, marked, copied):
    """Draw a matrix as cells of width and height 1, from x = `left` on, centred on y = 0.

    `marked` and `copied` say cell by cell what is bold, and what broadcasting only repeats: such
    a cell is dotted.
    """
    for (r, c), value in np.ndenumerate(block):
        bold, dotted = marked[r, c], copied[r, c]
        corner = left + c, len(block) / 2 - r - 1
        style = {"edgecolor": "#a0a0a0" if dotted else "#404040", "linewidth": 0.8}
        style |= {"facecolor": "#fbe3d3" if bold else "white", "linestyle": ":" if dotted else "-"}
        ax.add_patch(Rectangle(corner, 1, 1, **style))
        ax.text(
            corner[0] + 0.5,
            corner[1] + 0.5,
            format_cell(value),
            ha="center",
            va="center",
            fontsize=9.5,
            fontweight="bold" if bold else "normal",
            color="#707070" if dotted and not bold else "black",
        )


def format_cell(value):
    """Write a number for a cell, with up to five digits."""
    return f"{value:.5g}".replace("-", "−")


def signed(value):
    """Write a number with two decimals, a true minus sign, and no sign before a zero."""
    return f"{value:z.2f}".replace("-", "−")


def mark_prediction(ax, prediction, truth, axis="x"):
    """Draw what the student predicted as a dashed line, and return the words for the caption.

    `prediction` is what the lesson's `my_prediction` holds: a number, or ... (or None) before the
    student has typed one. The line marks it on the x or y `axis`. Call this when everything else
    is drawn, since the limits of the axes stay, and before `ax.legend()`.
    """
    if is_prediction(prediction):
        draw_line = ax.axvline if axis == "x" else ax.axhline
        limits = ax.axis()  # a wild guess must not squeeze the rest of the picture
        draw_line(prediction, color="black", linestyle="--", linewidth=1.2, label="your prediction")
        ax.axis(limits)
    return describe_prediction(prediction, truth)
