"""Choose what a lesson's slides show, by rule: its questions, prompts, pictures and exercises.

A section begins a slide with its heading, first sentence and formulas, which goes on to its first
picture, table or printed result if it has neither formula nor prompt. Each further picture is a
slide under the same heading, with the first sentence of what follows it. A prompt is one, and its
answer the next: the picture, or what the cell printed, with what its fold says. An exercise is its
task, with the code to complete or the picture that it is about. Code is shown where a cell has the
tag `code`, without its printing and drawing; what it printed, where a cell has the tag `printed`.
A cell's `slide`, words that the lesson has for its slides alone, takes the place of the sentence.
What the core says besides is in the notes, together with the instructor's page; deeper sections are
left out.
"""

import ast
import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from commands.blocks import (
    BLOCK,
    DECIDE,
    FOLD,
    LINK,
    MOST_WORDS,
    NO_PROSE,
    QUESTION,
    count_words,
    on_paper,
    parts_of,
    sentences,
    split_text,
    without_code,
)
from commands.minutes import PROMPT, TAKES, split, tags

ANSWER = 10, 32  # words: an answer goes on after fewer than these, up to these
MOST_LINES, MOST_COLUMNS = 14, 88  # of what a cell printed, or of the code in an exercise
# What words for a slide do not take the place of: what is displayed, asked or to be decided.
STAYS = re.compile(rf"{NO_PROSE.pattern}|{QUESTION.pattern}\Z|{DECIDE.pattern}", re.S)
MOST_BELOW = 20  # lines of code below a section's first sentence


@dataclass(eq=False)
class Slide:
    """What a slide shows, from top to bottom, and the texts of its notes."""

    heading: str  # of the title, the section or the part of it
    begins: bool = False  # whether the heading's text begins here
    above: list[str] = field(default_factory=list)
    source: str = ""  # the code shown
    cell: NotebookNode | None = None  # the cell that makes what is shown
    output: NotebookNode | None = None  # a picture, or what was printed
    below: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    answers: bool = False  # whether `below` answers a prompt or a question
    title: str = ""  # what is shown in place of the heading

    @property
    def is_bare(self) -> bool:
        """Return whether there is room for a picture."""
        more = ("$$", "|", ">", "**Decide", "-", "1.", "```")
        return not (
            self.cell
            or self.heading[:2] == "# "
            or self.is_exercise
            or any(block.startswith(more) for block in self.above)
        )

    @property
    def is_exercise(self) -> bool:
        """Return whether it is the task of an exercise."""
        return self.begins and self.heading.startswith("### Exercise")

    def leave_out_above(self) -> None:
        """Put what is above into the notes, unless the paragraph that it begins is there."""
        noted = "\n".join(self.notes)
        self.notes[:0] = [one for one in self.above if sentences(one, 1)[0] not in noted]
        self.above = []


def find_slides(notebook: NotebookNode) -> list[Slide]:
    """Return the slides of a lesson's core."""
    deck = _Deck()
    for cell in split(notebook)[0]:
        if cell.cell_type == "markdown":
            for piece in split_text(LINK.sub(r"\1", cell.source)):
                deck.add_text(piece)
        else:
            deck.add_code(cell)
        if "slide" in cell.metadata:
            deck.say(cell)
    for slide in deck.slides:
        slide.above = [on_paper(one) if PROMPT.match(one) else one for one in slide.above]
        shorten(slide)
    return deck.slides


