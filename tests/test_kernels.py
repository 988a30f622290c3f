"""Kernels that listen in files answer, and leave nothing."""

import gc
import os
import tempfile
from pathlib import Path

import pytest
from jupyter_client import KernelManager
from nbval import kernel

from commands.kernels import on_files


def talk(manager):
    """Start a kernel, and return how many sockets it has beside its connection file."""
    manager.start_kernel(cwd="/")
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        return sum(path.is_socket() for path in Path(manager.connection_file).parent.iterdir())
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere kernels listen at TCP ports")
@pytest.mark.parametrize("make", [lambda: on_files(KernelManager()), kernel.KernelManager])
def test_a_kernel_listens_in_files_and_leaves_none(monkeypatch, make):
    with tempfile.TemporaryDirectory(prefix="k") as folder:  # pytest's path would be too long
        monkeypatch.setattr(tempfile, "tempdir", folder)
        assert talk(make()) == 5
        gc.collect()
        assert os.listdir(folder) == []


def test_where_the_path_would_be_too_long_a_kernel_listens_at_ports(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", f"/tmp/{'a' * 80}")
    assert on_files(KernelManager()).transport == "tcp"
