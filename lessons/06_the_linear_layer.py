# %% [markdown] slideshow={"slide_type": "slide"}
# # 06 The linear layer
#
# You hand the line that you have fitted by hand so often to PyTorch's own parts: a layer, a loss,
# an optimizer. You look inside each, so that none is magic. Then you find out that a published
# fit which looks perfect never found its bias.
#
# **You will be able to**
#
# - write a module of your own, and say how it knows its parameters,
# - write out what `optimizer.step()` does, and train with it,
# - show that a parameter has not converged although the loss curve is flat,
# - say what `train()`, `eval()` and `no_grad()` each switch, and save and load a model,
# - choose which parameters weight decay acts on.
#
# **Builds on** [lesson 02](02_how_far_to_step.ipynb) (truth panel, learning rates, standardising) and [lesson 04](04_raw_autograd_tensors.ipynb) and [lesson 05](05_many_inputs_many_outputs.ipynb)
# (tensors that require grad, `backward`, `x @ w.T + b`). **Takes** about 115 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fifty points
#
# The data come from the line $y = 2x + 1$ at $x = 1, 2, \dots, 50$. Each $y$ is then moved by a
# whole number between −8 and 8, drawn at random. They are those of a published course, whose
# figures this lesson checks one by one.

# %%
import tempfile
import textwrap
import warnings
from pathlib import Path

import torch
from torch import nn

from course_utils import data, descent, plots
from course_utils.checks import linear_layer as check

points = data.integer_noise_line()
X, y = torch.from_numpy(points.x), torch.from_numpy(points.y)  # (50, 1) and (50, 1)
print("X", tuple(X.shape), X.dtype, "  y", tuple(y.shape), y.dtype)
noise = y - 2 * X - 1  # (50, 1)
print(
    f"the noise runs from {noise.min():.0f} to {noise.max():.0f}, and adds up to {noise.sum():.0f}"
)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is in a linear layer?
#
# In [lesson 05](05_many_inputs_many_outputs.ipynb) you made a weight and a bias yourself and computed `x @ w.T + b`. A **linear
# layer** holds both, as its `weight` and its `bias`, and does that. You only say how many inputs and outputs it has. The package
# is `torch.nn`, for neural networks: layers and losses live there.
#
# **Predict.** The layer starts at random numbers. With one input and one output, how many are
# there, and in which shapes?


# %% slideshow={"output": "subslide"}
def fresh_layer():
    """The published start: the same two numbers on every call."""
    torch.manual_seed(59)  # where PyTorch's own stream of draws begins
    return nn.Linear(1, 1)  # 1 input, 1 output


model = fresh_layer()
w, b = model.weight, model.bias
print("weight", tuple(w.shape), "  bias", tuple(b.shape), "  requires grad:", w.requires_grad)
print(f"weight              {w.item():.8f}   published 0.10597813")
print(f"bias                {b.item():.8f}   published 0.96379614")
print(f"prediction for 2.0  {model(torch.tensor([2.0])).item():.4f}       published 1.1758")
print("model(X) is X @ w.T + b:", torch.allclose(model(X), X @ w.T + b))

# %% [markdown]
# The shapes are those of [lesson 05](05_many_inputs_many_outputs.ipynb): the weight has one row for each output and one column for each
# input, the bias one number for each output. Calling the layer, `model(X)`, gives the
# predictions, here of shape (50, 1).
#
# The loss is an object too. `nn.MSELoss()` makes one, and calling it with predictions and targets
# gives the mean squared error that you know.
#
# **Predict.** The first line rises by 0.106 where the points rise by 2. For how many of the 50 points
# is its prediction too low?

# %% slideshow={"output": "subslide"}
mse = nn.MSELoss()
loss = mse(model(X), y)
print(f"nn.MSELoss  {loss.item():.4f}   published 3057.2168")
print(f"by hand     {((model(X) - y) ** 2).mean().item():.4f}\n")

plots.residuals(X, y, model.weight, model.bias)


