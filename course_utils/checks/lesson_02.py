"""The checks of lesson 02, 'Build your own autograd'. Autograd itself is the oracle."""

import numpy as np
import torch

from course_utils.checks.core import NotDone, Wrong, call, diagnose, exercise, numbers, same, shown


def _engine(answer):
    """Return the class Value of the lesson in which the answer was written."""
    if not callable(answer):
        call(answer)  # which says that a function is wanted
    engine = getattr(answer, "__globals__", {}).get("Value")
    if engine is None:
        raise Wrong("There is no class Value yet: run the cells above first.")
    return engine


def _run(answer, *arguments):
    """Call an answer that need not return anything."""
    call(lambda *copies: (answer(*copies), "done")[1], *arguments)


def _floats(**named):
    """Return what stands in the fields of an answer as floats; a Value or text is a mistake."""
    if any(value is ... for value in named.values()):
        raise NotDone
    for name, value in named.items():
        if hasattr(value, "local_derivatives"):
            raise Wrong(f"Wanted {name} as a float, but a Value came: take the .value of it.")
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
            raise Wrong(f"A Value is wanted, but the answer returns a {type(got).__name__}.")
        if not same(got.value, value):
            raise Wrong(f"The value is {got.value:.4g}, and a / b is {value:.4g}.")
        parents = tuple(got.parents)
        if parents == (b, a):
            raise Wrong("The parents are b and a: keep the order, a before b.")
        if parents != (a, b):
            raise Wrong(
                "It is built from other operations, so its parents are not a and b. That is a good "
                "road, and the lesson takes it below; here write the two derivatives yourself."
            )
        if len(got.local_derivatives) != 2:
            raise Wrong("Two local derivatives are wanted: one by a, one by b.")
        first, second = got.local_derivatives
        local = _floats(**{"the derivative by a": first, "the derivative by b": second})
        mistakes = {
            "Their order is not right: first the derivative by a, then the one by b.": [by_b, by_a],
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
            "In the second, b is not differentiated: a/b as it stands is the value.": [by_a, value],
            "Those are the local derivatives of a product, not of a quotient.": [b_0, a_0],
        }
        diagnose(local, np.array([by_a, by_b]), mistakes, ["the one by a", "the one by b"])
    return "Two floats, and the machine can divide."


def _leaves_used_twice(engine):
    """Return f = (a·b + a)·c + a and its leaves; every inner number is used once."""
    a, b, c = engine(3.0, name="a"), engine(-2.0, name="b"), engine(0.5, name="c")
    product = engine(-6.0, (a, b), (-2.0, 3.0))
    total = engine(-3.0, (product, a), (1.0, 1.0))
    scaled = engine(-1.5, (total, c), (0.5, -3.0))
    return engine(1.5, (scaled, a), (1.0, 1.0)), [a, b, c]


def _gradients_of(walk, engine):
    """Return the gradients of the leaves after a walk."""
    f, leaves = _leaves_used_twice(engine)
    f.grad = 1.0
    walk(f)
    return _floats(**{f"the gradient of {leaf.name}": leaf.grad for leaf in leaves})


def _walk(update, then=None):
    """Return a walk back as in the lesson, by the rule `update` for a parent's gradient.

    From each parent `then` goes on, by default the same walk.
    """

    def walk(node):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad = update(parent.grad, node.grad, local)
            (then or walk)(parent)

    return walk


@exercise(
    2,
    hint="each arrival is node.grad * local, and it comes on top of what parent.grad holds "
    "already.",
)
def mended(answer):
    """Judge `mended(node)`: a recursive backward that adds up."""
    engine = _engine(answer)
    got = _gradients_of(lambda f: _run(answer, f), engine)
    a, b, c = (torch.tensor(v, requires_grad=True) for v in (3.0, -2.0, 0.5))
    ((a * b + a) * c + a).backward()
    want = np.array([leaf.grad.item() for leaf in (a, b, c)])
    slips = {
        "It still overwrites: of all paths only the last counts. Add to what is there.": _walk(
            lambda old, node, local: node * local
        ),
        "It calls hand_back, which overwrites: mended must call itself.": _walk(
            lambda old, node, local: old + node * local,
            then=_walk(lambda old, node, local: node * local),
        ),
        "It subtracts what arrives: gradients of several paths add up.": _walk(
            lambda old, node, local: old - node * local
        ),
        "It adds the local derivatives alone: each must be multiplied by what arrived at the "
        "node, node.grad.": _walk(lambda old, node, local: old + local),
        "It passes node.grad on as it is: each arrow multiplies by its local derivative.": _walk(
            lambda old, node, local: old + node
        ),
        "It adds node.grad and the local derivative: along a path they are multiplied.": _walk(
            lambda old, node, local: old + node + local
        ),
        "It multiplies paths with one another, and 0 stays 0: they add up.": _walk(
            lambda old, node, local: old * node * local
        ),
        "The gradient gets one step far: let each parent do the same, once it has its own "
        "gradient.": _walk(lambda old, node, local: old + node * local, then=lambda node: None),
    }
    mistakes = {told: _gradients_of(walk, engine) for told, walk in slips.items()}
    names = [f"the gradient of {name}" for name in "abc"]
    diagnose(got, want, mistakes, names)
    return "Every path counts now. The next section finds what is still wrong."


