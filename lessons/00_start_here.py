# %% [markdown] slideshow={"slide_type": "slide"}
# # 00 Start here
#
# You make sure that everything works on this machine, meet the way in which the lessons of this
# course work, and get to know the two things that all of them are made of: arrays and tensors.
#
# **You will be able to**
#
# - run a lesson, restart it, and read what a check tells you about your answer,
# - say of any array or tensor what its shape and its dtype are,
# - tell whether two names share one memory or have one each,
# - predict the shape of a difference, and notice when it is silently the wrong one.
#
# **Builds on** a little Python: numbers, texts and f-strings, lists and dictionaries, loops, functions,
# `import`, `try` and `except`. Whatever else the course needs, it explains where it needs it. **Takes**
# about 15 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does everything work here?
#
# A box such as the next one is a **cell** with code. Click into it and press **Shift+Enter**:
# it runs, and what it prints appears below. While it runs there is a star beside it, `[*]`; when
# it is done, a number. The first cell takes a few seconds, because PyTorch is large.
#
# It draws two pictures, which you need not understand yet, and then says what it looked at. Where
# it says *fine*, there is nothing to do. Where it says *TO DO*, the lines below tell you what. If
# a picture is missing, run the cell once more.
#
# (If it says *No module named 'course_utils'* instead, this notebook runs in a Python that is not
# the course's. Close it and start the course with `python course.py`.)

# %% slideshow={"output": "subslide"}
from course_utils import self_check

self_check.run()

# %% [markdown] slideshow={"slide_type": "subslide"}
# The second picture is a computation drawn as a graph. From [lesson 03](03_build_your_own_autograd.ipynb) on you will read such
# pictures as easily as a formula.
#
# One more cell tells what differs from one machine to the next. A GPU, a graphics processor that
# can compute, is welcome but not needed. What matters is that some memory is left.

# %% tags=["nbval-ignore-output"]
self_check.machine()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does a lesson work?
#
# Every section asks a question, and most ask you to **predict** the answer before you run the cell.
# Do it, if only with one word on a piece of paper. A number that you guessed wrong stays in your
# mind; one that you only read does not.
#
# What `python course.py` opens is your own copy, in the folder `my_notebooks`. Change any cell, run
# it again, break things: no update of the course overwrites a lesson that you have changed.
#
# The next cell loads what this lesson needs. `np` is NumPy, the library for arrays; `torch` is
# PyTorch. The last line sets a counter, for the question after it.

# %%
import numpy as np
import torch

from course_utils import plots
from course_utils.checks import start_here as check

counter = 1

# %% [markdown]
# **Predict.** Run the next cell once: it prints 10. What does it print if you run it again?

# %% slideshow={"slide_type": "subslide"} tags=["continues"]
counter = counter * 10
print(counter)


# %% [markdown]
# It prints 100, and ten times more each time. The cells talk to a program in the background, the
# **kernel**, which keeps every name until you end it. It knows nothing of the order on the page, only the order in
# which you ran the cells. That is practical, and it is a common cause of notebooks that behave
# strangely. The cure is always the same: in the menu *Kernel*, choose *Restart Kernel and
# Run up to Selected Cell*. What you wrote stays; only the memory begins anew.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does a check work?
#
# ### Exercise 1: your first function
#
# An exercise is a cell with three dots, `...`, where your answer belongs. The cell after it checks
# your answer; run both. Here, do it three times:
#
# 1. Run both cells as they stand.
# 2. Write `values.sum()` for the dots, which is wrong, and run both again.
# 3. Mend it: return the mean, also called the average, of the numbers.


# %% tags=["exercise"]
def average(values):
    """The mean of an array of numbers."""
    return ...


# %%
check.average(average)

# %% [markdown] slideshow={"slide_type": "skip"}
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
# First it was *not done yet*, then *not right yet*, with a reason, and at last *right*. From the
# second wrong answer on a check adds a hint. The solution is folded: click on the word
# *Solution* above to open it. Nothing later in a lesson depends on your answers, so you may leave
# an exercise and come back.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does an array know about itself?
#
# An **array** is a block of numbers of one kind. Its **shape** tells how many there are along each
# direction, or **axis**; its **dtype** tells which kind of number. Here is the rain of four days at
# three places, in millimetres: three rows and four columns.

