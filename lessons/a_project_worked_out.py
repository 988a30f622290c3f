# %% [markdown]
# # A project worked out
#
# An example to compare with when you have finished yours, from
# [lesson 14](14_a_project_of_your_own.ipynb).

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

# %% [markdown]
# ## What is the baseline?
#
# The mean of the training targets predicts each row equally well or badly.

# %%
y_train, y_val = np.array([3.0, 5.0, 7.0]), np.array([4.0, 9.0])
baseline = y_train.mean()
rmse = np.sqrt(np.mean((baseline - y_val) ** 2))
print(f"baseline {baseline:.2f}, validation RMSE {rmse:.2f}")

# %% [markdown]
# It predicts 5.00 for each row, and is 2.92 off on the validation rows.
