# %% [markdown]
# # 12 Where the time goes
#
# You find out what a training step pays for, and train twenty networks at once.
#
# **You will be able to**
#
# - time code properly,
# - tell overhead from work,
# - make a slow loop many times as fast,
# - choose a batch size and a device by the clock.
#
# **Builds on** [lesson 07](07_dataset_and_dataloader.ipynb) (batches), [lesson 08](08_fitting_polynomials.ipynb) (100,000 epochs) and [lesson 11](11_a_network_that_bends.ipynb) (networks). **Takes** about 50 minutes, and 25 more with the deeper sections.

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
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.benchmark import Timer

from course_utils import data, descent, plots
from course_utils.checks import timing as check

torch.set_num_threads(1)  # use one core of the processor: steadier times

# %% [markdown]
# ## How long would twenty starts take?
#
# Where a network ends depends on its start ([lesson 11](11_a_network_that_bends.ipynb#How-should-the-weights-start?)), so you
# want to try twenty starts.
#
# That lesson's kind of network, now with eight units and Adam ([lesson 09](09_better_roads.ipynb#What-does-Adam-change?)):

# %% [markdown] tags=["slide"]
# Where a network ends depends on its start, so you want to train it from twenty starts, each with
# 1,000 steps. How long will that take? One training:


# %%
def noisy(n):
    """n noisy points as columns; x scaled, from −1 to 1."""
    points = data.noisy_sine(n)
    x, y = 2 * points.x - 1, points.y
    columns = x.reshape(-1, 1), y.reshape(-1, 1)
    return [torch.from_numpy(column) for column in columns]


def new_network(seed):
    """Eight tanh units with random initial weights, in float64."""
    torch.manual_seed(seed)
    layers = nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1)
    return nn.Sequential(*layers).double()


# %% tags=["code"]
def train(network, x, y, n_steps):
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for step in range(n_steps):
        y_pred = network(x)  # 1 predict
        loss = F.mse_loss(y_pred, y)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
    return loss.item()


x, y = noisy(40)
network = new_network(0)  # 0 start

# %% [markdown]
# ### Break it: time it once
#
# Read a clock before and after 250 steps, and multiply by 80 (20 · 1,000 / 250). Do so seven
# times. (All times are your machine's.)

# %% [markdown] tags=["slide"]
# Read a clock before and after 250 steps. Twenty starts of 1,000 steps are 80 times as many.

# %% tags=["code", "nbval-ignore-output"]
for k in range(7):
    start = perf_counter()  # the clock, in seconds
    train(network, x, y, 250)
    seconds = perf_counter() - start
    print(f"250 steps: {seconds:.3f} s; all 20 starts: {80 * seconds:4.1f} s")

# %% [markdown] tags=["slide"]
# One training, seven times over, on the machine that built this. Which of the seven lines do you
# believe?

# %% [markdown]
# ## Can you trust one measurement?
#
# No: the first call may take many times as long as the next.
#
# It often pays for more, such as loading code. So call once without counting, as a **warm-up**.
# The others differ, too: programs interrupt each other. That nearly always adds time, so the
# **shortest** is closest to the cost (for data that the processor still holds in its fast
# memory, the **cache**).
#
# PyTorch's `Timer` warms up, repeats some code and gives the `.median`, which a few long calls
# hardly move, on one **thread**: a strand of work for one core of the processor.

# %% [markdown] tags=["slide"]
# The first call pays for more: **warm up**. Interruptions nearly always add time: take the
# **shortest** of many, or let PyTorch's `Timer` find a **median**.
#
# > With 250 times the rows, how many times as long does a step take?

# %% tags=["code", "nbval-ignore-output"]
for n in (40, 250 * 40):
    x_n, y_n = noisy(n)
    # the code as text; globals: where Timer finds its names
    timer = Timer("train(network, x_n, y_n, 20)", globals=globals())
    found = timer.blocked_autorange()  # at least 0.2 seconds
    print(f"a step on {n:6,} rows: {found.median / 20 * 1e6:5.0f} µs")

# %% [markdown] tags=["slide"]
# `Timer` warms up and repeats the code; a few long calls hardly move its median. Compare medians
# with medians, and shortest times with shortest.

