"""A lesson's number is written by hand in the name of its file in lessons/ and nowhere else."""

import re
from pathlib import Path

import pytest

from commands import lessons, mentions
from tests.support.lessons import ROOT

NUMBERS = {"a_start": "00", "a_line": "01", "the_line": "07"}
# Code and its results are not mentions.
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
BARE = re.compile(r"\b[Ll]essons?\s+(?:# )?\d\d\b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [lesson 03](03_the_line.ipynb).", "see [lesson 07](07_the_line.ipynb)."),
        (
            "[03](../notebooks/03_the_line.ipynb#a), 03",
            "[07](../notebooks/07_the_line.ipynb#a), 03",
        ),
        (
            "[03, 'Deeper: why `a`?'](../notebooks/03_the_line.ipynb#old)",
            "[07, 'Deeper: why `a`?'](../notebooks/07_the_line.ipynb#Deeper:-why-a?)",
        ),
        (
            "[03, 'The f(x)\nof all'](03_the_line.ipynb)",
            "[07, 'The f(x)\nof all'](07_the_line.ipynb#The-f%28x%29-of-all)",
        ),
        ("[03, 'Why?'](03_the_line.md)", "[07, 'Why?'](07_the_line.md)"),
        ("[05 A line](05_a_line.md) in 05 s", "[01 A line](01_a_line.md) in 05 s"),
        ("[here](05_a_line.md) [10](https://a.b/10)", "[here](01_a_line.md) [10](https://a.b/10)"),
        ("`slides/05_a_line.html`, 05_a_line_more", "`slides/01_a_line.html`, 05_a_line_more"),
        ("[lesson 09](09_gone.ipynb)", "[lesson 09](09_gone.ipynb)"),
        ("[15](an_example.ipynb), a_start", "[15](an_example.ipynb), a_start"),
        ("# [lesson\n# 02](00_a_start.ipynb)", "# [lesson\n# 00](00_a_start.ipynb)"),
        ("![05](05_a_line.png) at [0.05](00_a_start.py)", None),
    ],
)
def test_each_mention_gets_the_number_of_its_lesson(text, expected):
    if expected is None:
        expected = "![01](01_a_line.png) at [0.05](00_a_start.py)"
    assert mentions.replace_numbers(text, NUMBERS) == expected
    assert mentions.replace_numbers(expected, NUMBERS) == expected


@pytest.fixture
def course(tmp_path):
    """A course of two lessons, the second of which has been renamed from 01 to 02."""
    texts = {
        "lessons/00_a_start.py": "# # 00 A start\n# Next: [01](01_a_line.ipynb)",
        "lessons/02_a_line.py": "# # 01 A line in 01 steps\n",
        "notebooks/01_a_line.ipynb": "the notebook",
        "docs/pictures/01_a_line.png": "the picture",
        "instructor/01_a_line.md": "# 01 A line: for the instructor\n\n# 01 more\n",
        "instructor/hub/README.md": "as in [lesson 01](../../notebooks/01_a_line.ipynb)",
        "tests/net/faults/bank/line.toml": '["lessons/01_a_line.py"]',
        "README.md": "nothing of a lesson, 01",
        "notes/01_a_line.md": "not of the course",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def read_all(folder):
    """Return the text of each file in a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_an_inserted_lesson_renumbers_those_behind_it(course):
    assert len(mentions.describe_stale(course)) == 3 + 5
    assert mentions.renumber(course)[:3] == [
        "notebooks/01_a_line.ipynb is now 02_a_line.ipynb",
        "docs/pictures/01_a_line.png is now 02_a_line.png",
        "instructor/01_a_line.md is now 02_a_line.md",
    ]
    assert mentions.renumber(course) == mentions.describe_stale(course) == []
    assert read_all(course) == {
        "lessons/00_a_start.py": "# # 00 A start\n# Next: [02](02_a_line.ipynb)",
        "lessons/02_a_line.py": "# # 02 A line in 01 steps\n",
        "notebooks/02_a_line.ipynb": "the notebook",
        "docs/pictures/02_a_line.png": "the picture",
        "instructor/02_a_line.md": "# 02 A line: for the instructor\n\n# 01 more\n",
        "instructor/hub/README.md": "as in [lesson 02](../../notebooks/02_a_line.ipynb)",
        "tests/net/faults/bank/line.toml": '["lessons/02_a_line.py"]',
        "README.md": "nothing of a lesson, 01",
        "notes/01_a_line.md": "not of the course",
    }


def test_no_file_is_overwritten_when_another_is_renamed(course):
    (course / "notebooks/02_a_line.ipynb").write_text("another notebook")
    before = read_all(course)
    with pytest.raises(FileExistsError, match=r"already a file 02_a_line\.ipynb beside it"):
        mentions.renumber(course)
    assert read_all(course) == before


def test_a_page_is_written_whole_or_not_at_all(course, monkeypatch):
    write = Path.write_bytes

    def write_half(path, content):
        write(path, content[: len(content) // 2])
        raise KeyboardInterrupt

    before = read_all(course)["instructor/hub/README.md"]
    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(KeyboardInterrupt):
        mentions.renumber(course)
    assert read_all(course)["instructor/hub/README.md"] == before


@pytest.mark.parametrize("path", mentions.pages(ROOT), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_lesson_is_mentioned_by_a_link_with_its_present_number(path):
    text = path.read_text("utf-8")
    assert mentions.replace_numbers(text, lessons.numbers()) == text, "run python course.py build"
    assert BARE.findall(mentions.LINK.sub("", CODE.sub("", text))) == []
    for words, target in mentions.LINK.findall(text):
        if re.match(r"[Ll]esson \d\d", words):
            assert re.search(r"\d\d_\w+\.ipynb(#.+)?$", target), f"[{words}]({target})"


HIDDEN = (".ci", ".devcontainer", ".github", ".gitattributes", ".gitignore", ".vscode")
MADE = {"colab", "notebooks", "my_notebooks", "site", "slides", "test_output"}
# Tests whose examples mention lessons in the way a text does.
EXAMPLES = {"test_mentions.py", "test_build.py", "test_prose.py"}
OTHERS = [
    path
    for top in sorted(ROOT.iterdir())
    if top.name in HIDDEN or not (top.name.startswith(".") or top.name in MADE)
    for path in sorted([top, *top.rglob("*")])
    if path.is_file() and path.suffix not in (".png", ".pyc") and "egg-info" not in path.as_posix()
]


def test_nothing_else_holds_a_lessons_number():
    """A number written by hand would become wrong: name the lesson or find its file by its name."""
    numbers = lessons.numbers()
    texts = [path.read_text("utf-8") for path in lessons.files(ROOT / "lessons", ".py")]
    titles = [re.search(r"^# # \d\d (.+)$", text, re.M)[1] for text in texts]
    named = re.compile(rf"(?<!\d)\d\d(?:_(?:{'|'.join(numbers)})(?!\w)| (?:{'|'.join(titles)}))")
    found = []
    for path in {*OTHERS} - {*mentions.pages(ROOT)}:
        text = path.read_text("utf-8", errors="replace")
        bare = [] if path.name in EXAMPLES else BARE.findall(text)
        bare = [words for words in bare if words[-2:] in numbers.values()]
        found += [f"{path.relative_to(ROOT)}: {words}" for words in named.findall(text) + bare]
    assert found == []
    assert len(OTHERS) > 100
