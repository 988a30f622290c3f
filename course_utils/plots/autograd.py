"""The picture that the lesson 'Build your own autograd' introduces."""

from course_utils._validate import to_vectors
from course_utils.figures import FIT, TRAIN, picture


@picture(6.6, 3.9)
def visits(times, every_path, in_order, *, ax=None):
    """Compare two walks back through a graph where each number is used twice.

    How many times the number was doubled, and the visits of each walk: all of shape (n,).
    From the lesson 'Build your own autograd'.
    """
    times, every_path, in_order = to_vectors(times=times, every_path=every_path, in_order=in_order)
    ax.plot(times, every_path, "o-", color=FIT, label="along every path")
    ax.plot(times, in_order, "s--", color=TRAIN, label="in topological order: each box once")
    ax.set(xlabel="times doubled", ylabel="visits", yscale="log")
    ax.legend(loc="upper left")
    return (
        f"Doubled {times[-1]:.0f} times: {every_path[-1]:,.0f} visits along every path, "
        f"{in_order[-1]:,.0f} in topological order."
    )
