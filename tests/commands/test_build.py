"""The build: lessons and notebooks agree, a rebuild changes nothing, an edit is never lost."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys

import jupytext
import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from nbformat.v4 import new_code_cell, new_notebook

from commands import build, lessons
from tests.support.lessons import ROOT
from tests.support.processes import stopping, wait_for
from tests.support.tiers import slow_after

SOURCES = lessons.sources(ROOT)

LESSON = """# %% [markdown]
# # A lesson
#
# With $x$ and é.

# %% tags=["exercise"]
import sys
for i in range(3):
    print(i, flush=True)
    print("oh", file=sys.stderr, flush=True)

# %%
x = 1


def f():
    return x


f()

# %% tags=["raises-exception"]
1 / 0

# %%
2 + 2

# %%
2 + 2
"""

MORE = """
# %% tags=["cover"]
from IPython.display import display

display({"image/png": "aGk="}, raw=True)

# %%
from ipywidgets import interact


@interact(x=(0, 4))
def show(x=2):
    print(x)


# %% [markdown]
# **New names:** `interact`.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "lessons").mkdir()
    (folder / "lessons/01_a.py").write_text(LESSON, "utf-8")
    assert build.main([], folder) == 0
    return folder


@pytest.fixture
def course(built, tmp_path):
    """A course of one lesson, built."""
    return shutil.copytree(built, tmp_path / "course")


def edit(course, change):
    """Change the notebook's cells in place, as Jupyter would save them."""
    path = course / "notebooks/01_a.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook.cells)
    nbformat.write(notebook, path)


def test_there_are_lessons():
    assert SOURCES


@pytest.mark.parametrize("lesson", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_and_its_notebook_agree(lesson):
    assert build.differences(lesson, build.notebook_of(lesson)) == []


def test_every_notebook_has_a_lesson():
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks <= {lesson.stem for lesson in SOURCES}


def test_a_notebook_without_a_number_is_built_and_checked_after_the_lessons(course, capsys):
    (course / "lessons/an_example.py").write_text("# %%\n1 + 1\n")
    assert [path.stem for path in lessons.sources(course)] == ["01_a", "an_example"]
    assert lessons.numbers(course) == {"a": "01"}
    assert build.main(["--check"], course) == 1
    assert "notebooks/an_example.ipynb has not been built" in capsys.readouterr().err
    assert build.main(["an_example"], course) == 0
    assert capsys.readouterr().out == "notebooks/an_example.ipynb built\n"
    assert build.main(["--check"], course) == 0
    assert nbformat.read(course / "notebooks/an_example.ipynb", 4).cells[0].execution_count == 1


def test_a_built_notebook_is_complete_and_holds_nothing_that_varies(course):
    path = course / "notebooks/01_a.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    streams = {o["name"]: "".join(o["text"]) for o in notebook["cells"][1]["outputs"]}
    assert streams == {"stdout": "0\n1\n2\n", "stderr": "oh\noh\noh\n"}
    assert len(notebook["cells"][1]["outputs"]) == 2
    assert [cell.get("execution_count") for cell in notebook["cells"]] == [None, 1, 2, 3, 4, 5]
    assert [cell["metadata"] for cell in notebook["cells"]] == [
        {},
        {"tags": ["exercise"]},
        {},
        {"tags": ["raises-exception"]},
        {},
        {},
    ]
    assert len({cell["id"] for cell in notebook["cells"]}) == 6
    assert set(notebook["metadata"]) == {"course", "kernelspec", "language_info"}
    assert "version" not in notebook["metadata"]["language_info"]
    assert b"\r" not in path.read_bytes()
    assert build.differences(course / "lessons/01_a.py", path) == []


def test_a_rebuild_changes_nothing_and_a_build_from_nothing_gives_the_same_files(course, capsys):
    with (course / "lessons/01_a.py").open("a") as lesson:
        lesson.write(MORE)
    path = course / "notebooks/01_a.ipynb"
    assert build.main([], course) == 0
    before, written = path.read_bytes(), path.stat().st_mtime_ns
    capsys.readouterr()
    assert build.main([], course) == 0
    assert capsys.readouterr().out == "notebooks/01_a.ipynb unchanged\n"
    assert path.stat().st_mtime_ns == written
    path.unlink()
    assert build.main(["1"], course) == 0
    assert path.read_bytes() == before
    changed = {str(p.relative_to(course)) for p in course.rglob("*")}
    assert changed == {"pyproject.toml", "lessons", "lessons/01_a.py"} | {
        "notebooks",
        "notebooks/01_a.ipynb",
        "docs",
        "docs/names.md",
        "docs/pictures",
        "docs/pictures/01_a.png",
    }
    assert (course / "docs/pictures/01_a.png").read_bytes() == b"hi"
    row = (
        "| `interact` | `@interact(x=(0, 4))` | [01](../notebooks/01_a.ipynb), at its beginning |\n"
    )
    assert (course / "docs/names.md").read_text("utf-8").endswith(row)


def test_unchanged_cells_keep_their_ids(course):
    path, lesson = course / "notebooks/01_a.ipynb", course / "lessons/01_a.py"
    before = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    lesson.write_text(LESSON.replace("x = 1", "x = 2"), "utf-8")
    assert build.main([], course) == 0
    after = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        *(True, True, False, True, True, True)
    ]


