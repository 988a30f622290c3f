# %% [markdown]
# # 14 A project of your own
#
# You take a table and a question, and go all the way to a number that you would sign. The
# lesson asks; you decide.
#
# **You will be able to**
#
# - turn a table into a question that a model can answer,
# - run a project from the split to one honest number,
# - see in someone else's numbers what went wrong,
# - bring a table of your own.
#
# **Builds on** [lesson 10](10_what_a_fit_is_worth.ipynb) (test rows, leaks),
# [lesson 11](11_a_network_that_bends.ipynb) (the network) and
# [lesson 13](13_a_real_data_set.ipynb) (every step, shown once). **Takes** about 50 minutes, and 10 more with the deeper sections.
# That is for the reading and the exercises; the project takes an evening or three.

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
import textwrap
from pathlib import Path

import numpy as np
from sklearn.linear_model import LinearRegression

from course_utils import plots, tables
from course_utils.checks import project as check

penguins = tables.penguins()  # a table that ships with the course
print(penguins)  # what it holds, without showing a row

# %% [markdown]
# ## What do you want to know?
#
# You are on an island near Antarctica, with a ruler and no scales. How heavy is the penguin
# in front of you, and **to within how much**? All but two of the birds in this table were measured and
# weighed, by Dr. Kristen Gorman and the Palmer Station LTER
# ([the paper](https://doi.org/10.1371/journal.pone.0090081); the data are free, CC0).
#
# `table.y` holds the target, `table.numbers["year"]` a column of numbers (nan where a cell is
# blank), and `table.categories["species"]` one of words (`""` where blank).
#
# Each **stage** of the project has names to fill in, in as many lines and cells as you like.
# Its check recomputes how each number was made, for any table. It can't say whether a decision
# was wise, which rows a network has seen, or how often you looked at the test rows.

# %% [markdown] tags=["slide"]
# > You are on an island near Antarctica, with a ruler and no scales. How heavy is the penguin in front
# > of you, and **to within how much**?
#
# ```text
# the table: 344 birds, 342 of them weighed
# target       body_mass_g
# numbers      bill_length_mm, bill_depth_mm, flipper_length_mm, year
# categories   species, island, sex
# ```

# %% [markdown]
# **Decide.** What is one row? In which unit will your error be? Which columns will you *have*
# when you ask? (The sex was found from DNA.) And what can a model do with a year that it
# never saw?

# %%
table = penguins  # or your own: see 'Can you bring your own table?'
inputs = ...  # a list of the names of columns

check.question(table, inputs)

# %% [markdown]
# ## Who may see which rows?
#
# Training rows teach, validation rows choose, test rows judge, once
# ([lesson 10](10_what_a_fit_is_worth.ipynb#Which-number-may-you-report?)). A hasty colleague cuts the file as it comes: 206
# rows to train, 68 to validate, the last 68 for later. A line on the three lengths, fitted to
# the first part, has an RMSE of 297 g on the second.

# %% [markdown] tags=["slide"]
# Training rows teach, validation rows choose, test rows judge, **once**. A hasty colleague cuts the
# file as it comes: 206 rows to train, 68 to validate, the last 68 for later.

# %% [markdown]
# > **Predict.** What will its RMSE be on the last 68? One guess for all of them, the mean
# > of the first 206, is off by 499 g there.

# %% [markdown] tags=["slide"]
# On the validation rows, a line on three lengths has an RMSE, its typical error, of 297 g.
#
# > **Predict.** And on the last 68? The mean of the first 206, one guess for all, is off by 499 g there.

# %% tags=["cover"]
my_prediction = ...  # your number, in g