class _Deck:
    """The slides so far, and what the next cells belong to."""

    def __init__(self) -> None:
        self.slides: list[Slide] = []
        self.section = self.heading = ""
        self.asks = False  # whether a prompt waits for its answer
        self.question: Slide | None = None  # whose words ask what the next output answers
        self.printed: NotebookNode | None = None  # the last cell that printed something short
        self.later: Slide | None = None  # what a cell printed, until its prompt is answered
        self.announces = False  # whether the last text ends with a colon, so code completes it

    def add_text(self, piece: list[str]) -> None:
        """Begin a slide with a piece of a text, or add it to the last slide."""
        self.announces = piece[-1].endswith(":")
        if fold := FOLD.match(piece[0]):
            self._add_fold(fold[1], [block.strip() for block in BLOCK.findall(fold[2])])
            return
        if piece[0].startswith("#"):
            self._begin(piece)
            return
        asked = [block for block in piece if PROMPT.match(block) or DECIDE.match(block)]
        questions = [block for block in piece if QUESTION.fullmatch(block)]
        rest = [block for block in piece if block not in asked + questions]
        if questions:
            self.slides[-1].above += questions
        elif not asked or self.slides[-1].output is not None:
            rest = self._caption(rest)
        self.slides[-1].notes += rest
        for block in asked:
            self.slides.append(Slide(self.heading, above=[block]))
            self._ask(block)

    def _begin(self, piece: list[str]) -> None:
        """Begin a section, a part with a prompt, or an exercise."""
        self.heading, blocks = piece[0], piece[1:]
        if piece[0].startswith("##") and not piece[0].startswith("###"):
            self.section = self.heading
        prose = [block for block in blocks if not NO_PROSE.match(block)]
        asked = [block for block in blocks if PROMPT.match(block) or DECIDE.match(block)]
        if piece[0].startswith("### Exercise"):
            above = task(piece[0], blocks)
        elif piece[0].startswith("# "):
            above = prose[:1]
            blocks = [TAKES.sub("", block) for block in blocks]  # which a student takes alone
        else:
            questions = [block for block in blocks if QUESTION.fullmatch(block)]
            above = questions or opening(piece[0], prose, blocks, asked)
            is_break = piece[0].startswith("### Break it")
            if (
                piece[0].startswith("###")
                and not asked
                and (not is_break or self.slides[-1].is_bare)
            ):
                self.slides[-1].notes += piece  # an explanation, or what the section announces
                self.heading = self.heading if is_break else self.section
                return
        rest = [block for block in blocks if block not in above]
        self.slides.append(Slide(self.heading, True, above, notes=rest))
        self.printed, self.asks, self.question = None, False, None
        for block in asked:
            self._ask(block)

    def _ask(self, block: str) -> None:
        """Remember a prompt, which has an answer; a decision has none."""
        self.asks, self.printed = bool(PROMPT.match(block)), None

    def _add_fold(self, summary: str, blocks: list[str]) -> None:
        """Show the answer of a prompt; put any other fold into the notes."""
        slide = self.slides[-1]
        if self.asks and summary == "What you should see":
            if slide.output is None:
                slide = Slide(self.heading, cell=self.printed)
                slide.output = printed(self.printed) if self.printed else None
                self.slides.append(slide)
            slide.below = slide.below or sentences(blocks[0], *ANSWER)
            slide.answers, self.asks = True, False
            if self.later:
                self.slides.append(self.later)
                self.later = None
        if summary == "Answer":  # directly under its question
            slide.notes += [one for one in slide.above if QUESTION.fullmatch(one)][-1:]
        slide.notes += [f"*{summary}*", *blocks]
        if summary == "Solution":
            self.heading = self.section

    def _caption(self, blocks: list[str]) -> list[str]:
        """Give the last slide its sentence, if it still needs one; return all blocks, as notes."""
        slide, prose = self.slides[-1], [one for one in blocks if not NO_PROSE.match(one)]
        if prose and slide.output is not None and not slide.below and not self.asks:
            slide.below = sentences(prose[0])
        return blocks

    def add_code(self, cell: NotebookNode) -> None:
        """Show a cell's pictures, its code if it has the tag, or what it printed."""
        if is_exercise(cell):
            self._add_stub(cell)
            return
        if self.announces:
            self.slides[-1].notes += whole(cell)
            self.announces = False
        pictures = [one for one in cell.outputs if "image/png" in one.get("data", {})]
        if "code" in tags(cell):
            self._add_source(cell, None if pictures or self.asks else printed(cell))
        for picture in pictures:
            slide = self.slides[-1]
            if self.asks or not (slide.is_bare or goes_with_task(slide)):
                self.slides.append(slide := Slide(self.heading))
            slide.cell, slide.output = cell, picture
        made = printed(cell)
        if made and "printed" in tags(cell):
            self._add_printed(cell, made)
        elif made and not pictures:
            self.printed = cell
            slide = self.slides[-1]
            if not self.asks and slide.is_bare:
                slide.cell, slide.output = cell, made
        if self.question:
            behind = self.slides[self.slides.index(self.question) + 1 :]
            for slide in [one for one in behind if one.output is not None][:1]:
                slide.answers, self.question = True, None

    def _add_printed(self, cell: NotebookNode, made: NotebookNode) -> None:
        """Show what a cell printed, below a formula, or else after the answer and the pictures."""
        slide = self.slides[-1]
        if self.asks:
            self.later = Slide(self.heading, cell=cell, output=made)
        elif slide.cell or any(block.startswith(">") for block in slide.above):
            self.slides.append(Slide(self.heading, cell=cell, output=made))
        else:
            slide.cell, slide.output = cell, made

    def _add_stub(self, cell: NotebookNode) -> None:
        """Show the code that an exercise begins with below its task, if there is room for it."""
        slide = next((one for one in reversed(self.slides) if one.is_exercise), None)
        if slide is None or "exercise" not in tags(cell) or slide.output is not None:
            return
        shown = [line for block in slide.above for line in block.splitlines() if "```" not in line]
        stub = cell.source.splitlines()
        says = len(stub) > 1 or "#" in cell.source  # more than `answer = ...`
        if says and len(stub) <= MOST_LINES and len(shown) + len(stub) <= MOST_BELOW:
            slide.above.append(f"```python\n{cell.source}\n```")

    def say(self, cell: NotebookNode) -> None:
        """Show the words that a cell has for its slide, in place of the sentence by rule.

        After code they stand below what it shows, after a text above what is displayed; a question
        stands last, a prompt takes the place of the lesson's, and a heading that of the slide. Code
        takes the place of the cell's, if that is shown.
        """
        blocks = [block.strip() for block in BLOCK.findall(LINK.sub(r"\1", cell.metadata["slide"]))]
        if self.asks and self.printed is cell:  # its prompt's answer
            self.slides.append(Slide(self.heading, cell=cell, output=printed(cell)))
        made = [one for one in self.slides if one.cell is cell] or self.slides[-1:]
        slide = next((one for one in reversed(made) if is_picture(one.output)), made[-1])
        if blocks[0].startswith("#"):
            slide.title = blocks.pop(0)
        if not blocks:
            return
        if slide.output is not None:
            slide.below = blocks
            return
        if slide.source:  # a part of the code, in place of the whole
            for block in [one for one in blocks if one.startswith("```")]:
                slide.source = "\n".join(block.splitlines()[1:-1])
                blocks.remove(block)
        asked = [block for block in blocks if block.startswith(">")]
        kept = [one for one in slide.above if STAYS.match(one)]
        if any(map(PROMPT.match, asked)):  # in other words
            kept = [one for one in kept if not PROMPT.match(one)]
        slide.above = [one for one in slide.above if one not in kept]
        slide.leave_out_above()
        slide.above = [one for one in blocks if one not in asked] + kept + asked
        self.question = slide if asked else None

    def _add_source(self, cell: NotebookNode, made: NotebookNode | None) -> None:
        """Show code, in place of a section's first sentence if it is long, with what it printed."""
        source, slide = shown_source(cell.source), self.slides[-1]
        if not slide.is_bare:
            self.slides.append(slide := Slide(self.heading))
        elif source.count("\n") >= MOST_BELOW:
            slide.leave_out_above()
        slide.source, slide.cell = source, cell
        if made and f"{source}\n{made.text}".count("\n") < MOST_BELOW - 4:
            slide.output = made


