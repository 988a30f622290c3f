# %% [markdown]
# # 05 Many inputs, many outputs
#
# Three readings of the weather predict two harvests at once, in one line of code. Then you
# find out why a training run that looks finished isn't.
#
# **You will be able to**
#
# - predict the shapes in `x @ w.T + b`, and those of its gradients,
# - write that gradient for any number of inputs and outputs,
# - spot a loss that belongs to old predictions,
# - turn a learning rate of 0.00001 into 0.5, and get the units back.
#
# **Builds on** [lesson 02](02_how_far_to_step.ipynb) (limit, κ, standardise, truth panel) and
# [lesson 04](04_raw_autograd_tensors.ipynb) (the loop). **Takes** about 55 minutes, and 30 more with the deeper sections.

# %% [markdown] tags=["slide"]
# Three readings of the weather predict two harvests at once, in one line of code. Then you ask of a
# training run that looks finished: is it?

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
# ## What will a sixth region harvest?
#
# Five regions report their weather and their harvests of apples and oranges, in tons per
# hectare (t/ha). A sixth reports its weather only: 75 °F, 63 mm of rain, 44% humidity. (A
# published tutorial made these numbers up; its results check ours.)

# %%
import numpy as np
import torch

from course_utils import data, descent, plots
from course_utils.checks import many_inputs as check

table = data.fruit_yields()
inputs = ["temperature", "rainfall", "humidity"]
outputs = ["apples", "oranges"]
x = torch.from_numpy(table.x).double()  # (5, 3): a row is a region
y = torch.from_numpy(table.y).double()  # (5, 2), with sixteen digits
six = torch.tensor([75.0, 63.0, 44.0], dtype=torch.float64)  # dtype: its type
plots.each_input(x, y, table.x_names, table.y_names, new=six)
table

# %% [markdown] tags=["slide"]
# **Region 6** (dotted) reports 75 °F, 63 mm of rain and 44% humidity. How many t/ha of apples does
# each panel suggest?

# %% [markdown]
# Rain and humidity suggest about fifty t/ha of apples. Temperature alone tells you
# little: regions 5 and 1 are only four °F apart, and harvested 103 and 56. You want all
# three inputs at once, for both fruits.
#
# ## How do two recipes become one product?
#
# Each fruit gets a **recipe** (a weight for each input) and a bias. With the tutorial's
# random start, the apples of region 1 are
#
# $$73\cdot(-0.8474) + 67\cdot 1.0004 + 43\cdot 0.9559 + 0.2883 = 46.56\ \text{t/ha}$$
#
# Put the weights into `w`: **row $j$ is the recipe of output $j$**, as in PyTorch's own
# layer ([lesson 06](06_the_linear_layer.ipynb#What-is-in-a-linear-layer?)). So `w` has the shape (outputs, inputs).
#
# You need ten such sums. The **matrix product** `left @ right` does them all: each *row* of
# `left` meets each *column* of `right`; multiply number by number, then add. So a row must
# be as long as a column:
#
# $$(n, d)\ @\ (d, m) \rightarrow (n, m)$$
#
# Our recipes are rows; `w.T`, the **transpose**, makes columns of them.
#
# > **Predict.** Write down the shapes of `w.T`, `x @ w.T` and `x @ w.T + b`. Such a list is
# > a **shape diary**.

# %% [markdown] tags=["slide"]
# `x` is `(5, 3)`, `w` is `(2, 3)`: row $j$ is output $j$'s **recipe**. `b` is `(2,)`. Region 1's
# apples:


# %% tags=["cover"]
def start():
    """The tutorial's start: w of shape (2, 3), b of shape (2,)."""
    w = [[-0.8474, 1.0004, 0.9559], [0.3555, 1.1560, 0.3668]]
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    b = [0.2883, -0.1208]
    b = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    return w, b


w, b = start()
regions = [f"region {k}" for k in range(1, 6)]
names = ["x", "w.T", "b", "x @ w.T + b"]
labels = (regions, inputs, outputs)
plots.matrix_product(x, w.T, names, add=b, labels=labels)

# %% [markdown] tags=["slide"]
# (3, 2), then (5, 3) @ (3, 2) gives (5, 2), and `b`, (2,), changes no shape. Shaded: the apples of
# region 1. Broadcasting repeats `b` in every row (dotted).

