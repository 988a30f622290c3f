# %% [markdown] slideshow={"slide_type": "slide"}
# # 04 Raw autograd tensors
#
# You train a line with nothing of PyTorch but a tensor that remembers what was done to it. Then
# you take `no_grad`, the zeroing and `detach` away, one at a time, and see what each was there for.
#
# **You will be able to**
#
# - get the gradient of any number that you can compute, and read the graph that it came from,
# - write the training loop with a raw tensor, and say of each line what breaks without it,
# - recognise autograd's commonest error messages, and five bugs that give no message at all,
# - say why a norm divided by n is a poor measure of error,
# - tell, direction by direction, how much of the way a fit has still to go.
#
# **Builds on** [lesson 00](00_start_here.ipynb) (tensors), [01](01_gradient_descent_by_hand.ipynb) (gradient descent, the truth panel) and [03](03_build_your_own_autograd.ipynb) (the graph, the
# chain rule). **Takes** about 50 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is there to fit?
#
# Ten points lie on the curve $y = 3x + \sin 6x + 1$, without any noise. You fit a straight line to
# them. So whatever is left over at the end is not noise: it is the part of the curve that no line
# can follow.
#
# This lesson retraces a published tutorial, whose figures stand beside ours. It keeps both
# parameters in one tensor $W$: the slope $W_0$ and the height $W_1$ ([lesson 01](01_gradient_descent_by_hand.ipynb)'s $w$ and $b$).
# And it measures the error of a line by the **norm**, the length of the vector of residuals,
# divided by the number of points $n$:
#
# $$E(W) = \frac{\lVert \hat y - y \rVert}{n}
# = \frac{1}{n}\sqrt{\sum_i (W_0\,x_i + W_1 - y_i)^2}$$
#
# Keep that formula in mind. It is not the mean squared error, and the second half of this lesson
# asks whether it is a good choice.

# %% slideshow={"slide_type": "subslide"}
import textwrap
import warnings

import numpy as np
import torch
from torchviz import make_dot

from course_utils import data, descent, graphs, plots
from course_utils.checks import raw_tensors as check

points = data.sine_line()  # NumPy, float64
x, y = (torch.from_numpy(column).float() for column in (points.x, points.y))  # (10,) and (10,)
W = torch.tensor([0.0, 0.0], requires_grad=True)  # (2,)

plots.residuals(x, y, W[0], W[1])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does a tensor remember?
#
# `requires_grad=True` is a request: *I shall want the gradient with respect to this tensor.* From
# then on PyTorch notes every operation that W goes into, as your own engine did in [lesson 03](03_build_your_own_autograd.ipynb).
#
# **Predict.** Which of the following tensors will require a gradient: `x`, `W`, the prediction,
# the error? And for which will `is_leaf` be true? (A leaf was not made from anything: [lesson 03](03_build_your_own_autograd.ipynb).)

# %% slideshow={"output": "subslide"}
y_pred = W[0] * x + W[1]  # (10,)
error = torch.linalg.vector_norm(y_pred - y) / len(x)  # one number
print(f"error {error.item():.4f}   published 0.8162\n")

print("tensor   requires_grad   is_leaf   grad_fn")
for name, tensor in {"x": x, "W": W, "y_pred": y_pred, "error": error}.items():
    made_by = type(tensor.grad_fn).__name__
    print(f"{name:8} {tensor.requires_grad!s:15} {tensor.is_leaf!s:9} {made_by}")

# %% [markdown]
# A tensor that no recorded operation made is a **leaf**. There are two here, `x` and `W`, and
# only `W` asked for a gradient. Everything computed from `W` requires a gradient as well, and its
# **`grad_fn`** names the operation that made it and knows that operation's derivative: by
# `AddBackward0` an addition made the prediction, by `DivBackward0` a division made the error. (A
# leaf has `None` there, whose type prints as `NoneType`.) From the error you can walk back,
# from `grad_fn` to `grad_fn`, until you arrive at the leaf. That is the graph.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does the graph look like?
#
# `graphs.record` listens while you compute and draws what it heard, as in [lesson 03](03_build_your_own_autograd.ipynb): each box is a
# tensor with its value, each arrow leads from what an operation took to what it made and carries
# the local derivative. Where an expression would be too long, a dot stands for what an arrow
# brings.
#
# In many tutorials you will meet another drawing of the same graph, made by the library
# `torchviz`. It shows PyTorch's own names and no values. Here are both. (What you draw last, the
# error, is called "loss" in the first.)

