"""Every package that the code imports is declared, and every declared package is used."""

import re
import subprocess
import sys

from commands.pins import read_pins
from tests.support.lessons import ROOT


def test_deptry_finds_nothing(tmp_path):
    """deptry reads only pyproject.toml, so its dependencies become those of requirements.txt."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    lines = f"dependencies = {read_pins(ROOT / 'requirements.txt')}\n"
    project, found = re.subn(
        r"^dependencies = \[\n.*?^\]\n", lambda _: lines, project, flags=re.M | re.S
    )
    assert found == 1
    (tmp_path / "pyproject.toml").write_text(project, "utf-8")
    command = [sys.executable, "-m", "deptry", ".", "--no-ansi", "--config"]
    result = subprocess.run(
        [*command, tmp_path / "pyproject.toml"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
