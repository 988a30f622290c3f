"""The pictures that the lesson 'A network that bends' introduces."""

import numpy as np

from course_utils._validate import to_count, to_number, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import mark_prediction

_UNITS = ("C0", "C2", "C3", "C4", "C5")  # the colours of units; C1 is the curve they add up to


@picture(6.6, 3.8)
def one_unit(w, b, v, *, ax=None):
    """Draw one tanh unit, v·tanh(w·t + b), for t from -2 to 2, and where its middle is.

    From the lesson 'A network that bends'.
    """
    w, b, v = to_number("w", w), to_number("b", b), to_number("v", v)
    t = np.linspace(-2, 2, 241)
    ax.plot(t, np.tanh(t), ":", color="0.5", linewidth=1.5, label="tanh(t)")
    ax.plot(t, v * np.tanh(w * t + b), color=FIT, linewidth=3, label="v·tanh(w·t + b)")
    for height in (-v, v):
        ax.axhline(height, color=FIT, linestyle="--", linewidth=0.9, alpha=0.7)
    ax.set(xlabel="input t", ylabel="height", xlim=(-2, 2), ylim=(-3.2, 3.2))
    ends = v * np.tanh(w * np.array([-2.0, 2.0]) + b)
    told = f"It runs from {_signed(ends[0])} to {_signed(ends[1])}"
    if abs(w) > 1e-9 and abs(b / w) <= 2:
        middle = -b / w
        ax.plot(middle, 0, "o", color="black", markersize=8, zorder=5, label="its middle, −b/w")
        told += f"; its middle is at t = {_signed(middle)}, where its slope is {_signed(v * w)}"
    ax.legend(loc="upper left")
    return f"{told}."


def _signed(value):
    """Write a number with two decimals and a true minus sign."""
    return f"{value + 0.0:.2f}".replace("-", "−") if round(value, 2) else "0.00"


def _draw_curve(ax, x, y, grid, curve, title):
    """Draw points and the curve of a network above its units."""
    if len(x):
        ax.plot(x, y, "o", color=TRAIN, markersize=5, alpha=0.85, label="points")
    ax.plot(grid, curve, color=FIT, linewidth=2.6, label="sum")
    ax.set_title(title)
    ax.tick_params(labelbottom=False)


def _draw_units(ax, grid, parts, constant):
    """Draw what each unit adds to a curve, and the constant."""
    width = 2.2 if parts.shape[1] <= 3 else 1.6 if parts.shape[1] <= 12 else 0.8
    styles = ("-", "--", "-.")
    for k, part in enumerate(parts.T):
        color = _UNITS[k % len(_UNITS)]
        if parts.shape[1] <= 3:
            ax.fill_between(grid, 0, part, color=color, alpha=0.12, linewidth=0)
        ax.plot(grid, part, styles[k % 3], color=color, linewidth=width, alpha=0.9)
    ax.axhline(constant, color="0.35", linestyle=":", linewidth=1.6)
    ax.set_xlabel("x")


def _apart(panels, expected, grid):
    """Return (title, parts, constant, curve) of each panel, checked."""
    if len(panels) != expected:
        raise ValueError(f"panels must hold {expected} curves, but holds {len(panels)}.")
    checked = []
    for title, (parts, constant) in panels.items():
        parts = to_table("panels", parts, len(grid), "units")
        constant = to_number("panels", constant)
        checked.append((str(title), parts, constant, parts.sum(axis=1) + constant))
    return checked


def _pair(points):
    """Return the x and y of points, checked."""
    x = to_vector("points", points[0])
    return x, to_vector("points", points[1], len(x))


def _same_heights(axs, names, values, margin=0.12):
    """Give a row of panels one y axis, wide enough for all values."""
    low, high = min(map(np.min, values)), max(map(np.max, values))
    pad = margin * (high - low) or 1.0
    for k, name in enumerate(names):
        axs[name].set_ylim(low - pad, high + pad)
        axs[name].tick_params(labelleft=k == 0)


def _misses(y, heights):
    """Return the mean squared error of a curve at the points, as text."""
    error = np.mean((heights - y) ** 2)
    return f"{error:.4f}" if error >= 1e-3 else f"{error:.5f}"


