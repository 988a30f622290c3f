# %% [markdown] slideshow={"slide_type": "slide"}
# # 10 What a fit is worth
#
# In [lesson 08](08_fitting_polynomials.ipynb) you asked whether a fit had converged. Now the points carry noise, and a fit can
# be perfect and worthless. You learn to judge it on points that it has not seen, to hold it back
# in three ways, and to notice when the judgement itself has been spoiled.
#
# **You will be able to**
#
# - choose the degree of a polynomial by validation, and say how far to trust a single split,
# - tell from two learning curves whether more data or another model would help,
# - choose which parameters weight decay acts on; fit with it by closed form, in PyTorch and in
#   scikit-learn, and get the same numbers,
# - stop a training early and really keep its best epoch,
# - find a leak: the place where the rows that judge a fit had a part in making it,
# - tell when a validation set is none, and split by group.
#
# **Builds on** lessons [01](01_gradient_descent_by_hand.ipynb) (the sealed points), [02](02_how_far_to_step.ipynb) (truth panel), [06](06_the_linear_layer.ipynb) (`state_dict`), [07](07_dataset_and_dataloader.ipynb) (`Dataset`), [08](08_fitting_polynomials.ipynb)
# (polynomials, modes), [09](09_better_roads.ipynb) (Legendre columns, momentum). **Takes** about 155 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What can be known about a noisy curve?
#
# The curve is that of [lesson 04](04_raw_autograd_tensors.ipynb) and [lesson 08](08_fitting_polynomials.ipynb), $y = 3x + \sin(6x) + 1$. Somebody measured it at 40 random
# places, and every measurement is off by noise of standard deviation 0.3. You train on the first 30
# rows and keep the last 10 for validation.
#
# Because the course made the data, you have what nobody has in real work: as many **new points** as
# you like. We take 10,000 of them to find out what a fit is truly worth. You will see how well ten
# rows can stand in for them.
#
# **Predict.** Suppose that you knew the true curve. What would its mean squared error on
# the new points be?

# %%
import copy

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch import nn
from torch.nn import functional as F

from course_utils import data, descent, plots, sliders
from course_utils.checks import what_a_fit_is_worth as check


# %% slideshow={"slide_type": "subslide"}
def mse(y_pred, y):
    """The mean squared error; both of shape (n,)."""
    return ((y_pred - y) ** 2).mean()


sample, new = data.noisy_sine(), data.noisy_sine(10_000, seed=1)
x, y = sample.x, sample.y  # (40,) and (40,)
train, val = slice(0, 30), slice(30, 40)
print("x", x.shape, "  to train", x[train].shape, "  to validate", x[val].shape)
print(f"the true curve on 10,000 new points: {mse(new.y_true, new.y):.4f}")
print(f"the square of the noise, {sample.noise}:        {sample.noise**2:.4f}")
print(f"the true curve on the 10 validation rows: {mse(sample.y_true[val], y[val]):.4f}")


# %% [markdown]
# The noise squared, 0.09. No model can do better than that on average, because the noise of a new
# point is in no training row. We call it the **noise floor**. The third line is a warning: on ten rows
# even the truth itself gets another number, by chance.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which polynomial is best?
#
# `legendre` gives [lesson 09](09_better_roads.ipynb)'s Legendre columns, which keep the condition number low. Any columns
# of the same degree draw the same least-squares curve. The coefficients come from
# `lstsq`: each fit *is* the least-squares solution, so there is nothing left that a truth
# panel could find.
#
# **Predict.** Degrees 1, 4 and 15. Which has the lowest training loss? Which the lowest
# validation loss?


# %% slideshow={"output": "subslide"}
def legendre(x, degree):
    """Legendre columns of x from [0, 1], of shape (n, degree + 1)."""
    return np.polynomial.legendre.legvander(2 * x - 1, degree)


grid, curves = np.linspace(0, 1, 300), {}
print("degree   training   validation   new points")
for degree in (1, 4, 15):
    A = legendre(x, degree)
    w = np.linalg.lstsq(A[train], y[train])[0]
    losses = [mse(A[part] @ w, y[part]) for part in (train, val)]
    losses.append(mse(legendre(new.x, degree) @ w, new.y))
    print(f"{degree:6} {losses[0]:10.4f} {losses[1]:12.4f} {losses[2]:12.4f}")
    curves[f"degree {degree}: training loss {losses[0]:.4f}"] = legendre(grid, degree) @ w

# %% tags=["cover"]
truth = 3 * grid + np.sin(6 * grid) + 1
points = (x[train], y[train]), (x[val], y[val])
plots.fits_and_truth(*points, grid, truth, curves)

# beyond the training rows: below their min, the smallest, or above their max
outside = (new.x < x[train].min()) | (new.x > x[train].max())
errors = (legendre(new.x, 15) @ w - new.y) ** 2  # w is still that of degree 15
share = errors[outside].sum() / errors.sum()
print(f"outside: {outside.mean():.4f} of the new points, {share:.4f} of degree 15's loss on them")


# %% [markdown] slideshow={"slide_type": "subslide"}
# The training loss only ever falls with the degree: a polynomial of degree 15 can do all
# that one of degree 4 can, and more. What it does with the surplus is to run after the noise of
# single points.
#
# - **Degree 1 underfits.** It is too stiff for the curve, and all its losses are high.
# - **Degree 15 overfits.** It is learning its 30 rows by heart, noise included. New points have
#   other noise. And beyond the outermost training rows nothing holds it: the few new points out there
#   make most of its loss.
# - **Degree 4** follows the curve and not the points. Its training loss is *higher* than that of
#   degree 15, and it is worth far more.
#
# Look at degree 4's validation loss, too. It lies below the noise floor, where no fit can be on
# average. Ten rows have flattered it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How far can you trust one split?
#
# Nothing is special about the first 30 rows. Shuffle, split 30 to 10 again, fit again, a hundred
# times.
#
# **Predict.** How many different degrees will be the best on some split?


