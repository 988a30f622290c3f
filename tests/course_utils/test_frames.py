"""The frames of a slider: which places have one, and that each is what the kernel would send."""

import base64
import io
import json
import runpy
from random import Random
from unittest import mock

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from course_utils import figures, frames, sliders
from tests.support.frames import WITH_SLIDERS, draw_frames, frames_of
from tests.support.lessons import path_of, slider_calls

BESIDE = "The steepest cut lies at 63°; its curvature is 2.483, of 1,024 or −5."
CODE = """import numpy as np
from matplotlib.figure import Figure

from course_utils import figures, sliders

drawn = []


def line(slope):
    drawn.append(slope)
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([0, slope])
    print(f"slope {slope}")
    figures.show(figure, f"A line of slope {slope}.")
"""
MOVE = "sliders.move(line, slope=([-1, 0, 3, 3.0], 0))"


def texts(limit, named=frozenset(), **ranges):
    """Return the values of each slider that have frames, as a page writes them."""
    axes = [frames.Axis(name, given) for name, given in ranges.items()]
    chosen = frames.choose(axes, limit, set(named))
    return [[axis.texts[k] for k in grid] for axis, grid in zip(axes, chosen, strict=True)]


def test_a_slider_has_round_values_its_ends_its_start_and_what_the_text_names():
    (angle,) = texts(60, {63.0, 2.5}, angle=(0, 90, 7))
    assert {"0", "7", "63", "90"} < {*angle}
    assert {*map(str, range(0, 91, 2))} < {*angle}
    assert len(angle) == 48


def test_a_list_has_all_its_values_as_they_read_beside_its_slider():
    assert texts(60, sizes=([1, 30_000, 2.5, "all"], 2.5)) == [["1", "30,000", "2.5", "all"]]
    (few,) = texts(10, size=([*range(100, 200)], 117))
    assert {"100", "117", "199"} < {*few}
    assert len(few) <= 10


def test_two_sliders_share_their_frames_and_a_start_between_steps_stays():
    ws, bs = texts(121, w=(-0.5, 3.0, -0.1383), b=(0.0, 3.0, 0.5))
    assert "−0.1383" in ws
    assert {"0", "0.5", "3"} < {*bs}
    assert min(len(ws), len(bs)) >= 7
    assert len(ws) * len(bs) <= 121


def test_where_even_the_coarsest_grid_has_too_many_frames_it_is_taken():
    assert texts(2, angle=(0, 90, 7)) == [["0", "7", "90"]]


def test_of_a_text_the_numbers_count_that_a_slider_could_have():
    assert frames.numbers_in(BESIDE) == {63, 2.483}


def draw(cells, folder):
    """Draw the frames of a notebook of some cells; return the list of them."""
    folder.mkdir()
    path = folder.with_suffix(".ipynb")
    nbformat.write(new_notebook(cells=cells), path)
    frames.draw_all(path, folder)
    return json.loads((folder / "frames.json").read_text("utf-8"))


def test_a_notebooks_sliders_are_drawn_where_they_are_called_and_equal_pictures_once(tmp_path):
    move, later = new_code_cell(MOVE), new_code_cell("line = None")
    broken = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    cells = [new_code_cell(CODE), new_markdown_cell("Move it."), broken, move, later]
    original = sliders.move
    found = draw(cells, tmp_path / "drawn")
    assert sliders.move is original
    assert [*found] == [move.id]
    of_cell = found[move.id]
    assert of_cell["sliders"] == [{"label": "slope", "texts": ["-1", "0", "3", "3"], "start": 1}]
    names, captions, printed = zip(*of_cell["frames"], strict=True)
    assert captions[:2] == ("A line of slope -1.", "A line of slope 0.")
    assert printed[0] == "slope -1"
    assert names[2] == names[3], "equal pictures are one file"
    assert {path.name for path in (tmp_path / "drawn").glob("*.webp")} == {*names}


def difference(webp, png):
    """Return the largest difference of a dot between a frame and a picture, and the mean one."""
    pictures = [Image.open(io.BytesIO(content)).convert("RGB") for content in (webp, png)]
    assert pictures[0].size == pictures[1].size
    far = np.abs(np.subtract(*[np.asarray(picture, int) for picture in pictures]))
    return far.max(), far.mean()


def test_a_frame_differs_little_from_its_picture():
    moving = sliders.Moving(_cloud, (), {"seed": 0})
    png = base64.b64decode(moving.draw({"seed": 1})[0]["image/png"])
    webp = frames.to_webp(png)
    largest, mean = difference(webp, png)
    assert 0 < largest <= 24
    assert mean < 1
    assert len(webp) < len(png) / 2


