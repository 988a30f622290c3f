"""What every exercise check does: run the student's answer, name the mistake, never raise.

A check prints one line that begins with 'Exercise N: not done yet', 'not right yet' or 'right'.
From the second failure on it adds a hint.
"""

import io
import warnings
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from functools import wraps

import numpy as np

_failures = Counter()


class NotDone(Exception):  # noqa: N818 - a verdict, not an error
    """The answer still holds an ellipsis."""


class Wrong(Exception):  # noqa: N818 - a verdict, not an error
    """The answer is wrong; the text says why."""


def exercise(number, hint):
    """Make a check of a judge: a function of the answer that raises NotDone or Wrong.

    The judge returns what to say of a right answer.
    """

    def decorate(judge):
        @wraps(judge)
        def check(*answers):
            try:
                if any(answer is ... for answer in answers):
                    raise NotDone
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    verdict = f"right. {judge(*answers)}"
            except NotDone:
                verdict = "not done yet. Replace each ... above, run that cell, then this one."
            except Wrong as wrong:
                _failures[judge] += 1
                verdict = f"not right yet. {wrong}"
                if _failures[judge] > 1:
                    verdict += f" Hint: {hint}"
            except Exception as error:
                verdict = f"the check couldn't read this answer ({type(error).__name__}: {error})."
            print(f"Exercise {number}: {verdict}")

        return check

    return decorate


def call(answer, *arguments, in_place=False):
    """Call the student's function on copies of the arguments and return what it returns.

    The answer must leave arrays and tensors as they were; with `in_place` it works on them.
    """
    if not callable(answer):
        raise Wrong(
            f"Expected a function, got {_named(answer)}: pass its name without parentheses."
        )
    copies = arguments if in_place else [_copy(a) for a in arguments]
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            got = answer(*copies)
            if hasattr(got, "__next__"):
                got = list(got)  # a generator is as good as a list
    except Exception as error:
        if "ellipsis" in str(error).lower():
            raise NotDone from None
        said = str(error).removesuffix(".")
        raise Wrong(f"Your function raises {type(error).__name__}: {said}.") from None
    if _holds_ellipsis(got):
        raise NotDone
    for before, after in zip(arguments, copies, strict=True):
        if hasattr(before, "shape") and not np.array_equal(_plain(before), _plain(after)):
            kind = "tensors" if hasattr(before, "detach") else "arrays"
            raise Wrong(f"Your function changes the {kind} it was given: work on copies.")
    if got is None:
        raise Wrong("Your function returns None: is the return missing?")
    return got


def numbers(got, names):
    """Return the student's result as one float for each of `names`, or say what it is."""
    parts = [got] if len(names) == 1 else got
    try:
        fits = len(parts) == len(names) and not isinstance(parts, (str, dict))
    except TypeError:
        fits = False
    if not fits:
        raise Wrong(f"Expected {len(names)} numbers ({', '.join(names)}), got {_named(got)}.")
    values = []
    for name, part in zip(names, parts, strict=True):
        try:
            array = np.asarray(part, dtype=float)
        except (TypeError, ValueError):
            raise Wrong(f"Expected a number for {name}, got {_named(part)}.") from None
        if array.size != 1:
            why = " Was an (n, 1) column combined with an (n,) one?" if array.ndim == 2 else ""
            why = why or " Is a mean missing?"
            raise Wrong(f"Expected one number for {name}, got shape {array.shape}.{why}")
        values.append(float(array.reshape(())))
    return np.array(values)


def arrays(got, shapes):
    """Return the student's result as one float array for each name in `shapes`.

    `shapes` maps each name to the shape that it must have; Wrong says what was returned instead.
    Tensors count as arrays.
    """
    parts = [got] if len(shapes) == 1 else got
    if not isinstance(parts, (tuple, list)) or len(parts) != len(shapes):
        raise Wrong(f"Expected {len(shapes)} results ({', '.join(shapes)}), got {_named(got)}.")
    values = []
    for (name, shape), part in zip(shapes.items(), parts, strict=True):
        try:
            array = np.asarray(_plain(part), dtype=float)
        except (TypeError, ValueError):
            raise Wrong(f"Expected numbers for {name}, got {_named(part)}.") from None
        if array.shape != shape:
            why = " That is the transpose." if shape == array.shape[::-1] else ""
            raise Wrong(f"Expected {name} of shape {shape}, got shape {array.shape}.{why}")
        values.append(array)
    return values


def same(got, want, rtol=1e-6):
    """Tell whether two results agree, by default to about six digits."""
    return np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=rtol, atol=1e-9)


def diagnose(got, want, mistakes, names=(), rtol=1e-6):
    """Raise Wrong unless `got` is `want`; name the first of `mistakes` that gives `got`.

    `mistakes` maps what to tell the student to the result which that mistake would give. With
    the parts' names, an unknown mistake is told as the parts that are right and that are not.
    float32 work needs a larger `rtol`.
    """
    if same(got, want, rtol):
        return
    for told, result in mistakes.items():
        if same(got, result, rtol):
            raise Wrong(told)
    if not np.all(np.isfinite(got)):
        raise Wrong(f"On test data it gives {shown(got)}: something divides by zero or overflows.")
    right = [name for name, g, w in zip(names, got, want, strict=False) if same(g, w, rtol)]
    if right:
        wrong = [name for name in names if name not in right]
        told = _are(right, " right") + ", " + _are(wrong, "n't") + "."
        raise Wrong(told.replace("the ", "The ", 1) if told.startswith("the ") else told)
    raise Wrong(f"On test data it gives {shown(got)}; the right answer is {shown(want)}.")


def shown(values):
    """Return numbers as a student reads them: four digits, in brackets where several."""
    texts = [f"{value:.4g}" for value in np.atleast_1d(values)]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _are(names, verdict):
    listed = " and ".join(", ".join(names).rsplit(", ", 1))
    return f"{listed} {'is' if len(names) == 1 else 'are'}{verdict}"


def _plain(value):
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _copy(value):
    if hasattr(value, "detach"):  # a tensor; torch itself stays out of this module
        return value.detach().clone().requires_grad_(value.requires_grad)
    return value.copy() if isinstance(value, np.ndarray) else value


def _named(value):
    kind = type(value).__name__
    if isinstance(value, (tuple, list)):
        return f"a {kind} of {len(value)}"
    shape = getattr(value, "shape", None)
    if shape:
        return f"an array of shape {tuple(shape)}"
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def _holds_ellipsis(value):
    if isinstance(value, (tuple, list)):
        return any(_holds_ellipsis(part) for part in value)
    return value is ...
