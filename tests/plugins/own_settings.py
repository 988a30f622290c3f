"""Runs the notebooks' kernels with the user's own settings, which others under test ignore."""

from commands import kernels
from tests.support.own_settings import OwnSettings

kernels.OwnPython = OwnSettings
