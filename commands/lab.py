"""Hands the lessons out and becomes JupyterLab, opened on the first one."""

import runpy
import sys
from pathlib import Path

from commands import hand_out


def with_lesson(options: list[str], folder: Path) -> list[str]:
    """Complete JupyterLab's options: what they name in `folder`, else its first lesson."""
    options = [str(folder / o) if (folder / o).is_file() else o for o in options]
    if any(Path(o).exists() for o in options):
        return options
    first = sorted(folder.glob("[0-9]*.ipynb"))[:1]
    return [*options, f"--ServerApp.root_dir={folder}", *map(str, first)]


if __name__ == "__main__":
    if hand_out.main():
        sys.exit(1)
    sys.argv[1:] = with_lesson(sys.argv[1:], hand_out.TARGET)
    runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)
