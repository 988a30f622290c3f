# %% [markdown] slideshow={"slide_type": "slide"}
# # 07 Dataset and DataLoader
#
# You let PyTorch cut your data into shuffled batches, write the `fit` function that everyone
# writes, and meet the ways in which batches make an honest program report a wrong number.
#
# **You will be able to**
#
# - wrap tensors, or your own source of rows, as a `Dataset` and batch it with a `DataLoader`,
# - report the loss of an epoch correctly, unequal batches included,
# - say how the noise of a gradient depends on the batch size,
# - tell when shuffling matters and when a validation set is none,
# - take one and the same step in six ways and get the same numbers.
#
# **Builds on** [lesson 01](01_gradient_descent_by_hand.ipynb) (its line), [05](05_many_inputs_many_outputs.ipynb) (the fruit yields) and [06](06_the_linear_layer.ipynb) (`nn.Linear`, SGD);
# the last section also on [03](03_build_your_own_autograd.ipynb) (your engine). **Takes** about 90 minutes.

# %% slideshow={"slide_type": "subslide"}
import numpy as np
import torch
import torch.nn.functional as F
from IPython.display import display
from ipywidgets import IntProgress
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from course_utils import data, descent, plots
from course_utils.checks import data_loader as check

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is a data set to PyTorch?
#
# Five regions were little, so someone has added rows: two near-copies of each region, as if it
# had been measured in two more years. Fifteen rows in all.

# %% slideshow={"output": "subslide"}
table = data.fruit_yields_repeated()
table

# %% [markdown] slideshow={"slide_type": "subslide"}
# A **Dataset** is anything that can say how many items it has, and give item $i$. `TensorDataset`
# is the simplest: it holds tensors with equally many rows and hands out the same row of each.
#
# **Predict.** What is `dataset[0]`: a tensor, or two? And `dataset[:2]`?

# %% slideshow={"output": "subslide"}
x, y = torch.from_numpy(table.x), torch.from_numpy(table.y)  # (15, 3) and (15, 2)
dataset = TensorDataset(x, y)
print("x", tuple(x.shape), "  y", tuple(y.shape), "  items:", len(dataset))
print("dataset[0]:", dataset[0])
x_two, y_two = dataset[:2]
print("dataset[:2]:", tuple(x_two.shape), "and", tuple(y_two.shape))

# %% [markdown]
# Always a pair, inputs and targets together, so no shuffling can tear them apart.
#
# A **DataLoader** goes through a data set in batches: a `for` loop over it gets one batch after the
# other. A step that looks at only these few rows, a **mini-batch**, is cheaper than one that looks at
# all, and descent with such steps is **stochastic gradient descent**, SGD (stochastic: ruled by
# chance). `next(iter(loader))` takes only the first. With `shuffle=True` it draws a new order in
# each epoch. Give it a seeded generator, a source of random numbers of its own, and the orders are
# the same in every run.
#
# To see the orders, `numbered` holds nothing but the row numbers, from 0 on. (Its items are tuples of
# one, hence the `(batch,)`.)
#
# **Predict.** With batches of 5, how many batches are there in one epoch of 15 rows? Does the first
# one hold the same rows in the second epoch as in the first?

# %% slideshow={"slide_type": "subslide"}
# batch_size: how many rows a batch has
# A `Generator` draws random numbers; `manual_seed` makes them the same in each run.
loader = DataLoader(dataset, batch_size=5, shuffle=True, generator=torch.Generator().manual_seed(0))
x_batch, y_batch = next(iter(loader))
print("batches in an epoch:", len(loader))
print("one batch:", tuple(x_batch.shape), "and", tuple(y_batch.shape))

numbered = TensorDataset(torch.arange(15))  # whole numbers, 0 to 14
rows = DataLoader(numbered, batch_size=5, shuffle=True, generator=torch.Generator().manual_seed(0))
# `cat` joins the batches end to end; `stack` lays the epochs below each other, as rows.
orders = [torch.cat([batch for (batch,) in rows]) for epoch in range(3)]
plots.epoch_orders(torch.stack(orders), batch_size=5)


