"""Each lesson in a kernel of its own: its time, the share of starting, and its peak memory.

'Starting' is the start of the kernel and all imports, in whichever cells they are.
"""

import functools
import subprocess
import time
from dataclasses import dataclass

import nbformat
from jupyter_client import KernelManager

from commands.kernels import isolate
from tests.support.lessons import LESSONS

HEAD = ("lesson", "seconds", "starting", "memory")
DEPENDS = ("notebooks", "course_utils", "requirements.txt", "constraints.txt")
# Times the outermost imports only, so that nothing is counted twice.
TIME_IMPORTS = """
def _time_imports():
    import builtins, time
    real, depth, seconds = builtins.__import__, 0, 0.0
    def timed(*args, **kwargs):
        nonlocal depth, seconds
        start, depth = time.perf_counter(), depth + 1
        try:
            return real(*args, **kwargs)
        finally:
            depth -= 1
            seconds += 0 if depth else time.perf_counter() - start
    builtins.__import__ = timed
    return lambda: seconds
_import_seconds = _time_imports()
"""
PEAK = "__import__('resource').getrusage(0).ru_maxrss"  # kilobytes on Linux


@dataclass(frozen=True)
class Cost:
    """The seconds of a notebook and of its parts, and its peak memory in megabytes."""

    seconds: float
    start: float
    imports: float
    memory: float


def name(path):
    """Return the name of a notebook in a table."""
    return path.stem[3:].replace("_", " ")


def run(client, code, **expressions):
    """Run a cell without showing its outputs; return the values of `expressions` after it."""
    options = {"output_hook": lambda message: None, "allow_stdin": False, "stop_on_error": False}
    reply = client.execute_interactive(code, user_expressions=expressions, **options)
    values = reply["content"]["user_expressions"]
    return {name: float(values[name]["data"]["text/plain"]) for name in expressions}


@functools.cache
def measure(path):
    """Run a notebook in a kernel of its own and return its Cost."""
    cells = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    begin = time.perf_counter()
    manager = isolate(KernelManager())
    manager.start_kernel(cwd=path.parent, stderr=subprocess.DEVNULL)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        start = time.perf_counter() - begin
        run(client, TIME_IMPORTS)
        for cell in cells:
            run(client, cell)
        seconds = time.perf_counter() - begin
        values = run(client, "", imports="_import_seconds()", peak=PEAK)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return Cost(seconds, start, values["imports"], values["peak"] * 1024 / 1e6)


def rows():
    """Yield each lesson's name, seconds, share of start and imports, and megabytes."""
    for path in LESSONS:
        cost = measure(path)
        share = (cost.start + cost.imports) / cost.seconds
        yield name(path), f"{cost.seconds:.1f}", f"{share:.0%}", f"{cost.memory:.0f} MB"
