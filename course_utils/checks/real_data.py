"""The checks of 'A real data set'. Closed forms and PyTorch's own are the oracle."""

import numpy as np
import torch
from torch import nn

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, arrays, diagnose, numbers, same


@exercise(
    1,
    hint="mean and std come from x_train, each along dimension 0, one number for each column; "
    "(x - mean) / std then holds for both tensors.",
)
def standardise(answer):
    """Judge `standardise(x_train, x_other)`: both on the scale of the training rows."""
    for n, n_other, scale, shift in (
        (7, 4, [3.0, 0.2, 40.0], [5.0, -1.0, 100.0]),
        (5, 6, [0.7, 12.0], [-3.0, 50.0]),
    ):
        draw = torch.randn(
            n + n_other, len(scale), generator=torch.Generator().manual_seed(n), dtype=torch.float64
        )
        scale, shift = torch.tensor(scale), torch.tensor(shift)
        train, other = draw[:n] * scale + shift, (1.5 * draw[n:] + 1) * scale + shift
        _judge_scales(call(answer, train, other), train, other)
    return "One scale for both, and only the training rows have set it."


def _judge_scales(got, train, other):
    parts = {"the training rows": tuple(train.shape), "the other rows": tuple(other.shape)}
    got = arrays(got, parts)

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
        "You divided by the variance: divide by its root, the standard deviation.": [
            [((rows - mean) / train.var(0, correction=k)).numpy() for rows in (train, other)]
            for k in (0, 1)
        ],
        "The mean isn't subtracted.": [[(rows / std).numpy() for rows in (train, other)]],
        "Only the mean is subtracted: divide by the standard deviation, too.": [
            [(rows - mean).numpy() for rows in (train, other)]
        ],
        "Both come back unchanged.": [[train.numpy(), other.numpy()]],
    }
    flat = np.concatenate([part.ravel() for part in got])

    def joined(pair):
        return np.concatenate([part.ravel() for part in pair])

    if any(same(flat, joined(want)) for want in wants):
        return
    for told, pairs in mistakes.items():
        if any(same(flat, joined(pair)) for pair in pairs):
            raise Wrong(told)
    right = [same(got[i], want[i]) for want in wants for i in (0, 1)]
    if any(right[::2]):
        raise Wrong("The training rows are right, the other rows aren't.")
    rows = zip(got[0], wants[0][0], strict=True)
    diagnose(*next(pair for pair in rows if not same(*pair)), {})


@exercise(
    2,
    hint="difference = a - b, then difference.mean(), difference.std() and (difference < 0).sum().",
)
def compare(answer):
    """Judge `compare(a, b)`: mean and standard deviation of a - b, and how often a is lower."""
    for a, b in (
        ([50.0, 57.5, 61.0, 48.0, 55.5, 52.0, 66.0], [51.5, 58.0, 60.0, 53.5, 56.5, 51.75, 68.0]),
        ([41.0, 44.5, 39.0, 47.0, 42.5], [40.0, 44.5, 39.75, 40.5, 41.0]),
    ):
        got = call(answer, np.array(a), np.array(b))
        _judge_comparison(got, np.array(a), np.array(b))
    return "Subtracted split by split, so the luck of the split is gone from the spread."


