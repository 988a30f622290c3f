"""Every slide in a real browser without a network: it fits the screen and can be read.

The default test command shows only those of the first lesson; `course.py test --browser` shows all.
"""

import base64
import io

import pytest
from PIL import Image

from commands import slides
from commands.frames import Frame, Frames, Slider
from tests.support.lessons import LESSONS, NUMBERS
from tests.support.tiers import slow_after
from tests.support.tiny_slides import LEFTOVER, picture, text, write

WIDTH, HEIGHT = 1280, 720
LEAST = {
    "text": 20,  # pixels, of 720
    "code": 22,
    "column": 11,  # ems of a text beside a picture: about 18 letters
    "picture": 0.85,  # of its size in the lesson: of four or more panels, the others are larger
    "usual": 1,  # of a picture with one row of panels
    "letters": 22,  # pixels, in the parts of a picture that the key Z enlarges
    "part": 1,  # of a part of a tall picture
}
# Shows one slide after another; returns what is wrong with each.
LOOK = """([width, height, least]) => Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide);
    Reveal.slide(h, v, -1);
    const wrong = [], seen = ":not(.notes, .notes *, .part *)";
    for (const element of slide.querySelectorAll(seen)) {
        const {left, right, top, bottom, width: w, height: h} = element.getBoundingClientRect();
        if (left < 0 || top < 0 || right > width || bottom > height)
            wrong.push(`${element.tagName} from ${left}, ${top} to ${right}, ${bottom}`);
        if (element.matches("math") && !(w > 4 && h > 4))
            wrong.push(`a formula is not drawn: ${element.textContent}`);
        if (element.matches("pre") && element.scrollWidth > element.clientWidth)
            wrong.push(`a line of code is cut off: ${element.textContent}`);
        const size = parseFloat(getComputedStyle(element).fontSize);
        const needed = element.closest("pre") ? least.code : least.text;
        const said = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (said && !element.closest("math") && !(size >= needed))
            wrong.push(`${size} pixels: ${element.textContent}`);
        if (element.matches("img") && !element.closest(".tall")) {
            const shown = Math.min(w, h * element.naturalWidth / element.naturalHeight);
            const scale = shown / element.dataset.width;
            const usual = 2 * element.naturalHeight < element.naturalWidth;
            if (!(scale >= (usual ? least.usual : least.picture)))
                wrong.push(`a picture is shown at ${scale} of its size`);
            const shape = element.naturalHeight / element.naturalWidth;
            for (const {left, right, top, bottom} of partsOf(element)) {
                const wide = Math.min(width / (right - left), height / (bottom - top) / shape);
                const letters = wide / element.dataset.width * 10 * 96 / 72;
                if (!(letters >= least.letters))
                    wrong.push(`a part of a picture has letters of ${letters} pixels`);
            }
        }
    }
    const top = slide.firstElementChild.getBoundingClientRect().top;
    if (!slide.matches(".title") && Math.abs(top - 28) > 1) wrong.push(`the heading is at ${top}`);
    for (const said of slide.querySelectorAll(".said"))
        if (said.clientWidth < least.column * parseFloat(getComputedStyle(said).fontSize))
            wrong.push("a narrow column");
    for (const part of slide.querySelectorAll(".part")) {
        const image = part.querySelector("img"), box = part.getBoundingClientRect();
        if (!(image.width >= least.part * image.dataset.width))
            wrong.push(`a part of a tall picture is ${image.width} wide`);
        const ends = () => image.getBoundingClientRect();
        if (!(ends().top <= box.top + 3)) wrong.push("the top is cut off");
        image.style.transition = "none";
        const cut = () => parseFloat(image.style.clipPath.split(" ")[2]) / 100;  // off the bottom
        const shown = () =>
            Math.min(box.bottom, ends().bottom - cut() * ends().height) - ends().top;
        let last = shown();
        while (Reveal.availableFragments().next) {
            Reveal.nextFragment();
            if (ends().top + last < box.top - 3) wrong.push("two steps leave something out");
            last = shown();
        }
        if (!(ends().bottom <= box.bottom + 3)) wrong.push("the bottom is never shown");
    }
    const said = [...slide.querySelectorAll(".said")].map(element => element.textContent);
    if (slide.querySelector("figure") && !said.join("").trim())
        wrong.push("a picture has no sentence");
    const words = slide.cloneNode(true);
    words.querySelectorAll(".notes, pre, .frames").forEach(element => element.remove());
    words.querySelectorAll("math, code").forEach(element => element.replaceWith("x"));
    const isWord = part => /[\\p{L}\\p{N}]/u.test(part);
    const count = words.textContent.split(/\\s+/).filter(isWord).length;
    if (count > 45) wrong.push(`${count} words`);
    return [slide.innerText, wrong];
})"""


def open_slides(page, path):
    """Open a file of slides without a network; `page.urls` collects what it asks for."""
    page.urls = []
    page.on("request", lambda request: page.urls.append(request.url))
    page.context.set_offline(True)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(path.as_uri())
    page.wait_for_function("Reveal.isReady() && [...document.images].every(i => i.complete)")


@pytest.mark.parametrize("number", slow_after(1, NUMBERS))
def test_slides_fit_the_screen_and_need_no_network(page, tmp_path, number):
    path = tmp_path / f"{number}.html"
    path.write_text(slides.render(LESSONS[NUMBERS.index(number)]), "utf-8")
    open_slides(page, path)

    shown = page.evaluate(LOOK, [WIDTH, HEIGHT, LEAST])

    assert [(words[:60], wrong) for words, wrong in shown if wrong] == []
    assert [words for words, _ in shown if LEFTOVER.search(words)] == []
    assert 15 <= len(shown) <= 22
    assert [url for url in page.urls if not url.startswith(("data:", path.as_uri()))] == []
    assert page.errors == []


