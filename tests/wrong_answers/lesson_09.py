"""Wrong answers to lesson 09: by exercise, pairs of the answer and words of the diagnosis."""

from tests.wrong_answers import slips

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
            "divides by the variance",
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
            "The mean is not subtracted",
        ),
        (
            """
def standardise(x_train, x_other):
    return (x_train - x_train.mean(0)) / x_train.std(0), x_other
""",
            "The training rows are right, the other rows are not",
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
            "the number of splits is wanted",
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
            "its rise is wanted",
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
    "09",
    "standardise",
    (
        "return (x_train - mean) / std, (x_other - mean) / std",
        "return x_train, x_other",
        "as they went in",
    ),
    (
        "return (x_train - mean) / std",
        "std[1] *= 2\n    return (x_train - mean) / std",
        "On test data it gives",
    ),
)
WRONG["compare"] += slips(
    "09",
    "compare",
    ("difference.std()", "2 * difference.std()", "The mean and the number of splits are right"),
)
WRONG["rise_in_rmse"] += slips(
    "09",
    "rise_in_rmse",
    ("(after - before)", "(after**2 - before**2).abs().sqrt()", "take it of each MSE first"),
    ("model(shuffled), y", "model(shuffled), y[order]", "The targets are shuffled, too"),
)
