"""The five more questions of a lesson's page for the instructor, at the end of the lesson."""

import re
from pathlib import Path, PurePosixPath

import nbformat
from sphinx.application import Sphinx

HEADING = "## Five more questions"
# An answer: what it says of the right choice, before the others.
ANSWER = re.compile(r"(<summary>Answer</summary>\n\n(?:.+\n)+)")
LEAD = "\nWhy someone chooses another answer, and what helps:\n"


def find(page: str) -> str:
    """Return the part of a page for the instructor that has these questions, '' if it has none."""
    found = re.search(rf"^{HEADING}\n.*?(?=^## |\Z)", page, re.M | re.S)
    return ANSWER.sub(rf"\1{LEAD}", found[0]) if found else ""


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Append its questions to a lesson before it is read."""
    page = Path(app.srcdir, "instructor", f"{PurePosixPath(docname).name}.md")
    is_lesson = docname.startswith("notebooks/") and page.exists()
    if is_lesson and (questions := find(page.read_text("utf-8"))):
        notebook = nbformat.reads(source[0], as_version=4)
        notebook.cells.append(nbformat.v4.new_markdown_cell(questions))
        source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx."""
    app.connect("source-read", on_source_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
