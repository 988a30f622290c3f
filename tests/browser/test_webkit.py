"""One lesson in the real JupyterLab in WebKit: it runs and shows its pictures.

Only `course.py test --browser` runs this test.
"""

import pytest

from tests.support.jupyterlab import (
    ALL_RAN,
    ERRORS,
    FIGURES,
    IDLE,
    PANEL,
    PROMPTS,
    RUN_ALL,
    STOPPED,
    lesson_url,
    shut_down_kernels,
)
from tests.support.lessons import NUMBERS, path_of, read_notebook, slider_calls, stored_pictures
from tests.support.slider_cell import CELLS
from tests.support.webkit import started

WIDTHS = "selector => [...document.querySelectorAll(selector)].map(i => i.naturalWidth)"
COUNT = "selector => document.querySelectorAll(selector).length"


@pytest.fixture
def webkit(tmp_path):
    with started(tmp_path) as window:
        yield window


@pytest.mark.slow
def test_a_lesson_with_sliders_runs_and_shows_its_pictures_in_webkit(webkit, lab):
    number = next(n for n in NUMBERS if slider_calls(read_notebook(n).cells))
    stored = read_notebook(number).cells
    webkit.goto(lesson_url(lab, path_of(number, "notebooks", ".ipynb").name))
    webkit.wait_for(f"selector => ({COUNT})(selector) === {len(stored)}", f"{PANEL} .jp-Cell")
    webkit.wait_for(IDLE)
    webkit.evaluate(RUN_ALL)
    webkit.wait_for(
        f"selectors => ({ALL_RAN})(selectors[0]) || ({STOPPED})(selectors)", [PROMPTS, ERRORS], 120
    )
    assert webkit.evaluate(COUNT, ERRORS) == 0
    widths = webkit.evaluate(WIDTHS, FIGURES)
    assert len(widths) == len(stored_pictures(stored))
    assert all(widths), "a picture is empty"
    assert webkit.evaluate(COUNT, CELLS) == slider_calls(stored)
    shut_down_kernels(lab)
