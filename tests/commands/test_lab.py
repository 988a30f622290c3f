"""JupyterLab opens on the lesson, with the environment's kernel, whatever is in the way."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from jupyter_client import BlockingKernelClient
from nbformat.v4 import new_code_cell, new_notebook

from commands import hand_out
from commands.lab import complete_options
from commands.server import Lessons
from tests.support.lessons import NOTEBOOKS, ROOT
from tests.support.processes import free_port, stopping, wait_for

FIRST, SECOND, BROKEN, *_, LAST = (path.name for path in NOTEBOOKS)
BROKEN_PYTHON = {"argv": ["false"], "display_name": "mine", "language": "python"}
# A student's own configuration of Jupyter: what the course sets, and something else.
MINE = """
c.LabApp.custom_css = False
c.ServerApp.kernel_spec_manager_class = "jupyter_client.kernelspec.KernelSpecManager"
c.ServerApp.tornado_settings = {"headers": {"X-Mine": "kept"}}
"""
# Modules that Python, the server or a kernel imports when it starts.
SHADOWS = ("runpy", "types", "functools", "pathlib", "random", "json", "logging", "typing")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A student's folder with two lessons of a course and a notebook without a number."""
    source, made = tmp_path / "notebooks", tmp_path / "my notebooks"
    for place in (source, made):
        place.mkdir()
        for name in ("an_example", "00_first", "01_second"):
            (place / f"{name}.ipynb").touch()
    monkeypatch.setattr(hand_out, "SOURCE", source)
    monkeypatch.chdir(tmp_path)
    return made


def options_to_open(folder, lesson):
    root, page = f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{lesson}"
    return [root, page]


def test_the_first_lesson_of_the_course_is_opened(folder):
    (folder / "000_of_mine.ipynb").touch()
    assert complete_options([], folder) == options_to_open(folder, "00_first.ipynb")
    options = ["--no-browser", "--port", "8899"]
    assert complete_options(options, folder) == options + options_to_open(folder, "00_first.ipynb")
    (folder / "00_first.ipynb").unlink()
    assert complete_options([], folder) == options_to_open(folder, "01_second.ipynb")


@pytest.mark.parametrize("place", ["", "my notebooks/", "{folder}/"])
def test_a_given_lesson_is_opened(folder, place):
    name = f"{place.format(folder=folder)}01_second.ipynb"
    options = complete_options(["--no-browser", name, "--port", "8899"], folder)
    assert options == [
        "--no-browser",
        "--port",
        "8899",
        *options_to_open(folder, "01_second.ipynb"),
    ]


@pytest.mark.parametrize("number", ["01", "1"])
def test_a_lesson_is_opened_by_its_number(folder, number):
    (folder / "01_second.ipynb").unlink()  # If it is not handed out yet, the server does it.
    assert complete_options([number, "--port", "00"], folder) == [
        "--port",
        "00",
        *options_to_open(folder, "01_second.ipynb"),
    ]
    (folder / number).touch()
    assert complete_options([number], folder) == options_to_open(folder, number)


def test_a_number_of_no_lesson_is_named_with_those_there_are(folder):
    with pytest.raises(SystemExit, match="no lesson 44; there are 00_first, 01_second"):
        complete_options(["44"], folder)


def test_a_lesson_that_was_not_handed_out_is_when_its_link_is_opened(folder):
    for path in folder.iterdir():
        path.unlink()
    for name, text in {"00_first": "one", "01_second": "two", "02_broken": ""}.items():
        lesson = new_notebook(cells=[new_code_cell(text)])
        path = hand_out.SOURCE / f"{name}.ipynb"
        path.write_text(nbformat.writes(lesson) if text else "{")
    hand_out.main(folder, ["01"])
    server = Lessons(root_dir=str(folder.parent))
    # A test in a browser may have left a loop in this thread, and SQLite wants always the same.
    thread = ThreadPoolExecutor(1)

    def open_lesson(place):
        return thread.submit(lambda: asyncio.run(server.get(place))).result()["content"]

    def names():
        return {path.name for path in folder.glob("[!.]*")}

    assert names() == {"01_second.ipynb"}
    (folder / "01_second.ipynb").write_text(nbformat.writes(new_notebook()))
    assert open_lesson(f"{folder.name}/00_first.ipynb")["cells"][0]["source"] == "one"
    assert open_lesson(f"/{folder.name}/01_second.ipynb")["cells"] == []  # The student's stays.
    for name in ("9", "02_broken"):
        with pytest.raises(Exception, match="404"):
            open_lesson(f"{folder.name}/{name}.ipynb")
    assert names() == {"00_first.ipynb", "01_second.ipynb"}


