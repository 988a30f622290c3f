"""What lies behind a wrong answer: names that it reads from the notebook, and Python's errors."""

import dis
from functools import wraps
from types import CodeType, ModuleType

from course_utils.checks import core, notebook
from course_utils.checks.core import Wrong

# Learning rates that people write down instead of the argument.
RATES = (0.5, 0.1, 0.05, 0.01, 0.001)

# What Python, NumPy or PyTorch says, and what this means in every exercise.
MEANS = {
    "for ^": "In Python, a power is **.",
    "bitwise_xor": "In Python, a power is **.",
}


def call(answer, *arguments, means=(), **options):
    """Call the answer as core does, and say what the commonest errors mean.

    `means` maps words of an error to their meaning in this exercise, beside those of MEANS.
    """
    try:
        return core.call(answer, *arguments, **options)
    except Wrong as wrong:
        for words, meaning in {**dict(means), **MEANS}.items():
            if words in str(wrong):
                raise Wrong(f"{wrong} {meaning}") from None
        raise


def fixed_rates(after):
    """Return what to tell, and the result, for each rate of RATES; `after(lr)` gives the result."""
    return {f"You stepped with lr = {lr} instead of the lr given.": after(lr) for lr in RATES}


def exercise(number, hint, what="Exercise"):
    """Make a check as core does, which also names what a wrong answer reads from the notebook."""

    def decorate(judge):
        @wraps(judge)
        def judge_with_cause(*answers):
            try:
                return judge(*answers)
            except Wrong as wrong:
                names = " and ".join(notebook_data(*answers))
                if not names:
                    raise
                raise type(wrong)(
                    f"{wrong} It reads {names} from the notebook: use only what it is given."
                ) from None

        return core.exercise(number, hint, what)(judge_with_cause)

    return decorate


def notebook_data(*answers):
    """Return the names of the notebook's data that functions and classes read, in order.

    Functions, classes, modules and layers without parameters are tools, not data.
    """
    found = {}
    for function in notebook.functions(answers):
        for name in _globals_of(function.__code__):
            if _is_data(function.__globals__.get(name, ...)):
                found[name] = None
    return list(found)


def _globals_of(code):
    """Yield the global names that a code reads, those of its inner functions included."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
        if isinstance(instruction.argval, CodeType):
            yield from _globals_of(instruction.argval)


def _is_data(value):
    if isinstance(value, (type, ModuleType)) or value is ...:
        return False
    if callable(value):  # a function, or a layer
        return any(True for _ in getattr(value, "parameters", tuple)())
    return True
