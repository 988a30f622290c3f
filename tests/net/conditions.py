"""The conditions of other machines: threads, instructions, locales, Pythons, a used checkout.

One of them has nothing of the course but the installed helpers.
"""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_dispatch__

from commands.hand_out import hand_out
from commands.set_up import TORCH_INDEX
from commands.test import IN_PARALLEL
from tests.support import own_settings
from tests.support.bare import make_with_course, python_of
from tests.support.lessons import NOTEBOOKS, ROOT, copy_course

PYTEST = [sys.executable, "-m", "pytest"]
CPUINFO = Path("/proc/cpuinfo")
CPU = CPUINFO.read_text("utf-8") if CPUINFO.exists() else ""
COMPARES = "tests.support.tolerance import|approx[(]|allclose|isclose|run_code|truth_panel"
# All tests of the lessons, since what a check says depends on numbers too.
NUMERIC_TESTS = [
    path
    for folder in ("course_utils", "lessons", "text")
    for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
    if folder == "lessons" or re.search(COMPARES, path.read_text("utf-8"))
]


@dataclass
class Condition:
    """A way to run the tests, with a proof: statements that fail in a kernel without it."""

    name: str
    proof: str
    env: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=lambda: IN_PARALLEL)
    notebooks: list[Path] = field(default_factory=lambda: NOTEBOOKS)
    tests: list[Path] = field(default_factory=lambda: NUMERIC_TESTS)
    watched: list[Path] = field(default_factory=list)  # folders in which no file may change
    folder: Path = ROOT  # where the command runs
    command: list[str] = field(default_factory=lambda: PYTEST)
    prepare: Callable[[], object] = lambda: None
    why_not: str = ""  # why it can't run here, or doesn't unless it is named
    if_named: bool = False  # whether it can run despite `why_not` if it is named


def threads(n):
    """Give the thread pools of torch, NumPy and scikit-learn n threads."""
    names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
    proof = f"""
import numpy, sklearn, torch
from threadpoolctl import threadpool_info
assert torch.get_num_threads() == {n}
assert {{pool["num_threads"] for pool in threadpool_info()}} == {{{n}}}
"""
    return Condition(f"{n} thread{'s' * (n > 1)}", proof, dict.fromkeys(names, str(n)))


def instructions(name, torch, numpy, openblas, mkl, mkl_prints):
    """Keep the libraries from using instructions that an older processor doesn't have."""
    disabled = [feature for feature in __cpu_dispatch__ if feature.startswith(numpy)]
    env = {
        "ATEN_CPU_CAPABILITY": torch,
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled),
        "OPENBLAS_CORETYPE": openblas,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
    }
    mode = "CNR:"
    if "GenuineIntel" not in CPU:
        # There, MKL ignores this variable and takes a general path without AVX-512. On it, only
        # the compatible mode is without AVX.
        mkl_prints = "Intel(R) Architecture processors"
        env["MKL_CBWR"] = "AUTO" if mkl == "AVX2" else "COMPATIBLE"
        mode = f"CNR:{env['MKL_CBWR']} "
    proof = f"""
import os, subprocess, sys
import numpy, sklearn, torch
from numpy._core._multiarray_umath import __cpu_features__
from threadpoolctl import threadpool_info
assert torch.backends.cpu.get_cpu_capability() == {torch.upper()!r}
assert not any(__cpu_features__[feature] for feature in {disabled})
assert {{pool.get("architecture", {openblas!r}) for pool in threadpool_info()}} == {{{openblas!r}}}
multiply = "import torch; torch.ones(8, 8) @ torch.ones(8, 8)"
env = dict(os.environ, MKL_VERBOSE="1")
verbose = subprocess.check_output([sys.executable, "-c", multiply], env=env, text=True)
assert {mkl_prints!r} in verbose and {mode!r} in verbose
"""
    why_not = "" if disabled else "NumPy doesn't use such instructions on this processor"
    return Condition(name, proof, env, why_not=why_not)


def unwritable_home(scratch):
    """Put a file in place of the home folder, so that nobody, not even root, can write there."""
    home = scratch / "home"
    home.touch()
    unset = ["MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"]
    env = {**dict.fromkeys(unset, ""), "HOME": str(home)}
    proof = f"""
import matplotlib, pathlib
assert pathlib.Path.home() == pathlib.Path({str(home)!r})
assert not pathlib.Path.home().is_dir()
assert not matplotlib.get_cachedir().startswith({str(home)!r})
"""
    return Condition("a home folder that cannot be written, no matplotlib cache", proof, env)


def used_checkout(scratch):
    """Run all tests in a clone where a student has begun, with a home folder full of settings.

    Also the slow ones, which start the most programs; in the browser, those of the first lessons.

    No test may change a file of the clone or of the home folder.
    """
    clone, home = scratch / "used", scratch / "used_home"

    def prepare():
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        copy_course(clone)
        lessons = clone / "my_notebooks"
        hand_out(clone / "notebooks", lessons)
        for path in lessons.iterdir():
            path.write_bytes(path.read_bytes() + b"\n")  # an edit
        (lessons / "random.py").write_text("1 / 0")
        own_settings.write(home, own_settings.FILES | own_settings.CHANGING)

    return Condition(
        "a used checkout, a home folder full of settings",
        f"import pathlib\nassert pathlib.Path.home() == pathlib.Path({str(home)!r})",
        options=["-m", "", "-k", "not (slow and browser)"],
        env=own_settings.variables(home) | {"PYTHONPATH": ""},  # course.py leaves it out
        tests=[ROOT / "tests", ROOT / "benchmarks"],
        watched=[clone, home],
        folder=clone,
        command=[sys.executable, "-m", "commands.test"],
        prepare=prepare,
        why_not="" if (ROOT / ".git").exists() else "this copy is not a git repository",
    )


