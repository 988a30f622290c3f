# %% [markdown] slideshow={"slide_type": "slide"}
# # 13 A real data set
#
# 442 patients, ten measurements each, and a question with no known answer. You go the whole way
# from the question to an answer that you would put your name under, and find out on the way how
# easily a network seems better than it is.
#
# **You will be able to**
#
# - set a baseline, split the rows, and keep the scaling inside the training set,
# - train a small network in mini-batches, stop in time, and keep, save and reload the best epoch,
# - report an error in the unit of the target, and say where the model fails,
# - say which inputs matter, and why two ways of asking may contradict each other,
# - tell a gain from luck, by repeating the whole experiment.
#
# **Builds on** lessons [06](06_the_linear_layer.ipynb) (modules, buffers, `state_dict`), [07](07_dataset_and_dataloader.ipynb) (batches), [09](09_better_roads.ipynb) (momentum, Adam) and [10](10_what_a_fit_is_worth.ipynb)
# (validation and test rows, early stopping, leaks). **Takes** about 120 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is the question?
#
# A patient with diabetes comes in, and ten things are measured. A year later somebody measures how
# far the disease has progressed. Can you tell that from the ten, and **to within how much**?
#
# The data ship with scikit-learn, so nothing is downloaded. They come from a paper on another method
# of fitting (Efron, Hastie, Johnstone and Tibshirani, *Least Angle Regression*, 2004).

# %% slideshow={"output": "subslide"}
import copy
import tempfile
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LinearRegression
from torch import nn
from torch.nn import functional as F

from course_utils import data, descent, plots
from course_utils.checks import real_data as check

table = data.diabetes()
names = [name for name, _ in table.x_names]
print("name  what it is                                     lowest    mean  highest")
for (name, meaning), column in zip(table.x_names, table.x.T, strict=True):
    print(f"{name:<4}  {meaning:<42} {column.min():9.2f}{column.mean():8.2f}{column.max():9.2f}")

# %% [markdown]
# The descriptions are scikit-learn's, save that of `sex`. They give a unit for the age alone, and do
# not say which sex is coded 1, so its coefficient can be computed, but not read. The target is 'a
# quantitative measure of disease progression one year after baseline', again without a unit. We call
# its unit *points*. Write such gaps down before you start: whoever uses your model will ask.
#
# Then look at the data before any model does. `x` and `y` stay float64, as NumPy made them.
# `device` says where tensors live; more on it below. And one thread is enough: tensors as small
# as these gain nothing from a second one.
#
# **Predict.** The panel on the right shows one input, `bmi`. How much of the target's variance will
# a model of all ten explain: nearly all, about half, hardly any?

# %% slideshow={"slide_type": "subslide"}
torch.set_num_threads(1)  # compute on one core of the processor
device = torch.device("cpu")
x = torch.from_numpy(table.x).to(device)  # (442, 10)
y = torch.from_numpy(table.y).to(device)  # (442, 1)
plots.target_and_input(y, x[:, 2], "progression (points)", "bmi (body mass index)")

# %% [markdown]
# The cloud rises with `bmi`, and it is wide everywhere. What all ten explain, the test rows will say.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does a model have to beat?
#
# Split first, before you look any closer. As in [lesson 10](10_what_a_fit_is_worth.ipynb) there are three parts: training rows to
# fit, validation rows for every decision on the way, and test rows for one number at the end. A
# decision uses up the rows that it was made with: the winner on them is partly a winner by luck.
#
# Then set a **baseline**, a prediction that uses no input at all: the mean of the training targets
# for everyone. A model that does not beat it has learned nothing from its inputs.
#
# **Predict.** The standard deviation of the target is 77 points. What is the RMSE of the baseline?


# %% slideshow={"slide_type": "subslide"}
def split(seed):
    """The row numbers of the training, validation and test set: 266, 88 and 88."""
    order = torch.from_numpy(np.random.RandomState(seed).permutation(442))
    return order.split([266, 88, 88])


def rmse_of(y_pred, y):
    """The root of the mean squared error, in the unit of y."""
    return F.mse_loss(y_pred, y).sqrt().item()


train, val, test = split(seed=0)
y_mean = y[train].mean()
for name, rows in (("training", train), ("validation", val)):
    everyone = y_mean.expand(len(rows), 1)  # the same number for each row
    print(f"baseline on {len(rows)} {name} rows: RMSE {rmse_of(everyone, y[rows]):.2f} points")


