"""Answers to 'Fitting polynomials' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

WRONG = {
    "power_matrix": [
        (
            """
def power_matrix(x, n):
    return torch.vander(x, n)
""",
            "The powers come in falling order",
        ),
        (
            """
def power_matrix(x, n):
    return x.reshape(-1, 1) ** torch.arange(1, n + 1)
""",
            "It begins with x",
        ),
        (
            """
def power_matrix(x, n):
    return torch.stack([x**k for k in range(n)])
""",
            "That is the transpose",
        ),
        (
            """
def power_matrix(x, n):
    return x ** torch.arange(n)
""",
            "Make x a column first",
        ),
        (
            """
def power_matrix(x, n):
    return x.reshape(-1, 1) * torch.arange(n)
""",
            "write a power, **, not a product",
        ),
        (
            """
def power_matrix(x, n):
    return torch.arange(n) ** x.reshape(-1, 1)
""",
            "swap base and exponent",
        ),
        (
            """
def power_matrix(x, n):
    return x.reshape(-1, 1) ** torch.arange(n + 1)
""",
            "of shape (6, 4), got shape (6, 5)",
        ),
        (
            """
def power_matrix(x, n):
    x.unsqueeze_(1)
    return x ** torch.arange(n)
""",
            "changes the tensors it was given",
        ),
    ],
    "epochs_needed": [
        (
            """
def epochs_needed(lr, curvature, share):
    return np.log(share) / np.log(abs(1 - lr * curvature))
""",
            "a fraction of an epoch",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return int(np.log(share) / np.log(abs(1 - lr * curvature)))
""",
            "One too few",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return np.ceil(np.log(share) / np.log(1 - lr * curvature))
""",
            "Take the absolute value before the logarithm",
        ),
        (
            """
import math

def epochs_needed(lr, curvature, share):
    return math.ceil(math.log(share) / math.log(1 - lr * curvature))
""",
            "Take the absolute value before the logarithm",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return np.ceil(-np.log(share) / (lr * curvature))
""",
            "which is close for tiny steps only",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return np.ceil(np.log(share) / np.log(lr * curvature))
""",
            "The factor per epoch is 1 − lr·λ",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    factor = abs(1 - lr) * curvature
    return np.ceil(np.log(share) / np.log(factor))
""",
            "On test data it gives 10;",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return np.ceil(np.log(share) / np.log(1 - curvature))
