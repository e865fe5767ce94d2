"""The folder of an embedded store, which one process at a time has open: its lock, its socket, its temporary files.

    FOLDER/lock     locked with flock while the store is open; says which process has locked it
    FOLDER/socket   the other processes speak to that process here, see `endpoint` and `share`
    FOLDER/store/   ClickHouse's files
    FOLDER/tmp/     blocks on their way in; a killed process leaves some, so it is emptied on opening

chDB allows one process a path and one path a process. The socket is made right after the lock is taken and removed
before it is given back, so whoever finds the folder locked can wait at the socket.
"""

from __future__ import annotations

import atexit
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
from lowtide.operation.log import logger
from lowtide.operation.secrets import hidden_text
from lowtide.warehouse import endpoint
from lowtide.warehouse.share import Share

_guard = threading.Lock()
_open: Store | None = None


@dataclass(frozen=True)
class Holder:
    """The process that has a folder open, if it is not this one."""

    folder: Path
    name: str
    """Its number and its command, for a person."""


@dataclass
class Store:
    """An open folder. The handles of this process share it; when the last one is released, the lock is too."""

    folder: Path
    lock_fd: int
    handles: int = 1
    shares: list[Share] = field(default_factory=list, repr=False)
    """What serves the store to other processes: first on the socket of the folder, where that can be made."""
    tempdir_before: str | None = field(default=None, repr=False)

    @property
    def path(self) -> Path:
        """The folder with ClickHouse's files."""
        return self.folder / "store"

    def serve(self, database: str) -> None:
        """Begin to answer other processes; a second call changes nothing."""
        for share in self.shares:
            share.start(self.path, database)

    def release(self) -> None:
        """Release one handle. With the last one the requests of other processes are finished, for a few seconds."""
        global _open
        with _guard:
            self.handles -= 1
            if self.handles == 0:
                self.leave()
                tempfile.tempdir = self.tempdir_before
                os.truncate(self.lock_fd, 0)
                os.close(self.lock_fd)
                _open = None

    def leave(self) -> None:
        """Answer no more. ClickHouse must not be inside a query when the interpreter ends."""
        atexit.unregister(self.leave)
        endpoint.remove(self.folder)
        for share in self.shares:
            share.close()

    def forget(self) -> None:
        """Close the files in a child that was forked: the lock and the socket belong to its parent."""
        os.close(self.lock_fd)
        for share in self.shares:
            share.listener.close()


def acquire(folder: Path, create: bool) -> Store | Holder:
    """Lock the folder for this process, or say which other process has it. Raises WarehouseError."""
    global _open
    folder = folder.expanduser().resolve()
    with _guard:
        if _open is not None and _open.folder == folder:
            _open.handles += 1
            return _open
        if _open is not None:
            if other := holder(folder):
                return other
            raise WarehouseError(
                f"this process has the warehouse `{_open.folder}` open, and can have one: `{folder}`",
                "Close the first one, or let `lowtide warehouse` serve it in a process of its own.",
            )
        if not create and not (folder / "store").is_dir():
            raise WarehouseError(
                f"there is no warehouse in `{folder}`",
                "`lowtide run SOURCE` or `lowtide demo` makes one; `--warehouse` says where it is.",
            )
        found = _lock(folder)
        if isinstance(found, Store):
            _open = found
        return found


def holder(folder: Path) -> Holder | None:
    """The process that has a folder open, this one included; None if no process has it open."""
    folder = folder.expanduser().resolve()
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(folder)
    except OSError:
        pass
    return None


def _holder(folder: Path) -> Holder:
    """Read who has locked a folder. Between taking and giving back the lock, the file says nothing for a moment."""
    name = (folder / "lock").read_bytes()[:500].decode("utf-8", "replace").strip()
    return Holder(folder, name or "another process")


def _lock(folder: Path) -> Store | Holder:
    try:
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        for name in ("store", "tmp"):
            (folder / name).mkdir(exist_ok=True)
        lock_fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        hint = "Give `--warehouse` a folder that you may write to."
        raise WarehouseError(
            f"the warehouse folder `{folder}` cannot be used: {error.strerror}", hint
        ) from error
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock_fd)
        return _holder(folder)
    command = hidden_text(shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]))[:400]
    os.truncate(lock_fd, 0)
    os.pwrite(lock_fd, f"process {os.getpid()} (`{command}`)\n".encode(), 0)
    before = tempfile.tempdir
    tempfile.tempdir = str(_emptied(folder / "tmp"))
    store = Store(folder, lock_fd, shares=_shares(folder), tempdir_before=before)
    atexit.register(store.leave)
    return store


def _shares(folder: Path) -> list[Share]:
    """The socket of a folder that was just locked. A file system without sockets is no reason not to open the folder."""
    try:
        return [Share(endpoint.listen(folder), endpoint.may_ask)]
    except OSError as error:
        logger("warehouse").warning(
            "warehouse_not_shared",
            warehouse=str(folder),
            why=error.strerror or str(error),
            then="other processes have to wait until this one ends",
        )
        return []


def _emptied(tmp: Path) -> Path:
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(exist_ok=True)
    return tmp


def _forget() -> None:
    """A forked child has no store: ClickHouse's threads are not in it."""
    global _open, _guard
    store, _open, _guard = _open, None, threading.Lock()
    if store is not None:
        atexit.unregister(store.leave)
        store.forget()


os.register_at_fork(after_in_child=_forget)
