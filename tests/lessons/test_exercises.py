"""Every exercise: untouched it says 'not done yet', solved 'right', wrong it says why."""

import ast
import functools
import inspect
import re
import sys
from itertools import combinations, permutations

import numpy as np
import pytest
import torch

from commands.execute import CELL_SECONDS, Client
from course_utils.checks import calling, core
from tests.lessons import told
from tests.lessons.told import hint, said_to
from tests.lessons.wrong_answers import answers_of
from tests.support import recorded
from tests.support.lessons import (
    NUMBERS,
    ROOT,
    exercises,
    one_line,
    path_of,
    read_notebook,
    run_cell,
    run_lesson,
    subject,
)
from tests.support.tiers import slow_after

EXERCISES = [(number, exercise) for number in NUMBERS for exercise in exercises(number)]


WRONG = [
    pytest.param(number, exercise, *answer, id=f"{number}-{exercise.name}-{k}")
    for number, exercise in EXERCISES
    for k, answer in enumerate(answers_of(number).WRONG[exercise.name])
]


def read_line(cell):
    """Return the line that a check's cell shows; its metadata must agree with it."""
    (output,) = cell.outputs
    line, about = output.data["text/plain"], output.metadata
    assert line[1:].startswith(f" Exercise {about['number']}: {about['verdict']}.")
    assert cell.source.startswith(f"check.{about['exercise']}(")
    return line


@pytest.mark.parametrize("number", NUMBERS)
def test_a_lesson_runs_once_in_a_process_by_number_or_by_name(number):
    assert run_lesson(number) is run_lesson(path_of(number).stem[3:])


@pytest.mark.parametrize("number", NUMBERS)
def test_untouched_exercises_are_not_done_yet(number):
    cells = read_notebook(number).cells
    found = exercises(number)
    assert len(found) >= 2
    for k, exercise in enumerate(found, start=1):
        assert "..." in cells[exercise.cell].source
        assert read_line(cells[exercise.check_cell]).startswith(f"· Exercise {k}: not done yet.")


@pytest.mark.parametrize("number", slow_after(1, NUMBERS[::-1]))  # the last runs fastest
def test_solved_exercises_are_right(number):
    notebook = read_notebook(number)
    for exercise in exercises(number):
        notebook.cells[exercise.cell].source = exercise.solution
    where = {"metadata": {"path": ROOT / "notebooks"}}
    Client(notebook, resources=where, timeout=CELL_SECONDS).execute()
    for k, exercise in enumerate(exercises(number), start=1):
        assert read_line(notebook.cells[exercise.check_cell]).startswith(f"✓ Exercise {k}: right.")


LETTERS = re.compile(r"[^\W\d_]+(?:'t)?")


@functools.cache
def vocabulary(number):
    """Return the words of a lesson, written as they are there, and the words of its code."""
    cells = read_notebook(number).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    code += [exercise.solution for exercise in exercises(number)]
    code = [re.sub("#.*", "", text) for text in code]
    everything = "\n".join([*code, *(cell.source for cell in cells)])
    return set(LETTERS.findall(everything)), set(re.findall(r"\w+", "\n".join(code)))


def find_flaws(line, number, answer):
    """Return the sentences and words of a check's line, or of a hint, that are not well written.

    A sentence begins with a capital letter, a digit or code, and the last one ends with a stop.
    Within a sentence, capitals are where the lesson has them.
    """
    words, code = vocabulary(number)
    code = code | set(re.findall(r"\w+", answer))
    sentences = re.split(r"(?<=[^.][.?]) ", line.strip())
    if line[2:].startswith("Exercise"):
        sentences = sentences[1:]  # without the verdict
    found = [] if sentences[-1][-1] in ".?" else [sentences[-1]]
    found += [
        sentence
        for sentence in sentences
        if not re.match(r"[A-Z\d.`]|\w+[.\[(]|.\b", sentence)
        and re.match(r"\w*", sentence)[0] not in code
    ]
    if "raises" in line:  # what follows is what Python or PyTorch says
        return found
    used = {word for sentence in sentences for word in LETTERS.findall(sentence)}
    capitals = {word.lower() for word in words if len(word) == 1 or word[1:] != word[1:].lower()}
    unknown = used - words - set(LETTERS.findall(answer))
    return found + [
        word
        for word in unknown
        if (word.isupper() and len(word) > 1) or (word.islower() and word in capitals)
    ]


