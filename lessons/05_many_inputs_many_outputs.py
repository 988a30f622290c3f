# %% [markdown] slideshow={"slide_type": "slide"}
# # 05 Many inputs, many outputs
#
# One weight and one bias were a line. Now three inputs predict two outputs at once, and the whole
# model still is one line of code, as long as the shapes fit. You keep a diary of them.
#
# **You will be able to**
#
# - predict the shape of every tensor in `x @ w.T + b`, and of its gradients,
# - write the loss and its gradient for any number of inputs and outputs,
# - spot a loss that was computed from stale predictions,
# - say why a published learning rate is as tiny as 0.00001, and how standardising makes it 0.5,
# - turn weights of standardised inputs back into weights with units.
#
# **Builds on** [lesson 00](00_start_here.ipynb) (shapes, broadcasting), [02](02_how_far_to_step.ipynb) (learning rates, the truth panel) and [04](04_raw_autograd_tensors.ipynb)
# (`backward`, `no_grad`, zeroing). **Takes** about 115 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What do five regions tell?
#
# Five regions grow apples and oranges. For each you know last summer's temperature, rainfall and
# humidity, and what it harvested, in tons per hectare (t/ha). The numbers are made up; they are
# those of a published tutorial, whose figures this lesson checks.
#
# **Predict.** When you have read the table: if you had to guess a yield from one input alone,
# which would you take?

# %% slideshow={"slide_type": "subslide"}
import textwrap

import numpy as np
import torch

from course_utils import data, descent, plots
from course_utils.checks import many_inputs as check

table = data.fruit_yields()
inputs = [name for name, _ in table.x_names]
outputs = [name for name, _ in table.y_names]
table

# %% slideshow={"slide_type": "subslide"}
plots.each_input(table.x, table.y, table.x_names, table.y_names)

# %% [markdown]
# Rainfall: along it both yields rise, and almost on a line. They rise with humidity too, less
# regularly. But look at the numbers of the regions: the wet ones are the humid ones as well. How
# much of a harvest is due to which of the two? A model has to share it out.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One equation for each fruit
#
# Each output gets its own weighted sum of the inputs, and its own bias. The indices count from 0,
# as Python does: region 1 is $i = 0$. For the region $i$, with temperature $x_{i0}$, rainfall
# $x_{i1}$ and humidity $x_{i2}$:
#
# $$\hat y_{i0} = w_{00}\,x_{i0} + w_{01}\,x_{i1} + w_{02}\,x_{i2} + b_0 \qquad\text{(apples)}$$
# $$\hat y_{i1} = w_{10}\,x_{i0} + w_{11}\,x_{i1} + w_{12}\,x_{i2} + b_1 \qquad\text{(oranges)}$$
#
# That makes six weights and two biases. The weights go into a table $w$ with **one row for each
# output and one column for each input**, the biases into a list $b$.

# %% slideshow={"slide_type": "subslide"}
x = torch.from_numpy(table.x)  # (5, 3)
y = torch.from_numpy(table.y)  # (5, 2)


def start():
    """The tutorial's random start, as it prints it: w of shape (2, 3) and b of shape (2,)."""
    w = torch.tensor([[-0.8474, 1.0004, 0.9559], [0.3555, 1.1560, 0.3668]], requires_grad=True)
    b = torch.tensor([0.2883, -0.1208], requires_grad=True)
    return w, b


w, b = start()
apples = 73 * w[0, 0] + 67 * w[0, 1] + 43 * w[0, 2] + b[0]
print(f"apples in region 1: {apples.item():.4f} t/ha")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Ten such sums are needed: five regions, two fruits. The **matrix product** `@` does all of them.
# The entry in row $i$ and column $j$ of `left @ right` is row $i$ of `left` times column $j$ of
# `right`: multiply number by number, then add up. So a row of `left` must be as long as a column
# of `right`:
#
# $$(n, k)\ @\ (k, m) \rightarrow (n, m)$$
#
# The two inner numbers must be equal, and they vanish. A region is a *row* of `x`, and an output's
# weights are a *row* of `w`. To make them columns, take the **transpose** `w.T`, which swaps rows
# and columns.
#
# **Predict.** Write the shapes of `w.T`, `x @ w.T` and `x @ w.T + b` on paper. This is the shape
# diary. Keep one for every model that you write.

