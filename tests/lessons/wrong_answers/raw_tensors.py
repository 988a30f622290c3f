"""Answers to 'Raw autograd tensors' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "raw_autograd_tensors"


def chosen(*answers):
    """Return pairs of a choice of stories, written as in the exercise, and the words it is told."""
    return [(f"stories = {stories}", words) for stories, words in answers]


WRONG = {
    "stories": chosen(
        (
            "[1, 3, 5, 2]",
            "gradients that add up swing up and down, and A comes to rest. 2 of the 4",
        ),
        ("[5, 1, 3, 2]", "a run that needs more steps still falls at the end"),
        ("[3, 1, 5, 4]", "if W never moved, the loss would stay at its first value. 3 of the 4"),
        ("[3, 2, 5, 1]", "above the limit the loss grows further and further; B comes back down"),
        ("[3, 5, 1, 2]", "with a small learning rate the loss falls at every step"),
        ("[3, 1, 3, 2]", "C goes below it"),
        ("[3, 1, 1, 2]", "C falls fastest at the start"),
        ("[3, 1, 2, 5]", "above the limit the loss grows, and C's falls"),
        ("[3, 1, 5, 1]", "D grows by the same factor again and again"),
        ("[3, 1, 5, 3]", "a cut changes where a run comes to rest; D grows"),
        ("[3, 1, 5, 5]", "below the limit the loss falls, however small the rate"),
        ("[2, 1, 5, 3]", "above the limit the loss grows, and A's falls"),
        ("[4, 1, 5, 2]", "if W never moved"),
        ("[3, 4, 5, 2]", "Look at B again: if W never moved"),
        ("[3, 3, 5, 2]", "B never rests"),
        ("[3, 1, 4, 2]", "Look at C again: if W never moved"),
        ("[4, 4, 4, 4]", "Look at A again: if W never moved, the loss would stay at its first"),
        ("[3, 1, 5]", "Expected four numbers, for A, B, C and D, got 3"),
        ("3", "Expected four numbers, for A, B, C and D, got 1"),
        ("[3, 1, 5, 6]", "numbers run from 1 to 5; 6 is none of them"),
        ("[3, 1, 5, 2.5]", "2.5 is none of them"),
        ('["cut", "sum", "slow", "big"]', "Expected the number of a story, from 1 to 5"),
        ("{3, 1, 5, 2}", "A set has no order"),
        ("None", "Expected four numbers"),
    ),
    "tutorial": functions_told(
        "tutorial(x, y, lr, n_epochs)",
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for epoch in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.tolist(), loss.item()
""",
            "The steps belong to the MSE; the error here is norm / n",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        W.grad = None
        error.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.tolist(), error.item()
""",
            "the error is that of the line one step before",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0])
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        error.backward()
        W = W - lr * W.grad
    return W.tolist(), error.item()
""",
            "no tensor in it asked for a gradient",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        error.backward()
        W = W - lr * W.grad
    return W.tolist(), error.item()
""",
            "W isn't a leaf any more",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
    for epoch in range(n_epochs):
        W.grad = None
        error.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.tolist(), error.item()
""",
            "Compute the loss again before each backward",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for epoch in range(n_epochs):
        error = (W[0] * x + W[1] - y) / len(x)
        W.grad = None
        error.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W.tolist(), error
