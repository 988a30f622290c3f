"""The build adds up the instructor's minutes: of a page, of the table of lessons, of the plans."""

import pytest

from commands import build, plans

PAGE = """# {number} A

## Minutes

| section | minutes | short | when time is short |
|---|---:|---:|---|
| How? | 7 | 5 | **must** |
| Deeper: why? | 30 | 0 | **can be cut**: say 'so.' |
| **all** | 1 | 2 | |

| section | minutes |
|---|---|
| another table | x |
"""
PLANS = """
| lesson | alone | in class | short | what the class takes home |
|---|---:|---:|---:|---|
| [00](00_a.md) A | 60 + 5 | 1 | 2 | 3 | 4 |
| [01](01_b.md) B | 55 | 1 | 1 | b |
| [02](02_c.md) without a page | 40 + 10 | 6 | 4 | c |
| **all** | | 0 | 0 | |

| from | minutes | what |
|---|---:|---|
| 9:50 | 15 | welcome |
| 9:50 | 2 | lesson [00](00_a.md) |
| 9:50 | 2 | lessons [00](00_a.md), [01](01_b.md) in full, later |
| 9:50 | 2 | reserve |
| 12:30 | 60 | lunch |
| 12:30 | 7 | lesson [01](01_b.md) at home |
| 12:30 | 7 | reserve, then: [00](00_a.md) |
| 14:00 | | end |

| evening | lessons | their minutes | questions | break | reserve | in all |
|---|---|---:|---:|---:|---:|---:|
| 1 | [00](00_a.md), [01](01_b.md) short | 0 | 10 | 15 | 0 | 180 |
| 2 | [00](00_a.md) at home, [01](01_b.md) | 0 | 10 | 15 | 0 | 60 |
"""
ADDED_UP = """
| lesson | alone | in class | short | what the class takes home |
|---|---:|---:|---:|---|
| [00](00_a.md) A | 60 + 5 | 37 | 5 | 3 | 4 |
| [01](01_b.md) B | 55 | 37 | 5 | b |
| [02](02_c.md) without a page | 40 + 10 | 6 | 4 | c |
| **all** | 155 + 15 | 80 | 14 | |

| from | minutes | what |
|---|---:|---|
| 9:50 | 15 | welcome |
| 10:05 | 5 | lesson [00](00_a.md) |
| 10:10 | 10 | lessons [00](00_a.md), [01](01_b.md) in full, later |
| 10:20 | 130 | reserve |
| 12:30 | 60 | lunch |
| 13:30 | 0 | lesson [01](01_b.md) at home |
| 13:30 | 30 | reserve, then: [00](00_a.md) |
| 14:00 | | end |

| evening | lessons | their minutes | questions | break | reserve | in all |
|---|---|---:|---:|---:|---:|---:|
| 1 | [00](00_a.md), [01](01_b.md) short | 42 | 10 | 15 | 113 | 180 |
| 2 | [00](00_a.md) at home, [01](01_b.md) | 37 | 10 | 15 | -2 | 60 |
"""


@pytest.fixture
def course(tmp_path):
    """A course of two lessons with the pages for its instructor."""
    for folder in ("docs", "instructor", "lessons"):
        (tmp_path / folder).mkdir()
    for name in ("00_a", "01_b"):
        (tmp_path / f"instructor/{name}.md").write_text(PAGE.format(number=name[:2]))
    (tmp_path / "instructor/README.md").write_text(PLANS)
    return tmp_path


def test_the_sums_of_pages_and_plans_follow_the_minutes_of_the_sections(course):
    pages = {path.name: text for path, text in plans.find_stale_pages(course).items()}
    assert list(pages) == ["00_a.md", "01_b.md", "README.md"]
    assert pages["README.md"] == ADDED_UP
    right = PAGE.replace("| **all** | 1 | 2 | |", "| **all** | 37 | 5 | |")
    assert pages["01_b.md"] == right.format(number="01")


def test_the_build_writes_the_sums_and_the_check_names_the_pages_that_lack_them(course, capsys):
    assert build.main(["--check"], course) == 1
    assert "instructor/01_b.md has old sums of minutes." in capsys.readouterr().err
    assert (course / "instructor/README.md").read_text() == PLANS
    assert build.main([], course) == 0
    assert (course / "instructor/README.md").read_text() == ADDED_UP
    assert plans.find_stale_pages(course) == {}
    assert build.main(["--check"], course) == 0


@pytest.mark.parametrize("cells", ["| about 7 | 5 | **must**", "| 7 |"])
def test_the_page_is_named_in_which_a_minute_is_no_number(course, capsys, cells):
    page = course / "instructor/01_b.md"
    page.write_text(page.read_text().replace("| 7 | 5 | **must**", cells))
    for option in (["--check"], []):
        assert build.main(option, course) == 1
        assert "instructor/01_b.md has a table of minutes or times" in capsys.readouterr().err