# %% slideshow={"output": "subslide"}
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
# Counting begins at 0, and rows come before columns. `len` is the number of rows, the first entry
# of the shape, not the number of numbers. A colon means *all of this axis*. And arithmetic needs
# no loop: it works on every number at once.
#
# Look at the last but one: you took a column, and what came has the shape (3,). It has **one** axis,
# as the row has. Count the brackets with which a printed array begins: that is its number of axes.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which way does a mean go?
#
# **Predict.** `rain.mean()` is one number. `rain.mean(axis=0)` is an array: how many numbers
# does it hold, three or four?

# %% slideshow={"output": "subslide"}
print(f"mean of all:  {rain.mean()}")
print(f"mean(axis=0): {rain.mean(axis=0)}   shape {rain.mean(axis=0).shape}")
print(f"mean(axis=1): {rain.mean(axis=1)}   shape {rain.mean(axis=1).shape}")

plots.means_by_axis(rain, ["north", "hill", "south"], ["Mon", "Tue", "Wed", "Thu"], "mm")

# %% [markdown]
# The axis that you name is the one that *disappears*. Axis 0 counts the rows; the mean along it
# walks down every column, and of (3, 4) only the 4 is left.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is different about a tensor?
#
# A **tensor** is PyTorch's array. From [lesson 03](03_build_your_own_autograd.ipynb) on you will see what it can do beyond an array:
# it remembers how it was computed. In all else the two are close relatives.
#
# **Predict.** Both get the same list of Python floats. Will they have the same dtype?

# %% slideshow={"output": "subslide"}
array = np.array([0.1, 0.2, 0.7])
tensor = torch.tensor([0.1, 0.2, 0.7])
print("array ", array.dtype, array.shape)
print("tensor", tensor.dtype, tensor.shape)
print(f"\n1/3 in float64: {np.float64(1 / 3):.20f}")
print(f"1/3 in float32: {np.float32(1 / 3):.20f}")

large = torch.tensor(16_777_216.0)
print("\n16,777,216 plus 1 minus 16,777,216 is", (large + 1 - 16_777_216).item())

# %% [markdown]
# NumPy takes **float64**, which keeps about sixteen digits: count the threes. PyTorch takes
# **float32**, which keeps about seven and needs half of the memory. For most of what you will do
# seven are plenty. But a 1 that is added to 16,777,216 does not reach the last of them: it is lost,
# and nobody says so.
#
# A tensor's shape prints as `torch.Size([3])` and behaves like `(3,)`. `.item()` takes the number
# out of a tensor that holds only one. And `tensor.double()` makes a float64 tensor of it,
# `tensor.float()` a float32 one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A copy, or a window?
#
# There are two ways from an array to a tensor: `torch.tensor(array)` and `torch.from_numpy(array)`.
#
# **Predict.** You make a tensor by each, and then change the first number of the *array*. Which of
# the two tensors changes?

# %% slideshow={"output": "subslide"}
array = np.array([1.0, 2.0, 3.0])
own = torch.tensor(array)
shared = torch.from_numpy(array)
part = array[1:]

array[0] = 100.0
shared[2] = -5.0
print("array             ", array)
print("torch.tensor      ", own)
print("torch.from_numpy  ", shared)
print("array[1:]         ", part)

# %% [markdown]
# `torch.tensor` copies: its numbers stay as they were. `torch.from_numpy` copies nothing. It is a
# window onto the array's own memory, so what you change through either you see through both. A
# slice such as `array[1:]` is a window, too. Windows are fast and save memory, and one day one of
# them will surprise you: a **silent** bug, the kind that gives a wrong number and no error.
# When you want your own numbers, ask for them: `array.copy()`, `tensor.clone()`.
#
# Note the dtype as well. Through the window you see the array's float64. As soon as you ask for
# another kind, as in `torch.from_numpy(array).float()`, there must be new memory, and you have a
# copy.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is a column?
#
# Three numbers can stand in one axis, shape (3,), in a column, (3, 1), or in a row, (1, 3). The
# numbers are the same, but not what you can do with them. `reshape` changes the shape and
# leaves the numbers; a −1 means *as many as there are*.

