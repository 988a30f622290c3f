"""The pictures that the lesson 'Dataset and DataLoader' introduces."""

import numpy as np

from course_utils._validate import to_count, to_path, to_positive, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import line_ends


@picture(10.4, 2.6)
def epoch_orders(orders, batch_size, *, ax=None):
    """Draw which rows each epoch's batches hold, in their order.

    `orders` of shape (epochs, n) holds row numbers; batches of `batch_size` follow each other.
    From the lesson 'Dataset and DataLoader'.
    """
    orders = to_table("orders", orders, "epochs", "n").astype(int)
    batch_size = to_count("batch_size", to_positive("batch_size", batch_size))
    n_epochs, n = orders.shape
    shades = np.arange(n) // batch_size % 2
    ax.imshow(np.tile(shades, (n_epochs, 1)), cmap="Blues", vmin=-0.4, vmax=3, aspect="auto")
    for epoch, order in enumerate(orders):
        for place, row in enumerate(order):
            ax.text(place, epoch, row, ha="center", va="center")
    for edge in range(batch_size, n, batch_size):
        ax.axvline(edge - 0.5, color="black", linewidth=1.5)
    starts = range(0, n, batch_size)
    ax.set_xticks(
        [(start + min(start + batch_size, n) - 1) / 2 for start in starts],
        [f"batch {k}" for k in range(1, len(starts) + 1)],
    )
    ax.set_yticks(range(n_epochs), [f"epoch {k}" for k in range(1, n_epochs + 1)])
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return (
        f"The row numbers in the order of {n_epochs} epochs: "
        f"{n} rows in {len(starts)} batches of at most {batch_size}."
    )


@picture(6.6, 3.9)
def reported_losses(last_batch, whole, *, ax=None):
    """Compare the loss of each epoch's last batch with the loss over all rows.

    Both of shape (epochs,).
    From the lesson 'Dataset and DataLoader'.
    """
    last_batch, whole = to_vectors(last_batch=last_batch, whole=whole)
    epochs = np.arange(1, len(whole) + 1)
    ax.plot(epochs, last_batch, color=VALIDATION, linewidth=0.9, label="the last batch")
    ax.plot(epochs, whole, color=TRAIN, linewidth=2.2, label="all rows")
    ax.set(xlabel="epoch", ylabel="loss (MSE)", yscale="log")
    ax.legend(loc="upper right")
    ratio = last_batch / whole
    return (
        f"The last batch reports between {ratio.min():.2f} and {ratio.max():.2f} times "
        f"the epoch's loss."
    )


@picture(11.4, 3.7, "g0 g1 g2 spread")
def batch_gradients(clouds, full, *, axs=None):
    """Show how mini-batch gradients scatter around the full gradient.

    `clouds` maps three batch sizes to gradients of shape (batches, 2), columns dw and db;
    `full` is the gradient over all rows, shape (2,).
    From the lesson 'Dataset and DataLoader'.
    """
    full = to_vector("full", full, length=2)
    sizes = list(clouds)
    if len(sizes) != 3:
        raise ValueError(f"clouds must hold three batch sizes, but holds {sizes}.")
    clouds = [to_table("clouds", cloud, "batches", 2) for cloud in clouds.values()]
    everything = np.vstack(clouds)
    low, high = everything.min(0), everything.max(0)
    spreads = [np.sqrt(((cloud - full) ** 2).sum(1).mean()) for cloud in clouds]
    for i, (size, cloud) in enumerate(zip(sizes, clouds, strict=True)):
        ax = axs[f"g{i}"]
        ax.plot(*cloud.T, "o", color=TRAIN, alpha=0.35, markersize=4, label="batches")
        ax.plot(*full, "*", color=BEST, markersize=13, label="all rows")
        ax.set(xlabel="dw", xlim=(low[0] - 0.3, high[0] + 0.3), ylim=(low[1] - 0.3, high[1] + 1))
        ax.locator_params(axis="x", nbins=4)
        ax.set_title(f"batches of {size}")
    axs["g0"].set_ylabel("db")
    axs["g0"].legend(loc="upper left")
    ax = axs["spread"]
    ax.plot(sizes, spreads, "o", color=TRAIN, label="measured")
    ideal = spreads[0] * np.sqrt(sizes[0] / np.array(sizes))
    ax.plot(sizes, ideal, "--", color=FIT, label="∝ 1/√(batch size)")
    ax.set(xlabel="batch size", xscale="log", yscale="log")
    ax.set_xticks(sizes, sizes)
    ax.set_yticks(spreads, [f"{spread:.3f}" for spread in spreads])
    ax.minorticks_off()
    ax.set_title("typical distance")
    ax.legend(loc="lower left")
    distances = ", ".join(f"{s:.4f} (size {n})" for s, n in zip(spreads, sizes, strict=True))
    return f"The typical distance from the full gradient: {distances}."


@picture(10.4, 3.9, "sorted shuffled", sharey=True)
def order_matters(x, y, sorted_lines, shuffled_lines, *, axs=None):
    """Draw the line after every batch of one epoch, rows in order and shuffled.

    x and y of shape (n,) or (n, 1); the lines are (w, b) after each batch, shape (batches, 2).
    From the lesson 'Dataset and DataLoader'.
    """
    x, y = to_vectors(x=x, y=y)
    best = np.polyfit(x, y, 1)
    ends = line_ends(x)
    phrases = []
    for name, lines in (("sorted", sorted_lines), ("shuffled", shuffled_lines)):
        lines = to_path(f"{name}_lines", lines)
        ax = axs[name]
        ax.plot(x, y, "o", color=TRAIN, alpha=0.4, markersize=4, label="data")
        ax.plot(ends, np.polyval(best, ends), ":", color=BEST, linewidth=2.6, label="least squares")
        shades = np.linspace(0.25, 1, len(lines))
        for k, ((w, b), shade) in enumerate(zip(lines, shades, strict=True), start=1):
            label = "after each batch" if k == len(lines) else None
            ax.plot(ends, w * ends + b, color=FIT, alpha=shade, linewidth=1.1, label=label)
        ax.set(xlabel="x")
        ax.set_title(f"batches from {name} rows")
        w, b = lines[-1]
        phrases.append(f"{((w * x + b - y) ** 2).mean():.5f} with {name} rows")
    axs["sorted"].set_ylabel("y")
    axs["sorted"].legend(loc="upper left")
    least = ((np.polyval(best, x) - y) ** 2).mean()
    return (
        f"The loss after the last batch is {', '.join(phrases)}; the least possible is {least:.5f}."
    )


@picture(7.6, 3.9)
def split_comparison(losses, *, ax=None):
    """Compare validation losses of two models under two ways of splitting.

    `losses` maps (model, split), two names, to the validation losses of several splits.
    From the lesson 'Dataset and DataLoader'.
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
