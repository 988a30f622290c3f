"""Every data set is what its docstring and the syllabus say."""

import numpy as np
import pytest
import torch

from course_utils import data


def test_noisy_line_is_the_published_one():
    line = data.noisy_line()
    assert line.x_train.shape == line.y_train.shape == (80, 1)
    assert line.x_val.shape == line.y_val.shape == (20, 1)
    assert len(np.unique(np.vstack([line.x_train, line.x_val]))) == 100
    # The recipe once more, with the other random interface of NumPy that has the same stream.
    np.random.seed(42)  # noqa: NPY002
    x = np.random.rand(100, 1)  # noqa: NPY002
    y = 1 + 2 * x + 0.1 * np.random.randn(100, 1)  # noqa: NPY002
    order = np.arange(100)
    np.random.shuffle(order)  # noqa: NPY002
    np.testing.assert_array_equal(line.x_train, x[order[:80]])
    np.testing.assert_array_equal(line.y_val, y[order[80:]])


def test_noisy_line_lies_around_its_truth():
    line = data.noisy_line()
    noise = line.y_train - line.truth["w"] * line.x_train - line.truth["b"]
    assert abs(noise.mean()) < 0.03
    assert noise.std() == pytest.approx(line.truth["noise"], rel=0.2)


def test_each_call_gives_fresh_arrays():
    data.noisy_line().x_train[:] = 0
    assert data.noisy_line().x_train.any()
    data.fruit_yields().x[:] = 0
    assert data.fruit_yields().x.any()


def test_sine_line_has_no_noise():
    x, y = data.sine_line()
    assert x[0] == 0
    assert x[-1] == 1
    np.testing.assert_allclose(np.diff(x), 1 / 9)
    np.testing.assert_allclose(y - 3 * x - 1, np.sin(6 * x))


def test_fruit_yields_as_in_the_syllabus():
    table = data.fruit_yields()
    assert table.x.shape == (5, 3)
    assert table.y.shape == (5, 2)
    assert table.x[2].tolist() == [87, 134, 58]
    assert table.y[3].tolist() == [22, 37]
    assert "rainfall (mm)" in table._repr_markdown_()
    assert "| 3 | 87 | 134 | 58 | 119 | 133 |" in table._repr_markdown_()


def test_repeated_yields_are_near_copies_by_region():
    table = data.fruit_yields_repeated()
    first = data.fruit_yields()
    assert table.x.shape == (15, 3)
    for region in first.groups:
        rows = table.groups == region
        assert rows.sum() == 3
        assert np.abs(table.x[rows] - first.x[region - 1]).max() <= 1
        assert np.abs(table.y[rows] - first.y[region - 1]).max() <= 2


def test_integer_noise_line_is_the_published_one():
    X, y = data.integer_noise_line()
    assert X.dtype == y.dtype == torch.float32
    noise = y - 2 * X - 1
    assert noise.sum() == 0
    assert noise.abs().max() <= 8
    torch.manual_seed(71)
    expected = torch.randint(-8, 9, (50, 1), dtype=torch.float)
    assert torch.equal(noise, expected)


def test_integer_noise_line_leaves_the_global_generator_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    data.integer_noise_line()
    assert torch.equal(torch.rand(1), expected)
