"""Notebooks of a class that nobody ran: a lesson handed out, with the outputs that a test wants."""

import copy
import functools
import json
import random

from commands import hand_out
from commands.progress.cells import CHECK
from commands.progress.contents import read_course
from tests.support.lessons import ROOT, path_of

COURSE = functools.cache(lambda: read_course(ROOT / "notebooks"))


@functools.cache
def _handed_out(lesson):
    path = path_of(lesson, "notebooks", ".ipynb")
    return json.loads(hand_out.prepare(path, {path.name})[0])


def verdict(exercise, state, mistake=None):
    """Return the output of a check, as a notebook stores it."""
    about = {"exercise": exercise, "number": 1, "verdict": state}
    if mistake is not None:
        about["mistake"] = mistake
    line = f"* Exercise 1: {state}. {mistake}"
    return {
        "output_type": "display_data",
        "data": {"text/plain": [line], "text/html": [f"<p>{line}</p>"]},
        "metadata": about,
    }


def error(name, value):
    """Return the output of a cell that stopped."""
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": []}


def worked_on(lesson, until=None, **verdicts):
    """Return a student's copy of a lesson, run up to a section, with these verdicts.

    A verdict is a state, or a state and a mistake; other checks that were run say 'not done yet'.
    Without `until`, all cells were run.
    """
    notebook = copy.deepcopy(_handed_out(lesson))
    count, inside = 0, False
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if inside and "\n## " in f"\n{source}":
                break
            inside = inside or (until is not None and f"## {until}\n" in f"{source}\n")
            continue
        count += 1
        cell["execution_count"] = count
        for name in CHECK.findall(source):
            said = verdicts.get(name, "not done yet")
            cell["outputs"] = [verdict(name, *([said] if isinstance(said, str) else said))]
    return notebook


def untouched(lesson):
    """Return a lesson as it is handed out."""
    return copy.deepcopy(_handed_out(lesson))


def save(notebook, path):
    """Write a notebook, and the folders above it; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def make_class(folder, names, lessons, mistakes=None, seed=0):
    """Write a class that is somewhere in these lessons: a folder and my_notebooks a student.

    `mistakes` maps the name of a check to what it may say.
    """
    draw = random.Random(seed)
    by_number = {lesson.number: lesson for lesson in COURSE()}
    for name in names:
        pace = draw.triangular(0.2, 1, 0.8) * len(lessons)
        for k, number in enumerate(lessons):
            lesson = by_number[number]
            place = folder / name / "my_notebooks" / f"{lesson.stem}.ipynb"
            if k > pace:
                save(untouched(number), place)
                continue
            said = {}
            for exercise, about in lesson.exercises.items():
                told = (mistakes or {}).get(exercise) or ["You summed.", "You forgot the root."]
                states = ["right", ("not right yet", draw.choice(told)), "not done yet"]
                weights = (1, 1, 3) if about.deeper else (6, 2, 1)
                said[exercise] = draw.choices(states, weights)[0]
            until = draw.choice(lesson.sections[2 : lesson.last]) if k + 1 > pace else None
            save(worked_on(number, until, **said), place)
    return folder
