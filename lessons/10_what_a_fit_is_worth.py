# %% [markdown]
# # 10 What a fit is worth
#
# A perfect fit can be worthless: how to notice, and three ways to prevent it.
#
# **You will be able to**
#
# - tell a stiff fit from a wild one,
# - choose a model, and report an honest number,
# - hold a fit back in three ways,
# - notice when unseen rows aren't new.
#
# **Builds on** lessons [07](07_dataset_and_dataloader.ipynb) and [09](09_better_roads.ipynb). **Takes** about 55 minutes, and 35 more with the deeper sections.

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
# ## What is in the envelope?
#
# Twenty readings of the water tank, sealed since [lesson 01](01_gradient_descent_by_hand.ipynb#Why-fit-a-line?).
# Open it, once.
#
# > **Predict.** Beside your line stands the hidden one that made the data. Which has the lower
# > loss on the eighty, which on the twenty?

# %% [markdown] tags=["slide"]
# In [lesson 01](01_gradient_descent_by_hand.ipynb), you fitted a line to eighty readings of the
# tank; twenty were sealed.

# %%
import copy

import numpy as np
import torch
from torch import nn

from course_utils import data, descent, plots
from course_utils.checks import what_a_fit_is_worth as check

tank = data.noisy_line()
for name, w, b in (("yours", 1.96896, 1.02354), ("hidden", 2, 1)):
    on_80 = ((w * tank.x_train + b - tank.y_train) ** 2).mean()
    on_20 = ((w * tank.x_val + b - tank.y_val) ** 2).mean()
    print(f"{name:7} eighty {on_80:.5f}   sealed {on_20:.5f}", end="")
    print(f"   typically {100 * on_20**0.5:.1f} cm off")

# %% [markdown] tags=["slide"]
# Yours on the eighty, which made it; the hidden one on the sealed twenty. Even it is typically
# off by the root of its loss: each reading is the hidden line plus **noise**, chance that no model can
# know.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Yours on the eighty, which made it; the hidden one on the twenty.
#
# </details>
#
# Your line is good: on readings it never saw, it is hardly farther off than the hidden one.
#
# Each reading is the hidden line plus **noise**: chance, which no model can know. The hidden
# line's loss is the mean of the squared noise. Your two parameters followed the noise of the
# eighty a little, so **training ends below that**. The twenty carry different noise.
#
# ## Can a fit be too good?
#
# Yes, on its own rows. Take forty points of [lesson 04](04_raw_autograd_tensors.ipynb#Can-a-line-follow-a-curve?)'s wave,
# with noise: thirty **training rows**, and ten **validation rows** to choose by. Here we also
# have 10,000 new points.
#
# > **Predict.** Polynomials of degree 1, 4 and 15. Which has the lowest training loss, and which
# > is best on new points?

# %% [markdown] tags=["slide"]
# Thirty **training rows** of a noisy wave make the fit, ten **validation rows** choose, 10,000 new
# ones judge.


# %%
def fit(points, degree, rows):  # least squares, on Legendre's columns
    A = np.polynomial.legendre.legvander(2 * points.x[rows] - 1, degree)
    return np.linalg.lstsq(A, points.y[rows])[0]


def loss(points, W, rows=slice(None)):  # the MSE; slice(None): all rows
    A = np.polynomial.legendre.legvander(2 * points.x[rows] - 1, len(W) - 1)
    return ((A @ W - points.y[rows]) ** 2).mean()


sample, new = data.noisy_sine(), data.noisy_sine(10_000, seed=1)
train, val = slice(0, 30), slice(30, 40)  # rows 0 to 29, rows 30 to 39
fits = {degree: fit(sample, degree, train) for degree in (1, 4, 15)}
plots.three_fits(sample, train, val, new, fits)

