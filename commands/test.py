"""Runs every check with pytest; a long option runs something longer instead."""

import runpy
import sys

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
            "--every-lesson",
            "-n",
            "auto",
        ],
    ),
    "--hub": ("pytest", ["tests/commands/hub.py"]),
    "--binder": ("pytest", ["tests/commands/test_binder.py", "--from-nothing", "-s"]),
}


def call(options: list[str]) -> tuple[str, list[str]]:
    """Return the module that options ask for, and the options that it gets."""
    long = next((option for option in options if option in CHECKS), "")
    module, first = CHECKS[long]
    return module, [*first, *(option for option in options if option != long)]


if __name__ == "__main__":
    module, sys.argv[1:] = call(sys.argv[1:])
    runpy.run_module(module, run_name="__main__", alter_sys=True)
