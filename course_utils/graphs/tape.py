"""Record what PyTorch computes, so that `course_utils.graphs` can draw it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from course_utils.graphs.drawing import (
    CONSTANT,
    CUT,
    LEAF,
    MAX_NODES,
    OPERATION,
    RESULT,
    Edge,
    Graph,
    Node,
    check_size,
    describe,
    draw,
    format_in_box,
)

# A call's notation, its precedence, and the least precedence of an operand without brackets.
ATOM = 4
FORMS = {
    "add": ("{} + {}", 1, (1, 2)), "sub": ("{} − {}", 1, (1, 2)), "neg": ("−{}", 1, (2,)),
    "mul": ("{}·{}", 2, (2, 3)), "div": ("{}/{}", 2, (2, 3)), "matmul": ("{} @ {}", 2, (2, 3)),
    "pow": ("{}{}", 3, (ATOM, 3)), "square": ("{}²", 3, (ATOM,)), "T": ("{}ᵀ", ATOM, (ATOM,)),
    "linalg_vector_norm": ("‖{}‖", ATOM, (0,)), "abs": ("|{}|", ATOM, (0,)),
    "getitem": ("{}[{}]", ATOM, (ATOM, 0)), "setitem": ("{}[{}] = {}", 0, (ATOM, 0, 0)),
    "add_": ("{} += {}", 0, (1, 0)), "sub_": ("{} −= {}", 0, (1, 0)),
    "mul_": ("{} *= {}", 0, (1, 0)), "div_": ("{} /= {}", 0, (1, 0)),
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
# Words in autograd's error when it can no longer compute gradients: our message.
UNUSABLE = {
    "second time": "backward has freed the graph of this loss: draw its gradients before "
    "backward, or call backward(retain_graph=True).",
    "modified by an inplace operation": "a tensor behind this loss was changed in place after the "
    "loss was computed: draw its gradients before that change.",
}
LONGEST = 16  # characters of an expression; in a longer one, a dot stands for a computed operand


@dataclass
class Record:
    """A tensor as it was when the tape recorded it."""

    tensor: Any  # kept, so that no other tensor gets its id
    version: int
    value: Any  # a copy
    gradient_edge: Any  # where autograd finds its gradient; None if it needs none
    text: str
    precedence: int = ATOM
    parents: tuple = ()
    call: tuple = ()  # the function, its arguments, and which of its results this is
    note: str = ""  # why it needs no gradient


class Tape:
    """A record of what PyTorch computed inside a `with` block."""

    def __init__(self, leaves: dict[str, Any]):
        """Start with the named leaves and no records."""
        self._names = {id(leaf): (name, leaf) for name, leaf in leaves.items()}
        self._records: list[Record] = []
        self._known: dict[int, int] = {}  # the index of a tensor's newest record, by its id
        self._paused = False

    def __enter__(self) -> Tape:
        """Start recording."""
        from torch.overrides import TorchFunctionMode

        tape = self

        class Recorder(TorchFunctionMode):
            def __torch_function__(self, func, types, args=(), kwargs=None):
                return tape._call(func, args, kwargs or {})

        self._mode = Recorder()
        self._mode.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop recording."""
        self._mode.__exit__(*error)

    def draw(self, loss: Any, gradients: bool = False, *, ax: Axes | None = None) -> str | None:
        """Draw the graph behind `loss`: values, expressions and local derivatives.

        With `gradients=True`, every node also shows d loss / d node as autograd computes it, which
        is possible until `loss.backward()` frees the graph. No `.grad` is touched.
        """
        self._paused = True
        try:
            graph = self._graph(loss, gradients)
        finally:
            self._paused = False
        return draw(graph, ax)

    def _call(self, func, args, kwargs):
        """Call the function and record each tensor that it makes or changes."""
        if self._paused:
            return func(*args, **kwargs)
        parents = tuple(self._index(operand) for operand in tensors_in((args, kwargs)))
        result = func(*args, **kwargs)
        name = getattr(func, "__name__", type(func).__name__)
        name = func.__self__.__name__ if name == "__get__" else name  # an attribute such as .T
        name = name.strip("_") if name.startswith("_") else name
        outputs = tensors_in([args[0]] if name == "setitem" else result)
        for position, output in enumerate(outputs):
            known, edge = self._known.get(id(output)), gradient_edge_of(output)
            old = known is not None and self._records[known].version == version_of(output)
            if not parents or old or (edge and output.is_leaf):
                continue  # not computed: an input where it is used
            text, precedence = self._write(name, args, kwargs)
            if len(outputs) > 1:
                text, precedence = f"{text}[{position}]", ATOM
            record = Record(
                output, version_of(output), copy_of(output), edge, text, precedence, parents
            )
            record.call = func, args, kwargs, position
            record.note = "" if edge else self._why_constant(name, parents)
            self._add(record)
        return result

    def _add(self, record):
        self._known[id(record.tensor)] = len(self._records)
        self._records.append(record)

    def _index(self, tensor):
        """Return the index of a tensor's record, made now as an input if it is new or changed."""
        record = self._records[self._known[id(tensor)]] if id(tensor) in self._known else None
        edge = gradient_edge_of(tensor)
        if (
            record is None
            or record.version != version_of(tensor)
            or (edge and not record.gradient_edge)
        ):
            name, _ = self._names.get(id(tensor), (None, None))
            if name is None and record is not None and record.gradient_edge:
                name = record.text
            elif name is None and tensor.grad_fn is not None:
                name = re.sub(r"Backward\d*$", "", type(tensor.grad_fn).__name__)
            elif name is None and tensor.numel() == 1 and edge is None:
                name = format_in_box(to_numpy(tensor))
            text = name or ("leaf" if edge else "tensor")
            note = "" if edge else "constant"
            self._add(Record(tensor, version_of(tensor), copy_of(tensor), edge, text, note=note))
        return self._known[id(tensor)]

    def _why_constant(self, name, parents):
        """Return why a result needs no gradient."""
        import torch

        parents = [self._records[parent] for parent in parents]
        if not any(parent.gradient_edge for parent in parents):
            return "constant" if all(p.note == "constant" for p in parents) else "no gradient"
        if name in ("detach", "data"):
            return "detached"
        return "no gradient" if torch.is_grad_enabled() else "under no_grad"

    def _write(self, name, args, kwargs, dots=False):
        """Return an expression for a call, and its precedence."""
        import torch

        def part(operand, level):
            if isinstance(operand, torch.Tensor):
                record = self._records[self._known[id(operand)]]
                text, precedence = record.text, record.precedence
                if dots and (record.parents or len(text) > LONGEST):
                    text, precedence = "·", 0
            elif isinstance(operand, (int, float)):
                text, precedence = f"{operand:.4g}".replace("-", "−"), ATOM if operand >= 0 else 1
            else:
                text, precedence = index_text(operand), ATOM
            return f"({text})" if precedence < level else text

        operands = [*args, *kwargs.values()]
        if name[0] == "r" and name[1:] in FORMS:
            name, operands = name[1:], operands[::-1]
        form, precedence, levels = FORMS.get(name, ("", ATOM, ()))
        if name == "mul" and isinstance(operands[1], (int, float)):
            operands = operands[::-1]  # 3·x, however it was written
        if form and len(operands) >= len(levels):
            parts = [part(*pair) for pair in zip(operands, levels, strict=False)]
            if name == "pow":
                power = f"{operands[1]:g}" if isinstance(operands[1], (int, float)) else "x"
                power = power.replace("-", "−")
                whole = power.lstrip("−").isdigit()
                parts[1] = power.translate(SUPERSCRIPTS) if whole else f"^{parts[1]}"
            text = form.format(*parts)
        else:
            text = f"{name}({', '.join(part(t, 0) for t in tensors_in(operands))})"
        if len(text) > LONGEST and not dots:
            return self._write(name, operands, {}, dots=True)
        return text, precedence

    def _graph(self, loss, gradients):
        """Return the computation behind `loss` as a Graph."""
        last = self._find(loss)
        behind, reached = {last}, {last}
        for k in range(last, -1, -1):  # parents come before children
            if k in behind:
                behind.update(self._records[k].parents)
            if k in reached:
                reached.update(
                    p for p in self._records[k].parents if self._records[p].gradient_edge
                )
        behind, reached = sorted(behind), sorted(reached)
        advice = "Draw a smaller expression, or only its structure with graphs.torchviz."
        check_size(len(behind), MAX_NODES, advice)
        found = dict.fromkeys(behind)
        if gradients:
            found |= zip(reached, self._gradients(loss, reached), strict=True)

        nodes, edges = [], []
        for k in behind:
            record = self._records[k]
            gradient = None if found[k] is None else to_numpy(found[k])
            kind = LEAF if record.tensor.is_leaf and not record.parents else OPERATION
            node = Node(
                record.text, RESULT if k == last else kind, to_numpy(record.value), gradient
            )
            if k not in reached or (gradients and gradient is None):
                node.kind = CONSTANT if kind == LEAF and not record.gradient_edge else CUT
                node.note = record.note or "cut off"
            nodes.append(node)
            steps = [(None, None)] * len(record.parents)
            if k in reached and record.parents:
                steps = self._steps(record, found[k])
            for parent, (local, path) in zip(record.parents, steps, strict=True):
                flows = k in reached and parent in reached
                edges.append(Edge(behind.index(parent), len(nodes) - 1, local, flows))
                if flows:
                    nodes[edges[-1].source].paths.append(path)
        for node in nodes:
            if any(path is None for path in node.paths):
                node.paths = []
        legend = {
            LEAF: "leaf: requires grad", OPERATION: "operation", RESULT: "loss",
            CONSTANT: "constant: no gradient", CUT: "cut off: no gradient",
        }  # fmt: skip
        return Graph(nodes, edges, describe(nodes, gradients), legend)

    def _find(self, loss):
        """Return the index of the loss; raise an error if it cannot be drawn."""
        import torch

        if not isinstance(loss, torch.Tensor):
            raise TypeError(f"draw needs the loss, a tensor, got a {type(loss).__name__}.")
        if loss.grad_fn is None:
            raise ValueError(
                "this tensor has no grad_fn, so there is no graph behind it: it is an input, or it "
                "was detached, computed under no_grad, or made of inputs that require no gradient."
            )
        if loss.numel() != 1:
            raise ValueError(
                f"the loss must be one number, but has shape {tuple(loss.shape)}: "
                "reduce it, for example with .mean()."
            )
        index = self._known.get(id(loss))
        if index is None or self._records[index].version != version_of(loss):
            raise ValueError(
                "the tape has not seen this tensor: compute it inside "
                "`with graphs.record(...) as tape:`."
            )
        return index

    def _gradients(self, loss, reached):
        """Return autograd's d loss / d tensor for each of these records."""
        import torch

        edges = [self._records[k].gradient_edge for k in reached]
        try:
            return torch.autograd.grad(loss, edges, retain_graph=True, allow_unused=True)
        except RuntimeError as error:
            for words, message in UNUSABLE.items():
                if words in str(error):
                    raise ValueError(message) from None
            raise

    def _steps(self, record, gradient):
        """Return for each parent (local derivative, what this path adds to its gradient).

        The call is repeated on copies of its operands, so that no tensor of the student's changes.
        If that fails or gives a different result (dropout), each pair is (None, None).
        """
        import torch

        operands = [self._records[parent] for parent in record.parents]
        for widen in (True, False):
            # With operands as large as the result, each row shows its derivative, not the sum.
            inputs = []
            for operand in operands:
                shape = operand.value.shape
                if widen and broadcasts(shape, record.value.shape):
                    shape = record.value.shape
                inputs.append(operand.value.expand(shape).clone())
                inputs[-1].requires_grad_(operand.gradient_edge is not None)
            result = repeat_call(record, inputs)
            if result is not None:
                break
        else:
            return [(None, None)] * len(operands)

        def pull(weights):
            leaves = [t for t in inputs if t.requires_grad]
            pulled = torch.autograd.grad(result, leaves, weights, True, allow_unused=True)
            pulled = iter(pulled)
            return [next(pulled) if t.requires_grad else None for t in inputs]

        probe = torch.linspace(1, 2, result.numel()).to(result).reshape(result.shape)
        paths = [None] * len(inputs) if gradient is None else pull(gradient)
        steps = []
        for operand, one, probed, path in zip(
            operands, pull(torch.ones_like(result)), pull(probe), paths, strict=True
        ):
            # Row by row only if row i of the result depends on no other row of the operand.
            rows = one is not None and one.numel() == result.numel()
            rows = rows and torch.allclose((one.ravel() * probe.ravel()), probed.ravel(), 1e-4)
            local = to_numpy(one) if rows or (one is not None and result.numel() == 1) else None
            path = None if path is None else to_numpy(path.sum_to_size(operand.value.shape))
            steps.append((local, path))
        return steps


