"""Where a kernel listens: in files of its own, where the system has them."""

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from jupyter_client import KernelManager

MAX_FOLDER = 70  # A socket's path may have 103 bytes on macOS and 107 on Linux.


def on_files(manager: KernelManager) -> KernelManager:
    """Let the kernel that a manager is to start listen in files, which end with the manager.

    TCP ports are looked for before the kernel takes them, and another kernel can come first: of
    240 kernels started by four processes 2 never answered, and of 240 in files none.
    """
    if os.name == "posix" and len(os.fsencode(tempfile.gettempdir())) <= MAX_FOLDER:
        folder = tempfile.mkdtemp(prefix="kernel-")
        weakref.finalize(manager, shutil.rmtree, folder, ignore_errors=True)
        manager.transport, manager.connection_file = "ipc", str(Path(folder) / "kernel.json")
    return manager
