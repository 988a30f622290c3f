"""An environment of few packages, made without a network from those that are installed here."""

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
import venv
import zipfile
from contextlib import suppress
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec

from benchmarks.installed_size import needed
from commands import kernels
from tests.support.lessons import ROOT, copy_course

# All that a machine has which was not set up for this course.
BARE = ["torch", "numpy", "matplotlib", "scikit-learn", "ipykernel", "pip"]


def installed_files(distribution):
    """Yield the files of an installed package, except for programs and the like."""
    return (file for file in distribution.files if ".." not in file.parts)


def python_of(folder):
    """Return the path of an environment's Python."""
    return Path(sysconfig.get_path("scripts", "venv", {"base": str(folder)}), "python")


def make_environment(folder):
    """Make an environment of `BARE` and what that needs, with hard links; return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    for _, distribution in needed(BARE):
        for file in installed_files(distribution):
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # a cache that was never written
                try:
                    os.link(file.locate(), target)
                except OSError:  # another disk
                    shutil.copy2(file.locate(), target)
    return python_of(folder)


def write_wheels(folder):
    """Write a wheel of each package that course_utils needs, beyond those in `BARE`.

    Also of setuptools, with which pip builds course_utils.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    there = {name for name, _ in needed(BARE)} - {"setuptools"}
    folder.mkdir()
    for name, distribution in needed([*project["dependencies"], "setuptools"]):
        if name not in there:
            tags = re.findall(r"^Tag: (\S+?)-(\S+)-(\S+)", distribution.read_text("WHEEL"), re.M)
            tag = "-".join(".".join(dict.fromkeys(parts)) for parts in zip(*tags, strict=True))
            stem = f"{name.replace('-', '_')}-{distribution.version}-{tag}"
            with zipfile.ZipFile(folder / f"{stem}.whl", "w") as wheel:
                for file in installed_files(distribution):
                    if file.suffix != ".pyc":
                        wheel.write(file.locate(), str(file))


def offline_pip(wheels):
    """Return the environment variables with which pip finds packages only in a folder."""
    return {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


def write_archive(folder):
    """Write the course as a repository's archive has it, without git's history; return its URL."""
    copy_course(folder / "course")
    return Path(shutil.make_archive(str(folder / "course"), "zip", folder, "course")).as_uri()


def make_with_course(folder):
    """Make an environment of `BARE` into which pip has installed the course; return its Python."""
    python = make_environment(folder / "environment")
    write_wheels(folder / "wheels")
    command = [python, "-m", "pip", "install", "--quiet", write_archive(folder)]
    env = {**os.environ, "PYTHONPATH": "", **offline_pip(folder / "wheels")}
    subprocess.run(command, cwd=folder, env=env, check=True)
    return python


class OtherPython(kernels.OwnPython):
    """Start the kernel of the Python that COURSE_KERNEL_PYTHON names, not of the course's."""

    def get_kernel_spec(self, kernel_name):
        """Return its kernel, without the user's settings."""
        program = os.environ["COURSE_KERNEL_PYTHON"]
        command = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        env = {**kernels.settings(self.folder), "PYTHONPATH": ""}
        return KernelSpec(argv=command, env=env, language="python")
