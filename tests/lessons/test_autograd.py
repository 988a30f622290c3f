"""Build your own autograd: its engine against PyTorch, and what the lesson claims."""

import math
import operator
import random

import numpy as np
import pytest
import torch

from tests.support.lessons import run_lesson
from tests.support.tolerance import near

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
FORMS = ["{} {} {}", "{} {} number", "number {} {}", "** n", "negate", "exp"]


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("build_your_own_autograd")


@pytest.fixture(scope="module")
def engine(lesson):
    return lesson["Value"]


@pytest.fixture
def row(lesson):
    """A fresh w and b, and the loss of the first row in 'Gradient descent by hand'."""
    w, b = lesson["Value"](lesson["w_start"]), lesson["Value"](lesson["b_start"])
    return w, b, (w * lesson["x_1"] + b - lesson["y_1"]) ** 2


def random_program(seed, n_leaves=4, n_operations=60):
    """Return a program whose numbers stay of moderate size: leaves, and steps (form, operands).

    A step uses numbers by their place; some are used many times.
    """
    rng = random.Random(seed)
    leaves = [rng.uniform(0.5, 2) * rng.choice([-1, 1]) for _ in range(n_leaves)]
    values, steps = list(leaves), []
    while len(steps) < n_operations:
        form = rng.choice(FORMS)
        i, j = (rng.randrange(max(0, len(values) - 12), len(values)) for _ in range(2))
        step = form, i, j, rng.choice("+-*/"), rng.uniform(-2, 2), rng.choice([-2, -1, 0.5, 2, 3])
        try:
            value = apply(step, values)
        except (ZeroDivisionError, OverflowError, AttributeError):
            continue
        if not isinstance(value, complex) and 0.1 < abs(value) < 5:
            values.append(value)
            steps.append(step)
    return leaves, steps


def apply(step, values):
    """Return what a step makes of floats, Values or tensors."""
    form, i, j, symbol, number, n = step
    left, right = values[i], values[j]
    if form == "** n":
        return left**n
    if form == "negate":
        return -left
    if form == "exp":
        return math.exp(left) if isinstance(left, float) else left.exp()
    left = number if form.startswith("number") else left
    right = number if form.endswith("number") else right
    return OPERATORS[symbol](left, right)


def run(program, make):
    """Return the leaves and the loss: the sum of all numbers, so that each operation counts."""
    leaves, steps = program
    values = [make(leaf) for leaf in leaves]
    leaves = list(values)
    for step in steps:
        values.append(apply(step, values))
    return leaves, sum(values)


def tensor(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("seed", range(60))
def test_engine_agrees_with_torch(lesson, engine, seed):
    program = random_program(seed)
    ours, loss = run(program, engine)
    theirs, loss_t = run(program, tensor)
    assert loss.value == pytest.approx(loss_t.item(), rel=1e-12)
    loss.backward()
    loss_t.backward()
    expected = [leaf.grad.item() for leaf in theirs]
    largest = max(map(abs, expected))
    np.testing.assert_allclose([v.grad for v in ours], expected, rtol=1e-12, atol=1e-12 * largest)


def test_the_random_programs_use_every_operation(lesson, engine):
    used = set()
    for seed in range(60):
        leaves, steps = random_program(seed)
        assert len(steps) >= 50
        used |= {(form, symbol if "{}" in form else n) for form, *_, symbol, _, n in steps}
        _, loss = run((leaves, steps), engine)
        arrows = [parent for node in lesson["backward_order"](loss) for parent in node.parents]
        assert len(arrows) > len(set(arrows)) + 50, "hardly any fan-out"
    assert {(form, symbol) for form in FORMS[:3] for symbol in OPERATORS} <= used
    assert {("** n", n) for n in (-2, -1, 0.5, 2, 3)} <= used
    assert {form for form, _ in used} == set(FORMS)


def test_gradient_of_every_number_on_the_way(engine):
    program = random_program(7)
    leaves, steps = program
    ours, theirs = [engine(v) for v in leaves], [tensor(v) for v in leaves]
    for values in (ours, theirs):
        for step in steps:
            values.append(apply(step, values))
    for value in theirs:
        value.retain_grad()
    sum(ours).backward()
    sum(theirs).backward()
    expected = [value.grad.item() for value in theirs]
    got = [value.grad for value in ours]
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12 * max(map(abs, expected)))


