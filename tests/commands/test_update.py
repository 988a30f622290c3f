"""An update with real git repositories: what it adds, keeps, and says when it fails."""

import copy
import os
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import threading

import pytest

from commands import update
from tests.support.lessons import ROOT
from tests.support.processes import stopping, wait_for
from tests.support.repository import SETTINGS, Copy, write_notebook
from tests.support.tiers import slow_after
from tests.support.tiny_course import Course
from tests.support.wheels import make_wheel

# Instead of the real one, which makes an environment: prints its options and hands out.
COURSE_PY = """
import subprocess, sys
print("course.py 1", *sys.argv[1:], flush=True)
sys.exit(subprocess.call([sys.executable, "-m", "commands.hand_out"]))
"""


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """The folder of an author's course and a student's clone of it, with the lessons handed out."""
    made = Copy(tmp_path_factory.mktemp("originals") / "author")
    made.folder.mkdir()
    (made.folder / "commands").mkdir()
    for name in ("__init__", "hand_out", "lessons", "lock", "update"):
        shutil.copy(ROOT / f"commands/{name}.py", made.folder / "commands")
    made.write("course.py", COURSE_PY)
    made.write(".gitignore", "my_notebooks/\n__pycache__/\n")
    made.git("init", "--quiet")
    made.commit(**{"01_first": "one", "02_second": "two"})
    assert made.clone().update()[0] == 0
    return made.folder.parent


@pytest.fixture
def author(originals, tmp_path):
    return Copy(shutil.copytree(originals / "author", tmp_path / "author"))


@pytest.fixture
def student(originals, author):
    """A student's clone, with the lessons handed out."""
    clone = Copy(shutil.copytree(originals / "student", author.folder.with_name("student")))
    clone.git("remote", "set-url", "origin", author.folder.as_uri())
    return clone


def assert_refused(student, *words):
    """Assert that an update changes nothing, exits with 1 and says these words."""
    before = student.state()
    code, lines, message = student.update()
    assert code == 1
    assert lines == []
    assert message.startswith("Not updated: ")
    assert all(word in message for word in words), message
    assert student.state() == before
    return message


def test_new_lessons_arrive_and_edits_stay_by_the_new_course_py(author, student):
    (student.my_notebooks / "01_first.ipynb").write_text("my answer")
    author.write("course.py", COURSE_PY.replace("course.py 1", "course.py 2"))
    author.commit(**{"01_first": "one, better", "02_second": "two, better"})
    author.commit(**{"03_third": "three"})
    assert student.update() == (
        0,
        [
            "course.py 2 hand_out",
            "Your changes stay; the new version is beside them: 01_first_new_version.ipynb",
            "Refreshed 02_second.ipynb",
            "Handed out 03_third.ipynb",
            "Updated by 2 commits; new: 03_third; changed: 01_first, 02_second.",
        ],
        "",
    )
    assert (student.my_notebooks / "01_first.ipynb").read_text() == "my answer"
    assert "two, better" in (student.my_notebooks / "02_second.ipynb").read_text()
    assert student.git("rev-parse", "HEAD") == author.git("rev-parse", "HEAD")
    newest = "Already up to date: origin/main has nothing new."
    assert student.update() == (0, ["course.py 2 hand_out", newest], "")


def test_a_failed_set_up_or_hand_out_is_reported_and_the_next_run_repeats_it(author, student):
    author.write("course.py", "raise SystemExit('Set-up stopped: the disk is full')")
    author.commit(**{"03_third": "three"})
    code, lines, message = student.update()
    assert (code, lines) == (
        1,
        ["Updated by 1 commit; new: 03_third. Something is still missing: see above."],
    )
    assert message == "Set-up stopped: the disk is full\n"
    student.write("course.py", COURSE_PY)
    assert "Handed out 03_third.ipynb" in student.update()[1]


def test_a_shallow_clone_is_updated(author):
    student = author.clone("--depth=1")
    author.commit(**{"03_third": "three"})
    assert student.update()[1][-1] == "Updated by 1 commit; new: 03_third."


