# %% [markdown]
# # 06 The linear layer
#
# You replace the parts of your loop with PyTorch's, and look inside each one. Then you find out
# that a published fit which looks perfect never found its bias.
#
# **You will be able to**
#
# - train any model with one loop,
# - write, save and load a model,
# - say what an optimizer, `train()` and `eval()` do,
# - show that a fit with a flat loss has not converged.
#
# **Builds on** [lesson 02](02_how_far_to_step.ipynb),
# [lesson 04](04_raw_autograd_tensors.ipynb) and [lesson 05](05_many_inputs_many_outputs.ipynb). **Takes** about 55 minutes, and 35 more with the deeper sections.

# %% [markdown] tags=["slide"]
# You replace the parts of your loop with PyTorch's, and look inside each one. Then you put a
# published fit to the test.

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
import tempfile
from pathlib import Path

import torch
from torch import nn

from course_utils import data, descent, plots
from course_utils.checks import linear_layer as check

# %% [markdown]
# ## What is in a linear layer?
#
# A **linear layer** is one object that holds a weight and a bias, and predicts with them.
#
# Your loop needs a line for `w` and one for `b`, to clear the gradients and to step; a network
# has many more tensors. `nn.Linear(3, 2)` has three inputs and two outputs.
#
# > **Predict.** How many numbers does it hold that training can change?

# %% [markdown] tags=["slide"]
# `nn.Linear(3, 2)` is a **linear layer** with three inputs and two outputs: it holds a weight and a
# bias, and predicts with them.

# %%
torch.manual_seed(59)  # where PyTorch's random draws begin
layer = nn.Linear(3, 2)  # 3 inputs, 2 outputs
for name, p in layer.named_parameters():  # pairs of a name and a tensor
    print(f"{name:6}  shape {tuple(p.shape)}\n{p.detach()}")

row = torch.tensor([[0.5, -1.0, 2.0]])
print("\nrow                   ", row)
print("layer(row)            ", layer(row).detach())
by_hand = row @ layer.weight.T + layer.bias  # what it holds
print("row @ weight.T + bias ", by_hand.detach())

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Eight: a weight of shape (2, 3), and a bias for each output.
#
# </details>
#
# You call the layer like a function. Its tensors already ask for a gradient. Their first values
# are random: the same each time right after `torch.manual_seed`, on one computer.

# %% [markdown] tags=["slide"]
# Eight: each output has a bias and a row of three weights, so the shape is (2, 3). `.T` makes columns
# of these rows: `row` meets each. Called like a function, the layer computes this sum.

# %% [markdown]
# ## What does an optimizer do?
#
# An **optimizer** holds a list of parameters and takes the step for each. Here is yours:

# %% [markdown] tags=["slide"]
# An **optimizer** holds a list of parameters and takes the step for each. Here is yours. PyTorch's
# is `torch.optim.SGD`, short for stochastic gradient descent (why stochastic,
# [lesson 07](07_dataset_and_dataloader.ipynb) says).


# %% tags=["code"]
class HandSGD:
    """Gradient descent for any list of parameters."""

    def __init__(self, parameters, lr):
        self.parameters = list(parameters)  # model.parameters() gives each once
        self.lr = lr

    def zero_grad(self):  # empty every gradient
        for p in self.parameters:
            p.grad = None

    def step(self):  # and step with every one
        with torch.no_grad():
            for p in self.parameters:
                p -= self.lr * p.grad  # in place: the model's tensor


# %% [markdown]
# PyTorch's own is `torch.optim.SGD`. (It skips a parameter without a gradient; yours would
# fail.)
#
# ## Do the same numbers come out?
#
# These are [lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?)'s eighty points. Each *new* line
# stands under the one it replaces.

# %% [markdown] tags=["slide"]
# Points and start are those of [lesson 01](01_gradient_descent_by_hand.ipynb): do its
# numbers come out, first with `HandSGD`, then with PyTorch's `SGD`? `same_start()` makes an
# `nn.Linear(1, 1)`; `mse` is `nn.MSELoss()`.

# %%
line = data.noisy_line()
x80, y80 = torch.from_numpy(line.x_train), torch.from_numpy(line.y_train)
mse = nn.MSELoss()  # an object that computes the mean squared error


