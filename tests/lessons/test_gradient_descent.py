"""Gradient descent by hand: its published numbers, from its own code, and its claims."""

import re
import subprocess
import sys

import numpy as np
import pytest

from course_utils import figures, plots
from course_utils.checks import gradient_descent as checks
from tests.support.lessons import ROOT, path_of, read_notebook, read_output, run_lesson
from tests.support.tolerance import near

START = {"b": "0.49671415", "w": "-0.1382643"}


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("gradient_descent_by_hand")


@pytest.fixture(scope="module")
def run(lesson):
    """Descend from the lesson's start on its readings, with another rate or number of epochs."""

    def descend(lr=0.1, n_epochs=1000):
        x, y = lesson["x"], lesson["y"]
        return lesson["descend"](lesson["w"], lesson["b"], x, y, lr, n_epochs)

    return descend


def test_published_start_and_gradient(lesson):
    assert lesson["b"] == near(START["b"])
    assert lesson["w"] == near(START["w"])
    assert lesson["dw"] == pytest.approx(-1.8337537171510832, rel=1e-14)
    assert lesson["db"] == pytest.approx(-3.044811379650508, rel=1e-14)


def test_published_first_step(run):
    w, b = run(n_epochs=1)[0][1]
    assert b == near("0.80119529")
    assert w == near("0.04511107")


def test_six_of_seven_published_numbers_agree():
    """The table shows the tutorial's numbers beside ours; only the loss differs."""
    printed = read_output("gradient_descent_by_hand", "published")
    rows = re.findall(r"^\D*?\s+(-?[\d.]+)\s+(-?[\d.]+)$", printed, re.M)
    assert [published for published, _ in rows] == [
        *(START["w"], START["b"], "2.720278897826747"),
        *("-1.8337537171510832", "-3.044811379650508", "0.04511107", "0.80119529"),
    ]
    agree = [float(ours) == near(published) for published, ours in rows]
    assert agree == [True, True, False, True, True, True, True]
    assert float(rows[2][1]) == near("2.7422")


def test_the_gradient_is_what_central_differences_say(lesson):
    x, y, mse = lesson["x"], lesson["y"], lesson["mse"]
    rng = np.random.RandomState(7)
    for w, b in rng.randn(5, 2):
        path, _ = lesson["descend"](w, b, x, y, lr=1.0, n_epochs=1)
        dw, db = path[0] - path[1]
        h = 1e-4
        assert dw == pytest.approx((mse(w + h, b, x, y) - mse(w - h, b, x, y)) / (2 * h), rel=1e-7)
        assert db == pytest.approx((mse(w, b + h, x, y) - mse(w, b - h, x, y)) / (2 * h), rel=1e-7)


def test_a_thousand_epochs_and_three_lines_of_means_reach_least_squares(lesson, run):
    slope, height = np.polyfit(lesson["x"].ravel(), lesson["y"].ravel(), 1)
    assert run()[0][-1] == near([slope, height])
    assert [lesson["w_best"], lesson["b_best"]] == pytest.approx([slope, height], rel=1e-12)


def test_each_loss_belongs_to_its_row_of_the_path(lesson, run):
    path, losses = run(n_epochs=50)
    assert path.shape == (51, 2)
    assert losses == pytest.approx([lesson["mse"](*p, lesson["x"], lesson["y"]) for p in path[:-1]])


def test_the_answers_to_the_predictions(lesson, run):
    """The longest arrow is on the right, the steps get shorter, and 258 epochs come within 1%."""
    x, w, b = lesson["x"].ravel(), lesson["w"], lesson["b"]
    residuals = w * x + b - lesson["y"].ravel()
    assert x[np.argmax(np.abs(residuals))] == x.max()
    assert np.all(np.diff(np.abs(np.diff(lesson["biases"]))) < 0)
    losses = np.append(run()[1], run(n_epochs=1001)[1][-1])
    assert np.argmax(losses <= 1.01 * losses[-1]) == 258
    assert np.all(losses[258:] <= 1.01 * losses[-1])


