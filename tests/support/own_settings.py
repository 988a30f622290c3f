"""What a full home folder has: settings for IPython, Jupyter, matplotlib and Python."""

import os
from pathlib import Path

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec

from commands import kernels
from tests.support.lessons import ROOT

PROFILE = ".ipython/profile_default"
DATA = ".local/share/jupyter"
MINE = "mine/jupyter"  # a folder of JUPYTER_PATH
MODULES = "code"  # a folder of PYTHONPATH
MATPLOTLIBRC = "axes.facecolor: red\nfigure.dpi: 50\nfont.size: 20\nlines.linewidth: 9"
KERNELSPEC = '{"argv": ["false"], "display_name": "Python 3", "language": "python"}'
# Files that a lesson can run with: {path in the home folder: text}.
FILES = {
    f"{PROFILE}/ipython_config.py": (
        "c.InteractiveShellApp.extensions = ['autoreload', 'storemagic', 'greeting']\n"
        "c.InteractiveShellApp.exec_lines = ['%autoreload 2', 'mine = greeting']\n"
        "c.StoreMagics.autorestore = True\n"
        "c.InteractiveShell.colors = 'Linux'\nc.InteractiveShell.xmode = 'Verbose'\n"
        "c.InteractiveShell.cache_size = 20\n"
    ),
    f"{PROFILE}/ipython_kernel_config.py": (
        "load_subconfig('ipython_config.py')\n"
        "c.InteractiveShellApp.matplotlib = 'inline'\n"
        "c.InlineBackend.figure_formats = {'svg'}\nc.InlineBackend.rc = {'figure.dpi': 40}\n"
    ),
    f"{PROFILE}/startup/00-imports.py": (
        "import random\nimport numpy as np\nimport torch\n"
        "import matplotlib.pyplot as plt\nplt.style.use('dark_background')\n"
        "random.seed(5)\nnp.random.seed(5)\ntorch.manual_seed(5)\n"
        "x, y, w, data, plots, check = 'mine', 'mine', 'mine', 'mine', 'mine', 'mine'\n"
    ),
    f"{PROFILE}/startup/10-alias.ipy": "%alias mine_ls ls\n",
    ".jupyter/jupyter_config.py": "raise SystemExit('a setting of the user was read')",
    ".jupyter/jupyter_nbconvert_config.py": "raise SystemExit('a setting of the user was read')",
    ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings": (
        '{"theme": "JupyterLab Dark"}'
    ),
    f"{DATA}/kernels/python3/kernel.json": KERNELSPEC,
    f"{DATA}/nbconvert/templates/lab/index.html.j2": "a template of the user was read",
    f"{MINE}/kernels/python3/kernel.json": KERNELSPEC,
    f"{MINE}/kernels/mine/kernel.json": KERNELSPEC,
    f"{MINE}/nbconvert/templates/classic/index.html.j2": "a template of the user was read",
    f"{MINE}/labextensions/mine/package.json": '{"name": "mine", "version": "1.0.0"}',
    ".config/matplotlib/matplotlibrc": MATPLOTLIBRC,
    ".pythonrc.py": "import sys\nsys.started_mine = True\n",
    f"{MODULES}/greeting.py": (
        "def load_ipython_extension(shell):\n    shell.push({'greeting': 'good morning'})\n"
    ),
    f"{MODULES}/sitecustomize.py": "import sys\nsys.customized_mine = True\n",
    **{f"{MODULES}/{name}.py": "mine = 1 / 0\n" for name in ("data", "plots", "test", "utils")},
}
# Settings that change what a cell shows, as they are meant to: only for kernels that ignore them.
CHANGING = {
    f"{PROFILE}/startup/20.py": "print('good morning')",
    f"{PROFILE}/startup/30.py": "get_ipython().ast_node_interactivity = 'all'",
}
# Statements that fail in a kernel without these settings.
SEEN = f"""
import pathlib, sys
from jupyter_core.paths import jupyter_path
assert mine == greeting == "good morning", "IPython's extension and exec_lines"
assert x == plots == "mine", "IPython's start-up file"
assert get_ipython().colors.lower() == "linux", "IPython's configuration"
assert sys.started_mine and sys.customized_mine, "Python's start-up file and sitecustomize"
assert plt.rcParams["axes.facecolor"] == "black", "the style of a start-up file"
assert plt.rcParamsOrig["axes.facecolor"] == "red", "the matplotlibrc"
home = pathlib.Path.home()
assert str(home / {MINE!r}) in jupyter_path() and str(home / {DATA!r}) in jupyter_path()
assert home in pathlib.Path(get_ipython().history_manager.hist_file).parents
"""


def write(home, files=FILES):
    """Write the files into a home folder."""
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)


def variables(home):
    """Return the environment variables of the user of a home folder; '' if one isn't set."""
    unset = ("JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")
    unset += ("IPYTHONDIR", "MPLBACKEND", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    return {
        **dict.fromkeys(unset, ""),
        "HOME": str(home),
        "USERPROFILE": str(home),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_PATH": str(home / MINE),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "MATPLOTLIBRC": str(home / ".config/matplotlib/matplotlibrc"),
        "PYTHONHASHSEED": "5",
        "PYTHONPATH": str(home / MODULES),
        "PYTHONSTARTUP": str(home / ".pythonrc.py"),
        "PYTHONWARNINGS": "default::UserWarning",  # 'default' shows one of torchviz's own
    }


class OwnSettings(kernels.OwnPython):
    """Start this Python's kernel with the settings of the user whose home folder is set."""

    def get_kernel_spec(self, kernel_name):
        """Return its kernel, which sees what the tests hide from the others."""
        env = variables(Path.home())
        env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(ROOT)])
        env |= {"IPYTHONDIR": str(Path.home() / ".ipython")}
        env |= {"JUPYTER_DATA_DIR": str(Path.home() / DATA)}
        return KernelSpec(**get_kernel_dict(), env=env)
