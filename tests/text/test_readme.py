"""README shows all lessons."""

import re

import pytest

from commands import minutes
from commands.build import cover_of
from tests.support.lessons import NUMBERS, ROOT, path_of, read_notebook

README = ROOT / "README.md"


def test_pictures_of_the_table_are_there():
    pictures = re.findall(r'<img src="([^"]+)" width="\d+" alt="[^"]+">', README.read_text("utf-8"))
    assert len(pictures) == len(NUMBERS)
    assert all((ROOT / picture).exists() for picture in pictures)


@pytest.mark.parametrize("number", NUMBERS)
def test_readme_names_each_lesson_by_its_title(number):
    title = read_notebook(number).cells[0].source.splitlines()[0].removeprefix(f"# {number} ")
    assert f"[{number} {title}](notebooks/{number}_" in README.read_text(encoding="utf-8")


def test_readme_lists_the_lessons_in_their_order():
    links = re.findall(r"\| \[(\d\d) [^]]*\]\(notebooks/", README.read_text(encoding="utf-8"))
    assert links == NUMBERS


def test_the_tables_of_lessons_have_the_lessons_minutes():
    assert minutes.find_stale_pages(ROOT) == {}, "run `python course.py build`"
    text = README.read_text("utf-8")
    assert len(re.findall(r"\| \d+(?: \+ \d+)? \|\n", text)) == len(NUMBERS)
    assert len(minutes.IN_ALL.findall(text)) == 1


@pytest.mark.parametrize("number", NUMBERS)
def test_cover_is_a_picture_of_the_lesson(number):
    picture = path_of(number, "docs/pictures", ".png")
    assert picture.read_bytes() == cover_of(read_notebook(number))
