"""Start here: what it claims of arrays, tensors and broadcasting, and its three pictures."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import plots
from tests.support.lessons import NUMBERS, exercises, read_notebook, run_lesson

RAIN = np.array([[2.0, 0, 7, 3], [4, 1, 9, 6], [0, 2, 5, 3]])


@pytest.fixture(scope="module")
def lesson():
    return run_lesson("start_here")


@pytest.fixture(scope="module")
def cells():
    return [cell for cell in read_notebook("start_here").cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def printed(cells):
    streams = [out for cell in cells for out in cell.outputs if out.output_type == "stream"]
    assert {out.name for out in streams} == {"stdout"}, "the notebook shows a warning"
    return "".join(out.text for out in streams)


def test_self_check_comes_before_anything_that_could_fail(cells):
    assert cells[0].source.startswith("from course_utils import self_check\n")
    assert "All fine: go on." in cells[0].outputs[-1].text
    assert sum("image/png" in out.get("data", {}) for out in cells[0].outputs) == 2


def test_only_the_machine_cell_is_not_compared(cells):
    ignored = [c.source for c in cells if "nbval-ignore-output" in c.metadata.get("tags", [])]
    assert ignored == ["self_check.machine()"]
    outside = "".join(str(c.outputs) for c in cells if c.source not in ignored)
    assert torch.__version__ not in outside
    assert " GB" not in outside


def test_three_exercises():
    assert [exercise.name for exercise in exercises("start_here")] == [
        "average",
        "to_column",
        "mended_mse",
    ]


def test_the_counter_continues_when_its_cell_runs_again(lesson):
    names = {"counter": 1}
    for expected in (10, 100, 1000):
        exec("counter = counter * 10", names)
        assert names["counter"] == expected
    assert lesson["counter"] == 10


def test_table_of_rain(lesson, printed):
    np.testing.assert_array_equal(lesson["rain"], RAIN)
    assert "shape (3, 4)   dtype float64   len 3" in printed
    assert "mean(axis=0): [2. 1. 7. 4.]   shape (4,)" in printed
    assert "mean(axis=1): [3.  5.  2.5]   shape (3,)" in printed
    assert [sum(column) / 3 for column in RAIN.T.tolist()] == [2, 1, 7, 4]
    assert [sum(row) / 4 for row in RAIN.tolist()] == [3, 5, 2.5]


def test_torch_takes_axis_as_well_as_dim():
    rain = torch.from_numpy(RAIN)
    assert torch.equal(rain.mean(axis=0), rain.mean(dim=0))


def test_dtypes_and_digits(printed):
    assert "array  float64 (3,)\ntensor torch.float32 torch.Size([3])" in printed
    assert torch.Size([3]) == (3,)
    assert "0.33333333333333331483" in printed
    assert "0.33333334326744079590" in printed
    assert "16,777,216 plus 1 minus 16,777,216 is 0.0" in printed
    assert torch.tensor(16_777_215.0) + 1 - 16_777_215.0 == 1
    assert torch.tensor(0.0).double().dtype == torch.float64
    assert torch.zeros(3).element_size() * 2 == torch.zeros(3).double().element_size()


def test_copies_and_windows(lesson):
    assert lesson["array"].tolist() == [100, 2, -5]
    assert lesson["own"].tolist() == [1, 2, 3]
    assert lesson["shared"].tolist() == [100, 2, -5]
    assert lesson["part"].tolist() == [2, -5]
    assert lesson["shared"].data_ptr() == lesson["array"].ctypes.data
    assert torch.from_numpy(lesson["array"]).float().data_ptr() != lesson["array"].ctypes.data
    assert not np.shares_memory(lesson["array"].copy(), lesson["array"])
    assert lesson["shared"].clone().data_ptr() != lesson["shared"].data_ptr()
    assert lesson["shared"].numpy().ctypes.data == lesson["array"].ctypes.data


def test_the_broadcasting_rule_holds_for_every_pair_of_small_shapes():
    shapes = [(), *((a,) for a in (1, 2, 3)), *((a, b) for a in (1, 2, 3) for b in (1, 2, 3))]
    for one in shapes:
        for other in shapes:
            n = max(len(one), len(other))
            pairs = zip((1,) * (n - len(one)) + one, (1,) * (n - len(other)) + other, strict=True)
            fits = all(a == b or 1 in (a, b) for a, b in pairs)
            try:
                np.zeros(one) - np.zeros(other)
                torch.zeros(one) - torch.zeros(other)
            except (ValueError, RuntimeError):
                assert not fits
            else:
                assert fits


def test_loud_errors_are_the_libraries_own(printed):
    with pytest.raises(ValueError, match="shapes") as by_numpy:
        RAIN - np.zeros(3)
    with pytest.raises(RuntimeError, match="size of tensor") as by_torch:
        torch.zeros(3, 4) - torch.zeros(3)
    assert f"ValueError: {by_numpy.value}\n" in printed
    assert f"RuntimeError: {by_torch.value}\n" in printed
    np.testing.assert_array_equal(run_lesson("start_here")["place_means"], [[3], [5], [2.5]])


def test_the_silent_mse_prefers_the_lazy_predictions(lesson, printed):
    y = lesson["y"]
    variance = np.mean([(value - sum(y) / 100) ** 2 for value in y])
    assert f"perfect            0.0000   {2 * variance:13.4f}" in printed
    assert f"lazy      {variance:15.4f}   {variance:13.4f}" in printed
    assert "shape of the difference: (100, 100)" in printed
    for make in (np.asarray, torch.from_numpy):
        assert (make(lesson["perfect"]) - make(y)).shape == (100, 100)


def test_descent_on_the_silent_mse_becomes_lazy(lesson):
    """What the lesson says of a model that is trained with it."""
    x, y = torch.linspace(0, 1, 100), torch.from_numpy(lesson["y"]).float()
    W = torch.tensor([2.0, 1.0], requires_grad=True)  # begin at the perfect line
    optimizer = torch.optim.SGD([W], lr=0.5)
    for _ in range(300):
        optimizer.zero_grad()
        (((W[0] * x + W[1]).reshape(-1, 1) - y) ** 2).mean().backward()
        optimizer.step()
    assert W.tolist() == pytest.approx([0, y.mean().item()], abs=1e-3)


@pytest.mark.parametrize("make", [np.asarray, torch.tensor])
def test_pictures_say_their_numbers(make, capsys):
    rain = make(RAIN)
    line = plots.means_by_axis(rain, "abc", "wxyz", "mm", ax=Figure().subplots())
    assert line == "Along axis 0, down the columns: 2, 1, 7, 4 mm. Along axis 1: 3, 5, 2.5 mm."
    names, column, flat = ["a", "b"], make(RAIN[:, :1]), make(RAIN[:, 0])
    line = plots.broadcast_difference(column, flat, names, ax=Figure().subplots())
    assert line == "(3, 1) − (3,) is (3, 3): 3 and 3 numbers give 9 differences."
    axs = Figure().subplot_mosaic([["rows", "table"]])
    line = plots.every_pair(column + 1, flat, axs=axs)
    pairs = [(p + 1 - t) ** 2 for p in RAIN[:, 0] for t in RAIN[:, 0]]
    assert f"is 1.0000 over the 3 right differences, {np.mean(pairs):.4f} over all 9." in line
    assert all(ax.has_data() for ax in axs.values())


def test_broadcast_picture_dots_what_is_not_stored():
    ax = Figure().subplots()
    plots.broadcast_difference(RAIN[:, :1], RAIN[:, 0], ["a", "b"], ax=ax)
    dotted = [patch.get_linestyle() in (":", "dotted") for patch in ax.patches]
    assert dotted == [False, True, True] * 3 + [False] * 3 + [True] * 6 + [False] * 9


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("means_by_axis", (RAIN, "ab", "wxyz", "mm"), r"table must have shape \(2, 4\)"),
        (
            "broadcast_difference",
            (RAIN, [1, 2, 3], "ab"),
            r"must broadcast, got \(3, 4\) and \(3,\)",
        ),
        ("broadcast_difference", (RAIN, 1.0, "ab"), "one or two axes"),
        ("every_pair", (RAIN[0], [1, 2]), "y must have 4 rows, but has 2"),
        ("every_pair", (RAIN[0] * np.nan, RAIN[0]), "y_pred must be finite"),
    ],
)
def test_bad_input_is_named(name, arguments, words):
    with pytest.raises(ValueError, match=words):
        getattr(plots, name)(*arguments)


def test_recap_names_every_lesson_by_its_title():
    recap = read_notebook("start_here").cells[-1].source
    for number in NUMBERS[1:]:
        title = read_notebook(number).cells[0].source.splitlines()[0].removeprefix("# ")
        assert f"| [{title}](" in recap
