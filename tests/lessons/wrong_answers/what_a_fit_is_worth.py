"""Answers to 'What a fit is worth' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips


def _pipeline(alpha, *steps):
    steps = steps or ("PolynomialFeatures(degree, include_bias=False)", "StandardScaler()")
    parts = ", ".join([*steps, f"Ridge(alpha={alpha})"])
    return f"\ndef ridge_pipeline(degree, decay, n):\n    return make_pipeline({parts})\n"


def _early(first, improved, end, after=""):
    return f"""
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    best_epoch, best_loss, best = 0, val_loss(), {first}
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        loss = val_loss()
        if loss < best_loss:
            best_epoch, best_loss, best = epoch, loss, {improved}
        {end}
    {after}
    return best_epoch
"""


COPY = "copy.deepcopy(model.state_dict())"
STOP = "elif epoch - best_epoch >= patience: break"
LOAD = "model.load_state_dict(best)"


def _honest(mean_of, val_mean_of="X_train", returned="mse(Z_val @ w + b, y_val)"):
    return f"""
def honest_loss(X_train, y_train, X_val, y_val, decay):
    X_all = np.vstack([X_train, X_val])
    Z_train = (X_train - {mean_of}.mean(axis=0)) / {mean_of}.std(axis=0)
    Z_val = (X_val - {val_mean_of}.mean(axis=0)) / {val_mean_of}.std(axis=0)
    w, b = ridge(Z_train, y_train, decay)
    return {returned}
"""


WRONG = {
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
    "ridge_pipeline": [
        (_pipeline("decay"), "alpha is the decay itself"),
        (_pipeline("decay / 2"), "The n is missing"),
        (_pipeline("n * decay"), "Twice too strong"),
        (_pipeline("decay / 2 / n"), "You divided by n: multiply by it"),
        (
            _pipeline("n * decay / 2", "PolynomialFeatures(degree, include_bias=False)"),
            "The powers aren't standardised",
        ),
        (
            _pipeline(
                "n * decay / 2",
                "StandardScaler()",
                "PolynomialFeatures(degree, include_bias=False)",
            ),
            "the scaler belongs behind PolynomialFeatures",
        ),
        (
            _pipeline("n * decay / 2, fit_intercept=False"),
            "Ridge has no intercept here",
        ),
        (
            """
def ridge_pipeline(degree, decay, n):
    return [PolynomialFeatures(degree), StandardScaler(), Ridge(alpha=n * decay / 2)]
""",
            "Expected a pipeline",
        ),
        (
            _pipeline("n * decay / 2", "PolynomialFeatures(degree)", "StandardScaler"),
            "Fitting your pipeline raises TypeError",
        ),
    ],
    "fit_early": [
        (
            _early("model.state_dict()", "model.state_dict()", STOP, LOAD),
            "or what you keep isn't a copy",
        ),
        (
            _early("dict(model.state_dict())", "dict(model.state_dict())", STOP, LOAD),
            "or what you keep isn't a copy",
        ),
        (_early(COPY, COPY, STOP), "load the best ones at the end"),
        (_early(COPY, COPY, "", LOAD), "It runs all 13 epochs"),
        (
            _early(COPY, COPY, STOP, LOAD).replace(
                "best_epoch, best_loss, best = epoch, loss,", "best_epoch, best = epoch,"
            ),
            "or the best loss isn't renewed",
        ),
        (
            _early(
                COPY, COPY, f"best = {COPY}\n        if epoch - best_epoch >= patience: break", LOAD
            ),
            "Either you keep them after every epoch",
        ),
        (
            _early(COPY, COPY, "elif epoch - best_epoch > patience: break", LOAD),
            "it stops after epoch 8, too late",
        ),
        (
            _early(COPY, COPY, "elif epoch - best_epoch >= 2: break", LOAD),
            "too early",
        ),
        (
            _early(COPY, COPY, STOP, LOAD).replace("return best_epoch", "return epoch"),
            "return the best one",
        ),
        (
            _early(COPY, COPY, STOP, LOAD).replace("return best_epoch", "return best_epoch - 1"),
            "epoch 0 is before any training, and the best is 4",
        ),
        (
            """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    best_epoch, best_loss, best, waited = 0, val_loss(), copy.deepcopy(model.state_dict()), 0
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        if val_loss() < best_loss:
            best_epoch, best_loss, best = epoch, val_loss(), copy.deepcopy(model.state_dict())
        else:
            waited += 1
            if waited == patience:
                break
    model.load_state_dict(best)
    return best_epoch
