"""Computational graphs, each drawn in one picture.

`value_graph` draws the graphs of the engine that the student writes in 'Build your own autograd'.
`record` records what PyTorch computes, so that the tape's `draw` can show every value, local
derivative and gradient. `torchviz` draws the result of `torchviz.make_dot` without the `dot`
program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from course_utils.figures import describe_prediction, format_number, is_prediction
from course_utils.graphs.drawing import (
    CONSTANT,
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
    write_leaves,
)
from course_utils.graphs.tape import Tape

if TYPE_CHECKING:
    import torch

MAX_PLAIN_NODES = 80  # without numbers
DOT_NODE = re.compile(
    r'^\t(\d+) \[label=(?:"(.*?)(?<!\\)"|(\w+))(?: fillcolor=(\w+))?\]$', re.MULTILINE | re.DOTALL
)
DOT_EDGE = re.compile(r"^\t(\d+) -> (\d+)(?: \[(.*)\])?$", re.MULTILINE)
DOT_KINDS = {
    "lightblue": LEAF, "darkolivegreen1": RESULT, "darkolivegreen3": RESULT, "orange": CONSTANT,
}  # fmt: skip


def value_graph(
    loss: Any,
    gradients: bool = True,
    check: bool = False,
    *,
    of: str = "",
    prediction: Any = None,
    ax: Axes | None = None,
) -> str | None:
    """Draw the graph behind a `Value`: values, gradients and local derivatives.

    Every node shows its `.name` and `.value`, every arrow its local derivative. The gradients are
    those in `.grad`: all 0 before backward. `gradients=False` leaves them out; `check=True` marks
    each one that is not the derivative of the loss, and writes the right one below it. `prediction`
    is the student's own number for the gradient of the node named `of`.
    From the lesson 'Build your own autograd'.
    """
    graph = value_nodes(loss, gradients, check)
    if of:
        mark_predicted_gradient(graph, of, prediction)
    return draw(graph, ax)


def mark_predicted_gradient(graph, name, prediction):
    """Write a predicted gradient into the node with this name, and both into the caption."""
    nodes = [node for node in graph.nodes if node.text == name and node.gradient is not None]
    if len(nodes) != 1:
        raise ValueError(f"of must name one node with a gradient; {len(nodes)} have it: {name!r}.")
    if is_prediction(prediction):
        nodes[0].text = f"{name}  (you: {format_number(prediction)})".replace("-", "−")
    graph.caption += describe_prediction(prediction, nodes[0].gradient.item())


def value_nodes(loss, gradients, check=False):
    """Return the nodes behind `loss` as a Graph, parents before children."""
    order, seen, waiting = [], set(), [(loss, False)]
    while waiting:
        node, parents_done = waiting.pop()
        if parents_done:
            order.append(node)
        elif id(node) not in seen:
            check_value(node)
            seen.add(id(node))
            waiting += [(node, True), *((parent, False) for parent in reversed(node.parents))]
    check_size(len(order), MAX_NODES, "Draw a smaller expression, such as the loss of one row.")

    index = {id(node): k for k, node in enumerate(order)}
    walked = any(node.grad for node in order)  # before backward there are no paths to add up
    nodes, edges = [], []
    for k, value in enumerate(order):
        kind = RESULT if value is loss else OPERATION if value.parents else LEAF
        gradient = np.array(float(value.grad)) if gradients else None
        nodes.append(Node(value.name or "", kind, np.array(float(value.value)), gradient))
        for parent, local in zip(value.parents, value.local_derivatives, strict=True):
            edges.append(Edge(index[id(parent)], k, np.array(float(local))))
            if walked:
                nodes[index[id(parent)]].paths.append(float(local) * float(value.grad))
    caption = describe(nodes, gradients)
    if check:
        n_wrong = mark_wrong(nodes, edges)
        caption += f" Wrong gradients: {n_wrong}." if n_wrong else " Every gradient is right."
    legend = {LEAF: "leaf", OPERATION: "operation", RESULT: "loss"}
    return Graph(nodes, edges, caption, legend)


def mark_wrong(nodes, edges):
    """Give each node with a wrong gradient the right one; return how many there are.

    The nodes stand in order, parents before children, and the last one is the loss.
    """
    right = np.zeros(len(nodes))
    right[-1] = 1.0
    for k in reversed(range(len(nodes))):
        for edge in edges:
            if edge.target == k:
                right[edge.source] += right[k] * edge.local
    wrong = [k for k, node in enumerate(nodes) if not np.isclose(node.gradient, right[k])]
    for k in wrong:
        nodes[k].right = np.array(right[k])
    return len(wrong)


def check_value(node):
    """Raise an error unless this node is a `Value` of the student's engine."""
    needed = ("value", "grad", "parents", "local_derivatives", "name")
    missing = [name for name in needed if not hasattr(node, name)]
    if missing:
        hint = " Draw a tensor with graphs.record." if hasattr(node, "requires_grad") else ""
        raise TypeError(
            f"value_graph draws a Value with {', '.join(needed)}, "
            f"but an object of type {type(node).__name__} has no {missing[0]}.{hint}"
        )
    if len(node.parents) != len(node.local_derivatives):
        raise ValueError(
            f"the node {node.name!r} has {len(node.parents)} parents but "
            f"{len(node.local_derivatives)} local derivatives: store one for each parent."
        )


