"""Build your own autograd: its engine against PyTorch, and what the lesson claims."""

import math
import operator
import random
import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, graphs, plots
from course_utils.checks import autograd as check
from course_utils.descent import QuadraticLoss, design_matrix
from tests.support.lessons import read_output, run_lesson
from tests.support.tolerance import near

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
FORMS = ["{} {} {}", "{} {} number", "tanh"]


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("build_your_own_autograd")


@pytest.fixture(scope="module")
def engine(lesson):
    return lesson["Value"]


def random_program(seed, n_leaves=4, n_operations=60):
    """Return a program whose numbers stay of moderate size: leaves, and steps (form, operands).

    A step uses numbers by their place; some are used many times.
    """
    rng = random.Random(seed)
    leaves = [rng.uniform(0.5, 2) * rng.choice([-1, 1]) for _ in range(n_leaves)]
    values, steps = list(leaves), []
    while len(steps) < n_operations:
        i, j = (rng.randrange(max(0, len(values) - 12), len(values)) for _ in range(2))
        step = rng.choice(FORMS), i, j, rng.choice("+-*"), rng.uniform(-2, 2)
        value = apply(step, values)
        if 0.1 < abs(value) < 5:
            values.append(value)
            steps.append(step)
    return leaves, steps


def apply(step, values):
    """Return what a step makes of floats, Values or tensors."""
    form, i, j, symbol, number = step
    if form == "tanh":
        return math.tanh(values[i]) if isinstance(values[i], float) else values[i].tanh()
    return OPERATORS[symbol](values[i], number if form.endswith("number") else values[j])


def run(program, make):
    """Return the leaves, all numbers and the loss: their sum, so that each operation counts."""
    leaves, steps = program
    values = [make(leaf) for leaf in leaves]
    leaves = list(values)
    for step in steps:
        values.append(apply(step, values))
    loss = values[0]
    for value in values[1:]:
        loss = loss + value
    return leaves, values, loss


def tensor(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def order_of(lesson, loss):
    """Return all boxes behind a loss, the loss first."""
    order = {}
    lesson["visit"](loss, order)
    return list(reversed(order))


@pytest.mark.parametrize("seed", range(40))
def test_engine_agrees_with_torch_in_every_number(engine, seed):
    program = random_program(seed)
    _, ours, loss = run(program, engine)
    _, theirs, loss_t = run(program, tensor)
    assert loss.value == pytest.approx(loss_t.item(), rel=1e-12)
    for value in theirs:
        value.retain_grad()
    loss.backward()
    loss_t.backward()
    expected = [value.grad.item() for value in theirs]
    got = [value.grad for value in ours]
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12 * max(map(abs, expected)))


def test_the_random_programs_use_every_operation(lesson, engine):
    used = set()
    for seed in range(40):
        program = random_program(seed)
        used |= {(form, symbol) for form, _, _, symbol, _ in program[1] if form != "tanh"}
        used |= {(form, "") for form, *_ in program[1] if form == "tanh"}
        _, _, loss = run(program, engine)
        arrows = [parent for node in order_of(lesson, loss) for parent in node.parents]
        assert len(arrows) > len(set(arrows)) + 50, "hardly any fan-out"
    assert used == {(form, symbol) for form in FORMS[:2] for symbol in "+-*"} | {("tanh", "")}


@pytest.mark.parametrize("seed", range(10))
def test_order_is_topological_and_complete(lesson, engine, seed):
    leaves, values, loss = run(random_program(seed), engine)
    order = order_of(lesson, loss)
    place = {node: k for k, node in enumerate(order)}
    assert order[0] is loss
    assert {*leaves, *values} <= place.keys()
    for node in order:
        assert all(place[parent] > place[node] for parent in node.parents)


@pytest.mark.parametrize(
    ("step", "slopes"),
    [
        (lambda a, b: a + b, (1, 1)),
        (lambda a, b: a - b, (1, -1)),
        (lambda a, b: a * b, (-0.7, 1.3)),
        (lambda a, b: a.tanh(), (1 - math.tanh(1.3) ** 2,)),
    ],
)
def test_attributes_have_their_fixed_names(engine, step, slopes):
    a, b = engine(1.3, name="a"), engine(-0.7, name="b")
    made = step(a, b)
    assert type(made.value) is float
    assert made.grad == 0.0
    assert made.parents == (a, b)[: len(slopes)]
    assert made.local_derivatives == pytest.approx(slopes, rel=1e-15)


