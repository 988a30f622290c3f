"""Sliders that move on the website: a control below each figure whose frames `build` has drawn."""

import html
import shutil
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from commands import addresses, frames
from commands.website.pages import PICTURES

HINT = "In JupyterLab, run this cell to get a slider for "


def add_control(cell: NotebookNode, control: str, printed: str, note: str) -> None:
    """Put a control below the figure of a cell, in place of the hint that there is one elsewhere.

    What was printed with the picture then belongs to the figure, so that it can follow the control.
    """
    shown = [output.get("data", {}) for output in cell.outputs]
    end = next((k for k, data in enumerate(shown) if HINT in data.get("text/plain", "")), 0)
    figures = [k for k in range(end) if shown[k].get("text/html", "").startswith("<figure>")]
    if not figures:
        return
    figure = shown[figures[-1]]["text/html"].replace(
        "<figcaption>", '<figcaption aria-live="polite">'
    )
    text = (
        f'<pre class="printed" aria-live="polite">{html.escape(printed)}</pre>' if printed else ""
    )
    shown[figures[-1]]["text/html"] = f'<div class="moving">{figure}{text}{control}{note}</div>'
    del cell.outputs[figures[-1] + 1 : end + 1]


def where_more_is_possible(docname: str, to_root: str, repository: str) -> str:
    """Return the line below the sliders: where the notebook has them with a kernel."""
    links = [f'<a href="{to_root}_sources/{docname}.ipynb">download it</a>']
    opening = addresses.opening(PurePosixPath(docname).name, repository)
    if "Binder" in opening:
        links.append(f'<a href="{html.escape(opening["Binder"])}">open it in Binder</a>')
    text = f"In the notebook you can choose any value: {' or '.join(links)}."
    return f'<p class="with-a-kernel">{text}</p>'


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Add the sliders to a page that `pages` has prepared."""
    if not docname.startswith("notebooks/"):
        return
    stored = nbformat.read(Path(app.srcdir, f"{docname}.ipynb"), as_version=4)
    found = frames.read(Path(app.confdir).parents[1], stored)
    if not found:
        return
    to_root = relative_uri(app.builder.get_target_uri(docname), "")
    note = where_more_is_possible(docname, to_root, app.config.repository)

    def address(path: Path) -> str:
        shutil.copyfile(path, app.outdir / PICTURES / path.name)
        return f"{to_root}{PICTURES}/{path.name}"

    notebook = nbformat.reads(source[0], as_version=4)
    for cell in notebook.cells:
        if cell.id in found:
            of_cell = found[cell.id]
            control = frames.control(of_cell, address)
            add_control(cell, control, of_cell.start.printed, note)
    source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it to Sphinx, after `pages`."""
    app.connect("source-read", on_source_read, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
