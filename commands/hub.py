"""Hands the lessons out to a student of a JupyterHub and becomes their Jupyter server."""

import os
import runpy
import sys
from pathlib import Path

from commands import hand_out

if __name__ == "__main__":
    # As many threads as cores, for each of thirty students, would only stand in each other's way.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.chdir(Path.home())  # A container starts in the image's folder, which it does not keep.
    # What could not be handed out is in the log; the student can use their files all the same.
    hand_out.main(Path.home() / "my_notebooks")
    sys.argv.append("--ServerApp.kernel_spec_manager_class=commands.server.Kernels")
    runpy.run_module("jupyterhub.singleuser", run_name="__main__", alter_sys=True)