# %%
flat = np.array([5.0, 6.0, 7.0])
print("flat:  ", flat.shape)
print("column:", flat.reshape(-1, 1).shape)
print("row:   ", flat.reshape(1, -1).shape)
print("\nthe column:")
print(flat.reshape(-1, 1))


# %% [markdown]
# Most data in this course have a row for each example and a column for each thing that was measured.
# With one thing measured that is (n, 1), and n stands for the number of rows.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: make a column
#
# A file gave you a NumPy array of shape (n,) in float64. PyTorch's layers, from [lesson 06](06_the_linear_layer.ipynb) on, want
# rows and columns, and float32 unless told otherwise. Make it a float32 tensor of shape (n, 1).


# %% tags=["exercise"]
def to_column(values):
    """The numbers of an array of shape (n,), as a float32 tensor of shape (n, 1)."""
    return ...


# %%
check.to_column(to_column)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def to_column(values):
#     """The numbers of an array of shape (n,), as a float32 tensor of shape (n, 1)."""
#     return torch.from_numpy(values).float().reshape(-1, 1)
# ```
#
# The −1 lets the same line serve any n.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if two shapes differ?
#
# How much did each place differ from the mean of its day? You subtract a (4,) from a (3, 4), and it
# works: the one row of means is used for every row of the table. This is **broadcasting**. In
# the picture the dotted cells are not stored anywhere; they are only read again.

# %%
plots.broadcast_difference(rain, rain.mean(axis=0), ["rain", "mean(axis=0)"])

# %% [markdown]
# The rule is short. Write the two shapes below each other, flush right. In each place the two
# numbers must be equal, or one of them must be 1 or missing; that one is repeated.
#
# | | | |
# |---|---:|---:|
# | `rain` | 3 | 4 |
# | `rain.mean(axis=0)` | | 4 |
# | the difference | 3 | 4 |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: the means of the places
#
# **Predict.** Now subtract from each place *its own* mean, `rain.mean(axis=1)`, of shape (3,). What
# does the rule say? Try it in NumPy and in PyTorch.

# %% slideshow={"output": "subslide"}
for table in (rain, torch.from_numpy(rain)):
    try:
        table - table.mean(axis=1)
    except (ValueError, RuntimeError) as error:
        print(f"{type(error).__name__}: {error}")

place_means = rain.mean(axis=1).reshape(-1, 1)  # (3, 1)
print("\nwith a column of means:")
print(rain - place_means)

# %% [markdown]
# Flush right, the 3 stands under the 4, and neither is 1. Both libraries refuse: a **loud** bug, the
# kind one, because the message names both shapes. (PyTorch's *non-singleton dimension 1* means: on
# axis 1, where neither is a 1.) As a column, (3, 1), the means stand where they belong: the 3
# under the 3, and the 1 is repeated.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: three predictions
#
# You compare three predictions, a column, with the three true values, which are flat. All three
# predictions are right.
#
# **Predict.** By the rule, what shape is (3, 1) − (3,)?

# %% slideshow={"output": "subslide"} tags=["cover"]
y = np.array([5.0, 6.0, 7.0])  # (3,)
y_pred = y.reshape(-1, 1)  # (3, 1)
plots.broadcast_difference(y_pred, y, ["y_pred", "y"])

# %% [markdown] slideshow={"slide_type": "subslide"}
# Flush right, the 1 meets the 3, and the missing place meets the other 3: both are repeated. Every
# prediction is compared with every true value. Only the marked ones on the diagonal were meant, and
# they are all zero. The other six are nonsense, and no library complains.
#
# What does that do to a result? The usual measure of such predictions is the **mean squared
# error**, MSE: the mean of the squares of the differences. [Lesson 01](01_gradient_descent_by_hand.ipynb) is built on it. Take a hundred
# values, and two sets of predictions: perfect ones, and the lazy ones that always say the mean.
#
# **Predict.** The MSE of perfect predictions should be 0. What will it be here?

# %% slideshow={"output": "subslide"}
y = 2 * np.linspace(0, 1, 100) + 1  # (100,), in even steps from 0 to 1
perfect = y.reshape(-1, 1)  # (100, 1)
lazy = np.full((100, 1), y.mean())  # (100, 1), all filled with the mean

