"""What every JupyterLab of the course has in common: its server's options, its settings, its look.

Jupyter reads this folder as it reads ~/.jupyter, and before it:
jupyter_server_config.py has the server's options, labconfig/ JupyterLab's default settings, custom/
the style sheet. Nothing is copied or installed, and a user's own JupyterLab never reads it.
`commands.lab` and `commands.hub` call `use_settings`; binder/start sets the same variable.
"""

import os
from pathlib import Path


def use_settings() -> None:
    """Make the Jupyter that this process becomes read this folder before the user's own."""
    folders = [str(Path(__file__).parent), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, folders))
