"""The checks of 'Where the time goes'. A clock of our own is the oracle."""

import numpy as np

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, diagnose, numbers


@exercise(1, hint="call function() once; then in each round: start = clock(), function(), clock().")
def stopwatch(answer):
    """Judge `stopwatch(function, clock, repeats)` by a clock that a function moves."""
    # In the second, the first call is the cheapest, and after it the first timed one.
    _judge_stopwatch(answer, [9.0, 5.0, 2.5, 7.0, 3.0, 4.0, 6.0], repeats=6)
    _judge_stopwatch(answer, [1.8, 3.7, 7.2, 8.1, 5.3, 4.9], repeats=5)
    return "The warm-up doesn't count, and the shortest time does."


def _judge_stopwatch(answer, costs, repeats):
    calls, readings = [], []

    def function():
        calls.append(1)

    def clock():
        readings.append(1)
        return 100 + sum(costs[: len(calls)])

    got = numbers(call(answer, function, clock, repeats), ("the time",))
    n = len(calls)
    if n != repeats + 1:
        raise Wrong(
            f"You called function() {n} time{'s' * (n != 1)}: 1 untimed, to warm up, and {repeats} "
            f"timed are {repeats + 1}."
        )
    if len(readings) > 2 * n:
        raise Wrong(
            f"You read the clock {len(readings)} times in {n} calls: once right before each call "
            "and once right after it, or a reading counts as part of the call."
        )
    timed = costs[1:]
    mistakes = {
        "That is the mean: an interruption only ever adds, so take the shortest.": [np.mean(timed)],
        "That is the median: an interruption only ever adds, so take the shortest.": [
            np.median(timed)
        ],
        "That is the longest time: take the shortest.": [max(timed)],
        "That is the sum of all times: take the shortest.": [sum(timed)],
        "That is the last time: keep all of them and take the shortest.": [timed[-1]],
        "That is the first time. Either only that one is kept, or start = clock() is read once "
        "before the loop, so that each time holds all the calls before it.": [timed[0]],
        "The first call counts among your times: leave it untimed.": [costs[0]],
        "That is what the clock showed, not a difference of two readings.": [clock()],
        "The sign is wrong: the later reading minus the earlier one.": [-max(timed)],
    }
    if min(timed) == timed[0]:  # the second set: there only the other mistakes show
        mistakes = {told: value for told, value in mistakes.items() if value != [timed[0]]}
    diagnose(got, [min(timed)], mistakes)


@exercise(2, hint="the slope of the line through (n1, t1) and (n2, t2) is c; then t0 = t1 − c·n1.")
def overhead_and_cost(answer):
    """Judge `overhead_and_cost(n1, t1, n2, t2)`: t0 and c of the line through two points."""
    _judge_line(answer, 3e-5, 2e-9, 1000, 50_000)
    _judge_line(answer, 7e-5, 5e-9, 20_000, 3_000)
    return "The overhead is what no row explains."


def _judge_line(answer, t0, c, n1, n2):
    t1, t2 = t0 + c * n1, t0 + c * n2
    names = ("t0", "c")
    scale = np.array([1e5, 1e9])
    got = numbers(call(answer, n1, t1, n2, t2), names) * scale
    mistakes = {
        "These are c and t0: return the overhead first.": (c, t0),
        "t0 is what remains of t1 without its rows: subtract c·n1.": (t1, c),
        "t0 is what remains of t2 without its rows: subtract c·n2.": (t2, c),
        "t0 is t1 minus c·n1, not plus.": (t1 + c * n1, c),
        "t1 and n2, or t2 and n1, don't belong together: subtract c·n1 from t1.": (t1 - c * n2, c),
        "t0 is the difference of t1 and c·n1, the other way round.": (c * n1 - t1, c),
        "c is the cost of one more row: divide the difference of the times by the difference "
        "of the rows.": (t1 - (t2 - t1) * n1, t2 - t1),
        "t1 / n1 holds a share of the overhead: use the difference of the two times.": (0, t1 / n1),
        "t2 / n2 holds a share of the overhead: use the difference of the two times.": (
            t1 - t2 / n2 * n1,
            t2 / n2,
        ),
        "The slope is upside down: seconds for a row, not rows for a second.": (
            t1 - (n2 - n1) / (t2 - t1) * n1,
            (n2 - n1) / (t2 - t1),
        ),
        "The sign of c is wrong: subtract the times in the same order as the rows.": (
            t1 + c * n1,
            -c,
        ),
    }
    mistakes = {told: result * scale for told, result in mistakes.items()}
    diagnose(got, np.array([t0, c]) * scale, mistakes, names)


@exercise(3, hint="multiply the sides of the shape, then by dtype.itemsize, and divide by 1e6.")
def megabytes(answer):
    """Judge `megabytes(shape, dtype)`: a tensor's memory in MB, of several shapes and dtypes."""
    import torch

    cases = [((70, 300, 5), torch.float64), ((50_000, 40), torch.float32), ((12_000,), torch.int8)]
    name = ("the megabytes",)
    got = np.concatenate([numbers(call(answer, *case), name) for case in cases])
    count = np.array([np.prod(shape) for shape, _ in cases])
    size = np.array([dtype.itemsize for _, dtype in cases])
    want = count * size / 1e6
    sides = np.array([sum(shape) for shape, _ in cases])
    mistakes = {
        "The bytes of one number are missing: multiply by dtype.itemsize.": count / 1e6,
        "These are bits: a byte has eight, and itemsize counts bytes.": 8 * want,
        "These are bytes: divide by a million.": count * size,
        "These are kilobytes: divide by a million, not by a thousand.": count * size / 1e3,
        "These are units of 1024 · 1024 bytes: divide by a million.": count * size / 2**20,
        "That takes every number as 4 bytes: ask dtype.itemsize.": count * 4 / 1e6,
        "That takes every number as 8 bytes: ask dtype.itemsize.": count * 8 / 1e6,
        "The sides are added: multiply them.": sides * size / 1e6,
        "Only the first side counts here: multiply all of them.": np.array(
            [shape[0] for shape, _ in cases]
        )
        * size
        / 1e6,
    }
    diagnose(got, want, mistakes)
    return "Numbers times bytes."
