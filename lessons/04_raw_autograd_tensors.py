# %% [markdown]
# # 04 Raw autograd tensors
#
# You write the loop, and PyTorch finds the gradient. Then you take its odd-looking lines
# out, one at a time, and see what each was for.
#
# **You will be able to**
#
# - fit a model with PyTorch and derive nothing,
# - say what a tensor remembers, and read its graph,
# - explain `no_grad`, the emptied gradient and `detach` by what breaks without them,
# - recognise common mistakes by message or loss.
#
# **Builds on** [lesson 02](02_how_far_to_step.ipynb) (learning-rate limit, truth panel) and
# [lesson 03](03_build_your_own_autograd.ipynb) (graph, leaf, backward). **Takes** about 55 minutes, and 50 more with the deeper sections.

# %% [markdown] tags=["slide"]
# You write the loop, and PyTorch finds the gradient. That takes a few new lines, such as
# `W.grad = None`. You take them out, one at a time, and see what each was for.

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

# %%
import warnings

import numpy as np
import torch
from torchviz import make_dot

from course_utils import data, descent, graphs, plots
from course_utils.checks import raw_tensors as check

# %% [markdown]
# ## Who derives the gradient now?
#
# PyTorch does. Your engine of [lesson 03](03_build_your_own_autograd.ipynb) found gradients
# one number at a time; PyTorch finds them for whole arrays, which it calls **tensors**.
#
# Here is [lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?)'s fit again; the lines marked *new*
# replace all that you derived there:

# %% [markdown] tags=["slide"]
# PyTorch does, for whole arrays, which it calls **tensors**. The lines marked *new* replace all
# that you derived.

# %%
line = data.noisy_line()
x80 = torch.from_numpy(line.x_train)  # a tensor of shape (80, 1)
y80 = torch.from_numpy(line.y_train)

# %% tags=["code"]
rng = np.random.RandomState(42)  # as in 'Gradient descent by hand'
b = torch.tensor(rng.randn(1), requires_grad=True)  # 0 start; new
w = torch.tensor(rng.randn(1), requires_grad=True)  # new: asks for a gradient

for epoch in range(1000):
    y_pred = w * x80 + b  # 1 predict
    loss = ((y_pred - y80) ** 2).mean()  # 2 loss
    w.grad = None  # 3 gradients; new: empty the old ones
    b.grad = None  # new
    loss.backward()  # new: fills w.grad and b.grad
    with torch.no_grad():  # 4 update; new: not recorded
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    if epoch in (0, 999):
        print(f"step {epoch + 1:5,}   w {w.item():.6f}   b {b.item():.6f}")

# %% [markdown] tags=["slide"]
# The same numbers as by hand in [lesson 01](01_gradient_descent_by_hand.ipynb), from its data and
# start.

# %% [markdown]
# The same numbers come out. **`requires_grad=True`** asks for a gradient. **`backward()`**
# walks back through the graph and fills the **`.grad`** of each leaf that asked.
#
# ## What is special about a tensor?
#
# A tensor works like a NumPy array, with three differences. Make one in two ways, and *then*
# change the array:

# %% [markdown] tags=["slide"]
# Make a tensor from an array in two ways, and *then* write `array[0] = 100.0`. Which one changes?

# %% tags=["code"]
array = np.array([0.1, 0.2, 0.7])
own = torch.tensor(array)
shared = torch.from_numpy(array)
array[0] = 100.0
print("own:   ", own)
print("shared:", shared)

from_list = torch.tensor([0.1, 0.2, 0.7])
print("from Python's floats:", from_list.dtype)
print("with .double():      ", from_list.double().dtype)

# %% [markdown] tags=["slide"]
# `shared`, since `from_numpy` copies nothing. From Python's floats PyTorch makes **float32**, half
# the size of NumPy's float64.

# %% [markdown]
# **Memory.** `torch.tensor` copies. `torch.from_numpy` *shares* the array's memory, like a
# view.
#
# **Type.** From Python's floats PyTorch makes **float32** (four bytes, about seven digits).
# NumPy's floats stay float64 (eight bytes, about sixteen). `.float()` and `.double()`
# convert one to the other.
#
# **Gradient.** Not every tensor may ask for one:

# %% tags=["code"]
try:
    torch.tensor([1, 2, 3], requires_grad=True)
except RuntimeError as error:
    print(error)

late = torch.tensor([1.0, 3.0], requires_grad=True) / 2
# the underscore at the end says: change the tensor itself
ready = (torch.tensor([1.0, 3.0]) / 2).requires_grad_()
# is_leaf: whether no recorded operation made it
print("\nlate  is a leaf:", late.is_leaf)
print("ready is a leaf:", ready.is_leaf)

# %% [markdown] tags=["slide"]
# ## Which tensor gets a gradient?
#
# Only a **leaf** of floats, a tensor that no recorded operation made. `late` is a result, so finish
# the arithmetic *before* you ask.