def same_start():  # as in 'Gradient descent by hand'
    model = nn.Linear(1, 1).double()  # float64, like the data
    with torch.no_grad():
        model.weight.fill_(-0.1382643)  # fill_: put this number into it
        model.bias.fill_(0.49671415)
    return model


# %% tags=["code", "printed"]
for kind in (HandSGD, torch.optim.SGD):  # one class, then the other
    model = same_start()  # 0 start
    optimizer = kind(model.parameters(), lr=0.1)
    for epoch in range(1000):
        # 1 predict        y_pred = w * x80 + b
        y_pred = model(x80)  # new
        # 2 loss           loss = ((y_pred - y80) ** 2).mean()
        loss = mse(y_pred, y80)  # new
        # 3 gradients      w.grad = None    b.grad = None
        optimizer.zero_grad()  # new
        loss.backward()
        # 4 update         w -= 0.1 * w.grad    b -= 0.1 * b.grad
        optimizer.step()  # new
        if epoch in (0, 999):
            w, b = model.weight.item(), model.bias.item()
            print(f"{kind.__name__:8} step {epoch + 1:4}  w {w:.6f}  b {b:.6f}")

# %% [markdown] tags=["slide"]
# Yes: [lesson 01](01_gradient_descent_by_hand.ipynb)'s 0.045111 and 0.801195 after one step, twice.
# From here on the loop stays; you change the model.

# %% [markdown]
# [Lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?)'s 0.045111 and 0.801195 after one step, twice. From here on the loop stays;
# you change the model.
#
# ## How do you write a model of your own?
#
# A **module** is an object that makes its parameters in `__init__` and predicts in `forward`.
# A layer is one. So is yours, if its class builds on `nn.Module`:


# %% tags=["code"]
class Line(nn.Module):  # Line inherits what nn.Module can do
    """The line y = w·x + b."""

    def __init__(self):
        super().__init__()  # first nn.Module's own __init__
        self.w = nn.Parameter(torch.tensor(2.0))
        self.b = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):  # what model(x) computes
        return self.w * x + self.b


model = Line()
print("on the list:      ", [name for name, _ in model.named_parameters()])
print("model(x) at x = 10:", model(torch.tensor([[10.0]])).item())

# %% [markdown] tags=["slide"]
# `super().__init__()` makes the list of parameters; an **`nn.Parameter`** that you assign to `self`
# is on it. Write `forward`, but call `model(x)`.

# %% [markdown]
# `super().__init__()` lets `nn.Module` make its list of parameters, still empty. Without it,
# assigning one fails: `cannot assign parameters before Module.__init__() call`. An
# **`nn.Parameter`** is a tensor that asks for a gradient; assign it to `self`, and it is on the
# list.
#
# `Line` **inherits** what `nn.Module` can do. So `model(x)` works: it calls your `forward`, and
# tools attached to the model. Write `forward`, but call `model(x)`.
#
# ### Exercise 1 (write): a line and a wave
#
# The ten points of [lesson 04](04_raw_autograd_tensors.ipynb#Can-a-line-follow-a-curve?) lie exactly on a curve
# $y = a\,x + b + c\,\sin 6x$. Write it as a module: `self.a`, `self.b` and `self.c` are single
# numbers that start at 0. The check trains it with the loop above, at `lr=0.5`.


# %% tags=["exercise", "write"]
class Wave(nn.Module):
    """The curve y = a·x + b + c·sin(6x)."""

    def __init__(self): ...

    def forward(self, x):
        return ...  # torch.sin is the sine


# %%
check.Wave(Wave)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# class Wave(nn.Module):
#     """The curve y = a·x + b + c·sin(6x)."""
#
#     def __init__(self):
#         super().__init__()
#         self.a = nn.Parameter(torch.tensor(0.0))
#         self.b = nn.Parameter(torch.tensor(0.0))
#         self.c = nn.Parameter(torch.tensor(0.0))
#
#     def forward(self, x):
#         # the sine of each entry
#         return self.a * x + self.b + self.c * torch.sin(6 * x)
# ```
#
# You derived nothing, and the loop did not change.
#
# </details>
#
# ## Does a published fit come out?
#
# A tutorial fits fifty points, made with $y = 2x + 1$ and a random whole number, from $-8$ to $8$,
# added to each $y$. The loop is a function now, which keeps each loss and line.

