"""What a fit is worth: its claims, from its own code, and on samples that it does not show."""

import copy

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch import nn

from course_utils import data, plots
from tests.support.lessons import read_output, run_lesson
from tests.support.tolerance import near

GRID = np.linspace(0.0005, 0.9995, 1000)
CURVE = 3 * GRID + np.sin(6 * GRID) + 1
FLOOR = 0.09
OTHER_SEEDS = range(60, 66)


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("what_a_fit_is_worth")


def worth(w):
    """Expected loss on new points of the polynomial with Legendre coefficients w."""
    y_pred = np.polynomial.legendre.legval(2 * GRID - 1, w)
    return np.mean((y_pred - CURVE) ** 2) + FLOOR


def least_squares(x, y, degree):
    return np.polynomial.legendre.legfit(2 * x - 1, y, degree)


def standardised_powers(x, train, degree):
    X = np.stack([x**k for k in range(1, degree + 1)], axis=1)
    return (X - X[train].mean(axis=0)) / X[train].std(axis=0)


def test_the_true_curve_sets_the_floor(lesson):
    new, sample = lesson["new"], lesson["sample"]
    assert np.mean((new.y_true - new.y) ** 2) == pytest.approx(sample.noise**2, rel=0.03)
    assert sample.noise**2 == pytest.approx(FLOOR)
    # By the first ten rows alone even the truth is misjudged.
    assert np.mean((sample.y_true[30:] - sample.y[30:]) ** 2) == near("0.0778")


def test_three_degrees(lesson):
    x, y, new = lesson["x"], lesson["y"], lesson["new"]
    table = {}
    for degree in (1, 4, 15):
        w = least_squares(x[:30], y[:30], degree)
        table[degree] = [
            np.mean((np.polynomial.legendre.legval(2 * at - 1, w) - target) ** 2)
            for at, target in ((x[:30], y[:30]), (x[30:], y[30:]), (new.x, new.y))
        ]
    assert table[1] == near(["0.3112", "0.3985", "0.2635"])
    assert table[4] == near(["0.0921", "0.0673", "0.1033"])
    assert table[15] == near(["0.0278", "0.5828", "3.8773"])


def test_training_loss_only_falls_with_the_degree(lesson):
    assert (np.diff(lesson["by_split"][:, 0], axis=1) < 1e-12).all()


def test_degree_sweep(lesson):
    x, y, by_split = lesson["x"], lesson["y"], lesson["by_split"]
    for k in (0, 57):
        train, val = lesson["splits"][k]
        assert sorted([*train, *val]) == list(range(40))
        assert len(val) == 10
        for degree in (2, 7, 12):
            w = least_squares(x[train], y[train], degree)
            error = np.polynomial.legendre.legval(2 * x[val] - 1, w) - y[val]
            assert by_split[k, 1, degree] == pytest.approx(np.mean(error**2), rel=1e-6)
    val = by_split[:, 1]
    assert np.median(val, axis=0).argmin() == val.mean(axis=0).argmin() == 3
    wins = np.bincount(val.argmin(axis=1), minlength=13)
    assert (wins[3], wins[4], wins[10], (wins > 0).sum()) == (47, 20, 16, 8)
    assert val[:, 10].max() == near("2.2182")
    gap = val.mean(axis=0) - np.median(val, axis=0)
    assert sorted(gap.argsort()[-3:]) == [10, 11, 12]
    assert (gap[3:] > 0).all()


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_the_sweep_turns_on_other_samples_too(seed):
    sample, rng = data.noisy_sine(seed=seed), np.random.RandomState(1)
    losses = []
    for _ in range(60):
        train, val = np.split(rng.permutation(40), [30])
        fits = [least_squares(sample.x[train], sample.y[train], d) for d in range(13)]
        at = 2 * sample.x[val] - 1
        losses.append(
            [np.mean((np.polynomial.legendre.legval(at, w) - sample.y[val]) ** 2) for w in fits]
        )
    median = np.median(losses, axis=0)
    assert 3 <= median.argmin() <= 6
    assert median[1] > 1.5 * median.min()
    assert median[12] > 1.3 * median.min()
    assert len(set(np.argmin(losses, axis=1))) >= 4  # one split is a lottery


