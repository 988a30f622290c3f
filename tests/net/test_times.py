"""After a long run, the modules that took longest are listed."""

from types import SimpleNamespace

import pytest

from tests.plugins import times


class Terminal:
    """pytest's terminal after a run with these tests."""

    def __init__(self, **seconds):
        reports = [
            SimpleNamespace(nodeid=f"tests/test_{name}.py::test_it", duration=duration / 2)
            for name, duration in seconds.items()
        ]
        # pytest files what a test's setup took under no outcome.
        self.stats = {"": reports, "passed": reports, "warnings": [SimpleNamespace(nodeid="")]}
        self.lines = []

    def section(self, title):
        self.lines.append(title)

    def write_line(self, line):
        self.lines.append(line)


def test_the_longest_modules_are_shown_with_their_setup():
    terminal = Terminal(short=1, long=50, middle=20)
    times.pytest_terminal_summary(terminal)
    assert terminal.lines == [
        "the longest of 71 s",
        "   50 s  tests/test_long.py",
        "   20 s  tests/test_middle.py",
        "    1 s  tests/test_short.py",
    ]


def test_only_the_first_ten_are_shown():
    terminal = Terminal(**{f"m{k}": 10 + k for k in range(20)})
    times.pytest_terminal_summary(terminal)
    assert len(terminal.lines) == 11
    assert terminal.lines[-1].endswith("tests/test_m10.py")


@pytest.mark.parametrize("seconds", [{}, {"short": 59}])
def test_a_short_run_shows_nothing(seconds):
    terminal = Terminal(**seconds)
    times.pytest_terminal_summary(terminal)
    assert terminal.lines == []
