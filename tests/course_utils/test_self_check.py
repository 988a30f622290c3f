"""The self-check says what is wrong and what to do, and never raises an error."""

import builtins
import ctypes
import importlib
import os
import platform
import py_compile
import re
import shutil
import site
import struct
import subprocess
import sys
import warnings
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import pytest
import torch

from course_utils import self_check
from tests.support import recorded
from tests.support.lessons import ROOT
from tests.support.tiers import slow_after

PINS = {"torch": "2.13.0", "numpy": "2.4.6", "igraph": "1.0.0"}
WORKS = {"torch": "2.13.0+cpu", "numpy": "2.4.6", "igraph": "1.0.0"}


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path_factory):
    """Show no pictures, and have no matplotlib settings: the tests' own or the user's."""
    for name in ("MATPLOTLIBRC", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path_factory.mktemp("matplotlib")))
    monkeypatch.setattr("course_utils.figures.display", lambda *_, **__: None)


def row(finding, capsys):
    """Return a finding's row of the table, in one line."""
    self_check.print_finding(finding)
    return " ".join(capsys.readouterr().out.split())


def test_all_is_fine_here_and_the_words_are_the_same_on_every_machine(capsys):
    self_check.run()
    assert capsys.readouterr().out.split("\n\n") == [
        "Python        fine\n"
        "packages      fine, as pinned\n"
        "computation   fine, PyTorch and NumPy agree\n"
        "figure        fine, if you see 12 points and a line above\n"
        "graph         fine, if you see four boxes with arrows between them",
        "All fine: go on.\n",
    ]


def test_machine_describes_this_machine(capsys):
    self_check.machine()
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert [*rows] == ["Python", "PyTorch", "GPU", "memory"]
    assert rows["Python"].startswith(f"{platform.python_version()} on ")
    assert rows["PyTorch"] == metadata.version("torch")


def test_machine_reports_what_it_found(monkeypatch, capsys):
    monkeypatch.setattr(self_check, "gpu_name", lambda: "NVIDIA H100")
    monkeypatch.setattr(self_check, "free_memory", lambda: 4.2)
    self_check.machine()
    output = capsys.readouterr().out
    assert "NVIDIA H100: fine" in output
    assert "4.2 GB free: fine" in output


@pytest.mark.parametrize(
    ("system", "kind", "name"),
    [
        ("Darwin", "arm64", "macOS (arm64)"),
        ("Windows", "AMD64", "Windows (AMD64)"),
        ("Linux", "x86_64", "Linux (x86_64)"),
    ],
)
def test_the_system_has_its_common_name(monkeypatch, system, kind, name):
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: kind)
    assert self_check.system() == name


SETTINGS = ".config/matplotlib" if sys.platform == "linux" else ".matplotlib"  # in the home folder
NAMES = ("python", "packages", "computation", "figure", "graph", "gpu", "memory")
CHECKS = [f"check_{name}" for name in NAMES] + ["system"]


def test_each_check_keeps_its_name_when_it_fails(monkeypatch, capsys):
    def rows():
        self_check.machine()
        self_check.run()
        return re.findall(r"^(\w+)  +(.*)", capsys.readouterr().out, re.MULTILINE)

    def broken(*_):
        raise RuntimeError("this is broken")

    fine = rows()
    for name in CHECKS:
        monkeypatch.setattr(self_check, name, broken)
    monkeypatch.setattr(metadata, "version", broken)  # of PyTorch, and of each package
    failed = rows()
    assert [name for name, _ in failed] == [name for name, _ in fine]
    assert {found for _, found in failed} == {"TO DO  RuntimeError: this is broken"}
    self_check.run()
    last = capsys.readouterr().out.splitlines()[-1]
    wrong = [name for name, _ in fine[-5:]]
    assert last == f"To fix before you go on: {', '.join(wrong)}."


SHADOWS = "README.md", "tests", "gone.py"


def finding_of(error):
    def check():
        raise error

    return self_check.run_check("figure", check)