def full_profile(scratch):
    """Run the notebooks in kernels with all of a user's own settings, which others are kept from.

    A matplotlibrc beside the notebooks, and one where the unit tests run, takes precedence over
    every other.
    """
    folder, home = scratch / "full_profile", scratch / "full_home"

    def prepare():
        copy_course(folder)
        own_settings.write(home)
        for place in (folder, folder / "notebooks"):
            (place / "matplotlibrc").write_text(own_settings.MATPLOTLIBRC)

    return Condition(
        "a full IPython profile, own matplotlibrc, JUPYTER_PATH and PYTHONPATH",
        own_settings.SEEN,
        env=own_settings.variables(home),
        options=[*IN_PARALLEL, "-p", "tests.plugins.own_settings"],
        folder=folder,
        prepare=prepare,
    )


def find_python(minor):
    """Return the path and the version of an installed Python 3.`minor`; ("", "") if none runs."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    ask = "import platform; print(platform.python_version())"
    for python in [*pyenv.glob(f"3.{minor}.*/bin/python"), shutil.which(f"python3.{minor}")]:
        if python:  # what pyenv puts on PATH may not run
            ran = subprocess.run([python, "-c", ask], capture_output=True, text=True)
            if ran.returncode == 0:
                return str(python), ran.stdout.strip()
    return "", ""


def other_pythons(scratch):
    """Yield the other Pythons that PyTorch's pin supports; course.py sets up a copy for each."""
    try:
        urllib.request.urlopen(TORCH_INDEX + "/torch/", timeout=3).close()
        no_index = ""
    except (OSError, ValueError):
        no_index = "PyTorch's index of CPU wheels doesn't answer; if named, it takes 2.5 GB of CUDA"
    for minor in range(11, 15):
        if minor == sys.version_info[1]:
            continue
        python, version = find_python(minor)
        folder = scratch / f"python3.{minor}"
        yield Condition(
            f"Python {version or f'3.{minor}'}",
            f"import platform\nassert platform.python_version() == {version!r}",
            folder=folder,
            options=[],  # This command has them.
            command=[python, "course.py", "test"],
            prepare=partial(copy_course, folder),
            why_not=no_index if python else "not installed",
            if_named=bool(python),
        )


def alone(scratch):
    """Run the notebooks without the course's folder, in an environment of few packages.

    pip has installed course_utils there from an archive of the repository. Only what the self-check
    says of the packages differs.
    """
    folder, made = scratch / "alone", scratch / "bare"

    def prepare():
        made.mkdir()
        make_with_course(made)
        (folder / "notebooks").mkdir(parents=True)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for path in NOTEBOOKS:
            text = path.read_text("utf-8").replace("fine, as pinned", "fine, all are there")
            (folder / "notebooks" / path.name).write_text(text, "utf-8")

    proof = f"""
import sys
from importlib.util import find_spec
assert sys.prefix == {str(made / "environment")!r}
assert find_spec("course_utils").origin.startswith(sys.prefix)
assert not find_spec("jupyterlab")
assert not find_spec("commands")
"""
    return Condition(
        "a lesson alone",
        proof,
        env={"COURSE_KERNEL_PYTHON": str(python_of(made / "environment"))},
        options=[*IN_PARALLEL, "-p", "tests.plugins.other_python"],
        tests=[],
        folder=folder,
        prepare=prepare,
    )


def conditions(scratch):
    """Return every condition; `scratch` is a folder for the files they need."""
    zone = "assert __import__('time').timezone == -(12 * 3600 + 45 * 60)"
    seed = """
import subprocess, sys
child = subprocess.check_output([sys.executable, "-c", "print(hash('course'))"])
assert int(child) == hash("course"), "the seed of a random hash differs"
"""
    ascii_only = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    encoding = "import codecs, locale\nassert codecs.lookup(locale.getencoding()).name == {!r}"
    elsewhere = f"import os, psutil\nassert psutil.Process(os.getppid()).cwd() == {str(scratch)!r}"
    single = "import os\nassert 'PYTEST_XDIST_WORKER' not in os.environ"
    above_avx2 = ("X86_V4", "AVX512")
    return [
        threads(1),
        threads(2),
        instructions("no AVX: SSE 4.2", "default", ("X86", "AVX"), "Nehalem", "SSE4_2", "SSE4.2"),
        instructions("AVX2, no AVX-512", "avx2", above_avx2, "Haswell", "AVX2", "AVX2"),
        Condition("hash seed 1", seed, {"PYTHONHASHSEED": "1"}),
        Condition("time zone +12:45", zone, {"TZ": "XXX-12:45"}),
        Condition("locale C, ASCII", encoding.format("ascii"), ascii_only),
        Condition("locale C.UTF-8", encoding.format("utf-8"), {"LC_ALL": "C.UTF-8"}),
        Condition("from another folder", elsewhere, folder=scratch),
        Condition("one at a time, in reverse order", single, {}, [], NOTEBOOKS[::-1]),
        unwritable_home(scratch),
        *other_pythons(scratch),
        used_checkout(scratch),
        full_profile(scratch),
        alone(scratch),
        Condition(
            "each cell twice in a row, then all again",
            "",
            options=[*IN_PARALLEL, "-p", "tests.plugins.twice"],
            tests=[],
        ),
    ]
