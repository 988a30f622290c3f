"""The pictures that the lesson 'Better roads' introduces."""

import numpy as np

from course_utils._validate import to_number, to_path, to_positive, to_table, to_vector, to_vectors
from course_utils.descent import QuadraticLoss
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import (
    draw_bowl,
    format_number,
    line_loss,
    mark_prediction,
)

# Told apart by line and mark, not by colour alone.
_STYLES = [
    {"color": TRAIN, "linestyle": "--", "marker": "s"},
    {"color": FIT, "linestyle": "-", "marker": "o"},
    {"color": VALIDATION, "linestyle": "-.", "marker": "D"},
    {"color": BEST, "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "v"},
    {"color": "C4", "linestyle": ":", "marker": "^"},
]
_NEAR = 1e-3  # 'arrived': above the least loss by at most this share of it
_NOTHING = 1e-7  # below this, an excess of the loss is not shown


def _excess(loss, lr, epochs):
    """Return the exact loss above the least, after each count of `epochs` from zero."""
    away = loss.eigenvectors.T @ loss.minimizer
    left = np.abs(1 - lr * loss.eigenvalues) ** (2 * np.asarray(epochs)[..., None])
    return (loss.eigenvalues / 2 * away**2 * left).sum(axis=-1)


def _arrival(loss, lr):
    """Return the first epoch from which descent at `lr`, from zero, stays within 0.1%."""
    if lr >= loss.max_lr:
        raise ValueError(f"lr must be below the limit {loss.max_lr:.4g}, got {lr:.4g}.")
    late = 1
    while _excess(loss, lr, late) >= _NEAR * loss.min_loss:
        late *= 2
    early = 0
    while late - early > 1:
        middle = (early + late) // 2
        if _excess(loss, lr, middle) >= _NEAR * loss.min_loss:
            early = middle
        else:
            late = middle
    return late


def _mark_arrival(ax, epoch, height, color):
    ax.plot(epoch, height, "x", color=color, markersize=10, markeredgewidth=2.5, zorder=6)
    ax.annotate(
        f"{epoch:,}",
        (epoch, height),
        (2, 7),
        textcoords="offset points",
        color=color,
        fontweight="bold",
        zorder=7,
    )


def _finish(ax, min_loss, last):
    """Set the axes that all roads share: epochs to the right, the excess upwards."""
    height = _NEAR * min_loss
    ax.axhline(height, color="0.4", linewidth=1)
    ax.text(
        0.6,
        0.55 * height,
        "0.1% above the least",
        fontsize=9,
        color="0.25",
        va="top",
        transform=ax.get_yaxis_transform(),
    )
    ax.set(xscale="log", yscale="log", xlabel="epoch", ylabel="loss − least possible loss")
    ax.set(xlim=(1, last), ylim=(_NOTHING, 60))


@picture(11.0, 6.4, "b0 b1 b2; loss loss loss", height_ratios=[1, 1.3])
def three_bases(x, columns, y, prediction=..., *, axs=None):
    """Compare three bases: their columns as curves, and descent in each.

    x and y of shape (n,); `columns` maps three names to design matrices of shape (n, d), whose
    columns are polynomials in x. Each descent starts at zero, at half of its own learning-rate
    limit; `prediction` is the epoch that the student typed for the second one.
    From the lesson 'Better roads'.
    """
    x, y = to_vectors(x=x, y=y)
    if len(columns) != 3:
        raise ValueError(f"columns must hold three bases, but holds {len(columns)}.")
    arrivals, kappas = [], []
    styles = (_STYLES[0], {"color": "black", "linestyle": "-", "marker": "o"}, _STYLES[3])
    for i, ((name, A), style) in enumerate(zip(columns.items(), styles, strict=True)):
        loss = QuadraticLoss(to_table("columns", A, len(y), "d"), y)
        kappas.append(format_number(loss.condition_number))
        _draw_columns(axs[f"b{i}"], x, loss.A, style["color"])
        axs[f"b{i}"].set(xlabel="x", title=f"{name}: κ = {kappas[-1]}")
        lr = loss.max_lr / 2
        epoch = _arrival(loss, lr)
        arrivals.append(epoch)
        epochs = np.unique([*np.geomspace(1, 3e6, 300).astype(int), epoch])
        axs["loss"].plot(epochs, _excess(loss, lr, epochs), **style, markevery=40, label=name)
        _mark_arrival(axs["loss"], epoch, _NEAR * loss.min_loss, style["color"])
    axs["b0"].set_ylabel("columns, by degree")
    _finish(axs["loss"], loss.min_loss, 3e6)
    axs["loss"].set_title("plain descent, each at half of its limit; × where it arrives")
    words = mark_prediction(axs["loss"], prediction, arrivals[1])
    axs["loss"].legend(loc="upper right")
    listed = "; ".join(
        f"{name} {kappa}, {epoch:,}"
        for name, kappa, epoch in zip(columns, kappas, arrivals, strict=True)
    )
    return f"κ, and the epoch of arrival: {listed}.{words}"


def _draw_columns(ax, x, A, color):
    """Draw the columns of A, polynomials in x, as curves with their degrees written on them."""
    grid = np.linspace(x.min(), x.max(), 121)
    degree = A.shape[1] - 1
    curves = np.array([np.polynomial.Polynomial.fit(x, column, degree)(grid) for column in A.T])
    apart = np.abs(curves[:, None] - curves[None]) + 9 * np.eye(degree + 1)[..., None]
    place = apart.min(axis=(0, 1))[10:-10].argmax() + 10  # where the labels are farthest apart
    for k, curve in enumerate(curves):
        ax.plot(grid, curve, color=color, alpha=0.35 + 0.65 * k / max(degree, 1), linewidth=1.6)
        ax.text(
            grid[place],
            curve[place],
            f"{k}",
            fontsize=9,
            ha="center",
            va="center",
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": color},
        )
    ax.plot(x, A, "o", color=color, markersize=2.5)


@picture(10.4, 4.2, "map loss", width_ratios=[1.1, 1])
def rolling_ball(x, y, path_plain, path_ball, mu, lr, *, axs=None):
    """Compare plain descent of a line with one that has momentum, on the map of the loss.

    x and y of shape (n, 1) or (n,); both paths of shape (steps + 1, 2) hold w and b, from the same
    start; `mu` is the momentum of the second, `lr` the learning rate of both.
    From the lesson 'Better roads'.
    """
    x, y = to_vectors(x=x, y=y)
    loss, mu, lr = line_loss(x, y), to_number("mu", mu), to_positive("lr", lr)
    path_plain = to_path("path_plain", path_plain)
    path_ball = to_path("path_ball", path_ball, length=len(path_plain))
    reach = 1.15 * np.abs(path_plain[0] - loss.minimizer).max() or 1.0
    (w_low, w_high), (b_low, b_high) = ((at - reach, at + reach) for at in loss.minimizer)
    ax = axs["map"]
    draw_bowl(ax, loss, (w_low, w_high), (b_low, b_high))
    pairs = ((path_plain, "without momentum", TRAIN), (path_ball, f"momentum {mu:g}", FIT))
    for size, (path, label, color) in zip((13, 9), pairs, strict=True):
        ax.plot(*path.T, "o-", color=color, markersize=3, linewidth=1, alpha=0.85, label=label)
        ax.plot(*path[-1], "o", color=color, markersize=size, markeredgecolor="black", zorder=4)
        excess = np.maximum(loss.loss(path) - loss.min_loss, 1e-12)
        axs["loss"].plot(excess, color=color, label=label)
    ax.plot(*path_plain[0], "s", color="black", markersize=7, label="start", zorder=4)
    ax.set_title(f"{len(path_plain) - 1} epochs, lr = {lr:g}; large dots: the end")
    ax.legend(loc="upper left", fontsize=8.5)
    axs["loss"].set(yscale="log", xlabel="epoch", ylabel="loss − least possible loss")
    axs["loss"].set_title("how far above the least loss")
    axs["loss"].set_ylim(1e-6, 1e5)  # with room for the legend
    axs["loss"].minorticks_off()  # a slider redraws this, and ticks take time
    axs["loss"].legend(loc="upper right")
    plain, ball = (loss.loss(path[-1]) - loss.min_loss for path in (path_plain, path_ball))
    return (
        f"With lr {lr:g}, the loss ends {plain:.1e} above the least without momentum, and "
        f"{ball:.1e} above it with momentum {mu:g}."
    )


@picture(9.6, 4.6, "straight turned")
def two_bowls(A_straight, A_turned, y, paths, *, axs=None):
    """Draw two walks, one over a bowl whose axes are those of the map, one over it turned.

    The design matrices of shape (n, 2) belong to the same targets y of shape (n,); `paths` holds
    two paths of shape (steps + 1, 2).
    From the lesson 'Better roads'.
    """
    y = to_vector("y", y)
    if len(paths) != 2:
        raise ValueError(f"paths must hold two paths, but holds {len(paths)}.")
    tables = {"A_straight": A_straight, "A_turned": A_turned}
    losses = [QuadraticLoss(to_table(argument, A, len(y), 2), y) for argument, A in tables.items()]
    paths = [to_path("paths", path) for path in paths]
    places = np.array([[path[0], loss.minimizer] for path, loss in zip(paths, losses, strict=True)])
    places = places.reshape(-1, 2)  # the same window for both
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    reach = 1.1 * np.ptp(places, axis=0).max() or 1.0
    phrases = []
    for loss, path, (name, ax) in zip(losses, paths, axs.items(), strict=True):
        draw_bowl(ax, loss, *((at - reach, at + reach) for at in middle))
        goal = np.array([path[0], loss.minimizer])
        ax.plot(*goal.T, ":", color="0.3", linewidth=1.2)
        ax.plot(*path.T, "o-", color=FIT, markersize=3, linewidth=1, label="Adam")
        ax.plot(*path[-1], "o", color=FIT, markersize=8, markeredgecolor="black", zorder=4)
        ax.plot(*path[0], "s", color="black", markersize=7, label="start")
        ax.set(xlabel="first coefficient", ylabel="second coefficient")
        ax.set_title(f"the {name} bowl, {len(path) - 1:,} steps")
        ax.set_aspect("equal")
        far = np.linalg.norm(path[[0, -1]] - loss.minimizer, axis=1)
        left = 100 * far[1] / far[0] if far[0] else 0.0
        phrases.append(f"{left:.0f}% in the {name} bowl")
    kappas = (format_number(loss.condition_number) for loss in losses)
    axs["straight"].legend(loc="upper left")
    kappas = " and ".join(dict.fromkeys(kappas))  # once, if they are the same
    return (
        f"κ = {kappas}. After {len(paths[0]) - 1:,} steps, of the way to the bottom is "
        f"left: {', '.join(phrases)}."
    )


def _wide(epoch):
    """Return how many epochs to each side a band looks, to find the bottom of a swing."""
    return max(5, epoch // 8)


@picture(10.4, 4.6)
def roads(A, y, lr, runs, prediction=..., *, ax=None):
    """Draw how far plain descent and up to four runs are above the least possible loss.

    The design matrix A of shape (n, d) and y of shape (n,) say what plain descent at `lr` does
    from zero, exactly and for any number of epochs; `runs` maps a label to the losses before the
    first epoch and after each. The line of a run is the highest loss that is still to come; a band
    reaches down to the lowest in the epochs around. `prediction` is the epoch that the student
    typed for the last run's arrival.
    From the lesson 'Better roads'.
    """
    loss, lr = QuadraticLoss(A, y), to_positive("lr", lr)
    if not 1 <= len(runs) < len(_STYLES):
        raise ValueError(f"runs must hold 1 to {len(_STYLES) - 1} runs, but holds {len(runs)}.")
    target = _NEAR * loss.min_loss
    arrival = _arrival(loss, lr)
    epochs = np.unique([*np.geomspace(1, 9 * arrival, 300).astype(int), arrival])
    ax.plot(
        epochs,
        _excess(loss, lr, epochs),
        **_STYLES[0],
        markevery=30,
        label=f"plain descent, lr {lr:g}",
    )
    _mark_arrival(ax, arrival, target, _STYLES[0]["color"])
    phrases, arrivals = [f"plain descent {arrival:,}"], []
    for (label, losses), style in zip(runs.items(), _STYLES[1:], strict=False):
        losses = to_vector("runs", losses)
        excess = np.maximum(losses - loss.min_loss, _NOTHING / 10)
        ceiling = np.maximum.accumulate(excess[::-1])[::-1]  # the most from here on
        places = np.unique(np.geomspace(1, len(losses) - 1, 150).astype(int))
        if (np.diff(excess) > 0).any():
            near = [excess[max(0, k - _wide(k)) : k + _wide(k) + 1] for k in places]
            swings = [(np.diff(part) > 0).any() for part in near]
            floor = np.where(swings, [part.min() for part in near], ceiling[places])
            floor = np.exp(np.convolve(np.log(np.pad(floor, 4, "edge")), np.ones(9) / 9, "valid"))
            floor = np.minimum(floor, ceiling[places])
            ax.fill_between(
                places, floor, ceiling[places], color=style["color"], alpha=0.18, linewidth=0
            )
        marks = list(range(0, len(places), 25))
        ax.plot(places, ceiling[places], **style, markevery=marks, label=label)
        if ceiling[-1] < target:
            arrivals.append(int((ceiling < target).argmax()))
            _mark_arrival(ax, arrivals[-1], target, style["color"])
            phrases.append(f"{label} {arrivals[-1]:,}")
        else:
            arrivals.append(None)
            ax.annotate(
                f"not in {len(losses) - 1:,}",
                (places[-1], ceiling[places[-1]]),
                (3, -14),
                textcoords="offset points",
                color=style["color"],
                fontweight="bold",
            )
            phrases.append(f"{label} not in {len(losses) - 1:,} epochs")
    _finish(ax, loss.min_loss, 9 * arrival)
    ax.set_title("× arrived; in the band, the loss swings")
    words = "" if arrivals[-1] is None else mark_prediction(ax, prediction, arrivals[-1])
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return f"Within 0.1% of the least loss from epoch: {'; '.join(phrases)}.{words}"


@picture(9.6, 4.0)
def noise_floors(losses, min_loss, *, ax=None):
    """Draw how far up to four runs with mini-batches stay above the least possible loss.

    `losses` maps a label to the losses on all rows, before the first epoch and after each.
    From the lesson 'Better roads'.
    """
    min_loss = to_positive("min_loss", min_loss)
    if not 1 <= len(losses) <= 4:
        raise ValueError(f"losses must hold one to four runs, but holds {len(losses)}.")
    phrases = []
    for (label, values), style in zip(losses.items(), _STYLES, strict=False):
        excess = to_vector("losses", values) / min_loss - 1
        ax.plot(100 * excess, **style, markersize=4, markevery=10, label=label)
        phrases.append(f"{label} {100 * excess[-1]:.2g}%")
    ax.set(yscale="log", xlabel="epoch", ylabel="above the least loss, in %")
    ax.set_title("the loss on all rows, with mini-batches")
    ax.legend(loc="upper right")
    return f"Above the least loss after the last epoch: {'; '.join(phrases)}."
