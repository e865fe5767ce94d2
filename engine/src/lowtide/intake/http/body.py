"""The body of a request, as long as it is not too long and its sender does not leave or fall asleep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lowtide.intake.refusal import Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
SLOW_S = 120.0
"""A sender whose body is not here after so many seconds has left."""


class ClientLeft(Exception):
    """The sender has left, and nobody will read an answer."""


class Budget:
    """Bytes of bodies that are in memory, from their first byte until they are on disk."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.used = 0

    def take(self, size: int) -> None:
        """Count bytes. One body always has room. Raises Refusal."""
        if self.used and self.used + size > self._most:
            raise Refusal("too_busy", f"{self.used >> 20} MiB wait for the disk: send it again in a second")
        self.used += size

    def give_back(self, size: int) -> None:
        """The bytes are on disk, or were refused."""
        self.used -= size


class Body:
    """Reads one body into memory; leaves its bytes in the budget until `close`."""

    def __init__(self, receive: Receive, declared: str, most: int, budget: Budget) -> None:
        """`declared` is its Content-Length, or empty."""
        self._receive = receive
        self._declared = int(declared) if declared.isascii() and declared.isdigit() else 0
        self._most = most
        self._budget = budget
        self._counted = 0

    async def read(self) -> bytes:
        """The whole body. Raises Refusal or ClientLeft."""
        self._check(self._declared)
        try:
            async with asyncio.timeout(SLOW_S):
                return await self._pieces()
        except TimeoutError:
            raise ClientLeft from None

    async def _pieces(self) -> bytes:
        pieces, size, more = [], 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            more = message.get("more_body", False)
            self._check(size)
            self._count(size - self._counted)
        return b"".join(pieces)

    def _check(self, size: int) -> None:
        if size > self._most:
            raise Refusal("too_large", f"the body has more than {self._most:,} bytes: send it in parts")

    def _count(self, size: int) -> None:
        if size > 0:
            self._budget.take(size)
            self._counted += size

    def close(self) -> None:
        """Its bytes are not in memory any more."""
        self._budget.give_back(self._counted)
        self._counted = 0
