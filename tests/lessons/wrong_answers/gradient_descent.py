"""Answers to 'Gradient descent by hand' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, slips

WRONG = {
    "parabola_gradient": [
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y
    return (error * x**2).mean(), (error * x).mean(), error.mean()
""",
            "the 2 from the square is missing",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y
    return (2 * error * x**2).sum(), (2 * error * x).sum(), (2 * error).sum()
""",
            "you summed over the 7 rows; take the mean",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = y - (a * x**2 + w * x + b)
    return (2 * error * x**2).mean(), (2 * error * x).mean(), (2 * error).mean()
""",
            "the wrong sign",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y
    return (2 * error * 2 * x).mean(), (2 * error).mean(), 0 * b
""",
            "2x is the derivative of x² by x",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y
    return (2 * error * x).mean(), (2 * error * x).mean(), (2 * error).mean()
""",
            "dw and db are right, da isn't",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y.ravel()
    return 2 * error * x**2, 2 * error * x, 2 * error
""",
            "Was an (n, 1) column combined with an (n,) one?",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y
    return (2 * error * x**2).mean()
""",
            "Expected 3 numbers (da, dw, db)",
        ),
        (
            """
def parabola_gradient(a, w, b, x, y):
    error = a * x**2 + w * x + b - y
""",
            "is the return missing?",
        ),
    ],
    "step": [
        (
            """
def step(w, b, x, y, lr):
    b = b - lr * (2 * (w * x + b - y)).mean()
    w = w - lr * (2 * (w * x + b - y) * x).mean()
    return w, b
""",
            "b is stepped first",
        ),
        (
            """
def step(w, b, x, y, lr):
    w = w - lr * (2 * (w * x + b - y) * x).mean()
    b = b - lr * (2 * (w * x + b - y)).mean()
    return w, b
""",
            "w is stepped first",
        ),
        (
            """
def step(w, b, x, y, lr):
    error = w * x + b - y
    return w + lr * (2 * error * x).mean(), b + lr * (2 * error).mean()
""",
            "It climbs",
        ),
        (
            """
def step(w, b, x, y, lr):
    error = w * x + b - y
    return w - (2 * error * x).mean(), b - (2 * error).mean()
""",
            "The learning rate isn't used",
        ),
        (
            """
def step(w, b, x, y, lr):
    error = w * x + b - y
    return b - lr * (2 * error).mean(), w - lr * (2 * error * x).mean()
""",
            "return w first",
        ),
        (
            """
def step(w, b, x, y, lr):
    error = w * x + b - y
    return (2 * error * x).mean(), (2 * error).mean()
""",
            "These are the two gradients",
        ),
        (
            """
def step(w, b, x, y, lr):
    error = w * x + b - y
    return w - lr * (2 * error * x).sum(), b - lr * (2 * error).sum()
""",
            "you summed over the 9 rows; take the mean",
        ),
        (
            """
def step(w, b, x, y, lr):
    error = w * x + b - target
    return w - lr * (2 * error * x).mean(), b - lr * (2 * error).mean()
""",
            "raises NameError",
        ),
    ],
    "largest_stable_lr": [
        (
            """
def largest_stable_lr(x):
    A = np.hstack([x, np.ones_like(x)])
    return 1 / np.linalg.eigvalsh(2 / len(x) * A.T @ A)[-1]
""",
            "the limit is 2/λmax",
        ),
        (
            """
def largest_stable_lr(x):
    A = np.hstack([x, np.ones_like(x)])
    return 2 / np.linalg.eigvalsh(2 / len(x) * A.T @ A)[0]
""",
            "uses the smallest eigenvalue",
        ),
        (
            """
def largest_stable_lr(x):
    A = np.hstack([x, np.ones_like(x)])
    return 2 / np.linalg.eigvalsh(2 * A.T @ A)[-1]
""",
            "8 times too small",
        ),
        (
            """
def largest_stable_lr(x):
    A = np.hstack([x, np.ones_like(x)])
    return 2 / np.linalg.eigvalsh(A.T @ A)[-1]
""",
            "the factor 2/n is missing",
        ),
        (
            """
def largest_stable_lr(x):
    A = np.hstack([x, np.ones_like(x)])
    return 2 / np.linalg.eigvalsh(A.T @ A / len(x))[-1]
""",
            "the 2 from the square is missing",
        ),
        (
            """
def largest_stable_lr(x):
    return 2 / np.linalg.eigvalsh(2 / len(x) * x.T @ x)[-1]
""",
            "the column of ones is missing in A",
        ),
        (
            """
def largest_stable_lr(x):
    A = np.hstack([x, np.ones_like(x)])
    return 2 / np.linalg.eigvalsh(2 / len(x) * A.T @ A)
""",
            "one for each eigenvalue",
        ),
    ],
    "minibatches": [
        (
            """
def minibatches(x, y, batch_size, rng):
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]
""",
            "shuffle them first",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    x, y = x[rng.permutation(len(x))], y[rng.permutation(len(x))]
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]
""",
            "x and y are torn apart",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    full = len(x) // batch_size
    pieces = [order[k * batch_size : (k + 1) * batch_size] for k in range(full)]
    return [(x[piece], y[piece]) for piece in pieces]
""",
            "2 of 10 rows are missing",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    pieces = [rng.randint(0, len(x), batch_size) for _ in range(0, len(x), batch_size)]
    return [(x[piece], y[piece]) for piece in pieces]
""",
            "shuffle all of them once",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    batches = []
    for i in range(0, len(x), batch_size):
        rows = rng.permutation(len(x))[: min(batch_size, len(x) - i)]
        batches.append((x[rows], y[rows]))
    return batches
""",
            "shuffle all of them once",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    order = np.random.permutation(len(x))
    pieces = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
    return [(x[piece], y[piece]) for piece in pieces]
""",
            "shuffle with rng",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    return [(x[order], y[order])]
""",
            "not [10]",
        ),
        (
            """
def minibatches(x, y, batch_size, rng):
    rng.shuffle(x)
    return [(x, y)]
""",
            "changes the arrays it was given",
        ),
    ],
}

