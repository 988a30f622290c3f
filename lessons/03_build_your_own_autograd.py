# %% [markdown]
# # 03 Build your own autograd
#
# You build a machine that finds gradients by itself. You type ten heights, and it bends a
# curve to them. PyTorch gives the same numbers.
#
# **You will be able to**
#
# - find a gradient on paper, from the loss back to each parameter,
# - build an engine that does it for you, and add to it,
# - say why gradients add up, and who has to wait,
# - train a curve with it, and with PyTorch.
#
# **Builds on** [lesson 01](01_gradient_descent_by_hand.ipynb) (loss, gradient, loop) and [lesson 02](02_how_far_to_step.ipynb). **Takes** about 55 minutes, and 45 more with the deeper sections.

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
import math

import numpy as np
import torch

from course_utils import animation, data, graphs, plots
from course_utils.checks import autograd as check

wave = data.sine_line()
x_wave, heights = wave.x, wave.y  # the ten points, each of shape (10,)

# %% [markdown]
# ## How does the chain rule work on paper?
#
# The curve that you saw in [lesson 00](00_start_here.ipynb#Where-does-this-course-go?) has ten parameters, and each
# needs its derivative. In [lesson 01](01_gradient_descent_by_hand.ipynb#What-if-both-numbers-move?) two parameters
# cost you two formulas. But the rules are always the same few: work for a machine.
# PyTorch's is called **autograd**. First do it by hand, for one row with $w = 4$, $b = -1$,
# $x = 2$ and $y = 10$:
#
# | step | value | local derivatives |
# |---|---:|---|
# | $a = w \cdot x$ | 8 | $\partial a/\partial w = x = 2$ |
# | $\hat y = a + b$ | 7 | $\partial\hat y/\partial a = 1$, $\ \partial\hat y/\partial b = 1$ |
# | $e = \hat y - y$ | −3 | $\partial e/\partial\hat y = 1$, $\ \partial e/\partial y = -1$ |
# | $L = e^2$ | 9 | $\partial L/\partial e = 2e = -6$ |
#
# A **local derivative** says how the result of *one step* changes with a number that went
# into it. The **chain rule** multiplies them, from the loss back to the parameter:
#
# $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial e}\cdot
# \frac{\partial e}{\partial\hat y}\cdot\frac{\partial\hat y}{\partial a}\cdot
# \frac{\partial a}{\partial w} = 2e\cdot 1\cdot 1\cdot x$$

# %% [markdown] tags=["slide"]
# One row: $w = 4$, $b = -1$, $x = 2$, $y = 10$. The **chain rule** multiplies **local derivatives**: which number for $w$, for $b$?

# %%
w, b, x, y = 4.0, -1.0, 2.0, 10.0
a = w * x
y_pred = a + b
e = y_pred - y
loss = e**2  # the way forward ends here

grad_e = 2 * e  # and the way back begins
grad_y_pred = grad_e * 1
grad_b = grad_y_pred * 1
grad_a = grad_y_pred * 1
grad_w = grad_a * x
print(f"forward:  a = {a}  y_pred = {y_pred}  e = {e}  loss = {loss}")
print(f"backward: gradient of w {grad_w}, of b {grad_b}")

# %% [markdown]
# ## What must a number remember?
#
# On paper you kept four things for each number: its value, what it was made from, the local
# derivatives, and its **gradient**, here the derivative of the loss with respect to this one
# number. You can make a kind of number that keeps them. Python calls a kind of object a
# `class`; this one can add:
#
# ```python
# class Value:
#     def __init__(self, value):  # runs when you write Value(2.0)
#         self.value = value  # self is the new object
#
#     def __add__(self, other):  # runs when you write a + b: self is a, other b
#         return Value(self.value + other.value)
# ```
#
# So *you* decide what `+` does. In the whole class, it (like `__sub__` for −, `__mul__` for ×)
# also writes down both parents, the numbers it was made from, and the local
# derivatives. A sum has 1 and 1, a difference 1 and −1. A product $a \cdot b$ has $b$
# for $a$, and $a$ for $b$.

# %% [markdown] tags=["slide"]
# This `class`, a kind of object, can add. What else must each number keep, so that the way back finds all it needs?


# %% tags=["code"]
def as_value(number):
    """Return a Value unchanged; wrap a plain number in a Value."""
    if isinstance(number, Value):  # is it of the kind Value?
        return number
    return Value(number)


