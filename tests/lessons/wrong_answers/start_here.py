"""Answers to 'Start here' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

WRONG = {
    "average": functions_told(
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
        ("values.mean() + 1", "On test data it gives"),
        ("values.sum() / 5", "You divided by 5: use len(values)."),
        ("values.sum() / 7", "You divided by 7: use len(values)."),
        ("round(values.mean(), 2)", "You rounded: return"),
        ("round(values.mean())", "You rounded to a whole number"),
        ("values.sum() // len(values)", "You rounded to a whole number"),
        ("len(values) / values.sum()", "It is upside down"),
        ("values.mean", "You return the method itself: its parentheses are missing."),
        ("values.sum / len(values)", "A method's parentheses are missing"),
        (
            """
    total = 0
    for value in values:
        total += value
        return total / len(values)
""",
            "is the return inside the loop?",
        ),
        ("np.mean(values) ^ 1", "In Python, a power is **"),
        (
            "\n    values /= len(values)\n    return values.sum()\n",
            "changes the arrays it was given",
        ),
    ),
    "fixed_mse": functions_told(
        "fixed_mse(y_pred, y)",
        ("((y_pred - y) ** 2).mean()", "that is the mean over all 49 pairs, not over 7 rows"),
        ("((y_pred - y.reshape(1, -1)) ** 2).mean()", "the mean over all 49 pairs"),
        ("((y_pred - y) ** 2).sum()", "the sum over all 49 pairs"),
        (
            "((y_pred - y.reshape(-1, 1)) ** 2).mean()",
            "For y_pred of shape (7,) and y of shape (7,), that is the mean over all 49 pairs",
        ),
        (
            "((y_pred - y[:, np.newaxis]) ** 2).mean()",
            "y of shape (7, 1), that is the mean over all",
        ),
        (
            """
    if y.ndim == 1:
        return ((y_pred - y.reshape(y_pred.shape)) ** 2).mean()
    return ((y_pred.reshape(y.shape) - y) ** 2).sum()
""",
            "For y_pred of shape (7, 1) and y of shape (7, 1) it isn't.",
        ),
        ("((y_pred.ravel() - y) ** 2).mean()", "y of shape (7, 1), that is the mean over all"),
        ("((y_pred[:, 0] - y) ** 2).mean()", "y of shape (7, 1), that is the mean over all"),
        ("((y_pred - y.reshape(y_pred.shape)) ** 2).sum()", "You summed over the 7 rows"),
        ("(y_pred - y.reshape(y_pred.shape)).mean()", "the square is missing"),
        ("abs(y_pred - y.reshape(y_pred.shape)).mean()", "sizes of the differences"),
        ("(y_pred - y.reshape(y_pred.shape)).mean() ** 2", "square first, then take the mean"),
        ("((y_pred - y.reshape(y_pred.shape)) ** 2).mean() ** 0.5", "leave out the root"),
        ("((y_pred - y_pred) ** 2).mean()", "It is 0 whatever the predictions are"),
        ("((y_pred - y_pred.ravel()) ** 2).mean()", "with themselves, over all pairs"),
        ("((y_pred - y.mean()) ** 2).mean()", "with the mean of y"),
        ("((np.sort(y_pred.ravel()) - np.sort(y.ravel())) ** 2).mean()", "You sorted"),
        ("(y_pred - y.reshape(y_pred.shape)) ** 2", "got an array of shape (7, 1)"),
        ("((y_pred - y.reshape(5, 1)) ** 2).mean()", "must hold all the numbers"),
        ("((y_pred - y.reshape(y_pred)) ** 2).mean()", "reshape takes a shape: y_pred.shape."),
        (
            "\n    assert y_pred.shape == y.shape\n    return ((y_pred - y) ** 2).mean()\n",
            "first give y the other's shape",
        ),
        ("((y_pred - y[1:].reshape(-1, 1)) ** 2).mean()", "write them below each other"),
        ("((y_pred - y.reshape(y_pred.shape)) ^ 2).mean()", "In Python, a power is **"),
        ("print(((y_pred - y.reshape(y_pred.shape)) ** 2).mean())", "is the return missing?"),
    ),
    "shares": slips(
        "start_here",
        "shares",
        ("axis=1).reshape(-1, 1)", "axis=0)", "shares of the sum of each column"),
        (".sum(axis=1).reshape(-1, 1)", ".sum()", "the sum of the whole table"),
        ("table.sum(axis", "table.mean(axis", "the mean of the row"),
        ("table.sum(axis", "table.max(axis", "the largest number of the row"),
        ("table / sums", "100 * table / sums", "These are percentages"),
        ("table / sums", "table - sums", "You subtracted the sums"),
        ("table / sums", "sums / table", "It is upside down"),
        (".reshape(-1, 1)", "", "could not be broadcast"),
        (".reshape(-1, 1)", ".reshape(1, -1)", "could not be broadcast"),
        (".reshape(-1, 1)", ".reshape(3, 1).T", "could not be broadcast"),
        (".reshape(-1, 1)", ".reshape(4, 1)", "must hold all the numbers"),
        (".reshape(-1, 1)", ".reshape(3, 1)", "must hold all the numbers"),
        (".sum(axis=1)", ".sum", "A method's parentheses are missing"),
        ("table / sums", "sums", "You return one number for each row"),
        ("table / sums", "(table / sums).round(2)", "You rounded"),
        ("table / sums", "(table / sums).T", "That is the transpose."),
        ("table / sums", "table / sums * 1.5", "On test data it gives"),
        ("table / sums", "table[0] / sums[0]", "got shape (4,)"),
    ),
}
# What is refused on the table of (3, 4) goes unnoticed on a square one.
WRONG["shares"] += functions_told(
    "shares(table)",
    (
        """
    if len(table) == len(table[0]):
        return table / table.sum(axis=1)
    return table / table.sum(axis=1).reshape(-1, 1)
""",
        "The sums are right, but flat",
    ),
)


RIGHT = {
    "average": functions(
        "average(values)",
        "values.mean()",
        "np.mean(values)",
        "sum(values) / len(values)",
        "np.average(values)",
        "values.sum() / values.size",
        """
    total = 0
    for value in values:
        total += value
    return total / len(values)
""",
    ),
    "fixed_mse": functions(
        "fixed_mse(y_pred, y)",
        "((y_pred.reshape(-1, 1) - y.reshape(-1, 1)) ** 2).mean()",
        "((y_pred.ravel() - y.ravel()) ** 2).sum() / len(y)",
        "sum((a - b) ** 2 for a, b in zip(y_pred.ravel(), y.ravel())) / len(y_pred)",
        "np.mean(np.square(y_pred - np.reshape(y, np.shape(y_pred))))",
        """
    if y.ndim == 1:
        y = y[:, None]
    if y_pred.ndim == 1:
        y_pred = y_pred[:, None]
    return ((y_pred - y) ** 2).mean()
""",
    ),
    "shares": functions(
        "shares(table)",
        "table / table.sum(axis=1, keepdims=True)",
        "table / table.sum(axis=1)[:, None]",
        "(table.T / table.sum(axis=1)).T",
        "np.array([row / row.sum() for row in table])",
        "[[value / sum(row) for value in row] for row in table]",
        """
    result = table.copy()
    for k in range(len(table)):
        result[k] = table[k] / table[k].sum()
    return result
""",
    ),
}
