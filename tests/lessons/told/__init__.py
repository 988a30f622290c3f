"""What the checks tell each known answer, recorded in a file for each lesson."""

import ast
import functools
import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import torch

from course_utils.checks import core
from tests.lessons.wrong_answers import answers_of
from tests.support.lessons import ROOT, exercises, run_cell, run_lesson, subject


def run_check(number, check, answer):
    """Run an answer and then its check among the lesson's names, and return what is printed.

    None of the known answers goes on without end; on a busy machine, some take a while. The numbers
    that an answer draws don't depend on what ran before it.
    """
    names = dict(run_lesson(number))
    torch.manual_seed(0)
    run_cell(answer, names)
    printed = io.StringIO()
    with redirect_stdout(printed), mock.patch.object(core, "SECONDS", 60):
        exec(check, names)
    return printed.getvalue()


said_to = functools.cache(run_check)  # what a known answer is told: some take a second


@functools.cache
def hint(number, exercise):
    """Return what a second failure adds."""
    answer = answers_of(number).WRONG[exercise.name][0][0]
    run_check(number, exercise.check, answer)
    return run_check(number, exercise.check, answer).partition("Hint: ")[2]


def odd_answers(exercise):
    """Yield answers that return what no exercise asks for, if it asks for a function."""
    head = re.search(r"^def \w+\(.*\):$", exercise.solution, re.M)
    if head and exercise.check.startswith(f"check.{head[0].split('(')[0][4:]}("):
        for odd in ("'text'", "[[1.0, 2.0], [3.0]]"):
            yield f"{head[0]}\n    return {odd}\n"


def path_of(number):
    """Return the file with what a lesson's checks tell."""
    return Path(__file__).with_name(f"{subject(number)}.txt")


def told(number):
    """Return what a lesson's checks tell wrong and odd answers, the solution, a second failure."""
    lines = []
    for exercise in exercises(number):
        answers = [answer for answer, _ in answers_of(number).WRONG[exercise.name]]
        answers += [exercise.solution, *odd_answers(exercise)]
        said = [said_to(number, exercise.check, answer) for answer in answers]
        lines += [exercise.name, *said, f"Hint: {hint(number, exercise)}"]
    return [without_what_varies(line.partition(" Hint: ")[0].strip()) for line in lines]


def without_what_varies(line):
    """Leave out how fast an answer is, and what Python says of an error, not what we say of it."""
    line = re.sub(r"\w+ times as fast.*", "… times as fast", line)
    before, raises, error = line.partition(" raises ")
    if not raises:
        return line
    ours = max((text for text in _texts() if line.endswith(text)), key=len, default="")
    kind = re.match(r"\w+", error)[0]
    return f"{before} raises {kind}: … {ours}".strip()


@functools.cache
def _texts():
    """Return the texts of two words or more in the checks."""
    trees = [ast.parse(p.read_text("utf-8")) for p in (ROOT / "course_utils/checks").glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str) and " " in node.value}