# %% [markdown]
# <details><summary>What you should see</summary>
#
# (3, 2), then (5, 3) @ (3, 2) gives (5, 2), and `b`, (2,), changes no shape.
#
# </details>
#
# The shaded entry is the sum above. `b` has one number for each column, and broadcasting
# repeats it in every row (dotted).
#
# ### Break it: a forgotten transpose
#
# Leave out `.T`:

# %%
try:
    x @ w
except RuntimeError as error:
    print(error)

two, w_two = x[:, 1:], w[:, 1:]  # without the temperature: w is square
print("two @ w_two.T, region 1:", (two @ w_two.T)[0].detach())
print("two @ w_two,   region 1:", (two @ w_two)[0].detach())

# %% [markdown] tags=["slide"]
# First a **loud** bug: 5x3 meets 2x3. Then a **silent** one: without the temperature (`two`), `w`
# is square and fits either way round, but each sum mixes two recipes.

# %% [markdown]
# First a **loud** bug: the inner numbers in `5x3 and 2x3` differ. Then a **silent** one: a
# square `w` fits either way round, and without `.T` each sum mixes two recipes. So write
# names into the diary, too: `w` (outputs, inputs).

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: a wrong type, and a bias for each region
#
# Two more mistakes. `x.float()` meets a float64 `w`, and the biases stand in a column:

# %% tags=["deeper"]
try:
    x.float() @ w.T
except RuntimeError as error:
    print(error)

b_column = torch.zeros(5, 1, dtype=torch.float64)  # filled with zeros
print("five regions:", (x @ w.T + b_column).shape)
print("one region:  ", (x[:1] @ w.T + b_column).shape)

# %% [markdown] tags=["deeper"]
# The first is loud: `m1` and `m2` are the two matrices; make both `.float()` or both
# `.double()`. The second is silent. A column of five broadcasts, too: one bias for each
# *region*, shared by both fruits. It even trains. It shows when one new region comes in,
# and five predictions come out. As many biases as outputs, says the diary: (2,).

# %% [markdown]
# ## Which shape has a gradient?
#
# The gradient of a loss has the shape of the tensor that you differentiate with respect to:
# one derivative for each entry. With $n$ rows and $m$ outputs, the loss is the mean of the
# squares of all $nm$ residuals $r_{ij} = \hat y_{ij} - y_{ij}$, here ten:
#
# $$L = \frac{1}{nm}\sum_i\sum_j r_{ij}^2 \qquad
# \frac{\partial L}{\partial w_{jk}} = \frac{2}{nm}\sum_i r_{ij}\,x_{ik} \qquad
# \frac{\partial L}{\partial b_j} = \frac{2}{nm}\sum_i r_{ij}$$
#
# For $w_{jk}$, only the residuals of output $j$ count, each times input $k$ of its row. For
# apples and temperature:
#
# $$\tfrac{2}{10}\,(-9.44\cdot 73 - 8.61\cdot 91 - 2.94\cdot 87 - 29.76\cdot 102 + 1.77\cdot 69)
# = -928$$

# %% [markdown] tags=["slide"]
# A gradient has the shape of its tensor: one derivative for each entry. $r_{ij}$ is the residual of
# row $i$ and output $j$. The last line: apples and temperature.

# %%
r = x @ w.T + b - y  # (5, 2): the residuals
print("residuals of the apples", r[:, 0].detach())
loss = (r**2).mean()
print(f"loss {loss.item():.4f}")

w.grad = None
b.grad = None
loss.backward()
print("w.grad", tuple(w.grad.shape), w.grad)
print("b.grad", tuple(b.grad.shape), b.grad)

# %% [markdown]
# In each row, a weight's derivative is more than forty times the bias's, in size: its
# residuals are multiplied by the inputs, the bias's by ones.
#
# ### Exercise 1 (write): the gradient of many outputs
#
# Write both sums without `backward`, for any $n$, $m$ and number of inputs $d$. A matrix
# product sums over its inner number. These sums run over the rows, so $n$ must stand
# inside: which factor do you transpose to get the shape of `w`? (`y.numel()` counts the
# entries of `y`; `dim=0` is PyTorch's `axis=0`.)