# %% [markdown]
# Whole numbers have no gradient: write `1.0`, not `1`. Finish the arithmetic *before* you
# ask. `late` is a result, not a leaf; its gradient goes to the tensor before the
# division, which has no name.
#
# ## Can a line follow a curve?
#
# The ten points of [lesson 03](03_build_your_own_autograd.ipynb#Can-it-bend-a-curve-to-ten-heights?) lie exactly on a curve; how close can a line come? (Two
# parameters are few enough to see every mistake in them.) The curve is
# $y = 3x + \sin 6x + 1$.

# %% [markdown] tags=["slide"]
# Ten points lie exactly on a curve. How close can a line come?

# %%
points = data.sine_line()
x = torch.from_numpy(points.x).float()  # (10,), float32
y = torch.from_numpy(points.y).float()
A = descent.design_matrix(x)  # for the truth panel
plots.sine_points(x, y)

# %% [markdown] tags=["slide"]
# The line is $\hat y = W_0\,x + W_1$: one tensor, `W`, holds both numbers.

# %% [markdown]
# The line is $\hat y = W_0\,x + W_1$. One tensor holds both parameters: `W[0]` is the slope
# (so far $w$), `W[1]` the height at $x = 0$ (so far $b$).
#
# > **Predict.** The curve's formula begins with $3x$. Which slope will the best line have?
# > Look at the points, and type your number.

# %% [markdown] tags=["slide"]
# > **Predict.** The curve's formula begins with $3x$. Which slope will the line have that comes
# > closest to its ten points? Write your number.

# %% tags=["code"]
my_prediction = ...  # your number

lr, n_epochs = 0.5, 200  # a rate below the limit
W = torch.tensor([0.0, 0.0], requires_grad=True)  # 0 start
path = [W.tolist()]  # tolist: as Python's floats, to draw
for epoch in range(n_epochs):
    y_pred = W[0] * x + W[1]  # 1 predict
    loss = ((y_pred - y) ** 2).mean()  # 2 loss
    W.grad = None  # 3 gradients
    loss.backward()
    with torch.no_grad():  # 4 update
        W -= lr * W.grad
    path.append(W.tolist())

plots.line_by_step(x, y, path, prediction=my_prediction)
plots.truth_panel(A, y, path[-1], lr, names=["W[0]", "W[1]"])

print("\nSCOREBOARD         parameters   MSE       steps   seconds")
print("three tanh units   10           0.00013   2,000   about one")
print(f"a line             2            {loss.item():.5f}   200     under one")

# %% [markdown] tags=["slide"]
# 1.4707, about half of the formula's three: the sine, high on the left and low on the right,
# tilts the line back. The loss left, 0.2327, is what no line can follow.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 1.4707, about half of the formula's three: the sine is above zero on the left and below zero on
# the right, and tilts the line back.
#
# </details>
#
# The fit is finished, says [lesson 02](02_how_far_to_step.ipynb#Is-it-done?)'s truth panel. The loss
# left, 0.2327, is the part of the curve that no line can follow.
#
# ## What does a tensor remember?
#
# A tensor that you compute from `W` by arithmetic remembers which operation made it.
# PyTorch starts recording at a tensor that requires a gradient:

# %% tags=["cover"]
W = torch.tensor([0.0, 0.0], requires_grad=True)  # back at the start
with graphs.record(W=W, x=x, y=y) as tape:  # to draw it
    y_pred = W[0] * x + W[1]
    loss = ((y_pred - y) ** 2).mean()

print("tensor   requires_grad   is_leaf   grad_fn")
for name, t in {"x": x, "W": W, "y_pred": y_pred, "loss": loss}.items():
    made_by = type(t.grad_fn).__name__  # its name alone, for the table
    print(f"{name:8} {t.requires_grad!s:15} {t.is_leaf!s:9} {made_by}")
tape.draw(loss, gradients=True)  # gradients: those of every box

# %% [markdown] tags=["slide"]
# **`grad_fn`** names the operation: `AddBackward0` made `y_pred`, `MeanBackward0` the loss. `W` and
# `x` are leaves and have none; `x`, a constant, asks for no gradient.

# %% [markdown]
# **`grad_fn`** names the operation that made a tensor: an addition made `y_pred`, a mean
# made `loss`. A leaf has none (`NoneType`). `x` is a leaf, too, but nobody asked for its
# gradient.
#
# From `loss` you can walk back, `grad_fn` by `grad_fn`, to `W`: that is the graph in the
# picture, with ten numbers in most boxes. All ten rows use `W[0]` and `W[1]`, so ten
# products arrive at each, and are added. `backward()` makes this walk and keeps only the
# result at the leaf, in `W.grad`.

