"""A student's server starts, whatever is in their home; without a hub (hub.py has a real one)."""

import json
import os
import runpy
import subprocess
import sys
import sysconfig
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands.server import Kernels
from tests.support.lessons import NOTEBOOKS, ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a hub runs on Linux or macOS")

# In the place of JupyterHub's server, which is not installed here: says how it was started.
SERVER = """
import json, os, sys
names = ("OMP_NUM_THREADS", "JUPYTER_CONFIG_PATH", "JUPYTER_RUNTIME_DIR", "MEM_LIMIT")
print(json.dumps([sys.argv[1:], os.getcwd(), *map(os.environ.get, names), sys.path]))
"""
# Modules that Python, the hand-out or the server imports as it starts.
SHADOWS = ("random", "json", "types", "logging", "commands", "runpy", "typing", "jupyterhub")
MINE = "raise SystemExit('mine')"


@pytest.fixture
def spawner():
    """Return what the configuration for instructors says of the students' servers."""
    config = SimpleNamespace(Spawner=SimpleNamespace())
    path = ROOT / "instructor/hub/jupyterhub_config.py"
    runpy.run_path(str(path), {"get_config": lambda: config})
    return config.Spawner


@pytest.fixture
def start(spawner, tmp_path):
    """Return a student's home, and a function that starts their server there."""
    (home := tmp_path / "home").mkdir()
    server = tmp_path / "packages/jupyterhub/singleuser/__main__.py"
    server.parent.mkdir(parents=True)
    server.write_text(SERVER)
    for folder in (server.parent, server.parent.parent):
        (folder / "__init__.py").touch()

    def call(python=sys.executable, folder=home, **others):
        program, *options = spawner.cmd
        assert program == "python"
        set_here = ("OMP_NUM_THREADS", "MEM_LIMIT", "COURSE_LESSONS")
        env = {k: v for k, v in os.environ.items() if k not in set_here}
        packages = [ROOT, tmp_path / "packages", sysconfig.get_path("purelib")]
        env |= {"HOME": str(home), "PYTHONPATH": os.pathsep.join(map(str, packages))}
        env["COURSE_MY_NOTEBOOKS"] = str(tmp_path / "elsewhere")
        env |= others
        command = [python, *options, "--port=1"]
        ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return json.loads(ran.stdout.splitlines()[-1])

    return home, call


def test_a_student_is_handed_the_lessons_and_gets_a_server_at_home(start):
    home, call = start
    options, folder, threads, settings, runtime, memory, _ = call(folder=home.parent)  # a container
    assert options == ["--port=1", "--KernelManager.transport=ipc"]
    assert not Path(runtime).exists()
    assert len(f"{runtime}/kernel-{uuid.uuid4()}-ipc-5") < 104  # a socket's path, on macOS
    assert memory == str(1024**3)
    assert (folder, threads) == (str(home), "1")
    assert settings.split(os.pathsep)[0] == str(ROOT / "commands/jupyter")
    lessons = {path.name for path in (home / "my_notebooks").glob("*.ipynb")}
    assert lessons == {path.name for path in NOTEBOOKS}
    assert not (home.parent / "elsewhere").exists()


def test_a_module_in_a_students_home_does_not_stop_their_server(start):
    home, call = start
    (home / "my_notebooks").mkdir()
    for folder in (home, home / "my_notebooks"):
        for name in SHADOWS:
            (folder / f"{name}.py").write_text(MINE)
    path = call()[-1]
    assert not {"", str(home), str(home / "my_notebooks")} & {*path}


def test_a_hub_decides_how_much_memory_and_which_lessons_there_are(start):
    home, call = start
    assert call(MEM_LIMIT="5000", COURSE_LESSONS="00")[-2] == "5000"
    handed_out = [path.name for path in (home / "my_notebooks").glob("*.ipynb")]
    assert handed_out == [NOTEBOOKS[0].name]


def test_a_kernel_holds_the_limit_of_a_hub_that_has_one(monkeypatch):
    limited = "--ext=commands.memory"
    monkeypatch.delenv("MEM_LIMIT", raising=False)
    assert limited not in Kernels().get_kernel_spec("python3").argv
    monkeypatch.setenv("MEM_LIMIT", "5000")
    assert limited in Kernels().get_kernel_spec("python3").argv


def test_a_package_that_a_student_installed_does_not_stop_their_server(start):
    home, call = start
    site = sysconfig.get_path("purelib", "posix_user", {"userbase": str(home / ".local")})
    Path(site).mkdir(parents=True)
    (Path(site) / "usercustomize.py").write_text(MINE)
    call(sys._base_executable)  # An environment of its own reads no such packages anyway.


def test_a_configuration_in_a_students_home_is_not_read(spawner):
    assert spawner.disable_user_config is True
