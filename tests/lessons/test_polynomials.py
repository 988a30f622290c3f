"""Fitting polynomials: its published figures, from its own code, and its claims."""

import ctypes
import re
from itertools import count, pairwise

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from course_utils import data, plots
from course_utils.descent import QuadraticLoss
from tests.support.lessons import read_notebook, run_lesson
from tests.support.tolerance import near

PUBLISHED_LAST = [1.02348, 10.41776, -14.99062, -4.14171, 11.48647]
PUBLISHED_BEST = [0.9565, 12.4077, -24.2009, 9.8449, 4.7574]
SINE = data.sine_line()
X, Y = SINE.x, SINE.y
POWERS = np.vander(X, 5, increasing=True)


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("fitting_polynomials")


def loop(A, y, W, lr, n_epochs):
    """Gradient descent in float64, written out."""
    for _ in range(n_epochs):
        W = W - lr * np.array([2 * np.mean((A @ W - y) * column) for column in A.T])
    return W


def train_line(lesson, n_epochs=10, model=None):
    model = model or lesson["Line"]()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return lesson["train"](model, nn.MSELoss(), optimizer, lesson["x"], lesson["y"], n_epochs)


def test_published_line(lesson):
    reports = train_line(lesson)
    assert len(reports) == 10
    _, loss, W = reports[0]
    assert loss == near("6.661948")
    assert W.tolist() == near([0.27913672, 0.49835616])
    _, loss, W = reports[-1]
    assert loss == near(0.27754354)
    assert W.tolist() == near([1.0747765, 1.8358393])


def test_rows_show_the_loss_before_the_step_and_the_weights_after(lesson):
    reports = train_line(lesson)
    for (_, _, (slope, constant)), (_, loss, _) in pairwise(reports):
        assert loss == near(np.mean((slope.item() * X + constant.item() - Y) ** 2))


def test_published_line_is_slope_then_constant(lesson):
    class Swapped(lesson["Line"]):
        def forward(self, x):
            return self.W[1] * x + self.W[0]

    _, _, W = train_line(lesson, 1, Swapped())[0]
    assert W.tolist() == near([0.49835616, 0.27913672])


def test_train_reports_every_parameter_of_any_model(lesson):
    model = nn.Linear(1, 1)
    model.weight.data.zero_()
    model.bias.data.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    columns = lesson["x"].reshape(-1, 1), lesson["y"].reshape(-1, 1)
    reports = lesson["train"](model, nn.MSELoss(), optimizer, *columns, 10, report_every=3)
    assert [epoch for epoch, _, _ in reports] == [0, 3, 6, 9]
    assert reports[0][2].tolist() == near([0.27913672, 0.49835616])
    assert reports[-1][2].tolist() == near([1.0747765, 1.8358393])


def test_published_polynomial_first_row(lesson):
    first = lesson["rows"][0]
    reports = lesson["train"](
        model := lesson["Polynomial"](5),
        nn.MSELoss(),
        torch.optim.SGD(model.parameters(), lr=0.05),
        lesson["x"],
        lesson["y"],
        1,
    )
    for epoch, loss, W in (reports[0], first):
        assert epoch == 0
        assert loss == near("6.661948")
        assert W.tolist() == near(["0.2492", "0.1396", "0.1018", "0.0830", "0.0719"])


def test_published_polynomial_last_row(lesson):
    epoch, loss, W = lesson["rows"][90]
    assert W.dtype == torch.float32
    assert epoch == 90_000
    assert loss == near(0.00625345)
    assert W.tolist() == near(PUBLISHED_LAST)


def test_all_three_ways_agree_where_they_ran(lesson):
    x, y, polynomial = lesson["x"], lesson["y"], lesson["Polynomial"](5)
    optimizer = torch.optim.SGD(polynomial.parameters(), lr=0.05)
    reports = lesson["train"](polynomial, nn.MSELoss(), optimizer, x, y, 501, 100)
    _, by_hand = lesson["descend"](lesson["A"], y, torch.zeros(5), 0.05, 501, 100)
    loss = QuadraticLoss(POWERS, Y)
    for (epoch, before, W), (_, before_by_hand, W_by_hand) in zip(reports, by_hand, strict=True):
        assert loss.after(epoch + 1, np.zeros(5), 0.05) == near(W.numpy())
        assert loss.after(epoch + 1, np.zeros(5), 0.05) == near(W_by_hand.numpy())
        assert loss.loss(loss.after(epoch, np.zeros(5), 0.05)) == near(before)
        assert before == near(before_by_hand)


