"""Answers to 'Many inputs, many outputs' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "many_inputs_many_outputs"
UNITS = "to_original_units(w_std, b_std, x_mean, x_dev, y_mean, y_dev)"


WRONG = {
    "mse_gradient": slips(
        LESSON,
        "mse_gradient",
        *(
            ("return dw, db", f"{name} *= {factor}\n    return dw, db", f"{name} {words}")
            for factor, words in (
                (3, "is 3 times too large for 3 outputs"),
                (6, "is 6 times too large for 6 rows"),
                (18, "is 18 times too large: you summed over the 18 residuals"),
                (0.5, "is half of what it should be: the 2 from the square is missing"),
                (9, "is 9 times too large"),
                (1.5, "is 1.5 times what it should be"),
                (-1, "has the wrong sign: the residual is prediction minus target"),
            )
            for name in ("dw", "db")
        ),
        ("    r = x @ w.T + b - y", "    r = x @ w.T - y", "comes from residuals that lack b"),
        ("return dw, db", "return dw, db - 2 * b / y.shape[1]", "db comes from residuals that"),
        ("return dw, db", "return 2 * dw, db", "entry [0, 0] of dw is"),
        ("return dw, db", "return dw, 2 * db", "entry [0] of db is"),
        ("return dw, db", "return db, dw", "These are db and dw: return dw first"),
        ("return dw, db", "return dw", "Expected 2 results (dw, db)"),
        ("r.T @ x", "x.T @ r", "That is the transpose"),
        ("r.T @ x", "r @ x", "mat1 and mat2 shapes cannot be multiplied (6x3 and 6x5)"),
        ("x @ w.T + b", "x @ w + b", "mat1 and mat2 shapes cannot be multiplied"),
        ("sum(dim=0)", "sum(dim=1)", "Expected db of shape (3,), got shape (6,)"),
        ("sum(dim=0)", "sum()", "Expected db of shape (3,)"),
        ("sum(dim=0)", "mean(dim=0)", "entry [0] of db is"),
        ("    r = x @ w.T + b - y", "    r = x @ w.T + b", "comes from residuals that lack y"),
        ("return dw, db", "return dw, db + 2 * y.mean(dim=0) / y.shape[1]", "db comes from resid"),
        ("dw = 2 / y.numel()", "dw = 2 / 10", "dw is divided by 10"),
        ("db = 2 / y.numel()", "db = 2 / 10", "db is divided by 10"),
        ("dw = 2 / y.numel()", "dw = 2 / x.numel()", "dw is divided by 30, the entries of x"),
        ("db = 2 / y.numel()", "db = 2 / x.numel()", "db is divided by 30, the entries of x"),
        ("db = 2 / y.numel()", "db = 2 / w.numel()", "db is divided by 15, the entries of w"),
        (
            "    return dw, db",
            "    (r**2).mean().backward()\n    return w.grad, b.grad",
            "without back",
        ),
        ("    return dw, db", "    return 2 * w.grad, b.grad", "Do it without backward"),
        ("dw = 2 / y.numel()", "dw = 2 / w.numel()", "dw is divided by 15, the entries of w"),
        ("dw = 2 / y.numel()", "dw = 2 / len(y)", "not over the n rows only"),
        ("    return dw, db", "    print(dw, db)", "is the return missing?"),
    ),
    "to_celsius": slips(
        LESSON,
        "to_celsius",
        ("    w_c[:, 0] = 1.8 * w[:, 0]\n", "", "w_c is the old w: one °C is 1.8 °F"),
        (
            "w, b = w.detach(), b.detach()\n    w_c = w.clone()",
            "w_c = w",
            "You change w itself: change a copy",
        ),
        ("w.clone()", "w", "changes the tensors it was given"),
        ("w, b = w.detach(), b.detach()", "w, b = w.numpy(), b.numpy()", "w.detach() first"),
        ("1.8 * w[:, 0]", "w[:, 0] / 1.8", "is divided by 1.8"),
        ("w_c[:, 0] = 1.8 * w[:, 0]", "w_c = 1.8 * w", "Every weight is multiplied by 1.8"),
        ("w_c[:, 0] = 1.8 * w[:, 0]", "w_c = w / 1.8", "Every weight is divided by 1.8"),
        (
            "w_c[:, 0] = 1.8 * w[:, 0]",
            "w_c[0, 0] = 1.8 * w[0, 0]",
            "Only the first output's weight",
        ),
        ("w_c[:, 0] = 1.8 * w[:, 0]", "w_c[0] = 1.8 * w[0]", "that is the first output's recipe"),
        ("1.8 * w[:, 0]", "1.8 * w[:, 0] + 32", "32 is added to the first weight"),
        ("1.8 * w[:, 0]", "1.8 * 32 * w[:, 0]", "multiplied by 1.8 and by 32"),
        ("1.8 * w[:, 0]", "-1.8 * w[:, 0]", "The first weight has the wrong sign"),
        ("1.8 * w[:, 0]", "(w[:, 0] - 32) / 1.8", "the formula that turns a temperature"),
        ("w_c[:, 0] = 1.8 * w[:, 0]", "w_c = (w - 32) / 1.8", "And only the first column"),
        ("w_c[:, 0] = 1.8 * w[:, 0]", "w_c = 1.8 * w + 32", "applied to every weight"),
        ("w_c[:, 0] = 1.8", "w_c[:, 1] = 1.8", "entry [0, 0] of w_c is"),
        ("b + 32 * w[:, 0]", "b", "b_c is the old b: at 0 °C it is 32 °F"),
        ("b + 32", "b - 32", "takes away 32 times the weight: add it"),
        ("32 * w[:, 0]", "32 * w_c[:, 0]", "takes 32 times the new weight"),
        ("b + 32 * w[:, 0]", "b - 32 * w_c[:, 0]", "takes away 32 times the new weight"),
        ("32 * w[:, 0]", "32", "adds 32 itself"),
        ("b + 32 * w[:, 0]", "b - 32", "takes away 32 itself"),
        ("32 * w[:, 0]", "32 * w.sum(dim=1)", "adds 32 times all the weights"),
        ("32 * w[:, 0]", "32 / 1.8 * w[:, 0]", "times the weight divided by 1.8"),
        ("32 * w[:, 0]", "w[:, 0]", "adds only the weight: times 32"),
        ("b + 32", "b - 32 / 1.8", "takes away 32 times the weight divided by 1.8"),
        (
            "b_c = b + 32 * w[:, 0]",
            "b_c = b.clone()\n    b_c[0] = b[0] + 32 * w[0, 0]",
            "only the first bias is changed",
        ),
        (
            "w_c[:, 0] = 1.8 * w[:, 0]",
            "w_c = w * torch.tensor([1.8, 1, 1])",
            "w may have any number of rows and columns",
        ),
        ("32 * w[:, 0]", "32 * w[0, 0]", "adds the first output's weight to every bias"),
        ("b_c = b", "b_c = 1.8 * b", "b_c is multiplied by 1.8"),
        ("32 * w[:, 0]", "32 * w[:, 1]", "entry [0] of b_c is"),
        ("32 * w[:, 0]", "32 * w[0]", "Write the shapes under each operation"),
        ("1.8 * w[:, 0]", "1.8 * w[0]", "Write the shapes on both sides of ="),
        ("return w_c, b_c", "return b_c, w_c", "These are b and w: return w_c first"),
        ("return w_c, b_c", "return w_c", "Expected 2 results (w_c, b_c)"),
        ("w.clone()", "w.copy()", "A tensor's copy is w.clone()"),
        ("    return w_c, b_c", "    print(w_c, b_c)", "is the return missing?"),
    ),
    "to_original_units": slips(
        LESSON,
        "to_original_units",
        (
            "y_dev.reshape(-1, 1) * w_std",
            "y_dev * w_std",
            "Write the shapes under each operation. Beside w",
        ),
        ("y_dev.reshape(-1, 1) * w_std", "w_std", "w lacks y_dev"),
        ("w_std / x_dev", "w_std * x_dev", "w is multiplied by x_dev"),
        ("w_std / x_dev", "w_std", "w lacks x_dev"),
        ("return w, b", "return w_std, b", "w comes back unchanged"),
        ("return w, b", "return w_std / x_dev / y_dev.reshape(-1, 1), b", "w is divided by y_dev"),
        ("return w, b", "return w_std * x_dev / y_dev.reshape(-1, 1), b", "wrong way round"),
        ("y_mean + y_dev * b_std", "b_std", "b still ignores the targets"),
        ("y_mean + y_dev * b_std", "(y_mean + b_std) * y_dev", "multiplies y_mean by y_dev, too"),
        ("w @ x_mean", "w * x_mean", "and so is w @ x_mean"),
        (" - w @ x_mean", "", "b lacks the shift of the inputs"),
        ("y_mean + y_dev * b_std", "y_dev * b_std", "b lacks y_mean"),
        ("y_mean + y_dev * b_std", "y_mean + b_std", "b_std is in units of y_dev"),
        ("w @ x_mean", "w_std @ x_mean", "b subtracts w_std @ x_mean: take the new w"),
        ("w @ x_mean", "w_std / x_dev @ x_mean", "the new w, which holds y_dev"),
        ("- w @ x_mean", "+ w @ x_mean", "subtract it"),
        ("y_dev * b_std - w @ x_mean", "y_dev * (b_std - w @ x_mean)", "only b_std needs"),
        ("return w, b", "return w, b_std", "b comes back unchanged"),
        ("return w, b", "return w, b + 1", "entry [0] of b is"),
        ("return w, b", "return w", "Expected 2 results (w, b)"),
    )
    + functions_told(UNITS, ("(w_std / x_dev, b_std - w_std / x_dev @ x_mean)", "w lacks y_dev")),
}


RIGHT = {
    "mse_gradient": functions(
        "mse_gradient(x, y, w, b)",
        """
    r = x @ w.T + b - y
    return 2 * r.T @ x / r.numel(), 2 * r.mean(dim=0) / r.shape[1]
