"""The checks of 'Build your own autograd'. Autograd itself is the oracle."""

import numpy as np
import torch

from course_utils.checks.calling import has_ellipsis
from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, diagnose, numbers, shown


def _engine(answer):
    """Return the class Value of the lesson in which the answer was written."""
    if not callable(answer):
        call(answer)  # which says that it expects a function
    engine = getattr(answer, "__globals__", {}).get("Value")
    if engine is None:
        raise Wrong("There is no class Value yet: run the cells above first.")
    return engine


def _run(answer, *arguments):
    """Call an answer that need not return anything."""
    call(lambda *copies: (answer(*copies), "done")[1], *arguments)


def _floats(**named):
    """Return the fields of an answer as floats; a Value or text is a mistake."""
    if any(value is ... for value in named.values()):
        raise NotDone
    for name, value in named.items():
        if hasattr(value, "local_derivatives"):
            raise Wrong(f"Expected a float for {name}, got a Value: take its .value.")
    return numbers(list(named.values()), list(named))


def _value(got, engine):
    """Return an answer that is one Value, or say what it is instead."""
    if isinstance(got, engine):
        return got
    if type(got).__name__ == engine.__name__:  # of an older run of the cell with the class
        raise Wrong("Its Value is of an older class: run your cell again, then this one.")
    found = type(got).__name__
    raise Wrong(f"Expected a Value, got a value of type {found}: return Value(…).")


def _parents(got, want):
    """Say what is wrong with the parents, if anything is."""
    parents = got.parents if isinstance(got.parents, (tuple, list)) else (got.parents,)
    names = " and ".join(value.name for value in want)
    if len(parents) == len(want) and all(p is w for p, w in zip(parents, want, strict=True)):
        if not isinstance(got.parents, (tuple, list)):
            raise Wrong(f"The parents are a tuple: ({names},), with the comma.")
        return
    if not parents:
        raise Wrong(f"It has no parents, so no gradient travels back: its parent is {names}.")
    if tuple(parents) == tuple(reversed(want)):
        raise Wrong("The parents are b and a: keep the order, a before b.")
    if any(not hasattr(parent, "local_derivatives") for parent in parents):
        raise Wrong(f"Its parents aren't Values: the parent is {names} itself, not its number.")
    raise Wrong(
        f"Its parents aren't {names}, so it is built from other operations, or from a copy. Here "
        "make it in one step, with its own local derivatives."
    )


def _locals(got, names):
    """Return the local derivatives as floats, one for each name."""
    found = got.local_derivatives
    if not isinstance(found, (tuple, list, np.ndarray)):
        raise Wrong("The local derivatives are a tuple: one in brackets needs a comma, (x,).")
    if len(found) != len(names):
        count = "one local derivative" if len(names) == 1 else f"{len(names)} local derivatives"
        raise Wrong(f"Expected {count}, got {len(found)}: one for each parent.")
    return _floats(**dict(zip(names, found, strict=True)))


# What Python says where a Value is taken for a number.
_NUMBERS = {
    "must be real number, not": "math takes plain numbers: use a.value.",
    "no callable": "That needs a plain number: use a.value.",
    "bad operand type for unary": "The minus needs a plain number: use a.value.",
    "unsupported operand": "Plain numbers are in a.value.",
}


@exercise(
    1,
    hint="three things: math.sin(a.value), the parents (a,), and the local derivative, which is "
    "the slope of the sine at a.value.",
)
def sine(answer):
    """Judge `sine(a)`: the Value sin(a) with its local derivative."""
    engine = _engine(answer)
    for place in (0.7, -2.3):
        a_t = torch.tensor(place, dtype=torch.float64, requires_grad=True)
        result = a_t.sin()
        result.backward()
        value, slope = result.item(), a_t.grad.item()
        a = engine(place, name="a")
        got = _value(call(answer, a, means=_NUMBERS), engine)
        mistakes = {
            "The value is the cosine: the cosine is the slope, the sine the value.": slope,
            "The value is a itself: take its sine.": place,
            "The sine is taken of degrees: math.sin wants the number as it is.": np.sin(
                np.radians(place)
            ),
            "The value is the tanh: that was the pattern.": np.tanh(place),
        }
        diagnose(
            _floats(**{"the value": got.value}), [value], {k: [v] for k, v in mistakes.items()}
        )
        _parents(got, (a,))
        local = _locals(got, ["the local derivative"])
        mistakes = {
            "The local derivative has the wrong sign: at 0 the sine rises.": -slope,
            "The local derivative is the sine again: the slope of the sine is the cosine.": value,
            "The local derivative is minus the sine: that is the slope of the cosine.": -value,
            "The local derivative is the one of tanh: what is the slope of the sine?": 1 - value**2,
            "The cosine is taken of the result: take it of a.value.": np.cos(value),
            "A local derivative of 1 is that of a sum: how steep is the sine at a.value?": 1.0,
            "The local derivative is a itself: it is the slope of the sine there.": place,
            "The local derivative is 0, so no gradient travels back.": 0.0,
        }
        diagnose(local, [slope], {told: [number] for told, number in mistakes.items()})
        if got.grad != 0.0 or a.grad != 0.0:
            raise Wrong("It changes a gradient: forward, every gradient stays 0.")
    return "A value, a parent, a slope: the engine now knows the sine."


