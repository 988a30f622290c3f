"""Answers to 'How far to step' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "how_far_to_step"

WRONG = {
    "limit": [
        ("limit = 2 * 0.3 / (1 + 7266.7 / 5494.7)", "take the root of its factor first"),
        ("limit = (1 + 7266.7 / 5494.7) / 0.3", "the curvature with the root forgotten"),
        ("limit = 7.167", "That is the curvature h; the limit is 2/h"),
        ("limit = 2.15", "That is lr·h"),
        ("limit = 1 / 7.167", "lands on the bottom in one step"),
        ("limit = 1.3225", "That is the factor of the loss"),
        ("limit = 1.3225**0.5", "how much the distance grows"),
        ("limit = -1.15", "That is the factor of a step"),
        ("limit = 0.3 / 1.15", "divided the rate by the growth of the distance"),
        ("limit = 0.3 / 1.3225", "divided the rate by the growth of the loss"),
        ("limit = 2 / ((1 - 1.15) / 0.3)", "A limit can't be negative"),
        ("limit = (1 - 1.15) / 0.3", "That curvature is negative"),
        ("limit = 0.3", "That is the rate that explodes"),
        ("limit = 0.8055", "the limit of the eighty points"),
        ("limit = 0.5", "A rate of 0.3 explodes, so the limit is below it"),
        ("limit = 0.1", "That isn't the limit"),
        ("limit = '0.279'", "Type a number, without quotes"),
        ("limit = 0,279", "with a point, not with a comma"),
        ("limit = print(0.279)", "print shows a number, it doesn't return it"),
        ("limit = -0.279", "A limit is above zero"),
        ("limit = np.inf", "A rate of 0.3 explodes"),
        ("limit = [0.279, 7.167]", "Expected one number for the limit"),
        ("limit = lambda lr: 2 / lr", "Expected a number for the limit, got a function"),
    ],
    "curve_limit": [
        *functions_told(
            "curve_limit(x)",
            (
                "2 / np.linalg.eigvalsh(2 / len(x) * np.hstack([x**2, x]).T"
                " @ np.hstack([x**2, x]))[-1]",
                "The column of ones is missing",
            ),
            (
                """
    A = np.hstack([x**2, np.ones_like(x)])
    return 2 / np.linalg.eigvalsh(2 / len(x) * A.T @ A)[-1]
""",
                "The column x is missing",
            ),
            ("max_lr", "On test data it gives 0.8055"),
            ("2 / x", "Is a mean missing?"),
            (
                """
    A = descent.design_matrix(x**2, x)
""",
                "is the return missing?",
            ),
        ),
        *slips(
            LESSON,
            "curve_limit",
            ("x**2, x", "x", "the limit of the line"),
            ("x**2, x", "2 * x, x", "2x is the derivative of x²"),
            ("2 / np", "np", "That is λmax itself"),
            ("2 / np", "1 / np", "That is 1/λmax"),
            ("2 / np.linalg.eigvalsh(H)[-1]", "np.linalg.eigvalsh(H)[-1] / 2", "turned over"),
            ("x**2, x", "x**2 + x", "x² and x are added up"),
            ("x**2, x", "x**2, x, np.ones_like(x)", "The ones are there twice"),
            ("2 / len(x) * A", "2 / A.size * A", "You divide by A.size"),
            ("2 / len(x) * A", "1 / (2 * len(x)) * A", "That is four times too large"),
            (
                "2 / np.linalg.eigvalsh(H)[-1]",
                "2 / np.linalg.eigvalsh(H)[[0, -1]].sum()",
                "That is the best rate",
            ),
            (
                "2 / np.linalg.eigvalsh(H)[-1]",
                "round(2 / np.linalg.eigvalsh(H)[-1], 4)",
                "That is rounded: return all digits",
            ),
            (
                "descent.design_matrix(x**2, x)",
                "np.array([x**2, x, np.ones_like(x)])",
                "Put the columns side by side",
            ),
            ("eigvalsh(H)[-1]", "eigvalsh(H)[0]", "uses the smallest eigenvalue"),
            ("eigvalsh(H)[-1]", "eigvalsh(H)[1]", "the eigenvalue in the middle"),
            ("eigvalsh(H)[-1]", "eigvalsh(H)", "one for each eigenvalue"),
            ("2 / len(x) * A", "2 / 80 * A", "those of the notebook"),
            ("2 / len(x) * A", "2 * A", "8 times too small for 8 rows"),
            ("2 / len(x) * A", "1 / len(x) * A", "twice too large"),
            ("2 / len(x) * A", "A", "the factor 2/n is missing"),
            ("np.linalg.eigvalsh(H)[-1]", "H.max()", "the largest entry of H"),
            ("np.linalg.eigvalsh(H)[-1]", "np.trace(H)", "the sum of the eigenvalues"),
            ("x**2, x", "x^2, x", "In Python, a power is **"),
            ("A.T @ A", "A @ A.T @ A", "raises LinAlgError"),
        ),
    ],
    "steps_needed": [
        *functions_told(
            "steps_needed(lr, eigenvalues, share)",
            ("np.log(share) / np.log(np.abs(1 - lr * eigenvalues).max())", "round up"),
            (
                "int(np.log(share) / np.log(np.abs(1 - lr * eigenvalues).max()))",
                "one step too few",
            ),
            (
                """
    ratio = np.log(share) / np.log(np.abs(1 - lr * eigenvalues).max())
    return int(ratio) + 1