@pytest.mark.parametrize(("number", "exercise", "answer", "words"), WRONG)
def test_a_wrong_answer_gets_its_diagnosis(number, exercise, answer, words):
    line = said_to(number, exercise.check, answer)
    assert "not right yet." in line
    assert words in line
    assert line.count("\n") == 1, "a check prints one line"
    assert find_flaws(line.partition(" Hint: ")[0], number, answer) == []


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_at_least_three_wrong_answers_are_known(number, exercise):
    assert len(answers_of(number).WRONG[exercise.name]) >= 3


def words(text):
    return set(re.findall(r"[^\W\d]\w*|\S", text.lower()))


@pytest.mark.parametrize("number", NUMBERS)
def test_second_failure_adds_the_hint_of_this_exercise(number):
    """No other order of a lesson's hints has as many words in common with its exercises."""
    cells, found = read_notebook(number).cells, exercises(number)
    pages = [cells[e.cell - 1 : e.cell + 1] + [cells[e.cell + 2]] for e in found]
    pages = [words("\n".join(cell.source for cell in page)) for page in pages]
    hints = [hint(number, exercise) for exercise in found]
    assert [find_flaws(f"Hint: {text}", number, "") for text in hints] == [[]] * len(found)
    hints = [words(text) for text in hints]

    def score(order):
        pairs = zip(hints, (pages[k] for k in order), strict=True)
        shared = [word for hint_words, page in pairs for word in hint_words & page]
        return sum(1 / sum(word in page for page in pages) for word in shared)

    orders = list(permutations(range(len(found))))
    scores = [score(order) for order in orders]
    assert scores[0] > max(scores[1:]) + 1e-9, f"better: {orders[np.argmax(scores)]}"


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_the_solution_is_right_outside_the_notebook(number, exercise):
    line = said_to(number, exercise.check, exercise.solution)
    assert ": right. " in line
    assert find_flaws(line, number, exercise.solution) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_what_the_known_answers_are_told_is_as_recorded(number):
    lines = told.told(number)
    assert not [line for line in lines if line.startswith("?")], "a check couldn't read an answer"
    recorded.check_texts(told.path_of(number), lines)


def test_what_a_random_answer_is_told_does_not_depend_on_what_ran_before():
    lesson = "the_linear_layer"
    exercise = exercises(lesson)[0]
    answer = next(a for a, _ in answers_of(lesson).WRONG["Wave"] if "torch.randn" in a)
    first = told.run_check(lesson, exercise.check, answer)
    torch.rand(3)
    second = told.run_check(lesson, exercise.check, answer)
    assert second.partition(" Hint: ")[0].strip() == first.partition(" Hint: ")[0].strip()


def texts(tree):
    """Return the texts of three words or more in a module, its docstrings left out."""
    for node in ast.walk(tree):
        body = getattr(node, "body", [])
        docstring = isinstance(body, list) and body and isinstance(body[0], ast.Expr)
        if docstring and isinstance(body[0].value, ast.Constant):
            body[0].value.value = ""
        if isinstance(node, ast.Constant) and len(str(node.value).split()) > 2:
            yield node.value


@pytest.mark.parametrize("number", NUMBERS)
def test_everything_a_check_can_say_is_said_to_a_known_answer(number):
    """A diagnosis that no known answer gets could say anything of any number."""
    lines = []
    for exercise in exercises(number):
        answers = [answer for answer, _ in answers_of(number).WRONG[exercise.name]]
        answers += getattr(answers_of(number), "SLOW", {}).get(exercise.name, [])
        lines += [
            said_to(number, exercise.check, answer) for answer in [*answers, exercise.solution]
        ]
    shown = "\n".join(lines)
    checks = (ROOT / f"course_utils/checks/{subject(number)}.py").read_text("utf-8")
    assert [text for text in texts(ast.parse(checks)) if text not in shown] == []