@pytest.mark.parametrize("number", [2, 2.5, np.float64(2.5), np.float32(0.5), np.int64(3)])
@pytest.mark.parametrize("symbol", OPERATORS)
def test_plain_numbers_may_stand_on_the_right(engine, symbol, number):
    made = OPERATORS[symbol](engine(1.5), number)
    assert isinstance(made, engine)
    assert made.value == pytest.approx(OPERATORS[symbol](1.5, float(number)), rel=1e-15)
    with pytest.raises(TypeError, match="unsupported operand type"):
        OPERATORS[symbol](2, engine(1.5))


@pytest.mark.parametrize(
    ("walk", "w_gradient", "b_gradient"),
    [("hand_back", -6, -3), ("hand_back_adding", -30, -12), ("backward", -12, -6)],
)
def test_the_three_walks_find_what_the_text_says(lesson, walk, w_gradient, b_gradient):
    w, b, loss = lesson["one_row"]()
    loss.grad = 1.0
    lesson[walk](loss)
    assert (loss.value, w.grad, b.grad) == (9.0, w_gradient, b_gradient)
    if walk == "backward":
        assert (lesson["grad_w"], lesson["grad_b"]) == (w.grad, b.grad)


def test_only_the_first_two_walks_have_wrong_gradients(lesson):
    wrong = {}
    for walk in ("hand_back", "hand_back_adding", "backward"):
        _, _, loss = lesson["one_row"]()
        loss.grad = 1.0
        lesson[walk](loss)
        nodes = graphs.value_nodes(loss, gradients=True, check=True).nodes
        wrong[walk] = sum(node.right is not None for node in nodes)
    assert wrong == {"hand_back": 7, "hand_back_adding": 6, "backward": 0}


def test_p_is_complete_after_three_turns(lesson, engine):
    p, q = engine(3.0), engine(-2.0)
    d = p * q
    f = d * d + p
    f.grad, complete = 1.0, []
    for node in order_of(lesson, f):
        for k, parent in enumerate(node.parents):
            parent.grad += node.grad * node.local_derivatives[k]
        complete.append((d.grad, p.grad, q.grad))
    assert complete[:2] == [(0, 1, 0), (-12, 1, 0)]
    assert complete[2] == complete[-1] == (-12, 25, -36)


def test_the_loop_is_the_descent_by_hand(lesson):
    line = data.noisy_line()
    bowl = QuadraticLoss(design_matrix(line.x_train), line.y_train)
    rng = np.random.RandomState(42)
    b, w = rng.randn(), rng.randn()
    place, path = np.array([w, b]), []
    for _ in range(1001):
        path.append(place)
        place = place - 0.1 * bowl.hessian @ (place - bowl.minimizer)
    printed = read_output("build_your_own_autograd", "n_epochs = 0.1, 1000")
    w_end, b_end = re.search(r"after 1,000 epochs: w = (\S+)  b = (\S+)", printed).groups()
    assert path[1000] == pytest.approx([float(w_end), float(b_end)], abs=6e-9)
    assert path[1] == pytest.approx([0.04511107, 0.80119529], abs=5e-9)


def test_without_emptying_the_loss_swings_and_never_rests():
    """What the third question says of the eighty points, in plain NumPy."""
    line = data.noisy_line()
    bowl = QuadraticLoss(design_matrix(line.x_train), line.y_train)
    place, gradient, losses = np.array([-0.1382643, 0.49671415]), 0.0, []
    for _ in range(200):
        losses.append(float(bowl.loss(place)))
        gradient = gradient + bowl.hessian @ (place - bowl.minimizer)
        place = place - 0.1 * gradient
    for part in (losses[:50], losses[150:]):
        assert max(part) > 2.5
        assert min(part) < 0.3


def test_the_first_gradient_is_the_one_by_hand(engine):
    line = data.noisy_line()
    x, y = line.x_train.ravel(), line.y_train.ravel()
    start = np.random.RandomState(42)
    b, w = engine(start.randn()), engine(start.randn())
    total = engine(0.0)
    for x_i, y_i in zip(x, y, strict=True):
        error = w * x_i + b - y_i
        total = total + error * error
    (total * (1 / len(x))).backward()
    error = w.value * x + b.value - y
    for got, by_hand, published in (
        (w.grad, (2 * error * x).mean(), -1.8337537171510832),
        (b.grad, (2 * error).mean(), -3.044811379650508),
    ):
        assert abs(got - by_hand) < 1e-12
        assert abs(got - published) < 1e-12


