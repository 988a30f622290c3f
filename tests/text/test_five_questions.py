"""The five more questions of a lesson: their form, their choices, and every number in them."""

import re
from collections import Counter
from decimal import Decimal

import pytest

from tests.support.lessons import NUMBERS, path_of
from tests.support.prose import FIGURE, change_last_digit, count_significant
from tests.support.questions import HEADING, find_numbers_told, read_questions, run_code

SAMPLE = """
## Five more questions

### 1. One step

From w = 4, one step with the rate 0.25 on the slope 2. Where is w?

- **a)** at 4.5
- **b)** at 3.5

<details><summary>Answer</summary>

**b)** It goes against the slope, by 0.5.

- **a)** *A step goes with the slope.* Ask which way is down.

```pycon
>>> w, step = 4.0, 0.25 * 2
>>> print(w - step, w + step, step)
3.5 4.5 0.5
```

</details>
"""


def read_page(number):
    """Return the questions on a lesson's page for the instructor."""
    return read_questions(path_of(number, "instructor", ".md").read_text("utf-8"))


def compare_lengths(questions, pick):
    """Return the share of the questions whose right choice alone is the longest, or shortest."""
    lengths = [{letter: len(words) for letter, words in q.choices.items()} for q in questions]
    alone = [
        pick(sizes.values()) == sizes[q.right] and list(sizes.values()).count(sizes[q.right]) == 1
        for q, sizes in zip(questions, lengths, strict=True)
    ]
    return sum(alone) / len(alone)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_lesson_has_five_questions_the_core_first(number):
    questions = read_page(number)
    assert [question.number for question in questions] == [1, 2, 3, 4, 5]
    assert not any(question.is_deeper for question in questions[:4]), "at most one, the last"


@pytest.mark.parametrize("number", NUMBERS)
def test_each_wrong_choice_has_its_misconception(number):
    for q in read_page(number):
        assert list(q.choices) == list("abcd")[: len(q.choices)], q.title
        assert len(q.choices) in (3, 4), q.title
        assert [*q.wrong] == [letter for letter in q.choices if letter != q.right], q.title
        italics = [letter for letter, words in q.choices.items() if words.startswith("*")]
        assert not italics, f"{q.title}: only a misconception begins with italics"


@pytest.mark.parametrize("number", NUMBERS)
def test_no_choice_gives_itself_away(number):
    questions = read_page(number)
    assert max(Counter(q.right for q in questions).values()) <= 3, "too often the same letter"
    for q in questions:
        words = " ".join(q.choices.values())
        assert not re.search(r"(?i)\b(all|none|both|neither) of (the|these)\b", words), q.title
        sizes = [len(choice) for choice in q.choices.values()]
        assert max(sizes) <= 2 * min(sizes) + 20, f"{q.title}: choices of similar length"


def test_the_length_of_a_choice_does_not_say_whether_it_is_right():
    questions = [q for number in NUMBERS for q in read_page(number)]
    assert compare_lengths(questions, max) <= 0.4
    assert compare_lengths(questions, min) <= 0.4


@pytest.mark.parametrize("number", NUMBERS)
def test_the_code_computes_what_it_says(number):
    assert "".join(run_code(question) for question in read_page(number)) == ""


@pytest.mark.parametrize("number", NUMBERS)
def test_the_numbers_in_a_question_are_given_or_computed(number):
    unfounded = [
        f"{question.title}: {result.words}"
        for question in read_page(number)
        for result, knows in find_numbers_told(question)
        if not knows(result.written, result.percent)
    ]
    assert not unfounded, (
        "a given number must be in the question's code, and one in a choice or an answer "
        "be given or printed there:\n" + "\n".join(unfounded)
    )


@pytest.mark.parametrize("number", NUMBERS)
def test_no_line_of_code_is_wider_than_in_a_lesson(number):
    for question in read_page(number):
        code = [question.code, *re.findall(r"```python\n(.*?)```", question.given, re.S)]
        wide = [line for line in "".join(code).splitlines() if len(line) > 80]
        assert not wide, question.title


@pytest.mark.parametrize("number", NUMBERS)
def test_printed_numbers_are_so_short_that_every_machine_prints_the_same(number):
    for question in read_page(number):
        printed = "".join(example.want for example in question.examples)
        for written in re.findall(FIGURE, printed):
            is_whole = Decimal(written.replace("−", "-").replace(",", "")) % 1 == 0
            assert is_whole or count_significant(written) <= 4, f"{question.title}: {written}"


def test_most_changed_digits_in_a_question_are_noticed():
    told = [
        (question.title, result, knows)
        for number in NUMBERS
        for question in read_page(number)
        for result, knows in find_numbers_told(question)
        if not result.is_count
    ]
    passed = [
        f"{title}: {result.words}"
        for title, result, knows in told
        if knows(change_last_digit(result.written), result.percent)
    ]
    # A neighbour hides an edit: 18 that becomes 19 in a table that has both.
    assert len(passed) <= 0.1 * len(told), "\n".join(passed)


@pytest.mark.parametrize(
    ("right", "wrong", "untrue"),
    [
        ("at 4.5", "at 4.6", "4.6"),
        ("by 0.5", "by 0.6", "0.6"),
        ("From w = 4", "From w = 5", "5"),
        ("the rate 0.25", "the rate `0.35`", "0.35"),
    ],
)
def test_a_number_that_nothing_computes_is_named(right, wrong, untrue):
    [question] = read_questions(SAMPLE.replace(right, wrong))
    told = find_numbers_told(question)
    assert [r.written for r, knows in told if not knows(r.written, r.percent)] == [untrue]


@pytest.mark.parametrize(("number", "unfounded"), [("7.5", ["7.5"]), ("7", [])])
def test_an_answer_may_tell_what_is_only_in_the_code_if_it_is_a_count(number, unfounded):
    sample = SAMPLE.replace(">>> w,", f">>> more = {number}\n>>> w,").replace("0.5.", f"{number}.")
    [question] = read_questions(sample)
    told = find_numbers_told(question)
    assert [r.written for r, knows in told if not knows(r.written, r.percent)] == unfounded


def test_code_that_prints_something_else_is_named():
    [question] = read_questions(SAMPLE)
    assert run_code(question) == ""
    [question] = read_questions(SAMPLE.replace("0.25 * 2", "0.25 * 3"))
    assert "Expected:\n    3.5 4.5 0.5\nGot:\n    3.25 4.75 0.75" in run_code(question)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Where is w?", "Say where w is."),
        ("**b)** It", "b) It"),
        ("**a)** at", "**e)** at"),
        ("\n```pycon", "\n```python"),
        ("- **a)** *A step goes with the slope.* Ask which way is down.\n", ""),
        ("**a)** at", "**b)** at"),
        (" Ask which way is down.", ""),
        ("*A step goes with the slope.* Ask", "A step goes with the slope. Ask"),
    ],
)
def test_another_form_is_refused(right, wrong):
    assert SAMPLE.count(right) == 1
    with pytest.raises(ValueError, match=r"lacks the form|comes twice"):
        read_questions(SAMPLE.replace(right, wrong))


def test_a_page_without_the_heading_has_no_questions():
    assert read_questions(SAMPLE.replace(HEADING, "\n## Others\n")) == []
