"""How many threads numpy's matrix products use.

For one message a second thread gains a part of a millisecond at most, on a machine that is idle,
and after each product it spins on for milliseconds in wait of another: that would double what a
parse costs the machine.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController


def blas_threads(threads: int) -> Any:
    """Returns a context in which products use so many threads."""
    return _controller().limit(limits=threads, user_api="blas")


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    """Returns the controller of the libraries that are there now; to look for them takes long."""
    return ThreadpoolController()
