"""Makes nbval compare decimals within a tolerance, words exactly, and pictures by content.

Plain nbval compares text exactly and pictures not at all. This plugin replaces its classes by
subclasses. Before nbval compares, each new number that agrees with the stored one is replaced by
it, so that nbval sees real differences only. Tags such as `rtol=1e-2` or `atol=1e-3` widen a cell's
tolerance. After a failure, test_output/ has the executed notebook and both pictures, and the
notebook's later failures are reported as expected: one root cause. A cell that runs alone, by its
name, -k or --lf, first runs those before it. xdist keeps the cells of a notebook together.
"""

import copy
import difflib
import math
import os
import re
import sys
import time
from queue import Empty

import nbformat
import pytest
from jupyter_client import KernelManager
from nbval import kernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, nocolors

from commands.execute import drop_unstored
from commands.kernels import isolate
from tests.support.pictures import picture_difference
from tests.support.tolerance import NUMBER, align

# Seconds that a cell has to end after its time-out's interrupt: then its kernel is killed.
GRACE = 5
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def tolerances(cell):
    """Return {"rtol": ..., "atol": ...} from a cell's tags; ValueError for a malformed tag."""
    found = {}
    for tag in cell.metadata.get("tags", []):
        if re.match("[ra]tol", tag.strip().lower()):
            match = re.fullmatch(r"([ra]tol)=(\d+(?:\.\d*)?(?:e-?\d+)?)", tag)
            if match is None:
                raise ValueError(f"the tag '{tag}' must read like rtol=1e-2 or atol=0.001")
            found[match[1]] = float(match[2])
    return found


kernel.KernelManager = lambda **options: isolate(KernelManager(**options))


class CourseKernel(kernel.RunningKernel):
    """A kernel whose death is noticed within a second, and that runs cells as the build does."""

    give_up = math.inf  # the time at which a cell that ignores its interrupt is given up

    def execute_cell_input(self, cell_input, allow_stdin=None):
        """Execute with history: without it a trailing semicolon would not silence its value."""
        self.give_up = math.inf
        return self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)

    def interrupt(self):
        """Interrupt the cell; if it goes on printing in spite of that, give it up."""
        self.give_up = time.monotonic() + GRACE
        super().interrupt()

    def get_message(self, stream, timeout=None):
        """Wait for a message, a second at a time, as long as the kernel lives."""
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
    def executed(self):
        """Where a failure leaves the executed notebook for nbdiff, with pictures beside it."""
        return self.config.rootpath / "test_output" / self.path.name

    def setup(self):
        """Start the kernel, and remove what an earlier failure left."""
        for name in (self.path.name, f"{self.path.stem}-cell-*.png"):
            for old in self.executed.parent.glob(name):
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
        self.executed.parent.mkdir(exist_ok=True)
        nbformat.write(executed, self.executed)


