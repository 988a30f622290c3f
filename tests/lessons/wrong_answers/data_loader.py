"""Answers to 'Dataset and DataLoader' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

WRONG = {
    "count_steps": [
        (
            "def count_steps(n_rows, batch_size, n_epochs):\n"
            "    return n_epochs * (n_rows // batch_size)",
            "round up",
        ),
        (
            "def count_steps(n_rows, batch_size, n_epochs):\n"
            "    return n_epochs * n_rows / batch_size",
            "the number of steps is whole",
        ),
        (
            "def count_steps(n_rows, batch_size, n_epochs):\n"
            "    return -(-n_epochs * n_rows // batch_size)",
            "never reaches into the next one",
        ),
        (
            "def count_steps(n_rows, batch_size, n_epochs):\n    return -(-n_rows // batch_size)",
            "the steps of one epoch",
        ),
        (
            "def count_steps(n_rows, batch_size, n_epochs):\n"
            "    return n_epochs * (n_rows // batch_size + 1)",
            "there is no extra batch",
        ),
        (
            "def count_steps(n_rows, batch_size, n_epochs):\n    return n_epochs * n_rows",
            "a step takes a whole batch",
        ),
    ],
    "epoch_loss": [
        (
            """
def epoch_loss(model, loader):
    for x_batch, y_batch in loader:
        loss = F.mse_loss(model(x_batch), y_batch)
    return loss.item()
""",
            "the last batch alone",
        ),
        (
            """
def epoch_loss(model, loader):
    losses = [F.mse_loss(model(x_batch), y_batch).item() for x_batch, y_batch in loader]
    return sum(losses) / len(losses)
""",
            "the plain mean of the batch losses",
        ),
        (
            """
def epoch_loss(model, loader):
    return sum(F.mse_loss(model(x_batch), y_batch).item() for x_batch, y_batch in loader)
""",
            "That is the sum of the batch losses",
        ),
        (
            """
def epoch_loss(model, loader):
    total, n_rows = 0.0, 0
    for x_batch, y_batch in loader:
        total += F.mse_loss(model(x_batch), y_batch) * len(x_batch)
        n_rows += len(x_batch)
    return total / n_rows
""",
            "use loss.item()",
        ),
        (
            """
def epoch_loss(model, loader):
    total = 0.0
    for x_batch, y_batch in loader:
        total += F.mse_loss(model(x_batch), y_batch).item() * len(x_batch)
    return total / len(loader)
""",
            "the number of batches, not of rows",
        ),
        (
            """
def epoch_loss(model, loader):
    for x_batch, y_batch in loader:
        loss = F.mse_loss(model(x_batch), y_batch)
        loss.backward()
        return loss.item()
""",
            "calls backward",
        ),
        (
            """
def epoch_loss(model, loader):
    for x_batch, y_batch in loader:
        return F.mse_loss(model(x_batch), y_batch).item()
""",
            "is the return inside the loop?",
        ),
    ],
    "InCelsius": [
        (
            """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        row = self.x[i]
        row[0] = (row[0] - 32) * 5 / 9
        return row, self.y[i]
""",
            "x[i] is a view",
        ),
        (
            """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return (self.x[i] - 32) * 5 / 9, self.y[i]
""",
            "the other columns stay",
        ),
        (
            """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        row = self.x[i].clone()
        row[0] = row[0] - 32 * 5 / 9
        return row, self.y[i]
""",
            "The brackets are missing",
        ),
        (
            """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __len__(self):
        return self.x.shape[1]
    def __getitem__(self, i):
        return self.x[i], self.y[i]
""",
            "len(dataset) is 3, but x has 4 rows",
        ),
        (
            """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        row = self.x[i].clone()
        row[0] = (row[0] - 32) * 5 / 9
        return row
""",
            "must be a pair",
        ),
        (
            """
