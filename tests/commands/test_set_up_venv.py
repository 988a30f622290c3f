"""Set-up makes, keeps and remakes its own .venv, and touches no other."""

import errno
import os
import shutil
import subprocess
import sys
import venv

import pytest

from commands import set_up
from tests.support.lessons import ROOT
from tests.support.tiny_course import Course


@pytest.fixture
def tiny(tmp_path):
    return Course(tmp_path / "course")


@pytest.fixture
def ready(set_up_course):
    return set_up_course


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The module set_up, working in a folder of its own."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "VENV", folder)
    for name in ("PYTHON", "LOG", "STAMP", "MARK"):
        below = getattr(set_up, name).relative_to(ROOT / ".venv")
        monkeypatch.setattr(set_up, name, folder / below)
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    return folder


def files(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def assert_refused(tiny, *words):
    """Set-up stops with one line that contains these words, and changes nothing."""
    before = files(tiny.folder)
    answer = tiny.call("lab")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Set-up stopped: ")
    assert all(word in answer.stderr for word in words), answer.stderr
    assert answer.stderr.count("\n") == 1
    ours = [tiny.folder / ".venv.lock", *tiny.folder.glob("commands/__pycache__/*")]
    after = {path: data for path, data in files(tiny.folder).items() if path not in ours}
    after.pop(tiny.folder / "commands/__pycache__", None)
    assert after == before


def test_an_environment_of_another_program_is_refused(tiny):
    venv.create(tiny.venv, symlinks=True)
    assert_refused(tiny, str(tiny.venv), "did not make", "Rename or delete it")


def test_a_link_to_a_folder_with_files_is_refused(tiny, tmp_path):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch/thesis.txt").write_text("years of work")
    tiny.venv.symlink_to(tmp_path / "scratch")
    assert_refused(tiny, str(tiny.venv), "did not make", "Rename or delete it")
    assert (tmp_path / "scratch/thesis.txt").read_text() == "years of work"


def test_a_link_to_nothing_is_refused_with_its_target(tiny, tmp_path):
    tiny.venv.symlink_to(tmp_path / "scratch")
    assert_refused(
        tiny, f"a link to {tmp_path / 'scratch'}", "Make that folder, or delete the link"
    )


def test_a_file_named_like_the_environment_is_refused(tiny):
    tiny.venv.write_text("mine")
    assert_refused(tiny, "is not a folder")


@pytest.mark.slow
def test_a_link_to_an_empty_folder_works_and_files_added_later_stay(tiny, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    tiny.venv.symlink_to(scratch)
    assert tiny.call("lab").returncode == 0
    assert (scratch / "pyvenv.cfg").exists()
    # When it is made again, as for a new Python, the student's own files in the folder stay.
    (scratch / "thesis.txt").write_text("years of work")
    (scratch / "pyvenv.cfg").unlink()
    (scratch / "set_up").unlink()
    answer = tiny.call("lab")
    assert answer.returncode == 0, answer.stderr
    assert (scratch / "pyvenv.cfg").exists()
    assert (scratch / "thesis.txt").read_text() == "years of work"
    assert tiny.venv.is_symlink()


@pytest.mark.slow
@pytest.mark.parametrize("left", ["set_up", "setup.log"])
def test_an_environment_without_the_mark_of_later_versions_is_kept(ready, left):
    (ready.venv / "kept").touch()
    for name in {"made_by_course_py", "set_up", "setup.log"} - {left}:
        (ready.venv / name).unlink(missing_ok=True)
    (ready.venv / left).write_text("unchanged")
    answer = ready.call("lab")
    (ready.venv / "made_by_course_py").touch()  # for the tests after this one
    assert answer.returncode == 0, answer.stderr
    assert (ready.venv / "kept").exists()


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["pyvenv.cfg", "bin/python", "set_up"])
def test_an_environment_that_lost_a_part_after_it_was_set_up_is_set_up_again(ready, lost):
    assert ready.call("lab").returncode == 0
    (ready.venv / lost).unlink()
    answer = ready.call("lab")
    assert answer.returncode == 0, answer.stderr
    assert "Setting up" in answer.stdout
    assert (ready.venv / lost).exists()


def test_what_another_python_set_up_is_set_up_again(here, monkeypatch):
    set_up.PYTHON.parent.mkdir(parents=True)
    for path in (set_up.PYTHON, here / "pyvenv.cfg"):
        path.touch()
    set_up.STAMP.write_text("\n".join(set_up.missing_stamp("")))
    assert set_up.missing_stamp("") == []
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert set_up.missing_stamp("") != []


@pytest.mark.slow
@pytest.mark.parametrize("absent", ["bin/activate", "bin/python"])
def test_an_incomplete_environment_is_made_again(ready, absent):
    (ready.venv / absent).unlink()
    (ready.venv / "set_up").unlink(missing_ok=True)
    stale = ready.site_packages() / "stale.py"
    stale.touch()
    answer = ready.call("lab")
    assert answer.returncode == 0, answer.stderr
    assert not stale.exists()


@pytest.mark.slow
def test_a_missing_pip_is_installed_again_and_the_rest_stays(ready):
    (ready.venv / "kept").touch()
    for path in ready.site_packages().glob("pip*"):
        shutil.rmtree(path)
    (ready.venv / "set_up").unlink()
    answer = ready.call("lab")
    assert answer.returncode == 0, answer.stderr
    assert (ready.venv / "kept").exists()
    assert (ready.site_packages() / "pip/__main__.py").exists()


def test_nothing_is_touched_from_inside_an_environment_that_must_be_made_again(ready):
    config, text = ready.venv / "pyvenv.cfg", (ready.venv / "pyvenv.cfg").read_text()
    config.write_text(text.replace("version = 3", "version = 2"))
    (ready.venv / "set_up").unlink()
    before = files(ready.venv)
    try:
        answer = ready.call("lab", python=ready.venv / "bin/python")
        assert answer.returncode == 1
        assert "you are inside it" in answer.stderr
        assert "type `deactivate`" in answer.stderr
        assert files(ready.venv) == before
    finally:
        config.write_text(text)


def test_on_windows_nothing_is_removed_while_a_program_of_the_environment_runs(here, monkeypatch):
    set_up.PYTHON.parent.mkdir(parents=True)
    for path in (set_up.PYTHON, set_up.STAMP, here / "lib"):
        path.touch()
    before, unlink = files(here), os.unlink

    def unlink_or_refuse(path, **options):
        if os.fspath(path) == str(set_up.PYTHON):
            raise PermissionError(errno.EACCES, "Access is denied", str(path))
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", unlink_or_refuse)
    with pytest.raises(set_up.SetUpError, match=r"is still running .*Close JupyterLab"):
        set_up.clear_venv()
    assert files(here) == before


def test_a_python_without_ensurepip_gets_advice_to_install_it(tiny):
    pose = (
        "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = ['course.py', 'lab'];"
        f"runpy.run_path({str(tiny.folder / 'course.py')!r}, run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-c", pose], env=tiny.env, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Set-up stopped: this Python lacks")
    assert "install python3-venv" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not tiny.venv.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "This disk is read-only"),
        (PermissionError(errno.EACCES, "Permission denied"), "Access is denied"),
        (
            PermissionError(errno.EPERM, "Operation not permitted", "lib", None, "/a/.venv/lib64"),
            "does not support symbolic links",
        ),
        (ValueError("Unable to determine path to the running Python"), "Unable to determine path"),
    ],
)
def test_an_error_of_venv_is_reported_with_advice(here, monkeypatch, error, words):
    def create(*_, **__):
        raise error

    monkeypatch.setattr(venv, "create", create)
    with pytest.raises(set_up.SetUpError) as raised:
        set_up.set_up("")
    assert words in str(raised.value)
    assert "python3-venv" not in str(raised.value)


