"""How many tests each run of the test command has, and how long it takes.

A cell of a notebook is a test, too. What can't run on this machine is skipped.
"""

import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from commands.test import CHECKS
from tests.support.lessons import ROOT

HEAD = ("`python course.py test`", "tests", "skipped", "failed", "seconds")
DEPENDS = (".",)
WORDS = "parts of the names of rows, without --"
RUNS = {
    option or "without an option": option for option, run in CHECKS.items() if run[0] == "pytest"
}


def measure(*options):
    """Return the cells of a run behind its name."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "commands.test", *filter(None, options)]
        start = time.monotonic()
        subprocess.run([*command, f"--junitxml={report}"], cwd=ROOT, stdout=sys.stderr)
        seconds = time.monotonic() - start
        (suite,) = ET.parse(report).iter("testsuite")
    count = {kind: int(suite.get(kind)) for kind in ("tests", "skipped", "failures", "errors")}
    failed = count["failures"] + count["errors"]
    return f"{count['tests']:,}", f"{count['skipped']}", f"{failed}", f"{seconds:.0f}"


def rows(*words):
    """Yield the rows that have one of the words in their name, or all; of the others, the name."""
    for name, option in RUNS.items():
        if words and not any(word in name for word in words):
            yield (name,)
        else:
            yield name, *measure(option)
