"""The memory of a class on a JupyterHub: ten students run a lesson at the same time.

The numbers are for one of the ten. Memory that several processes share is divided among them. The
peak, sampled once a second, is that of all ten together, divided by ten.
"""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.lessons import name
from tests.support.jupyterhub import Student, at_once, memory, running_hub
from tests.support.lessons import NOTEBOOKS

STUDENTS, CLASS, LESSONS = 10, 30, ("the_linear_layer", "a_real_data_set", "where_the_time_goes")
HEAD = (
    "each of ten",
    "server",
    "kernel, after it",
    "both, at the peak",
    f"× {CLASS}",
    "+ 1 GB for the hub and the system",
)


def measure(students, lesson):
    """Let all run a lesson; return the mean server, kernel and peak, in megabytes."""
    peak = 0
    with ThreadPoolExecutor(len(students)) as pool:
        runs = [pool.submit(student.run, lesson) for student in students]
        while not all(run.done() for run in runs):
            peak = max(peak, sum(map(sum, memory().values())))
            time.sleep(1)
    assert not any(run.result() for run in runs), [run.result() for run in runs]
    server, kernel = map(statistics.mean, zip(*memory().values(), strict=True))
    for student in students:  # A lesson's kernels end before the next lesson.
        for session in student.ask("GET", "sessions"):
            student.ask("DELETE", f"sessions/{session['id']}")
    return server, kernel, peak / len(students)


def rows():
    """Yield each lesson's name, its megabytes for one student, and gigabytes for a class."""
    with tempfile.TemporaryDirectory() as scratch, running_hub(Path(scratch)) as (url, _):
        students = [Student(url, f"student-{i}") for i in range(1, 1 + STUDENTS)]
        at_once(Student.open, students)
        for lesson in [path for path in NOTEBOOKS if path.stem[3:] in LESSONS]:
            sizes = measure(students, lesson.name)
            together = CLASS * sizes[-1] / 1000
            megabytes = [f"{size:.0f} MB" for size in sizes]
            yield name(lesson), *megabytes, f"{together:.1f} GB", f"**{together + 1:.1f} GB**"