""",
            "an improvement starts the count again",
        ),
        (
            """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    best_epoch, before, best = 0, val_loss(), copy.deepcopy(model.state_dict())
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        loss = val_loss()
        if loss < before:
            best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        elif epoch - best_epoch >= patience:
            break
        before = loss
    model.load_state_dict(best)
    return best_epoch
""",
            "compare with the best loss so far",
        ),
        (
            """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    losses = [val_loss() for epoch in range(n_epochs)]
    return int(np.argmin(losses))
""",
            "It never trains",
        ),
        (
            """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        if val_loss() < 0:
            break
""",
            "is the return missing?",
        ),
    ],
    "honest_loss": [
        (_honest("X_all", "X_all"), "A leak: mean and standard deviation come from all rows"),
        (_honest("X_train", "X_val"), "a mean and standard deviation of their own"),
        (
            _honest("X_train", returned="mse(Z_val @ w + b, y_val) + decay / 2 * (w**2).sum()"),
            "The charge for the weights is in it",
        ),
        (
            _honest("X_train", returned="mse(Z_train @ w + b, y_train)"),
            "That is the training loss",
        ),
        (_honest("X_train", returned="mse(X_val @ w + b, y_val)"), "rows aren't standardised"),
        (_honest("X_train", returned="mse(Z_val @ w, y_val)"), "The bias b is missing"),
        (
            _honest("X_train", returned="mse(Z_val @ w + b, y_val) ** 0.5"),
            "drop the root",
        ),
        (
            _honest("X_train").replace("axis=0", "").replace(".mean()", ".mean(axis=None)"),
            "One mean for the whole matrix",
        ),
        (_honest("X_train").replace(".std(axis=0)", ".std(axis=0, ddof=1)"), "with n − 1"),
    ],
    "split_by_group": [
        (
            """
def split_by_group(groups, held_out):
    is_val = groups == held_out[0]
    return np.flatnonzero(~is_val), np.flatnonzero(is_val)
""",
            "val holds the groups [4]; held_out is [4, 2]",
        ),
        (
            """
def split_by_group(groups, held_out):
    is_val = np.isin(groups, held_out)
    return np.flatnonzero(is_val), np.flatnonzero(~is_val)
""",
            "are swapped",
        ),
        (
            """
def split_by_group(groups, held_out):
    is_val = np.isin(groups, held_out)
    return ~is_val, is_val
""",
            "np.flatnonzero makes row numbers",
        ),
        (
            """
def split_by_group(groups, held_out):
    rows = np.arange(len(groups))
    return np.delete(rows, held_out), held_out
""",
            "These are the groups in held_out",
        ),
        (
            """
def split_by_group(groups, held_out):
    order = np.random.RandomState(0).permutation(len(groups))
    return order[5:], order[:5]
""",
            "is on both sides",
        ),
        (
            """
def split_by_group(groups, held_out):
    rows = np.arange(len(groups))
    return rows, rows[np.isin(groups, held_out)]
""",
            "are in both parts",
        ),
        (
            """
def split_by_group(groups, held_out):
    return np.flatnonzero(groups == 1), np.flatnonzero(np.isin(groups, held_out))
