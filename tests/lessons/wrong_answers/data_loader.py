"""Answers to 'Dataset and DataLoader' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "dataset_and_dataloader"
CUT = "order[start : start + batch_size]"
MEAN = "F.mse_loss(model(x_batch), y_batch).item()"
CELSIUS = "(row[0] - 32) * 5 / 9"

WRONG = {
    "minibatches": functions_told(
        "minibatches(x, y, batch_size, rng)",
        (
            """
    batches = []
    for start in range(0, len(x) - batch_size, batch_size):
        rows = rng.permutation(len(x))[:batch_size]
        batches.append((x[rows], y[rows]))
    return batches
""",
            "And the smaller last batch is missing",
        ),
        (
            """
    batches = []
    for start in range(0, len(x), batch_size):
        rows = rng.permutation(len(x))[:batch_size]
        batches.append((x[rows], y[rows]))
    return batches
""",
            "rows dealt out came before: before the loop, shuffle the row numbers once",
        ),
        (
            """
    batches = []
    order = rng.permutation(len(x))
    for step in range(len(x) // batch_size):
        rows = order[step * batch_size : (step + 1) * batch_size]
        batches.append((x[rows], y[rows]))
    return batches
""",
            "Of 10 rows, 2 never came (batches of [4, 4])",
        ),
        (
            """
    order = rng.permutation(len(x))
    return [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
""",
            "Expected a list of pairs (x_batch, y_batch)",
        ),
        (
            """
    x, y = rng.permutation(x), rng.permutation(y)
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]
""",
            "x and y are torn apart",
        ),
        (
            """
    starts = rng.permutation(range(0, len(x), batch_size))
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in starts]
""",
            "Each batch holds neighbouring rows",
        ),
        (
            """
    order = rng.permutation(len(x))
    return [(x[rows], y[rows]) for rows in np.array_split(order, -(-len(x) // batch_size))]
""",
            "10 rows in batches of 4 are batches of [4, 4, 2], not [4, 3, 3]",
        ),
        (
            """
    pairs = zip(x, y)
    return list(pairs)
""",
            "both must have one number for each of its rows",
        ),
    )
    + slips(
        LESSON,
        "minibatches",
        ("order = rng.permutation(len(x))", "order = np.arange(len(x))", "in their old order"),
        (
            "rng.permutation(len(x))",
            "np.random.RandomState(0).permutation(len(x))",
            "Two different seeds give the same batches",
        ),
        (
            "rng.permutation(len(x))",
            "np.random.permutation(len(x))",
            "Two calls with the same seed give different batches",
        ),
        ("rng.permutation(len(x))", "rng.permutation(10)", "Of 13 rows, 3 never came"),
        ("rng.permutation(len(x))", "rng.randint(0, len(x), len(x))", "rows dealt out came before"),
        (CUT, "order[start:batch_size]", "batches of [4, 0, 0]): shuffle all"),
        (CUT, "order[start : start + batch_size + 1]", "the cuts overlap"),
        (
            "range(0, len(x), batch_size)",
            "range(0, len(x) + 1, batch_size)",
            "is empty: start stays",
        ),
        ("range(0, len(x), batch_size)", "range(0, len(x))", "starts one row further on"),
        (
            "range(0, len(x), batch_size)",
            "range(len(x) // batch_size)",
            "The next batch starts one row further on: start moves on by batch_size",
        ),
        ("range(0, len(x), batch_size)", "range(1, len(x), batch_size)", "run from 0 over all"),
        ("batches.append((x[rows], y[rows]))", "batches.append((y[rows], x[rows]))", "are swapped"),
        (
            "batches.append((x[rows], y[rows]))",
            "batches.append((2 * x[rows], y[rows]))",
            "Some numbers are in no row of x",
        ),
        ("        batches.append((x[rows], y[rows]))\n", "", "The list is empty"),
        ("    return batches", "        return batches", "is the return inside the loop?"),
        ("    return batches", "    print(batches)", "is the return missing?"),
        ("x[rows], y[rows]", "x80[rows], y80[rows]", "It reads x80 and y80 from the notebook"),
    ),
    "epoch_loss": functions_told(
        "epoch_loss(model, loader)",
        (
            """
    losses = [F.mse_loss(model(x_batch), y_batch).item() for x_batch, y_batch in loader]
    return sum(losses) / len(losses)
""",
            "the plain mean of the batch losses, and the last batch has 1 of its 3 rows",
        ),
        (
            """
    return sum(F.mse_loss(model(x_batch), y_batch).item() for x_batch, y_batch in loader)
""",
            "That is the sum of the batch losses",
        ),
        (
            """
    total, n_rows = 0.0, 0
    for x_batch, y_batch in loader:
        total += F.mse_loss(model(x_batch), y_batch) * len(x_batch)
        n_rows += len(x_batch)
    return total / n_rows
""",
            "and it keeps its graph alive: a report is a float, use loss.item()",
        ),
        (
            """
    for x_batch, y_batch in loader:
        loss = F.mse_loss(model(x_batch), y_batch)
        loss.backward()
        return loss.item()
""",
            "calls backward",
        ),
        (
            """
    for x_batch, y_batch in loader:
        loss = F.mse_loss(model(x_batch), y_batch)
    return loss.item()
""",
            "the last batch alone",
        ),
        ("max(F.mse_loss(model(a), b).item() for a, b in loader)", "On test data it gives"),
        ("full_loss(model, x, y)", "x and y from the notebook"),
    )
    + slips(
        LESSON,
        "epoch_loss",
        ("    model.eval()\n", "", "you measured in training mode"),
        ("model.eval()", "model.train()", "you measured in training mode"),
        ("torch.no_grad()", "torch.enable_grad()", "measure under torch.no_grad()"),
        ("mean * len(x_batch)", "mean", "You divided the sum of the batch losses by all rows"),
        ("mean * len(x_batch)", "mean * loader.batch_size", "the last batch as a full one"),
        ("mean * len(x_batch)", "mean / len(x_batch)", "You divided each mean by its rows"),
        ("n_rows += len(x_batch)", "n_rows += y_batch.numel()", "n_rows counts each row 2 times"),
        ("total += mean", "total = mean", "Only the last batch is in total: add with +="),
        ("total / n_rows", "total", "the division by all rows is missing"),
        ("total / n_rows", "total / len(loader)", "the number of batches, not of rows"),
        ("total / n_rows", "total / (len(loader) * loader.batch_size)", "divided by full batches"),
        ("total / n_rows", "(total / n_rows) ** 0.5", "the root of the MSE"),
        ("total / n_rows", "torch.tensor(total / n_rows)", "The result is a tensor: a report is a"),
        (
            "            total += mean",
            "            return mean\n            total += mean",
            "is the return inside the loop?",
        ),
        (
            "mean * len(x_batch)",
            "((model(x_batch) - y_batch) ** 2).sum().item()",
            "You summed over the 2 outputs",
        ),
        ("return total / n_rows", "print(total / n_rows)", "is the return missing?"),
    ),
    "InCelsius": slips(
        LESSON,
        "InCelsius",
        ("self.x[i].clone()", "self.x[i]", "x[i] is a view"),
        (f"row[0] = {CELSIUS}", "row = (row - 32) * 5 / 9", "the other columns stay"),
        (CELSIUS, "row[0] - 32 * 5 / 9", "The brackets are missing"),
        (CELSIUS, "row[0] * 5 / 9 - 32", "Subtract 32 before the multiplication"),
        (CELSIUS, "row[0] * 9 / 5 + 32", "the way from °C to °F"),
        (CELSIUS, "int((row[0] - 32) * 5 / 9)", "The fraction is lost"),
        (CELSIUS, "round(float(row[0] - 32) * 5 / 9)", "The fraction is rounded away"),
        (f"        row[0] = {CELSIUS}\n", "", "still in °F"),
        ("* 5 / 9", "* 9 / 5", "5/9 is upside down"),
        ("len(self.x)", "self.x.shape[1]", "len(dataset) is 3, but x has 4 rows"),
        ("len(self.x)", "len(x)", "It reads x from the notebook"),
        ("self.x[i].clone()", "x[i].clone()", "It reads x from the notebook"),
        ("self.x[i].clone()", "self.x[i - 1].clone()", "dataset[0] holds a different row"),
        ("return row, self.y[i]", "return row", "must be a pair"),
        ("return row, self.y[i]", "return row, self.y[i], i", "must be a pair"),
        ("return row, self.y[i]", "return row[0], self.y[i]", "must be a tensor of shape (3,)"),
        ("return row, self.y[i]", "return row.tolist(), self.y[i]", "a tensor of shape (3,)"),
        ("return row, self.y[i]", "return row, (self.y[i] - 32) * 5 / 9", "return it as it is"),
        ("self.y[i]", "self.y[0]", "The target isn't y[i]"),
    )
    + [
        (
            """
class InCelsius(Dataset):
    kept = {}

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        if i not in self.kept:
            self.kept[i] = torch.cat([(self.x[i, :1] - 32) * 5 / 9, self.x[i, 1:]])
        return self.kept[i], self.y[i]
""",
            "The row comes from a data set made before",
        ),
    ],
}

DATASET = """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return {0}

    def __getitem__(self, i):
        {1}
        return row, self.y[i]
"""

RIGHT = {
    "minibatches": functions(
        "minibatches(x, y, batch_size, rng)",
        """
    order = rng.permutation(len(x))
    cuts = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
    return [(x[rows], y[rows]) for rows in cuts]
""",
        """
    order = np.arange(len(y))
    rng.shuffle(order)
    return [
        (x[order[i : i + batch_size]], y[order[i : i + batch_size]])
        for i in range(0, len(y), batch_size)
    ]
""",
        """
    order = list(rng.permutation(x.shape[0]))
    batches = []
    while order:
        rows, order = order[:batch_size], order[batch_size:]
        batches.append([x[rows], y[rows]])
    return batches
""",
        """
    order = rng.choice(len(x), len(x), replace=False)
    x, y = x[order], y[order]
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]
""",
        """
    order = np.argsort(rng.rand(len(x)))
    pieces = np.split(order, range(batch_size, len(x), batch_size))
    return tuple((x[rows], y[rows]) for rows in pieces)
""",
        """
    order = rng.permutation(len(x))
    batches = []
    for step in range(-(-len(x) // batch_size)):
        rows = order[step * batch_size : (step + 1) * batch_size]
        batches.append((torch.from_numpy(x[rows]), torch.from_numpy(y[rows])))
    return batches
""",
    ),
    "epoch_loss": functions(
        "epoch_loss(model, loader)",
        """
    model.eval()
    losses, rows = [], []
    with torch.no_grad():
        for x_batch, y_batch in loader:
            losses.append(F.mse_loss(model(x_batch), y_batch).item())
            rows.append(len(x_batch))
    return np.average(losses, weights=rows)
""",
        """
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x_batch, y_batch in loader:
            total += ((model(x_batch) - y_batch) ** 2).sum().item()
            count += y_batch.numel()
    model.train()
    return total / count
""",
        """
    with torch.no_grad():
        pairs = [(model.eval()(x_batch), y_batch) for x_batch, y_batch in loader]
    predictions, targets = (torch.cat(parts) for parts in zip(*pairs))
    return F.mse_loss(predictions, targets).item()
""",
        """
    model.eval()
    total = 0.0
    torch.set_grad_enabled(False)
    for x_batch, y_batch in loader:
        total += float(F.mse_loss(model(x_batch), y_batch)) * x_batch.shape[0]
    torch.set_grad_enabled(True)
    return total / len(loader.dataset)
""",
        """
    model.train(False)
    total, n_rows = torch.zeros(()), 0
    with torch.inference_mode():
        for x_batch, y_batch in loader:
            total += F.mse_loss(model(x_batch), y_batch, reduction="sum")
            n_rows += y_batch.shape[0] * y_batch.shape[1]
    return (total / n_rows).item()
""",
        """
    total, n_rows = 0.0, 0
    for x_batch, y_batch in loader:
        total += full_loss(model, x_batch, y_batch) * len(x_batch)
        n_rows += len(x_batch)
    return total / n_rows
""",
    ),
    "InCelsius": [
        DATASET.format(
            "self.x.shape[0]",
            "row = self.x[i] + 0\n        row[0] = 5 / 9 * (self.x[i, 0] - 32)",
        ),
        DATASET.format(
            "len(self.y)",
            "t = (self.x[i, :1] - 32) / 1.8\n        row = torch.cat([t, self.x[i, 1:]])",
        ),
        DATASET.format(
            "self.x.size(0)",
            "t, *rest = self.x[i].tolist()\n        row = torch.tensor([(t - 32) * 5 / 9, *rest])",
        ),
        DATASET.format(
            "len(self.x)", "row = self.x[i].clone()\n        row[0] -= 32; row[0] /= 1.8"
        ),
        """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x.clone(), y
        self.x[:, 0] = (self.x[:, 0] - 32) * 5 / 9

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]
""",
        DATASET.format(
            "len(self.x)",
            "scale, shift = torch.tensor([5 / 9, 1, 1]), torch.tensor([32.0, 0, 0])\n"
            "        row = (self.x[i] - shift) * scale",
        ),
    ],
}
