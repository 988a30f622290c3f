"""Raw autograd tensors: its published numbers, from its own code, and its claims."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch
import torchviz

from course_utils import data, figures, plots
from tests.support.lessons import ROOT, exercises, read_notebook, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "raw_autograd_tensors"
SINE = data.sine_line()
LEAST = 0.23267628


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


@pytest.fixture
def printed():
    """Return everything that the stored notebook prints, one string for all cells."""
    cells = [cell for cell in read_notebook(LESSON).cells if cell.cell_type == "code"]
    streams = [out for cell in cells for out in cell.outputs if out.output_type == "stream"]
    assert {out.name for out in streams} == {"stdout"}, "the notebook shows a warning"
    return "".join(out.text for out in streams)


def tensors(dtype=torch.float64):
    """Return the ten points as tensors."""
    return torch.from_numpy(SINE.x).to(dtype), torch.from_numpy(SINE.y).to(dtype)


def mse(W, x, y):
    return ((W[0] * x + W[1] - y) ** 2).mean()


def norm_error(W, x, y):
    return torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)


def descend(measure, lr, n_epochs, empty=True, y=None):
    """Return W, of shape (n_epochs + 1, 2), and the measure before each step and at the end."""
    x, known = tensors()
    y = known if y is None else y
    W = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    path, values = [W.tolist()], []
    for _ in range(n_epochs):
        if empty:
            W.grad = None
        value = measure(W, x, y)
        value.backward()
        values.append(value.item())
        with torch.no_grad():
            W -= lr * W.grad
        path.append(W.tolist())
    return np.array(path), np.array([*values, measure(W, x, y).item()])


def row(output, step):
    """Return the numbers of a table's row that begins with this step."""
    (line,) = re.findall(rf"^ *{step} +(.+)$", output, flags=re.M)
    return [float(number) for number in re.findall(r"-?\d+\.\d*", line)]


def test_eighty_points_give_the_published_numbers_of_the_first_lesson():
    output = read_output(LESSON, "w = torch.tensor(rng.randn(1)")
    assert row(output, "step     1") == near(["0.045111", "0.801195"])
    line = data.noisy_line()
    slope, height = np.polyfit(line.x_train[:, 0], line.y_train[:, 0], 1)
    assert row(output, "step 1,000") == near([slope, height])


def test_what_is_special_about_a_tensor(lesson):
    assert lesson["own"][0] == 0.1
    assert lesson["shared"][0] == 100
    assert lesson["own"].dtype == torch.float64
    assert lesson["from_list"].dtype == torch.float32
    assert not lesson["late"].is_leaf
    assert lesson["ready"].is_leaf
    assert lesson["ready"].requires_grad
    with pytest.raises(RuntimeError, match="floating point and complex dtype can require"):
        torch.tensor([1, 2], requires_grad=True)


def test_the_line_reaches_least_squares_in_200_steps(lesson):
    slope, height = np.polyfit(SINE.x, SINE.y, 1)
    assert [slope, height] == near(["1.4707", "1.7564"])
    assert len(lesson["path"]) == lesson["n_epochs"] + 1 == 201
    assert lesson["lr"] == 0.5
    assert lesson["path"][-1] == near([slope, height])
    assert mse([slope, height], *tensors()).item() == near("0.2327")
    assert lesson["bowl"].max_lr == near("0.786")


def test_the_panel_says_converged_and_the_scoreboard_has_both_models():
    output = read_output(LESSON, "plots.truth_panel(")
    assert re.search(r"converged +yes +yes", output)
    assert "0.7863" in output
    film = data.recorded_curves()  # of the last lesson's training
    mse = ((np.interp(film.x, film.grid, film.curves[-1]) - film.y) ** 2).mean()
    assert f"three tanh units   10           {mse:.5f}   {film.steps[-1]:,}   " in output
    assert re.search(r"a line +2 +0\.23268 +200", output)


def test_the_sine_takes_half_of_the_formulas_slope():
    slope = np.polyfit(SINE.x, np.sin(6 * SINE.x), 1)[0]
    assert 3 + slope == near("1.4707")
    assert abs(slope) == pytest.approx(1.5, abs=0.05)


def test_all_but_x_require_a_gradient():
    output = read_output(LESSON, "graphs.record(W=W, x=x, y=y) as tape:  # to draw")
    rows = dict(re.findall(r"^(x|W|y_pred|loss) +(True|False)", output, flags=re.M))
    assert rows == {"x": "False", "W": "True", "y_pred": "True", "loss": "True"}


