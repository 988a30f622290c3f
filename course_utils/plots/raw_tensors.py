"""The pictures that the lesson 'Raw autograd tensors' introduces."""

import numpy as np

from course_utils._validate import to_number, to_path, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import draw_bowl, line_ends, line_loss, mark_prediction, window

_STEPS_SHOWN = 60  # of a descent that soon hardly moves


@picture(6.4, 3.8)
def sine_points(x, y, *, ax=None):
    """Draw points beside the curve y = 3x + sin(6x) + 1.

    x and y of shape (n, 1) or (n,).
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    fine = np.linspace(x.min(), x.max(), 201)
    ax.plot(fine, 3 * fine + np.sin(6 * fine) + 1, ":", color="0.45", label="3x + sin 6x + 1")
    ax.plot(x, y, "o", color=TRAIN, label="data")
    ax.set(xlabel="x", ylabel="y", ylim=(min(0, y.min()), 1.1 * y.max()))
    ax.legend(loc="lower right")
    return (
        f"{len(x)} points on a curve, from y = {y[0]:.4f} on the left to {y[-1]:.4f} on the right."
    )


@picture(10.4, 3.9, "fit parameters")
def line_by_step(x, y, path, prediction=..., *, axs=None):
    """Draw a line as it moves towards least squares, and its slope and height step by step.

    x and y of shape (n, 1) or (n,); `path` of shape (steps + 1, 2) holds slope and height before
    the first step and after each; `prediction` is the slope that the student typed.
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    path = to_path("path", path)
    best = line_loss(x, y).minimizer
    last = len(path) - 1

    ax, ends = axs["fit"], line_ends(x)
    shown = [k for k in (0, 1, 2) if k < last]
    for k, alpha in zip(shown, np.linspace(0.25, 0.7, len(shown)), strict=True):
        line = path[k, 0] * ends + path[k, 1]
        ax.plot(ends, line, color=FIT, alpha=alpha, linewidth=1.3)
        ax.annotate(
            f"{k}", (ends[-1], line[-1]), (4, 0), textcoords="offset points", va="center", color=FIT
        )
    ax.plot(ends, path[-1, 0] * ends + path[-1, 1], color=FIT, label=f"after {last} steps")
    ax.plot(x, y, "o", color=TRAIN, label="data")
    ax.set(xlabel="x", ylabel="y", title=f"the line after {', '.join(map(str, shown))}, … steps")
    ax.set_ylim(-0.45 * y.max(), 1.15 * max(y.max(), (path @ [ends[-1], 1]).max()))
    ax.legend(loc="lower center", ncols=2)

    ax = axs["parameters"]
    early = path[: _STEPS_SHOWN + 1]
    ax.plot(early[:, 1], "--", color=FIT, alpha=0.6, label="height W[1]")
    ax.plot(early[:, 0], color=FIT, label="slope W[0]")
    for value, label in ((best[1], None), (best[0], "least squares")):
        ax.axhline(value, color=BEST, linestyle=":", linewidth=1.4, label=label)
        right = len(early) - 1
        ax.annotate(f"{value:.4f}", (right, value), (0, 4), textcoords="offset points", ha="right")
    ax.set(xlabel="step", title=f"slope and height, the first {len(early) - 1} steps")
    low, high = min(0, early.min()), early.max()
    ax.set_ylim(low - 0.05 * (high - low), high + 0.55 * (high - low))
    words = mark_prediction(ax, prediction, best[0], axis="y")
    ax.legend(loc="upper right", ncols=2)
    return (
        f"After {last} steps the line is {path[-1, 0]:.4f}·x + {path[-1, 1]:.4f}; least squares is "
        f"{best[0]:.4f}·x + {best[1]:.4f}.{words}"
    )


