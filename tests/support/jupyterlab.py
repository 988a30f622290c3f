"""The real JupyterLab, as `course.py lab` starts it, in a real browser, for browser tests."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import urllib.request

import pytest

from commands.kernels import settings
from tests.support.lessons import ROOT
from tests.support.processes import free_port, wait_for

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Chromium as root in a container, without calls to its maker's servers.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTINGS = {
    # Set-up copies these into .venv; an environment of one's own lacks them.
    **json.loads((ROOT / "commands/overrides.json").read_text("utf-8")),
    # Every cell is in the page, also those out of sight, so that all can be counted.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PROMPTS = f"{PANEL} .jp-CodeCell .jp-InputPrompt:not(.jp-Placeholder-prompt)"  # of shown code
UNSAVED = ".lm-DockPanel .lm-TabBar-tab.lm-mod-current.jp-mod-dirty"  # the tab of such a file
FOLDED = f"{PANEL} .jp-collapseHeadingButton.jp-mod-collapsed"
HIDDEN = f"{PANEL} .jp-Cell.lm-mod-hidden"
FIGURES = f"{PANEL} .jp-OutputArea img"
ERRORS = f'{PANEL} [data-mime-type="application/vnd.jupyter.stderr"]'
IDLE = "() => document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')"
ALL_RAN = """selector => {
    const prompts = [...document.querySelectorAll(selector)].map(e => e.textContent.trim());
    return prompts.length > 0 && prompts.every(p => /^\\[\\d+\\]:$/.test(p));
}"""
# A traceback ends the run; without this the wait would last to its time-out.
STOPPED = """([prompts, errors]) => document.querySelector(errors)
    && ![...document.querySelectorAll(prompts)].some(e => e.textContent.trim() === "[*]:")"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab by `course.py lab` on lessons handed out into a scratch folder.

    Yields (base URL, token, the folder).
    """
    scratch = tmp_path_factory.mktemp("lab")
    lessons = scratch / "my_notebooks"
    for plugin, content in SETTINGS.items():
        path = scratch / "settings" / f"{plugin.replace(':', '/')}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
    token, port = secrets.token_hex(16), free_port()
    # In an environment of one's own there is no .venv, and course.py would first make one.
    start = ["course.py", "lab"] if (ROOT / ".venv").exists() else ["-m", "commands.lab"]
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += [f"--IdentityProvider.token={token}", "--allow-root"]
    environment = {
        **os.environ,
        **settings(scratch),
        "COURSE_MY_NOTEBOOKS": str(lessons),
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
    }
    with (scratch / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *start, *options], cwd=ROOT, env=environment, stdout=log, stderr=log
        )

    def is_up():
        assert server.poll() is None, (scratch / "log").read_text()
        url = f"http://127.0.0.1:{port}/api/status?token={token}"
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(url, timeout=2).status == 200
        return False

    try:
        wait_for(is_up)
        yield f"http://127.0.0.1:{port}", token, lessons
    finally:
        server.terminate()
        try:
            server.wait(30)
        finally:
            server.kill()  # of no effect on one that has ended


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Start Chromium, or skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser found, looked for {', '.join(BROWSERS)}")
    home = str(tmp_path_factory.mktemp("browser"))
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
    with playwright.sync_playwright() as tools:
        chromium = tools.chromium.launch(executable_path=program, args=FLAGS, env=environment)
        yield chromium
        chromium.close()


@contextlib.contextmanager
def window(browser):
    """Open a window of a laptop's width; `page.errors` collects what the console reports."""
    page = browser.new_page(viewport={"width": 1150, "height": 1400})
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()


@pytest.fixture
def page(browser):
    """Open a window for one test."""
    with window(browser) as page:
        yield page


def open_lesson(page, lab, name):
    """Open a handed-out lesson with its kernel ready, and give it the window's width."""
    base, token, _ = lab
    page.goto(f"{base}/lab/tree/{name}?token={token}&reset")
    page.wait_for_selector(f"{PANEL} .jp-Cell")
    page.wait_for_function(IDLE, polling=250)
    page.keyboard.press("Control+b")


def choose(page, menu, *entries):
    """Choose an entry of a menu, or of the menu within it."""
    page.click(f'.lm-MenuBar-itemLabel:text-is("{menu}")')
    for entry in entries:
        page.click(f'.lm-Menu-itemLabel:text-is("{entry}")')


def run_all(page):
    """Run all cells from the menu and wait until each has its number."""
    choose(page, "Run", "Run All Cells")
    with contextlib.suppress(Exception):  # a time-out: the test says what it finds
        page.wait_for_function(
            f"selectors => ({ALL_RAN})(selectors[0]) || ({STOPPED})(selectors)",
            arg=[PROMPTS, ERRORS],
            polling=250,
            timeout=120_000,
        )


def unfold(page):
    """Unfold every section."""
    page.evaluate("folded => document.querySelectorAll(folded).forEach(b => b.click())", FOLDED)
    page.wait_for_function("hidden => !document.querySelector(hidden)", arg=HIDDEN)
