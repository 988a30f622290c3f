# %% [markdown]
# # 08 Fitting polynomials
#
# You bend the line into a curve, see why 100,000 epochs are too few, and skip ten million.
#
# **You will be able to**
#
# - fit a polynomial with the loop that you know,
# - notice that a fit which looks finished has not converged,
# - say how many epochs a fit needs before you run it,
# - compute the parameters after any number of epochs.
#
# **Builds on** [lesson 02](02_how_far_to_step.ipynb) (the axes of a bowl, truth panel) and
# [lesson 06](06_the_linear_layer.ipynb) (modules, optimizers). **Takes** about 55 minutes, and 20 more with the deeper sections.

# %% [markdown] tags=["slide"]
# You bend the line into a curve, train it for 100,000 epochs, and find out where ten million would
# lead, without running them.

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
import numpy as np
import torch
from torch import nn

from course_utils import data, descent, plots, sliders
from course_utils.checks import polynomials as check

points = data.sine_line()  # the ten points of 'Raw autograd tensors'
x64, y64 = points.x, points.y  # NumPy, float64, (10,) each
x = torch.from_numpy(x64).float()  # PyTorch, float32
y = torch.from_numpy(y64).float()

# %% [markdown]
# ## Where did the line stop?
#
# The best line through [lesson 04](04_raw_autograd_tensors.ipynb#Can-a-line-follow-a-curve?)'s ten points has the loss
# 0.2327: a line can't follow their wave. Today you bend it, as a published tutorial does;
# its numbers check ours.
#
# First, the line as a module with one parameter, `W`, of two numbers. One function
# trains every model with a `W`, and keeps a row for each epoch:

# %% [markdown] tags=["slide"]
# The line of [lesson 04](04_raw_autograd_tensors.ipynb), as a module with one parameter, `W`: two
# zeros at first. The rate is 0.1.
#
# ```python
# for epoch in range(n_epochs):
#     y_pred = model(x)  # 1 predict
#     loss = mse(y_pred, y)  # 2 loss
#     optimizer.zero_grad()  # 3 gradients
#     loss.backward()
#     optimizer.step()  # 4 update
#     rows.append((epoch, loss.item(), model.W.tolist()))
# ```
#
# > Row 0: loss 6.661948, `W` 0.279137 and 0.498356. Is it the loss of this `W`?


# %%
class Line(nn.Module):
    """y_pred = W[0]·x + W[1]."""

    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(2))  # two zeros

    def forward(self, x):
        return self.W[0] * x + self.W[1]