def test_published_least_squares(lesson):
    best = np.polyfit(X, Y, 4)[::-1]
    assert best == near(PUBLISHED_BEST)
    assert lesson["exact"].minimizer == pytest.approx(best, rel=1e-9)
    assert np.mean((POWERS @ best - Y) ** 2) == near("0.00435236")
    assert lesson["exact"].min_loss == near("0.00435236")
    # The syllabus says 293,152; the singular values of the matrix say 293,151.46.
    assert np.linalg.cond(POWERS) ** 2 == near(293_152)
    assert lesson["exact"].condition_number == pytest.approx(np.linalg.cond(POWERS) ** 2, rel=1e-9)


def test_no_coefficient_has_converged_though_the_curves_almost_agree(lesson):
    best, W = lesson["exact"].minimizer, lesson["W32"].numpy()
    assert (np.abs(W / best - 1) > 0.05).all()
    assert W[3] < 0 < best[3]
    grid = np.linspace(0, 1, 500)
    curves = np.polynomial.polynomial.polyval(grid, np.stack([W, best], axis=1))
    assert np.abs(curves[0] - curves[1]).max() < 0.07
    beyond = np.polynomial.polynomial.polyval(1.3, np.stack([W, best], axis=1))
    assert beyond[0] - beyond[1] > 1


def test_exact_iterate_is_the_table_but_for_rounding(lesson):
    table = lesson["table"]
    apart = np.abs(PUBLISHED_LAST / table[9] - 1).max()
    assert 1e-4 < apart < 1.35e-4
    assert 5e-5 < lesson["largest_difference"](lesson["rows"]) < 3e-4
    assert lesson["largest_difference"](lesson["rows64"]) < 1e-9
    assert table[0] == pytest.approx(loop(POWERS, Y, np.zeros(5), 0.05, 1), rel=1e-9)
    assert QuadraticLoss(POWERS, Y).after(2000, np.zeros(5), 0.05) == pytest.approx(
        loop(POWERS, Y, np.zeros(5), 0.05, 2000), rel=1e-9
    )


def test_one_step_at_the_end_is_about_seven_gaps_of_float32(lesson):
    gaps = lesson["one_step"][1] / np.spacing(np.float32(lesson["table"][9][1]))
    assert 6.5 < gaps < 8


def test_a_mode_shrinks_by_itself_and_by_its_own_factor(lesson):
    exact = lesson["exact"]
    for curvature, mode in zip(lesson["curvatures"], lesson["V"].T, strict=True):
        away = loop(POWERS, Y, exact.minimizer + mode, 0.05, 60) - exact.minimizer
        assert away == pytest.approx((1 - 0.05 * curvature) ** 60 * mode, abs=1e-9)


def test_shares_and_costs_of_the_modes(lesson):
    assert lesson["share"][:2].tolist() == near(["0.9505", "0.0130"])
    assert (lesson["share"][2:] < 1e-15).all()
    at_end = lesson["exact"].min_loss + lesson["cost_after"].sum()
    W = lesson["exact"].after(90_000, np.zeros(5), 0.05)
    assert at_end == pytest.approx(np.mean((POWERS @ W - Y) ** 2), rel=1e-9)
    assert lesson["cost_before"][0] == pytest.approx(0.002, abs=1e-4)
    assert lesson["cost_before"].sum() + lesson["exact"].min_loss == pytest.approx(np.mean(Y**2))


def test_slow_modes_wiggle(lesson):
    grid = np.linspace(0, 1, 1000)
    curves = np.vander(grid, 5, increasing=True) @ lesson["V"]
    crossings = (np.diff(np.sign(curves), axis=0) != 0).sum(axis=0)
    assert crossings.tolist() == [4, 3, 2, 1, 0]
    sizes = np.abs(curves).max(axis=0)
    assert (np.diff(sizes) > 0).all()
    assert sizes[0] < 0.004
    assert sizes[-1] == pytest.approx(2, abs=0.1)


