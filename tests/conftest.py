"""A test that is named in full runs, even one that is marked slow."""


def pytest_configure(config):
    """Leave nothing out where a name ends as `file.py::test_it[07]` does."""
    if any(name.endswith("]") for name in config.args):
        config.option.markexpr = ""
