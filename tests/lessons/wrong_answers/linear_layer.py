"""Answers to 'The linear layer' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

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
            "super().__init__() is missing, or it is too late",
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
            "self.w isn't a tensor but 0.0",
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
            "w and b are swapped",
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
        ("Line = OneLayer()", "without parentheses"),
    ],
    "sgd_step": [
        (
            """
def sgd_step(parameters, lr):
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad
""",
            "put it inside torch.no_grad()",
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
            "The learning rate isn't used",
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
            "Parameter 1, counted from 0, hasn't moved",
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
        optimizer.zero_grad()
        history.append(mse(model(X), y).item())
        optimizer.step()
    return history + [mse(model(X), y).item()]
""",
            "Is backward() or step() missing",
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
            "The first loss is there twice",
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
            "The optimizer doesn't have inner.0.bias, inner.1.bias, debiased.bias",
        ),
        (
            """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if name != "bias"]
    biases = [p for name, p in model.named_parameters() if name == "bias"]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=lr)
""",
            "One of your groups is empty",
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
            "The groups are swapped",
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
            "Expected an optimizer, got a value of type list",
        ),
    ],
}

WRONG["Line"] += slips(
    "the_linear_layer",
    "Line",
    ("+ self.b", "- self.b", "forward subtracts the bias"),
    ("self.w * x + self.b", "0.0 * x", "read self.w and self.b inside it"),
    ("class Line(nn.Module)", "class Line", "must be a class that builds on nn.Module"),
    ("self.w * x + self.b", "(self.w * x + self.b).tolist()", "must return a tensor"),
    ("self.w * x + self.b", "(self.w * x + self.b)[:, 0]", "forward returns the shape (3,)"),
    (
        "super().__init__()\n",
        "super().__init__()\n        self.c = nn.Parameter(torch.ones(1))\n",
        "not c, w, b",
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
        "isn't a leaf that requires grad any more",
    ),
]
WRONG["careful_train"] += slips(
    "the_linear_layer",
    "careful_train",
    (
        "    optimizer =",
        "    import copy\n\n    model = copy.deepcopy(model)\n    optimizer =",
        "isn't the trained one",
    ),
    ("range(n_epochs)", "range(n_epochs + 1)", "6 epochs have 7 losses, not 8"),
    (
        "return history + [mse(model(X), y).item()]",
        "return loss.item()",
        "got a value of type float",
    ),
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
        "The learning rate isn't used",
    ),
    (
        """
def decay_weights_only(model, lr, weight_decay):
    inner, last = model["inner"], model["debiased"]
    groups = [{"params": inner.parameters(), "weight_decay": weight_decay}]
    return torch.optim.SGD([*groups, {"params": last.parameters()}], lr=lr)
""",
        "inner.0.weight, inner.1.weight and debiased.bias are right",
    ),
]

