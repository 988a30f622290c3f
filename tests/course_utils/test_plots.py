"""Every picture shows itself with a line of text, draws on given axes, and refuses bad input."""

import ast
import base64
import functools
import inspect
import io
import re
from pathlib import Path
from unittest.mock import MagicMock

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.axis import Tick
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, MaxNLocator

from course_utils import data, figures, plots
from course_utils.descent import QuadraticLoss, design_matrix
from course_utils.plots import core
from tests.support import recorded
from tests.support.lessons import ROOT, TEXTS, read_notebook, stored_pictures

matplotlib.use("agg")

X = np.linspace(0, 1, 12).reshape(-1, 1)
Y = 2 * X + 1 + 0.1 * np.sin(40 * X)
PATH = np.column_stack([np.linspace(0, 2, 30), np.linspace(0, 1, 30)])

POWERS = np.hstack([X, X**2, X**3])
TWO = np.hstack([Y, 2 * Y])
LOSSES = np.array([3.0, 2.0, 1.5])
SPLITS = np.array([[1.0, 0.8, 0.9, 1.2], [1.1, 0.7, 0.8, 1.3], [1.2, 0.9, 0.7, 1.1]])
DEGREES = np.arange(1, 5)
PAIRS = np.stack([SPLITS, 2 * SPLITS], axis=2)
NOISY, ROWS = data.noisy_sine(12), (slice(0, 9), slice(9, 12))
WAYS = {"degree": [[2.0], [2.0, 1.0]], "weight decay": [[1.5, 1.0], [2.0, 1.0]]}
WAYS |= {"epoch": [[0.0, 0.0], [1.0, 0.5], [2.0, 1.0]]}
POINTS = (X[:, 0], Y[:, 0])
NAMES, OUTPUTS = [("a", "m"), ("b", "g"), ("c", "s")], [("apples", "t"), ("pears", "t")]
GRID = np.linspace(0, 1, 9)
FIVE = np.vander(GRID, 5, increasing=True)
SIZES, STEPS = [10, 100, 1000, 10_000], [2e-5, 2.5e-5, 6e-5, 6e-4]
RUNS = {name: np.array([[0.1, 3.0], [0.2, 2.0 / k]]) for k, name in enumerate("abc", 1)}

FIVE_PANELS = "p0 p1 p2 p3 p4 l0 l1 l2 l3 l4"
FOUR = np.vstack([SPLITS, SPLITS[:1]])
FOUR_APART = "c0 c1 c2 c3 p0 p1 p2 p3"

