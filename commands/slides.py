"""Write lessons as slides: slides/NN_name.html, a file that needs no network and no kernel.

What a slide shows follows by rule: see deck.py. The outputs are those stored in notebooks/, the
design is in slides.html.j2. The key S opens the speaker's notes; slides/NN_name_notes.html has them
to print.
"""

import argparse
import base64
import re
import struct
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jinja2
import nbformat
from nbconvert.filters import Highlight2HTML
from pygments.formatters import HtmlFormatter

from commands import blocks, deck, frames, lessons, teaching
from commands.deck import Slide
from commands.formulas import keep_commas, to_html
from commands.minutes import split

TEMPLATES = Path(__file__).parent
STATIC = lessons.ROOT / "docs" / "site" / "static"
MOST_FRAMES = 30  # positions of a cell's sliders
# When a note is needed: before the section that it names, while that asks, or after its answer.
BEFORE = re.compile(r"\*\*On the board\.\*\* Before '")
WHILE = re.compile(r"\*\*Ask|\*\*On the board\.\*\* Before (?:the prediction|')")
CODE = re.compile(r"\*\*What goes wrong\.\*\* In the code of '")
AFTER = re.compile(r"\*\*With a kernel|\*\*On the board\.\*\* After the prediction")
REVEAL = files("sphinx_revealjs") / "_static/revealjs"  # This package contains reveal.js.


def size_of(png: str) -> tuple[int, int]:
    """Return the width and height of a picture, from the first bytes of its base64."""
    return struct.unpack(">II", base64.b64decode(png[:32])[16:24])


def is_beside(picture: str, shown: int, blocks: list[str]) -> bool:
    """Return whether a picture is larger with its words beside it than above and below it.

    A slide is 1280 pixels wide and 720 high; a line of words is about 40 high. The column beside a
    picture is 400 wide, or less where the picture, `shown` wide in the lesson, would be small.
    """
    width, height = size_of(picture)
    lines = sum(map(lines_of, blocks))
    stacked = min(1168, (600 - 40 * lines) * width / height)
    room = min(max(1.15 * shown, 744), 844)
    return height <= width and min(room, 610 * width / height) > stacked


