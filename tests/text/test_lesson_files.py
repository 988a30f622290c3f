"""Each lesson has all that belongs to it, and CONTRIBUTING's steps for adding one are right."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from commands import lessons, mentions, minutes
from tests.support.lessons import ROOT, copy_course, missing_parts
from tests.support.links import dead_links

LESSONS = lessons.files(ROOT / "lessons", ".py")
STEPS = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a lesson\n")[2]
NAME, SUBJECT = "between_two_lessons", "between"
NUMBER = 4  # of the new lesson; those behind it are renamed
ROWS = "instructor/README.md", "README.md", "docs/measured.md", f"lessons/{LESSONS[0].name}"
NEIGHBOURS = "test_a_lesson_ends_with_links_to_its_neighbours_and_to_what_explains_words"
# The rules about what a lesson has more than once; CONTRIBUTING's shows it once.
MORE_THAN_ONCE = (
    "two_predictions_are_typed",
    "exercises_have_their_kind",
    "three_questions_stand_before_the_recap",
)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_all_that_belongs_to_it(path):
    missing = missing_parts(path)
    assert missing == [], f"{path.stem} lacks (see CONTRIBUTING.md, 'Add a lesson'):\n" + "\n".join(
        missing
    )


def test_lessons_are_numbered_without_a_gap():
    assert [path.name[:2] for path in LESSONS] == [f"{k:02}" for k in range(len(LESSONS))]


def code_of(step):
    """Return the Python code of a step in CONTRIBUTING, for the new lesson."""
    text = re.search(rf"(?ms)^{step}\. .*?^(?=\d\. )", STEPS)[0]
    block = re.search(r"(?ms)^ *(````?)python\n(.*?)^ *\1$", text)[2]
    return textwrap.dedent(block).replace("subject", SUBJECT)


def run(folder, *command):
    """Run a module in the copy and return the finished process."""
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *command]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with a new lesson in its middle, after steps 1 to 4."""
    copy = tmp_path_factory.mktemp("course")
    copy_course(copy)
    folder = copy / "lessons"
    for path in reversed(lessons.files(folder, ".py")):
        if int(path.name[:2]) >= NUMBER:
            path.rename(folder / f"{int(path.name[:2]) + 1:02}{path.name[2:]}")
    (folder / f"{NUMBER:02}_{NAME}.py").write_text(code_of(2), "utf-8")
    (copy / f"course_utils/checks/{SUBJECT}.py").write_text(code_of(3), "utf-8")
    built = run(copy, "commands.build", NAME)
    assert built.returncode == 0, built.stderr
    return copy


def renamed(path):
    """Return where a file of the course is in the copy."""
    name = re.fullmatch(r"(\d\d)(_\w+\.\w+)", path.name)
    if not name or path.parts[0] not in ("lessons", "notebooks", "docs", "instructor"):
        return path
    return path.with_name(f"{int(name[1]) + (int(name[1]) >= NUMBER):02}{name[2]}")


