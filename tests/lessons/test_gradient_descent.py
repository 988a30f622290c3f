"""Gradient descent by hand: its published figures, from its own code, and its claims."""

import subprocess
import sys

import numpy as np
import pytest

from course_utils import descent
from tests.support.lessons import ROOT, path_of, run_lesson
from tests.support.tolerance import near


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("gradient_descent_by_hand")


def test_published_start_and_gradient(lesson):
    w, b = lesson["path"][0]
    assert b == near("0.49671415")
    assert w == near("-0.1382643")
    dw, db = lesson["gradient"](w, b, lesson["x"], lesson["y"])
    assert dw == pytest.approx(-1.8337537171510832, rel=1e-14)
    assert db == pytest.approx(-3.044811379650508, rel=1e-14)


def test_published_first_step(lesson):
    w, b = lesson["path"][1]
    assert b == near("0.80119529")
    assert w == near("0.04511107")


def test_published_loss_contradicts_the_published_gradient(lesson):
    x, y = lesson["x"], lesson["y"]
    assert lesson["mse"](*lesson["path"][0], x, y) == near("2.7422")
    assert lesson["implied"] == near("2.7422")
    assert abs(lesson["implied"] - 2.720278897826747) > 0.02


def test_gradient_is_what_central_differences_say(lesson):
    x, y, mse = lesson["x"], lesson["y"], lesson["mse"]
    rng = np.random.RandomState(7)
    for w, b in rng.randn(5, 2):
        dw, db = lesson["gradient"](w, b, x, y)
        h = 1e-4
        assert dw == pytest.approx((mse(w + h, b, x, y) - mse(w - h, b, x, y)) / (2 * h), rel=1e-7)
        assert db == pytest.approx((mse(w, b + h, x, y) - mse(w, b - h, x, y)) / (2 * h), rel=1e-7)


def test_thousand_epochs_reach_least_squares(lesson):
    x, y = lesson["x"], lesson["y"]
    slope, height = np.polyfit(x.ravel(), y.ravel(), 1)
    assert lesson["path"][-1] == near([slope, height])


@pytest.mark.parametrize(("share", "converges"), [(0.95, True), (0.999, True), (1.001, False)])
def test_the_limit_divides_converging_from_exploding(lesson, share, converges):
    lr = share * lesson["max_lr"]
    path = lesson["descend"](5.0, -3.0, lesson["x"], lesson["y"], lr, n_epochs=20_000)
    away = np.abs(path[-1] - lesson["path"][-1]).max()
    assert (away < 1e-3) == converges


def test_numbers_of_the_syllabus(lesson):
    assert lesson["steep"] / lesson["flat"] == near("16.4")
    assert lesson["max_lr"] == near("0.8055")


def test_five_rows_of_this_range_hide_a_sum_for_a_mean():
    """The claim beside the broken gradient: 5 times 0.1 stays below the limit for x in [0, 1)."""
    worst = np.ones((5, 1))
    A = np.hstack([worst, np.ones_like(worst)])
    assert 2 / np.linalg.eigvalsh(2 / 5 * A.T @ A)[-1] >= 0.5


@pytest.mark.slow
def test_lesson_never_loads_torch():
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, path_of("gradient_descent_by_hand")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_sliders_call_the_lessons_own_descent(lesson, capsys):
    x, y, mse = lesson["x"], lesson["y"], lesson["mse"]

    def read_caption(name, *moved):
        lesson[name](*moved)
        return capsys.readouterr().out.splitlines()[-1]

    path = lesson["descend"](lesson["w"], lesson["b"], x, y, 0.95 * lesson["max_lr"], 40)
    assert f"40 steps the loss is {mse(*path[-1], x, y):.4g}" in read_caption("descend_at", 0.95)
    steps = lesson["descend_in_batches"](lesson["w"], lesson["b"], 16, lr=0.2)
    assert f"100 steps the loss is {mse(*steps[-1], x, y):.4g}" in read_caption(
        "descend_by", 16, 0.2
    )
    assert "as measured κ = 11.63," in read_caption("compare_unit", 2)


def test_claims_beside_the_sliders(lesson):
    """The best rate lies close below the limit; at it the loss rests high; units leave a slant."""
    x, y = lesson["x"], lesson["y"]

    def loss_at(share):
        path = lesson["descend"](lesson["w"], lesson["b"], x, y, share * lesson["max_lr"], 40)
        return lesson["mse"](*path[-1], x, y)

    shares = np.arange(1, 110) / 100
    assert 0.85 < shares[np.argmin([loss_at(share) for share in shares])] < 1
    assert loss_at(1.0) > 1
    bowls = [descent.QuadraticLoss(descent.design_matrix(f * x), y) for f in (100, 2, 1, 0.5)]
    far, low, back, further = (bowl.condition_number for bowl in bowls)
    assert far > further > back > low > 10
