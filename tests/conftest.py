"""Options of the tests, and how the browser's are shared out among processes."""

import re

from xdist.scheduler import LoadScopeScheduling


def pytest_addoption(parser):
    parser.addoption(
        "--from-nothing", action="store_true", help="install Binder's packages anew, some minutes"
    )
    parser.addoption(
        "--every-lesson", action="store_true", help="open every lesson in the browser, not two"
    )


class ByLesson(LoadScopeScheduling):
    """Send the tests of one lesson in a file to one process."""

    def _split_scope(self, nodeid):
        number = re.search(r"\[\d\d", nodeid)
        return nodeid.partition("::")[0] + (number[0] if number else "")


def pytest_xdist_make_scheduler(config, log):
    return ByLesson(config, log) if config.getoption("--every-lesson") else None