def train(model, x, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    mse = nn.MSELoss()
    rows = []
    for epoch in range(n_epochs):
        y_pred = model(x)  # 1 predict
        loss = mse(y_pred, y)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
        rows.append((epoch, loss.item(), model.W.tolist()))
    return rows


# %% tags=["printed"]
line = Line()  # 0 start
print("epoch       loss       W[0]       W[1]")
for epoch, loss, W in train(line, x, y, lr=0.1, n_epochs=10):
    print(f"{epoch:5}   {loss:.6f}   {W[0]:.6f}   {W[1]:.6f}")
print("\npublished, epoch 0:   6.661948 [0.27913672 0.49835616]")
print("published, epoch 9:   0.27754354 [1.0747765 1.8358393]")

# %% [markdown] tags=["slide"]
# No: the loss *before* the step, `W` *after* it, as in the tutorial's rows (*published*). Trained
# on, the line stops, as in [lesson 04](04_raw_autograd_tensors.ipynb), at 0.2327: it can't follow
# the wave.

# %% [markdown]
# A row shows the loss *before* its step and `W` *after* it, as the published rows do: the loss
# of row 0 belongs to two zeros. Which number is the slope? Only `forward` says: `W[0]`.
#
# ## How do you bend the line?
#
# Add powers of $x$. A **polynomial** is a sum of powers, each times a number, its
# **coefficient**; the highest power is its **degree**. Degree 4 has five coefficients:
#
# $$\hat y = w_0 + w_1 x + w_2 x^2 + w_3 x^3 + w_4 x^4$$
#
# Here `W[0]` is the *constant*. The curve bends in $x$, but each coefficient is still only
# multiplied and added: this is a **linear model**, and its loss is a bowl, over five
# parameters.
#
# The powers of the ten $x$, side by side as columns, are the **power matrix** $A$, of shape
# (10, 5): a design matrix ([lesson 02](02_how_far_to_step.ipynb#What-sets-the-limit,-and-what-the-speed?)). All ten predictions
# are `A @ W`.

# %% [markdown] tags=["slide"]
# A **polynomial** of **degree** 4. Its five **coefficients** are `W`; here `W[0]` is the constant,
# not the slope. The **power matrix** `A`, (10, 5), has a row for each point:
#
# ```text
#           1       x    x**2    x**3    x**4
# A[0]  1.000   0.000   0.000   0.000   0.000
# A[4]  1.000   0.444   0.198   0.088   0.039
# A[9]  1.000   1.000   1.000   1.000   1.000
# ```
#
# All predictions: `A @ W`.

# %% [markdown]
# ### Exercise 1 (write): the power matrix
#
# A column and a row broadcast to a table ([lesson 00](00_start_here.ipynb#What-if-two-shapes-differ?)):
#
# ```python
# column = torch.tensor([[0.0], [0.5], [1.0]])  # (3, 1)
# row = torch.tensor([10.0, 20.0])  # (2,)
# column + row  # (3, 2): [[10, 20], [10.5, 20.5], [11, 21]]
# ```
#
# Make the power matrix of any `x` this way, with `n` columns. (`torch.arange(n)` is the row
# 0, 1, …, $n-1$.)


# %% tags=["exercise", "write"]
def power_matrix(x, n):
    """The columns 1, x, x², …: a tensor (len(x), n); x has shape (len(x),)."""
    return ...


# %%
check.power_matrix(power_matrix)


# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def power_matrix(x, n):
#     """The columns 1, x, x², …: a tensor (len(x), n); x has shape (len(x),)."""
#     return x.reshape(-1, 1) ** torch.arange(n)
# ```
#
# </details>
#
# NumPy has it as `np.vander`. Without `increasing=True`, the *highest* power comes first, and
# `W[0]` belongs to $x^4$, without a warning.


# %%
class Polynomial(nn.Module):
    """y_pred = A @ W, five coefficients; A is the power matrix of x."""

    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(5))

    def forward(self, A):
        return A @ self.W


A = np.vander(x64, 5, increasing=True)  # (10, 5), float64
print("A", A.shape)
A32 = torch.from_numpy(A).float()
for epoch, loss, W in train(Polynomial(), A32, y, lr=0.05, n_epochs=3):
    print(f"{epoch:9}   {loss:.6f}  {np.array(W).round(4)}")
print("published   6.661948  [0.2492 0.1396 0.1018 0.0830 0.0719]  epoch 0")

# %% [markdown]
# ## Does it fit after 100,000 epochs?
#
# The tutorial runs 100,000 epochs. NumPy needs about a second for them, with
# [lesson 01](01_gradient_descent_by_hand.ipynb#What-if-both-numbers-move?)'s gradient, the mean of
# 2 · residual · column, for all columns at once (they are the rows of $A^\top$):
#
# $$g = \tfrac{2}{n}\,A^\top (A\,W - y)$$

# %% [markdown] tags=["slide"]
# The tutorial runs 100,000 epochs, with lr = 0.05. From five zeros, in NumPy, it takes a second:
#
# ```python
# for epoch in range(n_epochs):
#     y_pred = A @ W
#     residual = y_pred - y64
#     gradient = 2 / len(y64) * A.T @ residual
#     W = W - lr * gradient
# ```
#
# The mean of 2 · residual · column, for all five columns:

# %%
lr, n_epochs = 0.05, 100_000
start = np.array([0.0, 0.0, 0.0, 0.0, 0.0])
W = start  # 0 start
path = np.full((n_epochs + 1, 5), 0.0)  # a row for the start, and each epoch
print(" epoch         loss  W")
for epoch in range(n_epochs):
    y_pred = A @ W  # 1 predict
    residual = y_pred - y64
    loss = (residual**2).mean()  # 2 loss
    gradient = 2 / len(y64) * A.T @ residual  # 3 gradients, all five: new
    W = W - lr * gradient  # 4 update
    path[epoch + 1] = W
    if epoch % 20_000 == 0 or epoch == 90_000:
        print(f"{epoch:6}   {loss:.8f}  {W.round(5)}")
print("published, 90000: 0.00625345", end=" ")
print("[1.02348 10.41776 -14.99062 -4.14171 11.48647]")

