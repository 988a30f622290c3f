"""The whole website, made and served once for all tests of a process."""

import time

import pytest

from commands import site
from tests.support.frames import copy_course
from tests.support.website import serve


@pytest.fixture(scope="session")
def website(tmp_path_factory):
    """Make the website with the frames of all sliders; has its folder."""
    course = tmp_path_factory.mktemp("course")
    copy_course(course)
    folder = tmp_path_factory.mktemp("host") / "some/sub-path"
    folder.parent.mkdir()
    start = time.perf_counter()
    assert site.write(course, folder) == 0
    assert time.perf_counter() - start < 60
    return folder


@pytest.fixture(scope="session")
def address(website):
    """Serve the website from a sub-path; has its address."""
    with serve(website.parents[1]) as host:
        yield f"{host}/some/sub-path/"