# %% [markdown]
# Every row comes exactly once in each epoch, and each epoch has another order. By hand that would be
# `rng.permutation`, which shuffles row numbers, and slices of what it returns.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: how many steps?
#
# The optimizer takes one step for each batch. How many steps are `n_epochs` epochs over `n_rows`
# rows in batches of `batch_size`, when a smaller last batch counts like any other?


# %% tags=["exercise"]
def count_steps(n_rows, batch_size, n_epochs):
    """The number of optimizer steps, an integer."""
    return ...


# %%
check.count_steps(count_steps)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def count_steps(n_rows, batch_size, n_epochs):
#     """The number of optimizer steps, an integer."""
#     n_batches = (n_rows + batch_size - 1) // batch_size
#     return n_epochs * n_batches
# ```
#
# Rounding up: `len(loader)` does the same. With `drop_last=True` a loader rounds down.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The function that everyone writes
#
# [Lesson 06](06_the_linear_layer.ipynb)'s loop with one more `for` inside. It starts from the numbers which the published
# course drew (Aakash N S, *Deep Learning with PyTorch: Zero to GANs*), so that its figures can be
# compared.


# %%
def new_model():
    """nn.Linear(3, 2) with the published start."""
    model = nn.Linear(3, 2)
    with torch.no_grad():
        # copy_ writes numbers into a tensor, in place.
        model.weight.copy_(torch.tensor([[0.1338, 0.1771, -0.2599], [0.4186, 0.1400, 0.5511]]))
        model.bias.copy_(torch.tensor([0.0577, -0.0358]))
    return model


print(f"first loss: {F.mse_loss(new_model()(x), y).item():.2f}   published 3052.20")


# %% [markdown] slideshow={"slide_type": "subslide"}
# The published start has four digits, so the loss agrees to about four. `F.mse_loss` is the
# function behind `nn.MSELoss`. Training takes a while on larger data, so `fit` can show a
# **progress bar**, an `IntProgress` of ipywidgets. It is off here; set `show_progress=True` below
# to see it move.


# %%
def epochs(n_epochs, show_progress):
    """Count epochs, with a progress bar if asked."""
    bar = IntProgress(max=n_epochs, description="epochs")  # a bar, not shown yet
    if show_progress:
        display(bar)  # show it under the cell
    for epoch in range(n_epochs):
        yield epoch
        bar.value += 1


# %% slideshow={"slide_type": "subslide"}
def fit(model, loader, optimizer, n_epochs, show_progress=False):
    """Train with one step for each batch; return each epoch's last batch loss, (n_epochs,)."""
    losses = []
    for _ in epochs(n_epochs, show_progress):
        for x_batch, y_batch in loader:
            loss = F.mse_loss(model(x_batch), y_batch)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        losses.append(loss.item())
    return losses


# %%
# A loader made here: the cell then gives the same numbers however often you run it.
loader = DataLoader(dataset, batch_size=5, shuffle=True, generator=torch.Generator().manual_seed(5))
model = new_model()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
fit(model, loader, optimizer, n_epochs=100, show_progress=False)
with torch.no_grad():
    apples, oranges = model(torch.tensor([[75.0, 63.0, 44.0]]))[0].tolist()
    loss_all = F.mse_loss(model(x), y).item()
print(f"loss over all rows: {loss_all:.2f}")
print(f"75 °F, 63 mm, 44 %: apples {apples:.1f}, oranges {oranges:.1f} t/ha   published (54, 69)")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Rounded, the prediction is the published one. Has the fit converged? You know where to look.

# %%
A = descent.design_matrix(x)  # (15, 4)
# vstack: the weights, (3, 2), and below them the biases
# `numpy()` gives a tensor as an array, on the same memory.
fitted = np.vstack([model.weight.detach().numpy().T, model.bias.detach().numpy()])  # (4, 2)
names, outputs = ["temperature", "rainfall", "humidity", "b"], ["apples", "oranges"]
plots.truth_panel(A, y, fitted, lr=1e-5, names=names, outputs=outputs)


