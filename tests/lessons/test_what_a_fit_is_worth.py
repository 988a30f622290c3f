"""What a fit is worth: its claims, from its own code, and on samples that it does not show."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from course_utils import data, plots
from tests.support.lessons import read_notebook, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "what_a_fit_is_worth"
NOISE = 0.09  # the irreducible error, the square of 0.3
SAMPLE, NEW = data.noisy_sine(), data.noisy_sine(10_000, seed=1)
TRAIN, VAL = slice(0, 30), slice(30, 40)
A15 = np.polynomial.legendre.legvander(2 * SAMPLE.x[TRAIN] - 1, 15)


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


def least_squares(x, y, degree):
    return np.polynomial.legendre.legfit(2 * x - 1, y, degree)


def mse(W, x, y):
    return np.mean((np.polynomial.legendre.legval(2 * x - 1, W) - y) ** 2)


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d*(?:e[-+]\d+)?", text)]


def test_the_envelope(lesson):
    tank = data.noisy_line()
    w, b = np.polyfit(tank.x_train.ravel(), tank.y_train.ravel(), 1)
    assert (w, b) == (near("1.96896"), near("1.02354"))
    printed = read_output(LESSON, "import copy").split()
    for name, slope, start in (("yours", w, b), ("hidden", 2, 1)):
        on_80 = np.mean((slope * tank.x_train + start - tank.y_train) ** 2)
        on_20 = np.mean((slope * tank.x_val + start - tank.y_val) ** 2)
        place = printed.index(name)
        shown = [float(printed[place + k]) for k in (2, 4)]
        assert shown == pytest.approx([on_80, on_20], abs=5.1e-6)


def test_training_ends_below_the_noise_of_its_rows_and_on_new_rows_above_on_average():
    rng, gain, cost = np.random.RandomState(7), [], []
    for _ in range(300):
        x, noise = rng.rand(100), 0.1 * rng.randn(100)
        w, b = np.polyfit(x[:80], 2 * x[:80] + 1 + noise[:80], 1)
        errors = (w - 2) * x + b - 1 - noise
        gain.append(np.mean(errors[:80] ** 2) - np.mean(noise[:80] ** 2))
        cost.append(np.mean(errors[80:] ** 2) - np.mean(noise[80:] ** 2))
    assert max(gain) < 0 < np.mean(cost)


def test_three_degrees(lesson):
    x, y = SAMPLE.x, SAMPLE.y
    table = {}
    for degree in (1, 4, 15):
        W = least_squares(x[TRAIN], y[TRAIN], degree)
        assert lesson["fits"][degree] == pytest.approx(W, rel=1e-6)
        table[degree] = [mse(W, x[TRAIN], y[TRAIN]), mse(W, x[VAL], y[VAL]), mse(W, NEW.x, NEW.y)]
    assert table[1] == near(["0.3112", "0.3985", "0.2635"])
    assert table[4] == near(["0.0921", "0.0673", "0.1033"])
    assert table[15] == near(["0.0278", "0.5828", "3.8773"])
    assert np.mean((NEW.y_true - NEW.y) ** 2) == near("0.0906")
    assert pytest.approx(NOISE) == SAMPLE.noise**2


def test_degrees_on_our_rows_and_on_fresh_ones(lesson):
    rng = np.random.RandomState(0)
    first = rng.permutation(40)
    for table, x, y in (
        (lesson["same_rows"], SAMPLE.x[first], SAMPLE.y[first]),
        (lesson["fresh_rows"], *(getattr(data.noisy_sine(seed=1000), name) for name in "xy")),
    ):
        for degree in (0, 3, 12):
            W = least_squares(x[TRAIN], y[TRAIN], degree)
            want = [mse(W, x[rows], y[rows]) for rows in (TRAIN, VAL)]
            assert table[0][degree] == pytest.approx(want, rel=1e-5)
    for table, wins_of_ten in ((lesson["same_rows"], 16), (lesson["fresh_rows"], 5)):
        table = np.array(table)  # (100, 13, 2)
        assert (np.diff(table[..., 0], axis=1) < 1e-12).all(), "training only falls"
        medians = np.median(table[..., 1], axis=0)
        assert medians.argmin() == 3
        assert medians[0] > 2 * medians[3] < medians[12]
        assert (table[..., 1].argmin(axis=1) == 10).sum() == wins_of_ten


def test_bias_and_variance_at_a_place(lesson):
    place = 0.3
    truth = 3 * place + np.sin(6 * place) + 1
    at = {}
    for degree, fits in lesson["many"].items():
        sample = data.noisy_sine(30, seed=5)
        assert fits[5] == pytest.approx(least_squares(sample.x, sample.y, degree), rel=1e-4)
        at[degree] = np.polynomial.legendre.legval(2 * place - 1, np.array(fits).T)
    assert (at[1].mean() - truth, at[1].std()) == (near("-0.53"), near("0.12"))
    assert (at[15].mean() - truth, at[15].std()) == (pytest.approx(0, abs=0.005), near("0.41"))


def test_the_loss_on_new_points_is_the_sum_of_three_parts():
    place, samples = 0.3, [data.noisy_sine(30, seed=seed) for seed in range(3000, 3300)]
    truth, rng = 3 * place + np.sin(6 * place) + 1, np.random.RandomState(1)
    for degree in (1, 3, 6):
        heights = np.array(
            [
                np.polynomial.legendre.legval(2 * place - 1, least_squares(s.x, s.y, degree))
                for s in samples
            ]
        )
        new = truth + 0.3 * rng.randn(300, 400)
        parts = NOISE + (heights.mean() - truth) ** 2 + heights.var()
        assert np.mean((heights[:, None] - new) ** 2) == pytest.approx(parts, rel=0.01)


def test_the_winner_on_ten_rows_flatters_and_five_folds_flatter_less(lesson):
    ten, folds = (np.median(lesson[name], axis=0) for name in ("ten", "folds"))
    assert ten.tolist() == near(["0.0870", "0.1106"])
    assert folds.tolist() == near(["0.0978", "0.1049"])
    forty = data.noisy_sine(seed=2000)
    x, y, turn = forty.x, forty.y, np.arange(40) % 5
    five = [
        np.mean(
            [
                mse(least_squares(x[turn != k], y[turn != k], degree), x[turn == k], y[turn == k])
                for k in range(5)
            ]
        )
        for degree in range(13)
    ]
    refit = least_squares(x, y, int(np.argmin(five)))
    assert lesson["folds"][0] == pytest.approx((min(five), mse(refit, NEW.x, NEW.y)), rel=1e-6)


def report(sample, degree, n_val, seed):
    """Return the mean training loss, five validation losses and the median loss on new points."""
    rng, later, rows = np.random.RandomState(seed), data.noisy_sine(1000, seed=9), []
    x, y = sample
    for _ in range(5):
        order = rng.permutation(len(x))
        val, train = order[:n_val], order[n_val:]
        W = least_squares(x[train], y[train], degree)
        rows.append([mse(W, x[train], y[train]), mse(W, x[val], y[val]), mse(W, later.x, later.y)])
    rows = np.array(rows)
    return [rows[:, 0].mean(), *rows[:, 1], np.median(rows[:, 2])]


def near_copies():
    first, rng = data.noisy_sine(20, seed=7), np.random.RandomState(3)
    x = [first.x, first.x + 0.002 * rng.rand(20), first.x - 0.002 * rng.rand(20)]
    y = [first.y, first.y + 0.03 * rng.randn(20), first.y + 0.03 * rng.randn(20)]
    return np.clip(np.concatenate(x), 0, 1), np.concatenate(y)


def test_the_four_reports_of_the_exercise_are_real_ones():
    forty = data.noisy_sine(40, seed=7)
    text = "\n".join(cell.source for cell in read_notebook(LESSON).cells)
    shown = {line[0]: line[1:].split() for line in re.findall(r"(?m)^[ABCD]  +\d.*$", text)}
    real = {
        "A": report(near_copies(), 10, 15, seed=4),
        "B": report((forty.x, forty.y), 1, 10, seed=2),
        "C": report((forty.x, forty.y), 3, 3, seed=3),
        "D": report((forty.x, forty.y), 12, 10, seed=3),
    }
    for letter, row in real.items():
        for number, written in zip(row, shown[letter], strict=True):
            assert number == pytest.approx(float(written), abs=0.0051, rel=0.01), letter


def test_three_ways_on_the_same_rows(lesson):
    A, y, lr = A15, SAMPLE.y[TRAIN], lesson["lr"]
    gradient = lambda W: 2 / 30 * A.T @ (A @ W - y)  # noqa: E731
    for d, W in zip(lesson["decays"], lesson["ways"]["weight decay"], strict=True):
        assert gradient(W) + d * W == pytest.approx(np.zeros(16), abs=2e-5 * abs(W).max())
    W = np.zeros(16)
    for k in range(31):
        assert lesson["ways"]["epoch"][k] == pytest.approx(W, abs=1e-9)
        W = W - lr * gradient(W)
    chosen = {}
    for name, fits in lesson["ways"].items():
        losses = [mse(W, SAMPLE.x[VAL], SAMPLE.y[VAL]) for W in fits]
        best = int(np.argmin(losses))
        chosen[name] = best, losses[best], mse(fits[best], NEW.x, NEW.y)
    assert chosen["degree"] == (4, near("0.0673"), near("0.1033"))
    assert lesson["decays"][chosen["weight decay"][0]] == 0.05
    assert chosen["weight decay"][2] == near("0.1436")
    assert chosen["epoch"] == (18, near("0.1410"), near("0.1211"))


def test_pytorch_decays_as_the_picture_does(lesson):
    """`weight_decay=d` rests where the gradient and d·W cancel, for SGD and for Adam."""
    A, y = torch.from_numpy(A15), torch.from_numpy(SAMPLE.y[TRAIN])
    k = 2  # a decay of 0.2
    for maker, n_epochs in ((torch.optim.SGD, 90), (torch.optim.Adam, 800)):
        W = torch.zeros(16, dtype=torch.float64, requires_grad=True)
        optimizer = maker([W], lr=0.4 if n_epochs == 90 else 0.02, weight_decay=lesson["decays"][k])
        for _ in range(n_epochs):
            optimizer.zero_grad()
            ((A @ W - y) ** 2).mean().backward()
            optimizer.step()
        assert W.detach().numpy() == pytest.approx(lesson["ways"]["weight decay"][k], abs=1e-4)


def test_early_stopping_keeps_its_best_only_as_a_copy(lesson):
    assert lesson["best_epoch"] == 18
    assert read_output(LESSON, "careless = model.state_dict()").splitlines() == [
        "stopped at 68; best epoch 18, loss 0.1410"
    ]
    printed = read_output(LESSON, '("careless", careless)').split()
    assert printed == ["careless", "0.1970", "best", "0.1410"]
    best = lesson["best"]["weight"].numpy()[0]
    assert best == pytest.approx(lesson["ways"]["epoch"][18], abs=1e-9)
    assert mse(lesson["ways"]["epoch"][68], SAMPLE.x[VAL], SAMPLE.y[VAL]) == near("0.1970")


def test_a_neighbour_is_unmasked_by_whole_regions_only(lesson):
    table = read_output(LESSON, "fruit_yields_repeated()")
    random, by_region = np.array(numbers(table)).reshape(2, 5, 2)  # kind, fold, model
    (line, near_one), (line_by_region, near_by_region) = random.T, by_region.T
    assert (near_one < line).sum() == 4
    assert line.max() < 3
    assert near_by_region.min() == near("218.3")
    assert sorted(line_by_region)[-2] < 2
    assert line_by_region.argmax() == 2  # region 3
    rain = data.fruit_yields().x[:, 1]
    assert rain.argmax() == 2
    assert rain[2] > 1.35 * np.delete(rain, 2).max()


def test_the_ranking_on_a_hundred_samples(lesson):
    degree, decay, stopped, wild = np.array(lesson["fresh"]).T
    medians = [np.median(losses) for losses in (degree, decay, stopped)]
    assert medians == near(["0.112", "0.162", "0.155"])
    assert [(losses > 1).sum() for losses in (degree, decay, stopped)] == [5, 0, 0]
    assert np.median(wild) > 100


def test_learning_curve_over_n(lesson):
    sizes = np.array(lesson["sizes"])
    (line, _), (four, worth), (twelve, _) = (
        np.mean(lesson["results"][degree], axis=1) for degree in (1, 4, 12)
    )
    assert four == pytest.approx(NOISE * (1 - 5 / sizes), rel=0.08)
    assert twelve[1:] == pytest.approx(NOISE * (1 - 13 / sizes[1:]), rel=0.12)
    assert twelve[0] < 1e-9
    assert line.min() > 2 * NOISE
    assert worth[-1] < 1.15 * NOISE


def test_weight_decay_takes_the_bias_too_unless_it_is_grouped():
    printed = np.array(numbers(read_output(LESSON, "makers = [torch.optim.SGD")))
    free, weight, sgd, adam, adamw = printed.reshape(5, 2)
    line = data.integer_noise_line()
    w, b = np.polyfit((line.x.ravel() - 25.5) / line.x.std(), line.y.ravel().astype(float), 1)
    assert free == pytest.approx([w, b], abs=0.0051)
    assert weight == pytest.approx([0.8 * w, b], abs=0.0051)
    assert sgd == pytest.approx([0.8 * w, 0.8 * b], abs=0.0051)
    assert adam.tolist() == sgd.tolist()
    assert adamw.tolist() == [2.0, 2.0]


def test_a_best_at_the_edge_is_not_the_best():
    first, second = read_output(LESSON, "best_params_: the winner").splitlines()
    assert numbers(first) == [1.0, near("0.2907"), near("0.1725")]
    assert numbers(second) == [0.001, near("0.2018"), near("0.1009")]
    pipeline = make_pipeline(
        PolynomialFeatures(15, include_bias=False), StandardScaler(), Ridge(alpha=1.0)
    ).fit(SAMPLE.x[TRAIN, None], SAMPLE.y[TRAIN])
    loss = np.mean((pipeline.predict(NEW.x[:, None]) - NEW.y) ** 2)
    assert loss == near("0.1725")


def test_early_stopping_and_weight_decay_keep_alike_shares(lesson):
    stopped, decayed = lesson["kept"].values()
    lr = lesson["lr"]
    curvatures, V = np.linalg.eigh(2 / 30 * A15.T @ A15)
    assert lesson["d"] == pytest.approx(1 / (lr * 18))
    best = V.T @ lesson["fits"][15]
    assert stopped * best == pytest.approx(V.T @ lesson["ways"]["epoch"][18], abs=1e-6)
    assert decayed == pytest.approx(curvatures / (curvatures + lesson["d"]))
    assert ((stopped > 0.5).sum(), (decayed > 0.5).sum()) == (9, 8)
    assert stopped.max() > decayed.max()


def test_far_beyond_the_rows_the_loss_falls_again():
    rows = read_output(LESSON, "for n_columns in").splitlines()[1:]
    table = {int(row.split()[0]): row.split(maxsplit=1)[1].strip() for row in rows}
    assert table[30] == table[60] == "over 10"
    assert float(table[4]) < float(table[400]) < float(table[100]) < float(table[15])


def test_the_sweep_marks_the_prediction_and_the_lowest_median():
    table = np.ones((4, 3, 2)) * [[[1.0, 3.0], [0.5, 1.0], [0.2, 2.0]]]
    table[3, :, 1] = [3.0, 2.0, 1.0]
    axs = Figure().subplot_mosaic([["s0", "s1"], ["b0", "b1"]])
    caption = plots.degree_sweep(table, table[:3], 0.3, prediction=2, axs=axs)
    assert caption == (
        "Lowest median validation loss: left degree 1, 1.0000, right degree 1, 1.0000; degree 2 is "
        "the best 1 times on the left, 0 on the right. You predicted 2; it is 1."
    )
    for side, wins in (("0", [0, 3, 1]), ("1", [0, 3, 0])):
        labels = {line.get_label(): line for line in axs[f"s{side}"].lines}
        assert labels["lowest median"].get_xydata().tolist() == [[1, 1]]
        assert set(labels["your prediction"].get_xdata()) == {2}
        assert set(labels["irreducible error"].get_ydata()) == {0.3**2}
        assert [bar.get_height() for bar in axs[f"b{side}"].patches] == wins
    assert axs["s1"].get_title() == "3 samples of 40 fresh points"


def test_the_band_holds_the_middle_four_fifths():
    table = np.ones((11, 2, 2)) * np.arange(1, 12).reshape(-1, 1, 1)
    axs = Figure().subplot_mosaic([["s0", "s1"], ["b0", "b1"]])
    plots.degree_sweep(table, table, 0.3, axs=axs)
    for band in axs["s0"].collections:
        assert set(band.get_paths()[0].vertices[:, 1]) == {2.0, 10.0}


def test_three_ways_draws_each_way_and_stars_what_the_validation_rows_choose():
    x = SAMPLE.x[TRAIN]
    fits = [least_squares(x, SAMPLE.y[TRAIN], degree) for degree in (0, 1, 3, 15)]
    ways = {"degree": fits, "weight decay": fits[:3], "epoch": fits}
    axs = Figure().subplot_mosaic([["k0", "k1", "k2"], ["c0", "c1", "c2"]])
    arguments = SAMPLE, VAL, NEW, ways, [1.0, 0.1, 0.01]
    val = mse(fits[2], SAMPLE.x[VAL], SAMPLE.y[VAL])
    assert plots.three_ways(*arguments, prediction=3, axs=axs) == (
        f"Lowest validation loss: degree 2, {val:.4f}; weight decay 0.01, {val:.4f}; "
        f"epoch 2, {val:.4f}. You predicted 3; it is 2."
    )
    worth = f"{mse(fits[2], NEW.x, NEW.y):.4f}"
    assert plots.chosen_fits(*arguments, axs=axs) == (
        f"Chosen by validation, and its loss on new points: degree 2, {worth}; weight decay 0.01, "
        f"{worth}; epoch 2, {worth}."
    )
    for k, setting in enumerate((2, 0.01, 2)):
        labels = {line.get_label(): line for line in axs[f"k{k}"].lines}
        star = labels["lowest validation loss"].get_xydata()
        assert star == pytest.approx(np.array([[setting, val]]))
        assert labels["training"].get_ydata()[-1] == pytest.approx(
            mse(ways[list(ways)[k]][-1], x, SAMPLE.y[TRAIN])
        )
        curves = {line.get_label(): line for line in axs[f"c{k}"].lines}
        chosen, wild = curves["chosen"].get_ydata(), curves["degree 15"].get_ydata()
        grid = curves["chosen"].get_xdata()
        assert chosen == pytest.approx(np.polynomial.legendre.legval(2 * grid - 1, fits[2]))
        assert wild == pytest.approx(np.polynomial.legendre.legval(2 * grid - 1, fits[3]))
    assert axs["k1"].xaxis_inverted()
    assert axs["k2"].lines[0].get_xdata()[0] == 1, "no epoch 0 on a logarithmic axis"


def test_many_fits_shows_their_middle_and_tells_bias_and_spread():
    axs = Figure().subplot_mosaic([["m0", "m1"]])
    lines = np.array([[1.0, 0.0], [3.0, 0.0], [8.0, 0.0]])
    caption = plots.many_fits({1: lines, 0: lines[:, :1]}, 0.0, 0.3, axs=axs)
    told = "3.000, 2.944 and 17.757"  # truth 1; mean of 1, 3 and 8: 4; 0.09 + 9 + 8.667
    assert caption == (
        "At x = 0, mean minus truth, standard deviation of the fits, and loss on new points: "
        f"degree 1 {told}; degree 0 {told}."
    )
    middle = next(line for line in axs["m0"].lines if line.get_label() == "their median")
    assert set(middle.get_ydata()) == {3.0}


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (
            lambda: plots.three_fits(SAMPLE, TRAIN, VAL, NEW, {1: [1, 2]}),
            "fits must hold three degrees",
        ),
        (
            lambda: plots.degree_sweep(np.ones((5, 3)), np.ones((5, 2, 2)), 0.3),
            r"same_rows must have shape \(repeats, degrees, 2\), but has shape \(5, 3\)",
        ),
        (
            lambda: plots.degree_sweep(np.ones((5, 3, 2)), np.ones((5, 2, 2)), 0.3),
            "must hold as many degrees, but hold 3 and 2",
        ),
        (
            lambda: plots.degree_sweep(np.ones((5, 2, 2)), np.ones((5, 2, 2)), 0),
            "noise must be positive",
        ),
        (lambda: plots.many_fits({1: [[1, 2]]}, 0.3, 0.3), "fits must hold two degrees"),
        (
            lambda: plots.three_ways(SAMPLE, VAL, NEW, {"degree": [[1.0]]}, [1.0]),
            "ways must hold degree, weight decay and epoch",
        ),
        (
            lambda: plots.chosen_fits(SAMPLE, VAL, NEW, {"degree": [[1.0]]}, [1.0]),
            "ways must hold degree, weight decay and epoch",
        ),
        (lambda: plots.losses_by_size([10, 20], {1: ([[1, 1]], [[1, 1]])}, 0.3), "three degrees"),
        (lambda: plots.kept_shares([0.1, 1.0], {"a": [1.0, 0.5]}), "two fits"),
    ],
)
def test_pictures_refuse_bad_input(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
