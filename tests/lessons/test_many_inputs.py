"""Many inputs, many outputs: its published figures, from its own code, and its claims."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, plots
from tests.support.lessons import read_notebook, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "many_inputs_many_outputs"

# The rows once more, typed from the syllabus, as the oracle of everything below.
X = np.array([[73, 67, 43], [91, 88, 64], [87, 134, 58], [102, 43, 37], [69, 96, 70]], dtype=float)
Y = np.array([[56, 70], [81, 101], [119, 133], [22, 37], [103, 119]], dtype=float)
A = np.hstack([X, np.ones((5, 1))])
START = np.array([[-0.8474, 0.3555], [1.0004, 1.1560], [0.9559, 0.3668], [0.2883, -0.1208]])


def descend(A, Y, p, lr, n_epochs):
    """Gradient descent in plain NumPy: the losses and the last parameters."""
    losses = []
    for _ in range(n_epochs):
        errors = A @ p - Y
        losses.append((errors**2).mean())
        p = p - lr * 2 / Y.size * A.T @ errors
    return [*losses, ((A @ p - Y) ** 2).mean()], p


def to_p(w, b):
    return np.vstack([w.detach().numpy().T, b.detach().numpy()])


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


@pytest.mark.parametrize(
    ("epoch", "published", "ours"),
    [(0, 1779.40, "1779.116"), (2, 874.39, "874.271"), (102, 52.17, "52.174")],
)
def test_published_losses(lesson, epoch, published, ours):
    assert lesson["losses"][epoch] == near(ours)
    assert lesson["losses"][epoch] == pytest.approx(published, rel=2e-4)
    table = re.findall(r"\d+\.\d{3}", read_output(LESSON, "n_epochs=102"))
    assert any(float(loss) == near(ours) for loss in table)


def test_losses_are_those_of_plain_numpy(lesson):
    losses, p = descend(A, Y, START, 1e-5, 102)
    assert len(lesson["losses"]) == 103
    assert lesson["losses"] == near(losses)
    assert lesson["fit"].detach().numpy() == near(p)


def test_rounded_start_explains_the_published_first_loss(lesson):
    reach = lesson["reach"].item()
    assert reach == near("0.746")
    assert abs(1779.40 - lesson["losses"][0]) < reach
    rng = np.random.RandomState(0)
    shifts = rng.choice([-5e-5, 5e-5], size=(2000, *START.shape))
    moved = ((A @ (START + shifts) - Y) ** 2).mean(axis=(1, 2)) - ((A @ START - Y) ** 2).mean()
    assert 0.9 * reach < np.abs(moved).max() <= reach + 1e-3


def test_a_matrix_product_is_the_sums_by_hand(lesson):
    w, b = lesson["start"]()
    by_hand = [
        [sum(X[i, k] * w[j, k].item() for k in range(3)) + b[j].item() for j in range(2)]
        for i in range(5)
    ]
    assert lesson["model"](lesson["x"], w, b).detach().numpy() == near(by_hand)
    assert lesson["y_start"].shape == (5, 2)


@pytest.mark.parametrize("shape", [(6, 4, 3), (5, 2, 2), (3, 1, 5)])
def test_gradient_in_matrix_form(lesson, shape):
    n, d, m = shape
    generator = torch.Generator().manual_seed(1)
    x, y, w, b = (
        torch.randn(*size, generator=generator, dtype=torch.float64)
        for size in ((n, d), (n, m), (m, d), (m,))
    )
    w.requires_grad_(), b.requires_grad_()
    lesson["mse"](lesson["model"](x, w, b), y).backward()
    error = (x @ w.T + b - y).detach()
    torch.testing.assert_close(w.grad, 2 / (n * m) * error.T @ x)
    torch.testing.assert_close(b.grad, 2 / (n * m) * error.sum(dim=0))


def test_summing_over_outputs_first_is_twice_the_loss(lesson):
    assert lesson["squares"].sum(dim=1).mean().item() == near(2 * 1779.1155)
    means = (lesson["apples"].item(), lesson["oranges"].item())
    assert means == near(((A @ START - Y) ** 2).mean(axis=0))
    assert np.mean(means) == near(1779.1155)


def test_loud_errors_and_their_text(lesson):
    w, _ = lesson["start"]()
    shapes = r"mat1 and mat2 shapes cannot be multiplied \(5x3 and 2x3\)"
    with pytest.raises(RuntimeError, match=shapes):
        lesson["x"] @ w
    with pytest.raises(RuntimeError, match="have the same dtype, but got: double != float"):
        lesson["x"].double() @ w.T
    output = read_output(LESSON, "for slip in")
    assert output.count("RuntimeError: ") == 2
    assert "(5x3 and 2x3)" in output
    assert "double != float" in output


def test_square_weights_hide_a_forgotten_transpose(lesson):
    right, wrong = lesson["x_two"] @ lesson["w_two"].T, lesson["x_two"] @ lesson["w_two"]
    assert right.shape == wrong.shape == (5, 2)
    assert (right - wrong).abs().min() > 1


def test_a_bias_for_each_region_trains_without_an_error(lesson):
    w, _ = lesson["start"]()
    b = torch.zeros(5, 1, requires_grad=True)
    losses = lesson["train"](w, b, lesson["x"], lesson["y"], 1e-5, 102)
    assert losses[-1] < 60 < losses[0]
    assert lesson["model"](lesson["x"][:1], w, b).shape == (5, 2)


def test_stale_report_shows_the_old_loss():
    stale, fresh = read_output(LESSON, "def step(").splitlines()
    assert float(stale.split()[-1]) == near("1779.116")
    assert float(fresh.split()[-1]) == near("1238.784")


def test_stale_descent_stops_or_walks_on_with_the_first_gradient(lesson, capsys):
    run = lesson["stale_descent"]
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        run(*lesson["start"](), lesson["x"], lesson["y"], 1e-5, 3)
    capsys.readouterr()
    run(*lesson["start"](), lesson["x"], lesson["y"], 1e-5, 21, retain_graph=True)
    slope = 2 / 10 * A.T @ (A @ START - Y)
    for line, epoch in zip(capsys.readouterr().out.splitlines(), (0, 5, 10, 15, 20), strict=True):
        true_loss = ((A @ (START - epoch * 1e-5 * slope) - Y) ** 2).mean()
        assert float(re.search(r"reported loss ([\d.]+)", line)[1]) == near("1779.12")
        assert float(line.split()[-1]) == near(true_loss)


def test_numbers_of_the_syllabus(lesson):
    raw, standard = lesson["bowl"], lesson["bowl_standard"]
    singular = np.linalg.svd(A, compute_uv=False)
    assert (singular[0] / singular[-1]) ** 2 == pytest.approx(raw.condition_number)
    assert f"{raw.condition_number:.3g}" == "2.19e+06"
    assert f"{raw.max_lr:.4g}" == "0.0001117"
    assert f"{standard.condition_number:.3g}" == "6.95"
    assert 0.49 < 0.5 / standard.max_lr < 0.5
    least = np.linalg.lstsq(A, Y)[1].sum() / 10
    assert least == near("0.483")
    assert lesson["losses_standard"][-1] == near(least)


@pytest.mark.parametrize(("share", "converges"), [(0.99, True), (1.01, False)])
def test_the_limit_divides_falling_from_exploding(lesson, share, converges):
    losses, _ = descend(A, Y, START, share * lesson["bowl"].max_lr, 2000)
    assert (losses[-1] < losses[0]) == converges


def test_no_parameter_has_converged_on_raw_inputs_and_all_on_standardised(lesson):
    assert read_output(LESSON, "plots.predictions_against_targets").count(" NO") == 8
    assert read_output(LESSON, "fit_standard = ").count(" yes") == 8
    assert read_output(LESSON, "w_back = ").count(" yes") == 8


def test_half_of_the_flattest_axis_takes_eight_million_epochs(lesson):
    bowl = lesson["bowl"]
    after = bowl.after(8_461_000, START, 1e-5)
    away = bowl.eigenvectors[:, 0] @ (np.stack([START, after]) - bowl.minimizer)
    np.testing.assert_allclose(away[1] / away[0], 0.5, rtol=1e-3)
    weights = lesson["axis"][:3]
    assert lesson["axis"][3] == 1
    assert np.abs(weights).max() < 0.01


def test_outputs_do_not_meet(lesson):
    """All second derivatives across outputs are zero, and one output alone takes the same path."""

    def loss(p):
        return lesson["mse"](torch.tensor(A) @ p.reshape(4, 2), torch.tensor(Y))

    full = torch.autograd.functional.hessian(loss, torch.tensor(START).ravel())
    full = full.reshape(4, 2, 4, 2)
    assert full[:, 0, :, 1].abs().max() == 0
    for j in (0, 1):
        np.testing.assert_allclose(full[:, j, :, j], lesson["bowl"].hessian, rtol=1e-12)
    _, both = descend(A, Y, START, 1e-5, 50)
    # Alone the mean goes over half as many errors, so half the learning rate is the same step.
    _, apples = descend(A, Y[:, :1], START[:, :1], 0.5e-5, 50)
    assert both[:, :1] == near(apples)


def test_standardised_columns_and_their_correlation(lesson):
    columns = lesson["x_standard"].numpy()
    np.testing.assert_allclose(columns.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((columns**2).mean(axis=0), 1, rtol=1e-12)
    assert lesson["together"].item() == pytest.approx(np.corrcoef(X.T)[1, 2], rel=1e-12)


def test_standardised_run_passes_the_raw_one_after_four_epochs(lesson):
    raw, standard = lesson["losses"], lesson["losses_standard"]
    assert standard[0] > 4 * raw[0]
    assert standard[3] > raw[-1] > standard[4]


def test_standardised_bias_is_the_mean_yield(lesson):
    assert lesson["b_standard"].detach().numpy() == near(Y.mean(axis=0))
    assert (lesson["w_standard"].abs().argmax(dim=1) == 1).all(), "rainfall counts most"


def test_weights_in_original_units_are_least_squares(lesson):
    p = to_p(lesson["w_back"], lesson["b_back"])
    assert p == near(np.linalg.lstsq(A, Y)[0])
    assert A @ p == near(lesson["from_standard"].detach().numpy())


def test_prediction_for_a_new_region(lesson):
    want = np.array([75, 63, 44, 1]) @ np.linalg.lstsq(A, Y)[0]
    raw, standard, forgot = (p.detach().numpy()[0] for p in lesson["answers"].values())
    assert raw == near(want)
    assert standard == near(want)
    assert list(want) == near(["53.42", "67.12"])
    assert forgot.min() > 1700


def test_four_rows_are_always_fitted_and_five_miss_in_one_pattern(lesson):
    rng = np.random.RandomState(3)
    any_y = rng.randn(5, 2)
    for rows in ([1, 2, 3, 4], [0, 1, 3, 4]):
        p = np.linalg.lstsq(A[rows], any_y[rows])[0]
        np.testing.assert_allclose(A[rows] @ p, any_y[rows], atol=1e-9)
    errors = A @ np.linalg.lstsq(A, any_y)[0] - any_y
    pattern, of_lesson = errors[:, 0] / errors[0, 0], lesson["errors"]
    assert of_lesson[:, 0] / of_lesson[0, 0] == near(pattern)
    assert of_lesson[:, 1] / of_lesson[0, 1] == near(pattern)
    assert list(lesson["ratios"]) == near([lesson["ratios"][0]] * len(lesson["ratios"]))


def test_the_wettest_region_fits_best_and_is_missed_worst(lesson):
    # The textbook's formula for a left-out error: the residual over one minus the leverage.
    leverage = np.diag(A @ np.linalg.pinv(A))
    residuals = A @ np.linalg.lstsq(A, Y)[0] - Y
    left_out = residuals / (1 - leverage)[:, None]
    assert lesson["left_out"] - Y == near(left_out)
    assert X[:, 1].argmax() == 2
    assert (np.abs(residuals).argmin(axis=0) == 2).all()
    assert np.abs(left_out).max() == near("18.29")
    assert np.abs(left_out)[:, 0].argmax() == 2


def test_table_is_one_short_line_as_text():
    text = repr(data.fruit_yields())
    assert text.startswith("5 rows: temperature (°F), rainfall (mm), humidity (%) -> apples (t/ha)")
    assert len(text) < 100
    (cell,) = (c for c in read_notebook(LESSON).cells if c.source.endswith("\ntable"))
    assert "| 73 | 67 | 43 |" in cell.outputs[0]["data"]["text/markdown"]


NAMES = (("a", "K"), ("b", "mm"), ("c", "%")), (("d", "t"), ("e", "t"))
PICTURES = {
    "each_input": ((X, Y, *NAMES), "i0 i1 i2"),
    "predictions_against_targets": ((Y, Y + 1, Y - 2, "ab", ["d", "e"], "t"), "left right"),
    "errors_by_row": ((Y, Y + 1, Y - 2, "ab", ["d", "e"], "t"), "left right"),
    "two_scales": ((X, X / 50, Y, [3.0, 2.0], [3.0, 1.0], [0.1, 0.2]), "spectrum loss"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_draws_on_given_axes(name):
    arguments, panels = PICTURES[name]
    axs = Figure().subplot_mosaic([panels.split()])
    assert getattr(plots, name)(*arguments, axs=axs).endswith(".")
    assert all(ax.has_data() for ax in axs.values())


def test_matrix_product_writes_every_entry_and_marks_one():
    ax = Figure().subplots()
    line = plots.matrix_product(X, START[:3], ["x", "w.T", "b", "y"], add=[0.5, -0.5], ax=ax)
    texts = [text.get_text() for text in ax.texts]
    assert len([text for text in texts if text[-1].isdigit()]) == 15 + 6 + 10 + 10
    value = f"{X[0] @ START[:3, 0] + 0.5:.5g}"
    assert value in texts
    assert f"gives {value}" in line
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["73", "67", "43", "−0.8474", "1.0004", "0.9559", "0.5", value]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("each_input", (X[:, :2], Y, *NAMES), r"x must have shape \(n, 3\)"),
        ("each_input", (X, Y[:4], *NAMES), r"y must have shape \(5, m\), but has shape \(4, 2\)"),
        ("each_input", (X, Y, NAMES[0], NAMES[0]), "y_names must hold 2 names, but holds 3"),
        ("matrix_product", (X, START, ["x", "w.T", "y"]), r"got \(5, 3\), \(4, 2\)"),
        ("matrix_product", (X, START[:3], ["x"]), "names must name 3 blocks, but names 1"),
        (
            "errors_by_row",
            (Y, Y[:4], Y, "ab", "de", "t"),
            r"left must have shape \(5, 2\), but has shape \(4, 2\)",
        ),
        (
            "errors_by_row",
            (Y, Y[:, 0], Y, "ab", "de", "t"),
            r"left must have shape \(5, 2\), but has shape \(5,\)",
        ),
        ("predictions_against_targets", (Y, Y, Y * np.nan, "ab", "de", "t"), "must be finite"),
        ("two_scales", (X, X, Y, [1.0], [1.0], [0.1, -1]), "lrs must be positive, got -1"),
    ],
)
def test_picture_refuses_bad_input(name, arguments, words):
    with pytest.raises(ValueError, match=words):
        getattr(plots, name)(*arguments)
