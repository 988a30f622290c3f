"""A tiny lesson that keeps every rule of a lesson's form; tests change it to break one."""

import jupytext

from tests.support.form import START

TEXT = (
    f"""# %% [markdown]
# # 01 Tiny
#
# You double numbers.
#
# **You will be able to**
#
# - double a number,
# - halve it,
# - say which is which.
#
# **Builds on** [the first](00_first.ipynb). **Takes** about 40 minutes.

# %% tags=["start"]
{START}
"""
    + """
# %%
from course_utils import plots
from course_utils.checks import tiny as check

# %% [markdown]
# ## What is twice two?
#
# Doubling adds a number to itself.
#
# > **Predict.** Which number is it?

# %%
my_prediction = ...  # your number
plots.number(2 + 2, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Two and two are four.
#
# </details>

# %% [markdown]
# ### Exercise 1 (write): double a number
#
# Any number.


# %% tags=["exercise", "write"]
def double(number):
    return ...


# %%
check.double(double)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def double(number):
#     return number + abs(number) * sign(number)
# ```
#
# </details>

# %% [markdown]
# ## What is half of two?
#
# Halving takes a half away.
#
# > **Predict.** Which number is it?

# %%
my_prediction = ...  # your number
plots.number(2 / 2, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Half of two is one.
#
# </details>
#
# ### Exercise 2 (fix): halve a number
#
# This one is twice too large.

# %% tags=["exercise", "mend"]
half = 2 + 0
...

# %%
check.half(half)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# half = 2 / 2
# ```
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what about three?
#
# ### In thirds
#
# Text.

# %% tags=["deeper"]
3 / 2

# %% [markdown] tags=["deeper"]
# ### Exercise 3 (diagnose): which is odd?

# %% tags=["deeper", "exercise", "diagnose"]
answer = ...

# %% tags=["deeper"]
check.odd(answer)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# answer = 3
# ```
#
# </details>

# %% [markdown]
# ## Three questions
#
# **Is doubling `x * 2`?**
#
# <details><summary>Answer</summary>
#
# Yes.
#
# </details>
#
# **Is halving doubling?**
#
# <details><summary>Answer</summary>
#
# No: 1 < 2.
#
# </details>
#
# **Is it
# over?**
#
# <details><summary>Answer</summary>
#
# Nearly.
#
# </details>

# %% [markdown]
# ## Recap
#
# **New words:** double.
"""
)


def read(text=TEXT):
    """Return a lesson's text as a notebook that was not executed."""
    return jupytext.reads(text, fmt="py:percent")


def change(old, new):
    """Return the tiny lesson as a notebook, with another text in place of one that it has once."""
    assert TEXT.count(old) == 1, old
    return read(TEXT.replace(old, new))
