"""The embedded ClickHouse as all queries share it: its path, threads for its calls, turns of the readers, sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lowtide.warehouse import guard
from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.handles import Handle, kill
from lowtide.warehouse.http.limits import Limits
from lowtide.warehouse.http.metrics import Metrics
from lowtide.warehouse.http.pace import Pace
from lowtide.warehouse.http.reply import ServerInfo
from lowtide.warehouse.http.sessions import Sessions
from lowtide.warehouse.http.statement import Shape, read
from lowtide.warehouse.http.turns import Full, Turns
from lowtide.warehouse.http.users import User

Result = TypeVar("Result")
_SMALL = 8192
SMALL_STATEMENT = 16 << 10
"""Bytes of a reader's statement that needs no turn among the large ones."""
LARGE = 2
"""Large statements of readers at once, of one client one."""
_BACKTRACKS = "100000"
"""How often ClickHouse's parser may try again to understand a reader's statement; so often takes it 0.3 s."""
_INLINE = 2048
"""A statement of so many characters is read in a millisecond."""
WRITERS = 16
"""Writers' calls that run at once."""
WRITING_S = 2.0
"""So many seconds after the last insert, readers stop leaving time for a writer."""
REST = 1.0
"""Beside a writer, a reader's turn stays taken for this many times as long as its query ran: readers get half a core."""


class ClickHouse:
    """The ClickHouse of this process, for the event loop."""

    _wrote = float("-inf")
    """When rows last came in, over whichever listener of this process: all of its readers leave time for a writer."""

    def __init__(self, path: Path, database: str, limits: Limits) -> None:
        self.path = path
        self.database = database
        self.limits = limits
        self.metrics = Metrics()
        self.refusals = Pace()
        self.sessions = Sessions()
        self.tags: dict[str, str] = {}
        """The tags of running queries, by the id that their client gave."""
        self._remembered = lru_cache(maxsize=2000)(self._judged)
        self._turns = {
            # One more than a client may have: whatever the queries of one take, another one is not kept waiting.
            User.READER: Turns(limits.queries + 1, each=limits.queries, waiting=limits.waiting),
            User.WRITER: Turns(WRITERS),
        }
        self.large = Turns(LARGE, each=1)
        """Turns of readers' statements that need more than `SMALL_STATEMENT`, from their first byte to their answer."""
        self._reading = Turns(1)
        # There are more threads than calls that may run, or a kill would wait for the query that it ends.
        self._threads = ThreadPoolExecutor(limits.queries + WRITERS + LARGE + 4, "clickhouse")
        self.server = self._server()

    def _server(self) -> ServerInfo:
        handle = Handle(self.path, "")
        try:
            version, timezone, name = handle.text("SELECT version(), timezone(), displayName()").split("\t")
        finally:
            handle.close()
        return ServerInfo(version, timezone, name.strip())

    async def call(self, user: User, client: str, function: Callable[[], Result]) -> Result:
        """Call ClickHouse from a thread, when it is the turn of this client of this user."""
        turns = self._turns[user]
        try:
            with self.metrics.waiting.track_inprogress():
                await turns.take(client)
        except Full:
            raise QueryError(
                202, f"{turns.waiting} queries wait for their turn, which is the limit; ask later"
            ) from None
        start = self.now()
        try:
            with self.metrics.running.track_inprogress():
                return await self._run(function)
        finally:
            self._give_back(user, client, self.now() - start)

    async def read(self, client: str, text: str) -> Shape:
        """The shape of a statement. A long one is read in a thread, one at a time, so that the event loop goes on."""
        if len(text) <= _INLINE:
            return read(text)
        async with self._reading.turn(client):
            return await self._run(lambda: read(text))

    async def judge(self, query: str, parameters: tuple[tuple[str, str], ...]) -> guard.Statement:
        """The guard's verdict on a long statement, beside the turns of the short ones."""
        return await self._run(lambda: self._judged(query, parameters))

    async def _run(self, function: Callable[[], Result]) -> Result:
        running = asyncio.get_running_loop().run_in_executor(self._threads, function)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            # A thread cannot be stopped from outside, so its call is waited for although the client has left.
            await asyncio.wait({running})
            if not running.cancelled():
                running.exception()  # nobody wants it: asyncio would log it, with the statement
            raise

    def _give_back(self, user: User, client: str, took: float) -> None:
        """End a turn; beside a writer, a reader's turn ends only after a rest as long as its query."""
        if user is User.READER and self.now() - self._wrote < WRITING_S:
            asyncio.get_running_loop().call_later(took * REST, self._turns[user].give_back, client)
        else:
            self._turns[user].give_back(client)

    def writing(self) -> None:
        """Note that rows are coming in."""
        ClickHouse._wrote = self.now()

    async def kill(self, tag: str) -> None:
        """End the query of the handle with this tag."""
        await asyncio.get_running_loop().run_in_executor(self._threads, kill, self.path, tag)

    def judged(self, query: str, parameters: tuple[tuple[str, str], ...]) -> guard.Statement:
        """The guard's verdict, remembered: dashboards send the same statements again and again."""
        size = len(query) + sum(len(value) for _, value in parameters)
        return (self._remembered if size < _SMALL else self._judged)(query, parameters)

    def _judged(self, query: str, parameters: tuple[tuple[str, str], ...]) -> guard.Statement:
        """The verdict depends only on the text and on the names among its parameters."""
        handle = Handle(self.path, "")
        try:
            bounds = {"max_parser_backtracks": _BACKTRACKS, "readonly": "1"}
            handle.prepare(self.database, self.limits.settings({}) | bounds)
            values = dict(parameters)
            return guard.judged(lambda sql: handle.text(sql, values), query, self.database, values)
        finally:
            handle.close()

    def now(self) -> float:
        """A clock for timeouts."""
        return time.monotonic()

    def close(self) -> None:
        """Close all handles; ClickHouse's files are complete at any time."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.sessions.close()
