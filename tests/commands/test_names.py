"""No lesson uses a name before one has introduced it, and a lesson explains what it introduces."""

import io
import re
import sys
import tokenize

import pytest

from commands.names import PYTHON_ATTRIBUTES, LessonNames, page
from course_utils import data, plots
from tests.support.lessons import NUMBERS, ROOT, UNNUMBERED, path_of
from tests.support.names import named_lessons

LESSONS = named_lessons()
# The number of the lesson that introduces each name: the first that declares it.
HOME = {}
for _lesson in LESSONS.values():
    for _name in _lesson.new:
        HOME.setdefault(_name, _lesson.number)
FIELDS = {field for kind in vars(data).values() for field in getattr(kind, "__annotations__", ())}


def needs_lesson(name, lesson):
    """Return whether a lesson may use a name only after a lesson has introduced it.

    Exempt are what belongs to Python, what the lesson defines itself, the fields of a data set,
    and modules that name their lesson themselves: pictures, data sets, checks.
    """
    if name.startswith("."):
        return name[1:] not in PYTHON_ATTRIBUTES | lesson.own | FIELDS
    if name.startswith("course_utils."):
        return name.split(".")[1] not in ("plots", "data", "checks", "self_check")
    return name.split(".")[0] not in sys.stdlib_module_names


def last_part(name):
    """Return what to look for in a text: 'Linear' for 'torch.nn.Linear', 'dim' for 'dim='."""
    return name.removesuffix("=").split(".")[-1]


def comments(code):
    """Return a cell's comments by row, counted from 0, without those that only give a shape."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    found = {t.start[0] - 1: t.string for t in tokens if t.type == tokenize.COMMENT}
    return {row: text for row, text in found.items() if re.search("[a-z]{4}", text)}


def marked_words(cell):
    """Return what a text cell sets as code or emphasises, without the code of solutions."""
    prose = re.sub(r"```.*?```", "", cell.source, flags=re.S)
    return re.findall(r"`[^`]+`", prose) + re.findall(r"\*+[^*]+\*+", re.sub("`[^`]+`", "", prose))


def is_explained(lesson, name):
    """Return whether a name is explained where it is first used.

    The text before its cell or directly after it mentions the name, or a comment in the cell does,
    or its line or the one above has a comment. The text of a deeper section explains nothing to the
    core.
    """
    use = lesson.uses[name]
    read = [
        i
        for i, cell in enumerate(lesson.cells)
        if cell.cell_type == "markdown" and (use.deeper or not lesson.is_deeper(i))
    ]
    near = [i for i in read if i <= use.cell] + [i for i in read if i > use.cell][:1]
    texts = [text for i in near for text in marked_words(lesson.cells[i])]
    notes = comments(use.code)
    texts += notes.values()
    by_name = any(re.search(rf"(?<!\w){last_part(name)}(?!\w)", text) for text in texts)
    return by_name or bool(notes.keys() & {use.row, use.row - 1})


TINY = """# %% [markdown] tags=["deeper"]
# ## Deeper: how big?
#
# `np.abs` and `np.max`.

# %% tags=["deeper"]
import numpy as np

np.abs(-1), np.max([1, 2])

# %% [markdown]
# ## How large?

# %%
import numpy as np

np.max([1, 2])

# %% [markdown]
# It is two.

