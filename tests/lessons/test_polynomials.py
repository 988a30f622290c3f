"""Fitting polynomials: its published figures, from its own code, and its claims."""

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_utils import data, plots
from course_utils.descent import QuadraticLoss
from tests.support.lessons import read_notebook, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "fitting_polynomials"
PUBLISHED_LAST = [1.02348, 10.41776, -14.99062, -4.14171, 11.48647]
PUBLISHED_BEST = [0.9565, 12.4077, -24.2009, 9.8449, 4.7574]
SINE = data.sine_line()
X, Y = SINE.x, SINE.y
POWERS = np.vander(X, 5, increasing=True)
EXACT = QuadraticLoss(POWERS, Y)
ZERO = np.zeros(5)


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


def loop(A, y, W, lr, n_epochs):
    """Gradient descent in float64, written out."""
    for _ in range(n_epochs):
        W = W - lr * np.array([2 * np.mean((A @ W - y) * column) for column in A.T])
    return W


def test_published_line(lesson):
    rows = lesson["train"](lesson["Line"](), lesson["x"], lesson["y"], 0.1, 10)
    assert [epoch for epoch, _, _ in rows] == list(range(10))
    assert rows[0][1] == near("6.661948")
    assert rows[0][2] == near([0.27913672, 0.49835616])
    assert rows[-1][1] == near(0.27754354)
    assert rows[-1][2] == near([1.0747765, 1.8358393])
    for (_, _, (slope, constant)), (_, loss, _) in pairwise(rows):
        assert loss == near(np.mean((slope * X + constant - Y) ** 2))


def test_published_line_is_slope_then_constant(lesson):
    assert rows_of_line(lesson, swapped=True) == near([0.49835616, 0.27913672])
    assert rows_of_line(lesson, swapped=False) == near([0.27913672, 0.49835616])


def rows_of_line(lesson, swapped):
    class Swapped(lesson["Line"]):
        def forward(self, x):
            return self.W[1] * x + self.W[0]

    model = Swapped() if swapped else lesson["Line"]()
    return lesson["train"](model, lesson["x"], lesson["y"], 0.1, 1)[0][2]


def test_published_polynomial_first_row(lesson):
    rows = lesson["train"](lesson["Polynomial"](), lesson["A32"], lesson["y"], 0.05, 3)
    assert rows[0][1] == near("6.661948")
    assert rows[0][2] == near(["0.2492", "0.1396", "0.1018", "0.0830", "0.0719"])
    for k, (_, loss, W) in enumerate(rows):
        assert EXACT.after(k + 1, ZERO, 0.05) == near(W)
        assert EXACT.loss(EXACT.after(k, ZERO, 0.05)) == near(loss)
    assert lesson["path"][1].tolist() == near(["0.2492", "0.1396", "0.1018", "0.0830", "0.0719"])


def test_published_polynomial_last_row(lesson):
    path = lesson["path"]
    assert path.shape == (100_001, 5)
    # The published training is in float32, and ours is not: rounding adds up to 1.2e-4.
    assert path[90_001] == pytest.approx(PUBLISHED_LAST, rel=1.3e-4)
    assert np.mean((POWERS @ path[90_000] - Y) ** 2) == pytest.approx(0.00625345, rel=1e-4)


def test_every_row_of_ours_is_the_exact_one(lesson):
    for k in range(0, 100_001, 10_000):
        assert lesson["path"][k] == pytest.approx(EXACT.after(k, ZERO, 0.05), rel=1e-9)
    cells = read_notebook(LESSON).cells
    (text,) = [cell.source for cell in cells if "The loop's rows in between" in cell.source]
    rows = re.findall(r"(?m)^([\d-].+)$", re.search(r"```text\n(.*?)```", text, re.S)[1])
    shown = re.findall(r"(?m)^ *(\d+ .+)$", read_output(LESSON, "path[epoch + 1] = W"))
    assert [int(row.split()[0]) for row in rows] == [10_000, 30_000, 50_000, 70_000]
    assert [int(row.split()[0]) for row in shown] == [0, 20_000, 40_000, 60_000, 80_000, 90_000]
    for row in rows + shown:
        k, loss, *W = [float(number) for number in re.findall(r"[-\d.]+", row)]
        assert loss == pytest.approx(EXACT.loss(EXACT.after(int(k), ZERO, 0.05)), abs=5.1e-9)
        assert pytest.approx(EXACT.after(int(k) + 1, ZERO, 0.05), abs=5.1e-6) == W


