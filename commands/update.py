"""Get the newest course: git fetches it and fast-forwards, and the new course.py does the rest.

A student works in my_notebooks/, which git ignores, so an update never touches their edits. If
someone has edited the course itself, git refuses and nothing changes.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DOWNLOAD = "download the course again beside this folder, and copy your my_notebooks/ into it"
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last.
ENDING = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
NOTICE_AFTER, TIMEOUT = 5, 60  # seconds of waiting for a server, and of silence before giving up

# git's variables that say how to reach a server. Others might name a different repository.
KEEP = (
    *("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_ASKPASS", "GIT_ALLOW_PROTOCOL"),
    *("GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
)
# These override the user's settings, which could change what git does or prints here.
SETTINGS = {
    "core.quotePath": "false",
    "core.hooksPath": os.devnull,
    "core.logAllRefUpdates": "true",  # The log shows which commits were once the course's.
    "merge.autoStash": "false",  # It could leave conflict markers in an edited file.
    "submodule.recurse": "false",
}

# A pattern in git's error: what it means here; {0} stands for the pattern's first group.
MEANINGS = {
    r"'(.+\.lock)': File exists": (
        "an interrupted git left {0} behind. If no other git is running in this folder, delete "
        "that file and run the command again."
    ),
    r"local changes .* overwritten by merge:\n((?:\t.+\n)+)": (
        "the new version changes files that you have changed: {0}. Copy what you want to keep into "
        "my_notebooks/ under another name, undo the change with "
        "`git restore --staged --worktree {0}`, and run the command again."
    ),
    r"untracked .* overwritten by merge:\n((?:\t.+\n)+)": (
        "the new version adds files that you have already: {0}. Rename yours or move them into "
        "my_notebooks/, and run the command again."
    ),
    r"(prompts disabled|Authentication failed|Permission denied \(|Host key verification failed)": (
        "the server asks you to log in. Run `git pull --ff-only`, where you can do that; then "
        "`python course.py hand_out` does the rest."
    ),
}


class UpdateError(Exception):
    """The update failed; the message says why and what to do. The course is unchanged."""


class GitError(UpdateError):
    """git failed; the message quotes its error."""


def git(*arguments: str, server: str = "") -> str:
    """Return git's output; raise UpdateError with what its error means here.

    With `server`, git talks to that server and is stopped after a long silence.
    """
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(KEEP)}
    with hold_interrupts() as interrupts:  # One while git starts would leave it running.
        process = subprocess.Popen(
            ["git", *settings, *arguments],
            cwd=ROOT,
            env=env | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},  # Its messages are read below.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # No terminal to prompt at; stopped with its children.
        )
    output: list[bytes] = []
    errors: list[bytes] = []
    readers = [
        threading.Thread(target=read_pipe, args=(pipe, chunks), daemon=True)
        for pipe, chunks in ((process.stdout, output), (process.stderr, errors))
    ]
    try:
        if interrupts:
            raise KeyboardInterrupt
        for reader in readers:
            reader.start()
        if server:
            watch(process, errors, server)
        process.wait()
    finally:
        stop(process)
    for reader in readers:
        # A process that outlives git, as a shared ssh connection, may keep the pipe open.
        reader.join(5)
    text, error = (b"".join(chunks).decode(errors="replace") for chunks in (output, errors))
    if process.returncode == 0:
        return text.strip()
    error = re.sub(r"[^\r\n]*\r(?!\n)|.*, done\.\n", "", error)  # progress
    for pattern, meaning in MEANINGS.items():
        found = re.search(pattern, error)
        if found:
            raise UpdateError(meaning.format(" ".join(found[1].split("\n\t")).strip()))
    raise GitError(f"`git {arguments[0]}` says:\n{hide_passwords(error).strip()}")


def hide_passwords(text: str) -> str:
    """Return a text without the user names and passwords in its URLs."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def read_pipe(pipe: IO[bytes], chunks: list[bytes]) -> None:
    """Append a process's output to `chunks` as it arrives."""
    while chunk := os.read(pipe.fileno(), 1 << 16):
        chunks.append(chunk)


