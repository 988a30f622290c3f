"""Builds the lessons: executes lessons/NN_name.py into notebooks/NN_name.ipynb.

The picture of the cell tagged `cover` goes to docs/pictures/NN_name.png, for the README; the names
that the lessons introduce go to docs/names.md. Wherever a lesson is mentioned, its present number
is written.

jupytext reads the lesson and nbclient executes it. The same lesson always gives the same bytes:
a cell's id comes from its content, and nothing is stored that would differ the next time.
"""

import argparse
import asyncio
import base64
import copy
import difflib
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import zmq
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from nbformat import NotebookNode

from commands import lessons, mentions, names
from commands.kernels import isolate

CELL_SECONDS = 45  # As in pyproject.toml's --nbval-cell-timeout.
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


class BuildError(Exception):
    """A lesson that could not be built; its notebook stays as it was."""


def build(lesson: Path) -> bool:
    """Execute one lesson into its notebook; return whether that changed the notebook."""
    path = notebook_of(lesson)
    notebook = read_lesson(lesson)
    if path.exists():
        _refuse_if_edited(lesson, path)
    _execute(notebook, lesson)
    if path.exists() and _same_but_for_times(notebook, path):
        return False
    if (cover := cover_of(notebook)) is not None:
        _write(lesson.parents[1] / "docs/pictures" / f"{lesson.stem}.png", cover)
    return _write(path, _serialized(notebook))


def _same_but_for_times(notebook: NotebookNode, path: Path) -> bool:
    """Tell whether the stored notebook differs at most in cells that nothing compares."""
    stored, copied = _read_notebook(path), copy.deepcopy(notebook)
    kept = {cell.id: cell.get("outputs") for cell in stored.cells if "id" in cell}
    for cell in copied.cells:
        if "nbval-ignore-output" in cell.metadata.get("tags", []) and cell.id in kept:
            cell.outputs = kept[cell.id]
    return _serialized(copied) == path.read_bytes()


def cover_of(notebook: NotebookNode) -> bytes | None:
    """Return the PNG of the cell tagged 'cover', which README shows; None without such a cell."""
    for cell in notebook.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output.data["image/png"])
    return None


def _write(path: Path, content: bytes) -> bool:
    """Write a file whole, if that changes it; return whether it does."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
    return True


def notebook_of(lesson: Path) -> Path:
    """Return where a lesson's notebook is."""
    return lesson.parents[1] / "notebooks" / f"{lesson.stem}.ipynb"


