"""Lessons in the real JupyterLab, as `course.py lab` hands them out, in a real browser.

The default test command opens and runs only the first two lessons; `course.py test --browser` opens
all, and also works in them. Each lesson is opened and run once, and each test looks at it or works
in it. With `--browser`, screenshots in both themes are in test_output/browser/NN afterwards.
"""

import base64
import json
import re
import statistics

import pytest

from tests.lessons.wrong_answers import answers_of
from tests.support.accessible import find_violations
from tests.support.jupyterlab import (
    ALL_RAN,
    CODE,
    ERRORS,
    FIGURES,
    IDLE,
    PANE,
    PANEL,
    PROMPTS,
    SIZES,
    THEMES,
    UNSAVED,
    USUAL,
    WRITTEN,
    opened,
    resize,
    set_theme,
    toggle_files,
)
from tests.support.lessons import (
    NUMBERS,
    ROOT,
    TEXTS,
    exercises,
    is_deeper,
    read_notebook,
    slider_calls,
    stored_pictures,
)
from tests.support.pictures import picture_difference
from tests.support.readable import CONTRAST, FAINT, SHOWN, WIDER, hidden_fraction
from tests.support.slider_cell import CELLS, HANDLE, SliderCell, tab_to
from tests.support.tiers import slow_after

# JupyterLab drops the alt text of a picture, and ipywidgets gives a slider's handle no name.
NAMELESS = [".jp-RenderedImage img", HANDLE]
TALL = 3600  # pixels, of a screenshot


@pytest.fixture(scope="module", params=slow_after(2, TEXTS))
def lesson(browser, lab, request):
    """Open a lesson, run and unfold all of it."""
    with opened(browser, lab, request.param) as lesson:
        yield lesson


def begins_deeper(cell):
    """Return whether a cell begins a deeper section, whose other cells are out of sight."""
    return re.match("##+ Deeper: ", cell.source) is not None


def read_png(image):
    """Return the PNG that a page shows, in base64."""
    return image.get_attribute("src").removeprefix("data:image/png;base64,")


def test_lessons_are_handed_out_without_outputs(lab):
    for path in lab[2].glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs")


def test_lesson_runs_from_top_to_bottom(lesson):
    assert lesson.figures_at_first == 0, "the lesson was handed out with its outputs"
    assert lesson.unsaved_at_first == 0, "the lesson was changed by opening it"
    assert lesson.page.locator(UNSAVED).count() == 1, "what was run is not marked as unsaved"
    assert lesson.folded_at_first == sum(begins_deeper(cell) for cell in lesson.stored)
    assert lesson.page.locator(ERRORS).all_inner_texts() == []
    assert lesson.page.evaluate(ALL_RAN, PROMPTS), "a cell did not run"


def test_pictures_are_as_stored(lesson):
    stored, shown = stored_pictures(lesson.stored), lesson.page.locator(FIGURES).all()
    assert len(shown) == len(stored)
    for (k, tags, output), image in zip(stored, shown, strict=True):
        assert image.evaluate("image => image.naturalWidth") > 0
        if "nbval-ignore-output" not in tags:
            difference, _ = picture_difference(output.data["image/png"], read_png(image))
            assert difference is None, f"the picture of cell {k}: {difference}"


def test_every_picture_has_its_caption_under_it(lesson):
    """JupyterLab drops the alt text of a picture, so the same words are printed under it.

    Under the pictures of the self-check, a table says what you should see.
    """
    shown = lesson.page.locator(FIGURES).all()
    for (k, tags, output), image in zip(stored_pictures(lesson.stored), shown, strict=True):
        caption = output.metadata["image/png"]["alt"]
        assert len(caption.split()) > 4, f"the picture of cell {k}"
        below = image.evaluate(
            """image => image.closest(".jp-OutputArea-child").nextElementSibling?.innerText"""
        )
        if "nbval-ignore-output" not in tags and "self_check" not in lesson.stored[k].source:
            assert caption in (below or ""), f"the picture of cell {k}"


@pytest.fixture(params=THEMES)
def themed(lesson, request):
    """Show a lesson in a theme, with all details open; afterwards in the light theme again."""
    lesson.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    set_theme(lesson.page, request.param)
    yield lesson
    set_theme(lesson.page, "light")


