"""Makes the environment and runs the course in it. Standard library only; 3.6 can parse it."""

import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG, STAMP = VENV / "setup.log", VENV / "set_up"
TORCH_INDEX = os.environ.get("COURSE_TORCH_INDEX", "https://download.pytorch.org/whl/cpu")

# Name: the extra of pyproject.toml that it needs, the module that it runs, what it does.
COMMANDS = {
    "lab": ("", "commands.lab", "hand the lessons out, open JupyterLab on the first (default)"),
    "hand_out": ("", "commands.hand_out", "hand the lessons out, and no more"),
    "update": ("", "commands.update", "bring the newest course with git; your edits stay"),
    "test": ("dev", "commands.test", "run every check, or a longer run (see below)"),
    "build": ("dev", "commands.build", "execute lessons/ into notebooks/"),
    "slides": ("slides", "commands.slides", "write notebooks/ as slides into slides/"),
}
HELP = """usage: python course.py [command] [options]
{}
The first call installs into .venv. Options go on to the command:
  python course.py lab --no-browser --port 8899
  python course.py test --everywhere  (or --faults, --mutants, --browser, --binder, --hub)
  python course.py build 01 03  (or slides 01 03)"""


def refusal(version, wide, system, machine, details):
    """Say why this Python can have no PyTorch; '' if it can. `details`: implementation, libc."""
    if "cpython" not in details or not (3, 11) <= version[:2] <= (3, 14):
        found = details.split()[0] + " " + ".".join(map(str, version[:3]))
        return f"The course needs CPython 3.11 to 3.14, and this is {found}."
    if not wide:
        return "PyTorch needs a 64-bit Python; this one is 32-bit."
    if system.startswith("macosx") and machine != "arm64":
        return "PyTorch has left Intel Macs. On Apple silicon, install an arm64 Python."
    if system == "win-arm64":
        return "PyTorch has no release for Windows on ARM."
    if "musl" in details:
        return "PyTorch needs glibc; this Linux has musl."
    known = re.match("macosx|win-amd64|linux-(x86_64|aarch64)$", system)
    return "" if known else f"PyTorch has no release for {system}."


def set_up(extra):
    """Install what a command needs, unless the stamp says that it is there."""
    files = [(ROOT / name).read_text("utf-8") for name in ("requirements.txt", "pyproject.toml")]
    key = hashlib.sha256("\0".join([sys.version, str(ROOT), *files]).encode()).hexdigest()
    stamp = STAMP.read_text("latin-1").split() if PYTHON.exists() and STAMP.exists() else []
    extras = sorted({extra, *(stamp[1:] if stamp[:1] == [key] else [])} - {""})
    if stamp == [key, *extras]:
        return
    print("Setting up the course in .venv (the first time 1.4 GB, some minutes)", flush=True)
    make_venv()
    options = ["-e", ".[{}]".format(",".join(extras))] if extras else []
    if sys.platform == "linux":  # PyPI's torch for Linux brings gigabytes of CUDA.
        with suppress(OSError, ValueError):
            urllib.request.urlopen(TORCH_INDEX + "/torch/", timeout=3).close()
            options += ["--extra-index-url", TORCH_INDEX]
    pip_install("-r", "requirements.txt", *options)
    settings = VENV / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "commands/overrides.json", settings)
    STAMP.with_suffix(".new").write_text("\n".join([key, *extras]))
    os.replace(STAMP.with_suffix(".new"), STAMP)


def make_venv():
    """Make .venv, or keep the one that this Python made here, less what was cut short in it."""
    config = VENV / "pyvenv.cfg"
    marks = ["version = {}.{}.{}\n".format(*sys.version_info), f" {VENV}\n"]
    whole = config.exists() and (PYTHON.parent / "activate").exists()  # venv writes it last.
    if not whole or not all(mark in config.read_text("utf-8") for mark in marks):
        try:
            venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"Set-up stopped: no {VENV}: {error} (Debian, Ubuntu: install python3-venv)")
    # pip writes INSTALLER last: a package without it was cut short, and would pass for whole.
    for info in Path(sysconfig.get_path("purelib", "venv", {"base": VENV})).glob("*.dist-info"):
        if not (info / "INSTALLER").exists():
            shutil.rmtree(info)


def pip_install(*packages):
    """Run pip: a line per package on the screen, all of its words in the log."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", *packages]
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONIOENCODING="utf-8")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with LOG.open("wb") as log, subprocess.Popen(command, cwd=ROOT, env=env, **streams) as pip:
        try:
            for line in pip.stdout:
                log.write(line)
                shown = re.match(rb" *(Collecting \S+|Downloading .*MB\)|Installing(?= c))", line)
                if shown:
                    print(" ", shown[1].decode("utf-8", "replace"), flush=True)
        except KeyboardInterrupt:
            with suppress(subprocess.TimeoutExpired):
                pip.wait(5)  # The terminal's Ctrl-C reached pip too: let it remove its files.
            pip.kill()
            raise
    if pip.returncode:
        said = LOG.read_text("utf-8", "replace")
        names = re.findall(r"No matching distribution found for (\S+)", said)
        names += re.findall(r"Collecting (\S+)", said)[::-1] + ["A package"]
        why = f"{names[0]} could not be had. Check the internet connection"
        if re.search("No space left|not enough space", said):
            why = "the disk is full. Make room for 3 GB"
        sys.exit(f"Set-up stopped: {why} and call this again: it goes on. pip's words: {LOG}")


def main(options):
    """Run one command in the environment and give its exit code."""
    if options in (["-h"], ["--help"]):
        print(HELP.format("\n".join(f"  {name:8} {row[2]}" for name, row in COMMANDS.items())))
        return 0
    name, *options = ["lab", *options] if not options or options[0][:1] == "-" else options
    if name not in COMMANDS:
        print(f"There is no command '{name}', only {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    facts = [sys.version_info, sys.maxsize > 2**32, sysconfig.get_platform(), platform.machine()]
    why = refusal(*facts, f"{sys.implementation.name} {sysconfig.get_config_var('HOST_GNU_TYPE')}")
    if why:
        sys.exit(f"{why} The Binder link in README.md runs the course in the browser.")
    extra, module, _ = COMMANDS[name]
    try:
        set_up(extra)
    except KeyboardInterrupt:
        print("Set-up was interrupted. The next call goes on where it stopped.", file=sys.stderr)
        return 130
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child, and is its to handle.
    child = subprocess.Popen([str(PYTHON), "-m", module, *options], cwd=ROOT)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
