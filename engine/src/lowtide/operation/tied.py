"""Run a command that dies with the process that started it: `python tied.py PID COMMAND…`.

The kernel is asked for it (PR_SET_PDEATHSIG) here, in a process of its own that then becomes the command, and not
between fork and exec of the supervisor, where code of Python may hang. It is SIGKILL: a stopped or stuck command dies
too, and a run that is killed goes on where its state stands. Outside Linux the command is run as it is.

The kernel speaks of the thread that started the process: start it from one that lives as long as the process does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tied(command: list[str]) -> list[str]:
    """The command, to be started by this process, and by it alone."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)
    for ignored in (
        signal.SIGPIPE,
        signal.SIGXFSZ,
    ):  # by this Python; a command should find them as they were
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"lowtide: cannot start `{command[0]}`: {error.strerror}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2:])