def test_published_rows_are_all_quoted():
    line, polynomial = read_output(LESSON, "line = Line()"), read_output(LESSON, "Polynomial()")
    assert "6.661948 [0.27913672 0.49835616]" in line
    assert "0.27754354 [1.0747765 1.8358393]" in line
    assert "6.661948  [0.2492 0.1396 0.1018 0.0830 0.0719]" in polynomial
    last = "0.00625345 [1.02348 10.41776 -14.99062 -4.14171 11.48647]"
    assert last in read_output(LESSON, "path[epoch + 1] = W")


def test_published_least_squares(lesson):
    best = np.polyfit(X, Y, 4)[::-1]
    assert best == near(PUBLISHED_BEST)
    assert lesson["best"] == pytest.approx(best, rel=1e-9)
    assert np.mean((POWERS @ best - Y) ** 2) == near("0.00435236")
    assert lesson["bowl"].min_loss == near("0.00435236")
    assert np.linalg.cond(POWERS) ** 2 == near(293_151)
    assert lesson["bowl"].condition_number == pytest.approx(np.linalg.cond(POWERS) ** 2, rel=1e-9)


def test_no_coefficient_has_converged_though_the_curves_almost_agree(lesson):
    best, W = lesson["best"], lesson["W"]
    assert (np.abs(W / best - 1) > 0.05).all()
    assert W[3] < 0 < best[3]
    grid = np.linspace(0, 1, 500)
    curves = np.polynomial.polynomial.polyval(grid, np.stack([W, best], axis=1))
    assert np.abs(curves[0] - curves[1]).max() < 0.07
    assert np.abs(POWERS @ W - Y).max() == pytest.approx(0.154, abs=5e-4)
    assert np.abs(POWERS @ best - Y).max() == pytest.approx(0.105, abs=5e-4)
    assert EXACT.loss(W) / EXACT.min_loss == pytest.approx(1.43, abs=5e-3)
    assert EXACT.loss(ZERO) / EXACT.loss(W) == pytest.approx(1000, rel=0.1)


def test_the_third_coefficient_hardly_moves_at_the_end(lesson):
    """The prompt says that it fell to about minus four and hardly moves."""
    late = lesson["path"][50_000:, 3]
    assert late.min() > -4.2
    assert np.ptp(late) < 0.15


def test_a_mode_shrinks_by_itself_and_by_its_own_factor(lesson):
    for curvature, mode in zip(lesson["curvatures"], lesson["V"].T, strict=True):
        away = loop(POWERS, Y, EXACT.minimizer + mode, 0.05, 60) - EXACT.minimizer
        assert away == pytest.approx((1 - 0.05 * curvature) ** 60 * mode, abs=1e-9)
        assert (mode**2).sum() == pytest.approx(1)


def test_a_curvature_is_twice_the_mean_square_of_the_curve_at_the_data(lesson):
    for i, (curvature, mode) in enumerate(zip(lesson["curvatures"], lesson["V"].T, strict=True)):
        curve = np.polynomial.polynomial.polyval(X, mode)
        assert 2 * np.mean(curve**2) == pytest.approx(curvature, rel=1e-6)
        assert lesson["curves"][:, i] == pytest.approx(curve, abs=1e-12)
        for s in (-2.0, 0.5):
            rise = np.mean((POWERS @ (EXACT.minimizer + s * mode) - Y) ** 2) - EXACT.min_loss
            assert rise == pytest.approx(curvature / 2 * s**2, rel=1e-4)


def test_the_worked_example_and_the_prediction():
    for size, share, digits in ((0.02197, 0.0080, 1e-4), (0.002376, 0.945, 5e-4)):
        assert (1 - 0.05 * 2 * size**2) ** 100_000 == pytest.approx(share, abs=digits)
    assert pytest.approx(0.000965, abs=5e-7) == 2 * 0.02197**2


def test_slow_modes_are_small_and_wiggle(lesson):
    grid = np.linspace(0, 1, 1000)
    curves = np.vander(grid, 5, increasing=True) @ lesson["V"]
    assert (np.diff(np.sign(curves), axis=0) != 0).sum(axis=0).tolist() == [4, 3, 2, 1, 0]
    assert np.abs(curves[:, 0]).max() == pytest.approx(0.0036, abs=1e-4)


