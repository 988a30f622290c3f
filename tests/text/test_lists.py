"""A line that begins with '1.' or '-' begins a list, even where the text only wrapped there."""

import re

import pytest

from tests.support.lessons import ROOT

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "instructor/**/*.md", "lessons/*.py")
    for path in ROOT.glob(pattern)
)
# A line of text that is not the end of a sentence, directly above what becomes a list.
TORN = re.compile(r"^(?!(?:[-*+]|\d+[.)]) |\s|[|<>#{`])(.*[\w,;(–])\n(\d+[.)]|[-*+]) ", re.M)


def find_torn(text):
    """Return (end of the line above, marker) of each list that a line break began."""
    return [(line[-30:], marker) for line, marker in TORN.findall(text)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_line_break_makes_a_list_of_a_sentence(path):
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        text = re.sub(r"(?m)^# ?(?!%%)", "", text)
        text = re.sub(r"(?m)^# %%.*$", "", text)
    assert find_torn(text) == []


def test_a_list_that_a_line_break_began_is_found():
    assert find_torn("for b they say 5 and\n1. What is wrong?") == [("for b they say 5 and", "1.")]
    assert find_torn("It is true:\n- one,\n- two") == []
    assert find_torn("1. The first and\n2. The second") == []
