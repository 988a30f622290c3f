"""Answers to 'Fitting polynomials' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "fitting_polynomials"
EIGENVALUES = "eigenvalues = np.linalg.eigvalsh(2 / len(A) * A.T @ A)"


def chosen(*answers):
    """Return pairs of a κ, written as in the exercise, and the words it is told."""
    return [(f"kappa = {kappa}", words) for kappa, words in answers]


WRONG = {
    "power_matrix": functions_told(
        "power_matrix(x, n)",
        ("torch.vander(x, n)", "The powers come in falling order"),
        ("torch.stack([x**k for k in range(n)])", "That is the transpose"),
        ("x ** torch.arange(n)", "Make x a column first"),
        (
            "(x.reshape(-1, 1) if len(x) != n else x) ** torch.arange(n)",
            "3 numbers and 3 powers give shape (3, 3), not (3,)",
        ),
        ("np.vander(x64, n, increasing=True)", "of shape (6, 4), got shape (10, 4)"),
    )
    + slips(
        LESSON,
        "power_matrix",
        ("arange(n)", "arange(1, n + 1)", "It begins with x"),
        ("arange(n)", "arange(n + 1)", "of shape (6, 4), got shape (6, 5)"),
        ("** torch", "* torch", "write a power, **, not a product"),
        ("** torch", "+ torch", "Those are sums"),
        ("** torch", "^ torch", "In Python, a power is **"),
        ("x.reshape(-1, 1) ** torch.arange(n)", "torch.arange(n) ** x.reshape(-1, 1)", "swap base"),
        ("    return x.reshape(-1, 1)", "    x.unsqueeze_(1)\n    return x", "changes the tensors"),
        ("    return x", "    x", "returns None"),
        (
            "x.reshape(-1, 1) ** torch.arange(n)",
            "torch.stack([x**k for k in range(n)]).reshape(len(x), n)",
            "that is the transpose, reshaped",
        ),
    ),
    "epochs_needed": slips(
        LESSON,
        "epochs_needed",
        ("abs(1 - lr * eigenvalues).max()", "1 - lr * eigenvalues[0]", "may not be the slowest"),
        ("abs(1 - lr * eigenvalues).max()", "(1 - lr * eigenvalues).max()", "the size of each"),
        ("eigenvalues).max()", "eigenvalues).min()", "The slowest decides"),
        ("eigenvalues).max()", "eigenvalues)[-1]", "That is the fastest mode's number"),
        ("lr * eigenvalues", "eigenvalues", "The learning rate isn't used"),
        ("lr * eigenvalues", "0.05 * eigenvalues", "with lr = 0.05 instead of the lr given"),
        ("2 / len(A) * ", "1 / len(A) * ", "The 2 is missing in H"),
        ("2 / len(A) * ", "2 * ", "divide by the number of rows"),
        ("2 / len(A) * ", "2 / A.size * ", "by all entries of A"),
        ("2 / len(A) * ", "2 / A.shape[1] * ", "you divide by the columns"),
        ("left > share", "left > share**0.5", "The loss falls so far"),
        ("left > share", "left * factor > share * factor**2", "One too many"),
        ("left > share", "left * factor > share", "One too few"),
        ("return epochs", "return -epochs", "a number of epochs is positive"),
        ("return epochs", "return factor", "That is the factor of an epoch"),
        ("return epochs", "return left", "That is what is left at the end"),
        ("return epochs", "return eigenvalues[-1] / eigenvalues[0]", "That is κ"),
        ("    epochs, left = 0", "    epochs, left = 1", "One too many"),
        ("    return epochs", "    print(epochs)", "returns None"),
    )
    + functions_told(
        "epochs_needed(A, lr, share)",
        (
            f"""
    {EIGENVALUES}
    return np.log(share) / np.log(abs(1 - lr * eigenvalues).max())
