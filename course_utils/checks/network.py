"""The checks of 'A network that bends'. PyTorch's own layers are the oracle."""

import itertools

import numpy as np
import torch
from torch import nn

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, arrays, diagnose
from course_utils.checks.matching import judge_match
from course_utils.checks.reading import named

_MATMUL = {
    "cannot be multiplied": "The second layer stands on the left: the h rows of W1 meet the h "
    "columns of W2.",
    "size mismatch": "A vector on the right needs as many numbers as the matrix has columns.",
    "Concatenation operation": "W1, b1, W2 and b2 are tensors: use @ or PyTorch's functions, not "
    "NumPy's.",
    "must match the size": "Entry by entry needs equal shapes; here a matrix product (@) is meant.",
}


@exercise(
    1,
    hint="write h = x @ W1.T + b1 into h @ W2.T + b2 and multiply out. What stands behind x, and "
    "what is left over?",
)
def as_one(answer):
    """Judge `as_one(W1, b1, W2, b2)`: W and b of the one layer that does what two do."""
    for d, h, m in ((3, 4, 2), (5, 2, 3)):
        rng = np.random.RandomState(h)
        W1, b1, W2, b2 = (
            torch.from_numpy(rng.randn(*shape)) for shape in ((h, d), (h,), (m, h), (m,))
        )
        got = call(answer, W1, b1, W2, b2, means=_MATMUL)
        W, b = arrays(got, {"W": (m, d), "b": (m,)})
        _judge_one(W, b, *(part.numpy() for part in (W1, b1, W2, b2)))
    return "Two layers without a bend are one, and so are a hundred."


def _judge_one(got_W, got_b, W1, b1, W2, b2):
    W, b = W2 @ W1, W2 @ b1 + b2
    mistakes = {
        "W is right. b1 is missing in b: it goes through the second layer.": (W, b2),
        "W is right. b2 is missing in b.": (W, W2 @ b1),
        "W is right. In b, b2 is added, not subtracted.": (W, W2 @ b1 - b2),
        "W is right. b is zero: both biases are missing.": (W, np.zeros_like(b2)),
        "There is no tanh between these two layers.": (W2 @ np.tanh(W1), W2 @ np.tanh(b1) + b2),
        "b is right. W is zero: what multiplies x?": (np.zeros_like(W), b),
    }
    flat = {told: np.concatenate([w.ravel(), v]) for told, (w, v) in mistakes.items()}
    got = np.concatenate([got_W.ravel(), got_b])
    want = np.concatenate([W.ravel(), b])
    if not any(np.allclose(got, result, rtol=1e-5) for result in (want, *flat.values())):
        _judge_parts(got_W, W, got_b, b)
    diagnose(got, want, flat, rtol=1e-5)


def _judge_parts(got_W, W, got_b, b):
    """Name the part that is right and the one that isn't."""
    right_W, right_b = np.allclose(got_W, W, rtol=1e-5), np.allclose(got_b, b, rtol=1e-5)
    if right_W and not right_b:
        raise Wrong("W is right, b isn't: both biases arrive at the output, b1 through W2.")
    if right_b and not right_W:
        raise Wrong("b is right, W isn't: what multiplies x when both layers are written out?")


# Of the networks A to D: what went wrong, and what speaks against each other cause.
_CAUSES = {"A": 3, "B": 4, "C": 1, "D": 2}
_AGAINST = {
    ("A", 1): "equal units make equal ways. A's three slopes moved by different amounts.",
    ("A", 2): "then the slopes could hardly move. A's did.",
    ("A", 4): "a different seed ends at the same loss, to four digits. Which loss is 0.2327?",
    ("A", 5): "A's loss settles, with any seed, at a loss that you know. Whose is it?",
    ("B", 1): "equal units make equal ways, and with any seed. B's slopes differ.",
    ("B", 2): "then no seed would help, and the slopes could hardly move.",
    ("B", 3): "without a bend no seed could end below the best line's 0.2327. B's did.",
    ("B", 5): "at the same learning rate, a different seed ends well.",
    ("C", 2): "then the slopes could hardly move. C's moved, each by 2.28.",
    ("C", 3): "without a bend the loss couldn't end below the best line's 0.2327. C's did.",
    ("C", 4): "a different seed ends at the same loss. And look at how far the slopes moved.",
    ("C", 5): "a large rate makes large moves, but not three equal ones.",
    ("D", 1): "equal units can still move, together. D's slopes don't move at all.",
    ("D", 3): "lines can tilt: without a bend the slopes would move. D's don't.",
    ("D", 4): "a different seed ends at the same loss.",
    ("D", 5): "a large rate makes large moves. D's slopes don't move at all.",
}


