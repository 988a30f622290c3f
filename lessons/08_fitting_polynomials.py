# %% [markdown]
# # 08 Fitting polynomials
#
# You bend the line into a curve. It looks perfect, and it isn't finished. You find out
# why, and skip ten million epochs.
#
# **You will be able to**
#
# - fit a polynomial with the loop that you know,
# - notice that a perfect-looking fit has not converged,
# - say how many epochs a fit needs before you run it,
# - compute the parameters after any number of epochs.
#
# **Builds on** [lesson 02](02_how_far_to_step.ipynb) (the axes of a bowl, truth panel) and
# [lesson 06](06_the_linear_layer.ipynb) (modules, optimizers). **Takes** about 55 minutes, and 25 more with the deeper sections.

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
# The best line through [lesson 04](04_raw_autograd_tensors.ipynb)'s ten points has the loss
# 0.2327: a line can't follow their wave. Today you bend it.
#
# First, the line as a module with one parameter, `W`, of two numbers. The loop serves every
# model with a `W`, so make it a function; it keeps a row of each epoch:


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
    mse, rows = nn.MSELoss(), []
    for epoch in range(n_epochs):
        y_pred = model(x)  # 1 predict
        loss = mse(y_pred, y)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
        rows.append((epoch, loss.item(), model.W.tolist()))
    return rows


# %% [markdown]
# > **Predict.** `W` starts at two zeros. Row 0 shows a loss and a `W`: does this loss belong to
# > this `W`? Read `train`.

# %%
line = Line()  # 0 start
print("epoch       loss       W[0]       W[1]")
for epoch, loss, W in train(line, x, y, lr=0.1, n_epochs=10):
    print(f"{epoch:5}   {loss:.6f}   {W[0]:.6f}   {W[1]:.6f}")
print("\npublished, epoch 0:   6.661948 [0.27913672 0.49835616]")
print("published, epoch 9:   0.27754354 [1.0747765 1.8358393]")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# No: the loss comes before the step, `W` after it. The loss of row 0's `W` stands in row 1.
#
# </details>
#
# A published tutorial prints the same, the loss *before* a step and `W` *after* it, so its
# rows check ours. Which number is the slope? Only `forward` says: `W[0]`.
#
# ## How do you bend the line?
#
# Add powers of $x$. A **polynomial** is a sum of powers, each times a number, its
# **coefficient**; the highest power is its **degree**. Degree 4 has five coefficients:
#
# $$\hat y = w_0 + w_1 x + w_2 x^2 + w_3 x^3 + w_4 x^4$$
#
# Here `W[0]` is the *constant*. The curve bends in $x$, but each coefficient is still only
# multiplied and added: the loss is a bowl again, over five parameters.
#
# The powers of the ten $x$, side by side as columns, are the **power matrix** $A$, of shape
# (10, 5): a design matrix ([lesson 02](02_how_far_to_step.ipynb)). All ten predictions
# are `A @ W`.
#
# ### Exercise 1 (write): the power matrix
#
# A column and a row broadcast to a table ([lesson 00](00_start_here.ipynb)), here of sums:
#
# ```python
# column = torch.tensor([[0.0], [0.5], [1.0]])  # (3, 1)
# row = torch.tensor([10.0, 20.0])  # (2,)
# column + row  # (3, 2): [[10, 20], [10.5, 20.5], [11, 21]]
# ```
#
# Make the power matrix of any `x` in this way, with `n` columns.


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
#     return x.reshape(-1, 1) ** torch.arange(n)  # the row 0, 1, …, n - 1
# ```
#
# </details>
#
# NumPy has it as `np.vander`. Without `increasing=True`, the *highest* power comes first, and
# silently `W[0]` belongs to $x^4$.


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
    print(f"{epoch:9}   {loss:.6f}  {np.round(W, 4)}")
print("published   6.661948  [0.2492 0.1396 0.1018 0.0830 0.0719]  epoch 0")

# %% [markdown]
# ## Does it fit after 100,000 epochs?
#
# The tutorial trains for 100,000 epochs, which takes `train` long. The same steps in NumPy
# take a second, with [lesson 01](01_gradient_descent_by_hand.ipynb)'s gradient, the mean of
# 2 · residual · column, for all columns at once:
#
# $$g = \tfrac{2}{n}\,A^\top (A\,W - y)$$

# %% tags=["code"]
lr, n_epochs = 0.05, 100_000
W = np.zeros(5)  # 0 start
path = [W]
print(" epoch         loss  W")
for epoch in range(n_epochs):
    y_pred = A @ W  # 1 predict
    residual = y_pred - y64
    loss = (residual**2).mean()  # 2 loss
    gradient = 2 / len(y64) * A.T @ residual  # 3 gradients: new
    W = W - lr * gradient  # 4 update
    path.append(W)
    if epoch % 20_000 == 0 or epoch == 90_000:
        print(f"{epoch:6}   {loss:.8f}  {W.round(5)}")