# %% slideshow={"output": "subslide"} tags=["cover"]
y_pred = x @ w.T + b  # (5, 3) @ (3, 2) + (2,) -> (5, 2)
diary = {"x": x, "w": w, "w.T": w.T, "x @ w.T": x @ w.T, "b": b, "x @ w.T + b": y_pred}
for expression, tensor in diary.items():
    print(f"{expression:12} {tuple(tensor.shape)}")
print()

rows = [f"region {k}" for k in range(1, 6)]
plots.matrix_product(x, w.T, ["x", "w.T", "b", "y_pred"], add=b, labels=(rows, inputs, outputs))

# %% [markdown]
# The shaded entry is the sum that you wrote by hand. `b` has the shape (2,), one number for each
# column, and broadcasting ([lesson 00](00_start_here.ipynb)) repeats it for every row: the dotted cells are not stored
# anywhere, they are read from the first row.
#
# A single region, `x[0]`, has the shape (3,): no rows at all. `@` takes it too: (3,) @ (3, 2)
# gives (2,), one prediction for each output.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: a shape diary
#
# A weather service has 200 days with 4 inputs each, `x` of shape (200, 4), and wants 3 outputs a
# day from `y_pred = x @ w.T + b`. Write each shape as a tuple, as the first line does.

# %% tags=["exercise"]
x_shape = (200, 4)
w_shape = ...
b_shape = ...
y_pred_shape = ...
first_day_shape = ...  # the shape of x[0] @ w.T + b
first_rows_shape = ...  # the shape of x[:1] @ w.T + b

# %%
check.shapes(w_shape, b_shape, y_pred_shape, first_day_shape, first_rows_shape)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# x_shape = (200, 4)
# w_shape = (3, 4)
# b_shape = (3,)
# y_pred_shape = (200, 3)
# first_day_shape = (3,)
# first_rows_shape = (1, 3)
# ```
#
# `x[0]` takes one row out, and its axis is gone. `x[:1]` cuts a table of one row. And the number
# of days stands in neither `w` nor `b`: the same model serves one day or a million.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: shapes and types
#
# First the slips that PyTorch catches. A transpose forgotten, and an `x` in double precision,
# which is what NumPy makes of decimal numbers if you don't ask for anything else:

# %%
for slip in (lambda: x @ w, lambda: x.double() @ w.T):
    try:
        slip()
    except RuntimeError as error:
        print("RuntimeError:", error)

# %% [markdown]
# Two **loud** bugs. In the first message, `5x3 and 2x3`, compare the inner numbers: 3 is not 2. In
# the second, `m1` and `m2` are the two matrices: make both `float()` or both `double()`.
#
# **Predict.** Now only rainfall and humidity are inputs, so that `w` is square, (2, 2). Does the
# forgotten transpose still raise an error? And what if the bias has the shape (5, 1)?

# %% slideshow={"slide_type": "subslide"}
x_two, w_two = x[:, 1:], w[:, 1:]
print("x", tuple(x_two.shape), "  w", tuple(w_two.shape))
for name, product in {"x @ w.T": x_two @ w_two.T, "x @ w": x_two @ w_two}.items():
    first = f"first row {product[0, 0]:.3f}, {product[0, 1]:.3f}"
    print(f"{name:8} {tuple(product.shape)}   {first}")

b_column = torch.zeros(5, 1)  # filled with zeros
print("\nbias (5, 1), five regions:", tuple((x @ w.T + b_column).shape))
print("bias (5, 1), one region:  ", tuple((x[:1] @ w.T + b_column).shape))


