"""A test that is named in full runs, even one that is marked slow."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark each test that is named, as in `file.py::test_it[07]`, and add this mark to -m."""
    named = {argument.partition("::")[2] for argument in config.args}
    for item in items:
        if item.nodeid.partition("::")[2] in named:
            item.add_marker("named")
    if config.option.markexpr:
        config.option.markexpr = f"({config.option.markexpr}) or named"