# %% slideshow={"output": "subslide"}
with graphs.record(W=W, x=x, y=y) as tape:
    y_pred = W[0] * x + W[1]
    error = torch.linalg.vector_norm(y_pred - y) / len(x)

tape.draw(error)
graphs.torchviz(make_dot(error, params={"W": W}))  # params: names for the picture

# %% [markdown]
# Read the second from the bottom: `DivBackward0` is the division by 10,
# `LinalgVectorNormBackward0` the norm, `SubBackward0` the subtraction of y. Both halves of W come
# from one leaf, through two `SelectBackward0`, which is what `W[0]` and `W[1]` are. `x` and `y` are
# missing: nobody asked for their gradient. `AccumulateGrad`, right below W, is the last stop on the
# way back, where a gradient is *added* to `W.grad`. Remember that word.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does backward do?
#
# **Predict.** The line $W = (0, 0)$ lies below all ten points. Which signs do the two derivatives
# of the error have? Which one is larger in size?
#
# The picture below walks from the error backwards: each gradient is the one behind it times the
# local derivative on the arrow, and where two arrows meet in W, they add up. Drawing it touches no
# `.grad`. **`backward()`** does the same walk and puts what arrives at the leaf into **`W.grad`**.
#
# On paper it is the chain rule twice, with the residuals $r_i = W_0\,x_i + W_1 - y_i$:
#
# $$\frac{\partial E}{\partial W_0} = \frac{\sum_i r_i\,x_i}{n\,\lVert r \rVert}
# \qquad\qquad
# \frac{\partial E}{\partial W_1} = \frac{\sum_i r_i}{n\,\lVert r \rVert}$$

# %% slideshow={"slide_type": "subslide", "output": "subslide"} tags=["cover"]
W = torch.zeros(2, requires_grad=True)  # all anew: a graph serves one backward
with graphs.record(W=W, x=x, y=y) as tape:
    y_pred = W[0] * x + W[1]
    error = torch.linalg.vector_norm(y_pred - y) / len(x)

tape.draw(error, gradients=True)
print("W.grad before backward:", W.grad)

error.backward()
print(f"autograd   [{W.grad[0]:.4f}, {W.grad[1]:.4f}]")
print("published  [-0.1710, -0.3053]")

r = y_pred.detach() - y  # (10,); what detach does is the third question below
length = torch.linalg.vector_norm(r)
print(f"by hand    [{(r * x).sum() / (10 * length):.4f}, {r.sum() / (10 * length):.4f}]")


# %% [markdown]
# Both are negative, since raising the line lowers the error; and the height matters more than the
# slope, since every $x_i$ is at most 1.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: a gradient that you never derive
#
# Now the model is curved: $\hat y_i = W_0\,x_i + \sin(W_1\,x_i)$, and the loss is [lesson 01](01_gradient_descent_by_hand.ipynb)'s mean
# squared error. Let autograd find the gradient at a given place. Do not derive anything. (The sine of
# a tensor is `torch.sin`.)


# %% tags=["exercise"]
def curve_gradient(start, x, y):
    """The gradient of the MSE of W[0]·x + sin(W[1]·x) at W = start, a list of two floats."""
    W = ...
    y_pred = ...
    loss = ...
    ...
    return ...


# %%
check.curve_gradient(curve_gradient)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def curve_gradient(start, x, y):
#     """The gradient of the MSE of W[0]·x + sin(W[1]·x) at W = start, a list of two floats."""
#     W = torch.tensor(start, requires_grad=True)
#     y_pred = W[0] * x + torch.sin(W[1] * x)
#     loss = ((y_pred - y) ** 2).mean()
#     loss.backward()
#     return W.grad
# ```
#
# `backward()` itself returns nothing: it fills `W.grad`. And it must start from one number, since
# several would have a gradient each.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does one step take?
#
# A step against the gradient is one line of arithmetic, `W -= lr * W.grad`. The tutorial wraps it
# in `torch.no_grad()` and then sets the gradient to zero, by `W.grad.zero_()`. (An underscore at
# the end of a name says that the tensor itself is changed.) Take both as given for a moment.

# %% tags=["continues"]
lr = 0.01
for printed, printed_error in (("[0.0017, 0.0031]", "0.8150"), ("(none)", "0.8138")):
    with torch.no_grad():
        W -= lr * W.grad
    W.grad.zero_()
    error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
    error.backward()
    print(f"W     [{W[0]:.4f}, {W[1]:.4f}]   published {printed}")
    print(f"error {error.item():.4f}             published {printed_error}\n")


