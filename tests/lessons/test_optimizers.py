"""Better roads: its numbers, from its own code and from closed forms, and its claims."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, plots
from course_utils.descent import QuadraticLoss
from tests.support.lessons import read_notebook, read_output
from tests.support.tolerance import near

LESSON = "better_roads"
SINE = data.sine_line()
X, Y = SINE.x, SINE.y
T = 2 * X - 1
POWERS = np.vander(X, 5, increasing=True)
LEGENDRE = np.column_stack(
    [X**0, T, (3 * T**2 - 1) / 2, (5 * T**3 - 3 * T) / 2, (35 * T**4 - 30 * T**2 + 3) / 8]
)
BOWL = QuadraticLoss(POWERS, Y)
LEAST = BOWL.min_loss


def roll(A, lr, mu, n_epochs):
    """Return the losses before the first epoch and after each, from zero, written out."""
    W, v, losses = np.zeros(A.shape[1]), np.zeros(A.shape[1]), []
    H, g = 2 / len(A) * A.T @ A, 2 / len(A) * A.T @ Y
    for _ in range(n_epochs + 1):
        losses.append(W)
        v = mu * v + H @ W - g
        W = W - lr * v
    return ((np.array(losses) @ A.T - Y) ** 2).mean(axis=1)


def arrival(losses):
    """Return the first epoch from which a run stays within 0.1 % of the least loss."""
    return int(np.flatnonzero(losses >= 1.001 * LEAST)[-1]) + 1


def adam(A, lr, n_epochs, state=None):
    """Return W before the first epoch and after each, by Adam's formulas; and the last means."""
    W, m, s, first = state or (np.zeros(A.shape[1]), 0, 0, 0)
    path = [W]
    for k in range(first + 1, first + n_epochs + 1):
        g = 2 / len(A) * A.T @ (A @ W - Y)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        W = W - lr * (m / (1 - 0.9**k)) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
        path.append(W)
    return np.array(path), (W, m, s, first + n_epochs)


def mse(A, W):
    return np.mean((A @ np.transpose(W) - np.reshape(Y, (-1, *[1] * (np.ndim(W) - 1)))) ** 2, 0)


@pytest.fixture
def text():
    return " ".join("\n".join(cell.source for cell in read_notebook(LESSON).cells).split())


def test_plain_descent_arrives_after_five_and_a_half_million_epochs():
    assert near("0.00435236") == LEAST
    assert BOWL.condition_number == near(293_151)

    def loss(k):
        return BOWL.loss(BOWL.after(k, np.zeros(5), 0.05))

    assert loss(5_455_898) > 1.001 * BOWL.min_loss > loss(5_455_899)
    output = read_output(LESSON, "half = bowl.max_lr / 2")
    rows = re.findall(r"^(0\.\d+) +([\d,]+) +(0\.\d+) +([\d.]+)%$", output, flags=re.M)
    assert [row[1] for row in rows] == ["100,000", "5,455,899", "902,844"]
    assert [row[0] for row in rows] == ["0.0500", "0.0500", "0.3022"]
    for lr, epochs, shown, above in rows:
        rate = 0.05 if lr == "0.0500" else BOWL.max_lr / 2
        exactly = BOWL.loss(BOWL.after(int(epochs.replace(",", "")), np.zeros(5), rate))
        assert float(shown) == near(exactly)
        assert float(above) == pytest.approx(100 * (exactly / BOWL.min_loss - 1), abs=1e-4)
    assert rows[1][3] == rows[2][3] == "0.1000"


def test_other_columns_draw_the_same_curve_over_a_rounder_bowl():
    tables = {"x": POWERS, "t": np.vander(T, 5, increasing=True), "Legendre": LEGENDRE}
    bowls = {name: QuadraticLoss(A, Y) for name, A in tables.items()}
    kappas = [bowl.condition_number for bowl in bowls.values()]
    assert kappas == near(["293151", "279.4", "7.761"])
    arrivals = []
    for bowl in bowls.values():
        assert bowl.A @ bowl.minimizer == pytest.approx(POWERS @ BOWL.minimizer, rel=1e-8)
        guess = [902_844, 933, 25][len(arrivals)]
        late, early = (
            bowl.loss(bowl.after(k, np.zeros(5), bowl.max_lr / 2)) for k in (guess, guess - 1)
        )
        assert late < 1.001 * LEAST <= early
        arrivals.append(guess)
    output = read_output(LESSON, "plots.three_bases")
    assert output.startswith(
        "κ, and the epoch of arrival: powers of x 293,151, 902,844; powers of t 279.4, 933; "
        "Legendre of t 7.761, 25.\n"
    )
    assert f"by the rule: epoch {902_844 * 279 / 293_151:.0f}\n" in output
    nine = np.linalg.cond(np.polynomial.legendre.legvander(T, 9)) ** 2
    assert f"degree 9: κ = {nine:.0f}\n" in output
    assert nine == near("611")


