"""Every lesson has a page for the instructor that fits it, and the plans add up."""

import re
from functools import cache

import pytest

from commands import plans
from tests.support.lessons import LESSONS, NUMBERS, ROOT, path_of, read_notebook
from tests.support.prose import LessonNumbers, find_results
from tests.support.questions import HEADING

FOLDER = ROOT / "instructor"
PLANS = (FOLDER / "README.md").read_text(encoding="utf-8")
PARTS = ["Minutes", "On the board", "Questions", "Sliders", "What goes wrong", "Exercises"]
PARTS += ["Five more questions"]  # test_five_questions.py looks at these
MAX_LINES = 95  # what is before them is read in the hour before the class
ANSWERS, MOST_ANSWERS = "Answers", 50  # lines, to what a lesson leaves to decide
EXAMPLE = "a_project_worked_out"  # a page that links to it may name its numbers


@cache
def page(number):
    """Return the text of a lesson's page, and its parts by heading."""
    text = path_of(number, "instructor", ".md").read_text(encoding="utf-8")
    return text, split_by_headings(text)


def split_by_headings(text, marks="##"):
    """Return the parts of a text by heading."""
    pieces = re.split(rf"(?m)^{marks} (.+)\n", text)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def table(text):
    """Return the rows of the tables in a text as lists of cells, without the header rows."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    rows = [[entry.strip() for entry in row] for row in rows]
    rules = [i for i, row in enumerate(rows) if set("".join(row)) <= set("-:")]
    heads = {i - 1 for i in rules} | set(rules)
    return [row for i, row in enumerate(rows) if i not in heads]


@cache
def sections(number):
    """Return a lesson's code cells by '## ' section."""
    found, heading = {}, None
    for cell in read_notebook(number).cells:
        if cell.cell_type == "code":
            if heading:
                found[heading].append(cell)
            continue
        for heading in re.findall(r"(?m)^## (.+)$", cell.source):
            found[heading] = []
    return found


def minutes(number):
    """Return the rows of a page's table of minutes, without the last, the sum."""
    rows = table(page(number)[1]["Minutes"])[:-1]
    return [[name, int(full), int(short), words] for name, full, short, words in rows]


def test_every_lesson_has_a_page_in_the_same_form():
    assert [path.stem for path in sorted(FOLDER.glob("[0-9]*.md"))] == [p.stem for p in LESSONS]
    for number in NUMBERS:
        text, parts = page(number)
        assert [name for name in parts if name != ANSWERS] == PARTS, number
        answers = f"## {ANSWERS}\n{parts[ANSWERS]}".count("\n") if ANSWERS in parts else 0
        assert answers <= MOST_ANSWERS, number
        assert len(text.partition(HEADING)[0].splitlines()) - answers <= MAX_LINES, number


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_lesson_leaves_to_decide_has_an_answer(number):
    decided, heading = set(), ""
    for cell in read_notebook(number).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                heading = line.removeprefix("## ") if line.startswith("## ") else heading
                decided |= {heading} if line.startswith("**Decide.**") else set()
    answered = set(re.findall(r"(?m)^- \*\*(.+?)\*\*", page(number)[1].get(ANSWERS, "")))
    assert decided <= answered
    assert bool(decided) == bool(answered)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_minutes_follow_the_lesson(number):
    assert [name for name, *_ in minutes(number)] == list(sections(number))


@pytest.mark.parametrize("number", NUMBERS)
def test_what_can_be_cut_has_a_sentence_to_say_instead(number):
    for name, full, short, words in minutes(number):
        assert 0 <= short <= full, name
        assert words.startswith("**must**" if short else "**can be cut**"), name
        if not short:
            assert re.search(r"'.+'.* lose", words), f"{name}: what to say, and what they lose"


