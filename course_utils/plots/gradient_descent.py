"""The pictures that the lesson 'Gradient descent by hand' introduces."""

import numpy as np
from matplotlib import rcParams

from course_utils._validate import to_number, to_path, to_positive, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import draw_bowl, draw_path, line_ends, line_loss, window


@picture(6.6, 4.0)
def train_and_validation(x_train, y_train, x_val, y_val, w=None, b=None, *, ax=None):
    """Scatter both sets and, given w and b, the line y = w·x + b.

    x and y of shape (n, 1) or (n,); w and b are numbers.
    From the lesson 'Gradient descent by hand'.
    """
    x_train, x_val = to_vector("x_train", x_train), to_vector("x_val", x_val)
    y_train = to_vector("y_train", y_train, length=len(x_train))
    y_val = to_vector("y_val", y_val, length=len(x_val))
    ax.plot(x_train, y_train, "o", color=TRAIN, alpha=0.75, label=f"train ({len(x_train)} points)")
    ax.plot(x_val, y_val, "D", color=VALIDATION, label=f"validation ({len(x_val)} points)")
    caption = f"{len(x_train)} training points and {len(x_val)} validation points"
    if w is not None:
        w, b = to_number("w", w), to_number("b", b)
        ends = line_ends(x_train, x_val)
        ax.plot(ends, w * ends + b, color=FIT, label=f"y = {w:.4g}·x + {b:.4g}")
        caption += f", with the line y = {w:.4g}·x + {b:.4g}"
    ax.set(xlabel="x", ylabel="y")
    ax.legend(loc="upper left")
    lowest, highest = min(y_train.min(), y_val.min()), max(y_train.max(), y_val.max())
    return f"{caption}; y runs from {lowest:.4g} to {highest:.4g}."


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
    w_range = window([point[0], 2 * loss.minimizer[0] - point[0]], 0.05)
    b_range = window([point[1], 2 * loss.minimizer[1] - point[1]], 0.3)
    ws, bs = np.meshgrid(np.linspace(*w_range, 60), np.linspace(*b_range, 60))
    heights = loss.loss(np.stack([ws, bs], axis=-1))
    here = float(loss.loss(point))

    ax = axs["surface"]
    ax.plot_surface(ws, bs, heights, cmap=rcParams["image.cmap"], alpha=0.75, linewidth=0)
    ax.plot(*point, here, "o", color=FIT)
    ax.plot(*loss.minimizer, loss.min_loss, "*", color=BEST, markersize=13)
    ax.set(xlabel="weight w", ylabel="bias b", zlabel="loss (MSE)")
    ax.locator_params(nbins=5)
    ax.view_init(elev=30, azim=-50)
    ax.set_box_aspect((4, 4, 3), zoom=0.9)
    ax.set_title("the loss over all lines")

    ax = axs["map"]
    draw_bowl(ax, loss, w_range, b_range)
    ax.plot(*point, "o", color=FIT, markersize=8, label="start")
    ax.set_title("the same from above: lines of equal loss")
    ax.legend(loc="upper right")
    best = loss.minimizer
    return (
        f"The loss is a bowl: {here:.4f} at w = {point[0]:.4f}, b = {point[1]:.4f}, "
        f"and {loss.min_loss:.6f} at its lowest point, w = {best[0]:.4f}, b = {best[1]:.4f}."
    )


@picture(10.4, 3.8, "w b", sharey=True)
def loss_slices(x, y, w, b, dw, db, *, axs=None):
    """Cut the loss surface through (w, b) along each axis, with the slope there.

    x and y of shape (n, 1) or (n,); dw and db are the partial derivatives at (w, b).
    From the lesson 'Gradient descent by hand'.
    """
    loss = line_loss(*to_vectors(x=x, y=y))
    point = np.array([to_number("w", w), to_number("b", b)])
    slopes = {"w": to_number("dw", dw), "b": to_number("db", db)}
    here = float(loss.loss(point))
    for axis, (name, ax) in enumerate((name, axs[name]) for name in "wb"):
        away = np.linspace(-0.8, 3.2, 200)
        along = np.repeat(point[None], len(away), axis=0)
        along[:, axis] += away
        ax.plot(along[:, axis], loss.loss(along), color=TRAIN, label="loss")
        near = np.array([-0.6, 0.6])
        ax.plot(
            point[axis] + near,
            here + slopes[name] * near,
            color=FIT,
            linestyle="--",
            label=f"slope {slopes[name]:.4f}",
        )
        ax.plot(point[axis], here, "o", color=FIT, markersize=8, label="start")
        other = "b" if name == "w" else "w"
        ax.set(xlabel={"w": "weight w", "b": "bias b"}[name])
        ax.set_title(f"{name} moves, {other} = {point[1 - axis]:.4f} stays")
        ax.legend(loc="upper right")
    axs["w"].set_ylabel("loss (MSE)")
    return (
        f"At the start the loss is {here:.4f}; it falls with slope {slopes['w']:.4f} along w "
        f"and with slope {slopes['b']:.4f} along b."
    )