def lines_of(block: str) -> int:
    """Return how many lines of words are as high as a block: a table, a formula or words."""
    if block.startswith("$$"):
        return 2
    return block.count("\n") if block.startswith("|") else -(-len(block) // 75)


def read_lesson(notebook: Path) -> list[Slide]:
    """Return a lesson's slides, with the notes of the instructor's page, if it has one."""
    content = nbformat.read(notebook, as_version=4)
    slides = deck.find_slides(content)
    page = notebook.parents[1] / "instructor" / f"{notebook.stem}.md"
    if page.exists():
        text = "\n\n".join(c.source for c in split(content)[0] if c.cell_type == "markdown")
        teacher = page.read_text("utf-8")
        add_notes(slides, teaching.read(teacher, find_headings(text)))
        if said := teaching.take_home(teacher):
            close(slides[-1], said)
    return slides


def close(slide: Slide, said: str) -> None:
    """Show on the last slide what to take home, with what there is room for; the rest is noted."""
    (first,), tables = blocks.sentences(said), [one for one in slide.above if one.startswith("|")]
    shown = [[said, *slide.above], [said, *tables], [first, *tables], [said], [first]]
    fits = (one for one in shown if blocks.count_words(slide.heading, *one) <= blocks.MOST_WORDS)
    above = next(fits)
    slide.notes += [one for one in slide.above if one not in above]
    slide.above = above


def find_headings(text: str) -> list[str]:
    """Return the headings of a text, outside its code blocks."""
    return re.findall(r"^#+ (.+)", re.sub(r"(?ms)^```.*?^```", "", text), re.M)


def add_notes(slides: list[Slide], notes: dict[str, list[str]]) -> None:
    """Put each of the instructor's notes on the slide during which it is needed.

    They are before the lesson's, except what leads to the next slide.
    """
    for heading, texts in notes.items():
        of_section = sections(slides).get(heading, [])
        for block in reversed(texts):
            if of_section:
                slide = choose(slides, of_section, block)
                leads_on = block.startswith("**Five more") or slide not in of_section
                place = len(slide.notes) if leads_on else 0
                slide.notes.insert(place, blocks.LINK.sub(r"\1", block))


def sections(slides: list[Slide]) -> dict[str, list[Slide]]:
    """Return the slides of each heading; those of a section hold those of its parts."""
    found: dict[str, list[Slide]] = {}
    section = ""
    for slide in slides:
        name = slide.heading.lstrip("# ")
        if slide.begins and not slide.heading.startswith("###"):
            section = name
        for heading in {section, name}:
            found.setdefault(heading, []).append(slide)
    return found


def choose(slides: list[Slide], of_section: list[Slide], block: str) -> Slide:
    """Return the slide during which a note about a section is needed.

    A board before a section is drawn while its first slide asks, or else on the slide before.
    """
    first, answers = of_section[0], [one for one in of_section if one.answers]
    if block.startswith("**Slider"):
        moving = [one for one in of_section if one.cell and "sliders.move" in one.cell.source]
        return (moving or answers or of_section[-1:])[0]
    if block.startswith("**An answer"):
        decided = [one for one in of_section if any(map(blocks.DECIDE.match, one.above))]
        return [*decided, *answers, first][0]
    if AFTER.match(block):
        return (answers or of_section[-1:])[0]
    if CODE.match(block):
        return next((one for one in of_section if one.source), first)
    if BEFORE.match(block) and not asks(first):
        return next((a for a, b in pairwise(slides) if b is first), first)
    return next(filter(asks, of_section), first) if WHILE.match(block) else first


def asks(slide: Slide) -> bool:
    """Return whether a slide asks the class something."""
    return any(text.startswith((">", "**Decide")) for text in slide.above)


def live_caption(slide: deck.Slide, sliders: int) -> str:
    """Return the caption that follows a slide's sliders, if the slide has room for its words."""
    assert slide.output is not None, "sliders move a picture"
    caption = slide.output.metadata["image/png"]["alt"]
    shown = blocks.count_words(slide.heading, *slide.above, *slide.below, caption) + 2 * sliders
    return "" if caption in slide.below or shown > blocks.MOST_WORDS else caption


def render(notebook: Path, template: str = "slides") -> str:
    """Return a lesson's slides, or their notes, as one HTML file."""
    slides, root = read_lesson(notebook), notebook.parents[1]
    moving = frames.read(root, nbformat.read(notebook, as_version=4))
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=False)
    environment.filters |= {
        "html": lambda blocks: keep_commas(to_html("\n\n".join(blocks))),
        "highlight": Highlight2HTML(),
        "live_caption": live_caption,
        "size": size_of,
        "is_beside": is_beside,
    }
    notes_js = (REVEAL / "plugin/notes/notes.js").read_text("utf-8")
    return environment.get_template(f"{template}.html.j2").render(
        slides=slides,
        moving=moving,
        controls={  # without a kernel; where the frames are not drawn, the picture stands still
            name: frames.control(frames.thin(found, MOST_FRAMES), frames.data_uri)
            for name, found in moving.items()
        },
        frames_css=(STATIC / "frames.css").read_text("utf-8"),
        frames_js=(STATIC / "frames.js").read_text("utf-8"),
        title=slides[0].heading.removeprefix("# "),
        highlight_css=HtmlFormatter().get_style_defs(".highlight"),
        reveal_css=(REVEAL / "dist/reveal.css").read_text("utf-8"),
        reveal_js=(REVEAL / "dist/reveal.js").read_text("utf-8"),
        notes_js=notes_js.replace("</script", r"<\/script"),
    )


def main(arguments: list[str] | None = None, root: Path = lessons.ROOT) -> int:
    """Write the slides of the lessons named, or of all; return the exit code."""
    parser = argparse.ArgumentParser(prog="course.py slides", description=__doc__.split("\n")[0])
    lessons.add_choice(parser)
    notebooks = lessons.files(root / "notebooks", ".ipynb")
    chosen = lessons.chosen(notebooks, parser.parse_args(arguments).lessons, parser)
    (root / "slides").mkdir(exist_ok=True)
    for notebook in chosen:
        for template, suffix in (("slides", ""), ("notes", "_notes")):
            path = root / "slides" / f"{notebook.stem}{suffix}.html"
            path.write_text(render(notebook, template), "utf-8")
            print(f"slides/{path.name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
