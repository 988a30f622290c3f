"""Answers to 'Better roads' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "better_roads"


def chosen(*answers):
    """Return pairs of a choice of causes, written as in the exercise, and the words it is told."""
    return [(f"causes = {causes}", words) for causes, words in answers]


WRONG = {
    "roll": slips(
        LESSON,
        "roll",
        ("mu * v + gradient", "gradient", "That is plain descent"),
        (
            "mu * v + gradient",
            "v + gradient",
            "mu isn't used: no share of the velocity is ever lost",
        ),
        ("mu * v + gradient", "mu * v + lr * gradient", "lr is used twice"),
        ("mu * v + gradient", "mu * v + (1 - mu) * gradient", "not a mean with (1 − mu)·g"),
        ("mu * v + gradient", "(1 - mu) * v + mu * gradient", "mu and 1 − mu are swapped"),
        ("mu * v + gradient", "v + mu * gradient", "mu belongs in front of the velocity"),
        ("mu * v + gradient", "mu * (v + gradient)", "mu multiplies the new gradient, too"),
        ("mu * v + gradient", "mu * v - gradient", "It climbs"),
        ("mu * v + gradient", "0.9 * v + gradient", "You used 0.9 instead of the mu given"),
        ("mu * v + gradient", "0.99 * v + gradient", "You used 0.99 instead of the mu given"),
        ("mu * v + gradient", "(1 - mu) * gradient", "It still crawls: both mistakes are there"),
        ("mu * v + gradient", "(1 - mu) * v + gradient", "keeps the share mu, not 1 − mu"),
        ("    for", "    lr, mu = mu, lr\n    for", "lr and mu are swapped"),
        ("v = 0.0", "v = 1.0", "starts at zero, not at one"),
        ("range(n_epochs)", "range(5501)", "as after very many epochs: is n_epochs used?"),
        ("W - lr * v", "W + lr * v", "It climbs"),
        ("W - lr * v", "W - v", "The learning rate isn't used"),
        ("W - lr * v", "W - lr * gradient", "That is plain descent"),
        ("W - lr * v", "W - lr * (gradient + v)", "The gradient moves W twice"),
        ("W - lr * v", "W - lr * (gradient + mu * v)", "Nesterov's variant"),
        ("W - lr * v", "W - 0.05 * v", "You stepped with lr = 0.05 instead of the lr given"),
        ("        W = W - lr * v\n", "", "W hasn't moved from zero"),
        ("    return W", "        return W", "That is a single epoch"),
        ("    return W", "    return v", "That is the velocity: return W"),
        ("    return W", "    return W, v", "Expected"),
        ("range(n_epochs)", "range(n_epochs + 1)", "That is one epoch too many"),
        ("range(n_epochs)", "range(1, n_epochs)", "That is one epoch too few"),
        ("        gradient", "        v = 0.0\n        gradient", "plain descent"),
        (
            "v = mu * v + gradient\n        W = W - lr * v",
            "W = W - lr * v\n        v = mu * v + gradient",
            "W moves by the old velocity",
        ),
    )
    + functions_told(
        "roll(A, y, lr, mu, n_epochs)",
        (
            "np.linalg.lstsq(A, y)[0]",
            "That is the least-squares solution, as after very many epochs",
        ),
        (
            """
    W = np.zeros(A.shape[1])
    v = np.zeros(A.shape[1])
    for epoch in range(n_epochs):
        gradient = 2 / len(y) * A.T @ (A @ W - y)
        old = v
        v = mu * v + gradient
        W = W - lr * (gradient + old)
    return W
