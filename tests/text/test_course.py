"""The course as a whole: how many exercises of each kind it has, and how many hours it takes."""

from collections import Counter

from commands import minutes
from tests.support.form import KINDS
from tests.support.lessons import NUMBERS, path_of, read_notebook

PROJECT = path_of("a_project_of_your_own").name[:2]  # takes as long as the student's data ask for
MOST_HOURS, LEAST_EXERCISES = 13, 50


def test_the_cores_but_for_the_project_take_at_most_thirteen_hours():
    takes = {n: minutes.estimate(read_notebook(n))[0] for n in NUMBERS if n != PROJECT}
    assert sum(takes.values()) <= 60 * MOST_HOURS, takes


def kinds_of_exercises():
    """Return how many exercises of each kind the course has."""
    tags = [cell.metadata.get("tags", []) for n in NUMBERS for cell in read_notebook(n).cells]
    return Counter(kind for some in tags if "exercise" in some for kind in KINDS if kind in some)


def test_there_are_enough_exercises_and_a_fifth_each_to_fix_to_diagnose_and_to_transfer():
    counts = kinds_of_exercises()
    assert counts.total() >= LEAST_EXERCISES, counts
    assert all(5 * counts[kind] >= counts.total() for kind in KINDS if kind != "write"), counts