# %% [markdown]
# Both are **silent**. A square `w` fits either way round, and the sums mix apples with oranges.
# The column of biases broadcasts as well, the other way: one bias for each *region*, shared by
# both fruits. That even trains. It shows when a single new region comes in and five predictions
# come out. Only the diary finds such bugs: as many biases as outputs, shape `(2,)`.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One number for ten errors
#
# There are $n = 5$ rows, $d = 3$ inputs and $m = 2$ outputs, so there are ten errors
# $e_{ij} = \hat y_{ij} - y_{ij}$, one for each row $i$ and output $j$. The loss is the mean of all
# ten squares:
#
# $$L(w, b) = \frac{1}{n\,m}\sum_i \sum_j e_{ij}^2$$
#
# **Predict.** In the drawing above, region 1 is predicted at 46.559 and 119.055 t/ha. The targets
# are 56 and 70. Which fruit makes most of the loss?


# %% slideshow={"slide_type": "subslide", "output": "subslide"}
def model(x, w, b):
    """Predictions of shape (n, m) from x (n, d), w (m, d) and b (m,)."""
    return x @ w.T + b


def mse(y_pred, y):
    """The mean of all squared errors; both of shape (n, m)."""
    return ((y_pred - y) ** 2).mean()


y_pred = model(x, w, b)  # (5, 2)
loss = mse(y_pred, y)
for name, predicted, wanted in zip(outputs, y_pred[0], y[0], strict=True):
    print(f"region 1, {name}: {predicted:.3f} predicted, {wanted:.0f} wanted")
print(f"first loss {loss.item():.3f}   published 1779.40   RMSE {loss.item() ** 0.5:.3f} t/ha")
squares = (y_pred - y) ** 2  # (5, 2)
apples, oranges = squares.mean(dim=0)  # (2,)
print(f"mean over rows only:       apples {apples:.3f}, oranges {oranges:.3f}")
print(f"summed over outputs first: {squares.sum(dim=1).mean():.3f}")

# %% [markdown]
# The oranges. `dim=0` names the axis along which the mean is taken, the rows; that axis vanishes,
# (5, 2) becomes (2,). The mean of those two numbers is the loss.
#
# The last line shows a trap. Some people sum over the outputs and take the mean over the rows
# only. It is as good a loss, but it is $m$ times ours, here twice, and so are its gradients: the
# same learning rate then takes steps twice as long. Before you compare two losses, ask what each
# one is the mean of.
#
# And why is the first loss 1779.12, and not 1779.40? The next section can tell.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which shape has a gradient?
#
# $w_{jk}$, the weight of output $j$ for input $k$, appears in the predictions of output $j$ only,
# each time multiplied by $x_{ik}$. So [lesson 01](01_gradient_descent_by_hand.ipynb)'s chain rule gives
#
# $$\frac{\partial L}{\partial w_{jk}} = \frac{2}{n\,m}\sum_i e_{ij}\,x_{ik}
# \qquad\qquad
# \frac{\partial L}{\partial b_j} = \frac{2}{n\,m}\sum_i e_{ij}$$
#
# **Predict.** Which shapes do `w.grad` and `b.grad` have? Which is larger in size, a derivative by
# a weight or one by a bias?

# %% slideshow={"output": "subslide"}
w.grad = b.grad = None  # else a second run of this cell would add to them
loss = mse(model(x, w, b), y)
loss.backward()
print("w.grad", tuple(w.grad.shape), "  b.grad", tuple(b.grad.shape), "\n")
print(" " * 8 + "".join(f"{name:>13}" for name in [*inputs, "b"]))
for output, dw, db in zip(outputs, w.grad.tolist(), b.grad.tolist(), strict=True):
    print(f"{output:8}" + "".join(f"{value:13.3f}" for value in [*dw, db]))

