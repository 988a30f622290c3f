"""The checks of lesson 09, 'A real data set'. Closed forms and PyTorch's own are the oracle."""

import numpy as np
import torch
from torch import nn

from course_utils.checks.core import Wrong, arrays, call, diagnose, exercise, numbers, same


@exercise(
    1,
    hint="mean and std come from x_train, each along dimension 0, one number for each column; "
    "(x - mean) / std then holds for both tensors.",
)
def standardise(answer):
    """Judge `standardise(x_train, x_other)`: both on the scale of the training rows."""
    generator = torch.Generator().manual_seed(4)
    scale, shift = torch.tensor([3.0, 0.2, 40.0]), torch.tensor([5.0, -1.0, 100.0])
    draw = torch.randn(11, 3, generator=generator).double()
    train, other = (draw[:7] * scale + shift), (1.5 * draw[7:] + 1) * scale + shift
    shapes = {"the training rows": (7, 3), "the other rows": (4, 3)}
    got = arrays(call(answer, train, other), shapes)

    def scaled(rows, by=None, dim=0, correction=0):
        by = rows if by is None else by
        mean, std = by.mean(dim), by.std(dim, correction=correction)
        return ((rows - mean) / std).numpy()

    everything = torch.cat([train, other])
    over_all = [scaled(rows, train, dim=(0, 1)) for rows in (train, other)]
    mean, std = train.mean(0), train.std(0, correction=0)
    wants = [[scaled(rows, train, correction=k) for rows in (train, other)] for k in (0, 1)]
    mistakes = {
        "That is one mean and one standard deviation for the whole table: each column needs its "
        "own, so take them along dimension 0.": [over_all],
        "The other rows have helped to set the scale: take the mean and the standard deviation of "
        "x_train alone.": [
            [scaled(rows, everything, correction=k) for rows in (train, other)] for k in (0, 1)
        ],
        "Each part has its own scale, so one number means two things: the other rows get the mean "
        "and the standard deviation of x_train, too.": [
            [scaled(train, correction=k), scaled(other, correction=k)] for k in (0, 1)
        ],
        "That divides by the variance: its root, the standard deviation, is wanted.": [
            [((rows - mean) / train.var(0, correction=k)).numpy() for rows in (train, other)]
            for k in (0, 1)
        ],
        "The mean is not subtracted.": [[(rows / std).numpy() for rows in (train, other)]],
        "Only the mean is subtracted: divide by the standard deviation, too.": [
            [(rows - mean).numpy() for rows in (train, other)]
        ],
        "Both come back as they went in.": [[train.numpy(), other.numpy()]],
    }
    flat = np.concatenate([part.ravel() for part in got])

    def joined(pair):
        return np.concatenate([part.ravel() for part in pair])

    if any(same(flat, joined(want)) for want in wants):
        return "One scale for both, and only the training rows have set it."
    for told, pairs in mistakes.items():
        if any(same(flat, joined(pair)) for pair in pairs):
            raise Wrong(told)
    right = [same(got[i], want[i]) for want in wants for i in (0, 1)]
    if any(right[::2]):
        raise Wrong("The training rows are right, the other rows are not.")
    rows = zip(got[0], wants[0][0], strict=True)
    diagnose(*next(pair for pair in rows if not same(*pair)), {})