# %% [markdown]
# All 50. (Tensors are float32 and keep about seven digits; the picture computes in float64, which is
# why its mean is 3057.2169.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does a module know its parameters?
#
# A layer is a **module**: an object that holds parameters and turns inputs into outputs. Ask it
# for `model.parameters()`, and you get the weight and the bias. Nobody ever made that list. Where
# does it come from?
#
# From a trick with one line of Python. Whenever you write `self.name = value`, Python calls
# `__setattr__`. A class may write its own, and there it can look at what you assign. A
# **`nn.Parameter`** is a tensor that requires grad and carries the mark 'train me':


# %%
class TinyModule:
    """The heart of nn.Module: it notices each parameter that you assign."""

    def __init__(self):
        self.noticed = {}

    def __setattr__(self, name, value):  # Python calls this for every self.name = value
        if isinstance(value, nn.Parameter):
            self.noticed[name] = value
        super().__setattr__(name, value)  # and now assign it as usual

    def parameters(self):
        return list(self.noticed.values())

    def __call__(self, x):  # Python calls this for model(x)
        return self.forward(x)


# %% [markdown] slideshow={"slide_type": "subslide"}
# On this you build a linear layer, as `nn.Linear` is built on `nn.Module`. It draws its first
# numbers evenly from $-1/\sqrt{d}$ to $1/\sqrt{d}$, where $d$ is the number of inputs. (`torch.empty`
# makes a tensor whose numbers are not set yet; `uniform_` draws them, in place.)


# %%
class TinyLinear(TinyModule):
    """nn.Linear, by hand."""

    def __init__(self, n_in, n_out):
        super().__init__()  # makes self.noticed
        bound = n_in**-0.5
        self.weight = nn.Parameter(torch.empty(n_out, n_in).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(n_out).uniform_(-bound, bound))

    def forward(self, x):
        return x @ self.weight.T + self.bias  # (n, n_in) to (n, n_out)


torch.manual_seed(59)
tiny = TinyLinear(1, 1)
print("noticed:", list(tiny.noticed))
print(f"weight {tiny.weight.item():.8f}   bias {tiny.bias.item():.8f}")


# %% [markdown] slideshow={"slide_type": "subslide"}
# The same seed, the same two numbers: you have rebuilt the layer down to its random start. Keep
# in mind how that start is drawn. With one input both numbers lie between $-1$ and $1$, wherever
# the data are.
#
# `nn.Module` does the same, and it also notices modules. A module inside a module brings its
# parameters along, under a name with a dot:


