"""Print how long each kind of graph takes to be laid out, drawn and encoded.

Run it as `python benchmarks/graph_time.py`. The first graph of a process also imports igraph.
"""

import os
import statistics
import time
from pathlib import Path

os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent.parent / "notebooks" / "matplotlibrc")

import matplotlib
import torch
from torch import nn
from torchviz import make_dot

from course_utils import graphs
from course_utils.plots import core

matplotlib.use("agg")


def norm_error():
    """Return the tape and the loss of lesson 03's error."""
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


def main(repeats=9):
    """Draw each graph several times, and print the first time and the median."""
    core.display = lambda *args, **kwargs: None
    core.print = lambda line: None
    tape, error = norm_error()
    network_tape, loss, dot = network()
    for name, draw in {
        "lesson 03's error, 10 nodes": lambda: tape.draw(error),
        "the same with gradients": lambda: tape.draw(error, gradients=True),
        "a network, 10 nodes, with gradients": lambda: network_tape.draw(loss, gradients=True),
        "a network by torchviz, 15 nodes": lambda: graphs.torchviz(dot),
    }.items():
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            draw()
            seconds.append(time.perf_counter() - start)
        first, median = 1000 * seconds[0], 1000 * statistics.median(seconds)
        print(f"{name:<36} {median:4.0f} ms   (the first time {first:4.0f} ms)")


if __name__ == "__main__":
    main()
