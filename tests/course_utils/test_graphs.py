"""Graphs show the right structure and numbers, change nothing, and never overlap themselves."""

import ast
import functools
import itertools
import operator
import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from torch import nn
from torchviz import make_dot

from course_utils import figures, graphs
from course_utils.graphs import drawing
from course_utils.graphs import tape as tape_module
from course_utils.graphs.drawing import CONSTANT, CUT, LEAF, MAX_WIDTH, OPERATION, RESULT
from tests.support.tolerance import align, near

matplotlib.use("agg")
ADDRESS = re.compile(r"0x[0-9a-fA-F]+|\d{8,}")
X = torch.linspace(0, 1, 10)
Y = 3 * X + torch.sin(6 * X) + 1


# The engine of 'Build your own autograd' as far as a graph needs it.


class Value:
    def __init__(self, value, name="", parents=(), local_derivatives=()):
        self.value, self.name, self.grad = value, name, 0.0
        self.parents, self.local_derivatives = parents, local_derivatives

    def __add__(self, other):
        name = f"{self.name} + {other.name}"
        return Value(self.value + other.value, name, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        name = f"{self.name}·{other.name}"
        return Value(self.value * other.value, name, (self, other), (other.value, self.value))

    def backward(self):
        self.grad = 1.0
        for node in reversed(order(self)):
            for parent, local in zip(node.parents, node.local_derivatives, strict=True):
                parent.grad += local * node.grad


def order(last):
    found = []

    def visit(node):
        if node not in found:
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(last)
    return found


def used_twice(x=2.0):
    """f = h·w + (h + b) with h = w·x: two paths reach w, two reach h."""
    w, x, b = Value(1.5, "w"), Value(x, "x"), Value(-1.0, "b")
    h = w * x
    return h * w + (h + b)


def four_arrows():
    """Four side-by-side arrows whose labels would collide in the middle."""
    w = Value(1.234567, "w")
    return Value(9.0, "f", (w,) * 4, (-1.234567, 2.345678, -3.456789, 4.567891))


def chain(n_nodes):
    last = Value(1.0, "w")
    for _ in range(n_nodes - 1):
        last = Value(last.value, "w", (last,), (1.0,))
    return last


# Expressions in torch: each returns the tape, the loss and the leaves.


def leaf(values):
    return torch.tensor(values, requires_grad=True)


def one_row():
    w, b, x, y = leaf(-0.1382643), leaf(0.49671415), torch.tensor(0.77127), torch.tensor(2.4)
    with graphs.record(w=w, b=b, x=x, y=y) as tape:
        loss = ((w * x + b - y) ** 2).mean()
    return tape, loss, [w, b]


def fan_out():
    w, b = leaf(1.5), leaf(-0.5)
    with graphs.record(w=w, b=b) as tape:
        h = w * b
        loss = h * w + h * h
    return tape, loss, [w, b]


def norm_error():
    W = leaf([0.0, 0.0])
    with graphs.record(W=W, x=X, y=Y) as tape:
        loss = torch.linalg.vector_norm(W[0] * X + W[1] - Y) / 10
    return tape, loss, [W]


def cut():
    W = leaf([0.3, 0.2])
    with graphs.record(W=W, x=X, y=Y) as tape:
        slope = (W[0] * X).detach()
        with torch.no_grad():
            offset = W[1] * 2
        loss = ((slope + W[1] - Y + offset) ** 2).mean()
    return tape, loss, [W]


def regions():
    generator = torch.Generator().manual_seed(1)
    W, b = leaf([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), leaf([0.0, 1.0])
    inputs, targets = torch.rand(5, 3, generator=generator), torch.rand(5, 2, generator=generator)
    with graphs.record(W=W, b=b, X=inputs, Y=targets) as tape:
        loss = ((inputs @ W.T + b - targets) ** 2).mean()
    return tape, loss, [W, b]


def network():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    inputs, targets = torch.rand(5, 3), torch.rand(5, 2)
    with graphs.record(X=inputs, Y=targets, **dict(model.named_parameters())) as tape:
        loss = nn.MSELoss()(model(inputs), targets)
    return tape, loss, list(model.parameters())


def in_place():
    w = leaf([1.0, 2.0])
    with graphs.record(w=w) as tape:
        h = w * 3
        h += 1
        h[0] = 5.0
        h.mul_(w)
        loss = h.sum()
    return tape, loss, [w]


def tuples_and_views():
    W = leaf([[1.0, 2.0], [3.0, 4.0]])
    with graphs.record(W=W) as tape:
        first, second = W.unbind()
        largest, _ = torch.max(W.reshape(-1).view(2, 2).contiguous(), dim=1)
        loss = (first * second + largest).sum()
    return tape, loss, [W]


def wide_labels():
    """Two wide labels meet."""
    a, b = leaf(0.3), leaf(0.7)
    with graphs.record(a=a, b=b, x=X) as tape:
        loss = torch.lerp(a, b, X).tanh().tanh().square().sum()
    return tape, loss, [a, b]


def wide_boxes():
    """An arrow passes wide boxes that have nothing else beside them."""
    w = leaf(X.tolist())
    with graphs.record(w=w) as tape:
        square = w**2
        loss = (square.tanh().tanh() + square).square().sum()
    return tape, loss, [w]


TAPES = [
    wide_labels,
    wide_boxes,
    one_row,
    fan_out,
    norm_error,
    cut,
    regions,
    network,
    in_place,
    tuples_and_views,
]


def dot_of(make=network, **options):
    _, loss, leaves = make()
    return make_dot(loss, params={f"p{k}": p for k, p in enumerate(leaves)}, **options)


def draw_on_axes(draw, *arguments, size=(11.4, 9), **options):
    """Draw on new axes; return them and the caption."""
    ax = Figure(figsize=size, layout="none").add_axes((0, 0, 1, 1))
    caption = draw(*arguments, ax=ax, **options)
    return ax, caption


def texts(ax):
    return [text.get_text() for text in ax.texts]


def by_text(graph):
    return {node.text: node for node in graph.nodes}


# The engine of 'Build your own autograd'.


def test_value_graph_shows_every_node_edge_and_number():
    loss = used_twice()
    loss.backward()
    graph = graphs.value_nodes(loss, gradients=True)
    nodes = order(loss)
    assert sorted(n.text for n in graph.nodes) == sorted(n.name for n in nodes)
    for node in nodes:
        shown = by_text(graph)[node.name]
        assert (shown.value, shown.gradient) == (node.value, node.grad)
        kind = RESULT if node is loss else OPERATION if node.parents else LEAF
        assert shown.kind == kind
    expected = [
        (parent.name, node.name, local)
        for node in nodes
        for parent, local in zip(node.parents, node.local_derivatives, strict=True)
    ]
    edges = [(graph.nodes[e.source].text, graph.nodes[e.target].text, e.local) for e in graph.edges]
    assert sorted(edges) == sorted(expected)


def test_a_loss_without_a_name_is_called_loss():
    loss = Value(2.0) * Value(3.0)
    loss.name = ""
    graph = graphs.value_nodes(loss, gradients=True)
    assert graph.nodes[-1].lines()[0] == "loss"


def test_value_graph_shows_gradients_of_zero_until_backward():
    loss = used_twice()
    ax, caption = draw_on_axes(graphs.value_graph, loss)
    assert texts(ax).count("grad 0") == 7
    assert caption == "7 nodes; the loss is 6.5; the gradient of every leaf is 0."
    loss.backward()
    ax, caption = draw_on_axes(graphs.value_graph, loss)
    assert "grad 0" not in texts(ax)
    assert "grad 3.75" in texts(ax)
    assert caption.endswith("the gradient reaches w with 8, x with 3.75 and b with 1.")


def test_value_graph_without_gradients_shows_values_and_local_derivatives():
    loss = used_twice()
    loss.backward()
    ax, caption = draw_on_axes(graphs.value_graph, loss, gradients=False)
    assert not any("grad" in text for text in texts(ax))
    assert "= 6.5" in texts(ax)
    assert [t.get_text() for t in ax.texts if t.get_gid() == "label"].count("1.5") == 2
    assert caption == "7 nodes; the loss is 6.5; the leaves are w, x and b."


def test_paths_that_meet_add_up():
    loss = used_twice()
    loss.backward()
    graph = graphs.value_nodes(loss, gradients=True)
    for node in graph.nodes[:-1]:
        assert sum(node.paths) == pytest.approx(node.gradient)
    assert len(by_text(graph)["w"].paths) == 2
    ax, _ = draw_on_axes(graphs.value_graph, loss)
    assert {"grad 8", "= 5 + 3", "grad 2.5", "= 1.5 + 1"} <= set(texts(ax))


def test_a_gradient_that_lacks_a_path_is_marked():
    loss = used_twice()
    loss.backward()
    next(
        n for n in order(loss) if n.name == "w"
    ).grad = 3.0  # as `=` instead of `+=` would leave it
    ax, _ = draw_on_axes(graphs.value_graph, loss)
    assert {"grad 3", "≠ 5 + 3"} <= set(texts(ax))


def test_a_gradient_that_is_no_number_is_the_sum_of_its_paths_too():
    loss = used_twice(x=np.nan)
    loss.backward()
    ax, _ = draw_on_axes(graphs.value_graph, loss)
    assert {"grad nan", "= nan + nan"} <= set(texts(ax))


def test_a_wrong_gradient_is_marked_with_the_right_one_when_asked():
    loss = used_twice()
    loss.backward()
    ax, caption = draw_on_axes(graphs.value_graph, loss, check=True)
    assert caption.endswith(" Every gradient is right.")
    assert not any("✗" in text or "right:" in text for text in texts(ax))
    w = next(n for n in order(loss) if n.name == "w")
    w.grad = 3.0
    ax, caption = draw_on_axes(graphs.value_graph, loss, check=True)
    assert caption.endswith(" Wrong gradients: 1.")
    assert {"✗ grad 3", "right: 8", "✗ grad", "a wrong gradient"} <= set(texts(ax))
    assert "= 1.5 + 1" in texts(ax), "the sums of the others are still there"
    nodes = by_text(graphs.value_nodes(loss, gradients=True, check=True))
    assert [n.text for n in nodes.values() if n.right is not None] == ["w"]
    assert nodes["w"].right == 8.0
    ax, caption = draw_on_axes(graphs.value_graph, loss)
    assert "Wrong" not in caption


def test_a_predicted_gradient_is_marked_in_its_box_and_named_in_the_caption():
    loss = used_twice()
    loss.backward()
    ax, caption = draw_on_axes(graphs.value_graph, loss, of="w", prediction=-2.5)
    assert "w  (you: −2.5)" in texts(ax)
    assert caption.endswith(" You predicted -2.5; it is 8.")
    for nothing in (..., None):
        ax, caption = draw_on_axes(graphs.value_graph, loss, of="w", prediction=nothing)
        assert "w" in texts(ax)
        assert "predicted" not in caption
    ax, caption = draw_on_axes(graphs.value_graph, loss, of="w", prediction="abc")
    assert "w" in texts(ax)
    assert caption.endswith(" my_prediction holds 'abc', not a number: type a number such as 3.5.")
    with pytest.raises(ValueError, match=r"of must name one node with a gradient; 0 have it: 'v'"):
        draw_on_axes(graphs.value_graph, loss, of="v", prediction=1.0)


def test_before_backward_there_are_no_paths_to_add_up():
    graph = graphs.value_nodes(used_twice(), gradients=True)
    assert all(node.paths == [] for node in graph.nodes)


def test_a_node_used_twice_by_one_operation_has_two_arrows():
    w = Value(3.0, "w")
    loss = w * w
    loss.backward()
    ax, _ = draw_on_axes(graphs.value_graph, loss)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    one, other = (arrow.get_path().vertices for arrow in arrows[:2])
    assert not np.allclose(one, other)
    assert "= 3 + 3" in texts(ax)


# The tape.


@pytest.mark.parametrize("make", TAPES)
def test_gradients_agree_with_autograd(make):
    tape, loss, leaves = make()
    graph = tape._graph(loss, gradients=True)
    shown = [node.gradient for node in graph.nodes if node.kind == LEAF]
    loss.backward()
    assert len(shown) == len(leaves)
    for tensor in leaves:
        assert any(g.shape == tensor.shape and g == near(tensor.grad.numpy()) for g in shown)


@pytest.mark.parametrize("make", TAPES)
def test_paths_add_up_to_the_gradient(make):
    tape, loss, _ = make()
    graph = tape._graph(loss, gradients=True)
    fans = [node for node in graph.nodes if node.paths and node.kind != RESULT]
    assert fans
    for node in fans:
        assert np.sum(node.paths, axis=0) == near(node.gradient)


def test_intermediate_gradients_and_local_derivatives_are_right():
    tape, error, _ = norm_error()
    graph = tape._graph(error, gradients=True)
    residual = -Y  # W is zero
    norm = residual.norm()
    difference = by_text(graph)["(·) − y"]
    assert difference.value == near(residual)
    assert difference.gradient == near(residual / norm / 10)
    local = {(graph.nodes[e.source].text, graph.nodes[e.target].text): e.local for e in graph.edges}
    np.testing.assert_array_equal(local["W", "W[1]"], [0, 1])
    assert local["W[0]", "W[0]·x"] == near(X)  # row by row, not their sum
    np.testing.assert_array_equal(local["W[1]", "W[0]·x + W[1]"], np.ones(10))
    assert local["(·) − y", "‖(·) − y‖"] == near(residual / norm)
    assert local["x", "W[0]·x"] is None


def test_operations_that_mix_rows_have_no_local_derivative():
    tape, loss, _ = regions()
    graph = tape._graph(loss, gradients=False)
    locals_by_target = {graph.nodes[e.target].text: e.local for e in graph.edges}
    assert locals_by_target["X @ Wᵀ"] is None
    assert locals_by_target["(·)²"].shape == (5, 2)


@pytest.mark.parametrize("make", TAPES)
def test_drawing_touches_no_grad_and_does_not_free_the_graph(make):
    tape, loss, leaves = make()
    leaves[0].grad = before = torch.full_like(leaves[0], 7.0)
    draw_on_axes(tape.draw, loss)
    draw_on_axes(tape.draw, loss, gradients=True)
    assert leaves[0].grad is before
    assert (before == 7.0).all()
    assert all(tensor.grad is None for tensor in leaves[1:])
    loss.backward()
    assert not torch.equal(leaves[0].grad, torch.full_like(before, 7.0))


def test_recording_does_not_change_the_computation():
    torch.manual_seed(3)
    w = leaf([1.0, 2.0, 3.0])
    plain = nn.functional.dropout(w * 2).sum()
    torch.manual_seed(3)
    with graphs.record(w=w) as tape:
        recorded = nn.functional.dropout(w * 2).sum()
    assert torch.equal(plain, recorded)
    state = torch.get_rng_state()
    tape._graph(recorded, gradients=True)
    assert torch.equal(state, torch.get_rng_state())
    assert make_dot(plain).source.count("label") == make_dot(recorded).source.count("label")


def test_drawing_inside_the_block_records_nothing():
    w = leaf([1.0, 2.0])
    with graphs.record(w=w) as tape:
        loss = (w * 3).sum()
        inside = draw_on_axes(tape.draw, loss, gradients=True)[1]
        n_records = len(tape._records)
        draw_on_axes(tape.draw, loss, gradients=True)
        assert len(tape._records) == n_records
    assert draw_on_axes(tape.draw, loss, gradients=True)[1] == inside


def test_an_operation_in_place_has_its_local_derivatives():
    tape, loss, _ = in_place()
    graph = tape._graph(loss, gradients=True)
    locals_by_target = [
        e.local.tolist() for e in graph.edges if graph.nodes[e.target].text == "3·w += 1"
    ]
    assert locals_by_target == [[1, 1]]
    (product,) = (k for k, node in enumerate(graph.nodes) if node.text.endswith("*= w"))
    assert [e.local.tolist() for e in graph.edges if e.target == product] == [[1, 2], [5, 7]]


def test_what_differs_when_repeated_has_no_local_derivative():
    torch.manual_seed(0)
    w = leaf(torch.arange(100.0).tolist())
    with graphs.record(w=w) as tape:
        loss = nn.functional.dropout(w).sum()
    first, last = tape._graph(loss, gradients=True).edges
    assert first.local is None
    assert last.local is not None


def test_batch_norm_keeps_its_running_mean():
    norm = nn.BatchNorm1d(2)
    with graphs.record(x=(x := torch.rand(4, 2))) as tape:
        loss = norm(x).pow(2).sum()
    before = norm.running_mean.clone()
    draw_on_axes(tape.draw, loss, gradients=True)
    assert torch.equal(norm.running_mean, before)


def test_before_backward_there_are_values_but_no_gradients():
    tape, loss, _ = one_row()
    ax, caption = draw_on_axes(tape.draw, loss)
    assert {"w·x + b − y", "(w·x + b − y)²", "loss = mean(·)", "constant"} <= set(texts(ax))
    assert not any(text.startswith("grad") for text in texts(ax))
    assert caption == "9 nodes; the loss is 4.04; the leaves are w and b; no gradient: x and y."
    loss.backward()
    assert draw_on_axes(tape.draw, loss)[1] == caption  # values and local derivatives need no graph


def test_the_caption_has_the_numbers():
    tape, loss, _ = norm_error()
    words = "10 nodes; the loss is 0.8162; the leaf is W;"
    assert align(words, draw_on_axes(tape.draw, loss)[1][: len(words)]) == words
    words = (
        "10 nodes; the loss is 0.8162; the gradient reaches W with [-0.171, -0.3053]; "
        "no gradient: x and y."
    )
    assert align(words, draw_on_axes(tape.draw, loss, gradients=True)[1]) == words


def test_a_node_without_gradient_is_grey_and_says_why():
    tape, loss, _ = cut()
    graph = tape._graph(loss, gradients=True)
    notes = {(node.text, node.kind): node.note for node in graph.nodes if node.note}
    assert notes == {
        ("x", CONSTANT): "constant",
        ("y", CONSTANT): "constant",
        ("W[0]", CUT): "cut off",
        ("W[0]·x", CUT): "cut off",
        ("detach(W[0]·x)", CUT): "detached",
        ("W[1]", CUT): "under no_grad",
        ("2·W[1]", CUT): "no gradient",
    }
    assert by_text(graph)["W"].gradient[0] == 0
    grey = {node.text for node in graph.nodes if node.note}
    for edge in graph.edges:
        ends = graph.nodes[edge.source], graph.nodes[edge.target]
        assert edge.flows == (not any(end.text in grey and end.note for end in ends))
        assert edge.flows or edge.local is None

    ax, _ = draw_on_axes(tape.draw, loss, gradients=True)
    boxes = [patch for patch in ax.patches if patch.get_gid() == "box"]
    dashed = [patch for patch in boxes if patch.get_linestyle() != "-"]
    assert len(boxes) == len(graph.nodes)
    assert len(dashed) == len(notes)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    dashed = [arrow for arrow in arrows if arrow.get_linestyle() != "-"]
    assert len(dashed) == sum(not edge.flows for edge in graph.edges) > 0
    words = set(texts(ax))
    assert {"constant: no gradient", "cut off: no gradient", "leaf: requires grad"} <= words


def test_kinds_differ_in_more_than_colour():
    tape, loss, _ = cut()
    ax, _ = draw_on_axes(tape.draw, loss)
    graph = tape._graph(loss, gradients=False)
    boxes = [patch for patch in ax.patches if patch.get_gid() == "box"]
    looks = {}
    for node, box in zip(graph.nodes, boxes, strict=True):
        shape = type(box.get_boxstyle()).__name__, box.get_linestyle(), box.get_linewidth()
        looks.setdefault(node.kind, set()).add(shape)
    del looks[RESULT]  # it has a second border
    assert all(len(look) == 1 for look in looks.values())
    assert len({look for (look,) in looks.values()}) == len(looks) == 4


def test_in_place_views_and_tuples_are_named():
    def labels(make):
        tape, loss, _ = make()
        return {node.text for node in tape._graph(loss, gradients=True).nodes}

    assert {"3·w", "3·w += 1"} <= labels(in_place)
    assert {"unbind(W)[0]", "unbind(W)[1]", "reshape(W)"} <= labels(tuples_and_views)


def test_a_leaf_updated_under_no_grad_stays_a_leaf():
    w = leaf(2.0)
    with graphs.record(w=w) as tape:
        with torch.no_grad():
            w -= 0.5
        loss = w * w
    graph = tape._graph(loss, gradients=True)
    first, last = graph.nodes
    assert (first.text, first.kind, first.value) == ("w", LEAF, 1.5)
    assert (last.text, last.gradient) == ("w·w", 1)


@pytest.mark.parametrize(
    ("compute", "text"),
    [
        (lambda a, b: a - (b - a), "a − (b − a)"),
        (lambda a, b: (a + b) * a, "(a + b)·a"),
        (lambda a, b: a / (b * a), "a/(b·a)"),
        (lambda a, b: (a * b) ** 2, "(a·b)²"),
        (lambda a, b: a**-1 + b**0.5, "a⁻¹ + b^0.5"),
        (lambda a, b: 1 - a * -2, "1 − (−2)·a"),
        (lambda a, b: b - a * 0, "b − 0·a"),
        (lambda a, b: -(a + b), "−(a + b)"),
        (lambda a, b: 2 / a + 2**b, "2/a + 2^b"),
        (lambda a, b: torch.exp(a).abs(), "|exp(a)|"),
        (lambda a, b: (a + b + a + b + a) * b, "((·) + a)·b"),
        (lambda a, b: torch.stack([a, b])[1:, None].sum(), "sum(·)"),
    ],
)
def test_an_expression_is_written_as_in_mathematics(compute, text):
    a, b = leaf(2.0), leaf(3.0)
    with graphs.record(a=a, b=b) as tape:
        loss = compute(a, b)
    assert tape._graph(loss, gradients=False).nodes[-1].text == text


def label_of(compute, **names):
    """Return the label of the result of `compute`, however long it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tape_module, "LONGEST", 999)
        with graphs.record(**names) as tape:
            loss = compute(**names).sum()
    return tape._graph(loss, gradients=False).nodes[-2].text


def in_python(label):
    """Return a label as Python code."""
    signs = {"·": "*", "−": "-", "^": "**", "²": "**2", "³": "**3", "⁻¹": "**-1", "ᵀ": ".T"}
    for sign, python in signs.items():
        label = label.replace(sign, python)
    return label


SQUARES = {name: leaf([[k + 1.0, 0.5], [0.25, k + 2.0]]) for k, name in enumerate("abc")}


@pytest.mark.parametrize("first", ["+", "-", "*", "/", "@", "**"])
def test_a_label_has_the_brackets_that_python_needs(first):
    """Read as Python, a label is the expression itself, without superfluous brackets."""
    for second, form in itertools.product(
        ["+", "-", "*", "/", "@", "**"], ["(a {} b) {} c", "a {} (b {} c)"]
    ):
        expression = form.format(first, second)
        compute = eval(f"lambda a, b, c: {expression}")
        expected = ast.unparse(ast.parse(expression))
        label = in_python(label_of(compute, **SQUARES))
        assert ast.unparse(ast.parse(label)) == expected
        assert label.count("(") == expected.count("("), expression


@pytest.mark.parametrize(
    "expression",
    [
        *("-(a + b)", "-a + b", "a - -b", "(-a) * b", "a * -b", "-(a / b)", "(-a) ** 2", "-(a**2)"),
        *("(a + b) ** 2", "(a**2) ** 3", "a ** 2 * b", "a / b**2", "2 * a", "a * 2", "a - 2"),
        *("2 - a", "2 / (a + b)", "(a + b) / 2", "2 ** (a + b)", "a * -2", "(a @ b)[0] * c"),
        *("(a + b)[1, 0] - c", "(a * b).T @ c", "(a + b).T", "a[0:1] + b", "a[:, None] * b"),
        *("(a - b).square() / c", "a[:1].T", "-2 + a", "a / -b", "a ** -1", "a**0.5 * b"),
    ],
)
def test_a_label_has_the_value_of_its_expression(expression):
    compute = eval(f"lambda a, b, c: {expression}")
    label = in_python(label_of(compute, **SQUARES))
    value = eval(label, {}, SQUARES)
    torch.testing.assert_close(value, compute(**SQUARES))
    assert "((" not in label


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda a, b, c: (a + b).abs() + c, "|a + b| + c"),
        (lambda a, b, c: torch.linalg.vector_norm(a - b) * c, "‖a − b‖·c"),
        (lambda a, b, c: abs(a) ** 2, "|a|²"),
    ],
)
def test_bars_replace_brackets(compute, expected):
    assert label_of(compute, **SQUARES) == expected


@pytest.mark.parametrize(
    ("sign", "change"),
    [("+", operator.iadd), ("-", operator.isub), ("*", operator.imul), ("/", operator.itruediv)],
)
def test_an_operation_in_place_is_a_node_after_the_one_that_it_changes(sign, change):
    """Its label names both; where it is used, it has brackets."""
    a, b, c = leaf([1.5, 2.5]), leaf([2.0, 3.0]), leaf([4.0, 5.0])
    with graphs.record(a=a, b=b, c=c) as tape:
        changed = change(a + b, c)
        loss = (changed + a).sum()
    graph = tape._graph(loss, gradients=True)
    label = f"a + b {sign}= c".replace("-", "−")
    assert label in by_text(graph)
    node = by_text(graph)[label]
    assert node.kind == OPERATION
    np.testing.assert_array_equal(node.value, changed.detach())
    k = graph.nodes.index(node)
    assert [graph.nodes[e.source].text for e in graph.edges if e.target == k] == ["a + b", "c"]
    (after,) = [graph.nodes[e.target] for e in graph.edges if e.source == k]
    assert after.text == f"({label}) + a"
    # The local derivatives are autograd's for the same operation out of place.
    ends = (a + b).detach().requires_grad_(), c.detach().requires_grad_()
    plain = eval(f"x {sign} y", {"x": ends[0], "y": ends[1]})
    locals_here = [e.local for e in graph.edges if e.target == k]
    for got, want in zip(locals_here, torch.autograd.grad(plain.sum(), ends), strict=True):
        assert got == near(want)


@pytest.mark.parametrize("change", [operator.iadd, operator.isub, operator.imul, operator.itruediv])
def test_a_second_operation_in_place_names_the_first_in_brackets(change):
    a, b, c = leaf([1.5, 2.5]), leaf([2.0, 3.0]), leaf([4.0, 5.0])
    with graphs.record(a=a, b=b, c=c) as tape:
        h = change(change(a * b, c), c)
        k = change(a * b, b + c)
        loss = (h + k).sum()
    labels = {node.text for node in tape._graph(loss, gradients=False).nodes}
    sign = {"iadd": "+", "isub": "−", "imul": "*", "itruediv": "/"}[change.__name__]
    assert {f"(a·b {sign}= c) {sign}= c", f"a·b {sign}= b + c"} <= labels


def test_an_entry_that_is_set_names_its_tensor():
    w = leaf([1.0, 2.0])
    with graphs.record(w=w) as tape:
        h = w * 3
        h[0] = 5.0
        loss = (h * w).sum()
    graph = tape._graph(loss, gradients=True)
    labels = ["w", "3·w", "(3·w)[0] = 5", "((3·w)[0] = 5)·w", "sum(·)"]
    assert [node.text for node in graph.nodes] == labels
    assert by_text(graph)["(3·w)[0] = 5"].value.tolist() == [5, 6]
    assert by_text(graph)["3·w"].gradient.tolist() == [0, 2]


def test_a_tensor_used_only_for_its_shape_is_cut_off():
    w, b = leaf([1.0, 2.0]), leaf(3.0)
    with graphs.record(w=w, b=b) as tape:
        loss = b.expand_as(w).sum()
    graph = tape._graph(loss, gradients=True)
    shape = by_text(graph)["w"]
    assert (shape.kind, shape.gradient, shape.note) == (CUT, None, "cut off")
    assert by_text(graph)["b"].gradient == 2
    local = {graph.nodes[e.source].text: e.local for e in graph.edges if e.target == 2}
    assert local["w"] is None
    assert local["b"].tolist() == [1, 1]


def test_nan_has_its_local_derivatives():
    w = leaf([1.0, 2.0])
    with graphs.record(w=w) as tape:
        loss = (w + float("nan")).sum()
    graph = tape._graph(loss, gradients=True)
    assert np.isnan(graph.nodes[-1].value)
    assert [edge.local.tolist() for edge in graph.edges] == [[1, 1], [1, 1]]


def test_a_custom_function_is_one_node():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, gradient):
            return 2 * gradient

    w = leaf(3.0)
    with graphs.record(w=w) as tape:
        loss = Double.apply(w) * 5
    graph = tape._graph(loss, gradients=True)
    assert graph.nodes[0].text == "Double"
    assert graph.nodes[0].gradient == 5


def test_nan_and_infinity_are_shown():
    w = leaf([1.0, 2.0])
    with graphs.record(w=w) as tape:
        loss = torch.linalg.vector_norm(w - w) * torch.log(w[0] * 0)
    ax, caption = draw_on_axes(tape.draw, loss, gradients=True)
    assert "the loss is nan" in caption
    assert any("nan" in text for text in texts(ax))


# torchviz.


def test_torchviz_keeps_names_and_structure():
    dot = dot_of()
    graph = graphs.dot_nodes(dot)
    assert len(graph.edges) == dot.source.count("->")
    leaves = {node.text for node in graph.nodes if node.kind == LEAF}
    assert leaves == {"p0\n(4, 3)", "p1\n(4)", "p2\n(2, 4)", "p3\n(2)"}
    functions = [node.text for node in graph.nodes if node.kind == OPERATION]
    assert sorted(functions) == sorted(re.findall(r"label=(\w+)\]", dot.source))
    ends = {
        (graph.nodes[e.source].text.split("\n")[0], graph.nodes[e.target].text) for e in graph.edges
    }
    assert {("p0", "AccumulateGrad"), ("TanhBackward0", "AddmmBackward0")} <= ends
    assert ("MseLossBackward0", "output") in ends


def test_torchviz_is_the_same_each_time(monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(figures, "display", lambda data, metadata, raw: seen.append(data))
    for _ in range(2):
        graphs.torchviz(dot_of(show_saved=True))
    assert seen[0] == seen[1]
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert first.startswith("21 nodes, 10 of them backward functions; the leaves are ")


def along_the_last():
    """The function saves dim = -1 as a 64-bit number."""
    w = leaf([1.0, 2.0])
    return None, torch.softmax(w, dim=-1).sum(), [w]


@pytest.mark.parametrize("make", [network, along_the_last])
@pytest.mark.parametrize("options", [{}, {"show_saved": True, "show_attrs": True}])
def test_no_address_is_shown(make, options):
    dot = dot_of(make, **options)
    dot.node("123456789", "Saved\ngenerator: <Generator object at 0x7f3a81c2d4f0>")
    assert ADDRESS.search(dot.source)
    ax, caption = draw_on_axes(graphs.torchviz, dot)
    shown = "\n".join([caption, *texts(ax)])
    assert not ADDRESS.search(shown)
    assert "generator: <Generator object at …>" in shown


def test_a_long_expression_takes_two_lines_and_says_that_it_goes_on():
    text = "a_name * another_name + one_more_name - and * so + on"
    node = drawing.Node(text, OPERATION, np.ones(()))
    assert node.lines() == ["a_name * another_name +", "one_more_name - and * …", "= 1"]


def test_saved_tensors_come_before_their_function_without_an_arrowhead():
    graph = graphs.dot_nodes(dot_of(show_saved=True))
    saved = [edge for edge in graph.edges if graph.nodes[edge.source].kind == CONSTANT]
    assert len(saved) == 6
    assert not any(edge.arrow for edge in saved)
    assert all(edge.arrow for edge in graph.edges if edge not in saved)


# How it looks.


def value_of(loss, **options):
    loss.backward()
    return lambda ax: graphs.value_graph(loss, ax=ax, **options)


def tape_of(make, gradients):
    tape, loss, _ = make()
    return lambda ax: tape.draw(loss, gradients, ax=ax)


PICTURES = {
    "value": lambda: value_of(used_twice()),
    "value forward": lambda: value_of(used_twice(), gradients=False),
    "value crowded": lambda: value_of(four_arrows()),
    **{m.__name__: lambda m=m: tape_of(m, False) for m in TAPES},
    **{f"{m.__name__} gradients": lambda m=m: tape_of(m, True) for m in TAPES},
    "dot": lambda: lambda ax: graphs.torchviz(dot_of(), ax=ax),
    "dot norm": lambda: lambda ax: graphs.torchviz(dot_of(norm_error), ax=ax),
    "dot saved": lambda: (
        lambda ax: graphs.torchviz(dot_of(show_saved=True, show_attrs=True), ax=ax)
    ),
}


def own_figure(draw):
    """Return the axes of the figure that the picture makes itself."""
    figures = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "show", lambda figure, caption: figures.append(figure))
        draw(None)
    (figure,) = figures
    figure.draw_without_rendering()
    return figure.axes[0]


@functools.cache
def picture(name):
    return own_figure(PICTURES[name]())


def disjoint(one, other, slack=0.5):
    return (
        one.x1 <= other.x0 + slack
        or other.x1 <= one.x0 + slack
        or one.y1 <= other.y0 + slack
        or other.y1 <= one.y0 + slack
    )


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_and_everything_is_readable(name):
    ax = picture(name)
    width = ax.get_figure().get_figwidth()
    assert width <= MAX_WIDTH + 1e-6
    assert min(text.get_fontsize() for text in ax.texts) >= 9
    boxes = [p.get_window_extent() for p in ax.patches if p.get_gid() == "box"]
    labels = [t.get_window_extent() for t in ax.texts if t.get_gid() == "label"]
    assert len(labels) >= 5 or name != "value crowded"  # four, and one in the legend
    words = [t.get_window_extent() for t in ax.texts if t.get_gid() != "label"]
    assert len(boxes) > 1
    for one, other in itertools.combinations(boxes + labels, 2):
        assert disjoint(one, other)
    for one, other in itertools.combinations(words, 2):
        assert disjoint(one, other, slack=3)  # extents reach to a font's full height
    page = ax.get_figure().bbox
    for box in boxes + labels + words:
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
        inside = [b for b in boxes if not disjoint(b, box)]
        for outer in inside if box in words else ():
            assert outer.x0 <= box.x0 < box.x1 <= outer.x1
            assert outer.y0 <= box.y0 < box.y1 <= outer.y1


@pytest.mark.parametrize("name", PICTURES)
def test_arrows_follow_the_flow_and_avoid_other_boxes(name):
    ax = picture(name)
    boxes = [p.get_bbox() for p in ax.patches if p.get_gid() == "box"]
    frames = [p.get_bbox() for p in ax.patches if isinstance(p, Rectangle) and not p.get_fill()]
    arrows = [p for p in ax.patches if isinstance(p, FancyArrowPatch)]
    for arrow in arrows:
        points = arrow._path_original.vertices  # without the head
        if len(points) == 2:
            continue  # the legend's
        (x0, y0), (x1, y1) = points[0], points[-1]
        assert x1 > x0 or y1 < y0
        shares = np.linspace(0, 1, 20)[:, None]
        points = np.vstack([a + (b - a) * shares for a, b in itertools.pairwise(points)])
        for box in boxes + frames:
            inside = (points > box.min + 0.01) & (points < box.max - 0.01)
            assert not inside.all(axis=1).any()


def test_an_arrow_keeps_its_distance_from_the_wide_boxes_that_it_passes():
    """Two arrows from the first two layers pass the two wide boxes of the layers after them."""
    a = Value(1.0, "a")
    b = Value(2.0, "b", (a, a), (1.0, 1.0))
    wide = Value(1e-100, "a long name of a node", (b,), (1.0,))
    wider = Value(1.0, "another long name of it", (wide,), (2.0,))
    graph = graphs.value_nodes(Value(1.0, "e", (wider, b, a), (1.0, 1.0, 1.0)), gradients=False)
    layout = drawing.Layout(graph, sideways=False)
    gaps = [
        abs(at - layout.across[node]) - layout.sizes[node][0] / 2
        for edge, lane in zip(graph.edges, layout.lanes, strict=True)
        for layer, at in enumerate(lane[1:-1], start=layout.layers[edge.source] + 1)
        for node in np.flatnonzero(layout.layers == layer)
    ]
    assert len(gaps) == 5
    assert min(gaps) > 0.2


@pytest.mark.parametrize("sideways", [True, False])
def test_a_label_keeps_off_the_arrows_that_cross_its_own(sideways):
    ends = Value(1.0, "a"), Value(2.0, "b")
    both = [Value(3.0, name, ends, (1.0, 1.0)) for name in "cd"]
    graph = graphs.value_nodes(Value(6.0, "e", both, (1.0, 1.0)), gradients=False)
    layout = drawing.Layout(graph, sideways)
    assert len(layout.labels) == 6
    for k, at in layout.labels.items():
        others = [path for i, path in enumerate(layout.paths) if i != k]
        others = np.vstack([p.to_polygons(closed_only=False)[0] for p in others])
        assert not (abs(others - at) < layout.label_sizes[k] / 2).all(axis=1).any()


def test_a_graph_that_is_too_wide_runs_from_top_to_bottom():
    loss = used_twice()
    wide = own_figure(lambda ax: graphs.value_graph(loss, ax=ax))
    assert wide.get_figure().get_figwidth() > wide.get_figure().get_figheight()
    tape, error, _ = norm_error()
    tall = own_figure(lambda ax: tape.draw(error, ax=ax))
    assert tall.get_figure().get_figheight() > tall.get_figure().get_figwidth()


def test_small_axes_get_small_text():
    tape, loss, _ = norm_error()
    ax, caption = draw_on_axes(tape.draw, loss, size=(4, 3))
    assert caption.startswith("10 nodes")
    sizes = {text.get_fontsize() for text in ax.texts}
    assert len(sizes) == 1
    assert 2 < sizes.pop() < 9


@pytest.mark.parametrize("name", ["value", "norm_error gradients", "dot"])
def test_a_graph_shows_itself_with_its_caption(name, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(
        figures, "display", lambda data, metadata, raw: seen.append((data, metadata))
    )
    assert PICTURES[name]()(None) is None
    ((data, metadata),) = seen
    caption = capsys.readouterr().out
    assert caption == f"{data['text/plain']}\n" == f"{metadata['image/png']['alt']}\n"
    assert len(data["image/png"]) > 5000
    assert len(caption) < 170


@pytest.mark.parametrize("sideways", [True, False])
def test_the_drawing_contains_every_box_arrow_and_label(sideways):
    """Even a label that is wider than the boxes above and below it."""
    w = Value(1.0, "w")
    graph = graphs.value_nodes(Value(1.0, "v", (w,), (-1.2345e-100,)), gradients=False)
    layout = drawing.Layout(graph, sideways)
    low, high = layout.corners()
    half = [size / 2 for size in layout.label_sizes]
    assert sideways or 2 * half[0][0] > layout.sizes[:, 0].max()
    ends = [(layout.labels[0] - half[0], layout.labels[0] + half[0])]
    ends += [(c - s / 2, c + s / 2) for c, s in zip(layout.centres, layout.sizes, strict=True)]
    ends += [(curve.min(axis=0), curve.max(axis=0)) for curve in layout.curves]
    for lowest, highest in ends:
        assert (low + drawing.MARGIN <= lowest + 1e-9).all()
        assert (highest - 1e-9 <= high - drawing.MARGIN).all()


# Errors.


def draw_freed():
    tape, loss, _ = one_row()
    loss.backward()
    tape.draw(loss, gradients=True)


def draw_changed():
    tape, loss, (w, _) = fan_out()
    with torch.no_grad():
        w.add_(1.0)
    tape.draw(loss, gradients=True)


def draw_unrecorded():
    tape, _, (w, b) = one_row()
    tape.draw(w * b)


def draw_vector():
    w = leaf([1.0, 2.0])
    with graphs.record(w=w) as tape:
        squares = w**2
    tape.draw(squares)


def draw_detached():
    tape, loss, _ = one_row()
    tape.draw(loss.detach())


def draw_nodes(n_nodes):
    w = leaf(1.0)
    with graphs.record(w=w) as tape:
        loss = w
        for _ in range(n_nodes - 1):
            loss = loss + 1
    tape.draw(loss)


def draw_unequal():
    one = Value(1.0, "w")
    graphs.value_graph(Value(2.0, "v", (one,), (1.0, 2.0)))


def deep_dot(n_nodes):
    loss = leaf(1.0)
    for _ in range(n_nodes - 3):  # and the leaf, its AccumulateGrad and the output
        loss = loss + 1
    return make_dot(loss)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (draw_freed, ValueError, r"backward has freed .* or call backward\(retain_graph=True\)"),
        (draw_changed, ValueError, r"changed in place after the loss was computed: draw .* before"),
        (draw_unrecorded, ValueError, r"the tape has not seen this tensor: compute it inside"),
        (draw_vector, ValueError, r"must be one number, but has shape \(2,\): reduce it"),
        (draw_detached, ValueError, r"has no grad_fn, so there is no graph behind it"),
        (lambda: draw_nodes(26), ValueError, r"has 26 nodes; up to 25 are readable\. .*torchviz"),
        (lambda: one_row()[0].draw(3.0), TypeError, r"needs the loss, a tensor, got a float"),
        (lambda: graphs.record(w=1.0), TypeError, r"takes tensors, but w is of type float"),
        (lambda: graphs.value_graph(7), TypeError, r"of type int has no value\.$"),
        (lambda: graphs.value_graph(X), TypeError, r"type Tensor has no .*graphs\.record\."),
        (draw_unequal, ValueError, r"'v' has 1 parents but 2 local derivatives"),
        (lambda: graphs.value_graph(chain(2000)), ValueError, r"has 2000 nodes; up to 25"),
        (lambda: graphs.torchviz("loss"), TypeError, r"the result of torchviz.make_dot, got a str"),
        (lambda: graphs.torchviz(deep_dot(81)), ValueError, r"has 81 nodes; up to 80"),
    ],
)
def test_errors_say_what_was_given_and_what_to_do(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_smallest_and_the_largest_readable_graphs_are_drawn():
    for draw in (
        lambda ax: graphs.value_graph(Value(1.0, "w"), ax=ax),
        lambda ax: graphs.value_graph(chain(25), ax=ax),
        lambda ax: graphs.torchviz(deep_dot(80), ax=ax),
    ):
        assert own_figure(draw).patches


def test_a_graph_retained_in_backward_is_drawn():
    tape, loss, (w, _) = one_row()
    loss.backward(retain_graph=True)
    graph = tape._graph(loss, gradients=True)
    assert by_text(graph)["w"].gradient == near(w.grad.item())


def test_importing_graphs_loads_neither_torch_nor_igraph():
    code = (
        "import sys; from course_utils import graphs; print({'torch', 'igraph'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