# %%
class OneLayer(nn.Module):
    """A module that holds a module."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


for name, parameter in OneLayer().named_parameters():  # pairs of name and parameter
    print(name, tuple(parameter.shape))


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: a module of your own
#
# No layer this time. Write the line as a module with two parameters, `self.w` and `self.b`, each
# a single number that starts at 0. Three things stand in `__init__`, one in `forward`.


# %% tags=["exercise"]
class Line(nn.Module):
    """The line y = w·x + b; w and b start at 0."""

    def __init__(self):
        ...
        self.w = ...
        self.b = ...

    def forward(self, x):
        return ...


# %%
check.Line(Line)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# class Line(nn.Module):
#     """The line y = w·x + b; w and b start at 0."""
#
#     def __init__(self):
#         super().__init__()
#         self.w = nn.Parameter(torch.tensor(0.0))
#         self.b = nn.Parameter(torch.tensor(0.0))
#
#     def forward(self, x):
#         return self.w * x + self.b
# ```
#
# `torch.zeros(1)` in place of `torch.tensor(0.0)` is as good.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: three ways around the noticing
#
# The noticing can be bypassed. The first way is to forget `super().__init__()`, so that there is
# nothing to write into. The second is to keep the layers in a plain Python list: a list is
# neither a parameter nor a module, so nobody looks inside.


# %% slideshow={"output": "subslide"}
class Forgetful(nn.Module):
    def __init__(self):
        self.linear = nn.Linear(1, 1)  # super().__init__() is missing


class Stack(nn.Module):
    def __init__(self, container):
        super().__init__()
        self.layers = container([nn.Linear(1, 1), nn.Linear(1, 1)])


for broken in (Forgetful, lambda: Stack(list)):
    try:
        torch.optim.SGD(broken().parameters(), lr=0.001)  # an optimizer, see below
    except (AttributeError, ValueError) as error_message:
        print(f"{type(error_message).__name__}: {error_message}")
print("parameters in a list:", len(list(Stack(list).parameters())))
print("in an nn.ModuleList: ", len(list(Stack(nn.ModuleList).parameters())))

# %% [markdown]
# You were lucky twice. The first class failed as soon as it was given a layer. The list was noticed
# by the **optimizer** (next section), and only because that got nothing at all. Had
# the module held one more layer outside of the list, the optimizer would have trained that one, and
# the layers in the list would have kept their random start for ever, without a word. The cure is
# `nn.ModuleList`, a list that is a module.
#
# The third way is to call `model.forward(X)`. It returns the same numbers. But it goes around
# everything else that `model(X)` does. A **hook**, for one, is a function that a module calls
# after each prediction, once `register_forward_hook` has been given it; tools that watch or change a
# model hang on hooks.

# %% slideshow={"slide_type": "subslide"}
model = fresh_layer()
model.register_forward_hook(lambda module, inputs, output: print("   the hook has run"))

print("model(X)")
called = model(X)
print("model.forward(X)")
forwarded = model.forward(X)
print("same predictions:", torch.equal(called, forwarded))  # equal: number for number

# %% [markdown]
# The second call skipped the hook in silence. You write `forward`; you call the model.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does an optimizer do?
#
# After `backward`, each parameter has its gradient. In [lesson 05](05_many_inputs_many_outputs.ipynb) you moved each one yourself, inside
# `no_grad`. An optimizer is given the parameters once, and then does it for all of them. SGD,
# stochastic gradient descent, is the plainest; on all rows at once it is gradient descent.
#
# **Predict.** One step from the published start with a learning rate of 0.001, by hand and by
# optimizer. Do they agree? Which parameter moves more?

# %% slideshow={"output": "subslide"}
by_hand, by_optimizer = fresh_layer(), fresh_layer()
mse(by_hand(X), y).backward()
with torch.no_grad():
    by_hand.weight -= 0.001 * by_hand.weight.grad
    by_hand.bias -= 0.001 * by_hand.bias.grad

optimizer = torch.optim.SGD(by_optimizer.parameters(), lr=0.001)
mse(by_optimizer(X), y).backward()
optimizer.step()
for name, layer in (("start", fresh_layer()), ("hand", by_hand), ("optimizer", by_optimizer)):
    print(f"{name:<9}  weight {layer.weight.item():.6f}  bias {layer.bias.item():.6f}")
moved = [by_hand.weight - fresh_layer().weight, by_hand.bias - fresh_layer().bias]
print(f"moved by          {moved[0].item():.3f}          {moved[1].item():.3f}")
optimizer.zero_grad()
print("gradient after zero_grad():", by_optimizer.weight.grad)


# %% [markdown]
# The same step. And `optimizer.zero_grad()` is [lesson 04](04_raw_autograd_tensors.ipynb)'s zeroing: it throws the gradient of each
# parameter away (`None`), so that the next `backward` starts afresh.
#
# This settles a word, too. A published tutorial calls $w$ and $b$ 'hyperparameters'. They are
# not. **Parameters** are what training changes: exactly what `model.parameters()` lists.
# **Hyperparameters** are what you choose before it, and what training never changes: the learning
# rate, the number of epochs, later the batch size and the degree of a polynomial.
#
# In the weight you can already see the story of this lesson: it moved by 3.229 and the bias by 0.097.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: be the optimizer
#
# Write the step for any list of parameters. It changes them in place and returns nothing. A
# parameter that took no part in the loss has the gradient `None`; it stays where it is.


# %% tags=["exercise"]
def sgd_step(parameters, lr):
    """Do what step() of torch.optim.SGD does to each parameter, in place."""
    with ...:
        for p in parameters:
            ...


# %%
check.sgd_step(sgd_step)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def sgd_step(parameters, lr):
#     """Do what step() of torch.optim.SGD does to each parameter, in place."""
#     with torch.no_grad():
#         for p in parameters:
#             if p.grad is not None:
#                 p -= lr * p.grad
# ```
#
# `p = p - lr * p.grad` would give a new tensor the name `p` and leave the model's own where it was.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fifty epochs
#
# Now everything is in place, and the training of an epoch takes four lines. Besides the losses you
# keep where the line stands. `line_of` reads that from two predictions, so it works for every model
# that is a line, whatever its insides.
#
# **Predict.** The true line is $2x + 1$. Where will 50 epochs at a learning rate of 0.001 take the
# weight, and where the bias?


# %% slideshow={"slide_type": "subslide"}
def line_of(model):
    """The weight and bias of any line, from its predictions at x = 0 and x = 1."""
    with torch.no_grad():
        at_0, at_1 = model(torch.tensor([[0.0], [1.0]])).ravel().tolist()
    return at_1 - at_0, at_0


def train(model, X, y, lr, n_epochs):
    """The loss of each epoch, and (w, b) before the first epoch and after each."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses, path = [], [line_of(model)]
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        path.append(line_of(model))
    return losses, path


