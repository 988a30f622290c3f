"""The pictures that the lesson 'Fitting polynomials' introduces."""

import numpy as np

from course_utils._validate import to_count, to_number, to_positive, to_table, to_vector, to_vectors
from course_utils.descent import QuadraticLoss
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import format_number

# Told apart by line and mark, not by colour alone.
_STYLES = [
    {"color": "C4", "linestyle": ":", "marker": "^"},
    {"color": VALIDATION, "linestyle": "-.", "marker": "D"},
    {"color": FIT, "linestyle": "-", "marker": "o"},
    {"color": BEST, "linestyle": "--", "marker": "s"},
    {"color": "black", "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "v"},
]
# Below this, an excess of the loss is only rounding error.
_NOTHING = 1e-7


@picture(10.4, 4.0, "curves errors")
def polynomial_fits(x, y, fits, x_range=None, *, axs=None):
    """Draw two to four polynomials, and how far the last two are off at every point.

    x and y of shape (n, 1) or (n,); `fits` maps a label to coefficients, the constant first;
    the curves run over `x_range`, by default just past the data.
    From the lesson 'Fitting polynomials'.
    """
    x, y = to_vectors(x=x, y=y)
    if not 2 <= len(fits) <= 4:
        raise ValueError(f"fits must hold two to four polynomials, but holds {len(fits)}.")
    if x_range is None:
        x_range = x.min() - 0.04, x.max() + 0.04
    low, high = to_vector("x_range", x_range, length=2)
    grid = np.linspace(low, high, 200)
    phrases = []
    for i, (label, W) in enumerate(fits.items()):
        W = to_vector("fits", W)
        style = _STYLES[i + 4 - len(fits)]
        errors = np.polynomial.polynomial.polyval(x, W) - y
        curve = np.polynomial.polynomial.polyval(grid, W)
        axs["curves"].plot(grid, curve, label=label, **style, markevery=[-1])
        if i >= len(fits) - 2:
            axs["errors"].plot(x, errors, label=label, **style)
        phrases.append(f"{np.mean(errors**2):.4g}")
    axs["curves"].plot(x, y, "o", color=TRAIN, markersize=7, alpha=0.6, label="data")
    if high > x.max() + 0.1:
        axs["curves"].axvspan(x.max(), high, color="0.93", zorder=0)
        axs["curves"].text(x.max() + 0.02, y.min(), "no data here", fontsize=9)
    axs["curves"].set(xlabel="x", ylabel="y", title="the fits")
    axs["curves"].legend(loc="upper left")
    axs["errors"].axhline(0, color="black", linewidth=1)
    axs["errors"].set(xlabel="x", ylabel="y_pred − y", title="how far the last two are off")
    limit = max(np.abs(line.get_ydata()).max() for line in axs["errors"].lines)
    limit = float(f"{1.3 * limit:.1g}")  # an axis that does not move with the last digit
    axs["errors"].set_ylim(-limit, 1.5 * limit)
    axs["errors"].legend(loc="upper left", ncols=2)
    inside = np.linspace(x.min(), x.max(), 200)
    last = [np.polynomial.polynomial.polyval(inside, to_vector("fits", W)) for W in fits.values()]
    gap = np.abs(last[-1] - last[-2]).max()
    return (
        f"MSE by fit: {', '.join(phrases)}; "
        f"between the points the last two curves differ by up to {gap:.4f}."
    )


@picture(11.4, 3.0, "m0 m1 m2 m3 m4")
def eigenmodes(A, y, grid, A_grid, *, axs=None):
    """Draw the five eigenmodes of a fit y ≈ A p as curves over x, the slowest first.

    A of shape (n, 5) and y of shape (n,); `A_grid` (g, 5) is the design matrix at the places
    `grid` (g,). The curve of a mode is what one unit of it adds to the prediction.
    From the lesson 'Fitting polynomials'.
    """
    loss, grid = QuadraticLoss(to_table("A", A, "n", 5), y), to_vector("grid", grid)
    A_grid = to_table("A_grid", A_grid, len(grid), 5)
    crossings = []
    for i, (curvature, direction) in enumerate(
        zip(loss.eigenvalues, loss.eigenvectors.T, strict=True)
    ):
        curve = A_grid @ direction
        curve *= np.sign(curve[-1])  # the sign of an eigenvector is free
        crossings.append(int((np.diff(np.sign(curve)) != 0).sum()))
        ax = axs[f"m{i}"]
        ax.axhline(0, color="black", linewidth=1)
        ax.plot(grid, curve, color=FIT)
        ax.set(xlabel="x", title=f"λ = {curvature:.3g}")
        ax.locator_params(nbins=4)
    axs["m0"].set_ylabel("change of y_pred")
    return (
        "From the flattest direction to the steepest the curves cross zero "
        f"{', '.join(map(str, crossings[:-1]))} and {crossings[-1]} times."
    )


@picture(9.6, 4.0)
def mode_decay(eigenvalues, lr, marks, *, ax=None):
    """Draw which share of each mode is left after k epochs, |1 − lr·λ|ᵏ.

    One to five `eigenvalues`, ascending; `marks` are epochs to mark with a vertical line.
    From the lesson 'Fitting polynomials'.
    """
    eigenvalues, lr = to_vector("eigenvalues", eigenvalues), to_positive("lr", lr)
    marks = [to_count("marks", mark) for mark in to_vector("marks", marks)]
    if len(eigenvalues) > len(_STYLES) or eigenvalues.min() <= 0:
        raise ValueError(f"eigenvalues must be one to five positive numbers, got {eigenvalues}.")
    epochs = np.geomspace(1, 1e8, 400)
    for curvature, style in zip(eigenvalues, _STYLES, strict=False):
        left = np.exp(epochs * np.log(abs(1 - lr * curvature)))
        ax.plot(epochs, left, **style, markevery=(20, 40), label=f"λ = {curvature:.3g}")
    for mark in marks:
        ax.axvline(mark, color="0.4", linewidth=1)
        ax.text(mark * 1.12, 1.25, f"{mark:,}", fontsize=9, color="0.2")
    ax.set(xscale="log", yscale="log", xlabel="epoch", ylabel="share of the mode that is left")
    ax.set(xlim=(1, 1e8), ylim=(1e-3, 2))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), title=f"lr = {lr:g}")
    slowest = abs(1 - lr * eigenvalues[0])
    left = ", ".join(f"{100 * slowest**mark:.3g} % after {mark:,} epochs" for mark in marks)
    return f"Left of the slowest mode: {left}."


