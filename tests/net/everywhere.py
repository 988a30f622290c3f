"""Runs all notebooks and the unit tests that compare numbers as other machines would.

`python course.py test --everywhere [word ...]` runs all conditions, or those with one of the words
in their name, and prints a table of what was run and what differed. What pytest printed is left in
test_output/everywhere/. Each run includes a notebook whose only cell proves, in a kernel like the
others', that the condition holds there.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks.tables import row, rule
from commands.build import METADATA
from tests.net.conditions import PYTEST, conditions
from tests.support.lessons import ROOT

HEAD = ("condition", "cells", "unit tests", "differing", "seconds")
DEPENDS = ("notebooks", "course_utils", "commands", "tests", "requirements.txt", "constraints.txt")
WORDS = "parts of the names of conditions"
OUTPUT = ROOT / "test_output" / "everywhere"
PROBE = "probe.ipynb"
# What a run may leave behind: caches, those of npm and of pip's look for Rust too, and test_output.
CACHES = {"__pycache__", ".cache", ".pytest_cache", ".ruff_cache", ".npm", ".rustup"}
IGNORED = {*CACHES, ".git", "test_output"}


def write_probe(condition, scratch):
    """Write the notebook that proves a condition, and return its path."""
    cell = new_code_cell(condition.proof, execution_count=1)
    nbformat.write(new_notebook(cells=[cell], metadata=METADATA), scratch / PROBE)
    return scratch / PROBE


def hashes(folders):
    """Return the hash of each file in some folders, except what a run may leave behind."""
    return {
        path: hashlib.sha256(path.read_bytes()).digest()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not IGNORED & {*path.relative_to(folder).parts}
    }


def call_pytest(condition, scratch):
    """Call pytest under a condition; return its report as XML, its exit code and its log's path."""
    report = scratch / "report.xml"
    report.unlink(missing_ok=True)
    root = ROOT if condition.folder in (ROOT, scratch) else condition.folder
    paths = [root / path.relative_to(ROOT) for path in [*condition.tests, *condition.notebooks]]
    options = ["-c", root / "pyproject.toml", f"--rootdir={root}", f"--junitxml={report}"]
    command = [*condition.command, *options, *condition.options, "--color=no", *paths]
    command = list(map(str, [*command, write_probe(condition, scratch)]))
    env = {k: v for k, v in {**os.environ, **condition.env}.items() if v}
    ran = subprocess.run(command, cwd=condition.folder, env=env, capture_output=True, text=True)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    log = OUTPUT / f"{condition.name}.txt"
    log.write_text(ran.stdout + ran.stderr, encoding="utf-8")
    return report, ran.returncode, log.relative_to(ROOT)


def run(condition, scratch):
    """Run the tests under a condition; return (cells, unit tests, lines about what differs)."""
    condition.prepare()
    before = hashes(condition.watched)
    report, code, log = call_pytest(condition, scratch)
    after = hashes(condition.watched)
    if not report.exists():
        return 0, 0, [f"pytest wrote no report; see {log}"]

    cases = [(case.get("classname"), case) for case in ET.parse(report).iter("testcase")]
    cells = [name for name, _ in cases if name.startswith("notebooks.")]
    # pytest gives a file outside its root no name.
    probes = [name for name, _ in cases if name in ("", PROBE)]
    units = [name for name, _ in cases if name not in cells and name not in probes]
    differs = [
        f"{'the condition itself' if name in probes else name}, {case.get('name')}"
        for name, case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    differs += [f"{path.relative_to(scratch)} was changed" for path in changed]
    one_process = "-n" not in condition.options and condition.command is PYTEST
    order = list(dict.fromkeys(name.split(".")[-2] for name in cells))
    if one_process and order != [path.stem for path in condition.notebooks]:
        differs.append(f"the notebooks ran in the order {', '.join(order)}")
    if code and not differs:
        differs.append(f"pytest ended with {code}; see {log}")
    return len(cells), len(units), differs


def rows(*words):
    """Run the conditions that have one of the words in their name, or all, and yield their rows.

    Of a condition that isn't run, yield only the name.
    """
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        known = conditions(scratch)
        chosen = [one for one in known if not words or any(word in one.name for word in words)]
        if not chosen:
            names = "\n".join(one.name for one in known)
            sys.exit(f"No condition has {' or '.join(words)} in its name. There are:\n{names}")
        for condition in known:
            if condition not in chosen:
                yield (condition.name,)
                continue
            if condition.why_not and not (words and condition.if_named):
                print(f"not run: {condition.name}: {condition.why_not}", file=sys.stderr)
                yield (condition.name,)
                continue
            start = time.monotonic()
            cells, units, differs = run(condition, scratch)
            seconds = time.monotonic() - start
            for line in differs:
                print(f"  differs under '{condition.name}': {line}", file=sys.stderr, flush=True)
            yield condition.name, f"{cells:,}", f"{units:,}", f"{len(differs)}", f"{seconds:.0f}"


def main(words):
    """Print the table of the conditions that the words choose; give the exit code."""
    failed = False
    print(f"{row(HEAD)}\n{rule(HEAD)}", flush=True)
    for cells in rows(*words):
        if len(cells) > 1:
            print(row(cells), flush=True)
            failed |= cells[HEAD.index("differing")] != "0"
    return int(failed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py test --everywhere", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="word", help="part of a condition's name")
    try:
        sys.exit(main(parser.parse_args().words))
    except KeyboardInterrupt:
        sys.exit(130)