# %% [markdown]
# On the training rows it is exactly their standard deviation: the root of the mean squared distance
# from the mean. There is no model yet, nothing to overfit, and still other rows move the figure by
# two points. Remember that when two models differ by one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where does the scaling go?
#
# The columns have very different sizes, and [lesson 02](02_how_far_to_step.ipynb) and [lesson 05](05_many_inputs_many_outputs.ipynb) showed what that does to descent. So
# standardise, with the mean and the standard deviation of the *training rows*. [Lesson 06](06_the_linear_layer.ipynb) put both
# into the model as buffers. Here you do the same for the target, too: the part that learns sees
# numbers of size 1 on both sides, and the model takes raw measurements and answers in points.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: standardise two parts
#
# Write it as a function first. The training rows set the scale, for both.


# %% tags=["exercise"]
def standardise(x_train, x_other):
    """Both tensors with the training rows' mean and standard deviation, column by column."""
    mean = ...
    std = ...
    return ..., ...


# %%
check.standardise(standardise)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def standardise(x_train, x_other):
#     """Both tensors with the training rows' mean and standard deviation, column by column."""
#     mean = x_train.mean(0)
#     std = x_train.std(0, correction=0)
#     return (x_train - mean) / std, (x_other - mean) / std
# ```
#
# The other rows do not come out with mean 0 and standard deviation 1, and should not: on the
# training rows' scale, that is where they are. (`correction=0` divides by n; without it you divide
# by n − 1, which is as good.)
#
# </details>
#
# Now inside a model, whose `body` is the part that learns:


# %% slideshow={"slide_type": "subslide"}
class Predictor(nn.Module):
    """Raw measurements in, points out; `body` works on standardised numbers."""

    def __init__(self, body, x_train, y_train):
        super().__init__()
        self.body = body
        self.register_buffer("x_mean", x_train.mean(0))  # (10,)
        self.register_buffer("x_std", x_train.std(0, correction=0))  # (10,)
        self.register_buffer("y_mean", y_train.mean())
        self.register_buffer("y_std", y_train.std(correction=0))

    def forward(self, x):  # (n, 10) to (n, 1)
        return self.y_mean + self.y_std * self.body((x - self.x_mean) / self.x_std)


# %%
def rmse(model, rows):
    """The RMSE of a model on some rows, in points."""
    model.eval()
    with torch.no_grad():
        return rmse_of(model(x[rows]), y[rows])


# %% [markdown] slideshow={"slide_type": "slide"}
# ## How far does a line get?
#
# Always fit the linear model first. (We still call it a line, although it has ten inputs.) It is
# quick, its answer is known exactly, and it is the second baseline, the one for a network to beat.
#
# `run_epoch` is [lesson 07](07_dataset_and_dataloader.ipynb)'s loop over shuffled batches, written for rows in memory: shuffle the
# row numbers, cut them into pieces of 32, take one step for each. The loss is the MSE divided by
# the variance of the training targets. So it has no unit, and the baseline's loss on the training
# rows is 1.
#
# **Predict.** After 100 epochs with a learning rate of 0.02: has the RMSE settled? Have the
# coefficients?


# %% slideshow={"slide_type": "subslide"}
def run_epoch(model, rows, optimizer, generator):
    """One pass over the rows in shuffled batches of 32, one step for each."""
    model.train()  # back to training after an eval()
    for batch in rows[torch.randperm(len(rows), generator=generator)].split(32):
        loss = F.mse_loss(model(x[batch]), y[batch]) / model.y_std**2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
linear = Predictor(nn.Linear(10, 1), x[train], y[train]).to(x)  # x's dtype and device
optimizer = torch.optim.SGD(linear.parameters(), lr=0.02)
generator = torch.Generator().manual_seed(0)
for _ in range(100):
    run_epoch(linear, train, optimizer, generator)
print(f"RMSE: training {rmse(linear, train):.2f}, validation {rmse(linear, val):.2f} points")


# %% [markdown]
# The validation error is down from 77 points to 54. For the truth panel, the design matrix is
# the standardised training rows. The coefficients of `body` count in standard deviations of the
# target; times `y_std` they are **standardised coefficients**: points per standard deviation of
# the input.


# %% slideshow={"slide_type": "subslide"}
def coefficients(model):
    """The ten standardised coefficients and the bias of a linear Predictor, in points."""
    w = model.y_std * model.body.weight.ravel()
    # cat: one behind the other
    return torch.cat([w, model.y_mean + model.y_std * model.body.bias]).detach()