@picture(10.4, 4.0, "modes fit", width_ratios=[1, 1.25])
def settling(x, y, W, W_best, eigenvalues, left, *, axs=None):
    """Draw what is left of each mode after some epochs, and the fit at that time.

    x and y of shape (n, 1) or (n,); coefficients W and those of least squares, of shape (d,), the
    constant first; `left` holds the share that is left of each mode, (d,), as `eigenvalues` do
    the curvatures, ascending.
    From the lesson 'Fitting polynomials'.
    """
    x, y = to_vectors(x=x, y=y)
    W, W_best, eigenvalues, left = to_vectors(
        W=W, W_best=W_best, eigenvalues=eigenvalues, left=left
    )
    places = np.arange(len(W))[::-1]  # the steepest, which settles first, is at the top
    ax = axs["modes"]
    ax.barh(places[::-1], left, color=FIT, height=0.6)
    for place, share in zip(places[::-1], left, strict=True):
        text = "100 %" if share > 0.9995 else f"{100 * share:.1f} %"
        ax.text(1.03, place, text if share >= 5e-4 else "settled", va="center")
    ax.set_yticks(places[::-1], [f"λ = {curvature:.2g}" for curvature in eigenvalues])
    ax.set(xlabel="share of the mode that is left", xlim=(0, 1.25))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax = axs["fit"]
    low, high = x.min() - 0.05, x.max() + 0.3
    grid = np.linspace(low, high, 200)
    best, curve = (np.polynomial.polynomial.polyval(grid, p) for p in (W_best, W))
    ax.axvspan(x.max() + 0.02, high, color="0.93", zorder=0)
    ax.plot(x, y, "o", color=TRAIN, markersize=7, alpha=0.6, label="data")
    ax.plot(grid, best, "--", color=BEST, label="least squares")
    ax.plot(grid, curve, color=FIT, label="the fit now")
    margin = 0.25 * np.ptp(y)
    ax.set(xlabel="x", ylabel="y", xlim=(low, high), ylim=(-margin, y.max() + margin))
    ax.legend(loc="upper left")
    mse = np.mean((np.polynomial.polynomial.polyval(x, W) - y) ** 2)
    return f"{(left < 5e-4).sum()} of {len(left)} modes are settled; the loss is {mse:.6f}."


