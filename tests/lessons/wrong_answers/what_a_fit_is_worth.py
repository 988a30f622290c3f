"""Answers to 'What a fit is worth' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "what_a_fit_is_worth"


def chosen(*answers):
    """Return pairs of a choice of causes, written as in the exercise, and the words it is told."""
    return [(f"causes = {causes}", words) for causes, words in answers]


def _pipeline(alpha, *steps):
    steps = steps or ("PolynomialFeatures(degree, include_bias=False)", "StandardScaler()")
    parts = ", ".join([*steps, f"Ridge(alpha={alpha})"])
    return f"\ndef ridge_pipeline(degree, decay, n):\n    return make_pipeline({parts})\n"


GROUPS = """
    groups = {True: [], False: []}
    for name, p in model.named_parameters():
        groups[%s].append(p)
    decayed = {"params": groups[%s], "weight_decay": weight_decay}
    return torch.optim.SGD([decayed, {"params": groups[%s]}], lr=lr)
"""

WRONG = {
    "causes": chosen(
        ("[1, 1, 4, 2]", "Look at A again: a fit that is too stiff is bad on its training rows"),
        ("[2, 1, 4, 3]", "Look at A again: then the validation rows would tell, as new points do"),
        ("[4, 1, 3, 2]", "Look at A again: few rows would make the splits disagree"),
        ("[5, 1, 4, 2]", "A again: above the limit the training loss grows without end. A's is"),
        ("[3, 2, 4, 1]", "Look at B again: an overfit has a low training loss"),
        ("[3, 3, 4, 2]", "Look at B again: near-copies would make the validation loss too good"),
        ("[3, 4, 1, 2]", "Look at B again: B's splits differ a little, but all say the same"),
        ("[3, 5, 4, 2]", "B again: above the limit the training loss grows without end. B's is"),
        ("[3, 1, 1, 2]", "Look at C again: C gets 0.10 in training and on new points"),
        ("[3, 1, 2, 4]", "Look at C again: on new points C is as good as in training"),
        ("[3, 1, 3, 2]", "Look at C again: near-copies would make every split too good"),
        ("[3, 1, 5, 2]", "C again: above the limit the training loss grows without end. C's is"),
        ("[3, 1, 4, 1]", "Look at D again: an underfit is bad in training. D gets 0.07 there"),
        ("[3, 1, 4, 3]", "Look at D again: near-copies would make the validation loss too good"),
        ("[3, 1, 4, 4]", "Look at D again: the splits disagree, but new points are bad, too"),
        ("[3, 1, 4, 5]", "D again: above the limit the training loss grows without end. D's is"),
        ("[3, 1, 4, 5]", "3 of the 4 are right"),
        ("[3, 1, 4]", "Expected four numbers, for A, B, C and D, got 3"),
        ("[3, 1, 4, 6]", "The cause numbers run from 1 to 5"),
        ("{3, 1, 4, 2}", "A set has no order"),
        ("3", "Expected four numbers, for A, B, C and D, got 1"),
    ),
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
    "decay_weights_only": functions_told(
        "decay_weights_only(model, lr, weight_decay)",
        (
            "torch.optim.SGD(model.parameters(), lr=lr, weight_decay=weight_decay)",
            "Weight decay acts on the biases too",
        ),
        (GROUPS % ('name == "bias"', "False", "True"), "One of your groups is empty"),
        (GROUPS % ('"bias" in name', "False", "True"), "debiased.weight isn't a bias"),
        (GROUPS % ('name.endswith("bias")', "True", "False"), "The groups are swapped"),
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
        (
            """
    inner, last = model["inner"], model["debiased"]
    groups = [{"params": inner.parameters(), "weight_decay": weight_decay}]
    return torch.optim.SGD([*groups, {"params": last.parameters()}], lr=lr)
