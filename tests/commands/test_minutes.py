"""A lesson's minutes follow from what it holds, in its core and in its deeper sections."""

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_output

from commands import minutes

WORDS = "word " * 99


def lesson(text, pictures=0):
    """Return a lesson as a notebook, with pictures as the outputs of its last code cell."""
    notebook = jupytext.reads(text, fmt="py:percent")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code[-1:]:
        picture = new_output("display_data", data={"image/png": "aGk="})
        cell.outputs = [picture] * pictures
    return notebook


def count(text, pictures=0):
    return minutes.count(lesson(text, pictures).cells)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two words, and `x + 1`: | a | b |", 7),
        ("one < two, and\n# > three", 4),
        ("a [link of words](to_a_file.ipynb)", 4),
        ("before $x + y = z$ and $$\nx\n$$ after that, $y$ too", 5),
        ("before\n# ```python\n# x = 1\n# ```\n# after", 2),
        ("<details><summary>What you should see</summary>\n#\n# A line.\n#\n# </details>", 6),
        ("<details><summary>Solution</summary>\n#\n# A line.\n#\n# </details> after", 1),
        ("**Takes** about 55 minutes, and 30 more with the deeper sections. After.", 1),
    ],
)
def test_words_are_those_that_a_student_reads(text, words):
    assert count(f"# %% [markdown]\n# {text}\n")["words"] == words


def test_code_cells_are_those_that_a_student_reads():
    text = """# %% tags=["start"]
1
# %%
2
# %% tags=["exercise", "write"]
3
# %%
check.something(3)
"""
    counts = count(text, pictures=2)
    assert counts["cells"] == 4
    assert counts["code cells"] == 1
    assert counts["exercises"] == 1
    assert counts["pictures"] == 2


def test_a_prompt_is_a_block_quote():
    text = "# %% [markdown]\n# > **Predict.** Which?\n#\n# **Predict.** Which?"
    assert count(text)["prompts"] == 1


@pytest.mark.parametrize(
    ("text", "pictures", "expected"),
    [
        ("", 0, (0, 0)),
        ("# %%\n1\n", 0, (5, 0)),
        (f"# %% [markdown]\n# > **Predict.** {WORDS}\n# %%\n1\n", 3, (10, 0)),  # 1 + 3 + 1 + 3
        ('# %% tags=["exercise"]\n...\n# %% tags=["exercise", "deeper"]\n...\n', 3, (10, 10)),
    ],
)
def test_core_and_deeper_are_estimated_apart_and_rounded_to_5(text, pictures, expected):
    assert minutes.estimate(lesson(text, pictures)) == expected


@pytest.mark.parametrize(
    ("deeper", "words"),
    [(0, "55 minutes."), (30, "55 minutes, and 30 more with the deeper sections.")],
)
def test_the_words_after_takes_are_replaced_up_to_the_full_stop(deeper, words):
    text = "# **Takes** about\n# 40 minutes. And **Takes** 1."
    found = minutes.replace_takes(text, 55, deeper)
    assert found == f"# **Takes** about {words} And **Takes** 1."


PAGE = """
| | lesson | minutes |
|---|---|---|
| <img src="docs/pictures/01_a.png" alt="3"> | [01 A](notebooks/01_a.ipynb) of 2 | do | {a} |
| [02](02_b.md) B | {b} | 15 | 11 | shapes |
| 9:15 | 11 | [01](01_a.md) | 60 |
| 1 | [01](01_a.md), [02](02_b.md) | 105 | 10 |
| [03](03_c.md) | 7 |

{total} More.
"""


def test_the_tables_of_lessons_get_the_minutes_and_their_sum_and_nothing_else_changes(tmp_path):
    for folder in ("lessons", "instructor"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lessons/01_a.py").write_text("# **Takes** about 40 minutes, and 115 more.")
    (tmp_path / "lessons/02_b.py").write_text("# **Takes** about 15\n# minutes.")
    (tmp_path / "lessons/03_c.py").write_text("# Takes its time.")
    total = "**In all**, the lessons take about 1 hours, and 2 more with the deeper sections."
    right = PAGE.format(a="40 + 115", b="15", total=total)
    (tmp_path / "README.md").write_text(right)
    old = tmp_path / "instructor/README.md"
    old.write_text(PAGE.format(a="50", b="10 + 10", total="**In all** about\n5 hours."))
    assert minutes.find_stale_pages(tmp_path) == {old: right}


def test_the_command_prints_what_a_lesson_holds(tmp_path, capsys):
    (tmp_path / "notebooks").mkdir()
    notebook = lesson('# %% [markdown] tags=["deeper"]\n# Two words.\n\n# %%\n1\n', pictures=1)
    nbformat.write(notebook, tmp_path / "notebooks/03_tiny.ipynb")
    assert minutes.main(["3"], tmp_path) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["03_tiny", "core", "deeper"]
    assert ["words", "0", "2"] in lines
    assert ["pictures", "1", "0"] in lines
    assert ["minutes", "5", "5"] in lines
