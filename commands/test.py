"""Runs every check with pytest; a long option runs something longer instead."""

import runpy
import sys

EVERY_MARK = ["-m", ""]  # the tests marked slow, too, which pyproject.toml leaves out
# Option: the module that runs, and the options that it begins with.
CHECKS = {
    "": ("pytest", ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]),
    "--faults": ("tests.net.faults", []),
    "--everywhere": ("tests.net.everywhere", []),
    "--canary": ("tests.net.canary", []),
    "--browser": (
        "pytest",
        [
            "tests/browser/test_jupyterlab.py",
            "tests/browser/test_slides.py",
            *EVERY_MARK,
            "-n",
            "auto",
            "--dist",
            "loadgroup",
        ],
    ),
    "--hub": ("pytest", ["tests/commands/hub.py"]),
    "--binder": ("pytest", ["tests/commands/test_binder.py", *EVERY_MARK, "-s"]),
}


def call(options: list[str]) -> tuple[str, list[str]]:
    """Return the module that options ask for, and the options that it gets."""
    long = [option for option in options if option and option in CHECKS][:1]
    module, first = CHECKS["".join(long)]
    return module, [*first, *(option for option in options if option not in long)]


if __name__ == "__main__":
    module, sys.argv[1:] = call(sys.argv[1:])
    runpy.run_module(module, run_name="__main__", alter_sys=True)