def test_the_picture_marks_what_was_typed_beside_the_truth():
    tables = {"a": POWERS, "b": np.vander(T, 5, increasing=True), "c": LEGENDRE}
    axs = Figure().subplot_mosaic([["b0", "b1", "b2", "loss"]])
    words = plots.three_bases(X, tables, Y, prediction=700, axs=axs)
    assert words.endswith("c 7.761, 25. You predicted 700; it is 933.")
    ax = Figure().subplots()
    runs = {"slow": roll(POWERS, 0.05, 0.9, 50), "ball": roll(POWERS, 0.5, 0.99, 5500)}
    words = plots.roads(POWERS, Y, 0.05, runs, prediction=5456, ax=ax)
    assert words == (
        "Within 0.1% of the least loss from epoch: plain descent 5,455,899; slow not in 50 "
        "epochs; ball 5,239. You predicted 5,456; it is 5,239."
    )
    legend = [label.get_text() for label in ax.get_legend().get_texts()]
    assert legend == ["plain descent, lr 0.05", "slow", "ball", "your prediction"]
    assert "your prediction" in [label.get_text() for label in axs["loss"].get_legend().texts]
    written = [label.get_text() for label in ax.texts]
    assert {"5,239", "5,455,899", "not in 50", "0.1% above the least"} == set(written)


def test_a_run_that_swings_is_drawn_as_the_highest_loss_still_to_come_above_a_band():
    ax = Figure().subplots()
    losses = roll(POWERS, 0.5, 0.99, 2000)
    plots.roads(POWERS, Y, 0.05, {"ball": losses}, ax=ax)
    line = ax.lines[2]  # after plain descent and its arrival
    assert line.get_label() == "ball"
    epochs, heights = line.get_data()
    for k in (1, 50, 100):
        at = int(epochs[k])
        assert heights[k] == pytest.approx(losses[at:].max() - BOWL.min_loss)
    (band,) = ax.collections
    low, high = band.get_paths()[0].vertices[:, 1].min(), band.get_paths()[0].vertices[:, 1].max()
    assert low < 1e-3
    assert high == pytest.approx(heights.max())


def test_where_legendre_columns_do_not_help():
    def kappa(t, degree):
        return np.linalg.cond(np.polynomial.legendre.legvander(t, degree)) ** 2

    gap = 2 * np.array([0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 1]) - 1
    found = [
        *(kappa(T, 4), kappa(gap, 4), kappa(X - 1, 4)),
        *(kappa(T, 9), kappa(np.linspace(-1, 1, 60), 9)),
    ]
    assert found[1] > 10 * found[0], "a gap costs more than a factor of ten"
    assert found[2] > 500 * found[1], "an empty half, far more"
    output = read_output(LESSON, "def kappa(t, degree)")
    shown = [int(word.replace(",", "")) for word in re.findall(r"κ = +([\d,]+)", output)]
    assert shown == pytest.approx(found, rel=1e-3, abs=0.5)


def test_the_limit_of_momentum_is_where_the_lesson_says():
    output = read_output(LESSON, "limit = 2 * (1 + mu) / bowl.eigenvalues[-1]\n    for")
    rows = re.findall(r"momentum +([\d.]+), ([\d.]+) of the limit ([\d.]+): loss (\S+)", output)
    assert len(rows) == 4
    for mu, share, limit, loss in rows:
        exactly = 2 * (1 + float(mu)) / BOWL.eigenvalues[-1]
        assert float(limit) == near(exactly)
        losses = roll(POWERS, float(share) * exactly, float(mu), 300)
        assert float(loss) == pytest.approx(losses[300], rel=0.05)
        assert (losses[300] > 1e10) == (float(share) > 1)
    assert rows[-1][2] == "1.1482"


def test_the_ball_arrives_nearly_where_the_rule_says():
    losses = roll(POWERS, 0.5, 0.99, 5500)
    assert arrival(losses) == 5239
    assert 1 < (5_455_899 / 1000) / arrival(losses) < 1.05
    output = read_output(LESSON, "ball, _ = train")
    assert f"by the rule {5_455_899 / 1000:,.0f}; highest loss {losses.max():.2f}\n" in output
    assert "momentum 0.99, lr 0.5 5,239." in output
    assert losses.max() == near("10.55")
    assert losses.max() > losses[0]


