"""The numbers in a lesson's text, and whether the lesson computes them.

A number in the text is true if the same notebook computes it, to the digits written: if a number
that rounds to it stands in an output (printed text, a table, the line under a picture), or the very
number stands in the code, the folded solutions included. Comments do not count, nor do outputs that
differ between machines. Among hundreds of outputs any number of one or two digits turns up
somewhere, so such a one must turn up in its own section, and one of a single digit exactly; a size
of the lesson, an entry of a shape such as (80, 1), holds in all of it. Numbers that are written as
words are outside of this.
"""

import io
import re
import tokenize
from dataclasses import dataclass
from decimal import Decimal

from tests.support.lessons import NUMBERS, read_notebook

FIGURE = r"[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-−+]?\d+)?"
IN_TEXT = re.compile(rf"(?<![\w.^]){FIGURE}(?![\w^]|\.\d)")
COMPUTED = re.compile(rf"(?<![\w.]){FIGURE}\.?")
SHAPE = re.compile(r"\((?:\d+, )*(?:\d+, \d+|\d+,)\)")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.S)
TITLES = [read_notebook(n).cells[0].source.split("\n")[0].removeprefix("# ") for n in NUMBERS]

# What has digits and is no result, by its form.
NO_RESULT = [
    r"```.*?```",  # code, which counts among the computed
    r"`[^`\n]*[^`\n\d.,e−-][^`\n]*`",  # code in a line, unless it is a bare number
    r"\]\([^)]*\)",  # the target of a link
    "|".join(map(re.escape, TITLES)),
    r"[Ll]essons? \d\d(?:(?:,| and|, and| to) \d\d)*",
    r"(?<![\w.])0\d(?!\w|\.\d)",  # the number of a lesson
    r"[Ee]xercise \d",
    r"^\d\. ",  # an item of a list
    r"\d+\s+minutes",
    r"\b(?:19|20)\d\d(?=\))",  # the year of a paper: other numbers have a comma
    r"\d+\.\d+\.\d+",  # a version
    rf"(?:{FIGURE}, )*{FIGURE},? or {FIGURE}(?=[^.?]*\?)",  # what a question offers to guess
]


@dataclass(frozen=True)
class Result:
    """A number or a shape of the text, as it is written, with its place."""

    written: str
    section: int
    percent: bool
    words: str

    @property
    def counts(self):
        """Whether it is one digit, and says no more than a word does: 3 rows, axis 0."""
        return re.fullmatch(r"\(?\d(,\))?", self.written) is not None and not self.percent


def blank(match, by=" "):
    """What to put in place of a match, so that all else keeps its place."""
    return re.sub(r"[^\n]", by, match[0])


def results_of_formula(formula):
    """A formula without its constants: short whole numbers, unless one is a side of an equation."""

    def keep(match):
        before, after = formula[: match.start()], formula[match.end() :]
        is_side = re.search(r"(=|approx|\$)\s*$", before) and re.match(r"\s*[=$]", after)
        size = len(match[0].lstrip("-−"))
        is_result = "." in match[0] or size > 2 or (size == 2 and is_side)
        return match[0] if is_result else blank(match, by="_")

    formula = re.sub(r"(\.\d+)(?=[a-z])", r"\1 ", formula)  # the slope in 1.984x
    return IN_TEXT.sub(keep, formula)


def results(text, section=0):
    """Yield the Results of a text."""
    text = re.sub(r"(\d)\{,\}(?=\d)", r"\1,", text)
    for form in NO_RESULT:
        text = re.sub(form, blank, text, flags=re.S | re.M)
    text = FORMULA.sub(lambda formula: results_of_formula(formula[0]), text)
    for match in [*SHAPE.finditer(text), *IN_TEXT.finditer(SHAPE.sub(blank, text))]:
        rest = text[match.end() :]
        words = " ".join(f"{text[: match.start()][-50:]}[{match[0]}]{rest[:30]}".split())
        yield Result(match[0], section, re.match(r"\s*(%|percent)", rest) is not None, words)


