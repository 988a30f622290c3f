"""Answers to 'A real data set' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

CHOICE = "steepest(filled[train], y[train], 3)"
BLANKS = "np.nanmedian(x[train], axis=0)"
FIRST = f"""{BLANKS}
    filled = np.where(np.isnan(x), middle, x)
    best = """
FILLED = "np.where(np.isnan(x), middle, x)"

WRONG = {
    "predict_test": slips(
        "a_real_data_set",
        "predict_test",
        (FIRST + CHOICE, FIRST.replace("[train]", "") + "steepest(filled, y, 3)", "Both mistakes"),
        (CHOICE, "steepest(filled, y, 3)", "still chosen with the targets of the test rows"),
        (BLANKS, "np.nanmedian(x, axis=0)", "still filled with a median that the test rows"),
        (CHOICE, "steepest(filled[test], y[test], 3)", "chosen on the test rows"),
        (BLANKS, "np.nanmedian(x[test], axis=0)", "filled with the median of the test rows"),
        (
            FIRST + CHOICE,
            (FIRST + CHOICE).replace("[train]", "[test]"),
            "Blanks and choice both come from the test rows",
        ),
        (
            FILLED,
            FILLED + "\n    own = np.nanmedian(x[test], axis=0)"
            "\n    filled[test] = np.where(np.isnan(x[test]), own, x[test])",
            "Each part is filled with its own median",
        ),
        (BLANKS, "np.nanmedian(x[train])", "one median for the whole table"),
        (BLANKS, "np.nanmean(x[train], axis=0)", "filled with the mean"),
        (FILLED, "np.nan_to_num(x)", "filled with zeros"),
        ("A[train], y[train]", "A, y", "The line is fitted to all rows"),
        ("A[train], y[train]", "A[test], y[test]", "The line is fitted to the test rows"),
        (CHOICE, "steepest(filled[train], y[train], x.shape[1])[-3:]", "the 3 flattest columns"),
        (CHOICE, "[0, 1, 2]", "the first 3 columns"),
        (CHOICE, "steepest(filled[train], y[train], 1)", "That is one column"),
        *(
            (CHOICE, f"steepest(filled[train], y[train], {k})", f"Those are {k} columns")
            for k in (2, 4, 5, 10, 15)
        ),
        (CHOICE, "steepest(x[train], y[train], 3)", "chosen on x, which still has blanks"),
        (CHOICE, "steepest(filled[train], y, 3)", "the same rows of x and of y"),
        (BLANKS, "np.nanmedian(x[train], axis=1)", "Along axis 1 there is a median for each row"),
        ("A[test] @ W", "np.zeros(len(test)) + y[train].mean()", "the line isn't used"),
        ("A[test] @ W", "y[test]", "the targets of the test rows themselves"),
        ("A[test] @ W", "A[train] @ W", "got shape (20,)"),
        ("A[test] @ W", "A @ W", "got shape (31,)"),
        (FILLED, "x", "features must be finite"),
        (
            CHOICE,
            "np.argsort(-np.corrcoef(filled[train].T, y[train])[-1, :-1])[:3]",
            "sorted by their signed slope",
        ),
        ("descent.design_matrix(filled[:, best])", "filled[:, best]", "The bias is missing"),
        ("A[test] @ W", "2 * A[test] @ W", "On test data it gives"),
    ),
    "replies": [
        ("replies = [1, 3, 4, 1]", "on which rows was the best of the 40 found"),
        ("replies = [3, 2, 4, 1]", "Which rows chose the best? 2 of the 4 are right."),
        ("replies = [4, 3, 4, 1]", "even a large gain would prove nothing"),
        ("replies = [5, 3, 4, 1]", "the baseline is there: 77. Which rows chose"),
        ("replies = [2, 1, 4, 1]", "where are the other two visits of a patient in the test rows"),
        ("replies = [2, 2, 4, 1]", "nothing was chosen here"),
        ("replies = [2, 4, 3, 1]", "compares no two models"),
        ("replies = [2, 5, 4, 1]", "77. Where are the other two visits"),
        ("replies = [2, 3, 1, 4]", "Look at C again: compute the standard error"),
        ("replies = [2, 3, 2, 1]", "chosen on validation rows. How large"),
        ("replies = [2, 3, 3, 1]", "How large is the standard error"),
        ("replies = [2, 3, 5, 1]", "Look at C again: baseline and line are there"),
        ("replies = [2, 3, 4, 2]", "so the test rows only judged"),
        ("replies = [2, 3, 4, 3]", "Look at D again: the report says nothing"),
        ("replies = [2, 3, 4, 4]", "How many of them is the gain?"),
        ("replies = [2, 3, 4, 5]", "Look at D again: baseline and line are there"),
        ("replies = [2, 3, 4]", "Expected four numbers, for A, B, C and D, got 3"),
        ("replies = [2, 3, 4, 6]", "run from 1 to 5"),
        ("replies = ['luck', 3, 4, 1]", "Expected the number of a reply"),
    ],
    "rise_together": slips(
        "a_real_data_set",
        "rise_together",
        ("((predict(mixed) - y)", "((predict(mixed) - y.ravel())", "On test data it gives"),
        ("after - before", "before - after", "The sign is wrong"),
        ("after - before", "after**2 - before**2", "That is the rise of the MSE"),
        (
            "after - before",
            "abs(after**2 - before**2) ** 0.5",
            "The root is taken of the difference",
        ),
        ("after - before", "after", "subtract the RMSE before"),
        ("after - before", "after / before", "the ratio of the two RMSEs"),
        ("mixed[:, columns] = x[order][:, columns]", "pass", "No rise at all"),
        (
            "mixed[:, columns] = x[order][:, columns]",
            "mixed = x[order]",
            "All columns are shuffled",
        ),
        (
            "mixed[:, columns] = x[order][:, columns]",
            "rest = [k for k in range(x.shape[1]) if k not in columns]"
            "\n    mixed[:, rest] = x[order][:, rest]",
            "The other columns are shuffled",
        ),
        (
            "mixed[:, columns] = x[order][:, columns]",
            "mixed[:, columns[0]] = x[order, columns[0]]",
            "Only the first of the columns",
        ),
        (
            "mixed = x.copy()\n    mixed[:, columns] = x[order][:, columns]",
            "for k in columns:\n        mixed = x.copy()\n        mixed[:, k] = x[order, k]",
            "Only the last of the columns",
        ),
        ("((predict(mixed) - y)", "((predict(mixed) - y[order])", "The targets are shuffled, too"),
        ("x[order][:, columns]", "x[np.argsort(order)][:, columns]", "by the reverse of `order`"),
        (
            "x[order][:, columns]",
            "x[:, columns].mean(axis=0)",
            "The columns are set to their means",
        ),
        ("x[order][:, columns]", "0", "The columns are set to zero"),
        ("x[order][:, columns]", "np.random.permutation(x)[:, columns]", "an order of your own"),
        ("mixed = x.copy()", "mixed = x", "changes the arrays it was given"),
        ("x[order][:, columns]", "x[order, columns]", "Take the rows first, then the columns"),
        ("after - before", "", "is the return missing?"),
    ),
}

WRONG["rise_together"] += functions_told(
    "rise_together(predict, x, y, columns, order)",
    (
        """
    mixed = x.copy()
    mixed[:, columns] = x[order][:, columns]
    before = ((predict(x) - y.ravel()) ** 2).mean() ** 0.5
    return ((predict(mixed) - y.ravel()) ** 2).mean() ** 0.5 - before