A = descent.design_matrix((x[train] - linear.x_mean) / linear.x_std)  # (266, 11)
plots.truth_panel(A, y[train], coefficients(linear), lr=0.02, names=[*names, "b"])

best = descent.QuadraticLoss(A, y[train]).minimizer
for name, w in (("this fit", coefficients(linear)), ("least squares", best)):
    s1, s2 = w[names.index("s1")].item(), w[names.index("s2")].item()
    print(f"{name:<14} s1 and s2: sum {s1 + s2:.1f}, difference {s1 - s2:.1f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# (The panel's loss is in points squared.) It is within one percent of the least possible, and not
# one coefficient has converged. Look at s1 and s2: −20.2 and 4.1, where least squares has −50.4 and 29.4.
# The two columns go up and down together in these patients (further down you see how closely). So
# the loss feels the *sum* of their coefficients, −16.0 where it should be −21.0, and hardly their
# difference, −24.3 where it should be −79.9. That is [lesson 02](02_how_far_to_step.ipynb)'s flat valley. Besides, batches add
# their restlessness to every coefficient.
#
# Two things mend it: all rows in one batch, so that the gradient holds still; and momentum ([lesson 09](09_better_roads.ipynb))
# for the flat direction. (The cell goes on from the weights that it finds. Run it again and it goes
# on from its own.)

# %% slideshow={"output": "subslide"} tags=["continues"]
optimizer = torch.optim.SGD(linear.parameters(), lr=0.2, momentum=0.9)
for _ in range(300):
    loss = F.mse_loss(linear(x[train]), y[train]) / linear.y_std**2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
plots.truth_panel(A, y[train], coefficients(linear), lr=0.2, names=[*names, "b"])

library = LinearRegression().fit(x[train].cpu(), y[train].cpu())  # cpu(): a copy there, if need be
w_library = torch.from_numpy(library.coef_[0]).to(x) * linear.x_std  # per standard deviation, too
apart = (coefficients(linear)[:10] / w_library - 1).abs().max().item()
print(f"\nlargest relative difference from scikit-learn's LinearRegression: {apart:.4f}")
print(f"RMSE: training {rmse(linear, train):.2f}, validation {rmse(linear, val):.2f} points")


# %% [markdown]
# Our line is now scikit-learn's line, to four digits and more. And the validation RMSE? It went
# from 54.19 to 53.75. If you want predictions, the batches had all but done it. If you want to read
# the coefficients, you had to go on. It will turn out that even then you had better not.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a scale from all rows
#
# Somebody standardises once at the top of the notebook, with all 442 rows, then splits. It is a leak
# in [lesson 10](10_what_a_fit_is_worth.ipynb)'s sense: the test rows have taken part in the preparation.
#
# To compare, take the line on either scale, and from now on without descending. `solve` computes
# least squares with `torch.linalg.lstsq` ([lesson 09](09_better_roads.ipynb)) and writes it into a model. `columns`
# restricts it to some of the inputs, which you will want later.
#
# **Predict.** How much does the leak change the validation RMSE?


# %% slideshow={"slide_type": "subslide"}
def solve(model, train, columns=range(10)):
    """Set a linear Predictor to the least squares of the training rows, on its own scale."""
    z = (x[train] - model.x_mean) / model.x_std
    A = torch.cat([z[:, columns], torch.ones_like(z[:, :1])], 1)  # (n, d + 1), the last column ones
    solution = torch.linalg.lstsq(A, (y[train] - model.y_mean) / model.y_std).solution.ravel()
    with torch.no_grad():
        model.body.weight.zero_()  # zero_: fill it with zeros
        model.body.weight[0, columns] = solution[:-1]
        model.body.bias.fill_(solution[-1])
    return model


# %% slideshow={"output": "subslide"}
leaky = solve(Predictor(nn.Linear(10, 1), x, y).to(x), train)  # the scale of all rows
clean = solve(Predictor(nn.Linear(10, 1), x[train], y[train]).to(x), train)
print("column   mean of all rows   mean of the training rows")
for name in ("bmi", "s1", "s5"):
    k = names.index(name)
    print(f"{name:<6} {leaky.x_mean[k]:18.4f} {clean.x_mean[k]:27.4f}")
print(f"validation RMSE: {rmse(leaky, val):.6f} and {rmse(clean, val):.6f}")


# %% [markdown]
# Not at all: least squares does not care how the columns are shifted and scaled. That is luck, not a
# licence. A model with ridge ([lesson 10](10_what_a_fit_is_worth.ipynb)) does care, and so does a network that is stopped early, like
# ours below. It gets worse where 'preparing' means more than shifting, such as choosing columns. You
# will not notice when it starts to matter. Take the scale from the training rows, always.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is a network?
#
# The line adds up ten inputs, each times a number. It cannot say 'blood pressure matters more where
# the body mass index is high'. A **network** can: put two linear layers one behind the other, and bend
# what goes from the first to the second.
#
# $$h = \tanh(W_1 z + b_1) \qquad\qquad \hat y = W_2\, h + b_2$$
#
# Here $z$ holds the 10 standardised inputs and $h$ the 16 **hidden units**. Each unit is a linear
# model of its own, with its row of $W_1$ and its number in $b_1$. Its result goes through an
# **activation**, a curve that is applied to every number by itself. Ours is $\tanh$: nearly a straight
# line around 0, flat towards $-1$ and $1$. Without it the two layers would be one linear layer in two
# pieces. `nn.Sequential` is a module that calls its parts one after the other. Such a network is
# called a **multilayer perceptron**, MLP.
#
# **Predict.** How many parameters does it have? The line had 11, and there are 266 rows to learn from.


# %% slideshow={"slide_type": "subslide"}
def new_network(seed, train):
    """A network of 16 hidden units, its scale from the rows `train`."""
    torch.manual_seed(seed)
    body = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1))  # one after the other
    return Predictor(body, x[train], y[train]).to(x)


