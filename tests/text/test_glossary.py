"""The glossary has the words that the lessons declare; its sections and the symptoms' exist."""

import re

import pytest

from commands.names import LessonNames
from tests.support.lessons import NUMBERS, ROOT, SECOND_EDITION, path_of, read_notebook

ROW = re.compile(
    r"^\| (.+?) \| .+? \| \[(\d\d)\]\(\.\./notebooks/(\d\d)_\w+\.ipynb\), '(.+)' \|$", re.M
)


def rows(page):
    """Return (word or symptom, lesson, lesson of the link, section) of each row of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = ROW.findall(text)
    assert len(found) == text.count("\n| ") - 1, "a row does not have the form word, meaning, where"
    return found


def markdown(number):
    """Return the text of all Markdown cells of a lesson."""
    return "\n".join(c.source for c in read_notebook(number).cells if c.cell_type == "markdown")


@pytest.mark.parametrize("page", ["docs/glossary.md", "docs/symptoms.md"])
def test_the_sections_named_exist(page):
    headings = {n: set(re.findall(r"^##+ (.+)$", markdown(n), re.M)) for n in NUMBERS}
    for word, number, linked, section in rows(page):
        assert number == linked
        assert section in {h.replace("`", "") for h in headings[number]} | headings[number], word


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


@pytest.mark.parametrize("number", SECOND_EDITION)
def test_no_new_word_is_only_in_a_fold(number):
    assert words_only_in_folds(LessonNames(path_of(number))) == []


def test_a_word_that_is_only_in_a_fold_is_found(tmp_path):
    path = tmp_path / "01_tiny.py"
    fold = "# <details><summary>What</summary>\n#\n# A **loss**.\n#\n# </details>\n#\n"
    recap = "# ## Recap\n#\n# The loss.\n#\n# **New words:** learning rate, loss.\n"
    path.write_text(f"# %% [markdown]\n{fold}# A **learning\n# rate**.\n\n# %% [markdown]\n{recap}")
    assert words_only_in_folds(LessonNames(path)) == ["loss"]
