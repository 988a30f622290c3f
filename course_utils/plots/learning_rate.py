"""The pictures that the lesson 'How far to step' introduces."""

import numpy as np
from matplotlib.collections import LineCollection

from course_utils._validate import to_number, to_path, to_positive, to_vector, to_vectors
from course_utils.figures import BEST, FIT, GROWS, TRAIN, picture
from course_utils.plots.core import draw_bowl, draw_path, format_number, line_loss, mark_prediction


def draw_jumps(ax, curvature, distances, reach, star=13):
    """Draw a parabola and a walk on it; each point has the number of steps before it."""
    heights = curvature / 2 * distances**2
    away = np.linspace(-reach, reach, 201)
    ax.plot(away, curvature / 2 * away**2, color=TRAIN, label="loss above the lowest")
    ax.plot(distances, heights, "o-", color=FIT, linewidth=1.2, label="the walk")
    ax.plot(0, 0, "*", color=BEST, markersize=star, label="the bottom", zorder=1)
    numbers = {}  # of the steps that end at the same place
    for step, place in enumerate(np.round(distances, 9)):
        near = [p for p in numbers if abs(p - place) < 0.1 * reach]
        if not near or place in numbers:
            numbers.setdefault(place, []).append(str(step))
    for place, steps in numbers.items():
        side = np.sign(place)
        ax.annotate(
            ", ".join(steps),
            (place, curvature / 2 * place**2),
            xytext=(6 * side, -4 if side else -9),  # outside the parabola, where nothing else is
            textcoords="offset points",
            ha={-1: "right", 0: "center", 1: "left"}[side],
            va="top",
            color=FIT,
        )
    top = curvature / 2 * reach**2
    ax.set(xlabel="distance from the bottom", xlim=(-reach, reach), ylim=(-0.16 * top, top))


@picture(6.6, 4.0)
def jumps(curvature, distances, prediction=..., *, ax=None):
    """Draw a walk on a parabola of this curvature, its points numbered by step.

    `distances`, of shape (steps + 1,), are those from the bottom, before the first step and after
    each; below zero means on the left. `prediction` is the student's of the last one.
    From the lesson 'How far to step'.
    """
    curvature = to_positive("curvature", curvature)
    distances = to_vector("distances", distances)
    draw_jumps(ax, curvature, distances, 1.4 * np.abs(distances).max())
    ax.set_ylabel("loss above the lowest")
    ax.set_title("each step, numbered")
    told = mark_prediction(ax, prediction, distances[-1])
    ax.legend(loc="upper center")
    return (
        f"A walk of {len(distances) - 1} steps on a parabola of curvature {curvature:g}: "
        f"from distance {distances[0]:g} to {distances[-1]:.4g}.{told}"
    )


@picture(11.4, 5.2, "p0 p1 p2 p3 p4; l0 l1 l2 l3 l4", height_ratios=[1.3, 1])
def five_walks(curvature, lrs, walks, *, axs=None):
    """Compare five walks on one parabola: their jumps, and below them the loss by step.

    `lrs` holds five learning rates; each of the five `walks` has shape (steps + 1,) and holds the
    distances from the bottom.
    From the lesson 'How far to step'.
    """
    curvature = to_positive("curvature", curvature)
    lrs = [to_positive("lrs", lr) for lr in to_vector("lrs", lrs)]
    if len(lrs) != 5 or len(walks) != 5:
        raise ValueError(
            f"lrs and walks must hold five each, but hold {len(lrs)} and {len(walks)}."
        )
    walks = [to_vector("walks", walk, length=len(walks[0])) for walk in walks]
    reach = 1.35 * np.abs(walks).max()
    losses = [curvature / 2 * walk**2 for walk in walks]
    for i, (lr, walk, loss) in enumerate(zip(lrs, walks, losses, strict=True)):
        ax = axs[f"p{i}"]
        draw_jumps(ax, curvature, walk, reach, star=9)
        ax.set_title(f"lr·h = {lr * curvature:g}")
        axs[f"l{i}"].plot(loss, "o-", color=FIT)
        axs[f"l{i}"].set(xlabel="step", ylim=(-0.05 * np.max(losses), 1.1 * np.max(losses)))
        if i:
            ax.tick_params(labelleft=False)
            axs[f"l{i}"].tick_params(labelleft=False)
    axs["p0"].set_ylabel("loss above the lowest")
    axs["l0"].set_ylabel("loss above the lowest")
    ends = ", ".join(f"{walk[-1]:.4g}" for walk in walks)
    return f"The distances after {len(walks[0]) - 1} steps, from left to right: {ends}."


