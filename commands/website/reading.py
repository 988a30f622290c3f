"""What a lesson's page says in place of what only a kernel needs."""

import html
from pathlib import PurePosixPath

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from commands import addresses, lessons

TO_RUN = "README.html#run-it-yourself"
FIRST = (
    " What this lesson says about cells, kernels and JupyterLab is for those who run it: read past "
    "that."
)


def how_to_read(stem: str, to_root: str, repository: str) -> str:
    """Return the sentences on top of a lesson, which say that nothing has to be run, as HTML."""
    ways = f'<a href="{to_root}{TO_RUN}">get the course</a>'
    opening = addresses.opening(stem, repository)
    links = [
        f'<a href="{html.escape(opening[name])}">{name}</a>'
        for name in ("Binder", "Colab")
        if name in opening
    ]
    if links:
        ways += f", or open the lesson in {' or '.join(links)}"
    return (
        "You are reading this on the web: nothing needs to be run, and every result is here. "
        f"To run it yourself, {ways}."
    )


def adapt(notebook: NotebookNode, text: str) -> None:
    """Put a text below a lesson's title, and leave out the cell that checks the kernel."""
    cells = notebook.cells
    notebook.cells = [cell for cell in cells if "start" not in cell.metadata.get("tags", [])]
    title, _, rest = cells[0].source.partition("\n")
    cells[0].source = f'{title}\n\n<p class="on-the-web">{text}</p>\n{rest}'


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Adapt a lesson before it is read."""
    if docname.startswith("notebooks/"):
        notebook = nbformat.reads(source[0], as_version=4)
        to_root = relative_uri(app.builder.get_target_uri(docname), "")
        stem = PurePosixPath(docname).name
        text = how_to_read(stem, to_root, app.config.repository)
        first, *_ = lessons.files(app.srcdir / "notebooks", ".ipynb")
        adapt(notebook, text + FIRST if stem == first.stem else text)
        source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx; the configuration `repository` is that of pages.py."""
    app.connect("source-read", on_source_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
