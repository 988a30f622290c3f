"""The pictures that the lesson 'Many inputs, many outputs' introduces."""

import numpy as np

from course_utils._validate import to_count, to_positive, to_table, to_vector
from course_utils.descent import QuadraticLoss
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import draw_block, format_cell, format_number, mark_prediction

# A marker and a colour for each output, so that nothing depends on colour alone.
OUTPUTS = (("o", TRAIN), ("D", FIT), ("^", BEST), ("s", VALIDATION))


@picture(10.4, 3.9, "i0 i1 i2", sharey=True)
def each_input(x, y, x_names, y_names, new, predicted=None, prediction=..., *, axs=None):
    """Draw every output against each of three inputs, the rows numbered, and a new row's inputs.

    x of shape (n, 3) and y of shape (n, m); the names are pairs (name, unit). `new`, of shape
    (3,), is a region without a harvest, `predicted`, of shape (m,), what a model says of it, and
    `prediction` what the student typed for the first output.
    From the lesson 'Many inputs, many outputs'.
    """
    x = to_table("x", x, "n", 3)
    y = to_table("y", y, len(x), "m")
    new = to_vector("new", new, length=3)
    _check_names("x_names", x_names, x)
    _check_names("y_names", y_names, y)
    if predicted is not None:
        predicted = to_vector("predicted", predicted, length=y.shape[1])
    number, words = len(x) + 1, ""
    for i, (name, unit) in enumerate(x_names):
        ax = axs[f"i{i}"]
        ax.axvline(new[i], color="0.5", linestyle=":", linewidth=1.6)
        for j, (output, _) in enumerate(y_names):
            marker, color = OUTPUTS[j]
            ax.plot(x[:, i], y[:, j], marker, color=color, markersize=7, label=output)
            if predicted is not None:
                ax.plot(
                    new[i],
                    predicted[j],
                    marker,
                    color=color,
                    markersize=11,
                    fillstyle="none",
                    markeredgewidth=2,
                    label=f"{output}, predicted",
                )
        for row in range(len(x)):
            at = (x[row, i], y[row].max())
            ax.annotate(f"{row + 1}", at, (0, 8), textcoords="offset points", ha="center")
        top = 1.4 * max(y.max(), 0 if predicted is None else predicted.max())
        ax.set(xlabel=f"{name} ({unit})", ylim=(min(0, y.min()), top))
        ax.margins(x=0.1)
        ax.annotate(
            f"region {number}",
            (new[i], 0.97 * top),
            (5, 0),
            textcoords="offset points",
            va="top",
            color="0.35",
        )
        if predicted is not None:
            for value in predicted if i == 0 else ():
                at = (new[0], value)
                ax.annotate(f"{value:.1f}", at, (10, -4), textcoords="offset points")
            words = mark_prediction(ax, prediction, predicted[0], axis="y")
    unit = y_names[0][1]
    axs["i0"].set_ylabel(f"harvest ({unit})")
    axs["i1"].legend(loc="lower right", fontsize=8.5)
    readings = ", ".join(f"{v:g} {u}" for v, (_, u) in zip(new, x_names, strict=True))
    if predicted is None:
        return (
            f"{len(x)} regions with harvests from {y.min():g} to {y.max():g} {unit}; region "
            f"{number} reports {readings}, and no harvest yet."
        )
    told = " and ".join(
        f"{value:.2f} {unit} of {output}"
        for value, (output, unit) in zip(predicted, y_names, strict=True)
    )
    return f"Region {number}, with {readings}, is predicted to harvest {told}.{words}"


@picture(10.4, 3.6)
def matrix_product(left, right, names, *, add=None, labels=(), ax=None):
    """Draw left @ right, entry by entry, with the numbers that make its first entry marked.

    left of shape (n, k) and right of shape (k, m) give the last block, (n, m). `add`, of shape
    (m,), is broadcast under every row. `names` are those of the blocks; `labels` those of the n
    rows, the k inner entries and the m columns.
    From the lesson 'Many inputs, many outputs'.
    """
    left, right = to_table("left", left, "n", "k"), to_table("right", right, "k", "m")
    if left.shape[1] != len(right):
        raise ValueError(f"left @ right needs (n, k) and (k, m), got {left.shape}, {right.shape}.")
    blocks = [(left, ""), (right, "@")]
    result = left @ right
    if add is not None:
        add = to_vector("add", add, length=right.shape[1])
        blocks.append((np.tile(add, (len(left), 1)), "+"))
        result = result + add
    blocks.append((result, "="))
    if len(names) != len(blocks):
        raise ValueError(f"names must name {len(blocks)} blocks, but names {len(names)}.")
    rows, inner, columns = labels or ((), (), ())

    top = max(len(block) for block, _ in blocks) / 2
    edge = 0.11 * max((len(label) for label in rows), default=0)
    for k, ((block, sign), name) in enumerate(zip(blocks, names, strict=True)):
        if sign:
            names_here = inner if sign == "@" else ()
            wide = 0.11 * max((len(label) for label in names_here), default=0)
            ax.text(edge + 0.45, 0, sign, ha="center", va="center", fontsize=13)
            edge += 0.9 + wide
            for r, label in enumerate(names_here):
                y = len(block) / 2 - r - 0.5
                ax.text(edge - 0.1, y, label, ha="right", va="center", fontsize=8.5)
        broadcast = sign == "+"
        marked = np.zeros(block.shape, dtype=bool)
        marked[{"": (0, slice(None)), "@": (slice(None), 0)}.get(sign, (0, 0))] = True
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
    shapes = f"{left.shape} @ {right.shape}" + f" + {np.shape(add)}" * (add is not None)
    plus = f", plus {format_cell(add[0])}" if add is not None else ""
    return (
        f"{shapes} is {result.shape}. Row 0 of {names[0]} times column 0 of {names[1]}"
        f"{plus} gives {format_cell(result[0, 0])}, entry [0, 0] of {names[-1]}."
    )