@pytest.mark.parametrize(
    ("step", "slopes"),
    [
        (lambda a, b: a + b, (1, 1)),
        (lambda a, b: a - b, (1, -1)),
        (lambda a, b: a * b, (-0.7, 1.3)),
        (lambda a, b: -a, (-1,)),
        (lambda a, b: a**3, (3 * 1.3**2,)),
        (lambda a, b: a.exp(), (np.exp(1.3),)),
    ],
)
def test_attributes_have_their_fixed_names(engine, step, slopes):
    a, b = engine(1.3, name="a"), engine(-0.7, name="b")
    made = step(a, b)
    assert type(made.value) is float
    assert made.grad == 0.0
    assert made.parents == (a, b)[: len(slopes)]
    assert isinstance(made.local_derivatives, tuple)
    assert made.local_derivatives == pytest.approx(slopes, rel=1e-15)
    assert all(type(local) is float for local in made.local_derivatives)


def test_the_gradient_by_hand_and_the_first_step(lesson):
    first = run_lesson("gradient_descent_by_hand")
    b, w = first["path"][0][::-1]
    assert (lesson["w_start"], lesson["b_start"]) == (w, b)
    hand = first["gradient"](w, b, first["x"], first["y"])
    values = lesson["Value"](w), lesson["Value"](b)
    loss = lesson["mse"](*values, first["x"], first["y"])
    loss.backward()
    assert loss.value == pytest.approx(first["mse"](w, b, first["x"], first["y"]), rel=1e-14)
    for value, expected, published in zip(
        values, hand, (-1.8337537171510832, -3.044811379650508), strict=True
    ):
        assert abs(value.grad - expected) < 1e-12
        assert abs(value.grad - published) < 1e-12
    assert values[1].value - 0.1 * values[1].grad == near("0.80119529")
    assert values[0].value - 0.1 * values[0].grad == near("0.04511107")


def test_the_solved_step_is_the_descent_by_hand(lesson):
    """What exercise 4 asks for, many times over, is the path of 'Gradient descent by hand'."""
    first = run_lesson("gradient_descent_by_hand")
    w, b = (lesson["Value"](value) for value in first["path"][0])
    for epoch in range(20):
        loss = lesson["mse"](w, b, first["x"], first["y"])
        w.grad = b.grad = 0.0
        loss.backward()
        w.value -= 0.1 * w.grad
        b.value -= 0.1 * b.grad
        np.testing.assert_allclose([w.value, b.value], first["path"][epoch + 1], rtol=1e-12)


@pytest.mark.parametrize("symbol", OPERATORS)
@pytest.mark.parametrize("other", ["3", [1.0], None, np.ones(3), np.ones((80, 1)), 1j])
def test_wrong_operand_is_named_on_either_side(engine, symbol, other):
    kind = type(other).__name__
    with pytest.raises(TypeError) as left:
        OPERATORS[symbol](engine(1.0), other)
    assert str(left.value) == f"Value {symbol} {kind}: {kind} is neither a Value nor a number"
    with pytest.raises(TypeError) as right:
        OPERATORS[symbol](other, engine(1.0))
    assert str(right.value) == f"{kind} {symbol} Value: {kind} is neither a Value nor a number"


