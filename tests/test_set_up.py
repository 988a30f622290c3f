"""course.py makes the environment: real venv, real pip, packages of a few bytes, no network."""

import ast
import functools
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

import course
from tests.lessons import ROOT
from tests.processes import stopping, wait_for

ECHO = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), sys.executable]))"

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

# pip calls this to install the project: it waits, or fails, where a test says so.
BACKEND = """
import pathlib, time, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    if pathlib.Path("full").exists():
        raise OSError(28, "No space left on device")
    while pathlib.Path("wait").exists():
        pathlib.Path("waiting").touch()
        time.sleep(0.05)
    metadata = (
        "Metadata-Version: 2.1\\nName: tiny-course\\nVersion: 1.0\\n"
        "Provides-Extra: dev\\nRequires-Dist: pytest; extra == 'dev'\\n"
    )
    info = "tiny_course-1.0.dist-info"
    with zipfile.ZipFile(pathlib.Path(folder) / "tiny_course-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_course.pth", str(pathlib.Path.cwd()))
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return "tiny_course-1.0-py3-none-any.whl"
"""


def make_wheel(folder, name, version, files):
    """Write a wheel of a pure Python package by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


class Course:
    """A course of a few bytes, with the real course.py and the real hand-out."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        shutil.copy(ROOT / "course.py", folder)
        shutil.copytree(ROOT / "commands", folder / "commands")
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "backend.py").write_text(BACKEND)
        (folder / "notebooks").mkdir()
        for name in ("01_first", "02_second"):
            (folder / f"notebooks/{name}.ipynb").write_text('{"cells": []}')
        self.wheels = folder / "wheels"
        make_wheel(self.wheels, "jupyterlab", "1.0", {"jupyterlab/__main__.py": ECHO})
        make_wheel(self.wheels, "pytest", "1.0", {"pytest/__main__.py": ECHO})
        self.requirements = folder / "requirements.txt"
        self.requirements.write_text("--find-links wheels\njupyterlab==1.0\n-e .\n")
        # No index answers, and nobody's own settings of pip and of Python's path count.
        nowhere, own = "http://127.0.0.1:9", ("PIP_", "COURSE_", "PYTHONPATH")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        self.env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "no_proxy": "*"}
        self.env |= {"PIP_INDEX_URL": nowhere, "COURSE_TORCH_INDEX": nowhere}
        self.venv = folder / ".venv"
        self.log = self.venv / "setup.log"

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, self.folder / "course.py", *arguments],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def call(self, *arguments):
        process = self.start(*arguments)
        with stopping(process):
            out, err = process.communicate(timeout=100)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def site_packages(self):
        return next(self.venv.glob("lib/python*/site-packages"), self.venv / "Lib/site-packages")


