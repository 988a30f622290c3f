"""Answers to 'Many inputs, many outputs' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, slips

# The right shapes; each wrong answer changes one of them.
SHAPES = """
w_shape = (3, 4)
b_shape = (3,)
y_pred_shape = (200, 3)
first_day_shape = (3,)
first_rows_shape = (1, 3)
"""

WRONG = {
    "shapes": [
        (SHAPES + "w_shape = (4, 3)", "that is w.T"),
        (SHAPES + "w_shape = (4, 200)", "w_shape isn't (4, 200)"),
        (SHAPES + "b_shape = (200,)", "not one for each day"),
        (SHAPES + "b_shape = (4,)", "not one for each input"),
        (SHAPES + "b_shape = (1, 3)", "would broadcast as well"),
        (SHAPES + "b_shape = (3, 1)", "a column would run along the rows"),
        (SHAPES + "b_shape = (3)", "a tuple of one needs a comma, (3,)"),
        (SHAPES + "b_shape = '(3,)'", "Expected a tuple such as (5, 3) for b_shape"),
        (SHAPES + "y_pred_shape = (200, 4)", "the columns are the outputs now"),
        (SHAPES + "first_day_shape = (1, 3)", "its row axis is gone"),
        (SHAPES + "first_rows_shape = (3,)", "it keeps its row axis"),
    ],
    "mse_gradient": [
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 / len(y) * error.T @ x, 2 / len(y) * error.sum(dim=0)
""",
            "not over the n rows only",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 * error.T @ x, 2 * error.sum(dim=0)
""",
            "you summed over the 18 errors; take the mean",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return error.T @ x / y.numel(), error.mean(dim=0) / 3
""",
            "the 2 from the square is missing",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = y - x @ w.T - b
    return 2 / y.numel() * error.T @ x, 2 / y.numel() * error.sum(dim=0)
""",
            "the wrong sign",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 / y.numel() * x.T @ error, 2 / y.numel() * error.sum(dim=0)
""",
            "That is the transpose",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 / y.numel() * error.T @ x, 2 / y.numel() * error.sum(dim=1)
""",
            "Expected db of shape (3,), got shape (6,)",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 / y.numel() * error.T @ x, 2 * error.mean(dim=0)
""",
            "db is 3 times too large",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 / y.numel() * error.sum(dim=0), 2 / y.numel() * error.T @ x
""",
            "return dw first",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T - y
    return 2 / y.numel() * error.T @ x, 2 / y.numel() * error.sum(dim=0)
""",
            "lacks b",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w + b - y
    return 2 / y.numel() * error.T @ x, 2 / y.numel() * error.sum(dim=0)
""",
            "mat1 and mat2 shapes cannot be multiplied",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    error = x @ w.T + b - y
    return 2 / y.numel() * (error**2).T @ x, 2 / y.numel() * error.sum(dim=0)
""",
            "entry [0, 0] of dw is",
        ),
        (
            """
def mse_gradient(x, y, w, b):
    y -= x @ w.T + b
    return -2 / y.numel() * y.T @ x, -2 / y.numel() * y.sum(dim=0)
""",
            "changes the tensors it was given",
        ),
    ],
    "fresh_descent": [
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs + 1):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return losses
""",
            "w and b end one step too far",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    y_pred = model(x, w, b)
    for _ in range(n_epochs):
        loss = mse(y_pred, y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return losses + [mse(y_pred, y).item()]
""",
            "their graph: compute them inside the loop",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    y_pred = model(x, w, b)
    for _ in range(n_epochs):
        loss = mse(y_pred, y)
        losses.append(loss.item())
        loss.backward(retain_graph=True)
        step(w, b, lr)
    return losses + [mse(y_pred, y).item()]
""",
            "Every loss is the same",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        y_pred = model(x, w, b)
        loss = mse(y_pred, y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return losses
""",
            "The loss after the last step is missing",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        y_pred = model(x, w, b)
        loss = mse(y_pred, y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return losses + [mse(y_pred, y).item()]
""",
            "The last loss is stale",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = [mse(model(x, w, b), y).item()]
    for _ in range(n_epochs):
        y_pred = model(x, w, b)
        loss = mse(y_pred, y)
        loss.backward()
        step(w, b, lr)
        losses.append(mse(y_pred, y).item())
    return losses
""",
            "The first loss is there twice",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss)
        loss.backward()
        step(w, b, lr)
    return losses + [mse(model(x, w, b), y)]
""",
            "append loss.item()",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return losses + [mse(model(x, w, b), y).item()]
""",
            "The gradients pile up",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
        w.grad = None
    return losses + [mse(model(x, w, b), y).item()]
""",
            "The gradient of b piles up",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        w = w - lr * w.grad
        b = b - lr * b.grad
    return losses + [mse(model(x, w, b), y).item()]
""",
            "w isn't a leaf any more",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        w -= lr * w.grad
        b -= lr * b.grad
    return losses + [mse(model(x, w, b), y).item()]
""",
            "put it under torch.no_grad()",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = ((model(x, w, b) - y) ** 2).sum(dim=1).mean()
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return losses + [((model(x, w, b) - y) ** 2).sum(dim=1).mean().item()]
""",
            "not a sum over the outputs",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, -lr)
    return losses + [mse(model(x, w, b), y).item()]
