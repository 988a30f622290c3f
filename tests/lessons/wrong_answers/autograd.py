"""Answers to 'Build your own autograd' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips


def _sine(value, local, parents="(a,)"):
    return f"Value({value}, {parents}, {local})"


def _divide(by_a, by_b, value="a.value / b.value"):
    return f"Value({value}, (a, b), ({by_a}, {by_b}))"


def _letters(*letters):
    return "".join(f"engine_{k} = {letter}\n" for k, letter in enumerate(letters, start=1))


_AGAIN = """
def backward_again(loss):
    order = {{}}
    visit(loss, order)
    {}
    for node in reversed(order):
        for k, parent in enumerate(node.parents):
            parent.grad += node.grad * node.local_derivatives[k]
"""


def _again(*lines):
    return _AGAIN.format("\n    ".join("\n".join(lines).split("\n")))


EMPTY_INNER = "for node in order:\n    if node.parents:\n        node.grad = 0.0"
SEED = "loss.grad = 1.0"
SEED_AND_WALK = """    loss.grad = 1.0
    for node in reversed(order):
        for k, parent in enumerate(node.parents):
            parent.grad += node.grad * node.local_derivatives[k]
"""
SIN, COS = "math.sin(a.value)", "(math.cos(a.value),)"

WRONG = {
    "sine": [
        *functions_told(
            "sine(a)",
            (_sine(SIN, "(-math.cos(a.value),)"), "wrong sign: at 0 the sine rises"),
            (_sine(SIN, "(math.sin(a.value),)"), "the slope of the sine is the cosine"),
            (_sine(SIN, "(-math.sin(a.value),)"), "that is the slope of the cosine"),
            (_sine(SIN, "(1 - math.sin(a.value) ** 2,)"), "the one of tanh"),
            (_sine(SIN, "(math.cos(math.sin(a.value)),)"), "The cosine is taken of the result"),
            (_sine(SIN, "(1.0,)"), "that of a sum"),
            (_sine(SIN, "(a.value,)"), "is a itself"),
            (_sine(SIN, "(0.0,)"), "no gradient travels back"),
            (_sine("math.cos(a.value)", "(-math.sin(a.value),)"), "The value is the cosine"),
            (_sine("a.value", COS), "The value is a itself"),
            (_sine("math.sin(math.radians(a.value))", COS), "taken of degrees"),
            (_sine("math.tanh(a.value)", COS), "The value is the tanh"),
            (_sine("math.sin(a.value) + 1", COS), "The value of sin(a) at a = 0.7: yours is 1.644"),
            (_sine(SIN, "(math.cos(a.value) / 2,)"), "The local derivative at a = 0.7: yours is"),
            (_sine(SIN, "(math.sqrt(1 - math.sin(a.value) ** 2),)"), "is never negative"),
            (_sine("torch.sin(a)", COS), "for plain numbers write math.sin(a.value)"),
            (
                f"\n    a.value = {SIN}\n    return {_sine('a.value', COS)}\n",
                "It changes a.value: leave a as it is.",
            ),
            (_sine("math.sin(a)", "(math.cos(a),)"), "math takes plain numbers: use a.value."),
            (_sine(SIN, "(-a,)"), "The minus needs a plain number: use a.value."),
            (_sine("np.sin(a)", "(np.cos(a),)"), "That needs a plain number: use a.value."),
            (_sine(SIN, "(math.cos(a.value))"), "a tuple: one in brackets needs a comma"),
            (_sine(SIN, COS, "a"), "The parents are a tuple: (a,), with the comma."),
            (_sine(SIN, COS, "()"), "It has no parents"),
            (_sine(SIN, "()"), "Expected one local derivative, got 0"),
            (_sine(SIN, "(math.cos(a.value), 1.0)"), "Expected one local derivative, got 2"),
            (_sine(SIN, COS, "(a.value,)"), "give it a, not their numbers"),
            (_sine(SIN, COS, "(Value(a.value),)"), "or from a copy"),
            (_sine(SIN, "(Value(math.cos(a.value)),)"), "got a Value: take its .value"),
            (SIN, "Expected a Value, got a value of type float"),
            ("math.sin(a.value), math.cos(a.value)", "got a value of type tuple"),
            ("a.tanh()", "The value is the tanh"),
            ("None", "is the return missing?"),
            (f"\n    a.grad = 1.0\n    return {_sine(SIN, COS)}\n", "It changes a gradient"),
        ),
        (
            """
Old = Value


class Value(Old):
    pass


def sine(a):
    return Old(math.sin(a.value), (a,), (math.cos(a.value),))
