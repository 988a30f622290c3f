"""What a reader with a phone does: predicts, enlarges pictures, scrolls code, reads formulas."""

import re

import pytest

from tests.support.frames import WITH_SLIDERS
from tests.support.lessons import ROOT, path_of
from tests.support.website import opened, pages, watch

pytestmark = pytest.mark.slow
PHONE = {"size": "phone", "has_touch": True}
PREDICTED = "details.hide.below-input:has(img)"
# Each fold of a result, closed, with the fold that follows it.
FOLLOWED = """() => [...document.querySelectorAll("blockquote")].filter(
    quote => quote.textContent.trim().startsWith("Predict.")).map(quote => {
    const shown = [];
    for (let next = quote.nextElementSibling; next; next = next.nextElementSibling) {
        if (next.matches("details")) return [shown.length, next.innerText.trim()];
        shown.push(...[...next.querySelectorAll(".cell_output")].filter(o => o.checkVisibility()));
    }
    return [shown.length, "nothing"];
})"""
# The elements that scroll sideways and have no shadow, which is the last but one background.
WITHOUT_SHADOW = """() => [...document.querySelectorAll("main :is(pre, .formula)")].filter(
    one => one.scrollWidth > one.clientWidth && (
        getComputedStyle(one).backgroundImage.split("gradient").length !== 5
        || !getComputedStyle(one).backgroundAttachment.startsWith("local, local, scroll, scroll")
        || getComputedStyle(one).overflowX !== "auto")).map(one => one.outerHTML.slice(0, 200))"""


def lesson(website, subject):
    """Return the address of a lesson's page."""
    return next((website / "notebooks").glob(f"*{subject}.html")).as_uri()


def test_no_result_is_on_the_screen_before_the_prediction(browser, website):
    with opened(browser, "phone") as page:
        found = 0
        for path in sorted((website / "notebooks").glob("*.html")):
            page.goto(path.as_uri())
            for shown, fold in page.evaluate(FOLLOWED):
                assert (path.stem, shown, fold) == (path.stem, 0, "What you should see")
                found += 1
        assert found > 60


def test_the_result_is_shown_by_a_key_and_hidden_by_a_tap(browser, website):
    with opened(browser, **PHONE) as page:
        page.goto(lesson(website, "by_hand"))
        fold = page.locator(PREDICTED).first
        assert fold.evaluate("one => one.previousElementSibling.checkVisibility()"), "the code"
        assert not fold.locator("img").is_visible()
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.locator("img").is_visible()
        fold.locator("summary").tap()
        assert not fold.locator("img").is_visible()


def test_a_link_opens_the_fold_it_leads_into(browser, website):
    with opened(browser) as page:
        page.goto(lesson(website, "by_hand"))
        page.locator(PREDICTED).first.locator("figcaption").evaluate("one => one.id = 'within'")
        page.evaluate("location.hash = '#within'")
        page.wait_for_selector("#within", state="visible", timeout=5000)


@pytest.mark.parametrize(("word", "is_open"), [("steeper", True), ("loss", False)])
def test_a_word_that_is_only_in_folds_opens_them(browser, website, word, is_open):
    with opened(browser) as page:
        page.goto(f"{lesson(website, 'by_hand')}?highlight={word}")
        highlighted = page.locator("main details .highlighted")
        page.wait_for_timeout(500)
        assert highlighted.count()
        assert highlighted.first.is_visible() == is_open


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_tap_shows_a_picture_in_full_size_and_another_closes_it(browser, website, theme):
    with opened(browser, theme=theme, **PHONE) as page:
        wrong = watch(page, "file:")
        page.goto(lesson(website, "polynomials"))
        image, dialog = page.locator("main figure img:visible").first, page.locator("#full-size")
        image.tap()
        shown = dialog.locator("img")
        assert shown.evaluate("one => one.offsetWidth") > 2 * image.evaluate("i => i.offsetWidth")
        filters = [one.evaluate("one => getComputedStyle(one).filter") for one in (image, shown)]
        assert filters[0] == filters[1]
        assert dialog.locator("div").evaluate(
            "one => { one.scrollLeft = 9999; return one.scrollLeft; }"
        )
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        shown.tap()
        assert not dialog.is_visible()
        assert wrong == []


