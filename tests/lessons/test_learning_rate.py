"""How far to step: its numbers and its claims, from its own code."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_utils import descent, plots
from course_utils.figures import FIT, GROWS
from tests.support.lessons import ROOT, path_of, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "how_far_to_step"


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


def last_loss(lesson, lr, n_epochs):
    """Return the loss at the end of a run from the lesson's start."""
    _, losses = lesson["descend"](*start(lesson), lesson["x"], lesson["y"], lr, n_epochs + 1)
    return losses[-1]


def start(lesson):
    return lesson["w"], lesson["b"]


def test_numbers_of_the_syllabus(lesson):
    assert lesson["steep"] == near("2.483")
    assert lesson["flat"] == pytest.approx(0.151, abs=5e-4)
    assert lesson["steep"] / lesson["flat"] == near("16.4")
    assert lesson["max_lr"] == near("0.8055")


def test_the_matrix_by_hand_holds_the_second_derivatives(lesson):
    """Central differences of the loss that `descend` records."""

    def loss(w, b):
        return lesson["descend"](w, b, lesson["x"], lesson["y"], 1.0, 1)[1][0]

    step = np.eye(2) * 0.5
    for i in range(2):
        for j in range(2):
            corners = [
                sign_i * sign_j * loss(*(sign_i * step[i] + sign_j * step[j]))
                for sign_i in (1, -1)
                for sign_j in (1, -1)
            ]
            assert lesson["H"][i, j] == pytest.approx(sum(corners) / (4 * 0.25), rel=1e-9)
    assert lesson["bowl"].hessian == pytest.approx(lesson["H"])


@pytest.mark.parametrize("lr", [0.2, 0.75, 1.05])
def test_a_walk_is_a_power_of_its_factor(lesson, lr):
    assert lesson["walk"](2.0, lr, 6) == pytest.approx([(1 - 2 * lr) ** k for k in range(7)])
    assert lesson["walk"](5.0, lr, 1)[1] == pytest.approx(1 - 5 * lr)


@pytest.mark.parametrize(("share", "converges"), [(0.95, True), (0.999, True), (1.001, False)])
def test_the_limit_divides_converging_from_exploding(lesson, share, converges):
    lr = share * lesson["max_lr"]
    path, _ = lesson["descend"](5.0, -3.0, lesson["x"], lesson["y"], lr, n_epochs=20_000)
    assert (np.abs(path[-1] - lesson["best"]).max() < 1e-3) == converges


def test_a_rate_below_the_limit_of_each_parameter_alone_explodes(lesson):
    x, y = lesson["x"], lesson["y"]
    assert 0.9 < 2 / 2.0 < 2 / (2 * x**2).mean()
    _, losses = lesson["descend"](*start(lesson), x, y, 0.9, 7)
    assert all(after > 1.4 * before for before, after in itertools.pairwise(losses))
    assert (x > 0).all(), "so w and b move the line the same way"


def test_along_each_axis_the_descent_is_a_walk(lesson):
    """Each part is multiplied by its own factor, and the other part doesn't matter."""
    axes = lesson["bowl"].eigenvectors
    for lr, path in zip(lesson["lrs"], lesson["paths"], strict=True):
        parts = (path - lesson["best"]) @ axes
        for part, eigenvalue in zip(parts.T, (lesson["flat"], lesson["steep"]), strict=True):
            want = part[0] * (1 - lr * eigenvalue) ** np.arange(len(part))
            assert part == pytest.approx(want, abs=1e-9 * np.abs(want).max())


def test_half_of_the_limit_ends_the_steep_part_and_kappa_steps_leave_a_third(lesson):
    kappa = lesson["steep"] / lesson["flat"]
    assert 1 - 0.5 * lesson["max_lr"] * lesson["steep"] == pytest.approx(0)
    kept = 1 - 0.5 * lesson["max_lr"] * lesson["flat"]
    assert kept == pytest.approx(1 - 1 / kappa)
    assert 0.3 < kept**kappa < 0.37


