"""The truth panel: a fit beside the exact answer, as a table of text."""

import numpy as np

from course_utils._validate import to_array, to_positive
from course_utils.descent import QuadraticLoss
from course_utils.plots.core import format_number


def truth_panel(A, y, fit, lr, names, outputs=None, rtol=1e-3):
    """Print what is exactly true of a fit of y ≈ A p by gradient descent .

    Arguments: the design matrix A of shape (n, d), targets y of shape (n,) or (n, m), the fitted
    parameters of shape (d,) or (d, m), the learning rate (None for no gradient descent), the d
    names of the parameters and, for m > 1, the m names of the `outputs`. A parameter counts as
    converged when it is within `rtol`, relative, of the least-squares solution; where that is
    zero, within a millionth of the largest one. A distance that is only float64's rounding error
    is called rounding.
    From the lesson 'How far to step'; the later ones show it under every fit.
    """
    loss = QuadraticLoss(A, y)
    lr = None if lr is None else to_positive("lr", lr)
    best = loss.minimizer
    fit = to_array("fit", fit)
    fit = fit.reshape(best.shape) if fit.size == best.size and 1 in fit.shape else fit
    if fit.shape != best.shape:
        raise ValueError(f"fit must have shape {best.shape}, but has shape {fit.shape}.")
    outputs = outputs or [""]
    if (len(names), len(outputs)) != (len(best), best.size // len(best)):
        raise ValueError(
            f"names and outputs must name {len(best)} parameters and {best.size // len(best)} "
            f"outputs, but name {len(names)} and {len(outputs)}."
        )

    def row(label, cells):
        print(f"{label:<22}" + "".join(f"{cell:>12}" for cell in cells))

    blocks = -(-len(names) // 8)  # eight columns fit the width of a page
    size = -(-len(names) // blocks)
    for output, p, p_best in zip(
        outputs, fit.reshape(len(fit), -1).T, best.reshape(len(best), -1).T, strict=True
    ):
        away, magnitude = np.abs(p - p_best), np.abs(p_best)
        near = away <= np.maximum(rtol * magnitude, 1e-6 * magnitude.max())
        noise = 1e-10 * magnitude.max()  # below it a distance differs from machine to machine
        for block in (slice(i, i + size) for i in range(0, len(names), size)):
            row(f"TRUTH PANEL {output}".rstrip() if block.start == 0 else "", names[block])
            row("least squares", [f"{value:.6f}" for value in p_best[block]])
            row("this fit", [f"{value:.6f}" for value in p[block]])
            row("distance", ["rounding" if d < noise else f"{d:.1e}" for d in away[block]])
            row("converged", ["yes" if is_near else "NO" for is_near in near[block]])
    print(f"loss {loss.loss(fit):.6f}, least possible {loss.min_loss:.6f}")
    if loss.rank < len(best):
        print(
            f"the {len(best)} columns of A have rank {loss.rank}: many solutions fit equally well, "
            "and least squares is the one of the smallest norm"
        )
    print(f"condition number κ = {format_number(loss.condition_number)}")
    if lr is not None:
        share = lr / loss.max_lr
        verdict = "" if share < 1 else ": it does not converge"
        print(
            f"learning rate {lr:.4g} = {100 * share:.1f} % of the largest stable one, "
            f"{loss.max_lr:.4g}{verdict}"
        )
