"""The linear layer: its published numbers, from its own code, and its claims."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from course_utils import data, descent, figures, plots
from tests.support.lessons import exercises, read_notebook, read_output, run_lesson
from tests.support.tolerance import align, near

LESSON = "the_linear_layer"
START = [0.10597813129425049, 0.9637961387634277]  # weight and bias of the seed 59


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def bowl(lesson):
    """The truth in float64: the quadratic loss over (w, b)."""
    return descent.QuadraticLoss(descent.design_matrix(lesson["X"]), lesson["y"])


@pytest.fixture(scope="module")
def text():
    return "\n".join(c.source for c in read_notebook(LESSON).cells if c.cell_type == "markdown")


def numbers(line):
    return [float(number) for number in re.findall(r"-?\d+\.\d+(?:e[+-]\d+)?", line)]


def test_a_layer_holds_a_weight_and_a_bias_that_ask_for_a_gradient(lesson):
    layer = lesson["layer"]
    assert [tuple(p.shape) for p in layer.parameters()] == [(2, 3), (2,)]
    assert all(p.requires_grad for p in layer.parameters())
    assert sum(p.numel() for p in layer.parameters()) == 8
    called, by_hand = map(numbers, read_output(LESSON, "layer = nn.Linear(3, 2)").splitlines()[-2:])
    assert called == by_hand
    assert len(called) == 2


def test_eighty_points_give_the_numbers_of_the_first_lesson_with_both_optimizers():
    lines = read_output(LESSON, "for kind in (HandSGD").splitlines()
    line = data.noisy_line()
    slope, height = np.polyfit(line.x_train[:, 0], line.y_train[:, 0], 1)
    assert [printed.split()[0] for printed in lines] == 2 * ["HandSGD"] + 2 * ["SGD"]
    for first, last in (lines[:2], lines[2:]):
        assert numbers(first) == near(["0.04511107", "0.80119529"])
        assert numbers(last) == near([slope, height])


@pytest.mark.parametrize("k", range(3))
def test_the_optimizer_by_hand_steps_as_torchs_does(lesson, k):
    torch.manual_seed(k)
    x, y, models = torch.randn(7, 3), torch.randn(7, 2), [nn.Linear(3, 2), nn.Linear(3, 2)]
    models[1].load_state_dict(models[0].state_dict())
    for model, kind in zip(models, (lesson["HandSGD"], torch.optim.SGD), strict=True):
        optimizer = kind(model.parameters(), lr=0.1)
        for _ in range(4):
            optimizer.zero_grad()
            lesson["mse"](model(x), y).backward()
            optimizer.step()
    for ours, theirs in zip(*(model.parameters() for model in models), strict=True):
        assert ours.detach().numpy() == near(theirs.detach().numpy())


def test_sgd_skips_a_parameter_without_a_gradient():
    p, q = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    p.grad = torch.ones(1)
    torch.optim.SGD([p, q], lr=0.5).step()
    assert (p.item(), q.item()) == (0.5, 1)


def test_without_super_a_module_refuses_parameters_in_the_words_of_the_lesson(text):
    class Hasty(nn.Module):
        def __init__(self):
            self.w = nn.Parameter(torch.zeros(1))

    with pytest.raises(AttributeError) as error:
        Hasty()
    assert f"`{error.value}`" in " ".join(text.split())


def test_a_module_lists_its_parameters_and_predicts(lesson):
    line = lesson["Line"]()
    assert [name for name, _ in line.named_parameters()] == ["w", "b"]
    assert line(torch.tensor([[10.0]])).item() == near("21.0")


def test_the_ten_points_lie_exactly_on_a_line_and_a_wave():
    points = data.sine_line()
    A = np.column_stack([points.x, np.ones(10), np.sin(6 * points.x)])
    found, rest, *_ = np.linalg.lstsq(A, points.y)
    assert found == pytest.approx([3, 1, 1])
    assert rest.item() < 1e-24


def test_published_start(lesson):
    layer = lesson["fresh_layer"]()
    assert layer.weight.item() == near("0.10597813")
    assert layer.bias.item() == near("0.96379614")
    assert layer(torch.tensor([2.0])).item() == near("1.1758")
    lines = read_output(LESSON, "class TinyLinear").splitlines()
    assert [numbers(line) for line in lines] == [
        *(2 * [near(["0.10597813", "0.96379614"])]),
        near(["2.0", "1.1758"]),
    ]


def test_published_training(lesson):
    losses, path = lesson["losses"], lesson["path"]
    assert (len(losses), len(path)) == (50, 51)
    assert [losses[0], losses[-1]] == near(["3057.2168", "21.0585"])
    assert list(path[-1]) == near(["1.98381913", "1.05575156"])
    model = lesson["fresh_layer"]()
    lesson["descend"](model, lesson["X"], lesson["y"], lr=0.001, n_epochs=50)
    assert model.weight.item() == near("1.98381913")
    assert model.bias.item() == near("1.05575156")
    assert model(lesson["X"])[[0, -1]].ravel().tolist() == near(["3.0396", "100.2467"])


def test_published_numbers_stand_beside_ours():
    lines = read_output(LESSON, "the line's ends").splitlines()
    (ours,) = (line for line in lines if line.startswith("after 50"))
    (theirs,) = (line for line in lines if line.startswith("published"))
    assert numbers(ours) == near(numbers(theirs))
    assert numbers(theirs) == [1.98381913, 1.05575156]
    (ends,) = (numbers(line) for line in lines if line.startswith("the line's ends"))
    assert ends[2:] == [3.0396, 100.2467]
    assert ends[:2] == near(["3.0396", "100.2467"])


def descent_by_hand(lesson):
    """Return epoch, loss, w and b before each step, in float64 NumPy."""
    x, y = lesson["X"].double().numpy(), lesson["y"].double().numpy()
    w, b = START
    rows = []
    for epoch in range(1, 51):
        residual = w * x + b - y
        rows.append((epoch, (residual**2).mean(), w, b))
        w, b = w - 0.001 * (2 * residual * x).mean(), b - 0.001 * (2 * residual).mean()
    return rows


def test_all_fifty_rows_are_those_of_a_hand_written_descent(lesson):
    table = read_output(LESSON, "for left in range(1, 26)")
    halves = [half for line in table.splitlines()[1:] for half in line.split("|")]
    shown = sorted(tuple(float(word) for word in half.split()) for half in halves)
    assert shown == near(descent_by_hand(lesson))


def test_the_core_shows_six_of_them(lesson):
    rows = descent_by_hand(lesson)
    lines = read_output(LESSON, "the line's ends").splitlines()[1:7]
    wanted = [rows[epoch - 1] for epoch in (1, 2, 3, 48, 49, 50)]
    assert [tuple(map(float, line.split())) for line in lines] == near(wanted)


def test_the_loss_of_the_fit_falls_and_its_bias_rises_by_the_same_amount_at_last(lesson):
    rises = np.diff(np.array(lesson["path"])[35:, 1])
    assert rises == pytest.approx(rises.mean(), rel=0.02)


def test_the_ten_leftmost_points_lie_above_the_fit(lesson):
    x, y = (lesson[name].ravel().numpy()[:10] for name in ("X", "y"))
    w, b = lesson["path"][-1]
    assert (y - w * x - b).mean() == near("1.73")


def test_at_half_of_the_limit_one_epoch_is_enough(lesson, bowl):
    _, path = lesson["descend"](lesson["fresh_standardised"](), lesson["X"], lesson["y"], 0.5, 1)
    assert path[-1] == pytest.approx(tuple(bowl.minimizer), rel=1e-5)


def test_whole_numbers_as_mean_and_std_hold_decimals_later(lesson):
    model = lesson["StandardisedLine"](0, 1)
    model.load_state_dict(lesson["state"])
    assert model.mean.item() == 25.5


def test_numpys_numbers_are_refused(tmp_path):
    torch.save({"loss": np.float64(1)}, tmp_path / "log.pt")
    with pytest.raises(Exception, match="Weights only load failed"):
        torch.load(tmp_path / "log.pt", weights_only=True)


def test_truth_of_the_syllabus(lesson, bowl):
    x, y = lesson["X"].numpy().ravel(), lesson["y"].numpy().ravel()
    slope, height = np.polyfit(x.astype(float), y.astype(float), 1)
    assert [slope, height] == near(["1.940", "2.528"])
    assert bowl.minimizer == pytest.approx([slope, height])
    curvatures = np.linalg.eigvalsh([[2 * (x**2).mean(), 2 * x.mean()], [2 * x.mean(), 2]])
    assert 2 / curvatures[1] == near("0.0011638")
    output = read_output(LESSON, "plots.truth_panel(A, y, path[-1]")
    assert re.search(r"converged +NO +NO", output)
    assert "85.9 %" in output
    rows = {line[:13].strip(): numbers(line[13:]) for line in output.splitlines()[-3:]}
    factors = 1 - 0.001 * curvatures
    assert rows["curvature"] == near(curvatures)
    assert rows["left after 1"] == near(factors)
    assert rows["left after 50"] == [near("0.976050"), 0]
    assert factors[0] ** 50 == near("0.976050")
    assert curvatures[1] / curvatures[0] == near("3545")


def test_the_steep_axis_is_almost_exactly_the_weight(bowl):
    assert abs(bowl.eigenvectors[0, 1]) > 0.999
    assert abs(bowl.eigenvectors[1, 0]) > 0.999


def test_the_weight_jumps_from_side_to_side_and_rests_at_the_best_for_this_bias(lesson, bowl):
    w, b = np.array(lesson["path"]).T
    jumps = np.diff(w)[:20]
    assert (np.sign(jumps[1:]) == -np.sign(jumps[:-1])).all()
    x, y = bowl.A[:, 0], bowl.y
    assert w[-1] == pytest.approx(x @ (y - b[-1]) / (x @ x), abs=1e-3)
    assert abs(w[-1] - bowl.minimizer[0]) > 0.04


@pytest.mark.parametrize(
    ("start", "epochs", "end"), [(10, 50, "9.868"), (10, 2000, "5.380"), (-5, 2000, "-0.303")]
)
def test_the_bias_still_shows_its_start(lesson, bowl, start, epochs, end):
    layer = lesson["fresh_layer"]()
    with torch.no_grad():
        layer.bias.fill_(start)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.001)
    for _ in range(epochs):
        loss = lesson["mse"](layer(lesson["X"]), lesson["y"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert layer.bias.item() == pytest.approx(float(end), abs=2e-3)
    by_the_table = 2.528163 + 0.999515**epochs * (start - 2.528163)
    assert abs(by_the_table - float(end)) < 0.06, "the check allows a fifth"


def test_the_weights_swings_shake_the_bias_too(lesson):
    b = np.array(lesson["path"])[:, 1]
    assert (np.diff(b[:6]) * [1, -1, 1, -1, 1] > 0).all()


def test_a_different_seed_leaves_a_different_bias(bowl):
    biases = []
    for seed in range(100):
        torch.manual_seed(seed)
        layer = nn.Linear(1, 1)
        biases.append(bowl.after(50, [layer.weight.item(), layer.bias.item()], 0.001)[1])
    assert min(biases) < -0.8
    assert 1 < max(biases) < 1.15


def test_ten_thousand_epochs_by_the_formula_are_ten_thousand_by_the_loop(bowl):
    place, pull = np.array(START), 2 / 50 * bowl.A.T
    for _ in range(10_000):
        place = place - 0.001 * pull @ (bowl.A @ place - bowl.y)
    assert bowl.after(10_000, START, 0.001) == pytest.approx(place, rel=1e-8)
    assert abs(place[1] - bowl.minimizer[1]) < 0.015
    shown = dict(re.findall(r"(\S+) epochs leave +(\S+)%", read_output(LESSON, "flat**k")))
    assert float(shown["10,000"]) == near(100 * (1 - 0.001 * bowl.eigenvalues[0]) ** 10_000)
    assert float(shown["10,000"]) < 1
    assert bowl.loss(place) - bowl.min_loss < 1e-4


@pytest.mark.parametrize(("lr", "grows"), [(0.00116, False), (0.001168, True)])
def test_the_limit_divides_converging_from_exploding(lesson, lr, grows):
    losses, _ = lesson["descend"](lesson["fresh_layer"](), lesson["X"], lesson["y"], lr, 200)
    assert (losses[-1] > losses[0]) == grows


def test_standardised_a_fifth_of_the_distance_is_left_each_epoch(lesson, bowl):
    path = np.array(lesson["scaled_path"])
    assert len(path) == 7
    away = np.abs(path - bowl.minimizer)
    assert (away[0] < 2).all()
    assert away[1:4] / away[:3] == pytest.approx(np.full((3, 2), 0.2), rel=1e-3)
    assert [(row < 0.01).all() for row in away].index(True) == 4
    x = (lesson["X"] - lesson["scaled"].mean) / lesson["scaled"].std
    inside = descent.QuadraticLoss(descent.design_matrix(x), lesson["y"])
    assert inside.eigenvalues == pytest.approx([2, 2])


def test_a_flat_target_trains_to_the_mean_and_only_the_layer_warns(lesson, text):
    line, mean = read_output(LESSON, "y.ravel()) ** 2").splitlines()
    assert numbers(line) == [near("0.0000"), near("52.0000"), near("804.36")]
    assert numbers(mean) == [52.0]
    X, y = lesson["X"], lesson["y"]
    with pytest.warns(UserWarning, match="Using a target size") as told:
        lesson["mse"](lesson["Line"]()(X), y.ravel())
    assert f"`{str(told[0].message)[:19]} …`" in text


def test_eval_changes_layers_and_does_not_stop_gradients():
    training, evaluating, _, after_eval, inside = read_output(LESSON, "nn.Dropout").splitlines()
    assert set(re.findall(r"\d", training)) == {"0", "2"}
    assert re.findall(r"\d", evaluating) == 10 * ["1"]
    assert "grad_fn" in after_eval
    assert "grad_fn" not in inside
    assert numbers(after_eval) == numbers(inside)


def test_eval_switches_the_modules_inside_too(lesson):
    model = nn.Sequential(lesson["fresh_standardised"](), nn.Dropout(0.3))
    model.eval()
    assert not any(module.training for module in model.modules())


def test_state_travels_with_mean_and_standard_deviation(lesson):
    assert list(lesson["state"]) == ["mean", "std", "linear.weight", "linear.bias"]
    before, after = read_output(LESSON, "load_state_dict(state)  #").splitlines()[-2:]
    assert numbers(before) == numbers(after)
    assert lesson["loaded"](lesson["X"]).tolist() == lesson["scaled"](lesson["X"]).tolist()
    assert not lesson["file"].exists()
    assert not any(lesson[name].training for name in ("scaled", "loaded"))


def test_an_optimizer_with_a_memory_loses_it_unless_its_state_is_saved(lesson):
    ends = []
    for keep in (True, False):
        model = lesson["Line"]()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
        for step in range(40):
            if step == 20:
                state, optimizer = (
                    optimizer.state_dict(),
                    torch.optim.Adam(model.parameters(), lr=0.3),
                )
                if keep:
                    optimizer.load_state_dict(state)
            optimizer.zero_grad()
            lesson["mse"](model(lesson["X"]), lesson["y"]).backward()
            optimizer.step()
        ends.append(model.w.item())
    assert abs(ends[0] - ends[1]) > 0.01
    assert torch.optim.SGD(model.parameters(), lr=0.3).state_dict()["state"] == {}


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


def test_a_list_hides_its_layers_and_an_optimizer_trains_the_rest_without_a_word(lesson):
    stacks = [lesson["Stack"](container) for container in (list, nn.ModuleList)]
    assert [len(list(stack.parameters())) for stack in stacks] == [2, 6]
    before = stacks[0].others[0].weight.item()
    optimizer = torch.optim.SGD(stacks[0].parameters(), lr=0.1)
    stacks[0](torch.ones(1, 1)).sum().backward()
    optimizer.step()
    assert stacks[0].others[0].weight.item() == before
    output = read_output(LESSON, "class Stack")
    assert "list       2 parameters\nModuleList 6 parameters\n" in output
    assert "ValueError: optimizer got an empty parameter list" in output


def test_the_three_classes_list_what_the_solution_says():
    (exercise,) = (e for e in exercises(LESSON) if e.name == "noticed")
    names = {"nn": nn, "torch": torch}
    source = "\n".join(cell.source for cell in read_notebook(LESSON).cells)
    exec(re.search(r"```python\n(class A.+?)```", source, re.S)[1], names)
    exec(exercise.solution, names)
    assert [len(list(names[name]().parameters())) for name in "ABC"] == names["noticed"]


def test_calling_forward_skips_the_hook():
    called, forwarded = read_output(LESSON, "register_forward_hook").splitlines()
    assert called == forwarded
    assert called.endswith("so far: 1")


def test_an_attribute_stays_behind():
    output = read_output(LESSON, "class Plain")
    assert "attribute: torch.float32   buffer: torch.float64" in output
    assert output.endswith("saved: ['buffer']\n")
    loaded = read_output(LESSON, "nn.Linear(1, 1).load_state_dict(state)")
    assert 'Missing key(s) in state_dict: "weight", "bias"' in loaded


@pytest.mark.parametrize("which", ["the first", "the second"])
def test_two_careless_loops_never_move(which):
    assert numbers(read_output(LESSON, f"fresh_layer()  # {which}")) == near(["3057.2168"])


def test_the_third_careless_loop_swings_and_keeps_graphs(lesson):
    losses = [loss.item() for loss in lesson["history"]]
    assert all(loss.requires_grad for loss in lesson["history"])
    assert min(losses) < 22
    assert max(losses[-10:]) > losses[0]
    own, last, behind = read_output(LESSON, "the model's own loss").splitlines()
    assert numbers(last) == [pytest.approx(losses[-1], rel=1e-2)]
    assert numbers(own)[0] > 50 * numbers(last)[0]
    assert "MseLossBackward0" in behind


def test_weights_only_refuses_an_object():
    output = read_output(LESSON, '"any.pt"')
    assert "loaded:  ['epoch', 'note', 'state']" in output
    assert "refused: Weights only load failed" in output


def test_outputs_hold_no_path_and_no_warning():
    for cell in read_notebook(LESSON).cells:
        for output in cell.get("outputs", []):
            shown = output.get("text", "")
            assert output.get("name") != "stderr"
            assert not re.search(r"/tmp|/home|site-packages|ipykernel|\.py\b", shown)


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
    words = "The loss falls from 3057.2 to 21.071 in the first 25 epochs"
    assert align(words, line[: len(words)]) == words
    axs = Figure(layout="constrained").subplot_mosaic([["w", "b", "line"]])
    line = plots.parameters_by_epoch(X, y, {"long": path, "short": path[:7]}, axs=axs)
    words = "After 50 and 6 epochs (w, b) = (1.984, 1.056), (1.726, 1.016); least"
    assert align(words, line[: len(words)]) == words
    assert axs["b"].lines[0].get_ydata()[-1] == near("1.05575")
    fit, _, best, points = axs["line"].lines
    assert [fit.get_ydata()[0], best.get_ydata()[0]] == near(["1.05575", "2.528163"])
    assert points.get_xdata().tolist() == list(range(1, 11))
    axs = Figure(layout="constrained").subplot_mosaic([["slope", "bias"]])
    paths = {"raw": path, "scaled": lesson["scaled_path"]}
    line = plots.distance_by_epoch(X, y, paths, 0.01, axs=axs)
    assert line.endswith("within 0.01: not in 50 epochs with raw; after epoch 4 with scaled.")
    assert axs["bias"].lines[0].get_ydata()[-1] == near("1.47241")
    assert axs["slope"].lines[0].get_ydata()[-1] == near("0.043747")


def test_a_path_that_comes_near_and_leaves_again_is_not_near(lesson, bowl):
    w, b = bowl.minimizer
    path = [(w + 1, b), (w, b), (w, b + 1), (w, b), (w, b)]
    axs = Figure(layout="constrained").subplot_mosaic([["slope", "bias"]])
    line = plots.distance_by_epoch(lesson["X"], lesson["y"], {"it": path}, 0.01, axs=axs)
    assert line.endswith("after epoch 3 with it.")


def test_a_typed_prediction_is_compared_with_the_best_bias_and_with_the_epoch(lesson):
    X, y, paths = lesson["X"], lesson["y"], {"it": lesson["scaled_path"]}
    with figures.capture_figures() as shown:
        plots.parameters_by_epoch(X, y, paths, prediction=1.0)
        plots.distance_by_epoch(X, y, paths, 0.01, prediction=7)
    bias, epoch = (caption for _, caption in shown)
    assert bias.endswith(" You predicted 1; it is 2.528.")
    assert epoch.endswith(" You predicted 7; it is 4.")


@pytest.mark.parametrize("n_paths", [0, 5])
def test_number_of_descents_in_a_picture_is_checked(lesson, n_paths):
    paths = {str(k): lesson["path"] for k in range(n_paths)}
    told = f"paths must hold 1 to 4 descents, but holds {n_paths}"
    with pytest.raises(ValueError, match=told):
        plots.parameters_by_epoch(lesson["X"], lesson["y"], paths)
    with pytest.raises(ValueError, match=told):
        plots.distance_by_epoch(lesson["X"], lesson["y"], paths, 0.01)
