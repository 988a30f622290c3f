"""What other sites and search engines show of a page: its description, and a picture.

A page has its first sentences, which in a lesson are its promise, and a lesson's cover. The address
of a page or picture must be whole there, so a website without an address leaves these out.
"""

import base64
import html
import json
import re
import textwrap
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from commands import lessons
from commands.website import pages

LONGEST = 200
SENTENCES = re.compile(rf".{{1,{LONGEST}}}[.!?](?=\s|$)")


def description(doctree: nodes.document) -> str:
    """Return what a page is about: as many sentences of its first paragraph as fit, or words.

    A lesson's is its promise. What is in a table or a list, or is no sentence, does not count.
    """
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, nodes.section) and text.endswith((".", "!", "?")):
            whole = SENTENCES.match(text)
            if whole and (whole[0] == text or len(whole[0]) > LONGEST / 2):
                return whole[0]
            return textwrap.shorten(text, LONGEST, placeholder=" …")
    return ""


def find_cover(app: Sphinx, docname: str) -> dict[str, str]:
    """Return the tags of a lesson's cover, of the first lesson's on other pages; write the file."""
    first, *others = lessons.files(Path(app.srcdir, "notebooks"), ".ipynb")
    own = next((path for path in others if docname == f"notebooks/{path.stem}"), first)
    for cell in json.loads(own.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if "cover" in cell["metadata"].get("tags", []) and "image/png" in output.get(
                "data", {}
            ):
                picture = base64.b64decode("".join(output["data"]["image/png"]))
                file = f"{pages.PICTURES}/{pages.name(picture)}"
                (app.outdir / file).write_bytes(picture)  # the page may show it in another form
                width, height = map(str, pages.size(picture))
                return {
                    "image": f"{app.config.html_baseurl}{file}",
                    "image:width": width,
                    "image:height": height,
                    "image:alt": output["metadata"]["image/png"]["alt"],
                }
    return {}


def to_tags(app: Sphinx, docname: str, title: str, doctree: nodes.document) -> str:
    """Return the tags for the head of a page."""
    found = {
        "title": title,
        "type": "article" if docname.startswith("notebooks/") else "website",
        "site_name": app.config.project,
        "description": description(doctree),
    }
    if app.config.html_baseurl:
        found["url"] = f"{app.config.html_baseurl}{app.builder.get_target_uri(docname)}"
        found |= find_cover(app, docname)
    tags = [f'<meta property="og:{key}" content="{html.escape(found[key])}">' for key in found]
    tags.append(f'<meta name="description" content="{html.escape(found["description"])}">')
    tags.append('<meta name="twitter:card" content="summary_large_image">')
    return "\n".join(tags)


def on_html_page_context(
    app: Sphinx, docname: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Add its tags to the head of each page that has a source, so not to the search."""
    if doctree:
        title = html.unescape(re.sub("<[^>]+>", "", context["title"]))
        context["metatags"] += to_tags(app, docname, title, doctree)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx."""
    app.connect("html-page-context", on_html_page_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
