"""What Sphinx does to the course's pages when `course.py site` makes the website of them."""

import base64
import hashlib
import html
import re
import struct
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from commands import addresses, formulas

PICTURES = "_images"  # where Sphinx puts a page's other pictures
PICTURE = re.compile(r"!\[[^][]*\]")
REMOTE_PICTURE = re.compile(r"!\[([^][]*)\]\(https?:[^)]*\)")


def prepare(notebook: NotebookNode, pictures: Path, address: str) -> None:
    """Change a notebook into what its page shows, with its pictures in a folder of this address.

    Each picture becomes a figure with its caption; the caption as a text of its own goes.
    """
    for cell in notebook.cells:
        caption, outputs = "", []
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                caption = output.metadata["image/png"]["alt"]
                output.data = NotebookNode({"text/html": to_figure(output, pictures, address)})
                outputs.append(output)
            elif not caption or _remove_line(output, caption):
                outputs.append(output)
        if "outputs" in cell:
            cell.outputs = outputs


def to_figure(output: NotebookNode, pictures: Path, address: str) -> str:
    """Return a picture as HTML with its size, its alt text and its caption; write its file."""
    content = base64.b64decode(output.data["image/png"])
    file = name(content)
    (pictures / file).write_bytes(content)
    dots_wide, dots_high = size(content)
    width, alt = output.metadata["image/png"]["width"], output.metadata["image/png"]["alt"]
    text = html.escape(alt)
    return (
        f'<figure><img src="{address}{file}" alt="{text}" width="{width}" '
        f'height="{round(width * dots_high / dots_wide)}" loading="lazy">'
        f"<figcaption>{text}</figcaption>"
        f'<a class="full-size" href="{address}{file}">Show it in full size</a></figure>'
    )


def name(picture: bytes) -> str:
    """Return the name of a picture's file: it changes with the content, as caches need it."""
    return f"{hashlib.sha256(picture).hexdigest()[:20]}.png"


def size(picture: bytes) -> tuple[int, int]:
    """Return how many dots a PNG is wide and high."""
    return struct.unpack(">II", picture[16:24])


def _remove_line(output: NotebookNode, line: str) -> bool:
    """Remove a line from what an output shows; return whether anything is left."""
    text = output.text if output.output_type == "stream" else output.get("data", {})["text/plain"]
    lines = text.splitlines()
    if line in lines:
        lines.remove(line)
        rest = "\n".join(lines)
        output.update({"text": rest} if "text" in output else {"data": {"text/plain": rest}})
    return bool(lines)


def ways_to_run(docname: str, to_root: str, repository: str) -> str:
    """Return the line below a lesson's title: the notebook, and where it opens on the web."""
    links = {"Download the notebook": f"{to_root}_sources/{docname}.ipynb"}
    opening = addresses.opening(PurePosixPath(docname).name, repository)
    links |= {f"Open in {name}": link for name, link in opening.items()}
    lines = [f'<a href="{html.escape(link)}">{text}</a>' for text, link in links.items()]
    return '<p class="ways-to-run">\n{}\n</p>'.format("\n".join(lines))


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Prepare a page before it is read."""
    if docname.startswith("notebooks/"):
        notebook = nbformat.reads(source[0], as_version=4)
        to_root = relative_uri(app.builder.get_target_uri(docname), "")
        pictures = app.outdir / PICTURES
        pictures.mkdir(exist_ok=True)
        prepare(notebook, pictures, f"{to_root}{PICTURES}/")
        links = ways_to_run(docname, to_root, app.config.repository)
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(links))
        source[0] = nbformat.writes(notebook)
    else:
        source[0] = for_the_web(source[0])


def on_include_read(app: Sphinx, path: Path, docname: str, source: list[str]) -> None:
    """Prepare what a page includes of another."""
    source[0] = for_the_web(source[0])


def for_the_web(text: str) -> str:
    """Return a page's text with what holds only in the repository put right."""
    text = PICTURE.sub(lambda found: found[0].replace("\n", " "), text)  # Sphinx joins its lines
    text = REMOTE_PICTURE.sub(r"\1", text)  # a page asks no other host for anything
    return text.replace("](notebooks)", "](index.md#The-lessons)")  # no page for a folder


def keep_together(formula: nodes.math) -> None:
    """Let no line begin with the full stop, or the like, that follows a formula."""
    parent, place = formula.parent, formula.parent.index(formula)
    after = parent[place + 1] if place + 1 < len(parent) else None
    if isinstance(after, nodes.Text) and (found := re.match("[.,;:!?)]+", after)):
        together = nodes.inline("", "", formula, nodes.Text(found[0]), classes=["together"])
        parent[place : place + 2] = [together, nodes.Text(after[found.end() :])]


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Mark a lesson's deeper sections, so that site.js can hide them; keep full stops in place."""
    for formula in list(doctree.findall(nodes.math)):
        keep_together(formula)
    if app.env.docname.startswith("notebooks/"):
        for section in doctree.findall(nodes.section):
            if section.next_node(nodes.title).astext().startswith("Deeper:"):
                section["classes"].append("deeper")


def visit_inline_math(translator: Any, node: nodes.math) -> None:
    """Write a formula as MathML, which every browser draws itself."""
    translator.body.append(formulas.to_mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_block_math(translator: Any, node: nodes.math_block) -> None:
    """Write a formula that has lines of its own."""
    formula = formulas.to_mathml(node.astext(), "block")
    translator.body.append(f'<div class="formula">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect all this to Sphinx."""
    app.add_config_value("repository", "", "env")
    app.connect("source-read", on_source_read)
    app.connect("include-read", on_include_read)
    app.connect("doctree-read", on_doctree_read)
    app.add_html_math_renderer("mathml", (visit_inline_math, None), (visit_block_math, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