def square_window(loss, half):
    """Return the ranges of w and b around the lowest point, equally wide."""
    return [(middle - half, middle + half) for middle in loss.minimizer]


def curvature_along(loss, degrees):
    """Return the curvature of a bowl along directions, given as angles from the axis of w."""
    angle = np.radians(degrees)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return ((direction @ loss.hessian) * direction).sum(axis=-1)


def label_levels(ax, loss):
    """Write the loss on every second level line of a bowl that is drawn, above its lowest point."""
    lines = ax.collections[0]  # the bowl is drawn before anything else
    degrees = 112  # where no cut of a slider passes, from 0 to 90
    direction = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    for level in lines.get_array()[1::2]:
        away = np.sqrt(2 * (level - loss.min_loss) / curvature_along(loss, degrees))
        place = loss.minimizer + away * direction
        # Near the star the lines are too dense for numbers; at the top one would be cut off.
        if away < 0.3 or place[1] > ax.get_ylim()[1] - 0.06:
            continue
        box = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        ax.text(*place, f"{level:.2g}", fontsize=7, ha="center", va="center", bbox=box)


@picture(10.4, 4.4, "bowl slice")
def bowl_slice(x, y, angle, *, axs=None):
    """Cut the bowl of the MSE along a line through its lowest point.

    x and y of shape (n, 1) or (n,); `angle`, in degrees, turns the line: at 0 only w changes along
    it, at 90 only b.
    From the lesson 'How far to step'.
    """
    loss = line_loss(*to_vectors(x=x, y=y))
    angle = to_number("angle", angle)
    curvature = curvature_along(loss, angle)
    away = np.linspace(-1.5, 1.5, 101)
    direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    line = loss.minimizer + away[:, None] * direction
    others = np.radians(np.arange(0, 180, 15))

    ax = axs["bowl"]
    draw_bowl(ax, loss, *square_window(loss, 2.1))
    faint = {"colors": "0.8", "linewidths": 0.8, "zorder": 1}  # together they take less time
    ends = (
        np.array([-1.5, 1.5])[:, None] * np.column_stack([np.cos(others), np.sin(others)])[:, None]
    )
    ax.add_collection(LineCollection(loss.minimizer + ends, **faint))
    ax.plot(*line.T, color=FIT, label=f"the cut, at {angle:g}°")
    ax.plot(*line[-1], "o", color=FIT)
    ax.set_aspect("equal")
    ax.set_title("the bowl from above")
    ax.legend(loc="upper right")

    ax = axs["slice"]
    heights = [curvature_along(loss, np.degrees(turned)) / 2 * away**2 for turned in others]
    ax.add_collection(LineCollection([np.column_stack([away, h]) for h in heights], **faint))
    ax.plot(away, loss.loss(line) - loss.min_loss, color=FIT)
    ax.plot(away[-1], loss.loss(line[-1]) - loss.min_loss, "o", color=FIT)
    ax.plot(0, 0, "*", color=BEST, markersize=13, zorder=5)
    ax.set(xlabel="distance from the bottom, along the cut", ylabel="loss above the lowest")
    ax.set(title=f"the cut: a parabola of curvature {curvature:.4g}")
    ax.set(ylim=(-0.05 * loss.eigenvalues[-1], 1.25 * loss.eigenvalues[-1]))
    label_levels(axs["bowl"], loss)
    return f"Cut at {angle:g}°, the bowl is a parabola of curvature {curvature:.4g}."


