"""Brings the newest course: git fetches it and moves forward, its own course.py does the rest.

A student works in my_notebooks/, which git ignores, so moving forward meets no edit of theirs.
Where it would (somebody edited the course itself), git refuses, and nothing has changed.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOWNLOAD = "download the course anew beside this folder, and copy your my_notebooks/ into it"

# How git refuses, naming files: what that means here, with those in the place of {0}.
MEANINGS = {
    r"'(.+\.lock)': File exists": (
        "a git that was interrupted left {0}. If no other git is at work in this folder, delete "
        "that file and call this again."
    ),
    r"local changes .* overwritten by merge:\n((?:\t.+\n)+)": (
        "the new version changes what you have changed, too: {0}. Copy what you want to keep into "
        "my_notebooks/ under another name, then take the change back with "
        "`git restore --staged --worktree {0}` and call this again."
    ),
    r"untracked .* overwritten by merge:\n((?:\t.+\n)+)": (
        "the new version brings files that you have made yourself: {0}. Give yours another name "
        "or move them into my_notebooks/, and call this again."
    ),
}


class UpdateError(Exception):
    """Says why there is no update, and what to do. The course is as it was."""


class GitError(UpdateError):
    """The same, in git's own words."""


def git(*arguments: str) -> str:
    """Return what git prints; raise UpdateError with what its words mean here."""
    ran = subprocess.run(
        ["git", "-c", "core.quotePath=false", *arguments],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C"},  # What it says is read below.
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if ran.returncode == 0:
        return ran.stdout.strip()
    for words, meaning in MEANINGS.items():
        found = re.search(words, ran.stderr)
        if found:
            raise UpdateError(meaning.format(" ".join(found[1].split("\n\t")).strip()))
    raise GitError(f"`git {arguments[0]}` says:\n{ran.stderr.strip()}")


def upstream() -> str:
    """Return the name of the branch that this copy follows, such as origin/main."""
    if not shutil.which("git"):
        raise UpdateError(f"there is no git program here. Install it (git-scm.com), or {DOWNLOAD}.")
    if not (ROOT / ".git").exists():
        raise UpdateError(
            f"{ROOT} was not made by `git clone`. To get the newest course, {DOWNLOAD}."
        )
    if not git("remote"):
        raise UpdateError(
            "this copy knows no place to update from. Name one with `git remote add origin URL`, "
            "`git fetch` and `git branch --set-upstream-to=origin/main`."
        )
    branch = git("branch", "--show-current")
    if not branch:
        raise UpdateError(
            "this copy stands at a fixed version, not on a branch. `git switch main` follows the "
            "course again (`git branch` lists the names, if it is not main)."
        )
    found = git("for-each-ref", "--format=%(upstream:short)", f"refs/heads/{branch}")
    if not found:
        raise UpdateError(
            f"the branch {branch} follows no branch of the course. "
            f"`git branch --set-upstream-to=origin/{branch}` mends it; or `git switch main`."
        )
    return found


def commits(count: int) -> str:
    """Return the count with its noun."""
    return "1 commit" if count == 1 else f"{count} commits"


def lessons(old: str, kind: str) -> str:
    """Name the lessons that are new since `old` (kind 'A') or have changed ('M')."""
    found = git("diff", "--name-only", "--no-renames", f"--diff-filter={kind}", old, "HEAD")
    return ", ".join(re.findall(r"^notebooks/(.+)\.ipynb$", found, re.MULTILINE))


def bring() -> str:
    """Move this copy to the newest version; return in one line what came."""
    newest, old = upstream(), git("rev-parse", "HEAD")
    try:
        git("fetch", "--quiet")
    except GitError as error:
        advice = "Check the internet connection and call this again."
        raise UpdateError(f"the newest course could not be had. {advice} {error}") from None
    mine, new = map(int, git("rev-list", "--left-right", "--count", f"HEAD...{newest}").split())
    if not new:
        return f"Already the newest: {newest} holds nothing that is not here."
    if mine:
        name = f"mine_{old[:7]}"
        raise UpdateError(
            f"{commits(mine)} here of your own, and {commits(new)} new in {newest}: git cannot go "
            f"forward. `git branch {name}` keeps yours under that name; then `git reset --keep "
            f"{newest}` moves to the newest course. (Or merge the two as you like.)"
        )
    git("merge", "--quiet", "--ff-only", newest)
    came = {"new": lessons(old, "A"), "changed": lessons(old, "M")}
    parts = [commits(new), *(f"{what}: {names}" for what, names in came.items() if names)]
    return f"Updated by {'; '.join(parts)}."


def main() -> int:
    """Update the course and give the exit code."""
    if sys.argv[1:]:
        print(f"update takes no options, and was given {sys.argv[1:]}.", file=sys.stderr)
        return 2
    try:
        came = bring()
    except UpdateError as error:
        print(f"Not updated: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Call this again: it goes on.", file=sys.stderr)
        return 130
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child, and is its to handle.
    # From here the new version acts: its course.py installs its pins and hands its lessons out.
    child = subprocess.run([sys.executable, "course.py", "hand_out"], cwd=ROOT)
    print(came if child.returncode == 0 else f"{came} Not all is in place yet: see above.")
    return child.returncode


if __name__ == "__main__":
    sys.exit(main())
