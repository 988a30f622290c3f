# %% [markdown] slideshow={"slide_type": "slide"}
# # 12 Where the time goes
#
# You measure what a training step costs, part by part, and learn to predict what makes a program
# faster before you change it.
#
# **You will be able to**
#
# - time a piece of code so that the number means something,
# - tell overhead from work, and say which of the two a program is spending,
# - make a training loop run many times faster without changing what it computes,
# - choose a batch size, a number type and a way of loading by what they cost,
# - work out how much memory a tensor takes before you make it,
# - say when a GPU would help, and when it would not.
#
# **Builds on** [lesson 01](01_gradient_descent_by_hand.ipynb), [lesson 06](06_the_linear_layer.ipynb), [lesson 07](07_dataset_and_dataloader.ipynb), [lesson 08](08_fitting_polynomials.ipynb) (its polynomial, the exact iterate) and [lesson 13](13_a_real_data_set.ipynb) (`device`). **Takes** about 95 minutes.
#
# The times in this lesson are those of the machine that ran it, named below. Yours will differ, by
# several times perhaps. So the text speaks of ratios and their sizes, ten times or a hundred, and
# the cells print them. Should one of yours be far off, run its cell again when the machine is
# quiet.
#
# A processor has several **cores**, each of which computes by itself, and PyTorch may use all of
# them for one operation. Here it starts with a single one, so that the times depend less on what
# else your machine is doing. What more cores bring has a section of its own.

# %% slideshow={"slide_type": "subslide"}
import platform
import re
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils import data, descent, plots
from course_utils.checks import timing as check

all_threads = torch.get_num_threads()  # how many cores PyTorch would use

# %% tags=["nbval-ignore-output"]
print(f"{platform.system()}, {platform.machine()}, Python {platform.python_version()}")
torch.set_num_threads(1)
# __version__: which release this is
print(f"torch {torch.__version__}; cores that it would use: {all_threads}, that it uses here: 1")


# %% [markdown] slideshow={"slide_type": "slide"}
# ## How do you time something?
#
# `perf_counter()` tells the time in seconds, from a beginning that does not matter. Take it before
# and after, and subtract.
#
# **Predict.** The same function, timed ten times in a row. Will the ten times be the same? Which
# one of them tells you what the function costs?


# %%
def times_of(function, *arguments, repeats=5):
    """The seconds that each of `repeats` calls of function(*arguments) takes, as a list."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        function(*arguments)
        times.append(perf_counter() - start)
    return times


def shortest(function, *arguments, repeats=5):
    """The shortest of several times, after one call that does not count."""
    function(*arguments)
    return min(times_of(function, *arguments, repeats=repeats))


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
x_small = torch.rand(1000, 100)  # 100,000 numbers between 0 and 1
times = times_of(lambda: (x_small @ x_small.T).sum(), repeats=10)
print("microseconds:", " ".join(f"{1e6 * t:.0f}" for t in times))
print(
    f"shortest {1e6 * min(times):.0f}, mean {1e6 * np.mean(times):.0f}, first {1e6 * times[0]:.0f}"
)


# %% [markdown]
# No two are the same. The first call is often far slower than the others: memory is asked for, code
# is loaded. So make one call that does not count, the **warm-up**. The others scatter, and they
# scatter upwards: other programs interrupt, and an interruption only ever adds. Nothing makes a
# function faster than it is, so the **shortest** time is the one closest to its cost. (The mean
# tells what a user waits for, interruptions included. That is another question.)
#
# The function `shortest` above does both.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: the clock
#
# Write the stopwatch again, with the clock as an argument: `clock()` gives the time in seconds. One
# call of `function()` first to warm up, untimed; then `repeats` timed ones; return the shortest. The
# check brings a clock of its own, so that your answer can be judged to the last digit.


# %% tags=["exercise"]
def stopwatch(function, clock, repeats):
    """The shortest time of function() in seconds, after one call that does not count."""
    ...
    return ...


# %%
check.stopwatch(stopwatch)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def stopwatch(function, clock, repeats):
#     """The shortest time of function() in seconds, after one call that does not count."""
#     function()
#     times = []
#     for _ in range(repeats):
#         start = clock()
#         function()
#         times.append(clock() - start)
#     return min(times)
# ```
#
# The clock is read once right before and once right after, and nothing else stands between.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does one step cost?
#
# A step of [lesson 06](06_the_linear_layer.ipynb) has five parts: the forward pass, the loss, the backward pass, the optimizer's
# step, and zeroing. Time each on its own, for a line, on 80 rows and on 8,000.
#
# Two arguments make it possible to repeat a part. `retain_graph=True` keeps the graph for another
# `backward` ([lesson 04](04_raw_autograd_tensors.ipynb)). And `set_to_none=False` makes `zero_grad` fill each gradient with zeros.
# Without it the gradient is thrown away and becomes `None` ([lesson 06](06_the_linear_layer.ipynb)): that is cheaper, saves the
# memory between two steps, and is what you want in a training. But then `step` would find no
# gradient the next time and do nothing, and you would be timing that.
#
# **Predict.** A hundred times the rows: a hundred times the time? Which part will not change?


# %% slideshow={"slide_type": "subslide"}
def problem(n, dtype=torch.float32):  # float32: 4 bytes a number
    """n points around y = 2x + 1: x and y of shape (n, 1)."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(n, 1, generator=generator, dtype=dtype)
    # `randn` draws normal numbers.
    return x, 2 * x + 1 + 0.1 * torch.randn(n, 1, generator=generator, dtype=dtype)


