"""Each slider of the website is moved, by keys, mouse and finger, and its figure follows.

tests/course_utils/test_frames.py compares the pictures with the kernel's.
"""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.frames import WITH_SLIDERS
from tests.support.lessons import NUMBERS, path_of, read_notebook, slider_calls
from tests.support.website import opened, read, serve, watch

pytestmark = pytest.mark.slow
ANIMATED = [
    number for number in NUMBERS if "\nanimation.play(" in path_of(number).read_text("utf-8")
]
# Waits until the figure shows the frame of the sliders' places; then returns what it shows.
SHOWN = """async place => {
    const image = place.querySelector("img");
    await image.decode();
    const box = element => element ? element.textContent : "";
    return {
        places: [...place.querySelectorAll("input")].map(input => +input.value),
        readouts: [...place.querySelectorAll("output")].map(output => output.textContent),
        spoken: [...place.querySelectorAll("input")].map(input => input.ariaValueText
            ?? input.getAttribute("aria-valuetext")),
        picture: image.src.split("/").at(-1), dots: image.naturalWidth, alt: image.alt,
        caption: box(place.querySelector("figcaption")), printed: box(place.querySelector("pre")),
        size: [image.offsetWidth, image.offsetHeight, place.offsetHeight],
    };
}"""


def lesson(website, number):
    """Return the file of a lesson's page."""
    return website / "notebooks" / f"{path_of(number).stem}.html"


class Control:
    """The sliders of a figure in an open page."""

    def __init__(self, page, locator):
        """Scroll to it; begin with what it shows at the start."""
        self.page, self.locator = page, locator
        locator.scroll_into_view_if_needed()
        self.content = json.loads(locator.locator("script").text_content())
        self.sliders = locator.locator("input").all()
        self.still = self.look()

    def look(self):
        return self.locator.evaluate(SHOWN)

    def check_that_it_follows(self, before):
        """Wait for the picture of the sliders' places; all must fit them, and no size change."""
        number, places = 0, self.look()["places"]
        for values, place in zip(self.content["values"], places, strict=True):
            number = number * len(values) + place
        picture, caption, printed = self.content["frames"][number]
        address = self.content["pictures"][picture].split("/")[-1]
        if places == self.still["places"]:
            address = self.still["picture"]
        self.page.wait_for_function(
            "([place, name]) => place.querySelector('img').src.endsWith(name)",
            arg=[self.locator.element_handle(), address],
            timeout=10_000,
        )
        now = self.look()
        assert now["places"] == places != before["places"]
        texts = [v[place] for v, place in zip(self.content["values"], places, strict=True)]
        assert now["readouts"] == now["spoken"] == texts
        assert now["caption"] == now["alt"] == caption
        assert now["printed"] == printed
        assert now["dots"] > 300
        assert now["size"] == before["size"], "the page moves"
        return now


def unfold(page):
    """Open the folds: the results of predictions."""
    page.locator("main details").evaluate_all("folds => folds.forEach(one => one.open = true)")