# Each picture with good arguments; the panels are those it asks for.
PICTURES = {
    "means_by_axis": ((TWO[:2], "ab", "cd", "mm"), None),
    "broadcast_difference": ((Y[:3], Y[:3, 0], ["left", "right"]), None),
    "every_pair": (({"a": Y, "b": 2 * Y}, Y[:, 0]), "table errors"),
    "before_and_after": (([1.0, 2.0, 3.0], [1.0, 4.0, 3.0], "abc", "°C"), None),
    "learned_curve": ((GRID[1:8:2], GRID[:4], GRID, FIVE.T, [0, 1, 3, 7, 9]), "curve loss"),
    "readings": ((X, Y, 2.0, 1.0, 0.5), None),
    "one_residual": ((X, Y, 0.5, 1.0, 3), None),
    "residuals": ((X, Y, 0.5, 1.0), "residuals squares"),
    "loss_surface": ((X, Y, 0.5, 1.0), "surface map"),
    "loss_by_bias": ((X, Y, 0.5, 1.0), None),
    "steps_downhill": ((X, Y, 0.5, [0.5, 0.9, 1.2]), None),
    "whole_run": ((X, Y, PATH), "data parameters loss"),
    "difference_errors": (([0.1, 0.01], [0.3, 0.2], [0.0, 1e-9]), None),
    "jumps": ((2.0, [1.0, -0.5, 0.25]), None),
    "five_walks": ((2.0, [0.1, 0.2, 0.3, 0.4, 0.5], [LOSSES] * 5), FIVE_PANELS),
    "bowl_slice": ((X, Y, 30), "bowl slice"),
    "curvatures": ((X, Y), "bowl angles"),
    "trough": ((np.ones((12, 1)), Y, [PATH, 2 * PATH]), None),
    "learning_rates": ((X, Y, [PATH] * 4, [0.1, 0.2, 0.3, 2.0]), "p0 p1 p2 p3 l0 l1 l2 l3"),
    "feature_scale": ((X, 10 * X, Y, PATH, PATH), "raw scaled loss"),
    "one_descent": ((X, Y, PATH, 20, "lr = 0.1"), "path loss"),
    "gradients_by_turn": (("df", TWO[:2], "d p", "p"), None),
    "slope_claim": ((GRID, GRID**2, 0.5, 0.4), None),
    "value_and_slope": ((GRID, np.tanh(GRID), 1 - np.tanh(GRID) ** 2, 0.5), "value slope"),
    "visits": ((range(1, 5), [3, 7, 15, 31], [2, 3, 4, 5]), None),
    "sine_points": ((X, Y), None),
    "line_by_step": ((X, Y, PATH), "fit parameters"),
    "accumulation": ((X, Y, PATH, 2 * PATH, (3, 8)), "map loss"),
    "four_runs": (
        (range(len(LOSSES)), {name: LOSSES * k for k, name in enumerate("ABCD", 1)}, 0.5),
        "A B C D",
    ),
    "distance_left": ((X, Y, {"a": PATH, "b": PATH[:9]}), "steep flat"),
    "each_input": ((POWERS, TWO, NAMES, OUTPUTS, POWERS[0] + 0.1), "i0 i1 i2"),
    "axis_by_axis": ((POWERS, TWO, TWO[:3], TWO[3:6], 0.1, 20), "distance loss"),
    "correlations": (
        (dict.fromkeys(["a against b", "c against d", "e against f"], POINTS),),
        "p0 p1 p2",
    ),
    "matrix_product": ((POWERS[:4], TWO[:3], ["x", "w", "b", "y"]), None),
    "predictions_against_targets": ((TWO, {"a": TWO + 1, "b": TWO - 1}, "cd", "t"), "left right"),
    "errors_by_row": ((TWO, TWO + 1, TWO - 1, "cd", "t"), "left right"),
    "first_and_last_line": ((X, Y, PATH), "line loss"),
    "batch_descents": ((X, Y, {len(X): PATH, 4: PATH, 1: PATH}), None),
    "batch_steps": ((X, Y, TWO[:2], [PATH, PATH / 2], TWO[:2]), "far near"),
    "gradient_noise": (([1, 4, 9], [0.3, 0.15, 0.1], [0.3, 0.14, 0.0]), None),
    "predicted_yields": ((TWO, TWO + 1, TWO - 1, "ab", "t"), "first last"),
    "reported_losses": ((LOSSES[:-1], LOSSES, 1), "epoch run"),
    "left_over_row": ((LOSSES, LOSSES[::-1]), None),
    "order_matters": ((X, Y, PATH, 2 * PATH, 3), "sorted shuffled"),
    "parameters_by_epoch": ((X, Y, {"a": PATH, "b": PATH[:9]}), "w b line"),
    "distance_by_epoch": ((X, Y, {"a": PATH, "b": PATH[:9]}, 0.1), "slope bias"),
    "polynomial_fits": ((X, Y, {"a": [1.0, 2.0], "b": [1.0, 1.0, 1.0]}), None),
    "coefficient_by_epoch": ((X, Y, FIVE, 10, 2), "coefficient fits"),
    "modes": ((X, Y, FIVE[:5]), "f0 f1 f2 f3 f4 m0 m1 m2 m3 m4"),
    "mode_decay": (([0.01, 0.1, 1.0], 0.5, 100), None),
    "settling": ((X, Y, [1.0, 2.0], [0.5, 0.0]), "modes fit"),
    "loss_cliffs": ((GRID, GRID**2 + 1), None),
    "three_bases": ((GRID, dict.fromkeys("abc", FIVE), np.sin(9 * GRID)), "b0 b1 b2 loss"),
    "rolling_ball": ((X, Y, PATH, 2 * PATH, 0.5, 0.1), "map loss"),
    "two_bowls": ((TWO, TWO[:, ::-1] + X, Y[:, 0], [PATH, 2 * PATH]), "straight turned"),
    "roads": ((FIVE, np.sin(9 * GRID), 0.1, {"a": LOSSES, "b": LOSSES[::-1]}), None),
    "noise_floors": (({"a": LOSSES, "b": 2 * LOSSES}, 1.0), None),
    "three_fits": (
        (NOISY, *ROWS, NOISY, {0: [2.0], 1: [2.0, 1.0], 2: [1.0, 2.0, 3.0]}),
        "f0 f1 f2",
    ),
    "degree_sweep": ((PAIRS, 2 * PAIRS, 0.3), "s0 s1 b0 b1"),
    "many_fits": (({1: TWO, 2: POWERS}, 0.3, 0.3), "m0 m1"),
    "three_ways": ((NOISY, ROWS[1], NOISY, WAYS, [1.0, 0.1]), "k0 k1 k2"),
    "chosen_fits": ((NOISY, ROWS[1], NOISY, WAYS, [1.0, 0.1]), "c0 c1 c2"),
    "one_unit": ((2.0, 1.0, -1.5), None),
    "added_up": ((GRID, FIVE.T[:2], FIVE.T[:3], 0.5, POINTS), "c0 c1 p0 p1"),
    "taken_apart": ((X, Y, GRID, dict.fromkeys("abcd", (FIVE, 0.5))), FOUR_APART),
    "losses_by_seed": (({3: FOUR, 10: 2 * FOUR}, {0.1: LOSSES, 0.05: LOSSES}), "few rates many"),
    "network_or_polynomial": (
        (*POINTS, np.array([[4, 0.2, 0.3], [10, 0.1, 0.2]]), GRID, [GRID, GRID**2]),
        "loss beyond",
    ),
    "boundary_stages": (
        (TWO, [0, 1] * 6, GRID, LOSSES, dict.fromkeys("abcd", FIVE.T[:3])),
        "m0 m1 m2 m3",
    ),
    "losses_by_size": (
        (10 * DEGREES, dict.fromkeys(range(3), (SPLITS, 2 * SPLITS)), 0.3),
        "c0 c1 c2",
    ),
    "kept_shares": ((LOSSES, {"a": LOSSES / 3, "b": LOSSES / 4}), None),
    "ten_inputs": (
        (np.vander(X[:, 0], 10), Y, [("a", "m")] * 10, "m"),
        "x0 x1 x2 x3 x4 x5 x6 x7 x8 x9",
    ),
    "residuals_by_prediction": ((Y, X, "m"), None),
    "paired_gain": ((LOSSES, LOSSES + 1, LOSSES**2, "m"), "rmse gain"),
    "noise_scores": (([(LOSSES, 2 * LOSSES)] * 2, [(LOSSES, -LOSSES)] * 2), "before inside scores"),
    "residual_views": ((Y, X, "m"), "target prediction"),
    "input_importance": (("abcd", {k: {"m": SPLITS} for k in "xyz"}, "m"), "v0 v1 v2"),
    "errors_in_file_order": ((X - Y, "aaaaabbbbccc", (6, 9)), None),
    "luck_of_the_split": ((LOSSES,), None),
    "four_reports": (({"A": [8.0, 2, 3, 4], "B": [7.0, 5, 5, 6]},), None),
    "overhead_and_work": ((SIZES, STEPS), None),
    "loss_by_seconds": ((RUNS,), None),
    "speed_ladder": (({"a": 20.0, "b": 3e-5},), None),
    "devices_by_rows": ((SIZES, [9, 20, 90, 900], [40, 40, 41, 60], [1, 2, 3, 50]), None),
    "networks_at_once": ((X, Y, GRID, FIVE.T[:2], [2.0, 1.0], {"a": 1, "b": 3}), "fits time"),
}
OPTIONS = {
    "each_input": {"predicted": [1.0, 2.0]},
    "matrix_product": {"add": [1.0, 2.0]},
    "polynomial_fits": {"x_range": [0, 1.3]},
}
# Arguments with nothing beside them that has to be of their length.
ANY_LENGTH = {
    "broadcast_difference": "left right",
    "jumps": "distances",
    "luck_of_the_split": "errors",
    "trough": "paths",
    "whole_run": "path",
    "steps_downhill": "biases",
    "one_descent": "path",
    "line_by_step": "path",
    "accumulation": "at",
    "distance_left": "paths",
    "matrix_product": "left",
    "correlations": "pairs",
    "first_and_last_line": "path",
    "parameters_by_epoch": "paths",
    "batch_descents": "paths",
    "batch_steps": "steps",
    "predicted_yields": "targets",
    "order_matters": "sorted_places shuffled_places",
    "distance_by_epoch": "paths",
    "polynomial_fits": "fits",
    "coefficient_by_epoch": "path",
    "mode_decay": "curvatures",
    "roads": "runs",
    "two_bowls": "paths",
    "noise_floors": "losses",
    "degree_sweep": "same_rows fresh_rows",
    "many_fits": "fits",
    "three_ways": "ways",
    "chosen_fits": "ways",
    "losses_by_seed": "rates",
    "network_or_polynomial": "networks",
    "losses_by_size": "results",
    "input_importance": "views",
    "loss_by_seconds": "runs",
}


