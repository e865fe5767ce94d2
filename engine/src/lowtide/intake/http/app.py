"""Requests in, answers out: the ASGI application of intake.

    POST /movements          a document of movements, or of the default map       POST /movements/NAME   of the map NAME
    GET  /healthz            whether the journal takes documents                  GET  /openapi.json     what this is
    GET  /metrics            Prometheus' text; needs a token once there are tokens

The event loop only moves bytes. A document is unpacked, read and checked in a thread; the core releases the interpreter
lock.
"""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import orjson

from lowtide.intake.http.body import Budget, ClientLeft, Receive, Scope, Send
from lowtide.intake.http.guard import check
from lowtide.intake.http.openapi import document
from lowtide.intake.http.post import Post
from lowtide.intake.http.request import PATH, Request
from lowtide.intake.intake import Intake
from lowtide.intake.journal import MAX_WAITING
from lowtide.intake.metrics import IntakeMetrics
from lowtide.intake.refusal import Refusal
from lowtide.intake.tokens import Tokens
from lowtide.operation.log import logger
from lowtide.operation.metrics import CONTENT_TYPE
from lowtide.operation.proxy import DIRECT, Caller, Proxies

MAX_BODY = 16 << 20
_JSON = b"application/json"
_THREADS = 4
_GET = ("/healthz", "/metrics", "/openapi.json")


@dataclass(frozen=True)
class Access:
    """Who may send: the tokens, the names of this host, the longest body."""

    tokens: Tokens = field(default_factory=lambda: Tokens(None))
    hosts: frozenset[str] = frozenset({"localhost"})
    max_body: int = MAX_BODY
    log: bool = False
    """Whether each request is a line on standard error."""
    proxies: Proxies = DIRECT
    """Those that may say who sends."""


class App:
    """The ASGI application."""

    def __init__(self, intake: Intake, access: Access) -> None:
        self.intake = intake
        self.metrics = IntakeMetrics(intake.journal)
        self._access = access
        self._budget = Budget(MAX_WAITING)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lowtide-intake")
        self.leaving = False
        """Set when the process was told to end: new documents are refused."""

    def close(self) -> None:
        """End its threads."""
        self._threads.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        status, note, caller = 0, "", self._access.proxies.of_scope(scope)
        try:
            status, kind, body = await self._answer(Request.of(scope), caller, receive)
            await _send(send, status, kind, body)
        except ClientLeft:
            note = "left"
        except Refusal as refusal:
            status, note = refusal.status, refusal.code
            await _refuse(send, refusal)
        except Exception as error:
            logger("intake").exception("request_failed", error=type(error).__name__, client=caller.address)
            status, note = 500, type(error).__name__
            await _refuse(send, Refusal("failed", "this is a mistake in Lowtide: please report it"))
        self.metrics.answered(status)
        if self._access.log:
            _log(scope, caller, status, time.perf_counter() - started, note)

    async def _answer(self, request: Request, caller: Caller, receive: Receive) -> tuple[int, bytes, bytes]:
        path, method, tokens = request.path, request.method, self._access.tokens
        if not request.is_post and path not in _GET:
            raise Refusal("unknown_path", f"there is nothing at this path: post documents to {PATH}")
        if method != "POST" if request.is_post else method not in ("GET", "HEAD"):
            raise Refusal("unknown_method", f"this path takes {'POST' if request.is_post else 'GET'}")
        check(request.headers, self._access.hosts, caller.scheme)
        if request.is_post:
            if self.leaving:
                raise Refusal("ending", "the process is ending: send it again to the next one")
            post = Post(self.intake, tokens, request, self._threads)
            rows, answer = await post.take(receive, self._access.max_body, self._budget)
            self.metrics.taken(rows)
            return 200, _JSON, orjson.dumps(answer)
        if path == "/healthz":
            return await self._health()
        if path == "/openapi.json":
            return 200, _JSON, orjson.dumps(document(self._access.max_body))
        if tokens.any and tokens.holder(request.headers) is None:
            raise Refusal("no_token", "send `Authorization: Bearer TOKEN`")
        return 200, CONTENT_TYPE.encode(), self.metrics.text()

    async def _health(self) -> tuple[int, bytes, bytes]:
        await asyncio.get_running_loop().run_in_executor(self._threads, self.intake.journal.look_again)
        failure = "the process is ending" if self.leaving else self.intake.journal.failure
        if failure is None:
            return 200, _JSON, b'{"status":"ready"}'
        raise Refusal("ending" if self.leaving else "journal_unwritable", failure)


def _log(scope: Scope, caller: Caller, status: int, seconds: float, note: str) -> None:
    """Write a line about a request. Its query and an unknown path may hold a secret, so the line shows neither."""
    is_ours = status == 200 or scope["path"] in (PATH, *_GET)
    path = ascii(scope["path"])[1:-1] if is_ours else "?"
    line = f"{caller.address or '-'} {scope['method']} {path} {status or '-'} {seconds * 1e3:.1f} ms {note}"
    print(line.rstrip(), file=sys.stderr, flush=True)


async def _refuse(send: Send, refusal: Refusal) -> None:
    body = orjson.dumps({"error": refusal.code, "message": refusal.message, **refusal.more})
    more = [(b"retry-after", b"1")] if refusal.status in (429, 503) else []
    if refusal.status == 401:
        more.append((b"www-authenticate", b"Bearer"))
    if refusal.status == 405:
        more.append((b"allow", b"POST" if "POST" in refusal.message else b"GET, HEAD"))
    if refusal.status == 413:
        more.append((b"connection", b"close"))  # the rest of the body is not read
    await _send(send, refusal.status, _JSON, body, more)


async def _send(
    send: Send, status: int, kind: bytes, body: bytes, more: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *(more or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
