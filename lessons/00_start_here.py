# %% [markdown]
# # 00 Start here
#
# You see where this course goes, learn how a lesson works, and meet arrays, with a bug that no
# library reports.
#
# **You will be able to**
#
# - run a lesson, restart it, and read what a check says,
# - say which way a mean along an axis goes,
# - say whether changing one array changes another,
# - predict the shape of a difference, and notice when it is wrong.
#
# **Builds on** a little Python: numbers, text, lists, loops, functions, `import`. **Takes** about 60 minutes, and 15 more with the deeper sections.

# %% tags=["start"]
try:
    import course_utils  # the course's helpers
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This kernel does not have the course's helpers (course_utils). "
        "Start JupyterLab with `python course.py`, or choose the kernel of the course's .venv."
    ) from None

# %% [markdown]
# ## Where does this course go?
#
# In [lesson 03](03_build_your_own_autograd.ipynb), an engine that you wrote yourself bends a curve to ten points.
#
# The box below is a **cell** with code. Click into it, press **Shift+Enter** to run it, and watch
# the picture. (If an error message appears instead, go on to the next section: its cell says what
# to do.)

# %% tags=["cover"]
import numpy as np  # the library for arrays, known as np

from course_utils import animation, plots
from course_utils.checks import start_here as check
from course_utils.data import recorded_curves

counter = 1  # for a question further down
film = recorded_curves()  # that lesson's training, recorded
animation.play(  # a picture that changes, played once
    plots.learned_curve, film.x, film.y, film.grid, film.curves, film.steps
)

# %% [markdown]
# On the left, a curve starts far from the points and ends up close to all ten.
#
# In that lesson you type ten heights of your own. Your engine, a few dozen lines of plain Python,
# then changes a handful of numbers a little in each of 2,000 steps. It knows which way to change
# them because it computes derivatives, the ones you know from school. The plot on the right shows
# how far off the curve still is. A large network learns in the same way, with more numbers.

# %% [markdown]
# ## Does everything work here?
#
# The next cell finds out what works on your machine, and what to do about the rest.
#
# It takes a few seconds; a star beside a cell, `[*]`, means that it is still running. You will see
# two small pictures and a table. Where it says *TO DO*, follow the lines below that. If a picture is
# missing, run the cell again.

# %%
from course_utils import self_check

self_check.run()

# %% [markdown]
# ## How does a lesson work?
#
# Each section asks a question, and often you **predict** the answer before you run a cell.
#
# Decide first: what you guessed wrong stays in your mind. Then run the cell, and click on *What
# you should see* below it.
#
# - This is **your copy**. Change it, break it: no update overwrites your changes.
# - **Ctrl+B** (Cmd+B on a Mac) hides the list of files; in the bar beside it, the symbol with lines
#   and dots opens the *Table of Contents*.
# - Sections named **Deeper** are folded, for a second evening: click on the arrow beside the
#   heading. Nothing else needs them.
# - **Stuck?** [What is wrong?](../docs/symptoms.md) begins with the message that you see;
#   [the glossary](../docs/glossary.md) explains words, [the names](../docs/names.md) code.
#
# > **Predict.** Run the next cell once: it prints 10. What does it print if you run it again?

# %% tags=["continues"]
counter = counter * 10
print(counter)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 100, and ten times more each time: `counter` keeps what the last run gave it.
#
# </details>
#
# ### What does the notebook remember?
#
# A program in the background, the **kernel**, runs your cells and keeps every name. It knows only the
# order in which you ran them, not the order on the page. If a notebook behaves strangely, choose
# *Restart Kernel and Run up to Selected Cell…* in the menu *Kernel*. The kernel forgets everything
# and starts again from the top; what you wrote stays.

# %% [markdown] tags=["deeper"]
# ### Deeper: what is special about your machine?
#
# You have opened a deeper section: this one says what differs from one machine to the next.
#
# A GPU, a graphics processor that can compute, is welcome but not needed. What matters is that
# some memory is left. If you ask someone for help, send them what this cell prints.

# %% tags=["deeper", "nbval-ignore-output"]
self_check.machine()

# %% [markdown]
# ## How does a check work?
#
# An exercise is a cell with three dots, `...`, where your answer belongs; the cell below checks it.
#
# ### Exercise 1 (write): your first function
#
# This one is for meeting the check. Run both cells as they are; then with `values.sum()` in place
# of the dots, which is wrong; then with the mean, the sum divided by how many numbers there are.


# %% tags=["exercise", "write"]
def average(values):
    """The mean of an array of numbers."""
    return ...


