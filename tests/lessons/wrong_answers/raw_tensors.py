"""Answers to 'Raw autograd tensors' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

WRONG = {
    "curve_gradient": [
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    loss = ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).mean()
    return loss.backward()
""",
            "backward() returns nothing, it fills W.grad",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start)
    loss = ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).mean()
    loss.backward()
    return W.grad
""",
            "W must require grad",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    loss = (W[0] * x + torch.sin(W[1] * x) - y) ** 2
    loss.backward()
    return W.grad
""",
            "a mean is missing",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    loss = ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).sum()
    loss.backward()
    return W.grad
""",
            "you summed over the 7 points; take the mean",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    loss = torch.linalg.vector_norm(W[0] * x + torch.sin(W[1] * x) - y) / len(x)
    loss.backward()
    return W.grad
""",
            "the gradient of norm / n",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    loss = ((W[0] * x + torch.sin(W[1]) * x - y) ** 2).mean()
    loss.backward()
    return W.grad
""",
            "x is outside the sine",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    for _ in range(2):
        loss = ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).mean()
        loss.backward()
    return W.grad
""",
            "backward was called twice",
        ),
        (
            """
def curve_gradient(start, x, y):
    W = torch.tensor(start, requires_grad=True)
    loss = ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).mean()
    loss.backward()
    return loss
""",
            "return W.grad, not the loss",
        ),
    ],
    "update": [
        (
            """
def update(W, lr):
    W -= lr * W.grad
    W.grad = None
    return W
""",
            "put it under `with torch.no_grad():`",
        ),
        (
            """
def update(W, lr):
    with torch.no_grad():
        W = W - lr * W.grad
    return W
""",
            "only gives a new tensor the old name",
        ),
        (
            """
def update(W, lr):
    W = W - lr * W.grad
    return W
""",
            "only gives a new tensor the old name",
        ),
        (
            """
def update(W, lr):
    with torch.no_grad():
        W -= lr * W.grad
    return W
""",
            "the next backward adds to it",
        ),
        (
            """
def update(W, lr):
    W.grad.zero_()
    with torch.no_grad():
        W -= lr * W.grad
    return W
""",
            "emptied before it was used",
        ),
        (
            """
def update(W, lr):
    W.grad = None
    with torch.no_grad():
        W -= lr * W.grad
    return W
""",
            "W.grad is None where you use it",
        ),
        (
            """
def update(W, lr):
    with torch.no_grad():
        W += lr * W.grad
    W.grad = None
    return W
""",
            "It climbs",
        ),
        (
            """
def update(W, lr):
    with torch.no_grad():
        W -= W.grad
    W.grad = None
    return W
""",
            "The learning rate isn't used",
        ),
        (
            """
def update(W, lr):
    with torch.no_grad():
        W -= lr * W.grad
    W.grad = None
""",
            "is the return missing?",
        ),
    ],
    "history_of": [
        (
            """
def history_of(W, take_step, n_epochs):
    history = [W.detach()]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.detach())
    return history
""",
            "they share W's storage",
        ),
        (
            """
def history_of(W, take_step, n_epochs):
    history = [W.detach().numpy()]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.detach().numpy())
    return history
""",
            "they share W's storage",
        ),
        (
            """
def history_of(W, take_step, n_epochs):
    history = [W.clone()]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.clone())
    return history
""",
            "still hangs on W's graph",
        ),
        (
            """
def history_of(W, take_step, n_epochs):
    history = [W]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W)
    return history
""",
            "The list holds W itself",
        ),
        (
            """
def history_of(W, take_step, n_epochs):
    history = []
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.detach().clone())
    return history
""",
            "4 steps have 5 places, the start and one after each step; your list has 4.",
        ),
        (
            """
def history_of(W, take_step, n_epochs):
    history = [W.numpy()]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.numpy())
    return history
""",
            "Use tensor.detach().numpy() instead. Detach first.",
        ),
        (
            """
def history_of(W, take_step, n_epochs):
    history = [W.tolist()]
    for _ in range(n_epochs):
        history.append(W.tolist())
        take_step(W)
    return history
""",
            "keep W after each step",
        ),
    ],
    "fit": [
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs + 1):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[0].item(), W[1].item(), ((W[0] * x + W[1] - y) ** 2).mean().item()
""",
            "That is one step too many",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs - 1):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[0].item(), W[1].item(), ((W[0] * x + W[1] - y) ** 2).mean().item()
""",
            "That is one step too few",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[0], W[1], loss
""",
            "Expected a float for the slope, got a tensor: use .item()",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
    return W[0].item(), W[1].item(), ((W[0] * x + W[1] - y) ** 2).mean().item()
""",
            "The gradients add up",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[0].item(), W[1].item(), loss.item()