@picture(10.4, 4.6, "left right", sharex=True, sharey=True)
def predictions_against_targets(y, predictions, outputs, unit, *, axs=None):
    """Draw two sets of predictions against the targets, with the rows numbered.

    y of shape (n, m); `predictions` maps two titles to arrays of shape (n, m); the m names of the
    outputs and their unit.
    From the lesson 'Many inputs, many outputs'.
    """
    y = to_table("y", y)
    both = [to_table("predictions", y_pred, *y.shape) for y_pred in predictions.values()]
    if len(both) != 2:
        raise ValueError(f"predictions must hold 2 sets of predictions, but holds {len(both)}.")
    _check_names("outputs", outputs, y)
    low, high = min(0, *(p.min() for p in both)), max(y.max(), *(p.max() for p in both))
    margin = 0.08 * (high - low)
    phrases = []
    for panel, y_pred, title in zip(("left", "right"), both, predictions, strict=True):
        ax = axs[panel]
        ax.axline((0, 0), slope=1, color="black", linewidth=1, linestyle="--")
        for j, output in enumerate(outputs):
            marker, color = OUTPUTS[j]
            ax.vlines(y[:, j], y[:, j], y_pred[:, j], color=color, linewidth=1.2, alpha=0.6)
            hollow = {"fillstyle": "none", "markeredgewidth": 1.8} if j % 2 else {}
            size = 9 if j % 2 else 6
            ax.plot(y[:, j], y_pred[:, j], marker, color=color, ms=size, label=output, **hollow)
            # One output's numbers are on the left, the next one's on the right.
            away = {"xytext": (-7, 4), "ha": "right"} if j % 2 else {"xytext": (7, -11)}
            for row in range(len(y)):
                at = (y[row, j], y_pred[row, j])
                ax.annotate(f"{row + 1}", at, textcoords="offset points", **away)
        rmse = np.mean((y_pred - y) ** 2) ** 0.5
        ax.set(xlabel=f"target ({unit})", title=f"{title}: RMSE {rmse:.3g} {unit}")
        phrases.append(f"{title}: RMSE {rmse:.4g} {unit}")
    axs["left"].set(ylabel=f"prediction ({unit})", ylim=(low - margin, high + margin))
    axs["left"].set_xlim(0, 1.1 * y.max())
    axs["left"].legend(loc="upper left")
    return f"{'; '.join(phrases)}. Dashed: prediction = target."


@picture(10.4, 3.9, "left right", sharex=True, sharey=True)
def errors_by_row(y, fitted, left_out, outputs, unit, *, axs=None):
    """Draw prediction minus target for each row and output: of a fit to all rows, and left out.

    y of shape (n, m); `fitted` holds the predictions of the fit to all rows, `left_out` those of
    each row by a fit to the others, both of shape (n, m); then the m outputs and their unit.
    From the lesson 'Many inputs, many outputs'.
    """
    y = to_table("y", y)
    both = [to_table("fitted", fitted, *y.shape), to_table("left_out", left_out, *y.shape)]
    titles = f"fitted to all {len(y)}", "each left out"
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


