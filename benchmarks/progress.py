"""How long `course.py progress` takes to read a class's notebooks, with all their outputs."""

import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from tests.support.lessons import LESSONS, ROOT

HEAD = ("notebooks of a class", "MB", "seconds")
DEPENDS = ("commands/progress", "notebooks")


def rows():
    """Yield how many notebooks there are, how large they are together, and the seconds."""
    for count in (30, 200):
        with tempfile.TemporaryDirectory() as folder:
            for k, path in enumerate(islice(cycle(LESSONS), count)):
                home = Path(folder, f"student {k // len(LESSONS)}", "my_notebooks")
                home.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, home)
            size = sum(path.stat().st_size for path in Path(folder).rglob("*.ipynb"))
            start = time.perf_counter()
            command = [sys.executable, "-m", "commands.progress", folder]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
        yield str(count), f"{size / 1e6:.0f}", f"{seconds:.1f}"
