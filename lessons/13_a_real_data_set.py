# %% [markdown]
# # 13 A real data set
#
# Real patients, and an answer you would put your name under. On the way, a mistake that got into
# print.
#
# **You will be able to**
#
# - set a baseline, and score a model with R²,
# - tell a gain from luck,
# - read a table with blanks and words,
# - see where a leak can hide.
#
# **Builds on** [lesson 09](09_better_roads.ipynb) (Adam),
# [lesson 10](10_what_a_fit_is_worth.ipynb) (early stopping),
# [lesson 11](11_a_network_that_bends.ipynb) and
# [lesson 12](12_where_the_time_goes.ipynb). **Takes** about 50 minutes, and 35 more with the deeper sections.

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
import copy
import csv
import io

import numpy as np
import torch
from sklearn.linear_model import LinearRegression
from torch import nn
from torch.nn import functional as F

from course_utils import data, descent, plots
from course_utils.checks import real_data as check

torch.set_num_threads(1)  # one core: such small tensors gain from no second

# %% [markdown]
# ## What is the question?
#
# From ten measurements of a patient with diabetes, can you tell how far the disease goes in a
# year, and **to within how much**? 442 patients were measured and followed. (scikit-learn, from
# which the data come, gives no unit; we say *points*.)
#
# **Split before you look.** What you see changes what you try, so rows you have seen can't
# judge fairly. We need training, validation and test rows
# ([lesson 10](10_what_a_fit_is_worth.ipynb#Which-number-may-you-report?)).

# %%
table = data.diabetes()
x, y = table.x, table.y  # NumPy, float64, (442, 10) and (442, 1)


def split(seed):
    """The row numbers of the training, validation and test rows."""
    order = np.random.RandomState(seed).permutation(442)
    return order[:266], order[266:354], order[354:]


train, val, test = split(seed=0)
plots.ten_inputs(x[train], y[train], table.x_names, "points")

# %% [markdown] tags=["slide"]
# A dot is a training row. Some clouds rise (`bmi`, `s5`). All are wide.

# %% [markdown]
# Some clouds rise (`bmi`, `s5`). All are wide.
#
# ## What does a model have to beat?
#
# The **baseline** uses no input: it predicts the mean of the training targets for everyone. A
# model that doesn't beat it is of no use as it is.
#
# RMSE, the root of the MSE, has the unit of the targets. **R²** compares the error with their
# spread (the variance is the standard deviation squared):
#
# $$R^2 = 1 - \frac{\text{MSE}}{\text{variance of the targets on the same rows}}$$
#
# At 1, each prediction is right. Below 0, the mean of these targets would be better.
#
# > **Predict.** What is R² of the baseline on the training rows, and on the validation rows?

# %% [markdown] tags=["slide"]
# The **baseline** predicts the mean of the training targets for everyone. **RMSE** is the root of the
# MSE, in points.


# %%
def rmse(residuals):
    """The root of the mean squared residual."""
    return ((residuals**2).mean() ** 0.5).item()


def r2(residuals, targets):
    """1 for right predictions, 0 for the mean of these targets."""
    return 1 - rmse(residuals) ** 2 / targets.std() ** 2


for name, rows in (("training", train), ("validation", val)):
    residuals = y[train].mean() - y[rows]  # prediction minus target
    score = r2(residuals, y[rows])
    print(f"{name:10} {rmse(residuals):.2f} points, R² = {score:.4f}")

# %% [markdown]
# <details><summary>What you should see</summary>
#
# Zero on the training rows; on the others a little below, since their own mean is different.
#
# </details>
#
# Just taking other rows moves the error by two points. Remember that when two models differ by
# one.
#
# ## How far does a line get?
#
# Fit the linear model first, a line with ten inputs: its exact answer is known.
# Inputs and targets are standardised by the **training rows**; the others get the same scale.

# %% [markdown] tags=["slide"]
# First the linear model, a line with ten inputs: your loop, and scikit-learn's exact answer.


# %%
def standardised(values, part):
    """The values on the scale of `part`, whose mean becomes 0 and std 1."""
    return (values - part.mean(axis=0)) / part.std(axis=0)


