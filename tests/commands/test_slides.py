"""What each slide shows, and that a file of slides needs no other file.

tests/commands/test_deck.py has the rule; tests/browser/test_slides.py looks at every slide in a
browser.
"""

import re
import shutil

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup

from commands import deck, present, slides
from commands.frames import Frame, Frames, Slider
from commands.minutes import PROMPT
from tests.support.lessons import NOTEBOOKS, NUMBERS, path_of, read_notebook
from tests.support.tiny_slides import LEFTOVER, picture, text, write


def read_slides(notebook, template="slides"):
    """Return the sections of HTML that are slides, and the page."""
    page = BeautifulSoup(slides.render(notebook, template), "html.parser")
    return page.find_all("section"), page


def test_the_rest_of_a_lesson_by_rule_is_in_the_speakers_notes(tmp_path):
    path = write(tmp_path, text("## A?\n\nThis is what is shown here. *Said.*"))
    (_, section), page = read_slides(path)
    assert section.aside["class"] == ["notes"]
    assert section.aside.em.text == "Said."
    section.aside.decompose()
    assert "Said" not in section.text
    assert "plugins: [RevealNotes]" in str(page)


def test_the_instructors_page_is_in_the_notes_and_on_their_printed_page(tmp_path):
    page = "## Questions\n\n### A?\n**Ask**: which of them?\n- *None.* All.\n"
    path = write(tmp_path, text("## A?\n\nThis is what is shown here."), page=page)
    for template in ("slides", "notes"):
        (_, section), _ = read_slides(path, template)
        assert section.select_one(".notes li em").text == "None."


def test_the_printed_notes_show_each_slide_above_its_notes(tmp_path):
    path = write(
        tmp_path, text("## A?\n\nIt is. More."), picture(4, 3), text("This is below it. Said.")
    )
    (_, section), page = read_slides(path, "notes")
    assert section.h2.text == "2. A?"
    assert section.select_one(".slide img")["alt"] == "A picture."
    assert "This is below it." in section.select_one(".slide").text
    assert "Said." in section.select_one(".notes").text
    assert not page.find_all(["link", "script"])


POINTS = re.compile(r"\b(?:below|above|the same)\b", re.I)
# Where such a word points at nothing, or at what is on the slide or a neighbouring one.
REVIEWED = re.compile(
    r"(?:above|below) (?:zero|one percent|its line|where it ends|two standard errors|the least)"
    r"|(?:above|below) the (?:learning-rate )?limit|well below it|a little below, since"
    r"|the same (?:ten points|columns|curves|direction|factor|fit|result|rows|rate|time|work)"
    r"|the same (?:number, or more|predictions|question)|by the same number"
    r"|the same (?:as with ten|thing: they stop)|the mean stays the same|must count the same"
    r"|the cell below checks it"  # of any exercise
    r"|gives? the same numbers|\| `loss\.backward\(\)`, the same"  # as your engine, in 03
    r"|Adam: the same,"
    r"|Do the same for (?:the sine|mode 0)|the points above|lines of equal loss above"
    r"|at the dots below|each fit below|cause below"  # in the code of the exercise
    r"|The same numbers (?:as|come out)",
    re.I,
)


def pointers(shown):
    """Return where the words of slides point at something, with the words around it."""
    for number, slide in enumerate(shown, 1):
        blocks = [slide.heading, *deck.without_code([*slide.above, *slide.below])]
        words = REVIEWED.sub("", " ".join(re.sub(r"\s+(?:> )?", " ", "\n".join(blocks)).split()))
        yield from (
            f"{number}: {words[max(m.start() - 40, 0) : m.end() + 20]}"
            for m in POINTS.finditer(words)
        )


@pytest.mark.parametrize("number", NUMBERS)
def test_no_slide_points_at_what_is_only_in_the_lesson(number):
    assert [*pointers(slides.read_lesson(path_of(number, "notebooks", ".ipynb")))] == []


def test_a_slide_that_points_elsewhere_is_found(tmp_path):
    cells = [text("## A?\n\nAs in the table above."), text("## B?\n\nIt is below\nzero.")]
    (found,) = pointers(slides.read_lesson(write(tmp_path, *cells)))
    assert found == "2: ## A? As in the table above."


def lines_of(code):
    """Return the lines of code, without their indentation and comments."""
    return {re.sub(" *#.*", "", line).strip() for line in code.splitlines()} - {""}


@pytest.mark.parametrize("number", NUMBERS)
def test_each_key_shows_something(number):
    for slide in read_slides(path_of(number, "notebooks", ".ipynb"))[0]:
        for step in slide.select(".fragment"):
            assert step.get_text(strip=True), slide.find(["h1", "h2", "h3"]).get_text()