# %% [markdown]
# No parameter has converged, and both biases have hardly left their start. [Lesson 05](05_many_inputs_many_outputs.ipynb) told why: the
# inputs are far from zero, and along the valley the bowl curves two million times less than across
# it. Batches do not mend that; standardised inputs would. (The panel's limit holds for steps on all
# rows. With a rate as small as this one, three steps on batches come close to three on all rows.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which loss do you report?
#
# `fit` returns the loss of each epoch's *last batch*, as many published loops do. Compare it with
# the loss over all rows.


# %% slideshow={"output": "subslide"}
def fit_and_compare(batch_size, n_epochs=100):
    """The last batch's loss and the loss over all rows, one of each for an epoch."""
    model, generator = new_model(), torch.Generator().manual_seed(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True, generator=generator)
    last_batch, whole = [], []
    for _ in range(n_epochs):
        last_batch += fit(model, loader, optimizer, n_epochs=1)
        with torch.no_grad():
            whole.append(F.mse_loss(model(x), y).item())
    return last_batch, whole


plots.reported_losses(*fit_and_compare(batch_size=5))

# %% [markdown]
# The true loss falls smoothly. The last batch's loss jumps, because each time it speaks of five
# other rows: once it is a tenth of the true one. Whoever stops training at its lowest value stops
# at a lucky batch.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: the mean of the means
#
# So average over the batches. But 15 rows in batches of 4 leave a last batch of 3, and its rows
# count for more than the others in a plain mean of batch losses:

# %%
unequal = DataLoader(dataset, batch_size=4)
with torch.no_grad():
    pairs = [(F.mse_loss(model(xb), yb).item(), len(xb)) for xb, yb in unequal]
    whole = F.mse_loss(model(x), y).item()
print("batch sizes:", [size for _, size in pairs])
print(f"plain mean of batch losses: {sum(loss for loss, _ in pairs) / len(pairs):.4f}")
print(f"weighted by batch size:     {sum(loss * size for loss, size in pairs) / len(x):.4f}")
print(f"loss over all rows:         {whole:.4f}")


# %% [markdown]
# A silent bug: the plain mean looks like a loss, falls like a loss, and is not the loss. Multiply
# each batch's mean by its number of rows, add up, divide by all rows.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: the loss of an epoch
#
# Write the function that every training report needs. It takes no step, needs no gradient, and
# returns a float.


# %% tags=["exercise"]
def epoch_loss(model, loader):
    """The mean squared error over all rows of a loader, a float."""
    total, n_rows = 0.0, 0
    for x_batch, y_batch in loader:
        ...
    return ...


# %%
check.epoch_loss(epoch_loss)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def epoch_loss(model, loader):
#     """The mean squared error over all rows of a loader, a float."""
#     total, n_rows = 0.0, 0
#     with torch.no_grad():
#         for x_batch, y_batch in loader:
#             total += F.mse_loss(model(x_batch), y_batch).item() * len(x_batch)
#             n_rows += len(x_batch)
#     return total / n_rows
# ```
#
# `.item()` makes a float of the loss, and `no_grad` keeps the graphs from being built at all.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does a small batch cost?
#
# Each batch's gradient is a guess at the full one. On [lesson 01](01_gradient_descent_by_hand.ipynb)'s line you can watch the
# guesses: 300 random batches of each size, all at the same place, $w = 1.5$ and $b = 1.5$. (Here
# each row of a batch is drawn from all 80, so a row may come twice.)
#
# **Predict.** Batches of 16 instead of 1: sixteen times closer to the full gradient?

# %% slideshow={"output": "subslide"}
line = data.noisy_line()
line_x, line_y = torch.from_numpy(line.x_train).ravel(), torch.from_numpy(line.y_train).ravel()


def gradients_of(rows):
    """dw and db of the line's MSE over the given rows (..., batch), at w = b = 1.5."""
    error = 1.5 * line_x[rows] + 1.5 - line_y[rows]
    return torch.stack([(2 * error * line_x[rows]).mean(-1), (2 * error).mean(-1)], -1)