""",
            "On test data it gives",
        ),
    ),
    "causes": chosen(
        ("[1, 5, 4, 2]", "A gets close to the least possible loss and hops there. 3 of the 4"),
        ("[2, 5, 4, 3]", "that is one jump, after which the loss settles again. A never"),
        ("[4, 5, 3, 2]", "A's hops at the end are as large as before"),
        ("[5, 3, 4, 2]", "plain descent on all rows falls in every epoch. A hops"),
        ("[3, 1, 4, 2]", "above the limit the loss grows, and B's falls all the time"),
        ("[3, 2, 4, 5]", "there is no jump in B"),
        ("[3, 3, 4, 2]", "with mini-batches the loss hops"),
        ("[3, 4, 5, 2]", "a ball with momentum near 1 swings. B falls"),
        ("[3, 5, 1, 2]", "C's peaks get lower"),
        ("[3, 5, 2, 4]", "C swings from the beginning"),
        ("[3, 5, 3, 2]", "batches make small hops near the bottom"),
        ("[3, 5, 5, 2]", "plain descent falls in every epoch. C goes up and down"),
        ("[3, 5, 4, 1]", "D jumps once and returns"),
        ("[3, 5, 4, 3]", "D had settled, jumped once and settled again"),
        ("[3, 5, 4, 4]", "D jumps late, out of rest"),
        ("[3, 5, 4, 5]", "D jumps once. 3 of the 4 are right"),
        ("[1, 1, 1, 1]", "Look at A again"),
        ("[3, 5, 4]", "Expected four numbers, for A, B, C and D, got 3"),
        ("3", "Expected four numbers, for A, B, C and D, got 1"),
        ("[3, 5, 4, 6]", "numbers run from 1 to 5; 6 is none of them"),
        ('["hops", "falls", "swings", "jumps"]', "Expected the number of a cause, from 1 to 5"),
        ("{3, 5, 4, 2}", "A set has no order"),
        ("None", "Expected four numbers"),
    ),
    "heights": slips(
        LESSON,
        "heights",
        ("(x_new - low) / (high - low)", "(x_new - x_new.min()) / (x_new.max() - x_new.min())")
        + ("t is still scaled by the new points",),
        ("2 * (x_new - low) / (high - low) - 1", "(x_new - low) / (high - low)", "from 0 to 1 on"),
        (
            "2 * (x_new - low) / (high - low) - 1",
            "(x_new - x_new.min()) / (x_new.max() - x_new.min())",
            "t runs from 0 to 1, and is scaled by the new points",
        ),
        ("2 * (x_new - low) / (high - low) - 1", "2 * x_new - 1", "right for points from 0 to 1"),
        ("2 * (x_new - low) / (high - low) - 1", "x_new", "x isn't scaled at all"),
        ("(x_new - low)", "x_new", "low isn't subtracted before the division"),
        ("(high - low)", "high", "divide by high − low, and not by high"),
        ("return np.polynomial.legendre.legvander(t_new, len(W) - 1) @ W", "return t_new")
        + ("These are the places t: return the heights",),
        ("np.polynomial.legendre.legvander(t_new, len(W) - 1)", "np.vander(t_new, len(W), True)")
        + ("The columns are powers of t",),
        ("len(W) - 1) @ W", "len(W) - 2) @ W[:-1]", "The degree is too low by one"),
        (" - 1\n", " + 1\n", "On test data it gives"),
        (" - 1\n", "\n", "The − 1 is missing: t runs from 0 to 2"),
        ("2 * (x_new", "(x_new", "The 2 is missing: t runs from −1 to 0"),
        ("2 * (x_new - low) / (high - low) - 1", "2 * ((x_new - low) / (high - low) - 1)")
        + ("t runs from −2 to 0",),
        ("(x_new - low)", "x_new - low", "Put the difference in parentheses"),
        ("2 * (x_new - low) / (high - low) - 1", "(x_new - x_new.mean()) / x_new.std()")
        + ("That standardises the new points",),
        (" - 1\n", " - 1\n    t_new = np.clip(t_new, -1, 1)\n", "don't clip its t"),
        ("2 * (x_new - low) / (high - low) - 1", "1 - 2 * (x_new - low) / (high - low)")
        + ("t runs from 1 down to −1",),
        ("len(W) - 1) @ W", "len(W)) @ W", "raises ValueError"),
    ),
}

RIGHT = {
    "roll": functions(
        "roll(A, y, lr, mu, n_epochs)",
        """
    W, v = np.zeros(A.shape[1]), 0
    for epoch in range(n_epochs):
        v = mu * v + 2 / len(y) * A.T @ (A @ W - y)
        W -= lr * v
    return W
""",
        """
    W = np.zeros(A.shape[1])
    move = np.zeros(A.shape[1])
    for epoch in range(n_epochs):
        gradient = 2 / len(y) * A.T @ (A @ W - y)
        move = mu * move - lr * gradient
        W = W + move
    return W
""",
        """
    W = np.zeros(A.shape[1])
    before = W
    for epoch in range(n_epochs):
        gradient = 2 / len(y) * A.T @ (A @ W - y)
        W, before = W - lr * gradient + mu * (W - before), W
    return W
""",
        """
    W = np.zeros(A.shape[1])
    v = [0.0] * len(W)
    for epoch in range(n_epochs):
        gradient = 2 / len(y) * A.T @ (A @ W - y)
        for k in range(len(W)):
            v[k] = mu * v[k] + gradient[k]
            W[k] = W[k] - lr * v[k]
    return W.tolist()
""",
        """
    A, y = torch.from_numpy(A), torch.from_numpy(y)
    W = torch.zeros(A.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr, momentum=mu)
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        ((A @ W - y) ** 2).mean().backward()
        optimizer.step()
    return W
""",
        """
    W = np.zeros(A.shape[1])
    gradients = []
    for epoch in range(n_epochs):
        gradients.append(2 / len(y) * A.T @ (A @ W - y))
        W = W - lr * sum(mu**k * g for k, g in enumerate(reversed(gradients)))
    return W
""",
    ),
    "causes": [
        "causes = (3, 5, 4, 2)",
        "causes = '3542'",
        "causes = {'A': 3, 'B': 5, 'C': 4, 'D': 2}",
        "causes = np.array([3, 5, 4, 2])",
        "causes = ['3', '5', '4', '2']",
        "causes = [3.0, 5.0, 4.0, 2.0]",
        "causes = torch.tensor([3, 5, 4, 2])",
        "causes = '3, 5, 4, 2'",
    ],
    "heights": functions(
        "heights(W, x_new, low, high)",
        "np.polynomial.legendre.legval(2 * (x_new - low) / (high - low) - 1, W)",
        """
    middle, half = (low + high) / 2, (high - low) / 2
    t = (x_new - middle) / half
    return np.polynomial.legendre.legvander(t, len(W) - 1) @ W
""",
        "np.polynomial.Legendre(W, domain=[low, high])(x_new)",
        """
    t = (2 * x_new - low - high) / (high - low)
    total = 0
    for k in range(len(W)):
        one = np.zeros(k + 1)
        one[k] = 1
        total = total + W[k] * np.polynomial.legendre.legval(t, one)
    return total
""",
        """
    found = []
    for place in x_new:
        t = -1 + 2 * (place - low) / (high - low)
        before, now = 0.0, 1.0
        height = W[0]
        for k in range(1, len(W)):
            before, now = now, ((2 * k - 1) * t * now - (k - 1) * before) / k
            height += W[k] * now
        found.append(height)
    return found
""",
    ),
}