network = new_network(0, train)
for name, parameter in network.named_parameters():
    print(f"{name:<14} {tuple(parameter.shape)!s:<9} {parameter.numel():4}")
for name, model in (("network", network), ("line", linear)):
    print(f"parameters of the {name}:", sum(p.numel() for p in model.parameters()))
print(f"RMSE before training: validation {rmse(network, val):.2f} points")

# %% [markdown]
# 193 numbers for 266 rows: it can learn much of them by heart. Before any training its answers lie
# around the training mean, so it begins not far from the baseline's 77.26.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: another dtype, another device
#
# Each tensor has a **dtype**, such as float64, and a **device**, the memory it lives in: that of the
# processor, `cpu`, or that of a graphics card, `cuda`. Tensors that meet in one operation must agree
# in both. Why did `new_network` end in `.to(x)`? Leave it out and see. The second device below is
# `meta`, which every PyTorch has: it keeps shapes and throws the numbers away. Here it stands in for
# a graphics card, which you may not have.

# %%
bare = nn.Linear(10, 1)  # float32 on the processor, unless told otherwise
for attempt in (lambda: bare(x), lambda: bare.double().to("meta")(x)):
    try:
        attempt()
    except RuntimeError as error_message:
        print(f"RuntimeError: {error_message}")


# %% [markdown]
# Both errors are loud. One rule avoids both: name the device once, put the data there, and let the model
# follow the data with `.to(x)`, buffers and all. Then a single line at the top decides.
# `torch.cuda.is_available()` tells whether there is a card, and you could write
#
# ```python
# device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
# ```
#
# This lesson stays on the processor: batches as small as these give a card next to nothing to do,
# and this way you see the digits that everyone sees.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When do you stop, and what do you keep?
#
# [Lesson 10](10_what_a_fit_is_worth.ipynb) has the answer to both: watch the validation rows after each epoch, keep a true copy of
# the best epoch's `state_dict`, and stop when none has been better for a while, the patience.
#
# Here is the training, with Adam ([lesson 09](09_better_roads.ipynb)) and a patience of 15 epochs. The rows that choose the
# epoch are an argument, and that will matter. This once a patience of 60 lets it run through, so
# that you see what stopping saves.
#
# **Predict.** The line has a validation RMSE of 53.75. How far below will the network get?


# %%
def fit(seed, train, choose, n_epochs=60, patience=15):
    """A network at its best epoch on the rows `choose`; the RMSEs of all epochs; that epoch."""
    model, generator = new_network(seed, train), torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    curves, best = [], float("inf")
    for epoch in range(n_epochs + 1):
        if epoch > 0:
            run_epoch(model, train, optimizer, generator)
        curves.append((rmse(model, train), rmse(model, choose)))
        if curves[-1][1] < best:
            best, best_epoch, state = curves[-1][1], epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch == patience:
            break
    model.load_state_dict(state)
    return model, np.array(curves), best_epoch


