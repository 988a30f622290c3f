"""A lesson taught from its slides in the real JupyterLab, by keys alone, from start to end."""

import os
import shutil
import subprocess
import sys
import urllib.request
from types import SimpleNamespace

import nbformat
import pytest

from commands.kernels import settings
from tests.support.jupyterlab import IDLE, window
from tests.support.lessons import NUMBERS, ROOT, path_of, read_notebook, subject
from tests.support.processes import free_port, wait_for

TAUGHT = [number for number in NUMBERS if subject(number) in ("raw_tensors", "polynomials")]
START = """
import sys
from pathlib import Path
from commands import present
root, *options = sys.argv[1:]
sys.argv[1:] = present.main(options, Path(root))
present.run()
"""
SHOWN = ".jp-Deck .jp-Cell.jp-deck-mod-visible"
ACTIVE = ".jp-Deck .jp-Cell.jp-mod-active"
# The number of the active cell, -1 while it does not have the keys.
AT = f"""() => [...document.querySelectorAll(".jp-Deck .jp-Cell")].findIndex(cell =>
    cell === document.querySelector("{ACTIVE}") && cell.contains(document.activeElement))"""
HAS_PRINTED = """n => document.querySelectorAll(".jp-Deck .jp-Cell")[n]
    .querySelector(".jp-OutputArea-output")"""


@pytest.fixture
def deck(request, tmp_path):
    """Start `course.py present` on a copy of one lesson; yield its address and its notebook."""
    pytest.importorskip("jupyterlab_deck", reason="jupyterlab-deck is not installed")
    lesson = path_of(request.param, "notebooks", ".ipynb")
    for folder, name in (("notebooks", lesson.name), ("instructor", f"{lesson.stem}.md")):
        (tmp_path / folder).mkdir()
        shutil.copy(ROOT / folder / name, tmp_path / folder)
    port = free_port()
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", "--allow-root"]
    command = [sys.executable, "-c", START, str(tmp_path), lesson.stem, *options]
    environment = {**os.environ, **settings(tmp_path)}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"

    def is_up():
        assert server.poll() is None, (tmp_path / "log").read_text()
        try:
            return urllib.request.urlopen(f"{address}/api/status", timeout=5)
        except OSError:
            return False

    try:
        wait_for(is_up)
        yield SimpleNamespace(address=address, notebook=tmp_path / "slides" / lesson.name)
    finally:
        server.terminate()
        try:
            server.wait(30)
        finally:
            server.kill()


HAS_PICTURE = """n => [...document.querySelectorAll(".jp-Deck .jp-Cell")[n].querySelectorAll("img")]
    .some(image => image.complete && image.getBoundingClientRect().height > 100)"""
PICTURE = """n => document.querySelectorAll(".jp-Deck .jp-Cell")[n].querySelector("img").src"""


@pytest.mark.slow
@pytest.mark.parametrize("deck", TAUGHT, indirect=True)
def test_a_lesson_is_taught_by_keys_alone(browser, deck):
    cells = nbformat.read(deck.notebook, as_version=4).cells
    lesson = read_notebook(deck.notebook.stem[:2]).cells
    with window(browser) as page:
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(deck.address)
        page.wait_for_function(f"({AT})() === 0")
        page.wait_for_function(IDLE, polling=250)  # before, a cell would not be run
        for number, cell in enumerate(cells):
            page.wait_for_function(f"n => ({AT})() === n", arg=number)
            page.keyboard.press("Shift+Enter")
            if cell.cell_type == "code" and not cell.source.startswith("%%capture"):
                made = next(one for one in lesson if cell.source.endswith(one.source))
                has_picture = "image/png" in str(made.outputs)
                page.wait_for_function(HAS_PICTURE if has_picture else HAS_PRINTED, arg=number)
            if "sliders.move" in cell.source:
                move_slider(page, number)
        assert page.errors == []
        assert page.locator(".jp-Deck [data-mime-type*=stderr]").count() == 0


def move_slider(page, number):
    """Move the slider of the cell that was run, and go on without running the cell again."""
    page.wait_for_selector(f"{SHOWN} .noUi-handle")
    page.wait_for_function(f"n => ({AT})() === n", arg=number + 1)
    still = page.evaluate(PICTURE, number)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"([n, still]) => ({PICTURE})(n) !== still", arg=[number, still])
    page.keyboard.press("j")
