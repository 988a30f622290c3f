"""The pictures that the lesson 'What a fit is worth' introduces."""

import numpy as np

from course_utils._validate import to_array, to_number, to_positive, to_table, to_vector
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import mark_prediction

GRID = np.linspace(0, 1, 300)
_LOSSES = {
    "training": {"color": TRAIN},
    "validation": {"color": VALIDATION, "linestyle": "--"},
    "new points": {"color": "black", "linewidth": 1},
}


def _legendre(x, n):
    """Return n Legendre columns of x from [0, 1]."""
    return np.polynomial.legendre.legvander(2 * x - 1, n - 1)


def _losses(fits, points, rows=slice(None)):
    """Return the loss of each fit on rows of a sample; fits are Legendre coefficients."""
    A, y = _legendre(points.x[rows], max(map(len, fits))), points.y[rows]
    return np.array([np.mean((A[:, : len(W)] @ W - y) ** 2) for W in fits])


def _curve(W):
    """Return the curve of Legendre coefficients on GRID."""
    return _legendre(GRID, len(W)) @ W


def _true_curve():
    """Return the curve around which `data.noisy_sine` draws its points, on GRID."""
    return 3 * GRID + np.sin(6 * GRID) + 1


def _band(ax, places, values, label, **style):
    """Draw the median over the rows of `values` and the band that holds their middle 80%."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    band = "the middle 80%" if style["color"] == VALIDATION else None
    ax.fill_between(places, low, high, color=style["color"], alpha=0.18, linewidth=0, label=band)
    ax.plot(places, middle, label=label, **style)
    return middle


def _plain_ticks(ax):
    """Write the ticks of a logarithmic loss axis as plain numbers."""
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("")


def _draw_noise(ax, noise):
    """Draw the irreducible error, the mean loss of the true curve."""
    ax.axhline(noise**2, color="black", linestyle=":", linewidth=1.2, label="irreducible error")


def _draw_points(ax, points, train, val):
    """Draw the rows to train and to validate, and the true curve."""
    n_train, n_val = len(points.x[train]), len(points.x[val])
    ax.plot(points.x[train], points.y[train], "o", color=TRAIN, label=f"{n_train} training rows")
    style = {"color": VALIDATION, "markersize": 6}
    ax.plot(points.x[val], points.y[val], "D", label=f"{n_val} validation rows", **style)
    ax.plot(GRID, _true_curve(), "--", color="black", linewidth=1.2, label="true curve")
    ax.set(xlabel="x", xlim=(-0.03, 1.03))
    ax.set_ylim(points.y.min() - 0.6, points.y.max() + 0.6)


@picture(11.0, 4.9, "f0 f1 f2", sharey=True)
def three_fits(points, train, val, new, fits, *, axs=None):
    """Draw three polynomials over the points and the true curve, and say their losses.

    `points` is a sample of `data.noisy_sine`, `train` and `val` are row numbers or slices, `new` is
    another sample; `fits` maps three degrees to Legendre coefficients of shape (degree + 1,).
    From the lesson 'What a fit is worth'.
    """
    if len(fits) != 3:
        raise ValueError(f"fits must hold three degrees, but holds {list(fits)}.")
    away = []
    for i, (degree, W) in enumerate(fits.items()):
        ax, W = axs[f"f{i}"], to_vector("fits", W, length=degree + 1)
        rows = (points, train), (points, val), (new, slice(None))
        losses = [f"{_losses([W], *where)[0]:.4f}" for where in rows]
        _draw_points(ax, points, train, val)
        ax.plot(GRID, _curve(W), color=FIT, label="the fit")
        named = zip(("training", "validation", "new points"), losses, strict=True)
        title = "\n".join(" ".join(pair) for pair in named)
        ax.set_title(f"degree {degree}\n{title}", fontsize=14)
        away.append(f"degree {degree}: {', '.join(losses)}")
    axs["f0"].set_ylabel("y")
    axs["f0"].legend(loc="lower right")
    noise = [sample.y_true - sample.y for sample in (points, points, new)]
    rows = train, val, slice(None)
    true = [f"{np.mean(one[which] ** 2):.4f}" for one, which in zip(noise, rows, strict=True)]
    return (
        f"Loss on training rows, validation rows and new points: {'; '.join(away)}; "
        f"true curve: {', '.join(true)}; irreducible error {points.noise**2:.2g}."
    )


@picture(9.8, 5.2, "s0 s1;b0 b1", height_ratios=[2.6, 1], sharex=True)
def degree_sweep(same_rows, fresh_rows, noise, prediction=..., *, axs=None):
    """Draw training and validation loss by degree, and how often each degree is the best.

    `same_rows` holds splits of the same rows, `fresh_rows` splits of fresh samples: tables of shape
    (repeats, degrees, 2), training and validation losses from degree 0 on. The line is the median,
    the band the middle 80%. `prediction` is what the lesson's `my_prediction` holds: the degree
    with the lowest median validation loss.
    From the lesson 'What a fit is worth'.
    """
    noise, tables = to_positive("noise", noise), {}
    for name, table in (("same_rows", same_rows), ("fresh_rows", fresh_rows)):
        tables[name] = to_array(name, table)
        if tables[name].ndim != 3 or tables[name].shape[2] != 2:
            shape = tables[name].shape
            raise ValueError(
                f"{name} must have shape (repeats, degrees, 2), but has shape {shape}."
            )
    n_degrees = [table.shape[1] for table in tables.values()]
    if n_degrees[0] != n_degrees[1]:
        raise ValueError(
            f"same_rows and fresh_rows must hold as many degrees, but hold {n_degrees[0]} and "
            f"{n_degrees[1]}."
        )
    degrees, wins, lowest, words = np.arange(n_degrees[0]), [], [], ""
    top = 5 * max(np.median(table[..., 1], axis=0).max() for table in tables.values())
    titles = "splits of the same 40 rows", "samples of 40 fresh points"
    for i, (title, table) in enumerate(zip(titles, tables.values(), strict=True)):
        ax, val = axs[f"s{i}"], table[..., 1]
        _band(ax, degrees, table[..., 0], "training", color=TRAIN, marker="o")
        style = {"color": VALIDATION, "marker": "D", "linestyle": "--"}
        middle = _band(ax, degrees, val, "validation", **style)
        best = int(middle.argmin())
        star = {"color": BEST, "markersize": 17, "zorder": 5}
        ax.plot(best, middle[best], "*", label="lowest median", **star)
        _draw_noise(ax, noise)
        ax.set(yscale="log", ylim=(noise**2 / 4, top), title=f"{len(val)} {title}")
        _plain_ticks(ax)
        wins.append(np.bincount(val.argmin(axis=1), minlength=len(degrees)))
        bars = axs[f"b{i}"]
        bars.bar(degrees, wins[-1], color=VALIDATION, edgecolor="black", linewidth=0.6)
        bars.set(xlabel="degree", ylim=(0, 1.2 * max(map(max, wins))))
        bars.set_xticks(degrees)
        lowest.append(f"degree {best}, {middle[best]:.4f}")
        words = mark_prediction(ax, prediction, best)
    axs["s0"].set_ylabel("loss (MSE)")
    axs["b0"].set_ylabel("times best")
    axs["b0"].set_ylim(axs["b1"].get_ylim())
    axs["s0"].legend(loc="upper right", ncols=2)
    gap = wins[0] - wins[1]
    gap[[int(np.argmax(count)) for count in wins]] = 0  # another than the winners
    other = gap.argmax()
    return (
        f"Lowest median validation loss: left {lowest[0]}, right {lowest[1]}; degree {other} is "
        f"the best {wins[0][other]} times on the left, {wins[1][other]} on the right.{words}"
    )


@picture(10.6, 4.2, "m0 m1", sharey=True)
def many_fits(fits, place, noise, *, axs=None):
    """Draw many fits of two degrees, each to a fresh sample, and their median.

    `fits` maps two degrees to tables (samples, degree + 1) of Legendre coefficients; the caption
    tells bias and spread at x = `place`, and the loss there that follows from them and `noise`,
    the standard deviation of the noise.
    From the lesson 'What a fit is worth'.
    """
    if len(fits) != 2:
        raise ValueError(f"fits must hold two degrees, but holds {list(fits)}.")
    phrases, truth, place = [], _true_curve(), to_number("place", place)
    noise = to_positive("noise", noise)
    for i, (degree, table) in enumerate(fits.items()):
        table = to_table("fits", table, "samples", degree + 1)
        ax, curves = axs[f"m{i}"], table @ _legendre(GRID, degree + 1).T
        ax.plot(GRID, curves[:40].T, color=FIT, linewidth=0.7, alpha=0.35)
        ax.plot([], [], color=FIT, linewidth=0.7, label="fits, each to 30 new rows")
        ax.plot(GRID, np.median(curves, axis=0), color=TRAIN, linewidth=2.6, label="their median")
        ax.plot(GRID, truth, "--", color="black", linewidth=1.6, label="true curve")
        at = table @ _legendre(np.array([place]), degree + 1)[0]
        true = 3 * place + np.sin(6 * place) + 1
        ax.axvline(place, color="black", linestyle=":", linewidth=1)
        ax.set(xlabel="x", title=f"degree {degree}", ylim=(0.2, 5.6))
        bias, spread = at.mean() - true, at.std()
        loss = noise**2 + bias**2 + spread**2
        phrases.append(f"degree {degree} {bias:.3f}, {spread:.3f} and {loss:.3f}")
    axs["m0"].set_ylabel("y")
    axs["m0"].legend(loc="lower right")
    told = "; ".join(phrases).replace("-", "−")
    return (
        f"At x = {place:g}, mean minus truth, standard deviation of the fits, and loss on new "
        f"points: {told}."
    )


def _choices(points, val, new, ways, decays):
    """Yield name, settings, fits, losses and the choice of each way to hold a fit back.

    The losses are those on training rows, validation rows and new points, a row for each fit.
    """
    if list(ways) != ["degree", "weight decay", "epoch"]:
        raise ValueError(f"ways must hold degree, weight decay and epoch, but holds {list(ways)}.")
    train = np.setdiff1d(np.arange(len(points.x)), np.arange(len(points.x))[val])
    rows = (points, train), (points, val), (new, slice(None))
    for name, fits in ways.items():
        fits = [to_vector("ways", W) for W in fits]
        is_decay = name == "weight decay"
        settings = to_vector("decays", decays, len(fits)) if is_decay else np.arange(len(fits))
        losses = np.column_stack([_losses(fits, *where) for where in rows])
        yield name, settings, fits, losses, int(losses[:, 1].argmin())


@picture(11.0, 4.5, "k0 k1 k2", sharey=True)
def three_ways(points, val, new, ways, decays, prediction=..., *, axs=None):
    """Draw the losses along three ways to hold a fit back, with a star at what is chosen.

    `ways` holds, under "degree", "weight decay" and "epoch", one fit for each setting, from the
    strongest hold to the weakest, as Legendre coefficients; the settings are `decays`, or 0, 1, 2,
    and so on. `val` are the rows of `points` that choose, the others train; `new` is the sample
    that judges. `prediction` is what `my_prediction` holds, the epoch of the lowest validation
    loss.
    From the lesson 'What a fit is worth'.
    """
    phrases, words = [], ""
    choices = _choices(points, val, new, ways, decays)
    for i, (name, settings, _, losses, best) in enumerate(choices):
        ax, wildest = axs[f"k{i}"], len(ways["degree"][-1]) - 1
        shown = slice(name == "epoch", None)  # a logarithmic axis has no place for epoch 0
        for k, (label, style) in enumerate(_LOSSES.items()):
            ax.plot(settings[shown], losses[shown, k], label=label, **style)
        star = {"color": BEST, "markersize": 16, "zorder": 5}
        ax.plot(settings[best], losses[best, 1], "*", label="lowest validation loss", **star)
        _draw_noise(ax, points.noise)
        label = f"{name} (weaker to the right)" if name == "weight decay" else name
        title = "least squares" if name == "degree" else f"degree {wildest}"
        ax.set(yscale="log", ylim=(0.02, 6), xlabel=label, title=title)
        _plain_ticks(ax)
        if name != "degree":
            ax.set_xscale("log")
        else:
            ax.set_xticks(settings[::3])
        if name == "weight decay":
            ax.invert_xaxis()
        if name == "epoch":
            words = mark_prediction(ax, prediction, settings[best])
            ax.legend(loc="upper center")
        phrases.append(f"{name} {settings[best]:.2g}, {losses[best, 1]:.4f}")
    axs["k0"].set_ylabel("loss (MSE)")
    return f"Lowest validation loss: {'; '.join(phrases)}.{words}"


@picture(11.0, 4.5, "c0 c1 c2", sharey=True)
def chosen_fits(points, val, new, ways, decays, *, axs=None):
    """Draw the fit that the validation rows choose in each of three ways, and the wildest.

    The arguments are those of `three_ways`.
    From the lesson 'What a fit is worth'.
    """
    phrases = []
    choices = _choices(points, val, new, ways, decays)
    for i, (name, settings, fits, losses, best) in enumerate(choices):
        ax, last = axs[f"c{i}"], ways["degree"][-1]
        train = np.setdiff1d(np.arange(len(points.x)), np.arange(len(points.x))[val])
        _draw_points(ax, points, train, val)
        wildest = f"degree {len(last) - 1}"
        held = ax.plot(GRID, _curve(fits[best]), color=BEST, linewidth=2.4, label="chosen")
        free = ax.plot(GRID, _curve(last), color=FIT, linewidth=1, alpha=0.7, label=wildest)
        chosen = f"{name} {settings[best]:.2g}"
        ax.set_title(f"{chosen}\nnew points {losses[best, 2]:.4f}", fontsize=14)
        phrases.append(f"{chosen}, {losses[best, 2]:.4f}")
    axs["c0"].set_ylabel("y")
    axs["c0"].legend(handles=[held[0], free[0]], loc="lower right")
    return f"Chosen by validation, and its loss on new points: {'; '.join(phrases)}."


@picture(11.4, 4.0, "c0 c1 c2", sharey=True)
def losses_by_size(sizes, results, noise, *, axs=None):
    """Draw training loss and loss on new points against the number of rows.

    `results` maps three degrees to pairs (training losses, losses on new points), each of shape
    (samples, sizes). The thin line is noise²·(1 − p/n) for p = degree + 1 coefficients.
    From the lesson 'What a fit is worth'.
    """
    sizes, noise = to_vector("sizes", sizes), to_positive("noise", noise)
    if len(results) != 3:
        raise ValueError(f"results must hold three degrees, but holds {list(results)}.")
    phrases = []
    for i, (degree, (train, new)) in enumerate(results.items()):
        ax = axs[f"c{i}"]
        train, new = (to_table("results", rows, "samples", len(sizes)) for rows in (train, new))
        train = np.maximum(train, 1e-9)  # a fit through all points leaves only rounding error
        _band(ax, sizes, train, "training", color=TRAIN, marker="o")
        middle = _band(ax, sizes, new, "new points", color=VALIDATION, marker="D", linestyle="--")
        if np.median(train[:, -1]) < 1.2 * noise**2:  # the model about contains the truth
            enough = np.geomspace(max(sizes[0], 1.2 * (degree + 1)), sizes[-1], 100)
            thin = {
                "color": "black",
                "linewidth": 1.2,
                "zorder": 4,
                "label": "irreducible·(1 − p/n)",
            }
            ax.plot(enough, noise**2 * (1 - (degree + 1) / enough), **thin)
        _draw_noise(ax, noise)
        ax.set(xscale="log", yscale="log", xlabel="training rows n", ylim=(0.015, 8))
        ax.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
        ax.minorticks_off()
        ax.set_title(f"degree {degree}: {degree + 1} coefficients")
        phrases.append(f"{middle[-1]:.4f}")
    axs["c0"].set_ylabel("loss (MSE)")
    _plain_ticks(axs["c0"])
    axs["c1"].legend(loc="upper right")
    return f"Median loss on new points at n = {sizes[-1]:.0f}, by degree: {', '.join(phrases)}."


@picture(7.4, 4.0)
def kept_shares(curvatures, shares, *, ax=None):
    """Draw which share of each mode of least squares a fit keeps.

    `curvatures` of shape (d,); `shares` maps two labels to shares of shape (d,).
    From the lesson 'What a fit is worth'.
    """
    curvatures = to_vector("curvatures", curvatures)
    if len(shares) != 2:
        raise ValueError(f"shares must hold two fits, but holds {list(shares)}.")
    styles = [{"marker": "o", "color": FIT}, {"marker": "s", "color": TRAIN, "linestyle": "--"}]
    arrays = []
    for (label, share), style in zip(shares.items(), styles, strict=True):
        arrays.append(to_vector("shares", share, length=len(curvatures)))
        ax.plot(curvatures, arrays[-1], label=label, **style)
    ax.set(xscale="log", xlabel="curvature λ of the mode", ylabel="share of least squares kept")
    ax.set_ylim(-0.04, 1.08)
    ax.legend(loc="upper left")
    apart = np.abs(arrays[0] - arrays[1]).max()
    kept = " and ".join(f"{(share > 0.5).sum()}" for share in arrays)
    return (
        f"{kept} of the {len(curvatures)} modes are kept by more than half; "
        f"the two shares differ by at most {apart:.4f}."
    )
