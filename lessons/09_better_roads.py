# %% [markdown]
# # 09 Better roads
#
# The same fit without 100,000 epochs; and you foretell a run of thousands of steps.
#
# **You will be able to**
#
# - choose columns in which descent takes tens of epochs,
# - predict what momentum gains,
# - say what Adam can change, and what not,
# - use a learning-rate schedule, and save what a later run needs.
#
# **Builds on** [lesson 07](07_dataset_and_dataloader.ipynb) (mini-batches) and [lesson 08](08_fitting_polynomials.ipynb) (modes of a fit). **Takes** about 55 minutes, and 35 more with the deeper sections.

# %% tags=["start"]
try:
    import course_utils  # the course's helpers
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This kernel does not have the course's helpers (course_utils). "
        "Start JupyterLab with `python course.py`, "
        "or choose the kernel of the course's .venv."
    ) from None

# %%
import numpy as np
import torch

from course_utils import data, descent, plots, sliders
from course_utils.checks import optimizers as check

points = data.sine_line()
x, y = points.x, points.y  # NumPy, float64, (10,) each
A = np.vander(x, 5, increasing=True)  # the columns 1, x, x², x³, x⁴
bowl = descent.QuadraticLoss(A, y)

# %% [markdown]
# ## How long is the old road?
#
# Plain descent needs over five million epochs for this fit.
# [Lesson 08](08_fitting_polynomials.ipynb) stopped at 100,000. Say that a run has
# **arrived** when its loss stays within 0.1% of the least possible. The exact iterate tells
# you when, without a run:

# %%
print(f"κ = {bowl.condition_number:,.0f}, least loss {bowl.min_loss:.8f}")
print("epochs      loss         above the least")
for k in (100_000, 1_000_000, 5_000_000, 5_455_899):
    loss = bowl.loss(bowl.after(k, np.zeros(5), 0.05))  # lr = 0.05
    print(f"{k:9,}   {loss:.8f}   {100 * (loss / bowl.min_loss - 1):7.4f}%")

# %% [markdown]
# ## Can better columns help?
#
# Yes: other columns draw the same curves, and their bowl can be much rounder. Here $x$, $x^2$,
# $x^3$ and $x^4$ all rise from 0 to 1, so much alike that a mix of them nearly cancels: a flat
# mode. Two other **bases**, sets of columns for the same curves:
#
# - **Powers of** $t = 2x - 1$, which runs from −1 to 1. There, even and odd powers differ.
# - **Legendre polynomials** of $t$: $1,\; t,\; \frac12(3t^2 - 1),\; \dots$ They are
#   **orthogonal**: the product of two different ones averages to zero from −1 to 1.
#
# At half of the limit, each epoch leaves $1 - 1/\kappa$ of the flat mode. So twice the κ means
# about twice the epochs.
#
# > **Predict.** The powers of $x$ have κ = 293,151 and arrive at epoch 902,844. The powers of
# > $t$ have κ = 279. When do they arrive?

# %%
my_prediction = ...  # your number

t = 2 * x - 1
columns = {
    "powers of x": A,
    "powers of t": np.vander(t, 5, increasing=True),
    # legvander: Legendre's columns, as vander makes powers
    "Legendre of t": np.polynomial.legendre.legvander(t, 4),
}
plots.three_bases(x, columns, y, prediction=my_prediction)
print(f"by the rule: epoch {902_844 * 279 / 293_151:.0f}")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At epoch 933. The rule says 859, close enough.
#
# </details>
#
# Legendre columns arrive at epoch 25, at the same curve. They are made for many points, evenly
# spread: ten random points can have κ = 18,871, and degree 9 on our ten has 611. So compute κ
# first.
#
# A network makes its own columns as it learns. There, change the walker.

# %% [markdown] tags=["deeper"]
# ### Deeper: when don't Legendre columns help?


# %% tags=["deeper"]
def kappa(t, degree):
    """The condition number of the loss for Legendre columns."""
    table = np.polynomial.legendre.legvander(t, degree)
    return np.linalg.cond(table) ** 2  # cond: the condition number of the table


