"""The Unix socket of a store's folder: how it is made, how it is reached, who is at its other end.

    FOLDER/socket   mode 0600; made by the process that has the folder locked, left behind by a killed one

The system takes a path of at most 107 bytes for a socket. A longer one is named through the open folder.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "socket"
_LONGEST = 100
"""Bytes of a path that every system takes; Linux takes 107, macOS 103."""
_WAITING = 1024
"""Clients that may wait until the server takes them."""


def listen(folder: Path) -> socket.socket:
    """Make the socket of a folder, and listen on it. The caller has the folder locked. Raises OSError."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        remove(folder)
        with _short(folder) as path:
            made.bind(path)
        # Nobody can connect before `listen`, so there is no moment with another mode.
        (folder / NAME).chmod(0o600)
        made.listen(_WAITING)
    except BaseException:
        made.close()
        raise
    return made


def remove(folder: Path) -> None:
    """Remove the socket of a folder, if there is one. The caller has the folder locked."""
    (folder / NAME).unlink(missing_ok=True)


def connect(folder: Path, timeout: float | None, *, own: bool = False) -> socket.socket:
    """Connect to the process that serves a folder. Raises OSError if none does, or, without `own`, if this one does."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(timeout)
        with _short(folder) as path:
            made.connect(path)
        if not own and _peer(made)[0] == os.getpid():
            raise ConnectionRefusedError("this process serves the folder itself")
    except BaseException:
        made.close()
        raise
    return made


def may_ask(connection: socket.socket) -> bool:
    """Whether the other end of a connection belongs to this user, or to root, who may read the folder's files anyway."""
    return _peer(connection)[1] in (os.geteuid(), 0)


def _peer(connection: socket.socket) -> tuple[int, int]:
    """Process and user of the other end. Where the system does not say them, the mode of the socket has to do."""
    if not hasattr(socket, "SO_PEERCRED"):
        return 0, os.geteuid()
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    process, user, _ = struct.unpack("3i", told)
    return process, user


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A path of the socket that is short enough. It holds while the context lasts."""
    path = str(folder / NAME)
    if len(os.fsencode(path)) <= _LONGEST:
        yield path
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{fd}/{NAME}"
    finally:
        os.close(fd)