@exercise(
    2,
    hint="ask of each: does another seed help? Did the slopes move, and did they move alike? Is "
    "the last loss one that you know?",
)
def causes(answer):
    """Judge `[…, …, …, …]`: the numbers of what went wrong in the networks A, B, C and D."""
    judge_match(answer, _CAUSES, _AGAINST, "cause")
    return "Each bad start leaves its own trace."


@exercise(
    3,
    hint="each hidden layer is a linear layer and a tanh; the first takes n_in numbers, the others "
    "n_units; the output layer comes last, alone.",
)
def deep_network(answer):
    """Judge `deep_network(n_in, n_units, n_hidden, n_out)`: an nn.Sequential of tanh layers."""
    for n_in, n_units, n_hidden, n_out in ((3, 6, 2, 4), (2, 5, 4, 1), (4, 7, 1, 3)):
        got = call(answer, n_in, n_units, n_hidden, n_out)
        _judge_layers(got, [n_in, *[n_units] * n_hidden, n_out])
    return "It works for other sizes, too."


def _leaves(module):
    """Return the layers in the order in which they are called; one used twice comes twice."""
    if isinstance(module, nn.Sequential):
        return [leaf for part in module for leaf in _leaves(part)]
    return [module]


def _judge_layers(got, sizes):
    if isinstance(got, (list, tuple)):
        raise Wrong("Expected an nn.Sequential, got a list: return nn.Sequential(*layers).")
    if not isinstance(got, nn.Sequential):
        raise Wrong(f"Expected an nn.Sequential, got {named(got)}.")
    leaves = _leaves(got)
    _judge_kinds(leaves, sizes)
    linear = [leaf for leaf in leaves if isinstance(leaf, nn.Linear)]
    pairs = [(layer.in_features, layer.out_features) for layer in linear]
    want = list(itertools.pairwise(sizes))
    for k, (pair, expected) in enumerate(zip(pairs, want, strict=True)):
        if pair != expected:
            raise Wrong(
                f"For sizes {' → '.join(map(str, sizes))}, linear layer {k + 1} should be "
                f"nn.Linear{expected}, but is nn.Linear{pair}."
            )
    if len({id(layer) for layer in linear}) < len(linear):
        raise Wrong(
            "Two of the linear layers are one object, so they share their numbers: make a new "
            "nn.Linear for each."
        )
    if any(layer.bias is None for layer in linear):
        raise Wrong("A layer has no bias: its units could not be shifted.")


def _judge_kinds(leaves, sizes):
    """Compare the order of linear layers (L) and tanh (T) with the one wanted."""
    kinds = ""
    for leaf in leaves:
        if not isinstance(leaf, (nn.Linear, nn.Tanh)):
            raise Wrong(f"Expected nn.Linear and nn.Tanh only, got {type(leaf).__name__}.")
        kinds += "L" if isinstance(leaf, nn.Linear) else "T"
    n_layers = len(sizes) - 1
    want = "LT" * (n_layers - 1) + "L"
    if kinds == want:
        return
    if kinds == want + "T":
        raise Wrong("No activation after the last layer: its outputs could not leave −1 to 1.")
    if kinds == want[:-1]:
        raise Wrong("The output layer is missing: the last hidden layer should feed n_out outputs.")
    if not kinds:
        raise Wrong("The network has no layers yet.")
    n_linear = kinds.count("L")
    if n_linear != n_layers:
        raise Wrong(
            f"For n_hidden = {n_layers - 1} there should be {n_layers} linear layers, the last for "
            f"the outputs, but there are {n_linear}."
        )
    if kinds.startswith("T"):
        raise Wrong("A tanh comes before the first linear layer: the inputs go in unbent.")
    if "TT" in kinds:
        raise Wrong("Two tanhs follow one another: each hidden layer has one.")
    raise Wrong(
        "An activation is missing: two linear layers follow one another, and together draw what "
        "one can."
    )