# %% [markdown] tags=["slide"]
# A tutorial's fifty points: $y = 2x + 1$ plus a random whole number from $-8$ to $8$.


# %%
points = data.integer_noise_line()
X, y = torch.from_numpy(points.x), torch.from_numpy(points.y)  # X: 1 to 50


def fresh_layer():  # the tutorial's start, the same at every call
    torch.manual_seed(59)
    return nn.Linear(1, 1)


def line_of(model):  # slope and bias, from the predictions at 0 and 1
    with torch.no_grad():
        at_0, at_1 = model(torch.tensor([[0.0], [1.0]])).ravel().tolist()
    return at_1 - at_0, at_0


def descend(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)  # 0 start
    losses, path = [], [line_of(model)]
    for epoch in range(n_epochs):
        y_pred = model(X)  # 1 predict
        loss = mse(y_pred, y)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
        losses.append(loss.item())
        path.append(line_of(model))
    return losses, path


# %%
model = fresh_layer()
losses, path = descend(model, X, y, lr=0.001, n_epochs=50)
print("epoch        loss    weight      bias")
for epoch in (1, 2, 3, 48, 49, 50):
    w, b = path[epoch - 1]
    print(f"{epoch:5}   {losses[epoch - 1]:9.4f}  {w:.6f}  {b:.6f}")
print(f"after 50   {model.weight.item():.8f}  {model.bias.item():.8f}")
print("published  1.98381913  1.05575156")
y_1, y_50 = model(X)[0].item(), model(X)[-1].item()
print(f"the line's ends {y_1:.4f}, {y_50:.4f}   published 3.0396, 100.2467")
plots.first_and_last_line(X, y, path)

# %% [markdown] tags=["slide"]
# The published line comes out. The loss is flat, and the points were made with $2x + 1$: a full
# success?

# %% [markdown]
# The loss is flat, the line runs through the points, and they were made with $2x + 1$: a full
# success? The published losses, 3057.2168 and 21.0585, are reproduced as well. (Each row
# is before its step: row 1 is the start.)

# %% [markdown] tags=["deeper"]
# ### Deeper: all fifty rows

# %% tags=["deeper"]
print("   |   ".join(["epoch       loss    weight      bias"] * 2))
for left in range(1, 26):
    halves = []
    for epoch in (left, left + 25):
        w, b = path[epoch - 1]
        halves.append(f"{epoch:5}  {losses[epoch - 1]:9.4f}  {w:.6f}  {b:.6f}")
    print("   |   ".join(halves))

# %% [markdown]
# ## Do you believe it?
#
# > **Predict.** The points were made with bias 1; the fit says 1.0558. The ten leftmost
# > average 1.73 above its line. Which bias fits all fifty best? Type it.

# %% tags=["cover", "printed"]
my_prediction = ...  # your number

plots.parameters_by_epoch(X, y, {"this fit": path}, prediction=my_prediction)
A = descent.design_matrix(X)
plots.truth_panel(A, y, path[-1], lr=0.001, names=["w", "b"])

bowl = descent.QuadraticLoss(A, y)
curvatures = bowl.eigenvalues  # smallest first: flat, steep
factors = 1 - 0.001 * curvatures  # what one step leaves, on each axis
print("\n                    flat       steep")
print(f"curvature       {curvatures[0]:8.4f}   {curvatures[1]:9.4f}")
print(f"left after 1    {factors[0]:8.6f}   {factors[1]:9.6f}")
print(f"left after 50   {factors[0] ** 50:8.6f}   {factors[1] ** 50:9.6f}")

# %% [markdown] tags=["slide"]
# 2.5282. The weight rests at the best value *for this bias*; the bias has hardly left its start.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 2.5282. The bias has hardly left its start.
#
# </details>
#
# Training looks for the line that fits the points best, not for the one that made them. The random
# numbers have tilted the best line: its slope is below 2, and its left end higher.

# %% [markdown] tags=["slide"]
# NO, twice: neither is within a thousandth of least squares. The **steep** axis is almost exactly the
# weight, the **flat** one the bias: fifty epochs leave 0.976 of the distance along it.

