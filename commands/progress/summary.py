"""What an instructor needs first: where the class is, what to explain again, whom to ask."""

from collections import Counter
from dataclasses import dataclass

from commands.progress.classroom import Classroom, Student
from commands.progress.contents import Exercise, Lesson

MOST_NAMES = 5  # whom to ask first


@dataclass(frozen=True)
class Mistake:
    """A mistake that a check named, or the error that stopped it, and the students who made it."""

    lesson: Lesson
    exercise: Exercise
    told: str
    names: list[str]

    @property
    def place(self) -> str:
        """Return where it was made."""
        label = self.exercise.label[0].lower() + self.exercise.label[1:]
        return f"lesson {self.lesson.number}, {label} ({self.exercise.title})"


@dataclass(frozen=True)
class Row:
    """A lesson in numbers: how many began it and ran it to the end; where the others stopped."""

    lesson: Lesson
    begun: int
    finished: int
    stops: list[tuple[str, int]]  # section and how many, the most first
    states: dict[str, Counter[str]]  # by exercise

    @property
    def most_stop(self) -> str:
        """Return where most of those who did not get to its end stopped."""
        if not self.stops:
            return ""
        section, times = self.stops[0]
        return f"{times} of {self.begun} stop at '{section}'"


def rows(classroom: Classroom) -> list[Row]:
    """Return the numbers of each lesson that someone has begun."""
    found = []
    for lesson in classroom.lessons:
        works = [s.work[lesson.stem] for s in classroom.students if lesson.stem in s.work]
        stops = Counter(lesson.sections[work.reached] for work in works if not work.finished)
        states = {
            name: Counter(student.verdict(lesson, name).state for student in classroom.students)
            for name in lesson.exercises
        }
        finished = sum(work.finished for work in works)
        if works:
            found.append(Row(lesson, len(works), finished, stops.most_common(), states))
    return found


def mistakes(classroom: Classroom) -> list[Mistake]:
    """Return what is not right yet, by lesson and exercise, the commonest mistake first."""
    found = []
    for lesson in classroom.lessons:
        for name, exercise in lesson.exercises.items():
            names: dict[str, list[str]] = {}
            for student in classroom.students:
                verdict = student.verdict(lesson, name)
                if verdict.state in ("not right yet", "error"):
                    names.setdefault(verdict.mistake, []).append(student.name)
            for told in sorted(names, key=lambda told: -len(names[told])):
                found.append(Mistake(lesson, exercise, told, names[told]))
    return found


def first_lines(classroom: Classroom) -> list[tuple[str, str]]:
    """Return the three lines that an instructor needs before class, each with its heading."""
    return [
        ("Where the class is", _where(classroom)),
        ("Explain again", _explain(classroom)),
        ("Ask first", _ask(classroom)),
    ]


def _at(student: Student, lessons: list[Lesson]) -> int:
    """Return the index of the last lesson that a student has begun, -1 for none."""
    return max((k for k, lesson in enumerate(lessons) if lesson.stem in student.work), default=-1)


def _front(classroom: Classroom) -> int:
    """Return the index of the lesson that half of those who began have reached, -1 for none."""
    at = sorted(_at(student, classroom.lessons) for student in classroom.students if student.work)
    return at[len(at) // 2] if at else -1


def _where(classroom: Classroom) -> str:
    front = _front(classroom)
    if front < 0:
        return "Nobody has run a cell of a lesson yet."
    lesson = classroom.lessons[front]
    at = [_at(student, classroom.lessons) for student in classroom.students]
    counts = [
        (sum(k < front for k in at), "not there yet"),
        (at.count(front), "at it"),
        (sum(k > front for k in at), "past it"),
    ]
    listed = ", ".join(f"{number} {where}" for number, where in counts if number)
    (row,) = (row for row in rows(classroom) if row.lesson is lesson)
    stop = f"There, {row.most_stop}." if row.most_stop else "All who began it ran it to the end."
    return f"Half have reached lesson {lesson.number} '{lesson.title}': {listed}. {stop}"


def _explain(classroom: Classroom) -> str:
    found = mistakes(classroom)
    if not found:
        return "No check says 'not right yet'."
    most = max(reversed(found), key=lambda mistake: len(mistake.names))  # the latest of several
    if len(most.names) > 1:
        place = most.place[0].upper() + most.place[1:]
        return f"{place}: {len(most.names)} students are told '{most.told}'"
    times = Counter(mistake.place for mistake in found)
    place, number = times.most_common(1)[0]
    made = f"{number} mistakes, all different" if number > 1 else f"'{most.told}'"
    return f"{place[0].upper()}{place[1:]}: {made}."


def _ask(classroom: Classroom) -> str:
    needs = [(_need(student, classroom), student.name) for student in classroom.students]
    most = sorted((need, name) for need, name in needs if need)[:MOST_NAMES]
    if not most:
        return "Nobody is far behind or has several exercises wrong."
    return f"{', '.join(f'{name} ({why})' for (_, why), name in most)}."


def _need(student: Student, classroom: Classroom) -> tuple[float, str] | None:
    """Return why to ask a student, after a number that is smaller the more urgent it is."""
    if any(work.stopped for work in student.work.values()):
        return -200, "the first cell stops: a wrong kernel?"
    if not student.work:
        return -100, "has not run a cell"
    states = Counter(
        student.verdict(lesson, name).state for lesson in classroom.lessons for name in lesson.core
    )
    wrong = states["not right yet"] + states["error"]
    behind = _front(classroom) - _at(student, classroom.lessons)
    whys = [f"{wrong} core exercises wrong"] if wrong > 1 else []
    whys += [f"{behind} lessons behind"] if behind > 1 else []
    return (-wrong - 2 * max(behind, 0), " and ".join(whys)) if whys else None
