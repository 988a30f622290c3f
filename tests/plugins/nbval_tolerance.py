"""Makes nbval compare decimals within a tolerance, words exactly, and pictures by content.

Plain nbval compares text to the letter and pictures not at all. This plugin swaps in subclasses of
its classes. Before nbval compares, each fresh decimal that is close enough is replaced by the
stored one, so that nbval's verdict is about real differences. A cell's tags such as `rtol=1e-2` or
`atol=1e-3` widen its tolerance. After a failure test_output/ holds the executed notebook and both
pictures, and the later failures of the same notebook are reported as expected: one root cause.
A cell that is run alone, by its name, -k or --lf, brings those before it. xdist keeps a notebook
together.
"""

import base64
import copy
import difflib
import io
import math
import os
import re
import sys
import time
from queue import Empty

import nbformat
import numpy as np
import pytest
from jupyter_client import KernelManager
from matplotlib.image import imread, imsave
from nbval import kernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, nocolors

from commands.kernels import isolate
from tests.support.tolerance import ATOL, RTOL

# Seconds that a cell has to end after its time-out's interrupt: then its kernel is killed.
GRACE = 5
# Root mean square of the pixels' differences, of 255, over the figure and over its worst tile.
# Measured on three panels of 80 points: the same figure 0 and 0; data off by 1e-5 0.1 and 1.2;
# one point moved by 1 % of the axis in one panel 0.9 and 26; one letter 2.0 and 47.
MAX_RMS, MAX_TILE_RMS, TILE = 1.0, 8.0, 24

# '20.' is a decimal in an array, and an integer at the end of a sentence.
ARRAY = r"[eE,)\]}]|\s* (?:[-+−.\d]|nan|inf)"
NUMBER = re.compile(
    rf"(?<![\w.])[-+−]?(?:\d+\.\d+|\d+\.(?={ARRAY})|\.\d+|\d+)(?:[eE][-+−]?\d+)?(?!\.?\d)"
)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def close(stored, new, rtol=RTOL, atol=ATOL):
    """Tell whether two printed numbers agree; integers, without a point or exponent, exactly."""
    if stored == new:
        return True
    if not re.search("[.eE]", stored) or not re.search("[.eE]", new):
        return False
    a, b = (float(text.replace("−", "-")) for text in (stored, new))
    mantissa, _, exponent = stored.lower().replace("−", "-").partition("e")
    decimals = len(mantissa.partition(".")[2])
    digits = max(map(_significant, (stored, new)))
    last_place = 10.0 ** (int(exponent or 0) - decimals) if digits >= 4 else 0.0
    return math.isclose(a, b, rel_tol=rtol, abs_tol=max(atol, 1.001 * last_place))


def _significant(number):
    """Count a number's digits without its leading zeros."""
    return len(re.sub(r"\D", "", re.split("[eE]", number)[0]).lstrip("0"))


def _unpadded(words):
    """Return the words between numbers without the padding that a number's width changes."""
    return [re.sub(" +", " ", word).strip(" ") for word in words]


def align(stored, new, rtol=RTOL, atol=ATOL, literals=()):
    """Return `new` with each number that is close to the stored one replaced by that.

    A number that stands in the cell's own code, one of `literals`, is no result and stays. Where
    the words between the numbers differ, `new` comes back as it is. Padding may differ only where
    a number has become wider or narrower, as in a table's column.
    """
    pairs = list(zip(NUMBER.findall(stored), NUMBER.findall(new), strict=False))
    words, new_words = NUMBER.split(stored), NUMBER.split(new)
    if words != new_words:
        resized = any(len(a) != len(b) for a, b in pairs)
        if not resized or _unpadded(words) != _unpadded(new_words):
            return new
    numbers = [a if b not in literals and close(a, b, rtol, atol) else b for a, b in pairs]
    return "".join(part for pair in zip(words, [*numbers, ""], strict=True) for part in pair)


