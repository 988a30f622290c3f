"""Texts of a drawn figure that print over each other, and lines that a legend hides."""

from itertools import combinations

import numpy as np

TOUCH = 0.5  # pixels that two boxes may share
HIDDEN = (
    0.45  # of the points of a line in its axes, a legend may cover: what is left shows the line
)


def find_overlaps(figure):
    """Return sentences on a figure that was just drawn: what overlaps, is cut off or is hidden."""
    boxes = [box for k, ax in enumerate(figure.axes) for box in _texts(ax, k)]
    found = [
        f"{first} is printed over {second}"
        for (first, a), (second, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > TOUCH and min(a.y1, b.y1) - max(a.y0, b.y0) > TOUCH
    ]
    page = figure.bbox.padded(TOUCH)
    found += [
        f"{name} is cut off at the edge"
        for name, box in boxes
        if not (page.contains(box.x0, box.y0) and page.contains(box.x1, box.y1))
    ]
    return found + [line for k, ax in enumerate(figure.axes) for line in _hidden(ax, k)]


def _texts(ax, k):
    """Yield the name and the box of each text of axes number k, and of the legend."""
    axes = [(axis, axis._update_ticks()) for axis in (ax.xaxis, ax.yaxis)]
    ticks = [tick for axis, drawn in axes for tick in drawn]
    inside = [
        text
        for text in ax.texts
        if not text.get_clip_on()
        or ax.bbox.contains(*text.get_transform().transform(text.get_position()))
    ]
    texts = {
        "the number": [label for tick in ticks for label in (tick.label1, tick.label2)],
        "the label": [text for axis, _ in axes for text in (axis.label, axis.offsetText)],
        "the title": [ax.title, ax._left_title, ax._right_title],
        "the text": inside,
    }
    for kind, of_kind in texts.items():
        for text in of_kind:
            if text.get_visible() and text.get_text().strip():
                yield f"{kind} {text.get_text()!r} of axes {k}", text.get_window_extent()
    if legend := ax.get_legend():
        yield f"the legend of axes {k}", legend.get_window_extent()


def _hidden(ax, k):
    """Yield what a legend hides of the lines that it names."""
    if not (legend := ax.get_legend()):
        return
    box, named = legend.get_window_extent(), {text.get_text() for text in legend.get_texts()}
    for line in ax.lines:
        points = line.get_transform().transform(line.get_xydata())
        points = points[np.array([ax.bbox.contains(*point) for point in points], bool)]
        covered = np.array([box.contains(*point) for point in points], bool)
        if line.get_label() in named and len(points) > 2 and covered.mean() > HIDDEN:
            yield f"the legend of axes {k} hides {covered.mean():.0%} of {line.get_label()!r}"
