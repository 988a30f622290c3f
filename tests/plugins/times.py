"""Ends a run of a minute or more with the seconds of the modules that took longest."""

from collections import Counter

LONG = 60  # seconds, of all processes together
SHOWN = 10


def seconds_by_module(stats):
    """Return how long each module took, from what pytest keeps of a run: reports by outcome."""
    seconds = Counter()
    for reports in stats.values():
        for report in reports:
            if hasattr(report, "duration"):  # a warning has none
                seconds[report.nodeid.partition("::")[0]] += report.duration
    return seconds


def pytest_terminal_summary(terminalreporter):
    """Print the table."""
    seconds = seconds_by_module(terminalreporter.stats)
    if seconds.total() >= LONG:
        terminalreporter.section(f"the longest of {seconds.total():.0f} s")
        for module, taken in seconds.most_common(SHOWN):
            terminalreporter.write_line(f"{taken:5.0f} s  {module}")
