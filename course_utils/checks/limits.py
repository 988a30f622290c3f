"""Ends what would not end by itself: a loop, a sleep, an answer that fills the memory.

On Linux and macOS an alarm interrupts whatever Python runs in the main thread. On Windows, and in
other threads, Python raises the exception between two of its instructions, so a long sleep there
ends by itself first. Nowhere does a single call into compiled code end before it returns, and an
answer that catches every exception again and again can outlast the limit.
"""

import ctypes
import signal
import sys
import threading
import time
from contextlib import contextmanager

from course_utils.checks.verdicts import TooLong

try:
    import resource
except ImportError:  # Windows
    resource = None

SECONDS = 5.0  # for a whole check; a right answer takes well below 0.1
TICK = 0.1
MEMORY = 10**9  # bytes


class TimeUp(BaseException):
    """Raised in the middle of an answer; `except Exception` doesn't catch it."""


class Interrupted(KeyboardInterrupt):
    """The student's own interrupt, told apart from an answer that raises KeyboardInterrupt."""


def within(seconds, function):
    """Return function(), or raise TooLong when it takes so many seconds or too much memory."""
    deadline, most = time.monotonic() + seconds, _peak_memory() + MEMORY

    def reason():
        if time.monotonic() > deadline:
            return (
                f"It was still running after {seconds:g} seconds, so the check stopped it: does "
                "its loop ever end?"
            )
        if _peak_memory() > most:
            return "It fills the memory, so the check stopped it: does it ever stop growing?"
        return None

    in_main = threading.current_thread() is threading.main_thread()
    ticking = _alarm if in_main and hasattr(signal, "setitimer") else _watchdog
    try:
        with ticking(reason):
            return function()
    except TimeUp:
        told = reason()
        if told is None:  # the limit of a block around this one
            raise
        raise TooLong(told) from None


@contextmanager
def _alarm(reason):
    """Look for a reason to stop at each tick of a POSIX timer, and raise TimeUp for it."""

    def ring(number, frame):
        if reason():
            raise TimeUp
        if hasattr(before, "reason"):  # a limit around this one
            before(number, frame)

    ring.reason = reason
    before = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        yield
    finally:
        _surely(lambda: signal.setitimer(signal.ITIMER_REAL, *timer))
        _surely(lambda: signal.signal(signal.SIGALRM, before or signal.SIG_DFL))


@contextmanager
def _watchdog(reason):
    """Look for a reason to stop in a thread of its own, which raises TimeUp in this one."""
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    here, over, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()

    def watch():
        while not over.wait(TICK):
            with lock:
                if not over.is_set() and reason():
                    raise_in(here, ctypes.py_object(TimeUp))

    def stop():
        with lock:
            over.set()
            raise_in(here, None)  # what is on its way

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        _surely(stop)


def _surely(function):
    """Call a function that a late TimeUp may interrupt until it has run."""
    while True:
        try:
            return function()
        except TimeUp:
            pass


@contextmanager
def interruptible():
    """Turn the student's interrupt (Ctrl-C, the stop button) into Interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number, frame):
        raise Interrupted

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)


def _peak_memory():
    if resource is None:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
