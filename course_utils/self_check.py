"""The self-check: says in plain words what works on this machine, and how to fix the rest.

`run` checks what must be right on every machine and then prints the same words everywhere.
`machine` prints what differs between machines. Neither raises an error, whatever is missing.

A student's file with the name of a module may be imported in its place: a shadow. It breaks
imports as a damaged package does, but the solution is to rename it.

course_utils may also be installed alone, without the course's folder, as on Colab and Kaggle. Then
every version is the environment's own, and only a missing package is a mistake.
"""

import importlib
import importlib.metadata
import io
import os
import pkgutil
import platform
import re
import site
import sys
import sysconfig
import textwrap
import warnings
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALONE = not (ROOT / "course.py").exists()
PACKAGE = "pytorch-from-the-gradient-up"  # as what course_utils is installed
WINDOWS = os.name == "nt"
PYTHONS = (3, 11), (3, 14)  # the first and the last for which the pinned packages have wheels
LEAST_FREE, PLENTY = 1.0, 8.0  # GB
MENU = "" if ALONE else " (menu Kernel, Restart Kernel)"
RESTART = f"Restart the kernel{MENU} and run this cell again."
THEN_RESTART = RESTART.replace("Restart", "Then restart", 1)


@dataclass
class Finding:
    """The name of a check, what it found and what to do; if that is empty, all is fine."""

    name: str
    found: str = "fine"
    todo: str = ""


def run():
    """Check Python, the packages, a computation, a figure and a graph, and print a table.

    What a student's file prints, imported in the place of a module, is not shown.
    """
    checks = (
        ("Python", lambda: check_python(sys.version_info, sys.maxsize > 2**32)),
        ("packages", lambda: check_packages(ROOT / "requirements.txt")),
        ("computation", lambda: check_computation(*gradient_both_ways())),
        ("figure", check_figure),
        ("graph", check_graph),
    )
    findings = []
    for name, check in checks:
        with redirect_stdout(io.StringIO()):
            findings.append(run_check(name, check))
    for finding in findings:
        print_finding(finding)
    wrong = [finding.name for finding in findings if finding.todo]
    print(f"\n{'To fix before you go on: ' + ', '.join(wrong) if wrong else 'All fine: go on'}.")


def machine():
    """Print this machine's versions, GPU and free memory."""
    checks = (
        ("Python", lambda: Finding("Python", f"{platform.python_version()} on {system()}")),
        ("PyTorch", lambda: Finding("PyTorch", importlib.metadata.version("torch"))),
        ("GPU", lambda: check_gpu(gpu_name())),
        ("memory", lambda: check_memory(free_memory())),
    )
    for name, check in checks:
        print_finding(run_check(name, check))


