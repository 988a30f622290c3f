"""A second process waits, says so once, and continues when the first has ended."""

import os
import signal
import subprocess
import sys

import pytest

from commands.lock import hold_lock
from tests.support.lessons import ROOT
from tests.support.processes import stopping, wait_for

HOLD = """
import sys, time
from pathlib import Path
from commands.lock import hold_lock

with hold_lock(Path(sys.argv[1]), "waiting"):
    print("holds", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(path, seconds):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, path, str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_a_second_process_waits_for_the_first(tmp_path, end):
    first = hold(tmp_path / "lock", 1 if end == "by itself" else 600)
    with stopping(first):
        assert first.stdout.readline() == "holds\n"
        second = hold(tmp_path / "lock", 0)
        with stopping(second):
            assert second.stderr.readline() == "waiting\n"
            assert second.poll() is None
            if end == "killed":
                os.killpg(first.pid, signal.SIGKILL)
            assert second.communicate(timeout=60) == ("holds\n", "")
        wait_for(lambda: first.poll() is not None)


def test_without_a_lock_file_the_block_still_runs(tmp_path, capsys):
    with hold_lock(tmp_path / "absent" / "lock", "waiting"):
        pass
    assert capsys.readouterr() == ("", "")
