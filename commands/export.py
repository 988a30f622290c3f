"""Texts on the page that the course's Jupyter exports; jupyter/templates has the rest of the page.

JupyterLab asks whether to sanitise an exported page. nbconvert's own answer would turn headings,
folds, pictures and formulas into the text of their tags.
"""

import re
from typing import Any

import bleach
import jinja2
from bleach.css_sanitizer import CSSSanitizer

from commands.formulas import to_html

TEXT = re.findall(
    r"\w+",
    """
    a abbr acronym b blockquote br caption code dd del details div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre q s small span strong sub summary sup
    table tbody td tfoot th thead tr u ul
    """,
)
MATHML = re.findall(
    r"\w+",
    """
    math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace
    msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
    """,
)
ATTRIBUTES = {
    **bleach.ALLOWED_ATTRIBUTES,
    "*": ["class", "id", "style", "title"],
    "details": ["open"],
    "img": ["alt", "height", "src", "width"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
    **dict.fromkeys(MATHML, lambda tag, name, value: not name.startswith(("on", "href", "xlink"))),
}
STYLES = CSSSanitizer(allowed_css_properties=["text-align"])


@jinja2.pass_context
def markdown2html(context: Any, markdown: str) -> str:
    """Return a cell's Markdown as HTML that holds its pictures."""
    return to_html(
        markdown,
        attachments=context.get("cell", {}).get("attachments", {}),
        embed_images=True,
        path=context["resources"]["metadata"].get("path", ""),
    )


def clean_html(html: str) -> str:
    """Return HTML without what could run a program or load a page: such tags become text."""
    return bleach.clean(
        html,
        tags={*TEXT, *MATHML},
        attributes=ATTRIBUTES,
        protocols={*bleach.ALLOWED_PROTOCOLS, "data"},
        css_sanitizer=STYLES,
    )
