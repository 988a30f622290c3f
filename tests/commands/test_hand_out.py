"""The hand-out brings and refreshes lessons, and never touches what a student changed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from jupyter_client import KernelManager

from commands import hand_out
from commands.server import Kernels
from tests.support.lessons import LESSONS, NOTEBOOKS, ROOT
from tests.support.links import dead_links, find_links
from tests.support.processes import within

OWN = {".handed_out.json", ".handed_out.lock"}  # what a hand-out leaves for itself
HAND_OUT = """
import sys
from pathlib import Path
from commands.hand_out import hand_out

print(hand_out(*map(Path, sys.argv[1:])))
"""


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

    def publish_page(self, name, text):
        """Write a page to look things up."""
        (self.source.parent / "docs").mkdir(exist_ok=True)
        (self.source.parent / "docs" / name).write_text(text, "utf-8")

    def hand_out(self):
        """Hand out, expecting nothing to go wrong; return the lines."""
        lines, wrong = hand_out.hand_out(self.source, self.target)
        assert wrong == []
        return lines

    def record(self):
        """Return the record of what was handed out."""
        return json.loads((self.target / ".handed_out.json").read_text())

    def first_edition_record(self, **others):
        """Replace the record by one as the first edition wrote it, with further files."""
        files = [file for files in self.record().values() for file in files.items()]
        old = {name: version["bytes"] for name, version in files}
        for name, text in others.items():
            (self.target / name).write_text(text)
            old[name] = sha256(text.encode()).hexdigest()
        (self.target / ".handed_out.json").write_text(json.dumps(old))

    def withdraw(self, name):
        """Take a lesson out of the course."""
        (self.source / name).unlink()

    def hidden(self):
        """Return the names of the files that the student does not see."""
        return {path.name for path in self.target.glob(".*")}

    def files(self):
        """Return the text of every file the student sees, by its path."""
        seen = [path for path in self.target.rglob("[!.]*") if path.is_file()]
        return {
            path.relative_to(self.target).as_posix(): path.read_text("utf-8")
            for path in sorted(seen)
        }

    def texts(self):
        """Return the text of the first cell of every lesson the student has."""
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

    def run(self, name):
        """Run a lesson and save it, as a student does."""
        path = self.target / name
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].update(execution_count=1)
        nbformat.write(notebook, path)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.publish("01_a.ipynb", "one")
    desk.publish("02_b.ipynb", "two, café")
    return desk


def test_every_lesson_is_handed_out_without_its_outputs(desk):
    assert desk.hand_out() == ["Handed out 01_a.ipynb, 02_b.ipynb"]
    assert desk.texts() == {"01_a.ipynb": "one", "02_b.ipynb": "two, café"}
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


def describe_kernel(manager):
    """Return what JupyterLab writes into a notebook when its kernel has started."""
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        info = client.kernel_info(reply=True, timeout=60)["content"]["language_info"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    spec = manager.kernel_spec
    kernelspec = {"display_name": spec.display_name, "language": spec.language, "name": "python3"}
    return {"kernelspec": kernelspec, "language_info": info}


def test_a_lesson_says_of_its_kernel_what_the_kernel_says(desk):
    """Otherwise JupyterLab changes it there, and it has unsaved changes as soon as it opens."""
    desk.hand_out()
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=Kernels())
    found = nbformat.read(desk.target / "01_a.ipynb", as_version=4).metadata
    assert found == describe_kernel(manager)


def test_another_python_refreshes_unchanged_copies_alone(desk, monkeypatch):
    """Also one that the student ran and saved stays, and gets no new version beside it."""
    desk.publish("03_c.ipynb", "three")
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    desk.run("03_c.ipynb")
    before = desk.files()
    later = {**IPythonKernel.language_info, "version": "3.14.9"}
    with monkeypatch.context() as patch:
        patch.setattr(IPythonKernel, "language_info", later)
        assert desk.hand_out() == ["Refreshed 02_b.ipynb"]
        assert desk.hand_out() == []
    (changed,) = dict(desk.files().items() - before.items())
    assert changed == "02_b.ipynb"
    assert nbformat.read(desk.target / changed, as_version=4).metadata.language_info == later
    assert desk.hand_out() == ["Refreshed 02_b.ipynb"]
    assert desk.files() == before


def test_another_python_refreshes_an_unchanged_new_version_and_no_edited_one(desk, monkeypatch):
    desk.hand_out()
    for name in ("01_a.ipynb", "02_b.ipynb"):
        desk.edit(name, "mine")
        desk.publish(name, "second")
    desk.hand_out()
    desk.edit("02_b_new_version.ipynb", "mine, too")
    before = desk.files()
    later = {**IPythonKernel.language_info, "version": "3.14.9"}
    monkeypatch.setattr(IPythonKernel, "language_info", later)
    assert desk.hand_out() == ["Refreshed 01_a_new_version.ipynb"]
    assert desk.hand_out() == []
    assert [name for name, text in desk.files().items() if text != before[name]] == [
        "01_a_new_version.ipynb"
    ]


def test_deeper_sections_arrive_folded_and_the_first_cells_code_hidden(desk):
    cells = [
        nbformat.v4.new_markdown_cell("## Core?"),
        nbformat.v4.new_code_cell("import course_utils", metadata={"tags": ["start"]}),
        nbformat.v4.new_code_cell("1", metadata={"tags": ["deeper"]}),
        nbformat.v4.new_markdown_cell("## Deeper: why?", metadata={"tags": ["deeper"]}),
        nbformat.v4.new_markdown_cell("### Deeper: break it: how?\n\nText."),
        nbformat.v4.new_markdown_cell("> **Predict.** Deeper: ## Deeper: no"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), desk.source / "01_a.ipynb")
    desk.hand_out()
    path = desk.target / "01_a.ipynb"
    notebook = nbformat.read(path, as_version=4)
    folded, hidden = {"jp-MarkdownHeadingCollapsed": True}, {"jupyter": {"source_hidden": True}}
    before = [cell.metadata for cell in cells]
    added = [{}, hidden, {}, folded, folded, {}]
    expected = [{**old, **new} for old, new in zip(before, added, strict=True)]
    assert [cell.metadata for cell in notebook.cells] == expected
    saved = path.read_bytes()
    nbformat.write(notebook, path)
    assert path.read_bytes() == saved


def test_folding_makes_no_new_version_of_a_lesson(desk, monkeypatch):
    desk.publish("01_a.ipynb", "## Deeper: why?")
    monkeypatch.setattr(hand_out, "_fold", lambda cell: None)
    desk.hand_out()
    monkeypatch.undo()
    before = desk.record()
    (desk.target / "01_a.ipynb").write_text("mine")
    assert desk.hand_out() == []
    assert desk.record() == before


def test_a_notebook_without_a_number_is_handed_out_after_the_lessons(desk):
    desk.publish("an_example.ipynb", "three")
    assert desk.hand_out() == ["Handed out 01_a.ipynb, 02_b.ipynb, an_example.ipynb"]
    desk.edit("an_example.ipynb", "mine")
    desk.publish("an_example.ipynb", "four")
    assert desk.hand_out() == [
        "Your changes stay; the new version is beside them: an_example_new_version.ipynb"
    ]


def test_only_the_chosen_lessons_are_new_and_what_a_student_has_stays_up_to_date(desk):
    desk.publish("03_c.ipynb", "three")
    desk.publish_page("glossary.md", "[one](../notebooks/01_a.ipynb)")

    def choose(*words):
        done, wrong = hand_out.hand_out(desk.source, desk.target, words)
        assert wrong == []
        return done

    assert choose("2") == ["Handed out 02_b.ipynb, glossary.md"]
    assert choose("03", "c") == ["Handed out 03_c.ipynb"]
    assert [*desk.texts()] == ["02_b.ipynb", "03_c.ipynb"]
    desk.publish("02_b.ipynb", "two, tea")
    (desk.target / "03_c.ipynb").unlink()
    assert choose("3") == ["Refreshed 02_b.ipynb", "Handed out 03_c.ipynb"]
    desk.publish("04_b.ipynb", "two, tea")  # renumbered
    desk.withdraw("02_b.ipynb")
    choose("3")
    assert [*desk.texts()] == ["03_c.ipynb", "04_b.ipynb", "first_edition/02_b.ipynb"]
    copies = desk.files()
    assert desk.hand_out() == ["Handed out 01_a.ipynb"]
    assert copies.items() <= desk.files().items()  # What was chosen decides no lesson's content.


def test_a_lesson_is_added_alone_and_only_where_the_student_has_none(desk, monkeypatch):
    monkeypatch.setattr(hand_out, "SOURCE", desk.source)
    place = desk.target / "01_a.ipynb"
    desk.target.mkdir()
    hand_out.add_lesson(place)
    assert desk.files() == {}  # It is a folder of the student's own.
    hand_out.hand_out(desk.source, desk.target, ["2"])
    hand_out.add_lesson(place)
    hand_out.add_lesson(desk.target / "03_c.ipynb")
    before = desk.files()
    assert [*before] == ["01_a.ipynb", "02_b.ipynb"]
    for name in before:  # They may be open.
        desk.publish(name, "newer")
        hand_out.add_lesson(desk.target / name)
    assert desk.files() == before
    assert desk.hand_out() == ["Refreshed 01_a.ipynb, 02_b.ipynb"]


def test_a_word_that_names_no_lesson_is_named_and_the_others_are_handed_out(desk):
    done, wrong = hand_out.hand_out(desk.source, desk.target, ["1", "44"])
    assert done == ["Handed out 01_a.ipynb"]
    assert wrong == ["there is no lesson 44; there are 01_a, 02_b"]


def test_a_second_hand_out_does_nothing(desk):
    desk.hand_out()
    before = {path: path.stat().st_mtime_ns for path in desk.target.iterdir()}
    assert desk.hand_out() == []
    assert {path: path.stat().st_mtime_ns for path in desk.target.iterdir()} == before


def test_new_lessons_are_handed_out_and_unchanged_ones_refreshed(desk):
    desk.hand_out()
    desk.publish("01_a.ipynb", "one, better")
    desk.publish("03_c.ipynb", "three")
    assert desk.hand_out() == ["Refreshed 01_a.ipynb", "Handed out 03_c.ipynb"]
    assert desk.texts() == {"01_a.ipynb": "one, better", "02_b.ipynb": "two, café"} | {
        "03_c.ipynb": "three"
    }


def test_an_edit_stays_and_each_new_version_is_placed_beside_it_once(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "my answer")
    assert desk.hand_out() == []  # No new version: nothing to bring.
    desk.publish("01_a.ipynb", "second")
    words = "Your changes stay; the new version is beside them:"
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


def test_a_new_version_that_was_deleted_is_not_handed_out_again(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    desk.publish("01_a.ipynb", "second")
    desk.hand_out()
    (desk.target / "01_a_new_version.ipynb").unlink()
    assert desk.hand_out() == []
    desk.publish("01_a.ipynb", "third")
    desk.hand_out()
    assert desk.texts()["01_a_new_version.ipynb"] == "third"


def test_a_lesson_that_was_only_run_counts_as_changed(desk):
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


BROKEN = [
    '{"01_a.ipynb": 3}',
    '{"01_a.ipynb": ""}',
    '{"a.ipynb": {"01_a.ipynb": {}}}',
    '{"a.ipynb": {"01_a.ipynb": {"bytes": ""}}}',
    '{"a.ipynb": ["01_a.ipynb"]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("record", [None, "", "not JSON", "[1]", "null", *BROKEN])
def test_without_a_record_only_the_current_version_counts_as_unchanged(desk, record):
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


def test_a_killed_hand_out_leaves_whole_files_and_the_next_one_finishes_it(desk, monkeypatch):
    desk.hand_out()
    desk.publish("01_a.ipynb", "second")
    desk.publish("02_b.ipynb", "two, second")
    replace, allowed = os.replace, 1

    def kill(part, path):
        nonlocal allowed
        if not allowed:
            raise KeyboardInterrupt
        allowed -= 1
        replace(part, path)

    for rounds in range(4):
        allowed = rounds
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", kill)
            try:
                desk.hand_out()
            except KeyboardInterrupt:
                assert rounds < 4
        assert set(desk.texts()) == {"01_a.ipynb", "02_b.ipynb"}
    desk.hand_out()
    assert desk.texts() == {"01_a.ipynb": "second", "02_b.ipynb": "two, second"}
    assert desk.hidden() == OWN


def test_the_file_that_a_crash_left_unfinished_is_removed_next_time(desk):
    """Python ends at once here, so it can't remove the file itself."""
    crash = "import os\nos.replace = lambda *_: os._exit(9)\n" + HAND_OUT
    crashed = subprocess.run([sys.executable, "-c", crash, desk.source, desk.target], cwd=ROOT)
    assert crashed.returncode == 9
    assert desk.hidden() - OWN, "there is an unfinished file"
    desk.hand_out()
    assert desk.hidden() == OWN


