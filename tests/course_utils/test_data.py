"""Every data set is what its docstring and the syllabus say."""

import inspect

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes

from course_utils import data


def test_noisy_line_is_the_published_data_set():
    line = data.noisy_line()
    assert line.x_train.shape == line.y_train.shape == (80, 1)
    assert line.x_val.shape == line.y_val.shape == (20, 1)
    assert len(np.unique(np.vstack([line.x_train, line.x_val]))) == 100
    # The recipe again, with NumPy's other random interface, which has the same stream.
    np.random.seed(42)  # noqa: NPY002
    x = np.random.rand(100, 1)  # noqa: NPY002
    y = 1 + 2 * x + 0.1 * np.random.randn(100, 1)  # noqa: NPY002
    order = np.arange(100)
    np.random.shuffle(order)  # noqa: NPY002
    np.testing.assert_array_equal(line.x_train, x[order[:80]])
    np.testing.assert_array_equal(line.y_train, y[order[:80]])
    np.testing.assert_array_equal(line.x_val, x[order[80:]])
    np.testing.assert_array_equal(line.y_val, y[order[80:]])


def test_noisy_line_lies_around_its_truth():
    line = data.noisy_line()
    assert line.truth == {"w": 2, "b": 1, "noise": 0.1}
    noise = line.y_train - line.truth["w"] * line.x_train - line.truth["b"]
    assert abs(noise.mean()) < 0.03
    assert noise.std() == pytest.approx(line.truth["noise"], rel=0.2)


@pytest.mark.parametrize(
    "make", [data.noisy_line, data.noisy_sine, data.recorded_curves, data.fruit_yields]
)
def test_the_parts_of_a_data_set_cannot_be_replaced(make):
    """`line.x = ...` instead of `x = ...` would go unnoticed."""
    found = make()
    for name in vars(found):
        with pytest.raises(AttributeError, match=f"cannot assign to field '{name}'"):
            setattr(found, name, 0)


def test_each_call_gives_fresh_arrays():
    data.noisy_line().x_train[:] = 0
    assert data.noisy_line().x_train.any()
    data.fruit_yields().x[:] = 0
    assert data.fruit_yields().x.any()


def test_sine_line_has_no_noise():
    points = data.sine_line()
    x, y = points.x, points.y
    assert points.noise == 0
    np.testing.assert_array_equal(points.y_true, y)
    assert x[0] == 0
    assert x[-1] == 1
    np.testing.assert_allclose(np.diff(x), 1 / 9)
    np.testing.assert_allclose(y - 3 * x - 1, np.sin(6 * x))


def test_noisy_sine_lies_around_its_curve():
    sample = data.noisy_sine()
    assert sample.x.shape == sample.y.shape == sample.y_true.shape == (40,)
    np.testing.assert_allclose(sample.y_true - 3 * sample.x - 1, np.sin(6 * sample.x))
    many = data.noisy_sine(100_000, seed=1)
    assert many.x.min() >= 0
    assert many.x.max() < 1
    assert many.x.mean() == pytest.approx(0.5, abs=0.005)
    errors = many.y - many.y_true
    assert abs(errors.mean()) < 0.005
    assert errors.std() == pytest.approx(many.noise, rel=0.01)
    assert abs(np.corrcoef(errors, many.x)[0, 1]) < 0.02


def test_noisy_sine_depends_on_its_seed():
    np.testing.assert_array_equal(data.noisy_sine(seed=3).y, data.noisy_sine(seed=3).y)
    assert not np.array_equal(data.noisy_sine(seed=3).x, data.noisy_sine(seed=4).x)
    with pytest.raises(ValueError, match="n must be a whole number"):
        data.noisy_sine(0)


def test_fruit_yields_are_those_of_the_syllabus():
    table = data.fruit_yields()
    assert table.x.shape == (5, 3)
    assert table.y.shape == (5, 2)
    assert table._repr_markdown_().splitlines() == [
        "| region | temperature (°F) | rainfall (mm) | humidity (%) "
        "| apples (t/ha) | oranges (t/ha) |",
        "|---:|---:|---:|---:|---:|---:|",
        "| 1 | 73 | 67 | 43 | 56 | 70 |",
        "| 2 | 91 | 88 | 64 | 81 | 101 |",
        "| 3 | 87 | 134 | 58 | 119 | 133 |",
        "| 4 | 102 | 43 | 37 | 22 | 37 |",
        "| 5 | 69 | 96 | 70 | 103 | 119 |",
    ]
    assert table.x.dtype == table.y.dtype == np.float32


MAKERS = [
    function
    for name, function in inspect.getmembers(data, inspect.isfunction)
    if function.__module__ == data.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("make", MAKERS)
def test_every_data_set_has_named_arrays_and_describes_itself_in_one_line(make):
    found = make()
    assert type(found) is inspect.signature(make, eval_str=True).return_annotation
    assert type(found) in (data.Sample, data.Split, data.Table, data.Recording)
    assert isinstance(vars(found).get("x", vars(found).get("x_train")), np.ndarray)
    assert "\n" not in repr(found)
    assert "array(" not in repr(found)
    assert len(repr(found)) < 400


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (data.noisy_line, "80 rows to train, 20 to validate; w = 2, b = 1, noise = 0.1"),
        (data.sine_line, "10 points, x from 0 to 1; noise = 0"),
        (data.recorded_curves, "10 points; 32 curves, up to step 2,000"),
        (data.integer_noise_line, "50 points, x from 1 to 50; noise = 4.899"),
        (
            data.fruit_yields,
            "5 rows: temperature (°F), rainfall (mm), humidity (%) -> "
            "apples (t/ha), oranges (t/ha)",
        ),
    ],
)
def test_a_data_set_describes_itself(make, words):
    assert repr(make()) == words