# %% [markdown] slideshow={"slide_type": "subslide"}
# Two steps, and the error goes down in the third digit. (Run the cell again, and it goes on from
# there: two more.) The rest is patience. Put the measure and
# the step into functions, so that you can exchange either. Every step uses all ten points, so a
# step is an epoch here. `W.grad = None` does what `W.grad.zero_()` does, the next gradient starts
# from nothing, and it frees the memory as well. `error.item()` is the number without the graph.
# (`zero=False` leaves the gradient as it is. You need that for the second question below.)
#
# **Predict.** Towards the end the error will hardly move. Will the line then be where it belongs?


# %%
def norm_error(W, x, y):
    """The tutorial's error: the norm of the residuals divided by their number."""
    return torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)


def step(measure, W, lr, zero=True):
    """Move W, in place, by one step; return the error before it as a float."""
    error = measure(W, x, y)
    error.backward()
    with torch.no_grad():
        W -= lr * W.grad
    if zero:
        W.grad = None  # empty, as before the first backward
    return error.item()


# %% slideshow={"slide_type": "subslide", "output": "subslide"}
def descend(measure, lr, n_epochs, zero=True):
    """From W = (0, 0): all W, of shape (n_epochs + 1, 2), and the error at each."""
    W = torch.zeros(2, requires_grad=True)  # two zeros, float32
    path, errors = [W.tolist()], []  # tolist: the numbers as Python floats
    for _ in range(n_epochs):
        errors.append(step(measure, W, lr, zero))
        path.append(W.tolist())
    return np.array(path), np.array([*errors, measure(W, x, y).item()])


path, errors = descend(norm_error, lr=0.01, n_epochs=2000)
print("step   error    W[0]     W[1]")
for k in range(0, 2000 + 1, 200):
    print(f"{k:4}   {errors[k]:.4f}   {path[k, 0]:.4f}   {path[k, 1]:.4f}")
print("\nafter 2,000 steps")
print("published   error 0.15     W[0] 1.30     W[1] 1.85")
print(f"ours        error {errors[-1]:.4f}   W[0] {path[-1, 0]:.4f}   W[1] {path[-1, 1]:.4f}")

# %% slideshow={"output": "subslide"}
A = descent.design_matrix(x)  # (10, 2)
bowl = descent.QuadraticLoss(A, y)
least_error = (bowl.min_loss / len(x)) ** 0.5  # the norm over n of the best line
plots.fit_and_error(x, y, path[-1], errors, least_error, "error (norm / n)")
print()
plots.truth_panel(A, y, path[-1], lr=None, names=["W[0]", "W[1]"])


# %% [markdown] slideshow={"slide_type": "subslide"}
# The norm is smallest where the sum of squares is smallest, so least squares is the truth for this
# error, too. The error is within one percent of its least value, the curve looks flat, and the
# slope is off by more than ten percent. Nothing in the loop tells you; the panel does. (Its loss is
# the MSE of the line, as everywhere. It knows no largest stable rate for this error; the last
# section says why.)
#
# First, three questions: why `no_grad`, why zero, why `detach`? Each gets its answer in the same
# way: take the thing away.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why no_grad?
#
# What if the update stands there plainly? There are three ways to write it without thinking much.
# One helper first: it prints what PyTorch warns of and the error that it raises.
#
# **Predict.** Read the three short functions below. Each gets two steps from $W = (0, 0)$. Which
# one survives the first step? Which the second?


# %%
def loud(action, *arguments):
    """Call action(*arguments); print its warnings and the error that ends it."""
    raised = []
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            action(*arguments)
        except Exception as error:
            raised = [error]
    for message in [warning.message for warning in warned] + raised:
        text = str(message).split(" If you ")[0]  # the warning goes on with links and file names
        print(textwrap.fill(f"{type(message).__name__}: {text}", 95))


# %% slideshow={"slide_type": "subslide"}
def in_place(W):
    W -= lr * W.grad
    return W


def new_tensor(W):
    return W - lr * W.grad


def new_tensor_no_grad(W):
    with torch.no_grad():
        return W - lr * W.grad


