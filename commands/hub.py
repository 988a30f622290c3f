"""Hand out the lessons to a student of a JupyterHub, then run as their Jupyter server."""

import os
import runpy
from pathlib import Path

from commands import hand_out
from commands.jupyter import use_settings

if __name__ == "__main__":
    # With a thread for every core, thirty students would slow each other down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.chdir(Path.home())  # A container starts in a folder that it loses when it stops.
    # The log names what could not be handed out; the student can use their files anyway.
    hand_out.main(Path.home() / "my_notebooks")
    use_settings()
    runpy.run_module("jupyterhub.singleuser", run_name="__main__", alter_sys=True)
