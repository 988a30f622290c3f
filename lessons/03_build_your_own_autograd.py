# %% [markdown] slideshow={"slide_type": "slide"}
# # 03 Build your own autograd
#
# You derived two gradients by hand. Now you build the machine that derives them, in a few dozen
# lines of Python. Then you meet the same machine in PyTorch, and you see through it.
#
# **You will be able to**
#
# - take any formula apart into steps whose derivatives you know at sight, and put the gradient
#   together with the chain rule,
# - write a number that remembers how it was made, and a backward pass that uses the memory,
# - say why gradients add up where a number is used twice, and what happens if they don't,
# - explain why the order of the walk back matters, and why a second `backward()` changes gradients,
# - read a computational graph, your own and PyTorch's.
#
# **Builds on** [lesson 01](01_gradient_descent_by_hand.ipynb) (the loss, its gradient, one step) and [00](00_start_here.ipynb) (tensors). **Takes** about 50
# minutes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What did a gradient cost you?
#
# A page of algebra. [Lesson 01](01_gradient_descent_by_hand.ipynb)'s line needed two derivatives; then its first exercise bent the line,
# and you had to start again. A network bends thousands of times. Nobody derives that by hand.
#
# But look at *how* you derived: always the chain rule, always the same few small rules. Work that
# is always the same is work for a machine. PyTorch has such a machine and calls it **autograd**,
# the automatic gradient. To build your own, do the job once more by hand, on a single row of
# [lesson 01](01_gradient_descent_by_hand.ipynb)'s data, and watch your own fingers.

# %% slideshow={"slide_type": "subslide"}
from collections import Counter
from math import exp
from numbers import Real

import numpy as np
import torch

from course_utils import data, graphs, plots, sliders
from course_utils.checks import autograd as check

line = data.noisy_line()
x, y = line.x_train, line.y_train  # (80, 1) and (80, 1)
x_1, y_1 = x[0, 0], y[0, 0]
print("x", x.shape, " y", y.shape)

