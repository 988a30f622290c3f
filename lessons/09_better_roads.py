# %% [markdown]
# # 09 Better roads
#
# The same fit in far fewer epochs, and a prediction for a run of thousands.
#
# **You will be able to**
#
# - choose columns in which descent takes tens of epochs,
# - predict what momentum gains,
# - say what Adam can change and what it can't,
# - use a learning-rate schedule, and save what a later run needs.
#
# **Builds on** [lesson 07](07_dataset_and_dataloader.ipynb) (mini-batches) and [lesson 08](08_fitting_polynomials.ipynb) (modes of a fit). **Takes** about 55 minutes, and 40 more with the deeper sections.

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
from copy import deepcopy

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
# Plain descent needs over five million epochs for this fit, with the tutorial's rate of 0.05.
# [Lesson 08](08_fitting_polynomials.ipynb#Does-it-fit-after-100,000-epochs?) stopped at 100,000. Say that a run has **arrived**
# once its loss stays within 0.1% of the least possible loss. The exact iterate tells you when:
# we tried epochs until 0.1% was left. (κ is the steepest curvature over the flattest.)

# %%
# cond: the condition number of A; H has A twice, so its κ is the square
print(f"κ = {np.linalg.cond(A) ** 2:,.0f}, least loss {bowl.min_loss:.8f}")
half = bowl.max_lr / 2  # half of the learning-rate limit
print("lr       epochs      loss         above the least")
for lr, k in ((0.05, 100_000), (0.05, 5_455_899), (half, 902_844)):
    loss = bowl.loss(bowl.after(k, [0.0] * 5, lr))
    above = 100 * (loss / bowl.min_loss - 1)
    print(f"{lr:.4f}   {k:9,}   {loss:.8f}   {above:7.4f}%")

# %% [markdown] tags=["slide"]
# It has **arrived** once its loss stays within 0.1% of the least. $\kappa$: steepest curvature over
# flattest; 0.3022: half of the learning-rate limit.

# %% [markdown]
# ## Can better columns help?
#
# Yes: other columns draw the same curves, and their bowl can be much rounder. Here $x$, $x^2$,
# $x^3$ and $x^4$ all rise from 0 to 1, so much alike that a mix of them nearly cancels: a flat
# mode. Choose another set of columns for the same curves, another **basis**:
#
# - **Powers of** $t = 2x - 1$, which runs from −1 to 1. There, even and odd powers differ, but
#   $t^2$ and $t^4$ are still alike.
# - **Legendre polynomials** of $t$: $1,\; t,\; \frac12(3t^2 - 1),\; \dots$ They are
#   **orthogonal**: the product of two different ones averages to zero from −1 to 1. $H$ has
#   such averages beside its diagonal. When they are small next to the numbers on it, and
#   these are alike, the bowl is nearly round.
#
# At half of the limit, each epoch leaves $1 - 1/\kappa$ of the flat mode. So twice the κ means
# about twice the epochs.
#
# > **Predict.** At half of the limit, the powers of $x$, with κ = 293,151, arrive at epoch
# > 902,844. When do the powers of $t$ arrive, with κ = 279?

# %% [markdown] tags=["slide"]
# Powers of $t = 2x - 1$ draw the same curves. Twice the $\kappa$, about twice the epochs.

# %%
my_prediction = ...  # your number

legvander = np.polynomial.legendre.legvander  # makes Legendre's columns
t = 2 * x - 1
columns = {
    "powers of x": A,
    "powers of t": np.vander(t, 5, increasing=True),
    "Legendre of t": legvander(t, 4),
}
plots.three_bases(x, columns, y, prediction=my_prediction)
print(f"by the rule: epoch {902_844 * 279 / 293_151:.0f}")
print(f"Legendre, degree 9: κ = {np.linalg.cond(legvander(t, 9)) ** 2:.0f}")

# %% [markdown] tags=["slide"]
# At epoch 933; the rule says 859. **Legendre polynomials** of $t$ are still less alike: they arrive
# at epoch 25.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At epoch 933. The rule, which ignores the start, says 859.
#
# </details>
#
# Legendre columns arrive at epoch 25, at the same curve. They are made for many points, evenly
# spread: with ten columns on our ten points κ is 611. So compute κ first.
#
# A network makes its own columns. There, change the optimizer instead.

