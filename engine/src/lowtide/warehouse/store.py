"""The folder of an embedded store, which one process at a time may use: its lock and its temporary files.

    FOLDER/lock     locked with flock while the store is open; says which process has locked it
    FOLDER/store/   ClickHouse's files
    FOLDER/tmp/     blocks on their way in; a killed process leaves some, so it is emptied on opening

chDB allows one process a path and one path a process, but its own error messages do not say what to do.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from lowtide.errors import WarehouseError

_guard = threading.Lock()
_open: Store | None = None


@dataclass
class Store:
    """An open folder. The handles of this process share it; when the last one is released, the lock is too."""

    folder: Path
    lock_fd: int
    handles: int = 1
    tempdir_before: str | None = field(default=None, repr=False)

    @property
    def path(self) -> Path:
        """The folder with ClickHouse's files."""
        return self.folder / "store"

    def release(self) -> None:
        """Release one handle."""
        global _open
        with _guard:
            self.handles -= 1
            if self.handles == 0:
                tempfile.tempdir = self.tempdir_before
                os.truncate(self.lock_fd, 0)
                os.close(self.lock_fd)
                _open = None


def acquire(folder: Path, create: bool) -> Store:
    """Lock the folder for this process. Raises WarehouseError, with the process that has it, if another one does."""
    global _open
    folder = folder.expanduser().resolve()
    with _guard:
        if _open is not None and _open.folder == folder:
            _open.handles += 1
            return _open
        if _open is not None:
            raise WarehouseError(
                f"this process has the warehouse `{_open.folder}` open, and can have one: `{folder}`",
                "Close the first one, or let `lowtide warehouse` serve it in a process of its own.",
            )
        if not create and not (folder / "store").is_dir():
            raise WarehouseError(
                f"there is no warehouse in `{folder}`",
                "`lowtide run SOURCE` or `lowtide demo` makes one; `--warehouse` says where it is.",
            )
        _open = _lock(folder)
        return _open


def _lock(folder: Path) -> Store:
    try:
        for name in ("store", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        lock_fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        hint = "Give `--warehouse` a folder that you may write to."
        raise WarehouseError(
            f"the warehouse folder `{folder}` cannot be used: {error.strerror}", hint
        ) from error
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(lock_fd, 500, 0).decode("utf-8", "replace").strip() or "another process"
        os.close(lock_fd)
        raise WarehouseError(
            f"the warehouse `{folder}` is open in {holder}; embedded, it serves one process at a time",
            "Wait until it ends, or share the store: `lowtide warehouse` serves it, "
            "and `--warehouse http://127.0.0.1:8123` uses it.",
        ) from error
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:400]
    os.truncate(lock_fd, 0)
    os.pwrite(lock_fd, f"process {os.getpid()} (`{command}`)\n".encode(), 0)
    before = tempfile.tempdir
    tempfile.tempdir = str(_emptied(folder / "tmp"))
    return Store(folder, lock_fd, tempdir_before=before)


def _emptied(tmp: Path) -> Path:
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(exist_ok=True)
    return tmp
