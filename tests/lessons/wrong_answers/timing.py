"""Answers to 'Where the time goes' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, slips

_TIMED = """
def stopwatch(function, clock, repeats):
    function()
    times = []
    for _ in range(repeats):
        start = clock()
        function()
        times.append(clock() - start)
    return {}
"""

WRONG = {
    "stopwatch": [
        (_TIMED.format("sum(times) / len(times)"), "That is the mean"),
        (_TIMED.format("max(times)"), "That is the longest time"),
        (_TIMED.format("sum(times)"), "That is the sum of all times"),
        (_TIMED.format("times[-1]"), "That is the last time"),
        (_TIMED.format("times[0]"), "That is the first time"),
        (
            _TIMED.format("min(times)").replace("    function()\n    times", "    times"),
            "6 times: 1 untimed, to warm up, and 6 timed are 7",
        ),
        (
            _TIMED.format("min(times)").replace("range(repeats)", "range(2)"),
            "3 times: 1 untimed, to warm up",
        ),
        (_TIMED.format("clock()"), "not a difference of two readings"),
        (_TIMED.format("min(times)").replace("clock() - start", "start - clock()"), "The sign is"),
    ],
    "overhead_and_cost": [
        (
            "def overhead_and_cost(n1, t1, n2, t2):\n"
            "    c = (t2 - t1) / (n2 - n1)\n"
            "    return c, t1 - c * n1",
            "return the overhead first",
        ),
        (
            "def overhead_and_cost(n1, t1, n2, t2):\n    return t1, (t2 - t1) / (n2 - n1)",
            "subtract c·n1",
        ),
        (
            "def overhead_and_cost(n1, t1, n2, t2):\n    return t1 - t1 / n1 * n1, t1 / n1",
            "t1 / n1 holds a share of the overhead",
        ),
        (
            "def overhead_and_cost(n1, t1, n2, t2):\n    return t1 - t2 / n2 * n1, t2 / n2",
            "t2 / n2 holds a share of the overhead",
        ),
        (
            "def overhead_and_cost(n1, t1, n2, t2):\n"
            "    c = (n2 - n1) / (t2 - t1)\n"
            "    return t1 - c * n1, c",
            "upside down",
        ),
    ],
    "megabytes": [
        (
            "def megabytes(shape, dtype):\n    return np.prod(shape) / 1e6",
            "The bytes of one number are missing",
        ),
        (
            "def megabytes(shape, dtype):\n    return 8 * np.prod(shape) * dtype.itemsize / 1e6",
            "These are bits",
        ),
        ("def megabytes(shape, dtype):\n    return np.prod(shape) * dtype.itemsize", "are bytes"),
        (
            "def megabytes(shape, dtype):\n    return np.prod(shape) * dtype.itemsize / 2**20",
            "divide by a million",
        ),
        ("def megabytes(shape, dtype):\n    return np.prod(shape) * 4 / 1e6", "as 4 bytes"),
        (
            "def megabytes(shape, dtype):\n    return sum(shape) * dtype.itemsize / 1e6",
            "multiply them",
        ),
        (
            "def megabytes(shape, dtype):\n    return shape[0] * dtype.itemsize / 1e6",
            "Only the first side counts",
        ),
    ],
}

WRONG["overhead_and_cost"] += slips(
    "where_the_time_goes",
    "overhead_and_cost",
    ("t1 - c * n1", "t2", "subtract c·n2"),
    ("c * n1, c", "c * n1, 2 * c", "t0 is right, c isn't"),
    (" / (n2 - n1)", "", "divide the difference of the times"),
)
WRONG["megabytes"] += slips(
    "where_the_time_goes",
    "megabytes",
    ("1e6", "1e3", "These are kilobytes"),
    ("dtype.itemsize", "8", "as 8 bytes"),
)

WRONG["stopwatch"] += [
    (
        _TIMED.format("min(times)")
        .replace("        start = clock()\n", "")
        .replace("    for _", "    start = clock()\n    for _"),
        "start = clock() is read once before the loop",
    ),
    (
        _TIMED.format("min(times)")
        .replace("    function()\n    times", "    times")
        .replace("range(repeats)", "range(repeats + 1)"),
        "The first call counts among your times",
    ),
    (_TIMED.format("np.median(times)"), "That is the median"),
]
WRONG["stopwatch"] += [
    (
        _TIMED.format("min(times)").replace("range(repeats)", "range(repeats - 1)"),
        "6 times: 1 untimed, to warm up, and 6 timed are 7",
    ),
]
WRONG["overhead_and_cost"] += slips(
    "where_the_time_goes",
    "overhead_and_cost",
    ("t1 - c * n1", "t1 + c * n1", "not plus"),
    ("t1 - c * n1", "t1 - c * n2", "don't belong together"),
    ("t1 - c * n1", "c * n1 - t1", "the other way round"),
    ("(t2 - t1)", "(t1 - t2)", "in the same order as the rows"),
)

WRONG["stopwatch"] += [
    (
        _TIMED.format("sorted(times)[1]"),
        "On test data it gives 3; the right answer is 2.5.",
    ),
    (
        _TIMED.format("min(times)").replace(
            "        times.append", "        print(clock() - start)\n        times.append"
        ),
        "You read the clock 18 times in 7 calls",
    ),
    (
        _TIMED.format("min(times)")
        .replace("clock, repeats):", "clock, repeats, times=[]):")
        .replace("    times = []\n", ""),
        "On test data it gives 2.5",
    ),
]
WRONG["megabytes"] += slips(
    "where_the_time_goes",
    "megabytes",
    ("for side in shape", "for side in [max(shape)]", "On test data it gives"),
    ("in shape", "in np.array(shape, dtype=np.int16)", "raises OverflowError"),
)


RIGHT = {
    "stopwatch": functions(
        "stopwatch(function, clock, repeats)",
        """
    function()
    best = float("inf")
    for _ in range(repeats):
        start = clock()
        function()
        best = min(best, clock() - start)
    return best
