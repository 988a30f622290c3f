"""The pictures that the lesson 'Dataset and DataLoader' introduces."""

import numpy as np

from course_utils._validate import to_count, to_path, to_positive, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import draw_bowl, line_loss, mark_prediction, window


@picture(8.4, 4.2)
def batch_descents(x, y, paths, prediction=..., *, ax=None):
    """Compare descents in batches of three sizes by the rows that they have read.

    x and y of shape (n,) or (n, 1); `paths` maps three batch sizes, the first of them n, to
    arrays of shape (steps + 1, 2) with (w, b) before the first step and after each. `prediction`
    is how many passes the student gives the first to get as low as the second is after one.
    From the lesson 'Dataset and DataLoader'.
    """
    x, y = to_vectors(x=x, y=y)
    sizes = list(paths)
    if len(sizes) != 3 or sizes[0] != len(x):
        raise ValueError(f"paths must hold {len(x)} and two more batch sizes, but holds {sizes}.")
    loss = line_loss(x, y)
    losses = [loss.loss(to_path("paths", path)) for path in paths.values()]
    widths = (2.6, 1.8, 0.8)
    for i in (2, 1, 0):
        passes = np.arange(len(losses[i])) * sizes[i] / len(x)
        label = f"batches of {sizes[i]}"
        color = (TRAIN, FIT, VALIDATION)[i]
        ax.plot(passes, losses[i], color=color, linewidth=widths[i], label=label)
    ax.axhline(loss.min_loss, color=BEST, linestyle=":", label="least possible")
    reached = losses[1][round(len(x) / sizes[1])]
    is_reached = losses[0].min() <= reached
    needed = int(np.argmax(losses[0] <= reached)) if is_reached else len(losses[0]) - 1
    if is_reached:
        ax.plot([1, needed], [reached, reached], "o--", color="black", linewidth=1, markersize=5)
        ax.annotate(
            "equally low",
            (0.6 * needed, reached),
            (0, -14),
            textcoords="offset points",
            ha="center",
        )
    ax.set(xlabel="passes (rows read / rows there are)", ylabel="loss (MSE), all rows")
    ax.set(yscale="log", ylim=(0.75 * loss.min_loss, 1.6 * losses[0][0]))
    told = mark_prediction(ax, prediction, needed)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[2::-1] + handles[3:], labels[2::-1] + labels[3:], loc="upper right")
    more = "" if is_reached else "more than "
    return (
        f"After one pass: loss {losses[0][1]:.4g} (batches of {sizes[0]}), {reached:.4g} (batches "
        f"of {sizes[1]}). Batches of {sizes[0]} need {more}{needed} passes for that.{told}"
    )


@picture(10.4, 4.6, "far near")
def batch_steps(x, y, places, steps, full, *, axs=None):
    """Draw the steps that batches take from two places, and the step of all rows.

    x and y of shape (n,) or (n, 1); `places`, (2, 2), holds (w, b) of both; `steps`, of shape
    (2, batches, 2), the step of each batch there, and `full`, (2, 2), that of all rows.
    From the lesson 'Dataset and DataLoader'.
    """
    x, y = to_vectors(x=x, y=y)
    places, full = to_table("places", places, 2, 2), to_table("full", full, 2, 2)
    steps = [to_table("steps", some, "batches", 2) for some in steps]
    loss = line_loss(x, y)
    counts = []
    for name, place, some, whole in zip(("far", "near"), places, steps, full, strict=True):
        ax = axs[name]
        reach = 1.25 * np.abs(np.vstack([some, [whole]])).max()
        to_best = 1.2 * np.abs(loss.minimizer - place).max()
        if to_best < 2 * reach:  # so that the best line is in the picture
            reach = max(reach, to_best)
        (w, b), ranges = place, [(middle - reach, middle + reach) for middle in place]
        draw_bowl(ax, loss, *ranges)
        downhill = some @ whole > 0
        for step, down in zip(some, downhill, strict=True):
            _arrow(ax, place, step, TRAIN if down else VALIDATION, 1.4)
        _arrow(ax, place, whole, "black", 2.6)
        for color, width, label in (
            (TRAIN, 1.4, "batches"),
            (VALIDATION, 1.4, "batches, uphill"),
            ("black", 2.6, "all rows"),
        ):
            ax.plot([], [], color=color, linewidth=width, label=label)
        ahead = 4 * reach * whole / np.linalg.norm(whole)
        aside = np.array([-ahead[1], ahead[0]])
        half = [place + aside, place + aside + ahead, place - aside + ahead, place - aside]
        ax.fill(*np.transpose(half), color=BEST, alpha=0.1, linewidth=0, label="downhill")
        direction = np.array([place, place + 0.12 * ahead])  # of a step that may be tiny
        ax.plot(*direction.T, "--", color="black", linewidth=1)
        ax.plot(w, b, "o", color="black", markersize=6)
        ax.set(xlim=ranges[0], ylim=ranges[1])
        ax.set_aspect("equal")
        ax.locator_params(nbins=5)
        counts.append(f"{downhill.sum()} of {len(some)}")
    axs["far"].set_title(f"at the start: {counts[0]} downhill")
    axs["near"].set_title(f"near the best line, enlarged: {counts[1]} downhill")
    axs["far"].lines[0].set_label(None)  # the best line is outside
    axs["near"].legend(handles=axs["near"].lines[:1], loc="upper left")
    axs["far"].legend(loc="lower left")
    lengths = [f"{np.linalg.norm(whole):.4f}" for whole in full]
    return (
        f"Downhill: {counts[0]} batches at the start (step of all rows: length {lengths[0]}), "
        f"{counts[1]} near the best line ({lengths[1]})."
    )