mass, species = penguins.y, penguins.categories["species"]  # (344,)
names = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]
columns = [penguins.numbers[name] for name in names]
lengths = np.column_stack(columns)  # side by side: (344, 3)
weighed = penguins.known  # the numbers of the 342 rows with a target
first = weighed[:206]
hasty = LinearRegression().fit(lengths[first], mass[first])
said = lengths @ hasty.coef_ + hasty.intercept_  # for all rows
off, kinds, cuts = (said - mass)[weighed], species[weighed], (206, 274)
plots.errors_in_file_order(off, kinds, cuts, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# 1,032 g. The file is sorted by species: the line had never met a Chinstrap, as light as an Adelie,
# with a longer bill, which it takes for weight. Its validation rows, all Gentoos, gave no warning.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 1,032 g, twice as far off as one guess for all. The file is sorted by species.
#
# </details>
#
# The line had never met a Chinstrap: as light as an Adelie, with a longer bill, which the line
# takes for weight. And its validation rows, all Gentoos, told it that all was well.
#
# Row numbers count in the whole table; `table.known` holds those with a target.
#
# **Decide.** How many rows for each part, and in which order? Do some rows belong together,
# or do you want to predict a later year?

# %%
train = ...  # numbers of the rows to fit
val = ...  # numbers of the rows to choose by
test = ...  # numbers of the rows for one number at the end

check.split(table, train, val, test)
# With a table of your own, name columns of yours here:
plots.training_rows(table, train, by="flipper_length_mm", groups="species")

# %% [markdown]
# Look at training rows only, as often as you like. What you see in the others, you will use.
#
# ## What must a model beat?
#
# The mean of the training rows is a weak opponent. Someone who knows penguins says 'a Gentoo?
# About five kilos.' So a stronger baseline is the mean of each group.

# %% [markdown] tags=["slide"]
# The mean of the training rows is a weak opponent. What would someone say who knows penguins?

# %% [markdown]
# ### Exercise 1 (write): a baseline by group
#
# For a single group, it is the mean of `dream`:
#
# ```python
# y, island = table.y, table.categories["island"]
# is_dream = island[train] == "Dream"  # True for some training rows
# dream = y[train][is_dream]  # their targets
# ```
#
# Do it for every group. A group that training never saw gets the mean of all training rows.


# %% tags=["exercise", "write"]
def group_means(group, y, train):
    """For every row, the mean of y over the training rows of its group.

    group (words) and y have shape (n,); train holds row numbers.
    """
    y_pred = ...
    return y_pred


# %%
check.group_means(group_means)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def group_means(group, y, train):
#     """For every row, the mean of y over the training rows of its group.
#
#     group (words) and y have shape (n,); train holds row numbers.
#     """
#     y_pred = np.full(len(group), y[train].mean())
#     for name in set(group[train]):
#         y_pred[group == name] = y[train][group[train] == name].mean()
#     return y_pred
# ```
#
# </details>

# %%
baseline = ...  # one number, or one for each row of the table
rmse_baseline = ...  # on the validation rows

check.baseline(table, train, val, baseline, rmse_baseline)

# %% [markdown]
# ## What does a model need?
#
# Numbers without blanks, on one scale; whatever must be learned for that, from training rows
# ([lesson 13](13_a_real_data_set.ipynb#What-if-a-table-has-blanks-and-words?)). In a table of cheese, two columns could be
#
# ```python
# np.column_stack([age, sort == "edam"])  # False and True become 0 and 1
# ```
#
# **Decide.** What goes into a blank: the median, a column 'was blank' besides, or do you leave
# the row out? How does a category become numbers? Which columns repeat others?

# %% [markdown] tags=["slide"]
# Numbers without blanks, on one scale.

# %%
raw = ...  # (n, d): a row for each row of the table, in its units
mean = ...  # (d,)
std = ...  # (d,)
X = ...  # raw, standardised

check.prepare(table, inputs, train, val, raw, mean, std, X)

# %% [markdown]
# ## How far does a line get?
#
# **Decide.** With a formula, such as `LinearRegression`, or with the loop? If with the loop:
# how do you know that it has converged?

# %% [markdown] tags=["slide"]
# The line first: a network has to beat it.

# %%
y_line = ...  # for each row, in the target's unit; nan where X has a nan
rmse_line = ...  # on the validation rows

check.line(table, train, val, X, y_line, rmse_line)

# %% [markdown]
# ## Does a network pay?
#
# Train one, in a cell of your own, with early stopping
# ([lesson 10](10_what_a_fit_is_worth.ipynb#When-do-you-stop?), [lesson 13](13_a_real_data_set.ipynb#Does-a-network-do-better?)). Train it
# on `X[train]`: a nan in a row that the loss doesn't use still spoils every gradient. Try other
# inputs, too. Write down everything you try: you choose among all of it.
#
# **Decide.** By which number, on which rows? Subtract two models' absolute errors row by row:
# if the mean is below two standard errors, which do you take?

# %% [markdown] tags=["slide"]
# Train one, with early stopping. Luck moves a mean by about its standard error.

# %%
# The baseline first, then from simple to complex; each one number or (n,):
predictions = {"baseline": ..., "line": ..., "network": ...}
chosen = ...  # one of the names

check.choice(table, train, val, predictions, chosen)

# %% [markdown]
# ## How good is it?
#
# Now the test rows, **once**. What they say depends on which rows they are. Fit the line of
# three lengths on 200 different splits, judge each on its own test rows: it is off by 395 g on
# average.
#
# > **Predict.** Someone runs all 200 and reports the best. How low is it?

# %% [markdown] tags=["slide"]
# Use test rows **once**. Why? On 200 splits, three fifths to fit and one to judge, the line of three
# lengths is off by 395 g on average.

# %%
my_prediction = ...  # your number, in g

errors = []
for seed in range(200):
    rng = np.random.default_rng(seed)  # as RandomState, but newer
    order = rng.permutation(weighed)
    fit, judge = order[:206], order[274:]
    fitted = LinearRegression().fit(lengths[fit], mass[fit])
    off = lengths[judge] @ fitted.coef_ + fitted.intercept_ - mass[judge]
    errors.append((off**2).mean() ** 0.5)
plots.luck_of_the_split(errors, prediction=my_prediction)

# %% [markdown] tags=["slide"]
# 322 g; the unluckiest split says 475. Choose the seed before you look. Report the **gain**, the mean
# of the baseline's absolute errors minus the model's, ± its standard error.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# 322 g, and the unluckiest split says 475.
#
# </details>
#
# So choose the seed before you look, and say how sure you are. RMSEs can't be subtracted row by
# row, but absolute errors can: take the baseline's minus the chosen model's. The **gain** is
# the mean of these differences over the test rows, and its standard error is their standard
# deviation (by $n$ or $n - 1$), divided by the root of their number
# ([lesson 13](13_a_real_data_set.ipynb#Is-it-a-gain-or-is-it-luck?)).

# %%
rmse_test = ...  # of the chosen model
gain = ...  # over the baseline, in the target's unit
standard_error = ...  # of the gain

numbers = rmse_test, gain, standard_error
check.last_number(table, test, predictions, chosen, *numbers)
plots.last_rows(table, test, predictions, chosen)

# %% [markdown]
# ## Can you trust a report?
#
# Four others answered the same question, each with a line and four numbers.

# %%
# RMSE in g: baseline (test rows), training, validation, test
reports = {
    "A": [742, 13, 13, 14],  # four columns of numbers
    "B": [775, 325, 336, 258],  # three lengths and species; seed 71
    "C": [819, 302, 315, 345],  # three lengths and species; seed 1
    "D": [499, 350, 297, 1032],  # three lengths
}
plots.four_reports(reports)

# %% [markdown] tags=["slide"]
# The inputs: four columns of numbers for A, three lengths and the species for B and C, three lengths
# for D. Which of the four would you sign?

# %% [markdown]
# ### Exercise 2 (diagnose): what went wrong?
#
# 1. nothing;
# 2. the rows were not shuffled;
# 3. many splits were tried, and the best test error is reported;
# 4. an input knows the target;
# 5. the model has memorised its training rows.

# %% [markdown] tags=["slide"]
# ```text
# RMSE in g              baseline  training  validation  test
# A  four columns             742        13          13    14
# B  lengths, species         775       325         336   258
# C  lengths, species         819       302         315   345
# D  lengths                  499       350         297  1032
# ```

# %% tags=["exercise", "diagnose"]
causes = [..., ..., ..., ...]  # the numbers for A, B, C and D

# %%
check.causes(causes)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# causes = [4, 3, 1, 2]
# ```
#
# A's fourth column was the weight in pounds, to a tenth. B's test error is far below its
# *training* error: of two hundred seeds, this is the luckiest. C's errors differ less than those
# in the picture of many splits. D's test rows are another world: even the baseline differs
# there.
#
# </details>
#
# ## What do you tell others?
#
# **Five sentences**, here or in a cell of your own:
#
# 1. I asked … , for … (one row), with the error in … (the unit).
# 2. I used … rows and these columns: … ; I left out … because … .
# 3. Without a model one is off by … ; with … (the chosen one), by … on … test rows.
# 4. The gain is … ± … (its standard error); I tried … models, and looked at the test rows …
#    times.
# 5. Don't use it for … .
#
# Then mark yourself:
#
# | | not yet | sound | a pleasure |
# |---|---|---|---|
# | question | a table | a target with its unit | who asks, and what they will know then |
# | split | by chance | shuffled, with a seed, nothing shared | fits the question: groups, time |
# | baseline | none | the training mean | what an expert would say |
# | preparation | from all rows | from training rows | each decision has its reason |
# | the number | the best of many | the first look at the test rows | with its standard error |
# | report | a number | five sentences | someone else gets your number |
#
# Done? Compare with [the same project, worked out](a_project_worked_out.ipynb): one way of
# many.

# %% [markdown] tags=["slide"]
# 1. I asked …, for …, with the error in ….
# 2. I used … rows and these columns: …; I left out ….
# 3. Without a model one is off by …; with …, by ….
# 4. Gain: … ± … (standard error); I looked … times.
# 5. Don't use it for ….

# %% [markdown]
# ## Can you bring your own table?
#
# Save it as a CSV file beside this notebook, and in the first stage write
# `table = tables.read_table("cheese.csv", target="price")`. All stages and checks work on it.
# `read_table` finds out which columns hold numbers, and leaves out those that count the rows or
# have a different word in each; `print(table)` lists them, and what looks odd. You need
# a few hundred rows, and a target that is a number.
#
# ### Break it: a comma too many
#
# A bad file is refused. Here, someone wrote decimal commas:

# %% [markdown] tags=["slide"]
# Save it as a CSV file, with names in its first line, and read it with `tables.read_table`. The
# notebook's cells and checks then work on it.
#
# > `read_table` refuses this one. Why?
#
# ```text
# sort,price
# brie,3,5
# edam,2,9
# ```

# %% tags=["printed"]
path = Path(tempfile.mkdtemp()) / "cheese.csv"
path.write_text("sort,price\nbrie,3,5\nedam,2,9\n")
try:
    tables.read_table(path, target="price")
except ValueError as error:
    print(textwrap.fill(str(error)))  # in short lines

# %% [markdown] tags=["slide"]
# Decimal commas, so each row has a cell too many. The message says what to do.

# %% [markdown] tags=["deeper"]
# ## Deeper: what does a coefficient say?
#
# Another target for the same penguins: the depth of the bill. Does it grow with the mass?

# %% tags=["deeper"]
bills = tables.penguins(target="bill_depth_mm")
plots.training_rows(bills, weighed, by="body_mass_g", groups="species")

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (transfer): two slopes
#
# Fit `LinearRegression` to the depth of all 342. Once with the mass (in **kg**, a column) as
# the only input, once with two more, a column of 0 and 1 for each of two species. How many mm
# does one kg add, by each of the two fits?

# %% tags=["deeper", "exercise", "transfer"]
depth = bills.y[weighed]  # (342,), in mm
alone = ...
within = ...

# %% tags=["deeper"]
check.slopes(alone, within)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# depth = bills.y[weighed]  # (342,), in mm
# kg, kind = mass[weighed].reshape(-1, 1) / 1000, species[weighed]
# alone = LinearRegression().fit(kg, depth).coef_[0]
# both = np.column_stack([kg, kind == "Gentoo", kind == "Chinstrap"])
# within = LinearRegression().fit(both, depth).coef_[0]
# ```
#
# </details>
#
# The sign turns. Gentoos are heavy and have flat bills, so over all birds, a kg takes away
# more than a mm; in one species it adds one and a half. A coefficient belongs to its model: it
# says what an input adds *beside the others in there*. This is known as **Simpson's paradox**.

# %% [markdown]
# ## Three questions
#
# **Your validation error is splendid and your test error terrible. What do you check
# first?**
#
# <details><summary>Answer</summary>
#
# Whether the parts are alike: the baseline's error on each, and the groups in each.
#
# </details>
#
# **After the test you have a better idea. May you test again?**
#
# <details><summary>Answer</summary>
#
# Only with new rows, or by saying so: these have become validation rows.
#
# </details>
#
# **Your network beats the line by a third of a standard error. What do you report?**
#
# <details><summary>Answer</summary>
#
# The line, and that the network was tried.
#
# </details>
#
# ## Recap
#
# **New words:** stage, gain.
#
# **New names:** `tables.penguins`, `.numbers`, `.categories`, `.known`, `tables.read_table`,
# `np.column_stack`, `np.random.default_rng`.
#
# **New words, deeper:** Simpson's paradox.
#
# You began with a line through eighty points and a gradient by hand; the next question is yours.
#
# Back to [lesson 13](13_a_real_data_set.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
