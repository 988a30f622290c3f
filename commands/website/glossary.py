"""The glossary on the web: its words show their meaning where other lessons use them.

A word is marked at its first use in each section of a lesson, as a link to its row in the glossary
with the meaning as its title; glossary.js shows that beside the word. Each word is also in
objects.inv as a `term`, for other projects to link to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

PAGE = "docs/glossary"
ROW = re.compile(
    r"^\| ([^|]+) \| ([^|]+) \| \[\d\d, [^]]*\]\([^)]*?/(\d\d_\w+)\.ipynb[^|]*\|$", re.M
)
# Forms that are more than a plural.
FORMS = {
    "accumulate": ["accumulates", "accumulated"],
    "axis": ["axes"],
    "basis": ["bases"],
    "batch loss": ["batch losses"],
    "bias": ["biases"],
    "converge": ["converges", "converged"],
    "inherit": ["inherits", "inherited"],
    "loss": ["losses"],
    "mean squared error": ["MSE"],
    "overfit": ["overfits", "overfitted"],
    "standardise": ["standardises", "standardised", "standardising"],
    "underfit": ["underfits", "underfitted"],
}
# Words that lessons also use in another sense, or with no need to look them up: never marked.
UNMARKED = {
    "axis", "cell", "column", "copy", "flat", "gain", "noise", "running mean", "stage", "variance",
    "view", "work",
}  # fmt: skip
# Words that have another sense in some lessons only, by the lessons' names.
OTHER_SENSE = {
    "shape": {"how_far_to_step"},  # of a bowl
    "weight": {"a_project_of_your_own", "a_project_worked_out", "raw_autograd_tensors"},  # in kg
}
OTHER_PHRASES = ("degrees Celsius",)
# No prose: headings, code, formulas, links, and the words that a lesson declares.
SKIPPED = (
    nodes.title, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw,
    nodes.reference, addnodes.pending_xref, nodes.strong, nodes.thead, nodes.Invisible,
)  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A row of the glossary."""

    name: str
    meaning: str
    lesson: str

    @property
    def id(self) -> str:
        """The anchor of its row."""
        return "word-" + re.sub(r"\W+", "-", self.name.lower()).strip("-")


class Glossary:
    """The words of the page, and where a text uses them."""

    def __init__(self, page: str) -> None:
        """Read the text of the page."""
        rows = [[text.replace("`", "") for text in row] for row in ROW.findall(page)]
        self.words = [Word(*row) for row in rows]

    @cached_property
    def forms(self) -> dict[str, Word]:
        """Each form of a word that may be marked, in small letters."""
        found = {}
        for word in self.words:
            if word.name not in UNMARKED:
                for form in [word.name, f"{word.name}s", *FORMS.get(word.name, [])]:
                    found[form.lower()] = word
        return found

    @cached_property
    def pattern(self) -> re.Pattern:
        """Finds every form, of two that overlap the longer one."""
        longest_first = sorted([*self.forms, *OTHER_PHRASES], key=len, reverse=True)
        forms = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first)
        return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.I)

    def uses(self, text: str, lesson: str) -> Iterator[tuple[re.Match, Word]]:
        """Yield where a text of a lesson uses another lesson's word."""
        name = re.sub(r"^\d\d_", "", lesson)
        for match in self.pattern.finditer(text):
            word = self.forms.get(" ".join(match[0].lower().split()))
            if word and word.lesson != lesson and name not in OTHER_SENSE.get(word.name, ()):
                yield match, word


def read(app: Sphinx) -> Glossary:
    """Return the glossary of the pages that are read."""
    return Glossary(Path(app.srcdir, f"{PAGE}.md").read_text("utf-8"))


def prose(section: nodes.Element) -> Iterator[nodes.Text]:
    """Yield the texts of a section that are prose."""
    for child in section.children:
        if isinstance(child, nodes.Text):
            yield child
        elif not isinstance(child, SKIPPED):
            yield from prose(child)


def mark(section: nodes.Element, glossary: Glossary, lesson: str, page: str) -> None:
    """Make the first use of each word of other lessons in a section a link to the glossary."""
    seen: set[str] = set()
    for text in list(prose(section)):
        pieces: list[nodes.Node] = []
        end = 0
        for match, word in glossary.uses(text, lesson):
            if word.name not in seen:
                seen.add(word.name)
                link = nodes.reference(
                    "", match[0], refuri=f"{page}#{word.id}", reftitle=word.meaning,
                    internal=True, classes=["glossary"],
                )  # fmt: skip
                pieces += [nodes.Text(text[end : match.start()]), link]
                end = match.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def add_anchors(app: Sphinx, doctree: nodes.document, glossary: Glossary) -> None:
    """Give each row of the glossary the anchor of its word, and tell objects.inv."""
    rows = {
        row.next_node(nodes.entry).astext().replace("’", "'"): row  # Sphinx curls apostrophes
        for row in doctree.findall(nodes.row)
    }
    for word in glossary.words:
        rows[word.name]["ids"].append(word.id)
        app.env.domains.standard_domain.note_object("term", word.name, word.id)


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the words of a lesson, and the rows of the glossary."""
    docname = app.env.docname
    if docname == PAGE:
        add_anchors(app, doctree, read(app))
    elif docname.startswith("notebooks/"):
        uri = app.builder.get_target_uri
        page, glossary = relative_uri(uri(docname), uri(PAGE)), read(app)
        for section in doctree.next_node(nodes.section).children:
            if isinstance(section, nodes.section):
                mark(section, glossary, PurePosixPath(docname).name, page)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx."""
    app.connect("doctree-read", on_doctree_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