class Value:
    """A number that remembers how it was made."""

    def __init__(self, value, parents=(), local_derivatives=(), name=""):
        self.value = float(value)
        self.parents = parents  # the Values it was made from; () for none
        self.local_derivatives = local_derivatives  # one for each parent
        self.grad = 0.0  # its gradient, once the way back has been here
        self.name = name  # for pictures

    def __add__(self, other):
        other = as_value(other)
        return Value(self.value + other.value, (self, other), (1.0, 1.0), "+")

    def __sub__(self, other):
        other = as_value(other)
        return Value(self.value - other.value, (self, other), (1.0, -1.0), "−")

    def __mul__(self, other):
        other = as_value(other)
        result = self.value * other.value
        return Value(result, (self, other), (other.value, self.value), "×")

    def tanh(self):
        result = math.tanh(self.value)
        return Value(result, (self,), (1 - result**2,), "tanh")  # (x,): one

    def backward(self):
        backward(self)  # not itself: a function of this name, further down


# %% [markdown] tags=["slide"]
# ```python
# class Value:
#     def __init__(self, value, parents=(), local_derivatives=(), name=""):
#         self.value = float(value)
#         self.parents = parents  # the Values it was made from; () for none
#         self.local_derivatives = local_derivatives  # one for each parent
#         self.grad = 0.0  # its gradient, once the way back has been here
#         self.name = name  # for pictures
#
#     def __add__(self, other):
#         other = as_value(other)  # a plain number becomes a Value
#         return Value(self.value + other.value, (self, other), (1.0, 1.0), "+")
#
#     def __mul__(self, other):
#         other = as_value(other)
#         result = self.value * other.value
#         return Value(result, (self, other), (other.value, self.value), "×")
# ```
#
# Its parents, a local derivative for each, and its gradient. `__sub__` is like `__add__`, with 1 and −1.


# %%
def one_row():
    """The row from above as Values: returns w, b and the loss."""
    w, b = Value(4.0, name="w"), Value(-1.0, name="b")
    x, y = Value(2.0, name="x"), Value(10.0, name="y")
    a = w * x
    y_pred = a + b
    e = y_pred - y
    loss = e * e
    a.name, y_pred.name, e.name, loss.name = "a", "ŷ", "e", "loss"
    return w, b, loss


w, b, loss = one_row()
graphs.value_graph(loss)  # draws each Value as a box

# %% [markdown] tags=["slide"]
# Your table, drawn: a **computational graph**. The square is $e \cdot e$, so *two* arrows leave $e$, each with half of $2e$. A **leaf** was not made from others.

# %% [markdown]
# ## How does a gradient travel back?
#
# The picture is your table, drawn: a **computational graph**, with the local derivatives on
# its arrows. A box (`node` in the code) that was not made from others is a **leaf**. The
# square is `e * e`, so *two* arrows leave $e$, each with half of your −6. The gradients are
# still zeros.
#
# To fill them in, go back against the arrows. The loss has the gradient 1. Each box hands
# back to a parent: its own gradient, times the local derivative. Then `hand_back`, below, calls
# itself for that parent: it follows the first arrow back to the leaves before it looks at
# the second.
#
# > **Predict.** On paper the gradient of $w$ is −12. Follow the function with a pencil.
# > Which gradient does $w$ end with?

# %% [markdown] tags=["slide"]
# Each box hands back its gradient, times the local derivative.
#
# ```python
# def hand_back(node):
#     for k, parent in enumerate(node.parents):  # k = 0, 1
#         parent.grad = node.grad * node.local_derivatives[k]
#         hand_back(parent)
#
# w, b, loss = one_row()  # the graph just drawn
# loss.grad = 1.0
# hand_back(loss)
# ```

# %%
my_prediction = ...  # your number


def hand_back(node):
    """Give each parent its gradient, then let it do so."""
    for k, parent in enumerate(node.parents):  # k = 0, 1
        parent.grad = node.grad * node.local_derivatives[k]
        hand_back(parent)


w, b, loss = one_row()
loss.grad = 1.0
hand_back(loss)

w_range = np.linspace(2, 6, 81)  # 81 numbers in even steps from 2 to 6
losses = (w_range * 2 + (-1) - 10) ** 2  # of the same row, for many w
plots.slope_claim(w_range, losses, 4.0, w.grad, prediction=my_prediction)

# %% [markdown]
# <details><summary>What you should see</summary>
#
# The machine says −6, half the truth. The loss hands back to $e$ twice, half of its
# gradient each time, and `=` puts the second half in place of the first.
#
# </details>

