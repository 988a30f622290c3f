"""How much a page of the website loads, and that nothing it names is missing."""

import re

import pytest

from tests.support.website import SIZES, opened, pages

pytestmark = pytest.mark.slow
FIRST_VIEW = 1.5e6  # bytes, uncompressed


@pytest.mark.parametrize("size", SIZES)
def test_the_first_view_of_a_lesson_is_light(browser, website, address, size):
    for lesson in sorted((website / "notebooks").glob("*.html")):
        with opened(browser, size) as page:
            responses = []
            page.on("response", lambda one, responses=responses: responses.append(one))
            page.goto(address + lesson.relative_to(website).as_posix())
            page.wait_for_load_state("networkidle")
            assert sum(len(one.body()) for one in responses) < FIRST_VIEW, lesson.name


def test_a_style_finds_what_it_names(website):
    for style in (website / "_static").rglob("*.css"):
        for name in re.findall(r"url\(\"?([^)\"]+)", style.read_text("utf-8")):
            if not name.startswith("data:"):
                assert (style.parent / name.partition("?")[0]).is_file(), f"{style.name}: {name}"


def test_every_icon_of_a_page_is_drawn(browser, website, address):
    icons = ":is(.fa-solid, .fa-regular, .fa-brands, .fas, .far, .fab)"
    missing = """all => all.filter(one => getComputedStyle(one).maskImage === "none")
        .map(one => one.outerHTML)"""
    with opened(browser) as page:
        lesson = next((website / "notebooks").glob("*_gradient_descent_by_hand.html")).name
        for name in ("index.html", f"notebooks/{lesson}", "search.html"):
            page.goto(address + name)
            assert page.locator(icons).count() > 5
            assert page.locator(icons).evaluate_all(missing) == []


def test_every_picture_of_a_page_has_its_size(website):
    for path, page in pages(website).items():
        for image in page.select("main img"):
            assert image.get("width"), f"{path.name}: {image}"
            assert image.get("height"), f"{path.name}: {image}"