""",
            "It climbs",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    return [mse(model(x, w, b), y).item() + k for k in range(n_epochs + 1)]
""",
            "w and b haven't moved: no step is taken",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(model(x, w, b), y).item())
        step(w, b, lr)
    return losses + [mse(model(x, w, b), y).item()]
""",
            "backward() was not called yet",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        w.grad.zero_()
        b.grad.zero_()
        step(w, b, lr)
    return losses + [mse(model(x, w, b), y).item()]
""",
            "or the gradients are emptied before it",
        ),
        (
            """
def fresh_descent(w, b, x, y, lr, n_epochs):
    w, b = w.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        loss.backward()
        step(w, b, lr)
    return losses + [mse(model(x, w, b), y).item()]
""",
            "your steps moved copies",
        ),
    ],
    "to_original_units": [
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std * w_standard / x_std
    return w, y_mean + y_std * b_standard - w @ x_mean
""",
            "Make it a column",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = w_standard / x_std
    return w, b_standard - w @ x_mean
""",
            "w lacks y_std",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std.reshape(-1, 1) * w_standard * x_std
    return w, y_mean + y_std * b_standard - w @ x_mean
""",
            "w is multiplied by x_std",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = w_standard / x_std / y_std.reshape(-1, 1)
    return w, (b_standard - y_mean) / y_std - w @ x_mean
""",
            "w is divided by y_std",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std.reshape(-1, 1) * w_standard / x_std
    return w, y_mean + y_std * b_standard
""",
            "b lacks the shift of the inputs",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std.reshape(-1, 1) * w_standard / x_std
    return w, y_std * b_standard - w @ x_mean
""",
            "b lacks y_mean",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std.reshape(-1, 1) * w_standard / x_std
    return w, y_mean + b_standard - w @ x_mean
""",
            "b_standard is in units of y_std",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std.reshape(-1, 1) * w_standard / x_std
    return w, y_mean + y_std * b_standard - w_standard @ x_mean
""",
            "take the new w",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    w = y_std.reshape(-1, 1) * w_standard / x_std
    return w, y_mean + y_std * b_standard + w @ x_mean
""",
            "subtract it",
        ),
        (
            """
def to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std):
    return y_std.reshape(-1, 1) * w_standard / x_std
""",
            "Expected 2 results (w, b)",
        ),
    ],
}

WRONG["shapes"] += [
    (SHAPES + "b_shape = (200, 3)", "it is stored only once"),
    (SHAPES + "y_pred_shape = (3, 200)", "each day stays a row"),
    (SHAPES + "y_pred_shape = (4, 3)", "y_pred_shape isn't (4, 3): follow (n, k) @ (k, m)"),
]
WRONG["mse_gradient"] += slips(
    "many_inputs_many_outputs",
    "mse_gradient",
    *(
        ("return dw, db", f"{name} *= {factor}\n    return dw, db", f"{name} {words}")
        for factor, words in (
            (3, "is 3 times too large"),
            (6, "is 6 times too large"),
            (18, "is 18 times too large"),
            (0.5, "is half of what it should be"),
            (9, "is 9 times too large"),
            (1.5, "is 1.5 times what it should be"),
            (-1, "has the wrong sign"),
        )
        for name in ("dw", "db")
    ),
    ("return dw, db", "return dw, db - 2 * b / y.shape[1]", "db comes from an error that lacks b"),
    ("return dw, db", "return 2 * dw, db", "entry [0, 0] of dw is"),
    ("return dw, db", "return dw, 2 * db", "entry [0] of db is"),
)
WRONG["fresh_descent"] += slips(
    "many_inputs_many_outputs",
    "fresh_descent",
    (
        "step(w, b, lr)",
        "past = w.grad.clone()\n        step(w, b, lr)\n        w.grad = past",
        "The gradient of w piles up",
    ),
    ("step(w, b, lr)", "step(w, b, 1.0)", "The learning rate isn't used"),
    ("return losses", "return losses[-1]", "Expected a list of losses"),
    (
        "losses = []",
        "mse = torch.nn.MSELoss(reduction='sum')\n    losses = []",
        "The loss is 14 times",
    ),
    ("return losses", "return losses[1:]", "The loss before the first step is missing"),
    ("return losses", "return losses[1:-1]", "4 epochs have 5 losses, not 3"),
)
WRONG["to_original_units"] += slips(
    "many_inputs_many_outputs",
    "to_original_units",
    ("return w, b", "return w_standard, b", "w comes back unchanged"),
    ("return w, b", "return w * x_std, b", "w lacks x_std"),
    ("w @ x_mean", "w_standard / x_std @ x_mean", "the new w, which holds y_std"),
    (
        "y_std * b_standard - w @ x_mean",
        "y_std * (b_standard - w @ x_mean)",
        "only b_standard needs",
    ),
    ("return w, b", "return w, b + 1", "entry [0] of b is"),
)

WRONG["mse_gradient"] += slips(
    "many_inputs_many_outputs",
    "mse_gradient",
    ("dw = 2 / y.numel()", "dw = 2 / w.numel()", "entry [0, 0] of dw is"),
)
WRONG["fresh_descent"] += slips(
    "many_inputs_many_outputs",
    "fresh_descent",
    ("step(w, b, lr)", "w, b = step(w, b, lr)", "step returns nothing"),
    ("        step(w, b, lr)\n", "", "Take a step in each epoch"),
    ("step(w, b, lr)", "step(w, b, 0.1)", "with lr = 0.1 instead of the lr given"),
    ("    return losses", "    b.data += 1\n    return losses", "of the final w and b is"),
)
WRONG["to_original_units"] += slips(
    "many_inputs_many_outputs",
    "to_original_units",
    ("return w, b", "return w_standard * x_std / y_std.reshape(-1, 1), b", "wrong way round"),
    ("return w, b", "return w, b_standard", "b comes back unchanged"),
)

WRONG["fresh_descent"] += slips(
    "many_inputs_many_outputs",
    "fresh_descent",
    ("range(n_epochs)", "range(n_epochs - 1)", "You took 3 steps in 4 epochs"),
)


RIGHT = {
    "shapes": [
        SHAPES,
        SHAPES.replace("(", "[").replace(",)", "]").replace(")", "]"),
        "x, w, b = torch.zeros(200, 4), torch.zeros(3, 4), torch.zeros(3)\n"
        "w_shape, b_shape, y_pred_shape = w.shape, b.shape, (x @ w.T + b).shape\n"
        "first_day_shape, first_rows_shape = (x[0] @ w.T + b).shape, (x[:1] @ w.T + b).shape",
        SHAPES.replace("(3,)", "tuple([3])"),
        SHAPES.replace("(200, 3)", "(200,) + (3,)"),
    ],
    "mse_gradient": functions(
        "mse_gradient(x, y, w, b)",
        """
    error = x @ w.T + b - y
    return 2 * error.T @ x / error.numel(), 2 * error.mean(dim=0) / error.shape[1]