# %% [markdown] tags=["deeper"]
# ### Deeper: how does PyTorch name the graph?
#
# The library `torchviz` draws the way back, with PyTorch's own names:

# %% tags=["deeper"]
graphs.torchviz(make_dot(loss, params={"W": W}))  # params: names for the leaves

# %% [markdown] tags=["deeper"]
# ### Deeper: what if dot is missing?
#
# torchviz alone needs the program Graphviz, which `pip` does not install. Elsewhere,
# `make_dot(loss)` at the end of a cell, or its `.render()`, may stop with
# `failed to execute PosixPath('dot')`. Install Graphviz from graphviz.org, or draw with
# `graphs.torchviz`, which needs no program.

# %% [markdown]
# ## Why no_grad?
#
# The update is not part of the function that you differentiate, so PyTorch should not
# record it.
#
# ### Break it: an update that is recorded
#
# Leave `no_grad` out, and write the step in two ways:

# %% [markdown] tags=["slide"]
# Leave `no_grad` out, and write the update in two ways. Which one works?

# %% tags=["code"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
loss = ((W[0] * x + W[1] - y) ** 2).mean()
loss.backward()
try:
    W -= 0.5 * W.grad
except RuntimeError as error:
    print("in place:  ", error)

W = W - 0.5 * W.grad
print("W is now:  ", W)
print("is it a leaf?", W.is_leaf)

# %% [markdown] tags=["slide"]
# Neither. The first is refused. After the second, `W` is a result without `.grad`, so the *next*
# update fails. Write `with torch.no_grad(): W -= 0.5 * W.grad`.

# %% [markdown]
# Both are wrong. The first would overwrite the leaf `W` with a result: a **loud** bug. The
# second gives the name `W` to a result. That isn't a leaf and gets no `.grad`, so the next
# update fails.
#
# **`torch.no_grad()`** says: *record nothing in this block*. Inside it, step *in place*
# (`-=` changes the tensor itself), and `W` stays the same leaf; `W = W - …` would make a
# new tensor that asks for no gradient. Use the block, or the stricter
# `torch.inference_mode()`, to measure a finished fit, too.
#
# ## Why empty the gradient?
#
# `backward()` **accumulates**: it adds to what `.grad` already holds. Here `W` stays:

# %% [markdown] tags=["slide"]
# The loss is computed twice, with a `backward()` each time, while `W` stays. What is in `W.grad`
# then?

# %% tags=["code"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
for call in (1, 2):
    loss = ((W[0] * x + W[1] - y) ** 2).mean()
    loss.backward()
    print(f"after backward {call}: W.grad =", W.grad)

# %% [markdown] tags=["slide"]
# Twice as much: `backward()` **accumulates**, it adds to what `.grad` holds. With `W.grad = None`,
# *you* begin a new sum.

# %% [markdown]
# Within one call, adding is the chain rule: paths that meet in `W` add up. *Between*
# calls, it is PyTorch's choice: you can collect the gradient of a large data set part by
# part. The price: before the next `backward()`, *you* say that a new sum begins, with
# `W.grad = None`.
#
# ### Break it: gradients that add up
#
# With `empty=False`, `descend` leaves out `W.grad = None` and steps by the sum of all gradients.
#
# > **Predict.** At step 29 the loss is 1.6867 if you empty, and 0.2351 if you forget.
# > Forgetting looks *better*! Type the forgetful loss at step 58.

# %% [markdown] tags=["slide"]
# Now lr = 0.01, with and without `W.grad = None`. The first loss is 6.6619.

# %%
my_prediction = ...  # your number


def descend(lr, n_epochs, empty):
    W = torch.tensor([0.0, 0.0], requires_grad=True)  # 0 start
    path = [W.tolist()]
    for epoch in range(n_epochs):
        y_pred = W[0] * x + W[1]  # 1 predict
        loss = ((y_pred - y) ** 2).mean()  # 2 loss
        if empty:  # new
            W.grad = None  # 3 gradients
        loss.backward()
        with torch.no_grad():  # 4 update
            W -= lr * W.grad
        path.append(W.tolist())
    return path


emptied = descend(0.01, 100, empty=True)
summed = descend(0.01, 100, empty=False)
plots.accumulation(x, y, emptied, summed, (29, 58), prediction=my_prediction)

# %% [markdown] tags=["slide"]
# At step 58 it is 6.6480, almost the loss at the start, on the other side of the valley. The sum
# of all gradients acts like a speed: a ball in a bowl without friction.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At step 58 it is 6.6480, almost the loss at the start. The sum of all gradients acts like
# a speed: each time the path crosses the valley, it is fast, and rolls up the other side.
#
# </details>
#
# The forgetful run is nearly a ball in a bowl without friction. No message tells you: a
# **silent** bug.
#
# ## Why detach?
#
# `detach()` gives you a tensor's numbers without its graph, for a table, a picture or
# NumPy. Without it:

# %% tags=["code"]
try:
    W.numpy()
except RuntimeError as error:
    print(error)

numbers = W.detach().numpy()  # numpy: as a NumPy array
print(numbers)

# %% [markdown] tags=["slide"]
# NumPy knows of no graph, so a tensor that asks for a gradient is refused.

# %% [markdown]
# > **Predict.** `history` gets `W.detach()` at the start and after each of three steps.
# > How many *different* values of `W` will it show?

# %% [markdown] tags=["slide"]
# > **Predict.** The loop runs `history.append(W.detach())` at the start and after each of three steps.
# > How many *different* values of `W` will `history` show?

# %%
W = torch.tensor([0.0, 0.0], requires_grad=True)
history, copies = [W.detach()], [W.detach().clone()]
for epoch in range(3):
    W.grad = None
    ((W[0] * x + W[1] - y) ** 2).mean().backward()
    with torch.no_grad():
        W -= 0.5 * W.grad
    history.append(W.detach())
    copies.append(W.detach().clone())  # clone: a copy

for k in range(4):
    print(f"step {k}   history {history[k]}   copy {copies[k]}")

# %% [markdown] tags=["slide"]
# One: four times the last `W`. `W.detach()` copies nothing, so ask for a copy, with
# `W.detach().clone()` or `W.tolist()`. In a prediction, a detached part counts as a constant: it is
# never trained.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# One: four times the last `W`, since `detach()` copies nothing.
#
# </details>
#
# It shares the **storage** of `W`, the place of its
# numbers, and shows `W` as it is *now*: another silent bug. Ask for a copy,
# `W.detach().clone()` or `W.tolist()`; for a single number, `loss.item()`.
#
# In a prediction, a detached part counts as a constant: a parameter used only there is
# never trained.
#
# ## Which mistake was it?
#
# Loud mistakes name themselves; some silent ones show in the loss.
#
# | you read | it means |
# |---|---|
# | `a leaf Variable … in-place operation` | the update is recorded |
# | `unsupported operand … NoneType` | `W.grad` is `None`: no `backward()` yet, or not a leaf |
# | `does not require grad and does not have a grad_fn` | the loss has no graph |
# | `backward through the graph a second time` | compute the loss again before `backward()` |
# | `only for scalar outputs` | a `.mean()` is missing |
# | `Can't call numpy() on Tensor that requires grad` | `.detach()` first |
#
# ### Exercise 1 (diagnose): four runs
#
# Four people fitted the line with different learning rates. What happened in which run? One
# happened in none.
#
# 1. The gradient is never emptied.
# 2. The learning rate is just above the limit.
# 3. The slope's part of the prediction is detached.
# 4. The update is missing.
# 5. Nothing is wrong; it needs more steps.

# %% [markdown] tags=["slide"]
# Which story fits which run? (Learning rates differ.)

# %%
steps = range(0, 61, 5)
runs = {
    "A": [6.6619, 1.1197, 0.5246, 0.4607, 0.4538, 0.4531] + 7 * [0.4530],
    "B": [6.6619, 0.9203, 3.6026, 5.9210, 0.2756, 5.1274, 4.5931]
    + [0.4214, 6.2707, 3.0132, 1.3217, 6.7414, 1.5415],
    "C": [6.6619, 4.5949, 3.1939, 2.2443, 1.6006, 1.1642, 0.8684]
    + [0.6678, 0.5317, 0.4394, 0.3767, 0.3342, 0.3052],
    "D": [6.6619, 9.2674, 12.9505, 18.1406, 25.4503, 35.7441, 50.2397]
    + [70.6525, 99.3978, 139.8768, 196.8793, 277.1501, 390.1873],
}
plots.four_runs(steps, runs, least=0.2327)

# %% tags=["exercise", "diagnose"]
stories = [..., ..., ..., ...]  # the numbers for A, B, C and D, in this order

# %%
check.stories(stories)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# stories = [3, 1, 5, 2]
# ```
#
# A comes to rest, but above the least possible: its slope is stuck at 0, and its last loss
# is that of the best *level* line. B swings. C still falls at the end. D grows by the same
# factor again and again. The fourth story is left: without the
# update, the loss would stay where it starts.
#
# </details>
#
# ## Can you reproduce a tutorial?
#
# A published tutorial fits the same ten points, with lr = 0.01. Its error is the **norm**
# of the residuals, the root of the sum of their squares, over $n$:
#
# $$E = \frac{1}{n}\sqrt{\sum_i (\hat y_i - y_i)^2}$$
#
# `torch.linalg.vector_norm(r)` is the norm of a tensor `r`. The table has the tutorial's numbers.
#
# | steps | W | gradient | error |
# |---:|---|---|---:|
# | 0 | [0, 0] | [−0.1710, −0.3053] | 0.8162 |
# | 1 | [0.0017, 0.0031] | – | 0.8150 |
# | 2 | – | – | 0.8138 |
# | 2,000 | [1.30, 1.85] | – | 0.15 |