@picture(11.4, 6.6, "b0 b1 b2; loss loss loss", height_ratios=[1, 1.25])
def bases(grid, curves, matrices, y, *, axs=None):
    """Compare three bases: their columns as curves, and descent in each.

    `curves` maps three names to the columns at the places `grid`, (g, d); `matrices` maps the
    same names to the design matrices, (n, d), for y of shape (n,). Every descent starts at zero
    and runs at half of its own largest stable learning rate.
    From the lesson 'Fitting polynomials'.
    """
    grid, y = to_vector("grid", grid), to_vector("y", y)
    if len(matrices) != 3 or list(curves) != list(matrices):
        raise ValueError(
            f"curves and matrices must name the same three bases, got {list(curves)} "
            f"and {list(matrices)}."
        )
    epochs = np.unique(np.geomspace(1, 3e6, 300).astype(int))
    phrases = []
    for i, (name, A) in enumerate(matrices.items()):
        loss = QuadraticLoss(to_table("matrices", A, len(y), "d"), y)
        kappa = format_number(loss.condition_number)
        for k, column in enumerate(to_table("curves", curves[name], len(grid), "d").T):
            line = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))[k % 5]
            axs[f"b{i}"].plot(grid, column, color=f"C{k}", linestyle=line, label=f"degree {k}")
        axs[f"b{i}"].set(xlabel="x", title=f"{name}: κ = {kappa}")
        start = np.zeros(loss.A.shape[1])
        paths = np.array([loss.after(k, start, loss.max_lr / 2) for k in epochs])
        excess = np.maximum(loss.loss(paths) - loss.min_loss, _NOTHING / 10)
        axs["loss"].plot(epochs, excess, **_STYLES[i + 1], markevery=40, label=name)
        done = epochs[np.argmax(excess < 1e-3 * loss.min_loss)]
        phrases.append(f"{name} κ = {kappa}")
        axs["loss"].plot(done, excess[epochs == done], "x", color="black", markersize=9, zorder=5)
    axs["b0"].set_ylabel("value of each column")
    axs["b0"].legend(loc="upper left", bbox_to_anchor=(0, 0.94), fontsize=8)
    axs["loss"].set(xscale="log", yscale="log", xlabel="epoch", ylim=(_NOTHING, 4))
    axs["loss"].set_ylabel("loss − least possible loss")
    axs["loss"].set_title("descent at half of each one's limit; × where the loss is within 0.1 %")
    axs["loss"].legend(loc="upper right")
    return f"{'; '.join(phrases)}."


@picture(9.6, 4.4)
def excess_losses(losses, min_loss, *, ax=None):
    """Draw how far one to five descents are above the least possible loss.

    `losses` maps a label to the losses before the first epoch and after each.
    From the lesson 'Fitting polynomials'.
    """
    min_loss = to_number("min_loss", min_loss)
    if not 1 <= len(losses) <= len(_STYLES):
        raise ValueError(f"losses must hold 1 to {len(_STYLES)} descents, but holds {len(losses)}.")
    phrases = []
    for (label, values), style in zip(losses.items(), _STYLES, strict=False):
        values = to_vector("losses", values)
        epochs = np.arange(len(values))
        marked = np.unique(np.geomspace(1, len(values) - 1, 9).astype(int))
        excess = np.maximum(values - min_loss, _NOTHING / 10)
        below = 2 + 1 / (1 + np.abs(np.diff(values)).sum())  # what jumps hides no other line
        style = {**style, "linewidth": 1.2, "markevery": list(marked), "zorder": below}
        ax.plot(epochs, excess, **style, label=label)
        phrases.append(f"{values[-1]:.6f}")
    ax.axhline(1e-3 * min_loss, color="0.4", linewidth=1)
    ax.text(1.1, 1.2e-3 * min_loss, "0.1 % above the least", fontsize=9, color="0.2")
    ax.set(xscale="log", yscale="log", xlabel="epoch", ylabel="loss − least possible loss")
    ax.set(xlim=(1, None), ylim=(_NOTHING, 20))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return f"Losses at the end, in the order of the legend: {', '.join(phrases)}."