# %% [markdown]
# Along each axis of the bowl, a step multiplies the distance from the bottom by its factor
# ([lesson 02](02_how_far_to_step.ipynb#What-sets-the-limit,-and-what-the-speed?)).
#
# - The **steep** axis is almost exactly the weight. Its factor is negative: the weight swings from
#   side to side, and soon settles at the best value *for this bias*.
# - The **flat** axis is almost exactly the bias. Fifty epochs leave 0.976 of the distance along
#   it. (The axes are slightly tilted: as the weight settled, it moved the bias, too,
#   and by more.)
#
# The steep axis sets the learning-rate limit, and 0.001 is 86% of it: far too little for the
# bias. The tutorial's last rows show it: in each, the bias rises by almost the same
# amount. Steps that hardly shrink have not arrived.
#
# ### Exercise 2 (transfer): other starts
#
# The bias began where the seed put it. Start it elsewhere, and leave all else. Where is it from
# 10 after 50 epochs, from 10 after 2,000, and from −5 after 2,000? Take the best bias from the
# panel, the flat factor from the table; errors up to two tenths pass.

# %% [markdown] tags=["slide"]
# Where is the bias from 10 after 50 epochs, from 10 after 2,000, and from −5 after 2,000? The best bias
# is 2.528, and each epoch leaves 0.999515 of the distance. Let a computer take the power.

# %% tags=["exercise", "transfer"]
ends = [..., ..., ...]  # from 10: 50, 2,000 epochs; from −5: 2,000

# %%
check.ends(ends)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# best, factor = 2.528163, 0.999515
# ends = [
#     best + factor**epochs * (start - best)
#     for start, epochs in ((10, 50), (10, 2000), (-5, 2000))
# ]  # near 9.8, 5.4 and -0.3: of the distance are left 0.976, 0.379 and 0.379
# ```
#
# </details>
#
# So the published 1.056 says next to nothing about these points. That it is near 1 is luck: the
# layer's first bias lies anywhere between −1 and 1.

# %% [markdown] tags=["deeper"]
# ### Deeper: how long would it take?
#
# Each epoch leaves the same share of the distance along the flat axis.

# %% tags=["deeper"]
flat = factors[0]
for k in (50, 1000, 5000, 10_000, 20_000):
    print(f"{k:6,} epochs leave {100 * flat**k:8.4f}%")
losses_high, _ = descend(fresh_layer(), X, y, lr=0.0012, n_epochs=50)
print(f"\nlr = 0.0012: loss {losses_high[-1]:.2e} in epoch 50")

# %% [markdown] tags=["deeper"]
# It takes ten thousand epochs, not fifty, to leave less than one percent; and 0.0012, past the
# limit, explodes. After epoch 50, the loss falls only from 21.0580 to 20.5321: a flat
# direction is flat because the loss hardly cares. So its curve could not warn you.

# %% [markdown]
# ## Can the model standardise for itself?
#
# With $x$ standardised, the bowl is round, and one rate suits both parameters. Let the model do
# it.


# %% tags=["code"]
class StandardisedLine(nn.Module):
    """A line that standardises its input first."""

    def __init__(self, mean, std):
        super().__init__()
        # register_buffer: makes self.mean, a tensor that belongs to the model
        self.register_buffer("mean", torch.tensor(float(mean)))
        self.register_buffer("std", torch.tensor(float(std)))
        self.linear = nn.Linear(1, 1)  # a module inside a module

    def forward(self, x):
        return self.linear((x - self.mean) / self.std)


def fresh_standardised():
    torch.manual_seed(59)  # as in fresh_layer
    mean = X.mean().item()  # X: the fifty x, from 1 to 50
    std = ((X - mean) ** 2).mean().item() ** 0.5  # X.std() divides by 49
    return StandardisedLine(mean, std)


# %% [markdown] tags=["slide"]
# With $x$ standardised, the bowl is round, and one rate suits both parameters. Mean and standard
# deviation are **buffers**: saved with the model, never trained.


# %%
best_w, best_b = bowl.minimizer
w, b = line_of(fresh_standardised())  # in units of the raw x
print(
    f"at the start, slope off by {best_w - w:.3f}, bias off by {best_b - b:.3f}"
)


