"""course.py makes the environment: real venv and pip, packages of a few bytes, no network."""

import functools
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from tests.support.processes import stopping, wait_for
from tests.support.tiers import slow_after
from tests.support.tiny_course import ECHO, Course
from tests.support.wheels import make_wheel


@pytest.fixture
def tiny(tmp_path):
    return Course(tmp_path / "course")


@pytest.fixture
def ready(set_up_course):
    return set_up_course


def test_the_log_holds_what_pip_says(two_set_ups):
    assert "Successfully installed jupyterlab-1.0" in two_set_ups.log


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


def test_lab_opens_a_given_lesson(ready):
    options, _, _ = json.loads(ready.call("lab", "02_second.ipynb").stdout.splitlines()[-1])
    assert options[-1] == "--LabApp.default_url=/lab/tree/02_second.ipynb"


def test_a_second_run_installs_nothing(ready):
    ready.log.write_text("unchanged")
    answer = ready.call("lab")
    assert answer.returncode == 0
    assert "Setting up" not in answer.stdout
    assert ready.log.read_text() == "unchanged"


def test_test_installs_its_tools_once_and_passes_its_options_on(ready):
    stamp = ready.venv / "set_up"
    stamp.write_text(stamp.read_text().split()[0])  # without its tools, whatever ran before
    first, second = ready.call("test", "--help"), ready.call("test", "--help")
    assert "Setting up" in first.stdout
    assert "Setting up" not in second.stdout
    options, _, _ = json.loads(second.stdout.splitlines()[-1])
    assert options[-1] == "--help"
    assert "loadfile" in options, "nbval needs the cells of a notebook in one process"
    assert "Setting up" not in ready.call("lab").stdout


def test_a_long_option_of_test_starts_its_own_module(ready):
    (ready.folder / "tests/net").mkdir(parents=True)
    (ready.folder / "tests/net/everywhere.py").write_text(f"{ECHO}\nraise SystemExit(7)")
    answer = ready.call("test", "--no-skips", "--everywhere", "locale")
    assert answer.returncode == 7, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1])[0] == ["--no-skips", "locale"]
    options, _, _ = json.loads(ready.call("test", "--browser", "-x").stdout.splitlines()[-1])
    assert "browser" in options[0]
    assert options[-1] == "-x"
    assert options[options.index("-m") + 1] == "", "the slow tests run, too"


def test_the_childs_exit_code_is_returned(ready):
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


@pytest.mark.slow
def test_a_half_installed_package_is_installed_again(ready):
    info = ready.site_packages() / "jupyterlab-1.0.dist-info"
    (info / "INSTALLER").unlink()
    (ready.site_packages() / "jupyterlab/__main__.py").unlink()
    (ready.venv / "set_up").unlink()
    assert ready.call("lab").returncode == 0


@pytest.mark.parametrize("stamp", slow_after(1, ["\0\xff\n", "nonsense", ""]))
def test_a_broken_stamp_starts_set_up_again(ready, stamp):
    (ready.venv / "set_up").write_text(stamp, "latin-1")
    answer = ready.call("lab")
    assert answer.returncode == 0
    assert "Setting up" in answer.stdout


@pytest.mark.slow
def test_changed_requirements_are_installed_and_the_environment_is_kept(ready):
    (ready.venv / "mark").touch()
    make_wheel(ready.wheels, "another", "1.0", {"another.py": ""})
    pins = ready.requirements.read_text()
    ready.requirements.write_text(pins + "another\n")
    try:
        assert ready.call("lab").returncode == 0
        assert (ready.site_packages() / "another.py").exists()
        assert (ready.venv / "mark").exists()
    finally:
        ready.requirements.write_text(pins)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_the_next_run_finishes_an_interrupted_installation(tiny, kill):
    (tiny.folder / "wait").touch()
    process = tiny.start("lab")
    with stopping(process):
        wait_for((tiny.folder / "waiting").exists)
        os.killpg(process.pid, kill)
        _, err = process.communicate(timeout=30)
    if kill == signal.SIGINT:
        assert process.returncode == 130
        assert err == "Set-up was interrupted. Run the command again to continue.\n"
    (tiny.venv / "mark").touch()
    (tiny.folder / "wait").unlink()
    answer = tiny.call("lab")
    assert answer.returncode == 0, answer.stderr
    assert (tiny.venv / "mark").exists()


@pytest.mark.slow
def test_an_environment_that_has_moved_is_made_again(tiny):
    assert tiny.call("lab").returncode == 0
    moved = tiny.folder.with_name("moved")
    tiny.folder.rename(moved)
    tiny.folder, tiny.venv = moved, moved / ".venv"
    answer = tiny.call("lab")
    assert "Setting up" in answer.stdout
    assert str(moved) in (tiny.venv / "pyvenv.cfg").read_text()
    assert json.loads(answer.stdout.splitlines()[-1])[1] == str(moved)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems' torch has no CUDA")
@pytest.mark.parametrize(("responds", "build"), [(True, "2.0+cpu"), (False, "2.0")])
def test_pytorchs_cpu_index_is_preferred_when_it_responds(tiny, tmp_path, responds, build):
    make_wheel(tiny.wheels, "torch", "2.0", {"torch.py": ""})
    tiny.requirements.write_text("--find-links wheels\njupyterlab\ntorch==2.0\n-e .\n")
    name = "torch-2.0+cpu-py3-none-any.whl"
    make_wheel(tmp_path / "index/torch", "torch", "2.0+cpu", {"torch.py": ""})
    (tmp_path / "index/torch/index.html").write_text(f'<!DOCTYPE html><a href="{name}">{name}</a>')
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "index")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            folder = "" if responds else "/nothing-here"
            url = f"http://127.0.0.1:{server.server_address[1]}{folder}"
            tiny.env["COURSE_TORCH_INDEX"] = url
            assert tiny.call("lab").returncode == 0
        finally:
            server.shutdown()
    assert (tiny.site_packages() / f"torch-{build}.dist-info").exists()


@pytest.mark.slow
def test_jupyterlab_says_that_a_port_is_in_use_and_uses_another(tiny, tmp_path):
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