# %% [markdown] tags=["slide"]
# A published tutorial, lr = 0.01: its error is the **norm** of the residuals,
# `torch.linalg.vector_norm(r)`, over $n$.

# %% [markdown]
# ### Exercise 2 (transfer): the tutorial's loop
#
# Start at W = [0, 0], take `n_epochs` steps on this error, and return `W` as a list and the
# error *of that* `W` as a float.


# %% tags=["exercise", "transfer"]
def tutorial(x, y, lr, n_epochs):
    """W after n_epochs steps on norm / n, as a list, and its error."""
    W = ...
    for epoch in range(n_epochs):
        ...
    return ..., ...


# %%
check.tutorial(tutorial)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def tutorial(x, y, lr, n_epochs):
#     """W after n_epochs steps on norm / n, as a list, and its error."""
#     W = torch.tensor([0.0, 0.0], requires_grad=True)
#     for epoch in range(n_epochs):
#         error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
#         W.grad = None
#         error.backward()
#         with torch.no_grad():
#             W -= lr * W.grad
#     error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
#     return W.tolist(), error.item()
# ```
#
# The error inside the loop belongs to the line *before* the step, so it is computed once
# more.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: is norm / n a good measure of error?
#
# Less good than the MSE: more points, fitted equally well, make it smaller, and its
# gradient says little about how far you have to go. With $L$ the MSE, $E = \sqrt{L/n}$. By
# the chain rule, a step on $E$ is a step on $L$ with another rate:
#
# $$\frac{\partial E}{\partial W} = \frac{1}{2\sqrt{nL}}\,\frac{\partial L}{\partial W}
# = \frac{1}{2nE}\,\frac{\partial L}{\partial W}$$
#
# The cell computes the tutorial's table, every 200th step, with this gradient:

# %% tags=["deeper"]
norm_path, n = [np.array([0.0, 0.0])], len(x)
published = {0: "0.8162", 1: "0.8150", 2: "0.8138", 2000: "0.15"}
print("step   error    published    W, gradient")
for k in range(2000 + 1):
    place = norm_path[-1]
    r = A @ place - points.y  # the residuals
    E = (r**2).sum() ** 0.5 / n
    g = 2 / n * A.T @ r / (2 * n * E)  # that of the MSE, over 2nE
    if k % 200 == 0 or k < 3:
        row = f"{k:4}   {E:.4f}   {published.get(k, ''):9}   "
        print(row, place.round(4), g.round(4))
    norm_path.append(place - 0.01 * g)

# %% [markdown] tags=["deeper"]
# Where the column is empty, we have no published number to compare with. But the best slope
# was 1.4707: the tutorial stopped with its slope more than a tenth off, while its error,
# within one percent of the least possible, looks flat.
#
# Why so slow? In the first 400 steps the error more than halves, and the gradient hardly
# changes. In any one direction, norm / n is soon equally steep, however far you go; the
# gradient of the MSE is longer where you have farther to go.
#
# Look along the two axes of the bowl ([lesson 02](02_how_far_to_step.ipynb#Two-axes)): what share of
# the first distance is left? For the MSE it is $|1 - \mathrm{lr}\cdot\text{curvature}|^k$
# after $k$ steps. Each labelled line of the picture is a tenth of the one above it; on such
# an axis this is a straight line.

# %% tags=["deeper"]
runs_left = {
    "norm / n, lr 0.01": norm_path,
    "MSE, lr 0.01": descend(0.01, 2000, empty=True),
    "MSE, lr 0.5": descend(0.5, 200, empty=True),
}
plots.distance_left(x, y, runs_left)
bowl = descent.QuadraticLoss(A, y)
limit = 2 * n * (bowl.min_loss / n) ** 0.5 * bowl.max_lr  # 2nE, at the best
share = 0.01 / (2 * n * E) / bowl.max_lr
print(f"limit: MSE {bowl.max_lr:.4f}, norm / n at the best line {limit:.3f}")
print(f"0.01 is for the MSE at most {100 * share:.3f}% of its limit")

# %% [markdown] tags=["deeper"]
# The flat direction decides. On the MSE, the tutorial's 0.01 is a rate of $0.01 / (2nE)$,
# which never reached half a percent of the limit. In its second half $E$ hardly changes, so
# that rate is nearly constant, and the curve nearly straight.
#
# Has norm / n a learning-rate limit? Near the best line of *these* points, yes: $2nE$ times
# that of the MSE, about 2.40. Above it the steps don't fly off; they settle into a hop back
# and forth. Where a perfect fit is possible, $E$ goes to zero, and so does the limit: with
# a fixed rate the steps hop across the minimum for ever.
#
# And norm / n is the RMSE divided by $\sqrt n$: four times as many points, fitted equally
# well, halve it.