""",
            "Rows [4] are in neither part",
        ),
    ],
}

WRONG["ridge_pipeline"] += [
    (_pipeline("n * decay / 2", "StandardScaler()"), "The degree isn't used"),
    (_pipeline("1.0"), "alpha is left at 1"),
]
WRONG["fit_early"] += [
    (
        _early(COPY, COPY, STOP, LOAD).replace(
            "best_loss, best = 0, val_loss()", "best_loss, best = 0, 9"
        ),
        "the start is the best: epoch 0",
    ),
    (
        _early(COPY, COPY, STOP, LOAD).replace(
            "loss < best_loss", "epoch > 1 and loss < best_loss"
        ),
        "With n_epochs=2 and losses 5, 4, 4.5 the best is epoch 1",
    ),
    (
        _early(COPY, COPY, STOP, LOAD)
        .replace("train_epoch()", "train_epoch(); late = late if epoch > 5 else " + COPY)
        .replace("load_state_dict(best)", "load_state_dict(late)"),
        "holds the weights of epoch 5",
    ),
    (
        _early(COPY, COPY, STOP, LOAD).replace(
            "return best_epoch", "return [best_epoch, best_loss]"
        ),
        "Expected one number for the best epoch, got shape (2,)",
    ),
]
WRONG["honest_loss"] += [
    (_honest("X_val", "X_val"), "come from the validation rows"),
    (
        _honest("X_train").replace(") / X_train.std(axis=0)", ")"),
        "aren't divided by their standard",
    ),
    (
        _honest("X_train").replace("ridge(Z_train, y_train", "ridge(Z_val, y_val"),
        "ridge was fitted to the validation rows",
    ),
]

WRONG["ridge_pipeline"] += [
    (_pipeline("0"), "alpha is 0"),
    (_pipeline("2 / (n * decay)"), "alpha is upside down"),
    (_pipeline("n * decay / 2").replace("(degree, inc", "(degree + 1, inc"), "one too high"),
]
WRONG["fit_early"] += [
    (
        _early(COPY, COPY, STOP, LOAD).replace("loss < best_loss", "loss <= best_loss"),
        "An equal loss",
    ),
    (_early(COPY, COPY, STOP, LOAD).replace("return best_epoch", "return 12"), "the best epoch, 4"),
    (
        _early(COPY, COPY, STOP.replace("patience", "3"), LOAD),
        "it stops after epoch 4 and holds 1",
    ),
]
WRONG["honest_loss"] += [
    (
        _honest("X_train", returned="((Z_val @ w + b - y_val) ** 2).sum()"),
        "You summed over the validation rows",
    ),
]

WRONG["ridge_pipeline"] += [
    (
        _pipeline("n * decay / 2").rstrip() + ".fit(x.reshape(-1, 1), y)\n",
        "The pipeline is fitted already",
    ),
    (
        _pipeline("n * decay / 2").replace("StandardScaler()", "StandardScaler(with_std=False)"),
        "StandardScaler(), with nothing in its brackets",
    ),
    (_pipeline("n * decay / 2").replace("(degree, inc", "(5, inc"), "You wrote the degree 5"),
]
WRONG["fit_early"] += [
    (
        _early(COPY, COPY, STOP, LOAD).replace("return best_epoch", "return best_loss"),
        "It returns the best loss",
    ),
]

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

WRONG["decay_weights_only"] += slips(
    "what_a_fit_is_worth",
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

WRONG["split_by_group"] += [
    (
        """
def split_by_group(groups, held_out):
    return np.isin(groups, held_out)
""",
        "Expected two lists of row numbers",
    ),
    (
        """
def split_by_group(groups, held_out):
    return [np.flatnonzero(groups == group) for group in (1, 2, 4)]
""",
        "Expected two lists of row numbers",
    ),
]

WRONG["split_by_group"] += functions_told(
    "split_by_group(groups, held_out)",
    (
        """
    val = [row for group in held_out for row in range(3 * group, 3 * group + 3)]
    return [row for row in range(len(groups)) if row not in val], val
""",
        "three neighbouring rows for each group",
    ),
    (
        """
    is_val = np.isin(groups, held_out)
    return groups[~is_val], groups[is_val]
""",
        "These are the groups in held_out",
    ),
    (
        """
    is_val = np.flatnonzero(np.isin(groups, held_out))
    return np.setdiff1d(np.arange(len(groups)), is_val), np.repeat(is_val, 2)
""",
        "Some row numbers are in a part twice",
    ),
)

WRONG["split_by_group"] += functions_told(
    "split_by_group(groups, held_out)",
    (
        """
    is_val = np.isin(groups, held_out)
    return np.where(~is_val), np.where(is_val)
""",
        "take its entry 0",
    ),
)


POWERS = "PolynomialFeatures(degree, include_bias=False)"

RIGHT = {
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
    "ridge_pipeline": [
        _pipeline("decay * n / 2", POWERS, "StandardScaler()"),
        _pipeline("0.5 * decay * n, fit_intercept=True", POWERS, "StandardScaler()"),
        _pipeline("n * decay / 2", "PolynomialFeatures(degree)", "StandardScaler()"),
        """