# %% slideshow={"slide_type": "subslide"}
def two_steps(update):
    """Step twice with this update, and show what W is after each."""
    W = torch.zeros(2, requires_grad=True)
    for k in (1, 2):
        norm_error(W, x, y).backward()
        W = update(W)
        print(f"step {k}: is_leaf {W.is_leaf}, requires_grad {W.requires_grad}")


for attempt in (in_place, new_tensor, new_tensor_no_grad):
    print(f"--- {attempt.__name__}")
    loud(two_steps, attempt)


# %% [markdown] slideshow={"slide_type": "subslide"}
# None survives two steps, and each tells you something.
#
# - **`in_place`** fails at once. W is the leaf at which the gradient is to arrive. To change it by
#   an operation that is itself recorded would make W a part of its own history, and PyTorch
#   refuses.
# - **`new_tensor`** passes the first step. But `W - lr * W.grad` is recorded, so the new `W` is a
#   *result*, not a leaf. The next backward walks on through it, to the first W, which has no name
#   any more. Your `W.grad` stays `None`, as the warning tells; the `TypeError` is `lr * None`.
# - **`new_tensor_no_grad`** is not recorded, so the new tensor has no memory and asks for no
#   gradient. The next error (*element 0* in the message) has nothing to be derived by.
#
# The update is not part of the function that you differentiate: it is something that *you* do to
# the parameter afterwards. **`torch.no_grad()`** says exactly this: *do not record what happens
# in this block*. And inside it the step must be in place, so that W remains the same leaf.
#
# The same block serves wherever you compute and want no gradient, say, to measure a finished fit.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: write the update
#
# `W` is a leaf and `W.grad` is filled. Move `W` by one step, the same tensor and not a new one,
# leave it ready for the next backward, and return it.


# %% tags=["exercise"]
def update(W, lr):
    """W itself, moved by one step against W.grad and ready for the next backward."""
    ...
    return ...


# %%
check.update(update)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def update(W, lr):
#     """W itself, moved by one step against W.grad and ready for the next backward."""
#     with torch.no_grad():
#         W -= lr * W.grad
#     W.grad = None
#     return W
# ```
#
# The order matters: use the gradient, then empty it.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why zero the gradient?
#
# Remember `AccumulateGrad`, the last stop before W in the torchviz drawing.
#
# **Predict.** The gradient at the start is (−0.1710, −0.3053). You compute the error and call
# backward twice, and you never move. What is `W.grad` then?

# %% slideshow={"output": "subslide"}
W = torch.zeros(2, requires_grad=True)
for k in (1, 2):
    error = norm_error(W, x, y)
    error.backward()
    print(f"after backward {k}: [{W.grad[0]:.4f}, {W.grad[1]:.4f}]")

print("\nand backward again from the same error:")
loud(error.backward)

# %% [markdown]
# Backward *adds* to what is there. You saw in [lesson 03](03_build_your_own_autograd.ipynb) why it must: W goes into the error by two
# arrows, and their gradients add up. PyTorch simply never starts afresh unless you say so.
#
# The last message is another matter, though it looks alike. After a backward PyTorch throws away
# the values that it had kept in the graph for the derivatives, to free the memory. The remedy is
# hardly ever the `retain_graph` that the message proposes: compute the error anew.
#
# Now leave the zeroing out of the loop.
#
# **Predict.** Each step then moves along the *sum* of all gradients so far. Will it be faster,
# slower, or something else?

# %% slideshow={"output": "subslide"}
path_zeroed, errors_zeroed = descend(norm_error, lr=0.01, n_epochs=1000)
path_summed, errors_summed = descend(norm_error, lr=0.01, n_epochs=1000, zero=False)
print("step   zeroed   summed")
for k in (0, 10, 35, 70, 110, 145, 1000):
    print(f"{k:4}   {errors_zeroed[k]:.4f}   {errors_summed[k]:.4f}")

plots.accumulation(x, y, path_zeroed, path_summed)


# %% [markdown] slideshow={"slide_type": "subslide"}
# It looks splendid for 35 steps: the error is nearly as low as any line can make it. Then it
# climbs again, and it never settles. The sum of all gradients acts as a speed: by the time that
# the path arrives at the bottom it is fast, and the slope there is too small to stop it. It is a
# ball that rolls in a bowl without friction. No error, no warning: a **silent** bug. Had you
# stopped at step 35, you would have called it a success.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Then why does PyTorch add at all?
#
# Because the gradient of a sum is the sum of the gradients. If ten million rows do not fit into
# memory, go through them in parts, and let the gradients add up before you take one step. Here
# with two halves and [lesson 01](01_gradient_descent_by_hand.ipynb)'s mean squared error:


