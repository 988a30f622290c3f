"""The lock lists every package that can be installed, in the version that is installed."""

import functools
import re
import shutil
import sys
import tomllib
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.installed_size import needed
from commands import pins
from tests.support.lessons import ROOT
from tests.support.wheels import make_wheel

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "Linux": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
    "Linux on ARM": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "aarch64"},
    "macOS": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
    "Windows": {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
del EXTRAS["full"]  # for environments that are not the course's: it pins nothing
DIRECT = [*pins.read_pins(ROOT / "requirements.txt"), *chain(*EXTRAS.values())]
DIRECT = [pin for pin in DIRECT if not pin.startswith(PROJECT["project"]["name"])]


def read_lock(path, environment=None):
    """Return {name: version} of the lines that apply in an environment (default: this one)."""
    found = {}
    for line in map(Requirement, pins.read_pins(path)):
        if line.marker is None or line.marker.evaluate(environment):
            (version,) = line.specifier
            assert version.operator == "=="
            assert line.name not in found, "two lines apply"
            found[canonicalize_name(line.name)] = version.version
    return found


LOCK = read_lock(ROOT / "constraints.txt")


@pytest.mark.parametrize("group", ["the student's", *sorted(EXTRAS)])
def test_every_installed_package_is_locked_in_its_version(group):
    lines = EXTRAS.get(group) or pins.read_pins(ROOT / "requirements.txt")
    found = dict(needed([line for line in lines if line in DIRECT]))
    assert found
    missing = [name for name in found if name not in LOCK]
    assert not missing, "run `python -m commands.pins`"
    # PyTorch's CPU build calls itself 2.13.0+cpu.
    versions = {name: one.version.partition("+")[0] for name, one in found.items() if one}
    assert versions == {name: LOCK[name] for name in versions}, "run `python course.py`"


@functools.cache
def locks():
    """Return the lock as each Python on each system reads it."""
    return [
        read_lock(
            ROOT / "constraints.txt",
            {"python_version": python, "python_full_version": f"{python}.5", **system},
        )
        for python in PYTHONS
        for system in SYSTEMS.values()
    ]


@pytest.mark.parametrize("line", [*DIRECT, *PROJECT["build-system"]["requires"]])
def test_every_pinned_package_has_that_version_in_the_lock(line):
    name, version = re.fullmatch(r"([\w.-]+)==([\w.]+)", line).groups()
    for lock in locks():
        assert lock[canonicalize_name(name)] == version, "run `python -m commands.pins`"


def test_the_lock_includes_what_only_another_system_needs():
    names = {name: read_lock(ROOT / "constraints.txt", system) for name, system in SYSTEMS.items()}
    assert "pywinpty" in names["Windows"]
    assert "appnope" in names["macOS"]
    assert "nvidia-cudnn-cu13" in names["Linux"]
    assert not any(pins.CUDA.match(name) for name in {**names["Windows"], **names["macOS"]})


def test_binder_gets_what_a_student_needs_in_the_locked_versions_and_nothing_else():
    version = (ROOT / "binder/runtime.txt").read_text("utf-8").strip().removeprefix("python-")
    linux = {**SYSTEMS["Linux"], "python_version": version, "python_full_version": f"{version}.5"}
    binder, lock = read_lock(ROOT / pins.BINDER), read_lock(ROOT / "constraints.txt", linux)
    assert binder == {name: lock[name] for name in binder}, "run `python -m commands.pins`"
    found = dict(needed(pins.read_pins(ROOT / "requirements.txt")))
    # Another Python or system needs a few other packages.
    if sys.platform == "linux" and version == "{}.{}".format(*sys.version_info):
        assert set(binder) == {name for name in found if name in lock}


def test_everyone_who_installs_from_the_requirements_uses_the_lock():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert "-c constraints.txt" in lines
    hub = (ROOT / "instructor/hub/README.md").read_text("utf-8")
    assert hub.count("-r requirements.txt\n") == 2  # to set it up, and to bring an update


@pytest.mark.parametrize("path", ["constraints.txt", pins.BINDER])
def test_the_only_address_in_the_lock_is_that_of_pytorchs_index(path):
    addresses = re.findall(r"\w+://\S+|file:\S+", (ROOT / path).read_text("utf-8"))
    assert addresses == re.findall(r"\w+://\S+", pins.BINDER_HEAD) * (path == pins.BINDER)


# A course of two packages, locked without a network.

TINY = """
[project]
name = "tiny"
version = "1"
requires-python = ">=3.11"

[project.optional-dependencies]
dev = ["Tester==1.0", "tiny[slides]"]
slides = ["shower==1.0"]
"""


@pytest.fixture
def tiny(tmp_path):
    """Return a course to lock, and a function that locks it with uv's options."""
    wheels = tmp_path / "wheels"
    for name in ("tester", "shower", "deep"):
        make_wheel(wheels, name, "1.0", {f"{name}.py": ""})
    (tmp_path / "pyproject.toml").write_text(TINY)
    (tmp_path / "requirements.txt").write_text("# a\n-c constraints.txt\ndeep==1.0  # why\n-e .\n")
    (tmp_path / "binder").mkdir()
    shutil.copy(ROOT / "binder/runtime.txt", tmp_path / "binder")

    def lock(*options):
        return pins.main(["--no-index", "--find-links", str(wheels), *options], tmp_path)

    return tmp_path, lock


def test_the_command_locks_all_extras_and_gives_binder_the_students_packages(tiny, capsys):
    root, lock = tiny
    assert lock() == 0
    assert pins.read_pins(root / "constraints.txt") == ["deep==1.0", "shower==1.0", "tester==1.0"]
    assert pins.read_pins(root / pins.BINDER) == ["deep==1.0"]
    assert str(root) not in (root / "constraints.txt").read_text("utf-8")
    assert capsys.readouterr().out == f"constraints.txt: 3 packages\n{pins.BINDER}: 1 packages\n"
    before = [(root / path).read_bytes() for path in ("constraints.txt", pins.BINDER)]
    assert lock() == 0
    assert before == [(root / path).read_bytes() for path in ("constraints.txt", pins.BINDER)]


def test_the_help_is_printed_and_changes_nothing(tiny, capsys):
    root, lock = tiny
    for option in ("--help", "-h"):
        with pytest.raises(SystemExit) as ended:
            lock(option)
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith("usage: python -m commands.pins")
    assert not (root / "constraints.txt").exists()
    assert not (root / pins.BINDER).exists()


def test_a_locked_version_stays_until_an_upgrade_is_requested(tiny):
    root, lock = tiny
    wheel = root / "wheels"
    (root / "requirements.txt").write_text("deep\n")
    assert lock() == 0
    make_wheel(wheel, "deep", "2.0", {"deep.py": ""})
    assert lock() == 0
    assert "deep==1.0" in pins.read_pins(root / "constraints.txt")
    assert lock("--upgrade") == 0
    assert "deep==2.0" in pins.read_pins(root / "constraints.txt")
    assert pins.read_pins(root / pins.BINDER) == ["deep==2.0"]


def test_pins_that_contradict_each_other_are_reported_and_change_nothing(tiny, capsys):
    root, lock = tiny
    assert lock() == 0
    before = (root / "constraints.txt").read_bytes()
    (root / "requirements.txt").write_text("deep==3.0\n")
    capsys.readouterr()
    assert lock() == 1
    assert "deep==3.0" in capsys.readouterr().err
    assert (root / "constraints.txt").read_bytes() == before
