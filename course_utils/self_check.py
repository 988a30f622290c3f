"""Lesson 00's self-check: says in plain words what is fine here, and what to do about the rest.

`run` looks at what must be right on every machine, and says the same words wherever it is.
`machine` tells what differs between machines. Neither raises, whatever is missing.
"""

import importlib.metadata
import io
import os
import platform
import re
import sys
import textwrap
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = (3, 11), (3, 14)  # the first and the last that the pinned packages have wheels for
LEAST_FREE, PLENTY = 1.0, 8.0  # GB
RESTART = (
    "Restart the kernel (menu Kernel, Restart Kernel) and run this cell again. If that does not "
    "help, close JupyterLab, delete the folder .venv and run `python course.py`."
)


@dataclass
class Finding:
    """What was looked at, what was found, and what to do; nothing to do means that it is fine."""

    what: str
    found: str = "fine"
    todo: str = ""


def run():
    """Check Python, the packages, a computation, a figure and a graph, and print a table.

    The two pictures show, without their lines: a stored notebook joins all that a cell prints,
    and the table belongs below both.
    """
    looks = (
        ("Python", lambda: python(sys.version_info, sys.maxsize > 2**32)),
        ("packages", lambda: packages(*pins_and_installed(ROOT / "requirements.txt"))),
        ("computation", lambda: computation(*gradient_both_ways())),
        ("figure", figure),
        ("graph", graph),
    )
    findings = []
    for what, look in looks:
        with redirect_stdout(io.StringIO()):
            findings.append(look_at(what, look))
    for finding in findings:
        tell(finding)
    wrong = [finding.what for finding in findings if finding.todo]
    print(f"\n{'To mend before you go on: ' + ', '.join(wrong) if wrong else 'All fine: go on'}.")


def machine():
    """Print the versions, the graphics processor and the memory of this machine."""
    looks = (
        ("Python", lambda: Finding("Python", f"{platform.python_version()} on {system()}")),
        ("PyTorch", lambda: Finding("PyTorch", importlib.metadata.version("torch"))),
        ("GPU", lambda: gpu(gpu_name())),
        ("memory", lambda: memory(free_memory())),
    )
    for what, look in looks:
        tell(look_at(what, look))


def look_at(what, look):
    """Return the finding of `look`, or what it raised as a finding."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an old graphics driver, for one
            return look()
    except (Exception, SystemExit) as error:
        said = " ".join(str(error).split())
        return Finding(what, f"{type(error).__name__}: {said:.200}", mending(error))


def mending(error):
    """Say what to do about an error that stopped a look."""
    if isinstance(error, ImportError):
        return f"A package is missing or damaged. {RESTART}"
    if isinstance(error, OSError) and os.name == "nt":
        return (
            "Windows cannot load a part of PyTorch: install Microsoft's 'Visual C++ "
            f"Redistributable' (x64), then restart the computer. {RESTART}"
        )
    if isinstance(error, MemoryError):
        return "Close other notebooks and programs, then run this cell again."
    return RESTART


def tell(finding):
    """Print a finding as a row, and what to do under it."""
    found = f"TO DO  {finding.found}" if finding.todo else finding.found
    lines = textwrap.wrap(found, 80) + textwrap.wrap(finding.todo, 80)
    print(textwrap.indent("\n".join(lines), " " * 14).replace(" " * 14, f"{finding.what:14}", 1))


def python(version, wide):
    """Judge Python's version and whether it is a 64-bit one."""
    lowest, highest = PYTHONS
    span = f"{lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}"
    todo = f"Install a 64-bit Python {span} and run `python course.py` with it."
    if not wide:
        return Finding("Python", "this one is 32-bit, and PyTorch needs 64", todo)
    if not lowest <= tuple(version[:2]) <= highest:
        number = ".".join(str(part) for part in version[:2])
        return Finding("Python", f"this is {number}, the course needs {span}", todo)
    return Finding("Python")


def pins_and_installed(requirements):
    """Return {name: pinned version}, and the installed versions by name (None: not installed).

    Without the file there are no pins.
    """
    if not requirements.exists():
        return {}, {}
    text = requirements.read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;#]+)", text, re.MULTILINE))
    return pins, {name: installed_version(name) for name in pins}


