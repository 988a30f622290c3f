"""The option --no-skips: a skipped test counts as failed, so CI cannot pass by skipping tests."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="count every skipped test as failed")


def _fail_if_skipped(config, report):
    # pytest reports an expected failure (xfail) as skipped too, but it isn't a skip.
    if config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (--no-skips counts this as a failure)"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item):
    return _fail_if_skipped(item.config, (yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    return _fail_if_skipped(collector.config, (yield))