def code(source):
    """Python code without comments, docstrings, widths as in {x:9.4f}, and the _ in a number."""
    source = re.sub(r'"""[\s\S]*?"""', blank, source)
    source = re.sub(r":[<>^]?[\d,.]+[defgs%]?(?=\})", blank, source)
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column] + "\n"
    return re.sub(r"(?<=\d)_(?=\d)", "", "".join(lines))


def printed(cell):
    """The text of a cell's outputs; none if they differ between machines."""
    if "nbval-ignore-output" in cell.metadata.get("tags", []):
        return ""
    texts = []
    for output in cell.outputs:
        data = {**output.get("data", {}), **output.get("metadata", {}).get("image/png", {})}
        texts += [output.get("text", "")]
        texts += [data.get(kind, "") for kind in ("text/plain", "text/markdown", "alt")]
    return "\n".join(texts)


def value(written):
    """A written number as a Decimal."""
    return Decimal(written.replace("−", "-").replace(",", ""))


def computed(text, is_code):
    """The numbers in code or in an output, as {(value, whether it has a point, is_code)}."""
    numbers = COMPUTED.findall(text)
    return {
        (value(number.rstrip(".")), bool(re.search("[.e]", number)), is_code) for number in numbers
    }


class Lesson:
    """The results in a lesson's text, and what the lesson computes, section by section."""

    def __init__(self, cells):
        self.results, self.sections, self.text, self.sizes = [], [set()], "", set()
        for cell in cells:
            if cell.cell_type == "code":
                self.take(code(cell.source), True)
                self.take(printed(cell), False)
                continue
            for part in re.split(r"(?m)^(?=## )", cell.source):
                if part.startswith("## "):
                    self.sections.append(set())
                self.results += results(part, len(self.sections) - 1)
                for solution in re.findall(r"```python\n(.*?)```", part, re.S):
                    self.take(code(solution), True)
        self.all = set().union(*self.sections)
        self.sections[0] = self.sections[-1] = self.all  # what it promises, and its recap

    def take(self, text, is_code):
        """Count the numbers of a text among those that the present section computes."""
        self.text += text
        if not is_code:
            self.sizes |= set(re.findall(r"\d\d+", "".join(SHAPE.findall(text))))
        self.sections[-1] |= computed(text, is_code)

    def computes(self, result, written=None):
        """Whether the lesson computes a result, or what is `written` in its place."""
        written = written or result.written
        if written.startswith("("):
            return written in self.text
        if written in self.sizes:
            return True
        pool = self.all if significant(written) > 2 else self.sections[result.section]
        return any(says(*found, written, result.percent) for found in pool)


def significant(written):
    """The number of significant digits written."""
    return len(re.sub(r"e.*|\D", "", written).lstrip("0"))


def says(number, has_point, is_code, written, percent):
    """Whether a computed number is the written one, or rounds to it."""
    if "." in written and not has_point:
        return False
    wanted, digits = value(written), significant(written)
    number = number if written[0] in "-−" else abs(number)
    for candidate in (number, 100 * number) if percent else (number,):
        # Half a unit of the last place, and of the last significant digit: 0.99 is not 1.0.
        place = min(wanted.as_tuple().exponent, candidate.adjusted() - digits + 1)
        slack = 0 if is_code or digits < 2 else Decimal(5).scaleb(place - 1)
        if abs(candidate - wanted) <= slack:
            return True
    return False


def edited(written):
    """A number with its last digit one higher; of a shape the first number."""
    if written.startswith("("):
        return re.sub(r"\d+", lambda entry: str(int(entry[0]) + 1), written, count=1)
    number = value(written)
    number = abs(number) + Decimal(1).scaleb(number.as_tuple().exponent)
    return ("−" if written[0] in "-−" else "") + (f"{number:,}" if "," in written else str(number))
