"""Build the lessons: execute lessons/NN_name.py into notebooks/NN_name.ipynb.

A notebook without a number, such as a worked example, is built from lessons/name.py.
The picture of the cell tagged `cover` goes to docs/pictures/NN_name.png, for the README; the names
that the lessons introduce go to docs/names.md. A lesson's number is written wherever the lesson is
mentioned and into the names of its files in other folders, the minutes that it takes into its title
cell and the tables of lessons, and the sums of the instructor's minutes into the pages and plans.
README gets the badges of this copy's address in pyproject.toml. The pictures of the sliders, for
pages without a kernel, go to .frames/.

The same lesson always gives the same bytes: a cell's id is made from its content, and nothing is
stored that would differ next time.
"""

import argparse
import base64
import copy
import difflib
import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from commands import addresses, frames, lessons, mentions, minutes, names, plans

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


def build(lesson: Path, copies: bool = False) -> bool:
    """Execute one lesson into its notebook; return whether that changed the notebook.

    A notebook that was edited is refused, or its cells are first copied into the lesson.
    """
    path = notebook_of(lesson)
    if path.exists() and (edit := find_edit(lesson, path)):
        if not copies:
            raise BuildError(edit)
        copy_cells(path, lesson)
    notebook = read_lesson(lesson)
    path.parent.mkdir(exist_ok=True)
    from commands.execute import ExecutionError, execute  # --check, a commit's hook, has no kernel

    try:
        execute(notebook, path.parent)
    except ExecutionError as error:
        raise BuildError(f"{_shorten(lesson)} {error}") from None
    if (text := _with_minutes(lesson, notebook)) != lesson.read_bytes().decode():
        lessons.write_whole(lesson, text.encode())
        notebook = _take_outputs(read_lesson(lesson), notebook)
    if path.exists() and _differs_only_in_times(notebook, path):
        return False
    if (cover := cover_of(notebook)) is not None:
        _write(lesson.parents[1] / "docs/pictures" / f"{lesson.stem}.png", cover)
    _write(path, _serialize(notebook))
    return True


def _with_minutes(lesson: Path, notebook: NotebookNode) -> str:
    """Return the text of a lesson with the minutes that its executed notebook takes."""
    return minutes.replace_takes(lesson.read_bytes().decode(), *minutes.estimate(notebook))


def _take_outputs(notebook: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """Return a notebook with the outputs of another that has the same code cells."""
    for new, old in zip(notebook.cells, executed.cells, strict=True):
        if new.cell_type == "code":
            new.update(outputs=old.outputs, execution_count=old.execution_count)
    return notebook


def _differs_only_in_times(notebook: NotebookNode, path: Path) -> bool:
    """Return whether the stored notebook differs at most in outputs that no test compares."""
    stored, copied = _read_notebook(path), copy.deepcopy(notebook)
    outputs = {cell.id: cell.get("outputs") for cell in stored.cells if "id" in cell}
    for cell in copied.cells:
        if "nbval-ignore-output" in cell.metadata.get("tags", []) and cell.id in outputs:
            cell.outputs = outputs[cell.id]
    return _serialize(copied) == path.read_bytes()


def cover_of(notebook: NotebookNode) -> bytes | None:
    """Return the PNG of the cell tagged 'cover', or None if there is none."""
    for cell in notebook.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output.data["image/png"])
    return None


def notebook_of(lesson: Path) -> Path:
    """Return the path of a lesson's notebook."""
    return lesson.parents[1] / "notebooks" / f"{lesson.stem}.ipynb"


def read_lesson(lesson: Path) -> NotebookNode:
    """Return a lesson as a notebook that has not been executed."""
    cells, said = _take_slides(jupytext.read(lesson, fmt="py:percent").cells, _shorten(lesson))
    notebook = nbformat.from_dict(
        {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    )
    texts = _describe_cells(notebook)
    seen: Counter[str] = Counter()
    for cell, text in zip(notebook.cells, texts, strict=True):
        cell.metadata = _select_metadata(cell)
        cell.id = _hash(f"{text}{seen[text]}")[:8]
        seen[text] += 1
    for k, text in said.items():
        notebook.cells[k].metadata["slide"] = text
    if said:
        texts = _describe_cells(notebook)
    notebook.metadata["course"] = {"cells_sha256": _hash(*texts)}
    return notebook


def _take_slides(cells: list[NotebookNode], lesson: str) -> tuple[list[NotebookNode], dict]:
    """Return the cells of a notebook, and the words for the slides of some, by their place.

    These are a text cell with the tag `slide` behind the cell whose slide they are for, or, as
    jupytext copies them from a notebook, that cell's metadata. An id does not depend on them.
    """
    kept: list[NotebookNode] = []
    said: dict[int, str] = {}
    for cell in cells:
        place = len(kept) - 1
        if "slide" not in cell.metadata.get("tags", []):
            kept.append(cell)
            if text := cell.metadata.pop("slide", ""):
                said[place + 1] = text
        elif kept and place not in said and cell.cell_type == "markdown":
            said[place] = cell.source
        else:
            raise BuildError(
                f"{lesson} has a cell with the tag `slide` that is no text cell directly behind "
                f"another cell:\n{cell.source}\nWrite one behind each cell whose slide needs it."
            )
    return kept, said


def differences(lesson: Path, path: Path) -> list[str]:
    """Return, cell by cell, how a notebook differs from what a build of its lesson writes."""
    if not path.exists():
        return [f"{_shorten(path)} has not been built"]
    expected, notebook = read_lesson(lesson), _read_notebook(path)
    lines = _compare_cells(expected, notebook)
    if lines:
        return lines
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(counts) + 1)):
        return [f"the cells were not executed from first to last: {counts}"]
    if _serialize(_take_outputs(expected, notebook)) != path.read_bytes():
        return ["the cells agree, but ids, metadata or layout are not as a build writes them"]
    if _with_minutes(lesson, notebook) != lesson.read_bytes().decode():
        return ["the minutes after '**Takes**' are not those that a build writes"]
    return []