SAID = """
# %% [markdown] tags=["slide"]
# Four is *two* and "two".
#
# - More.
"""


def test_what_a_lesson_says_for_its_slides_alone_is_no_cell_of_the_notebook(course):
    path, lesson = course / "notebooks/01_a.ipynb", course / "lessons/01_a.py"
    before = nbformat.read(path, as_version=4).cells
    lesson.write_text(LESSON + SAID, "utf-8")
    assert build.differences(lesson, path)
    assert build.main([], course) == 0
    after = nbformat.read(path, as_version=4).cells
    assert after[-1].metadata.pop("slide") == 'Four is *two* and "two".\n\n- More.'
    assert after == before, "the ids too"
    assert build.differences(lesson, path) == []


def test_words_for_a_slide_that_jupytext_cannot_read_leave_the_tags_of_their_cell():
    metadata = {"tags": ["code"], "slide": " d=0#"}
    notebook = new_notebook(cells=[new_code_cell("3", metadata=metadata)])
    described = ['code {"slide": " d=0#", "tags": ["code"]}\n3']
    assert build._describe_cells(notebook) == described


@pytest.fixture(scope="module")
def built_saying(built, tmp_path_factory):
    folder = shutil.copytree(built, tmp_path_factory.mktemp("built") / "course")
    (folder / "lessons/01_a.py").write_text(LESSON + SAID, "utf-8")
    assert build.main([], folder) == 0
    return folder


@pytest.fixture
def saying(built_saying, tmp_path):
    """A course whose lesson has words for a slide, built."""
    return shutil.copytree(built_saying, tmp_path / "course")


def test_an_edit_of_words_for_a_slide_in_the_notebook_is_copied_into_their_own_cell(saying):
    edit(saying, lambda cells: cells[-1].metadata.update(slide="Five."))
    assert build.main([], saying) == 1, "it is an edit of the notebook"
    assert build.main(["--copy"], saying) == 0
    text = (saying / "lessons/01_a.py").read_text("utf-8")
    assert text.endswith('# %% [markdown] tags=["slide"]\n# Five.\n')


@pytest.mark.slow
def test_a_cell_for_a_slide_that_was_added_to_the_notebook_is_copied(course):
    said = nbformat.v4.new_markdown_cell("Five.", metadata={"tags": ["slide"]})
    edit(course, lambda cells: cells.append(said))
    assert build.main(["--copy"], course) == 0
    cells = nbformat.read(course / "notebooks/01_a.ipynb", as_version=4).cells
    assert (len(cells), cells[-1].metadata) == (6, {"slide": "Five."})


