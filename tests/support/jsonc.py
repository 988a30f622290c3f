"""JSON as VS Code reads its own files: with comments, but without trailing commas."""

import json
import re


def read(path):
    """Read a file in which a comment has a line of its own."""
    return json.loads(re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE))
