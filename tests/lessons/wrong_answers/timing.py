"""Answers to 'Where the time goes' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "where_the_time_goes"


def chosen(*answers):
    """Return pairs of a choice of causes, written as in the exercise, and the words it is told."""
    return [(f"causes = {causes}", words) for causes, words in answers]


WRONG = {
    "sprint": slips(
        LESSON,
        "sprint",
        ("W - lr * 2", "W + lr * 2", "It climbs"),
        ("W - lr * 2 /", "W - 2 /", "The learning rate isn't used"),
        ("lr * 2 / len(x)", "lr * 2", "You summed over the rows"),
        ("lr * 2 / len(x)", "lr / len(x)", "The 2 of the gradient is missing"),
        ("len(x) * (", "powers.numel() * (", "You divided by all entries of the table"),
        ("range(4)], dim", "(3, 2, 1, 0)], dim", "The powers are in the wrong order"),
        ("range(4)], dim", "range(1, 5)], dim", "The powers begin with x"),
        ("    return W", "        return W", "That is a single epoch"),
        ("range(n_epochs)", "range(n_epochs - 1)", "That is one epoch too few"),
        ("range(n_epochs)", "range(n_epochs + 1)", "That is one epoch too many"),
        ("range(n_epochs)", "range(0)", "W hasn't moved from zero"),
        ("W - lr * 2", "W - 0.1 * 2", "You stepped with lr = 0.1 instead of the lr given"),
        ("range(4)], dim", "range(3)], dim", "raises RuntimeError"),
        ("dim=1", "dim=0", "raises RuntimeError"),
        (
            "    return W",
            "    return W.reshape(-1, 1)",
            "Expected W of shape (4,), got shape (4, 1)",
        ),
        ("    return W", "    pass", "returns None"),
        ("powers @ W - y", "y - powers @ W", "It climbs"),
        (
            "(powers.T @ residual)",
            "powers.T @ residual / 7",
            "On test data it gives",
        ),
        ("torch.float64", "torch.float32", "raises RuntimeError"),
        ("range(4)], dim=1)", "range(4)], dim=1)\n    y -= 0.0 * y + 1", "changes the tensors"),
    )
    + functions_told(
        "sprint(x, y, lr, n_epochs)",
        (
            "np.linalg.lstsq(np.vander(x.numpy(), 4, increasing=True), y.numpy())[0]",
            "That is the least-squares solution",
        ),
        (
            """
    A = torch.stack([x**k for k in range(4)], dim=1)
    W = torch.zeros(4, dtype=torch.float64)
    for epoch in range(n_epochs):
        for row, target in zip(A, y):
            W = W - lr * 2 / len(x) * (row @ W - target) * row
    return W
""",
            "W moves after each row here; crawl moves it once per epoch.",
        ),
        (
            """
    A = torch.stack([x**k for k in range(4)], dim=1)
    W = torch.zeros(4, dtype=torch.float64)
    for epoch in range(n_epochs):
        for row, target in zip(A, y):
            W = W - lr * 2 * (row @ W - target) * row
    return W
""",
            "W moves after each row here, and by the whole step",
        ),
        (
            """
    A = torch.stack([x**k for k in range(4)], dim=1)
    W = torch.zeros(4, dtype=torch.float64)
    for epoch in range(n_epochs):
        for i in range(len(x)):
            gradient = 2 / len(x) * (A[i] @ W - y[i]) * A[i]
        W = W - lr * gradient
    return W