fits = {"1 epoch": path[1], "10,000 epochs": path[10_000]}
fits["100,000 epochs"] = path[100_000]
plots.polynomial_fits(x64, y64, fits)

# %% [markdown] tags=["slide"]
# | epoch | loss | $w_3$ |
# |---:|---:|---:|
# | 0 | 6.662 | 0.083 |
# | 20,000 | 0.0407 | −2.86 |
# | 80,000 | 0.0063 | −4.181 |
# | 90,000 | 0.0063 | −4.142 |
# | *published* | 0.0063 | −4.142 |
# | 100,000 | 0.0062 | −4.088 |

# %% [markdown]
# Our loop's last row shares about four digits with the published one.
#
# <details><summary>The loop's rows in between</summary>
#
# ```text
# 10000   0.09658148  [1.52492 4.62638 -5.43211 -1.7491 4.49755]
# 30000   0.01942629  [1.20873 8.25699 -11.32066 -3.50811 9.03864]
# 50000   0.00819670  [1.0879 9.65307 -13.62772 -4.07772 10.71899]
# 70000   0.00653079  [1.04149 10.19796 -14.57002 -4.19546 11.31035]
# ```
#
# </details>
#
# ### Break it: stop after 100,000 epochs
#
# The curve follows the points; the loss is a thousandth of what it was. The fourth number of
# `W`, the coefficient $w_3$, fell below minus four, turned, and now hardly moves.
#
# > **Predict.** Where would $w_3$ end if the loop ran for ever?

# %% [markdown] tags=["slide"]
# The curve follows the points, and the loss is a thousandth of what it was. The coefficient $w_3$,
# `W[3]`, fell past minus four, turned, and now hardly moves.

# %% tags=["cover", "printed"]
my_prediction = ...  # your number

best = np.linalg.lstsq(A, y64)[0]
names = [f"W[{k}]" for k in range(5)]
plots.truth_panel(A, y64, W, lr, names)
for name, w in (("this fit", W), ("least squares", best)):
    print(f"largest residual, {name}: {abs(A @ w - y64).max():.3f}")
plots.coefficient_by_epoch(
    x64, y64, path[::1000], every=1000, k=3, prediction=my_prediction
)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At 9.84. So far, even the sign is wrong.
#
# </details>
#
# Not one coefficient has converged. This is the lesson's silent bug: **a fit that looks
# finished and has not converged**. Next to the exact answer you can see it: the loss is 0.00621
# where 0.00435 is possible, the largest residual 0.154, not 0.105.
#
# ## How can wrong coefficients draw the right curve?
#
# Some mixes of the five coefficients hardly change the curve, so
# the loss hardly notices them.
#
# [Lesson 02](02_how_far_to_step.ipynb#Two-axes)'s bowl had two axes, at right angles; along each,
# descent walks on a parabola of its own. This bowl has five. They are the **eigenvectors** of
# that lesson's $H = \frac{2}{n} A^\top A$, called the **Hessian**, and its eigenvalues are
# their curvatures. `np.linalg.eigh` returns both.
#
# We call such an axis a **mode**: five numbers that say how much of each coefficient to mix. (In
# [lesson 02](02_how_far_to_step.ipynb#Two-axes), an axis mixed two: its cosine and sine.)
# Multiply two modes, entry by entry, and add up: the result is 0, as they are at right angles. A
# mode times itself gives 1. So `mode0 @ (3 * mode0 + 5 * mode1)` is 3, and `mode @ error` says how
# much of a mode is in `error = W - best`.
#
# How much of mode 0, the flattest, is in it?

# %% [markdown] tags=["slide"]
# The bowl's axes, **eigenvectors** of $H = \frac{2}{n} A^\top A$, are mixes of coefficients: five
# **modes**. Two, as in [lesson 02](02_how_far_to_step.ipynb):
#
# ```python
# mode0, mode1 = np.array([0.8, -0.6]), np.array([0.6, 0.8])
# mode0 @ mode1  # 0.8 · 0.6 - 0.6 · 0.8 = 0: at right angles
# mode0 @ mode0  # 0.64 + 0.36 = 1: its length
# error = 3 * mode0 + 5 * mode1  # [5.4, 2.2]
# mode0 @ error  # 0.8 · 5.4 - 0.6 · 2.2 = 3: so much of mode0
# ```
#
# > Ours is `error = W - best`. Which mode is nearly all of it? (Mode 0 is the flattest.)

