"""Every lesson in the real JupyterLab in Firefox: it runs, shows its pictures and its sliders move.

Only `course.py test --browser` runs these tests.
"""

import pytest

from tests.support.jupyterlab import ALL_RAN, ERRORS, FIGURES, PROMPTS, opened
from tests.support.lessons import TEXTS, slider_calls, stored_pictures
from tests.support.slider_cell import CELLS, SliderCell
from tests.support.tiers import slow_after


@pytest.mark.parametrize("number", slow_after(0, TEXTS))
def test_lesson_runs_and_shows_everything_in_firefox(firefox, lab, number):
    with opened(firefox, lab, number) as lesson:
        page = lesson.page
        assert page.locator(ERRORS).all_inner_texts() == []
        assert page.evaluate(ALL_RAN, PROMPTS), "a cell did not run"
        widths = page.locator(FIGURES).evaluate_all("all => all.map(i => i.naturalWidth)")
        assert len(widths) == len(stored_pictures(lesson.stored))
        assert all(widths), "a picture is empty"

        sliders = page.locator(CELLS)
        assert sliders.count() == slider_calls(lesson.stored)
        for locator in sliders.all():
            cell = SliderCell(page, locator)
            cell.handles[0].focus()
            cell.milliseconds_until_redrawn(lambda cell=cell: cell.press_inwards(cell.handles[0]))
        assert page.errors == []
