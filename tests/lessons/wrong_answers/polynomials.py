"""Answers to 'Fitting polynomials' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "fitting_polynomials"


def chosen(name, *answers):
    """Return pairs of a choice, written as in the exercise, and the words it is told."""
    return [(f"{name} = {answer}", words) for answer, words in answers]


WRONG = {
    "power_matrix": functions_told(
        "power_matrix(x, n)",
        ("torch.vander(x, n)", "The powers come in falling order"),
        ("torch.stack([x**k for k in range(n)])", "That is the transpose"),
        ("x ** torch.arange(n)", "x must be a column, (len(x), 1), and the exponents a row, (n,)"),
        ("x.reshape(-1, 1) ** torch.arange(n).reshape(-1, 1)", "and the exponents a row"),
        ("x.reshape(10, 1) ** torch.arange(n)", "x may have any length"),
        ("x.reshape(-1, 1) ** torch.arange(n), n", "got a tuple of 2"),
        ("1, x, x**2, x**3", "got a tuple of 4"),
        ("x.reshape(-1, 1) ** torch.arange(n, 0, -1)", "falling order, and the ones are missing"),
        ("(x.reshape(-1, 1) ** torch.arange(n)) * (torch.arange(n) > 0)", "ones, not zeros"),
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
        ("arange(n)", "arange(n + 1)", "For n = 4 that has 5 columns"),
        ("arange(n)", "arange(n - 1)", "the exponents are 0 to n − 1"),
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
    "answers": chosen(
        "answers",
        ('["more", "fewer", "more", "same"]', "Look at A again: where is y"),
        ('["fewer", "fewer", "more", "same"]', "Look at A again"),
        ('["same", "same", "more", "same"]', "Look at B again: compute κ with four columns"),
        ('["same", "more", "more", "same"]', "Look at B again"),
        ('["same", "fewer", "same", "same"]', "Look at C again: compute κ at x64 + 1"),
        ('["same", "fewer", "fewer", "same"]', "Look at C again"),
        ('["same", "fewer", "more", "more"]', "Look at D again: H is a mean over the rows"),
        ('["same", "fewer", "more", "fewer"]', "Look at D again"),
        ('["fewer", "fewer", "more", "fewer"]', "That compares with lr = 0.05"),
        ('["more", "more", "same", "fewer"]', "Look at A again"),
        ('["same", "fewer", "more"]', "Expected four words, for A, B, C and D, got 3"),
        ('[["same", "fewer", "more", "same"]]', "Expected four words, for A, B, C and D, got 1"),
        ('"same"', "Expected four words, for A, B, C and D, got 1"),
        ('["same", "fewer", "more", "slower"]', 'Write "fewer", "same" or "more", got \'slower\''),
        ("[1, 2, 3, 1]", 'Write "fewer", "same" or "more", got 1'),
        ('{"same", "fewer", "more"}', "A set has no order"),
        ('{"A": "same", "B": "fewer", "D": "same"}', "C is missing"),
        ("3", "Expected a list of four words, for A, B, C and D, got an int"),
        ("None", "Expected a list of four words"),
    ),
    "kappa": chosen(
        "kappa",
        ("50 / 250_000", "κ is the other way"),
        ("250_000", "Is that the epoch of the last cliff?"),
        ("25", "Is that the epoch of the first cliff, or a ratio of two heights?"),
        ("400", "Is that a ratio of two heights? Divide"),
        ("40", "from the first cliff to the second"),
        ("125", "from the second cliff to the last"),
        ("293_151", "κ of the lesson's own fit"),
        ("2**20", "Is that where the curve ends"),
        ("-5000", "both are positive"),
        ("0.5", "it is at least 1"),
        ("1000", "Divide the epoch of the last cliff by that of the first"),
        ("20_000", "Divide the epoch of the last cliff by that of the first"),
        ("'5000'", "without quotes"),
        ("125_000, 25", "divide the two, and write it without a comma"),
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
    "answers": [
        'answers = ["same", "fewer", "more", "same"]',
        'answers = ("same", "fewer", "more", "same")',
        'answers = "same, fewer, more, same"',
        'answers = {"A": "same", "B": "fewer", "C": "more", "D": "same"}',
        'answers = np.array(["same", "fewer", "more", "same"])',
        'answers = ["Same", "FEWER", " more ", "same"]',
        'answers = dict(a="same", b="fewer", c="more", d="same")',
        'answers = ["the same", "less", "more.", "same"]',
    ],
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
