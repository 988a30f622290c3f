"""The real JupyterLab, as `course.py lab` starts it, in real browsers, for browser tests.

JupyterLab and each browser are started once for all tests of a process. `opened` opens a lesson and
runs it; a test can then resize its window with `page.set_viewport_size` and call `set_theme`.
"""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands.kernels import settings
from tests.support.lessons import ROOT, path_of, read_notebook
from tests.support.processes import free_port, wait_for

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
FIREFOX = ("firefox-esr", "firefox")
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
    # Every cell is in the page, also those out of sight, so that all can be counted.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
# What `course.py present` adds to JupyterLab, which a student does not have.
FONTS = ("anonymous-pro", "atkinson-hyperlegible", "dejavu-sans-mono", "fira-code")
PRESENT = ("deck", "fonts", *(f"font-{name}" for name in FONTS))
USUAL = (1150, 1400)  # the width of a laptop
SIZES = {"small": (1024, 640), "medium": (1280, 800), "large": (1920, 1080)}
THEMES = ("light", "dark")
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PANE = f"{PANEL} .jp-WindowedPanel-outer"  # scrolls
WRITTEN = f"{PANEL} .jp-RenderedMarkdown, {PANEL} .jp-OutputArea-output"  # by the course
CODE = f"{PANEL} .cm-content"
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
RUN_ALL = "() => { jupyterapp.commands.execute('notebook:run-all-cells'); }"
UNFOLD = "folded => document.querySelectorAll(folded).forEach(button => button.click())"
# The right and the lower edge of the notebook are near the window's.
LAID_OUT = """([pane, width, height]) => {
    const {right, bottom} = document.querySelector(pane).getBoundingClientRect();
    return Math.abs(width - right) < 60 && Math.abs(height - bottom) < 60;
}"""
# A traceback ends the run; without this the wait would last to its time-out.
STOPPED = """([prompts, errors]) => document.querySelector(errors)
    && ![...document.querySelectorAll(prompts)].some(e => e.textContent.trim() === "[*]:")"""


@pytest.fixture(scope="session")
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
    disabled = {f"@deathbeds/jupyterlab-{name}": True for name in PRESENT}
    config = Path(settings(scratch)["JUPYTER_CONFIG_DIR"]) / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": disabled}))
    token, port = secrets.token_hex(16), free_port()
    # In an environment of one's own there is no .venv, and course.py would first make one.
    start = ["course.py", "lab"] if (ROOT / ".venv").exists() else ["-m", "commands.lab"]
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += [f"--IdentityProvider.token={token}", "--allow-root"]
    options += ["--LabApp.expose_app_in_browser=True"]  # so that tests can call its commands
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
    running = (f"http://127.0.0.1:{port}", token, lessons)

    def is_up():
        assert server.poll() is None, (scratch / "log").read_text()
        with contextlib.suppress(OSError):
            return ask(running, "GET", "status")
        return False

    try:
        wait_for(is_up)
        yield running
    finally:
        server.terminate()
        try:
            server.wait(30)
        finally:
            server.kill()  # of no effect on one that has ended


def ask(lab, method, path):
    """Send a request to JupyterLab's REST API and return the answer, if it has one."""
    base, token, _ = lab
    request = urllib.request.Request(f"{base}/api/{path}?token={token}", method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or "null")


def find_program(names):
    """Return the path of the first program that is installed, or skip the test."""
    program = next(filter(None, map(shutil.which, names)), None)
    return program or pytest.skip(f"no browser found, looked for {', '.join(names)}")


