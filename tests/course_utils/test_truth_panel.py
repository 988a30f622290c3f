"""The truth panel says what is exactly true of a fit, and calls a close fit converged."""

import numpy as np
import pytest
import torch

from course_utils.descent import QuadraticLoss
from course_utils.plots import truth_panel
from course_utils.plots.core import format_number

GOOD_A, GOOD_Y = [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]], [1.0, 2.0, 4.0]
LOSS = QuadraticLoss(GOOD_A, GOOD_Y)


def test_a_number_has_four_digits_or_thousands_separators():
    assert format_number(1.0) == "1"
    assert format_number(16.4321) == "16.43"
    assert format_number(-5000.0) == "-5,000"
    assert format_number(1000.0) == "1,000"
    assert format_number(293_151.46) == "293,151"
    assert format_number(np.inf) == "inf"


def test_the_panel_says_what_is_true(capsys):
    # Best: w = 1.5, b = -2/3; H has the eigenvalues of [[28/3, 4], [4, 2]].
    truth_panel(GOOD_A, GOOD_Y, [1.5001, -0.5], lr=0.05, names=["w", "b"])
    output = capsys.readouterr().out.splitlines()
    flat, steep = np.linalg.eigvalsh([[28 / 3, 4], [4, 2]])
    residuals = np.array([1.5001, 3.0002, 4.5003]) - 0.5 - GOOD_Y
    assert [line.split() for line in output[:5]] == [
        ["TRUTH", "PANEL", "w", "b"],
        ["least", "squares", "1.500000", "-0.666667"],
        ["this", "fit", "1.500100", "-0.500000"],
        ["distance", "1.0e-04", "1.7e-01"],
        ["converged", "yes", "NO"],
    ]
    assert output[5] == f"loss {np.mean(residuals**2):.6f}, least possible {1 / 18:.6f}"
    assert output[6] == f"condition number κ = {steep / flat:.4g}"
    share, limit = 100 * 0.05 * steep / 2, 2 / steep
    assert output[7] == (
        f"learning rate 0.05 = {share:.1f} % of the largest stable one, {limit:.4g}"
    )
    assert len(output) == 8


@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_the_panel_calls_a_distance_rounding_if_it_is(capsys, scale):
    best = np.array([1.5, -2 / 3]) * scale
    fit = best + [1e-9 * scale, 1e-12 * scale]
    truth_panel(GOOD_A, np.multiply(GOOD_Y, scale), fit, lr=0.05, names=["w", "b"])
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "distance" in line)
    assert line.split() == ["distance", f"{1e-9 * scale:.1e}", "rounding"]


def test_the_panel_has_a_block_for_each_output(capsys):
    y = np.column_stack([GOOD_Y, [1.0, 2.0, 3.0]])
    truth_panel(GOOD_A, y, [[1.5, 1.1], [-2 / 3, 0.0]], 0.05, ["w", "b"], ["up", "down"])
    output = capsys.readouterr().out
    _, up, down = output.split("TRUTH PANEL ")
    assert up.startswith("up ")
    assert down.startswith("down ")
    assert ["least", "squares", "1.000000", "0.000000"] in [
        line.split() for line in down.split("\n")
    ]
    assert (up.count("yes"), down.count("yes")) == (2, 1)
    assert output.count("condition number") == 1


def test_the_panel_continues_many_parameters_in_a_second_block(capsys):
    many = np.random.RandomState(2).randn(30, 10)
    best = np.arange(1.0, 11.0)
    names = [f"w{j}" for j in range(10)]
    truth_panel(many, many @ best, best * (1 + 0.1 * (best > 9)), None, names)
    output = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert output[0] == ["TRUTH", "PANEL", *names[:5]]
    assert output[5] == names[5:]
    assert output[1][2:] + output[6][2:] == [f"{value:.6f}" for value in best]
    assert output[4][1:] + output[9][1:] == ["yes"] * 9 + ["NO"]


def test_the_panel_warns_of_a_learning_rate_that_does_not_converge(capsys):
    for share in (1, 1.001):
        truth_panel(GOOD_A, GOOD_Y, [1.5, -2 / 3], share * LOSS.max_lr, ["w", "b"])
        assert capsys.readouterr().out.endswith(": it does not converge\n")
    truth_panel(GOOD_A, GOOD_Y, [1.5, -2 / 3], 0.999 * LOSS.max_lr, ["w", "b"])
    assert "converge\n" not in capsys.readouterr().out