# %% [markdown] tags=["deeper"]
# ### Deeper: when don't Legendre columns help?
#
# When the points are few for the degree, leave gaps, or don't fill the range from −1 to 1.


# %% tags=["deeper"]
def kappa(t, degree):
    """The condition number of the loss for Legendre columns."""
    return np.linalg.cond(legvander(t, degree)) ** 2


gap = 2 * np.array([0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 1]) - 1
many = np.linspace(-1, 1, 60)
print(f"degree 4, 10 even points               κ = {kappa(t, 4):7,.0f}")
print(f"degree 4, one of 8 points beyond a gap κ = {kappa(gap, 4):7,.0f}")
print(f"degree 4, only the left half filled    κ = {kappa(x - 1, 4):7,.0f}")
print(f"degree 9, 10 even points               κ = {kappa(t, 9):7,.0f}")
print(f"degree 9, 60 even points               κ = {kappa(many, 9):7,.0f}")

# %% [markdown] tags=["deeper"]
# In a gap, a curve can swing at no cost; with as many coefficients as points, it can swing
# between the points. Sixty even points leave it no room.

# %% [markdown]
# ## What if a ball rolled down?
#
# **Momentum** gives descent a velocity $v$, at first zero. Each epoch keeps the share $\mu$
# of it and adds the gradient $g$:
#
# $$v \leftarrow \mu\,v + g \qquad\qquad W \leftarrow W - \mathrm{lr}\cdot v$$
#
# With $\mu = 0$ this is plain descent. PyTorch's SGD calls $\mu$ its `momentum`; the loop stays
# as it was. Here it runs on [lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?)'s eighty points.
# Move the sliders: at which $\mu$ does the ball rest soonest, and above which lr does it fly
# off?

# %% [markdown] tags=["slide"]
# **Momentum** gives descent a velocity $v$, at first zero. Each epoch keeps the share $\mu$ of it
# and adds the gradient $g$.
#
# > At which $\mu$ does the ball rest soonest, and at which lr does it fly off?


# %%
def start(n):
    """Return n parameters, all zero: # 0 start."""
    return torch.zeros(n, dtype=torch.float64, requires_grad=True)


def train(A, y, W, optimizer, n_epochs):
    """Move W; return the losses and the W before each epoch."""
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


# %%
line = data.noisy_line()
A_line, y_line = descent.design_matrix(line.x_train), line.y_train.ravel()


def roll_ball(mu, lr):
    """Forty epochs on the eighty points, without momentum and with mu."""
    paths = []
    for momentum in (0, mu):
        W = start(2)
        optimizer = torch.optim.SGD([W], lr=lr, momentum=momentum)
        paths.append(train(A_line, y_line, W, optimizer, 41)[1])
    plots.rolling_ball(line.x_train, y_line, *paths, mu, lr)


sliders.move(roll_ball, mu=(0, 0.98, 0.5), lr=(0.05, 1.6, 0.1))

# %% [markdown] tags=["slide"]
# Along the valley the ball gathers speed. At lr = 0.1 the best $\mu$ is about four fifths. Momentum
# also raises the limit.

# %% [markdown]
# Along the valley the ball gathers speed. A small $\mu$ is lazy, a large one rolls past the
# bottom; at lr = 0.1 the best is about four fifths. Momentum also raises the limit:
#
# $$\mathrm{lr} < \frac{2\,(1+\mu)}{\lambda_\text{max}}$$

# %% [markdown] tags=["deeper"]
# ### Deeper: where does this limit come from?
#
# At the limit, the ball jumps from $d$ to $-d$ and back, for ever. The jump
# $\mathrm{lr}\cdot v$ is $2d$ long, and the velocity changes its sign each time. So
# $v = -\mu v + \lambda d$, which gives $v = \lambda d/(1+\mu)$, and
# $\mathrm{lr}\,\lambda d/(1+\mu) = 2d$. Run our five coefficients just below it and above it:

# %% tags=["deeper"]
for mu in (0, 0.9):
    limit = 2 * (1 + mu) / bowl.eigenvalues[-1]
    for share in (0.98, 1.02):
        W = start(5)
        optimizer = torch.optim.SGD([W], lr=share * limit, momentum=mu)
        losses, _ = train(A, y, W, optimizer, 301)
        print(f"momentum {mu:4}, {share:.2f} of the limit {limit:.4f}:", end="")
        print(f" loss {losses[300]:.2g} after 300 epochs")

