"""Brings the newest course: git fetches it and moves forward, its own course.py does the rest.

A student works in my_notebooks/, which git ignores, so moving forward meets no edit of theirs.
Where it would (someone edited the course itself), git refuses, and nothing has changed.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DOWNLOAD = "download the course again beside this folder, and copy your my_notebooks/ into it"
PATIENCE, SILENCE = 5, 60  # seconds until a line says that it takes long, and until it is given up

# The variables of git's that say how to reach a server. Others may name another repository.
KEPT = (
    *("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_ASKPASS", "GIT_ALLOW_PROTOCOL"),
    *("GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
)
# Whatever the user's own settings are: those that change what git does or says here.
SETTINGS = {
    "core.quotePath": "false",
    "core.hooksPath": os.devnull,
    "core.logAllRefUpdates": "true",  # The log knows which commits were once the course's.
    "merge.autoStash": "false",  # It could leave conflict markers in an edited file.
    "submodule.recurse": "false",
}

# How git refuses, naming files: what that means here, with those in the place of {0}.
MEANINGS = {
    r"'(.+\.lock)': File exists": (
        "a git that was interrupted left {0}. If no other git is at work in this folder, delete "
        "that file and call this again."
    ),
    r"local changes .* overwritten by merge:\n((?:\t.+\n)+)": (
        "the new version changes files that you have changed: {0}. Copy what you want to keep into "
        "my_notebooks/ under another name, then take the change back with "
        "`git restore --staged --worktree {0}` and call this again."
    ),
    r"untracked .* overwritten by merge:\n((?:\t.+\n)+)": (
        "the new version brings files that you have made yourself: {0}. Give yours another name "
        "or move them into my_notebooks/, and call this again."
    ),
    r"(prompts disabled|Authentication failed|Permission denied \(|Host key verification failed)": (
        "the server asks who you are. `git pull --ff-only` lets you answer; after it, "
        "`python course.py hand_out` does the rest."
    ),
}


class UpdateError(Exception):
    """Says why there is no update, and what to do. The course is as it was."""


class GitError(UpdateError):
    """The same, in git's own words."""


def git(*arguments: str, server: str = "") -> str:
    """Return what git prints; raise UpdateError with what its words mean here.

    With `server`, git talks to it, and is ended when it hears nothing for a while.
    """
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(KEPT)}
    process = subprocess.Popen(
        ["git", *settings, *arguments],
        cwd=ROOT,
        env=env | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},  # What it says is read below.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # It cannot ask at the terminal, and is ended with its children.
    )
    printed: list[bytes] = []
    said: list[bytes] = []
    readers = [
        threading.Thread(target=read, args=(pipe, chunks), daemon=True)
        for pipe, chunks in ((process.stdout, printed), (process.stderr, said))
    ]
    for reader in readers:
        reader.start()
    try:
        if server:
            watch(process, said, server)
        process.wait()
    finally:
        end(process)
    for reader in readers:
        reader.join(5)  # What outlives git, such as a shared ssh connection, may hold the pipe.
    words, errors = (b"".join(chunks).decode(errors="replace") for chunks in (printed, said))
    if process.returncode == 0:
        return words.strip()
    errors = re.sub(r"[^\r\n]*\r(?!\n)|.*, done\.\n", "", errors)  # progress
    for pattern, meaning in MEANINGS.items():
        found = re.search(pattern, errors)
        if found:
            raise UpdateError(meaning.format(" ".join(found[1].split("\n\t")).strip()))
    raise GitError(f"`git {arguments[0]}` says:\n{without_password(errors).strip()}")


