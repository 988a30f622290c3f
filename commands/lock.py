"""A lock between processes. It needs only the standard library, since set-up uses it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def hold_lock(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock of a file. If another process holds it, print `waiting` once and wait.

    The system releases the lock when the process ends, even if it crashes. If the file cannot be
    opened or the file system has no locks, the block runs without one and reports its own errors.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            if not _lock(file):
                print(waiting, file=sys.stderr, flush=True)
                while not _lock(file):
                    time.sleep(0.1)
        yield
    finally:
        os.close(file)


def _lock(file: int) -> bool:
    """Take the lock of an open file if it is free; return whether that worked."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # Windows raises the second.
        return False
    return True
