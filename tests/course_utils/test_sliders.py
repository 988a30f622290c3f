"""A slider's picture is the picture itself; moving the slider redraws it in the same place."""

import ast
import base64
import functools
import gc
import io
import re
import subprocess
import sys
from itertools import product
from random import Random
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from commands.execute import WIDGET
from course_utils import figures, graphs, plots, sliders
from course_utils.descent import QuadraticLoss, design_matrix
from tests.support.lessons import (
    NUMBERS,
    ROOT,
    moved_by_sliders,
    read_notebook,
    run_lesson,
    slider_calls,
)
from tests.support.overlaps import find_overlaps
from tests.support.tiers import slow_after

X = np.linspace(0, 1, 12)
Y = 2 * X + 1 + 0.1 * np.sin(40 * X)
PATH = np.column_stack([np.linspace(0, 2, 21), np.linspace(0, 1, 21)])
PNG = b"\x89PNG"

WITH_SLIDERS = [number for number in NUMBERS if slider_calls(read_notebook(number).cells)]
# What the text, an answer or the instructor's page names, slider by slider.
NAMED = {
    "how_far_to_step": {
        "angle": [0, 63, 90],
        "share of limit": [0.5, 0.94, 0.98, 1],
        "factor": [0.5, 2, 60],
    },
    "dataset_and_dataloader": {"batch size": [1, 4, 80], "lr": [0.01, 0.1]},
    "fitting_polynomials": {"epochs": [0, 100, 100_000, 10_000_000]},
    "better_roads": {"mu": [0, 0.5, 0.8, 0.98], "lr": [0.05, 0.1, 0.8, 0.81, 1.6]},
    "a_network_that_bends": {"w": [-6, 0, 3, 6], "b": [-4, 0, 1.5, 4], "v": [-3, 0, 2, 3]},
}
# The sliders whose value the picture or its caption writes.
WRITTEN = {
    "gradient_descent_by_hand": "w b",
    "how_far_to_step": "angle share_of_limit",
    "dataset_and_dataloader": "batch_size lr",
    "better_roads": "mu lr",
}


class Output:
    """A cell's output, which a front end keeps up to date."""

    def __init__(self, data, metadata=None, **options):
        """Keep what was displayed; `raw` and `display_id` are IPython's."""
        assert options.pop("raw")
        assert options in ({}, {"display_id": True})
        self.data, self.metadata, self.updates = data, metadata, 0

    def update(self, data, metadata=None, raw=False):
        assert raw
        self.data, self.metadata = data, metadata
        self.updates += 1


class Page:
    """All outputs and sliders, in order."""

    def __init__(self):
        """Begin with an empty page."""
        self.outputs, self.sliders = [], {}

    def display(self, data, **options):
        self.outputs.append(Output(data, **options))
        return self.outputs[-1]

    @property
    def words(self):
        return self.outputs[1].data["text/plain"]

    @property
    def png(self):
        return base64.b64decode(self.outputs[0].data["image/png"])


@pytest.fixture
def page(monkeypatch):
    page, box = Page(), ipywidgets.VBox

    def collect(rows):
        for row in rows:
            named, *others = row.children if isinstance(row, ipywidgets.HBox) else [row]
            page.sliders[named.description] = others[0] if others else named
        page.rows = rows
        return box(rows)

    monkeypatch.setattr(sliders, "display", page.display)
    monkeypatch.setattr(figures, "display", page.display)
    monkeypatch.setattr(ipywidgets, "VBox", collect)
    return page


def test_a_notebook_stores_the_picture_and_a_hint_at_the_slider(page, capsys):
    plots.residuals(X, Y, 0.5, 1.0)
    (alone,), caption = page.outputs, capsys.readouterr().out
    page.outputs = []
    sliders.move(plots.residuals, X, Y, w=(-1, 4, 0.5), b=(-1, 3, 1.0))
    picture, text, controls = page.outputs
    assert (picture.data, picture.metadata) == (alone.data, alone.metadata)
    caption = caption.rstrip("\n")
    assert text.data == figures.caption_output(caption)
    assert text.data["text/plain"] == caption
    assert set(controls.data) == {"text/plain", WIDGET}
    assert (
        controls.data["text/plain"]
        == "In JupyterLab, run this cell to get a slider for w and for b."
    )
    assert capsys.readouterr().out == ""


