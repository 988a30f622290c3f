"""The runs under other conditions, and twice, can fail; what they don't compare is declared."""

import io
import os
import re
import subprocess
import sys
from collections import Counter

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from commands.build import METADATA
from tests.net import conditions, everywhere
from tests.net.conditions import NUMERIC_TESTS, PYTEST, Condition
from tests.support import own_settings
from tests.support.lessons import ROOT, TEXTS, read_notebook, subject


def tagged(tag):
    """Return the cells of the course with a tag, each with the text before and after it."""
    found = []
    for name in TEXTS:
        cells = read_notebook(name).cells
        for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
            if tag in cell.metadata.get("tags", []):
                found.append(pytest.param(before.source + after.source, id=f"{name}-{cell.id}"))
    return found


def test_only_the_self_check_and_times_are_not_compared():
    found = [cell.id.partition("-")[0] for cell in tagged("nbval-ignore-output")]
    lessons = Counter(subject(name) for name in found)
    assert lessons.keys() == {"start_here", "timing"}
    assert lessons["start_here"] == 1
    assert lessons["timing"] <= 11
    assert not tagged("nbval-skip")


@pytest.mark.parametrize("text", tagged("continues"))
def test_a_lesson_says_where_a_second_run_goes_on(text):
    assert re.search(r"\bagain\b", text)


def notebook(sources, printed, tags=()):
    """Return a notebook of these cells with what they print; the last of them has tags."""
    cells = [
        new_code_cell(source, execution_count=k, outputs=[new_output("stream", text=text)])
        for k, (source, text) in enumerate(zip(sources, printed, strict=True), start=1)
    ]
    cells[-1].metadata["tags"] = list(tags)
    return new_notebook(cells=cells, metadata=METADATA)


BEGINS, GOES_ON = "x = 1\nprint(abs(x))", "x += 1\nprint(x)"
TWICE = {
    "starts_again": ([BEGINS, "y = x\nprint(y)"], ["1\n", "1\n"], [], ""),
    "goes_on": ([BEGINS, GOES_ON], ["1\n", "2\n"], [], "Cell 1, second time"),
    "says_so": ([BEGINS, GOES_ON], ["1\n", "2\n"], ["continues"], ""),
    "raises": ([BEGINS, "print(x)\ndel x"], ["1\n", "1\n"], ["continues"], "Cell 1, second time"),
    "spoils": ([BEGINS, "abs = float\nprint(x)"], ["1\n", "1\n"], [], "Cell 0, second Run All"),
}


@pytest.mark.slow
def test_a_cell_that_cannot_be_run_twice_fails(tmp_path):
    for name, (sources, printed, tags, _) in TWICE.items():
        nbformat.write(notebook(sources, printed, tags), tmp_path / f"{name}.ipynb")
    options = ["--nbval", "-rA", "-p", "tests.plugins.nbval_tolerance", "-p", "tests.plugins.twice"]
    (tmp_path / "pytest.ini").write_text("[pytest]")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    failed = re.findall(r"^FAILED (\w+).ipynb::(.*?)(?: - |$)", ran.stdout, flags=re.M)
    assert dict(failed) == {name: cell for name, (*_, cell) in TWICE.items() if cell}, ran.stdout
    assert len(failed) == 3


@pytest.mark.slow
def test_a_failed_proof_and_a_different_output_are_reported(
    tmp_path, tmp_path_factory, monkeypatch
):
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(everywhere, "OUTPUT", tmp_path / "logs")
    monkeypatch.setattr(everywhere, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--nbval'")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ("tests.plugins.nbval_tolerance",)')
    (tmp_path / "notebooks").mkdir()
    paths = [tmp_path / "notebooks" / name for name in ("a.ipynb", "b.ipynb")]
    for path, printed in zip(paths, ["1\n", "2\n"], strict=True):
        nbformat.write(notebook(["import os\nprint(os.environ['HERE'])"], [printed]), path)
    condition = Condition("here", "assert 1 == 2", {"HERE": "1"}, notebooks=paths)
    condition.folder = tmp_path
    (tmp_path / "tests").mkdir()
    unit = tmp_path / "tests/test_numbers.py"
    unit.write_text("def test_fine():\n    pass\n\ndef test_off():\n    assert 1 == 1.1\n")
    condition.tests, condition.options = [unit], []
    cells, units, differs = everywhere.run(condition, scratch)
    assert (cells, units) == (2, 2)
    assert differs == [
        "tests.test_numbers, test_off",
        "notebooks.b.ipynb, Cell 0",
        "the condition itself, Cell 0",
    ]
    condition.options = ["-n", "1", "-k", "nothing"]
    (line,) = everywhere.run(condition, scratch)[2]
    assert line == "pytest ended with 5; see logs/here.txt"


