"""A real data set: its claims, on code of its own and against scikit-learn."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score, root_mean_squared_error
from torch import nn

from course_utils import descent, plots
from course_utils.checks import real_data
from tests.support.lessons import exercises, one_line, read_notebook, read_output, run_cell

LESSON = "a_real_data_set"
X, Y = load_diabetes(return_X_y=True, scaled=False)


def parts(seed):
    """Return the row numbers of the three parts."""
    return np.split(np.random.RandomState(seed).permutation(442), [266, 354])


def by_line(seed, columns=range(10)):
    """Return scikit-learn's predictions for all rows."""
    train, columns = parts(seed)[0], list(columns)
    return LinearRegression().fit(X[train][:, columns], Y[train]).predict(X[:, columns])


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def by_network(seed, rows=None):
    """Return the best epoch and the stopped network's predictions; the scale is that of `rows`."""
    train, val, _ = parts(seed)
    rows = train if rows is None else rows
    z = torch.from_numpy((X - X[rows].mean(0)) / X[rows].std(0))
    t = torch.from_numpy((Y - Y[train].mean()) / Y[train].std())[:, None]
    torch.manual_seed(seed)
    layers = nn.Linear(10, 16), nn.Linear(16, 1)
    parameters = [p.detach().double().requires_grad_() for k in layers for p in k.parameters()]

    def predict(rows):
        w1, b1, w2, b2 = parameters
        return torch.tanh(z[rows] @ w1.T + b1) @ w2.T + b2

    adam, rng = torch.optim.Adam(parameters, lr=0.01), np.random.RandomState(seed)
    val_losses, kept = [], []
    while len(val_losses) < 15 or min(val_losses[-15:]) < min([*val_losses[:-15], np.inf]):
        with torch.no_grad():
            val_losses.append(((predict(val) - t[val]) ** 2).mean().item())
            kept.append(predict(range(442)).numpy().ravel())
        order = rng.permutation(train)
        for batch in np.split(order, range(32, 266, 32)):
            adam.zero_grad()
            ((predict(batch) - t[batch]) ** 2).mean().backward()
            adam.step()
    best = int(np.argmin(val_losses))
    return best, Y[train].mean() + Y[train].std() * kept[best]


@pytest.fixture(scope="module")
def eight():
    """Return the test RMSEs of baseline, line and network, of shape (8, 3), and the networks'."""
    rows, networks = [], [by_network(seed) for seed in range(8)]
    for seed, (_, network) in enumerate(networks):
        train, _, test = parts(seed)
        guesses = np.full(442, Y[train].mean()), by_line(seed), network
        rows.append([root_mean_squared_error(Y[test], guess[test]) for guess in guesses])
    return np.array(rows), networks


@pytest.fixture
def text():
    return " ".join("\n".join(cell.source for cell in read_notebook(LESSON).cells).split())


def numbers(text):
    """Return the numbers in a text, with either minus."""
    return [float(n) for n in re.findall(r"[-+]?\d+(?:\.\d+)?", text.replace("−", "-"))]


def test_the_picture_shows_only_training_rows():
    caption = read_output(LESSON, "plots.ten_inputs(")
    train = parts(0)[0]
    low, high = Y[train].min(), Y[train].max()
    assert caption == (
        f"266 training rows. The target runs from {low:.0f} to {high:.0f} points, with mean "
        f"{Y[train].mean():.1f} and standard deviation {Y[train].std():.1f}.\n"
    )
    assert (low, high) != (Y.min(), Y.max())


def test_the_baseline_is_the_training_mean():
    train, val, _ = parts(0)
    output = read_output(LESSON, "def rmse(residuals)")
    for name, rows in (("training", train), ("validation", val)):
        guess = np.full(len(rows), Y[train].mean())
        error, score = root_mean_squared_error(Y[rows], guess), r2_score(Y[rows], guess)
        assert f"{name:10} {error:.2f} points, R² = {score:.4f}\n" in output
    errors = [np.std(Y[train]), root_mean_squared_error(Y[val], np.full(88, Y[train].mean()))]
    assert errors[1] - errors[0] == pytest.approx(2, abs=0.5), "two points"


def test_the_loop_ends_at_scikit_learns_line():
    train, val, _ = parts(0)
    rows = re.findall(r"(\w+) +(\S+) points +scikit-learn (\S+) +R² = (\S+)", _line_output())
    for (_, ours, theirs, score), part in zip(rows, (train, val), strict=True):
        error = root_mean_squared_error(Y[part], by_line(0)[part])
        assert [float(ours), float(theirs)] == pytest.approx([error, error], abs=0.006)
        assert float(score) == pytest.approx(r2_score(Y[part], by_line(0)[part]), abs=0.006)