# %%
def parts_of_a_step(n):
    """The shortest time of each part of a training step on n rows, in seconds."""
    (x, y), model = problem(n), nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    y_pred = model(x)
    loss = F.mse_loss(y_pred, y)
    parts = {
        "forward": lambda: model(x),
        "loss": lambda: F.mse_loss(y_pred, y),
        "backward": lambda: loss.backward(retain_graph=True),
        "step": optimizer.step,
        "zero_grad": lambda: optimizer.zero_grad(set_to_none=False),
    }
    return {name: shortest(part, repeats=50) for name, part in parts.items()}


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output", "cover"]
parts = {f"{n:,} rows": parts_of_a_step(n) for n in (8_000, 80)}
plots.step_parts(parts)

totals = {label: sum(costs.values()) for label, costs in parts.items()}
ratio = totals["8,000 rows"] / totals["80 rows"]
print(f"a hundred times the rows cost {ratio:.1f} times the time")
step, step_small = parts["8,000 rows"]["step"], parts["80 rows"]["step"]
print(f"the optimizer's step costs {step / step_small:.1f} times as much")


# %% [markdown] slideshow={"slide_type": "subslide"}
# Far less than a hundred times. On 80 rows there is next to no arithmetic: what you pay is
# **overhead**, the fixed cost of each call: Python, checking shapes, finding the right routine,
# writing down the graph. It is the same for 80 rows and for 8,000. What more rows add is **work**,
# in the forward pass, the loss and the backward pass. The optimizer's step and the zeroing do not see
# the rows at all: they treat two numbers either way.
#
# So a simple model of the time of $n$ rows is a line, and you know how to read those:
#
# $$t(n) \approx t_0 + c\,n$$
#
# with the overhead $t_0$ and the cost $c$ of one more row. Where $c\,n$ is far below $t_0$, you pay
# overhead; where it is far above, you pay work. In between, at $n = t_0 / c$, they are equal.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: overhead and work
#
# Two measurements are enough for a line: $t_1$ seconds for $n_1$ rows and $t_2$ for $n_2$. Find $t_0$
# and $c$. The next section needs them.


# %% tags=["exercise"]
def overhead_and_cost(n1, t1, n2, t2):
    """(t0, c) of the line t = t0 + c·n through two measurements, in seconds."""
    ...
    return ..., ...


# %%
check.overhead_and_cost(overhead_and_cost)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def overhead_and_cost(n1, t1, n2, t2):
#     """(t0, c) of the line t = t0 + c·n through two measurements, in seconds."""
#     c = (t2 - t1) / (n2 - n1)
#     return t1 - c * n1, c
# ```
#
# `t1 / n1` would be the cost of a row *with* its share of the overhead. For small n that is nearly
# all of it.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does an epoch grow with the data?
#
# With full batches, an epoch is one step on all rows. Take it from a hundred rows to a million, in
# NumPy with the gradient by hand ([lesson 01](01_gradient_descent_by_hand.ipynb)), and in PyTorch with autograd ([lesson 06](06_the_linear_layer.ipynb)). Beside them,
# scikit-learn fits the line ([lesson 01](01_gradient_descent_by_hand.ipynb)): it does not step, it solves.
#
# **Predict.** Who is fastest on a hundred rows? By how much? Draw PyTorch's curve as you expect it,
# both axes in powers of ten: where is it flat, where does it rise? (From PyTorch's times on 100 and on
# 100,000 rows the cell also computes $t_0$ and $c$, as you did above.)