def _cloud(seed):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3))
    points = np.random.default_rng(seed).normal(size=(2, 200))
    figure.subplots().scatter(*points, c=points[0], cmap="viridis")
    figures.show(figure, "a cloud")


class Shown:
    """What a cell with sliders shows in a notebook with a kernel."""

    def __init__(self, move, draw, args, ranges):
        """Call the real `sliders.move`, and keep its sliders and its outputs."""
        import ipywidgets

        self.outputs, self.sliders, box = [], {}, ipywidgets.VBox

        def keep(rows):
            for row, name in zip(rows, ranges, strict=True):
                self.sliders[name] = getattr(row, "children", [row])[-1]
            return box(rows)

        with (
            mock.patch.object(sliders, "display", self._display),
            mock.patch.object(ipywidgets, "VBox", keep),
        ):
            move(draw, *args, **ranges)

    def _display(self, data, **_):
        output = mock.Mock(data=data)
        output.update = lambda data, **_: setattr(output, "data", data)
        self.outputs.append(output)
        return output

    def go_to(self, values):
        """Move the sliders; return the picture, and the text below it."""
        for slider, value in zip(self.sliders.values(), values, strict=True):
            slider.value = value
        picture, text, _ = self.outputs
        return base64.b64decode(picture.data["image/png"]), text.data["text/plain"]


def places_to_try(axes, chosen):
    """Return places of the sliders with a frame: their corner, and others by chance."""
    random = Random(0)
    return [[grid[-1] for grid in chosen], *([random.choice(g) for g in chosen] for _ in range(4))]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Draw the frames of all lessons; has the folder of the course."""
    root = tmp_path_factory.mktemp("drawn")
    draw_frames(root)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_each_frame_is_what_the_kernel_sends_for_these_values(drawn, number):
    """The lesson is run as it is, and its sliders are moved while their cell is the last one."""
    found, compared = [*frames_of(drawn, number).values()], []
    path, move = path_of(number), sliders.move

    def move_and_compare(draw, *args, **ranges):
        of_cell, shown = found[len(compared)], Shown(move, draw, args, ranges)
        axes = [frames.Axis(name, given) for name, given in ranges.items()]
        chosen = [
            [axis.texts.index(t) for t in s.texts]
            for axis, s in zip(axes, of_cell.sliders, strict=True)
        ]
        for place in places_to_try(axes, chosen):
            values = [axis.values[k] for axis, k in zip(axes, place, strict=True)]
            png, text = shown.go_to(values)
            number = of_cell.number([g.index(k) for g, k in zip(chosen, place, strict=True)])
            frame = of_cell.frames[number]
            assert "\n".join(filter(None, [frame.printed, frame.caption])) == text
            if place == [axis.start for axis in axes]:
                continue  # the stored picture has more dots
            largest, mean = difference(frame.path.read_bytes(), png)
            assert largest <= 24, values
            assert mean < 1, values
        compared.append(of_cell)

    with figures.capture_figures(), mock.patch.object(sliders, "move", move_and_compare):
        runpy.run_path(str(path))
    assert len(compared) == slider_calls(
        nbformat.read(path_of(number, "notebooks", ".ipynb"), 4).cells
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lesson", "label", "named"),
    [
        ("how_far_to_step", "angle", ["0", "63", "90"]),
        ("how_far_to_step", "share of limit", ["0.5", "0.94", "0.98", "1"]),
        ("how_far_to_step", "factor", ["0.5", "2", "60"]),
        ("dataset_and_dataloader", "batch size", ["1", "4", "80"]),
        ("dataset_and_dataloader", "lr", ["0.01", "0.1"]),
        ("fitting_polynomials", "epochs", ["0", "100", "100,000", "10,000,000"]),
        ("better_roads", "mu", ["0", "0.5", "0.8", "0.98"]),
        ("better_roads", "lr", ["0.05", "0.1", "0.8", "1.6"]),
        ("a_network_that_bends", "w", ["−6", "0", "3", "6"]),
        ("a_network_that_bends", "b", ["−4", "0", "1.5", "4"]),
        ("a_network_that_bends", "v", ["−3", "0", "2", "3"]),
    ],
)
def test_a_slider_has_a_frame_at_what_the_lesson_names(drawn, lesson, label, named):
    found = {s.label: s.texts for one in frames_of(drawn, lesson).values() for s in one.sliders}
    assert {*named} <= {*found[label]}


@pytest.mark.slow
def test_the_frames_are_few_and_small(drawn):
    for number in WITH_SLIDERS:
        found = frames_of(drawn, number).values()
        for one in found:
            assert len(one.frames) <= frames.LIMITS[len(one.sliders)]
        paths = {frame.path for one in found for frame in one.frames}
        assert sum(path.stat().st_size for path in paths) < 4e6, number