def watch(process: subprocess.Popen[bytes], errors: list[bytes], server: str) -> None:
    """Wait for a process as long as it reports progress; print one line if it takes long."""
    start = last = time.monotonic()
    count, notice_due = 0, True
    while process.poll() is None:
        time.sleep(0.05)
        now = time.monotonic()
        if len(errors) > count:
            count, last = len(errors), now
        if now - last > TIMEOUT:
            raise UpdateError(
                f"{server} has not responded for {TIMEOUT} seconds. Check the internet connection, "
                "or run the command again later."
            )
        if notice_due and now - start > NOTICE_AFTER:
            print(
                f"Waiting for {server}. You can stop with Ctrl-C; nothing is lost.", file=sys.stderr
            )
            notice_due = False


@contextmanager
def hold_interrupts() -> Iterator[list[int]]:
    """Collect the signals of Ctrl-C and of a closed terminal instead of acting on them."""
    arrived: list[int] = []
    kept = {number: signal.signal(number, lambda n, _: arrived.append(n)) for number in ENDING}
    try:
        yield arrived
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and its children if it is running; git then removes its unfinished files."""
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
    ref: str  # refs/remotes/origin/main: this copy's record of it
    remote: str  # origin
    remote_ref: str  # refs/heads/main: its name on the remote


def upstream() -> Upstream:
    """Return the branch that this copy follows."""
    if not shutil.which("git"):
        raise UpdateError(f"git is not installed. Install it (git-scm.com), or {DOWNLOAD}.")
    refuse_unless_clone()
    if not git("remote"):
        raise UpdateError(
            "this copy has no remote to update from. Add one with `git remote add origin URL`, "
            "`git fetch` and `git branch --set-upstream-to=origin/main`."
        )
    branch = git("branch", "--show-current")
    if not branch:
        raise UpdateError(
            "this copy is at a fixed version, not on a branch. Go back to the branch with "
            "`git switch main` (if it has another name, `git branch` lists it)."
        )
    fields = "%(upstream:short) %(upstream) %(upstream:remotename) %(upstream:remoteref)"
    found = git("for-each-ref", f"--format={fields}", f"refs/heads/{branch}").split()
    if not found:
        raise UpdateError(
            f"the branch {branch} follows no branch of the course. Let it follow one with "
            f"`git branch --set-upstream-to=origin/{branch}`, or `git switch main`."
        )
    return Upstream(*found)


def refuse_unless_clone() -> None:
    """Raise unless this folder itself is a git repository; one around it isn't the course's."""
    if (ROOT / ".git").exists():
        try:
            if not git("rev-parse", "--show-prefix"):
                return
        except GitError as error:
            if "not a git repository" not in str(error):
                raise
        raise UpdateError(f"{ROOT / '.git'} is damaged. To get the newest course, {DOWNLOAD}.")
    outer = ""
    with suppress(GitError):
        outer = f" (it is in a different repository, {git('rev-parse', '--show-toplevel')})"
    raise UpdateError(
        f"{ROOT} was not made by `git clone`{outer}. To get the newest course, {DOWNLOAD}."
    )


def fetch(newest: Upstream) -> None:
    """Fetch the branch that this copy follows."""
    if newest.remote == ".":  # a branch of this copy
        return
    url = hide_passwords(git("remote", "get-url", newest.remote))
    branches = f"+{newest.remote_ref}:{newest.ref}"
    try:
        git("fetch", "--progress", "--no-tags", newest.remote, branches, server=url)
    except GitError as error:
        if "couldn't find remote ref" in str(error):
            raise UpdateError(missing_branch(newest, url)) from None
        raise UpdateError(
            f"git could not fetch the newest course from {url}. Check the internet connection and "
            f"run the command again. {error}"
        ) from None


def missing_branch(newest: Upstream, url: str) -> str:
    """Return a message that the remote has lost the branch, and how to follow another."""
    refs = git("ls-remote", "--symref", newest.remote, server=url)
    head = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", refs, re.MULTILINE)
    names = re.findall(r"\trefs/heads/(\S+)$", refs, re.MULTILINE)
    name = head[1] if head else "NAME"
    commands = (
        f'`git remote set-branches {newest.remote} "*"`, `git fetch {newest.remote}` and '
        f"`git switch --track {newest.remote}/{name}` follow it; your commits stay on their branch."
    )
    if head:
        found = f"The course is now on the branch {name}. {commands}"
    elif names:
        found = f"Its branches are {', '.join(names)}. With the right one as {name}, {commands}"
    else:
        found = "It has no branches. Ask where the course is now."
    branch = newest.remote_ref.removeprefix("refs/heads/")
    return f"{url} no longer has the branch {branch}: it was renamed or deleted. {found}"


def format_commits(count: int) -> str:
    """Return '1 commit' or '2 commits'."""
    return "1 commit" if count == 1 else f"{count} commits"


def list_lessons(old: str, kind: str) -> str:
    """Return the names of the lessons added (kind 'A') or changed ('M') since `old`."""
    options = "-r", "--name-only", "--no-renames", f"--diff-filter={kind}"
    found = git("diff-tree", *options, old, "HEAD", "--")
    return ", ".join(re.findall(r"^notebooks/(.+)\.ipynb$", found, re.MULTILINE))


def count_commits(*revisions: str) -> int:
    """Return the number of commits in a range."""
    return int(git("rev-list", "--count", *revisions, "--"))


def update() -> str:
    """Move this copy to the newest version; return one line that says what is new."""
    newest, old = upstream(), git("rev-parse", "HEAD")
    once_theirs = git("for-each-ref", "--format=^%(objectname)", newest.ref).split()
    fetch(newest)
    here, new = count_commits(f"{newest.ref}..HEAD"), count_commits(f"HEAD..{newest.ref}")
    with suppress(GitError):  # There is none if the log does not go back far enough.
        once_theirs.append("^" + git("merge-base", "--fork-point", newest.ref, "HEAD"))
    mine = count_commits(f"{newest.ref}..HEAD", *once_theirs)
    if not new and mine == here:
        return f"Already up to date: {newest.name} has nothing new."
    if here:
        why = divergence(newest.name, here - mine, mine, new)
        raise UpdateError(f"{why} {reset_advice(newest, old)}")
    git("merge", "--quiet", "--ff-only", "--no-squash", "--commit", newest.ref)
    news = {"new": list_lessons(old, "A"), "changed": list_lessons(old, "M")}
    parts = [format_commits(new), *(f"{what}: {names}" for what, names in news.items() if names)]
    return f"Updated by {'; '.join(parts)}."


def divergence(newest: str, replaced: int, mine: int, new: int) -> str:
    """Return why git cannot fast-forward: whose commits are here but not in the newest course."""
    if not replaced:
        return (
            f"this copy has {format_commits(mine)} of your own and lacks "
            f"{format_commits(new)} of {newest}: git cannot fast-forward."
        )
    what = f"the course has withdrawn {format_commits(replaced)} that this copy has."
    if new:
        what = (
            f"the course's history was rewritten: {newest} has {format_commits(new)} in place of "
            f"{format_commits(replaced)} that this copy has."
        )
    return f"{what} This copy also has {format_commits(mine)} of your own." if mine else what


def reset_advice(newest: Upstream, old: str) -> str:
    """Return how to get the newest course without losing a commit."""
    name = f"before_{old[:7]}"
    return (
        f"`git branch {name}` keeps your version under that name; then "
        f"`git reset --keep {newest.name}` moves to the newest course."
    )


def main() -> int:
    """Update the course and return the exit code."""
    if sys.argv[1:]:
        print(f"update takes no options; it was given {sys.argv[1:]}.", file=sys.stderr)
        return 2
    for number in ENDING[1:]:  # They stop git, too, as Ctrl-C does.
        signal.signal(number, signal.default_int_handler)
    try:
        news = update()
    except UpdateError as error:
        print(f"Not updated: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run the command again to continue.", file=sys.stderr)
        return 130
    for number in ENDING[1:]:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child, which handles it.
    # From here on the new version works: its course.py installs its pins and hands out its lessons.
    child = subprocess.run([sys.executable, "course.py", "hand_out"], cwd=ROOT)
    print(news if child.returncode == 0 else f"{news} Something is still missing: see above.")
    return child.returncode


if __name__ == "__main__":
    sys.exit(main())