def run_check(name, check):
    """Return the finding of `check`, or the error it raised as a finding."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for example, about an old graphics driver
            return check()
    except (Exception, SystemExit) as error:
        message = " ".join(str(error).split())
        return Finding(name, f"{type(error).__name__}: {message:.200}", advice(error, name))


def advice(error, name):
    """Return what to do about an error that stopped the check called `name`."""
    if isinstance(error, MemoryError):
        return "Close other notebooks and programs, then run this cell again."
    try:
        shadows = find_shadows()
    except Exception:  # A check must not fail here.
        shadows = []
    if isinstance(error, ModuleNotFoundError):  # Is it missing, or is its package a shadow?
        shadows = [shadow for shadow in shadows if shadow.name == (error.name or "").split(".")[0]]
    if shadows:
        return shadow_advice(shadows)
    if isinstance(error, ImportError):
        return f"A package is missing or damaged. {reinstall_advice()}"
    if name in ("figure", "graph") and settings_advice(error):
        return settings_advice(error)
    if isinstance(error, OSError) and WINDOWS:
        return (
            "Windows cannot load a part of PyTorch: install Microsoft's 'Visual C++ "
            f"Redistributable' (x64), then restart the computer. {reinstall_advice()}"
        )
    return reinstall_advice()


def reinstall_advice():
    """Return how to start again and, if that fails, reinstall every package."""
    last = "reinstall all packages: `pip install --force-reinstall -r requirements.txt`."
    if ALONE:
        last = "begin a new session (on Colab or Kaggle), or make a new environment."
    elif is_course_environment():
        last = "close JupyterLab, delete the folder .venv and run `python course.py`."
    return f"{RESTART} If that does not help, {last}"


def is_course_environment():
    """Return whether this is the environment that `python course.py` made."""
    return Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()


def print_finding(finding):
    """Print a finding as a row of the table, and below it what to do."""
    found = f"TO DO  {finding.found}" if finding.todo else finding.found
    whole = {"break_long_words": False, "break_on_hyphens": False}  # A path stays in one piece.
    lines = [line for text in (found, finding.todo) for line in textwrap.wrap(text, 80, **whole)]
    print(textwrap.indent("\n".join(lines), " " * 14).replace(" " * 14, f"{finding.name:14}", 1))


def check_python(version, wide):
    """Check that this is a supported version of Python, and 64-bit."""
    lowest, highest = PYTHONS
    span = f"{lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}"
    command = "the lesson" if ALONE else "`python course.py`"
    todo = f"Install a 64-bit Python {span} and run {command} with it."
    if not wide:
        return Finding("Python", "this one is 32-bit, and PyTorch needs 64", todo)
    if not lowest <= tuple(version[:2]) <= highest:
        number = ".".join(str(part) for part in version[:2])
        if ALONE and tuple(version[:2]) > highest:
            return Finding("Python", f"fine; this is {number}, the course was tested with {span}")
        return Finding("Python", f"this is {number}, the course needs {span}", todo)
    return Finding("Python")


def pins_and_installed(requirements):
    """Return {name: pinned version}, and the installed versions by name (None: not installed).

    If the file does not exist, both are empty.
    """
    if not requirements.exists():
        return {}, {}
    text = requirements.read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;#]+)", text, re.MULTILINE))
    return pins, {name: installed_version(name) for name in pins}


def installed_version(name, path=None):
    """Return the version of a package installed in the folders of `path`, None if there is none.

    By default, `path` is Python's own.
    """
    path = sys.path if path is None else path
    found = importlib.metadata.distributions(name=name, path=path)
    return next((distribution.version for distribution in found), None)


def check_packages(requirements):
    """Check what an import finds here: no shadows, and each package in its pinned version."""
    shadows = find_shadows()
    handmade = [shadow for shadow in shadows if not shadow.installed]
    if handmade:
        return Finding("packages", "; ".join(map(str, handmade)), shadow_advice(handmade))
    if ALONE:
        return check_presence()
    pins, installed = pins_and_installed(requirements)
    finding = compare_versions(pins, installed)
    if finding.todo and shadows:
        behind = {name: installed_version(name, own_entries()) for name in pins}
        if not compare_versions(pins, behind).todo:
            finding.todo = shadow_advice(shadows)  # The right packages are only hidden.
    return finding


def check_presence():
    """Check that all packages that course_utils and the lessons need are installed."""
    try:
        lines = importlib.metadata.requires(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return Finding("packages", "not compared: course_utils was copied, not installed")
    # Those without an extra, and those of the extra `full`.
    needed = [line for line in lines if not re.search(r"; extra == .(?!full)", line)]
    names = [re.match(r"[\w.-]+", line)[0] for line in needed]
    missing = [name for name in names if installed_version(name) is None]
    if not missing:
        return Finding("packages", "fine, all are there")
    todo = f"Run `%pip install {' '.join(missing)}` in a new cell, then restart the kernel."
    return Finding("packages", "; ".join(f"{name} is missing" for name in missing), todo)


def compare_versions(pins, installed):
    """Compare the installed versions with the pinned ones; 2.13.0+cpu counts as 2.13.0."""
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
    todo = "Run `pip install -r requirements.txt` in this environment, then restart the kernel."
    if is_course_environment():
        todo = (
            "Close JupyterLab, then run `python course.py` in the course's folder; if that changes "
            "nothing, delete the folder .venv and run it again."
        )
    return Finding("packages", "; ".join(wrong), todo)


@dataclass
class Shadow:
    """A module that is imported in place of the environment's or Python's own."""

    name: str
    path: Path  # its file, or the folder of a package
    installed: bool  # by pip or similar, not made by hand

    def __str__(self):
        """Return what is wrong with it."""
        users = "Python itself uses" if self.name in sys.stdlib_module_names else "the course uses"
        return f"{display_path(self.path)} has the name of a module that {users}"

    def step(self):
        """Return how to remove it, and what to restart then."""
        if not self.path.exists():  # It was imported before it was renamed.
            return "", "the kernel"
        folder = self.path.parent.resolve()
        if self.installed and folder == Path(site.getusersitepackages()).resolve():
            return "set the environment variable `PYTHONNOUSERSITE=1`", "JupyterLab"
        listed = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        if self.path.is_dir() and folder in [Path(entry).resolve() for entry in listed]:
            return f"remove {folder} from the environment variable `PYTHONPATH`", "JupyterLab"
        return f"rename {display_path(self.path)}", "the kernel"


def find_shadows():
    """Return the shadows among the modules that are or could be imported; import nothing.

    A module that the environment does not have isn't a shadow, wherever it is.
    """
    importlib.invalidate_caches()
    own = own_entries()
    names = {name for name in sys.modules if "." not in name}
    for entry in sys.path:
        if entry not in own:
            with suppress(OSError):  # The folder may have been deleted.
                names |= {module.name for module in pkgutil.iter_modules([entry or "."])}
    return [shadow for shadow in (find_shadow(name, own) for name in sorted(names)) if shadow]


def find_shadow(name, own):
    """Return the shadow of the module `name`, None if it has none."""
    if BuiltinImporter.find_spec(name) or FrozenImporter.find_spec(name):
        return None  # No file takes precedence over these.
    if name == "test":
        return None  # Python's tests of itself, which nothing imports, and a student's usual name.
    if name == "course_utils":  # It also belongs beside any course.py.
        own = own + [entry for entry in sys.path if (Path(entry) / "course.py").exists()]
    right = PathFinder.find_spec(name, own)
    if not right or not right.loader:  # not there, or a folder without modules
        return None
    loaded = getattr(sys.modules.get(name), "__spec__", None)
    for spec in (loaded, PathFinder.find_spec(name)):
        if not isinstance(spec, ModuleSpec) or not spec.has_location or spec.origin == right.origin:
            continue
        path = Path(spec.origin).absolute()
        path = path.parent if spec.submodule_search_locations else path
        if not is_own(path) and path.parent.resolve() not in [Path(e).resolve() for e in own]:
            return Shadow(name, path, is_installed(name, path.parent))
    return None


def own_entries():
    """Return the entries of sys.path that belong to Python or to its environment."""
    return [entry for entry in sys.path if entry and is_own(entry)]


def is_own(path):
    """Return whether a path is in the standard library or where pip installs."""
    keys = ("stdlib", "platstdlib", "purelib", "platlib")
    homes = {*map(sysconfig.get_path, keys), *site.getsitepackages()}
    return any(Path(path).resolve().is_relative_to(Path(home).resolve()) for home in homes)


def is_installed(name, folder):
    """Return whether a package installed in the folder contains the module `name`."""
    return any(
        file.parts[0].split(".")[0] == name
        for distribution in importlib.metadata.distributions(path=[str(folder)])
        for file in distribution.files or ()
    )


def shadow_advice(shadows):
    """Return how to remove shadows."""
    steps, restarts = zip(*(shadow.step() for shadow in shadows), strict=True)
    todo = ", ".join(filter(None, dict.fromkeys(steps)))
    todo = f"{todo[0].upper()}{todo[1:]}. " if todo else ""
    if "JupyterLab" in restarts:
        return f"{todo}Then close JupyterLab, start it again and run this cell again."
    return f"{todo}{THEN_RESTART}" if todo else RESTART


def display_path(path):
    """Return a path as text, relative to the course's folder if it is inside."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def gradient_both_ways():
    """Return the derivative of a mean square with respect to w, by autograd and by hand."""
    import numpy as np
    import torch

    x = np.linspace(0, 1, 50)
    w = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    ((w * torch.from_numpy(x)) ** 2).mean().backward()
    return w.grad.item(), float((2 * 3.0 * x**2).mean())


