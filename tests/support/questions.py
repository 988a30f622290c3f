"""The five more questions at the end of an instructor's page, read into their parts.

A question has this form, to which one that asks about a deeper section adds 'Deeper: ' before its
title:

    ### 1. A title of a few words

    What is given, in sentences, code or a table, with a question?

    - **a)** a choice
    - **b)** a choice
    - **c)** a choice

    <details><summary>Answer</summary>

    **b)** Why, in a sentence or two.

    - **a)** *What someone who chooses it believes.* What to say or to try.
    - **c)** *What someone who chooses it believes.* What to say or to try.

    ```pycon
    >>> print(1 + 1)
    2
    ```

    </details>

The code, a doctest that needs nothing from before, computes each number: those in the choices and
in the answer are printed there or given in the question, and what is given is used there. Code has
at most 80 columns, as in the lessons.
"""

import doctest
import io
import re
from dataclasses import dataclass

import torch

from tests.support.prose import agrees, find_numbers, find_results, strip_code

HEADING = "\n## Five more questions\n"
FORM = re.compile(
    r"### (?P<number>\d)\. (?P<deeper>Deeper: )?(?P<title>.+)\n\n"
    r"(?P<given>[^?]+\?(?:.|\n)*?)\n\n"
    r"(?P<choices>(?:- \*\*[a-d]\)\*\* .+\n(?:  .+\n)*)+)\n"
    r"<details><summary>Answer</summary>\n\n"
    r"\*\*(?P<right>[a-d])\)\*\* (?P<why>(?:.+\n)+)\n"
    r"(?P<wrong>(?:- \*\*[a-d]\)\*\* \*[^*]+[.?!]\*\s+\S.*\n(?:  .+\n)*)+)\n"
    r"(?:```pycon\n(?P<code>(?:.|\n)+?)```\n\n)?"
    r"</details>\n*"
)
ITEM = re.compile(r"(?m)^- \*\*([a-d])\)\*\* (.+(?:\n  .+)*)")


@dataclass(frozen=True)
class Question:
    """A question, its choices and misconceptions by letter, its answer and what computes it."""

    number: int
    is_deeper: bool
    title: str
    given: str
    choices: dict[str, str]
    right: str
    why: str
    wrong: dict[str, str]
    code: str

    @property
    def examples(self):
        """The doctest's examples, each with its source and the output it wants."""
        return doctest.DocTestParser().get_examples(self.code)


def read_questions(text):
    """Return the Questions of an instructor's page."""
    _, _, part = text.partition(HEADING)
    pieces = [f"### {piece}" for piece in re.split(r"(?m)^### ", part)[1:]]
    return [read_question(piece) for piece in pieces]


def read_question(piece):
    """Return the Question in its part of a page."""
    found = FORM.fullmatch(piece)
    if not found:
        title = piece.partition("\n")[0]
        raise ValueError(f"'{title}' lacks the form that tests/support/questions.py shows.")
    return Question(
        int(found["number"]),
        found["deeper"] is not None,
        found["title"],
        found["given"],
        read_items(found["choices"]),
        found["right"],
        " ".join(found["why"].split()),
        read_items(found["wrong"]),
        found["code"] or "",
    )


def read_items(text):
    """Return the items of a list by their letters; a letter that comes twice is an error."""
    items = [(letter, " ".join(words.split())) for letter, words in ITEM.findall(text)]
    if len(dict(items)) < len(items):
        raise ValueError(f"A letter comes twice in:\n{text}")
    return dict(items)


def run_code(question):
    """Run a question's doctest and return what differs from the outputs it wants."""
    report = io.StringIO()
    test = doctest.DocTestParser().get_doctest(question.code, {}, question.title, None, None)
    with torch.random.fork_rng():
        doctest.DocTestRunner(verbose=False).run(test, out=report.write)
    return report.getvalue()


def find_numbers_told(question):
    """Return the numbers in a question as (Result, whether it knows a number written so).

    What the question gives must be in its code, and what follows must be printed or given. A count,
    which is one digit, may be in the code as well.
    """
    given = question.given.replace("`", "")  # code in the question counts as text
    source = "".join(example.source for example in question.examples)
    printed = "".join(example.want for example in question.examples)
    outputs = find_numbers(printed, is_code=False)
    in_code = outputs | find_numbers(strip_code(source), is_code=True)
    counts = {number for number in in_code if abs(number[0]) < 10 and not number[1]}
    in_question = outputs | counts | find_numbers(given, is_code=True)
    told = "\n\n".join([*question.choices.values(), question.why, *question.wrong.values()])

    def knows(text, numbers):
        return lambda written, percent: (
            written in text
            if written.startswith("(")  # a shape
            else any(agrees(*number, written, percent) for number in numbers)
        )

    return [
        *((result, knows(source + printed, in_code)) for result in find_results(given)),
        *((result, knows(given + printed, in_question)) for result in find_results(told)),
    ]
