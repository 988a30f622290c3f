"""A test that kills its process or takes too much memory ends the run and is named.

xdist would give the dead process's tests to the other processes, which would die too, and then
wait for ever. A limit on the address space would stop the browser, so this one is on the memory
that is really used.
"""

import os
import sys
import threading
from contextlib import suppress

import psutil
import pytest

GIGABYTE = 1e9


def pytest_addoption(parser):
    limit = min(6.0, psutil.virtual_memory().total / GIGABYTE / 2)
    parser.addoption(
        "--memory-limit",
        type=float,
        default=limit,
        metavar="GB",
        help=f"end a test whose process or kernel takes more memory (default here: {limit:.1f})",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if config.getoption("maxworkerrestart", None) is None:
        config.option.maxworkerrestart = "0"


def pytest_sessionstart(session):
    config = session.config
    distributes = config.pluginmanager.hasplugin("dsession")
    if distributes:
        config.pluginmanager.register(Crashes(), "crashes")
    stderr = os.dup(sys.__stderr__.fileno())  # the real one: pytest captures a test's
    arguments = (
        config.getoption("memory_limit"),
        stderr,
        not distributes,
        ended := threading.Event(),
    )
    threading.Thread(target=watch, args=arguments, daemon=True).start()
    config.add_cleanup(ended.set)


def watch(limit, stderr, with_children, ended):
    """Measure the memory in use once a second; end this process when it is above the limit."""
    while (taken := measure_memory(with_children)) <= limit:
        if ended.wait(1):
            return os.close(stderr)
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0] or "no test"
    message = (
        f"\n{test} takes {taken:.1f} GB of memory, above the limit of {limit:.1f} GB, and was"
        " ended. For a different limit, give the option --memory-limit=GB.\n"
    )
    os.write(stderr, message.encode())
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(1)


def measure_memory(with_children):
    """Return how many gigabytes this process uses or, if that is more, one of its children.

    Not their sum: forked processes, and those of a browser, share much of their memory. The
    processes of xdist watch themselves.
    """
    ours, taken = psutil.Process(), 0
    for process in [ours, *(ours.children(recursive=True) if with_children else [])]:
        with suppress(psutil.Error):  # the process has just ended
            taken = max(taken, process.memory_info().rss)
    return taken / GIGABYTE


class Crashes:
    """What to do when one of xdist's processes dies; a plugin only if xdist distributes tests."""

    died = False

    def pytest_handlecrashitem(self, crashitem, report, sched):
        """Report the test and end the run, since the test would kill the other processes too."""
        sched.config.hook.pytest_runtest_logreport(report=report)
        pytest.exit(f"{crashitem} ended its process", returncode=1)

    def pytest_testnodedown(self, error):
        """Remember that a process died, even if it was not running a test."""
        self.died = self.died or bool(error)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        """Let the run fail if a process has died."""
        if self.died and session.exitstatus in (0, 5):
            session.exitstatus = 1
