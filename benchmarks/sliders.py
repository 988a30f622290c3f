"""How long it takes to redraw a slider's picture after a key, in the real JupyterLab.

The browser test of the sliders measures the time from the key to the new picture, for each slider
the median of three. The table has the median and the slowest of each lesson's sliders.
"""

import re
import statistics
import subprocess
import sys

from benchmarks.lessons import name
from tests.support.lessons import LESSONS, ROOT, read_notebook, slider_calls

TEST = ROOT / "tests" / "browser" / "test_jupyterlab.py"
HEAD = ("sliders of lesson", "how many", "milliseconds", "the slowest")
DEPENDS = ("notebooks", "course_utils", "tests/browser/test_jupyterlab.py", "constraints.txt")


def rows():
    """Yield each lesson's name, its number of sliders, and their milliseconds."""
    lessons = [path for path in LESSONS if slider_calls(read_notebook(path.stem).cells)]
    with_sliders = " or ".join(path.name[:2] for path in lessons)
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", TEST, "-m", ""]
    command += ["-k", f"sliders_move and ({with_sliders})"]  # every other lesson takes 20 seconds
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for path in lessons:
        found = re.findall(rf"^\W*lesson {path.name[:2]}, .*?(\d+) ms$", output, re.MULTILINE)
        times = list(map(int, found))
        yield name(path), f"{len(times)}", f"{statistics.median(times):.0f}", f"{max(times)}"
