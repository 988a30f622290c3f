"""The whole website, on disk and in a browser: at three sizes, in both themes, from a sub-path.

tests/commands/test_site.py looks closely at the pages of a small course.
"""

from urllib.parse import unquote, urlsplit

import pytest

from commands import site
from tests.support.lessons import ROOT
from tests.support.website import LOOK, SIZES, names, opened, pages, watch

pytestmark = pytest.mark.slow
# Words of the lessons, and one of the pages beside them.
WORDS = (
    "bowl", "broadcasting", "canyon", "DataLoader", "eigenvalue", "momentum", "penguins",
    "polynomial", "topological", "Codespaces",
)  # fmt: skip


def test_every_link_has_its_target_and_nothing_comes_from_another_host(website):
    found, wrong = pages(website), []
    assert len(found) > 35
    ids = {path: {one["id"] for one in page.select("[id]")} for path, page in found.items()}
    for path, page in found.items():
        for element in page.select("[src], [href]"):
            link = element.get("src") or element["href"]
            url = urlsplit(link)
            if url.scheme or url.netloc:
                if element.name != "a" and element.get("rel") != ["canonical"]:
                    wrong.append(f"{path.name} loads {link}")
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if not target.is_file() or unquote(url.fragment) not in {"", *ids.get(target, ())}:
                wrong.append(f"{path.name} links to {link}")
    assert wrong == []


def test_the_website_is_small_and_the_same_bytes_each_time(website, tmp_path):
    files = {path.relative_to(website): path for path in website.rglob("*") if path.is_file()}
    assert sum(path.stat().st_size for path in files.values()) < 60e6
    assert site.write(ROOT, tmp_path / "again") == 0
    again = tmp_path / "again"
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == {*files}
    for name, path in files.items():
        assert path.read_bytes() == (again / name).read_bytes(), name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_the_screen_with_its_pictures_and_formulas(
    browser, website, address, size, theme
):
    with opened(browser, size, theme) as page:
        wrong = watch(page, address)
        for name in names(website):
            page.goto(address + name)
            assert page.evaluate("document.documentElement.dataset.theme") == theme
            assert [name, *wrong, *page.evaluate(LOOK)] == [name]


def test_a_lesson_opens_from_a_file_and_remembers_that_only_its_core_is_shown(browser, website):
    lesson = next((website / "notebooks").glob("*how_far_to_step.html")).as_uri()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(lesson)
        deeper = page.locator("section.deeper").first
        entry = page.locator(".bd-toc a[href^='#deeper-']").first
        assert deeper.is_visible()
        assert entry.is_visible()
        page.get_by_label("Core only").focus()
        page.keyboard.press("Space")
        assert not deeper.is_visible()
        assert not entry.is_visible()
        page.reload()
        assert page.get_by_label("Core only").is_checked()
        assert not deeper.is_visible()
        page.goto(f"{lesson}#{deeper.get_attribute('id')}")
        assert deeper.is_visible(), "a link to a deeper section shows it"


def test_a_fold_opens_by_key_and_by_pointer(browser, website):
    lesson = next((website / "notebooks").glob("*how_far_to_step.html")).as_uri()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(lesson)
        fold = page.locator("details:not(.hide)").first
        fold.locator("summary").click()
        assert fold.locator("p").first.is_visible()
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert not fold.locator("p").first.is_visible()


@pytest.mark.parametrize("word", WORDS)
def test_the_search_finds_a_word_from_a_file(browser, website, word):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{(website / 'search.html').as_uri()}?q={word}")
        page.wait_for_selector("#search-results li a", timeout=10_000)
        with page.expect_navigation():
            page.locator("#search-results li a").first.click()
        assert word.lower() in page.locator("article").inner_text().lower()