def test_typed_predictions_are_marked_beside_the_truth(lesson, run):
    x, y = lesson["x"], lesson["y"]
    with figures.capture_figures() as shown:
        plots.loss_by_bias(x, y, lesson["w"], lesson["b"], prediction=1.9)
        plots.whole_run(x, y, run()[0], prediction=40)
    (_, first), (_, second) = shown
    assert first.endswith("You predicted 1.9; it is 2.019.")
    assert second.endswith("You predicted 40; it is 258.")


def test_the_line_is_nearer_to_the_hidden_one_than_the_readings_beside_it(lesson):
    x, y, truth = lesson["x"].ravel(), lesson["y"].ravel(), lesson["tank"].truth
    before = np.argsort(np.where(x < 0.5, 0.5 - x, np.inf))[:2]
    low = y[before] - (truth["w"] * x[before] + truth["b"])
    assert np.round(low, 1) == pytest.approx(-0.1)
    off = lesson["w_best"] * 0.5 + lesson["b_best"] - (truth["w"] * 0.5 + truth["b"])
    assert round(off, 2) == 0.01


def test_the_best_line_keeps_its_digits_where_x_is_large(lesson):
    """The text's formula counts x and y from their means, so a late clock does no harm."""
    x, y = lesson["x"] + 1e8, lesson["y"]
    x_away, y_away = x - x.mean(), y - y.mean()
    w = (x_away * y_away).mean() / (x_away**2).mean()
    assert w == pytest.approx(lesson["w_best"], rel=1e-6)


def wrong_run(mistake, w, b, x, y, n_epochs=100, lr=0.1):
    """Return the path of a loop with one of the mistakes of exercise 2, by its number there."""
    path, before = [(w, b)], None
    for _ in range(n_epochs):
        error = w * x + b - y
        dw, db = (2 * error * x).mean(), (2 * error).mean()
        before = before or (dw, db)
        dw, db = {
            1: (-dw, -db),
            2: before,
            3: (dw / 2, db / 2),
            4: (db, db),
            5: (len(x) * dw, len(x) * db),
        }.get(mistake, (dw, db))
        w, b = w - lr * dw, b - lr * db
        path.append((w, b))
    return np.array(path)


def test_the_printout_of_exercise_2_comes_from_loops_with_its_mistakes(lesson):
    (text,) = [
        c.source for c in read_notebook("gradient_descent_by_hand").cells if "```text" in c.source
    ]
    rows = re.findall(r"^(?:run (\w)|right) +(.+)$", text, re.M)
    assert [name for name, _ in rows] == ["", "A", "B", "C"]
    answer = {"": 0, "A": 2, "B": 4, "C": 3}
    for name, numbers in rows:
        path = wrong_run(answer[name], *(lesson[k] for k in "wbxy"))
        loss = lesson["mse"](*path[100], lesson["x"], lesson["y"])
        expected = [*path[1], *path[2], *path[100], loss]
        assert numbers.split() == [f"{number:.3f}" for number in expected]


def test_the_check_of_exercise_2_knows_what_each_mistake_prints(lesson):
    for mistake, pairs in checks._FIRST_EPOCHS.items():
        path = wrong_run(mistake, *(lesson[k] for k in "wbxy"), n_epochs=2)
        assert np.round(path[1:], 3) == pytest.approx(np.array(pairs), abs=1e-9)
    assert len(set(checks._FIRST_EPOCHS.values())) == 5


def test_the_forward_difference_is_best_near_1e_7(lesson):
    """What rounding leaves differs between machines, the place of the minimum hardly."""
    best = lesson["hs"][np.argmin(lesson["forward"])]
    assert 1e-9 < best < 1e-5
    assert lesson["forward"][-1] > 0.01
    assert lesson["central"][0] < 1e-12


def test_the_hurried_step_ends_where_the_right_one_does(lesson, run):
    assert [lesson["hurried_w"], lesson["hurried_b"]] == near(run()[0][-1])


def test_a_sum_for_the_mean_is_harmless_with_few_rows_only(lesson):
    x, y = lesson["x"], lesson["y"]
    for rows, harmless in ((4, True), (80, False)):
        start = lesson["w"], lesson["b"]
        _, losses = lesson["descend"](*start, x[:rows], y[:rows], lr=0.1 * rows, n_epochs=101)
        assert (losses[-1] < losses[0]) == harmless


@pytest.mark.slow
def test_lesson_never_loads_torch():
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, path_of("gradient_descent_by_hand")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