def test_an_error_of_ensurepip_is_reported_with_advice(here, monkeypatch):
    output = (
        "WARNING: slow\nERROR: Could not install packages due to an OSError: [Errno 28] No space"
    )
    monkeypatch.setattr(set_up, "run_module", lambda *_: (1, output))
    with pytest.raises(set_up.SetUpError) as raised:
        set_up.set_up("")
    assert "Could not install packages due to an OSError: [Errno 28]" in str(raised.value)
    assert "The disk is full" in str(raised.value)
    assert "python3-venv" not in str(raised.value)


@pytest.mark.parametrize("at", ["Path.write_text", "os.replace"])
def test_a_disk_that_fills_up_after_pip_is_reported(here, monkeypatch, at):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    for step in ("make_venv", "pip_install"):
        monkeypatch.setattr(set_up, step, lambda *_: here.mkdir(exist_ok=True))
    monkeypatch.setattr(f"commands.set_up.{at}", full)
    with pytest.raises(set_up.SetUpError, match="The disk is full"):
        set_up.set_up("")
    assert not set_up.STAMP.exists()


def test_a_second_set_up_waits_for_the_first(two_set_ups):
    first, second = two_set_ups.first, two_set_ups.second
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert second.stderr.count("waiting for it to finish") == 1
    assert "Setting up" in first.stdout
    assert "Setting up" not in second.stdout