reach = 0.00005 * (w.grad.abs().sum() + b.grad.abs().sum())  # abs: without the signs
print(f"\nthe inputs lie between {x.min():.0f} and {x.max():.0f}")  # smallest, largest
print(f"rounding the start moves the first loss by up to {reach.item():.3f}")


# %% [markdown]
# A gradient has the shape of what it is the gradient *of*: one derivative for each parameter. The
# apples' derivatives are negative (predicted too low, on the whole), the oranges' positive. The
# derivatives by weights are dozens of times larger, because each error is multiplied by an input,
# and the inputs lie between 37 and 134. Keep that in mind.
#
# The last line answers the open question. A derivative says how much the loss moves when a
# parameter moves. The tutorial prints its start rounded to four digits, so each of the eight
# numbers may be off by 0.00005, and all together can move the loss by 0.746. The published 1779.40
# and our 1779.12 differ by less than that, two parts in ten thousand. Expect the same of all
# published figures here.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: the gradient of many outputs
#
# Write both sums without a loop and without `backward`, for any n, d and m. `y.numel()` counts
# the entries of `y`. Let the shapes lead you: `dw` must come out with the shape of `w`.


# %% tags=["exercise"]
def mse_gradient(x, y, w, b):
    """The derivatives of the MSE: dw of shape (m, d) and db of shape (m,)."""
    error = ...  # (n, m)
    dw = ...
    db = ...
    return dw, db


# %%
check.mse_gradient(mse_gradient)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def mse_gradient(x, y, w, b):
#     """The derivatives of the MSE: dw of shape (m, d) and db of shape (m,)."""
#     error = x @ w.T + b - y
#     dw = 2 / y.numel() * error.T @ x
#     db = 2 / y.numel() * error.sum(dim=0)
#     return dw, db
# ```
#
# The sum over the rows must be the inner number that vanishes: (m, n) @ (n, d) gives (m, d).
#
# </details>
#
# Here is that product with the lesson's numbers. Each error meets the inputs of its own region:

# %% slideshow={"slide_type": "subslide"}
error = (y_pred - y).detach()  # (5, 2)
same = torch.allclose(2 / 10 * error.T @ x, w.grad)  # every number, but for rounding
print("equal to autograd's w.grad:", same)
print()
labels = (outputs, rows, inputs)
names = ["error.T", "x", "w.grad"]
plots.matrix_product(error.T, x, names, times=("2/10", 0.2), entry=(1, 0), labels=labels)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Did the step help?
#
# Take one step, with the tutorial's learning rate. Then compute the loss again, to see whether it
# is lower. The tutorial does it as in the first `print`; the second is for comparison.
#
# **Predict.** The loss was 1779.12. What do the two lines print?


# %% slideshow={"output": "subslide"}
def step(w, b, lr):
    """Move w and b in place, against their gradients, and zero these."""
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    w.grad.zero_()  # fills it with zeros
    b.grad.zero_()


step(w, b, lr=1e-5)
print(f"loss of y_pred:         {mse(y_pred, y).item():.3f}")
print(f"loss of model(x, w, b): {mse(model(x, w, b), y).item():.3f}")


# %% [markdown]
# The first is the old loss, to the last digit. Was the step too small to see? No: `y_pred` is
# **stale**. It is no formula that follows `w` around; it holds ten numbers that were computed from
# the old `w`. The step changed `w` and `b`, and nobody computed the predictions again. The second
# line did, and there the step shows.
#
# A stale *report* does no harm to the training. But put the prediction in front of a loop instead
# of into it, and see.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: predictions made once


# %%
def stale_descent(w, b, x, y, lr, n_epochs, **options):
    """Not gradient descent: the predictions are made once, in front of the loop."""
    y_pred = model(x, w, b)
    for epoch in range(n_epochs):
        loss = mse(y_pred, y)
        if epoch % 5 == 0:
            true_loss = mse(model(x, w, b), y)
            print(f"epoch {epoch:2}: reported loss {loss:.2f}, true loss {true_loss:.2f}")
        loss.backward(**options)
        step(w, b, lr)


