"""The pictures that the lesson 'A network that bends' introduces."""

import numpy as np

from course_utils._validate import to_number, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import mark_prediction, signed

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
    ax.set(xlabel="input t", ylabel="height", xlim=(-2, 2), ylim=(-3.2, 4.9))  # below the legend
    ends = v * np.tanh(w * np.array([-2.0, 2.0]) + b)
    told = f"It runs from {signed(ends[0])} to {signed(ends[1])}"
    if abs(w) > 1e-9 and abs(b / w) <= 2:
        middle = -b / w
        ax.plot(middle, 0, "o", color="black", markersize=8, zorder=5, label="its middle, −b/w")
        told += f"; its middle is at t = {signed(middle)}, where its slope is {signed(v * w)}"
    ax.legend(loc="upper left")
    return f"{told}."


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
            ax.fill_between(grid, 0, part, color=color, alpha=0.07, linewidth=0)
        ax.plot(grid, part, styles[k % 3], color=color, linewidth=width, alpha=0.9)
    if parts.shape[1] > 1 and np.ptp(parts, axis=1).max() < 1e-6:
        place = len(grid) // 2
        ax.annotate(
            f"all {parts.shape[1]} units",
            (grid[place], parts[place, 0]),
            (0, 14),
            textcoords="offset points",
            ha="center",
        )
    ax.axhline(constant, color="0.35", linestyle=":", linewidth=1.6)
    ax.set_xlabel("t")


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


def _same_heights(axs, names, values):
    """Give a row of panels one y axis, wide enough for all values."""
    low, high = min(map(np.min, values)), max(map(np.max, values))
    pad = 0.12 * (high - low) or 1.0
    for k, name in enumerate(names):
        axs[name].set_ylim(low - pad, high + pad)
        axs[name].tick_params(labelleft=k == 0)


def _misses(y, heights):
    """Return the mean squared error of a curve at the points, as text."""
    error = np.mean((heights - y) ** 2)
    return f"{error:.4f}" if error >= 1e-3 else f"{error:.5f}"


@picture(9.0, 5.4, "c0 c1; p0 p1", height_ratios=[1, 1])
def added_up(grid, two, three, constant, points, prediction=..., *, axs=None):
    """Draw the sum of two units, and that of three and a constant, above the units.

    `grid` has shape (g,); `two` and `three` hold the heights of so many units on it, of shapes
    (2, g) and (3, g). `points` is a pair (t, y) for the second curve; `prediction` is the
    student's number for the highest place of the first.
    From the lesson 'A network that bends'.
    """
    grid, constant, (x, y) = to_vector("grid", grid), to_number("constant", constant), _pair(points)
    two, three = to_table("two", two, 2, len(grid)), to_table("three", three, 3, len(grid))
    curves = two.sum(axis=0), three.sum(axis=0) + constant
    _draw_curve(axs["c0"], [], [], grid, curves[0], "two units")
    _draw_curve(axs["c1"], x, y, grid, curves[1], "three units and a constant, by hand")
    _draw_units(axs["p0"], grid, two.T, 0)
    _draw_units(axs["p1"], grid, three.T, constant)
    _same_heights(axs, ["c0", "c1"], [*curves, y])
    _same_heights(axs, ["p0", "p1"], [two, three, constant])
    axs["p0"].locator_params(axis="x", nbins=5)  # the columns share their axes
    axs["p1"].locator_params(axis="x", nbins=5)
    highest = curves[0].max()
    words = mark_prediction(axs["c0"], prediction, round(float(highest), 4), axis="y")
    axs["c0"].set_ylabel("sum")
    axs["p0"].set_ylabel("units; dotted: constant")
    axs["c0"].legend(loc="upper left")
    axs["c1"].legend(loc="upper left")
    error = _misses(y, np.interp(x, grid, curves[1]))
    return (
        f"The first curve is highest at {highest:.2f}; the second misses its points with an MSE of "
        f"{error}.{words}"
    )


