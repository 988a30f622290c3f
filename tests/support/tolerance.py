"""The one tolerance for computed numbers, in the notebooks' outputs and in the unit tests.

Another processor, thread count or library rounds differently: one step of float32 by 1e-7, many
steps by more. A closed form in float64 may be compared more tightly.
"""

import math
import re

import numpy as np
import pytest

RTOL, ATOL = 1e-4, 1e-6
# '20.' is a decimal in an array, and an integer at the end of a sentence.
ARRAY = r"[eE,)\]}]|\s* (?:[-+−.\d]|nan|inf)"
NUMBER = re.compile(
    rf"(?<![\w.])[-+−]?(?:\d+\.\d+|\d+\.(?={ARRAY})|\.\d+|\d+)(?:[eE][-+−]?\d+)?(?!\.?\d)"
)


def near(expected):
    """Return what compares equal to numbers within the tolerance; use as `x == near(2.5)`.

    A number given as text, as in `near("0.8162")`, is one that was printed: half a unit of its last
    place is added to the tolerance.
    """
    if isinstance(expected, str):
        number, decimals = float(expected), len(expected.partition(".")[2])
        return pytest.approx(number, abs=max(ATOL, RTOL * abs(number)) + 0.5 * 10.0**-decimals)
    if isinstance(expected, list) and expected and isinstance(expected[0], str):
        return [near(text) for text in expected]
    return pytest.approx(np.asarray(expected), rel=RTOL, abs=ATOL)


def agree(stored, new, rtol=RTOL, atol=ATOL):
    """Return whether two printed numbers agree: decimals within the tolerance, integers exactly.

    A number of four or more digits may differ by one unit of its last place.
    """
    if stored == new:
        return True
    if not re.search("[.eE]", stored) or not re.search("[.eE]", new):
        return False
    a, b = (float(text.replace("−", "-")) for text in (stored, new))
    mantissa, _, exponent = stored.lower().replace("−", "-").partition("e")
    decimals = len(mantissa.partition(".")[2])
    digits = max(map(_significant_digits, (stored, new)))
    last_place = 10.0 ** (int(exponent or 0) - decimals) if digits >= 4 else 0.0
    return math.isclose(a, b, rel_tol=rtol, abs_tol=max(atol, 1.001 * last_place))


def _significant_digits(number):
    """Count a number's digits without its leading zeros."""
    return len(re.sub(r"\D", "", re.split("[eE]", number)[0]).lstrip("0"))


def align(stored, new, rtol=RTOL, atol=ATOL, literals=()):
    """Return `new` with the stored number in place of each number that agrees with it.

    A number of `literals`, those in the cell's own code, is not a result and stays. If the words
    between the numbers differ, `new` is returned as it is. Padding may differ only if a number
    became wider or narrower, as in a column of a table.
    """
    pairs = list(zip(NUMBER.findall(stored), NUMBER.findall(new), strict=False))
    words, new_words = NUMBER.split(stored), NUMBER.split(new)
    if words != new_words:
        resized = any(len(a) != len(b) for a, b in pairs)
        if not resized or _without_padding(words) != _without_padding(new_words):
            return new
    numbers = [a if b not in literals and agree(a, b, rtol, atol) else b for a, b in pairs]
    return "".join(part for pair in zip(words, [*numbers, ""], strict=True) for part in pair)


def _without_padding(words):
    """Return the words between numbers without the padding that a number's width changes."""
    return [re.sub(" +", " ", word).strip(" ") for word in words]
