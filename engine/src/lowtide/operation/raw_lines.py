"""What a library writes to standard error by itself (a panic, a dropped connection) becomes one event of the log.

    with raw_lines():
        run()          # a Rust thread that panics writes lines of its own, which no program that reads a log can parse

Standard error of the process is a pipe meanwhile; what Python writes there goes the old way. On a terminal nothing changes.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from lowtide.operation.log import logger

_STDERR = 2
_TOGETHER_S = 0.2
"""Lines that follow each other so soon are one event."""
_MOST = 4096
"""Characters that are kept of an event."""
_LEAVE_S = 2.0
"""A child process may hold the pipe open: the end does not wait longer than this."""


@contextmanager
def raw_lines() -> Iterator[None]:
    """Turns raw lines into the event `library_said`, while standard error is a file or a pipe."""
    if not _is_plain():
        yield
        return
    before, old = sys.stderr, os.dup(_STDERR)
    out, into = os.pipe()
    before.flush()
    os.dup2(into, _STDERR)
    os.close(into)
    own = os.fdopen(os.dup(old), "w", buffering=1, encoding=before.encoding, errors="backslashreplace")
    sys.stderr = own
    listener = threading.Thread(target=_listen, args=(out,), name="lowtide-raw-lines", daemon=True)
    listener.start()
    try:
        yield
    finally:
        os.dup2(old, _STDERR)
        os.close(old)
        listener.join(_LEAVE_S)
        sys.stderr = before
        own.flush()


def _is_plain() -> bool:
    with suppress(OSError, ValueError, AttributeError):
        return sys.stderr.fileno() == _STDERR and not sys.stderr.isatty()
    return False


def _listen(pipe: int) -> None:
    said = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], _TOGETHER_S if said else None)
        piece = os.read(pipe, 65536) if ready else b""
        said = (said + piece)[: _MOST * 4]
        if said and not piece:
            logger("library").warning("library_said", text=said.decode("utf-8", "replace").strip()[:_MOST])
            said = b""
        if ready and not piece:
            os.close(pipe)
            return
