"""What the pages of a small website load, and how they look in a browser."""

import re

import pytest
from PIL import Image

from commands import site
from commands.website import weight
from tests.support.accessible import find_violations
from tests.support.website import LOOK, opened, read, serve, watch, write_course

FRONT = """# Tiny course

![a wide
picture](docs/pictures/cover.png)

| look | lesson |
|--|--|
| <img src="docs/pictures/cover.png" width="50" alt="the same"> | one |

```{toctree}
:glob:

notebooks/*
docs/*
```
"""


@pytest.fixture(scope="module")
def website(tmp_path_factory):
    """Make the website of a small course with pictures on its front page."""
    root = tmp_path_factory.mktemp("weight") / "course"
    write_course(root)
    (root / "docs/site/index.md").write_text(FRONT)
    (root / "docs/pictures").mkdir()
    start, end = (Image.new("RGB", (400, 200), colour) for colour in ("white", "black"))
    start.save(root / "docs/pictures/cover.png", save_all=True, append_images=[end])
    assert site.write(root, root / "site") == 0
    return root / "site"


def scripts(page):
    return {script["src"].partition("?")[0].rpartition("/")[2] for script in page.select("[src]")}


def test_a_lesson_does_not_load_the_search_and_no_page_a_program_for_icons(website):
    lesson, search = read(website / "notebooks/01_tiny.html"), read(website / "search.html")
    assert {"site.js", "bootstrap.js"} <= scripts(lesson)
    assert {"searchtools.js", "searchindex.js", "language_data.js"} <= scripts(search)
    assert not scripts(lesson) & {"searchtools.js", "searchindex.js", "language_data.js"}
    assert not (website / "_static/scripts/fontawesome.js").exists()
    assert "fontawesome.js" not in scripts(lesson) | scripts(search)


def test_the_icons_of_pages_and_programs_are_drawn_by_style_and_no_others(website):
    style = (website / "_static/icons.css").read_text()
    icons = {*re.findall(r"^\.fa-([\w-]+) { --icon: url\(\"data:image", style, re.MULTILINE)}
    assert {"bars", "magnifying-glass", "xmark"} <= icons  # the last is in a program only
    assert len(icons) < 20
    assert "--fa:" not in (website / "_static/styles/pydata-sphinx-theme.css").read_text()


def test_the_icon_of_a_name_is_the_filled_one():
    program = (
        'a={"sun":[8,8,[],"f1","thin"]},b={sun:[4,4,[1,"x"],"f1","M0 0\'#"],bar:[2,2,[],"f2","M"]}'
    )
    style = weight.to_icons({"sun", "lg"}, program)
    assert style.count("--icon: url") == 1
    assert "viewBox='0 0 4 4'" in style
    assert "M0 0'%23" in style


def test_what_nothing_names_is_left_out_and_what_a_style_names_stays(website):
    static = website / "_static"
    assert not (static / "locales").exists()
    for style in static.rglob("*.css"):
        for name in re.findall(r"url\(\"?([^)\"]+)", style.read_text()):
            assert name.startswith("data:") or (style.parent / name).is_file(), name


def test_a_file_stays_if_a_file_that_stays_names_it(tmp_path):
    for name, text in {
        "a.css": "url(deep/b.png)", "deep/b.png": "", "c.js": "d.js", "d.js": "", "e/f.png": "",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    weight.remove_unused(tmp_path, ["<link href=a.css>"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.css", "b.png", "deep"]


def test_a_picture_has_its_size_and_a_small_one_is_a_small_file_that_waits(website):
    large, small = read(website / "index.html").select("article img")
    assert large["alt"] == "a wide picture"
    assert (large["width"], large["height"], large.get("loading")) == ("400", "200", None)
    assert (small["width"], small["height"], small["loading"]) == ("50", "25", "lazy")
    with Image.open(website / small["src"]) as picture:
        assert picture.size == (100, 50)
        assert picture.convert("L").getpixel((50, 25)) == 0  # where the animation ends


# The parts of a page whose size or place depends on the theme's script.
MOVES = """() => {
    const parts = [...document.querySelectorAll(".bd-article *")];
    const rectangles = () => parts.map(part => part.getBoundingClientRect());
    const places = () => rectangles().map(({x, width, height}) => `${x} ${width} ${height}`);
    const before = places();
    document.documentElement.dataset.theme = "auto";  // as it is sent
    const without = places();
    document.documentElement.dataset.theme = "dark";
    return parts.filter((_, k) => without[k] !== before[k]).map(part => part.outerHTML);
}"""


def test_two_pages_are_whole_in_a_browser(browser, website):
    with serve(website) as host, opened(browser, "phone", "dark") as page:
        wrong = watch(page, host)
        for name in ("docs/glossary.html", "notebooks/01_tiny.html"):
            page.goto(f"{host}/{name}")
            assert [*wrong, *page.evaluate(LOOK)] == []
        assert page.evaluate(MOVES) == [], "these change late, and move the text"
        deeper = page.locator("section.deeper")
        assert deeper.is_visible()
        page.get_by_label("Core only").check()
        assert not deeper.is_visible()
        page.locator("details:not(.hide) summary").click()
        assert not page.get_by_text("It is twice").is_visible()
        assert find_violations(page, "html", []) == []