# %% [markdown] tags=["deeper"]
# ## Deeper: what does a new tensor break?
#
# `W = W - 0.5 * W.grad` fails in the second step, without `no_grad` and with it. First
# without. (PyTorch also warns; the cell catches the warning and prints how it begins.)

# %% tags=["deeper"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        for step in (1, 2):
            ((W[0] * x + W[1] - y) ** 2).mean().backward()
            W = W - 0.5 * W.grad
            print(f"step {step}: leaf {W.is_leaf}, grad {W.requires_grad}")
    except TypeError as error:
        print("step 2:", error)
print("warning:", str(caught[0].message).split(". ")[0])

# %% [markdown] tags=["deeper"]
# Now the same in `no_grad`:

# %% tags=["deeper"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
try:
    for step in (1, 2):
        ((W[0] * x + W[1] - y) ** 2).mean().backward()
        with torch.no_grad():
            W = W - 0.5 * W.grad
        print(f"step {step}: leaf {W.is_leaf}, grad {W.requires_grad}")
except RuntimeError as error:
    print("step 2:", error)

# %% [markdown] tags=["deeper"]
# - **Recorded**: the new `W` is a result. The next backward walks on through it to the
#   first `W`, which has no name any more; `.grad` of the new one stays `None`, and
#   `0.5 * None` is the error.
# - **In `no_grad`**: the new tensor has no graph and asks for nothing. (It counts as a
#   leaf, since nothing recorded made it.) The next loss has no graph, and backward has
#   nowhere to start.

# %% [markdown] tags=["deeper"]
# ## Deeper: why does PyTorch add at all?
#
# The gradient of a sum is the sum of the gradients, so a large data set can be read in
# parts. Suppose ten million rows do not fit into memory. Go through them in parts, let the
# gradients add up, and take *one* step. Here with two halves:


# %% tags=["deeper"]
def mse(W, x, y):
    """The mean squared error of the line on some rows."""
    return ((W[0] * x + W[1] - y) ** 2).mean()


W = torch.tensor([0.0, 0.0], requires_grad=True)
mse(W, x, y).backward()
print("all ten rows ", W.grad)

W.grad = None
(mse(W, x[:5], y[:5]) / 2).backward()  # five of ten rows: one half
(mse(W, x[5:], y[5:]) / 2).backward()  # adds the other half
print("two halves   ", W.grad)

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (fix): parts of unequal size
#
# This loop should find the gradient of the MSE over *all* rows, from parts of `size` rows,
# of which the last may be smaller. It makes two mistakes. Fix them at the dots, and call
# `backward()` for each part:
#
# ```python
# for start in range(0, len(x), size):
#     W.grad = None
#     x_part, y_part = x[start : start + size], y[start : start + size]
#     loss = ((W[0] * x_part + W[1] - y_part) ** 2).mean()
#     loss.backward()
# return W.grad
# ```


# %% tags=["deeper", "exercise", "mend"]
def gradient_in_parts(W, x, y, size):
    """The gradient of the MSE over all rows, part by part."""
    ...
    for start in range(0, len(x), size):
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ...
        loss.backward()
    return W.grad


# %% tags=["deeper"]
check.gradient_in_parts(gradient_in_parts)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def gradient_in_parts(W, x, y, size):
#     """The gradient of the MSE over all rows, part by part."""
#     W.grad = None
#     for start in range(0, len(x), size):
#         x_part, y_part = x[start : start + size], y[start : start + size]
#         loss = ((W[0] * x_part + W[1] - y_part) ** 2).sum() / len(x)
#         loss.backward()
#     return W.grad
# ```
#
# Empty once, before the first part. And divide each part's sum by the number of *all* rows:
# means of unequal parts don't add up to the mean.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: when does backward need retain_graph?
#
# Almost never: when you really walk twice through the *same* graph. After a backward,
# PyTorch frees the values that it kept for the derivatives. (A graph that keeps none, as
# that of `W.sum()`, can be walked twice, and `.grad` doubles.) Here two losses share one
# `y_pred`:


# %% tags=["deeper"]
def two_losses(W):
    y_pred = W[0] * x + W[1]
    return ((y_pred - y) ** 2).mean(), (y_pred**2).mean()


W = torch.tensor([1.0, 1.0], requires_grad=True)
first, second = two_losses(W)
first.backward()
try:
    second.backward()
except RuntimeError as error:
    print(str(error).split(" (")[0])

# %% tags=["deeper"]
W.grad = None
first, second = two_losses(W)
first.backward(retain_graph=True)  # keeps the graph for one more walk
second.backward()
print("twice, with retain_graph:", W.grad)

