"""The whole website, made and served once for all tests of a process."""

import os

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
    before = os.times()
    assert site.write(course, folder) == 0
    used = [now - then for now, then in zip(os.times(), before, strict=True)]
    assert sum(used[:4]) < 60, "seconds of the processors, whatever else they do"
    return folder


@pytest.fixture(scope="session")
def address(website):
    """Serve the website from a sub-path; has its address."""
    with serve(website.parents[1]) as host:
        yield f"{host}/some/sub-path/"