# %% [markdown] tags=["slide"]
# Write both sums without `backward`, for any $n$, $m$ and number of inputs $d$. They run over the
# rows, so $n$ must stand inside: which factor do you transpose? (`y.numel()` counts entries,
# `dim=0` is `axis=0`.)


# %% tags=["exercise", "write"]
def mse_gradient(x, y, w, b):
    """dw of shape (m, d) and db of shape (m,), the derivatives of the MSE."""
    r = ...  # (n, m)
    dw = ...
    db = ...
    return dw, db


# %%
check.mse_gradient(mse_gradient)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def mse_gradient(x, y, w, b):
#     """dw of shape (m, d) and db of shape (m,), the derivatives of the MSE."""
#     r = x @ w.T + b - y
#     dw = 2 / y.numel() * r.T @ x
#     db = 2 / y.numel() * r.sum(dim=0)
#     return dw, db
# ```
#
# (m, n) @ (n, d) gives (m, d): the rows are added up, and `dw` has the shape of `w`.
#
# </details>
#
# ## How far does the tutorial get?
#
# The tutorial takes 102 steps with the learning rate 0.00001. In the loop, only the
# prediction is new.


# %% tags=["code"]
def train(w, b, x, y, lr, n_epochs):
    """Move w and b in place; the loss before each step and after the last."""
    losses = []  # 0 start: w and b as they are
    for epoch in range(n_epochs):
        y_pred = x @ w.T + b  # 1 predict, new
        loss = ((y_pred - y) ** 2).mean()  # 2 loss
        losses.append(loss.item())
        w.grad = None  # 3 gradients
        b.grad = None
        loss.backward()
        with torch.no_grad():  # 4 update
            w -= lr * w.grad
            b -= lr * b.grad
    y_pred = x @ w.T + b
    losses.append(((y_pred - y) ** 2).mean().item())
    return losses


# %% tags=["printed"]
w, b = start()  # 0 start
y_start = x @ w.T + b
losses = train(w, b, x, y, lr=1e-5, n_epochs=102)
y_end = x @ w.T + b
print("steps   published      ours")
for k, published in {0: 1779.40, 1: 1238.97, 2: 874.39, 102: 52.17}.items():
    print(f"{k:5}   {published:9.2f}   {losses[k]:7.2f}")
apples, oranges = y_end[0].tolist()
print(f"region 1 is predicted {apples:.2f} and {oranges:.2f} t/ha")

# %% [markdown] tags=["slide"]
# For region 1, the published predictions are 55.12 and 72.09; it harvested 56 and 70. The tutorial
# stops: is it done?

# %% [markdown]
# Our losses agree with the published ones, as far as a rounded start allows. For region 1,
# the published predictions are 55.12 and 72.09; it harvested 56 and 70. It looks like a
# good fit; the tutorial stops.

# %% [markdown] tags=["deeper"]
# ### Deeper: the tutorial's numbers in full
#
# Its predictions beside the targets. The published table begins with region 1, 46.56 and
# 119.06 at the start, 55.12 and 72.09 at the end, and ours agree digit for digit:

# %% tags=["deeper"]
print("region   targets          at the start     after 102 steps")
for k in range(5):
    row = [*y[k].tolist(), *y_start[k].tolist(), *y_end[k].tolist()]
    print(f"{k + 1:6}", "".join(f"{value:8.2f}" for value in row))

w, b = start()
((x @ w.T + b - y) ** 2).mean().backward()
sizes = abs(w.grad).sum() + abs(b.grad).sum()  # abs: without the sign
print(f"\nrounding may move the first loss by {0.00005 * sizes.item():.3f}")
print(f"it is off by                        {1779.40 - losses[0]:.3f}")

# %% [markdown] tags=["deeper"]
# Why is the first loss 1779.12 and not 1779.40? The published start is rounded, so each of
# its eight numbers may be off by 0.00005. A derivative says how much the loss moves when a
# parameter moves; so in the worst case, they move it by 0.00005 times the sum of the
# derivatives' sizes. The difference is smaller: no reason to suspect your loop.

# %% [markdown]
# ## Whose loss do you print?
#
# A loss belongs to the `w` and `b` that made its predictions. `y_pred` is ten numbers:
# after an update it is **stale**, computed before something it depends on changed.

# %% [markdown] tags=["slide"]
# A loss belongs to the `w` and `b` that made its predictions.
#
# **You print `loss` after the update. Whose loss is it?**