""",
                "one step too many",
            ),
            (
                "int(np.log(share) / np.log(np.abs(1 - lr * eigenvalues).max())) + 2",
                "one step too many",
            ),
            (
                "np.ceil(np.log(share) / np.log((1 - lr * eigenvalues).max()))",
                "its size is what counts",
            ),
            (
                "np.ceil(np.log(share) / np.log(abs(1 - lr * eigenvalues[-1])))",
                "You looked at the largest eigenvalue alone",
            ),
            (
                "np.ceil(np.log(share) / np.log(abs(1 - lr * eigenvalues[0])))",
                "The steep part is the slowest here",
            ),
            (
                "np.ceil(np.log(share) / np.log(np.abs(1 - lr * eigenvalues).min()))",
                "the part that dies out first",
            ),
            (
                "np.ceil(np.log(share) / np.log(np.abs(1 - lr * eigenvalues)))",
                "You return a number for each part: the slowest part decides",
            ),
            ("eigenvalues[-1] / eigenvalues[0]", "On test data it gives 15"),
            (
                "sum(np.ceil(np.log(share) / np.log(abs(1 - lr * eigenvalues))))",
                "they shrink at the same time",
            ),
            (
                """
    k = eigenvalues[-1] / eigenvalues[0]
    return np.ceil(np.log(share) / np.log((k - 1) / (k + 1)))
""",
                "is that of the best rate",
            ),
            (
                "np.ceil(np.log(share) / np.log(1 - eigenvalues[0] / eigenvalues[-1]))",
                "is that of half of the limit",
            ),
            (
                "-np.ceil(np.log(share) / np.log(abs(1 - lr * eigenvalues).max()))",
                "can't be negative",
            ),
            (
                """
    slowest = abs(1 - lr * eigenvalues).max()
    for steps in range(40):
        if slowest**steps <= share:
            return steps
""",
                "Or does it end before it reaches its return?",
            ),
            (
                """
    slowest = abs(1 - lr * eigenvalues).max()
    steps = 0
    while slowest**steps >= share:
        steps += 1
    return steps
""",
                "where the share is reached exactly",
            ),
            (
                """
    import math

    factors = abs(1 - lr * eigenvalues)
    return max(math.ceil(math.log(share) / math.log(f)) for f in factors if f > 0)
""",
                "every factor is 0. Then one step is enough",
            ),
            ("np.abs(1 - lr * eigenvalues).max() ** share", "On test data it gives"),
        ),
        *functions_told(
            "steps_needed(lr, eigenvalues, share)",
            (
                """
    slowest = np.abs(1 - lr * eigenvalues).max()
    with np.errstate(divide="ignore"):
        return np.ceil(np.log(share) / np.log(slowest))
