"""The cache of frames: drawn once, never out of date, and cleaned; and their control in HTML."""

import json

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from commands import build, frames
from commands.frames import Frame, Frames, Slider

LINE = """from matplotlib.figure import Figure

from course_utils import figures, sliders


def line(slope):
    figures.show(Figure(figsize=(1, 1)), f"A line of slope {slope}.")


sliders.move(line, slope=([0, 1], 1))
"""


def write_lesson(root, code=LINE):
    """Write a lesson and its notebook, as if a build had executed it."""
    (root / "lessons").mkdir(parents=True, exist_ok=True)
    (root / "notebooks").mkdir(exist_ok=True)
    (root / "lessons/01_a.py").write_text(f"# %%\n{code}", "utf-8")
    notebook = build.read_lesson(root / "lessons/01_a.py")
    nbformat.write(notebook, root / "notebooks/01_a.ipynb")
    return notebook


def test_the_build_draws_what_is_missing_once_and_executes_nothing(tmp_path, capsys):
    write_lesson(tmp_path)
    path, old = tmp_path / "notebooks/01_a.ipynb", tmp_path / ".frames" / ("0" * 20)
    before = path.read_bytes()
    old.mkdir(parents=True)
    (tmp_path / ".frames/mine").mkdir()
    assert build.main(["--frames"], tmp_path) == 0
    assert capsys.readouterr().out == "notebooks/01_a.ipynb sliders drawn\n"
    assert path.read_bytes() == before
    folder = frames.folder_of(tmp_path, nbformat.read(path, 4))
    assert {one.name for one in (tmp_path / ".frames").iterdir()} == {folder.name, "mine"}
    (found,) = frames.read(tmp_path, nbformat.read(path, 4)).values()
    assert found.sliders == [Slider("slope", ["0", "1"], 1)]
    assert [frame.caption for frame in found.frames] == ["A line of slope 0.", "A line of slope 1."]
    assert all(frame.path.read_bytes()[8:12] == b"WEBP" for frame in found.frames)
    assert build.main(["--frames"], tmp_path) == 0
    assert capsys.readouterr().out == ""


def test_a_slider_that_cannot_be_drawn_is_an_error_that_names_its_notebook(tmp_path, capsys):
    write_lesson(tmp_path, "1 / 0\nsliders.move(line, slope=([0, 1], 1))")
    assert build.main(["--frames"], tmp_path) == 1
    error = capsys.readouterr().err
    assert "01_a.ipynb" in error
    assert error.strip().endswith("ZeroDivisionError: division by zero")
    assert frames.read(tmp_path, nbformat.read(tmp_path / "notebooks/01_a.ipynb", 4)) == {}


def test_a_lesson_without_sliders_needs_no_process_and_no_folder(tmp_path, monkeypatch):
    monkeypatch.delattr(frames.subprocess, "run")
    write_lesson(tmp_path, "1 + 1  # not sliders.move(...)")
    assert build.main(["--frames"], tmp_path) == 0
    assert not (tmp_path / ".frames").exists()


def notebook(*sources):
    """Return a notebook of a text, a slider and more cells; a source with # is a text."""
    cells = [(new_markdown_cell if one[0] == "#" else new_code_cell)(one) for one in sources]
    for k, cell in enumerate(cells):
        cell.id = f"cell{k}"
    return new_notebook(cells=cells)


def test_frames_belong_to_the_code_to_the_texts_beside_and_to_the_helpers(tmp_path, monkeypatch):
    cells = ["# far", "x = 1", "# beside", "sliders.move(f)", "# below"]
    same = frames.folder_of(tmp_path, notebook(*cells))
    assert frames.folder_of(tmp_path, notebook("# another", *cells[1:])) == same
    for k in range(1, 5):
        changed = [*cells[:k], f"{cells[k]} 2", *cells[k + 1 :]]
        assert frames.folder_of(tmp_path, notebook(*changed)) != same, changed
    (tmp_path / "course_utils/plots").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("matplotlib==1\n")
    monkeypatch.setattr(frames.lessons, "ROOT", tmp_path)
    seen = {frames.folder_of(tmp_path, notebook(*cells))}
    for name in ("course_utils/plots/a.py", "course_utils/style.mplstyle", "requirements.txt"):
        (tmp_path / name).write_text("changed")
        seen.add(frames.folder_of(tmp_path, notebook(*cells)))
    assert len(seen) == 4


def test_a_folder_that_was_not_finished_does_not_count(tmp_path):
    one = write_lesson(tmp_path)
    folder = frames.folder_of(tmp_path, one)
    folder.mkdir(parents=True)
    (folder / "a.webp").write_bytes(b"half")
    assert frames.read(tmp_path, one) == {}


@pytest.fixture
def two(tmp_path):
    """Frames of two sliders, 12 and 5 values."""
    sliders = [
        Slider("w", [str(k) for k in range(12)], 4),
        Slider("b <i>", ["−2", "−1", "0", "1", "2"], 2),
    ]
    places = [(w, b) for w in sliders[0].texts for b in sliders[1].texts]
    listed = [Frame(tmp_path / f"{w}.webp", f"w {w}, b {b}", f"<{w}>") for w, b in places]
    return Frames(sliders, listed)


@pytest.mark.parametrize("limit", [9, 25, 40, 60])
def test_fewer_frames_keep_the_ends_and_the_start(two, limit):
    few = frames.thin(two, limit)
    assert len(few.frames) <= limit
    assert few.start == two.start
    assert (few.frames[0], few.frames[-1]) == (two.frames[0], two.frames[-1])
    captions = [f"w {w}, b {b}" for w in few.sliders[0].texts for b in few.sliders[1].texts]
    assert [frame.caption for frame in few.frames] == captions


def test_a_control_has_labels_values_and_each_picture_once(two):
    text = frames.control(two, lambda path: f"pictures/{path.name}")
    page = BeautifulSoup(text, "html.parser")
    control = page.select_one("div.frames")
    assert control.has_attr("hidden")  # until the script starts it
    assert [label.span.text for label in page.select("label")] == ["w", "b <i>"]
    for number, slider in zip(page.select("input[type=range]"), two.sliders, strict=True):
        assert number["aria-label"] == slider.label
        assert number["aria-valuetext"] == slider.texts[slider.start]
        assert int(number["value"]) == slider.start
        assert int(number["max"]) == len(slider.texts) - 1
    content = json.loads(page.script.text)
    assert content["pictures"] == [f"pictures/{k}.webp" for k in range(12)]
    assert content["frames"][-1] == [11, "w 11, b 2", "<11>"]
    assert content["values"][1] == two.sliders[1].texts
    assert "<11>" not in text  # nothing that printed can end the script
