"""Which of a test's parameters the default command runs, and which only the longer runs."""

import pytest


def slow_after(quick, parameters):
    """Return a test's parameters, those after the first `quick` marked slow."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=marks)
        for k, value in enumerate(parameters)
        for marks in [[pytest.mark.slow] if k >= quick else []]
    ]
