"""The pictures that the lesson 'Fitting polynomials' introduces."""

import numpy as np

from course_utils._validate import to_count, to_positive, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import mark_prediction

# Told apart by line and mark, not by colour alone.
_STYLES = [
    {"color": "C4", "linestyle": ":", "marker": "^"},
    {"color": VALIDATION, "linestyle": "-.", "marker": "D"},
    {"color": FIT, "linestyle": "-", "marker": "o"},
    {"color": BEST, "linestyle": "--", "marker": "s"},
    {"color": "black", "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "v"},
]


def _curve(x, W):
    """Return the polynomial with the coefficients W, the constant first, at the places x."""
    return np.polynomial.polynomial.polyval(x, W)


def _draw_fits(ax, x, y, fits, low, high):
    """Draw the points and up to four polynomials between `low` and `high`; return their MSEs."""
    grid, errors = np.linspace(low, high, 200), []
    ax.plot(x, y, "o", color=TRAIN, markersize=7, alpha=0.6, label="data")
    for (label, W), style in zip(fits.items(), _STYLES[4 - len(fits) :], strict=False):
        W = to_vector("fits", W)
        ax.plot(grid, _curve(grid, W), label=label, **{**style, "marker": ""})
        errors.append(np.mean((_curve(x, W) - y) ** 2))
    ax.set(xlabel="x", ylabel="y", xlim=(low, high))
    return errors


@picture(7.4, 4.2)
def polynomial_fits(x, y, fits, x_range=None, curve=None, *, ax=None):
    """Draw two to four polynomials through data points.

    x and y of shape (n, 1) or (n,); `fits` maps a label to coefficients, the constant first;
    the curves run over `x_range`, by default just past the data. `curve` is the true curve, a
    function of x, if you want it drawn.
    From the lesson 'Fitting polynomials'.
    """
    x, y = to_vectors(x=x, y=y)
    if not 2 <= len(fits) <= 4:
        raise ValueError(f"fits must hold two to four polynomials, but holds {len(fits)}.")
    if x_range is None:
        x_range = x.min() - 0.04, x.max() + 0.04
    low, high = to_vector("x_range", x_range, length=2)
    errors = _draw_fits(ax, x, y, fits, low, high)
    for edge, outer in ((x.min(), low), (x.max(), high)):
        if abs(outer - edge) > 0.1:
            ax.axvspan(edge, outer, color="0.93", zorder=0)
            place = ax.get_xaxis_transform()  # the height as a share of the picture's
            ax.text((edge + outer) / 2, 0.03, "no data", ha="center", transform=place)
    if curve is not None:
        grid = np.linspace(low, high, 200)
        ax.plot(grid, curve(grid), color="black", linewidth=1, label="true curve")
    ax.legend(loc="upper left")
    listed = ", ".join(f"{e:.4g} ({label})" for label, e in zip(fits, errors, strict=True))
    return f"MSE: {listed}."


@picture(10.4, 4.2, "coefficient fits", width_ratios=[1.15, 1])
def coefficient_by_epoch(x, y, path, every, k, prediction=..., *, axs=None):
    """Draw one coefficient of a training beside its least-squares value, and both fits.

    x and y of shape (n, 1) or (n,); `path`, of shape (m, d), holds the coefficients, the constant
    first, at the start and after each `every` epochs; `k` is the power whose coefficient is drawn.
    `prediction` is the student's of where it ends.
    From the lesson 'Fitting polynomials'.
    """
    x, y = to_vectors(x=x, y=y)
    path, every, k = to_table("path", path, "m", "d"), to_count("every", every), to_count("k", k)
    if k >= path.shape[1]:
        raise ValueError(f"k must be below the {path.shape[1]} coefficients, got {k}.")
    best = np.linalg.lstsq(np.vander(x, path.shape[1], increasing=True), y)[0]

    ax = axs["coefficient"]
    epochs = every * np.arange(len(path))
    ax.plot(epochs, path[:, k], color=FIT, label="this training")
    ax.axhline(best[k], color=BEST, linestyle="--", label="least squares")
    low, high = min(path[:, k].min(), best[k]), max(path[:, k].max(), best[k])
    margin = 0.3 * (high - low)
    ax.set(xlabel="epoch", ylabel=f"W[{k}]", ylim=(low - margin, high + margin))
    ax.set_title(f"the coefficient of $x^{k}$")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.locator_params(axis="x", nbins=5)
    told = mark_prediction(ax, prediction, best[k], axis="y")
    ax.legend(loc="center right")

    fits = {"this training": path[-1], "least squares": best}
    _draw_fits(axs["fits"], x, y, fits, x.min() - 0.04, x.max() + 0.04)
    axs["fits"].set_title("the fit")
    axs["fits"].legend(loc="upper left")
    return (
        f"After {epochs[-1]:,} epochs the coefficient is {path[-1, k]:.4f}; "
        f"its least-squares value is {best[k]:.4f}.{told}"
    )


@picture(11.4, 5.4, "f0 f1 f2 f3 f4; m0 m1 m2 m3 m4")
def modes(x, y, V, *, axs=None):
    """Draw what one unit of each of five modes does to the best fit of a polynomial.

    x and y of shape (n, 1) or (n,); V, of shape (5, 5), has the modes as columns, each a mix of
    the five coefficients, the constant first. Above, the best fit and the fit moved by the mode;
    below, the move alone, each on its own scale, with its size: the root of its mean square there.
    From the lesson 'Fitting polynomials'.
    """
    x, y = to_vectors(x=x, y=y)
    V = to_table("V", V, 5, 5)
    A = np.vander(x, 5, increasing=True)
    best = np.linalg.lstsq(A, y)[0]
    grid = np.linspace(x.min(), x.max(), 200)
    sizes = []
    for i, mode in enumerate(V.T):
        mode = mode * np.sign(mode.sum() or 1)  # the sign of a mode is free
        above, below = axs[f"f{i}"], axs[f"m{i}"]
        above.plot(x, y, "o", color=TRAIN, alpha=0.6, label="data")
        above.plot(grid, _curve(grid, best), "--", color=BEST, label="best fit")
        above.plot(grid, _curve(grid, best + mode), color=FIT, label="moved by 1")
        above.set(ylim=(y.min() - 1, y.max() + 2.6), title=f"mode {i}")
        sizes.append(np.sqrt(np.mean((A @ mode) ** 2)))
        below.axhline(0, color="black", linewidth=1)
        below.plot(grid, _curve(grid, mode), color=FIT)
        below.plot(x, A @ mode, "o", color=FIT)
        below.set(xlabel="x", title=f"size {sizes[i]:.4g}")
        reach = 1.15 * np.abs(_curve(grid, mode)).max()
        below.set_ylim(-reach, reach)
        below.locator_params(axis="y", nbins=5)
        if i:
            above.tick_params(labelleft=False)
    axs["f0"].set_ylabel("y")
    axs["f0"].legend(loc="upper left")
    axs["m0"].set_ylabel("the move alone\n(mind the scales)")
    listed = ", ".join(f"mode {i} {size:.4g}" for i, size in enumerate(sizes))
    return f"Size at the points: {listed}."


@picture(8.6, 4.0)
def mode_decay(curvatures, lr, mark, prediction=..., *, ax=None):
    """Draw what percentage of each mode is left after k epochs, |1 − lr·λ|ᵏ.

    One to five `curvatures`, ascending; `mark` is an epoch to mark with a vertical line.
    `prediction` is the student's of the flattest mode's percentage there.
    From the lesson 'Fitting polynomials'.
    """
    curvatures, lr = to_vector("curvatures", curvatures), to_positive("lr", lr)
    mark = to_count("mark", mark)
    if not 1 <= len(curvatures) <= len(_STYLES) or curvatures.min() <= 0:
        raise ValueError(f"curvatures must be one to five positive numbers, got {curvatures}.")
    epochs = np.geomspace(1, 1e8, 400)
    for i, (curvature, style) in enumerate(zip(curvatures, _STYLES[::-1], strict=False)):
        left = 100 * np.exp(epochs * np.log(abs(1 - lr * curvature)))
        ax.plot(epochs, left, **{**style, "marker": ""})
        place = epochs[np.argmin(np.abs(left - 50))]
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        ax.text(place, 50, f"mode {i}", ha="center", va="center", bbox=box, color=style["color"])
    ax.axvline(mark, color="0.4", linewidth=1)
    ax.text(mark * 1.12, 108, f"epoch {mark:,}", fontsize=9, color="0.2")
    ax.set(xscale="log", xlabel="epoch, in powers of ten", ylabel="left of the mode (%)")
    ax.set(xlim=(1, 1e8), ylim=(-4, 118))
    left = 100 * abs(1 - lr * curvatures) ** mark
    told = mark_prediction(ax, prediction, left[0], axis="y")
    if told:
        ax.legend(loc="lower left")
    listed = ", ".join(f"{share:.3g}" for share in np.where(left < 1e-3, 0, left))
    return f"At lr = {lr:g}, left of the modes after {mark:,} epochs (%): {listed}.{told}"


@picture(10.4, 4.0, "modes fit", width_ratios=[1, 1.25])
def settling(x, y, W, left, *, axs=None):
    """Draw what is left of each mode after some epochs, and the fit at that time.

    x and y of shape (n, 1) or (n,); W, of shape (d,), holds the coefficients, the constant first,
    and `left` the share that is left of each mode, (d,), the flattest first.
    From the lesson 'Fitting polynomials'.
    """
    x, y = to_vectors(x=x, y=y)
    W, left = to_vectors(W=W, left=left)
    ax = axs["modes"]
    places = np.arange(len(W))
    ax.barh(places, 100 * left, color=FIT, height=0.6)
    for place, share in zip(places, left, strict=True):
        text = "100%" if share > 0.9995 else f"{100 * share:.3g}%"
        ax.text(103, place, text if share >= 0.01 else "settled", va="center")
    ax.grid(False)
    ax.set_yticks(places, [f"mode {i}" for i in places])
    ax.set(xlabel="left of the mode (%)", xlim=(0, 125), xticks=[0, 25, 50, 75, 100])
    best = np.linalg.lstsq(np.vander(x, len(W), increasing=True), y)[0]
    margin = 0.25 * np.ptp(y)
    fits = {"the fit now": W, "least squares": best}
    errors = _draw_fits(axs["fit"], x, y, fits, x.min() - 0.04, x.max() + 0.04)
    axs["fit"].set_ylim(-margin, y.max() + margin)
    axs["fit"].legend(loc="upper left")
    listed = " ".join(f"{value:.4f}" for value in W)
    return (
        f"{(left < 0.01).sum()} of {len(left)} modes are settled. MSE {errors[0]:.6f}, least "
        f"{errors[1]:.6f}. W: {listed}."
    )


@picture(7.4, 3.8)
def loss_cliffs(epochs, above, *, ax=None):
    """Draw how far a loss is above the least possible, by epoch, on two logarithmic axes.

    `epochs` and `above` have shape (n,); values of `above` that are zero are left out.
    From the lesson 'Fitting polynomials'.
    """
    epochs, above = to_vectors(epochs=epochs, above=above)
    shown = above > 0
    ax.plot(epochs[shown], above[shown], "o-", color=FIT)
    ax.set(xscale="log", yscale="log", xlabel="epoch", ylabel="loss − least possible loss")
    return (
        f"The loss above the least falls from {above[0]:.4g} at epoch {epochs[0]:,.0f} to "
        f"{above[-1]:.4g} at epoch {epochs[-1]:,.0f}."
    )