random = 2 * np.random.RandomState(0).rand(10) - 1
many = np.linspace(-1, 1, 60)
print(f"degree 4, 10 even points     κ = {kappa(t, 4):8,.0f}")
print(f"degree 4, 10 random points   κ = {kappa(random, 4):8,.0f}")
print(f"degree 9, 10 even points     κ = {kappa(t, 9):8,.0f}")
print(f"degree 9, 60 even points     κ = {kappa(many, 9):8,.0f}")

# %% [markdown] tags=["deeper"]
# These random points leave gaps, where a curve can swing without a cost. With as many
# coefficients as points, so can one between the points. Sixty even points leave it no room.

# %% [markdown]
# ## What if a ball rolled down?
#
# **Momentum** gives descent a velocity $v$, at first zero. Each epoch keeps the share $\mu$
# of it and adds the gradient $g$:
#
# $$v \leftarrow \mu\,v + g \qquad\qquad W \leftarrow W - \mathrm{lr}\cdot v$$
#
# With $\mu = 0$ this is plain descent. PyTorch's SGD calls $\mu$ its `momentum`; the loop
# stays:


# %% tags=["code"]
def start(n):
    """n parameters, all zero."""
    return torch.zeros(n, dtype=torch.float64, requires_grad=True)


def train(A, y, W, optimizer, n_epochs):
    """The losses and the W before each epoch; W is # 0 start."""
    A, y = torch.from_numpy(A), torch.from_numpy(y)
    losses, path = [], []
    for epoch in range(n_epochs):
        y_pred = A @ W  # 1 predict
        loss = ((y_pred - y) ** 2).mean()  # 2 loss
        losses.append(loss.item())
        path.append(W.tolist())
        optimizer.zero_grad()  # 3 gradients
        loss.backward()
        optimizer.step()  # 4 update
    return np.array(losses), np.array(path)


# %% [markdown]
# Try it on [lesson 01](01_gradient_descent_by_hand.ipynb)'s eighty points. Move $\mu$: when is
# the ball too lazy, when too wild?

# %%
line = data.noisy_line()
A_line = descent.design_matrix(line.x_train)


def roll_ball(mu):
    """Forty epochs on the eighty points, without momentum and with mu."""
    paths = []
    for momentum in (0, mu):
        W = start(2)
        optimizer = torch.optim.SGD([W], lr=0.1, momentum=momentum)
        paths.append(train(A_line, line.y_train.ravel(), W, optimizer, 41)[1])
    plots.rolling_ball(line.x_train, line.y_train, *paths, mu)


sliders.move(roll_ball, mu=(0, 0.98, 0.8))

# %% [markdown]
# Along the valley the ball gathers speed. With a large $\mu$ it rolls past the bottom.
#
# ## How large may the rate be?
#
# Momentum raises the learning-rate limit:
#
# $$\mathrm{lr} < \frac{2\,(1+\mu)}{\lambda_\text{max}}$$
#
# Run just below and above it:

# %%
for mu in (0, 0.9, 0.99):
    limit = 2 * (1 + mu) / bowl.eigenvalues[-1]
    for share in (0.98, 1.02):
        W = start(5)
        optimizer = torch.optim.SGD([W], lr=share * limit, momentum=mu)
        losses, _ = train(A, y, W, optimizer, 301)
        print(f"momentum {mu:4}, {share:.2f} of the limit {limit:.4f}:", end="")
        print(f" loss {losses[300]:.2g} after 300 epochs")

# %% [markdown] tags=["deeper"]
# ### Deeper: where does this limit come from?
#
# At the limit, the ball jumps from $d$ to $-d$ and back, for ever. The jump
# $\mathrm{lr}\cdot v$ is $2d$ long, and the velocity changes its sign each time. So
# $v = -\mu v + \lambda d$, which gives $v = \lambda d/(1+\mu)$, and
# $\mathrm{lr}\,\lambda d/(1+\mu) = 2d$.

# %% [markdown]
# ## How many epochs will the ball need?
#
# Along a flat mode, the gradient hardly changes, and the velocity adds it up again and again:
#
# $$v = g + \mu g + \mu^2 g + \dots = \frac{g}{1-\mu}$$
#
# So each epoch goes $1/(1-\mu)$ times as far. Take $\mu = 0.99$ and ten times the rate, 0.5:
# the limit is 1.2026.
#
# > **Predict.** Plain descent, with lr = 0.05, arrives at epoch 5,455,899. When will this ball
# > arrive?

