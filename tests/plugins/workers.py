"""A test that kills its process, or takes too much memory, ends the run and is named.

xdist would hand the dead process's tests to the others, which die of the same, and then wait for
ever. A limit on the address space would hit the browser; this one is on what is really in memory.
"""

import os
import sys
import threading
from contextlib import suppress

import psutil
import pytest

GIGABYTE = 1e9


def pytest_addoption(parser):
    most = min(6.0, psutil.virtual_memory().total / GIGABYTE / 2)
    parser.addoption(
        "--memory-limit",
        type=float,
        default=most,
        metavar="GB",
        help=f"end a test whose process or kernel takes more memory (default here: {most:.1f})",
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
    stderr = os.dup(sys.__stderr__.fileno())  # the real one, while a test's is captured
    arguments = (
        config.getoption("memory_limit"),
        stderr,
        not distributes,
        over := threading.Event(),
    )
    threading.Thread(target=watch, args=arguments, daemon=True).start()
    config.add_cleanup(over.set)


def watch(limit, stderr, with_children, over):
    """Once a second look how many gigabytes are taken; end this process above the limit."""
    while (taken := memory(with_children)) <= limit:
        if over.wait(1):
            return os.close(stderr)
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0] or "no test"
    said = f"\n{test} takes {taken:.1f} GB of memory, above the limit of {limit:.1f} GB: ended."
    os.write(stderr, f"{said} Another limit: --memory-limit=GB\n".encode())
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(1)


def memory(with_children):
    """Return the gigabytes in memory of this process or, if it is larger, of one of its kernels.

    Not their sum: forked processes, and those of a browser, share much. xdist's have their own
    watch.
    """
    ours, taken = psutil.Process(), 0
    for process in [ours, *(ours.children(recursive=True) if with_children else [])]:
        with suppress(psutil.Error):  # it has just ended
            taken = max(taken, process.memory_info().rss)
    return taken / GIGABYTE


class Crashes:
    """What xdist tells of dead processes; a plugin only where it distributes the tests."""

    died = False

    def pytest_handlecrashitem(self, crashitem, report, sched):
        """Report the test, and end the run: the other processes would die of it too."""
        sched.config.hook.pytest_runtest_logreport(report=report)
        pytest.exit(f"{crashitem} ended its process", returncode=1)

    def pytest_testnodedown(self, error):
        """Remember a process that died, even one that was not running a test."""
        self.died = self.died or bool(error)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        """Never end well after a death."""
        if self.died and session.exitstatus in (0, 5):
            session.exitstatus = 1