def test_of_the_four_rates_0_95_ends_lowest(lesson):
    ends = [last_loss(lesson, lr, 40) for lr in lesson["lrs"]]
    assert np.argmin(ends) == 2
    assert ends[3] > 1000


def test_0_95_of_the_limit_overtakes_half_of_it_after_30_epochs(lesson):
    half, close = (
        [last_loss(lesson, share * lesson["max_lr"], n) for n in range(1, 41)]
        for share in (0.5, 0.95)
    )
    assert all(h < c for h, c in zip(half[4:29], close[4:29], strict=True))
    assert all(c < h for h, c in zip(half[30:], close[30:], strict=True))


def test_near_the_limit_the_loss_falls_with_every_step_and_is_far_too_high(lesson):
    x, y = lesson["x"], lesson["y"]
    _, losses = lesson["descend"](*start(lesson), x, y, 0.98 * lesson["max_lr"], 41)
    assert np.all(np.diff(losses) < 0)
    assert losses[-1] > 10 * last_loss(lesson, 0.9 * lesson["max_lr"], 40)


def test_doubling_to_the_explosion_and_back_two_ends_between_a_quarter_and_half(lesson):
    for first in (0.1, 0.07, 0.013, 1e-3):
        lr = first
        while lr < lesson["max_lr"]:
            lr = 2 * lr
        assert 0.25 <= lr / 4 / lesson["max_lr"] < 0.5


def test_nine_tenths_of_the_limit_is_a_good_rate(lesson):
    """It needs fewer steps to a thousandth than half of the limit, or 0.99 of it."""
    eigenvalues = [lesson["flat"], lesson["steep"]]

    def steps(share):
        slowest = max(abs(1 - share * lesson["max_lr"] * h) for h in eigenvalues)
        return np.log(0.001) / np.log(slowest)

    assert steps(0.9) < min(steps(0.5), steps(0.8), steps(0.99))


def test_a_smaller_rate_stops_farther_from_the_best(lesson):
    stops = read_output(LESSON, "while losses").splitlines()
    slopes = [float(line.split(" w ")[1].split(",")[0]) for line in stops]
    assert sorted(slopes, reverse=True) == slopes, "the best comes first, then ever smaller rates"
    epochs = [int(line.split("epoch")[1].split(",")[0]) for line in stops[1:]]
    assert epochs == [45, 136, 600]


def test_standardised_one_step_at_half_of_the_limit_is_the_last(lesson):
    assert lesson["bowl_std"].eigenvalues == pytest.approx([2, 2])
    assert lesson["x_std"].mean() == pytest.approx(0)
    assert lesson["x_std"].std() == pytest.approx(1)
    assert lesson["path_std"][1] == pytest.approx(lesson["bowl_std"].minimizer)
    rmse = ((lesson["x"] - lesson["x"].mean()) ** 2).mean() ** 0.5
    assert lesson["x"].std() == pytest.approx(rmse), "a standard deviation is an RMSE"


def test_the_pictures_mark_what_was_predicted(lesson):
    ax = Figure().subplots()
    told = plots.jumps(2.0, lesson["walk"](2.0, 0.75, 3), prediction=0.5, ax=ax)
    assert told.endswith(" from distance 1 to -0.125. You predicted 0.5; it is -0.125.")
    axs = Figure().subplot_mosaic([["bowl", "angles"]])
    told = plots.curvatures(lesson["x"], lesson["y"], prediction=140, axs=axs)
    assert "dips to 0.1511 at 153° and peaks at 2.483 at 63°" in told
    assert told.endswith(" You predicted 140; it is 152.9.")
    assert "your prediction" in [line.get_label() for line in axs["angles"].lines]
    assert "your prediction" not in [line.get_label() for line in axs["bowl"].lines]
    axs = Figure().subplot_mosaic([["bowl", "angles"]])
    mirrored = plots.curvatures(-lesson["x"], lesson["y"], prediction=140, axs=axs)
    assert mirrored.endswith(" You predicted 140; it is 27.07.")