# %%
check.average(average)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def average(values):
#     """The mean of an array of numbers."""
#     return values.sum() / len(values)
# ```
#
# `values.mean()` does the same in one word.
#
# </details>
#
# It said *not done yet*, *not right yet* with a reason, then *right*. Nothing later depends on your
# answers: you may leave an exercise and come back.

# %% [markdown]
# ## What does an array know about itself?
#
# An **array** is a block of numbers of one kind, with a shape and a dtype.
#
# Its **shape** says how many numbers there are along each direction, or **axis**; its **dtype** says
# which kind they are. Here is the rain of four days at three places, in millimetres: three rows, four
# columns.

# %%
rain = np.array(
    [
        [2.0, 0.0, 7.0, 3.0],
        [4.0, 1.0, 9.0, 6.0],
        [0.0, 2.0, 5.0, 3.0],
    ]
)
print("shape", rain.shape, "  dtype", rain.dtype, "  len", len(rain))
print("row 1, column 2:", rain[1, 2])
print("row 0:          ", rain[0], rain[0].shape)
print("column 2:       ", rain[:, 2], rain[:, 2].shape)
print("in centimetres: ", rain[0] / 10)

# %% [markdown]
# Counting begins at 0, and rows come first: `rain[1, 2]` is in the second row. `len` is the number of
# rows. A colon means *all along this axis*, and arithmetic works on every number at once. The dtype
# **float64** is that of a Python `float`: about sixteen digits. Column 2 is printed like a row, since
# both have *one* axis: count the brackets at the start.
#
# ### Which way does a mean go?
#
# > **Predict.** `rain.mean()` is one number. How many does the array `rain.mean(axis=0)` hold, three
# > or four?

# %%
print(f"mean of all:  {rain.mean()}")
print(f"mean(axis=0): {rain.mean(axis=0)}   shape {rain.mean(axis=0).shape}")
print(f"mean(axis=1): {rain.mean(axis=1)}   shape {rain.mean(axis=1).shape}")

places, days = ["north", "hill", "south"], ["Mon", "Tue", "Wed", "Thu"]
plots.means_by_axis(rain, places, days, "mm")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Four, one for each day: the mean along axis 0 walks down through the rows.
#
# </details>
#
# ### How do you remember that?
#
# The axis that you name is the one that *disappears*. From (3, 4), axis 0 takes away the 3 and axis 1
# the 4.

# %% [markdown]
# ## A view or a copy?
#
# Two names can share the same numbers, and then a change through one shows in the other.
#
# Take a week's temperatures. `week[5:]` is a **slice**, from position 5 to the end; `week.copy()`
# makes a **copy**, with numbers of its own. `week.max()`, the largest, is 21.
#
# > **Predict.** You write 30 into the *slice*. What is `week.max()` afterwards? Type your number
# > in the first line, in place of the dots.

# %%
my_prediction = ...  # your number

week = np.array([14.0, 15.0, 19.0, 21.0, 18.0, 16.0, 13.0])
before = week.copy()
weekend = week[5:]
weekend[0] = 30.0

