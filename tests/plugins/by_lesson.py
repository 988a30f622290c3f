"""Send all tests that run a lesson's code to one process, which runs the lesson only once."""

import re

from xdist.scheduler import LoadScopeScheduling

from tests.support.lessons import NUMBERS, subject

TESTS = {f"tests/lessons/test_{subject(number)}.py": number for number in NUMBERS}
# They run this lesson too, and that of the engine, so both lessons have one group.
TESTS["tests/lessons/test_ladder.py"] = TESTS["tests/lessons/test_data_loader.py"]
TOGETHER = {TESTS["tests/lessons/test_autograd.py"]: TESTS["tests/lessons/test_ladder.py"]}

SET_UP = "tests/commands/test_set_up"


def group_of(nodeid):
    """Return the group that a test runs with: its lesson's number, or else its file.

    In the browser, two lessons share a JupyterLab; the tests of no lesson go with the first two.
    The tests of set-up share an environment.
    """
    file, _, test = nodeid.partition("::")
    if file in TESTS:
        return TOGETHER.get(TESTS[file], TESTS[file])
    number = re.search(r"\[(\d\d)\b", test) if file.startswith("tests/") else None
    if file.startswith("tests/browser/"):
        return f"{file} {int(number[1]) // 2 if number else 0}"
    if file.startswith(SET_UP):
        return SET_UP
    return TOGETHER.get(number[1], number[1]) if number else file


class ByLesson(LoadScopeScheduling):
    """Run the tests of a group in one process."""

    def _split_scope(self, nodeid):
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return ByLesson(config, log) if config.getvalue("dist") == "loadfile" else None
