"""Fixtures that every test may use."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption(
        "--from-nothing", action="store_true", help="install Binder's packages anew, some minutes"
    )
    parser.addoption(
        "--every-lesson", action="store_true", help="move the sliders of every lesson, not of one"
    )
