"""Show a lesson's slides with a kernel: `python course.py present 04` opens them in JupyterLab.

They are the slides of `course.py slides`, as a notebook, slides/NN_name.ipynb, which is made again
each time; what was typed into the last one is kept in slides/shown/. The extension jupyterlab-deck
shows it: Shift+Enter runs a cell and goes on, Shift+Tab reaches the cell's slider, and J leaves it.
"""

import argparse
import json
import os
import runpy
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from commands import deck, lessons, slides
from commands.deck import Slide
from commands.hand_out import move
from commands.jupyter import use_settings
from commands.lab import complete_options
from commands.minutes import split

SETTINGS = {
    "@deathbeds/jupyterlab-deck/plugin": {"active": True},
    # A slide's picture is drawn even while it is scrolled out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
# An empty text after a cell that shows something: JupyterLab leaves a cell as it runs it, and the
# next slide would hide what was printed.
STAY = "<!-- Shift+Enter goes to the next slide. -->"


def live(lesson: NotebookNode, shown: list[Slide]) -> NotebookNode:
    """Return the slides of a lesson as a notebook, in which each picture's cell is still to be run.

    The code of the lesson since the last slide is run with it; what that code shows is not shown.
    """
    waiting = [c for c in split(lesson)[0] if c.cell_type == "code" and not deck.is_exercise(c)]
    cells: list[NotebookNode] = []
    for k, slide in enumerate(shown):
        above = [(slide.title or slide.heading).replace("###", "##"), *slide.above]
        below = slide.below
        later = any(one.cell is slide.cell for one in shown[k + 1 :])
        if slide.source and later:  # the slide of its picture runs it
            above.append(f"```python\n{slide.source}\n```")
        cells.append(of_type("slide", new_markdown_cell("\n\n".join(above))))
        if slide.cell is not None and slide.cell in waiting and not (slide.source and later):
            end = waiting.index(slide.cell)
            cells += to_run(waiting[:end], waiting[end], hidden=not slide.source)
            del waiting[: end + 1]
            below = below or [STAY] * bool(slide.cell.outputs)
        if below:
            cells.append(of_type("fragment", new_markdown_cell("\n\n".join(below))))
    about = "Made by `python course.py present` from the lesson, again each time."
    return new_notebook(cells=cells, metadata={**lesson.metadata, "about": about})


def to_run(before: list[NotebookNode], cell: NotebookNode, hidden: bool) -> list[NotebookNode]:
    """Return a slide's cell, with the code before it in the same cell if that shows nothing."""
    above = "\n\n\n".join(one.source for one in before)
    shows = any(one.outputs for one in before)
    whole = "\n\n\n".join([above, cell.source] if above and not shows else [cell.source])
    cells = [new_code_cell(f"%%capture\n{above}")] if shows else []
    cells.append(new_code_cell(whole))
    for one in cells if hidden else cells[:-1]:
        one.metadata["jupyter"] = {"source_hidden": True}
    return cells


def of_type(kind: str, cell: NotebookNode) -> NotebookNode:
    """Return a cell that begins a slide, or is shown at a further key."""
    cell.metadata["slideshow"] = {"slide_type": kind}
    return cell


def write(lesson: Path, folder: Path) -> Path:
    """Write a lesson's slides as a notebook into a folder; keep what was typed into the last."""
    content = live(nbformat.read(lesson, as_version=4), slides.read_lesson(lesson))
    for number, cell in enumerate(content.cells):
        cell.id = f"slide-{number}"  # the same each time
    new = nbformat.writes(content) + "\n"
    path = folder / lesson.name
    folder.mkdir(exist_ok=True)
    if path.exists() and path.read_text("utf-8") != new:
        print(f"The deck that was shown last is now slides/{move(path, folder / 'shown')}.")
    path.write_text(new, "utf-8")
    return path


def use_deck() -> None:
    """Let JupyterLab begin as a deck, with settings of its own: the user's stay as they are."""
    folder = Path(tempfile.mkdtemp(prefix="present-"))
    for name, values in SETTINGS.items():
        settings = folder / "settings" / f"{name}.jupyterlab-settings"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(values))
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")


def main(arguments: list[str], root: Path = lessons.ROOT) -> list[str]:
    """Write the deck of the lesson named first; return JupyterLab's options."""
    parser = argparse.ArgumentParser(prog="course.py present", description=__doc__.split("\n")[0])
    parser.add_argument(
        "lesson", help="its number or a part of its name; JupyterLab's options may follow"
    )
    options, rest = parser.parse_known_args(arguments)
    notebooks = lessons.files(root / "notebooks", ".ipynb")
    path = write(lessons.chosen(notebooks, [options.lesson], parser)[0], root / "slides")
    return complete_options([str(path), *rest], path.parent)


def run() -> None:
    """Become JupyterLab, with the options of this process."""
    use_settings()
    use_deck()
    runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.argv[1:] = main(sys.argv[1:])
    run()
