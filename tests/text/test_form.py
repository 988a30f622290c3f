"""Lessons keep the rules of their form, and each rule notices what breaks it."""

import re

import pytest

from tests.support import form, tiny_lesson
from tests.support.lessons import NUMBERS, UNNUMBERED, read_notebook, subject


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("rule", form.RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_keeps_the_rule(rule, number):
    assert list(rule(read_notebook(number))) == []


@pytest.mark.parametrize("name", UNNUMBERED)
@pytest.mark.parametrize("rule", form.RULES_WITHOUT_A_NUMBER, ids=lambda rule: rule.__name__)
def test_a_notebook_without_a_number_keeps_the_rule(rule, name):
    assert list(rule(read_notebook(name))) == []


@pytest.mark.parametrize("rule", form.RULES, ids=lambda rule: rule.__name__)
def test_the_tiny_lesson_keeps_the_rule(rule):
    assert list(rule(tiny_lesson.read())) == []


def test_a_lesson_that_sets_the_number_of_threads_sets_one():
    cells = {n: [cell.source for cell in read_notebook(n).cells] for n in NUMBERS}
    set_to = {
        subject(n): {*re.findall(r"set_num_threads\((\w+)", "\n".join(cells[n]))} for n in NUMBERS
    }
    assert {name: found for name, found in set_to.items() if found} == {
        "network": {"1"},
        "timing": {"1", "n_threads"},  # one cell measures with several
        "real_data": {"1"},
    }


PROMPT = "# %% [markdown]\n# > **Predict.** Which?\n\n"
LOOP = "".join(f"# {k} step\n" for k in range(5))
FAULTS = {
    form.the_title_cell_says_what_one_can_do: [
        ("# - halve it,\n", "", "2 items after"),
        ("**Builds on**", "Builds on", "no title, '**Builds on**'"),
    ],
    form.the_first_code_is_the_same_everywhere: [
        ("import kernel  #", "import kernel as k  #", "is not START"),
        ('# %% tags=["start"]', "# %%", "is not START"),
        ('# %% tags=["deeper"]\n3 / 2', '# %% tags=["deeper", "start"]\n3 / 2', "a second cell"),
    ],
    form.the_second_code_imports_the_checks: [
        ("import tiny as check", "import tiny", "does not import the checks"),
    ],
    form.deeper_cells_are_those_under_a_deeper_heading: [
        ('# %% tags=["deeper"]\n3 / 2', "# %%\n3 / 2", "disagree at '3 / 2'"),
        ("# %%\ncheck.half", '# %% tags=["deeper"]\ncheck.half', "disagree at 'check.half"),
        ("Deeper: what about", "What about", "disagree at '## What about three?'"),
        ("### In thirds", "## In thirds", "within the cell '## Deeper"),
        ("# ## Deeper:", "# Text.\n#\n# ## Deeper:", "within the cell 'Text.'"),
        ("# ## Three questions", "# ### Three questions", "disagree at '### Three questions'"),
    ],
    form.a_prediction_is_followed_by_code_and_its_answer: [
        ("itself.\n#\n# > **Predict.** W", "itself.\n#\n# **Predict.** W", "not a block quote"),
        ("itself.\n#\n# > **Predict.** W", "itself. **Predict:** w", "not a block quote"),
        ("# Any number.", "# > **Predict.** Any?\n#\n# Guess.", "not a block quote"),
        ("# %%\ncheck.half", f"{PROMPT}# %%\ncheck.half", "no code and folded answer"),
        ("# Any number.", "# > **Predict.** Any?", "no code and folded answer"),
        ("# ## Deeper:", "# > **Predict.** Any?\n\n# %% [markdown]\n# ## Deeper:", "no code"),
        ("# Two and two are four.\n#\n", "", "no code and folded answer"),
        ("# Any number.", "# <details><summary>What you should see</summary>", "without a prompt"),
    ],
    form.two_predictions_are_typed: [
        ("...  # your number\nplots.number(2 + 2", "3\nplots.number(2 + 2", "1 core code cells"),
        ("2 / 2, prediction=my_prediction", "2 / 2", "no picture marks the prediction of 'What"),
        ("away.\n#\n# > **Predict.** Which number is it?", "away.", "no prompt before"),
    ],
    form.exercises_have_their_kind: [
        ("Exercise 1 (write)", "Exercise 1 (fix)", "is not 'Exercise 1 (kind)"),
        ("Exercise 2 (fix)", "Exercise 2", "is not 'Exercise 2 (kind)"),
        ("Exercise 3 (diag", "Exercise 4 (diag", "is not 'Exercise 3 (kind)"),
        ('"exercise", "mend"]', '"exercise"]', "is not 'Exercise 2 (kind)"),
        ('"exercise", "mend"]', '"exercise", "mend", "write"]', "is not 'Exercise 2 (kind)"),
        ("half = 2 + 0\n...", "half = 2 + 0", "has no ... to replace"),
        ('"exercise", "mend"]', '"exercise", "write"]', "not two of different kinds"),
        ('["deeper", "exercise", "diagnose"]', '["exercise", "diagnose"]', "the core has 3"),
    ],
    form.three_questions_stand_before_the_recap: [
        ("## Three questions", "## Questions", "the last two sections"),
        ("## Recap", "## The end", "the last two sections"),
        ("# Yes.\n#\n# </details>", "# Yes.", "no three questions"),
        ("**Is halving doubling?**", "Is halving doubling?", "no three questions"),
    ],
    form.code_is_short: [
        ("3 / 2", f"'{'x' * 79}'", "81 columns: 'xxx"),
        ("# half = 2 / 2", f"# half = '{'x' * 79}'", "88 columns: half"),
        ("3 / 2", "3 / 2\n" * 13, "13 lines, not 12, in the cell '3 / 2'"),
        ("3 / 2", "class A:\n" + "    x = 2\n" * 30, "31 lines, not 30"),
        ("3 / 2", LOOP + "3 / 2\n" * 26, "31 lines, not 30"),
    ],
    form.the_core_fits_an_evening: [
        (
            "# ## Three",
            "# Text\n\n# %% [markdown]\n" * 40 + "# ## Three",
            "cells in the core, not 40",
        ),
        ("# ## Three", f"# {'word ' * 4500}\n\n# %% [markdown]\n# ## Three", "minutes, not 60"),
    ],
    form.links_to_lessons_are_plain: [
        ("00_first.ipynb", "../notebooks/00_first.ipynb", "a link to ../notebooks/00"),
    ],
    form.the_title_cell_links_to_a_lesson: [
        ("# 01 Tiny", "# 01 Tiny", "a title without a number"),
        ("[the first](00_first.ipynb)", "nothing", "no link to the lesson"),
    ],
    form.nothing_is_an_exercise_or_deeper: [
        (
            "# %%\ncheck.half",
            '# %% tags=["deeper"]\ncheck.half',
            "the tag 'deeper' of a lesson, at 'check.half",
        ),
        ('"exercise", "mend"]', '"exercise"]', "the tag 'exercise' of a lesson, at 'half"),
    ],
}


@pytest.mark.parametrize(
    ("rule", "old", "new", "words"),
    [
        pytest.param(rule, *fault, id=f"{rule.__name__}-{k}")
        for rule, faults in FAULTS.items()
        for k, fault in enumerate(faults)
    ],
)
def test_what_breaks_a_rule_is_named(rule, old, new, words):
    assert words in "\n".join(rule(tiny_lesson.change(old, new)))


def test_each_rule_has_a_fault():
    assert FAULTS.keys() == {*form.RULES, *form.RULES_WITHOUT_A_NUMBER}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3 / 2", "3 / 2\n\n" * 12),
        ("3 / 2", "class A:\n" + "    x = 2\n" * 29),
        ("3 / 2", LOOP + "3 / 2\n" * 25),
    ],
)
def test_a_class_and_a_whole_loop_may_be_longer_and_empty_lines_do_not_count(old, new):
    assert list(form.code_is_short(tiny_lesson.change(old, new))) == []


def test_a_deeper_part_of_a_core_section_ends_with_its_section():
    deeper = '# %% [markdown] tags=["deeper"]\n# ### Deeper: more?\n\n'
    text = tiny_lesson.TEXT.replace(
        "# %% [markdown]\n# ## What is half", f"{deeper}# %% [markdown]\n# ## What is half"
    )
    rule = form.deeper_cells_are_those_under_a_deeper_heading
    assert list(rule(tiny_lesson.read(text))) == []
    assert list(rule(tiny_lesson.read(text.replace("# ## What is half", "# #### What is half"))))
