"""For tests that start a process: a free port, a wait with a time limit, and no leftovers."""

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
def stopping(process):
    """At the end, kill a process, which must lead its session, and all that it started."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
