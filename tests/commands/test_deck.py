"""By rule, slides show a lesson's questions, pictures and exercises, and notes the rest."""

import re

import jupytext
import pytest
from nbformat.v4 import new_code_cell, new_output

from commands import deck

LESSON = r"""# %% [markdown]
# # 01 Tiny
#
# You double numbers. Then you halve them.
#
# **You will be able to**
#
# - double.

# %% tags=["start"]
import course_utils

# %% [markdown]
# ## What is twice two?
#
# Doubling $x$ adds 1.5 to 1.5, as in `x.y. z` and [there](a.ipynb#Why-so?) too. A second sentence.
#
# $$2 + 2$$
#
# > **Predict.** Which number
# > is it?

# %%
draw("four")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# It is *four.* No more.
#
# </details>
#
# After the fold.
#
# ### A part
#
# | a | b |
# |---|---|
#
# In the part.

# %% tags=["code"]
my_prediction = ...
for number in range(2):
    draw("two", "three")
print("done")

# %% [markdown]
# ### Exercise 1 (write): double
#
# Any number. Twice it.
#
# 1. One.
# 2. Two.

# %% tags=["exercise", "write"]
...

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# 1
#
# # 2
# ```
#
# </details>

# %% [markdown]
# ### Break it: a half
#
# $$1 / 2$$
#
# It breaks. Badly.
#
# > **Predict.** How?

# %%
print("in half")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# In two.
#
# </details>

# %% [markdown]
# ## Who prints?
#
# Nobody draws here:

# %%
print("words")

# %% [markdown]
# A table follows it.
#
# ## Which is which?
#
# In a table.
#
# | what | is |
# |---|---|
# | `a b c` | one |

# %% [markdown] tags=["deeper"]
# ## Deeper: no?
#
# > **Predict.** Not here?

# %% tags=["deeper"]
draw("deeper")

# %% [markdown]
# ## Three questions
#
# In words.
#
# **One?**
#
# <details><summary>Answer</summary>
#
# First.
#
# </details>
#
# **Two, in
# two lines?**
#
# <details><summary>Answer</summary>
#
# Second.
#
# </details>

# %% [markdown]
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
#
# **New words:** double.
#
# **Next**, in [the next](02_b.ipynb), more. And more.
"""


def draw(name):
    """Return the output of a picture that says its name."""
    alt = {"image/png": {"alt": f"A picture of {name}.", "width": 4}}
    return new_output("display_data", data={"image/png": name}, metadata=alt)


def executed(text):
    """Return a lesson's notebook in which draw has made pictures and print has printed."""
    notebook = jupytext.reads(text, fmt="py:percent")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            names = re.findall(r'"(\w+)"', "".join(re.findall(r"draw\((.+)\)", cell.source)))
            cell.outputs = list(map(draw, names))
            for printed in re.findall(r'^print\("(.+)"\)', cell.source, re.M):
                cell.outputs.append(new_output("stream", text=f"{printed}\n"))
    return notebook


@pytest.fixture(scope="module")
def slides():
    """The slides of the lesson, executed."""
    return deck.find_slides(executed(LESSON))


def shown(slide):
    """Return what a slide shows: heading, what is above, code, output, what is below."""
    output = slide.output and slide.output.get("data", {"image/png": slide.output.get("text")})
    parts = [*slide.above, slide.source, output and output["image/png"], *slide.below]
    return [slide.heading, *filter(None, parts)]


def test_the_slides_in_their_order(slides):
    assert list(map(shown, slides)) == [
        ["# 01 Tiny", "You double numbers. Then you halve them."],
        [
            "## What is twice two?",
            "Doubling $x$ adds 1.5 to 1.5, as in `x.y. z` and there too.",
            "$$2 + 2$$",
            "> **Predict.** Which number\n> is it?",
        ],
        ["## What is twice two?", "four", "It is *four.* No more."],
        ["## What is twice two?", 'for number in range(2):\n    draw("two", "three")'],
        ["## What is twice two?", "two", "A picture of two."],
        ["## What is twice two?", "three", "A picture of three."],
        [
            "### Exercise 1 (write): double",
            "Any number. Twice it.",
            "1. One.\n2. Two.",
        ],
        ["### Break it: a half", "It breaks. Badly.", "$$1 / 2$$", "> **Predict.** How?"],
        ["### Break it: a half", "in half", "In two."],
        ["## Who prints?", "Nobody draws here.", "words", "A table follows it."],
        ["## Which is which?", "In a table.", "| what | is |\n|---|---|\n| `a b c` | one |"],
        ["## Three questions", "**One?**", "**Two, in\ntwo lines?**"],
        [
            "## Recap",
            "| by hand | in PyTorch |\n|---|---|",
            "**Next**, in the next, more.",
        ],
    ]