@picture(10.4, 4.4, "bowl angles")
def curvatures(x, y, prediction=..., *, axs=None):
    """Draw the axes of the bowl of the MSE, and its curvature along every direction.

    x and y of shape (n, 1) or (n,). The arrows point against the gradient. `prediction` is the
    student's of the flattest direction, in degrees.
    From the lesson 'How far to step'.
    """
    loss = line_loss(*to_vectors(x=x, y=y))
    flat, steep = loss.eigenvalues
    flat = flat if flat > 1e-12 * steep else 0.0  # a trough, but for rounding

    ax = axs["bowl"]
    draw_bowl(ax, loss, *square_window(loss, 1.9))
    for direction, style in zip(loss.eigenvectors.T, ("--", "-."), strict=True):
        ends = loss.minimizer + np.outer([-1.6, 1.6], direction)
        name = "flattest" if style == "--" else "steepest"
        ax.plot(*ends.T, style, color="black", linewidth=1.2, label=f"{name} axis")
    places = [(s, t) for s in (-1.4, -0.7, 0, 0.7, 1.4) for t in (-0.6, 0, 0.6) if (s, t) != (0, 0)]
    places = np.array(places) @ loss.eigenvectors.T  # along the flattest and the steepest axis
    downhill = -places @ loss.hessian
    downhill /= np.linalg.norm(downhill, axis=1, keepdims=True).clip(1e-9)
    style = {"color": FIT, "angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 4}
    ax.quiver(*(places + loss.minimizer).T, *(0.35 * downhill).T, width=0.008, **style)
    ax.set_aspect("equal")
    ax.set_title("which way the gradient sends you")
    label_levels(ax, loss)
    ax.legend(loc="lower right")

    ax = axs["angles"]
    degrees = np.arange(0, 181)
    along = curvature_along(loss, degrees)
    ax.plot(degrees, along, color=TRAIN, label="curvature")
    for place, name, value in (
        (along.argmin(), "flattest", flat),
        (along.argmax(), "steepest", steep),
    ):
        ax.plot(degrees[place], value, "o", color=FIT)
        text = f"{name}: λ = {value:.4g} at {degrees[place]}°"
        offset = (0, 9) if name == "steepest" else (0, -16)
        side = "right" if degrees[place] > 130 else "left" if degrees[place] < 50 else "center"
        ax.annotate(text, (degrees[place], value), offset, textcoords="offset points", ha=side)
    ax.set(xlabel="direction of the cut, in degrees", ylabel="curvature along it")
    ax.set(xticks=range(0, 181, 30), ylim=(-0.2 * steep, 1.35 * steep))
    flattest = np.degrees(np.arctan2(loss.eigenvectors[1, 0], loss.eigenvectors[0, 0])) % 180
    told = mark_prediction(ax, prediction, flattest)
    ax.set_title("the curvature along every cut")
    ax.legend(loc="upper right")
    return (
        f"The curvature dips to {flat:.4g} at {degrees[along.argmin()]}° and peaks at {steep:.4g} "
        f"at {degrees[along.argmax()]}°, at right angles.{told}"
    )


@picture(6.6, 4.4)
def trough(x, y, paths, *, ax=None):
    """Draw descents into a trough, the MSE of a line over x that are all equal.

    x and y of shape (n, 1) or (n,); each of the paths of shape (epochs + 1, 2) holds (w, b).
    From the lesson 'How far to step'.
    """
    loss = line_loss(*to_vectors(x=x, y=y))
    paths = [to_path("paths", path) for path in paths]
    if loss.rank > 1:
        raise ValueError("x must hold one number again and again, but its numbers differ.")
    places = np.vstack([*paths, loss.minimizer])
    middle, half = (places.max(axis=0) + places.min(axis=0)) / 2, 0.7 * np.ptp(places, axis=0).max()
    draw_bowl(ax, loss, *[(m - half, m + half) for m in middle])
    ax.lines[0].remove()  # the star: here it isn't the only best line
    along = np.outer([-3 * half, 3 * half], loss.eigenvectors[:, 0])
    ax.plot(*(loss.minimizer + along).T, color=BEST, label="all of these are best")
    for k, path in enumerate(paths):
        ax.plot(*path.T, "o-", color=FIT, markersize=3, linewidth=1)
        ax.plot(*path[0], "s", color=FIT, markersize=7, label=None if k else "start")
    ax.set_aspect("equal")
    ax.set_title("a trough from above")
    ax.legend(loc="lower left")
    ends = " and ".join(f"w = {w:.4g}, b = {b:.4g}" for w, b in (path[-1] for path in paths))
    return f"Different ends, one loss: {ends}; the loss is {loss.min_loss:.4g} at each."


@picture(11.4, 5.8, "p0 p1 p2 p3; l0 l1 l2 l3", height_ratios=[1.25, 1])
def learning_rates(x, y, paths, lrs, *, axs=None):
    """Compare four descents that differ only in their learning rate.

    x and y of shape (n, 1) or (n,); four paths of shape (epochs + 1, 2) and four rates.
    From the lesson 'How far to step'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    paths = [to_path("paths", path, length=len(paths[0])) for path in paths]
    lrs = [to_positive("lrs", lr) for lr in to_vector("lrs", lrs)]
    if len(paths) != 4 or len(lrs) != 4:
        raise ValueError(
            f"paths and lrs must hold four each, but hold {len(paths)} and {len(lrs)}."
        )
    ranges = square_window(loss, 1.2 * np.abs(paths[0][0] - loss.minimizer).max())
    for i, (path, lr) in enumerate(zip(paths, lrs, strict=True)):
        title = f"lr = {lr:.4f}\n= {lr / loss.max_lr:.2f} of the limit"
        draw_path(axs[f"p{i}"], loss, path, *ranges, title)
        for direction, style in zip(loss.eigenvectors.T, ("--", "-."), strict=True):
            name = "flattest axis" if style == "--" else "steepest axis"
            ends = loss.minimizer, loss.minimizer + direction
            line = axs[f"p{i}"].axline(*ends, linestyle=style, color="black", linewidth=0.8)
            line.set_label(name if i == 1 else "_nolegend_")
        if i == 1:
            axs["p1"].legend(handles=axs["p1"].lines[-2:], loc="lower left")
        axs[f"p{i}"].set_aspect("equal")
        axs[f"l{i}"].plot(loss.loss(path), color=FIT)
        axs[f"l{i}"].set_title(f"in the end {loss.loss(path[-1]):.4g}")
        axs[f"l{i}"].axhline(loss.min_loss, color=BEST, linestyle=":", label="least possible")
        axs[f"l{i}"].set(xlabel="epoch", yscale="log", ylim=(loss.min_loss / 3, 300))
        if i:
            axs[f"p{i}"].set_ylabel("")
    axs["p0"].legend(loc="lower left")
    axs["l0"].set_ylabel("loss (MSE), log axis")
    axs["l0"].legend(loc="upper right")
    ends = ", ".join(f"{loss.loss(path[-1]):.4g}" for path in paths)
    return f"The losses after {len(paths[0]) - 1} epochs, from left to right: {ends}."


@picture(10.4, 4.1, "path loss")
def one_descent(x, y, path, n_epochs, title, unit="epoch", *, axs=None):
    """Draw one descent over the bowl, and its loss by epoch.

    x and y of shape (n, 1) or (n,); path of shape (steps + 1, 2) holds (w, b) before the first
    step and after each, steps in equal parts of an epoch, or of a different `unit`. The axes
    depend on the data and on the start alone, so that pictures of different paths can be compared.
    From the lesson 'How far to step'.
    """
    x, y = to_vectors(x=x, y=y)
    loss = line_loss(x, y)
    path = to_path("path", path)
    epochs = np.linspace(0, to_positive("n_epochs", n_epochs), len(path))
    losses = loss.loss(path)
    # As far as a descent from this start can swing without diverging.
    V = loss.eigenvectors
    reach = 1.1 * np.abs(V) @ np.abs(V.T @ (path[0] - loss.minimizer))

    draw_path(axs["path"], loss, path, *square_window(loss, reach.max()), title)
    axs["path"].set_aspect("equal")
    axs["path"].legend(loc="upper right")
    axs["path"].lines[-2].set_gid(GROWS)
    ax = axs["loss"]
    ax.plot(epochs, losses, color=FIT, linewidth=1.5, gid=GROWS)
    ax.axhline(loss.min_loss, color=BEST, linestyle=":", label="least possible")
    ax.set(xlabel=unit, ylabel="loss (MSE)", yscale="log", xlim=(0, epochs[-1]))
    ax.set_ylim(loss.min_loss / 2, 20 * losses[0])
    ax.minorticks_off()  # a slider redraws this, and ticks take time
    ax.legend(loc="upper right")
    units = f"{unit}es" if unit.endswith("s") else f"{unit}s"
    in_steps = "" if len(path) - 1 == epochs[-1] else f" in {len(path) - 1} steps"
    return (
        f"After {epochs[-1]:.0f} {units}{in_steps} the loss is {losses[-1]:.4g}; "
        f"least possible is {loss.min_loss:.4g}."
    )


@picture(11.4, 3.9, "raw scaled loss")
def feature_scale(x_raw, x_scaled, y, path_raw, path_scaled, *, axs=None):
    """Compare descent on a badly scaled feature and on the same one standardised.

    x_raw, x_scaled and y of shape (n, 1) or (n,); the paths, (epochs + 1, 2), hold (w, b).
    From the lesson 'How far to step'.
    """
    y = to_vector("y", y)
    path_raw = to_path("path_raw", path_raw)
    path_scaled = to_path("path_scaled", path_scaled, length=len(path_raw))
    phrases = []
    for name, x, path, label, color in (
        ("raw", x_raw, path_raw, "not standardised", FIT),
        ("scaled", x_scaled, path_scaled, "standardised", TRAIN),
    ):
        loss = line_loss(to_vector(f"x_{name}", x, length=len(y)), y)
        losses = loss.loss(path)
        # One scale on both axes: only then is a round bowl round and a canyon a canyon.
        (w_mid, b_mid), half = loss.minimizer / 2, 0.8 * np.abs(loss.minimizer).max()
        ranges = (w_mid - half, w_mid + half), (b_mid - half, b_mid + half)
        kappa = format_number(loss.condition_number)
        draw_path(axs[name], loss, path, *ranges, f"{label}: κ = {kappa}", color)
        axs[name].plot(*path[-1], "o", color=color, markerfacecolor="white", label="end", zorder=4)
        axs[name].set_aspect("equal")
        axs[name].locator_params(nbins=5)
        axs["loss"].plot(losses, color=color, label=label)
        phrases.append(f"{label} κ = {kappa}, loss {losses[-1]:.4g}")
    axs["raw"].legend(loc="upper left")
    axs["loss"].axhline(loss.min_loss, color=BEST, linestyle=":", label="least possible")
    axs["loss"].set(xlabel="epoch", ylabel="loss (MSE)", yscale="log")
    axs["loss"].set_title("the same number of epochs")
    axs["loss"].minorticks_off()  # a slider redraws this, and ticks take time
    axs["loss"].legend(loc="upper right")
    return f"After {len(path_raw) - 1} epochs: {'; '.join(phrases)}."