class Watch:
    """A lesson's judges at work: the calls with arguments and the diagnoses that one makes."""

    def __init__(self, number, exercise):
        self.number, self.exercise, self.calls, self.diagnoses = number, exercise, [], []
        names = dict(run_lesson(number))
        run_cell(exercise.solution, names)
        self.names, self.module = names, names["check"]
        self.answers = re.search(r"\((.*)\)", exercise.check)[1].split(", ")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.module, "call", self.watch_call(self.module.call))
            if hasattr(self.module, "diagnose"):
                patch.setattr(self.module, "diagnose", self.watch_diagnose(self.module.diagnose))
            assert ": right. " in self.line()

    def watch_call(self, call):
        def watched(answer, *arguments, **options):
            if arguments:
                self.calls.append([calling.copied(a) for a in arguments])
            return call(answer, *arguments, **options)

        return watched

    def watch_diagnose(self, diagnose):
        def watched(got, want, mistakes, names=(), rtol=1e-6):
            self.diagnoses.append(({"right": want, **mistakes}, rtol))
            diagnose(got, want, mistakes, names, rtol)

        return watched

    def line(self, **changed):
        """Return what the check says, of the solution or of an answer in its place."""
        names = {**self.names, **changed}
        return one_line(
            getattr(self.module, self.exercise.name), *(names[name] for name in self.answers)
        )

    @property
    def parameters(self):
        """The names of the parameters of an answer that is a function, in order."""
        answer = self.names[self.answers[0]]
        return list(inspect.signature(answer).parameters) if inspect.isfunction(answer) else []

    def line_with(self, k, value):
        """Return what the check says of the solution if its k-th argument is always `value`."""

        def fixed(arguments):
            return [*arguments[:k], calling.copied(value), *arguments[k + 1 :]]

        names = {**self.names, "fixed": fixed, "solution": self.names[self.answers[0]]}
        exec("def answer(*arguments): return solution(*fixed(arguments))", names)
        return self.line(**{self.answers[0]: names["answer"]})


watch = functools.cache(Watch)


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_within_a_data_set_the_right_answer_and_all_mistakes_differ(number, exercise):
    same = [
        (first, second)
        for results, rtol in watch(number, exercise).diagnoses
        for first, second in combinations(results, 2)
        if core.same(results[first], results[second], rtol)
    ]
    assert same == []


def is_data(value):
    """Tell whether a judge could give other values: numbers, arrays, lists; no function."""
    return isinstance(value, (int, float, list, tuple)) or hasattr(value, "shape")


@pytest.fixture
def little_patience(monkeypatch):
    """An answer that no longer ends with an argument written down need not take all its time."""
    monkeypatch.setattr(core, "SECONDS", 1)


@pytest.mark.usefixtures("little_patience")
@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_an_answer_with_an_argument_written_down_is_not_right(number, exercise):
    seen = watch(number, exercise)
    for k, name in enumerate(seen.parameters):
        for arguments in seen.calls:
            if len(arguments) == len(seen.parameters) and is_data(arguments[k]):
                assert ": right." not in seen.line_with(k, arguments[k]), f"{name} is written down"


@pytest.mark.usefixtures("little_patience")
@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_an_answer_that_reads_the_notebooks_name_is_not_right(number, exercise):
    seen = watch(number, exercise)
    for k, name in enumerate(seen.parameters):
        if is_data(seen.names.get(name)):
            assert ": right." not in seen.line_with(k, seen.names[name]), f"{name} is global"


def recursive(*_):
    return recursive()


ODD_ANSWERS = [
    None,
    3,
    "text",
    object(),
    [],
    {},
    print,
    int,
    lambda: 0,
    lambda *_: "text",
]
if sys.version_info[:2] != (3, 13):  # 3.13.0 never meets the limit in it, and takes all memory
    ODD_ANSWERS.append(recursive)


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_no_answer_makes_a_check_raise(number, exercise):
    check = getattr(run_lesson(number)["check"], exercise.name)
    for odd in ODD_ANSWERS:
        assert ": right." not in one_line(check, odd)


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_an_ellipsis_is_not_done_yet(number, exercise):
    check = getattr(run_lesson(number)["check"], exercise.name)
    assert ": not done yet." in one_line(check, ...)
