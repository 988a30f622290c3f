"""One environment for all tests of set-up, in one process; and a small course for the website."""

from types import SimpleNamespace

import pytest

from tests.support.processes import stopping
from tests.support.tiny_course import Course
from tests.support.website import write_course


@pytest.fixture(scope="session")
def two_set_ups(tmp_path_factory):
    """Set up a course twice at once, in a path with spaces and accents.

    Has the course, what the first and the second process answered, and the log.
    """
    course = Course(tmp_path_factory.mktemp("set_up") / "mon école à Zürich")
    process = course.start("hand_out")
    with stopping(process):
        while not (course.venv / "pyvenv.cfg").exists():
            assert process.poll() is None
        second = course.call("hand_out")
        out, err = process.communicate(timeout=100)
    first = SimpleNamespace(returncode=process.returncode, stdout=out, stderr=err)
    log = course.log.read_text()
    return SimpleNamespace(course=course, first=first, second=second, log=log)


@pytest.fixture(scope="module")
def set_up_course(two_set_ups):
    """A course that is set up, whatever the tests of another module did to it."""
    return two_set_ups.course.set_up()


@pytest.fixture
def course(tmp_path):
    """Write a course of one lesson, with the options and the style of the real website."""
    write_course(tmp_path / "course")
    return tmp_path / "course"