# %% [markdown]
# ### Break it: a number used twice
#
# The machine's slope cut through the curve, and nothing complained: a **silent** bug. Raise
# $e$ a little, and *both* factors of `e * e` change. **When several arrows leave a number,
# its gradient is the sum of all that is handed back along them.** So write `+=` for `=`,
# the obvious cure.
#
# > **Predict.** Follow the function once more: *when* does $e$ hand back, and how much?
# > Which gradient does $w$ end with now?

# %% [markdown] tags=["slide"]
# A **silent** bug. The gradient of $e$ is the *sum* along both arrows, so write `+=` for `=`.
#
# ```python
# def hand_back_adding(node):
#     for k, parent in enumerate(node.parents):
#         parent.grad += node.grad * node.local_derivatives[k]
#         hand_back_adding(parent)
# ```

# %%
my_prediction = ...  # your number


def hand_back_adding(node):
    """Like hand_back, but adding."""
    for k, parent in enumerate(node.parents):
        parent.grad += node.grad * node.local_derivatives[k]
        hand_back_adding(parent)


w, b, loss = one_row()
loss.grad = 1.0
hand_back_adding(loss)
# check: marks what is wrong
graphs.value_graph(loss, check=True, of="w", prediction=my_prediction)

# %% [markdown] tags=["slide"]
# It ends with −30. $e$ handed back *at once*: first $-3$, then $-6$, so $\hat y$ got $-9$, not $-6$. It hands back too early as well, and the error grows.

# %% [markdown]
# <details><summary>What you should see</summary>
#
# $w$ ends with −30. The gradient of $e$ is right, −6. But $e$ handed back *at once*, each
# time something arrived: first half of it, then the whole. So $\hat y$ has one and a half
# times what it should have, hands back too early as well, and the error grows.
#
# </details>

# %% [markdown]
# ## Who has to wait for whom?
#
# A box must wait until every box made from it has handed back. An order that keeps this
# rule is a **topological order**. To find one, `visit` first lists all that lies *behind* a
# box (its parents, their parents and so on), and then the box itself. Read from the end,
# each box comes after all that use it:

# %% [markdown] tags=["slide"]
# A box must wait until every box made from it has handed back. In a **topological order**, each comes after all that use it.
#
# ```python
# def backward(loss):
#     order = {}
#     visit(loss, order)  # lists each box after its parents
#     loss.grad = 1.0
#     for node in reversed(order):
#         for k, parent in enumerate(node.parents):
#             parent.grad += node.grad * node.local_derivatives[k]
# ```
#
# > How often does $e$ hand back now, and how much?


# %%
def visit(node, order):  # puts all that lies behind node into order, then node
    if node not in order:
        for parent in node.parents:
            visit(parent, order)
        order[node] = True  # only the key counts


def backward(loss):  # adds to the gradient of every box behind loss
    order = {}  # a dictionary keeps its keys in the order in which they came
    visit(loss, order)
    loss.grad = 1.0
    for node in reversed(order):
        for k, parent in enumerate(node.parents):
            parent.grad += node.grad * node.local_derivatives[k]


# %%
w, b, loss = one_row()
loss.backward()  # the walk back, from the loss to every leaf
graphs.value_graph(loss, check=True)

# %% [markdown] tags=["slide"]
# Once, its whole −6, and there is −12. This walk back is **backpropagation**, and one walk finds the gradients of *all* leaves: you have an **autograd engine**.

# %% [markdown]
# There is −12. This walk back is **backpropagation**, and you have an **autograd engine**.
# One walk finds the gradients of *all* leaves.

# %% [markdown] tags=["deeper"]
# ### Deeper: how long does a number wait?
#
# Watch the walk wait, in $f = d \cdot d + p$ with $d = p \cdot q$, $p = 3$ and $q = -2$.
# Sketch the graph: two arrows lead from $d$ to its square, and two leave $p$, to $d$ and to
# $f$.
#
# > **Predict.** $f$ takes the first turn, and $p$ gets a gradient at once. After how many
# > turns is the gradient of $p$ complete? Type it.

# %% tags=["deeper"]
my_prediction = ...  # your number
p, q = Value(3.0, name="p"), Value(-2.0, name="q")
d = p * q
f = d * d + p
f.grad, f.name, d.name = 1.0, "f", "d"
order, turns = {}, []
visit(f, order)
for node in reversed(order):
    for k, parent in enumerate(node.parents):
        parent.grad += node.grad * node.local_derivatives[k]
    turns.append((d.grad, p.grad, q.grad))
