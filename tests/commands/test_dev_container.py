"""The dev container for VS Code and Codespaces is valid, and made from the course's own set-up."""

import json
import re

import jsonschema

from course import COMMANDS
from tests.support.lessons import ROOT

SOURCE = ROOT / ".devcontainer/devcontainer.json"
STRING = {"type": "string"}
SIZE = {"type": "string", "pattern": r"^\d+([tgmk]b)?$"}
PORT = {"type": "integer", "minimum": 0, "maximum": 65535}
ACTION = {"enum": ["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"]}


def things(**properties):
    return {"type": "object", "properties": properties, "additionalProperties": False}


# What the published schema (containers.dev) says of the properties that we use.
SCHEMA = things(
    name=STRING,
    image=STRING,
    hostRequirements=things(cpus={"type": "integer", "minimum": 1}, memory=SIZE, storage=SIZE),
    postCreateCommand=STRING,
    waitFor={"enum": ["onCreateCommand", "updateContentCommand", "postCreateCommand"]},
    forwardPorts={"type": "array", "items": PORT},
    portsAttributes={
        "type": "object",
        "additionalProperties": things(label=STRING, onAutoForward=ACTION),
    },
    customizations=things(
        vscode=things(
            extensions={"type": "array", "items": {"pattern": r"^[\w-]+\.[\w-]+$"}},
            settings={"type": "object"},
        )
    ),
)


def container():
    """Read the file as VS Code does: JSON with comments, without trailing commas."""
    return json.loads(re.sub(r"^\s*//.*$", "", SOURCE.read_text("utf-8"), flags=re.MULTILINE))


def test_it_says_what_the_schema_allows():
    jsonschema.validate(container(), SCHEMA)


def test_it_has_the_python_of_binder():
    version = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    assert container()["image"] == f"mcr.microsoft.com/devcontainers/python:{version}-bookworm"


def test_it_installs_by_course_py_alone_and_runs_what_that_made():
    python, script, command = container()["postCreateCommand"].split()
    assert (python, script) == ("python", "course.py")
    assert COMMANDS[command][0] == "", "a student needs no extra"
    interpreter = container()["customizations"]["vscode"]["settings"][
        "python.defaultInterpreterPath"
    ]
    assert interpreter == "${containerWorkspaceFolder}/.venv/bin/python"
