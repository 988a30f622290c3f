"""Reads what an answer returns: numbers and arrays, and how they and other things are named."""

import itertools
import numbers as abstract
from decimal import Decimal

import numpy as np

from course_utils.checks.verdicts import Wrong

# How many rows the arrays of the last call had: a mean is missing only over those.
rows_given = set()


def shape_of(part):
    """Return the shape of a number or of numbers, None of what has none, as [[1.0, 2.0], [3.0]]."""
    array = _floats(part)
    return None if array is None else array.shape


def size_of(part):
    """Return how many numbers something is, 0 if it is none, as text and [[1.0, 2.0], [3.0]]."""
    array = _floats(part)
    return 0 if array is None else array.size


def numbers(got, names):
    """Return the student's result as one float for each of `names`, or say what it is.

    Text and truth values are no numbers; whole numbers, fractions, and arrays and tensors of one
    number are.
    """
    parts = [got] if len(names) == 1 else _parts(got, len(names))
    if parts is None:
        raise Wrong(f"Expected {len(names)} numbers ({', '.join(names)}), got {named(got)}.")
    values = []
    for name, part in zip(names, parts, strict=True):
        array = _floats(part)
        if array is None:
            raise Wrong(f"Expected a number for {name}, got {named(part)}.{_advice(part)}")
        if array.size != 1:
            raise Wrong(f"Expected one number for {name}, got shape {array.shape}.{_cause(part)}")
        values.append(float(array.reshape(())))
    return np.array(values)


def arrays(got, shapes):
    """Return the student's result as one float array for each name in `shapes`.

    `shapes` maps each name to the shape that it must have; Wrong says what was returned instead.
    Tensors count as arrays.
    """
    parts = [got] if len(shapes) == 1 else got
    if not isinstance(parts, (tuple, list)) or len(parts) != len(shapes):
        raise Wrong(f"Expected {len(shapes)} results ({', '.join(shapes)}), got {named(got)}.")
    values = []
    for (name, shape), part in zip(shapes.items(), parts, strict=True):
        array = _floats(part)
        if array is None:
            raise Wrong(f"Expected numbers for {name}, got {named(part)}.{_advice(part)}")
        if array.shape != shape:
            why = " That is the transpose." if shape == array.shape[::-1] else ""
            raise Wrong(f"Expected {name} of shape {shape}, got shape {array.shape}.{why}")
        values.append(array)
    return values


def shown(values):
    """Return numbers as a student reads them: four digits, brackets around each row."""
    try:
        array = np.asarray(plain(values))
        if array.size == 1:
            return _digits(array.reshape(-1)[0])
    except Exception:  # a list of unlike lengths, or what is no number at all
        return said(values, 60)
    listed = [shown(part) for part in array[:6]] + ["…"] * (len(array) > 6)
    return f"({', '.join(listed)})"


def _digits(value):
    try:
        return f"{value:.4g}"
    except (OverflowError, TypeError, ValueError):  # an int beyond all floats; an object
        return said(value, 30)


def plain(value):
    """Return a value with each tensor in it as an array, cut off from its graph."""
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def said(value, most=200):
    """Return the text of a value in one line that isn't too long; '' where even that raises."""
    try:
        text = " ".join(str(value)[: 2 * most].split())
    except Exception:
        return ""
    return text if len(text) <= most else f"{text[:most]} …"


def named(value):
    """Return what a value is: 'an int', 'a list of 3', 'an array of shape (2, 3)'."""
    kind = type(value).__name__
    if isinstance(value, (tuple, list)):
        return f"a {kind} of {len(value)}"
    shape = getattr(value, "shape", None)
    if shape:
        return f"an array of shape {tuple(shape)}"
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def holds_ellipsis(value, depth=3):
    """Tell whether a result holds an ellipsis, in lists within lists too."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = value.ravel().tolist()
    if isinstance(value, (tuple, list)) and depth:
        return any(holds_ellipsis(part, depth - 1) for part in itertools.islice(value, 10_000))
    return value is ...


def _parts(got, count):
    """Return a result's parts, or None if it hasn't so many."""
    if isinstance(got, (str, bytes, dict, set, frozenset)):
        return None
    try:
        return list(got) if len(got) == count else None
    except Exception:  # no length, or one of its own that raises
        return None


def _floats(part):
    """Return a number or numbers as a float array, or None if that is something else."""
    try:
        array = np.asarray(plain(part))
        if array.dtype == object and all(_is_number(value) for value in array.flat):
            array = array.astype(float)
        return array.astype(float) if array.dtype.kind in "iuf" else None
    except Exception:
        return None


def _is_number(value):
    is_real = isinstance(value, (abstract.Real, Decimal))
    return is_real and not isinstance(value, (bool, np.bool_))


def _advice(part):
    if isinstance(part, (str, bytes)):
        return " Return the number itself; how it is printed comes later."
    array = plain(part)
    if getattr(array, "ndim", 0) and array.dtype.kind == "b":
        return " It holds True and False."
    return ""


def _cause(part):
    """Return what a shape suggests in place of one number, or '' where it suggests nothing."""
    shape = getattr(part, "shape", ())
    if len(shape) == 2 and shape[0] == shape[1] and shape[0] in rows_given:
        return " Was an (n, 1) column combined with an (n,) one?"
    if len(shape) and shape[0] in rows_given and np.prod(shape) == shape[0]:
        return " Is a mean missing?"
    return ""
