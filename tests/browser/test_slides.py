"""Every slide in a real browser without a network: it fits the screen, and nothing is missing.

The default test command shows only those of the first lesson; `course.py test --browser` shows all.
"""

import pytest

from commands import slides
from tests.support.lessons import LESSONS, NUMBERS
from tests.support.tiers import slow_after

WIDTH, HEIGHT = 1280, 720
LEAST_SCALE = 0.48  # A letter in a tall graph is then 7 pixels high, of 720.
LEAST_CODE = 22  # pixels, of 720
# How many slides were enlarged.
ENLARGED = "Reveal.getSlides().filter(s => s.style.getPropertyValue('--zoom') > 1).length"
# Shows one slide after another; returns what is too small or beyond the edges of each.
LOOK = """([width, height, scale, code]) => Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide);
    Reveal.slide(h, v, Infinity);
    const wrong = [];
    for (const element of slide.querySelectorAll(":not(.notes, .notes *)")) {
        const box = element.getBoundingClientRect();
        const right = box.left + Math.max(box.width, element.scrollWidth);
        if (!element.closest("math") && (right > width || box.bottom > height))
            wrong.push(`${element.tagName} reaches to ${Math.round(right)}, ${box.bottom}`);
        if (element.matches("math") && !(box.width > 4 && box.height > 4))
            wrong.push(`a formula is not drawn: ${element.textContent}`);
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (element.matches(".highlight pre") && !(size >= code))
            wrong.push(`code of ${size} pixels: ${element.textContent}`);
        if (element.matches("img")) {
            const ratio = element.naturalHeight / element.naturalWidth;
            const shown = Math.min(box.width, box.height / ratio) / element.getAttribute("width");
            if (!(shown >= scale)) wrong.push(`a picture is shown at ${shown} of its size`);
        }
    }
    return [slide.innerText.slice(0, 60), wrong];
}).filter(([_, wrong]) => wrong.length)"""


@pytest.mark.parametrize("number", slow_after(1, NUMBERS))
def test_slides_fit_the_screen_and_need_no_network(page, tmp_path, number):
    path = tmp_path / f"{number}.html"
    path.write_text(slides.render(LESSONS[NUMBERS.index(number)]), "utf-8")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.context.set_offline(True)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    page.goto(path.as_uri())
    page.wait_for_function("Reveal.isReady() && [...document.images].every(i => i.complete)")

    assert page.evaluate(LOOK, [WIDTH, HEIGHT, LEAST_SCALE, LEAST_CODE]) == []
    assert page.evaluate("Reveal.getTotalSlides()") > 10
    assert page.evaluate(ENLARGED) > page.evaluate("Reveal.getTotalSlides()") / 2
    assert [url for url in requests if not url.startswith(("data:", path.as_uri()))] == []
    assert page.errors == []
