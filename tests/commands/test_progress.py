"""`course.py progress` shows where a class is, reads whatever it finds and changes nothing.

The notebooks are a lesson's cells with the outputs of a student; in the slow test real ones.
"""

import csv
import errno
import io
import os
import sys
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from commands.progress import __main__ as command
from commands.progress import cells, summary, verdicts
from commands.progress.as_csv import to_csv
from commands.progress.as_html import to_html
from commands.progress.as_text import to_encoding, to_text
from commands.progress.classroom import read_class
from tests.lessons.wrong_answers import answers_of
from tests.support.classroom import COURSE, error, make_class, save, untouched, verdict, worked_on
from tests.support.lessons import LESSONS, NUMBERS, ROOT, exercises, path_of, read_notebook
from tests.support.processes import within
from tests.support.students import handed_out, run_all
from tests.support.tiers import slow_after

START, DESCENT, TENSORS = (
    next(path.stem for path in LESSONS if name in path.stem)
    for name in ("start_here", "by_hand", "raw_autograd")
)
SUMMED = "You summed over the 7 rows; take the mean."


@pytest.fixture(autouse=True)
def read_once(monkeypatch):
    monkeypatch.setattr(command, "read_course", lambda notebooks: COURSE())


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "class"


def read(*folders):
    return read_class([*folders], COURSE())


def states(folder, lesson="00"):
    """Return the signs of the only student's exercises in a lesson."""
    (student,) = read(folder).students
    (lesson,) = (one for one in COURSE() if one.number == lesson)
    return "".join(
        verdicts.SIGNS[student.verdict(lesson, name).state][0] for name in lesson.exercises
    )


def told(folder):
    return "\n".join(read(folder).told)


def code(notebook, words):
    """Return the code cell of a notebook with these words."""
    (cell,) = (
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and words in "".join(cell["source"])
    )
    return cell


@pytest.mark.parametrize("number", slow_after(1, NUMBERS))
def test_the_exercises_of_a_lesson_are_known_in_their_order(number):
    (lesson,) = (one for one in COURSE() if one.number == number)
    numbered = [name for name, one in lesson.exercises.items() if one.label[:5] != "Stage"]
    assert numbered == [exercise.name for exercise in exercises(number)]
    cells = read_notebook(number).cells
    for name, exercise in zip(numbered, exercises(number), strict=True):
        deeper = "deeper" in cells[exercise.cell].metadata["tags"]
        assert lesson.exercises[name].deeper == deeper


def test_a_project_has_stages_beside_its_exercises():
    project = next(one for one in COURSE() if "question" in one.exercises and one.number)
    heads = "".join(exercise.sign for exercise in project.exercises.values())
    assert heads == "ab1cdefg23"
    assert project.exercises["question"].title == "What do you want to know?"
    assert project.exercises["causes"].title == "what went wrong?"


def test_each_exercise_has_what_its_check_said(folder):
    notebook = worked_on("00", average="right", fixed_mse=("not right yet", SUMMED))
    save(notebook, folder / "Ada" / "my_notebooks" / f"{START}.ipynb")
    assert states(folder) == "✓✗·"
    (mistake,) = summary.mistakes(read(folder))
    assert (mistake.told, mistake.names) == (SUMMED, ["Ada"])
    assert mistake.place == f"lesson {START[:2]}, exercise 2 (an MSE that pairs rows)"


def test_a_check_that_was_not_run_or_deleted_or_that_stopped_is_told_apart(folder):
    notebook = worked_on("00", average="right")
    check = code(notebook, "check.fixed_mse(")
    check["outputs"], check["execution_count"] = [error("NameError", "no fixed_mse")], 9
    notebook["cells"].remove(code(notebook, "check.shares("))
    path = save(notebook, folder / "Ada" / "a.ipynb")
    assert states(folder) == "✓!∅"
    assert summary.mistakes(read(folder))[0].told == "NameError: no fixed_mse"
    check["outputs"], check["execution_count"] = [], None
    save(notebook, path)
    assert states(folder) == "✓–∅"


