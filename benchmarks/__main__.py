"""Measures what the course costs: `python -m benchmarks [--write] [NAME ...]`; default: all.

Each benchmark is a module with the HEAD of its table and a function rows(). With --write, the table
replaces the one with the same head in docs/measured.md or instructor/hub/README.md, where the text
above it names the machine. Run it on a machine that does nothing else.
"""

import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from tests.support.lessons import ROOT

PAGES = (ROOT / "docs" / "measured.md", ROOT / "instructor" / "hub" / "README.md")
NAMES = (
    "set_up",
    "installed_size",
    "imports",
    "lessons",
    "notebooks",
    "speed_ladder",
    "graphs",
    "sliders",
    "website",
    "hub",
)


def machine() -> str:
    """Name the processor, its cores, the system, and the versions of Python and torch."""
    name, cpuinfo = platform.processor() or platform.machine(), Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        name = next((line.split(": ")[1] for line in lines if line.startswith("model name")), name)
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, torch {version('torch')}"
    )


def row(cells) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def replace_table(page: str, table: list[str]) -> str:
    """Return a page with a new table in place of the one with the same head."""
    before, head, after = page.partition("\n".join(["", *table[:2], ""]))
    return "\n".join([before, *table, "", after.partition("\n\n")[2]]) if head else page


def main(options: list[str]) -> None:
    """Run the benchmarks with these names, and print their tables in Markdown, row by row."""
    names = [name for name in options if name != "--write"]
    unknown = ", ".join(name for name in names if name not in NAMES)
    if unknown:
        sys.exit(f"There is no benchmark '{unknown}'. There are {', '.join(NAMES)}.")
    print(f"Measured on {machine()}.", flush=True)
    for name in names or NAMES:
        benchmark = import_module(f"benchmarks.{name}")
        print(f"\n{benchmark.__doc__.splitlines()[0]} (`python -m benchmarks {name}`)\n")
        table = [row(benchmark.HEAD), f"|---|{'---:|' * (len(benchmark.HEAD) - 1)}"]
        print(*table, sep="\n", flush=True)
        for cells in benchmark.rows():
            table.append(row(cells))
            print(table[-1], flush=True)
        for page in PAGES if "--write" in options else ():
            page.write_text(replace_table(page.read_text("utf-8"), table), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