def record(**leaves: torch.Tensor) -> Tape:
    """Return a tape that records what PyTorch computes inside its `with` block.

    The keywords name tensors: `with graphs.record(w=w, x=x) as tape:`, inside it `loss = ...`, and
    after it `tape.draw(loss)`; `**dict(model.named_parameters())` names a model's parameters. The
    tape changes neither the computation nor any `.grad`.
    From the lesson 'Raw autograd tensors'.
    """
    import torch

    for name, leaf in leaves.items():
        if not isinstance(leaf, torch.Tensor):
            raise TypeError(f"record takes tensors, but {name} is of type {type(leaf).__name__}.")
    return Tape(leaves)


def torchviz(dot: Any, *, ax: Axes | None = None) -> str | None:
    """Draw the result of `torchviz.make_dot(loss, params={...})`.

    torchviz names nodes by their memory addresses; here they are boxes without names.
    From the lesson 'Raw autograd tensors'.
    """
    return draw(dot_nodes(dot), ax)


def dot_nodes(dot):
    """Return a graphviz.Digraph made by torchviz as a Graph."""
    source = getattr(dot, "source", None)
    if not isinstance(source, str):
        found = type(dot).__name__
        raise TypeError(f"torchviz draws the result of torchviz.make_dot, got a {found}.")
    index, nodes, edges = {}, [], []
    for name, quoted, plain, colour in DOT_NODE.findall(source):
        text = re.sub(r"0x[0-9a-f]+|\d{9,}", "…", quoted or plain)  # an address in an attribute
        lines = [" ".join(part.split()) for part in text.splitlines()]
        kind = DOT_KINDS.get(colour, OPERATION)
        lines = [line for line in lines if line.strip("-") and line != "()"]
        lines = ["output", *lines] if kind == RESULT else lines
        if name not in index:
            index[name] = len(nodes)
            nodes.append(Node("\n".join(lines) or "a number", kind))
    if not nodes:
        raise ValueError("this graph has no nodes: call torchviz.make_dot(loss, params={...}).")
    check_size(len(nodes), MAX_PLAIN_NODES, "Draw a smaller model, or fewer steps.")
    for start, end, attributes in DOT_EDGE.findall(source):
        ends = index[start], index[end]
        if nodes[ends[1]].kind == CONSTANT:  # a tensor that the function saved comes before it
            ends = ends[::-1]
        arrow = "dir=none" not in attributes
        edges.append(Edge(*ends, flows=arrow, arrow=arrow))
    legend = {
        LEAF: "leaf", OPERATION: "backward function", RESULT: "output", CONSTANT: "saved tensor",
    }  # fmt: skip
    leaves = [node.text.replace("\n", " ") for node in nodes if node.kind == LEAF]
    functions = sum(node.kind == OPERATION for node in nodes)
    caption = f"{len(nodes)} nodes, {functions} of them backward functions"
    caption += f"; {write_leaves(leaves)}." if leaves else "."
    return Graph(nodes, edges, caption, legend)
