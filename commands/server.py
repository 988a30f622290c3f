"""The kernel of every server that the course starts, on a laptop or on a hub."""

import sys
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager

# Instead of `-m ipykernel_launcher`, which imports runpy, types and other modules before it removes
# the notebook's folder from the path: a student's types.py would stop every kernel. IPython then
# puts the folder back, after the standard library; with `python -P` it would not.
START = (
    "import sys; sys.path = [*filter(None, sys.path)];"
    "from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)


class Kernels(KernelSpecManager):
    """Offer this environment's Python as python3, even if another kernel has that name."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the command that starts a kernel, with its settings."""
        if kernel_name.lower() != NATIVE_KERNEL_NAME:
            return super().get_kernel_spec(kernel_name)
        start = [sys.executable, "-c", START, "-f", "{connection_file}"]
        spec: dict[str, Any] = {**get_kernel_dict(), "argv": start}
        return KernelSpec(resource_dir=RESOURCES, **spec)
