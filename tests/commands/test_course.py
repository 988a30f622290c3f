"""course.py refuses a Python, explains itself and dispatches, before there is an environment."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import course
from tests.support.lessons import ROOT
from tests.support.tiny_course import Course


@pytest.fixture
def tiny(tmp_path):
    return Course(tmp_path / "course")


LINUX = ((3, 13, 1), True, "linux-x86_64", "x86_64", "cpython x86_64-pc-linux-gnu")


@pytest.mark.parametrize(
    "facts",
    [
        LINUX,
        ((3, 11, 0), True, "linux-aarch64", "aarch64", "cpython aarch64-linux-gnu"),
        ((3, 14, 2), True, "win-amd64", "AMD64", "cpython None"),
        ((3, 12, 9), True, "macosx-11.0-arm64", "arm64", "cpython arm-apple-darwin"),
        ((3, 12, 9), True, "macosx-10.13-universal2", "arm64", "cpython arm-apple-darwin"),
    ],
)
def test_a_platform_with_a_wheel_is_accepted(facts):
    assert course.refusal(*facts) == ""


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (((3, 10, 13), *LINUX[1:]), "3.11 to 3.14; this is cpython 3.10.13"),
        (((2, 7, 18), *LINUX[1:]), "2.7.18"),
        (((3, 15, 0), *LINUX[1:]), "3.15.0"),
        (((3, 11, 9), True, "linux-x86_64", "x86_64", "pypy linux-gnu"), "CPython"),
        (((3, 12, 0), False, "win32", "AMD64", "cpython None"), "64-bit"),
        (((3, 12, 0), False, "linux-x86_64", "x86_64", "cpython i686-linux-gnu"), "64-bit"),
        (((3, 12, 0), True, "macosx-10.9-x86_64", "x86_64", "cpython None"), "arm64 Python"),
        (((3, 12, 0), True, "macosx-10.13-universal2", "x86_64", "cpython None"), "Intel Mac"),
        (((3, 12, 0), True, "win-arm64", "ARM64", "cpython None"), "Windows on ARM"),
        (((3, 12, 0), True, "linux-x86_64", "x86_64", "cpython x86_64-alpine-linux-musl"), "musl"),
        (((3, 12, 0), True, "linux-riscv64", "riscv64", "cpython linux-gnu"), "linux-riscv64"),
    ],
)
def test_a_platform_without_a_wheel_is_refused_with_the_reason(facts, words):
    assert words in course.refusal(*facts)


def old_pythons():
    """Find Pythons before 3.11 on the PATH and with pyenv."""
    names = ["python2.7", *(f"python3.{minor}" for minor in range(6, 11))]
    found = {shutil.which(name) for name in names} - {None}
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found |= {str(path) for path in versions.glob("[23].*/bin/python")}
    for python in sorted(found):
        command = [python, "-c", "import sys; print(sys.version_info < (3, 11))"]
        if subprocess.run(command, capture_output=True, text=True).stdout == "True\n":
            yield python


def test_an_old_python_gets_a_message_of_one_line():
    # This Python, posing as an old one, and the old ones that this machine has.
    pose = (
        "import runpy, sys; sys.version_info = (3, 9, 18); sys.argv[0] = 'course.py';"
        f"runpy.run_path({str(ROOT / 'course.py')!r}, run_name='__main__')"
    )
    calls = [[sys.executable, "-c", pose], *([old, ROOT / "course.py"] for old in old_pythons())]
    for call in calls:
        answer = subprocess.run(call, capture_output=True, text=True)
        assert answer.returncode == 1
        assert answer.stderr.count("\n") == 1
        assert re.search(r"3\.11 to 3\.14; this is .*[23]\.\d+\.\d+\..* Binder", answer.stderr)


def test_course_py_is_short_and_contains_nothing_that_an_old_python_cannot_read():
    source = (ROOT / "course.py").read_bytes()
    assert source.isascii(), "Python 2 reads ASCII only"
    tree = ast.parse(source)
    assert len(source.splitlines()) < 200
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        assert not isinstance(node, new), f"line {node.lineno}"
        assert not getattr(node, "annotation", None), f"line {node.lineno}"
        assert not getattr(node, "returns", None), f"line {node.lineno}"
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    names = {alias.name.split(".")[0] for node in imports for alias in node.names}
    assert names <= sys.stdlib_module_names


def test_help_lists_every_command_and_sets_nothing_up(tiny):
    answer = tiny.call("--help")
    assert answer.returncode == 0
    assert all(f"\n  {name} " in answer.stdout for name in course.COMMANDS)
    assert not tiny.venv.exists()


def test_an_unknown_command_is_named_with_the_known_ones(tiny):
    answer = tiny.call("tset")
    assert answer.returncode == 2
    names = "lab, hand_out, update, test, build, slides, present, site, progress"
    assert answer.stderr == f"There is no command 'tset'. Choose one of: {names}.\n"
    assert not tiny.venv.exists()


def test_a_copy_without_its_commands_says_so(tiny):
    (tiny.folder / "commands/lock.py").unlink()
    answer = tiny.call("lab")
    assert answer.returncode == 1
    assert answer.stderr.startswith("This copy of the course is incomplete: ")
    assert "commands.lock" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not tiny.venv.exists()


def test_paths_that_progress_is_given_are_those_of_the_folder_it_is_called_in(tiny, tmp_path):
    (tiny.folder / "commands/set_up.py").write_text(
        "import os, sys\nPYTHON = sys.executable\nclass SetUpError(Exception): pass\n"
        "def set_up(extra): pass\n"
        f"def environment(): return {{**os.environ, 'PYTHONPATH': {str(tiny.folder)!r}}}\n"
    )
    for module in ("progress/__main__", "hand_out"):
        (tiny.folder / f"commands/{module}.py").write_text("import os; print(os.getcwd())")
    for command, folder in [("progress", tmp_path), ("hand_out", tiny.folder)]:
        call = [sys.executable, tiny.folder / "course.py", command]
        answer = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
        assert answer.stdout.strip() == str(folder.resolve()), answer.stderr


def test_an_environment_whose_python_does_not_start_is_named(tiny):
    """For example, if its folder was copied by a tool that loses file modes."""
    (tiny.folder / "commands/set_up.py").write_text(
        "PYTHON = __file__\nclass SetUpError(Exception): pass\n"
        "def set_up(extra): pass\ndef environment(): pass\n"
    )
    answer = tiny.call("lab")
    assert answer.returncode == 1
    assert answer.stderr.startswith("lab does not start: ")
    assert answer.stderr.endswith("Rename .venv and run the command again.\n")
