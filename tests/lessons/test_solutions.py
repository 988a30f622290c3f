"""The answer to an exercise stands nowhere on its page but in the folded solution."""

import pytest

from tests.support import tiny_lesson
from tests.support.lessons import NUMBERS, read_notebook
from tests.support.solutions import find_given_away


@pytest.mark.parametrize("number", NUMBERS)
def test_no_answer_is_given_away(number):
    assert list(find_given_away(read_notebook(number).cells)) == []


GIVEN = "x = 1\n..."
SOLUTION = '''
def slopes(w, b, x, y):
    """The derivatives of the loss."""
    error = w * x + b - y
    return 2 * (error * x).mean(), 2 * error.mean()
'''


def is_given_away(code, solution=SOLUTION, given=GIVEN):
    """Return whether a lesson with some code gives away a solution."""
    text = f"""# %%
{code}

# %% [markdown]
# ### Exercise 1 (write): slopes

# %% tags=["exercise"]
{given}

# %%
check.slopes(slopes)

# %% [markdown]
# ```python
{"".join(f"# {line}" for line in solution.splitlines(keepends=True))}
# ```
"""
    return list(find_given_away(tiny_lesson.read(text).cells)) != []


@pytest.mark.parametrize(
    "code",
    [
        SOLUTION,
        # a different name, other names in it, no docstring
        "def g(a, c, s, t):\n    r = a * s + c - t\n    return 2 * (r * s).mean(), 2 * r.mean()",
        # without its function
        "e = w * x + b - y\ndw = 2 * (e * x).mean()\ndb = 2 * e.mean()",
        # part of a larger cell
        "while True:\n    e = w * x + b - y\n    w -= lr * (2 * (e * x).mean())\n    print(e)",
        # within longer expressions
        "w = w - lr * (2 * (error * x).mean())\nprint(abs(w * x + b - y))",
        # most of it
        "dw, db = 2 * (e * x).mean(), 2 * e.mean()",
        "f = lambda e, x: (2 * (e * x).mean(), 2 * e.mean())",
        # in a block of text
        "1\n\n# %% [markdown]\n# ```python\n# dw, db = 2 * (e * x).mean(), 2 * e.mean()\n# ```",
    ],
)
def test_an_answer_is_found(code):
    assert is_given_away(code)


@pytest.mark.parametrize(
    "code",
    [
        "error = w * x + b - y",  # a part of it
        "def g(p, x, y):\n    e = p * x**2 - y\n    return 3 * (e * x**2).mean()",  # a parallel
        "dw = (error * x).mean()",  # the mistake to avoid
        "print(2 * error.mean())",
        SOLUTION + "".join(f"# {k} step\n" for k in range(5)),  # the whole loop
    ],
)
def test_what_is_no_answer_is_not(code):
    assert not is_given_away(code)


def test_what_the_exercise_gives_is_not_its_answer():
    code, fixed = "error = w * x + b - y\n", "slope = 2 * error.mean()"
    assert not is_given_away(code, solution=code + fixed, given=code)
    assert is_given_away(code + fixed, solution=code + fixed, given=code)


@pytest.mark.parametrize(
    ("code", "solution"),
    [
        ("w -= lr * dw", "b = b - lr * db"),
        ("dw = 2 * (e * x).mean()", "slope = lambda e, x: 2 * (e * x).mean()"),
        (
            "for i in range(0, len(x), size):\n    rows = order[i : i + size]\n    print(x[rows])",
            "[row[k : k + n] for k in range(0, len(y), n)]",
        ),
        ("a = 2 * abs(e).mean()", "a = 2 * abs(e).mean()\nprint(a, 2 * a, 3 * a, 4 * a)"),
    ],
)
def test_an_answer_is_found_in_another_form(code, solution):
    assert is_given_away(code, solution)


@pytest.mark.parametrize("solution", ["answer = 3", "answer = x.mean()"])
def test_a_choice_or_a_single_call_is_no_answer_that_could_be_given_away(solution):
    assert not is_given_away(solution, solution)
