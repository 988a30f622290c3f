"""The numbers in a lesson's text, and whether the lesson computes them.

A number in the text is true if the same notebook computes it, to the digits written: an output
(printed text, a table, a caption) has a number that rounds to it, or the code, folded solutions
included, has the number itself. Comments and outputs that differ between machines do not count.

Among hundreds of outputs, every number of one or two digits turns up somewhere. Such a number must
therefore be computed in its own section, and a single digit must agree exactly. A size, which is an
entry of a shape such as (80, 1), counts in the whole lesson. A folded answer is text like any
other. Numbers written as words are not checked.
"""

import io
import re
import tokenize
from dataclasses import dataclass
from decimal import Decimal

from commands.minutes import TAKES
from tests.support.lessons import NUMBERS, read_notebook

FIGURE = r"[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-−+]?\d+)?"
IN_TEXT = re.compile(rf"(?<![\w.^]){FIGURE}(?![\w^]|\.\d)")
COMPUTED = re.compile(rf"(?<![\w.]){FIGURE}\.?")
SHAPE = re.compile(r"\((?:\d+, )*(?:\d+, \d+|\d+,)\)")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.S)
TITLES = [read_notebook(n).cells[0].source.split("\n")[0].removeprefix("# ") for n in NUMBERS]

# Forms of text that have digits but aren't results.
NO_RESULT = [
    r"```.*?```",  # code, which counts as computed
    r"`[^`\n]*[^`\n\d.,e−-][^`\n]*`",  # inline code, unless it is a bare number
    r"\]\([^)]*\)",  # the target of a link
    "|".join(map(re.escape, TITLES)),
    r"[Ll]essons? \d\d(?:(?:,| and|, and| to) \d\d)*",
    r"(?<![\w.])0\d(?!\w|\.\d)",  # a lesson's number
    r"[Ee]xercise \d",
    r"^\d\. ",  # an item in a list
    TAKES.pattern,  # the build writes these minutes
    r"\d+\s+minutes",
    r"\b(?:19|20)\d\d(?=\))",  # a paper's year: other numbers above 999 have a comma
    r"\d+\.\d+\.\d+",  # a version
    rf"(?:{FIGURE},\s+)*{FIGURE},?\s+or\s+{FIGURE}(?=[^.?]*\?)",  # the choices in a question
]


@dataclass(frozen=True)
class Result:
    """A number or a shape in the text, as it is written there, with its place."""

    written: str
    section: int
    percent: bool
    words: str

    @property
    def is_count(self):
        """Whether it is one digit that a word could replace: 3 rows, axis 0."""
        return re.fullmatch(r"\(?\d(,\))?", self.written) is not None and not self.percent


def blank(match, by=" "):
    """Return what replaces a match so that everything else keeps its place."""
    return re.sub(r"[^\n]", by, match[0])


def keep_results(formula):
    """Return a formula without its short whole numbers, except those that are a side of it."""

    def keep(match):
        before, after = formula[: match.start()], formula[match.end() :]
        is_side = re.search(r"(=|approx|\$)\s*$", before) and re.match(r"\s*[=$]", after)
        size = len(match[0].lstrip("-−"))
        is_result = "." in match[0] or size > 2 or (size == 2 and is_side)
        return match[0] if is_result else blank(match, by="_")

    formula = re.sub(r"(\.\d+)(?=[a-z])", r"\1 ", formula)  # the slope in 1.984x
    return IN_TEXT.sub(keep, formula)


def find_results(text, section=0):
    """Yield the Results in a text."""
    text = re.sub(r"(\d)\{,\}(?=\d)", r"\1,", text)
    text = re.sub(r"(?m)^>", " ", text)  # a quote, as a prompt is
    for form in NO_RESULT:
        text = re.sub(form, blank, text, flags=re.S | re.M)
    text = FORMULA.sub(lambda formula: keep_results(formula[0]), text)
    for match in [*SHAPE.finditer(text), *IN_TEXT.finditer(SHAPE.sub(blank, text))]:
        rest = text[match.end() :]
        words = " ".join(f"{text[: match.start()][-50:]}[{match[0]}]{rest[:30]}".split())
        yield Result(match[0], section, re.match(r"\s*(%|percent)", rest) is not None, words)