""",
            "a fraction of an epoch: round up",
        ),
        (
            f"""
    {EIGENVALUES}
    return int(np.log(share) / np.log(abs(1 - lr * eigenvalues).max()))
""",
            "One too few",
        ),
        (
            f"""
    {EIGENVALUES}
    return int(np.ceil(-np.log(share) / (lr * eigenvalues[0])))
""",
            "which is close for tiny steps only",
        ),
        (
            f"""
    {EIGENVALUES}
    return int(np.ceil(1 / (lr * eigenvalues[0])))
""",
            "That is 1/(lr·λ) epochs",
        ),
        (
            f"""
    {EIGENVALUES}
    factor = abs(1 - lr * eigenvalues).max()
    epochs, left = 1, factor
    while left > share:
        epochs, left = epochs + 1, left * factor
    return epochs
""",
            "With share = 1 nothing has to shrink",
        ),
    ),
    "kappa": chosen(
        ("50 / 250_000", "κ is the other way"),
        ("250_000", "That is the epoch of the last cliff"),
        ("20", "That is the ratio of two heights"),
        ("400", "That is a ratio of heights, perhaps"),
        ("40", "from the first cliff to the second"),
        ("125", "from the second cliff to the last"),
        ("-5000", "both are positive"),
        ("0.5", "it is at least 1"),
        ("1000", "take their ratio"),
        ("20_000", "take their ratio"),
        ("'5000'", "without quotes"),
        ("5, 000", "without a comma"),
        ("None", "This is None"),
        ("[25, 125_000]", "Expected one number for κ"),
    ),
}

RIGHT = {
    "power_matrix": functions(
        "power_matrix(x, n)",
        "torch.stack([x**k for k in range(n)], dim=1)",
        "torch.vander(x, n, increasing=True)",
        "x[:, None] ** torch.arange(n)[None, :]",
        "torch.from_numpy(np.vander(x.numpy(), n, increasing=True))",
        """
    A = torch.ones(len(x), n)
    for k in range(1, n):
        A[:, k] = A[:, k - 1] * x
    return A
""",
        "x.unsqueeze(1).pow(torch.arange(n))",
        "x.reshape(-1, 1) ** torch.tensor(range(n))",
    ),
    "epochs_needed": functions(
        "epochs_needed(A, lr, share)",
        f"""
    {EIGENVALUES}
    return int(np.ceil(np.log(share) / np.log(abs(1 - lr * eigenvalues).max())))
""",
        """
    import math
    H = np.array(2 / len(A) * A.T @ A)
    slowest = max(abs(1 - lr * h) for h in np.linalg.eigh(H)[0])
    return math.ceil(math.log(share) / math.log(slowest))
""",
        """
    H = 2 * (A.T @ A) / A.shape[0]
    factors = 1 - lr * np.linalg.eigvals(H)
    k = 0
    while (abs(factors) ** k > share).any():
        k += 1
    return k
""",
        """
    bowl = descent.QuadraticLoss(A, np.zeros(len(A)))
    left, k = np.ones(A.shape[1]), 0
    while abs(left).max() > share:
        left = left * (1 - lr * bowl.eigenvalues)
        k += 1
    return float(k)
""",
        """
    curvatures = np.linalg.svd(A, compute_uv=False) ** 2 * 2 / len(A)
    worst = max(1 - lr * curvatures.min(), lr * curvatures.max() - 1)
    return np.ceil(np.log(share) / np.log(worst))
""",
        """
    h = np.linalg.eigvalsh(2 / len(A) * A.T @ A)
    return max(int(np.ceil(np.log(share) / np.log(abs(1 - lr * x)))) for x in h)
""",
    ),
    "kappa": [
        "kappa = 5000",
        "kappa = 5_000.0",
        "kappa = 1e5 / 30",
        "kappa = np.float64(250_000 / 50)",
        "kappa = torch.tensor(4000.0)",
        "kappa = 8000",
        "kappa = 131072 / 32",
    ],
}