# %% [markdown]
# Mean and standard deviation are **buffers**: saved with the model, never trained.
#
# > **Predict.** Standardised, $x$ has mean 0 and mean square 1: both curvatures are 2. `lr` is
# > 0.4. For the raw $x$, slope and bias start 1.933 and 1.752 from the best. After which epoch are
# > both within 0.01?

# %%
my_prediction = ...  # your number

scaled = fresh_standardised()
_, scaled_path = descend(scaled, X, y, lr=0.4, n_epochs=6)
for epoch, (w, b) in enumerate(scaled_path):  # in units of the raw x
    print(f"epoch {epoch}   slope {w:.5f}   bias {b:.5f}")
paths = {"raw x": path, "standardised x": scaled_path}
plots.distance_by_epoch(X, y, paths, within=0.01, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Four: each epoch leaves `1 - 0.4 * 2`, a fifth, of the distance.
#
# </details>

# %% [markdown] tags=["slide"]
# Four: each epoch leaves `1 - 0.4 * 2`, a fifth, of the distance. Raw $x$ went at a smaller
# rate: past 0.001164 it explodes.

# %% [markdown]
# ## What do train() and eval() switch?
#
# Some layers compute one thing while you train, and another when you measure.
#
# **Dropout** sets each number to zero with probability $p$ in training, so that a network learns not
# to rely on any single number, and divides the rest by $1 - p$, which keeps the sum, on average.
# `model.train()` turns training on, `model.eval()` off.
#
# > **Predict.** With $p = 0.5$, what can become of ten ones in training, and what after `eval()`?
# > Does a prediction after `eval()` still ask for a gradient?

# %% [markdown] tags=["slide"]
# After `model.train()`, **dropout** zeroes numbers with probability $p$ and divides the others by
# $1 - p$.
#
# > **Predict.** With $p = 0.5$, what can become of ten ones then, and what after `model.eval()`?
# > Does a prediction after it still ask for a gradient?

# %%
torch.manual_seed(0)
dropout = nn.Dropout(0.5)  # the probability
dropout.train()
print("training  ", dropout(torch.ones(10)))  # ones(10): ten ones
dropout.eval()
print("evaluating", dropout(torch.ones(10)))

scaled.eval()
print("\nscaled at x = 1, after eval():  ", scaled(X[:1]))
with torch.no_grad():
    print("scaled at x = 1, inside no_grad:", scaled(X[:1]))

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Zeros and twos; then ones. And yes: the `grad_fn` is still there.
#
# </details>
#
# `eval()` changes what some layers compute, `no_grad()` stops the recording. From now on,
# measure with both, and call `model.train()` before you go on.

# %% [markdown] tags=["slide"]
# Zeros and twos; then ones. And yes: the trained line, `scaled`, has its `grad_fn` still. `eval()`
# changes what some layers compute, `no_grad()` stops the recording: measure with both.

# %% [markdown]
# ## How do you keep a model?
#
# Save its numbers: the **state dict** holds each parameter and buffer by name.

# %% tags=["code"]
with tempfile.TemporaryDirectory() as folder:  # deleted afterwards
    file = Path(folder) / "line.pt"
    torch.save(scaled.state_dict(), file)  # writes the file
    state = torch.load(file, weights_only=True)  # reads it
for name, tensor in state.items():
    print(f"{name:13} {tensor.item():8.4f}")

loaded = StandardisedLine(mean=0.0, std=1.0)  # of the same class
loaded.load_state_dict(state)  # writes the numbers into it
loaded.eval()
print("\nslope and bias for the raw x")
print("saved: ", [round(number, 3) for number in line_of(scaled)])
print("loaded:", [round(number, 3) for number in line_of(loaded)])

# %% [markdown] tags=["slide"]
# The buffers came along; the class's code did not. `linear.weight` belongs to the standardised $x$:
# divided by `std`, it is the slope.

# %% [markdown]
# The buffers came along; the class's code did not. `weights_only=True` loads tensors and simple values
# only: far safer, but load only files you trust. To train on later, save
# `optimizer.state_dict()`, too: [lesson 09](09_better_roads.ipynb#What-must-you-save?) has optimizers with a
# memory.

# %% [markdown] tags=["deeper"]
# ## Deeper: break it: a target of one dimension
#
# Predictions are a column. Suppose that the targets have one dimension. Then
# [broadcasting](00_start_here.ipynb#What-if-two-shapes-differ?) subtracts every target from every prediction:

# %% tags=["deeper"]
model = fresh_standardised()
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
for epoch in range(20):
    loss = ((model(X) - y.ravel()) ** 2).mean()  # (50, 1) minus (50,)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
w, b = line_of(model)
print(f"line {w:.4f}·x + {b:.4f},  last loss {loss.item():.4f}")
print(f"mean of y {y.mean().item():.4f}")

# %% [markdown] tags=["deeper"]
# A **silent** bug: it trains well, to the wrong line. Every $x$ meets the same fifty targets,
# so the best answer is the same for each: their mean. `nn.MSELoss` would have warned:
# `Using a target size …`

# %% [markdown] tags=["deeper"]
# ## Deeper: how does a module know its parameters?
#
# Nobody made the list that `parameters()` returns. Whenever you write `self.name = value`,
# Python calls `__setattr__`, and a class may write its own. There it can look at the value:


# %% tags=["deeper"]
class TinyModule:
    """The heart of nn.Module: it notices each parameter that you assign."""

    def __init__(self):
        self.noticed = {}

    def __setattr__(self, name, value):  # for every self.name = value
        if isinstance(value, nn.Parameter):
            self.noticed[name] = value
        super().__setattr__(name, value)  # and now assign it as usual

    def parameters(self):
        return list(self.noticed.values())

    def __call__(self, x):  # for model(x)
        return self.forward(x)


# %% [markdown] tags=["deeper"]
# On this you can build a linear layer. `nn.Linear` draws its first numbers evenly from
# $-1/\sqrt{d}$ to $1/\sqrt{d}$, where $d$ is the number of inputs:


# %% tags=["deeper"]
class TinyLinear(TinyModule):
    """nn.Linear, by hand."""

    def __init__(self, n_in, n_out):
        super().__init__()  # makes self.noticed
        bound = n_in**-0.5
        # torch.empty: no numbers yet; uniform_ draws them, in place
        weight = torch.empty(n_out, n_in).uniform_(-bound, bound)
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.empty(n_out).uniform_(-bound, bound))

    def forward(self, x):
        return x @ self.weight.T + self.bias  # (n, n_in) to (n, n_out)


