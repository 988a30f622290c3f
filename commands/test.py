"""Run every check with pytest, or one of the longer runs instead."""

import runpy
import sys

EVERY_MARK = ["-m", ""]  # also the tests marked slow, which pyproject.toml leaves out
IN_PARALLEL = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
# Option: (the module to run, its first options).
CHECKS = {
    "": ("pytest", IN_PARALLEL),
    "--slow": ("pytest", ["tests", "-m", "slow", "--ignore=tests/browser", *IN_PARALLEL]),
    "--faults": ("tests.net.faults", []),
    "--everywhere": ("tests.net.everywhere", []),
    "--canary": ("tests.net.canary", []),
    "--browser": ("pytest", ["tests/browser", *EVERY_MARK, *IN_PARALLEL]),
    "--hub": ("pytest", ["tests/commands/hub.py"]),
    "--binder": ("pytest", ["tests/commands/test_binder.py", *EVERY_MARK, "-s"]),
}


def choose_run(options: list[str]) -> tuple[str, list[str]]:
    """Return the module that the options choose, and the options to pass to it."""
    choice = [option for option in options if option and option in CHECKS][:1]
    module, first = CHECKS["".join(choice)]
    return module, [*first, *(option for option in options if option not in choice)]


if __name__ == "__main__":
    module, sys.argv[1:] = choose_run(sys.argv[1:])
    runpy.run_module(module, run_name="__main__", alter_sys=True)
