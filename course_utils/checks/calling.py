"""Calls an answer: on copies, without its prints, and with every way that it can end."""

import ast
import builtins
import copy
import inspect
import io
import itertools
import sys
import textwrap
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout

import numpy as np

from course_utils.checks import notebook, session
from course_utils.checks.limits import Interrupted, TimeUp, within
from course_utils.checks.reading import holds_ellipsis, named, plain, rows_given, said
from course_utils.checks.verdicts import NotDone, Wrong

MOST_VALUES = 100_000  # of a generator
judged = []  # the answers of the check that runs


def call(answer, *arguments, in_place=False, seconds=None):
    """Call the student's function on copies of the arguments and return what it returns.

    The answer must leave arrays, tensors, lists, dicts, modules and optimizers as they were; with
    `in_place` it works on them. After so many `seconds`, or when the check's own time is up, it
    is stopped: TooLong.
    """
    if not callable(answer):
        raise Wrong(f"Expected a function, got {named(answer)}: pass its name without parentheses.")
    copies = arguments if in_place else copied(arguments)
    rows_given.clear()
    rows_given.update(len(a) for a in arguments if len(getattr(a, "shape", ())) > 0 and len(a) > 1)
    before = session.settings()

    def run():
        with _quiet():
            got = answer(*copies)
            if hasattr(got, "__next__"):  # a generator is as good as a list
                got = list(itertools.islice(got, MOST_VALUES + 1))
                if len(got) > MOST_VALUES:
                    raise Wrong("Your generator gives value after value without end.")
            return got

    try:
        got = run() if seconds is None else within(seconds, run)
    except (Wrong, NotDone, TimeUp, Interrupted):
        raise
    except BaseException as error:
        if any(has_ellipsis(function) for function in notebook.functions(judged or [answer])):
            raise NotDone from None
        told = said(error).removesuffix(".")
        kind = type(error).__name__
        raise Wrong(f"Your function raises {kind}{': ' if told else ''}{told}.") from None
    if holds_ellipsis(got):
        raise NotDone
    session.refuse_changes(before)
    for old, new in zip(arguments, copies, strict=True):
        if not in_place and not _unchanged(old, new):
            raise Wrong(f"Your function changes the {_kind(old)} it was given: work on copies.")
    if got is None:
        raise Wrong("Your function returns None: is the return missing?")
    return got


@contextmanager
def _quiet():
    """Catch what an answer prints and shows, and refuse what would wait for the student."""

    def refuse(*_, **__):
        raise Wrong("Your function waits for input: it gets all it needs as arguments.")

    def leave(*_, **__):
        raise SystemExit

    keyboard = io.StringIO()
    keyboard.read = keyboard.readline = keyboard.readlines = refuse
    ipython = shell()
    with ExitStack() as stack:
        stack.callback(session.refill, vars(builtins), vars(builtins).copy())
        stack.enter_context(redirect_stdout(io.StringIO()))
        stack.enter_context(redirect_stderr(io.StringIO()))
        stack.enter_context(_swapped(sys, "stdin", keyboard))
        stack.enter_context(_swapped(builtins, "input", refuse))
        if ipython:
            from IPython.core.displaypub import CapturingDisplayPublisher

            stack.enter_context(_swapped(ipython, "display_pub", CapturingDisplayPublisher()))
            stack.enter_context(_swapped(ipython, "ask_exit", leave))
        yield


@contextmanager
def _swapped(owner, name, value):
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def shell():
    """Return the running IPython, or None."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def has_ellipsis(function):
    """Tell whether a function's source holds a `...` to replace; the one in x[..., 0] is none."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # no source, or a lambda in the middle of a line
        return False
    return any(
        isinstance(node, ast.Constant) and node.value is ... for node in _outside_indices(tree)
    )


def _outside_indices(node):
    yield node
    for child in [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node):
        yield from _outside_indices(child)


def copied(value, memo=None):
    """Return a copy of arrays, tensors and what holds them; other things are themselves."""
    torch, memo = sys.modules.get("torch"), {} if memo is None else memo
    if type(value) in (list, tuple):
        return type(value)(copied(part, memo) for part in value)
    if type(value) is dict:
        return {key: copied(part, memo) for key, part in value.items()}
    if isinstance(value, (np.ndarray, set)):
        return value.copy()
    if torch and isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if torch and isinstance(value, (torch.nn.Module, torch.optim.Optimizer)):
        return copy.deepcopy(value, memo)  # one memo, so that an optimizer keeps its model
    return value


def _unchanged(old, new):
    """Tell whether a copy is still equal to what it was made of."""
    if isinstance(old, (list, tuple)):
        return len(old) == len(new) and all(map(_unchanged, old, new))
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_unchanged(old[key], new[key]) for key in old)
    if hasattr(old, "state_dict"):
        return _unchanged(old.state_dict(), new.state_dict())
    if hasattr(old, "shape"):
        same = np.asarray(plain(old)), np.asarray(plain(new))
        return same[0].shape == same[1].shape and same[0].tobytes() == same[1].tobytes()
    return old is new or old == new


def _kind(value):
    """Return what a value is, in the plural."""
    if isinstance(value, np.ndarray):
        return "arrays"
    if hasattr(value, "detach"):
        return "tensors"
    if isinstance(value, (list, dict, set)):
        return f"{type(value).__name__}s"
    return "model" if hasattr(value, "parameters") else "optimizer"