for kind in (TinyLinear, nn.Linear):
    torch.manual_seed(59)
    one = kind(1, 1)
    print(f"weight {one.weight.item():.8f}   bias {one.bias.item():.8f}")
print("prediction for 2.0:", round(one(torch.tensor([[2.0]])).item(), 4))

# %% [markdown] tags=["deeper"]
# The same seed, the same two numbers, and they are the tutorial's: weight 0.10597813, bias
# 0.96379614, prediction 1.1758. With one input, weight and bias start between $-1$ and $1$,
# wherever the data are.
#
# Why do the seeds agree, and why may numbers differ? A seed fixes one stream of draws for
# the CPU, in this version of PyTorch. A GPU has another, and a new version may draw in a
# different way. The sums behind a loss, too, may differ in their last digits: a different
# number of threads, or a different processor, may add in a different order.

# %% [markdown] tags=["deeper"]
# ### Deeper: what does a module not notice?
#
# The real one notices parameters and modules that you assign *to it*; a buffer must be
# registered. It doesn't look into a plain Python list:


# %% tags=["deeper"]
class Stack(nn.Module):
    def __init__(self, container):
        super().__init__()
        self.first = nn.Linear(1, 1)
        self.others = container([nn.Linear(1, 1), nn.Linear(1, 1)])

    def forward(self, x):
        x = self.first(x)
        for layer in self.others:
            x = layer(x)
        return x


for container in (list, nn.ModuleList):
    noticed = list(Stack(container).parameters())
    print(f"{container.__name__:10} {len(noticed)} parameters")
try:
    torch.optim.SGD([], lr=0.1)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown] tags=["deeper"]