# %% slideshow={"output": "subslide"}
model = fresh_layer()
losses, path = train(model, X, y, lr=0.001, n_epochs=50)
print("   |   ".join(["epoch       loss    weight      bias"] * 2))
for left in range(25):
    rows = [(row + 1, losses[row], *path[row]) for row in (left, left + 25)]
    print("   |   ".join("{:5}  {:9.4f}  {:.6f}  {:.6f}".format(*row) for row in rows))

# %% slideshow={"slide_type": "subslide", "output": "subslide"}
first_y, last_y = model(X)[[0, -1]].ravel().tolist()
print("                            ours     published")
print(f"loss in epoch 1        {losses[0]:9.4f}     3057.2168")
print(f"loss in epoch 50       {losses[-1]:9.4f}       21.0585")
print(f"weight afterwards     {model.weight.item():.8f}    1.98381913")
print(f"bias afterwards       {model.bias.item():.8f}    1.05575156")
print(f"the line at x = 1      {first_y:9.4f}        3.0396")
print(f"the line at x = 50     {last_y:9.4f}      100.2467")
print(f"loss of this last line {mse(model(X), y).item():9.4f}")

plots.first_and_last_line(X, y, path)

# %% [markdown] slideshow={"slide_type": "subslide"}
# All published figures come out. One thing to read right: a row holds the loss that the weight and
# bias *in that row* have, before its step. So 21.0585 is not the loss of the final line. That
# one is 21.0580, as the last printed line says. The difference is small here, but in epoch 1 the
# loss before the step is 3057, and after it 1589.
#
# The fit looks like a full success. The line runs through the points. The loss has been flat since
# epoch 20. The truth was $2x + 1$, and we have $1.984x + 1.056$.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Do you believe it?
#
# **Predict.** What will the truth panel say of the weight, and of the bias?

# %% slideshow={"output": "subslide"} tags=["cover"]
A = descent.design_matrix(X)  # (50, 2)
bowl = descent.QuadraticLoss(A, y)
plots.truth_panel(A, y, path[-1], lr=0.001, names=["w", "b"])
print()
print("axis   curvature λ   factor 1 - lr·λ   factor to the power of 50")
for name, curvature in zip(("flat", "steep"), bowl.eigenvalues, strict=True):
    factor = 1 - 0.001 * curvature
    print(f"{name:<5}  {curvature:11.4f}   {factor:15.6f}   {factor**50:12.8f}")
_, unstable = train(fresh_layer(), X, y, lr=0.0012, n_epochs=50)
print(f"loss after 50 epochs at lr 0.0012: {bowl.loss(unstable[-1]):.3e}\n")  # by the formula

plots.parameters_by_epoch(X, y, {"published start": path})

