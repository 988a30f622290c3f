"""The tests themselves, and what they start, see nothing of the user's settings."""

import os
import subprocess
import sys

from tests.support import own_settings
from tests.support.lessons import ROOT

LOOKS = """
import os
import IPython
import jupyter_core.paths
import matplotlib

def test_it():
    assert matplotlib.rcParams["axes.facecolor"] == "white"
    assert matplotlib.get_backend() == "agg"
    folders = [IPython.paths.get_ipython_dir(), *jupyter_core.paths.jupyter_config_path()]
    folders += jupyter_core.paths.jupyter_path()
    assert not [path for path in folders if path.startswith(os.environ["HOME"])]
"""


def test_the_tests_see_nothing_of_the_users_settings(tmp_path):
    home = tmp_path / "home"
    own_settings.write(home, own_settings.FILES | own_settings.CHANGING)
    (folder := tmp_path / "tests_of_it").mkdir()
    (folder / "pytest.ini").write_text("[pytest]")
    (folder / "test_it.py").write_text(LOOKS)
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env |= {**own_settings.variables(home), "PYTHONPATH": str(ROOT), "MPLBACKEND": "svg"}
    env = {name: value for name, value in env.items() if value}
    options = ["-p", "tests.plugins.settings", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