@picture(11.4, 3.9, "data parameters loss")
def three_views(x, y, path, *, axs=None):
    """Show one descent as lines through the data, as a path, and as a loss curve.

    x and y of shape (n, 1) or (n,); path of shape (epochs + 1, 2) holds (w, b) before the first
    epoch and after each. The same marks, by shape and colour, are the same epochs in each view.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    path = to_path("path", path)
    loss = line_loss(x, y)
    losses = loss.loss(path)
    last = len(path) - 1
    marked = sorted({0, *(k for k in (3, 20, 100) if k < last), last})
    shapes = dict(zip(marked, "oDs^v", strict=False))

    ends = line_ends(x)
    axs["data"].plot(x, y, "o", color=TRAIN, alpha=0.35, markersize=4)
    axs["parameters"].plot(*path.T, color=FIT, linewidth=1.2)
    axs["loss"].plot(np.arange(last + 1), losses, color=FIT, linewidth=1.2)
    draw_bowl(axs["parameters"], loss, window(path[:, 0]), window(path[:, 1]))
    for shade, epoch in zip(np.linspace(0.4, 1, len(marked)), marked, strict=True):
        w, b = path[epoch]
        style = {"color": FIT, "alpha": shade, "marker": shapes[epoch], "markersize": 7}
        axs["data"].plot(ends, w * ends + b, label=f"epoch {epoch}", markevery=[1], **style)
        axs["parameters"].plot(w, b, linestyle="none", **style)
        axs["loss"].plot(epoch, losses[epoch], linestyle="none", **style)
    axs["data"].set(xlabel="x", ylabel="y", title="data: the line turns")
    axs["data"].legend(loc="upper left")
    axs["data"].set_ylim(top=y.max() + 0.55 * np.ptp(y))
    axs["parameters"].set_title("parameters: the path descends")
    axs["parameters"].legend(loc="upper left")
    axs["loss"].set_xscale("symlog", linthresh=10)  # the first epochs matter, the last are many
    axs["loss"].set(xlabel="epoch", ylabel="loss (MSE)", yscale="log")
    axs["loss"].set(title="loss: it falls", xlim=(-0.5, 1.3 * last))
    return (
        f"In {last} epochs the loss falls from {losses[0]:.4f} to {losses[-1]:.6f}, "
        f"and (w, b) moves from ({path[0, 0]:.4f}, {path[0, 1]:.4f}) "
        f"to ({path[-1, 0]:.4f}, {path[-1, 1]:.4f})."
    )


@picture(11.4, 6.4, "m0 m1 m2; loss loss loss", height_ratios=[1.3, 1])
def batch_paths(x, y, paths, n_passes, *, axs=None):
    """Compare descents with three batch sizes over equally many passes.

    x and y of shape (n, 1) or (n,); `paths` maps three batch sizes to arrays of shape
    (steps + 1, 2) with (w, b) before the first step and after each.
    From the lesson 'Gradient descent by hand'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    if len(paths) != 3:
        raise ValueError(f"paths must hold three batch sizes, but holds {list(paths)}.")
    arrays = [to_path("paths", path) for path in paths.values()]
    n_passes = to_positive("n_passes", n_passes)
    everything = np.vstack(arrays)
    ranges = window(everything[:, 0]), window(everything[:, 1])
    phrases = []
    for i, (size, path) in enumerate(zip(paths, arrays, strict=True)):
        color, title = (TRAIN, FIT, VALIDATION)[i], f"batches of {size}: {len(path) - 1} steps"
        draw_path(axs[f"m{i}"], loss, path, *ranges, title, color)
        passes = np.linspace(0, n_passes, len(path))
        style = {"color": color, "linewidth": (2.4, 1.6, 0.7)[i]}
        axs["loss"].plot(passes, loss.loss(path), label=f"batches of {size}", **style)
        phrases.append(f"{loss.loss(path[-1]):.4g} with batches of {size}")
        if i:
            axs[f"m{i}"].set_ylabel("")
    axs["m0"].legend(loc="upper left")
    axs["loss"].axhline(loss.min_loss, color="black", linestyle=":", label="least possible")
    axs["loss"].set(xlabel="passes over the training data", yscale="log")
    axs["loss"].set_ylabel("loss (MSE), all training rows")
    axs["loss"].legend(loc="upper right")
    return f"After {n_passes:g} passes the loss is {', '.join(phrases)}."


@picture(6.6, 3.9)
def learning_curves(train_losses, val_losses, *, ax=None):
    """Draw training and validation loss against the epoch.

    Both of shape (epochs + 1,): the loss before the first epoch and after each.
    From the lesson 'Gradient descent by hand'.
    """
    train, val = to_vectors(train_losses=train_losses, val_losses=val_losses)
    ax.plot(train, color=TRAIN, label="training loss")
    ax.plot(val, "--", color=VALIDATION, label="validation loss")
    ax.set(xlabel="epoch", ylabel="loss (MSE)", yscale="log")
    ax.legend(loc="upper right")
    return (
        f"After {len(train) - 1} epochs the training loss is {train[-1]:.6f} "
        f"and the validation loss {val[-1]:.6f}."
    )