""",
                "every factor is 0. Then one step is enough",
            ),
            (
                """
    from math import ceil, log

    return ceil(log(share) / log(max(abs(1 - lr * eigenvalues))))
""",
                "every factor is 0. Then one step is enough",
            ),
        ),
        *slips(
            LESSON,
            "steps_needed",
            ("left * slowest", "left * slowest**2", "until the loss has shrunk to it"),
            ("left > share", "left > 0.001", "You used 0.001 instead of the share given"),
            ("steps, left = 0, 1.0", "steps, left = 1, 1.0", "one step too many"),
            ("max(abs", "min(abs", "the part that dies out first"),
            ("    return steps", "    steps", "is the return missing?"),
            ("return steps", "return left", "On test data it gives"),
        ),
    ],
    "standardise": [
        *slips(
            LESSON,
            "standardise",
            (
                "(x_new - x_train.mean()) / x_train.std()",
                "(x_new - x_new.mean()) / x_new.std()",
                "still has a ruler of its own",
            ),
            ("(x_new - x_train.mean())", "(x_new - x_new.mean())", "is centred at its own mean"),
            (
                "x_train.mean()) / x_train.std()\n    return",
                "x_train.mean()) / x_new.std()\n    return",
                "is divided by its own standard deviation",
            ),
            (
                "x_train.mean()) / x_train.std()\n    return",
                "x_train.mean())\n    return",
                "is not divided by the standard deviation",
            ),
            (
                "(x_new - x_train.mean()) / x_train.std()",
                "x_new / x_train.std()",
                "is not centred",
            ),
            (
                "(x_new - x_train.mean()) / x_train.std()",
                "x_new",
                "The new column is as it was. If you use",
            ),
            ("(x_new - x_train.mean())", "(x_train.mean() - x_new)", "it is upside down"),
            (
                "x_train.mean()) / x_train.std()\n    return",
                "x_train.mean()) / x_train.var()\n    return",
                "divided by the variance",
            ),
            (
                "x_train.mean()) / x_train.std()\n    return",
                "x_train.mean()) * x_train.std()\n    return",
                "multiplied by the standard deviation: divide",
            ),
            (
                "    return train, new",
                "    return train, (new - x_train.mean()) / x_train.std()",
                "standardised twice",
            ),
            ("return train, new", "return new, train", "The two columns are swapped"),
            ("return train, new", "return x_train, new", "The training column is as it was"),
            (
                "return train, new",
                "return 2 * train, new",
                "The training column isn't right. On test data it gives",
            ),
            (
                "return train, new",
                "return train, 2 * new",
                "The training column is right, the new column isn't. On test data",
            ),
            ("(x_new - x_train.mean())", "x_new - x_train.mean()", "Only the mean is divided"),
            ("(x_new - x_train.mean())", "(x_new + x_train.mean())", "The mean is added"),
            (
                "(x_new - x_train.mean()) / x_train.std()",
                "x_new * x_train.std() + x_train.mean()",
                "back into hours: subtract first",
            ),
            (
                "x_train.mean()) / x_train.std()\n    return",
                "x_train.mean()) / x_train.std(ddof=1)\n    return",
                "For the new column you divide by n − 1",
            ),
            (
                "(x_new - x_train.mean()) / x_train.std()",
                "(x_new - x_new.mean()) / x_new.std() * x_train.std() + x_train.mean()",
                "leave the new column's own mean",
            ),
            ("return train, new", "return new", "Expected 2 results"),
            (
                "    return train, new",
                "    x_train -= x_train.mean()\n    return train, new",
                "changes the arrays it was given",
            ),
        ),
        *functions_told(
            "standardise(x_train, x_new)",
            (
                """
    mean, std = x_train.mean(), x_train.std(ddof=1)
    return (x_train - mean) / std, (x_new - mean) / std
