"""A class of five on a JupyterHub: `python course.py test --hub` (a minute; needs npm)."""

import json
import shutil
import subprocess
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.support.jupyterhub import ONE, PULL, Student, at_once, running_hub, used
from tests.support.lessons import NOTEBOOKS, path_of, read_notebook
from tests.support.tolerance import align

LESSON = path_of("the_linear_layer", "notebooks", ".ipynb").name
OTHER = path_of("dataset_and_dataloader", "notebooks", ".ipynb").name
STUDENTS = 5


def cells_of(*sources):
    """Return a notebook with these code cells."""
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def site_packages(home):
    """Return where `pip install --user` puts packages."""
    return sysconfig.get_path("purelib", "posix_user", {"userbase": str(home / ".local")})


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running_hub(tmp_path_factory.mktemp("hub")) as (url, course):
        yield url, course


@pytest.fixture(scope="module")
def students(hub):
    return [Student(hub[0], f"student-{i}") for i in range(1, 1 + STUDENTS)]


def test_students_start_and_run_a_lesson_at_once(students, capsys):
    seconds = at_once(Student.open, students)
    wrong = at_once(lambda student: student.run(LESSON), students)
    found = used()
    with capsys.disabled():
        print()
        for student, second in zip(students, seconds, strict=True):
            server, kernel = found[student.name]
            print(
                f"{student.name}: server ready after {second:.1f} s, {server.megabytes:.0f} MB;"
                f" kernel after {LESSON} {kernel.megabytes:.0f} MB"
            )
    assert wrong == [[]] * STUDENTS


def test_a_student_keeps_no_connection_that_the_proxy_could_end(students):
    answer = students[0].session.get(f"{students[0].hub}/hub/health")
    assert answer.headers["Connection"] == "close"


def test_a_kernel_has_one_thread_and_shows_warnings_and_errors(students):
    threads = "import sys, torch\nprint(torch.get_num_threads(), file=sys.stderr)"
    students[0].open()
    students[0].save("wrong.ipynb", cells_of(threads, "1 / 0"))
    warning, error = students[0].run("wrong.ipynb")
    assert warning == "1\n"
    assert "ZeroDivisionError" in error
    students[0].ask("DELETE", "contents/my_notebooks/wrong.ipynb")


def test_a_student_who_takes_too_much_gets_an_error_and_the_others_notice_nothing(students):
    """One fills the memory with lists, arrays and tensors; one has a loop without an end."""
    *others, greedy, busy = students
    at_once(Student.open, students)
    filling = {"lists": "[0.0] * ", "arrays": "numpy.ones", "tensors": "torch.ones"}
    for name, what in filling.items():
        fill = f"rows = []\nfor _ in range(12_000): rows.append({what}(100_000))"
        after = ("del rows", "numpy.ones(9)")
        greedy.save(f"{name}.ipynb", cells_of("import numpy, torch", fill, *after))
    busy.save("loop.ipynb", cells_of("while True: pass"))
    outputs = [
        out for cell in read_notebook("the_linear_layer").cells for out in cell.get("outputs", [])
    ]
    expected = "".join(out.text for out in outputs if out.output_type == "stream")

    def take():
        for name in filling:
            yield greedy.run(f"{name}.ipynb")
            greedy.end_kernels()

    with ThreadPoolExecutor() as pool:
        loop, taken = pool.submit(busy.run, "loop.ipynb"), pool.submit(lambda: [*take()])
        printed = at_once(lambda student: student.execute(LESSON), others)
        errors = taken.result()
        assert not loop.done()
        for session in busy.ask("GET", "sessions"):
            busy.ask("POST", f"kernels/{session['kernel']['id']}/interrupt")
        assert "KeyboardInterrupt" in "".join(loop.result())
    for got in printed:
        assert {kind for kind, _ in got} == {"stdout"}
        assert align(expected, "".join(text for _, text in got)) == expected
    for error in errors:
        assert len(error) == 1
        assert "This kernel may take 859 MB, and that is used up" in error[0]
    assert greedy.run(LESSON) == busy.run(LESSON) == []