days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
plots.before_and_after(before, week, days, "°C", prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 30, on Saturday, though no line writes into `week`. The copy, `before`, kept its 16.
#
# </details>
#
# ### What is a view?
#
# A slice is a **view**: it has no numbers of its own, it looks at those of the array. Where you want
# your own, write `week[5:].copy()`.

# %% [markdown]
# ## What if two shapes differ?
#
# You can subtract a (4,) from a (3, 4): NumPy repeats the one row for each row of the table.
#
# That is **broadcasting**. Here each place meets the mean of its day. The dotted cells are not stored
# anywhere; they are only read again.

# %%
plots.broadcast_difference(rain, rain.mean(axis=0), ["rain", "mean(axis=0)"])

# %% [markdown]
# The rule is short: write the two shapes below each other, with their right ends in line.
#
# At each position the numbers must be equal, or one of them must be 1 or missing. That one is
# repeated.
#
# | | | |
# |---|---:|---:|
# | `rain` | 3 | 4 |
# | `rain.mean(axis=0)` | | 4 |
# | the difference | 3 | 4 |
#
# ### Break it: the means of the places
#
# Now subtract from each place *its own* mean, of shape (3,). The 3 comes to stand below the 4, and
# neither is 1. The cell tries it, then gives the means another shape.

# %%
try:
    rain - rain.mean(axis=1)
except ValueError as error:
    print("ValueError:", error)

place_means = rain.mean(axis=1).reshape(-1, 1)  # (3, 1)
print("\nthe means, as a column:")
print(place_means)
print("\nthe differences:")
print(rain - place_means)

# %% [markdown]
# NumPy refuses the flat means: a **loud** bug, the kind you want, because its message names both
# shapes.
#
# ### What is a column?
#
# A **column** is an array of shape (n, 1). `reshape` changes the shape and keeps the numbers; a −1
# means *as many as there are*. Now the 3 is below the 3, and the 1 is repeated.
#
# ### Break it: three predictions
#
# You compare three right predictions, a column, with the three true values, which are flat: they have
# the shape (3,).

# %%
y = np.array([5.0, 6.0, 7.0])  # (3,)
y_pred = y.reshape(-1, 1)  # (3, 1)
plots.broadcast_difference(y_pred, y, ["y_pred", "y"])

# %% [markdown]
# Each prediction is compared with every true value, and no library complains.
#
# By the rule, both are repeated. The zeros that you wanted are on the diagonal; the other six
# differences are nonsense. What does that do to a result?
#
# The usual measure of predictions is the **mean squared error**, MSE: the mean of the squared
# differences. Take a hundred values, perfect predictions, and lazy ones that all say the mean. Row by
# row, their MSE is 0 and 0.3401.
#
# > **Predict.** Now a column meets flat values. What MSE do the *perfect* predictions get? Type
# > your number.

# %%
my_prediction = ...  # your number

y = 2 * np.linspace(0, 1, 100) + 1  # (100,), in even steps from 1 to 3
perfect = y.reshape(-1, 1)  # (100, 1)
lazy = np.full((100, 1), y.mean())  # (100, 1), filled with the mean
for name, y_pred in (("perfect", perfect), ("lazy", lazy)):
    mse = ((y_pred - y) ** 2).mean()
    print(f"{name:8} MSE {mse:.4f}, from the shape {(y_pred - y).shape}")

both = {"perfect": perfect, "lazy": lazy}
plots.every_pair(both, y, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 0.6801, twice as much as the lazy ones: the mean of 10,000 differences, where 100 were meant.
#
# </details>
#
# ### What protects you?
#
# This bug is **silent**: a wrong number and no error. A model trained with it learns to be lazy; in
# [lesson 06](06_the_linear_layer.ipynb) you watch one do so. So look at shapes, and write what you believe:
# `assert y_pred.shape == y.shape` stops Python where that is not true.
#
# ### Exercise 2 (fix): an MSE that pairs rows
#
# Here is the broken formula. Replace the dots so that a column of predictions is compared row by
# row, whether `y` is flat, (n,), or a column already.


# %% tags=["exercise", "mend"]
def fixed_mse(y_pred, y):
    """The MSE of y_pred, of shape (n, 1), for y of shape (n,) or (n, 1)."""
    y = ...
    return ((y_pred - y) ** 2).mean()


# %%
check.fixed_mse(fixed_mse)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def fixed_mse(y_pred, y):
#     """The MSE of y_pred, of shape (n, 1), for y of shape (n,) or (n, 1)."""
#     y = y.reshape(y_pred.shape)
#     return ((y_pred - y) ** 2).mean()
# ```
#
# `y.reshape(-1, 1)` is right, too. Ours has an advantage: if the numbers of rows differ, it is a
# loud error.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: why exactly twice as bad?
#
# Over all pairs, an MSE measures how widely both sides are spread, not how well they agree.
#
# Take any predictions $p_i$ with mean $\bar p$, and any values $y_j$ with mean $\bar y$. Split each
# difference into three parts:
#
# $$p_i - y_j = (p_i - \bar p) - (y_j - \bar y) + (\bar p - \bar y)$$
#
# Square it and take the mean over all $i$ and $j$. The products of two different parts drop out,
# because each of the first two parts has mean zero. Only the three squares are left:
#
# $$\text{mean over all pairs} = \text{spread of } p + \text{spread of } y + (\bar p - \bar y)^2$$
#
# where *spread* is the mean of the squared distances from the mean. The cell computes both sides.


# %% tags=["deeper"]
def spread(values):
    """The mean of the squared distances from the mean."""
    return ((values - values.mean()) ** 2).mean()


for name, p in (("perfect", perfect), ("lazy", lazy), ("+ 1", perfect + 1)):
    pairs = ((p - y) ** 2).mean()
    parts = spread(p) + spread(y) + (p.mean() - y.mean()) ** 2
    print(f"{name:8} {pairs:.4f} over all pairs, {parts:.4f} by the formula")

# %% [markdown] tags=["deeper"]
# For perfect predictions the two spreads are equal, and the means agree: twice the spread of y. The
# lazy ones have no spread, so one is left, the spread of y. No predictions get less than that: this
# MSE is smallest for a model that says the mean to everyone.
#
# ### Deeper: Exercise 3 (transfer): each place's share
#
# How much of a place's rain fell on each day? Divide each number of a table by the sum of its row,
# so that each row of the result adds up to 1. `table.sum(axis=...)` works as `mean` does. Beware: if
# a table has as many rows as columns, a flat array of sums is *not* refused.


# %% tags=["deeper", "exercise", "transfer"]
def shares(table):
    """Each number of a table, (n, m), as a share of the sum of its row."""
    return ...


# %% tags=["deeper"]
check.shares(shares)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def shares(table):
#     """Each number of a table, (n, m), as a share of the sum of its row."""
#     sums = table.sum(axis=1).reshape(-1, 1)
#     return table / sums
# ```
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: which operations give a view?
#
# A view needs a regular pattern of positions in memory; a slice has one, a list may not.
#
# `np.shares_memory` says whether two arrays share any of their numbers. A slice does, and so does
# `reshape` here. A list of positions, as in `week[[5, 6]]`, may pick numbers in any order, so it makes
# a copy. Arithmetic makes new numbers.

# %% tags=["deeper"]
for what, other in (
    ("week[5:]", week[5:]),
    ("week.reshape(-1, 1)", week.reshape(-1, 1)),
    ("week[[5, 6]]", week[[5, 6]]),
    ("week * 2", week * 2),
    ("week.copy()", week.copy()),
):
    print(f"{what:20} shares memory with week: {np.shares_memory(week, other)}")

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: half a visitor
#
# One more silent bug: an array of whole numbers keeps only whole numbers.
#
# Without decimal points, `np.array` makes integers, and a number with a fraction loses it when you
# write it into such an array. A point behind one of the numbers is enough to get float64.

# %% tags=["deeper"]
visitors = np.array([3, 4, 5])
visitors[0] = 2.9
print("without points:", visitors, visitors.dtype)

visitors = np.array([3.0, 4, 5])
visitors[0] = 2.9
print("with a point:  ", visitors, visitors.dtype)

# %% [markdown]
# ## Three questions
#
# **You changed a cell, and one further down still prints what it did before. Why?**
#
# <details><summary>Answer</summary>
#
# Changing a cell is not running it. Run both again, in their order.
#
# </details>
#
# **A table has the shape (n, m). How do you subtract from each row its own mean?**
#
# <details><summary>Answer</summary>
#
# `mean(axis=1)` has the shape (n,), and n comes to stand below m. Make it a column.
#
# </details>
#
# **Predictions look right in a plot, but their MSE is large. What do you look at first?**
#
# <details><summary>Answer</summary>
#
# At both shapes. A column and a flat array compare every pair.
#
# </details>

# %% [markdown]
# ## Recap
#
# Look at shapes. The axis that you name disappears, and (3, 1) minus (3,) is (3, 3).
#
# **New words:** cell, kernel, array, shape, axis, dtype, float64, slice, view, copy, column,
# broadcasting, loud bug, silent bug.
#
# **New names:** `animation.play`, `.sum`, `np.array`, `.shape`, `.dtype`, `.mean`, `axis=`, `.copy`, `.reshape`,
# `np.linspace`, `np.full`.
#
# **New names, deeper:** `np.shares_memory`.
#
# The route from here:
#
# | | there you |
# |---|---|
# | [01 Gradient descent by hand](01_gradient_descent_by_hand.ipynb) | fit a line with NumPy alone |
# | [02 How far to step](02_how_far_to_step.ipynb) | choose a learning rate before you run |
# | [03 Build your own autograd](03_build_your_own_autograd.ipynb) | write the engine that bends the curve |
# | [04 Raw autograd tensors](04_raw_autograd_tensors.ipynb) | let PyTorch do the same |
# | [05 Many inputs, many outputs](05_many_inputs_many_outputs.ipynb) | use matrices |
# | [06 The linear layer](06_the_linear_layer.ipynb) | look into `nn.Linear` and an optimizer |
# | [07 Dataset and DataLoader](07_dataset_and_dataloader.ipynb) | train in mini-batches |
# | [08 Fitting polynomials](08_fitting_polynomials.ipynb) | fit a curve that only looks finished |
# | [09 What a fit is worth](09_what_a_fit_is_worth.ipynb) | judge a model by unseen rows |
# | [10 A real data set](10_a_real_data_set.ipynb) | do all of it on real measurements |
# | [11 Where the time goes](11_where_the_time_goes.ipynb) | make a training run faster |
#
# **Next**, in [lesson 01](01_gradient_descent_by_hand.ipynb), you fit a line to noisy points: the first step towards that curve.