# %% [markdown] tags=["deeper"]
# Above the limit, each run explodes. Just below it, the steepest mode's swings die out.

# %% [markdown]
# ## How many epochs will the ball need?
#
# Along a flat mode, the gradient hardly changes, and the velocity adds it up again and again:
#
# $$v = g + \mu g + \mu^2 g + \dots = \frac{g}{1-\mu}$$
#
# So each epoch goes $1/(1-\mu)$ times as far. On our five coefficients, take $\mu = 0.99$ and
# ten times the rate, 0.5. (The rate is no gain of momentum: plain descent could take 0.5, too.)
#
# > **Predict.** Plain descent, with lr = 0.05, arrives at epoch 5,455,899. When will this ball
# > arrive?

# %% [markdown] tags=["slide"]
# Each epoch goes $1/(1-\mu)$ times as far along a flat mode. Our ball has $\mu = 0.99$, and ten
# times the rate: 0.5.

# %% tags=["printed"]
my_prediction = ...  # your number

W = start(5)
optimizer = torch.optim.SGD([W], lr=0.5, momentum=0.99)
ball, _ = train(A, y, W, optimizer, 5501)
runs = {"momentum 0.99, lr 0.5": ball}
plots.roads(A, y, 0.05, runs, prediction=my_prediction)
print(f"by the rule {5_455_899 / 100 / 10:,.0f}; highest loss {ball.max():.2f}")

W = start(5)
optimizer = torch.optim.SGD([W], lr=0.5, momentum=0.999)
wild, _ = train(A, y, W, optimizer, 1000 + 1)
print(f"momentum 0.999: by the rule {5_455_899 / 1000 / 10:,.0f}", end=", ")
print(f"but after 1,000 epochs its loss is {wild[1000]:.2f}")

# %% [markdown] tags=["slide"]
# A hundred times for $\mu$, ten times for the rate: 5,456. It is 5,239. (The band: at first, the
# loss swings.)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# A hundred times for $\mu$, ten times for the rate: 5,456. It is 5,239. Two divisions predict
# a run of thousands of epochs to within a twentieth.
#
# </details>

# %% [markdown] tags=["slide"]
# The price: at first, the loss swings up to 10.55. And the rule has an end: with $\mu$ still closer
# to one, every mode swings, and the swings last ten times as long.

# %% [markdown]
# The price: at first the loss swings up to 10.55,
# above the start.
#
# And the rule has an end. With $\mu = 0.999$ it says 546, but after 1,000 epochs the loss is
# 3.36: now every mode swings, and the swings last ten times as long.
#
# ### Exercise 1 (fix): a ball that crawls
#
# Find the two mistakes.
#
# ```python
# for epoch in range(n_epochs):
#     v = 0.0
#     gradient = 2 / len(y) * A.T @ (A @ W - y)
#     v = mu * v + (1 - mu) * gradient
#     W = W - lr * v
# ```


# %% tags=["exercise", "mend"]
def roll(A, y, lr, mu, n_epochs):
    """W after n_epochs with momentum, from zero; A is (n, d), y is (n,)."""
    W = np.array([0.0] * A.shape[1])
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
#     W = np.array([0.0] * A.shape[1])
#     v = 0.0
#     for epoch in range(n_epochs):
#         gradient = 2 / len(y) * A.T @ (A @ W - y)
#         v = mu * v + gradient
#         W = W - lr * v
#     return W
# ```
#
# The velocity begins before the loop: inside it, each epoch forgets the one before. And the
# gradient counts in full: $1-\mu$ would shorten each step.
#
# </details>
#
# ## What does Adam change?
#
# **Adam** gives each coefficient a step of its own size. For each it keeps two running means,
# of its gradients and of their squares (usually with $\beta_1 = 0.9$ and $\beta_2 = 0.999$):
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad\qquad
# s \leftarrow \beta_2 s + (1-\beta_2)\,g^2$$
#
# $$W \leftarrow W - \mathrm{lr}\cdot\frac{m}{\sqrt{s} + \varepsilon}$$
#
# Both start at zero and are corrected for that: in the first step, $m = g$ and $s = g^2$. So
# that step is `lr` long for each coefficient, if its gradient is well above the tiny
# $\varepsilon$. Later ones stay that long while the gradients keep their sign and size.
#
# Here are two bowls with κ = 900. The second is the first, turned by 45°.
#
# > **Predict.** In which of the two bowls does Adam arrive first?