def test_a_descent_grows_in_both_panels_when_it_is_played(lesson):
    axs = Figure().subplot_mosaic([["path", "loss"]])
    path = np.linspace([0.0, 0.0], lesson["bowl"].minimizer, 5)
    plots.one_descent(lesson["x"], lesson["y"], path, 4, "lr = 0.1", axs=axs)
    for ax in axs.values():
        assert [len(line.get_xdata()) for line in ax.lines if line.get_gid() == GROWS] == [5]


def test_a_cut_is_what_its_formula_says(lesson):
    x, y = lesson["x"], lesson["y"]
    for angle in (0, 30, 63, 90, 135):
        axs = Figure().subplot_mosaic([["bowl", "slice"]])
        told = plots.bowl_slice(x, y, angle, axs=axs)
        change = x * np.cos(np.radians(angle)) + np.sin(np.radians(angle))
        assert told.endswith(f"a parabola of curvature {(2 * change**2).mean():.4g}.")
        (cut,) = (
            line
            for line in axs["slice"].lines
            if line.get_color() == FIT and len(line.get_xdata()) > 1
        )
        away, heights = cut.get_data()
        assert heights == pytest.approx((2 * change**2).mean() / 2 * away**2)


def test_each_arrow_is_at_right_angles_to_its_line_of_equal_loss(lesson):
    axs = Figure().subplot_mosaic([["bowl", "angles"]])
    plots.curvatures(lesson["x"], lesson["y"], axs=axs)
    _, arrows = axs["bowl"].collections
    bowl = lesson["bowl"]
    directions = np.column_stack([arrows.U, arrows.V])
    assert np.linalg.norm(directions, axis=1) == pytest.approx(0.35)
    hits = 0
    for place, direction in zip(arrows.XY, directions, strict=True):
        assert bowl.loss(place + 0.1 * direction) < bowl.loss(place)
        gradient = bowl.hessian @ (place - bowl.minimizer)
        along = np.array([-gradient[1], gradient[0]])
        assert along @ direction == pytest.approx(0, abs=1e-9)
        to_star = bowl.minimizer - place
        hits += abs(to_star[0] * direction[1] - to_star[1] * direction[0]) < 1e-9
    assert hits == 6, "only those on the two axes point at the star"
    assert len(directions) == 14


def test_a_number_on_a_line_of_equal_loss_is_its_loss(lesson):
    axs = Figure().subplot_mosaic([["bowl", "slice"]])
    plots.bowl_slice(lesson["x"], lesson["y"], 0, axs=axs)
    assert len(axs["bowl"].texts) == 3
    for text in axs["bowl"].texts:
        assert text.get_position()[1] < axs["bowl"].get_ylim()[1] - 0.05, "the edge would cut it"
        loss = lesson["bowl"].loss(np.array(text.get_position()))
        assert f"{loss:.2g}" == text.get_text()


def test_numbers_show_which_step_it_is_and_share_a_place():
    axes = Figure().subplot_mosaic("pqr")
    for ax, lr in zip(axes.values(), (0.75, 1.0, 0.5), strict=True):
        distances = (1 - 2 * lr) ** np.arange(4.0)
        plots.jumps(2.0, distances, ax=ax)
    texts = [[text.get_text() for text in ax.texts] for ax in axes.values()]
    assert texts == [["0", "1", "2", "3"], ["0, 2", "1, 3"], ["0", "1, 2, 3"]]


def test_the_best_rate_is_where_both_factors_are_opposite(lesson):
    steep, flat = lesson["steep"], lesson["flat"]
    best, kappa = 2 / (steep + flat), steep / flat
    assert best / lesson["max_lr"] == near("0.943")
    assert 1 - best * steep == pytest.approx(-(1 - best * flat))
    assert 1 - best * flat == pytest.approx((kappa - 1) / (kappa + 1))
    shares = np.arange(1, 110) / 100
    slowest = [
        max(abs(1 - share * lesson["max_lr"] * h) for h in (steep, flat)) for share in shares
    ]
    assert shares[np.argmin(slowest)] == pytest.approx(0.94), "for many epochs"
    ends = [last_loss(lesson, share * lesson["max_lr"], 40) for share in shares]
    assert 0.85 < shares[np.argmin(ends)] < 0.94, "for 40 epochs, from this start"
    assert last_loss(lesson, lesson["max_lr"], 400) > 1, "at the limit it rests far too high"


