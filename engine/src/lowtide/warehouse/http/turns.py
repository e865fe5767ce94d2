"""Whose turn it is: the clients that wait take turns, so one with a thousand requests waits for itself.

waiting   a: 3 requests    b: 1 request       next a, then b, then a, then a
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """So many wait already that this request is refused."""


class Turns:
    """At most `at_once` requests at the same time, of one client at most `each`. Only one event loop may use it."""

    def __init__(self, at_once: int, *, each: int | None = None, waiting: int | None = None) -> None:
        """Beyond `waiting` requests the client that waits with most of them is refused its newest."""
        self._free = at_once
        self._each = at_once if each is None else each
        self._most = waiting
        self._held: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self.waiting = 0

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """One turn of a client. Raises Full."""
        await self.take(client)
        try:
            yield
        finally:
            self.give_back(client)

    async def take(self, client: str) -> None:
        """Wait for a turn; `give_back` ends it. Raises Full."""
        if self._free > 0 and self._held[client] < self._each and client not in self._queues:
            self._begin(client)
            return
        self._make_room(client)
        mine = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(mine)
        self.waiting += 1
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.give_back(client)
            else:
                self._forget(client, mine)
            raise

    def give_back(self, client: str) -> None:
        """End a turn of a client; the next one begins."""
        self._free += 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        self._next()

    def _next(self) -> None:
        for client in list(self._queues):
            if self._held[client] < self._each and (first := self._first(client)):
                if client in self._queues:
                    self._queues.move_to_end(client)
                self._begin(client)
                first.set_result(None)
                return

    def _first(self, client: str) -> asyncio.Future[None] | None:
        """The request of a client that waits longest; None if those that waited have left."""
        while queue := self._queues.get(client):
            first = queue[0]
            self._forget(client, first)
            if not first.done():
                return first
        return None

    def _begin(self, client: str) -> None:
        self._free -= 1
        self._held[client] += 1

    def _forget(self, client: str, one: asyncio.Future[None]) -> None:
        queue = self._queues.get(client)
        if queue is not None and one in queue:
            queue.remove(one)
            self.waiting -= 1
            if not queue:
                del self._queues[client]

    def _make_room(self, client: str) -> None:
        """See that one more may wait. Raises Full if this client is the one that waits with most."""
        if self._most is None or self.waiting < self._most:
            return
        longest = max(self._queues, key=lambda name: len(self._queues[name]), default=client)
        if longest == client or len(self._queues[longest]) <= len(self._queues.get(client, ())) + 1:
            raise Full
        newest = self._queues[longest][-1]
        self._forget(longest, newest)
        newest.set_exception(Full())
