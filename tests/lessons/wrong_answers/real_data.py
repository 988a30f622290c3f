"""Answers to 'A real data set' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, slips

WRONG = {
    "standardise": [
        (
            """
def standardise(x_train, x_other):
    both = torch.cat([x_train, x_other])
    mean, std = both.mean(0), both.std(0)
    return (x_train - mean) / std, (x_other - mean) / std
""",
            "The other rows have helped to set the scale",
        ),
        (
            """
def standardise(x_train, x_other):
    return tuple((part - part.mean(0)) / part.std(0) for part in (x_train, x_other))
""",
            "Each part has its own scale",
        ),
        (
            """
def standardise(x_train, x_other):
    mean, std = x_train.mean(), x_train.std(correction=0)
    return (x_train - mean) / std, (x_other - mean) / std
""",
            "take them along dimension 0",
        ),
        (
            """
def standardise(x_train, x_other):
    mean, var = x_train.mean(0), x_train.var(0)
    return (x_train - mean) / var, (x_other - mean) / var
""",
            "You divided by the variance",
        ),
        (
            """
def standardise(x_train, x_other):
    return x_train - x_train.mean(0), x_other - x_train.mean(0)
""",
            "Only the mean is subtracted",
        ),
        (
            """
def standardise(x_train, x_other):
    return x_train / x_train.std(0, correction=0), x_other / x_train.std(0, correction=0)
""",
            "The mean isn't subtracted",
        ),
        (
            """
def standardise(x_train, x_other):
    return (x_train - x_train.mean(0)) / x_train.std(0), x_other
""",
            "The training rows are right, the other rows aren't",
        ),
        (
            """
def standardise(x_train, x_other):
    return (x_train - x_train.mean(0)) / x_train.std(0)
""",
            "Expected 2 results",
        ),
        (
            """
def standardise(x_train, x_other):
    x_train -= x_train.mean(0)
    x_train /= x_train.std(0)
    return x_train, x_other
""",
            "changes the tensors it was given",
        ),
        (
            """
def standardise(x_train, x_other):
    mean, std = x_train.mean(1), x_train.std(1)
    return (x_train - mean) / std, (x_other - mean) / std
""",
            "raises RuntimeError",
        ),
    ],
    "compare": [
        (
            """
def compare(a, b):
    return a.mean() - b.mean(), a.std() - b.std(), (a < b).sum()
""",
            "made of those of the single models",
        ),
        (
            """
def compare(a, b):
    return (a - b).mean(), (a.var() + b.var()) ** 0.5, (a < b).sum()
""",
            "made of those of the single models",
        ),
        (
            """
def compare(a, b):
    return (b - a).mean(), (b - a).std(), (b - a < 0).sum()
""",
            "The signs say b minus a",
        ),
        (
            """
def compare(a, b):
    return (b - a).mean(), (b - a).std(), (a < b).sum()
""",
            "The mean has the wrong sign",
        ),
        (
            """
def compare(a, b):
    return (a - b).mean(), (a - b).std(), (a > b).sum()
""",
            "the lower RMSE is the better one",
        ),
        (
            """
def compare(a, b):
    return (a - b).mean(), (a - b).std(), (a < b).mean()
""",
            "return the number of splits",
        ),
        (
            """
def compare(a, b):
    return (a - b).mean(), (a - b).var(), (a < b).sum()
""",
            "The second number is the variance",
        ),
        (
            """
def compare(a, b):
    return (a - b).mean(), (a - b).std(ddof=1) / len(a) ** 0.5, (a < b).sum()
""",
            "the standard error",
        ),
        (
            """
def compare(a, b):
    return a - b, (a - b).std(), (a < b).sum()
""",
            "Expected one number for the mean",
        ),
        (
            """
def compare(a, b):
    return abs(a - b).mean(), abs(a - b).std(), (a < b).sum()
""",
            "The differences have lost their signs",
        ),
        (
            """
def compare(a, b):
    print((a - b).mean())
""",
            "is the return missing?",
        ),
    ],
    "rise_in_rmse": [
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = x[order, column]
    with torch.no_grad():
        return (F.mse_loss(model(shuffled), y) / F.mse_loss(model(x), y)).sqrt().item()
""",
            "That is the ratio of the two RMSEs",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x
    before = F.mse_loss(model(x), y).sqrt()
    shuffled[:, column] = x[order, column]
    return (F.mse_loss(model(shuffled), y).sqrt() - before).item()
""",
            "changes the tensors it was given",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = x[order, column]
    return (F.mse_loss(model(shuffled), y) - F.mse_loss(model(x), y)).item()
""",
            "That is the rise of the MSE",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = x[order, column]
    return (F.mse_loss(model(x), y).sqrt() - F.mse_loss(model(shuffled), y).sqrt()).item()
""",
            "The sign is wrong",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x[order]
    return (F.mse_loss(model(shuffled), y).sqrt() - F.mse_loss(model(x), y).sqrt()).item()
""",
            "All columns are shuffled",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x[order]
    return (F.mse_loss(model(shuffled), y[order]).sqrt() - F.mse_loss(model(x), y).sqrt()).item()
""",
            "No rise at all",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = x[order, column]
    return F.mse_loss(model(shuffled), y).sqrt().item()
""",
            "subtract the RMSE before",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = order
    return (F.mse_loss(model(shuffled), y).sqrt() - F.mse_loss(model(x), y).sqrt()).item()