def plain_training(heights, lr=0.1, n_steps=2000):
    """Return the ten parameters after each step of the lesson's training, in plain NumPy."""
    t = 2 * data.sine_line().x - 1
    p, path = np.random.RandomState(25).randn(10), []
    for _ in range(n_steps + 1):
        path.append(p)
        units = np.tanh(np.outer(t, p[:3]) + p[3:6])  # (10, 3)
        g = 2 * (units @ p[6:9] + p[9] - heights) / 10
        inner = np.outer(g, p[6:9]) * (1 - units**2)
        gradient = np.concatenate([t @ inner, inner.sum(0), g @ units, [g.sum()]])
        p = p - lr * gradient
    return np.array(path)


def plain_curve(p, t):
    """Return the curve with the ten parameters p at all t."""
    return np.tanh(np.outer(t, p[:3]) + p[3:6]) @ p[6:9] + p[9]


def test_the_engine_trains_as_numpy_and_pytorch_do(lesson):
    expected = plain_training(data.sine_line().y)[-1]
    ours = [parameter.value for parameter in lesson["parameters"]]
    theirs = [parameter.item() for parameter in lesson["tensors"]]
    np.testing.assert_allclose(ours, expected, rtol=1e-9)
    np.testing.assert_allclose(theirs, expected, rtol=1e-9)


def test_the_curve_ends_at_the_points(lesson):
    wave = data.sine_line()
    final = np.array([parameter.value for parameter in lesson["parameters"]])
    mse = ((plain_curve(final, 2 * wave.x - 1) - wave.y) ** 2).mean()
    assert mse == near("0.00013")
    np.testing.assert_allclose(
        lesson["shapes"][-1], plain_curve(final, 2 * lesson["grid"] - 1), rtol=1e-9, atol=1e-12
    )
    assert len(lesson["shapes"]) == len(lesson["shown"]) == 32
    np.testing.assert_allclose(
        np.interp(wave.x, lesson["grid"], lesson["shapes"][-1]),
        plain_curve(final, 2 * wave.x - 1),
        rtol=1e-9,
    )


def test_the_recorded_curves_are_those_of_the_engine(lesson):
    """What 'Start here' shows is what this lesson's engine does, at the steps recorded."""
    film = data.recorded_curves()
    path = plain_training(film.y)
    np.testing.assert_array_equal(film.x, lesson["x_wave"])  # the picture's x in both lessons
    np.testing.assert_array_equal(film.steps, lesson["shown"])
    for step, recorded, shape in zip(film.steps, film.curves, lesson["shapes"], strict=True):
        np.testing.assert_allclose(recorded, plain_curve(path[step], 2 * film.grid - 1), atol=6e-5)
        engine = np.interp(film.x, lesson["grid"], shape)
        np.testing.assert_allclose(np.interp(film.x, film.grid, recorded), engine, atol=6e-5)


def test_the_training_is_not_chaotic():
    """A start that differs by 1e-9 ends within a few times as much: the numbers hold anywhere."""
    wave = data.sine_line()
    path = plain_training(wave.y)
    assert (np.diff(((plain_curve_all(path) - wave.y) ** 2).mean(axis=1)) < 0).all()
    shaken = plain_training(wave.y + 1e-9)
    assert np.abs(shaken[-1] - path[-1]).max() < 1e-7


def plain_curve_all(path):
    """Return the curve at the ten points for each row of parameters."""
    t = 2 * data.sine_line().x - 1
    return np.array([plain_curve(p, t) for p in path])


