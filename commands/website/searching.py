"""The search finds what a learner reads, no pages with answers for a class or for authors."""

from docutils import nodes
from sphinx.application import Sphinx

NOT_FOUND = "instructor/", "CONTRIBUTING", "CHANGELOG", "docs/measured"


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Leave a page out of the index of the search."""
    if app.env.docname.startswith(NOT_FOUND):
        app.env.metadata[app.env.docname]["nosearch"] = True


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx."""
    app.connect("doctree-read", on_doctree_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
