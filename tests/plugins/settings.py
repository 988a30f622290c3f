"""Keeps the user's settings of matplotlib and Jupyter from the tests and what they start."""

import os
import tempfile
from pathlib import Path

from commands.kernels import settings

# The folder goes with the process.
SETTINGS = tempfile.TemporaryDirectory(prefix="settings-", ignore_cleanup_errors=True)
os.environ.update(settings(Path(SETTINGS.name)), MPLBACKEND="agg")