def test_ten_products_are_added_where_they_flow_into_one(lesson):
    """The claim beside the graph: the gradient of W[1] is the sum of ten."""
    x, y = tensors()
    residuals = -y
    assert (2 / 10 * residuals).sum().item() == near("-4.9836")
    assert (2 / 10 * residuals * x).sum().item() == near("-2.7914")


def test_an_update_that_is_recorded_fails_or_makes_a_result():
    output = read_output(LESSON, "W -= 0.5 * W.grad\nexcept")
    assert "a leaf Variable that requires grad is being used in an in-place operation" in output
    assert "is it a leaf? False" in output


def test_an_update_in_inference_mode_moves_the_leaf_but_its_results_serve_no_training():
    W = torch.zeros(2, requires_grad=True)
    with torch.inference_mode():
        result = W[0] * torch.ones(3)
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
        (result * W[1]).sum()


def test_backward_adds_across_calls():
    output = read_output(LESSON, "for call in (1, 2):")
    once, twice = (
        [float(number) for number in re.findall(r"-\d+\.\d+", line)] for line in output.splitlines()
    )
    assert once == near(["-2.7914", "-4.9836"])
    assert twice == near([2 * number for number in once])


def test_forgetting_to_empty_looks_better_at_29_and_is_back_at_58(lesson):
    summed = descend(mse, 0.01, 300, empty=False)[1]
    emptied = descend(mse, 0.01, 300)[1]
    assert [emptied[29], summed[29]] == near(["1.6867", "0.2351"])
    assert summed[58] == near("6.6480")
    assert summed[58] > 0.99 * summed[0]
    assert (np.diff(emptied) < 0).all()
    for since in range(0, 300, 50):
        assert summed[since : since + 50].max() > 6, "it never settles"
    assert lesson["summed"][58] == near(descend(mse, 0.01, 58, empty=False)[0][-1])
    assert lesson["emptied"][58] == near(descend(mse, 0.01, 58)[0][-1])


def test_zeroing_and_emptying_come_to_the_same_here_but_not_with_momentum():
    def moved(momentum, empty):
        W = torch.ones(2, requires_grad=True)
        optimizer = torch.optim.SGD([W], lr=0.1, momentum=momentum)
        W.sum().backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=empty)
        optimizer.step()
        return W.tolist()

    assert moved(0.0, True) == moved(0.0, False)
    assert moved(0.9, True) != moved(0.9, False)


def test_numpy_refuses_a_tensor_that_asks_for_a_gradient_until_it_is_detached():
    output = read_output(LESSON, "W.numpy()")
    assert output.splitlines()[0].startswith("Can't call numpy() on Tensor that requires grad.")
    assert output.splitlines()[1] == "[0. 0.]"


def test_the_forgetful_loop_is_across_the_valley_at_58_and_rises_a_little_above_the_start():
    path, losses = descend(mse, 0.01, 58, empty=False)
    best = np.polyfit(SINE.x, SINE.y, 1)
    assert (path[0] - best) @ (path[58] - best) < 0
    assert losses[0] < losses.max() < 1.01 * losses[0]


def test_detach_shares_and_clone_copies(lesson):
    kept, copies = torch.stack(lesson["history"]), torch.stack(lesson["copies"])
    assert len(kept) == len(copies) == 4
    assert (kept == kept[-1]).all()
    assert copies[-1].tolist() == near(kept[-1].tolist())
    assert len(np.unique(copies.numpy(), axis=0)) == 4


@pytest.mark.parametrize("run", "ABCD")
def test_each_of_the_four_runs_is_its_story(lesson, run):
    def cut(W, x, y):
        return (((W[0] * x).detach() + W[1] - y) ** 2).mean()

    losses = {
        "A": descend(cut, 0.1, 60)[1],
        "B": descend(mse, 0.02, 60, empty=False)[1],
        "C": descend(mse, 0.015, 60)[1],
        "D": descend(mse, 0.8, 60)[1],
    }[run]
    assert lesson["runs"][run] == pytest.approx(losses[lesson["steps"]], abs=1e-4)


def test_run_a_ends_at_the_best_level_line_and_run_d_grows_by_one_factor(lesson):
    assert lesson["runs"]["A"][-1] == near(SINE.y.var())
    ratios = np.diff(np.log(lesson["runs"]["D"][6:]))
    assert ratios == pytest.approx(ratios[-1], rel=1e-2)
    assert lesson["runs"]["C"][-2] > 1.02 * lesson["runs"]["C"][-1] > 1.05 * LEAST


