"""Lessons of a few cells to make slides of, and the words that no slide may show."""

import base64
import io
import re

import nbformat
from PIL import Image

# What a lesson says to someone who is alone with it, or what is not finished in it.
LEFTOVER = re.compile(r"run this cell|not done yet|no picture yet|to get a slider|\bimport ", re.I)


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def picture(width, height):
    """Return a cell that shows a picture of this size."""
    png = io.BytesIO()
    Image.new("1", (width, height)).save(png, "png")
    data = {"image/png": base64.b64encode(png.getvalue()).decode()}
    about = {"image/png": {"alt": "A picture.", "width": width}}
    shown = nbformat.v4.new_output("display_data", data=data, metadata=about)
    return nbformat.v4.new_code_cell("draw()", outputs=[shown])


def write(root, *cells, page=""):
    """Write a notebook of these cells, and an instructor's page; return its path."""
    path = root / "notebooks" / "01_tiny.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[text("# 01 Tiny\n\nText."), *cells]), path)
    if page:
        (root / "instructor").mkdir(exist_ok=True)
        (root / "instructor" / "01_tiny.md").write_text(page, "utf-8")
    return path
