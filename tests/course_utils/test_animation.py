"""The animation ends with its still picture, plays once, and is small."""

import base64
import functools
import html
import io
import re
from contextlib import redirect_stdout
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from commands.execute import drop_unstored
from course_utils import animation, figures, plots
from course_utils.data import recorded_curves
from tests.support.lessons import read_notebook
from tests.support.pictures import picture_difference

X = np.linspace(0, 1, 12)
Y = 2 * X + 1 + 0.1 * np.sin(40 * X)
PATH = np.column_stack([np.linspace(0, 2, 21), np.linspace(0, 1, 21)])


@pytest.fixture
def play_path(monkeypatch):
    """Return a function that plays a path and returns what is displayed."""

    def play(path=PATH, **options):
        shown = []
        monkeypatch.setattr(
            animation, "display", lambda *args, **kwargs: shown.append(kwargs | {"data": args[0]})
        )
        animation.play(plots.one_descent, X, Y, path, 20, "twenty steps", **options)
        (output,) = shown
        return output

    return play


@pytest.fixture(scope="module")
def played():
    """What is displayed when the path above is played, and what is printed."""
    shown, printed = [], io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.setattr(
            animation, "display", lambda data, **more: shown.append({"data": data} | more)
        )
        animation.play(plots.one_descent, X, Y, PATH, 20, "twenty steps")
    (output,) = shown
    return output, printed.getvalue()


def png_of(output):
    return base64.b64decode(output["data"]["image/png"])


def frames(output):
    """Return the still and the frames as arrays, and the times of the frames in seconds."""
    image = Image.open(io.BytesIO(png_of(output)))
    arrays, seconds = [], []
    for number in range(image.n_frames):
        image.seek(number)
        arrays.append(np.asarray(image.convert("RGB")))
        seconds.append(image.info.get("duration", 0) / 1000)
    assert image.default_image, "the first picture is shown where there is no animation"
    assert image.info["loop"] == 1
    return arrays[0], arrays[1:], seconds[1:]


def test_the_still_is_the_picture_itself_and_the_animation_ends_with_it(played):
    still, moving, seconds = frames(played[0])
    with figures.capture_figures() as captured:
        plots.one_descent(X, Y, PATH, 20, "twenty steps")
    with figures.style({"savefig.dpi": "figure"}):
        alone = Image.open(io.BytesIO(figures.to_png(captured[0][0])))
    assert np.array_equal(still, np.asarray(alone.convert("RGB")))
    assert np.array_equal(moving[-1], still)
    assert len(moving) == len(PATH) + 1
    assert sum(seconds) == pytest.approx(4.0, abs=0.02)


def test_each_frame_is_the_picture_up_to_a_point_with_a_dot_there(played):
    """The first frame has one point; the dot is above everything else."""
    with figures.capture_figures() as captured:
        output, _ = played
        _, moving, _ = frames(output)
        plots.one_descent(X, Y, PATH, 20, "twenty steps")
        ((figure, _),) = captured
        with figures.style({"savefig.dpi": "figure"}):
            figures.to_png(figure)
            figure.set_layout_engine("none")  # growing moves nothing else
            lines = [line for ax in figure.axes for line in ax.lines if line.get_gid() == "grows"]
            whole = [line.get_xydata() for line in lines]
            look = {"markersize": 9, "zorder": 101}
            dots = [line.axes.plot([], [], "o", c=line.get_color(), **look)[0] for line in lines]
            assert len(moving) == len(PATH) + 1  # and the whole picture
            for n in (0, 7, len(PATH) - 1):
                for line, dot, points in zip(lines, dots, whole, strict=True):
                    line.set(data=points[: n + 1].T, zorder=100)
                    dot.set_data(points[n : n + 1].T)
                expected = Image.open(io.BytesIO(figures.to_png(figure))).convert("RGB")
                assert np.array_equal(moving[n], expected)
    shown = output["metadata"]["image/png"]["width"]
    assert moving[0].shape[1] == pytest.approx(shown, abs=1), "small enough for a notebook"


def test_the_path_grows_from_frame_to_frame(played):
    output, _ = played
    still, moving, _ = frames(output)
    away = [(frame != still).any(axis=2).sum() for frame in moving]
    assert away[0] > away[10] > away[-1] == 0
    assert all((a != b).any() for a, b in pairwise(moving))
    # A frame holds only what changes: twenty whole frames would be twenty times as large.
    one = io.BytesIO()
    Image.fromarray(still).save(one, format="png")
    assert len(moving) > 20
    assert len(png_of(output)) < 5 * len(one.getvalue())


def test_a_long_path_gets_no_more_frames(play_path):
    _, moving, _ = frames(play_path(np.repeat(PATH, 20, axis=0)))
    assert len(moving) == animation.N_FRAMES + 1


def test_the_same_path_gives_the_same_bytes_and_nbval_sees_a_different_path(played, play_path):
    outputs = (played[0], play_path(PATH), play_path(1.05 * PATH))
    one, same, other = (output["data"]["image/png"] for output in outputs)
    assert one == same
    assert picture_difference(one, same)[0] is None
    assert picture_difference(one, other)[0] is not None


def test_the_caption_is_printed_and_is_the_alt_text(played):
    output, caption = played
    assert caption == f"{output['data']['text/plain']}\n"
    assert output["metadata"]["image/png"]["alt"] == caption.rstrip("\n")
    assert "After 20 epochs the loss is" in caption