# %%
def numpy_epoch(x, y):
    """The gradient at w = b = 0.5: a step less its two subtractions."""
    error = 0.5 * x + 0.5 - y
    return 2 * (error * x).mean(), 2 * error.mean()


def torch_epoch(x, y, model, optimizer):
    """One step with an optimizer."""
    loss = F.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# %% slideshow={"slide_type": "subslide"}
def three_ways(n, repeats):
    """The shortest time of each way on n rows, in seconds."""
    (x, y), model = problem(n), nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    ways = {
        "NumPy": (numpy_epoch, x.numpy(), y.numpy()),
        "PyTorch": (torch_epoch, x, y, model, optimizer),
        "scikit-learn": (LinearRegression().fit, x.numpy(), y.numpy()),
    }
    return {name: shortest(*way, repeats=repeats) for name, way in ways.items()}


# %% slideshow={"slide_type": "subslide", "output": "subslide"} tags=["nbval-ignore-output"]
sizes = [100, 1000, 10_000, 100_000, 1_000_000]
times = {n: three_ways(n, repeats=20 if n <= 100_000 else 2) for n in sizes}

by_hand, autograd = ({n: times[n][name] for n in sizes} for name in ("NumPy", "PyTorch"))
c = (autograd[100_000] - autograd[100]) / (100_000 - 100)
t0 = autograd[100] - 100 * c
curves = {name: [(n, times[n][name]) for n in sizes] for name in times[100]}
plots.time_against_rows(curves, line=(t0, c))
print(f"on 100 rows NumPy is {autograd[100] / by_hand[100]:.1f} times as fast as PyTorch")
print(f"ten times the rows, 1,000, cost {autograd[1000] / autograd[100]:.1f} times the time")
growth = autograd[1_000_000] / autograd[10_000]
print(f"a hundred times the rows, 10,000 to a million, cost {growth:.1f} times the time")
print(f"overhead and work are equal at {t0 / c:,.0f} rows")


# %% [markdown] slideshow={"slide_type": "subslide"}
# Each curve begins flat, where overhead rules, and later rises with $n$, where the work does. The
# upright line marks $n = t_0 / c$, the rows at which PyTorch's overhead and its work are equal: there
# the curve bends. NumPy's overhead is the smallest, so it wins on small data, as the next section shows. On
# large data overhead no longer counts. What still differs is how often each goes through all the numbers:
# autograd also keeps what its backward pass will need, and scikit-learn solves for the minimum where
# the other two take a single step.
#
# Two measured points made the thin line, so it meets them. Look at the points that did not make it.
# On a million rows the times may lie well above: a processor keeps what it used last in a small, fast
# memory, the **cache**, and so many rows no longer fit into it. Then one more row costs
# more than $c$. A model of the time has to be tested, as any other.
#
# Before you make a program faster, ask on which part of the curve it is. In the flat part fewer and
# larger calls help, and more cores do not. In the rising part it is the other way round.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How fast can the same work be done?
#
# [Lesson 08](08_fitting_polynomials.ipynb) repeats a published training: a polynomial with five coefficients, ten points, 100,000
# epochs. Ten points lie far out in the flat part, so nearly all of the time is overhead. Here are
# seven ways to do that work. Rung by rung you drop what the tutorial's loop does in every epoch: the
# powers, the optimizer, the graph, PyTorch, and the epochs themselves.
#
# New is `torch.autograd.grad(loss, W)`. It *returns* the gradient, instead of adding it to `W.grad`:
# nothing to zero, no optimizer.
#
# Before you time anything, make sure that all do the same work: fast and wrong is easy.
#
# **Predict.** How many times as fast as the tutorial's loop is each rung? Powers of ten will do.


# %% slideshow={"slide_type": "subslide"}
class Polynomial(nn.Module):
    """y_pred = W[0] + W[1]·x + … + W[4]·x⁴."""

    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(5))

    def forward(self, x):
        return sum(self.W[k] * x**k for k in range(5))


class OnPowers(Polynomial):
    """The same polynomial for inputs that are powers already, of shape (n, 5)."""

    def forward(self, A):
        return A @ self.W