@picture(10.4, 4.1, "map loss")
def accumulation(x, y, path_emptied, path_summed, at, prediction=..., *, axs=None):
    """Compare descent with gradients that are emptied and with gradients that add up.

    x and y of shape (n, 1) or (n,); both paths of shape (steps + 1, 2) hold slope and height;
    `at` holds the steps to mark; `prediction` is the loss that the student typed for the last.
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    path_emptied = to_path("path_emptied", path_emptied)
    path_summed = to_path("path_summed", path_summed, length=len(path_emptied))
    at = [int(step) for step in to_vector("at", at)]
    everything = np.vstack([path_emptied, path_summed])
    low, high = window(everything[:, 1], 0.15)
    middle, half = everything[:, 0].mean(), 0.7 * (high - low)
    draw_bowl(axs["map"], loss, (middle - half, middle + half), (low, high))
    for path, label, style, offset in (
        (path_summed, "gradients add up", {"color": VALIDATION, "linewidth": 1.4}, (-19, 5)),
        (path_emptied, "emptied each step", {"color": FIT, "linewidth": 2.4}, (-22, -1)),
    ):
        axs["map"].plot(*path[: at[-1] + 1].T, label=label, **style)
        for step in at:
            axs["map"].plot(*path[step], "o", color=style["color"], markersize=8)
            axs["map"].annotate(
                f"{step}", path[step], offset, textcoords="offset points", color=style["color"]
            )
        axs["loss"].plot(loss.loss(path), label=label, **style)
    axs["map"].plot(*path_emptied[0], "s", color="black", markersize=7, label="start")
    axs["map"].set(xlabel="slope W[0]", ylabel="height W[1]")
    axs["map"].set_aspect("equal")  # so that steps leave level lines at right angles
    axs["map"].set_title(f"the paths over lines of equal loss, to step {at[-1]}")
    axs["map"].legend(loc="lower right")
    emptied, summed = loss.loss(path_emptied[at]), loss.loss(path_summed[at])
    for step, height in zip(at, summed, strict=True):
        axs["loss"].plot(step, height, "o", color=VALIDATION, markersize=8)
        axs["loss"].annotate(
            f"step {step}", (step, height), (9, 3), textcoords="offset points", color=VALIDATION
        )
    axs["loss"].axhline(loss.min_loss, color=BEST, linestyle=":", label="least possible")
    axs["loss"].set(xlabel="step", ylabel="loss (MSE)", title="the loss, step by step")
    axs["loss"].set_ylim(0, 1.5 * loss.loss(path_summed).max())
    words = mark_prediction(axs["loss"], prediction, summed[-1], axis="y")
    axs["loss"].legend(loc="upper right", ncols=2)
    phrases = [
        f"at step {step} the loss is {one:.4f} emptied and {other:.4f} added up"
        for step, one, other in zip(at, emptied, summed, strict=True)
    ]
    listed = "; ".join(phrases)
    return f"{listed[0].upper()}{listed[1:]}; the least possible is {loss.min_loss:.4f}.{words}"


@picture(10.4, 2.9, "A B C D")
def four_runs(steps, runs, least, *, axs=None):
    """Draw the losses of four training runs, named A to D, each on its own scale.

    `steps` of shape (k,); `runs` maps each letter to its losses, of shape (k,); `least` is the
    least possible loss.
    From the lesson 'Raw autograd tensors'.
    """
    steps, least = to_vector("steps", steps), to_number("least", least)
    phrases = []
    for name, ax in axs.items():
        losses = to_vector(f"runs[{name!r}]", runs[name], length=len(steps))
        ax.plot(steps, losses, "o-", color=FIT, markersize=4)
        ax.axhline(least, color=BEST, linestyle="--", linewidth=1.2, label="least possible")
        ax.set(
            xlabel="step",
            title=f"run {name}, from {losses[0]:.2f}",
            ylim=(0, 1.2 * losses[1:].max()),
        )
        phrases.append(f"{name} from {losses[0]:.4f} to {losses[-1]:.4f}")
    axs["A"].set_ylabel("loss (MSE)")
    axs["A"].legend(loc="upper right")
    return (
        f"In {steps[-1]:.0f} steps the loss goes in run {', in '.join(phrases)}; "
        f"the dashed line is the least possible, {least:.4f}."
    )


@picture(10.4, 3.9, "steep flat", sharey=True)
def distance_left(x, y, paths, *, axs=None):
    """Draw, along both axes of the bowl, which part of the first distance is left.

    x and y of shape (n, 1) or (n,); `paths` maps a label to an array of shape (steps + 1, 2)
    with slope and height before the first step and after each. All start at the same place.
    From the lesson 'Raw autograd tensors'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    phrases = []
    for i, (label, path) in enumerate(paths.items()):
        away = (to_path("paths", path) - loss.minimizer) @ loss.eigenvectors
        if not away[0].all():
            raise ValueError(f"the path {label!r} starts at the lowest point of an axis.")
        left = 100 * np.abs(away / away[0])
        style = {"color": (FIT, TRAIN, VALIDATION)[i % 3], "linestyle": ("-", "--", ":")[i % 3]}
        for name, column in (("flat", 0), ("steep", 1)):
            axs[name].plot(np.maximum(left[:, column], 1e-9), label=label, **style)
        phrases.append(f"{label}: {left[-1, 0]:.2f}%")
    for name, column in (("flat", 0), ("steep", 1)):
        axs[name].set(xlabel="step", yscale="log", ylim=(0.02, 300))
        axs[name].set_title(f"{name} direction, curvature {loss.eigenvalues[column]:.4f}")
        axs[name].yaxis.set_major_formatter("{x:g}")
    axs["steep"].set_ylabel("distance left (% of the first)")
    axs["flat"].legend(loc="lower right")
    return f"Left along the flat direction: {'; '.join(phrases)}."