def opening(heading: str, prose: list[str], blocks: list[str], asked: list[str]) -> list[str]:
    """Return what of a section's first text is on its slide: a sentence, and what is displayed.

    If that is too much, a prompt or a table is shown without the sentence.
    """
    lead = [] if not prose or DECIDE.match(prose[0]) else sentences(prose[0])
    lead = [re.sub(":$", ".", sentence) for sentence in lead]
    shown = [block for block in blocks if block.startswith("$$")] + asked
    if not asked:
        fences = [block for block in blocks if block.startswith("```")]
        if sum(block.count("\n") - 1 for block in fences) <= MOST_LINES:
            shown += fences
        table = [block for block in blocks if block.startswith("|")]
        if count_words(heading, *table) <= MOST_WORDS:
            shown += table
    if count_words(heading, *lead, *without_code(shown)) > MOST_WORDS:
        lead = []
    return [*shown, *lead] if lead and lead[0].startswith("**Next") else [*lead, *shown]


def is_picture(output: NotebookNode | None) -> bool:
    """Return whether an output is a picture."""
    return output is not None and "image/png" in output.get("data", {})


def goes_with_task(slide: Slide) -> bool:
    """Return whether a picture belongs to the task on a slide, with no code and no other."""
    return slide.is_exercise and not slide.cell and not any("```" in b for b in slide.above)


