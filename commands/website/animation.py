"""Animated pictures on the website: the finished one for those who asked for reduced motion."""

import re
import struct
from pathlib import Path

import nbformat
from sphinx.application import Sphinx

from commands.website.pages import PICTURES

IMAGE = re.compile(r'<img src="([^"]*/)([0-9a-f]+)\.png"[^>]*>')
MOVES = b"acTL", b"fcTL", b"fdAT"  # the chunks of a PNG that only an animation has
BUTTON = '<button type="button" class="play-again" hidden>Play again</button>'


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Return the parts of a PNG: the type of each, and all its bytes."""
    found, place = [], 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        found.append((png[place + 4 : place + 8], png[place : place + 12 + length]))
        place += 12 + length
    return found


def still(png: bytes) -> bytes:
    """Return what a program without animations shows of an animated PNG; b'' of any other PNG."""
    parts = chunks(png)
    if MOVES[0] not in dict(parts):
        return b""
    return png[:8] + b"".join(content for kind, content in parts if kind not in MOVES)


def respect_reduced_motion(figure: str, pictures: Path) -> str:
    """Return a figure that shows an animation only to those who did not ask for reduced motion.

    A button plays it again, for the others too.
    """
    image = IMAGE.search(figure)
    finished = still((pictures / f"{image[2]}.png").read_bytes()) if image else b""
    if not image or not finished:
        return figure
    name = f"{image[2]}_still.png"
    (pictures / name).write_bytes(finished)
    source = f'<source media="(prefers-reduced-motion: reduce)" srcset="{image[1]}{name}">'
    return figure.replace(image[0], f"<picture>{source}{image[0]}</picture>{BUTTON}")


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Change the animations of a page that `pages` has prepared."""
    if not docname.startswith("notebooks/"):
        return
    notebook = nbformat.reads(source[0], as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            figure = output.get("data", {}).get("text/html", "")
            if figure.startswith("<figure>"):
                output.data["text/html"] = respect_reduced_motion(figure, app.outdir / PICTURES)
    source[0] = nbformat.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it to Sphinx, after `pages`."""
    app.connect("source-read", on_source_read, priority=550)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
