"""The linear layer: its published figures, from its own code, and its claims."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from course_utils import data, descent, plots
from tests.support.lessons import read_notebook, read_output, run_lesson
from tests.support.tolerance import align, near

LESSON = "the_linear_layer"


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def bowl(lesson):
    """The truth in float64: the quadratic loss over (w, b)."""
    return descent.QuadraticLoss(descent.design_matrix(lesson["X"]), lesson["y"])


def test_published_start(lesson):
    layer = lesson["fresh_layer"]()
    assert layer.weight.item() == near("0.10597813")
    assert layer.bias.item() == near("0.96379614")
    assert layer(torch.tensor([2.0])).item() == near("1.1758")


def test_published_training(lesson):
    losses, path = lesson["losses"], lesson["path"]
    assert len(losses) == 50
    assert len(path) == 51
    assert losses[0] == near("3057.2168")
    assert losses[-1] == near("21.0585")
    model = lesson["fresh_layer"]()
    lesson["train"](model, lesson["X"], lesson["y"], lr=0.001, n_epochs=50)
    assert model.weight.item() == near("1.98381913")
    assert model.bias.item() == near("1.05575156")
    first, last = model(lesson["X"])[[0, -1]].ravel().tolist()
    assert first == near("3.0396")
    assert last == near("100.2467")


def test_all_fifty_rows_are_those_of_a_hand_written_descent(lesson):
    x, y = lesson["X"].double().numpy(), lesson["y"].double().numpy()
    w, b = 0.10597813129425049, 0.9637961387634277
    rows = []
    for epoch in range(1, 51):
        error = w * x + b - y
        rows.append((epoch, (error**2).mean(), w, b))
        w, b = w - 0.001 * (2 * error * x).mean(), b - 0.001 * (2 * error).mean()
    table = read_output(LESSON, '"epoch       loss')
    halves = [half for line in table.splitlines()[1:] for half in line.split("|")]
    shown = sorted(tuple(float(word) for word in half.split()) for half in halves)
    assert shown == near(rows)


def test_published_figures_stand_beside_ours():
    for line in read_output(LESSON, "afterwards").splitlines()[1:7]:
        ours, published = line.split()[-2:]
        assert float(ours) == near(published)


def test_truth_of_the_syllabus(lesson, bowl):
    x, y = lesson["X"].numpy().ravel(), lesson["y"].numpy().ravel()
    slope, height = np.polyfit(x.astype(float), y.astype(float), 1)
    assert slope == near("1.940")
    assert height == near("2.528")
    assert bowl.minimizer == pytest.approx([slope, height])
    curvatures = np.linalg.eigvalsh([[2 * (x**2).mean(), 2 * x.mean()], [2 * x.mean(), 2]])
    assert curvatures[1] / curvatures[0] == near("3545")
    assert 2 / curvatures[1] == near("0.0011638")
    assert 0.001 * curvatures[1] / 2 == near("0.86")
    panel = read_output(LESSON, 'plots.truth_panel(A, y, path[-1], lr=0.001, names=["w", "b"])')
    assert re.search(r"converged +NO +NO", panel)
    assert "κ = 3,545" in panel
    assert "85.9 %" in panel


def test_weight_jumps_from_side_to_side_and_settles_beside_the_best(lesson, bowl):
    w = np.array(lesson["path"])[:, 0]
    jumps = np.diff(w)[:20]
    assert (np.sign(jumps[1:]) == -np.sign(jumps[:-1])).all()
    assert np.abs(w[40:] - 1.984).max() < 1e-3
    assert abs(w[-1] - bowl.minimizer[0]) > 0.04


@pytest.mark.parametrize(("start", "end"), [(5.0, "4.99"), (10.0, "9.87"), (-5.0, "-4.76")])
def test_bias_stays_where_it_starts(lesson, bowl, start, end):
    path = np.array(lesson["paths"][f"at {start:.0f}"])
    assert path[0, 1] == start
    assert path[-1, 1] == near(end)
    best_w = np.polyfit(bowl.A[:, 0], bowl.y, 1)[0]
    given_b = (bowl.A[:, 0] @ (bowl.y - path[-1, 1])) / (bowl.A[:, 0] @ bowl.A[:, 0])
    assert path[-1, 0] == pytest.approx(given_b, abs=1e-3)
    assert (path[-1, 0] > best_w) == (path[-1, 1] < bowl.minimizer[1])


def test_other_seeds_give_other_biases_between_about_minus_one_and_one(bowl):
    ends = []
    for seed in range(300):
        torch.manual_seed(seed)
        layer = nn.Linear(1, 1)
        ends.append(bowl.after(50, [layer.weight.item(), layer.bias.item()], 0.001)[1])
    assert -1 < min(ends) < -0.8
    assert 1 < max(ends) < 1.15


def test_ten_thousand_epochs_by_the_formula_are_ten_thousand_by_the_loop(lesson, bowl):
    start = np.array(lesson["path"][0])
    place, pull = start, 2 / 50 * bowl.A.T
    for _ in range(10_000):
        place = place - 0.001 * pull @ (bowl.A @ place - bowl.y)
    assert bowl.after(10_000, start, 0.001) == pytest.approx(place, rel=1e-8)
    assert abs(place[1] - bowl.minimizer[1]) < 0.015


@pytest.mark.parametrize(("lr", "grows"), [(0.00116, False), (0.001168, True)])
def test_the_limit_divides_converging_from_exploding(lesson, lr, grows):
    losses, _ = lesson["train"](lesson["fresh_layer"](), lesson["X"], lesson["y"], lr, 200)
    assert (losses[-1] > losses[0]) == grows


def test_standardised_it_is_done_in_six_epochs_with_a_fifth_left_each(lesson, bowl):
    path = np.array(lesson["scaled_path"])
    assert len(path) == 7
    assert path[-1] == pytest.approx(bowl.minimizer, rel=1e-3)
    away = path - bowl.minimizer
    assert away[1:4] / away[:3] == pytest.approx(np.full((3, 2), 0.2), rel=1e-3)
    x = (lesson["X"] - lesson["scaled"].mean) / lesson["scaled"].std
    kappa = descent.QuadraticLoss(descent.design_matrix(x), lesson["y"]).condition_number
    assert kappa == near(1)


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (3, 2), (10, 4)])
def test_tiny_linear_draws_and_predicts_what_nn_linear_does(lesson, n_in, n_out):
    x = torch.rand(5, n_in, generator=torch.Generator().manual_seed(1))
    predictions = []
    for kind in (lesson["TinyLinear"], nn.Linear):
        torch.manual_seed(59)
        predictions.append(kind(n_in, n_out)(x))
    ours, theirs = (made.detach().numpy() for made in predictions)
    assert ours == near(theirs)


def test_tiny_module_notices_parameters_only(lesson):
    module = lesson["TinyModule"]()
    module.p, module.t = nn.Parameter(torch.zeros(1)), torch.zeros(1, requires_grad=True)
    assert module.parameters() == [module.p]


def test_ways_around_the_noticing(lesson):
    with pytest.raises(AttributeError, match=r"assign module before Module.__init__\(\) call"):
        lesson["Forgetful"]()
    assert not list(lesson["Stack"](list).parameters())
    assert len(list(lesson["Stack"](nn.ModuleList).parameters())) == 4
    output = read_output(LESSON, "class Forgetful")
    assert "AttributeError: cannot assign module before Module.__init__() call" in output
    assert "ValueError: optimizer got an empty parameter list" in output


def test_calling_forward_skips_the_hook():
    output = read_output(LESSON, "register_forward_hook")
    assert output.index("the hook has run") < output.index("model.forward(X)")
    assert output.count("the hook has run") == 1
    assert output.endswith("same predictions: True\n")


def test_step_by_hand_is_the_optimizers(lesson):
    for ours, theirs in zip(
        lesson["by_hand"].parameters(), lesson["by_optimizer"].parameters(), strict=True
    ):
        assert ours.detach().numpy() == near(theirs.detach().numpy())


def test_eval_does_not_stop_gradients():
    output = read_output(LESSON, "dropout.train, dropout.eval")
    assert "after eval() requires grad: True" in output
    assert "inside no_grad requires grad: False" in output
    assert "training True   dropout of 100 ones holds the values [0.0, 2.0]" in output
    assert "training False  dropout of 100 ones holds the values [1.0]" in output


def test_state_travels_with_mean_and_standard_deviation(lesson):
    assert list(lesson["state"]) == ["mean", "std", "linear.weight", "linear.bias"]
    loaded, scaled = (lesson[name](lesson["X"]).detach().numpy() for name in ("loaded", "scaled"))
    assert loaded == near(scaled)
    assert not lesson["file"].exists()


def test_careless_loop_keeps_tensors_and_swings(lesson):
    losses = [loss.item() for loss in lesson["history"]]
    assert all(loss.requires_grad for loss in lesson["history"])
    assert min(losses) < 22
    assert max(losses[-10:]) > losses[0]
    model = lesson["fresh_layer"]()
    last = lesson["careless_train"](model, lesson["X"], lesson["y"], 0.001, 50)[-1].item()
    assert lesson["mse"](model(lesson["X"]), lesson["y"]).item() > 50 * last


def test_flat_target_trains_to_the_mean_and_only_the_layer_warns(lesson):
    predictions = lesson["misled"](lesson["X"])
    assert torch.allclose(predictions, lesson["y"].mean().expand(50, 1), atol=1e-3)
    output = read_output(LESSON, "flat_y")
    assert "warnings of the formula: 0" in output
    assert "Using a target size (torch.Size([50]))" in output


def test_weight_decay_takes_the_bias_too_unless_it_is_grouped():
    rows = [line.split() for line in read_output(LESSON, '"weight decay on').splitlines()[1:4]]
    nothing, both, weight_only = (np.array(row[-4:-1], dtype=float) for row in rows)
    assert [float(row[-1]) for row in rows] == [0, 10.4, 0]  # how far the line lies too low
    assert nothing[1] == near(52)
    assert both[:2] == near(0.8 * nothing[:2])
    assert weight_only[:2] == near([0.8 * nothing[0], 52])
    # Away from the bottom of a bowl with both curvatures 2, the loss grows by the distance squared.
    assert both[2] - nothing[2] == near(((both - nothing)[:2] ** 2).sum())


def test_weight_decay_is_half_of_it_times_the_square_in_the_loss(lesson):
    X, y, decay = lesson["X"], lesson["y"], 0.5
    decayed, penalised = lesson["fresh_standardised"](), lesson["fresh_standardised"]()
    for model, weight_decay in ((decayed, decay), (penalised, 0)):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=weight_decay)
        penalty = sum((p**2).sum() for p in model.parameters()) * (decay - weight_decay) / 2
        (lesson["mse"](model(X), y) + penalty).backward()
        optimizer.step()
    for one, other in zip(decayed.parameters(), penalised.parameters(), strict=True):
        assert one.detach().numpy() == near(other.detach().numpy())


def test_outputs_hold_no_path_and_no_warning():
    for cell in read_notebook(LESSON).cells:
        for output in cell.get("outputs", []):
            text = output.get("text", "")
            assert output.get("name") != "stderr"
            assert not re.search(r"/tmp|/home|site-packages|ipykernel|\.py\b", text)


def test_data_are_those_of_the_syllabus():
    points = data.integer_noise_line()
    noise = points.y - 2 * points.x - 1
    assert noise.sum() == 0
    assert abs(noise).max() == 8
    assert (noise == noise.round()).all()


def test_pictures_draw_on_given_axes_and_say_their_numbers(lesson):
    X, y, path = lesson["X"], lesson["y"], lesson["path"]
    axs = Figure(layout="constrained").subplot_mosaic([["line", "loss"]])
    line = plots.first_and_last_line(X, y, path, axs=axs)
    words = "The loss falls from 3057.2169 to 21.0711 in the first 25 epochs"
    assert align(words, line[: len(words)]) == words
    axs = Figure(layout="constrained").subplot_mosaic([["w", "b", "loss"]])
    line = plots.parameters_by_epoch(X, y, {"long": path, "short": path[:7]}, axs=axs)
    words = "After 50 and 6 epochs (w, b) = (1.984, 1.056), (1.726, 1.016); least"
    assert align(words, line[: len(words)]) == words
    assert axs["b"].lines[0].get_ydata()[-1] == near("1.05575")


@pytest.mark.parametrize("n_paths", [0, 5])
def test_number_of_descents_in_a_picture_is_checked(lesson, n_paths):
    paths = {str(k): lesson["path"] for k in range(n_paths)}
    with pytest.raises(ValueError, match=f"paths must hold 1 to 4 descents, but holds {n_paths}"):
        plots.parameters_by_epoch(lesson["X"], lesson["y"], paths)
