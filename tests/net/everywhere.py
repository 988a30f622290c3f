"""Runs all notebooks and the unit tests that compare numbers as other machines would.

It prints a table: what was run, and what differed.

`python course.py test --everywhere [word ...]` runs all conditions, or those whose name has one of
the words. What pytest said of each is left in test_output/everywhere/. In each run a notebook more
is executed, whose one cell proves, in a kernel like the others', that the condition holds there.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from numpy._core._multiarray_umath import __cpu_dispatch__

from commands.build import METADATA
from commands.hand_out import hand_out
from commands.set_up import TORCH_INDEX
from tests.support.lessons import NOTEBOOKS, ROOT, copy_course

OUTPUT = ROOT / "test_output" / "everywhere"
PYTEST = [sys.executable, "-m", "pytest"]
COMPARES = "tests.support.tolerance import|approx[(]|assert_allclose"
NUMBERS = [
    path
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if re.search(COMPARES, path.read_text("utf-8"))
]
# What a run may leave: caches, of npm and of pip's question for Rust too, and test_output.
CACHES = {"__pycache__", ".cache", ".pytest_cache", ".ruff_cache", ".npm", ".rustup"}
LEFT = {*CACHES, ".git", "test_output"}


@dataclass
class Condition:
    """A way to run the tests, and the statements that fail in a kernel where it is not so."""

    name: str
    proof: str
    env: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    notebooks: list[Path] = field(default_factory=lambda: NOTEBOOKS)
    tests: list[Path] = field(default_factory=lambda: NUMBERS)
    watched: list[Path] = field(default_factory=list)  # folders that must stay as they are
    folder: Path = ROOT  # where the command is given
    command: list[str] = field(default_factory=lambda: PYTEST)
    lacking: str = ""  # why it cannot be run here, or not unless it is asked for by name
    if_named: bool = False
    prepare: Callable[[], object] = lambda: None


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


def instructions(name, torch, numpy, openblas, mkl, said):
    """Keep the libraries from instructions that this processor has and an older one has not."""
    disabled = [feature for feature in __cpu_dispatch__ if feature.startswith(numpy)]
    env = {
        "ATEN_CPU_CAPABILITY": torch,
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled),
        "OPENBLAS_CORETYPE": openblas,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
    }
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
assert {said!r} in subprocess.check_output([sys.executable, "-c", multiply], env=env, text=True)
"""
    lacking = "" if disabled else "NumPy has no such instructions on this processor"
    return Condition(name, proof, env, lacking=lacking)


def no_home(scratch):
    """Put a file in place of the home folder, so that nobody, root included, can write there."""
    home = scratch / "home"
    home.touch()
    hidden = ["MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"]
    env = {**dict.fromkeys(hidden, ""), "HOME": str(home)}
    proof = f"""
import matplotlib, pathlib
assert pathlib.Path.home() == pathlib.Path({str(home)!r})
assert not pathlib.Path.home().is_dir()
assert not matplotlib.get_cachedir().startswith({str(home)!r})
"""
    return Condition("a home folder that cannot be written, no matplotlib cache", proof, env)


def used_checkout(scratch):
    """Make a clone where a student has begun, and a home folder full of settings.

    The whole test command runs there. No test may touch a file of the clone or of the home.
    """
    clone, home = scratch / "used", scratch / "used_home"
    settings = {
        ".ipython/profile_default/ipython_kernel_config.py": (
            "c.InteractiveShell.ast_node_interactivity = 'all'"
        ),
        ".ipython/profile_default/startup/00.py": "print('good morning')",
        ".jupyter/jupyter_config.py": "raise SystemExit('a setting of the user was read')",
        ".config/matplotlib/matplotlibrc": "axes.facecolor: red",
        ".local/share/jupyter/kernels/python3/kernel.json": (
            '{"argv": ["false"], "display_name": "Python 3", "language": "python"}'
        ),
    }

    def prepare():
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        copy_course(clone)
        mine = clone / "my_notebooks"
        hand_out(clone / "notebooks", mine)
        for path in mine.iterdir():
            path.write_bytes(path.read_bytes() + b"\n")  # an edit
        (mine / "random.py").write_text("1 / 0")
        for name, text in settings.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)

    hidden = ["IPYTHONDIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]
    return Condition(
        "a used checkout, a home folder full of settings",
        f"import pathlib\nassert pathlib.Path.home() == pathlib.Path({str(home)!r})",
        {**dict.fromkeys(hidden, ""), "HOME": str(home)},
        tests=[ROOT / "tests"],
        watched=[clone, home],
        folder=clone,
        command=[sys.executable, "-m", "commands.test"],
        prepare=prepare,
        lacking="" if (ROOT / ".git").exists() else "this is no git repository",
    )


def pythons(scratch):
    """Find the other Pythons that PyTorch's pin supports; course.py makes a copy's environment."""
    try:
        urllib.request.urlopen(TORCH_INDEX + "/torch/", timeout=3).close()
        lacking = ""
    except (OSError, ValueError):
        lacking = "PyTorch's index of CPU wheels does not answer; named, it takes 2.5 GB of CUDA"
    for minor in range(11, 15):
        if minor == sys.version_info[1]:
            continue
        name = f"python3.{minor}"
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        found = [*pyenv.glob(f"3.{minor}.*/bin/python"), shutil.which(name)]
        python = next(filter(None, found), None)
        yield Condition(
            f"Python 3.{minor}",
            f"import sys\nassert sys.version_info[:2] == (3, {minor})",
            folder=(folder := scratch / name),
            prepare=partial(copy_course, folder),
            command=[str(python), "course.py", "test"],
            lacking=lacking if python else "not installed",
            if_named=python is not None,
        )


def conditions(scratch):
    """Return every condition; `scratch` is a folder for what they need."""
    zone = "assert __import__('time').timezone == -(12 * 3600 + 45 * 60)"
    seed = """
import subprocess, sys
child = subprocess.check_output([sys.executable, "-c", "print(hash('course'))"])
assert int(child) == hash("course"), "the seed of a random hash differs"
"""
    ascii_only = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    encoding = "import codecs, locale\nassert codecs.lookup(locale.getencoding()).name == {!r}"
    elsewhere = f"""
import os, psutil
assert psutil.Process(os.getppid()).cwd() == {str(scratch)!r}
"""
    together = "import os\nassert os.environ['PYTEST_XDIST_WORKER_COUNT'] == '2'"
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
        Condition("in reverse order", "", notebooks=NOTEBOOKS[::-1]),
        Condition("two at a time", together, options=["-n", "2", "--dist", "loadfile"]),
        no_home(scratch),
        *pythons(scratch),
        used_checkout(scratch),
        Condition(
            "each cell twice in a row, then all again",
            "",
            options=["-p", "tests.plugins.twice"],
            tests=[],
        ),
    ]