def test_least_squares_swallows_the_share_p_over_n():
    for n, degree in ((24, 8), (48, 12), (96, 12)):
        losses = []
        for seed in range(400):
            sample = data.noisy_sine(n, seed=50_000 + seed)
            A = np.polynomial.legendre.legvander(2 * sample.x - 1, degree)
            w = np.linalg.lstsq(A, sample.y)[0]
            losses.append(np.mean((A @ w - sample.y) ** 2))
        assert np.mean(losses) == pytest.approx(FLOOR * (1 - (degree + 1) / n), rel=0.04)


def test_learning_curves(lesson):
    w = least_squares(GRID, CURVE, 4)
    assert worth(w) - FLOOR > 0.002  # what degree 4 misses of the truth, with any number of rows
    assert worth(least_squares(GRID, CURVE, 1)) > 2.5 * FLOOR
    assert worth(least_squares(GRID, CURVE, 12)) - FLOOR < 1e-9
    at_384 = {d: [lesson["losses_at"](384, d, s) for s in range(60)] for d in (4, 12)}
    median = {d: np.median(rows, axis=0)[1] for d, rows in at_384.items()}
    assert [median[4], median[12]] == near(["0.1010", "0.0987"])
    train, new = lesson["losses_at"](12, 12, 0)
    assert train < 1e-12
    assert new > 1
    floor = np.mean((lesson["new"].y_true[:1000] - lesson["new"].y[:1000]) ** 2)
    assert floor == near("0.0962")
    train, new = np.median([lesson["losses_at"](384, 1, s) for s in range(20)], axis=0)
    assert train == pytest.approx(new, rel=0.1)


@pytest.mark.parametrize(("degree", "decay"), [(3, 1e-6), (5, 1e-3), (15, 1e-3), (9, 2.0)])
def test_ridge_is_where_the_gradient_of_the_charged_loss_is_zero(lesson, degree, decay):
    Z, y = standardised_powers(lesson["x"], slice(0, 30), degree)[:30], lesson["y"][:30]
    w, b = lesson["ridge"](Z, y, decay)
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    Z, y = torch.from_numpy(Z), torch.from_numpy(y)
    loss = ((Z @ w + b - y) ** 2).mean() + decay / 2 * (w**2).sum()
    gradients = torch.autograd.grad(loss, (w, b))
    assert max(g.abs().max().item() for g in gradients) < 1e-9
    assert b.item() == pytest.approx(y.mean().item(), rel=1e-9)


def test_ridge_path(lesson):
    x, y, decays = lesson["x"], lesson["y"], 10.0 ** np.array([-8, -4, 1])
    largest = [
        np.abs(lesson["ridge_losses"](slice(0, 30), slice(30, 40), 15, d)[0]) for d in decays
    ]
    assert largest[0].max() == near("290.2")
    assert largest[-1].max() == near("0.02592")
    train, val = lesson["splits"][3]
    Z = standardised_powers(x, train, 15)
    model = Ridge(alpha=30 * 1e-4 / 2, solver="svd").fit(Z[train], y[train])
    w, losses = lesson["ridge_losses"](train, val, 15, 1e-4)
    assert w == pytest.approx(model.coef_, rel=1e-6)
    want = [np.mean((model.predict(Z[part]) - y[part]) ** 2) for part in (train, val)]
    assert losses == pytest.approx(want, rel=1e-8)
    median = []
    for decay in decays:
        val_losses = []
        for train, val in lesson["splits"]:
            Z = standardised_powers(x, train, 15)
            model = Ridge(alpha=30 * decay / 2, solver="svd").fit(Z[train], y[train])
            val_losses.append(np.mean((model.predict(Z[val]) - y[val]) ** 2))
        median.append(np.median(val_losses))
    assert median[1] == near("0.1158")
    assert median[0] > 1.2 * median[1]
    assert median[2] > 2 * median[1]


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_a_middling_decay_is_best_on_other_samples_too(lesson, seed):
    worths = {1e-9: [], 1e-4: [], 10.0: []}
    for k in range(12):
        sample = data.noisy_sine(seed=100 * seed + k)
        X = np.stack([sample.x**p for p in range(1, 16)], axis=1)
        mean, std = X[:30].mean(axis=0), X[:30].std(axis=0)
        at = (np.stack([GRID**p for p in range(1, 16)], axis=1) - mean) / std
        for decay, values in worths.items():
            w, b = lesson["ridge"]((X[:30] - mean) / std, sample.y[:30], decay)
            values.append(np.mean((at @ w + b - CURVE) ** 2) + FLOOR)
    wild, tame, stiff = (np.median(values) for values in worths.values())
    assert tame < wild
    assert tame < 0.75 * stiff


