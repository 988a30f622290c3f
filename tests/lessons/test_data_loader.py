"""Dataset and DataLoader: its published figures, from its own code, and its claims."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch.utils.data import DataLoader, TensorDataset

from course_utils import data
from tests.support.lessons import run_lesson
from tests.support.tolerance import near


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("dataset_and_dataloader")


def test_published_first_loss(lesson):
    loss = F.mse_loss(lesson["new_model"]()(lesson["x"]), lesson["y"]).item()
    assert loss == pytest.approx(3052.20, rel=2e-4)  # its start is printed with four digits


@pytest.mark.parametrize("seed", range(4))
def test_published_prediction_whatever_the_shuffling(lesson, seed):
    model, generator = lesson["new_model"](), torch.Generator().manual_seed(seed)
    loader = DataLoader(lesson["dataset"], batch_size=5, shuffle=True, generator=generator)
    lesson["fit"](model, loader, torch.optim.SGD(model.parameters(), lr=1e-5), n_epochs=100)
    apples, oranges = model(torch.tensor([[75.0, 63.0, 44.0]]))[0].tolist()
    assert apples == pytest.approx(54, abs=0.7)
    assert oranges == pytest.approx(69, abs=0.5)


def test_fit_takes_one_step_for_each_batch(lesson):
    steps = []

    class Counting(torch.optim.SGD):
        def step(self):
            steps.append(1)
            return super().step()

    model = lesson["new_model"]()
    losses = lesson["fit"](
        model, DataLoader(lesson["dataset"], batch_size=4), Counting(model.parameters(), lr=0), 3
    )
    assert len(steps) == 3 * 4
    assert len(losses) == 3


def test_each_epoch_holds_every_row_once(lesson):
    for order in lesson["orders"]:
        assert sorted(order.tolist()) == list(range(15))
    assert lesson["orders"][0].tolist() != lesson["orders"][1].tolist()


def test_weighted_mean_is_the_loss_and_the_plain_mean_is_not(lesson):
    pairs, whole = lesson["pairs"], lesson["whole"]
    weighted = sum(loss * size for loss, size in pairs) / 15
    assert weighted == near(whole)
    assert sum(loss for loss, _ in pairs) / len(pairs) != pytest.approx(whole, rel=1e-2)


def test_noise_falls_with_the_root_of_the_batch_size(lesson):
    full = lesson["gradients_of"](torch.arange(80))
    spread = {
        n: (cloud - full).pow(2).sum(1).mean().sqrt() for n, cloud in lesson["clouds"].items()
    }
    assert spread[1] / spread[16] == pytest.approx(4, rel=0.15)


def test_sorted_rows_end_worse_than_shuffled(lesson):
    x, y = lesson["curve_x"], lesson["curve_x"] ** 2

    def loss(w, b):
        return ((w * x + b - y) ** 2).mean().item()

    assert loss(*lesson["last_epoch"](False)[-1]) > 1.5 * loss(*lesson["last_epoch"](True)[-1])


def test_copycat_is_unmasked_by_whole_regions_only(lesson):
    losses = lesson["losses"]
    assert max(losses["copycat", "3 random rows"]) < 3
    assert min(losses["copycat", "one whole region"]) > 100
    assert sorted(losses["least squares", "one whole region"])[-2] < 2
    assert np.argmax(losses["least squares", "one whole region"]) == 2  # region 3
    assert data.fruit_yields().x[:, 1].argmax() == 2  # the one with the most rain


def test_progress_bar_counts_to_the_end(lesson, monkeypatch):
    shown = []
    monkeypatch.setitem(lesson["epochs"].__globals__, "display", shown.append)
    assert list(lesson["epochs"](4, show_progress=True)) == [0, 1, 2, 3]
    assert shown[0].value == shown[0].max == 4
    list(lesson["epochs"](4, show_progress=False))
    assert len(shown) == 1


def test_six_ways_are_equal(lesson):
    assert len(lesson["steps"]) == 6
    assert np.ptp(list(lesson["steps"].values()), axis=0).max() < 1e-9
    assert lesson["steps"]["by hand"] == near((0.04511107, 0.80119529))


def test_loader_pairs_inputs_with_their_targets():
    x = torch.arange(10.0).reshape(-1, 1)
    loader = DataLoader(TensorDataset(x, 10 * x), batch_size=3, shuffle=True)
    assert all(torch.equal(yb, 10 * xb) for xb, yb in loader)
