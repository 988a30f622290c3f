"""Where a lesson of this copy opens on the web: all from `Repository` in pyproject.toml.

As long as that is the placeholder, there are no such addresses, and README says how to set it.
`python -m commands.addresses` prints the address of the repository, or nothing.
"""

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from commands.binder import launch_link
from commands.lessons import ROOT, files

PLACEHOLDER = "https://github.com/OWNER/NAME"
BRANCH = "colab"  # where the workflow `publish` puts the notebooks that `commands.colab` writes
BADGES = {
    "Colab": "https://colab.research.google.com/assets/colab-badge.svg",
    "Kaggle": "https://kaggle.com/static/images/open-in-kaggle.svg",
    "Binder": "https://mybinder.org/badge_logo.svg",
}
BLOCK = re.compile(r"(<!-- (addresses|download) -->\n).*?(<!-- /\2 -->)", re.S)
NOT_SET = """\
This copy of the course has no address yet, so there are no links to open it with. To get them, put
your copy on GitHub, set `Repository` under `[project.urls]` in `pyproject.toml` to its address, run
`python course.py build`, and push.
"""
NO_DOWNLOAD = """\
**Get the course**: you need its whole folder. This copy has no address from which you could
download it, so ask whoever showed it to you for the folder.
"""


def repository(root: Path = ROOT) -> str:
    """Return the address of this copy's repository, '' as long as it is not set."""
    address = _urls(root).get("Repository", "").rstrip("/").removesuffix(".git")
    return "" if address == PLACEHOLDER else address


def _urls(root: Path) -> dict[str, str]:
    """Return [project.urls] of a copy's pyproject.toml, {} if there is none."""
    project = root / "pyproject.toml"
    text = project.read_text("utf-8") if project.exists() else ""
    return tomllib.loads(text).get("project", {}).get("urls", {})


def website(address: str, root: Path = ROOT) -> str:
    """Return the address of this copy's website, which ends with a slash; '' if it has none.

    `address` is what `repository` returns. A website elsewhere than on GitHub's pages has its
    address as `Website` in pyproject.toml.
    """
    found = _urls(root).get("Website", "")
    if not found and is_on_github(address):
        owner, name = address.split("/")[-2:]
        host = f"{owner.lower()}.github.io"
        found = f"https://{host}/{'' if name.lower() == host else name}"
    return found and f"{found.rstrip('/')}/"


def is_on_github(address: str) -> bool:
    """Return whether a repository is on GitHub, from where Colab and Kaggle open notebooks."""
    return bool(re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address))


def opening(stem: str, address: str) -> dict[str, str]:
    """Return the address that opens a lesson on each service: {'Colab': 'https://…', …}.

    `stem` is the name of its file, without the ending, and `address` what `repository` returns.
    """
    if not address:
        return {}
    name = quote(f"{stem}.ipynb")
    found = {}
    if is_on_github(address):
        path = f"{address.removeprefix('https://github.com')}/blob/{BRANCH}/{name}"
        found["Colab"] = f"https://colab.research.google.com/github{path}"
        found["Kaggle"] = f"https://kaggle.com/kernels/welcome?src=https://github.com{path}"
    with suppress(ValueError):  # not a public address
        found["Binder"] = launch_link(address, f"{stem}.ipynb")
    return found


def badges(stem: str, address: str) -> str:
    """Return a lesson's badges, in Markdown."""
    found = opening(stem, address).items()
    return " ".join(f"[![Open in {name}]({BADGES[name]})]({link})" for name, link in found)


def archive(address: str) -> str:
    """Return the address of the whole course as a zip; '' if it is not known."""
    return f"{address}/archive/HEAD.zip" if is_on_github(address) else ""


def ways_to_download(address: str) -> str:
    """Return the paragraph that says how to get the whole course, in Markdown."""
    if not address:
        return NO_DOWNLOAD
    clone = f"`git clone {address}`"
    if zip_file := archive(address):
        return (
            f"**Get the course**: [download it (zip)]({zip_file}) and unpack it, or run\n{clone}.\n"
        )
    return f"**Get the course**: run {clone}.\n"


def find_stale_pages(root: Path) -> dict[Path, str]:
    """Return README with its links to this copy's own addresses, if it has others."""
    page, address = root / "README.md", repository(root)
    if not page.exists():
        return {}
    text, opened = page.read_bytes().decode(), NOT_SET
    if address:
        opened = f"{badges(files(root / 'notebooks', '.ipynb')[0].stem, address)}\n"
        if is_on_github(address):
            opened += f"\n[All lessons]({address}/tree/{BRANCH}) have such links.\n"
    blocks = {"addresses": opened, "download": ways_to_download(address)}
    new = BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}{found[3]}", text)
    return {page: new} if new != text else {}


if __name__ == "__main__":
    print(repository())