# %% slideshow={"output": "subslide"}
def losses_by_degree(train, val, degrees):
    """Training and validation losses of least squares on the given rows of x and y."""
    A, rows = legendre(x, max(degrees)), []
    for degree in degrees:
        columns = A[:, : degree + 1]
        w = np.linalg.lstsq(columns[train], y[train])[0]
        rows.append([mse(columns[part] @ w, y[part]) for part in (train, val)])
    return np.array(rows).T  # (2, degrees)


rng, degrees = np.random.RandomState(0), range(13)
splits = [np.split(rng.permutation(40), [30]) for _ in range(100)]  # cut before row 30
by_split = np.array([losses_by_degree(*split, degrees) for split in splits])  # (100, 2, 13)
plots.degree_sweep(degrees, by_split[:, 0], by_split[:, 1], sample.noise)

# %% slideshow={"output": "subslide"}
val_by_split = by_split[:, 1]  # (100, 13)
wins = np.bincount(val_by_split.argmin(axis=1), minlength=13)  # how often each of 0 to 12 occurs
print("degree   wins   median     mean    worst")
for degree in (1, 2, 3, 4, 6, 9, 10, 12):
    column = val_by_split[:, degree]
    print(f"{degree:6} {wins[degree]:6} {np.median(column):8.4f}", end="")
    print(f" {column.mean():8.4f} {column.max():8.4f}")


# %% [markdown]
# A single split is a lottery. Degree 3 wins 47 times, degree 4 twenty times, and degree 10, of all, 16
# times. Over a hundred splits the picture is calm. The training loss falls all the way; the
# validation loss falls, turns and rises.
#
# The line is the **median**, the middle one of the hundred losses. The mean lies above
# it from degree 2 on, most of all from degree 10 on. When a split leaves the smallest or the largest $x$ to
# validation, the polynomial has to go beyond its training points, and there it flies off: degree 10,
# the winner of 16 splits, has a loss of 2.2 on its worst. A few such splits pull a mean up and
# leave a median where it is; look at both.
#
# Here both say degree 3. That is not 'the true degree': the true curve is no polynomial at all, and
# more points could carry a higher one. It is the degree that 30 noisy rows can support.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Would more data help?
#
# So take more rows, from 12 to 384, each time 60 fresh samples, and draw training loss and loss on
# new points against $n$. Such a picture is a **learning curve**, too, though not over epochs.
#
# For a model that contains the truth and has $p$ coefficients, least squares leaves a
# training loss of $\text{noise}^2\,(1 - p/n)$ on average: of the noise in $n$ rows it swallows the
# share $p/n$. That is the thin line.
#
# **Predict.** For which of the degrees 1, 4 and 12 does it pay to collect more rows?


# %% slideshow={"output": "subslide"}
def losses_at(n, degree, seed):
    """Training loss, and loss on new points, of least squares on a fresh sample of n rows."""
    fresh = data.noisy_sine(n, seed=1000 + seed)
    w = np.linalg.lstsq(legendre(fresh.x, degree), fresh.y)[0]
    y_pred = A_new[:, : degree + 1] @ w
    return mse(legendre(fresh.x, degree) @ w, fresh.y), mse(y_pred, new.y[:1000])


A_new = legendre(new.x[:1000], 15)  # (1000, 16), columns for degrees up to 15
sizes, results = (12, 24, 48, 96, 192, 384), {}
for degree in (1, 4, 12):
    table = [[losses_at(n, degree, seed) for n in sizes] for seed in range(60)]
    results[degree] = np.moveaxis(table, -1, 0)  # (2, 60, 6): the last axis comes first
plots.losses_by_size(sizes, results, sample.noise)
print(f"the true curve on these 1,000 new points: {mse(new.y_true[:1000], new.y[:1000]):.4f}")


# %% [markdown] slideshow={"slide_type": "subslide"}
# - **Degree 1**: the two losses meet early, far above the floor. It has learned all that a line can.
#   More rows are wasted on it; it needs another model.
# - **Degree 12**: a wide gap that closes. With 12 rows its coefficients, one more, go through every point: the
#   training loss is zero, below the picture, and new points are off the top. With 384 rows
#   the same model is harmless. Here more rows are the cure.
# - **Degree 4**: the gap closes soon. With 384 rows it is no longer the best, though: its loss stays at
#   0.1010, degree 12 gets 0.0987. It misses a little of the true curve, and no number of rows mends
#   that.
#
# A gap says 'more data, or a tamer model'. Two curves that have met too high say 'another model'.
# (On these 1,000 new points the true curve itself gets 0.0962, so that is their floor.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does weight decay act on?
#
# A model can also be held back without touching its columns. An optimizer takes hyperparameters
# besides the learning rate. One is **weight decay**, $\lambda_\text{wd}$. It adds
# $\lambda_\text{wd}\, p$ to the gradient of each parameter $p$, and so pulls each towards zero. The
# next section uses it on fifteen powers. Look first at what it pulls on, with one weight and one bias.
#
# The points are [lesson 06](06_the_linear_layer.ipynb)'s fifty, the inputs standardised. Then the bias is the height of the line at
# the mean of $x$, and all curvatures are the same, $\lambda = 2$. A step stands still where
# $2\,(p - p^*) + \lambda_\text{wd}\, p = 0$; here $p^*$ is the least-squares value. So
# $p = p^* \cdot 2 / (2 + \lambda_\text{wd})$.
#
# **Predict.** With a weight decay of 0.5, what happens to a bias of 52?

# %% slideshow={"output": "subslide"}
line = data.integer_noise_line()
line_x, line_y = torch.from_numpy(line.x).double(), torch.from_numpy(line.y).double()  # (50, 1)
line_z = (line_x - line_x.mean()) / line_x.std(correction=0)

