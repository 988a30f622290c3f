"""The pictures that the lesson 'A real data set' introduces."""

import numpy as np

from course_utils._validate import to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, picture
from course_utils.plots.core import mark_prediction, signed

# A marker and a colour for each model, so that nothing depends on colour alone.
MODELS = (("s", "black"), ("o", TRAIN), ("D", FIT), ("^", BEST))
_PANELS = [[f"x{k}" for k in range(start, start + 5)] for start in (0, 5)]


@picture(11.0, 4.8, ";".join(" ".join(row) for row in _PANELS), sharey=True)
def ten_inputs(x, y, names, unit, *, axs=None):
    """Draw the target against each of ten inputs, a panel each.

    x of shape (n, 10), y of shape (n, 1) or (n,); `names` holds ten pairs (name, what it is).
    From the lesson 'A real data set'.
    """
    x = to_table("x", x, "n", 10)
    y = to_vector("y", y, len(x))
    if len(names) != 10:
        raise ValueError(f"names must hold ten pairs, but holds {len(names)}.")
    for k, (name, meaning) in enumerate(names):
        ax = axs[f"x{k}"]
        ax.plot(x[:, k], y, "o", color=TRAIN, alpha=0.4, markersize=3)
        if len(kinds := np.unique(x[:, k])) == 2:
            ax.set_xticks(kinds)
        ax.set_title(name, fontweight="bold")
        ax.set_xlabel(_short(meaning), fontsize=8.5)
    for name in ("x0", "x5"):
        axs[name].set_ylabel(f"progression ({unit})")
    return (
        f"{len(y)} training rows. The target runs from {y.min():g} to {y.max():g} {unit}, with "
        f"mean {y.mean():.1f} and standard deviation {y.std():.1f}."
    )


def _short(meaning):
    """Return what an input is in at most two lines."""
    if len(meaning) <= 25:
        return meaning
    cut = meaning.rfind(" ", 0, 26)
    return meaning[:cut] + "\n" + meaning[cut + 1 :]


@picture(8.4, 4.2)
def residuals_by_prediction(residual, y, unit, *, ax=None):
    """Draw each row's residual against its prediction, with the RMSE above and below zero.

    residual, which is prediction minus target, and y of shape (n, 1) or (n,).
    From the lesson 'A real data set'.
    """
    residual, y = to_vectors(residual=residual, y=y)
    rmse = (residual**2).mean() ** 0.5
    ax.axhspan(-rmse, rmse, color=FIT, alpha=0.12, linewidth=0)
    ax.axhline(0, color="black", linewidth=1)
    ax.plot(y + residual, residual, "o", color=TRAIN, alpha=0.7, markersize=5)
    ax.text(1.01, rmse, f"+{rmse:.0f}", color=FIT, va="center", transform=ax.get_yaxis_transform())
    ax.text(1.01, -rmse, f"−{rmse:.0f}", color=FIT, va="center", transform=ax.get_yaxis_transform())
    reach = 1.08 * np.abs(residual).max()
    ax.set(ylim=(-reach, reach), xlabel=f"prediction ({unit})")
    ax.set_ylabel(f"prediction − target ({unit})")
    ax.set_title("the network's residual on each test row; the band is one RMSE")
    within = (np.abs(residual) <= rmse).sum()
    return (
        f"RMSE {rmse:.1f} {unit}; {within} of {len(y)} rows lie within it; the residuals run from "
        f"{residual.min():+.0f} to {residual.max():+.0f}."
    )