# %% tags=["code"]
my_prediction = ...  # your number

W = start(5)
optimizer = torch.optim.SGD([W], lr=0.5, momentum=0.99)
ball, _ = train(A, y, W, optimizer, 5501)

print(f"by the rule: epoch {5_455_899 / 100 / 10:,.0f}")
print(f"loss at the start {ball[0]:.2f}, highest {ball.max():.2f}")
runs = {"momentum 0.99, lr 0.5": ball}
plots.roads(A, y, 0.05, runs, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# A hundred times for $\mu$, ten times for the rate: 5,456. It is 5,239. Two divisions
# foretell a run of thousands of steps.
#
# </details>
#
# The price: at first the ball swings above its start, to 10.55. A $\mu$ closer to 1 calms down
# later.
#
# ### Exercise 1 (write): let it roll
#
# Write the loop in NumPy, with a velocity. The gradient is given.


# %% tags=["exercise", "write"]
def roll(A, y, lr, mu, n_epochs):
    """W after n_epochs with momentum, from zero; A is (n, d), y is (n,)."""
    W = np.zeros(A.shape[1])
    ...
    for epoch in range(n_epochs):
        gradient = 2 / len(y) * A.T @ (A @ W - y)
        ...
        W = ...
    return W


# %%
check.roll(roll)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def roll(A, y, lr, mu, n_epochs):
#     """W after n_epochs with momentum, from zero; A is (n, d), y is (n,)."""
#     W = np.zeros(A.shape[1])
#     v = np.zeros(A.shape[1])
#     for epoch in range(n_epochs):
#         gradient = 2 / len(y) * A.T @ (A @ W - y)
#         v = mu * v + gradient
#         W = W - lr * v
#     return W
# ```
#
# The velocity begins before the loop. Inside it, each epoch would forget the one before.
#
# </details>
#
# ## What does Adam change?
#
# **Adam** gives each coefficient a step of its own size. For each it keeps running means,
# $m$ of its gradients and $s$ of their squares:
#
# $$W \leftarrow W - \mathrm{lr}\cdot\frac{m}{\sqrt{s} + \varepsilon}$$
#
# So $m$ is a velocity, and $\sqrt s$ the usual size of this coefficient's gradients; the tiny
# $\varepsilon$ prevents 0/0. The first step is `lr` long for each coefficient. Later ones are
# that long only while the gradients keep their sign and size.
#
# Run Adam on the powers of $x$, and on `A @ bowl.eigenvectors`: there each coefficient moves
# one mode. It is the same bowl, turned; plain descent wouldn't notice.
#
# > **Predict.** Where does Adam arrive sooner: on the powers of $x$, or along the modes?

# %%
adam = {}
modes = A @ bowl.eigenvectors  # (10, 5)
runs = (("Adam", A, 6001), ("Adam along the modes", modes, 1501))
for name, table, n_epochs in runs:
    W = start(5)
    optimizer = torch.optim.Adam([W], lr=0.05)
    adam[name], path = train(table, y, W, optimizer, n_epochs)
    step = 100 * abs(path[1:] - path[:-1]) / 0.05  # in % of lr
    print(f"{name}: {n_epochs - 1:,} epochs, loss {adam[name][-1]:.5f}")
    for k in (1, 100, 1500):
        low, high = step[k - 1].min(), step[k - 1].max()
        print(f"   step {k:4}: from {low:.2f} to {high:.2f}% of lr")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Along the modes. On the powers of $x$ the loss is 0.00638 even after 6,000 epochs.
#
# </details>
#
# Adam helps where gradients differ in *size*: a flat mode with its own coefficient gets long
# steps. In the powers of $x$, the flat mode is a mix of all five. Each also moves steep modes,
# and these set the size of its gradients. Adam stretches axes; it can't turn them.
#
# ## Why lower the rate on the way?
#
# With mini-batches, a large rate gets down fast and then hops, since batches disagree; a small
# one takes long. A **learning-rate schedule** starts large and ends small. This one multiplies
# the rate by `gamma` each epoch:

# %%
A_leg = columns["Legendre of t"]
bowl_leg = descent.QuadraticLoss(A_leg, y)


def with_batches(lr, gamma):
    """The losses on all ten points; five batches of two in each epoch."""
    W, losses, rng = start(5), [], np.random.RandomState(0)  # 0 start
    optimizer = torch.optim.SGD([W], lr=lr)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=gamma)
    for epoch in range(101):
        losses.append(bowl_leg.loss(W.detach().numpy()))
        for rows in rng.permutation(10).reshape(5, 2):
            y_pred = torch.from_numpy(A_leg[rows]) @ W  # 1 predict
            loss = ((y_pred - torch.from_numpy(y[rows])) ** 2).mean()  # 2 loss
            optimizer.zero_grad()  # 3 gradients
            loss.backward()
            optimizer.step()  # 4 update
        schedule.step()  # new: once per epoch
    return losses