""",
            "inner.0.weight, inner.1.weight and debiased.bias are right",
        ),
    )
    + slips(
        LESSON,
        "decay_weights_only",
        (', {"params": biases}', "", "The optimizer doesn't have inner.0.bias, inner.1.bias"),
        (', "weight_decay": weight_decay', "", "Nothing decays"),
        (
            '    return torch.optim.SGD([*groups, {"params": biases}], lr=lr)',
            "    return groups",
            "Expected an optimizer, got a value of type list",
        ),
        ("], lr=lr)", "], lr=1.0)", "The learning rate isn't used"),
        ("], lr=lr)", "], lr=lr, momentum=0.9)", "This SGD has momentum"),
        ("optim.SGD", "optim.Adam", "Expected torch.optim.SGD, got Adam"),
        ("], lr=lr)", "], lr=0.1)", "with lr = 0.1 instead of the lr given"),
        ("], lr=lr)", "], lr=lr, maximize=True)", "It climbs"),
    ),
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
            "\ndef ridge_pipeline(degree, decay, n):\n    return StandardScaler()\n",
            "Expected a pipeline",
        ),
        (
            _pipeline("n * decay / 2", "PolynomialFeatures(degree)", "StandardScaler"),
            "Fitting your pipeline raises TypeError",
        ),
    ],
}

WRONG["ridge_pipeline"] += [
    (_pipeline("n * decay / 2", "StandardScaler()"), "The degree isn't used"),
    (_pipeline("1.0"), "alpha is left at 1"),
]
WRONG["ridge_pipeline"] += [
    (_pipeline("0"), "alpha is 0"),
    (_pipeline("2 / (n * decay)"), "alpha is upside down"),
    (_pipeline("n * decay / 2").replace("(degree, inc", "(degree + 1, inc"), "one too high"),
]
WRONG["ridge_pipeline"] += [
    (
        _pipeline("n * decay / 2").rstrip() + ".fit(sample.x.reshape(-1, 1), sample.y)\n",
        "The pipeline is fitted already",
    ),
    (
        _pipeline("n * decay / 2").replace("StandardScaler()", "StandardScaler(with_std=False)"),
        "StandardScaler(), with nothing in its brackets",
    ),
    (_pipeline("n * decay / 2").replace("(degree, inc", "(5, inc"), "You wrote the degree 5"),
    (_pipeline("n * decay / 2").replace("(degree, inc", "(3, inc"), "one too high"),
]
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


WRONG["split_by_group"] += slips(
    LESSON,
    "split_by_group",
    ("np.flatnonzero(is_val)", "np.flatnonzero(is_val) + 1", "There are 8 rows, counted from 0: 8"),
    (
        "np.flatnonzero(is_val)",
        "np.flatnonzero(is_val)[: 3 * len(held_out)]",
        "Rows [8] are in neither part",
    ),
    ("~is_val)", "~is_val).astype(float)", "Row numbers are whole numbers; train holds float64"),
    ("np.flatnonzero(is_val)", "[str(i) for i in np.flatnonzero(is_val)]", "val holds str"),
    ("~is_val)", "~is_val) - len(groups)", "Count the rows from 0 up: train holds -7"),
    (
        "np.flatnonzero(is_val)",
        "(i for i in np.flatnonzero(is_val))",
        "list of row numbers, got shape ().",
    ),
    (
        "np.isin(groups, held_out)",
        "np.isin(np.arange(len(groups)), held_out)",
        "These are the groups in held_out",
    ),
    ("np.flatnonzero(~is_val), np.flatnonzero(is_val)", "[], []", "are in neither part"),
)
WRONG["split_by_group"] += functions_told(
    "split_by_group(groups, held_out)",
    (
        """
    n_val = 3 * len(held_out)
    rows = np.random.RandomState(0).permutation(len(groups))
    return rows[n_val:], rows[:n_val]
""",
        "Not by group: group 1 is on both sides",
    ),
)


POWERS = "PolynomialFeatures(degree, include_bias=False)"

RIGHT = {
    "causes": [
        "causes = (3, 1, 4, 2)",
        "causes = '3142'",
        "causes = {'A': 3, 'B': 1, 'C': 4, 'D': 2}",
        "causes = np.array([3, 1, 4, 2])",
        "causes = [3.0, '1', 4, 2]",
        "causes = torch.tensor([3, 1, 4, 2])",
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
}
