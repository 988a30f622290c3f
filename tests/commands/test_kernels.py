"""Kernels listen at socket files, ignore the user's settings, and leave nothing behind."""

import gc
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from jupyter_client import KernelManager
from nbformat.v4 import new_code_cell, new_notebook
from nbval import kernel

from commands.build import METADATA
from commands.execute import Client
from commands.kernels import isolate
from tests.support.lessons import ROOT
from tests.support.tiers import slow_after


def count_sockets(manager):
    """Start a kernel and return how many sockets it has beside its connection file."""
    manager.start_kernel(cwd="/")
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        return sum(path.is_socket() for path in Path(manager.connection_file).parent.iterdir())
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.skipif(os.name != "posix", reason="other systems' kernels use TCP ports")
@pytest.mark.parametrize(
    "make", slow_after(1, [kernel.KernelManager, lambda: isolate(KernelManager())])
)
def test_a_kernel_listens_at_socket_files_and_leaves_none_behind(monkeypatch, make):
    with tempfile.TemporaryDirectory(prefix="k") as folder:  # pytest's path would be too long
        monkeypatch.setattr(tempfile, "tempdir", folder)
        assert count_sockets(make()) == 5
        gc.collect()
        assert os.listdir(folder) == []


def test_a_kernel_listens_at_ports_where_the_path_would_be_too_long(tmp_path, monkeypatch):
    (folder := tmp_path / ("a" * 80)).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert isolate(KernelManager()).transport == "tcp"


CELLS = [
    "1\n2",
    "import matplotlib\nprint(matplotlib.rcParams['axes.facecolor'])",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "import random\nprint(random.Random(0).randint(0, 9))",
]

# A start-up file that the last cell notices; what it prints would be seen by nobody.
BREAKS = "import random\nrandom.Random = None\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def a_profile(home):
    write(
        home / ".ipython/profile_default/ipython_kernel_config.py",
        "c.InteractiveShell.ast_node_interactivity = 'all'",
    )


def a_start_up_file_of_ipython(home):
    write(home / ".ipython/profile_default/startup/00.py", BREAKS)


def an_empty_ipythondir(home):
    return {"IPYTHONDIR": ""}


def a_kernelspec(home):
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    write(home / ".local/share/jupyter/kernels/python3/kernel.json", json.dumps(spec))
    write(home / "own/kernels/python3/kernel.json", json.dumps(spec))
    return {"JUPYTER_PATH": str(home / "own"), "JUPYTER_PREFER_ENV_PATH": "0"}


def a_matplotlibrc(home):
    write(home / ".config/matplotlib/matplotlibrc", "axes.facecolor: red")


def a_matplotlibrc_by_variable(home):
    return {"MATPLOTLIBRC": write(home / "rc", "axes.facecolor: red"), "MPLBACKEND": "svg"}


def a_folder_of_modules(home):
    return {"PYTHONPATH": str(Path(write(home / "modules/random.py", "1 / 0")).parent)}


def a_start_up_file_of_python(home):
    return {"PYTHONSTARTUP": write(home / "start.py", BREAKS)}


HOSTILE = [
    a_profile,
    a_start_up_file_of_ipython,
    an_empty_ipythondir,
    a_kernelspec,
    a_matplotlibrc,
    a_matplotlibrc_by_variable,
    a_folder_of_modules,
    a_start_up_file_of_python,
]


def set_plain_home(monkeypatch, home):
    """Set an empty home folder, and remove variables that point to settings."""
    for name in list(os.environ):
        if name.startswith(("JUPYTER_", "IPYTHON", "MPL", "MATPLOTLIB", "XDG_", "PYTHONSTART")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))


def execute(folder):
    """Return a notebook executed in a folder as the build does."""
    notebook = new_notebook(cells=list(map(new_code_cell, CELLS)), metadata=METADATA)
    return Client(notebook, resources={"metadata": {"path": folder}}).execute()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A notebook executed without any user settings."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_plain_home(monkeypatch, tmp_path_factory.mktemp("home"))
        return execute(tmp_path_factory.mktemp("notebooks"))


def outputs(notebook):
    return [cell.outputs for cell in notebook.cells]


@pytest.mark.parametrize("hostile", slow_after(1, HOSTILE))
def test_the_builds_kernel_ignores_the_users_settings(plain, tmp_path, monkeypatch, hostile):
    set_plain_home(monkeypatch, tmp_path / "home")
    for name, value in (hostile(tmp_path / "home") or {}).items():
        monkeypatch.setenv(name, value)
    (folder := tmp_path / "notebooks").mkdir()
    assert outputs(execute(folder)) == outputs(plain)
    assert list(folder.iterdir()) == []


def test_a_kernel_under_test_ignores_the_users_settings(plain, tmp_path, monkeypatch):
    home = tmp_path / "home"
    set_plain_home(monkeypatch, home)
    for hostile in HOSTILE:
        for name, value in (hostile(home) or {}).items():
            # pytest itself must find this course and a working random.py.
            if name == "PYTHONPATH":
                value = write(home / "modules/igraph.py", "1 / 0").rpartition("/")[0]
                (home / "modules/random.py").unlink()
                value = os.pathsep.join([str(ROOT), value])
            monkeypatch.setenv(name, value)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    (folder := tmp_path / "notebooks").mkdir()
    notebook = new_notebook(cells=[*plain.cells, new_code_cell("import igraph")], metadata=METADATA)
    notebook.cells[-1].execution_count = len(CELLS) + 1
    nbformat.write(notebook, folder / "plain.ipynb")
    (folder / "pytest.ini").write_text("[pytest]")
    options = ["--nbval", "-p", "tests.plugins.nbval_tolerance", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options], cwd=folder, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["plain.ipynb", "pytest.ini"]
    after = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    caches = (home / ".cache", home / "modules")
    assert {path for path in after if not any(path.is_relative_to(c) for c in caches)} <= {*before}
    assert all(after[path] == content for path, content in before.items())


@pytest.mark.slow
def test_a_matplotlibrc_beside_the_notebook_applies(plain, tmp_path):
    write(tmp_path / "matplotlibrc", "axes.facecolor: yellow")
    assert execute(tmp_path).cells[1].outputs[0].text == "yellow\n"
    assert plain.cells[1].outputs[0].text == "white\n"
