# %% [markdown]
# # 11 A network that bends
#
# What the student does here, in one sentence.
#
# **You will be able to**
#
# - do what you could not do before,
# - say why it works,
# - notice when it does not.
#
# **Builds on** nothing. **Takes** about 15 minutes, and 5 more with the deeper sections.

# %% tags=["start"]
try:
    import course_utils  # the course's helpers
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This kernel does not have the course's helpers (course_utils). "
        "Start JupyterLab with `python course.py`, "
        "or choose the kernel of the course's .venv."
    ) from None

# %%
import numpy as np

from course_utils.checks import network as check

# %% [markdown]
# ## How far apart are the values?
#
# The range of some values says how far they spread.
#
# > **Predict.** What does `np.ptp`, 'peak to peak', return for these three?

# %%
np.ptp(np.array([3.0, -1.0, 7.0]))

# %% [markdown]
# <details><summary>What you should see</summary>
#
# It returns the largest minus the smallest, 8.
#
# </details>

# %% [markdown]
# ### Exercise 1 (write): the range
#
# Return the difference between the largest and the smallest value, without `np.ptp`.


# %% tags=["exercise", "write"]
def value_range(values):
    """The largest of the values minus the smallest."""
    return ...


# %%
check.value_range(value_range)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def value_range(values):
#     """The largest of the values minus the smallest."""
#     return max(values) - min(values)
# ```
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what if a value is missing?
#
# One nan makes the range nan.

# %% tags=["deeper"]
np.ptp(np.array([3.0, np.nan, 7.0]))

# %% [markdown]
# ## Three questions
#
# **You add 10 to each value. What happens to their range?**
#
# <details><summary>Answer</summary>
#
# Nothing: both ends move.
#
# </details>

# %% [markdown]
# ## Recap
#
# **New words:** range.
#
# **New names:** `np.ptp`.
#
# **New names, deeper:** `np.nan`.
