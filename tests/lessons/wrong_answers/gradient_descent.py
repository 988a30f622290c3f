"""Answers to 'Gradient descent by hand' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

WRONG = {
    "best_weight": functions_told(
        "best_weight(b, x, y)",
        ("(y - b).mean() / x.mean()", "so it solves ∂L/∂b = 0"),
        ("((y - b) / x).mean()", "the mean of the ratios (y − b)/x"),
        ("np.polyfit(x[:, 0], y[:, 0], 1)[0]", "the best w if b may move too"),
        ("(x * (b - y)).mean() / (x**2).mean()", "It is right but for its sign"),
        ("(x * y).mean() / (x**2).mean()", "b is missing"),
        ("(x * (y + b)).mean() / (x**2).mean()", "not y plus b"),
        ("(x * y - b).mean() / (x**2).mean()", "brackets around y − b"),
        ("(x * (y - b)).sum() / (x**2).mean()", "7 times too large"),
        ("(x * (y - b)).mean() / (x**2).sum()", "7 times too small"),
        ("2 * (x * (y - b)).mean() / (x**2).mean()", "It is twice too large"),
        ("(x * (y - b)).mean() / (2 * x**2).mean()", "It is half of what it should be"),
        ("(x * (y - b)).mean()", "The division is missing"),
        ("(x * (y - b)).mean() / x.mean() ** 2", "it is the mean of the squares"),
        ("(x * (y - b)).mean() / x.mean()", "You divide by the mean of x"),
        ("(2 * (b - y) * x).mean()", "the derivative at w = 0"),
        ("(y - b * x).mean()", "and w is what you look for"),
        ("(x * (y.ravel() - b)).mean() / (x**2).mean()", "it takes all 49 pairs"),
        ("x.mean() * (y - b).mean() / (x**2).mean()", "isn't the product of the means"),
        ("(x * (y - b)).sum()", "and a sum stands where the mean belongs"),
        ("(x * (y - b)).sum() / 80 / (x**2).mean()", "You divided by 80"),
        ("abs((x * (y - b)).mean()) / (x**2).mean()", "It is right but for its sign"),
        ("(x @ (y - b)).mean() / (x**2).mean()", "multiply them with * and take the mean"),
        ("(x * (y - b)).mean(dim=0) / (x**2).mean(dim=0)", "NumPy calls it axis"),
        ("x * (y - b) / x**2", "take the means first, then divide"),
        ("(x * (y - b)).mean() / (x^2).mean()", "In Python, a power is **"),
        ("((x * (y - b)).mean(), (x**2).mean())", "Expected one number for w"),
        ("3.5 * (x * (y - b)).mean() / (x**2).mean()", "On test data it gives"),
        ("(tank.x_train * (y - b)).mean()", "raises ValueError"),
    )
    + slips(
        "gradient_descent_by_hand",
        "best_weight",
        ("return (x", "w = (x", "is the return missing?"),
        ("y - b)", "y - readings)", "raises NameError"),
        ("    return (x", "    b = 0.4967\n    return (x", "On test data it gives"),
    ),
    "which_mistake": [
        ("run_a, run_b, run_c = 1, 4, 3", "Run A isn't mistake 1: that gives w = -0.322"),
        ("run_a, run_b, run_c = 3, 4, 3", "Run A isn't mistake 3: that gives w = -0.047"),
        ("run_a, run_b, run_c = 4, 4, 3", "Run A isn't mistake 4: that gives w = 0.166"),
        ("run_a, run_b, run_c = 5, 4, 3", "Run A isn't mistake 5: that gives w = 14.532"),
        ("run_a, run_b, run_c = 2, 1, 3", "and run B has 0.166 and 0.801."),
        ("run_a, run_b, run_c = 2, 2, 3", "Run B isn't mistake 2: that gives w = 0.045"),
        ("run_a, run_b, run_c = 2, 3, 3", "Run B isn't mistake 3"),
        ("run_a, run_b, run_c = 2, 5, 3", "b = 24.855 after epoch 1"),
        ("run_a, run_b, run_c = 2, 4, 1", "b = 0.192 after epoch 1"),
        ("run_a, run_b, run_c = 2, 4, 2", "and run C has -0.047 and 0.649."),
        ("run_a, run_b, run_c = 2, 4, 4", "Run C isn't mistake 4"),
        ("run_a, run_b, run_c = 2, 4, 5", "Run C isn't mistake 5"),
        ("run_a, run_b, run_c = 4, 2, 3", "Run A isn't mistake 4"),
        ("run_a, run_b, run_c = 4, 2, 3", "Run B isn't mistake 2"),
        ("run_a, run_b, run_c = 2, 4, 6", "For run C, give the number of a mistake, from 1 to 5"),
        ("run_a, run_b, run_c = 0, 4, 3", "For run A, give the number of a mistake"),
        ("run_a, run_b, run_c = 2, 'sum', 3", "got 'sum'"),
        ("run_a, run_b, run_c = 2.5, 4, 3", "got 2.5"),
        ("run_a, run_b, run_c = [2], [4], [3]", "got [2]"),
        ("run_a, run_b, run_c = 10**400, 4, 3", "For run A, give the number of a mistake"),
        ("run_a, run_b, run_c = 2, 4, np", "For run C, give the number of a mistake"),
    ],
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
            "In da, the factor is x², not x.",
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
}

WRONG["parabola_gradient"] += slips(
    "gradient_descent_by_hand",
    "parabola_gradient",
    (
        "return da, (2 * error * x).mean(), (2 * error).mean()",
        "return 3.5 * da, (7 * error * x).mean(), (7 * error).mean()",
        "Each is 3.5 times too large",
    ),
    (
        "return da, (2 * error * x).mean(), (2 * error).mean()",
        "return (2 * error).mean(), (2 * error * x).mean(), da",
        "their order isn't: return da, dw, db",
    ),
    (
        "return da, (2 * error * x).mean(), (2 * error).mean()",
        "return [(2 * error).mean()] * 3",
        "All three are the same",
    ),
    ("a * x**2 + w * x", "w * x", "The error lacks the square term"),
    ("- y\n", "- y.ravel()\n", "You took the mean over all 49 pairs"),
    (" + b - y", " - y", "The error lacks b"),
    ("(2 * error * x).mean()", "2 * error * x", "one number for each of the 7 rows; take the mean"),
    ("a * x**2 +", "a * x^2 +", "In Python, a power is **"),
    (
        "    error = a * x**2 + w * x + b - y\n",
        "    error = np.ones_like(x)\n",
        "The error itself is missing",
    ),
)
WRONG["parabola_gradient"] += slips(
    "gradient_descent_by_hand",
    "parabola_gradient",
    ("(2 * error * x**2)", "(4 * error * x)", "so da is the mean of 2·e times x²"),
    ("(2 * error * x**2)", "(2 * error * a * x**2)", "is x² alone, without a"),
    ("(2 * error * x)", "(2 * error * (2 * a * x + w))", "2·a·x + w is the derivative"),
    (" + b - y", " + b", "The error lacks y"),
    ("(2 * error * x**2)", "(2 * error * x**3)", "dw and db are right, da isn't"),
    (
        "return da, (2 * error * x).mean(), (2 * error).mean()",
        "return (2 * error * x).mean(), (2 * error).mean(), da",
        "their order isn't: return da, dw, db",
    ),
)
WRONG["step"] += slips(
    "gradient_descent_by_hand",
    "step",
    ("w - step_w, b - step_b", "step_w, step_b", "These are the steps themselves"),
    ("(2 * error * x)", "(2 * error)", "the factor x is missing"),
    ("w - step_w, b - step_b", "w - step_b, b - step_w", "not to that of b"),
    ("w * x + b - y", "w * x - y", "The error lacks b"),
)
WRONG["step"] += slips(
    "gradient_descent_by_hand",
    "step",
    ("error = w * x + b - y", "error = (w * x + b - y) / 2", "The 2 from the square"),
    ("return w - step_w, b - step_b", "return -step_w, -step_b", "These are the changes"),
    ("b - step_b", "b - 2 * step_b", "w is right, b isn't"),
    ("return w - step_w, b - step_b", "return w, b", "w and b come back unchanged"),
    (
        "def step(w, b, x, y, lr):\n",
        "def step(w, b, x, y, lr):\n    y = y.ravel()\n",
        "You took the mean over all 81 pairs",
    ),
    (
        "def step(w, b, x, y, lr):\n",
        "def step(w, b, x, y, lr):\n    lr = 0.1\n",
        "with lr = 0.1 instead of the lr",
    ),
    (
        "def step(w, b, x, y, lr):\n",
        "def step(w, b, x, y, lr):\n    lr = 4.5 * lr\n",
        "The step is 4.5 times too long: you summed over the 9 rows instead of",
    ),
)


RIGHT = {
    "best_weight": functions(
        "best_weight(b, x, y)",
        "(x * (y - b)).sum() / (x**2).sum()",
        "np.linalg.lstsq(x, y - b)[0].item()",
        "np.dot(x.ravel(), y.ravel() - b) / np.dot(x.ravel(), x.ravel())",
        "((x.T @ (y - b)) / (x.T @ x))[0, 0]",
        "((x * y).mean() - b * x.mean()) / np.mean(x * x)",
        """
    above = below = 0.0
    for x_i, y_i in zip(x[:, 0], y[:, 0]):
        above += x_i * (y_i - b)
        below += x_i**2
    return above / below
""",
    ),
    "which_mistake": [
        "run_a = 2\nrun_b = 4\nrun_c = 3",
        "run_a, run_b, run_c = 2.0, 4.0, 3.0",
        "run_a, run_b, run_c = '2', '4', '3'",
        "run_a, run_b, run_c = np.array([2, 4, 3])",
        "run_a, run_b, run_c = (2, 4, 3)",
    ],
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
}