generator = torch.Generator().manual_seed(1)
# randint draws row numbers from 0 to 79: 300 batches of n.
draws = {n: torch.randint(0, 80, (300, n), generator=generator) for n in (1, 4, 16)}
clouds = {n: gradients_of(rows) for n, rows in draws.items()}
plots.batch_gradients(clouds, gradients_of(torch.arange(80)))

# %% [markdown]
# Sixteen times the rows, but only about four times closer: the noise falls with the *root* of the
# batch size. The first few rows buy most of the direction; that is why small batches pay early, and
# why descent with single rows and a fixed learning rate keeps jumping about.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does the order matter?
#
# Often a file is sorted: by date, by size, by label. Take 60 points of $y = x^2$, sorted by $x$,
# and fit a line in batches of 10, for 200 epochs. The picture shows the last of them, batch by
# batch: the darker the line, the later.
#
# **Predict.** When an epoch ends, the last batch has had the last word. With sorted rows, is the
# line then too steep or too flat?

# %% slideshow={"slide_type": "subslide", "output": "subslide"}
curve_x = torch.linspace(0, 1, 60).reshape(-1, 1)  # (60, 1), evenly from 0 to 1
curve = TensorDataset(curve_x, curve_x**2)


def last_epoch(shuffle):
    """(w, b) after each batch of epoch 200, with lr 0.3 from zero."""
    w, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    generator, optimizer = torch.Generator().manual_seed(0), torch.optim.SGD([w, b], lr=0.3)
    loader = DataLoader(curve, batch_size=10, shuffle=shuffle, generator=generator)
    for _ in range(200):
        lines = []
        for x_batch, y_batch in loader:
            F.mse_loss(w * x_batch + b, y_batch).backward()
            optimizer.step()
            optimizer.zero_grad()
            lines.append((w.item(), b.item()))
    return lines


plots.order_matters(curve_x, curve_x**2, last_epoch(shuffle=False), last_epoch(shuffle=True))


# %% [markdown]
# Too steep. From sorted rows each batch is a piece of the curve, and the line leans to whichever
# piece came last: the right end, where the curve is steepest. Every epoch ends with the same lean,
# so more epochs do not help. Shuffled, each batch is a small picture of the whole.
#
# With all rows in one batch the order does not matter at all: a mean has no order. And
# validation rows are only measured, never stepped on, so their loader needs no shuffling.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: a data set of your own
#
# Rows need not lie in one tensor. Write a `Dataset` that wraps inputs of shape (n, 3) and targets
# and gives each row with its temperature, column 0, in degrees Celsius:
# $(t - 32) \cdot 5/9$ for $t$ in °F. The other columns stay. Take care that asking twice gives the
# same row.


