"""By rule, slides show a lesson's questions, prompts, formulas and pictures, and notes the rest."""

import jupytext
import pytest
from nbformat.v4 import new_output

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
for number in range(2):
    draw("two", "three")

# %% [markdown]
# ### Exercise 1 (write): double
#
# Any number.

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


@pytest.fixture(scope="module")
def slides():
    """The slides of the lesson, each picture drawn by a cell."""
    notebook = jupytext.reads(LESSON, fmt="py:percent")
    for cell in notebook.cells:
        if "draw(" in cell.source:
            names = cell.source.partition("draw(")[2].rstrip(")").split(", ")
            printed = new_output("stream", text="printed")
            cell.outputs = [printed, *(draw(name.strip('"')) for name in names)]
    return deck.find_slides(notebook)


def test_the_slides_in_their_order(slides):
    shown = []
    for slide in slides:
        cells = [cell.source or cell.outputs[0].data["image/png"] for cell in slide.cells]
        shown.append([*cells, slide.caption] if slide.caption else cells)
    assert shown == [
        ["# 01 Tiny\n\nYou double numbers. Then you halve them."],
        [
            "## What is twice two?\n\nDoubling $x$ adds 1.5 to 1.5, as in `x.y. z` and "
            "[there](a.ipynb#Why-so?) too.\n\n"
            "$$2 + 2$$\n\n> **Predict.** Which number\n> is it?"
        ],
        ["four", "It is *four.*"],
        ['for number in range(2):\n    draw("two", "three")'],
        ["two", "A picture of two."],
        ["three", "A picture of three."],
        ["### Break it: a half\n\nIt breaks.\n\n$$1 / 2$$\n\n> **Predict.** How?"],
        ["## Three questions\n\n**One?**", "**Two, in\ntwo lines?**"],
        ["## Recap\n\n**Next**, in [the next](02_b.ipynb), more."],
    ]


def test_the_rest_of_the_core_is_in_the_notes(slides):
    notes = ["\n".join(slide.notes) for slide in slides]
    assert "- double." in notes[0]
    assert "A second sentence." in notes[1]
    assert "No more.\nAfter the fold.\n### A part" in notes[2]
    assert "In the part." in notes[2]
    assert "```python\n1\n\n# 2\n```" in notes[5]
    assert "Badly." in notes[6]
    assert "First." in notes[7]
    assert "Second." in notes[7]
    assert "**New words:** double." in notes[8]
    assert "### Exercise 1" in notes[5]
    everything = "\n".join(notes)
    assert "Predict" not in everything, "a prompt is on its slide"
    assert "Deeper" not in everything
    assert "import" not in everything


def test_sections_and_notes_are_marked_for_the_slides(slides):
    notebook = jupytext.reads(LESSON, fmt="py:percent")
    for cell in notebook.cells:
        cell.outputs = []
    cells = deck.cells_of_slides(notebook)
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type", "") for cell in cells]
    assert kinds == [
        *("slide", "notes", "slide", "notes", "subslide", "notes", "subslide", "notes"),
        *("slide", "", "notes", "slide", "notes"),
    ]