print("published, 90000: 0.00625345", end=" ")
print("[1.02348 10.41776 -14.99062 -4.14171 11.48647]")
path = np.array(path)  # (100_001, 5)

fits = {f"epoch {k:,}": path[k] for k in (1, 10_000, 100_000)}
plots.polynomial_fits(x64, y64, fits)

# %% [markdown]
# Ours shares about four digits with the published row; a deeper section says why.
#
# <details><summary>The other four rows</summary>
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
# ### Break it: stop when it looks perfect
#
# The curve meets the points; the loss is a thousandth of what it was. The fourth number of
# `W`, the coefficient $w_3$, fell to about minus four and hardly moves any more.
#
# > **Predict.** Where would $w_3$ end if the loop ran for ever?

# %%
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
# At 9.84. The training hasn't even found its sign.
#
# </details>
#
# Not one coefficient has converged. This is the lesson's silent bug: **a fit that looks
# perfect and has not converged**. Beside the exact answer it shows: the loss is 0.0062
# where 0.0044 is possible, the largest residual 0.154, not 0.105.
#
# ## How can wrong coefficients draw the right curve?
#
# Their errors nearly cancel: some mixes of the five coefficients hardly change the curve, so
# the loss hardly notices them.
#
# [Lesson 02](02_how_far_to_step.ipynb)'s bowl had two axes, at right angles; along each,
# descent walks on a parabola of its own. This bowl has five. They are the **eigenvectors**
# of $H = \frac{2}{n} A^\top A$, the **Hessian**, and its eigenvalues are their curvatures.
# `np.linalg.eigh` returns both.
#
# We call such an axis a **mode**: five numbers that say how much of each coefficient to mix
# (their squares add up to 1). A mix of powers is a curve over $x$. So move the best fit by 1
# along each mode, and look:

# %%
H = 2 / len(y64) * A.T @ A  # (5, 5)
curvatures, V = np.linalg.eigh(H)  # (5,), the flattest first; (5, 5)
mix = V[:, 0] if V[2, 0] > 0 else -V[:, 0]  # its sign is free
print("mode 0, its mix of coefficients:", mix.round(3))
plots.modes(x64, y64, V)

# %% [markdown]
# Above is the fit before and after the move; below, the move alone, on its own scale. Mode 4
# lifts the whole curve. Mode 0 wiggles it by three thousandths: above, you see nothing.
#
# ## How slow is a mode?
#
# Its **size** decides, the number over the lower panels. Let $c_i$ be the mode's curve at
# point $i$; its size is the root of the mean of $c_i^2$. Stand at the bottom of the bowl and
# go the distance $s$ along the mode. Each prediction changes by $s\,c_i$, so the loss rises
# by the mean of $(s\,c_i)^2$. (At the bottom the slope adds nothing.) A parabola of
# curvature $\lambda$ rises by $\frac{\lambda}{2} s^2$. So
#
# $$\lambda = 2 \cdot \text{mean of } c_i^2 = 2 \cdot \text{size}^2$$
#
# Each epoch multiplies the distance along a mode by $1 - \mathrm{lr}\cdot\lambda$. Mode 1 has
# size 0.02197, so $\lambda = 2 \cdot 0.02197^2 = 0.000965$. After 100,000 epochs,
# $(1 - 0.05 \cdot 0.000965)^{100000}$ of it is left: 0.80%.
#
# > **Predict.** Do the same for mode 0, of size 0.002376. How many *percent* of it are left
# > after 100,000 epochs? Let Python compute the power.

# %%
my_prediction = ...  # your number, in percent

curves = A @ V  # (10, 5): column i is the curve of mode i at the points
print("mode   twice the mean   eigenvalue   left after 100,000 epochs")
for i in range(5):
    measured = 2 * (curves[:, i] ** 2).mean()
    left = 100 * (1 - lr * curvatures[i]) ** 100_000
    print(f"{i:4}   {measured:14.4e}   {curvatures[i]:.4e}   {left:.3f}%")
