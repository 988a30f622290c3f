"""Dataset and DataLoader: its published numbers, from its own code, and its claims."""

import io
import re
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch.utils.data import DataLoader, TensorDataset

from course_utils import data, descent, figures, plots
from tests.support.lessons import exercises, read_output, run_cell, run_lesson
from tests.support.tolerance import near

LESSON = "dataset_and_dataloader"
LINE = data.noisy_line()
BOWL = descent.QuadraticLoss(descent.design_matrix(LINE.x_train), LINE.y_train)
START = (-0.1382643, 0.49671415)
SIZES = (80, 8, 1)


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


def losses_by_pass(path, batch_size):
    """Return the loss over all rows at the start and after each pass."""
    return BOWL.loss(path)[:: 80 // batch_size]


def numbers(line):
    """Return the numbers with a point in some words."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", line)]


def test_a_step_on_all_rows_is_the_one_of_the_first_lesson(lesson):
    assert lesson["paths"][80][1].tolist() == near(["0.04511107", "0.80119529"])
    assert [len(lesson["paths"][size]) for size in SIZES] == [21, 201, 1601]


def test_all_rows_need_eleven_passes_for_what_batches_of_eight_reach_in_one(lesson):
    reached = losses_by_pass(lesson["paths"][8], 8)[1]
    full = losses_by_pass(lesson["paths"][80], 80)
    assert np.argmax(full <= reached) == 11


def test_ten_small_steps_go_about_as_far_as_ten_large_ones_whatever_is_drawn():
    x, y = LINE.x_train[:, 0], LINE.y_train[:, 0]
    full = np.array([BOWL.loss(BOWL.after(k, START, 0.1)) for k in range(30)])
    for seed in range(8):
        rng, (w, b) = np.random.RandomState(seed), START
        for _ in range(10):
            rows = rng.permutation(80)[:8]
            residual = w * x[rows] + b - y[rows]
            w, b = w - 0.2 * (residual * x[rows]).mean(), b - 0.2 * residual.mean()
        assert 8 <= np.argmax(full <= BOWL.loss(np.array([w, b]))) <= 13


def test_single_rows_are_near_the_bottom_after_two_passes_and_never_rest(lesson):
    losses = BOWL.loss(lesson["paths"][1])
    assert losses[160] < 1.2 * BOWL.min_loss
    for since in range(320, 1600, 80):
        assert losses[since : since + 80].max() > 1.3 * BOWL.min_loss


def test_ten_batches_agree_at_the_start_and_five_do_near_the_best_line(lesson):
    output = read_output(LESSON, "plots.batch_steps(")
    assert "Downhill: 10 of 10 batches at the start" in output
    assert "5 of 10 near the best line" in output
    assert np.hypot(*(np.array(lesson["places"][1]) - BOWL.minimizer)) < 0.1


def test_a_small_enough_downhill_step_lowers_the_loss(lesson):
    for place, steps in zip(lesson["places"], lesson["steps"], strict=True):
        whole = lesson["step"](*place, range(80))
        for step in steps:
            falls = BOWL.loss(np.array(place) + 1e-3 * step) < BOWL.loss(np.array(place))
            assert falls == (step @ whole > 0)


def test_ten_batches_drawn_afresh_miss_thirty_rows(lesson):
    assert len(np.unique(lesson["batches"])) == 50
    assert "rows read: 80   different: 50" in read_output(LESSON, "plots.batch_steps(")


def test_noise_falls_with_the_root_with_repetition_and_faster_without(lesson):
    n, repeated, once = (np.array(lesson[k]) for k in ("sizes", "repeated", "once"))
    assert repeated == pytest.approx(repeated[0] / np.sqrt(n), rel=0.06)
    assert once == pytest.approx(repeated[0] * np.sqrt((80 - n) / 79 / n), rel=0.06, abs=1e-12)
    assert [once[-2], repeated[-2]] == pytest.approx([0.040, 0.0565], abs=1e-3)


def test_a_loader_deals_out_every_row_once_in_a_new_order():
    output = read_output(LESSON, "data.fruit_yields_repeated()")
    orders = [re.findall(r"\d+", line)[1:] for line in output.splitlines() if "epoch" in line]
    assert len(orders) == 3
    assert len({tuple(order) for order in orders}) == 3
    for order in orders:
        assert sorted(map(int, order)) == list(range(15))


def test_fit_gives_the_numbers_of_the_first_lesson():
    first, last = read_output(LESSON, "line_model = nn.Linear").splitlines()
    assert numbers(first) == near(["0.045111", "0.801195"])
    assert numbers(last) == near(BOWL.minimizer.tolist())


def test_fit_takes_one_step_for_each_batch_and_trains_in_training_mode(lesson):
    modes = []

    class Counting(torch.optim.SGD):
        def step(self):
            modes.append(model.training)
            return super().step()

    model = lesson["new_model"]().eval()
    loader = DataLoader(lesson["dataset"], batch_size=4)
    losses = lesson["fit"](model, loader, Counting(model.parameters(), lr=0), 3)
    assert modes == 12 * [True]
    assert [len(epoch) for epoch in losses] == [4, 4, 4]
    assert losses[0] == near(losses[2])


def test_the_progress_bar_fills_if_asked_for(lesson, monkeypatch):
    shown = []
    monkeypatch.setitem(lesson["fit"].__globals__, "display", shown.append)
    model = lesson["new_model"]()
    optimizer = torch.optim.SGD(model.parameters(), lr=0)
    pair = [(lesson["x"], lesson["y"])]
    lesson["fit"](model, pair, optimizer, 4, show_progress=True)
    assert [bar.value for bar in shown] == [bar.max for bar in shown] == [4]
    lesson["fit"](model, pair, optimizer, 4)
    assert len(shown) == 1


def test_published_first_loss_and_prediction(lesson):
    """The start is printed with four digits."""
    assert F.mse_loss(lesson["first"], lesson["y"]).item() == pytest.approx(3052.20, rel=2e-4)
    assert lesson["first"][0].tolist() == pytest.approx([10.5178, 63.6002], abs=0.01)
    furthest = 5e-5 * (lesson["x"][0].sum().item() + 1)
    assert abs(10.5178 - lesson["first"][0, 0].item()) < furthest


@pytest.mark.parametrize("seed", range(2))
def test_published_prediction_whatever_the_shuffling(lesson, seed):
    model, generator = lesson["new_model"](), torch.Generator().manual_seed(seed)
    loader = DataLoader(lesson["dataset"], batch_size=5, shuffle=True, generator=generator)
    lesson["fit"](model, loader, torch.optim.SGD(model.parameters(), lr=1e-5), n_epochs=100)
    apples, oranges = model(torch.tensor([[75.0, 63.0, 44.0]]))[0].tolist()
    assert apples == pytest.approx(54, abs=0.7)
    assert oranges == pytest.approx(69, abs=0.5)


def test_the_new_region_rounds_to_the_published_yields():
    output = read_output(LESSON, "plots.predicted_yields(")
    ours = re.search(r"44: (\S+), (\S+); published about \(54, 69\)", output)
    assert [round(float(number)) for number in ours.groups()] == [54, 69]


def test_the_table_has_all_fifteen_rows(lesson):
    rows = re.findall(r"(?m)^item +(\d+) +(.+)$", read_output(LESSON, "form.format("))
    assert [int(i) for i, _ in rows] == list(range(15))
    for i, row in rows:
        start, end = lesson["first"][int(i)].tolist(), lesson["last"][int(i)].tolist()
        assert numbers(row) == pytest.approx([*start, *end], abs=0.01)


def test_the_fruit_fit_is_not_finished(lesson):
    least = descent.QuadraticLoss(descent.design_matrix(lesson["x"]), lesson["y"]).min_loss
    assert F.mse_loss(lesson["last"], lesson["y"]).item() > 30 * least


def test_the_running_mean_is_above_the_loss_afterwards(lesson):
    losses, full = np.array(lesson["batch_losses"]), lesson["full"]
    assert len(full) == len(losses) + 1 == 301
    running, after = losses.reshape(100, 3).mean(1), np.array(full[3::3])
    assert [full[0], running[0], after[0]] == near(["3052", "2373", "1343"])
    assert (running > after).all()
    ratio = losses[2::3] / np.array(full[2:-1:3])
    assert [ratio.min(), ratio.max()] == pytest.approx([0.11, 2.32], abs=0.01)


def test_weighted_by_rows_the_batch_means_are_the_loss_and_plainly_they_are_not():
    output = read_output(LESSON, "for x_batch, y_batch in DataLoader(dataset, batch_size=4)")
    plain, weighted, whole = (numbers(line)[0] for line in output.splitlines()[1:])
    assert weighted == near(whole)
    assert plain == pytest.approx(29.95, abs=0.01)
    assert whole == pytest.approx(29.18, abs=0.01)


def test_a_batch_of_one_keeps_the_loss_up_and_without_it_the_line_stays(lesson):
    kept, dropped = (np.array(lesson["after"][drop])[1:] for drop in (False, True))
    assert lesson["after"][False][0] == lesson["after"][True][0] == near(BOWL.min_loss)
    assert kept.mean() == pytest.approx(0.0122, abs=1e-4)
    assert kept.max() == pytest.approx(0.036, abs=5e-4)
    assert kept[-100:].max() > 0.03, "it stays restless"
    assert dropped.max() == pytest.approx(0.00805, abs=3e-5)
    assert BOWL.min_loss == near("0.00804")


def test_sorted_rows_walk_a_loop_beside_the_best_line(lesson):
    places = np.array(lesson["in_order"])
    assert places[-6:] == pytest.approx(places[-12:-6], abs=1e-5)
    slopes = places[-6:, 0]
    assert [slopes[0], slopes[3], slopes[5]] == pytest.approx([1.208, 1.141, 1.202], abs=1e-3)
    assert slopes.min() > 1.1
    mixed = np.array(lesson["mixed"])
    assert mixed.mean(0) == pytest.approx([1, -0.164], abs=0.01)


def test_a_batch_sampler_asks_once_for_each_batch(lesson):
    assert lesson["by_row"].asked == 80
    assert lesson["by_batch"].asked == 10
    assert lesson["shapes"] == [10 * [8], 10 * [8]]


def test_rows_of_unequal_length_do_not_stack():
    assert "got [3] at entry 0 and [4] at entry 1" in read_output(LESSON, "ragged = [")


def test_six_ways_are_equal_and_the_last_two_to_the_last_bit(lesson):
    ways = lesson["ways"]
    assert list(ways)[:3] == ["by hand", "difference", "our engine"]
    assert len(ways) == 6
    for w in ways.values():
        assert w == near("0.04511107")
    assert ways["nn.Linear, a list"] == ways["nn.Linear, loader"]
    away = {name: abs(w - ways["nn.Linear, a list"]) for name, w in ways.items()}
    assert 1e-15 < away.pop("difference") < 1e-11
    assert max(away.values()) < 1e-15


def test_a_loader_pairs_inputs_with_their_targets():
    x = torch.arange(10.0).reshape(-1, 1)
    loader = DataLoader(TensorDataset(x, 10 * x), batch_size=3, shuffle=True)
    assert all(torch.equal(yb, 10 * xb) for xb, yb in loader)


@pytest.mark.parametrize(
    "body",
    [
        "for start in range(0, len(x), batch_size):\n        rows = ...",
        "order = rng.permutation(len(x))\n    for start in ...:\n        rows = order[start:]",
        "for start in range(0, len(x), batch_size):\n        rows = rng.randint(3)\n        ...",
    ],
)
def test_half_an_answer_is_not_done_yet(body):
    end = "\n        batches.append((x[rows], y[rows]))\n    return batches\n"
    names = dict(run_lesson(LESSON))
    run_cell(f"def minibatches(x, y, batch_size, rng):\n    batches = []\n    {body}{end}", names)
    printed = io.StringIO()
    with redirect_stdout(printed):
        names["check"].minibatches(names["minibatches"])
    assert printed.getvalue().startswith("· Exercise 1: not done yet")


def test_lesson_has_three_exercises():
    assert [e.name for e in exercises(LESSON)] == ["minibatches", "epoch_loss", "InCelsius"]


def test_a_typed_prediction_is_compared_with_the_passes_and_with_the_running_mean(lesson):
    x, y = LINE.x_train, LINE.y_train
    with figures.capture_figures() as shown:
        plots.batch_descents(x, y, lesson["paths"], prediction=10)
        plots.reported_losses(lesson["batch_losses"], lesson["full"], 3, prediction=2000)
    passes, loss = (caption for _, caption in shown)
    assert passes.endswith(" You predicted 10; it is 11.")
    assert loss.endswith(" You predicted 2,000; it is 2,373.")


def test_a_passes_picture_says_so_where_all_rows_never_get_as_low(lesson):
    paths = {80: lesson["paths"][80][:3], 8: lesson["paths"][8], 1: lesson["paths"][1]}
    with figures.capture_figures() as shown:
        plots.batch_descents(LINE.x_train, LINE.y_train, paths, prediction=10)
    assert "Batches of 80 need more than 2 passes" in shown[0][1]