# %% slideshow={"slide_type": "subslide"}
network, curves, best_epoch = fit(0, train, choose=val, patience=60)
baseline_val = rmse_of(y_mean.expand(len(val), 1), y[val])
levels = {"baseline": baseline_val, "line": rmse(linear, val)}
plots.kept_epoch(*curves.T, best_epoch, levels, unit="points")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Within four epochs the network is about where the line is. It gets no further: the best of 60
# epochs, the star, is at 54.02, and the line at 53.75. From there the training error falls and falls,
# and the validation error creeps, then climbs: the network is learning 266 patients by heart.
#
# `fit` has put the state of the star back. Write it to a file, and read it as another program would.
# The scale travels along, because it lives in buffers. (The new network has the scale of two rows
# only; loading overwrites it.)

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "network.pt"
    torch.save(network.state_dict(), file)
    state = torch.load(file, map_location=device, weights_only=True)

reloaded = new_network(seed=99, train=[0, 1])
print(f"validation RMSE of a new network: {rmse(reloaded, val):8.2f}")
reloaded.load_state_dict(state)
print(f"after loading:                    {rmse(reloaded, val):8.2f}")
apart = (reloaded(x[val]) - network(x[val])).abs().max().item()
print(f"largest difference between the two networks' predictions: {apart}")

# %% [markdown]
# `map_location` says where the loaded tensors shall live, so that a file written on a machine with a
# card opens on one without.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: the network that learns nothing
#
# scikit-learn gives its targets flat, of shape (442,). Somebody uses them as they come, with a loss
# written by hand, so that nothing warns.
#
# **Predict.** What RMSE will this network reach on the training rows?

# %% slideshow={"output": "subslide"}
flat_y = y.ravel()
print("shape of the targets:", tuple(flat_y.shape))
misled = new_network(0, train)
optimizer = torch.optim.Adam(misled.parameters(), lr=0.01)
for _ in range(300):
    loss = ((misled(x[train]) - flat_y[train]) ** 2).mean() / misled.y_std**2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("shape of the difference:", tuple((misled(x[train]) - flat_y[train]).shape))
print(f"RMSE on the training rows: {rmse(misled, train):.2f}")
print(f"the baseline's:            {y[train].std(correction=0):.2f}")

# %% [markdown]
# It *is* the baseline, to a hundredth. Every prediction met every target ([lesson 00](00_start_here.ipynb)), so the best
# answer for everybody is the mean. Nothing fails; the loss falls and settles. **When a model lands
# right on its baseline**, look at the shapes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Opening the test set
#
# All decisions are made, and the test rows had no part in any. Now they may speak, once.
#
# **Predict.** Will the network beat the line? By more or by less than a point?

# %% slideshow={"output": "subslide"}
baseline_test = rmse_of(y_mean.expand(len(test), 1), y[test])
for name, value in (
    ("baseline", baseline_test),
    ("line", rmse(linear, test)),
    ("network", rmse(network, test)),
):
    print(f"{name:<9} RMSE on {len(test)} test rows: {value:.2f} points")


# %% [markdown]
# Two points better than the line. Many a report ends here: 'the neural network outperforms linear
# regression'. But on the validation rows the line was ahead, and the baseline moves by more from one
# set of rows to the next. Is the network better, or are these 88 patients kinder to it?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is it a gain or is it luck?
#
# Repeat *everything* with eight seeds: split, scale, line, network, choice of the epoch, test.
#
# **Predict.** In how many of the eight will the network be better?


# %%
def new_line(train, columns=range(10)):
    """The least-squares line of the training rows."""
    return solve(Predictor(nn.Linear(10, 1), x[train], y[train]).to(x), train, columns)


def experiment(seed):
    """The test RMSEs of baseline, line and network on one split, and the two models."""
    train, val, test = split(seed)
    line, (network, _, _) = new_line(train), fit(seed, train, choose=val)
    baseline = rmse_of(y[train].mean().expand(len(test), 1), y[test])
    return (baseline, rmse(line, test), rmse(network, test)), line, network


experiments = [experiment(seed) for seed in range(8)]
scores = np.array([scores for scores, _, _ in experiments])  # (8, 3)
results = dict(zip(("baseline", "line", "network"), scores.T, strict=True))

