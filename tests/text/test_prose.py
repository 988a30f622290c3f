"""Every number in a lesson's text is computed by the lesson, and a changed digit is noticed."""

from functools import cache

import pytest
from nbformat.v4 import new_code_cell, new_output

from tests.support.lessons import TEXTS, read_notebook
from tests.support.prose import (
    TITLES,
    LessonNumbers,
    change_last_digit,
    find_results,
    unnoticed_edits,
)


@cache
def lesson(number):
    return LessonNumbers(read_notebook(number).cells)


@pytest.mark.parametrize("number", TEXTS)
def test_the_numbers_in_the_text_are_computed(number):
    unfounded = [r.words for r in lesson(number).results if not lesson(number).computes(r)]
    assert not unfounded, "computed nowhere, or only in a different section:\n" + "\n".join(
        unfounded
    )


@pytest.mark.parametrize("number", TEXTS)
def test_an_edited_number_is_noticed(number):
    tried, passed = unnoticed_edits(lesson(number))
    words = "\n".join(
        f"{r.words}: {change_last_digit(r.written)} would not be noticed" for r in passed
    )
    assert len(passed) <= 0.1 * len(tried), words


def test_nearly_all_edits_are_noticed():
    edits = [unnoticed_edits(lesson(number)) for number in TEXTS]
    counts = [(len(tried), len(passed)) for tried, passed in edits]
    tried, passed = map(sum, zip(*counts, strict=True))
    assert passed <= 0.05 * tried, f"of {tried} edits, {passed} would not be noticed"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("In lesson 05, lessons 01 and 03 and (04), Exercise 2, 40 minutes, 2004).", []),
        (f"# {TITLES[-1]}\n1. Run `x[:2]`, [see](07_b.ipynb), torch 2.13.0", []),
        ("**Takes** about 55 minutes, and 30 more with the deeper sections. Not 31.", ["31"]),
        ("<details><summary>Answer</summary>\n\nIt is 31.\n\n</details>", ["31"]),
        ("> **Predict.** Is it 17\n> or 34?\n>\n> It was 31.", ["31"]),
        ("Will it be 17, 34 or 100,000? It was 31.", ["31"]),
        ("loss 0.4312, 43 %, −3.04 and 1e-4, `0.5`", ["0.4312", "43", "−3.04", "1e-4", "0.5"]),
        ("with 1,000 rows of (80, 1), not (n, 1)", ["(80, 1)", "1,000", "1"]),
        ("$\\frac{2}{n} x^2$, $w_2 = -24.2$, $y = 1.98x + 1$", ["-24.2", "1.98"]),
        ("$1{,}024 / 4 = 256$ and $f = 24$", ["1,024", "256", "24"]),
    ],
)
def test_results_are_recognised_in_a_text(text, numbers):
    assert [r.written for r in find_results(text)] == numbers


@pytest.mark.parametrize(
    ("text", "output", "source", "true"),
    [
        ("21.06", "loss 21.0585", "", True),
        ("21.05", "loss 21.0585", "", False),
        ("43 %", "share 0.4312", "", True),
        ("43 %", "43.12 %", "", True),
        ("44 %", "0.4312", "", False),
        ("1,000", "1000", "", True),
        ("−3.04", "-3.0448", "", True),
        ("−3.04", "3.0448", "", False),
        ("58 too low", "-57.9", "", True),
        ("7 of them", "6.947", "", False),
        ("1.00", "1", "", False),
        ("0.1", "", "lr = 0.1", True),
        ("0.15", "", "lr = 0.1503", False),
        ("14", "", 'print(f"{x:<14} {y:14.4f}")  # 14', False),
        ("(80, 1)", "shape (80, 1)", "", True),
        ("80", "shape (80, 1)", "", True),
        ("(80, 1)", "80 1", "", False),
    ],
)
def test_a_result_counts_as_computed_if_rounding_gives_it(text, output, source, true):
    (result, *_) = find_results(text)
    cell = new_code_cell(source, outputs=[new_output("stream", text=output)])
    assert LessonNumbers([cell]).computes(result) is true