def _compare_cells(expected: NotebookNode, notebook: NotebookNode) -> list[str]:
    """Return a readable difference for each cell: '-' marks the lesson, '+' the notebook."""
    lines = []
    pairs = zip_longest(_describe_cells(expected), _describe_cells(notebook), fillvalue="")
    for number, (ours, theirs) in enumerate(pairs, 1):
        if ours != theirs:
            changed = difflib.ndiff(ours.splitlines(), theirs.splitlines())
            marked = (f"\n    {line}" for line in changed if line[0] in "+-")
            lines.append(f"cell {number}:{''.join(marked)}")
    return lines


def _describe_cells(notebook: NotebookNode) -> list[str]:
    """Return each cell's type, tags and text, in the form that a lesson can hold."""
    notebook = copy.deepcopy(notebook)
    # jupytext can't read every text that it has written into the line above a cell.
    said = [cell.metadata.pop("slide", "") for cell in notebook.cells]
    cells = jupytext.reads(jupytext.writes(notebook, fmt="py:percent"), fmt="py:percent").cells
    for cell, words in zip(cells, said, strict=False):
        cell.metadata |= {"slide": words} if words else {}
    return [  # with the tags sorted, as in a notebook
        f"{cell.cell_type} {json.dumps(_select_metadata(cell), sort_keys=True)}\n{cell.source}"
        for cell in cells
    ]


def _select_metadata(cell: NotebookNode) -> dict:
    """Return the part of a cell's metadata that both a lesson and its notebook have."""
    return {key: cell.metadata[key] for key in ("slide", "tags") if key in cell.metadata}


def _read_notebook(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, LookupError, AttributeError) as error:
        raise BuildError(
            f"{_shorten(path)} is not a notebook ({type(error).__name__}). Throw it away with:\n"
            f"  git checkout -- {_shorten(path)}"
        ) from None


def find_edit(lesson: Path, path: Path) -> str:
    """Return what to do if a notebook has cells that are neither in its lesson nor as built."""
    notebook = _read_notebook(path)
    built = notebook.metadata.get("course", {}).get("cells_sha256")
    if built == _hash(*_describe_cells(notebook)):
        return ""
    lines = _compare_cells(read_lesson(lesson), notebook)
    if not lines:
        return ""
    return (
        f"{_shorten(path)} was edited, and {_shorten(lesson)} does not have the edit. "
        f"The first is in {lines[0]}\n"
        f"To copy the notebook's cells into the lesson and build it:\n"
        f"  python course.py build --copy {lesson.stem}\n"
        f"To throw the edit away:\n  git checkout -- {_shorten(path)}"
    )


def copy_cells(path: Path, lesson: Path) -> None:
    """Write a notebook's cells into its lesson, unless that would lose an edit of the lesson."""
    notebook = _read_notebook(path)
    if notebook.metadata.get("course") != read_lesson(lesson).metadata["course"]:
        raise BuildError(
            f"{_shorten(path)} and {_shorten(lesson)} were both changed since the last build, so "
            f"neither is copied. Copy the notebook's edits into the lesson by hand, then throw "
            f"them away:\n  git checkout -- {_shorten(path)}"
        )
    cells = []
    for cell in notebook.cells:
        cell.metadata = _select_metadata(cell)
        said = cell.metadata.pop("slide", "")
        cells.append(cell)
        if said:
            cells.append(new_markdown_cell(said, metadata={"tags": ["slide"]}))
    notebook.update(cells=cells, metadata={"jupytext": {"notebook_metadata_filter": "-all"}})
    lessons.write_whole(lesson, jupytext.writes(notebook, fmt="py:percent").encode())


