# %% [markdown] slideshow={"slide_type": "slide"}
# # 08 Fitting polynomials
#
# You bend the line into a curve and repeat a published training of 100,000 epochs. Its fit looks
# perfect, and it is not finished. You find out why, and then you get the weights of any epoch
# you like, the ten millionth too, without a loop.
#
# **You will be able to**
#
# - write one `train` for all models and read its report without mixing up before and after,
# - say how many epochs each direction of a fit needs before you run any of them,
# - compute the weights after any number of epochs in one line,
# - make a training loop run many times faster without changing what it computes,
# - choose columns in which descent takes tens of epochs, and say what momentum and Adam mend.
#
# **Builds on** lessons [02](02_how_far_to_step.ipynb) (truth panel, eigenvalues), [04](04_raw_autograd_tensors.ipynb), [06](06_the_linear_layer.ipynb) and [07](07_dataset_and_dataloader.ipynb) (`F.mse_loss`). **Takes** about 130 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How do you write a model of your own?
#
# The ten points are those of [lesson 04](04_raw_autograd_tensors.ipynb), on $y = 3x + \sin(6x) + 1$. The first model is a line
# again, as a Module with a single Parameter ([lesson 06](06_the_linear_layer.ipynb)): a tensor `W` of two numbers.
#
# The training loop is the one you know. Nothing in it depends on the model, so write it once, for
# all models of this lesson. `parameters_to_vector` copies all parameters of a model into one row
# of numbers, whatever they are called; `detach` takes that row off the graph.

# %%
from time import perf_counter

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils import data, descent, plots, sliders
from course_utils.checks import polynomials as check

points = data.sine_line()
x64, y64 = points.x, points.y  # NumPy, float64, (10,) and (10,)
x, y = torch.from_numpy(x64).float(), torch.from_numpy(y64).float()  # float32, (10,) and (10,)


# %% slideshow={"slide_type": "subslide"}
class Line(nn.Module):
    """y_pred = W[0]·x + W[1]."""

    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        return self.W[0] * x + self.W[1]


# %%
def train(model, loss_fn, optimizer, x, y, n_epochs, report_every=1):
    """Train; return (epoch, loss, parameters) of every report_every-th epoch."""
    reports = []
    for epoch in range(n_epochs):
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if epoch % report_every == 0:
            row = nn.utils.parameters_to_vector(model.parameters()).detach()
            reports.append((epoch, loss.item(), row))
    return reports


def show(label, loss, W):
    """Print one row of a table."""
    print(f"{label:<14} {loss:11.8f}" + "".join(f" {value:11.6f}" for value in W))


# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict.** W starts at (0, 0). The first row will show W after one step. Will the loss in that
# row be the loss of that W?

# %% slideshow={"output": "subslide"}
line = Line()
optimizer = torch.optim.SGD(line.parameters(), lr=0.1)
print("epoch          loss before        W[0]        W[1]  after")
for epoch, loss, W in train(line, nn.MSELoss(), optimizer, x, y, n_epochs=10):
    show(epoch, loss, W)
print("published: first 6.661948 [0.27913672 0.49835616], last 0.27754354 [1.0747765 1.8358393]")
print(f"loss of W = (0, 0): {(y**2).mean():.6f}")
print(f"first step of the slope {0.1 * 2 * (x * y).mean():.6f}", end=", ")
print(f"of the constant {0.1 * 2 * y.mean():.6f}\n")

plots.truth_panel(descent.design_matrix(x64), y64, line.W, lr=0.1, names=["W[0]", "W[1]"])


# %% [markdown] slideshow={"slide_type": "subslide"}
# No. Each row shows the loss *before* its step and the weights *after* it: the 6.66 of row 0
# belongs to $W = (0, 0)$, and the loss of the W printed beside it stands one row further down.
# That is how the tutorial prints, and so its rows can be compared with ours; the first and the
# last agree to six digits.
#
# Which of the two is the slope? The published row does not say, but its first step does. From zero
# the slope moves by lr times twice the mean of $x_i y_i$, the constant by lr times twice the mean
# of $y_i$. So W[0] is the slope. And the panel says that ten epochs were not enough for
# either. A line can never follow the wave, though: the least possible loss is 0.23.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How do you bend the line?
#
# Add powers of $x$. With five **coefficients** $w_0 \dots w_4$ the model is a **polynomial** of
# **degree** 4:
#
# $$\hat y_i = w_0 + w_1 x_i + w_2 x_i^2 + w_3 x_i^3 + w_4 x_i^4$$
#
# It bends in $x$, but each coefficient is only multiplied by a number and added. So it is a linear
# model in [lesson 02](02_how_far_to_step.ipynb)'s sense: its loss is a bowl, and all that you know of bowls still holds. In the published program
# the polynomial counts from the constant, so here W[0] is *not* the slope. Read the `forward`, not
# the name.
#
# The tutorial trains it by SGD with a learning rate of 0.05 for 100,000 epochs. You need not wait
# for all of them: run it up to epoch 2,000.