# %% tags=["printed"]
curvatures, V = np.linalg.eigh(2 / len(y64) * A.T @ A)  # (5,) and (5, 5)
mode = V[:, 0]  # each column of V is a mode, the flattest first
error = W - best  # of the coefficients
amount = mode @ error
if amount < 0:  # the opposite of a mode is the same axis
    mode, amount = -mode, -amount
print("mode 0          ", *(f"{share:7.3f}" for share in mode))
print("error           ", *(f"{share:7.3f}" for share in error))
print(f"mode 0 @ error    {amount:.2f}")
print(f"{amount:.2f} · mode 0  ", *(f"{share:7.3f}" for share in amount * mode))

# %% [markdown]
# Nearly all of this fit's error is 18 times mode 0. A mix of powers is a curve. The picture moves
# the best fit by 1 along each mode:

# %% [markdown] tags=["slide"]
# Mode 0, the flattest: the error is nearly 18 times this first column of `V`. A mix of powers is a
# curve. What must that of mode 0 look like?

# %%
plots.modes(x64, y64, V)
size = ((A @ mode) ** 2).mean() ** 0.5  # of the mode's curve, at the points
print(f"{amount:.2f} times its size {amount * size:.3f}", end=", ")
print(f"squared {(amount * size) ** 2:.4f}")

# %% [markdown] tags=["slide"]
# Upper row: the best fit, **moved by 1** along each. Lower row: the move alone, and its **size**, the
# root of its mean square. 18 of mode 0: 0.043; squared, 0.0018 of the loss.

# %% [markdown]
# One mode 0 is too small to see in the upper row; 18 of them have the size 0.043, the small gap
# between the two curves before. Its square is nearly all the loss left to gain.
#
# ## How slow is a mode?
#
# Its size decides, the number over each lower panel.
# [Lesson 02](02_how_far_to_step.ipynb#Which-way-is-the-bowl-steepest?) found the curvature along any direction: the mean of
# $2c_j^2$, where a move by one changes the prediction of row $j$ by $c_j$. Here $c_j$ is the
# height of the mode's curve at point $j$. The size is the root of the mean of $c_j^2$, so
#
# $$\lambda = 2 \cdot \text{mean of } c_j^2 = 2 \cdot \text{size}^2$$

# %% [markdown] tags=["slide"]
# Its size decides. Along it, the bowl has the curvature $\lambda$, as in
# [lesson 02](02_how_far_to_step.ipynb); $c_j$ is the height of the mode's curve at point $j$. A mode
# of small size is **flat**.

# %% [markdown]
# <details><summary>Why, once more</summary>
#
# Move a distance $s$ along the mode from the bottom. The residuals $r_j$ become $r_j + s\,c_j$,
# and the loss the mean of $r_j^2$, plus $2s$ times the mean of $r_j c_j$, plus $s^2$ times the
# mean of $c_j^2$. The middle part is zero: at the bottom there is no slope. A parabola of
# curvature $\lambda$ rises by $\frac{\lambda}{2} s^2$; compare it with the last part.
#
# </details>
#
# A mode of small size is **flat**: the loss hardly rises along it.
# Each epoch multiplies the distance along a mode by $1 - \mathrm{lr}\cdot\lambda$. Mode 1 has
# size 0.02197, so $\lambda = 2 \cdot 0.02197^2 = 0.000965$. After 100,000 epochs,
# $(1 - 0.05 \cdot 0.000965)^{100000}$ of it is left: 0.80%.
#
# > **Predict.** Do the same, in Python, for mode 0, of size 0.002376: how many *percent* are left?

# %% [markdown] tags=["slide"]
# At a distance $s$ the slope is $\lambda s$, so a step leaves $(1 - \mathrm{lr}\cdot\lambda)\,s$. With
# lr = 0.05, of mode 1, size 0.02197:
#
# ```python
# 2 * 0.02197**2  # λ = 0.000965
# (1 - 0.05 * 0.000965) ** 100_000  # 0.0080: 0.80% of it
# ```
#
# > **Predict.** Do the same for mode 0, of size 0.002376: how many *percent* are left?

# %%
my_prediction = ...  # your number, in percent

