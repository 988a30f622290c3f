"""Let pytest's processes share the cores, so that none waits for the threads of another.

The kernels that a process starts inherit it. A number that the user set stays;
`tests.net.everywhere` sets some.
"""

import os


def set_threads(env, cores):
    """Set in a process's environment how many threads OpenMP, MKL and OpenBLAS may use."""
    if processes := int(env.get("PYTEST_XDIST_WORKER_COUNT", 0)):
        env.setdefault("OMP_NUM_THREADS", str(max(1, cores // processes)))


set_threads(os.environ, os.cpu_count())
