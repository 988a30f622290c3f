"""Lesson 01: the published figures, from the lesson's own code, and what the lesson claims."""

import subprocess
import sys

import numpy as np
import pytest

from tests.lessons import ROOT, run_lesson


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("01")


def test_published_start_and_gradient(lesson):
    w, b = lesson["path"][0]
    assert f"{b:.8f}" == "0.49671415"
    assert f"{w:.7f}" == "-0.1382643"
    dw, db = lesson["gradient"](w, b, lesson["x"], lesson["y"])
    assert dw == pytest.approx(-1.8337537171510832, rel=1e-14)
    assert db == pytest.approx(-3.044811379650508, rel=1e-14)


def test_published_first_step(lesson):
    w, b = lesson["path"][1]
    assert f"{b:.8f}" == "0.80119529"
    assert f"{w:.8f}" == "0.04511107"


def test_published_loss_contradicts_the_published_gradient(lesson):
    x, y = lesson["x"], lesson["y"]
    assert lesson["mse"](*lesson["path"][0], x, y) == pytest.approx(2.7422, abs=5e-5)
    assert lesson["implied"] == pytest.approx(2.7422, abs=5e-5)
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
    assert lesson["path"][-1] == pytest.approx([slope, height], abs=1e-6)


@pytest.mark.parametrize(("share", "converges"), [(0.95, True), (0.999, True), (1.001, False)])
def test_the_limit_divides_converging_from_exploding(lesson, share, converges):
    lr = share * lesson["max_lr"]
    path = lesson["descend"](5.0, -3.0, lesson["x"], lesson["y"], lr, n_epochs=20_000)
    away = np.abs(path[-1] - lesson["path"][-1]).max()
    assert (away < 1e-3) == converges


def test_numbers_of_the_syllabus(lesson):
    assert lesson["steep"] / lesson["flat"] == pytest.approx(16.4, abs=0.05)
    assert lesson["max_lr"] == pytest.approx(0.8055, abs=5e-5)


def test_five_rows_of_this_range_hide_a_sum_for_a_mean():
    """The claim beside the broken gradient: 5 times 0.1 stays below the limit for x in [0, 1)."""
    worst = np.ones((5, 1))
    A = np.hstack([worst, np.ones_like(worst)])
    assert 2 / np.linalg.eigvalsh(2 / 5 * A.T @ A)[-1] >= 0.5


def test_lesson_never_loads_torch():
    code = (
        "import runpy, sys; runpy.run_path('lessons/01_gradient_descent_by_hand.py');"
        "sys.exit('torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