""",
            "put x[order, column] there",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = 0
    return (F.mse_loss(model(shuffled), y).sqrt() - F.mse_loss(model(x), y).sqrt()).item()
""",
            "The column is set to zero",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = x[order, column]
    before = (model(x) - y.ravel()) ** 2
    return ((model(shuffled) - y.ravel()) ** 2).mean().sqrt() - before.mean().sqrt()
""",
            "(n, 1) minus (n,)",
        ),
        (
            """
def rise_in_rmse(model, x, y, column, order):
    shuffled = x.clone()
    shuffled[:, column] = x[order, column]
    return F.mse_loss(model(shuffled), y).sqrt() - F.mse_loss(model(x), y).sqrt()
""",
            "it is a tensor: .item()",
        ),
    ],
}

WRONG["standardise"] += slips(
    "a_real_data_set",
    "standardise",
    (
        "return (x_train - mean) / std, (x_other - mean) / std",
        "return x_train, x_other",
        "Both come back unchanged",
    ),
    (
        "return (x_train - mean) / std",
        "std[1] *= 2\n    return (x_train - mean) / std",
        "On test data it gives",
    ),
)
WRONG["compare"] += slips(
    "a_real_data_set",
    "compare",
    ("difference.std()", "2 * difference.std()", "The mean and the number of splits are right"),
)
WRONG["rise_in_rmse"] += slips(
    "a_real_data_set",
    "rise_in_rmse",
    ("(after - before)", "(after**2 - before**2).abs().sqrt()", "take it of each MSE first"),
    ("model(shuffled), y", "model(shuffled), y[order]", "The targets are shuffled, too"),
)

WRONG["compare"] += slips(
    "a_real_data_set",
    "compare",
    ("difference.mean()", "difference.sum()", "The first number is a sum"),
    ("difference.mean()", "np.median(difference)", "the median of the differences"),
    ("difference < 0", "difference <= 0", "A split where both are equal counts"),
)
WRONG["rise_in_rmse"] += slips(
    "a_real_data_set",
    "rise_in_rmse",
    ("x[order, column]", "x[torch.randperm(len(x)), column]", "you draw an order of your own"),
    (
        "shuffled[:, column] = x[order, column]",
        "shuffled[order, column] = x[:, column]",
        "by the reverse of `order`",
    ),
    (
        "shuffled[:, column] = x[order, column]",
        "shuffled[:, 0] = x[order, 0]",
        "A different column",
    ),
    ("x[order, column]", "x[:, column].mean()", "The column is set to its mean"),
)

WRONG["compare"] += slips(
    "a_real_data_set",
    "compare",
    ("= a - b", "= np.sort(a) - np.sort(b)", "Sorting has torn the splits apart"),
    ("(difference < 0).sum()", "a.mean() < b.mean()", "got a bool"),
)
WRONG["rise_in_rmse"] += slips(
    "a_real_data_set",
    "rise_in_rmse",
    ("shuffled = x.clone()", "model.train()\n    shuffled = x.clone()", "switches dropout on"),
)


RIGHT = {
    "standardise": functions(
        "standardise(x_train, x_other)",
        """
    mean, std = x_train.mean(0), x_train.std(0)
    return [(part - mean) / std for part in (x_train, x_other)]
""",
        """
    mean, std = x_train.mean(dim=0, keepdim=True), x_train.std(dim=0, keepdim=True, unbiased=False)
    return (x_train - mean) / std, (x_other - mean) / std
""",
        """
    std, mean = torch.std_mean(x_train, dim=0, correction=0)
    return (x_train - mean) / std, (x_other - mean) / std
""",
        """
    centred = x_train - x_train.mean(0)
    std = (centred**2).mean(0).sqrt()
    return centred / std, (x_other - x_train.mean(0)) / std
""",
        """
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(x_train.numpy())
    return tuple(torch.from_numpy(scaler.transform(p.numpy())) for p in (x_train, x_other))
""",
    ),
    "compare": functions(
        "compare(a, b)",
        "np.mean(a - b), np.std(a - b), np.sum(a < b)",
        "(a - b).mean(), (a - b).std(ddof=1), np.count_nonzero(a < b)",
        """
    d = a - b
    return d.mean(), np.sqrt(((d - d.mean()) ** 2).mean()), int((a < b).sum())
""",
        "[a.mean() - b.mean(), (a - b).std(), sum(a < b)]",
        """
    import statistics

    d = [float(p - q) for p, q in zip(a, b)]
    return statistics.mean(d), statistics.pstdev(d), len([1 for value in d if value < 0])
""",
    ),
    "rise_in_rmse": functions(
        "rise_in_rmse(model, x, y, column, order)",
        """
    shuffled = x.clone()
    shuffled[:, column] = shuffled[order, column]
    with torch.no_grad():
        rmse = [((model(rows) - y) ** 2).mean().sqrt().item() for rows in (x, shuffled)]
    return rmse[1] - rmse[0]
""",
        """
    columns = list(x.T)
    columns[column] = columns[column][order]
    shuffled = torch.stack(columns, dim=1)
    rmse = lambda rows: F.mse_loss(model(rows), y).item() ** 0.5
    return rmse(shuffled) - rmse(x)
""",
        """
    shuffled = torch.cat([x[:, :column], x[order, column : column + 1], x[:, column + 1 :]], 1)
    with torch.no_grad():
        return (F.mse_loss(model(shuffled), y) ** 0.5 - F.mse_loss(model(x), y) ** 0.5).item()
""",
        """
    shuffled = torch.tensor(x.tolist(), dtype=x.dtype)
    shuffled[:, column] = x[:, column].index_select(0, order)
    after, before = (np.sqrt(F.mse_loss(model(rows), y).item()) for rows in (shuffled, x))
    return after - before
""",
    ),
}
