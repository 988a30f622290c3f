"""Text without contrast and pictures without a background are found."""

import io

import pytest
from matplotlib.figure import Figure

from tests.support.readable import CONTRAST, FAINT, hidden_fraction

BLACK, WHITE = (17, 17, 17), (255, 255, 255)


def draw(paper):
    figure = Figure(figsize=(3, 2), facecolor=paper)
    figure.subplots().set(title="a title", xlabel="x", facecolor=paper)
    png = io.BytesIO()
    figure.savefig(png, format="png", facecolor=paper)
    return png.getvalue()


@pytest.mark.parametrize(("paper", "page"), [("white", WHITE), ("white", BLACK), ("none", WHITE)])
def test_a_picture_is_readable(paper, page):
    assert hidden_fraction(draw(paper), page) == 0


def test_black_on_a_dark_page_is_unreadable():
    assert hidden_fraction(draw("none"), BLACK) > 0.9


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
        ("color: #888; display: none", False),
        ("background: #222", True),
    ],
)
def test_a_text_without_contrast_is_found(page, style, faint):
    page.set_content(f"<p>clear</p><div style='{style}'><p>text<b class='x'></b></p></div>")
    found = page.evaluate(FAINT, ["p", ".x", CONTRAST])
    assert [text for text, _ in found] == ["text"] * faint


@pytest.mark.slow
def test_elements_outside_the_lesson_are_ignored(page):
    page.set_content("<p style='color: #eee' class='x'>text</p>")
    assert page.evaluate(FAINT, ["p", ".x", CONTRAST]) == []
