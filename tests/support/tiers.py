"""Which of a test's parameters the default command runs, and which only the longer runs."""

import pytest


def slow_after(quick, parameters):
    """Return a test's parameters, those after the first `quick` marked slow."""
    values = [value if isinstance(value, tuple) else (value,) for value in parameters]
    slow = [pytest.param(*value, marks=pytest.mark.slow) for value in values[quick:]]
    return [*(pytest.param(*value) for value in values[:quick]), *slow]