def test_nothing_in_a_students_home_stops_their_server(hub, students):
    student = students[2]
    student.open()
    student.stop()
    home = hub[1].parent / "home" / student.name
    for name in (
        "random",
        "json",
        "types",
        "logging",
        "commands",
        "typing",
        "jupyterhub",
        "tornado",
    ):
        for folder in (home, home / "my_notebooks"):
            (folder / f"{name}.py").write_text("raise SystemExit('mine')")
    site = Path(site_packages(home))
    kernel = home / ".local/share/jupyter/kernels/python3"
    for folder in (site / "traitlets", kernel, home / ".jupyter"):
        folder.mkdir(parents=True)
    (site / "traitlets" / "__init__.py").write_text("raise SystemExit('mine')")
    (kernel / "kernel.json").write_text('{"argv": ["false"], "display_name": "", "language": ""}')
    for folder in (home, home / ".jupyter"):
        (folder / "jupyter_server_config.py").write_text("raise SystemExit('mine')")
    student.open()
    assert LESSON in student.lessons()
    shutil.rmtree(site)  # A kernel does import it, and a student may want that.
    assert student.run(LESSON) == []
    theirs = [path for path in (home / "my_notebooks").iterdir() if path.suffix != ".py"]
    assert {path.stat().st_mode & 0o077 for path in theirs if path.is_file()} == {0}


def test_an_update_keeps_an_edit_and_brings_the_rest(hub, students):
    editor, reader = students[:2]
    at_once(Student.open, [editor, reader])
    notebook = editor.read(LESSON)
    notebook["cells"][0]["source"] = "An answer."
    editor.save(LESSON, notebook)
    edited = editor.read(LESSON)

    published = hub[1] / "notebooks"
    for path in [published / LESSON, published / OTHER]:
        lesson = json.loads(path.read_text("utf-8"))
        lesson["cells"][0]["source"] = f"The new {path.stem}."
        path.write_text(json.dumps(lesson), "utf-8")
    shutil.copy(published / NOTEBOOKS[0].name, published / "99_a_new_lesson.ipynb")
    for student in [editor, reader]:
        student.stop()
        student.open()

    assert editor.read(LESSON) == edited
    new_version = LESSON.replace(".ipynb", "_new_version.ipynb")
    beside = editor.read(new_version)
    assert beside["cells"][0]["source"] == f"The new {Path(LESSON).stem}."
    assert not any(cell.get("outputs") for cell in beside["cells"])
    assert reader.read(LESSON) == beside
    for student in [editor, reader]:
        new = student.read(OTHER)
        assert new["cells"][0]["source"] == f"The new {Path(OTHER).stem}."
        assert "99_a_new_lesson.ipynb" in student.lessons()
    assert editor.lessons() - reader.lessons() == {new_version}


def test_an_nbgitpuller_link_brings_the_repository_and_opens_a_lesson(hub, students, tmp_path):
    repository = tmp_path / "COURSE"
    shutil.copytree(hub[1], repository)
    for command in ["init -q -b main", "add .", "commit -q -m course"]:
        identity = ["-c", "user.name=tests", "-c", "user.email=tests@localhost"]
        subprocess.run(["git", *identity, *command.split()], cwd=repository, check=True)
    link = PULL.replace("https%3A%2F%2Fgithub.com%2FYOU%2FCOURSE", quote(str(repository), safe=""))
    student = students[0]
    student.open(link)
    # What the open page now does before it goes on to `urlpath`:
    asked = parse_qs(urlsplit(link).query)
    query = {name: asked[name][0] for name in ("repo", "branch")}
    pulled = student.session.get(f"{student.url}/git-pull/api", params=query).text
    assert '"phase": "finished"' in pulled, pulled
    opened = asked["urlpath"][0].removeprefix("lab/tree/")
    assert student.ask("GET", f"contents/{opened}")["name"] == NOTEBOOKS[0].name


def test_a_link_hands_out_its_lesson_and_no_other(tmp_path):
    first, linked = NOTEBOOKS[0].name, Path(ONE).name
    with running_hub(tmp_path, COURSE_LESSONS=first[:2]) as (url, _):
        student = Student(url, "student-1")
        student.open()
        pages = {"glossary.md", "names.md", "symptoms.md"}
        assert student.lessons() == {first, *pages}
        student.open(ONE)
        cells = student.read(linked)["cells"]
        assert cells
        assert not any(cell.get("outputs") for cell in cells)
        student.stop()
        student.open()
        assert student.lessons() == {first, linked, *pages}