def test_published_error_and_gradient():
    output = read_output(LESSON, "norm_path.append")
    ours, published, *place, slope, height = row(output, 0)
    assert [ours, slope, height] == near(["0.8162", "-0.1710", "-0.3053"])
    assert (published, place) == (0.8162, [0, 0])
    assert row(output, 1)[:4] == near(["0.8150", "0.8150", "0.0017", "0.0031"])
    assert row(output, 2)[:2] == near(["0.8138", "0.8138"])


def test_published_end():
    end = row(read_output(LESSON, "norm_path.append"), 2000)
    assert [round(number, 2) for number in end[:4]] == [0.15, 0.15, 1.30, 1.85]


def test_published_numbers_come_out_with_the_tutorials_own_code():
    x = torch.linspace(0, 1, 10)
    y = 3 * x + torch.sin(6 * x) + 1
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for k in range(2000):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / 10
        error.backward()
        if k == 0:
            assert error.item() == near("0.8162")
            assert W.grad.tolist() == near(["-0.1710", "-0.3053"])
        with torch.no_grad():
            W -= 0.01 * W.grad
        W.grad.zero_()
    assert W.tolist() == near(["1.30", "1.85"])


def test_the_table_has_every_200th_step(lesson):
    path, errors = descend(norm_error, 0.01, 2000)
    output = read_output(LESSON, "norm_path.append")
    for k in range(0, 2001, 200):
        error, *_, slope, height, _, _ = row(output, k)
        assert [error, slope, height] == pytest.approx([errors[k], *path[k]], abs=1e-4)
    assert lesson["norm_path"][-2] == near(path[-1])


def test_the_solution_of_the_tutorial_gives_the_published_numbers():
    (solution,) = (e.solution for e in exercises(LESSON) if e.name == "tutorial")
    names = {"torch": torch}
    exec(solution, names)
    x, y = tensors(torch.float32)
    for k, W, error in (
        (0, ["0", "0"], "0.8162"),
        (1, ["0.0017", "0.0031"], "0.8150"),
        (2000, ["1.30", "1.85"], "0.15"),
    ):
        got = names["tutorial"](x, y, 0.01, k)
        assert got[0] == near(W)
        assert got[1] == near(error)
    assert names["tutorial"](x, y, 0.01, 2)[1] == near("0.8138")


def test_far_away_the_norms_gradient_hardly_changes():
    """In 400 steps the error more than halves, and the gradient hardly shrinks."""
    output = read_output(LESSON, "norm_path.append")
    first, later = row(output, 0), row(output, 400)
    assert later[0] < first[0] / 2
    assert np.hypot(*later[-2:]) > 0.9 * np.hypot(*first[-2:])
    assert row(output, 2000)[0] < 1.01 * (LEAST / 10) ** 0.5
    assert row(output, 2000)[-4] < 0.9 * 1.4707


def test_the_flat_direction_decides():
    output = read_output(LESSON, "runs_left = {")
    assert "norm / n, lr 0.01: 43.27%; MSE, lr 0.01: 4.05%; MSE, lr 0.5: 0.00%" in output
    assert "norm / n at the best line 2.399" in output
    assert 100 * 0.01 / (20 * 0.1535374) / 0.78630889 < 0.5


def test_the_limit_of_the_norm_is_where_the_lesson_says():
    best = np.polyfit(SINE.x, SINE.y, 1)
    assert descend(norm_error, 2.35, 3000)[0][-1] == near(best)
    path = descend(norm_error, 2.45, 3000)[0]
    assert 0.03 < np.abs(path[-1] - best).max() < 0.1, "a hop, and no explosion"
    assert path[-1] == near(path[-3])


def test_steps_on_the_norm_jump_over_a_perfect_fit():
    x, _ = tensors()
    path, _ = descend(norm_error, 0.01, 5000, y=2 * x + 1)
    moves = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert moves[-1000:].min() > 1e-3 * moves.max()


def test_norm_over_n_halves_with_four_times_the_points():
    r = torch.tensor([0.3, -0.1, 0.7])
    one, four = (torch.linalg.vector_norm(s) / len(s) for s in (r, r.repeat(4)))
    assert four.item() == near(one.item() / 2)


def test_neither_new_tensor_survives_two_steps(printed):
    words = " ".join(printed.split())
    assert "step 2: unsupported operand type(s) for *: 'float' and 'NoneType'" in words
    assert "warning: The .grad attribute of a Tensor that is not a leaf" in words
    assert "step 2: element 0 of tensors does not require grad" in words
    assert "step 1: leaf True, grad False" in words


def test_halves_add_up_to_the_whole():
    output = read_output(LESSON, "def mse(W, x, y):")
    whole, halves = (re.findall(r"-\d+\.\d+", line) for line in output.splitlines())
    assert whole == halves
    assert [float(number) for number in whole] == near(["-2.7914", "-4.9836"])


