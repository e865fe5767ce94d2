"""A fault in native code ends the process, and says where: with the place of each thread on standard error.

The embedded ClickHouse puts handlers of its own in the place of the system's, and in them a fault waits without end: the
process hangs, and no thread of Python runs any more. So the system's handlers are put back, with Python's `faulthandler`
before them.
"""

from __future__ import annotations

import ctypes
import faulthandler
import signal
import sys
from contextlib import suppress

_FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT)


def say_faults() -> None:
    """Call it at the start, and after a library that takes the handlers was opened. Any thread may call it."""
    if sys.__stderr__ is None:
        return
    with suppress(OSError, ValueError):  # the standard error is closed
        faulthandler.disable()
        system = ctypes.CDLL(None).signal  # Python's own function is for the main thread alone
        system.argtypes, system.restype = [ctypes.c_int, ctypes.c_void_p], ctypes.c_void_p
        for fault in _FAULTS:
            system(fault, None)
        faulthandler.enable(sys.__stderr__)