# %% tags=["exercise"]
class InCelsius(Dataset):
    """The rows of x and y, with column 0 of x converted from °F to °C."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return ...

    def __getitem__(self, i):
        row = ...
        return row, self.y[i]


# %%
check.InCelsius(InCelsius)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# class InCelsius(Dataset):
#     """The rows of x and y, with column 0 of x converted from °F to °C."""
#
#     def __init__(self, x, y):
#         self.x, self.y = x, y
#
#     def __len__(self):
#         return len(self.x)
#
#     def __getitem__(self, i):
#         row = self.x[i].clone()
#         row[0] = (row[0] - 32) * 5 / 9
#         return row, self.y[i]
# ```
#
# Without `clone()` the row is a view of `self.x`: writing into it changes the data, and the next
# epoch converts degrees Celsius once more.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: rows of unequal length
#
# A loader stacks rows into a batch, and rows of different lengths do not stack. This bug is loud:


# %%
class Ragged(Dataset):
    """Two rows, the second one number longer."""

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return torch.zeros(3 + i)


try:
    next(iter(DataLoader(Ragged(), batch_size=2)))
except RuntimeError as problem:
    print("RuntimeError:", problem)


# %% [markdown]
# The message names both lengths. Pad the rows (fill them up with zeros to one length), or give the
# loader a `collate_fn`, a function of your own that makes a batch of a list of rows.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When is a validation set none?
#
# Hold back 3 of the 15 rows at random, and almost surely near-copies of them stay in the training
# set. Then the validation rows are not new. To see what that does, take two models: the
# least-squares fit, and a **copycat** that learns nothing, but looks up the training row closest in
# its inputs and repeats its yields. (`table.groups` numbers the regions: rows with the same number
# are copies of each other.)
#
# **Predict.** Which of the two looks better on random validation rows? Which on a region that
# neither has seen?


# %% slideshow={"slide_type": "subslide"}
def least_squares(x_train, y_train, x_val):
    """Predict by the best linear model of the training rows."""
    best = descent.QuadraticLoss(descent.design_matrix(x_train), y_train).minimizer
    return descent.design_matrix(x_val) @ best


def copycat(x_train, y_train, x_val):
    """Repeat the targets of the closest training row."""
    apart = x_val[:, None] - x_train[None]  # (val rows, train rows, inputs): every pair
    closest = (apart**2).sum(-1).argmin(1)  # argmin: where the smallest one stands
    return y_train[closest]


def val_loss(model, val_rows):
    """The validation loss of a model on the given rows, fitted to all others."""
    train = ~np.isin(np.arange(15), val_rows)  # True for each row that is not in val_rows
    y_pred = model(table.x[train], table.y[train], table.x[val_rows])
    return ((y_pred - table.y[val_rows]) ** 2).mean()


# %% slideshow={"slide_type": "subslide"} tags=["cover"]
rng = np.random.RandomState(0)
at_random = [rng.permutation(15)[:3] for _ in range(5)]
# flatnonzero: the row numbers at which it is True
by_region = [np.flatnonzero(table.groups == region) for region in range(1, 6)]
losses = {
    (name, split): [val_loss(model, rows) for rows in folds]
    for split, folds in [("3 random rows", at_random), ("one whole region", by_region)]
    for name, model in [("least squares", least_squares), ("copycat", copycat)]
}
plots.split_comparison(losses)

# %% slideshow={"slide_type": "subslide"}
for (name, split), values in losses.items():
    print(f"{name:<14} {split:<17}" + "".join(f"{value:10.2f}" for value in values))


# %% [markdown]
# On random rows the copycat looks better than the real model, all five times: it has the answers in
# its pocket. On a region that it has never seen its loss is 218 or more, and only there do you find
# out. Least squares holds up on four of the five regions. On region 3, with far more rain than any
# other, it must go beyond what it has seen, and that costs it.
#
# Rows that belong together (near-copies, visits of one patient, hours of one day) must fall on the
# same side: **split by group**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: split by group


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
# ## The ladder: one step, six ways
#
# Everything so far has been one idea in better and better clothes. To prove it, take one step of
# [lesson 01](01_gradient_descent_by_hand.ipynb) (80 rows, lr 0.1, from its published start) in six ways. First the three without
# PyTorch: by hand, by central differences, and with [lesson 03](03_build_your_own_autograd.ipynb)'s engine, cut down to what a squared
# error needs. (Its `backward` finds the order in a shorter and slower way than [lesson 03](03_build_your_own_autograd.ipynb)'s: each
# number is put behind all that it was made from, and then the list is read from its end.)


# %%
class Value:
    """Your own engine with + and * alone."""

    def __init__(self, value, parents=(), local_derivatives=()):
        self.value, self.grad = value, 0.0
        self.parents, self.local_derivatives = parents, local_derivatives

    def __add__(self, other):
        return Value(self.value + other.value, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.value * other.value, (self, other), (other.value, self.value))


# %% slideshow={"slide_type": "subslide"}
def backward(loss):
    """Fill in every gradient, from the loss to its leaves."""
    order = []

    def visit(node):
        if node not in order:
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(loss)
    loss.grad = 1.0
    for node in reversed(order):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad += local * node.grad


# %% slideshow={"slide_type": "subslide"}
X, Y, W0, B0, lr = line.x_train, line.y_train, -0.1382643, 0.49671415, 0.1


def mse(w, b):
    return ((w * X + b - Y) ** 2).mean()


error = W0 * X + B0 - Y
by_hand = (2 * error * X).mean(), (2 * error).mean()
h = 1e-4
differences = [
    (mse(W0 + h, B0) - mse(W0 - h, B0)) / (2 * h),
    (mse(W0, B0 + h) - mse(W0, B0 - h)) / (2 * h),
]

# %% slideshow={"slide_type": "subslide"}
w, b, total = Value(W0), Value(B0), Value(0.0)
for x_i, y_i in zip(X.ravel(), Y.ravel(), strict=True):
    e = w * Value(x_i) + b + Value(-y_i)
    total = total + e * e
backward(total * Value(1 / len(X)))
gradients = {"by hand": by_hand, "differences": differences, "our engine": (w.grad, b.grad)}

# %% [markdown]
# And the three with PyTorch, in float64: autograd on raw tensors, `nn.Linear` with SGD, and the
# same with a loader whose one batch holds all rows. (All that `fit` wants of a loader is pairs in a
# `for` loop, so a list with one pair will do. `nn.init.constant_` writes a number into a
# parameter.)

# %%
xt, yt = torch.from_numpy(X), torch.from_numpy(Y)
w, b = (torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in (W0, B0))
((w * xt + b - yt) ** 2).mean().backward()
gradients["autograd"] = (w.grad.item(), b.grad.item())
steps = {name: (W0 - lr * dw, B0 - lr * db) for name, (dw, db) in gradients.items()}

all_rows = {
    "nn.Linear, SGD": [(xt, yt)],
    "one-batch loader": DataLoader(TensorDataset(xt, yt), 80, shuffle=True),
}
for name, batches in all_rows.items():
    layer = nn.Linear(1, 1, dtype=torch.float64)
    nn.init.constant_(layer.weight, W0), nn.init.constant_(layer.bias, B0)
    fit(layer, batches, torch.optim.SGD(layer.parameters(), lr=lr), n_epochs=1)
    steps[name] = (layer.weight.item(), layer.bias.item())

# %% slideshow={"slide_type": "subslide"}
for name, (w_new, b_new) in steps.items():
    print(f"{name:<18} w = {w_new:.10f}   b = {b_new:.10f}")
values = np.array(list(steps.values()))
spread = values.max(axis=0) - values.min(axis=0)  # largest minus smallest, of w and of b
print("all equal to nine decimals:", bool((spread < 1e-9).all()))  # all: both of them

# %% [markdown]
# Six ways, one step, and it is [lesson 01](01_gradient_descent_by_hand.ipynb)'s: 0.04511107 and 0.80119529. From the fourth rung on you
# write less and less, and the arithmetic is the same.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | two arrays, indexed with the same rows | `TensorDataset(x, y)` |
# | a file, a formula, anything with a length and an item | a class with `__len__` and `__getitem__` |
# | `rng.permutation` and slices | `DataLoader(dataset, batch_size, shuffle=True, generator=...)` |
# | the mean over all rows | batch means, weighted by `len(x_batch)` |
# | `np.flatnonzero(groups != held_out)` | `Subset(dataset, rows)` |
#
# **New words:** Dataset, DataLoader, mini-batch, SGD, batch loss, epoch loss, progress bar,
# validation split by group.
#
# **New names:** `TensorDataset`, `batch_size=`, `shuffle=`, `DataLoader`, `torch.arange`,
# `torch.cat`, `torch.stack`, `.copy_`, `F.mse_loss`, `description=`, `IntProgress`, `max=`,
# `display`, `np.vstack`, `torch.randint`, `torch.linspace`, `Dataset`, `.argmin`, `np.isin`,
# `.permutation`, `np.flatnonzero`, `nn.init.constant_`, `.all`, `torch.Generator`, `.manual_seed`,
# `generator=`, `.numpy`, `np.arange`.
#
# **Next**, in [lesson 08](08_fitting_polynomials.ipynb), you bend the line: polynomials, and a fit that looks perfect and is not
# done.
