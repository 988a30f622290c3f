"""The pictures that lesson 10, 'Where the time goes', introduces."""

import numpy as np

from course_utils._validate import to_positive, to_vector
from course_utils.plots.core import picture

_STYLES = ("o-", "s--", "D:", "^-.")


def _duration(seconds):
    """Return a time as a person says it."""
    units = ((1e-7, "ns", 1e9), (1e-3, "µs", 1e6), (1, "ms", 1e3), (np.inf, "s", 1))
    for limit, unit, factor in units:
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    raise ValueError(f"seconds must be finite, but {seconds} came.")


@picture(10.4, 3.2)
def step_parts(parts, *, ax=None):
    """Draw what the parts of a training step cost, as bars end to end (lesson 10).

    `parts` maps a label to a dictionary of part and seconds; all have the same parts.
    """
    labels = list(parts)
    names = list(next(iter(parts.values())))
    left = np.zeros(len(labels))
    for k, name in enumerate(names):
        widths = np.array([1e6 * to_positive(name, parts[label][name]) for label in labels])
        hatch = ("", "//", "..", "xx", "\\\\")[k % 5]
        bars = ax.barh(labels, widths, left=left, label=name, hatch=hatch, edgecolor="white")
        ax.bar_label(
            bars,
            fmt="%.0f",
            label_type="center",
            fontsize=9,
            bbox={"fc": "w", "ec": "none", "pad": 1},
        )
        left += widths
    ax.set(xlabel="time of one step (µs)", xlim=(0, 1.02 * left.max()))
    ax.grid(axis="y", visible=False)
    ax.legend(ncols=len(names), loc="upper center", bbox_to_anchor=(0.5, 1.22), frameon=False)
    said = ", ".join(
        f"{label}: {_duration(t / 1e6)}" for label, t in zip(labels, left, strict=True)
    )
    return f"One step costs, in all, {said}."


@picture(7.6, 4.4)
def time_against_rows(times, *, line=None, ax=None):
    """Draw the time of one epoch against the number of rows (lesson 10).

    `times` maps a name to pairs (rows, seconds). `line`, (t0, c), is drawn as t0 + c·n, with the
    rows at which both parts are equal.
    """
    said = []
    for k, (name, pairs) in enumerate(times.items()):
        rows = to_vector("rows", [n for n, _ in pairs])
        seconds = to_vector("seconds", [t for _, t in pairs])
        ax.plot(rows, seconds, _STYLES[k % 4], color=f"C{k}", label=name)
        said.append(f"{name} {_duration(seconds[0])} to {_duration(seconds[-1])}")
    if line is not None:
        t0, c = line
        n = np.geomspace(rows[0], rows[-1], 200)
        label = f"PyTorch: {_duration(t0)} + {_duration(c)} · n"
        ax.plot(n, t0 + c * n, color="k", linewidth=0.9, label=label, zorder=1)
        ax.axvline(
            t0 / c, color="k", linestyle=(0, (1, 3)), label="n where both are equal", zorder=1
        )
    ax.set(xlabel="rows n", ylabel="time of one call (s)", xscale="log", yscale="log")
    ax.legend(loc="upper left")
    return f"{rows[0]:,.0f} to {rows[-1]:,.0f} rows: {'; '.join(said)}."


@picture(7.6, 4.0)
def throughput(speeds, *, ax=None):
    """Draw rows per second against the batch size (lesson 10).

    `speeds` maps a name to pairs (batch size, rows per second).
    """
    said = []
    for k, (name, pairs) in enumerate(speeds.items()):
        sizes = to_vector("sizes", [size for size, _ in pairs])
        rates = to_vector("rates", [rate for _, rate in pairs])
        ax.plot(sizes, rates, _STYLES[k % 4], color=f"C{k}", label=name)
        said.append(f"{name} {rates[0]:.2g} to {rates[-1]:.2g}")
    ax.set(xlabel="batch size (rows)", ylabel="rows per second", xscale="log", yscale="log")
    ax.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
    ax.minorticks_off()
    ax.legend(loc="upper left")
    return f"Rows per second, batches of {sizes[0]:.0f} to {sizes[-1]:.0f}: {'; '.join(said)}."
