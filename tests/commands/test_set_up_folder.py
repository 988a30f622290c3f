"""Set-up rejects unusable folders before it downloads anything, and works in all others."""

import importlib.metadata
import os

import pytest

from commands import set_up
from tests.support.tiny_course import Course

POSIX = {"system": "posix", "version": (3, 11, 7), "encoding": "utf-8", "long": True}
WINDOWS = {"system": "nt", "version": (3, 11, 7), "encoding": "cp1252", "long": False}
ON_C = "Move the course to C:\\course."


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("/home/me/mon école à Zürich", POSIX),
        ("/home/me/Łukasz", POSIX),
        ("/home/me/50% [of] 'it' #1; & more!", POSIX),
        ("/home/me/" + 200 * "a", POSIX),
        ("/home/me/école", POSIX | {"encoding": "ascii", "version": (3, 12, 4)}),
        ("C:\\Users\\José\\course", WINDOWS),
        ("C:\\Users\\Łukasz\\course", WINDOWS | {"encoding": "cp1250"}),
        ("C:\\Users\\Łukasz\\course", WINDOWS | {"version": (3, 12, 4)}),
        ("C:\\" + 64 * "a", WINDOWS),
        ("C:\\" + 200 * "a", WINDOWS | {"long": True}),
    ],
)
def test_a_usable_folder_is_accepted(path, system):
    assert set_up.path_problem(path, **system) == ""


@pytest.mark.parametrize(
    ("path", "system", "words"),
    [
        ("/home/a:b/course", POSIX, ["contains ':'", "Rename the folder."]),
        ("/home/{name}/course", POSIX, ["contains '{'"]),
        ("/home/name}/course", POSIX, ["contains '}'"]),
        ("/home/$name/course", POSIX, ["contains '$'"]),
        ("/home/two\nlines", POSIX, [r"'/home/two\nlines' contains a control character"]),
        ("/home/course ", POSIX, ["'/home/course ' ends with a space"]),
        ("/home/course\xa0", POSIX, ["ends with a space"]),
        ("/home/\udcff", POSIX, [r"'/home/\udcff' contains bytes", "LC_ALL to C.UTF-8"]),
        (
            "/home/é",
            POSIX | {"encoding": "ascii"},
            ["this system's encoding, ascii.", "LC_ALL to C.UTF-8"],
        ),
        ("C:\\a;b", WINDOWS, ["contains ';'", ON_C]),
        ("C:\\Users\\Łukasz", WINDOWS, ["system's encoding, cp1252.", ON_C]),
        ("C:\\Users\\日本", WINDOWS | {"version": (3, 12, 3)}, ["encoding, cp1252.", ON_C]),
        ("C:\\" + 65 * "a", WINDOWS, ["has 68 characters", "it may have 67", ON_C]),
    ],
)
def test_an_unusable_folder_is_rejected_in_one_line(path, system, words):
    problem = set_up.path_problem(path, **system)
    assert all(word in problem for word in words), problem
    assert "\n" not in problem


def test_no_installed_path_is_longer_than_the_limit_allows_for():
    below = len(".venv/Lib/site-packages/")
    lengths = {
        below + len(str(file).replace("+cpu", "")): str(file)
        for name in ("torch", "jupyterlab", "numpy", "matplotlib", "scikit-learn", "jupyter_server")
        for file in importlib.metadata.files(name)
        if not str(file).startswith("..") and "__pycache__" not in str(file)
    }
    assert max(lengths) <= set_up.LONGEST_PATH, lengths[max(lengths)]


@pytest.mark.parametrize("name", ["a:b", "{name}", "two\nlines", "tail ", "\udcff"])
def test_nothing_is_created_in_a_rejected_folder(tmp_path, name):
    tiny = Course(tmp_path / name)
    answer = tiny.call("lab")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Set-up stopped: ")
    assert answer.stderr.count("\n") == 1
    assert not tiny.venv.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locale")
def test_accents_in_an_ascii_locale_work_or_are_rejected_in_one_line(tmp_path):
    tiny = Course(tmp_path / "école")
    tiny.env |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = tiny.call("lab")
    assert answer.stderr.startswith(f"Set-up stopped: '{ascii(str(tmp_path))[1:-1]}")
    assert answer.stderr.count("\n") == 1
    assert "LC_ALL" in answer.stderr
    assert not tiny.venv.exists()
