"""Answers to 'A network that bends' by exercise: right, and wrong with their diagnosis."""

from tests.lessons.wrong_answers import functions, functions_told, slips

LESSON = "a_network_that_bends"


def chosen(*answers):
    """Return pairs of a choice of causes, written as in the exercise, and the words it is told."""
    return [(f"causes = {causes}", words) for causes, words in answers]


ONE = "as_one(W1, b1, W2, b2)"
DEEP = "deep_network(n_in, n_units, n_hidden, n_out)"

WRONG = {
    "as_one": slips(
        LESSON,
        "as_one",
        ("W2 @ b1 + b2", "b2", "W is right. b1 is missing in b: it goes through"),
        ("W2 @ b1 + b2", "W2 @ b1", "W is right. b2 is missing in b"),
        ("W2 @ b1 + b2", "W2 @ b1 - b2", "In b, b2 is added, not subtracted"),
        ("W2 @ b1 + b2", "0 * b2", "b is zero: both biases are missing"),
        ("W2 @ b1 + b2", "b1.sum() + b2", "W is right, b isn't: both biases arrive at the output"),
        ("W2 @ b1 + b2", "(W2 @ b1) * b2", "W is right, b isn't"),
        ("W2 @ b1 + b2", "W2 @ (b1 + b2)", "raises RuntimeError"),
        ("W2 @ b1 + b2", "b1 + b2", "Entry by entry needs equal shapes; here a matrix product"),
        ("W2 @ b1 + b2", "b1 @ W2 + b2", "raises RuntimeError"),
        ("W2 @ b1 + b2", "W @ b1 + b2", "needs as many numbers as the matrix has columns"),
        ("W2 @ W1", "W1 @ W2", "The second layer stands on the left"),
        ("W2 @ W1", "W2 * W1", "Entry by entry needs equal shapes"),
        ("W2 @ W1", "W1.T @ W2.T", "That is the transpose"),
        ("W2 @ W1", "torch.tanh(W2 @ W1)", "b is right, W isn't: what multiplies x when both"),
        ("W2 @ W1", "0 * (W2 @ W1)", "b is right. W is zero: what multiplies x?"),
        ("W2 @ W1", "W2 @ W1 + b2.reshape(-1, 1)", "b is right, W isn't"),
        ("return W, b", "return b, W", "Expected W of shape"),
        ("return W, b", "return W", "Expected 2 results (W, b)"),
        ("return W, b", "return W, b.reshape(-1, 1)", "Expected b of shape (2,), got shape (2, 1)"),
        ("return W, b", "return 2 * W, 2 * b", "On test data it gives"),
    )
    + functions_told(
        ONE,
        (
            "W2 @ torch.tanh(W1), W2 @ torch.tanh(b1) + b2",
            "There is no tanh between these two layers",
        ),
        (
            "np.dot(W2, W1), np.dot(W2, b1) + b2",
            "W1, b1, W2 and b2 are tensors: use @",
        ),
        (
            "np.dot(W2, W1), np.einsum('ij,j->i', W2, b1) + b2",
            "W1, b1, W2 and b2 are tensors: use @",
        ),
    ),
    "causes": chosen(
        ("[1, 4, 2, 5]", "A's three slopes moved by different amounts. 1 of the 4 is right"),
        ("[2, 4, 1, 3]", "then the slopes could hardly move. A's did"),
        ("[4, 3, 1, 2]", "a different seed ends at the same loss, to four digits"),
        ("[5, 4, 1, 2]", "A's loss settles, with any seed, at a loss that you know"),
        ("[3, 1, 4, 2]", "equal units make equal ways, and with any seed. B's slopes differ"),
        ("[3, 2, 1, 4]", "then no seed would help, and the slopes could hardly move"),
        ("[3, 3, 1, 2]", "without a bend no seed could end below the best line's 0.2327"),
        ("[3, 5, 1, 2]", "at the same learning rate, a different seed ends well"),
        ("[3, 4, 2, 1]", "C's moved, each by 2.28"),
        ("[3, 4, 3, 2]", "the loss couldn't end below the best line's 0.2327. C's did"),
        ("[3, 4, 4, 2]", "And look at how far the slopes moved"),
        ("[3, 4, 5, 2]", "but not three equal ones"),
        ("[3, 4, 1, 1]", "equal units can still move, together"),
        ("[3, 4, 1, 3]", "lines can tilt: without a bend the slopes would move"),
        ("[3, 4, 1, 4]", "Look at D again: a different seed ends at the same loss"),
        ("[3, 4, 1, 5]", "a large rate makes large moves"),
        ("[3, 4, 1]", "Expected four numbers, for A, B, C and D, got 3"),
        ("3", "Expected four numbers, for A, B, C and D, got 1"),
        ("[3, 4, 1, 6]", "numbers run from 1 to 5; 6 is none of them"),
        ('["line", "seed", "equal", "scale"]', "Expected the number of a cause, from 1 to 5"),
        ("{3, 4, 1, 2}", "A set has no order"),
    ),
    "deep_network": slips(
        LESSON,
        "deep_network",
        ("        layers.append(nn.Tanh())\n", "", "An activation is missing: two linear layers"),
        (
            "    layers.append(nn.Linear(n_units, n_out))\n",
            "    layers.append(nn.Linear(n_units, n_out))\n    layers.append(nn.Tanh())\n",
            "No activation after the last layer",
        ),
        ("    layers.append(nn.Linear(n_units, n_out))\n", "", "The output layer is missing"),
        ("n_in if k == 0 else n_units", "n_in", "linear layer 2 should be nn.Linear(6, 6)"),
        ("n_in if k == 0 else n_units", "n_units", "linear layer 1 should be nn.Linear(3, 6)"),
        ("range(n_hidden)", "range(n_hidden - 1)", "there should be 3 linear layers"),
        ("range(n_hidden)", "range(n_hidden + 1)", "but there are 4"),
        ("range(n_hidden)", "range(2)", "For n_hidden = 4 there should be 5 linear layers"),
        ("(n_units, n_out)", "(n_units, 1)", "linear layer 3 should be nn.Linear(6, 4)"),
        ("(n_units, n_out)", "(n_out, n_units)", "linear layer 3 should be nn.Linear(6, 4)"),
        ("nn.Tanh()", "nn.ReLU()", "Expected nn.Linear and nn.Tanh only, got ReLU"),
        ("nn.Sequential(*layers)", "layers", "Expected an nn.Sequential, got a list"),
        ("nn.Sequential(*layers)", "nn.Linear(n_in, n_out)", "Expected an nn.Sequential, got"),
        ("nn.Sequential(*layers)", "nn.Sequential(layers)", "raises TypeError"),
        ("nn.Sequential(*layers)", "nn.Sequential()", "The network has no layers yet"),
        ("layers = []", "layers = [nn.Tanh()]", "A tanh comes before the first linear layer"),
        (
            "        layers.append(nn.Tanh())\n",
            "        layers += [nn.Tanh(), nn.Tanh()]\n",
            "Two tanhs follow one another",
        ),
        ("(n_units, n_out)", "(n_units, n_out, bias=False)", "A layer has no bias"),
    )
    + functions_told(
        DEEP,
        (
            """
    hidden = nn.Linear(n_units, n_units)
    layers = [nn.Linear(n_in, n_units), nn.Tanh()]
    for k in range(n_hidden - 1):
        layers += [hidden, nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(n_units, n_out))
""",
            "Two of the linear layers are one object",
        ),
    ),
}

