"""Run every check with pytest, or one of the longer runs instead."""

import runpy
import sys

# Option: (the module to run, its first options).
RUNS = {
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


def choose_run(options: list[str]) -> tuple[str, list[str]]:
    """Return the module that the options choose, and the options to pass to it."""
    choice = next((option for option in options if option in RUNS), "")
    module, first = RUNS[choice]
    return module, [*first, *(option for option in options if option != choice)]


if __name__ == "__main__":
    module, sys.argv[1:] = choose_run(sys.argv[1:])
    runpy.run_module(module, run_name="__main__", alter_sys=True)
