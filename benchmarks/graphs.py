"""How long it takes to lay out, draw and encode each kind of graph.

The first graph of a process also imports igraph.
"""

import statistics
import time

import torch
from torch import nn
from torchviz import make_dot

from course_utils import figures, graphs

HEAD = ("graph", "milliseconds", "the first time")
DEPENDS = ("course_utils/graphs", "course_utils/figures.py", "requirements.txt")


def norm_error():
    """Return the tape and the loss of the error in 'Raw autograd tensors'."""
    W = torch.zeros(2, requires_grad=True)
    x = torch.linspace(0, 1, 10)
    y = 3 * x + torch.sin(6 * x) + 1
    with graphs.record(W=W, x=x, y=y) as tape:
        error = torch.linalg.vector_norm(W[0] * x + W[1] - y) / 10
    return tape, error


def network():
    """Return the tape, the loss and torchviz's graph of a small network."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    names = dict(model.named_parameters())
    with graphs.record(**names) as tape:
        loss = nn.MSELoss()(model(torch.ones(5, 3)), torch.zeros(5, 2))
    return tape, loss, make_dot(loss, params=names)


def rows(repeats=9):
    """Yield each graph's name, its median time and its first time in milliseconds."""
    figures.display = lambda *args, **kwargs: None
    figures.print = lambda caption: None
    tape, error = norm_error()
    network_tape, loss, dot = network()
    for name, draw in {
        "the tutorial's error, 10 nodes": lambda: tape.draw(error),
        "the same with gradients": lambda: tape.draw(error, gradients=True),
        "a network, 10 nodes, with gradients": lambda: network_tape.draw(loss, gradients=True),
        "a network by torchviz, 15 nodes": lambda: graphs.torchviz(dot),
    }.items():
        milliseconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            draw()
            milliseconds.append(1000 * (time.perf_counter() - start))
        yield name, f"{statistics.median(milliseconds):.0f}", f"{milliseconds[0]:.0f}"
