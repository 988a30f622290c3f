"""Makes the mutants of a module of course_utils, with mutmut's operators.

Not mutated, since no student would notice: type annotations, docstrings, the words of a `raise`,
and `strict=` of zip, a guard that nothing trips; as in mutmut, the arguments of len and isinstance.
A text of several words is not framed in XX, only written in small letters and in capitals: tests
ask for some of its words.
"""

import difflib
import functools
import itertools
import random
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tests.test_architecture import COURSE_UTILS

UNMUTATED = {"len", "isinstance"}


@functools.cache
def source_of(module):
    """Return the source of a module as it stood when it was first asked for."""
    return COURSE_UTILS[module].read_text(encoding="utf-8")


@dataclass
class Mutant:
    """One change of one module: `text` in the place of the characters from `first` to `last`.

    `lines` are those of which a trial must run one to be worth a try.
    """

    module: str
    line: int
    lines: set[int]
    first: int
    last: int
    text: str
    killer: str = ""

    @property
    def source(self):
        """The mutated module."""
        source = source_of(self.module)
        return source[: self.first] + self.text + source[self.last :]

    def diff(self):
        """Return the lines that differ, as a unified diff has them."""
        rows = [text.splitlines() for text in (source_of(self.module), self.source)]
        diff = list(difflib.unified_diff(*rows, n=0, lineterm=""))
        return [row for row in diff[2:] if not row.startswith("@@")]


class Finder(cst.CSTVisitor):
    """Collects a module's mutations: pairs of nodes, each with the lines that run it."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, n_lines):
        super().__init__()
        self.found, self.stack, self.n_lines = [], [], n_lines

    def span(self, node):
        position = self.get_metadata(PositionProvider, node)
        return position.start.line, position.end.line

    def skipped(self, node):
        if isinstance(node, (cst.Annotation, cst.ImportFrom, cst.Import)):
            return True
        if isinstance(node, cst.Arg) and node.keyword and node.keyword.value == "strict":
            return True
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            return node.func.value in UNMUTATED
        return isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString)

    def on_visit(self, node):
        if self.skipped(node):
            return False
        self.stack.append(node)
        raises = any(isinstance(parent, cst.Raise) for parent in self.stack)
        for kind, operator in mutation_operators:
            if not isinstance(node, kind):
                continue
            for changed in operator(node):
                if isinstance(node, cst.BaseString) and (raises or self.framed(node, changed)):
                    continue
                if isinstance(node, cst.Call) and self.strict(node) != self.strict(changed):
                    continue
                self.found.append((node, changed, self.span(node)[0], self.lines()))
        return True

    def on_leave(self, original_node):
        if self.stack and self.stack[-1] is original_node:
            self.stack.pop()

    @staticmethod
    def framed(node, changed):
        return " " in node.value and changed.value.lower() != node.value.lower()

    @staticmethod
    def strict(call):
        if not isinstance(call, cst.Call):
            return None
        values = [a.value for a in call.args if a.keyword and a.keyword.value == "strict"]
        return [getattr(value, "value", None) for value in values]

    def lines(self):
        """Return the lines of the innermost statement; outside of a function's body, wider."""
        inside = [
            node
            for node, child in zip(self.stack, [*self.stack[1:], None], strict=True)
            if isinstance(node, cst.FunctionDef)
        ]
        bodies = [node for node in inside if node.body in self.stack]
        if not bodies:
            if inside:  # a default or a decorator: whatever runs the function
                return set(range(self.span(inside[0])[0], self.span(inside[0])[1] + 1))
            return set(range(1, self.n_lines + 1))
        for node in reversed(self.stack):
            if isinstance(node, cst.SimpleStatementLine):
                first, last = self.span(node)
                break
            if isinstance(node, (cst.BaseCompoundStatement, cst.Else, cst.ExceptHandler)):
                first, last = self.span(node)[0], self.span(node.body)[0]
                break
        return set(range(first, last + 1))


def mutants_of(module, sample=None, seed=0):
    """Return the mutants of a module, or a sample of so many, in the order of its lines."""
    source = source_of(module)
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = Finder(source.count("\n") + 1)
    wrapper.visit(finder)
    begins = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]
    places, render = wrapper.resolve(PositionProvider), wrapper.module.code_for_node
    found = {}
    if sample:
        random.Random(f"{seed} {module}").shuffle(finder.found)
    for node, changed, line, lines in finder.found:
        if sample and len(found) == sample:
            break
        first, last = (
            begins[at.line - 1] + at.column for at in (places[node].start, places[node].end)
        )
        text = render(changed)
        if render(node) != source[first:last]:  # in brackets, which are no part of its place
            first, last = 0, len(source)
            text = wrapper.module.deep_replace(node, changed).code
        if text != source[first:last]:
            found.setdefault((first, last, text), Mutant(module, line, lines, first, last, text))
    return sorted(found.values(), key=lambda mutant: mutant.line)