@pytest.mark.parametrize("number", NUMBERS)
def test_code_among_the_words_for_a_slide_is_the_lessons_or_an_example_that_runs(number):
    cells = read_notebook(number).cells
    lesson = lines_of("\n".join(cell.source for cell in cells))
    said = "\n".join(cell.metadata.get("slide", "") for cell in cells)
    for code in re.findall(r"(?ms)^```python\n(.*?)^```", said):
        other = lines_of(code) - lesson
        if other == lines_of(code):
            exec(code, {"np": np})
        else:
            assert sorted(other) == []


def faults_of(notebook):
    """Return what is wrong with slides: too many, or one with too many words or a leftover."""
    shown = slides.read_lesson(notebook)
    found = [] if 15 <= len(shown) <= 22 else [f"{len(shown)} slides, not 15 to 22"]
    for number, slide in enumerate(shown):
        printed = slide.output.get("text", "") if slide.output else ""
        blocks = [slide.heading, *deck.without_code([*slide.above, *slide.below])]
        if leftover := LEFTOVER.search("\n".join([*blocks, printed])):
            found.append(f"'{leftover[0]}' on the slide '{slide.heading}'")
        if re.search("^(import|from) ", slide.source, re.M):
            found.append(f"an import on the slide '{slide.heading}'")
        lines = max(slide.source.count("\n"), printed.count("\n")) + 1
        if lines > 23:  # at 22 pixels of 720, more do not fit
            found.append(f"{lines} lines of code, not 23, on the slide '{slide.heading}'")
        words = deck.count_words(*blocks)
        if words > 45:
            found.append(f"{words} words, not 45, on the slide '{slide.heading}'")
        answer = shown[number + 1 :][:2]  # the code may come between
        if any(PROMPT.match(block) for block in slide.above) and not any(s.below for s in answer):
            found.append(f"no answer after the slide '{slide.heading}'")
        said = slide.above if slide.is_exercise else slide.below
        if deck.is_picture(slide.output) and not said:
            found.append(f"a picture without a sentence on the slide '{slide.heading}'")
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_slides_are_few_and_short_and_nothing_is_left_over(number):
    assert faults_of(path_of(number, "notebooks", ".ipynb")) == []


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["## A?\n\nText."] * 14, None),
        (["## A?\n\nText."] * 13, "14 slides"),
        (["## A?\n\nText."] * 22, "23 slides"),
        ([f"## A?\n\n{'word ' * 44}."] * 14, None),
        ([f"## A?\n\n**{'word ' * 45}?**"] * 14, "46 words"),
        (["## A?\n\nRun this cell."] * 14, "'Run this cell'"),
        (["import numpy"] * 14, "an import"),
        (["## A?\n\n> **Predict.** What?", "## B?\n\nIt."] * 7, "no answer"),
    ],
)
def test_a_slide_that_is_too_full_is_found(tmp_path, cells, words):
    made = [
        nbformat.v4.new_code_cell(source, metadata={"tags": ["code"]})
        if source.startswith("import")
        else text(source)
        for source in cells
    ]
    found = faults_of(write(tmp_path, *made))
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
    notes, made = sorted((course / "slides").iterdir(), reverse=True)
    assert made.name == f"{NOTEBOOKS[0].stem}.html"
    assert notes.name == f"{NOTEBOOKS[0].stem}_notes.html"
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


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        ((3, 4), "tall"),
        ((4, 3), "beside"),
        ((8, 3), None),
        ((40, 30), "beside"),
        ((66, 40), None),  # a column of 300 would leave it larger, but is too narrow for words
        ((800, 485), "beside"),  # it is wide in the lesson, too, and needs its size
    ],
)
def test_a_picture_is_beside_its_sentence_if_it_is_larger_there(tmp_path, size, kind):
    path = write(tmp_path, text(f"## A?\n\n{'word ' * 25}."), picture(*size))
    (_, section), _ = read_slides(path)
    classes = [*section.select_one(".picture")["class"], *section.figure.get("class", [])]
    assert [name for name in classes if name != "picture"] == ([kind] if kind else [])


def test_the_rows_of_a_table_count_as_lines(tmp_path):
    cell = picture(16, 9)
    for rows, beside in ((1, False), (5, True)):
        cell.metadata["slide"] = "| a | b |\n|---|---|" + "\n| c | d |" * rows
        path = write(tmp_path, text("## A?\n\nIt."), cell)
        (_, section), _ = read_slides(path)
        assert ("beside" in section.select_one(".picture")["class"]) == beside