def on_scale_of(rows):
    """Inputs and targets, standardised by these rows, as tensors."""
    return [torch.from_numpy(standardised(v, v[rows])) for v in (x, y)]


def library_line(rows):
    """scikit-learn's line, fitted to these rows: residuals of all rows."""
    fit = LinearRegression().fit(x[rows], y[rows])  # arrays, not tensors
    return x @ fit.coef_.T + fit.intercept_ - y


# %%
X, Y = on_scale_of(train)
unit = y[train].std()  # a standard deviation has so many points
torch.manual_seed(0)
line = nn.Linear(10, 1, dtype=torch.float64)  # 0 start
optimizer = torch.optim.SGD(line.parameters(), lr=0.2, momentum=0.9)
for epoch in range(300):
    y_pred = line(X[train])  # 1 predict
    loss = F.mse_loss(y_pred, Y[train])  # 2 loss
    optimizer.zero_grad()  # 3 gradients
    loss.backward()
    optimizer.step()  # 4 update

line_residuals = (line(X) - Y) * unit  # of all rows, in points
library_residuals = library_line(train)
for name, rows in (("training", train), ("validation", val)):
    print(f"{name:10}  {rmse(line_residuals[rows]):.2f} points", end="")
    print(f"  scikit-learn {rmse(library_residuals[rows]):.2f}", end="")
    print(f"  R² = {r2(line_residuals[rows], y[rows]):.2f}")

# %% [markdown]
# 54 points on the validation rows: a network has to beat that.
#
# ## Does a network do better?
#
# Take [lesson 11](11_a_network_that_bends.ipynb#How-do-you-write-a-network?)'s network, with 193 parameters for 266 rows,
# and stop it early ([lesson 10](10_what_a_fit_is_worth.ipynb#When-do-you-stop?)): keep the best epoch on the
# validation rows, with a patience of 15.


# %%
def train_network(X, Y, train, val, seed, patience=15):
    """A network at its best epoch on the validation rows, and that epoch."""
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1))
    network = network.double()  # 0 start
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    rng, best = np.random.RandomState(seed), float("inf")
    for epoch in range(200):
        val_loss = F.mse_loss(network(X[val]), Y[val]).item()
        if val_loss < best:
            best, best_epoch = val_loss, epoch
            state = copy.deepcopy(network.state_dict())
        if epoch - best_epoch == patience:
            break
        order = rng.permutation(train)
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]  # a batch
            y_pred = network(X[rows])  # 1 predict
            loss = F.mse_loss(y_pred, Y[rows])  # 2 loss
            optimizer.zero_grad()  # 3 gradients
            loss.backward()
            optimizer.step()  # 4 update
    network.load_state_dict(state)  # back to the best epoch
    return network, best_epoch


network, best_epoch = train_network(X, Y, train, val, seed=0)
network_residuals = (network(X) - Y) * unit
size = sum(p.numel() for p in network.parameters())
print(f"{size} parameters; best epoch {best_epoch}: ", end="")
print(f"{rmse(network_residuals[val]):.2f} points on the validation rows")

# %% [markdown]
# Now the test rows may judge, once.

# %% tags=["printed"]
for name, residuals in (
    ("baseline", y[train].mean() - y[test]),
    ("line", line_residuals[test]),
    ("network", network_residuals[test]),
):
    print(f"{name:8}  {rmse(residuals):.2f} points", end="")
    print(f"  R² = {r2(residuals, y[test]):.2f}")

# %% [markdown] tags=["slide"]
# The network leads by more than a point. Many reports end here.

# %%
plots.residuals_by_prediction(network_residuals[test], y[test], "points")

# %% [markdown] tags=["slide"]
# A dot is a test row: two of three of the network's residuals are within one RMSE.

