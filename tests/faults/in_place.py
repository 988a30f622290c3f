"""Puts a mutated module in the place of a loaded one, with all that is built on it."""

import contextlib
import graphlib
import importlib
import pkgutil
import sys

import course_utils
from tests.faults.mutation import source_of
from tests.test_architecture import COURSE_UTILS, imports


def loaded():
    """Import all of course_utils, and return its modules' code, each after those it imports."""
    for found in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
        importlib.import_module(found.name)
    known = {
        name: {used for used in COURSE_UTILS for path in imports(COURSE_UTILS[name])
               if used != name and (path == used or path.startswith(used + "."))} - {"course_utils"}
        for name in COURSE_UTILS
    }  # fmt: skip
    for name, used in known.items():  # a package's own module comes after its parts
        used -= {
            other for other in used if name in known[other] and name.count(".") > other.count(".")
        }
    order = list(graphlib.TopologicalSorter(known).static_order())
    code = {name: compile(source_of(name), COURSE_UTILS[name], "exec")
            for name in order}  # fmt: skip
    return code, known


def put_in_place(code, sources, known):
    """Execute modules anew in their own namespaces, with all that is built on them.

    Classes stay the same objects with new methods, so that instances stay theirs. Returns pairs
    of each other object that was replaced and its successor.
    """
    stale, replaced = set(sources), []
    for name in code:
        if name not in stale and not stale & known[name]:
            continue
        stale.add(name)
        space = vars(sys.modules[name])
        before = dict(space)
        source = sources.get(name)
        exec(compile(source, COURSE_UTILS[name], "exec") if source else code[name], space)
        for key, old in before.items():
            new = space[key]
            if new is old or key.startswith("__"):
                continue
            if isinstance(old, type) and isinstance(new, type) and old.__module__ == name:
                adopt(old, new)
                space[key] = old
            elif callable(old):
                replaced.append((old, new))
    return replaced


def adopt(old, new):
    """Give a class the attributes of its new version, and no others."""
    for key in set(vars(old)) - set(vars(new)):
        delattr(old, key)
    for key, value in vars(new).items():
        if key in ("__dict__", "__weakref__"):
            continue
        inner = getattr(value, "__wrapped__", getattr(value, "fget", getattr(value, "func", value)))
        for cell in getattr(inner, "__closure__", None) or ():
            with contextlib.suppress(ValueError):
                if cell.cell_contents is new:  # for super()
                    cell.cell_contents = old
        setattr(old, key, value)


def renew(namespace, replaced):
    """Put the successors into a namespace that imported their predecessors."""
    successors = {id(old): new for old, new in replaced}
    for key, value in list(namespace.items()):
        if id(value) in successors:
            namespace[key] = successors[id(value)]
