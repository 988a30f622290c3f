"""A lesson for Colab and Kaggle installs the course's helpers itself, and then runs alone."""

import json
import re
import shutil
import subprocess

import nbformat
import pytest
import yaml

from commands import addresses, colab, kernels
from commands.execute import ExecutionError, execute
from commands.hand_out import prepare
from tests.support import bare
from tests.support.lessons import LESSONS, NOTEBOOKS, ROOT, TEXTS, path_of
from tests.support.links import find_links
from tests.support.repository import Copy

OWN = "https://github.com/someone/course"
COMMIT = "0123456789" * 4
HELPERS = f"{OWN}/archive/{COMMIT}.zip"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the folder with the notebooks for Colab."""
    folder = tmp_path_factory.mktemp("written") / "colab"
    assert colab.write(ROOT, folder, OWN, COMMIT, HELPERS) == [path.name for path in NOTEBOOKS]
    return folder


def read(text, folder):
    """Return a written notebook, and the index of its first code cell."""
    notebook = nbformat.read(folder / path_of(text, "notebooks", ".ipynb").name, as_version=4)
    nbformat.validate(notebook)
    return notebook, next(k for k, c in enumerate(notebook.cells) if c.cell_type == "code")


@pytest.mark.parametrize("text", TEXTS)
def test_the_first_code_cell_installs_the_helpers_and_says_from_where(text, written):
    notebook, first = read(text, written)
    cell = notebook.cells[first]
    assert f"    %pip install -qq {HELPERS}\n" in cell.source
    assert f"# as course_utils, from {OWN}\n# at commit {COMMIT}\n" in cell.source
    assert notebook.cells[first + 1].metadata.tags == ["start"]


@pytest.mark.parametrize("text", TEXTS)
def test_all_other_cells_are_those_that_are_handed_out(text, written):
    notebook, first = read(text, written)
    del notebook.cells[first]
    path = path_of(text, "notebooks", ".ipynb")
    handed_out = nbformat.reads(prepare(path, set())[0].decode(), as_version=4)
    for cell, expected in zip(notebook.cells, handed_out.cells, strict=True):
        if "exercise" in cell.metadata.get("tags", []):
            assert cell.metadata.pop("id") == cell.id, "Colab finds the exercise by it"
        if cell.cell_type == "markdown":
            cell.source = expected.source = colab.LINK.sub("", expected.source)
    assert notebook == handed_out
    assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("text", TEXTS)
def test_no_link_is_relative_and_each_link_to_a_lesson_opens_another_of_these(text, written):
    notebook, _ = read(text, written)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert find_links(source) == []
    lessons = re.findall(r"\]\(https://colab\.\S+/blob/colab/(\S+?)\)", source)
    assert {*lessons} <= {path.name for path in NOTEBOOKS}
    assert f"{OWN}/blob/colab" not in source


def test_a_link_leads_to_the_same_place_as_before():
    def relink(text):
        return colab.relink(text, OWN, COMMIT)

    name = LESSONS[3].name
    there = addresses.opening(LESSONS[3].stem, OWN)["Colab"]
    assert relink(f"[engine]({name}), [b](../notebooks/{name}#part)") == (
        f"[engine]({there}), [b]({there})"
    )
    page = f"{OWN}/blob/{COMMIT}/docs/glossary.md"
    assert relink("[a](../docs/glossary.md#mean)") == f"[a]({page}#mean)"
    for unchanged in ("[a](https://b.org/c.ipynb)", "[a](#part)", "x[0](y)"):
        assert relink(unchanged) == unchanged


def test_the_page_of_the_branch_has_the_badges_of_each_notebook(written):
    rows = [
        line for line in (written / "README.md").read_text("utf-8").splitlines() if "[![" in line
    ]
    for row, path in zip(rows, NOTEBOOKS, strict=True):
        assert row.endswith(f"| {addresses.badges(path.stem, OWN)} |")


def test_the_courses_own_notebooks_install_nothing():
    for path in NOTEBOOKS:
        assert "%pip" not in path.read_text("utf-8")


@pytest.fixture
def copy(tmp_path):
    """Return a repository with the course's commands and notebooks, and its address set."""
    course = Copy(tmp_path / "course")
    for folder in ("commands", "notebooks"):
        shutil.copytree(ROOT / folder, course.folder / folder)
    shutil.copy(ROOT / ".gitignore", course.folder)
    text = (ROOT / "pyproject.toml").read_text("utf-8").replace(addresses.PLACEHOLDER, OWN)
    course.write("pyproject.toml", text)
    return course


def test_without_an_address_or_a_commit_the_command_says_what_to_do(copy, capsys):
    assert colab.main([], ROOT) == 1
    assert "set it to your copy's address" in capsys.readouterr().err
    assert colab.main([], copy.folder) == 1
    assert "make it a git repository, commit, and run" in capsys.readouterr().err
    assert not (copy.folder / "colab").exists()


def test_the_workflow_pushes_the_notebooks_of_the_present_commit_alone(copy, capsys):
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))
    *_, publishing = workflow["jobs"]["colab"]["steps"]
    copy.git("init", "--quiet")
    copy.commit()
    copy.git("init", "--quiet", "--bare", "../origin")
    copy.git("remote", "add", "origin", "../origin")
    command = ["bash", "-euo", "pipefail", "-c", publishing["run"]]
    for _ in range(2):
        subprocess.run(command, cwd=copy.folder, env=copy.env, check=True, capture_output=True)
    names = copy.git("--git-dir=../origin", "ls-tree", "--name-only", "colab").splitlines()
    assert names == sorted(["README.md", *(path.name for path in NOTEBOOKS)])
    assert copy.git("--git-dir=../origin", "rev-list", "--count", "colab") == "1"
    text = copy.git("--git-dir=../origin", "show", f"colab:{NOTEBOOKS[0].name}")
    assert f"{OWN}/archive/{copy.git('rev-parse', 'HEAD')}.zip" in text


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Return a machine that has no course: a folder with an environment, wheels and an archive."""
    folder = tmp_path_factory.mktemp("machine")
    bare.make_environment(folder / "environment")
    bare.write_wheels(folder / "wheels")
    return folder, bare.write_archive(folder)


@pytest.fixture
def run(machine, tmp_path, monkeypatch):
    """Return a function that runs the first lesson on that machine, in a folder of its own."""
    folder, archive = machine
    monkeypatch.setattr(kernels, "OwnPython", bare.OtherPython)
    monkeypatch.setenv("COURSE_KERNEL_PYTHON", str(bare.python_of(folder / "environment")))
    for name, value in bare.offline_pip(folder / "wheels").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_RETRIES", "0")

    def run_first_lesson(helpers=archive):
        colab.write(ROOT, tmp_path / "colab", OWN, COMMIT, helpers)
        notebook, first = read(LESSONS[0].stem, tmp_path / "colab")
        execute(notebook, tmp_path)
        return notebook, first

    return run_first_lesson


@pytest.mark.slow
def test_a_lesson_alone_installs_its_helpers_once_and_runs(run):
    with pytest.raises(ExecutionError) as refused:
        run("http://127.0.0.1:9/nothing.zip")
    *_, last = str(refused.value).splitlines()
    assert "The course's helpers could not be installed: check the connection" in last
    assert "Traceback" not in str(refused.value)
    assert "on Kaggle, turn it on in the panel on the right" in last
    notebook, _ = run()
    text = json.dumps(notebook)
    assert "fine, all are there" in text
    assert "All fine: go on." in text
    notebook, first = run("http://127.0.0.1:9/nothing.zip")  # They are there: pip is not asked.
    assert notebook.cells[first].outputs == []
