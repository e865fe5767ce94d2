"""Send each request where it belongs; it ends in an answer, an error that clients can parse, or a killed query.

/  /query       a query, or `Ok.`
/ping           `Ok.`: the process answers
/healthz        the same;  /readyz  ClickHouse answers too
/metrics        Prometheus' text; needs a user once there are tokens
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from typing import Any

from lowtide.warehouse.http.body import Body, ClientLeft, Message, Receive, Send
from lowtide.warehouse.http.clickhouse import ClickHouse
from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.handles import Handle
from lowtide.warehouse.http.query import Query
from lowtide.warehouse.http.reply import Reply
from lowtide.warehouse.http.request import Request
from lowtide.warehouse.http.users import Tokens, User, check_origin

_KINDS = frozenset(
    {"SELECT", "WITH", "INSERT", "CREATE", "ALTER", "SHOW", "DESCRIBE", "EXPLAIN", "SET", "KILL"}
)


class App:
    """The ASGI application."""

    def __init__(self, clickhouse: ClickHouse, tokens: Tokens, *, log: bool = False) -> None:
        self._clickhouse = clickhouse
        self._tokens = tokens
        self._log = log
        self.leaving = False
        """Set when the process has been told to end: running queries finish, and `/readyz` says no."""

    def leave(self) -> None:
        """Note that the process has been told to end."""
        self.leaving = True

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        exchange = _Exchange(self, scope, headers, send)
        try:
            if refusal := await self._refusal(exchange, receive):
                await exchange.error(refusal)
        finally:
            exchange.end(self._log)

    async def _refusal(self, exchange: _Exchange, receive: Receive) -> QueryError | None:
        """Answer a request; gives the error that is still to be sent, without the frames that hold the statement."""
        try:
            await exchange.answer(receive)
        except ClientLeft:
            self._clickhouse.metrics.left.inc()
            exchange.note = "left"
        except QueryError as error:
            return error.bare()
        except Exception as error:
            ends = isinstance(error, RuntimeError) and "cannot schedule new futures" in str(error)
            return QueryError(236 if ends else 1001, f"{type(error).__name__}: {error}")
        return None

    async def route(self, request: Request, receive: Receive, send: Send, exchange: _Exchange) -> None:
        """Answer a request by its path."""
        check_origin(request.headers, self._tokens)
        if request.method not in ("GET", "HEAD", "POST"):
            raise QueryError(48, f"the method {request.method} is not known here", status=501)
        if request.path in ("/", "/query", ""):
            if request.method == "POST" or "query" in request.url:
                await self._query(request, receive, exchange)
                return
            await exchange.plain(200, b"Ok.\n")
        elif request.path in ("/ping", "/healthz"):
            await exchange.plain(200, b"Ok.\n")
        elif request.path == "/readyz":
            await exchange.plain(*await self._ready())
        elif request.path == "/metrics":
            if self._tokens.any:
                self._tokens.user(request.headers, request.url)
            self._clickhouse.sessions.sweep(self._clickhouse.now())
            self._clickhouse.metrics.sessions.set(len(self._clickhouse.sessions))
            await exchange.plain(200, self._clickhouse.metrics.text())
        else:
            await exchange.plain(404, f"There is no handler {request.path}\n".encode("utf-8", "replace"))

    async def _ready(self) -> tuple[int, bytes]:
        if self.leaving:
            return 503, b"The process is ending.\n"

        def look() -> None:
            handle = Handle(self._clickhouse.path, "")
            try:
                handle.run("SELECT 1")
            finally:
                handle.close()

        try:
            await asyncio.wait_for(self._clickhouse.call(User.WRITER, "ready", look), 5)
        except (QueryError, TimeoutError) as error:
            return 503, f"ClickHouse does not answer: {error}\n".encode()
        return 200, b"Ok.\n"

    async def _query(self, request: Request, receive: Receive, exchange: _Exchange) -> None:
        """Run a query, and kill it when its client leaves."""
        user = exchange.user = self._tokens.user(request.headers, request.url)
        if request.method == "HEAD":
            request.method = "GET"
        body = exchange.body = Body(receive, request.headers.get("content-encoding", "").strip().lower())
        query = exchange.query = Query(self._clickhouse, request, user, exchange.client, body, exchange.reply)
        run = asyncio.create_task(query.run())
        left = asyncio.create_task(body.left())
        try:
            await asyncio.wait({run, left}, return_when=asyncio.FIRST_COMPLETED)
            if not run.done():
                # A kill finds nothing while ClickHouse does not have the query yet, so it is repeated.
                if query.may_be_killed:
                    run.cancel()
                while not (await asyncio.wait({run}, timeout=0.1))[0]:
                    await query.kill()
                if not run.cancelled():
                    run.exception()
                raise ClientLeft
            await run
        except asyncio.CancelledError:
            run.cancel()
            while not (await asyncio.wait({run}, timeout=0.1))[0]:
                await query.kill()
            raise
        finally:
            left.cancel()


class _Exchange:
    """One request and its answer, for errors, metrics and the log."""

    def __init__(self, app: App, scope: Message, headers: dict[str, str], send: Send) -> None:
        self._app = app
        self._scope = scope
        self._headers = headers
        self._send = send
        self._start = time.perf_counter()
        self._code = 0
        self.note = ""
        self.user: User | None = None
        self.body: Body | None = None
        self.query: Query | None = None
        self.reply = self._reply("", accept="")

    @property
    def client(self) -> str:
        """The address that the request came from; empty over the socket of the folder."""
        return str((self._scope.get("client") or ("",))[0])

    def _reply(self, query_id: str, accept: str) -> Reply:
        return Reply(self._send, self._app._clickhouse.server, query_id or str(uuid.uuid4()), accept)

    async def answer(self, receive: Receive) -> None:
        """Read the request and answer it."""
        scope = self._scope
        request = Request.of(scope["method"], scope["path"], self._headers, scope["query_string"])
        accept = self._headers.get("accept-encoding", "")
        if request.url.get("enable_http_compression") == "0":
            accept = ""
        self.reply = self._reply(request.url.get("query_id", ""), accept)
        await self._app.route(request, receive, self._send, self)

    async def plain(self, status: int, text: bytes) -> None:
        """Send a text that does not come from ClickHouse."""
        headers: list[tuple[bytes, Any]] = [
            (b"content-type", b"text/plain; charset=UTF-8"),
            (b"content-length", str(len(text)).encode()),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": text})

    async def error(self, error: QueryError) -> None:
        """Answer with an error; a reader or a stranger who has had many waits for it."""
        self._code, self.note = error.code, error.name
        if self.body:
            self.body.drop()
        if self.user is not User.WRITER:
            clickhouse = self._app._clickhouse
            await asyncio.sleep(clickhouse.refusals.delay(self.client, clickhouse.now()))
        await self.reply.error(error)

    def end(self, log: bool) -> None:
        """Count the request, and write a line about it if there is a log."""
        seconds = time.perf_counter() - self._start
        metrics = self._app._clickhouse.metrics
        kind = self.query.kind if self.query else ""
        if self.query and self.user and self.body:
            label = (self.user.value, kind.lower() if kind in _KINDS else "other")
            metrics.queries.labels(*label, str(self._code)).inc()
            metrics.seconds.labels(*label).observe(seconds)
            metrics.received.inc(self.body.read)
            metrics.sent.inc(self.reply.sent)
        if log:
            # Never the URL or the statement: the URL may have a token in it, the statement data of a customer.
            user = self.user.value if self.user else "-"
            status = self.reply.status or "-"
            path = ascii(self._scope["path"])[1:-1]
            print(
                f"{self.client or '-'} {user} {self._scope['method']} {path} {kind or '-'} {status} "
                f"{self.reply.sent} bytes {seconds * 1e3:.1f} ms {self.note}".rstrip(),
                file=sys.stderr,
                flush=True,
            )