@picture(10.8, 4.3, "rmse gain", width_ratios=[1.2, 1])
def paired_gain(baseline, line, network, unit, prediction=..., *, axs=None):
    """Draw each model's test RMSE on every split, and how network and line differ.

    The RMSEs of the three models on the same splits, of shape (splits,), at least two.
    `prediction` is the mean difference that the student typed.
    From the lesson 'A real data set'.
    """
    results = to_vectors(baseline=baseline, line=line, network=network)
    if len(results[0]) < 2:
        raise ValueError("baseline must hold at least 2 splits, but holds 1.")
    splits = np.arange(len(results[0]))
    ax = axs["rmse"]
    names = "baseline", "line", "network"
    for (marker, color), name, rmses in zip(MODELS, names, results, strict=False):
        label = f"{name}, mean {rmses.mean():.1f}"
        ax.plot(splits, rmses, marker + ":", color=color, linewidth=1, markersize=7, label=label)
    top, bottom = np.max(results), np.min(results)
    ax.set(xlabel="split", ylabel=f"test RMSE ({unit})", xticks=splits)
    ax.set(title="each split has its own rows", ylim=(bottom - 2, top + 0.12 * (top - bottom)))
    ax.legend(loc="center left")

    gain, ax, (marker, color) = results[2] - results[1], axs["gain"], MODELS[2]
    mean, error = gain.mean(), gain.std(ddof=1) / len(gain) ** 0.5
    ax.axhspan(mean - 2 * error, mean + 2 * error, color=color, alpha=0.18, linewidth=0)
    ax.axhline(0, color="black", linewidth=1)
    ax.vlines(splits, 0, gain, color=color, linewidth=2)
    ax.plot(splits, gain, marker, color=color, markersize=7)
    ax.axhline(mean, color=color, label="their mean ± two standard errors")
    reach = gain.max() - gain.min()
    ax.set(xlabel="split", ylabel=f"difference in RMSE ({unit})", xticks=splits)
    ax.set(title="network minus line", ylim=(gain.min() - 0.1 * reach, None))
    ax.set_ylim(top=gain.max() + 0.45 * reach)
    words = mark_prediction(ax, prediction, mean, axis="y")
    ax.legend(loc="upper right")
    return (
        f"Network minus line: mean {mean:+.2f}, standard error {error:.2f}; below "
        f"zero in {(gain < 0).sum()} of {len(splits)} splits.{words}"
    )


@picture(10.6, 6.2, "before inside; scores scores", height_ratios=[1.7, 1])
def noise_scores(before, inside, prediction=..., *, axs=None):
    """Compare predictions of noise: columns chosen before the split, and inside training.

    `before` and `inside` hold, for each seed, the predictions and the targets of the unseen rows,
    two arrays of shape (n,). `prediction` is the R² that the student typed for the first way.
    From the lesson 'A real data set'.
    """
    ways = {
        "before": ("chosen before the split", before, "o", FIT),
        "inside": ("chosen inside training", inside, "s", TRAIN),
    }
    phrases, means = [], {}
    for row, (name, (title, pairs, marker, color)) in enumerate(ways.items()):
        pairs = [_to_pair(name, pair) for pair in pairs]
        scores = np.array([_r2(*pair) for pair in pairs])
        y_pred, y = np.concatenate(pairs, axis=1)
        means[name], ax = scores.mean(), axs[name]
        dashed = {"color": "black", "linewidth": 1, "linestyle": "--"}
        ax.axline((0, 0), slope=1, **dashed, label="prediction = target")
        ax.legend(loc="lower right")
        ax.plot(y_pred, y, marker, color=color, alpha=0.35, markersize=3.5)
        ax.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), xlabel="prediction")
        ax.set_ylabel("target, pure noise")
        ax.set_title(f"{title}: mean R² = {signed(means[name])}", fontweight="bold", color=color)
        ax = axs["scores"]
        ax.plot(scores, np.full(len(scores), 1 - row), marker, color=color, alpha=0.6, markersize=8)
        ax.plot(means[name], 1 - row, "|", color=color, markersize=34, markeredgewidth=3)
        phrases.append(
            f"{title}, mean R² {signed(means[name])}, from {signed(scores.min())} to "
            f"{signed(scores.max())}"
        )
    ax.axvline(0, color="black", linewidth=1)
    ax.set(ylim=(-0.6, 1.6), xlabel="R² on unseen rows: a mark for each seed, a bar for the mean")
    ax.set_yticks([1, 0], ["before the split", "inside training"])
    ax.grid(visible=False, axis="y")
    words = mark_prediction(ax, prediction, means["before"])
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="lower right")
    return f"Pure noise, {len(y) // len(pairs)} unseen rows each time: {'; '.join(phrases)}.{words}"