# %% [markdown] slideshow={"slide_type": "subslide"}
# Neither has converged. The best bias for these points is 2.53, and ours has moved from 0.964 to
# 1.056: it has never really left its random start. The weight jumps from one side to the other, and
# then settles beside the best one.
#
# [Lesson 02](02_how_far_to_step.ipynb) says why. Along each axis of the bowl, a step multiplies the distance from the bottom
# by $1 - \mathrm{lr}\cdot\lambda$, where $\lambda$ is the curvature along that axis.
#
# - **The steep axis** is almost exactly the weight. Its factor is −0.72: negative, so each step lands
#   on the other side, a bit closer. That is what a learning rate at 86 % of the limit does. A little
#   more, 0.0012, and the loss explodes.
# - **The flat axis** is almost exactly the bias. Its factor is 0.9995, and 50 epochs leave 0.98 of
#   the distance.
#
# One learning rate serves both. It is nearly too large for the weight and hopelessly small for the
# bias.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Then where does 1.06 come from?
#
# From the seed. If the bias does not move, it ends where it begins, and `nn.Linear` drew a number
# near 1.
#
# **Predict.** Start the bias at 5, 10 or −5 instead, with everything else as before. Where does it
# end? What does the weight do about it?

# %% slideshow={"output": "subslide"}
paths = {"bias starts at 0.96": path}
for start in (5.0, 10.0, -5.0):
    model = fresh_layer()
    with torch.no_grad():
        model.bias.fill_(start)  # written into it, in place
    _, paths[f"at {start:.0f}"] = train(model, X, y, lr=0.001, n_epochs=50)

plots.parameters_by_epoch(X, y, paths)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Each bias stays at home: 5 ends at 4.992, 10 at 9.868, −5 at −4.760. You get out what you put in.
# And each weight settles at the best weight *for that bias*: where the line starts too high it
# rises too slowly. So the weight's error is the bias's error, passed on.
#
# The published 1.056 says next to nothing about the data. It is close to the true 1 by accident, and with
# another seed it would be some other number, roughly between $-1$ and $1$. Least squares, at 2.53, is
# further from the true 1, and yet it is what these points say: their noise tilted the best line, up
# on the left and down on the right.
#
# How long would it take? You don't need to wait. `bowl` is the loss behind the truth panel, and
# `bowl.after(steps, start, lr)` gives the exact place after any number of steps: along each axis the
# distance is multiplied by the factor again and again.

# %% slideshow={"slide_type": "subslide"}
print("epochs    weight      bias        loss")
for n_epochs in (50, 1000, 5000, 10_000, 20_000):
    w, b = bowl.after(n_epochs, path[0], lr=0.001)
    print(f"{n_epochs:6,}    {w:.6f}    {b:.6f}    {bowl.loss((w, b)):.6f}")
print(f"bias of least squares less that of epoch 50: {bowl.minimizer[1] - path[-1][1]:.3f}")


# %% [markdown]
# Not fifty epochs but some ten thousand. And between 50 and the end the loss falls only from
# 21.0580 to 20.5321: a flat direction is flat because the loss hardly cares. That is why the loss curve could
# not warn you. For predictions among the points the two lines do nearly the same. If you ask for
# the bias itself, the value at $x = 0$, they are 1.472 apart.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The cure: standardise inside the model
#
# You know the cure from [lesson 02](02_how_far_to_step.ipynb) and [lesson 05](05_many_inputs_many_outputs.ipynb): subtract the mean of $x$, divide by its standard
# deviation, and the bowl is round. A module can do that itself, so that it takes the raw $x$ and
# nobody can forget it. The two numbers belong to the model, yet no step may change them. Such a
# tensor is a **buffer**.
#
# **Predict.** Inside this model both curvatures are 2. At a learning rate of 0.4, what is the factor
# per step? How many epochs until both parameters are right to a thousandth?


