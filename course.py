"""Check this Python, set up the environment and run a command. Any Python can read this file."""

from __future__ import print_function

import os
import sys

ROOT = os.path.dirname(os.path.realpath(__file__))
if __name__ == "__main__":
    # A json.py beside this file or on PYTHONPATH must not hide the standard library's.
    LIBRARY = os.path.dirname(os.__file__)
    FIRST = [LIBRARY, os.path.join(LIBRARY, "lib-dynload"), ROOT]
    sys.path[:] = FIRST + [folder for folder in sys.path if folder not in FIRST]

import platform
import re
import signal
import subprocess
import sysconfig

# Name: (the extra of pyproject.toml it needs, the module it runs, what it does).
COMMANDS = {
    "lab": ("", "commands.lab", "hand out the lessons and open JupyterLab (default)"),
    "hand_out": ("", "commands.hand_out", "only hand out the lessons"),
    "update": ("", "commands.update", "get the newest course with git; your edits stay"),
    "test": ("dev", "commands.test", "run all checks, or a longer run (see below)"),
    "build": ("dev", "commands.build", "execute lessons/ into notebooks/"),
    "slides": ("slides", "commands.slides", "write notebooks/ as slides into slides/"),
    "present": ("present", "commands.present", "show a lesson's slides with a kernel"),
    "site": ("site", "commands.site", "write the course as a website into site/"),
    "progress": ("", "commands.progress", "show where a class is, from its notebooks"),
}
HELP = """usage: python course.py [command] [options]
{}
The first run installs everything into .venv. Options are passed on to the command:
  python course.py lab 04 --no-browser --port 8899
  python course.py test --everywhere  (or --slow, --faults, --canary, --browser, --binder, --hub)
  python course.py build 01 03  (or slides 01 03)"""


def refusal(version, wide, system, machine, details):
    """Return why PyTorch cannot run here, '' if it can. `details`: implementation and libc."""
    if "cpython" not in details or not (3, 11) <= version[:2] <= (3, 14):
        why = "The course needs CPython 3.11 to 3.14; this is {} {}. Get one at python.org."
        return why.format(details.split()[0], ".".join(map(str, version[:3])))
    if not wide:
        return "PyTorch needs a 64-bit Python; this one is 32-bit. Get one at python.org."
    if system.startswith("macosx") and machine != "arm64":
        return "PyTorch no longer supports Intel Macs. On Apple silicon, install an arm64 Python."
    if system == "win-arm64":
        return "PyTorch has no release for Windows on ARM."
    if "musl" in details:
        return "PyTorch needs glibc; this Linux has musl."
    known = re.match("macosx|win-amd64|linux-(x86_64|aarch64)$", system)
    return "" if known else "PyTorch has no release for {}.".format(system)


def stop(why, code=1):
    """Print the reason on stderr and return the exit code."""
    print(why, file=sys.stderr)
    return code


def main(options):
    """Run one command in the environment and return its exit code."""
    if options in (["-h"], ["--help"]):
        lines = ["  {:8} {}".format(name, row[2]) for name, row in COMMANDS.items()]
        print(HELP.format("\n".join(lines)))
        return 0
    if not options or options[0][:1] == "-":
        options = ["lab"] + options
    name, options = options[0], options[1:]
    if name not in COMMANDS:
        why = "There is no command '{}'. Choose one of: {}.".format(name, ", ".join(COMMANDS))
        return stop(why, 2)
    facts = [sys.version_info, sys.maxsize > 2**32, sysconfig.get_platform(), platform.machine()]
    libc = sysconfig.get_config_var("HOST_GNU_TYPE")
    why = refusal(*facts + ["{} {}".format(platform.python_implementation().lower(), libc)])
    if why:
        return stop(why + " You can also run the course in a browser: see Binder in README.md.")
    extra, module, _ = COMMANDS[name]
    try:
        from commands import set_up
    except ImportError as error:
        return stop("This copy of the course is incomplete: {}. Download it again.".format(error))
    try:
        set_up.set_up(extra)
    except KeyboardInterrupt:
        return stop("Set-up was interrupted. Run the command again to continue.", 130)
    except set_up.SetUpError as error:
        return stop("Set-up stopped: {}".format(error))
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child, which handles it.
    command = [str(set_up.PYTHON), "-P", "-m", module] + options
    folder = None if name == "progress" else ROOT  # It takes the user's paths, from where they are.
    try:
        child = subprocess.Popen(command, cwd=folder, env=set_up.environment())
    except OSError as error:
        why = "{} does not start: {}. Rename .venv and run the command again."
        return stop(why.format(name, error))
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
