"""course_utils is a wheel with its style and data, and asks for no package's version."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from importlib.metadata import packages_distributions

import ipywidgets
import pytest
from packaging.requirements import Requirement

from commands.pins import read_pins
from course_utils import plots, sliders
from tests.support.lessons import ROOT, copy_course

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED, FULL = PROJECT["dependencies"], PROJECT["optional-dependencies"]["full"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy without git's history, with the setuptools that is here."""
    folder = tmp_path_factory.mktemp("built")
    copy_course(folder / "course")
    build = "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", build, str(folder)]
    subprocess.run(command, cwd=folder / "course", check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_course_utils_and_nothing_else(wheel):
    paths = (ROOT / "course_utils").rglob("*")
    files = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if path.is_file() and path.suffix != ".pyc"
    }
    assert {"course_utils/style.mplstyle", "course_utils/penguins.csv"} < files
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found == files


def test_the_wheel_asks_for_packages_but_for_no_version(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    lines = message_from_bytes(wheel.read(name)).get_all("Requires-Dist")
    asked = [Requirement(line) for line in lines]
    always = [one.name for one in asked if one.marker is None]
    full = [one.name for one in asked if one.marker and '"full"' in str(one.marker)]
    assert always == NEEDED
    assert full == FULL
    assert not any(one.specifier for one in asked if one.name in always + full)


def imports(folder):
    """Return the packages that the code in a folder imports, as pip calls them."""
    text = [ast.parse(path.read_text("utf-8")) for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for tree in text for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    tops = {name.partition(".")[0] for name in names} - {"course_utils", *sys.stdlib_module_names}
    packages = packages_distributions()
    return {packages[top][0] for top in tops}


def test_what_the_lessons_and_course_utils_import_is_what_the_wheel_asks_for():
    assert imports("course_utils") | imports("lessons") | {"setuptools"} == {*NEEDED, *FULL}


def test_a_slider_is_shown_by_colabs_old_ipywidgets_too(monkeypatch):
    """Widgets of ipywidgets 7 have no `_repr_mimebundle_`."""
    monkeypatch.delattr(ipywidgets.Widget, "_repr_mimebundle_")
    shown = []
    monkeypatch.setattr(sliders, "display", lambda data, **_: shown.append(data))
    sliders.move(plots.residuals, [0.0, 1.0], [1.0, 2.0], w=(-1, 4, 0.5), b=(-1, 3, 1))
    view = shown[-1]["application/vnd.jupyter.widget-view+json"]
    assert re.fullmatch("[0-9a-f]{32}", view.pop("model_id"))
    assert view == {"version_major": 2, "version_minor": 0}


def test_the_courses_own_environments_pin_what_the_wheel_asks_for():
    pinned = {re.split("==", line)[0] for line in read_pins(ROOT / "requirements.txt")}
    assert {*NEEDED, *FULL} <= pinned
