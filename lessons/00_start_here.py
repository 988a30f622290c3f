# %% [markdown]
# # 00 Start here
#
# You see where this course goes, learn how a lesson works, and meet arrays, with a bug that NumPy
# does not report.
#
# **You will be able to**
#
# - run a lesson, restart it, and read what a check says,
# - say which way a mean along an axis goes,
# - say whether changing one array changes another,
# - predict the shape of a difference, and notice when it is wrong.
#
# **Builds on** a little Python: numbers, text, lists, loops, functions, `import`. **Takes** about 55 minutes, and 15 more with the deeper sections.

# %% tags=["start"]
try:
    from course_utils import kernel  # the course's helpers
except ImportError as error:
    import time  # 'Run all' stops here only once it has sent every cell

    todo = f"rename {error.path} if it is yours, or " if error.path else ""
    stop = RuntimeError(
        f"The course's helpers are missing: {todo}open the lesson with "
        "`python course.py`, or choose the course's .venv as the kernel."
    )
    stop._render_traceback_ = lambda: time.sleep(1) or [str(stop)]
    raise stop from None
kernel.check()

# %% [markdown]
# ## Where does this course go?
#
# In [lesson 03](03_build_your_own_autograd.ipynb#Can-it-bend-a-curve-to-ten-heights?), an engine that you wrote yourself bends a
# curve to ten points.
#
# The boxes are **cells** with code. Click into the one below, press **Shift+Enter** to run it, and
# watch the picture. (An error message? Run the box above, then that of the next section: they say
# what to do.)

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
# The engine, a few dozen lines of plain Python, changes ten numbers a little in each of 2,000 steps.
# It knows which way because it computes derivatives, as at school. On the right you see how far off
# the curve still is: each line down is ten times less. A large network learns in much the same way.

# %% [markdown]
# ## Does everything work here?
#
# The next cell checks your machine and says how to fix what doesn't work.
#
# It takes a few seconds; a star beside a cell, `[*]`, means that it is still running. Where it
# says *TO DO*, follow the lines below. If one of its two pictures is missing, run the cell again.

# %% [markdown] tags=["slide"]
# The self-check draws two pictures, then says 'All fine'. Do you see both? This is the first.

# %%
from course_utils import self_check

self_check.run()

# %% [markdown] tags=["slide"]
# The second: a calculation, drawn as a graph. [Lesson 03](03_build_your_own_autograd.ipynb) says what its numbers mean.

# %% [markdown]
# ## How does a lesson work?
#
# Each section asks a question, and often you **predict** the answer before you run a cell.
#
# Decide first: you remember what you guessed wrong. Then run the cell, and click on *What you should
# see* below it.
#
# - This is **your copy**. Change it, break it: no update overwrites your changes.
# - **Ctrl+B** (Cmd+B on a Mac) hides the list of files; in the bar beside it, the symbol with lines
#   and dots opens the *Table of Contents*.
# - Sections named **Deeper** are folded: click on the arrow beside the heading. Nothing else needs
#   them.
# - Code that only draws, such as `plots.means_by_axis`, need not be learned.
# - **Stuck?** [What is wrong?](../docs/symptoms.md) begins with the message that you see;
#   [the glossary](../docs/glossary.md) explains words, [the names](../docs/names.md) code.
#
# > **Predict.** Run the next cell once: it prints 10. What does it print if you run it again?

# %% [markdown] tags=["slide"]
# The next cell makes `counter` ten times larger: `counter = counter * 10`, then `print(counter)`.

# %% tags=["continues"]
counter = counter * 10
print(counter)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# A hundred, not 10 again: `counter` keeps what the last run gave it. So it is ten times more each
# time.
#
# </details>
#
# ### What does the notebook remember?
#
# A program in the background, the **kernel**, runs your cells and keeps every name. It knows only the
# order in which you ran them, not the order on the page. If a notebook behaves strangely, choose
# *Restart Kernel and Run up to Selected Cell…* in the menu *Kernel*. Everything runs again from the
# top; what you wrote stays.

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
# The check calls your function with numbers of its own. Run both cells as they are. Write
# `values.sum()` in place of the dots, which is wrong, and run both again. Then return the mean: the
# sum divided by how many numbers there are.


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
# It said · *not done yet*, ✗ *not right yet* with a reason, then ✓ *right*. Nothing later depends on
# your answers.

