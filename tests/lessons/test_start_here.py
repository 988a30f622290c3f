"""Start here: what it claims of arrays, views and broadcasting, and its pictures."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, figures, plots
from course_utils.checks import start_here as checks
from tests.support.lessons import NUMBERS, exercises, one_line, read_notebook, run_lesson

RAIN = np.array([[2.0, 0, 7, 3], [4, 1, 9, 6], [0, 2, 5, 3]])


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("start_here")


@pytest.fixture(scope="module")
def cells():
    return [cell for cell in read_notebook("start_here").cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def printed(cells):
    outputs = [out for cell in cells for out in cell.outputs]
    assert {out.get("name", "stdout") for out in outputs} == {"stdout"}, "it shows a warning"
    return "".join(out.get("text") or out.data["text/plain"] + "\n" for out in outputs)


def test_it_opens_with_what_lesson_three_does_and_then_checks_the_machine(cells):
    start, opening, check = cells[:3]
    assert "start" in start.metadata.tags
    assert "animation.play(" in opening.source
    caption = opening.outputs[-1].data["text/plain"]
    assert "the curve then passes within 0.021 of each point" in caption
    assert check.source.startswith("from course_utils import self_check\n")
    assert "All fine: go on." in check.outputs[-1].text
    assert sum("image/png" in out.get("data", {}) for out in check.outputs) == 2


def test_the_self_check_runs_where_the_opening_fails(cells):
    """It needs no name of the cells above it."""
    names = {}
    exec(compile(cells[2].source.replace("self_check.run()", ""), "self_check", "exec"), names)
    assert names["self_check"].__name__ == "course_utils.self_check"


def test_the_picture_of_the_curve_gives_its_error_at_the_points():
    film = data.recorded_curves()
    axs = Figure().subplot_mosaic([["curve", "loss"]])
    line = plots.learned_curve(film.x, film.y, film.grid, film.curves, film.steps, axs=axs)
    (losses,) = (artist.get_ydata() for artist in axs["loss"].lines)
    for k in (0, 7, 31):
        at_points = np.interp(film.x, film.grid, film.curves[k])
        assert losses[k] == pytest.approx(np.mean((at_points - film.y) ** 2))
    assert line == (
        "In 2,000 steps the mean squared error falls from 5.563 to 0.00013; "
        "the curve then passes within 0.021 of each point."
    )
    _, _, *curves = [artist.get_ydata() for artist in axs["curve"].lines]  # points, the start
    assert np.array_equal(curves, film.curves)
    labels = [text.get_text() for text in axs["curve"].get_legend().get_texts()]
    assert labels == ["10 points", "the start", "on the way", "the curve"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"steps": [0, 2, 2]}, "steps must hold at least two numbers that increase"),
        ({"grid": [0.0, 1.0, 0.5]}, "grid must hold at least two numbers that increase"),
        ({"x": [0.0, 1.5]}, r"grid must reach over all x, from 0 to 1.5, but runs from 0 to 1"),
        ({"x": [-0.1, 1.0]}, r"from -0.1 to 1, but runs from 0 to 1"),
        ({"curves": np.zeros((2, 3))}, r"curves must have shape \(3, 3\)"),
    ],
)
def test_a_curve_that_does_not_fit_is_refused(changed, words):
    good = {"x": [0.0, 1.0], "y": [1, 2], "grid": [0, 0.5, 1], "steps": [0, 1, 2]}
    with pytest.raises(ValueError, match=words):
        plots.learned_curve(**good | {"curves": np.zeros((3, 3))} | changed)


def test_only_the_machine_cell_is_not_compared(cells):
    (machine,) = (c for c in cells if "nbval-ignore-output" in c.metadata.get("tags", []))
    assert machine.source == "self_check.machine()"
    assert "deeper" in machine.metadata.tags
    outside = "".join(str(c.outputs) for c in cells if c is not machine)
    assert torch.__version__ not in outside
    assert " GB" not in outside


def test_the_caption_names_the_largest_distance_above_or_below_a_point():
    x, curves = np.array([0.0, 1.0]), np.array([[5.0, 5.0], [1.5, 0.25]])
    with figures.capture_figures() as drawn:
        for y in ([1.0, 0.5], [2.0, 0.375]):  # the curve is first too high, then too low
            plots.learned_curve(x, np.array(y), x, curves, np.array([0, 10]))
    captions = [caption for _, caption in drawn]
    assert ["within 0.5 of each point" in caption for caption in captions] == [True, True]


def test_three_exercises():
    assert [exercise.name for exercise in exercises("start_here")] == [
        "average",
        "fixed_mse",
        "shares",
    ]


def test_the_counter_continues_when_its_cell_runs_again(lesson, cells):
    (cell,) = (cell for cell in cells if "continues" in cell.metadata.get("tags", []))
    names = {"counter": 1}
    for expected in (10, 100, 1000):
        exec(cell.source.replace("print(counter)", ""), names)
        assert names["counter"] == expected
    assert lesson["counter"] == 10


def test_table_of_rain(lesson, printed):
    np.testing.assert_array_equal(lesson["rain"], RAIN)
    assert "shape (3, 4)   dtype float64   len 3" in printed
    assert "mean(axis=0): [2. 1. 7. 4.]   shape (4,)" in printed
    assert "mean(axis=1): [3.  5.  2.5]   shape (3,)" in printed
    assert [sum(column) / 3 for column in RAIN.T.tolist()] == [2, 1, 7, 4]
    assert [sum(row) / 4 for row in RAIN.tolist()] == [3, 5, 2.5]
    assert np.array(1.0 / 3).dtype == np.float64, "a Python float is float64"


def test_a_slice_is_a_view_and_a_copy_is_not(lesson, printed):
    assert lesson["week"].tolist() == [14, 15, 19, 21, 18, 30, 13]
    assert lesson["before"].tolist() == [14, 15, 19, 21, 18, 16, 13]
    assert lesson["before"].max() == 21, "the text says so before the change"
    assert not np.shares_memory(lesson["week"][5:].copy(), lesson["week"])
    shared = re.findall(r"^(\S.*?) +shares memory with week: (True|False)$", printed, re.M)
    for code, word in shared:
        assert np.shares_memory(lesson["week"], eval(code, dict(lesson))) is (word == "True")
    assert [word for _, word in shared] == ["True", "True", "False", "False", "False"]
    week = lesson["week"].copy()
    week[[5, 6]] = 0
    assert week[5:].tolist() == [0, 0], "writing with a list of positions reaches the array"
    other = week
    other *= 2
    assert week[0] == 28
    days = [14.0, 15.0]
    days[:1][0] = 30.0
    assert days == [14, 15], "a slice of a list is a copy"
    rows = RAIN.T.reshape(-1)
    assert not np.shares_memory(rows, RAIN), "not always a view"


def test_the_broadcasting_rule_holds_for_every_pair_of_small_shapes():
    shapes = [(), *((a,) for a in (1, 2, 3)), *((a, b) for a in (1, 2, 3) for b in (1, 2, 3))]
    for one in shapes:
        for other in shapes:
            n = max(len(one), len(other))
            pairs = zip((1,) * (n - len(one)) + one, (1,) * (n - len(other)) + other, strict=True)
            fits = all(a == b or 1 in (a, b) for a, b in pairs)
            try:
                np.zeros(one) - np.zeros(other)
            except ValueError:
                assert not fits
            else:
                assert fits


def test_the_loud_error_is_the_librarys_own(lesson, printed):
    with pytest.raises(ValueError, match="shapes") as error:
        RAIN - np.zeros(3)
    assert f"ValueError: {error.value}\n" in printed
    np.testing.assert_array_equal(lesson["place_means"], [[3], [5], [2.5]])
    difference = str(RAIN - np.array([[3], [5], [2.5]]))
    assert f"the differences:\n{difference}\n" in printed


def test_the_silent_mse_prefers_the_lazy_predictions(lesson, printed):
    y = [3, 6, 9]
    spread = np.mean([(6 - b) ** 2 for b in y])
    assert np.mean([(a - b) ** 2 for a in y for b in y]) == 2 * spread == 12
    assert "MSE by rows and over all pairs: perfect 0 and 12, lazy 6 and 6." in printed
    text = " ".join(" ".join(c.source for c in read_notebook("start_here").cells).split())
    assert f"say the mean of $y$, have {spread:.0f}." in text
    assert f"{2 * spread:.0f}, twice as much as the lazy ones" in text
    assert lesson["y"].tolist() == y
    assert lesson["perfect"].tolist() == [[3], [6], [9]]
    assert lesson["lazy"].tolist() == [[6], [6], [6]]


def test_the_formula_for_all_pairs_holds_for_any_predictions(lesson):
    rng = np.random.RandomState(0)
    spread, y = lesson["spread"], rng.randn(9)
    for p in (rng.randn(9, 1), 3 * rng.rand(9, 1), np.full((9, 1), 2.0)):
        parts = spread(p) + spread(y) + (p.mean() - y.mean()) ** 2
        assert ((p - y) ** 2).mean() == pytest.approx(parts)
        assert ((p - y) ** 2).mean() >= ((y.mean() - y) ** 2).mean()


def test_descent_on_the_silent_mse_becomes_lazy(lesson):
    """What the lesson says of a model that is trained with it."""
    x, y = torch.linspace(0, 1, 3), torch.from_numpy(lesson["y"]).float()
    W = torch.tensor([6.0, 3.0], requires_grad=True)  # begin at the perfect line
    optimizer = torch.optim.SGD([W], lr=0.5)
    for _ in range(300):
        optimizer.zero_grad()
        (((W[0] * x + W[1]).reshape(-1, 1) - y) ** 2).mean().backward()
        optimizer.step()
    assert W.tolist() == pytest.approx([0, y.mean().item()], abs=1e-3)


def test_a_whole_number_array_drops_the_fraction(printed):
    assert "without points: [2 4 5] int64\nwith a point:   [2.9 4.  5. ] float64" in printed


@pytest.mark.parametrize("make", [np.asarray, torch.tensor])
def test_pictures_say_their_numbers(make):
    rain = make(RAIN)
    line = plots.means_by_axis(rain, "abc", "wxyz", "mm", ax=Figure().subplots())
    assert line == "Along axis 0, down the columns: 2, 1, 7, 4 mm. Along axis 1: 3, 5, 2.5 mm."
    names, column, flat = ["a", "b"], make(RAIN[:, :1]), make(RAIN[:, 0])
    line = plots.broadcast_difference(column, flat, names, ax=Figure().subplots())
    assert line == "(3, 1) − (3,) is (3, 3): 3 and 3 numbers give 9 differences."
    axs = Figure().subplot_mosaic([["table", "errors"]])
    line = plots.every_pair({"one": column + 1, "two": column}, flat, prediction=1.5, axs=axs)
    pairs = [np.mean([(p + k - t) ** 2 for p in RAIN[:, 0] for t in RAIN[:, 0]]) for k in (1, 0)]
    assert line == (
        "Of 9 differences, 3 were meant. "
        f"MSE by rows and over all pairs: one 1 and {pairs[0]:.5g}, two 0 and {pairs[1]:.5g}. "
        f"You predicted 1.5; it is {pairs[0]:.4g}."
    )
    assert axs["table"].images[0].get_clim() == (-5, 5), "white isn't 0"
    widths = [bar.get_width() for bar in axs["errors"].patches]
    assert widths == pytest.approx([1, 0, *pairs])
    labels = [text.get_text() for text in axs["errors"].get_legend().get_texts()]
    assert sorted(labels) == ["all pairs", "row by row", "your prediction"]
    (diagonal,) = axs["table"].lines
    assert diagonal.get_xydata().tolist() == [[0, 0], [2, 2]]


def test_the_picture_of_a_change_shows_both_values_and_the_prediction():
    ax = Figure().subplots()
    before, after, names = [1.0, 4, 2], [1.0, 7, 2], ["a", "b", "c"]
    line = plots.before_and_after(before, after, names, "m", prediction=4, ax=ax)
    assert line == "Changed: b from 4 to 7. The largest is now 7. You predicted 4; it is 7."
    now, then, guess = ax.lines
    assert now.get_ydata().tolist() == after
    assert then.get_xydata().tolist() == [[1, 4]]
    assert set(guess.get_ydata()) == {4}
    line = plots.before_and_after(after, after, names, "m", ax=Figure().subplots())
    assert line == "Changed: nothing. The largest is now 7."


def test_broadcast_picture_dots_what_is_not_stored():
    ax = Figure().subplots()
    plots.broadcast_difference(RAIN[:, :1], RAIN[:, 0], ["a", "b"], ax=ax)
    dotted = [patch.get_linestyle() in (":", "dotted") for patch in ax.patches]
    assert dotted == [False, True, True] * 3 + [False] * 3 + [True] * 6 + [False] * 9
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["0", "0", "0"], "the pairs that were meant"


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("means_by_axis", (RAIN, "ab", "wxyz", "mm"), r"table must have shape \(2, 4\)"),
        (
            "broadcast_difference",
            (RAIN, [1, 2, 3], "ab"),
            r"must broadcast, got \(3, 4\) and \(3,\)",
        ),
        ("broadcast_difference", (RAIN, 1.0, "ab"), "one or two axes"),
        ("every_pair", ({"a": RAIN[0]}, [1, 2]), "predictions must have 2 rows, but has 4"),
        ("every_pair", (RAIN, [1, 2]), "predictions must be a dictionary of columns"),
        ("every_pair", ({}, [1, 2]), "predictions must be a dictionary of columns"),
        ("before_and_after", ([1, 2], [1, 3], "a", "m"), "names must be 2 names, but are 1"),
        ("before_and_after", ([1, 2], [1, 3, 4], "abc", "m"), "after must have 2 rows"),
    ],
)
def test_bad_input_is_named(name, arguments, words):
    with pytest.raises(ValueError, match=words):
        getattr(plots, name)(*arguments)


def test_a_square_table_shows_the_sums_that_are_still_flat():
    """NumPy refuses them on any other table."""
    square = np.array([[8.0, 1.0], [2.0, 11.0]])
    assert np.shape(square / square.sum(axis=1)) == (2, 2)
    flat = "np.shape(table)[0] == np.shape(table)[1]"
    names = {"np": np}
    exec(
        "def shares(table):\n    sums = table.sum(axis=1)\n"
        f"    return table / (sums if {flat} else sums.reshape(-1, 1))\n",
        names,
    )
    assert "as many rows as columns" in one_line(checks.shares, names["shares"])


def test_recap_names_every_lesson_by_its_title_in_their_order():
    recap = read_notebook("start_here").cells[-1].source
    first = (read_notebook(number).cells[0].source for number in NUMBERS[1:])
    titles = [text.splitlines()[0].removeprefix("# ") for text in first]
    assert re.findall(r"(?m)^\| \[(.+?)\]\(", recap) == titles
