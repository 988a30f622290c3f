"""Processes that run beside each other share the cores."""

import os

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tests.plugins.threads import set_threads

VARIABLE = "OMP_NUM_THREADS"


@pytest.mark.parametrize(
    ("env", "threads"),
    [
        ({"PYTEST_XDIST_WORKER_COUNT": "2"}, "4"),
        ({"PYTEST_XDIST_WORKER_COUNT": "3"}, "2"),
        ({"PYTEST_XDIST_WORKER_COUNT": "20"}, "1"),
        ({"PYTEST_XDIST_WORKER_COUNT": "2", VARIABLE: "3"}, "3"),
        ({}, None),
        ({VARIABLE: "3"}, "3"),
    ],
)
def test_eight_cores_are_shared_unless_the_user_set_a_number(env, threads):
    set_threads(env, cores=8)
    assert env.get(VARIABLE) == threads


def test_the_number_is_set_before_numpy_is_imported():
    in_parallel, number = (os.environ.get(n) for n in ("PYTEST_XDIST_WORKER_COUNT", VARIABLE))
    assert number or not in_parallel
    number = os.environ.get("OPENBLAS_NUM_THREADS") or number or os.cpu_count()
    packages = os.path.dirname(np.__path__[0])
    pools = [p for p in threadpool_info() if p["filepath"].startswith(f"{packages}/numpy.")]
    # On a Mac, NumPy can have no pool.
    assert {pool["num_threads"] for pool in pools} <= {min(int(number), os.cpu_count())}
