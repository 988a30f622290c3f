"""Which tests run and in which order; what was imported is no garbage; Ctrl-C is heard."""

import gc
import signal

import pytest


def pytest_configure():
    """Hear SIGINT, and let the programs that tests start hear it: in the background nobody does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark each test that is named, as in `file.py::test_it[07]`, and add this mark to -m.

    The slow ones come last, so that -x ends soon where a quick one fails.
    """
    named = {argument.partition("::")[2] for argument in config.args}
    for item in items:
        if item.nodeid.partition("::")[2] in named:
            item.add_marker("named")
    if config.option.markexpr:
        config.option.markexpr = f"({config.option.markexpr}) or named"
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


def pytest_collection_finish():
    """Spare the collector what was imported, torch for one: it takes a tenth of the time."""
    gc.collect()
    gc.freeze()