def _judge_comparison(got, a, b):
    names = ("the mean", "the standard deviation", "the number of splits")
    got = numbers(got, names)
    n = len(a)
    difference, in_order = a - b, np.sort(a) - np.sort(b)
    mean, wins, losses = difference.mean(), (difference < 0).sum(), (difference > 0).sum()
    for std in (difference.std(), difference.std(ddof=1)):
        if same(got, [mean, std, wins]):
            return
    ddof = int(same(got[1], difference.std(ddof=1)))
    std = difference.std(ddof=ddof)
    not_higher = (difference <= 0).sum()
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
        "The last number is a share: return the number of splits.": [mean, std, wins / n],
        "The second number is the variance: take its root.": [mean, difference.var(), wins],
        f"The second number is the standard error, smaller by the root of {n}: return the standard "
        "deviation itself.": [mean, difference.std(ddof=1) / n**0.5, wins],
        "The first number is a sum over the splits: take the mean.": [n * mean, std, wins],
        "That is the median of the differences: take their mean.": [
            np.median(difference),
            std,
            wins,
        ],
        "Sorting has torn the splits apart: subtract a and b as they come.": [
            mean,
            in_order.std(ddof=ddof),
            (in_order < 0).sum(),
        ],
        "The differences have lost their signs: no absolute values.": [
            np.abs(difference).mean(),
            np.abs(difference).std(),
            wins,
        ],
    }
    if not_higher > wins:
        mistakes["A split where both are equal counts: a must be lower."] = [mean, std, not_higher]
    diagnose(got, [mean, std, wins], mistakes, names)


@exercise(
    3,
    hint="shuffled = x.clone(), then shuffled[:, column] = x[order, column]; the rise is "
    "the RMSE on shuffled minus the RMSE on x.",
)
def rise_in_rmse(answer):
    """Judge `rise_in_rmse(model, x, y, column, order)`: the RMSE's rise by one shuffled column."""
    for n, d, column in ((9, 3, 1), (7, 4, 2)):
        generator = torch.Generator().manual_seed(n + 1)
        x = torch.randn(n, d, generator=generator).double()
        y = 10 + torch.randn(n, 1, generator=generator).double()
        layers = nn.Linear(d, 4), nn.Tanh(), nn.Dropout(), nn.Linear(4, 1)
        model = nn.Sequential(*layers).double().eval()
        values = 2 * torch.randn(4 * d + 9, generator=generator).double()
        values[-1] += 10
        nn.utils.vector_to_parameters(values, model.parameters())
        order = torch.randperm(n, generator=generator)
        rises = [call(answer, model, x, y, column, order) for _ in range(2)]
        _judge_rise(rises, model, x, y, column, order)
    return "The column has lost its rows, and the rise says what they were worth."


def _judge_rise(rises, model, x, y, column, order):
    is_tensor = isinstance(rises[0], torch.Tensor)
    got, again = (numbers(rise.detach() if is_tensor else rise, ("the rise",)) for rise in rises)
    if not same(got, again):
        raise Wrong(
            "Two calls with one `order` differ: either you draw an order of your own, or "
            "model.train() switches dropout on."
        )

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

    inverse = x.clone()
    inverse[order, column] = x[:, column]
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
        "That is the RMSE with the shuffled column: subtract the RMSE before.": [after**0.5],
        "That is the ratio of the two RMSEs: take their difference.": [(after / before) ** 0.5],
        "No rise at all: the column isn't shuffled, or the targets went along with it.": [0.0],
        "All columns are shuffled, so that whole rows change places: shuffle one column.": [
            mse(x[order]) ** 0.5 - before**0.5
        ],
        "The targets are shuffled, too: only the column may change.": [
            mse(shuffled, y[order]) ** 0.5 - before**0.5
        ],
        "You shuffled by the reverse of `order`: put x[order, column] into the column.": [
            mse(inverse) ** 0.5 - before**0.5
        ],
        "A different column is shuffled: take `column`.": [
            mse(_with_first(x, order)) ** 0.5 - before**0.5
        ],
        "The column is set to its row numbers: put x[order, column] there.": [
            mse(with_column(order.double())) ** 0.5 - before**0.5
        ],
        "The column is set to zero: shuffle it.": [mse(with_column(0.0)) ** 0.5 - before**0.5],
        "The column is set to its mean: shuffle it.": [
            mse(with_column(x[:, column].mean())) ** 0.5 - before**0.5
        ],
    }
    diagnose(got, want, mistakes)
    if is_tensor:
        raise Wrong("The number is right, but it is a tensor: .item() makes a float of it.")


def _with_first(x, order):
    """Return x with its first column shuffled."""
    changed = x.clone()
    changed[:, 0] = x[order, 0]
    return changed
