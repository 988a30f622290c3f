"""The look of a lesson in the course's JupyterLab: commands/jupyter/custom/custom.css.

A small notebook has each thing that the style sheet is about.
"""

import base64
import io

import numpy as np
import pytest
from matplotlib.image import imread
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.support.jupyterlab import (
    CODE,
    FIGURES,
    PANE,
    PANEL,
    SIZES,
    THEMES,
    USUAL,
    WRITTEN,
    lesson_url,
    open_lesson,
    resize,
    run_all,
    set_theme,
    shut_down_kernels,
    window,
)
from tests.support.lessons import NOTEBOOKS
from tests.support.readable import CONTRAST, FAINT, SHOWN, WIDER

pytestmark = pytest.mark.slow

WIDE = " ".join(f"column_{k:02d}" for k in range(20))
CAPTION = "One long sentence about a picture, with its numbers, " * 5
PATCHES = """
import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from course_utils import figures

def patches(figure):
    ax = figure.add_axes((0, 0, 1, 1))
    ax.axis("off")
    ax.imshow([[0, 1, 2]], aspect="auto", cmap=ListedColormap(["C0", "C1", "C2"]))
    ax.set(xlim=(-1.5, 2.5))
"""
COURSE = f"""
with figures.style():
    patches(figure := Figure(figsize=(4, 1)))
    figures.show(figure, {CAPTION!r})
"""
OWN = """
with figures.style():
    patches(plt.figure(figsize=(4, 1)))
    plt.show()
"""
PHOTOGRAPH = """
import io
from IPython.display import Image
from PIL import Image as Pixels
Pixels.new("RGB", (40, 40), (200, 180, 160)).save(file := io.BytesIO(), format="jpeg")
Image(file.getvalue())
"""
VERDICTS = """
from course_utils.checks import start_here as check
check.average(...)
check.average(lambda values: values.sum())
check.average(lambda values: values.mean())
"""
TEXT = f"""> **Predict.** What does it print?

<details><summary>What you should see</summary>

The numbers.

</details>

| name | what it is |
|---|---|
| `{"x" * 90}` | {"long " * 30} |
"""
WORDS_IN_PIECES = """element => {
    const text = element.firstChild, range = document.createRange(), broken = [];
    for (const word of text.data.matchAll(/\\S+/g)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (range.getClientRects().length !== 1) broken.push(word[0]);
    }
    return broken;
}"""
LINES = (
    "e => Math.round(e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight))"
)
SIDES = """([selector, pane]) => {
    const outer = document.querySelector(pane).getBoundingClientRect();
    return [...document.querySelectorAll(selector)].map(e => {
        const {left, right, width} = e.getBoundingClientRect();
        return [left - outer.left, outer.right - right, width];
    });
}"""


@pytest.fixture(scope="module")
def shown(browser, lab):
    """Open and run the small notebook; yield its page."""
    cells = [new_markdown_cell(TEXT), new_code_cell(f"print('{WIDE}\\n' * 3)")]
    cells += map(new_code_cell, [PATCHES, COURSE, OWN, PHOTOGRAPH, VERDICTS])
    notebook = new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    path = lab[2] / "look.ipynb"
    write(notebook, path)
    try:
        with window(browser) as page:
            open_lesson(page, lab, path.name)
            run_all(page)
            yield page
    finally:
        shut_down_kernels(lab)
        path.unlink()


@pytest.fixture(params=SIZES)
def sized(shown, request):
    """Show the notebook at a size."""
    resize(shown, SIZES[request.param])
    yield shown
    resize(shown, USUAL)


@pytest.fixture(params=THEMES)
def themed(shown, request):
    """Show the notebook in a theme."""
    set_theme(shown, request.param)
    yield shown, request.param
    set_theme(shown, "light")


def pixels(png):
    """Return the colours of a PNG in base64, from 0 to 1."""
    return imread(io.BytesIO(base64.b64decode(png)))[..., :3]


