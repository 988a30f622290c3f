"""The slides with a kernel are those without one, and their cells run the lesson in its order."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from commands import deck, present, slides
from commands.execute import execute
from commands.minutes import split
from tests.support.lessons import NUMBERS, path_of


def printing(source, *names):
    """Return a code cell that has printed something."""
    outputs = [new_output("stream", text="printed\n")]
    return new_code_cell(source, metadata={"tags": list(names)}, outputs=outputs)


LESSON = new_notebook(
    cells=[
        new_markdown_cell("# 01 Tiny\n\nIt is small.\n\nMore."),
        new_code_cell("import math"),
        new_markdown_cell("## A?\n\nThis is what is shown.\n\n> **Predict.** Which?"),
        printing("e = math.e\nprint(e)", "code"),
        new_markdown_cell(
            "<details><summary>What you should see</summary>\n\nIt is e.\n\n</details>"
        ),
        new_markdown_cell("### Exercise 1 (write): b"),
        new_code_cell("b = ...", metadata={"tags": ["exercise", "write"]}),
        new_code_cell("check.b(b)"),
        new_markdown_cell("## C?\n\nThis is code."),
        printing("c = 1", "code"),
    ]
)


def test_each_slide_becomes_cells_of_which_the_code_is_run():
    made = present.live(LESSON, deck.find_slides(LESSON)).cells
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type", "run") for cell in made]
    assert [(kind, cell.source) for kind, cell in zip(kinds, made, strict=True)] == [
        ("slide", "# 01 Tiny\n\nIt is small."),
        ("slide", "## A?\n\nThis is what is shown.\n\n> **Predict.** Which?"),
        ("slide", "## A?\n\n```python\ne = math.e\n```"),
        ("slide", "## A?"),
        ("run", "import math\n\n\ne = math.e\nprint(e)"),
        ("fragment", "It is e."),
        ("slide", "## Exercise 1 (write): b"),
        ("slide", "## C?\n\nThis is code."),
        ("run", "c = 1"),
        ("fragment", present.STAY),
    ]
    hidden = [cell.metadata.get("jupyter") for cell in made if cell.cell_type == "code"]
    assert hidden == [{"source_hidden": True}, None], "only the code that a slide shows is visible"


def test_what_a_cell_without_a_slide_shows_is_not_shown():
    printed = printing("print(1)")
    capture, cell = present.to_run([new_code_cell("import math"), printed], printed, hidden=False)
    assert capture.source == "%%capture\nimport math\n\n\nprint(1)"
    assert capture.metadata.jupyter.source_hidden
    assert (cell.source, dict(cell.metadata)) == ("print(1)", {})


@pytest.mark.parametrize("number", NUMBERS)
def test_the_cells_to_run_are_those_of_the_lesson_in_its_order(number):
    path = path_of(number, "notebooks", ".ipynb")
    lesson, shown = nbformat.read(path, as_version=4), slides.read_lesson(path)
    made = [c.source for c in present.live(lesson, shown).cells if c.cell_type == "code"]
    run = "\n\n\n".join(source.removeprefix("%%capture\n") for source in made)
    code = [c for c in split(lesson)[0] if c.cell_type == "code" and not deck.is_exercise(c)]
    assert "\n\n\n".join(cell.source for cell in code).startswith(run)
    last = max(number for number, c in enumerate(code) if any(s.cell == c for s in shown))
    assert run.endswith(code[last].source), "the last cell that a slide shows is run"


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_the_cells_of_every_lesson_run_without_an_error(tmp_path, number):
    path = path_of(number, "notebooks", ".ipynb")
    made = present.live(nbformat.read(path, as_version=4), slides.read_lesson(path))
    execute(made, tmp_path)
    pictures = [cell for cell in made.cells if "image/png" in str(cell.get("outputs"))]
    assert pictures


def write_course(root):
    """Write a course of one lesson and return the lesson's path."""
    path = root / "notebooks" / "01_tiny.ipynb"
    path.parent.mkdir()
    nbformat.write(LESSON, path)
    return path


def test_what_was_typed_into_the_last_deck_is_kept(tmp_path, capsys):
    lesson, folder = write_course(tmp_path), tmp_path / "slides"
    first = present.write(lesson, folder).read_text("utf-8")
    assert present.write(lesson, folder).read_text("utf-8") == first
    assert not (folder / "shown").exists()
    for typed in ("one", "two"):
        (folder / lesson.name).write_text(typed)
        assert present.write(lesson, folder).read_text("utf-8") == first
    kept = {path.name: path.read_text() for path in (folder / "shown").iterdir()}
    assert kept == {"01_tiny.ipynb": "one", "01_tiny_2.ipynb": "two"}
    assert "is now slides/shown/01_tiny_2.ipynb" in capsys.readouterr().out


def test_jupyterlab_opens_the_lesson_named_with_its_own_options(tmp_path):
    write_course(tmp_path)
    options = present.main(["tin", "--no-browser", "--port=8899"], tmp_path)
    assert options == [
        *("--no-browser", "--port=8899", f"--ServerApp.root_dir={tmp_path / 'slides'}"),
        "--LabApp.default_url=/lab/tree/01_tiny.ipynb",
    ]


@pytest.mark.parametrize(("arguments", "words"), [([], "lesson"), (["47"], "no lesson 47")])
def test_a_lesson_must_be_named(tmp_path, capsys, arguments, words):
    write_course(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        present.main(arguments, tmp_path)
    assert words in capsys.readouterr().err
    assert not (tmp_path / "slides").exists()


def test_the_deck_has_settings_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr(present.tempfile, "mkdtemp", lambda **_: str(tmp_path))
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", "the user's")
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", "the user's")
    present.use_deck()
    settings = Path(os.environ["JUPYTERLAB_SETTINGS_DIR"]) / "@deathbeds" / "jupyterlab-deck"
    (plugin,) = settings.iterdir()
    assert (plugin.name, json.loads(plugin.read_text())) == (
        "plugin.jupyterlab-settings",
        {"active": True},
    )
    assert Path(os.environ["JUPYTERLAB_WORKSPACES_DIR"]).parent == tmp_path
