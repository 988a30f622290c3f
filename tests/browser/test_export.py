"""What JupyterLab exports and prints, without a network: the whole lesson is on the paper."""

import re
import unicodedata

import pypdfium2
import pytest
from bs4 import BeautifulSoup

from tests.support.exports import exporter
from tests.support.jupyterlab import open_lesson, shut_down_kernels
from tests.support.lessons import NOTEBOOKS, TEXTS, path_of

pytestmark = pytest.mark.slow

MARGIN = 36  # points, half an inch
# Collects what JupyterLab prints, and prints nothing.
PRINTED = """
document.execCommand = () => false;
window.print = () => top.printed = document.documentElement.outerHTML;
"""


def squeeze(text):
    """Return text without what a PDF doesn't keep: spaces, hyphens, kinds of letters, and roots."""
    return re.sub(r"[\s√\u00ad\u2061\ufffe-]", "", unicodedata.normalize("NFKC", text))


def holds(text, formula):
    """Return whether a text holds the signs of a formula side by side, in whatever order."""
    n, signs = len(formula), sorted(formula)
    return formula in text or any(sorted(text[i : i + n]) == signs for i in range(len(text) - n))


def faults_of(pdf, html):
    """Return which parts of a page are not on the paper, or lie beyond its margins."""
    found, text, pictures = [], "", 0
    for number, sheet in enumerate(pypdfium2.PdfDocument(pdf), 1):
        width, height = sheet.get_size()
        words = sheet.get_textpage()
        text += squeeze(words.get_text_range())
        images = list(sheet.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
        pictures += len(images)
        boxes = [words.get_charbox(i) for i in range(words.count_chars())]
        boxes += [image.get_bounds() for image in images]
        for left, bottom, right, top in boxes:
            inside = left > MARGIN - 1 and right < width - MARGIN + 1
            if left < right and not (inside and bottom > MARGIN - 1 and top < height - MARGIN + 1):
                found.append(f"page {number}: {left:.0f} to {right:.0f}, {bottom:.0f} to {top:.0f}")
    page = BeautifulSoup(html, "html.parser").main
    if pictures != len(page.select("img")):
        found.append(f"{pictures} pictures, not {len(page.select('img'))}: is one split?")
    lines = [line for block in page.select("pre") for line in block.text.splitlines()]
    lines += [part.text for part in page.select("tr, p, li, summary, h1, h2, h3")]
    found += [line for line in lines if not holds(text, squeeze(line))]
    return found + [one.text for one in page.select("math") if not holds(text, squeeze(one.text))]


@pytest.fixture
def to_paper(page, tmp_path):
    """Return a function that prints HTML without a network to a PDF."""
    requests = []
    page.on("request", lambda request: requests.append(request.url))

    def to_paper(html, paper):
        path = tmp_path / "page.html"
        path.write_text(html, "utf-8")
        page.context.set_offline(True)
        page.goto(path.as_uri())
        assert [url for url in requests if not url.startswith(("data:", path.as_uri()))] == []
        assert page.errors == []
        return page.pdf(format=paper)

    return to_paper


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("lesson", TEXTS)
def test_the_whole_lesson_is_on_the_paper(to_paper, lesson, paper):
    html = exporter().from_filename(path_of(lesson, "notebooks", ".ipynb"))[0]
    assert faults_of(to_paper(html, paper), html) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("<p style='margin-left: -4px'>in the margin</p>", "page 1"),
        ("<pre style='width: 700px; overflow: hidden'>{}</pre>".format("word " * 40), "word word"),
        ("<p style='display: none'>hidden</p>", "hidden"),
        ("<details style='display: none'><summary>S</summary><p>E</p></details>", "S"),
        ("<img hidden src='data:image/png;base64,'>", "0 pictures, not 1"),
        ("<math style='display: none'><mi>x</mi></math>", "x"),
    ],
)
def test_what_is_not_on_the_paper_is_found(to_paper, wrong, words):
    style = "<style>@page { margin: 0.5in }</style>"
    html = f"<!DOCTYPE html><body style='margin: 0'>{style}<main>{wrong}</main>"
    assert any(words in fault for fault in faults_of(to_paper(html, "A4"), html))


def export(page):
    page.evaluate("window.open = address => window.exported = address")
    page.evaluate(
        "() => void jupyterapp.commands.execute('notebook:export-to-format', {format: 'html'})"
    )
    page.click(".jp-Dialog .jp-mod-accept")  # it asks whether to sanitise: yes, if you ask no more
    page.wait_for_function("window.exported")
    assert "sanitize_html=true" in page.evaluate("window.exported")
    return page.evaluate("fetch(window.exported).then(answer => answer.text())")


def press_to_print(page):
    page.keyboard.press("Control+p")
    page.wait_for_function("window.printed")
    return page.evaluate("window.printed")


@pytest.mark.parametrize("way", [export, press_to_print])
def test_jupyterlab_exports_and_prints_that_page(lab, page, way):
    page.add_init_script(PRINTED)
    name = NOTEBOOKS[1].name
    try:
        open_lesson(page, lab, name)
        made = BeautifulSoup(way(page), "html.parser")
    finally:
        shut_down_kernels(lab)
    expected = BeautifulSoup(exporter().from_filename(lab[2] / name)[0], "html.parser")
    assert squeeze(made.main.text) == squeeze(expected.main.text)
    for tag in ("h2", "summary", "math", "blockquote", "pre"):
        assert len(made.select(tag)) == len(expected.select(tag)) > 0
    assert not made.select("script[src]")
