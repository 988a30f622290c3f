"""A named test runs even if it is marked slow; what was imported is no garbage; Ctrl-C is heard."""

import gc
import signal

import pytest


def pytest_configure():
    """Hear SIGINT, and let the programs that tests start hear it: in the background nobody does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark each test that is named, as in `file.py::test_it[07]`, and add this mark to -m."""
    named = {argument.partition("::")[2] for argument in config.args}
    for item in items:
        if item.nodeid.partition("::")[2] in named:
            item.add_marker("named")
    if config.option.markexpr:
        config.option.markexpr = f"({config.option.markexpr}) or named"


def pytest_collection_finish():
    """Spare the collector what was imported, torch for one: it takes a tenth of the time."""
    gc.collect()
    gc.freeze()