def good(name):
    """Return the arguments of a picture by the name of each."""
    arguments, _ = PICTURES[name]
    bound = inspect.signature(getattr(plots, name)).bind(*arguments, **OPTIONS.get(name, {}))
    return bound.arguments


def axes_for(name):
    """Return axes to draw on, as the argument that the picture takes."""
    _, panels = PICTURES[name]
    if not panels:
        return {"ax": Figure().subplots()}
    kinds = {"surface": {"projection": "3d"}} if "surface" in panels else {}
    return {"axs": Figure().subplot_mosaic([panels.split()], per_subplot_kw=kinds)}


def refuse(name, **changed):
    """Call a picture with some other arguments; return the words of the error it has to raise."""
    _, panels = PICTURES[name]
    axs = {panel: MagicMock() for panel in (panels or "ax").split()}  # drawing on nothing is quick
    with pytest.raises(ValueError, match=r"\.$") as error:
        getattr(plots, name)(**good(name) | changed, **({"axs": axs} if panels else axs))
    return str(error.value)


def is_numbers(value):
    """Tell an array, or a sequence of plain numbers, which a picture takes as an array."""
    if isinstance(value, (list, tuple, range)):
        return all(isinstance(number, (int, float)) for number in value)
    return isinstance(value, np.ndarray)