# %% [markdown] tags=["slide"]
# **Adam** keeps running means of each coefficient's gradients, $m$, and of their squares, $s$. Two
# bowls, $\kappa = 900$: one along the axes, one turned by 45°.

# %%
straight = np.array([[30.0, 0.0], [0.0, 1.0]])  # a column for each mode
c = np.cos(np.radians(45))
turned = straight @ np.array([[c, -c], [c, c]])
target, paths = np.array([30.0, 1.0]), []
for table in (straight, turned):
    W = start(2)
    optimizer = torch.optim.Adam([W], lr=0.02, betas=(0.9, 0.999))  # as usual
    losses, path = train(table, target, W, optimizer, 1000 + 1)
    paths.append(path)
plots.two_bowls(straight, turned, target, paths)

# %% [markdown] tags=["slide"]
# In the straight one. In the turned one it falls into the valley, and crawls: 57% of the way is
# left. Adam stretches axes; it can't turn them.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# In the straight one. In the turned one it falls into the valley, and crawls: after 1,000
# steps, 57% of the way is left.
#
# </details>
#
# In the straight bowl each coefficient is a mode, and the flat one's small gradients give steps
# as long as the steep one's. In the turned bowl the steep mode decides how large both gradients
# are. Both get nearly the same divisor: almost plain descent, with a rate that grows as the
# gradients shrink. With the powers of $x$, the divisors differ, but far less than the modes.
# Adam stretches axes; it can't turn them.

# %% [markdown] tags=["deeper"]
# ### Deeper: and our five coefficients?
#
# `bowl.eigenvectors` holds the modes as columns. Adam on `A @ bowl.eigenvectors` is Adam in our
# bowl, turned straight: there each coefficient moves one mode.

# %% tags=["deeper"]
W = start(5)
optimizer = torch.optim.Adam([W], lr=0.05)
losses, path = train(A @ bowl.eigenvectors, y, W, optimizer, 1501)
far = [k for k in range(1501) if losses[k] > 1.001 * bowl.min_loss]
print(f"arrives at epoch {far[-1] + 1:,}")
step = 100 * abs(path[1:] - path[:-1]) / 0.05  # in % of lr
for k in (1, 100, 1000):
    print(
        f"step {k:4}, the five coefficients:", step[k - 1].round(1), "% of lr"
    )

# %% [markdown] tags=["deeper"]
# In the second row, the three steep modes are nearly there; the two flat ones still make long
# steps. (At a fixed rate, Adam sometimes jumps away again much later. A schedule calms it.)

# %% [markdown]
# ## Why lower the rate on the way?
#
# With mini-batches, a large rate falls fast and then hops about, because the batches disagree;
# a small one is slow. A **learning-rate schedule** starts large and ends small. `ExponentialLR`
# multiplies the rate by `gamma` each epoch:

# %%
A_leg = columns["Legendre of t"]
bowl_leg = descent.QuadraticLoss(A_leg, y)


def with_batches(lr, gamma):
    """The losses on all ten points; five batches of two in each epoch."""
    W, losses, rng = start(5), [], np.random.RandomState(0)  # 0 start
    optimizer = torch.optim.SGD([W], lr=lr)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=gamma)
    for epoch in range(101):
        losses.append(bowl_leg.loss(W.detach()))
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

# %% [markdown] tags=["slide"]
# The **schedule**, times 0.97 an epoch, falls as fast as the large rate, and ends lowest.

# %% [markdown]
# The schedule falls as fast as the large rate, and ends lowest: the small one isn't down yet.
#
# ## What must you save?
#
# To go on later, save the **optimizer state**, too: velocities, running means, the rate.

# %% [markdown] tags=["slide"]
# Tonight you save `W`. Tomorrow a new optimizer goes on from there.
#
# **What did the old one know besides?**