def test_without_a_learning_rate_the_panel_does_not_mention_one(capsys):
    truth_panel(GOOD_A, GOOD_Y, [1.5, -2 / 3], None, ["w", "b"])
    assert "learning rate" not in capsys.readouterr().out


def test_the_panel_accepts_columns_and_tensors(capsys):
    truth_panel(GOOD_A, GOOD_Y, [1.5, -2 / 3], 0.05, ["w", "b"])
    expected = capsys.readouterr().out
    fit = torch.tensor([[1.5], [-2 / 3]], dtype=torch.float64, requires_grad=True)
    truth_panel(torch.tensor(GOOD_A), torch.tensor(GOOD_Y).reshape(-1, 1), fit, 0.05, ["w", "b"])
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    ("A", "y", "rank"),
    [
        (np.ones((5, 2)), np.arange(5.0) ** 2, 1),
        (np.vander(np.arange(3.0), 5), np.array([1.0, 0.0, 2.0]), 3),
        (np.eye(7)[:, [0, 0, 1]], np.arange(14.0).reshape(7, 2), 2),
    ],
    ids=["a constant feature", "more columns than rows", "two outputs"],
)
def test_the_panel_mentions_the_solution_of_the_smallest_norm(capsys, A, y, rank):
    loss = QuadraticLoss(A, y)
    outputs = ["up", "down"] if y.ndim == 2 else None
    names = [f"w{j}" for j in range(A.shape[1])]
    truth_panel(A, y, loss.minimizer, 0.5 * loss.max_lr, names, outputs)
    output = capsys.readouterr().out
    assert f"the {A.shape[1]} columns of A have rank {rank}" in output
    assert "least squares is the one of the smallest norm" in output
    assert "κ = inf" in output


def test_at_full_rank_the_panel_does_not_mention_rank(capsys):
    truth_panel(GOOD_A, GOOD_Y, [1.0, 2.0], 0.1, ["w", "b"])
    assert "rank" not in capsys.readouterr().out


@pytest.mark.parametrize(("away", "verdict"), [(0.9e-6, "yes"), (1.1e-6, "NO")])
def test_the_panel_compares_a_zero_with_the_largest_parameter(capsys, away, verdict):
    truth_panel(GOOD_A, [2.0, 4.0, 6.0], [2.0, 2 * away], None, ["w", "b"])
    line = capsys.readouterr().out.splitlines()[4]
    assert line.split() == ["converged", "yes", verdict]


def test_the_panel_prints_nothing_if_the_learning_rate_is_invalid(capsys):
    with pytest.raises(ValueError, match="lr must be positive"):
        truth_panel(GOOD_A, GOOD_Y, [1.0, 2.0], -1, ["w", "b"])
    assert not capsys.readouterr().out


@pytest.mark.parametrize(("away", "verdict"), [(0.9e-3, "yes"), (1.1e-3, "NO")])
def test_within_a_thousandth_the_panel_says_converged(capsys, away, verdict):
    truth_panel(GOOD_A, GOOD_Y, [1.5 * (1 + away), -2 / 3], None, ["w", "b"])
    line = capsys.readouterr().out.splitlines()[4]
    assert line.split() == ["converged", verdict, "yes"]


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: truth_panel(GOOD_A, GOOD_Y, [1.0], 0.1, ["w", "b"]), r"fit must have shape \(2,"),
        (lambda: truth_panel(GOOD_A, GOOD_Y, [1, np.nan], 0.1, ["w", "b"]), "fit must be finite"),
        (lambda: truth_panel(GOOD_A, GOOD_Y, [1.0, 2.0], 0, ["w", "b"]), "lr must be positive"),
        (lambda: truth_panel(GOOD_A, GOOD_Y, [1.0, 2.0], 0.1, ["w"]), "names and outputs must"),
        (
            lambda: truth_panel(GOOD_A, np.ones((3, 2)), np.ones((2, 2)), 0.1, ["w", "b"]),
            "2 parameters and 2 outputs, but name 2 and 1",
        ),
    ],
)
def test_a_bad_argument_of_the_panel_is_named(work, words):
    with pytest.raises(ValueError, match=words):
        work()
