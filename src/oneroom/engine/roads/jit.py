"""
The one place that talks to numba: compile once, keep the machine code on disk, free the GIL.

numba is untyped; `jit` keeps the Python signature, so that callers stay checked. The first call
of a kernel compiles for a second or more (see `warm`), every later process loads it from the cache.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba  # type: ignore[import-untyped, unused-ignore]

P = ParamSpec("P")
R = TypeVar("R")


def jit(kernel: Callable[P, R]) -> Callable[P, R]:
    """
    Compile a kernel; nogil, so that a server thread keeps answering while another searches.

    Where nothing may be kept on disk it is compiled anew in each process: slow at the start, and never a reason not to.
    """
    try:
        compiled: Any = numba.njit(cache=True, nogil=True)(kernel)
    except RuntimeError:  # "no locator available": numba found no folder it may write to
        compiled = numba.njit(nogil=True)(kernel)
    return cast(Callable[P, R], compiled)
