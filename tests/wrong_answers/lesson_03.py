"""Wrong answers to lesson 03: by exercise, pairs of the answer and words of the diagnosis."""

from tests.wrong_answers import slips

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
            "a sum stands where the mean is wanted",
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
            "x stands outside of the sine",
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
            "it belongs into `with torch.no_grad():`",
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
    W.data -= lr * W.grad
    W.grad = None
    return W
""",
            ".data hides the step from autograd",
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
            "The learning rate is not used",
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
            "4 steps have 5 places",
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
            "Wanted slope as a float, but a tensor came: use .item()",
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
            "the gradient is that of a sum",
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
            "The learning rate is not used",
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
            "W is no leaf any more",
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
            "it belongs into `with torch.no_grad():`",
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
    "03",
    "curve_gradient",
    (").mean()", ").mean().sqrt()", "the root of the MSE: leave the root away"),
    ("return W.grad", "return W", "That is W itself"),
    ("return W", "W.grad.zero_()\n    return W", "Both are zero"),
    ("torch.sin(W[1] * x)", "W[1]", "the sine is missing"),
    ("loss.b", "loss.backward()\n    loss.b", "Compute the loss anew before each backward"),
)
WRONG["update"] += slips(
    "03",
    "update",
    ("W -= lr * W.grad\n    W.grad = None", "pass", "W has not moved. "),
    ("return W", "return W.clone()", "what you return is another tensor: return W itself"),
    ("return W", "return W.tolist()", "W is wanted back, but list came"),
    ("return W", "return W.requires_grad_(False)", "W does not require grad any more"),
)
WRONG["history_of"] += [
    (
        """
def history_of(W, take_step, n_epochs):
    take_step(W)
    return 0
""",
        "A list is wanted, but int came",
    ),
]
WRONG["fit"] += slips(
    "03",
    "fit",
    ("loss.backward()", "loss.sqrt().backward()", "the loss here is the MSE itself"),
    ("W -= lr", "W - lr", "The line has not left zero"),
    ("W -= lr", "W += lr", "It climbs"),
    ("loss.b", "W.grad.zero_()\n        loss.b", "zero it after the step"),
    ("loss.item()", "len(x) * loss.item()", "is the sum of the squares: the mean is wanted"),
    ("W[1].item()", "0.0", "slope is right, height isn't"),
    ("loss.item()", "loss.item() ** 0.5", "its loss is the root of the MSE"),
    ("loss.item()", "(loss.item() / len(x)) ** 0.5", "its loss is norm / n"),
)