def findings_with_advice():
    """Yield a finding for each piece of advice."""
    yield self_check.check_python((3, 10), True)
    yield self_check.check_python((3, 12), False)
    yield self_check.compare_versions(PINS, {})
    for name in SHADOWS:
        shadows = [self_check.Shadow("numpy", ROOT / name, False)]
        yield self_check.Finding("packages", "hidden", self_check.shadow_advice(shadows))
    yield self_check.check_computation(2.1, 2.0)
    yield self_check.check_memory(0.5)
    yield from map(finding_of, (ImportError("no"), MemoryError(), RuntimeError("x")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(self_check, "WINDOWS", True)
        yield finding_of(OSError("c10.dll"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "prefix", "elsewhere")
        yield self_check.compare_versions(PINS, {})
        yield finding_of(RuntimeError("x"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "nonsense")
        yield finding_of(ValueError("'nonsense' is not a valid value for backend"))
        patch.setenv("MATPLOTLIBRC", str(ROOT / "README.md"))
        yield finding_of(RuntimeError("x"))


def test_what_is_found_and_advised_is_as_recorded(monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    findings = [*findings_with_advice(), self_check.check_memory(None)]
    findings += [self_check.check_python((3, 20), True), self_check.compare_versions({}, {})]
    monkeypatch.setattr(self_check, "ALONE", True)
    findings += [self_check.check_python((3, minor), True) for minor in (10, 20)]
    lines = (f"{one.name}: {one.found} TO DO {one.todo}".strip() for one in findings)
    path = ROOT / "tests/course_utils/recorded/self_check.txt"
    recorded.check_texts(path, (" ".join(line.split()).replace(str(ROOT), ".") for line in lines))


def test_advice_consists_of_sentences_with_names_spelled_as_names():
    for finding in findings_with_advice():
        for sentence in re.split(r"(?<=\.) ", finding.todo):
            assert re.fullmatch(r"[A-Z].*\w`?\)?\.", sentence)
        prose = re.sub(r"`.*?`|\.venv|\w+\.\w+", "", f"{finding.found} {finding.todo}")
        for name in ("Python", "PyTorch", "JupyterLab", "Windows", "Microsoft", "Kernel,"):
            assert set(re.findall(name, prose, re.IGNORECASE)) <= {name}
        assert not re.search(r"[A-Z]{4}", prose), "it shouts"


def test_a_long_finding_is_broken_into_lines_beside_its_name(capsys):
    self_check.print_finding(self_check.Finding("memory", "found " * 30, "fix " * 30))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 4
    assert max(map(len, lines)) <= 94
    assert [line[:14].strip() for line in lines] == ["memory"] + [""] * (len(lines) - 1)
    assert all(line[14:].strip() == line[14:] for line in lines)
    words = " ".join(line[14:] for line in lines).split()
    assert words == ["TO", "DO", *["found"] * 30, *["fix"] * 30]


def test_a_long_error_is_cut_and_a_warning_is_not_shown(recwarn):
    def check():
        warnings.warn("the driver is old", stacklevel=1)
        raise RuntimeError("x " * 1000)

    finding = self_check.run_check("graph", check)
    assert finding.name == "graph"
    assert finding.found.startswith("RuntimeError: x x")
    assert 150 < len(finding.found) < 240
    assert not recwarn.list


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 14, 1)])
def test_a_supported_python_is_fine(version):
    assert self_check.check_python(version, True) == self_check.Finding("Python")


@pytest.mark.parametrize(
    ("version", "wide", "words"),
    [
        ((3, 10, 4), True, "TO DO this is 3.10, the course needs 3.11 to 3.14 Install"),
        ((3, 15, 0), True, "TO DO this is 3.15, the course needs 3.11 to 3.14 Install"),
        ((3, 12, 0), False, "TO DO this one is 32-bit, and PyTorch needs 64 Install a 64-bit"),
    ],
)
def test_an_unsupported_python_is_named(version, wide, words, capsys):
    line = row(self_check.check_python(version, wide), capsys)
    assert words in line
    assert "Install a 64-bit Python 3.11 to 3.14 and run `python course.py` with it." in line


def test_set_up_accepts_the_same_pythons():
    (lowest, highest) = self_check.PYTHONS
    text = (ROOT / "course.py").read_text(encoding="utf-8")
    assert f"{lowest} <= version[:2] <= {highest}" in text


def test_packages_as_pinned_are_fine_whatever_their_local_version():
    assert self_check.compare_versions(PINS, WORKS).todo == ""
    assert self_check.compare_versions(PINS, {**WORKS, "torch": "2.13.0+cu130"}).todo == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"igraph": None}, "igraph is missing"),
        ({"torch": "2.12.1+cpu"}, "torch is 2.12.1+cpu and should be 2.13.0"),
        ({"torch": "2.13.01"}, "torch is 2.13.01 and should be 2.13.0"),
        ({"igraph": None, "numpy": "1.0"}, "numpy is 1.0 and should be 2.4.6; igraph is missing"),
    ],
)
def test_packages_that_differ_are_named(changed, words, capsys):
    assert f"TO DO {words}" in row(self_check.compare_versions(PINS, {**WORKS, **changed}), capsys)


