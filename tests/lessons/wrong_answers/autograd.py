"""Answers to 'Build your own autograd' by exercise: right, and wrong with their diagnosis."""


def _divide(by_a, by_b):
    return f"""
def divide(a, b):
    return Value(a.value / b.value, (a, b), ({by_a}, {by_b}), "quotient")
"""


def _mended(line, then="mended(parent)"):
    return f"""
def mended(node):
    for parent, local in zip(node.parents, node.local_derivatives, strict=True):
        {line}
        {then}
"""


def _step(*lines, result="loss.value"):
    body = "".join(f"    {line}\n" for line in lines)
    return f"def step(w, b, x, y, lr):\n    loss = mse(w, b, x, y)\n{body}    return {result}\n"


EMPTY = ("w.grad = 0.0", "b.grad = 0.0", "loss.backward()")
MOVE = ("w.value -= lr * w.grad", "b.value -= lr * b.grad")

WRONG = {
    "divide": [
        (_divide("1 / b.value", "a.value / b.value**2"), "sign of the second"),
        (_divide("1 / b.value", "-a.value / b.value"), "The square is missing"),
        (_divide("1 / b.value", "-1 / b.value**2"), "The factor a is missing"),
        (_divide("-a.value / b.value**2", "1 / b.value"), "first the derivative by a"),
        (_divide("b.value", "a.value"), "of a product"),
        (_divide("1 / b.value", "1 / b.value**2"), "wrong sign, and without its factor a"),
        (_divide("1 / b.value", "a.value / b.value"), "b isn't differentiated"),
        (_divide("1", "-a.value / b.value**2"), "The one by b is right, the one by a isn't"),
        (_divide("1 / b", "-a / b**2"), "Expected a float for the derivative by a, got a Value"),
        (
            """
def divide(a, b):
    return multiply(a, power(b, -1))
""",
            "built from other operations",
        ),
        (
            """
def divide(a, b):
    return Value(a.value / b.value, (a, b), (1 / b.value,))
""",
            "Expected two local derivatives",
        ),
        (
            """
def divide(a, b):
    return Value(a.value / b.value, (b, a), (-a.value / b.value**2, 1 / b.value))
""",
            "keep the order, a before b",
        ),
        (
            """
def divide(a, b):
    return 1 / b.value, -a.value / b.value**2
""",
            "Expected a Value, got a value of type tuple",
        ),
        (
            """
def divide(a, b):
    return Value(a.value * b.value, (a, b), (1 / b.value, -a.value / b.value**2))
""",
            "a / b is -2.833",
        ),
        ("divide = 0.5", "Expected a function"),
    ],
    "mended": [
        (_mended("parent.grad = node.grad * local"), "It still overwrites"),
        (_mended("parent.grad += local"), "It adds the local derivatives alone"),
        (_mended("parent.grad += node.grad"), "passes node.grad on as it is"),
        (_mended("parent.grad += node.grad + local"), "along a path they are multiplied"),
        (_mended("parent.grad *= node.grad * local"), "Every gradient stays 0"),
        (_mended("parent.grad -= node.grad * local"), "It subtracts what arrives"),
        (_mended("parent.grad += node.grad * local", "pass"), "gets one step far"),
        (_mended("parent.grad += node.grad * local", "hand_back(parent)"), "must call itself"),
        (_mended("mended(parent)", "parent.grad += node.grad * local"), "once it has its own"),
        (_mended("parent.grad += node.gradient * local"), "raises AttributeError"),
        ("mended = None", "Expected a function"),
    ],
    "paper": [
        ("paper = (-2, 12, 4)", "the arrival from s·a is missing"),
        ("paper = (-1, 9, 3)", "the arrival from s² is missing"),
        ("paper = (-7, 21, 7)", "what comes straight from s·a isn't"),
        ("paper = (2, 21, 7)", "its gradient through s isn't"),
        ("paper = (-3, 15, 5)", "The 2 of s² is missing"),
        ("paper = (21, -5, 7)", "their order"),
        ("paper = (-9, 33, 11)", "the first arrival twice"),
        ("paper = (-8, 30, 10)", "the arrival from s·a twice"),
        ("paper = (-11, 57, 19)", "s = a·b + c = 2"),
        ("paper = (-5, 20, 7)", "df/da and df/dc are right, df/db isn't"),
        ("paper = (-5, 21)", "Expected 3 numbers (df/da, df/db, df/dc)"),
    ],
    "step": [
        (_step("loss.backward()", *MOVE), "the second used both gradients"),
        (_step("w.grad = 0.0", "loss.backward()", *MOVE), "its gradient was not emptied"),
        (_step("b.grad = 0.0", "loss.backward()", *MOVE), "wrong in w: its gradient"),
        (_step(*EMPTY, "w.value += lr * w.grad", "b.value += lr * b.grad"), "It climbs"),
        (_step(*EMPTY, "w.value -= w.grad", "b.value -= b.grad"), "The learning rate isn't used"),
        (_step(*EMPTY, "w = w - lr * w.grad", "b = b - lr * b.grad"), "set w.value"),
        (_step(*MOVE), "without backward every gradient is 0"),
        (_step("loss.backward()", *EMPTY[:2], *MOVE), "they were emptied after backward"),
        (
            _step(*EMPTY, "w.value = w - lr * w.grad", MOVE[1]),
            "Expected a float for w.value, got a Value",
        ),
        (_step(*EMPTY, "w.value = lr * w.grad", "b.value = lr * b.grad"), "hold the change alone"),
        (_step(*EMPTY, MOVE[0]), "w has moved and b hasn't"),
        (_step(*EMPTY, MOVE[0], "b.value -= lr * w.grad"), "The gradient of w moves both"),
        (_step(*EMPTY, *MOVE, result="loss"), "Expected a float for the loss, got a Value"),
        (_step(*EMPTY, *MOVE, result="mse(w, b, x, y).value"), "the loss after the step"),
        (_step(*EMPTY, *MOVE, result="None"), "is the return missing?"),
        (_step(*EMPTY, *MOVE, result="0.0"), "The loss before the first step is"),
    ],
}

