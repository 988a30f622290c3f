"""The names and words of all lessons, read once in a process: that takes a second."""

import functools

from commands.names import read_lessons
from tests.support.lessons import ROOT


@functools.cache
def named_lessons():
    """Return what `commands.names` reads of each lesson, by number; to be read, not changed."""
    return {lesson.number: lesson for lesson in read_lessons(ROOT)}
