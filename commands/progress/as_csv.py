"""A class's progress as a table for a spreadsheet: a row for each student and exercise."""

import csv
import io

from commands.progress.classroom import Classroom, when

HEAD = (
    "student,lesson,title,exercise,about,section,verdict,mistake,last change,notebooks"  # in order
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # a spreadsheet computes it


def to_csv(classroom: Classroom) -> str:
    """Return the table; none of its cells is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD.split(","))
    for student in classroom.students:
        for lesson in classroom.lessons:
            work = student.work.get(lesson.stem)
            changed = when(work.changed) if work else None
            last = [
                f"{changed:%Y-%m-%d %H:%M}" if changed else "",
                "; ".join(work.files) if work else "",
            ]
            for name, exercise in lesson.exercises.items():
                verdict = student.verdict(lesson, name)
                first = [student.name, lesson.number, lesson.title, exercise.label, exercise.title]
                middle = ["deeper" if exercise.deeper else "core", verdict.state, verdict.mistake]
                writer.writerow(map(safe, [*first, *middle, *last]))
    return text.getvalue()


def safe(cell: str) -> str:
    """Return a cell's text that a spreadsheet shows and doesn't compute."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
