"""Write lessons as slides: slides/NN_name.html, a file that needs no network and no kernel.

What a slide shows follows by rule: see deck.py. The outputs are those stored in notebooks/, the
design is in slides.html.j2. The key S opens the speaker's notes.
"""

import argparse
import base64
import re
import struct
import sys
from importlib.resources import files
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

from commands import deck, lessons
from commands.formulas import to_html

TEMPLATE = Path(__file__).with_suffix(".html.j2")
REVEAL = files("sphinx_revealjs") / "_static/revealjs"  # This package contains reveal.js.


def _is_portrait(png: str) -> bool:
    """Return whether a picture is taller than wide, from the first bytes of its base64."""
    width, height = struct.unpack(">II", base64.b64decode(png[:32])[16:24])
    return height > width


def render(notebook: Path) -> str:
    """Return a notebook as one HTML file."""
    content = nbformat.read(notebook, as_version=4)
    content.cells = deck.cells_of_slides(content)
    section, title = "", content.cells[0].source.splitlines()[0].removeprefix("# ")
    for cell in content.cells:
        heading = cell.cell_type == "markdown" and re.match("(##+) (.+)", cell.source)
        if heading and heading[1] == "##":
            section = heading[2]
        if section and not heading:
            cell.metadata.setdefault("slideshow", {})["data"] = {"about": f"{title}: {section}"}
    exporter = SlidesExporter(
        template_file=str(TEMPLATE),
        filters={"is_portrait": _is_portrait, "markdown2html": to_html},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    notes_js = (REVEAL / "plugin/notes/notes.js").read_text("utf-8")
    resources = {
        "title": title,
        "reveal_css": (REVEAL / "dist/reveal.css").read_text("utf-8"),
        "reveal_js": (REVEAL / "dist/reveal.js").read_text("utf-8"),
        "notes_js": notes_js.replace("</script", r"<\/script"),
    }
    return exporter.from_notebook_node(content, resources)[0]


def main(arguments: list[str] | None = None, root: Path = lessons.ROOT) -> int:
    """Write the slides of the lessons named, or of all; return the exit code."""
    parser = argparse.ArgumentParser(prog="course.py slides", description=__doc__.split("\n")[0])
    lessons.add_choice(parser)
    notebooks = lessons.files(root / "notebooks", ".ipynb")
    chosen = lessons.chosen(notebooks, parser.parse_args(arguments).lessons, parser)
    (root / "slides").mkdir(exist_ok=True)
    for notebook in chosen:
        path = root / "slides" / f"{notebook.stem}.html"
        path.write_text(render(notebook), "utf-8")
        print(f"slides/{path.name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