@pytest.mark.parametrize("number", NUMBERS)
def test_the_numbers_on_a_page_are_computed_by_its_lesson(number):
    text = page(number)[0].partition(HEADING)[0]  # the questions compute their own numbers
    _, text = text.split("\n", 1)  # without the title, which has the lesson's number
    text = re.sub(r"\| \d+ \| \d+ \|", "|", text)  # the minutes
    text = text.replace("```", "")  # what is on the board counts, too
    example = read_notebook(EXAMPLE).cells if f"{EXAMPLE}.ipynb" in text else []
    lesson = LessonNumbers(read_notebook(number).cells + example)
    untrue = [result.words for result in find_results(text) if not lesson.computes(result)]
    assert not untrue, "the lesson does not compute:\n" + "\n".join(untrue)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_question_belongs_to_a_section_and_has_answers(number):
    asked = split_by_headings(page(number)[1]["Questions"], "###")
    assert 3 <= len(asked) <= 6
    assert set(asked) <= set(sections(number)), "a question belongs to a section"
    for name, text in asked.items():
        assert "**Ask**" in text, name
        assert "**Right**" in text, name
        assert len(re.findall(r"(?m)^- \*[^*]", text)) >= 2, f"{name}: two answers to expect"


@pytest.mark.parametrize("number", NUMBERS)
def test_each_slider_is_mentioned(number):
    text = page(number)[1]["Sliders"]
    for heading, cells in sections(number).items():
        calls = [cell.source for cell in cells if re.search(r"\b(move|play)\(", cell.source)]
        items = re.findall(rf"(?m)^- \*\*{re.escape(heading)}\*\*((?:.|\n(?!- ))*)", text)
        assert len(items) == len(calls), heading
        for source in calls:
            for name in re.findall(r"(\w+)=\(", source.split("move(")[-1]):
                assert f"`{name}`" in "".join(items), f"{heading}: slider {name}"


@pytest.mark.parametrize("number", NUMBERS)
def test_each_exercise_is_mentioned(number):
    source = "\n".join(c.source for c in read_notebook(number).cells if c.cell_type == "markdown")
    rows = table(page(number)[1]["Exercises"])
    assert [row[0] for row in rows] == re.findall(r"(?m)^### (?:Deeper: )?(Exercise \d.+)$", source)
    for name, takes, *_ in rows:
        assert re.fullmatch(r"\d+ minutes", takes), name


@pytest.mark.parametrize("number", NUMBERS)
def test_cells_that_continue_a_state_are_listed_among_what_goes_wrong(number):
    for heading, cells in sections(number).items():
        if any("continues" in cell.metadata.get("tags", []) for cell in cells):
            assert f"'{heading}'" in page(number)[1]["What goes wrong"], heading


def lessons_in(text):
    """Return the numbers of the lessons that a text links to; their pages must exist."""
    links = re.findall(r"\[(\d\d)[^]]*\]\(([^)]+)\)", text)
    assert all((FOLDER / link).name.startswith(f"{number}_") for number, link in links)
    return [number for number, _ in links]


def test_the_sums_of_minutes_are_right():
    assert plans.find_stale_pages(ROOT) == {}, "run `python course.py build`"


def test_the_index_lists_the_lessons():
    rows = table(PLANS.split("\n## ")[0])[:-1]
    assert lessons_in("".join(row[0] for row in rows)) == NUMBERS


def test_the_plan_of_a_day_has_every_lesson_and_minutes_to_spare():
    *rows, end = table(split_by_headings(PLANS)["In one day"])
    assert sorted(lessons_in("".join(what for *_, what in rows))) == NUMBERS
    reserves = [int(takes) for _, takes, what in rows if what.startswith("reserve")]
    assert len(reserves) == 2
    assert min(reserves) >= 5, "shorten the plan: give a lesson to read at home"
    assert (rows[0][0], end[0]) == ("9:00", "17:45")


def test_the_plan_of_five_evenings_has_every_lesson_and_minutes_to_spare():
    rows = table(split_by_headings(PLANS)["In five evenings"])
    assert [int(row[0]) for row in rows] == [1, 2, 3, 4, 5]
    assert lessons_in("".join(row[1] for row in rows)) == NUMBERS
    for evening, *_, reserve, total in rows:
        assert int(total) <= 3 * 60, evening
        assert int(reserve) >= 15, f"evening {evening}: teach one of its lessons short"