try:
    stale_descent(*start(), x, y, lr=1e-5, n_epochs=21)
except RuntimeError as error_message:
    print(textwrap.fill(f"RuntimeError: {error_message}", 95))

# %% [markdown]
# Loud, and you know this error from [lesson 04](04_raw_autograd_tensors.ipynb): the first `backward` has used up the graph behind
# `y_pred`. The message also offers a way to silence it. Many people take it.
#
# **Predict.** With `retain_graph=True` the loop runs through. What becomes of the two losses?

# %% slideshow={"slide_type": "subslide"}
stale_descent(*start(), x, y, lr=1e-5, n_epochs=21, retain_graph=True)


# %% [markdown]
# The reported loss stands still. The true one falls, and then climbs without end. Each step goes
# along the *first* gradient, as if you had looked at the slope once and then walked on with closed
# eyes, through the valley and up the other side. A loss that doesn't move in any digit is hardly
# ever a matter of patience: look for something stale.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: mend the loop
#
# Write it so that every loss belongs to the parameters of its moment. `model`, `mse` and `step`
# from above are at your service.


# %% tags=["exercise"]
def fresh_descent(w, b, x, y, lr, n_epochs):
    """Move w and b in place; return the loss before each step and after the last, as floats."""
    losses = []
    ...
    return ...


# %%
check.fresh_descent(fresh_descent)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def fresh_descent(w, b, x, y, lr, n_epochs):
#     """Move w and b in place; return the loss before each step and after the last, as floats."""
#     losses = []
#     for _ in range(n_epochs):
#         loss = mse(model(x, w, b), y)
#         losses.append(loss.item())
#         loss.backward()
#         step(w, b, lr)
#     losses.append(mse(model(x, w, b), y).item())
#     return losses
# ```
#
# The prediction stands inside the loop, in front of the loss that uses it; and once more behind
# the loop, because the last step has made the last prediction stale.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A hundred epochs
#
# The tutorial takes two steps by hand and then a hundred in a loop. The same from its start:


# %%
def train(w, b, x, y, lr, n_epochs):
    """Move w and b in place; return the loss before each step and after the last, as floats."""
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return [*losses, mse(model(x, w, b), y).item()]


