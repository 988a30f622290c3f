"""The animation ends as the still that stands in for it, plays once, and is small."""

import base64
import functools
import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from course_utils import animation, figures, plots
from tests.support.lessons import read_notebook
from tests.support.pictures import picture_difference

X = np.linspace(0, 1, 12)
Y = 2 * X + 1 + 0.1 * np.sin(40 * X)
PATH = np.column_stack([np.linspace(0, 2, 21), np.linspace(0, 1, 21)])


@pytest.fixture
def played(monkeypatch):
    """Return a function that plays a path, and gives what it displays."""

    def play(path=PATH, **options):
        shown = []
        monkeypatch.setattr(
            animation, "display", lambda *args, **kwargs: shown.append(kwargs | {"data": args[0]})
        )
        animation.play(plots.one_descent, X, Y, path, 20, "twenty steps", **options)
        (output,) = shown
        return output

    return play


def png_of(output):
    return base64.b64decode(output["data"]["image/png"])


def frames(output):
    """Return the still and each frame as arrays, and their times in seconds."""
    image = Image.open(io.BytesIO(png_of(output)))
    arrays, seconds = [], []
    for number in range(image.n_frames):
        image.seek(number)
        arrays.append(np.asarray(image.convert("RGB")))
        seconds.append(image.info.get("duration", 0) / 1000)
    assert image.default_image, "the first picture is shown where nothing moves"
    assert image.info["loop"] == 1
    return arrays[0], arrays[1:], seconds[1:]


def test_still_is_the_picture_itself_and_the_animation_ends_with_it(played):
    still, moving, seconds = frames(played())
    with figures.capture_figures() as captured:
        plots.one_descent(X, Y, PATH, 20, "twenty steps")
    with figures.style({"savefig.dpi": "figure"}):
        alone = Image.open(io.BytesIO(figures.to_png(captured[0][0])))
    assert np.array_equal(still, np.asarray(alone.convert("RGB")))
    assert np.array_equal(moving[-1], still)
    assert len(moving) == len(PATH) + 1
    assert sum(seconds) == pytest.approx(4.0, abs=0.1)


def test_each_frame_is_the_picture_with_so_many_points_and_a_dot_at_the_last(played):
    """From the first point on; the dot lies over everything else."""
    with figures.capture_figures() as captured:
        output = played()
        _, moving, _ = frames(output)
        plots.one_descent(X, Y, PATH, 20, "twenty steps")
        ((figure, _),) = captured
        with figures.style({"savefig.dpi": "figure"}):
            figures.to_png(figure)
            figure.set_layout_engine("none")  # what grows leaves everything in its place
            lines = [line for ax in figure.axes for line in ax.lines if line.get_gid() == "grows"]
            whole = [line.get_xydata() for line in lines]
            look = {"markersize": 9, "zorder": 101}
            dots = [line.axes.plot([], [], "o", c=line.get_color(), **look)[0] for line in lines]
            assert len(moving) == len(PATH) + 1  # and the whole picture
            for n in (0, 7, len(PATH) - 1):
                for line, dot, points in zip(lines, dots, whole, strict=True):
                    line.set(data=points[: n + 1].T, zorder=100)
                    dot.set_data(points[n : n + 1].T)
                wanted = Image.open(io.BytesIO(figures.to_png(figure))).convert("RGB")
                assert np.array_equal(moving[n], wanted)
    shown = output["metadata"]["image/png"]["width"]
    assert moving[0].shape[1] == pytest.approx(shown, abs=1), "small enough for a notebook"


def test_the_path_grows_from_frame_to_frame(played):
    output = played()
    still, moving, _ = frames(output)
    away = [(frame != still).any(axis=2).sum() for frame in moving]
    assert away[0] > away[10] > away[-1] == 0
    assert all((a != b).any() for a, b in pairwise(moving))
    # A frame holds only what changes: twenty whole ones would take twenty times as much.
    one = io.BytesIO()
    Image.fromarray(still).save(one, format="png")
    assert len(moving) > 20
    assert len(png_of(output)) < 5 * len(one.getvalue())


def test_long_paths_get_no_more_frames(played):
    _, moving, _ = frames(played(np.repeat(PATH, 20, axis=0)))
    assert len(moving) == animation.N_FRAMES + 1


def test_same_path_same_bytes_and_nbval_sees_another_path(played):
    one, same, other = (played(path)["data"]["image/png"] for path in (PATH, PATH, 1.05 * PATH))
    assert one == same
    assert picture_difference(one, same)[0] is None
    assert picture_difference(one, other)[0] is not None


def test_line_is_printed_and_is_the_alt_text(played, capsys):
    output = played()
    line = capsys.readouterr().out
    assert line == f"{output['data']['text/plain']}\n"
    assert output["metadata"]["image/png"]["alt"] == line.rstrip("\n")
    assert "After 20 epochs in 20 steps" in line


@pytest.mark.parametrize("wanted", [0.5, 5])
def test_it_takes_the_time_it_is_given(played, wanted):
    _, _, seconds = frames(played(PATH[:3], seconds=wanted))
    assert sum(seconds) == pytest.approx(wanted, rel=0.05)


@pytest.mark.parametrize("seconds", [0, -1, 5.1])
def test_what_plays_too_long_is_refused(played, seconds):
    with pytest.raises(ValueError, match=f"positive and at most 5, got {seconds}"):
        played(seconds=seconds)


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


def test_the_lessons_animation_is_small():
    outputs = [
        output
        for cell in read_notebook("gradient_descent_by_hand").cells
        if "animation.play(" in cell.source
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    (output,) = outputs
    assert len(output.data["image/png"]) < 500_000
    assert len(frames(output)[1]) > 20