""",
            "backward() needs one number",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        error.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
        return W.tolist(), error.item()
""",
            "That is a single step",
        ),
        (
            """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / 10
        W.grad = None
        error.backward()
        with torch.no_grad():
            W -= lr * W.grad
    error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / 10
    return W, error
""",
            "You divide the norm by 10",
        ),
        (
            "torch.zeros(2, requires_grad=True).numpy(), 0.0",
            "Stay with tensors, and detach only what you return",
        ),
        ("[1.30, 1.85], 0.15", "These are the tutorial's numbers"),
        ("torch.tensor([0, 0], requires_grad=True), 0.0", "Write 0.0, not 0"),
        ("torch.tensor([1.0, 2.0]), 0.0", "On test data it gives"),
        ("0.15, [1.30, 1.85]", "They are swapped: return W first"),
        ("[1.30, 1.85]", "got two numbers: W is a list"),
        ("torch.zeros(2), 0.0", "W hasn't left zero"),
        ("0.15", "Expected two results, W and the error, got a float"),
        ("'W', 'error'", "Expected numbers for W, got a str"),
        ("torch.zeros(3), 0.0", "Expected W of shape (2,), got shape (3,)"),
    )
    + slips(
        LESSON,
        "tutorial",
        ("        W.grad = None\n", "", "The gradients add up: where is W.grad emptied?"),
        ("            W -= lr", "            W += lr", "It climbs"),
        ("lr * W.grad", "W.grad", "The learning rate isn't used"),
        ("lr * W.grad", "0.01 * W.grad", "with lr = 0.01 instead of the lr given"),
        ("        with torch.no_grad():\n            W -=", "        W -=", "torch.no_grad()"),
        ("            W -= lr", "            W = W - lr", "Change W in place"),
        (
            "W.grad = None\n        error.backward()",
            "W.grad.zero_()\n        error.backward()",
            "write W.grad = None",
        ),
        ("range(n_epochs)", "range(2000)", "You took 2,000 steps instead of n_epochs"),
        ("range(n_epochs)", "range(n_epochs - 1)", "That is one step too few"),
        ("error.item()", "round(error.item(), 2)", "the error is rounded: return it as it is"),
        ("range(n_epochs)", "range(n_epochs + 1)", "That is one step too many"),
        ("W.tolist(), error.item()", "W.tolist()[::-1], error.item()", "Slope and height are swap"),
        ("error.item()", "len(x) * error.item()", "the error isn't divided by n"),
        ("error.item()", "len(x) / 10 * error.item()", "its error is divided by 10"),
        ("error.item()", "len(x) * error.item() ** 2", "the error is the MSE of the line"),
        ("error.item()", "len(x) ** 0.5 * error.item()", "the error is the root of the MSE"),
        ("error.item()", "(len(x) * error.item()) ** 2", "the error is the sum of the squares"),
        (
            "        error.backward()",
            "        (len(x) * error).backward()",
            "it isn't divided by n",
        ),
        (
            "        error.backward()",
            "        (len(x) ** 0.5 * error).backward()",
            "divide the norm by n, not by the root of n",
        ),
        (
            "        error.backward()",
            "        ((len(x) * error) ** 2).backward()",
            "belong to the sum of the squares",
        ),
        ("error.backward()\n", "error.backward()\n        W.grad.zero_()\n", "W hasn't left zero"),
        ("return W.tolist(), error.item()", "print(W, error)", "is the return missing?"),
    ),
    "gradient_in_parts": slips(
        LESSON,
        "gradient_in_parts",
        (".sum() / len(x)", ".mean()", "Each part counts as if it were all rows"),
        (".sum() / len(x)", ".sum()", "You summed over the 11 rows; divide by their number"),
        (".sum() / len(x)", ".mean() / 2", "Each part counts a half"),
        (".sum() / len(x)", ".mean() / len(x)", "A part's mean is divided again"),
        (".sum() / len(x)", ".sum() / len(x) ** 2", "divide by the number of all rows twice"),
        (".sum() / len(x)", ".sum() / 10", "You divide by 10; divide by the number of all rows"),
        ("    W.grad = None", "    W.grad.zero_()", "None has no zero_(): write W.grad = None"),
        ("return W.grad", "return W", "That is W itself: return W.grad"),
        (".sum() / len(x)", ".sum() / size", "divided by 4, the size of a part"),
        (".sum() / len(x)", ".mean() * size / len(x)", "The last part has fewer rows than `size`"),
        ("    W.grad = None\n", "", "The parts are right, but before the first part"),
        ("        loss = ", "        W.grad = None\n        loss = ", "Only the last part counts"),
        (
            "        loss.backward()",
            "        loss.backward()\n        return W.grad",
            "Only the first part counts",
        ),
        ("    return W.grad", "    W.grad = None\n    return torch.zeros(2)", "Both are zero"),
        ("return W.grad", "return -W.grad", "It has the wrong sign"),
        ("return W.grad", "return loss", "Expected the gradient of shape (2,), got shape ()"),
        (
            "        loss.backward()",
            "        loss.backward()\n        W.data -= 0.1",
            "On test data it gives",
        ),
        ("    return W.grad", "    W.data -= 0.1\n    return W.grad", "but W has moved"),
        ("        loss.backward()\n", "", "returns None"),
        (
            "    W.grad = None\n",
            "    W.grad, size = None, 100\n",
            "11 rows in parts of 4 are 3 parts, and once did backward reach W",
        ),
        (
            "start + size], y[start : start + size]",
            "start + 100], y[start : start + 100]",
            "On test data it gives",
        ),
    )
    + functions_told(
        "gradient_in_parts(W, x, y, size)",
        (
            """
    for start in range(0, len(x), size):
        W.grad = None
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ((W[0] * x_part + W[1] - y_part) ** 2).mean()
        loss.backward()
    return W.grad
""",
            "And a part's mean counts as much as all rows",
        ),
        (
            """
    for start in range(0, len(x), size):
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ((W[0] * x_part + W[1] - y_part) ** 2).mean()
        loss.backward()
    return W.grad
""",
            "Each part counts as if it were all rows, and before the first part",
        ),
        (
            """
    r = W[0] * x + W[1] - y
    return torch.stack([2 * (r * x).mean(), 2 * r.mean()]).detach()
""",
            "and never did backward reach W",
        ),
        (
            """
    W.grad = None
    n_parts = -(-len(x) // size)
    for start in range(0, len(x), size):
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ((W[0] * x_part + W[1] - y_part) ** 2).mean() / n_parts
        loss.backward()
    return W.grad
""",
            "Each of the 3 parts counts the same, but the last one has fewer rows",
        ),
        (
            """
    for start in range(0, len(x), size):
        W.grad = None
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ((W[0] * x_part + W[1] - y_part) ** 2).sum()
        loss.backward()
    return W.grad
""",
            "And a part's sum isn't divided",
        ),
    ),
    "slopes": slips(
        LESSON,
        "slopes",
        (".sum()", "", "backward() needs one number, or the weights v of several"),
        (".sum()", ".mean()", "Each is 4 times too small"),
        ("points.clone().requires_grad_()", "points.clone()", "asked for a gradient"),
        ("points.clone()", "points", "`points` itself asks for a gradient now"),
        ("return z.grad", "return z", "These are the points: return the gradient of your leaf"),
        ("return z.grad", "return -z.grad", "Each has the wrong sign"),
        ("return z.grad", "return f(z)", "These are the values of f, not its slopes"),
        ("    f(z).sum()", "    f(z).sum().backward()\n    f(z).sum()", "backward ran twice"),
        ("return z.grad", "return z.grad.sum()", "Expected 4 slopes, one for each point"),
        ("return z.grad", "return torch.ones(len(z))", "All are ones: that is v"),
        ("f(z).sum()", "f(z)[0]", "Only the first slope is there"),
        ("    f(z).sum().backward()\n", "", "returns None"),
    )
    + functions_told(
        "slopes(f, points)",
        (
            """
    z = points.clone().requires_grad_()
    return f(z).sum().backward()
""",
            "it fills .grad",
        ),
        (
            """
    z = points.requires_grad_()
    f(z).backward(torch.ones(len(z)))
    return z.grad
""",
            "clone it first",
        ),
        (
            """
    z = points.clone().requires_grad_()
    f(z).backward(points)
    return z.grad
""",
            "The slopes are weighted by the points",
        ),
        (
            """
    points += 1
    z = points.clone().requires_grad_()
    f(z).sum().backward()
    points -= 1
    return z.grad
""",
            "On test data it gives",
        ),
        (
            """
    z = points.clone().requires_grad_()
    f(z).sum().backward()
    points += 1
    return z.grad
""",
            "but `points` has changed: work on a clone",
        ),
        (
            """
    z = 1.0 * points.clone().requires_grad_()
    f(z).sum().backward()
    return z.grad
""",
            "only that of a leaf: clone first",
        ),
        ("torch.cos(points)", "That is the slope of the sine: use f"),
        (
            "(f(points + 1e-3) - f(points - 1e-3)) / 2e-3",
            "Is it a difference quotient?",
        ),
    ),
}