# %% [markdown] tags=["slide"]
# Degree 15 has the lowest training loss: it **overfits**. Near the ends it leaves the picture, so it
# gets 3.8773 on new points. On these, degree 4 is best; degree 1, too stiff, **underfits**.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Degree 15 has the lowest training loss, 0.0278. On new points degree 4 is the best, 0.1033,
# and degree 15 the worst, 3.8773.
#
# </details>
#
# Degree 1 **underfits**: too stiff for the wave, bad on all rows. Degree 15 **overfits**:
# it follows the noise of its rows, and near the ends nothing holds it.
#
# Even the true curve has a loss: the mean squared noise, 0.0906 on the new points. On average it
# is 0.09, the **irreducible error**; in real work nobody knows it. On the validation rows, degree
# 4 gets less than the truth's 0.0778: ten rows flatter it.
#
# ## Which degree would you choose?
#
# Ten rows are few, so ask a hundred times: on the left, split our forty rows again; on the
# right, draw forty *fresh* points. A line is the **median**, the middle loss of the hundred.
#
# > **Predict.** At which degree is the median validation loss lowest?

# %% [markdown] tags=["slide"]
# Ten rows are few, so judge a hundred times: split our forty rows again, or draw forty *fresh*
# points. The **median** is the middle one of the hundred losses.

# %%
my_prediction = ...  # your degree


def by_degree(points, a, b):  # fitted to rows a, judged on a and on b
    W = [fit(points, degree, a) for degree in range(13)]
    return np.array([(loss(points, w, a), loss(points, w, b)) for w in W])


same_rows, fresh_rows, rng = [], [], np.random.RandomState(0)
for k in range(100):
    rows = rng.permutation(40)
    same_rows.append(by_degree(sample, rows[:30], rows[30:]))
    other = data.noisy_sine(seed=1000 + k)
    fresh_rows.append(by_degree(other, train, val))
