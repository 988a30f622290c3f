"""The dev container for VS Code and Codespaces is valid and uses the course's own set-up."""

import jsonschema

from course import COMMANDS
from tests.support import jsonc
from tests.support.lessons import ROOT

CONTAINER = jsonc.read(ROOT / ".devcontainer/devcontainer.json")
STRING = {"type": "string"}
SIZE = {"type": "string", "pattern": r"^\d+([tgmk]b)?$"}
PORT = {"type": "integer", "minimum": 0, "maximum": 65535}
ACTION = {"enum": ["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"]}


def object_schema(**properties):
    return {"type": "object", "properties": properties, "additionalProperties": False}


# What the published schema (containers.dev) says about the properties that we use.
SCHEMA = object_schema(
    name=STRING,
    image=STRING,
    hostRequirements=object_schema(
        cpus={"type": "integer", "minimum": 1}, memory=SIZE, storage=SIZE
    ),
    postCreateCommand=STRING,
    waitFor={"enum": ["onCreateCommand", "updateContentCommand", "postCreateCommand"]},
    forwardPorts={"type": "array", "items": PORT},
    portsAttributes={
        "type": "object",
        "additionalProperties": object_schema(label=STRING, onAutoForward=ACTION),
    },
    customizations=object_schema(
        vscode=object_schema(
            extensions={"type": "array", "items": {"pattern": r"^[\w-]+\.[\w-]+$"}}
        )
    ),
)


def test_it_fits_the_schema():
    jsonschema.validate(CONTAINER, SCHEMA)


def test_it_has_the_same_python_as_binder():
    version = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    assert CONTAINER["image"] == f"mcr.microsoft.com/devcontainers/python:{version}-bookworm"


def test_it_installs_with_course_py_alone():
    python, script, command = CONTAINER["postCreateCommand"].split()
    assert (python, script) == ("python", "course.py")
    assert COMMANDS[command][0] == "", "a student needs no extra"
