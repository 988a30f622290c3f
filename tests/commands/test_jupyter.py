"""The folder commands/jupyter/: found by one variable, before the user's own."""

import os
import re
import subprocess
import sys
import sysconfig

import pytest
from traitlets.config.loader import PyFileConfigLoader

from commands import jupyter
from course_utils.checks.core import FACES
from tests.support.lessons import ROOT

FOLDER = ROOT / "commands/jupyter"
STYLE = (FOLDER / "custom/custom.css").read_text("utf-8")


@pytest.mark.parametrize("mine", [[], ["/mine", "/the/teacher"]])
def test_jupyter_reads_the_courses_folder_first_and_then_the_users(monkeypatch, mine):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", os.pathsep.join(mine))
    jupyter.use_settings()
    assert os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(FOLDER), *mine]


def test_the_options_name_what_is_there(monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    config = PyFileConfigLoader("jupyter_server_config.py", str(FOLDER)).load_config()
    update = config.ServerApp.tornado_settings.to_dict()["update"]
    assert update == {"static_custom_path": [str(FOLDER / "custom")]}


def test_lessons_come_by_link_where_only_some_are_handed_out(monkeypatch):
    def contents():
        config = PyFileConfigLoader("jupyter_server_config.py", str(FOLDER)).load_config()
        return config.ServerApp.get("contents_manager_class")

    monkeypatch.delenv("COURSE_LESSONS", raising=False)
    assert contents() is None
    monkeypatch.setenv("COURSE_LESSONS", "00")
    assert contents() == "commands.server.Lessons"


def test_jupyterhubs_server_gets_settings_that_it_can_look_into(monkeypatch):
    """It asks whether a name is in them, which traitlets' update to come does not answer."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/a/")
    config = PyFileConfigLoader("jupyter_server_config.py", str(FOLDER)).load_config()
    assert {**config.ServerApp.tornado_settings} == {"static_custom_path": [str(FOLDER / "custom")]}


def test_jupyterlab_in_a_different_environment_keeps_its_own_options(tmp_path):
    """A terminal of the course's JupyterLab inherits the variable."""
    code = (
        "import sys; from traitlets.config.loader import PyFileConfigLoader\n"
        "print(PyFileConfigLoader('jupyter_server_config.py', sys.argv[1]).load_config())"
    )
    # Without site, the editable install's path is not followed.
    command = [sys.executable, "-S", "-c", code, str(FOLDER)]
    env = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout == "{}\n"


def test_the_style_sheet_names_the_classes_that_the_course_writes():
    written = {"course-caption", "course-verdict"}
    written |= {f"course-{verdict.replace(' ', '-')}" for verdict in FACES}
    named = {*re.findall(r"\.(course-[\w-]+)", STYLE)}
    assert named <= written
    assert named >= {"course-caption", "course-verdict", "course-right", "course-not-right-yet"}