@picture(11.4, 5.4, "c0 c1 c2 c3; p0 p1 p2 p3", height_ratios=[1, 1])
def taken_apart(x, y, grid, panels, *, axs=None):
    """Draw four curves of networks through the same points, each above its units.

    x and y of shape (n,) or (n, 1), or None without points; `grid` of shape (g,); `panels`
    maps four titles to pairs: what the units add to the curve on the grid, of shape (g, units), and
    the constant.
    From the lesson 'A network that bends'.
    """
    x, y = ([], []) if x is None and y is None else to_vectors(x=x, y=y)
    grid = to_vector("grid", grid)
    curves = _apart(panels, 4, grid)
    errors = []
    for k, (title, parts, constant, curve) in enumerate(curves):
        _draw_curve(axs[f"c{k}"], x, y, grid, curve, title)
        _draw_units(axs[f"p{k}"], grid, parts, constant)
        errors.append(f"{title} {_misses(y, np.interp(x, grid, curve))}" if len(x) else title)
    heights = [curve for *_, curve in curves] + ([y] if len(x) else [])
    _same_heights(axs, [f"c{k}" for k in range(4)], heights)
    parts = [part for _, parts, constant, _ in curves for part in (parts, constant)]
    _same_heights(axs, [f"p{k}" for k in range(4)], [0, *parts])
    axs["c0"].set_ylabel("their sum")
    axs["p0"].set_ylabel("units; dotted: constant")
    axs["c0"].legend(loc="upper left")
    return f"{'MSE at the points: ' if len(x) else ''}{'; '.join(errors)}."


@picture(11.4, 4.2, "few rates many", sharey=True, width_ratios=[1.4, 1, 1])
def losses_by_seed(runs, rates, *, axs=None):
    """Draw the losses of networks with few and with many units, and one at two learning rates.

    `runs` maps two numbers of units to losses of shape (seeds, steps), for the seeds 0, 1, 3 and 4;
    `rates` maps two learning rates to the losses of seed 2, of shape (steps,), with few units.
    From the lesson 'A network that bends'.
    """
    if len(runs) != 2 or len(rates) != 2:
        raise ValueError("runs and rates must hold two sets each.")
    told = []
    for ax, (units, losses) in zip((axs["few"], axs["many"]), runs.items(), strict=True):
        losses = to_table("runs", losses, 4, "steps")
        for seed, values, color, style in zip(
            (0, 1, 3, 4), losses, ("C0", "C2", "C4", "C5"), ("-", "--", "-.", "-"), strict=True
        ):
            ax.plot(values, style, color=color, label=f"seed {seed}")
        ends = np.sort(losses[:, -1])
        told.append(f"{units} units {ends[0]:.2g} to {ends[-1]:.2g}")
        ax.set(xlabel="step", yscale="log", title=f"{units} units, four seeds")
        ax.set_ylim(5e-6, 20)
    looks = ("-", VALIDATION), ("--", "black")
    for (style, color), (rate, losses) in zip(looks, rates.items(), strict=True):
        losses = to_vector("rates", losses)
        axs["rates"].plot(losses, style, color=color, label=f"lr {rate}")
    axs["rates"].set(xlabel="step", title="seed 2, at two rates")
    axs["few"].set_ylabel("loss (MSE)")
    axs["few"].legend(loc="lower left", ncols=2)
    axs["rates"].legend(loc="lower left")
    return f"The losses of four seeds end: {'; '.join(told)}."


def _polynomials(t, y, n_train, degrees):
    """Return what least squares gives: (parameters, training loss, validation loss), and W."""
    rows, coefficients = [], {}
    for degree in degrees:
        A = np.polynomial.legendre.legvander(t, degree)
        W = np.linalg.lstsq(A[:n_train], y[:n_train])[0]
        errors = (A @ W - y) ** 2
        rows.append((degree + 1, errors[:n_train].mean(), errors[n_train:].mean()))
        coefficients[degree] = W
    return np.array(rows), coefficients


