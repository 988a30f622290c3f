"""The options of every server of the course; __init__.py says how it is found."""

import os
from importlib.util import find_spec
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821 (Jupyter defines it)

# A different environment's JupyterLab, started in a terminal of this one, stays as it is.
if find_spec("commands"):
    c.ServerApp.kernel_spec_manager_class = "commands.server.Kernels"
    # The browser gets an http address. By default JupyterLab writes a page into a file, which
    # Firefox from a snap and a Windows browser under WSL cannot read.
    c.ServerApp.use_redirect_file = False
    c.LabApp.custom_css = True
    if os.environ.get("COURSE_LESSONS"):  # Only these are handed out: see commands/hand_out.py.
        c.ServerApp.contents_manager_class = "commands.server.Lessons"
    # No option of Jupyter's sets it: the style sheet would be looked for in ~/.jupyter.
    style = {"static_custom_path": [str(Path(__file__).with_name("custom"))]}
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        c.ServerApp.tornado_settings = style  # JupyterHub's server looks into it, so it must be one
    else:
        c.ServerApp.tornado_settings.update(style)  # the user may have more