class CourseCell(IPyNbCell):
    """A cell that is compared with tolerance."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.output_timeout = GRACE
        color = self.config.option.color
        if color == "no" or (color == "auto" and not sys.stdout.isatty()):
            self.colors = nocolors

    def runtest(self):
        """Run the cell and compare; after the notebook's first failure, others are expected."""
        first = self.parent.first_failure
        if first is not None and self.parent.timed_out:
            pytest.xfail(f"after Cell {first}")  # It would wait for the time-out again.
        try:
            self.run_earlier_cells()
            executed = self.cell.execution_count is not None or self.options["skip"]
            if self.cell.source.strip() and not executed:
                self.raise_cell_error("Never executed: run python course.py build")
            super().runtest()
        except Exception:
            if first is not None:
                pytest.xfail(f"after Cell {first}")
            self.parent.first_failure = self.cell_num
            raise

    def run_earlier_cells(self):
        """Run the earlier cells that haven't run, without comparing their outputs."""
        for item in self.parent.items[: self.cell_num]:
            if item.cell_num not in self.parent.ran and not item.options["skip"]:
                compares = item.options["check"]
                item.options["check"] = False
                try:
                    IPyNbCell.runtest(item)
                finally:
                    item.options["check"] = compares
                self.parent.ran.add(item.cell_num)
        self.parent.ran.add(self.cell_num)

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare the pictures, and let nbval compare the rest with the numbers aligned."""
        if differences := self._compare_pictures(test, ref):
            self.comparison_traceback = differences
            return False
        test = copy.deepcopy(test)
        for output in test:
            drop_unstored(output.get("data", {}))
        for output, stored in zip(test, ref, strict=False):
            self._align_texts(stored, output)
            self._align_texts(stored.get("data", {}), output.get("data", {}))
        return super().compare_outputs(test, ref, skip_compare)

    def _align_texts(self, stored, output):
        """Align the texts of an output, or of its data, in place."""
        for key, value in output.items():
            if isinstance(value, str) and isinstance(stored.get(key), str) and "image/" not in key:
                output[key] = self._align(stored[key], value)

    def _align(self, stored, new):
        return align(stored, new, literals=NUMBER.findall(self.cell.source), **self.tolerances)

    def _compare_pictures(self, test, ref):
        """Return the lines that say how pictures and their alt texts differ."""
        new, stored = (
            [output for output in outputs if "image/png" in output.get("data", {})]
            for outputs in (test, ref)
        )
        if len(new) != len(stored):
            return [f"The number of pictures differs: {len(stored)} stored, {len(new)} new."]
        lines = []
        for k, (b, a) in enumerate(zip(new, stored, strict=True), start=1):
            alts = [o.metadata.get("image/png", {}).get("alt", "") for o in (a, b)]
            if self._align(*alts) != alts[0]:
                lines += [f"The alt text of picture {k} differs.", *_differing_lines(*alts)]
            pngs = [o.data["image/png"] for o in (a, b)]
            if pngs[0] == pngs[1]:  # The rule on one machine, and decoding takes 0.1 s.
                continue
            difference, pixels = picture_difference(*pngs)
            if difference:
                lines += [f"Picture {k} differs: {difference}.", *self._save_pictures(k, pixels)]
        return lines

    def _save_pictures(self, k, pixels):
        """Save the k-th picture as stored and as it is now; yield lines with the paths."""
        from matplotlib.image import imsave  # every start of pytest would wait for it

        folder, stem = self.parent.executed.parent, self.parent.path.stem
        folder.mkdir(exist_ok=True)
        for name, image in zip(("stored", "new"), pixels, strict=True):
            path = folder / f"{stem}-cell-{self.cell_num}-picture-{k}-{name}.png"
            imsave(path, image / 255)
            yield f"{name + ':':<8}{self._relative(path)}"

    def _relative(self, path):
        """Return a path relative to the folder where pytest was called."""
        return os.path.relpath(path, self.config.invocation_params.dir)

    def format_output_compare(self, key, left, right):
        """Show what is stored and what is new; nbval's own diff shows them with signs swapped."""
        lines = _differing_lines(left, right)
        self.comparison_traceback += [f"The output '{key}' differs.", *lines]

    def repr_failure(self, excinfo):
        """Say what differs, in which cell, and how to look at it."""
        error, number = excinfo.value, self.cell_num
        if isinstance(error, NbCellError):
            number = error.cell_num  # this one, or an earlier one that had to run first
            details = error.inner_traceback or (error.args[1] if len(error.args) > 1 else "")
            source = error.source.splitlines()
            shown = "\n".join(f"    {line}" for line in source[:8] + ["..."] * (len(source) > 8))
            text = f"{error}\n\n{shown}\n\n{details}\n"
        elif isinstance(error, RuntimeError):
            text = f"{error}\n"
        else:
            return super().repr_failure(excinfo)
        stored, new = self._relative(self.parent.path), self._relative(self.parent.executed)
        text = f"{stored}, cell {number}: {text}\nTo compare: nbdiff {stored} {new}"
        return ANSI.sub("", text) if self.colors is nocolors else text


def _differing_lines(stored, new):
    """Return the lines that differ, each marked as stored or new."""
    names = {"-": "stored:", "+": "new:"}
    diff = difflib.ndiff(str(stored).splitlines(), str(new).splitlines())
    return [f"{names[line[0]]:<8}{line[2:]}" for line in diff if line[0] in names][:40]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Let xdist's processes share files, not cells, if -n is given without --dist."""
    if config.getoption("dist", "no") == "load":
        config.option.dist = "loadfile"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Replace nbval's notebooks by the course's."""
    return [
        CourseFile.from_parent(parent, path=file_path) if type(node) is IPyNbFile else node
        for node in (yield)
    ]
