"""Raw autograd tensors: its published figures, from its own code, and its claims."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from course_utils import data
from tests.support.lessons import ROOT, exercises, read_notebook, run_lesson
from tests.support.tolerance import near

SINE = data.sine_line()
LEAF = "a leaf Variable that requires grad is being used in an in-place operation."


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("raw_autograd_tensors")


@pytest.fixture
def printed():
    """Return everything that the stored notebook prints, one string for all cells."""
    cells = [
        cell for cell in read_notebook("raw_autograd_tensors").cells if cell.cell_type == "code"
    ]
    streams = [out for cell in cells for out in cell.outputs if out.output_type == "stream"]
    assert {out.name for out in streams} == {"stdout"}, "the notebook shows a warning"
    return "".join(out.text for out in streams)


def start(lesson, measure="norm_error"):
    """Return W = 0 with its gradient, and the error there."""
    W = torch.zeros(2, requires_grad=True)
    error = lesson[measure](W, lesson["x"], lesson["y"])
    error.backward()
    return W, error.item()


def test_published_error_and_gradient(lesson):
    W, error = start(lesson)
    assert error == near("0.8162")
    assert W.grad.tolist() == near(["-0.1710", "-0.3053"])


def test_published_first_steps(lesson):
    assert list(lesson["path"][1]) == near(["0.0017", "0.0031"])
    assert list(lesson["errors"][:3]) == near(["0.8162", "0.8150", "0.8138"])


def test_published_end(lesson):
    assert len(lesson["path"]) == len(lesson["errors"]) == 2001
    assert list(lesson["path"][-1]) == near(["1.30", "1.85"])
    assert lesson["errors"][-1] == near("0.15")


def test_published_figures_come_out_with_torchs_own_linspace(lesson):
    x = torch.linspace(0, 1, 10)
    y = 3 * x + torch.sin(6 * x) + 1
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for _ in range(2000):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / 10
        error.backward()
        with torch.no_grad():
            W -= 0.01 * W.grad
        W.grad.zero_()
    assert W.tolist() == near(lesson["path"][-1])


def test_the_table_has_every_200th_step(lesson, printed):
    for k in range(0, 2001, 200):
        (a, b), error = lesson["path"][k], lesson["errors"][k]
        row, *_ = re.findall(rf"^ *{k} +([\d.]+) +([\d.]+) +([\d.]+)$", printed, flags=re.M)
        assert [error, a, b] == near(list(row))


def test_path_of_the_tutorial_agrees_with_the_gradient_by_hand(lesson):
    """The same descent in NumPy, with the formula of the lesson and in float64."""
    x, y = SINE.x, SINE.y
    W = np.zeros(2)
    for k in range(2000):
        if k % 200 == 0:
            assert lesson["path"][k] == near(W)
        r = W[0] * x + W[1] - y
        W = W - 0.01 * np.array([(r * x).sum(), r.sum()]) / (10 * np.linalg.norm(r))
    assert lesson["path"][-1] == near(W)


def test_mse_reaches_least_squares_in_200_steps(lesson):
    slope, height = np.polyfit(SINE.x, SINE.y, 1)
    assert [slope, height] == near(["1.4707", "1.7564"])
    assert len(lesson["path_mse"]) == 201
    assert lesson["path_mse"][-1] == near([slope, height])
    assert lesson["losses"][-1] == near("0.2327")
    assert lesson["bowl"].max_lr == near("0.786")


@pytest.mark.parametrize(("run", "left"), [("path_slow", "4.05"), ("path", "43.29")])
def test_what_2000_steps_leave_of_the_flat_direction(lesson, run, left):
    x, y = SINE.x, SINE.y
    A = np.column_stack([x, np.ones(10)])
    values, vectors = np.linalg.eigh(A.T @ A / 5)
    best = np.linalg.solve(A.T @ A, A.T @ y)
    flat = vectors[:, 0]
    path = lesson[run]
    assert len(path) == 2001
    part = 100 * (flat @ (path[-1] - best)) / (flat @ (path[0] - best))
    assert part == near(left)
    if run == "path_slow":
        assert 100 * (1 - 0.01 * values[0]) ** 2000 == near(left)


def test_the_tutorials_rate_is_below_half_a_percent_of_the_limit(lesson):
    """norm / n with rate r is the MSE with rate r / (2·√(n·MSE)): check it by one step."""
    W, _ = start(lesson)
    by_norm = W.grad.numpy().copy()
    W, mse = start(lesson, "mse")
    assert by_norm == near(W.grad.numpy() / (2 * (10 * mse) ** 0.5))
    assert lesson["mse_rate"] == near("0.0033")
    assert lesson["share"] < 0.5


@pytest.mark.parametrize(("lr", "falls"), [(0.01, True), (0.5, True), (0.78, True), (0.8, False)])
def test_a_step_lowers_the_loss_only_below_the_limit(lesson, lr, falls):
    _, losses = lesson["descend"](lesson["mse"], lr, n_epochs=20)
    assert (np.diff(losses) < 0).all() == falls
    assert (np.diff(losses) > 0).all() != falls


@pytest.mark.parametrize(
    ("update", "messages"),
    [
        ("in_place", [LEAF]),
        ("new_tensor", ["The .grad attribute of a Tensor that is not a leaf", "'NoneType'"]),
        ("new_tensor_no_grad", ["element 0 of tensors does not require grad"]),
    ],
)
def test_none_of_the_three_updates_survives(lesson, capsys, update, messages):
    for _ in range(2):  # the warning is given each time, not only the first
        lesson["loud"](lesson["two_steps"], lesson[update])
        out = " ".join(capsys.readouterr().out.split())
        assert all(message in out for message in messages)
        assert "step 2" not in out


def test_error_texts_are_torchs_own(printed):
    output = " ".join(printed.split())
    assert f"RuntimeError: {LEAF}" in output
    assert "RuntimeError: Trying to backward through the graph a second time" in output
    assert "RuntimeError: Can't call numpy() on Tensor that requires grad." in output
    assert "modified by an inplace operation: [torch.FloatTensor [2]] is at version 1" in output
    assert "UserWarning: The .grad attribute of a Tensor that is not a leaf" in output
    assert "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'" in output


def test_no_path_or_address_is_printed(printed):
    assert not [words for words in ("0x", "/work", ".py", ".h:", "github") if words in printed]


def test_gradients_add_up_and_the_path_never_settles(lesson):
    errors = lesson["errors_summed"]
    least = lesson["least_error"]
    assert errors[35] < 1.05 * least
    for since in range(0, 901, 100):
        assert errors[since : since + 100].max() > 0.8, "it comes back up in every 100 steps"
    assert lesson["errors_zeroed"][-1] < 1.02 * least
    assert (np.diff(lesson["errors_zeroed"]) < 0).all()


def test_halves_add_up_to_the_whole(lesson):
    W, _ = start(lesson, "mse")
    x, y = SINE.x, SINE.y
    assert W.grad.tolist() == near([-2 * (x * y).mean(), -2 * y.mean()])


def test_zero_grad_does_what_the_lesson_does_by_hand():
    W = torch.zeros(2, requires_grad=True)
    W.sum().backward()
    torch.optim.SGD([W], lr=0.1).zero_grad()
    assert W.grad is None


def test_detach_shares_and_the_history_forgets(lesson):
    kept = torch.stack(lesson["history"])
    assert (kept == kept[-1]).all()
    assert kept[-1].any()
    W = torch.zeros(2, requires_grad=True)
    W.detach()[0] = 5
    assert W.tolist() == [5, 0]


def test_total_holds_every_graph(lesson):
    assert lesson["graph_size"](lesson["total"]) == 801
    assert lesson["graph_size"](lesson["total"].detach()) == 0


def test_cut_slope_gets_no_gradient(lesson):
    W, error = start(lesson, "cut_error")
    assert error == near("0.8162")
    assert W.grad[0] == 0
    assert W.grad[1] == near("-0.3053")
    a, b = lesson["path_cut"][-1]
    assert a == 0
    assert b == pytest.approx(SINE.y.mean(), abs=2e-3)


def test_data_gives_a_wrong_gradient_without_an_error(lesson, capsys):
    lesson["change_between"](lambda W: W.data)
    assert capsys.readouterr().out == "value 25, gradient [60.0, 80.0]; right is [6.0, 8.0]\n"
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        lesson["change_between"](lambda W: W.detach())


def test_norm_over_n_shrinks_like_one_over_root_n(lesson):
    for n, norm, rmse in lesson["rows"]:
        assert norm == near(rmse / n**0.5)
        assert rmse == pytest.approx(0.1, rel=0.12)


def test_gradient_near_a_perfect_fit(lesson):
    def length(measure, distance):
        return lesson["gradient_length"](lesson[measure], distance)

    for measure in ("norm_error", "root_error"):
        assert length(measure, 1e-6) == near(length(measure, 0.1))
    assert length("mse", 1e-6) == pytest.approx(1e-5 * length("mse", 0.1), rel=1e-6)
    assert np.isnan(length("root_error", 0.0))
    assert length("norm_error", 0.0) == 0


def test_steps_on_the_norm_jump_over_a_perfect_fit():
    """The claim beside the table: at a fixed rate the path does not come to rest."""
    x = torch.linspace(0, 1, 10, dtype=torch.float64)
    W = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    moves = []
    for _ in range(20_000):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - (2 * x + 1)) / 10
        (gradient,) = torch.autograd.grad(error, W)
        moves.append(0.01 * torch.linalg.vector_norm(gradient).item())
        with torch.no_grad():
            W -= 0.01 * gradient
    assert min(moves[-1000:]) > 1e-3 * max(moves)


def test_lesson_has_four_exercises_and_a_panel_under_both_fits(printed):
    assert len(exercises("raw_autograd_tensors")) == 4
    assert printed.count("TRUTH PANEL") == 2


def test_plots_do_not_load_torch():
    code = "import sys; import course_utils.plots; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