def test_retain_graph_and_the_sum_give_the_same(printed):
    twice = re.findall(r"twice, with retain_graph: (.+)", printed)
    assert twice == re.findall(r"once, on the sum: +(.+)", printed)
    assert len(twice) == 1
    assert "Trying to backward through the graph a second time" in printed


def test_the_weights_of_backward_pick_and_mix_outputs():
    output = read_output(LESSON, "outputs.backward(torch.tensor(v))")
    found = re.findall(r"W\.grad = (\[.+\])", output)
    assert found == ["[2.0, 1.0]", "[5.0, 1.0]", "[10.0, 3.0]"]


def test_a_cut_shows_as_zero_in_one_tensor_and_as_none_in_two(printed):
    assert re.search(r"W in one tensor: tensor\(\[ 0\.0000, -4\.9836\]\)", printed)
    assert re.search(r"two tensors: +None and tensor\(-4\.9836\)", printed)
    assert "height 2.4918, MSE 0.4530" in printed


def test_total_holds_every_graph(lesson, printed):
    assert lesson["graph_size"](lesson["total"]) == 801
    assert lesson["graph_size"](lesson["total"].detach()) == 0
    assert "100 losses: 801 operations are kept" in printed


def test_data_gives_a_wrong_gradient_without_an_error(printed):
    assert re.search(r"through \.data: +tensor\(\[60\., 80\.\]\)", printed)
    assert "through detach(): one of the variables needed for gradient" in printed


def test_nan_comes_after_infinity(printed):
    steps = dict(re.findall(r"^step +(\d+): loss +(\S+),", printed, flags=re.M))
    assert steps["30"] == "3.1e+37"
    assert [steps[k] for k in ("31", "62", "63")] == ["inf", "inf", "nan"]
    assert re.search(r"root of the sum, at zero: tensor\(\[nan, nan\]\)", printed)
    assert re.search(r"vector_norm, at zero: +tensor\(\[0\., 0\.\]\)", printed)


def test_error_texts_of_the_table_are_torchs_own():
    """Each message in the core's table, from PyTorch itself."""
    x, y = tensors(torch.float32)
    W = torch.zeros(2, requires_grad=True)

    def in_place():
        nonlocal W
        W += 1

    def twice():
        loss = mse(W, x, y)
        loss.backward()
        loss.backward()

    raised = []
    for run in (
        in_place,
        lambda: 0.5 * torch.zeros(2, requires_grad=True).grad,
        lambda: mse(W.detach(), x, y).backward(),
        twice,
        lambda: (W[0] * x).backward(),
        lambda: W.numpy(),
    ):
        with pytest.raises((RuntimeError, TypeError)) as error:
            run()
        raised.append(str(error.value))
    text = "\n".join(cell.source for cell in read_notebook(LESSON).cells)
    table = text.split("you read | it means |\n|---|---|\n")[1].split("\n\n")[0]
    told = [line.split("|")[1].strip(" `") for line in table.splitlines()]
    assert len(told) == len(raised)
    for words, message in zip(told, raised, strict=True):
        assert all(part.strip() in message for part in words.split("…")), words


def test_dot_is_missing_with_the_words_of_the_lesson(tmp_path, monkeypatch):
    graph = torchviz.make_dot(2 * torch.ones(1, requires_grad=True))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"failed to execute .*'dot'"):
        graph.pipe(format="png")


def test_no_path_or_address_is_printed(printed):
    assert not [words for words in ("0x", "/work", ".py", ".h:", "github") if words in printed]


def test_lesson_has_four_exercises_and_a_panel(printed):
    assert [exercise.name for exercise in exercises(LESSON)] == [
        "stories",
        "tutorial",
        "gradient_in_parts",
        "slopes",
    ]
    assert printed.count("TRUTH PANEL") == 1


def test_a_typed_prediction_is_compared_with_the_slope_and_with_the_loss_of_the_last_step(lesson):
    with figures.capture_figures() as shown:
        plots.line_by_step(SINE.x, SINE.y, lesson["path"], prediction=3.0)
        paths = lesson["emptied"], lesson["summed"]
        plots.accumulation(SINE.x, SINE.y, *paths, (29, 58), prediction=0.23)
    slope, loss = (caption for _, caption in shown)
    assert slope.endswith(" You predicted 3; it is 1.471.")
    assert loss.endswith(" You predicted 0.23; it is 6.648.")


def test_plots_do_not_load_torch():
    code = "import sys; import course_utils.plots; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