def controls(page):
    """Return the controls of an open page, all of which are visible once the folds are open."""
    unfold(page)
    found = [Control(page, locator) for locator in page.locator(".moving").all()]
    assert all(slider.is_visible() for control in found for slider in control.sliders)
    return found


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_each_slider_of_a_file_moves_by_keys(browser, website, number):
    path = lesson(website, number)
    with opened(browser) as page:
        wrong, fetched = watch(page, "file:"), []
        page.on("request", lambda r: r.url.endswith(".webp") and fetched.append(r.url))
        page.goto(path.as_uri())
        found = controls(page)
        assert len(found) == slider_calls(read_notebook(number).cells)
        assert fetched == [], "frames wait until someone moves a slider"
        for control in found:
            seen = control.still
            for slider in control.sliders:
                slider.focus()
                at_end = slider.input_value() == slider.get_attribute("max")
                page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
                seen = control.check_that_it_follows(seen)
            page.keyboard.press("Home")
            seen = control.check_that_it_follows(seen)
        assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_each_slider_moves_by_finger_on_a_phone_and_by_mouse(browser, website, number, theme):
    with (
        serve(website.parents[1]) as host,
        opened(browser, "phone", theme, has_touch=True) as page,
    ):
        wrong = watch(page, host)
        page.goto(f"{host}/some/sub-path/notebooks/{lesson(website, number).name}")
        for control in controls(page):
            seen = control.still
            for slider in control.sliders:
                slider.scroll_into_view_if_needed()
                box = slider.bounding_box()
                assert box["height"] >= 24
                assert 0 <= box["x"] < box["x"] + box["width"] <= 390
                middle = box["y"] + box["height"] / 2
                right = int(slider.input_value()) < int(slider.get_attribute("max")) / 2
                page.touchscreen.tap(box["x"] + box["width"] * (0.85 if right else 0.15), middle)
                seen = control.check_that_it_follows(seen)
                page.mouse.move(box["x"] + box["width"] * (0.85 if right else 0.15), middle)
                page.mouse.down()
                page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
                page.mouse.up()
                seen = control.check_that_it_follows(seen)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert wrong == []


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_back_at_the_start_the_figure_shows_the_stored_picture(browser, website, number):
    with opened(browser) as page:
        page.goto(lesson(website, number).as_uri())
        for control in controls(page):
            slider = control.sliders[0]
            slider.focus()
            at_end = slider.input_value() == slider.get_attribute("max")
            keys = ["ArrowLeft", "ArrowRight"]
            page.keyboard.press(keys[not at_end])
            control.check_that_it_follows(control.still)
            page.keyboard.press(keys[at_end])
            page.wait_for_function(
                "([place, name]) => place.querySelector('img').src.endsWith(name)",
                arg=[control.locator.element_handle(), control.still["picture"]],
            )
            assert control.look() == control.still


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_checker_of_accessibility_finds_nothing_at_the_sliders(browser, website, theme):
    for number in WITH_SLIDERS:
        with opened(browser, theme=theme) as page:
            page.goto(lesson(website, number).as_uri())
            unfold(page)
            found = Axe().run(page, context=".moving").response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_without_a_script_there_is_the_still_and_no_dead_control(browser, website):
    with opened(browser, java_script_enabled=False) as page:
        page.goto(lesson(website, WITH_SLIDERS[0]).as_uri())
        place = page.locator(".moving").first
        assert place.locator("img").is_visible()
        assert not place.locator("input").first.is_visible()


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_a_page_with_all_its_frames_is_small(website, number):
    path = lesson(website, number)
    page = read(path)
    addresses = {image["src"] for image in page.select("article img")}
    for data in page.select(".frames script"):
        addresses |= {*json.loads(data.text)["pictures"]}
    sizes = [(path.parent / address).resolve().stat().st_size for address in addresses]
    assert path.stat().st_size + sum(sizes) < 6e6


@pytest.mark.parametrize("number", ANIMATED)
def test_an_animation_plays_unless_less_motion_is_asked_for_and_again_at_a_click(
    browser, website, number
):
    current = "image => image.decode().then(() => image.currentSrc.split('/').at(-1))"
    for motion in ("reduce", "no-preference"):
        with opened(browser) as page:
            page.emulate_media(reduced_motion=motion)
            page.goto(lesson(website, number).as_uri())
            unfold(page)
            for figure in page.locator("figure:has(.play-again)").all():
                image, button = figure.locator("img"), figure.get_by_role("button")
                image.scroll_into_view_if_needed()
                assert image.evaluate(current).endswith("_still.png") == (motion == "reduce")
                size = image.bounding_box()
                for _ in range(2):
                    before = image.evaluate(current)
                    button.click()
                    now = image.evaluate(current)
                    assert "_still" not in now
                    assert now != before
                assert image.bounding_box() == size
