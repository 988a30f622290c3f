"""The canary asks for the newest releases, and reports what differs from the lock."""

import pytest

from course_utils import self_check
from tests.net import canary
from tests.net.conditions import NUMERIC_TESTS
from tests.support.lessons import ROOT


def test_it_installs_the_newest_release_except_of_the_packages_kept():
    lines = ["torch==2.13.0", "scikit_learn==1.9.1", "numpy==2.4.6"]
    assert canary.newest(lines, []) == ["torch", "scikit-learn", "numpy"]
    assert canary.newest(lines, ["numpy<3", "extra==1"]) == [
        "torch",
        "scikit-learn",
        "numpy<3",
        "extra==1",
    ]


def test_the_table_lists_what_differs_from_the_lock():
    lock = ["numpy==2.4.6", "torch==2.13.0", "a==1 ; os_name == 'nt'", "a==2 ; os_name != 'nt'"]
    now = {"numpy": "2.5.2", "torch": "2.13.0+cpu", "a": "2", "fresh": "1", "pip": "23"}
    assert canary.changes(now, lock) == [
        "| fresh | none | 1 |",
        "| numpy | 2.4.6 | 2.5.2 |",
    ]


@pytest.mark.parametrize(
    ("found", "code", "words"),
    [
        ((334, 856, []), 0, "Of 334 cells and 856 unit tests, 0 differ"),
        ((334, 856, ["notebooks.a, Cell 3"]), 1, "\n- notebooks.a, Cell 3\n"),
        ((0, 0, ["no report; see x"]), 1, "\n- no report; see x\n"),
    ],
)
def test_the_report_and_the_exit_code(monkeypatch, capsys, found, code, words):
    called = []
    monkeypatch.setattr(canary.subprocess, "run", lambda command, **_: called.append(command))
    names = canary.newest(canary.read_pins(ROOT / "requirements.txt"), [])
    monkeypatch.setattr(canary, "installed", lambda python: dict.fromkeys(names, "99"))

    def run(condition, scratch):
        pins = self_check.pins_and_installed(condition.folder / "requirements.txt")[0]
        assert pins == dict.fromkeys(names, "99"), (
            "otherwise the self-check reports every new version"
        )
        assert (condition.folder / "notebooks").is_dir()
        assert condition.tests == NUMERIC_TESTS
        return found

    monkeypatch.setattr(canary, "run", run)
    assert canary.main(["torch==2.13.0"]) == code
    out = capsys.readouterr().out
    assert words in out
    assert "| numpy | 2.4.6 | 99 |" in out
    install = called[1]
    assert "torch==2.13.0" in install
    assert "numpy" in install
    assert not any(str(part).startswith("-c") for part in install)