print("weight decay on    weight      bias       loss   too low by")
for name, strengths in {"nothing": (0, 0), "both": (0.5, 0.5), "the weight": (0.5, 0)}.items():
    layer = nn.Linear(1, 1, dtype=torch.float64)
    w, b = layer.weight, layer.bias
    groups = [{"params": [p], "weight_decay": d} for p, d in zip((w, b), strengths, strict=True)]
    optimizer = torch.optim.SGD(groups, lr=0.4)
    for _ in range(30):
        optimizer.zero_grad()
        F.mse_loss(layer(line_z), line_y).backward()
        optimizer.step()
    loss = F.mse_loss(layer(line_z), line_y).item()
    print(f"{name:<14} {w.item():10.5f}{b.item():10.5f}{loss:11.5f}", end="")
    print(f"{line_y.mean().item() - b.item():11.4f}")
print(f"2 / (2 + 0.5) = {2 / (2 + 0.5):.4f}")


# %% [markdown]
# Despite its name, weight decay took the bias as well, down to 41.6 from 52: at the mean of $x$ the
# line now lies 10.4 too low. An optimizer can't know which of its tensors is a weight. It decays what
# it is given.
#
# The cure is in the cell already. Instead of a list of parameters you may hand the optimizer a list of
# **parameter groups**, dictionaries with their own settings, and leave the biases out of the decay.
# Then the weight shrinks to 0.8 of its value, and the line still runs through the middle of the points.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: decay only weights
#
# Write it for a module of any size. `model.named_parameters()` gives pairs of name and parameter, and
# the name of each bias ends in `bias`.


# %% tags=["exercise"]
def decay_weights_only(model, lr, weight_decay):
    """An SGD optimizer over all parameters of the model, which decays no bias."""
    weights = ...
    biases = ...
    return torch.optim.SGD(..., lr=lr)


# %%
check.decay_weights_only(decay_weights_only)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def decay_weights_only(model, lr, weight_decay):
#     """An SGD optimizer over all parameters of the model, which decays no bias."""
#     weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
#     biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
#     groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
#     return torch.optim.SGD(groups, lr=lr)
# ```
#
# Inside a module the name is `linear.bias`, so `name == "bias"` would miss it.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Can you tame a wild model?
#
# Often the degree is a blunt choice, and more rows are not to be had. Weight decay is finer: keep
# all the columns, and charge for large coefficients. The usual
# word for such a charge is **penalty**. With strength $\lambda_\text{wd}$ the loss is
#
# $$L(w, b) = \frac1n \sum_i (\hat y_i - y_i)^2 + \frac{\lambda_\text{wd}}{2}\,\lVert w\rVert^2$$
#
# Here $\lVert w\rVert^2$ is the sum of all squared weights. The bias $b$ is free: to charge for it
# would pull the whole curve towards zero. The gradient of the charge is $\lambda_\text{wd}\,w$, just
# what the optimizer's `weight_decay` adds.
#
# The loss is still a bowl, so it has a closed form, **ridge regression**. Multiply by $n$:
#
# $$\sum_i (\hat y_i - y_i)^2 + \frac{n\,\lambda_\text{wd}}{2}\,\lVert w\rVert^2$$
#
# Read the second term as more squared errors, one for each of the $d$ weights. They belong to $d$
# made-up rows: row $k$ holds
# $\sqrt{n\lambda_\text{wd}/2}$ in column $k$, zero elsewhere, and its target is 0. So append these
# rows, and `lstsq` does the rest, with no $A^\top A$ formed ([lesson 09](09_better_roads.ipynb)).


# %% slideshow={"slide_type": "subslide"}
def ridge(Z, y, decay):
    """w and b with the lowest mse + decay/2·‖w‖²; Z of shape (n, d), without a column of ones."""
    n, d = Z.shape
    made_up = np.sqrt(n * decay / 2) * np.eye(d, d + 1)  # (d, d + 1), its last column, b's, is 0
    A = np.vstack([descent.design_matrix(Z), made_up])  # vstack: one on the other; (n + d, d + 1)
    solution = np.linalg.lstsq(A, np.append(y, np.zeros(d)))[0]  # append: zeros(d), d zeros, behind y
    return solution[:-1], solution[-1]


def powers(x, degree):
    """The columns x, x², …, of shape (n, degree)."""
    return x.reshape(-1, 1) ** np.arange(1, degree + 1)  # the whole numbers 1 to degree


# %% [markdown]
# One charge for all weights is fair only if all columns have the same size. So the columns must be
# standardised, with the mean and standard deviation *of the training rows*; a later section is
# about that italic. And now the columns matter: least squares does not care how the same polynomials are
# written, but the charge is for these coefficients. We take powers of $x$, as scikit-learn will, further down.
#
# **Predict.** Degree 15, with a decay from 1e-8 to 10. What happens to the coefficients, and to the two
# losses?


# %% slideshow={"slide_type": "subslide"}
def ridge_losses(train, val, degree, decay):
    """w, and the training and validation losses, of ridge on standardised powers."""
    X = powers(x, degree)
    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
    w, b = ridge(Z[train], y[train], decay)
    return w, [mse(Z[part] @ w + b, y[part]) for part in (train, val)]


decays = np.geomspace(1e-8, 10, 19)  # each the same factor above the one before
weights = np.array([ridge_losses(train, val, 15, decay)[0] for decay in decays])  # (19, 15)
losses = np.array([[ridge_losses(*s, 15, decay)[1] for decay in decays] for s in splits])
plots.ridge_path(decays, weights, losses[..., 0], losses[..., 1], sample.noise)


# %% [markdown] slideshow={"slide_type": "subslide"}
# Read it from right to left. A huge decay leaves nothing but the bias, and that underfits. With less
# decay the coefficients come to life, and the validation loss falls. It is lowest at
# 1e-4, with 0.1158. To the left of that the coefficients swell, up to 290, with signs that cancel
# each other, and the curve runs after the noise.
#
# The training loss rises with the decay, always. That is the price, and the point.
#
# The best degree without any decay had 0.1015, so ridge has not beaten it. But nobody chose a degree
# here. A model with fifteen powers has become as tame as you like, by one number that you can turn
# smoothly. Turn it.
#
# **Predict.** On the first split: what does degree fifteen look like at the smallest decay, and what at
# the largest? With no more than degree three, does the decay still matter?