WRONG["parabola_gradient"] += slips(
    "gradient_descent_by_hand",
    "parabola_gradient",
    ("return da, dw, db", "return 3.5 * da, 3.5 * dw, 3.5 * db", "Each is 3.5 times too large"),
    ("return da, dw, db", "return db, dw, da", "their order isn't: return da, dw, db"),
    ("return da, dw, db", "return db, db, db", "All three are the same"),
    ("a * x**2 + w * x", "w * x", "The error lacks the square term"),
)
WRONG["step"] += slips(
    "gradient_descent_by_hand",
    "step",
    ("lr * dw, b - lr * db", "lr / 2 * dw, b - lr / 2 * db", "The 2 from the square"),
    ("w - lr * dw, b - lr * db", "-lr * dw, -lr * db", "These are the changes"),
    ("b - lr * db", "b - 2 * lr * db", "w is right, b isn't"),
    ("w - lr * dw, b - lr * db", "w, b", "w and b come back unchanged"),
)
WRONG["largest_stable_lr"] += slips(
    "gradient_descent_by_hand",
    "largest_stable_lr",
    ("2 / np", "np", "That is λmax itself"),
)
WRONG["minibatches"] += slips(
    "gradient_descent_by_hand",
    "minibatches",
    ("(x[piece], y[piece])", "x[piece]", "Expected a list of pairs (x_batch, y_batch)"),
    ("y[piece]", "y[piece, 0]", "A batch holds x of shape (4, 1) and y of shape (4,)"),
    ("(x[piece], y[piece]) for piece in pieces", "", "10 of 10 rows are missing"),
)

WRONG["parabola_gradient"] += slips(
    "gradient_descent_by_hand",
    "parabola_gradient",
    ("- y", "- y.ravel()", "You took the mean over all 49 pairs"),
    (" + b - y", " - y", "The error lacks b"),
    ("(2 * error * x).mean()", "2 * error * x", "one number for each of the 7 rows; take the mean"),
    ("a * x**2 +", "a * x^2 +", "In Python, a power is **"),
    (
        "    error = a * x**2 + w * x + b - y",
        "    error = np.ones_like(x)",
        "The error itself is missing",
    ),
)
WRONG["step"] += slips(
    "gradient_descent_by_hand",
    "step",
    ("b - y", "b - y.ravel()", "You took the mean over all 81 pairs"),
    ("w - lr * dw, b - lr * db", "w - 0.1 * dw, b - 0.1 * db", "with lr = 0.1 instead of the lr"),
    (
        "w - lr * dw, b - lr * db",
        "w - 4.5 * lr * dw, b - 4.5 * lr * db",
        "The step is 4.5 times too long: you summed over the 9 rows instead of",
    ),
)
WRONG["largest_stable_lr"] += slips(
    "gradient_descent_by_hand",
    "largest_stable_lr",
    ("eigvalsh(H)[-1]", "eigvals(H)[0]", "np.linalg.eigvals doesn't"),
    ("np.linalg.eigvalsh(H)[-1]", "H", "Expected one number for the learning rate"),
    ("[x, np.ones_like(x)]", "[line.x_train, np.ones_like(line.x_train)]", "On test data it gives"),
)
WRONG["minibatches"] += slips(
    "gradient_descent_by_hand",
    "minibatches",
    ("order = rng", "rng = np.random.RandomState(0)\n    order = rng", "the rng it is given"),
    ("order = rng", "np.random.seed(3)\n    order = np.random", "the rng it is given"),
    ("(x[piece], y[piece])", "(y[piece], x[piece])", "x and y are swapped"),
    ("for piece in pieces]", "for piece in pieces][:1]", "is the return inside the loop?"),
    ("rng.permutation(len(x))", "np.argsort(x[:, 0])", "and not the numbers in x"),
    ("(x[piece], y[piece])", "(2 * x[piece], y[piece])", "Some numbers are in no row of x"),
    (
        "order = rng.permutation(len(x))",
        "order = np.arange(len(x))",
        "The rows come in their old order",
    ),
    (
        "return [(x[piece], y[piece]) for piece in pieces]",
        "pieces = [np.sort(rng.permutation(p)) for p in np.split(np.sort(order), [2, 6])][::-1]\n"
        "    return [(x[piece], y[piece]) for piece in pieces[:2] + pieces[2:]]",
        "Each batch holds neighbouring rows",
    ),
)

