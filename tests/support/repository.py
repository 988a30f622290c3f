"""A git repository that holds a tiny course, and a student's clone of it."""

import json
import os
import re
import shlex
import subprocess
import sys

SETTINGS = """
[user]
    name = Nobody
    email = nobody@localhost
[init]
    defaultBranch = main
"""


def write_notebook(text):
    """Return the JSON of a notebook with one cell of text."""
    return json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})


class Copy:
    """A git repository of the course: its author's, or a student's clone."""

    def __init__(self, folder):
        self.folder = folder
        self.my_notebooks = folder / "my_notebooks"
        settings = folder.with_suffix(".gitconfig")
        settings.write_text(SETTINGS)
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "COURSE_"))}
        self.env = outside | {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}

    def git(self, *arguments):
        result = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.env, capture_output=True, text=True
        )
        if result.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return result.stdout.strip()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, **files):
        for name, text in files.items():
            self.write(f"notebooks/{name}.ipynb", write_notebook(text))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a step")

    def clone(self, *options):
        other = Copy(self.folder.with_name("student"))
        url = self.folder.as_uri()
        command = ["git", "clone", "--quiet", *options, url, str(other.folder)]
        subprocess.run(command, env=other.env, check=True, capture_output=True)
        return other

    def update(self):
        """Return the exit code, the printed lines and what is on stderr."""
        result = subprocess.run(
            [sys.executable, "-m", "commands.update"],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
        )
        return result.returncode, result.stdout.splitlines(), result.stderr

    def state(self):
        """Return everything an update might touch: branches, edits and the content of each file."""
        files = [p for p in self.folder.rglob("*") if p.is_file() and ".git" not in p.parts]
        version = self.git("for-each-ref", "refs/heads"), self.git("rev-parse", "HEAD")
        locks = [*(self.folder / ".git").rglob("*.lock")]
        return version, locks, self.git("status", "--short"), {p: p.read_bytes() for p in files}

    def follow(self, advice):
        """Run each git command that an advice names."""
        for command in re.findall("`git (.+?)`", advice):
            self.git(*shlex.split(command))
