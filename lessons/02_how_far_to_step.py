# %% [markdown]
# # 02 How far to step
#
# Why was the learning rate 0.1? Here you choose it before you run, and find out whether a run is
# done.
#
# **You will be able to**
#
# - say which learning rates converge, and which explode,
# - say which direction of the bowl sets the limit, and which the speed,
# - check a fit against the exact answer,
# - make the bowl round by standardising $x$.
#
# **Builds on** [lesson 01](01_gradient_descent_by_hand.ipynb) (the loss, its gradient, the loop). **Takes** about 55 minutes, and 45 more with the deeper sections.

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

from course_utils import animation, data, descent, plots, sliders
from course_utils.checks import learning_rate as check

tank = data.noisy_line()
x, y = tank.x_train, tank.y_train  # the eighty readings, (80, 1) each
stream = np.random.RandomState(42)  # and the same start as before
b = stream.randn()
w = stream.randn()

# %% [markdown]
# ## How far does one step go?
#
# On a parabola, each step multiplies your distance from the bottom by the same number. If only $b$
# moves, the loss is such a parabola: at the distance $d$ from its bottom (negative: left), you
# stand $\tfrac{1}{2} h\,d^2$ above the lowest loss, and the slope is $h\,d$. The second derivative is $h$,
# the **curvature** (not [lesson 01](01_gradient_descent_by_hand.ipynb#Can-you-trust-your-algebra?)'s tiny change). So one step of gradient descent is
#
# $$d \;\leftarrow\; d - \mathrm{lr}\cdot h\,d = (1 - \mathrm{lr}\cdot h)\;d$$
#
# For $b$ the curvature is 2: if $b$ grows by 1, so does each residual, and the slope, the mean of
# 2·residual, grows by 2.
#
# > **Predict.** Start at $d = 1$ with lr = 0.75. What is $d$ after three steps? Mind the sign.

# %% [markdown] tags=["slide"]
# If only $b$ moves, the loss is a parabola with **curvature** $h = 2$: at distance $d$ from its bottom the slope is $h\,d$.

# %%
my_prediction = ...  # your number


def walk(h, lr, n_steps):
    """The distances from the bottom: 1 at the start, then after each step."""
    distances = [1.0]
    for _ in range(n_steps):
        slope = h * distances[-1]
        distances.append(distances[-1] - lr * slope)
    return distances


