"""Faults made by rule: each changes one constant, operator, call, text or truth value.

They are drawn at random, with a seed, from the code of the lessons and of course_utils. No fault is
made of what the tests can't or needn't notice: annotations, docstrings, imports, `raise`, `assert`,
`strict=`, the cells of a lesson that are an exercise or aren't compared, and changes that change
nothing: of `reshape(-1, ...)` to -2, which NumPy takes for the same, and of the order of arguments
where it doesn't matter.

A change is three values: (first, last, new). The characters of the file from first to last are
replaced by the text `new`.
"""

import ast
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.net.faults.bank import Fault
from tests.support.lessons import ROOT

# How an operator is written, and what is written in its place.
OPERATORS = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")},
    **{ast.FloorDiv: ("//", "/"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*")},
    **{ast.MatMult: ("@", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&")},
    **{ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")},
    **{ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not")},
    **{ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in")},
    **{ast.And: ("and", "or"), ast.Or: ("or", "and")},
}
UNCOMPARED_TAGS = {"exercise", "nbval-ignore-output"}
# Of a picture's style, 1% is less than anybody can see, so a fault takes half of it.
STYLES = {"alpha", "fontsize", "linewidth", "linewidths", "markeredgewidth", "markersize", "zorder"}
# The calls that take their first two arguments in any order; the last are symmetric in all but
# what a tolerance is relative to.
SYMMETRIC = {"max", "min", "maximum", "minimum", "array_equal", "isclose", "allclose", "same"}
Change = tuple[int, int, str]


class Source:
    """A Python file: its text, its syntax tree, and where in the text each node is."""

    def __init__(self, path: Path):
        self.text = path.read_text("utf-8")
        self.tree = ast.parse(self.text)
        self.starts = [0]  # the index of each line's first character
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def index(self, line: int, column: int) -> int:
        """Return the index in the text of a line and a column, which ast counts in bytes."""
        begin = self.starts[line - 1]
        row = self.text[begin : self.starts[line]]
        return begin + len(row.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return the indices where a node begins and ends."""
        end = self.index(node.end_lineno, node.end_col_offset)
        return self.index(node.lineno, node.col_offset), end

    def code(self, node: ast.AST) -> str:
        """Return the text of a node."""
        return self.text[slice(*self.span(node))]

    def fault(self, file: str, first: int, last: int, new: str) -> Fault:
        """Return the fault that makes a change.

        Its old text is the changed lines, and as many around them as make it unique in the file.
        """
        top = self.text.count("\n", 0, first)
        bottom = self.text.count("\n", 0, last) + 1
        while True:
            begin, end = self.starts[top], self.starts[min(bottom, len(self.starts) - 1)]
            if self.text.count(self.text[begin:end]) == 1:
                break
            top, bottom = max(top - 1, 0), bottom + 1
        changed = self.text[begin:first] + new + self.text[last:end]
        line = self.text.count("\n", 0, first) + 1
        row = changed[changed.rfind("\n", 0, first - begin) + 1 :].partition("\n")[0]
        return Fault(file, f"line {line} becomes {row.strip()}", self.text[begin:end], changed)


def changes(node: ast.AST, parent: ast.AST | None, source: Source) -> Iterator[Change]:
    """Yield the changes of a node itself, not of the nodes in it."""
    if isinstance(node, ast.JoinedStr) or is_literal(node, str, source):
        yield from change_text(*source.span(node), source)
    elif is_literal(node, bool, source):
        yield *source.span(node), str(not node.value)
    elif is_literal(node, int, source):
        yield *source.span(node), str(node.value + 1)
    elif is_literal(node, float, source):
        factor = 0.5 if is_style(node, parent) else 1.01
        yield *source.span(node), f"{node.value * factor:.6g}" if node.value else "0.01"
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        left = node.left if isinstance(node, ast.BinOp) else node.target
        right = node.right if isinstance(node, ast.BinOp) else node.value
        yield from change_operator(node.op, left, right, source)
    elif isinstance(node, ast.BoolOp):
        yield from change_operator(node.op, *node.values[:2], source)
    elif isinstance(node, ast.Compare):
        yield from change_operator(node.ops[0], node.left, node.comparators[0], source)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield source.span(node)[0], source.span(node.operand)[0], ""
    elif isinstance(node, ast.Call):
        yield from change_call(node, source)


def is_literal(node: ast.AST, kind: type, source: Source) -> bool:
    """Return whether a node is a constant of a type, and is where the tree says it is.

    Before Python 3.12, the tree doesn't know where the parts of an f-string are.
    """
    if not isinstance(node, ast.Constant) or type(node.value) is not kind:
        return False
    try:
        return ast.literal_eval(source.code(node)) == node.value
    except (SyntaxError, ValueError):
        return False


def is_style(node: ast.AST, parent: ast.AST | None) -> bool:
    """Return whether a node is the value of a style, as in `alpha=0.5` or `{"alpha": 0.5}`."""
    if isinstance(parent, ast.keyword):
        return parent.arg in STYLES
    return isinstance(parent, ast.Dict) and any(
        value is node and isinstance(key, ast.Constant) and key.value in STYLES
        for key, value in zip(parent.keys, parent.values, strict=True)
    )


def name_of(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def change_text(first: int, last: int, source: Source) -> Iterator[Change]:
    """Yield a change of the first letter of a text's longest word, outside of code in braces."""
    text = re.sub(r"\{[^{}]*\}", lambda braces: "0" * len(braces[0]), source.text[first:last])
    words = re.finditer(r"(?<![\\%\w])[a-z]{3,}", text)
    if word := max(words, key=lambda word: len(word[0]), default=None):
        start = first + word.start()
        yield start, start + 1, "x" if word[0][0] == "q" else "q"


def change_operator(op, left, right, source: Source) -> Iterator[Change]:
    """Yield a change of the operator between two operands, not of brackets and comments there."""
    begin, end = source.span(left)[1], source.span(right)[0]
    between = re.sub("#.*", lambda comment: " " * len(comment[0]), source.text[begin:end])
    old, new = OPERATORS.get(type(op), ("", ""))
    if old and old in between:
        first = begin + between.index(old)
        yield first, first + len(old), new


def change_call(node: ast.Call, source: Source) -> Iterator[Change]:
    """Yield a call without one of its keywords, with two arguments swapped, or left out."""
    for keyword in node.keywords:
        if keyword.arg not in (None, "strict"):
            first, last = source.span(keyword)
            comma = re.match(r",\s*", source.text[last:])
            yield first, last + (comma.end() if comma else 0), ""
    plain = [a for a in node.args if not isinstance(a, (ast.Starred, ast.GeneratorExp))]
    differ = len(plain) >= 2 and source.code(plain[0]) != source.code(plain[1])
    if differ and name_of(node) not in SYMMETRIC:
        (first, end), (begin, last) = source.span(plain[0]), source.span(plain[1])
        between = source.text[end:begin]
        yield first, last, source.code(plain[1]) + between + source.code(plain[0])
    if len(plain) == len(node.args) == 1 and not node.keywords:
        yield *source.span(node), f"({source.code(node.args[0])})"


def is_left_alone(node: ast.AST, parent: ast.AST) -> bool:
    """Return whether no fault is made of a node and of what is in it."""
    if isinstance(node, (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.expr) and node in (
        getattr(parent, "annotation", None),
        getattr(parent, "returns", None),
    ):
        return True
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return True
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text and isinstance(node.value.value, str | type(...))


def uncompared_lines(text: str) -> set[int]:
    """Return the numbers of the lines in a lesson's cells that no comparison would notice."""
    found, is_uncompared = set(), False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("# %%"):
            is_uncompared = any(f'"{tag}"' in line for tag in UNCOMPARED_TAGS)
        if is_uncompared:
            found.add(number)
    return found


def all_changes(file: str, source: Source) -> list[Change]:
    """Return every change that the rules make of a file."""
    uncompared = uncompared_lines(source.text) if file.startswith("lessons/") else set()
    found, rest = [], []  # the changes, and the ones in reshape(-1, ...)

    def visit(node, parent):
        if is_left_alone(node, parent) or getattr(node, "lineno", 0) in uncompared or node in rest:
            return
        if isinstance(node, ast.Call) and name_of(node) == "reshape":
            rest.extend(size.operand for size in node.args if isinstance(size, ast.UnaryOp))
        found.extend(changes(node, parent, source))
        for child in ast.iter_child_nodes(node):
            visit(child, node)

    visit(source.tree, None)
    return found


def is_python(text: str) -> bool:
    """Return whether a text is valid Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def random_faults(count: int, seed: int, files: list[str]) -> list[Fault]:
    """Draw up to `count` of the faults that the rules make of these files.

    `files` are paths from the root of the course. The same seed draws the same faults from the
    same files.
    """
    sources = {file: Source(ROOT / file) for file in files}
    everything = [(file, *change) for file in files for change in all_changes(file, sources[file])]
    random.Random(seed).shuffle(everything)
    valid = (
        (file, first, last, new)
        for file, first, last, new in everything
        if is_python((text := sources[file].text)[:first] + new + text[last:])
    )
    return [sources[file].fault(file, *change) for file, *change in itertools.islice(valid, count)]


def all_files() -> list[str]:
    """Return the files that faults are made of: the lessons' and those of course_utils."""
    paths = [*ROOT.glob("lessons/*.py"), *ROOT.glob("course_utils/**/*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)