def test_with_a_momentum_still_closer_to_one_the_rule_ends():
    losses = roll(POWERS, 0.5, 0.999, 15_000)
    output = read_output(LESSON, "ball, _ = train")
    assert (
        f"by the rule {5_455_899 / 10_000:,.0f}, but after 1,000 epochs its loss is 3.36" in output
    )
    assert losses[1000] == near("3.36")
    assert arrival(losses) > 2 * 5239


def test_the_rule_holds_for_the_share_and_for_the_rate_alone():
    """On the flattest mode: 1/(1 − μ) times as fast, and as many times as the rate is larger."""
    curvature = BOWL.eigenvalues[0]
    for lr, mu in ((0.05, 0.9), (0.05, 0.99), (0.5, 0.99)):
        # the larger root of z² − (1 + μ − lr·λ) z + μ is what an epoch leaves
        factor = np.roots([1, -(1 + mu - lr * curvature), mu]).real.max()
        assert np.log(factor) / np.log(1 - lr * curvature) == pytest.approx(1 / (1 - mu), rel=0.07)


def test_the_first_ball_ends_nearer_than_plain_descent():
    line = data.noisy_line()
    A = np.hstack([line.x_train, np.ones((80, 1))])
    loss = QuadraticLoss(A, line.y_train)

    def above(mu):
        W, v = np.zeros(2), np.zeros(2)
        for _ in range(40):
            v = mu * v + 2 / 80 * A.T @ (A @ W - line.y_train.ravel())
            W = W - 0.1 * v
        return loss.loss(W) - loss.min_loss

    (cell,) = (c for c in read_notebook(LESSON).cells if "sliders.move(roll_ball" in c.source)
    words = " ".join(str(output.get("data", "")) for output in cell.outputs)
    plain, ball = re.findall(r"\d\.\de-\d\d", words)[-2:]
    assert [float(plain), float(ball)] == pytest.approx([above(0), above(0.5)], rel=0.05)
    assert min(map(above, np.arange(0, 1, 0.05))) == above(0.8), "about four fifths"
    assert above(0) > above(0.98) > 10 * above(0.8), "too lazy, too wild, and between"


def test_adam_stalls_on_the_powers_and_arrives_along_the_modes():
    powers, _ = adam(POWERS, 0.05, 6000)
    modes, _ = adam(POWERS @ BOWL.eigenvectors, 0.05, 1500)
    assert mse(POWERS, powers).min() > 1.4 * LEAST
    assert arrival(mse(POWERS @ BOWL.eigenvectors, modes)) == 1151
    output = read_output(LESSON, "train(A @ bowl.eigenvectors")
    assert "arrives at epoch 1,151\n" in output
    step = 100 * np.abs(np.diff(modes, axis=0)) / 0.05
    for k, shares in re.findall(r"step +(\d+), the five coefficients: \[(.+?)\]", output):
        found = [float(share) for share in shares.split()]
        assert found == pytest.approx(step[int(k) - 1], abs=0.06)
    assert "Adam, lr 0.05 not in 6,000 epochs; Legendre columns, lr 0.48 25." in (
        read_output(LESSON, "SCOREBOARD")
    )


def test_adam_arrives_in_the_straight_bowl_and_crawls_in_the_turned_one():
    straight, y = np.diag([30.0, 1.0]), np.array([30.0, 1.0])
    turned = straight @ np.array([[1, -1], [1, 1]]) / 2**0.5
    output = read_output(LESSON, "plots.two_bowls")
    left = [int(share) for share in re.findall(r"(\d+)% in the", output)]
    assert "κ = 900. After 1,000 steps" in output
    for A, share in zip((straight, turned), left, strict=True):
        path, W = [np.zeros(2)], (np.zeros(2), 0, 0)
        for k in range(1, 1001):
            W, m, s = W
            g = A.T @ (A @ W - y)
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            W = W - 0.02 * (m / (1 - 0.9**k)) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
            path.append(W)
            W = W, m, s
        assert np.linalg.cond(A) ** 2 == near(900)
        assert np.abs(path[1]) == near([0.02, 0.02])
        far = np.linalg.norm(np.array(path)[[0, -1]] - np.linalg.solve(A, y), axis=1)
        assert share == pytest.approx(100 * far[1] / far[0], abs=0.6)
    assert left == [0, 57]


