# %% [markdown] slideshow={"slide_type": "slide"}
# # 01 Gradient descent by hand
#
# You fit a straight line to noisy points with nothing but NumPy, and you derive, check and
# see every number on the way. Later, when PyTorch does the same in four lines, none of them
# will be magic.
#
# **You will be able to**
#
# - derive the gradient of the mean squared error and check it without trusting your algebra,
# - write gradient descent as a loop of three lines,
# - say, before you run anything, which learning rates converge and which explode,
# - tell from a truth panel whether a fit has converged, and which parameter has not,
# - explain what a badly scaled feature and a small batch do to the path.
#
# **Builds on** [lesson 00](00_start_here.ipynb) (arrays and their shapes) and school calculus. **Takes** about 40 minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What is there to fit?
#
# Someone took the line $y = 2x + 1$, picked 100 places on it, and shook each point up or down
# with noise of standard deviation 0.1. You get the points and not the line. Eighty of them are
# for **training**; the other twenty you keep back for **validation**, to judge the fit on points
# that it has never seen.

# %% slideshow={"output": "subslide"}
import numpy as np

from course_utils import animation, data, descent, plots, sliders
from course_utils.checks import gradient_descent as check

line = data.noisy_line()
x, y = line.x_train, line.y_train  # (80, 1) and (80, 1)
print("x", x.shape, " y", y.shape, " first row:", x[0], y[0])
noise = line.truth["noise"]
print(f"standard deviation of the noise: {noise}")

plots.train_and_validation(x, y, line.x_val, line.y_val)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How wrong is a line?
#
# A line is a **model** with two **parameters**, the weight $w$ (its slope) and the bias $b$ (its
# height at $x = 0$). For the row $i$ it predicts
#
# $$\hat y_i = w\,x_i + b$$
#
# Before training you know nothing, so you start with two random numbers. With NumPy's seed 42
# they are always the same two, those of the tutorial whose figures this lesson checks: Daniel
# Voigt Godoy's *Understanding PyTorch with an example*. It has $b = 0.49671415$ and
# $w = -0.1382643$.
#
# **Predict.** The points rise from 0.9985 to 3.052. For how many of the 80 is the first line's
# prediction too low?

# %% slideshow={"output": "subslide"}
start = np.random.RandomState(42)  # a stream of random numbers, begun at seed 42
b = start.randn()  # one normal draw: mean 0, standard deviation 1
w = start.randn()
print(f"b = {b:.8f}   published 0.49671415")
print(f"w = {w:.7f}   published -0.1382643")

# Each slider: from, to, start.
sliders.move(plots.residuals, x, y, w=(-1.0, 4.0, w), b=(-1.0, 3.0, b))


# %% [markdown] slideshow={"slide_type": "subslide"}
# For all 80 of them. The **residual** $e_i = \hat y_i - y_i$ says how far the prediction of row $i$
# is off, and on which side. One number for the whole line is the **mean squared error**, our
# **loss**, over the $n = 80$ training rows:
#
# $$L(w, b) = \frac{1}{n}\sum_{i=1}^{n} (w\,x_i + b - y_i)^2$$
#
# The square makes every error count as positive, and an error twice as large count four times as
# much. Its root, the **RMSE** (root mean squared error), has the unit of $y$ again: a typical
# error.
#
# Now fit the line yourself. Under the picture stands a slider for each of the two numbers: drag it,
# or click it and press the arrow keys. **Predict** first: which slider turns the line, which one
# lifts it? Then make the mean of the squares as small as you can, and note it. Further down you
# meet the smallest there is.


# %% slideshow={"slide_type": "subslide"}
def mse(w, b, x, y):
    """The mean squared error of the line y = w·x + b; x and y of shape (n, 1)."""
    y_pred = w * x + b  # (n, 1)
    return ((y_pred - y) ** 2).mean()


print(f"loss at the start: {mse(w, b, x, y):.4f}")
print("published:         2.720278897826747")
print(f"RMSE:              {mse(w, b, x, y) ** 0.5:.4f}")

# %% [markdown]
# Ours is not the published loss, and they differ in the second digit after the point. That is no
# rounding. Is our formula wrong, or the print in the tutorial? Keep the question: further down
# the published *gradients* will answer it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does the loss look like from above?
#
# Every line is a point $(w, b)$, and every such point has a loss. So the loss is a landscape
# over a plane, and fitting means walking to its lowest place. For a line and its mean squared
# error the landscape is always a bowl.