# %% slideshow={"slide_type": "subslide"}
class Polynomial(nn.Module):
    """y_pred = W[0] + W[1]·x + W[2]·x² + … with n coefficients."""

    def __init__(self, n):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return sum(self.W[k] * x**k for k in range(len(self.W)))


# %% slideshow={"output": "subslide"}
polynomial = Polynomial(5)
optimizer = torch.optim.SGD(polynomial.parameters(), lr=0.05)
reports = train(polynomial, nn.MSELoss(), optimizer, x, y, n_epochs=2001, report_every=1000)
print("epoch          loss before" + "".join(f"        W[{k}]" for k in range(5)) + "  after")
for epoch, loss, W in reports:
    show(epoch, loss, W)
print("published: first 6.661948 [0.2492 0.1396 0.1018 0.0830 0.0719]")


# %% [markdown]
# The first row is the published one. After that the loss creeps. For how long? Running on would
# tell, but slowly: in each epoch `forward` computes the same powers of the same ten numbers again.
# So compute them once.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: the power matrix
#
# Put the powers side by side as columns, $1, x, x^2, \dots$ The result is a design matrix $A$
# ([lesson 02](02_how_far_to_step.ipynb)), and all predictions are $A\,W$. Write it in one line, without a loop: a column of $x$
# and a row of exponents broadcast to a table ([lesson 00](00_start_here.ipynb)).


# %% tags=["exercise"]
def power_matrix(x, n):
    """The columns 1, x, x², … of shape (len(x), n); x is a tensor of shape (len(x),)."""
    return ...


# %%
check.power_matrix(power_matrix)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def power_matrix(x, n):
#     """The columns 1, x, x², … of shape (len(x), n); x is a tensor of shape (len(x),)."""
#     return x.reshape(-1, 1) ** torch.arange(n)
# ```
#
# NumPy has it ready as `np.vander(x, n, increasing=True)`. Without `increasing=True` it starts
# with the *highest* power, and your W[0] is suddenly the coefficient of $x^4$.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it fit after 100,000 epochs?
#
# With $A$ at hand the gradient is short enough to write yourself. For the mean of squares
# $L = \frac1n \lVert A W - y \rVert^2$ [lesson 01](01_gradient_descent_by_hand.ipynb)'s derivatives, one for each column, are together
#
# $$g = \tfrac{2}{n} A^\top (A W - y)$$
#
# It is the same descent in the same float32, without a graph. NumPy's arrays can do all that the
# function asks of a tensor, so it takes either.
#
# **Predict.** The published training stops after 100,000 epochs, so somebody found it good enough.
# Will the curve go through the points?


# %% slideshow={"slide_type": "subslide"}
def descend(A, y, W, lr, n_epochs, report_every=1):
    """Gradient descent on the MSE by hand; return the last W and reports as in train."""
    reports, back = [], 2 / len(y) * A.T  # (d, n)
    for epoch in range(n_epochs):
        error = A @ W - y  # (n,)
        W = W - lr * (back @ error)  # (d,)
        if epoch % report_every == 0:
            reports.append((epoch, (error**2).mean().item(), W))
    return W, reports


# %% slideshow={"output": "subslide"}
lr = 0.05
A64 = np.vander(x64, 5, increasing=True)  # the columns 1, x, x², x³, x⁴: (10, 5)
A = torch.from_numpy(A64).float()
W32, rows = descend(A, y, torch.zeros(5), lr, n_epochs=100_000, report_every=1000)
show("2000, autograd", *reports[2][1:])
show("2000, by hand", *rows[2][1:])
print()
for epoch, loss, W in rows[::10]:
    show(epoch, loss, W)
print("published: first 6.661948   [0.2492 0.1396 0.1018 0.0830 0.0719]")
print("published: last  0.00625345 [1.02348 10.41776 -14.99062 -4.14171 11.48647]\n")

