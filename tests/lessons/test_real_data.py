"""A real data set: its claims about the diabetes data, on its own code and against scikit-learn."""

import copy

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from torch import nn

from course_utils import plots
from tests.support.lessons import run_lesson
from tests.support.tolerance import near

BAD = {"line": [1, 2]}


@pytest.fixture(scope="module")
def lesson():
    threads = torch.get_num_threads()
    yield run_lesson("a_real_data_set")
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def libraries(lesson):
    """Return scikit-learn's line and its rows for each of the eight splits."""
    x, y = lesson["table"].x, lesson["table"].y
    fits = []
    for seed in range(8):
        train, _, test = (rows.numpy() for rows in lesson["split"](seed))
        fits.append((LinearRegression().fit(x[train], y[train]), x[train], x[test], y[test]))
    return fits


@pytest.mark.parametrize("seed", [0, 3, 11])
def test_each_row_is_in_one_part(lesson, seed):
    parts = lesson["split"](seed)
    assert [len(part) for part in parts] == [266, 88, 88]
    assert sorted(torch.cat(parts).tolist()) == list(range(442))
    assert not torch.equal(parts[0], lesson["split"](seed + 1)[0])


def test_the_baseline_is_the_training_mean(lesson):
    y = lesson["table"].y
    train, val, _ = (rows.numpy() for rows in lesson["split"](0))
    want = root_mean_squared_error(y[val], np.full_like(y[val], y[train].mean()))
    assert lesson["baseline_val"] == near(want)
    assert want == near("77.26")


def test_the_scale_comes_from_the_training_rows_only(lesson):
    x, train = lesson["table"].x, lesson["train"].numpy()
    for model in (lesson["linear"], lesson["network"], lesson["clean"]):
        assert model.x_mean.numpy() == near(x[train].mean(axis=0))
        assert model.x_std.numpy() == near(x[train].std(axis=0))
        assert model.y_std.item() == near(lesson["table"].y[train].std())
    assert lesson["leaky"].x_mean.numpy() == near(x.mean(axis=0))


def test_batches_leave_the_line_unfinished_and_momentum_ends_at_scikit_learns(lesson):
    train = lesson["train"].numpy()
    library = LinearRegression().fit(lesson["table"].x[train], lesson["table"].y[train])
    want = library.coef_[0] * lesson["table"].x[train].std(axis=0)
    assert lesson["coefficients"](lesson["linear"])[:10].numpy() == near(want)
    in_batches = lesson["Predictor"](
        nn.Linear(10, 1), lesson["x"][lesson["train"]], lesson["y"][lesson["train"]]
    ).double()
    optimizer = torch.optim.SGD(in_batches.parameters(), lr=0.02)
    generator = torch.Generator().manual_seed(5)  # whatever the order of the rows
    for _ in range(100):
        lesson["run_epoch"](in_batches, lesson["train"], optimizer, generator)
    w = lesson["coefficients"](in_batches).numpy()[:10]
    assert np.all(np.abs(w - want) > 1e-3 * np.abs(want)), "not one has converged"
    assert abs(w[4] - want[4]) > 20
    assert abs(w[4] + w[5] - want[4] - want[5]) < 10, "the sum of s1 and s2 is nearly right"
    assert lesson["rmse"](in_batches, lesson["val"]) == pytest.approx(
        lesson["rmse"](lesson["linear"], lesson["val"]), abs=1.0
    )


def test_a_leaky_scale_does_not_change_least_squares(lesson):
    leaky, clean = (lesson["rmse"](lesson[name], lesson["val"]) for name in ("leaky", "clean"))
    assert leaky == near(clean)
    # With ridge it does.
    x, y = lesson["table"].x, lesson["table"].y
    train, val, _ = (rows.numpy() for rows in lesson["split"](0))

    def ridge(rows):
        z = (x - x[rows].mean(axis=0)) / x[rows].std(axis=0)
        A, b = z[train] - z[train].mean(axis=0), y[train] - y[train].mean()
        w = np.linalg.solve(A.T @ A + 50 * np.eye(10), A.T @ b)
        return root_mean_squared_error(
            y[val], (z[val] - z[train].mean(axis=0)) @ w + y[train].mean()
        )

    assert ridge(train) != pytest.approx(ridge(np.arange(442)), rel=1e-5)


