"""A class of five on a JupyterHub: `python course.py test --hub` (a minute; needs npm)."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
import websocket
from nbformat.v4 import new_code_cell, new_notebook

from tests.support.lessons import ROOT
from tests.support.processes import free_port, wait_for

PROXY = "configurable-http-proxy@5.2.0"
PAGE = (ROOT / "instructor" / "hub" / "README.md").read_text("utf-8")
OPEN, PULL = re.findall(r"https://HUB/(hub/user-redirect/[^`\s]+)", PAGE)  # what students get
LESSON = "05_the_linear_layer.ipynb"
STUDENTS = 5


def install():
    """Install the hub's packages here and its proxy into test_output/; return the proxy's path."""
    if shutil.which("npm") is None:
        pytest.fail("There is no npm, and JupyterHub's proxy needs it: install Node.js 20 or newer")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = extras["optional-dependencies"]["hub"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", *pins],
        check=True,
    )
    folder = ROOT / "test_output" / "hub"
    options = ["--prefix", folder, "--silent", "--no-audit", "--no-fund", "--prefer-offline"]
    subprocess.run(["npm", "install", *options, PROXY], check=True)
    return folder / "node_modules" / ".bin" / "configurable-http-proxy"


@contextlib.contextmanager
def running_hub(scratch):
    """Start a JupyterHub on a copy of the course, with the configuration for instructors.

    Yields (its URL, the copy of the course). The students' homes are in scratch/home.
    """
    course, url = scratch / "course", f"http://127.0.0.1:{free_port()}"
    for folder in ("commands", "course_utils", "instructor", "notebooks"):
        shutil.copytree(ROOT / folder, course / folder)
    settings = scratch / "settings"
    settings.mkdir()
    # As root in a container, a server of Jupyter's starts only when told to.
    (settings / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    options = {
        "JupyterHub.bind_url": url,
        "JupyterHub.hub_bind_url": f"http://127.0.0.1:{free_port()}",
        "JupyterHub.authenticator_class": "dummy",  # whoever comes is let in
        "Authenticator.allow_all": True,
        "JupyterHub.spawner_class": "simple",  # no accounts of the system, no limits
        "SimpleLocalProcessSpawner.home_dir_template": scratch / "home" / "{username}",
        "Spawner.environment": f"JUPYTER_CONFIG_PATH={settings}",
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{free_port()}",
        "ConfigurableHTTPProxy.command": install(),
    }
    command = [sys.executable, "-m", "jupyterhub"]
    command += ["-f", course / "instructor" / "hub" / "jupyterhub_config.py"]
    command += [f"--{name}={value}" for name, value in options.items()]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(course)}
    with (scratch / "log").open("w") as log:
        hub = subprocess.Popen(command, cwd=scratch, env=environment, stdout=log, stderr=log)

    def is_up():
        assert hub.poll() is None, (scratch / "log").read_text()
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{url}/hub/health").ok
        return False

    try:
        wait_for(is_up)
        yield url, course
    finally:
        hub.terminate()  # stops the proxy and the students' servers, too
        hub.wait(180)


def site_packages(home):
    """Return where `pip install --user` puts packages."""
    return sysconfig.get_path("purelib", "posix_user", {"userbase": str(home / ".local")})


class Student:
    """A student's browser: their session with the hub and with their own server."""

    def __init__(self, hub_url, name):
        """Log in."""
        self.name, self.hub, self.url = name, hub_url, f"{hub_url}/user/{name}"
        self.session = requests.Session()
        login = f"{hub_url}/hub/login"
        self.session.get(login)
        form = {"username": name, "password": "any", "_xsrf": self._xsrf("/hub/")}
        self.session.post(login, data=form, allow_redirects=False).raise_for_status()

    def _xsrf(self, path):
        return next(c.value for c in self.session.cookies if (c.name, c.path) == ("_xsrf", path))

    def open(self, link=OPEN, limit=180):
        """Follow a link of the hub until the student's server answers; return the seconds."""
        start = time.monotonic()
        answer = self.session.get(f"{self.hub}/{link}")
        while not answer.url.startswith(f"{self.url}/"):  # The hub's page, which reloads itself.
            assert answer.ok, answer.text
            assert time.monotonic() < start + limit, f"{self.name}: no server within {limit} s"
            time.sleep(0.2)
            answer = self.session.get(answer.url)
        assert answer.ok, answer.text
        return time.monotonic() - start

    def ask(self, method, what, at="", **data):
        """Call the API of the student's server, or the hub's with at='/hub/'."""
        base, path = (f"{self.hub}/hub", at) if at else (self.url, f"/user/{self.name}/")
        headers = {"X-XSRFToken": self._xsrf(path)}
        answer = self.session.request(method, f"{base}/api/{what}", headers=headers, json=data)
        assert answer.ok, f"{method} {what}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def stop(self):
        """Stop the student's server, as the hub's control panel does."""
        self.ask("DELETE", f"users/{self.name}/server", at="/hub/")
        wait_for(lambda: not self.ask("GET", f"users/{self.name}", at="/hub/")["servers"])

    def lessons(self):
        """Return the names of the files that the student sees."""
        return {file["name"] for file in self.ask("GET", "contents/my_notebooks")["content"]}

    def read(self, lesson):
        """Return a lesson as the student has it."""
        return self.ask("GET", f"contents/my_notebooks/{lesson}")["content"]

    def save(self, lesson, notebook):
        """Save a lesson, as JupyterLab does."""
        data = {"type": "notebook", "content": notebook}
        self.ask("PUT", f"contents/my_notebooks/{lesson}", **data)

    def run(self, lesson):
        """Run all cells of a lesson in its own kernel, and return what went wrong."""
        session = {"path": f"my_notebooks/{lesson}", "name": lesson, "type": "notebook"}
        kernel = self.ask("POST", "sessions", **session, kernel={"name": "python3"})["kernel"]["id"]
        url = f"{self.url}/api/kernels/{kernel}/channels"
        request = requests.Request("GET", url).prepare()
        cookies = requests.cookies.get_cookie_header(self.session.cookies, request)
        channel = websocket.create_connection(url.replace("http", "ws", 1), cookie=cookies)
        with contextlib.closing(channel):
            cells = [cell for cell in self.read(lesson)["cells"] if cell["cell_type"] == "code"]
            return [wrong for cell in cells for wrong in self._execute(channel, cell["source"])]

    def _execute(self, channel, source):
        """Execute one cell and yield what it wrote to stderr, and its error."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
        header |= {"session": self.name, "username": self.name, "date": ""}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        channel.send(json.dumps({**message, "content": {"code": source, "silent": False}}))
        while True:
            answer = json.loads(channel.recv())
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, content = answer["msg_type"], answer["content"]
            if kind == "error":
                yield "\n".join(content["traceback"])
            elif kind == "stream" and content["name"] == "stderr":
                yield content["text"]
            elif kind == "status" and content["execution_state"] == "idle":
                return


def memory():
    """Return each student's memory in megabytes: {name: [server, kernels]}.

    It is the PSS: what a process has alone, and its part of what several share.
    """
    found = defaultdict(lambda: [0, 0])
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # It has ended, or is not ours.
            user = re.search(r"\0JUPYTERHUB_USER=([^\0]*)", (process / "environ").read_text())
            if user:
                size = re.search(r"\nPss: +(\d+) kB", (process / "smaps_rollup").read_text())
                is_kernel = "ipykernel" in (process / "cmdline").read_text()
                found[user[1]][is_kernel] += int(size[1]) * 1024 / 1e6
    return found


def at_once(act, students):
    """Let all students do something at the same time, and return what they get."""
    with ThreadPoolExecutor(len(students)) as pool:
        return list(pool.map(act, students))


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
    found = memory()
    with capsys.disabled():
        print()
        for student, second in zip(students, seconds, strict=True):
            server, kernel = found[student.name]
            print(
                f"{student.name}: server ready after {second:.1f} s, {server:.0f} MB;"
                f" kernel after lesson 05 {kernel:.0f} MB"
            )
    assert wrong == [[]] * STUDENTS


def test_a_kernel_has_one_thread_and_what_goes_wrong_in_it_is_seen(students):
    threads = "import sys, torch\nprint(torch.get_num_threads(), file=sys.stderr)"
    notebook = new_notebook(cells=[new_code_cell(threads), new_code_cell("1 / 0")])
    students[0].open()
    students[0].save("wrong.ipynb", notebook)
    warning, error = students[0].run("wrong.ipynb")
    assert warning == "1\n"
    assert "ZeroDivisionError" in error
    students[0].ask("DELETE", "contents/my_notebooks/wrong.ipynb")


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
    shutil.rmtree(site)  # A kernel does take it, as the student may want.
    assert student.run(LESSON) == []
    theirs = [path for path in (home / "my_notebooks").iterdir() if path.suffix != ".py"]
    assert {path.stat().st_mode & 0o077 for path in theirs if path.is_file()} == {0}


def test_an_update_leaves_an_edit_and_brings_the_rest(hub, students):
    editor, reader = students[:2]
    at_once(Student.open, [editor, reader])
    notebook = editor.read(LESSON)
    notebook["cells"][0]["source"] = "An answer."
    editor.save(LESSON, notebook)
    edited = editor.read(LESSON)

    published = hub[1] / "notebooks"
    for path in [published / LESSON, published / "06_dataset_and_dataloader.ipynb"]:
        lesson = json.loads(path.read_text("utf-8"))
        lesson["cells"][0]["source"] = f"The new {path.stem}."
        path.write_text(json.dumps(lesson), "utf-8")
    shutil.copy(published / "00_start_here.ipynb", published / "99_a_new_lesson.ipynb")
    for student in [editor, reader]:
        student.stop()
        student.open()

    assert editor.read(LESSON) == edited
    beside = editor.read("05_the_linear_layer_new_version.ipynb")
    assert beside["cells"][0]["source"] == "The new 05_the_linear_layer."
    assert not any(cell.get("outputs") for cell in beside["cells"])
    assert reader.read(LESSON) == beside
    for student in [editor, reader]:
        new = student.read("06_dataset_and_dataloader.ipynb")
        assert new["cells"][0]["source"] == "The new 06_dataset_and_dataloader."
        assert "99_a_new_lesson.ipynb" in student.lessons()
    assert editor.lessons() - reader.lessons() == {"05_the_linear_layer_new_version.ipynb"}


def test_link_of_nbgitpuller_brings_the_repository_and_opens_lesson_00(hub, students, tmp_path):
    repository = tmp_path / "COURSE"
    shutil.copytree(hub[1], repository)
    for command in ["init -q -b main", "add .", "commit -q -m course"]:
        identity = ["-c", "user.name=tests", "-c", "user.email=tests@localhost"]
        subprocess.run(["git", *identity, *command.split()], cwd=repository, check=True)
    link = PULL.replace("https%3A%2F%2Fgithub.com%2FYOU%2FCOURSE", quote(str(repository), safe=""))
    student = students[0]
    student.open(link)
    # What the page that is open now does, before it goes on to `urlpath`:
    asked = parse_qs(urlsplit(link).query)
    wanted = {name: asked[name][0] for name in ("repo", "branch")}
    pulled = student.session.get(f"{student.url}/git-pull/api", params=wanted).text
    assert '"phase": "finished"' in pulled, pulled
    opened = asked["urlpath"][0].removeprefix("lab/tree/")
    assert student.ask("GET", f"contents/{opened}")["name"] == "00_start_here.ipynb"
