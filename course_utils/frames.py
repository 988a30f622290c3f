"""The pictures of a lesson's sliders at some of their places, for pages that have no kernel.

`python -m course_utils.frames notebook.ipynb folder` runs the notebook's cells and, at each call of
`sliders.move`, draws what the sliders would show: as pictures in WebP, and `frames.json`, which has
for each cell the sliders, the pictures' names, the captions, and what was printed with them. The
last slider's place changes first.
"""

import base64
import hashlib
import io
import json
import linecache
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from course_utils import sliders
from course_utils.figures import capture_figures

LIMITS = {1: 60, 2: 121, 3: 216}  # of the frames of one, two or three sliders
ROUND = [factor * 10**power for power in range(7) for factor in (1, 2, 3, 5, 15, 25)]
NUMBER = re.compile(r"(?<![\d.,−-])\d+(?:\.\d+)?(?![\d,]*\d)")


class Axis:
    """The values that a slider can have, and some of them, its places on a page."""

    def __init__(self, name: str, given: tuple[Any, ...]):
        """Read a range as `sliders.move` does."""
        settings = sliders.control(name, given)
        self.label, start = sliders.label(name), settings["value"]
        if "options" in settings:
            texts, self.values = map(list, zip(*settings["options"], strict=True))
            self.numbers = list(range(len(self.values)))
            self.texts, self.step, self.start = texts, 1.0, self.values.index(start)
            self.anchor = float(self.start)
            return
        low, high, self.step = settings["min"], settings["max"], settings.get("step", 1)
        digits = 0 if self.step == 1 else 10
        count = math.floor((high - low) / self.step + 1e-9) + 1
        self.values = [round(low + k * self.step, digits or None) for k in range(count)]
        self.numbers = self.values
        self.start = round((start - low) / self.step)
        self.values[self.start] = start
        readout = f"{settings.get('readout_format', '')}g"
        self.texts = [f"{value:{readout}}".replace("-", "−") for value in self.values]
        # Round numbers, if the slider has them; else the start and what is a round number from it.
        self.anchor = 0.0 if abs(math.remainder(start, self.step)) < 1e-9 else start

    def grids(self, named: set[float]) -> Iterator[list[int]]:
        """Yield choices of values, by their indices, each with fewer than the one before.

        All have both ends, the start, zero, and the numbers in `named`.
        """
        kept = {0, self.start, len(self.values) - 1}
        kept |= {k for k, number in enumerate(self.numbers) if number in {self.anchor, *named}}
        size = math.inf
        for factor in [*sorted(ROUND), math.inf]:
            step = factor * self.step
            grid = {
                k
                for k, number in enumerate(self.numbers)
                if step < math.inf and abs(math.remainder(number - self.anchor, step)) < 1e-9
            }
            if len(grid | kept) < size:
                size = len(grid | kept)
                yield sorted(grid | kept)


def choose(axes: list[Axis], limit: int, named: set[float] = frozenset()) -> list[list[int]]:
    """Return for each axis the indices of its values, at most `limit` frames together.

    It makes the axis with the fewest as fine as it can, then the others. `named`, numbers that
    must be among them, counts only if there is a single slider.
    """
    choices = [list(axis.grids(named if len(axes) == 1 else set())) for axis in axes]
    fitting = [grids for grids in product(*choices) if math.prod(map(len, grids)) <= limit]
    coarsest = tuple(grids[-1] for grids in choices)
    return list(max(fitting, key=_fineness, default=coarsest))


def _fineness(grids: tuple[list[int], ...]) -> tuple[int, int]:
    return min(map(len, grids)), math.prod(map(len, grids))


def numbers_in(text: str) -> set[float]:
    """Return the numbers that a text names, as a slider's values."""
    return {float(number) for number in NUMBER.findall(text)}


class Recorder:
    """Draws frames into a folder, in place of `sliders.move`."""

    def __init__(self, folder: Path):
        """Begin with no frames."""
        self.folder, self.named = folder, set[float]()
        self.found: list[dict[str, Any]] = []

    def move(self, draw: Callable[..., object], *args: Any, **ranges: tuple[Any, ...]) -> None:
        """Draw the frames of a call of `sliders.move`."""
        axes = [Axis(name, given) for name, given in ranges.items()]
        starts = {name: axis.values[axis.start] for name, axis in zip(ranges, axes, strict=True)}
        moving = sliders.Moving(draw, args, starts)
        chosen = choose(axes, LIMITS.get(len(axes), max(LIMITS.values())), self.named)
        frames = []
        for place in product(*chosen):
            values = [axis.values[k] for axis, k in zip(axes, place, strict=True)]
            data, _ = moving.draw(dict(zip(ranges, values, strict=True)))
            frames.append([self._save(base64.b64decode(data["image/png"])), *moving.text])
        described = [
            {
                "label": axis.label,
                "texts": [axis.texts[k] for k in grid],
                "start": grid.index(axis.start),
            }
            for axis, grid in zip(axes, chosen, strict=True)
        ]
        self.found.append({"sliders": described, "frames": frames})

    def _save(self, png: bytes) -> str:
        """Write a picture; return its file's name. Equal pictures are one file."""
        webp = to_webp(png)
        name = f"{hashlib.sha256(webp).hexdigest()[:20]}.webp"
        (self.folder / name).write_bytes(webp)
        return name


def to_webp(png: bytes) -> bytes:
    """Return a picture in a fifth of the bytes: 128 colours, and each dot within 18 of 255."""
    image, file = Image.open(io.BytesIO(png)).convert("RGB"), io.BytesIO()
    image = image.quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.convert("RGB").save(file, "WEBP", lossless=True)
    return file.getvalue()


@contextmanager
def _replaced_move(move: Callable[..., None]) -> Iterator[None]:
    original, sliders.move = sliders.move, move
    try:
        yield
    finally:
        sliders.move = original


def draw_all(notebook: Path, folder: Path) -> None:
    """Run a notebook's cells and draw the frames of its sliders into a folder."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    recorder, found, names = Recorder(folder), {}, {"__name__": "__main__"}
    with _replaced_move(recorder.move), capture_figures(), redirect_stdout(io.StringIO()):
        for k, cell in enumerate(cells):
            if cell["cell_type"] != "code":
                continue
            recorder.found.clear()
            recorder.named = numbers_in("\n".join(_texts(cells[max(k - 1, 0) : k + 2])))
            fails = "raises-exception" in cell["metadata"].get("tags", [])
            with suppress(Exception) if fails else nullcontext():
                _run("".join(cell["source"]), f"<cell {cell['id']}>", names)
            if len(recorder.found) == 1:
                found[cell["id"]] = recorder.found[0]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    (folder / "frames.json").write_text(text, "utf-8")  # last: with it, the folder is complete


def _texts(cells: Iterable[dict[str, Any]]) -> list[str]:
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def _run(source: str, name: str, names: dict[str, Any]) -> None:
    """Run a cell, and let Python find its text, as the exercises' checks do."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    exec(compile(source, name, "exec"), names)


if __name__ == "__main__":
    draw_all(*map(Path, sys.argv[1:]))
