"""The exact theory of gradient descent on the mean squared error of a linear model.

For a design matrix A of shape (n, d) and targets y of shape (n,) or (n, m), the loss is
mean((A p - y)**2) over all n·m numbers. It is quadratic in the parameters p, so its descent is
known in closed form. The lesson 'How far to step' introduces it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from course_utils._validate import Numbers, to_array, to_count, to_positive


def design_matrix(*features: Numbers) -> np.ndarray:
    """Return A of shape (n, d + 1): the d features as columns, then a column of ones for b.

    Each feature has shape (n,), (n, 1) or (n, k).
    From the lesson 'How far to step'.
    """
    if not features:
        raise ValueError("design_matrix needs at least one feature, got none.")
    columns = [to_array("features", feature) for feature in features]
    columns = [c.reshape(-1, 1) if c.ndim <= 1 else c for c in columns]
    rows = [len(c) for c in columns]
    if len(set(rows)) > 1 or any(c.ndim != 2 for c in columns):
        shapes = ", ".join(str(c.shape) for c in columns)
        raise ValueError(f"features must be columns of one length, but have shapes {shapes}.")
    return np.hstack([*columns, np.ones((rows[0], 1))])


@dataclass(frozen=True)
class QuadraticLoss:
    """The mean squared error of y_pred = A p, with A of shape (n, d) and y (n,) or (n, m).

    Parameters p have shape (d,), or (d, m) for m outputs.
    From the lesson 'How far to step'.
    """

    A: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        """Check that the two shapes fit each other."""
        A, y = to_array("A", self.A), to_array("y", self.y)
        if A.ndim != 2:
            raise ValueError(f"A must have shape (n, d), but has shape {A.shape}.")
        if y.ndim == 2 and y.shape[1] == 1:
            y = y[:, 0]
        if y.ndim not in (1, 2) or len(y) != len(A):
            raise ValueError(
                f"y must have shape ({len(A)},) or ({len(A)}, m) to fit A of shape {A.shape}, "
                f"but has shape {y.shape}."
            )
        object.__setattr__(self, "A", A)
        object.__setattr__(self, "y", y)

    @cached_property
    def hessian(self) -> np.ndarray:
        """The matrix of second derivatives, (2/n)·AᵀA for one output; shape (d, d)."""
        return 2 / self.y.size * self.A.T @ self.A

    @cached_property
    def _modes(self) -> Any:
        return np.linalg.eigh(self.hessian)

    @property
    def eigenvalues(self) -> np.ndarray:
        """The curvatures λ of the loss along its principal axes, ascending; shape (d,)."""
        return self._modes.eigenvalues

    @property
    def eigenvectors(self) -> np.ndarray:
        """The principal axes as columns, in the order of `eigenvalues`; shape (d, d)."""
        return self._modes.eigenvectors

    @cached_property
    def rank(self) -> int:
        """The number of linearly independent columns of A; below d the minimizer is not unique."""
        return int(np.linalg.matrix_rank(self.A))

    @property
    def condition_number(self) -> float:
        """κ = λmax / λmin: how uneven the curvatures are; infinite if λmin is zero."""
        if self.rank < self.A.shape[1]:
            return np.inf
        # The singular values of A lose half as many digits as the eigenvalues of AᵀA.
        singular_values = np.linalg.svd(self.A, compute_uv=False)
        return float(singular_values[0] / singular_values[-1]) ** 2

    @property
    def max_lr(self) -> float:
        """2 / λmax: at or above this learning rate gradient descent does not converge."""
        return float(2 / self.eigenvalues[-1])

    @cached_property
    def minimizer(self) -> np.ndarray:
        """The least-squares solution, where the gradient is zero; shape (d,) or (d, m).

        If there are many (rank < d), it is the one with the smallest norm.
        """
        return np.linalg.lstsq(self.A, self.y)[0]

    @cached_property
    def min_loss(self) -> float:
        """The loss at the minimizer."""
        return float(np.mean((self.A @ self.minimizer - self.y) ** 2))

    def loss(self, p: Numbers) -> np.ndarray:
        """Return the loss at the parameters p; leading axes of p are kept, so p can be a grid.

        p has shape (..., d), or (..., d, m) for m outputs.
        """
        p, shape = to_array("p", p), self.minimizer.shape
        if p.shape[-len(shape) :] != shape:
            raise ValueError(f"p must end in the shape {shape}, but has shape {p.shape}.")
        away = p - self.minimizer
        away = away[..., None] if self.y.ndim == 1 else away  # a column for each output
        return self.min_loss + 0.5 * (away * (self.hessian @ away)).sum(axis=(-2, -1))

    def after(self, steps: int, start: Numbers, lr: float) -> np.ndarray:
        """Return the parameters after exactly `steps` steps of gradient descent from `start`.

        p_k = p* + V (1 - lr·λ)^k Vᵀ (p_0 - p*), without a loop. `start` has the shape of p; `lr`
        must be positive.
        """
        steps, lr = to_count("steps", steps), to_positive("lr", lr)
        start = to_array("start", start)
        if start.shape != self.minimizer.shape:
            raise ValueError(
                f"start must have shape {self.minimizer.shape}, but has shape {start.shape}."
            )
        shrink = ((1 - lr * self.eigenvalues) ** steps).reshape(-1, *[1] * (start.ndim - 1))
        return self.minimizer + self.eigenvectors @ (
            shrink * (self.eigenvectors.T @ (start - self.minimizer))
        )
