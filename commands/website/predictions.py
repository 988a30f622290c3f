"""What a prediction is about stays folded on the website until one has made it."""

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

PROMPT = "> **Predict.** "
FOLDED = {"code_prompt_show": "Show the result", "code_prompt_hide": "Hide the result"}


def fold(cells: list[NotebookNode]) -> None:
    """Fold the outputs of the code between a prompt to predict and what one should see."""
    is_open = False
    for cell in cells:
        if cell.cell_type == "markdown":
            is_open = PROMPT in cell.source
        elif is_open and cell.outputs:
            cell.metadata.setdefault("tags", []).append("hide-output")
            cell.metadata.mystnb = FOLDED


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Fold the results of a lesson before it is read."""
    if docname.startswith("notebooks/"):
        notebook = nbformat.reads(source[0], as_version=4)
        fold(notebook.cells)
        source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it to Sphinx."""
    app.connect("source-read", on_source_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
