"""What the first cell of every lesson asks: can the lesson run in this kernel?

A Python that is too old for the course must be able to read this module: it has no syntax newer
than Python 3.6, and imports the others only after a look at the version.
"""

import importlib.util
import re
import sys
import time
from contextlib import suppress
from pathlib import Path

OLDEST = (3, 11)  # the first Python that can read the other modules
PACKAGES = (  # what course_utils and the lessons import
    *("IPython", "PIL", "igraph", "ipywidgets", "matplotlib"),
    *("numpy", "sklearn", "torch", "torchviz"),
)
OPEN_IT = "open the lesson with `python course.py`, or choose the course's .venv as the kernel."


class StartError(RuntimeError):
    """Why a lesson cannot start, and what to do, in one sentence."""

    def _render_traceback_(self):
        """Return what a notebook shows of this error: the sentence, without a traceback.

        After an error, a kernel drops the cells it has received by then, and runs those that arrive
        later. JupyterLab's 'Run all' sends them one after the other, in less than a second.
        """
        time.sleep(1)
        return [str(self)]


def check():
    """Raise a StartError if this kernel cannot run the lesson.

    Of the packages it imports NumPy alone, which every lesson uses; torch takes more than a second.
    """
    if sys.version_info[:2] < OLDEST:
        found, oldest = (".".join(map(str, v[:2])) for v in (sys.version_info, OLDEST))
        raise StartError(f"This is Python {found}, the course needs {oldest} or newer: {OPEN_IT}")
    shadows = find_shadows()
    if shadows:
        them = "it" if len(shadows) == 1 else "them"
        raise StartError(f"{' and '.join(shadows)}: rename {them} and restart the kernel.")
    missing = [name for name in PACKAGES if not is_there(name)]
    if missing:
        raise StartError(
            f"This Python does not have {', '.join(missing)}: install what is missing, or {OPEN_IT}"
        )
    try:
        importlib.import_module("numpy")
    except Exception as error:
        kind = type(error).__name__
        raise StartError(
            f"NumPy does not work in this Python ({kind}): install it again, or {OPEN_IT}"
        ) from None


def find_shadows():
    """Return what is wrong with each file that hides a module of a lesson's.

    Of what is not beside the notebook, only a single file with the name of a package counts: some
    platforms hide modules on purpose, by whole packages. The rest is left to the self-check. So are
    files that hide what only Jupyter imports, such as tornado.py: it has done so before. SymPy, for
    example, is imported by the first optimizer.
    """
    from course_utils import self_check

    def stops(shadow):
        if shadow.installed:
            return False
        if shadow.path.parent.resolve() == Path.cwd():
            return shadow.name in sys.stdlib_module_names.union(PACKAGES) or is_needed(shadow.name)
        return shadow.name in PACKAGES and shadow.path.suffix == ".py"

    with suppress(Exception):  # A lesson that works must not fail here.
        return [str(shadow) for shadow in self_check.find_shadows() if stops(shadow)]
    return []


def is_needed(module):
    """Return whether the module belongs to PACKAGES or to what these require, and so on."""
    import importlib.metadata  # Python 3.7 lacks it

    def key(name):
        return re.sub("[-_.]+", "-", name).lower()

    modules = importlib.metadata.packages_distributions()
    installed = {key(one) for names in modules.values() for one in names}
    needed, new = set(), {key(one) for name in PACKAGES for one in modules.get(name, ())}
    while new:
        needed |= new
        lines = [line for one in new for line in importlib.metadata.requires(one) or ()]
        new = {key(re.match(r"[\w.-]+", line)[0]) for line in lines if "extra ==" not in line}
        new = (new & installed) - needed
    return not needed.isdisjoint(map(key, modules.get(module, ())))


def is_there(name):
    """Return whether a package is installed; a folder without its modules does not count."""
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.origin is not None
