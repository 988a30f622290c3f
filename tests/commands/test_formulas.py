"""Markdown becomes HTML whose formulas every browser draws itself."""

import pytest
from bs4 import BeautifulSoup

from commands import formulas
from tests.support.lessons import TEXTS, read_notebook


def convert(markdown, **settings):
    return BeautifulSoup(formulas.to_html(markdown, **settings), "html.parser")


@pytest.mark.parametrize(
    ("markdown", "display", "part"),
    [
        ("so $x_1$ is", "inline", "msub"),
        ("$$\\frac{1}{2}$$", "block", "mfrac"),
        ("\\begin{align}a &= 1 \\\\ b &= 2\\end{align}", "block", "mtable"),
    ],
)
def test_a_formula_becomes_mathml(markdown, display, part):
    (formula,) = convert(markdown).find_all("math")
    assert formula["display"] == display
    assert formula.find(part)


@pytest.mark.parametrize(
    ("formula", "spaces"),
    [(r"y = \sin 6x", 1), (r"2 \sin 6x", 2), (r"c\,\sin x", 2), (r"\tanh(x)", 0), (r"\log^2", 0)],
)
def test_a_function_keeps_its_distance(formula, spaces):
    assert len(convert(f"${formula}$").find_all("mspace")) == spaces


@pytest.mark.parametrize(
    ("markdown", "kept"), [("$x$, so", "x,"), ("($x$).", "(x)."), ("$x$ so", "")]
)
def test_a_formula_keeps_the_comma_behind_it_on_its_line(markdown, kept):
    page = BeautifulSoup(formulas.keep_commas(formulas.to_html(markdown)), "html.parser")
    assert "".join(element.text for element in page.select(".together")) == kept


@pytest.mark.parametrize("formula", ["x_", "{", "\\left( x<y", "a^b^c"])
def test_a_formula_with_a_mistake_is_shown_as_it_was_typed(formula):
    assert convert(f"Text ${formula}$.").p.text == f"Text {formula}."


def test_a_fold_keeps_its_text_where_pictures_are_embedded():
    fold = convert("<details><summary>S</summary>\n\n$x$ *then*\n\n</details>", embed_images=True)
    assert fold.details.em.text == "then"
    assert fold.details.math


@pytest.mark.parametrize("lesson", TEXTS)
def test_every_formula_of_a_lesson_is_drawn(lesson):
    for cell in read_notebook(lesson).cells:
        if cell.cell_type == "markdown":
            page = convert(cell.source)
            assert not page.select(".formula")
            for formula in page.find_all("math"):
                assert "\\" not in formula.text
            for code in page.select("code"):
                code.decompose()
            assert "$" not in page.text