def test_words_on_a_page_do_not_matter(folder):
    notebook = worked_on("00", average="right", fixed_mse=("not right yet", SUMMED))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            output["data"] = {"text/plain": ["✓ Exercise 9: right. Alles gut!"]}
        if cell["cell_type"] == "markdown":
            cell["source"] = ["Meine Notizen"]
        cell["source"] = ["# mein Kommentar\n", *cell["source"]]
    save(notebook, folder / "Ada" / "a.ipynb")
    assert states(folder) == "✓✗·"
    assert read(folder).students[0].work[f"{START}"].finished, "known by the cells' ids"


def test_a_heading_is_in_text_and_not_in_code():
    text = "## A?\n\n```python\n## no heading\n```\n\n### B"
    notebook = {"cells": [{"cell_type": "markdown", "source": text}]}
    assert cells._cell(notebook["cells"][0]).headings == [(2, "A?"), (3, "B")]
    assert cells._cell({"cell_type": "code", "source": text}).headings == []


def test_of_a_copied_check_right_counts_and_else_the_last_that_was_run(folder):
    notebook = worked_on("00", average="right", shares=("not right yet", SUMMED))
    for name, state, count in [
        ("average", "not right yet", 900),
        ("fixed_mse", "not right yet", 901),
        ("shares", "not done yet", 1),
    ]:
        copied = code(notebook, f"check.{name}(") | {"id": f"copy of {name}"}
        copied |= {"execution_count": count, "outputs": [verdict(name, state, SUMMED)]}
        notebook["cells"].insert(0, copied)
    save(notebook, folder / "Ada" / "a.ipynb")
    assert states(folder) == "✓✗✗"


def test_two_copies_of_a_lesson_count_together_and_are_told(folder):
    first = worked_on("00", average="right", shares=("not right yet", SUMMED))
    first = save(first, folder / "Ada" / f"{START}.ipynb")
    later = worked_on("00", fixed_mse="right")
    code(later, "check.shares(").update(outputs=[], execution_count=None)
    later = save(later, folder / "Ada" / f"{START}_new_version.ipynb")
    os.utime(first, (1000, 1000))
    save(untouched("00"), folder / "Ada" / "first_edition" / f"{START}.ipynb")
    assert states(folder) == "✓✓✗"
    listed = f"Ada/{START}.ipynb and Ada/{START}_new_version.ipynb"
    assert told(folder) == f"Ada: 'Start here' is in {listed}; of each exercise, the best counts."
    changed = datetime.fromtimestamp(later.stat().st_mtime)
    assert read(folder).students[0].changed == changed


def test_a_lesson_is_recognised_by_its_cells_whatever_its_name(folder):
    notebook = worked_on("00", average="right")
    notebook["cells"] = notebook["cells"][10:20]  # a part of it
    save(notebook, folder / "Ada" / f"{DESCENT}.ipynb")
    assert states(folder)[0] == "✓"


def test_a_lesson_is_recognised_by_its_headings_where_a_program_replaced_the_ids(folder):
    notebook = worked_on("00", average="right")
    for k, cell in enumerate(notebook["cells"]):
        cell["id"] = f"new{k}"
    save(notebook, folder / "Ada" / "Untitled.ipynb")
    assert states(folder) == "✓··"


def test_notebooks_of_ones_own_are_told_and_are_no_lesson(folder):
    own = untouched("00")
    text = "## Three questions\n\n## Recap"  # as every lesson has them, and the first code cell
    own["cells"] = [own["cells"][1], {"cell_type": "markdown", "source": text, "id": "1"}]
    for k in range(5):
        save(own, folder / "Ada" / f"own{k}.ipynb")
    save(untouched("00"), folder / "Ben" / f"{START}.ipynb")
    assert told(folder) == (
        "Ada/own0.ipynb, Ada/own1.ipynb, Ada/own2.ipynb and 2 more are not copies of lessons. "
        "There is no other notebook beside it."
    )
    assert [student.name for student in read(folder).students] == ["Ben"]


