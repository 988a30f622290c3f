"""Where the time goes: what it says of memory and steps on any machine; no time is asserted."""

import ast
import ctypes
import io
import re
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, plots
from tests.support.lessons import read_notebook, run_lesson
from tests.support.tolerance import near


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("where_the_time_goes")


def test_one_step_of_numpy_and_of_torch_is_the_same(lesson):
    x, y = lesson["problem"](50, dtype=torch.float64)
    dw, db = lesson["numpy_epoch"](x.numpy(), y.numpy())
    model = torch.nn.Linear(1, 1, dtype=torch.float64)
    torch.nn.init.constant_(model.weight, 0.5)
    torch.nn.init.constant_(model.bias, 0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    lesson["torch_epoch"](x, y, model, optimizer)
    w, b = 0.5 - 0.1 * dw, 0.5 - 0.1 * db
    assert model.weight.item() == near(w)
    assert model.bias.item() == near(b)
    lesson["torch_epoch"](x, y, model, optimizer)  # a second one begins with empty gradients
    error = w * x + b - y
    assert model.weight.item() == near(w - 0.1 * (2 * error * x).mean().item())


def test_each_way_is_what_it_is_called(lesson, monkeypatch):
    def result(function, *arguments, repeats):
        return function(*arguments)

    monkeypatch.setitem(lesson["three_ways"].__globals__, "shortest", result)
    ways = lesson["three_ways"](50, repeats=1)
    x, y = (column.numpy() for column in lesson["problem"](50))
    assert ways["NumPy"] == near(lesson["numpy_epoch"](x, y))
    assert ways["PyTorch"] is None
    assert ways["scikit-learn"].coef_.item() == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize("source", ["by_slices", "by_loader"])
def test_both_ways_of_batching_pass_every_row_once(lesson, source):
    x = torch.arange(10.0).reshape(-1, 1)
    batches = list(lesson[source](x, 3 * x, 4))
    assert [len(xb) for xb, _ in batches] == [4, 4, 2]
    assert sorted(torch.cat([xb for xb, _ in batches]).ravel().tolist()) == list(range(10))
    assert all(torch.equal(yb, 3 * xb) for xb, yb in batches)
    torch.manual_seed(0)
    assert not torch.equal(torch.cat([xb for xb, _ in lesson[source](x, x, 4)]), x)


def test_shortest_leaves_the_first_call_out(lesson):
    calls = []
    assert lesson["shortest"](calls.append, 1, repeats=3) >= 0
    assert len(calls) == 4


def test_overhead_and_cost_meet_the_two_points_they_come_from(lesson):
    t0, c, measured = lesson["t0"], lesson["c"], lesson["autograd"]
    for n in (100, 100_000):
        assert t0 + c * n == pytest.approx(measured[n])


def run_cell_with(lesson, words, **names):
    """Run the cell whose source holds `words` among the lesson's names, some of them replaced."""
    (source,) = [
        cell.source for cell in read_notebook("where_the_time_goes").cells if words in cell.source
    ]
    out = io.StringIO()
    with redirect_stdout(out):
        exec(source, {**lesson, **names})
    return out.getvalue()


def test_times_are_printed_in_their_units(lesson):
    times = [5e-6, 2e-6, 8e-6]
    output = run_cell_with(lesson, "microseconds:", times_of=lambda *_, **__: times)
    assert output == "microseconds: 5 2 8\nshortest 2, mean 5, first 5\n"
    for words in ("for n_threads in", "product = {}", 'devices = ["cpu"]'):
        output = run_cell_with(
            lesson, words, shortest=lambda *_, **__: 3e-3, time_on=lambda *_: 3e-3
        )
        printed = re.findall(r"([\d.]+) (ms|µs)", output)
        assert printed
        assert {(float(number), unit) for number, unit in printed} <= {(3, "ms"), (3000, "µs")}


POINTS = data.sine_line()
POWERS = np.vander(POINTS.x, 5, increasing=True)


def test_every_rung_of_the_ladder_does_the_same_work(lesson):
    ladder = lesson["ladder"]
    assert next(iter(ladder)) == "the tutorial's loop"
    want = np.zeros(5)
    for _ in range(50):
        want = want - 0.05 * np.array(
            [2 * np.mean((POWERS @ want - POINTS.y) * c) for c in POWERS.T]
        )
    for name, run in ladder.items():
        if name != "lstsq":
            assert np.asarray(run(50)) == near(want), name
    best = np.polyfit(POINTS.x, POINTS.y, 4)[::-1]
    assert ladder["lstsq"](50) == pytest.approx(best, rel=1e-9)
    assert ladder["the same in NumPy"](3).dtype == np.float32


class Stack(ctypes.Structure):
    """Signalling NaNs; passed by value, they fill the stack."""

    _fields_ = [("words", ctypes.c_uint32 * 2**14)]


def test_rung_in_numpy_does_not_depend_on_memory_that_nobody_set(lesson):
    """OpenBLAS 0.3.31 with AVX-512 does, in float32 products by rows of five.

    The product is right, but whether NumPy warns of it is left to chance. Elsewhere this passes.
    """
    stack = Stack((ctypes.c_uint32 * 2**14)(*[0x7F800001] * 2**14))
    fill = ctypes.PYFUNCTYPE(ctypes.c_int, Stack)(("Py_IsInitialized", ctypes.pythonapi))
    with np.errstate(invalid="raise"):
        fill(stack)
        lesson["ladder"]["the same in NumPy"](3)


def test_times_of_the_ladder_are_scaled_to_the_epochs_they_name(lesson):
    output = run_cell_with(lesson, "jumps = (", shortest=lambda *_, **__: 1.0)
    columns = [re.findall(r"[\d.,]+", line)[-3:] for line in output.splitlines()]
    assert columns[0] == ["500.00000", "100,000", "1.0"]  # 200 epochs in a second
    assert columns[-1] == ["1.00000", "100,000", "500.0"]  # all of them in a second


def test_the_bars_are_as_long_as_the_parts_take():
    ax = Figure().subplots()
    line = plots.step_parts({"a": {"x": 2e-6, "y": 3e-6}, "b": {"x": 1e-3, "y": 2e-3}}, ax=ax)
    assert line == "One step costs, in all, a: 5 µs, b: 3 ms."
    ends = [(bar.get_x(), bar.get_width()) for bars in ax.containers for bar in bars]
    assert ends == [(0, pytest.approx(2)), (0, pytest.approx(1000))] + [
        *((pytest.approx(2), pytest.approx(3)), (pytest.approx(1000), pytest.approx(2000)))
    ]


def test_the_line_of_the_model_and_its_bend_are_drawn_where_they_are():
    ax = Figure().subplots()
    plots.time_against_rows({"PyTorch": [(100, 2e-5), (1e5, 1e-3)]}, line=(2e-5, 1e-8), ax=ax)
    _, model, bend = ax.lines
    rows, seconds = model.get_data()
    assert seconds == pytest.approx(2e-5 + 1e-8 * rows)
    assert bend.get_xdata()[0] == pytest.approx(2000)


def test_memory_of_the_broadcasting_bug(lesson):
    assert lesson["shape"] == (20_000, 20_000)
    assert np.prod(lesson["shape"]) * 4 / 1e6 == 1600


MEASURE = {"shortest", "times_of", "time_on", "parts_of_a_step", "perf_counter"}


def test_every_cell_that_measures_is_tagged():
    """A time in an output that is compared would fail on the next machine."""
    n_tagged = 0
    for cell in read_notebook("where_the_time_goes").cells:
        if cell.cell_type == "code":
            body = ast.parse(cell.source).body
            run = [part for part in body if not isinstance(part, (ast.FunctionDef, ast.ImportFrom))]
            names = {n.id for part in run for n in ast.walk(part) if isinstance(n, ast.Name)}
            tagged = "nbval-ignore-output" in cell.metadata.get("tags", [])
            assert tagged or not names & MEASURE, cell.source
            n_tagged += tagged
    assert n_tagged <= 9