def test_step_times_are_those_of_the_record():
    table = data.step_times()
    assert repr(table) == "14 rows: tanh units (0: linear), rows (ten inputs) -> CPU (µs), GPU (µs)"
    units, rows = table.x.T
    assert units.tolist() == [0] * 5 + [64] * 5 + [1024] * 4
    assert rows.tolist() == [80, 1e3, 1e4, 1e5, 1e6] * 2 + [80, 1e3, 1e4, 1e5]
    assert table.y[:, 0].tolist() == [
        *(257, 231, 307, 845, 6614),
        *(224, 552, 816, 12_433, 134_334),
        *(625, 1118, 18_455, 184_133),
    ]
    assert table.y[:, 1].tolist() == [
        *(634, 530, 640, 730, 639),
        *(818, 849, 798, 811, 1417),
        *(896, 888, 692, 1784),
    ]


def test_repeated_yields_are_near_copies_by_region():
    table = data.fruit_yields_repeated()
    first = data.fruit_yields()
    assert table.x.shape == (15, 3)
    for region in first.groups:
        rows = table.groups == region
        assert rows.sum() == 3
        assert np.abs(table.x[rows] - first.x[region - 1]).max() <= 1
        assert np.abs(table.y[rows] - first.y[region - 1]).max() <= 2
    np.testing.assert_array_equal(table.x[:5], first.x)
    np.testing.assert_array_equal(table.y[:5], first.y)
    assert (table.x_names, table.y_names) == (first.x_names, first.y_names)
    assert table.groups.tolist() == [1, 2, 3, 4, 5] * 3
    # A mistyped number would change its column's sum of squares.
    numbers = np.hstack([table.x, table.y]).astype(int)
    assert (numbers**2).sum(axis=0).tolist() == [109265, 123695, 47020, 104482, 144838]


def test_integer_noise_line_is_the_published_data_set():
    points = data.integer_noise_line()
    assert points.x.dtype == points.y.dtype == np.float32
    assert points.x.tolist() == [[k] for k in range(1, 51)]
    np.testing.assert_array_equal(points.y_true, 2 * points.x + 1)
    noise = points.y - points.y_true
    assert noise.sum() == 0
    assert abs(noise).max() <= 8
    assert points.noise == pytest.approx(np.std(np.arange(-8, 9)))
    torch.manual_seed(71)
    expected = torch.randint(-8, 9, (50, 1), dtype=torch.float)
    np.testing.assert_array_equal(noise, expected)


def test_integer_noise_line_leaves_the_global_generator_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    data.integer_noise_line()
    assert torch.equal(torch.rand(1), expected)


def test_diabetes_is_as_its_source_describes_it():
    table = data.diabetes()
    assert table.x.dtype == table.y.dtype == np.float64
    assert table.x.shape == (442, 10)
    assert table.y.shape == (442, 1)
    assert table.groups is None
    bunch = load_diabetes()  # centred, and each column scaled to a sum of squares of 1
    centred = table.x - table.x.mean(axis=0)
    np.testing.assert_allclose(centred / np.linalg.norm(centred, axis=0), bunch.data, atol=1e-6)
    assert (table.y.min(), table.y.max()) == (25, 346)
    assert [name for name, _ in table.x_names] == bunch.feature_names
    assert all(meaning in bunch.DESCR for name, meaning in table.x_names if name != "sex")
    assert set(table.x[:, 1]) == {1, 2}
    assert (table.x_names[0], table.y_names) == (("age", "years"), (("progression", "points"),))


@pytest.mark.parametrize(("rows", "shown"), [(20, 20), (21, 6)])
def test_a_table_of_twenty_rows_is_shown_whole(rows, shown):
    table = data.Table(np.zeros((rows, 1)), np.ones((rows, 1)), (("x", "m"),), (("y", "s"),))
    header, below, *lines = table._repr_markdown_().splitlines()
    assert (header, below) == ("| x (m) | y (s) |", "|---:|---:|")
    assert lines[:5] == ["| 0 | 1 |"] * 5
    assert len(lines) == shown
    assert lines[-1] == ("| 0 | 1 |" if shown == rows else "| … | … |")


def test_a_long_table_is_cut_and_without_groups_has_no_region_column():
    lines = data.diabetes()._repr_markdown_().splitlines()
    assert len(lines) == 2 + 5 + 1
    assert {line.count("|") for line in lines} == {12}
    assert "region" not in lines[0]
    assert lines[2].startswith("| 59 | 2 | 32.1 | 101 |")
    assert lines[2].endswith("| 151 |")


def test_recorded_curves_are_those_of_three_tanh_units_that_learn_the_sine():
    film, points = data.recorded_curves(), data.sine_line()
    np.testing.assert_array_equal(film.x, points.x)
    np.testing.assert_array_equal(film.y, points.y)
    assert film.curves.shape == (len(film.steps), len(film.grid))
    t, t_grid = 2 * film.x - 1, 2 * film.grid - 1  # the units' input
    start = np.random.RandomState(25).randn(10)
    w, b, v, c = start[:3], start[3:6], start[6:9], start[9]
    for step in range(film.steps[-1] + 1):
        if step in film.steps:
            curve = np.tanh(np.outer(t_grid, w) + b) @ v + c
            recorded = film.curves[list(film.steps).index(step)]
            np.testing.assert_allclose(recorded, curve, atol=1e-4)
        units = np.tanh(np.outer(t, w) + b)
        d_y = 2 * (units @ v + c - film.y) / len(film.y)
        d_units = np.outer(d_y, v) * (1 - units**2)
        w, b = w - 0.1 * t @ d_units, b - 0.1 * d_units.sum(axis=0)
        v, c = v - 0.1 * d_y @ units, c - 0.1 * d_y.sum()
