"""A picture looks the same in every session and leaves the session's settings alone."""

import gc
import subprocess
import sys
import weakref
import zipfile
from types import SimpleNamespace

import matplotlib.style
import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from matplotlib import rc_context, rcParams
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from course_utils import animation, figures, graphs, plots, self_check, sliders
from tests.support.lessons import ROOT
from tests.support.tiers import slow_after

matplotlib.use("agg")

X = np.linspace(0, 1, 12)
Y = 2 * X + 1 + 0.1 * np.sin(40 * X)
PATH = np.column_stack([np.linspace(0, 2, 21), np.linspace(0, 1, 21)])


def graph():
    w = torch.tensor(2.0, requires_grad=True)
    with graphs.record(w=w) as tape:
        loss = (3 * w - 5) ** 2
    tape.draw(loss, gradients=True)


KINDS = {
    "a plot": lambda: plots.residuals(X, Y, 0.5, 1.0),
    "a colour map": lambda: plots.loss_surface(X, Y, 0.5, 1.0),
    "a graph": graph,
    "a slider": lambda: sliders.move(plots.residuals, X, Y, w=(-1, 4, 0.5), b=(-1, 3, 1)),
    "an animation": lambda: animation.play(plots.one_descent, X, Y, PATH, 20, "lr = 0.1"),
    "the self-check": self_check.check_figure,
}
OTHERS = [kind for kind in KINDS if kind != "a plot"]
SHOWN = [kind for kind in KINDS if kind != "a slider"]  # its later pictures share one renderer
SESSIONS = {
    "another style": ["dark_background"],
    "own settings": [{"figure.dpi": 50, "savefig.dpi": 50, "font.size": 20, "lines.linewidth": 9}],
    "a notebook's settings": [{"figure.constrained_layout.use": False, "font.family": "serif"}],
}


@pytest.fixture
def outputs(monkeypatch):
    """Return a list of the data and metadata of everything displayed."""
    outputs = []
    for module in (figures, sliders, animation):
        monkeypatch.setattr(
            module, "display", lambda data, metadata=None, **_: outputs.append((data, metadata))
        )
    return outputs


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        *slow_after(2, [(session, "a plot") for session in SESSIONS]),
        *slow_after(len(OTHERS), [(session, kind) for session in SESSIONS for kind in OTHERS]),
    ],
)
def test_a_picture_looks_the_same_whatever_the_session_has_set(outputs, session, kind):
    KINDS[kind]()
    (data, metadata), *_ = outputs
    outputs.clear()
    with matplotlib.style.context(SESSIONS[session]):
        before = rcParams.copy()
        KINDS[kind]()
        assert rcParams == before, "the session's settings have changed"
    assert data["image/png"] == outputs[0][0]["image/png"]
    assert metadata == outputs[0][1]


@pytest.mark.parametrize("kind", ["a plot", "a graph", "an animation", "a slider"])
def test_in_a_notebook_a_caption_is_an_output_of_its_own(outputs, monkeypatch, capsys, kind):
    monkeypatch.setattr(figures, "get_ipython", lambda: SimpleNamespace(kernel="any"))
    KINDS[kind]()
    (picture, _), (caption, _), *_ = outputs
    assert caption == figures.caption_output(picture["text/plain"])
    assert capsys.readouterr().out == ""


def test_a_caption_is_the_same_text_with_and_without_html():
    """What was printed keeps its spaces above it."""
    data = figures.caption_output("w < 2 & b: <b>1</b>", "w   b\n1 < 2")
    assert data["text/plain"] == "w   b\n1 < 2\nw < 2 & b: <b>1</b>"
    page = BeautifulSoup(data["text/html"], "html.parser")
    assert page.pre.text == "w   b\n1 < 2"
    assert page.find("p", "course-caption").text == "w < 2 & b: <b>1</b>"


def test_a_picture_on_given_axes_has_the_style_of_the_session():
    with rc_context({"lines.linewidth": 7.5}):
        ax = Figure().subplots()
        plots.readings(X, Y, ax=ax)
    assert {line.get_linewidth() for line in ax.lines} == {7.5}


def test_the_style_can_be_applied_to_a_figure_of_ones_own():
    before = rcParams.copy()
    with figures.style():
        ax = Figure().subplots()
        assert not ax.spines["top"].get_visible()
    assert rcParams == before


def test_a_style_inside_another_keeps_the_outer_settings():
    with figures.style({"axes.titley": 1.0}), figures.style():
        assert rcParams["axes.titley"] == 1.0
    with figures.style(), figures.style({"axes.titley": 0.5}):
        assert rcParams["axes.titley"] == 0.5


def test_an_error_in_a_picture_leaves_the_settings_as_they_were(outputs):
    before = rcParams.copy()
    for _ in range(2):
        with pytest.raises(ValueError, match="w must be one number"):
            plots.residuals(X, Y, X, 1.0)
        assert rcParams == before


def test_style_and_recorded_data_are_in_the_package_that_is_installed(tmp_path):
    """Without them, a lesson would lack them everywhere but in a checkout."""
    code = f"from setuptools.build_meta import build_wheel; build_wheel({str(tmp_path)!r})"
    for name in ("pyproject.toml", "README.md", "LICENSE", "course_utils"):
        (tmp_path / name).symlink_to(ROOT / name)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"course_utils/style.mplstyle", "course_utils/learned_curve.csv"} <= {*names}
    assert "course_utils/figures.py" in names
    assert not (ROOT / "notebooks/matplotlibrc").exists()


@pytest.mark.parametrize("kind", SHOWN)
def test_a_shown_picture_leaves_no_pixels_in_memory(kind, outputs, monkeypatch):
    """Without a collection of garbage: where torch is loaded, Python hardly ever has one."""
    sizes, start = weakref.WeakKeyDictionary(), RendererAgg.__init__

    def remember(self, width, height, dpi):
        start(self, width, height, dpi)
        sizes.setdefault(self, []).append(width * height)

    KINDS[kind]()  # A graph's texts are measured by a renderer that is kept, of one inch.
    monkeypatch.setattr(RendererAgg, "__init__", remember)
    gc.disable()
    try:
        KINDS[kind]()
        assert sizes
        assert [size for size in sizes.values() if size[-1] > 1] == []
    finally:
        gc.enable()
