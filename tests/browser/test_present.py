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
from tests.support.jupyterlab import window
from tests.support.lessons import NUMBERS, ROOT, path_of, subject
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
ACTIVE = ".jp-Deck .jp-Cell.jp-mod-active"
SHOWN = ".jp-Deck .jp-Cell.jp-deck-mod-onscreen.jp-deck-mod-visible"
# The number of the active cell, -1 before the deck has begun.
AT = f"""() => [...document.querySelectorAll(".jp-Deck .jp-Cell")]
    .indexOf(document.querySelector("{ACTIVE}"))"""
HAS_RUN = """n => /\\[\\d+\\]/.test(
    document.querySelectorAll(".jp-Deck .jp-Cell")[n].querySelector(".jp-InputPrompt").textContent
)"""


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


@pytest.mark.slow
@pytest.mark.parametrize("deck", TAUGHT, indirect=True)
def test_a_lesson_is_taught_by_keys_alone(browser, deck):
    cells = nbformat.read(deck.notebook, as_version=4).cells
    with window(browser) as page:
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(deck.address)
        page.wait_for_selector(ACTIVE)
        page.wait_for_function(AT)
        seen = []
        while (number := page.evaluate(AT)) not in seen:
            seen.append(number)
            if cells[number].cell_type == "code":
                page.keyboard.press("Shift+Enter")
                page.wait_for_function(HAS_RUN, arg=number)
            page.keyboard.press("Shift+Enter")
        assert page.errors == []
    notes = {"slide_type": "notes"}
    assert seen == [n for n, c in enumerate(cells) if c.metadata.get("slideshow") != notes]