def with_module(model, inputs, n_epochs):
    """Train a model with `torch_epoch`, and return its W."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(n_epochs):
        torch_epoch(inputs, y10, model, optimizer)
    return model.W.detach()


# %% slideshow={"slide_type": "subslide"}
def with_autograd_grad(n_epochs):
    """Take the gradient from autograd, and make each step yourself."""
    W = torch.zeros(5, requires_grad=True)
    for _ in range(n_epochs):
        (g,) = torch.autograd.grad(F.mse_loss(A @ W, y10), W)
        with torch.no_grad():
            W -= lr * g
    return W.detach()


def descend(A, y, W, n_epochs):
    """Gradient descent by hand; arrays and tensors can both do this."""
    back = 2 / len(y) * A.T  # (5, 10)
    for _ in range(n_epochs):
        W = W - lr * (back @ (A @ W - y))
    return W


# %% slideshow={"slide_type": "subslide"}
points, lr, start = data.sine_line(), 0.05, np.zeros(5)
A64 = np.vander(points.x, 5, increasing=True)  # the columns 1, x, x², x³, x⁴: (10, 5)
x10, y10, A = (torch.from_numpy(values).float() for values in (points.x, points.y, A64))
# asfortranarray stores a table by columns. By rows, NumPy may warn of the product without a cause.
A32, y32, start32 = np.asfortranarray(A.numpy()), y10.numpy(), np.zeros(5, dtype=np.float32)
ladder = {
    "the tutorial's loop": lambda k: with_module(Polynomial(), x10, k),
    "power matrix": lambda k: with_module(OnPowers(), A, k),
    "autograd.grad": with_autograd_grad,
    "gradient by hand": lambda k: descend(A, y10, torch.zeros(5), k),
    "the same in NumPy": lambda k: descend(A32, y32, start32, k),
    "exact iterate": lambda k: descent.QuadraticLoss(A64, points.y).after(k, start, lr),
    "lstsq": lambda k: np.linalg.lstsq(A64, points.y)[0],
}
for name, run in ladder.items():
    print(f"{name:<20} W after 200 epochs:" + "".join(f" {value:8.4f}" for value in run(200)))

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
jumps = ("exact iterate", "lstsq")  # these do all epochs at once; the loops run 200 and are scaled
costs = {}
for name, run in ladder.items():
    n_epochs = 100_000 if name in jumps else 200
    costs[name] = shortest(run, n_epochs, repeats=3) * 100_000 / n_epochs
    ratio = costs["the tutorial's loop"] / costs[name]
    print(f"{name:<20} {costs[name]:11.5f} s for 100,000 epochs {ratio:12,.1f} times as fast")


# %% [markdown] slideshow={"slide_type": "subslide"}
# Six ways, one answer. `lstsq` gives a different one: not where descent is after $k$ epochs, but where
# it is going. If that is what you want, it is the right rung.
#
# Each of the four loops below the first gains a few times on the one above it, and together they gain tens
# of times. On ten numbers PyTorch spends its time on overhead, hardly any on arithmetic: for the powers,
# for the optimizer, for the graph. NumPy has the least of it. Then the epochs go. The exact iterate takes
# as long for a hundred thousand of them as for one: no tuning of a loop comes near a formula.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does a batch size cost?
#
# Mini-batches make many small steps of one large one, and so you pay the overhead many times. Here
# you measure the **throughput**: how many rows go through training in a second.
#
# **Predict.** One pass over 4,096 rows takes 256 steps in batches of 16, and 4 in batches of 1,024.
# If overhead were all, how many times faster would the large ones be? And what does a `DataLoader`
# add, compared with slicing the tensors yourself?


# %% slideshow={"slide_type": "subslide"}
def by_slices(x, y, batch_size):
    """Batches cut from shuffled tensors."""
    order = torch.randperm(len(x))
    for rows in order.split(batch_size):  # pieces of batch_size row numbers
        yield x[rows], y[rows]


def by_loader(x, y, batch_size):
    """Batches from a DataLoader."""
    return DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)


def one_pass(batches, batch_size):
    """One training pass over x and y in batches."""
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x_batch, y_batch in batches(x, y, batch_size):
        torch_epoch(x_batch, y_batch, model, optimizer)


# %%
for batch_size in (16, 1024):
    print(f"batches of {batch_size:,}: {4096 // batch_size} steps in a pass over 4,096 rows")

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
x, y = problem(4096)
speeds = {"slices of tensors": [], "DataLoader": []}
for batch_size in (16, 64, 256, 1024):
    for name, batches in (("slices of tensors", by_slices), ("DataLoader", by_loader)):
        seconds_of_a_pass = shortest(one_pass, batches, batch_size, repeats=2)
        speeds[name].append((batch_size, len(x) / seconds_of_a_pass))
plots.throughput(speeds)

slices, loader = dict(speeds["slices of tensors"]), dict(speeds["DataLoader"])
gain, price = slices[1024] / slices[16], slices[1024] / loader[1024]
print(f"slices of 1,024 rows pass {gain:.0f} times as many rows a second as slices of 16")
print(f"in batches of 1,024 they pass {price:.0f} times as many as the DataLoader")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Larger batches pass more rows per second, because fewer steps pay the overhead: with slices the gain
# comes into the neighbourhood of $256 / 4 = 64$. That does not make them better: [lesson 07](07_dataset_and_dataloader.ipynb) showed that many
# small steps get further in one pass. What counts is the loss after a given *time*, so try a few
# sizes against the clock.
#
# The curve of the `DataLoader` levels off. It takes the rows one by one and stacks them again, so it
# pays an overhead for each *row*, and no batch size helps against that. Next to reading a file or
# cutting a picture it is nothing; with two small tensors and large batches it is most of the time.
# It is made for data that do not fit into memory. When they do, slices are the same thing faster.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Do more threads help?
#
# A **thread** is a strand of work that one core does. PyTorch cuts one operation into several, if it is
# large enough. Here it may use all the cores again.
#
# **Predict.** What do more threads do for a product of two 1,000 × 1,000 matrices? And for the forward
# pass of 80 rows?

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
matrix, (x, y) = torch.rand(1000, 1000), problem(80)
line = nn.Linear(1, 1)
small = {}
for n_threads in sorted({1, all_threads}):
    torch.set_num_threads(n_threads)
    large = shortest(torch.matmul, matrix, matrix, repeats=3)  # matmul(a, b) is a @ b
    small[n_threads] = shortest(line, x, repeats=50)
    took = f"matrices {1e3 * large:.1f} ms, 80 rows {1e6 * small[n_threads]:.0f} µs"
    print(f"threads: {n_threads}   {took}")
torch.set_num_threads(1)
ratio = small[all_threads] / small[1]
print(f"with all threads the 80 rows take {ratio:.1f} times as long as with one")

# %% [markdown]
# With one core you see a single line. With several that have nothing else to do, the product gains, at
# best as many times as there are cores. But where other programs use the same cores, it may gain
# nothing or even lose: the threads wait for the slowest among them. The 80 rows gain nothing on any
# machine: there is nothing to share out. `torch.set_num_threads(1)` is worth a try whenever several
# programs share a machine. It is also why this lesson began with one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## float32 or float64?
#
# A float32 number takes 4 bytes and has about seven digits; a float64 takes 8 and has about sixteen.
#
# **Predict.** How many MB (a million bytes) does a matrix of 1,000 × 1,000 take in each? And how much
# faster is their product in float32?

# %% slideshow={"output": "subslide"}
for dtype in (torch.float32, torch.float64):
    matrix = torch.rand(1000, 1000, dtype=dtype)
    # element_size: bytes for one number; nbytes: for all of them
    print(f"{dtype}: {matrix.element_size()} bytes a number, {matrix.nbytes / 1e6:.0f} MB in all")

# %% tags=["nbval-ignore-output"]
product = {}
for dtype in (torch.float32, torch.float64):
    matrix = torch.rand(1000, 1000, dtype=dtype)
    product[dtype] = shortest(torch.matmul, matrix, matrix, repeats=3)
    print(f"{dtype}: {1e3 * product[dtype]:.1f} ms")
ratio = product[torch.float64] / product[torch.float32]
print(f"float64 takes {ratio:.1f} times as long")


# %% [markdown]
# Half the memory, and something like half the time, where there is enough work to notice. That is why
# networks are trained in float32 and smaller. And why do lessons of this course use float64 at times?
# Because [lesson 08](08_fitting_polynomials.ipynb)'s rounding cost more than time: where a flat direction needs ten digits, float32
# does not have them.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: how large will it be?
#
# Before you make a tensor, work out what it takes, for a shape of any length: `(300, 70, 5)` has three
# sides. `dtype.itemsize` is the bytes of one number, 4 for `torch.float32`.


# %% tags=["exercise"]
def megabytes(shape, dtype):
    """The memory of a tensor with this shape, a tuple, and dtype, in MB of a million bytes."""
    return ...


# %%
check.megabytes(megabytes)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def megabytes(shape, dtype):
#     """The memory of a tensor with this shape, a tuple, and dtype, in MB of a million bytes."""
#     n_numbers = 1
#     for side in shape:
#         n_numbers *= side
#     return n_numbers * dtype.itemsize / 1e6
# ```
#
# Training takes a multiple: parameters, their gradients, what the graph keeps, what the optimizer
# remembers.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: an (n, 1) against an (n,) costs memory, too
#
# The broadcasting bug of [lesson 00](00_start_here.ipynb) has a price that grows with the square of the rows. The cell does
# not make the difference; it computes what that would take. Then it asks for a tensor that no machine
# has room for.

# %%
y_pred, y = torch.zeros(20_000, 1), torch.zeros(20_000)
shape = torch.broadcast_shapes(y_pred.shape, y.shape)  # the shape, without the memory
print("shape of y_pred - y:", tuple(shape))
print(f"y_pred: {y_pred.nbytes / 1e6:.2f} MB, the difference: {shape.numel() * 4 / 1e6:.0f} MB")
try:
    torch.empty(10**9, 10**9)
except RuntimeError as error:
    print("RuntimeError: ...", re.search("you tried to allocate .* bytes", str(error)).group())


# %% [markdown]
# From 0.08 MB to 1600: the table holds 20,000 numbers for each one that you wanted. So a silent bug
# becomes loud on large data: what is a wrong number on a hundred rows is a program out of memory on
# a million. The last line is how it sounds. The bytes in it are $10^9 \cdot 10^9$ numbers of 4 bytes; read
# them before you buy memory, for a number as absurd as this is a wrong shape.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Would a GPU help?
#
# The **device** of a tensor ([lesson 13](13_a_real_data_set.ipynb)) is where it lives and is computed with. A GPU, the device
# `cuda`, does thousands of multiplications at once, but each call to it has more overhead than one to
# the processor, and the data must travel there first. And its calls return *before* the work is done:
# to time it, wait with `torch.cuda.synchronize()`.
#
# **Predict.** For which product would a GPU pay: of 10 × 10 matrices, or of 1,000 × 1,000?


# %%
def time_on(device, size):
    """The shortest time of a size × size matrix product on a device, in seconds."""
    matrix = torch.rand(size, size, device=device)

    def product():
        matrix @ matrix
        if device == "cuda":
            torch.cuda.synchronize()

    return shortest(product, repeats=3)


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
torch.set_num_threads(all_threads)  # a fair comparison: the whole processor
devices = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])
for size in (10, 100, 1000):
    took = [f"{device} {1e3 * time_on(device, size):8.3f} ms" for device in devices]
    print(f"{size:5} × {size:<5}", "   ".join(took))
if devices == ["cpu"]:
    print("No GPU here. Run this cell on a machine with one, and the last column appears.")

# %% [markdown]
# From 10 to 1,000 the product grows to a million times the work: each of $n^2$ entries is a sum of
# $n$ products. The time grows far less, as the smallest is nearly all overhead. Where there is a GPU,
# expect it to lose on the smallest product and to win on the largest; the way there is not even
# counted, since `time_on` makes the matrix where it is used. Nothing in this course needs a GPU: its
# data are small, and on small data overhead is nearly all.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | question | how to answer it |
# |---|---|
# | what does it cost? | shortest of several `perf_counter()` differences, after a warm-up |
# | overhead or work? | double the rows: does the time double? Or two times, and $t_0 / c$ |
# | many small steps? | a larger batch, slices in place of a `DataLoader` for data in memory |
# | many epochs on few rows? | drop the optimizer, the graph, PyTorch; or take a formula for all epochs |
# | more threads? | when one operation is large and the cores are free |
# | how much memory? | numbers × `dtype.itemsize` |
# | a GPU? | when one operation is large; `.to(device)`, and `synchronize()` to time it |
#
# **New words:** core, warm-up, overhead, work, cache, throughput, thread.
#
# **New names:** `torch.get_num_threads`, `torch.__version__`, `perf_counter`, `torch.rand`,
# `set_to_none=`, `torch.matmul`, `.element_size`, `.nbytes`, `.itemsize`,
# `torch.broadcast_shapes`, `device=`, `torch.cuda.synchronize`, `torch.randn`, `torch.float32`,
# `torch.autograd.grad`, `np.asfortranarray`.
#
# You have come from a derivative on paper to a model on real data, and you know what it costs to run.
# What stands between you and larger networks is more of the same: every one of them is trained by the loop
# that you wrote in [lesson 01](01_gradient_descent_by_hand.ipynb).
