"""Puts back what an answer changes of the notebook that it was written in."""

import random
import sys
import types
from contextlib import contextmanager

import numpy as np

MOST_OBJECTS, MOST_NUMBERS = 10_000, 10**7  # that are looked after for one name
_MISSING = object()


@contextmanager
def kept(answers):
    """Put back what the answers change of the notebook's own names, and list those names.

    Looked after are the names that the answers' code mentions, and what they hold: lists, arrays,
    tensors, random generators, modules, optimizers and objects of the notebook's own classes.
    """
    changed, before = [], {}
    for function in functions(answers):
        names = function.__globals__
        for name in names_in(function.__code__):
            value = names.get(name, _MISSING)
            if not name.startswith("__") and (id(names), name) not in before:
                contents = list(_contents(value, names.get("__name__")))
                before[id(names), name] = names, value, contents
    try:
        yield changed
    finally:
        for (_, name), (names, value, contents) in before.items():
            rebound = names.get(name, _MISSING) is not value
            if rebound and value is _MISSING:
                del names[name]
            elif rebound:
                names[name] = value
            if sum(put_back() for put_back in contents) or rebound:
                changed.append(name)


def functions(answers):
    """Yield the Python functions of answers, of their classes too, and those that they call."""
    waiting, seen = list(answers), set()
    while waiting:
        answer = waiting.pop()
        answer = getattr(answer, "__func__", answer)  # of a method
        if isinstance(answer, type):
            waiting += vars(answer).values()
        if isinstance(answer, types.FunctionType) and answer not in seen:
            seen.add(answer)
            yield answer
            called = (answer.__globals__.get(name) for name in names_in(answer.__code__))
            waiting += [f for f in called if getattr(f, "__globals__", {}) is answer.__globals__]


def names_in(code):
    """Return the names that a function's code mentions, but for its own variables."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= names_in(constant)
    return names


def _contents(value, module):
    """Yield functions that put back what a value holds; each says whether that had changed."""
    torch = sys.modules.get("torch")
    waiting, seen, room = [value], {}, MOST_NUMBERS
    while waiting and len(seen) < MOST_OBJECTS:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        if isinstance(value, np.ndarray):
            room -= value.size
            if room > 0:
                yield _keep_array(value)
        elif torch and isinstance(value, torch.Tensor):
            room -= value.numel()
            if room > 0:
                yield _keep_tensor(value, torch)
        elif isinstance(value, (list, dict, set)):
            yield _keep_container(value)
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, tuple):
            waiting += value
        elif isinstance(value, np.random.RandomState):
            yield _keep_state(value.get_state, value.set_state)
        elif isinstance(value, np.random.Generator):
            bits = value.bit_generator
            yield _keep_state(lambda b=bits: b.state, lambda old, b=bits: setattr(b, "state", old))
        elif isinstance(value, random.Random):
            yield _keep_state(value.getstate, value.setstate)
        elif torch and isinstance(value, torch.Generator):
            yield _keep_state(value.get_state, value.set_state)
        elif type(value).__module__ == module or (
            torch and isinstance(value, (torch.nn.Module, torch.optim.Optimizer))
        ):
            waiting.append(getattr(value, "__dict__", None))


def _keep_array(array):
    old, content = array.copy(), array.tobytes()

    def put_back():
        if array.tobytes() == content:
            return False
        array[...] = old
        return True

    return put_back


def _keep_tensor(tensor, torch):
    old, wants = tensor.detach().clone(), tensor.requires_grad
    grad = tensor.grad if tensor.is_leaf else None
    keep_grad = (lambda: False) if grad is None else _keep_tensor(grad, torch)

    def put_back():
        now = tensor.detach()
        changed = not (torch.equal(now, old) or torch.equal(now.nan_to_num(), old.nan_to_num()))
        if changed:
            tensor.data.copy_(old)
        if tensor.is_leaf and (tensor.grad is not grad or tensor.requires_grad != wants):
            tensor.requires_grad_(wants).grad = grad
            changed = True
        return keep_grad() or changed

    return put_back


def _keep_container(container):
    def parts():
        values = container.values() if isinstance(container, dict) else ()
        return [id(part) for part in (*container, *values)]

    old, ids = container.copy(), parts()

    def put_back():
        if parts() == ids:
            return False
        container.clear()
        (container.extend if isinstance(container, list) else container.update)(old)
        return True

    return put_back


def _keep_state(get, put):
    old = get()

    def put_back():
        changed = str(get()) != str(old)
        put(old)
        return changed

    return put_back