def places(value, replace=lambda new: new):
    """Yield the numbers and arrays in an argument, and how to put another in the place of each."""
    if is_numbers(value) or isinstance(value, (int, float)):
        yield value, replace
    elif isinstance(value, dict):
        key = list(value)[-1]
        yield from places(value[key], lambda new: replace({**value, key: new}))
    elif isinstance(value, (list, tuple)):
        for k, part in enumerate(value):
            yield from places(part, lambda new, k=k: replace([*value[:k], new, *value[k + 1 :]]))


def spoiled(value):
    """Yield what is no argument of a picture, and what an error has to say of it."""
    array = np.array(value, dtype=float)
    yield "text", "'text'"
    holes = array.copy()
    holes.flat[-1] = np.nan
    yield holes, "NaN"
    deeper = np.stack([array, array])[None]
    yield deeper, str(deeper.shape)


def drawn(name, **changed):
    """Draw a picture of one panel; return its axes and its line."""
    ax = Figure().subplots()
    return ax, getattr(plots, name)(**good(name) | changed, ax=ax)


@pytest.fixture
def displayed(monkeypatch):
    """Return what a picture displays: pairs of data and metadata."""
    seen = []
    monkeypatch.setattr(
        figures, "display", lambda data, metadata, raw: seen.append((data, metadata, raw))
    )
    return seen


# The other pictures are shown in cells whose stored outputs are compared.
SUBJECTS = ("gradient_descent", "autograd", "raw_tensors", "timing")
HOMES = [f"course_utils.plots.{subject}" for subject in SUBJECTS]
SHOWN = [name for name in PICTURES if getattr(plots, name).__module__ in HOMES]


@pytest.mark.parametrize("name", SHOWN)
def test_picture_shows_itself_with_its_line(name, displayed, capsys):
    assert getattr(plots, name)(**good(name)) is None
    ((data, metadata, raw),) = displayed
    line = capsys.readouterr().out
    assert raw
    assert line == f"{data['text/plain']}\n" == f"{metadata['image/png']['alt']}\n"
    assert any(character.isdigit() for character in line)
    png = base64.b64decode(data["image/png"])
    assert b"Software" not in png  # the version of matplotlib: the bytes shall outlive it
    pixels = imread(io.BytesIO(png))
    assert pixels.shape[1] >= metadata["image/png"]["width"] > 400
    assert pixels.std() > 0.02, "the picture is blank"


UNCOMPARED = "nbval-ignore-output"
# Pictures of what a machine has just measured.
MEASURED = ("overhead_and_work", "loss_by_seconds", "networks_at_once")
RECORDED = Path(__file__).with_name("recorded")