""",
        """
    n, m = y.shape
    r = x.mm(w.t()) + b - y
    return [2 / (n * m) * torch.einsum("nm,nd->md", r, x), 2 / (n * m) * r.sum(0)]
""",
        """
    r = x @ w.T + b - y
    dw = (2 * r[:, :, None] * x[:, None, :]).mean(0) / y.shape[1]
    return dw, (2 * r / y.numel()).sum(0)
""",
        """
    r = (x @ w.T + b - y).detach().numpy()
    return 2 * r.T @ x.numpy() / r.size, 2 * r.sum(axis=0) / r.size
""",
        """
    r = y - x @ w.T - b
    scale = -2.0 / (len(y) * len(b))
    return (x.T @ r).T * scale, torch.ones(len(y), dtype=y.dtype) @ r * scale
""",
    ),
    "to_celsius": functions(
        "to_celsius(w, b)",
        """
    scale = torch.ones(w.shape[1], dtype=w.dtype)
    scale[0] = 1.8
    return w * scale, b + w[:, 0] * 32
""",
        """
    return torch.hstack([1.8 * w[:, :1], w[:, 1:]]), b + 32 * w.T[0]
""",
        """
    w_c = w.detach().clone()
    b_c = b.detach().clone()
    for j in range(len(w)):
        w_c[j, 0] = w[j, 0] * 9 / 5
        b_c[j] = b[j] + 32 * w[j, 0]
    return w_c, b_c