# %% slideshow={"output": "subslide"}
def tame(degree, decay):
    """Show the ridge fit of this degree and decay to the first 30 rows."""
    X = powers(x, degree)
    mean, std = X[train].mean(axis=0), X[train].std(axis=0)
    w, b = ridge((X[train] - mean) / std, y[train], decay)
    y_pred, curve = ((columns - mean) / std @ w + b for columns in (X, powers(grid, degree)))
    print(f"training {mse(y_pred[train], y[train]):.4f}", end=", ")
    print(f"validation {mse(y_pred[val], y[val]):.4f}, largest weight {abs(w).max():.4g}")
    plots.one_fit(*points, grid, truth, curve, f"degree {degree}, weight decay {decay:.1e}")


sliders.move(tame, degree=(1, 15, 15), decay=(decays, decays[8]))

# %% [markdown] slideshow={"slide_type": "subslide"}
# At 1e-8 the curve bends after single points; at 10 the wave is almost gone. Between them lies a wide
# range in which degree fifteen looks as sensible as a low one. Degree three has hardly anything to tame:
# small decays move nothing, and large ones flatten it.
#
# Has such a fit converged? Ask the truth panel, for degree 5:

# %%
X5 = powers(x[train], 5)
Z5 = (X5 - X5.mean(axis=0)) / X5.std(axis=0)  # (30, 5)
w5, b5 = ridge(Z5, y[train], decay=1e-3)
names = [*(f"w{k}" for k in range(1, 6)), "b"]
plots.truth_panel(descent.design_matrix(Z5), y[train], [*w5, b5], lr=None, names=names)


# %% [markdown]
# 'NO' five times, and this time on purpose. Ridge does not want the least-squares solution. Only the
# bias agrees: nobody charged for it, and in standardised columns it is the mean of $y$, whatever the
# weights are.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is weight decay the same thing?
#
# Three layers, all starting at zero. One has the charge in its loss, for every parameter; one has
# `weight_decay` in its optimizer; one has it in a parameter group for the weight alone.
# Momentum ([lesson 09](09_better_roads.ipynb)) takes all three to their end. Float64, as everywhere in this lesson.
#
# **Predict.** Which two end at the same numbers?


