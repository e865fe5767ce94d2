"""The body of a request as it comes in, and the moment at which its sender leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from lowtide.warehouse.http.unpacking import Unpacker

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SLOW_S = 300.0
"""A client that neither sends nor takes a byte for so many seconds has left."""


class ClientLeft(Exception):
    """The client has left, and nobody will read an answer."""


class Body:
    """The bytes of a body, decompressed. `read` counts the bytes that were received."""

    def __init__(self, receive: Receive, encoding: str) -> None:
        self._receive = receive
        self._unpacker = Unpacker(encoding)
        self.is_packed = encoding not in ("", "identity")
        self._unpacked: Iterator[bytes] = iter(())
        self._received = asyncio.Event()
        self.read = 0
        self.ended = False
        """Whether all of it has been read."""

    async def piece(self) -> bytes:
        """The next piece; empty at the end. Raises ClientLeft, or QueryError if it cannot be unpacked."""
        while True:
            if plain := await self._next():
                return plain
            if self._received.is_set():
                self.ended = True
                return b""
            try:
                message = await asyncio.wait_for(self._receive(), SLOW_S)
            except TimeoutError:
                raise ClientLeft from None
            if message["type"] == "http.disconnect":
                raise ClientLeft
            data = message.get("body", b"")
            self.read += len(data)
            self._unpacked = self._unpacker.unpack(data)
            if not message.get("more_body", False):
                self._received.set()
                self._unpacked = self._last(self._unpacked)

    def _last(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        yield from pieces
        self._unpacker.end()

    async def _next(self) -> bytes:
        """The next piece of what was received."""
        if self.is_packed:
            return await asyncio.to_thread(next, self._unpacked, b"")
        return next(self._unpacked, b"")

    async def upto(self, most: int) -> bytes:
        """The whole body if it has at most `most` bytes, else at least `most` bytes of it."""
        pieces, size = [], 0
        while size <= most and (piece := await self.piece()):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def drop(self) -> None:
        """Nobody reads it on."""
        self._unpacked, self._unpacker = iter(()), Unpacker("")

    async def left(self) -> None:
        """Return when the client has left, or has its answer."""
        await self._received.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
