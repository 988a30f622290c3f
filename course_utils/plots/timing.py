"""The pictures that the lesson 'Where the time goes' introduces."""

import numpy as np

from course_utils._validate import to_positive, to_table, to_vector
from course_utils.figures import picture

# A marker, a line and a colour for each series, so that nothing depends on colour alone.
_STYLES = ("o-", "s--", "D:", "^-.")
_HATCHES = ("", "//", "..", "xx", "\\\\")


@picture(10.4, 3.2)
def step_parts(parts, *, ax=None):
    """Draw what the parts of a training step cost, as bars end to end.

    `parts` maps a label to a dictionary of part and seconds; all have the same one to five parts.
    From the lesson 'Where the time goes'.
    """
    labels, steps = list(parts), list(parts.values())
    names = list(steps[0])
    if any(list(step) != names for step in steps) or len(names) > len(_HATCHES):
        found = " and ".join(str(list(step)) for step in steps)
        raise ValueError(f"parts must be the same one to five for each label, got {found}.")
    left = np.zeros(len(labels))
    for name, hatch in zip(names, _HATCHES, strict=False):
        widths = np.array([1e6 * to_positive("parts", step[name]) for step in steps])
        bars = ax.barh(labels, widths, left=left, label=name, hatch=hatch, edgecolor="white")
        box = {"fc": "w", "ec": "none", "pad": 1}
        ax.bar_label(bars, fmt="%.0f", label_type="center", fontsize=9, bbox=box)
        left += widths
    ax.set(xlabel="time of one step (µs)", xlim=(0, 1.02 * left.max()))
    ax.grid(axis="y", visible=False)
    ax.legend(ncols=len(names), loc="upper center", bbox_to_anchor=(0.5, 1.22), frameon=False)
    totals = ", ".join(
        f"{label}: {_duration(t / 1e6)}" for label, t in zip(labels, left, strict=True)
    )
    return f"One step costs, in all, {totals}."


@picture(7.6, 4.4)
def time_against_rows(times, *, line=None, ax=None):
    """Draw the time of one epoch against the number of rows.

    `times` maps up to four names to pairs (rows, seconds). `line`, (t0, c), is drawn as t0 + c·n,
    with the rows at which both parts are equal.
    From the lesson 'Where the time goes'.
    """
    rows, ranges = _draw_series(ax, "times", times, _duration)
    if line is not None:
        t0, c = (to_positive("line", part) for part in to_vector("line", line, length=2))
        n = np.geomspace(rows[0], rows[-1], 200)
        label = f"PyTorch: {_duration(t0)} + {_duration(c)} · n"
        ax.plot(n, t0 + c * n, color="k", linewidth=0.9, label=label, zorder=1)
        equal = "n where both are equal"
        ax.axvline(t0 / c, color="k", linestyle=(0, (1, 3)), label=equal, zorder=1)
    ax.set(xlabel="rows n", ylabel="time of one call (s)", xscale="log", yscale="log")
    ax.legend(loc="upper left")
    return f"{rows[0]:,.0f} to {rows[-1]:,.0f} rows: {ranges}."


@picture(7.6, 4.0)
def throughput(speeds, *, ax=None):
    """Draw rows per second against the batch size.

    `speeds` maps up to four names to pairs (batch size, rows per second).
    From the lesson 'Where the time goes'.
    """
    sizes, ranges = _draw_series(ax, "speeds", speeds, "{:.2g}".format)
    ax.set(xlabel="batch size (rows)", ylabel="rows per second", xscale="log", yscale="log")
    ax.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
    ax.minorticks_off()
    ax.legend(loc="upper left")
    return f"Rows per second, batches of {sizes[0]:.0f} to {sizes[-1]:.0f}: {ranges}."


def _duration(seconds):
    """Return a time as a person says it."""
    units = ((1e-7, "ns", 1e9), (1e-3, "µs", 1e6), (1, "ms", 1e3), (np.inf, "s", 1))
    unit, factor = next(words for limit, *words in units if seconds < limit)
    return f"{seconds * factor:.3g} {unit}"


def _draw_series(ax, argument, series, write):
    """Draw up to four series of pairs; return the places of the last, and what each runs over."""
    if not 1 <= len(series) <= len(_STYLES):
        expected = f"{argument} must hold 1 to {len(_STYLES)} series"
        raise ValueError(f"{expected}, but holds {len(series)}.")
    phrases = []
    for style, (name, pairs) in zip(_STYLES, series.items(), strict=False):
        places, values = _columns(argument, pairs)
        ax.plot(places, values, style, label=name)
        phrases.append(f"{name} {write(values[0])} to {write(values[-1])}")
    return places, "; ".join(phrases)


def _columns(argument, pairs):
    """Return pairs of positive numbers as an array of all firsts and one of all seconds."""
    array = to_table(argument, pairs, "n", 2)
    to_positive(argument, array.min())
    return array.T
