"""Rows on their way in: they are written to a file in the store's folder, and one statement inserts the file.

The file lies in the store's folder for temporary files. A killed process leaves some there, and the next start deletes them.
"""

from __future__ import annotations

import asyncio
import errno
import tempfile
from types import TracebackType
from typing import Any

from lowtide.warehouse.http.body import Body
from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.handles import Handle
from lowtide.warehouse.http.statement import Shape

_PIECE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Spool:
    """The rows of one insert. The last piece stays in memory until the insert."""

    def __init__(self, data: bytes = b"") -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="insert-")  # noqa: SIM115
        self._rest = data

    async def fill(self, body: Body, first: bytes) -> None:
        """Read a body to its end. Raises ClientLeft or QueryError if it breaks off; then nothing is inserted."""
        pieces, size = [first], len(first)
        while piece := await body.piece():
            pieces.append(piece)
            size += len(piece)
            if size >= _PIECE:
                await asyncio.to_thread(self._write, b"".join(pieces))
                pieces, size = [], 0
        self._rest = b"".join(pieces)

    def insert(self, handle: Handle, shape: Shape) -> Any:
        """Insert the rows; when it returns, they are on disk."""
        self._write(self._rest)
        return handle.insert(shape.statement, shape.settings, shape.format or "Values", self._file.name)

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            code = 243 if error.errno in _FULL else 1001
            raise QueryError(code, f"the rows cannot be kept on their way in: {error.strerror}") from error

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._file.close()