def without_password(text: str) -> str:
    """Return a text without the names and passwords in its addresses."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def read(pipe: IO[bytes], chunks: list[bytes]) -> None:
    """Append what a process writes, as it comes."""
    while chunk := os.read(pipe.fileno(), 1 << 16):
        chunks.append(chunk)


def watch(process: subprocess.Popen[bytes], said: list[bytes], server: str) -> None:
    """Wait for a process while it reports progress; say once that it takes long."""
    start = heard = time.monotonic()
    count, patient = 0, True
    while process.poll() is None:
        time.sleep(0.05)
        now = time.monotonic()
        if len(said) > count:
            count, heard = len(said), now
        if now - heard > SILENCE:
            raise UpdateError(
                f"{server} has not answered for {SILENCE} seconds. Check the internet connection, "
                "or call this again later."
            )
        if patient and now - start > PATIENCE:
            print(f"Waiting for {server}. Ctrl-C stops that; nothing is lost.", file=sys.stderr)
            patient = False


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children, if it has not ended; git removes its unfinished files."""
    if process.poll() is not None:
        return
    if os.name == "nt":
        kill = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(kill, capture_output=True)
    else:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Upstream(NamedTuple):
    """The branch that this copy follows."""

    name: str  # origin/main
    ref: str  # refs/remotes/origin/main: what this copy knows of it
    remote: str  # origin
    theirs: str  # refs/heads/main: its name there


def upstream() -> Upstream:
    """Return the branch that this copy follows."""
    if not shutil.which("git"):
        raise UpdateError(f"there is no git program here. Install it (git-scm.com), or {DOWNLOAD}.")
    refuse_if_no_clone()
    if not git("remote"):
        raise UpdateError(
            "this copy knows no place to update from. Name one with `git remote add origin URL`, "
            "`git fetch` and `git branch --set-upstream-to=origin/main`."
        )
    branch = git("branch", "--show-current")
    if not branch:
        raise UpdateError(
            "this copy is at a fixed version, not on a branch. `git switch main` follows the "
            "course again (`git branch` lists the names, if it is not main)."
        )
    fields = "%(upstream:short) %(upstream) %(upstream:remotename) %(upstream:remoteref)"
    found = git("for-each-ref", f"--format={fields}", f"refs/heads/{branch}").split()
    if not found:
        raise UpdateError(
            f"the branch {branch} follows no branch of the course. "
            f"`git branch --set-upstream-to=origin/{branch}` fixes it; or `git switch main`."
        )
    return Upstream(*found)


def refuse_if_no_clone() -> None:
    """Raise unless this very folder is a git repository: one around it is not the course's."""
    if (ROOT / ".git").exists():
        try:
            if not git("rev-parse", "--show-prefix"):
                return
        except GitError as error:
            if "not a git repository" not in str(error):
                raise
        raise UpdateError(f"{ROOT / '.git'} is damaged. To get the newest course, {DOWNLOAD}.")
    around = ""
    with suppress(GitError):
        around = f" (it is in the repository {git('rev-parse', '--show-toplevel')}, another one)"
    raise UpdateError(
        f"{ROOT} was not made by `git clone`{around}. To get the newest course, {DOWNLOAD}."
    )


def fetch(newest: Upstream) -> None:
    """Bring what is new of the branch that this copy follows."""
    if newest.remote == ".":  # a branch of this copy
        return
    url = without_password(git("remote", "get-url", newest.remote))
    branches = f"+{newest.theirs}:{newest.ref}"
    try:
        git("fetch", "--progress", "--no-tags", newest.remote, branches, server=url)
    except GitError as error:
        if "couldn't find remote ref" in str(error):
            raise UpdateError(gone(newest, url)) from None
        raise UpdateError(
            f"git could not fetch the newest course from {url}. Check the internet connection and "
            f"call this again. {error}"
        ) from None


def gone(newest: Upstream, url: str) -> str:
    """Say that the course no longer has the branch, and which one it has."""
    there = git("ls-remote", "--symref", newest.remote, server=url)
    head = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", there, re.MULTILINE)
    names = re.findall(r"\trefs/heads/(\S+)$", there, re.MULTILINE)
    name = head[1] if head else "NAME"
    advice = (
        f'`git remote set-branches {newest.remote} "*"`, `git fetch {newest.remote}` and '
        f"`git switch --track {newest.remote}/{name}` follow it; what is here stays on its branch."
    )
    if head:
        found = f"The course is now on the branch {name}. {advice}"
    elif names:
        found = f"Its branches are {', '.join(names)}. With the right one as {name}, {advice}"
    else:
        found = "It has no branch at all. Ask where the course is now."
    branch = newest.theirs.removeprefix("refs/heads/")
    return f"{url} no longer has the branch {branch}: it was renamed or deleted. {found}"