def test_a_name_becomes_an_address(folder):
    (folder / "été").mkdir()
    (folder / "été" / "my #1.ipynb").touch()
    (folder / "-x.ipynb").touch()
    address = "%C3%A9t%C3%A9/my%20%231.ipynb"
    assert complete_options(["été/my #1.ipynb"], folder) == options_to_open(folder, address)
    assert complete_options(["./-x.ipynb"], folder) == options_to_open(folder, "-x.ipynb")


def test_a_notebook_elsewhere_is_opened_where_it_is(folder):
    other = folder.parent / "notebooks"
    assert complete_options(["notebooks/01_second.ipynb"], folder) == options_to_open(
        other, "01_second.ipynb"
    )


@pytest.mark.parametrize("option", ["--notebook-dir=.", "--ServerApp.root_dir=.", "notebooks"])
def test_a_given_folder_is_opened_by_jupyterlab_itself(folder, option):
    assert complete_options([option], folder) == [option]


def test_an_option_is_passed_once(folder):
    given = ["--LabApp.default_url=/tree", "--no-browser"]
    assert complete_options(given, folder) == given


def test_without_a_lesson_jupyterlab_opens(folder):
    for path in folder.iterdir():
        path.unlink()
    assert complete_options([], folder) == [f"--ServerApp.root_dir={folder}"]
    name = "x" * 300  # longer than a file's name can be
    assert complete_options([name], folder)[0] == name


class Lab:
    """A copy of the course without its packages, and a student's home full of traps."""

    def __init__(self, folder):
        self.course, self.home = folder / "course", folder / "home"
        for part in ("commands", "notebooks"):
            shutil.copytree(ROOT / part, self.course / part)
        self.mine = self.course / "my_notebooks"
        kernel = Path(".local/share/jupyter/kernels/python3/kernel.json")
        for spec in (self.home / kernel, folder / "path/kernels/python3/kernel.json"):
            spec.parent.mkdir(parents=True)
            spec.write_text(json.dumps(BROKEN_PYTHON))
        (self.home / ".jupyter/custom").mkdir(parents=True)
        (self.home / ".jupyter/custom/custom.css").write_text("/* mine */")
        (self.home / ".jupyter/jupyter_server_config.py").write_text(MINE)
        foreign = ("JUPYTER_", "IPYTHON", "COURSE_", "XDG_", "PYTHON")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        self.env |= {"HOME": str(self.home), "JUPYTER_PATH": str(folder / "path")}
        self.env |= {"BROWSER": f"{folder / 'browser'} %s"}
        self.asked = folder / "asked"
        (folder / "browser").write_text(f'#!/bin/sh\necho "$@" >> "{self.asked}"\n')
        (folder / "browser").chmod(0o755)
        self.log = folder / "log"

    @contextlib.contextmanager
    def running(self, *options):
        """Start JupyterLab and yield its address once it listens there.

        It prints the address a moment before.
        """
        command = [sys.executable, "-m", "commands.lab", f"--port={free_port()}", *options]
        with self.log.open("w") as log:
            process = subprocess.Popen(
                command,
                cwd=self.course,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with stopping(process):
            wait_for(lambda: process.poll() is not None or self.listens())
            assert process.poll() is None, self.output()
            yield self.address()
            process.send_signal(signal.SIGTERM)
            process.wait(60)

    def output(self):
        return self.log.read_text()

    def listens(self):
        found = self.address()
        with socket.socket() as probe:
            return found and not probe.connect_ex(("127.0.0.1", int(found[0].rpartition(":")[2])))

    def address(self):
        found = re.search(r"(http://127.0.0.1:\d+)(/\S*)\?token=(\w+)\n", self.output())
        return found and found.groups()


def call_api(address, what, **data):
    """Call the server's API."""
    body = json.dumps(data).encode() if data else None
    return json.load(ask(address, f"api/{what}", body))


def ask(address, path, body=None):
    """Return the server's answer to a request."""
    headers = {"Authorization": f"token {address[2]}"}
    request = urllib.request.Request(f"{address[0]}/{path}", body, headers)
    return urllib.request.urlopen(request, timeout=60)


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def run(lab, kernel, code):
    """Run code in a kernel of the server; return what it printed."""
    (connection,) = lab.home.rglob(f"kernel-{kernel}.json")
    wait_for(lambda: listens(json.loads(connection.read_text())["hb_port"]))
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    texts = []
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(
            code, timeout=60, output_hook=lambda m: texts.append(m["content"].get("text", str(m)))
        )
    finally:
        client.stop_channels()
    return [text for text in texts if "execution_state" not in text and "execute_input" not in text]


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)


