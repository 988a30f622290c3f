"""What the course has: the sections and the exercises of each lesson, from its notebooks/."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from commands.progress.cells import Cell, marks, read

LEAST_MARKS = 3  # that a notebook has in common with its lesson


@dataclass(frozen=True)
class Exercise:
    """An exercise or a stage of a lesson; `name` is that of its check."""

    name: str
    label: str  # 'Exercise 1', 'Stage 2'
    title: str
    deeper: bool

    @property
    def sign(self) -> str:
        """Return the one character that stands for it above a column: 1, 2 or, for stages, a, b."""
        number = self.label.split()[-1]
        return chr(96 + int(number)) if self.label.startswith("Stage") else number


@dataclass
class Lesson:
    """What a notebook of the course has; `number` is '' for one that isn't a lesson."""

    stem: str
    title: str
    cells: list[Cell] = field(repr=False)
    sections: list[str] = field(default_factory=list)
    last: int = 0  # the last section with code that isn't deeper
    exercises: dict[str, Exercise] = field(default_factory=dict)  # by name
    places: dict[str, int] = field(default_factory=dict, repr=False)  # id or heading: its section
    marks: set[str] = field(default_factory=set, repr=False)  # those that no other lesson has

    @property
    def number(self) -> str:
        """Return the lesson's two digits."""
        return self.stem[:2] if self.stem[:2].isdecimal() else ""

    @property
    def core(self) -> list[str]:
        """Return the names of the exercises that aren't deeper."""
        return [name for name, exercise in self.exercises.items() if not exercise.deeper]


def read_course(notebooks: Path) -> list[Lesson]:
    """Return what the course's notebooks have, in order."""
    course = [_read_lesson(path) for path in sorted(notebooks.glob("*.ipynb"))]
    times = Counter(mark for lesson in course for mark in marks(lesson.cells))
    for lesson in course:
        lesson.marks = {mark for mark in marks(lesson.cells) if times[mark] == 1}
    return course


def _read_lesson(path: Path) -> Lesson:
    cells = read(path)
    lesson = Lesson(path.stem, title=cells[0].headings[0][1], cells=cells)
    lesson.sections.append(lesson.title)
    title = ""
    for cell in cells:
        for level, text in cell.headings:
            title = text
            if level == 2:
                lesson.sections.append(text)
                lesson.places[text] = len(lesson.sections) - 1
        lesson.places[cell.id] = len(lesson.sections) - 1
        deeper = "deeper" in cell.tags
        if cell.is_code and not deeper:
            lesson.last = len(lesson.sections) - 1
        for output in cell.outputs:
            if name := output.get("metadata", {}).get("exercise"):
                label = "".join(output["data"]["text/plain"]).split(":")[0][2:]
                about = title.partition("): ")[2] or title  # 'Exercise 1 (write): the mean'
                lesson.exercises[name] = Exercise(name, label, about, deeper)
    return lesson


def lesson_of(cells: list[Cell], course: list[Lesson]) -> Lesson | None:
    """Return the lesson that a notebook is a copy of, whatever its name; None if it is none."""
    found = marks(cells)
    best = max(course, key=lambda lesson: len(lesson.marks & found))
    return best if len(best.marks & found) >= LEAST_MARKS else None