plots.gradients_by_turn(order, turns, "d p q", "p", prediction=my_prediction)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# After three. $p$ has its 1 from the short path, but $d$ must first collect from both its
# arrows. Only then does it hand back −12 · −2; with what $p$ has, that makes 25.
#
# </details>

# %% [markdown]
# ## What does a bend look like?
#
# The function **tanh** is a soft step from $-1$ up to $1$, and three of them will bend your
# curve. Its local derivative is $1 - \tanh^2$.

# %% [markdown] tags=["slide"]
# The function **tanh**, $(\mathrm{e}^z - \mathrm{e}^{-z}) / (\mathrm{e}^z + \mathrm{e}^{-z})$, is a soft step from $-1$ up to $1$.

# %%
z_range = np.linspace(-4, 4, 81)
results, slopes = [], []
for number in z_range:
    z = Value(number)
    result = z.tanh()
    result.backward()
    results.append(result.value)
    slopes.append(z.grad)

plots.value_and_slope(z_range, results, slopes, 1.0)

# %% [markdown] tags=["slide"]
# Its slope, which you give the engine, is $1 - \tanh^2$: one in the middle, nearly zero far out.

# %% [markdown]
# ### Exercise 1 (write): teach it the sine
#
# The method `tanh` shows the pattern: compute the result, then make a Value that knows its
# parent and the local derivative. Do the same for the sine.

# %% [markdown] tags=["slide"]
# The method `tanh` of the class shows the pattern: result, parent, local derivative. Do the same for the sine.
#
# ```python
#     def tanh(self):
#         result = math.tanh(self.value)
#         return Value(result, (self,), (1 - result**2,), "tanh")  # (x,): one
# ```


# %% tags=["exercise", "write"]
def sine(a):
    """The Value sin(a), made from the Value a."""
    return ...


# %%
check.sine(sine)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def sine(a):
#     """The Value sin(a), made from the Value a."""
#     return Value(math.sin(a.value), (a,), (math.cos(a.value),), "sin")
# ```
#
# The comma in `(a,)` makes a tuple of one; `(a)` would be `a` in brackets.
#
# </details>

# %% [markdown]
# ## Does it find what you found by hand?
#
# The engine meets the eighty points and the loop of [lesson
# 01](01_gradient_descent_by_hand.ipynb#How-does-one-step-become-a-thousand?). Two new lines for the gradients take the place of both formulas:
# derivatives from the record of a calculation, that is **automatic differentiation**.
# ('Published' marks the tutorial's numbers.)
#
# One of the two is easy to forget. Each step builds a new graph, but $w$ and $b$ stay the
# same two boxes, and the engine *adds* to what they hold. So empty them before each walk
# back.

# %% [markdown] tags=["slide"]
# The loop and the eighty points of [lesson 01](01_gradient_descent_by_hand.ipynb): two lines replace both formulas.
#
# ```python
# for epoch in range(n_epochs):
#     total = Value(0.0)
#     for x_i, y_i in zip(x, y, strict=True):
#         y_pred = w * x_i + b
#         error = y_pred - y_i
#         total = total + error * error
#     loss = total * (1 / len(x))
#     w.grad, b.grad = 0.0, 0.0  # new
#     loss.backward()  # new: backward(loss), as a method
#     w.value = w.value - lr * w.grad
#     b.value = b.value - lr * b.grad
# ```
#
# > What happens without the first of the two?

# %% tags=["printed"]
line = data.noisy_line()
x, y = line.x_train.ravel(), line.y_train.ravel()  # each of shape (80,)

# 0 start
random = np.random.RandomState(42)
b, w = Value(random.randn()), Value(random.randn())
lr, n_epochs = 0.1, 1000
for epoch in range(n_epochs):
    total = Value(0.0)
    for x_i, y_i in zip(x, y, strict=True):  # new: both, row by row
        # 1 predict
        y_pred = w * x_i + b  # a plain number stands on the right
        # 2 loss
        error = y_pred - y_i
        total = total + error * error
    loss = total * (1 / len(x))  # the engine can't divide
    # 3 gradients
    w.grad, b.grad = 0.0, 0.0  # new
    loss.backward()  # new, for the formulas of dw and db
    if epoch == 0:
        print(f"engine:    dw = {w.grad:.12f}  db = {b.grad:.12f}")
        print("published: dw = -1.833753717151  db = -3.044811379651")
    # 4 update
    w.value = w.value - lr * w.grad  # new: .value
    b.value = b.value - lr * b.grad
    if epoch == 0:
        print(f"after 1 epoch:      w = {w.value:.8f}  b = {b.value:.8f}")