distances = walk(2.0, 0.75, 3)
print("distances", distances)
plots.jumps(2.0, distances, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Each step jumps across the bottom. The factor is 1 − 0.75·2 = −0.5, and its third power is −0.125.
#
# </details>
#
# ## Where is the limit?
#
# A walk comes as close to the bottom as you like, it **converges**, if $1 - \mathrm{lr}\cdot h$ lies
# between −1 and 1:
#
# $$0 < \mathrm{lr} < \frac{2}{h}$$
#
# We call $2/h$ the **learning-rate limit**. A step multiplies $d$ by the factor, so it multiplies
# the loss above the lowest by the factor squared. Five walks, with lr·h from 0.5 to 2.1:

# %% [markdown] tags=["slide"]
# A walk **converges** if its factor is between −1 and 1. So the **learning-rate limit** is $2/h$.
#
# > Five walks, with lr·h of 0.5, 1, 1.5, 2 and 2.1: which two have equal losses?

# %% tags=["cover"]
lrs = [0.25, 0.5, 0.75, 1.0, 1.05]
for lr in lrs:
    print(f"lr·h = {2.0 * lr:.1f}: factor {1 - 2.0 * lr:.1f}")
plots.five_walks(2.0, lrs, [walk(2.0, lr, 4) for lr in lrs])

# %% [markdown] tags=["slide"]
# Those at 0.5 and 1.5, on one side and from side to side. At 1, one step lands on the bottom; at 2 the walk never settles, and at 2.1 it climbs.

# %% [markdown]
# At 2 the walk never settles, and at 2.1 it climbs. At 1, one step lands on the bottom. The walks at
# 0.5 and 1.5 have the same loss at every step: their factors are 0.5 and −0.5, and both squares are
# 0.25.
#
# ## Which rate suits two parameters?
#
# Two parameters share one learning rate, and each alone has its own limit. If only $w$ moves, the
# curvature is the mean of $2x^2$: differentiate $\partial L/\partial w$ once more.
#
# ### Break it: a rate that suits each parameter alone
#
# Here is the loop of [lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?), with a rate below both limits:

# %% [markdown] tags=["slide"]
# Two parameters share one rate. Alone, $w$ allows up to 3.1547, and $b$ up to 1.
#
# > Does 0.9 converge, which is less than either?


# %% tags=["printed"]
def descend(w, b, x, y, lr, n_epochs):
    """Every (w, b), shape (n_epochs + 1, 2), and the loss before each step."""
    path, losses = [(w, b)], []  # 0 start
    for epoch in range(n_epochs):
        y_pred = w * x + b  # 1 predict
        error = y_pred - y
        loss = (error**2).mean()  # 2 loss
        dw, db = (2 * error * x).mean(), (2 * error).mean()  # 3 gradients
        w, b = w - lr * dw, b - lr * db  # 4 update
        path.append((w, b))
        losses.append(loss)
    return np.array(path), losses


for name, h in (("w", (2 * x**2).mean()), ("b", 2.0)):
    print(f"{name} alone: curvature {h:.4f}, limit {2 / h:.4f}")
path, losses = descend(w, b, x, y, lr=0.9, n_epochs=7)
for k in range(1, 7):
    growth = losses[k] / losses[k - 1]
    print(f"epoch {k}: loss {losses[k]:7.4f}, {growth:.3f} times the last")

# %% [markdown] tags=["slide"]
# It explodes. Every $x$ is positive, so a larger $w$ lifts the line, as a larger $b$ does: together they overshoot.

# %% [markdown]
# It explodes. Every $x$ is positive, so a larger $w$ lifts the line, as a larger $b$ does. Both
# correct the same residuals, and together they overshoot.
#
# ## Which way is the bowl steepest?
#
# Every straight cut through the lowest point of the bowl is a parabola, and its curvature depends
# on the direction. If a move by one changes the prediction of row $i$ by $c_i$, the curvature is the
# mean of $2c_i^2$. For $w$, that change is $x_i$; for $b$ it is one. At the angle $a$, $w$ moves by
# $\cos a$ and $b$ by $\sin a$, so the prediction changes by $x_i\cos a + \sin a$:
#
# $$h(a) = \frac{1}{n}\sum_i 2\,(x_i\cos a + \sin a)^2$$
#
# At 0° only $w$ moves, at 90° only $b$. Turn the cut until its parabola is steepest, and note the
# angle.

# %% [markdown] tags=["slide"]
# Every straight cut through the lowest point is a parabola. At the angle $a = 0°$ only $w$ moves, at 90° only $b$. Its curvature:

# %%
sliders.move(plots.bowl_slice, x, y, angle=(0, 90, 0))

# %% [markdown] tags=["slide"]
# Turn the cut: at which angle is its parabola steepest, and why not at 90°?

# %% [markdown]
# ### Two axes
#
# The steepest cut lies at 63°, and its curvature, 2.483, is larger than that of $w$ or $b$ alone.
# So the limit is $2/2.483 = 0.8055$, below the rate that exploded. Multiply out the square:
#
# $$h(a) = (\text{mean of } 2x^2)\cos^2 a + 2\,(\text{mean of } 2x)\cos a\sin a + 2\sin^2 a$$
#
# Three numbers describe all cuts. The middle one counts twice, so it stands twice in a matrix, whose
# rows and columns belong to $w$ and $b$:
#
# $$H = \begin{pmatrix} \text{mean of } 2x^2 & \text{mean of } 2x \\
# \text{mean of } 2x & 2 \end{pmatrix}$$
#
# `np.linalg.eigvalsh(H)` returns the **eigenvalues** $\lambda$ of $H$, sorted: the first is the
# smallest curvature of all cuts, the last the largest. (You test it on 181 cuts.)
#
# > **Predict.** At which angle is the bowl flattest? Look at the lines of equal loss in the last
# > picture.

# %% [markdown] tags=["slide"]
# Multiplied out, $h(a)$ needs three numbers, kept in $H$. Its **eigenvalues** $\lambda$ are the smallest curvature and the largest, 2.483 at 63°.

# %%
my_prediction = ...  # your number, from 90 to 180 degrees

H = np.array([[(2 * x**2).mean(), (2 * x).mean()], [(2 * x).mean(), 2.0]])
flat, steep = np.linalg.eigvalsh(H)
print(f"eigenvalues     {flat:.4f} and {steep:.4f}")
cuts = []
for a in np.radians(range(181)):  # np.cos and np.sin want radians
    cuts.append((2 * (x * np.cos(a) + np.sin(a)) ** 2).mean())
print(f"of 181 cuts     {min(cuts):.4f} and {max(cuts):.4f}")
plots.curvatures(x, y, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# At 153°, along the valley, and at right angles to the steepest direction.
#
# </details>
#
# Each arrow points against the gradient. On the two axes, the steepest cut and the flattest, it
# points at the star: a walk that starts on an axis stays on it.
#
# ## What sets the limit, and what the speed?
#
# The steepest axis sets the learning-rate limit; well below it, the flattest one sets the speed. Split
# your way to the star into two parts, one along each axis. Each part walks its own parabola, as if the
# other were not there, with its own factor $1 - \mathrm{lr}\cdot\lambda$. Both must shrink:
#
# $$\mathrm{lr} < \frac{2}{\lambda_\text{max}}$$
#
# At half of the limit, $\mathrm{lr} = 1/\lambda_\text{max}$, the steep part is gone after one step.
# In each step, the flat part keeps $1 - \lambda_\text{min}/\lambda_\text{max} = 1 - 1/\kappa$ of
# itself, where $\kappa = \lambda_\text{max}/\lambda_\text{min}$ is the **condition number**. A large
# $\kappa$ means many steps.
#
# > **Predict.** Forty epochs at 0.03, 0.5, 0.95 and 1.04 of the limit: which run ends lowest? Think
# > of both factors.

# %% [markdown] tags=["slide"]
# Along each axis, a step multiplies the distance by its own factor, $1 - \mathrm{lr}\cdot\lambda$.

# %%
max_lr = 2 / steep
print(f"limit {max_lr:.4f}, condition number {steep / flat:.1f}")
print(f"lr 0.1, our rate: {0.1 / max_lr:.3f} of the limit")
print(f"lr 0.9, the explosion: {(1 - 0.9 * steep) ** 2:.3f} times a step")
lrs = [share * max_lr for share in (0.03, 0.5, 0.95, 1.04)]
print("lr      steep: factor  after 40    flat: factor  after 40")
for lr in lrs:
    steep_factor, flat_factor = 1 - lr * steep, 1 - lr * flat
    print(f"{lr:.4f} {steep_factor:14.2f} {steep_factor**40:9.4f}", end=" ")
    print(f"{flat_factor:15.3f} {flat_factor**40:9.4f}")
paths = [descend(w, b, x, y, lr, n_epochs=40)[0] for lr in lrs]
plots.learning_rates(x, y, paths, lrs)

# %% [markdown] tags=["slide"]
# The one at 0.95: it jumps from wall to wall, and late it overtakes the one at 0.5, whose flat part lags. The **condition number** κ, the largest eigenvalue over the smallest, is 16.4.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# The one at 0.95 of the limit. It jumps from wall to wall, and late it overtakes the one at 0.5, whose
# steep part is gone at once and whose flat part lags.
#
# </details>
#
# And our 0.1? An eighth of the limit: safe, but slow. In a long valley, take about nine tenths of the
# limit. If you don't know it, double the rate until the loss explodes, then halve it twice.
#
# And the explosion at 0.9? Its growth rose towards $(1 - 0.9\,\lambda_\text{max})^2 = 1.524$: the
# flat part faded, and the steep part was left.
#
# ### Exercise 1 (diagnose): what an explosion tells you
#
# A run with lr = 0.3, on data that you don't have, ends with the losses
#
# ```text
# 3141.6   4154.8   5494.7   7266.7
# ```
#
# What is the learning-rate limit here, to three digits? The lowest loss is tiny beside these, and so
# is the flat part. Ask what one step does to the loss.

# %% tags=["exercise", "diagnose"]
limit = ...

# %%
check.limit(limit)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# loss_factor = 7266.7 / 5494.7
# factor = -(loss_factor**0.5)  # it grows, so each step jumps too far across
# h = (1 - factor) / 0.3
# limit = 2 / h
# ```
#
# The rate was only a little above the limit.
#
# </details>
#
# (A good place to stop for today.)
#
# ## Is it done?
#
# For a line you know the exact answer: put it beside your fit. The **design matrix** $A$ has a
# column for each parameter: `descent.design_matrix` takes one or several columns, and adds ones for
# $b$. `np.linalg.lstsq` finds the best parameters. Call a parameter done if it is off by at most one
# thousandth of its best value. Your own **truth panel**:

# %% [markdown] tags=["slide"]
# For a line you know the exact answer. Call a parameter done if it is off by at most one thousandth.
#
# > Is a fit done after forty epochs at half of the limit?

# %% tags=["printed"]
A = descent.design_matrix(x)  # (80, 2): the column x, and ones
best = np.linalg.lstsq(A, y)[0]  # the first of its results, of shape (2, 1)
best = best.ravel()  # the same in one axis, of shape (2,)
fit = paths[1][-1]  # half of the limit, 40 epochs
off = abs(fit - best)
print("least squares w, b", best.round(6))  # round: to six decimals
print("this fit          ", fit.round(6))
print("off by            ", off.round(6))
thousandths = 1000 * off / abs(best)  # done at 1 or less
print("in thousandths    ", thousandths.round(1))

# %% [markdown] tags=["slide"]
# No: each is off by about sixty thousandths. Your own **truth panel** says so; the loss doesn't.

# %% [markdown]
# The course's `plots.truth_panel` adds the limit ('the largest stable' rate) and $\kappa$; its
# 'converged' says whether a parameter is done. The limit comes from $H$, and $H$ from $A$: for
# each entry, multiply two columns row by row, and take 2/n times the sum. In code, `A.T` swaps
# rows and columns, and `@`, the matrix product, does this for each pair of columns.

# %% tags=["printed"]
print("H by hand, its rows in turn:", H.round(4).ravel())
print("H from A, its rows in turn: ", (2 / len(x) * A.T @ A).round(4).ravel())
bowl = descent.QuadraticLoss(A, y)  # computes what is exactly true of it
lowest = bowl.min_loss  # the loss at the bottom
place = bowl.minimizer  # where the bottom is
print(f"limit {bowl.max_lr:.4f}")
print(f"minimum loss {lowest:.6f} at {place.round(6)}\n")
plots.truth_panel(A, y, fit, lrs[1], names=["w", "b"])

# %% [markdown] tags=["slide"]
# The course's panel adds the limit, 'the largest stable' rate, and κ. The matrix $H$ comes from $A$, a column for each parameter.

# %% [markdown]
# ### Break it: stop when the loss stops falling
#
# A tempting rule: stop once an epoch lowers the loss by less than 0.0001.

# %%
print(f"best:                        w {best[0]:.3f}, b {best[1]:.3f}")
for lr in (0.4, 0.1, 0.01):
    path, losses = descend(w, b, x, y, lr, n_epochs=1000)
    k = 1
    while losses[k - 1] - losses[k] >= 0.0001:
        k = k + 1
    w_k, b_k = path[k]
    print(f"lr {lr:4}: stops at epoch {k:3}, w {w_k:.3f}, b {b_k:.3f}")

# %% [markdown]
# Of these rates, the smallest stops at the worst line. Small steps lower
# the loss only a little, however far you still have to go.
#
# ### Exercise 2 (transfer): the limit of a curved model
#
# Let the model be curved: $\hat y_i = v\,x_i^2 + w\,x_i + b$. Its loss is a bowl over three
# parameters, with three eigenvalues. Write a function that returns its limit; it needs no targets.


# %% tags=["exercise", "transfer"]
def curve_limit(x):
    """The learning-rate limit for v·x² + w·x + b; x of shape (n, 1)."""
    ...
    return ...


# %%
check.curve_limit(curve_limit)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def curve_limit(x):
#     """The learning-rate limit for v·x² + w·x + b; x of shape (n, 1)."""
#     A = descent.design_matrix(x**2, x)
#     H = 2 / len(x) * A.T @ A
#     return 2 / np.linalg.eigvalsh(H)[-1]
# ```
#
# The targets only move and lift the bowl; its shape depends on $A$ alone.
#
# </details>
#
# ## Can you make the bowl round?
#
# With one input, yes: choose where $x$ is zero, and its unit. The bowl is slanted because the mean of
# $x$ isn't zero. Subtract it, and the mean of $2x$ in $H$ becomes zero.
#
# Then divide by the **standard deviation** `x.std()`, the RMSE if you predict each $x$ by
# the mean. The mean of $2x^2$ becomes 2, as for $b$. Both together **standardise** $x$.

# %% [markdown] tags=["slide"]
# With one input, yes: subtract the mean of $x$, and divide by its **standard deviation**.

# %%
x_std = (x - x.mean()) / x.std()
bowl_std = descent.QuadraticLoss(descent.design_matrix(x_std), y)
print("eigenvalues", bowl_std.eigenvalues.round(4))
path_raw, _ = descend(0.0, 0.0, x, y, 0.5 * bowl.max_lr, n_epochs=40)
path_std, _ = descend(0.0, 0.0, x_std, y, 0.5 * bowl_std.max_lr, n_epochs=40)
plots.feature_scale(x, x_std, y, path_raw, path_std)

# %% [markdown]
# Standardised, the bowl is round: at half of the limit, one step lands on the bottom. Both
# eigenvalues are 2, so $\kappa = 1$. The line is the same; $w$ is now its rise per standard deviation,
# and $b$ its height at the mean of $x$.

# %% [markdown] tags=["deeper"]
# ## Deeper: which rate is the best?
#
# The best rate makes the slower of the two parts as fast as it can be. Below it the flat part is
# the slower one; above it, the jumps of the steep part last longer. They meet where the two factors
# are opposite, $1 - \mathrm{lr}\cdot\lambda_\text{max} = -(1 - \mathrm{lr}\cdot\lambda_\text{min})$:
#
# $$\mathrm{lr} = \frac{2}{\lambda_\text{max} + \lambda_\text{min}}
# \qquad\text{with the factor}\qquad \frac{\kappa - 1}{\kappa + 1}$$
#
# > **Predict.** Start the slider at half of the limit and go up. Where does the zigzag begin? What
# > does the loss do at exactly 1?


# %% tags=["deeper"]
def descend_at(share_of_limit):
    """Show 40 epochs at this share of the learning-rate limit."""
    lr = share_of_limit * max_lr
    path, _ = descend(w, b, x, y, lr, n_epochs=40)
    title = f"lr = {lr:.4f} = {share_of_limit:g} of the limit"
    plots.one_descent(x, y, path, 40, title)


best_share = 2 / (steep + flat) / max_lr
print(f"best rate for many epochs: {best_share:.3f} of the limit")
sliders.move(descend_at, share_of_limit=(0.01, 1.09, 0.5))

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Above 0.5 the factor of the steep part is negative, so each step changes sides. At exactly 1 the
# steep part only changes sides: the zigzag never dies, and the loss comes to rest far too high. The
# best share depends on how long you walk and where you start; for many epochs it is 0.943.
#
# </details>
#
# Close to the limit, the jumps hardly die out, though the loss falls with every step:

# %% tags=["deeper"]
path, _ = descend(w, b, x, y, 0.98 * max_lr, n_epochs=40)
animation.play(plots.one_descent, x, y, path, 40, "lr = 0.98 of the limit")

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (write): how many steps?
#
# At half of the limit, 0.0812 of the flat part is left after 40 steps: you saw its factor to the 40th
# power. Now ask the reverse: write a function that returns the smallest number of steps after which
# every part has shrunk to at most the given share of itself. `eigenvalues` is a sorted array, all of
# them above zero, and the rate is below the limit. Mind both ends; a factor may even be 0.


# %% tags=["deeper", "exercise", "write"]
def steps_needed(lr, eigenvalues, share):
    """The steps until each part is at most `share` of itself, such as 0.001."""
    ...
    return ...


# %% tags=["deeper"]
check.steps_needed(steps_needed)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def steps_needed(lr, eigenvalues, share):
#     """The steps until each part is at most `share` of itself, such as 0.001."""
#     slowest = max(abs(1 - lr * eigenvalue) for eigenvalue in eigenvalues)
#     steps, left = 0, 1.0
#     while left > share:
#         left = left * slowest
#         steps = steps + 1
#     return steps
# ```
#
# With logarithms it is `log(share) / log(slowest)`, rounded up, unless `slowest` is 0: then one step
# is enough.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what if x is in minutes?
#
# Write down the time in minutes, not hours, and the bowl becomes a canyon. The readings are the
# same, but each $x$ is 60 times as large, and the curvature along $w$ is $60^2$ times as large.
#
# > **Predict.** Descend for 40 epochs from $w = b = 0$ at half of the limit. Which parameter has
# > covered hardly any of its way?


# %% tags=["deeper"]
def descend_at_half(x, y):
    """Half of the limit for this x, and the path of 40 epochs with it."""
    lr = 0.5 * descent.QuadraticLoss(descent.design_matrix(x), y).max_lr
    path, _ = descend(0.0, 0.0, x, y, lr, n_epochs=40)
    return lr, path


def compare_unit(factor):
    """Compare x, multiplied by a factor, with the standardised x."""
    _, path = descend_at_half(factor * x, y)
    plots.feature_scale(factor * x, x_std, y, path, path_std)


sliders.move(compare_unit, factor=([0.5, 1, 2, 5, 10, 20, 60, 100], 60))

# %% tags=["deeper"]
lr_minutes, path_minutes = descend_at_half(60 * x, y)
A_minutes = descent.design_matrix(60 * x)
plots.truth_panel(A_minutes, y, path_minutes[-1], lr_minutes, ["w", "b"])

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# The bias. The steep direction, almost exactly $w$, allows only a tiny rate, and with that $b$ has
# hardly left its start.
#
# </details>
#
# The loss curve looks flat, as if the run were done: $w$ is as good as it can be with this $b$. The
# panel says NO twice. Now move the slider. No unit makes the bowl round: the mean of $x$ stays
# above zero, so the bowl stays slanted. Of the factors here, 2 has the smallest $\kappa$.
#
# ### Deeper: break it: a ruler of its own
#
# Three readings from the end of an hour arrive, and someone standardises them with their own mean
# and standard deviation:

# %% tags=["deeper"]
x_new = np.array([[0.90], [0.93], [0.96]])
own = (x_new - x_new.mean()) / x_new.std()
print("new x ", x_new.ravel())
print("seen as", (own * x.std() + x.mean()).ravel().round(3), "by the model")

# %% [markdown] tags=["deeper"]
# Python doesn't complain, and the model takes them for readings spread over most of the hour. Mean
# and standard deviation are a ruler, and a model understands only the one it was trained with.
#
# ### Deeper: Exercise 4 (fix): one ruler
#
# Fix it. The function returns both columns, standardised for the same model.


# %% tags=["deeper", "exercise", "mend"]
def standardise(x_train, x_new):
    """x_train and x_new, standardised for one model; each of shape (n, 1)."""
    train = (x_train - x_train.mean()) / x_train.std()
    new = ...  # it was (x_new - x_new.mean()) / x_new.std()
    return train, new


# %% tags=["deeper"]
check.standardise(standardise)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def standardise(x_train, x_new):
#     """x_train and x_new, standardised for one model; each of shape (n, 1)."""
#     train = (x_train - x_train.mean()) / x_train.std()
#     new = (x_new - x_train.mean()) / x_train.std()
#     return train, new
# ```
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: when is it no bowl?
#
# If all $x$ are equal, the bowl becomes a trough: many lines fit equally well. A column of equal
# $x$ is a multiple of the column of ones, so you can add to $w$, subtract from $b$, and no
# prediction changes. Here every $x$ is 0.5.
#
# > **Predict.** Two runs start at different places. Do they end at the same line?

# %% tags=["deeper"]
x_same, y_same = np.full((4, 1), 0.5), np.array([[1.0], [2.0], [4.0], [5.0]])
paths_same = []
for w_0, b_0 in ((0.0, 0.0), (4.0, 0.0)):
    path, losses = descend(w_0, b_0, x_same, y_same, lr=0.4, n_epochs=200)
    paths_same.append(path)
    w_end, b_end = path[-1]
    ends = f"({w_end:.2f}, {b_end:.2f})"
    print(f"from ({w_0}, {b_0}) to {ends}, loss {losses[-1]:.4f}")
plots.trough(x_same, y_same, paths_same)

# %% tags=["deeper"]
A_same = descent.design_matrix(x_same)
plots.truth_panel(A_same, y_same, paths_same[1][-1], 0.4, names=["w", "b"])

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# They end at different lines with the same loss, each straight downhill from its start. Along the
# trough the loss stays the same, so nothing moves that way.
#
# </details>
#
# One eigenvalue is zero, so $\kappa$ is infinite. `np.linalg.lstsq` returns one of the many, the
# one closest to $(0, 0)$: the panel calls that the smallest norm. So its NO says only that this run
# ended at another of them.

# %% [markdown] tags=["deeper"]
# ## Deeper: can a gradient expose a misprint?
#
# The tutorial of [lesson 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?) prints a first loss of
# 2.720278897826747, and ours is 2.7422. Its printed *gradient*, which is ours too, can decide. On a
# parabola the slope $g = h\,d$ tells you the distance, $d = g/h$, and so the height,
# $\tfrac{1}{2} h\,d^2 = \tfrac{1}{2}\,g\,d$. In a bowl the matrix $H$ takes the place of $h$, and
# `np.linalg.solve(H, g)`, for the division by $h$, finds the two distances $d_w$ and $d_b$ from the
# bottom. Then
#
# $$L = L_\text{min} + \tfrac{1}{2}\,(g_w\,d_w + g_b\,d_b)$$
#
# (Books write $\tfrac{1}{2}\,g^\top H^{-1} g$ for the last term.)

# %% tags=["deeper"]
g = np.array([-1.8337537171510832, -3.044811379650508])  # published: dw, db
d = np.linalg.solve(H, g)
implied = bowl.min_loss + (g * d).sum() / 2
print(f"loss implied by the published gradient: {implied:.4f}")
_, losses = descend(w, b, x, y, lr=0.1, n_epochs=1)
print(f"loss as we compute it:                  {losses[0]:.4f}")
print("loss as published:                      2.720278897826747")

# %% [markdown] tags=["deeper"]
# The published gradient itself says 2.7422, so 2.7203 can't be the loss of the same line on the
# same points. A printed number is a claim. Recompute it.

# %% [markdown]
# ## Three questions
#
# **Your loss grows by the same factor in every epoch. What has happened?**
#
# <details><summary>Answer</summary>
#
# The rate is above the limit: along the steepest axis, each step lands farther out.
#
# </details>
#
# **Your loss falls by less and less. Is the run done?**
#
# <details><summary>Answer</summary>
#
# You can't tell: with a small rate, or along a flat direction, it does that, too.
#
# </details>
#
# **How can a rate explode that is below the limit of each parameter alone?**
#
# <details><summary>Answer</summary>
#
# Both correct the same residuals, and together they overshoot.
#
# </details>
#
# ## Recap
#
# | what | in code |
# |---|---|
# | the column $x$, and ones | `descent.design_matrix(x)` |
# | $H$: four means | `2 / len(x) * A.T @ A` |
# | eigenvalues $\lambda$ | `np.linalg.eigvalsh(H)` |
# | limit $2/\lambda_\text{max}$ | `descent.QuadraticLoss(A, y).max_lr` |
# | fit, best, distance | `plots.truth_panel(A, y, fit, lr, names)` |
#
# **New words:** curvature, converge, learning-rate limit, eigenvalue, condition number, design
# matrix, truth panel, standard deviation, standardise.
#
# **New names:** `np.linalg.eigvalsh`, `descent.design_matrix`, `np.linalg.lstsq`, `.ravel`, `.T`,
# `descent.QuadraticLoss`, `.max_lr`, `.min_loss`, `.minimizer`, `.eigenvalues`, `plots.truth_panel`, `.std`,
# `.round`, `np.radians`, `np.cos`, `np.sin`.
#
# **New names, deeper:** `np.linalg.solve`.
#
# **Next**, in [lesson 03](03_build_your_own_autograd.ipynb), you build the machine that finds the
# gradients for you. Then the model may be any curve you like.
#
# Back to [lesson 01](01_gradient_descent_by_hand.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
