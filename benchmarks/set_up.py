"""How long `python course.py` takes in a fresh copy of the course, and when it's called again.

The first call downloads what isn't in pip's cache. For later calls, the time until Jupyter starts
is the median of five.
"""

import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from tests.support.lessons import copy_course
from tests.support.processes import free_port

HEAD = ("`python course.py`", "seconds", "MB")
DEPENDS = ("course.py", "commands", "requirements.txt", "constraints.txt")


def hand_out(course):
    """Return how many seconds it takes to set up and hand out the lessons."""
    start = time.perf_counter()
    command = [sys.executable, "course.py", "hand_out"]
    subprocess.run(command, cwd=course, check=True, capture_output=True)
    return time.perf_counter() - start


def lab(course):
    """Start JupyterLab; return the seconds until it answers and the server's megabytes then."""
    token, port = secrets.token_hex(16), free_port()
    options = ["--no-browser", "--allow-root", f"--port={port}"]
    start = time.perf_counter()
    command = [sys.executable, "course.py", "lab", *options, f"--IdentityProvider.token={token}"]
    with subprocess.Popen(command, cwd=course, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None:
                with suppress(OSError):
                    url = f"http://127.0.0.1:{port}/api/status?token={token}"
                    urllib.request.urlopen(url, timeout=5).close()
                    break
                time.sleep(0.02)
            seconds = time.perf_counter() - start
            (server,) = psutil.Process(process.pid).children()
            return seconds, server.memory_info().rss / 1e6
        finally:
            process.terminate()


def rows():
    """Yield the step, its seconds, and the megabytes on the disk or in memory."""
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch) / "course"
        copy_course(course)
        seconds = hand_out(course)
        sizes = [path.stat().st_size for path in (course / ".venv").rglob("*") if path.is_file()]
        yield "sets up from nothing", f"{seconds:.0f}", f"{sum(sizes) / 1e6:,.0f} on the disk"
        again = statistics.median(hand_out(course) for _ in range(5))
        yield "has set up before: until Jupyter starts", f"{again:.2f}", ""
        seconds, megabytes = lab(course)
        yield "until JupyterLab answers", f"{seconds:.1f}", f"{megabytes:.0f} in memory"
