# %% [markdown]
# # 01 Gradient descent by hand
#
# You fit a line with NumPy and see every number on the way.
#
# **You will be able to**
#
# - say how wrong a line is, derive the gradient of that, and check your algebra,
# - write gradient descent as a loop of four steps,
# - tell from a printout which mistake such a loop contains,
# - find the best line without a loop.
#
# **Builds on** [lesson 00](00_start_here.ipynb) (arrays and their shapes) and school calculus. **Takes** about 55 minutes, and 30 more with the deeper sections.

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

# %% [markdown]
# ## Why fit a line?
#
# A line through your measurements answers questions about times at which you took none.
#
# A tank fills with water. For an hour you read its height a hundred times, and waves make every
# reading a little wrong. How fast does the water rise? How high was it at half past?
#
# Eighty readings are yours. Twenty are sealed in an envelope until
# [lesson 10](10_what_a_fit_is_worth.ipynb#What-is-in-the-envelope?), to judge your line on points it has never seen. (A
# computer made them all: it hid a line and added waves.)

# %%
import numpy as np

from course_utils import data, plots, sliders
from course_utils.checks import gradient_descent as check

tank = data.noisy_line()
x, y = tank.x_train, tank.y_train  # times in hours, heights in metres
print("x", x.shape, " y", y.shape, " row 0:", x[0], y[0])

plots.readings(x, y)

# %% [markdown] tags=["slide"]
# A tank fills, and waves disturb each reading. How fast does the water rise? How high was it at half past?

# %% [markdown]
# ## How wrong is a line?
#
# One number says how wrong a line is, and fitting means making that number small.
#
# A line is a **model** with two **parameters**: its **weight** $w$ says how steeply it rises, and
# its **bias** $b$ says how high it is at $x = 0$. For row $i$ of the data it predicts
#
# $$\hat y_i = w\,x_i + b$$
#
# Start with two random values. Seed 42 makes them the same on every computer. Data and seed are
# from a tutorial (Daniel Voigt Godoy's *Understanding PyTorch with an example*), whose printed
# numbers will check ours. First, one reading:

# %% [markdown] tags=["slide"]
# A line is a **model** with two **parameters**: its **weight** $w$, how steeply it rises, and its **bias** $b$, its height at $x = 0$. We begin at random, $w = -0.1383$ and $b = 0.4967$. For row $i$, one reading, the line predicts:

# %%
stream = np.random.RandomState(42)  # the tutorial's; today's way: default_rng
b = stream.randn()  # a random number, most often between -1 and 1
w = stream.randn()
print(f"w = {w:.4f}   b = {b:.4f}")

plots.one_residual(x, y, w, b, row=0)

# %% [markdown] tags=["slide"]
# The arrow is the **residual** of row 0. For row $i$ it is $e_i = \hat y_i - y_i$, the prediction (`y_pred`) minus the **target**, the reading: negative where the line is too low.

# %% [markdown]
# The arrow is the **residual** of this row: the prediction minus the **target**, which is the
# reading. So $e_i = \hat y_i - y_i$, negative where the line is too low. (Statistics often takes
# the opposite sign.)
#
# Square all 80 residuals and take the mean. This **mean squared error**, MSE, is our **loss**, the
# number to make small:
#
# $$L(w, b) = \frac{1}{n}\sum_{i=1}^{n} (w\,x_i + b - y_i)^2 \qquad n = 80$$
#
# Squares cannot cancel; arrows up and down would.
#
# Fit the line yourself with the sliders of $w$ and $b$ (drag, or use the arrow keys). Write down
# the smallest MSE you reach.


# %%
def mse(w, b, x, y):
    """The MSE of the line y = w·x + b; x and y of shape (n, 1)."""
    y_pred = w * x + b  # (n, 1)
    return ((y_pred - y) ** 2).mean()