# %% [markdown]
# ### Break it: go on without the state
#
# Adam trains for 150 epochs. You save `W`; tomorrow you go on with a new Adam.
#
# > **Predict.** The loss has come to rest. What is it after *one* step of the new Adam: the
# > same, a little higher, or more than double?

# %% [markdown] tags=["slide"]
# Adam trains 150 epochs; a new Adam goes on from its `W`.

# %%
W = start(5)
optimizer = torch.optim.Adam([W], lr=0.05)
train(A_leg, y, W, optimizer, 150)
for load in (True, False):
    W_new = W.detach().clone().requires_grad_()
    new = torch.optim.Adam([W_new], lr=0.05)
    if load:
        # a copy: else both optimizers would share their means
        new.load_state_dict(deepcopy(optimizer.state_dict()))
    losses, _ = train(A_leg, y, W_new, new, 6)
    print("with the state" if load else "without it    ", losses.round(5))

# %% [markdown]
# <details><summary>What you should see</summary>
#
# More than double: 0.01004.
#
# </details>
#
# The new Adam's means start again, so its first step is about `lr` for each coefficient: a
# silent bug.

# %% [markdown] tags=["slide"]
# More than double: 0.01004. The new Adam's means start again, so each coefficient's first step is
# about `lr`. Save the **optimizer state**, too: velocities, running means, the rate.

# %% [markdown]
# Save all in one file, a **checkpoint**:
#
# ```python
# state = {"W": W.detach(), "optimizer": optimizer.state_dict()}
# torch.save(state, "checkpoint.pt")
#
# state = torch.load("checkpoint.pt")  # tomorrow
# W = state["W"].requires_grad_()
# optimizer = torch.optim.Adam([W], lr=0.05)
# optimizer.load_state_dict(state["optimizer"])
# ```
#
# (A schedule has a `state_dict()`, too.)
#
# Because of this memory, momentum and Adam move a parameter even when its gradient is *zero*.
# An optimizer skips one whose gradient is `None`.

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: a gradient of zero
#
# To freeze a parameter, someone sets its gradient to zero. Each parameter below first makes
# one step on a gradient of 1, with lr = 0.1; then comes the zero, or `None`.
#
# > **Predict.** Does the zero move Adam's parameter less than the step before, as far, or
# > farther?

