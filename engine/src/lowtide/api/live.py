"""/live: what has changed, to everybody who looks on, at most twice a second, over one connection each (SSE).

    GET /live?after=4711          or the header Last-Event-ID: goes on behind that number

One loop looks into desk.db for all. A page has at most 4 connections a session, the desk 500 in all. A session that ends
takes its connections with it; a desk that ends closes them, and the browsers come again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lowtide.api import changes
from lowtide.api.problem import answer
from lowtide.errors import StateAccessError
from lowtide.operation.log import logger
from lowtide.service import Role
from lowtide.web.gate import Gate
from lowtide.web.headers import HEADERS
from lowtide.web.refused import Refused

A_SESSION = 4
IN_ALL = 500
EVERY_S = 0.5
"""How often the loop looks, and so the least time between two messages."""
_COMMENT_S = 15.0
_CHECK_S = 30.0
"""How often a connection looks whether its session still holds."""
_TRIM_S = 60.0
_LATER = b"retry: 2000\n\n"
"""A browser that lost its connection waits two seconds."""


@dataclass(eq=False)
class _Reader:
    """One connection."""

    session: str
    seq: int
    news: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Live:
    """All connections. Everything but `close` runs in the event loop of the server."""

    gate: Gate
    every_s: float = EVERY_S
    _readers: set[_Reader] = field(default_factory=set)
    _seq: int = 0
    _closed: bool = False
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def count(self) -> int:
        """How many look on."""
        return len(self._readers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While this lasts, changes are looked for."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            task.cancel()
            self._end()

    def close(self) -> None:
        """End all connections; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end)

    async def answer(self, request: Request) -> Response:
        """A connection, or why there is not one."""
        try:
            caller = await run_in_threadpool(self.gate.admit, request, Role.VIEWER)
            session = f"{caller.via}:{caller.session or caller.login}"
            self._check_room(session)
        except Refused as refused:
            tell = await run_in_threadpool(self.gate.language, request)
            return answer(
                refused.why,
                refused.status,
                refused.message(tell),
                hint=refused.hint(tell),
                headers=refused.headers,
            )
        store = self.gate.asker.sessions.store
        after = _after(request)
        reader = _Reader(
            session, after if after is not None else await run_in_threadpool(changes.newest, store)
        )
        self._readers.add(reader)
        headers = {**HEADERS, "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._events(request, reader), media_type="text/event-stream", headers=headers
        )

    def _check_room(self, session: str) -> None:
        if self._closed or len(self._readers) >= IN_ALL:
            raise Refused("too_many", retry_s=10)
        if Counter(reader.session for reader in self._readers)[session] >= A_SESSION:
            raise Refused("too_many", retry_s=10)

    async def _events(self, request: Request, reader: _Reader) -> AsyncIterator[bytes]:
        store = self.gate.asker.sessions.store
        loop = asyncio.get_running_loop()
        checked = loop.time()
        try:
            yield _LATER
            while not self._closed:
                event = (
                    await run_in_threadpool(changes.since, store, reader.seq)
                    if reader.seq != self._seq
                    else None
                )
                if event is not None:
                    reader.seq = event.seq
                    yield event.text()
                    await asyncio.sleep(self.every_s)
                    continue
                if not await _within(reader.news, _COMMENT_S):
                    yield b": here\n\n"
                reader.news.clear()
                if loop.time() - checked >= _CHECK_S:
                    checked = loop.time()
                    if not await run_in_threadpool(self._still_in, request):
                        return
        except StateAccessError as error:
            logger("api").warning("live_ended", why=error.message)
        finally:
            self._readers.discard(reader)

    def _still_in(self, request: Request) -> bool:
        try:
            return self.gate.caller(request) is not None
        except Refused:
            return False

    async def _look(self) -> None:
        """Look for changes, and wake those who look on; trim the table now and then."""
        store = self.gate.asker.sessions.store
        loop = asyncio.get_running_loop()
        trimmed = loop.time()
        while True:
            try:
                seq = await run_in_threadpool(changes.newest, store)
                if loop.time() - trimmed >= _TRIM_S:
                    trimmed = loop.time()
                    await run_in_threadpool(changes.trim, store)
            except StateAccessError as error:
                logger("api").warning("live_waits", why=error.message)
                seq = self._seq
            if seq != self._seq:
                self._seq = seq
                self._wake()
            await asyncio.sleep(self.every_s)

    def _wake(self) -> None:
        for reader in self._readers:
            reader.news.set()

    def _end(self) -> None:
        self._closed = True
        self._wake()


def _after(request: Request) -> int | None:
    """Behind which number to go on; None: from now on."""
    text = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
