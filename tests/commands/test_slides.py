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
from tests.support.lessons import NOTEBOOKS, NUMBERS, SECOND_EDITION, path_of, read_notebook

FIRST_EDITION = [number for number in NUMBERS if number not in SECOND_EDITION]
BEGINS = {"slide", "subslide"}
TYPES = BEGINS | {"fragment", "skip", "notes"}


def slideshow(cell):
    """Return a cell's slideshow metadata."""
    return cell.metadata.get("slideshow", {})


def headings(cell):
    """Return (position, level) of each heading in a text cell, without its code blocks."""
    if cell.cell_type != "markdown":
        return []
    text = re.sub(r"(?ms)^```.*?^```", lambda block: "-" * len(block[0]), cell.source)
    return [(match.start(), match[1]) for match in re.finditer(r"(?m)^(#{1,3}) ", text)]


@pytest.mark.parametrize("number", FIRST_EDITION)
def test_the_slideshow_metadata_is_known_to_the_slides(number):
    for cell in read_notebook(number).cells:
        assert set(slideshow(cell)) <= {"slide_type", "output"}
        if "slide_type" in slideshow(cell):
            assert slideshow(cell)["slide_type"] in TYPES
        if "output" in slideshow(cell):
            assert slideshow(cell)["output"] in BEGINS
            assert cell.outputs, f"there is no output that could begin a slide: {cell.source}"


@pytest.mark.parametrize("number", FIRST_EDITION)
def test_every_section_begins_a_slide(number):
    cells = read_notebook(number).cells
    assert slideshow(cells[0]) == {"slide_type": "slide"}
    for cell in cells:
        for place, level in headings(cell):
            before = re.sub("(?m)^#.*$", "", cell.source[:place])  # '## ' directly before '### '
            assert not before.strip(), f"a heading within a cell: {cell.source[place:][:60]}"
            begins = BEGINS if level == "###" else {"slide"}
            assert slideshow(cell).get("slide_type") in begins, cell.source[:60]


@pytest.mark.parametrize("number", FIRST_EDITION)
def test_solutions_are_not_shown(number):
    for cell in read_notebook(number).cells:
        if cell.source.startswith("<details>"):
            assert slideshow(cell) == {"slide_type": "skip"}, cell.source[:90]


@pytest.mark.parametrize("number", FIRST_EDITION)
def test_no_answer_is_on_the_slide_of_its_prediction(number):
    asked = False
    for cell in read_notebook(number).cells:
        if slideshow(cell).get("slide_type") in BEGINS | {"fragment"}:
            asked = False
        if cell.cell_type == "markdown":
            asked = asked or "**Predict" in cell.source
        elif "output" in slideshow(cell):
            asked = False
        else:
            assert not (asked and cell.outputs), cell.source


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


@pytest.mark.parametrize("number", SECOND_EDITION)
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


def text(source, slide_type=None):
    metadata = {"slideshow": {"slide_type": slide_type}} if slide_type else {}
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def test_an_output_can_begin_a_slide(tmp_path):
    printed = nbformat.v4.new_output("stream", text="two\n")
    metadata = {"slideshow": {"output": "subslide"}}
    code = nbformat.v4.new_code_cell("print('one')", outputs=[printed], metadata=metadata)
    first, second = sections(tmp_path, text("# 01 Tiny", "slide"), code)
    assert "one" in first.text
    assert "two" not in first.text
    assert "one" not in second.text
    assert "two" in second.text


@pytest.mark.parametrize(("height", "portrait"), [(5, True), (4, False)])
def test_only_a_picture_that_is_taller_than_wide_is_a_portrait(tmp_path, height, portrait):
    png = io.BytesIO()
    Image.new("1", (4, height)).save(png, "png")
    data = {"image/png": base64.b64encode(png.getvalue()).decode()}
    about = {"image/png": {"alt": "a picture", "width": 4}}
    shown = nbformat.v4.new_output("display_data", data=data, metadata=about)
    code = nbformat.v4.new_code_cell("1", outputs=[shown])
    (slide,) = sections(tmp_path, text("# 01 Tiny", "slide"), code)
    assert ("portrait" in slide.img.get("class", [])) == portrait


def test_a_continued_slide_shows_its_section(tmp_path):
    cells = [text("# 01 Tiny", "slide"), text("## A & B?", "slide"), text("On.", "subslide")]
    about = [section.get("data-about") for section in sections(tmp_path, *cells)]
    assert about == [None, None, "01 Tiny: A & B?"]


def test_formulas_are_drawn_by_the_browser(tmp_path):
    (slide,) = sections(tmp_path, text("# 01 Tiny\n\n$x_1$ is\n\n$$\\frac{1}{2}$$", "slide"))
    inline, block = slide.find_all("math")
    assert inline.find("msub")
    assert block["display"] == "block"
    assert block.find("mfrac")


@pytest.mark.parametrize("number", NUMBERS)
def test_no_formula_contains_a_command_that_the_slides_cannot_draw(number):
    for cell in read_notebook(number).cells:
        if cell.cell_type == "markdown" and slideshow(cell).get("slide_type") != "skip":
            page = BeautifulSoup(slides.to_html(cell.source), "html.parser")
            for formula in page.find_all("math"):
                assert "\\" not in formula.text