def repeat_call(record, inputs):
    """Repeat a recorded call on copies of its operands; return None if the result differs."""
    import torch
    from torch.utils._pytree import tree_map_only

    func, args, kwargs, position = record.call
    passed = [t.clone() for t in inputs]  # because a call in place must not change a leaf
    rest = iter(passed)
    args, kwargs = tree_map_only(torch.Tensor, lambda _: next(rest), (args, kwargs))
    try:
        with torch.enable_grad(), torch.random.fork_rng(devices=[]):
            result = (tensors_in(func(*args, **kwargs)) or passed)[position]
    except (RuntimeError, TypeError, ValueError, IndexError):
        return None
    same = result.requires_grad and result.shape == record.value.shape
    return result if same and torch.allclose(result, record.value, equal_nan=True) else None


def tensors_in(things):
    """Return the tensors in nested tuples, lists and dictionaries."""
    import torch
    from torch.utils._pytree import tree_leaves

    return [thing for thing in tree_leaves(things) if isinstance(thing, torch.Tensor)]


def gradient_edge_of(tensor):
    """Return where autograd finds a tensor's gradient, None if it has none."""
    from torch.autograd.graph import get_gradient_edge

    try:
        return get_gradient_edge(tensor) if tensor.requires_grad else None
    except AssertionError:  # a view of a leaf, made under no_grad
        return None


def broadcasts(shape, target):
    """Return whether a tensor of this shape can be broadcast to the target shape."""
    pairs = zip(shape[::-1], target[::-1], strict=False)
    return len(shape) <= len(target) and all(one in (1, other) for one, other in pairs)


def version_of(tensor):
    """Return how often a tensor has been changed in place."""
    return 0 if tensor.is_inference() else tensor._version


def copy_of(tensor):
    """Return a copy of a tensor without its graph."""
    return tensor.detach().clone()


def to_numpy(tensor):
    """Return a tensor's numbers as a new array."""
    return copy_of(tensor).cpu().numpy()


def index_text(index):
    """Return the text between the brackets of t[...]."""
    if isinstance(index, tuple):
        return ", ".join(index_text(part) for part in index)
    if isinstance(index, slice):
        return ":".join("" if part is None else str(part) for part in (index.start, index.stop))
    return str(index) if isinstance(index, int) or index is None else "…"
