"""One folder, one process: the embedded store's folder, its lock and its temporary files.

    FOLDER/lock     held with flock while the store is open; says which process holds it
    FOLDER/store/   the engine's own files
    FOLDER/tmp/     blocks on their way in; a killed process leaves some, so it is emptied on opening

The engine itself allows one process per path and one path per process, and says so in words that help nobody.
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
    """An open folder. The handles of this process share it; the last one to leave gives the lock back."""

    folder: Path
    lock_fd: int
    handles: int = 1
    tempdir_before: str | None = field(default=None, repr=False)

    @property
    def path(self) -> Path:
        """The engine's folder."""
        return self.folder / "store"

    def release(self) -> None:
        """Give one handle back."""
        global _open
        with _guard:
            self.handles -= 1
            if self.handles == 0:
                tempfile.tempdir = self.tempdir_before
                os.truncate(self.lock_fd, 0)
                os.close(self.lock_fd)
                _open = None


def acquire(folder: Path, create: bool) -> Store:
    """Take the folder for this process, or say who has it."""
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
        _open = _take(folder)
        return _open


def _take(folder: Path) -> Store:
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
    tempfile.tempdir = str(_swept(folder / "tmp"))
    return Store(folder, lock_fd, tempdir_before=before)


def _swept(tmp: Path) -> Path:
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(exist_ok=True)
    return tmp