# %% slideshow={"slide_type": "subslide"} tags=["cover"]
plots.split_results(results, "points")


# %% [markdown]
# On the left every model goes up and down by far more than the two differ, and *together*: some test
# sets are harder. So the right panel takes the difference on the same rows.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: gain and spread
#
# Put the right panel into three numbers: the mean of the differences `a - b`, their standard
# deviation, and in how many splits model a has the lower RMSE.


# %% tags=["exercise"]
def compare(a, b):
    """Mean and standard deviation of a - b, and the number of splits where a is lower.

    a and b hold the RMSEs of two models on the same splits, as arrays of shape (splits,).
    """
    difference = ...
    return ..., ..., ...


# %%
check.compare(compare)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def compare(a, b):
#     """Mean and standard deviation of a - b, and the number of splits where a is lower.
#
#     a and b hold the RMSEs of two models on the same splits, as arrays of shape (splits,).
#     """
#     difference = a - b
#     return difference.mean(), difference.std(), (difference < 0).sum()
# ```
#
# First subtract, split by split, then summarise. Summarise each model first, and you have lost what
# belongs together.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
difference = results["network"] - results["line"]
mean, std = difference.mean(), difference.std()
print(f"network minus line: mean {mean:.2f}, standard deviation {std:.2f}")
print(f"network ahead in {(difference < 0).sum()} of 8 splits")
own = results["line"]
print(f"the line's own RMSE: mean {own.mean():.2f}, standard deviation {own.std():.2f}")

# %% [markdown]
# Taking the difference removes what a split does to both models, and more than half of the spread
# with it. What is left is still three times the gain.
#
# On average the network is ahead by 0.43 points, out of 55, and it is ahead in six splits of eight.
# In one of the other two it is behind by more than it is ever ahead. The two points of split 0, our
# first, were the luckiest draw of all. (The splits share rows: they are no independent witnesses.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: the test set that was asked every epoch
#
# Somebody does without validation rows: 'I choose the epoch on the test rows, it is only one number.'

# %%
peeking = []
for seed in range(8):
    train_rows, _, test_rows = split(seed)
    chosen_on_test, _, _ = fit(seed, train_rows, choose=test_rows)
    peeking.append(rmse(chosen_on_test, test_rows))
gain_honest = results["line"] - results["network"]
gain_peeking = results["line"] - np.array(peeking)
for name, gain in (("validation", gain_honest), ("test", gain_peeking)):
    print(f"epoch chosen on {name:<10}  mean gain over the line {gain.mean():.2f} points", end="")
    print(f", ahead in {(gain > 0).sum()} of 8")

# %% [markdown]
# The same networks, the same training, another star on the curve, and the gain is almost three
# times as large. Nothing has got better; the test rows have chosen in their own favour. Twenty to
# forty looks at each test set invented more than the honest gain. Each setting that you try and
# judge there does the same: the number of units, the learning rate, the seed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where does it fail?
#
# An RMSE is one number for everybody. Put the test rows of all eight splits together, 704
# predictions of the network, and look at the residuals, prediction minus target. (A patient who is
# in several test sets has several points.)
#
# **Predict.** For the patients with the highest targets: are the predictions too high or too low?

# %% slideshow={"output": "subslide"}
tests = [split(seed)[2] for seed in range(8)]
pooled_y = torch.cat([y[rows] for rows in tests])  # (704, 1)
pairs = list(zip(tests, experiments, strict=True))
with torch.no_grad():
    pooled_line = torch.cat([line(x[rows]) for rows, (_, line, _) in pairs])
    pooled_pred = torch.cat([net(x[rows]) for rows, (_, _, net) in pairs])
plots.residual_views(pooled_y, pooled_pred, "points")

# %% slideshow={"slide_type": "subslide"}
centred = pooled_y.ravel() - pooled_y.mean()
variance = pooled_y.var(correction=0)  # var: the standard deviation squared
for name, y_pred in (("line", pooled_line), ("network", pooled_pred)):
    residual = (y_pred - pooled_y).ravel()
    mse = residual.square().mean()  # square: each number times itself
    unexplained, slope = mse / variance, (centred * residual).mean() / variance
    order = y_pred.ravel().argsort()  # row numbers, from the lowest prediction to the highest
    fifths = [residual[rows].square().mean().sqrt() for rows in order.tensor_split(5)]
    print(f"{name}: {len(residual)} predictions, RMSE {mse.sqrt():.1f}", end="")
    print("; by fifths, lowest first:", *(f"{error:.1f}" for error in fifths))
    print(f"   MSE over the variance of the target:   {unexplained:6.3f}")
    print(f"   slope of the residual over the target: {slope:6.3f}")