WRONG["divide"] += [
    ("divide = print", "There is no class Value yet"),
    (_divide("1 / b.value", "-a / b.value**2"), "Expected a float for the derivative by b"),
]
WRONG["mended"] += [
    (_mended("parent.grad = parent"), "Expected a float for the gradient of a, got a Value"),
    (
        _mended("parent.grad = parent.grad or node.grad * local"),
        "The gradient of b and the gradient of c are right, the gradient of a isn't",
    ),
]
WRONG["step"] += [
    (_step(*EMPTY, "w.value, b.value = w.grad, b.grad"), "hold the gradients"),
    (_step(*EMPTY, "w.value, b.value = -lr * w.grad, -lr * b.grad"), "alone: add it to what"),
    (_step(*EMPTY, MOVE[1]), "b has moved and w hasn't"),
    (_step(*EMPTY, MOVE[0], "b.value -= 2 * lr * b.grad"), "w.value is right, b.value isn't"),
    (
        _step("w.grad, b.grad = 0.0, b.grad / 2", "loss.backward()", *MOVE),
        "w.value is right, b.value isn't",
    ),
    (_step(*EMPTY, MOVE[0], EMPTY[1], "mse(w, b, x, y).backward()", MOVE[1]), "after its step"),
]

WRONG["mended"] += [
    (_mended("parent.grad += parent.grad * local"), "Every gradient stays 0"),
    (_mended("parent.grad += node.value * local"), "It hands on node.value"),
    (_mended("parent.grad += parent.value * local"), "It hands on parent.value"),
]
WRONG["paper"] += [("paper = (7, 21, -5)", "their order isn't")]
WRONG["step"] += [
    (_step(*EMPTY, "w.value -= 0.1 * w.grad", "b.value -= 0.1 * b.grad"), "with lr = 0.1 instead"),
    (_step(*EMPTY, MOVE[1], EMPTY[0], "mse(w, b, x, y).backward()", MOVE[0]), "the b after its"),
    (_step(*EMPTY, "mse(w, b, x, y).backward()", *MOVE), "backward was called twice"),
]


RIGHT = {
    "divide": [
        _divide("1 / b.value", "-(a.value / b.value) / b.value"),
        _divide("b.value**-1", "-a.value * b.value**-2"),
        _divide("1.0 / b.value", "-1 * a.value / (b.value * b.value)"),
        """
def divide(a, b):
    quotient = a.value / b.value
    return Value(quotient, [a, b], [1 / b.value, -quotient / b.value])
""",
    ],
    "mended": [
        _mended("parent.grad = parent.grad + node.grad * local"),
        _mended("parent.grad += local * node.grad"),
        """
def mended(node):
    for i in range(len(node.parents)):
        node.parents[i].grad += node.local_derivatives[i] * node.grad
        mended(node.parents[i])
""",
        """
def mended(node):
    parents, arrived = node.parents, node.grad
    for k, parent in enumerate(parents):
        arrival = arrived * node.local_derivatives[k]
        parent.grad = arrival + parent.grad
        mended(parent)
    return node
""",
    ],
    "paper": [
        "paper = (-5, 21, 7)",
        "paper = [-5.0, 21.0, 7.0]",
        "a, b, c = 3, -1, 5\ns = a * b + c\nby_s = 2 * s + a\n"
        "paper = (by_s * b + s, by_s * a, by_s)",
        "paper = np.array([-5, 21, 7])",
    ],
    "step": [
        _step("b.grad, w.grad = 0.0, 0.0", "loss.backward()", *MOVE),
        _step(*EMPTY, "w.value, b.value = w.value - lr * w.grad, b.value - lr * b.grad"),
        _step("w.grad = b.grad = 0", "loss.backward()", *reversed(MOVE)),
        _step(*EMPTY, *MOVE, result="float(loss.value)"),
        _step("loss.backward()", *MOVE, "w.grad = b.grad = 0.0"),
        _step("for p in (w, b): p.grad = 0.0", "loss.backward()", *MOVE),
    ],
}
