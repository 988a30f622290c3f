"""What each slide shows, and that a file of slides needs no other file.

tests/commands/test_deck.py has the rule; tests/browser/test_slides.py looks at every slide in a
browser.
"""

import base64
import io
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from commands import slides
from tests.support.lessons import NOTEBOOKS, NUMBERS, path_of


def read_slides(notebook):
    """Return the sections of HTML that are slides, without their notes and formulas."""
    page = BeautifulSoup(slides.render(notebook), "html.parser")
    for hidden in page.select("aside, math"):
        hidden.decompose()
    return [section for section in page.find_all("section") if not section.find("section")]


def test_the_rest_of_a_lesson_by_rule_is_in_the_speakers_notes(tmp_path):
    cells = [text("# 01 Tiny\n\nText."), text("## A?\n\nShown. *Said.*")]
    path = tmp_path / "01_tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    page = BeautifulSoup(slides.render(path), "html.parser")
    _, section = (one for one in page.find_all("section") if not one.find("section"))
    assert section.aside["class"] == ["notes"]
    assert section.aside.em.text == "Said."
    assert "Said" not in read_slides(path)[1].text
    assert "plugins: [RevealNotes]" in str(page)


def faults_of(sections):
    """Return what is wrong with slides: too many, or one with too many words or a leftover."""
    found = [] if 15 <= len(sections) <= 22 else [f"{len(sections)} slides, not 15 to 22"]
    for section in sections:
        leftover = re.search(r"run this cell|not done yet|\bimport ", section.text, re.I)
        if leftover:
            found.append(f"'{leftover[0]}' on the slide '{section.text.strip()[:40]}'")
        for code in section.select("pre"):
            lines = len(code.text.strip().splitlines())
            if lines > 23:  # at 22 pixels of 720, more do not fit
                found.append(f"{lines} lines of code, not 23, on the slide of '{code.text[:40]}'")
            code.decompose()
        words = len([word for word in section.text.split() if re.search(r"\w", word)])
        if words > 45:
            found.append(f"{words} words, not 45, on the slide '{section.text.strip()[:40]}'")
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_slides_are_few_and_short_and_nothing_is_left_over(number):
    assert faults_of(read_slides(path_of(number, "notebooks", ".ipynb"))) == []


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["## A?\n\nText.\n\n$$x$$\n\n> **Predict.** What?"] * 14, None),
        (["## A?\n\nText."] * 13, "14 slides"),
        (["## A?\n\nText."] * 22, "23 slides"),
        ([f"## A?\n\n{'word ' * 43}."] * 14, None),
        ([f"## A?\n\n{'word ' * 45}."] * 14, "46 words"),
        (["## A?\n\nText.\n\n> **Predict.** Run this cell?"] * 14, "'Run this cell'"),
        (["import numpy"] * 14, "'import '"),
    ],
)
def test_a_slide_that_is_too_full_is_found(tmp_path, cells, words):
    notebook = nbformat.v4.new_notebook(cells=[text("# 01 Tiny\n\nText.")])
    for source in cells:
        tagged = nbformat.v4.new_code_cell(source, metadata={"tags": ["code"]})
        notebook.cells.append(tagged if source.startswith("import") else text(source))
    nbformat.write(notebook, tmp_path / "01_tiny.ipynb")
    found = faults_of(read_slides(tmp_path / "01_tiny.ipynb"))
    assert bool(found) == bool(words)
    assert all(words in fault for fault in found)


@pytest.fixture
def course(tmp_path):
    """A root folder with the notebook of one lesson."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(NOTEBOOKS[0], tmp_path / "notebooks")
    return tmp_path


def test_a_lesson_becomes_one_file_that_needs_no_other(course):
    assert slides.main(["0"], course) == 0
    (made,) = (course / "slides").iterdir()
    assert made.name == f"{NOTEBOOKS[0].stem}.html"
    page = BeautifulSoup(made.read_text("utf-8"), "html.parser")
    assert page.title.text == f"{NUMBERS[0]} Start here"
    assert not page.find_all("link")
    assert page.find_all("img")
    for element in page.find_all(src=True):
        assert element["src"].startswith("data:")
    for style in page.find_all("style"):
        assert not re.search(r"@import|url\((?!data:)", style.text)
    for image in page.find_all("img"):
        assert image["alt"].strip()


def test_an_unknown_lesson_is_named_with_the_known_ones(course, capsys):
    with pytest.raises(SystemExit, match="2"):
        slides.main(["00", "47"], course)
    assert "there is no lesson 47; there are 00" in capsys.readouterr().err
    assert not (course / "slides").exists()


def sections(tmp_path, *cells):
    """Return each slide of a notebook of these cells."""
    path = tmp_path / "01_tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    page = BeautifulSoup(slides.render(path), "html.parser")
    return [section for section in page.find_all("section") if not section.find("section")]


def text(source):
    return nbformat.v4.new_markdown_cell(source)


@pytest.mark.parametrize(("height", "portrait"), [(5, True), (4, False)])
def test_only_a_picture_that_is_taller_than_wide_is_a_portrait(tmp_path, height, portrait):
    png = io.BytesIO()
    Image.new("1", (4, height)).save(png, "png")
    data = {"image/png": base64.b64encode(png.getvalue()).decode()}
    about = {"image/png": {"alt": "a picture", "width": 4}}
    shown = nbformat.v4.new_output("display_data", data=data, metadata=about)
    code = nbformat.v4.new_code_cell("1", outputs=[shown])
    _, slide = sections(tmp_path, text("# 01 Tiny"), code)
    assert ("portrait" in slide.img.get("class", [])) == portrait


def test_a_continued_slide_shows_its_section(tmp_path):
    cells = [text("# 01 Tiny"), text("## A & B?"), text("> **Predict.** On?")]
    about = [section.get("data-about") for section in sections(tmp_path, *cells)]
    assert about == [None, None, "01 Tiny: A & B?"]


def test_formulas_are_drawn_by_the_browser(tmp_path):
    (slide,) = sections(tmp_path, text("# 01 Tiny\n\n$x_1$ is\n\n$$\\frac{1}{2}$$"))
    inline, block = slide.select("math:not(aside math)")
    assert inline.find("msub")
    assert block["display"] == "block"
    assert block.find("mfrac")