""",
            "That is the last row's gradient alone",
        ),
    ),
    "causes": chosen(
        ("[1, 4, 1, 5]", "overhead doesn't grow with the rows. A's time doubles"),
        ("[3, 4, 1, 5]", "Look at A again: the first call of A isn't shown"),
        ("[4, 4, 1, 5]", "nothing in A is on another device"),
        ("[5, 4, 1, 5]", "A's grow evenly. 3 of the 4 are right"),
        ("[2, 1, 1, 5]", "overhead is there on the CPU as well"),
        ("[2, 2, 1, 5]", "the work is the same in the last two times of B"),
        ("[2, 3, 1, 5]", "all of B's times come after a warm-up"),
        ("[2, 5, 1, 5]", "each of B's times is the shortest of many"),
        ("[2, 4, 2, 5]", "work grows with the rows. C has a hundred times the rows"),
        ("[2, 4, 3, 5]", "all of C's times come after a warm-up"),
        ("[2, 4, 4, 5]", "all of C is on the CPU"),
        ("[2, 4, 5, 5]", "they hardly differ"),
        ("[2, 4, 1, 1]", "overhead is in each call alike"),
        ("[2, 4, 1, 2]", "the work is the same in all calls of D"),
        ("[2, 4, 1, 3]", "the first call of D isn't the long one"),
        ("[2, 4, 1, 4]", "D is on the CPU"),
        ("[1, 1, 2, 3]", "Look at A again"),
        ("[2, 4, 1]", "Expected four numbers, for A, B, C and D, got 3"),
        ("[2, 4, 1, 6]", "numbers run from 1 to 5; 6 is none of them"),
        ('["work", "way", "overhead", "break"]', "Expected the number of a cause, from 1 to 5"),
        ("{1, 2, 4, 5}", "A set has no order"),
    ),
    "sweep": slips(
        LESSON,
        "sweep",
        ("W - lrs", "W + lrs", "It climbs"),
        ("2 / len(y) * ", "2 * ", "You summed over the rows"),
        ("2 / len(y)", "1 / len(y)", "The 2 of the gradient is missing"),
        ("2 / len(y) * ", "", "The 2 and the division by the rows are missing"),
        ("len(y)", "len(lrs)", "You divided by the number of learning rates"),
        ("len(y)", "A.shape[1]", "You divided by the columns of A"),
        ("2 / len(y)", "2 / residuals.size", "The mean runs over all learning rates, too"),
        ("lrs.reshape(-1, 1) * ", "lrs[0] * ", "those of the first learning rate"),
        ("lrs.reshape(-1, 1) * ", "lrs[-1] * ", "those of the last learning rate"),
        ("lrs.reshape(-1, 1) * ", "lrs.mean() * ", "those of the mean learning rate"),
        ("lrs.reshape(-1, 1) * ", "lrs[::-1].reshape(-1, 1) * ", "The order is reversed"),
        ("lrs.reshape(-1, 1) * ", "", "The learning rates aren't used"),
        ("lrs.reshape(-1, 1) * ", "lrs * ", "raises ValueError"),
        ("    return W", "        return W", "That is a single epoch"),
        ("range(n_epochs)", "range(n_epochs - 1)", "That is one epoch too few"),
        ("range(n_epochs)", "range(n_epochs + 1)", "That is one epoch too many"),
        ("range(n_epochs)", "range(0)", "W hasn't moved from zero"),
        ("return W", "return W.T", "That is the transpose"),
        ("lrs.reshape(-1, 1) * gradients", "2 * lrs.reshape(-1, 1) * gradients + 0.1", "On test"),
    ),
}

_OPTIMIZER = """
    A = torch.stack([x**k for k in range(4)], dim=1)
    W = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr)
    for epoch in range(n_epochs):
        loss = ((A @ W - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return W.detach()
"""

# Right results that take long: the check says so, but never 'not right yet'.
SLOW = {
    "sprint": functions(
        "sprint(x, y, lr, n_epochs)",
        """
    W = torch.zeros(4, dtype=torch.float64)
    for epoch in range(n_epochs):
        gradient = torch.zeros(4, dtype=torch.float64)
        for i in range(len(x)):
            powers = torch.stack([x[i] ** k for k in range(4)])
            residual = powers @ W - y[i]
            gradient = gradient + 2 / len(x) * residual * powers
        W = W - lr * gradient
    return W
""",
        _OPTIMIZER,
    ),
    "sweep": functions(
        "sweep(A, y, lrs, n_epochs)",
        """
    rows = []
    for lr in lrs:
        W = np.full(A.shape[1], 0.0)
        for epoch in range(n_epochs):
            W = W - lr * 2 / len(y) * A.T @ (A @ W - y)
        rows.append(W)
    return np.array(rows)
""",
    ),
}

RIGHT = {
    "sprint": functions(
        "sprint(x, y, lr, n_epochs)",
        """
    A = torch.stack([x**k for k in range(4)], dim=1).float()
    W = torch.zeros(4)
    for epoch in range(n_epochs):
        W = W - lr * 2 / len(x) * (A.T @ (A @ W - y.float()))
    return W
""",
        """
    A = np.vander(x.numpy(), 4, increasing=True)
    W = np.full(4, 0.0)
    for epoch in range(n_epochs):
        W = W - lr * 2 / len(x) * A.T @ (A @ W - y.numpy())
    return W
""",
        """
    A = x.reshape(-1, 1) ** torch.arange(4)
    W = torch.zeros(4, dtype=torch.float64)
    for epoch in range(n_epochs):
        residual = A @ W - y
        W = W - lr * (2 * residual.reshape(-1, 1) * A).mean(dim=0)
    return W
""",
        """
    A = np.vander(x.numpy(), 4, increasing=True)
    H, g = 2 / len(x) * A.T @ A, 2 / len(x) * A.T @ y.numpy()
    W = 0 * g
    for epoch in range(n_epochs):
        W = W - lr * (H @ W - g)
    return W
""",
        """
    A = np.vander(x.numpy(), 4, increasing=True)
    return descent.QuadraticLoss(A, y.numpy()).after(n_epochs, [0.0] * 4, lr)
""",
        """
    A = torch.stack([x * 0 + 1, x, x * x, x * x * x], dim=1)
    back = lr * 2 / len(x) * A.T
    W = torch.zeros(4).double()
    for epoch in range(n_epochs):
        W -= back @ (A @ W - y)
    return W
""",
        """
    W = torch.zeros(4, dtype=torch.float64)
    for epoch in range(n_epochs):
        A = torch.stack([x**k for k in range(4)]).T
        W = W - lr * 2 * (A.T @ (A @ W - y)) / len(y)
    return W
""",
        """
    xs, ys, W = x.tolist(), y.tolist(), [0.0] * 4
    for epoch in range(n_epochs):
        g = [0.0] * 4
        for a, b in zip(xs, ys):
            r = W[0] + a * (W[1] + a * (W[2] + a * W[3])) - b
            g = [g[0] + r, g[1] + r * a, g[2] + r * a * a, g[3] + r * a**3]
        W = [w - lr * 2 / len(xs) * gk for w, gk in zip(W, g)]
    return W
""",
    ),
    "causes": [
        "causes = (2, 4, 1, 5)",
        "causes = '2415'",
        "causes = {'A': 2, 'B': 4, 'C': 1, 'D': 5}",
        "causes = np.array([2, 4, 1, 5])",
        "causes = ['2', '4', '1', '5']",
        "causes = [2.0, 4.0, 1.0, 5.0]",
        "causes = torch.tensor([2, 4, 1, 5])",
        "causes = '2, 4, 1, 5'",
    ],
    "sweep": functions(
        "sweep(A, y, lrs, n_epochs)",
        """
    H, g = 2 / len(y) * A.T @ A, 2 / len(y) * A.T @ y
    W = np.zeros((len(lrs), A.shape[1]))
    for epoch in range(n_epochs):
        W = W - lrs[:, None] * (W @ H - g)
    return W
""",
        """
    W = np.zeros((A.shape[1], len(lrs)))
    for epoch in range(n_epochs):
        W = W - lrs * 2 / len(y) * (A.T @ (A @ W - y.reshape(-1, 1)))
    return W.T
""",
        """
    steps = np.diag(lrs) * 2 / len(y)
    W = np.zeros((len(lrs), A.shape[1]))
    for epoch in range(n_epochs):
        W -= steps @ (W @ A.T - y) @ A
    return W
""",
        """
    A, y, rates = torch.from_numpy(A), torch.from_numpy(y), torch.from_numpy(lrs).reshape(-1, 1)
    W = torch.zeros(len(rates), A.shape[1], dtype=torch.float64)
    for epoch in range(n_epochs):
        W = W - rates * 2 / len(y) * ((W @ A.T - y) @ A)
    return W
""",
        """
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    best = np.linalg.lstsq(A, y)[0]
    left = (1 - lrs.reshape(-1, 1) * curvatures) ** n_epochs
    return best - (left * (best @ V)) @ V.T
""",
    ),
}
