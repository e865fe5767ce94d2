"""What all queries share: the store's path, threads for the engine's calls, turns of the readers, sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lowtide.warehouse import guard
from lowtide.warehouse.http.faults import Fault
from lowtide.warehouse.http.handles import Handle, kill
from lowtide.warehouse.http.limits import Limits
from lowtide.warehouse.http.metrics import Metrics
from lowtide.warehouse.http.reply import Served
from lowtide.warehouse.http.sessions import Sessions
from lowtide.warehouse.http.users import User

Result = TypeVar("Result")
_SMALL = 8192
WRITERS = 16
"""Writers' calls that run at once."""
WRITING_S = 2.0
"""After so long without rows coming in readers have the engine to themselves."""
REST = 1.0
"""Beside a run, a reader's turn is free again only after so many times what it took: a core is theirs by half."""


class Engine:
    """The engine of this process, for the event loop."""

    def __init__(self, path: Path, database: str, limits: Limits) -> None:
        self.path = path
        self.database = database
        self.limits = limits
        self.metrics = Metrics()
        self.sessions = Sessions()
        self.marks: dict[str, str] = {}
        """The marks of queries that run, by the id that their client gave."""
        self._known_verdict = lru_cache(maxsize=2000)(self._judged)
        self._turns = {
            User.READER: asyncio.Semaphore(limits.queries),
            User.WRITER: asyncio.Semaphore(WRITERS),
        }
        self._waiting = 0
        self._wrote = float("-inf")
        # One more thread than calls may run, or ending a query would wait for the query.
        self._threads = ThreadPoolExecutor(limits.queries + WRITERS + 2, "engine")
        self.served = self._known()

    def _known(self) -> Served:
        handle = Handle(self.path, "")
        try:
            version, timezone, name = handle.text("SELECT version(), timezone(), displayName()").split("\t")
        finally:
            handle.close()
        return Served(version, timezone, name.strip())

    async def call(self, user: User, function: Callable[[], Result]) -> Result:
        """Call into the engine from a thread, when it is this user's turn."""
        turns = await self._turn(user)
        begun = self.now()
        running = asyncio.get_running_loop().run_in_executor(self._threads, function)
        try:
            with self.metrics.running.track_inprogress():
                return await asyncio.shield(running)
        except asyncio.CancelledError:
            # A thread cannot be stopped from outside: whoever leaves, its call is waited for.
            await asyncio.wait({running})
            raise
        finally:
            self._give_back(user, turns, self.now() - begun)

    async def _turn(self, user: User) -> asyncio.Semaphore:
        if self._waiting >= self.limits.waiting and user is User.READER:
            raise Fault(202, f"{self._waiting} queries wait for their turn, which is the limit; ask later")
        self._waiting += 1
        try:
            with self.metrics.waiting.track_inprogress():
                await self._turns[user].acquire()
        finally:
            self._waiting -= 1
        return self._turns[user]

    def _give_back(self, user: User, turns: asyncio.Semaphore, took: float) -> None:
        """Readers leave the engine to a run that writes, as long again as they had it."""
        if user is User.READER and self.now() - self._wrote < WRITING_S:
            asyncio.get_running_loop().call_later(took * REST, turns.release)
        else:
            turns.release()

    def writing(self) -> None:
        """Rows are coming in."""
        self._wrote = self.now()

    async def kill(self, mark: str) -> None:
        """End what a handle runs."""
        await asyncio.get_running_loop().run_in_executor(self._threads, kill, self.path, mark)

    def judged(self, query: str, parameters: tuple[tuple[str, str], ...]) -> guard.Statement:
        """The guard's verdict; what dashboards ask again and again is looked at once."""
        size = len(query) + sum(len(value) for _, value in parameters)
        return (self._known_verdict if size < _SMALL else self._judged)(query, parameters)

    def _judged(self, query: str, parameters: tuple[tuple[str, str], ...]) -> guard.Statement:
        """It depends on nothing but the text and the names among its parameters."""
        handle = Handle(self.path, "")
        try:
            handle.prepare(self.database, self.limits.settings({}) | {"readonly": "1"})
            values = dict(parameters)
            return guard.judged(lambda sql: handle.text(sql, values), query, self.database, values)
        finally:
            handle.close()

    def now(self) -> float:
        """A clock for timeouts."""
        return time.monotonic()

    def close(self) -> None:
        """Close all handles; the engine's files are complete at any time."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.sessions.close()
