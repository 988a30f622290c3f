"""A class's progress as text for a terminal of any width."""

import textwrap
from itertools import groupby
from unicodedata import combining, east_asian_width

from commands.progress.classroom import Classroom, Student
from commands.progress.contents import Lesson
from commands.progress.summary import first_lines, mistakes, rows
from commands.progress.verdicts import SIGNS

NOTE = (
    "For help, not for marks: anyone can edit what a notebook holds. It shows what each check said "
    "when it was last run."
)
KEYS = (
    "A row of digits is a lesson: its exercises, after the colon those of deeper sections; letters "
    "are stages of the project."
)
MOST_NAME = 24  # characters of a student's name in the table


def to_first_lines(classroom: Classroom, width: int) -> str:
    """Return what an instructor needs first."""
    lines = [wrap(f"{head}: {line}", width) for head, line in first_lines(classroom)]
    return "\n".join(lines)


def to_text(classroom: Classroom, width: int) -> str:
    """Return all as text, in lines of a terminal's width."""
    parts = [to_first_lines(classroom, width), wrap(NOTE, width)]
    if begun := rows(classroom):
        table = [("Lesson", "begun", "to end", "most of the others")]
        table += [
            (f"{r.lesson.number} {r.lesson.title}", str(r.begun), str(r.finished), r.most_stop)
            for r in begun
        ]
        lines = [f"{name:32.32} {a:>5} {b:>8}  {stop}".rstrip() for name, a, b, stop in table]
        parts.append("\n".join(wrap(line, width, " " * 49) for line in lines))
    parts += _tables(classroom, [row.lesson for row in begun], width)
    parts.append(wrap("   ".join(f"{sign[0]} {sign[2]}" for sign in SIGNS.values()), width))
    parts.append(wrap(KEYS, width))
    for place, group in groupby(mistakes(classroom), key=lambda mistake: mistake.place):
        lines = [place[0].upper() + place[1:]]
        lines += [f"  {', '.join(made.names)}: {made.told}" for made in group]
        parts.append("\n".join(wrap(line, width) for line in lines))
    if classroom.told:
        parts.append("\n".join(wrap(line, width) for line in ["To know", *classroom.told]))
    return "\n\n".join(parts)


def wrap(line: str, width: int, indent: str = "    ") -> str:
    """Return a line in lines of this width."""
    return textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)


def to_encoding(text: str, encoding: str) -> str:
    """Return a text that can be printed in an encoding, with plain signs if it lacks the others."""
    try:
        "".join(sign for sign, _, _ in SIGNS.values()).encode(encoding)
    except UnicodeEncodeError:
        text = text.translate({ord(sign): plain for sign, plain, _ in SIGNS.values()})
    return text.encode(encoding, "replace").decode(encoding)


def _tables(classroom: Classroom, lessons: list[Lesson], width: int) -> list[str]:
    """Return tables of students by exercises, each with as many lessons as there is room for."""
    name_width = min(MOST_NAME, max((_width(s.name) for s in classroom.students), default=0))
    left = name_width + 8
    tables: list[list[Lesson]] = [[]]
    room = 0
    for lesson in lessons:
        needed = len(heads(lesson)) + 2
        if tables[-1] and left + room + needed > width:
            tables.append([])
            room = 0
        tables[-1].append(lesson)
        room += needed
    return ["\n".join(_table(classroom, some, name_width)) for some in tables if some]


def heads(lesson: Lesson) -> str:
    """Return the signs of a lesson's exercises, with a colon before those of deeper sections."""
    return _split(lesson, {name: one.sign for name, one in lesson.exercises.items()})


def _split(lesson: Lesson, signs: dict[str, str]) -> str:
    parts = [
        "".join(signs[name] for name, one in lesson.exercises.items() if one.deeper == deeper)
        for deeper in (False, True)
    ]
    return ":".join(part for part in parts if part)


def _table(classroom: Classroom, lessons: list[Lesson], width: int) -> list[str]:
    columns = [heads(lesson) for lesson in lessons]
    names = [f"{lesson.number:{len(head)}}" for lesson, head in zip(lessons, columns, strict=True)]
    lines = [f"{'':{width}} {'last':6} {'  '.join(names)}"]
    lines.append(f"{'':{width}} {'change':6} {'  '.join(columns)}")
    for student in classroom.students:
        if student.work and not any(lesson.stem in student.work for lesson in lessons):
            continue  # This table has only later lessons.
        changed = f"{student.changed:%d %b}" if student.changed else ""
        signs = [
            _signs(student, lesson) if lesson.stem in student.work else " " * len(head)
            for lesson, head in zip(lessons, columns, strict=True)
        ]
        lines.append(f"{_fit(student.name, width)} {changed:6} {'  '.join(signs)}")
    return [line.rstrip() for line in lines]


def _width(text: str) -> int:
    """Return the columns of a terminal that a text takes: two for a Chinese character."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _fit(text: str, width: int) -> str:
    """Return the beginning of a text that fits into some columns, and spaces up to there."""
    while _width(text) > width:
        text = text[:-1]
    return text + " " * (width - _width(text))


def _signs(student: Student, lesson: Lesson) -> str:
    states = {name: student.verdict(lesson, name).state for name in lesson.exercises}
    return _split(lesson, {name: SIGNS[state][0] for name, state in states.items()})
