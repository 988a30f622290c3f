"""Each benchmark's table has its place on a page, with date, machine and commit."""

import ast
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks import __main__ as benchmarks
from benchmarks import faults, hub, lessons, runs, sliders, stale, tables, waits
from benchmarks.__main__ import COSTS, MODULES, choose, load, main
from commands.test import CHECKS
from tests.support.lessons import LESSONS, ROOT, read_notebook

COUNT = ("things", "how many")


def line(command="count", at="at commit abc1234", day="2026-01-31", machine="A (R) CPU, 2 cores"):
    """Return the line below a table, without its end."""
    return f"Measured on {day} in 3 minutes {at} by `{tables.COMMAND} {command}` ({machine})"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page with a place for the table of a benchmark `count`, which is the only one."""
    path = tmp_path / "page.md"
    path.write_text(f"Text.\n\n{tables.NOT_YET}: `{tables.COMMAND} count`.\n\nMore.\n", "utf-8")
    monkeypatch.setattr(tables, "PAGES", (path,))
    monkeypatch.setitem(MODULES, "count", "count")
    return path


@pytest.fixture
def count(page, monkeypatch):
    """The module of the benchmark `count`, whose rows a test replaces."""
    module = SimpleNamespace(__doc__="How many.", HEAD=COUNT, DEPENDS=("lessons",))
    module.__file__ = str(ROOT / "benchmarks/lessons.py")
    module.rows = lambda: [("a", "1"), ("b", "2")]
    monkeypatch.setattr(benchmarks, "load", lambda name: module)
    return module


@pytest.mark.parametrize("name", MODULES)
def test_every_benchmark_has_its_place_on_a_page_and_says_what_it_depends_on(name):
    module, table = load(name), tables.read(name)
    for key, (cells, source) in table.rows.items():
        assert table.head == module.HEAD, f"python {tables.COMMAND} {name}"
        assert len(cells) == len(module.HEAD), key
        assert "; " not in key
        assert not source or tables.SOURCE.match(f"{source}.")
    assert all(any(ROOT.glob(path)) for path in module.DEPENDS if path != "."), module.DEPENDS
    assert callable(module.rows)


def test_the_pages_show_no_table_of_which_no_benchmark_is_the_source():
    for path in tables.PAGES:
        named = re.findall(rf"`{tables.COMMAND} (\w+)[^`]*`", path.read_text("utf-8"))
        assert {*named} <= {*MODULES}
        assert {*named} or path != tables.PAGES[0]
    text = tables.PAGES[0].read_text("utf-8")
    for end in re.finditer(r"(?m)^\|.*\n(?!\|)", text):
        below = text[end.end() :].lstrip("\n")
        assert below.startswith(("Measured on", tables.NOT_YET)), end[0]


def test_the_pages_show_every_row_of_a_benchmark():
    assert list(tables.read("lessons").rows) == [lessons.name(path) for path in LESSONS]
    ladder = next(
        c.source for c in read_notebook("where_the_time_goes").cells if "\nladder = {" in c.source
    )
    names = re.findall('^    "(.+)": ', ladder, re.MULTILINE)
    assert list(tables.read("speed_ladder").rows) == names


def test_a_table_takes_its_place_and_nothing_else_changes(page):
    tables.write("count", COUNT, [("a", "1"), ("b", "2")], line())
    table = "| things | how many |\n|---|---:|\n| a | 1 |\n| b | 2 |\n"
    assert page.read_text("utf-8") == f"Text.\n\n{table}\n{line()}.\n\nMore.\n"
    # Also with a different head, and with a row less.
    tables.write("count", ("things", "sum"), [("a", "9")], line(day="2026-02-01"))
    table = f"| things | sum |\n|---|---:|\n| a | 9 |\n\n{line(day='2026-02-01')}.\n"
    assert page.read_text("utf-8") == f"Text.\n\n{table}\nMore.\n"


def test_rows_that_were_not_run_again_keep_their_date_and_machine(page):
    old = line(machine="B, 4 cores")
    tables.write("count", COUNT, [("a", "1"), ("b (see c: d)", "2"), ("gone", "3")], old)
    new = line("count b", "from a copy without git", "2026-02-01")
    tables.write("count", COUNT, [("a",), ("b (see c: d)", "5"), ("never run",)], new)
    text = page.read_text("utf-8")
    assert "| a | 1 |\n| b (see c: d) | 5 |\n\n" in text
    assert f"\n{old}.\n{new}: b (see c: d).\n\nMore." in text
    found = tables.read("count")
    assert found.rows == {"a": (("a", "1"), old), "b (see c: d)": (("b (see c: d)", "5"), new)}
    assert tables.SOURCE.match(f"{new}: b (see c: d).")["machine"] == "A (R) CPU, 2 cores"
    # A row that is run again with the others belongs to their line.
    tables.write("count", COUNT, [("b (see c: d)", "5"), ("a", "2")], old)
    assert list(tables.read("count").sources()) == [old]


def test_rows_of_unknown_origin_are_not_kept(page):
    page.write_text(f"| things | how many |\n|---|---:|\n| a | 1 |\n\n{page.read_text()[7:]}")
    assert tables.read("count").rows == {"a": (("a", "1"), "")}
    tables.write("count", COUNT, [("a",), ("b", "2")], line())
    assert list(tables.read("count").rows) == ["b"]


def test_the_message_about_a_table_without_a_place_says_what_to_write(page):
    page.write_text("Text.\n")
    with pytest.raises(
        ValueError, match=r"in page\.md, write .*: `python -m benchmarks --write cou"
    ):
        tables.read("count")


def test_the_line_below_a_table_can_be_read_again():
    found = tables.SOURCE.match(tables.source("a b", tables.state(["lessons"]), 100) + ".")
    assert (found["date"], found["took"], found["command"]) == (
        f"{date.today()}",
        "100 seconds",
        "a b",
    )
    assert re.search(r"\d+ cores, \d+ GB, .*, Python 3\..*, torch 2\.", found["machine"])
    commit = tables.git("rev-parse", "HEAD")
    assert (commit or "").startswith(found["commit"] or "")


def repository(folder, monkeypatch):
    """Make a repository with one commit, in place of the course; return what calls git there."""
    monkeypatch.setattr(tables, "ROOT", folder)

    def git(*options):
        who = ["-c", "user.name=A", "-c", "user.email=a@localhost"]
        command = ["git", *who, *options]
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout

    git("init", "--quiet")
    (folder / "a.py").write_text("1")
    (folder / "b.py").write_text("1")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return git


def test_the_state_names_the_commit_and_changes_in_what_the_table_depends_on(tmp_path, monkeypatch):
    git = repository(tmp_path, monkeypatch)
    at = f"at commit {git('rev-parse', '--short=9', 'HEAD').strip()}"
    (tmp_path / "b.py").write_text("2")
    assert tables.state(["a.py"]) == at
    (tmp_path / "a.py").write_text("2")
    assert tables.state(["*.py"]) == f"{at} with changes that were not committed"
    (tmp_path / "course").mkdir()  # a copy in a folder that has a git of its own
    monkeypatch.setattr(tables, "ROOT", tmp_path / "course")
    assert tables.state(["a.py"]) == "from a copy without git"


def test_what_has_changed_since_a_commit_makes_a_table_stale(tmp_path, monkeypatch):
    git = repository(tmp_path, monkeypatch)
    commit = git("rev-parse", "--short=9", "HEAD").strip()
    assert stale.reason(commit, ["a.py"]) == "fresh"
    for k in range(4):
        (tmp_path / f"c{k}.py").write_text("1")
    git("add", ".")
    git("commit", "--quiet", "-m", "second")
    assert stale.reason(commit, ["a.py"]) == "fresh"
    assert stale.reason(commit, ["."]) == "4 files changed: c0.py, c1.py, c2.py, …"
    (tmp_path / "a.py").write_text("not committed")
    assert stale.reason(commit, ["a.py", "b.py"]) == "1 file changed: a.py"
    assert "lacks the commit" in stale.reason("abcdef123", ["a.py"])
    assert "a copy without git" in stale.reason(None, ["a.py"])
    monkeypatch.setenv("PATH", "")
    assert "no git history" in stale.reason(commit, ["a.py"])


def test_the_list_of_what_is_stale_has_a_row_for_each_run(count, monkeypatch, capsys):
    monkeypatch.setattr(benchmarks, "MODULES", {"count": "count"})
    assert main(["--stale"]) == 0
    assert (
        "| count | never |  |  | 0 |  | not measured by its command yet |"
        in capsys.readouterr().out
    )
    changed = line(at="at commit abc1234 with changes that were not committed")
    tables.write("count", COUNT, [("a", "1"), ("b", "2"), ("c", "3")], changed)
    tables.write("count", COUNT, [("a",), ("b",), ("c", "3")], line(day=f"{date.today()}"))
    monkeypatch.setattr(stale, "reason", lambda commit, paths: f"because of {paths[:2]}")
    assert main(["--stale"]) == 0
    first, second = capsys.readouterr().out.splitlines()[2:]
    because = "because of ['benchmarks/lessons.py', 'lessons']"
    assert re.fullmatch(
        r"\| count \| 2026-01-31 \| \d+ \| abc1234 \| 2 \| 3 minutes \| .*; measured with changes "
        r"that were not committed \|",
        first,
    )
    assert second == f"| count | {date.today()} | 0 | abc1234 | 1 | 3 minutes | {because} |"


def test_the_pages_themselves_make_no_table_stale():
    assert ":(exclude)docs/measured.md" in stale.depends(runs)


def test_a_benchmark_prints_its_table_and_writes_it_only_if_told(count, page, capsys):
    before = page.read_text()
    assert main(["count"]) == 0
    assert page.read_text() == before
    out = capsys.readouterr().out
    assert "How many. (`python -m benchmarks --write count`)" in out
    assert "| things | how many |\n|---|---:|\n| a | 1 |\n| b | 2 |\n\nMeasured on " in out
    assert main(["--write", "count"]) == 0
    assert list(tables.read("count").rows) == ["a", "b"]


def test_after_an_error_the_next_benchmark_runs_and_what_was_measured_is_kept(count, page, capsys):
    main(["--write", "count"])

    def rows():
        yield "a", "7"
        raise OSError("no browser")

    count.rows = rows
    assert main(["--write", "count", "hub"]) == 1
    kept = {key: cells[1] for key, (cells, _) in tables.read("count").rows.items()}
    assert kept == {"a": "7", "b": "2"}
    error = capsys.readouterr().err
    assert "OSError: no browser" in error
    assert error.endswith("because of the errors above: count, hub\n")  # hub has no place there


def test_words_go_to_the_benchmark_before_them_and_an_unknown_name_is_an_error():
    assert list(choose([])) == list(COSTS)
    chosen = choose(["lessons", "everywhere", "3.12", "thread", "faults"])
    assert chosen == {"lessons": [], "everywhere": ["3.12", "thread"], "faults": []}
    for options in (["speed"], ["lessons", "speed"]):
        with pytest.raises(
            SystemExit, match=r"no benchmark 'speed'\. There are set_up, .*, faults"
        ):
            choose(options)


def test_each_run_of_the_test_command_has_a_row(monkeypatch):
    longer = {"--faults", "--everywhere", "--canary"}  # these have tables of their own
    assert {*runs.RUNS.values()} == {*CHECKS} - longer
    monkeypatch.setattr(runs, "measure", lambda option: (option, "0", "0", "9"))
    found = [cells for cells in runs.rows("brow") if len(cells) > 1]
    assert found == [("--browser", "--browser", "0", "0", "9")]
    assert len(list(runs.rows("brow"))) == len(runs.RUNS)


def test_a_run_is_counted(monkeypatch):
    def run(command, **options):
        report = command[-1].removeprefix("--junitxml=")
        numbers = 'tests="1200" skipped="3" failures="2" errors="1"'
        Path(report).write_text(f"<testsuites><testsuite {numbers}/></testsuites>")

    monkeypatch.setattr(runs.subprocess, "run", run)
    assert runs.measure("--slow")[:3] == ("1,200", "3", "3")


def test_faults_are_counted_by_kind_and_a_number_is_a_seed(monkeypatch, capsys):
    monkeypatch.setattr(faults, "try_all", lambda chosen: print("tried") or chosen[:3])
    monkeypatch.setattr(faults, "faults", lambda: list(range(40)))
    monkeypatch.setattr(faults, "random_faults", lambda n, seed, files: list(range(n)))
    assert list(faults.rows("bank", "random", "7")) == [
        ("a digit in a text",),
        ("of the bank", "", "40", "37", "92.5%"),
        ("at random", "7", "300", "297", "99.0%"),
    ]
    assert list(faults.rows("random"))[2][1] == f"{date.today():%Y%m%d}"
    assert capsys.readouterr().out == "", "the table alone is printed there"
    monkeypatch.setattr(faults, "TEXTS", ["start_here", "how_far_to_step"])
    name, seed, tried, noticed, fraction = next(iter(faults.rows("digit")))
    assert 10 < int(noticed) <= int(tried)
    assert (name, seed, fraction[-1]) == ("a digit in a text", "", "%")


@pytest.mark.slow
def test_a_benchmark_starts_from_the_command_line():
    command = [sys.executable, "-m", "benchmarks", "installed_size"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "\n| package | MB |\n|---|---:|\n| torch | " in ran.stdout, ran.stderr


def test_the_sliders_are_measured_by_a_test_that_exists():
    assert "def test_sliders_move_" in sliders.TEST.read_text("utf-8")


def test_a_class_on_a_hub_runs_lessons_that_exist():
    assert {path.stem[3:] for path in LESSONS} >= {*hub.LESSONS}


def test_what_the_pages_say_of_memory_and_disk_is_what_the_tables_have():
    rows = tables.read("hub").rows
    needed = {name: float(re.search("[0-9.]+", cells[5])[0]) for name, (cells, _) in rows.items()}
    assert 16 < needed.pop("where the time goes") < 24, "instructor/hub/README.md, 'Will it fit?'"
    assert max(needed.values(), default=0) < 16, "instructor/hub/README.md, 'Will it fit?'"
    cells = [cell for row, _ in tables.read("set_up").rows.values() for cell in row]
    (disk,) = (cell for cell in cells if cell.endswith(" on the disk"))
    for page in ("README.md", "commands/set_up.py"):
        promised = re.search(r"(1\.\d) GB", (ROOT / page).read_text("utf-8"))[1]
        assert float(promised) == pytest.approx(float(disk.split()[0].replace(",", "")) / 1000, 0.1)


def test_a_lesson_is_measured_in_the_courses_kernel_not_the_users(tmp_path, monkeypatch):
    spec = tmp_path / "kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["false"], "display_name": "Python 3", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    path = tmp_path / "lesson.ipynb"
    nbformat.write(
        new_notebook(cells=[new_code_cell("import numpy"), new_code_cell("1 + 1")]), path
    )
    cost = lessons.measure(path)
    assert 0 < cost.start < cost.seconds
    assert cost.start < cost.first <= cost.seconds
    assert "torch" not in cost.imports
    assert 0 < cost.imports["NumPy"] < cost.first
    assert cost.memory > 10


def test_a_lessons_limit_of_memory_is_higher_where_two_large_packages_meet():
    path = Path("01_some_lesson.ipynb")
    imports = ["torch", "the first optimizer", "scikit-learn"]
    assert [lessons.limit(path, imports[:k]) for k in range(4)] == [420, 420, 420, 520]
    assert lessons.limit(path, ["torch", "scikit-learn"]) == 420
    assert lessons.limit(next(one for one in LESSONS if "time" in one.name), imports) == 800


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name[:2])
def test_a_lesson_takes_no_more_memory_than_its_limit(path):
    """With a twentieth on top: other versions of Python and the packages take a little more."""
    cost = lessons.measure(path)
    assert cost.memory < 1.05 * lessons.limit(path, cost.imports)


def test_each_lesson_of_the_table_has_its_limit_and_what_is_left():
    memory, limit, left = (lessons.HEAD.index(name) for name in ("memory", "limit", "left"))
    for cells, _ in tables.read("lessons").rows.values():
        most, taken, rest = (int(cells[k].split()[0]) for k in (limit, memory, left))
        assert abs(most - taken - rest) <= 1, cells


def test_what_a_wait_is_made_of_has_its_two_largest_parts():
    parts = {"torch": 1.0, "the kernel": 0.5, "NumPy": 0.1}
    assert waits.most(2.0, parts) == "torch 50%, the kernel 25%"


def test_imports_are_added_up_by_the_large_package_that_needs_them(tmp_path):
    (tmp_path / "torch.py").write_text("import time, numpy\ntime.sleep(0.06)\n")
    (tmp_path / "numpy.py").write_text("import time\ntime.sleep(0.06)\n")
    (tmp_path / "small.py").write_text("import time, torch\ntime.sleep(0.06)\n")
    code = f"{lessons.TIME_IMPORTS}\nimport small\nprint(_import_seconds)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    seconds = ast.literal_eval(ran.stdout)
    assert seconds.keys() == {"torch", "other imports"}
    assert seconds["torch"] > 0.12
    assert seconds["other imports"] > 0.06
