"""The checks of 'Better roads'. PyTorch's own optimizers and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import arrays, diagnose
from course_utils.checks.matching import judge_match


def _sgd(A, y, lr, mu, n_epochs):
    """Return W as PyTorch's SGD with momentum leaves it, from zero."""
    W = torch.zeros(A.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr, momentum=mu)
    for _ in range(n_epochs):
        W.grad = torch.from_numpy(2 / len(y) * A.T @ (A @ W.detach().numpy() - y))
        optimizer.step()
    return W.detach().numpy()


def _rolled(A, y, n_epochs, velocity, step, v=0.0):
    """Return W and v after `velocity(v, g)` and `step(W, new v, old v, g)` in each epoch."""
    W = np.zeros(A.shape[1])
    for _ in range(n_epochs):
        g = 2 / len(y) * A.T @ (A @ W - y)
        old, v = v, velocity(v, g)
        W = step(W, v, old, g)
    return W, v


@exercise(
    1,
    hint="what does the second epoch remember of the first? And how much of the gradient goes into "
    "the velocity?",
)
def roll(answer):
    """Judge `roll(A, y, lr, mu, n_epochs)`: W after so many epochs with momentum, from zero."""
    for n, d, lr, mu, n_epochs in ((7, 3, 0.13, 0.6, 5), (9, 2, 0.21, 0.45, 8)):
        rng = np.random.RandomState(n)
        A, y = rng.randn(n, d), rng.randn(n) + 1
        (got,) = arrays(call(answer, A, y, lr, mu, n_epochs), {"W": (d,)})
        _judge_roll(got, A, y, lr, mu, n_epochs)
    return "torch.optim.SGD with momentum ends at the same W."


def _judge_roll(got, A, y, lr, mu, n_epochs):
    def rolled(v, g):
        return mu * v + g

    def down(rate):
        return lambda W, v, old, g: W - rate * v

    def after(velocity=rolled, step=None, epochs=n_epochs):
        return _rolled(A, y, epochs, velocity, step or down(lr))[0]

    best = np.linalg.lstsq(A, y)[0]
    mistakes = {
        "It still crawls: both mistakes are there. What does an epoch remember of the one before, "
        "and how much of the gradient counts?": after(lambda v, g: (1 - mu) * g),
        "That is plain descent. Is the velocity kept from one epoch to the next, and does W move "
        "by it? It begins before the loop, once.": after(lambda v, g: g),
        "W moves by the old velocity: renew v first, then move by the new one.": after(
            step=lambda W, v, old, g: W - lr * old
        ),
        "W hasn't moved from zero.": np.zeros_like(got),
        "That is the velocity: return W.": _rolled(A, y, n_epochs, rolled, down(lr))[1],
        "It climbs: add the gradient in v and subtract lr times v in W, or the other way "
        "round.": after(step=down(-lr)),
        "The learning rate isn't used.": after(step=down(1.0)),
        "lr is used twice: in v, or in the step of W, but not in both.": after(
            lambda v, g: mu * v + lr * g
        ),
        "The gradient counts in full here: v is mu·v plus g, not a mean with (1 − mu)·g.": after(
            lambda v, g: mu * v + (1 - mu) * g
        ),
        "mu isn't used: no share of the velocity is ever lost.": after(lambda v, g: v + g),
        "The velocity keeps the share mu, not 1 − mu.": after(lambda v, g: (1 - mu) * v + g),
        "lr and mu are swapped.": _rolled(A, y, n_epochs, lambda v, g: lr * v + g, down(mu))[0],
        "The velocity starts at zero, not at one.": _rolled(
            A, y, n_epochs, rolled, down(lr), np.ones(A.shape[1])
        )[0],
        "mu belongs in front of the velocity, not of the gradient.": after(lambda v, g: v + mu * g),
        "mu and 1 − mu are swapped: the velocity keeps the share mu.": after(
            lambda v, g: (1 - mu) * v + mu * g
        ),
        "mu multiplies the new gradient, too: only the old velocity is reduced.": after(
            lambda v, g: mu * (v + g)
        ),
        "You used 0.9 instead of the mu given.": after(lambda v, g: 0.9 * v + g),
        "You used 0.99 instead of the mu given.": after(lambda v, g: 0.99 * v + g),
        "That looks one step ahead (Nesterov's variant): move by the new velocity alone.": after(
            step=lambda W, v, old, g: W - lr * (g + mu * v)
        ),
        "The gradient moves W twice: it is in the velocity already.": after(
            step=lambda W, v, old, g: W - lr * (g + v)
        ),
        "That is a single epoch: is the return inside the loop?": after(epochs=1),
        "That is one epoch too few.": after(epochs=n_epochs - 1),
        "That is one epoch too many.": after(epochs=n_epochs + 1),
        "That is the least-squares solution, as after very many epochs: is n_epochs used?": best,
        **fixed_rates(lambda rate: after(step=down(rate))),
    }
    diagnose(got, _sgd(A, y, lr, mu, n_epochs), mistakes)