""",
            "that of the line one step before",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).sum()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[0].item(), W[1].item(), loss.item()
""",
            "you summed over the 7 points; take the mean",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= W.grad
        W.grad = None
    return W[0].item(), W[1].item(), ((W[0] * x + W[1] - y) ** 2).mean().item()
""",
            "The learning rate isn't used",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = torch.linalg.vector_norm(W[0] * x + W[1] - y) / len(x)
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[0].item(), W[1].item(), loss.item()
""",
            "The steps belong to norm / n",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        W = W - lr * W.grad
    return W[0].item(), W[1].item(), loss.item()
""",
            "W isn't a leaf any more",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        W -= lr * W.grad
        W.grad = None
    return W[0].item(), W[1].item(), loss.item()
""",
            "put it under `with torch.no_grad():`",
        ),
        (
            """
def fit(x, y, lr, n_epochs):
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        W.grad = None
    return W[1].item(), W[0].item(), ((W[0] * x + W[1] - y) ** 2).mean().item()
""",
            "return the slope first",
        ),
    ],
}

WRONG["curve_gradient"] += slips(
    "raw_autograd_tensors",
    "curve_gradient",
    (").mean()", ").mean().sqrt()", "the root of the MSE: drop the root"),
    ("return W.grad", "return W", "That is W itself"),
    ("return W", "W.grad.zero_()\n    return W", "Both are zero"),
    ("torch.sin(W[1] * x)", "W[1]", "the sine is missing"),
    ("loss.b", "loss.backward()\n    loss.b", "Compute the loss again before each backward"),
)
WRONG["update"] += slips(
    "raw_autograd_tensors",
    "update",
    ("W -= lr * W.grad\n    W.grad = None", "pass", "W hasn't moved."),
    ("return W", "return W.clone()", "what you return is a different tensor: return W itself"),
    ("return W", "return W.tolist()", "Expected W itself, got a value of type list"),
    ("return W", "return W.requires_grad_(False)", "W doesn't require grad any more"),
)
WRONG["history_of"] += [
    (
        """
def history_of(W, take_step, n_epochs):
    take_step(W)
    return 0
""",
        "Expected a list, got a value of type int",
    ),
]
WRONG["fit"] += slips(
    "raw_autograd_tensors",
    "fit",
    ("loss.backward()", "loss.sqrt().backward()", "the loss here is the MSE itself"),
    ("W -= lr", "W - lr", "The line hasn't left zero"),
    ("W -= lr", "W += lr", "It climbs"),
    ("loss.b", "W.grad.zero_()\n        loss.b", "zero it after the step"),
    ("loss.item()", "len(x) * loss.item()", "is the sum of the squares: take the mean"),
    ("W[1].item()", "0.0", "slope is right, height isn't"),
    ("loss.item()", "loss.item() ** 0.5", "its loss is the root of the MSE"),
    ("loss.item()", "(loss.item() / len(x)) ** 0.5", "its loss is norm / n"),
)

WRONG["curve_gradient"] += slips(
    "raw_autograd_tensors",
    "curve_gradient",
    ("    loss.backward()\n", "", "as long as backward() was not called"),
    (
        "W = torch.tensor(start, requires_grad=True)",
        "W = 1 * torch.tensor(start, requires_grad=True)",
        "W isn't a leaf",
    ),
    ("return W.grad", "W.grad = None\n    return W.grad", "once it was emptied"),
    (" ** 2", "", "the square is missing"),
    ("return W.grad", "return -W.grad", "Each has the wrong sign"),
)
WRONG["update"] += slips(
    "raw_autograd_tensors",
    "update",
    ("lr * W.grad", "0.1 * W.grad", "with lr = 0.1 instead of the lr given"),
    ("W -= lr * W.grad", "W.copy_(lr * W.grad)", "W holds the gradient's step alone"),
    ("W -= lr", "W ^= lr", "bitwise_xor"),
)
WRONG["history_of"] += slips(
    "raw_autograd_tensors",
    "history_of",
    ("take_step(W)\n", "W = take_step(W)\n", "take_step(W) returns nothing"),
    ("        take_step(W)\n", "", "W never moves: call take_step(W)"),
    ("take_step(W)\n", "take_step(W)\n        take_step(W)\n", "You took 8 steps in 4 epochs"),
)
WRONG["history_of"] += functions_told(
    "history_of(W, take_step, n_epochs)",
    (
        """
    kept = W.detach().clone()
    history = [kept]
    for _ in range(n_epochs):
        take_step(W)
        history.append(kept)
    return history
""",
        "All entries are the start",
    ),
)
WRONG["fit"] += slips(
    "raw_autograd_tensors",
    "fit",
    ("lr * W.grad", "0.01 * W.grad", "with lr = 0.01 instead of the lr given"),
    (
        "    with torch.no_grad():\n        loss",
        "        break\n    with torch.no_grad():\n        loss",
        "That is a single step",
    ),
)