# What each mistake makes of the gradients of p = 3 and q = 5 in f = s·s with s = p·q − p.
DIAGNOSES = {
    "A": ("overwrites", (-12, 36)),
    "B": ("hands back too early", (204, 144)),
    "C": ("gives each factor its own value", (48, 120)),
    "D": ("starts from old gradients", (192, 144)),
    "E": ("loses the minus", (144, 72)),
}
_MISTAKES_MADE = ("D", "A", "C")


@exercise(
    2,
    hint="begin at s = 12: what is its gradient, and what does it hand back to p and q? Then: "
    "which mistake changes both in the same way, which loses an arrow, which mixes up the factors?",
)
def diagnosis(*answers):
    """Judge three letters: the mistake that each of three engines makes."""
    letters = []
    for k, answer in enumerate(answers, start=1):
        if not isinstance(answer, str):
            raise Wrong(f'engine_{k} is {shown(answer)}: expected a letter in quotes, such as "A".')
        letter = answer.strip(" .:)(").upper()
        if letter not in DIAGNOSES:
            raise Wrong(f"engine_{k} is {answer!r:.30}: expected one letter from A to E.")
        letters.append(letter)
    wrong = [k for k in range(3) if letters[k] != _MISTAKES_MADE[k]]
    if wrong:
        k = wrong[0]
        does, (by_p, by_q) = DIAGNOSES[letters[k]]
        right = 3 - len(wrong)
        raise Wrong(
            f"{right} of 3 are right. Engine {k + 1} isn't {letters[k]}: an engine that {does} "
            f"says {by_p} for p and {by_q} for q."
        )
    return "You can read a mistake from its numbers."


@exercise(
    3,
    hint="in a the quotient is a straight line of slope 1/b; in b it is a·b⁻¹, and the power rule "
    "does the rest. Both are floats: use a.value and b.value.",
)
def divide(answer):
    """Judge `divide(a, b)`: the Value a / b with its two local derivatives."""
    engine = _engine(answer)
    names = ["the one for a", "the one for b"]
    for a_0, b_0 in ((1.7, -0.6), (-0.4, 2.3)):
        a_t, b_t = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (a_0, b_0))
        quotient = a_t / b_t
        quotient.backward()
        value, by_a, by_b = quotient.item(), a_t.grad.item(), b_t.grad.item()
        a, b = engine(a_0, name="a"), engine(b_0, name="b")
        got = _value(call(answer, a, b, means=_NUMBERS), engine)
        mistakes = {
            "The value is b / a: divide a by b.": [b_0 / a_0],
            "The value is the product: divide.": [a_0 * b_0],
        }
        diagnose(_floats(**{"the value": got.value}), [value], mistakes)
        _parents(got, (a, b))
        local = _locals(got, names)
        mistakes = {
            "They are swapped: first the derivative for a, then the one for b.": [by_b, by_a],
            "The sign of the second is wrong: with a positive, a larger b makes a/b smaller.": [
                by_a,
                -by_b,
            ],
            "The square is missing in the second: the derivative of b⁻¹ is −b⁻².": [
                by_a,
                -a_0 / b_0,
            ],
            "The factor a is missing in the second: a/b is a times b⁻¹.": [by_a, -1 / b_0**2],
            "The second is the derivative of 1/b with the wrong sign, and without its factor a.": [
                by_a,
                1 / b_0**2,
            ],
            "The second is a/b itself: differentiate it with respect to b.": [by_a, value],
            "Those are the local derivatives of a product, not of a quotient.": [b_0, a_0],
            "Those are the local derivatives of a difference, not of a quotient.": [1.0, -1.0],
        }
        diagnose(local, [by_a, by_b], mistakes, names)
    return "Two floats, and the engine can divide."


