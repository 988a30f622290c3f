"""The checks of 'Build your own autograd'. Autograd itself is the oracle."""

import re
from functools import partial

import numpy as np
import torch

from course_utils.checks.calling import has_ellipsis
from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, diagnose, numbers, same, shown
from course_utils.checks.reading import named, said
from course_utils.checks.verdicts import Unknown


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
    call(lambda *copies: (answer(*copies), "done")[1], *arguments, means=_GRADIENTS)


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
    """Return the parents of an answer if they are those wanted; say what is wrong with them."""
    parents = got.parents if isinstance(got.parents, (tuple, list)) else (got.parents,)
    names = " and ".join(value.name for value in want)
    if {*map(id, parents)} == {*map(id, want)} and len(parents) == len(want):
        if not isinstance(got.parents, (tuple, list)):
            raise Wrong(f"The parents are a tuple: ({names},), with the comma.")
        return parents
    if not parents:
        raise Wrong(f"It has no parents, so no gradient travels back: give it {names}.")
    if any(not hasattr(parent, "local_derivatives") for parent in parents):
        raise Wrong(f"Its parents aren't Values: give it {names}, not their numbers.")
    missing = [value.name for value in want if value not in parents]
    if len(missing) < len(want) and len(parents) < len(want):
        raise Wrong(f"{missing[0]} is missing among the parents: a quotient has two.")
    raise Wrong(
        f"Its parents aren't {names}, so it is built from other operations, or from a copy. Here "
        "make it in one step, with its own local derivatives."
    )


def _unchanged(*operands):
    """Say so if an answer changed one of its operands, each given with its number."""
    for operand, number in operands:
        if operand.value != number:
            raise Wrong(f"It changes {operand.name}.value: leave {operand.name} as it is.")
        if operand.grad != 0.0:
            raise Wrong("It changes a gradient: forward, every gradient stays 0.")


def _explain(got, want, mistakes, what, names=()):
    """Do as `diagnose`; of an unknown mistake say what part it is in, and where it was tried."""
    try:
        diagnose(got, want, mistakes, names)
    except Unknown as unknown:
        if " right, " in str(unknown):
            raise
        raise Unknown(f"{what}: yours is {shown(got)}, the right one {shown(want)}.") from None


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
    "must be Tensor, not": "torch takes tensors; for plain numbers write math.sin(a.value).",
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
        _unchanged((a, place))
        mistakes = {
            "The value is the cosine: the cosine is the slope, the sine the value.": [slope],
            "The value is a itself: take its sine.": [place],
            "The sine is taken of degrees: math.sin wants the number as it is.": [
                np.sin(np.radians(place))
            ],
            "The value is the tanh: that was the pattern.": [np.tanh(place)],
        }
        what = f"The value of sin(a) at a = {place}"
        _explain(_floats(**{"the value": got.value}), [value], mistakes, what)
        _parents(got, (a,))
        local = _locals(got, ["the local derivative"])
        negative = (
            "The local derivative has the wrong sign: at 0 the sine rises."
            if place > 0
            else "The local derivative has the right size, and is never negative: where the sine "
            "falls, its slope is below 0."
        )
        mistakes = {
            negative: [-slope],
            "The local derivative is the sine again: the slope of the sine is the cosine.": [value],
            "The local derivative is minus the sine: that is the slope of the cosine.": [-value],
            "The local derivative is the one of tanh: what is the slope of the sine?": [
                1 - value**2
            ],
            "The cosine is taken of the result: take it of a.value.": [np.cos(value)],
            "A local derivative of 1 is that of a sum: how steep is the sine at a.value?": [1.0],
            "The local derivative is a itself: it is the slope of the sine there.": [place],
            "The local derivative is 0, so no gradient travels back.": [0.0],
        }
        _explain(local, [slope], mistakes, f"The local derivative at a = {place}")
    return "A value, a parent, a slope: the engine now knows the sine."


