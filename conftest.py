"""Loads the course's pytest plugins for every run, from the root or from notebooks/."""

import os

from commands.kernels import MATPLOTLIBRC

# Before anything imports matplotlib: the figures of the tests do not depend on the user's settings.
os.environ.update(MATPLOTLIBRC=MATPLOTLIBRC, MPLBACKEND="agg")

pytest_plugins = (
    "tests.nbval_tolerance",
    "tests.no_skips",
    "tests.jupyterlab",
    "tests.workers",
)