def picture_difference(stored, new):
    """Say in what two PNGs (base64) differ, or None; and the pixels of both."""
    pixels = [imread(io.BytesIO(base64.b64decode(png)))[..., :3] * 255.0 for png in (stored, new)]
    if pixels[0].shape != pixels[1].shape:
        sizes = " and ".join(f"{p.shape[1]}x{p.shape[0]}" for p in pixels)
        return f"the sizes differ: {sizes} pixels", pixels
    squares = ((pixels[0] - pixels[1]) ** 2).mean(axis=2)
    height, width = (-(-side // TILE) * TILE for side in squares.shape)
    padded = np.zeros((height, width))
    padded[: squares.shape[0], : squares.shape[1]] = squares
    tiles = padded.reshape(height // TILE, TILE, width // TILE, TILE).mean(axis=(1, 3))
    rms, tile_rms = math.sqrt(squares.mean()), math.sqrt(tiles.max())
    if rms > MAX_RMS or tile_rms > MAX_TILE_RMS:
        row, column = np.unravel_index(tiles.argmax(), tiles.shape)
        where = f"around pixel ({column * TILE + TILE // 2}, {row * TILE + TILE // 2})"
        return f"RMS {rms:.2f} over all, {tile_rms:.1f} {where}", pixels
    return None, pixels


def tolerances(cell):
    """Return {"rtol": ..., "atol": ...} from a cell's tags; ValueError for a malformed tag."""
    found = {}
    for tag in cell.metadata.get("tags", []):
        if re.match("[ra]tol", tag.strip().lower()):
            read = re.fullmatch(r"([ra]tol)=(\d+(?:\.\d*)?(?:e-?\d+)?)", tag)
            if read is None:
                raise ValueError(f"the tag '{tag}' must read like rtol=1e-2 or atol=0.001")
            found[read[1]] = float(read[2])
    return found


kernel.KernelManager = lambda **options: isolate(KernelManager(**options))


class CourseKernel(kernel.RunningKernel):
    """A kernel whose death is noticed within a second, and that runs cells as the build does."""

    give_up = math.inf

    def execute_cell_input(self, cell_input, allow_stdin=None):
        """Execute with history: without it a trailing semicolon would not silence its value."""
        self.give_up = math.inf
        return self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)

    def interrupt(self):
        """Interrupt the cell; one that goes on printing in spite of it is given up."""
        self.give_up = time.monotonic() + GRACE
        super().interrupt()

    def get_message(self, stream, timeout=None):
        """Wait for a message in slices of a second, as long as the kernel lives."""
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            if time.monotonic() > self.give_up:
                raise Empty
            try:
                return super().get_message(
                    stream, timeout=min(1, max(0.01, end - time.monotonic()))
                )
            except Empty:
                if not self.is_alive():
                    raise RuntimeError("The kernel died while this cell ran.") from None
                if time.monotonic() >= end:
                    raise


class CourseFile(IPyNbFile):
    """A notebook whose first failure is its only one."""

    def collect(self):
        """Yield the code cells, with their tolerances."""
        self.items, self.first_failure = [], None
        for item in super().collect():
            cell = CourseCell.from_parent(
                self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=item.options
            )
            try:
                cell.tolerances = tolerances(item.cell)
            except ValueError as error:
                raise self.CollectError(f"{self.path.name}, {item.name}: {error}") from None
            self.items.append(cell)
            yield cell

    @property
    def left_behind(self):
        """What a failure leaves for nbdiff: the executed notebook, and pictures beside it."""
        return self.config.rootpath / "test_output" / self.path.name

    def setup(self):
        """Start the kernel, and remove what an earlier failure left."""
        for name in (self.path.name, f"{self.path.stem}-cell-*.png"):
            for old in self.left_behind.parent.glob(name):
                old.unlink()
        super().setup()
        self.kernel.__class__ = CourseKernel
        self.ran = set()

    def teardown(self):
        """Stop the kernel and, after a failure, leave the executed notebook."""
        super().teardown()
        if self.first_failure is None:
            return
        executed = copy.deepcopy(self.nb)
        code = [cell for cell in executed.cells if cell.cell_type == "code"]
        for cell, item in zip(code, self.items, strict=False):
            cell.outputs = [nbformat.from_dict(output) for output in item.test_outputs or []]
        self.left_behind.parent.mkdir(exist_ok=True)
        nbformat.write(executed, self.left_behind)


class CourseCell(IPyNbCell):
    """A cell that is compared with tolerance."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.output_timeout = GRACE
        color = self.config.option.color
        if color == "no" or (color == "auto" and not sys.stdout.isatty()):
            self.colors = nocolors

    def runtest(self):
        """Run the cell and compare; after the notebook's first failure others are expected."""
        first = self.parent.first_failure
        if first is not None and self.parent.timed_out:
            pytest.xfail(f"after Cell {first}")  # It would wait for the time-out again.
        try:
            self.run_those_before()
            executed = self.cell.execution_count is not None or self.options["skip"]
            if self.cell.source.strip() and not executed:
                self.raise_cell_error("Never executed: run python course.py build")
            super().runtest()
        except Exception:
            if first is not None:
                pytest.xfail(f"after Cell {first}")
            self.parent.first_failure = self.cell_num
            raise

    def run_those_before(self):
        """Run the cells before this one that were left out; nothing compares what they show."""
        for item in self.parent.items[: self.cell_num]:
            if item.cell_num not in self.parent.ran and not item.options["skip"]:
                compared = item.options["check"]
                item.options["check"] = False
                try:
                    IPyNbCell.runtest(item)
                finally:
                    item.options["check"] = compared
                self.parent.ran.add(item.cell_num)
        self.parent.ran.add(self.cell_num)

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare pictures by content, then all else by nbval with close numbers made equal."""
        if differ := self._compare_pictures(test, ref):
            self.comparison_traceback = differ
            return False
        test = copy.deepcopy(test)
        for output, stored in zip(test, ref, strict=False):
            self._align(output, stored)
            self._align(output.get("data", {}), stored.get("data", {}))
        return super().compare_outputs(test, ref, skip_compare)

    def _aligned(self, stored, new):
        return align(stored, new, literals=NUMBER.findall(self.cell.source), **self.tolerances)

    def _align(self, output, stored):
        for key, value in output.items():
            if isinstance(value, str) and isinstance(stored.get(key), str) and "image/" not in key:
                output[key] = self._aligned(stored[key], value)

    def _compare_pictures(self, test, ref):
        new, stored = (
            [output for output in outputs if "image/png" in output.get("data", {})]
            for outputs in (test, ref)
        )
        if len(new) != len(stored):
            return [f"{len(stored)} pictures are stored, and {len(new)} came."]
        lines = []
        for k, (b, a) in enumerate(zip(new, stored, strict=True), start=1):
            alts = [o.metadata.get("image/png", {}).get("alt", "") for o in (a, b)]
            if self._aligned(*alts) != alts[0]:
                lines += [f"The alt text of picture {k} differs.", *_lines(*alts)]
            pngs = [o.data["image/png"] for o in (a, b)]
            if pngs[0] == pngs[1]:  # The rule on one machine, and decoding takes 0.1 s.
                continue
            differ, pixels = picture_difference(*pngs)
            if differ:
                lines += [f"Picture {k} differs: {differ}.", *self._keep(k, pixels)]
        return lines

    def _keep(self, k, pixels):
        folder, stem = self.parent.left_behind.parent, self.parent.path.stem
        folder.mkdir(exist_ok=True)
        for name, image in zip(("stored", "new"), pixels, strict=True):
            path = folder / f"{stem}-cell-{self.cell_num}-picture-{k}-{name}.png"
            imsave(path, image / 255)
            yield f"{name + ':':<8}{self._seen(path)}"

    def _seen(self, path):
        """Return a path as it reads from where pytest was called."""
        return os.path.relpath(path, self.config.invocation_params.dir)

    def format_output_compare(self, key, left, right):
        """Show what is stored and what is new; nbval's own diff shows them with signs swapped."""
        self.comparison_traceback += [f"The output '{key}' differs.", *_lines(left, right)]

    def repr_failure(self, excinfo):
        """Say what differs, in which cell, and how to look at it."""
        error, number = excinfo.value, self.cell_num
        if isinstance(error, NbCellError):
            number = error.cell_num  # this one, or one before it that was left out
            details = error.inner_traceback or (error.args[1] if len(error.args) > 1 else "")
            source = error.source.splitlines()
            shown = "\n".join(f"    {line}" for line in source[:8] + ["..."] * (len(source) > 8))
            text = f"{error}\n\n{shown}\n\n{details}\n"
        elif isinstance(error, RuntimeError):
            text = f"{error}\n"
        else:
            return super().repr_failure(excinfo)
        ours, theirs = self._seen(self.parent.path), self._seen(self.parent.left_behind)
        text = f"{ours}, cell {number}: {text}\nTo compare: nbdiff {ours} {theirs}"
        return ANSI.sub("", text) if self.colors is nocolors else text


def _lines(stored, new):
    """Return the lines that differ, each marked as stored or new."""
    names = {"-": "stored:", "+": "new:"}
    diff = difflib.ndiff(str(stored).splitlines(), str(new).splitlines())
    return [f"{names[line[0]]:<8}{line[2:]}" for line in diff if line[0] in names][:40]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Let xdist's processes share files, not cells, where -n is given without more."""
    if config.getoption("dist", "no") == "load":
        config.option.dist = "loadfile"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Swap nbval's notebooks for ours."""
    return [
        CourseFile.from_parent(parent, path=file_path) if type(node) is IPyNbFile else node
        for node in (yield)
    ]
