"""Exercises on the web: hints from the instructor's page, and where the exercise can be done."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from commands.lessons import files
from commands.website import exercises, questions
from tests.support.lessons import ROOT

OWN = "https://github.com/someone/course"
PAGE = """
## Exercises

| exercise | time | the usual wrong answer | hints |
|---|---|---|---|
| Exercise 1 (write): a `sum` | 6 minutes | none | 'Isn't it a mean?' 'By how many?' Homework |
| Exercise 2 (fix): a loop | 6 minutes | 'none' | In class |
"""
TASK = "Before.\n\n### Exercise 1 (write): a `sum`\n\nAdd them up."
SOLUTION = (
    "<details><summary>Solution</summary>\n\n3\n\n</details>\n\n## Next\n\n<details></details>"
)


def notebook():
    """Return a notebook with an exercise, and a cell before it and after it."""
    cells = [
        new_markdown_cell(TASK),
        new_code_cell("x = 1"),
        new_code_cell("total = ...", metadata={"tags": ["exercise", "write"]}),
        new_code_cell("check.total(total)"),
        new_markdown_cell(SOLUTION),
    ]
    return new_notebook(cells=cells)


def test_the_hints_are_the_quoted_sentences_and_the_rest_is_for_the_teacher():
    assert exercises.read_hints(PAGE) == {
        "Exercise 1 (write): a `sum`": ["Isn't it a mean?", "By how many?"],
        "Exercise 2 (fix): a loop": [],
    }


@pytest.mark.parametrize("path", files(ROOT / "instructor", ".md"), ids=lambda path: path.stem)
def test_every_exercise_has_two_hints(path):
    hints = exercises.read_hints(path.read_text("utf-8"))
    assert len(hints) >= 3
    for exercise, found in hints.items():
        assert len(found) >= 2, f"{path.stem}, {exercise}: a direction, then a nudge"
        assert all(hint[-1] in ".?" for hint in found), exercise


def test_an_exercise_is_one_block_from_its_task_to_its_solution_without_its_check():
    found = notebook()
    exercises.mark(found, exercises.read_hints(PAGE), "04_a", "")
    nbformat.validate(found)
    task, code, exercise, hints, solution = (cell.source for cell in found.cells)
    heading = "Before.\n\n### Exercise 1 (write): a `sum`\n\n"
    assert task == f'{heading}<div class="exercise">\n\n\n\nAdd them up.'
    assert (code, exercise) == ("x = 1", "total = ...")
    assert "check" not in hints.replace("a check answers", "")
    assert hints.index("Isn't it a mean?") < hints.index("By how many?")
    assert hints.count('<details class="hint">') == 2
    assert solution.startswith("<details><summary>Solution</summary>\n\n3\n\n</details>\n\n</div>")
    assert solution.count("</div>") == 1


def test_an_exercise_whose_task_is_all_in_its_code_is_a_block_too():
    found = notebook()
    found.cells[0].source = "### Deeper: Exercise 1 (write): a `sum`"
    exercises.mark(found, {}, "04_a", "")
    assert found.cells[0].source.endswith('a `sum`\n\n<div class="exercise">\n\n')


def test_an_exercise_opens_on_binder_and_colab_if_the_copy_has_an_address():
    line = exercises.ways_to_do("Deeper: Exercise 3 (fix): it's so", "a1b2", "04_a", OWN)
    assert (
        "urlpath=lab%2Ftree%2Fmy_notebooks%2F04_a.ipynb"
        "%23Deeper%3A-Exercise-3-%28fix%29%3A-it%27s-so>)" in line
    )
    assert "/blob/colab/04_a.ipynb#scrollTo=a1b2>)" in line
    assert "kaggle" not in line
    assert ") or [on your own machine](../README.md#run-it-yourself): a check" in line


def test_without_an_address_an_exercise_is_done_on_ones_own_machine():
    line = exercises.ways_to_do("Exercise 1 (fix): x", "a1b2", "04_a", "")
    assert line.startswith("Do this exercise [on your own machine](../README.md#run-it-yourself): ")


def test_five_more_questions_end_with_the_page_or_with_the_next_section():
    text = "## Five more questions\n\n### 1. A title\n\nWhy?\n\n"
    assert questions.find(f"# Page\n\n{text}") == text
    assert questions.find(f"# Page\n\n{text}## Next\n") == text
    assert questions.find("# Page\n\nFive more questions\n") == ""
