"""README and CONTRIBUTING tell the truth about the files beside them."""

import re

import pytest

from commands.build import cover_of
from tests.lessons import NUMBERS, ROOT, read_notebook

PAGES = sorted(ROOT.glob("*.md"))
README = ROOT / "README.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    for link in links:
        assert link.startswith("https://") or (ROOT / link).exists(), link


@pytest.mark.parametrize("number", NUMBERS)
def test_links_of_a_lesson_lead_somewhere(number):
    for cell in read_notebook(number).cells:
        for link in re.findall(
            r"\]\(([^)#\s]+)\)", cell.source if cell.cell_type == "markdown" else ""
        ):
            assert link.startswith("https://") or (ROOT / "notebooks" / link).exists(), link


def test_pictures_of_the_table_are_there():
    pictures = re.findall(r'<img src="([^"]+)" width="\d+" alt="[^"]+">', README.read_text("utf-8"))
    assert len(pictures) == len(NUMBERS)
    assert all((ROOT / picture).exists() for picture in pictures)


@pytest.mark.parametrize("number", NUMBERS)
def test_readme_names_each_lesson_by_its_title(number):
    title = read_notebook(number).cells[0].source.splitlines()[0].removeprefix(f"# {number} ")
    assert f"[{title}](notebooks/{number}_" in README.read_text(encoding="utf-8")


def test_readme_lists_the_lessons_in_their_order():
    assert re.findall(r"\| (\d\d) \[", README.read_text(encoding="utf-8")) == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_cover_is_a_picture_of_the_lesson(number):
    assert (ROOT / "pictures" / f"{number}.png").read_bytes() == cover_of(read_notebook(number))
