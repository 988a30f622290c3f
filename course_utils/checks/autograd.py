"""The checks of 'Build your own autograd'. Autograd itself is the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, Wrong, diagnose, numbers, same, shown
from course_utils.descent import QuadraticLoss, design_matrix


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


@exercise(
    1,
    hint="by a the quotient is a straight line of slope 1/b; by b it is a·b⁻¹, and the power rule "
    "does the rest. Both are floats: use a.value and b.value.",
)
def divide(answer):
    """Judge `divide(a, b)`: the Value a / b with its two local derivatives."""
    engine = _engine(answer)
    operands = []
    for a_0, b_0 in ((1.7, -0.6), (-0.4, 2.3)):
        a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (a_0, b_0))
        quotient = a / b
        quotient.backward()
        operands.append((a_0, b_0, quotient.item(), a.grad.item(), b.grad.item()))
    for a_0, b_0, value, by_a, by_b in operands:
        a, b = engine(a_0), engine(b_0)
        got = call(answer, a, b)
        if not isinstance(got, engine):
            raise Wrong(f"Expected a Value, got a value of type {type(got).__name__}.")
        if not same(got.value, value):
            raise Wrong(f"The value is {shown(_floats(value=got.value))}; a / b is {value:.4g}.")
        parents = tuple(got.parents)
        if parents == (b, a):
            raise Wrong("The parents are b and a: keep the order, a before b.")
        if parents != (a, b):
            raise Wrong(
                "It is built from other operations, so its parents aren't a and b. That works, and "
                "the lesson does so below; here write the two derivatives yourself."
            )
        if len(got.local_derivatives) != 2:
            raise Wrong("Expected two local derivatives: one by a, one by b.")
        first, second = got.local_derivatives
        local = _floats(**{"the derivative by a": first, "the derivative by b": second})
        mistakes = {
            "They are swapped: first the derivative by a, then the one by b.": [by_b, by_a],
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
            "In the second, b isn't differentiated: a/b itself is the value.": [by_a, value],
            "Those are the local derivatives of a product, not of a quotient.": [b_0, a_0],
        }
        diagnose(local, np.array([by_a, by_b]), mistakes, ["the one by a", "the one by b"])
    return "Two floats, and the machine can divide."


def _leaves_used_twice(engine, a_0, b_0, c_0):
    """Return f = (a·b + a)·c + a and its leaves; every inner number is used once."""
    a, b, c = engine(a_0, name="a"), engine(b_0, name="b"), engine(c_0, name="c")
    product = engine(a_0 * b_0, (a, b), (b_0, a_0))
    total = engine(product.value + a_0, (product, a), (1.0, 1.0))
    scaled = engine(total.value * c_0, (total, c), (c_0, total.value))
    return engine(scaled.value + a_0, (scaled, a), (1.0, 1.0)), [a, b, c]


def _gradients_of(walk, engine, places):
    """Return the gradients of the leaves after a walk."""
    f, leaves = _leaves_used_twice(engine, *places)
    f.grad = 1.0
    walk(f)
    return _floats(**{f"the gradient of {leaf.name}": leaf.grad for leaf in leaves})


def _walk(update, then=None):
    """Return a walk back as in the lesson, by the rule `update` for a parent's gradient.

    From each parent `then` goes on, by default the same walk.
    """

    def walk(node):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad = update(parent, node, local)
            (then or walk)(parent)

    return walk


_WALKS = {
    "It still overwrites: of all paths only the last counts. Add to what is there.": _walk(
        lambda parent, node, local: node.grad * local
    ),
    "It calls hand_back, which overwrites: mended must call itself.": _walk(
        lambda parent, node, local: parent.grad + node.grad * local,
        then=_walk(lambda parent, node, local: node.grad * local),
    ),
    "It subtracts what arrives: gradients of several paths add up.": _walk(
        lambda parent, node, local: parent.grad - node.grad * local
    ),
    "It adds the local derivatives alone: multiply each by what arrived at the node, "
    "node.grad.": _walk(lambda parent, node, local: parent.grad + local),
    "It passes node.grad on as it is: each arrow multiplies by its local derivative.": _walk(
        lambda parent, node, local: parent.grad + node.grad
    ),
    "It adds node.grad and the local derivative: along a path they are multiplied.": _walk(
        lambda parent, node, local: parent.grad + node.grad + local
    ),
    "It hands on node.value: what goes back is node.grad.": _walk(
        lambda parent, node, local: parent.grad + node.value * local
    ),
    "It hands on parent.value: what goes back is node.grad.": _walk(
        lambda parent, node, local: parent.grad + parent.value * local
    ),
    "Every gradient stays 0: parent.grad begins at 0, and you multiply by it. Add node.grad * "
    "local to it.": _walk(lambda parent, node, local: parent.grad * local),
    "The gradient gets one step far: let each parent do the same, once it has its own "
    "gradient.": _walk(
        lambda parent, node, local: parent.grad + node.grad * local, then=lambda node: None
    ),
}


@exercise(
    2,
    hint="each arrival is node.grad * local, and it comes on top of what parent.grad holds "
    "already.",
)
def mended(answer):
    """Judge `mended(node)`: a recursive backward that adds up."""
    engine = _engine(answer)
    names = [f"the gradient of {name}" for name in "abc"]
    for places in ((3.0, -2.0, 0.7), (-1.5, 0.8, 2.5)):
        got = _gradients_of(lambda f: _run(answer, f), engine, places)
        leaves = torch.tensor(places, dtype=torch.float64, requires_grad=True)
        a, b, c = leaves
        ((a * b + a) * c + a).backward()
        mistakes = {told: _gradients_of(walk, engine, places) for told, walk in _WALKS.items()}
        diagnose(got, leaves.grad.numpy(), mistakes, names)
    return "Every path counts now. The next section finds what is still wrong."


@exercise(
    3,
    hint="df/ds collects two arrivals, 2s from the square and a from the product. Only then does "
    "it go on: to a·b and to c. And a is used twice, in a·b and in s·a.",
)
def paper(answer):
    """Judge the tuple `paper`: the gradient of f = s² + s·a with s = a·b + c, by a, b and c."""
    if isinstance(answer, (tuple, list)) and any(value is ... for value in answer):
        raise NotDone
    names = ("df/da", "df/db", "df/dc")
    got = numbers(answer, names)
    a, b, c = leaves = [torch.tensor(v, requires_grad=True) for v in (3.0, -1.0, 5.0)]
    s = a * b + c
    (s**2 + s * a).backward()
    want = np.array([leaf.grad.item() for leaf in leaves])
    if not same(got, want) and same(np.sort(got), np.sort(want)):
        raise Wrong("The numbers are right, their order isn't: give df/da, df/db, df/dc.")
    a, b, s = a.item(), b.item(), s.item()

    def gradient(by_s, direct=s):
        return [by_s * b + direct, by_s * a, by_s]

    mistakes = {
        "s is used twice, and df/ds adds up both: the arrival from s·a is missing.": gradient(
            2 * s
        ),
        "s is used twice, and df/ds adds up both: the arrival from s² is missing.": gradient(a),
        "The 2 of s² is missing: its local derivative is 2s.": gradient(s + a),
        "a is used twice: its gradient through s is there, what comes straight from s·a "
        "isn't.": gradient(2 * s + a, direct=0),
        "a is used twice: what comes straight from s·a is there, its gradient through s isn't.": [
            s,
            *want[1:],
        ],
        "s handed on too early: its parents got the first arrival twice. Wait until both are "
        "in.": gradient(2 * s + (2 * s + a)),
        "s handed on too early: its parents got the arrival from s·a twice. Wait until both are "
        "in.": gradient(a + (2 * s + a)),
        "The square hands on 2s, but your value of s isn't right: s = a·b + c = 2.": gradient(
            2 * 8 + a, direct=8
        ),
    }
    diagnose(got, want, mistakes, names)
    return "That is what the machine does, and in that order."


@exercise(
    4,
    hint="the five things in order: empty both gradients, loss.backward(), move w.value, move "
    "b.value, return loss.value.",
)
def step(answer):
    """Judge `step(w, b, x, y, lr)`: move two Values downhill and return the loss before it."""
    engine = _engine(answer)
    for w_0, b_0, lr, n in ((-0.4, 0.9, 0.3, 9), (1.2, -0.7, 0.07, 5)):
        rng = np.random.RandomState(n)
        _judge_two_steps(answer, engine, (w_0, b_0), rng.randn(n, 1) + 0.5, rng.randn(n, 1), lr)
    return "Backward collects, you empty: that is the whole contract."


def _judge_two_steps(answer, engine, start, x, y, lr):
    w, b = (engine(value) for value in start)
    bowl = QuadraticLoss(design_matrix(x), y)
    old = np.array(start)
    places, gradients = [old], []
    for _ in range(2):
        gradients.append(bowl.hessian @ (places[-1] - bowl.minimizer))
        places.append(places[-1] - lr * gradients[-1])
    want, then = places[1:]

    returned = [call(answer, w, b, x, y, lr)]
    first = _floats(**{"w.value": w.value, "b.value": b.value})
    late_b = old[1] - lr * 2 * (want[0] * x + old[1] - y).mean()
    late_w = old[0] - lr * 2 * (x * (old[0] * x + want[1] - y)).mean()
    mistakes = {
        "w.value and b.value are what they were. A line like `w = w - ...` makes a new Value and "
        "leaves the old one alone: set w.value. Or the gradients were 0: without backward every "
        "gradient is 0, or they were emptied after backward.": old,
        "It climbs: the step goes against the gradient, so subtract.": old + lr * gradients[0],
        "The learning rate isn't used.": old - gradients[0],
        "w.value and b.value hold the gradients: subtract lr times the gradient from what was "
        "there.": gradients[0],
        "w.value and b.value hold the change alone: subtract it from what was there.": (
            lr * gradients[0]
        ),
        "w.value and b.value hold the change alone: add it to what was there.": -lr * gradients[0],
        "w has moved and b hasn't.": [want[0], old[1]],
        "b has moved and w hasn't.": [old[0], want[1]],
        "The gradient of w moves both: b has one of its own.": old - lr * gradients[0][0],
        "b's gradient was taken at the w after its step.": [want[0], late_b],
        "w's gradient was taken at the b after its step.": [late_w, want[1]],
        "backward was called twice, so each gradient counts twice.": old - 2 * lr * gradients[0],
        **fixed_rates(lambda rate: old - rate * gradients[0]),
    }
    diagnose(first, want, mistakes, ("w.value", "b.value"))

    returned.append(call(answer, w, b, x, y, lr))
    second = _floats(**{"w.value": w.value, "b.value": b.value})
    again = want - lr * (gradients[0] + gradients[1])
    mistakes = {
        "The first step is right, the second used both gradients, the old and the new: empty "
        "w.grad and b.grad before backward.": again,
        "The second step is wrong in b: its gradient was not emptied.": [then[0], again[1]],
        "The second step is wrong in w: its gradient was not emptied.": [again[0], then[1]],
    }
    diagnose(second, then, mistakes, ("w.value", "b.value"))

    got = np.concatenate([_floats(**{"the loss": loss}) for loss in returned])
    if same(got, [bowl.loss(want), bowl.loss(then)]):
        raise Wrong("It returns the loss after the step: take the one from before it.")
    before = [bowl.loss(old), bowl.loss(want)]
    if not same(got, before):
        raise Wrong(
            f"w and b are right. The loss before the first step is {shown(before[0])}, not "
            f"{shown(got[0])}."
        )
