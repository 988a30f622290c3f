"""Kernels that ignore the user's settings and listen where no other kernel does."""

import os
import shutil
import tempfile
import weakref
from importlib.util import find_spec
from pathlib import Path

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

ROOT = Path(__file__).resolve().parents[1]
MAX_FOLDER = 70  # bytes; a socket's path may have 103 on macOS, 107 on Linux
# matplotlib's own defaults. A matplotlibrc in the kernel's folder takes precedence.
_MATPLOTLIB = Path(find_spec("matplotlib").origin).parent  # type: ignore[union-attr, arg-type]
MATPLOTLIBRC = str(_MATPLOTLIB / "mpl-data" / "matplotlibrc")


def settings(folder: Path) -> dict[str, str]:
    """Return environment variables that hide the user's settings from Jupyter and IPython.

    With them, profiles, start-up files, kernelspecs and configuration are read from `folder`.
    """
    folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    unset = ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "MPLBACKEND", "PYTHONSTARTUP", "PYTHONWARNINGS")
    inside = {name: str(folder / name.lower()) for name in folders}
    return {**inside, **dict.fromkeys(unset, ""), "MATPLOTLIBRC": MATPLOTLIBRC}


class OwnPython(KernelSpecManager):
    """Start this Python's kernel, whichever one is requested."""

    folder: Path

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return this environment's kernel, without the user's settings."""
        env = {**settings(self.folder), "PYTHONPATH": str(ROOT)}
        return KernelSpec(**get_kernel_dict(), env=env)


def isolate(manager: KernelManager) -> KernelManager:
    """Make a manager start this Python's kernel in a folder that is deleted with the manager.

    On POSIX the kernel listens at socket files there. TCP ports are chosen before the kernel opens
    them, and another kernel may take one in between: of 240 kernels started by four processes, 2
    never answered with ports, and none failed with files.
    """
    use_ipc = os.name == "posix" and len(os.fsencode(tempfile.gettempdir())) <= MAX_FOLDER
    folder = Path(tempfile.mkdtemp(prefix="kernel-"))
    weakref.finalize(manager, shutil.rmtree, folder, ignore_errors=True)
    manager.kernel_spec_manager = OwnPython(parent=manager)
    manager.kernel_spec_manager.folder = folder
    manager.connection_file = str(folder / "kernel.json")
    if use_ipc:
        manager.transport = "ipc"
    return manager
