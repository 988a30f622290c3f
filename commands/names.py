"""Collect the names that lessons use and declare, and write docs/names.md from them.

A lesson declares the names it introduces in its recap, after '**New names:**', spelled as in its
code: `nn.Linear` for an imported name, `.backward` for an attribute or a method of any object,
`dim=` for a named argument. Those that only its deeper sections use stand after '**New names,
deeper:**'. No code is run, so types are unknown.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jupytext

from commands.mentions import anchor
from commands.minutes import tags

HEAD = """# Names

Every name of PyTorch, NumPy, scikit-learn and the course's own helpers that a lesson introduces:
the line in which you first meet it, the lesson, and the section. `.name` is an attribute or a
method, `name=` an argument. Those marked *deeper* you need only in deeper sections. For words, see
[the glossary](glossary.md).

| name | first met in | where |
|---|---|---|
"""
# Attributes of strings, lists, numbers and so on count as Python's, whatever object has them.
WARNING = warnings.WarningMessage("", Warning, "", 0)
PYTHON_ATTRIBUTES = {
    name
    for kind in (type, str, list, dict, set, tuple, float, Path, re.Match, WARNING)
    for name in dir(kind)
}
NOT_THIRD_PARTY = sys.stdlib_module_names | {"course_utils"}


@dataclass(frozen=True)
class Use:
    """The first use of a name: the cell's index, its section, its code and the row within it.

    The section is '' before the first heading. `deeper` says whether the cell belongs to a deeper
    section.
    """

    cell: int
    section: str
    code: str
    row: int
    deeper: bool

    @property
    def line(self) -> str:
        """The line of code, without its comment."""
        return self.code.splitlines()[self.row].split("  #")[0].strip()


class LessonNames:
    """The names in the lesson at a path.

    `uses`: the first use of each name, by its full path ('torch.nn.Linear', '.backward', 'dim=');
    a use in the core comes before one in a deeper section.
    `new`: the names that the lesson declares, as written there, by their full paths.
    `words`: the words that it declares. `deeper`: those of the names and words that only its deeper
    sections use. `builds_on`: the numbers of the lessons it builds on.
    `own`: the attributes and functions that the lesson's code defines.
    """

    def __init__(self, path: Path):
        """Read the lesson and collect its names."""
        self.number = path.name[:2]
        self.notebook = f"../notebooks/{path.stem}.ipynb"
        cells = jupytext.read(path, fmt="py:percent").cells
        # What a lesson says for its slides alone is none of its text.
        self.cells = [c for c in cells if "slide" not in c.metadata.get("tags", [])]
        self._alias: dict[str, str] = {}
        self._arguments: set[str] = set()
        self.own: set[str] = set()
        self.uses: dict[str, Use] = {}
        code = sorted(self._code(), key=lambda entry: self.is_deeper(entry[0]))
        for _, _, tree in code:
            self._note_definitions(tree)
        for cell, text, tree in code:
            self._note_uses(cell, text, tree)
        head = re.search(r"\*\*Builds on\*\*(.+?)\*\*Takes\*\*", self.cells[0].source, re.S)
        self.builds_on = re.findall(r"\b\d\d\b", head[1]) if head else []
        deeper_names = [self._full_path(name) for name in self._declarations("names, deeper")]
        deeper_words = self._declarations("words, deeper")
        self.new = {
            self._full_path(name): name
            for what in ("names", "names, deeper")
            for name in self._declarations(what)
        }
        self.words = self._declarations("words") + deeper_words
        self.deeper = {*deeper_names, *deeper_words}

    def is_deeper(self, cell: int) -> bool:
        """Return whether the cell at an index belongs to a deeper section."""
        return "deeper" in tags(self.cells[cell])

    def _declarations(self, what: str) -> list[str]:
        """Return what the recap lists after 'New words:', 'New names, deeper:' and so on."""
        text = "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")
        found = re.search(rf"^\*\*New {what}:\*\*((?:.+\n)+)", text + "\n", re.M)
        listed = " ".join(found[1].split()).removesuffix(".") if found else ""
        return [one.strip("`") for one in listed.split(", ") if one]

    def _full_path(self, name: str) -> str:
        """Return the full path of a name as the lesson's code writes it."""
        first, dot, rest = name.partition(".")
        return self._alias.get(first, first) + dot + rest

    def _code(self) -> Iterator[tuple[int, str, ast.Module]]:
        """Yield the index, the text and the syntax tree of each code cell and folded solution.

        The first code cell, which the hand-out hides, teaches nothing.
        """
        for i, cell in enumerate(self.cells):
            if "start" in tags(cell):
                continue
            blocks = re.findall(r"```python\n(.*?)\n```", cell.source, re.S)
            for text in [cell.source] if cell.cell_type == "code" else blocks:
                with suppress(SyntaxError):  # Executing the lesson reports it.
                    yield i, text, ast.parse(text)

    def _note_definitions(self, tree: ast.AST) -> None:
        """Note the imported names and what the lesson defines."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    first = name.name.split(".")[0]
                    self._alias[name.asname or first] = name.name if name.asname else first
            elif isinstance(node, ast.ImportFrom):
                for name in node.names:
                    self._alias[name.asname or name.name] = f"{node.module}.{name.name}"
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.own.add(node.name)
            elif isinstance(node, ast.arg):
                self._arguments.add(node.arg)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if isinstance(node.value, ast.Name) and node.value.id == "self":
                    self.own.add(node.attr)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "self.register_buffer":
                self.own.add(ast.literal_eval(node.args[0]))

    def _note_uses(self, cell: int, text: str, tree: ast.AST) -> None:
        """Note the first use of each name, in the order of the lines."""
        found: list[tuple[int, str]] = []
        inner: set[ast.AST] = set()
        for node in ast.walk(tree):  # Outer nodes first, so the longest path is found first.
            if isinstance(node, ast.Name | ast.Attribute) and node not in inner:
                if path := self._path(node):
                    found.append((node.end_lineno or 0, path))
                    inner.update(ast.walk(node))
                elif isinstance(node, ast.Attribute):
                    found.append((node.end_lineno or 0, f".{node.attr}"))
            elif isinstance(node, ast.Call):
                for argument in node.keywords:
                    if argument.arg and self._is_third_party(node.func, argument.arg):
                        found.append((argument.value.lineno, f"{argument.arg}="))
        texts = [c.source for c in self.cells[: cell + 1] if c.cell_type == "markdown"]
        section = re.findall(r"^##+ (.+)$", "\n".join(texts), re.M) or [""]
        deeper = self.is_deeper(cell)
        for line, name in sorted(found):
            self.uses.setdefault(name, Use(cell, section[-1], text, line - 1, deeper))

    def _path(self, node: ast.AST) -> str | None:
        """Return the full path that a name or an attribute refers to; None if not imported."""
        if isinstance(node, ast.Name):
            return self._alias.get(node.id)
        if isinstance(node, ast.Attribute) and (base := self._path(node.value)):
            return f"{base}.{node.attr}"
        return None

    def _is_third_party(self, function: ast.AST, argument: str) -> bool:
        """Return whether a named argument belongs to a library: not to Python or the lesson."""
        if isinstance(function, ast.Attribute) and not self._path(function):
            return function.attr not in PYTHON_ATTRIBUTES and argument not in self._arguments
        return (self._path(function) or "course_utils").split(".")[0] not in NOT_THIRD_PARTY


def page(lessons: list[LessonNames]) -> str:
    """Return the text of docs/names.md: declared names, sorted by last part, with first uses."""
    rows = []
    for lesson in lessons:
        for name, shown in lesson.new.items():
            if use := lesson.uses.get(name):
                where = f"[{lesson.number}]({lesson.notebook}), at its beginning"
                if title := use.section:
                    where = f"[{lesson.number}, '{title}']({lesson.notebook}#{anchor(title)})"
                cells = [f"`{shown}`", f"`{use.line}`", where]
                row = " | ".join(cell.replace("|", "\\|") for cell in cells)
                mark = ", *deeper*" if name in lesson.deeper else ""
                rows.append((name.split(".")[-1].lower(), f"| {row}{mark} |\n"))
    return HEAD + "".join(row for _, row in sorted(rows))


def read_lessons(root: Path) -> list[LessonNames]:
    """Return the names in every lesson, in the order of the lessons."""
    return [LessonNames(path) for path in sorted((root / "lessons").glob("[0-9]*.py"))]