def test_edits_of_the_course_that_the_update_does_not_touch_stay(author, student):
    student.write("notebooks/01_first.ipynb", write_notebook("edited in the wrong place"))
    student.write("notes.txt", "mine")
    author.commit(**{"03_third": "three"})
    code, lines, message = student.update()
    assert (code, message) == (0, "")
    assert "Handed out 03_third.ipynb" in lines
    assert "wrong place" in (student.folder / "notebooks/01_first.ipynb").read_text()
    assert (student.folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("staged", slow_after(1, [False, True]))
def test_edits_that_the_update_would_overwrite_are_named(author, student, staged):
    for name in ("01_first", "02_second"):
        student.write(f"notebooks/{name}.ipynb", write_notebook("edited in the wrong place"))
    if staged:
        student.git("add", "--all")
    author.commit(**{"01_first": "one, better", "02_second": "two, better"})
    message = assert_refused(student, "my_notebooks/")
    advice = re.search("`git (restore .+)`", message)[1].split()
    assert advice[-2:] == ["notebooks/01_first.ipynb", "notebooks/02_second.ipynb"]
    student.git(*advice)
    assert student.update()[0] == 0


def test_files_that_the_update_would_overwrite_are_named(author, student):
    student.write("notebooks/03_third.ipynb", write_notebook("mine"))
    author.commit(**{"03_third": "three"})
    assert_refused(student, "03_third.ipynb", "Rename yours")


def test_a_students_commits_stay_and_can_be_set_aside(author, student):
    student.commit(**{"04_mine": "mine"})
    newest = "Already up to date: origin/main has nothing new."
    assert student.update()[1][-1] == newest
    author.commit(**{"03_third": "three"})
    message = assert_refused(student, "1 commit of your own and lacks 1 commit of origin/main")
    student.follow(message)
    assert student.update()[1][-1] == newest
    kept = re.search("`git branch (.+?)`", message)[1]
    assert student.git("show", f"{kept}:notebooks/04_mine.ipynb") == write_notebook("mine")


@pytest.mark.parametrize("fetched", slow_after(1, [False, True]))
def test_withdrawn_commits_are_not_called_the_students_own(author, student, fetched):
    author.commit(**{"03_third": "a mistake"})
    assert student.update()[0] == 0
    last = student.git("rev-parse", "HEAD")
    author.git("reset", "--quiet", "--hard", "HEAD~1")
    if fetched:
        student.git("fetch", "--quiet")
    for _ in range(2):  # The second run finds what the first one has fetched.
        message = assert_refused(student, "the course has withdrawn 1 commit that this copy has.")
        assert "own" not in message
    student.follow(message)
    assert student.git("rev-parse", "HEAD") == author.git("rev-parse", "HEAD")
    assert student.git("rev-parse", f"before_{last[:7]}") == last
    assert student.update()[1][-1].startswith("Already up to date")


@pytest.mark.parametrize("depth", slow_after(1, [[], ["--depth=1"]]))
@pytest.mark.parametrize("fetched", [False, True])
def test_a_rewritten_history_is_distinguished_from_the_students_own_commits(author, depth, fetched):
    author.commit(**{"03_third": "three"})
    student = author.clone(*depth)
    assert student.update()[0] == 0
    author.git("commit", "--quiet", "--amend", "--message", "another word")
    author.commit(**{"04_fourth": "four"})
    if fetched:
        student.git("fetch", "--quiet")
    for _ in range(2):
        words = r"the course's history was rewritten: origin/main has \d commits in place"
        message = assert_refused(student, "of 1 commit that this copy has.")
        assert re.search(words, message)
        assert "own" not in message
    student.follow(message)
    assert student.git("rev-parse", "HEAD") == author.git("rev-parse", "HEAD")


def test_a_students_commits_on_top_of_rewritten_ones_are_counted_separately(author, student):
    student.commit(**{"04_mine": "mine"})
    author.git("commit", "--quiet", "--amend", "--message", "another word")
    message = assert_refused(student, "was rewritten", "also has 1 commit of your own.")
    student.follow(message)
    kept = re.search("`git branch (.+?)`", message)[1]
    assert student.git("show", f"{kept}:notebooks/04_mine.ipynb") == write_notebook("mine")
    author.git("reset", "--quiet", "--hard", "HEAD")
    assert student.update()[0] == 0


@pytest.mark.parametrize("depth", slow_after(1, [[], ["--depth=1"]]))
def test_a_renamed_branch_is_reported_with_the_commands_to_follow_it(author, depth):
    student = author.clone(*depth)
    assert student.update()[0] == 0
    author.git("branch", "--move", "main", "trunk")
    author.commit(**{"03_third": "three"})
    message = assert_refused(student, "no longer has the branch main", "now on the branch trunk")
    student.follow(message)
    assert student.update()[0] == 0
    assert student.git("rev-parse", "HEAD") == author.git("rev-parse", "HEAD")
    author.commit(**{"04_fourth": "four"})
    assert student.update()[1][-1] == "Updated by 1 commit; new: 04_fourth."


def test_a_deleted_branch_is_reported_with_the_other_branches(author, student):
    for name in ("second", "third"):
        author.git("branch", name)
    author.git("checkout", "--quiet", "--detach")
    author.git("branch", "--delete", "main")
    author.git("symbolic-ref", "HEAD", "refs/heads/main")
    message = assert_refused(student, "no longer has the branch main", "are second, third.")
    student.follow(message.replace("NAME", "third"))
    assert student.update()[0] == 0
    for name in ("second", "third"):
        author.git("branch", "--delete", "--force", name)
    assert_refused(student, "no longer has the branch third", "It has no branches.")


@pytest.fixture
def serve():
    """Return a function that starts a server, which answers with some bytes or stays silent."""
    stop, servers = threading.Event(), []

    def start(answer):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(4096)
                self.request.sendall(answer)
                if not answer:
                    stop.wait(60)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_address[1]}"

    yield start
    stop.set()
    for server in servers:
        server.shutdown()
        server.server_close()