@pytest.mark.parametrize("number", [2, 2.5, np.float64(2.5), np.float32(0.5), np.int64(3)])
@pytest.mark.parametrize("symbol", OPERATORS)
def test_numbers_of_any_kind_are_numbers(engine, symbol, number):
    for made, expected in (
        (OPERATORS[symbol](engine(1.5), number), OPERATORS[symbol](1.5, float(number))),
        (OPERATORS[symbol](number, engine(1.5)), OPERATORS[symbol](float(number), 1.5)),
    ):
        assert isinstance(made, engine)
        assert made.value == pytest.approx(expected, rel=1e-15)


def test_wrong_exponent_and_wrong_value(engine):
    with pytest.raises(TypeError, match=r"^Value \*\* Value: the exponent must be a plain number$"):
        engine(2.0) ** engine(3.0)
    with pytest.raises(TypeError, match=r"^Value \*\* str: "):
        engine(2.0) ** "3"
    with pytest.raises(TypeError, match="'int' and 'Value'"):
        2 ** engine(3.0)
    for wrong in ([1.0, 2.0], "3", None, np.ones(2), torch.tensor(1.0), engine(1.0)):
        name = type(wrong).__name__
        with pytest.raises(TypeError, match=f"^a Value holds one number, but {name} came$"):
            engine(wrong)
    with pytest.raises(TypeError, match="complex"):
        engine(-2.0) ** 0.5
    with pytest.raises(ZeroDivisionError):
        engine(1.0) / engine(0.0)


@pytest.mark.parametrize("wrong", [[1.0], 3.0, None, torch.tensor(1.0)])
def test_backward_of_no_value_is_refused(lesson, wrong):
    with pytest.raises(TypeError, match=f"but {type(wrong).__name__} came"):
        lesson["backward"](wrong)


def test_backward_twice_doubles_leaves_and_only_leaves_as_in_torch(row):
    w, b, loss = row
    loss.backward()
    error = loss.parents[0]
    once = w.grad, b.grad, error.grad
    loss.backward()
    assert (w.grad, b.grad, error.grad) == (2 * once[0], 2 * once[1], once[2])
    assert loss.grad == 1.0

    w_t, b_t = tensor(w.value), tensor(b.value)
    loss_t = (w_t * 0.5 + b_t) ** 2
    loss_t.backward(retain_graph=True)
    once_t = w_t.grad.clone()
    loss_t.backward()
    assert w_t.grad == 2 * once_t


def test_the_flawed_backward_grows_with_depth(lesson, row):
    w, _, loss = row
    lesson["backward_once"](loss)
    once = w.grad
    lesson["backward_once"](loss)
    assert w.grad == pytest.approx(5 * once, rel=1e-14)


def test_backward_of_a_leaf(engine):
    leaf = engine(2.0)
    leaf.backward()
    leaf.backward()
    assert leaf.grad == 2.0


def test_two_losses_share_a_part(engine):
    """Inner gradients belong to one walk; leaves collect over both, as in torch."""
    a, a_t = engine(1.5), tensor(1.5)
    d, d_t = a * a, a_t * a_t
    (d**2).backward()
    (d**3).backward()
    (d_t**2).backward(retain_graph=True)
    (d_t**3).backward()
    assert a.grad == pytest.approx(a_t.grad.item(), rel=1e-14)
    assert d.grad == pytest.approx(3 * d.value**2, rel=1e-14)


@pytest.mark.parametrize("seed", range(10))
def test_order_is_topological_and_complete(lesson, engine, seed):
    _, loss = run(random_program(seed), engine)
    order = lesson["backward_order"](loss)
    place = {node: k for k, node in enumerate(order)}
    assert order[0] is loss
    assert len(place) == len(order), "a number comes twice"
    for node in order:
        assert all(place[parent] > place[node] for parent in node.parents)


def test_deep_graphs(lesson, engine):
    term = engine(1.0)
    total = lesson["long_sum"](term)
    total.backward()
    assert term.grad == 5000.0
    for _ in range(100_000):
        total = total + 1.0
    term.grad = 0.0
    total.backward()
    assert term.grad == 5000.0
    with pytest.raises(RecursionError):
        lesson["walk_every_path"](total)
    del total  # a deep graph goes away without trouble, too