# %% [markdown]
# The network leads by more than a point, and two of three of its residuals are within one RMSE.
# Many reports end here.
#
# ## Is it a gain or is it luck?
#
# Repeat *everything* with eight seeds. Some test rows are hard for every model, so subtract on
# the same rows, network minus line: $n = 8$ **paired differences** $d_1, \dots, d_n$. Their
# mean $\bar d$, with its sign turned, is the network's gain.
#
# Other splits would give another mean. How much does it scatter? In a mean, luck partly
# cancels: a mean of four independent values scatters half as much as one value, a mean of $n$
# only $1/\sqrt n$ as much. This scatter of the mean is the **standard error**.
#
# $$s = \sqrt{\frac{(d_1 - \bar d)^2 + \dots + (d_n - \bar d)^2}{n - 1}}
# \qquad\qquad \text{standard error} = \frac{s}{\sqrt n}$$
#
# $s$ is the standard deviation, with $n - 1$ because $\bar d$ comes from the same $n$ numbers.
# A gain below two standard errors may well be luck. (The mean of eight random numbers
# around zero is more than two away from it about once in twelve times.)
#
# > **Predict.** What is the mean of the eight differences? (Negative: network ahead.)

# %% [markdown] tags=["slide"]
# Repeat *everything* on eight splits; $d$ is the network's test RMSE minus the line's. The
# **standard error** says how much their mean scatters:


# %%
my_prediction = ...  # your number


def experiment(seed):
    """The test RMSEs of baseline, line and network on a split of its own."""
    train, val, test = split(seed)
    X, Y = on_scale_of(train)
    network, _ = train_network(X, Y, train, val, seed)
    by_mean, by_line = y[train].mean() - y[test], library_line(train)[test]
    by_network = (network(X[test]) - Y[test]) * y[train].std()
    return [rmse(residuals) for residuals in (by_mean, by_line, by_network)]


scores = np.array([experiment(seed) for seed in range(8)])  # (8, 3)
plots.paired_gain(*scores.T, "points", prediction=my_prediction)

# %% [markdown] tags=["slide"]
# −0.55, with a standard error of 0.45. Six of eight splits say 'network', but the band holds zero: it
# may be luck. On sixty splits, nothing of it is left.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# −0.55, with a standard error of 0.45.
#
# </details>
#
# Six of eight splits say 'network', but the band holds zero: it may be luck. On sixty,
# `range(60)`, nothing of it is left: the line leads by a tenth of a point, with a standard
# error of two tenths. (Splits share rows: the true standard errors are larger, perhaps several
# times.)
#
# ## Can noise predict noise?
#
# Someone has measured 2,000 things of 100 patients. They keep the 15 columns that go best with
# the target, fit a line to 60 patients, and judge it on the 40 others, which the fit never saw.
#
# Do the same with pure noise: random columns, random targets. Which columns go best? Those
# with the steepest line of their own. On standardised values, its slope is the mean of column
# times target.

# %% [markdown] tags=["slide"]
# Someone measures 2,000 things of 100 patients, keeps the 15 columns that go best with the target,
# fits a line to 60 patients, and judges it on the other 40. Do it with pure noise: random columns,
# random targets.


# %%
def steepest(x, y, k):
    """The k columns of x whose own best line is steepest; y is (n,)."""
    slopes = standardised(x, x).T @ standardised(y, y) / len(y)
    return np.argsort(-abs(slopes))[:k]  # argsort: column numbers, in order


def noise(seed, rows_to_choose):
    """Fit to rows 0 to 59; return predictions and targets of the others."""
    rng = np.random.RandomState(seed)
    x, y = rng.randn(100, 2000), rng.randn(100)
    columns = steepest(x[:rows_to_choose], y[:rows_to_choose], 15)
    A = descent.design_matrix(x[:, columns])
    W = np.linalg.lstsq(A[:60], y[:60])[0]
    return A[60:] @ W, y[60:]


# %% [markdown]
# > **Predict.** The columns are chosen before the split, on all 100 rows. What is R² on the 40
# > unseen rows, on average over twenty seeds?

# %% tags=["cover"]
my_prediction = ...  # your number

