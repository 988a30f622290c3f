"""Wrong answers to lesson 05: by exercise, pairs of the answer and words of the diagnosis."""

from tests.wrong_answers import slips

WRONG = {
    "Line": [
        (
            """
class Line(nn.Module):
    def __init__(self):
        self.w = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.w * x + self.b
""",
            "super().__init__() is missing, or it comes too late",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        self.w = torch.zeros(1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return self.w * x + self.b
""",
            "super().__init__() is missing",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.zeros(1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return self.w * x + self.b
""",
            "self.w is a plain tensor",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = 0.0
        self.b = 0.0

    def forward(self, x):
        return self.w * x + self.b
""",
            "self.w is no tensor but 0.0",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Linear(1, 1)
        self.b = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.w(x) + self.b
""",
            "self.w is a layer",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(1))
        self.b = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.w * x + self.b
""",
            "self.w must start at 0",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.w * x
""",
            "The bias is missing in forward",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.b * x + self.w
""",
            "w and b have changed places",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.w.item() * x + self.b.item()
""",
            "the graph is cut on the way",
        ),
        (
            """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(0.0))
""",
            "forward",
        ),
        ("Line = OneLayer()", "without brackets behind it"),
    ],
    "sgd_step": [
        (
            """
def sgd_step(parameters, lr):
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad
""",
            "It belongs inside torch.no_grad()",
        ),
        (
            """
def sgd_step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p = p - lr * p.grad
""",
            "No parameter has moved",
        ),
        (
            """
def sgd_step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad
""",
            "has the gradient None",
        ),
        (
            """
def sgd_step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += lr * p.grad
""",
            "It climbs",
        ),
        (
            """
def sgd_step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= p.grad
""",
            "The learning rate is not used",
        ),
        (
            """
def sgd_step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None
""",
            "the gradients have changed",
        ),
        (
            """
def sgd_step(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
            return
""",
            "Only the first parameter has moved",
        ),
    ],
    "careful_train": [
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return history + [mse(model(X), y).item()]
""",
            "where is optimizer.zero_grad()?",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss)
    return history + [mse(model(X), y).item()]
""",
            "The first loss is a tensor with its whole graph behind it",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return history + [loss.item()]
""",
            "the one before the last step, a second time",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return history
""",
            "the loss of the final model is missing",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        history.append(loss.item())
    return history + [mse(model(X), y).item()]
""",
            "The model never moves",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        history.append(loss.item())
    return history + [mse(model(X), y).item()]
""",
            "call backward() first, then step()",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(mse(model(X), y).item())
    return history
""",
            "These are the losses after each step",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = mse(model(X), y)
    history = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return history + [mse(model(X), y).item()]
""",
            "raises RuntimeError: Trying to backward through the graph a second time",
        ),
        (
            """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = [mse(model(X), y).item()]
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return history
""",
            "The first loss stands there twice",
        ),
    ],
    "decay_weights_only": [
        (
            """
def decay_weights_only(model, lr, weight_decay):
    return torch.optim.SGD(model.parameters(), lr=lr, weight_decay=weight_decay)
""",
            "Weight decay acts on the biases too",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    return torch.optim.SGD(weights, lr=lr, weight_decay=weight_decay)
""",
            "The optimizer does not have inner.0.bias, inner.1.bias, last.bias",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if name != "bias"]
    biases = [p for name, p in model.named_parameters() if name == "bias"]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=lr)
""",
            "Weight decay acts on the biases too",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    groups = [{"params": weights}, {"params": biases}]
    return torch.optim.SGD(groups, lr=lr, weight_decay=weight_decay)
""",
            "Weight decay acts on the biases too",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    groups = [{"params": biases, "weight_decay": weight_decay}, {"params": weights}]
    return torch.optim.SGD(groups, lr=lr)
""",
            "The groups have changed places",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    return torch.optim.SGD([{"params": weights}, {"params": biases}], lr=lr)
""",
            "Nothing decays",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    return groups
""",
            "Wanted an optimizer, but a list came",
        ),
    ],
}

WRONG["Line"] += slips(
    "05",
    "Line",
    ("+ self.b", "- self.b", "forward subtracts the bias"),
    ("self.w * x + self.b", "0.0 * x", "read self.w and self.b inside it"),
    ("class Line(nn.Module)", "class Line", "must be a class that builds on nn.Module"),
    ("self.w * x + self.b", "(self.w * x + self.b).tolist()", "must return a tensor"),
    ("self.w * x + self.b", "(self.w * x + self.b)[:, 0]", "forward returns the shape (3,)"),
    (
        "super().__init__()\n",
        "super().__init__()\n        self.c = nn.Parameter(torch.ones(1))\n",
        "here they are c, w, b",
    ),
    ("self.b = nn", "self.bias = nn", "There is no self.b: the parameters are named w and b"),
    (
        "self.b = nn.Parameter(torch.tensor(0.0))",
        "self.b = nn.Parameter(torch.zeros(2))",
        "self.b must be one number, but has shape (2,)",
    ),
    (
        "self.w = nn.Parameter(torch.tensor(0.0))",
        "self.w = nn.Parameter(torch.tensor(0), requires_grad=False)",
        "whole numbers: write 0.0",
    ),
)
WRONG["sgd_step"] += [
    (
        """
def sgd_step(parameters, lr):
    for p in parameters:
        p.requires_grad = False
        if p.grad is not None:
            p -= lr * p.grad
""",
        "no leaf that requires grad any more",
    ),
]
WRONG["careful_train"] += slips(
    "05",
    "careful_train",
    (
        "    optimizer =",
        "    import copy\n\n    model = copy.deepcopy(model)\n    optimizer =",
        "is not the trained one",
    ),
    ("range(n_epochs)", "range(n_epochs + 1)", "7 losses are wanted, but 8 came"),
    ("return history + [mse(model(X), y).item()]", "return loss.item()", "but a float came"),
    (
        "with torch.no_grad():\n        return history + [mse(model(X), y).item()]",
        "return history + [mse(model(X), y)]",
        "The last loss is a tensor with its whole",
    ),
    ("mse(model(X), y).item()", "mse(model(X), y).detach()", "The last loss is a tensor: keep"),
    ("history + [mse(model(X), y).item()]", "[model, *history]", "nothing but numbers"),
)
WRONG["decay_weights_only"] += [
    (
        """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=1.0)
""",
        "The learning rate is not used",
    ),
    (
        """
def decay_weights_only(model, lr, weight_decay):
    inner, last = model["inner"], model["last"]
    groups = [{"params": inner.parameters(), "weight_decay": weight_decay}]
    return torch.optim.SGD([*groups, {"params": last.parameters()}], lr=lr)
""",
        "inner.0.weight, inner.1.weight and last.bias are right",
    ),
]
