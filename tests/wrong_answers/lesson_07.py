"""Wrong answers to lesson 07: by exercise, pairs of the answer and words of the diagnosis."""

from tests.wrong_answers import slips

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
            "turn base and exponent around",
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
    return np.ceil(np.log(share) / np.log(1 - curvature))
""",
            "The learning rate is not used",
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
            "the wrong way round",
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
            "the wrong way round",
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
            "raised to the power k",
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
            "v comes back as it was",
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
        "4 numbers and 4 powers give shape (4, 4), but (4,) came",
    ),
]
WRONG["epochs_needed"] += slips(
    "07",
    "epochs_needed",
    ("return int", "return 1 + int", "One too many"),
    ("np.ceil(np", "-np.ceil(np", "The sign is wrong"),
    ("lr * curvature", "lr", "The curvature is not used"),
    ("return int", "return np.ones(2), int", "a number for"),
)
WRONG["iterate"] += slips(
    "07",
    "iterate",
    ("2 / len(y) * A.T", "2 * A.T", "a sum stands where the mean is wanted"),
    (" ** k", "", "The power k is missing"),
    ("start - W_best", "W_best - start", "it is start minus least squares"),
)
WRONG["momentum_step"] += slips(
    "07",
    "momentum_step",
    ("W - lr * v", "W", "v is right, but W has not moved"),
    ("lr * v", "v", "The learning rate is not used"),
    ("lr * v, v", "lr * v, 2 * v", "W[0], W[1] and W[2] are right, v[0], v[1]"),
    ("mu * v +", "v +", "the velocity never slows down"),
    ("lr * v", "lr * (gradient + mu * v)", "Nesterov's variant"),
)
