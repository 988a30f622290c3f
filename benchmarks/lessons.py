"""Print the time and the peak memory of each lesson in its own kernel.

Run it as `python benchmarks/lessons.py [NN ...]`. The time runs from an idle kernel to the end of
the last cell; the memory is the kernel's largest resident size.
"""

import platform
import sys
import time
from pathlib import Path

import nbclient
import nbformat

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
PEAK = """
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1e6 if sys.platform == "darwin" else 1e3))
"""  # kilobytes on Linux, bytes on macOS


def measure(path):
    """Return (seconds, megabytes) of one notebook."""
    notebook = nbformat.read(path, as_version=4)
    first, last = nbformat.v4.new_code_cell("0"), nbformat.v4.new_code_cell(PEAK)
    notebook.cells = [first, *notebook.cells, last]
    client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": path.parent}})
    with client.setup_kernel():
        client.execute_cell(first, 0)
        start = time.perf_counter()
        for index, cell in enumerate(notebook.cells[1:-1], start=1):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - start
        peak = client.execute_cell(last, len(notebook.cells) - 1)
    return seconds, float(peak.outputs[0].text)


def main(numbers):
    """Measure the lessons with these numbers, or all."""
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if not numbers or path.name[:2] in numbers:
            seconds, megabytes = measure(path)
            print(f"{path.stem:<36} {seconds:5.1f} s   {megabytes:5.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
