"""Prints lesson 07's speed ladder, measured on this machine: python benchmarks/speed_ladder.py

The rungs are the lesson's own functions, so that what is timed is what the lesson shows. Each is
the best of three runs; the loops run part of the 100,000 epochs and are scaled.
"""

import argparse
import io
import os
import platform
import runpy
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import torch

LESSON = Path(__file__).resolve().parents[1] / "lessons" / "07_fitting_polynomials.py"
ALL_EPOCHS = 100_000


def machine():
    """Name the processor, the number of its cores and of torch's threads, and the versions."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line for line in cpuinfo.read_text().splitlines() if "model name" in line]
        name = models[0].split(":")[1].strip() if models else name
    return (
        f"{name}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads, "
        f"{platform.system()}, Python {platform.python_version()}, torch {torch.__version__}, "
        f"NumPy {np.__version__}"
    )


def main():
    """Time every rung of the ladder and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=2000, help="epochs that each loop runs")
    n_epochs = parser.parse_args().epochs
    if not 1 <= n_epochs <= ALL_EPOCHS:
        parser.error(f"--epochs must lie between 1 and {ALL_EPOCHS:,}, but {n_epochs} came")
    with redirect_stdout(io.StringIO()):
        lesson = runpy.run_path(str(LESSON))

    print(f"Machine: {machine()}\n")
    print(f"| {ALL_EPOCHS:,} epochs | seconds | times as fast |")
    print("|---|---:|---:|")
    slowest = None
    for name, run in lesson["ladder"].items():
        jumps = name in lesson["jumps"]
        run(10)  # the first call of a kind pays for what the later ones find ready
        ran = ALL_EPOCHS if jumps else n_epochs
        each = lesson["seconds"](run, ran) * ALL_EPOCHS / ran
        slowest = slowest or each
        print(f"| {name} | {each:.3g} | {slowest / each:,.1f} |")
    print(f"\nLoops ran {n_epochs:,} epochs and are scaled; the best of three runs each.")


if __name__ == "__main__":
    main()