def test_a_move_redraws_in_place_and_updates_the_caption(page, capsys):
    sliders.move(plots.residuals, X, Y, w=(-1, 4, 0.5), b=(-1, 3, 1.0))
    before, width = page.png, page.outputs[0].metadata["image/png"]["width"]
    page.sliders["b"].value = 2.0
    assert len(page.outputs) == 3
    assert page.png.startswith(PNG)
    assert page.png != before
    plots.residuals(X, Y, 0.5, 2.0)
    assert page.words == capsys.readouterr().out.rstrip("\n")
    assert page.outputs[0].metadata["image/png"] == {"alt": page.words, "width": width}


def test_a_function_of_ones_own_is_moved_with_everything_it_prints(page):
    def line(slope, kind):
        print(f"{kind}: the slope is {slope}")
        plots.residuals(X, Y, slope, 1.0)

    sliders.move(line, slope=(0, 5, 2), kind=(["a", "b"], "b"))
    assert page.words.startswith("b: the slope is 2\nThe line lies below")
    page.sliders["slope"].value = 5
    page.sliders["kind"].value = "a"
    assert page.words.startswith("a: the slope is 5\nThe line lies below")


def test_a_redrawn_picture_is_the_same_but_for_its_pixels(page):
    """Back at the start, everything is where it was: seen from afar, nothing has changed."""
    sliders.move(plots.one_descent, X, Y, PATH, 20, title=(["a", "b"], "a"))
    stored = page.png
    page.sliders["title"].value = "b"
    page.sliders["title"].value = "a"
    pictures = [Image.open(io.BytesIO(png)).convert("L") for png in (stored, page.png)]
    assert pictures[0].width > pictures[1].width
    far = [np.asarray(picture.resize((96, 38), Image.Resampling.BOX), int) for picture in pictures]
    assert np.abs(far[0] - far[1]).max() < 50


def test_no_garbage_is_collected_while_a_picture_is_drawn(page):
    """With all the objects of a lesson, that takes as long as a picture."""
    seen = []

    def picky(w):
        seen.append(gc.isenabled())
        plots.residuals(X, Y, 1 / w, 1.0)

    sliders.move(picky, w=(-3, 3, 1))
    page.sliders["w"].value = 0  # an error
    assert seen == [True, False]
    assert gc.isenabled()
    gc.disable()
    try:
        page.sliders["w"].value = 2
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_graph_is_moved_without_a_warning(page, recwarn):
    def graph(gradient):
        leaf = SimpleNamespace(value=2, grad=gradient, parents=(), local_derivatives=(), name="a")
        graphs.value_graph(
            SimpleNamespace(value=4, grad=1, parents=(leaf,), local_derivatives=(2,), name="2·a")
        )

    sliders.move(graph, gradient=([0, 2], 0))
    page.sliders["gradient"].value = 2
    assert page.words.endswith("the gradient reaches a with 2.")
    assert [str(warning.message) for warning in recwarn] == []


def test_axes_with_equal_scales_get_their_full_room_again(page):
    """As for a picture of a bowl: a tall one follows a low one."""
    drawn = []

    def window(width):
        drawn.append(figure := Figure(figsize=(4, 4)))
        figure.subplots().set(aspect="equal", xlim=(0, width), ylim=(0, 1))
        figures.show(figure, "a window")

    sliders.move(window, width=([0.25, 4.0], 4.0))
    page.sliders["width"].value = 0.25
    low, high = (figure.axes[0].get_position().bounds for figure in drawn)
    assert low[3] < 0.3 < 0.7 < high[3]


def test_a_moving_picture_is_compressed_quickly(page):
    """It takes more bytes but is there sooner; the stored picture takes fewer."""
    sliders.move(plots.residuals, X, Y, w=(-1, 4, 0.5), b=(-1, 3, 1.0))
    stored = page.png
    page.sliders["b"].value = 2.0
    effort = [png[png.index(b"IDAT") + 5] >> 6 for png in (stored, page.png)]  # RFC 1950: FLEVEL
    assert effort[0] > effort[1] == 0


def test_axes_keep_their_positions_and_labels_make_room_for_wider_numbers(page, monkeypatch):
    drawn, quick = [], sliders._quick_png
    monkeypatch.setattr(
        sliders, "_quick_png", lambda *args: (quick(*args), drawn.append(args[:2]))[0]
    )

    def two_panels(top):
        figure = Figure(figsize=(8, 3))
        for ax in figure.subplots(1, 2):
            ax.set(ylabel="height", ylim=(0, 8))
        ax.set_ylim(0, top)
        figures.show(figure, "two panels")

    sliders.move(two_panels, top=([8, 0.8], 8))
    page.sliders["top"].value = 0.8  # its numbers get a decimal
    ((figure, expected),) = drawn
    for ax, position in zip(figure.axes, expected, strict=True):
        assert ax.get_position(original=True).bounds == position.bounds
    assert find_overlaps(figure) == []


