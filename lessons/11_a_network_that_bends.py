# %% [markdown]
# # 11 A network that bends
#
# You fit a curve without choosing its powers: a network learns it before your eyes, and fails,
# and you see why.
#
# **You will be able to**
#
# - read a network's curve as a sum of bent units,
# - write a network and train it with your loop,
# - recognise a bad start, and cure it,
# - compare it with a polynomial.
#
# **Builds on** [lesson 06](06_the_linear_layer.ipynb) (layers), [lesson 09](09_better_roads.ipynb) (momentum) and [lesson 10](10_what_a_fit_is_worth.ipynb) (validation). **Takes** about 50 minutes, and 25 more with the deeper sections.

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

from course_utils import data, plots, sliders
from course_utils.checks import network as check

wave = data.sine_line()  # the ten points of 'Raw autograd tensors'
x, y = wave.x, wave.y  # NumPy, float64, (10,) each


def column(numbers):  # (n,) in NumPy to (n, 1) in PyTorch, as layers take it
    return torch.from_numpy(numbers).reshape(-1, 1)


t, heights = column(2 * x - 1), column(y)
torch.set_num_threads(1)  # one core: small tensors gain nothing from more

# %% [markdown]
# ## What does one unit draw?
#
# One soft step. [Lesson 03](03_build_your_own_autograd.ipynb#Can-it-bend-a-curve-to-ten-heights?) built a curve from three such tanh
# units:
#
# $$v \cdot \tanh(w\,t + b)$$
#
# The input is $t = 2x - 1$ again. Move the sliders: what does each do?

# %% [markdown] tags=["slide"]
# A **unit** draws one soft step, with three numbers. What does each of $w$, $b$ and $v$ do to it?

# %%
sliders.move(plots.one_unit, w=(-6, 6, 3.0), b=(-4, 4, 1.5), v=(-3, 3, 2.0))

# %% [markdown]
# The slope $w$ makes the step sharp, the shift $b$ moves it, the height $v$ stretches it. The
# middle lies at $t = -b/w$, where the curve's own slope is $v\,w$; far from there the unit is
# flat.
#
# ## What can two or three draw together?
#
# Add a step up and a step down, and you get a hill. A constant lifts it:
#
# $$\hat y = v_1 \tanh(w_1 t + b_1) + v_2 \tanh(w_2 t + b_2) + \dots + c$$
#
# > **Predict.** One unit steps up, from minus one to one; the other back down, farther right. How
# > high is their sum between the steps?

# %%
my_prediction = ...  # your number


def unit(t, w, b, v):
    return v * np.tanh(w * t + b)  # np.tanh: of each entry


t_grid = np.linspace(-1, 1, 91)  # many t, for pictures
two = [unit(t_grid, 6, 3, 1), unit(t_grid, 6, -3, -1)]
three = [
    unit(t_grid, 3, 2, 1.5),
    unit(t_grid, 2, 0, -1.5),
    unit(t_grid, 3, -2, 1.5),
]
plots.added_up(t_grid, two, three, 2.5, (t, y), prediction=my_prediction)

# %% [markdown] tags=["slide"]
# Nearly 2. On the right, three units and a constant, set by hand, follow ten points.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Nearly 2: between the steps, both are near 1. At the ends they cancel.
#
# </details>
#
# Three units and $c = 2.5$, set by hand, already follow
# [lesson 04](04_raw_autograd_tensors.ipynb#Can-a-line-follow-a-curve?)'s ten points: MSE 0.0304, where the best line has 0.2327.
#
# ## Why must it bend?
#
# Without the tanh, each unit is a line, and a sum of lines is a line. The slopes and shifts are
# a linear layer, the heights and $c$ a second one. In single numbers, two layers make one:
#
# $$3\,(2x + 1) + 4 = 6x + 7$$
#
# A bend between them, the **activation**, prevents that.

# %% [markdown] tags=["slide"]
# Two layers without a bend make one, here in single numbers. What can ten of them in a row draw? What
# changes with a tanh between them, an **activation**?

# %% [markdown]
# ### Exercise 1 (write): two layers in one
#
# Now with tensors: the layers compute `h = x @ W1.T + b1` and `h @ W2.T + b2`. Find `W` and `b`
# so that `x @ W.T + b` gives what the two layers give, for every `x`.


