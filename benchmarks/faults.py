"""How many small faults the tests notice: those of the bank, random ones, changed digits in texts.

A random fault may change nothing that anybody could notice, so not all need to be noticed. Their
seed is the date, unless it is given. A digit is the last of a number in a lesson's text.
"""

import sys
from contextlib import redirect_stdout
from datetime import date

from tests.net.faults.__main__ import try_all
from tests.net.faults.bank import faults
from tests.net.faults.random_faults import all_files, random_faults
from tests.support.lessons import TEXTS, read_notebook
from tests.support.prose import LessonNumbers, unnoticed_edits

HEAD = ("faults", "seed", "tried", "noticed", "fraction")
DEPENDS = ("lessons", "notebooks", "course_utils", "commands", "tests")
WORDS = "parts of the names of rows, and a seed"
RANDOM = 300


def changed_digits(seed):
    """Return how many numbers in texts are changed, and how many changes nothing notices."""
    found = [unnoticed_edits(LessonNumbers(read_notebook(name).cells)) for name in TEXTS]
    return "", *(sum(map(len, results)) for results in zip(*found, strict=True))


def of_the_bank(seed):
    """Return how many faults the bank has, and how many nothing notices."""
    chosen = faults()
    return "", len(chosen), len(try_all(chosen))


def by_rule(seed):
    """Return how many random faults are tried, and how many nothing notices."""
    seed = seed or f"{date.today():%Y%m%d}"
    chosen = random_faults(RANDOM, int(seed), all_files())
    return seed, len(chosen), len(try_all(chosen))


ROWS = {
    "a digit in a text": changed_digits,
    "of the bank": of_the_bank,
    "at random": by_rule,
}


def rows(*words):
    """Yield the rows that have one of the words in their name, or all; of the others, the name."""
    seed = next((word for word in words if word.isdecimal()), "")
    parts = [word for word in words if word != seed]
    for name, measure in ROWS.items():
        if parts and not any(part in name for part in parts):
            yield (name,)
            continue
        with redirect_stdout(sys.stderr):  # what notices each fault
            used, tried, survivors = measure(seed)
        noticed = tried - survivors
        yield name, used, f"{tried:,}", f"{noticed:,}", f"{noticed / tried:.1%}"
