"""A picture with sliders under it: `move(plots.residuals, x, y, w=(-1, 4, 0.5), b=(-1, 3, 1))`.

The picture is drawn once, with every slider at its start, as it would be without sliders; a
notebook stores that one. Moving a slider redraws it in the same place. Nothing is sent before
someone moves one, so a stored notebook holds no trace of the sliders.
"""

import gc
import inspect
import io
import math
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from numbers import Integral, Real
from typing import Any

from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_utils._validate import to_number
from course_utils.figures import as_output, caption_output, capture_figures, style, to_png

WIDTH = {"width": "36em", "max_width": "98%"}  # of a row with a slider: it fits a narrow page


def move(draw: Callable[..., object], *args: Any, **ranges: tuple[Any, ...]) -> None:
    """Show the picture of `draw(*args, w=start, ...)`, with a slider for each keyword.

    `draw` is a picture function of `plots` or `graphs`, or a function that calls one. Each keyword
    is one of its arguments, with the range `(low, high, start)` (three whole numbers for whole
    steps) or `(values, start)`. What `draw` prints appears under the picture and follows it.
    """
    _check_names(draw, args, ranges)
    controls = {name: control(name, given) for name, given in ranges.items()}
    moving = Moving(draw, args, {name: settings["value"] for name, settings in controls.items()})
    data, metadata = moving.first
    picture = display(data, metadata=metadata, raw=True, display_id=True)
    text = display(caption_output(*moving.text), raw=True, display_id=True)

    names = " and for ".join(map(label, ranges))
    try:
        import ipywidgets
    except ImportError:
        print(f"To get a slider for {names}: pip install ipywidgets, then restart the kernel.")
        return
    longest = max(len(label(name)) for name in ranges)
    sliders = {
        name: getattr(ipywidgets, kind.pop("slider"))(
            description=label(name),
            tooltip=f"Move {label(name)} with the mouse or the arrow keys",
            style={"description_width": f"{longest + 1}ch"},
            layout=WIDTH,
            **kind,
        )
        for name, kind in controls.items()
    }
    rows = [_row(ipywidgets, slider) for slider in sliders.values()]

    def readouts():
        return [format(s.value, getattr(s, "readout_format", "")) for s in sliders.values()]

    shown = readouts()

    def redraw(_):
        # The page also reports a value when it has only rounded it.
        if readouts() == shown:
            return
        shown[:] = readouts()
        values = {name: slider.value for name, slider in sliders.items()}
        try:
            data, metadata = moving.draw(values)
        except Exception as error:  # the cell has finished, so the error is shown here
            text.update({"text/plain": f"{type(error).__name__}: {error}"}, raw=True)
            return
        picture.update(data, metadata=metadata, raw=True)
        text.update(caption_output(*moving.text), raw=True)

    for slider in sliders.values():
        slider.observe(redraw, "value")
    box = ipywidgets.VBox(rows)
    hint = f"In JupyterLab, run this cell to get a slider for {names}."
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}  # of any ipywidgets
    display({"application/vnd.jupyter.widget-view+json": view, "text/plain": hint}, raw=True)


class Moving:
    """The picture of `draw` while its arguments change: all have the layout of the first.

    `text` is the caption of the picture drawn last, and what was printed with it.
    """

    def __init__(self, draw, args, starts):
        """Draw the picture at the start, `first`, as a notebook stores it."""
        self._draw, self._args = draw, args
        with style():
            figure, *self.text = _capture(draw, args, starts)
            self.first = as_output(figure, self.text[0], to_png(figure))
            figure.set_layout_engine("none")  # keep the stored picture's layout
            self._positions = [ax.get_position(original=True) for ax in figure.axes]
        self._canvas = FigureCanvasAgg(figure)  # for all later ones: it remembers measured texts

    def draw(self, values):
        """Draw the picture at these values, quickly; return its data and metadata."""
        # With a fixed position for titles, no picture has to search for one.
        with _no_collection(), style({"axes.titley": 1.0}):
            figure, *self.text = _capture(self._draw, self._args, values)
            png = _quick_png(figure, self._positions, self._canvas)
            return as_output(figure, self.text[0], png)