def test_a_page_shows_the_finished_picture_where_motion_is_to_be_reduced(played):
    output, caption = played
    page = output["data"]["text/html"]
    finished, moving = re.findall(r'src(?:set)?="data:image/png;base64,([^"]+)"', page)
    assert moving == output["data"]["image/png"]
    image = Image.open(io.BytesIO(base64.b64decode(finished)))
    assert np.array_equal(np.asarray(image.convert("RGB")), frames(output)[0])
    assert getattr(image, "n_frames", 1) == 1
    assert '<source media="(prefers-reduced-motion: reduce)" srcset=' in page
    assert f'alt="{html.escape(caption.strip())}"' in page


def test_a_notebook_stores_the_animation_without_that_page(played):
    data = dict(played[0]["data"])
    drop_unstored(data)
    assert data == {key: played[0]["data"][key] for key in ("image/png", "text/plain")}
    for number in ("start_here", "how_far_to_step"):
        for cell in read_notebook(number).cells:
            for output in cell.get("outputs", []):
                assert not {"image/png", "text/html"} <= output.get("data", {}).keys()


@pytest.mark.parametrize("expected", [0.5, 5])
def test_it_takes_the_seconds_requested(play_path, expected):
    _, _, seconds = frames(play_path(PATH[:3], seconds=expected))
    assert sum(seconds) == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("seconds", [0, -1, 5.1])
def test_an_impossible_time_is_refused(play_path, seconds):
    with pytest.raises(ValueError, match=f"positive and at most 5, got {seconds}"):
        play_path(seconds=seconds)


def twice(*args):
    plots.one_descent(*args)
    plots.one_descent(*args)


@pytest.mark.parametrize(
    ("draw", "args", "name"),
    [
        (plots.residuals, (X, Y, 1.0, 1.0), "^residuals"),
        (functools.partial(plots.residuals, w=1.0, b=1.0), (X, Y), r"^functools\.partial"),
        (twice, (X, Y, PATH, 20, "title"), "^twice"),
    ],
)
def test_a_picture_that_cannot_grow_is_refused(capsys, draw, args, name):
    with pytest.raises(ValueError, match=f"{name}.* shows no picture that can grow"):
        animation.play(draw, *args)
    assert capsys.readouterr().out == ""


def play_curve(monkeypatch, film, *chosen):
    """Play the recorded curve, or some of its frames, and return what is displayed."""
    shown = []
    monkeypatch.setattr(
        animation, "display", lambda *args, **kwargs: shown.append(kwargs | {"data": args[0]})
    )
    rows = list(chosen) or slice(None)
    curves, steps = film.curves[rows], film.steps[rows]
    animation.play(plots.learned_curve, film.x, film.y, film.grid, curves, steps)
    return shown[0]


def test_a_curve_changes_from_its_first_shape_to_its_last(monkeypatch):
    film = recorded_curves()
    still, moving, _ = frames(play_curve(monkeypatch, film))
    assert len(moving) == len(film.steps) + 1
    assert np.array_equal(moving[-1], still)
    assert all((a != b).any() for a, b in pairwise(moving))


def test_each_frame_shows_its_curve_in_the_look_of_the_last(monkeypatch):
    film, chosen = recorded_curves(), (0, 9, 20, 31)
    _, moving, _ = frames(play_curve(monkeypatch, film, *chosen))
    with figures.capture_figures() as captured:
        rows = list(chosen)
        plots.learned_curve(film.x, film.y, film.grid, film.curves[rows], film.steps[rows])
    ((figure, _),) = captured
    with figures.style({"savefig.dpi": "figure"}):
        figures.to_png(figure)
    ax = figure.axes[0]
    for frame, k in zip(moving, chosen, strict=False):
        x, y = ax.transData.transform((film.grid[50], film.curves[k, 50]))
        row = round(len(frame) - y)
        colours = frame[row - 2 : row + 3, round(x)].tolist()
        assert [213, 94, 0] in colours, "the curve's own colour, opaque"


def test_nothing_moves_outside_the_axes(monkeypatch):
    film = recorded_curves()
    still, moving, _ = frames(play_curve(monkeypatch, film))
    with figures.capture_figures() as captured:
        plots.learned_curve(film.x, film.y, film.grid, film.curves, film.steps)
    ((figure, _),) = captured
    with figures.style({"savefig.dpi": "figure"}):
        figures.to_png(figure)
    outside = np.ones(still.shape[:2], bool)
    for ax in figure.axes:
        top, bottom = len(still) - round(ax.bbox.y1), len(still) - round(ax.bbox.y0)
        outside[top - 9 : bottom + 9, round(ax.bbox.x0) - 9 : round(ax.bbox.x1) + 9] = False
    assert outside.mean() > 0.1
    assert all(np.array_equal(frame[outside], still[outside]) for frame in moving)


@pytest.mark.parametrize("lesson", ["start_here", "how_far_to_step"])
def test_the_lessons_animation_is_small(lesson):
    outputs = [
        output
        for cell in read_notebook(lesson).cells
        if "animation.play(" in cell.source
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    (output,) = outputs
    assert len(output.data["image/png"]) < 500_000
    assert len(frames(output)[1]) > 20
