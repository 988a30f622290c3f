"""The pictures that the lesson 'Where the time goes' introduces."""

import numpy as np

from course_utils._validate import to_positive, to_table, to_vector, to_vectors
from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, picture
from course_utils.plots.core import format_number, mark_prediction

# Told apart by line and mark, not by colour alone.
_STYLES = (
    {"color": TRAIN, "linestyle": "--", "marker": "s"},
    {"color": FIT, "linestyle": "-", "marker": "o"},
    {"color": VALIDATION, "linestyle": "-.", "marker": "D"},
    {"color": "C4", "linestyle": ":", "marker": "^"},
)


@picture(9.0, 4.2)
def overhead_and_work(rows, seconds, prediction=..., *, ax=None):
    """Draw the time of one step against its rows, and where the work is as long as the overhead.

    `rows` and `seconds` have shape (n,), the rows increasing. The first time counts as overhead;
    `prediction` is the number of rows at which, the student says, a step takes twice as long.
    From the lesson 'Where the time goes'.
    """
    rows, seconds = _increasing("rows", rows, seconds=seconds)
    overhead = seconds[0]
    ax.plot(rows, 1e6 * seconds, "o-", color=TRAIN, label="measured")
    n = np.geomspace(rows[0], rows[-1], 200)
    work = (seconds[-1] - overhead) / (rows[-1] - rows[0])
    ax.axhline(1e6 * overhead, color=BEST, linestyle="-.", label="overhead")
    shown = work * n > 0.1 * overhead
    ax.plot(n[shown], 1e6 * work * n[shown], color=FIT, linestyle=":", label="work, $c\\,n$")
    words, double = "it never takes twice as long here.", _crossing(rows, seconds, 2 * overhead)
    if double:
        ax.plot(double, 2e6 * overhead, "*", color="black", markersize=13, label="twice as long")
        words = f"twice as long at about {_rounded(double)} rows."
        words += mark_prediction(ax, prediction, float(_rounded(double).replace(",", "")))
    _finish(ax)
    ax.legend(loc="upper left")
    return f"One step takes {_duration(overhead)} with {rows[0]:,.0f} rows; {words}"


