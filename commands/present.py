"""Show a lesson's slides with a kernel: `python course.py present 04` opens them in JupyterLab.

They are the slides of `course.py slides`, as a notebook, slides/NN_name.ipynb, which is made again
each time; what was typed into the last one is kept in slides/shown/. The extension jupyterlab-deck
shows it: Shift+Enter runs a cell and goes on, the arrow keys go forward and back.
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

DECK = "@deathbeds/jupyterlab-deck/plugin.jupyterlab-settings"


def live(lesson: NotebookNode, shown: list[Slide]) -> NotebookNode:
    """Return the slides of a lesson as a notebook, in which each picture's cell is still to be run.

    A cell that is run has all the code of the lesson since the last one: one key is enough.
    """
    waiting = [c for c in split(lesson)[0] if c.cell_type == "code" and not deck.is_exercise(c)]
    cells: list[NotebookNode] = []
    for k, slide in enumerate(shown):
        above = [slide.heading.replace("###", "##"), *slide.above]
        later = any(one.cell is slide.cell for one in shown[k + 1 :])
        if slide.source and later:  # the slide of its picture runs it
            above.append(f"```python\n{slide.source}\n```")
        cells.append(of_type("slide", new_markdown_cell("\n\n".join(above))))
        if slide.cell is not None and slide.cell in waiting and not (slide.source and later):
            end = waiting.index(slide.cell) + 1
            code = new_code_cell("\n\n\n".join(cell.source for cell in waiting[:end]))
            if not slide.source:
                code.metadata["jupyter"] = {"source_hidden": True}
            cells.append(code)
            del waiting[:end]
        if slide.below:
            cells.append(of_type("fragment", new_markdown_cell("\n\n".join(slide.below))))
        if slide.notes:
            cells.append(of_type("notes", new_markdown_cell("\n\n".join(slide.notes))))
    about = "Made by `python course.py present` from the lesson, again each time."
    return new_notebook(cells=cells, metadata={**lesson.metadata, "about": about})


def of_type(kind: str, cell: NotebookNode) -> NotebookNode:
    """Return a cell that begins a slide, waits for a key, or is only for the speaker."""
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
    settings = folder / "settings" / DECK
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"active": True}))
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