# With the list, an optimizer trains the first layer only. The others keep their random start,
# without a warning. An error comes only if there is no parameter at all. The cure is
# `nn.ModuleList`, a list that is a module.
#
# ### Deeper: Exercise 3 (diagnose): how many are noticed?
#
# For each of these, how many tensors does `parameters()` list?
#
# ```python
# class A(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.scale = torch.tensor(1.0, requires_grad=True)
#         self.linear = nn.Linear(4, 3)
#
# class B(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.layers = {"one": nn.Linear(2, 2), "two": nn.Linear(2, 2)}
#         self.last = nn.Parameter(torch.zeros(2, 2))
#
# class C(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.one = nn.Linear(5, 5)
#         self.two = self.one  # the same layer
#         self.register_buffer("mean", torch.zeros(5))
#         self.shift = nn.Parameter(torch.zeros(5))
# ```

# %% tags=["deeper", "exercise", "diagnose"]
noticed = [..., ..., ...]  # how many tensors, for A, B and C

# %% tags=["deeper"]
check.noticed(noticed)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# noticed = [2, 1, 3]
# ```
#
# A: the plain tensor isn't noticed. B: nobody looks into the dictionary. C: one layer under two
# names counts once, and a buffer is no parameter.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: what is attached to a model?
#
# A **hook** is a function that a module calls; the one below runs after each prediction. Tools
# that watch or change a model are attached as hooks.

# %% tags=["deeper"]
watched = fresh_standardised()
watched.eval()
seen = []


def keep(module, inputs, output):  # the module hands these three over
    seen.append(output)


watched.register_forward_hook(keep)  # from now on, after each call
with torch.no_grad():
    for predict in (watched, watched.forward):
        first = predict(X[:1]).item()
        print(f"at x = 1: {first:.4f}, seen by the hook so far: {len(seen)}")

# %% [markdown] tags=["deeper"]
# Here `model.forward(X)` returns the same numbers, and skips the hook in silence.

# %% [markdown] tags=["deeper"]
# ## Deeper: why a buffer, not an attribute?
#
# A plain attribute, `self.mean = torch.tensor(25.5)`, works as well, until you save the model,
# convert it or move it to a GPU: only what the module notices comes along.


# %% tags=["deeper"]
class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.attribute = torch.tensor(25.5)
        self.register_buffer("buffer", torch.tensor(25.5))


plain = Plain().double()
print("attribute:", plain.attribute.dtype, "  buffer:", plain.buffer.dtype)
print("saved:", list(plain.state_dict()))

# %% [markdown] tags=["deeper"]
# Had you standardised outside the model, the file would hold weight and bias, and you would
# have no idea what to feed the layer. The names must fit, too:

# %% tags=["deeper"]
try:
    nn.Linear(1, 1).load_state_dict(state)
except RuntimeError as error:
    print(error)

# %% [markdown] tags=["deeper"]
# ## Deeper: which loop is careless?
#
# Three loops, shorter or tidier than yours. None raises an error. Find the mistake in each
# before you run it.