curves = A @ V  # (10, 5): column i is the curve of mode i at the points
print("       2·size²   eigenvalue   left after   epochs until")
print("mode                         100,000 ep.     1% is left")
for i in range(5):
    measured = 2 * (curves[:, i] ** 2).mean()
    factor = 1 - lr * curvatures[i]
    left = 100 * factor**100_000
    needed = np.log(0.01) / np.log(factor)  # log: the natural logarithm
    print(f"{i:4}{measured:11.4e}   {curvatures[i]:.4e}", end="")
    print(f"{left:12.3f}%{needed:15,.0f}")
plots.mode_decay(curvatures, lr, mark=100_000, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# 94.5%: about a twentieth of its way is done. Until one percent is left, mode 0 needs over eight
# million epochs.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 94.5%: about a twentieth of its way is done.
#
# </details>
#
# When is one percent left? Solve $(1 - \mathrm{lr}\cdot\lambda)^k = 0.01$ for $k$: it is $\log
# 0.01 / \log(1 - \mathrm{lr}\cdot\lambda)$. Mode 0 needs over eight million epochs. A mode seems
# to fall off a cliff only because the axis counts in powers of ten: even after $1/(\mathrm{lr}\cdot\lambda)$ epochs, over a third is left.
#
# ### Exercise 2 (transfer): fewer epochs, or more?
#
# Run our fit, and each fit below, at half of its *own* learning-rate limit, until one percent
# of its slowest mode is left. Each step leaves $1 - 1/\kappa$ of that mode ([lesson
# 02](02_how_far_to_step.ipynb#What-sets-the-limit,-and-what-the-speed?)). Does the fit take fewer epochs than ours, the same number, or
# more? Think, then compute.

# %% [markdown] tags=["slide"]
# Each fit, ours too, runs at half of its *own* limit: a step leaves $1 - 1/\kappa$ of the slowest
# mode ($\kappa$: largest $\lambda$ over smallest). Until one percent is left, fewer epochs than ours,
# the same number, or more?

# %% tags=["exercise", "transfer"]
# One change in each:
# A  y is ten times as large       B  the degree is 3
# C  x is x64 + 1, from 1 to 2     D  each point is there twice
answers = [..., ..., ..., ...]  # "fewer", "same" or "more", for A to D

# %%
check.answers(answers)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def kappa_of(x, n_columns):
#     A = np.vander(x, n_columns, increasing=True)
#     eigenvalues = np.linalg.eigvalsh(2 / len(x) * A.T @ A)
#     return eigenvalues[-1] / eigenvalues[0]
#
#
# # At half of the limit, the flattest mode keeps 1 - 1/κ of itself.
# print(kappa_of(x64, 5), kappa_of(x64, 4))  # ours 293,151, B 9,806
# print(kappa_of(x64 + 1, 5))  # C, about 970 million
# answers = ["same", "fewer", "more", "same"]
# ```
#
# $H$ holds no $y$, and a mean doesn't change if each row is there twice. Without $x^4$ the
# columns are easier to tell apart: the flattest mode has five times the size. From 1 to 2 all
# powers look nearly alike, and a mix of them cancels even better.
#
# </details>
#
# ## Can you skip the loop?
#
# You know what is left of each mode after $k$ epochs, so where the loop would be. Let $W^*$ be
# the bottom. How much of each mode is in the error of the start? For one mode it was
# `mode @ error`; the rows of $V^\top$ are the modes, so all five at once are
# $a = V^\top (\text{start} - W^*)$. Each shrinks by its own factor, $k$ times. Then $V$ takes each
# mode, a column of $V$, that many times, and adds up:
#
# $$W_k = W^* + V \left[(1 - \mathrm{lr}\cdot\lambda_i)^k\, a_i\right]$$
#
# The brackets hold five numbers, one for each mode $i$. We call $W_k$ the **exact iterate**.

# %% [markdown] tags=["slide"]
# Columns of $V$: the modes; $W^*$: `best`. From right to left: $a = V^\top (\text{start} - W^*)$, how
# much of each; shrink each; mix them back.


# %% tags=["printed"]
def iterate(k):  # W after k epochs from zero, without a loop
    amounts = V.T @ (start - best)  # a, one number for each mode
    left = (1 - lr * curvatures) ** k
    return best + V @ (left * amounts)


bowl = descent.QuadraticLoss(A, y64)
print("   epoch         loss  W after this epoch's step")
counts = [10_000, 30_000, 50_000, 70_000, 90_000, 1_000_000, 10_000_000]
for k in counts:
    W_k = bowl.after(k, start, lr)  # the course's own: iterate(k)
    loss = bowl.loss(W_k)  # the MSE at W_k
    print(f"{k:8}   {loss:.8f}", *(f"{w:9.5f}" for w in iterate(k + 1)))

# %% [markdown] tags=["slide"]
# Row 90,000 is the loop's own. After ten million epochs, $w_3$ would be 9.79.

# %% [markdown]
# The first four are rows that the loop did not print, the fifth is its last. After ten million
# epochs, $w_3$ is 9.79. The formula holds for plain descent at a fixed rate, for a linear model
# and the MSE of all rows.
#
# ## What happens when?
#
# A mode counts as settled below one percent.
#
# > **Predict.** How many of the five modes must settle before the curve looks finished? Then
# > raise the epochs.

# %% [markdown] tags=["slide"]
# A mode counts as settled once less than one percent of it is left.
#
# > **Predict.** How many of the five modes must settle before the curve looks finished?


# %%
def settle(epochs):  # what is left of the modes, and the fit
    plots.settling(x64, y64, iterate(epochs), (1 - lr * curvatures) ** epochs)


epochs = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
epochs += [300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000]
sliders.move(settle, epochs=(epochs, 100))

# %% [markdown] tags=["slide"]
# Four. At first, one has settled. Raise the epochs: mode 1, the fourth, gives the curve its wave.
# Mode 0 carries $w_3$ to 9.84.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Four. The fourth to settle, mode 1, gives the curve its wave. The last takes over eighty times as many
# epochs, and you hardly see it; but it carries $w_3$ from −4.09 to 9.84.
#
# </details>

# %%
print("SCOREBOARD         parameters   MSE       steps        seconds")
print("three tanh units*  10           0.00013   2,000        about one")
print("a line             2            0.23268   200          under one")
print(f"degree 4, loop     5            {bowl.loss(W):.5f}   100,000      one")
loss = bowl.loss(iterate(10_000_000))
print(f"degree 4, formula  5            {loss:.5f}   (10,000,000) none")
print("* a lucky start")

# %% [markdown]
# [Lesson 03](03_build_your_own_autograd.ipynb)'s three tanh units fit better, but you knew
# all about the polynomial before it ran. For predictions between the points, four modes will do. The coefficients need all five.

# %% [markdown] tags=["deeper"]
# ## Deeper: why do the published rows differ a little?
#
# The tutorial trains in float32, and our loop in float64. But float32 has seven digits: where
# does a difference of a ten-thousandth come from? Run the loop in float32:

# %% tags=["deeper"]
W32 = torch.zeros(5)
step = lr * 2 / len(y) * A32.T
for epoch in range(90_001):
    W32 = W32 - step @ (A32 @ W32 - y)
exact = iterate(90_001)  # row 90,000 has W after its step
print("formula  ", exact.round(5))
print("published [  1.02348  10.41776 -14.99062  -4.14171  11.48647]")
print("float32  ", np.array(W32.tolist()).round(5))
print(f"this step moved W[1] by {exact[1] - iterate(90_000)[1]:.1e}")
gap = np.spacing(np.float32(10.4))  # from 10.4 to the next float32
print(f"gap between float32 numbers {gap:.1e}")

# %% [markdown] tags=["deeper"]
# Our own float32 loop lands on the published row, up to its last digits. The cause is
# **rounding**. Here a step moves `W[1]` by about seven times the gap between two neighbouring
# float32 numbers, and the result is rounded to one of them. Each such error is tiny, but tens
# of thousands of them add up.

# %% [markdown] tags=["deeper"]
# ## Deeper: what happens outside the data?
#
# Over the data the two fits are nearly the same. The true curve is known here, so follow all
# three to both sides:


# %% tags=["deeper"]
def true_curve(x):
    return 3 * x + np.sin(6 * x) + 1


fits = {"100,000 epochs": W, "least squares": best}
plots.polynomial_fits(x64, y64, fits, x_range=(-0.3, 1.3), curve=true_curve)
for place in (-0.3, 0.5, 1.3):
    row = np.vander([place], 5, increasing=True)[0]
    print(f"x = {place}: true curve {true_curve(place):.2f}", end=", ")
    print(f"100,000 epochs {row @ W:.2f}, least squares {row @ best:.2f}")

# %% [markdown] tags=["deeper"]
# Both bend away at once. On the right the converged fit is the closer one, on the left it is
# further off. Least squares is best *at the points*. Outside the data, the curves of the flat
# modes grow large, and nothing holds the fit. Don't read a polynomial past its data.

# %% [markdown] tags=["deeper"]
# ## Deeper: break it: a parabola that stays flat
#
# A parabola whose constant is a parameter of its own. All three numbers require a gradient,
# the loss falls, and no error appears.
#
# > **Predict.** Find the mistake in the class before you run it. Which of the three numbers
# > stay where they are?


# %% tags=["deeper"]
class Parabola(nn.Module):
    """y_pred = b + W[0]·x + W[1]·x²."""

    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(1))
        self.W = torch.zeros(2, requires_grad=True)

    def forward(self, x):
        return self.b + self.W[0] * x + self.W[1] * x**2


