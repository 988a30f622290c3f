"""The animation ends as the still that stands in for it, plays once, and is small."""

import base64
import io
from itertools import pairwise

import numpy as np
import pytest
from matplotlib import rc_context
from PIL import Image

from course_utils import animation, plots
from course_utils.plots import core
from tests.lessons import read_notebook
from tests.nbval_tolerance import picture_difference

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


def frames(output):
    """Return the still and each frame as arrays, and their times in seconds."""
    image = Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"])))
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
    with core.caught() as figures:
        plots.one_descent(X, Y, PATH, 20, "twenty steps")
    with rc_context({"savefig.dpi": "figure"}):
        alone = Image.open(io.BytesIO(core.to_png(figures[0][0])))
    assert np.array_equal(still, np.asarray(alone.convert("RGB")))
    assert np.array_equal(moving[-1], still)
    assert len(moving) == len(PATH) + 1
    assert sum(seconds) == pytest.approx(4.0, abs=0.1)


def test_the_path_grows_from_frame_to_frame(played):
    still, moving, _ = frames(played())
    away = [(frame != still).any(axis=2).sum() for frame in moving]
    assert away[0] > away[10] > away[-1] == 0
    assert all((a != b).any() for a, b in pairwise(moving))


def test_long_paths_get_no_more_frames(played):
    _, moving, _ = frames(played(np.repeat(PATH, 20, axis=0)))
    assert len(moving) <= animation.N_FRAMES + 1


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


@pytest.mark.parametrize("seconds", [0, -1, 6])
def test_what_plays_too_long_is_refused(played, seconds):
    with pytest.raises(ValueError, match=f"at most 5, and positive, but {seconds} came"):
        played(seconds=seconds)


def test_a_picture_that_cannot_grow_is_refused(capsys):
    with pytest.raises(ValueError, match="residuals shows no picture that can grow"):
        animation.play(plots.residuals, X, Y, 1.0, 1.0)


def test_the_lessons_animation_is_small():
    outputs = [
        output
        for cell in read_notebook("01").cells
        if "animation.play(" in cell.source
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    (output,) = outputs
    assert len(output.data["image/png"]) < 500_000
    assert len(frames(output)[1]) > 20
