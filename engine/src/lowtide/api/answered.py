"""Requests with an Idempotency-Key: the same key again gets the same answer, however often a network repeats it.

The answer is kept in desk.db for 24 hours. A refusal is not kept: nothing was done, so the same key may try again. What
writes to the ledger under a key is done once even if its answer is lost.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import orjson
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from lowtide.desk.store import Store
from lowtide.service import Caller

KEPT_MS = 24 * 3_600_000
_LONGEST_KEY = 200
_LARGEST = 1 << 20
_HEADERS = ("content-type", "location")


class KeyMisused(Exception):
    """The key is too long, or it was used for another request."""


class KeyBusy(Exception):
    """The first request with this key is still at work."""


@dataclass
class Answered:
    """The answers that are kept. `now` is the wall clock in milliseconds since 1970 UTC."""

    store: Store
    now: Callable[[], int]
    _at_work: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def once(self, request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        """Answer a request, or give the answer that its key already has. Raises KeyMisused and KeyBusy."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return await answer(request)
        if not 0 < len(key) <= _LONGEST_KEY:
            raise KeyMisused(f"an Idempotency-Key has 1 to {_LONGEST_KEY} characters")
        caller: Caller = request.state.caller
        name = (f"{caller.via}:{caller.login}", key)
        mark = await _mark(request)
        self._begin(name)
        try:
            kept = await run_in_threadpool(self._kept, name, mark)
            if kept is not None:
                return kept
            given = await answer(request)
            body = getattr(given, "body", None)
            if given.status_code < 400 and isinstance(body, bytes) and len(body) <= _LARGEST:
                await run_in_threadpool(self._keep, name, mark, given, body)
            return given
        finally:
            self._end(name)

    def _begin(self, name: tuple[str, str]) -> None:
        with self._lock:
            if name in self._at_work:
                raise KeyBusy
            self._at_work.add(name)

    def _end(self, name: tuple[str, str]) -> None:
        with self._lock:
            self._at_work.discard(name)

    def _kept(self, name: tuple[str, str], mark: bytes) -> Response | None:
        with self.store.read() as rows:
            row = rows.row("SELECT * FROM answered WHERE caller = ? AND key = ?", *name)
        if row is None or row["at"] <= self.now() - KEPT_MS:
            return None
        if row["request"] != mark:
            raise KeyMisused("this Idempotency-Key was used for another request")
        headers = {**orjson.loads(row["headers"]), "Idempotency-Replayed": "true"}
        return Response(row["body"], row["status"], headers)

    def _keep(self, name: tuple[str, str], mark: bytes, given: Response, body: bytes) -> None:
        headers = {one: given.headers[one] for one in _HEADERS if one in given.headers}
        now = self.now()
        with self.store.transaction() as tx:
            tx.execute("DELETE FROM answered WHERE at <= ?", now - KEPT_MS)
            tx.execute(
                "INSERT OR REPLACE INTO answered (caller, key, request, status, headers, body, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                *name, mark, given.status_code, orjson.dumps(headers).decode(), body, now,
            )  # fmt: skip


async def _mark(request: Request) -> bytes:
    text = f"{request.method} {request.url.path}?{request.url.query}\n{request.headers.get('content-type', '')}\n"
    return hashlib.sha256(text.encode() + await request.body()).digest()