def test_the_rest_of_the_core_is_in_the_notes(slides):
    notes = {slide.heading: "" for slide in slides}
    for slide in slides:
        notes[slide.heading] += "\n".join(["", *slide.notes])
    assert "- double." in notes["# 01 Tiny"]
    assert "A second sentence." in notes["## What is twice two?"]
    assert "After the fold.\n### A part" in notes["## What is twice two?"]
    assert "In the part." in notes["## What is twice two?"]
    assert "*Solution*\n```python\n1\n\n# 2\n```" in notes["### Exercise 1 (write): double"]
    three = "\n**One?**\n*Answer*\nFirst.\n**Two, in\ntwo lines?**\n*Answer*\nSecond."
    assert notes["## Three questions"].endswith(three)
    assert '```python\nprint("words")\n```\n```text\nwords\n```' in notes["## Who prints?"]
    assert "**New words:** double." in notes["## Recap"]
    everything = "\n".join(notes.values())
    assert "Predict" not in everything, "a prompt is on its slide"
    assert "Deeper" not in everything
    assert "import" not in everything


def test_a_solution_is_on_no_slide(slides):
    assert not any("# 2" in text for slide in slides for text in shown(slide))


def only(text):
    """Return the slides of a lesson after its title."""
    return deck.find_slides(executed(f"# %% [markdown]\n# # 01 Tiny\n#\n# It.\n#\n{text}"))[1:]


def test_a_section_goes_on_to_its_picture():
    (slide,) = only('# ## A?\n#\n# Before.\n\n# %%\ndraw("one")\n\n# %% [markdown]\n# After. All.')
    assert shown(slide) == ["## A?", "Before.", "one", "After. All."]


def test_a_breaking_without_a_prompt_goes_on_from_its_section():
    (slide,) = only('# ## A?\n#\n# Before.\n#\n# ### Break it: b\n#\n# So.\n\n# %%\nprint("one")\n')
    assert shown(slide) == ["## A?", "Before.", "one"]
    assert slide.notes == ["### Break it: b", "So."]


def test_words_that_are_too_many_with_a_picture_are_in_the_notes():
    first, last = " ".join(["first"] * 30) + ".", " ".join(["last"] * 30) + "."
    text = f'# ## A?\n#\n# {first}\n\n# %%\ndraw("one")\n\n# %% [markdown]\n# {last}'
    (slide,) = only(text)
    assert shown(slide) == ["## A?", "one", last]
    assert slide.notes == [first, last]
    (slide,) = only(text.replace(first, f"{first} More."))
    assert slide.notes == [f"{first} More.", last], "once"


def test_a_prompt_with_many_words_stands_alone():
    long = " ".join(["word"] * 30)
    (slide,) = only(f"# ## A?\n#\n# {long}.\n#\n# > **Predict.** {long}?")
    assert shown(slide) == ["## A?", f"> **Predict.** {long}?"]


def test_long_code_takes_the_place_of_the_sentence():
    lines = "\n".join(["x = 1"] * 21)
    (slide,) = only(f'# ## A?\n#\n# Before.\n\n# %% tags=["code"]\n{lines}')
    assert shown(slide) == ["## A?", lines]
    (slide,) = only(f'# ## A?\n#\n# Before.\n\n# %% tags=["code"]\n{lines[6:]}')
    assert shown(slide) == ["## A?", "Before.", lines[6:]]


