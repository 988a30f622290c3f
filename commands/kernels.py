"""Where a kernel listens, and what it sees: nothing of the user's settings."""

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
MAX_FOLDER = 70  # A socket's path may have 103 bytes on macOS and 107 on Linux.
# matplotlib's own defaults. A matplotlibrc in the kernel's folder, as in notebooks/, comes first.
_MATPLOTLIB = Path(find_spec("matplotlib").origin).parent  # type: ignore[union-attr, arg-type]
MATPLOTLIBRC = str(_MATPLOTLIB / "mpl-data" / "matplotlibrc")


def settings(folder: Path) -> dict[str, str]:
    """Return the environment variables that keep the user's settings from Jupyter and IPython.

    Profiles and start-up files, kernelspecs and configuration are looked for in `folder`.
    """
    places = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    unset = ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "MPLBACKEND", "PYTHONSTARTUP", "PYTHONWARNINGS")
    inside = {name: str(folder / name.lower()) for name in places}
    return {**inside, **dict.fromkeys(unset, ""), "MATPLOTLIBRC": MATPLOTLIBRC}


class OwnPython(KernelSpecManager):
    """Whatever kernel is asked for, start this Python's."""

    folder: Path

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this environment, with none of the user's settings."""
        env = {**settings(self.folder), "PYTHONPATH": str(ROOT)}
        return KernelSpec(**get_kernel_dict(), env=env)


def on_its_own(manager: KernelManager) -> KernelManager:
    """Let a manager start this Python's kernel, in a folder that ends with the manager.

    It listens in files there, where the system has them: TCP ports are looked for before the kernel
    takes them, and another kernel can come first. Of 240 kernels started by four processes 2 never
    answered, and of 240 in files none.
    """
    in_files = os.name == "posix" and len(os.fsencode(tempfile.gettempdir())) <= MAX_FOLDER
    folder = Path(tempfile.mkdtemp(prefix="kernel-"))
    weakref.finalize(manager, shutil.rmtree, folder, ignore_errors=True)
    manager.kernel_spec_manager = OwnPython(parent=manager)
    manager.kernel_spec_manager.folder = folder
    manager.connection_file = str(folder / "kernel.json")
    if in_files:
        manager.transport = "ipc"
    return manager