plots.degree_sweep(same_rows, fresh_rows, noise=0.3, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# At degree 3, on both sides. Bands: eight losses in ten. Dotted: the **irreducible error**, the true
# curve's mean loss. Bars: how often each degree won; ten wins 16 splits, but 5 fresh samples.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At degree 3, on both sides.
#
# </details>
#
# The training loss can only fall with the degree; the validation loss mostly falls up to
# degree 3, then mostly rises.
#
# A single split is a lottery. And all splits of our forty rows share their quirks: of a
# hundred, degree ten wins 16 there, and 5 on fresh points.
#
# ## Why do both ends fail?
#
# Fit degrees 1 and 15 to a hundred fresh samples each:

# %%
samples = [data.noisy_sine(30, seed=seed) for seed in range(100)]
many = {}
for degree in (1, 15):
    many[degree] = [fit(points, degree, train) for points in samples]
plots.many_fits(many, place=0.3, noise=0.3)

# %% [markdown] tags=["slide"]
# The stiff end is 0.53 too low on average at the dotted line: **bias**. The wild end isn't, but its fits
# scatter: **variance**, far more at the margins. Loss on new points = irreducible error + bias² +
# variance.

# %% [markdown]
# At x = 0.3 (dotted), degree 1 is 0.53 too low on average; degree 15 is right on average, but
# scatters. Here it still wins; near the ends it loses.
#
# The distance from the truth to the mean of all such fits is the **bias of an estimator** (not
# the parameter $b$). Their standard deviation, squared, is the **variance**. At each x, on
# average over samples and noise,
#
# $$\text{loss on new points} = \text{irreducible error} + \text{bias}^2 + \text{variance}$$
#
# The best degree is a bargain between the last two.
#
# ## Which number may you report?
#
# Not the winner's validation loss: the best of many is partly the luckiest. That is **selection
# bias**. So seal some rows, like the envelope's, until nothing is left to choose: the **test
# rows**.
#
# Let each of the remaining rows judge once: in **k-fold cross-validation** you deal them out
# into $k$ folds, each fold judges a fit to the other folds, and you average. Then fit the
# winner to all of them. On a hundred fresh samples, with our new points as the test:

# %% [markdown] tags=["slide"]
# Thirteen degrees, judged by ten validation rows, or by five **folds** in turn (their mean):
#
# ```text
#        fold 1   fold 2   fold 3   fold 4   fold 5
# fit 1  JUDGES   trains   trains   trains   trains
# fit 2  trains   JUDGES   trains   trains   trains
# fit 3  trains   trains   JUDGES   trains   trains
# fit 4  trains   trains   trains   JUDGES   trains
# fit 5  trains   trains   trains   trains   JUDGES
# ```
#
# > Is the winner's validation loss what it is worth on new points?


# %% tags=["printed"]
def choose(points, losses, rows):  # argmin: the place of the least, min
    return losses.min(), loss(new, fit(points, losses.argmin(), rows))


fold, ten, folds = np.arange(40) % 5, [], []  # fold 0: rows 0, 5, 10, ...
# fold != k: True for a row to train, == k: to judge; [:, 1]: the loss on b
for seed in range(100):
    forty = data.noisy_sine(seed=2000 + seed)
    ten.append(choose(forty, by_degree(forty, train, val)[:, 1], train))
    parts = [by_degree(forty, fold != k, fold == k)[:, 1] for k in range(5)]
    folds.append(choose(forty, np.array(parts).mean(axis=0), slice(None)))
for name, pairs in (("ten rows", ten), ("five folds", folds)):
    reported, worth = np.median(pairs, axis=0)
    print(f"{name:10}   reported {reported:.4f}   on new points {worth:.4f}")

# %% [markdown] tags=["slide"]
# No (medians of a hundred samples): the best of many is partly the luckiest, **selection bias**. Folds
# flatter less. Report the loss on **test rows**, sealed until nothing is left to choose; here, the new
# points.

# %% [markdown]
# Ten-row winners report 0.0870 and are worth 0.1106. Five folds flatter less.
#
# If you look at the test rows and then choose again, they have become validation rows.
#
# ## How else can you hold a fit back?
#
# Stop the wild degree short of least squares.
#
# **Weight decay** adds $d\,W$ to the gradient: it pulls every parameter, and so every mode,
# towards zero. On the parabola of one mode, of curvature $\lambda$ and with its bottom at
# $p^*$, slope and pull cancel where
#
# $$\lambda\,(p - p^*) + d\,p = 0 \qquad\text{so}\qquad p = \frac{\lambda}{\lambda + d}\;p^*$$
#
# Steep modes go nearly all the way, flat ones hardly start. In PyTorch, it is
# `torch.optim.SGD(parameters, lr=lr, weight_decay=d)`.

# %% [markdown] tags=["slide"]
# Along each **mode** ([lesson 08](08_fitting_polynomials.ipynb)), the loss is a parabola: curvature
# $\lambda$, bottom $p^*$. **Weight decay** adds $d\,W$ to the gradient. Steep modes stop
# short of $p^*$, flat ones hardly start:
#
# ```text
# d = 0.1, curvature 2      rests after 0.95 of the way
# d = 0.1, curvature 0.01   rests after 0.09 of the way
# ```

# %% [markdown]
# **Early stopping** ends the training where the validation loss is lowest. From zero, flat
# modes are slow ([lesson 08](08_fitting_polynomials.ipynb#How-slow-is-a-mode?)), so they hardly start, either.
#
# Degree, weight decay and epochs on the same rows, from too stiff to too wild:
#
# > **Predict.** Degree 15 trains for a thousand epochs. Its steepest mode settles in one, its
# > flattest in tens of thousands. Roughly, at which epoch is the validation loss lowest?

# %% [markdown] tags=["slide"]
# **Early stopping**: end at the lowest validation loss.
#
# > **Predict.** Degree 15 trains from zero: first the steep modes, broad shapes, last the flat ones,
# > wiggles. Is its validation loss lowest near epoch 2, 20, 200 or 1,000?

# %% tags=["cover"]
my_prediction = ...  # your epoch

A = np.polynomial.legendre.legvander(2 * sample.x[train] - 1, 15)
y = sample.y[train].reshape(-1, 1)
bowl = descent.QuadraticLoss(A, y)
lr = bowl.max_lr / 2
decays = np.array([1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001])
W = np.full((16, len(decays)), 0.0)  # 0 start: a column for each decay
for epoch in range(20_000):  # all ten decays at once
    y_pred = A @ W  # 1 predict
    losses = ((y_pred - y) ** 2).mean(axis=0)  # 2 loss
    gradient = 2 / 30 * A.T @ (y_pred - y)  # 3 gradients
    W = W - lr * (gradient + decays * W)  # 4 update, with decay: new
ways = {
    "degree": [fit(sample, degree, train) for degree in range(16)],
    "weight decay": W.T,  # a row for each decay
    # without decay, after k epochs from zero
    "epoch": [bowl.after(k, [0.0] * 16, lr) for k in range(1001)],
}
for curvature in (2, 0.01):
    share = curvature / (curvature + 0.1)
    print(f"curvature {curvature}, d = 0.1: rests after {share:.2f} of the way")
plots.three_ways(sample, val, new, ways, decays, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# At epoch 18. Each knob goes from stiff, on the left, to wild: the training loss falls on; on
# validation rows and new points, the loss falls, then rises.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At epoch 18.
#
# </details>
#
# Each knob, turned one way, makes the fit stiff; the other way, wild. Of the fits at the three
# stars, the degree's wins: this wave is nearly a cubic. For a network, one mostly uses the other
# two.

# %%
plots.chosen_fits(sample, val, new, ways, decays)

# %% [markdown] tags=["slide"]
# The fits at the stars. Here the degree wins: this wave is nearly a cubic. The other two knobs tame
# the wild degree itself; for a network, one mostly uses these.

# %% [markdown]
# ## When do you stop?
#
# When, say, 50 epochs have brought no lower validation loss: this number is the **patience**.
# Meanwhile, keep the best parameters (don't report the loss that chose them).

# %% [markdown] tags=["slide"]
# **Patience**: stop when 50 epochs have brought no lower validation loss. `X` has 16 columns, one of
# ones. `best` and `careless` are kept at the best epoch. Are they equal?

# %%
X, target = torch.from_numpy(A), torch.from_numpy(y)
A_val = np.polynomial.legendre.legvander(2 * sample.x[val] - 1, 15)
X_val = torch.from_numpy(A_val)
target_val = torch.from_numpy(sample.y[val]).reshape(-1, 1)

# %% tags=["code"]
model = nn.Linear(16, 1, bias=False, dtype=torch.float64)  # no b: column 0 is 1
nn.init.constant_(model.weight, 0.0)  # 0 start
mse, lowest, patience = nn.MSELoss(), float("inf"), 50  # inf: infinite
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
for epoch in range(1001):
    with torch.no_grad():  # new
        val_loss = mse(model(X_val), target_val).item()
    if val_loss < lowest:  # new
        lowest, best_epoch = val_loss, epoch
        best = copy.deepcopy(model.state_dict())  # deepcopy: see below
        careless = model.state_dict()
    if epoch - best_epoch == patience:  # new
        break
    y_pred = model(X)  # 1 predict
    train_loss = mse(y_pred, target)  # 2 loss
    optimizer.zero_grad()  # 3 gradients
    train_loss.backward()
    optimizer.step()  # 4 update
print(f"stopped at {epoch}; best epoch {best_epoch}, loss {lowest:.4f}")

# %% [markdown]
# ### Break it: a best that is no copy
#
# The loop kept the best twice. Load both:

# %%
for name, state in (("careless", careless), ("best", best)):
    loaded = copy.deepcopy(model)
    loaded.load_state_dict(state)
    with torch.no_grad():
        print(f"{name:8} {mse(loaded(X_val), target_val).item():.4f}")

# %% [markdown] tags=["slide"]
# `careless` is the *last* epoch: `state_dict()` shares the parameters' storage, into which the
# optimizer goes on writing. `copy.deepcopy` copies the numbers.

# %% [markdown]
# `careless` is the *last* epoch: a silent bug. `model.state_dict()` shares the parameters'
# storage, into which the optimizer goes on writing. `copy.deepcopy` copies the numbers.
#
# ## When is a validation row not new?
#
# When a near-copy of it was in training. [Lesson 07](07_dataset_and_dataloader.ipynb#What-does-a-DataLoader-do?) had
# fifteen rows: five regions, each measured three times, nearly alike.
#
# **1-nearest neighbour** learns nothing: it looks up the training row with the closest inputs,
# and repeats its yields. Five folds of three rows, at random, then by region:

# %% [markdown] tags=["slide"]
# Fifteen rows of weather and fruit yields: five regions, each measured three times, nearly alike.
#
# > **1-nearest neighbour** repeats the closest training row's yields. Does it beat least squares
# > in random folds? In folds by region?

# %% tags=["printed"]
yields, rng = data.fruit_yields_repeated(), np.random.RandomState(0)
A, X, Y = descent.design_matrix(yields.x), yields.x, yields.y
regions = yields.groups  # each row's region, 1 to 5; shuffled: random folds
for name, fold in (("random", rng.permutation(regions)), ("region", regions)):
    for k in range(1, 6):
        a, b = fold != k, fold == k  # to train, to judge
        W = np.linalg.lstsq(A[a], Y[a])[0]
        line = ((A[b] @ W - Y[b]) ** 2).mean()
        closest = [((X[a] - x) ** 2).sum(axis=1).argmin() for x in X[b]]
        near = ((Y[a][closest] - Y[b]) ** 2).mean()
        print(f"{name} fold {k}   line {line:5.1f}   neighbour {near:7.1f}")

# %% [markdown] tags=["slide"]
# Random folds: the neighbour mostly wins. A near-copy in training is the answer in its pocket, a
# **leak**. Whole regions: it loses to least squares, the `line`. Rows that belong together must stay
# together: **split by group**.

# %% [markdown]
# In random folds the neighbour mostly wins: a near-copy in training is the answer in its
# pocket. On a region that it has never seen, its loss is 218 or more. (Least squares misses
# only region 3, the rainiest by far.)
#
# This is a **leak**: information from the judging rows in the making of the fit. Rows that
# belong together, such as one patient's visits, must fall on the same side: **split by group**.
#
# ### Exercise 1 (diagnose): four reports
#
# Which cause below belongs to which report? One is left over.
#
# ```text
# irreducible error 0.09
#     training   validation loss, five splits    new points
# A   0.05       0.06  0.08  0.06  0.07  0.07    0.27
# B   0.29       0.31  0.21  0.24  0.41  0.49    0.26
# C   0.10       0.21  0.02  0.25  0.18  0.01    0.10
# D   0.07       7.34  108   0.17  0.73  1.09    1.56
# ```

# %% tags=["exercise", "diagnose"]
# 1  it underfits
# 2  it overfits
# 3  near-copies of the validation rows, almost the same rows, were trained on
# 4  the validation rows are too few
# 5  the learning rate is above the limit
causes = [..., ..., ..., ...]  # the numbers for A, B, C and D, in this order

# %%
check.causes(causes)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# causes = [3, 1, 4, 2]
# ```
#
# A promises less than the irreducible error, and breaks the promise. B is bad everywhere,
# also in training. C is good on new points; its splits are too far apart to tell. D is good on
# the rows it was fitted to, and wild on others.
#
# </details>
#
# ### Exercise 2 (fix): split by group
#
# `np.isin` asks of each entry whether it is in a list; `np.flatnonzero` gives the places of the
# Trues:
#
# ```python
# days = np.array(["Mon", "Tue", "Wed", "Mon"])
# np.isin(days, ["Mon", "Wed"])  # True, False, True, True
# np.flatnonzero(np.isin(days, ["Mon", "Wed"]))  # 0, 2, 3
# np.flatnonzero(~np.isin(days, ["Mon", "Wed"]))  # 1; ~ means not
# ```
#
# This body should hold back whole groups of any size, but has two mistakes. Write it right:
#
# ```python
# n_val = 3 * len(held_out)
# rows = np.random.RandomState(0).permutation(len(groups))
# return rows[n_val:], rows[:n_val]
# ```


# %% tags=["exercise", "mend"]
def split_by_group(groups, held_out):
    """Row numbers (train, val): val has the rows of the groups in held_out."""
    ...
    return ..., ...


# %%
check.split_by_group(split_by_group)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def split_by_group(groups, held_out):
#     """Row numbers (train, val): val has the rows of the groups in held_out."""
#     is_val = np.isin(groups, held_out)
#     return np.flatnonzero(~is_val), np.flatnonzero(is_val)
# ```
#
# The draw ignored the groups, and not each group has three rows.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: does the ranking hold?
#
# One sample is one sample. A hundred fresh ones, each choosing its three settings by its own
# ten validation rows:


# %% tags=["deeper"]
def three_choices(points, epochs):
    """The loss on new points of each way's choice, and of degree 15 alone."""
    A = np.polynomial.legendre.legvander(2 * points.x[train] - 1, 15)
    bowl = descent.QuadraticLoss(A, points.y[train])
    curvatures, V = np.linalg.eigh(2 / 30 * A.T @ A)  # V: the modes
    shares = [curvatures / (curvatures + d) for d in decays]
    ways = [[fit(points, degree, train) for degree in range(16)]]
    best = ways[0][15]  # least squares, degree 15
    ways.append([V @ (share * (V.T @ best)) for share in shares])
    ways.append([bowl.after(k, [0.0] * 16, bowl.max_lr / 2) for k in epochs])
    chosen = [min(way, key=lambda W: loss(points, W, val)) for way in ways]
    return [loss(new, W) for W in [*chosen, best]]


# %% tags=["deeper"]
epochs = [0, 1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 75, 100, 150, 200, 400, 1000]
fresh = [
    three_choices(data.noisy_sine(seed=3000 + k), epochs) for k in range(100)
]
names = "degree", "weight decay", "early stopping", "degree 15"
for name, losses in zip(names, np.array(fresh).T, strict=True):
    print(f"{name:15} median {np.median(losses):8.3f}", end="")
    print(f"   samples above 1: {(losses > 1).sum()}")

# %% [markdown] tags=["deeper"]
# In the median, the chosen degree keeps its lead. But ten rows can miss: five times they chose
# a high degree, and a wild fit. The two fine knobs never ended in one here.

# %% [markdown] tags=["deeper"]
# ## Deeper: would more rows help?
#
# The **learning curve over n** tells: it draws training loss and loss on new points against the
# number of rows. Here are sixty fresh samples for each number.
#
# A model that contains the truth and has $p$ coefficients leaves a training loss of the
# irreducible error times $1 - p/n$, on average: it takes a share $p/n$ of the squared noise
# into itself. That is the thin line.
#
# > **Predict.** For which of the degrees 1, 4 and 12 does it pay to collect more rows?

# %% tags=["deeper"]
sizes, results = (12, 24, 48, 96, 192, 384), {}
few = data.noisy_sine(1000, seed=1)  # as new points
for degree in (1, 4, 12):
    table, rows = [], [slice(0, n) for n in sizes]
    for seed in range(60):
        points = data.noisy_sine(384, seed=4000 + seed)
        W = [fit(points, degree, r) for r in rows]
        losses = [loss(points, w, r) for w, r in zip(W, rows, strict=True)]
        table.append((losses, [loss(few, w) for w in W]))
    table = np.array(table)  # (60, 2, 6)
    results[degree] = table[:, 0], table[:, 1]
plots.losses_by_size(sizes, results, noise=0.3)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# For degree 12, and for degree 4 while rows are few.
#
# </details>
#
# - **Degree 1**: the two losses meet early, far above the irreducible error. More rows are
#   wasted on it.
# - **Degree 12**: a wide gap that closes. With 12 rows its curve goes through every point: the
#   training loss is zero, below the picture.
#
# A gap says 'more rows, or a tamer model'. Two curves that meet high say 'another model', if
# you know the irreducible error. In real work you don't: try a more flexible model, and see
# whether both curves come down.

# %% [markdown] tags=["deeper"]
# ## Deeper: what does weight decay pull on?
#
# On all that the optimizer is given, the bias, too. Take
# [lesson 06](06_the_linear_layer.ipynb#Does-a-published-fit-come-out?)'s fifty points, standardised: then all curvatures are 2, and each parameter
# $p$ comes to rest at $2/(2 + d)$ of its least-squares value. A
# **parameter group**, a dictionary with settings of its own, leaves the bias out:

# %% tags=["deeper"]
line = data.integer_noise_line()
line_x, line_y = (torch.from_numpy(a).double() for a in (line.x, line.y))
z = (line_x - line_x.mean()) / line_x.std(correction=0)
makers = [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW]
cases = [("no decay", makers[0], 0.0, 0.0), ("weight", makers[0], 0.5, 0.0)]
cases += [(f"both, {m.__name__}", m, 0.5, 0.5) for m in makers]  # its name
for name, maker, of_weight, of_bias in cases:
    layer = nn.Linear(1, 1, dtype=torch.float64)
    weight, bias = {"params": layer.weight}, {"params": layer.bias}
    weight["weight_decay"], bias["weight_decay"] = of_weight, of_bias
    optimizer = maker([weight, bias], lr=0.4)  # 0 start
    for _ in range(600):
        y_pred = layer(z)  # 1 predict
        value = mse(y_pred, line_y)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        value.backward()
        optimizer.step()  # 4 update
    print(f"{name:12} weight {layer.weight.item():6.2f}", end="")
    print(f"   bias {layer.bias.item():6.2f}")

# %% [markdown] tags=["deeper"]
# The mean of $y$ is 52. With decay on both, the line lies far too low; in a group of its own,
# the bias stays.
#
# SGD and Adam end at the same numbers, those of the loss plus $\frac{d}{2}$ times the sum of
# all squared parameters. **AdamW** ([lesson 09](09_better_roads.ipynb#Deeper:-what-does-AdamW-change?)) ends elsewhere: its pull doesn't pass through Adam's
# division, so the same $d$ gives another fit. While the gradient keeps its sign,
# each of its steps is about $\mathrm{lr}\,(1 - d\,p)$, which is zero at $p = 2$.
#
# ### Deeper: Exercise 3 (write): decay only weights
#
# Write it for a module of any size. `model.named_parameters()` gives pairs of name and
# parameter, and the name of each bias ends in `bias`.


# %% tags=["deeper", "exercise", "write"]
def decay_weights_only(model, lr, weight_decay):
    """SGD over all parameters of the model, which decays no bias."""
    weights = ...
    biases = ...
    return torch.optim.SGD(..., lr=lr)


# %% tags=["deeper"]
check.decay_weights_only(decay_weights_only)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def decay_weights_only(model, lr, weight_decay):
#     """SGD over all parameters of the model, which decays no bias."""
#     named = list(model.named_parameters())
#     weights = [p for name, p in named if not name.endswith("bias")]
#     biases = [p for name, p in named if name.endswith("bias")]
#     groups = [{"params": weights, "weight_decay": weight_decay}]
#     return torch.optim.SGD([*groups, {"params": biases}], lr=lr)
# ```
#
# Inside a module the name is `linear.bias`, so `name == "bias"` would miss it.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: does scikit-learn do the same?
#
# Its name for least squares with weight decay is **ridge regression**. `Ridge(alpha)`
# minimises the *sum* of the squared errors plus $\alpha$ times the sum of the squared
# weights, and leaves the bias, its intercept, alone. Ours is the *mean*, plus
# $\frac{d}{2}$ times that sum. Multiply by $n$ and compare:
#
# $$\alpha = \frac{n\,d}{2}$$
#
# A **pipeline** chains steps: `PolynomialFeatures` makes the powers, `StandardScaler`
# standardises, `Ridge` fits. `GridSearchCV` tries all settings by cross-validation, each time
# fitting the *whole* pipeline to the training folds only, the scaler, too: no leak.

# %% tags=["deeper"]
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

x_column = sample.x[train].reshape(-1, 1)  # scikit-learn wants columns
powers = PolynomialFeatures(15, include_bias=False)  # without the ones
pipeline = make_pipeline(powers, StandardScaler(), Ridge())

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: the best is at the edge
#
# First a grid of two strengths, then a wider one. (A score, such as the winner's
# `best_score_`, should be large, so it is minus the loss; a setting's name is step, two
# underscores, setting.)

# %% tags=["deeper"]
for lowest in (0, -8):
    grid = {"ridge__alpha": 10.0 ** np.arange(lowest, 2)}
    score = "neg_mean_squared_error"  # cv=5: five folds, not shuffled
    search = GridSearchCV(pipeline, grid, scoring=score, cv=5)
    search.fit(x_column, sample.y[train])  # the winner: fitted to all rows
    y_pred = search.predict(new.x.reshape(-1, 1))
    alpha = search.best_params_["ridge__alpha"]  # .best_params_: the winner
    print(f"from 1e{lowest}: {alpha}", end=" ")
    print(f"folds {-search.best_score_:.4f}", end=" ")
    print(f"new points {((y_pred - new.y) ** 2).mean():.4f}")

# %% [markdown] tags=["deeper"]
# The first winner is the smallest of its grid: **a best at the edge isn't a best**. Widen the
# grid until the winner lies inside. (With powers, weight decay does better here than with
# Legendre columns above: with at least as many rows as coefficients, least squares doesn't care
# how a curve is written, but the pull does.)
#
# There is a second trap. Each fold's fit has four fifths of the rows, the final one has all.
# The same $\alpha$ is then a smaller decay, $d = 2\alpha/n$, than the one that was judged: four
# fifths of it, and with two folds half.
#
# ### Deeper: Exercise 4 (transfer): the pipeline of a decay


# %% tags=["deeper", "exercise", "transfer"]
def ridge_pipeline(degree, decay, n):
    """An unfitted pipeline: weight decay on standardised powers, n rows."""
    return make_pipeline(
        PolynomialFeatures(degree, include_bias=False),
        ...,
        Ridge(alpha=...),
    )


# %% tags=["deeper"]
check.ridge_pipeline(ridge_pipeline)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def ridge_pipeline(degree, decay, n):
#     """An unfitted pipeline: weight decay on standardised powers, n rows."""
#     return make_pipeline(
#         PolynomialFeatures(degree, include_bias=False),
#         StandardScaler(),
#         Ridge(alpha=n * decay / 2),
#     )
# ```
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: are early stopping and weight decay related?
#
# Both keep a share of each mode. After $k$ epochs from zero, descent has covered
# $1 - (1 - \mathrm{lr}\cdot\lambda)^k$ of a mode's way; weight decay rests at
# $\lambda/(\lambda + d)$. Set $d = 1/(\mathrm{lr}\cdot k)$ with the best epoch:

# %% tags=["deeper"]
d = 1 / (lr * best_epoch)
curvatures = bowl.eigenvalues
stopped = 1 - (1 - lr * curvatures) ** best_epoch
kept = {f"stopped after {best_epoch} epochs": stopped}
kept[f"weight decay {d:.3f}"] = curvatures / (curvatures + d)
plots.kept_shares(curvatures, kept)

# %% [markdown] tags=["deeper"]
# Both keep the steep modes and drop the flat ones, with the turn at about the same curvature.
# So stopping early acts like a weight decay of about $1/(\mathrm{lr}\cdot k)$: the longer you
# train, the weaker the hold. But it has the steeper flank, so the two are alike, not equal.

# %% [markdown] tags=["deeper"]
# ## Deeper: can the loss fall again?
#
# Yes, far beyond as many coefficients as rows. Thirty rows, up to four hundred coefficients;
# `lstsq` takes the smallest of the many that go through all rows:

# %% tags=["deeper"]
print("coefficients   median loss on new points")
for n_columns in (4, 10, 15, 30, 60, 100, 200, 400):
    losses = []
    for seed in range(10):
        W = fit(data.noisy_sine(30, seed=seed), n_columns - 1, train)
        losses.append(loss(few, W))
    middle = np.median(losses)
    print(f"{n_columns:12}", f"{middle:.2f}" if middle < 10 else "over 10")

# %% [markdown] tags=["deeper"]
# With thirty coefficients one curve goes through all rows, and it is wild. With four hundred
# many do, and the one of smallest coefficients is calm again: **double descent**.
# Here the second valley is higher than the first.

# %% [markdown]
# ## Three questions
#
# **The training loss falls, the validation loss rises with every epoch. Why?**
#
# <details><summary>Answer</summary>
#
# The fit now follows the noise: stop, or hold it back.
#
# </details>
#
# **Of fifty models, you report the lowest validation loss. What is it worth?**
#
# <details><summary>Answer</summary>
#
# Less than it says: it was chosen for being low. Ask the test rows.
#
# </details>
#
# **A patient came to you six times. Where do the six rows belong?**
#
# <details><summary>Answer</summary>
#
# All on one side.
#
# </details>
#
# ## Recap
#
# **New words:** noise, training rows, validation rows, underfit, overfit, irreducible error,
# median, bias of an estimator, variance, selection bias, test rows, k-fold cross-validation,
# weight decay, early stopping, patience, leak, 1-nearest neighbour, split by group.
#
# **New names:** `np.median`, `np.arange`, `.argmin`, `.min`, `bias=`,
# `copy.deepcopy`, `np.isin`, `np.flatnonzero`.
#
# **New words, deeper:** learning curve over n, parameter group, ridge regression, pipeline,
# double descent.
#
# **New names, deeper:** `Ridge`, `GridSearchCV`,
# `make_pipeline`, `PolynomialFeatures`, `StandardScaler`, `include_bias=`,
# `alpha=`, `scoring=`, `cv=`, `.predict`, `.best_params_`, `.best_score_`.
#
# **Next**, in [lesson 11](11_a_network_that_bends.ipynb), a network finds its own columns.
#
# Back to [lesson 09](09_better_roads.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
