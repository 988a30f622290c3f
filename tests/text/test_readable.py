"""Text without contrast and pictures without a background are found."""

import base64
import io

import pytest
from matplotlib.figure import Figure

from tests.support.readable import CONTRAST, FAINT, SHOWN, WIDER, hidden_fraction


def draw(paper):
    figure = Figure(figsize=(3, 2), facecolor=paper)
    figure.subplots().set(title="a title", xlabel="x", facecolor=paper)
    png = io.BytesIO()
    figure.savefig(png, format="png", facecolor=paper)
    return png.getvalue()


def test_a_picture_on_paper_of_its_own_is_readable():
    assert hidden_fraction(draw("white"), draw("white")) == 0


def test_black_on_a_dark_page_is_unreadable():
    assert hidden_fraction(draw("none"), draw("#111")) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("paper", "behind", "style", "hidden"),
    [
        ("white", "#fff", "", False),
        ("white", "#111", "", False),
        ("none", "#fff", "", False),
        ("none", "#111", "", True),
        ("none", "#111", "background: #fff", False),
        ("none", "#111", "filter: invert(1)", False),
        ("none", "#fff", "filter: invert(1)", True),
    ],
)
def test_a_picture_counts_as_the_page_shows_it(page, paper, behind, style, hidden):
    png = draw(paper)
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    page.set_content(f"<p style='background: {behind}'><img src='{source}' style='{style}'></p>")
    shown = base64.b64decode(page.locator("img").evaluate(SHOWN))
    assert (hidden_fraction(png, shown) > 0.9) == hidden


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "faint"),
    [
        ("color: #000", False),
        ("color: #888", True),
        ("color: #fff", True),
        ("color: #fff; background: #222", False),
        ("color: #fff; background: rgb(0 0 0 / 20%)", True),
        ("color: #000; opacity: 0.3", True),
        ("color: #000; background: color-mix(in srgb, #fff, #eee)", False),
        ("color: #fff; background: color-mix(in srgb, #fff, #eee)", True),
        ("color: #888; display: none", False),
        ("background: #222", True),
    ],
)
def test_a_text_without_contrast_is_found(page, style, faint):
    page.set_content(f"<p>clear</p><div style='{style}'><p>text</p></div>")
    found = page.evaluate(FAINT, ["p", CONTRAST])
    assert [text for text, _ in found] == ["text"] * faint


@pytest.mark.slow
def test_elements_outside_the_lesson_are_ignored(page):
    page.set_content("<b style='color: #eee'>text</b>")
    assert page.evaluate(FAINT, ["p", CONTRAST]) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inner", "outer", "found"),
    [
        ("width: 200px", "", []),
        ("width: 400px", "", ["the notebook", "text"]),
        ("width: 400px", "overflow-x: auto", []),
        ("width: 400px", "overflow-x: hidden", ["text"]),
        ("width: 400px", "width: 400px; overflow-x: auto", ["the notebook", "text"]),
        ("width: 400px; display: none", "", []),
    ],
)
def test_what_is_wider_than_the_notebook_is_found(page, inner, outer, found):
    page.set_content(
        "<div id='pane' style='width: 300px; overflow: auto; position: relative'>"
        f"<div class='written' style='{outer}'><p style='{inner}'>text</p></div></div>"
    )
    assert [name for name, _ in page.evaluate(WIDER, ["#pane", ".written"])] == found
