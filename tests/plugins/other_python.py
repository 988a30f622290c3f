"""Runs the notebooks' kernels with the Python that COURSE_KERNEL_PYTHON names."""

from commands import kernels
from tests.support.bare import OtherPython

kernels.OwnPython = OtherPython
