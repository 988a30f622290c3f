"""The form of a lesson: rules, each a function that yields what breaks it in a notebook."""

import re

from commands import minutes
from commands.minutes import tags
from tests.support.lessons import is_deeper

START = """try:
    from course_utils import kernel  # the course's helpers
except ImportError as error:
    import time  # 'Run all' stops here only once it has sent every cell

    todo = f"rename {error.path} if it is yours, or " if error.path else ""
    stop = RuntimeError(
        f"The course's helpers are missing: {todo}open the lesson with "
        "`python course.py`, or choose the course's .venv as the kernel."
    )
    stop._render_traceback_ = lambda: time.sleep(1) or [str(stop)]
    raise stop from None
kernel.check()"""
KINDS = {"write": "write", "mend": "fix", "diagnose": "diagnose", "transfer": "transfer"}
STEPS = ["# 0 ", "# 1 ", "# 2 ", "# 3 ", "# 4 "]  # the numbered comments of the loop
FOLD = re.compile(r"<details><summary>What you should see</summary>\n\n.+?\n\n</details>", re.S)
ANSWERED = re.compile(r"\?\*\*\s+<details><summary>Answer</summary>\n\n.+?\n\n</details>", re.S)
PREDICT = re.compile(r"\*\*Predict\b")
BLOCK = re.compile(r"```python\n(.*?)\n```", re.S)
MAX_CELLS, MAX_MINUTES, MAX_COLUMNS, MAX_LINES, MAX_LONG_LINES = 40, 60, 80, 12, 30


def headings(cell):
    """Return (place, level, title) of each heading in a text cell; code has none."""
    if cell.cell_type != "markdown":
        return []
    text = re.sub(r"(?ms)^```.*?^```", lambda block: "-" * len(block[0]), cell.source)
    return [(m.start(), len(m[1]), m[2]) for m in re.finditer(r"(?m)^(#+) (.+)$", text)]


def title_before(cells, index):
    """Return the last heading before a cell."""
    found = [title for cell in cells[:index] for _, _, title in headings(cell)]
    return found[-1] if found else ""


def begin(cell):
    """Return how a cell begins, to name it."""
    return cell.source.strip().split("\n")[0][:60]


def the_title_cell_says_what_one_can_do(notebook):
    text = notebook.cells[0].source
    goals = len(re.findall(r"(?m)^- ", text.partition("**You will be able to**")[2]))
    if not 3 <= goals <= 5:
        yield f"{goals} items after '**You will be able to**', not 3 to 5"
    if not re.search(r"(?s)^# \d\d .+\*\*Builds on\*\* .+\*\*Takes\*\* ", text):
        yield "no title, '**Builds on**' or '**Takes**'"


def the_first_code_is_the_same_everywhere(notebook):
    first, *others = (cell for cell in notebook.cells if cell.cell_type == "code")
    if first.source != START or "start" not in tags(first):
        yield "the first code cell is not START in tests/support/form.py, tagged 'start'"
    if any("start" in tags(cell) for cell in others):
        yield "a second cell is tagged 'start'"


def the_second_code_imports_the_checks(notebook):
    _, second, *_ = (cell for cell in notebook.cells if cell.cell_type == "code")
    if not re.search(r"(?m)^from course_utils\.checks import \w+ as check$", second.source):
        yield "the second code cell does not import the checks in a line of its own"


def deeper_cells_are_those_under_a_deeper_heading(notebook):
    within = 0  # the level of the deeper section's heading; 0 in the core
    for cell in notebook.cells:
        states = {within > 0}
        for place, level, title in headings(cell):
            if not within or level <= within:
                within = level if title.startswith("Deeper: ") else 0
            states = {within > 0} if place == 0 else states | {within > 0}
        if len(states) > 1:
            yield f"a deeper section begins or ends within the cell '{begin(cell)}'"
        elif states != {is_deeper(cell)}:
            yield f"the tag 'deeper' and the headings disagree at '{begin(cell)}'"


def a_prediction_is_followed_by_code_and_its_answer(notebook):
    cells, answers = notebook.cells, set()
    for i, cell in enumerate(cells):
        if cell.cell_type != "markdown" or not PREDICT.search(cell.source):
            continue
        last = cell.source.strip().split("\n\n")[-1]
        if not last.startswith("> **Predict.** ") or len(PREDICT.findall(cell.source)) > 1:
            yield f"a prompt is not a block quote at the end of its cell: '{begin(cell)}'"
        after = next((k for k in range(i + 1, len(cells)) if cells[k].cell_type != "code"), i + 1)
        if after == i + 1 or not FOLD.match(cells[after].source):
            yield f"no code and folded answer after the prompt of '{begin(cell)}'"
        answers.add(after)
    for i, cell in enumerate(cells):
        if "<summary>What you should see" in cell.source and i not in answers:
            yield f"an answer without a prompt: '{cell.source[50:110]}'"