print(f"MSE: {mse(w, b, x, y):.4f}   its root: {mse(w, b, x, y) ** 0.5:.4f}")
# Each slider: from, to, start.
sliders.move(plots.residuals, x, y, w=(-0.5, 3.0, w), b=(0.0, 3.0, b))

# %% [markdown] tags=["slide"]
# The mean of all $n = 80$ squared residuals, the **mean squared error** (MSE), is the **loss** $L(w, b) = \frac{1}{n}\sum_i e_i^2$. Move $w$ and $b$: how small can you make it?

# %% [markdown]
# The root of the MSE, the **RMSE** (root mean squared error), is a typical error in the unit of
# $y$: here 1.66 metres.

# %% [markdown]
# ## What is the best height?
#
# Two numbers at once are hard, so begin with one: $w$ stays, and only $b$ moves.
#
# Each row adds a square, $(b + \text{something})^2$. That is a parabola in $b$, and the mean of
# parabolas is a parabola, too.
#
# > **Predict.** At which $b$ is the loss smallest? Look at the points again, and type a number.

# %% [markdown] tags=["slide"]
# Two numbers at once are hard, so begin with one. $w$ stays at −0.1383, an almost flat line; $b$ lifts it.
#
# > **Predict.** At which $b$ is the loss smallest? The readings run from 0.9985 to 3.052 m. Write a number.