""",
        "(n, 1) minus (n,)",
    ),
    (
        """
    total = 0
    before = ((predict(x) - y) ** 2).mean() ** 0.5
    for k in columns:
        mixed = x.copy()
        mixed[:, k] = x[order, k]
        total += ((predict(mixed) - y) ** 2).mean() ** 0.5 - before
    return total
""",
        "the sum of the rises one by one",
    ),
)


RIGHT = {
    "predict_test": functions(
        "predict_test(x, y, train, test)",
        """
    middle = np.nanmedian(x[train], axis=0)
    x = np.where(np.isnan(x), middle, x)
    best = steepest(x[train], y[train], k=3)
    fit = LinearRegression().fit(x[train][:, best], y[train])
    return fit.predict(x[test][:, best])
""",
        """
    filled = x.copy()
    for k in range(x.shape[1]):
        known = [value for value in x[train, k] if value == value]
        filled[np.isnan(x[:, k]), k] = np.median(known)
    A = descent.design_matrix(filled[:, steepest(filled[train], y[train], 3)])
    return A[test] @ np.linalg.lstsq(A[train], y[train])[0]
""",
        """
    x_train, x_test = x[train].copy(), x[test].copy()
    middle = np.nanmedian(x_train, axis=0)
    for part in (x_train, x_test):
        rows, columns = np.where(np.isnan(part))
        part[rows, columns] = middle[columns]
    r = [abs(np.corrcoef(column, y[train])[0, 1]) for column in x_train.T]
    best = sorted(range(len(r)), key=lambda k: -r[k])[:3]
    W = np.linalg.lstsq(descent.design_matrix(x_train[:, best]), y[train])[0]
    return descent.design_matrix(x_test[:, best]) @ W