@pytest.mark.parametrize("times", [1, 5, 16])
def test_visits_grow_as_the_text_says(lesson, times):
    doubled = lesson["doubled"](times)
    (leaf,) = [node for node in lesson["backward_order"](doubled) if not node.parents]
    assert lesson["walk_every_path"](doubled) == 2 ** (times + 1) - 1
    assert leaf.grad == 2**times, "slow, and right"
    assert len(lesson["backward_order"](doubled)) == times + 1


def test_sixty_doublings_are_no_matter_in_order(lesson):
    doubled = lesson["doubled"](60)
    doubled.backward()
    assert lesson["backward_order"](doubled)[-1].grad == 2.0**60


def test_the_silent_bugs_are_what_the_text_says(lesson, engine):
    p, q = engine(3.0), engine(-2.0)
    f = p * q + p
    f.grad = 1.0
    lesson["hand_back"](f)
    assert p.grad == 1.0  # right: -1
    p, q = engine(3.0), engine(-2.0)
    d = p * q
    f = d * d
    f.grad = 1.0
    lesson["hand_back_adding"](f)
    assert (d.grad, p.grad) == (-12.0, 36.0)  # right: -12 and 24
    p.grad = q.grad = 0.0
    f.backward()
    assert (d.grad, p.grad, q.grad) == (-12.0, 24.0, -36.0)


def test_names_stay_short(lesson, engine):
    """A name that held the whole expression would double with each doubling."""
    total = lesson["doubled"](60)
    assert max(len(node.name) for node in lesson["backward_order"](total)) <= 24
    w, x, b, y = (engine(1.0, name=name) for name in "wxby")
    assert ((w * x + b - y) ** 2).name == "(w·x + b − y)**2"
    assert (w * (b - (x - y))).name == "w·(b − (x − y))"
    assert (w / x).name == "w·(x**-1)"
    assert (-(w + b)).exp().name == "exp(−(w + b))"


def test_sigmoid_in_both_machines(lesson):
    z_t = tensor(0.5)
    torch.sigmoid(z_t).backward()
    assert lesson["z"].grad == pytest.approx(z_t.grad.item(), rel=1e-14)
    assert lesson["z_t"].grad.item() == pytest.approx(z_t.grad.item(), rel=1e-14)


def test_numbers_in_the_text(lesson):
    w = lesson["Value"](lesson["w_start"])
    b = lesson["Value"](lesson["b_start"])
    loss = lesson["mse"](w, b, lesson["x"], lesson["y"])
    assert len(lesson["backward_order"](loss)) == 566
    assert lesson["d_w"] == near("-3.2154")
    assert lesson["d_b"] == near("-4.1689")
    a, b, c = (lesson["Value"](value) for value in (3.0, -1.0, 5.0))
    s = a * b + c
    (s**2 + s * a).backward()
    assert (s.value, s.grad, a.grad, b.grad, c.grad) == (2.0, 7.0, -5.0, 21.0, 7.0)


def test_without_its_line_numpy_would_spread_a_value(lesson, engine, monkeypatch):
    monkeypatch.delattr(engine, "__array_ufunc__")
    made = lesson["x"] * engine(2.0)
    assert made.shape == (80, 1)
    assert all(isinstance(each, engine) for each in made.ravel())


def test_the_slider_shows_each_gradient_when_its_box_is_complete(lesson, capsys):
    lines = []
    for steps in range(4):
        lesson["walk_back"](steps)
        lines.append(capsys.readouterr().out.splitlines()[-1])
    assert [line.split("reaches ")[-1] for line in lines[1:]] == [
        "p with 1 and q with 0.",
        "p with 1 and q with 0.",
        "p with 25 and q with -36.",
    ]
    assert "the gradient of every leaf is 0" in lines[0]
