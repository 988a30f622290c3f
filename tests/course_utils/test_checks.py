"""What every exercise check shares: hints, what a call may do, and when two results agree."""

import builtins
import decimal
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch

from commands.execute import Client
from course_utils.checks import core, limits, start_here
from course_utils.kernel import StartError
from tests.support.lessons import ROOT, one_line, run_cell


class Hostile:
    """What raises wherever it is looked at."""

    def _refuse(self, *_, **__):
        raise OSError

    __len__ = __eq__ = __array__ = __float__ = __iter__ = __str__ = _refuse
    __hash__ = None


def verdict(answer, **names):
    """Return what the check of a mean says of an answer, or of the answer in a source."""
    if isinstance(answer, str):
        run_cell(answer, names)
        answer = names["average"]
    return one_line(start_here.average, answer)


def test_a_hint_waits_for_the_second_failure_of_its_own_exercise(capsys):
    def failing(number):
        def judge(answer):
            raise core.Wrong(f"{answer} is not it.")

        return core.exercise(number, hint="look again.")(judge)

    first, second = failing(1), failing(2)
    first(7), first(8), second(9)
    assert capsys.readouterr().out.splitlines() == [
        "✗ Exercise 1: not right yet. 7 is not it.",
        "✗ Exercise 1: not right yet. 8 is not it. Hint: look again.",
        "✗ Exercise 2: not right yet. 9 is not it.",
    ]


def test_an_answer_gets_copies_that_require_what_the_originals_do(capsys):
    array, tensor = np.ones(2), torch.ones(2, requires_grad=True)

    def answer(a, t):
        print("what a student prints to debug")
        return a is array, t is tensor, t.requires_grad

    assert core.call(answer, array, tensor) == (False, False, True)
    assert core.call(answer, array, tensor, in_place=True) == (True, True, True)
    assert capsys.readouterr().out == ""


def stepped(model):
    """Move a model's weights in place."""
    with torch.no_grad():
        model.weight += 1
    return 0


CHANGES = [
    ("arrays", np.array([np.nan, 2.0, 1.0]), lambda a: a.sort()),
    ("tensors", torch.tensor([2.0, 1.0]), lambda t: t.zero_()),
    ("lists", [2, 1], lambda a: a.sort()),
    ("lists", [[2, 1]], lambda a: a[0].sort()),
    ("lists", [np.ones(2)], lambda a: a[0].fill(0)),
    ("dicts", {"a": [1]}, lambda d: d["a"].append(2)),
    ("sets", {1}, lambda s: s.add(2)),
    ("model", torch.nn.Linear(2, 1), stepped),
]


@pytest.mark.parametrize(("kind", "given", "change"), CHANGES)
def test_arguments_that_change_are_noticed_and_stay(kind, given, change):
    before = str(given.state_dict() if kind == "model" else given)
    with pytest.raises(core.Wrong, match=f"changes the {kind} it was given: work on copies"):
        core.call(change, given)
    assert str(given.state_dict() if kind == "model" else given) == before


def test_an_optimizer_is_copied_with_its_model():
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def answer(m, o):
        return m is not model, o.param_groups[0]["params"][0] is m.weight

    assert core.call(answer, model, optimizer) == (True, True)


@pytest.mark.parametrize(
    ("got", "agrees"),
    [([1, 2 + 1e-7], True), ([1, 2 + 1e-5], False), ([[1, 2]], False), ([1, np.nan], False)],
)
def test_same_wants_six_digits_and_one_shape(got, agrees):
    assert core.same(got, [1, 2]) == agrees


def test_near_zero_same_wants_nine_decimals():
    assert [core.same(got, 0) for got in (5e-10, 5e-9)] == [True, False]


def test_the_parts_that_are_right_are_named():
    with pytest.raises(core.Wrong, match="w is right, b isn't"):
        core.diagnose([1, 3], [1, 2], {}, ("w", "b"))
    with pytest.raises(
        core.Wrong, match=r"\(1, nan\): something divides 0 by 0, or takes the root"
    ):
        core.diagnose([1, np.nan], [1, 2], {})
    with pytest.raises(core.Wrong, match=r"\(1, inf\): something divides by zero or overflows"):
        core.diagnose([1, np.inf], [1, 2], {})


