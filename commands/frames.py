"""Sliders without a kernel: their pictures are drawn once, and a page shows the one asked for.

`course.py build` draws them in a process of its own (course_utils/frames.py) into .frames/, in a
folder named by the hash of all that determines them. So what is there is never out of date, and
what is not there is left out of a page. The script of a page is docs/site/static/frames.js.
"""

import base64
import html
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from nbformat import NotebookNode

from commands import lessons

FOLDER = ".frames"
LIST = "frames.json"  # written last: a folder without it is not complete
CALL = re.compile(r"^sliders\.move\(", re.M)


@dataclass(frozen=True)
class Slider:
    """A slider's label, the texts of its values on a page, and which of them is the start."""

    label: str
    texts: list[str]
    start: int


@dataclass(frozen=True)
class Frame:
    """A picture at one place of the sliders, its caption, and what was printed with it."""

    path: Path
    caption: str
    printed: str


@dataclass(frozen=True)
class Frames:
    """The sliders of a cell and all their frames; the last slider's place changes first."""

    sliders: list[Slider]
    frames: list[Frame]

    @property
    def start(self) -> Frame:
        """The frame at the start, which the notebook stores as a larger picture."""
        return self.frames[self.number([slider.start for slider in self.sliders])]

    def number(self, places: list[int]) -> int:
        """Return the number of the frame at these places of the sliders."""
        number = 0
        for slider, place in zip(self.sliders, places, strict=True):
            number = number * len(slider.texts) + place
        return number


class FramesError(Exception):
    """The frames of a notebook could not be drawn."""


def has_sliders(notebook: NotebookNode) -> bool:
    """Return whether a notebook has cells with sliders."""
    return any(cell.cell_type == "code" and CALL.search(cell.source) for cell in notebook.cells)


def folder_of(root: Path, notebook: NotebookNode) -> Path:
    """Return the folder of a notebook's frames: its name is a hash of what determines them.

    That is the code, the texts beside a slider, course_utils, and the packages' versions.
    """
    cells = [
        [cell.id, cell.source]
        for k, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        or any(CALL.search(beside.source) for beside in notebook.cells[max(k - 1, 0) : k + 2])
    ]
    code = (lessons.ROOT / "course_utils").rglob("*")
    files = sorted(path for path in code if path.suffix in {".py", ".csv", ".mplstyle"})
    files += lessons.ROOT.glob("requirements.txt")
    parts = [json.dumps(cells).encode(), *(path.read_bytes() for path in files)]
    return root / FOLDER / lessons.sha256(b"\0".join(parts))[:20]


def draw(root: Path, path: Path, notebook: NotebookNode) -> bool:
    """Draw the frames of a notebook, unless they are there; return whether that was needed."""
    folder = folder_of(root, notebook).resolve()
    if not has_sliders(notebook) or (folder / LIST).exists():
        return False
    shutil.rmtree(folder, ignore_errors=True)  # of a process that was interrupted
    folder.mkdir(parents=True)
    command = [sys.executable, "-P", "-m", "course_utils.frames", str(path.resolve()), str(folder)]
    ran = subprocess.run(
        command,
        cwd=path.parent,
        env=os.environ | {"PYTHONPATH": str(lessons.ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if ran.returncode:
        why = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        raise FramesError(f"The frames of {path.name} were not drawn: {why}")
    return True


def clean(root: Path, notebooks: list[NotebookNode]) -> None:
    """Delete the frames that belong to none of these notebooks."""
    current = {folder_of(root, notebook).name for notebook in notebooks}
    for folder in (root / FOLDER).glob("*"):
        if re.fullmatch("[0-9a-f]{20}", folder.name) and folder.name not in current:
            shutil.rmtree(folder)


def read(root: Path, notebook: NotebookNode) -> dict[str, Frames]:
    """Return the frames of a notebook's cells by the cells' ids; none if they were not drawn."""
    folder = folder_of(root, notebook)
    if not (folder / LIST).exists():
        return {}
    found = json.loads((folder / LIST).read_text("utf-8"))
    return {
        cell: Frames(
            [Slider(**slider) for slider in of_cell["sliders"]],
            [Frame(folder / name, *texts) for name, *texts in of_cell["frames"]],
        )
        for cell, of_cell in found.items()
    }


def thin(found: Frames, limit: int) -> Frames:
    """Return at most `limit` of the frames, evenly spread, with the start and the ends."""
    counts = [len(slider.texts) for slider in found.sliders]
    while math.prod(counts) > limit and max(counts) > 3:
        counts[counts.index(max(counts))] -= 1
    kept = [list(_spread(s, count)) for s, count in zip(found.sliders, counts, strict=True)]
    sliders = [
        replace(
            slider,
            texts=[slider.texts[k] for k in places],
            start=places.index(slider.start),
        )
        for slider, places in zip(found.sliders, kept, strict=True)
    ]
    return Frames(sliders, [found.frames[found.number([*p])] for p in product(*kept)])


def _spread(slider: Slider, count: int) -> Iterator[int]:
    """Yield `count` of a slider's places, evenly spread; the start takes that of the nearest."""
    last = len(slider.texts) - 1
    places = [round(k * last / (count - 1)) for k in range(count)]
    if slider.start not in places:
        inner = range(1, count - 1)
        places[min(inner, key=lambda k: abs(places[k] - slider.start))] = slider.start
    yield from places


def data_uri(path: Path) -> str:
    """Return a picture as an address that holds the picture itself."""
    return f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode()}"


def control(found: Frames, address: Callable[[Path], str]) -> str:
    """Return the sliders of a figure as HTML, hidden until frames.js starts them.

    The element around them has an `img`, which follows them. So do a `figcaption` and an element of
    class `printed`, if there are such. `address` returns where the page finds a picture.
    """
    paths = list(dict.fromkeys(frame.path for frame in found.frames))
    content = {
        "pictures": [address(path) for path in paths],
        "values": [slider.texts for slider in found.sliders],
        "frames": [[paths.index(f.path), f.caption, f.printed] for f in found.frames],
    }
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    rows = "".join(map(_row, found.sliders))
    return f'<div class="frames" hidden>{rows}<script type="application/json">{data}</script></div>'


def _row(slider: Slider) -> str:
    """Return a slider with its label and its value."""
    label, text = html.escape(slider.label), html.escape(slider.texts[slider.start])
    longest = max(map(len, slider.texts))  # so that a slider keeps its width
    return (
        f'<label><span>{label}</span><input type="range" min="0" max="{len(slider.texts) - 1}" '
        f'value="{slider.start}" autocomplete="off" aria-label="{label}" aria-valuetext="{text}">'
        f'<output aria-hidden="true" style="min-width: {longest}ch">{text}</output></label>'
    )
