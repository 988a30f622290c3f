"""Hide the user's settings for matplotlib and Jupyter from the tests and from what they start."""

import os
import tempfile
from pathlib import Path

from commands.kernels import settings

# The folder is deleted when the process ends.
SETTINGS = tempfile.TemporaryDirectory(prefix="settings-", ignore_cleanup_errors=True)
os.environ.update(settings(Path(SETTINGS.name)), MPLBACKEND="agg")