# %% slideshow={"output": "subslide"}
plots.loss_surface(x, y, w, b)

# %% [markdown]
# On the right you look straight down into the bowl. Along one curve the loss is the same, and
# from each curve to the next one outside it grows by the same factor. The curves are long
# ellipses: across them you soon reach the next one, so there the bowl is steep; along them it is
# far, so there it is nearly flat. Remember that shape, it explains almost everything that follows.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which way is down?
#
# You stand at the start in fog: you know the loss here and nothing else of the landscape. But
# you can know its slope. Change only $w$ a little, and row $i$'s error
# $e_i = w\,x_i + b - y_i$ changes $x_i$ times as much. Change only $b$, and it changes just as
# much as $b$ does. With the chain rule, $(e^2)' = 2\,e\,e'$:
#
# $$\frac{\partial L}{\partial w} = \frac{1}{n}\sum_i 2\,e_i\,x_i
# \qquad\qquad
# \frac{\partial L}{\partial b} = \frac{1}{n}\sum_i 2\,e_i$$
#
# These two are **partial derivatives**: the round $\partial$ says that one parameter moves while
# the other stays. Together they are the **gradient**.
#
# **Predict.** At the start all predictions are too low. Which sign do the two have?

# %% slideshow={"output": "subslide"}
error = w * x + b - y  # (80, 1)
dw = (2 * error * x).mean()
db = (2 * error).mean()
print(f"dw = {dw:.15f}   published -1.8337537171510832")
print(f"db = {db:.15f}   published -3.044811379650508")

plots.loss_slices(x, y, w, b, dw, db)

# %% [markdown]
# Both are negative: the loss falls when $w$ or $b$ grows. The dashed lines are tangents, and the
# slope of each tangent is the derivative that you computed.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Do not trust your algebra
#
# A derivative is what a tiny change does, so make a tiny change $h$ and look. The **forward
# difference** asks on one side, the **central difference** on both:
#
# $$\frac{L(w+h, b) - L(w, b)}{h} \qquad\qquad \frac{L(w+h, b) - L(w-h, b)}{2h}$$

# %%
print("h        forward is off by   central is off by")
for h in [0.1, 0.001, 0.00001]:
    forward = (mse(w + h, b, x, y) - mse(w, b, x, y)) / h
    central = (mse(w + h, b, x, y) - mse(w - h, b, x, y)) / (2 * h)
    print(f"{h:<8} {abs(forward - dw):17.7f}   {abs(central - dw):17.7f}")


# %% [markdown]
# The forward difference is off in proportion to $h$. The central one is exact here even for a
# large $h$, because the slopes of a parabola on both sides average to the slope in the middle.
# Two roads, one number: now you may trust the algebra.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: the gradient of a parabola
#
# Give the line a bend: $\hat y_i = a\,x_i^2 + w\,x_i + b$. The loss stays the mean squared error.
# Derive the three partial derivatives on paper, then write them down.


# %% tags=["exercise"]
def parabola_gradient(a, w, b, x, y):
    """The derivatives of the MSE by a, w and b, in this order; x and y of shape (n, 1)."""
    error = ...
    da = ...
    dw = ...
    db = ...
    return da, dw, db


# %%
check.parabola_gradient(parabola_gradient)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def parabola_gradient(a, w, b, x, y):
#     """The derivatives of the MSE by a, w and b, in this order; x and y of shape (n, 1)."""
#     error = a * x**2 + w * x + b - y
#     da = (2 * error * x**2).mean()
#     dw = (2 * error * x).mean()
#     db = (2 * error).mean()
#     return da, dw, db
# ```
#
# The model is curved in $x$, but the parameters still only multiply and add. That is why each
# derivative is the error times a column of numbers, and why this is still called a *linear* model.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One step, then a thousand
#
# The gradient points uphill. So go the other way, by a step as long as the gradient times a small
# number, the **learning rate**:
#
# $$w \leftarrow w - \mathrm{lr}\cdot\frac{\partial L}{\partial w}
# \qquad\qquad
# b \leftarrow b - \mathrm{lr}\cdot\frac{\partial L}{\partial b}$$
#
# **Predict.** With a learning rate of 0.1, which of the two moves more? By about how much?

