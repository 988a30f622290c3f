"""Letters to jump to, above the long tables of words and of names."""

import re

from docutils import nodes
from sphinx.application import Sphinx

PAGES = "docs/glossary", "docs/names"
FEW = 20  # rows that need no letters


def letter(name: str) -> str:
    """Return under which letter a word or a name is sorted: `torch.optim.Adam` under A."""
    last = re.findall(r"\w+", name.rsplit(".", 1)[-1])
    first = last[0].strip("_")[:1].upper() if last else ""
    return first if first.isalpha() else ""


def add_letters(table: nodes.table) -> None:
    """Put a link for each letter above a table, to the letter's first row."""
    line = nodes.paragraph(classes=["letters"])
    for row in table.next_node(nodes.tbody).children:
        name = letter(row.next_node(nodes.entry).astext())
        anchor = f"letter-{name.lower()}"
        if name and all(link["refid"] != anchor for link in line.findall(nodes.reference)):
            row["ids"].append(anchor)
            line += [nodes.reference("", name, refid=anchor, internal=True), nodes.Text(" ")]
    table.parent.insert(table.parent.index(table), line)


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Add the letters to the pages that have such a table."""
    if app.env.docname in PAGES:
        for table in list(doctree.findall(nodes.table)):
            if len(table.next_node(nodes.tbody).children) > FEW:
                add_letters(table)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx."""
    app.connect("doctree-read", on_doctree_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