def installed_version(name):
    """Return the version of an installed package, None where there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def packages(pins, installed):
    """Judge the installed versions against the pinned ones; 2.13.0+cpu is 2.13.0."""
    if not pins:
        return Finding("packages", "not compared: requirements.txt is not beside course_utils")
    wrong = []
    for name, pin in pins.items():
        version = installed.get(name)
        if version is None:
            wrong.append(f"{name} is missing")
        elif version != pin and version.partition("+")[0] != pin:
            wrong.append(f"{name} is {version} and should be {pin}")
    if not wrong:
        return Finding("packages", "fine, as pinned")
    todo = (
        "Close JupyterLab, then run `python course.py` in the folder of the course; if that "
        "changes nothing, delete the folder .venv and run it again. In an environment of your "
        "own: `pip install -r requirements.txt` there."
    )
    return Finding("packages", "; ".join(wrong), todo)


def gradient_both_ways():
    """Return the derivative of a mean square by w, by PyTorch's autograd and on paper."""
    import numpy as np
    import torch

    x = np.linspace(0, 1, 50)
    w = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    ((w * torch.from_numpy(x)) ** 2).mean().backward()
    return w.grad.item(), float((2 * 3.0 * x**2).mean())


def computation(by_torch, by_hand):
    """Judge whether two ways to one number agree."""
    if abs(by_torch - by_hand) <= 1e-9 * abs(by_hand):
        return Finding("computation", "fine, PyTorch and NumPy agree")
    return Finding("computation", f"PyTorch says {by_torch:.10g}, NumPy {by_hand:.10g}", RESTART)


def figure():
    """Draw a small figure the way every picture of the course is drawn."""
    import numpy as np
    from matplotlib.figure import Figure

    from course_utils.figures import FIT, TRAIN, show, style

    x = np.linspace(0, 1, 12)
    y = 2 * x + 1 + 0.15 * np.cos(9 * x)
    with style():
        drawing = Figure(figsize=(5.2, 2.6))
        ax = drawing.subplots()
        ax.plot(x, y, "o", color=TRAIN, label="points")
        ax.plot(x, 2 * x + 1, color=FIT, label="a line")
        ax.set(xlabel="x", ylabel="y")
        ax.legend(loc="upper left")
        show(drawing, f"A figure: {len(x)} points, and the line y = 2x + 1 near them.")
    return Finding("figure", "fine, if you see 12 points and a line above")


def graph():
    """Draw a small computational graph; it needs no program beside Python."""
    import torch

    from course_utils import graphs

    w = torch.tensor(2.0, requires_grad=True)
    with graphs.record(w=w) as tape:
        loss = (3 * w - 5) ** 2
    tape.draw(loss, gradients=True)
    return Finding("graph", "fine, if you see four boxes with arrows between them")


def system():
    """Name the operating system and the processor's kind."""
    name = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return f"{name} ({platform.machine()})"


def gpu_name():
    """Return the name of a graphics processor that PyTorch can use, '' where there is none."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return "of Apple silicon" if torch.backends.mps.is_available() else ""


def gpu(name):
    """Tell whether there is a GPU; both are fine."""
    if name:
        return Finding("GPU", f"{name}: fine, lesson 10 will use it")
    return Finding("GPU", "none that PyTorch can use: fine, no lesson needs one")


def free_memory():
    """Return the gigabytes of memory that are free here, None where that is not to be known."""
    if os.name == "nt":
        found = [free_on_windows()]
    else:
        found = [free_on_linux(Path("/proc/meminfo")), free_in_container(Path("/sys/fs/cgroup"))]
    return min((amount for amount in found if amount is not None), default=None)


def free_on_linux(meminfo):
    """Return what Linux counts as available, in GB."""
    if not meminfo.exists():
        return None
    found = re.search(r"MemAvailable:\s+(\d+) kB", meminfo.read_text())
    return int(found[1]) / 2**20 if found else None


def free_in_container(folder):
    """Return what a container such as Binder's leaves, in GB; cached files count as free."""
    try:
        limit, used = ((folder / f"memory.{name}").read_text() for name in ("max", "current"))
        cached = re.search(r"^inactive_file (\d+)", (folder / "memory.stat").read_text(), re.M)
        return (int(limit) - int(used) + int(cached[1])) / 2**30
    except (OSError, ValueError, TypeError):  # no container, or one without a limit ("max")
        return None


def free_on_windows():
    """Return what Windows counts as available, in GB."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32)] + [
            (f"bytes_{k}", ctypes.c_uint64) for k in range(7)
        ]

    status = Status(ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return status.bytes_1 / 2**30  # total, available, ...


def memory(free):
    """Judge the free memory, in GB; None is unknown."""
    if free is None:
        return Finding("memory", "unknown here; a lesson needs less than half a gigabyte")
    if free < LEAST_FREE:
        todo = (
            "Close what you do not need: other notebooks (in JupyterLab's left side bar, Running "
            "Terminals and Kernels, shut them down), browser tabs, other programs."
        )
        return Finding("memory", f"only {free:.1f} GB free", todo)
    amount = f"{free:.1f} GB" if free < PLENTY else f"more than {PLENTY:.0f} GB"
    return Finding("memory", f"{amount} free: fine")
