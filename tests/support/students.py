"""What students have: a Python of their own, a kernel started in their way, a lesson handed out."""

import os
import sysconfig
import venv
from contextlib import suppress
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient.exceptions import CellExecutionError

from commands import hand_out, kernels
from commands.execute import Client
from tests.support.lessons import ROOT, path_of

HERE = Path(sysconfig.get_path("purelib"))  # where the packages of this environment are
LAUNCHER = ("-m", "ipykernel_launcher")  # how VS Code and a Jupyter of one's own start a kernel
# What VS Code then runs: the notebook's folder takes precedence over everything else.
FOLDER_FIRST = "import os, sys\n\nsys.path.insert(0, os.getcwd())"


def make_python(folder, *without):
    """Make an environment with links to this one's packages, but without some.

    Without 'course_utils', it does not have the course. Return its Python and its packages' folder.
    """
    venv.create(folder, symlinks=os.name != "nt")
    base = {"base": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", base))
    for path in HERE.iterdir():
        if path.suffix != ".pth" and path.stem not in without:
            (packages / path.name).symlink_to(path)
    if "course_utils" not in without:
        (packages / "course.pth").write_text(str(ROOT))
    return Path(sysconfig.get_path("scripts", "venv", base), "python"), packages


class Kernels(KernelSpecManager):
    """Start the kernel of a certain Python in a certain way, without the user's settings."""

    def __init__(self, command, folder):
        """Take the command's beginning, and the folder of its settings."""
        super().__init__()
        self.command, self.folder = command, folder

    def get_kernel_spec(self, kernel_name):
        """Return the command, whichever kernel is requested."""
        env = {**kernels.settings(self.folder), "PYTHONPATH": ""}
        argv = [*map(str, self.command), "-f", "{connection_file}"]
        return KernelSpec(argv=argv, env=env, language="python")


def run_all(notebook, folder, python, start=LAUNCHER):
    """Run all cells of a notebook in a folder as 'Run All' does; return the client.

    It stops at the first error, which is then among the outputs.
    """

    class Student(Client):
        def create_kernel_manager(self):
            manager = super().create_kernel_manager()
            own = manager.kernel_spec_manager
            manager.kernel_spec_manager = Kernels((python, *start), own.folder)
            return manager

    client = Student(notebook, timeout=45, resources={"metadata": {"path": str(folder)}})
    with suppress(CellExecutionError):
        client.execute()
    return client


def handed_out(lesson):
    """Return a lesson as a student gets it, by its two digits or its name."""
    path = path_of(lesson, "notebooks", ".ipynb")
    content, _ = hand_out.prepare(path, {path.name})
    return nbformat.reads(content, as_version=4)