# %% tags=["deeper"]
model = fresh_layer()  # the first
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
model = fresh_layer()
for epoch in range(50):
    loss = mse(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss in epoch 50: {loss.item():.4f}")

# %% tags=["deeper"]
model = fresh_layer()  # the second
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
for epoch in range(50):
    loss = mse(model(X), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
print(f"loss in epoch 50: {loss.item():.4f}")

# %% tags=["deeper"]
model = fresh_layer()  # the third
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
history = []
for epoch in range(50):
    loss = mse(model(X), y)
    loss.backward()
    optimizer.step()
    history.append(loss)

# %% tags=["deeper"]
model.eval()
with torch.no_grad():
    print(f"the model's own loss   {mse(model(X), y).item():.1f}")
print(f"the last in history    {history[-1].item():.1f}")
print("behind it:", history[-1].grad_fn.name(), "and all before it")

# %% [markdown] tags=["deeper"]
# - **The first** makes the model anew, after the optimizer. The optimizer goes on holding the
#   parameters of the old one.
# - **The second** empties the gradients between `backward()` and `step()`. SGD skips a
#   parameter without a gradient, so nothing ever moves.
# - **The third** never empties them, and the line swings, as in
#   [lesson 04](04_raw_autograd_tensors.ipynb#Break-it:-gradients-that-add-up). Its last loss is the one *before* the last
#   step. And it keeps tensors: behind each hangs a whole graph.
#
# ### Deeper: Exercise 4 (fix): a careful loop
#
# Fix the third. Return `n_epochs + 1` plain numbers: the loss before each step, and at the end
# the loss of the model that you leave behind, measured with `eval()` and `no_grad()`.


# %% tags=["deeper", "exercise", "mend"]
def careful_train(model, X, y, lr, n_epochs):
    """The losses before each step of SGD and after the last, as floats."""
    optimizer = ...
    history = []
    model.train()
    for epoch in range(n_epochs):
        ...
    return history + [...]


# %% tags=["deeper"]
check.careful_train(careful_train)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def careful_train(model, X, y, lr, n_epochs):
#     """The losses before each step of SGD and after the last, as floats."""
#     optimizer = torch.optim.SGD(model.parameters(), lr=lr)
#     history = []
#     model.train()
#     for epoch in range(n_epochs):
#         loss = mse(model(X), y)
#         optimizer.zero_grad()
#         loss.backward()
#         optimizer.step()
#         history.append(loss.item())
#     model.eval()
#     with torch.no_grad():
#         return history + [mse(model(X), y).item()]
# ```
#
# In the loop, `zero_grad()` may stand anywhere but between `backward()` and `step()`. Before
# `backward()` it also clears what an earlier cell left.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what does weights_only promise?
#
# A saved file may hold any Python object, and rebuilding an object may run code. With
# `weights_only=True`, PyTorch rebuilds tensors, Python's numbers, text, lists, dictionaries
# and a few more kinds, and refuses the rest (NumPy's numbers, too):

# %% tags=["deeper"]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "any.pt"
    torch.save({"epoch": 6, "note": "a text", "state": state}, file)
    print("loaded: ", list(torch.load(file, weights_only=True)))
    torch.save(scaled, file)  # the object, not its numbers
    try:
        torch.load(file, weights_only=True)
    except Exception as error:
        print("refused:", str(error).split("\n")[0].split(".")[0])

# %% [markdown] tags=["deeper"]
# It is the default since PyTorch 2.6.0. Holes in it have been found and closed, one of them in
# that version; expect more. So it makes an attack far harder; it doesn't make an unknown file
# safe.

# %% [markdown]
# ## Three questions
#
# **You make the model anew, but not the optimizer. What does training do?**
#
# <details><summary>Answer</summary>
#
# Nothing to the new model: the optimizer holds the old parameters.
#
# </details>
#
# **A parameter has hardly moved for thirty epochs. Is it right?**
#
# <details><summary>Answer</summary>
#
# Perhaps not: the weight settled at the best for a wrong bias.
#
# </details>
#
# **You standardise outside the model, and send someone its state dict. What do they lack?**
#
# <details><summary>Answer</summary>
#
# Mean and standard deviation: what to feed the layer.
#
# </details>
#
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | `w` and `b` | `nn.Linear(1, 1)` |
# | `w * x + b` | `model(x)` |
# | `((y_pred - y) ** 2).mean()` | `mse(y_pred, y)` |
# | `p.grad = None`, for each | `optimizer.zero_grad()` |
# | `p -= lr * p.grad`, for each | `optimizer.step()` |
# | to measure | `model.eval()`, `no_grad()` |
# | to keep | `model.state_dict()` |
#
# **New words:** linear layer, optimizer, module, inherit, buffer, dropout, state dict.
#
# **New names:** `torch.manual_seed`, `nn.Linear`, `.named_parameters`, `.parameters`,
# `.weight`, `.bias`, `.zero_grad`, `.step`, `torch.optim.SGD`, `lr=`, `nn.MSELoss`, `.fill_`,
# `nn.Module`, `nn.Parameter`, `torch.sin`, `.register_buffer`, `nn.Dropout`, `torch.ones`,
# `.eval`, `.train`, `.state_dict`, `torch.save`, `torch.load`, `weights_only=`,
# `.load_state_dict`.
#
# **New words, deeper:** hook.
#
# **New names, deeper:** `torch.empty`, `.uniform_`, `nn.ModuleList`,
# `.register_forward_hook`.
#
# **Next**, in [lesson 07](07_dataset_and_dataloader.ipynb), each step looks at a few rows only.
#
# Back to [lesson 05](05_many_inputs_many_outputs.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
