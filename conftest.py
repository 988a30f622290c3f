"""Loads the course's pytest plugins for every run, from the root or from notebooks/."""

import os
import tempfile
from pathlib import Path

from commands.kernels import settings

# Before anything imports matplotlib or Jupyter: neither the tests nor the programs that they start
# see the user's settings. The folder goes with the process.
SETTINGS = tempfile.TemporaryDirectory(prefix="settings-", ignore_cleanup_errors=True)
os.environ.update(settings(Path(SETTINGS.name)), MPLBACKEND="agg")

pytest_plugins = (
    "tests.nbval_tolerance",
    "tests.no_skips",
    "tests.jupyterlab",
    "tests.workers",
)