print(f"after 1,000 epochs: w = {w.value:.8f}  b = {b.value:.8f}")
print("by hand:            w = 1.968964    b = 1.023541")

# %% [markdown] tags=["slide"]
# Without it, gradients pile up, and the loss never rests. With it, the gradients that Godoy's tutorial published, and [lesson 01](01_gradient_descent_by_hand.ipynb)'s line: **automatic differentiation**.

# %% [markdown]
# ### Exercise 2 (diagnose): three engines, three mistakes
#
# Three engines give a wrong gradient of $f = s \cdot s$ with $s = p \cdot q - p$, at $p =
# 3$ and $q = 5$. Find the true one on paper. Which engine makes which mistake?
#
# - **A** it overwrites, as `hand_back` does,
# - **B** it hands back too early, as `hand_back_adding` does,
# - **C** its product gives each factor its own value as local derivative,
# - **D** nobody emptied its gradients after an earlier, equal graph,
# - **E** its difference has the local derivatives 1 and 1.

# %% [markdown] tags=["slide"]
# $f = s \cdot s$, $s = p \cdot q - p$, $p = 3$, $q = 5$. Which engine makes which mistake?
#
# - **A** overwrites
# - **B** hands back too early
# - **C** in $a \cdot b$, has $a$ for $a$, $b$ for $b$
# - **D** nobody emptied it
# - **E** has 1 and 1 for a difference

# %% tags=["exercise", "diagnose"]
# Engine 1 says: gradient of p = 192, gradient of q = 144
engine_1 = ...  # "A", "B", "C", "D" or "E"

# Engine 2 says: gradient of p = -12, gradient of q = 36
engine_2 = ...

# Engine 3 says: gradient of p = 48, gradient of q = 120
engine_3 = ...

# %%
check.diagnosis(engine_1, engine_2, engine_3)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# # On paper s = 12 has the gradient 24; so q has 24·3 = 72, p has 24·5 - 24 = 96.
# engine_1 = "D"  # twice the true numbers (B, too, says 144 for q, but 204 for p)
# engine_2 = "A"  # q lost one arrow of s; p kept only the minus, -12
# engine_3 = "C"  # p and q have changed places: q has 24·5, p has 24·3 - 24
# ```
#
# </details>

# %% [markdown]
# ## Can it bend a curve to ten heights?
#
# One **tanh unit**, $v \cdot \tanh(w\,t + b)$, draws one soft step; $w$, $b$ and $v$ set
# how steep it is, where, and how high. Three of them and a constant have ten parameters:
#
# $$\hat y = v_1 \tanh(w_1 t + b_1) + v_2 \tanh(w_2 t + b_2) + v_3 \tanh(w_3 t + b_3) + c$$
#
# The input $t = 2x - 1$ has its zero in the middle, which makes the descent faster. Run the
# loop, and watch a machine of your own learn a wave.
#
# The last cell is yours: type ten heights between 0 and 5. Three soft steps can't follow wild
# ones: there the curve takes a middle way.

# %% [markdown] tags=["slide"]
# One **tanh unit**, $v \cdot \tanh(w\,t + b)$, draws one soft step; $w$, $b$ and $v$ set how steep it is, where, and how high. The constant $c$ lifts all, and $t = 2x - 1$ puts the zero in the middle.


# %%
t_wave = 2 * x_wave - 1  # from -1 to 1
grid = np.linspace(0, 1, 91)  # for pictures: many x, the ten among them
shown = [round(2000 * (k / 31) ** 2) for k in range(32)]  # 0, 2, 8, ..., 2000


def curve(t, w, b, v, c):
    """Three tanh units, added up, and the constant c."""
    y_pred = c
    for k in range(3):
        y_pred = y_pred + v[k] * (w[k] * t + b[k]).tanh()
    return y_pred


# %% tags=["cover"]
def train(heights, lr=0.1):
    """Bend the curve to ten heights; returns its parameters, and its shapes."""
    # 0 start, a lucky one: most other seeds end with a larger error
    start = np.random.RandomState(25).randn(10)
    parameters = [Value(number) for number in start]
    w, b, v, c = parameters[:3], parameters[3:6], parameters[6:9], parameters[9]
    shapes = []
    for step in range(2000):
        if step in shown:  # for the picture
            shapes.append([curve(2 * x - 1, w, b, v, c).value for x in grid])
        total = Value(0.0)
        for t_i, y_i in zip(t_wave, heights, strict=True):
            # 1 predict
            y_pred = curve(t_i, w, b, v, c)
            # 2 loss
            error = y_pred - y_i
            total = total + error * error
        loss = total * (1 / 10)
        # 3 gradients
        for parameter in parameters:
            parameter.grad = 0.0
        loss.backward()
        # 4 update
        for parameter in parameters:
            parameter.value = parameter.value - lr * parameter.grad
    shapes.append([curve(2 * x - 1, w, b, v, c).value for x in grid])
    return parameters, shapes