@picture(9.0, 4.2)
def loss_by_seconds(runs, *, ax=None):
    """Draw how far up to four trainings are from the true curve, against the seconds they took.

    `runs` maps a label to pairs (seconds, MSE to the true curve), of shape (n, 2).
    From the lesson 'Where the time goes'.
    """
    if not 1 <= len(runs) <= len(_STYLES):
        raise ValueError(f"runs must hold 1 to {len(_STYLES)} trainings, but holds {len(runs)}.")
    phrases = []
    for style, (label, pairs) in zip(_STYLES, runs.items(), strict=False):
        seconds, losses = to_table("runs", pairs, "n", 2).T
        to_positive("runs", losses.min())
        every = max(1, len(losses) // 8)
        ax.plot(seconds, losses, **style, markevery=every, linewidth=1.3, label=label)
        phrases.append(f"{label} {losses[-1]:.2g}")
    ax.set(xlabel="seconds of training", ylabel="MSE to the true curve", yscale="log")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return f"At the end: {'; '.join(phrases)}."


@picture(9.0, 3.6)
def speed_ladder(seconds, *, ax=None):
    """Draw how long several ways to do the same work take, as bars on a logarithmic axis.

    `seconds` maps two or more names to seconds, the slowest first.
    From the lesson 'Where the time goes'.
    """
    times = [to_positive("seconds", value) for value in seconds.values()]
    if len(times) < 2:
        raise ValueError(f"seconds must hold two or more, but holds {len(times)}.")
    low = min(times) / 3
    bars = ax.barh(list(seconds), [value - low for value in times], left=low, color=TRAIN)
    words = [f"{_duration(value)},  × {_gain(times[0] / value)}" for value in times]
    ax.bar_label(bars, words, padding=4)
    ax.set(xscale="log", xlabel="seconds", xlim=(low, 60 * max(times)))
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    names = list(seconds)
    return (
        f"{names[0]}: {_duration(times[0])}; {names[-1]}: {_duration(times[-1])}, "
        f"{_gain(times[0] / times[-1])} times as fast."
    )


@picture(9.0, 4.4)
def devices_by_rows(rows, cpu, gpu, copying, prediction=..., *, ax=None):
    """Draw the time of one step on a CPU and on a GPU against its rows, and where the GPU wins.

    All of shape (n,), the rows increasing, the times in microseconds; `copying` is what it takes to
    bring the rows to the GPU. `prediction` is the number of rows at which, the student says, both
    take equally long.
    From the lesson 'Where the time goes'.
    """
    rows, cpu, gpu, copying = _increasing("rows", rows, cpu=cpu, gpu=gpu, copying=copying)
    series = {"CPU, 16 cores": cpu, "GPU": gpu, "GPU, rows copied each step": gpu + copying}
    for style, (label, times) in zip(_STYLES, series.items(), strict=False):
        ax.plot(rows, times, **style, label=label)
    words, equal = "the GPU never overtakes.", _crossing(rows, cpu / gpu, 1.0)
    if equal:
        height = np.exp(np.interp(np.log(equal), np.log(rows), np.log(gpu)))
        ax.plot(equal, height, "*", color="black", markersize=14, label="equally fast", zorder=5)
        words = f"the GPU overtakes at about {_rounded(equal)} rows."
        words += mark_prediction(ax, prediction, float(_rounded(equal).replace(",", "")))
    _finish(ax)
    ax.legend(loc="upper left")
    gain = cpu[-1] / gpu[-1]
    return f"With {rows[-1]:,.0f} rows, the GPU is {gain:.0f} times as fast; {words}"


@picture(10.4, 4.4, "fits time", width_ratios=[1.9, 1])
def networks_at_once(x, y, grid, curves, losses, times, *, axs=None):
    """Draw many curves through the same points, and how long it took to train them.

    x and y of shape (n,) or (n, 1); `grid`, of m numbers, holds the places of the curves, and
    `curves`, of shape (k, m), a curve in each row; `losses` has shape (k,). `times` maps two or
    more labels to seconds; the caption compares the last with the one before.
    From the lesson 'Where the time goes'.
    """
    x, y = to_vectors(x=x, y=y)
    losses, grid = to_vector("losses", losses), to_vector("grid", grid)
    curves = to_table("curves", curves, len(losses), len(grid))
    seconds = [to_positive("times", value) for value in times.values()]
    if len(seconds) < 2:
        raise ValueError(f"times must hold two or more, but holds {len(seconds)}.")
    best, ax = int(losses.argmin()), axs["fits"]
    for k, curve in enumerate(curves):
        label = f"{len(curves)} networks" if k == 0 else None
        ax.plot(grid, curve, color=TRAIN, linewidth=0.9, alpha=0.5, label=label)
    ax.plot(grid, curves[best], color=FIT, linewidth=2.6, label=f"number {best}: the lowest loss")
    ax.plot(x, y, "o", color="black", markersize=4, label="the points")
    ax.set(xlabel="x, scaled", ylabel="y")
    ax.legend(loc="lower right")
    bars = axs["time"].barh(list(times), seconds, color=[TRAIN] * (len(seconds) - 1) + ["0.6"])
    axs["time"].bar_label(bars, [_duration(value) for value in seconds], padding=4)
    axs["time"].set(xlabel="seconds", xlim=(0, 1.35 * max(seconds)))
    axs["time"].invert_yaxis()
    axs["time"].grid(axis="y", visible=False)
    (name, slow), (other, fast) = [*times.items()][-1], [*times.items()][-2]
    return (
        f"{len(curves)} networks, losses from {losses.min():.4f} to {losses.max():.4f}; "
        f"{other} is {slow / fast:.1f} times as fast as {name}."
    )


def _finish(ax):
    """Set the axes that two pictures share: rows to the right, microseconds upwards."""
    ax.set(xlabel="rows in the step", ylabel="time of one step (µs)", xscale="log", yscale="log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:,.0f}")


def _increasing(argument, rows, **series):
    """Return the rows, checked to increase, and positive series of the same length."""
    rows, *values = to_vectors(**{argument: rows}, **series)
    to_positive(argument, rows.min())
    if len(rows) < 2 or (np.diff(rows) <= 0).any():
        raise ValueError(f"{argument} must increase, and be two or more.")
    for name, value in zip(series, values, strict=True):
        to_positive(name, value.min())
    return [rows, *values]


def _crossing(rows, values, level):
    """Return where `values` first rise to `level`, between rows on logarithmic axes, or None."""
    above = np.flatnonzero(values >= level)
    if not len(above) or above[0] == 0:
        return None
    k = above[0]
    span = np.log(values[k - 1 : k + 1])
    share = (np.log(level) - span[0]) / (span[1] - span[0])
    return float(rows[k - 1] * (rows[k] / rows[k - 1]) ** share)


def _rounded(value):
    """Return a number of rows with two digits: more would claim too much."""
    return format_number(float(f"{value:.2g}"))


def _gain(value):
    """Return how many times as fast, with two digits."""
    return f"{float(f'{value:.2g}'):,.10g}"


def _duration(seconds):
    """Return a time as a person says it."""
    units = ((1e-7, "ns", 1e9), (1e-3, "µs", 1e6), (1, "ms", 1e3), (np.inf, "s", 1))
    unit, factor = next(words for limit, *words in units if seconds < limit)
    return f"{seconds * factor:.3g} {unit}"