@exercise(
    2,
    hint="difference = a - b, then difference.mean(), difference.std() and (difference < 0).sum().",
)
def compare(answer):
    """Judge `compare(a, b)`: mean and standard deviation of a - b, and how often a is lower."""
    a = np.array([50.0, 57.5, 61.0, 48.0, 55.5, 52.0, 66.0])
    b = np.array([51.5, 58.0, 60.0, 50.5, 56.5, 51.75, 68.0])
    names = ("the mean", "the standard deviation", "the number of splits")
    got = numbers(call(answer, a, b), names)
    difference = a - b
    mean, wins, losses = difference.mean(), (difference < 0).sum(), (difference > 0).sum()
    for std in (difference.std(), difference.std(ddof=1)):
        if same(got, [mean, std, wins]):
            return "Subtracted split by split, so the luck of the split is gone from the spread."
    ddof = int(same(got[1], difference.std(ddof=1)))
    std = difference.std(ddof=ddof)
    apart = [
        (a.std(ddof=k) - b.std(ddof=k), (a.var(ddof=k) + b.var(ddof=k)) ** 0.5) for k in (0, 1)
    ]
    if any(same(abs(got[1]), abs(value)) for pair in apart for value in pair) or any(
        same(got[1], model.std(ddof=k)) for model in (a, b) for k in (0, 1)
    ):
        raise Wrong(
            "The standard deviation is made of those of the single models: subtract split by "
            "split first, then take the standard deviation of the differences."
        )
    mistakes = {
        "The signs say b minus a: a negative mean must say that a is better.": [-mean, std, losses],
        "The mean has the wrong sign: it is a minus b.": [-mean, std, wins],
        "That counts the splits where a is higher: the lower RMSE is the better one.": [
            mean,
            std,
            losses,
        ],
        "The last number is a share: the number of splits is wanted.": [mean, std, wins / 7],
        "The second number is the variance: its root is wanted.": [mean, difference.var(), wins],
        "The second number is the standard error, smaller by the root of 7: the standard deviation "
        "itself is wanted.": [mean, difference.std(ddof=1) / 7**0.5, wins],
        "The differences have lost their signs: no absolute values.": [
            np.abs(difference).mean(),
            np.abs(difference).std(),
            wins,
        ],
    }
    diagnose(got, [mean, std, wins], mistakes, names)


@exercise(
    3,
    hint="shuffled = x.clone(), then shuffled[:, column] = x[order, column]; the rise is "
    "the RMSE on shuffled minus the RMSE on x.",
)
def rise_in_rmse(answer):
    """Judge `rise_in_rmse(model, x, y, column, order)`: the RMSE's rise by one shuffled column."""
    generator = torch.Generator().manual_seed(8)
    x = torch.randn(9, 3, generator=generator).double()
    y = 10 + torch.randn(9, 1, generator=generator).double()
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    values = torch.randn(21, generator=generator).double()
    nn.utils.vector_to_parameters(
        torch.cat([2 * values[:20], values[20:] + 10]), model.parameters()
    )
    order, column = torch.randperm(9, generator=generator), 1
    rise = call(answer, model, x, y, column, order)
    is_tensor = isinstance(rise, torch.Tensor)
    got = numbers(rise.detach() if is_tensor else rise, ("the rise",))

    def mse(x, y=y):
        with torch.no_grad():
            return ((model(x) - y) ** 2).mean().item()

    def with_column(values):
        changed = x.clone()
        changed[:, column] = values
        return changed

    shuffled = with_column(x[order, column])
    before, after = mse(x), mse(shuffled)
    want = [after**0.5 - before**0.5]

    def table_mse(x):  # what (n, 1) minus (n,) makes of it
        with torch.no_grad():
            return ((model(x) - y.ravel()) ** 2).mean().item()

    mistakes = {
        "Every prediction meets every target: (n, 1) minus (n,) is a table of (n, n).": [
            table_mse(shuffled) ** 0.5 - table_mse(x) ** 0.5
        ],
        "The sign is wrong: the RMSE with the shuffled column minus the RMSE before.": [-want[0]],
        "That is the rise of the MSE: take the root of each first, then the difference.": [
            after - before
        ],
        "The root is taken of the difference: take it of each MSE first.": [
            abs(after - before) ** 0.5
        ],
        "That is the RMSE with the shuffled column; its rise is wanted, so subtract the RMSE "
        "before.": [after**0.5],
        "That is the ratio of the two RMSEs; their difference is wanted.": [
            (after / before) ** 0.5
        ],
        "No rise at all: the column is not shuffled, or the targets went along with it.": [0.0],
        "All columns are shuffled, so that whole rows change places: shuffle one column.": [
            mse(x[order]) ** 0.5 - before**0.5
        ],
        "The targets are shuffled, too: only the column may change.": [
            mse(shuffled, y[order]) ** 0.5 - before**0.5
        ],
        "The column is set to its row numbers: put x[order, column] there.": [
            mse(with_column(order.double())) ** 0.5 - before**0.5
        ],
        "The column is set to zero or to one number: shuffle it.": [
            mse(with_column(0.0)) ** 0.5 - before**0.5
        ],
    }
    diagnose(got, want, mistakes)
    if is_tensor:
        raise Wrong("The number is right, but it is a tensor: .item() makes a float of it.")
    return "The column has lost its rows, and the rise says what they were worth."
