"""Answers to 'A project of your own' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "a_project_of_your_own"
HEAD = "group_means(group, y, train)"


def chosen(name, *answers):
    """Return pairs of a choice, written as in the exercise, and the words it is told."""
    return [(f"{name} = {answer}", words) for answer, words in answers]


def fitted(alone, within):
    """Return an answer to the two slopes: what each is."""
    return f"""
kg, kind = mass[weighed].reshape(-1, 1) / 1000, species[weighed]
depth = bills.y[weighed]
both = np.column_stack([kg, kind == "Gentoo", kind == "Chinstrap"])
one = LinearRegression().fit(kg, depth).coef_[0]
two = LinearRegression().fit(both, depth).coef_[0]
alone, within = {alone}, {within}
"""


WRONG = {
    "group_means": slips(
        LESSON,
        "group_means",
        ("y[train][group[train] == name].mean()", "y[group == name].mean()", "A leak: the means"),
        (
            "y[train][group[train] == name].mean()",
            "np.median(y[train][group[train] == name])",
            "Thos",
        ),
        ("y[train][group[train] == name].mean()", "y[train][group[train] == name].sum()", "sums"),
        ("y[train][group[train] == name].mean()", "y[train].mean()", "take the mean of each group"),
        ("y[train][group[train] == name].mean()", "y.mean()", "On test data it gives"),
        (
            "y[train][group[train] == name].mean()",
            "y[train][group[: len(train)] == name].mean()",
            "group[train] goes with y[train]",
        ),
        (
            "np.full(len(group), y[train].mean())",
            "np.full(len(group), np.nan)",
            "gets nan: give it",
        ),
        ("np.full(len(group), y[train].mean())", "np.full(len(group), 0.0)", "gets 0: give it the"),
        (
            "np.full(len(group), y[train].mean())",
            "np.full(len(group), y.mean())",
            "the mean of all",
        ),
        ("    return y_pred", "    return y_pred[train]", "a number for every row"),
        (
            "    return y_pred",
            "    return y_pred.reshape(-1, 1)",
            "Expected shape (10,), got (10, 1)",
        ),
        ("    return y_pred", "    return y_pred[:-1]", "Expected shape (10,), a number for every"),
        ("    return y_pred", "    y_pred", "None"),
    )
    + functions_told(
        HEAD,
        ("{name: y[train][group[train] == name].mean() for name in set(group)}", "means by group"),
        ("y", "It returns y itself"),
        ("np.full(len(y), y.mean())", "It is the mean of all rows for everyone"),
        ("list(group)", "Expected an array of numbers, got a list of 10"),
        (
            """
    rest = np.setdiff1d(np.arange(len(y)), train)
    y_pred = np.full(len(y), y[rest].mean())
    for name in set(group[rest]):
        y_pred[group == name] = y[rest][group[rest] == name].mean()
    return y_pred
