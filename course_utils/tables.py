"""Tables with names, blanks and categories: one that ships with the course, and your own.

`read_table` reads a CSV file, and says what is wrong with one that it can't read. It never writes,
neither to the file nor anywhere else.
"""

import csv
import difflib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

EMPTY = (
    "",
    "na",
    "n/a",
    "#n/a",
    "nan",
    "null",
    "?",
    "-",
    ".",
)  # a missing cell, in capitals or not
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LEAST = 30  # rows with a target: with fewer, no part of a split says much
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NEARLY = re.compile(r"[^\w\s]?\s?[+-]?[0-9].*", re.S)  # begins as a number does, with or without €
_COMMAS = "Save the file with semicolons between the cells, and pass decimal=','."
_HOW = "In your spreadsheet, choose 'Save as' and then 'CSV UTF-8'."
# What a file is, by its first bytes.
_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"SQLite format": "a SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x93NUMPY": "a NumPy file",
    b"<!": "a web page or XML",
    b"<html": "a web page or XML",
    b"<?xml": "a web page or XML",
    b'{"': "a JSON file",
    b"[{": "a JSON file",
    b"[[": "a JSON file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}


@dataclass(frozen=True)
class NamedColumns:
    """A table: a target and the columns it may be predicted from, by name.

    `y` holds the target, float64 of shape (n,), `numbers` the columns of numbers, float64 of shape
    (n,) each; both have nan where the file has no number. `categories` holds the columns of words,
    of shape (n,) each, with '' where the file has none. `left_out` says which columns are none of
    these, and why; `doubts` says of some categories why they may be none.
    """

    target: str
    y: np.ndarray
    numbers: dict[str, np.ndarray]
    categories: dict[str, np.ndarray]
    left_out: dict[str, str]
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> np.ndarray:
        """The numbers of the rows whose target is not missing, in the file's order."""
        return np.flatnonzero(~np.isnan(self.y))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.y)

    def __repr__(self) -> str:
        """Say what each column is and how many of its cells are missing, a line for each."""
        lines = [f"{len(self)} rows; the target is {self.target}"]
        lines += [f"  {'  '.join(cells)}".rstrip() for cells in _aligned(self._described())]
        lines += [f"  {name} is left out: {why}" for name, why in self.left_out.items()]
        lines += [f"  {name}: {doubt}" for name, doubt in self.doubts.items()]
        return "\n".join(lines)

    def _described(self) -> list[list[str]]:
        found = [[self.target, "number", f"{np.isnan(self.y).sum()} missing", "the target"]]
        for name, values in self.numbers.items():
            found.append([name, "number", f"{np.isnan(values).sum()} missing", ""])
        for name, words in self.categories.items():
            levels = [str(level) for level in np.unique(words) if level != ""]
            listed = ", ".join(levels[:4]) + (f", … ({len(levels)})" if len(levels) > 4 else "")
            found.append([name, "category", f"{(words == '').sum()} missing", listed])
        return found