parabola = Parabola()
rows = train(parabola, x, y, lr=0.1, n_epochs=200)
print(f"loss {rows[0][1]:.4f}, then {rows[-1][1]:.4f}")
print(f"b {parabola.b.item():.4f}, mean of y {y.mean():.4f}", end=", ")
print(f"W {parabola.W.tolist()}, its gradient {parabola.W.grad.round()}")
print("parameters:", [tuple(p.shape) for p in parabola.parameters()])

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Both numbers of `W`. It is a plain tensor, not an `nn.Parameter`, so `parameters()` doesn't
# list it and the optimizer never hears of it.
#
# </details>
#
# Only the constant is fitted, to the mean of $y$. Nobody empties the gradient of `W`, so it
# piles up. The cure is `nn.Parameter(torch.zeros(2))`, and the habit is to look at the list
# of parameters whenever you write a module.

# %% [markdown] tags=["deeper"]
# ## Deeper: can you read κ off a curve?
#
# Someone sends you the loss of a fit of three parameters, minus the least possible loss. You
# know neither the data nor the learning rate, only that the rate is far below the limit.

# %% tags=["deeper"]
epochs = [2**k for k in range(21)]  # 1, 2, 4, ..., 1,048,576
above = [8.1, 7.8, 7.22, 6.21, 4.6, 2.6, 0.998, 0.417, 0.33, 0.26, 0.163]
above += [0.0712, 0.026, 0.0188, 0.0175, 0.0154, 0.0118, 0.00701, 0.00246]
above += [0.000302, 0.000005]
plots.loss_cliffs(epochs, above)

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (diagnose): the condition number of an unknown fit
#
# About how large is its $\kappa$? The curve has three flat parts, one for each mode. Read off
# at which epoch the first one ends, and the last: there the loss is down to a third of its
# height. A factor of two either way is good enough.