def test_every_other_picture_is_in_a_cell_that_is_compared():
    cells = [cell for text in TEXTS for cell in read_notebook(text).cells]
    compared = [cells[k] for k, tags, _ in stored_pictures(cells) if UNCOMPARED not in tags]
    shown = re.findall(r"\bplots\.(\w+)", "\n".join(cell.source for cell in compared))
    assert set(PICTURES) - set(shown) == set(MEASURED)


def draw_measured(name):
    """Return one of these pictures as PNG."""
    with figures.capture_figures() as shown:
        getattr(plots, name)(**good(name))
    ((figure, _),) = shown
    return figures.to_png(figure)


@pytest.mark.parametrize("name", MEASURED)
def test_a_picture_of_what_is_measured_is_as_recorded(name):
    recorded.check_picture(RECORDED / f"{name}.png", draw_measured(name))


PREDICTABLE = [
    name for name in PICTURES if "prediction" in inspect.signature(getattr(plots, name)).parameters
]
CASES = {name: {} for name in PICTURES}
CASES |= {f"{name}, predicted": {"prediction": 1.2345} for name in PREDICTABLE}


def words_in(ax):
    """Return the texts of a panel, without those of the ticks that matplotlib chose."""
    ticks = {label for tick in ax.findobj(Tick) for label in (tick.label1, tick.label2)}
    texts = [text for text in ax.findobj(Text) if text not in ticks]
    for axis in (ax.xaxis, ax.yaxis):
        if not isinstance(axis.get_major_locator(), (MaxNLocator, LogLocator)):
            texts += axis.get_ticklabels()
    return ", ".join(filter(None, (text.get_text().replace("\n", " / ") for text in texts)))


@functools.cache
def draw_case(case):
    """Draw a picture on given axes; return its caption, all its words, and its flaws."""
    name = case.partition(",")[0]
    given = axes_for(name)
    line = getattr(plots, name)(**good(name) | CASES[case], **given)
    axes = [given["ax"]] if "ax" in given else list(given["axs"].values())
    legends = filter(None, (ax.get_legend() for ax in axes))
    flaws = [f"panel {k} is empty" for k, ax in enumerate(axes) if not ax.has_data()]
    flaws += ["it jumps" for one in legends if one._get_loc() == Legend.codes["best"]]
    marks = [
        f"the prediction is {'upright' if len({*one.get_xdata()}) == 1 else 'level'}"
        for ax in axes
        for one in ax.lines
        if one.get_label() == "your prediction"
    ]
    return line, " | ".join([line, *map(words_in, axes), *marks]), flaws


@pytest.mark.parametrize("case", CASES)
def test_picture_draws_on_given_axes(case, displayed):
    line, _, flaws = draw_case(case)
    assert line.endswith(".")
    assert not displayed
    assert not flaws, "with a legend in the best place, a slider moves the legend, too"


def test_the_words_of_every_picture_are_as_recorded():
    """With and without a prediction: the caption, then the texts of each panel."""
    recorded.check_texts(RECORDED / "words.txt", (f"{c}: {draw_case(c)[1]}" for c in CASES))


@pytest.mark.parametrize("name", PICTURES)
def test_a_bad_argument_is_named_as_it_is_spelled_with_what_was_given(name):
    for argument, value in good(name).items():
        for part, replace in places(value):
            for bad, what in spoiled(part):
                words = refuse(name, **{argument: replace(bad)})
                assert re.search(rf"\b{argument}\b", words)
                assert what in words


@pytest.mark.parametrize("name", PICTURES)
def test_lengths_that_do_not_fit_each_other_are_named(name):
    free = ANY_LENGTH.get(name, "").split()
    for argument, value in good(name).items():
        for part, replace in places(value):
            if is_numbers(part) and argument not in free:
                words = refuse(name, **{argument: replace(part[:-1])})
                assert re.search(rf"\b({'|'.join(good(name))})\b", words)
                assert re.search(rf"\b({len(part)}|{len(part) - 1})\b", words)


def test_picture_takes_tensors_that_require_grad_and_leaves_them(displayed):
    x = torch.tensor(X, requires_grad=True)
    plots.residuals(x, torch.tensor(Y), torch.tensor(0.5, requires_grad=True), 1.0)
    assert len(displayed) == 1
    assert x.grad is None