def _shared_leaves(engine, a_0, b_0, c_0):
    """Return leaves a, b, c, all numbers in between, and f = d·d + d·a with d = a·b − c."""
    a, b, c = engine(a_0, name="a"), engine(b_0, name="b"), engine(c_0, name="c")
    product = engine(a_0 * b_0, (a, b), (b_0, a_0), "a·b")
    d = engine(product.value - c_0, (product, c), (1.0, -1.0), "d")
    square = engine(d.value**2, (d, d), (d.value, d.value), "d·d")
    mixed = engine(d.value * a_0, (d, a), (a_0, d.value), "d·a")
    f = engine(square.value + mixed.value, (square, mixed), (1.0, 1.0), "f")
    return [a, b, c], [product, d, square, mixed, f]


def _walks(walk, engine, places, times):
    """Return the gradients of leaves and of the numbers in between after so many walks."""
    leaves, inner = _shared_leaves(engine, *places)
    values = [node.value for node in (*leaves, *inner)]
    for _ in range(times):
        walk(inner[-1])
    if values != [node.value for node in (*leaves, *inner)]:
        raise Wrong("It changes the values: only gradients are emptied, node.grad.")
    numbers = {f"the gradient of {node.name}": node.grad for node in (*leaves, *inner)}
    return _floats(**numbers)


def _order(loss):
    """Return all numbers behind `loss`, each one after all that use it."""
    order = {}

    def visit(node):
        if node not in order:
            for parent in node.parents:
                visit(parent)
            order[node] = True

    visit(loss)
    return list(reversed(order))


def _walk_in_order(wipe=(), seed_first=False):
    """Return a backward that empties the nodes of `wipe` ('leaves', 'inner') first."""

    def walk(loss):
        if seed_first:
            loss.grad = 1.0
        nodes = _order(loss)
        for node in nodes:
            if ("inner" if node.parents else "leaves") in wipe:
                node.grad = 0.0
        if not seed_first:
            loss.grad = 1.0
        for node in nodes:
            for parent, local in zip(node.parents, node.local_derivatives, strict=True):
                parent.grad += node.grad * local

    return walk


@exercise(
    4,
    hint="a number in between has parents, a leaf has none. Before the walk, set the gradient of "
    "each number with parents to 0.0, and only then loss.grad to 1.0.",
)
def backward_again(answer):
    """Judge `backward_again(loss)`: only leaves collect over several calls."""
    engine = _engine(answer)
    try:
        _judge_again(answer, engine)
    except Wrong:
        if has_ellipsis(answer):
            raise NotDone from None
        raise
    return "Scratch paper is wiped, the leaves collect: that is PyTorch's rule."


def _judge_again(answer, engine):
    names = [f"the gradient of {name}" for name in ("a", "b", "c", "a·b", "d", "d·d", "d·a", "f")]
    for places in ((1.5, -2.0, 0.7), (-0.8, 2.5, 1.1)):
        right = _walk_in_order(wipe=("inner",))
        wrong = {
            "The numbers in between still hold their old gradients: empty them before the walk.": (
                _walk_in_order()
            ),
            "The leaves are emptied, too: they are to collect, so leave them alone.": (
                _walk_in_order(wipe=("inner", "leaves"))
            ),
            "The leaves are emptied, and the numbers in between aren't: it is the other way "
            "round.": _walk_in_order(wipe=("leaves",)),
            "Every gradient stays 0: loss has parents, so emptying after loss.grad = 1.0 empties "
            "it, too.": _walk_in_order(wipe=("inner",), seed_first=True),
        }
        for times in (2, 3):
            got = _walks(lambda loss: _run(answer, loss), engine, places, times)
            want = _walks(right, engine, places, times)
            mistakes = {told: _walks(walk, engine, places, times) for told, walk in wrong.items()}
            diagnose(got, want, mistakes, names)