@pytest.mark.slow
def test_a_tall_picture_is_shown_whole_and_in_readable_parts(page, tmp_path):
    path = tmp_path / "slides.html"
    lesson = write(tmp_path, text("## A?\n\nIt."), picture(600, 1000), text("Below it."))
    path.write_text(slides.render(lesson), "utf-8")
    open_slides(page, path)
    page.keyboard.press("ArrowRight")
    tall = page.locator("section.present .tall")
    assert tall.locator("> img").bounding_box()["height"] > 450
    assert tall.locator(".part img").bounding_box()["width"] >= 600
    top = tall.locator(".part img").bounding_box()["y"]
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    assert tall.locator(".part img").bounding_box()["y"] < top
    assert page.evaluate("Reveal.getIndices().h") == 1, "the key has moved the picture alone"


@pytest.mark.slow
def test_a_key_enlarges_a_picture_part_by_part_cut_between_its_panels(page, tmp_path):
    cell = picture(1800, 600)
    png = io.BytesIO()
    image = Image.new("RGB", (1800, 600), "white")
    for left, right in ((0, 1000), (1040, 1800)):  # a cut in the middle would go through a panel
        image.paste("black", (left, 50, right, 550))
    image.save(png, "png")
    cell.outputs[0].data["image/png"] = base64.b64encode(png.getvalue()).decode()
    cell.outputs[0].metadata["image/png"]["width"] = 1200
    path = tmp_path / "slides.html"
    lesson = write(tmp_path, text("## A?\n\nIt."), cell, text("So."), text("## B?\n\nIt."))
    path.write_text(slides.render(lesson), "utf-8")
    open_slides(page, path)
    page.keyboard.press("ArrowRight")
    shown = page.locator(".enlarged img")
    cuts = []
    for _ in range(2):
        page.keyboard.press("z")
        inset = shown.evaluate("image => image.style.clipPath.match(/[\\d.]+(?=%)/g).map(Number)")
        cuts.append((round(18 * inset[3]), round(1800 - 18 * inset[1])))
    (left, cut), (same, right) = cuts
    assert (left, same, right) == (0, cut, 1800)
    assert 1000 <= cut < 1040
    page.keyboard.press("z")
    assert shown.count() == 0, "after the last part, the slide is there again"
    page.keyboard.press("z")
    page.keyboard.press("ArrowRight")
    assert (shown.count(), page.evaluate("Reveal.getIndices().h"), page.errors) == (0, 2, [])


@pytest.mark.slow
def test_a_tall_picture_is_cut_where_it_is_white(page, tmp_path):
    cell = picture(600, 900)
    png = io.BytesIO()
    image = Image.new("RGB", (600, 900), "white")
    for top, bottom in ((0, 250), (270, 590), (610, 880)):  # a cut into thirds would go through two
        image.paste("black", (50, top, 550, bottom))
    image.save(png, "png")
    cell.outputs[0].data["image/png"] = base64.b64encode(png.getvalue()).decode()
    path = tmp_path / "slides.html"
    path.write_text(
        slides.render(write(tmp_path, text("## A?\n\nIt."), cell, text("So."))), "utf-8"
    )
    open_slides(page, path)
    page.keyboard.press("ArrowRight")
    cuts = page.evaluate("cutsOf(document.querySelector('.tall img'), 0.5)")
    first, second = (900 * cut for cut in cuts[1:-1])
    assert (250 < first < 270, 590 < second < 610) == (True, True)


@pytest.mark.slow
def test_the_arrow_keys_move_a_slider_only_while_it_has_the_focus(page, tmp_path, monkeypatch):
    frames = []
    for name in ("one", "two", "three"):
        Image.new("RGB", (40, 30), {"one": "red", "two": "green", "three": "blue"}[name]).save(
            tmp_path / f"{name}.webp"
        )
        frames.append(Frame(tmp_path / f"{name}.webp", name, ""))
    cell = picture(400, 300)
    found = Frames([Slider("rate", ["1", "2", "3"], 0)], frames)
    monkeypatch.setattr(slides.frames, "read", lambda *_: {cell.id: found})
    path = tmp_path / "slides.html"
    lesson = write(tmp_path, text("## A?\n\nIt."), cell, text("Below it."), text("## B?\n\nIt."))
    path.write_text(slides.render(lesson), "utf-8")
    open_slides(page, path)
    at = "Reveal.getIndices().h"
    image = page.locator("section.present figure > img")
    page.keyboard.press("ArrowRight")
    still = image.get_attribute("src")

    page.locator("section.present .frames input").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "still => document.querySelector('section.present figure > img').src !== still", arg=still
    )
    assert (page.evaluate(at), image.get_attribute("alt")) == (1, "two")

    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert (page.evaluate(at), page.errors) == (2, [])


# The pictures whose letters, of 10 points in a lesson, have fewer than 5.5 on paper.
PRINTED = """[...document.images].filter(image => image.width / image.dataset.width < 0.55)
    .map(image => `${image.width / image.dataset.width}: ${image.alt}`)"""


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_notes_are_printed_with_nothing_cut_off(page, tmp_path, number, paper):
    pdfium = pytest.importorskip("pypdfium2")
    path = tmp_path / f"{number}.html"
    path.write_text(slides.render(LESSONS[NUMBERS.index(number)], "notes"), "utf-8")
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})  # 180 mm
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert page.evaluate(PRINTED) == []
    pdf = pdfium.PdfDocument(io.BytesIO(page.pdf(format=paper)))
    words = "".join(sheet.get_textpage().get_text_bounded() for sheet in pdf)
    assert "Ask" in words
    assert "Recap" in words
    assert len(pdf) <= 20
