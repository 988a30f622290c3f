"""The pictures that the lesson 'Many inputs, many outputs' introduces."""

import numpy as np

from course_utils._validate import to_positive, to_table, to_vector
from course_utils.descent import QuadraticLoss, design_matrix
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import draw_block, format_cell, format_number

# A marker and a colour for each output, so that nothing depends on colour alone.
OUTPUTS = (("o", TRAIN), ("D", FIT), ("^", BEST), ("s", VALIDATION))


@picture(10.4, 3.9, "i0 i1 i2", sharey=True)
def each_input(x, y, x_names, y_names, *, axs=None):
    """Draw every output against each of three inputs, the rows numbered.

    x of shape (n, 3) and y of shape (n, m); the names are pairs (name, unit).
    From the lesson 'Many inputs, many outputs'.
    """
    x = to_table("x", x, "n", 3)
    y = to_table("y", y, len(x), "m")
    _check_names("x_names", x_names, x)
    _check_names("y_names", y_names, y)
    phrases = []
    for i, (name, unit) in enumerate(x_names):
        ax = axs[f"i{i}"]
        for j, (output, _) in enumerate(y_names):
            marker, color = OUTPUTS[j]
            ax.plot(x[:, i], y[:, j], marker, color=color, markersize=7, label=output)
        for row in range(len(x)):
            at = (x[row, i], y[row].max())
            ax.annotate(f"{row + 1}", at, (0, 8), textcoords="offset points", ha="center")
        ax.set(xlabel=f"{name} ({unit})", ylim=(0, 1.18 * y.max()))
        ax.margins(x=0.1)
        phrases.append(f"{name} {x[:, i].min():g} to {x[:, i].max():g} {unit}")
    axs["i0"].set_ylabel(f"yield ({y_names[0][1]})")
    axs["i0"].legend(loc="lower left")
    unit = y_names[0][1]
    return f"{len(x)} regions: {', '.join(phrases)}; yields from {y.min():g} to {y.max():g} {unit}."


@picture(10.4, 3.6)
def matrix_product(left, right, names, *, add=None, times=None, entry=(0, 0), labels=(), ax=None):
    """Draw left @ right, entry by entry, with the numbers that make one entry marked.

    left of shape (n, k) and right of shape (k, m) give the last block, (n, m). `add`, of shape
    (m,), is broadcast under every row; `times` is a pair (text, number) that multiplies the
    product. `names` are those of the blocks; `labels` those of the n rows, the k inner entries
    and the m columns.
    From the lesson 'Many inputs, many outputs'.
    """
    left, right = to_table("left", left, "n", "k"), to_table("right", right, "k", "m")
    if left.shape[1] != len(right):
        raise ValueError(f"left @ right needs (n, k) and (k, m), got {left.shape}, {right.shape}.")
    blocks = [(left, ""), (right, "@")]
    result = left @ right * (times[1] if times else 1)
    if add is not None:
        add = to_vector("add", add, length=right.shape[1])
        blocks.append((np.tile(add, (len(left), 1)), "+"))
        result = result + add
    blocks.append((result, "="))
    if len(names) != len(blocks):
        raise ValueError(f"names must name {len(blocks)} blocks, but names {len(names)}.")
    i, j = entry
    rows, inner, columns = labels or ((), (), ())

    top = max(len(block) for block, _ in blocks) / 2
    edge = 0.11 * max((len(label) for label in rows), default=0)
    if times:
        ax.text(0.35, 0, f"{times[0]} ·", ha="center", va="center", fontsize=13)
        edge += 0.8
    for k, ((block, sign), name) in enumerate(zip(blocks, names, strict=True)):
        if sign:
            edge += 0.9
            ax.text(edge - 0.45, 0, sign, ha="center", va="center", fontsize=13)
        broadcast = sign == "+"
        marked = np.zeros(block.shape, dtype=bool)
        marked[{"": (i, slice(None)), "@": (slice(None), j)}.get(sign, (i, j))] = True
        shape = f"({block.shape[1]},)" if broadcast else str(block.shape)
        copied = np.zeros(block.shape, dtype=bool)
        copied[1:] = broadcast  # the row that broadcasting repeats
        draw_block(ax, edge, block, marked, copied)
        under = -len(block) / 2 - 0.55
        ax.text(edge + block.shape[1] / 2, under, f"{name}   {shape}", ha="center")
        headers = inner if k == 0 else columns
        for c, header in enumerate(headers):
            ax.text(edge + c + 0.5, len(block) / 2 + 0.15, header, ha="center", fontsize=8)
        if k == 0:
            for r, label in enumerate(rows):
                y = len(block) / 2 - r - 0.5
                ax.text(edge - 0.15, y, label, ha="right", va="center", fontsize=8.5)
        edge += block.shape[1]
    ax.set(xlim=(-0.1, edge + 0.1), ylim=(-top - 0.8, top + 0.5))
    ax.axis("off")
    plus = f", plus {format_cell(add[j])}" if add is not None else ""
    factor = f", times {times[0]}" if times else ""
    return (
        f"Row {i} of {names[0]} times column {j} of {names[1]}{factor}{plus} "
        f"gives {format_cell(result[i, j])}, entry [{i}, {j}] of {names[-1]}."
    )


