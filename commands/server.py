"""The kernel of a server that we start, on a laptop or on a hub."""

import sys
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager

# What `-m ipykernel_launcher` does, but it looks into the notebook's folder for runpy, types and
# other modules before it takes that folder off the path: a student's types.py would stop every
# kernel. IPython puts the folder back, behind the standard library; after `python -P` it would not.
START = (
    "import sys; sys.path = [*filter(None, sys.path)];"
    "from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)


class Kernels(KernelSpecManager):
    """Offer this environment's Python as python3, whatever other kernels have that name."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how a kernel is started."""
        if kernel_name.lower() != NATIVE_KERNEL_NAME:
            return super().get_kernel_spec(kernel_name)
        start = [sys.executable, "-c", START, "-f", "{connection_file}"]
        spec: dict[str, Any] = {**get_kernel_dict(), "argv": start}
        return KernelSpec(resource_dir=RESOURCES, **spec)
