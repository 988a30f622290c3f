"""How long an import takes in a notebook's kernel, which has already loaded IPython.

The median of nine fresh processes.
"""

import statistics
import subprocess
import sys

HEAD = ("import", "milliseconds")
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
}
CODE = """
import IPython.display
{}
import time
start = time.perf_counter()
{}
print(time.perf_counter() - start)
"""


def measure(before, code):
    """Return the seconds that `code` takes after `before`, in a fresh process."""
    command = [sys.executable, "-c", CODE.format(before, code)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def rows(repeats=9):
    """Yield each import's name and its milliseconds."""
    for name, code in IMPORTS.items():
        yield name, f"{1000 * statistics.median(measure(*code) for _ in range(repeats)):.0f}"