NEWER = ["notebooks/01_a.ipynb", "lessons/01_a.py"]  # as after a build, and after an edit


@pytest.mark.parametrize("newer", NEWER)
def test_jupyterlab_with_jupytext_saves_the_file_that_is_open_alone(saying, newer):
    """And as it was: a slide's words are neither lost nor doubled nor shown as text."""
    files = [saying / name for name in NEWER]
    before = [path.read_bytes() for path in files]
    os.utime(saying / newer, (0, 2_000_000_000))
    manager = jupytext.build_sync_jupytext_contents_manager_class(FileContentsManager)
    opened = manager(root_dir=str(saying))
    for name in NEWER:
        model = {"type": "notebook", "format": "json", "content": opened.get(name)["content"]}
        opened.save(model, name)
    assert [path.read_bytes() for path in files] == before


@pytest.mark.slow
@pytest.mark.parametrize("newer", NEWER)
def test_jupytext_synchronizes_neither_with_the_other(saying, newer):
    files = [saying / name for name in NEWER]
    before = [path.read_bytes() for path in files]
    os.utime(saying / newer, (0, 2_000_000_000))
    sync = [sys.executable, "-m", "jupytext", "--sync", newer]
    subprocess.run(sync, cwd=saying, check=True, capture_output=True)
    assert [path.read_bytes() for path in files] == before


@pytest.mark.slow
def test_a_lesson_copied_by_jupytext_itself_has_its_words_for_slides(saying):
    built = (saying / "notebooks/01_a.ipynb").read_bytes()
    names = ["--output", "lessons/01_a.py", "notebooks/01_a.ipynb"]
    command = [sys.executable, "-m", "jupytext", "--to", "py:percent", *names]
    subprocess.run(command, cwd=saying, check=True, capture_output=True)
    assert build.main([], saying) == 0
    assert (saying / "notebooks/01_a.ipynb").read_bytes() == built


@pytest.mark.parametrize("lesson", slow_after(1, SOURCES), ids=lambda path: path.stem)
def test_a_lesson_copied_from_its_notebook_is_the_same_but_for_empty_lines(lesson, tmp_path):
    copied = tmp_path / lesson.parent.name / lesson.name
    copied.parent.mkdir()
    copied.write_bytes(lesson.read_bytes())
    build.copy_cells(build.notebook_of(lesson), copied)
    lines, same = (
        [line for line in path.read_text("utf-8").splitlines() if line not in ("", "#")]
        for path in (lesson, copied)
    )
    assert lines == same


@pytest.mark.parametrize("text", [SAID.lstrip() + LESSON, LESSON + SAID + SAID])
def test_words_for_a_slide_need_a_cell_of_their_own_before_them(course, capsys, text):
    (course / "lessons/01_a.py").write_text(text, "utf-8")
    assert build.main([], course) == 1
    assert "directly behind another cell:\nFour is" in capsys.readouterr().err


def test_the_kernel_runs_in_the_folder_of_the_notebooks(course):
    (course / "lessons/02_b.py").write_text("# %%\nimport os\nos.path.basename(os.getcwd())\n")
    assert build.main(["02"], course) == 0
    (cell,) = nbformat.read(course / "notebooks/02_b.ipynb", as_version=4).cells
    assert cell.outputs[0].data["text/plain"] == "'notebooks'"


def test_an_unknown_number_is_refused_with_a_list_of_the_known_ones(course, capsys):
    with pytest.raises(SystemExit) as stopped:
        build.main(["07"], course)
    assert stopped.value.code == 2
    assert "there is no lesson 07; there are 01" in capsys.readouterr().err