def test_weight_decay_is_the_charge_in_the_loss():
    torch.manual_seed(0)
    X, y = torch.randn(20, 4, dtype=torch.float64), torch.randn(20, 2, dtype=torch.float64)
    layers = [nn.Linear(4, 2, dtype=torch.float64)]
    layers.append(copy.deepcopy(layers[0]))
    decay = 0.3
    optimizers = [
        torch.optim.SGD(layers[0].parameters(), lr=0.1, momentum=0.5, weight_decay=decay),
        torch.optim.SGD(layers[1].parameters(), lr=0.1, momentum=0.5),
    ]
    for _ in range(30):
        for layer, optimizer, charge in zip(layers, optimizers, (0, decay), strict=True):
            loss = ((layer(X) - y) ** 2).mean()
            loss = loss + charge / 2 * sum((p**2).sum() for p in layer.parameters())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for p, q in zip(layers[0].parameters(), layers[1].parameters(), strict=True):
        assert p.detach().numpy() == near(q.detach().numpy())


def test_three_layers(lesson):
    in_loss, in_optimizer = lesson["in_loss"], lesson["in_optimizer"]
    for p, q in zip(in_loss.parameters(), in_optimizer.parameters(), strict=True):
        assert p.detach().numpy() == near(q.detach().numpy())
    mean, grouped = lesson["y"][:30].mean(), lesson["grouped"]
    assert in_optimizer.bias.item() == near(mean * 2 / 2.001)
    assert grouped.bias.item() == near(mean)
    assert grouped.weight.detach().numpy()[0] == near(lesson["w5"])


def test_torch_closed_form_and_pipeline_are_one_fit(lesson):
    x, y = lesson["x"], lesson["y"]
    pipeline = make_pipeline(
        PolynomialFeatures(5, include_bias=False), StandardScaler(), Ridge(alpha=30 * 1e-3 / 2)
    ).fit(x[:30, None], y[:30])
    by_sklearn = pipeline.predict(x[30:, None])
    Z = standardised_powers(x, slice(0, 30), 5)
    assert Z[30:] @ lesson["w5"] + lesson["b5"] == pytest.approx(by_sklearn, rel=1e-9)
    with torch.no_grad():
        by_torch = lesson["grouped"](torch.from_numpy(Z[30:])).numpy().ravel()
    assert by_torch == near(by_sklearn)
    assert lesson["pipeline"].predict(x[30:, None]) == pytest.approx(by_sklearn, rel=1e-12)


def test_early_stopping(lesson):
    losses, best_epoch = lesson["losses"], lesson["best_epoch"]
    assert losses.shape == (1001, 2)
    assert best_epoch == losses[:, 1].argmin() == 18
    assert losses[18, 1] == near("0.1410")
    assert losses[-1, 1] == near("0.6305")
    assert (np.diff(losses[:, 0]) < 0).all()
    for epoch, w in ((18, lesson["w_best"]), (1000, lesson["w_last"])):
        assert lesson["bowl"].after(epoch, np.zeros(16), lesson["lr"]) == near(w)
    assert worth(lesson["w_best"]) == pytest.approx(0.1211, rel=0.02)
    assert worth(lesson["w_last"]) == pytest.approx(0.4038, rel=0.05)