def test_the_modes_settle_one_after_the_other():
    """Four settled modes draw the finished curve; three do not; the last takes far longer."""
    grid = np.vander(np.linspace(0, 1, 200), 5, increasing=True)
    best, needed = EXACT.minimizer, []
    for curvature in EXACT.eigenvalues:
        needed.append(np.log(0.01) / np.log(1 - 0.05 * curvature))
    assert 80 < needed[0] / needed[1] < 90
    after_four, after_three = (EXACT.after(int(k), ZERO, 0.05) for k in needed[1:3])
    assert np.abs(grid @ (after_four - best)).max() < 0.07
    assert np.abs(grid @ (after_three - best)).max() > 0.5
    assert 1 / (0.05 * EXACT.eigenvalues[1]) < 100_000 < 1 / (0.05 * EXACT.eigenvalues[0])


def test_exact_iterate_is_the_loop_and_the_courses_own(lesson):
    iterate = lesson["iterate"]
    assert iterate(1) == pytest.approx(loop(POWERS, Y, ZERO, 0.05, 1), rel=1e-9)
    assert iterate(700) == pytest.approx(loop(POWERS, Y, ZERO, 0.05, 700), rel=1e-9)
    for k in (0, 100_000, 10_000_000):
        assert iterate(k) == pytest.approx(EXACT.after(k, ZERO, 0.05), rel=1e-9, abs=1e-9)
    assert iterate(10_000_000)[3] == pytest.approx(9.79, abs=5e-3)
    assert EXACT.loss(iterate(10_000_000)) == near(EXACT.min_loss)


def test_float32_lands_on_the_published_row(lesson):
    assert "[  1.02348  10.41776 -14.99062  -4.14171  11.48647]" in read_output(
        LESSON, "W32 = torch"
    )
    assert lesson["W32"].numpy() == pytest.approx(PUBLISHED_LAST, rel=2e-5)
    apart = np.abs(np.array(PUBLISHED_LAST) / lesson["exact"] - 1).max()
    assert apart == pytest.approx(1.2e-4, abs=5e-6)
    one_step = lesson["exact"][1] - EXACT.after(90_000, ZERO, 0.05)[1]
    assert 6.5 < one_step / lesson["gap"] < 8


def test_outside_the_data_the_converged_fit_is_not_always_the_closer_one(lesson):
    for place, closer in ((1.3, "best"), (-0.3, "W")):
        row = np.vander([place], 5, increasing=True)[0]
        away = {
            name: abs(row @ lesson[name] - lesson["true_curve"](place)) for name in ("W", "best")
        }
        assert min(away, key=away.get) == closer
        assert away[closer] > 2


def test_unregistered_parameter_is_not_trained(lesson):
    parabola = lesson["parabola"]
    assert [name for name, _ in parabola.named_parameters()] == ["b"]
    assert parabola.W.tolist() == [0, 0]
    assert parabola.W.grad.abs().max() > 10
    assert parabola.b.item() == near(Y.mean())
    assert lesson["rows"][-1][1] == near(Y.var())


def test_the_cliffs_are_those_of_a_fit_with_this_condition_number(lesson):
    epochs, above = np.array(lesson["epochs"]), np.array(lesson["above"])
    curvatures, heights = np.array([1 / 50, 1 / 2000, 1 / 250_000]), np.array([8, 0.4, 0.02])
    want = (heights * (1 - curvatures) ** (2 * epochs[:, None])).sum(axis=1)
    assert above == pytest.approx(want, rel=6e-3, abs=5e-7)
    assert curvatures[0] / curvatures[-1] == pytest.approx(5000)


def test_the_changes_of_the_exercise_are_as_its_check_says():
    def kappa(x, n):
        return np.linalg.cond(np.vander(x, n, increasing=True)) ** 2

    ours = kappa(X, 5)
    assert kappa(X, 4) < ours / 20
    assert kappa(X + 1, 5) > 3000 * ours
    assert kappa(np.concatenate([X, X]), 5) == pytest.approx(ours)
    # and so does the number of epochs, at half of each limit
    for x, n in ((X, 5), (X, 4)):
        bowl = QuadraticLoss(np.vander(x, n, increasing=True), Y)
        left = np.abs(1 - bowl.max_lr / 2 * bowl.eigenvalues)
        assert left.max() == pytest.approx(1 - 1 / kappa(x, n))


def test_the_scoreboard_has_the_numbers_of_the_lesson(lesson):
    text = read_output(LESSON, "SCOREBOARD")
    line = np.polyfit(X, Y, 1)
    assert f"{np.mean((np.polyval(line, X) - Y) ** 2):.5f}" in text
    assert f"{EXACT.loss(lesson['W']):.5f}   100,000" in text
    assert f"{EXACT.loss(EXACT.after(10_000_000, ZERO, 0.05)):.5f}   (10,000,000)" in text