def test_a_write_that_was_cut_short_leaves_the_lesson_whole(desk, monkeypatch):
    desk.hand_out()
    desk.publish("01_a.ipynb", "second")
    write = Path.write_bytes

    def write_half(path, content):
        write(path, content[: len(content) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_half)
        with pytest.raises(KeyboardInterrupt):
            desk.hand_out()
    assert desk.texts()["01_a.ipynb"] == "one"
    (desk.source / "01_a.ipynb").unlink()
    desk.hand_out()
    assert desk.hidden() == OWN


@pytest.mark.parametrize("thing", ["folder", "link", "dangling link"])
def test_a_folder_or_link_with_a_lessons_name_is_named_and_kept(desk, tmp_path, thing):
    desk.target.mkdir()
    path, elsewhere = desk.target / "01_a.ipynb", tmp_path / "elsewhere"
    if thing == "folder":
        path.mkdir()
    else:
        path.symlink_to(elsewhere)
    if thing == "link":
        elsewhere.write_text("mine")
    lines, wrong = hand_out.hand_out(desk.source, desk.target)
    assert lines == ["Handed out 02_b.ipynb"]
    assert len(wrong) == 1
    assert wrong[0] == f"{path} is a link or a folder, not a file: rename it and run this again"
    assert path.is_symlink() or path.is_dir()
    assert not elsewhere.exists() or elsewhere.read_text() == "mine"


@pytest.mark.parametrize("text", ["<<<<<<< HEAD", "[]", "{}", '{"cells": [3]}', '"\\ud800"', "\0"])
def test_a_broken_notebook_is_named_and_the_students_file_stays(desk, text):
    desk.hand_out()
    (desk.source / "01_a.ipynb").write_text(text)
    lines, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert wrong.startswith("notebooks/01_a.ipynb is not a notebook")
    assert wrong.endswith("Get it back with: git restore -SW notebooks/01_a.ipynb")
    assert desk.texts()["01_a.ipynb"] == "one"


def test_a_file_with_the_name_of_the_folder_is_named_and_kept(desk):
    desk.target.write_text("mine")
    lines, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert wrong == f"{desk.target} is not a folder: rename it and run this again"
    assert desk.target.read_text() == "mine"


@pytest.mark.parametrize(("module", "name"), [(Path, "open"), (os, "replace")])
def test_a_file_without_permission_is_named_and_nothing_is_lost(desk, monkeypatch, module, name):
    # Not by chmod, which does not bind root.
    desk.hand_out()
    before = desk.files()
    desk.publish("01_a.ipynb", "second")
    allowed = getattr(module, name)

    def refuse(path, *others, **named):
        if desk.target / "01_a.ipynb" in (path, *others):
            raise PermissionError(13, "Permission denied", str(path))
        return allowed(path, *others, **named)

    monkeypatch.setattr(module, name, refuse)
    lines, wrong = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert wrong == [f"{desk.target / '01_a.ipynb'}: Permission denied"]
    monkeypatch.undo()
    assert desk.files() == before


@pytest.fixture(params=["this record", "the first edition's record"])
def moved_on(desk, request):
    """A student with three lessons, whose course has since put a lesson before them."""
    desk.publish("03_c.ipynb", "three")
    desk.hand_out()
    if request.param != "this record":
        desk.first_edition_record()
    for old, new in {"03_c": "04_c", "02_b": "03_b", "01_a": "02_a"}.items():
        os.replace(desk.source / f"{old}.ipynb", desk.source / f"{new}.ipynb")
    desk.publish("01_new.ipynb", "new")
    return desk


SECOND = {"01_new.ipynb": "new", "02_a.ipynb": "one"} | {
    "03_b.ipynb": "two, café",
    "04_c.ipynb": "three",
}


def test_an_edited_lesson_of_this_course_stays_when_a_new_one_is_put_before_it(tmp_path):
    desk = Desk(tmp_path)
    for path in LESSONS:
        shutil.copy(path, desk.source)
    desk.hand_out()
    (path,) = desk.target.glob("*_the_linear_layer.ipynb")
    desk.edit(path.name, "my answer")
    edited, number = path.read_bytes(), int(path.name[:2])
    new = {f"{k + (k >= number):02}{p.name[2:]}": p for k, p in enumerate(LESSONS)}
    for name in sorted(new, reverse=True):
        os.replace(desk.source / new[name].name, desk.source / name)
    desk.publish(f"{number:02}_a_new_lesson.ipynb", "new")
    handed_out, stays, moved = desk.hand_out()
    assert path.read_bytes() == edited
    assert stays == (
        f"{path.name} has your edits and stays; the lesson is now"
        f" {number + 1:02}_the_linear_layer.ipynb"
    )
    assert handed_out.startswith(f"Handed out {number:02}_a_new_lesson.ipynb, ")
    after = [p.name for p in LESSONS if int(p.name[:2]) > number]
    assert moved.count("first_edition/") == len(after)
    assert {p.name for p in desk.target.glob("*.ipynb")} == {
        *new,
        f"{number:02}_a_new_lesson.ipynb",
        path.name,
    }
    assert {p.name for p in (desk.target / "first_edition").iterdir()} == {*after}
    assert desk.hand_out() == []


def test_unchanged_copies_of_renumbered_lessons_move_to_the_first_edition(moved_on):
    handed_out, moved = moved_on.hand_out()
    assert handed_out == f"Handed out {', '.join(SECOND)}"
    assert moved == (
        "Moved old lessons that you had not changed: first_edition/01_a.ipynb,"
        " first_edition/02_b.ipynb, first_edition/03_c.ipynb"
    )
    assert moved_on.texts() == SECOND | {
        "first_edition/01_a.ipynb": "one",
        "first_edition/02_b.ipynb": "two, café",
        "first_edition/03_c.ipynb": "three",
    }
    assert moved_on.hand_out() == []


def test_an_edited_copy_of_a_renumbered_lesson_stays_and_its_new_name_is_given_once(moved_on):
    moved_on.edit("02_b.ipynb", "my answer")
    line = "02_b.ipynb has your edits and stays; the lesson is now 03_b.ipynb"
    assert moved_on.hand_out().count(line) == 1
    after = SECOND | {
        "02_b.ipynb": "my answer",
        "first_edition/01_a.ipynb": "one",
        "first_edition/03_c.ipynb": "three",
    }
    assert moved_on.texts() == after
    assert moved_on.hand_out() == []
    moved_on.publish("03_b.ipynb", "two, better")
    assert moved_on.hand_out() == ["Refreshed 03_b.ipynb"]
    assert moved_on.texts() == after | {"03_b.ipynb": "two, better"}


def test_a_students_file_with_the_new_name_of_a_lesson_stays(moved_on):
    moved_on.edit("01_a.ipynb", "my answer")
    (moved_on.target / "02_a.ipynb").write_bytes((moved_on.target / "01_a.ipynb").read_bytes())
    line = "01_a.ipynb has your edits and stays; the lesson is now 02_a_new_version.ipynb"
    assert line in moved_on.hand_out()
    texts = moved_on.texts()
    assert texts["01_a.ipynb"] == texts["02_a.ipynb"] == "my answer"
    assert texts["02_a_new_version.ipynb"] == "one"
    assert moved_on.hand_out() == []


def test_new_versions_beside_a_lesson_are_treated_like_the_lesson(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    for text in ("second", "third"):
        desk.publish("01_a.ipynb", text)
        desk.hand_out()
        if text == "second":
            desk.edit("01_a_new_version.ipynb", "mine, too")
    os.replace(desk.source / "01_a.ipynb", desk.source / "05_a.ipynb")
    assert desk.hand_out() == [
        "Handed out 05_a.ipynb",
        "01_a.ipynb has your edits and stays; the lesson is now 05_a.ipynb",
        "01_a_new_version.ipynb has your edits and stays; the lesson is now 05_a.ipynb",
        "Moved old lessons that you had not changed: first_edition/01_a_new_version_2.ipynb",
    ]


@pytest.mark.parametrize("taken", ["file", "folder", "dangling link"])
def test_nothing_in_the_first_editions_folder_is_overwritten(desk, taken):
    desk.hand_out()
    place = desk.target / "first_edition" / "02_b.ipynb"
    place.parent.mkdir()
    if taken == "file":
        place.write_text("mine")
    elif taken == "folder":
        place.mkdir()
    else:
        place.symlink_to(desk.target / "nowhere")
    desk.withdraw("02_b.ipynb")
    line = "Moved old lessons that you had not changed: first_edition/02_b_2.ipynb"
    assert desk.hand_out() == [line]
    assert (place.parent / "02_b_2.ipynb").is_file()
    assert len(os.listdir(place.parent)) == 2
    assert place.is_symlink() or place.is_dir() or place.read_text() == "mine"
    assert not (desk.target / "nowhere").exists()


def test_a_file_with_the_name_of_the_first_editions_folder_is_named_and_nothing_moves(desk):
    desk.hand_out()
    folder = desk.target / "first_edition"
    folder.write_text("mine")
    desk.withdraw("02_b.ipynb")
    for _ in range(2):
        lines, wrong = hand_out.hand_out(desk.source, desk.target)
        assert (lines, wrong) == ([], [f"{folder}: File exists"])
        assert desk.texts()["02_b.ipynb"] == "two, café"
    assert folder.read_text() == "mine"


def test_three_editions_in_a_row(desk):
    desk.hand_out()
    desk.edit("02_b.ipynb", "mine, of the first")
    for old, new in [("01_a", "02_a"), ("02_b", "01_b")]:
        os.replace(desk.source / f"{old}.ipynb", desk.source / f"{new}.ipynb")
    desk.hand_out()
    desk.edit("02_a.ipynb", "mine, of the second")
    for old, new in [("02_a", "01_a"), ("01_b", "02_b")]:
        os.replace(desk.source / f"{old}.ipynb", desk.source / f"{new}.ipynb")
    assert desk.hand_out() == [
        "Handed out 01_a.ipynb",
        "Your changes stay; the new version is beside them: 02_b_new_version.ipynb",
        "02_a.ipynb has your edits and stays; the lesson is now 01_a.ipynb",
        "Moved old lessons that you had not changed: first_edition/01_b.ipynb",
    ]
    assert desk.hand_out() == []
    assert desk.texts() == {
        "01_a.ipynb": "one",
        "02_a.ipynb": "mine, of the second",
        "02_b.ipynb": "mine, of the first",
        "02_b_new_version.ipynb": "two, café",
        "first_edition/01_a.ipynb": "one",
        "first_edition/01_b.ipynb": "two, café",
    }


def test_a_hand_out_of_a_new_edition_can_be_killed_at_any_point(moved_on, monkeypatch):
    moved_on.edit("01_a.ipynb", "my answer")
    replace, lines = os.replace, []
    for allowed in range(20):
        left = allowed

        def kill(path, place):
            nonlocal left
            if not left:
                raise KeyboardInterrupt
            left -= 1
            replace(path, place)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", kill)
            try:
                lines += moved_on.hand_out()
            except KeyboardInterrupt:
                continue
            finally:
                texts = moved_on.texts()
                assert texts["01_a.ipynb"] == "my answer"
                assert {"one", "two, café", "three"} & {*texts.values()}
                assert ("02_b.ipynb" in texts) != ("first_edition/02_b.ipynb" in texts)
        break
    assert 2 <= allowed < 20
    assert lines.count("01_a.ipynb has your edits and stays; the lesson is now 02_a.ipynb") == 1
    assert moved_on.texts() == SECOND | {
        "01_a.ipynb": "my answer",
        "first_edition/02_b.ipynb": "two, café",
        "first_edition/03_c.ipynb": "three",
    }
    assert moved_on.hidden() == OWN


def test_if_a_renumbered_lesson_is_broken_the_old_copy_stays_where_it_is(moved_on):
    (moved_on.source / "03_b.ipynb").write_text("<<<<<<< HEAD")
    _, (wrong,) = hand_out.hand_out(moved_on.source, moved_on.target)
    assert wrong.startswith("notebooks/03_b.ipynb is not a notebook")
    assert moved_on.texts()["02_b.ipynb"] == "two, café"
    moved_on.publish("03_b.ipynb", "two, better")
    assert moved_on.hand_out() == [
        "Handed out 03_b.ipynb",
        "Moved old lessons that you had not changed: first_edition/02_b.ipynb",
    ]


def test_an_unchanged_copy_of_a_withdrawn_lesson_moves_and_an_edited_one_stays(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    desk.publish("03_c.ipynb", "three")
    for name in ("01_a.ipynb", "02_b.ipynb"):
        desk.withdraw(name)
    assert desk.hand_out() == [
        "Handed out 03_c.ipynb",
        "No longer in the course; your edited copy stays: 01_a.ipynb",
        "Moved old lessons that you had not changed: first_edition/02_b.ipynb",
    ]
    assert desk.hand_out() == []
    assert set(desk.files()) == {"01_a.ipynb", "03_c.ipynb", "first_edition/02_b.ipynb"}


@pytest.mark.parametrize("edited", [False, True])
def test_the_first_editions_matplotlibrc_moves_away_unless_it_was_edited(desk, edited):
    """The course's style is in its package now: a file of it would restyle a student's figures."""
    desk.hand_out()
    desk.first_edition_record(matplotlibrc="figure.figsize: 5, 3\n")
    style = desk.target / "matplotlibrc"
    if edited:
        style.write_text("figure.figsize: 3, 2\n")
    line = "Moved old lessons that you had not changed: first_edition/matplotlibrc"
    if edited:
        line = "No longer in the course; your edited copy stays: matplotlibrc"
    assert desk.hand_out() == [line]
    assert desk.hand_out() == []
    place = style if edited else desk.target / "first_edition" / "matplotlibrc"
    assert place.read_text() == f"figure.figsize: {'3, 2' if edited else '5, 3'}\n"
    assert style.exists() is edited


PAGE = """[The names](names.md), [01](../notebooks/01_a.ipynb#part), [03](../notebooks/03_c.ipynb)
and [é](../docs/glossary.md#e). ![a picture](../docs/pictures/01_a.png)"""
PAGE_OF_STUDENT = """[The names](names.md), [01](01_a.ipynb#part), [03](../notebooks/03_c.ipynb)
and [é](glossary.md#e). ![a picture](../docs/pictures/01_a.png)"""


def test_pages_are_handed_out_and_link_to_the_students_own_copies(desk):
    desk.publish_page("glossary.md", PAGE)
    desk.publish_page("names.md", "Names.\n")
    desk.publish_page("measured.md", "Of no use to a student.\n")
    assert desk.hand_out() == ["Handed out 01_a.ipynb, 02_b.ipynb, glossary.md, names.md"]
    files = desk.files()
    assert set(files) == {"01_a.ipynb", "02_b.ipynb", "glossary.md", "names.md"}
    assert files["glossary.md"] == PAGE_OF_STUDENT
    assert files["names.md"] == "Names.\n"
    assert desk.hand_out() == []


def test_a_lessons_link_to_a_page_leads_to_the_students_own_copy(desk):
    desk.publish_page("glossary.md", "Words.\n")
    cells = [
        nbformat.v4.new_markdown_cell(PAGE, id="a"),
        nbformat.v4.new_code_cell('"[a](../docs/glossary.md)"', id="b"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), desk.source / "01_a.ipynb")
    desk.hand_out()
    path = desk.target / "01_a.ipynb"
    text, code = nbformat.read(path, as_version=4).cells
    # names.md was not handed out, and this lesson's link to it was no link to docs/ anyway.
    assert text.source == PAGE_OF_STUDENT
    assert code.source == '"[a](../docs/glossary.md)"'
    saved = path.read_bytes()
    nbformat.write(nbformat.read(path, as_version=4), path)
    assert path.read_bytes() == saved


def test_a_page_that_a_student_changed_is_treated_like_a_lesson(desk):
    desk.publish_page("glossary.md", "Words.\n")
    desk.hand_out()
    (desk.target / "glossary.md").write_text("My words.\n")
    assert desk.hand_out() == []
    desk.publish_page("glossary.md", "More words.\n")
    line = "Your changes stay; the new version is beside them: glossary_new_version.md"
    assert desk.hand_out() == [line]
    desk.publish_page("glossary.md", "Even more words.\n")
    assert desk.hand_out() == [line]
    assert desk.files()["glossary.md"] == "My words.\n"
    assert desk.files()["glossary_new_version.md"] == "Even more words.\n"


def test_a_students_own_file_with_the_name_of_a_page_stays(desk):
    desk.hand_out()
    (desk.target / "names.md").write_text("Names of my group.\n")
    desk.publish_page("names.md", "Names.\n")
    line = "Your changes stay; the new version is beside them: names_new_version.md"
    assert desk.hand_out() == [line]
    assert desk.files()["names.md"] == "Names of my group.\n"


def test_a_renumbered_lesson_is_linked_to_by_its_new_name(desk):
    desk.publish_page("glossary.md", "[01](../notebooks/01_a.ipynb)")
    desk.hand_out()
    os.replace(desk.source / "01_a.ipynb", desk.source / "05_a.ipynb")
    desk.publish_page("glossary.md", "[05](../notebooks/05_a.ipynb)")
    assert "Refreshed glossary.md" in desk.hand_out()
    assert desk.files()["glossary.md"] == "[05](05_a.ipynb)"


def test_a_student_can_follow_every_link_in_the_courses_pages_and_lessons(tmp_path):
    _, wrong = hand_out.hand_out(ROOT / "notebooks", tmp_path / "mine")
    assert wrong == []
    files = {path.name: path.read_text("utf-8") for path in (tmp_path / "mine").glob("[!.]*")}
    assert {"glossary.md", "names.md", "symptoms.md"} < {*files}
    for name, text in files.items():
        if name.endswith(".ipynb"):
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        assert dead_links(text, tmp_path / "mine") == [], name
        # JupyterLab and GitHub give the headings of a page different anchors.
        assert {anchor for file, anchor in find_links(text) if not file.endswith(".ipynb")} <= {""}


def test_a_course_without_its_notebooks_moves_nothing(desk):
    desk.hand_out()
    before = desk.files()
    for name in ("01_a.ipynb", "02_b.ipynb"):
        desk.withdraw(name)
    lines, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert lines == []
    assert wrong.endswith("notebooks has no lessons. Get them back with: git restore -SW notebooks")
    assert desk.files() == before


def test_every_lesson_has_a_subject_of_its_own():
    assert len({path.name.partition("_")[2] for path in NOTEBOOKS}) == len(NOTEBOOKS)


@pytest.mark.parametrize("first_edition", [True, False])
def test_an_edited_lesson_gets_no_new_version_if_only_the_metadata_differ(desk, first_edition):
    desk.hand_out()
    if first_edition:
        desk.first_edition_record()
    desk.edit("01_a.ipynb", "mine")
    desk.hand_out()
    for path in desk.source.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["course"] = {"cells_sha256": "another"}
        nbformat.write(notebook, path)
    assert desk.hand_out() == ["Refreshed 02_b.ipynb"]
    assert desk.texts() == {"01_a.ipynb": "mine", "02_b.ipynb": "two, café"}
    desk.publish("01_a.ipynb", "one, better")
    line = "Your changes stay; the new version is beside them: 01_a_new_version.ipynb"
    assert desk.hand_out() == [line]


def test_the_first_editions_record_is_read_without_loss(desk):
    desk.hand_out()
    desk.edit("01_a.ipynb", "mine")
    desk.publish("01_a.ipynb", "one, better")
    desk.hand_out()
    whole = desk.record()
    desk.first_edition_record()
    for text in ("second", "third"):
        desk.publish("02_b.ipynb", text)
        assert desk.hand_out() == ["Refreshed 02_b.ipynb"]
    versions = {name: v["bytes"] for files in desk.record().values() for name, v in files.items()}
    before = {name: v["bytes"] for files in whole.values() for name, v in files.items()}
    now = sha256((desk.target / "02_b.ipynb").read_bytes()).hexdigest()
    assert versions == before | {"02_b.ipynb": now}


def test_only_a_hand_outs_own_unfinished_files_are_removed(desk):
    desk.hand_out()
    mine = [".mine.part", ".01_a.ipynb.part", ".handed_out.part", ".handed_out.my_notes.part.txt"]
    for name in mine:
        (desk.target / name).write_text("mine")
    (desk.target / ".handed_out.x8_e0q2k.part").write_text("cut sho")
    assert desk.hand_out() == []
    assert desk.hidden() == OWN | {*mine}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_with_a_lessons_name_does_not_block_the_hand_out(desk):
    desk.target.mkdir()
    os.mkfifo(desk.target / "01_a.ipynb")
    with within(seconds=20):
        _, (wrong,) = hand_out.hand_out(desk.source, desk.target)
    assert wrong.endswith("rename it and run this again")


@pytest.mark.slow
def test_hand_outs_that_run_at_once_wait_for_each_other(desk):
    command = [sys.executable, "-c", HAND_OUT, desk.source, desk.target]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    for number in range(20):
        desk.publish(f"{number + 10}_{number}.ipynb", "more")
    for text in ("first", "second"):
        desk.publish("01_a.ipynb", text)
        calls = [subprocess.Popen(command, cwd=ROOT, **streams) for _ in range(8)]
        outputs = [call.communicate(timeout=60) for call in calls]
        assert [call.returncode for call in calls] == [0] * 8
        assert {err for _, err in outputs} <= {"", "Waiting for another hand-out to finish.\n"}
        answers = sorted(out for out, _ in outputs)
        assert answers.count("([], [])\n") == 7, answers
        assert desk.texts()["01_a.ipynb"] == text
    assert len(desk.texts()) == 22
    assert desk.hidden() == OWN


AS_STUDENT = """
import os, sys
from pathlib import Path
from commands.hand_out import hand_out
import ipykernel.ipkernel  # another user cannot read these packages

os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
if sys.argv[2] == "hand out":
    print(hand_out(Path(sys.argv[3]), Path(sys.argv[4])))
else:
    print(Path(sys.argv[4], "01_a.ipynb").read_text())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in other ways")
def test_only_the_student_has_access_to_what_is_handed_out(desk):
    umask = os.umask(0)
    try:
        desk.hand_out()
        desk.withdraw("02_b.ipynb")
        desk.hand_out()
    finally:
        os.umask(umask)
    for path in [desk.target, *desk.target.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="only root can be others")
def test_a_student_cannot_read_what_another_was_handed_out(desk):
    with tempfile.TemporaryDirectory() as shared:  # pytest's folders are for one user alone
        os.chmod(shared, 0o777)
        source, target = shutil.copytree(desk.source, f"{shared}/notebooks"), f"{shared}/mine"

        def student(number, what):
            command = [sys.executable, "-c", AS_STUDENT, str(number), what, source, target]
            return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

        assert "Handed out 01_a.ipynb" in student(50_001, "hand out").stdout
        assert "one" in student(50_001, "read").stdout
        other = student(50_002, "read")
        assert "PermissionError" in other.stderr
        assert other.stdout == ""


@pytest.mark.parametrize(("option", "code"), [("--help", 0), ("--no-browser", 2), ("44", 2)])
def test_an_option_hands_nothing_out(tmp_path, option, code):
    mine = tmp_path / "mine"
    command = [sys.executable, "-m", "commands.hand_out", option]
    env = {**os.environ, "COURSE_MY_NOTEBOOKS": str(mine)}
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert result.returncode == code
    assert "usage: course.py hand_out" in result.stdout + result.stderr
    assert not mine.exists()


def test_main_says_what_it_did_and_what_went_wrong(desk, monkeypatch, capsys):
    monkeypatch.setattr(hand_out, "SOURCE", desk.source)
    monkeypatch.setattr(hand_out, "TARGET", desk.target)
    monkeypatch.setenv("COURSE_LESSONS", "b, 44")
    assert hand_out.main() == 1
    assert capsys.readouterr() == (
        "Handed out 02_b.ipynb\n",
        "Not handed out: there is no lesson 44; there are 01_a, 02_b\n",
    )
    assert hand_out.main(words=["2"]) == 0
    monkeypatch.setenv("COURSE_LESSONS", "")
    assert hand_out.main() == 0
    assert capsys.readouterr() == ("Handed out 01_a.ipynb\n", "")
    assert [*desk.texts()] == ["01_a.ipynb", "02_b.ipynb"]
    assert hand_out.main() == 0
    assert capsys.readouterr() == ("", "")
    (desk.source / "01_a.ipynb").write_text("{")
    assert hand_out.main() == 1
    assert capsys.readouterr().err.startswith("Not handed out: ")