# %% [markdown] slideshow={"slide_type": "subslide"}
# **Left**: the highest fifth of the targets is predicted 58 points too low, the lowest 43 too high.
# It looks like a fault of the network, but the line has the same slope. The MSE is about half of the
# target's variance. That half is *unexplained*: nothing that we tried finds it in the ten inputs. What
# you cannot know you had best predict by its mean, so predictions crowd towards the middle. For a
# model that is right on average wherever its predictions lie, the slope is the unexplained share
# with a minus, and the two printed numbers are close to that.
#
# **Right**: the fairer question, for when you use the model you know the prediction and not the
# target. There is little slope; the highest fifth of the predictions is 14 points too low. But the
# error is not the same everywhere: 33 points for the lowest predictions, 72 for the fourth fifth.
# '55 points' is too much for the ones and too little for the others.
#
# For the question that was asked, remember the left panel all the same. The patients whose disease
# progresses fastest, the ones you would most like to find, are those that the model underrates most.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which inputs matter?
#
# Three ways to ask, and each is a number per input.
#
# - **The standardised coefficient** of the line: points per standard deviation.
# - **Permutation importance**: shuffle one column of the test rows, so that it no longer
#   belongs to its patient, and see by how much the RMSE rises. It works for every model.
# - **Leave it out**: fit again without the column, and see by how much the RMSE rises.
#
# **Predict.** s1 and s2 go up and down together. Will the three agree about s1?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: permutation importance
#
# Write the second. `order` holds the row numbers in shuffled order. RMSE is the root of the MSE.


# %% tags=["exercise"]
def rise_in_rmse(model, x, y, column, order):
    """How much the RMSE rises when `column` of x, (n, d), is taken in the order `order`; a float."""
    shuffled = ...
    ...
    return ...


# %%
check.rise_in_rmse(rise_in_rmse)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def rise_in_rmse(model, x, y, column, order):
#     """How much the RMSE rises when `column` of x, (n, d), is taken in the order `order`; a float."""
#     shuffled = x.clone()
#     shuffled[:, column] = x[order, column]
#     with torch.no_grad():
#         before = F.mse_loss(model(x), y).sqrt()
#         after = F.mse_loss(model(shuffled), y).sqrt()
#     return (after - before).item()
# ```
#
# Without `clone()` you would shuffle the caller's data, and the next column would be tested on
# rows that are already torn apart.
#
# </details>


# %% slideshow={"slide_type": "subslide"}
def permutation_importance(model, rows, n_orders=20):
    """The mean rise in RMSE on some rows for each column, over several shuffles; (10,)."""
    rng, x_rows, rises = np.random.RandomState(0), x[rows], []
    for column in range(10):
        after = []
        for _ in range(n_orders):
            shuffled = x_rows.clone()
            shuffled[:, column] = x_rows[rng.permutation(len(rows)), column]
            with torch.no_grad():
                after.append(rmse_of(model(shuffled), y[rows]))
        rises.append(np.mean(after) - rmse(model, rows))  # np.mean takes a list, too
    return rises


def left_out(train, test):
    """The rise in the line's RMSE when it is fitted without each column; (10,)."""
    rests = [[k for k in range(10) if k != column] for column in range(10)]
    return [rmse(new_line(train, rest), test) - rmse(new_line(train), test) for rest in rests]


# %% slideshow={"slide_type": "subslide", "output": "subslide"}
importance = {"coefficient": [], "line": [], "network": [], "left out": []}
for seed, (_, line, net) in enumerate(experiments):
    train_rows, _, test_rows = split(seed)
    importance["coefficient"].append(coefficients(line)[:10].cpu().numpy())
    importance["line"].append(permutation_importance(line, test_rows))
    importance["network"].append(permutation_importance(net, test_rows))
    importance["left out"].append(left_out(train_rows, test_rows))

views = {
    "standardised coefficient": {"line": importance["coefficient"]},
    "rise in RMSE when shuffled": {name: importance[name] for name in ("line", "network")},
    "rise in RMSE when left out": {"line": importance["left out"]},
}
plots.input_importance(names, views, "points")