def test_a_schedule_ends_lower_than_both_of_its_rates():
    bowl = QuadraticLoss(LEGENDRE, Y)

    def last(lr, gamma):
        W, rng = np.zeros(5), np.random.RandomState(0)
        for _ in range(100):
            for rows in rng.permutation(10).reshape(5, 2):
                A = LEGENDRE[rows]
                W = W - lr * A.T @ (A @ W - Y[rows])
            lr *= gamma
        return 100 * (bowl.loss(W) / bowl.min_loss - 1), lr

    output = read_output(LESSON, "plots.noise_floors(")
    found = [float(share) for share in re.findall(r"([\d.]+)%", output)]
    ours = [last(0.2, 1)[0], last(0.02, 1)[0], last(0.2, 0.97)[0]]
    assert found == pytest.approx(ours, rel=0.05)
    assert ours[2] < ours[1] < ours[0]
    assert last(0.2, 0.97)[1] == near("0.01")


def test_without_its_state_adam_starts_with_steps_of_lr():
    path, state = adam(LEGENDRE, 0.05, 150)
    goes_on, _ = adam(LEGENDRE, 0.05, 5, state)
    fresh, _ = adam(LEGENDRE, 0.05, 5, (path[-1], 0, 0, 0))
    assert np.abs(fresh[1] - fresh[0]) == pytest.approx(0.05, rel=1e-2)
    output = read_output(LESSON, "new.load_state_dict")
    rows = [[float(n) for n in row.split()] for row in re.findall(r"\[([\d. ]+)\]", output)]
    assert rows[0] == pytest.approx(mse(LEGENDRE, goes_on), abs=1e-5)
    assert rows[1] == pytest.approx(mse(LEGENDRE, fresh), abs=1e-5)
    assert rows[1][1] > 2 * rows[1][0]


def test_a_gradient_of_zero_moves_what_none_leaves(text):
    output = read_output(LESSON, "moves p by")
    moved = re.findall(r"gradient (.+): moves p by ([\d.]+)$", output, flags=re.M)
    assert [row[1] for row in moved[:3]] == ["0.100", "0.000", "0.000"]
    assert [row[1] for row in moved[3:]] == ["0.100", "0.090", "0.000", "0.100", "0.067", "0.000"]
    assert [row[0] for row in moved] == ["tensor([1.])", "tensor([0.])", "None"] * 3
    m, s = 0.09 / (1 - 0.81), 0.000999 / (1 - 0.999**2)
    assert 0.1 * m / np.sqrt(s) == near("0.067")
    assert "momentum and Adam move a parameter even when its gradient is *zero*" in text


def runs_in_the_exercise(text):
    """Return the losses of the runs A to D, as their table in the lesson has them."""
    rows = re.findall(r"# ([A-D]), +([\d,]+) epochs +((?:\d\.\d{4} ?){9})", text)
    found = {name: [float(loss) for loss in losses.split()] for name, _, losses in rows}
    return found or {
        name: [float(loss) for loss in losses.split()]
        for name, losses in re.findall(r"([A-D]), +[\d,]+ epochs +((?:\d\.\d{4} ?){9})", text)
    }


@pytest.mark.parametrize("run", "ABCD")
def test_each_of_the_four_runs_is_its_cause(text, run):
    if run == "A":
        W, losses, rng = np.zeros(5), [], np.random.RandomState(0)
        for _ in range(161):
            losses.append(mse(LEGENDRE, W))
            for rows in rng.permutation(10).reshape(5, 2):
                W = W - 0.2 * LEGENDRE[rows].T @ (LEGENDRE[rows] @ W - Y[rows])
        losses = losses[::20]
    elif run == "B":
        losses = [BOWL.loss(BOWL.after(k, np.zeros(5), 0.5)) for k in range(0, 8001, 1000)]
    elif run == "C":
        losses = roll(POWERS, 0.5, 0.99, 120)[::15]
    else:
        before, _ = adam(LEGENDRE, 0.1, 119)
        after, _ = adam(LEGENDRE, 0.1, 41, (before[-1], 0, 0, 0))
        losses = mse(LEGENDRE, np.vstack([before[:-1], after]))[:161:20]
    assert runs_in_the_exercise(text)[run] == pytest.approx(losses, abs=6e-5)


def test_the_scoreboard_has_the_ways_and_their_steps():
    output = read_output(LESSON, "SCOREBOARD")
    rows = re.findall(r"^degree 4, (\w+) +5 +(0\.\d{5}) +([\d,]+) ", output, flags=re.M)
    losses = [
        BOWL.loss(BOWL.after(100_000, np.zeros(5), 0.05)),
        roll(POWERS, 0.5, 0.99, 5239)[-1],
        roll(LEGENDRE, QuadraticLoss(LEGENDRE, Y).max_lr / 2, 0, 25)[-1],
    ]
    assert [row[1] for row in rows] == [f"{loss:.5f}" for loss in losses]
    assert [row[2] for row in rows] == ["100,000", "5,239", "25"]