def _line_output():
    return read_output(LESSON, "library_residuals = library_line")


def test_the_test_rows_are_asked_once(eight):
    scores, networks = eight
    test = parts(0)[2]
    output = read_output(LESSON, '("baseline", y[train].mean() - y[test])')
    for name, error in zip(("baseline", "line", "network"), scores[0], strict=True):
        assert f"{name:8}  {error:.2f} points" in output
    best, guess = networks[0]
    assert f"R² = {r2_score(Y[test], guess[test]):.2f}\n" in output
    assert f"193 parameters; best epoch {best}: " in read_output(LESSON, "def train_network")
    within = (np.abs(guess - Y)[test] <= scores[0, 2]).sum()
    picture = read_output(LESSON, "plots.residuals_by_prediction")
    assert f"{within} of 88 rows lie within it" in picture
    assert within / 88 == pytest.approx(2 / 3, abs=0.02), "two of three"
    sources = [c.source for c in read_notebook(LESSON).cells if c.cell_type == "code"]
    asked = [k for k, s in enumerate(sources) if re.search(r"[xyXY]\[test\]", s)]
    assert '("baseline", y[train].mean() - y[test])' in sources[asked[0]], "not before that cell"


def test_validation_rows_say_half_a_point_and_test_rows_more_than_one(eight):
    scores, networks = eight
    val = parts(0)[1]
    errors = [root_mean_squared_error(Y[val], y[val]) for y in (by_line(0), networks[0][1])]
    assert errors[0] - errors[1] == pytest.approx(0.5, abs=0.05)
    assert 1 < scores[0, 1] - scores[0, 2] < 2


def test_the_gain_of_eight_splits_may_be_luck(eight, text):
    scores, _ = eight
    gain = scores[:, 2] - scores[:, 1]
    error = np.sqrt(((gain - gain.mean()) ** 2).sum() / 7) / np.sqrt(8)
    output = read_output(LESSON, "def experiment(seed)")
    wins = (gain < 0).sum()
    assert output.startswith(
        f"Network minus line: mean {gain.mean():+.2f}, standard error {error:.2f}; below zero in "
        f"{wins} of 8 splits.\n"
    )
    words = "the line leads by a tenth of a point, with a standard error of two tenths"
    assert words in text, "test_on_sixty_splits computes it"
    assert wins == 6
    assert 0 < -gain.mean() < 2 * error
    assert scores.mean(axis=0).round(-0) == pytest.approx([80, 55, 55])
    assert "'To within about fifty-five points, for two patients in three.'" in text
    within = [np.abs(by_line(k) - Y)[parts(k)[2]] < 55 for k in range(8)]
    assert np.mean(within) == pytest.approx(2 / 3, abs=0.01)
    assert "the baseline has eighty" in text
    assert gain.std() < scores[:, 1].std(), "pairing takes out the split"


@pytest.mark.slow
def test_on_other_splits_a_scale_from_all_rows_costs_up_to_two_tenths():
    changes = []
    for seed in range(1, 5):
        test = parts(seed)[2]
        guesses = by_network(seed)[1], by_network(seed, np.arange(442))[1]
        clean, leaky = (root_mean_squared_error(Y[test], guess[test]) for guess in guesses)
        changes.append(leaky - clean)
    assert max(map(abs, changes)) == pytest.approx(0.2, abs=0.05)


@pytest.mark.slow
def test_on_sixty_splits_nothing_is_left_of_the_gain():
    gain = []
    for seed in range(60):
        test = parts(seed)[2]
        guesses = by_line(seed), by_network(seed)[1]
        line, network = (root_mean_squared_error(Y[test], guess[test]) for guess in guesses)
        gain.append(network - line)
    assert np.mean(gain) == pytest.approx(0.13, abs=0.006)
    assert np.std(gain, ddof=1) / 60**0.5 == pytest.approx(0.22, abs=0.006)


def test_luck_alone_goes_beyond_two_standard_errors_once_in_twelve_times():
    draws = np.random.RandomState(0).randn(200_000, 8)
    errors = draws.std(axis=1, ddof=1) / 8**0.5
    assert 1 / (np.abs(draws.mean(axis=1)) > 2 * errors).mean() == pytest.approx(12, abs=0.5)
    four = draws[:, :4].mean(axis=1).std()
    assert four == pytest.approx(draws[:, 0].std() / 2, rel=0.02)


