"""Loads the course's pytest plugins for every run, from the root or from notebooks/."""

pytest_plugins = ("tests.nbval_tolerance", "tests.no_skips", "tests.jupyterlab")