noisy = {"lr 0.2": with_batches(0.2, gamma=1)}
noisy["lr 0.02"] = with_batches(0.02, gamma=1)
noisy["lr from 0.2 to 0.01"] = with_batches(0.2, gamma=0.97)
plots.noise_floors(noisy, bowl_leg.min_loss)

# %% [markdown]
# As fast as the large rate, the schedule ends lower than the small one.
#
# ## What must you save?
#
# To go on later, save the optimizer's memory too, its **state**: velocities, running means,
# the rate.
#
# ### Break it: go on without the state
#
# Adam trains for 150 epochs. You save `W`, and tomorrow you go on with a new Adam.
#
# > **Predict.** The loss has come to rest at 0.00435. After *one* step of the new Adam, is it
# > the same, half or double?

# %%
W = start(5)
optimizer = torch.optim.Adam([W], lr=0.05)
train(A_leg, y, W, optimizer, 150)
for load in (True, False):
    W_new = W.detach().clone().requires_grad_()
    new = torch.optim.Adam([W_new], lr=0.05)
    if load:
        new.load_state_dict(optimizer.state_dict())
    losses, _ = train(A_leg, y, W_new, new, 6)
    print("with the state" if load else "without it    ", losses.round(5))

# %% [markdown]
# <details><summary>What you should see</summary>
#
# More than double: 0.01004.
#
# </details>
#
# The new Adam has no means, so its first step is about `lr` for each coefficient, however tiny
# the gradient: a silent bug. Save both, as a **checkpoint**:
#
# ```python
# torch.save({"W": W, "optimizer": optimizer.state_dict()}, "checkpoint.pt")
# ```
#
# So, too, momentum and Adam still move a parameter whose gradient is *zero*. One with `None`
# they skip.

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: a gradient of zero
#
# To freeze a parameter, someone sets its gradient to zero. Each parameter below first makes
# one step on a gradient of 1; then comes the zero, or `None`.
#
# > **Predict.** Which of the three optimizers still moves the parameter?