@pytest.mark.parametrize(("file", "repeated"), [("01_b.py", "01"), ("02_a.py", "a")])
def test_two_lessons_with_one_number_or_name_are_refused(course, capsys, file, repeated):
    (course / "lessons" / file).write_text("# %%\n1 + 1\n")
    with pytest.raises(SystemExit):
        build.main([], course)
    words = f"two files in lessons/ have the number or name {repeated}: rename one"
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    slow_after(
        1,
        [
            ("raise ValueError('broken here')", "ValueError: broken here"),
            ("import os; os._exit(1)", "Kernel died"),
        ],
    ),
)
def test_a_failing_lesson_keeps_its_notebook_and_the_others_are_built(course, capsys, text, words):
    path, lesson = course / "notebooks/01_a.ipynb", course / "lessons/01_a.py"
    before = path.read_bytes()
    lesson.write_text(f"{LESSON}\n# %%\n{text}\n", "utf-8")
    (course / "lessons/02_b.py").write_text("# %%\n1 + 1\n")
    capsys.readouterr()
    assert build.main([], course) == 1
    out, err = capsys.readouterr()
    assert out == "notebooks/02_b.ipynb built\n"
    assert "lessons/01_a.py fails in cell 7:" in err
    assert words in err
    assert "\x1b" not in err
    assert path.read_bytes() == before


@pytest.mark.slow
def test_what_is_printed_stays_below_its_picture(course):
    with (course / "lessons/01_a.py").open("a") as lesson:
        lesson.write(
            "\n# %%\nfrom IPython.display import display\n\n"
            "for k in range(2):\n    display(k)\n    print(k)\n    print(k, flush=True)\n"
        )
    assert build.main([], course) == 0
    outputs = nbformat.read(course / "notebooks/01_a.ipynb", as_version=4).cells[-1].outputs
    kinds = [output.output_type for output in outputs]
    assert kinds == ["display_data", "stream", "display_data", "stream"]
    assert [outputs[1].text, outputs[3].text] == ["0\n0\n", "1\n1\n"]


@pytest.mark.slow
def test_a_rebuild_keeps_the_times_that_nothing_compares(course):
    with (course / "lessons/01_a.py").open("a") as lesson:
        lesson.write(
            '\n# %% tags=["nbval-ignore-output"]\nfrom time import time_ns\n\nprint(time_ns())\n'
        )
    path = course / "notebooks/01_a.ipynb"
    assert build.main([], course) == 0
    before = path.read_bytes()
    assert build.main([], course) == 0
    assert path.read_bytes() == before
    with (course / "lessons/01_a.py").open("a") as lesson:
        lesson.write("\n# %%\n3 + 3\n")
    assert build.main([], course) == 0
    times = [
        nbformat.reads(text, 4).cells[-1 - k].outputs[0].text
        for k, text in ((0, before), (1, path.read_bytes()))
    ]
    assert times[0] != times[1]


EDITS = {
    "text": lambda cells: cells[2].update(source="x = 3\n\nx\n\n"),
    "tags": lambda cells: cells[1].metadata.update(tags=["exercise", "rtol=1e-2"]),
    "type": lambda cells: cells.__setitem__(2, nbformat.v4.new_raw_cell("raw")),
    "deleted": lambda cells: cells.pop(2),
    "added": lambda cells: cells.append(nbformat.v4.new_markdown_cell("more  \n\n")),
    "added empty": lambda cells: cells.append(nbformat.v4.new_code_cell("")),
    "swapped": lambda cells: cells.insert(1, cells.pop(2)),
}


