"""The body of a request as it comes in, and the moment at which its sender leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lowtide.warehouse.http.encoding import Unpacker

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
        self._ended = asyncio.Event()
        self.read = 0

    @property
    def ended(self) -> bool:
        """Whether all of it has been read."""
        return self._ended.is_set()

    async def piece(self) -> bytes:
        """The next piece; empty at the end."""
        while not self.ended:
            try:
                message = await asyncio.wait_for(self._receive(), SLOW_S)
            except TimeoutError:
                raise ClientLeft from None
            if message["type"] == "http.disconnect":
                raise ClientLeft
            data = message.get("body", b"")
            self.read += len(data)
            if not message.get("more_body", False):
                self._ended.set()
            plain = self._unpacker.unpack(data)
            if self.ended:
                self._unpacker.end()
            if plain:
                return plain
        return b""

    async def upto(self, most: int) -> bytes:
        """The whole body if it has at most `most` bytes, else at least `most` bytes of it."""
        pieces, size = [], 0
        while size <= most and (piece := await self.piece()):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def left(self) -> None:
        """Return when the client has left, or has its answer."""
        await self._ended.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
