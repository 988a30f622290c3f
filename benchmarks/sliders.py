"""How long it takes to redraw a slider's picture after a key, in the real JupyterLab.

The browser test of the sliders measures the time from the key to the new picture, for each slider
the median of three. The table has the median and the slowest of each lesson's sliders.
"""

import re
import statistics
import subprocess
import sys

from benchmarks.lessons import name
from tests.support.lessons import NOTEBOOKS, ROOT

TEST = ROOT / "tests" / "browser" / "test_jupyterlab.py"
HEAD = ("sliders of lesson", "how many", "milliseconds", "the slowest")


def rows():
    """Yield each lesson's name, its number of sliders, and their milliseconds."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", TEST, "-m", "", "-k", "sliders_move"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for path in NOTEBOOKS:
        found = re.findall(rf"^\W*lesson {path.name[:2]}, .*?(\d+) ms$", output, re.MULTILINE)
        if times := list(map(int, found)):
            median = statistics.median(times)
            yield name(path), f"{len(times)}", f"{median:.0f}", f"{max(times)}"
