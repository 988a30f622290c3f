# %% [markdown]
# # 02 How far to step
#
# Choose a learning rate before you run, and know when the run is done.

# %%
from course_utils.checks import learning_rate as check
