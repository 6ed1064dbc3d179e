"""
A child process that does not outlive the process that started it.

A SIGKILL gives the parent no chance to stop anything, so the kernel has to: on Linux the child asks for a signal at its
parent's death (`prctl(PR_SET_PDEATHSIG)`, prctl(2)). Where that call does not exist (macOS) a killed parent leaves its
children; the next start finds and stops a left-over database (`embedded.py`).
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def tied_to_me(with_signal: signal.Signals) -> Callable[[], None] | None:
    """
    A `preexec_fn` that ties the new process to this one; None where the system cannot do it.

    It runs after the change of user, which would clear the request, and the library is opened before the fork. The
    kernel watches the *thread* that started the child: start children from the main thread.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal))
        if os.getppid() != parent:  # the parent died between the fork and the request
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