@picture(11.4, 4.6, "loss beyond", width_ratios=[1, 1.1])
def network_or_polynomial(t, y, networks, t_wide, curves, prediction=..., *, axs=None):
    """Compare networks with polynomials: by parameters, and beyond the points.

    t and y of shape (n,) or (n, 1) are points of `noisy_sine`, with t = 2x - 1; three quarters of
    the rows train, the last quarter validates. `networks` has a row for each network: parameters,
    training and validation loss; `curves` holds the heights of ten units on `t_wide`, before and
    after more training. The polynomials of degree 1 to 10 are the least-squares ones.
    `prediction` is the student's number for the last validation loss.
    From the lesson 'A network that bends'.
    """
    t, y = to_vectors(t=t, y=y)
    t_wide, n_train = to_vector("t_wide", t_wide), len(t) * 3 // 4
    curves = [to_vector("curves", curve, len(t_wide)) for curve in curves]
    rows, coefficients = _polynomials(t, y, n_train, range(1, 11))
    nets = to_table("networks", networks, "networks", 3)
    words = _by_parameters(axs["loss"], rows, nets, prediction)
    ax = axs["beyond"]
    ax.axvspan(t[:n_train].min(), t[:n_train].max(), color="0.93", zorder=0)
    ax.plot(t[:n_train], y[:n_train], "o", color=TRAIN, markersize=4, label="training rows")
    ax.plot(t[n_train:], y[n_train:], "D", color=VALIDATION, markersize=4, label="validation rows")
    x_wide = (t_wide + 1) / 2
    truth = 3 * x_wide + np.sin(6 * x_wide) + 1
    ax.plot(t_wide, truth, ":", color="black", linewidth=1.5, label="the true curve")
    ax.plot(t_wide, curves[0], color=FIT, linewidth=2.4, label="10 units")
    ax.plot(t_wide, curves[1], "--", color="C4", label="10 units, more training")
    heights = np.polynomial.legendre.legval(t_wide, coefficients[4])
    ax.plot(t_wide, heights, "-.", color=BEST, label="polynomial, degree 4")
    ax.set(xlabel="t", ylabel="y", ylim=(-3, 9), title="on the points (grey) and beyond")
    ax.legend(loc="lower right", fontsize=8.5)
    return (
        f"Validation loss with {nets[-1, 0]:.0f} parameters, a network: {nets[-1, 2]:.4f}; with "
        f"{rows[-1][0]:.0f}, a polynomial: {rows[-1][2]:.4f}.{words}"
    )


def _by_parameters(ax, polynomials, networks, prediction):
    """Draw both losses of both families against their numbers of parameters."""
    families = ((polynomials, "s", TRAIN, "polynomial"), (networks, "o", FIT, "network"))
    for table, mark, color, name in families:
        sizes = np.unique(table[:, 0])
        middle = np.array([np.median(table[table[:, 0] == size, 1:], axis=0) for size in sizes])
        ax.plot(sizes, middle[:, 1], "-", color=color)
        ax.plot(table[:, 0], table[:, 2], mark, color=color, label=f"{name}, validation")
        ax.plot(sizes, middle[:, 0], ":", color=color, alpha=0.7)
        ax.plot(table[:, 0], table[:, 1], mark, color=color, fillstyle="none", alpha=0.7)
        ax.plot([], [], f"{mark}:", color=color, fillstyle="none", label=f"{name}, training")
    ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="loss (MSE)")
    ax.set_xticks([2, 4, 10, 30, 100, 300])
    ax.set_yticks([0.03, 0.05, 0.1, 0.2, 0.4, 1])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    ax.set_ylim(0.03, 1)
    words = mark_prediction(ax, prediction, round(float(networks[-1, 2]), 4), axis="y")
    ax.legend(loc="upper right", fontsize=8.5)
    ax.set_title("a mark for each fit, lines through the medians")
    return words


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
        ax.contourf(first, second, probability, np.linspace(0, 1, 11), cmap="PuOr_r", alpha=0.3)
        ax.contour(first, second, probability, [0.5], colors="black", linewidths=1.8)
        ax.plot(*x[labels == 0].T, "o", color=TRAIN, markersize=3, label="no (0)")
        ax.plot(*x[labels == 1].T, "^", color=FIT, markersize=5, label="yes (1)")
        ax.set(title=title, xlabel="first input")
        shares.append(f"{title} {100 * (probability > 0.5).mean():.0f}%")
    axs["m0"].set_ylabel("second input")
    axs["m0"].plot([], [], color="black", label="a half")
    axs["m0"].legend(loc="upper left", fontsize=8.5, ncols=3, columnspacing=0.8, handlelength=1)
    axs["m0"].set_ylim(second[0], second[-1] + 0.22 * np.ptp(second))
    return f"The network says yes on this share of the map: {'; '.join(shares)}."