""",
            "The learning rate isn't used",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return share / (1 - lr * curvature)
""",
            "the factor applies once per epoch",
        ),
        (
            """
def epochs_needed(lr, curvature, share):
    return np.ceil(np.log(abs(1 - lr * curvature)) / np.log(share))
""",
            "Either the two logarithms are swapped",
        ),
    ],
    "iterate": [
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best + V @ ((1 - lr * curvatures) ** (k + 1) * (V.T @ (start - W_best)))
""",
            "That is one step too many",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best + V @ ((1 - lr * curvatures) ** (k - 1) * (V.T @ (start - W_best)))
""",
            "That is one step too few",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return V @ ((1 - lr * curvatures) ** k * (V.T @ (start - W_best)))
""",
            "add the least-squares solution",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best + V.T @ ((1 - lr * curvatures) ** k * (V @ (start - W_best)))
""",
            "V and its transpose are swapped",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best + V @ ((1 - lr * curvatures) ** k * (V.T @ start))
""",
            "what shrinks is its distance",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(A.T @ A / len(y))
    return W_best + V @ ((1 - lr * curvatures) ** k * (V.T @ (start - W_best)))
""",
            "The 2 is missing",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(A.T @ A)
    return W_best + V @ ((1 - lr * curvatures) ** k * (V.T @ (start - W_best)))
""",
            "The factor 2/n is missing",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best - V @ ((1 - lr * curvatures) ** k * (V.T @ W_best))
""",
            "It starts at zero",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best + V @ (k * (1 - lr * curvatures) * (V.T @ (start - W_best)))
""",
            "raise it to the power k",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    W_best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return W_best + (1 - lr * curvatures) ** k * (V.T @ (start - W_best))
""",
            "The turn back with V is missing",
        ),
        (
            """
def iterate(k, A, y, start, lr):
    return np.linalg.eigh(2 / len(y) * A.T @ A)
""",
            "Expected numbers for",
        ),
    ],
    "momentum_step": [
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    return W - lr * v, mu * v + gradient
""",
            "The step uses the old velocity",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    return W - lr * (mu * v + gradient), v
""",
            "v comes back unchanged",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v = mu * v + (1 - mu) * gradient
    return W - lr * v, v
""",
            "The gradient counts in full",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v = mu * v - lr * gradient
    return W + v, v
""",
            "lr belongs to the step of W",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v = mu * v + gradient
    return v, W - lr * v
""",
            "return W first, then v",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v = mu * v + gradient
    return W + lr * v, v
""",
            "It climbs",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v = v + mu * gradient
    return W - lr * v, v
""",
            "mu belongs in front of the velocity",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v += gradient
    W -= lr * v
    return W, v
""",
            "changes the arrays it was given",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    return W - lr * gradient, mu * v + gradient
""",
            "The step uses the gradient alone",
        ),
        (
            """
def momentum_step(W, v, gradient, lr, mu):
    v = mu * v + gradient
    return W - lr * v
""",
            "Expected 2 results (W, v)",
        ),
    ],
}

WRONG["power_matrix"] += [
    (
        """
def power_matrix(x, n):
    columns = x.reshape(-1, 1) if len(x) != n else x
    return columns ** torch.arange(n)[: len(x)] if len(x) != n else (x ** torch.arange(n))
""",
        "3 numbers and 3 powers give shape (3, 3), not (3,)",
    ),
]
WRONG["epochs_needed"] += slips(
    "fitting_polynomials",
    "epochs_needed",
    ("return int", "return 1 + int", "One too many"),
    ("np.ceil(np", "-np.ceil(np", "The sign is wrong"),
    ("lr * curvature", "lr", "The curvature isn't used"),
    ("return int", "return np.ones(2), int", "a number for"),
)
WRONG["iterate"] += slips(
    "fitting_polynomials",
    "iterate",
    ("2 / len(y) * A.T", "2 * A.T", "you summed over the rows; take the mean"),
    (" ** k", "", "The power k is missing"),
    ("start - W_best", "W_best - start", "it is start minus least squares"),
)
WRONG["momentum_step"] += slips(
    "fitting_polynomials",
    "momentum_step",
    ("W - lr * v", "W", "v is right, but W hasn't moved"),
    ("lr * v", "v", "The learning rate isn't used"),
    ("lr * v, v", "lr * v, 2 * v", "W[0], W[1] and W[2] are right, v[0], v[1]"),
    ("mu * v +", "v +", "the velocity never slows down"),
    ("lr * v", "lr * (gradient + mu * v)", "Nesterov's variant"),
)

WRONG["power_matrix"] += slips(
    "fitting_polynomials",
    "power_matrix",
    ("** torch.arange(n)", "^ torch.arange(n)", "In Python, a power is **"),
    (
        "x.reshape(-1, 1) ** torch.arange(n)",
        "torch.stack([x**k for k in range(n)]).reshape(len(x), n)",
        "that is the transpose, reshaped",
    ),
)
WRONG["epochs_needed"] += slips(
    "fitting_polynomials",
    "epochs_needed",
    ("np.log(share)", "np.log(1 - share)", "or you took log(1 − share)"),
    ("np.ceil(", "round(", "One too few"),
    (
        "int(np.ceil(np.log(share) / np.log(factor)))",
        "int(np.log(share) / np.log(factor)) + 1",
        "add nothing to a whole number",
    ),
)
WRONG["iterate"] += slips(
    "fitting_polynomials",
    "iterate",
    ("1 - lr * curvatures", "1 + lr * curvatures", "that climbs"),
    ("lr * curvatures", "curvatures", "The learning rate isn't used"),
    ("lr * curvatures", "0.05 * curvatures", "with lr = 0.05 instead of the lr given"),
)
WRONG["iterate"] += functions_told(
    "iterate(k, A, y, start, lr)",
    (
        """
    W = start
    for _ in range(k):
        W = W - lr * 2 / len(y) * A.T @ (A @ W - y)
    return W
""",
        "The loop is right. Now write it without one",
    ),
)
WRONG["momentum_step"] += functions_told(
    "momentum_step(W, v, gradient, lr, mu)",
    (
        """
    v = mu * v + lr * gradient
    return W - v, v
""",
        "lr belongs to the step of W alone",
    ),
    (
        """
    v = mu * v + lr * gradient
    return W - lr * v, v
""",
        "lr is used twice",
    ),
    (
        """
    v = mu * v - gradient
    return W - lr * v, v
""",
        "The gradient is subtracted in v",
    ),
    (
        """
    v = 0.9 * v + gradient
    return W - lr * v, v
""",
        "You used 0.9 instead of the mu given",
    ),
    (
        """
    v = mu * v + gradient
    return W - 0.05 * v, v
""",
        "with lr = 0.05 instead of the lr given",
    ),
)

WRONG["epochs_needed"] += functions_told(
    "epochs_needed(lr, curvature, share)",
    (
        """
    k = 1
    while abs(1 - lr * curvature) ** k > share:
        k += 1
    return k
""",
        "the least k is 0",
    ),
)
WRONG["iterate"] += slips(
    "fitting_polynomials",
    "iterate",
    ("(1 - lr * curvatures)", "abs(1 - lr * curvatures)", "leave out the absolute value"),
    (
        "curvatures, V",
        "W = start\n    for _ in range(min(k, 1000)):\n        W = W - lr * H @ (W - W_best)\n"
        "    return W\n    curvatures, V",
        "On test data it gives",
    ),
)


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
    ),
    "epochs_needed": functions(
        "epochs_needed(lr, curvature, share)",
        """
    import math
    return math.ceil(math.log(share) / math.log(abs(1 - lr * curvature)))
""",
        """
    k, left = 0, 1.0
    while left > share:
        k, left = k + 1, left * abs(1 - lr * curvature)
    return k
""",
        "np.ceil(np.log(share) / np.log(np.abs(1 - lr * curvature)))",
        "int(np.ceil(np.log2(share) / np.log2(abs(1 - lr * curvature))))",
        "int(np.ceil(2 * np.log(share) / np.log((1 - lr * curvature) ** 2)))",
    ),
    "iterate": functions(
        "iterate(k, A, y, start, lr)",
        """
    H = 2 / len(y) * A.T @ A
    best = np.linalg.solve(A.T @ A, A.T @ y)
    return best + np.linalg.matrix_power(np.eye(len(H)) - lr * H, k) @ (start - best)
""",
        """
    best = np.linalg.lstsq(A, y, rcond=None)[0]
    curvatures, V = np.linalg.eigh(2 * A.T @ A / A.shape[0])
    return best + (V * (1 - lr * curvatures) ** k) @ V.T @ (start - best)
""",
        """
    best = np.linalg.pinv(A) @ y
    curvatures, modes = np.linalg.eigh(2 / len(y) * A.T @ A)
    W = best.copy()
    for curvature, mode in zip(curvatures, modes.T):
        W += (1 - lr * curvature) ** k * (mode @ (start - best)) * mode
    return W
""",
        """
    best = np.linalg.lstsq(A, y)[0]
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return best + Vt.T @ ((1 - 2 * lr / len(y) * s**2) ** k * (Vt @ (start - best)))
""",
        """
    best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    return best + V @ np.diag((1 - lr * curvatures) ** k) @ V.T @ (start - best)
""",
    ),
    "momentum_step": functions(
        "momentum_step(W, v, gradient, lr, mu)",
        """
    new_v = gradient + mu * v
    return [W - lr * new_v, new_v]
""",
        "W - lr * (mu * v + gradient), mu * v + gradient",
        """
    v = v * mu
    v += gradient
    W = W.copy()
    W -= lr * v
    return W, v
""",
        """
    v = np.array([mu * a + g for a, g in zip(v, gradient)])
    return np.array([w - lr * a for w, a in zip(W, v)]), v
""",
        """
    v, W = torch.from_numpy(v), torch.from_numpy(W)
    v = mu * v + torch.from_numpy(gradient)
    return W - lr * v, v
""",
    ),
}
