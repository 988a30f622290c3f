"""The glossary has the words that the lessons declare; its sections and the symptoms' exist."""

import re

import pytest

from commands.names import LessonNames
from tests.support.lessons import NUMBERS, ROOT, path_of, read_notebook

ROW = re.compile(
    r"^\| (.+?) \| .+? \| \[(\d\d), '(.+)'\]\(\.\./notebooks/(\d\d)_\w+\.ipynb#\S+\) \|$", re.M
)


def rows(page):
    """Return (word or symptom, lesson, section, lesson of the link) of each row of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = ROW.findall(text)
    tables = text.count("\n|---")
    assert len(found) == text.count("\n| ") - tables, (
        "a row does not have the form word, meaning, where"
    )
    return found


def markdown(number):
    """Return the text of all Markdown cells of a lesson."""
    return "\n".join(c.source for c in read_notebook(number).cells if c.cell_type == "markdown")


@pytest.mark.parametrize("page", ["docs/glossary.md", "docs/symptoms.md"])
def test_the_sections_named_exist(page):
    headings = {n: set(re.findall(r"^##+ (.+)$", markdown(n), re.M)) for n in NUMBERS}
    for word, number, section, linked in rows(page):
        assert number == linked
        assert section in {h.replace("`", "") for h in headings[number]} | headings[number], word


@pytest.mark.parametrize("name", ["course_utils", "torch"])
def test_a_row_says_what_to_do_where_no_lesson_runs(name):
    """README leads to it, since the lessons themselves do not run there."""
    page = (ROOT / "docs/symptoms.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| .*`No module named '{name}'`.*$", page, re.M)
    assert "run `python course.py` in the course's folder" in row
    assert "](docs/symptoms.md)" in (ROOT / "README.md").read_text("utf-8").split("\n## ")[1]


def section(text, title):
    """Return the text under a heading, with its subsections, without folds, solutions and code."""
    text = re.sub(r"(?ms)<details>.*?</details>|^```.*?^```", "", text)
    found = [(m.start(), len(m[1]), m[2]) for m in re.finditer(r"(?m)^(#+) (.+)$", text)]
    titles = [heading.replace("`", "") for *_, heading in found]
    begin, level, _ = found[titles.index(title.replace("`", ""))]
    ends = (start for start, other, _ in found if start > begin and other <= level)
    return text[begin : next(ends, len(text))]


def explains(text, title, word):
    """Return whether a section uses a word, in bold if the lesson has it in bold before its recap.

    A word in code counts only if the glossary has it in code; it may have another ending.
    """
    text = text.partition("\n## Recap")[0]
    plain = word.strip("`").lower()
    stem = plain[:-1] if len(plain) > 4 and plain[-1] in "ey" else plain

    def has(text, marks):
        prose = text if word[0] == "`" else re.sub(r"`[^`]*`", "", text)
        found = re.findall(marks, " ".join(prose.split()))
        return any(re.search(rf"\b{re.escape(stem)}", words.lower()) for words in found)

    bold, anything = r"\*\*[^*]+\*\*(?! *<details>)", ".+"
    return has(section(text, title), bold if has(text, bold) else anything)


@pytest.mark.parametrize(
    ("word", "title", "explained"),
    [
        ("loss", "How wrong?", True),
        ("loss", "Which?", False),
        ("learning rate", "How wrong?", False),
        ("learning rate", "Which?", True),
        ("standardise", "Which?", True),
        ("code", "Which?", False),
        ("`code`", "Which?", True),
        ("hidden", "Which?", False),
        ("deep", "Which?", True),
        ("deep", "How wrong?", False),
    ],
)
def test_a_section_that_does_not_explain_a_word_is_noticed(word, title, explained):
    text = (
        "## How wrong?\n\nThe **loss**. A learning rate.\n\n## Which?\n\nThe loss, a **learning\n"
        "rate**, `code`, standardised.\n\n<details><summary>What</summary>\n\nhidden\n\n"
        "</details>\n\n### Within\n\ndeep\n\n```\nhidden\n```\n\n## Recap\n\n**deep**"
    )
    assert explains(text, title, word) == explained


def test_each_row_of_the_glossary_leads_to_a_section_that_explains_its_word():
    texts = {n: markdown(n) for n in NUMBERS}
    wrong = [
        f"{word}: '{title}' in {number}"
        for word, number, title, _ in rows("docs/glossary.md")
        if not explains(texts[number], title, word)
    ]
    assert wrong == []


def test_the_glossary_has_each_word_once_in_order():
    words = [row[0].strip("`").lower() for row in rows("docs/glossary.md")]
    assert words == sorted(set(words))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_glossary_has_the_words_that_a_lesson_declares(number):
    (path,) = (ROOT / "lessons").glob(f"{number}_*.py")
    listed = [word.strip("`") for word, home, *_ in rows("docs/glossary.md") if home == number]
    assert sorted(LessonNames(path).words) == sorted(listed)


def words_only_in_folds(lesson):
    """Return the words that a lesson declares and has, before its recap, at most in a fold."""
    text = "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    text = re.sub(r"<details>.*?</details>", "", text.partition("\n## Recap")[0], flags=re.S)
    text = " ".join(text.split()).lower()
    return [word for word in lesson.words if word.lower() not in text]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_new_word_is_only_in_a_fold(number):
    assert words_only_in_folds(LessonNames(path_of(number))) == []


def test_a_word_that_is_only_in_a_fold_is_found(tmp_path):
    path = tmp_path / "01_tiny.py"
    fold = "# <details><summary>What</summary>\n#\n# A **loss**.\n#\n# </details>\n#\n"
    recap = "# ## Recap\n#\n# The loss.\n#\n# **New words:** learning rate, loss.\n"
    path.write_text(f"# %% [markdown]\n{fold}# A **learning\n# rate**.\n\n# %% [markdown]\n{recap}")
    assert words_only_in_folds(LessonNames(path)) == ["loss"]
