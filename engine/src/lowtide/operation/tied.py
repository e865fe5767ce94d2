"""Run a command that dies with the process that started it: `python tied.py PID COMMAND…`.

This process asks the kernel for it (PR_SET_PDEATHSIG) and then becomes the command. The supervisor does not ask between fork
and exec, because Python code may hang there. The signal is SIGKILL: a stopped or stuck command ends too, and a run that is
killed continues from its state. On other systems than Linux the command runs without this.

The kernel watches the thread that started the process, so start it from a thread that lives as long as the process should.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tied(command: list[str]) -> list[str]:
    """The command line for this process; only this process may start it."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the kernel was asked
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