@pytest.mark.parametrize(
    ("given", "kind", "step"),
    [
        ((3, 80, 16), "IntSlider", 1),
        ((-1, 4, 0.5), "FloatSlider", 0.1),
        ((0.01, 1.09, 0.5), "FloatSlider", 0.01),
        ((0.0, 100.0, np.float64(5)), "FloatSlider", 1.0),
    ],
)
def test_a_range_gets_the_right_kind_of_slider(page, given, kind, step):
    sliders.move(lambda some_number: plots.residuals(X, Y, some_number, 1.0), some_number=given)
    slider = page.sliders["some number"]
    assert (type(slider).__name__, slider.step) == (kind, step)
    assert (slider.min, slider.max, slider.value) == given
    assert format(step, slider.readout_format.replace("d", "") + "g") == f"{step:g}"
    assert "Move some number with" in slider.tooltip
    assert "arrow keys" in slider.tooltip


def test_a_list_has_a_menu_beside_its_slider_with_the_values_and_the_label(page):
    values = [7, 12_000, 0.00123456, 2.0, "a word"]
    sliders.move(lambda kind: plots.residuals(X, Y, 0.5, 1.0), kind=(values, 2.0))
    slider = page.sliders["kind"]
    assert slider.value == 2.0
    assert slider.options == tuple(
        zip(["7", "12,000", "0.001235", "2", "a word"], values, strict=True)
    )
    menu, beside = page.rows[0].children
    assert beside is slider
    assert not slider.readout
    assert (menu.description, menu.options, menu.value) == ("kind", slider.options, 2.0)


def test_a_readout_has_as_many_digits_as_its_steps_need(page):
    def line(low, high):
        plots.residuals(X, Y, low, high)

    sliders.move(line, low=(-1.0, 4.0, -0.1383), high=(1000.0, 1004.0, 1002.5))
    assert [s.readout_format for s in page.sliders.values()] == [".4", ".5"]


def test_a_label_is_not_cut_and_a_slider_fits_its_page(page):
    def line(w, the_learning_rate_of_this_descent):
        plots.residuals(X, Y, w, the_learning_rate_of_this_descent)

    sliders.move(line, w=(0, 3, 1), the_learning_rate_of_this_descent=(0, 3, 1))
    longest = max(map(len, page.sliders))
    for slider in page.sliders.values():
        number, unit = re.fullmatch(r"(\d+)(ch)", slider.style.description_width).groups()
        assert (int(number) > longest, unit) == (True, "ch")  # the sliders are aligned
        number, unit = re.fullmatch(r"(\d+)(em)", slider.layout.width).groups()
        assert int(number) > 30, "a step is too small for a mouse"
        number, unit = re.fullmatch(r"(\d+)(%)", slider.layout.max_width).groups()
        assert 90 < int(number) < 100, "it does not fit a narrow page"


def test_a_start_between_two_steps_stays_where_it_is(page):
    """JupyterLab moves a slider to the nearest step, counted from its lower end."""
    sliders.move(lambda w: plots.residuals(X, Y, w, 1.0), w=(-1.0, 4.0, -0.1383))
    slider = page.sliders["w"]
    assert -1 <= slider.min < -0.9
    steps = (slider.value - slider.min) / slider.step
    assert steps == pytest.approx(round(steps), abs=1e-9)


def test_rounding_by_the_page_draws_nothing(page):
    sliders.move(plots.residuals, X, Y, w=(-1.0, 4.0, -0.1383), b=(-1.0, 3.0, 1.0))
    page.sliders["w"].value = -0.1383 + 1e-16
    assert page.outputs[0].updates == 0
    page.sliders["w"].value = -0.0383
    assert page.outputs[0].updates == 1


def test_two_cells_or_two_runs_are_independent(page):
    for _ in range(2):
        sliders.move(plots.residuals, X, Y, w=(-1, 4, 0.5), b=(-1, 3, 1.0))
    page.sliders["w"].value = 3.0  # the second one's
    assert [output.updates for output in page.outputs] == [0, 0, 0, 1, 1, 0]


