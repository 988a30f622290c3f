"""Each lesson in a kernel of its own: its time, the share of starting, its peak memory, its limit.

'Starting' is the start of the kernel and all imports, in whichever cells they are. 'Left' is what a
lesson may take besides, which other versions of the packages may need.
"""

import functools
import subprocess
import time
from ast import literal_eval
from dataclasses import dataclass

import nbformat
from jupyter_client import KernelManager

from commands.kernels import isolate
from tests.support.lessons import LESSONS

HEAD = ("lesson", "seconds", "starting", "memory", "limit", "left")
DEPENDS = (
    "notebooks",
    "course_utils",
    "requirements.txt",
    "constraints.txt",
)
# What a lesson's kernel may take, in megabytes: more if scikit-learn and an optimizer meet in it.
LIMIT, WITH_BOTH = 420, 520
MORE = {"where the time goes": 800}  # It trains on many rows.
# The large packages, by the modules whose first import loads them; the first name that fits counts.
LARGE = {
    "torch._dynamo": "the first optimizer",  # which imports what compiles models
    "torch": "torch",
    "matplotlib": "matplotlib",
    "sklearn": "scikit-learn",
    "numpy": "NumPy",
    "igraph": "igraph",
}
# Adds up the seconds of imports by their large package; what one imports itself is its own.
TIME_IMPORTS = f"""
def _time_imports():
    import builtins, time
    real, large, seconds, owner, since = builtins.__import__, {LARGE}, {{}}, None, 0.0

    def change(to):
        nonlocal owner, since
        before, owner, now = owner, to, time.perf_counter()
        if before:
            seconds[before] = seconds.get(before, 0) + now - since
        since = now
        return before

    def timed(name, *args, **kwargs):
        found = [large[start] for start in large if f"{{name}}.".startswith(f"{{start}}.")]
        to = owner if owner not in (None, "other imports") else (found or ["other imports"])[0]
        if to == owner:
            return real(name, *args, **kwargs)
        before = change(to)
        try:
            return real(name, *args, **kwargs)
        finally:
            change(before)

    builtins.__import__ = timed
    return seconds
_import_seconds = _time_imports()
"""
# Kilobytes, on Linux; getrusage would give the peak of the kernel's parent, if that was higher.
PEAK = "int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
LEAST = 0.02  # seconds of an import that loads something


@dataclass(frozen=True)
class Cost:
    """The seconds of a notebook and of its parts, and its peak memory in megabytes.

    `imports` has the seconds of all imports by large package. `first` are the seconds from the
    kernel's start to the end of the second cell, which imports; `first_imports` are those in them.
    """

    seconds: float
    start: float
    imports: dict[str, float]
    first: float
    first_imports: dict[str, float]
    memory: float


def name(path):
    """Return the name of a notebook in a table."""
    return path.stem[3:].replace("_", " ")


def limit(path, imports):
    """Return the megabytes that a notebook may take, which imports the large packages given."""
    both = {"scikit-learn", "the first optimizer"} <= {*imports}
    return MORE.get(name(path), WITH_BOTH if both else LIMIT)


def run(client, code, **expressions):
    """Run a cell without showing its outputs; return the values of `expressions` after it."""
    options = {"output_hook": lambda message: None, "allow_stdin": False, "stop_on_error": False}
    reply = client.execute_interactive(code, user_expressions=expressions, **options)
    values = reply["content"]["user_expressions"]
    return {name: literal_eval(values[name]["data"]["text/plain"]) for name in expressions}


def seconds_of_imports(client):
    """Return the seconds that each large package has taken in a kernel until now."""
    (seconds,) = run(client, "", seconds="_import_seconds").values()
    return {package: taken for package, taken in seconds.items() if taken > LEAST}


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
        for cell in cells[:2]:
            run(client, cell)
        first, first_imports = time.perf_counter() - begin, seconds_of_imports(client)
        for cell in cells[2:]:
            run(client, cell)
        seconds = time.perf_counter() - begin
        memory = run(client, "", peak=PEAK)["peak"] * 1024 / 1e6
        imports = seconds_of_imports(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return Cost(seconds, start, imports, first, first_imports, memory)


def rows():
    """Yield each lesson's name, seconds, share of start and imports, and megabytes."""
    for path in LESSONS:
        cost = measure(path)
        share = (cost.start + sum(cost.imports.values())) / cost.seconds
        most = limit(path, cost.imports)
        yield (
            name(path),
            f"{cost.seconds:.1f}",
            f"{share:.0%}",
            f"{cost.memory:.0f} MB",
            f"{most} MB",
            f"{most - cost.memory:.0f} MB",
        )