def two_predictions_are_typed(notebook):
    cells = notebook.cells
    typed = [
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "code"
        and re.match(r"my_prediction = \.\.\.  # ", cell.source)
        and not is_deeper(cell)
    ]
    if len(typed) < 2:
        yield f"{len(typed)} core code cells begin with 'my_prediction = ...  # ', not two"
    for i in typed:
        if "prediction=my_prediction" not in cells[i].source:
            yield f"no picture marks the prediction of '{title_before(cells, i)}'"
        if not minutes.PROMPT.search(cells[i - 1].source):
            yield f"no prompt before the typed prediction of '{title_before(cells, i)}'"


def exercises_have_their_kind(notebook):
    found = [(i, cell) for i, cell in enumerate(notebook.cells) if "exercise" in tags(cell)]
    for number, (i, cell) in enumerate(found, start=1):
        title = title_before(notebook.cells, i)
        kinds = [KINDS[tag] for tag in tags(cell) if tag in KINDS]
        heading = rf"(Deeper: )?Exercise {number} \({kinds[0] if kinds else ''}\): ."
        if len(kinds) != 1 or not re.match(heading, title):
            yield f"'{title}' is not 'Exercise {number} (kind): …' with the kind as a tag"
        if "..." not in cell.source:
            yield f"'{title}' has no ... to replace"
    core = [set(tags(cell)) & {*KINDS} for _, cell in found if not is_deeper(cell)]
    if len(core) != 2 or core[0] == core[1]:
        yield f"the core has {len(core)} exercises of the kinds {core}, not two of different kinds"


def three_questions_stand_before_the_recap(notebook):
    sections = [
        (title, cell) for cell in notebook.cells for _, level, title in headings(cell) if level == 2
    ]
    if [title for title, _ in sections[-2:]] != ["Three questions", "Recap"]:
        yield "the last two sections are not 'Three questions' and 'Recap'"
    elif len(ANSWERED.findall(sections[-2][1].source)) != 3:
        yield "no three questions in bold, each with a folded answer, in the cell of the heading"


def code_is_short(notebook):
    for cell in notebook.cells:
        code = [cell.source] if cell.cell_type == "code" else BLOCK.findall(cell.source)
        lines = [line for source in code for line in source.split("\n") if line.strip()]
        for line in lines:
            if len(line) > MAX_COLUMNS:
                yield f"{len(line)} columns: {line.strip()}"
        limit = MAX_LONG_LINES if _may_be_long(cell.source) else MAX_LINES
        if cell.cell_type == "code" and len(lines) > limit:
            yield f"{len(lines)} lines, not {limit}, in the cell '{begin(cell)}'"


def _may_be_long(source):
    """Return whether a cell defines a class or holds a whole loop."""
    return source.startswith("class ") or "\nclass " in source or is_loop(source)


def is_loop(source):
    """Return whether code holds all five steps of the loop, numbered."""
    return all(step in source for step in STEPS)


def the_core_fits_an_evening(notebook):
    cells, (core, _) = minutes.split(notebook)[0], minutes.estimate(notebook)
    if len(cells) > MAX_CELLS:
        yield f"{len(cells)} cells in the core, not {MAX_CELLS}"
    if core > MAX_MINUTES:
        yield f"the core takes {core} minutes, not {MAX_MINUTES}"


def links_to_lessons_are_plain(notebook):
    """As 'name.ipynb' or 'name.ipynb#Anchor', which JupyterLab and GitHub follow."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)]*\.ipynb[^)]*)\)", text):
        if not re.fullmatch(r"\w+\.ipynb(#.+)?", target):
            yield f"a link to {target}, not to a file beside it"


def the_title_cell_links_to_a_lesson(notebook):
    text = notebook.cells[0].source
    if not re.match(r"# (?!\d\d )", text):
        yield "the first cell does not begin with a title without a number"
    if not re.search(r"\]\(\d\d_\w+\.ipynb\)", text):
        yield "the title cell has no link to the lesson that the notebook belongs to"


def nothing_is_an_exercise_or_deeper(notebook):
    for cell in notebook.cells:
        if tag := {"exercise", "deeper"} & {*tags(cell)}:
            yield f"the tag '{tag.pop()}' of a lesson, at '{begin(cell)}'"


RULES = [
    the_title_cell_says_what_one_can_do,
    the_first_code_is_the_same_everywhere,
    the_second_code_imports_the_checks,
    deeper_cells_are_those_under_a_deeper_heading,
    a_prediction_is_followed_by_code_and_its_answer,
    two_predictions_are_typed,
    exercises_have_their_kind,
    three_questions_stand_before_the_recap,
    code_is_short,
    the_core_fits_an_evening,
    links_to_lessons_are_plain,
]
RULES_WITHOUT_A_NUMBER = [
    the_title_cell_links_to_a_lesson,
    the_first_code_is_the_same_everywhere,
    nothing_is_an_exercise_or_deeper,
    code_is_short,
    links_to_lessons_are_plain,
]
