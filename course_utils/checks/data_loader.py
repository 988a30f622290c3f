"""The checks of 'Dataset and DataLoader'. PyTorch on fixed data is the oracle."""

import numpy as np

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, diagnose, numbers, same


@exercise(1, hint="batches of one epoch: the rows divided by the batch size, rounded up.")
def count_steps(answer):
    """Judge `count_steps(n_rows, batch_size, n_epochs)`: optimizer steps of a training."""
    cases = [(100, 10, 3), (17, 5, 4), (3, 8, 2)]
    name = ("the number of steps",)
    got = np.concatenate([numbers(call(answer, *case), name) for case in cases])
    rows, size, epochs = np.array(cases, dtype=float).T
    want = np.ceil(rows / size) * epochs
    mistakes = {
        "The smaller last batch is forgotten: round up.": rows // size * epochs,
        "A part of a batch is a batch: the number of steps is whole.": rows / size * epochs,
        "Round up within each epoch: a batch never reaches into the next one.": np.ceil(
            rows * epochs / size
        ),
        "These are the steps of one epoch.": np.ceil(rows / size),
        "These are the rows that are seen; a step takes a whole batch.": rows * epochs,
        "When the rows divide evenly there is no extra batch.": (rows // size + 1) * epochs,
    }
    diagnose(got, want, mistakes)
    return "One step for each batch, the smaller last one included."


@exercise(
    2,
    hint="under torch.no_grad(), add F.mse_loss(...).item() * len(x_batch) to total and "
    "len(x_batch) to n_rows; return total / n_rows.",
)
def epoch_loss(answer):
    """Judge `epoch_loss(model, loader)`: the MSE over all rows of a loader, a float."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    for n, d, m, size in ((7, 3, 2, 3), (11, 2, 3, 4)):
        # The largest loss is that of a batch in the middle.
        generator = torch.Generator().manual_seed(n + 5)
        x, y = torch.rand(n, d, generator=generator), 4 * torch.rand(n, m, generator=generator)
        model = torch.nn.Linear(d, m)
        with torch.no_grad():
            model.weight.fill_(0.3)
            model.bias.fill_(0.1)
        got = call(answer, model, DataLoader(TensorDataset(x, y), batch_size=size), in_place=True)
        if isinstance(got, torch.Tensor):
            graph = ", and it keeps its graph alive" if got.requires_grad else ""
            raise Wrong(f"The result is a tensor{graph}: a report is a float, use loss.item().")
        if isinstance(got, (int, float)) and got == 0:
            raise NotDone
        if any(parameter.grad is not None for parameter in model.parameters()):
            raise Wrong("Your function calls backward: measuring a loss needs no gradient.")
        with torch.no_grad():
            squares = (model(x) - y) ** 2
        batches = [part.mean().item() for part in squares.split(size)]
        whole = squares.mean().item()
        mistakes = {
            "That is the loss of the last batch alone.": [batches[-1]],
            f"That is the plain mean of the batch losses, and the last batch has {n % size} of its "
            f"{size} rows: weight each by its rows.": [np.mean(batches)],
            "That is the sum of the batch losses: weight each by its rows, divide by all rows.": [
                np.sum(batches)
            ],
            "The weighted losses are added up; the division by all rows is missing.": [n * whole],
            "You divided by the number of batches, not of rows.": [n * whole / len(batches)],
            "You divided by full batches: the last one is smaller, so count its rows.": [
                n * whole / (size * len(batches))
            ],
            "You counted the last batch as a full one: take len(x_batch) rows of each.": [
                size * np.sum(batches) / n
            ],
            "That is the loss of the first batch alone: is the return inside the loop?": [
                batches[0]
            ],
            f"You summed over the {m} outputs; mse_loss takes the mean over all elements.": [
                m * whole
            ],
            "That is the root of the MSE: drop the root.": [whole**0.5],
        }
        diagnose(numbers(got, ("the loss",)), [whole], mistakes, rtol=1e-5)
    return "Every row counts once, in whichever batch it is."


@exercise(
    3,
    hint="row = self.x[i].clone(), then row[0] = (row[0] - 32) * 5 / 9; the length is len(self.x).",
)
def InCelsius(answer):  # noqa: N802 - the check is named like the class that it judges
    """Judge `InCelsius(x, y)`: a Dataset of rows whose column 0 is turned from °F into °C."""
    import torch

    earlier = []
    for x in (
        [[30.8, 5.0, 6.0], [211.9, 7.0, 8.0], [51.1, 1.0, 2.0], [69.0, 4.0, 9.0]],
        [[14.7, 0.5, 3.0], [97.9, 2.0, 1.0]],
    ):
        x, y = torch.tensor(x), 10 * torch.arange(1.0, 1 + len(x)).reshape(-1, 1)
        _judge_celsius(call(answer, x, y), x, y, earlier)
        earlier = x
    return "Each row is converted when it is asked for, and the data stay as they were."


def _judge_celsius(dataset, x, y, earlier):
    import torch

    length = call(lambda: dataset.__len__())
    if not isinstance(length, int) or length != len(x):
        raise Wrong(f"len(dataset) is {length}, but x has {len(x)} rows.")
    for i in range(len(x)):
        item = call(lambda i=i: dataset[i])
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            raise Wrong("dataset[i] must be a pair: the converted row and its target.")
        row, target = item
        if row is ...:
            raise NotDone
        if not isinstance(row, torch.Tensor) or row.shape != (3,):
            raise Wrong("The row must be a tensor of shape (3,), like x[i].")
        row = row.clone()  # asked for again, a view would change under our hands
        if not same(target, y[i]):
            raise Wrong("The target isn't y[i]: return it as it is, and from the same row.")
        if not torch.equal(row[1:], x[i, 1:]):
            if any(torch.equal(row[1:], other[1:]) for other in earlier):
                raise Wrong(
                    "The row comes from a data set made before: all data sets share what is kept "
                    "in the class or outside, so keep it in self."
                )
            if any(torch.equal(row[1:], other[1:]) for other in x):
                raise Wrong(f"dataset[{i}] holds a different row: take self.x[i].")
            raise Wrong("Only column 0 is a temperature: the other columns stay.")
        warm = x[i, 0].double().item()
        right = (warm - 32) * 5 / 9
        mistakes = {
            "The temperature is still in °F.": [warm],
            "The brackets are missing: subtract 32 first, then multiply by 5/9.": [
                warm - 32 * 5 / 9
            ],
            "Subtract 32 before the multiplication, not after it.": [warm * 5 / 9 - 32],
            "That is the way from °C to °F: here it goes the other way.": [warm * 9 / 5 + 32],
            "5/9 is upside down.": [(warm - 32) * 9 / 5],
            "The fraction is lost: keep the temperature a float.": [int(right)],
            "The fraction is rounded away: keep all digits.": [round(right)],
        }
        diagnose(numbers(row[0], ("the temperature",)), [right], mistakes, rtol=1e-5)
        if not torch.equal(call(lambda i=i: dataset[i])[0], row):
            raise Wrong(
                "Asking twice gives a different row: x[i] is a view, and writing into it changes "
                "x. Use x[i].clone()."
            )


@exercise(
    4,
    hint="np.isin(groups, held_out) is True for the rows to hold back; np.flatnonzero turns "
    "Trues into row numbers.",
)
def split_by_group(answer):
    """Judge `split_by_group(groups, held_out)`: row numbers (train, val) without a shared group."""
    # Unlike sizes, no order; group numbers that are row numbers, and some that are not.
    for groups, held_out in (
        ([4, 1, 2, 4, 3, 1, 2, 4], [4, 2]),
        ([7, 0, 7, 2, 0, 7, 2, 5, 7, 0, 9], [0, 9, 5]),
    ):
        got = call(answer, np.array(groups), list(held_out))
        _judge_split(got, np.array(groups), held_out)
    return "No group is on both sides."


def _judge_split(got, groups, held_out):
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong("Expected two lists of row numbers, train and val.")
    train, val = (np.asarray(list(part) if isinstance(part, set) else part) for part in got)
    if train.dtype == bool or val.dtype == bool:
        raise Wrong("These are True and False for each row; np.flatnonzero makes row numbers.")
    for name, part in (("train", train), ("val", val)):
        if part.ndim != 1:
            raise Wrong(
                f"Expected {name} as one list of row numbers, got shape {part.shape}. np.where "
                "returns a tuple: take its entry 0."
            )
    n = len(groups)
    is_val = np.isin(groups, held_out)
    want_val = set(np.flatnonzero(is_val).tolist())
    want_train = set(range(n)) - want_val
    rows, kept = {*train.ravel().tolist()}, {*val.ravel().tolist()}
    if (rows, kept) == (want_val, want_train):
        raise Wrong("Train and val are swapped: val holds the groups in held_out.")
    if kept == {row for group in held_out for row in range(3 * group, 3 * group + 3)}:
        raise Wrong("You took three neighbouring rows for each group: ask groups for its rows.")
    if kept == set(held_out):
        raise Wrong("These are the groups in held_out: return the numbers of their rows.")
    if rows & kept:
        raise Wrong(f"Rows {sorted(rows & kept)} are in both parts.")
    if rows | kept != set(range(n)):
        raise Wrong(f"Rows {sorted(set(range(n)) ^ (rows | kept))} are in neither part.")
    if len(rows) + len(kept) != train.size + val.size:
        raise Wrong("Some row numbers are in a part twice.")
    if (rows, kept) != (want_train, want_val):
        shared = sorted({*groups[sorted(rows)].tolist()} & {*groups[sorted(kept)].tolist()})
        if shared:
            raise Wrong(f"Not by group: group {shared[0]} is on both sides.")
        there = sorted({*groups[sorted(kept)].tolist()})
        raise Wrong(f"val holds the groups {there}; held_out is {held_out}.")