@pytest.mark.parametrize("kind", slow_after(1, EDITS))
def test_an_edited_notebook_is_refused_until_the_lesson_has_the_edit(course, capsys, kind):
    edit(course, EDITS[kind])
    path = course / "notebooks/01_a.ipynb"
    edited = path.read_bytes()
    capsys.readouterr()
    assert build.main([], course) == 1
    err = capsys.readouterr().err
    number = {"tags": 2, "swapped": 2, "added": 7, "added empty": 7}.get(kind, 3)
    assert "notebooks/01_a.ipynb was edited, and lessons/01_a.py does not have the edit" in err
    assert f"The first is in cell {number}:" in err
    assert "git checkout -- notebooks/01_a.ipynb" in err
    assert path.read_bytes() == edited
    # The command in the message is all that is needed.
    (command,) = [line for line in err.splitlines() if "--copy" in line]
    assert build.main(shlex.split(command)[3:], course) == 0
    assert (course / "lessons/01_a.py").read_text("utf-8").startswith("# %% [markdown]")
    assert build.differences(course / "lessons/01_a.py", path) == []


def test_an_edit_of_the_lesson_does_not_excuse_one_of_the_notebook(course, capsys):
    edit(course, EDITS["text"])
    path, lesson = course / "notebooks/01_a.ipynb", course / "lessons/01_a.py"
    lesson.write_text(LESSON.replace("# A lesson", "# The lesson"), "utf-8")
    before = path.read_bytes(), lesson.read_bytes()
    assert build.main([], course) == 1
    assert build.main(["--copy"], course) == 1
    assert "were both changed since the last build, so neither is copied" in capsys.readouterr().err
    assert (path.read_bytes(), lesson.read_bytes()) == before


def test_a_lesson_that_was_not_built_is_reported(course):
    (course / "lessons/02_b.py").write_text("# %%\n1 + 1\n")
    lesson = course / "lessons/02_b.py"
    assert build.differences(lesson, build.notebook_of(lesson)) == [
        "notebooks/02_b.ipynb has not been built"
    ]


def test_a_check_executes_and_writes_nothing_and_lists_what_is_not_up_to_date(course, capsys):
    assert build.main(["--check"], course) == 0
    assert capsys.readouterr() == ("", "")
    with (course / "lessons/01_a.py").open("a") as lesson:
        lesson.write("\n# %%\n1 / 0\n\n# %% [markdown]\n# **New names:** `nn.Linear`.\n")
    (course / "lessons/02_b.py").write_text("# %%\nimport torch.nn as nn\n\nnn.Linear\n")
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    assert build.main(["--check", "2"], course) == 1
    assert "01_a" not in capsys.readouterr().err
    (course / "docs/names.md").write_text("other")
    before[course / "docs/names.md"] = b"other"
    assert build.main(["--check"], course) == 1
    err = capsys.readouterr().err
    assert "notebooks/01_a.ipynb is not up to date:\ncell 7:\n    - code" in err
    assert "notebooks/02_b.ipynb has not been built" in err
    assert "docs/names.md is not up to date" in err
    assert err.endswith("\n  python course.py build\n")
    assert before == {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


def test_new_outputs_are_not_an_edit_and_are_replaced(course):
    path = course / "notebooks/01_a.ipynb"
    before = path.read_bytes()
    edit(course, lambda cells: cells[4].update(outputs=[], execution_count=9))
    assert path.read_bytes() != before
    assert build.main([], course) == 0
    assert path.read_bytes() == before


def test_a_notebook_without_the_builds_record_is_refused_unless_it_agrees(course):
    path = course / "notebooks/01_a.ipynb"
    notebook = nbformat.read(path, as_version=4)
    del notebook.metadata["course"]
    nbformat.write(notebook, path)
    assert build.main([], course) == 0
    notebook.cells.pop()
    nbformat.write(notebook, path)
    assert build.main([], course) == 1


def test_a_broken_notebook_is_named_and_kept(course, capsys):
    path = course / "notebooks/01_a.ipynb"
    path.write_text("<<<<<<< HEAD")
    assert build.main([], course) == 1
    assert "notebooks/01_a.ipynb is not a notebook" in capsys.readouterr().err
    assert path.read_text() == "<<<<<<< HEAD"


@pytest.mark.parametrize("kind", EDITS)
def test_every_kind_of_difference_is_reported(course, kind):
    edit(course, EDITS[kind])
    assert build.differences(course / "lessons/01_a.py", course / "notebooks/01_a.ipynb")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cells: cells[4].update(execution_count=7), "not executed from first to last"),
        (lambda cells: cells[4].update(execution_count=None), "not executed from first to last"),
        (lambda cells: cells[4].update(id="another"), "ids, metadata or layout"),
        (lambda cells: cells[4].metadata.update(collapsed=True), "ids, metadata or layout"),
    ],
)
def test_a_notebook_that_was_run_or_saved_elsewhere_is_reported(course, change, words):
    edit(course, change)
    lesson = course / "lessons/01_a.py"
    (line,) = build.differences(lesson, build.notebook_of(lesson))
    assert words in line