def test_the_checks_of_an_older_course_cannot_be_read_and_this_is_said(folder):
    notebook = worked_on("00")
    line = "Exercise 1: right. It takes the mean.\n"
    code(notebook, "check.average(")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": [line]}
    ]
    save(notebook, folder / "Ada" / "a.ipynb")
    assert states(folder) == "?··"
    save(notebook, folder / "Ada" / "b.ipynb")
    assert told(folder).startswith(
        "Ada/a.ipynb and Ada/b.ipynb: the checks are those of an older course and can't be read. "
        "Run them again in today's lessons.\n"
    )


def test_an_exercise_that_the_course_no_longer_has_is_named(folder):
    notebook = worked_on("00")
    code(notebook, "check.average(")["outputs"] = [verdict("gone", "right")]
    save(notebook, folder / "Ada" / "a.ipynb")
    assert told(folder) == "Ada/a.ipynb: this course doesn't have its exercises gone."


LAYOUTS = [
    (["Ada/my_notebooks/{}", "Ben/my_notebooks/{}"], ["Ada", "Ben"]),
    (["jupyter-ada/my_notebooks/{}", "jupyter-ben/my_notebooks/{}"], ["ada", "ben"]),
    (["Ada/{}", "Ada/old/{}", "Ben/{}"], ["Ada", "Ben"]),
    (["Ada B_12_assignsubmission_file/{}", "Ben_7_assignsubmission_file/{}"], ["Ada B", "Ben"]),
    (["Ada B_12_assignsubmission_file_{}", "Ben_7_assignsubmission_file_{}"], ["Ada B", "Ben"]),
    (["bada_12_345_{}", f"cben_LATE_12_346_{START}-1.ipynb"], ["bada", "cben"]),
    (["{}_Ada.ipynb", "Ben - {}", "Cem start here (1).ipynb"], ["Ada", "Ben", "Cem"]),
    (["Ada_1_assignsubmission_file/{}", "Ada_2_assignsubmission_file/{}"], None),
    (["{}", "first_edition/{}", f"{START}-Copy1.ipynb"], ["class"]),
    (["my_notebooks/{}", "more/{}"], ["class"]),
    (["Ada/course/my_notebooks/{}", "Ada/course/notebooks/{}", "Ada/course/course.py"], ["Ada"]),
]


@pytest.mark.parametrize(("paths", "names"), LAYOUTS)
def test_a_student_is_known_by_the_folder_or_else_by_the_files_name(folder, paths, names):
    for path in paths:
        stem = START if path.endswith(".ipynb") else f"{START}.ipynb"
        save(untouched("00"), folder / path.format(stem))
    if "course" in paths[0]:
        (folder / "Ada/course/course_utils").mkdir()
    classroom = read(folder)
    found = [student.name for student in classroom.students]
    assert found == (names or ["Ada_1_assignsubmission_file", "Ada_2_assignsubmission_file"])
    if "course" in paths[0]:
        assert classroom.notebooks == 1


def test_several_folders_of_students_may_be_named(folder):
    homes = [folder / name / "my_notebooks" for name in ("Ada", "Ben")]
    for home in homes:
        save(worked_on("00"), home / f"{START}.ipynb")
    (homes[1] / "x.ipynb").write_text("[]")
    classroom = read(*homes)
    assert [student.name for student in classroom.students] == ["Ada", "Ben"]
    assert classroom.told == ["Ben/my_notebooks/x.ipynb: damaged: it isn't a notebook."]


