"""The links in a page or a lesson, and whether they lead to a file and to a heading in it."""

import functools
import json
import re
from urllib.parse import unquote

CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
FENCED = re.compile(r"^```.*?^```", re.S | re.M)
# JupyterLab follows no link to a heading with other letters, and takes = for a kind of link.
FOLLOWED = re.compile(r"[A-Za-z][ !-$&-<>-~]*")


def find_links(markdown):
    """Return (file, anchor) of each link; code, such as x[0](y), has no links."""
    links = re.findall(r"\]\(([^)\s]+)", CODE.sub("", markdown))
    return [link.partition("#")[::2] for link in links if "://" not in link]


def dead_links(markdown, folder):
    """Return the links of a text in a folder that lead to no file, or to no heading in it."""
    dead = []
    for file, anchor in find_links(markdown):
        path = folder / file
        if not path.exists():
            dead.append(file)
        elif anchor and unquote(anchor) not in (find_anchors(path) if file else _slugs(markdown)):
            dead.append(f"{file}#{anchor}")
    return dead


def find_anchors(path):
    """Return the anchors that lead to headings of a file: one of two with the same name has none.

    JupyterLab and nbconvert, with which GitHub shows notebooks, give a heading its text with
    hyphens for spaces. In a page, GitHub's anchors have small letters and no punctuation, and those
    of docutils, for the website, a hyphen for it.
    """
    return _find_anchors(path, path.stat().st_mtime_ns)


@functools.cache
def _find_anchors(path, changed):
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return _slugs(text)
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    titles = _titles("\n\n".join("".join(cell["source"]) for cell in cells))
    return {title.replace(" ", "-") for title in titles if FOLLOWED.fullmatch(title)} - {
        title.replace(" ", "-") for title in titles if titles.count(title) > 1
    }


def _slugs(markdown):
    """Return the anchors of a page's headings that are the same on GitHub and the website."""
    titles = [title.lower() for title in _titles(markdown)]
    on_github = {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}
    return on_github & {re.sub(r"[^a-z0-9]+", "-", title).strip("-") for title in titles}


def _titles(markdown):
    """Return the headings of a text, as a reader sees them."""
    return [
        title.replace("`", "") for title in re.findall(r"(?m)^#+ (.+)$", FENCED.sub("", markdown))
    ]