class InCelsius(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return self.x[i].clone(), self.y[i]
""",
            "still in °F",
        ),
    ],
    "split_by_group": [
        (
            """
def split_by_group(groups, held_out):
    is_val = groups == held_out[0]
    return np.flatnonzero(~is_val), np.flatnonzero(is_val)
""",
            "val holds the groups [4]; held_out is [4, 2]",
        ),
        (
            """
def split_by_group(groups, held_out):
    is_val = np.isin(groups, held_out)
    return np.flatnonzero(is_val), np.flatnonzero(~is_val)
""",
            "are swapped",
        ),
        (
            """
def split_by_group(groups, held_out):
    is_val = np.isin(groups, held_out)
    return ~is_val, is_val
""",
            "np.flatnonzero makes row numbers",
        ),
        (
            """
def split_by_group(groups, held_out):
    rows = np.arange(len(groups))
    return np.delete(rows, held_out), held_out
""",
            "These are the groups in held_out",
        ),
        (
            """
def split_by_group(groups, held_out):
    order = np.random.RandomState(0).permutation(len(groups))
    return order[5:], order[:5]
""",
            "is on both sides",
        ),
        (
            """
def split_by_group(groups, held_out):
    rows = np.arange(len(groups))
    return rows, rows[np.isin(groups, held_out)]
""",
            "are in both parts",
        ),
        (
            """
def split_by_group(groups, held_out):
    return np.flatnonzero(groups == 1), np.flatnonzero(np.isin(groups, held_out))
""",
            "Rows [4] are in neither part",
        ),
    ],
}

WRONG["epoch_loss"] += slips(
    "dataset_and_dataloader",
    "epoch_loss",
    ("total / n_rows", "total", "the division by all rows is missing"),
    (
        "F.mse_loss(model(x_batch), y_batch).item() * len(x_batch)",
        "((model(x_batch) - y_batch) ** 2).sum().item()",
        "You summed over the 2 outputs",
    ),
    (
        "total / n_rows",
        "torch.tensor(total / n_rows)",
        "The result is a tensor: a report is a float",
    ),
)
WRONG["InCelsius"] += slips(
    "dataset_and_dataloader",
    "InCelsius",
    ("(row[0] - 32) * 5 / 9", "row[0] * 5 / 9 - 32", "Subtract 32 before the multiplication"),
    ("(row[0] - 32) * 5 / 9", "row[0] * 9 / 5 + 32", "the way from °C to °F"),
    ("* 5 / 9", "* 9 / 5", "5/9 is upside down"),
    ("return row, self.y[i]", "return row[0], self.y[i]", "must be a tensor of shape (3,)"),
    ("return row, self.y[i]", "return row.tolist(), self.y[i]", "must be a tensor of shape (3,)"),
    ("self.y[i]", "self.y[0]", "The target isn't y[i]"),
    ("return row, self.y[i]", "return row, self.y[i], i", "must be a pair"),
)
WRONG["split_by_group"] += [
    (
        """
def split_by_group(groups, held_out):
    return np.isin(groups, held_out)
""",
        "Expected two lists of row numbers",
    ),
    (
        """
def split_by_group(groups, held_out):
    return [np.flatnonzero(groups == group) for group in (1, 2, 4)]
""",
        "Expected two lists of row numbers",
    ),
]

WRONG["epoch_loss"] += slips(
    "dataset_and_dataloader",
    "epoch_loss",
    ("total / n_rows", "total / (len(loader) * loader.batch_size)", "divided by full batches"),
    (".item() * len(x_batch)", ".item() * loader.batch_size", "the last batch as a full one"),
    ("total / n_rows", "(total / n_rows) ** 0.5", "the root of the MSE"),
    (
        "return total / n_rows",
        "return max(F.mse_loss(model(a), b).item() for a, b in loader)",
        "On test data it gives",
    ),
)
WRONG["InCelsius"] += slips(
    "dataset_and_dataloader",
    "InCelsius",
    ("(row[0] - 32) * 5 / 9", "int((row[0] - 32) * 5 / 9)", "The fraction is lost"),
    ("(row[0] - 32) * 5 / 9", "round(float(row[0] - 32) * 5 / 9)", "The fraction is rounded away"),
    ("len(self.x)", "len(x)", "It reads x from the notebook"),
    ("self.x[i].clone()", "x[i].clone()", "It reads x from the notebook"),
)
WRONG["split_by_group"] += functions_told(
    "split_by_group(groups, held_out)",
    (
        """
    val = [row for group in held_out for row in range(3 * group, 3 * group + 3)]
    return [row for row in range(len(groups)) if row not in val], val
""",
        "three neighbouring rows for each group",
    ),
    (
        """
    is_val = np.isin(groups, held_out)
    return groups[~is_val], groups[is_val]
""",
        "These are the groups in held_out",
    ),
    (
        """
    is_val = np.flatnonzero(np.isin(groups, held_out))
    return np.setdiff1d(np.arange(len(groups)), is_val), np.repeat(is_val, 2)
""",
        "Some row numbers are in a part twice",
    ),
)

WRONG["InCelsius"] += slips(
    "dataset_and_dataloader",
    "InCelsius",
    ("return row, self.y[i]", "return row, (self.y[i] - 32) * 5 / 9", "return it as it is"),
    ("self.x[i].clone()", "self.x[i - 1].clone()", "dataset[0] holds a different row"),
)
WRONG["InCelsius"] += [
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
]
WRONG["split_by_group"] += functions_told(
    "split_by_group(groups, held_out)",
    (
        """
    is_val = np.isin(groups, held_out)
    return np.where(~is_val), np.where(is_val)
""",
        "take its entry 0",
    ),
)


CELSIUS = """
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
    "count_steps": functions(
        "count_steps(n_rows, batch_size, n_epochs)",
        "n_epochs * -(-n_rows // batch_size)",
        "n_epochs * int(np.ceil(n_rows / batch_size))",
        "n_epochs * (n_rows // batch_size + (n_rows % batch_size > 0))",
        "n_epochs * len(range(0, n_rows, batch_size))",
        "n_epochs * ((n_rows - 1) // batch_size + 1)",
        "len(DataLoader(range(n_rows), batch_size=batch_size)) * n_epochs",
    ),
    "epoch_loss": functions(
        "epoch_loss(model, loader)",
        """
    losses, rows = [], []
    with torch.no_grad():
        for x_batch, y_batch in loader:
            losses.append(F.mse_loss(model(x_batch), y_batch).item())
            rows.append(len(x_batch))
    return np.average(losses, weights=rows)
""",
        """
    total, count = 0.0, 0
    with torch.no_grad():
        for x_batch, y_batch in loader:
            total += ((model(x_batch) - y_batch) ** 2).sum().item()
            count += y_batch.numel()
    return total / count
""",
        """
    with torch.no_grad():
        pairs = [(model(x_batch), y_batch) for x_batch, y_batch in loader]
    predictions, targets = (torch.cat(parts) for parts in zip(*pairs))
    return F.mse_loss(predictions, targets).item()
""",
        """
    total = 0.0
    for x_batch, y_batch in loader:
        total += float(F.mse_loss(model(x_batch), y_batch)) * x_batch.shape[0]
    return total / len(loader.dataset)
""",
        """
    total, n_rows = torch.zeros(()), 0
    with torch.inference_mode():
        for x_batch, y_batch in loader:
            total += F.mse_loss(model(x_batch), y_batch, reduction="sum")
            n_rows += y_batch.shape[0] * y_batch.shape[1]
    return (total / n_rows).item()
""",
    ),
    "InCelsius": [
        CELSIUS.format(
            "self.x.shape[0]",
            "row = self.x[i] + 0\n        row[0] = 5 / 9 * (self.x[i, 0] - 32)",
        ),
        CELSIUS.format(
            "len(self.y)",
            "t = (self.x[i, :1] - 32) / 1.8\n        row = torch.cat([t, self.x[i, 1:]])",
        ),
        CELSIUS.format(
            "self.x.size(0)",
            "t, *rest = self.x[i].tolist()\n        row = torch.tensor([(t - 32) * 5 / 9, *rest])",
        ),
        CELSIUS.format(
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
        CELSIUS.format(
            "len(self.x)",
            "scale, shift = torch.tensor([5 / 9, 1, 1]), torch.tensor([32.0, 0, 0])\n"
            "        row = (self.x[i] - shift) * scale",
        ),
    ],
    "split_by_group": functions(
        "split_by_group(groups, held_out)",
        """
    rows = range(len(groups))
    train = [i for i in rows if groups[i] not in held_out]
    return train, [i for i in rows if groups[i] in held_out]
""",
        """
    mask = np.array([group in set(held_out) for group in groups])
    return np.where(~mask)[0], np.where(mask)[0]
""",
        """
    val = np.concatenate([np.flatnonzero(groups == group) for group in held_out])
    return np.setdiff1d(np.arange(len(groups)), val), val
""",
        """
    is_val = np.isin(groups, held_out)
    return [np.nonzero(is_val == False)[0], np.nonzero(is_val)[0]]
""",
        """
    train, val = [], []
    for i, group in enumerate(groups):
        (val if group in held_out else train).append(i)
    return torch.tensor(train), torch.tensor(val)
""",
    ),
}