def test_keys_open_and_close_the_full_size(browser, website):
    with opened(browser, "phone") as page:
        page.goto(lesson(website, "polynomials"))
        link, dialog = page.locator("a.full-size:visible").first, page.locator("#full-size")
        link.focus()
        page.keyboard.press("Enter")
        assert dialog.get_by_role("button", name="Close").evaluate(
            "one => one === document.activeElement"
        )
        page.keyboard.press("Escape")
        assert not dialog.is_visible()
        assert link.evaluate("one => one === document.activeElement")


def test_the_full_size_of_a_slider_is_what_it_shows_now(browser, website):
    with opened(browser, **PHONE) as page:
        page.goto((website / "notebooks" / f"{path_of(WITH_SLIDERS[0]).stem}.html").as_uri())
        page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        place = page.locator(".moving").first
        still = place.locator("img").get_attribute("src")
        slider = place.locator("input").first
        slider.focus()
        at_end = slider.input_value() == slider.get_attribute("max")
        page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        page.wait_for_function(
            "([one, still]) => one.querySelector('img').getAttribute('src') !== still",
            arg=[place.element_handle(), still],
        )
        place.locator("img").tap()
        now = place.locator("img").evaluate("one => one.src")
        assert page.locator("#full-size img").evaluate("one => one.src") == now


def test_without_scripts_the_full_size_is_a_link_and_on_a_laptop_there_is_none(browser, website):
    with opened(browser, "phone", java_script_enabled=False) as page:
        page.goto(lesson(website, "polynomials"))
        page.locator("a.full-size:visible").first.click()
        assert page.url.endswith(".png")
    with opened(browser) as page:
        page.goto(lesson(website, "polynomials"))
        page.locator("main figure img:visible").first.click()
        assert page.locator("a.full-size:visible").count() == 0
        assert not page.locator("#full-size").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_and_formulas_show_that_there_is_more(browser, website, theme):
    with opened(browser, "phone", theme) as page:
        for path in sorted((website / "notebooks").glob("*.html")):
            page.goto(path.as_uri())
            page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
            assert [path.stem, *page.evaluate(WITHOUT_SHADOW)] == [path.stem]
            sizes = "all => [...new Set(all.map(one => getComputedStyle(one).fontSize))]"
            assert page.locator("main pre").evaluate_all(sizes) == ["12px"]


def test_a_lessons_tables_for_the_instructor_fit_on_a_phone(browser, website):
    with opened(browser, "phone") as page:
        for path in sorted((website / "instructor").glob("[0-9]*.html")):
            page.goto(path.as_uri())
            widths = page.locator("section:is(#minutes, #exercises) table").evaluate_all(
                "all => all.map(one => one.parentElement.scrollWidth)"
            )
            assert (path.stem, len(widths), max(widths) <= 358) == (path.stem, 2, True)


@pytest.mark.parametrize("name", ["browser", "firefox"])
def test_formulas_have_a_font_with_large_sums_and_room_around_a_bar(request, website, name):
    with opened(request.getfixturevalue(name), "phone") as page:
        page.goto(lesson(website, "by_hand"))
        page.evaluate("document.fonts.ready")
        loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
        assert any("STIX Two Math" in one for one in page.evaluate(loaded))
        height = page.locator(".formula munderover > mo, .formula munder > mo").first.evaluate(
            "one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).fontSize)"
        )
        assert height > 1.3


def test_the_font_has_every_character_of_the_formulas(website):
    comment = (ROOT / "docs/site/static/formulas.css").read_text("utf-8")
    kept = set()
    for part in re.search(r"--unicodes=(\S+)", comment)[1].split(","):
        first, _, last = part.partition("-")
        kept |= set(range(int(first, 16), int(last or first, 16) + 1))
    used = {c for page in pages(website).values() for f in page.select("math") for c in f.text}
    assert {c for c in used if ord(c) not in kept} == set()
