"""What other sites and search engines show of a page: its description, and a picture.

A page has its first sentences, which in a lesson are its promise, and a lesson's cover.
Addresses in a preview must be whole, so those of pages and pictures need that of the website.
"""

import base64
import html
import json
import re
import textwrap
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

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


def cover(source: Path, stem: str) -> dict[str, str]:
    """Return the address below the website, the size and the alt text of a lesson's cover."""
    notebook = json.loads(Path(source, f"notebooks/{stem}.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "cover" in cell["metadata"].get("tags", []) and "image/png" in output.get(
                "data", {}
            ):
                content = base64.b64decode("".join(output["data"]["image/png"]))
                width, height = pages.size(content)
                return {
                    "image": f"{pages.PICTURES}/{pages.name(content)}",
                    "image:width": str(width),
                    "image:height": str(height),
                    "image:alt": output["metadata"]["image/png"]["alt"],
                }
    return {}


def tags(app: Sphinx, docname: str, title: str, doctree: nodes.document) -> str:
    """Return the tags in a page's head."""
    found = {
        "title": title,
        "type": "article" if docname.startswith("notebooks/") else "website",
        "site_name": app.config.project,
        "description": description(doctree),
    }
    if address := app.config.html_baseurl:
        lessons = sorted(Path(app.srcdir, "notebooks").glob("[0-9]*.ipynb"))
        own, first = PurePosixPath(docname).name, lessons[0].stem
        is_lesson = any(lesson.stem == own for lesson in lessons)
        found |= cover(Path(app.srcdir), own if is_lesson else first)
        found |= {"image": address + found["image"]} if "image" in found else {}
        found["url"] = address + app.builder.get_target_uri(docname)
    lines = [f'<meta property="og:{name}" content="{html.escape(found[name])}">' for name in found]
    lines += [
        f'<meta name="description" content="{html.escape(found["description"])}">',
        '<meta name="twitter:card" content="summary_large_image">',
    ]
    return "\n".join(lines)


def on_html_page_context(
    app: Sphinx,
    docname: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the tags of a page to its head, unless it is one of Sphinx's own, such as the search."""
    if doctree:
        title = re.sub("<[^>]+>", "", context["title"])
        context["metatags"] += tags(app, docname, html.unescape(title), doctree)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect this to Sphinx."""
    app.connect("html-page-context", on_html_page_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