IMPATIENT = """
import sys
from commands import update
update.NOTICE_AFTER, update.TIMEOUT = 0.3, 1.5
sys.exit(update.main())
"""


def update_impatiently(student):
    """Return the exit code and the message of an update that waits only 1.5 s for a server."""
    command = [sys.executable, "-c", IMPATIENT]
    env = student.env | {"no_proxy": "*"}
    ran = subprocess.run(
        command, cwd=student.folder, env=env, capture_output=True, text=True, timeout=60
    )
    return ran.returncode, ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "git"])
def test_the_wait_for_a_silent_server_is_announced_and_ends(author, student, serve, scheme):
    address = serve(b"")
    me = "me:secret@" if scheme == "http" else ""
    student.git("remote", "set-url", "origin", f"{scheme}://{me}{address}/course")
    before = student.state()
    code, message = update_impatiently(student)
    url = f"{scheme}://{address}/course"
    assert (code, message) == (
        1,
        f"Waiting for {url}. You can stop with Ctrl-C; nothing is lost.\n"
        f"Not updated: {url} has not responded for 1.5 seconds. Check the internet connection, or "
        "run the command again later.\n",
    )
    assert student.state() == before


@pytest.mark.slow
def test_a_program_that_waits_for_a_password_is_stopped_with_its_children(student, serve, tmp_path):
    script = tmp_path / "ask"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/asked\nsleep 60\n")
    script.chmod(0o755)
    student.env["GIT_ASKPASS"] = str(script)
    student.git("remote", "set-url", "origin", f"http://{serve(UNAUTHORIZED)}/course")
    code, message = update_impatiently(student)
    assert (code, "has not responded" in message) == (1, True)
    asked = int((tmp_path / "asked").read_text())
    wait_for(lambda: not runs(asked), 10)


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


