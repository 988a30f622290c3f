"""A class on a JupyterHub: thirty students run a lesson at the same moment, each with a kernel.

Memory that several processes share is divided among them. The peak, sampled once a second, is that
of all servers and kernels together. If the machine runs short of memory, the kernels are ended
before it does, and fewer students run the lesson.
"""

import contextlib
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from benchmarks.lessons import name
from tests.support.jupyterhub import Student, at_once, running_hub, used
from tests.support.lessons import NOTEBOOKS

CLASS, FEWER, LESSONS = 30, 5, ("the_linear_layer", "a_real_data_set", "where_the_time_goes")
SPARE = 3e9  # bytes that the machine must keep
HEAD = (
    "all at once",
    "students",
    "a server",
    "a kernel, after it",
    "all, at the peak",
    "+ 1 GB for the hub and the system",
    "seconds until the servers are ready",
    "seconds until all have run it",
    "seconds of a processor, each",
)
DEPENDS = ("commands/hub.py", "instructor/hub/*.py", "notebooks", "course_utils", "constraints.txt")


class ShortOfMemoryError(Exception):
    """The machine ran short of memory."""


def stop_kernels():
    """Kill all kernels, so that their memory is free at once."""
    for _, kernels in used().values():
        for process in kernels.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def measure(students, lesson):
    """Let all run a lesson; return the mean server and kernel, the peak, and both seconds."""
    start, peak, sampled = time.monotonic(), 0, 0
    before = sum(server.seconds for server, _ in used().values())
    with ThreadPoolExecutor(len(students)) as pool:
        runs = [pool.submit(student.run, lesson) for student in students]
        while not all(run.done() for run in runs):
            if psutil.virtual_memory().available < SPARE:
                stop_kernels()
                raise ShortOfMemoryError
            if time.monotonic() > sampled + 1:
                peak = max(peak, sum(use.megabytes for both in used().values() for use in both))
                sampled = time.monotonic()
            time.sleep(0.1)
        seconds = time.monotonic() - start
    assert not any(run.result() for run in runs), [run.result() for run in runs]
    after = list(used().values())
    server, kernel = (
        statistics.mean(use.megabytes for use in uses) for uses in zip(*after, strict=True)
    )
    processor = sum(use.seconds for both in after for use in both) - before
    return server, kernel, peak, seconds, processor / len(students)


def rows():
    """Yield each lesson's name, its students, and what they use together."""
    for lesson in [path for path in NOTEBOOKS if path.stem[3:] in LESSONS]:
        for count in range(CLASS, 0, -FEWER):
            with (
                contextlib.suppress(ShortOfMemoryError),
                tempfile.TemporaryDirectory() as scratch,
                running_hub(Path(scratch)) as (url, _),
            ):
                students = [Student(url, f"student-{i}") for i in range(1, 1 + count)]
                ready = max(at_once(Student.open, students))
                server, kernel, peak, seconds, processor = measure(students, lesson.name)
                yield (
                    name(lesson),
                    f"{count}",
                    f"{server:.0f} MB",
                    f"{kernel:.0f} MB",
                    f"{peak / 1000:.1f} GB",
                    f"**{peak / 1000 + 1:.1f} GB**",
                    f"{ready:.0f}",
                    f"{seconds:.0f}",
                    f"{processor:.1f}",
                )
                break