RIGHT = {
    "as_one": functions(
        ONE,
        "W2 @ W1, W2 @ b1 + b2",
        "(W1.T @ W2.T).T, b1 @ W2.T + b2",
        "[torch.matmul(W2, W1), torch.mv(W2, b1) + b2]",
        "W2.numpy() @ W1.numpy(), (W2 @ b1 + b2).numpy()",
        """
    b = b1 @ W2.T + b2
    d = W1.shape[1]
    at_units = (torch.eye(d, dtype=W1.dtype) @ W1.T + b1) @ W2.T + b2
    return (at_units - b).T, b
""",
        """
    W = torch.zeros(len(W2), W1.shape[1], dtype=W1.dtype)
    for i in range(len(W2)):
        for j in range(W1.shape[1]):
            W[i, j] = sum(W2[i, k] * W1[k, j] for k in range(len(W1)))
    return W, b2 + (W2 * b1).sum(dim=1)
""",
    ),
    "causes": [
        "causes = (3, 4, 1, 2)",
        "causes = '3412'",
        "causes = {'A': 3, 'B': 4, 'C': 1, 'D': 2}",
        "causes = np.array([3, 4, 1, 2])",
        "causes = ['3', '4', '1', '2']",
        "causes = torch.tensor([3, 4, 1, 2])",
    ],
    "deep_network": functions(
        DEEP,
        """
    layers = [nn.Linear(n_in, n_units), nn.Tanh()]
    for k in range(n_hidden - 1):
        layers += [nn.Linear(n_units, n_units), nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(n_units, n_out))
""",
        """
    sizes = [n_in] + [n_units] * n_hidden + [n_out]
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        layers.append(nn.Linear(a, b))
        layers.append(nn.Tanh())
    return nn.Sequential(*layers[:-1])
""",
        """
    model = nn.Sequential()
    width = n_in
    for k in range(n_hidden):
        model.append(nn.Linear(width, n_units))
        model.append(nn.Tanh())
        width = n_units
    model.append(nn.Linear(width, n_out))
    return model
""",
        """
    first = nn.Sequential(nn.Linear(n_in, n_units), nn.Tanh())
    more = [nn.Sequential(nn.Linear(n_units, n_units), nn.Tanh()) for k in range(1, n_hidden)]
    return nn.Sequential(first, *more, nn.Linear(n_units, n_out))
""",
        """
    if n_hidden == 1:
        return nn.Sequential(nn.Linear(n_in, n_units), nn.Tanh(), nn.Linear(n_units, n_out))
    rest = deep_network(n_units, n_units, n_hidden - 1, n_out)
    return nn.Sequential(nn.Linear(n_in, n_units), nn.Tanh(), *rest)
""",
    ),
}
