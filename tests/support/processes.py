"""For tests that start a process or could wait for ever: a free port, time limits, no leftovers."""

import contextlib
import os
import signal
import socket
import time


def free_port():
    """Return a port of this machine that no program listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=60):
    """Wait until `condition()` is true; fail after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"still not true after {seconds} s"
        time.sleep(0.05)


@contextlib.contextmanager
def within(seconds):
    """Raise TimeoutError if what is done takes longer, such as a read from a pipe; for POSIX."""

    def ring(*_):
        raise TimeoutError(f"no end after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def stopping(process):
    """At the end, kill a process, which must lead its session, and all that it started."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