@pytest.mark.slow
def test_a_test_that_changes_a_watched_folder_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(everywhere, "OUTPUT", tmp_path / "logs")
    monkeypatch.setattr(everywhere, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--nbval'")
    (watched := tmp_path / "watched").mkdir()
    for name in ("stays", "changes", "goes"):
        (watched / name).write_text(name)
    (tmp_path / "test_a.py").write_text(
        "from pathlib import Path\n\ndef test_writes():\n"
        "    Path('watched/changes').write_text('new')\n    Path('watched/goes').unlink()\n"
        "    Path('watched/comes').touch()\n    Path('watched/.pytest_cache').mkdir()\n"
        "    Path('watched/.pytest_cache/a').touch()\n"
    )
    condition = Condition(
        "here", "", {}, [], notebooks=[], tests=[tmp_path / "test_a.py"], watched=[watched]
    )
    condition.folder = tmp_path
    assert everywhere.run(condition, tmp_path)[2] == [
        f"watched/{name} was changed" for name in ("changes", "comes", "goes")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("sees", [True, False])
def test_only_a_kernel_that_shall_see_the_users_settings_sees_them(
    tmp_path, tmp_path_factory, monkeypatch, sees
):
    monkeypatch.setattr(everywhere, "OUTPUT", tmp_path / "logs")
    monkeypatch.setattr(everywhere, "ROOT", tmp_path)
    own_settings.write(home := tmp_path / "home")
    env = own_settings.variables(home)
    env["PYTHONPATH"] += os.pathsep + str(ROOT)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]")
    options = ["--nbval", "-p", "tests.plugins.settings", "-p", "tests.plugins.nbval_tolerance"]
    options += ["-p", "tests.plugins.own_settings"] if sees else []
    condition = Condition("own", own_settings.SEEN, env, options, notebooks=[], tests=[])
    condition.folder = tmp_path
    differs = everywhere.run(condition, tmp_path_factory.mktemp("scratch"))[2]
    assert differs == ([] if sees else ["the condition itself, Cell 0"])


def test_all_tests_of_the_lessons_and_those_that_compare_numbers_run_everywhere():
    names = {path.stem for path in NUMERIC_TESTS}
    assert {path.stem for path in (ROOT / "tests/lessons").glob("test_*.py")} <= names
    assert {"test_descent", "test_data", "test_graphs", "test_truth_panel"} <= names


@pytest.fixture
def known(tmp_path, monkeypatch):
    """All conditions, without a look at the network."""
    monkeypatch.setattr(conditions.urllib.request, "urlopen", lambda *_, **__: io.BytesIO())
    return {one.name: one for one in conditions.conditions(tmp_path)}


def test_the_unit_tests_run_under_every_condition_that_can_have_them(known):
    cannot = {"a lesson alone", "each cell twice in a row, then all again"}
    assert {name for name, one in known.items() if not one.tests} == cannot


def test_all_processors_are_used_except_where_the_order_is_the_condition(known):
    slow = [one for one in known.values() if one.command is PYTEST and "-n" not in one.options]
    assert [one.name for one in slow] == ["one at a time, in reverse order"]


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
@pytest.mark.parametrize(("code", "found"), [(0, "3.99.7"), (127, "")])
def test_another_python_is_one_that_runs_and_is_named_by_its_whole_version(
    tmp_path, monkeypatch, code, found
):
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    python = tmp_path / "versions/3.99.7/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho 3.99.7\nexit {code}\n")
    python.chmod(0o755)
    assert conditions.find_python(99) == (str(python) if found else "", found)


def test_a_python_with_a_large_download_runs_only_if_it_is_named(monkeypatch, capsys):
    big = Condition("Python 3.99", "", why_not="it takes much", if_named=True)
    monkeypatch.setattr(everywhere, "conditions", lambda scratch: [big])
    monkeypatch.setattr(everywhere, "run", lambda *_: (3, 2, []))
    assert everywhere.main([]) == 0
    out, err = capsys.readouterr()
    assert "3.99" not in out, "a table has only what was run"
    assert err == "not run: Python 3.99: it takes much\n"
    assert everywhere.main(["3.99"]) == 0
    assert "| Python 3.99 | 3 | 2 | 0 |" in capsys.readouterr().out


def test_of_a_condition_that_was_not_run_only_the_name_is_given(monkeypatch):
    """So docs/measured.md keeps its row, with the date of that run."""
    known = [Condition("1 thread", ""), Condition("Alpha", "", why_not="no Alpha here")]
    known += [Condition("2 threads", "")]
    monkeypatch.setattr(everywhere, "conditions", lambda scratch: known)
    monkeypatch.setattr(everywhere, "run", lambda *_: (1234, 2, ["a cell"]))
    assert list(everywhere.rows("2")) == [
        ("1 thread",),
        ("Alpha",),
        ("2 threads", "1,234", "2", "1", "0"),
    ]
    assert [len(cells) for cells in everywhere.rows()] == [5, 1, 5]


def test_the_message_about_an_unknown_condition_lists_all_conditions(monkeypatch):
    known = [Condition("1 thread", ""), Condition("hash seed 1", "")]
    monkeypatch.setattr(everywhere, "conditions", lambda scratch: known)
    with pytest.raises(
        SystemExit, match=r"has tread in its name\. There are:\n1 thread\nhash seed 1"
    ):
        everywhere.main(["tread"])
