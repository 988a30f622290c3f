"""The tests themselves, and what they start, see nothing of the user's settings."""

import os
import subprocess
import sys

from tests.support.lessons import ROOT

SETTINGS = {
    ".config/matplotlib/matplotlibrc": "axes.facecolor: red",
    ".jupyter/jupyter_config.py": "raise SystemExit('a setting of the user was read')",
    ".ipython/profile_default/startup/00.py": "print('good morning')",
}
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
    for name, text in SETTINGS.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (folder := tmp_path / "tests_of_it").mkdir()
    (folder / "pytest.ini").write_text("[pytest]")
    (folder / "test_it.py").write_text(LOOKS)
    own = ("JUPYTER", "IPYTHON", "MPL", "MATPLOTLIB", "XDG_", "PYTEST_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    env |= {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT)}
    env |= {"MPLBACKEND": "svg", "JUPYTER_PATH": str(home / "own")}
    options = ["-p", "tests.plugins.settings", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