# What each mistake makes of the gradients of p = 3 and q = 5 in f = s·s with s = p·q − p, and what
# to say of an engine that doesn't make it. Of those that an engine makes, the numbers stay untold.
DIAGNOSES = {
    "A": ((-12, 36), "One that overwrites loses arrows: what does q get with one arrow of s?"),
    "B": ((204, 144), "One that hands back too early says 204 for p and 144 for q."),
    "C": ((48, 120), "With a product's own values, p and q would have changed places."),
    "D": ((192, 144), "Old gradients would make both numbers twice what they should be."),
    "E": ((144, 72), "One that loses the minus says 144 for p and 72 for q."),
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
            raise Wrong(f'engine_{k} is {named(answer)}: expected a letter in quotes, as in "A".')
        letter = re.match(r"[ (]*([A-Ea-e])(?!\w)", answer)
        if not letter:
            raise Wrong(f"engine_{k} is '{said(answer, 20)}': expected one letter from A to E.")
        letters.append(letter[1].upper())
    wrong = [k for k in range(3) if letters[k] != _MISTAKES_MADE[k]]
    if wrong:
        k = wrong[0]
        right = 3 - len(wrong)
        count = f"{right} of 3 {'is' if right == 1 else 'are'} right."
        raise Wrong(f"{count} Engine {k + 1} isn't {letters[k]}. {DIAGNOSES[letters[k]][1]}")
    return "You can read a mistake from its numbers."


@exercise(
    3,
    hint="in a the quotient is a straight line of slope 1/b; in b it is a·b⁻¹, and the power rule "
    "does the rest. Both are floats: use a.value and b.value.",
)
def divide(answer):
    """Judge `divide(a, b)`: the Value a / b with its two local derivatives."""
    engine = _engine(answer)
    names = ["the local derivative for a", "the local derivative for b"]
    for a_0, b_0 in ((1.7, -0.6), (-0.4, 2.3)):
        a_t, b_t = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (a_0, b_0))
        quotient = a_t / b_t
        quotient.backward()
        value, by_a, by_b = quotient.item(), a_t.grad.item(), b_t.grad.item()
        a, b = engine(a_0, name="a"), engine(b_0, name="b")
        got = _value(call(answer, a, b, means=_NUMBERS), engine)
        _unchanged((a, a_0), (b, b_0))
        mistakes = {
            "The value is b / a: divide a by b.": [b_0 / a_0],
            "The value is the product: divide.": [a_0 * b_0],
            "The value is a whole number: // drops what is behind the point, so write /.": [
                a_0 // b_0
            ],
        }
        at = f"at a = {a_0}, b = {b_0}"
        _explain(_floats(**{"the value": got.value}), [value], mistakes, f"The value {at}")
        parents = _parents(got, (a, b))
        local = _locals(got, names)
        local = local if parents[0] is a else local[::-1]
        mistakes = {
            "The local derivatives are swapped: each belongs to the parent in its place.": [
                by_b,
                by_a,
            ],
            "The sign of the local derivative for b is wrong: with a positive, a larger b makes "
            "a/b smaller.": [by_a, -by_b],
            "The square is missing in the local derivative for b: that of b⁻¹ is −b⁻².": [
                by_a,
                -a_0 / b_0,
            ],
            "The factor a is missing in the local derivative for b: a/b is a times b⁻¹.": [
                by_a,
                -1 / b_0**2,
            ],
            "The local derivative for b is that of 1/b with the wrong sign, and without its factor "
            "a.": [by_a, 1 / b_0**2],
            "The local derivative for b is a/b itself: differentiate it.": [by_a, value],
            "Those are the local derivatives of a product, not of a quotient.": [b_0, a_0],
            "Those are the local derivatives of a difference, not of a quotient.": [1.0, -1.0],
        }
        _explain(local, [by_a, by_b], mistakes, f"The local derivatives {at}", names)
    return "Two floats, and the engine can divide."


def _shared_leaves(engine, a_0, b_0, c_0):
    """Return leaves a, b, c, all numbers in between, and f = d·d + d·a with d = a·b − c.

    The leaves hold a gradient already, as of another loss.
    """
    a, b, c = leaves = [engine(value) for value in (a_0, b_0, c_0)]
    product = engine(a_0 * b_0, (a, b), (b_0, a_0), "a·b")
    d = engine(product.value - c_0, (product, c), (1.0, -1.0), "d")
    square = engine(d.value**2, (d, d), (d.value, d.value), "d·d")
    mixed = engine(d.value * a_0, (d, a), (a_0, d.value), "d·a")
    f = engine(square.value + mixed.value, (square, mixed), (1.0, 1.0), "f")
    for leaf, held in zip(leaves, (0.3, -0.4, 0.9), strict=True):
        leaf.grad = held
    return leaves, [product, d, square, mixed, f]