def test_ten_million_epochs_would_do(lesson):
    exact = lesson["exact"]
    W = exact.after(10_000_000, np.zeros(5), 0.05)
    assert exact.loss(W) == near(exact.min_loss)
    assert np.abs(W / exact.minimizer - 1).max() < 0.006
    assert np.abs(exact.after(1_000_000, np.zeros(5), 0.05) / exact.minimizer - 1).max() > 0.5


def test_every_rung_of_the_ladder_does_the_same_work(lesson):
    ladder = lesson["ladder"]
    assert next(iter(ladder)) == "the tutorial's loop"
    want = loop(POWERS, Y, np.zeros(5), 0.05, 50)
    for name, run in ladder.items():
        if name != "lstsq":
            assert np.asarray(run(50)) == near(want), name
    assert ladder["lstsq"](50) == pytest.approx(lesson["exact"].minimizer, rel=1e-9)
    assert ladder["the same in NumPy"](3).dtype == np.float32
    assert ladder["exact iterate"](100_000) == pytest.approx(
        np.asarray(lesson["rows64"][-1][2]), rel=1e-2
    )


class Stack(ctypes.Structure):
    """Signalling NaNs; passed by value, they fill the stack."""

    _fields_ = [("words", ctypes.c_uint32 * 2**14)]


def test_rung_in_numpy_does_not_depend_on_memory_that_nobody_set(lesson):
    """OpenBLAS 0.3.31 with AVX-512 does, in float32 products by rows of five.

    The product is right, but whether NumPy warns of it is left to chance. Elsewhere this passes.
    """
    stack = Stack((ctypes.c_uint32 * 2**14)(*[0x7F800001] * 2**14))
    fill = ctypes.PYFUNCTYPE(ctypes.c_int, Stack)(("Py_IsInitialized", ctypes.pythonapi))
    with np.errstate(invalid="raise"):
        fill(stack)
        lesson["ladder"]["the same in NumPy"](3)


def test_times_of_the_ladder_are_scaled_to_the_epochs_they_name(lesson, capsys):
    """With a clock that shows a second more at every reading; no time is asserted."""
    cells = read_notebook("fitting_polynomials").cells
    (source,) = [cell.source for cell in cells if "def seconds(" in cell.source]
    idle = dict.fromkeys(lesson["ladder"], lambda n_epochs: None)
    exec(source, {**lesson, "perf_counter": count().__next__, "ladder": idle})
    columns = [re.findall(r"[\d.,]+", line)[-3:] for line in capsys.readouterr().out.splitlines()]
    assert columns[0] == ["200.00000", "100,000", "1.0"]  # 500 epochs in a second
    assert columns[-1] == ["1.00000", "100,000", "200.0"]  # all of them in a second


def test_condition_numbers_of_the_bases(lesson):
    bases, standardise = lesson["bases"](X, 4), lesson["standardise"]
    found = [np.linalg.cond(A) ** 2 for B in bases.values() for A in (B, standardise(B))]
    assert found == pytest.approx([293_151.5, 72_690.7, 279.4, 55.86, 7.761, 2.924], rel=5e-4)
    for A in bases.values():
        assert QuadraticLoss(A, Y).min_loss == near("0.00435236")
        assert QuadraticLoss(standardise(A), Y).min_loss == near("0.00435236")


def test_condition_numbers_for_degree_5(lesson):
    bases, standardise = lesson["bases"](np.linspace(0, 1, 60), 5), lesson["standardise"]
    kappa = {name: np.linalg.cond(A) ** 2 for name, A in bases.items()}
    scaled = {name: np.linalg.cond(standardise(A)) ** 2 for name, A in bases.items()}
    assert kappa["powers of t"] == pytest.approx(1.7e3, rel=0.03)
    assert scaled["powers of t"] == pytest.approx(573, abs=1)
    assert scaled["Legendre of t"] == pytest.approx(1.4, abs=0.05)
    assert kappa["powers of x"] == pytest.approx(1.4e7, rel=0.1)
    assert scaled["powers of x"] == pytest.approx(3e6, rel=0.03)


