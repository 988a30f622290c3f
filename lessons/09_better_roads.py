# %% [markdown]
# # 09 Better roads
#
# The same fit without 100,000 epochs.
#
# **You will be able to**
#
# - choose better columns,
# - predict what momentum gains,
# - say what Adam changes.
#
# **Builds on** [lesson 08](08_fitting_polynomials.ipynb) (modes of a fit). **Takes** about 5 minutes.

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
from course_utils.checks import optimizers as check

# %% [markdown]
# ## Recap
#
# **Next**, in [lesson 10](10_what_a_fit_is_worth.ipynb), you ask what a fit is worth.