def strip_code(source):
    """Return code without comments, docstrings, formats as in {x:9.4f}, and _ in numbers."""
    source = re.sub(r'"""[\s\S]*?"""', blank, source)
    source = re.sub(r":[<>^]?[\d,.]+[defgs%]?(?=\})", blank, source)
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column] + "\n"
    return re.sub(r"(?<=\d)_(?=\d)", "", "".join(lines))


def read_outputs(cell):
    """Return the text of a cell's outputs, or nothing if they differ between machines."""
    if "nbval-ignore-output" in cell.metadata.get("tags", []):
        return ""
    texts = []
    for output in cell.outputs:
        data = {**output.get("data", {}), **output.get("metadata", {}).get("image/png", {})}
        texts += [output.get("text", "")]
        texts += [data.get(kind, "") for kind in ("text/plain", "text/markdown", "alt")]
    return "\n".join(texts)


def parse(written):
    """Return a written number as a Decimal."""
    return Decimal(written.replace("−", "-").replace(",", ""))


def find_numbers(text, is_code):
    """Return the numbers in code or in an output: {(value, whether it has a point, is_code)}."""
    numbers = COMPUTED.findall(text)
    return {
        (parse(number.rstrip(".")), bool(re.search("[.e]", number)), is_code) for number in numbers
    }


class LessonNumbers:
    """The results in a lesson's text, and what the lesson computes, section by section."""

    def __init__(self, cells):
        self.results, self.sections, self.text, self.sizes = [], [set()], "", set()
        for cell in cells:
            self.add(cell)
            words = cell.metadata.get("slide", "")  # for its slide alone
            self.results += find_results(words, len(self.sections) - 1)
        self.all = set().union(*self.sections)
        self.sections[0] = self.sections[-1] = self.all  # the introduction and the recap

    def add(self, cell):
        """Add what a cell says or computes."""
        if cell.cell_type == "code":
            self.add_numbers(strip_code(cell.source), True)
            self.add_numbers(read_outputs(cell), False)
        else:
            for part in re.split(r"(?m)^(?=## )", cell.source):
                if part.startswith("## "):
                    self.sections.append(set())
                self.results += find_results(part, len(self.sections) - 1)
                for solution in re.findall(r"```python\n(.*?)```", part, re.S):
                    self.add_numbers(strip_code(solution), True)

    def add_numbers(self, text, is_code):
        """Add the numbers in a text to those that the current section computes."""
        self.text += text
        if not is_code:
            self.sizes |= set(re.findall(r"\d\d+", "".join(SHAPE.findall(text))))
        self.sections[-1] |= find_numbers(text, is_code)

    def computes(self, result, written=None):
        """Return whether the lesson computes a result, or a number `written` in its place."""
        written = written or result.written
        if written.startswith("("):
            return written in self.text
        if written in self.sizes:
            return True
        pool = self.all if count_significant(written) > 2 else self.sections[result.section]
        return any(agrees(*found, written, result.percent) for found in pool)


def count_significant(written):
    """Return how many significant digits a written number has."""
    return len(re.sub(r"e.*|\D", "", written).lstrip("0"))


def agrees(number, has_point, is_code, written, percent):
    """Return whether a computed number is the written one or rounds to it."""
    if "." in written and not has_point:
        return False
    expected, digits = parse(written), count_significant(written)
    number = number if written[0] in "-−" else abs(number)
    for candidate in (number, 100 * number) if percent else (number,):
        # Half a unit of the last place, and of the last significant digit: 0.99 is not 1.0.
        place = min(expected.as_tuple().exponent, candidate.adjusted() - digits + 1)
        slack = 0 if is_code or digits < 2 else Decimal(5).scaleb(place - 1)
        if abs(candidate - expected) <= slack:
            return True
    return False


def change_last_digit(written):
    """Return a number with its last digit one higher; in a shape, the first number changes."""
    if written.startswith("("):
        return re.sub(r"\d+", lambda entry: str(int(entry[0]) + 1), written, count=1)
    number = parse(written)
    number = abs(number) + Decimal(1).scaleb(number.as_tuple().exponent)
    return ("−" if written[0] in "-−" else "") + (f"{number:,}" if "," in written else str(number))


def unnoticed_edits(numbers):
    """Return the results of a lesson that are not counts, and those whose edit is not noticed."""
    tried = [r for r in numbers.results if not r.is_count]
    return tried, [r for r in tried if numbers.computes(r, change_last_digit(r.written))]