w, b = start()
y_start = model(x, w, b).detach()
losses = train(w, b, x, y, lr=1e-5, n_epochs=102)
print("epochs   published   ours")
for k, published in ((0, "1779.40"), (2, " 874.39"), (102, "  52.17")):
    print(f"{k:6}   {published:9}   {losses[k]:8.3f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The published figures, to within the rounding of the start. The tutorial stops here. Do you
# believe the fit? With several inputs no picture shows the line any more. But you can always plot
# each prediction against its target: a perfect fit puts every point on the diagonal.

# %% slideshow={"output": "subslide"}
y_pred = model(x, w, b).detach()
titles = ["at the start", "after 102 epochs"]
plots.predictions_against_targets(y, y_start, y_pred, titles, outputs, "t/ha")
print()

A = descent.design_matrix(x)  # (5, 4): the three inputs and a column of ones
fit = torch.vstack([w.T, b])  # (4, 2): three rows of weights, then the row of biases
parameters = [*inputs, "b"]
plots.truth_panel(A, y, fit, lr=1e-5, names=parameters, outputs=outputs)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The points have moved to the diagonal, and a typical error is 7.223 t/ha. It looks like a fit.
# The panel, now with one block for each output, disagrees: not one of the eight parameters has
# converged, and the loss can go down to 0.483. The weight of the oranges for temperature is
# −0.031, and should be −0.285.
#
# The two blocks also tell that the outputs don't meet. Each has its own row of `w` and its own
# `b`, and each output's errors touch no others. A linear model of two outputs is two models side
# by side, which share `x` and the learning rate.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why is the learning rate so small?
#
# Ask the bowl. Each output has its own, and all of them have the same curvatures, the eigenvalues
# of $H = \frac{2}{n\,m} A^\top A$. Along each axis, a step multiplies the distance from the bottom
# by $1 - \mathrm{lr}\cdot\lambda$ ([lesson 02](02_how_far_to_step.ipynb)).
#
# **Predict.** How many epochs would it take, at this rate, until half of the distance along the
# *flattest* axis is gone: a thousand, a hundred thousand, or ten million?

# %% slideshow={"output": "subslide"}
bowl = descent.QuadraticLoss(A, y)
# `condition_number` is κ.
print(f"largest stable learning rate {bowl.max_lr:.4g}, κ = {bowl.condition_number:,.0f}\n")
print("curvature λ    left after 102 epochs    epochs to halve")
for curvature in bowl.eigenvalues:
    factor = 1 - 1e-5 * curvature
    halving = np.log(0.5) / np.log(factor)  # log: the natural logarithm
    print(f"{curvature:11.6g}    {100 * factor**102:18.4f} %    {halving:15.4g}")

# The columns of `eigenvectors` are the bowl's axes, the flattest first.
axis = bowl.eigenvectors[:, 0] / bowl.eigenvectors[-1, 0]
print("\nflattest axis:", ", ".join(f"{n} {v:.4f}" for n, v in zip(parameters, axis, strict=True)))

# %% [markdown]
# More than eight million epochs, to do *half* of it. The steepest axis forbids any rate above
# 0.0001117, and with 0.00001 you are safely below. But the flattest axis could bear a rate two
# million times the limit, and would need it: that is what $\kappa$ says. And this axis is almost entirely $b$: while $b$
# moves by 1, no weight moves by more than 0.0077.
#
# It is the story of [lesson 02](02_how_far_to_step.ipynb)'s $x$ in minutes. The inputs are numbers like 102 or 134, the column
# of ones that belongs to $b$ holds ones, and each parameter's derivative is multiplied by its own
# column. Nobody chose that. The units did: in degrees Celsius and metres the bowl would be
# another one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does standardising change?
#
# Subtract each column's mean and divide by its standard deviation, for all three columns at
# once: (5, 3) − (3,) broadcasts as `b` did. `correction=0` asks for [lesson 02](02_how_far_to_step.ipynb)'s standard
# deviation, a mean over n; by itself PyTorch divides by n − 1, and NumPy by n. Double precision,
# because you will compare to six decimals.

# %%
mean = x.double().mean(dim=0)  # (3,)
std = x.double().std(dim=0, correction=0)  # (3,)
x_standard = (x - mean) / std  # (5, 3), float64

A_standard = descent.design_matrix(x_standard)  # (5, 4)
bowl_standard = descent.QuadraticLoss(A_standard, y)
print(f"largest stable learning rate {bowl_standard.max_lr:.4f}")
print(f"κ = {bowl_standard.condition_number:.4f}")
print("curvatures", ", ".join(f"{value:.4f}" for value in bowl_standard.eigenvalues))
together = (x_standard[:, 1] * x_standard[:, 2]).mean()
print(f"rainfall times humidity, standardised, mean over rows: {together:.4f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# From two million to 6.9. In [lesson 02](02_how_far_to_step.ipynb) standardising brought $\kappa$ down to 1, so why not here?
# Because the columns still resemble each other. The last line is the **correlation** of rainfall
# and humidity: 1 for two columns that move in step, 0 for two that are unrelated. Wet regions are
# humid, so the bowl stays longer in the direction that exchanges one for the other.
#
# **Predict.** Start from zero, with the rate 0.5, half of the limit. After how many epochs is
# the loss below the 52.17 of the raw inputs?

# %% slideshow={"output": "subslide"}
# `dtype=torch.float64` asks for NumPy's precision.
w_standard = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
b_standard = torch.zeros(2, dtype=torch.float64, requires_grad=True)
losses_standard = train(w_standard, b_standard, x_standard, y, lr=0.5, n_epochs=100)

for k in (0, 1, 2, 3, 4, 5, 20, 100):
    print(f"epoch {k:3}   loss {losses_standard[k]:11.6f}")
print()
plots.two_scales(x, x_standard, y, losses, losses_standard, [1e-5, 0.5])

# %% slideshow={"slide_type": "subslide"}
fit_standard = torch.vstack([w_standard.T, b_standard])  # (4, 2)
plots.truth_panel(A_standard, y, fit_standard, lr=0.5, names=parameters, outputs=outputs)

# %% [markdown]
# It starts from a far higher loss, and four epochs later it is below what the raw run reached in
# 102. After a hundred all eight parameters have converged, and 0.483 is the least that any linear
# model can reach on these rows.
#
# These weights can be compared with each other: each says how many t/ha a change of *one standard
# deviation* makes. Rainfall moves both fruits most. And each bias, 76.2 and 92, is the mean yield
# of its fruit, since the standardised columns are zero on average.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How do you get the units back?
#
# A farmer asks for tons per millimetre, not per standard deviation. Put the definition of the
# standardised input into the model, with $\mu_k$ the mean and $\sigma_k$ the standard deviation of
# column $k$, and $v$ and $c$ the weights and biases of the standardised inputs. Then sort by $x$:
#
# $$\hat y_j = \sum_k v_{jk}\,\frac{x_k - \mu_k}{\sigma_k} + c_j
# = \sum_k \underbrace{\frac{v_{jk}}{\sigma_k}}_{w_{jk}}\,x_k
# + \underbrace{c_j - \sum_k \frac{v_{jk}}{\sigma_k}\,\mu_k}_{b_j}$$
#
# Divide each weight by its column's standard deviation. Then subtract from each bias what the new
# weights make of the means. No training, only algebra.

# %% slideshow={"slide_type": "subslide"}
w_back = w_standard / std  # (2, 3) / (3,)
b_back = b_standard - w_back @ mean  # (2,) - (2, 3) @ (3,)

from_raw = model(x.double(), w_back, b_back)
from_standard = model(x_standard, w_standard, b_standard)
print("the same predictions:", torch.allclose(from_raw, from_standard))
print()
fit_back = torch.vstack([w_back.T, b_back])  # (4, 2)
plots.truth_panel(A, y, fit_back, lr=None, names=parameters, outputs=outputs)


# %% [markdown]
# All converged, on the *raw* design matrix with its $\kappa$ of two million. You descended in a
# round bowl and carried the result over. Now the weights have units: one °F more goes with 0.388
# t/ha of apples less, one millimetre of rain with 0.848 t/ha more, the other inputs unchanged.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: when the targets are standardised too
#
# People often standardise `y` as well, with `y_mean` and `y_std` of shape (m,). Then the model's
# output must be multiplied by `y_std`, and `y_mean` added. Find `w` and `b` for raw inputs and raw
# outputs. Mind the shapes: `y_std` has one number for each *row* of `w`.


# %% tags=["exercise"]
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    """w of shape (m, d) and b of shape (m,), such that x @ w.T + b predicts the raw y."""
    w = ...
    b = ...
    return w, b


# %%
check.to_original_units(to_original_units)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
#     """w of shape (m, d) and b of shape (m,), such that x @ w.T + b predicts the raw y."""
#     w = y_std.reshape(-1, 1) * w_standard / x_std
#     b = y_mean + y_std * b_standard - w @ x_mean
#     return w, b
# ```
#
# `x_std`, (d,), runs along the columns by itself. `y_std`, (m,), must be made a column, (m, 1), to
# run along the rows. Where m equals d, PyTorch would not have told you.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What about a sixth region?
#
# It reports 75 °F, 63 mm and 44 %. Three ways to ask, and one of them is wrong. Which one?

# %%
new = torch.tensor([[75.0, 63.0, 44.0]], dtype=torch.float64)  # (1, 3)
answers = {
    "raw weights, raw input": model(new, w_back, b_back),
    "standardised weights and input": model((new - mean) / std, w_standard, b_standard),
    "standardised weights, raw input": model(new, w_standard, b_standard),
}
for way, prediction in answers.items():  # each of shape (1, 2)
    print(f"{way:33}" + "".join(f"{v:10.2f} t/ha" for v in prediction[0].tolist()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# The last one, and without a word: the shapes are the same. Seventeen hundred tons you would
# notice; with inputs that lie nearer to 0 and 1 you might not. The mean and the standard deviation
# of the *training* rows are part of the model. Keep them beside the weights, and use them, never
# those of the new rows, on everything that comes in.
#
# So the model says 53.42 t/ha of apples and 67.12 t/ha of oranges. Will it be right? The typical
# error on our five rows is small, $\sqrt{0.483}$, about 0.70 t/ha. But those rows made the fit. An honest
# test takes one region out, fits the other four, and predicts the one that it has not seen.
#
# **Predict.** Each output has four parameters. How well do they fit four rows?

# %% slideshow={"output": "subslide"}
left_out = np.zeros((5, 2))  # filled row by row
for i in range(5):
    others = [k for k in range(5) if k != i]
    p = np.linalg.lstsq(A[others], table.y[others])[0]  # (4, 2)
    left_out[i] = A[i] @ p
    # np.mean: as .mean() of an array
    loss_others = np.mean((A[others] @ p - table.y[others]) ** 2)
    print(f"without region {i + 1}: loss on the other four {loss_others:.6f}")
print()
# `minimizer`: the parameters with the least loss
plots.errors_by_row(y, A @ bowl.minimizer, left_out, ["all five", "left out"], outputs, "t/ha")

errors = A @ bowl.minimizer - table.y  # (5, 2)
ratios = errors[:, 1] / errors[:, 0]
print("\nall five, oranges / apples:", ", ".join(f"{ratio:.4f}" for ratio in ratios))

# %% [markdown] slideshow={"slide_type": "subslide"}
# Perfectly, whatever the yields are: four equations with four unknowns. So a loss of zero means
# nothing there. And look at region 3, the wettest. In the fit to all five its error is the
# smallest of all; left out, it is missed by 18.29 t/ha. It lies so far out that the fit bends to
# meet it.
#
# The last line is the same warning in another form: in every region the oranges' error is the same
# multiple of the apples'. Five targets less four parameters leave *one* pattern in which a fit can
# miss, and that pattern comes from `x` alone. So these errors tell next to nothing about fruit.
# Four parameters want far more than five rows. [Lesson 07](07_dataset_and_dataloader.ipynb) and [lesson 10](10_what_a_fit_is_worth.ipynb) return to it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | ten sums of three products and a bias | `x @ w.T + b` |
# | `w` of shape (outputs, inputs), `b` of shape (outputs,) | `nn.Linear(3, 2)` ([lesson 06](06_the_linear_layer.ipynb)) |
# | `((y_pred - y) ** 2).mean()` over all n·m errors | `nn.MSELoss()` |
# | `2 / (n * m) * error.T @ x` | `loss.backward()`, then `w.grad`, with the shape of `w` |
# | predictions made anew in every epoch | `model(x)` inside the loop |
# | `w / std`, `b - w @ mean` | the same: no layer does it for you |
#
# **New words:** matrix product, transpose, shape diary, stale, `dim`, correlation.
#
# **New names:** `dim=`, `.abs`, `.numel`, `torch.allclose`, `torch.vstack`, `np.log`,
# `correction=`, `np.zeros`, `np.mean`, `.min`, `.zero_`, `.condition_number`, `.eigenvectors`,
# `dtype=`, `torch.float64`, `torch.zeros`.
#
# **Next**, in [lesson 06](06_the_linear_layer.ipynb), one object holds `w` and `b`, another takes the step.