# %% slideshow={"output": "subslide"}
lr = 0.1
print(f"b after one step: {b - lr * db:.8f}   published 0.80119529")
print(f"w after one step: {w - lr * dw:.8f}   published 0.04511107")
print(f"loss: {mse(w, b, x, y):.4f} before, {mse(w - lr * dw, b - lr * db, x, y):.4f} after")


# %% [markdown]
# One pass over all training rows is an **epoch**. Here that is one step, since each step looks at
# all of them. Repeat it, and you have gradient descent. We keep every $(w, b)$ on the way, to see
# the path.


# %%
def gradient(w, b, x, y):
    """The derivatives of the MSE by w and b; x and y of shape (n, 1)."""
    error = w * x + b - y
    return (2 * error * x).mean(), (2 * error).mean()


def descend(w, b, x, y, lr, n_epochs):
    """All (w, b) from the start to the last epoch, as an array of shape (n_epochs + 1, 2)."""
    path = [(w, b)]
    for _ in range(n_epochs):
        dw, db = gradient(w, b, x, y)
        w, b = w - lr * dw, b - lr * db
        path.append((w, b))
    return np.array(path)


# %% slideshow={"output": "subslide"} tags=["cover"]
path = descend(w, b, x, y, lr=0.1, n_epochs=1000)
plots.three_views(x, y, path)
for k in (0, 10, 100, 1000):
    print(f"epoch {k:4}: loss {mse(*path[k], x, y):.6f}")


# %% [markdown]
# Three views of one descent; the same mark is the same epoch. In the first epochs the path drops
# down the steep side of the bowl, and the line jumps up to the height of the points. Then it creeps
# along the flat valley floor, while the line slowly turns. In the loss curve that is the bend near
# epoch 10: a fast fall, then a slow one. (Mind its axes. From 10 epochs on each mark stands for ten
# times the one before, so the second fall, which looks as steep as the first, takes ten times as
# long.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: a hurried step
#
# Someone writes the step in two lines and reuses a name. It looks tidy:


# %%
def hurried_step(w, b, x, y, lr):
    """Not gradient descent: find out why."""
    b = b - lr * (2 * (w * x + b - y)).mean()
    w = w - lr * (2 * (w * x + b - y) * x).mean()
    return w, b


hurried_w, hurried_b = hurried_step(w, b, x, y, lr=0.1)
print(f"b after the hurried step: {hurried_b:.8f}")
print(f"w after the hurried step: {hurried_w:.8f}")


# %% [markdown]
# No error, and $b$ is right. But $w$ is not the 0.04511107 from above: its gradient was taken
# at the *new* $b$, at a place where you were not standing. It still walks downhill, so nothing
# ever tells you; your numbers just never match anyone else's. This is a **silent** bug.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: mend the step


# %% tags=["exercise"]
def step(w, b, x, y, lr):
    """w and b after one step of gradient descent on the MSE."""
    ...
    return ..., ...


# %%
check.step(step)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def step(w, b, x, y, lr):
#     """w and b after one step of gradient descent on the MSE."""
#     error = w * x + b - y
#     dw = (2 * error * x).mean()
#     db = (2 * error).mean()
#     return w - lr * dw, b - lr * db
# ```
#
# First look, then move: both derivatives come from one `error`, taken before anything changed.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Has it converged?
#
# A loss that has stopped falling on your screen says little: it may be creeping. For this problem
# you can know the truth, because the bottom of the bowl is where both derivatives are zero, and
# those are two linear equations. Put $x$ and a column of ones side by side as the **design matrix**
# $A$, here of shape (80, 2). Row $i$ of it is $(x_i, 1)$; multiply its numbers by $w$ and $b$ and
# add up, and you have $w\,x_i + b$. For all rows at once that is the product of the matrix with the
# column of parameters, $A\,(w, b)^\top$ (the $\top$ swaps rows and columns). The $w$ and $b$ at the
# bottom are the **least-squares solution**; `np.linalg.lstsq` finds it.

# %% slideshow={"slide_type": "subslide"}
A = descent.design_matrix(x)  # the column x, and ones
print("A", A.shape)
w_best, b_best = np.linalg.lstsq(A, y)[0].ravel()  # ravel: into one axis, (2, 1) to (2,)
print(f"least squares:  w = {w_best:.8f}  b = {b_best:.8f}")
print(f"1,000 epochs:   w = {path[-1][0]:.8f}  b = {path[-1][1]:.8f}\n")

plots.truth_panel(A, y, fit=path[-1], lr=0.1, names=["w", "b"])  # how far off is the last one?