def read_files(folder):
    """Return the content of every file in a folder, by its path there."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_the_build_writes_the_numbers_and_changes_nothing_else(course, tmp_path):
    copy_course(tmp_path)
    numbers, after = lessons.numbers(ROOT), read_files(course)
    before = {renamed(path): (path, content) for path, content in read_files(tmp_path).items()}
    assert before.keys() - after.keys() == set()
    assert after.keys() - before.keys() == {
        Path(f"lessons/{NUMBER:02}_{NAME}.py"),
        Path(f"notebooks/{NUMBER:02}_{NAME}.ipynb"),
        Path(f"course_utils/checks/{SUBJECT}.py"),
    }
    changed = {path for path in before if before[path][1] != after[path]}
    pages = {renamed(path.relative_to(ROOT)) for path in mentions.pages(ROOT)}
    assert {Path("README.md"), Path("instructor/README.md")} < changed <= pages
    for path in changed - {Path("docs/names.md")}:  # That page lists the new lesson's name.
        old, content = before[path]
        text = mentions.replace_numbers(after[path].decode(), numbers)
        if path == Path("README.md"):  # The sum of the minutes has those of the new lesson.
            text = minutes.IN_ALL.sub(minutes.IN_ALL.search(content.decode())[0], text)
        if path != old or path.parts[0] == "lessons":
            text = mentions.replace_title(text, old.name[:2])
        assert text == content.decode(), path


def test_every_link_leads_to_a_file_and_names_its_number(course):
    assert mentions.describe_stale(course) == []
    pages = [path for path in mentions.pages(course) if path.suffix != ".toml"]
    for path in pages:
        folder = course / "notebooks" if path.suffix == ".py" else path.parent
        if path.parent == course / "docs/site":
            folder = course  # the website has it there
        text = path.read_text("utf-8")
        if path.suffix == ".py":  # of a lesson, only its text
            text = "\n".join(line for line in text.split("\n") if line.startswith("#"))
        assert dead_links(text, folder) == [], path
    for path in lessons.files(course / "lessons", ".py"):
        assert f"\n# # {path.name[:2]} " in path.read_text("utf-8")


@pytest.mark.slow
def test_the_tests_name_what_the_new_lesson_lacks_and_nothing_else(course):
    """The structure is right; what cannot be written for an empty lesson is named."""
    ran = run(
        course,
        *("pytest", "-n", "0", "-q", "--tb=short", "-p", "no:cacheprovider"),
        "--continue-on-collection-errors",
        "tests/text/test_style.py",
        "tests/course_utils/test_architecture.py::test_imports_in_course_utils_go_one_way",
        "tests/commands/test_mentions.py",
        "tests/net/test_faults.py::test_the_fault_still_applies",
        "tests/text/test_lesson_files.py::test_a_lesson_has_all_that_belongs_to_it",
        "tests/text/test_form.py",
        "tests/text/test_links.py::test_a_mention_of_another_lesson_or_of_its_section_is_a_link",
        f"tests/text/test_links.py::{NEIGHBOURS}",
        "tests/lessons/test_solutions.py",
        "tests/lessons/test_core.py",
        "tests/lessons/test_right_answers.py",
    )
    failed = {*re.findall(r"^(?:FAILED|ERROR) (\S+)", ran.stdout, re.M)}
    stem = f"{NUMBER:02}_{NAME}"
    assert failed == {
        "tests/lessons/test_right_answers.py",
        f"tests/text/test_lesson_files.py::test_a_lesson_has_all_that_belongs_to_it[{stem}]",
        *(
            f"tests/text/test_form.py::test_a_lesson_keeps_the_rule[{rule}-{NUMBER:02}]"
            for rule in MORE_THAN_ONCE
        ),
        *(
            f"tests/text/test_links.py::{NEIGHBOURS}[{path.stem}]"
            for path in lessons.files(course / "lessons", ".py")[NUMBER - 1 : NUMBER + 2]
        ),
    }, ran.stdout + ran.stderr
    for name in [
        f"docs/pictures/{stem}.png",
        f"tests/lessons/test_{SUBJECT}.py",
        f"tests/lessons/wrong_answers/{SUBJECT}.py is missing",
        f"tests/net/faults/bank/{SUBJECT}.toml",
        f"instructor/{stem}.md",
        *(f"a row for it in {page}" for page in ROWS),
    ]:
        assert name in ran.stdout, ran.stdout


def test_with_these_files_and_rows_a_lesson_is_complete(course, tmp_path):
    shutil.copytree(course, tmp_path, dirs_exist_ok=True)
    stem = f"{NUMBER:02}_{NAME}"
    path = tmp_path / f"lessons/{stem}.py"
    rows = {
        "instructor/README.md": f"[{NUMBER:02}]({stem}.md)",
        "README.md": f"[{NUMBER:02} The title](notebooks/{stem}.ipynb)",
        "docs/measured.md": "| between two lessons |",
        f"lessons/{LESSONS[0].name}": f"# [{NUMBER:02}]({stem}.ipynb)",
    }
    for part in missing_parts(path):
        if page := part.removeprefix("a row for it in ") if part.startswith("a row") else "":
            with (tmp_path / page).open("a", encoding="utf-8") as file:
                file.write(rows[page])
        else:
            (tmp_path / part).touch()
    assert missing_parts(path) == []
