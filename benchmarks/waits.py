"""What a student waits for until the first cells of a lesson have run, and what takes most of it.

JupyterLab starts as `python course.py lab` starts it, without set-up; its imports are those that
Python itself times. Chromium then opens a lesson, until its first cell is on the page and until its
kernel has answered. For each lesson: its kernel starts, and its first two cells run.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import lessons
from commands.kernels import settings
from tests.support.jupyterlab import (
    CHROMIUM,
    FLAGS,
    IDLE,
    PANEL,
    ask,
    find_program,
    launched,
    lesson_url,
    window,
)
from tests.support.lessons import LESSONS, ROOT
from tests.support.processes import free_port

HEAD = ("until", "seconds", "most of it")
DEPENDS = ("lessons", "course_utils", "commands", "benchmarks/lessons.py", "constraints.txt")
SCRIPTS = """() => Math.max(...performance.getEntriesByType("resource")
    .filter(loaded => loaded.initiatorType === "script")
    .map(loaded => loaded.responseEnd / 1000))"""
IMPORT = re.compile(r"import time: +(\d+) \|")  # microseconds, without what it imports itself


@contextmanager
def jupyterlab(scratch):
    """Start JupyterLab on lessons handed out into a folder; yield (address, token, folder)."""
    token, port, folder = secrets.token_hex(16), free_port(), scratch / "my_notebooks"
    command = [sys.executable, "-X", "importtime", "-P", "-m", "commands.lab", "--no-browser"]
    command += ["--allow-root", f"--port={port}", f"--IdentityProvider.token={token}"]
    env = {**os.environ, **settings(scratch), "COURSE_MY_NOTEBOOKS": str(folder)}
    with (scratch / "imports").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    lab = (f"http://127.0.0.1:{port}", token, folder)
    try:
        while server.poll() is None:
            try:
                ask(lab, "GET", "status")
                break
            except OSError:
                time.sleep(0.02)
        yield lab
    finally:
        server.terminate()
        server.wait(30)


def most(seconds, parts):
    """Return the two largest parts of some seconds, in percent."""
    largest = sorted(parts.items(), key=lambda part: -part[1])[:2]
    return ", ".join(f"{name} {taken / seconds:.0%}" for name, taken in largest)


def in_jupyterlab(scratch):
    """Yield the rows of JupyterLab: until it answers, shows a lesson, and has a kernel."""
    start = time.perf_counter()
    with jupyterlab(scratch) as lab, sync_playwright() as tools:
        seconds = time.perf_counter() - start
        taken = sum(map(int, IMPORT.findall((scratch / "imports").read_text()))) / 1e6
        yield "JupyterLab answers", f"{seconds:.1f}", most(seconds, {"imports": taken})
        program = find_program(CHROMIUM)
        with (
            launched(tools.chromium, scratch, executable_path=program, args=FLAGS) as browser,
            window(browser) as page,
        ):
            start = time.perf_counter()
            page.goto(lesson_url(lab, LESSONS[0].name))
            page.wait_for_selector(f"{PANEL} .jp-Cell")
            shown = time.perf_counter() - start
            arrived = {"until JupyterLab's scripts are there": page.evaluate(SCRIPTS)}
            yield "the browser shows a lesson", f"{shown:.1f}", most(shown, arrived)
            page.wait_for_function(IDLE, polling=50)
            idle = time.perf_counter() - start
            parts = {"showing it": shown, "its kernel": idle - shown}
            yield "the lesson's kernel answers there", f"{idle:.1f}", most(idle, parts)


def rows():
    """Yield what a student waits for, its seconds, and the largest parts of them."""
    with tempfile.TemporaryDirectory() as scratch:
        yield from in_jupyterlab(Path(scratch))
    for path in LESSONS:
        cost = lessons.measure(path)
        parts = {**cost.first_imports, "the kernel": cost.start}
        yield f"first cells: {lessons.name(path)}", f"{cost.first:.1f}", most(cost.first, parts)
