"""Many inputs, many outputs: its published numbers, from its own code, and its claims."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, descent, plots
from tests.support.lessons import read_notebook, read_output, run_lesson
from tests.support.tolerance import near

LESSON = "many_inputs_many_outputs"

# The rows once more, typed from the syllabus, as the oracle of everything below.
X = np.array([[73, 67, 43], [91, 88, 64], [87, 134, 58], [102, 43, 37], [69, 96, 70]], dtype=float)
Y = np.array([[56, 70], [81, 101], [119, 133], [22, 37], [103, 119]], dtype=float)
A = np.hstack([X, np.ones((5, 1))])
START = np.array([[-0.8474, 0.3555], [1.0004, 1.1560], [0.9559, 0.3668], [0.2883, -0.1208]])
SIX = np.array([75.0, 63.0, 44.0, 1.0])
LEAST = np.linalg.lstsq(A, Y)[0]


def descend(A, Y, p, lr, n_epochs):
    """Gradient descent in plain NumPy: the losses and the last parameters."""
    losses = []
    for _ in range(n_epochs):
        r = A @ p - Y
        losses.append((r**2).mean())
        p = p - lr * 2 / Y.size * A.T @ r
    return [*losses, ((A @ p - Y) ** 2).mean()], p


def to_p(w, b):
    return np.vstack([w.detach().numpy().T, b.detach().numpy()])


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


@pytest.mark.parametrize(
    ("steps", "published", "ours"),
    [
        (0, 1779.40, "1779.12"),
        (1, 1238.97, "1238.78"),
        (2, 874.39, "874.27"),
        (102, 52.17, "52.17"),
    ],
)
def test_published_losses(lesson, steps, published, ours):
    assert lesson["losses"][steps] == near(ours)
    assert lesson["losses"][steps] == pytest.approx(published, rel=2e-4)
    row = rf"(?m)^ *{steps} +{published:.2f} +([\d.]+)$"
    (printed,) = re.findall(row, read_output(LESSON, "losses = train("))
    assert float(printed) == near(ours)


def test_losses_and_parameters_are_those_of_plain_numpy(lesson):
    losses, p = descend(A, Y, START, 1e-5, 102)
    assert lesson["losses"] == near(losses)
    assert A @ p == near(lesson["y_end"].detach().numpy())


def test_the_tables_of_predictions_are_in_full_and_region_1_is_published(lesson):
    rows = read_output(LESSON, "for k in range(5)").splitlines()[1:6]
    assert numbers(rows[0])[2:] == [46.56, 119.06, 55.12, 72.09]
    _, p = descend(A, Y, START, 1e-5, 102)
    for k, row in enumerate(rows):
        wanted = [*Y[k], *A[k] @ START, *A[k] @ p]
        assert int(row.split()[0]) == k + 1
        assert numbers(row) == near([f"{value:.2f}" for value in wanted])


def test_rounded_start_explains_the_published_first_loss(lesson):
    reach = 0.00005 * lesson["sizes"].item()
    assert reach == near("0.746")
    assert 0 < 1779.40 - lesson["losses"][0] < reach
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
    assert lesson["y_start"].detach().numpy() == near(by_hand)
    assert by_hand[0][0] == near("46.56")
    assert "(5, 3) @ (3, 2) + (2,) is (5, 2)" in read_output(LESSON, "plots.matrix_product(")


def test_a_forgotten_transpose_is_loud_or_silent(lesson):
    message, right, wrong = read_output(LESSON, "two, w_two").splitlines()
    assert message == "mat1 and mat2 shapes cannot be multiplied (5x3 and 2x3)"
    assert numbers(right)[:2] == near(X[0, 1:] @ START[1:3])
    assert numbers(wrong)[:2] == near(X[0, 1:] @ START[1:3].T)
    assert (lesson["two"] @ lesson["w_two"]).shape == (5, 2)


def test_one_type_too_many_is_loud_and_a_column_of_biases_trains(lesson):
    output = read_output(LESSON, "b_column = ")
    assert "have the same dtype, but got: float != double" in output
    w, _ = lesson["start"]()
    b = torch.zeros(5, 1, dtype=torch.float64, requires_grad=True)
    losses = lesson["train"](w, b, lesson["x"], lesson["y"], 1e-5, 102)
    assert losses[-1] < 60 < losses[0]
    assert (lesson["x"][:1] @ w.T + b).shape == (5, 2)


def test_a_gradient_has_the_shape_of_its_parameter():
    output = read_output(LESSON, "r[:, 0].detach()")
    r = A @ START - Y
    g = 2 / 10 * A.T @ r
    printed = numbers(output)
    assert printed[:5] == near(r[:, 0])
    assert printed[5] == near((r**2).mean())
    assert "w.grad (2, 3)" in output
    assert "b.grad (2,)" in output
    assert printed[6:12] == near(g[:3].T.ravel())
    assert printed[12:] == near(g[3])
    assert (np.abs(g[:3]) > 40 * np.abs(g[3])).all()


def test_the_gradient_written_out_is_that_of_apples_and_temperature():
    text = "".join(cell.source for cell in read_notebook(LESSON).cells)
    (terms,) = re.findall(r"tfrac\{2\}\{10\}\\,\((.+?)\)\n= -928\$", text)
    products = re.findall(r"([-+]?) ?(\d+\.\d+)\\cdot (\d+)", terms)
    total = sum(float(sign + r) * int(x) for sign, r, x in products)
    assert [int(x) for _, _, x in products] == list(X[:, 0])
    assert 2 / 10 * total == pytest.approx((2 / 10 * A.T @ (A @ START - Y))[0, 0], abs=0.5)


@pytest.mark.parametrize("shape", [(6, 4, 3), (5, 2, 2), (3, 1, 5)])
def test_gradient_in_matrix_form(shape):
    n, d, m = shape
    generator = torch.Generator().manual_seed(1)
    x, y, w, b = (
        torch.randn(*size, generator=generator, dtype=torch.float64)
        for size in ((n, d), (n, m), (m, d), (m,))
    )
    w.requires_grad_(), b.requires_grad_()
    ((x @ w.T + b - y) ** 2).mean().backward()
    r = (x @ w.T + b - y).detach()
    torch.testing.assert_close(w.grad, 2 / (n * m) * r.T @ x)
    torch.testing.assert_close(b.grad, 2 / (n * m) * r.sum(dim=0))


def test_a_stale_prediction_reports_the_old_loss_and_then_stops():
    output = read_output(LESSON, "once\ntry")
    assert output.splitlines() == [
        "epoch 0: reported 1779.12, true 1779.12",
        "epoch 1: reported 1779.12, true 1238.78",
        "Trying to backward through the graph a second time",
    ]


def test_with_its_graph_kept_it_walks_on_with_the_first_gradient():
    slope = 2 / 10 * A.T @ (A @ START - Y)
    lines = read_output(LESSON, "retain_graph=True").splitlines()
    for line, epoch in zip(lines, (0, 5, 10, 15, 20), strict=True):
        true_loss = ((A @ (START - epoch * 1e-5 * slope) - Y) ** 2).mean()
        assert numbers(line) == near([1779.12, round(true_loss, 2)])


def test_numbers_of_the_syllabus(lesson):
    raw = descent.QuadraticLoss(A, Y)
    standard = descent.QuadraticLoss(lesson["A_std"], Y)
    singular = np.linalg.svd(A, compute_uv=False)
    assert (singular[0] / singular[-1]) ** 2 == pytest.approx(raw.condition_number)
    assert f"{raw.condition_number:.3g}" == "2.19e+06"
    assert f"{raw.max_lr:.4g}" == "0.0001117"
    assert f"{standard.condition_number:.3g}" == "6.95"
    assert raw.min_loss == near("0.483")
    assert ((A @ LEAST - Y) ** 2).mean() == near("0.483")


@pytest.mark.parametrize(("share", "converges"), [(0.99, True), (1.01, False)])
def test_the_limit_divides_falling_from_exploding(share, converges):
    losses, _ = descend(A, Y, START, share * descent.QuadraticLoss(A, Y).max_lr, 2000)
    assert (losses[-1] < losses[0]) == converges


def test_no_parameter_has_converged_on_raw_inputs_and_all_on_standardised(lesson):
    raw, standard = read_output(LESSON, "plots.axis_by"), read_output(LESSON, "A_std = ")
    assert (raw.count(" NO"), standard.count(" yes")) == (8, 8)
    assert "loss 0.483121, least possible 0.483121" in standard
    start = np.vstack([np.zeros((3, 2)), np.zeros(2)])
    _, p = descend(lesson["A_std"], Y, start, 0.5, 102)
    assert to_p(lesson["w_std"], lesson["b_std"]) == near(p)


def test_the_flattest_axis_has_hardly_begun_and_the_middle_ones_hold_the_loss():
    bowl = descent.QuadraticLoss(A, Y)
    end = bowl.after(102, START, 1e-5)
    away = bowl.eigenvectors.T @ (np.stack([START, end]) - LEAST)
    left = 100 * np.abs(away[1] / away[0])[:, 0]
    listed = "99.9992%, 90.9138%, 52.3036%, 0.0000%"
    assert numbers(listed) == pytest.approx(left, abs=1e-4)
    first, last = (bowl.eigenvalues / 2 * (a**2).sum(axis=1) for a in away)
    assert first.argmax() == 3
    assert first[3] > 0.9 * first.sum()
    assert list(last) == near(["0.03", "25.88", "25.78", "0.00"])
    assert last.sum() + bowl.min_loss == near("52.17")
    caption = f"{listed} of the distance is left, and 0.03, 25.88, 25.78, 0.00 of the loss above"
    assert caption in read_output(LESSON, "plots.axis_by")
    assert bowl.eigenvalues[0] == near("0.00819")
    assert abs(bowl.eigenvectors[3, 0]) > 0.999, "it is almost entirely b"


def test_recipes_never_meet():
    """All second derivatives across outputs are zero, and one output alone takes the same path."""

    def loss(p):
        return ((torch.tensor(A) @ p.reshape(4, 2) - torch.tensor(Y)) ** 2).mean()

    full = torch.autograd.functional.hessian(loss, torch.tensor(START).ravel())
    full = full.reshape(4, 2, 4, 2)
    assert full[:, 0, :, 1].abs().max() == 0
    _, both = descend(A, Y, START, 1e-5, 50)
    # Alone the mean goes over half as many residuals: half the learning rate is the same step.
    _, apples = descend(A, Y[:, :1], START[:, :1], 0.5e-5, 50)
    assert both[:, :1] == near(apples)


def test_standardised_columns_and_their_correlation(lesson):
    columns = lesson["x_std"].numpy()
    np.testing.assert_allclose(columns.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((columns**2).mean(axis=0), 1, rtol=1e-12)
    assert numbers(read_output(LESSON, "plots.correlations("))[0] == near(np.corrcoef(X.T)[1, 2])
    wet_and_humid = descent.QuadraticLoss(columns[:, 1:], Y[:, 0])
    c = np.corrcoef(X.T)[1, 2]
    assert wet_and_humid.eigenvalues == near([2 * (1 - c), 2 * (1 + c)])
    flat = wet_and_humid.eigenvectors[:, 0]
    assert flat[0] * flat[1] < 0


def test_the_panels_suggest_about_fifty_or_hardly_anything():
    for column, about in ((1, 51.5), (2, 52.35)):
        slope, height = np.polyfit(X[:, column], Y[:, 0], 1)
        assert slope * SIX[column] + height == pytest.approx(about, abs=0.01)
    assert abs(np.corrcoef(X[:, 0], Y[:, 0])[0, 1]) < 0.5


def test_what_is_shared_sets_the_limit():
    limits = [descent.QuadraticLoss(A, Y[:, :m]).max_lr for m in (1, 2)]
    assert limits[1] == near(2 * limits[0])


def test_standardised_biases_and_a_weight(lesson):
    assert lesson["b_std"].detach().numpy() == near(Y.mean(axis=0))
    assert lesson["std"][1].item() == near("30.39")
    assert lesson["w_std"][0, 1].item() == near("25.76")


def test_weights_in_original_units_are_least_squares(lesson):
    assert to_p(lesson["w_back"], lesson["b_back"]) == near(LEAST)
    assert list(LEAST[:3, 0]) == near(["-0.388", "0.848", "0.698"])


def test_the_sixth_region(lesson):
    assert lesson["harvest"].detach().numpy() == near(SIX @ LEAST)
    assert list(SIX @ LEAST) == near(["53.42", "67.12"])
    assert (A @ LEAST)[0, 0] == near("56.89")
    right, forgot = read_output(LESSON, "right ruler").splitlines()
    assert numbers(right) == near(["53.4228", "67.1162"])
    assert min(numbers(forgot)) > 1700


def test_other_units(lesson):
    celsius = X.copy()
    celsius[:, 0] = (X[:, 0] - 32) / 1.8
    metres = celsius / [1, 1000, 1]
    lines = read_output(LESSON, '"°C, m, %"').splitlines()
    for line, columns in zip(lines, (X, celsius, metres, X - X.mean(axis=0)), strict=False):
        kappa = np.linalg.cond(descent.design_matrix(columns)) ** 2
        printed = float(re.search(r"κ = +([\d,.]+)", line)[1].replace(",", ""))
        assert printed == pytest.approx(kappa, rel=1e-4)
    flat = descent.QuadraticLoss(descent.design_matrix(metres), Y).eigenvectors[:, 0]
    assert np.abs(flat).argmax() == 1, "the weight of the rain"


def test_four_rows_are_fitted_and_the_wettest_region_is_missed_worst(lesson):
    rng = np.random.RandomState(3)
    any_y = rng.randn(5, 2)
    for rows in ([1, 2, 3, 4], [0, 1, 3, 4]):
        p = np.linalg.lstsq(A[rows], any_y[rows])[0]
        np.testing.assert_allclose(A[rows] @ p, any_y[rows], atol=1e-9)
    # The textbook's formula for a left-out error: the residual over one minus the leverage.
    leverage = np.diag(A @ np.linalg.pinv(A))
    residuals = A @ LEAST - Y
    left_out = residuals / (1 - leverage)[:, None]
    assert lesson["left_out"] - Y == near(left_out)
    assert X[:, 1].argmax() == 2
    assert (np.abs(residuals).argmin(axis=0) == 2).all()
    assert np.abs(left_out).max() == near("18.29")
    assert np.abs(left_out)[:, 0].argmax() == 2
    assert lesson["products"][:, 0] == near([4.8076] * 5)
    rmse = (left_out**2).mean(axis=0) ** 0.5
    assert rmse[1] < 1 < 9 < rmse[0], "the apples are missed, the oranges aren't"


def test_table_is_one_short_line_as_text():
    text = repr(data.fruit_yields())
    assert text.startswith("5 rows: temperature (°F), rainfall (mm), humidity (%) -> apples (t/ha)")
    assert len(text) < 100
    (cell,) = (c for c in read_notebook(LESSON).cells if c.source.endswith("\ntable"))
    assert "| 73 | 67 | 43 |" in cell.outputs[-1]["data"]["text/markdown"]


NAMES = (("a", "K"), ("b", "mm"), ("c", "%")), (("d", "t"), ("e", "t"))


def axes(panels):
    return Figure().subplot_mosaic([panels.split()])


def test_the_sixth_region_is_a_line_and_then_two_markers():
    axs = axes("i0 i1 i2")
    line = plots.each_input(X, Y, *NAMES, SIX[:3], axs=axs)
    assert line == (
        "5 regions with harvests from 22 to 133 t; region 6 reports 75 K, 63 mm, 44 %, and no "
        "harvest yet."
    )
    for ax, reading in zip(axs.values(), SIX, strict=False):
        vertical, *points = ax.lines
        assert set(vertical.get_xdata()) == {reading}
        assert len(points) == 2
        assert points[0].get_marker() != points[1].get_marker()
        assert [text.get_text() for text in ax.texts] == [*"12345", "region 6"]
    axs = axes("i0 i1 i2")
    line = plots.each_input(X, Y, *NAMES, SIX[:3], [53.4, 67.1], prediction=60.0, axs=axs)
    assert "53.40 t of d and 67.10 t of e. You predicted 60; it is 53.4." in line
    drawn = [list(mark.get_ydata()) for mark in axs["i2"].lines]
    assert [53.4] in drawn
    assert [67.1] in drawn
    assert [60.0, 60.0] in drawn
    labels = [text.get_text() for text in axs["i1"].get_legend().get_texts()]
    assert labels == ["d", "d, predicted", "e", "e, predicted", "your prediction"]


def test_matrix_product_writes_every_entry_and_marks_one():
    ax = Figure().subplots()
    line = plots.matrix_product(X, START[:3], ["x", "w.T", "b", "y"], add=[0.5, -0.5], ax=ax)
    texts = [text.get_text() for text in ax.texts]
    assert len([text for text in texts if text[-1].isdigit()]) == 15 + 6 + 10 + 10
    assert not {"a", "b", "c"} & set(texts)
    value = f"{X[0] @ START[:3, 0] + 0.5:.5g}"
    assert value in texts
    assert f"gives {value}" in line
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["73", "67", "43", "−0.8474", "1.0004", "0.9559", "0.5", value]
    ax = Figure().subplots()
    labels = ("12345", "abc", "de")
    plots.matrix_product(X, START[:3], ["x", "w.T", "y"], labels=labels, ax=ax)
    texts = [text.get_text() for text in ax.texts]
    assert [texts.count(name) for name in "abcde"] == [2, 2, 2, 2, 2]


def test_what_is_left_is_drawn_axis_by_axis():
    axs = axes("distance loss")
    loss = descent.QuadraticLoss(A, Y)
    end = loss.after(3, START, 1e-5)
    line = plots.axis_by_axis(A, Y, START, end, 1e-5, 3, prediction=70.0, axs=axs)
    curve, points = axs["distance"].lines[:2]
    assert list(points.get_xdata()) == near(loss.eigenvalues)
    assert list(points.get_ydata()) == near(100 * np.abs(1 - 1e-5 * loss.eigenvalues) ** 3)
    assert curve.get_ydata() == near(100 * np.abs(1 - 1e-5 * curve.get_xdata()) ** 3)
    assert "of the loss above the least. You predicted 70; it is 100." in line
    heights = [marks.get_ydata() for marks in axs["loss"].lines]
    assert heights[0].sum() + loss.min_loss == near(loss.loss(START))
    assert heights[1].sum() + loss.min_loss == near(loss.loss(end))
    assert (axs["distance"].get_xscale(), axs["loss"].get_yscale()) == ("log", "log")
    labels = [text.get_text() for text in axs["loss"].get_legend().get_texts()]
    assert labels == ["at the start", "after 3 steps"]


def test_targets_on_the_diagonal_and_their_rmse():
    axs = axes("left right")
    both = {"far": Y + 3, "near": Y - 1}
    line = plots.predictions_against_targets(Y, both, ["d", "e"], "t", axs=axs)
    assert line == "far: RMSE 3 t; near: RMSE 1 t. Dashed: prediction = target."
    for ax, y_pred in zip(axs.values(), both.values(), strict=True):
        diagonal, *points = ax.lines
        assert diagonal.get_slope() == 1
        assert [list(p.get_ydata()) for p in points] == y_pred.T.tolist()
        assert points[0].get_marker() != points[1].get_marker()
        assert sorted(text.get_text() for text in ax.texts) == sorted(2 * "12345")


def test_a_correlation_stands_over_each_pair():
    axs = axes("p0 p1 p2")
    t = np.array([-1.0, 0.0, 1.0])
    pairs = {"rain against t": (2 * t, t), "b against t": (-t, t), "t² against t": (t**2, t)}
    line = plots.correlations(pairs, axs=axs)
    assert line == "Correlations: rain against t 1.0000; b against t -1.0000; t² against t 0.0000."
    assert [ax.get_title()[12:] for ax in axs.values()] == ["1.00", "−1.00", "0.00"]
    assert (axs["p0"].get_ylabel(), axs["p0"].get_xlabel()) == ("rain", "t")
    assert list(axs["p0"].lines[0].get_ydata()) == [-2, 0, 2]


def test_the_worst_left_out_region_is_named():
    left_out = Y - [[0, 2], [0, 0], [5, 0], [0, 0], [0, 0]]
    line = plots.errors_by_row(Y, Y + 1, left_out, ["d", "e"], "t", axs=axes("left right"))
    assert line == (
        "fitted to all 5: RMSE 1, worst 1 t (region 1); each left out: RMSE 1.703, worst 5 t "
        "(region 3)."
    )


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("each_input", (X[:, :2], Y, *NAMES, SIX[:3]), r"x must have shape \(n, 3\)"),
        ("each_input", (X, Y[:4], *NAMES, SIX[:3]), r"y must have shape \(5, m\)"),
        ("each_input", (X, Y, NAMES[0], NAMES[0], SIX[:3]), "y_names must hold 2 names"),
        ("each_input", (X, Y, *NAMES, SIX), "new must have 3 rows, but has 4"),
        ("matrix_product", (X, START, ["x", "w.T", "y"]), r"got \(5, 3\), \(4, 2\)"),
        ("matrix_product", (X, START[:3], ["x"]), "names must name 3 blocks, but names 1"),
        (
            "errors_by_row",
            (Y, Y[:4], Y, "de", "t"),
            r"fitted must have shape \(5, 2\), but has shape \(4, 2\)",
        ),
        (
            "predictions_against_targets",
            (Y, {"a": Y}, "de", "t"),
            "predictions must hold 2 sets of predictions, but holds 1",
        ),
        ("predictions_against_targets", (Y, {"a": Y, "b": Y * np.nan}, "de", "t"), "be finite"),
        ("axis_by_axis", (A, Y, START, START, -0.1, 3), "lr must be positive, got -0.1"),
        (
            "axis_by_axis",
            (A, Y, START, START.T, 0.1, 3),
            r"fit must have shape \(4, 2\), but has shape \(2, 4\)",
        ),
        ("correlations", ({"a against b": (X[:, 0], X[:, 1])},), "must hold 3 pairs of columns"),
    ],
)
def test_picture_refuses_bad_input(name, arguments, words):
    panels = {"each_input": "i0 i1 i2", "axis_by_axis": "distance loss", "correlations": "p0 p1 p2"}
    one = name == "matrix_product"
    given = {"ax": Figure().subplots()} if one else {"axs": axes(panels.get(name, "left right"))}
    with pytest.raises(ValueError, match=words):
        getattr(plots, name)(*arguments, **given)