# %% tags=["deeper", "exercise", "diagnose"]
kappa = ...

# %% tags=["deeper"]
check.kappa(kappa)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# # The loss falls with the square of the distance:
# # after 1 / (2 · lr · λ) epochs, over a third is left.
# kappa = 125_000 / 25  # where the last mode falls, over where the first one does
# ```
#
# In the ratio, the 2 and the learning rate cancel. (Near the limit, the steepest mode would be
# slow, too, and the curve could not tell.)
#
# </details>

# %% [markdown]
# ## Three questions
#
# **Your loss has hardly changed for a thousand epochs. Is the fit done?**
#
# <details><summary>Answer</summary>
#
# You can't tell: a flat mode hardly shows in the loss.
#
# </details>
#
# **Far below the limit, a mode has a hundredth of another's size. How many times as long does
# it take?**
#
# <details><summary>Answer</summary>
#
# About ten thousand times: $\lambda$ goes with the square.
#
# </details>
#
# **What makes a mode slow, far below the learning-rate limit?**
#
# <details><summary>Answer</summary>
#
# Its curve is small at the points, so the loss hardly notices it.
#
# </details>
#
# ## Recap
#
# **New words:** polynomial, coefficient, degree, linear model, power matrix, Hessian,
# eigenvector, mode, exact iterate.
#
# **New names:** `torch.arange`, `np.vander`, `increasing=`, `np.linalg.eigh`, `np.log`,
# `.after`, `.loss`.
#
# **New words, deeper:** rounding.
#
# **New names, deeper:** `np.spacing`, `np.float32`.
#
# **Next**, in [lesson 09](09_better_roads.ipynb), the same fit takes far fewer epochs, with
# other columns or a better optimizer.
#
# Back to [lesson 07](07_dataset_and_dataloader.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
