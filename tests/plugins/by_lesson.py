"""Sends the tests that run one lesson's code to one process, where the lesson runs once for all."""

import re

from xdist.scheduler import LoadScopeScheduling

from tests.support.lessons import NUMBERS, subject

TESTS = {f"tests/lessons/test_{subject(number)}.py": number for number in NUMBERS}


def group(nodeid):
    """Return what a test is kept together with: its lesson's number or its file."""
    file, _, test = nodeid.partition("::")
    number = re.search(r"\[(\d\d)\b", test) if file.startswith("tests/") else None
    return number[1] if number else TESTS.get(file, file)


class ByLesson(LoadScopeScheduling):
    """Keep groups together."""

    def _split_scope(self, nodeid):
        return group(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return ByLesson(config, log) if config.getvalue("dist") == "loadfile" else None
