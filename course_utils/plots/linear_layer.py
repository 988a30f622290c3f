"""The pictures that the lesson 'The linear layer' introduces."""

import numpy as np

from course_utils._validate import to_path, to_positive, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import line_ends, line_loss, mark_prediction

_STYLES = [(FIT, "-", "o"), (TRAIN, "--", "s"), (VALIDATION, "-.", "D"), ("black", ":", "^")]


@picture(10.4, 3.9, "line loss")
def first_and_last_line(x, y, path, *, axs=None):
    """Draw the line before and after a training through the data, and the loss.

    x and y of shape (n, 1) or (n,); path of shape (epochs + 1, 2) holds (w, b) before the first
    epoch and after each.
    From the lesson 'The linear layer'.
    """
    x, y = to_vectors(x=x, y=y)
    path = to_path("path", path)
    losses = line_loss(x, y).loss(path)
    ends = line_ends(x)
    axs["line"].plot(x, y, "o", color=TRAIN, alpha=0.75, label="data")
    for (w, b), name, style in ((path[0], "before", "--"), (path[-1], "after", "-")):
        label = f"{name}: {w:.4g}·x + {b:.4g}"
        axs["line"].plot(ends, w * ends + b, style, color=FIT, label=label)
    axs["line"].set(xlabel="x", ylabel="y", title="the line before and after the training")
    axs["line"].legend(loc="upper left")
    axs["loss"].plot(losses, "o-", color=FIT, markersize=3.5, linewidth=1.4)
    axs["loss"].set(xlabel="epochs done", ylabel="loss (MSE, log scale)", yscale="log")
    axs["loss"].set(title="the loss", ylim=(losses.min() / 2, 2 * losses.max()))
    axs["loss"].annotate(
        f"{losses[-1]:.4g}",
        (len(path) - 1, losses[-1]),
        (0, 7),
        textcoords="offset points",
        ha="right",
    )
    half = losses[len(losses) // 2]
    return (
        f"The loss falls from {losses[0]:.5g} to {half:.5g} in the first {len(losses) // 2} epochs "
        f"and to {losses[-1]:.5g} in all {len(path) - 1}."
    )


@picture(11.4, 4.4, "w b line")
def parameters_by_epoch(x, y, paths, prediction=..., *, axs=None):
    """Draw weight and bias of one to four descents by epoch, and their last lines at small x.

    x and y of shape (n, 1) or (n,); `paths` maps a label to (w, b) before the first epoch and
    after each, of shape (epochs + 1, 2), in the units of x and y; `prediction` is the best bias
    that the student typed.
    From the lesson 'The linear layer'.
    """
    x, y = to_vectors(x=x, y=y)
    best = line_loss(x, y).minimizer
    if not 1 <= len(paths) <= len(_STYLES):
        raise ValueError(f"paths must hold 1 to {len(_STYLES)} descents, but holds {len(paths)}.")
    arrays = [to_path("paths", path) for path in paths.values()]
    near = x <= x.min() + (x.max() - x.min()) / 5
    ends, above = np.array([min(0, x.min()), x[near].max()]), []
    for label, path, (color, line, mark) in zip(paths, arrays, _STYLES[: len(paths)], strict=True):
        style = {"color": color, "linestyle": line, "linewidth": 1.4, "label": label}
        for name, column in (("w", 0), ("b", 1)):
            axs[name].plot(path[:, column], marker=mark, markersize=3.5, **style)
        axs["line"].plot(ends, path[-1, 0] * ends + path[-1, 1], **style)
        above.append((y[near] - path[-1, 0] * x[near] - path[-1, 1]).mean())
    for name, column, word in (("w", 0, "weight"), ("b", 1, "bias")):
        axs[name].axhline(best[column], color=BEST, linewidth=2, label="least squares", zorder=1)
        axs[name].set(xlabel="epochs done", ylabel=f"{word} {name}")
        reached = " and ".join(f"{path[-1, column]:.4f}" for path in arrays)
        axs[name].set_title(f"{word}: best {best[column]:.4f}, reached {reached}")
    axs["line"].plot(ends, best[0] * ends + best[1], color=BEST, linewidth=2)
    axs["line"].plot(x[near], y[near], "o", color=TRAIN, alpha=0.75, label="data")
    axs["line"].set(xlabel="x", ylabel="y", title="both lines among the leftmost points")
    words = mark_prediction(axs["b"], prediction, best[1], axis="y")
    handles, labels = axs["b"].get_legend_handles_labels()
    handles, labels = [*handles, axs["line"].lines[-1]], [*labels, "data"]
    axs["b"].get_figure().legend(handles, labels, loc="outside lower center", ncols=len(labels))
    last = ", ".join(f"({path[-1, 0]:.4g}, {path[-1, 1]:.4g})" for path in arrays)
    epochs = " and ".join(f"{n}" for n in dict.fromkeys(len(path) - 1 for path in arrays))
    least = f"least squares ({best[0]:.4g}, {best[1]:.4g})"
    mean = " and ".join(f"{gap:.2f}" for gap in above)
    return (
        f"After {epochs} epochs (w, b) = {last}; {least}. The {near.sum()} leftmost points lie on "
        f"average {mean} above the line.{words}"
    )


@picture(10.4, 3.9, "slope bias", sharey=True)
def distance_by_epoch(x, y, paths, within, prediction=..., *, axs=None):
    """Draw how far slope and bias of one to four descents are from least squares, by epoch.

    x and y of shape (n, 1) or (n,); `paths` maps a label to (w, b) before the first epoch and
    after each, of shape (epochs + 1, 2), in the units of x and y. `prediction` is the epoch that
    the student typed, after which both parameters of the last path are nearer than `within`.
    From the lesson 'The linear layer'.
    """
    x, y = to_vectors(x=x, y=y)
    within, best = to_positive("within", within), line_loss(x, y).minimizer
    if not 1 <= len(paths) <= len(_STYLES):
        raise ValueError(f"paths must hold 1 to {len(_STYLES)} descents, but holds {len(paths)}.")
    phrases = []
    for (label, path), (color, line, mark) in zip(paths.items(), _STYLES, strict=False):
        away = np.abs(to_path("paths", path) - best)
        style = {"color": color, "linestyle": line, "marker": mark, "markersize": 3.5}
        for name, column in (("slope", 0), ("bias", 1)):
            axs[name].plot(away[:, column], linewidth=1.4, label=label, **style)
        late = np.flatnonzero((away > within).any(axis=1))  # the epochs that are not near
        needed = late[-1] + 1 if len(late) else 0
        reached = (
            f"after epoch {needed}" if needed < len(away) else f"not in {len(away) - 1} epochs"
        )
        phrases.append(f"{reached} with {label}")
        if 0 < needed < len(away):
            for name, column in (("slope", 0), ("bias", 1)):
                axs[name].annotate(
                    f"epoch {needed}",
                    (needed, away[needed, column]),
                    (8, -3),
                    textcoords="offset points",
                    color=color,
                )
    for name, ax in axs.items():
        ax.axhline(within, color=BEST, linestyle=":", linewidth=1.6, label=f"{within:g} away")
        ax.set(xlabel="epochs done", yscale="log", title=f"{name}: distance from least squares")
    axs["slope"].set_ylabel("distance (log scale)")
    words = mark_prediction(axs["bias"], prediction, needed)
    axs["bias"].legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    return f"Slope and bias are both within {within:g}: {'; '.join(phrases)}.{words}"
