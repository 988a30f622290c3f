"""The page that JupyterLab and `jupyter nbconvert` export: it fetches nothing and lacks nothing.

tests/browser/test_export.py prints it.
"""

import base64
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.support.exports import exporter
from tests.support.lessons import ROOT, TEXTS, path_of
from tests.support.tiers import slow_after

PICTURE = base64.b64encode(b"a picture").decode()
WIDGET = "application/vnd.jupyter.widget-{}+json"


def export(notebook, sanitize=False, **metadata):
    """Return the page of a notebook, as JupyterLab's server makes it."""
    resources = {"metadata": {"name": "it", **metadata}}
    page = exporter()
    page.sanitize_html = sanitize
    html = page.from_notebook_node(nbformat.from_dict(notebook), resources)[0]
    return BeautifulSoup(html, "html.parser")


def faults_of(page, notebook):
    """Return what a page fetches, and what it lacks of its notebook."""
    found = [str(tag)[:60] for tag in page.select("link, iframe, script[src], script[type=module]")]
    found += [tag["src"] for tag in page.select("img") if not tag["src"].startswith("data:")]
    for style in page.select("style"):
        found += re.findall(r"@import.*|url\(['\"]?(?!data:|['\"]?data:)[^)]*\)", style.text)
    for script in page.select("script"):
        found += re.findall(r"https?://\S+", script.text)
    text = re.sub(r"\s", "", page.main.text)
    alts = [image["alt"] for image in page.select("img")]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            continue
        lines = cell.source.splitlines()
        for output in cell.outputs:
            lines += output.get("text", "").splitlines()
            data = output.get("data", {})
            lines += BeautifulSoup(data.get("text/html", ""), "html.parser").text.splitlines()
            lines += data["text/plain"].splitlines() if [*data] == ["text/plain"] else []
            if "image/png" in data:
                alt = output.metadata["image/png"]["alt"]
                found += [f"no picture of {alt}"] if alt not in alts else []
        found += [line for line in lines if re.sub(r"\s", "", line) not in text]
    return found


@pytest.mark.parametrize("lesson", slow_after(1, TEXTS))
def test_a_lessons_page_fetches_nothing_and_lacks_nothing(lesson):
    notebook = nbformat.read(path_of(lesson, "notebooks", ".ipynb"), as_version=4)
    page, sanitized = (export(notebook, sanitize) for sanitize in (False, True))
    assert faults_of(page, notebook) == []
    assert re.sub('(style=".+?);"', r'\1"', str(sanitized.main)) == str(page.main)


def test_what_a_page_fetches_or_lacks_is_found():
    notebook = new_notebook(cells=[new_code_cell("1")])
    page = export(notebook)
    assert faults_of(page, notebook) == []
    page.body.append(page.new_tag("script", src="https://example.org/mathjax.js"))
    page.body.append(page.new_tag("img", src="a.png", alt=""))
    notebook.cells.append(new_code_cell("left_out = 2"))
    script, picture, line = faults_of(page, notebook)
    assert "mathjax" in script
    assert (picture, line) == ("a.png", "left_out = 2")


def test_a_picture_keeps_its_caption_and_its_width():
    about = {"image/png": {"alt": 'a "line" < 3', "width": 640}}
    shown = new_output("display_data", data={"image/png": PICTURE}, metadata=about)
    image = export(new_notebook(cells=[new_code_cell("draw()", outputs=[shown])])).img
    assert (image["alt"], image["width"]) == ('a "line" < 3', "640")


@pytest.mark.parametrize("sanitize", [False, True])
def test_a_students_own_pictures_are_in_the_page(tmp_path, sanitize):
    (tmp_path / "mine.png").write_bytes(b"a picture")
    dropped = {"b.png": {"image/png": PICTURE}}
    cells = [new_markdown_cell("![a](mine.png) ![b](attachment:b.png)", attachments=dropped)]
    page = export(new_notebook(cells=cells), sanitize, path=str(tmp_path))
    images = page.select("img")
    assert [image["alt"] for image in images] == ["a", "b"]
    assert {image["src"] for image in images} == {f"data:image/png;base64,{PICTURE}"}


@pytest.mark.parametrize("sanitize", [False, True])
def test_a_link_to_a_heading_finds_it(sanitize):
    page = export(new_notebook(cells=[new_markdown_cell("## Why `fit` & $x$?")]), sanitize)
    assert page.h2["id"] == "Why-fit-&-x?"


def test_formulas_in_texts_and_outputs_are_drawn_by_the_browser():
    shown = [
        new_output("display_data", data={mime: "$x_1$"}) for mime in ("text/latex", "text/markdown")
    ]
    page = export(new_notebook(cells=[new_markdown_cell("$x_1$"), new_code_cell(outputs=shown)]))
    assert len(page.select("main msub")) == 3


def test_a_slider_is_replaced_by_what_it_says_without_a_kernel():
    data = {WIDGET.format("view"): {"model_id": "w"}, "text/plain": "run this cell"}
    notebook = new_notebook(
        cells=[new_code_cell("move()", outputs=[new_output("display_data", data=data)])]
    )
    assert "run this cell" in export(notebook).main.text
    notebook.metadata["widgets"] = {WIDGET.format("state"): {"state": {"w": {}}}}
    page = export(notebook)
    assert "run this cell" in page.main.text
    assert faults_of(page, notebook) == []


def test_the_page_looks_as_the_lessons_do_in_jupyterlab():
    style = (ROOT / "commands/jupyter/custom/custom.css").read_text("utf-8")
    assert style in "".join(tag.text for tag in export(new_notebook()).select("style"))


@pytest.mark.parametrize(
    ("harmful", "kept"),
    [
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src='a.png' onerror='alert(1)'>", ""),
        ("<a href='javascript:alert(1)'>link</a>", "link"),
        ("<math onclick='alert(1)'><mi href='javascript:alert(1)'>x</mi></math>", "x"),
        ("<iframe src='https://example.org'></iframe>", ""),
        ("<p style='background: url(https://example.org)'>text</p>", "text"),
    ],
)
def test_a_sanitised_page_runs_and_loads_nothing(harmful, kept):
    cells = [
        new_markdown_cell(harmful),
        new_code_cell(outputs=[new_output("display_data", data={"text/html": harmful})]),
        new_code_cell(outputs=[new_output("display_data", data={"text/latex": harmful})]),
    ]
    page = export(new_notebook(cells=cells), sanitize=True).main
    assert page.text.count(kept) >= 3
    assert not page.select("script, iframe, [onerror], [onclick], [href]")
    assert not [tag for tag in page.select("[style]") if "url" in tag["style"]]
