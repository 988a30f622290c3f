"""A kernel that takes too much memory gets an error that says so, and goes on."""

import os
import subprocess
import sys

import pytest

from tests.support.lessons import ROOT

# A kernel's shell without a kernel: run cells, and print what they print.
CELLS = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.io import capture_output

shell = InteractiveShell(colors="nocolor")
shell.run_line_magic("load_ext", "commands.memory")
for cell in ("rows = []\\nfor _ in range(1000): rows.append([0.0] * 100_000)",
             "error = RuntimeError('of mine')\\n"
             "error._render_traceback_ = lambda: ['my own words']\\nraise error",
             "del rows\\nprint(len([0.0] * 5_000_000))"):
    with capture_output() as captured:
        shell.run_cell(cell)
    print(captured.stdout, "=" * 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds it")
def test_a_kernel_that_takes_too_much_gets_an_error_and_goes_on():
    env = {**os.environ, "MEM_LIMIT": str(250_000_000)}
    command = [sys.executable, "-c", CELLS]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    full, own, after, _ = ran.stdout.split("=" * 9 + "\n")
    assert "2 for _ in range(1000): rows.append([0.0] * 100_000)" in full
    assert "MemoryError" in full
    assert "This kernel may take 200 MB, and that is used up: restart it." in full
    assert "commands/memory" not in full
    assert own.strip() == "my own words"
    assert after.strip() == "5000000"