""",
        """
    middle = np.nanmedian(x[train], axis=0)
    filled = np.where(np.isnan(x), middle, x)
    best = steepest(filled[train], y[train], 3)
    mean, y_mean = filled[train][:, best].mean(axis=0), y[train].mean()
    z = filled[:, best] - mean
    w = np.linalg.solve(z[train].T @ z[train], z[train].T @ (y[train] - y_mean))
    return (z[test] @ w + y_mean).reshape(-1, 1).ravel()
""",
        """
    from sklearn.impute import SimpleImputer

    filler = SimpleImputer(strategy="median").fit(x[train])
    filled = filler.transform(x)
    best = steepest(filled[train], y[train], 3)
    A = descent.design_matrix(filled[:, best])
    return torch.from_numpy(A[test] @ np.linalg.lstsq(A[train], y[train])[0])
""",
    ),
    "replies": [
        "replies = (2, 3, 4, 1)",
        "replies = '2341'",
        "replies = {'A': 2, 'B': 3, 'C': 4, 'D': 1}",
        "replies = np.array([2, 3, 4, 1])",
        "replies = ['2', '3', '4', '1']",
        "replies = torch.tensor([2, 3, 4, 1])",
    ],
    "rise_together": functions(
        "rise_together(predict, x, y, columns, order)",
        """
    mixed = x.copy()
    for k in columns:
        mixed[:, k] = x[order, k]
    return rmse(predict(mixed) - y) - rmse(predict(x) - y)
""",
        """
    mixed = np.array(x)
    mixed[:, columns] = x[np.ix_(order, columns)]
    errors = [np.sqrt(np.mean((predict(one) - y) ** 2)) for one in (x, mixed)]
    return errors[1] - errors[0]
""",
        """
    mixed = np.column_stack(
        [x[order, k] if k in columns else x[:, k] for k in range(x.shape[1])]
    )
    return torch.tensor(rmse(predict(mixed) - y) - rmse(predict(x) - y)).item()
""",
        """
    chosen = np.zeros(x.shape[1], dtype=bool)
    chosen[columns] = True
    mixed = np.where(chosen, x[order], x)
    after = sum(float(r) ** 2 for r in (predict(mixed) - y)[:, 0]) / len(y)
    before = sum(float(r) ** 2 for r in (predict(x) - y)[:, 0]) / len(y)
    return after**0.5 - before**0.5
""",
        """
    mixed = x.copy()
    mixed[:, columns] = mixed[order][:, columns]
    before, after = predict(x).ravel() - y.ravel(), predict(mixed).ravel() - y.ravel()
    return np.linalg.norm(after) / len(y) ** 0.5 - np.linalg.norm(before) / len(y) ** 0.5
""",
    ),
}