def test_early_stopping_mostly_pays_on_other_samples(lesson):
    pairs = np.array([lesson["stop_or_go"](seed) for seed in range(500, 600)])
    stopped, gone_on = pairs.T
    assert (stopped < gone_on).mean() > 0.75
    assert (stopped > gone_on).any()
    assert np.median(gone_on) > 1.2 * np.median(stopped)
    assert (lesson["stopped"] < lesson["gone_on"]).sum() == 89
    assert (lesson["stopped"] > lesson["gone_on"]).sum() == 5


def test_state_dict_is_no_copy(lesson):
    clone = {"clone()": lambda state: {name: tensor.clone() for name, tensor in state.items()}}
    for name, keep in {**lesson["keeps"], **clone}.items():
        _, losses, best_epoch, best = lesson["train_and_watch"](keep, n_epochs=100)
        assert best_epoch == 18
        is_copy = name in ("copy.deepcopy", "clone()")
        assert lesson["val_loss_of"](best) == near(losses[18 if is_copy else -1, 1]), name
    assert read_output("what_a_fit_is_worth", "data_ptr").count("0.6305") == 2


def test_both_brakes_keep_the_shares_that_the_lesson_says(lesson):
    bowl, lr, k, decay = lesson["bowl"], lesson["lr"], lesson["best_epoch"], lesson["like_decay"]
    assert decay == pytest.approx(1 / (lr * k))
    charged = np.linalg.solve(
        bowl.hessian + decay * np.eye(16), bowl.hessian @ bowl.minimizer
    )  # where the gradient of the charged loss is zero
    stopped, ridge = lesson["shares"].values()
    V = bowl.eigenvectors
    for share, w in ((stopped, lesson["w_best"]), (ridge, charged)):
        assert V.T @ w == near(share * (V.T @ bowl.minimizer))
    assert ((stopped > 0.5).sum(), (ridge > 0.5).sum()) == (9, 8)
    assert np.abs(stopped - ridge).max() == near("0.2167")


def test_choice_on_the_judging_rows_reports_too_little(lesson):
    judged, honest = np.median(lesson["pairs"], axis=0)
    assert judged.tolist() == near(["0.0851", "0.1105"])
    assert honest.tolist() == near(["0.1076", "0.1067"])
    others = np.array([lesson["choose_both_ways"](10_000 + seed) for seed in range(200)])
    judged, honest = np.median(others, axis=0)
    assert judged[0] < FLOOR < judged[1]
    assert judged[1] - judged[0] > 0.018
    assert abs(honest[1] - honest[0]) < 0.02


def test_cross_validation_fits_on_four_folds_and_judges_on_the_fifth(lesson):
    x, y = lesson["x"][:30], lesson["y"][:30]
    A = np.polynomial.legendre.legvander(2 * x - 1, 3)
    total = []
    for k in range(5):
        out = np.arange(30) % 5 == k
        w = np.linalg.lstsq(A[~out], y[~out])[0]
        total.append(np.mean((A[out] @ w - y[out]) ** 2))
    assert lesson["cross_validated"](A, y)[3] == pytest.approx(np.mean(total), rel=1e-9)


def test_scaler_leak(lesson):
    x, typo, fit = lesson["x"], lesson["typo"], lesson["fit_with_scaler"]
    truth, everyone = lesson["truth"], slice(0, 40)
    assert np.array_equal(fit(x, slice(0, 30)), fit(typo, slice(0, 30)))
    assert np.abs(fit(x, everyone) - fit(typo, everyone)).max() == near("1.0286")
    worths = [np.mean((fit(x, rows) - truth) ** 2) for rows in (slice(0, 30), everyone)]
    assert worths == near(["0.0099", "0.0104"])
    assert np.mean((fit(typo, everyone) - truth) ** 2) == near("0.1726")


def test_scaler_leak_hardly_matters_on_average_and_own_scalers_do(lesson):
    medians = {
        how: np.median([lesson["reported"](seed, how) for seed in range(700, 800)])
        for how in ("training rows", "all rows", "each its own")
    }
    assert medians["all rows"] == pytest.approx(medians["training rows"], rel=0.04)
    assert medians["each its own"] > 1.3 * medians["training rows"]


