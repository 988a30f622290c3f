"""How a picture is shown: the course's style, the roles of its colours, and its caption.

A picture function takes arrays or tensors. Without axes, it shows a figure in the course's style
and the caption under it: one sentence with the picture's numbers, which is also the alt text. Given
axes (`ax`, or `axs`, a dictionary of axes by panel name), it draws on them in the
session's style and returns the caption.
"""

import base64
import html
import io
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from numbers import Real
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib.style
from IPython import get_ipython
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# The role of each colour; style.mplstyle defines the colours.
TRAIN, FIT, BEST, VALIDATION = "C0", "C1", "C2", "C3"
GROWS = "grows"  # the gid of a line that grows when `animation.play` shows its picture
CHANGES = "changes"  # the gid of lines that are one line while it changes: first to last
STYLE = Path(__file__).with_name("style.mplstyle")

P = ParamSpec("P")
Figures = list[tuple[Figure, str]]  # each with its caption

_styled = False  # whether the style is applied now
_captures: list[Figures] = []  # the lists of `capture_figures`, the innermost last


@contextmanager
def style(settings: dict[str, Any] | None = None) -> Iterator[None]:
    """Apply the course's style to the figures made inside the `with` block.

    The session's own settings are ignored in the block and restored after it. `settings` are added
    to the style. A block inside another keeps the settings of the outer one.
    """
    global _styled
    outer, _styled = _styled, True
    base: list[Any] = [] if outer else ["default", STYLE]
    try:
        with matplotlib.style.context([*base, settings or {}]):
            yield
    finally:
        _styled = outer


def picture(
    width: float, height: float, panels: str | None = None, **layout: Any
) -> Callable[[Callable[P, str]], Callable[P, str | None]]:
    """Turn `draw(..., ax=...)` into a picture of `width` by `height` inches that shows itself.

    With `panels`, a subplot mosaic such as "data loss", the keyword is `axs`, the axes by panel
    name; `layout` is passed to `Figure.subplot_mosaic`.
    """
    keyword = "axs" if panels else "ax"
    rows: list[Any] = [row.split() for row in panels.split(";")] if panels else [[keyword]]
    names = {name for row in rows for name in row}

    def decorate(draw: Callable[P, str]) -> Callable[P, str | None]:
        @wraps(draw)
        def draw_or_show(*args: P.args, **kwargs: P.kwargs) -> str | None:
            axes: Any = kwargs.get(keyword)
            if axes is not None:
                if panels and names - set(axes):
                    raise ValueError(f"axs must hold axes for {sorted(names)}, got {list(axes)}.")
                return draw(*args, **kwargs)
            with style():
                figure = Figure(figsize=(width, height))
                axes = figure.subplot_mosaic(rows, **layout)
                kwargs[keyword] = axes if panels else axes[keyword]
                show(figure, draw(*args, **kwargs))
            return None

        return draw_or_show

    return decorate


def show(figure: Figure, caption: str) -> None:
    """Display a figure with its caption as alt text, and the caption under it."""
    if _captures:
        _captures[-1].append((figure, caption))
    else:
        data, metadata = as_output(figure, caption, to_png(figure))
        display(data, metadata=metadata, raw=True)
        show_caption(caption)


def show_caption(caption: str) -> None:
    """Display a caption under its picture in a notebook; print it elsewhere."""
    if hasattr(get_ipython(), "kernel"):
        display(caption_output(caption), raw=True)
    else:
        print(caption)


def caption_output(caption: str, printed: str = "") -> dict[str, str]:
    """Return a caption, below what was printed with its picture, by MIME type.

    As a paragraph it wraps between words, and a style sheet can tell it from printed text.
    """
    lines, page = [caption], [f'<p class="course-caption">{html.escape(caption)}</p>']
    if printed:
        lines, page = [printed, *lines], [f"<pre>{html.escape(printed)}</pre>", *page]
    return {"text/plain": "\n".join(lines), "text/html": "\n".join(page)}


def format_number(value: Any) -> str:
    """Return a number as text: four digits, or all digits before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def is_prediction(prediction: Any) -> bool:
    """Return whether `my_prediction` holds a number that a picture can mark."""
    is_number = isinstance(prediction, Real) and not isinstance(prediction, bool)
    return is_number and math.isfinite(prediction)


def describe_prediction(prediction: Any, truth: Any) -> str:
    """Return what a caption says of the number in the lesson's `my_prediction`.

    It is ... (or None) before the student has typed one: then the words are ''.
    """
    if prediction is ... or prediction is None:
        return ""
    if not is_prediction(prediction):
        return f" my_prediction holds {prediction!r:.40}, not a number: type a number such as 3.5."
    return f" You predicted {format_number(prediction)}; it is {format_number(truth)}."


@contextmanager
def capture_figures() -> Iterator[Figures]:
    """Collect figures as (figure, caption) in a list instead of displaying them."""
    _captures.append([])
    try:
        yield _captures[-1]
    finally:
        _captures.pop()


def to_png(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    canvas, png = FigureCanvasAgg(figure), io.BytesIO()
    with style():
        # Without the Software entry, the bytes do not depend on matplotlib's patch release.
        figure.savefig(png, format="png", metadata={"Software": None})
    free_pixels(canvas)
    return png.getvalue()


def free_pixels(canvas: FigureCanvasAgg) -> None:
    """Free the pixels of a canvas that was drawn: some megabytes, which the figure's texts keep.

    With the figure they would be garbage, which Python hardly ever collects once torch is loaded.
    """
    renderer = canvas.renderer
    renderer.__init__(1, 1, renderer.dpi)


def as_output(
    figure: Figure, caption: str, png: bytes
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return a figure as a notebook displays it: data and metadata by MIME type."""
    width = round(figure.get_figwidth() * figure.dpi)
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": caption}
    return data, {"image/png": {"alt": caption, "width": width}}