WRONG["largest_stable_lr"] += slips(
    "gradient_descent_by_hand",
    "largest_stable_lr",
    ("np.linalg.eigvalsh(H)[-1]", "H.max()", "the largest entry of H"),
)
WRONG["minibatches"] += slips(
    "gradient_descent_by_hand",
    "minibatches",
    (
        "pieces = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]",
        "pieces = np.split(np.arange(len(x)), range(batch_size, len(x), batch_size))\n"
        "    pieces = [pieces[k] for k in rng.permutation(len(pieces))]",
        "Each batch holds neighbouring rows",
    ),
)


RIGHT = {
    "parabola_gradient": functions(
        "parabola_gradient(a, w, b, x, y)",
        """
    e = a * x**2 + w * x + b - y
    return [2 * np.mean(e * x**2), 2 * np.mean(e * x), 2 * np.mean(e)]
""",
        """
    n, e = len(x), (a * x * x + w * x + b - y).ravel()
    x = x.ravel()
    return 2 / n * e @ x**2, 2 / n * e @ x, 2 / n * e.sum()
""",
        """
    A = np.hstack([x**2, x, np.ones_like(x)])
    return tuple(2 / len(x) * A.T @ (A @ [[a], [w], [b]] - y))
""",
        """
    da = dw = db = 0.0
    for x_i, y_i in zip(x[:, 0], y[:, 0]):
        e = a * x_i**2 + w * x_i + b - y_i
        da, dw, db = da + 2 * e * x_i**2, dw + 2 * e * x_i, db + 2 * e
    return da / len(x), dw / len(x), db / len(x)
""",
        """
    e = y - (a * x**2 + w * x + b)
    return -2 * (e * x**2).mean(axis=0), -2 * (e * x).mean(axis=0), -2 * e.mean(axis=0)
""",
    ),
    "step": functions(
        "step(w, b, x, y, lr)",
        """
    dw, db = 2 * ((w * x + b - y) * x).mean(), 2 * (w * x + b - y).mean()
    w -= lr * dw
    b -= lr * db
    return w, b
""",
        """
    e = y - w * x - b
    return [w + lr * 2 * (e * x).sum() / len(x), b + lr * 2 * e.sum() / len(x)]
""",
        """
    A = np.hstack([x, np.ones_like(x)])
    p = np.array([[w], [b]])
    return (p - lr * 2 / len(x) * A.T @ (A @ p - y)).ravel()
""",
        """
    error = w * x + b - y
    new_w = w - lr * np.average(2 * error * x)
    new_b = b - lr * np.average(2 * error)
    return (new_w, new_b)
""",
    ),
    "largest_stable_lr": functions(
        "largest_stable_lr(x)",
        """
    A = np.column_stack([np.ones(len(x)), x])
    return 2 / max(np.linalg.eigvals(2 / len(A) * A.T @ A))
""",
        """
    A = np.c_[x, np.ones(len(x))]
    return len(x) / np.linalg.norm(A, 2) ** 2
""",
        """
    a, c, n = (x**2).mean(), x.mean(), 1.0
    return 2 / (a + n + np.sqrt((a - n) ** 2 + 4 * c**2))
""",
        """
    A = np.concatenate([x, x**0], axis=1)
    return 2 / np.linalg.eigh(2 * A.T @ A / x.shape[0])[0].max()
""",
    ),
    "minibatches": functions(
        "minibatches(x, y, batch_size, rng)",
        """
    order = rng.permutation(len(x))
    x, y = x[order], y[order]
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]
""",
        """
    order = np.arange(len(x))
    rng.shuffle(order)
    cuts = np.split(order, range(batch_size, len(x), batch_size))
    return [(x[cut], y[cut]) for cut in cuts]
""",
        """
    order = list(rng.permutation(len(x)))
    batches = []
    while order:
        piece, order = order[:batch_size], order[batch_size:]
        batches.append([x[piece], y[piece]])
    return batches
""",
        """
    order = rng.choice(len(x), len(x), replace=False)
    for start in range(0, len(x), batch_size):
        piece = order[start : start + batch_size]
        yield x[piece], y[piece]
""",
        """
    both = rng.permutation(np.hstack([x, y]))
    starts = range(0, len(x), batch_size)
    return [(both[i : i + batch_size, :1], both[i : i + batch_size, 1:]) for i in starts]
""",
    ),
}