# %% [markdown]
# ## What does an array know about itself?
#
# An **array** is a block of numbers of one kind, with a shape and a dtype.
#
# The **shape** says how many numbers there are along each direction, or **axis**; the **dtype** says
# which kind they are. Here is the rain of four days at three places, in millimetres. Axis 0 counts the
# rows, axis 1 the columns.

# %% tags=["code"]
rain = np.array(
    [
        [2.0, 0.0, 7.0, 3.0],
        [4.0, 1.0, 9.0, 6.0],
        [0.0, 2.0, 5.0, 3.0],
    ]
)
print("shape", rain.shape, "  dtype", rain.dtype, "  len", len(rain))
print("rain[1, 2]  row 1, column 2:", rain[1, 2])
print("rain[0]     row 0:          ", rain[0], rain[0].shape)
print("rain[:, 2]  2 of every row: ", rain[:, 2], rain[:, 2].shape)
print("rain[0]/10  in centimetres: ", rain[0] / 10)

# %% [markdown] tags=["slide"]
# The rain of four days at three places, in millimetres. How many numbers does `rain.mean(axis=0)` hold?

# %% [markdown]
# Counting begins at 0: `rain[1, 2]` is in the second row. `len` is the number of rows. A colon
# means *all along this axis*, and arithmetic works on every number at once. The dtype **float64**
# is that of a Python `float`: about sixteen digits. `rain[:, 2]` is printed like a row: with only
# *one* axis, both are **flat**.
#
# ### Which way does a mean go?
#
# The axis that you name *disappears*: from (3, 4), axis 0 takes away the 3. So `rain.mean(axis=0)`
# has four numbers, one for each day: it walks down through the rows.

# %%
print(f"mean of all:  {rain.mean()}")
print(f"mean(axis=0): {rain.mean(axis=0)}   shape {rain.mean(axis=0).shape}")
print(f"mean(axis=1): {rain.mean(axis=1)}   shape {rain.mean(axis=1).shape}")

places, dates = ["north", "hill", "south"], ["Mon", "Tue", "Wed", "Thu"]
plots.means_by_axis(rain, places, dates, "mm")

# %% [markdown] tags=["slide"]
# The axis that you name disappears: `rain.mean(axis=0)` has four numbers, a mean for each day.

# %% [markdown]
# ## A view or a copy?
#
# Often you need only a part of an array, such as the weekend of a week.
#
# The **slice** `week[5:]` goes from position 5 to the end. `week.max()`, the largest number, is 21.
#
# > **Predict.** You write 30 into the *slice*. What is `week.max()` afterwards? Type your number
# > in the first line, in place of the dots.

# %% [markdown] tags=["slide"]
# Often you need only a part of an array: `week[5:]` is the weekend. The largest of the week is 21.
#
# > **Predict.** You write 30 into the *slice*. What is `week.max()` afterwards? Write down your number.

# %% tags=["code"]
my_prediction = ...  # your number

week = np.array([14.0, 15.0, 19.0, 21.0, 18.0, 16.0, 13.0])
before = week.copy()  # a copy, for the picture
weekend = week[5:]
weekend[0] = 30.0
print("the largest:", week.max())