# %% [markdown] slideshow={"slide_type": "subslide"}
# They agree to six decimals. (How close did your sliders get to the least possible loss?) They are
# not 2 and 1: the noise has moved the best line for *these* points a little off the line that made
# them.
#
# From here on a **truth panel** stands under every fit of this course. It compares the fit with
# the least-squares solution, parameter by parameter. *Converged* means: off by no more than a
# thousandth of the solution. The next section explains the panel's last two lines.
#
# The panel's mathematics also settles the open question. Take a parabola first. Where its slope is
# $g$ and its second derivative, the curvature, is $h$, you stand $g^2 / (2h)$ above its lowest
# point. A bowl has a gradient $g$ of two numbers in place of the slope, and in place of the
# curvature a matrix $H$ of all second derivatives:
#
# $$L = L_\text{min} + \tfrac{1}{2}\, g^\top H^{-1} g
# \qquad\text{with}\qquad H = \tfrac{2}{n}\, A^\top A$$
#
# In code `@` is the matrix product, and `np.linalg.solve(H, g)` is $H^{-1} g$, the division by $H$.
# So take the gradient as the tutorial *published* it:

# %% slideshow={"slide_type": "subslide"}
g = np.array([-1.8337537171510832, -3.044811379650508])  # published: dw, db
H = 2 / len(x) * A.T @ A  # (2, 2)
implied = mse(w_best, b_best, x, y) + g @ np.linalg.solve(H, g) / 2
print(f"loss implied by the published gradient: {implied:.4f}")
print(f"loss as we compute it:                  {mse(w, b, x, y):.4f}")

# %% [markdown]
# The published gradient itself says 2.7422, and 2.7203 cannot be. A printed number is a claim.
# Recompute it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which learning rates work?
#
# Why 0.1? Look at the bowl again. Along its steepest direction it curves most. If a step there
# carries you across the valley and out at the same height on the other side, you will bounce for
# ever; a longer one, and you climb. The curvatures along the two axes of the ellipses are the
# **eigenvalues** $\lambda$ of $H$; `np.linalg.eigvalsh` returns them, the smallest first. Along an
# axis the slope is $\lambda$ times the distance from the bottom. So each step multiplies that
# distance by $1 - \mathrm{lr}\cdot\lambda$. It shrinks as long as this factor is between −1 and 1:
#
# $$\mathrm{lr} < \frac{2}{\lambda_\text{max}}$$
#
# And the flattest axis shrinks slowest. The ratio
# $\kappa = \lambda_\text{max} / \lambda_\text{min}$, the **condition number**, says how uneven
# the two are.
#
# **Predict.** Four descents of 40 epochs, at 0.03, 0.5, 0.95 and 1.04 times this limit. Which one
# ends lowest? Draw the path that you expect for 0.95.

# %% slideshow={"slide_type": "subslide", "output": "subslide"}
flat, steep = np.linalg.eigvalsh(H)
max_lr = 2 / steep
print(f"eigenvalues {flat:.4f} and {steep:.4f}   condition number {steep / flat:.1f}")
print(f"largest stable learning rate {max_lr:.4f}")

lrs = [share * max_lr for share in (0.03, 0.5, 0.95, 1.04)]
paths = [descend(w, b, x, y, lr, n_epochs=40) for lr in lrs]
plots.learning_rates(x, y, paths, lrs)

# %% [markdown] slideshow={"slide_type": "subslide"}
# - **0.03**: safe and slow. The path bends into the valley and has hardly begun to walk along it.
# - **0.5**: the steep direction is gone at once, since there $1 - \mathrm{lr}\cdot\lambda = 0$.
# - **0.95**: each step jumps to the other wall, a bit lower than before. It converges. The
#   zigzag is steep; along the valley it makes the best progress of the three that converge.
# - **1.04**: each step jumps to the other wall, a bit *higher*. The loss grows without end.
#
# Between the third and the fourth lies less than a tenth of the limit. Below the limit descent
# converges, wherever you start. Above it, it explodes, unless you happen to start exactly on the
# valley's axis.
#
# A still picture cannot show who jumps. `animation.play` shows the third path again, step by step. It
# plays once, for four seconds; run the cell again to see it again.

# %% slideshow={"slide_type": "subslide"}
animation.play(plots.one_descent, x, y, paths[2], 40, "lr = 0.95 of the limit")