# %% [markdown]
# ## What does a step pay for?
#
# With 250 times the rows, a step takes only a few times as long.
#
# Most of a small step is **overhead**: what each call costs, whatever its size, to check
# shapes, find the routine, note the graph. What grows with the rows is **work**. Together:
#
# $$t(n) \approx t_0 + c\,n$$
#
# $t_0$ is the overhead of a step on $n$ rows, $c$ the work of one row. Two measured times give
# both:
#
# ```text
# measured:      10 rows 100 µs,  1,010 rows 600 µs
# one row:       c = 500 µs / 1,000 rows = 0.5 µs
# overhead:      about 100 µs (10 rows add only 5 µs)
# twice as long: c·n = 100 µs, so n = 200 rows
# ```

# %% [markdown] tags=["slide"]
# A call costs its **overhead** $t_0$, whatever its size, and each row adds its **work**, $c$. Two
# measured times give both:

# %% [markdown]
# > **Predict.** Take `Timer`'s two times. On how many rows is a step *twice* as long as on 40?

# %% [markdown] tags=["slide"]
# `Timer`'s times are on the board. One row: their difference, divided by that of the rows.
# Overhead: about the first time.

# %% tags=["nbval-ignore-output"]
my_prediction = ...  # your number


def shortest(function, *arguments):  # arguments: what the function gets
    function(*arguments)  # warm-up
    times = []
    for k in range(10):
        start = perf_counter()
        function(*arguments)
        times.append(perf_counter() - start)
    return min(times)