def test_what_cannot_be_read_is_told_and_stops_nothing(folder, monkeypatch):
    good = save(worked_on("00", average="right"), folder / "Ada" / f"{START}.ipynb")
    content = good.read_bytes()
    damaged = {
        "cut": content[: len(content) // 2],
        "empty": b"",
        "list": b"[]",
        "odd": b'{"cells": [1]}',
        "odder": b'{"cells": [{"cell_type": "code", "source": null}]}',
        "deep": b'{"cells": ' + b"[" * 20_000,
        "binary": bytes(range(256)),
        "older": b'{"worksheets": []}',
    }
    for name, data in damaged.items():
        (good.parent / f"{name}.ipynb").write_bytes(data)
    monkeypatch.setattr(cells, "MOST_BYTES", 2**20)
    (good.parent / "huge.ipynb").write_bytes(content + b" " * 2**20)
    (good.parent / ".hidden.ipynb").write_bytes(b"")
    for place in ("Ada/.ipynb_checkpoints/b.ipynb", "__MACOSX/Ada/b.ipynb"):
        save(worked_on("00", fixed_mse="right"), folder / place)
    (folder / "Ben").mkdir()
    lines = read(folder).told
    assert sorted(lines) == sorted(
        [f"Ada/{name}.ipynb: damaged: it isn't a notebook." for name in damaged]
        + ["Ada/huge.ipynb: larger than 1 MB, so it was not read.", "Ben: no notebook in there."]
    )
    assert states(folder) == "✓··"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with names, and seldom links.")
def test_links_circles_and_pipes_are_not_followed(folder, tmp_path):
    save(worked_on("00"), folder / "Ada" / f"{START}.ipynb")
    outside = save(worked_on("00", average="right"), tmp_path / "outside" / f"{START}.ipynb")
    (folder / "Ada" / "link.ipynb").symlink_to(outside)
    (folder / "Ada" / "round").symlink_to(folder)
    (folder / "Ben").symlink_to(outside.parent)
    os.mkfifo(folder / "Ada" / "pipe.ipynb")
    with within(seconds=20):
        assert states(folder) == "···"
    assert sorted(read(folder).told) == [
        "Ada/link.ipynb: a link, which is not followed.",
        "Ada/pipe.ipynb: not a plain file.",
        "Ben: a link, which is not followed.",
    ]


def test_what_one_may_not_read_is_told(folder, monkeypatch):
    """As an ordinary user, whom the system refuses; root, as in a container, reads everything."""
    for name in ("Ada", "Ben", "Cem"):
        save(worked_on("00"), folder / name / f"{START}.ipynb")
    scandir, read_bytes = os.scandir, Path.read_bytes

    def refused(path, name, function):
        if name in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return function(path)

    monkeypatch.setattr(os, "scandir", lambda path: refused(path, "Ben", scandir))
    monkeypatch.setattr(Path, "read_bytes", lambda path: refused(path, "Cem", read_bytes))
    assert sorted(read(folder).told) == [
        "Ben: can't be read (Permission denied).",
        f"Cem/{START}.ipynb: can't be read (Permission denied).",
    ]
    assert "On a hub, its administrator can." in command.why_not_read(folder / "Ben", ROOT)


def test_odd_metadata_do_no_harm(folder):
    notebook = worked_on("00")
    odd = [None, [], {"exercise": ["x"], "verdict": {}}, {"exercise": "average", "verdict": 1}]
    outputs = [verdict("average", "right") | {"metadata": about} for about in odd]
    outputs += ["text", {"output_type": "stream", "text": None}, {"data": [], "text": [1]}]
    code(notebook, "check.average(")["outputs"] = outputs
    code(notebook, "check.shares(")["outputs"] = [verdict("shares", "not right yet", ["\x1b[31m"])]
    save(notebook, folder / "Ada" / "a.ipynb")
    assert states(folder) == "?·✗"
    assert "\x1b" not in to_text(read(folder), 80)


def snapshot(folder):
    return {
        str(path): (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in [folder, *folder.rglob("*")]
    }


def test_nothing_in_the_folder_changes(folder, tmp_path, capsys):
    make_class(folder, ["Ada", "Ben"], ["00", "04"])
    (folder / "Ada" / "cut.ipynb").write_text("{")
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = snapshot(folder)
    try:
        options = ["--html", str(tmp_path / "p.html"), "--csv", str(tmp_path / "p.csv")]
        assert command.main([str(folder)]) == command.main([str(folder), *options]) == 0
        assert snapshot(folder) == before
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)


def test_a_folder_without_students_work_is_refused_with_what_to_do(folder, tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    file = save(untouched("00"), tmp_path / "one.ipynb")
    folder.mkdir()
    (folder / "cut.ipynb").write_text("{")
    for place, words in [
        (tmp_path / "absent", "There is no folder "),
        (file, "is a file. Name the folder that holds the students' notebooks."),
        (empty, "There is no copy of a lesson in there.\nFOLDER is one of these:"),
        (folder, "cut.ipynb: damaged: it isn't a notebook.\nFOLDER is one of these:"),
        (ROOT / "notebooks", "holds the course's own notebooks, with nobody's answers."),
    ]:
        assert command.main([str(place)]) == 1
        printed = capsys.readouterr()
        assert words in printed.err
        assert printed.out == ""


def test_a_file_that_the_command_did_not_make_is_not_overwritten(folder, tmp_path, capsys):
    save(worked_on("00"), folder / "Ada" / "a.ipynb")
    for kind in ("csv", "html"):
        path = tmp_path / f"page.{kind}"
        path.write_text("mine")
        assert command.main([str(folder), f"--{kind}", str(path)]) == 1
        assert "exists, and this command did not make it" in capsys.readouterr().err
        assert path.read_text() == "mine"
        path.unlink()
        for _ in range(2):  # the second time, it is the command's own
            assert command.main([str(folder), f"--{kind}", str(path)]) == 0
        assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600, "others could read names"
        absent = tmp_path / "absent" / path.name
        assert command.main([str(folder), f"--{kind}", str(absent)]) == 1
        assert "There is no folder" in capsys.readouterr().err


def test_no_cell_of_the_table_is_a_formula(folder):
    names = ["=1+2", "+1", "-1", "@SUM(A1)", "Ada"]
    for name in names:
        save(worked_on("00", average=("not right yet", f"{name}!")), folder / name / "a.ipynb")
    rows = list(csv.DictReader(io.StringIO(to_csv(read(folder)))))
    assert len(rows) == len(names) * sum(len(one.exercises) for one in COURSE() if one.number)
    assert {row["student"] for row in rows} == {"'=1+2", "'+1", "'-1", "'@SUM(A1)", "Ada"}
    assert not any(cell.startswith(tuple("=+-@")) for row in rows for cell in row.values())
    row = next(row for row in rows if row["student"] == "Ada")
    assert (row["verdict"], row["mistake"], row["section"]) == ("not right yet", "Ada!", "core")


def test_the_page_needs_no_other_file_and_no_name_becomes_a_tag(folder):
    name = "<img src=x onerror=alert(1)>&\"'"
    save(worked_on("00", average=("not right yet", "a < b")), folder / name / "a.ipynb")
    html = to_html(read(folder), datetime(2026, 1, 1))
    page = BeautifulSoup(html, "html.parser")
    assert not page.find_all(["img", "script", "link", "iframe"])
    assert not page.find_all(src=True) + page.find_all(href=True)
    assert "url(" not in html
    assert page.select_one("tbody th[title]").text == name
    (cell,) = page.select("td.not-right-yet")
    assert (cell.text, cell["title"].endswith("not right yet. a < b")) == ("✗", True)
    assert "For help, not for marks" in page.text


def test_the_page_has_a_column_for_each_exercise_of_a_lesson_that_was_begun(folder):
    make_class(folder, ["Ada", "Ben", "Cem"], ["00", "04"])
    page = BeautifulSoup(to_html(read(folder), datetime(2026, 1, 1)), "html.parser")
    begun = [one for one in COURSE() if one.number in ("00", "04")]
    columns = sum(len(lesson.exercises) for lesson in begun)
    students = page.select_one(".students")
    for row in students.select("tbody tr, tfoot tr, thead tr:nth-of-type(2)"):
        assert len(row.find_all(["th", "td"])) == columns + 2
    heads = students.select("thead th[colspan]")
    assert [head.text for head in heads] == ["00", "04"]
    save(untouched("00"), folder / "Dan" / "a.ipynb")
    html = to_html(read(folder), datetime(2026, 1, 1))
    assert html.count("nothing run") == 1


@pytest.mark.parametrize("width", [60, 80, 200])
def test_lines_fit_into_the_terminal(folder, width):
    names = ["Ada", "B" * 90]
    make_class(folder, names, ["00", "01", "02", "03", "04", "05", "06", "07", "08"])
    lines = to_text(read(folder), width).split("\n")
    assert max(map(len, lines)) <= width


def test_rows_of_names_in_any_script_are_in_order_and_in_line(folder):
    names = ["Zoe", "E\u0301mile", "Éva", "Frank", "周作人周作人周作人周作人周作人", "B" * 40]
    for name in names:
        save(worked_on("00", average="right"), folder / name / "a.ipynb")
    lines = [line for line in to_text(read(folder), 80).split("\n") if line.endswith(" ✓·:·")]
    assert [line[0] for line in lines] == ["B", "E", "É", "F", "Z", "周"]
    at = [line.index(" ✓·:·") for line in lines]
    assert at[:5] == [at[0], at[0] + 1, at[0], at[0], at[0]], "an accent takes no column"
    assert at[5] == at[0] - 12, "each of the twelve characters that fit takes two columns"


def test_the_worked_example_is_nobodys_work(folder):
    name = next(lesson.stem for lesson in COURSE() if not lesson.number)
    save(worked_on(name), folder / "Ada" / "a.ipynb")
    (student,) = read(folder).students
    assert (student.name, student.work) == ("Ada", {})


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_a_console_without_the_signs_shows_plain_ones(folder, encoding):
    notebook = worked_on("00", average="right", fixed_mse=("not right yet", "Σ"))
    save(notebook, folder / "Źa" / "a.ipynb")
    text = to_encoding(to_text(read(folder), 80), encoding)
    line = next(line for line in text.split("\n") if line.endswith(("✓✗:·", "+x:.")))
    assert line.endswith("✓✗:·") == (encoding == "utf-8")
    text.encode(encoding)


def test_a_name_that_is_no_unicode_is_shown_and_written(folder, tmp_path, capsys):
    if sys.platform != "linux":
        pytest.skip("Other systems refuse such names.")
    home = os.fsdecode(b"A\xffda\x1b[2J\n")
    save(worked_on("00"), folder / home / "a.ipynb")
    assert command.main([str(folder), "--html", str(tmp_path / "p.html")]) == 0
    assert command.main([str(folder)]) == 0
    assert "A da [2J" in capsys.readouterr().out


def test_the_first_lines_are_where_the_class_is_what_to_explain_and_whom_to_ask(folder):
    for k in range(4):
        notebook = worked_on("00", average="right", fixed_mse=("not right yet", SUMMED))
        save(notebook, folder / f"Behind{k}" / "a.ipynb")
    for k in range(5):
        wrong = {"best_weight": ("not right yet", f"On test data it gives {k}.")}
        save(worked_on("01", "Which way is down?", **wrong), folder / f"There{k}" / "b.ipynb")
    save(worked_on("02"), folder / "Past" / "c.ipynb")
    save(untouched("00"), folder / "Quiet" / "a.ipynb")
    broken = worked_on("00", "Nowhere")
    start = next(cell for cell in broken["cells"] if "start" in cell["metadata"].get("tags", []))
    start["outputs"] = [error("RuntimeError", "The course's helpers are missing")]
    save(broken, folder / "Wrong kernel" / "a.ipynb")
    lines = dict(summary.first_lines(read(folder)))
    assert lines["Where the class is"].startswith(
        f"Half have reached lesson {DESCENT[:2]} 'Gradient descent by hand': "
        "6 not there yet, 5 at it, 1 past"
    )
    assert lines["Explain again"] == (
        f"Lesson {START[:2]}, exercise 2 (an MSE that pairs rows): 4 students are told "
        "'You summed over the 7 rows; take the mean.'"
    )
    assert lines["Ask first"].startswith(
        "Wrong kernel (the first cell stops: a wrong kernel?), Quiet (has not run a cell)"
    )


def test_far_behind_and_several_wrong_are_to_be_asked_first(folder):
    for number in ("00", "01", "02", "03"):
        save(worked_on(number), folder / "Ahead" / f"{number}.ipynb")
        save(worked_on(number), folder / "Also" / f"{number}.ipynb")
    save(worked_on("00"), folder / "Behind" / "a.ipynb")
    mistakes = {"best_weight": ("not right yet", "a"), "which_mistake": ("not right yet", "b")}
    save(worked_on("01", **mistakes), folder / "Both" / "a.ipynb")
    save(worked_on("03", sine=("not right yet", "c")), folder / "One" / "a.ipynb")
    lines = dict(summary.first_lines(read(folder)))
    assert lines["Ask first"] == (
        "Both (2 core exercises wrong and 2 lessons behind), Behind (3 lessons behind)."
    )


def test_the_section_is_named_where_most_of_those_stop_who_did_not_get_to_the_end(folder):
    stops = ["Why no_grad?"] * 2 + ["Why detach?"] * 3
    for k, section in enumerate(stops):
        save(worked_on("04", section), folder / f"S{k}" / f"{TENSORS}.ipynb")
    save(worked_on("04"), folder / "Done" / f"{TENSORS}.ipynb")
    solved = worked_on("04", "Can you reproduce a tutorial?", stories="right", tutorial="right")
    save(solved, folder / "Solved" / f"{TENSORS}.ipynb")
    core = worked_on("04", "Can you reproduce a tutorial?")
    save(core, folder / "Core" / f"{TENSORS}.ipynb")
    (row,) = summary.rows(read(folder))
    assert (row.begun, row.finished) == (8, 3)
    assert row.stops == [("Why detach?", 3), ("Why no_grad?", 2)]
    assert row.most_stop == "3 of 8 stop at 'Why detach?'"
    assert row.states["stories"]["right"] == 1


def test_a_folder_that_nobody_worked_in_says_so(folder):
    save(untouched("00"), folder / "Ada" / f"{START}.ipynb")
    lines = dict(summary.first_lines(read(folder)))
    assert lines["Where the class is"] == "Nobody has run a cell of a lesson yet."
    assert lines["Explain again"] == "No check says 'not right yet'."
    assert "Ada (has not run a cell)" in to_html(read(folder), datetime(2026, 1, 1))


def answer(notebook, exercise, source, check_raises=False):
    """Write an answer into a notebook; the check may raise without ending 'Run All'."""
    notebook.cells[exercise.cell].source = source
    if check_raises:
        notebook.cells[exercise.check_cell].metadata.tags = ["raises-exception"]


@pytest.mark.slow
@pytest.mark.parametrize("number", ["00", "05"])
def test_a_real_class_is_read_as_its_students_left_it(folder, number):
    """Ada solves all, Ben makes known mistakes, Cem has other names, Dan stops at an error."""
    wrong = answers_of(number).WRONG
    answers = {
        "Ada": lambda exercise: exercise.solution,
        "Ben": lambda exercise: wrong[exercise.name][0][0],
        "Cem": lambda exercise: "pass",
        "Dan": lambda exercise: "1 / 0",
    }
    for name, answer_to in answers.items():
        notebook = handed_out(number)
        for exercise in exercises(number):
            answer(notebook, exercise, answer_to(exercise), check_raises=name == "Cem")
        run_all(notebook, ROOT / "notebooks", sys.executable)
        stem = path_of(number).stem
        save(notebook, folder / name / "my_notebooks" / f"{stem}.ipynb")
    classroom = read(folder)
    assert classroom.told == []
    (lesson,) = (one for one in COURSE() if one.number == number)
    found = {
        student.name: [student.verdict(lesson, name) for name in lesson.exercises]
        for student in classroom.students
    }
    assert {one.state for one in found["Ada"]} == {"right"}
    for one, name in zip(found["Ben"], lesson.exercises, strict=True):
        assert one.state == "not right yet"
        assert wrong[name][0][1] in one.mistake
    assert {one.state for one in found["Cem"]} == {"error"}
    assert found["Cem"][0].mistake.startswith("NameError: name '")
    assert {one.state for one in found["Dan"]} == {"not run"}
    (row,) = summary.rows(classroom)
    assert (row.begun, row.finished) == (4, 3)
