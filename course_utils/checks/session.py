"""Keeps the session as it was: what a check, or the answer that it calls, changes is put back.

A check runs in the standard session: gradients on, float32, no warnings, none of the student's
open figures. `torch` and `matplotlib` are looked after once something else has loaded them.
"""

import decimal
import os
import random
import sys
import warnings
from contextlib import ExitStack, contextmanager, suppress

import numpy as np

from course_utils.checks.verdicts import Wrong

_MISSING = object()


@contextmanager
def standard():
    """Run a block in the standard session, and put the student's session back behind it."""
    always = [(random.getstate, random.setstate), (np.random.get_state, np.random.set_state)]
    if_changed = [
        (_folder, os.chdir),
        (sys.getrecursionlimit, sys.setrecursionlimit),
        (lambda: dict(os.environ), lambda old: refill(os.environ, old)),
    ]
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(decimal.localcontext())
        stack.enter_context(np.printoptions())
        stack.enter_context(np.errstate(all="ignore"))
        if torch := sys.modules.get("torch"):
            stack.enter_context(torch.inference_mode(False))  # its end puts grad mode back too
            always += [(torch.get_rng_state, torch.set_rng_state)]
            if_changed += _torch_settings(torch)
        if matplotlib := sys.modules.get("matplotlib"):
            stack.enter_context(matplotlib.rc_context())
            stack.enter_context(_figures(matplotlib))
        for get, put in always:
            stack.callback(put, get())
        for get, put in if_changed:
            stack.callback(_put_back, get, put, get())
        warnings.simplefilter("ignore")
        if torch:
            torch.set_default_dtype(torch.float32)
            _set_device(torch, torch.device("cpu"))
        yield


def _put_back(get, put, old):
    if get() != old:
        put(old)


def _torch_settings(torch):
    printing = vars(torch._tensor_str.PRINT_OPTS)
    return [
        (torch.get_default_dtype, torch.set_default_dtype),
        (torch.get_default_device, lambda old: _set_device(torch, old)),
        (torch.get_num_threads, torch.set_num_threads),
        (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
        (
            lambda: (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
            lambda old: torch.autograd.set_detect_anomaly(*old),
        ),
        (printing.copy, printing.update),
    ]


def _set_device(torch, device):
    if torch.get_default_device() != device:
        # A device that is set slows every call of torch a little, so the CPU is the unset one.
        torch.set_default_device(None if device == torch.device("cpu") else device)


@contextmanager
def _figures(matplotlib):
    """Keep the student's open figures out of reach, and close those that the block leaves open."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    backend = matplotlib.get_backend(auto_select=False)
    hidden = helpers.Gcf.figs.copy() if helpers else {}
    if helpers:
        helpers.Gcf.figs.clear()
    yield
    if helpers:
        helpers.Gcf.destroy_all()
    if backend and matplotlib.get_backend() != backend:
        matplotlib.use(backend)
    if helpers:
        helpers.Gcf.figs.update(hidden)


def _folder():
    with suppress(OSError):  # it may have been deleted
        return os.getcwd()


def refill(mapping, old):
    """Make a mapping hold what it held before."""
    for name in mapping.keys() - old.keys():
        del mapping[name]
    for name, value in old.items():
        if mapping.get(name, _MISSING) is not value:
            mapping[name] = value


def settings():
    """Return the settings that later cells would feel, by what to say if an answer changes them."""
    found = {
        "Your function changes the working folder, and later cells wouldn't find their files: "
        "leave it.": _folder(),
        "Your function changes NumPy's error settings for all later cells: write `with "
        "np.errstate(...):`.": np.geterr(),
    }
    if torch := sys.modules.get("torch"):
        found |= {
            "Your function leaves inference mode on: write `with torch.inference_mode():`, which "
            "ends after its block.": torch.is_inference_mode_enabled(),
            "Your function switches gradients off and leaves them off: write `with "
            "torch.no_grad():`, which switches them on again after its block.": (
                torch.is_grad_enabled()
            ),
            "Your function changes torch's default dtype for all later cells: give dtype= to the "
            "tensor that you make.": torch.get_default_dtype(),
            "Your function changes torch's default device for all later cells: give device= to "
            "the tensor that you make.": torch.get_default_device(),
        }
    return found


def refuse_changes(before):
    """Raise Wrong if a setting isn't what it was when `before` = settings() was taken."""
    after = settings()
    for told, value in before.items():
        if after.get(told, value) != value:
            raise Wrong(told)
