"""The speed ladder of 'Where the time goes': the same work in each of the lesson's ways.

It times the lesson's own code, and takes the shortest of ten runs. The loops run 2,000 of the
100,000 epochs, and their times are scaled up.
"""

import io
from contextlib import redirect_stdout

from tests.support.lessons import run_lesson

ALL_EPOCHS, EPOCHS = 100_000, 2_000
HEAD = (f"{ALL_EPOCHS:,} epochs by", "seconds", "times as fast")
DEPENDS = ("lessons/*_where_the_time_goes.py", "requirements.txt", "constraints.txt")


def significant(value, digits):
    """Return a number as text with this many significant digits and no exponent."""
    return f"{float(f'{value:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")


def rows():
    """Yield each way's name, its seconds, and how many times as fast as the first it is."""
    with redirect_stdout(io.StringIO()):
        lesson = run_lesson("where_the_time_goes")
        slowest = None
    for name, run in lesson["ladder"].items():
        epochs = ALL_EPOCHS if name in lesson["jumps"] else EPOCHS
        seconds = lesson["shortest"](run, epochs) * ALL_EPOCHS / epochs
        slowest = slowest or seconds
        yield name, significant(seconds, 3), significant(slowest / seconds, 2)
