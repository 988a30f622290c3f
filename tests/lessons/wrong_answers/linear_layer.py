"""Answers to 'The linear layer' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "the_linear_layer"
ZERO = "nn.Parameter(torch.tensor(0.0))"

# Wave with another start of a, b and c, and another forward.
WAVE = """
class Wave(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = {0}
        self.b = {0}
        self.c = {0}

    def forward(self, x):
        return {1}
"""
RIGHT_FORWARD = "self.a * x + self.b + self.c * torch.sin(6 * x)"


def waves(*answers):
    """Return pairs of such a class and the words that it is told."""
    return [(WAVE.format(start, forward), words) for start, forward, words in answers]


def listed(name, *answers):
    """Return pairs of a list, written as in the exercise, and the words that it is told."""
    return [(f"{name} = {answer}", words) for answer, words in answers]


WRONG = {
    "Wave": waves(
        ("torch.zeros(1, requires_grad=True)", RIGHT_FORWARD, "self.a is a plain tensor"),
        ("0.0", RIGHT_FORWARD, "self.a isn't a tensor but 0.0"),
        (f"{ZERO},", RIGHT_FORWARD, "self.a is a tuple: is there a comma"),
        ("nn.Parameter(0.0)", RIGHT_FORWARD, "nn.Parameter takes a tensor: torch.tensor(0.0)"),
        ("nn.Parameter(torch.tensor(0))", RIGHT_FORWARD, "no gradient: write 0.0"),
        (ZERO, "x + y", "It reads y from the notebook"),
        (ZERO, "self.a * x + self.b + c * torch.sin(6 * x)", "read self.a, self.b and self.c"),
        ("nn.Linear(1, 1)", "self.a(x)", "self.a is a layer"),
        ("nn.Parameter(torch.randn(1))", RIGHT_FORWARD, "self.a must start at 0"),
        ("nn.Parameter(torch.zeros(3))", RIGHT_FORWARD, "self.a must be one number, but has"),
        (
            "nn.Parameter(torch.tensor(0.0), requires_grad=False)",
            RIGHT_FORWARD,
            "requires_grad=False freezes a parameter",
        ),
        (
            "nn.Parameter(torch.tensor(0), requires_grad=False)",
            RIGHT_FORWARD,
            "The parameters are whole numbers: write 0.0",
        ),
        (
            ZERO,
            "self.a.item() * x + self.b.item() + self.c.item() * torch.sin(6 * x)",
            "the graph is cut on the way",
        ),
        (ZERO, "(self.a * x).mean()", "forward returns the shape ()"),
        (ZERO, "[self.a, self.b]", "forward must return a tensor of predictions, not a list of 2"),
        (ZERO, "0 * x", "forward doesn't use a, b and c as they are now"),
    )
    + slips(
        LESSON,
        "Wave",
        ("        super().__init__()\n", "", "super().__init__() is missing, or it is too late"),
        ("self.c = nn", "self.d = nn", "There is no self.c: the parameters are named a, b and c"),
        ("self.c = nn", "self.d = self.c = nn", "The parameters must be a, b and c"),
        ("self.c = nn.Parameter(torch.tensor(0.0))", "self.c = self.b", "share one number"),
        ("def forward", "def foward", "Is it spelt forward"),
        ("__init__(self):", "__init__(self, x):", "Your class raises TypeError"),
        ("self.a * x + ", "", "The term a·x is missing"),
        ("self.b + ", "", "b is missing in forward"),
        (" + self.c * torch.sin(6 * x)", "", "The sine is missing in forward"),
        ("self.c * torch", "torch", "c is missing in forward"),
        ("self.a * x", "x", "a is missing in forward"),
        ("self.a * x + self.b", "self.b * x + self.a", "a and b are swapped"),
        (
            "self.a * x + self.b + self.c",
            "self.c * x + self.b + self.a",
            "a and c are swapped in forward",
        ),
        ("self.b + self.c", "self.c + self.b", "b and c are swapped in forward"),
        ("sin(6 * x)", "sin(x)", "The sine is that of x"),
        ("torch.sin(6 * x)", "6 * torch.sin(x)", "6 stands before the sine"),
        ("self.c * torch.sin(6 * x)", "torch.sin(self.c * 6 * x)", "c stands inside the sine"),
        ("torch.sin", "torch.cos", "That is the cosine"),
        ("torch.sin", "__import__('math').sin", "take one number: use torch.sin"),
        ("+ self.c", "- self.c", "forward subtracts the sine"),
        ("self.a * x + self.b", "self.a * X + self.b", "It reads X from the notebook"),
        ("class Wave(nn.Module)", "class Wave", "Wave must be a class that builds on nn.Module"),
    )
    + [
        (
            WAVE.format("torch.zeros(1, requires_grad=True)", RIGHT_FORWARD).replace(
                "        super().__init__()\n", ""
            ),
            "super().__init__() is missing: without it there is no list",
        ),
        ("Wave = Line()", "without parentheses"),
        ("Wave = 3", "Wave must be a class that builds on nn.Module"),
        (
            """
zero = nn.Parameter(torch.tensor(0.0))
"""
            + WAVE.format("nn.Parameter(zero)", RIGHT_FORWARD),
            "Two of the parameters share one number",
        ),
        (
            """
ones = [nn.Parameter(torch.tensor(0.0)) for k in range(3)]

class Wave(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = ones

    def forward(self, x):
        return self.a * x + self.b + self.c * torch.sin(6 * x)
""",
            "All waves share one a",
        ),
        (
            """
class Wave(nn.Module):
    a = nn.Parameter(torch.tensor(0.0))
    b = nn.Parameter(torch.tensor(0.0))
    c = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.a * x + self.b + self.c * torch.sin(6 * x)
""",
            "a, b and c belong to the class",
        ),
        (
            """
class Wave(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = self.b = self.c = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.a * x + self.b + self.c * torch.sin(6 * x)
""",
            "Two of the parameters share one number",
        ),
        (
            """
class Wave(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(0.0))
        self.c = nn.Parameter(torch.tensor(0.0))
""",
            "forward",
        ),
    ],
    "ends": listed(
        "ends",
        ("[2.528, 2.528, 2.528]", "it takes some ten thousand epochs"),
        ("[2.5, 2.5, 2.6]", "it takes some ten thousand epochs"),
        ("[1.056, 1.056, 1.056]", "it began at 0.9638, these begin elsewhere"),
        ("[1.0, 1.0, 1.0]", "That is the bias the points were made with"),
        ("[10, 10, -5]", "These are the starts. 50 epochs hardly move the bias"),
        ("[9.87, 9.87, -4.76]", "You took 50 epochs for all three"),
        ("[9.82, 2.53, 2.53]", "and 0.976 is the share that 50 of them leave"),
        ("[9.8, 2.5, 2.5]", "After 2,000 epochs the bias has not arrived"),
        ("[9.82, 2.84, 2.21]", "every epoch takes its share of what is left"),
        ("[9.76, 3.79, -1.90]", "That is the share of the start"),
        ("[7.29, 2.83, -2.85]", "These are the distances that are left: add the best bias"),
        ("[2.707, 7.167, -2.145]", "counted from the best: the factor says what is left"),
        ("[9.87, -0.30, 5.38]", "Look at the order"),
        ("[5.38, 9.87, -0.30]", "Look at the order"),
        ("[9.87, 5.38, -2]", "From −5, 2,000 epochs take it further than −2. 2 of the 3 are right"),
        (
            "[9.87, 4.5, -2]",
            "From 10, 2,000 epochs don't take it as far as 4.5. 1 of the 3 is right",
        ),
        ("[12, 5.38, -0.3]", "and doesn't end at 12. 2 of the 3 are right"),
        ("[9.87, 5.38, 5]", "the bias doesn't cross the best one, 2.528, and doesn't end at 5"),
        ("[0, 0, 0]", "From 10, the bias doesn't cross the best one"),
        ("[5, 10]", "Expected three numbers, from 10 after 50 and 2,000 epochs, and from −5"),
        ("5", "got 1"),
        ("'5, 10, -5'", "Expected three numbers"),
        ("{5, 10, -5}", "A set has no order"),
        ("[5, 10, float('nan')]", "got [5.0, 10.0, nan]"),
        ("None", "Expected three numbers"),
    ),
    "noticed": listed(
        "noticed",
        ("[3, 1, 3]", "a plain tensor that asks for a gradient is no nn.Parameter"),
        ("[1, 1, 3]", "Look at A again: a linear layer has a weight and a bias"),
        ("[15, 1, 3]", "count the tensors, not the numbers in them"),
        ("[16, 1, 3]", "and a plain tensor isn't noticed"),
        ("[2, 2, 3]", "and self.last is one tensor"),
        ("[2, 3, 3]", "not even for its two layers"),
        ("[2, 5, 3]", "Look at B again: a dictionary is neither a parameter nor a module"),
        ("[2, 4, 3]", "it is the layers in the dictionary that are missed"),
        ("[2, 0, 3]", "self.last is a parameter, assigned to self"),
        ("[2, 1, 5]", "each parameter counts once"),
        ("[2, 1, 6]", "and a buffer is no parameter"),
        ("[2, 1, 4]", "a buffer is saved with the model"),
        ("[2, 1, 2]", "self.shift is a parameter of its own"),
        ("[2, 1, 1]", "Look at C again: a linear layer has a weight and a bias"),
        ("[3, 5, 3]", "1 of the 3 is right"),
        ("[2, 1, 9]", "it isn't 9. Write down each tensor's name"),
        ("[2, 1]", "Expected three numbers, for A, B and C, got 2"),
        ("['A', 'B', 'C']", "Expected three numbers"),
        ("{2, 1, 3}", "A set has no order"),
    ),
    "careful_train": slips(
        LESSON,
        "careful_train",
        ("optim.SGD", "optim.Adam", "These are the losses of Adam"),
        ("lr=lr)", "lr=lr, momentum=0.9)", "SGD with momentum 0.9"),
        ("lr=lr)", "lr=0.1)", "with lr = 0.1 instead of the lr given"),
        ("lr=lr)", "lr=lr, maximize=True)", "It climbs"),
        ("range(n_epochs)", "range(n_epochs - 1)", "You took 5 steps in 6 epochs"),
        ("        optimizer.zero_grad()\n", "", "where is optimizer.zero_grad()?"),
        ("        optimizer.step()\n", "", "The model never moves"),
        ("        loss.backward()\n", "", "The model never moves"),
        (
            "optimizer.zero_grad()\n        loss.backward()",
            "loss.backward()\n        optimizer.zero_grad()",
            "are the gradients thrown away between them",
        ),
        (
            "        loss.backward()\n        optimizer.step()\n",
            "        optimizer.step()\n        loss.backward()\n",
            "The model never moves",
        ),
        (
            "optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()",
            "optimizer.step()\n        optimizer.zero_grad()\n        loss.backward()",
            "Each step uses the gradient of the epoch before",
        ),
        (
            "    optimizer =",
            "    import copy\n\n    model = copy.deepcopy(model)\n    optimizer =",
            "isn't the trained one",
        ),
        ("append(loss.item())", "append(loss)", "The first loss is a tensor with its whole graph"),
        ("    model.eval()\n", "", "the last loss is measured in training"),
        ("    with torch.no_grad():\n    ", "", "the last prediction is recorded"),
        (
            "history + [mse(model(X)",
            "history + [mse(model.forward(X)",
            "skips whatever is attached",
        ),
        (
            "        optimizer.step()\n",
            "        optimizer.step()\n        optimizer.step()\n",
            "Each epoch takes two steps with one gradient",
        ),
        (
            "        history.append(loss.item())\n",
            "        history.append(mse(model(X), y).item())\n",
            "These are the losses after each step, and the last one twice",
        ),
        (
            "optim.SGD(model.parameters()",
            "optim.SGD(nn.Linear(2, 1).parameters()",
            "does the optimizer hold another model's parameters?",
        ),
        ("    model.train()\n", "    model.eval()\n", "the steps are made in evaluation"),
        ("history + [mse(model(X), y).item()]", "history", "the loss of the final model is miss"),
        ("history + [mse(model(X), y).item()]", "history + [history[-1]]", "a second time"),
        ("history + [mse(model(X), y).item()]", "history + [mse(model(X), y)]", "The last loss"),
        ("history + [mse(model(X), y).item()]", "mse(model(X), y).item()", "Expected a list of 7"),
        ("history + [mse", "history[1:] + [mse", "the one before the first is missing"),
        ("history + [mse", "[history[0]] + history + [mse", "6 epochs have 7 losses, not 8"),
        (
            "history + [mse(model(X), y).item()]",
            "[history[0]] + history",
            "The first loss is there twice",
        ),
        ("loss = mse(model(X), y)\n", "loss = mse(model(X), y.ravel())\n", "On test data it gives"),
        (
            "        return history + [mse(model(X), y).item()]",
            "        history.append(mse(model(X), y).item())\n"
            "    loss = mse(model(X), y)\n    optimizer.zero_grad()\n    loss.backward()\n"
            "    optimizer.step()\n    return history",
            "the model took one step too many",
        ),
        (
            "        return history + [mse(model(X), y).item()]",
            "        history.append(mse(model(X), y).item())\n"
            "    loss = mse(model(X), y)\n    optimizer.zero_grad()\n    loss.backward()\n"
            "    optimizer.step()\n"
            "    for p in model.parameters():\n        p.data *= 1.00001  # rounded otherwise\n"
            "    return history",
            "the model took one step too many",
        ),
    )
    + [
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
    + functions_told(
        "careful_train(model, X, y, lr, n_epochs)",
        ("model", "Expected a list of 7 floats, got a value of type Linear"),
        ("['a'] * (n_epochs + 1)", "The history must hold nothing but numbers"),
    ),
}

RIGHT = {
    "Wave": [
        WAVE.format("nn.Parameter(torch.zeros(1))", "self.b + x * self.a + self.c * (6 * x).sin()"),
        WAVE.format("nn.Parameter(torch.zeros(()))", RIGHT_FORWARD),
        WAVE.format(
            "nn.Parameter(torch.zeros(1, 1))", "x @ self.a + self.b + torch.sin(6 * x) @ self.c"
        ),
        WAVE.format("nn.Parameter(torch.tensor([0.0]))", RIGHT_FORWARD).replace(
            "super()", "super(Wave, self)"
        ),
        """
class Wave(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        for name in "abc":
            self.register_parameter(name, nn.Parameter(torch.tensor(0.0)))

    def forward(self, x):
        y = x * self.a
        y = y + self.b
        return y + torch.sin(6.0 * x) * self.c
""",
        """
class Wave(Line):
    def __init__(self):
        nn.Module.__init__(self)
        self.b = nn.Parameter(0 * torch.ones(1))
        self.a = nn.Parameter(0 * torch.ones(1))
        self.c = nn.Parameter(0 * torch.ones(1))

    def forward(self, x):
        return torch.cat([x, x**0, torch.sin(6 * x)], 1) @ torch.stack([self.a, self.b, self.c])
""",
    ],
    "ends": [
        "ends = [9.87, 5.38, -0.3]",
        "ends = [2.528 + 0.976**k * d for k, d in ((1, 7.472), (40, 7.472), (40, -7.528))]",
        "ends = torch.tensor([9.8, 5.36, -0.33])",
        "import numpy as np\nends = np.array([9.868, 5.380, -0.303])",
        "ends = [bowl.after(k, (0.1, b), 0.001)[1] for b, k in ((10, 50), (10, 2000), (-5, 2000))]",
        "ends = {'a': 9.9, 'b': 5.4, 'c': -0.3}",
    ],
    "noticed": [
        "noticed = (2, 1, 3)",
        "noticed = [2.0, 1.0, 3.0]",
        "noticed = torch.tensor([2, 1, 3])",
        "noticed = {'A': 2, 'B': 1, 'C': 3}",
        "import numpy as np\nnoticed = np.array([2, 1, 3])",
    ],
    "careful_train": functions(
        "careful_train(model, X, y, lr, n_epochs)",
        """
    import numpy as np

    optimizer = torch.optim.SGD(model.parameters(), lr)
    history = []
    for epoch in range(n_epochs + 1):
        model.train(epoch < n_epochs)
        with torch.set_grad_enabled(epoch < n_epochs):
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
        model.train()
        model.zero_grad()
        mse(model(X), y).backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
            model.eval()
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
    model.eval()
    with torch.inference_mode():
        return tuple(history) + (float(((model(X) - y) ** 2).mean()),)
""",
        """
    optimizer = torch.optim.SGD(params=model.parameters(), lr=lr)
    history = []
    while len(history) < n_epochs:
        loss = mse(model.train()(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        history.append(loss.detach().numpy().item())
    torch.set_grad_enabled(False)
    last = mse(model.eval()(X), y).tolist()
    torch.set_grad_enabled(True)
    return [*history, last]
""",
        """
    optimizer, history = HandSGD(model.parameters(), lr), []
    for _ in range(n_epochs):
        loss = mse(model(X), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        history.append(mse(model(X), y).item())
    return history
""",
    ),
}
