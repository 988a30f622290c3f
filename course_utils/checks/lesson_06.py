"""The checks of lesson 06, 'Dataset and DataLoader'. PyTorch on fixed data is the oracle."""

import numpy as np

from course_utils.checks.core import NotDone, Wrong, call, diagnose, exercise, numbers


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

    generator = torch.Generator().manual_seed(6)
    x, y = torch.rand(7, 3, generator=generator), 4 * torch.rand(7, 2, generator=generator)
    model = torch.nn.Linear(3, 2)
    with torch.no_grad():
        model.weight.fill_(0.3)
        model.bias.fill_(0.1)
    loader = DataLoader(TensorDataset(x, y), batch_size=3)
    got = call(answer, model, loader, in_place=True)
    if isinstance(got, torch.Tensor):
        graph = ", and it keeps its graph alive" if got.requires_grad else ""
        raise Wrong(f"The result is a tensor{graph}: a report is a float, use loss.item().")
    if isinstance(got, (int, float)) and got == 0:
        raise NotDone
    with torch.no_grad():
        squares = (model(x) - y) ** 2
    if any(parameter.grad is not None for parameter in model.parameters()):
        raise Wrong("Your function calls backward: measuring a loss needs no gradient.")
    batches = [part.mean().item() for part in squares.split(3)]
    whole = squares.mean().item()
    mistakes = {
        "That is the loss of the last batch alone.": [batches[-1]],
        "That is the plain mean of the batch losses, and the last batch has 1 row, the others 3: "
        "weight each by its rows.": [np.mean(batches)],
        "That is the sum of the batch losses: weight each by its rows, divide by all rows.": [
            np.sum(batches)
        ],
        "The weighted losses are added up; the division by all rows is missing.": [7 * whole],
        "It is divided by the number of batches, not of rows.": [7 * whole / 3],
        "That is the loss of the first batch alone: is the return inside the loop?": [batches[0]],
        "That is the sum over both outputs; mse_loss takes the mean over all elements.": [
            2 * whole
        ],
    }
    diagnose(numbers(got, ("the loss",)), [whole], mistakes, rtol=1e-5)
    return "Every row counts once, in whichever batch it came."


@exercise(
    3,
    hint="row = self.x[i].clone(), then row[0] = (row[0] - 32) * 5 / 9; the length is len(self.x).",
)
def InCelsius(answer):  # noqa: N802 - the check is named like the class that it judges
    """Judge `InCelsius(x, y)`: a Dataset of rows whose column 0 is turned from °F into °C."""
    import torch

    x = torch.tensor([[32.0, 5.0, 6.0], [212.0, 7.0, 8.0], [50.0, 1.0, 2.0]])
    y = torch.tensor([[1.0], [2.0], [3.0]])
    before = x.clone()
    dataset = call(answer, x, y)
    length = call(lambda: dataset.__len__())
    if length != 3:
        raise Wrong(f"len(dataset) is {length}, but x has 3 rows.")
    item = call(lambda: dataset[1])
    if not isinstance(item, tuple) or len(item) != 2:
        raise Wrong("dataset[i] must be a pair: the converted row and its target.")
    row, target = item
    if row is ...:
        raise NotDone
    if not isinstance(row, torch.Tensor) or row.shape != (3,):
        raise Wrong("The row must be a tensor of shape (3,), like x[i].")
    row = row.clone()  # asked for again, a view would change under our hands
    if not torch.equal(target, y[1]):
        raise Wrong("The target is not the one of row i.")
    if not torch.equal(row[1:], before[1, 1:]):
        raise Wrong("Only column 0 is a temperature: the other columns stay.")
    mistakes = {
        "The temperature is still in °F.": [212.0],
        "The brackets are missing: subtract 32 first, then multiply by 5/9.": [212 - 32 * 5 / 9],
        "32 is to be subtracted before the multiplication.": [212 * 5 / 9 - 32],
        "That is the way from °C to °F: here it goes the other way.": [212 * 9 / 5 + 32],
        "5/9 is upside down.": [180 * 9 / 5],
    }
    diagnose(numbers(row[0], ("the temperature",)), [100.0], mistakes)
    if not torch.equal(call(lambda: dataset[1])[0], row):
        raise Wrong(
            "Asking twice gives another row: x[i] is a view, and writing into it changes x. "
            "Use x[i].clone()."
        )
    return "Each row is converted when it is asked for, and the data stay as they were."


@exercise(
    4,
    hint="np.isin(groups, held_out) is True for the rows to hold back; np.flatnonzero turns "
    "Trues into row numbers.",
)
def split_by_group(answer):
    """Judge `split_by_group(groups, held_out)`: row numbers (train, val) without a shared group."""
    groups = np.array([4, 1, 2, 4, 3, 1, 2, 4])
    held_out = [4, 2]
    got = call(answer, groups, held_out)
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong("Wanted two lists of row numbers, train and val.")
    train, val = (np.asarray(part) for part in got)
    if train.dtype == bool or val.dtype == bool:
        raise Wrong("These are True and False for each row; np.flatnonzero makes row numbers.")
    want_train, want_val = {1, 4, 5}, {0, 2, 3, 6, 7}
    rows, kept = {*train.ravel().tolist()}, {*val.ravel().tolist()}
    if (rows, kept) == (want_val, want_train):
        raise Wrong("Train and val have changed places: val holds the groups in held_out.")
    if rows & kept:
        raise Wrong(f"Rows {sorted(rows & kept)} are in both parts.")
    if rows | kept != set(range(8)):
        raise Wrong(f"Rows {sorted(set(range(8)) - rows - kept)} are in neither part.")
    if kept == {4, 2}:
        raise Wrong("held_out names groups, not rows.")
    if (rows, kept) != (want_train, want_val):
        shared = sorted({*groups[sorted(rows)].tolist()} & {*groups[sorted(kept)].tolist()})
        why = f"group {shared[0]} is on both sides" if shared else "other groups are held back"
        raise Wrong(f"Not by group: {why}.")
    return "No group is on both sides."