def check_computation(by_torch, by_hand):
    """Check that two ways to compute a number agree."""
    if abs(by_torch - by_hand) <= 1e-9 * abs(by_hand):
        return Finding("computation", "fine, PyTorch and NumPy agree")
    return Finding("computation", f"PyTorch says {by_torch:.10g}, NumPy {by_hand:.10g}", RESTART)


def settings_advice(error):
    """Return how to remove matplotlib settings that may have caused an error, or ''."""
    if path := settings_file():
        return f"Rename {display_path(path)}: the course does not need its settings. {THEN_RESTART}"
    backend = os.environ.get("MPLBACKEND", "")
    if backend and repr(backend) in str(error):
        return (
            f"Remove the environment variable `MPLBACKEND={backend}`. Then close JupyterLab, start "
            "it again and run this cell again."
        )
    return ""


def settings_file():
    """Return the matplotlibrc that matplotlib reads here, None if it reads its own.

    `matplotlib.matplotlib_fname` would say, but a bad file stops matplotlib's import.
    """
    home = Path.home() / (".config/matplotlib" if sys.platform == "linux" else ".matplotlib")
    if sys.platform == "linux" and os.environ.get("XDG_CONFIG_HOME"):
        home = Path(os.environ["XDG_CONFIG_HOME"], "matplotlib")
    named = os.environ.get("MATPLOTLIBRC", "")
    folder = os.environ.get("MPLCONFIGDIR") or home
    places = (
        Path("matplotlibrc").absolute(),
        Path(named),
        Path(named) / "matplotlibrc",
        Path(folder) / "matplotlibrc",
    )
    own = "mpl-data"  # the folder of matplotlib's defaults, which the tests use
    return next((path for path in places if path.is_file() and path.parent.name != own), None)


