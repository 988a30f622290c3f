"""The pages and lessons link to what is there, and README shows what was measured."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from benchmarks import lessons
from benchmarks.__main__ import NAMES, PAGES, line, replaced
from commands.build import cover_of
from tests.support.lessons import NOTEBOOKS, NUMBERS, ROOT, path_of, read_notebook

MARKDOWN = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "instructor").rglob("*.md")]
)
README = ROOT / "README.md"


def dead_links(text, folder):
    """Return the links of a text in this folder that lead to no file; code has no links."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"`[^`\n]*`", "", text))
    return [one for one in links if not one.startswith("https://") and not (folder / one).exists()]


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_somewhere(page):
    assert dead_links(page.read_text("utf-8"), page.parent) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_links_of_a_lesson_lead_somewhere(number):
    cells = [cell for cell in read_notebook(number).cells if cell.cell_type == "markdown"]
    assert dead_links("\n".join(cell.source for cell in cells), ROOT / "notebooks") == []


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


@pytest.mark.parametrize("number", NUMBERS)
def test_cover_is_a_picture_of_the_lesson(number):
    picture = path_of(number, "docs/pictures", ".png")
    assert picture.read_bytes() == cover_of(read_notebook(number))


def table(name):
    """Return the rows that the pages show of a benchmark's table, by their first cells."""
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
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "\n| package | MB |\n|---|---:|\n| torch | " in said.stdout, said.stderr
    said = subprocess.run([*command, "speed"], cwd=ROOT, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("There is no benchmark 'speed', only set_up, ")


def test_a_table_takes_the_place_of_the_old_one_and_nothing_else():
    page = "Text.\n\n| a | b |\n|---|---:|\n| x | 1 |\n| y | 2 |\n\nMore.\n\n| c |\n|---|\n| z |\n"
    new = replaced(page, ["| a | b |", "|---|---:|", "| v | 4 |"])
    assert new == page.replace("| x | 1 |\n| y | 2 |", "| v | 4 |")
    assert replaced(page, ["| a | e |", "|---|---:|", "| v | 4 |"]) == page