# %% [markdown]
# ### Break it: predictions made once
#
# To save work, someone predicts once, before the loop.
#
# > **Predict.** Which loss does this loop report in epoch 0, and which in epoch 1?

# %% tags=["code"]
w, b = start()  # 0 start
y_pred = x @ w.T + b  # 1 predict, once
try:
    for epoch in range(102):
        loss = ((y_pred - y) ** 2).mean()  # 2 loss
        true_loss = ((x @ w.T + b - y) ** 2).mean()
        print(f"epoch {epoch}: reported {loss:.2f}, true {true_loss:.2f}")
        w.grad = None  # 3 gradients
        b.grad = None
        loss.backward()
        with torch.no_grad():  # 4 update
            w -= 1e-5 * w.grad
            b -= 1e-5 * b.grad
except RuntimeError as error:
    print(str(error).split(" (")[0])

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Both times 1779.12, though one step brings the true loss down to 1238.78.
#
# </details>
#
# Then comes a loud bug: the graph from `w` to `y_pred` was built once, and the first
# `backward()` used it up. So predict in the loop. And `loss`, printed after an update, is
# the one from *before* it.

# %% [markdown] tags=["slide"]
# Both times 1779.12: after an update, `y_pred` is **stale**. Then the second `backward()` finds no
# graph. So predict in the loop; a `loss` printed after the update is the one from *before* it.

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: closed eyes
#
# PyTorch's message goes on, and offers `retain_graph=True`, which keeps the graph. Many
# people take it.

# %% tags=["deeper"]
w, b = start()  # 0 start
y_pred = x @ w.T + b  # 1 predict, once
for epoch in range(21):
    loss = ((y_pred - y) ** 2).mean()  # 2 loss
    true_loss = ((x @ w.T + b - y) ** 2).mean()
    w.grad = None  # 3 gradients
    b.grad = None
    loss.backward(retain_graph=True)
    with torch.no_grad():  # 4 update
        w -= 1e-5 * w.grad
        b -= 1e-5 * b.grad
    if epoch % 5 == 0:
        print(f"epoch {epoch:2}   reported {loss:.2f}   true {true_loss:.2f}")

# %% [markdown] tags=["deeper"]
# Now it is silent. Each step follows the *first* gradient: one look at the slope, then on
# with closed eyes, through the valley and up the other side. If a loss changes in no digit
# from the first step on, its predictions are stale, or no update reaches `w`.

# %% [markdown]
# ## Is the fit done?
#
# Looking done is not being done: ask the truth panel. It has a block for each recipe. They
# share $x$, the learning rate and the $2/(nm)$, so their bowls have the same four
# curvatures.
#
# Along an axis of the bowl ([lesson 02](02_how_far_to_step.ipynb#What-sets-the-limit,-and-what-the-speed?)), each step multiplies
# the distance from the bottom by $1 - \mathrm{lr}\cdot\lambda$.
#
# > **Predict.** The smallest eigenvalue is $\lambda = 0.00819$. Which percentage of the
# > distance is left on its axis after 102 steps with lr = 0.00001? Type it, in percent.

# %% [markdown] tags=["slide"]
# Along each axis, a step multiplies the distance from the bottom by
# $1 - \mathrm{lr}\cdot\lambda$.

# %% tags=["printed"]
my_prediction = ...  # your number