W.grad = None
first, second = two_losses(W)
(first + second).backward()
print("once, on the sum:        ", W.grad)

# %% [markdown] tags=["deeper"]
# The sum is simpler and walks only once. In a training loop, the message nearly always
# means something else: the loss, or a part of it, was computed *before* the loop. Compute
# it anew in each round.

# %% [markdown] tags=["deeper"]
# ## Deeper: what is backward(v)?
#
# `v` holds the weights of a sum: `outputs.backward(v)` is `(v * outputs).sum().backward()`.
# A gradient says how *one* number changes, so from several outputs you must say which
# mixture of them you mean.

# %% tags=["deeper"]
outputs_at = torch.tensor([2.0, 3.0, 5.0])
W = torch.tensor([1.0, 4.0], requires_grad=True)
for v in ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]):
    W.grad = None
    outputs = W[0] * outputs_at + W[1]  # (3,): three predictions
    outputs.backward(torch.tensor(v))
    print(f"v = {v}: W.grad = {W.grad.tolist()}")

# %% [markdown] tags=["deeper"]
# With a single 1 and zeros elsewhere, you get the gradient of that one output, $(x_i, 1)$.
# With ones, you get the gradient of their sum.

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 4 (write): the slope of any curve
#
# `f` is a function of a tensor that works on each entry for itself, such as `torch.sin`.
# Return its slope at each of the `points`, a tensor of shape (n,), without deriving
# anything. Each output depends on one point only. `points` itself must not change, and must
# not ask for a gradient.


# %% tags=["deeper", "exercise", "write"]
def slopes(f, points):
    """The derivative of f at each of the points: a tensor of shape (n,)."""
    z = ...
    ...
    return ...


# %% tags=["deeper"]
check.slopes(slopes)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def slopes(f, points):
#     """The derivative of f at each of the points: a tensor of shape (n,)."""
#     z = points.clone().requires_grad_()
#     f(z).sum().backward()
#     return z.grad
# ```
#
# The sum has the weights `v` = 1 everywhere. Entry $i$ of its gradient is the slope at
# point $i$, since the other outputs do not depend on that point. `clone` first: you make
# your own leaf.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what else can go wrong with a graph?
#
# Three more silent mistakes: a cut in the wrong place, a total that never lets go, and
# `.data`.

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: an inner cut
#
# > **Predict.** The slope's part of the prediction is detached. What is the gradient, and
# > where will a training end?

# %% tags=["deeper"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
with graphs.record(W=W, x=x, y=y) as tape:
    y_pred = (W[0] * x).detach() + W[1]
    loss = ((y_pred - y) ** 2).mean()
tape.draw(loss, gradients=True)
loss.backward()
print("W in one tensor:", W.grad)

# %% tags=["deeper"]
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
(((w * x).detach() + b - y) ** 2).mean().backward()
print("two tensors:    ", w.grad, "and", b.grad)
level = y.mean()
print(
    f"best level line: height {level:.4f}, MSE {((level - y) ** 2).mean():.4f}"
)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# The loss is the same as without the cut, so nothing that you print looks wrong. But the
# slope gets no gradient and never leaves 0; the training ends at the best level line, the
# mean of y. That was run A.
#
# </details>
#
# In one tensor the cut shows as an entry 0; with a tensor for each parameter, as `None`. A
# 0 alone proves nothing: a gradient can be 0 without any cut, as where a tanh is flat. And
# a cut on purpose is a tool: detach what should count as a given number.

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: a total that never lets go
#
# You add up the losses and forget that each is the end of a graph. Count the operations
# that hang on a tensor, `grad_fn` by `grad_fn`:


# %% tags=["deeper"]
def graph_size(tensor):
    """How many recorded operations hang on this tensor."""
    seen, waiting = set(), [tensor.grad_fn]
    while waiting:
        operation = waiting.pop()
        if operation is not None and operation not in seen:
            seen.add(operation)
            # next_functions: what the walk back reaches next
            waiting += [before for before, _ in operation.next_functions]
    return len(seen)


# %% tags=["deeper"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
total, total_item = 0.0, 0.0
for k in range(1, 101):
    loss = ((W[0] * x + W[1] - y) ** 2).mean()
    total = total + loss
    total_item += loss.item()
    if k in (1, 10, 100):
        print(f"{k:3} losses: {graph_size(total)} operations are kept")
print(f"total {total.item():.3f}; with item {total_item:.3f}, and no graph")

# %% [markdown] tags=["deeper"]
# Seven operations make each loss and an eighth adds it; the ninth, which accumulates into
# `W.grad`, is shared. As long as `total` lives, all of them do: the memory in use grows
# with every step. Keep `loss.item()`, or `loss.detach()` where you keep a tensor.

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: .data goes behind PyTorch's back
#
# Older code writes `W.data` for `W.detach()`: the same storage without a graph. Change `W`
# through either of them *between* the loss and backward. The function is $W_0^2 + W_1^2$ at
# `[3.0, 4.0]`, so the right gradient is `[6.0, 8.0]`.