# %%
my_prediction = ...  # your number
plots.loss_by_bias(x, y, w, b, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# It is smallest at 2.02. A flat line fits best at the mean height of the readings, and this one is
# almost flat.
#
# </details>
#
# Here you see the whole curve. With millions of parameters nobody can: you stand in fog, and know
# only the loss and the slope under your feet.
#
# If $b$ grows a little, every residual $e_i$ grows by as much. By the chain rule, $e_i^2$ changes
# $2\,e_i$ times as fast, and the loss is the mean of these squares:
#
# $$\frac{dL}{db} = \frac{1}{n}\sum_{i} 2\,e_i$$
#
# If this slope is negative, the loss falls as $b$ grows. So step *against* the slope, by the slope
# times a factor: the **learning rate**, lr, for now a guess, 0.1. Take ten such steps:
#
# $$b \leftarrow b - \mathrm{lr}\cdot\frac{dL}{db}$$

# %% [markdown] tags=["slide"]
# At 2.02, close to the mean height of the readings, since the line is almost flat. And the slope? $e_i$ grows as fast as $b$, so by the chain rule $e_i^2$ changes $2\,e_i$ times as fast:
#
# $$\frac{dL}{db} = \frac{1}{n}\sum_i 2\,e_i$$

# %%
lr = 0.1
bias = b  # so b itself stays at its start
biases = [bias]
for step in range(10):
    error = w * x + bias - y  # (80, 1)
    slope = (2 * error).mean()
    bias = bias - lr * slope
    biases.append(bias)

print(f"where the slope is 0: b = {(y - w * x).mean():.4f}")
plots.steps_downhill(x, y, w, biases)

# %% [markdown] tags=["slide"]
# Each arrow at the bottom is a step against the slope, by the slope times the **learning rate**, lr = 0.1. (The triangle only shows the slope.) The flatter, the shorter:
#
# $$b \leftarrow b - \mathrm{lr}\cdot\frac{dL}{db}$$

# %% [markdown]
# The steps get shorter: the lower you are, the flatter the parabola.
#
# At the lowest point the slope is zero. So the mean of $w\,x_i + b - y_i$ is zero there, and $b$ is
# the mean of $y_i - w\,x_i$.

# %% [markdown]
# ## What if both numbers move?
#
# With two numbers, the curve becomes a bowl.
#
# Each line is a point $(w, b)$, and above it is its loss. The next picture shows the bowl from the
# side, and from above, with curves of equal loss, as on a hiking map.

# %% [markdown] tags=["slide"]
# Each line is a point $(w, b)$, and over it lies its loss: the curve becomes a bowl.
#
# > Is the bowl round, or long and narrow?

# %%
plots.loss_surface(x, y, w, b)

# %% [markdown]
# The bowl is long and narrow: steep across, and almost flat along its floor. A line that is a little
# too steep is almost as good, if its $b$ is smaller.
#
# Move one number while the other stays. If $w$ grows a little, the
# residual $w\,x_i + b - y_i$ changes by $x_i$ times as much:
#
# $$\frac{\partial L}{\partial w} = \frac{1}{n}\sum_i 2\,e_i\,x_i
# \qquad\qquad
# \frac{\partial L}{\partial b} = \frac{1}{n}\sum_i 2\,e_i$$
#
# Such a slope is a **partial derivative**; the round $\partial$ says that the other number stays.
# Both together are the **gradient**.

# %% [markdown] tags=["slide"]
# Long, narrow and slanted; the numbers are losses. Let one number move, and the other stay ($\partial$): $e_i$ grows $x_i$ times as fast as $w$. These **partial derivatives** are the **gradient**:
#
# $$\frac{\partial L}{\partial w} = \frac{1}{n}\sum_i 2\,e_i\,x_i
# \qquad\qquad
# \frac{\partial L}{\partial b} = \frac{1}{n}\sum_i 2\,e_i$$

# %% [markdown]
# ## Can you trust your algebra?
#
# A derivative says what a tiny change does, so make a tiny change and look.
#
# Take $w$ a little larger and a little smaller, by $h = 0.001$, and divide the change of the loss
# by the distance between the two. If this **central difference** agrees with the formula at a
# random point, you may trust the formula:
#
# $$\frac{L(w+h,\, b) - L(w-h,\, b)}{2h}$$

# %% [markdown] tags=["slide"]
# At the start, make a tiny change of $w$, $h = 0.001$ to both sides. Is this **central difference** the $\frac{\partial L}{\partial w}$ of our formula, `dw`?

# %% tags=["printed"]
error = w * x + b - y  # (80, 1)
dw = (2 * error * x).mean()  # the formulas
db = (2 * error).mean()

h = 0.001
dw_seen = (mse(w + h, b, x, y) - mse(w - h, b, x, y)) / (2 * h)
db_seen = (mse(w, b + h, x, y) - mse(w, b - h, x, y)) / (2 * h)
print(f"dw: formula {dw:.6f}   difference {dw_seen:.6f}")
print(f"db: formula {db:.6f}   difference {db_seen:.6f}")

# %% [markdown] tags=["slide"]
# Both agree, and so for $b$: trust the formulas.

# %% [markdown]
# ### Exercise 1 (write): the best weight
#
# Suppose you know $b$: how high the water was at the beginning. Find the best $w$ for it, as we
# found the best $b$ for a given $w$: set $\partial L/\partial w$ to zero and solve on paper.


# %% tags=["exercise", "write"]
def best_weight(b, x, y):
    """The w with the smallest MSE for a given b; x and y of shape (n, 1)."""
    return ...


# %%
check.best_weight(best_weight)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def best_weight(b, x, y):
#     """The w with the smallest MSE for a given b; x and y of shape (n, 1)."""
#     return (x * (y - b)).mean() / (x**2).mean()
# ```
#
# The mean of $2\,(w\,x_i + b - y_i)\,x_i$ is zero. Drop the 2 and rearrange: $w$ times the mean of
# $x_i^2$ equals the mean of $x_i\,(y_i - b)$.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: how small may h be?
#
# A tiny change should be as tiny as possible, or should it?
#
# The **forward difference**, $(L(w+h, b) - L(w, b))\,/\,h$, looks on one side only. Compare it
# with the central one, for $h$ from $10^{-2}$ down to $10^{-15}$.
#
# > **Predict.** For which $h$ is the forward difference closest to the derivative: $10^{-3}$,
# > $10^{-7}$ or $10^{-15}$?

# %% tags=["deeper"]
hs = [10.0**-k for k in range(2, 16)]  # 0.01, 0.001, ...
forward, central = [], []
for h in hs:
    here, up, down = mse(w, b, x, y), mse(w + h, b, x, y), mse(w - h, b, x, y)
    forward.append(abs((up - here) / h - dw))
    central.append(abs((up - down) / (2 * h) - dw))

plots.difference_errors(hs, forward, central)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# At $10^{-7}$. At $10^{-15}$ hardly a digit is right.
#
# </details>
#
# Two errors compete. Go from right to left in the picture: at first the error of the forward
# difference shrinks in proportion to $h$, because a tangent fits better on a shorter piece. Then
# **cancellation** takes over. A float64 keeps about 16 digits. If two losses agree in all but the
# last two of them, their difference has only these two left, and dividing by a tiny $h$ does not
# bring the others back.
#
# On a parabola the central difference has only the second error, since the slopes on both sides
# average to the slope in the middle. So here a large $h$ is best. For other functions its first
# error shrinks with $h^2$, and something like $10^{-5}$ is a good choice.

# %% [markdown]
# ## How does one step become a thousand?
#
# Step against both partial derivatives, look again, and repeat: that is **gradient descent**.
#
# $$w \leftarrow w - \mathrm{lr}\cdot\frac{\partial L}{\partial w}
# \qquad\qquad
# b \leftarrow b - \mathrm{lr}\cdot\frac{\partial L}{\partial b}$$
#
# One pass over all rows is an **epoch**, here one step. This loop, with its numbers, comes back in
# later lessons. First a single epoch, beside what the tutorial printed (*published*):

# %% [markdown] tags=["slide"]
# Step against both partial derivatives, by the learning rate lr times each, look again, and repeat: that is **gradient descent**. One pass over all rows is an **epoch**, here one step.


# %% tags=["code"]
def descend(w, b, x, y, lr, n_epochs):
    """path[k] is (w, b) after k epochs, losses[k] the loss there."""
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


path, losses = descend(w, b, x, y, lr=0.1, n_epochs=1)
print("                published             ours")
print(f"start w        -0.1382643            {w:.7f}")
print(f"start b         0.49671415            {b:.8f}")
print(f"loss            2.720278897826747     {losses[0]:.12f}")
print(f"dw             -1.8337537171510832   {dw:.12f}")
print(f"db             -3.044811379650508    {db:.12f}")
print(f"w after a step  0.04511107            {path[1, 0]:.8f}")
print(f"b after a step  0.80119529            {path[1, 1]:.8f}")

# %% [markdown] tags=["slide"]
# One epoch leads to $w = 0.0451$, $b = 0.8012$. Which of the four steps holds your algebra? Why has `losses` one entry fewer than `path`?

# %% [markdown]
# Six of seven agree. The loss does not, but no other number here needs it, and a deeper section of
# [lesson 02](02_how_far_to_step.ipynb#Deeper:-can-a-gradient-expose-a-misprint?) proves that ours is right. A printed number is a claim:
# recompute it.
#
# Now a thousand epochs.
#
# > **Predict.** After which epoch is the loss at most 1% above where it ends? Type your number.

# %% [markdown] tags=["slide"]
# Now a thousand epochs, each a step over all rows, with lr = 0.1.

# %% tags=["cover"]
my_prediction = ...  # your number
path, losses = descend(w, b, x, y, lr=0.1, n_epochs=1000)
for k in (0, 1, 10, 100):
    print(f"after {k:3} epochs: loss {losses[k]:.6f}")

plots.whole_run(x, y, path, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# After epoch 258. The first 10 epochs bring the loss from 2.7422 to 0.1657. But then the ground is
# almost flat, and a small slope makes a small step.
#
# </details>
#
# Three views of one run; the same mark is the same epoch. First the path crosses the steep side of
# the bowl, and the line jumps up to the points. (Downhill is not down the page.) Then it creeps
# along the flat floor, and the line slowly turns.

# %% [markdown] tags=["slide"]
# Epoch 258. By epoch 10 the loss is 0.1657; then the ground is almost flat, and steps are small. Equal marks are one epoch. On the loss axis, each label is ten times the next lower.

# %% [markdown]
# ### Break it: a plus for the minus
#
# With `+` for `-` in step 4 you walk uphill, as with a negative learning rate:

# %%
uphill, uphill_losses = descend(w, b, x, y, lr=-0.1, n_epochs=101)
for k in (0, 1, 10, 100):
    print(f"after {k:3} epochs: loss {uphill_losses[k]:.4g}")

# %% [markdown] tags=["slide"]
# The higher you are, the steeper the bowl, and the longer the step.

# %% [markdown]
# ### Exercise 2 (diagnose): which mistake?
#
# Python says nothing; only the numbers tell you:
#
# ```text
# runs A, B, C have one mistake each; all take lr = 0.1
# and start at w = -0.138, b = 0.497
#         after 1 epoch   after 2 epochs       after 100 epochs
#           w      b         w      b         w       b       loss
# right   0.045  0.801     0.188  1.027     1.651   1.186     0.018
# run A   0.045  0.801     0.228  1.106    18.199  30.945  1437.676
# run B   0.166  0.801     0.381  1.016     0.896   1.531     0.116
# run C  -0.047  0.649     0.035  0.782     1.286   1.372     0.052
# ```
#
# 1. The update adds instead of subtracting.
# 2. The gradients are computed only once, before the loop.
# 3. The 2 is missing in both gradients.
# 4. The factor `x` is missing in `dw`.
# 5. Both gradients are sums over the rows, not means.
#
# Which mistake is in which run? Compare the first step, then the second.

# %% tags=["exercise", "diagnose"]
run_a, run_b, run_c = ..., ..., ...  # for each, a number from 1 to 5

# %%
check.which_mistake(run_a, run_b, run_c)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# run_a, run_b, run_c = 2, 4, 3
# ```
#
# - **Run A**: the second step is exactly as long as the first, although the slope has become
#   flatter. So the gradients are the old ones.
# - **Run B**: $w$ and $b$ move by the same amount, so both use the same formula. The loss falls
#   nicely, and ends far too high.
# - **Run C**: the first step is half as long as the right one. It only takes longer, so hardly
#   anyone notices.
#
# </details>


# %% [markdown] tags=["deeper"]
# ### Deeper: break it: a hurried step
#
# Someone writes step 4 in two lines and uses the new $b$ for the gradient of $w$. It looks tidy:


# %% tags=["deeper"]
def hurried_step(w, b, x, y, lr):
    """Not the gradient descent that you meant: find out why."""
    b = b - lr * (2 * (w * x + b - y)).mean()
    w = w - lr * (2 * (w * x + b - y) * x).mean()
    return w, b


hurried_w, hurried_b = hurried_step(w, b, x, y, lr=0.1)
print(f"after 1 step:      w = {hurried_w:.8f}  b = {hurried_b:.8f}")
for epoch in range(999):
    hurried_w, hurried_b = hurried_step(hurried_w, hurried_b, x, y, lr=0.1)
print(f"after 1,000 steps: w = {hurried_w:.6f}    b = {hurried_b:.6f}")

# %% [markdown] tags=["deeper"]
# No error, and after one step $b$ is right. But $w$ is not 0.04511107: its gradient was taken at
# the *new* $b$, where you were not standing. On the way, your numbers agree with nobody else's. At
# the end, with this learning rate, they do, because at the bottom both derivatives are zero for
# either loop. So the final result does not reveal the mistake: a silent bug.
#
# (Updating one parameter after the other is a method of its own, and a good one. It is a bug only
# where you meant gradient descent.)

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (fix): the hurried step
#
# Write it again, so that both gradients see the same $w$ and $b$. (Do not call `descend`.)


# %% tags=["deeper", "exercise", "mend"]
def step(w, b, x, y, lr):
    """w and b after one step of gradient descent on the MSE."""
    ...
    return ..., ...


# %% tags=["deeper"]
check.step(step)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def step(w, b, x, y, lr):
#     """w and b after one step of gradient descent on the MSE."""
#     error = w * x + b - y
#     step_w = lr * (2 * error * x).mean()
#     step_b = lr * (2 * error).mean()
#     return w - step_w, b - step_b
# ```
#
# First look, then move: both gradients come from one error, of the old $w$ and $b$.
#
# </details>

# %% [markdown] tags=["deeper"]
# ### Deeper: break it: a 2 forgotten, a sum for the mean
#
# Both mistakes only scale the gradient, so each is the same as a different learning rate.

# %% tags=["deeper"]
for mistake, factor in (("none", 1), ("2 forgotten", 0.5), ("sum", 80)):
    _, scaled = descend(w, b, x, y, lr=0.1 * factor, n_epochs=101)
    print(f"{mistake:12} lr = {0.1 * factor:4}: loss {scaled[100]:.4g}")
_, four = descend(w, b, x[:4], y[:4], lr=0.1 * 4, n_epochs=101)
print(f"sum over only 4 rows:  loss {four[0]:.4f}, then {four[100]:.4f}")

# %% [markdown] tags=["deeper"]
# Half the gradient is half the rate: slower, but it ends in the same place, and nobody notices.
# The sum over 80 rows is 80 times the rate, and the loss explodes. With 4 rows the same mistake
# only makes the rate larger, and the loss still falls. All seems well until the day you get more data.

# %% [markdown]
# ## Is this the best line?
#
# At the lowest point of the bowl, and only there, both derivatives are zero. Solve the second for
# $b$, put that into the first, and you have the best line without a loop. (You need readings at two
# different times, at least.) A bar stands for a mean:
#
# $$w = \frac{\text{mean of } (x_i - \bar x)(y_i - \bar y)}{\text{mean of } (x_i - \bar x)^2}
# \qquad\qquad
# b = \bar y - w\,\bar x$$
#
# This is the line of **least squares**: no line has a smaller mean of squares. The library
# scikit-learn finds it, too, and is our referee.

# %% [markdown] tags=["slide"]
# At the lowest point of the bowl both derivatives are zero. The second gives $b$; put into the first, it gives $w$: the line of **least squares**, without a loop (a bar stands for a mean).

# %%
from sklearn.linear_model import LinearRegression

x_away, y_away = x - x.mean(), y - y.mean()
w_best = (x_away * y_away).mean() / (x_away**2).mean()
b_best = y.mean() - w_best * x.mean()
fit = LinearRegression().fit(x, y)  # .coef_ is w, .intercept_ is b

print(f"1,000 epochs   w = {path[-1, 0]:.6f}   b = {path[-1, 1]:.6f}")
print(f"formula        w = {w_best:.6f}   b = {b_best:.6f}")
print(f"scikit-learn   w = {fit.coef_[0, 0]:.6f}   b = {fit.intercept_[0]:.6f}")
print(f"smallest MSE   {mse(w_best, b_best, x, y):.6f}")
print(f"hidden line    w = {tank.truth['w']}        b = {tank.truth['b']}")
plots.readings(x, y, w_best, b_best, at=0.5)

# %% [markdown] tags=["slide"]
# | | $w$ | $b$ |
# |---|---|---|
# | 1,000 epochs | 1.9690 | 1.0235 |
# | formula | 1.9690 | 1.0235 |
# | scikit-learn | 1.9690 | 1.0235 |
# | hidden line | 2 | 1 |
#
# The water rises 1.969 m in an hour; at half past it was 2.008 m high. The hidden line made the data.

# %% [markdown]
# Three ways, one line: the water rises 1.969 m in an hour, and at half past it was 2.008 m high. The
# two readings just before are a tenth of a metre below the hidden line; yours is off by a
# hundredth.
#
# Then why walk? Few models have such a formula, and the networks of later lessons have none. Learn
# to walk here, where you know the goal.

# %% [markdown] tags=["deeper"]
# ### Deeper: where does the formula come from?
#
# From the two zeros. $\partial L/\partial b = 0$ says that the mean residual is zero, so
# $b = \bar y - w\,\bar x$. Put that into $e_i = w\,x_i + b - y_i$:
#
# $$e_i = w\,(x_i - \bar x) - (y_i - \bar y)$$
#
# $\partial L/\partial w = 0$ says that the mean of $e_i\,x_i$ is zero. The mean of $e_i\,\bar x$ is
# zero, too, since the mean residual is. So the mean of $e_i\,(x_i - \bar x)$ is zero. Put $e_i$ in
# and solve for $w$.

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 4 (transfer): bend the line
#
# Give the line a bend: $\hat y_i = a\,x_i^2 + w\,x_i + b$. The loss stays the mean squared error.
# Derive its three partial derivatives on paper, then write them down.


# %% tags=["deeper", "exercise", "transfer"]
def parabola_gradient(a, w, b, x, y):
    """The derivatives of the MSE by a, w and b; x and y of shape (n, 1)."""
    error = ...
    return ..., ..., ...


# %% tags=["deeper"]
check.parabola_gradient(parabola_gradient)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def parabola_gradient(a, w, b, x, y):
#     """The derivatives of the MSE by a, w and b; x and y of shape (n, 1)."""
#     error = a * x**2 + w * x + b - y
#     da = (2 * error * x**2).mean()
#     return da, (2 * error * x).mean(), (2 * error).mean()
# ```
#
# The curve bends in $x$, but each parameter is still only multiplied and added. So each
# derivative is the mean of 2 times the error times what stands beside that parameter.
#
# </details>

# %% [markdown]
# ## Three questions
#
# **Why the mean of the squares, and not of the residuals themselves?**
#
# <details><summary>Answer</summary>
#
# Residuals of both signs cancel: a line too low on the left and too high on the right can have a
# mean residual of zero.
#
# </details>
#
# **While $w$ stays, the slope along $b$ is −3.0448. Why step right, and why not by 3.0448?**
#
# <details><summary>Answer</summary>
#
# The loss falls as $b$ grows, so right. But the slope holds only where you stand: on this parabola
# it is twice the distance to the lowest point.
#
# </details>
#
# **The loss has hardly changed for twenty epochs. Have you arrived?**
#
# <details><summary>Answer</summary>
#
# Not for sure. With a small learning rate the loss falls slowly even far from the best line.
#
# </details>

# %% [markdown]
# ## Recap
#
# | by hand | later, in PyTorch |
# |---|---|
# | `w`, `b` | `nn.Linear` ([lesson 06](06_the_linear_layer.ipynb#What-is-in-a-linear-layer?)) |
# | `y_pred = w * x + b` | `y_pred = model(x)` |
# | `(error**2).mean()` | `nn.MSELoss()(y_pred, y)` |
# | `dw`, `db` on paper | `optimizer.zero_grad()`, `loss.backward()` ([lesson 03](03_build_your_own_autograd.ipynb#Does-PyTorch-give-the-same-numbers?)) |
# | `w, b = w - lr * dw, b - lr * db` | `optimizer.step()`, SGD |
#
# **New words:** model, parameter, weight, bias, residual, target, mean squared error, loss, RMSE,
# learning rate, partial derivative, gradient, central difference, gradient descent, epoch,
# least squares.
#
# **New names:** `np.random.RandomState`, `.randn`, `sliders.move`, `LinearRegression`, `.fit`,
# `.coef_`, `.intercept_`.
#
# **New words, deeper:** forward difference, cancellation.
#
# **Next**, in [lesson 02](02_how_far_to_step.ipynb), you choose a learning rate before you run anything.
#
# Back to [lesson 00](00_start_here.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
