"""Every picture shows itself with a line of text, draws on given axes, and refuses bad input."""

import ast
import base64
import io
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.image import imread

from course_utils import plots
from course_utils.descent import QuadraticLoss, design_matrix
from course_utils.plots import core

matplotlib.use("agg")

X = np.linspace(0, 1, 12).reshape(-1, 1)
Y = 2 * X + 1 + 0.1 * np.sin(40 * X)
PATH = np.column_stack([np.linspace(0, 2, 30), np.linspace(0, 1, 30)])

# Each picture with good arguments; the panels are those it asks for.
PICTURES = {
    "train_and_validation": ((X, Y, X[:3], Y[:3], 2.0, 1.0), None),
    "residuals": ((X, Y, 0.5, 1.0), "residuals squares"),
    "loss_surface": ((X, Y, 0.5, 1.0), None),
    "loss_slices": ((X, Y, 0.5, 1.0, -1.0, -2.0), "w b"),
    "three_views": ((X, Y, PATH), "data parameters loss"),
    "learning_rates": ((X, Y, [PATH] * 4, [0.1, 0.2, 0.3, 2.0]), "p0 p1 p2 p3 l0 l1 l2 l3"),
    "feature_scale": ((X, 10 * X, Y, PATH, PATH), "raw scaled loss"),
    "batch_paths": ((X, Y, {12: PATH, 4: PATH, 1: PATH}, 5), "m0 m1 m2 loss"),
    "one_descent": ((X, Y, PATH, 20, "lr = 0.1"), "path loss"),
    "learning_curves": (([3.0, 2.0, 1.5], [4.0, 3.0, 2.5]), None),
    "visits": ((range(1, 5), [3, 7, 15, 31], [2, 3, 4, 5]), None),
    "fit_and_error": ((X, Y, [2.0, 1.0], [3.0, 2.0, 1.5], 1.0, "loss"), "fit error"),
    "accumulation": ((X, Y, PATH, 2 * PATH), "map error"),
    "norm_over_n": (([10, 100], [0.03, 0.01], [0.11, 0.1], 0.1), None),
    "distance_left": ((X, Y, {"a": PATH, "b": PATH[:9]}), "steep flat"),
}


@pytest.fixture
def displayed(monkeypatch):
    """Return what a picture displays: pairs of data and metadata."""
    seen = []
    monkeypatch.setattr(
        core, "display", lambda data, metadata, raw: seen.append((data, metadata, raw))
    )
    return seen


@pytest.mark.parametrize("name", PICTURES)
def test_picture_shows_itself_with_its_line(name, displayed, capsys):
    arguments, _ = PICTURES[name]
    assert getattr(plots, name)(*arguments) is None
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


@pytest.mark.parametrize("name", [name for name, (_, panels) in PICTURES.items() if panels])
def test_picture_draws_on_given_axes(name, displayed):
    arguments, panels = PICTURES[name]
    axs = Figure().subplot_mosaic([panels.split()])
    line = getattr(plots, name)(*arguments, axs=axs)
    assert line.endswith(".")
    assert not displayed
    assert all(ax.has_data() for ax in axs.values())


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
        (("text", Y, 0.5, 1.0), r"x must be numbers in the shape of an array, but 'text' came"),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        plots.residuals(*arguments)


def test_a_learning_rate_that_is_not_positive_is_named():
    with pytest.raises(ValueError, match="lrs must be positive, but 0 came"):
        plots.learning_rates(X, Y, [PATH] * 4, [0.1, 0.2, 0, 1])


def test_a_path_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"path must have shape \(steps \+ 1, 2\)"):
        plots.three_views(X, Y, PATH.T)


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


def test_three_views_marks_the_same_epochs_in_each_view(displayed):
    axs = Figure().subplot_mosaic([["data", "parameters", "loss"]])
    plots.three_views(X, Y, PATH, axs=axs)

    def shapes(ax):
        return [line.get_marker() for line in ax.lines if line.get_marker() in set("oDs^v")]

    assert shapes(axs["parameters"]) == shapes(axs["loss"])
    assert shapes(axs["data"])[1:] == shapes(axs["loss"])  # the first are the data points


@pytest.mark.parametrize("path", sorted(Path(core.__file__).parent.glob("lesson_*.py")))
def test_every_picture_of_a_lesson_is_offered_by_plots(path):
    drawn = {
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    assert drawn
    assert drawn <= set(plots.__all__)
    for name in drawn:
        assert getattr(plots, name).__module__ == f"course_utils.plots.{path.stem}"


def test_an_unknown_picture_is_named():
    with pytest.raises(AttributeError, match="has no picture 'loss_curve'"):
        plots.loss_curve  # noqa: B018 - asking is what raises