# %%
def mse(W, x, y):
    """The mean squared error of the line."""
    return ((W[0] * x + W[1] - y) ** 2).mean()


W = torch.zeros(2, requires_grad=True)
mse(W, x, y).backward()
print(f"all ten rows   [{W.grad[0]:.4f}, {W.grad[1]:.4f}]")

W.grad = None
for rows in (slice(0, 5), slice(5, 10)):
    (mse(W, x[rows], y[rows]) / 2).backward()  # each half counts half
print(f"two halves     [{W.grad[0]:.4f}, {W.grad[1]:.4f}]")

# %% [markdown]
# So adding is a tool, and *you* say where a new sum begins: after the step that has used the last
# one and before the next backward. `W.grad.zero_()` does it, `W.grad = None` does it, and so will
# `optimizer.zero_grad()` in [lesson 06](06_the_linear_layer.ipynb), for all parameters at once.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why detach?
#
# You want W in NumPy, for a table or a picture, and you want to keep where it has been. A tensor's
# `numpy()` gives the array that shares its numbers.
#
# **Predict.** `history` gets `W.detach()` before the first step and after each of three. What will
# be in it?

# %% slideshow={"output": "subslide"}
W = torch.zeros(2, requires_grad=True)
loud(W.numpy)

view = W.detach()
print(f"\ndetached: {view.numpy()}, requires_grad {view.requires_grad}")
print("same storage as W:", view.data_ptr() == W.data_ptr())  # where in memory it begins

print("\nthe list after three steps:")
history = [W.detach()]
for _ in range(3):
    step(norm_error, W, lr=0.1)
    history.append(W.detach())
for k, kept in enumerate(history):
    print(f"step {k}: [{kept[0]:.4f}, {kept[1]:.4f}]")


# %% [markdown]
# An array has no graph. NumPy would lose what the tensor remembers, and PyTorch will not let that
# happen unnoticed. **`detach()`** is how you agree to it: it returns a tensor with the same
# numbers and without a memory.
#
# Tutorials like to call it a copy. It copies nothing. The new tensor *shares its storage*, the
# place in memory where the numbers are, with W. So the list has four entries and one storage, and
# each of them shows where W is *now*. A **silent** bug, and a common one: a path drawn from this
# list would be a single dot.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: mend the history


# %% tags=["exercise"]
def history_of(W, take_step, n_epochs):
    """W before the first step and after each, n_epochs + 1 entries; take_step(W) moves W."""
    history = [...]
    for _ in range(n_epochs):
        take_step(W)
        history.append(...)
    return history


# %%
check.history_of(history_of)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def history_of(W, take_step, n_epochs):
#     """W before the first step and after each, n_epochs + 1 entries; take_step(W) moves W."""
#     history = [W.detach().clone()]
#     for _ in range(n_epochs):
#         take_step(W)
#         history.append(W.detach().clone())
#     return history
# ```
#
# `detach` cuts the graph, `clone` copies the numbers: you need both. `W.tolist()`, which `descend`
# uses, does both at once, because Python's floats are neither tensors nor shared.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a total that never lets go
#
# The opposite slip: you add the errors up and forget that each is the end of a graph. How large a
# graph hangs on a tensor is easily counted: walk from `grad_fn` to `grad_fn`.


# %% slideshow={"output": "subslide"}
def graph_size(tensor):
    """How many recorded operations hang on this tensor."""
    seen, waiting = set(), [tensor.grad_fn]
    while waiting:
        operation = waiting.pop()
        if operation is not None and operation not in seen:
            seen.add(operation)
            waiting += [before for before, _ in operation.next_functions]
    return len(seen)


W, total, total_item = torch.zeros(2, requires_grad=True), torch.tensor(0.0), 0.0
for k in range(1, 100 + 1):
    error = norm_error(W, x, y)
    total = total + error
    total_item += error.item()
    if k in (1, 10, 100):
        print(f"{k:3} errors: {total.item():.3f} holds {graph_size(total)} operations")
print(f"with item:  {total_item:.3f} is a {type(total_item).__name__}")