days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
plots.before_and_after(before, week, days, "°C", prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 30, on Saturday, though `week` is not named there. The copy kept its 16.
#
# </details>
#
# ### What is a view?
#
# A slice of an array is a **view**: it has no numbers of its own, it looks at those of the array. (A
# slice of a Python list is not: it has its own.) A **copy** has its own, too: write `week[5:].copy()`.

# %% [markdown]
# ## What if two shapes differ?
#
# You can subtract a (4,) from a (3, 4): NumPy repeats the one row for each row of the table.
#
# That is **broadcasting**. The rule: write the two shapes below each other, with their right ends in
# line. At each position the numbers must be equal, or one must be 1 or missing. What is 1 or missing
# is repeated.
#
# | | | |
# |---|---:|---:|
# | `rain` | 3 | 4 |
# | `rain.mean(axis=0)` | | 4 |
# | the difference | 3 | 4 |

# %% [markdown] tags=["slide"]
# Write both shapes with their right ends in line. At each position they must be equal, or one must
# be 1 or missing: that one is repeated.

# %% [markdown]
# ### Break it: the means of the places
#
# The picture subtracts each day's mean; dotted cells are not stored, but read again. Then subtract
# from each place *its own* mean, of shape (3,): the 3 stands below the 4, and neither is 1.

# %% tags=["printed"]
plots.broadcast_difference(rain, rain.mean(axis=0), ["rain", "mean(axis=0)"])

try:
    rain - rain.mean(axis=1)
except ValueError as error:
    print("ValueError:", error)

place_means = rain.mean(axis=1).reshape(-1, 1)  # (3, 1)
print("\nthe means, as a column:")
print(place_means)
print("\nthe differences:")
print(rain - place_means)

# %% [markdown] tags=["slide"]
# So each day's mean fits. Does each place's *own* mean, of shape (3,)?

# %% [markdown]
# NumPy refuses the flat means: a **loud bug**, the kind you want, because its message names both
# shapes.
#
# ### What is a column?
#
# Here a **column** is an array of shape (n, 1). `reshape` changes the shape and keeps the
# numbers; a −1 means *as many as needed*. Now the 3 is below the 3, and the 1 is
# repeated.
#
# ### Break it: three predictions
#
# You compare three perfect predictions, a column, with the three true values, which are flat.
#
# | | | |
# |---|---:|---:|
# | `perfect` | 3 | 1 |
# | `y` | | 3 |
# | the difference | 3 | 3 |
#
# The usual measure of predictions is the **mean squared error**, MSE: the mean of the squared
# differences. Row by row, the perfect ones have an MSE of 0. Lazy ones, which always say the mean of
# $y$, have 6.
#
# > **Predict.** $y$ is 3, 6, 9. What MSE do the *perfect* predictions get over all pairs?

# %% [markdown] tags=["slide"]
# `perfect` is a column, (3, 1), and `y` is flat, (3,). The **MSE** is the mean of the squared differences.

# %%
my_prediction = ...  # your number

y = np.array([3.0, 6.0, 9.0])  # (3,)
perfect = y.reshape(-1, 1)  # (3, 1)
lazy = np.full((3, 1), 6.0)  # (3, 1), filled with the mean of y
print("the shape of the difference:", (perfect - y).shape)
both = {"perfect": perfect, "lazy": lazy}
plots.every_pair(both, y, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# It is 12, twice that of lazy ones, which always say the mean: nine differences, where three were meant.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 12, twice as much as the lazy ones: nine differences, where three were meant.
#
# </details>
#
# ### What protects you?
#
# Each prediction is compared with every true value: a **silent bug**, a wrong number and no
# error. A model trained with it learns to be lazy; in [lesson 06](06_the_linear_layer.ipynb#Deeper:-break-it:-a-target-of-one-dimension) you
# watch one do so. So look at shapes, and write down what you believe:
# `assert y_pred.shape == y.shape` stops the program if it is not true.
#
# ### Exercise 2 (fix): an MSE that pairs rows
#
# Replace the dots so that row meets row, whether each of the two is flat, (n,), or a column, (n, 1).
# `reshape` also takes the shape of another array.


# %% tags=["exercise", "mend"]
def fixed_mse(y_pred, y):
    """The MSE of predictions, row by row; each of shape (n,) or (n, 1)."""
    y = ...
    return ((y_pred - y) ** 2).mean()


# %%
check.fixed_mse(fixed_mse)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def fixed_mse(y_pred, y):
#     """The MSE of predictions, row by row; each of shape (n,) or (n, 1)."""
#     y = y.reshape(y_pred.shape)
#     return ((y_pred - y) ** 2).mean()
# ```
#
# `y.reshape(-1, 1)` would be wrong for flat predictions: then `y` has to be flat, too.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: why exactly twice as bad?
#
# Over all pairs, an MSE measures how both sides are spread and how far apart their means are, not
# whether rows agree.
#
# Take any predictions $p_i$ with mean $\bar p$, and any values $y_j$ with mean $\bar y$. Split each
# difference into three parts:
#
# $$p_i - y_j = (p_i - \bar p) - (y_j - \bar y) + (\bar p - \bar y)$$
#
# Square it and take the mean over all $i$ and $j$. The product of the first two parts drops out: since
# each $i$ meets each $j$, its mean is the mean of $p_i - \bar p$ times the mean of $y_j - \bar y$, zero
# times zero. The products with the third part, a constant, drop out for the same reason. Only the
# three squares are left:
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
# MSE is smallest for a model that says the mean of y to everyone.
#
# ### Deeper: Exercise 3 (transfer): each place's share
#
# How much of a place's rain fell on each day? Divide each number of a table by the sum of its row,
# so that each row of the result adds up to 1. `table.sum(axis=...)` works as `mean` does. Beware of
# tables with as many rows as columns.


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
# `reshape` here (not always: the pattern must allow it). A list of positions, as in `week[[5, 6]]`, may
# pick numbers in any order, so reading with it makes a copy; `week[[5, 6]] = 0` does write into
# `week`. Arithmetic such as `week * 2` makes new numbers; `week *= 2` changes the old ones.

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
# From whole numbers, `np.array` makes an array of integers, and a number that you write into it loses
# its fraction. A decimal point after one of the numbers is enough to get float64.

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
# **You changed a cell; the next still prints the old number. Why?**
#
# <details><summary>Answer</summary>
#
# Changing a cell is not running it. Run both again, in their order.
#
# </details>
#
# **A table has the shape (n, m). How do you subtract each row's own mean?**
#
# <details><summary>Answer</summary>
#
# `mean(axis=1)` has the shape (n,), and n would stand below m. Make it a column.
#
# </details>
#
# **Predictions look right in a plot, but their MSE is large. What do you check?**
#
# <details><summary>Answer</summary>
#
# Both shapes. A column and a flat array are compared over all pairs.
#
# </details>

# %% [markdown]
# ## Recap
#
# Write down the shape that you expect, and let `assert` look.
#
# **New words:** cell, kernel, array, shape, axis, dtype, float64, flat, slice, view, copy, column,
# broadcasting, loud bug, silent bug.
#
# **New names:** `animation.play`, `.sum`, `np.array`, `.shape`, `.dtype`, `.mean`, `axis=`, `.copy`,
# `.max`, `.reshape`, `np.full`.
#
# **New names, deeper:** `np.shares_memory`.
#
# The route from here:
#
# | | there you |
# |---|---|
# | [01 Gradient descent by hand](01_gradient_descent_by_hand.ipynb) | fit a line with NumPy alone |
# | [02 How far to step](02_how_far_to_step.ipynb) | choose a learning rate |
# | [03 Build your own autograd](03_build_your_own_autograd.ipynb) | write the engine |
# | [04 Raw autograd tensors](04_raw_autograd_tensors.ipynb) | let PyTorch do the same |
# | [05 Many inputs, many outputs](05_many_inputs_many_outputs.ipynb) | predict two harvests at once |
# | [06 The linear layer](06_the_linear_layer.ipynb) | meet PyTorch's own parts |
# | [07 Dataset and DataLoader](07_dataset_and_dataloader.ipynb) | train in mini-batches |
# | [08 Fitting polynomials](08_fitting_polynomials.ipynb) | doubt a perfect-looking fit |
# | [09 Better roads](09_better_roads.ipynb) | get there far sooner |
# | [10 What a fit is worth](10_what_a_fit_is_worth.ipynb) | judge a model by unseen rows |
# | [11 A network that bends](11_a_network_that_bends.ipynb) | watch a network find its curve |
# | [12 Where the time goes](12_where_the_time_goes.ipynb) | make a training run faster |
# | [13 A real data set](13_a_real_data_set.ipynb) | do all of it on real measurements |
# | [14 A project of your own](14_a_project_of_your_own.ipynb) | answer a question of your own |
#
# **Next**, in [lesson 01](01_gradient_descent_by_hand.ipynb), you fit a line to noisy points: the first step towards that curve.
#
# To look up: [the glossary](../docs/glossary.md), [the names](../docs/names.md),
# [what is wrong?](../docs/symptoms.md).