UNAUTHORIZED = (
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=course\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


def test_where_a_server_asks_for_a_password_the_student_is_told_how_to_log_in(
    author, student, serve
):
    student.git("remote", "set-url", "origin", f"http://{serve(UNAUTHORIZED)}/course")
    student.env["no_proxy"] = "*"
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        student.env.pop(name, None)
    assert_refused(student, "asks you to log in", "`git pull --ff-only`")


@pytest.mark.slow
def test_progress_counts_as_a_response_and_is_not_shown(author, student, tmp_path):
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nfor k in 1 2 3 4 5 6; do sleep 0.5; echo $k >&2; done\nexec $@\n")
    slow.chmod(0o755)
    student.git("config", "remote.origin.uploadpack", f"{slow} git-upload-pack")
    author.commit(**{"03_third": "three"})
    code, message = update_impatiently(student)
    assert code == 0
    assert (
        message
        == f"Waiting for {author.folder.as_uri()}. You can stop with Ctrl-C; nothing is lost.\n"
    )


def test_without_a_network_nothing_changes_and_the_next_run_succeeds(author, student):
    author.commit(**{"03_third": "three"})
    away = author.folder.with_name("away")
    author.folder.rename(away)
    assert_refused(student, "internet connection", "`git fetch` says")
    student.git("remote", "set-url", "origin", "http://me:secret@127.0.0.1:1/course")
    assert "secret" not in assert_refused(student, "`git fetch` says", "127.0.0.1:1/course")
    student.git("remote", "set-url", "origin", author.folder.as_uri())
    away.rename(author.folder)
    assert student.update()[0] == 0


@pytest.mark.parametrize("lock", slow_after(1, ["index.lock", "refs/remotes/origin/main.lock"]))
def test_a_lock_that_an_interrupted_git_left_is_named(author, student, lock):
    author.commit(**{"01_first": "one, better"})
    path = student.folder / ".git" / lock
    path.touch()
    assert_refused(student, str(path), "delete that file")
    path.unlink()
    assert student.update()[0] == 0


def test_a_copy_at_a_fixed_version_is_refused_with_the_way_back(author, student):
    student.git("checkout", "--quiet", "--detach")
    author.commit(**{"03_third": "three"})
    message = assert_refused(student, "fixed version")
    student.git(*re.search("`git (switch .+?)`", message)[1].split())
    assert student.update()[0] == 0


def test_a_branch_that_follows_nothing_is_named(student):
    student.git("branch", "--unset-upstream")
    message = assert_refused(student, "the branch main follows no")
    student.git(*re.search("`git (branch .+?)`", message)[1].split())
    assert student.update()[0] == 0


def test_a_copy_without_a_remote_gets_advice_to_add_one(student):
    student.git("remote", "remove", "origin")
    assert_refused(student, "git remote add origin")


def test_a_folder_that_is_not_a_clone_is_refused(author, tmp_path):
    # A downloaded archive inside someone's own repository.
    outer = Copy(tmp_path / "outer")
    outer.folder.mkdir()
    outer.git("init", "--quiet")
    student = Copy(outer.folder / "course")
    shutil.copytree(author.folder, student.folder, ignore=shutil.ignore_patterns(".git"))
    code, lines, message = student.update()
    assert (code, lines) == (1, [])
    assert (
        f"{student.folder} was not made by `git clone` (it is in a different repository" in message
    )
    assert f", {outer.folder})" in message
    assert "download" in message
    assert not student.my_notebooks.exists()
    (student.folder / ".git").mkdir()  # as an incomplete copy leaves it
    assert f"{student.folder / '.git'} is damaged." in student.update()[2]
    shutil.rmtree(outer.folder / ".git")
    assert f"{student.folder / '.git'} is damaged." in student.update()[2]
    (student.folder / ".git").rmdir()
    assert f"{student.folder} was not made by `git clone`. To get" in student.update()[2]


@pytest.fixture
def other(tmp_path):
    """Someone's own repository, which nothing here may touch."""
    made = Copy(tmp_path / "other")
    made.folder.mkdir()
    made.git("init", "--quiet")
    made.commit(mine="mine")
    return made


def test_variables_that_name_another_repository_are_ignored(author, student, other):
    author.commit(**{"03_third": "three"})
    before = other.state()
    at = other.folder / ".git"
    variables = {
        "GIT_DIR": str(at),
        "GIT_COMMON_DIR": str(at),
        "GIT_WORK_TREE": str(other.folder),
        "GIT_INDEX_FILE": str(at / "index"),
        "GIT_OBJECT_DIRECTORY": str(at / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(at / "objects"),
        "GIT_SHALLOW_FILE": str(at / "HEAD"),
        "GIT_NAMESPACE": "another",
        "GIT_PREFIX": "notebooks/",
        "GIT_CEILING_DIRECTORIES": str(student.folder),
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_CONFIG_PARAMETERS": "'remote.origin.url'='nowhere'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "remote.origin.url",
        "GIT_CONFIG_VALUE_0": "nowhere",
        "GIT_CONFIG": str(at / "config"),
        "GIT_REFLOG_ACTION": "another",
        "GIT_TRACE": "1",
    }
    clean = dict(student.env)
    student.env |= variables
    code, lines, message = student.update()
    student.env = clean
    assert (code, lines[-1], message) == (0, "Updated by 1 commit; new: 03_third.", "")
    assert student.git("rev-parse", "HEAD") == author.git("rev-parse", "HEAD")
    assert student.git("status", "--short") == ""
    assert other.state() == before


HOSTILE = """
[core]
    hooksPath = {hooks}
    autocrlf = true
[merge]
    ff = false
    autoStash = true
[branch "main"]
    mergeOptions = --squash --no-commit
[pull]
    rebase = true
[fetch]
    prune = true
    recurseSubmodules = true
[remote "origin"]
    tagOpt = --tags
[submodule]
    recurse = true
[color]
    ui = always
    branch = always
    diff = always
[diff]
    relative = true
    noprefix = true
    external = false
    renames = copies
[log]
    showSignature = true
[alias]
    fetch = "!false"
    merge = "!false"
"""


def test_the_users_own_git_settings_change_nothing(author, student, tmp_path):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-merge", "reference-transaction", "post-checkout", "pre-merge-commit"):
        (hooks / name).write_text("#!/bin/sh\necho the hook was here >&2\nexit 1\n")
        (hooks / name).chmod(0o755)
    author.git("tag", "moved")
    student.git("fetch", "--quiet", "--tags")
    settings = student.folder.with_suffix(".gitconfig")
    settings.write_text(SETTINGS + HOSTILE.format(hooks=hooks))
    student.write("notebooks/02_second.ipynb", write_notebook("edited in the wrong place"))
    author.commit(**{"01_first": "one, better"})
    author.commit(**{"03_third": "three"})
    author.git("tag", "--force", "moved")
    code, lines, message = student.update()
    news = "Updated by 2 commits; new: 03_third; changed: 01_first."
    assert (code, lines[-1], message) == (0, news, "")
    author.commit(**{"02_second": "two, better"})
    assert_refused(student, "02_second.ipynb", "git restore")


def test_an_option_is_refused_before_anything_moves(author, student):
    author.commit(**{"03_third": "three"})
    before = student.state()
    command = [sys.executable, "-m", "commands.update", "--help"]
    ran = subprocess.run(
        command, cwd=student.folder, env=student.env, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (
        2,
        "update takes no options; it was given ['--help'].\n",
    )
    assert student.state() == before


def test_without_git_it_says_what_to_install(student, tmp_path):
    student.env["PATH"] = str(tmp_path)
    code, lines, message = student.update()
    assert (code, lines) == (1, [])
    assert "git is not installed" in message


def test_any_other_error_of_git_is_quoted(author, student):
    # A stashed edit conflicts with the new version and is left half merged.
    student.write("notebooks/01_first.ipynb", write_notebook("edited in the wrong place"))
    student.git("stash")
    author.commit(**{"01_first": "one, better"})
    assert student.update()[0] == 0
    with pytest.raises(AssertionError, match="stash"):
        student.git("stash", "pop")
    author.commit(**{"01_first": "one, best"})
    assert_refused(student, "`git merge` says", "unmerged files")


@pytest.mark.parametrize("ending", slow_after(1, ["SIGINT", "SIGTERM", "SIGHUP"]))
def test_ctrl_c_and_a_closed_terminal_stop_the_wait_for_the_network(student, tmp_path, ending):
    script = "#!/bin/sh\necho $$ > number\nmv number waiting\nsleep 60\n"
    (tmp_path / "git").write_text(script)
    (tmp_path / "git").chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "commands.update"],
        cwd=student.folder,
        env=student.env | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with stopping(process):
        wait_for((student.folder / "waiting").exists)
        os.killpg(process.pid, getattr(signal, ending))
        _, message = process.communicate(timeout=30)
    assert (process.returncode, message) == (
        130,
        "Interrupted. Run the command again to continue.\n",
    )
    git = int((student.folder / "waiting").read_text())
    wait_for(lambda: not runs(git), 10)


def test_ctrl_c_while_git_starts_does_not_leave_it_running(monkeypatch):
    started = []

    class Interrupted(subprocess.Popen):
        def __init__(self, *_, **options):
            super().__init__(["sleep", "60"], **options)
            started.append(self)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(update.subprocess, "Popen", Interrupted)
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            update.git("status")
    finally:
        signal.signal(signal.SIGINT, kept)
    assert started[0].poll() is not None


@pytest.mark.slow
def test_the_real_course_py_installs_what_the_new_pins_say(tmp_path):
    made = Course(tmp_path / "author")
    (made.folder / ".gitignore").write_text(".venv*/\n.venv.lock\nmy_notebooks/\n__pycache__/\n")
    author = Copy(made.folder)
    author.git("init", "--quiet")
    author.commit()
    clone = author.clone()
    student = copy.copy(made)
    student.folder, student.venv = clone.folder, clone.folder / ".venv"
    student.env = made.env | {k: v for k, v in clone.env.items() if k.startswith("GIT_")}
    assert student.call("hand_out").stdout.endswith("Handed out 01_first.ipynb, 02_second.ipynb\n")
    make_wheel(made.wheels, "another", "1.0", {"another.py": ""})
    made.requirements.write_text(made.requirements.read_text() + "another\n")
    author.commit(**{"03_third": "three"})
    answer = student.call("update")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.endswith(
        "Handed out 03_third.ipynb\nUpdated by 1 commit; new: 03_third.\n"
    )
    assert (student.site_packages() / "another.py").exists()
    assert "jupyterlab" not in answer.stdout, "an update opens nothing"
