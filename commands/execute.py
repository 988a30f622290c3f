"""Execute a notebook, so that the same cells always give the same outputs."""

import asyncio
import copy
import re
from pathlib import Path
from typing import Any

import zmq
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from nbformat import NotebookNode

from commands.kernels import isolate

CELL_SECONDS = 45  # As in pyproject.toml's --nbval-cell-timeout.
WIDGET = "application/vnd.jupyter.widget-view+json"


class ExecutionError(Exception):
    """A cell failed, took too long, or ended its kernel."""


class Client(NotebookClient):
    """A client that asks for messages: pyzmq's asyncio can miss one until the time-out."""

    def create_kernel_manager(self) -> KernelManager:
        """Make the manager of this Python's own kernel."""
        return isolate(super().create_kernel_manager())

    async def async_execute_cell(self, *arguments: Any, **options: Any) -> NotebookNode:
        """Execute a cell, asking for messages until it ends."""
        asking = asyncio.ensure_future(self._ask())
        try:
            return await super().async_execute_cell(*arguments, **options)
        finally:
            asking.cancel()

    async def _ask(self) -> None:
        assert self.kc is not None
        while True:
            await asyncio.sleep(0.2)
            for channel in (self.kc.shell_channel, self.kc.iopub_channel):
                channel.socket.get(zmq.EVENTS)  # pyzmq then looks for messages itself.


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell, with a folder as its working directory; keep the outputs and old metadata."""
    metadata = copy.deepcopy([notebook.metadata, *(cell.metadata for cell in notebook.cells)])
    started = 0

    def count(cell: NotebookNode, cell_index: int) -> None:
        nonlocal started
        started = cell_index + 1

    client = Client(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--Application.log_level=50"],  # Ports and its end aren't reported.
        on_cell_start=count,
    )
    try:
        client.execute()
    except AssertionError:  # nbclient, after it has shut the kernel down on Ctrl-C.
        raise KeyboardInterrupt from None
    except (CellControlSignal, RuntimeError) as error:  # RuntimeError: the kernel died.
        message = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        raise ExecutionError(f"fails in cell {started}:\n{message}") from None
    notebook.metadata, *of_cells = metadata
    for cell, kept in zip(notebook.cells, of_cells, strict=True):
        cell.metadata = kept
        if cell.cell_type == "code":
            cell.outputs = _join_streams(cell.outputs)
            for output in cell.outputs:
                drop_unstored(output.get("data", {}))


def drop_unstored(data: dict[str, Any]) -> None:
    """Drop what a page shows in a cell that was run and a notebook does not store, in place."""
    data.pop(WIDGET, None)  # It holds a random id.
    if "image/png" in data:
        data.pop("text/html", None)  # It holds the picture again, and the still of an animation.


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed between two pictures, since a stream is cut at random places.

    nbclient's `coalesce_streams` would move a second picture's caption above the picture.
    """
    joined: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            streams = {}
        elif output.name in streams:
            streams[output.name].text += output.text
            continue
        else:
            streams[output.name] = output
        joined.append(output)
    return joined
