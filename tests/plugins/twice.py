"""Run each code cell twice in a row, and then the whole notebook again in the same kernel.

A pytest plugin for `pytest -p tests.plugins.twice notebooks/`. Each further run must raise nothing
and give the stored outputs again. A cell that is meant to continue, such as one that trains a model
further, has the tag `continues`: the outputs of its further runs are not compared.
"""

from copy import copy, deepcopy
from itertools import groupby


def repeat(item, name):
    """Return a further run of a cell."""
    run = type(item).from_parent(
        item.parent,
        name=f"{item.name}, {name}",
        cell_num=item.cell_num,
        cell=deepcopy(item.cell),  # nbval's comparison joins the stored streams in place
        options=copy(item.options),
    )
    run.tolerances = item.tolerances
    if "continues" in item.cell.metadata.get("tags", []):
        run.options["check"] = False
    return run


def pytest_collection_modifyitems(items):
    """Add two further runs of each cell to the items."""
    runs = []
    for _, group in groupby(items, key=lambda item: item.parent):
        cells = list(group)
        runs += [run for cell in cells for run in (cell, repeat(cell, "second time"))]
        runs += [repeat(cell, "second Run All") for cell in cells]
    items[:] = runs