def whole(cell: NotebookNode) -> list[str]:
    """Return a cell's code and what it printed, for the notes."""
    texts = [one.text for one in cell.outputs if one.get("name") == "stdout"]
    blocks = [f"```python\n{cell.source}\n```"]
    return [*blocks, f"```text\n{''.join(texts).rstrip()}\n```"] if texts else blocks


def is_exercise(cell: NotebookNode) -> bool:
    """Return whether a cell is an exercise or its check."""
    return "exercise" in tags(cell) or cell.source.startswith("check.")


def printed(cell: NotebookNode) -> NotebookNode | None:
    """Return what a cell printed, if a slide has room for it and nothing is left to fill in."""
    texts = [one for one in cell.outputs if one.output_type == "stream" and one.name == "stdout"]
    lines = "".join(one.text for one in texts).splitlines()
    unfinished = "= ..." in re.sub("my_prediction = ...", "", cell.source)
    if not lines or len(lines) > MOST_LINES or max(map(len, lines)) > MOST_COLUMNS or unfinished:
        return None
    return NotebookNode(output_type="stream", name="stdout", text="\n".join(lines))


def shown_source(source: str) -> str:
    """Return code without the statements that only print, draw or hold a prediction."""
    lines = source.splitlines()
    for statement in reversed(ast.parse(source).body):
        if is_aside(statement):
            first = statement.lineno - 1
            while first and lines[first - 1].startswith("#"):  # a comment about it
                first -= 1
            del lines[first : statement.end_lineno]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip()) or source


def is_aside(statement: ast.stmt) -> bool:
    """Return whether a statement prints, draws or holds a prediction, and does nothing else."""
    if isinstance(statement, ast.For):
        return all(map(is_aside, statement.body))
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0]) == "my_prediction"
    called = ast.unparse(statement).partition("(")[0]
    return isinstance(statement, ast.Expr) and (
        called == "print" or called.startswith(("plots.", "graphs."))
    )


def task(heading: str, blocks: list[str]) -> list[str]:
    """Return what of an exercise's text has room on its slide: code, choices, questions first."""
    found: list[str] = []
    lines, order = 0, [part for block in blocks for part in parts_of(block)]
    for part in sorted(order, key=rank):
        lines += part.count("\n") - 1 if part.startswith("```") else 0
        words = count_words(heading, *without_code([*found, part]))
        if words <= MOST_WORDS and (part[:3] != "```" or lines <= MOST_LINES):
            found.append(part)
    joined: list[str] = []
    for part in order:
        if part in found and joined and not any(map(NO_PROSE.match, (part, joined[-1]))):
            joined[-1] += f" {part}"
        elif part in found:
            joined.append(part)
    return joined


def rank(part: str) -> int:
    """Return how early a part of a task gets room: code and choices, questions, the rest."""
    return 0 if part.startswith(("```", "- ", "1. ")) else 1 if part.endswith("?") else 2


def shorten(slide: Slide) -> None:
    """Move the sentence above a picture into the notes if there are too many words with it."""
    if slide.output is None or slide.is_exercise:
        return
    if not slide.below and is_picture(slide.output):
        slide.below = sentences(slide.output.metadata["image/png"]["alt"])
    if count_words(slide.heading, *without_code(slide.above), *slide.below) > MOST_WORDS:
        slide.leave_out_above()