def _arrow(ax, place, step, color, width):
    arrow = {"arrowstyle": "-|>", "color": color, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", place + step, place, arrowprops=arrow)


@picture(10.4, 4.2, "first last")
def predicted_yields(targets, first, last, outputs, unit, *, axs=None):
    """Draw predictions against their targets, before a training and after it.

    All three of shape (n, m); `outputs` names the m columns, at most three; `unit` is theirs.
    From the lesson 'Dataset and DataLoader'.
    """
    targets = to_table("targets", targets, "n", "m")
    first = to_table("first", first, *targets.shape)
    last = to_table("last", last, *targets.shape)
    everything = np.vstack([targets, first, last])
    ends = window(everything, 0.06)
    errors = []
    for name, predicted in (("first", first), ("last", last)):
        ax = axs[name]
        ax.plot(ends, ends, ":", color="0.4", label="predicted = target")
        for k, output in enumerate(outputs):
            color, mark = (TRAIN, FIT, VALIDATION)[k], "osD"[k]
            ax.plot(targets[:, k], predicted[:, k], mark, color=color, alpha=0.75, label=output)
        ax.set(xlabel=f"target ({unit})", xlim=ends, ylim=ends)
        ax.set_aspect("equal")
        errors.append(((predicted - targets) ** 2).mean())
    axs["first"].set(ylabel=f"predicted ({unit})", title="before the training")
    axs["last"].set_title("after it")
    axs["first"].legend(loc="upper left")
    return (
        f"{len(targets)} rows before and after the training: "
        f"the MSE falls from {errors[0]:.2f} to {errors[1]:.2f}."
    )


@picture(11.0, 4.2, "epoch run", width_ratios=[1, 1.35])
def reported_losses(batch_losses, full, n_batches, prediction=..., *, axs=None):
    """Compare what can be reported of an epoch: last batch, running mean, a pass afterwards.

    `batch_losses`, of shape (steps,), holds the loss of each step's batch before the step; `full`,
    of shape (steps + 1,), the loss over all rows before the first step and after each; an epoch
    has `n_batches` steps. `prediction` is the student's of the first epoch's running mean.
    From the lesson 'Dataset and DataLoader'.
    """
    batch_losses = to_vector("batch_losses", batch_losses)
    full = to_vector("full", full, length=len(batch_losses) + 1)
    n = to_count("n_batches", to_positive("n_batches", n_batches))
    if len(batch_losses) % n:
        raise ValueError(f"batch_losses must hold whole epochs of {n}, got {len(batch_losses)}.")
    by_epoch = batch_losses.reshape(-1, n)
    running, last, after = by_epoch.mean(1), by_epoch[:, -1], full[n::n]

    ax = axs["epoch"]
    ax.plot(range(n + 1), full[: n + 1], "o-", color=TRAIN, label="all rows")
    ax.plot(range(n), by_epoch[0], "s", color=FIT, markersize=7, label="the next batch")
    ax.axhline(running[0], color=FIT, linewidth=1.4, label="mean of the batches")
    for height, color, up in ((running[0], FIT, 5), (after[0], TRAIN, -15)):
        offset = {"xytext": (-2, up), "textcoords": "offset points", "ha": "right"}
        ax.annotate(f"{height:.0f}", (n, height), color=color, **offset)
    ax.set(xlabel="steps taken", ylabel="loss (MSE)", title="within epoch 1")
    ax.set_ylim(0, 1.3 * max(full[0], by_epoch[0].max()))
    ax.set_xticks(range(n + 1))
    told = mark_prediction(ax, prediction, running[0], axis="y")
    ax.legend(loc="upper right")

    ax, epochs = axs["run"], np.arange(1, len(after) + 1)
    ax.plot(epochs, last, color=VALIDATION, linewidth=0.9, label="last batch")
    ax.plot(epochs, running, color=FIT, linewidth=1.4, label="running mean")
    ax.plot(epochs, after, color=TRAIN, linewidth=2.2, label="all rows, afterwards")
    ax.set(xlabel="epoch", yscale="log", title="what each epoch reports")
    ax.legend(loc="upper right")
    ratio = last / full[n - 1 :: n][: len(last)]
    before = ", ".join(f"{loss:.0f}" for loss in full[:n])
    return (
        f"Epoch 1: all rows {before} before the steps, {after[0]:.0f} after; running mean "
        f"{running[0]:.0f}; last batches {ratio.min():.2f} to {ratio.max():.2f} times all rows."
        f"{told}"
    )


@picture(8.4, 4.0)
def left_over_row(kept, dropped, *, ax=None):
    """Compare the loss by epoch with a tiny last batch that is kept, and with it dropped.

    Both of shape (epochs + 1,): the loss over all rows at the start and after each epoch.
    From the lesson 'Dataset and DataLoader'.
    """
    kept, dropped = to_vectors(kept=kept, dropped=dropped)
    ax.plot(kept, color=VALIDATION, linewidth=1.1, label="last batch kept")
    ax.plot(dropped, color=TRAIN, linewidth=2.4, label="drop_last=True")
    ax.set(xlabel="epoch", ylabel="loss (MSE), all rows", xlim=(0, len(kept) - 1))
    ax.set_ylim(0, 1.3 * max(kept.max(), dropped.max()))
    ax.legend(loc="upper right")
    return (
        f"Over {len(kept) - 1} epochs the loss is {kept[1:].mean():.4f} on average and "
        f"{kept.max():.3f} at worst with the last batch, "
        f"{dropped[1:].mean():.5f} and {dropped.max():.5f} without it."
    )


@picture(6.8, 4.2)
def gradient_noise(sizes, repeated, once, *, ax=None):
    """Draw how far a batch's gradient lies from that of all rows, by batch size.

    All of shape (sizes,): the typical distance where a row may come twice in a batch, and where it
    comes at most once.
    From the lesson 'Dataset and DataLoader'.
    """
    sizes, repeated, once = to_vectors(sizes=sizes, repeated=repeated, once=once)
    ideal = repeated[0] * np.sqrt(sizes[0] / sizes)
    ax.plot(sizes, ideal, ":", color="0.4", label="single rows / √(batch size)")
    ax.plot(sizes, repeated, "o", color=FIT, label="a row may come twice")
    ax.plot(sizes, once, "s", color=TRAIN, label="a row comes at most once")
    ax.set(xlabel="rows in a batch", ylabel="typical distance from the full gradient")
    ax.set_ylim(-0.02 * repeated.max(), 1.1 * repeated.max())
    ax.legend(loc="upper right")
    pairs = ", ".join(
        f"{n:.0f} row{'s' if n > 1 else ''} {r:.3f} and {o:.3f}"
        for n, r, o in zip(sizes, repeated, once, strict=True)
    )
    return f"The typical distance, with repetition and without: {pairs}."


@picture(10.4, 4.4, "sorted shuffled", sharex=True, sharey=True)
def order_matters(x, y, sorted_places, shuffled_places, n_batches, *, axs=None):
    """Draw where (w, b) is after each batch, with rows in order and shuffled.

    x and y of shape (n,) or (n, 1); the places, of shape (batches, 2), are (w, b) after each batch
    of some epochs of `n_batches`. The last epoch with rows in order is numbered.
    From the lesson 'Dataset and DataLoader'.
    """
    x, y = to_vectors(x=x, y=y)
    n = to_count("n_batches", to_positive("n_batches", n_batches))
    in_order = to_path("sorted_places", sorted_places)
    shuffled = to_path("shuffled_places", shuffled_places)
    loss = line_loss(x, y)
    loop = in_order[-n:]
    everything = np.vstack([loop, shuffled, [loss.minimizer]])
    low, high = everything.min(0), everything.max(0)
    reach = 0.7 * (high - low).max()
    ranges = [(middle - reach, middle + reach) for middle in (low + high) / 2]
    for name in ("sorted", "shuffled"):
        draw_bowl(axs[name], loss, *ranges)
        axs[name].set_aspect("equal")
    ax = axs["sorted"]
    ax.plot(*np.vstack([loop, loop[:1]]).T, "o-", color=FIT, linewidth=1.3, label="after a batch")
    ahead = np.roll(loop, -1, axis=0) - np.roll(loop, 1, axis=0)
    outward = np.column_stack([ahead[:, 1], -ahead[:, 0]])  # at right angles to the walk
    outward *= np.sign((outward * (loop - loop.mean(0))).sum())
    length = np.linalg.norm(outward, axis=1, keepdims=True)
    outward /= np.where(length, length, 1)
    for k, (place, away) in enumerate(zip(loop, outward, strict=True), start=1):
        ax.annotate(
            f"{k}",
            place,
            11 * away,
            textcoords="offset points",
            ha="center",
            va="center",
            color=FIT,
        )
    ax.set_title("rows in order: the same loop in each epoch")
    ax.legend(loc="upper right")
    ax = axs["shuffled"]
    ax.plot(*shuffled.T, "o", color=FIT, alpha=0.6, markersize=4, label="after a batch")
    ax.set_title(f"rows shuffled: the last {len(shuffled) // n} epochs")
    ax.set_ylabel("")
    ends = [loss.loss(places).mean() for places in (loop, shuffled)]
    return (
        f"After a batch the loss is on average {ends[0]:.5f} with rows in order and {ends[1]:.5f} "
        f"with rows shuffled; the least possible is {loss.min_loss:.5f}."
    )