""",
            "Its Value is of an older class",
        ),
        ("sine = math.sin", "There is no class Value yet"),
        ("sine = 0.5", "Expected a function"),
    ],
    "diagnosis": [
        (_letters('"D"', '"A"', '"B"'), "2 of 3 are right. Engine 3 isn't B"),
        (_letters('"D"', '"A"', '"E"'), "Engine 3 isn't E. One that loses the minus"),
        (_letters('"D"', '"B"', '"C"'), "hands back too early says 204 for p and 144 for q"),
        (_letters('"D"', '"C"', '"A"'), "1 of 3 is right. Engine 2 isn't C"),
        (_letters('"A"', '"A"', '"C"'), "what does q get with one arrow of s?"),
        (_letters('"C"', '"A"', '"D"'), "p and q would have changed places"),
        (_letters('"E"', '"D"', '"B"'), "0 of 3 are right. Engine 1 isn't E"),
        (_letters('"D"', '"D"', '"D"'), "twice what they should be"),
        (_letters('"F"', '"A"', '"C"'), "engine_1 is 'F': expected one letter from A to E"),
        (_letters('"DA"', '"A"', '"C"'), "expected one letter from A to E"),
        (_letters('""', '"A"', '"C"'), "expected one letter from A to E"),
        (_letters('"the one that overwrites"', '"A"', '"C"'), "overwri …': expected one letter"),
        (_letters("1", '"A"', '"C"'), "engine_1 is an int: expected a letter in quotes"),
        (_letters('"D"', "None", '"C"'), "engine_2 is a NoneType: expected a letter in quotes"),
        (_letters('"D"', '"A"', '["C"]'), "engine_3 is a list of 1: expected a letter in quotes"),
    ],
    "divide": [
        *functions_told(
            "divide(a, b)",
            (_divide("1 / b.value", "a.value / b.value**2"), "sign of the local derivative for b"),
            (_divide("1 / b.value", "-a.value / b.value"), "The square is missing"),
            (_divide("1 / b.value", "-1 / b.value**2"), "The factor a is missing"),
            (_divide("-a.value / b.value**2", "1 / b.value"), "The local derivatives are swapped"),
            (_divide("b.value", "a.value"), "of a product"),
            (_divide("1.0", "-1.0"), "of a difference"),
            (_divide("1 / b.value", "1 / b.value**2"), "wrong sign, and without its factor a"),
            (_divide("1 / b.value", "a.value / b.value"), "for b is a/b itself"),
            (
                _divide("1", "-a.value / b.value**2"),
                "The local derivative for b is right, the local derivative for a isn't",
            ),
            (_divide("2.0", "3.0"), "The local derivatives at a = 1.7, b = -0.6: yours is (2, 3)"),
            (_divide("1 / b", "-a / b**2"), "Plain numbers are in a.value."),
            (_divide("b.value", "a.value", "a.value * b.value"), "The value is the product"),
            (_divide("b.value", "a.value", "b.value / a.value"), "The value is b / a"),
            (_divide("b.value", "a.value", "a.value // b.value"), "so write /"),
            (_divide("b.value", "a.value", "1.0"), "The value at a = 1.7, b = -0.6: yours is 1"),
            ("a * power(b, -1)", "built from other operations"),
            ("Value(a.value / b.value, (a,), (1 / b.value,))", "b is missing among the parents"),
            ("Value(a.value / b.value, (a, b), (1 / b.value,))", "Expected 2 local derivatives"),
            (
                "Value(a.value / b.value, (b, a), (1 / b.value, -a.value / b.value**2))",
                "The local derivatives are swapped",
            ),
            ("1 / b.value, -a.value / b.value**2", "Expected a Value, got a value of type tuple"),
            ("Value(a.value / b.value)", "It has no parents"),
            (
                "\n    b.value = 1 / b.value\n    return a * b\n",
                "It changes b.value: leave b as it is.",
            ),
        ),
        ("divide = 0.5", "Expected a function"),
        ("divide = print", "There is no class Value yet"),
    ],
    "backward_again": [
        (_again(SEED), "still hold their old gradients"),
        (_again("for node in order:\n    node.grad = 0.0", SEED), "The leaves are emptied, too"),
        (_again(SEED, EMPTY_INNER), "Nothing travels back"),
        (_again(EMPTY_INNER), "Nothing travels back"),
        (
            _again(EMPTY_INNER.replace("if node", "if not node"), SEED),
            "it is the other way round",
        ),
        (_again(EMPTY_INNER, "loss.grad = 2.0"), "neither the leaves nor the numbers in between"),
        (_again("for node in order:\n    node.grad = None", SEED), "Write 0.0, to which the walk"),
        (_again("for node in order:\n    node.value = 0.0", SEED), "It changes the values"),
        (_again("for node in order:\n    node.parents = ()", SEED), "It takes the graph apart"),
        (
            _again("for node in order:\n    if not node.is_leaf:\n        node.grad = 0.0", SEED),
            "A leaf is a Value without parents.",
        ),
        (_again("for node in order:\n    node.grad *= 2", SEED), "neither the leaves nor"),
        (_again(EMPTY_INNER, "backward(loss)", EMPTY_INNER, SEED), "hands back twice"),
        (
            _again(EMPTY_INNER, SEED) + "    list(order)[0].grad = loss\n",
            "Expected a float for the gradient of number",
        ),
        (_again(EMPTY_INNER, SEED) + SEED_AND_WALK, "One call must walk once"),
        (
            _again(
                EMPTY_INNER.replace("if node.parents", "if node.parents and node is not loss")
            ).replace("for node in reversed", "loss.grad += 1.0\n    for node in reversed"),
            "it must start at 1 each time",
        ),
        (
            _again(SEED) + "    for node in order:\n        node.grad *= not node.parents\n",
            "not after",
        ),
        (_again("if loss.grad:\n    return", EMPTY_INNER, SEED), "The second call adds nothing"),
        (
            _again(EMPTY_INNER, SEED) + "    loss.parents[0].grad = 7.0\n",
            "The leaves are right, the numbers in between aren't.",
        ),
        (
            _again(EMPTY_INNER, SEED) + "    list(order)[0].grad += 7.0\n",
            "The numbers in between are right, the leaves aren't.",
        ),
        (_again("loss.gradient = 1.0", "order[0] = 0.0"), "raises AttributeError"),
        ("backward_again = None", "Expected a function"),
        ("backward_again = len", "There is no class Value yet"),
    ],
}
WRONG["backward_again"] += slips(
    "build_your_own_autograd",
    "backward_again",
    ("node.grad = 0.0", "node.grad = 1.0", "neither the leaves nor the numbers in between"),
    ("parent.grad += ", "parent.grad = ", "It overwrites"),
    ("reversed(order)", "order", "keep reversed(order)"),
)

RIGHT = {
    "sine": [
        *functions(
            "sine(a)",
            _sine("np.sin(a.value)", "(np.cos(a.value),)"),
            _sine(SIN, "[math.cos(a.value)]", "[a]"),
            _sine(SIN, "(math.sin(a.value + math.pi / 2),)"),
            "Value(value=math.sin(a.value), parents=(a,), local_derivatives=(math.cos(a.value),))",
            """
    number = a.value
    result = Value(math.sin(number), name="sin")
    result.parents = (a,)
    result.local_derivatives = (math.cos(number),)
    return result
