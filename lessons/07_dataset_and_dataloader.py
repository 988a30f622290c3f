# %% [markdown]
# # 07 Dataset and DataLoader
#
# You take a step after eight rows instead of eighty, and see what you gain and what it costs.
#
# **You will be able to**
#
# - say what a small batch gains and costs,
# - feed any module from a `DataLoader`, with one function `fit`,
# - say why an epoch's loss isn't that of the model after it.
#
# **Builds on** [lesson 01](01_gradient_descent_by_hand.ipynb),
# [lesson 05](05_many_inputs_many_outputs.ipynb) and
# [lesson 06](06_the_linear_layer.ipynb). **Takes** about 55 minutes, and 45 more with the deeper sections.

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
import torch.nn.functional as F  # losses and more, as functions
from IPython.display import display  # shows something under a cell
from ipywidgets import IntProgress  # a progress bar
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils import data, descent, plots, sliders
from course_utils.checks import data_loader as check

# %% [markdown]
# ## Must every step see all the data?
#
# No: far from the bottom, a few rows give nearly the same direction, for less work.
#
# [Lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?) read all 80 rows before each step; with 80
# million, you would wait a long time for it. So draw a few rows at random, a **mini-batch**
# (or batch), and let them decide the step. That is **stochastic gradient descent**, SGD:
# *stochastic* means ruled by chance.
#
# Call it a *pass* when 80 rows have been read: one step with all, ten with batches of 8. (Not
# an epoch yet: some rows come twice, others never.)

# %% [markdown] tags=["slide"]
# `descend` takes each step on `batch_size` of [lesson 01](01_gradient_descent_by_hand.ipynb)'s rows:
# all 80, or 8 drawn at random, a **mini-batch**.

# %% tags=["code"]
line = data.noisy_line()
x80, y80 = line.x_train[:, 0], line.y_train[:, 0]  # (80,) and (80,)


