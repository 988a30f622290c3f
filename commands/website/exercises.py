"""Exercises on the web: the task, where to do it, hints one at a time, and the solution.

The hints are those of the page for the instructor. A check does nothing on the web, so its cell is
left out.
"""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

from commands import addresses, mentions

HEADING = re.compile(r"^### ((?:Deeper: )?(Exercise \d.*))$", re.M)
ROW = re.compile(r"^\| (Exercise \d[^|]*?) \|.*\| ([^|]*) \|$", re.M)
HINT = re.compile(r"(?<!\S)'(.+?)'(?!\S)")  # the rest of the cell is for the teacher
END = "</details>"  # of a solution


def read_hints(page: str) -> dict[str, list[str]]:
    """Return the hints on a page for the instructor, by the heading of their exercise."""
    return {exercise: HINT.findall(cell) for exercise, cell in ROW.findall(page)}


def ways_to_do(heading: str, cell: str, stem: str, repository: str) -> str:
    """Return the line that says where an exercise can be done, in Markdown.

    `heading` is the whole heading, `cell` the id of the code cell, `stem` the lesson's file name.
    """
    links = addresses.opening(stem, repository)
    # JupyterLab scrolls to the heading unless the lesson is still on its way.
    anchors = {
        "Binder": quote(f"#{mentions.heading_id(heading)}", safe=""),
        "Colab": f"#scrollTo={cell}",
    }
    ways = [f"[in {name}](<{links[name]}{anchors[name]}>)" for name in anchors if name in links]
    ways.append("[on your own machine](../README.md#run-it-yourself)")
    either = " or ".join(filter(None, [", ".join(ways[:-1]), ways[-1]]))
    return f"Do this exercise {either}: a check answers you there."


def fold(title: str, text: str, kind: str) -> str:
    """Return a fold, in Markdown."""
    return f'<details class="{kind}"><summary>{title}</summary>\n\n{text}\n\n</details>'


def mark(notebook: NotebookNode, hints: dict[str, list[str]], stem: str, repository: str) -> None:
    """Make each exercise of a notebook a block of its own, with its hints in place of its check."""
    cells = notebook.cells
    places = [k for k, cell in enumerate(cells) if "exercise" in cell.metadata.get("tags", [])]
    for place in places:
        task = next(cell for cell in reversed(cells[:place]) if HEADING.search(cell.source))
        check, solution = cells[place + 1 : place + 3]
        *_, found = HEADING.finditer(task.source)
        heading, name = found.groups()
        before, after = task.source[: found.end()], task.source[found.end() :]
        task.source = f'{before}\n\n<div class="exercise">\n\n{after}'
        lines = [ways_to_do(heading, cells[place].id, stem, repository)]
        for number, hint in enumerate(hints.get(name, []), 1):
            lines.append(fold(f"Hint {number}", hint, "hint"))
        tags = check.metadata.get("tags", [])
        cells[place + 1] = nbformat.v4.new_markdown_cell(
            "\n\n".join(lines), metadata={"tags": tags}
        )
        solution.source = solution.source.replace(END, f"{END}\n\n</div>", 1)


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Mark the exercises of a lesson before it is read."""
    if docname.startswith("notebooks/"):
        notebook = nbformat.reads(source[0], as_version=4)
        stem = PurePosixPath(docname).name
        page = Path(app.srcdir, "instructor", f"{stem}.md")
        hints = read_hints(page.read_text("utf-8")) if page.exists() else {}
        mark(notebook, hints, stem, app.config.repository)
        source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx; the configuration `repository` is that of pages.py."""
    app.connect("source-read", on_source_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