def check_figure():
    """Draw a small figure as every picture of the course is drawn."""
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


def check_graph():
    """Draw a small computational graph, which needs no program other than Python."""
    import torch

    from course_utils import graphs

    w = torch.tensor(2.0, requires_grad=True)
    with graphs.record(w=w) as tape:
        loss = (3 * w - 5) ** 2
    tape.draw(loss, gradients=True)
    return Finding("graph", "fine, if you see four boxes with arrows between them")


def system():
    """Return the operating system and the kind of processor."""
    name = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return f"{name} ({platform.machine()})"


def gpu_name():
    """Return the name of a GPU that PyTorch can use, '' if there is none."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return "of Apple silicon" if torch.backends.mps.is_available() else ""


def check_gpu(name):
    """Report whether there is a GPU; both are fine."""
    if name:
        return Finding("GPU", f"{name}: fine, 'Where the time goes' will use it")
    return Finding("GPU", "none that PyTorch can use: fine, no lesson needs one")


def free_memory():
    """Return the free memory of this machine in GB, None if it is unknown."""
    if WINDOWS:
        found = [free_on_windows()]
    else:
        found = [free_on_linux(Path("/proc/meminfo")), free_in_container(Path("/sys/fs/cgroup"))]
    return min((amount for amount in found if amount is not None), default=None)


def free_on_linux(meminfo):
    """Return the memory that Linux counts as available, in GB."""
    if not meminfo.exists():
        return None
    found = re.search(r"MemAvailable:\s+(\d+) kB", meminfo.read_text())
    return int(found[1]) / 2**20 if found else None


def free_in_container(folder):
    """Return the free memory of a container such as Binder's, in GB; cached files count as free."""
    try:
        limit, used = ((folder / f"memory.{name}").read_text() for name in ("max", "current"))
        cached = re.search(r"^inactive_file (\d+)", (folder / "memory.stat").read_text(), re.M)
        return (int(limit) - int(used) + int(cached[1])) / 2**30
    except (OSError, ValueError, TypeError):  # no container, or one without a limit ("max")
        return None


def free_on_windows():
    """Return the memory that Windows counts as available, in GB."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32)] + [
            (f"bytes_{k}", ctypes.c_uint64) for k in range(7)
        ]

    status = Status(ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return status.bytes_1 / 2**30  # total, available, ...


def check_memory(free):
    """Check the free memory, in GB; None means unknown."""
    if free is None:
        return Finding("memory", "unknown here; a lesson needs less than half a gigabyte")
    if free < LEAST_FREE:
        todo = (
            "Close what you do not need: other notebooks (shut them down in JupyterLab's left side "
            "bar, Running Terminals and Kernels), browser tabs, other programs."
        )
        return Finding("memory", f"only {free:.1f} GB free", todo)
    amount = f"{free:.1f} GB" if free < PLENTY else f"more than {PLENTY:.0f} GB"
    return Finding("memory", f"{amount} free: fine")