def test_picture_asks_for_its_axes_by_name():
    with pytest.raises(ValueError, match="axs must hold axes for"):
        plots.residuals(X, Y, 0.5, 1.0, axs={"left": None})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((X, Y[:5], 0.5, 1.0), r"y must have 12 rows, but has 5"),
        ((X, Y * np.nan, 0.5, 1.0), r"y must be finite, but 12 of its 12 numbers are NaN"),
        ((X[:0], Y, 0.5, 1.0), r"x must hold at least one number"),
        ((np.hstack([X, X]), Y, 0.5, 1.0), r"x must have shape \(n,\) or \(n, 1\)"),
        ((X.T, Y, 0.5, 1.0), r"x must have shape \(n,\) or \(n, 1\), but has shape \(1, 12\)"),
        ((X, Y, X, 1.0), r"w must be one number, but has shape \(12, 1\)"),
        (("text", Y, 0.5, 1.0), r"x must be numbers in the shape of an array, got 'text'"),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        plots.residuals(*arguments)


def test_a_learning_rate_that_is_not_positive_is_named():
    with pytest.raises(ValueError, match="lrs must be positive, got 0"):
        plots.learning_rates(X, Y, [PATH] * 4, [0.1, 0.2, 0, 1])


def test_a_path_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"path must have shape \(steps \+ 1, 2\)"):
        plots.whole_run(X, Y, PATH.T)


@pytest.mark.parametrize("x", [X, 1000 * X, np.ones((12, 1))], ids=["round", "canyon", "valley"])
def test_the_loss_is_the_same_along_a_level_line(x):
    """In the valley, where only w + b counts, the lines are straight as far as one can see."""
    loss, ax = QuadraticLoss(design_matrix(x), Y[:, 0]), Figure().subplots()
    core.draw_bowl(ax, loss, (-1, 3), (0, 2))
    (lines,) = ax.collections
    assert len(lines.get_segments()) == 12
    seen = [line[(abs(line) < 10).all(axis=1)] for line in lines.get_segments()]
    assert sum(map(len, seen)) > 0
    for line, level in zip(seen, lines.get_array(), strict=True):
        assert loss.loss(line) == pytest.approx(level, rel=1e-6)


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def draw_prediction(prediction, truth, axis="x"):
    """Return the axes of a picture with a prediction, their limits before it, and the words."""
    ax = Figure().subplots()
    ax.plot([0.0, 10.0], [0.0, 10.0])
    limits = ax.axis()
    return ax, limits, core.mark_prediction(ax, prediction, truth, axis)


@pytest.mark.parametrize(
    ("axis", "prediction", "truth", "words"),
    [
        ("x", 3, 5.24, " You predicted 3; it is 5.24."),
        ("y", np.float32(-0.5), 2, " You predicted -0.5; it is 2."),
        ("x", 10_000, 3456.7, " You predicted 10,000; it is 3,457."),
    ],
)
def test_a_prediction_is_a_dashed_line_and_the_caption_names_it(axis, prediction, truth, words):
    ax, limits, found = draw_prediction(prediction, truth, axis)
    line = ax.lines[-1]
    assert found == words
    assert (line.get_label(), line.get_linestyle()) == ("your prediction", "--")
    assert set(line.get_xdata() if axis == "x" else line.get_ydata()) == {prediction}
    assert ax.axis() == limits, "a wild guess squeezes the picture"


@pytest.mark.parametrize("nothing", [..., None])
def test_before_a_prediction_nothing_is_drawn_or_said(nothing):
    ax, _, words = draw_prediction(nothing, 5.24)
    assert (len(ax.lines), words) == (1, "")


@pytest.mark.parametrize("odd", ["abc", True, np.nan, np.inf, 2j, [3.0], torch.tensor(3.0)])
def test_a_prediction_that_is_no_number_is_quoted(odd):
    ax, _, words = draw_prediction(odd, 5.24)
    assert len(ax.lines) == 1
    assert words == f" my_prediction holds {odd!r}, not a number: type a number such as 3.5."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5e-8, "50 ns"), (1e-7, "0.1 µs"), (9.87e-4, "987 µs"), (1e-3, "1 ms"), (0.5, "500 ms")]
    + [(1, "1 s"), (12.34, "12.3 s")],
)
def test_a_time_is_said_in_its_unit(seconds, words):
    _, line = drawn("overhead_and_work", seconds=[seconds, 1.5 * seconds, 3 * seconds, 1e3])
    assert line.startswith(f"One step takes {words} with 10 rows; ")


