"""Wrong answers to lesson 00: by exercise, pairs of the answer and words of the diagnosis."""


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
        ("values", "got shape (5,). Is a mean missing?"),
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
        ("values.float().reshape(-1, 1)", "this is a tensor's word"),
        ("torch.zeros(len(values), 1)", "On test data it gives"),
        (
            "torch.from_numpy(np.resize(values, (7, 1))).float()",
            "With 7 numbers it is right, with 4",
        ),
        ("[[value] for value in values]", "A tensor is wanted, but list came"),
        ("torch.from_numpy(values).float().reshape(-1, 1, 1)", "The shape is (7, 1, 1)"),
    ),
    "mended_mse": _returns(
        "mended_mse(y_pred, y)",
        ("((y_pred - y) ** 2).mean()", "over all 49 pairs"),
        ("((y_pred - y.reshape(1, -1)) ** 2).mean()", "over all 49 pairs"),
        ("((y_pred - y) ** 2).sum()", "the sum over all 49 pairs"),
        ("((y_pred.ravel() - y) ** 2).mean()", "for y of shape (7, 1) not"),
        ("((y_pred[:, 0] - y) ** 2).mean()", "for y of shape (7, 1) not"),
        ("((y_pred - y.reshape(-1, 1)) ** 2).sum()", "the sum of the squares"),
        ("(y_pred - y.reshape(-1, 1)).mean()", "the square is missing"),
        ("abs(y_pred - y.reshape(-1, 1)).mean()", "sizes of the differences"),
        ("((y_pred - y.reshape(-1, 1)) ** 2).mean() ** 0.5", "leave the root away"),
        ("((y_pred - y_pred.reshape(-1, 1)) ** 2).mean()", "compared with itself"),
        ("(y_pred - y.reshape(-1, 1)) ** 2", "A table of shape (7, 1) came"),
        ("((y_pred - y.unsqueeze(1)) ** 2).mean()", "this is a tensor's word"),
        ("((y_pred - y.astype(float).reshape(-1, 1)) ** 2).mean()", "use what both have"),
        ("((y_pred - y[:, np.newaxis]) ** 2).mean()", "for y of shape (7, 1) not"),
        ("((y_pred - y.reshape(5, 1)) ** 2).mean()", "fixed number of rows"),
        ("((y_pred - y[1:].reshape(-1, 1)) ** 2).mean()", "write them below each other"),
        (
            "(y_pred - y.reshape(-1, 1)).std() ** 2 + (y_pred - y.reshape(-1, 1)).mean() ** 2",
            "with tensors not",
        ),
    ),
}