print("shape of the difference:", (perfect - y).shape)
print("\n          column − column   column − flat")
for name, y_pred in (("perfect", perfect), ("lazy", lazy)):
    right = ((y_pred - y.reshape(-1, 1)) ** 2).mean()
    wrong = ((y_pred - y) ** 2).mean()
    print(f"{name:8}  {right:15.4f}   {wrong:13.4f}")

plots.every_pair(perfect, y)


# %% [markdown]
# 10,000 differences instead of 100, and a number that looks like any other MSE. It is worse than
# wrong: by it the perfect predictions are twice as bad as the lazy ones. A model that is trained
# with this MSE learns to be lazy; in [lesson 06](06_the_linear_layer.ipynb) you will watch one do so. And it is **silent**.
#
# The protection is a habit, and a line: look at shapes, and write what you believe,
# `assert y_pred.shape == y.shape`. If it is not so, Python stops there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: mend the MSE
#
# Here is the broken formula. Change it so that a column of predictions is compared row by row,
# whether `y` comes flat, (n,), or as a column, (n, 1). It should serve arrays and tensors alike.


# %% tags=["exercise"]
def mended_mse(y_pred, y):
    """The mean squared error of y_pred, of shape (n, 1), for y of shape (n,) or (n, 1)."""
    y = ...
    return ((y_pred - y) ** 2).mean()


# %%
check.mended_mse(mended_mse)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def mended_mse(y_pred, y):
#     """The mean squared error of y_pred, of shape (n, 1), for y of shape (n,) or (n, 1)."""
#     y = y.reshape(-1, 1)
#     return ((y_pred - y) ** 2).mean()
# ```
#
# `y.reshape(y_pred.shape)` is even safer: with a wrong number of rows it becomes a loud error.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | in NumPy | in PyTorch |
# |---|---|
# | `np.array([...])`, float64 | `torch.tensor([...])`, float32 |
# | `a.shape`, `a.dtype`, `len(a)` | the same |
# | `a.mean(axis=0)` | `t.mean(dim=0)`; `axis` works, too |
# | `a.reshape(-1, 1)` | `t.reshape(-1, 1)` |
# | `a.copy()` | `t.clone()` |
# | `a.astype(np.float32)` | `t.float()`, `t.double()` |
# | one number: `float(a)` | `t.item()` |
# | from the other, shared: `t.numpy()` | `torch.from_numpy(a)` |
#
# **New words:** cell, kernel, array, axis, shape, dtype, tensor, float32, float64, column, broadcasting,
# silent bug, loud bug.
#
# **New names:** `.sum`, `np.array`, `.dtype`, `.shape`, `.mean`, `axis=`, `torch.tensor`,
# `np.float64`, `np.float32`, `.item`, `torch.from_numpy`, `.reshape`, `.float`, `np.linspace`,
# `np.full`.

# %% [markdown] slideshow={"slide_type": "subslide"}
# The route from here:
#
# | lesson | what you do there |
# |---|---|
# | [01 Gradient descent by hand](01_gradient_descent_by_hand.ipynb) | fit a line with NumPy alone; every number derived and checked |
# | [03 Build your own autograd](03_build_your_own_autograd.ipynb) | write the machine that finds gradients, in a few dozen lines |
# | [04 Raw autograd tensors](04_raw_autograd_tensors.ipynb) | let PyTorch find them, and see what each line of a training loop is for |
# | [05 Many inputs, many outputs](05_many_inputs_many_outputs.ipynb) | matrices, shapes, and features of different units |
# | [06 The linear layer](06_the_linear_layer.ipynb) | `nn.Linear`, a loss and an optimizer, each looked into |
# | [07 Dataset and DataLoader](07_dataset_and_dataloader.ipynb) | train in mini-batches, and report a loss that is true |
# | [08 Fitting polynomials](08_fitting_polynomials.ipynb) | fit a curve, and find that it only looks finished |
# | [09 What a fit is worth](09_what_a_fit_is_worth.ipynb) | overfitting, validation, regularisation |
# | [10 A real data set](10_a_real_data_set.ipynb) | everything, on real measurements, with an honest end |
# | [11 Where the time goes](11_where_the_time_goes.ipynb) | measure what a training costs, and make it faster |
#
# **Next**, in [lesson 01](01_gradient_descent_by_hand.ipynb), you fit a line to noisy points and meet your first gradient. It
# needs NumPy only.