@pytest.mark.parametrize(
    "heights",
    [
        [0, 0, 1, 3, 5, 5, 3, 1, 0, 0],
        [3, 1, 4, 1, 5, 0, 2, 5, 3, 0],
        [3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
        [0, 5, 0, 5, 0, 5, 0, 5, 0, 5],
        [0] * 10,
        [5] * 10,
    ],
)
def test_ten_heights_of_ones_own_are_no_trouble(heights):
    heights = np.array(heights, dtype=float)
    path = plain_training(heights)
    losses = ((plain_curve_all(path) - heights) ** 2).mean(axis=1)
    assert np.isfinite(path).all()
    assert losses[-1] <= max(heights.var(), 1e-3)


def engine_with(mistake, engine):
    """Return df/dp and df/dq of f = s·s with s = p·q − p by an engine with this mistake."""
    walks = run_lesson("build_your_own_autograd")
    p, q = engine(3.0), engine(5.0)
    for _ in range(2 if mistake == "D" else 1):
        product = p * q
        s = product - p
        f = s * s
        if mistake == "C":
            product.local_derivatives = (p.value, q.value)
        if mistake == "E":
            s.local_derivatives = (1.0, 1.0)
        f.grad = 1.0
        walks[{"A": "hand_back", "B": "hand_back_adding"}.get(mistake, "backward")](f)
    return p.grad, q.grad


@pytest.mark.parametrize("mistake", check.DIAGNOSES)
def test_each_diagnosis_is_what_such_an_engine_says(engine, mistake):
    numbers, _ = check.DIAGNOSES[mistake]
    assert engine_with(mistake, engine) == numbers


def test_the_diagnoses_differ_from_each_other_and_from_the_truth(engine):
    assert engine_with("", engine) == (96, 72)
    assert len({(96, 72), *(numbers for numbers, _ in check.DIAGNOSES.values())}) == 6


@pytest.mark.parametrize("times", [1, 5, 10])
def test_visits_grow_as_the_text_says(lesson, times):
    doubled = lesson["doubled"](times)
    leaf = order_of(lesson, doubled)[-1]
    assert lesson["walk_every_path"](doubled) == 2 ** (times + 1) - 1
    assert leaf.grad == 2**times, "slow, and right"
    assert len(order_of(lesson, doubled)) == times + 1


def test_sixty_doublings_are_no_matter_in_order(lesson):
    doubled = lesson["doubled"](60)
    doubled.backward()
    assert order_of(lesson, doubled)[-1].grad == 2.0**60


@pytest.mark.parametrize("n", [2, 3, -1, 0.5])
def test_powers_have_their_derivative(lesson, engine, n):
    a, a_t = engine(1.7), tensor(1.7)
    lesson["power"](a, n).backward()
    (a_t**n).backward()
    assert a.grad == pytest.approx(a_t.grad.item(), rel=1e-14)


def test_a_second_backward_is_too_much_for_the_engine_and_not_for_torch(lesson):
    w, _, loss = lesson["one_row"]()
    loss.backward()
    assert w.grad == -12
    loss.backward()
    assert w.grad == -60
    w_t = tensor(4.0)
    loss_t = (w_t * 2.0 - 11.0) ** 2
    loss_t.backward(retain_graph=True)
    function = loss_t.grad_fn
    while function.next_functions:
        function = function.next_functions[0][0]
    assert type(function).__name__ == "AccumulateGrad"
    loss_t.backward()
    assert w_t.grad.item() == -24


@pytest.mark.parametrize("z", [0.0, 1.0, -2.5])
def test_tanh_has_the_slope_that_the_text_says(engine, z):
    value = engine(z)
    value.tanh().backward()
    h = 1e-5
    central = (math.tanh(z + h) - math.tanh(z - h)) / (2 * h)
    assert value.grad == pytest.approx(central, rel=1e-8)
    assert value.grad == pytest.approx(1 - math.tanh(z) ** 2, rel=1e-12)


def predicted(ax):
    """Return the ends of the line that marks a prediction."""
    (line,) = (line for line in ax.lines if line.get_label() == "your prediction")
    return np.transpose(line.get_transform().transform(np.transpose(line.get_data())))


def test_a_predicted_slope_goes_through_the_place(lesson):
    ax = Figure().subplots()
    w, losses = lesson["w_range"], lesson["losses"]
    caption = plots.slope_claim(w, losses, 4.0, -6.0, prediction=-10.0, ax=ax)
    assert caption.endswith("the machine says -6. You predicted -10; it is -6.")
    xs, ys = ax.transData.inverted().transform(predicted(ax).T).T
    assert np.diff(ys) / np.diff(xs) == pytest.approx(-10)
    assert np.interp(4.0, xs, ys) == pytest.approx(9.0)
    right = plots.slope_claim(w, losses, 4.0, -12.0, prediction=..., ax=Figure().subplots())
    assert right.endswith("the slope -12; the machine agrees.")


def test_a_predicted_turn_is_marked_beside_the_true_one(lesson):
    ax = Figure().subplots()
    arguments = lesson["order"], lesson["turns"], "d p q", "p"
    caption = plots.gradients_by_turn(*arguments, prediction=2, ax=ax)
    assert caption.endswith("complete after turn 3. You predicted 2; it is 3.")
    xs, _ = ax.transData.inverted().transform(predicted(ax).T).T
    assert xs == pytest.approx([2, 2])
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert ticks == ["start", "1: f", "2: ×", "3: d", "4: q", "5: p"]
    text = plots.gradients_by_turn(*arguments, prediction="two", ax=Figure().subplots())
    assert text.endswith("my_prediction holds 'two', not a number: type a number such as 3.5.")