WRONG["Line"] += slips(
    "the_linear_layer",
    "Line",
    (
        "self.w = nn.Parameter(torch.tensor(0.0))",
        "self.w = nn.Parameter(torch.tensor(0.0), requires_grad=False)",
        "requires_grad=False freezes a parameter",
    ),
    ("self.w * x", "x", "The weight is missing in forward"),
    ("self.w * x + self.b", "self.w * X + self.b", "It reads X from the notebook"),
)
WRONG["sgd_step"] += slips(
    "the_linear_layer",
    "sgd_step",
    (
        "            if p.grad is not None:\n                p -= lr * p.grad",
        "            if p.grad is None:\n                break\n            p -= lr * p.grad",
        "It stops at the gradient None",
    ),
    ("in parameters:", "in parameters[:2]:", "Parameter 2, counted from 0, hasn't moved: step all"),
    ("p -= lr", "p.grad.zero_(); p -= lr", "the gradients were emptied before the step"),
    (
        "p -= lr * p.grad",
        "p.grad *= lr; p -= p.grad",
        "step() leaves each p.grad as it is",
    ),
    ("p -= lr * p.grad", "p -= 0.1 * p.grad", "with lr = 0.1 instead of the lr given"),
    ("in parameters:", "in model.parameters():", "It reads model from the notebook"),
)
WRONG["sgd_step"] += slips(
    "the_linear_layer",
    "sgd_step",
    ("lr * p.grad", "lr * p.grad.sign()", "as Adam's first step does"),
    (
        "            if p.grad is not None:",
        "            if p.grad is None:\n                p.grad = torch.zeros_like(p)\n"
        "            if True:",
        "None included",
    ),
)
WRONG["careful_train"] += [
    (
        """
def careful_train(model, X, y, lr, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for epoch in range(n_epochs + 1):
        loss = ((model(X) - y{}) ** 2).{}()
        optimizer.zero_grad()
        loss.backward()
        if epoch < n_epochs:
            optimizer.step()
        history.append(loss.item())
    return history
""".format(*change),
        words,
    )
    for change, words in (
        ((".ravel()", "mean"), "Every prediction meets every target"),
        (("", "sum"), "You summed over the 9 rows; take the mean"),
    )
]
WRONG["careful_train"] += slips(
    "the_linear_layer",
    "careful_train",
    ("optim.SGD", "optim.Adam", "These are the losses of Adam"),
    ("lr=lr)", "lr=lr, momentum=0.9)", "SGD with momentum 0.9"),
    ("lr=lr)", "lr=0.1)", "with lr = 0.1 instead of the lr given"),
    ("lr=lr)", "lr=lr, maximize=True)", "It climbs"),
    (
        "    with torch.no_grad():\n        return history + [mse(model(X), y).item()]",
        "    history.append(mse(model(X), y).item())\n    optimizer.zero_grad()\n"
        "    mse(model(X), y).backward()\n    optimizer.step()\n    return history",
        "the model took one step too many",
    ),
)
WRONG["decay_weights_only"] += slips(
    "the_linear_layer",
    "decay_weights_only",
    ("(groups, lr=lr)", "(groups, lr=lr, momentum=0.9)", "This SGD has momentum"),
    ("optim.SGD", "optim.Adam", "Expected torch.optim.SGD, got Adam"),
    ("(groups, lr=lr)", "(groups, lr=0.1)", "with lr = 0.1 instead of the lr given"),
    ("(groups, lr=lr)", "(groups, lr=lr, maximize=True)", "It climbs"),
)
WRONG["decay_weights_only"] += [
    (
        """
def decay_weights_only(model, lr, weight_decay):
    weights = [p for name, p in model.named_parameters() if "bias" not in name]
    biases = [p for name, p in model.named_parameters() if "bias" in name]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=lr)
""",
        "debiased.weight isn't a bias",
    ),
]


LINE = """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = {0}
        self.b = {0}

    def forward(self, x):
        return {1}
"""
WRONG["Line"] += [
    (
        """
one_w, one_b = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(0.0))

class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w, self.b = one_w, one_b

    def forward(self, x):
        return self.w * x + self.b
""",
        "All lines share one w",
    ),
    (
        """
class Line(nn.Module):
    w, b = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.w * x + self.b
""",
        "w and b belong to the class",
    ),
    (
        """
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        zero = torch.tensor(0.0)
        self.w, self.b = nn.Parameter(zero), nn.Parameter(zero)

    def forward(self, x):
        return self.w * x + self.b
""",
        "self.w and self.b share one number",
    ),
]
WRONG["careful_train"] += slips(
    "the_linear_layer",
    "careful_train",
    ("range(n_epochs)", "range(n_epochs - 1)", "You took 5 steps in 6 epochs"),
)
WRONG["decay_weights_only"] += functions_told(
    "decay_weights_only(model, lr, weight_decay)",
    (
        """
    copies = [p.detach().clone() for p in model.parameters()]
    groups = [{"params": copies[0::2], "weight_decay": weight_decay}, {"params": copies[1::2]}]
    return torch.optim.SGD(groups, lr=lr)
""",
        "none of the model's parameters",
    ),
    (
        """
    weights, biases = list(model.parameters())[0::2], list(model.parameters())[1::2]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    return torch.optim.SGD(groups, lr=lr)
""",
        "0.weight is right",
    ),
)


