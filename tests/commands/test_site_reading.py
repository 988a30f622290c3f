"""A small website whose lesson has an exercise, words of another lesson, questions and a cover."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.util.inventory import InventoryFile

from commands import addresses, site
from tests.support.website import CAPTION, picture, read, write_course

HOME = "https://someone.github.io/tiny/"
TITLE = "# 01 Tiny\n\nYou double a loss, $x$ & more."
LESSON = """## What is a loss?

[The other loss](02_other.ipynb#Why?): in code it is `loss`. See [a loss](#What-is-a-loss?), and
$loss$. A **loss** is a number; a *loss* falls, and each loss after it.

<details><summary>The loss</summary>

Two losses.

</details>

### Exercise 1 (write): double it

Double the loss."""
GLOSSARY = """# Glossary

Every word.

| word | meaning | where |
|---|---|---|
| loss | the `number` to make small | [02, 'Why?'](../notebooks/02_other.ipynb#Why?) |
| Simpson's paradox | a slope that turns | [02, 'Why?'](../notebooks/02_other.ipynb#Why?) |
"""
PAGE = """# 01 Tiny: for the instructor

[The lesson](../notebooks/01_tiny.ipynb) · [the glossary](../docs/glossary.md)

**To take home:** two is enough. Twice.

## Exercises

| exercise | time | the usual wrong answer | hints |
|---|---|---|---|
| Exercise 1 (write): double it | 6 minutes | 3 | 'How often?' 'Add it to `itself`.' Homework |

## Five more questions

### 1. A half

What is half of two?

<details><summary>Answer</summary>

**b)** One.

</details>
"""


@pytest.fixture(scope="module")
def website(tmp_path_factory):
    """Make the website of a course that has an address."""
    root = tmp_path_factory.mktemp("reading") / "course"
    write_course(root)
    verdict = nbformat.v4.new_output("display_data", {"text/html": "<p>not done yet</p>"})
    lesson = [
        new_markdown_cell(TITLE),
        new_markdown_cell(LESSON),
        new_code_cell("double = ...", metadata={"tags": ["exercise", "write"]}),
        new_code_cell("check.double(double)", outputs=[verdict]),
        new_markdown_cell("<details><summary>Solution</summary>\n\n2\n\n</details>\n\n## Recap"),
        new_code_cell("draw()", outputs=[picture()], metadata={"tags": ["cover"]}),
    ]
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    for name, cells in {
        "01_tiny": lesson,
        "02_other": [new_markdown_cell("# 02 Other\n\nA second.\n\n## Why?\n\nA loss.")],
    }.items():
        notebook = new_notebook(cells=cells, metadata=metadata)
        nbformat.write(notebook, root / f"notebooks/{name}.ipynb")
    (root / "docs/glossary.md").write_text(GLOSSARY)
    (root / "instructor").mkdir()
    (root / "instructor/01_tiny.md").write_text(PAGE)
    (root / "README.md").write_text("# Tiny\n\nA course.\n\n## Run it yourself\n\nRun it.\n")
    index = root / "docs/site/index.md"
    index.write_text(index.read_text().replace("docs/*\n", "docs/*\ninstructor/*\nREADME\n"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "repository", lambda: "https://github.com/someone/tiny")
        assert site.main([], root) == 0
    return root / "site"


@pytest.fixture(scope="module")
def lesson(website):
    """Read the page of the lesson."""
    return read(website / "notebooks/01_tiny.html")


def test_an_exercise_is_a_block_with_its_hints_before_its_solution(lesson):
    (block,) = lesson.select(".exercise")
    assert block.find_previous_sibling().name == "h3"
    assert [one.text for one in block.select("summary")] == ["Hint 1", "Hint 2", "Solution"]
    assert block.select(".hint")[1].code.text == "itself"
    assert "double = ..." in block.text
    assert "Recap" not in block.text
    assert "not done yet" not in lesson.text
    links = [link["href"] for link in block.select("p > a:not(.glossary)")]
    binder, colab, own_machine = links
    assert binder.startswith("https://mybinder.org/")
    assert colab.startswith("https://colab.research.google.com/")
    assert own_machine == "../README.html#run-it-yourself"


def test_the_notebook_to_download_keeps_its_check(website):
    assert "not done yet" in (website / "_sources/notebooks/01_tiny.ipynb").read_text("utf-8")


def test_a_later_lesson_says_in_two_sentences_that_nothing_needs_to_be_run(website):
    line = read(website / "notebooks/02_other.html").select_one("h1 + .on-the-web")
    assert line.text.count(". ") == 1
    assert line.a["href"] == "../README.html#run-it-yourself"


def test_the_search_knows_no_answers_of_the_instructors_pages(website):
    index = (website / "searchindex.js").read_text("utf-8")
    assert "02 Other" in index
    assert "for the instructor" not in index


def test_a_word_is_marked_once_in_a_section_in_prose_alone(lesson):
    words = lesson.select("a.glossary")
    assert [(one.text, one.parent.name) for one in words] == [("loss", "em")]
    assert words[0]["title"] == "the number to make small"
    assert words[0]["href"] == "../docs/glossary.html#word-loss"


def test_a_word_is_not_marked_in_its_own_lesson_and_its_row_has_an_anchor(website):
    assert not read(website / "notebooks/02_other.html").select("a.glossary")
    rows = read(website / "docs/glossary.html").select("tr[id]")
    assert [row["id"] for row in rows] == ["word-loss", "word-simpson-s-paradox"]


def test_other_projects_can_link_to_words_and_to_sections(website):
    with (website / "objects.inv").open("rb") as file:
        found = InventoryFile.load(file, HOME, lambda base, path: base + path)
    assert found["std:term"]["loss"].uri == f"{HOME}docs/glossary.html#word-loss"
    section = found["std:label"]["notebooks/01_tiny:what is a loss?"]
    page, _, anchor = section.uri.partition("#")
    assert page == f"{HOME}notebooks/01_tiny.html"
    assert read(website / "notebooks/01_tiny.html").find(id=anchor)


def test_a_preview_has_the_promise_and_the_cover_of_a_lesson(website, lesson):
    found = {one["property"]: one["content"] for one in lesson.select("meta[property^='og:']")}
    assert found["og:title"] == "01 Tiny"
    assert found["og:type"] == "article"
    assert found["og:description"] == "You double a loss, x & more."
    assert found["og:url"] == f"{HOME}notebooks/01_tiny.html"
    assert lesson.select_one("link[rel=canonical]")["href"] == found["og:url"]
    assert found["og:image"].startswith(HOME)
    assert (website / found["og:image"].removeprefix(HOME)).is_file()
    assert (found["og:image:width"], found["og:image:height"]) == ("200", "100")
    assert found["og:image:alt"] == CAPTION
    assert lesson.select_one("meta[name=description]")["content"] == found["og:description"]
    assert lesson.select_one("meta[name='twitter:card']")


def test_another_page_has_its_first_sentences_and_the_first_cover(website):
    page = read(website / "instructor/01_tiny.html")
    found = {one["property"]: one["content"] for one in page.select("meta[property^='og:']")}
    assert found["og:description"] == "To take home: two is enough. Twice."
    assert found["og:image:alt"] == CAPTION


def test_the_five_questions_of_the_instructors_page_end_the_lesson_with_folded_answers(lesson):
    title = lesson.select("h2")[-1]
    assert title.contents[0] == "Five more questions"
    assert title.find_next("details").strong.text == "b)"