def _check_names(draw, args, ranges):
    """Raise ValueError unless `draw` can be called with these arguments."""
    if not ranges:
        raise ValueError("move needs a range for each argument to move, such as w=(-1, 4, 0.5).")
    name, signature = getattr(draw, "__name__", repr(draw)), inspect.signature(draw)
    try:
        signature.bind(*args, **ranges)
    except TypeError as error:
        raise ValueError(f"{name}{signature} doesn't fit these arguments: {error}.") from None


def control(name: str, given: tuple[Any, ...]) -> dict[str, Any]:
    """Return a slider's class and settings for a range."""
    expected = f"{name} must be (low, high, start) or (values, start), got {given!r:.80}."
    if not isinstance(given, tuple) or len(given) not in (2, 3):
        raise ValueError(expected)
    if len(given) == 2:
        if isinstance(given[0], Real):
            raise ValueError(f"{expected} Where does the slider start?")
        values, start = [*given[0]], given[1]
        if start not in values:
            raise ValueError(f"{name} must start at one of its values, but {start!r} isn't one.")
        options = [(as_text(value), value) for value in values]
        settings = {"options": options, "value": start, "readout": False}
        return {"slider": "SelectionSlider", **settings}
    whole = all(isinstance(number, Integral) for number in given)
    low, high, start = (to_number(name, number) for number in given)
    if not (low < high and low <= start <= high):
        raise ValueError(f"{name} must start between low and high, got {given}.")
    if whole:
        low, high, start = map(int, given)
        return {"slider": "IntSlider", "min": low, "max": high, "value": start}
    digits = math.ceil(-math.log10((high - low) / 40))  # at least 40 steps of a power of ten
    step = 10.0**-digits
    if abs(math.remainder(start - low, step)) > 1e-9:  # JupyterLab rounds a start between steps
        low += math.fmod(start - low, step)
    # As the pictures write a number: four digits, no zeros at the end; more if a step needs them.
    whole_digits = len(f"{max(abs(low), abs(high)):.0f}")
    readout = f".{max(4, whole_digits + max(digits, 0))}"
    settings = {"min": low, "max": high, "value": start, "step": step}
    return {"slider": "FloatSlider", **settings, "readout_format": readout}


def _row(ipywidgets, slider):
    """Return a slider; one of a list beside a menu of its values, which replaces its readout.

    Of a list, ipywidgets gives a screen reader the place, not the value. The menu has the slider's
    label, and says its value.
    """
    if not isinstance(slider, ipywidgets.SelectionSlider):
        return slider
    menu = ipywidgets.Dropdown(
        options=slider.options,
        index=slider.index,
        description=slider.description,
        style={"description_width": slider.style.description_width},
        layout={"width": "auto"},
    )
    ipywidgets.jslink((slider, "index"), (menu, "index"))
    slider.description, slider.layout = "", {"flex": "1", "width": "auto"}
    return ipywidgets.HBox([menu, slider], layout=WIDTH)


def label(name: str) -> str:
    """Return how a slider is labelled."""
    return name.replace("_", " ")


def as_text(value: Any) -> str:
    """Return the text of a value beside its slider."""
    whole = isinstance(value, Integral)
    return f"{value:,}" if whole else f"{value:.4g}" if isinstance(value, Real) else str(value)


def _capture(draw, args, values):
    """Call `draw`; return its figure, the caption, and what it printed."""
    with capture_figures() as figures, redirect_stdout(io.StringIO()) as printed:
        draw(*args, **values)
    if len(figures) != 1:
        raise ValueError(
            f"the function must show one picture of plots or graphs, but showed {len(figures)}."
        )
    return *figures[0], printed.getvalue().rstrip("\n")


@contextmanager
def _no_collection():
    """Postpone Python's garbage collection, which takes 0.1 s for all the objects of a lesson."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _quick_png(figure, positions, canvas):
    """Return a figure as PNG in half the time: at screen resolution, with known positions."""
    if len(positions) == len(figure.axes):
        figure.set_layout_engine("none")
        for ax, position in zip(figure.axes, positions, strict=True):
            ax.set_position(position)
    png = io.BytesIO()
    canvas.figure = figure
    figure.set_canvas(canvas)
    canvas.print_png(png, pil_kwargs={"compress_level": 1})
    return png.getvalue()
