"""The image that Binder builds, as repo2docker plans it, and its steps, done here."""

import contextlib
import filecmp
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import nbformat
import pytest

from commands.binder import launch_link
from tests.support.lessons import NOTEBOOKS, ROOT, copy_course
from tests.support.repository import Copy
from tests.support.tiers import slow_after

pytestmark = pytest.mark.filterwarnings("ignore:pythonjsonlogger")  # repo2docker's import

PLAN = "binder/requirements.txt"


def pins(path):
    """Return the lines of a requirements file, without comments."""
    lines = [line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def plan():
    """The build pack that repo2docker chooses, and the Dockerfile that it writes."""
    from repo2docker.app import Repo2Docker

    app = Repo2Docker()
    with contextlib.chdir(ROOT):
        packs = (kind(base_image=app.base_image) for kind in app.buildpacks)
        pack = next(pack for pack in packs if pack.detect())
        pack.platform = "linux/amd64"
        pack.dockerfile = pack.render({"NB_UID": "1000"})
        pack.get_preassemble_scripts()  # It reads the files now and remembers them.
    return pack


class Image:
    """The built image: an environment's folder, a home folder, and a way to run a line there."""

    def __init__(self, folder):
        self.prefix, self.home = folder / "environment", folder / "home"
        ours = ("COURSE_", "JUPYTER", "PYTHON")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        self.env |= {"HOME": str(self.home), "PATH": f"{self.prefix}/bin:/usr/bin:/bin"}
        self.env |= dict.fromkeys(["KERNEL_PYTHON_PREFIX", "NB_PYTHON_PREFIX"], str(self.prefix))

    def __call__(self, line):
        command = ["bash", "-c", line]
        ran = subprocess.run(command, cwd=self.home, env=self.env, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def lend_packages(self):
        """Give the environment this one's packages, and a pip that finds them."""
        folder = sysconfig.get_path("purelib", "venv", {"base": str(self.prefix)})
        Path(folder, "lent.pth").write_text(sysconfig.get_path("purelib"))
        pip = self.prefix / "bin/pip"
        pip.write_text('#!/bin/sh\nexec python -m pip "$@"\n')
        pip.chmod(0o755)


def drop_a_silent_index(text):
    """Remove PyTorch's index from the requirements if it is silent: pip would wait for it."""
    index = re.search(r"--extra-index-url (\S+)", text)
    try:
        urllib.request.urlopen(f"{index[1]}/torch/", timeout=3).close()
    except OSError:
        return text.replace(index[0], "")
    return text


@pytest.fixture(scope="module", params=slow_after(0, ["lent", "installed"]))
def image(plan, request, tmp_path_factory):
    """Do the Dockerfile's steps in a folder: requirements, the course, postBuild.

    pip finds this environment's packages installed. `course.py test --binder` also installs them
    all, from the configured index if PyTorch's does not respond.
    """
    made = Image(tmp_path_factory.mktemp("image"))
    installs = request.param == "installed"
    venv.create(made.prefix, symlinks=True, with_pip=installs)
    requirements = (ROOT / PLAN).read_text("utf-8")
    if installs:
        requirements = drop_a_silent_index(requirements)
    else:
        made.lend_packages()
    # Nothing else is there yet, so a commit that changes other files keeps this layer.
    (made.home / PLAN).parent.mkdir(parents=True)
    (made.home / PLAN).write_text(requirements)
    for _, script in plan.get_preassemble_scripts():
        made(script)
    copy_course(made.home)
    (script,) = plan.get_post_build_scripts()
    made(f"./{script}")
    return made


def test_the_requirements_use_pytorchs_small_builds_and_name_no_file():
    index, *rest = pins(ROOT / PLAN)
    option, url = index.split()
    assert option == "--extra-index-url"
    assert f'"{url}"' in (ROOT / "commands/set_up.py").read_text("utf-8")
    assert all(re.fullmatch(r"[a-z\d-]+==[\w.]+", line) for line in rest)


def test_the_image_has_a_python_that_ci_tests(plan):
    lock = f"environment.py-{plan.python_version}-linux-64.lock"
    assert any(lock in path for path in plan.get_build_script_files())
    assert f'"{plan.python_version}"' in (ROOT / ".github/workflows/test.yml").read_text("utf-8")


def test_the_layers_have_the_order_that_keeps_them(plan):
    steps = [
        f'pip install --no-cache-dir -r "{PLAN}"',
        "src/ ${REPO_DIR}/",
        "RUN ./binder/postBuild",
        'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ]
    places = [plan.dockerfile.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    copied = re.findall(r"^COPY .*?(src/\S*) ", plan.dockerfile, re.MULTILINE)
    assert copied == [f"src/{PLAN}", "src/"]


def test_a_clone_has_line_endings_and_modes_that_linux_can_run(tmp_path):
    author = Copy(tmp_path / "author")
    shutil.copytree(ROOT / "binder", author.folder / "binder")
    shutil.copy(ROOT / ".gitattributes", author.folder)
    author.git("init", "--quiet")
    author.commit()
    clone = author.clone("--config=core.autocrlf=true")
    for path in sorted(ROOT.glob("binder/*")):
        copy = clone.folder / "binder" / path.name
        assert b"\r" not in copy.read_bytes()
        assert os.access(copy, os.X_OK) == (path.suffix == ""), path


def test_the_image_hands_the_lessons_out_and_shows_no_news(image):
    assert (image.home / "my_notebooks" / NOTEBOOKS[0].name).is_file()
    settings = image.prefix / "share/jupyter/lab/settings/overrides.json"
    assert filecmp.cmp(settings, ROOT / "commands/overrides.json")
    assert "course_utils" in image(
        "cd my_notebooks; python -c 'import course_utils as c; print(c)'"
    )


def test_every_kernel_has_one_thread(image):
    code = "import numpy, torch, threadpoolctl as t; print(t.ThreadpoolController().info())"
    output = image(f'binder/start python -c "{code}"')
    assert set(re.findall(r"'num_threads': (\d+)", output)) == {"1"}, output


@pytest.mark.slow
def test_the_first_lesson_runs_in_the_image(image):
    path = f"my_notebooks/{NOTEBOOKS[0].name}"
    image(f"binder/start python -m nbconvert --to notebook --execute --inplace {path}")
    outputs = [o for c in nbformat.read(image.home / path, 4).cells for o in c.get("outputs", [])]
    text = "".join(output.get("text", "") for output in outputs)
    assert "All fine: go on." in text


def test_the_image_stays_small(image):
    table = image("python -m benchmarks installed_size")
    print(table)
    assert float(re.search(r"together \| ([\d,]+)", table)[1].replace(",", "")) < 1600


QUERY = f"/HEAD?urlpath=lab%2Ftree%2Fmy_notebooks%2F{NOTEBOOKS[0].name}"


@pytest.mark.parametrize(
    ("remote", "where"),
    [
        ("https://github.com/owner/name", "gh/owner/name"),
        ("https://github.com/owner/name.git", "gh/owner/name"),
        ("https://token@github.com/owner/my.name.git/", "gh/owner/my.name"),
        ("git@github.com:owner/name.git", "gh/owner/name"),
        ("ssh://git@github.com/owner/name.git", "gh/owner/name"),
        ("ssh://git@ssh.github.com:443/owner/name.git", "gh/owner/name"),
        ("https://gitlab.com/group/part/name.git", "gl/group%2Fpart%2Fname"),
        ("git@gitlab.com:owner/name.git", "gl/owner%2Fname"),
        ("https://codeberg.org/owner/name.git", "git/https%3A%2F%2Fcodeberg.org%2Fowner%2Fname"),
        ("git@git.uni.edu:group/name.git", "git/https%3A%2F%2Fgit.uni.edu%2Fgroup%2Fname"),
        ("ssh://me@git.uni.edu:22/name", "git/https%3A%2F%2Fgit.uni.edu%2Fname"),
        ("https://me:word@git.uni.edu:8443/name", "git/https%3A%2F%2Fgit.uni.edu%3A8443%2Fname"),
    ],
)
def test_the_launch_link_of_a_remote(remote, where):
    assert launch_link(remote, NOTEBOOKS[0].name) == f"https://mybinder.org/v2/{where}{QUERY}"


def test_the_readme_shows_the_link():
    link = launch_link("https://github.com/OWNER/NAME", NOTEBOOKS[0].name)
    assert f"\n{link}\n" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "remote",
    [
        "/home/me/course",
        "../course",
        r"C:\course",
        "file:///home/me",
        "me@server:course",
        "",
        "https://",
    ],
)
def test_an_address_that_is_not_public_is_named(remote):
    with pytest.raises(ValueError, match=re.escape(repr(remote))):
        launch_link(remote, NOTEBOOKS[0].name)


def test_the_command_prints_the_link_of_this_copy(tmp_path):
    copy = Copy(tmp_path / "copy")
    shutil.copytree(ROOT / "commands", copy.folder / "commands")
    shutil.copytree(ROOT / "notebooks", copy.folder / "notebooks")

    def call(*arguments):
        command = [sys.executable, "-m", "commands.binder", *arguments]
        return subprocess.run(
            command, cwd=copy.folder, env=copy.env, capture_output=True, text=True
        )

    link = f"https://mybinder.org/v2/gh/owner/name{QUERY}\n"
    assert call().returncode == 1
    assert "no git remote named origin" in call().stderr
    assert call("https://github.com/owner/name").stdout == link
    copy.git("init", "--quiet")
    copy.git("remote", "add", "origin", "git@github.com:owner/name.git")
    assert call().stdout == link
    copy.git("remote", "set-url", "origin", "/nowhere")
    assert call().returncode == 1
    assert call().stderr == "No link: mybinder.org needs a public address; '/nowhere' isn't one.\n"