# %% [markdown]
# The sum is the same. But as long as `total` lives, so does everything that was ever computed for
# it: the graph grows with every step of a training, and so does the memory that it takes. Again
# **silent**, until the memory is full. Keep `error.item()`, or `error.detach()` where you keep a
# tensor.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What does a cut do to the gradient?
#
# `detach` is no tool for printing only: it says *treat this as a constant*. In the wrong place
# it takes a parameter out of the training.
#
# **Predict.** The slope's part of the prediction is detached. What is the gradient? Where will a
# training end?


# %% slideshow={"output": "subslide"}
def cut_error(W, x, y):
    """norm_error, except that the slope's part is cut off the graph."""
    y_pred = (W[0] * x).detach() + W[1]
    return torch.linalg.vector_norm(y_pred - y) / len(x)


W = torch.zeros(2, requires_grad=True)
with graphs.record(W=W, x=x, y=y) as tape:
    error = cut_error(W, x, y)

tape.draw(error, gradients=True)
error.backward()
print(f"error {error.item():.4f}, gradient [{W.grad[0]:.4f}, {W.grad[1]:.4f}]\n")

path_cut, _ = descend(cut_error, lr=0.01, n_epochs=2000)
a, b = path_cut[-1]
print(f"after 2,000 steps W = [{a:.4f}, {b:.4f}], and the mean of y is {y.mean():.4f}")


# %% [markdown]
# The error is the same 0.8162, so nothing that you print on the way looks wrong. But what lies
# behind the cut, drawn in grey, gets no gradient: the slope's is exactly zero, and the slope never
# leaves its start. You get almost the best *level* line, the mean of y, and an error that fell all
# the way, as it should. This is **silent**; an entry of exactly 0 in a gradient gives it away.
#
# In the right place the cut is a tool. Say you give each row a weight, computed from its present
# residual, and want the weights to count as given numbers. PyTorch cannot guess that: they are
# constants for the gradient only if you detach them.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: .data goes behind PyTorch's back
#
# Older code writes `W.data` for `W.detach()`. It gives you the same storage without a graph, so
# what can go wrong? Change W by either of them *between* the forward computation and backward.
# The function is $W_0^2 + W_1^2$ at $W = (3, 4)$, so the right gradient is $(6, 8)$.


# %%
def change_between(view):
    """Compute W[0]² + W[1]² at (3, 4), multiply W by 10 through a view, then go backward."""
    W = torch.tensor([3.0, 4.0], requires_grad=True)
    squares = (W**2).sum()
    view(W).mul_(10)  # times 10, in place
    squares.backward()
    print(f"value {squares.item():.0f}, gradient {W.grad.tolist()}; right is [6.0, 8.0]")


print("--- through W.data")
loud(change_between, lambda W: W.data)
print("--- through W.detach()")
loud(change_between, lambda W: W.detach())

# %% [markdown] slideshow={"slide_type": "subslide"}
# The derivative of a square needs the value of W at the time of the square. PyTorch kept it (by
# reference, not as a copy) and counts in W's *version* how often W was changed since. A change
# through `detach()` counts, and backward refuses. A change through `.data` is not counted: the
# gradient is ten times too large, and nobody tells you. Do not use `.data`.
#
# Now you have the three answers. `no_grad`: the update is not part of the function. Zeroing:
# backward adds, and you say where a new sum begins. `detach`: from here on this counts as a
# constant; you need it to look at numbers, to keep them (with `clone`), and to cut the graph on
# purpose.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is norm / n a good measure of error?
#
# Back to the tutorial's error. A measure should not depend on how many points you happen to have.
#
# **Predict.** A perfect line with noise of standard deviation 0.1: what will norm / n be for 10,
# 100 and 1,000 points? And the MSE?

# %% slideshow={"output": "subslide"}
generator = torch.Generator().manual_seed(0)  # a stream of draws, as NumPy's RandomState
print("   n   norm / n   MSE       RMSE")
rows = []
for n in (10, 100, 1000):
    r = 0.1 * torch.randn(n, generator=generator)  # n normal draws
    norm, mean_square = torch.linalg.vector_norm(r).item() / n, (r**2).mean().item()
    rows.append((n, norm, mean_square**0.5))
    print(f"{n:4}   {norm:.5f}    {mean_square:.5f}   {mean_square**0.5:.5f}")

