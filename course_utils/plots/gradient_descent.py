"""The pictures that the lesson 'Gradient descent by hand' introduces."""

import numpy as np
from matplotlib import rcParams
from matplotlib.colors import LogNorm

from course_utils._validate import (
    to_count,
    to_number,
    to_path,
    to_vector,
    to_vectors,
)
from course_utils.figures import BEST, FIT, TRAIN, picture
from course_utils.plots.core import (
    line_ends,
    line_loss,
    mark_prediction,
    window,
)

TIME, HEIGHT = "x: time (hours)", "y: height of the water (m)"


@picture(6.6, 4.0)
def readings(x, y, w=None, b=None, at=None, *, ax=None):
    """Scatter the readings of the tank; given w and b, draw the line, and read it off at one time.

    x and y of shape (n, 1) or (n,); w, b and the time `at` are numbers.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    ax.plot(x, y, "o", color=TRAIN, alpha=0.75, label=f"{len(x)} readings")
    caption = f"{len(x)} readings; the height runs from {y.min():.4g} to {y.max():.4g} m"
    if w is not None:
        w, b = to_number("w", w), to_number("b", b)
        ends = line_ends(x)
        ax.plot(ends, w * ends + b, color=FIT, label=f"y = {w:.4g}·x + {b:.4g}")
        caption = f"{len(x)} readings and the line y = {w:.4g}·x + {b:.4g}"
        if at is not None:
            at = to_number("at", at)
            height = w * at + b
            (left, _), (bottom, _) = limits = ax.get_xlim(), ax.get_ylim()
            ax.plot([left, at, at], [height, height, bottom], ":", color="black", linewidth=1.4)
            ax.plot(at, height, "s", color="black", label=f"x = {at:g}: y = {height:.4g} m")
            ax.set(xlim=limits[0], ylim=limits[1])
            caption += f"; at x = {at:g} it is at {height:.4g} m"
    ax.set(xlabel=TIME, ylabel=HEIGHT)
    ax.legend(loc="upper left")
    return f"{caption}."


@picture(6.6, 4.0)
def one_residual(x, y, w, b, row, *, ax=None):
    """Draw a line, and the arrow from the target of one row to its prediction.

    x and y of shape (n, 1) or (n,); w and b are numbers; `row` counts from 0.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    w, b, row = to_number("w", w), to_number("b", b), to_count("row", row)
    if row >= len(x):
        raise ValueError(f"row must be below {len(x)}, the number of rows, but is {row}.")
    y_pred = w * x[row] + b
    residual = y_pred - y[row]
    ends = line_ends(x)
    ax.plot(x, y, "o", color=TRAIN, alpha=0.25)
    ax.plot(ends, w * ends + b, color=FIT, label=f"y_pred = {w:.4g}·x + {b:.4g}")
    ax.plot(x[row], y[row], "o", color=TRAIN, markersize=8, label=f"row {row}")
    style = {"arrowstyle": "-|>", "color": "black", "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (x[row], y_pred), (x[row], y[row]), arrowprops=style)
    side = -1 if x[row] > x.mean() else 1
    ax.annotate(
        f"residual\n{residual:.4f}".replace("-", "−"),
        (x[row], (y[row] + y_pred) / 2),
        (8 * side, 0),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
    )
    ax.set(xlabel=TIME, ylabel=HEIGHT)
    ax.legend(loc="upper left")
    return (
        f"Row {row}: the reading is {y[row]:.4f} m, the line says {y_pred:.4f} m, "
        f"so the residual is {residual:.4f} m."
    )


@picture(6.6, 3.9)
def loss_by_bias(x, y, w, b, prediction=None, *, ax=None):
    """Draw the MSE of the lines y = w·x + b against b alone, with its lowest point.

    x and y of shape (n, 1) or (n,); w and b are numbers; `prediction` is the b at which the
    student expects the lowest point.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    w, b = to_number("w", w), to_number("b", b)
    lowest, least, here = _draw_parabola(ax, x, y, w, b)
    words = mark_prediction(ax, prediction, lowest)
    ax.legend(loc="upper center")
    return (
        f"While w stays at {w:.4f}, the loss is {here:.4f} at b = {b:.4f} and least, "
        f"{least:.4f}, at b = {lowest:.4f}.{words}"
    )


@picture(6.6, 4.2)
def steps_downhill(x, y, w, biases, *, ax=None):
    """Draw the steps of b down the parabola of the loss, with the first slope as a triangle.

    x and y of shape (n, 1) or (n,); w is a number; `biases`, of shape (steps + 1,), holds b before
    the first step and after each.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    w, biases = to_number("w", w), to_vector("biases", biases)
    n_steps = len(biases) - 1
    lowest, least, here = _draw_parabola(ax, x, y, w, biases[0])
    losses = least + (biases - lowest) ** 2
    ax.plot(biases, losses, "o", color=FIT, markersize=5, label=f"{n_steps} steps")

    slope, run = 2 * (biases[0] - lowest), 0.4
    corners = np.array([[0, 0], [run, 0], [run, slope * run], [0, 0]]) + [biases[0], here]
    ax.fill(*corners.T, color=FIT, alpha=0.15, linewidth=0)
    ax.plot(*corners.T, color=FIT, linewidth=1.2)
    ax.annotate(
        f"slope = {slope * run:.4f} / {run:g} = {slope:.4f}",
        corners[1:3].mean(axis=0),
        (6, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
    )

    floor = least - 0.16 * (here - least)
    style = {"arrowstyle": "-|>", "color": FIT, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8}
    for k in range(n_steps):
        ax.annotate("", (biases[k + 1], floor), (biases[k], floor), arrowprops=style)
        ax.plot([biases[k]] * 2, [floor, losses[k]], ":", color=FIT, linewidth=0.9)
    ax.set_ylim(bottom=floor - 0.1 * (here - least))
    ax.legend(loc="upper center")
    return (
        f"At b = {biases[0]:.4f} the slope is {slope:.4f}; after {n_steps} steps b is "
        f"{biases[-1]:.4f}."
    )


def _draw_parabola(ax, x, y, w, b):
    """Draw the loss against b; return its lowest point, the loss there, and the loss at b."""
    lowest = (y - w * x).mean()
    least = ((w * x + lowest - y) ** 2).mean()
    here = least + (b - lowest) ** 2  # for a fixed w, the MSE is b² and smaller powers of b
    reach = 1.15 * max(abs(b - lowest), 0.5)
    away = np.linspace(-reach, reach, 201)
    ax.plot(lowest + away, least + away**2, color=TRAIN)
    ax.plot(b, here, "s", color=FIT, markersize=7, label=f"start: b = {b:.4f}")
    ax.plot(lowest, least, "*", color=BEST, markersize=13, label=f"lowest: b = {lowest:.4f}")
    ax.set(xlabel=f"bias b, while w stays at {w:.4f}", ylabel="loss (MSE)")
    return lowest, least, here


@picture(9.6, 7.0, "data parameters; loss loss", height_ratios=[1.3, 1])
def whole_run(x, y, path, prediction=None, *, axs=None):
    """Show one descent as lines through the data, as a path over level lines, and as a loss curve.

    x and y of shape (n, 1) or (n,); path of shape (epochs + 1, 2) holds (w, b) before the first
    epoch and after each; `prediction` is the epoch from which on the student expects the loss to
    be within 1% of its end. Marks of one shape are the same epoch in each view.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    path = to_path("path", path)
    loss = line_loss(x, y)
    losses = loss.loss(path)
    last = len(path) - 1
    marked = sorted({0, *(k for k in (10, 100) if k < last), last})
    shapes = dict(zip(marked, "sD^o", strict=False))
    near_end = int(np.argmax(losses <= 1.01 * losses[-1]))

    ends = line_ends(x)
    axs["data"].plot(x, y, "o", color=TRAIN, alpha=0.3, markersize=4)
    low, high = window(path[:, 0], 0.12)
    w_range = low, high + 0.15 * (high - low)  # room for a word beside the star
    _draw_levels(axs["parameters"], loss, w_range, window(path[:, 1], 0.3))
    axs["parameters"].plot(*path.T, color=FIT, linewidth=1.4)
    axs["loss"].plot(np.arange(last + 1), losses, color=FIT, linewidth=1.4)
    for shade, epoch in zip(np.linspace(0.45, 1, len(marked)), marked, strict=True):
        w, b = path[epoch]
        style = {"color": FIT, "marker": shapes[epoch], "markersize": 7}
        label = f"epoch {epoch:,}"
        axs["data"].plot(ends, w * ends + b, label=label, markevery=[1], alpha=shade, **style)
        if epoch == last:  # a ring: the star inside it stays visible
            style |= {"markersize": 15, "markerfacecolor": "none", "markeredgewidth": 1.6}
        axs["parameters"].plot(w, b, linestyle="none", **style)
        style |= {"markersize": 7}
        axs["loss"].plot(epoch, losses[epoch], linestyle="none", **style)
    axs["data"].set(xlabel=TIME, ylabel=HEIGHT, title="the line rises, then turns")
    axs["data"].legend(loc="upper left")
    axs["data"].set_ylim(top=y.max() + 0.6 * np.ptp(y))
    _name(axs["parameters"], "start", path[0])
    _name(axs["parameters"], "lowest", loss.minimizer, (13, -9))
    axs["parameters"].set_title("(w, b) walks, over curves of equal loss")
    axs["loss"].set(xlabel="epoch", yscale="log", title="the loss falls")
    axs["loss"].set_ylabel("loss (MSE), each label ten times\nthe one below")
    axs["loss"].axvline(near_end, color=BEST, linestyle=":", label=f"within 1%: epoch {near_end}")
    words = mark_prediction(axs["loss"], prediction, near_end)
    axs["loss"].legend(loc="upper right")
    return (
        f"In {last:,} epochs the loss falls from {losses[0]:.4f} to {losses[-1]:.6f}; from epoch "
        f"{near_end} on it is within 1% of that.{words}"
    )


def _draw_levels(ax, loss, w_range, b_range):
    """Draw curves of equal loss with their values in a window of the (w, b) plane, and its star."""
    ws, bs = np.meshgrid(np.linspace(*w_range, 121), np.linspace(*b_range, 121))
    heights = loss.loss(np.stack([ws, bs], axis=-1))
    rounds = np.outer(10.0 ** np.arange(-9, 10), [1, 2, 5]).ravel()
    levels = rounds[(rounds > 3 * loss.min_loss) & (rounds < heights.max())][-8:]
    shades = LogNorm(levels[0], 20 * levels[-1])  # no yellow on white
    lines = ax.contour(ws, bs, heights, levels=levels, norm=shades, linewidths=0.9)
    ax.clabel(lines, fmt="%g", fontsize=8)
    ax.plot(*loss.minimizer, "*", color=BEST, markersize=12, zorder=5)
    ax.set(xlabel="weight w", ylabel="bias b", xlim=w_range, ylim=b_range, aspect="equal")
    ax.grid(False)


def _name(ax, text, place, shift=(10, 6)):
    """Write what a marker is beside it."""
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
    ax.annotate(text, place, shift, textcoords="offset points", bbox=box, zorder=6)


@picture(6.6, 3.9)
def difference_errors(hs, forward, central, *, ax=None):
    """Draw how far two difference quotients are off, against the change h, on logarithmic axes.

    All of shape (n,): the changes h, and the errors of the forward and the central difference.
    From the lesson 'Gradient descent by hand'.
    """
    hs, forward, central = to_vectors(hs=hs, forward=forward, central=central)
    least = 1e-17  # the logarithm has no place for 0
    ax.plot(hs, np.maximum(forward, least), "o-", color=FIT, label="forward difference")
    ax.plot(hs, np.maximum(central, least), "s-", color=TRAIN, label="central difference")
    ax.set(xscale="log", yscale="log", xlabel="h", ylabel="distance from the derivative")
    ax.legend(loc="upper center")
    k = np.argmax(hs)  # far from rounding, so that it's the same on every machine
    return (
        f"At h = {hs[k]:g} the forward difference is off by {forward[k]:.2g}; towards "
        f"h = {hs.min():.0e} both get worse."
    )


@picture(10.4, 3.9, "residuals squares")
def residuals(x, y, w, b, *, axs=None):
    """Draw the line, each point's residual, and each residual squared.

    x and y of shape (n, 1) or (n,); w and b are numbers.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    w, b = to_number("w", w), to_number("b", b)
    y_pred = w * x + b
    squares = (y_pred - y) ** 2
    mse = squares.mean()

    ax = axs["residuals"]
    ax.vlines(x, y, y_pred, color=FIT, alpha=0.45, linewidth=1.2, label="residual  y_pred − y")
    ax.plot(x, y, "o", color=TRAIN, alpha=0.75, label="data")
    ends = line_ends(x)
    line = w * ends + b
    ax.plot(ends, line, color=FIT, label=f"y_pred = {w:.4g}·x + {b:.4g}")
    # A line near the data leaves the axes as they are: with a slider it moves, and not the data.
    low, high = min(y.min() - 0.5 * np.ptp(y), line.min()), max(y.max(), line.max())
    ax.set(xlabel="x", ylabel="y")
    ax.set_ylim(low - 0.05 * (high - low), high + 0.45 * (high - low))
    ax.set_title("how far each prediction is off")
    ax.legend(loc="upper left")

    ax = axs["squares"]
    ax.vlines(x, 0, squares, color=FIT, alpha=0.45, linewidth=1.2)
    ax.plot(x, squares, "o", color=FIT, markersize=4, label="residual squared")
    ax.axhline(mse, color="black", linestyle="--", label=f"their mean: MSE = {mse:.4f}")
    ax.set(xlabel="x", ylabel="residual²", ylim=(0, 1.35 * squares.max()))
    ax.set_title("the same, squared")
    ax.legend(loc="upper left")
    below = int((y_pred < y).sum())
    return (
        f"The line lies below {below} of {len(x)} points; "
        f"the squared residuals run up to {squares.max():.4g}, their mean is {mse:.4f}."
    )


@picture(10.4, 4.2, "surface map", per_subplot_kw={"surface": {"projection": "3d"}})
def loss_surface(x, y, w, b, *, axs=None):
    """Draw the MSE over all lines (w, b) as a surface and as a map, one line marked.

    x and y of shape (n, 1) or (n,); w and b are numbers.
    From the lesson 'Gradient descent by hand'.
    """
    loss = line_loss(*to_vectors(x=x, y=y))
    point = np.array([to_number("w", w), to_number("b", b)])
    best = loss.minimizer
    reach = 1.15 * max(np.abs(point - best).max(), 0.5)
    w_range, b_range = zip(best - reach, best + reach, strict=True)
    ws, bs = np.meshgrid(np.linspace(*w_range, 60), np.linspace(*b_range, 60))
    heights = loss.loss(np.stack([ws, bs], axis=-1))
    here = float(loss.loss(point))

    ax = axs["surface"]
    ax.plot_surface(ws, bs, heights, cmap=rcParams["image.cmap"], alpha=0.75, linewidth=0)
    ax.plot(*point, here, "s", color=FIT)
    ax.plot(*best, loss.min_loss, "*", color=BEST, markersize=13)
    ax.set(xlabel="weight w", ylabel="bias b", zlabel="loss (MSE)")
    ax.locator_params(nbins=5)
    ax.view_init(elev=30, azim=-60)
    ax.set_box_aspect((4, 4, 3), zoom=1.0)
    ax.set_title("the loss over all lines")

    ax = axs["map"]
    _draw_levels(ax, loss, w_range, b_range)
    ax.plot(*point, "s", color=FIT, markersize=7)
    _name(ax, "start", point)
    _name(ax, "lowest", best, (20, 4))  # beside the number of a curve
    ax.set_title("the same from above: curves of equal loss")
    return (
        f"The loss is a bowl: {here:.4f} at w = {point[0]:.4f}, b = {point[1]:.4f}, "
        f"and {loss.min_loss:.6f} at its lowest point, w = {best[0]:.4f}, b = {best[1]:.4f}."
    )
