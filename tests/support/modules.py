"""The modules of course_utils, and what a file imports."""

import ast

from tests.support.lessons import ROOT

COURSE_UTILS = {
    path.relative_to(ROOT)
    .with_suffix("")
    .as_posix()
    .replace("/", ".")
    .removesuffix(".__init__"): path
    for path in sorted((ROOT / "course_utils").rglob("*.py"))
}


def imports(path):
    """Return the modules that a file imports, inside its functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # `from course_utils import plots` imports the module course_utils.plots.
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