def test_of_two_mistakes_that_fit_both_are_named():
    mistakes = {"It climbs.": [3], "It stands still.": [4], "It jumps.": [3]}
    with pytest.raises(core.Wrong, match=r"^It climbs\. Or: It jumps\.$"):
        core.diagnose([3], [2], mistakes)


def test_a_generator_is_as_good_as_a_list():
    assert core.call(lambda n: (k**2 for k in range(n)), 3) == [0, 1, 4]


CAME = [
    ((1, 2), "a tuple of 2"),
    ([1], "a list of 1"),
    (np.ones((2, 3)), "an array of shape (2, 3)"),
    (0.5, "a float"),
    (7, "an int"),
    (ValueError(), "a ValueError"),
    (OSError(), "an OSError"),
    (None, "a NoneType"),
    (torch.tensor(2.0), "a Tensor"),
    ("text", "a str"),
    (dict.fromkeys("pqrs", 1), "a dict"),
]


@pytest.mark.parametrize(("value", "named"), CAME, ids=[named for _, named in CAME])
def test_what_was_expected_and_what_was_returned_are_named(value, named):
    def wrong(function, *arguments):
        with pytest.raises(core.Wrong) as told:
            function(*arguments)
        return str(told.value)

    assert f"Expected a function, got {named}:" in wrong(core.call, value)
    four = ("p", "q", "r", "s")
    assert wrong(core.numbers, value, four) == f"Expected 4 numbers (p, q, r, s), got {named}."
    part = {"p": (2, 2), "q": ()}
    assert (
        wrong(core.arrays, value, {**part, "r": ()})
        == f"Expected 3 results (p, q, r), got {named}."
    )