@picture(10.4, 3.9, "distance loss", width_ratios=[1.25, 1])
def axis_by_axis(A, y, first, fit, lr, n_epochs, prediction=..., *, axs=None):
    """Draw what is left after a descent along each axis of the bowl: of the distance and the loss.

    A of shape (n, d) and y of shape (n, m); the parameters `first` and `fit` of shape (d, m), at
    the start and after `n_epochs` with this learning rate; `prediction` is the percentage of the
    distance along the flattest axis that the student typed.
    From the lesson 'Many inputs, many outputs'.
    """
    loss = QuadraticLoss(to_table("A", A, "n", "d"), to_table("y", y, len(A), "m"))
    lr, n_epochs = to_positive("lr", lr), to_count("n_epochs", n_epochs)
    both = [to_table("first", first, *loss.minimizer.shape)]
    both.append(to_table("fit", fit, *loss.minimizer.shape))
    curvatures = loss.eigenvalues
    left = 100 * np.abs(1 - lr * curvatures) ** n_epochs

    ax = axs["distance"]
    fine = np.geomspace(curvatures[0] / 10, 1.6 / lr, 400)
    label = f"100 · |1 − lr·λ| to the power {n_epochs}"
    ax.plot(fine, 100 * np.abs(1 - lr * fine) ** n_epochs, color="0.6", lw=1.4, label=label)
    ax.plot(curvatures, left, "o", color=FIT, markersize=9)
    last = len(curvatures) - 1
    for k, (value, height) in enumerate(zip(curvatures, left, strict=True)):
        share = f"{height:.4f}%" if k == 0 else f"{height:.1f}%"
        away, ha, va = ((0, -13), "center", "top") if k == 0 else ((9, 4), "left", "bottom")
        if 0 < k == last:
            away, ha = (0, 10), "center"
        text = f"λ = {format_number(value)}\n{share}"
        ax.annotate(text, (value, height), away, textcoords="offset points", ha=ha, va=va)
    ax.set(xscale="log", xlabel="curvature λ of the axis", ylabel="left of the distance (%)")
    ax.set(xlim=(fine[0], fine[-1]), ylim=(-5, 125), title=f"the distance, after {n_epochs} steps")
    words = mark_prediction(ax, prediction, left[0], axis="y")
    ax.legend(loc="center left")

    ax, places = axs["loss"], np.arange(len(curvatures))
    away = [loss.eigenvectors.T @ (p - loss.minimizer) for p in both]  # (d, m) each
    before, after = (0.5 * curvatures * (a**2).sum(axis=1) for a in away)
    bottom = 0.003
    ax.vlines(places, np.maximum(after, bottom), before, color="0.6", linewidth=1.2)
    for heights, style, label in (
        (before, {"marker": "s", "fillstyle": "none", "color": "black"}, "at the start"),
        (after, {"marker": "o", "color": FIT}, f"after {n_epochs} steps"),
    ):
        shown = np.maximum(heights, bottom)
        ax.plot(places, shown, linestyle="", markersize=9, label=label, **style)
        side = -1 if heights is before else 1
        for place, height, at in zip(places, heights, shown, strict=True):
            text = f"{height:.2f}" if height < 100 else f"{height:.0f}"
            text = f"↓ {text}" if height < bottom else text
            ha = "right" if side < 0 else "left"
            away = {"xytext": (9 * side, 0), "textcoords": "offset points"}
            ax.annotate(text, (place, at), ha=ha, va="center", fontsize=9, **away)
    ax.set(yscale="log", ylim=(bottom / 2, 50 * max(before.max(), 1)), xlim=(-0.7, last + 0.7))
    ax.set(xlabel="curvature λ of the axis", ylabel="loss above the least")
    ax.set_title("the loss, all outputs together")
    ax.set_xticks(places, [format_number(value) for value in curvatures])
    ax.grid(visible=False, axis="x")
    ax.legend(loc="upper left")
    listed = ", ".join(f"{height:.4f}%" for height in left)
    losses = ", ".join(f"{height:.2f}" for height in after)
    return (
        f"Axes with the curvatures {', '.join(map(format_number, curvatures))}: {listed} of the "
        f"distance is left, and {losses} of the loss above the least.{words}"
    )


@picture(10.4, 3.4, "p0 p1 p2")
def correlations(pairs, *, axs=None):
    """Draw three pairs of columns against each other, each with its correlation as the title.

    `pairs` maps a label 'this against that' to two columns of shape (n,).
    From the lesson 'Many inputs, many outputs'.
    """
    if len(pairs) != len(axs):
        raise ValueError(f"pairs must hold {len(axs)} pairs of columns, but holds {len(pairs)}.")
    phrases = []
    for ax, (label, (left, right)) in zip(axs.values(), pairs.items(), strict=True):
        left = to_vector("pairs", left)
        right = to_vector("pairs", right, length=len(left))
        value = np.corrcoef(left, right)[0, 1]
        value = 0.0 if abs(value) < 1e-12 else value
        ax.plot(right, left, "o", color=TRAIN)
        name, _, other = label.partition(" against ")
        ax.set(xlabel=other, ylabel=name, title=f"correlation {value:.2f}".replace("-", "−"))
        ax.margins(0.12)
        phrases.append(f"{label} {value:.4f}")
    return f"Correlations: {'; '.join(phrases)}."


def _check_names(argument, names, table):
    if len(names) != table.shape[1]:
        raise ValueError(f"{argument} must hold {table.shape[1]} names, but holds {len(names)}.")