@picture(9.0, 5.4, "c0 c1; p0 p1", height_ratios=[1, 1])
def added_up(grid, panels, points=None, prediction=..., *, axs=None):
    """Draw two curves above the units that they are the sums of.

    `grid` has shape (g,); `panels` maps two titles to pairs: what the units add to the curve, of
    shape (g, units), and the constant. `points` is a pair (x, y) for the second panel;
    `prediction` is the student's number for the highest place of the first curve.
    From the lesson 'A network that bends'.
    """
    grid = to_vector("grid", grid)
    curves = _apart(panels, 2, grid)
    told = []
    for k, (title, parts, constant, curve) in enumerate(curves):
        ax = axs[f"c{k}"]
        x, y = _pair(points) if points is not None and k == 1 else ([], [])
        _draw_curve(ax, x, y, grid, curve, title)
        _draw_units(axs[f"p{k}"], grid, parts, constant)
        if len(x):
            error = _misses(y, np.interp(x, grid, curve))
            told.append(f"the second misses its points with an MSE of {error}")
        axs[f"p{k}"].set_xlabel("t")
    highest = curves[0][3].max()
    words = mark_prediction(axs["c0"], prediction, round(float(highest), 4), axis="y")
    axs["c0"].set_ylabel("sum")
    axs["p0"].set_ylabel("units; dotted: constant")
    if words:
        axs["c0"].legend(loc="lower center")
    else:
        axs["c1"].legend(loc="upper left")
    told.insert(0, f"The first curve is highest at {highest:.2f}")
    return f"{'; '.join(told)}.{words}"


@picture(11.4, 5.4, "c0 c1 c2 c3; p0 p1 p2 p3", height_ratios=[1, 1])
def taken_apart(x, y, grid, panels, *, axs=None):
    """Draw four curves of networks through the same points, each above its units.

    x and y of shape (n,) or (n, 1); `grid` of shape (g,); `panels` maps four titles to pairs: what
    the units add to the curve on the grid, of shape (g, units), and the constant.
    From the lesson 'A network that bends'.
    """
    x, y = to_vectors(x=x, y=y)
    grid = to_vector("grid", grid)
    curves = _apart(panels, 4, grid)
    errors = []
    for k, (title, parts, constant, curve) in enumerate(curves):
        _draw_curve(axs[f"c{k}"], x, y, grid, curve, title)
        _draw_units(axs[f"p{k}"], grid, parts, constant)
        errors.append(f"{title} {_misses(y, np.interp(x, grid, curve))}")
    _same_heights(axs, [f"c{k}" for k in range(4)], [y, *(curve for *_, curve in curves)])
    parts = [part for _, parts, constant, _ in curves for part in (parts, constant)]
    _same_heights(axs, [f"p{k}" for k in range(4)], [0, *parts])
    axs["c0"].set_ylabel("their sum")
    axs["p0"].set_ylabel("units; dotted: constant")
    axs["c0"].legend(loc="upper left")
    return f"MSE at the points: {'; '.join(errors)}."