def ridge_pipeline(degree, decay, n):
    from sklearn.pipeline import Pipeline

    steps = [
        ("powers", PolynomialFeatures(degree=degree, include_bias=False)),
        ("scale", StandardScaler()),
        ("ridge", Ridge(alpha=n * decay / 2, solver="svd")),
    ]
    return Pipeline(steps)
""",
    ],
    "fit_early": [
        _early(COPY, COPY, "if epoch - best_epoch >= patience: break", LOAD),
        _early(
            "{k: v.clone() for k, v in model.state_dict().items()}",
            "{k: v.clone() for k, v in model.state_dict().items()}",
            STOP,
            LOAD,
        ),
        """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    losses, states = [val_loss()], [copy.deepcopy(model.state_dict())]
    while len(losses) <= n_epochs and len(losses) - 1 - np.argmin(losses) < patience:
        train_epoch()
        losses.append(val_loss())
        states.append(copy.deepcopy(model.state_dict()))
    model.load_state_dict(states[np.argmin(losses)])
    return int(np.argmin(losses))
""",
        """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    best_epoch, best_loss, best, waited = 0, val_loss(), copy.deepcopy(model.state_dict()), 0
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        loss = val_loss()
        if loss < best_loss:
            best_epoch, best_loss, waited = epoch, loss, 0
            best = copy.deepcopy(model.state_dict())
        else:
            waited += 1
        if waited == patience:
            break
    model.load_state_dict(best)
    return best_epoch
""",
        """
def fit_early(model, train_epoch, val_loss, n_epochs, patience):
    best_epoch, best_loss = 0, val_loss()
    best = [p.detach().clone() for p in model.parameters()]
    for epoch in range(1, n_epochs + 1):
        train_epoch()
        if val_loss() < best_loss:
            best_epoch, best_loss = epoch, val_loss()
            best = [p.detach().clone() for p in model.parameters()]
        elif epoch >= best_epoch + patience:
            break
    with torch.no_grad():
        for p, kept in zip(model.parameters(), best):
            p.copy_(kept)
    return best_epoch
""",
    ],
    "honest_loss": [
        _honest("X_train"),
        _honest("X_train", returned="np.mean((Z_val @ w + b - y_val) ** 2)"),
        """
def honest_loss(X_train, y_train, X_val, y_val, decay):
    scaler = StandardScaler().fit(X_train)
    w, b = ridge(scaler.transform(X_train), y_train, decay)
    return mse(scaler.transform(X_val) @ w + b, y_val)
""",
        """
def honest_loss(X_train, y_train, X_val, y_val, decay):
    model = make_pipeline(StandardScaler(), Ridge(alpha=len(X_train) * decay / 2))
    return ((model.fit(X_train, y_train).predict(X_val) - y_val) ** 2).mean()
""",
        """
def honest_loss(X_train, y_train, X_val, y_val, decay):
    mean, std = np.mean(X_train, axis=0), np.sqrt(np.var(X_train, axis=0))
    scaled = [(X - mean) / std for X in (X_train, X_val)]
    w, b = ridge(scaled[0], y_train, decay)
    errors = scaled[1].dot(w) + b - y_val
    return errors @ errors / len(errors)
""",
    ],
    "split_by_group": functions(
        "split_by_group(groups, held_out)",
        """
    rows = range(len(groups))
    train = [i for i in rows if groups[i] not in held_out]
    return train, [i for i in rows if groups[i] in held_out]
""",
        """
    mask = np.array([group in set(held_out) for group in groups])
    return np.where(~mask)[0], np.where(mask)[0]
""",
        """
    val = np.concatenate([np.flatnonzero(groups == group) for group in held_out])
    return np.setdiff1d(np.arange(len(groups)), val), val
""",
        """
    is_val = np.isin(groups, held_out)
    return [np.nonzero(is_val == False)[0], np.nonzero(is_val)[0]]
""",
        """
    train, val = [], []
    for i, group in enumerate(groups):
        (val if group in held_out else train).append(i)
    return torch.tensor(train), torch.tensor(val)
""",
    ),
}