before = [noise(seed, rows_to_choose=100) for seed in range(20)]
inside = [noise(seed, rows_to_choose=60) for seed in range(20)]
plots.noise_scores(before, inside, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# 0.39 on average, from nothing: the choice saw the targets of the 40.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 0.39 on average, from nothing.
#
# </details>
#
# 0.39 is two thirds of what ten real measurements scored on the test rows. Among 2,000
# columns, some go with the targets of all 100 rows by chance, so with those of the 40, too.
# The choice used the 40 targets: it is selection bias and a leak
# ([lesson 10](10_what_a_fit_is_worth.ipynb#When-is-a-validation-row-not-new?)), and no later split undoes it. Chosen on the 60 rows
# alone, the columns get −0.42 on average, worse than a mean.
#
# **All that learns from data belongs inside training.** Gene studies made this mistake
# (Ambroise and McLachlan, 2002).
#
# ### Exercise 1 (diagnose): four reports
#
# What do you say? One is left over.
#
# 1. Trust it.
# 2. The rows that judge have also chosen.
# 3. Near-copies of the judging rows were in training.
# 4. The gain may be luck.
# 5. The baseline is missing.
#
# ```text
# A  We tried 40 networks. The best has 51.2 points on the test rows,
#    the line 54.9, the baseline 77.
# B  Each patient came three times, which gives three rows. Of all rows,
#    a random third are test rows: 12 points, the baseline 77.
# C  Nine splits, baseline 77, line 55. Settings chosen on validation rows.
#    Network minus line: mean -0.9, standard deviation s = 2.7.
# D  Sixteen hospitals, each with its own rows: baseline 77, line 55.
#    Settings chosen on validation rows.
#    Network minus line: mean -1.2, standard deviation s = 1.6.
# ```

# %% tags=["exercise", "diagnose"]
replies = [..., ..., ..., ...]  # the numbers for A, B, C and D, in this order

# %%
check.replies(replies)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# replies = [2, 3, 4, 1]
# ```
#
# A chose on the test rows. B should have split by patient. C's standard error is `s/3`, as
# large as its gain; D's is `s/4`, a third of its gain.
#
# </details>
#
# ## What if a table has blanks and words?
#
# CSV is text, with commas between the columns. `csv.DictReader` makes each row a
# dictionary of texts, where a blank is `""`.
# (From disk, it reads `open("patients.csv", newline="")`.)

# %% [markdown] tags=["slide"]
# A CSV file, whose last row is new, and what a model gets:
#
# ```text
# age,bmi,smokes
# 59,32.1,never
# 48,25.3,daily
# 72,30.5,never
# 50,,sometimes
# ```

# %% tags=["printed"]
text = """age,bmi,smokes
59,32.1,never
48,25.3,daily
72,30.5,never
50,,sometimes"""
rows = list(csv.DictReader(io.StringIO(text)))  # StringIO: text as a file
seen = rows[:3]  # the training rows
known = [float(row["bmi"]) for row in seen if row["bmi"]]
kinds = sorted({row["smokes"] for row in seen})  # each kind once
for row in rows:
    bmi = float(row["bmi"]) if row["bmi"] else np.median(known)
    print(row["age"], bmi, [float(row["smokes"] == kind) for kind in kinds])

# %% [markdown] tags=["slide"]
# A blank gets the training rows' median; a category, a column of 0 and 1 for each kind. A new kind is
# 0 everywhere.

# %% [markdown]
# A model needs numbers, and training rows alone say which:
#
# - **A blank** gets their median. (If blanks may mean something, mark them in another column.)
# - **A category** becomes a column of 0 and 1 for each kind: one column of numbers would claim an
#   order. A new kind, like `sometimes`, is 0 everywhere.
#
# ### Exercise 2 (fix): an honest prediction
#
# A function begins like this. Find the two mistakes.
#
# ```python
# middle = np.nanmedian(x, axis=0)
# filled = np.where(np.isnan(x), middle, x)
# best = steepest(filled, y, 3)
# ```
#
# (`np.isnan` finds the blanks, `np.nanmedian` skips them, `np.where` puts `middle` there.)


# %% tags=["exercise", "mend"]
def predict_test(x, y, train, test):
    """Predictions for the test rows by a line on the 3 best columns."""
    middle = ...
    filled = np.where(np.isnan(x), middle, x)
    best = ...
    A = descent.design_matrix(filled[:, best])
    W = np.linalg.lstsq(A[train], y[train])[0]
    return A[test] @ W


# %%
check.predict_test(predict_test)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def predict_test(x, y, train, test):
#     """Predictions for the test rows by a line on the 3 best columns."""
#     middle = np.nanmedian(x[train], axis=0)
#     filled = np.where(np.isnan(x), middle, x)
#     best = steepest(filled[train], y[train], 3)
#     A = descent.design_matrix(filled[:, best])
#     W = np.linalg.lstsq(A[train], y[train])[0]
#     return A[test] @ W
# ```
#
# The choice was the grave mistake, since it saw the test targets. The median only saw inputs.
#
# </details>
#
# ## What do you answer?
#
# 'To within about fifty-five points, for two patients in three.' That is the line's mean RMSE
# on the eight splits; the baseline has eighty. The network adds nothing that sixty splits could
# show.
#
# Elsewhere, networks often win. You only know by putting the line beside them. Here, **use the
# line**.

# %% [markdown] tags=["slide"]
# In the mean of eight splits, the line is off by fifty-five points, the baseline by eighty.
#
# > How far does a patient's disease go in a year, **to within how much**, and by which model? Say it in
# > one sentence.

# %% [markdown] tags=["deeper"]
# ## Deeper: where does it fail?
#
# An RMSE is one number for everybody. Take the line's residuals on the test rows of all eight
# splits. (A patient in several test sets has several dots.)
#
# > **Predict.** For the patients with the highest targets: are the predictions too high or too
# > low?

# %% tags=["deeper"]
parts = [split(seed) for seed in range(8)]
# concatenate: one behind the other
residuals = np.concatenate([library_line(p[0])[p[2]] for p in parts])
target = np.concatenate([y[p[2]] for p in parts])
plots.residual_views(target, target + residuals, "points")
order = (target + residuals).ravel().argsort()  # from the lowest prediction up
fifths = [rmse(residuals[rows]) for rows in np.array_split(order, 5)]
print("RMSE by fifths of the prediction:", np.array(fifths).round(1))
centred = target - target.mean()
slope = (centred * residuals).mean() / (centred**2).mean()
print(f"slope over the target {slope:.2f}, R² {r2(residuals, target):.2f}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Too low, by 59 points on average in the highest fifth.
#
# </details>
#
# That isn't a fault of the line. What the inputs don't tell is best predicted by a mean, so
# predictions crowd towards the middle.
#
# Suppose the mean residual is zero at each prediction. Then residuals don't go with
# predictions, but with targets they do, since a target is prediction minus residual: the slope
# over the target is minus MSE over variance, $-(1 - R^2)$. Here it is close to that. Where
# this holds, $1 - R^2$ is the share that this model leaves unexplained.
#
# The right panel is the fairer one: you know the prediction, not the target. There the error
# isn't the same everywhere: the lowest fifth is off by 36 points, the fourth by 68. And
# still remember the left panel. The patients whose disease goes fastest are those that any such
# model underrates most.

# %% [markdown] tags=["deeper"]
# ## Deeper: which inputs matter?
#
# There are three ways to ask, each with a number for each input.
#
# - **The standardised coefficient** of the line: points per standard deviation of the input.
# - **Permutation importance**: shuffle one column of the test rows, so that it no longer belongs
#   to its patient. By how much does the RMSE rise? It works for every model.
# - **Left out**: fit again without the column. By how much does the RMSE rise?
#
# The columns s1 and s2 go up and down together: their correlation
# ([lesson 05](05_many_inputs_many_outputs.ipynb#Deeper:-what-is-a-correlation?)) is about 0.9.
#
# > **Predict.** Will the three agree about s1?


# %% tags=["deeper"]
def fit_line(seed, columns):
    """The line on some columns: coefficients, intercept, test rows' RMSE."""
    train, _, test = split(seed)
    fit = LinearRegression().fit(x[train][:, columns], y[train])
    w, b = fit.coef_.T, fit.intercept_
    return w, b, rmse(x[test][:, columns] @ w + b - y[test])


# %% tags=["deeper"]
def three_measures(seed):
    """For each input: coefficient, rise when shuffled, rise when left out."""
    train, _, test = split(seed)
    w, b, before = fit_line(seed, range(10))
    shuffled, left_out, rng = [], [], np.random.RandomState(seed)
    for k in range(10):
        torn = x[test].copy()
        torn[:, k] = rng.permutation(torn[:, k])
        shuffled.append(rmse(torn @ w + b - y[test]) - before)
        rest = [column for column in range(10) if column != k]
        left_out.append(fit_line(seed, rest)[2] - before)
    return w.ravel() * x[train].std(axis=0), shuffled, left_out


# %% tags=["deeper"]
measures = np.array([three_measures(seed) for seed in range(8)])  # (8, 3, 10)
titles = "standardised coefficient", "rise if shuffled", "rise if left out"
views = {title: {"line": measures[:, k]} for k, title in enumerate(titles)}
names = [name for name, _ in table.x_names]
plots.input_importance(names, views, "points")
# corrcoef: the correlation of each column with each; [0, 1] is s1 with s2
print(f"correlation of s1 and s2: {np.corrcoef(x[:, 4], x[:, 5])[0, 1]:.2f}")

# %% tags=["deeper"]
rng = np.random.RandomState(0)
shuffled = {"network": [], "line": []}
for k in range(50):
    torn = X[test].clone()
    torn[:, 4] = torn[rng.permutation(88), 4]
    for name, model in (("network", network), ("line", line)):
        shuffled[name].append(rmse((model(torn) - Y[test]) * unit))
for name, rows in (("network", network_residuals), ("line", line_residuals)):
    rise = np.mean(shuffled[name]) - rmse(rows[test])  # mean takes a list, too
    print(f"{name:7}, split 0: s1 shuffled {rise:+.2f} points")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# No. s1 has the largest coefficient, and shuffling it costs the line most. Leaving it out costs
# nothing on average.
#
# </details>
#
# All three rank `bmi` high. But the line uses the small difference of s1 and s2, with two large
# coefficients of opposite sign. Shuffle one of them, and you make patients that don't exist,
# high in s1 and low in s2. Leave s1 out and fit again, and the other columns stand in for it.
# On split 0, the network, stopped early, hardly leans on s1.
#
# So say what you mean. Shuffling tells what *this model* leans on. Leaving out tells what
# *the other columns* can't replace. A coefficient tells how the prediction changes when this
# input does and all others stay, which s1 seldom allows. None of them tells what would happen
# to a patient whose value you changed: these are measurements, not an experiment.
#
# ### Deeper: Exercise 3 (transfer): shuffle columns together
#
# Keep s1 and s2 of each patient together, and shuffle both with one `order`: the pair then
# stays possible. Write it for any model: `predict` is a function that returns predictions of
# shape (n, 1); x and y are arrays.


# %% tags=["deeper", "exercise", "transfer"]
def rise_together(predict, x, y, columns, order):
    """How much the RMSE rises when these columns are taken in this order."""
    ...
    return ...


# %% tags=["deeper"]
check.rise_together(rise_together)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def rise_together(predict, x, y, columns, order):
#     """How much the RMSE rises when these columns are taken in this order."""
#     mixed = x.copy()
#     mixed[:, columns] = x[order][:, columns]
#     before = ((predict(x) - y) ** 2).mean() ** 0.5
#     after = ((predict(mixed) - y) ** 2).mean() ** 0.5
#     return after - before
# ```
#
# Without `copy()`, you would shuffle the caller's data.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what does a scale from all rows cost?
#
# Someone standardises with all 442 rows, then splits. It is a leak
# ([lesson 10](10_what_a_fit_is_worth.ipynb#When-is-a-validation-row-not-new?)): the test rows took part in the preparation.
#
# > **Predict.** By how much does it change the test RMSE of the line? Of the network?

# %% tags=["deeper"]
for name, rows in (("training rows", train), ("all rows", range(442))):
    z = standardised(x, x[rows])
    Z = torch.from_numpy(z)
    fit = LinearRegression().fit(z[train], y[train])
    by_line = z[test] @ fit.coef_.T + fit.intercept_ - y[test]
    model, _ = train_network(Z, Y, train, val, seed=0)
    bent = (model(Z[test]) - Y[test]) * unit
    print(f"scale of {name:13}  line {rmse(by_line):.6f}", end="")
    print(f"  network {rmse(bent):.2f}")

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# Nothing for the line, some hundredths of a point for this network (on other splits, up to two
# tenths).
#
# </details>
#
# Least squares doesn't care how columns are shifted and stretched. A network that is stopped
# early does, a little. A scale of the inputs carries no targets, so it can
# leak little; a choice of columns, as in the noise, carries all of them. Take the scale from
# training rows all the same: you won't notice when it begins to matter.

# %% [markdown] tags=["deeper"]
# ## Deeper: how do model and scale travel together?
#
# A scale in loose variables gets lost. As **buffers** ([lesson 06](06_the_linear_layer.ipynb#Can-the-model-standardise-for-itself?)),
# tensors that belong to a module without being trained, it is saved and moved with the weights.
# `meta` is a device that every PyTorch has: it keeps shapes and no numbers, and here it stands
# in for a GPU ([lesson 12](12_where_the_time_goes.ipynb#Would-a-GPU-help?)).


# %% tags=["deeper"]
class Predictor(nn.Module):
    """Raw measurements in, points out."""

    def __init__(self, body, x_train, y_train):
        super().__init__()
        self.body = body
        self.register_buffer("x_mean", x_train.mean(dim=0))
        self.register_buffer("x_std", x_train.std(dim=0, correction=0))
        self.register_buffer("y_mean", y_train.mean())
        self.register_buffer("y_std", y_train.std(correction=0))

    def forward(self, x):
        z = (x - self.x_mean) / self.x_std
        return self.y_mean + self.y_std * self.body(z)


# %% tags=["deeper"]
raw, points = torch.from_numpy(x), torch.from_numpy(y)
model = Predictor(network, raw[train], points[train])
apart = abs(model(raw[test]) - points[test] - network_residuals[test]).max()
print(f"off by {apart.item():.6f}; saved: {list(model.state_dict())[:4]}")

# %% tags=["deeper"]
moved = copy.deepcopy(model).to("meta")
print("all on", {str(t.device) for t in moved.state_dict().values()})
mixed = torch.tensor(2.0) * moved.x_mean
print("a CPU number times a meta tensor:", mixed.device)
print("loss of float32 and float64:", F.mse_loss(raw.float(), raw).dtype)
for attempt in (lambda: moved(raw), lambda: nn.Linear(10, 1)(raw)):
    try:
        attempt()
    except RuntimeError as error:
        print("RuntimeError:", str(error)[:75])

# %% [markdown] tags=["deeper"]
# In arithmetic, tensors must be on one device; only a CPU tensor of shape () may meet any. A
# matrix product also refuses two dtypes. Arithmetic element by element takes the wider one
# and says nothing: the loss of a float32 prediction and a float64 target trains. So name the
# device once, and send data and model there: `.to(device)` moves parameters and buffers.

# %% [markdown]
# ## Three questions
#
# **A model has R² below zero on new rows. What does that say?**
#
# <details><summary>Answer</summary>
#
# The mean of their targets would have done better.
#
# </details>
#
# **Why subtract split by split, if the mean stays the same?**
#
# <details><summary>Answer</summary>
#
# Hard test rows are hard for both models. The difference cancels it, so $s$ is smaller.
#
# </details>
#
# **A colleague chose fifteen of 2,000 columns, then split. Does a new split help?**
#
# <details><summary>Answer</summary>
#
# No: every row took part in the choice.
#
# </details>
#
# ## Recap
#
# **New words:** baseline, R², paired differences, standard error.
#
# **New names:** `np.argsort`, `csv.DictReader`, `io.StringIO`, `np.nanmedian`, `np.isnan`,
# `np.where`.
#
# **New words, deeper:** standardised coefficient, permutation importance.
#
# **New names, deeper:** `.argsort`, `np.array_split`, `np.concatenate`,
# `np.corrcoef`, `np.mean`, `.device`.
#
# **Next**, in [lesson 14](14_a_project_of_your_own.ipynb), you go this way with your own table.
#
# Back to [lesson 12](12_where_the_time_goes.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).

# %% [markdown] tags=["slide"]
# 'To within about fifty-five points, for two patients in three.' Here, use the line.