# %% tags=["exercise", "write"]
def as_one(W1, b1, W2, b2):
    """W and b of the one layer; shapes (h, d), (h,), (m, h) and (m,)."""
    W = ...  # (m, d)
    b = ...  # (m,)
    return W, b


# %%
check.as_one(as_one)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def as_one(W1, b1, W2, b2):
#     """W and b of the one layer; shapes (h, d), (h,), (m, h) and (m,)."""
#     W = W2 @ W1  # (m, h) times (h, d)
#     b = W2 @ b1 + b2  # the first bias goes through the second layer, too
#     return W, b
# ```
#
# </details>
#
# ## How do you write a network?
#
# As a list of layers: `nn.Sequential` calls one after the other. Linear layers with an
# activation between them are a **network**, or a **multilayer perceptron**. Units between input
# and output are **hidden units**.

# %% [markdown] tags=["slide"]
# `nn.Sequential` calls one layer after the other. Linear layers with an activation between them are a
# **network**; the units inside are **hidden**.


# %% tags=["code"]
def new_network(n_units, seed):
    torch.manual_seed(seed)
    return nn.Sequential(  # nn.Tanh: the tanh of each number
        nn.Linear(1, n_units), nn.Tanh(), nn.Linear(n_units, 1)
    ).double()  # float64, like the data


def take_apart(model, t):  # what each unit adds at t, and the constant
    hidden = model[1](model[0](t))  # model[0] is the first layer
    parts = hidden * model[2].weight  # (n, units) times the heights (1, units)
    return parts.detach(), model[2].bias.item()


for name, p in new_network(3, seed=3).named_parameters():
    print(name, tuple(p.shape))

# %% [markdown]
# Slopes, shifts, heights and a constant: [lesson 03](03_build_your_own_autograd.ipynb#Can-it-bend-a-curve-to-ten-heights?)'s ten
# parameters.
#
# ## Can it find the units itself?
#
# Yes, with your loop and [lesson 09](09_better_roads.ipynb#What-if-a-ball-rolled-down?)'s momentum.

# %% [markdown] tags=["slide"]
# Three units start at random, and your loop trains them, with
# [lesson 09](09_better_roads.ipynb#What-if-a-ball-rolled-down?)'s momentum.


# %% tags=["cover"]
mse, grid = nn.MSELoss(), column(t_grid)


