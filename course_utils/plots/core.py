"""What every picture shares: how it shows itself, its colours, and how paths and bowls are drawn.

A picture takes arrays or tensors. Given axes (`ax`, or `axs`: a dictionary of them by panel name)
it draws there and returns a line that says what the picture shows, with its numbers. Otherwise it
shows the figure and prints that line under it; the line is the figure's alt text, too.
"""

import base64
import io
from contextlib import contextmanager
from functools import wraps

import numpy as np
from IPython.display import display
from matplotlib import rcParams
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils._validate import to_array

# The role of each colour; notebooks/matplotlibrc says which colour it is.
TRAIN, FIT, BEST, VALIDATION = "C0", "C1", "C2", "C3"

_caught = []  # the lists of `caught`, the innermost last


def picture(width, height, panels=None, **layout):
    """Make `draw(..., ax=...)` a picture of `width` by `height` inches that shows itself.

    With `panels`, a subplot mosaic such as "data loss", the keyword is `axs` and holds the axes
    by panel name; `layout` goes to `Figure.subplot_mosaic`.
    """
    keyword = "axs" if panels else "ax"
    rows = [row.split() for row in panels.split(";")] if panels else [[keyword]]
    names = {name for row in rows for name in row}

    def decorate(draw):
        @wraps(draw)
        def drawn(*args, **kwargs):
            axes = kwargs.pop(keyword, None)
            if axes is not None:
                if panels and names - set(axes):
                    raise ValueError(f"axs must hold axes for {sorted(names)}, got {list(axes)}.")
                return draw(*args, **kwargs, **{keyword: axes})
            figure = Figure(figsize=(width, height))
            mosaic = figure.subplot_mosaic(rows, **layout)
            line = draw(*args, **kwargs, **{keyword: mosaic if panels else mosaic[keyword]})
            show(figure, line)

        return drawn

    return decorate


def show(figure, line):
    """Display a figure with `line` as its alt text, and print the line under it."""
    if _caught:
        _caught[-1].append((figure, line))
    else:
        data, metadata = as_output(figure, line, to_png(figure))
        display(data, metadata=metadata, raw=True)
    print(line)


@contextmanager
def caught():
    """Keep figures from being displayed: the list gets a pair (figure, line) for each."""
    _caught.append([])
    try:
        yield _caught[-1]
    finally:
        _caught.pop()


def to_png(figure):
    """Return a figure as PNG."""
    png = io.BytesIO()
    # Without the Software entry a new patch release of matplotlib leaves the bytes as they were.
    figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


def as_output(figure, line, png):
    """Return what a notebook displays of a figure: the data and the metadata, by MIME type."""
    width = round(figure.get_figwidth() * rcParams["figure.dpi"])
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": line}
    return data, {"image/png": {"alt": line, "width": width}}


def line_ends(*xs):
    """Return two x just outside of all `xs`, between which a fitted line is drawn."""
    low, high = min(x.min() for x in xs), max(x.max() for x in xs)
    margin = 0.04 * (high - low)
    return np.array([low - margin, high + margin])


def to_path(name, path, length=None):
    """Return a path, a sequence of (w, b), as an array of shape (steps + 1, 2).

    With `length`, steps + 1 must equal it.
    """
    path = to_array(name, path)
    if path.ndim != 2 or path.shape[1] != 2:
        raise ValueError(f"{name} must have shape (steps + 1, 2), but has shape {path.shape}.")
    if length is not None and len(path) != length:
        raise ValueError(f"{name} must have {length} rows, but has {len(path)}.")
    return path


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

    `marked` and `copied` tell cell by cell what is bold, and what broadcasting only repeats: such
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
            short(value),
            ha="center",
            va="center",
            fontsize=9.5,
            fontweight="bold" if bold else "normal",
            color="#707070" if dotted and not bold else "black",
        )


def short(value):
    """Write a number as it stands in a cell: up to five digits."""
    return f"{value:.5g}".replace("-", "−")