plots.norm_over_n(*zip(*rows, strict=True), noise=0.1)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The root of a sum grows like $\sqrt n$, and is divided by $n$. So norm / n shrinks like
# $1/\sqrt n$, for the same quality of fit: it is the RMSE over $\sqrt n$. You could lower it
# without any training by measuring more points. The RMSE stays near 0.1, which is the noise, and the
# MSE near the square of that.
#
# The second fault shows near a *perfect* fit. Take points that do lie on the line $2x + 1$, and
# come closer and closer to it.

# %% slideshow={"output": "subslide"}
x64 = x.double()  # differences of 1e-6 are too fine for float32


def gradient_length(measure, distance):
    """The length of the gradient where the slope is off by `distance`."""
    W = torch.tensor([2.0 + distance, 1.0], dtype=torch.float64, requires_grad=True)
    measure(W, x64, 2 * x64 + 1).backward()
    return torch.linalg.vector_norm(W.grad).item()


def root_error(W, x, y):
    """norm_error with the norm written out."""
    return ((W[0] * x + W[1] - y) ** 2).sum().sqrt() / len(x)  # sqrt: the root


print("distance   norm / n   written out   MSE")
for distance in (1e-1, 1e-3, 1e-6, 0.0):
    sizes = [gradient_length(m, distance) for m in (norm_error, root_error, mse)]
    print(f"{distance:<9g}  {sizes[0]:8.4f}   {sizes[1]:11.4f}   {sizes[2]:.4g}")

# %% [markdown]
# The MSE's gradient shrinks as the fit improves, so its steps become shorter and come to rest. The
# norm's gradient has the same length however near you are: a cone has the same slope down to its
# tip. So its steps, too, stay as long as they are and jump to and fro over the tip. And *at* the
# tip there is no derivative: the formula for it becomes zero divided by zero. The root written out
# gives `nan`, 'not a number', and one `nan` turns W into `nan` for good. `torch.linalg.vector_norm`
# hides this and returns zero there.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does a step against the gradient lower the error?
#
# So tutorials say. From here on the loss is the MSE, and [lesson 01](01_gradient_descent_by_hand.ipynb) told you when it is true: below
# $2/\lambda_\text{max}$.
#
# **Predict.** The limit will turn out to be 0.7863. Which of the rates 0.01, 0.5, 0.78 and 0.80
# lower the loss at each step? Then 0.5 gets 200 steps, a tenth of the tutorial's. How far does it
# come?

# %% slideshow={"output": "subslide"}
print(f"limit 2/λmax = {bowl.max_lr:.4f}, κ = {bowl.condition_number:.2f}\n")  # κ: condition number
print("lr     step 0   step 1    step 2    step 10   step 50")
for rate in (0.01, 0.5, 0.78, 0.80):
    _, losses = descend(mse, rate, n_epochs=50)
    print(f"{rate:.2f}   {losses[0]:.4f}" + "".join(f"{losses[k]:10.4f}" for k in (1, 2, 10, 50)))

path_mse, losses = descend(mse, lr=0.5, n_epochs=200)
plots.fit_and_error(x, y, path_mse[-1], losses, bowl.min_loss, "loss (MSE)")
print()
plots.truth_panel(A, y, path_mse[-1], lr=0.5, names=["W[0]", "W[1]"])

# %% [markdown] slideshow={"slide_type": "subslide"}
# With 0.80 each step goes exactly against the gradient, and each *raises* the loss: the step is so
# long that it ends higher on the other side. The gradient tells the direction in which the loss
# falls *here*, and nothing of how far. The tutorial's 0.01 is safe, and slow.
#
# With 0.5 both parameters are less than a millionth off, after 200 steps. Where did the tutorial's
# 2,000 go? Look along the bowl's two axes, the **eigenvectors** of its curvature: one is steep, one
# flat. Write the distance from the bottom as a part along each, and ask how much of the first
# distance is left. For the MSE, theory says $(1 - \mathrm{lr}\cdot\lambda)^k$ after $k$ steps.

# %% slideshow={"output": "subslide"}
path_slow, _ = descend(mse, lr=0.01, n_epochs=2000)
paths = {"norm / n, lr 0.01": path, "MSE, lr 0.01": path_slow, "MSE, lr 0.5": path_mse}
for name, steps in paths.items():
    away = (steps - bowl.minimizer) @ bowl.eigenvectors  # (n_epochs + 1, 2): flat, steep
    print(f"{name:18} {100 * away[-1, 0] / away[0, 0]:6.2f} % of the flat direction left")
