"""By default the slow tests are left out; `course.py test` runs them where they're asked for."""

import subprocess
import sys

import pytest

from commands.test import choose_run
from tests.support.lessons import NUMBERS, ROOT

SLIDES = "tests/browser/test_slides.py"
FITS = f"{SLIDES}::test_slides_fit_the_screen_and_need_no_network"
PICTURES = "tests/browser/test_jupyterlab.py::test_pictures_are_as_stored"
IMAGE = "tests/commands/test_binder.py::test_the_image_stays_small"


def collected(*options):
    """Return the names of the tests that `course.py test` collects with these options."""
    module, options = choose_run([*options, "--collect-only", "-q", "-n", "0"])
    command = [sys.executable, "-m", module, *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return [line for line in ran.stdout.splitlines() if "::" in line]


def test_by_default_slow_tests_are_left_out():
    assert collected(SLIDES, IMAGE) == [f"{FITS}[{NUMBERS[0]}]"]


@pytest.mark.slow
def test_a_slow_test_runs_if_it_is_named():
    this = "tests/net/test_slow.py::test_a_slow_test_runs_if_it_is_named"
    slow = [f"{FITS}[{NUMBERS[-1]}]", f"{IMAGE}[installed]", this]
    assert collected(*slow) == slow


@pytest.mark.slow
def test_slow_tests_come_after_the_quick_ones_of_all_files():
    found = collected(SLIDES, "tests/commands/test_binder.py", "-m", "")
    quick = collected(SLIDES, "tests/commands/test_binder.py")
    assert 0 < len(quick) < len(found)
    assert found[: len(quick)] == quick


@pytest.mark.slow
def test_the_browser_opens_every_lesson():
    everything = {f"{name}[{number}]" for name in (FITS, PICTURES) for number in NUMBERS}
    assert everything <= set(collected("--browser"))


@pytest.mark.slow
def test_the_slow_run_takes_the_slow_tests_and_leaves_the_browser_to_its_own_run():
    found = collected("--slow")
    assert f"{IMAGE}[installed]" in found
    assert f"{FITS}[{NUMBERS[0]}]" not in found
    assert not any(name.startswith("tests/browser/") for name in found)


@pytest.mark.parametrize("options", [["--browser"], ["--binder"], ["-m", ""]])
def test_every_mark_can_be_asked_for(options):
    _, options = choose_run(options)
    assert options[options.index("-m") + 1] == ""