@picture(10.4, 4.0, "few many", sharey=True)
def losses_by_seed(runs, slower, *, axs=None):
    """Draw the losses of networks that differ only in their seed.

    `runs` maps two titles to losses of shape (seeds, steps); `slower`, of shape (steps,), is the
    run of the first panel's worst climber once more, with half the learning rate.
    From the lesson 'A network that bends'.
    """
    if len(runs) != 2:
        raise ValueError(f"runs must hold two sets of runs, but holds {len(runs)}.")
    told = []
    for ax, (title, losses) in zip((axs["few"], axs["many"]), runs.items(), strict=True):
        losses = to_table("runs", losses, "seeds", "steps")
        settled = losses[:, min(20, losses.shape[1] // 2) :]  # the first steps swing anyway
        climbs = np.diff(settled).max(axis=1)
        climber = int(climbs.argmax())
        for seed, values in enumerate(losses):
            style = {"color": "0.55", "linewidth": 1.2}
            if ax is axs["few"] and seed == climber:
                style = {"color": VALIDATION, "linewidth": 2, "label": f"seed {seed}"}
            ax.plot(values, **style)
        ends = np.sort(losses[:, -1])
        told.append(f"{title}: {ends[0]:.2g} to {ends[-1]:.2g}")
        ax.set(xlabel="step", yscale="log", title=f"{title}, {len(losses)} seeds")
        ax.set_ylim(5e-6, 20)
    slower = to_vector("slower", slower, losses.shape[1])
    axs["few"].plot(slower, "--", color="black", linewidth=1.5, label="the same, half the rate")
    axs["few"].set_ylabel("loss (MSE)")
    axs["few"].legend(loc="lower left")
    return f"After {losses.shape[1] - 1} steps the losses end, {'; '.join(told)}."


def _polynomials(x, y, n_train, degrees):
    """Return what least squares gives: (parameters, training loss, validation loss), and W."""
    rows, coefficients = [], {}
    for degree in degrees:
        A = np.polynomial.legendre.legvander(2 * x - 1, degree)
        W = np.linalg.lstsq(A[:n_train], y[:n_train])[0]
        errors = (A @ W - y) ** 2
        rows.append((degree + 1, errors[:n_train].mean(), errors[n_train:].mean()))
        coefficients[degree] = W
    return np.array(rows), coefficients


@picture(11.4, 4.6, "loss beyond", width_ratios=[1, 1.1])
def network_or_polynomial(points, n_train, networks, x_wide, curves, prediction=..., *, axs=None):
    """Compare networks with polynomials: by parameters, and beyond the points.

    `points` is a pair (x, y), each of shape (n,), with x from 0 to 1; the first `n_train` rows
    train, the others validate. `networks` maps a number of parameters to the training and the
    validation loss; `curves` maps labels to heights on `x_wide`. The polynomials of degree 1 to 10
    are the least-squares ones. `prediction` is the student's number for the last validation loss.
    From the lesson 'A network that bends'.
    """
    x, y = _pair(points)
    x_wide, n_train = to_vector("x_wide", x_wide), to_count("n_train", n_train)
    rows, coefficients = _polynomials(x, y, n_train, range(1, 11))
    nets = np.array([(n, *to_vector("networks", losses, 2)) for n, losses in networks.items()])
    ax = axs["loss"]
    families = ((rows, "s", TRAIN, "polynomial"), (nets, "o", FIT, "network"))
    for table, marker, color, name in families:
        ax.plot(*table[:, [0, 2]].T, f"{marker}-", color=color, label=f"{name}, validation")
        ax.plot(
            *table[:, [0, 1]].T, f"{marker}:", color=color, alpha=0.6, label=f"{name}, training"
        )
    ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="loss (MSE)")
    ax.set_ylim(0.03, 1)
    ax.set_xticks([2, 4, 10, 30, 100, 300])
    ax.set_yticks([0.03, 0.05, 0.1, 0.2, 0.4, 1])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    words = mark_prediction(ax, prediction, round(float(nets[-1, 2]), 4), axis="y")
    ax.legend(loc="upper right", fontsize=8.5)
    ax.set_title("on the points")

    ax = axs["beyond"]
    ax.axvspan(x[:n_train].min(), x[:n_train].max(), color="0.93", zorder=0)
    ax.plot(x[:n_train], y[:n_train], "o", color=TRAIN, markersize=4, label="training rows")
    ax.plot(x[n_train:], y[n_train:], "D", color=VALIDATION, markersize=4, label="validation rows")
    truth = 3 * x_wide + np.sin(6 * x_wide) + 1
    ax.plot(x_wide, truth, ":", color="black", linewidth=1.5, label="the true curve")
    for style, (label, curve) in zip(("-", "--"), curves.items(), strict=False):
        ax.plot(x_wide, to_vector("curves", curve, len(x_wide)), style, color=FIT, label=label)
    heights = np.polynomial.legendre.legval(2 * x_wide - 1, coefficients[4])
    ax.plot(x_wide, heights, "-.", color=BEST, label="degree 4")
    ax.set(xlabel="x", ylabel="y", ylim=(-3, 9), title="beyond them (grey: where they are)")
    ax.legend(loc="upper left")
    worst = rows[-1]
    return (
        f"Validation loss with {nets[-1, 0]:.0f} parameters, a network: {nets[-1, 2]:.4f}; with "
        f"{worst[0]:.0f}, a polynomial: {worst[2]:.4f}.{words}"
    )


@picture(11.4, 3.4, "m0 m1 m2 m3", sharey=True)
def boundary_stages(x, labels, first, second, stages, *, axs=None):
    """Draw where a classifier says yes at four stages of its training.

    x of shape (n, 2); labels of shape (n,) or (n, 1), 0 or 1; `first` and `second` are the
    coordinates of a grid; `stages` maps four titles to probabilities of shape
    (len(second), len(first)).
    From the lesson 'A network that bends'.
    """
    x = to_table("x", x, "n", 2)
    labels = to_vector("labels", labels, len(x))
    first, second = to_vector("first", first), to_vector("second", second)
    if len(stages) != 4:
        raise ValueError(f"stages must hold four maps, but holds {len(stages)}.")
    shares = []
    for k, (title, probability) in enumerate(stages.items()):
        ax = axs[f"m{k}"]
        probability = to_table("stages", probability, len(second), len(first))
        ax.contourf(
            first, second, probability, np.linspace(0, 1, 11), cmap="PuOr_r", alpha=0.4, vmin=0
        )
        ax.contour(first, second, probability, [0.5], colors="black", linewidths=1.8)
        ax.plot(*x[labels == 0].T, "o", color=TRAIN, markersize=3, label="no (0)")
        ax.plot(*x[labels == 1].T, "^", color=FIT, markersize=5, label="yes (1)")
        ax.set(title=title, xlabel="first input")
        shares.append(f"{title} {100 * (probability > 0.5).mean():.0f}%")
    axs["m0"].set_ylabel("second input")
    axs["m0"].legend(loc="lower left", fontsize=8.5)
    return f"The network says yes on this share of the map: {'; '.join(shares)}."
