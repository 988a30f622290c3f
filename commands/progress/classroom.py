"""Where each student is, lesson by lesson, from all their notebooks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from commands.progress import files
from commands.progress.cells import UnreadableError, printable, read
from commands.progress.contents import Lesson, lesson_of
from commands.progress.verdicts import Reading, Verdict, choose, read_verdicts


@dataclass
class Work:
    """What a student has done of a lesson: `verdicts` by exercise, and the last section run.

    It is finished if its last core section was run, or all core exercises are right.
    """

    verdicts: dict[str, Verdict]
    reached: int
    finished: bool
    stopped: str
    changed: float
    files: list[str]


@dataclass
class Student:
    """A student, and their work on each lesson of which they have run a cell."""

    name: str
    work: dict[str, Work] = field(default_factory=dict)  # by the lesson's stem

    def verdict(self, lesson: Lesson, name: str) -> Verdict:
        """Return what is known of an exercise."""
        work = self.work.get(lesson.stem)
        return work.verdicts[name] if work else Verdict("not run")

    @property
    def changed(self) -> datetime | None:
        """Return when a notebook of theirs with a cell that was run last changed."""
        return when(max((work.changed for work in self.work.values()), default=0))


@dataclass
class Classroom:
    """A class: the course's lessons, the students by name, and what could not be read."""

    lessons: list[Lesson]
    students: list[Student]
    notebooks: int
    told: list[str]


def read_class(folders: list[Path], course: list[Lesson]) -> Classroom:
    """Read all notebooks below some folders."""
    kept: dict[str, dict[str, list[tuple[float, str, Reading]]]] = {}
    told: list[str] = []
    foreign: dict[str, list[str]] = defaultdict(list)
    count = 0
    for folder in folders:
        base = folder.parent.parent if folder.name == files.OWN else folder
        found = list(files.find(folder))
        for path, why in found:
            place = printable(str(path.relative_to(base)))
            if why:
                told.append(f"{place}: {why}.")
                continue
            student = files.owner(path, folder, [lesson.stem for lesson in course])
            try:
                cells, changed = read(path), path.stat().st_mtime
            except (UnreadableError, OSError) as error:
                told.append(f"{place}: {error}.")
                continue
            lesson = lesson_of(cells, course)
            if lesson is None:
                foreign[student].append(place)
                continue
            count += 1
            copies = kept.setdefault(student, {})
            if lesson.number:  # a worked example has nothing to do
                reading = (changed, place, read_verdicts(cells, lesson))
                copies.setdefault(lesson.stem, []).append(reading)
        if silent := files.without_notebooks(folder, (path for path, _ in found)):
            told.append(f"{printable(_listed(silent, 9))}: no notebook in there.")
    names = files.shorten(kept)
    students = []
    for student in sorted(kept, key=lambda key: normalize("NFKD", names[key]).casefold()):
        students.append(Student(printable(names[student])))
        told += _remarks(students[-1].name, kept[student])
        for readings in kept[student].values():
            if work := _combine(readings):
                students[-1].work[readings[0][2].lesson.stem] = work
    told += [_foreign(places, student in kept) for student, places in foreign.items()]
    return Classroom([lesson for lesson in course if lesson.number], students, count, told)


def _combine(readings: list[tuple[float, str, Reading]]) -> Work | None:
    """Return a student's work on a lesson from all its copies; None if no cell of them was run."""
    ran = [one for one in readings if one[2].reached >= 0]
    if not ran:
        return None
    lesson = ran[0][2].lesson
    verdicts = {
        name: choose(
            [
                (changed, count, verdict)
                for changed, _, reading in ran
                for count, verdict in reading.found.get(name, [])
            ]
        )
        for name in lesson.exercises
    }
    reached = max(reading.reached for _, _, reading in ran)
    changed, _, newest = max(ran, key=lambda one: one[0])
    solved = lesson.core and all(verdicts[name].state == "right" for name in lesson.core)
    return Work(
        verdicts=verdicts,
        reached=reached,
        finished=reached >= lesson.last or bool(solved),
        stopped=newest.stopped,
        changed=changed,
        files=[place for _, place, _ in ran],
    )


def _remarks(student: str, lessons: dict[str, list[tuple[float, str, Reading]]]) -> Iterator[str]:
    """Yield what one should know of how a student's notebooks were read."""
    every = [(place, reading) for copies in lessons.values() for _, place, reading in copies]
    if older := [place for place, reading in every if reading.older]:
        yield (
            f"{_listed(older)}: the checks are those of an older course and can't be read. Run "
            "them again in today's lessons."
        )
    for place, reading in every:
        if reading.unknown and not reading.older:
            yield f"{place}: this course doesn't have its exercises {', '.join(reading.unknown)}."
    for copies in lessons.values():
        places = [place for _, place, reading in copies if reading.reached >= 0]
        if len(places) > 1:
            title = copies[0][2].lesson.title
            listed = _listed(places)
            yield f"{student}: '{title}' is in {listed}; of each exercise, the best counts."


def _foreign(places: list[str], has_lessons: bool) -> str:
    what = "is not a copy of a lesson" if len(places) == 1 else "are not copies of lessons"
    more = "" if has_lessons else " There is no other notebook beside it."
    return f"{_listed(places)} {what}.{more}"


def _listed(names: list[str], most: int = 3) -> str:
    """Return the first few of some names in a sentence."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(", ".join(names).rsplit(", ", 1))


def when(timestamp: float) -> datetime | None:
    """Return the local time of a time stamp; None for 0 and for one that no calendar has."""
    try:
        return datetime.fromtimestamp(timestamp) if timestamp else None
    except (ValueError, OverflowError, OSError):
        return None