flattest = bowl.eigenvalues[0]  # the eigenvalues, from the flattest direction to the steepest
print(f"{'theory, MSE 0.01':18} {100 * (1 - 0.01 * flattest) ** 2000:6.2f} %")
lowest = bowl.loss(path).min()  # the smallest MSE on the way
mse_rate = 0.01 / (2 * (len(x) * lowest) ** 0.5)
share = 100 * mse_rate / bowl.max_lr
print(f"norm / n, lr 0.01: never above an MSE rate of {mse_rate:.4f}, {share:.2f} % of the limit")

plots.distance_left(x, y, paths)


# %% [markdown]
# Every run is done with the steep direction sooner or later. The flat one decides. With the MSE and
# the rate 0.01, 2,000 steps still leave 4 % of it; with norm / n they leave 43 %. Why so much more?
# Since $E = \sqrt{L/n}$ with $L$ the MSE, the chain rule gives
# $\partial E / \partial W = \frac{1}{2\sqrt{nL}}\,\partial L / \partial W$.
# So a step on $E$ with the rate 0.01 is a step on $L$ with a rate that was never above 0.0033, less
# than half a percent of the limit. And since that rate changes with the loss, no fixed limit exists
# for it. That is why the first panel showed none.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: the whole fit
#
# Everything at once: start at zero, descend on the MSE, and return the slope, the height and the
# MSE *of the line that you return*, as plain floats.


# %% tags=["exercise"]
def fit(x, y, lr, n_epochs):
    """Slope, height and MSE after n_epochs of gradient descent from zero, as three floats."""
    W = ...
    ...
    return ..., ..., ...


# %%
check.fit(fit)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def fit(x, y, lr, n_epochs):
#     """Slope, height and MSE after n_epochs of gradient descent from zero, as three floats."""
#     W = torch.zeros(2, requires_grad=True)
#     for _ in range(n_epochs):
#         loss = ((W[0] * x + W[1] - y) ** 2).mean()
#         loss.backward()
#         with torch.no_grad():
#             W -= lr * W.grad
#         W.grad = None
#     with torch.no_grad():
#         loss = ((W[0] * x + W[1] - y) ** 2).mean()
#     return W[0].item(), W[1].item(), loss.item()
# ```
#
# The loss inside the loop belongs to the line *before* the step. That is why it is computed once
# more at the end.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | two floats `w`, `b` | `W = torch.zeros(2, requires_grad=True)` |
# | derivatives on paper | `error.backward()`, then `W.grad` |
# | `w = w - lr * dw` | `with torch.no_grad(): W -= lr * W.grad` |
# | a new `dw` at each step | `W.grad = None`, later `optimizer.zero_grad()` |
# | a number to keep | `error.item()` |
# | the numbers, to look at | `W.detach()` (shared), `W.detach().clone()` (your own) |

# %% [markdown] slideshow={"slide_type": "subslide"}
# | what you read | what it means |
# |---|---|
# | a leaf Variable … in-place operation | the update is recorded: `no_grad` is missing |
# | `NoneType` in the update | no gradient arrived: W is no leaf, or its gradient was emptied early |
# | does not require grad and does not have a grad_fn | the error has no graph: a cut, or a `no_grad` |
# | backward through the graph a second time | compute the error anew |
# | Can't call numpy() on Tensor that requires grad | `detach()` first |
# | modified by an inplace operation | a value was changed between forward and backward |
# | nothing, and the error goes up and down | the gradients add up |
# | nothing, and an entry of the gradient is exactly 0 | something is cut off |

# %% [markdown] slideshow={"slide_type": "subslide"}
# **New words:** `grad_fn`, accumulate, `no_grad`, `detach`, storage, norm, eigenvector.
#
# **New names:** `torch.linalg.vector_norm`, `.is_leaf`, `.requires_grad`, `graphs.torchviz`,
# `params=`, `make_dot`, `.grad`, `.backward`, `.detach`, `torch.sin`, `torch.no_grad`, `.zero_`,
# `torch.zeros`, `.tolist`, `.min_loss`, `.numpy`, `.data_ptr`, `.clone`, `.mul_`, `.data`,
# `.manual_seed`, `torch.Generator`, `generator=`, `torch.randn`, `.double`, `.sqrt`,
# `.condition_number`, `.eigenvectors`, `.minimizer`, `.eigenvalues`, `.loss`, `.min`.
#
# **Next**, in [lesson 05](05_many_inputs_many_outputs.ipynb), the line gets several inputs and several outputs, and shapes begin to
# matter.
