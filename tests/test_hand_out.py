"""The hand-out brings and refreshes lessons, and never touches what a student changed."""

import json
import os
from pathlib import Path

import nbformat
import pytest

from commands import hand_out


class Desk:
    """A course's notebooks/ and a student's my_notebooks/."""

    def __init__(self, folder):
        self.source, self.target = folder / "notebooks", folder / "my_notebooks"
        self.source.mkdir()

    def publish(self, name, text):
        """Write a lesson with one executed cell."""
        output = nbformat.v4.new_output("stream", text="the answer\n")
        cell = nbformat.v4.new_code_cell(text, id="a", execution_count=1, outputs=[output])
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), self.source / name)

    def hand_out(self):
        """Hand out without trouble; return the lines."""
        lines, wrong = hand_out.hand_out(self.source, self.target)
        assert wrong == []
        return lines

    def files(self):
        """Return the text of every file the student sees."""
        seen = [path for path in self.target.iterdir() if path.name[0] != "."]
        return {path.name: path.read_text("utf-8") for path in sorted(seen)}

    def texts(self):
        """Return what stands in the first cell of every lesson the student has."""
        found = {}
        for name, text in self.files().items():
            if name.endswith(".ipynb"):
                found[name] = "".join(json.loads(text)["cells"][0]["source"])
        return found

    def edit(self, name, text):
        """Change a lesson as a student does."""
        path = self.target / name
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].source = text
        nbformat.write(notebook, path)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.publish("01_a.ipynb", "one")
    desk.publish("02_b.ipynb", "two, café")
    (desk.source / "matplotlibrc").write_text("figure.figsize: 5, 3\n")
    return desk


def test_every_lesson_is_handed_out_without_its_outputs(desk):
    assert desk.hand_out() == ["Handed out 01_a.ipynb, 02_b.ipynb, matplotlibrc"]
    assert desk.texts() == {"01_a.ipynb": "one", "02_b.ipynb": "two, café"}
    assert (desk.target / "matplotlibrc").read_text() == "figure.figsize: 5, 3\n"
    (cell,) = nbformat.read(desk.target / "01_a.ipynb", as_version=4).cells
    assert cell.outputs == []
    assert cell.execution_count is None
    assert "the answer" in (desk.source / "01_a.ipynb").read_text()


def test_a_lesson_saved_unchanged_by_jupyter_keeps_its_bytes(desk):
    path = desk.source / "01_a.ipynb"
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items()))))
    desk.hand_out()
    before = desk.files()
    for path in desk.target.glob("*.ipynb"):
        nbformat.write(nbformat.read(path, as_version=4), path)
    assert desk.files() == before


def test_a_second_hand_out_does_nothing(desk):
    desk.hand_out()
    before = {path: path.stat().st_mtime_ns for path in desk.target.iterdir()}
    assert desk.hand_out() == []
    assert {path: path.stat().st_mtime_ns for path in desk.target.iterdir()} == before


def test_what_is_new_is_brought_and_what_is_untouched_is_refreshed(desk):
    desk.hand_out()
    desk.publish("01_a.ipynb", "one, better")
    desk.publish("03_c.ipynb", "three")
    assert desk.hand_out() == ["Refreshed 01_a.ipynb", "Handed out 03_c.ipynb"]
    assert desk.texts() == {"01_a.ipynb": "one, better", "02_b.ipynb": "two, café"} | {
        "03_c.ipynb": "three"
    }


def test_an_edit_stays_and_each_new_version_comes_beside_it_once(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "my answer")
    assert desk.hand_out() == []  # No new version: nothing to bring.
    desk.publish("01_a.ipynb", "second")
    words = "Your changes stay; the new version stands beside them:"
    assert desk.hand_out() == [f"{words} 01_a_new_version.ipynb"]
    assert desk.hand_out() == []
    # An untouched new version is refreshed, an edited one is not.
    desk.publish("01_a.ipynb", "third")
    assert desk.hand_out() == [f"{words} 01_a_new_version.ipynb"]
    desk.edit("01_a_new_version.ipynb", "my second answer")
    desk.publish("01_a.ipynb", "fourth")
    assert desk.hand_out() == [f"{words} 01_a_new_version_2.ipynb"]
    assert desk.hand_out() == []
    assert desk.texts() == {
        "01_a.ipynb": "my answer",
        "01_a_new_version.ipynb": "my second answer",
        "01_a_new_version_2.ipynb": "fourth",
        "02_b.ipynb": "two, café",
    }