# %% [markdown] slideshow={"slide_type": "subslide"}
# From wall to wall, and yet the loss falls with every step. From the loss curve alone you would
# never guess how the path swings.
#
# Now move the learning rate yourself. The slider calls `descend_at`, which descends anew from the
# start each time.
#
# **Predict.** Start at half of the limit and go up. Where does the zigzag begin? Which share ends
# lowest after 40 epochs? And what will the loss do at exactly 1?


# %% slideshow={"output": "subslide"}
def descend_at(share_of_limit):
    """Show 40 epochs at this share of the largest stable learning rate."""
    lr = share_of_limit * max_lr
    path = descend(w, b, x, y, lr, n_epochs=40)
    plots.one_descent(x, y, path, 40, f"lr = {lr:.4f} = {share_of_limit:.2f} of the limit")


sliders.move(descend_at, share_of_limit=(0.01, 1.09, 0.5))


# %% [markdown]
# Above 0.5 the factor of the steep direction is negative, so each step changes sides. The lowest
# end lies close below the limit, where the zigzag and the walk along the valley die out equally
# fast. At exactly 1 the zigzag never dies: the factor is −1, and the loss comes to rest far too
# high. (To move something else, write a function that shows one of the pictures, and give
# `sliders.move` the name of its argument with from, to and start.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: the limit of any data set
#
# Write a function that tells the largest stable learning rate for a line over any column $x$.
# (The limit does not depend on $y$. Why not?)


# %% tags=["exercise"]
def largest_stable_lr(x):
    """2 / λmax for the MSE of the line y = w·x + b; x of shape (n, 1)."""
    A = ...
    H = ...
    return ...


# %%
check.largest_stable_lr(largest_stable_lr)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def largest_stable_lr(x):
#     """2 / λmax for the MSE of the line y = w·x + b; x of shape (n, 1)."""
#     A = np.hstack([x, np.ones_like(x)])  # side by side: x, and a 1 for each row
#     H = 2 / len(x) * A.T @ A
#     return 2 / np.linalg.eigvalsh(H)[-1]
# ```
#
# $y$ shifts the bowl and lifts it. Its curvature comes from $A$ alone.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: two small slips in the gradient
#
# A 2 forgotten; a sum where the mean belongs. Two of the most common slips there are, and the
# loop takes both without a word.


# %%
def final_loss(scale, lr=0.1, n_epochs=100):
    """The loss after descending with `scale` times the true gradient."""
    w_slip, b_slip = descend(w, b, x, y, lr * scale, n_epochs)[-1]
    return mse(w_slip, b_slip, x, y)