parameters, shapes = train(heights)
animation.play(plots.learned_curve, x_wave, heights, grid, shapes, shown)

# %% [markdown] tags=["slide"]
# 2,000 steps with `lr=0.1`, from a lucky start: the error falls to 0.00013. Now ten wild heights, 3 1 4 1 5 0 2 5 3 0, for ten parameters. Will the curve go through all?

# %%
my_heights = [3, 1, 4, 1, 5, 0, 2, 5, 3, 0]  # your turn: type ten heights

_, my_shapes = train(my_heights)
animation.play(plots.learned_curve, x_wave, my_heights, grid, my_shapes, shown)

# %% [markdown] tags=["slide"]
# No: the error ends at 1.3, and the curve takes a middle way. Three soft steps bend only so often. Which ten heights would they follow?

# %% [markdown]
# ## Does PyTorch give the same numbers?
#
# PyTorch's box is the **tensor**, and with `requires_grad=True` it remembers, as yours
# does. Your boxes hold one number each, a **scalar**; a tensor may hold many, so all ten
# points go through at once. `curve` is *your* function, unchanged: a tensor understands
# `+`, `*` and `.tanh()`, too.

# %% [markdown] tags=["slide"]
# PyTorch's box is the **tensor**, with `requires_grad=True`. In each step, `curve` is *your* function:
#
# ```python
# y_pred = curve(t, w, b, v, c)  # all ten points at once
# loss = ((y_pred - y) ** 2).mean()
# for tensor in tensors:
#     tensor.grad = None  # PyTorch's way of emptying it
# loss.backward()
# with torch.no_grad():  # PyTorch is not to remember the step
#     for tensor in tensors:
#         tensor -= 0.1 * tensor.grad
# ```

# %% tags=["printed"]
t, y = torch.from_numpy(t_wave), torch.from_numpy(heights)  # made from arrays

# 0 start
start = np.random.RandomState(25).randn(10)
# new: float64 each, as NumPy's numbers are, and as a Value is
tensors = [torch.tensor(number, requires_grad=True) for number in start]
w, b, v, c = tensors[:3], tensors[3:6], tensors[6:9], tensors[9]
for step in range(2000):
    # 1 predict
    y_pred = curve(t, w, b, v, c)  # new: all ten points at once
    # 2 loss
    loss = ((y_pred - y) ** 2).mean()  # new
    # 3 gradients
    for tensor in tensors:
        tensor.grad = None  # new: PyTorch's way of emptying it
    loss.backward()
    # 4 update
    with torch.no_grad():  # new: PyTorch is not to remember the step
        for tensor in tensors:
            tensor -= 0.1 * tensor.grad  # in place, so it stays the same box

names = ["w1", "w2", "w3", "b1", "b2", "b3", "v1", "v2", "v3", "c "]
for name, ours, theirs in zip(names, parameters, tensors, strict=True):
    number = theirs.item()  # what the tensor holds, as a plain number
    print(f"{name}   engine {ours.value:11.8f}   PyTorch {number:11.8f}")

# %% [markdown] tags=["slide"]
# Ten parameters after 2,000 steps, and PyTorch agrees.

# %% [markdown] tags=["deeper"]
# ## Deeper: why not walk along every path?
#
# `hand_back_adding` went wrong because it handed back the sum so far. It could hand back
# just what has arrived, path by path. This gives the right numbers, but it is far too slow.
# In the graph below a number is added to itself, the result to itself, and so on.
#
# > **Predict.** Doubled once, the graph has two boxes, and the walk takes three visits. How
# > many visits does it take for ten doublings, with 11 boxes: about 20, 200 or 2,000?


# %% tags=["deeper"]
def walk_every_path(node, arrived=1.0):  # returns how many visits it took
    node.grad += arrived
    visits = 1
    for k, parent in enumerate(node.parents):
        visits += walk_every_path(parent, arrived * node.local_derivatives[k])
    return visits


def doubled(times):  # the number 1, added to itself so many times over
    total = Value(1.0)
    for _ in range(times):
        total = total + total
    return total