# %%
def train_layer(groups_of, charge=0.0, n_epochs=1500):
    """A layer of 5 weights and a bias, trained on the standardised powers from zero."""
    layer = nn.Linear(5, 1, dtype=torch.float64)
    for p in layer.parameters():
        nn.init.zeros_(p)  # every number 0, in place
    optimizer = torch.optim.SGD(groups_of(layer), lr=0.15, momentum=0.98)
    for _ in range(n_epochs):
        loss = F.mse_loss(layer(Z), target)
        if charge:
            loss = loss + charge / 2 * sum((p**2).sum() for p in layer.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return layer


# %% slideshow={"slide_type": "subslide"}
Z, target = torch.from_numpy(Z5), torch.from_numpy(y[train]).reshape(-1, 1)
decay = 1e-3


def everything(layer):
    return [{"params": list(layer.parameters()), "weight_decay": decay}]


def weight_only(layer):
    return [{"params": [layer.weight], "weight_decay": decay}, {"params": [layer.bias]}]


in_loss = train_layer(lambda layer: layer.parameters(), charge=decay)
in_optimizer, grouped = train_layer(everything), train_layer(weight_only)

# %% slideshow={"slide_type": "subslide"}
print("                   w1        w2        w3        w4        w5         b")
layers = {"in the loss": in_loss, "weight_decay": in_optimizer, "weight only": grouped}
for name, layer in layers.items():
    row = [*layer.weight.detach().numpy()[0], layer.bias.item()]  # numpy: as an array
    print(f"{name:<12}" + "".join(f"{value:10.5f}" for value in row))
print("closed form " + "".join(f"{value:10.5f}" for value in [*w5, b5]))
apart = (in_loss.weight - in_optimizer.weight).abs().max().item()  # abs: without the sign
print(f"largest difference between the weights of the first two: {apart:.8f}")
print(f"mean of y {y[train].mean():.5f}, times 2/(2 + decay) {y[train].mean() * 2 / 2.001:.5f}")


# %% [markdown]
# The charge in the loss and `weight_decay` are one thing: the same numbers. Both act on
# every parameter that the optimizer is given, so both pulled the bias down, to $2/(2+\lambda_\text{wd})$
# of the mean of $y$, as with the fifty points above. Only the third layer, with the decay on its weight
# alone, arrives at our closed form.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same fit in scikit-learn
#
# A **Pipeline**, made by `make_pipeline`, chains steps: `PolynomialFeatures` makes the powers, `StandardScaler` standardises,
# `Ridge` fits. `fit` runs them in a row and remembers each step's numbers; `predict` repeats
# them with those numbers.
#
# `Ridge(alpha)` minimises $\sum_i (\hat y_i - y_i)^2 + \alpha\,\lVert w\rVert^2$, without charging the
# intercept, which is its word for the bias. Compare that with our loss times $n$ above:
#
# $$\alpha = \frac{n\,\lambda_\text{wd}}{2}$$
#
# Note the $n$. In a *sum* of errors more rows weigh more, in a *mean* they don't. Someone who keeps
# $\alpha$ and doubles the data has halved the decay.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: the pipeline of a decay


# %% tags=["exercise"]
def ridge_pipeline(degree, decay, n):
    """An unfitted pipeline that fits n rows as ridge(Z, y, decay) does on standardised powers."""
    return make_pipeline(
        PolynomialFeatures(degree, include_bias=False),
        ...,
        Ridge(alpha=...),
    )


# %%
check.ridge_pipeline(ridge_pipeline)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def ridge_pipeline(degree, decay, n):
#     """An unfitted pipeline that fits n rows as ridge(Z, y, decay) does on standardised powers."""
#     return make_pipeline(
#         PolynomialFeatures(degree, include_bias=False),
#         StandardScaler(),
#         Ridge(alpha=n * decay / 2),
#     )
# ```
#
# `include_bias=False` leaves the column of ones out. Ridge brings its own, uncharged.
#
# </details>
#
# Three ways to one fit, and one loud bug: scikit-learn wants $x$ as a column.

# %% slideshow={"slide_type": "subslide"}
pipeline = make_pipeline(
    PolynomialFeatures(5, include_bias=False), StandardScaler(), Ridge(alpha=30 * decay / 2)
)
pipeline.fit(x[train].reshape(-1, 1), y[train])
Z_val = (powers(x[val], 5) - X5.mean(axis=0)) / X5.std(axis=0)  # (10, 5)
by_torch = grouped(torch.from_numpy(Z_val)).detach().numpy().ravel()
print("first validation rows, closed form: ", (Z_val @ w5 + b5)[:4].round(5))  # 5 decimals
print("                       PyTorch:     ", by_torch[:4].round(5))
print("                       scikit-learn:", pipeline.predict(x[val].reshape(-1, 1))[:4].round(5))
try:
    pipeline.predict(np.array([0.25, 0.5]))
except ValueError as error_message:
    print("\nValueError:", error_message)

# %% [markdown]
# The message even names the cure, `reshape(-1, 1)`.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When should a training stop?
#
# The third way to hold a model back needs no charge. Gradient descent learns the steep modes first
# and the flat ones late ([lesson 08](08_fitting_polynomials.ipynb)). Most of the flat ones are wiggles, which run after noise.
# So stop before it gets to them: **early stopping**. Watch the validation loss, keep the epoch
# where it was lowest.
#
# Degree 15 in Legendre columns, no decay, 1,000 epochs. The columns include the ones, so the layer needs
# no bias. `keep` is a function that keeps the weights of the best epoch so far.
#
# **Predict.** `copy.deepcopy` makes a true copy of the weights. Is it needed?

# %% slideshow={"slide_type": "subslide"}
A15 = torch.from_numpy(legendre(x, 15))  # (40, 16)
targets = torch.from_numpy(y).reshape(-1, 1)
bowl = descent.QuadraticLoss(A15[train], y[train])
lr = bowl.max_lr / 2


# %%
def train_and_watch(keep, n_epochs=1000):
    """The layer, training and validation losses of each epoch, the best epoch, what was kept."""
    layer = nn.Linear(16, 1, bias=False, dtype=torch.float64)  # 16 weights, nothing else
    nn.init.zeros_(layer.weight)
    optimizer, losses, best_epoch, best = torch.optim.SGD(layer.parameters(), lr=lr), [], 0, None
    for epoch in range(n_epochs + 1):
        loss = F.mse_loss(layer(A15[train]), targets[train])
        with torch.no_grad():
            losses.append((loss.item(), F.mse_loss(layer(A15[val]), targets[val]).item()))
        if losses[-1][1] <= losses[best_epoch][1]:
            best_epoch, best = epoch, keep(layer.state_dict())
        optimizer.zero_grad()
        loss.backward()
        if epoch < n_epochs:
            optimizer.step()
    return layer, np.array(losses), best_epoch, best


# %% slideshow={"slide_type": "subslide"}
layer, losses, best_epoch, best = train_and_watch(copy.deepcopy)
w_best, w_last = best["weight"].numpy()[0], layer.weight.detach().numpy()[0]  # (16,) each
A_grid = legendre(grid, 15)
plots.early_stop(*losses.T, best_epoch, *points, grid, (A_grid @ w_best, A_grid @ w_last))
A_all = legendre(new.x, 15)  # (10000, 16)
print(f"on new points: epoch {best_epoch} {mse(A_all @ w_best, new.y):.4f}", end=", ")
print(f"epoch 1000 {mse(A_all @ w_last, new.y):.4f}")

# %% slideshow={"slide_type": "subslide"}
names = [f"P{k}" for k in range(16)]
plots.truth_panel(A15[train], y[train], w_best, lr, names)


# %% [markdown]
# The training loss falls and falls. The validation loss has its best epoch at 18 and then rises to more
# than four times as much. By the panel epoch 18 has converged in nothing, and again that is the
# point: the panel tells how far a fit is from least squares, the validation rows whether
# you want to go there.
#
# Is this one lucky sample? The exact iterate ([lesson 08](08_fitting_polynomials.ipynb)) repeats the training on a hundred fresh
# samples, without a loop over epochs.


# %% slideshow={"slide_type": "subslide"}
def stop_or_go(seed):
    """Losses on new points of the best of some epochs up to 1,000, and of epoch 1,000."""
    fresh = data.noisy_sine(seed=3000 + seed)
    A = legendre(fresh.x, 15)
    bowl = descent.QuadraticLoss(A[train], fresh.y[train])
    W = np.array([bowl.after(k, np.zeros(16), bowl.max_lr / 2) for k in watched])  # (epochs, 16)
    best = np.argmin([mse(A[val] @ w, fresh.y[val]) for w in W])  # where the smallest one stands
    return [mse(A_new[:1000] @ w, new.y[:1000]) for w in (W[best], W[-1])]


watched = np.unique(np.geomspace(1, 1000, 40).astype(int))  # whole numbers, each one once
stopped, gone_on = np.transpose([stop_or_go(seed) for seed in range(100)])  # (100,) each
print(f"stopping was better on {(stopped < gone_on).sum()} of 100 samples, worse on", end=" ")
print(
    f"{(stopped > gone_on).sum()}; median {np.median(stopped):.4f} against {np.median(gone_on):.4f}"
)


# %% [markdown]
# Mostly it pays, not always: ten validation rows can miss the right epoch.
#
# In practice you don't wait for all epochs. You stop when the validation loss has not improved for,
# say, 50 epochs. That number is called **patience**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a best that is no copy
#
# Now without the copy, as it is so easily written: `best = model.state_dict()`.


# %%
def val_loss_of(state):
    """The validation loss of a layer with the given state."""
    kept_layer = nn.Linear(16, 1, bias=False, dtype=torch.float64)
    kept_layer.load_state_dict(state)
    return F.mse_loss(kept_layer(A15[val]), targets[val]).item()


keeps = {"copy.deepcopy": copy.deepcopy, "no copy": lambda state: state, "dict(…)": dict}
for name, keep in keeps.items():
    layer, losses, best_epoch, best = train_and_watch(keep)
    # `data_ptr`: the address of the first number
    shares = best["weight"].data_ptr() == layer.weight.data_ptr()
    print(
        f"{name:<14} best epoch {best_epoch}, loss of what was kept {val_loss_of(best):.4f}", end=""
    )
    print(f"   same storage as the model: {shares}")


# %% [markdown] slideshow={"slide_type": "subslide"}
# The best epoch is reported correctly, and the weights are those of the *last*. A
# `state_dict` holds the parameters' own storage ([lesson 04](04_raw_autograd_tensors.ipynb)'s detach does the same), and the optimizer
# goes on writing into it. `dict(…)` makes a new dictionary with the same tensors inside. No error
# ever appears; you only wonder why early stopping helps so little. Make a copy of the tensors:
# `copy.deepcopy`, or `clone()` for each.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: keep the best
#
# Write early stopping with patience for any model. `train_epoch()` trains the model for one epoch,
# `val_loss()` gives its validation loss now, a float. Stop when `patience` epochs in a row brought no
# improvement. In the end the model must hold the weights of its best epoch. Return that epoch's number;
# 0 is before any training.


# %% tags=["exercise"]
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    """Train for at most n_epochs; leave the best weights in the model; return the best epoch."""
    best_epoch, best_loss = 0, val_loss()
    best = ...
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        ...
    return ...


# %%
check.fit_early(fit_early)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def fit_early(model, train_epoch, val_loss, n_epochs, patience):
#     """Train for at most n_epochs; leave the best weights in the model; return the best epoch."""
#     best_epoch, best_loss, best = 0, val_loss(), copy.deepcopy(model.state_dict())
#     for epoch in range(1, n_epochs + 1):
#         train_epoch()
#         loss = val_loss()
#         if loss < best_loss:
#             best_epoch, best_loss, best = epoch, loss, copy.deepcopy(model.state_dict())
#         elif epoch - best_epoch >= patience:
#             break
#     model.load_state_dict(best)
#     return best_epoch
# ```
#
# Each improvement is copied at once, and the last line puts the best one back.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Are the two brakes related?
#
# Weight decay and stopping early look like different ideas. Look at them mode by mode. Let $\lambda$ be
# the curvature of a mode. After $k$ epochs from zero, descent has covered the share
# $1 - (1 - \mathrm{lr}\cdot\lambda)^k$ of the way to least squares ([lesson 08](08_fitting_polynomials.ipynb)). Ridge stands where the
# slope of the bowl and that of the charge cancel, $\lambda\,(p - p^*) + \lambda_\text{wd}\,p = 0$.
# That is the share $\lambda / (\lambda + \lambda_\text{wd})$.
#
# **Predict.** Set $\lambda_\text{wd} = 1/(\mathrm{lr}\cdot k)$. How alike are they?

# %% slideshow={"output": "subslide"}
curvatures, k = bowl.eigenvalues, best_epoch
like_decay = 1 / (lr * k)
shares = {
    f"stopped after {k} epochs": 1 - (1 - lr * curvatures) ** k,
    f"weight decay {like_decay:.4f}": curvatures / (curvatures + like_decay),
}
plots.kept_shares(curvatures, shares)


# %% [markdown]
# Both keep the steep modes and drop the flat ones, with the turn at about the same curvature: one keeps
# more than half of 9 modes, the other of 8. The early stop has the steeper flank; they differ by up to
# 0.22. So an early stop *is* a kind of decay, of strength about $1/(\mathrm{lr}\cdot k)$: the
# longer you train, the weaker the brake.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is a leak?
#
# Validation rows judge a fit only if they had no part in making it. A **leak** is any way in which they
# had a part. There are coarse ones, like training on them. Two fine ones slip in
# unnoticed.
#
# **The first is the choice itself.** You tried 13 degrees on ten validation rows, and took the best.
# Then you report its loss on these rows. But the best of 13 is partly the luckiest of 13.
#
# The honest way chooses *inside the training set*. In **cross-validation** you cut the training rows
# into 5 **folds**, fit on four, judge on the fifth, each fold once, and average. The ten rows
# outside see only the winner, once. Such rows, kept for the very end, are called **test rows**.
#
# **Predict.** 200 fresh samples of 50 rows: 30 to train, 10 to judge, and 10 that nobody has seen.
# What do the two ways report, and what do their fits get on the ten others?


# %% slideshow={"slide_type": "subslide"}
def cross_validated(A, y, n_folds=5):
    """The mean loss over the folds, for each number of columns from 1 to all; A (n, d)."""
    fold = np.arange(len(y)) % n_folds  # the rows are in random order already
    total = np.zeros(A.shape[1])
    for k in range(n_folds):
        inside, outside = fold != k, fold == k
        for p in range(A.shape[1]):
            w = np.linalg.lstsq(A[inside, : p + 1], y[inside])[0]
            total[p] += mse(A[outside, : p + 1] @ w, y[outside]) / n_folds
    return total


# %% slideshow={"output": "subslide"}
def choose_both_ways(seed):
    """(reported, on ten other rows) for both ways to choose the degree, on one fresh sample."""
    fresh, pairs, others = data.noisy_sine(50, seed=2000 + seed), [], slice(40, 50)
    A, y = legendre(fresh.x, 12), fresh.y  # (50, 13) and (50,)
    fits = [np.linalg.lstsq(A[train, : p + 1], y[train])[0] for p in range(13)]
    judged = [mse(A[val, : len(w)] @ w, y[val]) for w in fits]
    for scores in (judged, cross_validated(A[train], y[train])):
        best = int(np.argmin(scores))
        pairs.append((judged[best], mse(A[others, : best + 1] @ fits[best], y[others])))
    return pairs


pairs = np.array([choose_both_ways(seed) for seed in range(200)])  # (200, 2, 2)
results = {"degree chosen on the\nrows that judge": pairs[:, 0].T}
results["degree chosen inside\nthe training set"] = pairs[:, 1].T
plots.reported_and_true(results, sample.noise)


# %% [markdown]
# Both ways find fits of about the same worth: on ten other rows 0.1105 and 0.1067. But the first
# *reports* 0.0851, less than even the true curve gets on average. The second reports 0.1076, which
# is about what its fits are worth. The leak does not make a fit worse. It makes you believe in it.
#
# **The second is the scaler.** It is tempting to standardise all rows first and split afterwards. Then
# the validation rows have moved the mean and the standard deviation of the columns that the training sees. How
# bad is that? Here is the test for any leak: *change a validation row, and see whether the fit
# changes.* Somebody types 10 instead of 1.0.


# %% slideshow={"slide_type": "subslide"}
def fit_with_scaler(x, scaler_rows, decay=1e-3):
    """Predictions on the grid by ridge of degree 5; the scaler's numbers come from scaler_rows."""
    X = powers(x, 5)
    mean, std = X[scaler_rows].mean(axis=0), X[scaler_rows].std(axis=0)
    w, b = ridge((X[train] - mean) / std, y[train], decay)
    return (powers(grid, 5) - mean) / std @ w + b


typo = x.copy()
typo[39] = 10.0
print("scaler from     loss on the true curve: as measured   with the typo   the fit changed by")
for name, rows in {"training rows": train, "all rows": slice(0, 40)}.items():
    before, after = fit_with_scaler(x, rows), fit_with_scaler(typo, rows)
    print(f"{name:<15} {mse(before, truth):35.4f} {mse(after, truth):15.4f}", end="")
    print(f" {abs(after - before).max():20.4f}")


# %% [markdown]
# With the training rows' scaler the fit does not move at all; with the scaler of all rows it is
# ruined by a row that it never trained on. Be honest about the left column, too: without the typo the leak
# hardly matters, since 40 rows drawn alike have about the mean of 30. That is why it goes
# unnoticed. It bites when rows differ: typos, rare large values, new years.
#
# There is a worse slip in the same place: give the validation rows a scaler of *their own*.


# %% slideshow={"slide_type": "subslide"}
def reported(seed, how, decay=1e-3):
    """The validation loss of ridge of degree 5 on a fresh sample, by the scaler's rows."""
    fresh = data.noisy_sine(seed=2000 + seed)
    X = powers(fresh.x, 5)
    scaler = StandardScaler().fit(X if how == "all rows" else X[train])
    w, b = ridge(scaler.transform(X[train]), fresh.y[train], decay)  # transform: standardise
    if how == "each its own":
        scaler = StandardScaler().fit(X[val])
    return mse(scaler.transform(X[val]) @ w + b, fresh.y[val])


for how in ("training rows", "all rows", "each its own"):
    values = [reported(seed, how) for seed in range(100)]
    print(f"{how:<14} median of the reported losses {np.median(values):.4f}")


# %% [markdown]
# Then the same $x$ means one thing in training and another in validation. No error, and a good model
# looks bad.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: a loss without a leak
#
# Standardise both sets, fit, and judge. Whatever is computed *from* data must be computed from training
# rows.


# %% tags=["exercise"]
def honest_loss(X_train, y_train, X_val, y_val, decay):
    """The validation loss of ridge on standardised columns; X of shape (n, d), y of shape (n,)."""
    Z_train = ...
    Z_val = ...
    w, b = ridge(Z_train, y_train, decay)
    y_pred = Z_val @ w + b
    return ...


# %%
check.honest_loss(honest_loss)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def honest_loss(X_train, y_train, X_val, y_val, decay):
#     """The validation loss of ridge on standardised columns; X of shape (n, d), y of shape (n,)."""
#     mean, std = X_train.mean(axis=0), X_train.std(axis=0)
#     Z_train = (X_train - mean) / std
#     Z_val = (X_val - mean) / std
#     w, b = ridge(Z_train, y_train, decay)
#     y_pred = Z_val @ w + b
#     return mse(y_pred, y_val)
# ```
#
# The loss carries no charge: the decay is a means of training. What you report is the error.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When is a validation set none?
#
# There is a leak that no scaler shows. Take [lesson 05](05_many_inputs_many_outputs.ipynb)'s five regions with two near-copies of each, as
# if each had been measured in two more years: fifteen rows. Hold back 3 of them at random, and almost
# surely near-copies of them stay in the training set. Then the validation rows are not new. To see what
# that does, take two models: the least-squares fit, and a **copycat** that learns nothing, but looks up
# the training row closest in its inputs and repeats its yields. Statistics calls it 1-nearest neighbour.
# (`yields.groups` numbers the regions: rows with the same number are copies of each other.)
#
# **Predict.** Which of the two looks better on random validation rows? Which on a region that neither
# has seen?


# %% slideshow={"slide_type": "subslide"}
yields = data.fruit_yields_repeated()


def least_squares(x_train, y_train, x_val):
    """Predict by the best linear model of the training rows."""
    best = descent.QuadraticLoss(descent.design_matrix(x_train), y_train).minimizer
    return descent.design_matrix(x_val) @ best


def copycat(x_train, y_train, x_val):
    """Repeat the targets of the closest training row."""
    apart = x_val[:, None] - x_train[None]  # (val rows, train rows, inputs): every pair
    closest = (apart**2).sum(-1).argmin(1)  # argmin: where the smallest one stands
    return y_train[closest]


def held_out_loss(model, val_rows):
    """The validation loss of a model on the given rows, fitted to all others."""
    rest = ~np.isin(np.arange(15), val_rows)  # True for each row that is not in val_rows
    y_pred = model(yields.x[rest], yields.y[rest], yields.x[val_rows])
    return mse(y_pred, yields.y[val_rows])


# %% slideshow={"slide_type": "subslide"}
draw = np.random.RandomState(0)
at_random = [draw.permutation(15)[:3] for _ in range(5)]
# flatnonzero: the row numbers at which it is True
by_region = [np.flatnonzero(yields.groups == region) for region in range(1, 6)]
judged = {
    (name, split): [held_out_loss(model, rows) for rows in folds]
    for split, folds in [("3 random rows", at_random), ("one whole region", by_region)]
    for name, model in [("least squares", least_squares), ("copycat", copycat)]
}
plots.split_comparison(judged)

# %% slideshow={"slide_type": "subslide"}
for (name, split), values in judged.items():
    print(f"{name:<14} {split:<17}" + "".join(f"{value:10.2f}" for value in values))


# %% [markdown]
# On random rows the copycat looks better than the real model, all five times: it has the answers in its
# pocket. On a region that it has never seen its loss is 218 or more, and only there do you find out.
# Least squares holds up on four of the five regions. On region 3, with far more rain than any other, it
# must go beyond what it has seen, and that costs it.
#
# Rows that belong together (near-copies, visits of one patient, hours of one day) must fall on the same
# side: **split by group**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 5: split by group


# %% tags=["exercise"]
def split_by_group(groups, held_out):
    """Row numbers (train, val): val are the rows whose group is in the list held_out."""
    ...
    return ..., ...


# %%
check.split_by_group(split_by_group)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def split_by_group(groups, held_out):
#     """Row numbers (train, val): val are the rows whose group is in the list held_out."""
#     is_val = np.isin(groups, held_out)
#     return np.flatnonzero(~is_val), np.flatnonzero(is_val)
# ```
#
# `torch.utils.data.Subset(dataset, rows)` then makes a data set of each part.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Everything at once
#
# A pipeline makes the honest way the easy way. `GridSearchCV` tries every combination of settings by
# cross-validation, and fits the *whole* pipeline anew on each four folds, scaler included. At the end it
# fits the winner on all training rows. The name of a setting is step, two underscores, setting.
#
# **Predict.** Degree and decay chosen inside the 30 training rows. Will the ten test rows, seen once,
# report above or below the noise floor?

# %% slideshow={"slide_type": "subslide"}
alphas = 24 / 2 * 10.0 ** np.arange(-6, 0)  # decays 1e-6 to 0.1; four folds are 24 rows
search = GridSearchCV(
    make_pipeline(PolynomialFeatures(include_bias=False), StandardScaler(), Ridge()),
    {"polynomialfeatures__degree": range(1, 9), "ridge__alpha": alphas},
    scoring="neg_mean_squared_error",  # a score is to be large, so it is minus the loss
    cv=5,
).fit(x[train].reshape(-1, 1), y[train])
chosen = search.best_params_  # the winning settings; best_score_ is their score
print(f"degree {chosen['polynomialfeatures__degree']}, alpha {chosen['ridge__alpha']:.4g}")
print(f"cross-validated loss  {-search.best_score_:.4f}")
for name, inputs, wanted in (("10 test rows", x[val], y[val]), ("10,000 new points", new.x, new.y)):
    print(f"{name:<18} {mse(search.predict(inputs.reshape(-1, 1)), wanted):9.4f}")

# %% [markdown]
# It takes degree 3 with hardly any decay: three powers leave little to tame. And the ten rows report a loss
# below the noise floor. Be honest about that, too. The fit is good: on 10,000 new points 0.0996, close to the
# floor. But 0.0712 is not what it is worth, and there was no leak in how this search was made. Ten rows
# are few, and these ten are kind ones: at the very top even the true curve got 0.0778 on them. An honest
# loss is right on average, and a single one comes with the luck of its rows. (And strictly, after a whole
# lesson of looking at them, they are no test rows any more.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch or scikit-learn |
# |---|---|
# | folds, fit on four, judge on the fifth | `GridSearchCV(…, cv=5)` |
# | made-up rows under the design matrix | `weight_decay` in the optimizer, `Ridge(alpha)` |
# | $\lambda_\text{wd}/2\cdot\lVert w\rVert^2$ on the weights only | parameter groups, a bias without decay |
# | $n\,\lambda_\text{wd}/2$ | `alpha` |
# | mean and standard deviation of the training rows | `StandardScaler` inside a `Pipeline` |
# | the weights of the best epoch | `copy.deepcopy(model.state_dict())` |
# | `np.flatnonzero(~np.isin(groups, held_out))` | `Subset(dataset, rows)` |
#
# **New words:** noise floor, underfit, overfit, median, learning curve over n, weight decay,
# parameter group, penalty, ridge regression, pipeline, early stopping, patience, leak,
# cross-validation, fold, test rows, validation split by group.
#
# **New names:** `np.split`, `minlength=`, `np.bincount`, `np.median`, `np.moveaxis`, `np.eye`,
# `np.append`, `np.geomspace`, `nn.init.zeros_`, `make_pipeline`, `include_bias=`,
# `PolynomialFeatures`, `Ridge`, `StandardScaler`, `.predict`, `bias=`, `copy.deepcopy`,
# `np.argmin`, `.astype`, `np.unique`, `np.transpose`, `.transform`, `GridSearchCV`, `scoring=`,
# `cv=`, `.best_params_`, `.best_score_`, `.data_ptr`, `np.sqrt`, `np.isin`,
# `np.flatnonzero`, `.argmin`, `np.arange`, `alpha=`, `.min`, `np.vstack`, `np.zeros`, `.numpy`,
# `.abs`.
#
# **Next**, in [lesson 13](13_a_real_data_set.ipynb), you do all of it on a real data set, where nobody knows the truth.