def test_ctrl_c_stops_the_build_and_leaves_no_half_notebook(tmp_path):
    shutil.copytree(ROOT / "commands", tmp_path / "commands")
    (tmp_path / "lessons").mkdir()
    text = "# %%\nimport time\nopen('../begun', 'w')\ntime.sleep(60)\n"
    (tmp_path / "lessons/01_a.py").write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "commands.build"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with stopping(process):
        wait_for((tmp_path / "begun").exists)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (
        err
        == "The build was interrupted. The lesson that was being built keeps its old notebook.\n"
    )
    assert list((tmp_path / "notebooks").iterdir()) == []


TIMED = """# %% [markdown]
# # 01 A
#
# **Takes** about 1.

# %%
1 + 1

# %% [markdown] tags=["deeper"]
# ## Deeper: more?

# %% tags=["deeper"]
2 + 2
"""


TABLE = "| [01 A](notebooks/01_a.ipynb) | to do | {} |\n"


def test_the_minutes_are_written_into_the_title_and_the_table(course):
    lesson, page = course / "lessons/01_a.py", course / "README.md"
    lesson.write_text(TIMED)
    page.write_text(TABLE.format(1))
    assert build.main([], course) == 0
    text = lesson.read_text()
    assert "**Takes** about 5 minutes, and 5 more with the deeper sections." in text
    assert build.differences(lesson, build.notebook_of(lesson)) == []
    assert page.read_text() == TABLE.format("5 + 5")
    assert build.main([], course) == 0
    assert lesson.read_text() == text


def test_a_check_reports_minutes_that_are_not_up_to_date(course, capsys, monkeypatch):
    (course / "lessons/01_a.py").write_text(TIMED)
    assert build.main([], course) == 0
    (course / "README.md").write_text(TABLE.format(1))
    monkeypatch.setitem(build.minutes.MINUTES, "code cells", 10)
    capsys.readouterr()
    assert build.main(["--check"], course) == 1
    err = capsys.readouterr().err
    assert "01_a.ipynb is not up to date:\nthe minutes after '**Takes**' are not" in err
    assert "README.md has a lesson's old minutes." in err


def test_the_command_runs_from_the_root():
    result = subprocess.run(
        [sys.executable, "-m", "commands.build", "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0
    assert "usage: course.py build" in result.stdout


@pytest.mark.parametrize("parallel", slow_after(1, [[], ["-n", "1"]]))
def test_no_skips_turns_a_skip_into_a_failure(tmp_path, parallel):
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['tests.plugins.no_skips']")
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "def test_passes(): pass\n"
        "def test_skips(): pytest.skip('no tool here')\n"
        "@pytest.mark.xfail\ndef test_xfails(): assert False\n"
    )
    (tmp_path / "test_all.py").write_text("import pytest\npytest.importorskip('absent_module')\n")

    def run(*options):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", *parallel, *options]
        env = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)

    assert "1 passed, 2 skipped, 1 xfailed" in run().stdout
    result = run("--no-skips", "--continue-on-collection-errors")
    assert result.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in result.stdout
    assert "no tool here (--no-skips counts this as a failure)" in result.stdout
    assert "'absent_module'" in result.stdout
