"""Lesson 10: what it says of memory and steps, whatever the machine; no time is asserted."""

import ast
import io

import numpy as np
import pytest
import torch

from tests.lessons import read_notebook, run_lesson


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("10")


def test_one_step_of_numpy_and_of_torch_is_the_same(lesson):
    x, y = lesson["problem"](50, dtype=torch.float64)
    dw, db = lesson["numpy_epoch"](x.numpy(), y.numpy())
    model = torch.nn.Linear(1, 1, dtype=torch.float64)
    torch.nn.init.constant_(model.weight, 0.5)
    torch.nn.init.constant_(model.bias, 0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    lesson["torch_epoch"](x, y, model, optimizer)
    assert model.weight.item() == pytest.approx(0.5 - 0.1 * dw, rel=1e-12)
    assert model.bias.item() == pytest.approx(0.5 - 0.1 * db, rel=1e-12)


@pytest.mark.parametrize("source", ["by_slices", "by_loader"])
def test_both_ways_of_batching_pass_every_row_once(lesson, source):
    x = torch.arange(10.0).reshape(-1, 1)
    batches = list(lesson[source](x, 3 * x, 4))
    assert [len(xb) for xb, _ in batches] == [4, 4, 2]
    assert sorted(torch.cat([xb for xb, _ in batches]).ravel().tolist()) == list(range(10))
    assert all(torch.equal(yb, 3 * xb) for xb, yb in batches)


def test_shortest_leaves_the_first_call_out(lesson):
    calls = []
    assert lesson["shortest"](calls.append, 1, repeats=3) >= 0
    assert len(calls) == 4


def test_free_memory_is_asked_before_the_largest_size(lesson, monkeypatch):
    names = lesson["free_gigabytes"].__globals__
    monkeypatch.setitem(names, "open", lambda _: io.StringIO("MemAvailable: 2000000 kB\n"))
    assert lesson["free_gigabytes"]() == 2

    def missing(_):
        raise FileNotFoundError

    monkeypatch.setitem(names, "open", missing)
    assert lesson["free_gigabytes"]() is None


def test_memory_of_the_broadcasting_bug(lesson):
    assert lesson["shape"] == (20_000, 20_000)
    assert np.prod(lesson["shape"]) * 4 / 1e6 == 1600


MEASURE = {"shortest", "times_of", "time_on", "parts_of_a_step", "perf_counter"}


def test_every_cell_that_measures_is_tagged():
    """A time in an output that is compared would fail on the next machine."""
    n_tagged = 0
    for cell in read_notebook("10").cells:
        if cell.cell_type == "code":
            body = ast.parse(cell.source).body
            run = [part for part in body if not isinstance(part, (ast.FunctionDef, ast.ImportFrom))]
            names = {n.id for part in run for n in ast.walk(part) if isinstance(n, ast.Name)}
            tagged = "nbval-ignore-output" in cell.metadata.get("tags", [])
            assert tagged or not names & MEASURE, cell.source
            n_tagged += tagged
    assert n_tagged <= 8