def test_the_environments_kernel_runs_whatever_is_beside_the_lesson_and_at_home(lab):
    lab.mine.mkdir()
    for name in SHADOWS:
        for place in (lab.mine, lab.home):
            (place / f"{name}.py").write_text("raise SystemExit('mine')")
    (lab.mine / "my_helper.py").write_text("answer = 42")
    with lab.running("--no-browser", "--allow-root") as address:
        specs = call_api(address, "kernelspecs")
        assert specs["default"] == "python3"
        assert sys.executable in specs["kernelspecs"]["python3"]["spec"]["argv"]
        session = {"path": FIRST, "name": "", "type": "notebook"}
        kernel = call_api(address, "sessions", **session, kernel={"name": "python3"})["kernel"][
            "id"
        ]
        code = "import sys, os, my_helper\nprint([sys.executable, os.getcwd(), my_helper.answer])"
        assert run(lab, kernel, code) == [f"{[sys.executable, str(lab.mine), 42]}\n"]
        path = json.loads(run(lab, kernel, "import json; print(json.dumps(sys.path))")[0])
        assert path.index("") > path.index(os.path.dirname(os.__file__))
        check_look(lab, address)


def check_look(lab, address):
    """Check that the server serves the course's settings and look, and what else is the user's."""
    folder = lab.course / "commands/jupyter"
    style = ask(address, "custom/custom.css")
    assert style.read() == (folder / "custom/custom.css").read_bytes()
    assert style.headers["X-Mine"] == "kept"
    assert b'href="/custom/custom.css"' in ask(address, "lab").read()
    expected = json.loads((folder / "labconfig/default_setting_overrides.json").read_text())
    settings = json.load(ask(address, "lab/api/settings"))["settings"]
    known = {setting["id"]: setting["schema"].get("properties") for setting in settings}
    for name, values in expected.items():
        assert {key: known[name][key]["default"] for key in values} == values
    mine = lab.home / ".jupyter"
    assert (mine / "jupyter_server_config.py").read_text() == MINE
    assert (mine / "custom/custom.css").read_text() == "/* mine */"


def test_a_broken_lesson_and_a_link_in_place_of_another_stop_nothing(lab, tmp_path):
    (lab.course / "notebooks" / BROKEN).write_text("<<<<<<< HEAD\n")
    lab.mine.mkdir()
    (lab.mine / FIRST).symlink_to(tmp_path / "elsewhere.ipynb")
    with lab.running("--allow-root") as (_, page, token):
        assert page == f"/lab/tree/{SECOND}"
        wait_for(lab.asked.exists)
        wait_for(lab.asked.read_text)
        words = lab.asked.read_text().strip()
        assert words.partition("?")[0].endswith(page)
        assert words.startswith("http://")
        assert words.endswith(token)
    output = lab.output()
    assert f"git restore -SW notebooks/{BROKEN}\n" in output
    assert f"{lab.mine / FIRST} is a link or a folder" in output
    nbformat.read(lab.mine / LAST, as_version=4)


@pytest.mark.slow
def test_the_address_of_the_first_lesson_is_printed(lab):
    with lab.running("--no-browser", "--allow-root") as (_, page, _):
        assert page == f"/lab/tree/{FIRST}"
    assert not lab.asked.exists()


def test_nothing_opens_without_a_folder_for_the_lessons(lab):
    lab.mine.write_text("mine")
    ran = subprocess.run(
        [sys.executable, "-m", "commands.lab"],
        cwd=lab.course,
        env=lab.env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    words = f"Not handed out: {lab.mine} is not a folder: rename it and run this again\n"
    assert (ran.stdout, ran.stderr) == ("", words)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="root alone is refused")
def test_root_gets_the_options_to_add_and_jupyterlabs_exit_code(lab):
    ran = subprocess.run(
        [sys.executable, "-m", "commands.lab", "--no-browser"],
        cwd=lab.course,
        env=lab.env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "python course.py lab --allow-root --ip=0.0.0.0\n" in ran.stderr
