"""A lesson is mentioned by its name, and the build writes its number: nobody does so by hand."""

import re

import pytest

from commands import lessons, mentions
from tests.support.lessons import ROOT

NUMBERS = {"start_here": "00", "a_line": "01", "the_line": "07"}
# What is no mention: a link, whose number the build writes, and code with its results.
SEEN = re.compile(r"```.*?```|`[^`\n]*`", re.S)
BARE = re.compile(r"\b[Ll]essons?\s+(?:# )?\d\d\b")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("see [lesson 03](03_the_line.ipynb).", "see [lesson 07](07_the_line.ipynb)."),
        (
            "[03](../notebooks/03_the_line.ipynb#a), 03",
            "[07](../notebooks/07_the_line.ipynb#a), 03",
        ),
        ("[05 A line](05_a_line.md) in 05 s", "[01 A line](01_a_line.md) in 05 s"),
        ("[here](05_a_line.md) [10](https://a.b/10)", "[here](01_a_line.md) [10](https://a.b/10)"),
        ("`slides/05_a_line.html`, 05_a_line_more", "`slides/01_a_line.html`, 05_a_line_more"),
        ("[lesson 09](09_gone.ipynb)", "[lesson 09](09_gone.ipynb)"),
        ("# [lesson\n# 02](00_start_here.ipynb)", "# [lesson\n# 00](00_start_here.ipynb)"),
        ("![05](05_a_line.png) at [0.05](00_start_here.py)", None),
    ],
)
def test_numbers_follow_the_names(text, wanted):
    if wanted is None:
        wanted = "![01](01_a_line.png) at [0.05](00_start_here.py)"
    assert mentions.renumbered(text, NUMBERS) == wanted
    assert mentions.renumbered(wanted, NUMBERS) == wanted


def test_an_inserted_lesson_renumbers_what_names_those_behind_it(tmp_path):
    for folder in ("lessons", "instructor/hub"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lessons/00_start_here.py").write_text(
        "# # 00 Start here\n# Next: [01](01_a_line.ipynb)"
    )
    (tmp_path / "lessons/02_a_line.py").write_text("# # 01 A line in 01 steps\n")
    (tmp_path / "instructor/02_a_line.md").write_text(
        "# 01 A line: for the instructor\n\n# 01 more\n"
    )
    (tmp_path / "instructor/hub/README.md").write_text(
        "as in [lesson 01](../../notebooks/01_a_line.ipynb)"
    )
    (tmp_path / "README.md").write_text("nothing of a lesson, 01")
    assert len(mentions.renumber(tmp_path)) == 4
    assert mentions.renumber(tmp_path) == []
    assert [path.read_text().split("\n")[0] for path in mentions.pages(tmp_path)] == [
        "nothing of a lesson, 01",
        "# 02 A line: for the instructor",
        "as in [lesson 02](../../notebooks/02_a_line.ipynb)",
        "# # 00 Start here",
        "# # 02 A line in 01 steps",
    ]


@pytest.mark.parametrize("path", mentions.pages(ROOT), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_lesson_is_mentioned_by_a_link_with_its_present_number(path):
    text = path.read_text("utf-8")
    assert mentions.renumbered(text, lessons.numbers()) == text, "run python course.py build"
    assert BARE.findall(mentions.LINK.sub("", SEEN.sub("", text))) == []
    for words, target in mentions.LINK.findall(text):
        if re.match(r"[Ll]esson \d\d", words):
            assert re.search(r"\d\d_\w+\.ipynb$", target), f"[{words}]({target})"


CODE = [
    path
    for folder in ("course_utils", "commands", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
]


@pytest.mark.parametrize(
    "path", [*CODE, ROOT / "course.py"], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_code_names_no_lesson_by_its_number(path):
    assert BARE.findall(path.read_text("utf-8")) == []