# %% tags=["deeper"]
times = range(1, 11)
every_path = [walk_every_path(doubled(k)) for k in times]
in_order = [k + 1 for k in times]  # each box once
plots.visits(times, every_path, in_order)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# 2,047 visits. Each further box doubles the number of paths, which on the logarithmic axis
# is a straight line; in topological order it costs one more visit.
#
# </details>
#
# Networks are such graphs: every layer uses each number of the layer before many times. The
# order is what makes their gradients affordable. One limit is left: `visit` calls itself
# along the graph, and Python stops it with a `RecursionError` at a depth of about a
# thousand. PyTorch keeps a list instead.

# %% [markdown] tags=["deeper"]
# ## Deeper: how do you add powers and quotients to the engine?
#
# The same way as everything else: a value, the parents, a local derivative for each. For a
# power with a fixed exponent, $a^n$, that is $n\,a^{n-1}$.


# %% tags=["deeper"]
def power(a, n):
    """The Value a**n, made from the Value a; n is a plain number."""
    return Value(a.value**n, (a,), (n * a.value ** (n - 1),), "power")


a = Value(4.0)
root = power(a, 0.5)
root.backward()
print(f"root {root.value}   its slope {a.grad}")

try:
    2 * a
except TypeError as error:
    print("TypeError:", error)

# %% [markdown] tags=["deeper"]
# The last line is a **loud** bug that you meet soon: for `2 * a` Python asks the 2 first,
# and an int knows no Values. Then it looks for `a.__rmul__(2)`, which isn't there. Two
# lines in the class fix that: `def __rmul__(self, other):` and `return self * other`. Or
# write `a * 2`.

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 3 (transfer): teach it to divide
#
# A quotient $a / b$ has two parents, so it has two local derivatives. Write it as one step,
# with both.


# %% tags=["deeper", "exercise", "transfer"]
def divide(a, b):
    """The Value a / b, made from the Values a and b."""
    return ...


# %% tags=["deeper"]
check.divide(divide)


# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def divide(a, b):
#     """The Value a / b, made from the Values a and b."""
#     result = a.value / b.value
#     return Value(result, (a, b), (1 / b.value, -result / b.value), "/")
# ```
#
# In $a$ the quotient is a straight line of slope $1/b$. In $b$ it is $a\,b^{-1}$, whose
# derivative is $-a\,b^{-2}$: the quotient over $b$ once more, with a minus.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what does a second backward do?
#
# You emptied the leaves before each way back. But what about the numbers in between?
#
# > **Predict.** Call `loss.backward()` twice on the same graph. Is `w.grad` then what it
# > was after one call, twice that, or more?

# %% tags=["deeper"]
w, b, loss = one_row()
for _ in range(2):
    loss.backward()
print("engine: ", w.grad)

# %% tags=["deeper"]
w_t = torch.tensor(4.0, requires_grad=True)
e_t = w_t * 2.0 - 11.0
loss_t = e_t * e_t
loss_t.backward(retain_graph=True)  # keep the graph for another walk
loss_t.backward()
print("PyTorch:", w_t.grad.item())
try:
    loss_t.backward()
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0])

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# −60 from the engine: $e$ still holds its old gradient, gets the new one on top, and hands
# back both; and so does each box behind it. PyTorch gives −24, twice the gradient, and
# refuses a third call.
#
# </details>
#
# The numbers in between are scratch paper for one walk, and PyTorch doesn't keep them in
# `.grad` unless asked. Sums over paths are made inside its engine. Only the finished sum of
# a leaf is added to what `.grad` held before, by an object called `AccumulateGrad`. After
# the walk PyTorch frees what the graph had kept; where it kept numbers, a second call
# needs `retain_graph=True` in the first. In training you hardly ever need that: each step
# makes a new graph.

# %% [markdown] tags=["deeper"]
# ### Deeper: Exercise 4 (fix): a backward that may be called again
#
# Give the leaves what PyTorch gives them: after a second call on the same loss each *leaf*
# has gained twice its gradient. For that, the numbers in between must begin each walk at 0.
# Write the lines that are missing.


# %% tags=["deeper", "exercise", "mend"]
def backward_again(loss):
    """Add the gradient of loss to every leaf; may be called more than once."""
    order = {}
    visit(loss, order)
    ...
    loss.grad = 1.0
    for node in reversed(order):
        for k, parent in enumerate(node.parents):
            parent.grad += node.grad * node.local_derivatives[k]


# %% tags=["deeper"]
check.backward_again(backward_again)