""",
            "the rows that aren't in train",
        ),
    ),
    "causes": chosen(
        "causes",
        ("[1, 3, 1, 2]", "Look at A again: 13 g where the baseline is off by 742"),
        ("[2, 3, 1, 2]", "an unlucky order makes a part worse, not every part too good"),
        ("[3, 3, 1, 2]", "luck can lower the test error, not that of all three"),
        ("[5, 3, 1, 2]", "Is its validation error high?"),
        ("[4, 1, 1, 2]", "Look at B again: are test rows easier"),
        ("[4, 2, 1, 2]", "in an unlucky order one part differs in its baseline, too"),
        ("[4, 4, 1, 2]", "an input that knows the target lowers the training error"),
        ("[4, 5, 1, 2]", "a model that has memorised is best on its training rows"),
        ("[4, 3, 2, 2]", "Look at C again: its three errors agree"),
        ("[4, 3, 3, 2]", "the test error isn't below the others"),
        ("[4, 3, 4, 2]", "it is off by 300 g"),
        ("[4, 3, 5, 2]", "is the gap large?"),
        ("[4, 3, 1, 1]", "Look at D again: the test error is above the baseline's own"),
        ("[4, 3, 1, 3]", "who tries often reports a low number"),
        ("[4, 3, 1, 4]", "would help on test rows, too"),
        ("[4, 3, 1, 5]", "what is memorised fails on the validation rows, too"),
        ("[4, 3, 1]", "got 3"),
        ('["A", 3, 1, 2]', "from 1 to 5"),
        ("[4, 3, 1, 6]", "6 is none of them"),
    ),
    "slopes": [
        (fitted("two", "one"), "They are swapped"),
        (fitted("one / 1000", "two / 1000"), "They are per gram"),
        (fitted("-one", "two"), "alone isn't right"),
        (fitted("one", "-two"), "within isn't right"),
        (fitted("1 / one", "1 / two"), "alone and within aren't right"),
        (fitted("one", "one"), "within isn't right"),
        (fitted("two", "two"), "alone isn't right"),
        (fitted("kg", "two"), "Expected one number for alone"),
        (fitted("'−1.2'", "two"), "Expected a number for alone"),
        (
            'both = np.column_stack([mass[weighed] / 1000, species[weighed] == "Gentoo"])\n'
            "fit = LinearRegression().fit(both, lengths[weighed, 1])\n"
            "alone, within = -1.162, fit.coef_[0] * 2",
            "within isn't right",
        ),
    ],
}

RIGHT = {
    "group_means": functions(
        HEAD,
        """
    means = {name: y[train][group[train] == name].mean() for name in set(group[train])}
    return np.array([means.get(name, y[train].mean()) for name in group])
""",
        """
    y_pred = []
    for name in group:
        same = [row for row in train if group[row] == name]
        y_pred.append(np.mean(y[same]) if same else np.mean(y[train]))
    return y_pred
""",
        """
    y_pred = np.empty(len(y))
    for name in np.unique(group):
        same = train[group[train] == name]
        y_pred[group == name] = y[same].mean() if len(same) else y[train].mean()
    return y_pred
""",
        """
    names, code = np.unique(group, return_inverse=True)
    total = np.bincount(code[train], weights=y[train], minlength=len(names))
    count = np.bincount(code[train], minlength=len(names))
    means = np.where(count > 0, total / np.maximum(count, 1), y[train].mean())
    return means[code]
""",
        """
    import torch
    y_pred = torch.full((len(y),), y[train].mean(), dtype=torch.float64)
    for name in set(group[train]):
        y_pred[torch.tensor(group == name)] = y[train][group[train] == name].mean()
    return y_pred
""",
    ),
    "causes": [
        "causes = (4, 3, 1, 2)",
        "causes = '4312'",
        "causes = {'A': 4, 'B': 3, 'C': 1, 'D': 2}",
        "causes = np.array([4, 3, 1, 2])",
        "causes = ['4', '3', '1', '2']",
    ],
    "slopes": [
        fitted("one", "two"),
        "alone, within = -1.162, 1.509",
        "alone, within = np.array([-1.16, 1.51])",
        """
kg, depth = mass[weighed] / 1000, bills.y[weighed]
alone = np.linalg.lstsq(np.column_stack([kg, np.ones(342)]), depth)[0][0]
kinds = [species[weighed] == name for name in ("Adelie", "Chinstrap", "Gentoo")]
within = np.linalg.lstsq(np.column_stack([kg, *kinds]), depth)[0][0]
""",
        """
kg, d = mass[weighed] / 1000, bills.y[weighed]
alone = np.cov(kg, d, ddof=0)[0, 1] / kg.var()
for name in set(species[weighed]):
    rows = species[weighed] == name
    kg[rows] -= kg[rows].mean()
    d[rows] -= d[rows].mean()
within = (kg * d).sum() / (kg * kg).sum()
""",
    ],
}