def test_weight_decay_takes_the_bias_too_unless_it_is_grouped():
    table = read_output("what_a_fit_is_worth", '"weight decay on')
    rows = [line.split() for line in table.splitlines()[1:4]]
    nothing, both, weight_only = (np.array(row[-4:-1], dtype=float) for row in rows)
    assert [float(row[-1]) for row in rows] == [0, 10.4, 0]  # how far the line lies too low
    assert nothing[1] == near(52)
    assert both[:2] == near(0.8 * nothing[:2])
    assert weight_only[:2] == near([0.8 * nothing[0], 52])
    # Away from the bottom of a bowl with both curvatures 2, the loss grows by the distance squared.
    assert both[2] - nothing[2] == near(((both - nothing)[:2] ** 2).sum())


def test_copycat_is_unmasked_by_whole_regions_only(lesson):
    losses = lesson["judged"]
    assert max(losses["copycat", "3 random rows"]) < 3
    assert min(losses["copycat", "one whole region"]) > 100
    assert sorted(losses["least squares", "one whole region"])[-2] < 2
    assert np.argmax(losses["least squares", "one whole region"]) == 2  # region 3
    assert data.fruit_yields().x[:, 1].argmax() == 2  # the one with the most rain


def test_search(lesson):
    chosen, search = lesson["chosen"], lesson["search"]
    assert chosen["polynomialfeatures__degree"] == 3
    x, y, new = lesson["x"], lesson["y"], lesson["new"]
    assert np.mean((search.predict(x[30:, None]) - y[30:]) ** 2) == near("0.0712")
    assert np.mean((search.predict(new.x[:, None]) - new.y) ** 2) == near("0.0996")


POINTS = (GRID[:5], CURVE[:5])


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.fits_and_truth(POINTS, POINTS, GRID, CURVE, {"a": CURVE}), "three curves"),
        (lambda: plots.fits_and_truth(POINTS, POINTS, GRID, CURVE[1:], {}), "truth must have 1000"),
        (
            lambda: plots.one_fit(POINTS, POINTS, GRID, CURVE, CURVE[1:], "a"),
            "curve must have 1000",
        ),
        (lambda: plots.degree_sweep([1, 2], np.ones((5, 2)), np.ones((5, 3)), 0.3), "val_losses"),
        (lambda: plots.degree_sweep([1, 2], np.ones((5, 2)), np.ones((5, 2)), 0), "noise must be"),
        (lambda: plots.losses_by_size([10, 20], {1: ([[1, 1]], [[1, 1]])}, 0.3), "three degrees"),
        (
            lambda: plots.ridge_path([1, 2], np.ones((3, 4)), [[1, 1]], [[1, 1]], 0.3),
            r"weights must have shape \(2, d\)",
        ),
        (
            lambda: plots.early_stop([2, 1], [2, 1], 5, POINTS, POINTS, GRID, (CURVE, CURVE)),
            "best_epoch must be at most 1",
        ),
        (lambda: plots.kept_shares([0.1, 1.0], {"a": [1.0, 0.5]}), "two fits"),
        (lambda: plots.reported_and_true({}, 0.3), "at least one way"),
        (lambda: plots.reported_and_true({"a": ([np.nan], [1.0])}, 0.3), "results must be finite"),
    ],
)
def test_pictures_refuse_bad_input(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_the_slider_shows_the_ridge_fit_that_the_lesson_judges(lesson, capsys):
    for degree, k in ((15, 8), (3, 12)):
        decay = lesson["decays"][k]
        w, (training, validation) = lesson["ridge_losses"](
            slice(0, 30), slice(30, 40), degree, decay
        )
        lesson["tame"](degree, decay)
        output = capsys.readouterr().out
        assert f"training {training:.4f}, validation {validation:.4f}" in output
        assert f"largest weight {np.abs(w).max():.4g}" in output