def _aligned(rows: list[list[str]]) -> list[list[str]]:
    """Return rows of text with each column but the last as wide as its widest entry."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]


def penguins(target: str = "body_mass_g") -> NamedColumns:
    """Return 344 penguins as they were measured on three islands, with cells that are missing.

    Lengths in mm, body mass in g; `species`, `island` and `sex` are categories. They are the adults
    of nesting pairs, in the seasons 2007 to 2009; their sex was found from DNA. A different
    `target` must be a column of numbers. K. B. Gorman, T. D. Williams and W. R. Fraser, 'Ecological
    sexual dimorphism and environmental variability within a community of Antarctic penguins (genus
    Pygoscelis)', PLoS ONE 9(3): e90081, 2014; made available by Dr. Kristen Gorman and the Palmer
    Station, Antarctica LTER, under CC0; the file is that of the package palmerpenguins 0.1.6.
    From the lesson 'A project of your own'.
    """
    return read_table(Path(__file__).with_name("penguins.csv"), target)


def read_table(path: str | Path, target: str, *, decimal: str = ".") -> NamedColumns:
    """Read a table from a CSV file whose first line names the columns.

    The separator may be a comma, a semicolon or a tab; `decimal` is the sign in 3.5. A column is
    one of numbers if all its cells are, else one of categories. What counts as missing is in
    `EMPTY`, NA among it; a number that stands for missing, such as -999, does not. A
    column with a different word in every row, one that counts the rows from 0 or 1 and an empty
    one are left out. Nothing is written.
    From the lesson 'A project of your own'.

    Raises FileNotFoundError or ValueError, which say what was expected and what to do.
    """
    path = _find(path)
    text = _text(path)
    if decimal not in (".", ","):
        raise ValueError(f"decimal must be '.' or ',', got {decimal!r}.")
    names, lines, rows = _cells(path, text)
    if target not in names:
        raise ValueError(
            f"{path.name} has no column {target!r}.{_like(str(target), names)} "
            f"Its columns are {_listed(names)}."
        )
    columns = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    y = _target(target, columns.pop(target), lines, decimal)
    numbers: dict[str, np.ndarray] = {}
    categories: dict[str, np.ndarray] = {}
    left_out: dict[str, str] = {}
    doubts: dict[str, str] = {}
    for name, cells in columns.items():
        if all(_is_missing(cell) for cell in cells):
            left_out[name] = "every cell is empty"
        elif _holds_numbers(name, cells, lines, decimal):
            values = np.array([_to_float(cell, decimal) for cell in cells])
            if values[0] in (0, 1) and np.array_equal(values, values[0] + np.arange(len(values))):
                left_out[name] = "it counts the rows, so it is a name for each row, not an input"
            else:
                numbers[name] = values
        elif len(set(cells)) == len(cells):
            left_out[name] = "each row has a word of its own, so it is a name, not an input"
            doubts |= _doubt(name, cells)
        else:
            categories[name] = np.array(["" if _is_missing(cell) else cell for cell in cells])
            doubts |= _doubt(name, cells)
    if not numbers and not categories:
        raise ValueError(
            f"{path.name} has no column beside {target!r} that could be an input: "
            + "; ".join(f"{name!r} is left out, since {why}" for name, why in left_out.items())
            + "."
        )
    return NamedColumns(target, y, numbers, categories, left_out, doubts)


def _doubt(name: str, cells: list[str]) -> dict[str, str]:
    """Return by name why a column of words may be one of numbers; nothing where it is not."""
    given = [cell for cell in cells if not _is_missing(cell)]
    nearly = [cell for cell in given if _NEARLY.fullmatch(cell)]
    if len(nearly) < 0.3 * len(given):
        return {}
    odd = next(cell for cell in nearly + given if not _NUMBER.fullmatch(cell))
    return {
        name: f"holds {odd!r:.30}; if these are numbers, write them without unit, sign or space, "
        "and NA where one is unknown"
    }


def _find(path: str | Path) -> Path:
    """Return the path of a file that is there, or say where we looked."""
    if not isinstance(path, str | Path):
        raise ValueError(f"path must be the name of a file, in quotes, got {path!r:.60}.")
    path = Path(path).expanduser()
    if path.is_dir():
        inside = sorted(file.name for file in path.glob("*.csv"))
        there = f" It holds {_listed(inside)}." if inside else " It holds no .csv file."
        raise ValueError(f"{path} is a folder: name a file in it.{there}")
    if not path.exists():
        folder = path.resolve().parent
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}, so no {path.name} in it.")
        names = sorted(file.name for file in folder.iterdir() if file.is_file())
        tables = [name for name in names if name.lower().endswith((".csv", ".tsv", ".txt"))]
        like = _like(path.name, names) or (f" It holds {_listed(tables)}." if tables else "")
        raise FileNotFoundError(
            f"There is no file {path.name!r} in the folder {folder}.{like} Copy your file there, "
            "or give its whole path."
        )
    return path


def _text(path: Path) -> str:
    """Return the text of a file in UTF-8, or say what the file is instead."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OSError(
            f"{path.name} can't be opened ({error.strerror}): is it open in another program?"
        ) from None
    if not content.strip():
        raise ValueError(f"{path.name} is empty.")
    for start, kind in _KINDS.items():
        if content.lstrip(b" \t\r\n").lower().startswith(start.lower()):
            raise ValueError(f"{path.name} is {kind}, not a CSV file. {_HOW}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path.name} is not in UTF-8: line {line} has a letter that can't be read. {_HOW}"
        ) from None
    if "\0" in text:
        raise ValueError(f"{path.name} holds bytes that are not text, not a CSV file. {_HOW}")
    return text


def _cells(path: Path, text: str) -> tuple[list[str], list[int], list[list[str]]]:
    """Return the names of the columns, and the line and the cells of each row."""
    told = re.match(r"\s*sep=(.)\s*?\n", text, re.I)  # as Excel writes it
    if told:
        text = "\n" * told[0].count("\n") + text[told.end() :]
    separator = told[1] if told and told[1] in SEPARATORS else _separator(path, text.lstrip("\r\n"))
    table, last = [], 0
    reader = _reader(text, separator)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                table.append((last + 1, [_stripped(cell) for cell in row]))
            last = reader.line_num
    except csv.Error as error:
        raise ValueError(
            f"{path.name} can't be read from line {last + 1} on ({error}): is a quotation mark "
            "missing there, or one too many?"
        ) from None
    (_, names), *body = table
    _refuse_names(path, names)
    if body and all(len(row) == len(names) + 1 for _, row in body):
        cure = " Or are these decimal commas? " + _COMMAS if separator == "," else ""
        raise ValueError(
            f"Every row of {path.name} has a cell more than its first line has names: name the "
            f"first column, too, or delete the separator at the end of each row.{cure}"
        )
    for line, row in body:
        if len(row) != len(names):
            raise ValueError(_uneven(path, line, len(row), len(names), separator))
    if not body:
        raise ValueError(f"{path.name} has names of columns, but no row under them.")
    return names, [line for line, _ in body], [row for _, row in body]


