"""A tiny course for tests: the real course.py, venv and pip, with tiny packages and no network."""

import os
import shutil
import subprocess
import sys

from tests.support.lessons import ROOT
from tests.support.processes import stopping
from tests.support.wheels import make_wheel

ECHO = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), sys.executable]))"

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

# pip calls this to install the project. A test can make it wait or fail.
BACKEND = """
import pathlib, time, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    if pathlib.Path("full").exists():
        raise OSError(28, "No space left on device")
    while pathlib.Path("wait").exists():
        pathlib.Path("waiting").touch()
        time.sleep(0.05)
    metadata = (
        "Metadata-Version: 2.1\\nName: tiny-course\\nVersion: 1.0\\n"
        "Provides-Extra: dev\\nRequires-Dist: pytest; extra == 'dev'\\n"
    )
    info = "tiny_course-1.0.dist-info"
    with zipfile.ZipFile(pathlib.Path(folder) / "tiny_course-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_course.pth", str(pathlib.Path.cwd()))
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return "tiny_course-1.0-py3-none-any.whl"
"""

# What the hand-out asks of the kernel, which JupyterLab brings along.
KERNEL = {
    "ipykernel/__init__.py": "",
    "ipykernel/ipkernel.py": "class IPythonKernel:\n    language_info = {}\n",
    "ipykernel/kernelspec.py": (
        "def get_kernel_dict():\n    return {'display_name': 'Tiny', 'language': 'python'}\n"
    ),
}


def make_package(name):
    """Return the files of a package that prints how it was called."""
    return {f"{name}/__init__.py": "", f"{name}/__main__.py": ECHO}


class Course:
    """A tiny course with the real course.py and the real hand-out."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        shutil.copy(ROOT / "course.py", folder)
        shutil.copytree(
            ROOT / "commands",
            folder / "commands",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "backend.py").write_text(BACKEND)
        (folder / "notebooks").mkdir()
        for name in ("01_first", "02_second"):
            (folder / f"notebooks/{name}.ipynb").write_text('{"cells": []}')
        self.wheels = folder / "wheels"
        make_wheel(self.wheels, "jupyterlab", "1.0", make_package("jupyterlab") | KERNEL)
        make_wheel(self.wheels, "pytest", "1.0", make_package("pytest"))
        self.requirements = folder / "requirements.txt"
        self.requirements.write_text("--find-links wheels\njupyterlab==1.0\n-e .\n")
        # No index answers, and the user's own settings for pip and Python's path don't count.
        nowhere, own = "http://127.0.0.1:9", ("PIP_", "COURSE_", "PYTHONPATH")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        self.env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "no_proxy": "*"}
        self.env |= {"PIP_INDEX_URL": nowhere, "COURSE_TORCH_INDEX": nowhere}
        self.venv = folder / ".venv"
        self.log = self.venv / "setup.log"

    def start(self, *arguments, python=sys.executable, **variables):
        return subprocess.Popen(
            [python, self.folder / "course.py", *arguments],
            env=self.env | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def call(self, *arguments, **options):
        process = self.start(*arguments, **options)
        with stopping(process):
            out, err = process.communicate(timeout=100)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def set_up(self):
        """Make the environment, and return the course."""
        answer = self.call("lab", "--no-browser")
        assert answer.returncode == 0, answer.stderr
        return self

    def site_packages(self):
        return next(self.venv.glob("lib/python*/site-packages"), self.venv / "Lib/site-packages")
