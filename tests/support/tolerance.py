"""The one tolerance for computed numbers: of the notebooks' outputs and of the unit tests.

Another processor, thread count or library rounds differently: one step of float32 by 1e-7, many
steps by more. A closed form in float64 may be compared more tightly.
"""

import numpy as np
import pytest

RTOL, ATOL = 1e-4, 1e-6


def near(expected):
    """Return what compares equal to numbers within the tolerance; use as `x == near(2.5)`.

    A number given as text, as in `near("0.8162")`, stands for what is printed so: the half unit
    that printing rounds away comes on top.
    """
    if isinstance(expected, str):
        number, decimals = float(expected), len(expected.partition(".")[2])
        return pytest.approx(number, abs=max(ATOL, RTOL * abs(number)) + 0.5 * 10.0**-decimals)
    if isinstance(expected, list) and expected and isinstance(expected[0], str):
        return [near(text) for text in expected]
    return pytest.approx(np.asarray(expected), rel=RTOL, abs=ATOL)