# %% slideshow={"slide_type": "subslide"}
class StandardisedLine(nn.Module):
    """A line that standardises its input first."""

    def __init__(self, mean=0.0, std=1.0):
        super().__init__()
        # as_tensor: a tensor as it is, a plain number as a tensor
        self.register_buffer("mean", torch.as_tensor(mean))
        self.register_buffer("std", torch.as_tensor(std))
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear((x - self.mean) / self.std)


def fresh_standardised():
    """The seed of before; the mean and standard deviation are those of X."""
    torch.manual_seed(59)
    return StandardisedLine(X.mean(), X.std(correction=0))  # divide by n; else it is n - 1


# %% slideshow={"slide_type": "subslide"}
scaled = fresh_standardised()
_, scaled_path = train(scaled, X, y, lr=0.4, n_epochs=6)
for epoch, (w, b) in enumerate(scaled_path):
    off = max(abs(w - bowl.minimizer[0]), abs(b - bowl.minimizer[1]))
    print(f"epoch {epoch}   weight {w:9.6f}   bias {b:9.6f}   off by at most {off:.5f}")
A_scaled = descent.design_matrix((X - scaled.mean) / scaled.std)  # (50, 2)
factors = 1 - 0.4 * descent.QuadraticLoss(A_scaled, y).eigenvalues
print(f"factors per epoch: {factors[0]:.4f} and {factors[1]:.4f}\n")
inner = (scaled.linear.weight.item(), scaled.linear.bias.item())
plots.truth_panel(A_scaled, y, inner, lr=0.4, names=["inner w", "inner b"])

# %% slideshow={"slide_type": "subslide"}
plots.parameters_by_epoch(X, y, {"raw x, lr 0.001": path, "standardised, lr 0.4": scaled_path})

# %% [markdown]
# The factor is $1 - 0.4 \cdot 2 = 0.2$ in every direction, so each epoch leaves a fifth of the
# distance. After five epochs both are within 0.00062 of least squares; after a sixth, within
# 0.00013. The panel is about the layer inside: its bowl is round, κ = 1, and its bias is the height
# of the line at the mean of $x$. The table and the picture are in the units of $X$, since
# `line_of` asks the whole model.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What do train() and eval() switch?
#
# Every module has a flag, `training`. `model.train()` sets it, `model.eval()` (for evaluation)
# clears it, in the module and in all modules inside. A linear layer does not look at it. Some layers
# do. **Dropout**, for one, sets each number to zero with probability $p$ while training, and scales
# up the others; while evaluating it lets everything through.
#
# **Predict.** After `model.eval()`, does a prediction still require grad?

# %% slideshow={"slide_type": "subslide"}
dropout = nn.Dropout(p=0.5)
for switch in (dropout.train, dropout.eval):
    switch()
    values = sorted(set(dropout(torch.ones(100)).tolist()))  # ones(100): 100 times 1
    print(f"training {dropout.training!s:<5}  dropout of 100 ones holds the values {values}")

scaled.eval()
print("\nthe layer inside is in training:", scaled.linear.training)
print("a prediction after eval() requires grad:", scaled(X).requires_grad)
with torch.no_grad():
    print("a prediction inside no_grad requires grad:", scaled(X).requires_grad)

# %% [markdown]
# The two have nothing to do with each other. `eval()` changes what layers compute; `no_grad()`
# stops the recording of the graph. To judge a model you want both. It is a habit to take up now,
# while forgetting it costs nothing.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How do you keep a model?
#
# Save its numbers, not the object. `state_dict()` gives them by name, parameters and buffers, and
# `torch.save` writes them to a file. To load, make a model of the same class and hand it the numbers. A folder that goes away by itself
# will do here.

# %% slideshow={"output": "subslide"}
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "line.pt"
    torch.save(scaled.state_dict(), file)
    state = torch.load(file, weights_only=True)  # tensors only: no code can come with them
for name, tensor in state.items():
    print(f"{name:<14} {tensor.item():.6f}")

loaded = StandardisedLine()  # other random numbers, mean 0, std 1
loaded.load_state_dict(state)  # writes the numbers into its parameters and buffers
print("same predictions:", torch.equal(loaded(X), scaled(X)), end="\n\n")
try:
    nn.Linear(1, 1).load_state_dict(state)
