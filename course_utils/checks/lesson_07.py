"""The checks of lesson 07, 'Fitting polynomials'. Loops and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.core import Wrong, arrays, call, diagnose, exercise, numbers


@exercise(
    1,
    hint="x.reshape(-1, 1) is a column, torch.arange(n) a row of exponents; column ** row "
    "broadcasts to a table.",
)
def power_matrix(answer):
    """Judge `power_matrix(x, n)`: columns 1, x, x², … as a tensor of shape (len(x), n)."""
    x, n = torch.tensor([0.5, -1.5, 2.0, 0.0, 3.0, 1.25]), 4
    try:
        got = call(answer, x, n)
    except Wrong as wrong:
        if "must match the size" in str(wrong):
            raise Wrong(
                "x has 6 numbers and there are 4 exponents, and PyTorch tried to pair them one "
                "by one. Make x a column first, so that every x meets every exponent."
            ) from None
        raise
    (got,) = arrays(got, {"the matrix": (6, 4)})
    want = np.vander(x.numpy(), n, increasing=True)
    mistakes = {
        "The powers come in falling order: the constant column of ones belongs first, "
        "so that W[0] is the constant.": want[:, ::-1],
        "It begins with x: the first column is x⁰, all ones, and the last is x³.": (
            want * x.numpy()[:, None]
        ),
        "Each column is a multiple of x: write a power, **, not a product.": (
            x.numpy()[:, None] * np.arange(n)
        ),
        "Those are exponents raised to x: turn base and exponent around.": (
            np.arange(n, dtype=float)[None] ** x.numpy()[:, None]
        ),
    }
    diagnose(got, want, mistakes, rtol=1e-5)
    # With as many numbers as exponents a missing column shape would go unnoticed.
    square = np.asarray(call(answer, x[:n], n))
    if square.shape != (n, n):
        raise Wrong(f"4 numbers and 4 powers give shape (4, 4), but {square.shape} came.")
    return "Each row holds the powers of one x, each column one power of all of them."


@exercise(
    2,
    hint="the share after k epochs is |1 − lr·λ|ᵏ. Take logarithms, divide, and round up.",
)
def epochs_needed(answer):
    """Judge `epochs_needed(lr, curvature, share)`: the least k with |1 − lr·λ|ᵏ ≤ share."""
    lr, curvature, share = 0.3, 0.5, 0.01
    got = numbers(call(answer, lr, curvature, share), ("the number of epochs",))
    factor = 1 - lr * curvature
    exactly = np.log(share) / np.log(factor)
    want = [_counted(factor, share)]
    mistakes = {
        "That is a fraction of an epoch: round up to a whole one.": [exactly],
        "One too few: rounding down leaves a bit more than the share. Round up.": [want[0] - 1],
        "One too many.": [want[0] + 1],
        "The sign is wrong: both logarithms are negative, so their quotient is positive.": [
            -want[0]
        ],
        "The factor per epoch is 1 − lr·λ; here lr·λ was taken.": [
            np.ceil(np.log(share) / np.log(lr * curvature))
        ],
        "That is share divided by factor: the factor applies once per epoch, so take logarithms.": [
            share / factor
        ],
        "That turns 1 − lr·λ into e^(−lr·λ), which is close for tiny steps only: "
        "take the logarithm of 1 − lr·λ.": [np.ceil(-np.log(share) / (lr * curvature))],
        "The learning rate is not used.": [np.ceil(np.log(share) / np.log(1 - curvature))],
        "The curvature is not used.": [np.ceil(np.log(share) / np.log(1 - lr))],
        "The two logarithms are the wrong way round.": [np.ceil(1 / exactly)],
    }
    diagnose(got, want, mistakes)
    try:
        got = numbers(call(answer, 3.2, 0.5, 0.02), ("the number of epochs",))
    except Wrong:  # math.log raises, int(nan) too
        got = np.nan
    if not np.allclose(got, _counted(-0.6, 0.02)):
        raise Wrong(
            "With lr·λ = 1.6 the factor is −0.6: it overshoots, and what counts is its size. "
            "Take the absolute value before the logarithm."
        )
    return "It holds for a factor that overshoots, too."


def _counted(factor, share):
    k, left = 0, 1.0
    while left > share:
        k, left = k + 1, left * abs(factor)
    return k


@exercise(
    3,
    hint="H = 2/n·AᵀA, then curvatures, V = np.linalg.eigh(H). Turn start − W_best into modes "
    "with V.T, shrink each mode, turn back with V, and add W_best.",
)
def iterate(answer):
    """Judge `iterate(k, A, y, start, lr)`: the parameters after k steps of gradient descent."""
    rng = np.random.RandomState(3)
    A, y, start = rng.randn(9, 3), rng.randn(9), np.array([2.0, -1.0, 0.5])
    k, lr = 6, 0.11
    (got,) = arrays(call(answer, k, A, y, start, lr), {"the parameters": (3,)})

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
        "V and its transpose are the wrong way round: Vᵀ turns parameters into modes, V turns "
        "modes into parameters.": best + V.T @ (shrink * (V @ (start - best))),
        "start itself was shrunk; what shrinks is its distance from the least-squares "
        "solution.": best + V @ (shrink * (V.T @ start)),
        "It starts at zero: use start.": steps(k, 0 * start, lr),
        "That is one step too many.": steps(k + 1, start, lr),
        "That is one step too few.": steps(k - 1, start, lr),
        "The 2 is missing in H = 2/n·AᵀA.": steps(k, start, lr / 2),
        "The n is missing in H = 2/n·AᵀA: a sum stands where the mean is wanted.": (
            steps(k, start, lr * len(y))
        ),
        "The factor 2/n is missing in H = 2/n·AᵀA.": steps(k, start, lr * len(y) / 2),
        "The power k is missing: that is a single step.": steps(1, start, lr),
        "The factor was multiplied by k; it must be raised to the power k.": (
            best + V @ (k * (1 - lr * curvatures) * (V.T @ (start - best)))
        ),
        "The sign of the distance is wrong: it is start minus least squares.": 2 * best - want,
        "The turn back with V is missing: these are amounts of modes.": (
            best + shrink * (V.T @ (start - best))
        ),
    }
    diagnose(got, want, mistakes)
    (far,) = arrays(call(answer, 10**9, A, y, start, lr), {"the parameters": (3,)})
    diagnose(far, best, {}, rtol=1e-5)
    return "A loop of 6 steps gives the same, and a billion steps took no longer."


@exercise(
    4,
    hint="v = mu * v + gradient, then W - lr * v with this new v. Return W, then v.",
)
def momentum_step(answer):
    """Judge `momentum_step(W, v, gradient, lr, mu)`: W and v after one step with momentum."""
    lr, mu = 0.3, 0.7
    W0, v, gradient = torch.tensor(
        [[1.0, -2.0, 0.5], [0.4, 0.1, -0.6], [-1.5, 0.8, 0.25]], dtype=torch.float64
    )
    # PyTorch's own SGD: after its first step the velocity is the first gradient, v.
    parameter = W0.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=lr, momentum=mu)
    parameter.grad = v.clone()
    optimizer.step()
    W = parameter.detach().clone()
    parameter.grad = gradient.clone()
    optimizer.step()
    W, v, gradient = W.numpy(), v.numpy(), gradient.numpy()
    want_W, want_v = parameter.detach().numpy(), mu * v + gradient

    shapes = {"W": (3,), "v": (3,)}
    got = np.concatenate(arrays(call(answer, W, v, gradient, lr, mu), shapes))

    def both(W_after, v_after):
        return np.concatenate([W_after, v_after])

    average = mu * v + (1 - mu) * gradient
    mistakes = {
        "The order is wrong: return W first, then v.": both(want_v, want_W),
        "The step uses the old velocity: first renew v, then step with the new one.": both(
            W - lr * v, want_v
        ),
        "The step uses the gradient alone: W moves by lr times the velocity.": both(
            W - lr * gradient, want_v
        ),
        "W is right, but v comes back as it was: return the new velocity, or the next step "
        "forgets this one.": both(want_W, v),
        "v is right, but W has not moved.": both(W, want_v),
        "It climbs: the step goes against the velocity, so subtract.": both(
            W + lr * want_v, want_v
        ),
        "The learning rate is not used.": both(W - want_v, want_v),
        "The gradient counts in full here: v is mu·v plus g, not a mean with (1 − mu)·g.": both(
            W - lr * average, average
        ),
        "lr belongs to the step of W; the velocity adds up the gradients themselves.": both(
            W + mu * v - lr * gradient, mu * v - lr * gradient
        ),
        "mu belongs in front of the velocity, not of the gradient.": both(
            W - lr * (v + mu * gradient), v + mu * gradient
        ),
        "mu is not used: the velocity never slows down.": both(
            W - lr * (v + gradient), v + gradient
        ),
        "That looks one step ahead (Nesterov's variant): step with the new velocity.": both(
            W - lr * (gradient + mu * want_v), want_v
        ),
    }
    names = [f"{name}[{i}]" for name in "Wv" for i in range(3)]
    diagnose(got, both(want_W, want_v), mistakes, names)
    return "torch.optim.SGD with momentum makes the same step."