def _serialize(notebook: NotebookNode) -> bytes:
    nbformat.validate(notebook)
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def _hash(*texts: str) -> str:
    return lessons.sha256("\0".join(texts).encode())


def _write(path: Path, content: bytes) -> None:
    """Write a file if that changes it."""
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        lessons.write_whole(path, content)


def _shorten(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def main(arguments: list[str] | None = None, root: Path = lessons.ROOT) -> int:
    """Build the lessons that are named, or all, and return the exit code."""
    parser = argparse.ArgumentParser(prog="course.py build", description=__doc__.split("\n")[0])
    lessons.add_choice(parser)
    only = parser.add_mutually_exclusive_group()
    only.add_argument(
        "--check",
        action="store_true",
        help="execute and write nothing; list what is not up to date",
    )
    only.add_argument(
        "--copy",
        action="store_true",
        help="first copy the cells of each notebook that was edited into its lesson",
    )
    only.add_argument(
        "--frames",
        action="store_true",
        help="only draw the pictures of the sliders that the website and the slides still lack",
    )
    options = parser.parse_args(arguments)
    everything = lessons.sources(root)
    for repeated in lessons.find_repeats(lessons.files(root / "lessons", ".py")):
        parser.error(f"two files in lessons/ have the number or name {repeated}: rename one")
    chosen = lessons.chosen(everything, options.lessons, parser)
    if options.frames:
        return int(_draw_frames(root, [one for one in chosen if notebook_of(one).exists()]))
    return _check(root, chosen) if options.check else _build(root, chosen, options.copy)


def _build(root: Path, chosen: list[Path], copies: bool) -> int:
    """Build lessons, and what is made from all of them; return the exit code."""
    try:
        for line in mentions.renumber(root):
            print(line, flush=True)
    except FileExistsError as error:
        print(error, file=sys.stderr)
        return 1
    done = []
    for lesson in chosen:
        try:
            built = "built" if build(lesson, copies) else "unchanged"
            print(_shorten(notebook_of(lesson)), built, flush=True)
            done.append(lesson)
        except BuildError as error:
            print(f"{error}\n", file=sys.stderr, flush=True)
    failed = _draw_frames(root, done) or done != chosen
    _write(root / "docs/names.md", names.page(names.read_lessons(root)).encode())
    try:
        for module in (minutes, plans, addresses):
            for page, text in module.find_stale_pages(root).items():
                _write(page, text.encode())
    except plans.PlanError as error:
        print(error, file=sys.stderr)
        return 1
    return int(failed)


def _draw_frames(root: Path, chosen: list[Path]) -> bool:
    """Draw the sliders' missing pictures for the notebooks of lessons; return whether one failed.

    Then delete those of earlier versions.
    """

    def draw(path: Path) -> tuple[bool, str]:
        try:
            return frames.draw(root, path, _read_notebook(path)), ""
        except (BuildError, frames.FramesError) as error:
            return False, str(error)

    paths = [notebook_of(lesson) for lesson in chosen]
    changed = failed = False
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for a process of its own
        for path, (drawn, error) in zip(paths, pool.map(draw, paths), strict=True):
            if drawn:
                print(_shorten(path), "sliders drawn", flush=True)
                changed = True
            if error:
                print(f"{error}\n", file=sys.stderr, flush=True)
                failed = True
    if changed and not failed:
        built = [path for path in map(notebook_of, lessons.sources(root)) if path.exists()]
        frames.clean(root, [_read_notebook(path) for path in built])
    return failed


def _check(root: Path, chosen: list[Path]) -> int:
    """Print what a build would change, without executing anything; return the exit code."""
    wrong = [
        "\n".join([f"{_shorten(notebook_of(lesson))} is not up to date:", *lines])
        for lesson in chosen
        if (lines := differences(lesson, notebook_of(lesson)))
    ]
    page, content = root / "docs/names.md", names.page(names.read_lessons(root)).encode()
    if not page.exists() or page.read_bytes() != content:
        wrong.append("docs/names.md is not up to date.")
    wrong += mentions.describe_stale(root)
    pages = [page.relative_to(root) for page in minutes.find_stale_pages(root)]
    wrong += [f"{page} has a lesson's old minutes." for page in pages]
    if addresses.find_stale_pages(root):
        wrong.append("README.md lacks the badges of the address in pyproject.toml.")
    try:
        pages = [page.relative_to(root) for page in plans.find_stale_pages(root)]
        wrong += [f"{page} has old sums of minutes." for page in pages]
    except plans.PlanError as error:
        wrong.append(str(error))
    if wrong:
        wrong.append("To bring all up to date:\n  python course.py build")
        print(*wrong, sep="\n\n", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(
            "The build was interrupted. The lesson that was being built keeps its old notebook."
        )
