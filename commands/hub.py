"""Hand out the lessons to a student of a JupyterHub, then run as their Jupyter server."""

import os
import runpy
import sys
import tempfile
from pathlib import Path

from commands import hand_out
from commands.jupyter import use_settings

if __name__ == "__main__":
    # With a thread for every core, thirty students would slow each other down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # What the hub says, if it says anything; commands/memory.py holds it.
    os.environ.setdefault("MEM_LIMIT", str(1024**3))
    os.chdir(Path.home())  # A container starts in a folder that it loses when it stops.
    # The log names what could not be handed out; the student can use their files anyway.
    hand_out.main(Path.home() / "my_notebooks")
    use_settings()
    # Kernels listen at socket files. Ports are chosen before a kernel opens them: of thirty kernels
    # that start at once, one or two would find theirs taken and never answer. A file's path must be
    # short, which one in a student's home need not be.
    sys.argv.append("--KernelManager.transport=ipc")
    with tempfile.TemporaryDirectory(prefix="jupyter-") as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        runpy.run_module("jupyterhub.singleuser", run_name="__main__", alter_sys=True)