# Of the runs A to D: what happened, and what speaks against each other cause.
_CAUSES = {"A": 3, "B": 5, "C": 4, "D": 2}
_AGAINST = {
    ("A", 1): "above the limit the loss grows further and further. A gets close to the least "
    "possible loss and hops there.",
    ("A", 2): "that is one jump, after which the loss settles again. A never settles.",
    ("A", 4): "swings of a ball die out. A's hops at the end are as large as before.",
    ("A", 5): "plain descent on all rows falls in every epoch. A hops up and down.",
    ("B", 1): "above the limit the loss grows, and B's falls all the time.",
    ("B", 2): "there is no jump in B: each loss is below the one before.",
    ("B", 3): "with mini-batches the loss hops. B falls in every row, only more and more slowly.",
    ("B", 4): "a ball with momentum near 1 swings. B falls all the time.",
    ("C", 1): "above the limit each swing is larger than the last. C's peaks get lower.",
    ("C", 2): "that is one jump from a settled run. C swings from the beginning.",
    ("C", 3): "batches make small hops near the bottom. C swings high above it, and less and less.",
    ("C", 5): "plain descent falls in every epoch. C goes up and down.",
    ("D", 1): "above the limit the loss doesn't come back down. D jumps once and returns.",
    ("D", 3): "batches make hops all the time. D had settled, jumped once and settled again.",
    ("D", 4): "the swings of a ball begin at the start and die out. D jumps late, out of rest.",
    ("D", 5): "plain descent falls in every epoch. D jumps once.",
}


@exercise(
    2,
    hint="ask of each run: does it only fall, swing, hop or jump? And does that begin at the "
    "start, near the bottom, or late?",
)
def causes(answer):
    """Judge `[…, …, …, …]`: the numbers of what happened in the runs A, B, C and D."""
    judge_match(answer, _CAUSES, _AGAINST, "cause")
    return "Each mistake leaves its own trace in the loss."


@exercise(
    3,
    hint="which t belongs to the low end of the fitted points, and which to the high end?",
)
def heights(answer):
    """Judge `heights(W, x_new, low, high)`: a Legendre fit's curve at new places."""
    sets = (
        ([0.7, -1.1, 0.4], [3.1, 2.2, 5.7, 3.9], 2.0, 5.0),
        ([1.5, 0.3, -0.8, 0.6], [-0.4, 0.9, -1.9], -1.5, 1.0),
    )
    for W, x_new, low, high in sets:
        W, x_new = np.array(W), np.array(x_new)
        (got,) = arrays(call(answer, W, x_new, low, high), {"the heights": x_new.shape})
        _judge_heights(got, W, x_new, low, high)
    return "The new points use the scale of the old ones."


def _judge_heights(got, W, x_new, low, high):
    def at(t):
        return np.polynomial.legendre.legval(t, W)

    t = 2 * (x_new - low) / (high - low) - 1
    share = (x_new - low) / (high - low)
    own = (x_new - x_new.min()) / (x_new.max() - x_new.min())
    powers = {
        "The columns are powers of t; W belongs to Legendre columns.": np.polynomial.polynomial,
    }
    mistakes = {
        "t is still scaled by the new points: use low and high.": at(2 * own - 1),
        "t runs from 0 to 1 on the fitted points: it should run from −1 to 1.": at(share),
        "t runs from 0 to 1, and is scaled by the new points.": at(own),
        "2·x − 1 is right for points from 0 to 1 only: use low and high.": at(2 * x_new - 1),
        "x isn't scaled at all: W belongs to columns of t.": at(x_new),
        "low isn't subtracted before the division.": at(2 * x_new / (high - low) - 1),
        "t is off: subtract low, then divide by high − low, and not by high.": at(
            2 * (x_new - low) / high - 1
        ),
        "A new point may lie beyond the ends: don't clip its t.": at(np.clip(t, -1, 1)),
        "The − 1 is missing: t runs from 0 to 2.": at(t + 1),
        "The 2 is missing: t runs from −1 to 0.": at(share - 1),
        "t runs from −2 to 0: multiply by 2 first, then subtract 1.": at(2 * (share - 1)),
        "Put the difference in parentheses: (x_new − low) / (high − low).": at(
            2 * x_new - low / (high - low) - 1
        ),
        "That standardises the new points: use low and high.": at(
            (x_new - x_new.mean()) / x_new.std()
        ),
        "These are the places t: return the heights of the curve there.": t,
        **{told: module.polyval(t, W) for told, module in powers.items()},
        "The degree is too low by one: W has a coefficient for each degree from 0 on.": (
            np.polynomial.legendre.legval(t, W[:-1])
        ),
        "t runs from 1 down to −1: its sign is wrong.": at(-t),
    }
    diagnose(got, at(t), mistakes)