start = np.random.RandomState(42)  # as in 'Gradient descent by hand'
b_start, w_start = start.randn(), start.randn()
print(f"first row:  x = {x_1:.4f}   y = {y_1:.4f}")
print(f"start:      w = {w_start:.4f}   b = {b_start:.4f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The loss of this one row is $L = (w\,x + b - y)^2$. Take it apart until every step does one thing
# only, and give each result a name. Beside each step stand its **local derivatives**: how the
# result of *this step* changes with each number that went *directly* into it.
#
# | step | local derivatives |
# |---|---|
# | $a = w\,x$ | $\partial a/\partial w = x$ |
# | $\hat y = a + b$ | $\partial \hat y/\partial a = 1$, $\quad\partial \hat y/\partial b = 1$ |
# | $e = \hat y - y$ | $\partial e/\partial \hat y = 1$ |
# | $L = e^2$ | $\partial L/\partial e = 2e$ |
#
# No step needs thinking. The **chain rule** puts them together: if $L$ changes $2e$ times as much
# as $e$, and $e$ as much as $\hat y$, and so on down to $w$, then $L$ changes as much as all these
# factors multiplied:
#
# $$\frac{\partial L}{\partial w}
# = \frac{\partial L}{\partial e}\cdot\frac{\partial e}{\partial \hat y}
# \cdot\frac{\partial \hat y}{\partial a}\cdot\frac{\partial a}{\partial w}
# = 2e\cdot 1\cdot 1\cdot x$$

# %% [markdown] slideshow={"slide_type": "subslide"}
# Multiply from the left, from the loss backwards. Then every product on the way is itself a
# derivative of $L$, and serves all that lies behind it: $\partial L/\partial\hat y$ is needed for
# $w$ and for $b$, and you work it out once. Below, `d_e` is short for $\partial L/\partial e$.
#
# **Predict.** The line starts far below this point. Which signs have `d_w` and `d_b`? And which of
# the two is larger in size?

# %% slideshow={"slide_type": "subslide"}
a = w_start * x_1
y_pred = a + b_start
e = y_pred - y_1
loss = e**2  # the way forward ends here

d_e = 2 * e  # and the way back begins
d_y_pred = d_e * 1
d_b = d_y_pred * 1
d_a = d_y_pred * 1
d_w = d_a * x_1
print(f"loss {loss:.4f}   d_w = {d_w:.4f}   d_b = {d_b:.4f}")


# %% [markdown]
# Both are negative: raise $w$ or $b$, and the loss falls. `d_w` is the smaller one, since $x < 1$
# shrinks what arrives at $a$.
#
# You did two different things there. Forward, you computed values, and remembered them. Backward,
# you only multiplied: what arrived, times the local derivative. And it is what [lesson 01](01_gradient_descent_by_hand.ipynb)'s formulas
# say for a single row, $2e\,x$ and $2e$.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What must a number remember?
#
# On paper you kept four things for each number: its value, what it was made from, the local
# derivatives of that step, and later its gradient, the derivative of the loss by this number. Now
# put the four into one object. (A class describes a kind of object. `__init__` runs when you make
# one by `Value(3.0)`, and `self` is the one being made. `isinstance` asks whether something is of a
# kind, and `raise` refuses it, with an error.)


# %%
class Value:
    """A number that remembers how it was made."""

    __array_ufunc__ = None  # tells NumPy to leave `array * Value` to us

    def __init__(self, value, parents=(), local_derivatives=(), name=""):
        if not isinstance(value, Real):  # Real: any kind of real number
            raise TypeError(f"a Value holds one number, but {type(value).__name__} came")
        self.value = float(value)
        self.grad = 0.0  # d loss / d self, once backward has been here
        self.parents = parents  # the Values it was made from
        self.local_derivatives = local_derivatives  # floats, one for each parent
        name = name or f"{self.value:.4g}"
        self.name = name if len(name) <= 24 else "…"  # for pictures only


# %% [markdown] slideshow={"slide_type": "subslide"}
# Each operation makes a new `Value` and writes down where it came from. Its rule is one line of
# the table above: the product $a\,b$ changes $b$ times as much as $a$, and $a$ times as much as
# $b$. (`bracketed` only keeps the names readable.)
#
# **Predict.** With a sum and a product you can build $\hat y = w\,x + b$. What will the parents of
# `y_pred` be: the three numbers $w$, $x$ and $b$, or something else?


# %% slideshow={"slide_type": "subslide"}
def bracketed(node):
    return f"({node.name})" if node.parents else node.name


def add(a, b):
    return Value(a.value + b.value, (a, b), (1.0, 1.0), f"{a.name} + {b.name}")


def multiply(a, b):
    name = f"{bracketed(a)}·{bracketed(b)}"
    return Value(a.value * b.value, (a, b), (b.value, a.value), name)


w, b = Value(w_start, name="w"), Value(b_start, name="b")
x_row, y_row = Value(x_1, name="x"), Value(y_1, name="y")
y_pred = add(multiply(w, x_row), b)
for node in [y_pred, *y_pred.parents]:
    made_from = [f"{parent.name} = {parent.value:.4f}" for parent in node.parents]
    print(f"{node.name:8} = {node.value:7.4f}   made from: {', '.join(made_from) or 'nothing'}")


# %% [markdown]
# `y_pred` knows its last step only: it was made from `w·x` and `b`. But `w·x` is a `Value` too, and
# knows its own parents. So the whole history hangs together, from parent to parent, down to numbers
# that were not made from anything. Such a number is a **leaf**, and the whole is a **computational
# graph**: boxes for numbers, arrows from what was used to what was made.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which operations are left?
#
# For [lesson 01](01_gradient_descent_by_hand.ipynb)'s loss you need a difference and a square. A power with any fixed exponent, a minus
# sign and the exponential function come at little cost, and go a long way.


# %%
def subtract(a, b):
    return Value(a.value - b.value, (a, b), (1.0, -1.0), f"{a.name} − {bracketed(b)}")


def negate(a):
    return Value(-a.value, (a,), (-1.0,), f"−{bracketed(a)}")


def power(a, n):
    if not isinstance(n, Real):
        raise TypeError(f"Value ** {type(n).__name__}: the exponent must be a plain number")
    return Value(a.value**n, (a,), (n * a.value ** (n - 1),), f"{bracketed(a)}**{n}")


def exponential(a):
    return Value(exp(a.value), (a,), (exp(a.value),), f"exp({a.name})")


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 1: teach it to divide
#
# An operation is its value and its local derivatives, nothing else. The quotient $a / b$ has two:
# how does it change with $a$, and how with $b$? Fill in the two floats.


# %% tags=["exercise"]
def divide(a, b):
    """The Value a / b, made from the Values a and b."""
    local_derivatives = (..., ...)
    return Value(a.value / b.value, (a, b), local_derivatives, f"{bracketed(a)}/{bracketed(b)}")


# %%
check.divide(divide)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def divide(a, b):
#     """The Value a / b, made from the Values a and b."""
#     local_derivatives = (1 / b.value, -a.value / b.value**2)
#     return Value(a.value / b.value, (a, b), local_derivatives, f"{bracketed(a)}/{bracketed(b)}")
# ```
#
# By $a$ the quotient is a straight line with slope $1/b$. By $b$ it is $a\,b^{-1}$, whose
# derivative is $-a\,b^{-2}$.
#
# </details>
#
# There is a lazy road as well: $a / b = a \cdot b^{-1}$, and the machine can do products and powers
# already. That costs one more box and no new derivative. We take it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does `+` get its meaning?
#
# `add(multiply(w, x), b)` is hard on the eyes. When Python reads `w + b`, it calls `w.__add__(b)`;
# when it reads `3 + b`, where the number on the left knows nothing of Values, it calls
# `b.__radd__(3)`. (The r is for 'reflected'.) So `give` puts our functions under these names. A
# plain number becomes a Value first; whatever else comes is refused by its name. (`setattr` sets an
# attribute whose name is a text; `lambda` writes a function in one line.)
#
# After that the loss of the row reads as on paper. `graphs.value_graph` draws it: each box is one
# Value, and each arrow carries the local derivative of the step that it leads into.


# %% slideshow={"slide_type": "subslide"}
def to_values(symbol, *operands):
    """The operands as Values; raises TypeError for what is neither a Value nor a number."""
    for operand in operands:
        if not isinstance(operand, (Value, Real)):
            kinds = f" {symbol} ".join(type(each).__name__ for each in operands)
            raise TypeError(f"{kinds}: {type(operand).__name__} is neither a Value nor a number")
    return [each if isinstance(each, Value) else Value(each) for each in operands]


def give(symbol, name, operation):
    """Let Python call `operation`, on whichever side of the symbol the Value stands."""
    setattr(Value, f"__{name}__", lambda a, b: operation(*to_values(symbol, a, b)))
    setattr(Value, f"__r{name}__", lambda a, b: operation(*to_values(symbol, b, a)))


give("+", "add", add), give("-", "sub", subtract), give("*", "mul", multiply)
give("/", "truediv", lambda a, b: multiply(a, power(b, -1)))
Value.__neg__, Value.__pow__, Value.exp = negate, power, exponential  # and value.exp()

# %% slideshow={"slide_type": "subslide"}
loss = (w * x_row + b - y_row) ** 2
graphs.value_graph(loss)


# %% [markdown]
# Everything that you had written down on paper is in there, and nothing more: values, arrows,
# local derivatives. The gradients are still 0. (The exponent 2 is no box: it is a part of the
# operation, like the plus sign.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does a gradient travel back?
#
# As on paper: start at the loss with $\partial L/\partial L = 1$. Whoever has its gradient hands to
# each parent what arrived, times the local derivative. Then the parent does the same with its own
# parents. In code, a function that calls itself (`zip` walks along two lists, side by side):


# %% slideshow={"output": "subslide"} tags=["cover"]
def hand_back(node):
    """Give each parent its gradient, and let it do the same. (Not right yet.)"""
    for parent, local in zip(node.parents, node.local_derivatives, strict=True):
        parent.grad = node.grad * local
        hand_back(parent)


loss.grad = 1.0
hand_back(loss)
print(f"machine:  d_w = {w.grad:.4f}   d_b = {b.grad:.4f}")
print(f"paper:    d_w = {d_w:.4f}   d_b = {d_b:.4f}")
graphs.value_graph(loss)

# %% [markdown]
# Read it from the loss backwards: each gradient is the one before it, times the number on the
# arrow. Five lines, and they found what you found on paper. They also found gradients that you
# never asked for, those of $x$ and $y$: the machine doesn't know which leaves are parameters.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if a number is used twice?
#
# **Predict.** Take $f = p\,q + p$ with $p = 3$ and $q = -2$. On paper, what is
# $\partial f/\partial p$? And what will the machine say? (The picture calls the last box the loss,
# whatever it is.)

# %% slideshow={"output": "subslide"}
p, q = Value(3.0, name="p"), Value(-2.0, name="q")
f = p * q + p
f.grad = 1.0
hand_back(f)


def f_of(p):
    return p * -2.0 + p


central = (f_of(3.0 + 1e-4) - f_of(3.0 - 1e-4)) / 2e-4
print(f"df/dp: the machine {p.grad:.4f}, a central difference {central:.4f}")
graphs.value_graph(f)


# %% [markdown]
# The truth is $q + 1 = -1$, and the machine says 1. No error, no warning: a **silent** bug, and in
# the very heart of it. The picture shows what went wrong. Two paths lead from $p$ to $f$, one
# through the product and one straight. Raise $p$ a little, and *both* carry the change to $f$, so
# **the gradients of all paths add up**. But `=` keeps only what came last.
#
# On a single row it went unnoticed: there every number was used once. With 80 rows, $w$ is used 80
# times, and `=` would have kept one row of them.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 2: mend it
#
# Write down the line that is missing.


# %% tags=["exercise"]
def mended(node):
    """Add to each parent's gradient what it gets from node, and let it do the same."""
    for parent, local in zip(node.parents, node.local_derivatives, strict=True):
        parent.grad = ...
        mended(parent)


# %%
check.mended(mended)


# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def mended(node):
#     """Add to each parent's gradient what it gets from node, and let it do the same."""
#     for parent, local in zip(node.parents, node.local_derivatives, strict=True):
#         parent.grad += node.grad * local
#         mended(parent)
# ```
#
# One character. It is also the reason why `self.grad` begins at zero, and not at nothing.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if two paths meet on the way?
#
# The mended version passes the test above, and it is still wrong. Here the number that is used
# twice is no leaf: it was computed itself.
#
# **Predict.** With $d = p\,q$ and $f = d \cdot d$, for $p = 3$ and $q = -2$: on paper
# $f = p^2 q^2$, so $\partial f/\partial p = 2\,p\,q^2 = 24$. Walk through the function by hand:
# what does it give?


# %% slideshow={"output": "subslide"}
def hand_back_adding(node):
    """Like hand_back, but adding. (Still not right.)"""
    for parent, local in zip(node.parents, node.local_derivatives, strict=True):
        parent.grad += node.grad * local
        hand_back_adding(parent)


p, q = Value(3.0, name="p"), Value(-2.0, name="q")
d = p * q
f = d * d
f.grad = 1.0
hand_back_adding(f)
print(f"df/dp: the machine {p.grad:.4f}, on paper {2 * 3 * (-2) ** 2:.4f}")
one_arrow = f.grad * d.value  # by the product rule each arrow brings the other factor
print(f"at d: {one_arrow:.0f} by one arrow, {d.grad:.0f} by both", end=", ")
print(f"handed on in all {one_arrow + d.grad:.0f}")
graphs.value_graph(f)


# %% [markdown]
# It gives 36. Look at $d$: its own gradient, −12, is right, the sum of two arrivals of −6. But $d$
# handed on *at once*, each time. After the first arrival it passed on −6. After the second it
# passed on the whole −12, so the first −6 once more. Its parents got −18 in all, and $p$ stands at
# −2 · −18 = 36, where −2 · −12 = 24 belongs.
#
# One remedy: hand on only what has just arrived, not the sum. Then every path is walked
# on its own, and the result is right. But what does it cost?
#
# **Predict.** `doubled(16)`, below, is a graph of 17 boxes with two arrows from each to the next. How
# many visits will that take: about 17, 34, 300 or 100,000?


# %% slideshow={"slide_type": "subslide"}
def walk_every_path(node, arriving=1.0):
    """Fill in the gradients, path by path, and return how many visits that took."""
    node.grad += arriving
    visits = 1
    for parent, local in zip(node.parents, node.local_derivatives, strict=True):
        visits += walk_every_path(parent, arriving * local)
    return visits


def doubled(times):
    """The number 1, added to itself so many times over: 1, 2, 4, 8, …"""
    total = Value(1.0, name="v")
    for _ in range(times):
        total = total + total
    return total


# %% slideshow={"output": "subslide"}
for times in (1, 2, 3, 4, 16):
    visits = walk_every_path(doubled(times))
    print(f"doubled {times:2} times: {times + 1:2} boxes, {visits:6} visits")
print(f"doubled 60 times, by the same rule: {2.0 ** (60 + 1) - 1:.4g}")


# %% [markdown]
# Each further box doubles the number of paths. With 60 of them it comes to 2.306e+18 visits, and such
# graphs are the rule, not the exception: in a network every layer uses each number of the layer
# before many times.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## In which order, then?
#
# Both failures have one cause: a number handed on before it had everything, and so more than once.
# Here is the rule: **a number waits until everyone who used it has handed in.** Then it hands on the
# whole sum, once. Each box is visited once, each arrow walked once.
#
# To know when a number has everything, count first how often it is used. Then go through the graph
# from the loss, and let a number follow as soon as all who use it have their place:


# %%
def backward_order(loss):
    """Every Value behind `loss`, each one after all that use it; `loss` comes first."""
    uses = Counter()  # a dictionary in which every count begins at 0
    found = [loss]
    for node in found:  # the list grows while we go along it
        for parent in node.parents:
            uses[parent] += 1
            if uses[parent] == 1:  # met for the first time
                found.append(parent)
    order = [loss]
    for node in order:  # so does this one
        for parent in node.parents:
            uses[parent] -= 1
            if uses[parent] == 0:  # the last one that uses it has its place
                order.append(parent)
    return order


# %% slideshow={"slide_type": "subslide"}
times = range(1, 17)
every_path = [walk_every_path(doubled(k)) for k in times]
in_order = [len(backward_order(doubled(k))) for k in times]
plots.visits(times, every_path, in_order)


# %% [markdown] slideshow={"slide_type": "subslide"}
# Each box once: that is a **topological order**. On the logarithmic axis the walk along every path is
# a straight line, so each further box doubles it.
#
# With the order in hand, backward is short. And it no longer calls itself. Why that matters as well,
# the second cell shows: it adds up 5,000 numbers, one after the other, a graph 5,000 boxes deep.


# %%
def backward_once(loss):
    """Fill in the gradient of every Value behind `loss`. (One flaw is left.)"""
    loss.grad = 1.0
    for node in backward_order(loss):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad += node.grad * local


p, q = Value(3.0, name="p"), Value(-2.0, name="q")
d = p * q
f = d * d
backward_once(f)
print("order:", ", then ".join(node.name for node in backward_order(f)))
print(f"df/dp = {p.grad:.4f}   df/dq = {q.grad:.4f}")


# %% slideshow={"slide_type": "subslide"}
def long_sum(term):
    total = Value(0.0)
    for _ in range(5000):
        total = total + term
    return total


try:
    walk_every_path(long_sum(Value(1.0)))
except RecursionError as error_message:
    print("walk_every_path:", type(error_message).__name__)

term = Value(1.0)
backward_once(long_sum(term))
print(f"backward_once:   d sum / d term = {term.grad:.1f}")


# %% [markdown]
# There is the 24. Watch the walk on a graph in which $d$ and $p$ are both used twice. Move the
# number of steps: each box in the order hands on what it has, once.
#
# **Predict.** In $f = d \cdot d + p$ with $d = p\,q$, when is the gradient of $p$ complete: after one
# step, two or three?


# %% slideshow={"slide_type": "subslide"}
def walk_back(steps):
    """Show the graph of f after so many boxes have handed on."""
    p, q = Value(3.0, name="p"), Value(-2.0, name="q")
    d = p * q
    f = d * d + p
    f.grad = 1.0
    for node in backward_order(f)[:steps]:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad += node.grad * local
    graphs.value_graph(f)


sliders.move(walk_back, steps=(0, 3, 2))

# %% [markdown] slideshow={"slide_type": "subslide"}
# After three. The first step brings $p$ a 1 at once, by the short path. But $d$ must wait for
# $d \cdot d$, which hands it two gradients, and only the third step carries their sum on to $p$ and
# $q$.
#
# This walk back through the graph, each box once, is **backpropagation**; its general name is
# *reverse-mode automatic differentiation*. For one way back you get the gradient by *every* leaf, be
# it two of them or two million.
#
# And the long sum? A function that calls itself leaves a stack of unfinished calls, and Python
# allows a thousand or so of them; then it raises a `RecursionError`, a **loud** failure. Our loop
# keeps its place in a list, and a list may be as long as memory allows.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 3: be the machine
#
# With $a = 3$, $b = -1$ and $c = 5$, let $s = a\,b + c$ and $f = s^2 + s\,a$. Draw the graph on
# paper, write values and local derivatives into it, and find the gradient of $f$ by $a$, $b$ and
# $c$, backwards. In which order do you visit the boxes?

# %% tags=["exercise"]
df_da = ...
df_db = ...
df_dc = ...
paper = (df_da, df_db, df_dc)

# %%
check.paper(paper)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# df_da = -5
# df_db = 21
# df_dc = 7
# paper = (df_da, df_db, df_dc)
# ```
#
# Forward: $s = 2$. Backward: $f$ comes first. Then $s^2$ and $s\,a$, each with gradient 1. Then $s$,
# which had to wait for both: $2s + a = 4 + 3 = 7$. Then $a\,b$ and $c$, with 7 each. Then
# $b$ with $7a = 21$, and $a$, which is used twice: $7b + s = -7 + 2 = -5$.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does a second backward do?
#
# **Predict.** Call backward twice on the loss of the row. Will `w.grad` be the same, doubled, or
# something else?

# %% slideshow={"output": "subslide"}
w, b = Value(w_start, name="w"), Value(b_start, name="b")
product = w * x_row
y_pred = product + b
error = y_pred - y_row
loss = error**2
backward_once(loss)
path = [loss, error, y_pred, product, w]
first = [node.grad for node in path]
backward_once(loss)
for node, grad in zip(path, first, strict=True):
    print(f"{node.name:18} {grad:9.4f} first, {node.grad:9.4f} now: {node.grad / grad:.4g} times")


# %% [markdown]
# Five times as much. The loss begins at 1 again. But the box before it still holds its old gradient,
# gets the same once more, and hands on the double. The next one adds the double to its own: three
# times. And so on, one more for each step: the deeper the graph, the more wrong the gradient. And
# nobody says a word.
#
# The gradients on the way are scratch paper, needed for this one walk only. So wipe them before you
# start. And the leaves? There something better is possible: **let the leaves collect.** For the
# derivative of a sum is the sum of the derivatives, and so two losses, each handed back for itself,
# leave in `w.grad` the gradient of both together. With that the machine is finished, an autograd
# **engine**, as such a machine is called:


# %% slideshow={"slide_type": "subslide"}
def backward(loss):
    """Add the gradient of `loss` to every leaf behind it; those between begin at 0 each time."""
    if not isinstance(loss, Value):
        raise TypeError(f"backward begins at one Value, but {type(loss).__name__} came")
    order = backward_order(loss)
    for node in order:
        if node.parents:  # not a leaf
            node.grad = 0.0
    loss.grad += 1.0
    for node in order:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad += node.grad * local


Value.backward = backward

# %% slideshow={"slide_type": "subslide"}
w, b = Value(w_start, name="w"), Value(b_start, name="b")
rows = [(w * x[i, 0] + b - y[i, 0]) ** 2 for i in range(2)]

rows[0].backward()
print(f"row 0:                  {w.grad:.4f}")
rows[0].backward()
print(f"row 0 once more:        {w.grad:.4f}")
w.grad = 0.0
rows[0].backward()
rows[1].backward()
print(f"row 0, then row 1:      {w.grad:.4f}")
w.grad = 0.0
(rows[0] + rows[1]).backward()
print(f"both rows in one loss:  {w.grad:.4f}")


# %% [markdown]
# A second call now doubles the gradient, whatever the depth, because it adds the same once more. And
# two rows, one after the other, give the same as both in one loss.
#
# So collecting is a feature, at a price: *you* must empty the leaves before a new step, since the
# machine cannot know when your next step begins. The two lines `w.grad = 0.0` above are that.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it find the gradient by hand?
#
# All 80 rows now, with the mean squared error. (`sum` begins with 0 + the first square, so it is
# `__radd__` that makes this work.)
#
# **Predict.** How many boxes will this graph have: about 80, 200, 600 or 6,000?


# %% slideshow={"output": "subslide"}
def mse(w, b, x, y):
    """The mean squared error as a Value; w and b are Values, x and y of shape (n, 1)."""
    rows = zip(x.ravel(), y.ravel(), strict=True)
    return sum((w * x_i + b - y_i) ** 2 for x_i, y_i in rows) / len(x)


w, b, lr = Value(w_start, name="w"), Value(b_start, name="b"), 0.1
loss = mse(w, b, x, y)
loss.backward()
error = w_start * x + b_start - y  # (80, 1)
dw, db = (2 * error * x).mean(), (2 * error).mean()  # by hand
print(f"{len(backward_order(loss))} boxes, loss {loss.value:.4f}")
print(f"machine:  dw = {w.grad:.10f}   db = {b.grad:.10f}")
print(f"by hand:  dw = {dw:.10f}   db = {db:.10f}")
print("largest difference below 1e-12:", max(abs(w.grad - dw), abs(b.grad - db)) < 1e-12)
print(f"b after one step: {b.value - lr * b.grad:.8f}   published 0.80119529")
print(f"w after one step: {w.value - lr * w.grad:.8f}   published 0.04511107")


# %% [markdown]
# The boxes are six for each row (x, y and four results), 80 additions, and six more: w, b, the 0
# that `sum` begins with, the number 80, 80⁻¹, and the loss. Nobody told the machine what a mean
# squared error is, or a line. It knows how to add, subtract, multiply and take powers, and it can
# count. The rest is the chain rule.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise 4: one step of gradient descent
#
# Write one step with the machine. It shall move `w.value` and `b.value`, and return the loss before
# the step, as a float. It will be called many times with the same two Values.


# %% tags=["exercise"]
def step(w, b, x, y, lr):
    """Move the Values w and b one step down the MSE; return the loss before it."""
    loss = mse(w, b, x, y)
    ...
    return ...


# %%
check.step(step)

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary>Solution</summary>
#
# ```python
# def step(w, b, x, y, lr):
#     """Move the Values w and b one step down the MSE; return the loss before it."""
#     loss = mse(w, b, x, y)
#     w.grad = 0.0
#     b.grad = 0.0
#     loss.backward()
#     w.value -= lr * w.grad
#     b.value -= lr * b.grad
#     return loss.value
# ```
#
# The loss is built anew in each step. A graph remembers the values that it was made with; moving
# `w.value` doesn't change what was already computed from it.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does PyTorch do?
#
# The same. A tensor with `requires_grad=True` is a leaf whose gradient you want; every operation on
# it is noted; `backward()` walks back and adds to `.grad`. First the single row, in float64 as all
# numbers here. `graphs.record` notes what PyTorch computes, to draw it.

# %% slideshow={"output": "subslide"}
w_t = torch.tensor(w_start, dtype=torch.float64, requires_grad=True)  # else it is float32
b_t = torch.tensor(b_start, dtype=torch.float64, requires_grad=True)
x_t, y_t = torch.tensor(x_1), torch.tensor(y_1)  # float64 too: NumPy's numbers are
with graphs.record(w=w_t, b=b_t, x=x_t, y=y_t) as tape:
    loss_t = (w_t * x_t + b_t - y_t) ** 2

tape.draw(loss_t, gradients=True)  # with the gradient of every box

node, function = (w * x_row + b - y_row) ** 2, loss_t.grad_fn
while function is not None:
    print(f"{node.name:18} {type(function).__name__}")
    node = node.parents[0] if node.parents else node
    function = function.next_functions[0][0] if function.next_functions else None

# %% [markdown] slideshow={"slide_type": "subslide"}
# It is the graph that you know, with the same numbers. One thing is new: nobody required a gradient
# for `x` and `y`, so PyTorch doesn't compute one. That is what `requires_grad` is for.
#
# PyTorch's memory is a chain of objects that begins in `loss_t.grad_fn`; the `next_functions` of each
# are its parents. The lines below the picture follow the first parent each time, in both machines.
# Box for box they are the same: where you have `power` and its local derivative, PyTorch has a
# `PowBackward0`. At the leaf stands `AccumulateGrad`, which is your `+=`.
#
# Now all 80 rows. Here is the other difference: a tensor holds all 80 numbers in one box. So PyTorch
# needs a handful of boxes where you needed hundreds, and each does its work in fast compiled code.
#
# And a last thing. Both machines understand the same operators, so one Python function runs through
# either. Take the **sigmoid** $\sigma(z) = 1 / (1 + e^{-z})$, a smooth switch between 0 and 1 that
# sits in many networks. You derived nothing for it. **Predict:** will the machine know its slope,
# which books give as $\sigma\,(1 - \sigma)$?

# %% slideshow={"slide_type": "subslide"}
w_t.grad = b_t.grad = None  # nothing to add to, however often you run this cell
x_t, y_t = torch.from_numpy(x), torch.from_numpy(y)  # (80, 1) and (80, 1)
loss_t = ((w_t * x_t + b_t - y_t) ** 2).mean()
loss_t.backward()
differences = [abs(w_t.grad.item() - w.grad), abs(b_t.grad.item() - b.grad)]
print(f"PyTorch:  dw = {w_t.grad.item():.10f}   db = {b_t.grad.item():.10f}")
print("largest difference from our machine below 1e-12:", max(differences) < 1e-12)


def sigmoid(z):
    return 1 / (1 + (-z).exp())


z, z_t = Value(0.5), torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
s = sigmoid(z)
s.backward(), sigmoid(z_t).backward()
print(f"slope of the sigmoid at 0.5, by the book: {s.value * (1 - s.value):.10f}")
print(f"machine: {z.grad:.10f}   PyTorch: {z_t.grad.item():.10f}")

# %% [markdown]
# Nobody told either of them what a sigmoid is. A formula made of known steps has a known gradient:
# that is all that 'automatic differentiation' means.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Break it: what both refuse
#
# **Predict.** Six mistakes: a text for a number in either machine, all 80 rows at once, a Value as an
# exponent, and in either machine a backward with the mean forgotten. Which will pass without a word?

# %% slideshow={"output": "subslide"}
squares = [(w * x_i + b - y_i) ** 2 for x_i, y_i in zip(x.ravel(), y.ravel(), strict=True)]
squares_t = (w_t * x_t + b_t - y_t) ** 2  # (80, 1)
for code, run in {
    'w + "3"': lambda: w + "3",
    'w_t + "3"': lambda: w_t + "3",
    "x * w": lambda: x * w,
    "w ** b": lambda: w**b,
    "backward(squares)": lambda: backward(squares),
    "squares_t.backward()": squares_t.backward,
}.items():
    try:
        run()
    except (TypeError, RuntimeError) as error_message:
        print(f"{code}\n    {type(error_message).__name__}: {error_message}")

# %% [markdown]
# None: all six are **loud**. Ours are, because we asked at the door. `x * w` needed most care: NumPy
# would gladly have multiplied each of the 80 rows by `w` and returned an array of 80 Values, and the
# surprise would have come much later. The line with `__array_ufunc__` in the class prevents that.
#
# The last two refuse for one reason: a gradient says how *one number* changes, and 80 squares are
# not one number. PyTorch calls one number a **scalar**. When you meet its message, look for a missing
# `mean()`.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# | by hand: your machine | in PyTorch |
# |---|---|
# | `Value(3.0)` | `torch.tensor(3.0, requires_grad=True)` |
# | `node.value` | `tensor.item()`, or the tensor itself |
# | `node.parents` and `node.local_derivatives` | `tensor.grad_fn` and its `next_functions` |
# | a new `Value` from each operation | the same, without your doing |
# | `loss.backward()`, in topological order | `loss.backward()` |
# | `parent.grad += ...` at a leaf | `AccumulateGrad` |
# | gradients on the way begin at 0 each time | they are not kept at all |
# | `w.grad = 0.0` before the next step | `optimizer.zero_grad()` ([lesson 06](06_the_linear_layer.ipynb)) |
#
# **New words:** chain rule, local derivative, leaf, computational graph, topological order,
# backpropagation, automatic differentiation, autograd engine, sigmoid, scalar.
#
# **New names:** `.exp`, `graphs.value_graph`, `dtype=`, `requires_grad=`, `torch.float64`,
# `graphs.record`, `.draw`, `gradients=`, `.grad_fn`, `.next_functions`.
#
# **Next**, in [lesson 04](04_raw_autograd_tensors.ipynb), you train with PyTorch's machine, and break it on purpose: without
# `no_grad`, without zeroing, without `detach`.