def test_lines_are_at_most_62_rem_wide_and_in_the_middle(sized):
    rem = sized.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    for left, right, width in sized.evaluate(SIDES, [f"{PANEL} .jp-Cell", PANE]):
        assert width <= 62 * rem
        assert abs(left - right) < 30, "a scroll bar is on one side"


def test_a_wide_table_keeps_its_lines_and_scrolls_by_itself(sized):
    table = sized.locator(f"{PANEL} .jp-OutputArea pre", has_text=WIDE)
    assert table.evaluate(LINES) == 4
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")
    assert sized.evaluate(WIDER, [PANE, WRITTEN]) == []


def test_a_caption_wraps_between_words(sized):
    caption = sized.locator(".course-caption")
    assert caption.inner_text().strip() == CAPTION.strip()
    assert caption.evaluate(LINES) > 1
    assert caption.evaluate(WORDS_IN_PIECES) == []


def test_a_pictures_colours_keep_their_roles_on_the_themes_background(themed):
    page, theme = themed
    background = {"light": 1.0, "dark": 0x11 / 255}[theme]  # of JupyterLab's notebooks
    for image in page.locator(f"{FIGURES}[src^='data:image/png']").all():
        colours = pixels(image.evaluate(SHOWN))[50]
        assert np.abs(colours[2] - background).max() < 0.02
        blue, orange, green = (
            colours[int(place * len(colours))] for place in (0.375, 0.625, 0.875)
        )
        assert [max(range(3), key=list(c).__getitem__) for c in (blue, orange, green)] == [2, 0, 1]
        assert list(orange).index(min(orange)) == 2
        assert blue.mean() > 0.5 or theme == "light"


def test_a_photograph_and_a_printed_page_stay_as_they_are(themed):
    page, _ = themed
    (photograph,) = page.locator(f"{FIGURES}[src^='data:image/jpeg']").all()
    assert np.allclose(pixels(photograph.evaluate(SHOWN))[20, 20] * 255, (200, 180, 160), atol=3)
    page.emulate_media(media="print")
    filters = "images => images.map(image => getComputedStyle(image).filter)"
    assert set(page.locator(FIGURES).evaluate_all(filters)) == {"none"}
    page.emulate_media(media="screen")


def test_every_text_has_contrast_in_both_themes(themed):
    """Also that of code, whose colours are JupyterLab's."""
    page, _ = themed
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate(FAINT, [f"{WRITTEN}, {CODE}", CONTRAST]) == []


def test_tab_reaches_a_table_that_scrolls(shown):
    """The browser sees to that, where the element itself has no tabindex."""
    table = shown.locator(f"{PANEL} .jp-OutputArea pre", has_text=WIDE)
    shown.locator(f"{PANEL} .jp-CodeCell .jp-InputPrompt").first.click()
    shown.keyboard.press("Tab")
    assert table.evaluate("e => e === document.activeElement")


def test_a_prediction_a_verdict_and_a_fold_have_a_face(themed):
    page, _ = themed
    look = "e => { const s = getComputedStyle(e); return [s.borderLeftColor, s.backgroundColor]; }"
    faces = [page.locator(f"{PANEL} blockquote"), *page.locator(".course-verdict").all()]
    edges, tints = zip(*(face.evaluate(look) for face in faces), strict=True)
    assert len({*edges}) == len({*tints}) == 4
    assert [face.inner_text()[0] for face in faces[1:]] == ["·", "✗", "✓"]
    assert page.locator("summary").evaluate("e => getComputedStyle(e).cursor") == "pointer"


def test_the_names_of_the_lessons_are_shown_in_full(browser, lab):
    with window(browser) as page:
        resize_to = dict(zip(("width", "height"), SIZES["small"], strict=True))
        page.set_viewport_size(resize_to)
        page.goto(lesson_url(lab, NOTEBOOKS[0].name))
        names = page.locator(".jp-DirListing-itemText")
        names.first.wait_for()
        cut = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
        assert names.count() > 15
        assert names.evaluate_all(cut) == []
        assert page.locator(".jp-DirListing-headerItem:visible").all_inner_texts() == ["Name"]