def read_lesson(lesson: Path) -> NotebookNode:
    """Return a lesson as a notebook that has not been executed."""
    cells = jupytext.read(lesson, fmt="py:percent").cells
    notebook = nbformat.from_dict(
        {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    )
    seen: Counter[str] = Counter()
    for cell, text in zip(notebook.cells, _cells(notebook), strict=True):
        cell.metadata = _kept(cell)
        cell.id = _sha256(f"{text}{seen[text]}")[:8]
        seen[text] += 1
    notebook.metadata["course"] = {"cells_sha256": _sha256(*_cells(notebook))}
    return notebook


def differences(lesson: Path, path: Path) -> list[str]:
    """Say, cell by cell, in what a notebook differs from what its lesson was built into."""
    if not path.exists():
        return [f"{_shown(path)} has not been built"]
    expected, notebook = read_lesson(lesson), _read_notebook(path)
    lines = _cell_differences(expected, notebook)
    if lines:
        return lines
    pairs = list(zip(expected.cells, notebook.cells, strict=True))
    code = [(new, old) for new, old in pairs if new.cell_type == "code" and new.source.strip()]
    counts = [old.execution_count for _, old in code]
    if counts != list(range(1, len(counts) + 1)):
        return [f"the cells were not executed from first to last: {counts}"]
    for new, old in code:
        new.update(outputs=old.outputs, execution_count=old.execution_count)
    if _serialized(expected) != path.read_bytes():
        return ["the cells agree, but ids, metadata or layout are not as a build writes them"]
    return []


def _cell_differences(expected: NotebookNode, notebook: NotebookNode) -> list[str]:
    """Return a readable difference for each cell, '-' for the lesson's and '+' the notebook's."""
    lines = []
    pairs = zip_longest(_cells(expected), _cells(notebook), fillvalue="")
    for number, (ours, theirs) in enumerate(pairs, 1):
        if ours != theirs:
            lines.append(f"cell {number}:")
            changed = difflib.ndiff(ours.splitlines(), theirs.splitlines())
            lines[-1] += "".join(f"\n    {line}" for line in changed if line[0] in "+-")
    return lines


def _cells(notebook: NotebookNode) -> list[str]:
    """Return each cell's type, tags and text, in the form that a lesson can hold."""
    text = jupytext.writes(notebook, fmt="py:percent")
    cells = jupytext.reads(text, fmt="py:percent").cells
    kept = [json.dumps(_kept(cell), sort_keys=True) for cell in cells]  # as a notebook sorts them
    return [
        f"{cell.cell_type} {metadata}\n{cell.source}"
        for cell, metadata in zip(cells, kept, strict=True)
    ]


def _kept(cell: NotebookNode) -> dict:
    return {k: cell.metadata[k] for k in ("slideshow", "tags") if k in cell.metadata}


def _read_notebook(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, LookupError, AttributeError) as error:
        raise BuildError(
            f"{_shown(path)} is not a notebook ({type(error).__name__}). Throw it away with:\n"
            f"  git checkout -- {_shown(path)}"
        ) from None


def _refuse_if_edited(lesson: Path, path: Path) -> None:
    """Raise if the notebook has cells that neither the lesson has nor its last build had."""
    notebook = _read_notebook(path)
    if notebook.metadata.get("course", {}).get("cells_sha256") == _sha256(*_cells(notebook)):
        return
    lines = _cell_differences(read_lesson(lesson), notebook)
    if lines:
        ours, theirs = _shown(lesson), _shown(path)
        command = [sys.executable, "-m", "jupytext", "--to", "py:percent", "--output", ours, theirs]
        raise BuildError(
            f"{theirs} was edited: it holds what {ours} does not. First in {lines[0]}\n"
            f"To take the notebook's cells over into the lesson:\n"
            f"  {subprocess.list2cmdline(command)}\n"
            f"To throw the edit away:\n  git checkout -- {theirs}"
        )


class Client(NotebookClient):
    """A client that asks for messages: pyzmq's asyncio can miss one until the time-out."""

    def create_kernel_manager(self) -> KernelManager:
        """Make the manager of this Python's own kernel."""
        return isolate(super().create_kernel_manager())

    async def async_execute_cell(self, *arguments: Any, **options: Any) -> NotebookNode:
        """Execute a cell, asking all the while."""
        asking = asyncio.ensure_future(self._ask())
        try:
            return await super().async_execute_cell(*arguments, **options)
        finally:
            asking.cancel()

    async def _ask(self) -> None:
        assert self.kc is not None
        while True:
            await asyncio.sleep(0.2)
            for channel in (self.kc.shell_channel, self.kc.iopub_channel):
                channel.socket.get(zmq.EVENTS)  # pyzmq then looks for itself.


def _execute(notebook: NotebookNode, lesson: Path) -> None:
    """Run every cell in the notebook's folder."""
    folder = notebook_of(lesson).parent
    folder.mkdir(exist_ok=True)
    begun, metadata = [0], copy.deepcopy(notebook.metadata)
    client = Client(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--Application.log_level=50"],  # Else it tells of TCP and of its end.
        on_cell_start=lambda cell, cell_index: begun.append(cell_index + 1),
    )
    try:
        client.execute()
    except AssertionError:  # nbclient, after it has shut the kernel down on Ctrl-C.
        raise KeyboardInterrupt from None
    except (CellControlSignal, RuntimeError) as error:  # RuntimeError: the kernel died.
        said = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        raise BuildError(f"{_shown(lesson)} fails in cell {max(begun)}:\n{said}") from None
    notebook.metadata = metadata
    for cell in notebook.cells:
        cell.metadata = _kept(cell)
        if cell.cell_type == "code":
            cell.outputs = _merged(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)  # It holds a random id.


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed between two pictures: where a stream is cut is chance.

    Not nbclient's `coalesce_streams`, which would move a second picture's line above it.
    """
    merged: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            streams = {}
        elif output.name in streams:
            streams[output.name].text += output.text
            continue
        else:
            streams[output.name] = output
        merged.append(output)
    return merged


def _serialized(notebook: NotebookNode) -> bytes:
    nbformat.validate(notebook)
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def main(arguments: list[str] | None = None, root: Path = lessons.ROOT) -> int:
    """Build the lessons that are named, or all, and give the exit code."""
    parser = argparse.ArgumentParser(prog="course.py build", description=__doc__.split("\n")[0])
    lessons.add_choice(parser)
    parser.add_argument(
        "--check", action="store_true", help="execute and write nothing; name what is not built"
    )
    options = parser.parse_args(arguments)
    everything = lessons.files(root / "lessons", ".py")
    chosen = lessons.chosen(everything, options.lessons, parser)
    return _check(root, chosen) if options.check else _build(root, chosen)


def _build(root: Path, chosen: list[Path]) -> int:
    """Build lessons and the pages that follow from all lessons; return the exit code."""
    for changed in mentions.renumber(root):
        print(changed.relative_to(root), "has the lessons' present numbers", flush=True)
    failed = False
    for lesson in chosen:
        try:
            built = "built" if build(lesson) else "unchanged"
            print(_shown(notebook_of(lesson)), built, flush=True)
        except BuildError as error:
            print(f"{error}\n", file=sys.stderr, flush=True)
            failed = True
    _write(root / "docs/names.md", names.page(names.read_lessons(root)).encode())
    return int(failed)


def _check(root: Path, chosen: list[Path]) -> int:
    """Name what a build would change, without executing anything; return the exit code."""
    wrong = [
        "\n".join([f"{_shown(notebook_of(lesson))} is not up to date:", *lines])
        for lesson in chosen
        if (lines := differences(lesson, notebook_of(lesson)))
    ]
    page, content = root / "docs/names.md", names.page(names.read_lessons(root)).encode()
    if not page.exists() or page.read_bytes() != content:
        wrong.append("docs/names.md is not up to date.")
    for stale in mentions.stale(root):
        wrong.append(f"{stale.relative_to(root)} has a lesson's old number.")
    if wrong:
        wrong.append("To bring all up to date:\n  python course.py build")
        print(*wrong, sep="\n\n", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("The build was interrupted; the lesson it was at keeps its old notebook.")
