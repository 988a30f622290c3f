"""Ten steps from one start, on the rungs of the course: all equal.

By hand, by central differences, by the hand-made engine, by autograd, by nn.Linear with SGD, and by
a DataLoader whose one batch holds all rows.
"""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils import data
from tests.support.lessons import run_lesson
from tests.support.tolerance import near

N_STEPS = 10


def noisy_line():
    """x (80, 1), y (80, 1), start w (1, 1), b (1,) and learning rate of the first line."""
    line = data.noisy_line()
    return line.x_train, line.y_train, np.array([[-0.1382643]]), np.array([0.49671415]), 0.1


def fruit_yields():
    """x (5, 3), y (5, 2), start w (2, 3), b (2,) and learning rate of the first table."""
    table = data.fruit_yields()
    w = np.array([[-0.8474, 1.0004, 0.9559], [0.3555, 1.1560, 0.3668]])
    return table.x, table.y, w, np.array([0.2883, -0.1208]), 1e-5


def by_hand(x, y, w, b, lr):
    for _ in range(N_STEPS):
        error = x @ w.T + b - y
        scale = x.dtype.type(2 / error.size)
        w, b = w - lr * scale * error.T @ x, b - lr * scale * error.sum(axis=0)
    return w, b


def by_differences(x, y, w, b, lr):
    def loss(p):
        return np.mean((x @ p[: w.size].reshape(w.shape).T + p[w.size :] - y) ** 2)

    p = np.concatenate([w.ravel(), b])
    # The loss is a parabola in each parameter, so a large h costs nothing but rounding.
    h = 0.1
    for _ in range(N_STEPS):
        steps = h * np.eye(p.size)
        p = p - lr * np.array([(loss(p + e) - loss(p - e)) / (2 * h) for e in steps])
    return p[: w.size].reshape(w.shape), p[w.size :]


def by_engine(x, y, w, b, lr):
    engine = run_lesson("build_your_own_autograd")["Value"]
    for _ in range(N_STEPS):
        ws = [[engine(float(value)) for value in row] for row in w]
        bs = [engine(float(value)) for value in b]
        loss = engine(0.0)
        for inputs, targets in zip(x, y, strict=True):
            for w_row, b_j, target in zip(ws, bs, targets, strict=True):
                error = b_j - float(target)
                for weight, value in zip(w_row, inputs, strict=True):
                    error = error + weight * float(value)
                loss = loss + error * error
        (loss * (1 / y.size)).backward()
        w = w - lr * np.array([[value.grad for value in row] for row in ws])
        b = b - lr * np.array([value.grad for value in bs])
    return w, b


def by_autograd(x, y, w, b, lr):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    w, b = (torch.tensor(p, requires_grad=True) for p in (w, b))
    for _ in range(N_STEPS):
        ((x @ w.T + b - y) ** 2).mean().backward()
        with torch.no_grad():
            for p in (w, b):
                p -= lr * p.grad
                p.grad.zero_()
    return w.detach().numpy(), b.detach().numpy()


def by_layer(x, y, w, b, lr, batches=None):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    layer = nn.Linear(w.shape[1], w.shape[0], dtype=x.dtype)
    layer.load_state_dict({"weight": torch.from_numpy(w), "bias": torch.from_numpy(b)})
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    run_lesson("dataset_and_dataloader")["fit"](
        layer, batches or [(x, y)], optimizer, n_epochs=N_STEPS
    )
    return layer.weight.detach().numpy(), layer.bias.detach().numpy()


def by_loader(x, y, w, b, lr):
    rows = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    return by_layer(x, y, w, b, lr, DataLoader(rows, batch_size=len(x), shuffle=True))


RUNGS = [by_differences, by_engine, by_autograd, by_layer, by_loader]


@pytest.mark.parametrize("problem", [noisy_line, fruit_yields])
@pytest.mark.parametrize("rung", RUNGS)
def test_float64(problem, rung):
    *arrays, lr = problem()
    arrays = [array.astype(np.float64) for array in arrays]
    tolerance = 1e-9 if rung is by_differences else 1e-12
    for got, want in zip(rung(*arrays, lr), by_hand(*arrays, lr), strict=True):
        np.testing.assert_allclose(got, want, rtol=tolerance)
        assert np.abs(want - arrays[2 if want.ndim == 2 else 3]).max() > 1e-4, "nothing moved"


@pytest.mark.parametrize("problem", [noisy_line, fruit_yields])
@pytest.mark.parametrize("rung", [by_autograd, by_layer, by_loader])
def test_float32(problem, rung):
    *arrays, lr = problem()
    exact = by_hand(*[array.astype(np.float64) for array in arrays], lr)
    arrays = [array.astype(np.float32) for array in arrays]
    for got, want in zip(rung(*arrays, lr), exact, strict=True):
        assert got.dtype == np.float32
        assert got == near(want)