def test_the_errors_are_loud(lesson):
    bare = nn.Linear(10, 1)
    with pytest.raises(RuntimeError, match="must have the same dtype, but got Double and Float"):
        bare(lesson["x"])
    with pytest.raises(RuntimeError, match="is not on the expected device"):
        bare.double().to("meta")(lesson["x"])


def test_the_network_has_193_parameters_and_float64(lesson):
    parameters = list(lesson["network"].parameters())
    assert sum(p.numel() for p in parameters) == 193
    assert {p.dtype for p in parameters} == {torch.float64}


def test_the_best_epoch_is_kept_and_the_rest_is_overfitting(lesson):
    curves, best = lesson["curves"], lesson["best_epoch"]
    assert curves.shape == (61, 2)
    assert curves[:, 1].argmin() == best == 16
    assert lesson["rmse"](lesson["network"], lesson["val"]) == near(curves[best, 1])
    assert curves[-1, 0] < curves[best, 0] - 10
    assert curves[-1, 1] > curves[best, 1] + 10
    line = lesson["rmse"](lesson["linear"], lesson["val"])
    assert curves[best, 1] > line, "on the validation rows it does not beat the line"
    assert curves[4, 1] == pytest.approx(line, abs=0.8)


def test_fit_stops_after_its_patience(lesson):
    _, curves, best = lesson["fit"](0, lesson["train"], choose=lesson["val"], n_epochs=40)
    assert len(curves) == best + 15 + 1
    assert curves == near(lesson["curves"][: len(curves)])


def test_the_reloaded_network_is_the_kept_one(lesson):
    x = lesson["x"]
    reloaded, network = (lesson[name](x).detach().numpy() for name in ("reloaded", "network"))
    assert reloaded == near(network)
    for name, tensor in lesson["network"].state_dict().items():
        assert torch.equal(lesson["reloaded"].state_dict()[name], tensor), name


def test_a_flat_target_gives_the_baseline(lesson):
    train = lesson["train"]
    spread = lesson["y"][train].std(correction=0).item()
    assert lesson["rmse"](lesson["misled"], train) == pytest.approx(spread, abs=0.02)
    assert lesson["misled"](lesson["x"][train]).std().item() < 5


def test_the_lines_of_all_splits_are_scikit_learns(lesson, libraries):
    for seed, (library, _, x_test, y_test) in enumerate(libraries):
        want = root_mean_squared_error(y_test, library.predict(x_test))
        assert lesson["scores"][seed, 1] == near(want)


def test_the_network_adds_next_to_nothing(lesson):
    difference = lesson["results"]["network"] - lesson["results"]["line"]
    assert difference.mean() == pytest.approx(-0.43, abs=0.01)
    assert (difference < 0).sum() == 6
    assert difference.argmin() == 0, "split 0 was the luckiest"
    assert difference.max() > -difference.min()
    assert difference.std() < lesson["results"]["line"].std() / 2, "pairing takes out the split"
    assert difference.std() > 3 * abs(difference.mean())
    between_splits = np.ptp(lesson["results"]["line"])
    assert between_splits > 3 * np.abs(difference).max()


def test_choosing_the_epoch_on_the_test_set_invents_a_gain(lesson):
    honest, peeking = lesson["gain_honest"].mean(), lesson["gain_peeking"].mean()
    assert 2.5 * honest < peeking < 3 * honest
    assert np.all(np.array(lesson["peeking"]) <= lesson["results"]["network"] + 1e-9)
    assert (lesson["gain_peeking"] > 0).sum() == 7