def train(model, t, y, n_steps, lr=0.1, watch=()):
    """The loss before each step and after the last; the units at some."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses, stages = [], {}
    for step in range(n_steps):
        if step in watch:
            stages[f"step {step}"] = take_apart(model, grid)
        y_pred = model(t)  # 1 predict
        loss = mse(y_pred, y)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
        losses.append(loss.item())
    losses.append(mse(model(t), y).item())
    return losses, stages


model = new_network(3, seed=3)  # 0 start
learned, stages = train(model, t, heights, 1000, watch=(0, 20, 100))
stages["step 1,000"] = take_apart(model, grid)
plots.taken_apart(t, y, t_grid, stages)

# %%
print("SCOREBOARD          parameters   MSE       steps     seconds")
print("three tanh units*   10           0.00013   2,000     about one")
print("a line              2            0.23268   200       under one")
print("degree 4, loop      5            0.00621   100,000   one")
print("degree 4, momentum  5            0.00436   5,239     one")
print("degree 4, Legendre  5            0.00436   25        under one")
loss = learned[1000]
print(f"network, 3 units*   10           {loss:.5f}   1,000     under one")
print("* a lucky start")

# %% [markdown]
# Two units find their places first, at the ends; the third then makes the fall between them.
# Try 2 or 5 units in `new_network(3, seed=3)`. (The table will still say 3 units.)
#
# ## Is it done?
#
# This loss is no bowl, so there is no truth panel. It has **plateaus**, where a run hardly
# moves for hundreds of steps, or thousands. The seed decides what you meet.

# %% [markdown] tags=["slide"]
# This loss is no bowl, so there is no truth panel.
#
# > A network's loss has stopped falling. Is it the least loss?

# %%
runs, rates = {}, {}
for n_units, n_steps in ((3, 800), (10, 300)):
    models = [new_network(n_units, seed) for seed in (0, 1, 3, 4)]
    runs[n_units] = [train(m, t, heights, n_steps)[0] for m in models]
for lr in (0.1, 0.05):  # seed 2, in a panel of its own
    rates[lr] = train(new_network(3, seed=2), t, heights, 500, lr)[0]
plots.losses_by_seed(runs, rates)
A = np.vander(x, 6)  # degree 5
error = ((A @ np.linalg.lstsq(A, y)[0] - y) ** 2).mean()
worst = max(run[300] for run in runs[10])
print(f"10 units, worst run 31           {worst:.5f}   300      under one")
print(f"degree 5, lstsq     6            {error:.5f}   none     none")

# %% [markdown] tags=["slide"]
# Nobody knows. On the left, `seed=4` looked done, on a **plateau**, and wasn't. So try more steps,
# half the rate (in the middle), several seeds, or more units (on the right).

# %% [markdown]
# The run of `seed=4` looked done, and wasn't. So try
#
# - **more steps**: a plateau may end;
# - **half the rate**: where `seed=2` goes, the valley gets steeper, until 0.1 is above the limit
#   ([lesson 09](09_better_roads.ipynb#What-if-a-ball-rolled-down?)), and the loss jumps up; 0.05 is still below;
# - **several seeds**: if some end far worse, take more units.
#
# (The scoreboard's last row, degree five, beats every run above, but you have to choose it.)
#
# ## How should the weights start?
#
# Small, and different. PyTorch draws these **initial weights** at random, in a layer with $d$
# inputs between $\pm 1/\sqrt d$: the more products a unit adds up, the smaller.

# %% [markdown] tags=["slide"]
# PyTorch draws **initial weights** at random: in a layer with $d$ inputs, between $\pm 1/\sqrt d$. Why
# at random? And why so small?

# %% [markdown]
# ### Break it: three bad starts
#
# Beside a good start, three bad ones, of ten units each. In the first, all parameters start at
# 0.5; in the second, slopes and shifts start between −30 and 30; the third gets $3600\,x$, as
# if hours were counted in seconds.
#
# > **Predict.** Where all start equal, what will the ten units draw?

# %% [markdown] tags=["slide"]
# Ten units each. **All equal**: every parameter starts at 0.5. **Too large**: slopes and shifts start
# between −30 and 30. **In seconds**: $x$ times 3,600.

# %%
titles = ["as PyTorch starts", "all equal", "too large", "x in seconds"]
models = {title: new_network(10, seed=1) for title in titles}
for p in models["all equal"].parameters():
    nn.init.constant_(p, 0.5)
for p in models["too large"][0].parameters():  # slopes and shifts
    nn.init.uniform_(p, -30, 30)  # random numbers between these
panels, seconds = {}, (3600 * (t + 1) / 2, 3600 * (grid + 1) / 2)
for title, model in models.items():
    inputs, places = seconds if title == "x in seconds" else (t, grid)
    train(model, inputs, heights, 300)
    panels[title] = take_apart(model, places)
plots.taken_apart(t, y, t_grid, panels)

# %% [markdown] tags=["slide"]
# **Equal**: one curve, ten units on top of each other. **Too large**: flat nearly everywhere, so most
# stay put. **In seconds**: flat from the second point on; scale the inputs.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# One curve: ten units lie on top of each other.
#
# </details>
#
# - **All equal**: equal units get equal gradients and stay equal.
# - **Too large**: these units are flat nearly everywhere. There, slope and shift have almost no
#   gradient, so most stay put. Their heights learn: the loss is small, 0.0017, but between the
#   points the curve is wrong.
# - **In seconds**: the numbers inside are huge, so each unit is flat from the second point on. All
#   these points get one height. Scale the inputs ([lesson 02](02_how_far_to_step.ipynb#Can-you-make-the-bowl-round?)).
#
# ### Exercise 2 (diagnose): four networks
#
# Match each network with its cause. (B has three units, the others ten.) One cause is left
# over.
#
# 1. The units started equal.
# 2. The inputs were not scaled.
# 3. There was no activation.
# 4. An unlucky seed.
# 5. The learning rate was too large.
#
# ```text
#     loss at step                       4,000, with    how far the first
#     0        100      500      4,000   another seed   three slopes moved
# A   7.1199   0.2327   0.2327   0.2327  0.2327         0.08  0.06  0.34
# B  10.1807   0.1723   0.1520   0.1488  0.0000         0.43  0.51  4.33
# C   0.8316   0.2143   0.1714   0.1524  0.1524         2.28  2.28  2.28
# D   8.3328   0.2058   0.2057   0.2057  0.2057         0.00  0.00  0.00
# ```

# %% tags=["exercise", "diagnose"]
causes = [..., ..., ..., ...]  # the numbers for A, B, C and D, in this order

# %%
check.causes(causes)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# causes = [3, 4, 1, 2]
# ```
#
# A ends at the best line's loss, with any seed. B ends badly even after thousands of steps, and
# well with a different seed. In C, the slopes move alike. In D none moves: the units are flat
# at all points but $x = 0$, where a slope does nothing.
#
# </details>
#
# ## How many units does a noisy curve need?
#
# Try it on [lesson 10](10_what_a_fit_is_worth.ipynb#Can-a-fit-be-too-good?)'s noisy curve: thirty rows to train, ten to
# validate.

# %%
noisy, networks = data.noisy_sine(), []
t40, y40 = column(2 * noisy.x - 1), column(noisy.y)
t_wide = column(np.linspace(-2, 2, 201))  # the points and beyond


def judge(model):  # training and validation loss
    y_pred = model(t40)
    return mse(y_pred[:30], y40[:30]).item(), mse(y_pred[30:], y40[30:]).item()


for n_units, seed in ((3, 0), (3, 1), (3, 2), (10, 0), (10, 1), (10, 2)):
    model = new_network(n_units, seed)
    train(model, t40[:30], y40[:30], 500)
    a, b = judge(model)
    networks.append((3 * n_units + 1, a, b))
    print(f"{n_units:2} units   training {a:.3f}   validation {b:.3f}")

# %% [markdown] tags=["slide"]
# [Lesson 10](10_what_a_fit_is_worth.ipynb#Which-degree-would-you-choose?)'s best degree had 0.067 on
# the validation rows. Three units come near with luck, ten each time.

# %% [markdown]
# The best degree of [lesson 10](10_what_a_fit_is_worth.ipynb#Which-degree-would-you-choose?) had 0.067 there. Three units come near with luck; ten did each time.
#
# > **Predict.** A hundred units have 301 parameters, for thirty rows. A polynomial with 11, fitted
# > by least squares, has a validation loss of 0.373. What will the network's be?

# %%
my_prediction = ...  # your number

big, ten = new_network(100, seed=1), new_network(10, seed=1)
train(ten, t40[:30], y40[:30], 500)  # as above
train(big, t40[:30], y40[:30], 500, lr=0.02)  # at 0.1 it ends as nan
with_big = [*networks, (301, *judge(big))]  # *: one by one
curves = [ten(t_wide).detach()]
train(ten, t40[:30], y40[:30], 2000, lr=0.2)  # more training
curves.append(ten(t_wide).detach())
plots.network_or_polynomial(
    t40, y40, with_big, t_wide, curves, prediction=my_prediction
)
print(f"after more training: validation {judge(ten)[1]:.3f}")

# %% [markdown] tags=["slide"]
# 0.0731, about the same as with ten units. On the right: beyond the points, the polynomial flies off,
# and the networks go flat. Trust no fit there.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 0.0731, about the same as with ten units.
#
# </details>
#
# So the number of parameters alone doesn't say whether a network overfits. Its curve starts
# smooth, and a short run doesn't bend it far. After more training, the network of ten units
# follows the noise: its validation loss climbs from 0.065 to 0.105. Stop early.
#
# Degrees from three to nine are as good. **Beyond the points**, the polynomial flies off, and a
# tanh network goes flat sooner or later. Trust no fit there.

# %% [markdown] tags=["deeper"]
# ## Deeper: can it say yes or no?
#
# Yes: let the output be a score, and turn the score into a probability. The **sigmoid**
# $1/(1 + e^{-s})$ makes a number between 0 and 1 of any score $s$, which is then called a
# **logit**. Large scores mean yes.
#
# The loss for a row is $-\log$ of the probability that the network gave to the true answer:
# near 0 if it was sure and right, 0.105 for 0.9, and 4.605 for 0.01. `BCEWithLogitsLoss`
# computes it from the logits, without overflow. The loop stays the same.
#
# scikit-learn's **two moons** are two bent clouds. Ours are unequal: 180 rows say no, 20 yes.

# %% tags=["deeper"]
from sklearn.datasets import make_moons


def moons(seed):  # (200, 2) inputs; (200, 1) labels, 0 or 1
    inputs, labels = make_moons((180, 20), noise=0.25, random_state=seed)
    return torch.from_numpy(inputs), column(labels).double()


inputs, labels = moons(seed=0)
inputs_val, labels_val = moons(seed=1)
first, second = np.linspace(-2, 3, 61), np.linspace(-1.5, 2, 51)
places = [[a, b] for b in second for a in first]
places = torch.tensor(places, dtype=torch.float64)  # (51 * 61, 2)
print("−log of 0.9 and 0.01:", -np.log([0.9, 0.01]).round(3))

# %% tags=["deeper"]
bce = nn.BCEWithLogitsLoss()


def learn(classifier):  # 0 start, outside
    optimizer = torch.optim.SGD(classifier.parameters(), lr=0.3, momentum=0.9)
    stages = {}
    for step in range(501):
        if step in (0, 20, 100, 500):
            probability = torch.sigmoid(classifier(places)).detach()
            stages[f"step {step}"] = probability.reshape(51, 61)
        logits = classifier(inputs)  # 1 predict
        loss = bce(logits, labels)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
    return stages


torch.manual_seed(0)
line = nn.Linear(2, 1).double()
network = nn.Sequential(nn.Linear(2, 10), nn.Tanh(), nn.Linear(10, 1)).double()
learn(line)
plots.boundary_stages(inputs, labels, first, second, learn(network))

# %% [markdown] tags=["deeper"]
# The line is where the probability is a half. After 20 steps it is nearly straight; then
# it bends between the moons.
#
# How good is it, on new rows? The **accuracy** is the share of right answers. Compare it with
# the **base rate**, the accuracy of someone who always gives the commoner answer. And the
# **threshold** from which a probability counts as yes is yours to choose.
#
# > **Predict.** What is the base rate here?

# %% tags=["deeper"]
yes = labels_val == 1  # True or False for each row; ~yes turns them round
print(f"always no: accuracy {(~yes).double().mean():.3f}")
rivals = {"line": (line, 0.5), "network": (network, 0.5)}
rivals["network, lower"] = network, 0.1
for name, (model, threshold) in rivals.items():
    said_yes = torch.sigmoid(model(inputs_val)) > threshold
    accuracy = (said_yes == yes).double().mean()
    # said_yes[yes]: its answers for the true yes rows; sum counts True
    found, false_alarms = said_yes[yes].sum(), said_yes[~yes].sum()
    print(f"{name}, threshold {threshold}: accuracy {accuracy:.3f}", end=", ")
    print(f"{found} of 20 found, {false_alarms} false alarms")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# 0.900: nine tenths without a model. So 0.97 is less splendid than it sounds.
#
# </details>
#
# The network's bend finds five more than a straight line. With the lower threshold it finds one
# more, at the price of six more false alarms. Which is better depends on what a miss costs.
# Choose on validation rows, then report on test rows.

# %% [markdown] tags=["deeper"]
# ## Deeper: what does ReLU change?
#
# Many networks bend with **ReLU**, the larger of its input and 0: cheap, never flat on one
# side. On the other side it is exactly flat. A unit whose input is negative for all rows has
# gradients of zero: it is a **dead unit**, and in practice it stays one.
#
# Ten ReLU units learn the ten points, at the old rate and at a smaller one, from a seed at
# which no unit starts dead:


# %% tags=["deeper"]
def relu_network(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1)).double()


def dead_units(model):  # at all ten points, what goes in is at most 0
    return (model[0](t) <= 0).all(dim=0).sum().item()


# %% tags=["deeper"]
model, slow = relu_network(seed=1), relu_network(seed=1)
print(f"at the start: {dead_units(model)} dead")
_, stages = train(model, t, heights, 500, watch=(0, 5, 20))
stages["step 500"] = take_apart(model, grid)
losses, _ = train(slow, t, heights, 500, lr=0.02)
plots.taken_apart(t, y, t_grid, stages)
print(f"lr 0.1:  {dead_units(model)} dead")
print(
    f"lr 0.02: {dead_units(slow)} dead, MSE {losses[500]:.4f} after 500 steps"
)

# %% [markdown] tags=["deeper"]
# Seven units are dead at the end. The first steps were long, because the start is far too low,
# and pushed them over the edge.
#
# The curve has kinks instead of bends, and a flat stretch in the middle that no living unit
# reaches. With a smaller rate more units survive, and here the fit is better. More units, or
# targets around zero, often help, too.

# %% [markdown] tags=["deeper"]
# ## Deeper: wider or deeper?
#
# One hidden layer with enough units can follow any continuous curve on a range, as closely as
# you like. So why several layers? Because each layer can multiply the bends. Two ReLU units
# fold the range from 0 to 1 like a sheet of paper: up, then down. The next layer's two units
# fold that.

# %% tags=["deeper"]
z = np.linspace(0, 1, 129)
panels = {}
for n_layers in range(1, 5):
    # np.maximum: entry by entry the larger one, so this is ReLU
    up, down = 2 * np.maximum(z, 0), -4 * np.maximum(z - 0.5, 0)
    z = up + down
    slopes = np.sign(np.diff(z))  # 1 where it rises, −1 where it falls
    pieces = 1 + (slopes[1:] != slopes[:-1]).sum()
    panels[f"layer {n_layers}: {pieces} pieces"] = np.array([up, down]).T, 0
plots.taken_apart(None, None, np.linspace(0, 1, 129), panels)

# %% [markdown] tags=["deeper"]
# In one hidden layer, each ReLU unit adds at most one kink, so the last curve (fifteen kinks and a
# first slope) would need 16 units instead of 8. Each further layer doubles the pieces. (That is
# what depth *can* do. Whether descent finds it is a different question.)
#
# Here is a network with 2 inputs, one hidden layer of 5 units, and 1 output:
#
# ```python
# nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))
# ```
#
# ### Deeper: Exercise 3 (transfer): any depth
#
# Make one with one or more hidden layers, all of `n_units` units.


# %% tags=["deeper", "exercise", "transfer"]
def deep_network(n_in, n_units, n_hidden, n_out):
    """n_hidden (at least 1) layers of n_units tanh units, then the output."""
    layers = ...
    return nn.Sequential(*layers)


# %% tags=["deeper"]
check.deep_network(deep_network)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def deep_network(n_in, n_units, n_hidden, n_out):
#     """n_hidden (at least 1) layers of n_units tanh units, then the output."""
#     layers = []
#     for k in range(n_hidden):
#         layers.append(nn.Linear(n_in if k == 0 else n_units, n_units))
#         layers.append(nn.Tanh())
#     layers.append(nn.Linear(n_units, n_out))
#     return nn.Sequential(*layers)
# ```
#
# The last layer has no activation: with a tanh, no output could leave −1 to 1.
#
# </details>

# %% [markdown]
# ## Three questions
#
# **Why must initial weights differ?**
#
# <details><summary>Answer</summary>
#
# Equal units get equal gradients and stay equal.
#
# </details>
#
# **A network draws a flat line through nearly all points. Where do you look first?**
#
# <details><summary>Answer</summary>
#
# At the inputs: large ones make every unit flat.
#
# </details>
#
# **Two seeds end with very different losses. What do you do?**
#
# <details><summary>Answer</summary>
#
# Run on: one may lie on a plateau. Then take more units.
#
# </details>
#
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | `v * np.tanh(w * t + b)`, added up | `nn.Linear(1, n)`, `nn.Tanh()`, `nn.Linear(n, 1)` |
#
# **New words:** activation, network, hidden unit, multilayer perceptron, plateau, initial
# weights.
#
# **New names:** `torch.set_num_threads`, `nn.Sequential`, `nn.Tanh`, `np.tanh`,
# `nn.init.uniform_`.
#
# **New words, deeper:** sigmoid, logit, two moons, accuracy, base rate, threshold, ReLU,
# dead unit.
#
# **New names, deeper:** `nn.BCEWithLogitsLoss`, `torch.sigmoid`, `make_moons`,
# `noise=`, `random_state=`, `nn.ReLU`, `.all`, `np.maximum`, `np.sign`, `np.diff`.
#
# **Next**, in [lesson 12](12_where_the_time_goes.ipynb): twenty starts, in the time of one or two.
#
# Back to [lesson 10](10_what_a_fit_is_worth.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