def drawn(name, *arguments, panels, **options):
    """Draw a picture on axes of its own; return the axes and the caption."""
    axs = Figure().subplot_mosaic([panels.split()])
    keyword = {"ax": axs["ax"]} if panels == "ax" else {"axs": axs}
    return axs, getattr(plots, name)(*arguments, **keyword, **options)


def line_named(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def test_the_fits_are_drawn_as_polynomials():
    fits = {"one": [2.0, 1.0], "two": [1.0, 0.0, 3.0]}
    axs, caption = drawn("polynomial_fits", X, Y, fits, (0, 2), np.sin, panels="ax")
    x, y = line_named(axs["ax"], "two").get_data()
    assert y == pytest.approx(1 + 3 * x**2)
    assert (x[0], x[-1]) == (0, 2)
    x, y = line_named(axs["ax"], "true curve").get_data()
    assert y == pytest.approx(np.sin(x))
    assert f"{np.mean((2 + X - Y) ** 2):.4g} (one)" in caption
    assert [text.get_text() for text in axs["ax"].texts] == ["no data"]


def test_one_coefficient_is_drawn_with_its_epochs_and_its_best_value():
    path = EXACT.after(3, ZERO, 0.05) * np.arange(4)[:, None]
    axs, caption = drawn("coefficient_by_epoch", X, Y, path, 10, 2, 7.5, panels="coefficient fits")
    ax = axs["coefficient"]
    epochs, values = line_named(ax, "this training").get_data()
    assert epochs.tolist() == [0, 10, 20, 30]
    assert values == pytest.approx(path[:, 2])
    assert line_named(ax, "least squares").get_ydata()[0] == pytest.approx(EXACT.minimizer[2])
    x, y = line_named(axs["fits"], "this training").get_data()
    assert y == pytest.approx(np.polynomial.polynomial.polyval(x, path[-1]))
    assert "You predicted 7.5; it is -24.2." in caption


def test_a_mode_is_drawn_as_the_change_of_the_fit():
    panels = "f0 f1 f2 f3 f4 m0 m1 m2 m3 m4"
    axs, caption = drawn("modes", X, Y, EXACT.eigenvectors, panels=panels)
    for i, mode in enumerate(EXACT.eigenvectors.T):
        best, moved = (line_named(axs[f"f{i}"], name) for name in ("best fit", "moved by 1"))
        x, change = axs[f"m{i}"].lines[1].get_data()
        assert moved.get_ydata() - best.get_ydata() == pytest.approx(change, abs=1e-12)
        sign = np.sign(mode.sum())
        assert change == pytest.approx(sign * np.polynomial.polynomial.polyval(x, mode), abs=1e-12)
        size = np.sqrt(EXACT.eigenvalues[i] / 2)
        assert axs[f"m{i}"].get_title(loc="left") in (f"size {size:.4g}", "")
        assert f"mode {i} {size:.4g}" in caption


def test_what_is_left_of_the_modes_is_drawn_in_percent():
    axs, caption = drawn("mode_decay", EXACT.eigenvalues, 0.05, 100_000, 50, panels="ax")
    epochs, left = axs["ax"].lines[1].get_data()
    assert left == pytest.approx(100 * (1 - 0.05 * EXACT.eigenvalues[1]) ** epochs)
    assert "(%): 94.5, 0.801, 0, 0, 0. You predicted 50; it is 94.51." in caption


def test_the_slider_shows_what_is_left():
    left = np.array([0.5, 0.01, 1.0, 0.0099, 0.0])
    axs, caption = drawn("settling", X, Y, ZERO + 1, left, panels="modes fit")
    assert [bar.get_width() for bar in axs["modes"].patches] == pytest.approx(100 * left)
    texts = [text.get_text() for text in axs["modes"].texts]
    assert texts == ["50%", "1%", "100%", "settled", "settled"]
    x, y = line_named(axs["fit"], "the fit now").get_data()
    assert y == pytest.approx(np.polynomial.polynomial.polyval(x, ZERO + 1))
    assert caption.startswith("2 of 5 modes are settled. MSE ")


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.polynomial_fits(X, Y, {"one": [1.0]}), "two to four"),
        (lambda: plots.polynomial_fits(X, Y[:-1], {"a": [1.0], "b": [2.0]}), "y must have 10 rows"),
        (lambda: plots.mode_decay([0.0, 1.0], 0.1, 5), "positive numbers"),
        (lambda: plots.coefficient_by_epoch(X, Y, np.eye(3), 1, 3), "k must be below the 3"),
        (lambda: plots.modes(X, Y, np.eye(4)), "V must have"),
    ],
)
def test_pictures_say_what_is_wrong(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