def test_epochs_of_the_bases(lesson):
    for name, change, epochs in (
        ("powers of x", np.asarray, 2_025_016),
        ("Legendre of t", np.asarray, 51),
        ("Legendre of t", lesson["standardise"], 17),
    ):
        loss = QuadraticLoss(change(lesson["bases"](X, 4)[name]), Y)
        slowest = loss.eigenvectors[:, 0]
        for k, arrived in ((epochs, True), (epochs - 1, False)):
            away = loss.after(k, loss.minimizer + slowest, loss.max_lr / 2) - loss.minimizer
            assert (abs(away @ slowest) <= 1e-3) == arrived


def test_momentum_is_what_the_lesson_says(lesson):
    W, v, want = np.zeros(5), np.zeros(5), []
    for _ in range(301):
        want.append(np.mean((POWERS @ W - Y) ** 2))
        v = 0.9 * v + 2 / len(Y) * POWERS.T @ (POWERS @ W - Y)
        W = W - 0.05 * v
    assert lesson["races"]["momentum 0.9"][:301] == near(want)


def test_adam_is_the_published_algorithm(lesson):
    W, m, s, want = np.zeros(5), 0.0, 0.0, []
    for k in range(1, 302):
        want.append(np.mean((POWERS @ W - Y) ** 2))
        gradient = 2 / len(Y) * POWERS.T @ (POWERS @ W - Y)
        m, s = 0.9 * m + 0.1 * gradient, 0.999 * s + 0.001 * gradient**2
        W = W - 0.05 * m / (1 - 0.9**k) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
    assert lesson["races"]["Adam"][:301] == near(want)


def test_who_arrives(lesson):
    least, races = lesson["exact"].min_loss, lesson["races"]
    near = {name: losses < 1.001 * least for name, losses in races.items()}
    arrived = [name for name, is_near in near.items() if is_near.any()]
    assert arrived == ["momentum 0.99, lr 0.5", "Adam along the modes"]
    assert 900 < near["Adam along the modes"].argmax() < 1300
    assert races["momentum 0.9"][-1] == pytest.approx(
        lesson["exact"].loss(lesson["exact"].after(60_000, np.zeros(5), 0.05)), rel=0.01
    )
    assert races["momentum 0.99, lr 0.5"][:100].max() > races["momentum 0.99, lr 0.5"][0]
    assert races["Adam"][-1] < races["plain descent"][-1]


def test_plain_descent_does_not_notice_a_turn_and_adam_does(lesson):
    turned = POWERS @ lesson["V"]
    assert np.linalg.cond(turned) == pytest.approx(np.linalg.cond(POWERS), rel=1e-6)

    def plain(p):
        return torch.optim.SGD(p, lr=0.05)

    optimise = lesson["optimise"]
    assert optimise(turned, plain, 50) == near(optimise(POWERS, plain, 50))
    assert lesson["races"]["Adam along the modes"][1000] < lesson["races"]["Adam"][1000] / 10


def test_forgotten_zero_grad_is_momentum_1(lesson):
    forgot = lesson["forgetful"](40)
    W, v = np.zeros(5), np.zeros(5)
    for k in range(40):
        assert forgot[k] == pytest.approx(np.mean((POWERS @ W - Y) ** 2), rel=1e-3, abs=1e-5)
        v = v + 2 / len(Y) * POWERS.T @ (POWERS @ W - Y)
        W = W - 0.05 * v
    assert lesson["forgot"][-100:].max() > 6
    assert lesson["forgot"][-100:].min() < 0.25


def test_normal_equations_lose_what_lstsq_keeps(lesson):
    hard = lesson["hard"]
    assert hard.condition_number > 1e11
    assert hard.loss(lesson["by_lstsq"]) < 1.1 * hard.min_loss
    assert hard.loss(lesson["by_normal"]) > 5 * hard.min_loss
    default = torch.linalg.lstsq(lesson["A8_32"], lesson["y8_32"]).solution.ravel()
    assert hard.min_loss <= hard.loss(default) < hard.loss(lesson["by_normal"])


