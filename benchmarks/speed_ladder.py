"""The speed ladder of 'Fitting polynomials': one piece of work in the lesson's own ways.

What is timed is what the lesson shows. Each is the best of three runs; the loops run 2,000 of the
100,000 epochs and are scaled.
"""

import io
from contextlib import redirect_stdout

from tests.support.lessons import run_lesson

ALL_EPOCHS, EPOCHS = 100_000, 2_000
HEAD = (f"{ALL_EPOCHS:,} epochs by", "seconds", "times as fast")


def rounded(value, digits):
    """Return a number with so many significant digits, without an exponent."""
    return f"{float(f'{value:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")


def rows():
    """Yield each rung's name, its seconds, and how many times as fast as the first it is."""
    with redirect_stdout(io.StringIO()):
        lesson = run_lesson("fitting_polynomials")
        slowest = None
    for name, run in lesson["ladder"].items():
        run(10)  # the first call of a kind pays for what the later ones find ready
        epochs = ALL_EPOCHS if name in lesson["jumps"] else EPOCHS
        seconds = lesson["seconds"](run, epochs) * ALL_EPOCHS / epochs
        slowest = slowest or seconds
        yield name, rounded(seconds, 3), rounded(slowest / seconds, 2)
