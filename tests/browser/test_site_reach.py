"""The website for those who read it by keyboard, with a screen reader, in Firefox or on paper."""

import pypdfium2
import pytest

from tests.support.accessible import find_violations
from tests.support.website import LOOK, names, opened, watch

pytestmark = pytest.mark.slow
UNFOLD = "document.querySelectorAll('main details').forEach(fold => fold.open = true)"
LOADED = """Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode();
}))"""
# The switch 'core only' leaves a part of a page, so it is tried with the other two combinations.
VIEWS = [
    ("laptop", "dark", False),
    ("phone", "light", False),
    ("laptop", "light", True),
    ("phone", "dark", True),
]


def lesson(website):
    return next((website / "notebooks").glob("*how_far_to_step.html"))


@pytest.mark.parametrize(("size", "theme", "core_only"), VIEWS)
def test_axe_finds_nothing_serious_on_a_page(browser, website, address, size, theme, core_only):
    found = {}
    with opened(browser, size, theme) as page:
        page.add_init_script(f"localStorage.setItem('core-only', {str(core_only).lower()})")
        for name in names(website):
            if core_only and not name.startswith("notebooks/"):
                continue
            page.goto(address + name)
            page.evaluate(UNFOLD)
            found[name] = find_violations(page, "html", [])
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_page_loads_in_firefox_with_its_pictures(firefox, website, address):
    with opened(firefox) as page:
        wrong = watch(page, address)
        for name in names(website):
            page.goto(address + name)
            assert [name, *wrong, *page.evaluate(LOOK)] == [name]


def test_icons_and_pictures_are_shown_from_a_file_in_firefox(firefox, website):
    with opened(firefox) as page:
        page.goto(lesson(website).as_uri())
        assert page.evaluate(LOOK) == []
        mask = page.locator(".fa-bars").first.evaluate("one => getComputedStyle(one).maskImage")
        assert mask.startswith('url("data:image/svg+xml')


def test_a_keyboard_skips_to_the_text(browser, website):
    with opened(browser) as page:
        page.goto(lesson(website).as_uri())
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to main content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator("main :focus").count() == 1


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_keyboard_opens_and_closes_a_side_bar_on_a_phone(browser, website, side):
    with opened(browser, "phone") as page:
        page.goto(lesson(website).as_uri())
        bar = page.locator(f"dialog#pst-{side}-sidebar-modal")
        page.locator(f"button.{side}-toggle:visible").focus()
        page.keyboard.press("Enter")
        assert bar.get_by_role("link").first.is_visible()
        page.keyboard.press("Escape")
        assert not bar.is_visible()


def printed(page):
    """Return the text of a page on paper."""
    return "\n".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(page.pdf()))


def test_paper_has_everything_unfolded_and_only_the_lesson(browser, website):
    with opened(browser, theme="dark") as page:
        page.goto(lesson(website).as_uri())
        folds = page.locator("main details:not([open])")
        count, text = folds.count(), printed(page)
        assert count > 5
        assert "Each step jumps across the bottom" in text  # an answer
        assert "A project worked out" not in text  # the list of the lessons
        assert folds.count() == count
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_paper_is_black_on_white(browser, website):
    with opened(browser, theme="dark") as page:
        page.goto(lesson(website).as_uri())
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_code_and_pictures_are_whole_on_paper(browser, website):
    with opened(browser) as page:
        page.goto(lesson(website).as_uri())
        page.emulate_media(media="print")
        divided = page.locator("main :is(pre, figure)").evaluate_all(
            "all => all.filter(one => getComputedStyle(one).overflowX !== 'visible').length"
        )
        assert divided == 0