def _walks(walk, engine, places, times):
    """Return the gradients of leaves and of the numbers in between after so many walks."""
    leaves, inner = _shared_leaves(engine, *places)
    nodes = [*leaves, *inner]
    values, parents = [node.value for node in nodes], [node.parents for node in nodes]
    for _ in range(times):
        walk(inner[-1])
        if values != [node.value for node in nodes]:
            raise Wrong("It changes the values: only gradients are emptied, node.grad.")
        if parents != [node.parents for node in nodes]:
            raise Wrong("It takes the graph apart: leave each node's parents as they are.")
    return _floats(**{f"the gradient of number {k}": node.grad for k, node in enumerate(nodes)})


def _order(loss):
    """Return all numbers behind `loss`, each one after its parents."""
    order = {}

    def visit(node):
        if node not in order:
            for parent in node.parents:
                visit(parent)
            order[node] = True

    visit(loss)
    return list(order)


def _empty(nodes, leaves=False, inner=True):
    for node in nodes:
        if inner if node.parents else leaves:
            node.grad = 0.0


def _hand_back(nodes, add=True):
    for node in nodes:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad = (parent.grad if add else 0.0) + node.grad * local


def _walk(loss, leaves=False, inner=True, add=True, backwards=True, times=1):
    """Do as the exercise asks, or as a mistake does."""
    order = _order(loss)
    _empty(order, leaves, inner)
    for _ in range(times):
        loss.grad = 1.0
        _hand_back(order[::-1] if backwards else order, add)


def _empty_the_loss_too(loss):
    loss.grad = 1.0
    _empty(_order(loss))
    _hand_back(_order(loss)[::-1])


def _empty_afterwards(loss):
    _walk(loss, inner=False)
    _empty(_order(loss))


def _let_the_loss_grow(loss):
    order, held = _order(loss), loss.grad
    _empty(order)
    loss.grad = held + 1.0
    _hand_back(order[::-1])


def _walk_once_only(loss):
    if loss.grad == 0.0:
        _walk(loss)


def _walk_and_call_backward(loss):
    _walk(loss)
    _walk(loss)


_AGAIN = {
    "The numbers in between still hold their old gradients: empty them before the walk.": partial(
        _walk, inner=False
    ),
    "The leaves are emptied, too: they are to collect, so leave them alone.": partial(
        _walk, leaves=True
    ),
    "The leaves are emptied, and the numbers in between aren't: it is the other way round.": (
        partial(_walk, leaves=True, inner=False)
    ),
    "Nothing travels back: loss has parents, so emptying after loss.grad = 1.0 empties it, "
    "too.": _empty_the_loss_too,
    "The numbers in between are 0 at the end: empty them before the walk, not after.": (
        _empty_afterwards
    ),
    "loss.grad grows from call to call: it must start at 1 each time.": _let_the_loss_grow,
    "The second call adds nothing to the leaves.": _walk_once_only,
    "It overwrites: what several arrows hand back must add up, with +=.": partial(_walk, add=False),
    "Boxes hand back before all that use them have: keep reversed(order).": partial(
        _walk, backwards=False
    ),
    "One call must walk once: here it walks twice.": partial(_walk, times=2),
    "One call hands back twice to the leaves: write the walk or call backward, not both.": (
        _walk_and_call_backward
    ),
}


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


# What Python says where a gradient isn't a number, or a Value is taken for a tensor.
_GRADIENTS = {
    "unsupported operand type(s) for +=": "Write 0.0, to which the walk can add.",
    "attribute 'is_leaf'": "A leaf is a Value without parents.",
}


def _judge_again(answer, engine):
    for places in ((1.5, -2.0, 0.7), (-0.8, 2.5, 1.1)):
        for times in (2, 3):
            got = _walks(lambda loss: _run(answer, loss), engine, places, times)
            want = _walks(_walk, engine, places, times)
            mistakes = {told: _walks(walk, engine, places, times) for told, walk in _AGAIN.items()}
            try:
                diagnose(got, want, mistakes)
            except Unknown:
                leaves, inner = same(got[:3], want[:3]), same(got[3:], want[3:])
                if leaves or inner:
                    which = ["The leaves are", "the numbers in between aren't"]
                    if inner:
                        which = ["The numbers in between are", "the leaves aren't"]
                    raise Unknown(f"{which[0]} right, {which[1]}.") from None
                raise Unknown(
                    f"After {times} calls neither the leaves nor the numbers in between are right."
                ) from None