def commits(count: int) -> str:
    """Return the count with its noun."""
    return "1 commit" if count == 1 else f"{count} commits"


def lessons(old: str, kind: str) -> str:
    """Name the lessons that are new since `old` (kind 'A') or have changed ('M')."""
    options = "-r", "--name-only", "--no-renames", f"--diff-filter={kind}"
    found = git("diff-tree", *options, old, "HEAD", "--")
    return ", ".join(re.findall(r"^notebooks/(.+)\.ipynb$", found, re.MULTILINE))


def count(*revisions: str) -> int:
    """Return the number of commits in a range."""
    return int(git("rev-list", "--count", *revisions, "--"))


def bring() -> str:
    """Move this copy to the newest version; return in one line what is new."""
    newest, old = upstream(), git("rev-parse", "HEAD")
    once = git("for-each-ref", "--format=^%(objectname)", newest.ref).split()
    fetch(newest)
    here, new = count(f"{newest.ref}..HEAD"), count(f"HEAD..{newest.ref}")
    with suppress(GitError):  # There is none where the log does not reach back so far.
        once.append("^" + git("merge-base", "--fork-point", newest.ref, "HEAD"))
    mine = count(f"{newest.ref}..HEAD", *once)
    if not new and mine == here:
        return f"Already the newest: {newest.name} holds nothing that is not here."
    if here:
        raise UpdateError(f"{apart(newest.name, here - mine, mine, new)} {way_out(newest, old)}")
    git("merge", "--quiet", "--ff-only", "--no-squash", "--commit", newest.ref)
    news = {"new": lessons(old, "A"), "changed": lessons(old, "M")}
    parts = [commits(new), *(f"{what}: {names}" for what, names in news.items() if names)]
    return f"Updated by {'; '.join(parts)}."


def apart(newest: str, replaced: int, mine: int, new: int) -> str:
    """Say why git cannot go forward: whose commits are here, and not in the newest course."""
    if not replaced:
        return (
            f"{commits(mine)} here of your own, and {commits(new)} new in {newest}: git cannot go "
            "forward."
        )
    what = f"the course has taken back {commits(replaced)} that you have here."
    if new:
        what = (
            f"the history of the course was rewritten: {newest} has {commits(new)} in the place of "
            f"{commits(replaced)} that you have here."
        )
    return f"{what} {commits(mine)} here {'is' if mine == 1 else 'are'} your own." if mine else what


def way_out(newest: Upstream, old: str) -> str:
    """Say how to get the newest course without losing a commit."""
    name = f"before_{old[:7]}"
    return (
        f"`git branch {name}` keeps what is here under that name; then "
        f"`git reset --keep {newest.name}` moves to the newest course."
    )


def main() -> int:
    """Update the course and give the exit code."""
    if sys.argv[1:]:
        print(f"update takes no options, and was given {sys.argv[1:]}.", file=sys.stderr)
        return 2
    endings = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    for ending in endings:  # They end git, too, as Ctrl-C does.
        signal.signal(ending, signal.default_int_handler)
    try:
        news = bring()
    except UpdateError as error:
        print(f"Not updated: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Call this again: it goes on.", file=sys.stderr)
        return 130
    for ending in endings:
        signal.signal(ending, signal.SIG_DFL)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child, and is its to handle.
    # From here the new version acts: its course.py installs its pins and hands its lessons out.
    child = subprocess.run([sys.executable, "course.py", "hand_out"], cwd=ROOT)
    print(news if child.returncode == 0 else f"{news} Not all is in place yet: see above.")
    return child.returncode


if __name__ == "__main__":
    sys.exit(main())