NO_NUMBERS = [
    {},
    "0.25",
    b"0.25",
    np.array("0.25"),
    np.array(["0.25"]),
    np.array(["0.25"], dtype=object),
    True,
    np.array([True]),
    torch.tensor(True),
    1 + 2j,
    object(),
    [[1], [1, 2]],
    Hostile(),
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_text_and_truth_values_are_no_numbers(value):
    with pytest.raises(core.Wrong, match="Expected a number for p, got a"):
        core.numbers(value, ("p",))
    with pytest.raises(core.Wrong, match="Expected a number for q, got a"):
        core.numbers([1, value], ("p", "q"))
    with pytest.raises(core.Wrong, match="Expected numbers for p, got a"):
        core.arrays(value, {"p": ()})


@pytest.mark.parametrize(
    "value",
    [{"p": 1, "q": 2}, {1, 2}, "12", b"12", Hostile()],
    ids=lambda value: type(value).__name__,
)
def test_two_numbers_have_an_order(value):
    with pytest.raises(core.Wrong, match=r"Expected 2 numbers \(p, q\), got a"):
        core.numbers(value, ("p", "q"))


def test_a_number_may_come_as_an_array_of_one():
    parts = [np.array([[2]]), torch.tensor(0.5, requires_grad=True), np.int8(3), 7]
    parts += [Fraction(1, 4), Decimal("0.5"), [torch.tensor(9.0)]]
    got = core.numbers(parts, "pqrstuv")
    assert got.tolist() == [2.0, 0.5, 3.0, 7.0, 0.25, 0.5, 9.0]
    assert got.dtype == float


def test_a_shape_that_is_wrong_is_told_with_its_likely_cause():
    def one_number(got):
        core.call(lambda rows: 0, np.ones(4))
        with pytest.raises(core.Wrong) as told:
            core.numbers(got, ("p",))
        return str(told.value)

    expected = "Expected one number for p, got shape"
    assert one_number(np.ones((4, 4))).startswith(f"{expected} (4, 4). Was an (n, 1) column")
    assert one_number(np.ones(4)) == f"{expected} (4,). Is a mean missing?"
    assert one_number(torch.ones(4, 1)) == f"{expected} (4, 1). Is a mean missing?"
    assert one_number(np.ones(2)) == f"{expected} (2,)."
    assert one_number([1.0] * 4) == f"{expected} (4,)."
    with pytest.raises(core.Wrong, match=r"of shape \(2, 3\), got shape \(3, 2\)\. That"):
        core.arrays(torch.ones(3, 2), {"p": (2, 3)})
    with pytest.raises(core.Wrong, match=r"got shape \(2, 2\)\.$"):
        core.arrays(torch.ones(2, 2), {"p": (2, 3)})


SHOWN = [
    (2 / 3, "0.6667"),
    ([2 / 3, 12345.6], "(0.6667, 1.235e+04)"),
    (torch.tensor([0.5, 1], requires_grad=True), "(0.5, 1)"),
    ([[1, 2], [3, 4]], "((1, 2), (3, 4))"),
    (np.ones((1, 1, 1)), "1"),
    (range(100), "(0, 1, 2, 3, 4, 5, …)"),
    (1 + 2j, "1+2j"),
    ([np.nan, -np.inf], "(nan, -inf)"),
    (10**400, f"1{'0' * 29} …"),
    ([[1], [1, 2]], "[[1], [1, 2]]"),
    (None, "None"),
]


@pytest.mark.parametrize(("values", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_numbers_are_shown_with_four_digits(values, text):
    assert core.shown(values) == text


ENDS = {
    "raise SystemExit": "Your function raises SystemExit.",
    "raise KeyboardInterrupt": "Your function raises KeyboardInterrupt.",
    "raise GeneratorExit('now')": "Your function raises GeneratorExit: now.",
    "raise ValueError": "Your function raises ValueError.",
    "raise ValueError('two\\n  lines.')": "Your function raises ValueError: two lines.",
    "raise ValueError('x' * 10**6)": f"Your function raises ValueError: {'x' * 200} ….",
    "raise type('Odd', (BaseException,), {'__str__': None})": "Your function raises Odd.",
    "return average(values)": "Your function raises RecursionError",
    "return float(input())": "Your function waits for input",
    "return float(__import__('sys').stdin.readline())": "Your function waits for input",
    "while True: yield 1": "Your generator gives value after value without end.",
    "return f'{values.mean():.2f}'": "Expected a number for the mean, got a str. Return the number",
    "return values > 0": "Expected a number for the mean, got an array of shape (7,). It holds "
    "True and False.",
}


@pytest.mark.parametrize(("body", "told"), ENDS.items())
def test_however_an_answer_ends_it_is_told(body, told):
    assert f"not right yet. {told}" in verdict(f"def average(values):\n    {body}\n")


def test_a_result_that_raises_wherever_it_is_looked_at_gets_one_line():
    assert "got a Hostile." in verdict(lambda values: Hostile())


def test_an_answer_that_is_not_done_or_not_readable_is_told_so():
    def judge(answer):
        raise ValueError("odd")

    check, stage = core.exercise(1, hint="")(judge), core.exercise(2, hint="", what="Stage")(judge)
    assert one_line(check, 7) == (
        "? Exercise 1: not readable. The check couldn't read this answer (ValueError: odd).\n"
    )
    assert one_line(check, ...) == (
        "· Exercise 1: not done yet. Replace each ... above, run that cell, then this one.\n"
    )
    assert one_line(stage, ...) == (
        "· Stage 2: not done yet. Replace each ..., here and in the stages before, and run this "
        "cell again.\n"
    )


ENDLESS = [
    "while True: pass",
    "time.sleep(60)",
    "while True:\n        try: values = values + 1\n        except: pass",
    "while True:\n        try: time.sleep(9)\n        except Exception: pass",
]
POSIX = hasattr(signal, "setitimer")


@pytest.mark.parametrize("body", ENDLESS)
@pytest.mark.parametrize("in_main", [True, False])
def test_what_never_ends_is_stopped(body, in_main, monkeypatch):
    if "sleep" in body and not (POSIX and in_main):
        body = body.replace("time.sleep(60)", "while True: time.sleep(0.01)").replace(
            "(9)", "(0.01)"
        )
    monkeypatch.setattr(core, "SECONDS", 0.3)
    said = []

    def ask():
        said.append(verdict(f"def average(values):\n    {body}\n", time=time))

    begun = time.monotonic()
    thread = threading.Thread(target=ask)
    (thread.run if in_main else thread.start)()
    if not in_main:
        thread.join()
    assert "It was still running after 0.3 seconds" in said[0]
    assert time.monotonic() - begun < 5


def test_what_fills_the_memory_is_stopped(monkeypatch):
    monkeypatch.setattr(limits, "_peak_memory", iter(range(0, 10**12, 10**9)).__next__)
    assert "It fills the memory" in verdict("def average(values):\n    while True: pass\n")


def test_what_takes_half_a_gigabyte_may_go_on(monkeypatch):
    monkeypatch.setattr(
        limits, "_peak_memory", itertools.chain([0], itertools.repeat(5 * 10**8)).__next__
    )
    answer = "def average(values):\n    time.sleep(0.3)\n    return sum(values) / len(values)\n"
    assert ": right." in verdict(answer, time=time)


def test_the_students_own_interrupt_reaches_them():
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    handler = signal.getsignal(signal.SIGINT)
    timer.start()
    with pytest.raises(KeyboardInterrupt, match="The check was interrupted"):
        verdict("def average(values):\n    while True: pass\n")
    timer.join()
    assert signal.getsignal(signal.SIGINT) is handler
    assert ": right." in verdict(np.mean)


def test_a_judge_may_catch_what_takes_too_long():
    def judge(answer):
        with pytest.raises(core.TooLong, match=r"still running after 0\.2 seconds"):
            core.call(answer, seconds=0.2)
        return "The loop is right."

    def endless():
        while True:
            pass

    assert ": right. The loop" in one_line(core.exercise(1, hint="")(judge), endless)


LEFT = [
    ("...\n    return values.meen()", True),
    ("total = ...\n    return total / 5", True),
    ("return len(...)", True),
    ("with ...:\n        return 0", True),
    ("return [1, (2, ...)]", True),
    ("return {'mean': ...}", True),
    ("return np.array([..., 1])", True),
    ("return values[..., 0] + np.einsum('...ij->i', values)", False),
    ("return np.einsum('ijk', values[...])", False),
    ("raise ValueError('no ellipsis was given')", False),
]


@pytest.mark.parametrize(("body", "left"), LEFT)
def test_an_answer_is_not_done_yet_only_where_an_ellipsis_is_left(body, left):
    said = verdict(f"def average(values):\n    {body}\n", np=np)
    assert (": not done yet." if left else ": not right yet. Your function raises") in said


def test_the_ellipsis_of_a_class_or_of_a_function_that_is_called_counts():
    helper = "def total(values):\n    s = ...\n    return s + 1\n"
    assert "not done yet" in verdict(f"{helper}\ndef average(v):\n    return total(v) / len(v)\n")
    method = "class Mean:\n    def of(self, v):\n        s = ...\n        return s + 1\n"
    assert "not done yet" in verdict(f"{method}\naverage = Mean().of\n")


class Node:
    """An object of the notebook's own class."""

    __module__ = "notebook"

    def __init__(self):
        self.value, self.parents = 1.0, [np.ones(2)]


STATE = {
    "torch.manual_seed(1)": "torch.get_rng_state().tolist()",
    "torch.rand(3)": "torch.get_rng_state().tolist()",
    "np.random.seed(1)": "np.random.get_state()[1].tolist()",
    "random.random()": "random.getstate()",
    "warnings.simplefilter('error')": "warnings.filters[:]",
    "np.set_printoptions(precision=1)": "np.get_printoptions()",
    "torch.set_printoptions(precision=1)": "str(torch.tensor(1 / 3))",
    "torch.autograd.set_detect_anomaly(True)": "torch.is_anomaly_enabled()",
    "sys.setrecursionlimit(900)": "sys.getrecursionlimit()",
    "sys.stdout = None": "sys.stdout",
    "sys.stdin = None": "sys.stdin",
    "builtins.sum = builtins.print = None": "sum, print",
    "builtins.mean = 1": "hasattr(builtins, 'mean')",
    "os.environ['COURSE_X'] = '1'": "sorted(os.environ.items())",
    "os.environ.pop('PATH', None)": "sorted(os.environ.items())",
    "decimal.getcontext().prec = 3": "decimal.getcontext().prec",
    "matplotlib.rcParams['lines.linewidth'] = 9": "matplotlib.rcParams['lines.linewidth']",
    "matplotlib.use('svg')": "matplotlib.get_backend()",
    "plt.figure(7)": "plt.get_fignums()",
    "plt.close('all')": "plt.get_fignums()",
    "plt.plot(values)": "len(plt.gca().lines)",
    "seen.append(1)": "seen",
    "seen[0].append(1)": "seen",
    "table['a'] = 2": "table",
    "data[0] = 9": "data.tolist()",
    "w.data.fill_(9)": "w.item()",
    "(w * 2).backward()": "w.grad.item()",
    "w.grad = None": "w.grad.item()",
    "w.requires_grad_(False)": "w.requires_grad",
    "model.weight.data.zero_()": "model.weight.tolist()",
    "model.eval()": "model.training",
    "model(torch.ones(1, 2)).sum().backward()": "model.weight.grad",
    "draw()": "rng.get_state()[1].tolist(), rng.get_state()[2]",
    "fresh.random()": "fresh.bit_generator.state",
    "generator.manual_seed(3)": "generator.get_state().tolist()",
    "node.value = 3": "node.value",
    "node.parents[0][0] = 3": "node.parents[0].tolist()",
    "global count; count = 5": "count",
    "global made; made = 5": "'made' in globals()",
}


def notebook(change):
    """Return the names of a notebook with an answer that makes a change and is right but for it."""
    names = {module.__name__: module for module in (builtins, decimal, os, random, sys, warnings)}
    names |= {"torch": torch, "np": np, "matplotlib": matplotlib, "plt": plt}
    names |= {"seen": [[0]], "table": {"a": 1}, "data": np.ones(2), "count": 4, "node": Node()}
    w = torch.tensor(2.0, requires_grad=True)
    (3 * w).backward()
    names |= {"w": w, "model": torch.nn.Linear(2, 1), "rng": np.random.RandomState(1)}
    names |= {"fresh": np.random.default_rng(1), "generator": torch.Generator()}
    draw = "def draw():\n    rng.rand()\n"
    names["__name__"] = "notebook"
    run_cell(f"{draw}\ndef average(values):\n    {change}\n    return values.mean()\n", names)
    return names


@pytest.mark.parametrize(("change", "probe"), STATE.items())
def test_a_check_leaves_the_session_as_it_was(change, probe):
    names = notebook(change)
    plt.figure()
    try:
        before = repr(eval(probe, names))
        assert ": right." in one_line(start_here.average, names["average"])
        assert repr(eval(probe, names)) == before
    finally:
        plt.close("all")


LEFT_CHANGED = {
    "torch.set_grad_enabled(False)": "switches gradients off and leaves them off",
    "torch.inference_mode(); guard.__enter__()": "leaves inference mode on",
    "torch.set_default_dtype(torch.float64)": "changes torch's default dtype",
    "torch.set_default_device('meta')": "changes torch's default device",
    "os.chdir(os.path.dirname(os.getcwd()))": "changes the working folder",
    "np.seterr(all='raise')": "changes NumPy's error settings",
}


@pytest.mark.parametrize(("change", "told"), LEFT_CHANGED.items())
def test_what_later_cells_would_feel_is_told_and_put_back(change, told):
    def felt():
        torch_settings = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        torch_settings += torch.get_default_dtype(), torch.get_default_device()
        return *torch_settings, os.getcwd(), np.geterr()

    before = felt()
    change = f"global guard; guard = {change}"  # what is thrown away may end by itself
    said = one_line(start_here.average, notebook(change)["average"])
    assert f"not right yet. Your function {told}" in said
    assert felt() == before


def test_a_wrong_answer_hears_what_it_changes_of_the_notebook():
    names = notebook("seen.append(1); values = values + len(seen)")
    said = one_line(start_here.average, names["average"])
    assert "It also changes seen, outside the function." in said


def test_a_check_runs_in_a_session_of_its_own():
    def judge(answer):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
        assert torch.get_default_dtype() == torch.float32
        return "So it is."

    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode():
            assert ": right. So" in one_line(core.exercise(1, hint="")(judge), len)
            assert torch.is_inference_mode_enabled()
        with torch.no_grad():
            assert ": right. So" in one_line(core.exercise(1, hint="")(judge), len)
            assert not torch.is_grad_enabled()
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


CELLS = [
    "from course_utils.checks import start_here as check\nimport time\n"
    "import matplotlib.pyplot as plt",
    "check.average(...)",
    "check.average(lambda values: display(values) or plt.plot(values) and plt.show())",
    "check.average(lambda values: values.mean())",
    "check.average(lambda values: input())",
    "check.average(lambda values: exit())",
    "check.average(lambda values: time.sleep(60))",
    "input",
]


@pytest.mark.slow
def test_a_program_can_read_a_notebooks_verdicts():
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    ran = nbformat.v4.new_notebook(cells=cells)
    Client(ran, timeout=60).execute()
    outputs = [output for cell in ran.cells[1:-1] for output in cell.outputs]
    assert [output.output_type for output in outputs] == ["display_data"] * 6
    verdicts = [output.metadata["verdict"] for output in outputs]
    assert verdicts == ["not done yet", "not right yet", "right"] + ["not right yet"] * 3
    for output in outputs:
        about = output.metadata
        assert (about["exercise"], about["number"]) == ("average", 1)
        face, mistake = core.FACES[about["verdict"]], about.get("mistake", "")
        line = f"{face} Exercise 1: {about['verdict']}. {mistake}"
        assert output.data["text/plain"].startswith(line)
        assert ("mistake" in about) == (about["verdict"] == "not right yet")
    mistakes = [output.metadata.get("mistake", "") for output in outputs]
    told = ["None", "", "waits for input", "SystemExit", "still running after 5 seconds"]
    for mistake, words in zip(mistakes[1:], told, strict=True):
        assert words in mistake
    assert "raw_input" in str(ran.cells[-1].outputs), "the keyboard is the kernel's again"


def test_in_a_notebook_a_style_sheet_can_tell_the_verdict(monkeypatch):
    shown = []
    pub = SimpleNamespace(publish=lambda data, metadata: shown.append(data))
    monkeypatch.setattr(
        core.calling, "shell", lambda: SimpleNamespace(kernel="any", display_pub=pub)
    )
    for verdict in core.FACES:
        core._show("1 < 2", {"verdict": verdict})
    assert {data["text/plain"] for data in shown} == {"1 < 2"}
    pages = [data["text/html"] for data in shown]
    kinds = ["right", "not-right-yet", "not-done-yet", "not-readable"]
    assert pages == [f'<p class="course-verdict course-{kind}">1 &lt; 2</p>' for kind in kinds]


def test_checks_of_arrays_load_no_torch():
    code = "import sys; from course_utils.checks import core; core.exercise(1, '')(len)([1]); "
    code += "sys.exit(any(name in sys.modules for name in ('torch', 'matplotlib', 'IPython')))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_a_copy_of_the_first_edition_is_told_the_new_lesson():
    with pytest.raises(StartError, match=r"the lesson is now 'The linear layer': open the note"):
        exec("from course_utils.checks import lesson_05 as check", {})
    with pytest.raises(ImportError, match="cannot import name 'lesson_99'"):
        exec("from course_utils.checks import lesson_99 as check", {})