def test_new_points_need_the_map_of_the_fitted_ones():
    output = read_output(LESSON, "half_width in (")
    rows = [re.findall(r"-?\d+\.\d*", line.split("heights")[-1]) for line in output.splitlines()]
    assert [len(row) for row in rows] == [3, 3, 3]
    right, wrong, true = ([float(number) for number in row] for row in rows)
    places = np.array([0.5, 0.7, 0.9])
    fit = np.vander(places, 5, increasing=True) @ BOWL.minimizer
    assert right == pytest.approx(fit, abs=1e-4)
    assert true == pytest.approx(3 * places + np.sin(6 * places) + 1, abs=1e-4)
    ends = np.vander(np.array([0, 0.5, 1]), 5, increasing=True) @ BOWL.minimizer
    assert wrong == pytest.approx(ends, abs=1e-4)


def test_forgetting_zero_grad_is_momentum_one():
    output = read_output(LESSON, "and no zero_grad")
    gaps = re.findall(r"momentum +([\d.]+): the losses differ by up to ([\d.]+)", output)
    assert gaps[-1] == ("1.0", "0.0000")
    ordered = roll(POWERS, 0.05, 1, 400)
    for mu, gap in gaps[:-1]:
        other = roll(POWERS, 0.05, float(mu), 400)
        assert float(gap) == near(np.abs(other - ordered).max())
    low, high = ordered[-100:].min(), ordered[-100:].max()
    assert f"lie between {low:.4f} and {high:.4f}" in output


def test_the_best_momentum_puts_the_root_in_the_place_of_kappa():
    output = read_output(LESSON, "best_mu = ((root")
    assert "κ 293,151, its root 541\n" in output
    mu, lr, higher = (float(number) for number in re.findall(r"\d\.\d{5}", output))
    low, high = BOWL.eigenvalues[[0, -1]]
    assert mu == pytest.approx(((541.4 - 1) / (541.4 + 1)) ** 2, abs=2e-5)
    for curvature in (low, high):  # on both, what an epoch leaves is the root of mu
        roots = np.roots([1, -(1 + mu - lr * curvature), mu])
        assert np.abs(roots) == pytest.approx(np.sqrt(mu), rel=5e-3)
    assert higher == pytest.approx(100 / BOWL.condition_number, abs=1e-5)
    assert 2 * (1 + mu) / high / lr == pytest.approx(1 + higher / 100, abs=1e-4)


def test_the_normal_equations_fail_where_kappa_is_beyond_float32():
    output = read_output(LESSON, "told = f")
    rows = re.findall(r"degree (\d), (\w+) +(\S+) +([\d.]+) +(.+)", output)
    assert [(degree, name) for degree, name, *_ in rows] == [
        ("4", "powers"),
        ("4", "Legendre"),
        ("8", "powers"),
        ("8", "Legendre"),
    ]
    assert [row[4].strip() for row in rows] == ["1.0", "1.0", "over 5", "1.0"]
    assert all(row[3] == "1.0" for row in rows)
    dense = np.linspace(0, 1, 120)
    for degree, name, kappa, *_ in rows:
        d = int(degree)
        A = np.vander(dense, d + 1) if name == "powers" else None
        A = np.polynomial.legendre.legvander(2 * dense - 1, d) if A is None else A
        assert float(kappa) == pytest.approx(np.linalg.cond(A) ** 2, rel=0.5)
        assert (float(kappa) > 1e7) == (degree == "8" and name == "powers")


def test_adamw_pulls_large_and_small_gradients_alike():
    output = read_output(LESSON, "weight_decay=decay")
    free, adam_pulls, adamw = (
        [float(number) for number in re.findall(r"\d\.\d{3}", line)] for line in output.splitlines()
    )
    assert free[0] == free[1]
    assert adamw[0] == adamw[1] < 0.5
    assert adam_pulls[0] == pytest.approx(free[0], abs=0.02)
    assert adam_pulls[1] < 0.05


def test_adams_step_is_what_the_recap_says_but_for_the_start():
    """PyTorch's own Adam gives the path that the formulas of this file give."""
    W = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([W], lr=0.05)
    A, y = torch.from_numpy(LEGENDRE), torch.from_numpy(Y)
    for _ in range(20):
        optimizer.zero_grad()
        ((A @ W - y) ** 2).mean().backward()
        optimizer.step()
    assert W.tolist() == pytest.approx(adam(LEGENDRE, 0.05, 20)[0][-1], rel=1e-9)