@pytest.mark.parametrize("source", ["print(1)", "y = ...\nprint(1)", "print(1)\n" * 15])
def test_what_a_cell_printed_is_shown_if_it_is_short_and_complete(source):
    cell = new_code_cell(source, outputs=[new_output("stream", text="1\n" * source.count("print"))])
    assert bool(deck.printed(cell)) == (source == "print(1)")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("## How many?", 2),
        ("`a b c` and $x + y$", 3),
        ("| `a b` | two |\n|---|---|", 2),
        ("1. — a", 1),
    ],
)
def test_a_formula_or_a_piece_of_code_is_one_word(text, count):
    assert deck.count_words(text) == count


def test_an_exercise_shows_its_code_and_choices_before_its_prose():
    prose = " ".join(["word"] * 44) + "."
    code = "```python\nx = 1\n```"
    assert deck.task("### Exercise 1", [f"{prose} Which?", code, "1. One."]) == [
        "Which?",
        code,
        "1. One.",
    ]


STUB = '# %% tags=["exercise", "write"]\n# which x?\n...\n'


def test_an_exercise_shows_the_code_that_it_begins_with_unless_it_is_long():
    (slide,) = only(f"# ### Exercise 1 (write): one\n#\n# It.\n\n{STUB}")
    assert shown(slide)[1:] == ["It.", "```python\n# which x?\n...\n```"]
    (slide,) = only(f"# ### Exercise 1 (write): one\n#\n# It.\n\n{STUB}" + "...\n" * 13)
    assert shown(slide)[1:] == ["It."]


def test_the_picture_of_an_exercise_is_with_its_task():
    task = '# ### Exercise 1 (diagnose): one\n#\n# 1. Up.\n\n# %%\ndraw("one")\n\n'
    (slide,) = only(f"{task}{STUB}")
    assert shown(slide)[1:] == ["1. Up.", "one"]


def test_an_exercise_shows_its_question_before_other_prose():
    prose = " ".join(["word"] * 42) + "."
    assert deck.task("### Exercise 1", [f"{prose} Which of them?"]) == ["Which of them?"]


def test_an_answer_is_known_as_one():
    asked = '# ## A?\n#\n# > **Predict.** How?\n\n# %%\ndraw("one")\n\n# %% [markdown]\n'
    fold = "# <details><summary>What you should see</summary>\n#\n# So it is.\n#\n# </details>"
    assert [slide.answers for slide in only(asked + fold)] == [False, True]


def fold(summary, text):
    """Return a text cell with a fold."""
    lines = f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>".replace("\n", "\n# ")
    return f"\n\n# %% [markdown]\n# {lines}"


def test_another_fold_does_not_answer_a_prompt():
    text = "# ## A?\n#\n# > **Predict.** How?"
    drawn = '\n\n# %%\ndraw("one")'
    (asked, answer) = only(
        text + fold("A hint", "Look.") + drawn + fold("What you should see", "So.")
    )
    assert asked.notes == ["*A hint*", "Look."]
    assert shown(answer) == ["## A?", "one", "So."]


def test_a_picture_after_a_solution_belongs_to_the_section():
    task = "# ## A?\n#\n# Before.\n#\n# ### Exercise 1 (write): one\n#\n# It.\n\n"
    drawn = '\n\n# %%\ndraw("one")'
    *_, picture = only(task + STUB.rstrip() + fold("Solution", "```python\n1\n```") + drawn)
    assert shown(picture)[:2] == ["## A?", "one"]


def say(text, *words):
    """Return the slides of a lesson some of whose cells, in order, have words for their slides."""
    notebook = executed(f"# %% [markdown]\n# # 01 Tiny\n#\n# It.\n#\n{text}")
    for cell, said in zip(notebook.cells, words, strict=False):
        if said:
            cell.metadata["slide"] = said
    return deck.find_slides(notebook)[1:]


DRAWN = '# ## A?\n#\n# Before.\n#\n# $$1$$\n\n# %% tags=["printed"]\ndraw("one")\nprint("p")'


def test_words_for_the_slides_take_the_place_of_the_sentence_by_rule():
    after = "\n\n# %% [markdown]\n# After."
    text, picture, made = say(DRAWN + after, "Said [above](a.ipynb).\n\n> Which?", "Said below.")
    assert shown(text) == ["## A?", "Said above.", "$$1$$", "> Which?"]
    assert text.notes == ["Before."], "it is not lost"
    assert shown(picture) == ["## A?", "one", "Said below."]
    assert shown(made) == ["## A?", "p", "After."]