@pytest.fixture(params=SIZES)
def resized(themed, request):
    """Show a lesson in a theme and at a size; afterwards at the usual size again."""
    resize(themed.page, SIZES[request.param])
    yield themed
    resize(themed.page, USUAL)


@pytest.mark.slow
def test_everything_is_readable(themed):
    assert themed.page.evaluate(FAINT, [f"{WRITTEN}, {CODE}", CONTRAST]) == []
    for k, image in enumerate(themed.page.locator(FIGURES).all()):
        stored, shown = (base64.b64decode(png) for png in (read_png(image), image.evaluate(SHOWN)))
        hidden = hidden_fraction(stored, shown)
        assert hidden == 0, f"picture {k}: {hidden:.0%} of what is drawn"


@pytest.mark.slow
def test_nothing_is_wider_than_the_notebook(resized, request):
    chosen = request.node.callspec.params
    folder = ROOT / "test_output" / "browser" / resized.number
    take_screenshots(resized.page, folder, f"{chosen['themed']}-{chosen['resized']}")
    assert resized.page.evaluate(WIDER, [PANE, WRITTEN]) == []
    toggle_files(resized.page)
    beside = resized.page.evaluate(WIDER, [PANE, WRITTEN])
    toggle_files(resized.page)
    assert beside == [], "with the list of files beside it"


@pytest.mark.slow
def test_axe_finds_nothing_serious_in_what_the_course_writes(resized):
    """By axe-core's own rules for screen readers, keyboards and contrast."""
    assert find_violations(resized.page, WRITTEN, NAMELESS) == []


