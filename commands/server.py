"""The kernel of every server that the course starts, on a laptop or on a hub, and its lessons."""

import os
import sys
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from commands import hand_out

# Instead of `-m ipykernel_launcher`, which imports runpy, types and other modules before it removes
# the notebook's folder from the path: a student's types.py would stop every kernel. IPython then
# puts the folder back, after the standard library; with `python -P` it would not.
START = (
    "import sys; sys.path = [*filter(None, sys.path)];"
    "import commands.memory; from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)


class Kernels(KernelSpecManager):
    """Offer this environment's Python as python3, even if another kernel has that name."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the command that starts a kernel, with its settings."""
        if kernel_name.lower() != NATIVE_KERNEL_NAME:
            return super().get_kernel_spec(kernel_name)
        start = [sys.executable, "-c", START, "-f", "{connection_file}"]
        if "MEM_LIMIT" in os.environ:
            start.append("--ext=commands.memory")
        spec: dict[str, Any] = {**get_kernel_dict(), "argv": start}
        return KernelSpec(resource_dir=RESOURCES, **spec)


class Lessons(AsyncLargeFileManager):
    """A student's files; a lesson that they don't have yet is handed out when it is opened."""

    async def get(self, path: str, *args: Any, **options: Any) -> Any:
        """Return a file or a folder, as Jupyter does."""
        try:
            hand_out.add_lesson(Path(self.root_dir, path.strip("/")))
        except (OSError, ValueError) as error:
            self.log.error("Not handed out: %s", error)
        return await super().get(path, *args, **options)
