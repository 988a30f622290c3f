"""The checks of 'Dataset and DataLoader'. PyTorch on fixed data is the oracle."""

import numpy as np

from course_utils.checks.calling import has_ellipsis
from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, diagnose, numbers, same


@exercise(
    1,
    hint="shuffle once, before the loop: order = rng.permutation(len(x)). Then let start run over "
    "range(0, len(x), batch_size) and cut the rows out of order.",
)
def minibatches(answer):
    """Judge `minibatches(x, y, batch_size, rng)`: pairs that hold every row once."""
    for n, size, sizes in ((10, 4, [4, 4, 2]), (13, 3, [3, 3, 3, 3, 1]), (12, 6, [6, 6])):
        rng = np.random.RandomState(n)
        x, y = rng.rand(n), rng.rand(n)
        try:
            rows = _rows_of_batches(call(answer, x, y, size, np.random.RandomState(7)), x, y)
            _judge_batches(rows, n, size, sizes)
        except Wrong:
            if has_ellipsis(answer):
                raise NotDone from None
            raise
        again, other = (
            _rows_of_batches(call(answer, x, y, size, np.random.RandomState(seed)), x, y)
            for seed in (7, 6)
        )
        if again != rows:
            raise Wrong("Two calls with the same seed give different batches: shuffle with rng.")
        if other == rows:
            raise Wrong(
                "Two different seeds give the same batches: let the rng it is given decide the "
                "order, not a generator that you seed yourself and not the numbers in x."
            )
    return "Every row once, x and y together, in an order that rng decides."


def _judge_batches(rows, n, size, sizes):
    """Raise Wrong unless the row numbers of the batches are n rows dealt out, `size` at a time."""
    every = [row for batch in rows for row in batch]
    got_sizes = [len(batch) for batch in rows]
    repeats = len(every) - len(set(every))
    if not rows:
        raise Wrong("The list is empty: append each pair to batches.")
    if got_sizes == [size]:
        raise Wrong("Only one batch is there: is the return inside the loop?")
    if repeats and len(rows) > 1 and rows[1][: len(rows[0]) - 1] == rows[0][1:]:
        raise Wrong("The next batch starts one row further on: start moves on by batch_size.")
    if len(every) > n and len(set(every)) == n:
        raise Wrong(
            f"{len(every)} rows were dealt out, of {n}: the cuts overlap. Each has batch_size "
            "rows, and the next begins where it ends."
        )
    if repeats:
        told = (
            f"{repeats} of {len(every)} rows dealt out came before: before the loop, shuffle the "
            "row numbers once with rng.permutation, then cut them."
        )
        if got_sizes == sizes[:-1]:
            told += " And the smaller last batch is missing."
        raise Wrong(told)
    if len(every) < n:
        raise Wrong(
            f"Of {n} rows, {n - len(every)} never came (batches of {got_sizes}): shuffle all "
            "len(x) row numbers, let start run from 0 over all of them, and cut from start to "
            "start + batch_size. The last batch may be smaller, but keep it."
        )
    if 0 in got_sizes:
        raise Wrong(f"The last of the batches of {got_sizes} is empty: start stays below len(x).")
    neighbours = all(max(batch) - min(batch) == len(batch) - 1 for batch in rows)
    if neighbours and every != list(range(n)) and sorted(got_sizes) == sorted(sizes):
        raise Wrong("Each batch holds neighbouring rows: shuffle all the rows, then cut.")
    if got_sizes != sizes:
        raise Wrong(f"{n} rows in batches of {size} are batches of {sizes}, not {got_sizes}.")
    if every == list(range(n)):
        raise Wrong("The rows come in their old order: shuffle them first.")


def _rows_of_batches(got, x, y):
    """Return the row numbers of each batch, or say what is wrong with the batches."""
    if got is ... or (isinstance(got, (list, tuple)) and any(pair is ... for pair in got)):
        raise NotDone
    try:
        pairs = [(np.asarray(bx, dtype=float), np.asarray(by, dtype=float)) for bx, by in got]
    except (TypeError, ValueError):
        raise Wrong("Expected a list of pairs (x_batch, y_batch).") from None
    for bx, by in pairs:
        if bx.ndim != 1 or bx.shape != by.shape:
            raise Wrong(
                f"A batch holds x of shape {bx.shape} and y of shape {by.shape}: both must have "
                "one number for each of its rows."
            )
    row_of_x = {value: row for row, value in enumerate(x)}
    row_of_y = {value: row for row, value in enumerate(y)}
    if pairs and all(value in row_of_y for bx, _ in pairs for value in bx):
        raise Wrong("x and y are swapped: each pair is (x_batch, y_batch).")
    rows = [[row_of_x.get(value) for value in bx] for bx, _ in pairs]
    if any(None in batch for batch in rows):
        raise Wrong("Some numbers are in no row of x: cut its rows, don't change them.")
    if rows != [[row_of_y.get(value) for value in by] for _, by in pairs]:
        raise Wrong("x and y are torn apart: shuffle both with the same order.")
    return rows


@exercise(
    2,
    hint="call model.eval(); then, under torch.no_grad(), add F.mse_loss(...).item() * "
    "len(x_batch) to total and len(x_batch) to n_rows; return total / n_rows.",
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
        modes = []  # of each prediction: whether in training mode, whether with a graph
        hook = model.register_forward_hook(
            lambda layer, *_, kept=modes: kept.append((layer.training, torch.is_grad_enabled()))
        )
        got = call(answer, model, DataLoader(TensorDataset(x, y), batch_size=size), in_place=True)
        hook.remove()
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
            "You divided the sum of the batch losses by all rows: multiply each by its rows.": [
                np.sum(batches) / n
            ],
            "Only the last batch is in total: add with +=.": [(n % size) * batches[-1] / n],
            "You divided each mean by its rows: multiply.": [
                sum(
                    loss / len(rows)
                    for loss, rows in zip(batches, squares.split(size), strict=True)
                )
                / n
            ],
            f"n_rows counts each row {m} times: mse_loss has taken the mean over the outputs.": [
                whole / m
            ],
            f"You summed over the {m} outputs; mse_loss takes the mean over all elements.": [
                m * whole
            ],
            "That is the root of the MSE: drop the root.": [whole**0.5],
        }
        diagnose(numbers(got, ("the loss",)), [whole], mistakes, rtol=1e-5)
        if any(training for training, _ in modes):
            raise Wrong(
                "The number is right for this model, but you measured in training mode, where "
                "dropout draws: call model.eval() before the loop."
            )
        if any(graph for _, graph in modes):
            raise Wrong(
                "The number is right, but each prediction builds a graph that nobody needs: "
                "measure under torch.no_grad()."
            )
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
        diagnose(numbers(row[0], ("the temperature",)), [right], mistakes, rtol=2e-4)
        if not torch.equal(call(lambda i=i: dataset[i])[0], row):
            raise Wrong(
                "Asking twice gives a different row: x[i] is a view, and writing into it changes "
                "x. Use x[i].clone()."
            )