rows = [40, 200, 1000, 3000, 10_000, 30_000]
steps = [shortest(train, network, *noisy(n), 10) / 10 for n in rows]
plots.overhead_and_work(rows, steps, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# The star shows where. Far left of it, more rows are almost free; right of it, you pay for each. Are
# you within a factor of two? A step's time differs from cell to cell.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# The star shows where, often between one and ten thousand. Within a factor of two is good: a step's time
# differs from cell to cell.
#
# </details>
#
# Far left of the star, more rows are almost free. Right of it, you pay for each.

# %% [markdown] tags=["deeper"]
# ### Deeper: what does a cold cache cost?
#
# Add up the same 20,000 numbers again and again, then those of 1,000 tensors in turn, more than
# most caches hold.

# %% tags=["deeper", "nbval-ignore-output"]
tensors = [torch.rand(20_000) for k in range(1000)]  # rand: from 0 to 1
megabytes = 1000 * tensors[0].nbytes / 1e6  # nbytes: the bytes of all numbers


def add_up(tensors):
    return [t.sum() for t in tensors]


warm = shortest(add_up, tensors[:1])
cold = shortest(add_up, tensors) / 1000
print(f"{megabytes:.0f} MB; warm {1e6 * warm:.1f} µs, cold {1e6 * cold:.1f} µs")

# %% [markdown] tags=["deeper"]
# The same work, yet the cold sums often take twice as long or more: they wait for memory.
# The shortest time is that of a program that uses the same data again.

# %% [markdown]
# ## Which batch size?
#
# Let three of them race.
#
# With 100,000 rows, three trainings at the same learning rate get the same time. How far
# do they end from the true curve?

# %% [markdown] tags=["slide"]
# > Three trainings of our network get 100,000 noisy rows, Adam at 0.02 and equal time, in batches of
# > 10, 1,000 and 100,000. Which makes the most steps? Which ends nearest to the true curve, without
# > the noise?


# %% tags=["nbval-ignore-output"]
x_big, y_big = noisy(100_000)
t = torch.from_numpy(np.linspace(0, 1, 200).reshape(-1, 1))
true_curve = 3 * t + torch.sin(6 * t) + 1


def race(batch_size, seconds):
    """(seconds, MSE to the true curve) after each step of a training."""
    network, spent, path = new_network(2), 0.0, []  # 0 start
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    while spent < seconds:
        start = perf_counter()
        batch = torch.randint(0, 100_000, (batch_size,))  # rows; some twice
        y_pred = network(x_big[batch])  # 1 predict
        loss = F.mse_loss(y_pred, y_big[batch])  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
        spent += perf_counter() - start
        with torch.no_grad():  # off the clock
            miss = F.mse_loss(network(2 * t - 1), true_curve)
            path.append((spent, miss.item()))
    return np.array(path)


seconds = 40 * shortest(train, new_network(2), x_big, y_big, 1)
paths = {n: race(n, seconds) for n in (10, 1000, 100_000)}
runs = {f"{len(path):,} steps of {n:,} rows": path for n, path in paths.items()}
plots.loss_by_seconds(runs)

# %% [markdown] tags=["slide"]
# Here, 1,000 rows win. Steps of 10 have a hundredth of the rows, but take far more than a hundredth
# of the time, and their gradients are noisier. Of 100,000 rows, there are few steps.

# %% [markdown]
# Here, 1,000 wins. Batches of 10 make at most a few times as many steps, with noisier
# gradients. With 100,000, there are few steps; the rise at the end is Adam's overshoot, as
# early on in the others. So rows per second, the **throughput**, isn't the aim: draw the loss
# against *seconds*.

# %% [markdown] tags=["deeper"]
# ## Deeper: must a DataLoader be slow?
#
# It takes rows one by one and stacks them, so it pays an overhead for each *row*. A
# `BatchSampler` as `sampler=`, with `batch_size=None`
# ([lesson 07](07_dataset_and_dataloader.ipynb#Deeper:-must-a-loader-fetch-row-by-row?)), asks for a whole batch at once. And tensors
# in memory need no loader. (`list` runs through one.)

# %% tags=["deeper", "nbval-ignore-output"]
from torch.utils import data as loading

few = loading.TensorDataset(x_big[:10_000], y_big[:10_000])
order = loading.BatchSampler(loading.RandomSampler(few), 100, drop_last=False)
by_row = loading.DataLoader(few, batch_size=100, shuffle=True)
by_batch = loading.DataLoader(few, sampler=order, batch_size=None)


def slices(rows):
    # randperm: the row numbers, shuffled; split: pieces of 100
    return [rows[batch] for batch in torch.randperm(10_000).split(100)]


for way, source in ((list, by_row), (list, by_batch), (slices, few)):
    rate = 10_000 / shortest(way, source) / 1e6
    print(f"{rate:6.2f} million rows a second")

# %% [markdown] tags=["deeper"]
# In this order: row by row, by whole batches, slices. Each brings several times the rows of the
# one before. Where an item is slow to make, a file or an image, none of this matters.

# %% [markdown]
# ## How do you make a slow loop fast?
#
# Count the calls. Each costs its overhead, so make fewer and larger ones:
#
# ```python
# total = 0.0
# for i in range(40):  # 40 rows: 6 calls each, 240
#     total = total + (network(x[i]) - y[i]) ** 2
# loss = total / 40
#
# # the same loss: 4 calls
# loss = ((network(x) - y) ** 2).mean()
# ```
#
# And move out of the loop what doesn't change.
#
# ### Exercise 1 (fix): a loop that crawls
#
# `crawl` fits a polynomial. Write `sprint`, with the same result, at least twenty times as fast.
# (`torch.stack` makes several tensors the rows of one, or its columns with `dim=1`.)
#
# ```python
# def crawl(x, y, lr, n_epochs):
#     W = torch.zeros(4, dtype=torch.float64)
#     for epoch in range(n_epochs):
#         gradient = torch.zeros(4, dtype=torch.float64)
#         for i in range(len(x)):
#             powers = torch.stack([x[i] ** k for k in range(4)])  # (4,)
#             residual = powers @ W - y[i]
#             gradient = gradient + 2 / len(x) * residual * powers
#         W = W - lr * gradient
#     return W
# ```


# %% tags=["exercise", "mend"]
def sprint(x, y, lr, n_epochs):
    """W as from crawl; x and y are float64 tensors of shape (n,)."""
    ...
    return ...


# %%
check.sprint(sprint)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def sprint(x, y, lr, n_epochs):
#     """W as from crawl; x and y are float64 tensors of shape (n,)."""
#     powers = torch.stack([x**k for k in range(4)], dim=1)  # (n, 4), once
#     W = torch.zeros(4, dtype=torch.float64)
#     for epoch in range(n_epochs):
#         residual = powers @ W - y  # all rows at once
#         W = W - lr * 2 / len(x) * (powers.T @ residual)
#     return W
# ```
#
# Making the table once gains about twice; taking all rows at once, tens of times or more.
#
# </details>
#
# ## How fast can the same work be done?
#
# Hundreds of thousands of times as fast, once you know a formula.
#
# [Lesson 08](08_fitting_polynomials.ipynb#Does-it-fit-after-100,000-epochs?)'s tutorial runs 100,000 epochs on ten points: nearly
# all overhead. We measured seven ways, each without something that the one before it pays for.

# %% [markdown] tags=["slide"]
# [Lesson 08](08_fitting_polynomials.ipynb#Does-it-fit-after-100,000-epochs?)'s fit: each way leaves
# out what the one before pays for (×: times as fast).

# %%
seconds = {  # for 100,000 epochs, on two cores
    "the tutorial's loop": 22.8,
    "power matrix, made once": 11.3,
    "autograd.grad, no optimizer": 6.56,
    "gradient by hand, no graph": 1.62,
    "NumPy, no PyTorch": 0.425,
    "exact iterate, no epochs": 0.0000563,
    "lstsq, the end of all epochs": 0.0000122,
}
plots.speed_ladder(seconds)

# %% [markdown] tags=["slide"]
# Five loops, one result. The exact iterate computes it by formula; `lstsq` gives the bottom, which
# they don't reach.

# %% [markdown]
# The loops gain tens of times, with the same result to three digits. Then a formula: the exact
# iterate jumps to any epoch. (`lstsq` gives the bottom, which 100,000 epochs don't reach.)

# %% [markdown] tags=["deeper"]
# ### Deeper: six ways to the same coefficients, and the bottom
#
# New is `torch.autograd.grad`: it returns the gradient and adds nothing to `W.grad`, so there
# is nothing to empty.


# %% tags=["deeper"]
points = data.sine_line()
A64 = np.vander(points.x, 5, increasing=True)  # NumPy, float64, (10, 5)
x10, y10, A = (torch.from_numpy(a).float() for a in (points.x, points.y, A64))


def sum_of_powers(W):
    return sum(W[k] * x10**k for k in range(5))


def one_product(W):
    return A @ W


def with_optimizer(predict, n_epochs):
    W = torch.zeros(5, requires_grad=True)  # 0 start
    optimizer = torch.optim.SGD([W], lr=0.05)
    for epoch in range(n_epochs):
        y_pred = predict(W)  # 1 predict
        loss = F.mse_loss(y_pred, y10)  # 2 loss
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
    return W.detach()


def with_grad(n_epochs):
    W = torch.zeros(5, requires_grad=True)
    for epoch in range(n_epochs):
        (gradient,) = torch.autograd.grad(F.mse_loss(A @ W, y10), W)
        with torch.no_grad():
            W -= 0.05 * gradient
    return W.detach()


def by_hand(A, y, W, n_epochs):
    for epoch in range(n_epochs):
        W = W - 0.05 * (A.T @ (A @ W - y)) * 2 / len(y)
    return W


# %% tags=["deeper"]
def exact(n_epochs):
    bowl = descent.QuadraticLoss(A64, points.y)
    return bowl.after(n_epochs, [0.0] * 5, 0.05)


ladder = {  # n: how many epochs
    "the tutorial's loop": lambda n: with_optimizer(sum_of_powers, n),
    "power matrix": lambda n: with_optimizer(one_product, n),
    "autograd.grad": with_grad,
    "gradient by hand": lambda n: by_hand(A, y10, torch.zeros(5), n),
    "the same in NumPy": lambda n: by_hand(A64, points.y, np.full(5, 0.0), n),
    "exact iterate": exact,
    "lstsq": lambda n: np.linalg.lstsq(A64, points.y)[0],
}

# %% [markdown] tags=["deeper"]
# Fast and wrong is easy, so compare before you time. The loops run 200 epochs, and their times
# are scaled up.

# %% tags=["deeper"]
print("W[0] to W[2] after 200 epochs")
for name, run in ladder.items():
    print([f"{value:.4f}" for value in run(200)[:3]], name)

# %% tags=["deeper", "nbval-ignore-output"]
jumps = ("exact iterate", "lstsq")  # all epochs at once
for name, run in ladder.items():
    n = 100_000 if name in jumps else 200
    print(f"{shortest(run, n) * 100_000 / n:12.5f} s  {name}")

# %% [markdown]
# ## Would a GPU help?
#
# With many rows and units, yes: it does thousands of multiplications at once.
#
# The **device** of a tensor is where it is kept and computed with: `cpu`, or an **accelerator**
# such as a GPU, `cuda` (NVIDIA) or `mps` (Apple). Model and data must be on the same one.
# `torch.accelerator.is_available()` is True if you have one, and `current_accelerator()` is its
# device.
#
# The number type counts, too: `torch.float32` takes half of float64's bytes, and is often
# faster.

# %% [markdown] tags=["slide"]
# It does thousands of multiplications at once. Model and data must be on one **device**: the CPU or
# an **accelerator**.

# %% tags=["nbval-ignore-output"]
places = [("cpu", torch.float32), ("cpu", torch.float64)]
if torch.accelerator.is_available():
    places.append((torch.accelerator.current_accelerator(), torch.float32))
for device, dtype in places:
    x_n = torch.rand(10_000, 10, dtype=dtype, device=device)  # from 0 to 1
    wide = nn.Sequential(nn.Linear(10, 64), nn.Tanh(), nn.Linear(64, 1))
    wide.to(dtype=dtype, device=device)  # moves its parameters
    seconds = shortest(train, wide, x_n, x_n[:, :1], 3) / 3
    size = f"{x_n.nbytes / 1e6:.1f} MB"  # nbytes: the bytes of all numbers
    print(f"{device}, {dtype}, {size}: a step {1e3 * seconds:.1f} ms")
if len(places) == 2:
    print("No accelerator here: the CPU alone.")

# %% [markdown] tags=["slide"]
# A step on 10,000 rows of ten inputs, 64 units, one core. `torch.float32` takes half the bytes, and
# often less time.

# %% [markdown]
# Flat directions need float64's digits; large networks train in float32.
#
# We measured a step of the network above, in float32 and with plain SGD:
#
# ```text
#                   80 rows    100,000 rows
# CPU, 16 cores      224 µs       12,433 µs
# GPU, NVIDIA H100   818 µs          811 µs
# ```
#
# > **Predict.** From how many rows on is the GPU faster? (Take a line again.)

# %% [markdown] tags=["slide"]
# A step of that network, 64 units in float32 with plain SGD, on another machine:
#
# > **Predict.** From how many rows on is the GPU faster? (Compute: time = overhead + work per row ·
# > rows; the GPU's time is flat.)
#
# ```text
#                   80 rows    100,000 rows
# CPU, 16 cores      224 µs       12,433 µs
# GPU, NVIDIA H100   818 µs          811 µs
# ```

# %%
my_prediction = ...  # your number

table = data.step_times()
chosen = table.x[:, 0] == 64  # the rows of the table with 64 units
rows, (cpu, gpu) = table.x[chosen, 1], table.y[chosen].T
print("16-core CPU and H100 80GB, torch 2.11, 2026-11-27")
for n, cpu_time, gpu_time in zip(rows, cpu, gpu, strict=True):
    print(f"{n:9,.0f} rows: {cpu_time:7,.0f} and {gpu_time:5,.0f} µs")
work = (cpu[3] - cpu[0]) / (rows[3] - rows[0])  # µs per row, on the CPU
print(f"by the line: {(gpu[0] - cpu[0]) / work:,.0f} rows")
copying = 364 * rows / 100_000  # 100,000 rows are 4 MB, copied in 364 µs
plots.devices_by_rows(rows, cpu, gpu, copying, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# The star: 8,900 rows. The line gives 4,861, good enough. The GPU has the larger overhead: our forty
# points are far left. Copying the rows in each step costs more: move data once.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Near 10,000 rows (the star: 8,900); the line's 4,861 is good, too. The CPU's times don't lie
# on one line: between 1,000 and 10,000 rows, a row costs it far less.
#
# </details>
#
# The GPU's overhead is larger; our forty points are far left of the star. Copying a million
# rows from ordinary memory would take longer than their step: move data once.
#
# | tool | when |
# |---|---|
# | `num_workers=2` in a `DataLoader` | rows are slow to fetch |
# | `pin_memory=True` there | batches travel to a CUDA GPU: faster copies |
# | `torch.compile(model)` | a long training |
# | `torch.profiler` | you don't know what takes the time |
#
# ### Exercise 2 (diagnose): where does it go?
#
# Take the last time of A, B and C: where does most of it go? What made one time of D so long?
# One cause is left over.
#
# 1. Overhead.
# 2. Work.
# 3. The first call.
# 4. The copy to the device.
# 5. An interruption.
#
# ```text
# A  a step on the CPU     100,000 rows: 2.1 ms
#                          200,000 rows: 4.2 ms
#                          400,000 rows: 8.5 ms
# B  a matrix product      on the CPU:                         1.76 ms
#                          on the GPU, matrices kept there:    0.07 ms
#                          on the GPU, matrices from the CPU:  0.80 ms
# C  a step on the CPU     10 rows: 61 µs    100 rows: 62 µs    1,000 rows: 66 µs
# D  the same step, eight calls in a row: 64 61 60 960 61 60 61 60 µs
# A, B and C: after a warm-up, the shortest of many.
# ```

# %% tags=["exercise", "diagnose"]
causes = [..., ..., ..., ...]  # the numbers for A, B, C and D, in this order

# %%
check.causes(causes)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# causes = [2, 4, 1, 5]
# ```
#
# A doubles with the rows: compute less, or on more cores. B's last two times differ by the
# copies alone: keep the data on the device. C hardly grows with the rows: make fewer, larger
# calls. In D one call is long, and it isn't the first: take the shortest.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: when is a GPU done?
#
# Later than its call returns. On CUDA and MPS, a call only puts work into a queue, and Python
# goes on. A clock read too early measures the overhead alone. `train` is safe: `loss.item()`
# waits for the number. Otherwise call `torch.accelerator.synchronize()` before you read the
# clock. (`Timer` does it for CUDA.)
#
# On the H100, the product of two large square matrices:

# %% tags=["deeper"]
measured = {  # milliseconds for 8000 × 8000 numbers
    "float32, the call returns": 0.21,
    "float32, the work is done": 21.4,
    "TF32": 2.6,
    "bfloat16": 1.4,
    "float64": 16,
    "float32, CPU, 16 cores": 594,
}
for name, time in measured.items():
    print(f"{name:26} {time:6.2f} ms")
gap = torch.finfo(torch.bfloat16).eps  # from 1 to the next number
print(f"bfloat16: 1 and the next number differ by {gap:.4f}")

# %% [markdown] tags=["deeper"]
# **TF32** rounds the inputs of a product to about three digits and adds up in float32;
# `torch.set_float32_matmul_precision("high")` allows it. **bfloat16** has float32's range and
# two to three digits, in two bytes. Both suit networks, where batches are noisier than the
# rounding; neither suits a fit that needs ten digits. (That float64 beats plain float32 here is
# special to this kind of GPU. On most, float64 is far slower.)

# %% [markdown] tags=["deeper"]
# ## Deeper: do more threads help?
#
# Only large operations, on cores that have nothing else to do.

# %% tags=["deeper", "nbval-ignore-output"]
matrix = torch.rand(1000, 1000)
for n_threads in (1, 2):
    torch.set_num_threads(n_threads)
    product = shortest(torch.matmul, matrix, matrix)  # the function of @
    step = shortest(train, network, x, y, 5) / 5
    print(f"threads {n_threads}: product {1e3 * product:.1f} ms", end=", ")
    print(f"step on 40 rows {1e6 * step:.0f} µs")
torch.set_num_threads(1)

# %% [markdown] tags=["deeper"]
# With two free cores, the product takes about half the time at best. A step on forty rows has
# too little to share out. Where other programs use the same cores, both may lose, the step even
# many times: the threads wait for the slowest. When as many trainings as cores run, give each
# one thread.

# %% [markdown] tags=["deeper"]
# ## Deeper: how much memory does it take?
#
# Numbers times bytes, and a training needs several times that: each parameter has a gradient,
# Adam keeps two more numbers for it, and the graph keeps what the backward pass will need, such
# as each unit's output for each row.
#
# > **Predict.** `y_pred` has the shape (20,000, 1), `y` has (20,000,), both float32. How many
# > MB, a million bytes each, would `y_pred - y` take?

# %% tags=["deeper"]
y_pred, targets = torch.zeros(20_000, 1), torch.zeros(20_000)
# the shape that broadcasting would give, without the memory
shape = torch.broadcast_shapes(y_pred.shape, targets.shape)
size = shape.numel() * y_pred.dtype.itemsize  # itemsize: bytes of one number
print(f"y_pred: {y_pred.nbytes / 1e6:.2f} MB")
print(f"the difference, {tuple(shape)}: {size / 1e6:.0f} MB")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# 1600, from 0.08: [lesson 00](00_start_here.ipynb#Break-it:-three-predictions)'s silent bug costs memory with the *square*
# of the rows.
#
# </details>
#
# So on many rows it becomes loud, as an error that asks for an absurd number of bytes. Look for
# a wrong shape before you buy memory.

# %% [markdown] tags=["deeper"]
# ## Deeper: which way through least squares?
#
# `torch.linalg.lstsq` has four drivers. On the CPU, `gelsy` (the default), `gelsd` and `gelss`
# cope with columns that depend on each other. `gels` assumes that they don't, and is the only
# one on a GPU. For many rows, the normal equations ([lesson 09](09_better_roads.ipynb#Deeper:-why-not-just-solve-the-equations?)) are the
# least work, and they lose digits: take them only where κ is small.

# %% tags=["deeper", "nbval-ignore-output"]
tall = torch.rand(20_000, 20, dtype=torch.float64)
target = torch.rand(20_000, 1, dtype=torch.float64)


def by_driver(driver):
    return torch.linalg.lstsq(tall, target, driver=driver)


def by_normal_equations():
    return torch.linalg.solve(tall.T @ tall, tall.T @ target)


for driver in ("gelsy", "gelsd", "gelss", "gels"):
    print(f"{driver}    {1e3 * shortest(by_driver, driver):5.2f} ms")
print(f"normal   {1e3 * shortest(by_normal_equations):5.2f} ms")

# %% [markdown]
# ## Can twenty networks train at once?
#
# Back to the twenty starts: yes, let each call do the work of all twenty, for one overhead.
#
# Stack their parameters along a new first axis:
#
# ```text
# x                       (40, 1)   row, input
# w and b              (20, 1, 8)   network, input, unit
# x * w + b           (20, 40, 8)   network, row, unit: broadcast
# v                    (20, 8, 1)   network, unit, output
# (...).tanh() @ v    (20, 40, 1)   a product for each network
# d                    (20, 1, 1)   added: one per network
# ```
#
# Add up the twenty losses for one `backward()`. A network's parameters are in no other
# loss, so each gets its own gradient; and Adam moves each number by itself.

# %% [markdown] tags=["slide"]
# Let each call do the work of all twenty, for one overhead: stack slopes $w$, shifts $b$, heights $v$
# and constants $d$ along a new first axis.
#
# > How many times as long as one network will all twenty take?

# %% tags=["code", "cover", "nbval-ignore-output"]
networks = [new_network(seed) for seed in range(20)]
start = perf_counter()
loss_3 = train(new_network(3), x, y, 1000)
alone = perf_counter() - start
# 0 start: net[0] and net[2] are a network's two linear layers
w = torch.stack([net[0].weight for net in networks]).reshape(20, 1, 8)
b = torch.stack([net[0].bias for net in networks]).reshape(20, 1, 8)
v = torch.stack([net[2].weight for net in networks]).reshape(20, 8, 1)
d = torch.stack([net[2].bias for net in networks]).reshape(20, 1, 1)
w, b, v, d = [p.detach().requires_grad_() for p in (w, b, v, d)]  # leaves
optimizer = torch.optim.Adam([w, b, v, d], lr=0.02)
start = perf_counter()
for step in range(1000):
    y_pred = (x * w + b).tanh() @ v + d  # 1 predict, (20, 40, 1)
    losses = ((y_pred - y) ** 2).mean(dim=(1, 2))  # 2 loss, (20,): new
    optimizer.zero_grad()  # 3 gradients
    losses.sum().backward()  # new
    optimizer.step()  # 4 update
seconds = perf_counter() - start

curve = torch.from_numpy(np.linspace(-1, 1, 100).reshape(-1, 1))
curves = ((curve * w + b).tanh() @ v + d).reshape(20, 100)
times = {"one": alone, "20 at once": seconds, "20 × one": 20 * alone}
plots.networks_at_once(x, y, curve, curves, losses, times)
print(f"network 3: alone {loss_3:.6f}, among twenty {losses[3]:.6f}")

# %% [markdown] tags=["slide"]
# One to two times as long as one, on most machines (grey: computed, not run). Which to keep? Not
# simply the lowest loss: ask rows that were held back.

# %% [markdown]
# One to two times as long as one, on most machines. And number 3 ends as if alone. Which to
# keep? Not simply the one of lowest loss: all rows were used to train. Hold some back, and ask
# those ([lesson 10](10_what_a_fit_is_worth.ipynb#Which-number-may-you-report?)).

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (transfer): every learning rate at once
#
# Do the same for a linear model and many learning rates, in NumPy. One training is
#
# ```python
# W = np.full(d, 0.0)
# for epoch in range(n_epochs):
#     W = W - lr * 2 / n * A.T @ (A @ W - y)
# ```
#
# `sweep` returns `W` of shape (m, d), a row for each of the m learning rates. Its only loop is
# that over the epochs.


# %% tags=["deeper", "exercise", "transfer"]
def sweep(A, y, lrs, n_epochs):
    """W after n_epochs, from zero; A is (n, d), y (n,), lrs (m,)."""
    W = np.full((len(lrs), A.shape[1]), 0.0)  # (m, d)
    for epoch in range(n_epochs):
        W = ...
    return W


# %% tags=["deeper"]
check.sweep(sweep)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def sweep(A, y, lrs, n_epochs):
#     """W after n_epochs, from zero; A is (n, d), y (n,), lrs (m,)."""
#     W = np.full((len(lrs), A.shape[1]), 0.0)  # (m, d)
#     for epoch in range(n_epochs):
#         residuals = W @ A.T - y  # (m, n)
#         gradients = 2 / len(y) * residuals @ A  # (m, d)
#         W = W - lrs.reshape(-1, 1) * gradients
#     return W
# ```
#
# A row of `W` is a training. A column of learning rates gives each row its own.
#
# </details>

# %% [markdown]
# ## Three questions
#
# **Ten times the rows, and a step takes the same time. Why?**
#
# <details><summary>Answer</summary>
#
# It pays overhead. Rows are almost free while the work is far smaller.
#
# </details>
#
# **You timed two loops once each; one took a tenth less. Is it faster?**
#
# <details><summary>Answer</summary>
#
# Unknown: single times differ by more. Warm up, repeat, and compare the shortest.
#
# </details>
#
# **On a GPU, your small network trains more slowly. Why?**
#
# <details><summary>Answer</summary>
#
# Each call to it has more overhead: stay on the CPU.
#
# </details>
#
# ## Recap
#
# Measure first; while overhead rules, make fewer, larger calls.
#
# **New words:** warm-up, thread, cache, overhead, work, throughput, device, accelerator.
#
# **New names:** `perf_counter`, `Timer`, `globals=`, `.blocked_autorange`, `.median`,
# `torch.randint`, `torch.float32`, `torch.accelerator.is_available`,
# `torch.accelerator.current_accelerator`, `torch.rand`, `device=`, `.to`, `.nbytes`,
# `torch.stack`.
#
# **New words, deeper:** TF32, bfloat16.
#
# **New names, deeper:** `torch.autograd.grad`, `torch.randperm`, `torch.finfo`, `.eps`,
# `torch.bfloat16`, `torch.matmul`, `torch.broadcast_shapes`, `.itemsize`.
#
# **Next**, in [lesson 13](13_a_real_data_set.ipynb): what do the data of a few hundred patients
# tell you?
#
# Back to [lesson 11](11_a_network_that_bends.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
