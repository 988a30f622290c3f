"""Wrong answers to lesson 06: by exercise, pairs of the answer and words of the diagnosis."""

from tests.wrong_answers import slips

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
        return self.x.shape[1] + 1
    def __getitem__(self, i):
        return self.x[i], self.y[i]
""",
            "len(dataset) is 4, but x has 3 rows",
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
            "other groups are held back",
        ),
        (
            """
def split_by_group(groups, held_out):
    is_val = np.isin(groups, held_out)
    return np.flatnonzero(is_val), np.flatnonzero(~is_val)
""",
            "have changed places",
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
            "held_out names groups, not rows",
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
    "06",
    "epoch_loss",
    ("total / n_rows", "total", "the division by all rows is missing"),
    (
        "F.mse_loss(model(x_batch), y_batch).item() * len(x_batch)",
        "((model(x_batch) - y_batch) ** 2).sum().item()",
        "the sum over both outputs",
    ),
    (
        "total / n_rows",
        "torch.tensor(total / n_rows)",
        "The result is a tensor: a report is a float",
    ),
)
WRONG["InCelsius"] += slips(
    "06",
    "InCelsius",
    ("(row[0] - 32) * 5 / 9", "row[0] * 5 / 9 - 32", "subtracted before the multiplication"),
    ("(row[0] - 32) * 5 / 9", "row[0] * 9 / 5 + 32", "the way from °C to °F"),
    ("* 5 / 9", "* 9 / 5", "5/9 is upside down"),
    ("return row, self.y[i]", "return row[0], self.y[i]", "must be a tensor of shape (3,)"),
    ("return row, self.y[i]", "return row.tolist(), self.y[i]", "must be a tensor of shape (3,)"),
    ("self.y[i]", "self.y[0]", "The target is not the one of row i"),
    ("return row, self.y[i]", "return row, self.y[i], i", "must be a pair"),
)
WRONG["split_by_group"] += [
    (
        """
def split_by_group(groups, held_out):
    return np.isin(groups, held_out)
""",
        "Wanted two lists of row numbers",
    ),
    (
        """
def split_by_group(groups, held_out):
    return [np.flatnonzero(groups == group) for group in (1, 2, 4)]
""",
        "Wanted two lists of row numbers",
    ),
]
