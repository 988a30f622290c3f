"""Turns what a lesson passes in into NumPy arrays, or says what came and what was wanted."""

import numpy as np


def to_array(name, values):
    """Return `values` (numbers, array or tensor) as a float64 array without touching them.

    Raises ValueError naming the argument when it is empty, not numeric, or holds NaN or infinity.
    """
    if hasattr(values, "detach"):  # a tensor, also one that requires grad
        values = values.detach().cpu().numpy()
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError):
        wanted = f"{name} must be numbers in the shape of an array"
        raise ValueError(f"{wanted}, but {values!r:.80} came.") from None
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one number, but it is empty.")
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise ValueError(
            f"{name} must be finite, but {bad} of its {array.size} numbers are NaN or infinite."
        )
    return array


def to_vector(name, values, length=None):
    """Return `values` of shape (n,) or (n, 1) as shape (n,); with `length`, n must equal it."""
    array = to_array(name, values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(f"{name} must have shape (n,) or (n, 1), but has shape {array.shape}.")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} rows, but has {len(array)}.")
    return array


def to_number(name, value):
    """Return `value` (a number, or an array or tensor of one number) as a float."""
    array = to_array(name, value)
    if array.size != 1:
        raise ValueError(f"{name} must be one number, but has shape {array.shape}.")
    return float(array.reshape(()))


def to_positive(name, value):
    """Return `value` as a float greater than zero."""
    number = to_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, but {number:g} came.")
    return number


def to_count(name, value):
    """Return `value` as an integer of at least zero (a number of steps or epochs)."""
    number = to_number(name, value)
    if number < 0 or number != int(number):
        raise ValueError(f"{name} must be a whole number of at least 0, but {number:g} came.")
    return int(number)