def test_words_for_the_slides_keep_the_prompt():
    (slide,) = say("# ## A?\n#\n# Before.\n#\n# > **Predict.** How?", "Said.")
    assert shown(slide) == ["## A?", "Said.", "> **Predict.** How?"]


def test_words_for_the_slides_keep_what_is_to_be_decided():
    (slide,) = say("# ## A?\n#\n# Before.\n#\n# **Decide.** How?", "Said.")
    assert shown(slide) == ["## A?", "Said.", "**Decide.** How?"]


def test_code_is_shown_without_its_drawing_and_the_comment_above_that():
    source = "x = 1  # one\n# the graph of it\ngraphs.graph(x)\n# two\ny = 2"
    assert deck.shown_source(source) == "x = 1  # one\n# two\ny = 2"


def test_words_for_the_slides_may_ask_the_prompt_in_other_words():
    (slide,) = say("# ## A?\n#\n# $$1$$\n#\n# > **Predict.** How?", "Said.\n\n> **Predict.** So?")
    assert shown(slide) == ["## A?", "Said.", "$$1$$", "> **Predict.** So?"]


def test_code_among_the_words_takes_the_place_of_the_cells_if_that_is_shown():
    text = '# ## A?\n#\n# Before.\n\n# %% tags=["code"]\nx = 1\ny = 2'
    (slide,) = say(text, "", "Said.\n\n```python\ny = 2\n```")
    assert shown(slide) == ["## A?", "Said.", "y = 2"]
    (slide,) = say("# ## A?\n#\n# > **Predict.** How?", "Said.\n\n```python\ny = 2\n```")
    assert shown(slide)[1:] == ["Said.", "```python\ny = 2\n```", "> **Predict.** How?"]


def test_a_prompt_asks_a_class_to_write_where_a_student_types():
    (slide,) = only("# ## A?\n#\n# > **Predict.** Which type? Look, and type a number. Type it.")
    assert slide.above == ["> **Predict.** Which type? Look, and write a number. Write it."]


def test_words_behind_code_are_below_the_answer_that_it_printed():
    text = '# ## A?\n#\n# > **Predict.** How?\n\n# %%\nprint("one")\n\n# %% [markdown]\n'
    fold = "# <details><summary>What you should see</summary>\n#\n# So it is.\n#\n# </details>"
    asked, answer = say(text + fold, "", "Said.")
    assert (shown(asked), asked.notes) == (["## A?", "> **Predict.** How?"], [])
    assert (shown(answer), answer.answers) == (["## A?", "one", "Said."], True)


@pytest.mark.parametrize("code", ['draw("one", "two")', 'print("one")\n\n# %%\ndraw("two")'])
def test_what_is_shown_after_a_question_is_its_answer(code):
    text = f'# ## A?\n#\n# Before.\n\n# %% tags=["printed"]\n{code}'
    assert [slide.answers for slide in say(text, "> Which?")] == [False, True, False]
    assert not any(slide.answers for slide in say(text))


def test_what_a_cell_printed_is_below_a_formula_or_behind_its_pictures():
    assert [shown(slide)[1:] for slide in only(DRAWN)] == [
        ["Before.", "$$1$$"],
        ["one", "A picture of one."],
        ["p"],
    ]
    (slide,) = only(DRAWN.replace('draw("one")', "pass"))
    assert shown(slide)[1:] == ["Before.", "$$1$$", "p"]


def test_what_a_cell_printed_is_behind_the_answer():
    fold = "# <details><summary>What you should see</summary>\n#\n# So it is.\n#\n# </details>"
    asked = DRAWN.replace("$$1$$", "> **Predict.** How?")
    assert [shown(slide)[1:] for slide in only(f"{asked}\n\n# %% [markdown]\n{fold}")] == [
        ["Before.", "> **Predict.** How?"],
        ["one", "So it is."],
        ["p"],
    ]


def test_a_task_in_other_words_is_noted_once():
    block = "One here. Two of them here. Which one?"
    task = f"# ### Exercise 1 (write): one\n#\n# {block}"
    (slide,) = say(task, "Said.")
    assert (slide.above, slide.notes) == (["Said."], [block])