""",
        ),
    ],
    "diagnosis": [
        _letters('"d"', '"a"', '"c"'),
        _letters('" D"', '"A "', '"C"'),
        _letters('"D."', '"A."', '"C."'),
        _letters('"(d)"', '"(a)"', '"(c)"'),
        _letters('"D: nobody emptied them"', '"A, it overwrites"', '"C"'),
        "engine_1, engine_2, engine_3 = 'DAC'\n",
    ],
    "divide": functions(
        "divide(a, b)",
        "Value(a.value / b.value, (b, a), (-a.value / b.value**2, 1 / b.value))",
        _divide("1 / b.value", "-(a.value / b.value) / b.value"),
        _divide("b.value**-1", "-a.value * b.value**-2"),
        _divide("1.0 / b.value", "-1 * a.value / (b.value * b.value)"),
        """
    quotient = a.value / b.value
    return Value(quotient, [a, b], [1 / b.value, -quotient / b.value])
""",
        _divide("1 / b.value", "-a.value / b.value**2", "a.value * b.value**-1"),
    ),
    "backward_again": [
        _again("loss.grad = 0.0", EMPTY_INNER, SEED),
        _again(EMPTY_INNER, "...", SEED),  # the dots left standing do nothing
        _again(
            "for node in reversed(order):\n    if len(node.parents) > 0:\n        node.grad = 0",
            SEED,
        ),
        _again("for node in order:\n    node.grad *= not node.parents", SEED),
        """
def backward_again(loss):
    order = {}
    visit(loss, order)
    inner = [node for node in order if node.parents]
    for node in inner:
        node.grad = 0.0
    loss.grad = 1.0
    for node in reversed(inner):
        for parent, local in zip(node.parents, node.local_derivatives):
            parent.grad = parent.grad + local * node.grad
""",
        """
def backward_again(loss):
    order = {}
    visit(loss, order)
    for node in order:
        if node.parents:
            node.grad = 0.0
    backward(loss)
""",
    ],
}