@picture(10.4, 4.6, "left right", sharex=True, sharey=True)
def predictions_against_targets(y, left, right, titles, outputs, unit, *, axs=None):
    """Draw two sets of predictions against the targets, with the rows numbered.

    y, left and right of shape (n, m); two titles, the m names of the outputs and their unit.
    From the lesson 'Many inputs, many outputs'.
    """
    y, both = _two_predictions(y, left, right)
    _check_names("outputs", outputs, y)
    low, high = min(0, *(p.min() for p in both)), max(y.max(), *(p.max() for p in both))
    margin = 0.08 * (high - low)
    phrases = []
    for panel, y_pred, title in zip(("left", "right"), both, titles, strict=True):
        ax = axs[panel]
        ax.axline((0, 0), slope=1, color="black", linewidth=1, linestyle="--")
        for j, output in enumerate(outputs):
            marker, color = OUTPUTS[j]
            ax.vlines(y[:, j], y[:, j], y_pred[:, j], color=color, linewidth=1.2, alpha=0.6)
            ax.plot(y[:, j], y_pred[:, j], marker, color=color, markersize=7, label=output)
            for row in range(len(y)):  # the number is on the side away from the diagonal
                at, above = (y[row, j], y_pred[row, j]), y_pred[row, j] > y[row, j]
                away = {"xytext": (-7, 3) if above else (7, -9), "ha": "right" if above else "left"}
                ax.annotate(f"{row + 1}", at, textcoords="offset points", **away)
        rmse = np.mean((y_pred - y) ** 2) ** 0.5
        ax.set(xlabel=f"target ({unit})", title=title)
        phrases.append(f"RMSE {rmse:.4g} {unit} {title}")
    axs["left"].set(ylabel=f"prediction ({unit})", ylim=(low - margin, high + margin))
    axs["left"].set_xlim(0, 1.1 * y.max())
    axs["left"].legend(loc="upper left")
    return f"{', '.join(phrases)}. Dashed: prediction = target."


