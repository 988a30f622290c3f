"""A test that kills its process or takes too much memory ends the run and is named."""

import os
import re
import subprocess
import sys
import time

import pytest

from tests.support.lessons import ROOT

pytestmark = pytest.mark.slow

FINE = "def test_fine():\n    pass\n"
SLOW = """
import time, pytest
@pytest.mark.parametrize("k", range(4))
def test_takes_its_time(k):
    time.sleep(0.2)
"""
LONG = SLOW.replace("4", "10")
KILLS = """
import os, signal
def test_kills():
    os.kill(os.getpid(), signal.SIGKILL)
"""
WAITS = "import time\ndef test_waits():\n    time.sleep(300)\n"
# These end some time: where nothing stops them, they must not take the memory of the machine.
TAKES = """
import time
def test_takes():
    kept = [bytearray(1_000_000) for _ in range(1_000)]
    time.sleep(30)
"""
IN_A_CHILD = """
import subprocess, sys
def test_takes_in_a_child():
    code = "x = bytearray(800_000_000); import time; time.sleep(30)"
    subprocess.run([sys.executable, "-c", code])
"""
RECURSES = """
def recursive(*_):
    return recursive()
def test_recurses():
    import sys
    sys.setrecursionlimit(8 * 10**6)  # almost as if there were none: Python 3.13.0 has this bug
    recursive()
"""


def run(folder, options, **files):
    """Run pytest on test files in a folder; return its output, exit code and time in seconds."""
    (folder / "pytest.ini").write_text("[pytest]")
    (folder / "conftest.py").write_text(files.pop("conftest", ""))
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    start = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.plugins.workers", "--color=no", *options],
        cwd=folder,
        env={name: value for name, value in env.items() if not name.startswith("PYTEST_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return result.stdout, result.returncode, time.monotonic() - start


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a": SLOW + KILLS, "b": LONG, "c": LONG}, id="with more to come"),
        pytest.param({"fine": FINE, "kills": KILLS, "waits": WAITS}, id="while another waits"),
    ],
)
def test_a_dead_process_ends_the_run_within_a_minute_and_its_test_is_named(tmp_path, files):
    output, code, seconds = run(tmp_path, ["-n", "2", "--dist", "loadfile"], **files)
    assert code == 1, output
    assert re.search(r"^FAILED test_\w+.py::test_kills", output, flags=re.M), output
    assert re.search(r"^!+ .*::test_kills ended its process", output, flags=re.M)
    assert seconds < 60


def test_a_run_fails_if_a_process_dies_while_it_collects_tests(tmp_path):
    dies = "import os\nif os.environ.get('PYTEST_XDIST_WORKER') == 'gw1':\n    os._exit(0)\n"
    output, code, seconds = run(tmp_path, ["-n", "2"], fine=FINE, conftest=dies)
    assert code not in (0, 5), output
    assert "replacing crashed worker" not in output
    assert seconds < 60


@pytest.mark.parametrize("processes", ["2", "0"])
@pytest.mark.parametrize(
    ("source", "test"),
    [
        pytest.param(TAKES, "test_a.py::test_takes", id="takes"),
        pytest.param(IN_A_CHILD, "test_a.py::test_takes_in_a_child", id="in a child"),
        pytest.param(RECURSES, "test_a.py::test_recurses", id="recurses"),
    ],
)
def test_a_test_above_the_memory_limit_is_named_and_ended(tmp_path, processes, source, test):
    options = ["-n", processes, "--memory-limit=0.5"]
    output, code, seconds = run(tmp_path, options, fine=FINE, a=source)
    assert code == 1, output
    assert re.search(
        rf"^{test} takes .* GB of memory, above the limit of 0.5 GB", output, flags=re.M
    )
    assert seconds < 60


def test_a_run_below_the_memory_limit_passes(tmp_path):
    output, code, _ = run(tmp_path, ["-n", "2"], fine=FINE)
    assert code == 0, output