plots.mode_decay(curvatures, lr, mark=100_000, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 94.5%. In 100,000 epochs this mode has gone a twentieth of its way.
#
# </details>
#
# Each mode stays nearly whole for a long time, then falls off a cliff, at about
# $1/(\mathrm{lr}\cdot\lambda)$ epochs. The published training ended between the last two
# cliffs. Far below the learning-rate limit, the flattest mode sets the number of epochs; here
# $\kappa$ is 293,151.
#
# ### Exercise 2 (transfer): how many epochs does a fit need?
#
# Write a function for *any* linear model and any rate below the limit. The slowest mode
# decides. Is it always the flattest?


# %% tags=["exercise", "transfer"]
def epochs_needed(A, lr, share):
    """Epochs until at most `share` of each mode is left; A has shape (n, d)."""
    ...
    return ...


# %%
check.epochs_needed(epochs_needed)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def epochs_needed(A, lr, share):
#     """Epochs until at most `share` of each mode is left; A has shape (n, d)."""
#     eigenvalues = np.linalg.eigvalsh(2 / len(A) * A.T @ A)
#     factor = abs(1 - lr * eigenvalues).max()  # of the slowest mode
#     epochs, left = 0, 1.0
#     while left > share:
#         epochs, left = epochs + 1, left * factor
#     return epochs
# ```
#
# Close to the limit, the steepest mode is the slowest: its factor is close to minus one.
#
# </details>
#
# ## Can you skip the loop?
#
# You know what is left of each mode after $k$ epochs, so you know `W` without running one. Let
# $W^*$ be the bottom and $W_0$ the start:
#
# $$W_k = W^* + V\,(1 - \mathrm{lr}\cdot\lambda)^k\; V^\top (W_0 - W^*)$$
#
# Read it from the right. $V^\top$ splits the way from the bottom to the start into five
# modes, each shrinks by its own factor, $k$ times, and $V$ mixes them back into coefficients.
# We call $W_k$ the **exact iterate**.


# %%
def iterate(k):  # W after k epochs from zero, without a loop
    amounts = V.T @ (np.zeros(5) - best)  # one number for each mode
    left = (1 - lr * curvatures) ** k
    return best + V @ (left * amounts)


bowl = descent.QuadraticLoss(A, y64)  # its loss: the MSE at any W
for k in (10_000, 30_000, 50_000, 70_000):  # the rows that were not printed
    loss, W_k = bowl.loss(iterate(k)), iterate(k + 1)
    print(f"epoch {k:10}   {loss:.8f}  {W_k.round(5)}")
print(f"loop  {n_epochs:10}   {bowl.loss(W):.8f}  {W.round(5)}")
for k in (100_000, 1_000_000, 10_000_000):
    W_k = bowl.after(k, np.zeros(5), lr)  # the course's own: same formula
    print(f"after {k:10}   {bowl.loss(W_k):.8f}  {W_k.round(5)}")

# %% [markdown]
# The formula gives what the loop gave, and ten million epochs at once: $w_3$ is 9.79, nearly
# home. It holds for linear models, with gradient descent on the MSE of all rows.
#
# ## What happens when?
#
# A slider can now move through all epochs. It stands at 100,000.
#
# > **Predict.** Go back to 0, then up. How many of the five modes must settle before the
# > curve looks finished?


# %% tags=["cover"]
def settle(epochs):  # what is left of the modes, and the fit
    plots.settling(x64, y64, iterate(epochs), (1 - lr * curvatures) ** epochs)


counts = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
counts += [300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000]
sliders.move(settle, epochs=(counts, 100_000))

print("\nSCOREBOARD         parameters   MSE       steps        seconds")
print("three tanh units   10           0.00013   2,000        about one")
print("a line             2            0.23268   200          under one")
print(f"degree 4, loop     5            {bowl.loss(W):.5f}   100,000      one")
loss = bowl.loss(iterate(10_000_000))
print(f"degree 4, formula  5            {loss:.5f}   10,000,000   none")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Four. The fourth, mode 1, gives the curve its wave. The last takes almost a hundred times as
# many epochs, and you hardly see it; but it carries $w_3$ from −4.09 to 9.84.
#
# </details>
#
# The line is bent, and you know why it took so long. For predictions between the points, four
# modes will do. To read a meaning into a coefficient, you need all five.

# %% [markdown] tags=["deeper"]
# ## Deeper: why do the published rows differ in the fifth digit?
#
# The tutorial trains in float32, and our loop in float64. But float32 has seven digits: where
# does a difference of a ten-thousandth come from? Watch it grow:

# %% tags=["deeper", "rtol=1"]
W32, back = torch.zeros(5), 2 / len(y) * A32.T
for epoch in range(30_001):
    W32 = W32 - lr * (back @ (A32 @ W32 - y))
    if epoch in (1000, 10_000, 30_000):
        off = abs(W32.numpy() / iterate(epoch + 1) - 1).max()
        print(f"float32 loop, epoch {epoch:5}: off by {off:.0e}")
published = np.array([1.02348, 10.41776, -14.99062, -4.14171, 11.48647])
off = abs(published / iterate(90_001) - 1).max()  # W after the step
print(f"published,    epoch 90000: off by {off:.1e}")
one_step = iterate(90_001)[1] - iterate(90_000)[1]
gap = np.spacing(np.float32(10.4))  # from 10.4 to the next float32
print(f"a step moves W[1] by {one_step:.1e}, the gap is {gap:.1e}")

# %% [markdown] tags=["deeper"]
# **Rounding.** At epoch 90,000 a step moves `W[1]` by about seven times the gap between two
# neighbouring float32 numbers, and is rounded to a whole number of gaps. Each such error is
# tiny, but they add up, the more the longer you train. In what order a machine adds differs,
# too: a long training in float32 doesn't end in the same digits everywhere.

# %% [markdown] tags=["deeper"]
# ## Deeper: what happens outside the data?
#
# Over the data the two fits are nearly the same.
#
# > **Predict.** The true curve is at 5.90 for $x = 1.3$, and at −0.87 for $x = -0.3$. Where
# > will the converged fit be closer to it than the other one: in both places, or in one?


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
# <details><summary>What you should see</summary>
#
# In one: on the right 11.40 is closer than 12.98, on the left −5.17 is further off than −3.28.
#
# </details>
#
# And neither is any good: both bend away at once. Least squares is best *at the points*.
# Outside, the flat modes are flat no more, and nothing holds the curve. Don't read a
# polynomial past its data.

# %% [markdown] tags=["deeper"]
# ## Deeper: which parameter does nobody train?
#
# A parabola with its constant apart. Everything requires a gradient, the loss falls, and no
# error appears.
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
# ## Deeper: where do you say float64?
#
# Someone wants the training in float64. Three attempts:

# %% tags=["deeper"]
try:
    torch.from_numpy(A) @ torch.zeros(5)
except RuntimeError as error:
    print("1:", error)
try:
    torch.optim.SGD([torch.zeros(5, requires_grad=True).double()], lr=0.1)
except ValueError as error:
    print("2:", error)
W_double = torch.zeros(5, dtype=torch.float64, requires_grad=True)
torch.optim.SGD([W_double], lr=0.1)
print("3: no error,", W_double.dtype)

# %% [markdown] tags=["deeper"]
# What comes from NumPy is float64, what `torch.zeros` makes is float32: convert one of them.
# What `.double()` returns is a *result*, not a leaf ([lesson 04](04_raw_autograd_tensors.ipynb)),
# and an optimizer moves leaves only. So state the type where the tensor is made.

# %% [markdown] tags=["deeper"]
# ## Deeper: can you read κ off a curve?
#
# Someone sends you the loss of a fit of three parameters, minus the least possible loss. You
# know neither the data nor the learning rate.

# %% tags=["deeper"]
epochs = [2**k for k in range(21)]  # 1, 2, 4, ..., 1,048,576
above = [8.1, 7.8, 7.22, 6.21, 4.6, 2.6, 0.998, 0.417, 0.33, 0.26, 0.163]
above += [0.0712, 0.026, 0.0188, 0.0175, 0.0154, 0.0118, 0.00701, 0.00246]
above += [0.000302, 0.000005]
plots.loss_cliffs(epochs, above)

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (diagnose): the condition number of an unknown fit
#
# About how large is its $\kappa$? A factor of two either way is good enough.

# %% tags=["deeper", "exercise", "diagnose"]
kappa = ...

# %% tags=["deeper"]
check.kappa(kappa)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# # A mode falls at about 1 / (lr · λ) epochs, or half of that in the loss.
# kappa = 125_000 / 25  # where the last mode falls, over where the first one does
# ```
#
# Each $\lambda$ is some number over the epoch of its cliff. In the ratio that number and the
# learning rate cancel.
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
# **A mode has a hundredth of the size of another. How many times as long does it take?**
#
# <details><summary>Answer</summary>
#
# About ten thousand times: $\lambda$ goes with the square.
#
# </details>
#
# **The coefficients are wrong, but the curve is right. When does that matter?**
#
# <details><summary>Answer</summary>
#
# When you read a meaning into them, or leave the data's range.
#
# </details>
#
# ## Recap
#
# **New words:** polynomial, coefficient, degree, power matrix, Hessian, eigenvector, mode,
# exact iterate.
#
# **New names:** `np.vander`, `increasing=`, `np.linalg.eigh`, `.loss`, `.after`.
#
# **New words, deeper:** rounding.
#
# **New names, deeper:** `np.spacing`, `np.float32`.
#
# **Next**, in [lesson 09](09_better_roads.ipynb), the same fit takes far fewer epochs: with
# other columns, and with better optimizers.
