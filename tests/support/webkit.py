"""WebKit, the engine of Safari: WebKitGTK's own small browser, driven over WebDriver."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.support.processes import free_port, wait_for

DRIVER, SCREEN = "WebKitWebDriver", "Xvfb"
BROWSERS = "/usr/lib/*/webkit2gtk-4*/MiniBrowser"


class WebKit:
    """A window of the browser."""

    def __init__(self, session):
        """Remember the session's address."""
        self.session = session

    def goto(self, url):
        """Open a page."""
        self._post("url", url=url)

    def evaluate(self, function, argument=None):
        """Call a JavaScript function in the page, and return its result."""
        script = f"return ({function})(arguments[0]);"
        return self._post("execute/sync", script=script, args=[argument])

    def wait_for(self, function, argument=None, seconds=60):
        """Wait until a JavaScript function returns something true."""
        wait_for(lambda: self.evaluate(function, argument), seconds)

    def _post(self, command, **body):
        answer = requests.post(f"{self.session}/{command}", json=body, timeout=60).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer


@contextlib.contextmanager
def started(home):
    """Start WebKit on a screen of its own, or skip where it is not installed."""
    missing = [name for name in (DRIVER, SCREEN) if not shutil.which(name)]
    found = sorted(Path("/").glob(BROWSERS[1:]))
    if missing or not found:
        lacking = ", ".join(missing) or BROWSERS
        pytest.skip(f"no {lacking}: install Debian's webkit2gtk-driver and xvfb")
    with contextlib.ExitStack() as running:
        screen = _start(running, SCREEN, "-displayfd", "1", "-screen", "0", "1280x1024x24")
        display = screen.stdout.readline().decode().strip()
        port = free_port()
        homes = {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
        _start(running, DRIVER, f"--port={port}", DISPLAY=f":{display}", **homes)
        driver = f"http://127.0.0.1:{port}"

        def is_up():
            with contextlib.suppress(requests.ConnectionError):
                return requests.get(f"{driver}/status", timeout=5).ok

        wait_for(is_up)
        options = {"binary": str(found[-1]), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        answer = requests.post(f"{driver}/session", json={"capabilities": wanted}, timeout=60)
        session = f"{driver}/session/{answer.json()['value']['sessionId']}"
        yield WebKit(session)
        requests.delete(session, timeout=60)


def _start(running, *command, **environment):
    """Start a program that ends when `running` is closed."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    running.callback(process.wait, 30)
    running.callback(process.terminate)
    return process