""",
        """
    w_c = w.detach().numpy().copy()
    w_c[:, 0] *= 1.8
    return w_c, b.detach().numpy() + w_c[:, 0] / 1.8 * 32
""",
        """
    zero = torch.zeros(w.shape[1], dtype=w.dtype)
    zero[0] = 32.0
    w_c = w.clone()
    w_c[:, 0] += 0.8 * w[:, 0]
    return [w_c, zero @ w.T + b]
""",
    ),
    "to_original_units": functions(
        UNITS,
        """
    w = (w_std / x_dev) * y_dev[:, None]
    return w, (b_std * y_dev + y_mean) - (w * x_mean).sum(dim=1)
""",
        """
    w = torch.diag(y_dev) @ w_std @ torch.diag(1 / x_dev)
    return [w, y_dev * (b_std - w_std @ (x_mean / x_dev)) + y_mean]
""",
        """
    w = torch.outer(y_dev, 1 / x_dev) * w_std
    return w, y_mean + y_dev * b_std - torch.einsum("md,d->m", w, x_mean)
""",
        """
    w = torch.stack([s * row / x_dev for s, row in zip(y_dev, w_std)])
    b = torch.stack([y_mean[j] + y_dev[j] * b_std[j] - w[j] @ x_mean for j in range(len(w))])
    return w, b
""",
    ),
}
