"""Read the cells of a notebook, whoever wrote it and whatever happened to it since."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 2**20  # of a file: a lesson with all its pictures has 3 MB
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
HEADING = re.compile(r"^(#+) +(?:\d\d )?(.+?) *$", re.M)
CHECK = re.compile(r"\bcheck\.(\w+)\(")


class UnreadableError(Exception):
    """A file that isn't a notebook, or that can't be read; the text says why."""


@dataclass(frozen=True)
class Cell:
    """What matters of a cell. Its `count` is 0 if it was not run."""

    id: str
    is_code: bool
    source: str
    tags: tuple[str, ...]
    outputs: tuple[dict[str, Any], ...]
    count: int

    @property
    def executed(self) -> bool:
        """Return whether the cell was run, as far as the notebook says."""
        return bool(self.count or self.outputs)

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Return the level and the text, without a lesson's number, of the cell's headings."""
        found = [] if self.is_code else HEADING.findall(FENCED.sub("", self.source))
        return [(len(level), text) for level, text in found]

    @property
    def checks(self) -> list[str]:
        """Return the names of the checks that the cell calls."""
        return CHECK.findall(self.source) if self.is_code else []

    @property
    def error(self) -> str:
        """Return the error that stopped the cell, '' if none did."""
        for output in self.outputs:
            if output.get("output_type") == "error":
                name, value = (str(output.get(key, "")) for key in ("ename", "evalue"))
                return printable(f"{name}: {value}" if value else name)[:200]
        return ""


def read(path: Path) -> list[Cell]:
    """Return the cells of a notebook; UnreadableError if it has none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(f"larger than {MOST_BYTES >> 20} MB, so it was not read")
        notebook = json.loads(path.read_bytes())
        return [_cell(cell) for cell in notebook["cells"]]
    except OSError as error:
        raise UnreadableError(f"can't be read ({error.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnreadableError("damaged: it isn't a notebook") from None


def _cell(cell: dict[str, Any]) -> Cell:
    metadata, count = cell.get("metadata", {}), cell.get("execution_count")
    outputs = cell.get("outputs", [])
    return Cell(
        id=str(cell.get("id", "")),
        is_code=cell["cell_type"] == "code",
        source="".join(cell["source"]),
        tags=tuple(map(str, metadata.get("tags", []))),
        outputs=tuple(output for output in outputs if isinstance(output, dict)),
        count=count if isinstance(count, int) else 0,
    )


def marks(cells: list[Cell]) -> set[str]:
    """Return what a notebook can be recognised by: its cells' ids, its headings, its checks.

    JupyterLab keeps the ids, whatever is changed in a cell; other programs may not.
    """
    found = {cell.id for cell in cells}
    for cell in cells:
        found |= {text for _, text in cell.headings} | {f"check.{name}(" for name in cell.checks}
    return found - {""}


def printable(text: str) -> str:
    """Return a text without what a terminal or a file in UTF-8 can't take."""
    return "".join(char if char.isprintable() else " " for char in text).strip()