def test_a_formula_of_its_own_counts_as_two_lines():
    assert slides.lines_of("$$x$$") == 2
    assert slides.lines_of("word " * 16) == 2
    assert slides.lines_of("| a |\n|---|\n| b |\n| c |") == 3


def test_each_slide_shows_its_section(tmp_path):
    path = write(tmp_path, text("## A & B?\n\nIt."), text("> **Predict.** On?"))
    (_, first, second), _ = read_slides(path)
    assert first.h2.text == "A & B?"
    assert second.select_one(".about").text.strip() == "A & B?"


def test_what_code_prints_waits_for_a_key_where_the_words_above_ask(tmp_path):
    printed = nbformat.v4.new_output("stream", text="2\n")
    cell = nbformat.v4.new_code_cell("1 + 1", metadata={"tags": ["code"]}, outputs=[printed])
    for words, waits in (("What is this?", True), ("It is this.", False)):
        path = write(tmp_path, text(f"## A?\n\n{words}"), cell, text("So it is."))
        (_, slide), _ = read_slides(path)
        assert bool(slide.select(".fragment pre.printed")) == waits
        assert "So it is." in slide.text


def test_a_heading_that_tells_the_answer_is_asked_in_other_words(tmp_path):
    cell = text("## Two?\n\nIt.\n\n> **Predict.** How many?")
    cell.metadata["slide"] = "## How *many*?"
    fold = text("<details><summary>What you should see</summary>\n\nTwo.\n\n</details>")
    path = write(tmp_path, cell, picture(4, 3), fold)
    for template in ("slides", "notes"):
        (*_, asked, answer), _ = read_slides(path, template)
        assert "How many?" in asked.h2.text
        assert "It." in asked.text, "the words stay"
        assert "Two?" in answer.select_one(".about, h2").text
    made = present.live(nbformat.read(path, as_version=4), slides.read_lesson(path)).cells
    assert made[1].source.startswith("## How *many*?")


def test_a_slider_moves_where_its_frames_are_drawn(tmp_path, monkeypatch):
    cell = picture(4, 3)
    found = Frames([Slider("rate", ["1", "2"], 0)], [Frame(tmp_path / "1.webp", "", "")] * 2)
    (tmp_path / "1.webp").write_bytes(b"webp")
    path = write(tmp_path, text("## A?\n\nIt."), cell)
    (_, still), _ = read_slides(path)
    monkeypatch.setattr(slides.frames, "read", lambda *_: {cell.id: found})
    (_, moving), page = read_slides(path)
    assert not still.select(".frames")
    assert moving.select_one("figure > img + .frames input[type=range]")
    assert not moving.figcaption.text, "it is the sentence below"
    write(tmp_path, text("## A?\n\nIt."), cell, text("It rises."))
    (_, moving), _ = read_slides(path)
    assert moving.figcaption.text == cell.outputs[0].metadata["image/png"]["alt"]
    assert "function startFrames" in str(page)


def test_formulas_are_drawn_by_the_browser(tmp_path):
    path = write(tmp_path, text("## A?\n\n$x_1$ is\n\n$$\\frac{1}{2}$$"))
    (_, slide), _ = read_slides(path)
    inline, block = slide.select("math:not(aside math)")
    assert inline.find("msub")
    assert block["display"] == "block"
    assert block.find("mfrac")


def test_the_last_slide_shows_what_to_take_home(tmp_path):
    table = "| a | b |\n|---|---|\n| c | d |"
    cell = text(f"## Recap\n\n{table}\n\n**Next**, more.")
    page = "# 01\n\n**To take home:** two halves. The rest.\n\n## Minutes\n"
    last = slides.read_lesson(write(tmp_path / "a", cell, page=page))[-1]
    assert last.above == ["**To take home:** two halves. The rest.", table, "**Next**, more."]
    page = page.replace("The rest.", "rest " * 38)
    last = slides.read_lesson(write(tmp_path / "b", cell, page=page))[-1]
    assert last.above == ["**To take home:** two halves.", table]
    assert "**Next**, more." in last.notes


def test_an_answer_below_a_slider_is_shown_at_the_next_key(tmp_path):
    cell = picture(4, 3)
    fold = text("<details><summary>What you should see</summary>\n\nSo it is.\n\n</details>")
    for source in ("draw()", "sliders.move(draw)"):
        cell.source = source
        path = write(tmp_path, text("## A?\n\n> **Predict.** How?"), cell, fold)
        (*_, answer), _ = read_slides(path)
        assert bool(answer.select(".said .fragment")) == (source != "draw()")
        assert "So it is." in answer.select_one(".said").text
