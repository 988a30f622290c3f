"""Print what importing course_utils costs beyond NumPy, matplotlib and IPython.

Run it as `python benchmarks/imports.py`. A notebook's kernel has IPython loaded already.
"""

import statistics
import subprocess
import sys

BASE = "import numpy, matplotlib.figure, IPython.display"
OURS = "from course_utils import data, descent, plots; from course_utils.checks import lesson_01"
CODE = f"""
{BASE}
import time
start = time.perf_counter()
{OURS}
print(time.perf_counter() - start)
"""


def main(repeats=9):
    """Import in fresh processes and print the median."""
    seconds = [
        float(subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True).stdout)
        for _ in range(repeats)
    ]
    print(f"course_utils beyond matplotlib: {1000 * statistics.median(seconds):.1f} ms")


if __name__ == "__main__":
    main()