@pytest.mark.parametrize(("made_by_course_py", "words"), [(True, ".venv"), (False, "`pip install")])
def test_only_the_courses_own_environment_is_to_be_deleted(monkeypatch, made_by_course_py, words):
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv") if made_by_course_py else "/conda")
    for finding in (
        self_check.compare_versions(PINS, {}),
        finding_of(ImportError("no")),
        finding_of(OSError()),
    ):
        assert words in finding.todo
        assert (".venv" in finding.todo) == made_by_course_py


def test_pins_are_those_of_the_requirements():
    pins, installed = self_check.pins_and_installed(ROOT / "requirements.txt")
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("#")[0].strip() for line in lines if "==" in line]
    assert [f"{name}=={pin}" for name, pin in pins.items()] == pinned
    assert len(pins) > 10
    assert set(installed) == set(pins)
    assert None not in installed.values()


def test_a_pin_may_have_a_marker_or_a_comment(tmp_path):
    (tmp_path / "r.txt").write_text("# a==1\na_b.c==1.0; os_name == 'nt'\nd==2 # why\n-e .\ne>=3\n")
    pins, installed = self_check.pins_and_installed(tmp_path / "r.txt")
    assert pins == {"a_b.c": "1.0", "d": "2"}
    assert installed == {"a_b.c": None, "d": None}


def test_without_requirements_nothing_is_compared(tmp_path):
    finding = self_check.compare_versions(
        *self_check.pins_and_installed(tmp_path / "requirements.txt")
    )
    assert "not compared" in finding.found
    assert not finding.todo


def test_a_computation_that_disagrees_is_reported(capsys):
    line = row(self_check.check_computation(2.1, 2.0), capsys)
    assert "TO DO PyTorch says 2.1, NumPy 2 Restart the kernel" in line
    assert not self_check.check_computation(2.0, 2.0).todo
    assert not self_check.check_computation(0.0, 0.0).todo
    assert not self_check.check_computation(-2e9, -2e9 + 1).todo  # rounding
    assert self_check.check_computation(-2.0, 2.0).todo
    assert self_check.check_computation(float("nan"), 2.0).todo


@pytest.mark.parametrize("name", ["NVIDIA H100", "of Apple silicon", ""])
def test_it_is_fine_to_have_a_gpu_or_none(name):
    finding = self_check.check_gpu(name)
    assert finding.name == "GPU"
    assert ("none that PyTorch can use: fine" in finding.found) == (not name)
    assert "fine" in finding.found
    assert name in finding.found
    assert not finding.todo


@pytest.mark.parametrize(
    ("nvidia", "apple", "name"),
    [(True, False, "NVIDIA H100"), (False, True, "of Apple silicon"), (False, False, "")],
)
def test_pytorch_finds_the_gpu(monkeypatch, nvidia, apple, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: nvidia)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H100")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: apple)
    assert self_check.gpu_name() == name


@pytest.mark.parametrize(
    ("free", "found"),
    [
        (0.94, "only 0.9 GB free"),
        (1.0, "1.0 GB free: fine"),
        (7.9, "7.9 GB free: fine"),
        (8.0, "more than 8 GB free: fine"),
        (30.0, "more than 8 GB free: fine"),
    ],
)
def test_too_little_memory_is_named(free, found, capsys):
    finding = self_check.check_memory(free)
    assert (finding.name, finding.found) == ("memory", found)
    assert ("shut them down" in row(finding, capsys)) == (free < 1)