def test_an_error_while_moving_is_shown_and_the_next_move_recovers(page):
    def picky(w):
        if w == 2:
            raise RuntimeError("not this one")
        plots.residuals(X, Y, w, 1.0)

    sliders.move(picky, w=(0, 3, 1))
    before = page.png
    page.sliders["w"].value = 2
    assert page.words == "RuntimeError: not this one"
    assert page.png == before
    page.sliders["w"].value = 3
    assert page.words.startswith("The line lies below")
    assert page.png != before


def test_without_ipywidgets_the_picture_is_shown_with_a_line_on_how_to_get_the_slider(
    page, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    sliders.move(plots.residuals, X, Y, w=(-1, 4, 0.5), b=(-1, 3, 1.0))
    assert len(page.outputs) == 2
    assert page.png.startswith(PNG)
    assert capsys.readouterr().out == (
        "To get a slider for w and for b: pip install ipywidgets, then restart the kernel.\n"
    )


def test_only_the_first_slider_loads_ipywidgets():
    code = "import sys, course_utils.sliders; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({}, "move needs a range"),
        ({"w": (0, 1, 0.5), "b": (-1, 3)}, r"b must be .*, got \(-1, 3\)\. Where does"),
        ({"w": (0, 1, 0.5), "b": 3}, r"b must be \(low, high, start\) or .*, got 3"),
        ({"w": (0, 1, 0.5), "b": (0, 1, 2, 3)}, r"b must be .*, got \(0, 1, 2, 3\)"),
        ({"w": (0, 1, 0.5), "b": (3, -1, 0)}, r"b must start between low and high"),
        ({"w": (0, 1, 5), "b": (0, 1, 1)}, r"w must start between low and high, got \(0, 1, 5\)"),
        ({"w": (0, float("inf"), 5), "b": (0, 1, 1)}, r"w must be finite"),
        ({"w": ([1, 2], 3), "b": (0, 1, 1)}, "w must start at one of its values, but 3 isn't one"),
        ({"w": (0, 1, 1)}, r"residuals\(x, y, w, b.*missing a required argument: 'b'"),
        ({"w": (0, 1, 1), "b": (0, 1, 1), "c": (0, 1, 1)}, "unexpected keyword argument 'c'"),
    ],
)
def test_bad_ranges_are_named(page, ranges, words):
    with pytest.raises(ValueError, match=words):
        sliders.move(plots.residuals, X, Y, **ranges)
    assert page.outputs == []


@pytest.mark.parametrize("count", [0, 2])
def test_a_function_that_shows_no_picture_or_several_is_refused(page, count):
    def draw(w):
        for _ in range(count):
            plots.residuals(X, Y, w, 1.0)

    words = f"must show one picture of plots or graphs, but showed {count}"
    with pytest.raises(ValueError, match=words):
        sliders.move(draw, w=(0, 1, 1))
    assert page.outputs == []


def test_a_function_without_a_name_is_named_as_python_writes_it():
    draw = functools.partial(plots.residuals, X, b=1.0)
    with pytest.raises(
        ValueError, match=r"^functools\.partial[\s\S]* doesn't fit these arguments: missing"
    ):
        sliders.move(draw, w=(0, 1, 1))


def values_of(slider):
    """Return the values that a slider can have, the lowest first."""
    if hasattr(slider, "options"):
        return [value for _, value in slider.options]
    return list(np.arange(slider.min, slider.max + slider.step / 2, slider.step))


def made_of(lesson):
    """Yield what each slider cell of a lesson moves: the picture, its arguments, the sliders."""
    for draw, args, ranges in moved_by_sliders(lesson):
        controls = {name: sliders.control(name, given) for name, given in ranges.items()}
        yield (
            draw,
            args,
            {
                name: getattr(ipywidgets, control.pop("slider"))(**control)
                for name, control in controls.items()
            },
        )


def readout(slider):
    """Return what stands beside a slider."""
    if hasattr(slider, "options"):
        return slider.label
    return format(slider.value, slider.readout_format.replace("d", "") + "g")


@pytest.mark.parametrize("lesson", slow_after(1, NAMED))
def test_a_slider_reaches_each_value_that_the_lesson_names(lesson):
    found = {
        name.replace("_", " "): s for *_, moved in made_of(lesson) for name, s in moved.items()
    }
    assert found.keys() == NAMED[lesson].keys()
    for name, named in NAMED[lesson].items():
        values = np.array(values_of(found[name]))
        for value in named:
            assert abs(values - value).min() < 1e-9, f"{name} = {value}"


