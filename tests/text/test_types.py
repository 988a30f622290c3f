"""The shared modules are typed, so a checker finds a lesson's mistakes in calling them."""

import subprocess
import sys

import pytest

from tests.support.lessons import ROOT

pytestmark = pytest.mark.slow  # the workflow's first job runs mypy


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    """Return a function that runs mypy with the course's settings."""
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path_factory.mktemp("cache"))]

    def run(*files):
        return subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True)

    return run


def test_the_typed_modules_have_no_type_errors(mypy):
    result = mypy()
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_checker_knows_the_signatures_of_the_functions_in_plots(mypy, tmp_path):
    lesson = tmp_path / "lesson.py"
    lesson.write_text(
        "from course_utils import data, plots, sliders\n"
        "reveal_type(plots.residuals)\n"
        "plots.residuals(1, 2)\n"
        "plots.no_such_picture\n"
        "data.noisy_sine().z\n"
        "sliders.move(plots.residuals, [1], [2], w=3)\n"
    )
    signature, missing, no_picture, no_field, no_range, _ = mypy(lesson).stdout.splitlines()
    assert "def (x: Any, y: Any, w: Any, b: Any, *, axs: Any =) -> str | None" in signature
    assert 'Missing positional arguments "w", "b"' in missing
    assert 'has no attribute "no_such_picture"' in no_picture
    assert '"Sample" has no attribute "z"' in no_field
    assert 'Argument "w" to "move" has incompatible type' in no_range
