"""The checks of 'A project of your own'."""

import numpy as np

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import diagnose, numbers


@exercise(1, hint="max(values) is the largest of the values, min(values) the smallest.")
def value_range(answer):
    """Judge `value_range(values)`: the largest minus the smallest of an array of shape (n,)."""
    for values in (np.array([9.0, -1.5, 6.0]), np.array([4.0, 30.0, -8.0, 2.5])):
        largest, smallest = values.max(), values.min()
        mistakes = {
            "That is the smallest minus the largest.": [smallest - largest],
            "That is the largest value.": [largest],
        }
        got = numbers(call(answer, values), ("the range",))
        diagnose(got, [largest - smallest], mistakes)
    return "It takes two of the values; all others may change."
