"""Answers to 'Start here' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told


def _returns(head, *results):
    return [(f"def {head}:\n    return {code}\n", words) for code, words in results]


WRONG = {
    "average": _returns(
        "average(values)",
        ("values.sum()", "That is the sum."),
        ("values.sum() / (len(values) - 1)", "one too few"),
        ("values.sum() / (len(values) + 1)", "one too many"),
        ("values.mean() / len(values)", "divided twice"),
        ("len(values)", "how many numbers there are"),
        ("np.median(values)", "the median"),
        ("(values.min() + values.max()) / 2", "halfway between"),
        ("values.max()", "the largest"),
        ("values[0]", "the first"),
        ("values", "got shape (7,). Is a mean missing?"),
        ("print(values.mean())", "is the return missing?"),
        ("value.mean()", "raises NameError"),
    )
    + [
        (
            "def average(values):\n    values /= len(values)\n    return values.sum()\n",
            "changes the arrays it was given",
        )
    ],
    "to_column": _returns(
        "to_column(values)",
        ("values.reshape(-1, 1)", "still a NumPy array"),
        ("values.astype(np.float32).reshape(-1, 1)", "still a NumPy array"),
        ("torch.from_numpy(values).float()", "still (7,), one axis"),
        ("torch.from_numpy(values).float().reshape(1, -1)", "That is a row"),
        ("torch.from_numpy(values).reshape(-1, 1)", "The dtype is float64"),
        ("torch.from_numpy(values).reshape(-1, 1).int()", "The dtype is int32"),
        ("torch.from_numpy(values).float().reshape(7, 1)", "fixed number of rows"),
        ("torch.from_numpy(values).float().reshape(3, 1)", "fixed number of rows"),
        ("values.float().reshape(-1, 1)", "only tensors have this"),
        ("torch.zeros(len(values), 1)", "On test data it gives"),
        (
            "torch.from_numpy(np.resize(values, (7, 1))).float()",
            "With 7 numbers it is right, with 4 it isn't",
        ),
        ("[[value] for value in values]", "Expected a tensor, got a value of type list"),
        ("torch.from_numpy(values).float().reshape(-1, 1, 1)", "The shape is (7, 1, 1)"),
    ),
    "mended_mse": _returns(
        "mended_mse(y_pred, y)",
        ("((y_pred - y) ** 2).mean()", "over all 49 pairs"),
        ("((y_pred - y.reshape(1, -1)) ** 2).mean()", "over all 49 pairs"),
        ("((y_pred - y) ** 2).sum()", "the sum over all 49 pairs"),
        ("((y_pred.ravel() - y) ** 2).mean()", "both are columns, and both must stay so"),
        ("((y_pred[:, 0] - y) ** 2).mean()", "for y of shape (7, 1) it isn't"),
        ("((y_pred - y.reshape(-1, 1)) ** 2).sum()", "You summed over the 7 rows; take the mean."),
        ("(y_pred - y.reshape(-1, 1)).mean()", "the square is missing"),
        ("abs(y_pred - y.reshape(-1, 1)).mean()", "sizes of the differences"),
        ("((y_pred - y.reshape(-1, 1)) ** 2).mean() ** 0.5", "drop the root"),
        ("((y_pred - y_pred.reshape(-1, 1)) ** 2).mean()", "compared with itself"),
        ("(y_pred - y.reshape(-1, 1)) ** 2", "got a table of shape (7, 1)"),
        ("((y_pred - y.unsqueeze(1)) ** 2).mean()", "only tensors have this"),
        ("((y_pred - y.astype(float).reshape(-1, 1)) ** 2).mean()", "use what both have"),
        ("((y_pred - y[:, np.newaxis]) ** 2).mean()", "for y of shape (7, 1) it isn't"),
        ("((y_pred - y.reshape(5, 1)) ** 2).mean()", "fixed number of rows"),
        ("((y_pred - y[1:].reshape(-1, 1)) ** 2).mean()", "write them below each other"),
        (
            "(y_pred - y.reshape(-1, 1)).std() ** 2 + (y_pred - y.reshape(-1, 1)).mean() ** 2",
            "with tensors it isn't",
        ),
    ),
}

WRONG["to_column"] += functions_told(
    "to_column(values)",
    ("torch.from_numpy(np.sort(values)).float().reshape(-1, 1)", "have changed their order"),
    ("torch.from_numpy(values.astype(int)).float().reshape(-1, 1)", "The fractions are lost"),
)
WRONG["average"] += functions_told(
    "average(values)",
    ("values.sum() / 5", "On test data it gives"),
    ("np.mean(values) ^ 1", "In Python, a power is **"),
)


RIGHT = {
    "average": functions(
        "average(values)",
        "values.mean()",
        "np.mean(values)",
        "sum(values) / len(values)",
        "np.average(values)",
        "values.sum() / values.size",
        "torch.from_numpy(values).mean()",
        """
    total = 0
    for value in values:
        total += value
    return total / len(values)
""",
    ),
    "to_column": functions(
        "to_column(values)",
        "torch.tensor(values, dtype=torch.float32).unsqueeze(1)",
        "torch.from_numpy(values.astype(np.float32))[:, None]",
        "torch.from_numpy(values).to(torch.float32).view(-1, 1)",
        "torch.Tensor(values).reshape(len(values), 1)",
        "torch.tensor([[value] for value in values], dtype=torch.float32)",
    ),
    "mended_mse": functions(
        "mended_mse(y_pred, y)",
        "((y_pred.reshape(-1) - y.reshape(-1)) ** 2).mean()",
        "((y_pred - y.reshape(y_pred.shape)) ** 2).mean()",
        "((y_pred.ravel() - y.ravel()) ** 2).sum() / len(y)",
        "sum((a - b) ** 2 for a, b in zip(y_pred.ravel(), y.ravel())) / len(y_pred)",
        """
    if y.ndim == 1:
        y = y[:, None]
    return ((y_pred - y) ** 2).mean()
""",
    ),
}