def test_a_new_version_that_was_deleted_is_not_brought_again(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    desk.publish("01_a.ipynb", "second")
    desk.hand_out()
    (desk.target / "01_a_new_version.ipynb").unlink()
    assert desk.hand_out() == []
    desk.publish("01_a.ipynb", "third")
    desk.hand_out()
    assert desk.texts()["01_a_new_version.ipynb"] == "third"


def test_a_lesson_that_was_only_run_is_the_students_too(desk):
    desk.hand_out()
    path = desk.target / "01_a.ipynb"
    path.write_bytes((desk.source / "01_a.ipynb").read_bytes())
    run = path.read_bytes()
    desk.publish("01_a.ipynb", "second")
    desk.hand_out()
    assert path.read_bytes() == run


def test_a_deleted_lesson_is_handed_out_again(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    (desk.target / "01_a.ipynb").unlink()
    assert desk.hand_out() == ["Handed out 01_a.ipynb"]
    assert desk.texts()["01_a.ipynb"] == "one"


def test_a_lesson_that_the_course_dropped_stays(desk):
    desk.hand_out()
    (desk.source / "02_b.ipynb").unlink()
    assert desk.hand_out() == []
    assert "02_b.ipynb" in desk.texts()


@pytest.mark.parametrize("record", [None, "", "not JSON", "[1]", "null", '{"01_a.ipynb": 3}'])
def test_without_its_record_only_the_current_version_counts_as_untouched(desk, record):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    path = desk.target / ".handed_out.json"
    path.unlink() if record is None else path.write_text(record)
    desk.publish("03_c.ipynb", "three")
    desk.hand_out()
    assert desk.texts()["01_a.ipynb"] == "mine"
    assert desk.texts()["01_a_new_version.ipynb"] == "one"
    assert desk.hand_out() == []
    desk.publish("02_b.ipynb", "two, second")
    assert desk.hand_out() == ["Refreshed 02_b.ipynb"]


def test_a_hand_out_that_was_killed_leaves_whole_files_and_is_finished(desk, monkeypatch):
    desk.hand_out()
    desk.publish("01_a.ipynb", "second")
    desk.publish("02_b.ipynb", "two, second")
    replace, allowed = os.replace, 1

    def killed(part, path):
        nonlocal allowed
        if not allowed:
            raise KeyboardInterrupt
        allowed -= 1
        replace(part, path)

    for rounds in range(4):
        allowed = rounds
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", killed)
            try:
                desk.hand_out()
            except KeyboardInterrupt:
                assert rounds < 4
        assert set(desk.texts()) == {"01_a.ipynb", "02_b.ipynb"}
    desk.hand_out()
    assert desk.texts() == {"01_a.ipynb": "second", "02_b.ipynb": "two, second"}
    assert [path.name for path in desk.target.glob(".*")] == [".handed_out.json"]


def test_a_write_that_was_cut_short_leaves_the_lesson_whole(desk, monkeypatch):
    desk.hand_out()
    desk.publish("01_a.ipynb", "second")
    write = Path.write_bytes

    def cut_short(path, content):
        write(path, content[: len(content) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", cut_short)
        with pytest.raises(KeyboardInterrupt):
            desk.hand_out()
    assert desk.texts()["01_a.ipynb"] == "one"
    (desk.source / "01_a.ipynb").unlink()
    desk.hand_out()
    assert [path.name for path in desk.target.glob(".*")] == [".handed_out.json"]


@pytest.mark.parametrize("thing", ["folder", "link", "dangling link"])
def test_what_stands_in_a_lessons_place_is_named_and_kept(desk, tmp_path, thing):
    desk.target.mkdir()
    path, elsewhere = desk.target / "01_a.ipynb", tmp_path / "elsewhere"
    if thing == "folder":
        path.mkdir()
    else:
        path.symlink_to(elsewhere)
    if thing == "link":
        elsewhere.write_text("mine")
    lines, wrong = hand_out.hand_out(desk.source, desk.target)
    assert lines == ["Handed out 02_b.ipynb, matplotlibrc"]
    assert len(wrong) == 1
    assert wrong[0].startswith(f"{path} is in a lesson's place")
    assert path.is_symlink() or path.is_dir()
    assert not elsewhere.exists() or elsewhere.read_text() == "mine"


@pytest.mark.parametrize("text", ["<<<<<<< HEAD", "[]", "{}", '{"cells": [3]}', '"\\ud800"', "\0"])
def test_a_broken_notebook_is_named_and_the_students_file_stays(desk, text):
    desk.hand_out()
    (desk.source / "01_a.ipynb").write_text(text)
    lines, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert wrong.startswith(f"{desk.source / '01_a.ipynb'} is not a notebook")
    assert desk.texts()["01_a.ipynb"] == "one"


def test_a_file_in_the_folders_place_is_named_and_kept(desk):
    desk.target.write_text("mine")
    lines, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert wrong == f"{desk.target}: File exists"
    assert desk.target.read_text() == "mine"


@pytest.mark.parametrize("method", ["read_bytes", "write_bytes"])
def test_a_refused_file_is_named_and_nothing_is_lost(desk, monkeypatch, method):
    # Not by chmod, which does not bind root.
    desk.hand_out()
    before = desk.files()
    desk.publish("01_a.ipynb", "second")
    allowed = getattr(Path, method)

    def refusing(path, *content):
        if path.parent == desk.target and "01_a" in path.name:
            raise PermissionError(13, "Permission denied", str(path))
        return allowed(path, *content)

    monkeypatch.setattr(Path, method, refusing)
    lines, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert "01_a.ipynb" in wrong
    assert wrong.endswith("Permission denied")
    monkeypatch.undo()
    assert desk.files() == before


def test_main_says_what_it_did_and_what_went_wrong(desk, monkeypatch, capsys):
    monkeypatch.setattr(hand_out, "SOURCE", desk.source)
    monkeypatch.setattr(hand_out, "TARGET", desk.target)
    assert hand_out.main() == 0
    assert capsys.readouterr() == ("Handed out 01_a.ipynb, 02_b.ipynb, matplotlibrc\n", "")
    assert hand_out.main() == 0
    assert capsys.readouterr() == ("", "")
    (desk.source / "01_a.ipynb").write_text("{")
    assert hand_out.main() == 1
    assert capsys.readouterr().err.startswith("Not handed out: ")