fits = {f"epoch {k:,}": rows[k // 1000][2] for k in (0, 10_000, 30_000, 90_000)}
plots.polynomial_fits(x, y, fits)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Where both loops ran they agree, and our last row is the published one to about six digits. The
# fit looks perfect. The curve of epoch 90,000 passes close to every point, the loss has fallen to a
# thousandth of what it was, and from row to row it hardly moves any more.
#
# **Predict.** Ask the truth panel. How many of the five coefficients have converged?

# %% slideshow={"output": "subslide"}
names = [f"w{k}" for k in range(5)]
plots.truth_panel(A64, y64, W32, lr, names)

exact = descent.QuadraticLoss(A64, y64)
fits = {"after 100,000 epochs": W32, "least squares": exact.minimizer}
plots.polynomial_fits(x, y, fits, x_range=(0, 1.3))

# %% [markdown] slideshow={"slide_type": "subslide"}
# None. Least squares has $w_2 = -24.2$ and $w_3 = 9.8$; after 100,000 epochs descent is at $-15.12$
# and $-4.09$, the second with the wrong sign. You could not see it in the fit, nor in the loss. This
# is the silent bug of this lesson: **a fit that looks perfect and has not converged**.
#
# How can coefficients be so wrong and the curve so right? Between the points the two curves differ
# by at most 0.0668: there the wrong coefficients cancel each other. Whoever wants predictions in
# that range may be content with either curve. Whoever reads a meaning into $w_3$ is misled, and
# past the last point the two part ways.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why are some directions so slow?
#
# [Lesson 02](02_how_far_to_step.ipynb) drew the bowl over two parameters, with a steep axis and a flat one. Each step
# multiplied the distance from the bottom, along each axis, by $1 - \mathrm{lr}\cdot\lambda$. The
# bowl over five coefficients has five axes, the eigenvectors of its second derivatives
# $H = \frac2n A^\top A$, the **Hessian**, each with its eigenvalue $\lambda$. We call such an axis
# an **eigenmode**, or mode. It is a fixed mix of the five coefficients, and so a curve over
# $x$. Descent moves along every mode by itself and never mixes two of them.
#
# **Predict.** One mode is steep and learned in a few epochs, one is nearly flat. Which of them is
# a smooth curve, and which a wiggly one?

# %% slideshow={"slide_type": "subslide"}
curvatures, V = exact.eigenvalues, exact.eigenvectors  # (5,) and (5, 5), the flattest first
grid = np.linspace(0, 1, 200)
plots.eigenmodes(A64, y64, grid, np.vander(grid, 5, increasing=True))

# %% [markdown] slideshow={"slide_type": "subslide"}
# Each panel has its own scale; read it. One unit of the steepest mode, on the right, moves the
# prediction by up to about 2, everywhere in the same direction. One unit of the flattest, on the
# left, moves it by a few thousandths, now up, now down. The loss hardly notices. And what the loss
# hardly notices has hardly any gradient, so it is hardly learned.
#
# How far did each mode get in 90,000 epochs, up to the last published row? Let $c$ be the distance
# from the start to the bottom along a mode. After $k$ epochs $c\,(1-\mathrm{lr}\cdot\lambda)^k$ is
# left, and that costs $\frac{\lambda}{2}$ times its square in loss: [lesson 02](02_how_far_to_step.ipynb)'s $g^2/(2h)$, where
# $h$ is $\lambda$ and the slope $g$ is $\lambda$ times the distance.

# %% slideshow={"output": "subslide"} tags=["cover"]
c = V.T @ (0 - exact.minimizer)  # (5,), the start's distance along each mode
factor = 1 - lr * curvatures  # (5,)
share = factor**90_000
cost_before, cost_after = curvatures / 2 * c**2, curvatures / 2 * (c * share) ** 2
print("         λ    factor per epoch   share left   cost at first     cost left")
for i in range(5):
    print(f"{curvatures[i]:10.4e} {factor[i]:17.10f} {share[i]:12.4f}", end="")
    print(f" {cost_before[i]:15.6f} {cost_after[i]:13.6f}")
print(f"least possible loss + what is left: {exact.min_loss + cost_after.sum():.8f}\n")

plots.mode_decay(curvatures, lr, marks=[90_000, 10_000_000])


# %% [markdown] slideshow={"slide_type": "subslide"}
# Three modes are learned to the last digit. The fourth has a hundredth left. Of the slowest 95 % are
# left: it has hardly begun. Yet even at first it cost only 0.00206, and on a loss curve that begins
# at 6.66 you cannot see that.
#
# In the picture each mode stays whole for a long time and then falls off a cliff, many times as late
# as the one before. The published training ended between the fourth cliff and the fifth. Ten million
# epochs, a hundred times as many, would leave 0.354 % of the slowest mode.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: when is a mode done?
#
# Write a function that says how many epochs a mode needs until at most `share` of it is left. The
# factor may be negative when lr is large ([lesson 02](02_how_far_to_step.ipynb)'s zigzag); its size is what counts. (`np.log`
# takes logarithms, and `np.ceil` rounds up.)


# %% tags=["exercise"]
def epochs_needed(lr, curvature, share):
    """The least whole k with |1 − lr·λ|ᵏ ≤ share, where λ is the curvature."""
    factor = ...
    return ...


# %%
check.epochs_needed(epochs_needed)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def epochs_needed(lr, curvature, share):
#     """The least whole k with |1 − lr·λ|ᵏ ≤ share, where λ is the curvature."""
#     factor = abs(1 - lr * curvature)
#     return int(np.ceil(np.log(share) / np.log(factor)))
# ```
#
# Nothing was trained. The learning rate and the columns of $A$ decide, before the first epoch.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Can you skip the loop?
#
# You just computed what is left of each mode after 90,000 epochs, without any epoch. Put the modes
# together again, and you have the weights. Let $W^*$ be the least-squares solution, where the
# gradient is zero. Then the gradient at $W$ is $H\,(W - W^*)$, and a step says
#
# $$W_{k+1} - W^* = (W_k - W^*) - \mathrm{lr}\,H\,(W_k - W^*)$$
#
# Along a mode $H$ only multiplies by $\lambda$. So with the modes as the columns of $V$, $k$ steps
# are
#
# $$W_k = W^* + V\,(1 - \mathrm{lr}\cdot\lambda)^k\; V^\top (W_0 - W^*)$$
#
# Read it from the right: $V^\top$ turns the distance into amounts of the five modes (of length 1 and
# at right angles), each shrinks by its own factor $k$ times, $V$ turns them back into coefficients.
# We call $W_k$ the **exact iterate**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: the exact iterate
#
# Write the formula. `np.linalg.eigh(H)` gives the curvatures $\lambda$ and, as columns, the modes
# $V$.


# %% tags=["exercise"]
def iterate(k, A, y, start, lr):
    """W after k steps of gradient descent from start; NumPy arrays (n, d), (n,) and (d,)."""
    W_best = np.linalg.lstsq(A, y)[0]
    H = ...
    return ...


# %%
check.iterate(iterate)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def iterate(k, A, y, start, lr):
#     """W after k steps of gradient descent from start; NumPy arrays (n, d), (n,) and (d,)."""
#     W_best = np.linalg.lstsq(A, y)[0]
#     H = 2 / len(y) * A.T @ A
#     curvatures, V = np.linalg.eigh(H)
#     return W_best + V @ ((1 - lr * curvatures) ** k * (V.T @ (start - W_best)))
# ```
#
# </details>
#
# It is what [lesson 06](06_the_linear_layer.ipynb)'s `bowl.after(steps, start, lr)` does; here the bowl is `exact`. This is the
# published table with no training: row $k$ shows the loss after $k$ steps, the weights after $k + 1$.

# %% slideshow={"slide_type": "subslide"}
start = np.zeros(5)
table = [exact.after(k + 1, start, lr) for k in range(0, 100_000, 10_000)]
for i, W in enumerate(table):
    show(10_000 * i, exact.loss(exact.after(10_000 * i, start, lr)), W)
print("published: last  0.00625345 [1.02348 10.41776 -14.99062 -4.14171 11.48647]\n")

print("loss and weights after so many epochs:")
for k in (100_000, 1_000_000, 10_000_000):
    W_k = exact.after(k, start, lr)
    show(f"{k:,}", exact.loss(W_k), W_k)
show("least squares", exact.min_loss, exact.minimizer)


# %% [markdown] slideshow={"slide_type": "subslide"}
# After ten million epochs the loss has its least value to five digits, while $w_3$ is still off by
# half a percent.
#
# Without a loop a slider can move through all the epochs. It stands where the published training
# ended.
#
# **Predict.** Go back to 0 and then up. In which order do the modes settle? And how far do the last
# two still move the curve over the data?


# %% slideshow={"output": "subslide"}
def settle(epochs):
    """Show what is left of the modes, and the fit, after so many epochs."""
    W = exact.after(epochs, start, lr)
    plots.settling(x64, y64, W, exact.minimizer, curvatures, factor**epochs)


counts = [0, *(k * 10**power for power in range(8) for k in (1, 3))]
sliders.move(settle, epochs=(counts, 100_000))

# %% [markdown] slideshow={"slide_type": "subslide"}
# From the steepest to the flattest, one after the other, each in a stretch of its own. The first
# lifts the curve to the height of the points, the second tilts it, the third hardly moves it, and
# the fourth gives it its wave. The last takes almost a hundred times as many epochs as the fourth,
# and moves the curve hardly anywhere but where there are no data.
#
# Compare the last published row with the exact one, though. They share about four digits, not
# six. The float32 loop above came closer to the published row than that. Who is wrong?
#
# **Predict.** Run all 100,000 epochs once more by hand, in float64. Will that loop side with the
# published numbers or with the formula?

# %% slideshow={"slide_type": "subslide"}
_, rows64 = descend(A64, y64, start, lr, n_epochs=100_000, report_every=1000)


def largest_difference(rows):
    """The largest relative difference between ten rows of a loop and the exact weights."""
    # asarray: the tensor as an array; abs: without the sign
    return max(np.abs(np.asarray(rows[10 * i][2]) / table[i] - 1).max() for i in range(10))


published = np.array([1.02348, 10.41776, -14.99062, -4.14171, 11.48647])
print(f"published row, against the exact one: {np.abs(published / table[9] - 1).max():.1e}")
print(f"float32 loop, all ten rows:           {largest_difference(rows):.0e}")
print(f"float64 loop, all ten rows, below 1e-9: {largest_difference(rows64) < 1e-9}")
one_step = exact.after(90_000 + 1, start, lr) - exact.after(90_000, start, lr)
print(f"epoch 90,000 moves w1 by {one_step[1]:.1e}; float32 numbers near 10 are", end=" ")
print(f"{np.spacing(np.float32(10.4)):.1e} apart")  # the way to the next float32


# %% [markdown]
# With the formula. The difference is **rounding**. At epoch 90,000 a step moves $w_1$ by about seven
# times the gap between two neighbouring float32 numbers, and it is rounded to a whole number of
# gaps. Small errors, but every epoch makes one, and over thousands of epochs they add up to the
# ten-thousandth part that you see. In float64 the gaps are far smaller, and the loop gives the
# formula's weights.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How fast can the same work be done?
#
# One task, 100,000 epochs, and seven ways to do it. Rung by rung you drop what the tutorial's loop
# does in every epoch: the powers, the optimizer, the graph, PyTorch, and the epochs themselves.
#
# New is `torch.autograd.grad(loss, W)`. It *returns* the gradient, instead of adding it to `W.grad`:
# nothing to zero, no optimizer. `values` shares its storage with W and is no part of the graph
# ([lesson 04](04_raw_autograd_tensors.ipynb)), so that stepping it needs no `no_grad`.
#
# Before you time anything, make sure that all do the same work: fast and wrong is easy.
#
# **Predict.** How many times as fast as the tutorial's loop is each rung? Powers of ten will do.


# %%
class OnPowers(Polynomial):
    """The same polynomial for inputs that are powers already, of shape (n, 5)."""

    def forward(self, A):
        return A @ self.W


def with_module(model, inputs, n_epochs):
    """Train a model with nn.MSELoss and SGD, and return its W."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    train(model, nn.MSELoss(), optimizer, inputs, y, n_epochs, report_every=n_epochs)
    return model.W.detach()


# %% slideshow={"slide_type": "subslide"}
def with_autograd_grad(n_epochs):
    W = torch.zeros(5, requires_grad=True)
    values = W.detach()
    for _ in range(n_epochs):
        (gradient,) = torch.autograd.grad(F.mse_loss(A @ W, y), W)
        values.sub_(gradient, alpha=lr)  # values -= lr * gradient
    return values


# %%
# asfortranarray stores a table by columns. By rows, NumPy may warn of the product without a cause.
A32, y32, start32 = np.asfortranarray(A.numpy()), y.numpy(), np.zeros(5, dtype=np.float32)
ladder = {
    "the tutorial's loop": lambda k: with_module(Polynomial(5), x, k),
    "power matrix": lambda k: with_module(OnPowers(5), A, k),
    "autograd.grad": with_autograd_grad,
    "gradient by hand": lambda k: descend(A, y, torch.zeros(5), lr, k, k)[0],
    "the same in NumPy": lambda k: descend(A32, y32, start32, lr, k, k)[0],
    "exact iterate": lambda k: descent.QuadraticLoss(A64, y64).after(k, start, lr),
    "lstsq": lambda k: np.linalg.lstsq(A64, y64)[0],
}

# %%
for name, run in ladder.items():
    print(f"{name:<20} W after 500 epochs:" + "".join(f" {value:8.4f}" for value in run(500)))


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
def seconds(run, n_epochs):
    """The shortest of three times that run(n_epochs) takes."""
    times = []
    for _ in range(3):
        begin = perf_counter()
        run(n_epochs)
        times.append(perf_counter() - begin)
    return min(times)


jumps = ("exact iterate", "lstsq")  # these do all epochs at once; the loops run 500 and are scaled
times = {name: seconds(run, 100_000 if name in jumps else 500) for name, run in ladder.items()}
for name in ladder:
    scaled = times[name] if name in jumps else times[name] * 200
    ratio = times["the tutorial's loop"] * 200 / scaled
    print(f"{name:<20} {scaled:11.5f} s for 100,000 epochs {ratio:12,.1f} times as fast")


# %% [markdown] slideshow={"slide_type": "subslide"}
# Six ways, one answer. `lstsq` gives another one: not where descent is after $k$ epochs, but where
# it is going. If that is what you want, it is the right rung.
#
# The times are those of the machine that ran this notebook; the orders of magnitude are alike
# elsewhere. The power matrix and `autograd.grad` gain small factors each. On ten numbers PyTorch
# spends its time on bookkeeping for the graph, hardly any on arithmetic; without a graph the
# gradient by hand gains tens of times, and NumPy more still. Then the epochs go. The exact iterate
# takes as long for a hundred thousand of them as for one: no tuning of a loop comes near a formula.
# (With large arrays the arithmetic dominates, and the loops move close together. [Lesson 12](12_where_the_time_goes.ipynb) measures
# that.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Can better columns help?
#
# The exact iterate exists for linear models only. Slow modes exist everywhere, so look at their
# cause. On $[0, 1]$ the columns $x$, $x^2$, $x^3$ and $x^4$ all rise from 0 to 1, and look much
# alike. So they can nearly cancel each other, and a mix in which they do is a flat mode. The same
# polynomials can be written with other columns, another **basis**:
#
# - **powers of $t = 2x - 1$**: now the data lie on $[-1, 1]$, where odd and even powers differ;
# - **Legendre polynomials** of $t$: $1,\; t,\; \frac12(3t^2-1),\; \dots$ Each reaches one power
#   higher than the one before, and they are built so that the product of two different ones
#   averages to zero over $[-1, 1]$: they are **orthogonal**;
# - any of these **standardised** ([lesson 02](02_how_far_to_step.ipynb)), all columns but the ones.
#
# All of them draw the same curves. **Predict.** By what factor does each lower $\kappa$?


# %% slideshow={"slide_type": "subslide", "output": "subslide"}
def bases(x, degree):
    """The design matrices of the same polynomials in three bases; x from 0 to 1."""
    t = 2 * x - 1  # from -1 to 1
    return {
        "powers of x": np.vander(x, degree + 1, increasing=True),
        "powers of t": np.vander(t, degree + 1, increasing=True),
        "Legendre of t": np.polynomial.legendre.legvander(t, degree),  # as vander does for powers
    }


def standardise(A):
    """All columns but the first with mean 0 and standard deviation 1."""
    rest = A[:, 1:]
    # `hstack` puts them side by side.
    return np.hstack([A[:, :1], (rest - rest.mean(axis=0)) / rest.std(axis=0)])


plots.bases(grid, bases(grid, 4), bases(x64, 4), y64)

# %% slideshow={"slide_type": "subslide", "output": "subslide"}
many = np.linspace(0, 1, 60)
print("degree 4, 10 points                    κ     epochs   least loss  degree 5, 60 points: κ")
for name, columns in bases(x64, 4).items():
    for label, change in ((name, lambda A: A), (f"{name}, standardised", standardise)):
        bowl = descent.QuadraticLoss(change(columns), y64)
        epochs = np.ceil(np.log(1e-3) / np.log(1 - bowl.max_lr / 2 * bowl.eigenvalues[0]))
        more = descent.QuadraticLoss(change(bases(many, 5)[name]), many)
        print(f"{label:<28} {bowl.condition_number:11,.1f} {epochs:10,.0f}", end="   ")
        print(f"{bowl.min_loss:.8f} {more.condition_number:23,.1f}")

print()
A_legendre = standardise(bases(x64, 4)["Legendre of t"])  # (10, 5)
lr_legendre = descent.QuadraticLoss(A_legendre, y64).max_lr / 2
W_legendre, _ = descend(A_legendre, y64, start, lr_legendre, n_epochs=25)
plots.truth_panel(A_legendre, y64, W_legendre, lr_legendre, [f"P{k}" for k in range(5)])


# %% [markdown]
# The column 'epochs' counts, at half of each limit, until the slowest mode is down to a thousandth.
# (The × in the picture ask for the loss alone, and come sooner.) Standardising the powers of $x$,
# all the cure that [lesson 02](02_how_far_to_step.ipynb)'s line needed, gains a factor of four here. It mends columns of
# different *size*, and these are columns of nearly the same *direction*. Moving to $[-1, 1]$ gains
# a factor of a thousand and costs nothing. Legendre polynomials end it: tens of epochs instead of
# two million. One degree more makes all powers worse; standardised Legendre columns stay round.
#
# The panel shows these after 25 epochs, all converged. The coefficients are others, since they
# belong to other columns; the curve is that of least squares.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What do momentum and Adam mend?
#
# Often you cannot choose the columns: a network learns its own. Then you change the optimizer.
#
# **Momentum** gives descent a velocity $v$, at first zero. Every epoch keeps the share $\mu$ of it
# and adds the gradient $g$:
#
# $$v \leftarrow \mu\,v + g \qquad\qquad W \leftarrow W - \mathrm{lr}\cdot v$$
#
# Along a flat mode all gradients point the same way and add up, to $1/(1-\mu)$ times as much.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: a step with momentum
#
# Write the two formulas.


# %% tags=["exercise"]
def momentum_step(W, v, gradient, lr, mu):
    """W and v after one step with momentum; W, v and gradient are arrays of one shape."""
    ...
    return ..., ...


# %%
check.momentum_step(momentum_step)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def momentum_step(W, v, gradient, lr, mu):
#     """W and v after one step with momentum; W, v and gradient are arrays of one shape."""
#     v = mu * v + gradient
#     return W - lr * v, v
# ```
#
# First the velocity, then the step with the *new* velocity. Both go on to the next epoch.
#
# </details>
#
# **Adam** divides each coefficient's step by the size of that coefficient's own recent gradients,
# so that every one of them moves by about lr, however small its gradient.
#
# An optimizer reads `W.grad` and does not ask who wrote it. So give it the gradient by hand, in
# float64. (SGD calls $\mu$ its `momentum`.)
#
# **Predict.** Plain descent needs millions of epochs. Who gets within 0.1 % of the least loss in
# 6,000: momentum with $\mu = 0.9$? With 0.99 and a larger lr? Adam?


# %% slideshow={"slide_type": "subslide"}
def optimise(A, make_optimizer, n_epochs):
    """The losses before the first epoch and after each, from W = 0; A of shape (10, 5)."""
    A, target = torch.from_numpy(A), torch.from_numpy(y64)
    W = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    values, optimizer, losses = W.detach(), make_optimizer([W]), []
    for _ in range(n_epochs + 1):
        error = A @ values - target
        losses.append((error @ error).item() / len(target))
        W.grad = 2 / len(target) * (A.T @ error)
        optimizer.step()
    return np.array(losses)


# %% slideshow={"output": "subslide"}
from torch.optim import SGD, Adam

races = {
    "plain descent": exact.loss(np.array([exact.after(k, start, lr) for k in range(6000 + 1)])),
    "momentum 0.9": optimise(A64, lambda p: SGD(p, lr=0.05, momentum=0.9), 6000),
    "momentum 0.99, lr 0.5": optimise(A64, lambda p: SGD(p, lr=0.5, momentum=0.99), 6000),
    "Adam": optimise(A64, lambda p: Adam(p, lr=0.05), 6000),
    "Adam along the modes": optimise(A64 @ V, lambda p: Adam(p, lr=0.05), 6000),
}
plots.excess_losses(races, exact.min_loss)
for name, losses in races.items():
    near = losses < 1.001 * exact.min_loss  # True or False for each epoch; argmax: the first True
    print(f"{name:<22} within 0.1 %:", f"from epoch {near.argmax()}" if near.any() else "no")


# %% [markdown] slideshow={"slide_type": "subslide"}
# - **Momentum 0.9** is ten times as fast, just as $1/(1-0.9)$ says: its last loss is close to that
#   of epoch 60,000 in the tables above. Ten times is too little.
# - **Momentum 0.99** with a large lr arrives. It also overshoots: at first the loss jumps up and
#   down, above where it began, and it takes hundreds of epochs to calm down.
# - **Adam** is faster than plain descent and does not arrive. It mends coefficients whose gradients
#   differ in *size*. But our flat direction is a mix of all five: no single one is slow.
# - **Adam along the modes** is the proof. `A64 @ V` has the modes themselves as columns: the same
#   bowl with the same $\kappa$, only turned, so that its axes lie along the coefficients. Plain
#   descent would not notice. Adam now arrives in about a thousand epochs.
#
# So both help, neither removes the cause, and both bring settings of their own. Better columns
# did more.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: momentum that you did not order
#
# **Predict.** Somebody forgets `optimizer.zero_grad()`, and the gradients add up ([lesson 04](04_raw_autograd_tensors.ipynb)).
# Which value of $\mu$ is that?


# %% slideshow={"slide_type": "subslide"}
def forgetful(n_epochs):
    model, losses = Polynomial(5), []
    optimizer = SGD(model.parameters(), lr=lr)
    for _ in range(n_epochs):
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


forgot, ordered = forgetful(401), optimise(A64, lambda p: SGD(p, lr=lr, momentum=1), 400)
same = np.allclose(forgot, ordered, rtol=1e-3, atol=1e-4)  # within 0.1 % or 0.0001
print(f"the same losses as with momentum 1: {same}")
print(f"last 100 epochs: loss between {forgot[-100:].min():.4f} and {forgot[-100:].max():.4f}")
print(f"with zero_grad:  loss {races['plain descent'][400]:.4f} after 400 epochs")

# %% [markdown]
# It is momentum with $\mu = 1$: a ball without friction. It rolls through the bottom, up the other
# side and back, for ever. No error, and now and then the loss even looks good.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why not just solve the equations?
#
# At the bottom the gradient is zero: $A^\top A\,W = A^\top y$. These are the **normal equations**,
# as many as there are unknowns. `lstsq` answers the same question without ever forming
# $A^\top A$. Does that matter? Take 100 points on our curve, degree 8, float32.
#
# **Predict.** On paper both are exact. Which of them comes close to the least possible loss?

# %% slideshow={"output": "subslide"}
dense = np.linspace(0, 1, 100)
A8 = np.vander(dense, 8 + 1, increasing=True)  # (100, 9)
y8 = 3 * dense + np.sin(6 * dense) + 1  # (100,), the sine of every number
A8_32, y8_32 = torch.from_numpy(A8).float(), torch.from_numpy(y8).float().reshape(-1, 1)
by_lstsq = torch.linalg.lstsq(A8_32, y8_32, driver="gels").solution.ravel()
by_normal = torch.linalg.solve(A8_32.T @ A8_32, A8_32.T @ y8_32).ravel()

hard = descent.QuadraticLoss(A8, y8)
loss_lstsq, loss_normal = hard.loss(by_lstsq), hard.loss(by_normal)
print(f"κ of the Hessian {hard.condition_number:.1e}, its root {hard.condition_number**0.5:.1e}")
print(f"least possible loss {hard.min_loss:.2e}")
print(f"lstsq: at most 1.1 times the least loss: {loss_lstsq < 1.1 * hard.min_loss}")
print(f"normal equations: over 5 times the least loss: {loss_normal > 5 * hard.min_loss}")


# %% [markdown]
# `lstsq` does. The Hessian is $A^\top A$ but for a factor, and forming it *squares* the condition
# number: $A$ itself has only the root of it. Float32 carries about seven digits. They suffice for
# the root, and not for the square: the flattest direction is lost in rounding before `solve`
# begins. How much is lost is chance and differs between machines, so the cell prints only where it
# lies. The rule: **never form $A^\top A$ in order to solve**. Let `lstsq` do it, and prefer float64.
# (`driver="gels"` is for independent columns. The default driver also copes with dependent ones, by
# dropping the directions that it takes for noise.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a parameter that nobody trains
#
# A parabola, with its constant kept apart. Everything requires grad, the loss falls, and no error
# appears. Find the slip before you run it.


# %%
class Parabola(nn.Module):
    """y_pred = b + W[0]·x + W[1]·x²."""

    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(1))
        self.W = torch.zeros(2, requires_grad=True)

    def forward(self, x):
        return self.b + self.W[0] * x + self.W[1] * x**2


# %% slideshow={"output": "subslide"}
parabola = Parabola()
optimizer = SGD(parabola.parameters(), lr=0.1)
reports = train(parabola, F.mse_loss, optimizer, x, y, n_epochs=200, report_every=199)
variance = y64.var()  # the standard deviation squared
print(f"loss from {reports[0][1]:.4f} to {reports[-1][1]:.4f}, variance of y {variance:.4f}")
print(f"b = {parabola.b.item():.4f}, the mean of y is {y64.mean():.4f}; W = {parabola.W.tolist()}")
print("registered:", [name for name, _ in parabola.named_parameters()])


# %% [markdown]
# W is a plain tensor. It gets gradients, and they pile up in `W.grad`, but it is not registered
# ([lesson 06](06_the_linear_layer.ipynb)), so the optimizer never hears of it. Only the constant is fitted, to the mean of y, and
# the loss levels out at y's variance. The cure is `nn.Parameter(torch.zeros(2))`, and the habit is
# to look at `named_parameters()` whenever you write a Module.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: shapes and types
#
# One more silent one, in the manner of [lesson 00](00_start_here.ipynb): give the line a *column* of $x$, leave y as it is,
# and write the loss by hand.


# %% slideshow={"output": "subslide"}
def squares(y_pred, y):
    return ((y_pred - y) ** 2).mean()


flat = Line()
train(flat, squares, SGD(flat.parameters(), lr=0.5), x.reshape(-1, 1), y, n_epochs=300)
print(f"slope {flat.W[0].item():.4f}, constant {flat.W[1].item():.4f}, mean of y {y.mean():.4f}")
y_pred = flat(x.reshape(-1, 1))
print(f"{tuple(y_pred.shape)} minus {tuple(y.shape)} is {tuple((y_pred - y).shape)}")

# %% [markdown]
# Every prediction meets every target, and the best that a line can do is to lie flat at the mean.
# `nn.MSELoss` would have warned you.
#
# Then two loud ones, of somebody who wants float64:

# %% slideshow={"output": "subslide"}
for attempt in (
    lambda: torch.from_numpy(A64) @ torch.zeros(5),
    lambda: SGD([torch.zeros(5, requires_grad=True).double()], lr=0.1),
    lambda: SGD([torch.zeros(5, dtype=torch.float64, requires_grad=True)], lr=0.1),
):
    try:
        print(type(attempt()).__name__, "made, no error")
    except (RuntimeError, ValueError) as message:
        print(f"{type(message).__name__}: {message}")

# %% [markdown]
# - **A float64 matrix meets float32 weights.** What comes from NumPy is float64, what
#   `torch.zeros` makes is float32. Convert one of them.
# - **`.double()`** makes float64 weights, but what it returns is the *result* of an operation and no
#   leaf ([lesson 04](04_raw_autograd_tensors.ipynb)). An optimizer moves leaves only. State the type where the tensor is made, as in
#   the last attempt, and nothing complains.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | a loop for each model | one `train(model, loss_fn, optimizer, …)` |
# | `np.vander(x, n, increasing=True)` | `x.reshape(-1, 1) ** torch.arange(n)` |
# | `2 / n * A.T @ (A @ W - y)` | `torch.autograd.grad(F.mse_loss(A @ W, y), W)` |
# | `v = mu * v + g`, `W = W - lr * v` | `torch.optim.SGD(…, momentum=mu)` |
# | `np.linalg.lstsq(A, y)` | `torch.linalg.lstsq(A, y)` |
# | $W^* + V(1-\mathrm{lr}\cdot\lambda)^k\,V^\top(W_0 - W^*)$ | nothing: for linear models only |
#
# **New words:** coefficient, polynomial, degree, Hessian, eigenmode, exact iterate,
# rounding, basis, Legendre polynomials, orthogonal, momentum, Adam, normal equations.
#
# **New names:** `nn.utils.parameters_to_vector`, `increasing=`, `np.vander`, `np.ceil`,
# `np.linalg.eigh`, `np.abs`, `np.asarray`, `np.spacing`, `torch.autograd.grad`, `.sub_`, `alpha=`,
# `np.asfortranarray`, `np.polynomial.legendre.legvander`, `momentum=`, `Adam`, `.any`, `.argmax`,
# `atol=`, `np.allclose`, `rtol=`, `.solution`, `driver=`, `torch.linalg.lstsq`,
# `torch.linalg.solve`, `.var`, `np.float32`, `np.hstack`.
#
# **Next**, in [lesson 10](10_what_a_fit_is_worth.ipynb), the points get noise, and the question changes: not whether a fit has
# converged, but what it is worth on points that it has not seen.