@pytest.mark.parametrize(
    ("name", "changed", "words"),
    [
        ("overhead_and_work", {"rows": [10, 10, 20, 30]}, "rows must increase"),
        ("overhead_and_work", {"seconds": [1, 0, 2, 3]}, "seconds must be positive, got 0"),
        ("devices_by_rows", {"gpu": [1, 2, -1, 3]}, "gpu must be positive, got -1"),
        ("loss_by_seconds", {"runs": {}}, "runs must hold 1 to 4 trainings, but holds 0"),
        ("loss_by_seconds", {"runs": {"a": [[1, 0], [2, 1]]}}, "runs must be positive, got 0"),
        ("added_up", {"two": FIVE.T[:2, :3]}, r"two must have shape \(2, 9\), but has"),
        ("added_up", {"three": FIVE.T[:3, :3]}, r"three must have shape \(3, 9\), but has"),
        ("speed_ladder", {"seconds": {"a": 1}}, "seconds must hold two or more, but holds 1"),
        ("speed_ladder", {"seconds": {"a": 1, "b": 0}}, "seconds must be positive, got 0"),
        ("networks_at_once", {"times": {"a": 1}}, "times must hold two or more, but holds 1"),
        ("batch_descents", {"paths": {4: PATH, 2: PATH, 1: PATH}}, "paths must hold 12 and two"),
        ("reported_losses", {"n_batches": 0}, "n_batches must be positive, got 0"),
        ("reported_losses", {"n_batches": 7}, "batch_losses must hold whole epochs of 7"),
    ],
)
def test_numbers_that_no_measurement_gives_are_refused(name, changed, words):
    assert re.search(words, refuse(name, **changed))


def test_the_steps_of_a_learned_curve_are_counted_from_its_first():
    changed = good("learned_curve") | {"steps": [5, 6, 8, 12, 14]}
    assert plots.learned_curve(**changed, **axes_for("learned_curve")).startswith("In 9 steps ")


def test_a_whole_run_marks_the_same_epochs_in_each_view(displayed):
    axs = Figure().subplot_mosaic([["data", "parameters", "loss"]])
    plots.whole_run(X, Y, PATH, axs=axs)

    def shapes(ax):
        return [line.get_marker() for line in ax.lines if line.get_marker() in set("oDs^v")]

    assert shapes(axs["parameters"]) == shapes(axs["loss"])
    assert shapes(axs["data"])[1:] == shapes(axs["loss"])  # the first are the data points


@pytest.mark.parametrize("name", plots.__all__)
def test_go_to_definition_lands_on_the_function_that_draws(name):
    """`plots` imports each by its name, so that an editor can follow it without running code."""
    tree = ast.parse(Path(plots.__file__).read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    (home,) = [node.module for node in imports if name in [alias.name for alias in node.names]]
    path = ROOT / f"{home.replace('.', '/')}.py"
    defined = ast.parse(path.read_text(encoding="utf-8")).body
    (function,) = [node for node in defined if getattr(node, "name", None) == name]
    assert isinstance(function, ast.FunctionDef)
    assert inspect.unwrap(getattr(plots, name)).__code__.co_filename == str(path)


@pytest.mark.parametrize("path", sorted(Path(plots.__file__).parent.glob("[a-z]*.py")))
def test_every_picture_is_offered_by_plots_and_names_its_lesson(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    drawing = {
        node.name: ast.get_docstring(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("picture(" in ast.unparse(d) for d in node.decorator_list)
    }
    assert drawing.keys() <= set(plots.__all__)
    assert drawing.keys() <= set(PICTURES), "the tests of all pictures do not know it"
    for docstring in drawing.values():
        assert re.search(r"From the lesson ('.*')\.", docstring)[1] in ast.get_docstring(tree)


def test_a_lesson_is_named_by_its_title_and_not_by_its_number():
    """A number changes when a lesson is inserted before it."""
    modules = [*(ROOT / "course_utils").glob("*.py"), *(ROOT / "course_utils/plots").glob("*.py")]
    modules += (ROOT / "course_utils/graphs").glob("*.py")
    for path in modules:
        if path.name != "self_check.py":
            assert not re.search(r"[Ll]essons? \d\d", path.read_text(encoding="utf-8")), path.name
