"""Print what a class on a JupyterHub costs: `python benchmarks/hub.py [STUDENTS [LESSON ...]]`.

All students start their servers at once, then run each lesson at the same time. The figures are
those of tests/hub.py; the peaks are seen once a second. A lesson's kernels end before the next.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.hub import Student, at_once, memory, running_hub
from tests.lessons import NOTEBOOKS


def measure(students, lesson):
    """Return the seconds, the megabytes after it and the peak, of all students together."""
    start, peak = time.monotonic(), 0
    with ThreadPoolExecutor(len(students)) as pool:
        runs = [pool.submit(student.run, lesson) for student in students]
        while not all(run.done() for run in runs):
            peak = max(peak, sum(map(sum, memory().values())))
            time.sleep(1)
    assert not any(run.result() for run in runs), [run.result() for run in runs]
    seconds = time.monotonic() - start
    found = memory()
    for student in students:
        for session in student.ask("GET", "sessions"):
            student.ask("DELETE", f"sessions/{session['id']}")
    return seconds, found, peak


def main(number=5, *lessons):
    """Start that many students' servers and run the lessons, by their two digits."""
    with tempfile.TemporaryDirectory() as scratch, running_hub(Path(scratch)) as (url, _):
        students = [Student(url, f"student-{i}") for i in range(1, 1 + int(number))]
        seconds = at_once(Student.open, students)
        print(f"{number} servers at once: the first after {min(seconds):.1f} s,", end=" ")
        print(f"the last after {max(seconds):.1f} s, {sum(map(sum, memory().values())):.0f} MB")
        for name in lessons or ["05"]:
            (lesson,) = [path.name for path in NOTEBOOKS if path.name.startswith(name)]
            seconds, found, peak = measure(students, lesson)
            server, kernel = (statistics.mean(sizes) for sizes in zip(*found.values(), strict=True))
            print(f"lesson {name}: {seconds:.1f} s; a student: server {server:.0f} MB,", end=" ")
            print(f"kernel {kernel:.0f} MB; all at the peak: {peak:.0f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