RIGHT = {
    "stories": [
        "stories = (3, 1, 5, 2)",
        "stories = '3152'",
        "stories = {'A': 3, 'B': 1, 'C': 5, 'D': 2}",
        "stories = np.array([3, 1, 5, 2])",
        "stories = ['3', '1', '5', '2']",
        "stories = [3.0, 1.0, 5.0, 2.0]",
        "stories = torch.tensor([3, 1, 5, 2])",
        "stories = '3, 1, 5, 2'",
        "stories = map(int, '3152')",
    ],
    "tutorial": functions(
        "tutorial(x, y, lr, n_epochs)",
        """
    W = torch.zeros(2, requires_grad=True)
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        error.backward()
        with torch.no_grad():
            W -= lr * W.grad
            W.grad.zero_()
    return W.detach(), float(torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x))
""",
        """
    def measure(W):
        return ((W[0] * x + W[1] - y) ** 2).sum().sqrt() / len(y)

    W = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr)
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        measure(W).backward()
        optimizer.step()
    return [W[0].item(), W[1].item()], measure(W).item()
""",
        """
    w = torch.tensor(0.0, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    for epoch in range(n_epochs + 1):
        error = torch.norm(w * x + b - y) / x.numel()
        if epoch == n_epochs:
            break
        dw, db = torch.autograd.grad(error, (w, b))
        with torch.no_grad():
            w -= lr * dw
            b -= lr * db
    return [w.item(), b.item()], error.item()
""",
        """
    W = torch.zeros(2, dtype=torch.float64)
    for epoch in range(n_epochs):
        W = W.detach().requires_grad_()
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        error.backward()
        W = W - lr * W.grad
    with torch.no_grad():
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
    return W.detach().numpy(), error.item()
""",
        """
    W, x, y = np.zeros(2), x.numpy(), y.numpy()
    for epoch in range(n_epochs):
        r = W[0] * x + W[1] - y
        W = W - lr * np.array([(r * x).sum(), r.sum()]) / (len(x) * np.linalg.norm(r))
    return [float(W[0]), float(W[1])], np.linalg.norm(W[0] * x + W[1] - y) / len(x)
""",
        """
    W = torch.tensor([0.0, 0.0], requires_grad=True)
    errors = []
    for epoch in range(n_epochs):
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        error.backward()
        W.data -= lr * W.grad
        W.grad = None
    return W, torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
""",
    ),
    "gradient_in_parts": functions(
        "gradient_in_parts(W, x, y, size)",
        """
    W.grad = None
    for start in range(0, len(x), size):
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ((W[0] * x_part + W[1] - y_part) ** 2).mean() * len(x_part) / len(x)
        loss.backward()
    return W.grad
""",
        """
    if W.grad is not None:
        W.grad.zero_()
    for x_part, y_part in zip(x.split(size), y.split(size)):
        (((W[0] * x_part + W[1] - y_part) ** 2).sum() / x.numel()).backward()
    return W.grad.clone()
""",
        """
    total = torch.zeros(2)
    for start in range(0, len(x), size):
        x_part, y_part = x[start : start + size], y[start : start + size]
        loss = ((W[0] * x_part + W[1] - y_part) ** 2).sum()
        total = total + torch.autograd.grad(loss, W)[0]
    return total / len(x)
""",
        """
    W.grad = None
    for start in range(0, len(x), size):
        x_part, y_part = x[start : start + size], y[start : start + size]
        ((W[0] * x_part + W[1] - y_part) ** 2).sum().backward()
    W.grad /= len(x)
    return W.grad
""",
        """
    W.grad = torch.zeros(2)
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        r = W[0] * x[rows] + W[1] - y[rows]
        (r @ r / len(y)).backward()
    return W.grad.tolist()
""",
    ),
    "slopes": functions(
        "slopes(f, points)",
        """
    z = points.clone().requires_grad_()
    f(z).backward(torch.ones(len(z)))
    return z.grad
""",
        """
    z = points.detach().clone().requires_grad_(True)
    outputs = f(z)
    outputs.backward(torch.ones_like(outputs))
    return z.grad.clone()
""",
        """
    z = points.clone()
    z.requires_grad = True
    return torch.autograd.grad(f(z).sum(), z)[0]
""",
        """
    found = []
    for point in points:
        z = torch.tensor(point.item(), requires_grad=True)
        f(z).backward()
        found.append(z.grad.item())
    return torch.tensor(found)
""",
        """
    z = points.double().requires_grad_()
    f(z).sum().backward()
    return z.grad.numpy()
""",
        """
    z = points.detach().requires_grad_()
    f(z).sum().backward()
    return z.grad
""",
    ),
}
