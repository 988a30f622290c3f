"""A network that bends: its numbers, from a network written out in NumPy, and its claims."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from sklearn.datasets import make_moons
from torch import nn

from course_utils import data, plots
from tests.support.lessons import read_notebook, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "a_network_that_bends"
WAVE = data.sine_line()
X, Y = WAVE.x, WAVE.y
T = 2 * X - 1
NOISY = data.noisy_sine()
T40, Y40 = 2 * NOISY.x - 1, NOISY.y
GRID = np.linspace(-1, 1, 121)


def start(n_units, seed):
    """Return slopes, shifts, heights and constant as PyTorch draws them, in float64."""
    torch.manual_seed(seed)
    first, second = nn.Linear(1, n_units), nn.Linear(n_units, 1)
    parts = first.weight.ravel(), first.bias, second.weight.ravel(), second.bias
    return [part.detach().double().numpy() for part in parts]


def curve(parameters, t, bend=np.tanh):
    w, b, v, c = parameters
    return bend(np.outer(t, w) + b) @ v + c


def gradients(parameters, t, y, bend=np.tanh):
    w, b, v, _ = parameters
    hidden = bend(np.outer(t, w) + b)
    residual = 2 / len(t) * (curve(parameters, t, bend) - y)
    slopes = 1 - hidden**2 if bend is np.tanh else 1
    inner = residual[:, None] * v * slopes
    return [t @ inner, inner.sum(0), residual @ hidden, residual.sum(keepdims=True)]


def descend(parameters, t, y, n_steps, lr=0.1, bend=np.tanh):
    """Return the losses before each step and after the last, and the parameters after it."""
    velocity, losses = [0.0] * 4, []
    for step in range(n_steps + 1):
        losses.append(np.mean((curve(parameters, t, bend) - y) ** 2))
        if step < n_steps:
            downhill = gradients(parameters, t, y, bend)
            velocity = [0.9 * v + g for v, g in zip(velocity, downhill, strict=True)]
            parameters = [p - lr * v for p, v in zip(parameters, velocity, strict=True)]
    return losses, parameters


def straight(z):
    return z


def steepest(parameters, t, y):
    """Return the largest curvature of the loss, by differences of gradients."""
    sizes = np.cumsum([len(p) for p in parameters])[:-1]
    flat = np.concatenate(parameters)

    def gradient(at):
        return np.concatenate(gradients(np.split(at, sizes), t, y))

    rows = [(gradient(flat + h) - gradient(flat - h)) / 2e-5 for h in 1e-5 * np.eye(len(flat))]
    return np.linalg.eigvalsh((np.array(rows) + np.array(rows).T) / 2)[-1]


@pytest.fixture(scope="module")
def text():
    return " ".join("\n".join(cell.source for cell in read_notebook(LESSON).cells).split())


def test_two_units_make_a_hill_and_three_follow_the_ten_points():
    output = read_output(LESSON, "plots.added_up")
    hill = np.tanh(6 * GRID + 3) - np.tanh(6 * GRID - 3)
    by_hand = 1.5 * np.tanh(3 * T + 2) - 1.5 * np.tanh(2 * T) + 1.5 * np.tanh(3 * T - 2) + 2.5
    error = np.mean((by_hand - Y) ** 2)
    assert output == (
        f"The first curve is highest at {hill.max():.2f}; the second misses its points with an "
        f"MSE of {error:.4f}.\n"
    )
    best = np.polyfit(X, Y, 1)
    assert np.mean((np.polyval(best, X) - Y) ** 2) == near("0.23268")


def test_three_units_find_the_ten_points_at_a_lucky_start():
    stages = []
    for k in (0, 20, 100, 1000):
        losses, _ = descend(start(3, 3), T, Y, k)
        stages.append(losses[-1])
    output = read_output(LESSON, "learned, stages = train") + read_output(LESSON, "SCOREBOARD")
    shown = re.findall(r"step [\d,]+ ([\d.]+)[;.]", output)
    assert [float(number) for number in shown] == pytest.approx(stages, abs=6e-5)
    assert re.search(r"network, 3 units\* +10 +0.00031 ", output)
    assert stages[-1] == near("0.00031")


def test_the_scoreboard_repeats_the_rows_of_the_lessons_before():
    output = read_output(LESSON, "SCOREBOARD")
    rows = [" ".join(row.split()[:-1]) for row in output.splitlines()]
    for lesson in ("raw_autograd_tensors", "better_roads"):
        told = "\n".join(
            o.get("text", "")
            for cell in read_notebook(lesson).cells
            for o in cell.get("outputs", [])
        ).splitlines()
        told = [" ".join(row.split()[:-1]) for row in told]
        mine = [row for row in told if re.match(r"(a line|degree 4, (l|m|L)\w+) [25] 0", row)]
        assert mine
        assert set(mine) <= set(rows)


def test_more_units_make_the_seed_matter_less():
    runs = {
        n: [descend(start(n, seed), T, Y, steps)[0] for seed in (0, 1, 3, 4)]
        for n, steps in ((3, 800), (10, 300))
    }
    output = read_output(LESSON, "plots.losses_by_seed")
    for n, losses in runs.items():
        ends = [run[-1] for run in losses]
        told = re.search(rf"{n} units ([\d.e-]+) to ([\d.e-]+)[;.]", output)
        assert [float(told[1]), float(told[2])] == pytest.approx([min(ends), max(ends)], rel=0.05)
    worst = max(run[-1] for run in runs[10])
    assert f"10 units, worst run 31           {worst:.5f}" in output
    assert worst < 0.003
    seed_4 = runs[3][3]
    assert seed_4[150] > seed_4[700] > 0.13  # a plateau
    assert seed_4[800] < 0.005


def test_degree_five_beats_the_networks_on_the_ten_points():
    A = np.vander(X, 6)
    error = np.mean((A @ np.linalg.lstsq(A, Y)[0] - Y) ** 2)
    assert f"degree 5, lstsq     6            {error:.5f}" in read_output(LESSON, "np.vander(x, 6)")
    assert error < 1.5e-5
    runs = [(3, 3, 1000), *((10, seed, 300) for seed in (0, 1, 3, 4))]
    assert error < min(descend(start(n, seed), T, Y, steps)[0][-1] for n, seed, steps in runs)


def test_seed_2_leaves_its_valley_where_the_loss_is_too_steep_for_the_rate(text):
    assert "until 0.1 is above the limit" in text
    losses, _ = descend(start(3, 2), T, Y, 500)
    slower, _ = descend(start(3, 2), T, Y, 500, lr=0.05)
    jumped = [max(losses[k : k + 30]) > 10 * losses[k] for k in (270, 450)]
    assert jumped == [True, True]  # twice
    assert max(np.diff(slower[100:])) < 0.003  # nothing jumps
    curvatures = [steepest(descend(start(3, 2), T, Y, k)[1], T, Y) for k in (0, 200, 275)]
    limit = 2 * (1 + 0.9) / 0.1  # lr = 2 (1 + mu) / curvature
    assert curvatures[0] < curvatures[1] < limit < curvatures[2]


def equal_start():
    return [np.full(10, 0.5), np.full(10, 0.5), np.full(10, 0.5), np.full(1, 0.5)]


def test_equal_units_stay_equal_and_draw_what_one_can():
    losses, parameters = descend(equal_start(), T, Y, 300)
    assert np.ptp(parameters[0]) == pytest.approx(0, abs=1e-9)
    assert f"all equal {losses[-1]:.4f};" in read_output(LESSON, "panels[title] = ")


def test_too_large_weights_leave_most_units_where_they_started():
    torch.manual_seed(1)
    for _ in range(4):  # as in the lesson, which draws four networks first
        parameters = start(10, 1)
    for part in (0, 1):
        numbers = torch.empty(10, dtype=torch.float64).uniform_(-30, 30)
        parameters[part] = numbers.numpy()
    losses, after = descend(parameters, T, Y, 300)
    assert f"too large {losses[-1]:.4f};" in read_output(LESSON, "panels[title] = ")
    middles = [-b / w for w, b, *_ in (parameters, after)]
    assert (np.abs(middles[1] - middles[0]) < 0.1).sum() >= 7


def test_inputs_in_seconds_leave_one_height_for_all_points_but_the_first(text):
    parameters = start(10, 1)
    losses, after = descend(parameters, 3600 * X, Y, 300)
    assert f"x in seconds {losses[-1]:.4f}." in read_output(LESSON, "panels[title] = ")
    assert "as if hours were counted in seconds" in text
    heights = curve(after, 3600 * X)
    assert heights[0] == pytest.approx(Y[0], abs=1e-3)
    assert heights[1:] == pytest.approx(np.full(9, Y[1:].mean()), abs=1e-3)
    hidden = np.tanh(np.outer(3600 * X[1:], parameters[0]) + parameters[1])
    assert abs(hidden).min() > 0.999  # each step is over before the second point


def test_the_four_networks_of_the_diagnosis_say_what_stands_there():
    (page,) = (cell.source for cell in read_notebook(LESSON).cells if "\nA   7" in cell.source)
    rows = {m[1]: m[2].split() for m in re.finditer(r"(?m)^([A-D])  +(\d.+)$", page)}
    runs = {
        "A": (lambda seed: start(10, seed), T, straight, 1, 2),
        "B": (lambda seed: start(3, seed), T, np.tanh, 8, 3),
        "C": (lambda seed: equal_start(), T, np.tanh, 1, 2),
        "D": (lambda seed: start(10, seed), 3600 * X, np.tanh, 1, 2),
    }
    for letter, (begin, t, bend, seed, another) in runs.items():
        losses, after = descend(begin(seed), t, Y, 4000, bend=bend)
        other, _ = descend(begin(another), t, Y, 4000, bend=bend)
        moved = np.abs(after[0] - begin(seed)[0])[:3]
        told = [float(number) for number in rows[letter]]
        assert told[:4] == pytest.approx([losses[k] for k in (0, 100, 500, 4000)], abs=6e-5)
        assert told[4] == pytest.approx(other[-1], abs=6e-5)
        assert told[5:] == pytest.approx(moved, abs=6e-3)


def test_the_unlucky_seed_of_the_diagnosis_lies_on_a_plateau_of_thousands_of_steps(text):
    assert "for hundreds of steps, or thousands" in text
    losses, _ = descend(start(3, 8), T, Y, 8000)
    assert losses[500] - losses[4000] < 0.005
    assert losses[8000] < 0.3 * losses[4000]


def judged(parameters):
    squares = (curve(parameters, T40) - Y40) ** 2
    return squares[:30].mean(), squares[30:].mean()


def test_ten_units_follow_the_noisy_curve_from_each_start_and_a_hundred_do_no_harm():
    output = read_output(LESSON, "def judge(model)")
    rows = re.findall(r"(\d+) units +training ([\d.]+) +validation ([\d.]+)", output)
    assert [int(n) for n, *_ in rows] == [3, 3, 3, 10, 10, 10]
    for k, (n, *told) in enumerate(rows):
        _, after = descend(start(int(n), k % 3), T40[:30], Y40[:30], 500)
        assert [float(loss) for loss in told] == pytest.approx(judged(after), abs=6e-4)
    losses = np.array([float(loss) for *_, loss in rows]).reshape(2, 3)
    assert losses[0].min() < 0.08 < 0.3 < losses[0].max()  # with luck
    assert losses[1].max() < 0.09
    _, after = descend(start(100, 1), T40[:30], Y40[:30], 500, lr=0.02)
    shown = read_output(LESSON, "plots.network_or_polynomial")
    assert f"with 301 parameters, a network: {judged(after)[1]:.4f};" in shown
    with np.errstate(all="ignore"):
        assert not np.isfinite(descend(start(100, 1), T40[:30], Y40[:30], 500)[0][-1])


def test_the_cell_with_the_hundred_units_gives_the_same_when_it_runs_again():
    (source,) = (cell.source for cell in read_notebook(LESSON).cells if "curves =" in cell.source)
    assert "ten = new_network(100, seed=1), new_network(10, seed=1)" in source


def test_ten_units_that_train_on_follow_the_noise():
    _, after = descend(start(10, 1), T40[:30], Y40[:30], 500)
    before = judged(after)
    _, after = descend(after, T40[:30], Y40[:30], 2000, lr=0.2)
    output = read_output(LESSON, "plots.network_or_polynomial")
    (told,) = re.findall(r"after more training: validation ([\d.]+)", output)
    assert float(told) == pytest.approx(judged(after)[1], abs=6e-4)
    assert judged(after)[0] < 0.7 * before[0]
    assert judged(after)[1] > 1.5 * before[1]


def test_degrees_from_three_to_nine_do_as_well_as_the_network():
    losses = []
    for degree in range(2, 11):
        A = np.polynomial.legendre.legvander(T40, degree)
        W = np.linalg.lstsq(A[:30], Y40[:30])[0]
        losses.append(np.mean((A @ W - Y40)[30:] ** 2))
    assert max(losses[1:8]) < 0.08
    assert min(losses[0], losses[8]) > 0.3


def test_the_pictures_mark_what_was_typed_beside_the_truth():
    axs = Figure().subplot_mosaic([["c0", "c1", "p0", "p1"]])
    parts = np.column_stack([np.tanh(6 * GRID + 3), -np.tanh(6 * GRID - 3)])
    three = [*parts.T, parts[:, 0]]
    words = plots.added_up(GRID, parts.T, three, 1.0, (T, Y), prediction=1.5, axs=axs)
    assert words.endswith("You predicted 1.5; it is 1.99.")
    axs = Figure().subplot_mosaic([["loss", "beyond"]])
    networks = [(31, 0.09, 0.07), (301, 0.08, 0.0731)]
    words = plots.network_or_polynomial(
        T40, Y40, networks, GRID, [GRID, GRID], prediction=0.3, axs=axs
    )
    assert words.endswith("a polynomial: 0.3732. You predicted 0.3; it is 0.0731.")


def test_one_unit_tells_its_ends_its_middle_and_its_slope():
    ax = Figure().subplots()
    words = plots.one_unit(2, -1, 1.5, ax=ax)
    assert words == (
        f"It runs from −1.50 to {1.5 * np.tanh(3):.2f}; its middle is at t = 0.50, where its "
        "slope is 3.00."
    )
    assert plots.one_unit(0, 1, 1, ax=Figure().subplots()) == "It runs from 0.76 to 0.76."
    words = plots.one_unit(0.002, 0, -1, ax=Figure().subplots())
    assert words.startswith("It runs from 0.00 to 0.00; "), "a rounded zero has no sign"


def test_a_network_of_two_moons_beats_the_base_rate():
    names = run_lesson(LESSON)
    inputs, labels = make_moons((180, 20), noise=0.25, random_state=1)
    output = read_output(LESSON, "rivals = ")
    assert "always no: accuracy 0.900\n" in output
    told = {}
    for name, model, threshold in (
        ("line", "line", 0.5),
        ("network", "network", 0.5),
        ("network, lower", "network", 0.1),
    ):
        with torch.no_grad():
            logits = names[model](torch.from_numpy(inputs)).ravel().numpy()
        yes = logits > np.log(threshold / (1 - threshold))
        accuracy = (yes == (labels == 1)).mean()
        found, alarms = yes[labels == 1].sum(), yes[labels == 0].sum()
        assert (
            f"{name}, threshold {threshold}: accuracy {accuracy:.3f}, {found} of 20 found, "
            f"{alarms} false alarms\n"
        ) in output
        told[name] = found, alarms
    assert told["network"][0] - told["line"][0] == 5
    assert told["network, lower"] == (told["network"][0] + 1, told["network"][1] + 6)


def test_relu_units_die_and_a_smaller_rate_keeps_more_alive():
    output = read_output(LESSON, "model, slow = ")
    assert "at the start: 0 dead\n" in output
    assert "lr 0.1:  7 dead\n" in output
    assert "lr 0.02: 3 dead, MSE 0.0025" in output
    assert "step 500 0.0340." in output
    names = run_lesson(LESSON)
    model, t = names["model"], names["t"]
    dead = (model[0](t) <= 0).all(dim=0)
    assert dead.sum() == 7
    model.zero_grad()
    ((model(t) - names["heights"]) ** 2).mean().backward()
    assert torch.all(model[0].weight.grad[dead] == 0)
    assert torch.all(model[2].weight.grad[0, dead] == 0)


def test_each_fold_doubles_the_straight_pieces():
    output = read_output(LESSON, "np.maximum")
    assert "MSE" not in output  # there are no points to miss
    assert re.findall(r"layer (\d): (\d+) pieces", output) == [
        (str(k), str(2**k)) for k in range(1, 5)
    ]


def test_one_layer_needs_sixteen_relu_units_for_the_curve_of_four_folds(text):
    assert "would need 16 units instead of 8" in text
    z = np.linspace(0, 1, 257)
    folded = z
    for _ in range(4):
        folded = 2 * np.maximum(folded, 0) - 4 * np.maximum(folded - 0.5, 0)
    slopes = np.diff(folded) / np.diff(z)
    changes = np.diff(slopes)[np.diff(slopes) != 0]
    assert len(changes) == 15  # so many kinks need so many units, and each must change by 32
    assert set(np.abs(changes)) == {32}
    assert slopes[0] % 32 == 16  # which no choice of sides gives at the left end
    kinks = np.arange(16) / 16
    hidden = np.column_stack([np.maximum(z[:, None] - kinks, 0), np.ones(257)])
    assert hidden @ np.linalg.lstsq(hidden, folded)[0] == pytest.approx(folded, abs=1e-9)
