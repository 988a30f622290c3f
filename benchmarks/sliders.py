"""How long a slider's picture takes to follow a key, in the real JupyterLab.

The browser test of the sliders measures it, for each the median of three, from the key to the new
picture; here stand the sliders' median and the slowest of each lesson.
"""

import re
import statistics
import subprocess
import sys

from benchmarks.lessons import name
from tests.support.lessons import NOTEBOOKS, ROOT

HEAD = ("sliders of lesson", "how many", "milliseconds", "the slowest")


def rows():
    """Yield each lesson's name, its number of sliders, and their milliseconds."""
    test = [ROOT / "tests" / "test_browser.py", "--every-lesson", "-k", "sliders_move"]
    command = [sys.executable, "-m", "pytest", "-q", "-s", *test]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for path in NOTEBOOKS:
        found = re.findall(rf"^\W*lesson {path.name[:2]}, .*?(\d+) ms$", said, re.MULTILINE)
        if times := [int(milliseconds) for milliseconds in found]:
            median = statistics.median(times)
            yield name(path), f"{len(times)}", f"{median:.0f}", f"{max(times)}"