def test_blanks_get_the_training_median_and_a_new_kind_is_zero_everywhere():
    assert read_output(LESSON, "csv.DictReader") == (
        "59 32.1 [0.0, 1.0]\n48 25.3 [1.0, 0.0]\n72 30.5 [0.0, 1.0]\n50 30.5 [0.0, 0.0]\n"
    )


def score_of_noise(seed, chosen):
    """Return R² on forty rows of noise, its columns chosen by correlation on the first rows."""
    rng = np.random.RandomState(seed)
    x, y = rng.randn(100, 2000), rng.randn(100)
    z = x[:chosen] - x[:chosen].mean(0)
    r = (y[:chosen] - y[:chosen].mean()) @ z / np.linalg.norm(z, axis=0)
    best = np.argsort(np.abs(r))[-15:]
    fit = LinearRegression().fit(x[:60, best], y[:60])
    return r2_score(y[60:], fit.predict(x[60:, best]))


def test_noise_scores_well_if_its_columns_are_chosen_before_the_split():
    first, inside = (np.array([score_of_noise(k, rows) for k in range(20)]) for rows in (100, 60))
    assert first.mean() == pytest.approx(0.39, abs=0.006)
    assert inside.mean() == pytest.approx(-0.42, abs=0.006)
    assert (first > inside).all()
    assert (first > 0).all()
    assert first.mean() / r2_score(Y[parts(0)[2]], by_line(0)[parts(0)[2]]) == pytest.approx(
        2 / 3, abs=0.02
    )
    output = read_output(LESSON, "plots.noise_scores(")
    assert output.startswith("Pure noise, 40 unseen rows each time: ")
    found = numbers(output.partition(":")[2].replace("R²", ""))
    ours = [f(scores) for scores in (first, inside) for f in (np.mean, np.min, np.max)]
    assert found == pytest.approx(ours, abs=0.006)


def test_the_reports_are_what_the_solution_says(text):
    reports = re.findall(r" (Nine splits|Sixteen hospitals).+?mean -([\d.]+),.+?s = (\d.\d)", text)
    for (rows, gain, s), (name, n, times) in zip(
        reports, (("Nine splits", 9, 1), ("Sixteen hospitals", 16, 3)), strict=True
    ):
        assert rows == name
        assert float(gain) / (float(s) / n**0.5) == pytest.approx(times)


def test_a_half_done_pipeline_is_not_done_yet():
    (exercise,) = (one for one in exercises(LESSON) if one.name == "predict_test")
    names = {"np": np, "descent": descent, "steepest": lambda x, y, k: [0, 1, 2]}
    for line in ("middle = np.nanmedian(x[train], axis=0)", "best = steepest(filled[train]"):
        part = next(row for row in exercise.solution.splitlines() if line in row)
        run_cell(
            exercise.solution.replace(part.strip(), part.strip().partition("=")[0] + "= ..."), names
        )
        assert ": not done yet." in one_line(real_data.predict_test, names["predict_test"])


def test_high_targets_are_predicted_too_low():
    tests = [parts(seed)[2] for seed in range(8)]
    guess = np.concatenate([by_line(k)[rows] for k, rows in enumerate(tests)])
    y = Y[np.concatenate(tests)]
    output = read_output(LESSON, "plots.residual_views(")
    fifths = np.array_split(np.argsort(y, kind="stable"), 5)
    ends = [(guess - y)[fifths[k]].mean() for k in (0, -1)]
    assert f"{ends[0]:+.1f} and {ends[1]:+.1f} along the target" in output
    assert ends[1] == pytest.approx(-59, abs=0.5)
    along = np.array_split(np.argsort(guess, kind="stable"), 5)
    errors = [root_mean_squared_error(y[rows], guess[rows]) for rows in along]
    assert numbers(re.search(r"\[(.+)\]", output)[1]) == pytest.approx(errors, abs=0.06)
    slope = np.polyfit(y, guess - y, 1)[0]
    assert f"slope over the target {slope:.2f}, R² {r2_score(y, guess):.2f}\n" in output
    assert -slope == pytest.approx(1 - r2_score(y, guess), abs=0.02), "close to 1 - R²"
    assert abs(np.polyfit(guess, guess - y, 1)[0]) < 0.05, "right on average at each prediction"


