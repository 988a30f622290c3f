"""Choose what a lesson's slides show, by rule: its questions, prompts, formulas and pictures.

The title, each `##` section and each prompt begin a slide: the heading, the first sentence, the
displayed formulas and the prompt. Each picture is a slide, with the first sentence of what follows
it. Code is shown where a cell has the tag `code`. The rest of the core is for the speaker's notes;
deeper sections are left out.
"""

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from commands.minutes import PROMPT, split, tags

# A folded text, a code block, a displayed formula, or lines up to an empty one.
BLOCK = re.compile(r"(?s:<details>.*?</details>|^```.*?^```|\$\$.*?\$\$)|(?:^.+\n?)+", re.M)
FOLD = re.compile(r"<details><summary>.+?</summary>(.+)</details>", re.S)
NO_PROSE = re.compile(r"#|>|\||```|\$\$|- |\d\. |\*\*New ")
QUESTION = re.compile(r"\*\*.+\?\*\*", re.S)
# The code, formulas and addresses in a sentence do not end it.
SENTENCE = re.compile(r"(?:`[^`]*`|\$[^$]*\$|\]\([^)\s]*\)|.)+?[.?!][)'*_]*(?=\s|$)|.+", re.S)


@dataclass
class Slide:
    """What a slide shows, and the texts of its notes.

    `caption` is what a picture itself says, shown below it if no text follows.
    """

    cells: list[NotebookNode]
    caption: str = ""
    notes: list[str] = field(default_factory=list)


def cells_of_slides(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells of a lesson's slides, with slideshow metadata."""
    cells: list[NotebookNode] = []
    for slide in find_slides(notebook):
        first, *rest = slide.cells
        is_section = first.cell_type == "markdown" and re.match("##? ", first.source)
        first.metadata["slideshow"] = {"slide_type": "slide" if is_section else "subslide"}
        notes = text(*slide.notes)
        notes.metadata["slideshow"] = {"slide_type": "notes"}
        cells += [first, *rest, text(slide.caption), notes]
    return [cell for cell in cells if cell.source or "outputs" in cell]


def text(*blocks: str) -> NotebookNode:
    """Return a text cell of some blocks."""
    return new_markdown_cell("\n\n".join(blocks))


def find_slides(notebook: NotebookNode) -> list[Slide]:
    """Return the slides of a lesson's core."""
    slides: list[Slide] = []
    for cell in split(notebook)[0]:
        if cell.cell_type == "markdown":
            for piece in split_text(cell.source):
                add_text(slides, piece)
            continue
        if "code" in tags(cell):
            slides.append(Slide([new_code_cell(cell.source)]))
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata["image/png"]["alt"]
                slides.append(Slide([new_code_cell("", outputs=[output])], alt))
    return slides


def split_text(source: str) -> list[list[str]]:
    """Return the blocks of a text in pieces, each of which is a fold or begins with a heading."""
    pieces: list[list[str]] = []
    for block in map(str.strip, BLOCK.findall(source)):
        begins = block.startswith("#") or FOLD.match(block)
        if begins or not pieces or FOLD.match(pieces[-1][0]):
            pieces.append([])
        pieces[-1].append(block)
    return pieces


def add_text(slides: list[Slide], piece: list[str]) -> None:
    """Begin a slide with a piece of a text, or add it to the last slide."""
    if fold := FOLD.match(piece[0]):
        piece = [block.strip() for block in BLOCK.findall(fold[1])]
    headings = [block for block in piece[:1] if block.startswith("#")]
    prose = next((block for block in piece if not NO_PROSE.match(block)), "")
    sentence = [prose] if piece[0].startswith("# ") else SENTENCE.findall(prose)[:1]
    questions = [block for block in piece if QUESTION.fullmatch(block)]
    prompts = [block for block in piece if PROMPT.match(block)]
    formulas = [block for block in piece if block.startswith("$$")]
    if re.match("##? ", piece[0]) or prompts:
        lead = questions or sentence if headings else []
        slides.append(Slide([text(*headings, *lead, *formulas, *prompts)]))
        piece = [block for block in piece if block not in headings + prompts]
    elif questions:
        slides[-1].cells.append(text(*questions))
    elif caption := slides[-1].caption:
        below = sentence if sentence and not headings else [caption]
        slides[-1].cells.append(text(*below))
        slides[-1].caption = ""
    slides[-1].notes += piece