@pytest.fixture
def tiny(tmp_path):
    return Course(tmp_path / "course")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A course that stands, under a path with spaces and accents."""
    made = Course(tmp_path_factory.mktemp("set_up") / "mon école à Zürich")
    first = made.call("lab", "--no-browser")
    assert first.returncode == 0, first.stderr
    assert "Collecting jupyterlab" in made.log.read_text() or "Processing" in made.log.read_text()
    return made


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
def test_a_platform_with_a_wheel_is_welcome(facts):
    assert course.refusal(*facts) == ""


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (((3, 10, 13), *LINUX[1:]), "3.11 to 3.14, and this is cpython 3.10.13"),
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
    names = [f"python3.{minor}" for minor in range(6, 11)]
    found = {shutil.which(name) for name in names} - {None}
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found |= {str(path) for path in versions.glob("3.*/bin/python")}
    for python in sorted(found):
        asked = [python, "-c", "import sys; print(sys.version_info[1])"]
        answer = subprocess.run(asked, capture_output=True, text=True)
        if answer.returncode == 0 and 6 <= int(answer.stdout) < 11:
            yield python


def test_an_old_python_is_told_so_in_one_line():
    # This Python posing as an old one, which is always here, and the real ones that are.
    pose = (
        "import runpy, sys; sys.version_info = (3, 9, 18); sys.argv[0] = 'course.py';"
        f"runpy.run_path({str(ROOT / 'course.py')!r}, run_name='__main__')"
    )
    calls = [[sys.executable, "-c", pose], *([old, ROOT / "course.py"] for old in old_pythons())]
    for call in calls:
        answer = subprocess.run(call, capture_output=True, text=True)
        assert answer.returncode == 1
        assert answer.stderr.count("\n") == 1
        assert re.search(r"3\.11 to 3\.14, and this is .*3\.\d+\.\d+\..* Binder", answer.stderr)


def test_the_set_up_is_short_and_pythons_from_3_6_on_can_read_it():
    source = (ROOT / "course.py").read_text("utf-8")
    assert len(source.splitlines()) < 150
    imports = [
        n for n in ast.parse(source, feature_version=(3, 6)).body if isinstance(n, ast.Import)
    ]
    names = {alias.name.split(".")[0] for node in imports for alias in node.names}
    assert names <= sys.stdlib_module_names


def test_help_names_every_command_and_sets_nothing_up(tiny):
    answer = tiny.call("--help")
    assert answer.returncode == 0
    assert all(f"\n  {name} " in answer.stdout for name in course.COMMANDS)
    assert not tiny.venv.exists()


def test_an_unknown_command_is_named_with_those_there_are(tiny):
    answer = tiny.call("tset")
    assert answer.returncode == 2
    names = "lab, hand_out, update, test, build, slides"
    assert answer.stderr == f"There is no command 'tset', only {names}.\n"
    assert not tiny.venv.exists()


def test_lab_opens_the_first_lesson_in_the_environment(ready):
    for command in (["lab", "--no-browser", "--port", "8899"], ["--no-browser", "--port", "8899"]):
        options, folder, python = json.loads(ready.call(*command).stdout.splitlines()[-1])
        mine = ready.folder / "my_notebooks"
        assert options[:3] == command[-3:]
        assert options[-2:] == [
            f"--ServerApp.root_dir={mine}",
            "--LabApp.default_url=/lab/tree/01_first.ipynb",
        ]
        assert folder == str(ready.folder)
        assert python.startswith(str(ready.venv))


def test_lab_opens_the_lesson_that_is_named(ready):
    options, _, _ = json.loads(ready.call("lab", "02_second.ipynb").stdout.splitlines()[-1])
    assert options[-1] == "--LabApp.default_url=/lab/tree/02_second.ipynb"


def test_the_news_pop_up_is_off_in_the_environment_only(ready):
    settings = ready.venv / "share/jupyter/lab/settings/overrides.json"
    notification = json.loads(settings.read_text())["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false"}


def test_a_second_start_installs_nothing(ready):
    ready.log.write_text("as it was")
    answer = ready.call("lab")
    assert answer.returncode == 0
    assert "Setting up" not in answer.stdout
    assert ready.log.read_text() == "as it was"


def test_test_adds_its_tools_once_and_passes_the_options_on(ready):
    first, second = ready.call("test", "--help"), ready.call("test", "--help")
    assert "Setting up" in first.stdout
    assert "Setting up" not in second.stdout
    options, _, _ = json.loads(second.stdout.splitlines()[-1])
    assert options[-1] == "--help"
    assert "loadfile" in options, "nbval needs the cells of a notebook in one process"
    assert "Setting up" not in ready.call("lab").stdout


def test_a_long_option_of_test_hands_over_to_its_module(ready):
    (ready.folder / "tests").mkdir()
    (ready.folder / "tests/everywhere.py").write_text(f"{ECHO}\nraise SystemExit(7)")
    answer = ready.call("test", "--no-skips", "--everywhere", "locale")
    assert answer.returncode == 7, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1])[0] == ["--no-skips", "locale"]
    options, _, _ = json.loads(ready.call("test", "--browser", "-x").stdout.splitlines()[-1])
    assert "browser" in options[0]
    assert options[-1] == "-x"
    assert "--every-lesson" in options


def test_the_childs_exit_code_comes_back(ready):
    module = ready.site_packages() / "jupyterlab/__main__.py"
    module.write_text("raise SystemExit(7)")
    try:
        assert ready.call("lab").returncode == 7
    finally:
        module.write_text(ECHO)


def test_ctrl_c_lets_jupyter_shut_down(ready):
    module = ready.site_packages() / "jupyterlab/__main__.py"
    module.write_text(
        "import time\n"
        "try:\n    print('running', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.3)\n    print('shut down')\n"
    )
    try:
        process = ready.start("lab", "--allow-root")
        with stopping(process):
            while "running" not in process.stdout.readline():
                assert process.poll() is None
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=30)
    finally:
        module.write_text(ECHO)
    assert (out, err, process.returncode) == ("shut down\n", "", 0)


def test_a_package_that_was_cut_short_is_installed_again(ready):
    info = ready.site_packages() / "jupyterlab-1.0.dist-info"
    (info / "INSTALLER").unlink()
    (ready.site_packages() / "jupyterlab/__main__.py").unlink()
    (ready.venv / "set_up").unlink()
    assert ready.call("lab").returncode == 0


@pytest.mark.parametrize("stamp", ["", "nonsense", "\0\xff\n"])
def test_a_broken_stamp_means_set_up_again(ready, stamp):
    (ready.venv / "set_up").write_text(stamp, "latin-1")
    answer = ready.call("lab")
    assert answer.returncode == 0
    assert "Setting up" in answer.stdout


def test_other_requirements_are_installed_and_the_environment_stays(ready):
    (ready.venv / "mark").touch()
    make_wheel(ready.wheels, "another", "1.0", {"another.py": ""})
    ready.requirements.write_text(ready.requirements.read_text() + "another\n")
    assert ready.call("lab").returncode == 0
    assert (ready.site_packages() / "another.py").exists()
    assert (ready.venv / "mark").exists()


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_what_was_interrupted_in_pip_is_finished_by_the_next_call(tiny, kill):
    (tiny.folder / "wait").touch()
    process = tiny.start("lab")
    with stopping(process):
        wait_for((tiny.folder / "waiting").exists)
        os.killpg(process.pid, kill)
        _, err = process.communicate(timeout=30)
    if kill == signal.SIGINT:
        assert process.returncode == 130
        assert err == "Set-up was interrupted. The next call goes on where it stopped.\n"
    (tiny.venv / "mark").touch()
    (tiny.folder / "wait").unlink()
    answer = tiny.call("lab")
    assert answer.returncode == 0, answer.stderr
    assert (tiny.venv / "mark").exists()


def test_a_half_made_environment_is_made_again(tiny):
    process = tiny.start("lab")
    with stopping(process):
        wait_for((tiny.venv / "pyvenv.cfg").exists)
        os.killpg(process.pid, signal.SIGKILL)
    assert not any(tiny.venv.glob("*/activate"))
    answer = tiny.call("lab")
    assert answer.returncode == 0, answer.stderr
    moved = tiny.folder.with_name("moved")
    tiny.folder.rename(moved)
    tiny.folder, tiny.venv = moved, moved / ".venv"
    answer = tiny.call("lab")
    assert "Setting up" in answer.stdout
    assert str(moved) in (tiny.venv / "pyvenv.cfg").read_text()
    assert json.loads(answer.stdout.splitlines()[-1])[1] == str(moved)


def test_without_a_network_the_package_is_named_and_the_next_call_goes_on(tiny):
    tiny.requirements.write_text(tiny.requirements.read_text() + "absent==1.0\n")
    answer = tiny.call("lab")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Set-up stopped: absent==1.0 could not be had. Check the int")
    assert answer.stderr.count("\n") == 1
    assert str(tiny.log) in answer.stderr
    assert "No matching distribution" in tiny.log.read_text()
    (tiny.venv / "mark").touch()
    (tiny.folder / "full").touch()
    make_wheel(tiny.wheels, "absent", "1.0", {"absent.py": ""})
    assert "the disk is full" in tiny.call("lab").stderr
    (tiny.folder / "full").unlink()
    assert tiny.call("lab").returncode == 0
    assert (tiny.venv / "mark").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' torch has no CUDA")
@pytest.mark.parametrize(("answers", "build"), [(True, "2.0+cpu"), (False, "2.0")])
def test_pytorchs_cpu_index_is_preferred_when_it_answers(tiny, tmp_path, answers, build):
    make_wheel(tiny.wheels, "torch", "2.0", {"torch.py": ""})
    tiny.requirements.write_text("--find-links wheels\njupyterlab\ntorch==2.0\n")
    name = "torch-2.0+cpu-py3-none-any.whl"
    make_wheel(tmp_path / "index/torch", "torch", "2.0+cpu", {"torch.py": ""})
    (tmp_path / "index/torch/index.html").write_text(f'<!DOCTYPE html><a href="{name}">{name}</a>')
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "index")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            folder = "" if answers else "/nothing-here"
            url = f"http://127.0.0.1:{server.server_address[1]}{folder}"
            tiny.env["COURSE_TORCH_INDEX"] = url
            assert tiny.call("lab").returncode == 0
        finally:
            server.shutdown()
    assert (tiny.site_packages() / f"torch-{build}.dist-info").exists()


def test_jupyterlab_says_that_a_port_is_in_use_and_takes_another(tiny, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = subprocess.Popen(
            [sys.executable, "-m", "commands.lab", "--no-browser", "--allow-root", "--port", port],
            cwd=tiny.folder,
            env=tiny.env | {"HOME": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path / "run")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with stopping(process):
            lines = []
            while not re.search(r"http://127.0.0.1:\d+/lab", lines[-1] if lines else ""):
                lines.append(process.stdout.readline())
                assert lines[-1], "".join(lines)
    assert f"The port {port} is already in use, trying another port." in "".join(lines)
    assert f":{port}/" not in lines[-1]
