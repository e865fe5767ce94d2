"""One desk works on a folder: the kernel locks it (flock) for as long as the process lives, however it ends."""

from __future__ import annotations

import fcntl
import os
import shlex
import sys
from pathlib import Path

from lowtide.errors import StateAccessError, StateInUseError
from lowtide.operation.secrets import hidden_text

_HINT = "Give `--desk` a folder that you may write to."


class Lock:
    """Holds `FOLDER/lock` until `release`. Raises StateInUseError, with the process that has it, if another one does."""

    def __init__(self, folder: Path) -> None:
        path = folder / "lock"
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateAccessError(f"`{path}` cannot be opened: {error.strerror}", _HINT) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._handle, 500, 0).decode("utf-8", "replace").strip() or "another process"
            os.close(self._handle)
            raise StateInUseError(
                f"the desk in `{folder}` is in use: {holder} works on it",
                "End that process, or give this desk a folder of its own with `--desk`.",
            ) from error
        command = hidden_text(shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]))[:400]
        os.truncate(self._handle, 0)
        os.pwrite(self._handle, f"process {os.getpid()} (`{command}`)\n".encode(), 0)

    def release(self) -> None:
        """Let another process have the folder. A second call does nothing."""
        if self._handle >= 0:
            os.truncate(self._handle, 0)
            os.close(self._handle)
            self._handle = -1
