"""The pictures that the lesson 'Raw autograd tensors' introduces."""

import numpy as np

from course_utils._validate import to_number, to_path, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import draw_bowl, line_ends, line_loss, window


@picture(10.4, 3.9, "fit error")
def fit_and_error(x, y, W, errors, least, name, *, axs=None):
    """Draw a fitted line beside least squares, and its error against the step.

    x and y of shape (n, 1) or (n,); W holds slope and height; `errors` of shape (steps + 1,) is
    the error before the first step and after each, `least` the least possible, `name` its name.
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    W = to_vector("W", W, length=2)
    errors, least = to_vector("errors", errors), to_number("least", least)
    best = line_loss(x, y).minimizer

    ax = axs["fit"]
    ends = line_ends(x)
    ax.plot(x, y, "o", color=TRAIN, label="data")
    ax.plot(ends, W[0] * ends + W[1], color=FIT, label=f"fit: {W[0]:.4f}·x + {W[1]:.4f}")
    ax.plot(
        ends,
        best[0] * ends + best[1],
        "--",
        color=BEST,
        label=f"least squares: {best[0]:.4f}·x + {best[1]:.4f}",
    )
    ax.set(xlabel="x", ylabel="y", title="the fit", ylim=(y.min() - 0.8 * np.ptp(y), None))
    ax.legend(loc="lower right")

    ax = axs["error"]
    ax.plot(errors, color=FIT, label=name)
    ax.axhline(least, color=BEST, linestyle="--", label=f"least possible: {least:.4f}")
    ax.set(xlabel="step", ylabel=name, title="the error, step by step", ylim=(0, None))
    ax.legend(loc="upper right")
    return (
        f"After {len(errors) - 1} steps {name} is {errors[-1]:.4f} (least possible {least:.4f}), "
        f"the line {W[0]:.4f}·x + {W[1]:.4f}."
    )


@picture(10.4, 4.1, "map error")
def accumulation(x, y, path_zeroed, path_summed, *, axs=None):
    """Compare descent with zeroed gradients and with gradients that add up.

    x and y of shape (n, 1) or (n,); both paths of shape (steps + 1, 2) hold slope and height.
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    path_zeroed = to_path("path_zeroed", path_zeroed)
    path_summed = to_path("path_summed", path_summed, length=len(path_zeroed))
    everything = np.vstack([path_zeroed, path_summed])
    ranges = window(everything[:, 0], 0.2), window(everything[:, 1], 0.1)
    draw_bowl(axs["map"], loss, *ranges)
    ends = []
    for path, label, style in (
        (path_summed, "gradients add up", {"color": VALIDATION, "linewidth": 1.4}),
        (path_zeroed, "zeroed each step", {"color": FIT, "linewidth": 2.4}),
    ):
        errors = np.sqrt(loss.loss(path) / len(x))  # ‖y_pred − y‖ / n
        ends.append(errors[-1])
        axs["map"].plot(*path.T, label=label, **style)
        axs["map"].plot(*path[-1], "o", color=style["color"], markersize=8)
        axs["error"].plot(errors, label=label, **style)
    axs["map"].plot(*path_zeroed[0], "s", color="black", markersize=7, label="start")
    axs["map"].set(xlabel="slope W[0]", ylabel="height W[1]")
    axs["map"].set_title("the path over the lines of equal error")
    axs["map"].legend(loc="lower right")
    axs["error"].set(xlabel="step", ylabel="error (norm / n)", title="the error, step by step")
    axs["error"].set_ylim(0, 1.35 * np.sqrt(loss.loss(path_summed).max() / len(x)))
    axs["error"].legend(loc="upper right")
    return (
        f"After {len(path_zeroed) - 1} steps the error is {ends[1]:.4f} where the gradient is "
        f"zeroed and {ends[0]:.4f} where gradients add up."
    )


@picture(6.6, 3.8)
def norm_over_n(n_rows, norms, rmses, noise, *, ax=None):
    """Draw norm / n and RMSE against the number of rows, for the same noise.

    Three sequences of one length, and the noise's standard deviation.
    From the lesson 'Raw autograd tensors'.
    """
    n_rows, norms, rmses = to_vectors(n_rows=n_rows, norms=norms, rmses=rmses)
    noise = to_number("noise", noise)
    ax.plot(n_rows, rmses, "s-", color=TRAIN, label="RMSE")
    ax.plot(n_rows, norms, "o-", color=FIT, label="norm / n")
    ax.axhline(noise, color="black", linestyle=":", label=f"noise, {noise:g}")
    ax.set(xlabel="number of rows n", ylabel="error", xscale="log", yscale="log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set_title("the same noise on more rows")
    ax.legend(loc="lower left")
    return (
        f"From n = {n_rows[0]:.0f} to {n_rows[-1]:.0f} norm / n falls from {norms[0]:.4f} "
        f"to {norms[-1]:.4f}; the RMSE goes from {rmses[0]:.4f} to {rmses[-1]:.4f}."
    )


@picture(10.4, 3.9, "steep flat", sharey=True)
def distance_left(x, y, paths, *, axs=None):
    """Draw, along both axes of the bowl, which part of the first distance is left.

    x and y of shape (n, 1) or (n,); `paths` maps a label to an array of shape (steps + 1, 2)
    with slope and height before the first step and after each.
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    phrases = []
    for i, (label, path) in enumerate(paths.items()):
        away = (to_path("paths", path) - loss.minimizer) @ loss.eigenvectors
        if not away[0].all():
            raise ValueError(f"the path {label!r} starts at the lowest point of an axis.")
        left = np.abs(away / away[0])
        style = {"color": (FIT, TRAIN, VALIDATION)[i % 3], "linestyle": ("-", "--", ":")[i % 3]}
        for name, column in (("flat", 0), ("steep", 1)):
            steps = np.arange(1, len(left))
            axs[name].plot(steps, 100 * np.maximum(left[1:, column], 1e-9), label=label, **style)
        phrases.append(f"{label}: {100 * left[-1, 0]:.2f} %")
    for name, column in (("flat", 0), ("steep", 1)):
        axs[name].set(xlabel="step", xscale="log", yscale="log", ylim=(0.05, 200))
        axs[name].set_title(f"{name} direction, λ = {loss.eigenvalues[column]:.4f}")
        axs[name].xaxis.set_major_formatter("{x:g}")
        axs[name].yaxis.set_major_formatter("{x:g}")
    axs["steep"].set_ylabel("distance left (% of the first)")
    axs["flat"].legend(loc="lower left")
    return f"Left along the flat direction: {'; '.join(phrases)}."