def test_the_two_sliders_of_the_first_fit_reach_its_smallest_loss():
    ((_, (x, y), moved),) = made_of("gradient_descent_by_hand")
    best = np.polyfit(x.ravel(), y.ravel(), 1)
    w, b = (
        min(values_of(slider), key=lambda value: abs(value - at))
        for slider, at in zip(moved.values(), best, strict=True)
    )
    losses = [((w * x + b - y) ** 2).mean() for w, b in ((w, b), best)]
    assert losses[0] - losses[1] < 1e-4, "the picture writes four digits"


def test_the_ball_flies_off_within_its_slider_at_every_momentum():
    ((_, _, moved),) = made_of("better_roads")
    x = run_lesson("better_roads")["line"].x_train
    steepest = QuadraticLoss(design_matrix(x), x[:, 0]).eigenvalues[-1]
    assert moved["lr"].max > 2 * (1 + moved["mu"].max) / steepest
    assert moved["lr"].min < 2 / steepest


@pytest.mark.parametrize("lesson", WRITTEN)
def test_a_readout_has_the_digits_that_the_picture_writes(lesson):
    written = WRITTEN[lesson].split()
    for draw, args, moved in made_of(lesson):
        for place in (None, 0, len(values_of(next(iter(moved.values())))) // 3, -1):
            for slider in moved.values() if place is not None else ():
                slider.value = values_of(slider)[min(place, len(values_of(slider)) - 1)]
            values = {name: slider.value for name, slider in moved.items()}
            figure, caption, _ = sliders._capture(draw, args, values)
            texts = [text.get_text() for text in figure.findobj(Text)]
            words = re.findall(r"-?\d[\d.]*(?<!\.)", " ".join([*texts, caption]).replace("−", "-"))
            for name in moved.keys() & set(written):
                assert readout(moved[name]) in words, f"{name} = {values[name]}"


@pytest.mark.slow
@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_no_text_of_a_picture_is_printed_over_another_wherever_its_sliders_are(
    page, monkeypatch, number
):
    """At all places of a single slider; of several, at all corners and some random places.

    Pictures have a fixed size and the page scales them, so a narrow page changes none of this.
    """
    drawn, quick, random = [], sliders._quick_png, Random(0)
    monkeypatch.setattr(
        sliders, "_quick_png", lambda *args: (quick(*args), drawn.append(args[0]))[0]
    )
    for draw, args, ranges in moved_by_sliders(number):
        page.sliders = {}
        sliders.move(draw, *args, **ranges)
        values = [values_of(slider) for slider in page.sliders.values()]
        places = list(product(*[(v[0], v[-1]) for v in values]))
        if len(values) == 1:
            places += zip(*values, strict=True)
        else:
            places += [[random.choice(v) for v in values] for _ in range(40)]
        for place in places:
            for slider, value in zip(page.sliders.values(), place, strict=True):
                slider.value = value
            found = find_overlaps(drawn[-1]) if drawn else []  # nothing is redrawn at the start
            assert found == [], f"{[*page.sliders]} at {place}"


def cells_with_sliders(number):
    return [cell for cell in read_notebook(number).cells if slider_calls([cell])]


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_the_written_numbers_of_a_slider_are_round(number):
    for cell in cells_with_sliders(number):
        nodes = [*ast.walk(ast.parse(cell.source))]
        (call,) = (
            node
            for node in nodes
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "sliders.move"
        )
        parts = [part for keyword in call.keywords for part in ast.walk(keyword)]
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        for node in nodes:  # epochs = [0, 1, 3]; epochs += [10]
            if isinstance(node, ast.Assign | ast.AugAssign):
                target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
                parts += ast.walk(node.value) if ast.unparse(target) in names else []
        for limit in (part.value for part in parts if isinstance(part, ast.Constant)):
            assert limit in (float(f"{limit:.2g}"), 1.09)  # the last is just above the stable limit


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_a_notebook_stores_the_picture_its_caption_and_no_trace_of_a_widget(number):
    for cell in cells_with_sliders(number):
        picture, text, controls = [o for o in cell.outputs if o.output_type == "display_data"]
        assert picture.data["text/plain"] in text.data["text/plain"]
        assert "image/png" in picture.data
        assert set(controls.data) == {"text/plain"}
        assert all(o.get("name") != "stderr" for o in cell.outputs), "a warning is stored"
        assert "run this cell to get a slider for" in controls.data["text/plain"]