except RuntimeError as error_message:
    print(f"RuntimeError: {error_message}")


# %% [markdown]
# The mean and the standard deviation travelled along, because they are buffers. Had you standardised
# outside of the model, you would now hold a weight and no idea what to feed it. And the names must
# fit: a bare layer knows no `linear.weight`, and it says so loudly instead of starting from
# whatever it has.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a careless loop
#
# A loop that is shorter than yours and raises no error. Find three slips before you run it.


# %% slideshow={"output": "subslide"}
def careless_train(model, X, y, lr, n_epochs):
    """Not gradient descent: find out why."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        loss.backward()
        optimizer.step()
        history.append(loss)
    return history


model = fresh_layer()
history = careless_train(model, X, y, lr=0.001, n_epochs=50)
values = [loss.item() for loss in history]
print("first losses:", "  ".join(f"{value:.1f}" for value in values[:8]))
print(f"lowest of 50: {min(values):.1f}   highest: {max(values):.1f}")
print(f"last in history: {values[-1]:.1f}   of the model: {mse(model(X), y).item():.1f}")
print("an entry of history:", type(history[0]).__name__, "with", history[0].grad_fn.name())


# %% [markdown]
# - **No `zero_grad()`.** Each step goes along the sum of *all* gradients so far, as in [lesson 04](04_raw_autograd_tensors.ipynb). The
#   line swings like a pendulum without friction: it passes near the bottom only to leave it again.
# - **The last loss is not the model's.** It was computed before the last step. Here the two have
#   nothing in common.
# - **The history holds tensors.** Behind each hangs the graph of its epoch, with its
#   predictions, and none can be freed. `loss.item()` is a plain number.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: mend the loop
#
# Return `n_epochs + 1` plain numbers: the loss before each step, and at the end the loss of the
# model that you leave behind.


# %% tags=["exercise"]
def careful_train(model, X, y, lr, n_epochs):
    """Train with SGD; the losses before each step and after the last, as floats."""
    optimizer = ...
    history = []
    for _ in range(n_epochs):
        ...
    return history + [...]


# %%
check.careful_train(careful_train)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def careful_train(model, X, y, lr, n_epochs):
#     """Train with SGD; the losses before each step and after the last, as floats."""
#     optimizer = torch.optim.SGD(model.parameters(), lr=lr)
#     history = []
#     for _ in range(n_epochs):
#         loss = mse(model(X), y)
#         optimizer.zero_grad()
#         loss.backward()
#         optimizer.step()
#         history.append(loss.item())
#     with torch.no_grad():
#         return history + [mse(model(X), y).item()]
# ```
#
# `zero_grad()` may stand anywhere outside of the stretch from `backward()` to `step()`.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a flat target
#
# The predictions are a column, (50, 1). A target often comes flat, (50,). [Lesson 00](00_start_here.ipynb) showed what
# broadcasting makes of that: every prediction meets every target, in a table of (50, 50).
#
# **Predict.** `nn.MSELoss` warns, your own formula does not. If you train all the same, which line is
# best for all 2,500 pairs?

# %% slideshow={"slide_type": "subslide"}
flat_y = y.ravel()
table = scaled(X) - flat_y
print(
    f"{tuple(X.shape)} less {tuple(flat_y.shape)} is {tuple(table.shape)}: {table.numel():,} pairs"
)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    by_formula = ((scaled(X) - flat_y) ** 2).mean()
    print("warnings of the formula:", len(caught))
    misled = fresh_standardised()
    train(misled, X, flat_y, lr=0.4, n_epochs=20)
print(f"{caught[0].category.__name__} of nn.MSELoss:")
print(textwrap.fill(str(caught[0].message), 88), end="\n\n")
ends = misled(X)[[0, -1]].ravel().tolist()
print(f"the line at x = 1: {ends[0]:.4f}   at x = 50: {ends[1]:.4f}   mean of y: {y.mean():.4f}")

# %% [markdown]
# If every $x$ meets every $y$, then $x$ tells nothing about $y$, and the best line is flat: the
# mean of the targets. The training runs well and the loss falls. Read warnings, and look at shapes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does weight decay act on?
#
# An optimizer takes hyperparameters besides the learning rate. One is **weight decay**,
# $\lambda_\text{wd}$. It adds $\lambda_\text{wd}\, p$ to the gradient of each parameter $p$, and so
# pulls each towards zero. That keeps a model with many weights modest ([lesson 10](10_what_a_fit_is_worth.ipynb)).
#
# Inside the standardised model the bias is the height of the line at the mean of $x$, where all
# curvatures are the same, $\lambda = 2$. There a step stands still when $2\,(p - p^*) + \lambda_\text{wd}\, p = 0$; here
# $p^*$ is the least-squares value. So $p = p^* \cdot 2 / (2 + \lambda_\text{wd})$.
#
# **Predict.** With a weight decay of 0.5, what happens to a bias of 52?

# %% slideshow={"output": "subslide"}
print("weight decay on    weight      bias       loss   too low by")
for name, decays in {"nothing": (0, 0), "both": (0.5, 0.5), "the weight": (0.5, 0)}.items():
    model = fresh_standardised()
    w, b = model.linear.weight, model.linear.bias
    groups = [{"params": [p], "weight_decay": d} for p, d in zip((w, b), decays, strict=True)]
    optimizer = torch.optim.SGD(groups, lr=0.4)
    for _ in range(30):
        optimizer.zero_grad()
        mse(model(X), y).backward()
        optimizer.step()
    print(f"{name:<14} {w.item():10.5f}{b.item():10.5f}{mse(model(X), y).item():11.5f}", end="")
    print(f"{y.mean().item() - b.item():11.4f}")
print(f"2 / (2 + 0.5) = {2 / (2 + 0.5):.4f}")


# %% [markdown]
# Despite its name, weight decay took the bias as well, down to 41.6 from 52: at the mean of $x$ the
# line now lies 10.4 too low. An optimizer can't know which of its tensors is a weight. It decays what it is given.
#
# The cure is in the cell already. Instead of a list of parameters you may hand the optimizer
# a list of **parameter groups**, dictionaries with their own settings, and leave the biases out of
# the decay. Then the weight shrinks to 0.8 of its value, and the line still runs through the middle
# of the points.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: decay only weights
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
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | `w`, `b` with `requires_grad=True` | `nn.Linear(1, 1)`, with `weight` and `bias` |
# | `x @ w.T + b` | `model(x)`, which runs `forward` |
# | `((y_pred - y) ** 2).mean()` | `nn.MSELoss()` |
# | a list of what to train | `model.parameters()` |
# | `with no_grad(): p -= lr * p.grad`, for each | `torch.optim.SGD(...)`, `optimizer.step()` |
# | zeroing each gradient | `optimizer.zero_grad()` |
# | the mean and standard deviation, written down | `register_buffer` |
# | copying the numbers out | `state_dict()`, `load_state_dict()` |
#
# **New words:** linear layer, module, hyperparameter, optimizer, hook, buffer, state
# dict, dropout, weight decay, parameter group.
#
# **New names:** `torch.manual_seed`, `nn.Linear`, `.bias`, `.weight`, `nn.MSELoss`,
# `nn.Parameter`, `.uniform_`, `torch.empty`, `nn.Module`, `.named_parameters`, `.parameters`,
# `lr=`, `torch.optim.SGD`, `nn.ModuleList`, `.register_forward_hook`, `torch.equal`, `.step`,
# `.zero_grad`, `.fill_`, `.after`, `.register_buffer`, `torch.as_tensor`, `p=`, `nn.Dropout`,
# `.eval`, `torch.ones`, `.training`, `.state_dict`, `torch.save`, `torch.load`, `weights_only=`,
# `.load_state_dict`, `.loss`.
#
# **Next**, in [lesson 07](07_dataset_and_dataloader.ipynb), the data come in batches: `Dataset` and `DataLoader`.