# %% [markdown] tags=["deeper"]
# <details><summary>Solution</summary>
#
# ```python
# def backward_again(loss):
#     """Add the gradient of loss to every leaf; may be called more than once."""
#     order = {}
#     visit(loss, order)
#     for node in order:
#         if node.parents:
#             node.grad = 0.0
#     loss.grad = 1.0
#     for node in reversed(order):
#         for k, parent in enumerate(node.parents):
#             parent.grad += node.grad * node.local_derivatives[k]
# ```
#
# A number with parents is one in between: it begins at 0. A leaf has none, and keeps what
# it has.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: what does PyTorch refuse, and what does it compute?
#
# It refuses to begin at several numbers: a gradient says how *one* number, a scalar,
# changes. So add them up first. (Or say how much each counts; [lesson
# 04](04_raw_autograd_tensors.ipynb#Deeper:-what-is-backward%28v%29?) does.) But it computes whatever floating-point
# arithmetic can.
#
# > **Predict.** The root of $z^2$ is $|z|$, which has a corner at $z = 0$. What will
# > PyTorch call its slope there: minus one, 0, 1 or something else?

# %% tags=["deeper"]
z = torch.tensor([0.0, 3.0], requires_grad=True)
squares = z**2
try:
    squares.backward()
except RuntimeError as error:
    print("RuntimeError:", error)

roots = squares.sqrt()  # the root of each
total = roots.sum()
total.backward()
print("slope of the root of z²:", z.grad)

# %% tags=["deeper"]
big = torch.tensor(1000.0)
up, down = big.exp(), (-big).exp()  # e to the power of each
print("tanh(1000) from its formula:", (up - down) / (up + down))

w = torch.tensor(1.0)
for step in range(200):
    w = w - 2.0 * (2 * w)  # descent on w², at twice the limit
print("a learning rate far too large:", w)

# %% [markdown] tags=["deeper"]
# <details><summary>What you should see</summary>
#
# `nan`, 'not a number': the chain rule multiplies the root's local derivative there,
# infinity, by the square's, which is zero, and no number is right for that. At 3 the slope
# is 1.
#
# </details>
#
# Three common ways to `nan`: a root at zero (cure: add a small number such as $10^{-8}$
# under it), an overflow in a formula (cure: the built-in function, `big.tanh()`), and a
# learning rate above its limit, after enough steps. (Our own `power` raises a
# `ZeroDivisionError` for the root of zero.)

# %% [markdown]
# ## Three questions
#
# **An engine gives a wrong gradient and no error. Where do you look first?**
#
# <details><summary>Answer</summary>
#
# At a number used more than once: does it add up all its arrows, and wait for them?
#
# </details>
#
# **Why is one walk back enough for ten parameters?**
#
# <details><summary>Answer</summary>
#
# What arrives at a number in the middle of the graph serves everything behind it.
#
# </details>
#
# **The loss swings and never rests, though the learning rate is small. Which line may be
# missing?**
#
# <details><summary>Answer</summary>
#
# The one that empties the gradients.
#
# </details>

# %% [markdown]
# ## Recap
#
# | your engine | in PyTorch |
# |---|---|
# | `Value(number)` | `torch.tensor(number, requires_grad=True)` |
# | `loss.backward()` | `loss.backward()` |
# | `parameter.grad = 0.0` | `tensor.grad = None` |
# | `parameter.value = ...` | `tensor -= ...`, under `torch.no_grad()` |
#
# **Scoreboard**, for the ten points of the wave (later lessons go on): who is nearer, who is
# sooner?
#
# | scoreboard | parameters | MSE | steps | seconds |
# |---|---:|---:|---:|---|
# | three tanh units, a lucky start | 10 | 0.00013 | 2,000 | about one |
#
# **New words:** autograd, local derivative, chain rule, computational graph, leaf,
# topological order, backpropagation, autograd engine, automatic differentiation, tanh unit,
# tensor, scalar.
#
# **New names:** `graphs.value_graph`, `np.linspace`, `.tanh`, `torch.tensor`,
# `torch.from_numpy`, `requires_grad=`, `.grad`, `.backward`, `torch.no_grad`, `.item`.
#
# **New words, deeper:** `AccumulateGrad`.
#
# **New names, deeper:** `retain_graph=`, `.sqrt`, `.exp`.
#
# **Next**, in [lesson 04](04_raw_autograd_tensors.ipynb), you ask PyTorch's engine: why
# `no_grad`, why empty the gradients, and what do its errors mean?
#
# Back to [lesson 02](02_how_far_to_step.ipynb). To look up: [the glossary](../docs/glossary.md),
# [the names](../docs/names.md), [what is wrong?](../docs/symptoms.md).
