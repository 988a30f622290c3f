"""Typical wrong answers to the exercises, and the words that a student must be told."""

import importlib

from tests.support.lessons import exercises, subject


def answers_of(lesson):
    """Return the module of a lesson's answers: WRONG and RIGHT, each by exercise."""
    name = f"{__name__}.{subject(lesson)}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ModuleNotFoundError(
            f"{name.replace('.', '/')}.py is missing: it holds wrong and right answers to the "
            f"exercises of lesson {lesson}. See CONTRIBUTING.md, 'Add a lesson'."
        ) from None


def slips(lesson, name, *changes):
    """Return wrong answers to an exercise of a lesson, each its solution with one change.

    A change is three texts: a part of the solution, what stands there instead, and words of the
    diagnosis.
    """
    (right,) = (exercise.solution for exercise in exercises(lesson) if exercise.name == name)
    for part, _, _ in changes:
        assert right.count(part) == 1, f"{part!r} stands {right.count(part)} times in {right}"
    return [(right.replace(part, slip), words) for part, slip, words in changes]


def functions(head, *bodies):
    """Return answers that define one function, each with a body or with what it returns."""
    bodies = [body if body.startswith("\n") else f"\n    return {body}\n" for body in bodies]
    return [f"def {head}:{body}" for body in bodies]


def functions_told(head, *answers):
    """Return pairs of such an answer and the words that it is told."""
    bodies, words = zip(*answers, strict=True)
    return list(zip(functions(head, *bodies), words, strict=True))