""",
        """
    n, m = y.shape
    error = x.mm(w.t()) + b - y
    return [2 / (n * m) * torch.einsum("nm,nd->md", error, x), 2 / (n * m) * error.sum(0)]
""",
        """
    error = x @ w.T + b - y
    dw = (2 * error[:, :, None] * x[:, None, :]).mean(0) / y.shape[1]
    return dw, (2 * error / y.numel()).sum(0)
""",
        """
    error = (x @ w.T + b - y).detach().numpy()
    return 2 * error.T @ x.numpy() / error.size, 2 * error.sum(axis=0) / error.size
""",
        """
    error = y - x @ w.T - b
    scale = -2.0 / (len(y) * len(b))
    return (x.T @ error).T * scale, torch.ones(len(y), dtype=y.dtype) @ error * scale
""",
    ),
    "fresh_descent": functions(
        "fresh_descent(w, b, x, y, lr, n_epochs)",
        """
    losses = []
    for epoch in range(n_epochs + 1):
        loss = mse(model(x, w, b), y)
        losses.append(loss.item())
        if epoch < n_epochs:
            loss.backward()
            step(w, b, lr)
    return np.array(losses)
""",
        """
    losses = [mse(model(x, w, b), y).item()]
    for _ in range(n_epochs):
        mse(model(x, w, b), y).backward()
        w.data -= lr * w.grad
        b.data -= lr * b.grad
        w.grad = b.grad = None
        losses.append(mse(model(x, w, b), y).item())
    return losses
""",
        """
    losses = []
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((x @ w.T + b - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return (*losses, float(((x @ w.T + b - y) ** 2).mean()))
""",
        """
    losses = []
    for _ in range(n_epochs):
        loss = mse(model(x, w, b), y)
        dw, db = torch.autograd.grad(loss, (w, b))
        losses.append(loss.tolist())
        with torch.no_grad():
            w.sub_(lr * dw)
            b.sub_(lr * db)
    return losses + [mse(model(x, w, b), y).tolist()]
""",
    ),
    "to_original_units": functions(
        "to_original_units(w_standard, b_standard, x_mean, x_std, y_mean, y_std)",
        """
    w = (w_standard / x_std) * y_std[:, None]
    return w, (b_standard * y_std + y_mean) - (w * x_mean).sum(dim=1)
""",
        """
    w = torch.diag(y_std) @ w_standard @ torch.diag(1 / x_std)
    return [w, y_std * (b_standard - w_standard @ (x_mean / x_std)) + y_mean]
""",
        """
    w = torch.outer(y_std, 1 / x_std) * w_standard
    return w, y_mean + y_std * b_standard - torch.einsum("md,d->m", w, x_mean)
""",
        """
    w = torch.stack([s * row / x_std for s, row in zip(y_std, w_standard)])
    b = torch.stack([y_mean[j] + y_std[j] * b_standard[j] - w[j] @ x_mean for j in range(len(w))])
    return w, b
""",
        """
    w = (y_std * (w_standard / x_std).T).T
    return w.numpy(), (y_mean + y_std * b_standard - x_mean @ w.T).numpy()
""",
    ),
}
