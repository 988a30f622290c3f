"""What a reader does on the website: looks up a word, takes a hint, goes to do an exercise."""

import re

import pytest
from bs4 import BeautifulSoup

from commands import addresses, site
from tests.support.lessons import NUMBERS, ROOT, path_of, read_notebook
from tests.support.website import pages

pytestmark = pytest.mark.slow
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
# Shows each word's meaning: the words whose meaning leaves the screen or covers the word.
WORDS_IN_VIEW = """() => {
    const wrong = [], meaning = document.getElementById("meaning");
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    for (const word of document.querySelectorAll("a.glossary")) {
        word.scrollIntoView({block: "center", behavior: "instant"});
        word.focus({preventScroll: true});
        const box = meaning.getBoundingClientRect();
        const isOver = [...word.getClientRects()].some(line => box.right > line.left + 1
            && box.left < line.right - 1 && box.bottom > line.top + 1 && box.top < line.bottom - 1);
        if (box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight
            || box.height < 10 || isOver)
            wrong.push([word.textContent, box.left, box.top, box.right, box.bottom]);
    }
    if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is too wide");
    return wrong;
}"""


def lesson(website, subject):
    """Return the address of a lesson's page."""
    return next((website / "notebooks").glob(f"*{subject}.html")).as_uri()


@pytest.fixture
def opened(browser, website):
    """Return a function that opens a lesson in a window of this size, with a finger or a mouse."""
    contexts = []

    def open_lesson(subject, size=LAPTOP, **options):
        contexts.append(browser.new_context(viewport=size, **options))
        page = contexts[-1].new_page()
        page.goto(lesson(website, subject))
        return page

    yield open_lesson
    for context in contexts:
        context.close()


def test_a_word_shows_its_meaning_under_the_pointer_and_leads_to_its_row(opened):
    page = opened("raw_autograd_tensors")
    word, meaning = page.locator("a.glossary").first, page.locator("#meaning")
    assert not meaning.is_visible()
    word.hover()
    meaning.wait_for(state="visible")
    assert meaning.inner_text() in page.content()
    assert word.get_attribute("aria-describedby") == "meaning"
    assert word.get_attribute("title") is None, "else the browser would show it, too"
    meaning.hover()
    page.wait_for_timeout(400)
    assert meaning.is_visible(), "the pointer can go to it"
    page.mouse.move(5, 5)
    meaning.wait_for(state="hidden")
    word.click()
    row = page.locator("tr:target")
    assert row.locator("td").first.inner_text() in ("gradient", "array")


def test_a_word_is_looked_up_with_keys_alone(opened):
    page = opened("raw_autograd_tensors")
    word, meaning = page.locator("a.glossary").first, page.locator("#meaning")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").startswith("glossary"):
            break
    assert word.evaluate("word => word === document.activeElement")
    assert meaning.is_visible()
    page.keyboard.press("Escape")
    assert not meaning.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#word-*")


def test_on_a_phone_the_first_tap_shows_the_meaning_and_the_second_leads_to_the_row(opened):
    page = opened("raw_autograd_tensors", PHONE, has_touch=True)
    start, meaning = page.url, page.locator("#meaning")
    first, second = page.locator("a.glossary").all()[:2]
    first.tap()
    assert meaning.is_visible()
    told = meaning.inner_text()
    second.tap()
    assert meaning.is_visible()
    assert meaning.inner_text() != told
    page.locator("article h1").tap()
    assert not meaning.is_visible()
    assert page.url == start
    second.tap()
    second.tap()
    page.wait_for_url("**/glossary.html#word-*")


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_every_meaning_is_within_the_screen_and_covers_no_part_of_its_word(opened, website, size):
    page = opened("start_here", size)
    for path in sorted((website / "notebooks").glob("*.html")):
        page.goto(path.as_uri())
        assert [path.stem, *page.evaluate(WORDS_IN_VIEW)] == [path.stem]


def test_without_scripts_the_words_have_their_meaning_as_title_and_hints_are_folds(opened):
    page = opened("raw_autograd_tensors", java_script_enabled=False)
    word = page.locator("a.glossary").first
    assert word.get_attribute("title")
    hint = page.locator("details.hint").first
    hint.locator("summary").click()
    assert hint.locator("p").is_visible()


def test_printed_words_look_like_the_others(opened):
    page = opened("raw_autograd_tensors")
    page.emulate_media(media="print")
    style = "word => getComputedStyle(word).textDecorationLine"
    assert page.locator("a.glossary").first.evaluate(style) == "none"


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_hints_come_one_at_a_time_and_the_solution_when_one_wants_it(opened, size):
    page = opened("raw_autograd_tensors", size)
    exercise = page.locator(".exercise").first
    first, second = exercise.locator("details.hint").all()
    assert first.is_visible()
    assert not second.is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.locator("p").is_visible()
    assert second.is_visible()
    assert not second.locator("p").is_visible()
    solution = exercise.get_by_text("Solution", exact=True)
    solution.click()
    assert exercise.locator("details:not(.hint) pre").first.is_visible()


def test_every_exercise_of_every_lesson_is_a_block_with_two_hints_and_a_solution(website):
    for number in NUMBERS:
        cells = read_notebook(number).cells
        expected = sum("exercise" in cell.metadata.get("tags", []) for cell in cells)
        page = website / f"notebooks/{path_of(number, 'notebooks', '.ipynb').stem}.html"
        blocks = BeautifulSoup(page.read_text("utf-8"), "html.parser").select(".exercise")
        assert len(blocks) == expected, number
        for block in blocks:
            *hints, solution = [fold.summary.text for fold in block.select("details")]
            assert hints[:2] == ["Hint 1", "Hint 2"], number
            assert solution == "Solution"
            assert "not done yet" not in block.text


def test_in_a_copy_with_an_address_every_page_has_a_preview_and_exercises_open_elsewhere(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(addresses, "repository", lambda: "https://github.com/someone/course")
    assert site.write(ROOT, tmp_path / "site") == 0
    home = "https://someone.github.io/course/"
    for path, page in pages(tmp_path / "site").items():
        name = path.relative_to(tmp_path / "site").as_posix()
        if name == "search.html":
            continue
        found = {one["property"]: one["content"] for one in page.select("meta[property^='og:']")}
        assert found["og:url"] == page.select_one("link[rel=canonical]")["href"] == home + name
        assert 20 < len(found["og:description"]) <= 200, name
        assert (tmp_path / "site" / found["og:image"].removeprefix(home)).is_file()
        assert found["og:image:alt"]
        for block in page.select(".exercise"):
            links = [link["href"] for link in block.select("a[href*='//']")]
            assert any(re.search(r"mybinder\.org/.*%23.*Exercise-\d", link) for link in links)
            assert any(re.search(r"colab.*#scrollTo=\w+$", link) for link in links)
