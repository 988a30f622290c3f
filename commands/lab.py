"""Hand out the lessons, then run JupyterLab, opened on the first, or on the one of `lab 04`."""

import os
import runpy
import sys
from pathlib import Path
from urllib.parse import quote

from commands import hand_out
from commands.jupyter import use_settings
from commands.lessons import files, is_named

# Options that decide what JupyterLab opens.
OPENING_OPTIONS = {
    "--notebook-dir",
    "--ServerApp.root_dir",
    "--ServerApp.default_url",
    "--LabApp.default_url",
}
ROOT_ADVICE = (
    "You are root, as in a container. JupyterLab then needs --allow-root, and --ip=0.0.0.0 for a"
    " browser outside it: python course.py lab --allow-root --ip=0.0.0.0"
)


def complete_options(options: list[str], folder: Path) -> list[str]:
    """Add the lesson to open to JupyterLab's options: the one named, or the first in `folder`.

    The first option may be a lesson's number.
    """
    folder = Path(os.path.abspath(folder))
    given = {option.partition("=")[0] for option in options}
    extra: dict[str, str] = {}
    named = {option: _find_file(option, folder) for option in options if option[:1] != "-"}
    for number in filter(str.isdecimal, options[:1]):
        named[number] = named[number] or _find_lesson(number, folder)
    if not given & OPENING_OPTIONS and not any(map(os.path.isdir, named)):
        names = sorted(path.name for path in hand_out.SOURCE.glob("*.ipynb"))
        handed_out = filter(os.path.isfile, (folder / name for name in names))
        lesson = next(filter(None, [*named.values(), *handed_out]), None)
        options = [option for option in options if not named.get(option)]
        root = folder if not lesson or folder in lesson.parents else lesson.parent
        extra["--ServerApp.root_dir"] = str(root)
        if lesson:
            extra["--LabApp.default_url"] = (
                f"/lab/tree/{quote(lesson.relative_to(root).as_posix())}"
            )
    return [*options, *(f"{name}={value}" for name, value in extra.items() if name not in given)]


def _find_file(name: str, folder: Path) -> Path | None:
    """Return the file in `folder`, or the notebook anywhere, that an option names."""
    for base in (folder, Path.cwd()):
        path = Path(os.path.abspath(base / name))
        if os.path.isfile(path) and (folder in path.parents or path.suffix == ".ipynb"):
            return path
    return None


def _find_lesson(number: str, folder: Path) -> Path:
    """Return the place in `folder` of the lesson with this number; exit if there is none."""
    lessons = files(hand_out.SOURCE, ".ipynb")
    named = next((path for path in lessons if is_named(path, number)), None)
    if not named:
        there = ", ".join(path.stem for path in lessons)
        sys.exit(f"There is no lesson {number}; there are {there}.")
    return folder / named.name


if __name__ == "__main__":
    hand_out.main()  # It has printed what it could not hand out; the rest can be used.
    if not hand_out.TARGET.is_dir():
        sys.exit(1)
    allowed = any("allow_root" in option.replace("-", "_") for option in sys.argv)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not allowed:
        print(ROOT_ADVICE, file=sys.stderr)
    use_settings()
    sys.argv[1:] = complete_options(sys.argv[1:], hand_out.TARGET)
    runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)