""",
        """
    times = []
    for _ in range(repeats + 1):
        start = clock()
        function()
        end = clock()
        times.append(end - start)
    return min(times[1:])
""",
        """
    function()

    def once():
        began = clock()
        function()
        return clock() - began

    return min(once() for _ in range(repeats))
""",
        """
    function()
    readings = [clock()]
    for _ in range(repeats):
        function()
        readings.append(clock())
    return np.diff(readings).min()
""",
        """
    function()
    times = np.zeros(repeats)
    for k in range(repeats):
        times[k] = -clock()
        function()
        times[k] += clock()
    return sorted(times)[0]
""",
    ),
    "overhead_and_cost": functions(
        "overhead_and_cost(n1, t1, n2, t2)",
        """
    c = (t1 - t2) / (n1 - n2)
    return t2 - c * n2, c
""",
        "(t1 * n2 - t2 * n1) / (n2 - n1), (t2 - t1) / (n2 - n1)",
        "np.linalg.solve([[1, n1], [1, n2]], [t1, t2])",
        "np.polyfit([n1, n2], [t1, t2], 1)[::-1]",
        """
    cost = (t2 - t1) / (n2 - n1)
    overhead = t1 - n1 * cost
    return [overhead, cost]
""",
    ),
    "megabytes": functions(
        "megabytes(shape, dtype)",
        "np.prod(shape) * dtype.itemsize / 1e6",
        "torch.Size(shape).numel() * dtype.itemsize / 1_000_000",
        "torch.empty(shape, dtype=dtype).nbytes / 10**6",
        "torch.zeros(shape).numel() * torch.tensor([], dtype=dtype).element_size() * 1e-6",
        """
    import math

    return dtype.itemsize * math.prod(shape) / 1e6
""",
    ),
}
