"""The checks of 'Fitting polynomials'. Loops and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import TooLong, Wrong, arrays, diagnose, numbers, same


@exercise(
    1,
    hint="x.reshape(-1, 1) is a column, torch.arange(n) a row of exponents; column ** row "
    "broadcasts to a table.",
)
def power_matrix(answer):
    """Judge `power_matrix(x, n)`: columns 1, x, x², … as a tensor of shape (len(x), n)."""
    means = {
        "must match the size": "PyTorch tried to pair the numbers of x with the exponents one by "
        "one. Make x a column first, so that every x meets every exponent."
    }
    # With as many numbers as exponents a missing column shape would go unnoticed.
    for x, n in (([0.5, -1.5, 2.0, 0.0, 3.0, 1.25], 4), ([1.5, -0.5, 3.0], 3), ([-2.0, 0.4], 5)):
        x = torch.tensor(x)
        got = call(answer, x, n, means=means)
        if tuple(np.shape(got)) == (n,) == tuple(x.shape):
            raise Wrong(
                f"{n} numbers and {n} powers give shape ({n}, {n}), not ({n},): make x a column "
                "first."
            )
        (got,) = arrays(got, {"the matrix": (len(x), n)})
        want = np.vander(x.double().numpy(), n, increasing=True)
        column, exponents = x.double().numpy()[:, None], np.arange(n, dtype=float)
        mistakes = {
            "The powers come in falling order: the constant column of ones belongs first, "
            "so that W[0] is the constant.": want[:, ::-1],
            "It begins with x: the first column is x⁰, all ones, and the last is "
            f"x to the power {n - 1}.": want * column,
            "Each column is a multiple of x: write a power, **, not a product.": column * exponents,
            "Those are exponents raised to x: swap base and exponent.": exponents[None] ** column,
            "The shape is right, the order isn't: that is the transpose, reshaped.": (
                want.T.reshape(len(x), n)
            ),
        }
        diagnose(got, want, mistakes, rtol=1e-5)
    return "Each row holds the powers of one x, each column one power of all of them."


@exercise(
    2,
    hint="the share after k epochs is |1 − lr·λ|ᵏ. Take logarithms, divide, and round up.",
)
def epochs_needed(answer):
    """Judge `epochs_needed(lr, curvature, share)`: the least k with |1 − lr·λ|ᵏ ≤ share."""
    name = ("the number of epochs",)
    for lr, curvature, share in ((0.35, 0.2, 4e-9), (0.3, 0.4, 0.02)):
        got = numbers(call(answer, lr, curvature, share), name)
        factor = 1 - lr * curvature
        exactly = np.log(share) / np.log(factor)
        want = np.ceil(exactly)
        mistakes = {
            "That is a fraction of an epoch: round up to a whole one.": [exactly],
            "One too few: rounding down leaves a bit more than the share. Round up.": [want - 1],
            "One too many.": [want + 1],
            "The sign is wrong: both logarithms are negative, so their quotient is positive.": [
                -want
            ],
            "The factor per epoch is 1 − lr·λ; you took lr·λ.": [
                np.ceil(np.log(share) / np.log(lr * curvature))
            ],
            "That is share divided by factor: the factor applies once per epoch, so take "
            "logarithms.": [share / factor],
            "That turns 1 − lr·λ into e^(−lr·λ), which is close for tiny steps only: "
            "take the logarithm of 1 − lr·λ.": [np.ceil(-np.log(share) / (lr * curvature))],
            "The learning rate isn't used.": [np.ceil(np.log(share) / np.log(1 - curvature))],
            "The curvature isn't used.": [np.ceil(np.log(share) / np.log(1 - lr))],
            "Either the two logarithms are swapped, or you took log(1 − share), or share / factor: "
            "divide log(share) by log(factor).": [np.ceil(1 / exactly)],
        }
        diagnose(got, [want], mistakes)
    try:
        got = numbers(call(answer, 3.2, 0.5, 0.02), name)
    except Wrong:  # math.log raises, int(nan) too
        got = np.nan
    if not same(got, [8]):
        raise Wrong(
            "With lr·λ = 1.6 the factor is −0.6: it overshoots, and what counts is its size. "
            "Take the absolute value before the logarithm."
        )
    if not same(numbers(call(answer, 1.2, 1.25, 0.125), name), [3]):
        raise Wrong(
            "With a factor of −0.5 exactly 0.125 is left after 3 epochs, which is enough: round "
            "up, but add nothing to a whole number."
        )
    if not same(numbers(call(answer, 0.3, 0.5, 1.0), name), [0]):
        raise Wrong("With share = 1 nothing needs to shrink: the least k is 0.")
    return "It holds for a factor that overshoots, too."


@exercise(
    3,
    hint="H = 2/n·AᵀA, then curvatures, V = np.linalg.eigh(H). Turn start − W_best into modes "
    "with V.T, shrink each mode, turn back with V, and add W_best.",
)
def iterate(answer):
    """Judge `iterate(k, A, y, start, lr)`: the parameters after k steps of gradient descent."""
    # The steepest factor is negative, and an odd power of it, too.
    for n, d, k, lr in ((9, 3, 7, 0.61), (7, 4, 5, 0.53)):
        rng = np.random.RandomState(d)
        A, y, start = rng.randn(n, d), rng.randn(n), 2 * rng.randn(d)
        _judge_iterate(call(answer, k, A, y, start, lr), k, A, y, start, lr)

    A[:, 0] *= 1e-3  # so flat a mode needs 100 million steps
    try:
        far = call(answer, 10**9, A, y, start, lr, seconds=1)
    except TooLong:
        raise Wrong(
            "The loop is right. Now write it without one: with the power k of each factor."
        ) from None
    (far,) = arrays(far, {"the parameters": (d,)})
    diagnose(far, np.linalg.lstsq(A, y)[0], {}, rtol=1e-5)
    return "A loop gives the same, and a billion steps took no longer."


def _judge_iterate(got, k, A, y, start, lr):
    (got,) = arrays(got, {"the parameters": start.shape})

    def steps(k, start, lr):
        for _ in range(k):
            start = start - lr * 2 / len(y) * A.T @ (A @ start - y)
        return start

    want = steps(k, start, lr)
    best = np.linalg.lstsq(A, y)[0]
    curvatures, V = np.linalg.eigh(2 / len(y) * A.T @ A)
    shrink = (1 - lr * curvatures) ** k
    mistakes = {
        "That is the distance from the bottom: add the least-squares solution.": want - best,
        "V and its transpose are swapped: Vᵀ turns parameters into modes, V turns modes into "
        "parameters.": best + V.T @ (shrink * (V @ (start - best))),
        "You shrink start itself; what shrinks is its distance from the least-squares "
        "solution.": best + V @ (shrink * (V.T @ start)),
        "It starts at zero: use start.": steps(k, 0 * start, lr),
        "That is one step too many.": steps(k + 1, start, lr),
        "That is one step too few.": steps(k - 1, start, lr),
        "The 2 is missing in H = 2/n·AᵀA.": steps(k, start, lr / 2),
        "The n is missing in H = 2/n·AᵀA: you summed over the rows; take the mean.": (
            steps(k, start, lr * len(y))
        ),
        "The factor 2/n is missing in H = 2/n·AᵀA.": steps(k, start, lr * len(y) / 2),
        "The power k is missing: that is a single step.": steps(1, start, lr),
        "A factor that overshoots is negative: leave out the absolute value.": (
            best + V @ (np.abs(shrink) * (V.T @ (start - best)))
        ),
        "The factor is multiplied by k; raise it to the power k.": (
            best + V @ (k * (1 - lr * curvatures) * (V.T @ (start - best)))
        ),
        "The sign of the distance is wrong: it is start minus least squares.": 2 * best - want,
        "The turn back with V is missing: these are amounts of modes.": (
            best + shrink * (V.T @ (start - best))
        ),
        "The factor is 1 − lr·λ, not 1 + lr·λ: that climbs.": steps(k, start, -lr),
        "The learning rate isn't used.": steps(k, start, 1),
        **fixed_rates(lambda rate: steps(k, start, rate)),
    }
    diagnose(got, want, mistakes)


@exercise(
    4,
    hint="v = mu * v + gradient, then W - lr * v with this new v. Return W, then v.",
)
def momentum_step(answer):
    """Judge `momentum_step(W, v, gradient, lr, mu)`: W and v after one step with momentum."""
    for W, v, gradient, lr, mu in (
        ([1.0, -2.0, 0.5], [0.4, 0.1, -0.6], [-1.5, 0.8, 0.25], 0.2, 0.7),
        ([0.3, 1.7], [-0.9, 0.2], [2.2, -0.4], 0.07, 0.85),
    ):
        W, v, gradient = (np.array(values) for values in (W, v, gradient))
        shape = W.shape
        got = arrays(call(answer, W, v, gradient, lr, mu), {"W": shape, "v": shape})
        _judge_momentum(np.concatenate(got), W, v, gradient, lr, mu)
    return "torch.optim.SGD with momentum makes the same step."


def _judge_momentum(got, W, v, gradient, lr, mu):
    # PyTorch's own SGD: after its first step the velocity is the first gradient, v.
    parameter = torch.tensor(W, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=lr, momentum=mu)
    for slope in (v, gradient):
        parameter.grad = torch.tensor(slope)
        with torch.no_grad():
            parameter.copy_(torch.tensor(W))
        optimizer.step()
    want_W, want_v = parameter.detach().numpy(), mu * v + gradient

    def both(W_after, v_after):
        return np.concatenate([W_after, v_after])

    average, scaled = mu * v + (1 - mu) * gradient, mu * v + lr * gradient
    mistakes = {
        "W and v are swapped: return W first, then v.": both(want_v, want_W),
        "The step uses the old velocity: first renew v, then step with the new one.": both(
            W - lr * v, want_v
        ),
        "The step uses the gradient alone: W moves by lr times the velocity.": both(
            W - lr * gradient, want_v
        ),
        "W is right, but v comes back unchanged: return the new velocity, or the next step "
        "forgets this one.": both(want_W, v),
        "v is right, but W hasn't moved.": both(W, want_v),
        "It climbs: the step goes against the velocity, so subtract.": both(
            W + lr * want_v, want_v
        ),
        "The learning rate isn't used.": both(W - want_v, want_v),
        "The gradient counts in full here: v is mu·v plus g, not a mean with (1 − mu)·g.": both(
            W - lr * average, average
        ),
        "lr belongs to the step of W; the velocity adds up the gradients themselves.": both(
            W + mu * v - lr * gradient, mu * v - lr * gradient
        ),
        "You multiply the gradient by lr in v; lr belongs to the step of W alone.": both(
            W - scaled, scaled
        ),
        "lr is used twice: it belongs to the step of W, not to v.": both(W - lr * scaled, scaled),
        "mu belongs in front of the velocity, not of the gradient.": both(
            W - lr * (v + mu * gradient), v + mu * gradient
        ),
        "mu isn't used: the velocity never slows down.": both(
            W - lr * (v + gradient), v + gradient
        ),
        "You used 0.9 instead of the mu given.": both(
            W - lr * (0.9 * v + gradient), 0.9 * v + gradient
        ),
        "The gradient is subtracted in v: add it.": both(
            W - lr * (mu * v - gradient), mu * v - gradient
        ),
        "That looks one step ahead (Nesterov's variant): step with the new velocity.": both(
            W - lr * (gradient + mu * want_v), want_v
        ),
        **fixed_rates(lambda rate: both(W - rate * want_v, want_v)),
    }
    names = [f"{name}[{i}]" for name in "Wv" for i in range(len(W))]
    diagnose(got, both(want_W, want_v), mistakes, names)
