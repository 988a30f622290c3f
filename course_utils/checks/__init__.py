"""Exercise checks, one module a lesson: `from course_utils.checks import autograd as check`."""

from course_utils.kernel import StartError

# A copy of the first edition asks for the check by its lesson's number of then.
FIRST_EDITION = {
    "lesson_00": "Start here",
    "lesson_01": "Gradient descent by hand",
    "lesson_02": "Build your own autograd",
    "lesson_03": "Raw autograd tensors",
    "lesson_04": "Many inputs, many outputs",
    "lesson_05": "The linear layer",
    "lesson_06": "Dataset and DataLoader",
    "lesson_07": "Fitting polynomials",
    "lesson_08": "What a fit is worth",
    "lesson_09": "A real data set",
    "lesson_10": "Where the time goes",
}


def __getattr__(name: str) -> None:
    """Say where the lesson of a first edition's copy is now."""
    if title := FIRST_EDITION.get(name):
        raise StartError(
            f"This copy is of the course's first edition; the lesson is now '{title}': open the "
            "notebook of that name in my_notebooks/, and copy your answers over."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