def _reader(text: str, separator: str) -> Any:
    file = io.StringIO(text, newline="")
    return csv.reader(file, delimiter=separator, skipinitialspace=True, strict=True)


def _separator(path: Path, text: str) -> str:
    """Return the separator that finds most names in the first line."""
    found = {}
    for separator in SEPARATORS:
        try:
            found[separator] = len(next(_reader(text, separator)))
        except csv.Error:  # something follows a quotation mark, or it isn't closed
            found[separator] = 0
    separator = max(found, key=lambda one: (found[one], text.split("\n")[0].count(one)))
    if found[separator] == 1:
        first = text.split("\n")[0].strip()
        raise ValueError(
            f"The first line of {path.name} has one name only, {first!r:.60}: expected a name for "
            f"each column, with {_listed(list(SEPARATORS.values()))} between them."
        )
    return separator


def _stripped(cell: str) -> str:
    """Return a cell without what can't be seen at its ends, and with a plain minus."""
    return cell.strip(" \t\r\n\xa0\u200b\ufeff").replace("\u2212", "-")


def _refuse_names(path: Path, names: list[str]) -> None:
    """Name a column without a name, and raise ValueError where names are no names."""
    if all(_NUMBER.fullmatch(name.replace(",", ".")) or _is_missing(name) for name in names):
        raise ValueError(
            f"The first line of {path.name} holds no names, but {_listed(names)}: put a line above "
            "it that names each column."
        )
    for k, name in enumerate(names):
        if not name:
            names[k] = f"column {k + 1}"
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ValueError(
            f"{path.name} has more than one column named {_listed(repeated)}: give each its own "
            "name."
        )


def _uneven(path: Path, line: int, found: int, expected: int, separator: str) -> str:
    """Return what to say of a line with too many or too few cells."""
    told = f"Line {line} of {path.name} has {found} cells, but the first line names {expected}."
    if found < expected:
        return f"{told} Is a cell missing? An empty one needs its separator, too."
    if separator == ",":
        return (
            f"{told} Does a cell hold a comma? Put that cell into quotation marks. Are these "
            f"decimal commas? {_COMMAS}"
        )
    return f"{told} Does a cell hold the separator? Put that cell into quotation marks."


def _target(name: str, cells: list[str], lines: list[int], decimal: str) -> np.ndarray:
    """Return the target as numbers, or say why it can't be one."""
    given = [cell for cell in cells if not _is_missing(cell)]
    if not given:
        raise ValueError(f"The target {name!r} is empty in every row.")
    if not _holds_numbers(name, cells, lines, decimal):
        raise ValueError(
            f"The target {name!r} must hold numbers, but holds words such as {given[0]!r:.40}: "
            "write numbers only, without a unit, or choose another column."
        )
    y = np.array([_to_float(cell, decimal) for cell in cells])
    if len(given) < LEAST:
        raise ValueError(
            f"Only {len(given)} rows have a target: a project needs at least {LEAST}, rather some "
            "hundreds."
        )
    if len(set(y[~np.isnan(y)])) == 1:
        raise ValueError(f"The target {name!r} is {given[0]} in every row: there's no question.")
    return y


def _holds_numbers(name: str, cells: list[str], lines: list[int], decimal: str) -> bool:
    """Return whether a column is one of numbers, or raise ValueError where it is half of each."""
    given = [(line, cell) for line, cell in zip(lines, cells, strict=True) if not _is_missing(cell)]
    bad = [(line, cell) for line, cell in given if not _is_number(cell, decimal)]
    if not bad:
        return True
    other = "," if decimal == "." else "."
    if all(_is_number(cell, decimal) or _is_number(cell, other) for _, cell in given):
        line, cell = bad[0]
        raise ValueError(
            f"Column {name!r} has the number {cell!r} in line {line}. If its sign {other!r} is the "
            f"decimal sign, pass decimal={other!r}; if it groups thousands, save the file without."
        )
    if len(bad) < len(given) / 2:
        line, cell = bad[0]
        raise ValueError(
            f"Column {name!r} holds numbers, but {cell!r:.40} in line {line}: correct it in the "
            "file, or write NA if the number is unknown."
        )
    return False


def _is_missing(cell: str) -> bool:
    return cell.lower() in EMPTY


def _is_number(cell: str, decimal: str) -> bool:
    if decimal == ",":
        cell = "x" if "." in cell else cell.replace(",", ".")
    return bool(_NUMBER.fullmatch(cell)) and bool(np.isfinite(float(cell)))


def _to_float(cell: str, decimal: str) -> float:
    return np.nan if _is_missing(cell) else float(cell.replace(decimal, "."))


def _like(name: str, names: list[str]) -> str:
    """Return a question about the names most like this one, or ''."""
    by_lower = {one.lower(): one for one in names}
    found = difflib.get_close_matches(name.lower(), by_lower, n=2)
    return f" Did you mean {' or '.join(repr(by_lower[one]) for one in found)}?" if found else ""


def _listed(words: list[str]) -> str:
    """Return up to eight words with commas between them."""
    return ", ".join(words[:8]) + (f", … ({len(words)})" if len(words) > 8 else "")
