"""The code has types, and they agree."""

import subprocess
import sys

from tests.lessons import ROOT


def test_mypy():
    ran = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
