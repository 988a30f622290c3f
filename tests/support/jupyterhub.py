"""A JupyterHub as an instructor runs it, and students who work on it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import requests
import websocket

from tests.support.lessons import ROOT
from tests.support.processes import free_port, wait_for

PROXY = "configurable-http-proxy@5.2.0"
PAGE = (ROOT / "instructor" / "hub" / "README.md").read_text("utf-8")
OPEN, ONE, PULL = re.findall(r"https://HUB/(hub/user-redirect/[^`\s]+)", PAGE)  # what students get


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
def running_hub(scratch, **environment):
    """Start a JupyterHub on a copy of the course, with the configuration for instructors.

    Yields (its URL, the copy of the course). The students' homes are in scratch/home, and their
    servers get the environment.
    """
    course, url = scratch / "course", f"http://127.0.0.1:{free_port()}"
    for folder in ("commands", "course_utils", "docs", "instructor", "notebooks"):
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
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{free_port()}",
        "ConfigurableHTTPProxy.command": install(),
    }
    command = [sys.executable, "-m", "jupyterhub"]
    command += ["-f", course / "instructor" / "hub" / "jupyterhub_config.py"]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment["JUPYTER_CONFIG_PATH"] = settings
    command += [f"--Spawner.environment={name}={value}" for name, value in environment.items()]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(course)}
    with (scratch / "log").open("w") as log:
        hub = subprocess.Popen(command, cwd=scratch, env=env, stdout=log, stderr=log)

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


class Student:
    """A student's browser: their session with the hub and with their own server."""

    def __init__(self, hub_url, name):
        """Log in."""
        self.name, self.hub, self.url = name, hub_url, f"{hub_url}/user/{name}"
        self.session = requests.Session()
        # The proxy ends a connection that waits for 5 s, perhaps just when a request is on its way.
        self.session.headers["Connection"] = "close"
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
        return [text for kind, text in self.execute(lesson) if kind != "stdout"]

    def execute(self, lesson):
        """Run all cells of a lesson in its own kernel; return (stdout, stderr or error, text)s."""
        session = {"path": f"my_notebooks/{lesson}", "name": lesson, "type": "notebook"}
        kernel = self.ask("POST", "sessions", **session, kernel={"name": "python3"})["kernel"]["id"]
        url = f"{self.url}/api/kernels/{kernel}/channels"
        request = requests.Request("GET", url).prepare()
        cookies = requests.cookies.get_cookie_header(self.session.cookies, request)
        channel = websocket.create_connection(url.replace("http", "ws", 1), cookie=cookies)
        with contextlib.closing(channel):
            cells = [cell for cell in self.read(lesson)["cells"] if cell["cell_type"] == "code"]
            return [output for cell in cells for output in self._execute(channel, cell["source"])]

    def end_kernels(self):
        """Shut down all kernels of the student."""
        for session in self.ask("GET", "sessions"):
            self.ask("DELETE", f"sessions/{session['id']}")

    def _execute(self, channel, source):
        """Execute one cell and yield what it printed, and its error."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
        header |= {"session": self.name, "username": self.name, "date": ""}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        channel.send(json.dumps({**message, "content": {"code": source, "silent": False}}))
        while True:
            answer = json.loads(channel.recv())
            state = answer["content"].get("execution_state")
            assert state not in ("restarting", "dead"), f"the kernel of {self.name} has died"
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, content = answer["msg_type"], answer["content"]
            if kind == "error":
                yield kind, "\n".join(content["traceback"])
            elif kind == "stream":
                yield content["name"], content["text"]
            elif state == "idle":
                return


@dataclass
class Use:
    """What a student's server, or their kernels, use: megabytes, seconds of a processor, ids.

    The megabytes are the PSS: what a process has alone, and its part of what several share.
    """

    megabytes: float = 0
    seconds: float = 0
    processes: list[psutil.Process] = field(default_factory=list)


def used():
    """Return what each student uses now: {name: (server, kernels)}."""
    found = defaultdict(lambda: (Use(), Use()))
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # It has ended, or is not ours.
            user = process.environ().get("JUPYTERHUB_USER")
            if user:
                use = found[user][any("ipykernel" in word for word in process.cmdline())]
                times = process.cpu_times()
                use.megabytes += process.memory_full_info().pss / 1e6
                use.seconds += times.user + times.system
                use.processes.append(process)
    return dict(found)


def at_once(act, students):
    """Let all students do something at the same time, and return what they get."""
    with ThreadPoolExecutor(len(students)) as pool:
        return list(pool.map(act, students))
