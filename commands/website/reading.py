"""What a lesson's page says in place of what only a kernel needs."""

from pathlib import PurePosixPath

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

from commands import lessons

TO_READ = (
    "You are reading this on the web: nothing needs to be run, and every result is here. To run it "
    "and try the exercises, [get the course](../README.md#run-it-yourself), or use a link below."
)
FIRST = (
    " What this lesson says about cells, kernels and JupyterLab is for those who run it: read on "
    "past it."
)


def adapt(notebook: NotebookNode, is_first: bool) -> None:
    """Say below the title how to read a lesson, and leave out the cell that checks the kernel."""
    notebook.cells = [
        cell for cell in notebook.cells if "start" not in cell.metadata.get("tags", [])
    ]
    text = f'<div class="on-the-web">\n\n{TO_READ}{FIRST if is_first else ""}\n\n</div>'
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(text))


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Adapt a lesson that `pages` has given its links, which then follow."""
    if docname.startswith("notebooks/"):
        notebook = nbformat.reads(source[0], as_version=4)
        first, *_ = lessons.files(app.srcdir / "notebooks", ".ipynb")
        adapt(notebook, PurePosixPath(docname).name == first.stem)
        source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx, after `pages`."""
    app.connect("source-read", on_source_read, priority=550)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