def test_unregistered_parameter_is_not_trained(lesson):
    parabola = lesson["parabola"]
    assert [name for name, _ in parabola.named_parameters()] == ["b"]
    assert parabola.W.tolist() == [0, 0]
    assert parabola.W.grad.abs().max() > 1
    assert parabola.b.item() == near(Y.mean())


def test_column_against_row_lies_flat(lesson):
    slope, constant = lesson["flat"].W.tolist()
    assert abs(slope) < 1e-3
    assert constant == pytest.approx(Y.mean(), rel=1e-3)


def test_loud_errors_say_what_the_lesson_shows():
    with pytest.raises(RuntimeError, match="must have the same dtype"):
        torch.from_numpy(POWERS) @ torch.zeros(5)
    with pytest.raises(ValueError, match="can't optimize a non-leaf Tensor"):
        torch.optim.SGD([torch.zeros(5, requires_grad=True).double()], lr=0.1)


GRID = np.linspace(0, 1, 20)
THREE = dict.fromkeys("abc", POWERS)
PICTURES = {
    "polynomial_fits": ((X, Y, {"a": [2.0], "b": [2.0, 1.0]}), "curves errors"),
    "eigenmodes": ((POWERS, Y, GRID, np.vander(GRID, 5)), "m0 m1 m2 m3 m4"),
    "bases": ((X, THREE, THREE, Y), "b0 b1 b2 loss"),
    "mode_decay": (([0.01, 1.0], 0.5, [10]), None),
    "settling": ((X, Y, [1.0, 2.0], [1.5, 3.0], [0.01, 1.0], [0.9, 0.0]), "modes fit"),
    "excess_losses": (({"a": [3.0, 2.0], "b": [3.0, 1.5]}, 1.0), None),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_draw_on_given_axes_and_say_what_they_show(name):
    arguments, panels = PICTURES[name]
    axs = Figure().subplot_mosaic([(panels or "only").split()])
    line = getattr(plots, name)(*arguments, **{"axs": axs} if panels else {"ax": axs["only"]})
    assert all(ax.has_data() for ax in axs.values())
    assert line.endswith(".")
    assert any(character.isdigit() for character in line)


def test_captions_are_short():
    outputs = [
        o for cell in read_notebook("fitting_polynomials").cells for o in cell.get("outputs", [])
    ]
    lines = [o.data["text/plain"] for o in outputs if "image/png" in o.get("data", {})]
    assert len(lines) == 7
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.polynomial_fits(X, Y, {"one": [1.0]}), "two to four"),
        (lambda: plots.polynomial_fits(X, Y[:-1], {"a": [1.0], "b": [2.0]}), "y must have 10 rows"),
        (
            lambda: plots.eigenmodes(POWERS[:, :4], Y, GRID, np.vander(GRID, 4)),
            r"A must have shape \(n, 5\)",
        ),
        (lambda: plots.mode_decay([0.0, 1.0], 0.1, [10]), "positive numbers"),
        (lambda: plots.mode_decay([0.5, 1.0], -0.1, [10]), "lr must be positive"),
        (lambda: plots.settling(X, Y, [1.0], [1.0], [0.5], [1, 0]), "left must have 1 rows"),
        (lambda: plots.bases(GRID, {"a": POWERS}, {"a": POWERS}, Y), "the same three bases"),
        (lambda: plots.excess_losses({}, 0.1), "1 to 5 descents"),
        (lambda: plots.excess_losses({"a": [1.0, np.nan]}, 0.1), "losses must be finite"),
    ],
)
def test_pictures_refuse_bad_input(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_the_slider_shows_the_exact_fit_and_settles_the_modes_one_by_one(lesson, capsys):
    lines = []
    for epochs in (0, 100, 10_000, 100_000, 30_000_000):
        lesson["settle"](epochs)
        lines.append(capsys.readouterr().out.splitlines()[-1])
    assert [line.split(" of 5")[0] for line in lines] == ["0", "1", "3", "3", "5"]
    assert lines[-1].endswith("the loss is 0.004352.")