@exercise(
    3,
    hint="df/ds collects two arrivals, 2s from the square and a from the product. Only then goes "
    "it on: to a·b and to c. And a is used twice, in a·b and in s·a.",
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
    a, b, s = a.item(), b.item(), s.item()

    def gradient(by_s, direct=s):
        return [by_s * b + direct, by_s * a, by_s]

    mistakes = {
        "s is used twice, and df/ds adds up both: the arrival from s·a is missing.": gradient(
            2 * s
        ),
        "s is used twice, and df/ds adds up both: the arrival from s² is missing.": gradient(a),
        "The 2 of s² is missing: its local derivative is 2s.": gradient(s + a),
        "a is used twice: its gradient through s is there, what comes straight from s·a is "
        "not.": gradient(2 * s + a, direct=0),
        "a is used twice: what comes straight from s·a is there, its gradient through s is not.": [
            s,
            *want[1:],
        ],
        "Nothing is wrong but their order: give df/da, df/db, df/dc.": [want[1], want[0], want[2]],
        "s handed on too early: its parents got the first arrival twice. Wait until both are "
        "in.": gradient(2 * s + (2 * s + a)),
        "s handed on too early: its parents got the arrival from s·a twice. Wait until both are "
        "in.": gradient(a + (2 * s + a)),
        "The square hands on 2s = 4, but the value of s is not right: s = a·b + c = 2.": gradient(
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
    w_0, b_0, lr = -0.4, 0.9, 0.3
    rng = np.random.RandomState(2)
    x, y = rng.randn(9, 1) + 0.5, rng.randn(9, 1)
    engine = _engine(answer)
    w, b = engine(w_0), engine(b_0)

    want_before, gradients, wanted = [], [], [(w_0, b_0)]
    for _ in range(2):
        p = torch.tensor(wanted[-1], dtype=torch.float64, requires_grad=True)
        loss = ((p[0] * torch.from_numpy(x) + p[1] - torch.from_numpy(y)) ** 2).mean()
        loss.backward()
        want_before.append(loss.item())
        gradients.append(p.grad.numpy())
        wanted.append(tuple(p.detach().numpy() - lr * p.grad.numpy()))

    returned = [call(answer, w, b, x, y, lr)]
    first = _floats(**{"w.value": w.value, "b.value": b.value})
    old = np.array([w_0, b_0])
    late_b = b_0 - lr * 2 * (wanted[1][0] * x + b_0 - y).mean()
    mistakes = {
        "w.value and b.value are what they were. A line like `w = w - ...` makes a new Value and "
        "leaves the old one alone: set w.value. Or the gradients were 0: without backward every "
        "gradient is 0, or they were emptied after backward.": old,
        "It climbs: the step goes against the gradient, so subtract.": old + lr * gradients[0],
        "The learning rate is not used.": old - gradients[0],
        "w.value and b.value hold the gradients: subtract lr times the gradient from what was "
        "there.": gradients[0],
        "w.value and b.value hold the change alone: subtract it from what was there.": (
            lr * gradients[0]
        ),
        "w.value and b.value hold the change alone: add it to what was there.": -lr * gradients[0],
        "w has moved and b has not.": [wanted[1][0], b_0],
        "b has moved and w has not.": [w_0, wanted[1][1]],
        "The gradient of w moves both: b has one of its own.": old - lr * gradients[0][0],
        "b's gradient was taken where w stood after its step.": [wanted[1][0], late_b],
    }
    diagnose(first, np.array(wanted[1]), mistakes, ("w.value", "b.value"))

    returned.append(call(answer, w, b, x, y, lr))
    second = _floats(**{"w.value": w.value, "b.value": b.value})
    again = np.array(wanted[1]) - lr * (gradients[0] + gradients[1])
    mistakes = {
        "The first step is right, the second used both gradients, the old and the new: empty "
        "w.grad and b.grad before backward.": again,
        "The second step is wrong in b: its gradient was not emptied.": [wanted[2][0], again[1]],
        "The second step is wrong in w: its gradient was not emptied.": [again[0], wanted[2][1]],
    }
    diagnose(second, np.array(wanted[2]), mistakes, ("w.value", "b.value"))

    got = np.concatenate([_floats(**{"the loss": loss}) for loss in returned])
    if same(got, [*want_before[1:], np.mean((wanted[2][0] * x + wanted[2][1] - y) ** 2)]):
        raise Wrong("It returns the loss after the step: take the one from which you stepped.")
    if not same(got, want_before):
        raise Wrong(
            f"w and b are right. The loss before the first step is {want_before[0]:.4g}, "
            f"and {shown(got[0])} came back."
        )
    return "Backward collects, you empty: that is the whole contract."