print(f"right:               {final_loss(1):.4g}")
print(f"the 2 forgotten:     {final_loss(1 / 2):.4g}")
print(f"sum instead of mean: {final_loss(len(x)):.4g}, as with lr {0.1 * len(x):.1f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Both only scale the gradient, so each is the same as another learning rate. Half the gradient
# is half the rate: slower, but it ends in the same place, so nobody notices. The sum over 80 rows
# is 80 times the rate, 8.0 instead of 0.1, far above the limit, and the loss explodes. With a few
# rows it would have been below, and all would have seemed well until the day you got more data.
#
# A **loud** bug is kinder. Compare the training predictions with the validation targets:

# %%
try:
    mse(w, b, x, line.y_val)
except ValueError as error_message:
    print("ValueError:", error_message)


# %% [markdown]
# Read such a message from the right: 80 rows met 20 rows. One of the two is from the other set.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if x had another unit?
#
# Nothing about the points changes if you note $x$ in percent: 0.7713 becomes 77.13. The best line is
# the same line. But the bowl is another one.
#
# A third choice of unit is to **standardise**: subtract the mean of the training column and divide
# by its standard deviation.
#
# **Predict.** Descend on $x$ in percent and on the standardised $x$, each at half of its own
# largest stable rate, for 40 epochs, from $w = b = 0$. Which parameter will have hardly moved for
# $x$ in percent?


# %% slideshow={"output": "subslide"}
def descend_at_half(x):
    """Half of the largest stable rate for this x, and the path of 40 epochs with it."""
    bowl = descent.QuadraticLoss(descent.design_matrix(x), y)  # the MSE's bowl, all known of it
    lr = 0.5 * bowl.max_lr  # the largest stable rate
    return lr, descend(0.0, 0.0, x, y, lr, n_epochs=40)


x_percent, x_standard = 100 * x, (x - x.mean()) / x.std()  # std: standard deviation
print(f"first row: {x[0, 0]:.4f}, or {x_percent[0, 0]:.2f} percent, or {x_standard[0, 0]:.4f}")
lr_percent, path_percent = descend_at_half(x_percent)
lr_standard, path_standard = descend_at_half(x_standard)


# %%
def compare_unit(factor):
    """Compare x, multiplied by a factor, with the standardised x."""
    _, path_scaled = descend_at_half(factor * x)
    plots.feature_scale(factor * x, x_standard, y, path_scaled, path_standard)


sliders.move(compare_unit, factor=([0.5, 1, 2, 5, 10, 20, 50, 100], 100))

# %% slideshow={"slide_type": "subslide"}
A_percent = descent.design_matrix(x_percent)
plots.truth_panel(A_percent, y, path_percent[-1], lr_percent, names=["w", "b"])


# %% [markdown]
# In percent the bowl is a canyon. The steep direction, almost exactly $w$, allows only a tiny
# learning rate, and with that the bias has hardly left its start. (The weight is off as well: it is
# almost the best one for that bias.) The loss curve looks flat, as if it had converged; the panel
# knows better. Standardised, $\kappa = 1$, the bowl is round, and at half of the limit the very
# first step lands at the bottom.
#
# Now move the factor, by which $x$ is multiplied, down from 100. **Predict** first: is there a unit
# in which the bowl is round? There is none. $\kappa$ falls, and on the way from 2 to 1 it rises
# again. Every $x$ is positive, so a larger $w$ lifts the line as a larger $b$ does, in any unit: the
# ellipses stay slanted. Only subtracting the mean mends that.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Must every step see all the data?
#
# The gradient is a mean over 80 rows. The mean over a random few of them points about the same
# way and costs less. Descent with such a sample is **stochastic gradient descent**, SGD
# (stochastic: ruled by chance); the sample is a **mini-batch**.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: cut mini-batches
#
# Write a function that returns a list of pairs `(x_batch, y_batch)`, which together hold every
# row exactly once, in random order. `rng.permutation(n)` shuffles the numbers from 0 to n − 1.


# %% tags=["exercise"]
def minibatches(x, y, batch_size, rng):
    """A list of (x_batch, y_batch) that covers all rows once; the last may be smaller."""
    order = ...
    return ...


# %%
check.minibatches(minibatches)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def minibatches(x, y, batch_size, rng):
#     """A list of (x_batch, y_batch) that covers all rows once; the last may be smaller."""
#     order = rng.permutation(len(x))
#     pieces = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
#     return [(x[piece], y[piece]) for piece in pieces]
# ```
#
# The same piece indexes `x` and `y`, so a row's input and its target stay together.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three batch sizes
#
# **Predict.** All 80 rows, batches of 16, single rows: each gets 20 passes over the data with the
# learning rate 0.1. Who has the lowest loss after the first pass? Who after the last?


# %%
def descend_in_batches(w, b, batch_size, n_passes=20, lr=0.1):
    """All (w, b) of SGD, one row for the start and one for each step."""
    rng = np.random.RandomState(0)
    path = [(w, b)]
    for _ in range(n_passes):
        order = rng.permutation(len(x))
        for i in range(0, len(x), batch_size):
            rows = order[i : i + batch_size]
            dw, db = gradient(w, b, x[rows], y[rows])
            w, b = w - lr * dw, b - lr * db
            path.append((w, b))
    return np.array(path)


# %% slideshow={"output": "subslide"}
batch_paths = {size: descend_in_batches(w, b, size) for size in (80, 16, 1)}
for size, steps in batch_paths.items():
    first, last = mse(*steps[80 // size], x, y), mse(*steps[-1], x, y)
    print(f"batches of {size:2}: loss {first:.4f} after one pass, {last:.5f} after 20")

plots.batch_paths(x, y, batch_paths, n_passes=20)


# %% [markdown] slideshow={"slide_type": "subslide"}
# A pass with small batches takes many steps, so it gets far quickly: in the one pass that the
# full batch needs for a single step, single rows have reached the valley and walked most of it.
# But their path never settles. Each row pulls towards its own noise, and the loss keeps jumping
# above the least possible. That is the bargain of SGD: fast at first, restless at the end.
# [Lesson 07](07_dataset_and_dataloader.ipynb) comes back to it.
#
# **Predict.** Take single rows, and lower the learning rate. Will the path settle then? And what
# does it cost? Move both, and find a pair that is low after one pass *and* after twenty.


# %% slideshow={"output": "subslide"}
def descend_by(batch_size, lr):
    """Show 20 passes with this batch size and this learning rate."""
    steps = descend_in_batches(w, b, batch_size, lr=lr)
    plots.one_descent(x, y, steps, 20, f"batches of {batch_size}, lr = {lr:g}")


rates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
sliders.move(descend_by, batch_size=([1, 2, 4, 8, 16, 40, 80], 4), lr=(rates, 0.1))

# %% [markdown]
# A lower rate calms the path and slows it, and so do larger batches: in both the noise of single
# rows averages out over more of them before $(w, b)$ has gone far. No pair is best in both respects.
# Many trainings therefore begin with a large rate and end with a small one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it hold for points it has not seen?
#
# Every figure so far came from the training rows. The twenty validation rows took no part in
# the fit, so their loss is an honest test.

# %% slideshow={"output": "subslide"}
train_losses = [mse(w_k, b_k, x, y) for w_k, b_k in path]
val_losses = [mse(w_k, b_k, line.x_val, line.y_val) for w_k, b_k in path]
plots.learning_curves(train_losses, val_losses)
drawn = y - (line.truth["w"] * x + line.truth["b"])
print(f"noise squared: {noise**2:.4f} as meant, {(drawn**2).mean():.4f} as drawn for training")

# %% [markdown]
# Both fall together and level out close to each other. A line is too simple to learn the noise
# of single points by heart. The level itself is the noise: the square of its standard deviation was
# meant to be 0.0100 (in these draws it is 0.0082), and no line can predict that away. [Lesson 09](09_what_a_fit_is_worth.ipynb) shows what happens when a model can bend enough to try.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## And the library?
#
# Scikit-learn's `LinearRegression` solves the least-squares equations directly. Three roads, one
# line:

# %% slideshow={"output": "subslide"}
from sklearn.linear_model import LinearRegression

library = LinearRegression().fit(x, y)  # coef_ and intercept_ are its w and b
print("                          w           b")
print(f"gradient descent   {path[-1][0]:.6f}    {path[-1][1]:.6f}")
print(f"least squares      {w_best:.6f}    {b_best:.6f}")
print(f"scikit-learn       {library.coef_[0, 0]:.6f}    {library.intercept_[0]:.6f}")

plots.train_and_validation(x, y, line.x_val, line.y_val, *path[-1])

# %% [markdown]
# Then why descend at all? Because such a formula exists for linear models only. For a network
# walking downhill is the only road, and there no panel tells you the truth. So learn here,
# where it does, what the walk can do to you.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand | in PyTorch |
# |---|---|
# | `w`, `b`: two floats | a tensor that requires grad ([lesson 04](04_raw_autograd_tensors.ipynb)), `nn.Linear` ([06](06_the_linear_layer.ipynb)) |
# | `y_pred = w * x + b` | `model(x)` |
# | `((y_pred - y) ** 2).mean()` | `nn.MSELoss()` |
# | derivatives on paper, `gradient(w, b, x, y)` | `loss.backward()` ([lesson 03](03_build_your_own_autograd.ipynb) and [lesson 04](04_raw_autograd_tensors.ipynb)) |
# | `w, b = w - lr * dw, b - lr * db` | `optimizer.step()` with `torch.optim.SGD` |
# | `order[i : i + batch_size]` | `DataLoader` ([lesson 07](07_dataset_and_dataloader.ipynb)) |
#
# **New words:** parameter, residual, loss, mean squared error, RMSE, gradient, learning rate,
# epoch, design matrix, least squares, eigenvalue, condition number, standardise, mini-batch, SGD.
#
# **New names:** `sliders.move`, `animation.play`, `np.random.RandomState`, `.randn`,
# `descent.design_matrix`, `.ravel`, `np.linalg.lstsq`, `plots.truth_panel`, `.T`,
# `np.linalg.solve`, `np.linalg.eigvalsh`, `np.hstack`, `np.ones_like`, `descent.QuadraticLoss`,
# `.max_lr`, `.std`, `.permutation`, `.fit`, `LinearRegression`, `.coef_`, `.intercept_`.
#
# **Next**, in [lesson 03](03_build_your_own_autograd.ipynb), you build the machine that finds gradients by itself, in a few dozen
# lines.
