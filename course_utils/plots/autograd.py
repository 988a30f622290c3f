"""The pictures that the lesson 'Build your own autograd' introduces."""

import numpy as np

from course_utils._validate import to_number, to_table, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import format_number, mark_prediction, window


@picture(6.6, 3.9)
def slope_claim(w, losses, at, claimed, *, prediction=None, ax=None):
    """Draw a loss over one parameter, and at one place the slope that a machine claims there.

    w and losses of shape (n,), w increasing; `at` is one of the w, not the first or the last. The
    true slope is the central difference between its neighbours. `prediction` is the student's own
    number for the claimed slope.
    From the lesson 'Build your own autograd'.
    """
    w, losses = to_vectors(w=w, losses=losses)
    at, claimed = to_number("at", at), to_number("claimed", claimed)
    k = int(np.abs(w - at).argmin())
    if not 0 < k < len(w) - 1:
        raise ValueError(f"at must lie inside w, from {w[0]:.4g} to {w[-1]:.4g}, got {at:.4g}.")
    true = (losses[k + 1] - losses[k - 1]) / (w[k + 1] - w[k - 1])
    ax.plot(w, losses, color=TRAIN, label="loss")
    limits = w[0], w[-1], *window(losses, margin=0.1)
    reach = 0.3 * (w[-1] - w[0])
    ends = np.array([at - reach, at + reach])
    for slope, style, color, label in (
        (true, "-", BEST, "true slope"),
        (claimed, "-.", VALIDATION, "the machine's slope"),
    ):
        line = losses[k] + slope * (ends - at)
        ax.plot(
            ends,
            line,
            style,
            color=color,
            label=f"{label}: {format_number(slope)}".replace("-", "−"),
        )
    words = mark_slope(ax, prediction, claimed, (at, losses[k]), ends)
    ax.plot(at, losses[k], "o", color="black", markersize=7, zorder=5)
    ax.set(xlabel="w", ylabel="loss", xlim=limits[:2], ylim=limits[2:])
    ax.legend(loc="upper right")
    agree = np.isclose(claimed, true, rtol=1e-4, atol=1e-6)
    verdict = "the machine agrees" if agree else f"the machine says {format_number(claimed)}"
    return f"At w = {at:.4g} the loss has the slope {format_number(true)}; {verdict}.{words}"


def mark_slope(ax, prediction, truth, place, ends):
    """Draw a predicted slope as a dashed line through a place; return the words for the caption."""
    words = mark_prediction(ax, prediction, truth)
    for line in [line for line in ax.lines if line.get_label() == "your prediction"]:
        slope = line.get_xdata()[0]
        line.set_transform(ax.transData)
        line.set_data(ends, place[1] + slope * (np.asarray(ends) - place[0]))
    return words


@picture(6.6, 3.6)
def gradients_by_turn(order, gradients, names, of, *, prediction=None, ax=None):
    """Draw how the gradients of some numbers grow from turn to turn.

    `order` holds the boxes, or their names, the last of which has the first turn. Row k of
    `gradients` has the gradients of the numbers in `names`, such as "d p q", after turn k + 1. `of`
    is the one whose completion the caption tells, and `prediction` the student's own number of
    turns for it.
    From the lesson 'Build your own autograd'.
    """
    names = names.split()
    if of not in names:
        raise ValueError(f"of must be one of {names}, got {of!r}.")
    boxes = [getattr(box, "name", box) for box in order][::-1]
    gradients = to_table("gradients", gradients, len(boxes), len(names))
    gradients = np.vstack([np.zeros(len(names)), gradients])  # before the first turn
    steps = np.arange(len(gradients))
    for k, name in enumerate(names):
        marker, color = "osD^v"[k % 5], f"C{k % 6}"
        line = {"drawstyle": "steps-post", "color": color, "label": f"gradient of {name}"}
        ax.plot(steps, gradients[:, k], f"{marker}-", **line)
    track = gradients[:, names.index(of)]
    last = int(np.flatnonzero(np.diff(track))[-1]) + 1 if np.any(np.diff(track)) else 0
    ax.set_ylim(*window(gradients, margin=0.12))
    ax.set(xlabel="turn: the box that hands back", ylabel="gradient so far")
    ax.set_xticks(steps, ["start", *(f"{k}: {box}" for k, box in enumerate(boxes, start=1))])
    for step, value in zip(steps, track, strict=True):
        text = f"{value:.4g}".replace("-", "−")
        ax.annotate(text, (step, value), (0, 7), textcoords="offset points", ha="center")
    words = mark_prediction(ax, prediction, last)
    ax.legend(loc="lower left")
    listed = ", ".join(f"{value:.4g}" for value in track)
    return f"The gradient of {of}, turn by turn: {listed}. It is complete after turn {last}.{words}"


@picture(9.6, 3.4, "value slope")
def value_and_slope(z, values, slopes, at, *, axs=None):
    """Draw tanh and its slope side by side, and mark one place with its tangent.

    z, values and slopes of shape (n,), z increasing; `at` is one of the z.
    From the lesson 'Build your own autograd'.
    """
    z, values, slopes = to_vectors(z=z, values=values, slopes=slopes)
    k = int(np.abs(z - to_number("at", at)).argmin())
    ax = axs["value"]
    ax.plot(z, values, color=TRAIN, label="tanh")
    ends = z[k] + np.array([-1, 1]) * 0.15 * (z[-1] - z[0])
    label = f"slope {format_number(slopes[k])} at z = {z[k]:.4g}"
    ax.plot(ends, values[k] + slopes[k] * (ends - z[k]), "--", color=FIT, label=label)
    ax.plot(z[k], values[k], "o", color="black", zorder=5)
    ax.set(xlabel="z", ylabel="tanh(z)")
    ax.set_ylim(*window(values, margin=0.15))
    ax.legend(loc="lower right")
    ax = axs["slope"]
    ax.plot(z, slopes, color=FIT)
    ax.plot(z[k], slopes[k], "o", color="black", zorder=5)
    ax.set(xlabel="z", ylabel="gradient of z, from the engine")
    return (
        f"At z = {z[k]:.4g} the function is {values[k]:.4f} and its slope {slopes[k]:.4f}; "
        f"the steepest slope is {slopes.max():.4g}, the flattest here {slopes.min():.4f}."
    )


@picture(6.6, 3.9)
def visits(times, every_path, in_order, *, ax=None):
    """Compare two walks back through a graph where each number is used twice.

    How many times the number was doubled, and the visits of each walk: all of shape (n,).
    From the lesson 'Build your own autograd'.
    """
    times, every_path, in_order = to_vectors(times=times, every_path=every_path, in_order=in_order)
    ax.plot(times, every_path, "o-", color=FIT, label="along every path")
    ax.plot(times, in_order, "s--", color=TRAIN, label="in topological order: each box once")
    ax.set(xlabel="times doubled", ylabel="visits", yscale="log")
    ax.legend(loc="upper left")
    return (
        f"Doubled {times[-1]:.0f} times: {every_path[-1]:,.0f} visits along every path, "
        f"{in_order[-1]:,.0f} in topological order."
    )
