"""The pictures that the lesson 'A real data set' introduces."""

import numpy as np

from course_utils._validate import to_count, to_number, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture

# A marker and a colour for each model, so that nothing depends on colour alone.
MODELS = (("s", "black"), ("o", TRAIN), ("D", FIT), ("^", BEST))


@picture(10.4, 3.8, "target input")
def target_and_input(y, x, y_name, x_name, *, axs=None):
    """Draw how the target is distributed, and the target against one input.

    y and x of shape (n, 1) or (n,); two names with their units.
    From the lesson 'A real data set'.
    """
    y, x = to_vectors(y=y, x=x)
    mean, std = y.mean(), y.std()
    ax = axs["target"]
    ax.hist(y, bins=20, color=TRAIN, alpha=0.75, edgecolor="white")
    ax.axvline(mean, color="black", linestyle="--", label=f"mean {mean:.1f}")
    ax.set(xlabel=y_name, ylabel="rows", title="the target")
    ax.legend(loc="upper right")
    ax = axs["input"]
    ax.plot(x, y, "o", color=TRAIN, alpha=0.5, markersize=4)
    ax.axhline(mean, color="black", linestyle="--")
    ax.set(xlabel=x_name, ylabel=y_name, title="the target against one input")
    return (
        f"{len(y)} rows: the target runs from {y.min():g} to {y.max():g} with mean {mean:.1f} and "
        f"standard deviation {std:.1f}."
    )


@picture(8.0, 4.1)
def kept_epoch(train, val, epoch, levels, *, unit="", ax=None):
    """Draw training and validation RMSE by epoch, with the epoch that is kept.

    train and val of shape (epochs + 1,): before the first epoch and after each. `levels` maps
    names to validation RMSEs that are drawn for comparison.
    From the lesson 'A real data set'.
    """
    train, val = to_vectors(train=train, val=val)
    epoch, last = to_count("epoch", epoch), len(train) - 1
    if epoch > last:
        raise ValueError(f"epoch must be at most {last}, got {epoch}.")
    ax.plot(train, color=TRAIN, label="training rows")
    ax.plot(val, "--", color=VALIDATION, label="validation rows")
    ax.plot(epoch, val[epoch], "*", color=BEST, markersize=15, label=f"kept: epoch {epoch}")
    for name, level in levels.items():
        level = to_number("levels", level)
        ax.axhline(level, color="black", linewidth=1, linestyle=":")
        at = (last * 1.02, level)
        ax.annotate(f"{name}\n{level:.1f}", at, va="center", annotation_clip=False)
    ax.set(xlabel="epoch", ylabel=f"RMSE ({unit})" if unit else "RMSE", xlim=(-0.5, last))
    ax.legend(loc="lower left")
    return (
        f"Validation RMSE {val[epoch]:.2f} at epoch {epoch}, {val[last]:.2f} at epoch {last}; "
        f"training RMSE {train[epoch]:.2f} and {train[last]:.2f}."
    )


@picture(10.4, 4.1, "rmse difference", width_ratios=[1.3, 1])
def split_results(results, unit, *, axs=None):
    """Draw each model's test RMSE on every split, and the last two's difference.

    `results` maps the names of up to four models to their RMSEs of shape (splits,).
    From the lesson 'A real data set'.
    """
    if not 2 <= len(results) <= len(MODELS):
        raise ValueError(f"results must hold 2 to {len(MODELS)} models, but holds {len(results)}.")
    values = [to_vector("results", rmses) for rmses in results.values()]
    if len({len(rmses) for rmses in values}) > 1:
        raise ValueError(f"results must be of one length, but have {[len(v) for v in values]}.")
    splits = np.arange(len(values[0]))
    ax = axs["rmse"]
    for (marker, color), name, rmses in zip(MODELS, results, values, strict=False):
        label = f"{name}, mean {rmses.mean():.1f}"
        ax.plot(splits, rmses, marker + ":", color=color, linewidth=1, markersize=7, label=label)
    top, bottom = max(v.max() for v in values), min(v.min() for v in values)
    ax.set(xlabel="split", ylabel=f"test RMSE ({unit})", xticks=splits)
    ax.set(title="each split has its own rows", ylim=(bottom - 2, top + 0.55 * (top - bottom)))
    ax.legend(loc="upper right")

    first, second = list(results)[-2:]
    difference = values[-1] - values[-2]
    ax = axs["difference"]
    ax.axhline(0, color="black", linewidth=1)
    ax.vlines(splits, 0, difference, color=FIT, linewidth=2)
    ax.plot(splits, difference, MODELS[len(values) - 1][0], color=FIT, markersize=7)
    mean = difference.mean()
    ax.axhline(mean, color=FIT, linestyle="--", label=f"mean {mean:+.2f}")
    ax.set(xlabel="split", ylabel=f"difference in RMSE ({unit})", xticks=splits)
    ax.set_title(f"{second} minus {first}")
    ax.legend(loc="upper right")
    return (
        f"{second.capitalize()} minus {first}: from {difference.min():+.2f} to "
        f"{difference.max():+.2f}, mean {mean:+.2f}; below zero in {(difference < 0).sum()} "
        f"of {len(splits)} splits."
    )


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
        ax.set(xlabel=unit, title=title)
        if len(measures) > 1:
            ax.legend(loc="upper right")
    axs["v0"].set_yticks(rows, names)
    return f"Largest mean of each, from left to right: {', '.join(phrases)}; bars show all splits."