# %% tags=["deeper"]
SGD, Adam = torch.optim.SGD, torch.optim.Adam
for make, momentum in ((SGD, [0]), (SGD, [0.9]), (Adam, [])):
    for gradient in (torch.zeros(1), None):
        p = torch.zeros(1, requires_grad=True)
        optimizer = make([p], 0.1, *momentum)  # lr = 0.1
        p.grad = torch.ones(1)
        optimizer.step()
        before, p.grad = p.item(), gradient
        optimizer.step()
        moved = abs(p.item() - before)
        print(make.__name__, momentum, gradient, f"moves p by {moved:.3f}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Momentum and Adam do: the velocity and the means roll on.
#
# </details>
#
# So freeze with `None`, or don't give the parameter to the optimizer. `zero_grad()` writes
# `None`; in old code, `zero_grad(set_to_none=False)` writes zeros.

# %% [markdown]
# ### Exercise 2 (diagnose): four runs
#
# The least possible loss is 0.0044. What happened in which run? One is left over.
#
# 1. The learning rate is above the limit.
# 2. The optimizer's state was not loaded.
# 3. Mini-batches, and the rate stays large.
# 4. Momentum close to 1.
# 5. Plain descent, and κ is large.
#
# ```text
# run, every       losses
# A,    20 epochs  6.6619 0.0054 0.0045 0.0049 0.0048 0.0046 0.0047 0.0045 0.0054
# B, 1,000 epochs  6.6619 0.0966 0.0407 0.0194 0.0113 0.0082 0.0070 0.0065 0.0063
# C,    15 epochs  6.6619 8.7342 1.1243 2.4868 5.9416 1.4974 0.6921 3.6157 1.7245
# D,    20 epochs  6.6619 0.4731 0.0363 0.0130 0.0056 0.0044 0.0360 0.0070 0.0044
# ```

# %% tags=["exercise", "diagnose"]
causes = [..., ..., ..., ...]  # the numbers for A, B, C and D, in this order

# %%
check.causes(causes)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# causes = [3, 5, 4, 2]
# ```
#
# A is soon down and then hops; a schedule would calm it. B only falls, ever more
# slowly. C swings above its start, but its peaks get lower. D had arrived, and one jump threw
# it back.
#
# </details>
#
# ## Which road was the best?
#
# All lead to the same curve.

# %% tags=["cover"]
W = start(5)
optimizer = torch.optim.SGD([W], lr=bowl_leg.max_lr / 2)
short, _ = train(A_leg, y, W, optimizer, 60)
runs = {"momentum 0.99": ball, **adam, "Legendre columns": short}
plots.roads(A, y, 0.05, runs)

print("\nSCOREBOARD        parameters   MSE      steps     seconds")
print("three tanh units      10       0.00013     2,000   about one")
print("a line                 2       0.23268       200   under one")
print("degree 4, plain        5       0.00621   100,000   tens")
print(f"degree 4, mu 0.99      5       {ball[5239]:.5f}     5,239   about one")
print(f"degree 4, Legendre     5       {short[25]:.5f}        25   under one")

# %% [markdown]
# Look at the columns first. Where you can't choose them, use momentum, or Adam with a schedule.

# %% [markdown] tags=["deeper"]
# ## Deeper: what do new points need?
#
# They need the *same* map to $t$, made from the low and high ends of the points that you
# fitted. A fit on the powers of $t$, used at three new places in the right half:

# %% tags=["deeper"]
T = columns["powers of t"]
W_fit = np.linalg.lstsq(T, y)[0]
x_new = np.array([0.5, 0.7, 0.9])
right = 2 * x_new - 1  # as for the fitted points: low is 0, high is 1
# min and max of the new points: a silent mistake
wrong = 2 * (x_new - x_new.min()) / (x_new.max() - x_new.min()) - 1
for name, t_new in (("right", right), ("wrong", wrong)):
    curve = np.vander(t_new, 5, increasing=True) @ W_fit
    print(f"{name}: t {t_new.round(2)}, heights {curve.round(4)}")
print(
    "the true heights            ", (3 * x_new + np.sin(6 * x_new) + 1).round(4)
)

# %% [markdown] tags=["deeper"]
# The wrong map stretches the new points over the whole range, and the curve is read in the
# wrong places. No error appears.
#
# ### Deeper: Exercise 3 (fix): the curve at new places
#
# A fit has Legendre coefficients `W` for points between `low` and `high`. The function should
# return the heights of its curve at `x_new`. Someone made its $t$ like this, with the mistake
# above and one more:
#
# ```python
# t_new = (x_new - x_new.min()) / (x_new.max() - x_new.min())
# ```


# %% tags=["deeper", "exercise", "mend"]
def heights(W, x_new, low, high):
    """The curve's heights at x_new; W and x_new of shapes (d,) and (m,)."""
    t_new = ...
    return np.polynomial.legendre.legvander(t_new, len(W) - 1) @ W


# %% tags=["deeper"]
check.heights(heights)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def heights(W, x_new, low, high):
#     """The curve's heights at x_new; W and x_new of shapes (d,) and (m,)."""
#     t_new = 2 * (x_new - low) / (high - low) - 1
#     return np.polynomial.legendre.legvander(t_new, len(W) - 1) @ W
# ```
#
# The range is that of the fitted points, and $t$ runs from −1 to 1, not from 0.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what if you forget zero_grad?
#
# Then you get momentum that you did not order. The gradients add up in `W.grad`
# ([lesson 04](04_raw_autograd_tensors.ipynb)), and that sum is a velocity.
#
# > **Predict.** Which $\mu$ is it?

# %% tags=["deeper"]
W = start(5)  # 0 start
optimizer = torch.optim.SGD([W], lr=0.05)
forgot = []
for epoch in range(401):
    y_pred = torch.from_numpy(A) @ W  # 1 predict
    loss = ((y_pred - torch.from_numpy(y)) ** 2).mean()  # 2 loss
    forgot.append(loss.item())
    loss.backward()  # 3 gradients, and no zero_grad
    optimizer.step()  # 4 update
forgot = np.array(forgot)

for mu in (0.9, 0.99, 1.0):
    W = start(5)
    optimizer = torch.optim.SGD([W], lr=0.05, momentum=mu)
    gap = abs(train(A, y, W, optimizer, 401)[0] - forgot).max()
    print(f"momentum {mu:4}: the losses differ by up to {gap:.4f}")
low, high = forgot[-100:].min(), forgot[-100:].max()
print(f"its last 100 losses lie between {low:.4f} and {high:.4f}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# One: $v \leftarrow 1 \cdot v + g$. The velocity never slows down.
#
# </details>
#
# It is a ball without friction: through the bottom, up the other side and back, for ever.
# Now and then its loss even looks good.

# %% [markdown] tags=["deeper"]
# ## Deeper: what is the best momentum?
#
# For a bowl with eigenvalues from $\lambda_\text{min}$ to $\lambda_\text{max}$, these settings
# shrink the slowest mode fastest in the long run:
#
# $$\mathrm{lr} = \frac{4}{(\sqrt{\lambda_\text{max}} + \sqrt{\lambda_\text{min}})^2}
# \qquad \mu = \left(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\right)^2$$
#
# Each epoch then multiplies the distance by about $\sqrt\mu \approx 1 - 2/\sqrt\kappa$. Plain
# descent at its best rate manages $1 - 2/\kappa$. So momentum puts $\sqrt\kappa$ in the place
# of $\kappa$: here 541 in the place of 293,151.

# %% tags=["deeper"]
root_low, root_high = np.sqrt(bowl.eigenvalues[[0, -1]])
root_kappa = root_high / root_low
best_mu = ((root_kappa - 1) / (root_kappa + 1)) ** 2
best_lr = 4 / (root_high + root_low) ** 2
limit = 2 * (1 + best_mu) / bowl.eigenvalues[-1]
print(f"κ {root_kappa**2:,.0f}, its root {root_kappa:.0f}")
print(f"best mu {best_mu:.5f}, best lr {best_lr:.5f}")
print(f"the limit is higher by {100 * (limit / best_lr - 1):.5f}%")

# %% [markdown] tags=["deeper"]
# Best in the long run only: this rate is a hair below the limit, so the steep modes swing
# wildly at first. In practice one takes less of both. And with a $\mu$ closer to 1 than this,
# the ball rolls past the bottom of the flat mode, too.
#
# All this is for bowls. Where the gradient is noisy, as with mini-batches, momentum mostly
# averages the noise, and there is no such limit to compute.

# %% [markdown] tags=["deeper"]
# ## Deeper: why not just solve the equations?
#
# For a linear model you can, and should. At the bottom the gradient is zero,
# $A^\top A\,W = A^\top y$. These are the **normal equations**, as many as there are unknowns.
# `lstsq` answers the same question without forming $A^\top A$. Does that matter? Take
# 120 points of our curve, float32, and degrees 4 and 8.
#
# > **Predict.** On paper, both are exact. Float32 carries about seven digits. On which columns
# > do the normal equations fail: powers of $x$ or Legendre, of which degree?


# %% tags=["deeper"]
def times_least(columns, heights):
    """κ, and the losses of lstsq and of the normal equations, per least."""
    A32 = torch.from_numpy(columns).float()
    y32 = torch.from_numpy(heights).float().reshape(-1, 1)
    # driver: the method; gels is for independent columns
    by_lstsq = torch.linalg.lstsq(A32, y32, driver="gels").solution
    by_normal = torch.linalg.solve(A32.T @ A32, A32.T @ y32)
    exact = descent.QuadraticLoss(columns, heights)
    losses = [exact.loss(W.ravel().double()) for W in (by_lstsq, by_normal)]
    return exact.condition_number, *(loss / exact.min_loss for loss in losses)


# %% tags=["deeper"]
dense = np.linspace(0, 1, 120)
wave = 3 * dense + np.sin(6 * dense) + 1
print("                         κ of AᵀA   lstsq   normal equations")
for degree in (4, 8):
    powers = np.vander(dense, degree + 1, increasing=True)
    legendre_columns = np.polynomial.legendre.legvander(2 * dense - 1, degree)
    for name, table in (("powers", powers), ("Legendre", legendre_columns)):
        k, by_lstsq, by_normal = times_least(table, wave)
        told = f"{by_normal:.1f}" if by_normal < 5 else "over 5"
        print(
            f"degree {degree}, {name:<10} {k:12.0e} {by_lstsq:7.1f} {told:>10}"
        )

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# On the powers of $x$ of degree 8. (The numbers are multiples of the least possible loss.)
#
# </details>
#
# Forming $A^\top A$ squares the condition number of $A$. Float32 rounds to about one part in
# $10^7$. With κ of $A^\top A$ far above $10^7$, its flattest direction is lost in rounding
# before `solve` begins. `lstsq` works on $A$ and meets only the root of κ. How much is lost is
# chance, hence 'over 5'.
#
# So it isn't a law that one never forms $A^\top A$: compare κ with the digits that you have. On
# Legendre columns it costs nothing. (Ridge regression, a method of statistics, does form it,
# and adds to it what makes κ smaller.)
#
# On the CPU, `lstsq`'s default driver copes with columns that depend on each other. On a GPU,
# `gels` is the only driver, and it assumes that they don't.

# %% [markdown] tags=["deeper"]
# ## Deeper: what does AdamW change?
#
# **AdamW** keeps a pull towards zero apart from the gradients. `weight_decay=d` asks an
# optimizer for such a pull. SGD and Adam add $d\,W$ to the gradient. But Adam then divides it
# by $\sqrt s$, like the rest. AdamW leaves the gradient alone: each step first multiplies $W$
# by $1 - \mathrm{lr}\cdot d$.
#
# > **Predict.** Two parameters, both 1, get gradients of alternating sign: large ones and
# > small ones. Which of the two does Adam hardly pull?

# %% tags=["deeper"]
makers = {"Adam": torch.optim.Adam, "AdamW": torch.optim.AdamW}
for name, decay in (("Adam", 0.0), ("Adam", 0.1), ("AdamW", 0.1)):
    W = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = makers[name]([W], lr=0.1, weight_decay=decay)
    for step in range(100):
        sign = (-1) ** step
        W.grad = sign * torch.tensor([100.0, 0.01], dtype=torch.float64)
        optimizer.step()
    ends = f"{W[0].item():.3f} and {W[1].item():.3f}"
    print(f"{name:5}, decay {decay}: W = {ends}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# The one with the large gradients: 0.816, as good as without decay.
#
# </details>
#
# AdamW pulls both alike. That is why weight decay nowadays mostly comes with AdamW.

# %% [markdown]
# ## Three questions
#
# **Your loss falls ever more slowly. Where do you look first?**
#
# <details><summary>Answer</summary>
#
# At the columns: do some look alike?
#
# </details>
#
# **What does a μ ten times closer to one gain, and what does it cost?**
#
# <details><summary>Answer</summary>
#
# Along flat modes, nine tenths of the epochs. But swings take ten times as long to die out.
#
# </details>
#
# **You load a model, go on with Adam, and the loss doubles. Why?**
#
# <details><summary>Answer</summary>
#
# Without its state, Adam's first step moves each parameter by about `lr`.
#
# </details>
#
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | `v = mu * v + g`, then `W = W - lr * v` | `torch.optim.SGD([W], lr=lr, momentum=mu)` |
# | `W = W - lr * m / s**0.5` | `torch.optim.Adam([W], lr=lr)` |
# | `lr = lr * 0.97` | `lr_scheduler.ExponentialLR` |
# | keep `v`, `m`, `s` | `optimizer.state_dict()` |
#
# **New words:** basis, Legendre polynomials, orthogonal, momentum, Adam,
# learning-rate schedule, optimizer state, checkpoint.
#
# **New names:** `np.polynomial.legendre.legvander`, `momentum=`, `torch.optim.Adam`,
# `torch.optim.lr_scheduler.ExponentialLR`, `gamma=`.
#
# **New words, deeper:** normal equations, AdamW.
#
# **New names, deeper:** `np.linalg.cond`, `driver=`.
#
# **Next**, in [lesson 10](10_what_a_fit_is_worth.ipynb): what is a fit worth on points that it
# has not seen?
