"""Write the lessons into colab/ as Colab and Kaggle can open them, each with all that it needs.

`python -m commands.colab` adds a first code cell to each, which installs the course's helpers from
the address in pyproject.toml at the present commit. Otherwise they are what is handed out: without
outputs, deeper sections folded. Links to lessons lead to such notebooks, links to pages to the
repository. colab/README.md has the badges that open them. The workflow `publish` pushes the folder
to the branch `colab`; the course itself does not use it.
"""

import argparse
import json
import posixpath
import re
import subprocess
import sys
from pathlib import Path

from commands import addresses
from commands.hand_out import prepare
from commands.lessons import ROOT, sha256, write_whole

CELL = """\
# Colab and Kaggle do not have the course's helpers. This cell installs them,
# as course_utils, from {address}
# at commit {commit}
# To keep your work: 'Save a copy in Drive' (Colab), 'Save Version' (Kaggle).
from importlib import invalidate_caches
from importlib.util import find_spec

if not find_spec("course_utils"):
    %pip install -qq {helpers}
    invalidate_caches()
if not find_spec("course_utils"):
    stop = RuntimeError(
        "The course's helpers could not be installed: check the connection to "
        "the internet (on Kaggle, turn it on in the panel on the right, under "
        "'Session options'), then run this cell again."
    )
    stop._render_traceback_ = lambda: [str(stop)]  # without the code above
    raise stop
"""
README = """\
# Open a lesson

Each lesson of [the course]({address}) runs by itself on Colab and on Kaggle: its first code cell
installs the course's helpers. On Kaggle, first turn the internet on, in the panel on the right,
under 'Session options'. Binder opens the lesson in the whole course.

| lesson | |
|---|---|
"""
# The target of a link to a file of the course, from a lesson.
LINK = re.compile(r"(?<=\]\()([\w./-]+\.(?:ipynb|md))(#[^)\s]*)?(?=\))")


def write(root: Path, target: Path, address: str, commit: str, helpers: str) -> list[str]:
    """Write a notebook for each of `root`'s into a folder, and README.md; return their names.

    `helpers` is what pip installs: an address, or the path of a wheel.
    """
    target.mkdir(exist_ok=True)
    page = README.format(address=address)
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    for path in paths:
        notebook = json.loads(prepare(path, set())[0])
        cells = notebook["cells"]
        for cell in cells:
            if cell["cell_type"] == "markdown":
                text = relink("".join(cell["source"]), address, commit)
                cell["source"] = text.splitlines(keepends=True)
            if "exercise" in cell["metadata"].get("tags", []):
                cell["metadata"]["id"] = cell["id"]  # so that Colab scrolls to #scrollTo=ID
        source = CELL.format(address=address, commit=commit, helpers=helpers)
        first = next(k for k, cell in enumerate(cells) if cell["cell_type"] == "code")
        cells.insert(first, new_cell(source.rstrip("\n")))
        text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_whole(target / path.name, text.encode())
        title = "".join(cells[0]["source"]).partition("\n")[0].removeprefix("# ")
        page += f"| {title} | {addresses.badges(path.stem, address)} |\n"
    write_whole(target / "README.md", page.encode())
    return [path.name for path in paths]


def new_cell(source: str) -> dict:
    """Return a code cell that has not been run."""
    lines = source.splitlines(keepends=True)
    whole: dict[str, object] = {
        "execution_count": None,
        "id": sha256(source.encode())[:8],
        "outputs": [],
    }
    return {"cell_type": "code", "metadata": {}, "source": lines, **whole}


def relink(text: str, address: str, commit: str) -> str:
    """Return the text of a lesson with links that lead to the same places from anywhere."""

    def absolute(link: re.Match) -> str:
        path = posixpath.normpath(f"notebooks/{link[1]}")
        if path.startswith("notebooks/") and path.endswith(".ipynb"):
            return addresses.opening(Path(path).stem, address)["Colab"]
        return f"{address}/blob/{commit}/{path}{link[2] or ''}"

    return LINK.sub(absolute, text)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the notebooks for this copy's address and commit; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m commands.colab", description=__doc__)
    parser.parse_args(arguments)
    address = addresses.repository(root)
    if not addresses.is_on_github(address):
        found = f"is {address}" if address else "isn't set"
        print(
            "Colab and Kaggle open notebooks from a repository on GitHub. In pyproject.toml, "
            f"`Repository` under [project.urls] {found}: set it to your copy's address, such as "
            f"{addresses.PLACEHOLDER}.",
            file=sys.stderr,
        )
        return 1
    command = ["git", "--git-dir=.git", "rev-parse", "HEAD"]
    try:
        ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        print(
            "This copy has no commit that the notebooks could install: make it a git repository, "
            "commit, and run the command again.",
            file=sys.stderr,
        )
        return 1
    commit = ran.stdout.strip()
    helpers = f"{address}/archive/{commit}.zip"
    names = write(root, root / "colab", address, commit, helpers)
    print(f"colab/: {len(names)} notebooks; they install {helpers}, so push that commit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