# %% [markdown]
# **New names:** `np.max`.
#
# **New names, deeper:** `np.abs`.
#
# **New words:** large.
#
# **New words, deeper:** big, small.
"""


@pytest.fixture
def tiny(tmp_path):
    """The names of a lesson whose first section is a deeper one."""
    path = tmp_path / "01_tiny.py"
    path.write_text(TINY)
    return LessonNames(path)


def test_what_only_deeper_sections_use_is_declared_apart(tiny):
    assert tiny.new == {"numpy.max": "np.max", "numpy.abs": "np.abs"}
    assert tiny.words == ["large", "big", "small"]
    assert tiny.deeper == {"numpy.abs", "big", "small"}


def test_a_name_is_first_used_and_explained_in_the_core_if_the_core_uses_it(tiny):
    assert (tiny.uses["numpy.max"].deeper, tiny.uses["numpy.max"].section) == (False, "How large?")
    assert tiny.uses["numpy.abs"].deeper
    assert [is_explained(tiny, name) for name in ("numpy.abs", "numpy.max")] == [True, False]


def test_the_page_marks_the_names_of_deeper_sections(tiny):
    largest, absolute = sorted(page([tiny]).splitlines()[-2:], reverse=True)
    assert absolute.endswith(
        "[01, 'Deeper: how big?'](../notebooks/01_tiny.ipynb#Deeper:-how-big?), *deeper* |"
    )
    assert largest.endswith("[01, 'How large?'](../notebooks/01_tiny.ipynb#How-large?) |")


@pytest.mark.parametrize("number", NUMBERS)
def test_every_name_has_been_introduced(number):
    lesson = LESSONS[number]
    for name, use in lesson.uses.items():
        if needs_lesson(name, lesson):
            home = HOME.get(name, "no lesson")
            assert home <= number, (
                f"lesson {number} uses {name} in '{use.line}', but {home} introduces it: "
                f"declare it after '**New names:**' in the recap and explain it"
            )


@pytest.mark.parametrize("name", UNNUMBERED)
def test_a_notebook_without_a_number_introduces_nothing(name):
    notebook = LessonNames(path_of(name))
    assert not notebook.new
    assert not notebook.words
    used = [use for use in notebook.uses if needs_lesson(use, notebook)]
    assert [use for use in used if use not in HOME] == [], "no lesson introduces these names"


@pytest.mark.parametrize("number", NUMBERS)
def test_declared_names_are_used_and_explained(number):
    lesson = LESSONS[number]
    assert lesson.new, "no list of new names"
    for name, shown in lesson.new.items():
        assert name in lesson.uses, f"lesson {number} declares {shown} but does not use it"
        assert HOME[name] == number, f"lessons {HOME[name]} and {number} both declare {shown}"
        assert lesson.uses[name].deeper == (name in lesson.deeper), (
            f"lesson {number} first uses {shown} in '{lesson.uses[name].line}', but declares it "
            f"{'core' if lesson.uses[name].deeper else 'deeper'}"
        )
        assert is_explained(lesson, name), (
            f"lesson {number} first uses {shown} in '{lesson.uses[name].line}', but neither the "
            f"text there nor a comment explains it"
        )


def test_pictures_and_data_sets_are_first_used_in_the_lesson_that_they_name():
    first = {}
    for lesson in LESSONS.values():
        for name in lesson.uses:
            first.setdefault(name, lesson.number)
    for name, number in first.items():
        if name.startswith(("course_utils.plots.", "course_utils.data.")):
            module = plots if ".plots." in name else data
            text = " ".join(getattr(module, last_part(name)).__doc__.split())
            homes = re.findall(r"From the lesson '(.+?)'", text)
            title = re.match(r"# \d\d (.+)", LESSONS[number].cells[0].source)[1]
            assert homes == [title], f"{name} is first used in {number}"


def test_the_page_of_names_is_up_to_date():
    stored = (ROOT / "docs/names.md").read_text(encoding="utf-8")
    assert stored == page(list(LESSONS.values())), "run `python course.py build`"


@pytest.mark.parametrize("number", NUMBERS)
def test_builds_on_lists_what_a_lesson_needs(number):
    """Each lesson named there is needed; each lesson whose names are used is reached from there."""
    lesson = LESSONS[number]
    used = {HOME[n] for n in lesson.uses if n in HOME and needs_lesson(n, lesson)}
    text = "\n".join(cell.source for cell in lesson.cells)
    for one in set(lesson.builds_on) - used:
        assert any(word in text for word in LESSONS[one].words), f"{number} uses nothing from {one}"
    reached, new = set(), set(lesson.builds_on)
    while new:
        reached |= new
        new = {n for one in new for n in LESSONS[one].builds_on} - reached
    assert used - {number} <= reached, f"'Builds on' of {number} does not lead to {used - reached}"
    assert all(one < number for one in reached)