RIGHT = {
    "Line": [
        LINE.format("nn.Parameter(torch.zeros(1))", "self.b + x * self.w"),
        LINE.format("nn.Parameter(torch.zeros(()))", "torch.mul(x, self.w) + self.b"),
        LINE.format("nn.Parameter(torch.zeros(1, 1))", "x @ self.w + self.b"),
        LINE.format("nn.Parameter(torch.tensor([0.0]))", "self.w * x + self.b").replace(
            "super()", "super(Line, self)"
        ),
        """
class Line(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        for name in "wb":
            self.register_parameter(name, nn.Parameter(torch.tensor(0.0)))

    def forward(self, x):
        y = x * self.w
        y = y + self.b
        return y
""",
    ],
    "sgd_step": functions(
        "sgd_step(parameters, lr)",
        """
    for p in parameters:
        if p.grad is not None:
            p.data -= lr * p.grad
""",
        """
    with torch.no_grad():
        for p in parameters:
            if p.grad is None:
                continue
            p.sub_(lr * p.grad)
""",
        """
    with torch.no_grad():
        [p.add_(p.grad, alpha=-lr) for p in parameters if p.grad is not None]
""",
        """
    torch.optim.SGD(parameters, lr=lr).step()
""",
        """
    with torch.no_grad():
        for p in parameters:
            gradient = torch.zeros_like(p) if p.grad is None else p.grad
            p.copy_(p - lr * gradient)
    return parameters
""",
    ),
    "careful_train": functions(
        "careful_train(model, X, y, lr, n_epochs)",
        """
    import numpy as np

    optimizer = torch.optim.SGD(model.parameters(), lr)
    history = []
    for epoch in range(n_epochs + 1):
        loss = nn.functional.mse_loss(model(X), y)
        history.append(loss.item())
        if epoch < n_epochs:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return np.array(history)
""",
        """
    history = [mse(model(X), y).item()]
    for _ in range(n_epochs):
        model.zero_grad()
        mse(model(X), y).backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
        history.append(mse(model(X), y).item())
    return history
""",
        """
    history = []
    for _ in range(n_epochs):
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
            p.grad = None
        history += [float(loss)]
    return tuple(history) + (float(((model(X) - y) ** 2).mean()),)
""",
        """
    optimizer = torch.optim.SGD(params=model.parameters(), lr=lr)
    history = []
    while len(history) < n_epochs:
        loss = mse(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        history.append(loss.detach().numpy().item())
    return [*history, mse(model(X), y).tolist()]
""",
    ),
    "decay_weights_only": functions(
        "decay_weights_only(model, lr, weight_decay)",
        """
    groups = {True: [], False: []}
    for name, p in model.named_parameters():
        groups[name.endswith("bias")].append(p)
    return torch.optim.SGD(
        [{"params": groups[True]}, {"params": groups[False], "weight_decay": weight_decay}], lr=lr
    )
""",
        """
    return torch.optim.SGD(
        [
            {"params": [p], "weight_decay": 0.0 if name.endswith("bias") else weight_decay}
            for name, p in model.named_parameters()
        ],
        lr=lr,
    )
""",
        """
    weights = [p for p in model.parameters() if p.ndim > 1]
    biases = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": biases, "weight_decay": 0.0}, {"params": weights}]
    return torch.optim.SGD(groups, lr=lr, weight_decay=weight_decay)
""",
        """
    weights = [p for n, p in model.named_parameters() if n.split(".")[-1] == "weight"]
    biases = [p for n, p in model.named_parameters() if n.split(".")[-1] == "bias"]
    optimizer = torch.optim.SGD(biases, lr=lr)
    optimizer.add_param_group({"params": weights, "weight_decay": weight_decay})
    return optimizer
""",
    ),
}