""",
                "You divide by n − 1 under the root",
            ),
            (
                """
    both = np.vstack([x_train, x_new])
    mean, std = both.mean(), both.std()
    return (x_train - mean) / std, (x_new - mean) / std
""",
                "use x_train alone",
            ),
            (
                """
    mean, std = x_new.mean(), x_new.std()
    return (x_train - mean) / std, (x_new - mean) / std
""",
                "it must be the other way round",
            ),
            (
                """
    train = (x_train - x_train.mean()) / x_train.std()
    new = (x_new - train.mean()) / train.std()
    return train, new
""",
                "The new column is as it was",
            ),
        ),
    ],
}

RIGHT = {
    "limit": [
        "limit = 2 * 0.3 / (1 + (7266.7 / 5494.7) ** 0.5)",
        "limit = 0.279",
        "h = (1 + np.sqrt(4154.8 / 3141.6)) / 0.3\nlimit = np.array(2 / h)",
        "limit = 0.28  # rounded",
        "growth = (7266.7 / 3141.6) ** (1 / 6)\nlimit = 0.3 * 2 / (1 + growth)",
        "lr_times_h = 1 + 1.3225**0.5\nlimit = round(0.3 / lr_times_h * 2, 3)",
    ],
    "curve_limit": functions(
        "curve_limit(x)",
        "descent.QuadraticLoss(descent.design_matrix(x**2, x), x).max_lr",
        """
    A = np.hstack([x**2, x, np.ones_like(x)])
    return 2 / max(np.linalg.eigvalsh(2 * A.T @ A / len(A)))
""",
        """
    A = np.column_stack([np.ones(len(x)), x, x * x])
    return 2 / np.linalg.eigvals(2 / len(x) * (A.T @ A)).max()
""",
        """
    m = [(x**k).mean() for k in range(5)]
    H = 2 * np.array([[m[4], m[3], m[2]], [m[3], m[2], m[1]], [m[2], m[1], m[0]]])
    return 2 / np.linalg.eigvalsh(H)[2]
""",
        """
    A = descent.design_matrix(x, x**2)
    return len(x) / np.linalg.norm(A, 2) ** 2
""",
    ),
    "steps_needed": functions(
        "steps_needed(lr, eigenvalues, share)",
        """
    slowest = np.abs(1 - lr * eigenvalues).max()
    return 1 if slowest == 0 else int(np.ceil(np.log(share) / np.log(slowest)))
""",
        """
    slowest = max(abs(1 - lr * eigenvalues[0]), abs(1 - lr * eigenvalues[-1]))
    steps = 0
    while slowest**steps > share:
        steps += 1
    return steps
""",
        """
    parts = np.ones(len(eigenvalues))
    for step in range(10_000):
        if max(abs(parts)) <= share:
            return step
        parts = (1 - lr * eigenvalues) * parts
""",
        """
    factors = np.maximum(abs(1 - lr * eigenvalues), share)  # one step for those below it
    return max(int(np.ceil(np.log(share) / np.log(factor))) for factor in factors)
""",
        """
    steps = np.arange(10_000)
    left = np.max(np.abs(1 - lr * np.asarray(eigenvalues)))
    return np.argmax(left**steps <= share)
""",
    ),
    "standardise": functions(
        "standardise(x_train, x_new)",
        """
    mean, std = x_train.mean(), x_train.std()
    return (x_train - mean) / std, (x_new - mean) / std
""",
        """
    def ruled(x):
        return (x - np.mean(x_train)) / np.std(x_train)

    return ruled(x_train), ruled(x_new)
""",
        """
    middle = x_train.sum() / len(x_train)
    width = (((x_train - middle) ** 2).mean()) ** 0.5
    return [(x_train - middle) / width, (x_new - middle) / width]
""",
        """
    return tuple((x - x_train.mean(axis=0)) / x_train.std(axis=0) for x in (x_train, x_new))
""",
        """
    both = (np.vstack([x_train, x_new]) - x_train.mean()) / x_train.std()
    return both[: len(x_train)], both[len(x_train) :]
""",
    ),
}
