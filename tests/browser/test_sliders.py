"""Sliders and an animation in the real JupyterLab: what is read aloud, keys, zoom, less motion.

The tests work in a notebook of their own with each kind of slider and an animation. Only
`course.py test --browser` runs them.
"""

import base64
import io

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.jupyterlab import (
    ERRORS,
    PANE,
    open_lesson,
    resize,
    run_all,
    set_theme,
    shut_down_kernels,
    window,
)
from tests.support.slider_cell import CELLS, SliderCell

pytestmark = pytest.mark.slow

SLIDERS = """
import numpy as np
from course_utils import animation, plots, sliders
x = np.linspace(0, 1, 12)

def draw(w, angle, learning_rate):
    plots.residuals(x, 2 * x + 1, w, angle * learning_rate)

rates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
sliders.move(draw, w=(-1.0, 4.0, 0.5), angle=(0, 90, 30), learning_rate=(rates, 0.02))
"""
MOTION = """
path = np.column_stack([np.linspace(0, 2, 21), np.linspace(0, 1, 21)])
animation.play(plots.one_descent, x, 2 * x + 1, path, 20, "twenty steps")
"""
MENU = ".widget-dropdown select"
PICTURE = f"{PANE} picture img"
DARK = "invert(0.93) hue-rotate(180deg)"  # of pictures, in commands/jupyter/custom/custom.css
# Of everything in a cell with sliders: how far it sticks out of the notebook, or out of itself.
TOO_WIDE = """([cells, pane]) => {
    const edge = document.querySelector(pane).getBoundingClientRect().right;
    const inside = "img, .course-caption, .widget-label, .widget-readout, select, .noUi-handle";
    return [...document.querySelector(cells).querySelectorAll(inside)]
        .filter(e => e.getBoundingClientRect().width > 0)
        .filter(e => e.getBoundingClientRect().right > edge || e.scrollWidth > e.clientWidth + 1)
        .map(e => e.className || e.tagName);
}"""


@pytest.fixture(scope="module")
def page(browser, lab):
    """Open and run the notebook."""
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (SLIDERS, MOTION)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path = lab[2] / "sliders.ipynb"
    nbformat.write(notebook, path)
    try:
        with window(browser) as page:
            open_lesson(page, lab, path.name)
            run_all(page)
            assert page.locator(ERRORS).all_inner_texts() == []
            page.locator(PICTURE).wait_for()
            yield page
    finally:
        shut_down_kernels(lab)
        path.unlink()


@pytest.fixture
def cell(page):
    """Take the cell with the sliders."""
    return SliderCell(page, page.locator(CELLS))


def read_aloud(page, role):
    """Return what a screen reader gets of each control with a role: name, value and properties."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [
        {
            "name": node["name"]["value"],
            "value": node.get("value", {}).get("value"),
            **{p["name"]: p["value"].get("value") for p in node["properties"]},
        }
        for node in tree["nodes"]
        if node.get("role", {}).get("value") == role
    ]


def places(cell):
    """Return the number that each handle stands at."""
    return [float(handle.get_attribute("aria-valuetext")) for handle in cell.handles]


def test_a_slider_says_its_value_and_range(page, cell):
    """The property `valuetext` is empty in Chromium 156, so the value is read."""
    read = read_aloud(page, "slider")
    found = [(one["valuemin"], one["valuemax"], float(one["value"])) for one in read]
    assert found == [(-1, 4, 0.5), (0, 90, 30), (0, 6, 2)]
    assert places(cell) == [0.5, 30, 2]


def test_the_name_of_a_slider_is_missing_until_ipywidgets_gives_it(page, cell):
    """CONTRIBUTING lists this limit. When this test fails, the menu of a list has had its time."""
    assert [slider["name"] for slider in read_aloud(page, "slider")] == [""] * 3


def test_a_list_says_its_name_and_value_by_its_menu(page, cell):
    """The handle says the place in the list, the menu beside it the value itself."""

    def menus():
        return [(m["name"], m["value"]) for m in read_aloud(page, "combobox")]

    assert ("learning rate", "0.02") in menus()
    cell.handles[2].focus()
    cell.milliseconds_until_redrawn(lambda: page.keyboard.press("ArrowRight"))
    assert ("learning rate", "0.05") in menus()
    page.locator(MENU).focus()
    page.keyboard.press("Space")  # JupyterLab takes the arrow keys of a menu that is closed
    page.keyboard.press("ArrowUp")
    cell.milliseconds_until_redrawn(lambda: page.keyboard.press("Enter"))
    assert ("learning rate", "0.02") in menus()
    assert places(cell)[2] == 2


@pytest.mark.parametrize(("k", "step"), [(0, 0.1), (1, 1), (2, 1)])
def test_keys_move_a_slider(page, cell, k, step):
    start, (low, high) = places(cell)[k], [(-1, 4), (0, 90), (0, 6)][k]
    cell.handles[k].focus()
    for key, expected in (
        ("ArrowRight", start + step),
        ("ArrowUp", start + 2 * step),
        ("ArrowLeft", start + step),
        ("ArrowDown", start),
        ("PageUp", min(start + 5 * step, high)),
        ("PageDown", max(min(start + 5 * step, high) - 5 * step, low)),
        ("End", high),
        ("Home", low),
    ):
        page.keyboard.press(key)
        assert places(cell)[k] == pytest.approx(expected), key
    for _ in range(round((start - low) / step)):
        page.keyboard.press("ArrowRight")
    assert places(cell)[k] == pytest.approx(start)


@pytest.mark.parametrize("size", [(640, 400), (1024, 640), (1920, 1080)])
def test_sliders_fit_a_narrow_page_and_a_zoom_of_two_hundred_percent(page, cell, size):
    """A zoom of 200% on 1280 by 800 pixels is a page of 640 by 400."""
    resize(page, size)
    try:
        assert page.evaluate(TOO_WIDE, [CELLS, PANE]) == []
        cell.handles[1].focus()
        start = places(cell)[1]
        page.keyboard.press("ArrowRight")
        assert places(cell)[1] == start + 1
        page.keyboard.press("ArrowLeft")
        box = cell.handles[1].bounding_box()
        assert 0 < box["y"] < size[1], "the handle that has the focus is out of sight"
    finally:
        resize(page, (1150, 1400))


def frames_shown(page):
    """Return how many pictures the animation has that the page shows."""
    source = page.locator(PICTURE).evaluate("image => image.currentSrc")
    data = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    return getattr(Image.open(io.BytesIO(data)), "n_frames", 1)


def test_who_asked_for_less_motion_gets_the_finished_picture(page):
    assert frames_shown(page) > 20
    page.emulate_media(reduced_motion="reduce")
    try:
        page.wait_for_function("selector => document.querySelector(selector).complete", arg=PICTURE)
        assert frames_shown(page) == 1
    finally:
        page.emulate_media(reduced_motion="no-preference")


def test_an_animation_is_dark_in_the_dark_theme_like_a_picture(page):
    set_theme(page, "dark")
    pictures = page.locator(f"{PANE} .jp-OutputArea-output img")
    try:
        expect(pictures).to_have_count(2)
        for picture in pictures.all():  # a key of an earlier test may still replace the first one
            expect(picture).to_have_css("filter", DARK)
    finally:
        set_theme(page, "light")