def take_screenshots(page, folder, name):
    """Save pictures of the whole open lesson in place of the old ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{name}-*"):
        stale.unlink()
    width, usual = page.viewport_size["width"], tuple(page.viewport_size.values())
    resize(page, (width, TALL))
    pane = page.locator(PANE)
    view, height = pane.evaluate("pane => [pane.clientHeight, pane.scrollHeight]")
    for number, top in enumerate(range(0, height, view)):
        pane.evaluate("(pane, top) => { pane.scrollTop = top; }", top)
        page.screenshot(path=folder / f"{name}-{number}.jpg", type="jpeg", quality=80)
    resize(page, usual)


@pytest.mark.slow
def test_sliders_move_their_pictures(lesson):
    """By mouse and by keys; the test prints how long a picture takes to follow."""
    page, cells = lesson.page, lesson.page.locator(CELLS)
    figures = page.locator(FIGURES).count()
    assert cells.count() == slider_calls(lesson.stored)

    for locator in cells.all():
        cell = SliderCell(page, locator)
        labels = locator.locator(".widget-label:visible")
        assert labels.count() == len(cell.handles)
        cell.handles[0].focus()
        for k, handle in enumerate(cell.handles):
            label = labels.nth(k).inner_text()
            assert label.strip()
            if k:  # the number or menu beside a slider is a stop as well
                assert tab_to(page, HANDLE, presses=3)
            assert handle.evaluate("handle => handle === document.activeElement")
            times, caption = [], cell.caption.inner_text()
            for _ in range(3):
                press = lambda handle=handle: cell.press_inwards(handle)  # noqa: B023, E731
                times.append(cell.milliseconds_until_redrawn(press))
            print(f"lesson {lesson.number}, {label:<16} {statistics.median(times):6.0f} ms")
            cell.caption.filter(has_not_text=caption).wait_for()
        cell.milliseconds_until_redrawn(cell.drag)
    assert page.locator(FIGURES).count() == figures, "a second picture appeared"


@pytest.mark.slow
def test_a_slider_cell_can_run_again(lesson):
    for k, stored in enumerate(lesson.stored):
        if slider_calls([stored]):
            lesson.page.wait_for_function(IDLE)
            cell = lesson.cells.nth(k)
            before = cell.locator(".jp-InputPrompt").first.inner_text()
            cell.locator(".cm-content").focus()
            lesson.page.keyboard.press("Control+Enter")
            lesson.page.wait_for_function(
                "([cell, before]) => ![before, '[*]:'].includes("
                "cell.querySelector('.jp-InputPrompt').innerText.trim())",
                arg=[cell.element_handle(), before.strip()],
            )
            cell.locator(HANDLE).last.wait_for()
            again = SliderCell(lesson.page, cell)
            again.handles[0].focus()
            again.milliseconds_until_redrawn(lambda: again.press_inwards(again.handles[0]))  # noqa: B023
            assert cell.locator("img").count() == 1


@pytest.mark.slow
def test_the_page_shows_what_the_check_says(lesson):
    """Of each exercise, for a typical wrong answer and then for the solution."""
    for exercise in exercises(lesson.number):
        wrong, diagnosis = answers_of(lesson.number).WRONG[exercise.name][0]
        for answer, words in [(wrong, diagnosis), (exercise.solution, ": right. ")]:
            editor = lesson.cells.nth(exercise.cell).locator(".cm-content")
            editor.focus()
            lesson.page.keyboard.press("Control+a")
            lesson.page.keyboard.insert_text(answer)
            editor.filter(has_text=answer.split("\n")[-1].strip()).wait_for()
            lesson.page.keyboard.press("Control+Enter")
            lesson.cells.nth(exercise.check_cell).locator(".cm-content").focus()
            lesson.page.keyboard.press("Control+Enter")
            output = lesson.cells.nth(exercise.check_cell).locator(".jp-OutputArea-output")
            output.filter(has_text=words).wait_for()


def test_the_console_reports_no_error(lesson):
    assert lesson.page.errors == []


@pytest.mark.slow
def test_a_page_to_look_things_up_opens_as_a_page(lab, page):
    base, token, _ = lab
    page.goto(f"{base}/lab/tree/glossary.md?token={token}&reset")
    page.locator(".jp-MarkdownViewer h1").wait_for()
    assert page.errors == []


def wait_until_keys_count(page):
    """Wait until the kernel is ready and the notebook has the focus for good.

    The panel that opens last may take the focus again, and a key pressed before that has no effect.
    """
    page.wait_for_function(IDLE)
    page.wait_for_timeout(1000)
    page.locator(f"{PANEL} .jp-Cell:focus").wait_for()


@pytest.mark.slow
def test_a_lesson_can_be_worked_through_with_keys_alone(lab, page):
    """Open a lesson, run it cell by cell, move its slider and unfold a solution, by keys alone."""
    number = next(n for n in NUMBERS if slider_calls(read_notebook(n).cells))
    cells, (exercise, *_) = read_notebook(number).cells, exercises(number)
    (name,) = [path.name for path in lab[2].glob(f"{number}_*.ipynb")]
    base, token, _ = lab
    keys = page.keyboard

    page.goto(f"{base}/?token={token}")
    page.locator(f"{PANEL} .jp-Cell").first.wait_for()  # of the first lesson
    wait_until_keys_count(page)
    keys.press("Control+Shift+c")
    page.locator(".lm-CommandPalette-input:focus").wait_for()
    keys.type("Open from Path")
    page.locator(".lm-CommandPalette-item.lm-mod-active").wait_for()
    keys.press("Enter")
    page.locator(".jp-Dialog input:focus").wait_for()
    keys.type(name)
    keys.press("Enter")
    page.locator(f"{PANEL} .jp-Cell").nth(len(cells) - 1).wait_for()
    wait_until_keys_count(page)

    shown = [k for k, cell in enumerate(cells) if begins_deeper(cell) or not is_deeper(cell)]
    slider_index = next(k for k in shown if slider_calls([cells[k]]))
    place = shown.index(slider_index)
    for k in shown[1 : place + 2]:
        keys.press("Shift+Enter")
        page.locator(f"{PANEL} .jp-Cell.jp-mod-active:nth-child({k + 1})").wait_for()
    with_slider = page.locator(f"{PANEL} .jp-Cell").nth(slider_index)
    with_slider.locator(HANDLE).last.wait_for()
    keys.press("ArrowUp")
    cell = SliderCell(page, with_slider)
    assert tab_to(page, HANDLE)
    cell.milliseconds_until_redrawn(lambda: cell.press_inwards(cell.handles[0]))

    for _ in range(shown.index(exercise.check_cell + 1) - place):
        keys.press("j")  # an arrow key would move the slider
    assert tab_to(page, "summary")
    keys.press("Space")
    unfolded = page.locator(f"{PANEL} .jp-Cell").nth(exercise.check_cell + 1)
    unfolded.locator("details[open]").wait_for()
    assert page.errors == []