WRONG["history_of"] += slips(
    "raw_autograd_tensors",
    "history_of",
    ("return history", "return history[::-1]", "Entry 0 is"),
    ("[W.detach().clone()]", "[W.detach()]", "Entry 0 shares W's storage"),
    ("append(W.detach().clone())", "append(W.detach())", "Entry 1 shares W's storage"),
    (
        "    history = [",
        "    W = W.detach().clone().requires_grad_()\n    history = [",
        "your steps moved a copy",
    ),
)
WRONG["fit"] += slips(
    "raw_autograd_tensors",
    "fit",
    (
        "loss.backward()",
        "loss.backward()\n        W.grad.zero_()",
        "before the gradient is emptied",
    ),
)


RIGHT = {
    "curve_gradient": functions(
        "curve_gradient(start, x, y)",
        """
    W = torch.tensor(start).requires_grad_()
    ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).mean().backward()
    return W.grad.clone()
""",
        """
    W = torch.tensor(start, requires_grad=True)
    loss = torch.nn.functional.mse_loss(W[0] * x + (W[1] * x).sin(), y)
    return torch.autograd.grad(loss, W)[0]
""",
        """
    a, c = (torch.tensor(value, requires_grad=True) for value in start)
    ((a * x + torch.sin(c * x) - y) ** 2).mean().backward()
    return [a.grad, c.grad]
""",
        """
    W = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    error = W[0] * x + torch.sin(W[1] * x) - y
    loss = error.square().sum() / len(x)
    loss.backward()
    return W.grad.numpy()
""",
        """
    W = torch.nn.Parameter(torch.tensor(start))
    loss = ((W[0] * x + torch.sin(W[1] * x) - y) ** 2).mean()
    loss.backward()
    return W.grad.tolist()
""",
    ),
    "update": functions(
        "update(W, lr)",
        """
    W.data -= lr * W.grad
    W.grad = None
    return W
""",
        """
    with torch.no_grad():
        W.sub_(lr * W.grad)
        W.grad.zero_()
    return W
""",
        """
    with torch.no_grad():
        W.add_(W.grad, alpha=-lr)
    W.grad = torch.zeros_like(W)
    return W
""",
        """
    torch.optim.SGD([W], lr=lr).step()
    W.grad = None
    return W
""",
        """
    gradient, W.grad = W.grad, None
    W.detach().sub_(lr * gradient)
    return W
""",
        """
    with torch.no_grad():
        W.copy_(W - lr * W.grad)
    W.grad = None
    return W
""",
    ),
    "history_of": functions(
        "history_of(W, take_step, n_epochs)",
        """
    history = [W.tolist()]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.tolist())
    return history
""",
        """
    history = [W.detach().numpy().copy()]
    for _ in range(n_epochs):
        take_step(W)
        history.append(W.detach().numpy().copy())
    return np.array(history)
""",
        """
    history = [W.clone().detach()]
    while len(history) <= n_epochs:
        take_step(W)
        history += [W.clone().detach()]
    return torch.stack(history)
""",
        """
    history = []
    for k in range(n_epochs + 1):
        if k > 0:
            take_step(W)
        history.append(torch.tensor(W.tolist()))
    return tuple(history)
""",
    ),
    "fit": functions(
        "fit(x, y, lr, n_epochs)",
        """
    W = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        ((W[0] * x + W[1] - y) ** 2).mean().backward()
        optimizer.step()
    a, c = W.tolist()
    return a, c, ((a * x + c - y) ** 2).mean().item()
""",
        """
    a = torch.tensor(0.0, requires_grad=True)
    c = torch.tensor(0.0, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((a * x + c - y) ** 2).mean()
        da, dc = torch.autograd.grad(loss, (a, c))
        with torch.no_grad():
            a -= lr * da
            c -= lr * dc
    return a.item(), c.item(), ((a * x + c - y) ** 2).mean().item()
""",
        """
    W = torch.zeros(2, requires_grad=True)
    for _ in range(n_epochs):
        loss = ((W[0] * x + W[1] - y) ** 2).mean()
        loss.backward()
        W.data -= lr * W.grad.data
        W.grad.zero_()
    loss = ((W[0] * x + W[1] - y) ** 2).mean()
    return [float(W[0]), float(W[1]), float(loss)]
""",
        """
    W = torch.zeros(2)
    for _ in range(n_epochs):
        W = W.detach().requires_grad_()
        ((W[0] * x + W[1] - y) ** 2).mean().backward()
        W = W - lr * W.grad
    W = W.detach()
    return W[0].item(), W[1].item(), ((W[0] * x + W[1] - y) ** 2).mean().item()
""",
    ),
}
