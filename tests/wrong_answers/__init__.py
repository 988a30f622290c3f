"""Typical wrong answers to the exercises, and the words that a student must be told."""

from tests.lessons import exercises


def slips(number, name, *changes):
    """Return wrong answers to an exercise of lesson NN, each its solution with one change.

    A change is three texts: a part of the solution, what stands there instead, and words of the
    diagnosis.
    """
    (right,) = (exercise.solution for exercise in exercises(number) if exercise.name == name)
    for part, _, _ in changes:
        assert right.count(part) == 1, f"{part!r} stands {right.count(part)} times in {right}"
    return [(right.replace(part, slip), words) for part, slip, words in changes]


def functions(head, *bodies):
    """Return answers that define one function with different bodies; one line is returned."""
    answers = []
    for body in bodies:
        lines = body.strip("\n").splitlines()
        lines = lines if len(lines) > 1 else [f"    return {body}"]
        answers.append("\n".join([f"def {head}:", *lines, ""]))
    return answers


def functions_told(head, *answers):
    """Return pairs of such an answer and the words that it is told."""
    bodies, words = zip(*answers, strict=True)
    return list(zip(functions(head, *bodies), words, strict=True))