# %% slideshow={"slide_type": "subslide"}
# corrcoef: a table of each column with each; [0, 1] is s1 with s2.
both = np.corrcoef(table.x[:, names.index("s1")], table.x[:, names.index("s2")])[0, 1]
print(f"correlation of s1 and s2: {both:.2f}\n")
print("      coefficient: lowest  highest   shuffled: line  network   left out: line")
for name in ("bmi", "s5", "s1", "s2"):
    each = {key: np.array(values)[:, names.index(name)] for key, values in importance.items()}
    w = each["coefficient"]
    print(f"{name:<4} {w.min():20.1f} {w.max():8.1f} {each['line'].mean():16.2f}", end=" ")
    print(f"{each['network'].mean():8.2f} {each['left out'].mean():16.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# On bmi all three agree: more of it goes with a faster progression, both models lean on it, and
# without it the line is worse on every split. On age they agree, too: it hardly matters beside the
# rest.
#
# On s1 they contradict each other. On average it has the largest coefficient, and shuffling it costs
# the line most. (The coefficient is anywhere between −58 and −18, depending on who happens to be in
# the training set.) And leaving it out costs **nothing**.
#
# The reason is the flat valley again. The correlation ([lesson 05](05_many_inputs_many_outputs.ipynb)) of s1 and s2 is 0.90. The line
# uses their small difference, with two large coefficients of opposite sign. Shuffle one of them,
# and you make patients that do not exist, high in s1 and low in s2; to those the line gives wild
# answers. The network, stopped early, leans on s1 hardly at all. Leave s1 out and fit again, and
# the other columns stand in for it.
#
# So say what you mean. Shuffling tells what **this model** leans on. Leaving out tells what **the
# other columns** cannot stand in for. A coefficient tells what changes when this input changes and
# *all others stay*, and s1 seldom moves without s2. None of the three tells what would happen to a
# patient whose value you changed: these are measurements, not an experiment.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What do you answer?
#
# You were asked to within how much the progression can be told. Take all eight test sets.

# %%
pooled_mean = torch.cat([y[split(seed)[0]].mean().expand(88, 1) for seed in range(8)])
predictions = (pooled_mean, pooled_line, pooled_pred)
for (name, rmses), y_pred in zip(results.items(), predictions, strict=True):
    share = ((y_pred - pooled_y).abs() < 55).double().mean()
    print(f"{name:<9} RMSE {rmses.mean():.1f} points on average, ", end="")
    print(f"from {rmses.min():.1f} to {rmses.max():.1f}; within 55 points: {share:.2f} of all")

# %% [markdown]
# 'To within about 55 points for two patients in three, where the mean for everybody manages two in
# five; closer for low predictions; too low for the worst cases.' That is an answer, and **a line gives
# it**. The network adds less than half a point on average, and one draw of the rows takes back six
# times that. It needs 193 parameters, an epoch to stop at, and a seed. Use the line.
#
# That is a result, not a failure. This network, with ten numbers on 266 patients, finds next to
# nothing beyond the line. More patients or other measurements may change that. On images, sound or
# text, with far more rows and inputs, networks do find what no line can. You only know by putting
# the line beside them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | mean and standard deviation, kept in two variables | `register_buffer` inside the model |
# | the scale, written down for later | it travels with `state_dict()` |
# | two linear models with `np.tanh` between | `nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1))` |
# | shuffled row numbers, cut into pieces | `rows[torch.randperm(len(rows))].split(32)` |
# | a copy of the best parameters | `copy.deepcopy(model.state_dict())`, `load_state_dict` |
# | `np.linalg.lstsq` | `torch.linalg.lstsq` |
# | one place for all arrays | `.to(device)` for data, `.to(x)` for models |
#
# **New words:** baseline, standardised coefficient, network, hidden unit, activation, multilayer
# perceptron, device, permutation importance.
#
# **New names:** `torch.set_num_threads`, `torch.device`, `.to`, `torch.cat`, `.zero_`, `.var`, `np.mean`, `torch.randperm`,
# `.cpu`, `torch.ones_like`, `nn.Sequential`, `nn.Tanh`, `torch.cuda.is_available`,
# `map_location=`, `.argsort`, `.tensor_split`, `.square`, `np.corrcoef`.
#
# **Next**, in [lesson 12](12_where_the_time_goes.ipynb), you find out where the time goes.
