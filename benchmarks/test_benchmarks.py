"""The pages show every table that the benchmarks print, and the benchmarks start."""

import re
import subprocess
import sys
from importlib import import_module

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks import lessons, sliders
from benchmarks.__main__ import NAMES, PAGES, replace_table, row
from tests.support.lessons import LESSONS, ROOT, read_notebook


def table(name):
    """Return the rows of a benchmark's table in the pages, by their first cells."""
    head = row(import_module(f"benchmarks.{name}").HEAD)
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    assert pages.count(f"\n{head}\n") == 1, f"the pages lack what `-m benchmarks {name}` prints"
    lines = pages.partition(f"\n{head}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return {cells[0]: cells[1:] for cells in (line[2:-2].split(" | ") for line in lines)}


@pytest.mark.parametrize("name", sorted({*NAMES} - {"imports", "graphs", "installed_size"}))
def test_the_pages_show_what_a_benchmark_measured(name):
    for cells in table(name).values():
        assert len(cells) == len(import_module(f"benchmarks.{name}").HEAD) - 1
        for cell in filter(str.strip, cells):
            # Only a page of the website can have nothing: no part that jumps, no wait.
            assert name == "website" or re.search("[1-9]", cell), f"-m benchmarks --write {name}"
            assert re.fullmatch(r"[*\d.,]+ ?(%|MB|GB|on the disk|in memory)?[*]*", cell)


def test_the_pages_show_every_row_of_a_benchmark():
    assert list(table("lessons")) == [lessons.name(path) for path in LESSONS]
    ladder = next(
        c.source for c in read_notebook("where_the_time_goes").cells if "\nladder = {" in c.source
    )
    assert list(table("speed_ladder")) == re.findall('^    "(.+)": ', ladder, re.MULTILINE)


@pytest.mark.slow
def test_a_benchmark_prints_its_table_and_an_unknown_one_is_named():
    command = [sys.executable, "-m", "benchmarks", "installed_size"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "\n| package | MB |\n|---|---:|\n| torch | " in ran.stdout, ran.stderr
    ran = subprocess.run([*command, "speed"], cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("There is no benchmark 'speed'. There are set_up, ")


def test_a_table_takes_the_place_of_the_old_one_and_nothing_else():
    page = "Text.\n\n| a | b |\n|---|---:|\n| x | 1 |\n| y | 2 |\n\nMore.\n\n| c |\n|---|\n| z |\n"
    new = replace_table(page, ["| a | b |", "|---|---:|", "| v | 4 |"])
    assert new == page.replace("| x | 1 |\n| y | 2 |", "| v | 4 |")
    assert replace_table(page, ["| a | e |", "|---|---:|", "| v | 4 |"]) == page


def test_the_sliders_are_measured_by_a_test_that_exists():
    assert "def test_sliders_move_" in sliders.TEST.read_text("utf-8")


def test_a_lesson_is_measured_in_the_courses_kernel_not_the_users(tmp_path, monkeypatch):
    spec = tmp_path / "kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["false"], "display_name": "Python 3", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    path = tmp_path / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import json")]), path)
    cost = lessons.measure(path)
    assert 0 < cost.start < cost.seconds
    assert cost.imports >= 0
    assert cost.memory > 10
