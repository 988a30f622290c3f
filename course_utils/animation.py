"""A picture whose lines grow or change: `play(plots.one_descent, x, y, path, 40, "lr = 0.77")`.

It is an animated PNG, which a browser plays once, in a notebook and on GitHub. A program that shows
no animations, or that compares notebooks, finds the finished picture instead. So does someone who
has asked the system for reduced motion, in a cell that was run: a page can choose between two
pictures, and a notebook stores the first alone.
"""

import base64
import html
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from itertools import chain
from typing import Any

import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from course_utils.figures import (
    CHANGES,
    GROWS,
    as_output,
    capture_figures,
    free_pixels,
    show_caption,
    style,
    to_png,
)

N_FRAMES = 40


def play(draw: Callable[..., object], *args: Any, seconds: float = 4.0) -> None:
    """Show the picture of `draw(*args)`, growing once from its first point to the whole of it.

    `draw` is a picture function of `plots` that can grow, such as `one_descent`, or that shows a
    curve while it changes, such as `learned_curve`.
    """
    if not 0 < seconds <= 5:  # a longer one would need a button that stops it
        raise ValueError(f"seconds must be positive and at most 5, got {seconds!r}.")
    with capture_figures() as figures, redirect_stdout(io.StringIO()):
        draw(*args)
    lines = [line for figure, _ in figures for ax in figure.axes for line in ax.lines]
    lines = [line for line in lines if line.get_gid() in (GROWS, CHANGES)]
    if len(figures) != 1 or not lines:
        name = getattr(draw, "__name__", repr(draw))
        raise ValueError(f"{name} shows no picture that can grow, such as plots.one_descent.")
    ((figure, caption),) = figures
    with style({"savefig.dpi": "figure"}):  # small enough for a notebook
        finished = to_png(figure)
        still = _pixels(Image.open(io.BytesIO(finished)))
        png = _encode(still, chain(_grow(figure, lines), [still]), seconds)
    data, metadata = as_output(figure, caption, png)
    page = _page(data["image/png"], base64.b64encode(finished).decode(), caption)
    display({**data, "text/html": page}, metadata=metadata, raw=True)
    show_caption(caption)


def _page(moving, finished, caption):
    """Return HTML that shows a picture (base64), or the finished one if motion is to be reduced.

    No style sheet can stop an animated PNG. The class is that of JupyterLab's own pictures.
    """
    png = "data:image/png;base64,"
    return (
        '<div class="jp-RenderedImage" data-mime-type="image/png"><picture>'
        f'<source media="(prefers-reduced-motion: reduce)" srcset="{png}{finished}">'
        f'<img src="{png}{moving}" alt="{html.escape(caption)}">'
        "</picture></div>"
    )


def _grow(figure, lines):
    """Yield each frame's pixels: the first points of every line, the last of them as a dot.

    Of lines that are one line while it changes, a frame shows the first few, and the last of these
    in the look of the finished one.
    """
    canvas = FigureCanvasAgg(figure)
    figure.set_layout_engine("none")  # which leaves the axes where the still has them
    stages = [line for line in lines if line.get_gid() == CHANGES]
    shapes = [line.get_xydata() for line in stages]
    lines = [line for line in lines if line.get_gid() == GROWS]
    whole = [line.get_xydata() for line in lines]
    dots = [
        line.axes.plot(*points[0], "o", color=line.get_color(), markersize=9)[0]
        for line, points in zip(lines, whole, strict=True)
    ]
    for artist in (*stages, *lines, *dots):
        artist.set_animated(True)
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    for share in np.linspace(0, 1, min(N_FRAMES, max(len(shapes), *map(len, whole), 2))):
        canvas.restore_region(background)
        if stages:
            last = round(share * (len(stages) - 1))
            stages[-1].set_data(*shapes[last].T)
            for line in (*stages[:last], stages[-1]):
                line.axes.draw_artist(line)
        for line, dot, points in zip(lines, dots, whole, strict=True):
            last = round(share * (len(points) - 1))
            line.set_data(*points[: last + 1].T)
            dot.set_data(*points[last : last + 1].T)
            line.axes.draw_artist(line)
            line.axes.draw_artist(dot)
        yield _pixels(Image.fromarray(np.asarray(canvas.buffer_rgba())))
    free_pixels(canvas)


def _pixels(image):
    """Return an image as one number per pixel; none is 0, which means transparent."""
    return np.ascontiguousarray(image.convert("RGBA")).view(np.uint32)[..., 0]


def _encode(still, frames, seconds):
    """Return an animated PNG; a program without animation shows `still`."""
    images, before = [], np.zeros_like(still)
    for frame in frames:
        changed = np.where(frame == before, np.uint32(0), frame)
        images.append(Image.fromarray(changed[..., None].view(np.uint8)))
        before = frame
    png = io.BytesIO()
    Image.fromarray(still[..., None].view(np.uint8)).save(
        png,
        format="png",
        save_all=True,
        default_image=True,
        append_images=images,
        duration=round(1000 * seconds / len(images)),
        loop=1,
        disposal=0,
        blend=1,
    )
    return png.getvalue()
