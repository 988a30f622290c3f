"""The whole website, made and served once for all tests of a process."""

import time

import pytest

from commands import site
from tests.support.lessons import ROOT
from tests.support.website import serve


@pytest.fixture(scope="session")
def website(tmp_path_factory):
    """Make the website; has its folder."""
    folder = tmp_path_factory.mktemp("host") / "some/sub-path"
    folder.parent.mkdir()
    start = time.perf_counter()
    assert site.write(ROOT, folder) == 0
    assert time.perf_counter() - start < 60
    return folder


@pytest.fixture(scope="session")
def address(website):
    """Serve the website from a sub-path; has its address."""
    with serve(website.parents[1]) as host:
        yield f"{host}/some/sub-path/"