def test_high_targets_are_predicted_too_low_and_the_slope_is_the_unexplained_share(lesson):
    y, y_pred = lesson["pooled_y"].numpy().ravel(), lesson["pooled_pred"].numpy().ravel()
    fifths = np.array_split(np.argsort(y), 5)
    assert (y_pred - y)[fifths[-1]].mean() == pytest.approx(-58, abs=1)
    assert (y_pred - y)[fifths[0]].mean() == pytest.approx(43, abs=1)
    assert np.polyfit(y, y_pred - y, 1)[0] == near(lesson["slope"].item())
    assert -lesson["slope"].item() == pytest.approx(lesson["unexplained"].item(), abs=0.02)
    assert abs(np.polyfit(y_pred, y_pred - y, 1)[0]) < 0.05, "hardly a slope over the prediction"
    for name, share in (("pooled_mean", 2 / 5), ("pooled_line", 2 / 3), ("pooled_pred", 2 / 3)):
        within = np.abs(lesson[name].numpy().ravel() - y) < 55
        assert within.mean() == pytest.approx(share, abs=0.01), name


def test_s1_matters_by_two_measures_and_not_by_the_third(lesson, libraries):
    means = {name: np.mean(values, axis=0) for name, values in lesson["importance"].items()}
    s1, bmi = lesson["names"].index("s1"), lesson["names"].index("bmi")
    assert np.abs(means["coefficient"]).argmax() == means["line"].argmax() == s1
    assert abs(means["left out"][s1]) < 0.1
    assert means["network"][s1] < 1
    assert means["left out"].argmax() == means["network"].argmax() == bmi
    assert np.min(lesson["importance"]["left out"], axis=0)[bmi] > 0
    for seed, (library, x_train, x_test, y_test) in enumerate(libraries):
        want = library.coef_[0] * x_train.std(axis=0)
        assert lesson["importance"]["coefficient"][seed] == near(want)
        rest = [k for k in range(10) if k != s1]
        train, _, _ = (rows.numpy() for rows in lesson["split"](seed))
        refit = LinearRegression().fit(x_train[:, rest], lesson["table"].y[train])
        rise = root_mean_squared_error(y_test, refit.predict(x_test[:, rest]))
        rise -= root_mean_squared_error(y_test, library.predict(x_test))
        assert lesson["importance"]["left out"][seed][s1] == near(rise)


def test_permutation_importance_is_scikit_learns(lesson, libraries):
    from sklearn.inspection import permutation_importance

    library, _, x_test, y_test = libraries[2]
    found = permutation_importance(
        library,
        x_test,
        y_test,
        scoring="neg_root_mean_squared_error",
        n_repeats=100,
        random_state=0,
    )
    ours = np.array(lesson["importance"]["line"][2])
    np.testing.assert_allclose(ours, found.importances_mean, atol=0.6, rtol=0.15)


def test_a_state_dict_is_no_copy_and_neither_is_a_dict_of_it():
    model = nn.Linear(1, 1)
    state = model.state_dict()
    kept = {"plain": state, "dict": dict(state), "deep": copy.deepcopy(state)}
    before = model.weight.item()
    with torch.no_grad():
        model.weight += 1
    assert [s["weight"].item() == before for s in kept.values()] == [False, False, True]


def test_the_model_follows_the_data_to_another_device(lesson):
    """No card is needed: `meta` refuses to be mixed with the processor, as a card does."""
    x = torch.empty(8, 10, dtype=torch.float64, device="meta")
    y = torch.empty(8, 1, dtype=torch.float64, device="meta")
    body = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1))
    model = lesson["Predictor"](body, x, y)
    with pytest.raises(RuntimeError, match="device"):
        model(x)
    assert model.to(x)(x).device == x.device
    assert {tensor.device for tensor in model.state_dict().values()} == {x.device}


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.target_and_input([1, 2, 3], [1, 2], "y", "x"), "x must have 3 rows"),
        (lambda: plots.kept_epoch([2, 1], [2, 1], 2, {}), "epoch must be at most 1"),
        (lambda: plots.split_results({"line": [1, 2]}, "points"), "results must hold 2 to 4"),
        (
            lambda: plots.split_results({"line": [1, 2], "network": [1]}, "points"),
            "results must be of one length",
        ),
        (lambda: plots.residual_views([1, 2], [1, 2], "points"), "at least 5 rows"),
        (lambda: plots.input_importance(["a"], {}, "points"), "views must hold three measures"),
        (
            lambda: plots.input_importance(["a"], {"x": BAD, "y": BAD, "z": BAD}, "points"),
            r"views must have shape \(splits, 1\)",
        ),
    ],
)
def test_a_picture_names_bad_input(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