# %% tags=["deeper"]
p = [torch.zeros(1, requires_grad=True) for _ in range(3)]
optimizers = {
    "plain SGD": torch.optim.SGD([p[0]], lr=0.1),
    "momentum 0.9": torch.optim.SGD([p[1]], lr=0.1, momentum=0.9),
    "Adam": torch.optim.Adam([p[2]], lr=0.1),
}
for k, (name, optimizer) in enumerate(optimizers.items()):
    for gradient in (torch.ones(1), torch.zeros(1), None):
        before, p[k].grad = p[k].item(), gradient
        optimizer.step()
        moved = before - p[k].item()
        print(f"{name:12}   gradient {gradient}: moves p by {moved:.3f}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Less: 0.067. The mean of the gradients about halves, and so does that of their squares; but
# the step divides by its root.
#
# </details>
#
# The velocity and the means go on. So set `None` after each `backward()`, or don't give the
# parameter to the optimizer. `zero_grad()` writes `None`; `zero_grad(set_to_none=False)`, as in
# old code, writes zeros.

# %% [markdown]
# ### Exercise 2 (diagnose): four runs
#
# The least possible loss is 0.0044. What happened in which run? One is left over.
#
# 1. The learning rate is above the limit.
# 2. The optimizer state was not loaded.
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
# A is soon down and then hops; a schedule would calm it. B only falls, ever more slowly. C
# swings above its start, but its peaks get lower. D had arrived, and one jump threw it back.
#
# </details>
#
# ## Which road was the best?
#
# All in one picture, each with its rate:

# %% tags=["cover"]
W = start(5)
optimizer = torch.optim.Adam([W], lr=0.05)
adam, _ = train(A, y, W, optimizer, 6001)
rate = bowl_leg.max_lr / 2
leg = [bowl_leg.loss(bowl_leg.after(k, [0.0] * 5, rate)) for k in range(60)]
runs = {"momentum 0.99, lr 0.5": ball, "Adam, lr 0.05": adam}
runs[f"Legendre columns, lr {rate:.2f}"] = leg
plots.roads(A, y, 0.05, runs)
print("\nSCOREBOARD          parameters   MSE       steps     seconds")
print("degree 4, loop      5            0.00621   100,000   one")
print(f"degree 4, momentum  5            {ball[5239]:.5f}   5,239     one")
print(f"degree 4, Legendre  5            {leg[25]:.5f}   25        under one")

# %% [markdown] tags=["slide"]
# Look at the columns first. Where you can't choose them, try momentum. Adam helps where gradients
# differ in size, a schedule with mini-batches.

# %% [markdown]
# Look at the columns first. Where you can't choose them, try momentum. Adam helps where
# gradients differ in size, a schedule with mini-batches.

# %% [markdown] tags=["deeper"]
# ## Deeper: what do new points need?
#
# They need the *same* map to $t$, made from the middle and the half width of the points that
# you fitted. A fit on the powers of $t$, used at three new places in the right half:

# %% tags=["deeper"]
T = columns["powers of t"]
W_fit = np.linalg.lstsq(T, y)[0]
x_new = np.array([0.5, 0.7, 0.9])
# the middle and half width of the old points, then those of the new ones
for name, middle, half_width in (("right", 0.5, 0.5), ("wrong", 0.7, 0.2)):
    t_new = (x_new - middle) / half_width
    curve = np.vander(t_new, 5, increasing=True) @ W_fit
    print(f"{name}: t {t_new.round(2)}, heights {curve.round(4)}")
print("the true heights", (3 * x_new + np.sin(6 * x_new) + 1).round(4))

# %% [markdown] tags=["deeper"]
# The wrong map stretches the new points over the whole range, and the curve is read in the
# wrong places. No error appears. (Even the right heights are off a little: degree 4 doesn't
# follow the sine exactly.)
#
# ### Deeper: Exercise 3 (fix): the curve at new places
#
# A fit has Legendre coefficients `W` for points between `low` and `high`. The function should
# return the heights of its curve at `x_new`. Someone made its $t$ like this, with the mistake
# above and one more:
#
# ```python
# t_new = (x_new - min(x_new)) / (max(x_new) - min(x_new))
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
# Then you get momentum that you didn't ask for. The gradients add up in `W.grad`
# ([lesson 04](04_raw_autograd_tensors.ipynb#Break-it:-gradients-that-add-up)), and that sum is a velocity.
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

for mu in (0.9, 1.0):
    W = start(5)
    optimizer = torch.optim.SGD([W], lr=0.05, momentum=mu)
    gap = abs(train(A, y, W, optimizer, 401)[0] - forgot).max()
    print(f"momentum {mu:4}: the losses differ by up to {gap:.4f}")
low, high = min(forgot[-100:]), max(forgot[-100:])
print(f"its last 100 losses lie between {low:.4f} and {high:.4f}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# One: $v \leftarrow 1 \cdot v + g$. No share of the velocity is ever lost.
#
# </details>
#
# It is a ball without friction: through the bottom, up the other side about as high, and back.
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
root_low, root_high = bowl.eigenvalues[[0, -1]] ** 0.5
root_kappa = root_high / root_low
best_mu = ((root_kappa - 1) / (root_kappa + 1)) ** 2
best_lr = 4 / (root_high + root_low) ** 2
limit = 2 * (1 + best_mu) / bowl.eigenvalues[-1]
print(f"κ {root_kappa**2:,.0f}, its root {root_kappa:.0f}")
print(f"best mu {best_mu:.5f}, best lr {best_lr:.5f}")
print(f"the limit is higher by {100 * (limit / best_lr - 1):.5f}%")

# %% [markdown] tags=["deeper"]
# Best in a run longer than ours: this rate is a hair below the limit, so the steepest mode
# swings wildly at first. In practice one takes less of both. And at this rate, with a $\mu$
# closer to 1, the ball rolls past the bottom of the flat mode, too.
#
# All this is for the full gradient. With mini-batches, momentum acts about like plain descent
# with the rate $\mathrm{lr}/(1-\mu)$, noise included: lower lr when you add momentum.

# %% [markdown] tags=["deeper"]
# ## Deeper: why not just solve the equations?
#
# For a linear model of moderate size you can, and should. At the bottom the gradient is zero,
# $A^\top A\,W = A^\top y$. These are the **normal equations**, as many as there are unknowns.
# `lstsq` answers the same question without forming $A^\top A$. Does that matter? Take
# 120 points of our curve, float32, and degrees 4 and 8.
#
# > **Predict.** On paper, both are exact. Float32 carries about seven digits. On which columns
# > do the normal equations fail: powers of $x$ or Legendre, of which degree?


# %% tags=["deeper"]
def times_least(table, targets):
    """κ, and the two losses as multiples of the least possible loss."""
    A32 = torch.from_numpy(table).float()
    y32 = torch.from_numpy(targets).float().reshape(-1, 1)
    # .solution is W; "gels" is a method for independent columns
    # solve needs as many equations as unknowns
    by_lstsq = torch.linalg.lstsq(A32, y32, driver="gels").solution
    by_normal = torch.linalg.solve(A32.T @ A32, A32.T @ y32)
    exact = descent.QuadraticLoss(table, targets)
    losses = [exact.loss(W.ravel().double()) for W in (by_lstsq, by_normal)]
    squared = np.linalg.cond(table) ** 2
    return squared, *(loss / exact.min_loss for loss in losses)


# %% tags=["deeper"]
dense = np.linspace(0, 1, 120)
wave = 3 * dense + np.sin(6 * dense) + 1
print("                         κ of AᵀA   lstsq   normal equations")
for degree in (4, 8):
    powers = np.vander(dense, degree + 1, increasing=True)
    legendre_columns = legvander(2 * dense - 1, degree)
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
# Legendre columns it costs nothing. (Ridge regression, a method of statistics, often does form
# it, and adds to it what makes κ smaller.)
#
# On the CPU, `lstsq`'s default driver copes with columns that depend on each other. On a GPU,
# `gels` is the only driver, and it assumes that they don't.

# %% [markdown] tags=["deeper"]
# ## Deeper: what does AdamW change?
#
# `weight_decay=d` asks an optimizer to pull $W$ towards zero. SGD and Adam add $d\,W$ to the
# gradient. But Adam then divides it by $\sqrt s$, like the rest. **AdamW** leaves the gradient
# alone: each step first multiplies $W$ by $1 - \mathrm{lr}\cdot d$.
#
# > **Predict.** Two parameters, both 1, get gradients of alternating sign: large ones and
# > small ones. Which of the two does Adam hardly pull?

# %% tags=["deeper"]
makers = {"Adam": torch.optim.Adam, "AdamW": torch.optim.AdamW}
for name, decay in (("Adam", 0.0), ("Adam", 0.1), ("AdamW", 0.1)):
    W = torch.ones(2, dtype=torch.float64, requires_grad=True)
    make = makers[name]
    optimizer = make([W], lr=0.1, weight_decay=decay)
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
# (The first steps, long ones, bring $W$ to 0.824 without any pull.) AdamW pulls both alike.

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
# While the rule holds, a tenth of the epochs is enough. But swings last ten times as long.
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
# | a velocity `v` | `torch.optim.SGD([W], lr=lr, momentum=mu)` |
# | running means `m` and `s` | `torch.optim.Adam([W], lr=lr)` |
# | `lr = lr * 0.97` | `lr_scheduler.ExponentialLR` |
# | keep `v`, `m`, `s` | `optimizer.state_dict()` |
#
# **New words:** basis, Legendre polynomials, orthogonal, momentum, Adam,
# learning-rate schedule, optimizer state, checkpoint.
#
# **New names:** `np.polynomial.legendre.legvander`, `np.linalg.cond`, `momentum=`,
# `torch.optim.Adam`, `betas=`, `torch.optim.lr_scheduler.ExponentialLR`, `gamma=`.
#
# **New words, deeper:** normal equations, AdamW.
#
# **New names, deeper:** `.eigenvectors`, `torch.linalg.lstsq`, `.solution`, `driver=`,
# `torch.linalg.solve`, `torch.optim.AdamW`.
#
# **Next**, in [lesson 10](10_what_a_fit_is_worth.ipynb): what is a fit worth on points that it
# has not seen?
#
# Back to [lesson 08](08_fitting_polynomials.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
