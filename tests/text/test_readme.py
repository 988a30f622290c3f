"""The links of pages and lessons lead somewhere, and the pages show what was measured."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from benchmarks import lessons
from benchmarks.__main__ import NAMES, PAGES, line, replaced
from commands.build import cover_of
from tests.support.lessons import NOTEBOOKS, NUMBERS, ROOT, read_notebook

MARKDOWN = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "instructor").rglob("*.md")]
)
README = ROOT / "README.md"


def dead_links(text, folder):
    """Return the links of a text in this folder whose files do not exist."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    return [one for one in links if not one.startswith("https://") and not (folder / one).exists()]


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_links_of_a_page_lead_somewhere(page):
    assert dead_links(page.read_text("utf-8"), page.parent) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_the_links_of_a_lesson_lead_somewhere(number):
    cells = [cell for cell in read_notebook(number).cells if cell.cell_type == "markdown"]
    assert dead_links("\n".join(cell.source for cell in cells), ROOT / "notebooks") == []


def test_the_pictures_of_the_table_exist():
    pictures = re.findall(r'<img src="([^"]+)" width="\d+" alt="[^"]+">', README.read_text("utf-8"))
    assert len(pictures) == len(NUMBERS)
    assert all((ROOT / picture).exists() for picture in pictures)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_readme_lists_each_lesson_by_its_title(number):
    title = read_notebook(number).cells[0].source.splitlines()[0].removeprefix(f"# {number} ")
    assert f"[{number} {title}](notebooks/{number}_" in README.read_text(encoding="utf-8")


def test_the_readme_lists_the_lessons_in_order():
    links = re.findall(r"\| \[(\d\d) [^]]*\]\(notebooks/", README.read_text(encoding="utf-8"))
    assert links == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_a_lessons_cover_is_one_of_its_pictures(number):
    (picture,) = (ROOT / "docs/pictures").glob(f"{number}_*.png")
    assert picture.read_bytes() == cover_of(read_notebook(number))


def table(name):
    """Return the rows of a benchmark's table in the pages, by their first cells."""
    head = line(import_module(f"benchmarks.{name}").HEAD)
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    assert pages.count(f"\n{head}\n") == 1, f"what `python -m benchmarks {name}` prints"
    rows = pages.partition(f"\n{head}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return {cells[0]: cells[1:] for cells in (row[2:-2].split(" | ") for row in rows)}


@pytest.mark.parametrize("name", sorted({*NAMES} - {"imports", "graphs", "installed_size"}))
def test_the_pages_show_what_a_benchmark_measured(name):
    for row in table(name).values():
        assert len(row) == len(import_module(f"benchmarks.{name}").HEAD) - 1
        for cell in filter(str.strip, row):
            assert re.search("[1-9]", cell), f"python -m benchmarks --write {name}"
            assert re.fullmatch(r"[*\d.,]+ ?(%|MB|GB|on the disk|in memory)?[*]*", cell)


def test_the_pages_show_every_row_of_a_benchmark():
    assert list(table("lessons")) == [lessons.name(path) for path in NOTEBOOKS]
    ladder = next(
        c.source for c in read_notebook("fitting_polynomials").cells if "\nladder = {" in c.source
    )
    assert list(table("speed_ladder")) == re.findall('^    "(.+)": ', ladder, re.MULTILINE)


def test_a_benchmark_prints_its_table_and_an_unknown_one_is_named():
    command = [sys.executable, "-m", "benchmarks", "installed_size"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "\n| package | MB |\n|---|---:|\n| torch | " in result.stdout, result.stderr
    result = subprocess.run([*command, "speed"], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("There is no benchmark 'speed', only set_up, ")


def test_a_new_table_replaces_the_old_one_and_nothing_else():
    page = "Text.\n\n| a | b |\n|---|---:|\n| x | 1 |\n| y | 2 |\n\nMore.\n\n| c |\n|---|\n| z |\n"
    new = replaced(page, ["| a | b |", "|---|---:|", "| v | 4 |"])
    assert new == page.replace("| x | 1 |\n| y | 2 |", "| v | 4 |")
    assert replaced(page, ["| a | e |", "|---|---:|", "| v | 4 |"]) == page