def test_sliders_call_the_lessons_own_descent(lesson, capsys):
    def read_caption(name, *moved):
        lesson[name](*moved)
        return capsys.readouterr().out.splitlines()[-1]

    loss = last_loss(lesson, 0.95 * lesson["max_lr"], 40)
    assert f"After 40 epochs the loss is {loss:.4g}" in read_caption("descend_at", 0.95)
    assert "After 40 epochs: not standardised κ = 11.63," in read_caption("compare_unit", 2)


def test_units_leave_a_slant_and_2_has_the_smallest_kappa(lesson):
    factors = (0.5, 1, 2, 5, 10, 20, 60, 100)
    bowls = [
        descent.QuadraticLoss(descent.design_matrix(f * lesson["x"]), lesson["y"]) for f in factors
    ]
    kappas = [bowl.condition_number for bowl in bowls]
    assert factors[np.argmin(kappas)] == 2
    assert min(kappas) > 10
    assert all(abs(bowl.hessian[0, 1]) > 0.4 for bowl in bowls)


def test_in_minutes_the_weight_is_almost_the_best_for_the_bias_it_has(lesson):
    w, b = lesson["path_minutes"][-1]
    x, y = 60 * lesson["x"], lesson["y"]
    assert w == pytest.approx((x * (y - b)).mean() / (x**2).mean(), rel=0.01)
    w_best, b_best = lesson["best"] / [60, 1]
    assert abs(b) < 0.02 * b_best
    assert w > 1.5 * w_best


def test_new_points_with_their_own_ruler_are_seen_over_most_of_the_hour(lesson):
    x, x_new = lesson["x"], lesson["x_new"]
    assert 0.9 <= x_new.min() < x_new.max() < x.max()
    seen = lesson["own"] * x.std() + x.mean()
    assert seen.mean() == pytest.approx(x.mean())
    assert np.ptp(seen) > 0.7 > 10 * np.ptp(x_new)


def test_in_a_trough_each_descent_goes_straight_down(lesson):
    x, y = lesson["x_same"], lesson["y_same"]
    bowl = descent.QuadraticLoss(descent.design_matrix(x), y)
    assert bowl.condition_number == np.inf
    for begin in ((0.0, 0.0), (4.0, 0.0)):
        path, losses = lesson["descend"](*begin, x, y, 0.4, 200)
        moved = path[-1] - path[0]
        assert moved @ bowl.eigenvectors[:, 0] == pytest.approx(0, abs=1e-9)
        assert losses[-1] == pytest.approx(bowl.min_loss)
    assert np.linalg.norm(bowl.minimizer) < np.linalg.norm(path[-1])


def test_the_trough_is_drawn_with_all_its_best_lines_and_both_runs(lesson):
    ax = Figure().subplots()
    told = plots.trough(lesson["x_same"], lesson["y_same"], lesson["paths_same"], ax=ax)
    assert "w = 1.2, b = 2.4 and w = 4.4, b = 0.8; the loss is 2.5 at each." in told
    best, *runs = [line for line in ax.lines if len(line.get_xdata()) > 1]
    w, b = best.get_data()
    assert 0.5 * w + b == pytest.approx(lesson["y_same"].mean())
    assert len(runs) == 2
    with pytest.raises(ValueError, match="its numbers differ"):
        plots.trough(lesson["x"], lesson["y"], lesson["paths_same"])


def test_the_published_gradient_contradicts_the_published_loss(lesson):
    assert lesson["implied"] == near("2.7422")
    assert last_loss(lesson, 0.1, 0) == near("2.7422")
    assert abs(lesson["implied"] - 2.720278897826747) > 0.02


@pytest.mark.slow
def test_lesson_never_loads_torch():
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, path_of(LESSON)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