def probe(condition, scratch):
    """Write the notebook that proves a condition, and return its path."""
    cell = new_code_cell(condition.proof, execution_count=1)
    path = scratch / "probe.ipynb"
    nbformat.write(new_notebook(cells=[cell], metadata=METADATA), path)
    return path


def contents(folders):
    """Return the hash of each file in folders, but for what a run may leave."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not LEFT & {*path.relative_to(folder).parts}:
                found[path] = hashlib.sha256(path.read_bytes()).digest()
    return found


def run(condition, scratch):
    """Run pytest under a condition; return (cells, unit tests, lines about what differs)."""
    condition.prepare()
    before = contents(condition.watched)
    root = ROOT if condition.folder in (ROOT, scratch) else condition.folder
    report, probed = scratch / "report.xml", probe(condition, scratch)
    paths = [root / path.relative_to(ROOT) for path in [*condition.tests, *condition.notebooks]]
    options = ["-c", root / "pyproject.toml", f"--rootdir={root}", f"--junitxml={report}"]
    command = [*condition.command, *options, *condition.options, "--color=no", *paths, probed]
    env = {k: v for k, v in {**os.environ, **condition.env}.items() if v}
    report.unlink(missing_ok=True)
    ran = subprocess.run(
        list(map(str, command)), cwd=condition.folder, env=env, capture_output=True, text=True
    )
    OUTPUT.mkdir(parents=True, exist_ok=True)
    log = OUTPUT / f"{condition.name}.txt"
    log.write_text(ran.stdout + ran.stderr, encoding="utf-8")
    if not report.exists():
        return 0, 0, [f"no report; see {log.relative_to(ROOT)}"]
    cases = [(case.get("classname"), case) for case in ET.parse(report).iter("testcase")]
    cells = [(name, case) for name, case in cases if name.startswith("notebooks.")]
    units = [name for name, _ in cases if name.startswith("tests.")]
    wrong = [
        f"{name if name.split('.')[0] in ('notebooks', 'tests') else 'the condition itself'}, "
        f"{case.get('name')}"
        for name, case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    after = contents(condition.watched)
    changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    wrong += [f"{path.relative_to(scratch)} was changed" for path in sorted(changed)]
    seen = list(dict.fromkeys(name for name, _ in cells))
    if "-n" not in condition.options and condition.command is PYTEST:
        expected = [path.stem for path in condition.notebooks]
        if [name.split(".")[-2] for name in seen] != expected:
            wrong.append(f"the order was {seen}")
    if ran.returncode and not wrong:
        wrong.append(f"pytest ended with {ran.returncode}; see {log.relative_to(ROOT)}")
    return len(cells), len(units), wrong


def main(words):
    """Run the conditions that have one of the words in their name, or all; give the exit code."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        known = conditions(scratch)
        chosen = [one for one in known if not words or any(word in one.name for word in words)]
        if not chosen:
            names = "\n".join(one.name for one in known)
            sys.exit(f"No condition's name holds {' or '.join(words)}. There are:\n{names}")
        print("| condition | cells | unit tests | differing | seconds |")
        print("|---|---:|---:|---:|---:|", flush=True)
        for condition in chosen:
            if condition.lacking and not (words and condition.if_named):
                print(f"| {condition.name} | not run: {condition.lacking} | | | |", flush=True)
                continue
            start = time.monotonic()
            cells, units, wrong = run(condition, scratch)
            seconds = time.monotonic() - start
            row = [condition.name, cells, units, len(wrong), f"{seconds:.0f}"]
            print(f"| {' | '.join(map(str, row))} |", flush=True)
            for line in wrong:
                print(f"  differs under '{condition.name}': {line}", file=sys.stderr, flush=True)
            failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py test --everywhere", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="word", help="part of a condition's name")
    try:
        sys.exit(main(parser.parse_args().words))
    except KeyboardInterrupt:
        sys.exit(130)
