"""Turn a lesson's arguments into NumPy arrays, or say what was expected and what it got."""

from typing import Any

import numpy as np

Numbers = Any  # a number, a sequence of numbers, an array or a tensor


def to_array(name: str, values: Numbers) -> np.ndarray:
    """Return `values` (numbers, array or tensor) as a new float64 array.

    Raises ValueError, naming the argument, if it is empty, not numeric, or holds NaN or infinity.
    """
    if hasattr(values, "detach"):  # a tensor, which may require grad
        values = values.detach().cpu().numpy()
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError):
        expected = f"{name} must be numbers in the shape of an array"
        raise ValueError(f"{expected}, got {values!r:.80}.") from None
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one number, but it is empty.")
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise ValueError(
            f"{name} must be finite, but {bad} of its {array.size} numbers are NaN or infinite."
        )
    return array


def to_vector(name: str, values: Numbers, length: int | None = None) -> np.ndarray:
    """Return `values` of shape (n,) or (n, 1) as shape (n,); with `length`, n must equal it."""
    array = to_array(name, values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(f"{name} must have shape (n,) or (n, 1), but has shape {array.shape}.")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} rows, but has {len(array)}.")
    return array


def to_vectors(**vectors: Numbers) -> list[np.ndarray]:
    """Return the named arguments as vectors, each of which must be as long as the first."""
    arrays: list[np.ndarray] = []
    for name, values in vectors.items():
        arrays.append(to_vector(name, values, len(arrays[0]) if arrays else None))
    return arrays


def to_table(
    name: str, values: Numbers, rows: int | str = "n", columns: int | str = "m"
) -> np.ndarray:
    """Return `values` as an array of shape (rows, columns).

    A number is required; a word allows any number and names the axis in the error message.
    """
    array = to_array(name, values)
    axes = zip(array.shape, (rows, columns), strict=False)
    if array.ndim != 2 or any(isinstance(size, int) and size != found for found, size in axes):
        raise ValueError(
            f"{name} must have shape ({rows}, {columns}), but has shape {array.shape}."
        )
    return array


def to_path(name: str, path: Numbers, length: int | None = None) -> np.ndarray:
    """Return a path, a sequence of (w, b), as an array of shape (steps + 1, 2).

    With `length`, steps + 1 must equal it.
    """
    return to_table(name, path, "steps + 1" if length is None else length, 2)


def to_number(name: str, value: Numbers) -> float:
    """Return `value` (a number, or an array or tensor of one number) as a float."""
    array = to_array(name, value)
    if array.size != 1:
        raise ValueError(f"{name} must be one number, but has shape {array.shape}.")
    return float(array.reshape(()))


def to_positive(name: str, value: Numbers) -> float:
    """Return `value` as a float greater than zero."""
    number = to_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {number:g}.")
    return number


def to_count(name: str, value: Numbers) -> int:
    """Return `value` as an integer of at least zero (a number of steps or epochs)."""
    number = to_number(name, value)
    if number < 0 or number != int(number):
        raise ValueError(f"{name} must be a whole number of at least 0, got {number:g}.")
    return int(number)
