"""The pictures that the lesson 'What a fit is worth' introduces."""

import numpy as np

from course_utils._validate import to_count, to_positive, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture


def _band(ax, places, values, label, **style):
    """Draw the median over the rows of `values` and the band that holds their middle 80 %."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    ax.fill_between(places, low, high, color=style["color"], alpha=0.18, linewidth=0)
    ax.plot(places, middle, label=label, **style)
    return middle


def _plain_ticks(ax):
    """Write the ticks of a logarithmic loss axis as plain numbers."""
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("")


def _floor(ax, noise):
    """Draw the noise floor, below which no honest prediction of new points can be."""
    ax.axhline(noise**2, color="black", linestyle=":", linewidth=1.2, label="noise²")


def _points(train, val):
    """Return both pairs (x, y), checked."""
    pairs = []
    for name, (x, y) in (("train", train), ("val", val)):
        x = to_vector(f"{name}: x", x)
        pairs.append((x, to_vector(f"{name}: y", y, length=len(x))))
    return pairs


def _draw_fit(ax, points, grid, truth, curve):
    """Draw both sets of points, the true curve and a fit; return how far it is from the truth."""
    train, val = points
    ax.plot(*train, "o", color=TRAIN, alpha=0.8, label=f"train ({len(train[0])})")
    ax.plot(*val, "D", color=VALIDATION, markersize=6, label=f"validation ({len(val[0])})")
    ax.plot(grid, truth, "--", color="black", linewidth=1.2, label="the true curve")
    ax.plot(grid, curve, color=FIT, label="the fit")
    heights = np.concatenate([train[1], val[1]])
    ax.set(xlabel="x", ylim=(heights.min() - 0.6, heights.max() + 0.6))
    return f"{np.sqrt(np.mean((curve - truth) ** 2)):.4f}"


@picture(7.6, 4.2)
def one_fit(train, val, grid, truth, curve, title, *, ax=None):
    """Draw a fitted curve over the points and the curve they came from.

    `train` and `val` are pairs (x, y); `truth` and `curve` have the shape of `grid`, (g,).
    From the lesson 'What a fit is worth'.
    """
    grid, truth, curve = to_vectors(grid=grid, truth=truth, curve=curve)
    away = _draw_fit(ax, _points(train, val), grid, truth, curve)
    ax.set(ylabel="y", title=title)
    ax.legend(loc="lower right")
    return f"RMS distance from the true curve: {away}."


@picture(11.4, 4.0, "f0 f1 f2", sharey=True)
def fits_and_truth(train, val, grid, truth, fits, *, axs=None):
    """Draw three fitted curves over the points and the curve they came from.

    `train` and `val` are pairs (x, y); `truth` and each curve in `fits`, which maps three labels
    to curves, have the shape of `grid`, (g,).
    From the lesson 'What a fit is worth'.
    """
    grid, truth = to_vectors(grid=grid, truth=truth)
    if len(fits) != 3:
        raise ValueError(f"fits must hold three curves, but holds {len(fits)}.")
    points, phrases = _points(train, val), []
    for i, (title, curve) in enumerate(fits.items()):
        curve = to_vector("fits", curve, length=len(grid))
        phrases.append(_draw_fit(axs[f"f{i}"], points, grid, truth, curve))
        axs[f"f{i}"].set_title(title)
    axs["f0"].set_ylabel("y")
    axs["f0"].legend(loc="lower right")
    return f"RMS distance from the true curve, from left to right: {', '.join(phrases)}."


@picture(10.4, 4.2, "sweep votes", width_ratios=[1.9, 1])
def degree_sweep(degrees, train_losses, val_losses, noise, *, axs=None):
    """Draw training and validation loss by degree over many splits, and who wins.

    Losses of shape (splits, degrees): the line is the median, the band the middle 80 %.
    From the lesson 'What a fit is worth'.
    """
    degrees = to_vector("degrees", degrees)
    val = to_table("val_losses", val_losses, "splits", len(degrees))
    train = to_table("train_losses", train_losses, *val.shape)
    noise = to_positive("noise", noise)
    ax = axs["sweep"]
    _band(ax, degrees, train, "training", color=TRAIN, marker="o")
    middle = _band(ax, degrees, val, "validation", color=VALIDATION, marker="D", linestyle="--")
    best = int(middle.argmin())
    ax.plot(degrees[best], middle[best], "*", color=BEST, markersize=17, label="lowest", zorder=5)
    _floor(ax, noise)
    ax.set(xlabel="degree", ylabel="loss (MSE)", yscale="log")
    ax.set_ylim(train.min() / 1.5, 5 * middle.max())
    _plain_ticks(ax)
    ax.set_xticks(degrees)
    ax.legend(loc="upper left", ncols=4, columnspacing=1, handletextpad=0.5)
    ax.set_title(f"median and middle 80 % of {len(val)} splits")
    votes = np.bincount(val.argmin(axis=1), minlength=len(degrees))
    ax = axs["votes"]
    ax.bar(degrees, votes, color=VALIDATION, edgecolor="black", linewidth=0.6)
    ax.set(xlabel="degree", ylabel="splits", title="splits on which it is best")
    ax.set_xticks(degrees[::2])
    return (
        f"The median validation loss is lowest at degree {degrees[best]:.0f}, {middle[best]:.4f}; "
        f"{(votes > 0).sum()} degrees win on some split."
    )


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
        enough = np.geomspace(max(sizes[0], 1.2 * (degree + 1)), sizes[-1], 100)
        ax.plot(
            enough,
            noise**2 * (1 - (degree + 1) / enough),
            color="black",
            linewidth=1,
            label="noise²·(1 − p/n)",
        )
        _floor(ax, noise)
        ax.set(xscale="log", yscale="log", xlabel="training rows n", ylim=(0.015, 8))
        ax.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
        ax.minorticks_off()
        ax.set_title(f"degree {degree}: {degree + 1} coefficients")
        phrases.append(f"{middle[-1]:.4f}")
    axs["c0"].set_ylabel("loss (MSE)")
    _plain_ticks(axs["c0"])
    axs["c0"].legend(loc="upper right")
    return f"Median loss on new points at n = {sizes[-1]:.0f}, by degree: {', '.join(phrases)}."


@picture(10.4, 4.2, "weights losses")
def ridge_path(decays, weights, train_losses, val_losses, noise, *, axs=None):
    """Draw the coefficients and the losses of ridge against its weight decay.

    `weights` of shape (decays, d), those of one split; losses of shape (splits, decays).
    From the lesson 'What a fit is worth'.
    """
    decays = to_vector("decays", decays)
    weights = to_table("weights", weights, len(decays), "d")
    val = to_table("val_losses", val_losses, "splits", len(decays))
    train = to_table("train_losses", train_losses, *val.shape)
    ax = axs["weights"]
    for k, column in enumerate(weights.T):
        color, line = f"C{k % 6}", ("-", "--", "-.")[k // 6 % 3]
        ax.plot(decays, column, color=color, linestyle=line, linewidth=1.2)
    ax.set(xscale="log", xlabel="weight decay", ylabel="coefficient")
    ax.set_yscale("symlog", linthresh=1)
    ax.set_title(f"the {weights.shape[1]} coefficients shrink")
    ax = axs["losses"]
    _band(ax, decays, train, "training", color=TRAIN, marker="o")
    middle = _band(ax, decays, val, "validation", color=VALIDATION, marker="D", linestyle="--")
    best = int(middle.argmin())
    ax.plot(decays[best], middle[best], "*", color=BEST, markersize=17, label="lowest", zorder=5)
    _floor(ax, to_positive("noise", noise))
    ax.set(xscale="log", yscale="log", xlabel="weight decay", ylabel="loss (MSE)")
    ax.set_ylim(top=3 * np.quantile(val, 0.9, axis=0).max())
    _plain_ticks(ax)
    ax.set_title(f"median and middle 80 % of {len(val)} splits")
    ax.legend(loc="upper center", ncols=2)
    sizes = np.abs(weights).max(axis=1)
    return (
        f"The largest coefficient falls from {sizes[0]:.4g} to {sizes[-1]:.4g}; the median "
        f"validation loss is lowest, {middle[best]:.4f}, at {decays[best]:.1e}."
    )


@picture(10.4, 4.2, "losses fits")
def early_stop(train_losses, val_losses, best_epoch, train, val, grid, curves, *, axs=None):
    """Draw a training's losses with its best epoch marked, and two of its fits.

    Losses of shape (epochs + 1,); `train` and `val` are pairs (x, y); `curves` holds the curves
    over `grid` (g,) at the best epoch and at the last one.
    From the lesson 'What a fit is worth'.
    """
    train_losses, val_losses = to_vectors(train_losses=train_losses, val_losses=val_losses)
    best_epoch, last = to_count("best_epoch", best_epoch), len(val_losses) - 1
    if best_epoch > last:
        raise ValueError(f"best_epoch must be at most {last}, got {best_epoch}.")
    grid = to_vector("grid", grid)
    at_best, at_last = (to_vector("curves", curve, length=len(grid)) for curve in curves)
    ax = axs["losses"]
    ax.plot(train_losses, color=TRAIN, label="training")
    ax.plot(val_losses, "--", color=VALIDATION, label="validation")
    ax.axvline(best_epoch, color=BEST, linewidth=1)
    ax.plot(
        best_epoch,
        val_losses[best_epoch],
        "*",
        color=BEST,
        markersize=17,
        label=f"best: epoch {best_epoch}",
        zorder=5,
    )
    ax.set_xscale("symlog", linthresh=1)
    ax.set(xlabel="epoch", ylabel="loss (MSE)", yscale="log", xlim=(0, 1.2 * last))
    _plain_ticks(ax)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_title("validation falls, then rises")
    ax.legend(loc="upper right")
    ax = axs["fits"]
    train, val = _points(train, val)
    heights = np.concatenate([train[1], val[1]])
    ax.plot(*train, "o", color=TRAIN, alpha=0.7, label="train")
    ax.plot(*val, "D", color=VALIDATION, markersize=6, label="validation")
    ax.plot(grid, at_best, color=BEST, linewidth=2.4, label=f"epoch {best_epoch}")
    ax.plot(grid, at_last, "-.", color=FIT, label=f"epoch {last}")
    ax.set(xlabel="x", ylabel="y", ylim=(heights.min() - 0.6, heights.max() + 0.6))
    ax.set_title("the fit at the best epoch and at the last")
    ax.legend(loc="lower right")
    return (
        f"The validation loss is lowest in epoch {best_epoch}, {val_losses[best_epoch]:.4f}; "
        f"after {last} epochs it is {val_losses[-1]:.4f}."
    )


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
    kept = ", ".join(f"{(share > 0.5).sum()}" for share in arrays)
    return (
        f"Of {len(curvatures)} modes {kept} are kept by more than half; "
        f"the two shares differ by at most {apart:.4f}."
    )


@picture(9.6, 3.4)
def reported_and_true(results, noise, *, ax=None):
    """Compare what was reported with the loss on other rows, by way of choosing.

    `results` maps a label to a pair (reported, on other rows), each of shape (samples,): the mark
    is the median, the bar the middle half.
    From the lesson 'What a fit is worth'.
    """
    noise = to_positive("noise", noise)
    if not results:
        raise ValueError("results must hold at least one way of choosing, but is empty.")
    kinds = (
        (-0.14, {"color": VALIDATION, "marker": "D"}, "reported"),
        (0.14, {"color": TRAIN, "marker": "o"}, "ten other rows"),
    )
    phrases = []
    for row, pair in enumerate(results.values()):
        medians = []
        for values, (shift, style, name) in zip(pair, kinds, strict=True):
            low, middle, high = np.quantile(to_vector("results", values), [0.25, 0.5, 0.75])
            ax.plot([low, high], [row + shift] * 2, color=style["color"], linewidth=5, alpha=0.35)
            label = None if row else name
            ax.plot(middle, row + shift, **style, markersize=9, linestyle="none", label=label)
            medians.append(f"{middle:.4f}")
        phrases.append(" and ".join(medians))
    ax.axvline(noise**2, color="black", linestyle=":", linewidth=1.2, label="noise²")
    ax.set_yticks(range(len(results)), list(results))
    ax.set(xlabel="loss (MSE): median and middle half", ylim=(len(results) - 0.5, -0.5))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return f"Median reported and median on ten other rows: {'; '.join(phrases)}."


@picture(7.6, 3.9)
def split_comparison(losses, *, ax=None):
    """Compare validation losses of two models under two ways of splitting.

    `losses` maps (model, split), two names, to the validation losses of several splits.
    From the lesson 'What a fit is worth'.
    """
    marks = ("o", "D")
    models = list(dict.fromkeys(model for model, _ in losses))
    splits = list(dict.fromkeys(split for _, split in losses))
    largest = {split: [] for split in splits}
    for (model, split), values in losses.items():
        values = to_vector("losses", values)
        place = splits.index(split) + 0.3 * (models.index(model) - 0.5)
        spread = place + 0.05 * np.linspace(-1, 1, len(values))
        style = {"color": (TRAIN, FIT)[models.index(model)], "alpha": 0.7}
        label = model if split == splits[0] else None
        ax.plot(spread, values, marks[models.index(model)], label=label, **style)
        largest[split].append(f"{model} {values.max():.4g}")
    ax.set_xticks(range(len(splits)), splits)
    ax.set(ylabel="validation loss (MSE, (t/ha)²)", yscale="log", xlim=(-0.6, len(splits) - 0.4))
    ax.legend(loc="upper left")
    phrases = [f"{split}: {', '.join(models)}" for split, models in largest.items()]
    return f"Largest losses, {'; '.join(phrases)}."