# %% tags=["deeper"]
W = torch.tensor([3.0, 4.0], requires_grad=True)
squares = (W**2).sum()
W.data.mul_(10)  # times 10, in place
squares.backward()
print("through .data:   ", W.grad)

W = torch.tensor([3.0, 4.0], requires_grad=True)
squares = (W**2).sum()
W.detach().mul_(10)
try:
    squares.backward()
except RuntimeError as error:
    print("through detach():", str(error).split(": [")[0])

# %% [markdown] tags=["deeper"]
# The derivative of a square needs the value of `W` at the time of the square. PyTorch kept
# no copy, only the place where it is, and counts how often `W` is changed. A change through
# `detach()` counts, and backward refuses. A change through `.data` is not counted, and the
# gradient is ten times too large. Don't use `.data`.

# %% [markdown] tags=["deeper"]
# ## Deeper: where does nan come from?
#
# `nan`, 'not a number', is what an undefined calculation gives, such as ∞ − ∞, ∞ · 0 or
# 0/0. Three sources are common: a learning rate above the limit, a number too large for its
# type (**overflow**), and a root at zero.

# %% tags=["deeper"]
W = torch.tensor([0.0, 0.0], requires_grad=True)
for epoch in range(66):
    W.grad = None
    loss = ((W[0] * x + W[1] - y) ** 2).mean()
    loss.backward()
    if epoch in (0, 1, 30, 31, 62, 63):
        slope, height = W.tolist()
        numbers = f"{loss.item():8.3g}, W {slope:9.3g} {height:9.3g}"
        print(f"step {epoch:2}: loss {numbers}")
    with torch.no_grad():
        W -= 2.0 * W.grad  # the limit is 0.7863

# %% tags=["deeper"]
print("near the end of float32:", torch.tensor(3.4e38), torch.tensor(3.5e38))
z = torch.exp(torch.tensor(100.0))  # the exponential function
print("exp(100):", z, "  minus itself:", z - z)

W = torch.tensor([2.0, 1.0], requires_grad=True)
r = W[0] * x + W[1] - (2 * x + 1)  # a perfect fit: all zero
(r**2).sum().sqrt().backward()
print("\nroot of the sum, at zero:", W.grad)

W.grad = None
torch.linalg.vector_norm(W[0] * x + W[1] - (2 * x + 1)).backward()
print("vector_norm, at zero:    ", W.grad)

# %% [markdown] tags=["deeper"]
# First the loss is too large for float32, which ends near the first number above. Later `W` is
# infinite, and at $x = 0$ the product ∞ · 0 is `nan`. From there on, all is: a sum with a
# `nan` is `nan`. The root has slope ∞ at zero, and again ∞ · 0 is `nan`; `vector_norm`
# returns 0 there by agreement. So stop at the first number that isn't finite, and look at
# the step *before* it.

# %% [markdown]
# ## Three questions
#
# **Your loss swings, far below the learning-rate limit. Where do you look first?**
#
# <details><summary>Answer</summary>
#
# At the line that empties the gradient.
#
# </details>
#
# **Why is `W = W - lr * W.grad` wrong even inside `no_grad`?**
#
# <details><summary>Answer</summary>
#
# The new tensor asks for no gradient, so the next loss has no graph.
#
# </details>
#
# **The loss fell, but your list draws `W` as a single dot. Why?**
#
# <details><summary>Answer</summary>
#
# All entries share one storage. Append `W.tolist()`.
#
# </details>
#
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | floats `w`, `b` | `W = torch.tensor([0.0, 0.0], requires_grad=True)` |
# | derivatives on paper | `loss.backward()`, then `W.grad` |
# | a new `dw` at each step | `W.grad = None` before `backward()` |
# | `w = w - lr * dw` | `with torch.no_grad(): W -= lr * W.grad` |

#
# **New words:** float32, `grad_fn`, accumulate, `no_grad`, `detach`, storage, norm.
#
# **New names:** `.float`, `.double`, `.requires_grad`, `.requires_grad_`, `.is_leaf`,
# `.grad_fn`, `.tolist`, `graphs.record`, `.draw`, `gradients=`, `.detach`, `.numpy`,
# `.clone`, `torch.linalg.vector_norm`.
#
# **New words, deeper:** overflow.
#
# **New names, deeper:** `make_dot`, `params=`, `graphs.torchviz`, `.data`, `.mul_`,
# `.next_functions`, `torch.exp`.
#
# **Next**, in [lesson 05](05_many_inputs_many_outputs.ipynb), the line gets several inputs
# and outputs, and shapes begin to matter.
#
# Back to [lesson 03](03_build_your_own_autograd.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