def test_unknown_memory_is_fine():
    finding = self_check.check_memory(None)
    assert (finding.name, finding.todo) == ("memory", "")
    assert finding.found == "unknown here; a lesson needs less than half a gigabyte"


def test_free_memory_is_read_on_linux(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    1572864 kB\n")
    assert self_check.free_on_linux(tmp_path / "meminfo") == 1.5
    assert self_check.free_on_linux(tmp_path / "none") is None


def test_free_memory_is_read_in_a_container(tmp_path):
    (tmp_path / "memory.current").write_text(f"{3 * 2**29}\n")
    (tmp_path / "memory.stat").write_text(f"anon 7\ninactive_file {2**28}\n")
    (tmp_path / "memory.max").write_text(f"{2**31}\n")
    assert self_check.free_in_container(tmp_path) == 0.75
    (tmp_path / "memory.max").write_text("max\n")
    assert self_check.free_in_container(tmp_path) is None
    assert self_check.free_in_container(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("machine", "container", "least"),
    [(3.0, 2.0, 2.0), (2.0, 3.0, 2.0), (3.0, None, 3.0), (None, None, None)],
)
def test_free_memory_is_the_smallest_known_amount(monkeypatch, machine, container, least):
    monkeypatch.setattr(self_check, "WINDOWS", False)
    monkeypatch.setattr(self_check, "free_on_linux", lambda _: machine)
    monkeypatch.setattr(self_check, "free_in_container", lambda _: container)
    assert self_check.free_memory() == least


@pytest.mark.parametrize("succeeds", [1, 0])
def test_free_memory_is_read_on_windows(monkeypatch, succeeds):
    """The structure is MEMORYSTATUSEX: two numbers of 32 bits, then seven of 64."""

    def fill(pointer):
        layout = struct.Struct("=II7Q")
        given = ctypes.string_at(pointer, ctypes.sizeof(pointer._obj))
        assert layout.unpack(given)[0] == len(given) == layout.size, "Windows needs the length"
        sizes = [n * 2**30 for n in (16, 3, 20, 4, 128, 127, 0)]
        ctypes.memmove(pointer, layout.pack(len(given), 80, *sizes), len(given))
        return succeeds

    kernel32 = SimpleNamespace(GlobalMemoryStatusEx=fill)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    monkeypatch.setattr(self_check, "WINDOWS", True)
    assert self_check.free_memory() == (3 if succeeds else None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="MemAvailable is Linux's")
def test_this_machines_free_memory_is_known():
    assert 0 < self_check.free_memory() < 1e5


@pytest.mark.parametrize(
    "error", [ImportError("no"), MemoryError(), RuntimeError("x\ny"), SystemExit]
)
def test_an_error_becomes_something_to_do(error, capsys):
    def check():
        raise error

    line = row(self_check.run_check("figure", check), capsys)
    assert re.match(r"figure TO DO \w+(Error|Exit): ", line)
    assert len(line) > 60


def test_a_damaged_dll_on_windows_has_its_own_advice(monkeypatch):
    monkeypatch.setattr(self_check, "WINDOWS", True)
    assert "Visual C++" in self_check.advice(OSError("c10.dll"), "graph")
    monkeypatch.setattr(self_check, "WINDOWS", False)
    assert "Visual C++" not in self_check.advice(OSError("c10.so"), "graph")


@pytest.mark.parametrize(
    "missing", slow_after(1, ["torch", "numpy", "matplotlib", "igraph", "IPython"])
)
def test_a_missing_package_stops_nothing(missing):
    """In a fresh Python, where nothing is imported yet."""
    code = f"""
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] == {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}")
sys.meta_path.insert(0, Missing())
from course_utils import self_check
self_check.run()
self_check.machine()
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    output = " ".join(ran.stdout.split())
    assert f"TO DO ModuleNotFoundError: No module named '{missing}" in output
    assert "A package is missing or damaged." in output
    assert re.search(r"To fix before you go on: [\w, ]*graph", output)
    assert "memory " in output


def run_in(folder, first=False, **variables):
    """Run the self-check in a folder as a kernel does; return the table's rows by name.

    A kernel looks in its folder before the packages; Colab (`first`) before everything else.
    """
    code = f"""
import sys
packages = next(k for k, entry in enumerate(sys.path) if entry.endswith("site-packages"))
sys.path.insert({0 if first else "packages"}, "")
from course_utils import self_check
self_check.run()
"""
    homes = {"HOME": str(folder), "USERPROFILE": str(folder)}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=folder,
        env=os.environ | {"MPLCONFIGDIR": "", **homes, **variables},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    rows = re.findall(r"^(\w+)  +((?:.*\n)(?: +.*\n)*)", ran.stdout, re.MULTILINE)
    return {name: " ".join(found.split()) for name, found in rows}


def make(path, text="raise RuntimeError('this is mine')\n"):
    """Write a module: a file, or a package if the path has no suffix."""
    if not path.suffix:
        path = path / "__init__.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".pyc":
        path.with_suffix(".py").write_text(text)
        py_compile.compile(path.with_suffix(".py"), path)
        path.with_suffix(".py").unlink()
    else:
        path.write_text(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("numpy.py", "array = list"),
        ("torch", "import numpy"),
        ("numpy.py", "this is not Python"),
        ("igraph.pyc", "raise ImportError('circular')"),
        ("typing_extensions.py", "Self = None"),  # torch needs it
    ],
)
def test_a_file_that_hides_a_package_is_named_and_nothing_need_be_deleted(tmp_path, name, text):
    make(tmp_path / name, text)
    rows = run_in(tmp_path)
    rename = f"Rename {tmp_path / name}. Then restart the kernel (menu Kernel, Restart Kernel)"
    has_the_name = f"TO DO {tmp_path / name} has the name of a module that the course uses {rename}"
    assert rows["packages"].startswith(has_the_name)
    failed = [row for row in rows.values() if row.startswith("TO DO")]
    assert len(failed) > 1, "nothing else fails"
    assert all(rename in row for row in failed)
    assert ".venv and" not in str(rows)
    shutil.move(tmp_path / name, tmp_path / "renamed")
    assert "TO DO" not in str(run_in(tmp_path))


@pytest.mark.slow
def test_a_file_that_hides_a_module_of_python_is_named(tmp_path):
    make(tmp_path / "cProfile.py")  # torch imports it
    assert "TO DO" not in str(run_in(tmp_path)), "a kernel looks there after Python's own modules"
    rows = run_in(tmp_path, first=True)
    assert rows["packages"].startswith(
        f"TO DO {tmp_path / 'cProfile.py'} has the name of a module that Python itself uses "
        f"Rename {tmp_path / 'cProfile.py'}."
    )
    assert ".venv and" not in str(rows)


def install(folder, name, version):
    """Put a package into a folder as pip does."""
    make(folder / name, f"__version__ = {version!r}")
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(f"{name}/__init__.py,,\n{name}-{version}.dist-info/RECORD,,\n")


def test_an_old_package_on_pythonpath_is_to_be_removed_from_it(tmp_path):
    install(tmp_path / "old", "numpy", "1.0")
    rows = run_in(tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path / "old"), str(ROOT)]))
    out = f"Remove {tmp_path / 'old'} from the environment variable `PYTHONPATH`. Then close"
    assert rows["packages"].startswith("TO DO numpy is 1.0 and should be 2")
    assert all(out in rows[name] for name in ("packages", "computation", "figure", "graph"))
    assert ".venv and" not in str(rows)


@pytest.fixture
def here(monkeypatch, tmp_path):
    """Work in a folder that is searched before the packages, as a kernel's is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    path = [entry for entry in sys.path if entry and entry != str(ROOT)] + [str(ROOT)]
    packages = next(k for k, entry in enumerate(path) if entry.endswith("site-packages"))
    monkeypatch.setattr(sys, "path", [*path[:packages], "", *path[packages:]])
    return tmp_path


def shadow_paths():
    return {shadow.name: shadow.path for shadow in self_check.find_shadows()}


def test_files_that_hide_nothing_are_not_shadows(here):
    for name in (
        "mine.py",
        "sys.py",
        "os.py",
        "random.py",
        "Torch.py",
        "pandas_of_mine",
        "test.py",
    ):
        make(here / name)
    (here / "numpy").mkdir()  # without a module, so an import ignores it
    (here / "torch").touch()
    assert shadow_paths() == {}


def test_a_students_test_py_hides_nothing_even_before_pythons_own_modules(here, monkeypatch):
    make(here / "test.py")
    make(here / "random.py")
    monkeypatch.setattr(sys, "path", [str(here), *sys.path])
    assert shadow_paths() == {"random": here / "random.py"}


def test_a_package_of_the_same_version_or_in_a_later_folder_is_not_a_shadow(here, monkeypatch):
    """As in Debian's dist-packages, one's own environment or a folder on PYTHONPATH."""
    elsewhere = here / "dist-packages"
    install(elsewhere, "only_there", "1.0")
    install(elsewhere, "numpy", "1.0")
    monkeypatch.setattr(sys, "path", [*sys.path, str(elsewhere)])
    assert shadow_paths() == {}
    assert self_check.check_packages(ROOT / "requirements.txt").found == "fine, as pinned"
    pin = metadata.version("numpy")
    install(elsewhere, "numpy", pin)
    shutil.rmtree(elsewhere / "numpy-1.0.dist-info")
    monkeypatch.setattr(sys, "path", [str(elsewhere), *sys.path[:-1]])
    assert self_check.check_packages(ROOT / "requirements.txt").found == "fine, as pinned"


def test_an_old_package_of_the_user_is_left_out_only_if_the_environment_has_the_right_one(
    here, monkeypatch
):
    install(here / "user", "numpy", "1.0")
    monkeypatch.setattr(sys, "path", [str(here / "user"), *sys.path])
    monkeypatch.setattr(site, "getusersitepackages", lambda: str(here / "user"))
    todo = self_check.check_packages(ROOT / "requirements.txt").todo
    assert todo.startswith("Set the environment variable `PYTHONNOUSERSITE=1`. Then close")
    pins = here / "requirements.txt"
    pins.write_text("numpy==3.0\n")
    monkeypatch.setattr(self_check, "is_course_environment", lambda: True)
    assert "python course.py" in self_check.check_packages(pins).todo


def test_an_imported_shadow_counts_until_the_kernel_is_restarted(here, monkeypatch):
    make(here / "igraph.py", "mine = True")
    monkeypatch.setitem(sys.modules, "igraph", None)  # so that it does not stay imported
    monkeypatch.delitem(sys.modules, "igraph")
    assert importlib.import_module("igraph").mine
    assert shadow_paths() == {"igraph": here / "igraph.py"}
    (here / "igraph.py").rename(here / "renamed.py")
    finding = self_check.check_packages(ROOT / "requirements.txt")
    assert finding.todo == self_check.RESTART
    monkeypatch.delitem(sys.modules, "igraph")
    assert shadow_paths() == {}


def test_a_shadow_is_not_blamed_for_a_package_that_is_missing(here):
    make(here / "filelock.py")
    missing = finding_of(ModuleNotFoundError("No module named 'igraph'", name="igraph"))
    assert missing.todo.startswith("A package is missing")
    part = finding_of(ModuleNotFoundError("No module named 'filelock.x'", name="filelock.x"))
    assert part.todo.startswith("Rename ")


def test_the_course_may_be_anywhere_but_a_copy_of_its_package_alone_is_a_shadow(here, monkeypatch):
    make(here / "course_utils")
    assert shadow_paths() == {"course_utils": here / "course_utils"}
    make(here / "course.py")
    assert "course_utils" not in shadow_paths()


def test_a_shadow_in_the_course_is_named_by_its_relative_path():
    shadow = self_check.Shadow("random", ROOT / "my_notebooks/random.py", False)
    assert str(shadow) == (
        f"{Path('my_notebooks/random.py')} has the name of a module that Python itself uses"
    )


def test_of_the_modules_in_a_folder_those_of_a_package_there_are_installed(tmp_path):
    files = ["one.py", "two/__init__.py"]
    for file in files:  # importlib_metadata, once imported, passes over a file that isn't there
        make(tmp_path / file)
    about = tmp_path / "wheel_named-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: wheel-named\nVersion: 1.0\n")
    (about / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    names = ("one", "two", "three")
    assert [self_check.is_installed(name, tmp_path) for name in names] == [True, True, False]


def test_a_deleted_folder_stops_nothing(here):
    (here / "gone").mkdir()
    os.chdir(here / "gone")
    (here / "gone").rmdir()
    assert shadow_paths() == {}


@pytest.mark.parametrize(
    "place", slow_after(1, ["folder", "variable", "variable's folder", "home", "XDG"])
)
def test_settings_of_matplotlib_that_break_its_pictures_are_named(tmp_path, place):
    path = {
        "folder": tmp_path / "work/matplotlibrc",
        "variable": tmp_path / "mine.rc",
        "variable's folder": tmp_path / "mine/matplotlibrc",
        "home": tmp_path / "work" / SETTINGS / "matplotlibrc",
        "XDG": tmp_path / "settings/matplotlib/matplotlibrc",
    }[place]
    (tmp_path / "work").mkdir()
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(b"font.family: \xff\n")
    variables = {"XDG_CONFIG_HOME": str(tmp_path / "settings" if place == "XDG" else "")}
    if place == "XDG" and sys.platform != "linux":
        variables = {"MPLCONFIGDIR": str(path.parent)}
    if place.startswith("variable"):
        named = path if place == "variable" else path.parent
        variables = {"MATPLOTLIBRC": str(named)}
    rows = run_in(tmp_path / "work", **variables)
    assert "TO DO" not in rows["packages"] + rows["computation"]
    for name in ("figure", "graph"):
        assert f"Rename {path}: the course does not need its settings. Then restart" in rows[name]
    assert ".venv and" not in str(rows)


@pytest.mark.slow
def test_a_backend_that_breaks_pictures_is_named(tmp_path):
    rows = run_in(tmp_path, MPLBACKEND="nonsense")
    assert "Remove the environment variable `MPLBACKEND=nonsense`. Then close" in rows["figure"]


def test_the_courses_own_settings_are_never_blamed(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert self_check.settings_advice(RuntimeError("something else")) == ""


def test_matplotlib_reads_the_settings_file_that_is_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for variable in ("MATPLOTLIBRC", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "matplotlibrc").touch()
    assert str(self_check.settings_file()) == str(Path(matplotlib.matplotlib_fname()).absolute())


def test_importing_it_imports_only_the_standard_library(monkeypatch):
    real, seen = builtins.__import__, set()
    monkeypatch.setattr(
        builtins, "__import__", lambda name, *rest: seen.add(name) or real(name, *rest)
    )
    exec(
        (ROOT / "course_utils/self_check.py").read_text(encoding="utf-8"),
        {
            "__name__": "course_utils.self_check",
            "__file__": str(ROOT / "course_utils/self_check.py"),
        },
    )
    assert {name.split(".")[0] for name in seen} <= set(sys.stdlib_module_names)


# course_utils alone, as on Colab and Kaggle


def test_alone_every_version_is_fine_and_a_missing_package_is_named(monkeypatch, capsys):
    monkeypatch.setattr(self_check, "ALONE", True)
    monkeypatch.setattr(self_check, "find_shadows", list)
    lines = ["igraph", 'numpy; extra == "full"', 'ruff==0.1; extra == "dev"', "absent-package"]
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    assert row(self_check.check_packages(ROOT / "requirements.txt"), capsys) == (
        "packages TO DO absent-package is missing Run `%pip install absent-package` in a new cell, "
        "then restart the kernel."
    )
    del lines[-1]
    found = self_check.check_packages(ROOT / "requirements.txt")
    assert row(found, capsys) == "packages fine, all are there"


def test_alone_a_newer_python_is_fine_and_no_advice_needs_the_courses_folder(monkeypatch, capsys):
    monkeypatch.setattr(self_check, "ALONE", True)
    assert "fine; this is 3.99" in row(self_check.check_python((3, 99), True), capsys)
    for finding in (self_check.check_python((3, 10), True), finding_of(RuntimeError("x"))):
        assert finding.todo
        assert "course.py" not in finding.todo
        assert "requirements.txt" not in finding.todo


def test_alone_a_copied_course_utils_is_not_compared(monkeypatch, capsys):
    monkeypatch.setattr(self_check, "PACKAGE", "absent-package")
    found = row(self_check.check_presence(), capsys)
    assert found == "packages not compared: course_utils was copied, not installed"