@pytest.fixture(scope="session")
def playwright():
    """Start Playwright, or skip where it is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as tools:
        yield tools


@contextlib.contextmanager
def launched(browser_type, home, **options):
    """Start a browser with a home of its own."""
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    browser = browser_type.launch(env=environment, **options)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory, playwright):
    """Start Chromium, or skip where there is none."""
    program, home = find_program(CHROMIUM), tmp_path_factory.mktemp("chromium")
    with launched(playwright.chromium, home, executable_path=program, args=FLAGS) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def firefox(tmp_path_factory, playwright):
    """Start an installed Firefox over WebDriver BiDi, or skip where there is none."""
    program, home = find_program(FIREFOX), tmp_path_factory.mktemp("firefox")
    with launched(
        playwright.firefox, home, executable_path=program, channel="moz-firefox"
    ) as firefox:
        yield firefox


@contextlib.contextmanager
def window(browser):
    """Open a window of a laptop's width; `page.errors` collects what the console reports."""
    page = browser.new_page(viewport=_viewport(USUAL))
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    try:
        yield page
    finally:
        page.close()


@pytest.fixture
def page(browser):
    """Open a window for one test."""
    with window(browser) as page:
        yield page


@contextlib.contextmanager
def opened(browser, lab, number):
    """Open a lesson, run and unfold all of it; yield its page, the cells there and as stored.

    Afterwards its kernel is shut down, and the handed-out copy is as before.
    """
    copy = lab[2] / path_of(number, "notebooks", ".ipynb").name
    handed_out = copy.read_bytes()
    try:
        with window(browser) as page:
            open_lesson(page, lab, copy.name)
            figures_at_first = page.locator(FIGURES).count()
            folded_at_first = page.locator(FOLDED).count()
            unsaved_at_first = page.locator(UNSAVED).count()
            run_all(page)
            unfold(page)
            yield SimpleNamespace(
                number=number,
                page=page,
                cells=page.locator(f"{PANEL} .jp-Cell"),
                stored=read_notebook(number).cells,
                figures_at_first=figures_at_first,
                folded_at_first=folded_at_first,
                unsaved_at_first=unsaved_at_first,
            )
    finally:
        shut_down_kernels(lab)
        copy.write_bytes(handed_out)


def shut_down_kernels(lab):
    """Shut down the kernels of all notebooks."""
    for session in ask(lab, "GET", "sessions"):
        ask(lab, "DELETE", f"sessions/{session['id']}")


def lesson_url(lab, name):
    """Return the address of a handed-out lesson, opened alone."""
    base, token, _ = lab
    return f"{base}/lab/tree/{name}?token={token}&reset"


def open_lesson(page, lab, name):
    """Open a handed-out lesson with its kernel ready, and give it the window's width."""
    page.goto(lesson_url(lab, name))
    page.wait_for_selector(f"{PANEL} .jp-Cell")
    page.wait_for_function(IDLE, polling=250)
    toggle_files(page)


def toggle_files(page):
    """Show or hide the list of files, as Ctrl+B does, and wait until the notebook has moved."""
    left = page.locator(PANE).bounding_box()["x"]
    page.keyboard.press("Control+b")
    page.wait_for_function(
        "([pane, left]) => document.querySelector(pane).getBoundingClientRect().left !== left",
        arg=[PANE, left],
    )


def resize(page, size):
    """Give the window another size, and wait until JupyterLab has laid out the lesson for it."""
    page.set_viewport_size(_viewport(size))
    page.wait_for_function(LAID_OUT, arg=[PANE, *size])


def _viewport(size):
    return dict(zip(("width", "height"), size, strict=True))


def set_theme(page, theme):
    """Choose JupyterLab's light or dark theme, as the menu Settings does."""
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {theme.title()}",
    )
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str(theme == "light").lower()
    )


def run_all(page):
    """Run all cells and wait until each has its number."""
    page.evaluate(RUN_ALL)
    with contextlib.suppress(Exception):  # a time-out: the test says what it finds
        page.wait_for_function(
            f"selectors => ({ALL_RAN})(selectors[0]) || ({STOPPED})(selectors)",
            arg=[PROMPTS, ERRORS],
            polling=250,
            timeout=120_000,
        )


def unfold(page):
    """Unfold every section."""
    page.evaluate(UNFOLD, FOLDED)
    page.wait_for_function("hidden => !document.querySelector(hidden)", arg=HIDDEN)