def descend(batch_size, n_passes=20, lr=0.1):
    """(w, b) at the start and after each step."""
    rng = np.random.RandomState(3)
    w, b = -0.1382643, 0.49671415  # 0 start, as in 'Gradient descent by hand'
    path = [(w, b)]
    for step in range(n_passes * 80 // batch_size):
        # permutation: the numbers 0 to 79, shuffled
        rows = rng.permutation(80)[:batch_size]  # new
        y_pred = w * x80[rows] + b  # 1 predict
        residual = y_pred - y80[rows]  # 2 loss: the mean of their squares
        dw = 2 * (residual * x80[rows]).mean()  # 3 gradients
        db = 2 * residual.mean()
        w, b = w - lr * dw, b - lr * db  # 4 update
        path.append((w, b))
    return np.array(path)


# %% [markdown]
# > **Predict.** At the same rate, how many passes with *all* rows get as low as *one* pass in
# > batches of 8?

# %% [markdown] tags=["slide"]
# A *pass* reads 80 rows: one step with all, ten with batches of 8.

# %%
my_prediction = ...  # your number

paths = {size: descend(size) for size in (80, 8, 1)}
plots.batch_descents(x80, y80, paths, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# Here 11: ten steps on eight rows get about as far as eleven on all eighty. Batches of 1 are close
# to the best after two passes, and never rest.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Here 11: ten steps on eight rows get about as far as eleven on all eighty.
#
# </details>
#
# So the number of steps counts. Batches of 1 are close to the best after two passes, and
# never rest.
#
# ## What does a small batch cost?
#
# Each batch has its own opinion of the way down, and near the bottom they disagree.
#
# Ten batches of 8 propose a step each, at the start and near the best line. A proposal is
# *downhill* if a small enough step that way lowers the loss of all rows.
#
# > **Predict.** At the start, all ten are downhill. How many of them are downhill near the best
# > line?

# %% [markdown] tags=["slide"]
# Ten batches of 8 propose steps. One is *downhill* if, small enough, it lowers the loss of all rows.

# %% tags=["cover"]
rng = np.random.RandomState(3)
batches = [rng.permutation(80)[:8] for k in range(10)]


def step(w, b, rows):
    """The step that these rows propose, with lr 0.1."""
    residual = w * x80[rows] + b - y80[rows]
    gradient = [2 * (residual * x80[rows]).mean(), 2 * residual.mean()]
    return -0.1 * np.array(gradient)


places = [(-0.1382643, 0.49671415), (1.95, 1.03)]
steps = [[step(*place, rows) for rows in batches] for place in places]
full = [step(*place, range(80)) for place in places]
plots.batch_steps(x80, y80, places, steps, full)
print("rows read: 80   different:", len(set(np.array(batches).ravel())))

# %% [markdown] tags=["slide"]
# Five of these ten: this close to the bottom, you might as well toss a coin. The step of all rows
# is tiny there (dashed: where it points).

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Five of these ten: this close to the bottom, you might as well toss a coin.
#
# </details>
#
# Near the best line, the gradient of all rows is almost zero (dashed: where its step
# points). A batch's isn't: its few rows have a best line of their own. So at a fixed learning
# rate, small batches keep jumping
# (unless one line fits every row). Larger batches calm the walk, and so does a lower rate;
# both need more passes. But a pass in tiny batches takes longer: it has more steps.

# %% [markdown] tags=["deeper"]
# ### Deeper: how noisy is a batch's gradient?
#
# Draw 600 batches of each size, all at $w = b = 1.5$, and measure how far their gradients
# lie from that of all 80 rows (the root of the mean squared distance). Draw in two ways: a
# row may come twice in a batch, or only once.
#
# > **Predict.** A row may come twice. Four times as many rows, 40 instead of 10: is the distance
# > a quarter, a third or a half? And if it comes only once, is it more or less than that?


# %% tags=["deeper"]
def noise(batches):
    """The typical distance of their gradients from that of all rows."""
    full = step(1.5, 1.5, range(80)) / -0.1  # a gradient again
    away = [step(1.5, 1.5, rows) / -0.1 - full for rows in batches]
    return (np.array(away) ** 2).sum(1).mean() ** 0.5


rng = np.random.RandomState(0)
sizes, repeated, once = [1, 5, 10, 20, 40, 80], [], []
for n in sizes:
    # randint: n numbers from 0 to 79, and one may come twice
    repeated.append(noise([rng.randint(0, 80, n) for k in range(600)]))
    once.append(noise([rng.permutation(80)[:n] for k in range(600)]))
plots.gradient_noise(sizes, repeated, once)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# With repetition, four times as many rows halve the distance. Without, it is less: it must
# reach 0 at 80 of 80.
#
# </details>
#
# In a mean over $n$ rows, errors of opposite signs partly cancel. With repetition, the distance
# of single rows is divided by $\sqrt n$. Without, it is also multiplied by $\sqrt{(80 -
# n)/79}$: 1 for a single row, 0 for all 80. A loader that shuffles draws without repetition, by
# default.

# %% tags=["deeper"]
single = noise([[row] for row in range(80)])  # every batch of one row
n = 40
repeating = single / n**0.5
print(f"{n} rows, with repetition: {repeating:.3f}")
print(f"{n} rows, without:         {repeating * ((80 - n) / 79) ** 0.5:.3f}")

# %% [markdown] tags=["deeper"]
# ### Deeper: which batch size, which learning rate?
#
# Move both, and try to lower both numbers under the picture: the loss after one pass, and the
# highest loss in the last two passes.


# %% tags=["deeper"]
def show_descent(batch_size, lr):
    """Draw 20 passes with this batch size and this learning rate."""
    path = descend(batch_size, lr=lr)
    title = f"batches of {batch_size}, lr = {lr:g}"
    plots.one_descent(x80, y80, path, 20, title, unit="pass")
    losses = [((w * x80 + b - y80) ** 2).mean() for w, b in path]
    n = 80 // batch_size  # steps in a pass
    print(f"one pass {losses[n]:.4f}, last two {max(losses[-2 * n :]):.4f}")


rates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
sliders.move(
    show_descent, batch_size=([1, 2, 4, 8, 16, 40, 80], 4), lr=(rates, 0.1)
)

# %% [markdown] tags=["deeper"]
# A larger batch and a lower rate both calm the walk, since the noise averages out over more
# rows before $(w, b)$ has gone far. Both also slow it. At first you can gain on both numbers;
# in the end, one costs the other.

# %% [markdown]
# ## Does every row get its turn?
#
# Not if each step draws afresh: your ten batches read eighty rows, only fifty different ones.
#
# So in each pass, shuffle the row numbers *once*, then deal them out like cards. Such a pass is
# an **epoch** again: each row comes exactly once. The last batch may be smaller.

# %% [markdown] tags=["slide"]
# Not if each step draws afresh: your ten batches read eighty rows, only fifty different ones.
# Shuffle the row numbers *once*, then deal them out: in an **epoch**, each row comes exactly once.

# %% [markdown]
# ### Exercise 1 (fix): deal out every row
#
# This loop should deal out one epoch. It makes two mistakes. Fix them at the dots below:
#
# ```python
# for start in range(0, len(x) - batch_size, batch_size):
#     rows = rng.permutation(len(x))[:batch_size]
#     batches.append((x[rows], y[rows]))
# ```


# %% tags=["exercise", "mend"]
def minibatches(x, y, batch_size, rng):
    """One epoch: a list of pairs (x_batch, y_batch)."""
    batches = []
    ...
    for start in ...:
        rows = ...
        batches.append((x[rows], y[rows]))
    return batches


# %%
check.minibatches(minibatches)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def minibatches(x, y, batch_size, rng):
#     """One epoch: a list of pairs (x_batch, y_batch)."""
#     batches = []
#     order = rng.permutation(len(x))
#     for start in range(0, len(x), batch_size):
#         rows = order[start : start + batch_size]
#         batches.append((x[rows], y[rows]))
#     return batches
# ```
#
# Shuffle before the loop, not in it. And let `start` run to the end: the loop lost the last
# batch.
#
# </details>
#
# ## What does a DataLoader do?
#
# A **DataLoader** deals out the rows for you: in a new order each epoch, if you ask for it.
#
# It takes them from a **Dataset**: anything with a length and items, such as a list.
# Item $i$ of a `TensorDataset` is row $i$ of each tensor: here of inputs and targets,
# [lesson 05](05_many_inputs_many_outputs.ipynb#What-will-a-sixth-region-harvest?)'s fruit, as if measured in three years.
#
# A seeded **generator**, its own source of random numbers (`Generator`), makes the orders the
# same in each run:

# %%
table = data.fruit_yields_repeated()
x, y = torch.from_numpy(table.x), torch.from_numpy(table.y)
dataset = TensorDataset(x, y)  # (15, 3) and (15, 2)
print("items:", len(dataset))
for i in (0, 5, 10):
    print(f"item {i:2}:", dataset[i])

generator = torch.Generator().manual_seed(0)  # where its numbers begin
# batch_size: rows in a batch; shuffle: a new order in each epoch
numbers = DataLoader(range(15), batch_size=5, shuffle=True, generator=generator)
for epoch in (1, 2, 3):
    print(f"epoch {epoch}:", [batch.tolist() for batch in numbers])

# %% [markdown] tags=["slide"]
# An item is a row of inputs and one of targets. `DataLoader(range(15), batch_size=5, shuffle=True)`
# deals out every number once an epoch.

# %% [markdown]
# A `for` loop over a loader runs one epoch: every number once.
#
# With `num_workers=2`, two helper processes fetch the items: good for slow ones (images on a
# disk), not for tensors in memory.
#
# ## Can one function train any model?
#
# With one more `for`, your loop trains any module on the MSE.
#
# `F.mse_loss` is `nn.MSELoss` as a function. `show_progress=True` shows a **progress bar**.


# %% tags=["code"]
def fit(model, loader, optimizer, n_epochs, show_progress=False):
    """Train on the MSE; return each step's batch loss, one list per epoch."""
    if show_progress:
        bar = IntProgress(max=n_epochs)  # a progress bar
        display(bar)
    model.train()  # 0 start: the weights that the model has
    losses = []
    for epoch in range(n_epochs):
        losses.append([])
        for x_batch, y_batch in loader:  # new
            y_pred = model(x_batch)  # 1 predict
            loss = F.mse_loss(y_pred, y_batch)  # 2 loss
            optimizer.zero_grad()  # 3 gradients
            loss.backward()
            optimizer.step()  # 4 update
            losses[-1].append(loss.item())
        if show_progress:
            bar.value = epoch + 1
    return losses


# %%
def full_loss(model, x, y):
    """The MSE over all rows, with the weights as they are; in eval mode."""
    model.eval()
    with torch.no_grad():
        return F.mse_loss(model(x), y).item()


# %% [markdown]
# First the eighty points, all in one batch (so nothing is stochastic):

# %%
x_line, y_line = torch.from_numpy(line.x_train), torch.from_numpy(line.y_train)
eighty = TensorDataset(x_line, y_line)  # columns: (80, 1) and (80, 1)
line_model = nn.Linear(1, 1).double()  # float64, as the data
# 0 start; constant_ writes a number into a parameter
nn.init.constant_(line_model.weight, -0.1382643)
nn.init.constant_(line_model.bias, 0.49671415)
optimizer = torch.optim.SGD(line_model.parameters(), lr=0.1)
loader = DataLoader(eighty, batch_size=80)
for more in (1, 999):
    fit(line_model, loader, optimizer, n_epochs=more)
    w, b = line_model.weight.item(), line_model.bias.item()
    print(f"epochs + {more:<4} w {w:.6f}, b {b:.6f}")

# %% [markdown]
# [Lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?)'s numbers, after one step and after a thousand.
#
# ## Does it learn the fruit?
#
# Three inputs, two outputs, five rows a step: `fit` stays as it is.
#
# A published tutorial trained on these rows, and its numbers check ours.


# %%
def new_model():
    """nn.Linear(3, 2) with the tutorial's start."""
    model = nn.Linear(3, 2)
    weight = [[0.1338, 0.1771, -0.2599], [0.4186, 0.1400, 0.5511]]
    with torch.no_grad():
        model.weight.copy_(torch.tensor(weight))  # copy_: write in place
        model.bias.copy_(torch.tensor([0.0577, -0.0358]))
    return model


with torch.no_grad():
    first = new_model().eval()(x)
print("item 0:", first[0], "   published 10.5178, 63.6002")
print(f"loss: {F.mse_loss(first, y).item():.2f}   published 3052.20")

# %% [markdown] tags=["slide"]
# Before training, our numbers are close to a published tutorial's, which prints its weights with
# four digits only.

# %% [markdown]
# (The tutorial prints its weights with four digits.) Train, then predict a new region:

# %%
model = new_model()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
generator = torch.Generator().manual_seed(5)
loader = DataLoader(dataset, batch_size=5, shuffle=True, generator=generator)
fit(model, loader, optimizer, n_epochs=100)

model.eval()
with torch.no_grad():
    last = model(x)
    apples, oranges = model(torch.tensor([[75.0, 63.0, 44.0]]))[0].tolist()
plots.predicted_yields(y, first, last, ["apples", "oranges"], "t/ha")
print(f"75, 63, 44: {apples:.1f}, {oranges:.1f}; published about (54, 69)")

# %% [markdown] tags=["slide"]
# The predictions have moved to the diagonal, near their targets: the MSE falls from 3052.42 to
# 29.18. Least squares reaches 0.91.

# %% [markdown]
# The predictions have moved to the diagonal, near their targets.
#
# This is [lesson 05](05_many_inputs_many_outputs.ipynb#What-will-a-sixth-region-harvest?)'s region 6. Both yields round to the
# published ones. More digits needn't agree: the tutorial's shuffle dealt other batches. And the
# fit isn't finished: least squares reaches an MSE of 0.91.

# %% [markdown] tags=["deeper"]
# ### Deeper: all fifteen rows
#
# The tutorial prints the predictions of all rows at the start, and at the end, next to
# the targets. We have its numbers for the first row of the start and for the new region; the
# others are ours.

# %% tags=["deeper"]
print("             start              end       target")
for i in range(15):
    numbers = [*first[i].tolist(), *last[i].tolist(), *y[i].tolist()]
    form = "item {:2}  {:7.4f} {:7.4f}  {:6.2f} {:6.2f}  {:4.0f} {:4.0f}"
    print(form.format(i, *numbers))
    if i == 0:
        print("         10.5178 63.6002  published")

# %% [markdown] tags=["deeper"]
# Another seed, or another version of PyTorch, deals out other batches. The new region's apples
# then differ by a tenth or two:

# %% tags=["deeper"]
new_region = torch.tensor([[75.0, 63.0, 44.0]])
for seed in (0, 1):
    other = new_model()
    optimizer = torch.optim.SGD(other.parameters(), lr=1e-5)
    generator = torch.Generator().manual_seed(seed)
    loader = DataLoader(dataset, 5, shuffle=True, generator=generator)
    fit(other, loader, optimizer, 100)
    with torch.no_grad():
        print(f"seed {seed}:", other.eval()(new_region)[0])
bowl = descent.QuadraticLoss(descent.design_matrix(x), y)
print(f"Least squares {bowl.min_loss:.2f}")

# %% [markdown]
# ## Which loss do you report?
#
# The mean batch loss isn't the loss of the finished model.
#
# You could report
#
# - the last **batch loss**, that of a single batch;
# - the **running mean**: the mean of the epoch's batch losses, each measured *before* its step;
# - the loss *afterwards*: all rows once more, with the finished weights (`full_loss`).
#
# > **Predict.** The loss of all rows is 3052, 2053 and 1568 before the first three steps, and
# > 1343 after. What is the mean of their batch losses, roughly?

# %% [markdown] tags=["slide"]
# A step's **batch loss** is that of its own five rows.

# %%
my_prediction = ...  # your number

model = new_model()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
generator = torch.Generator().manual_seed(5)
loader = DataLoader(dataset, batch_size=5, shuffle=True, generator=generator)
batch_losses, full = [], [full_loss(model, x, y)]
for epoch in range(100):
    for batch in loader:
        losses = fit(model, [batch], optimizer, n_epochs=1)  # one step
        batch_losses.append(losses[0][0])  # of its only epoch and step
        full.append(full_loss(model, x, y))  # so often for the picture
plots.reported_losses(batch_losses, full, 3, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# 2373, near the mean of the first three. The **running mean** looks back at weights that are gone.
# The last batch is five rows only: its dips are luck.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 2373, near the mean of the first three; a batch's loss isn't that of all rows.
#
# </details>
#
# The running mean looks back at weights that are gone: while the loss falls fast, it is far too
# high. It costs nothing, so use it to watch a training; to compare, measure afterwards.
#
# The last batch's loss comes from five rows: a tenth to more than twice the full one. Its dips
# are lucky batches, not good weights.
#
# ### Exercise 2 (write): the loss of an epoch
#
# Measure a large data set batch by batch. But unshuffled batches of 4, 4, 4 and 3 rows have a
# plain mean of 29.95 instead of 29.18: each *row* must count the same. Turn each batch's mean
# back into a sum before you add.


# %% tags=["exercise", "write"]
def epoch_loss(model, loader):
    """The MSE over all rows, a float: in eval mode, without graphs."""
    total, n_rows = 0.0, 0
    ...
    return ...


# %%
check.epoch_loss(epoch_loss)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def epoch_loss(model, loader):
#     """The MSE over all rows, a float: in eval mode, without graphs."""
#     total, n_rows = 0.0, 0
#     model.eval()
#     with torch.no_grad():
#         for x_batch, y_batch in loader:
#             mean = F.mse_loss(model(x_batch), y_batch).item()
#             total += mean * len(x_batch)
#             n_rows += len(x_batch)
#     return total / n_rows
# ```
#
# A plain mean of the batch losses would give the rows of a smaller batch more weight.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: the mean of the means
#
# Fifteen rows in batches of 4 leave a last batch of 3. (`np.average` takes the mean with
# `weights=`, here the rows of each batch.)

# %% tags=["deeper"]
means, n_rows = [], []
for x_batch, y_batch in DataLoader(dataset, batch_size=4):
    means.append(full_loss(model, x_batch, y_batch))
    n_rows.append(len(x_batch))
print("rows:", n_rows, "  losses:", [round(mean, 2) for mean in means])
print(f"mean of the means  {sum(means) / len(means):.4f}")
print(f"weighted by rows   {np.average(means, weights=n_rows):.4f}")
print(f"all rows at once   {full_loss(model, x, y):.4f}")

# %% [markdown] tags=["deeper"]
# A silent bug: the mean of the means looks like a loss and falls like a loss.

# %% [markdown]
# ## What does a tiny last batch do?
#
# A single left-over row takes a full step, alone.

# %% [markdown] tags=["slide"]
# Eighty rows in batches of 79: the one left-over row takes a full step, alone. `drop_last=True`
# leaves its batch out.

# %% [markdown]
# ### Break it: batches of 79
#
# Start *at the best line*, and train on with lr = 0.3.
# `drop_last=True` leaves an incomplete last batch out.
#
# > **Predict.** With the last batch and without it: does the loss stay, climb and come back,
# > or climb and stay restless?

# %%
after = {}
for drop in (False, True):
    nn.init.constant_(line_model.weight, 1.968964)  # the best line
    nn.init.constant_(line_model.bias, 1.023541)
    optimizer = torch.optim.SGD(line_model.parameters(), lr=0.3)
    g = torch.Generator().manual_seed(1)
    loader = DataLoader(eighty, 79, shuffle=True, drop_last=drop, generator=g)
    after[drop] = [full_loss(line_model, x_line, y_line)]
    for epoch in range(200):
        fit(line_model, loader, optimizer, n_epochs=1)
        after[drop].append(full_loss(line_model, x_line, y_line))
plots.left_over_row(after[False], after[True])

# %% [markdown]
# <details><summary>What you should see</summary>
#
# With the single row, it climbs and stays restless; without, it hardly moves.
#
# </details>
#
# A batch of one averages no noise away. So drop a tiny last batch when you *train* (shuffled,
# usually a different row sits out each time), but not when you *measure*.

# %% [markdown] tags=["deeper"]
# ## Deeper: does the order of the rows matter?
#
# Files are often sorted: by date, by size, by label. Take 60 points of $y = x^2$, sorted by
# x, and fit a line in batches of 10. In the last 5 of 60 epochs, look where $(w, b)$ is after
# each batch.
#
# > **Predict.** Batch 1 holds the flat left end of the curve, batch 6 the steep right end.
# > Without shuffling, how does the walk end up: at rest, or still moving?


# %% tags=["deeper"]
def places_of(loader):
    """(w, b) after each batch of the last five epochs of 60."""
    torch.manual_seed(0)  # the start, which is soon forgotten
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    fit(model, loader, optimizer, n_epochs=55)
    places = []
    for epoch in range(5):
        for batch in loader:
            fit(model, [batch], optimizer, n_epochs=1)
            places.append((model.weight.item(), model.bias.item()))
    return places


# %% tags=["deeper"]
x_curve = torch.linspace(0, 1, 60).reshape(-1, 1)  # evenly from 0 to 1
curve = TensorDataset(x_curve, x_curve**2)
in_order = places_of(DataLoader(curve, batch_size=10))
generator = torch.Generator().manual_seed(0)
mixed = places_of(DataLoader(curve, 10, shuffle=True, generator=generator))
plots.order_matters(x_curve, x_curve**2, in_order, mixed, n_batches=6)
print("slopes on the loop:", [f"{w:.3f}" for w, b in in_order[-6:]])

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Still moving: round the same loop in each epoch, beside the best line.
#
# </details>
#
# Each batch pulls the line towards its own piece. In the same order again and again, $(w, b)$
# ends up in a loop, and more epochs don't help. You might expect that the last piece wins. It
# doesn't: after the flat left one the slope is 1.208, after the steep right one 1.202, and the
# best is 1. Shuffled, each batch is a small picture of the whole, and the places scatter round
# the best line.
#
# Rows that are only measured need no shuffling.

# %% [markdown] tags=["deeper"]
# ## Deeper: what if the rows don't lie in one tensor?
#
# Then write the Dataset yourself: a class with a length (`__len__`) and items
# (`__getitem__`). This one computes its rows only when it is asked:


# %% tags=["deeper"]
from torch.utils.data import Dataset


class Squares(Dataset):
    """The points (i, i²), for i = 0 to n − 1."""

    def __init__(self, n):
        self.n = n

    def __len__(self):  # what len(dataset) returns
        return self.n

    def __getitem__(self, i):  # what dataset[i] returns
        if i >= self.n:
            raise IndexError(i)  # it ends a for loop over the dataset
        return torch.tensor([float(i)]), torch.tensor([float(i**2)])


for x_batch, y_batch in DataLoader(Squares(5), batch_size=3):
    print(x_batch.tolist(), y_batch.tolist())

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (write): degrees Celsius
#
# Write a Dataset that wraps inputs of shape (n, 3) and their targets, and gives each row
# with column 0, the temperature, converted to degrees Celsius: $(t - 32) \cdot 5/9$ for $t$ in
# °F. The other columns stay. Take care that asking twice gives the same row.


# %% tags=["deeper", "exercise", "write"]
class InCelsius(Dataset):
    """The rows of x and y, with column 0 of x converted from °F to °C."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return ...

    def __getitem__(self, i):
        row = ...
        return row, self.y[i]


# %% tags=["deeper"]
check.InCelsius(InCelsius)

# %% [markdown] tags=["deeper"]
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
# Without `clone()` the row is a view of `self.x`: writing into it changes the data, and the
# next epoch converts degrees Celsius once more.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: rows of unequal length
#
# A loader stacks rows into a batch, and rows of different lengths don't stack. This bug is
# loud:

# %% tags=["deeper"]
ragged = [torch.zeros(3), torch.zeros(4)]  # a list is a Dataset, too
try:
    list(DataLoader(ragged, batch_size=2))
except RuntimeError as error:
    print(error)

# %% [markdown] tags=["deeper"]
# The message names both lengths. Pad the rows (fill them up with zeros to one length), or
# give the loader a `collate_fn`, a function of your own that turns a list of rows into a
# batch.

# %% [markdown] tags=["deeper"]
# ## Deeper: must a loader fetch row by row?
#
# By default it asks for one row at a time, then stacks them, and for data in memory the asking
# can cost more than the step ([lesson 12](12_where_the_time_goes.ipynb#Deeper:-must-a-DataLoader-be-slow?) measures it). A tensor
# can give a whole batch at once: a `BatchSampler`, passed as `sampler=`, makes lists of row
# numbers, and `batch_size=None` says that each list is already a batch. Count how often the
# data are asked:


# %% tags=["deeper"]
from torch.utils.data import BatchSampler, RandomSampler


class Counting(Dataset):
    """The eighty points, and how often they were asked for."""

    def __init__(self):
        self.asked = 0

    def __len__(self):
        return 80

    def __getitem__(self, i):  # i: a row number, or a list of them
        self.asked += 1
        return x_line[i], y_line[i]


by_row, by_batch = Counting(), Counting()
one = DataLoader(by_row, batch_size=8, shuffle=True)
order = RandomSampler(by_batch)  # the row numbers, shuffled in each epoch
lists = BatchSampler(order, batch_size=8, drop_last=False)
two = DataLoader(by_batch, sampler=lists, batch_size=None)
shapes = [[len(x_batch) for x_batch, _ in loader] for loader in (one, two)]
print("row by row:    asked", by_row.asked, "times; batches", shapes[0])
print("batch by batch: asked", by_batch.asked, "times; batches", shapes[1])

# %% [markdown] tags=["deeper"]
# As many batches, and all rows; but each request brings eight rows instead of one.

# %% [markdown] tags=["deeper"]
# ## Deeper: one step, six ways
#
# All these lessons took the same kind of step. Take [lesson
# 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?)'s first step of $w$ in six ways: by hand, by a central
# difference, with your own engine (cut down to `+` and `*`), with autograd on tensors, by
# `nn.Linear` with SGD on a list with one batch, and by the same with a loader of one batch that
# doesn't shuffle.
#
# > **Predict.** All compute in float64. Which two *must* agree to the last bit, since they do
# > the same operations in the same order? And which is the furthest from the others?


# %% tags=["deeper"]
class Value:
    """Your own engine, with + and * alone."""

    def __init__(self, value, parents=(), local_derivatives=()):
        self.value, self.grad = value, 0.0
        self.parents, self.local_derivatives = parents, local_derivatives

    def __add__(self, other):
        return Value(self.value + other.value, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        locals_ = (other.value, self.value)
        return Value(self.value * other.value, (self, other), locals_)


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
    for node in order[::-1]:
        for k in range(len(node.parents)):
            node.parents[k].grad += node.local_derivatives[k] * node.grad


# %% tags=["deeper"]
W0, B0, h = -0.1382643, 0.49671415, 1e-4


def mse(w):
    return ((w * x80 + B0 - y80) ** 2).mean()


dw = {"by hand": 2 * ((W0 * x80 + B0 - y80) * x80).mean()}
dw["difference"] = (mse(W0 + h) - mse(W0 - h)) / (2 * h)
w, b, total = Value(W0), Value(B0), Value(0.0)
for i in range(80):
    e = w * Value(x80[i]) + b + Value(-y80[i])
    total = total + e * e
backward(total * Value(1 / 80))
dw["our engine"] = w.grad

# %% tags=["deeper"]
w = torch.tensor([W0], dtype=torch.float64, requires_grad=True)
((w * x_line + B0 - y_line) ** 2).mean().backward()
dw["autograd"] = w.grad.item()
ways = {name: W0 - 0.1 * d for name, d in dw.items()}
one_batch = {
    "nn.Linear, a list": [(x_line, y_line)],
    "nn.Linear, loader": DataLoader(eighty, batch_size=80),
}

# %% tags=["deeper"]
for name, loader in one_batch.items():
    nn.init.constant_(line_model.weight, W0)
    nn.init.constant_(line_model.bias, B0)
    optimizer = torch.optim.SGD(line_model.parameters(), lr=0.1)
    fit(line_model, loader, optimizer, 1)
    ways[name] = line_model.weight.item()
for name, w_new in ways.items():
    away = abs(w_new - ways["nn.Linear, a list"])
    print(f"{name:18} w = {w_new:.8f}   away {away:.1e}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# The last two must: the same layer gets the same numbers in the same order. Each other way adds
# its 80 terms in an order of its own, and may be a rounding away, or not, on your machine. The
# furthest is the central difference: it subtracts two nearly equal losses, and that costs
# digits.
#
# </details>
#
# To compare two ways, ask for equal up to rounding. Six ways, one step.

# %% [markdown]
# ## Three questions
#
# **The first epoch reports 2373; measured right afterwards, it is 1343. A bug?**
#
# <details><summary>Answer</summary>
#
# No: the first is the running mean. Report the second.
#
# </details>
#
# **Your loss fell fast and now jumps about. What can you change?**
#
# <details><summary>Answer</summary>
#
# Larger batches or a lower rate. Drop a tiny last batch.
#
# </details>
#
# **Why shuffle once and deal out?**
#
# <details><summary>Answer</summary>
#
# Every row has its turn in each epoch.
#
# </details>
#
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | shuffle, deal out | `DataLoader(dataset, batch_size=5, shuffle=True)` |
# | `((y_pred - y) ** 2).mean()` | `F.mse_loss(y_pred, y)` |
# | no smaller last batch | `drop_last=True` |
#
# **New words:** mini-batch, SGD, Dataset, DataLoader, generator, progress bar, batch loss,
# running mean.
#
# **New names:** `.permutation`, `TensorDataset`, `DataLoader`, `batch_size=`, `shuffle=`,
# `torch.Generator`, `.manual_seed`, `generator=`, `F.mse_loss`, `IntProgress`,
# `max=`, `display`, `nn.init.constant_`,
# `.copy_`, `drop_last=`.
#
# **New names, deeper:** `.randint`, `np.average`, `weights=`, `torch.linspace`,
# `Dataset`, `BatchSampler`, `RandomSampler`, `sampler=`.
#
# **Next**, in [lesson 08](08_fitting_polynomials.ipynb), you bend the line, and say where it stands
# after ten million epochs, without running them.
#
# Back to [lesson 06](06_the_linear_layer.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
