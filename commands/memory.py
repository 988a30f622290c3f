"""An extension of IPython: a kernel that takes too much memory gets an error and goes on.

JupyterHub tells each server in MEM_LIMIT how many bytes it may take, and some spawners kill what
takes more. A kernel may take four fifths, so that its student reads which line asked for too much,
and nobody else notices. The limit holds on Linux; it counts what the kernel has asked for, used or
not, but no libraries and no files.
"""

import contextlib
import os
import re
from types import TracebackType

from IPython.core.interactiveshell import InteractiveShell

SPARE = 100_000_000  # bytes, for showing the error and cleaning up
OF_TORCH = "can't allocate memory|std::bad_alloc"  # what its RuntimeError says
ADVICE = (
    "This kernel may take {:.0f} MB, and that is used up: restart it. Is there a list that grows"
    " with every epoch, or an array of shape (n, n) where you meant (n, 1)?"
)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Limit the memory of this kernel, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        _limit(shell, int(os.environ["MEM_LIMIT"]) * 4 // 5)


def _limit(shell: InteractiveShell, most: int) -> None:
    import resource

    def explain(
        shell: InteractiveShell,
        kind: type[Exception],
        error: Exception,
        traceback: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        if isinstance(error, MemoryError) or re.search(OF_TORCH, str(error)):
            resource.setrlimit(resource.RLIMIT_DATA, (most + SPARE, hard))
            error.add_note(ADVICE.format(most / 1e6))
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    shell.set_custom_exc((MemoryError, RuntimeError), explain)