@picture(10.4, 3.9, "left right", sharex=True, sharey=True)
def errors_by_row(y, left, right, titles, outputs, unit, *, axs=None):
    """Draw prediction minus target for each row and output, for two predictions.

    y, left and right of shape (n, m); two titles, the m names of the outputs and their unit.
    From the lesson 'Many inputs, many outputs'.
    """
    y, both = _two_predictions(y, left, right)
    _check_names("outputs", outputs, y)
    rows = np.arange(1, len(y) + 1)
    phrases = []
    for panel, y_pred, title in zip(("left", "right"), both, titles, strict=True):
        ax, errors = axs[panel], y_pred - y
        ax.axhline(0, color="black", linewidth=1)
        for j, output in enumerate(outputs):
            marker, color = OUTPUTS[j]
            at = rows + 0.2 * (j - (len(outputs) - 1) / 2)
            ax.vlines(at, 0, errors[:, j], color=color, linewidth=1.8)
            ax.plot(at, errors[:, j], marker, color=color, markersize=7, label=output)
        rmse, worst = np.mean(errors**2) ** 0.5, np.abs(errors).max()
        row = rows[np.abs(errors).max(axis=1).argmax()]
        ax.set(xlabel="region", title=title, xticks=rows)
        phrases.append(f"{title}: RMSE {rmse:.4g}, worst {worst:.4g} {unit} (region {row})")
    axs["left"].set_ylabel(f"prediction − target ({unit})")
    axs["left"].legend(loc="lower left")
    return f"{'; '.join(phrases)}."


@picture(10.4, 3.9, "spectrum loss", width_ratios=[1.15, 1])
def two_scales(x_raw, x_standard, y, losses_raw, losses_standard, lrs, *, axs=None):
    """Compare the curvatures of raw and standardised inputs, and a descent on each.

    Both x of shape (n, d), y of shape (n, m); losses of shape (epochs + 1,); two learning rates.
    From the lesson 'Many inputs, many outputs'.
    """
    x_raw = to_table("x_raw", x_raw, "n", "d")
    x_standard = to_table("x_standard", x_standard, *x_raw.shape)
    losses_raw = to_vector("losses_raw", losses_raw)
    losses_standard = to_vector("losses_standard", losses_standard)
    lrs = [to_positive("lrs", lr) for lr in to_vector("lrs", lrs, length=2)]
    phrases = []
    styles = (("raw", FIT, "o", "-"), ("standardised", TRAIN, "s", "--"))
    for height, (name, color, marker, dash), x, losses, lr in zip(
        (1, 0), styles, (x_raw, x_standard), (losses_raw, losses_standard), lrs, strict=True
    ):
        loss = QuadraticLoss(design_matrix(x), y)
        kappa = format_number(loss.condition_number)
        values = loss.eigenvalues
        ax = axs["spectrum"]
        ax.plot(values, np.full(len(values), height), marker, color=color, markersize=8)
        ax.plot(values[[0, -1]], [height, height], color=color, linewidth=1.2)
        middle = np.sqrt(values[0] * values[-1])
        ax.text(middle, height + 0.13, f"κ = λmax / λmin = {kappa}", ha="center", color="black")
        limit = f"2 / λmax = {loss.max_lr:.4g}"
        ax.text(values[-1], height - 0.24, limit, ha="center", color="black")
        label = f"{name}, lr = {lr:g}"
        axs["loss"].plot(losses, dash, color=color, label=label)
        phrases.append(f"{name} κ = {kappa}, loss {losses[-1]:.4g} after {len(losses) - 1} epochs")
    ax.set(xscale="log", xlabel="curvature λ", xlim=(1e-3, 1e6), ylim=(-0.5, 1.5))
    ax.set_yticks([1, 0], ["raw", "standard-\nised"])
    ax.set_title("the four curvatures")
    axs["loss"].axhline(loss.min_loss, color=BEST, linestyle=":", label="least possible")
    axs["loss"].set(xlabel="epoch", ylabel="loss (MSE, t²/ha²)", yscale="log")
    axs["loss"].set_title("the loss on both")
    axs["loss"].legend(loc="upper right")
    return f"{'; '.join(phrases)}."


def _two_predictions(y, left, right):
    y = to_table("y", y)
    return y, [to_table("left", left, *y.shape), to_table("right", right, *y.shape)]


def _check_names(argument, names, table):
    if len(names) != table.shape[1]:
        raise ValueError(f"{argument} must hold {table.shape[1]} names, but holds {len(names)}.")