w, b = start()
first = torch.vstack([w.T, b])  # (4, 2), a copy: b is a row under w.T
train(w, b, x, y, lr=1e-5, n_epochs=102)
fit = torch.vstack([w.T, b])
A = descent.design_matrix(x)  # (5, 4): ones, so A @ fit is x @ w.T + b
parameters = [*inputs, "b"]
plots.truth_panel(A, y, fit, 1e-5, names=parameters, outputs=outputs)
plots.axis_by_axis(A, y, first, fit, 1e-5, 102, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# 99.9992%: that axis has hardly begun. The steepest is done; the two in the middle hold the loss
# that is left, 25.88 and 25.78.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 99.9992%: 102 steps take away about $102\cdot 0.00001\cdot 0.00819$ of it.
#
# </details>
#
# The panel says NO eight times. The steepest axis, which held most of the loss, is done.
# The two in the middle hold what is left, 25.88 and 25.78; the least possible is 0.483. The
# flattest hardly touches the loss, but spoils a parameter, `b`.
#
# A larger rate would help the two in the middle, but hardly the flattest. The steepest axis
# sets the limit, 0.0001117. The flattest alone would allow κ times that, two million times
# as much.
#
# Why is κ so large? All temperatures are far from zero, and close together: raise their
# weight a little, lower `b` to match, and the predictions hardly change.
#
# ## What does standardising change?
#
# Standardise each column, as in [lesson 02](02_how_far_to_step.ipynb#Can-you-make-the-bowl-round?), and start at zero
# (`torch.zeros`). With lr = 0.5, the 102 steps are enough.

# %% [markdown] tags=["slide"]
# Standardise each column ([lesson 02](02_how_far_to_step.ipynb)), and start at zero: with lr = 0.5,
# as many steps are enough.

# %%
mean = x.mean(dim=0)  # (3,)
std = x.std(dim=0, correction=0)  # (3,); correction=0: divide by n, not n - 1
x_std = (x - mean) / std  # (5, 3) - (3,): broadcast to every row
print("standard deviations", std)
w_std = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
b_std = torch.zeros(2, dtype=torch.float64, requires_grad=True)
train(w_std, b_std, x_std, y, lr=0.5, n_epochs=102)
both = {"raw inputs": y_end, "standardised": x_std @ w_std.T + b_std}
plots.predictions_against_targets(y, both, outputs, "t/ha")

A_std = descent.design_matrix(x_std)
fit = torch.vstack([w_std.T, b_std])
plots.truth_panel(A_std, y, fit, 0.5, names=parameters, outputs=outputs)

# %% [markdown]
# Each prediction nearly equals its target (dashed), and all eight parameters have
# converged. κ is 6.947, not one, mostly because wet regions are humid, too.
#
# ## How do you get the units back?
#
# No new training: rearrange. For one input, with the standardised weight $v$ and bias $c$:
#
# $$\hat y = v\,\frac{x - \mu}{\sigma} + c
# = \frac{v}{\sigma}\,x + \left(c - \frac{v}{\sigma}\,\mu\right)$$
#
# So divide each weight by the standard deviation of its column. For apples and rain, 25.76
# t/ha for each standard deviation of 30.39 mm is 25.76 / 30.39 = 0.848 t/ha for each mm.
# Then subtract from the bias, for every input, the *new* weight times the mean.
#
# In code, a tensor of shape (d,) counts as a row on the left of `@` and as a column on the
# right, and one axis is left: `(2, 3) @ (3,)` and `(3,) @ (3, 2)` are `(2,)`.
#
# Region 1 has 73 °F, 67 mm and 43%, and the best fit gives it 56.89 t/ha of apples. Region
# 6 has 75 °F, 63 mm and 44%.
#
# > **Predict.** What does it give region 6? The weights are −0.388 for each °F, 0.848 for
# > each mm, 0.698 for each %.

# %% [markdown] tags=["slide"]
# Region 1 (73 °F, 67 mm, 43%): 56.89 t/ha of apples. Region 6: 75, 63, 44.

# %%
my_prediction = ...  # your number

w_back = w_std.detach() / std  # (2, 3) / (3,); detach: no more training
b_back = b_std.detach() - w_back @ mean  # (2,) - (2, 3) @ (3,)
print("weights", w_back)
print("biases ", b_back)
one = x[0] @ w_back.T + b_back
print("region 1, with", x[0].tolist(), "is predicted", one)

harvest = six @ w_back.T + b_back  # (3,) @ (3, 2) + (2,)
plots.each_input(
    x, y, table.x_names, table.y_names, six, harvest, prediction=my_prediction
)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# It is two °F warmer, four mm drier and one % more humid:
# $56.89 - 2\cdot 0.388 - 4\cdot 0.848 + 0.698 = 53.42$.
#
# </details>
#
# So region 6 gets 53.42 t/ha of apples and 67.12 of oranges. And the weights are those of
# the first panel's row *least squares*.
#
# ### Exercise 2 (transfer): a thermometer in °C
#
# A farmer reads °C, where °F = 1.8 · °C + 32. Turn trained `w` and `b` into ones for inputs
# whose first column is in °C, with the same predictions and no training. (`w[:, 0]` is a
# first column. Don't change `w` itself.)

# %% [markdown] tags=["slide"]
# A farmer reads °C, where °F = 1.8 · °C + 32. Turn trained `w` and `b` into ones whose first input
# is in °C: the same predictions, no training. (`w[:, 0]` is a first column; don't change `w`
# itself.)


# %% tags=["exercise", "transfer"]
def to_celsius(w, b):
    """w of shape (m, d) and b of shape (m,) for a first input in °C."""
    w_c = ...
    b_c = ...
    return w_c, b_c


# %%
check.to_celsius(to_celsius)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def to_celsius(w, b):
#     """w of shape (m, d) and b of shape (m,) for a first input in °C."""
#     w, b = w.detach(), b.detach()
#     w_c = w.clone()
#     w_c[:, 0] = 1.8 * w[:, 0]
#     b_c = b + 32 * w[:, 0]
#     return w_c, b_c
# ```
#
# Put 1.8 · °C + 32 in place of °F: one °C is 1.8 °F, so its weight is 1.8 times as large,
# and 0 °C is 32 °F, so the bias takes over 32 times the *old* weight. `detach`, since
# nothing is trained any more.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: would other units have been enough?
#
# Could you get a round bowl without standardising? Try degrees Celsius, then metres of rain
# besides, then °F, mm and % counted from the means.
#
# > **Predict.** Which of the three has the smallest κ?

# %% tags=["deeper"]
celsius = x.clone()
celsius[:, 0] = (x[:, 0] - 32) / 1.8
metres = celsius.clone()
metres[:, 1] = celsius[:, 1] / 1000
units = {"°F, mm, %": x, "°C, mm, %": celsius, "°C, m, %": metres}
units["minus the means"] = x - mean
for name, columns in units.items():
    bowl = descent.QuadraticLoss(descent.design_matrix(columns), y)
    kappa = bowl.eigenvalues[-1] / bowl.eigenvalues[0]
    print(f"{name:15}   κ = {kappa:11,.1f}   limit {bowl.max_lr:.3g}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Subtracting the means: from two million to 1,023.0.
#
# </details>
#
# Celsius helps: its numbers are smaller, because its zero is closer to the data. Metres
# allow a larger rate, but κ is worse, eight million: a curvature grows with the square of
# its inputs, and rain is now a tiny number. Most of the harm comes from zeros that are far
# away, most of the rest from unequal standard deviations.

# %% [markdown] tags=["deeper"]
# ## Deeper: what is a correlation?
#
# Why isn't κ = 1 here? Multiply two standardised columns row by row and take the mean: that
# is their **correlation**. It lies between −1 and 1. At 1 or −1 the points lie on a line
# that rises or falls; at 0 no *line* helps to predict one from the other.

# %% tags=["deeper"]
rho = (x_std[:, 1] * x_std[:, 2]).mean()
print(f"rainfall, humidity: {rho:.4f}")
t = np.linspace(-1, 1, 21)
pairs = {
    "rainfall against humidity": (x[:, 1], x[:, 2]),
    "1 − 2t against t": (1 - 2 * t, t),
    "t² against t": (t**2, t),
}
plots.correlations(pairs)

# %% [markdown] tags=["deeper"]
# On the right, $t$ determines $t^2$ completely, and the correlation is 0: 0 doesn't mean
# *unrelated*. And in a few rows of pure noise the correlation is seldom 0.
#
# Two standardised columns with the correlation $\rho$, without the third, make a bowl whose
# curvatures are proportional to $1 + \rho$, $1 - \rho$ and, for $b$, 1. For $\rho > 0$ it
# is flattest where one weight grows and the other shrinks.

# %% [markdown] tags=["deeper"]
# ## Deeper: what if the targets are standardised, too?
#
# People often do that. Then the model predicts $(y - \mu_y)/\sigma_y$, and the harvest is
# that times $\sigma_y$, plus $\mu_y$.
#
# ### Deeper: Exercise 3 (fix): units for both
#
# The function should return `w` and `b` for raw inputs *and* raw targets. `x_mean` and
# `x_dev` have the shape (d,), `y_mean` and `y_dev` the shape (m,). The two lines in the
# comments forget the targets; fix them, and mind the shapes.


# %% tags=["deeper", "exercise", "mend"]
def to_original_units(w_std, b_std, x_mean, x_dev, y_mean, y_dev):
    """w (m, d) and b (m,), so that x @ w.T + b predicts the raw y."""
    w = ...  # it was w_std / x_dev
    b = ...  # it was b_std - w @ x_mean
    return w, b


# %% tags=["deeper"]
check.to_original_units(to_original_units)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def to_original_units(w_std, b_std, x_mean, x_dev, y_mean, y_dev):
#     """w (m, d) and b (m,), so that x @ w.T + b predicts the raw y."""
#     w = y_dev.reshape(-1, 1) * w_std / x_dev
#     b = y_mean + y_dev * b_std - w @ x_mean
#     return w, b
# ```
#
# `x_dev`, (d,), runs along the columns by itself. `y_dev`, (m,), must become a column, (m,
# 1), to run along the rows. Where m equals d, PyTorch would not have complained.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: can you trust the sixth region?
#
# First, standardise its readings with the old means and standard deviations, the ruler of
# [lesson 02](02_how_far_to_step.ipynb#Deeper:-break-it:-a-ruler-of-its-own). The second line forgets to, so the standardised
# weights meet the raw readings:

# %% tags=["deeper"]
print("right ruler:", ((six - mean) / std @ w_std.T + b_std).detach())
print("no ruler:   ", (six @ w_std.T + b_std).detach())

# %% [markdown] tags=["deeper"]
# PyTorch doesn't complain: the shapes are the same. You would notice more than a thousand
# tons; with inputs between 0 and 1 you might notice nothing. Keep `mean` and `std` of the
# *training* rows beside the weights.
#
# Then, how large are the errors? On the five rows the RMSE is $\sqrt{0.483} = 0.695$ t/ha.
# But those rows made the fit. An honest test leaves one region out, fits the other four,
# and predicts the one it has not seen.
#
# > **Predict.** Each fruit has four parameters. How well does it fit four rows?

# %% tags=["deeper"]
left_out = []
for i in range(5):
    others = [k for k in range(5) if k != i]
    p = np.linalg.lstsq(A[others], table.y[others])[0]  # (4, 2)
    left_out.append(A[i] @ p)
    errors = A[others] @ p - table.y[others]
    print(f"without region {i + 1}: MSE on the others {(errors**2).mean():.6f}")
best = A @ descent.QuadraticLoss(A, y).minimizer
left_out = np.array(left_out)  # (5, 2)
products = (best - table.y) * (left_out - table.y)
print("error times left-out error, apples:", products[:, 0].round(2))
plots.errors_by_row(y, best, left_out, outputs, "t/ha")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Perfectly, whatever the harvests are: four equations with four unknowns, and no row that
# follows from the others.
#
# </details>
#
# A loss of zero means nothing there. And look at region 3: in the fit to all five its error
# is the smallest, and left out it is missed most, by 18.29 t/ha of apples. That is no
# accident. With one row more than parameters, the errors are always a multiple of one
# pattern, set by `x`. A row's error is
# proportional to its entry in it, its left-out error to one over that entry, so for apples
# each product is 4.81. A small error on a row that made the fit may hide a large one.
#
# So don't trust the apples; the oranges, which follow the weather more closely, do better.
# Four parameters want far more than five rows. [Lesson 10](10_what_a_fit_is_worth.ipynb#Can-a-fit-be-too-good?)
# says more.

# %% [markdown]
# ## Three questions
#
# **Your `w` has four rows and seven columns. How many inputs does the model have?**
#
# <details><summary>Answer</summary>
#
# Seven.
#
# </details>
#
# **You print `loss` after the update. Whose loss is it?**
#
# <details><summary>Answer</summary>
#
# That of the `w` and `b` before it.
#
# </details>
#
# **A loss has fallen from 1779.12 to 52.17. Is the fit done?**
#
# <details><summary>Answer</summary>
#
# The loss alone can't tell; compare it with the least possible.
#
# </details>
#
# ## Recap
#
# **New words:** matrix product, transpose, shape diary, stale.
#
# **New names:** `dtype=`, `torch.float64`, `dim=`, `torch.vstack`, `correction=`,
# `torch.zeros`, `.numel`.
#
# **New words, deeper:** correlation.
#
# **Next**, in [lesson 06](06_the_linear_layer.ipynb), one object holds `w` and `b`, and
# another takes the step.
#
# Back to [lesson 04](04_raw_autograd_tensors.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
