"""What an import takes in a notebook's kernel, which has already loaded IPython: time and memory.

The medians of nine fresh processes.
"""

import statistics
import subprocess
import sys

HEAD = ("import", "milliseconds", "memory")
DEPENDS = ("course_utils", "requirements.txt", "constraints.txt")
OURS = """
from course_utils import data, descent, plots
from course_utils.checks import gradient_descent
"""
IMPORTS = {
    "`numpy`": ("", "import numpy"),
    "`matplotlib`, after NumPy": ("import numpy", "import matplotlib.figure"),
    "`course_utils`, after matplotlib": ("import numpy, matplotlib.figure", OURS),
    "`torch`, after NumPy": ("import numpy", "import torch"),
    "the first optimizer, after `torch`": (
        "import torch",
        "torch.optim.SGD([torch.zeros(1, requires_grad=True)])",
    ),
    "scikit-learn's linear models, after NumPy": ("import numpy", "import sklearn.linear_model"),
    "`igraph`, after NumPy": ("import numpy", "import igraph"),
    "`ipywidgets`, after NumPy": ("import numpy", "import ipywidgets"),
}
# The memory in use, not its peak: a process begins with that of the one that started it.
CODE = """
import IPython.display
import psutil
import time
{}
memory = psutil.Process().memory_info
start, before = time.perf_counter(), memory().rss
{}
print(1000 * (time.perf_counter() - start), (memory().rss - before) / 1e6)
"""


def measure(before, code):
    """Return the milliseconds and megabytes of `code` after `before`, in a fresh process."""
    command = [sys.executable, "-c", CODE.format(before, code)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(number) for number in ran.stdout.split()]


def rows(repeats=9):
    """Yield each import's name, its milliseconds and its megabytes."""
    for name, code in IMPORTS.items():
        measured = zip(*(measure(*code) for _ in range(repeats)), strict=True)
        milliseconds, megabytes = map(statistics.median, measured)
        yield name, f"{milliseconds:.0f}", f"{megabytes:.0f} MB"