def test_s1_matters_by_two_measures_and_not_by_the_third():
    coefficients, left_out = [], []
    for seed in range(8):
        train, _, test = parts(seed)
        fit = LinearRegression().fit(X[train], Y[train])
        coefficients.append(fit.coef_ * X[train].std(0))
        rests = [[k for k in range(10) if k != one] for one in range(10)]
        errors = [
            root_mean_squared_error(Y[test], by_line(seed, rest)[test])
            for rest in [range(10), *rests]
        ]
        left_out.append(np.array(errors[1:]) - errors[0])
    coefficients, left_out = np.mean(coefficients, 0), np.mean(left_out, 0)
    assert np.abs(coefficients).argmax() == 4
    assert abs(left_out[4]) < 0.1
    assert left_out.argmax() == 2
    output = read_output(LESSON, "plots.input_importance(")
    largest = re.search(r"s1 (\S+), s1 (\S+), bmi (\S+);", output)
    assert float(largest[1]) == pytest.approx(coefficients[4], abs=0.06)
    assert float(largest[3]) == pytest.approx(left_out[2], abs=0.06)
    assert float(largest[2]) > 20
    assert f"correlation of s1 and s2: {np.corrcoef(X[:, 4], X[:, 5])[0, 1]:.2f}" in output
    network, line = numbers(read_output(LESSON, "shuffled[name]").replace("split 0: s1", ""))
    assert abs(network) < 1 < 20 < line


def test_a_scale_from_all_rows_changes_the_network_a_little(eight):
    scores, _ = eight
    test = parts(0)[2]
    leaky = root_mean_squared_error(Y[test], by_network(0, np.arange(442))[1][test])
    output = read_output(LESSON, "range(442)")
    lines = re.findall(r"line ([\d.]+)  network ([\d.]+)", output)
    assert [float(line) for line, _ in lines] == pytest.approx([scores[0, 1]] * 2, abs=1e-6)
    assert [float(n) for _, n in lines] == pytest.approx([scores[0, 2], leaky], abs=0.006)
    assert 0.005 < abs(leaky - scores[0, 2]) < 0.1


def test_only_some_operations_refuse_another_type_or_device():
    output = read_output(LESSON, 'to("meta")')
    assert "all on {'meta'}" in output
    assert "times a meta tensor: meta" in output
    assert "loss of float32 and float64: torch.float64" in output
    assert output.count("RuntimeError: ") == 2
    wide, narrow = torch.zeros(3, dtype=torch.float64), torch.zeros(3)
    assert (wide + narrow).dtype == (wide * narrow).dtype == torch.float64
    with pytest.raises(RuntimeError):
        torch.zeros(3, device="meta") + torch.zeros(3)


def test_the_pictures_mark_what_was_typed():
    axs = Figure().subplot_mosaic([["rmse", "gain"]])
    words = plots.paired_gain([9, 8], [5.0, 6.0], [4.0, 6.5], "m", prediction=-1, axs=axs)
    assert words == (
        "Network minus line: mean -0.25, standard error 0.75; below zero in 1 of 2 splits. "
        "You predicted -1; it is -0.25."
    )
    labels = [label.get_text() for label in axs["gain"].get_legend().get_texts()]
    assert labels == ["their mean ± two standard errors", "your prediction"]
    axs = Figure().subplot_mosaic([["before", "inside", "scores"]])
    pairs = [([1.0, 2.0], [1.0, 3.0])], [([2.0, 1.0], [1.0, 3.0])]
    words = plots.noise_scores(*pairs, prediction=0, axs=axs)
    assert words == (
        "Pure noise, 2 unseen rows each time: chosen before the split, mean R² 0.50, from 0.50 to "
        "0.50; chosen inside training, mean R² −1.50, from −1.50 to −1.50. You predicted 0; "
        "it is 0.5."
    )


def test_the_band_is_one_rmse():
    ax = Figure().subplots()
    words = plots.residuals_by_prediction([3.0, -3.0, 1.0, -1.0], [0.0, 1, 2, 3], "m", ax=ax)
    assert words == "RMSE 2.2 m; 2 of 4 rows lie within it; the residuals run from -3 to +3."
    assert list(ax.lines[-1].get_xdata()) == [3, -2, 3, 2]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.ten_inputs([[1] * 10], [1], [("a", "b")], "m"), "names must hold ten pairs"),
        (lambda: plots.ten_inputs([[1] * 9], [1], [], "m"), r"x must have shape \(n, 10\)"),
        (lambda: plots.paired_gain([1], [2], [3], "m"), "at least 2 splits"),
        (lambda: plots.paired_gain([1, 2], [2], [3, 3], "m"), "line must have 2 rows"),
        (lambda: plots.noise_scores([[1, 2, 3]], [], 0), r"before must hold pairs \(predictions"),
        (lambda: plots.residual_views([1, 2], [1, 2], "points"), "at least 5 rows"),
        (lambda: plots.input_importance(["a"], {}, "points"), "views must hold three measures"),
    ],
)
def test_a_picture_names_bad_input(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