def _to_pair(name, pair):
    if len(pair) != 2:
        raise ValueError(f"{name} must hold pairs (predictions, targets), got {pair!r:.40}.")
    y_pred = to_vector(name, pair[0])
    return y_pred, to_vector(name, pair[1], len(y_pred))


def _r2(y_pred, y):
    return 1 - ((y_pred - y) ** 2).mean() / y.var()


@picture(10.4, 4.3, "target prediction", sharey=True)
def residual_views(y, y_pred, unit, *, axs=None):
    """Draw the residuals against the target and against the prediction.

    y and y_pred of shape (n, 1) or (n,), at least five rows; squares mark the mean of each fifth.
    From the lesson 'A real data set'.
    """
    y, y_pred = to_vectors(y=y, y_pred=y_pred)
    if len(y) < 5:
        raise ValueError(f"y must have at least 5 rows, but has {len(y)}.")
    residual = y_pred - y
    phrases = []
    for name, along in (("target", y), ("prediction", y_pred)):
        ax = axs[name]
        fifths = np.array_split(np.argsort(along, kind="stable"), 5)
        centres = [along[rows].mean() for rows in fifths]
        means = [residual[rows].mean() for rows in fifths]
        ax.plot(along, residual, "o", color=TRAIN, alpha=0.3, markersize=4)
        ax.axhline(0, color="black", linewidth=1)
        ax.plot(centres, means, "s-", color=FIT, markersize=8, label="mean of a fifth of the rows")
        ax.set(xlabel=f"{name} ({unit})", title=f"against the {name}")
        phrases.append(f"{means[0]:+.1f} and {means[-1]:+.1f} along the {name}")
    axs["target"].set_ylabel(f"residual: prediction − target ({unit})")
    axs["target"].legend(loc="upper right")
    return f"Mean residual, lowest and highest fifth: {', '.join(phrases)}."


@picture(11.4, 4.6, "v0 v1 v2", sharey=True)
def input_importance(names, views, unit, *, axs=None):
    """Draw three measures of how much each input matters, one panel each.

    `names` are those of the d inputs. `views` maps three titles to dictionaries that map the name
    of a model to its measure on every split, of shape (splits, d).
    From the lesson 'A real data set'.
    """
    if len(views) != 3:
        raise ValueError(f"views must hold three measures, but holds {len(views)}.")
    rows = np.arange(len(names))[::-1]
    phrases = []
    for k, (title, measures) in enumerate(views.items()):
        ax = axs[f"v{k}"]
        ax.axvline(0, color="black", linewidth=1)
        for i, (model, values) in enumerate(measures.items()):
            values = to_table("views", values, "splits", len(names))
            marker, color = MODELS[i + 1]
            at = rows - 0.24 * (i - (len(measures) - 1) / 2)
            low, high, mean = values.min(axis=0), values.max(axis=0), values.mean(axis=0)
            ax.hlines(at, low, high, color=color, linewidth=3, alpha=0.35)
            ax.plot(mean, at, marker, color=color, markersize=7, label=model)
            largest = np.abs(mean).argmax()
            phrases.append(f"{names[largest]} {mean[largest]:+.1f}")
        ax.set(xlabel=f"{unit} (mark: mean, bar: all splits)", title=title)
        if len(measures) > 1:
            ax.legend(loc="upper right")
    axs["v0"].set_yticks(rows, names)
    return f"Largest mean of each, from left to right: {', '.join(phrases)}; bars show all splits."
