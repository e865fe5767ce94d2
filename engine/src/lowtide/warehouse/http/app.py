"""Routes, and what becomes of a request: an answer, an error that clients can take apart, or a killed query.

/  /query       a query, or `Ok.`
/ping           `Ok.`: the process answers
/healthz        the same;  /readyz  the engine answers too
/metrics        Prometheus' text; needs a user once there are tokens
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from typing import Any

from lowtide.warehouse.http.body import Body, Gone, Message, Receive, Send
from lowtide.warehouse.http.engine import Engine
from lowtide.warehouse.http.faults import Fault
from lowtide.warehouse.http.handles import Handle
from lowtide.warehouse.http.query import Query
from lowtide.warehouse.http.reply import Reply
from lowtide.warehouse.http.request import Asked
from lowtide.warehouse.http.users import Tokens, User, check_origin

_KINDS = frozenset(
    {"SELECT", "WITH", "INSERT", "CREATE", "ALTER", "SHOW", "DESCRIBE", "EXPLAIN", "SET", "KILL"}
)


class App:
    """The ASGI application."""

    def __init__(self, engine: Engine, tokens: Tokens, *, log: bool = False) -> None:
        self._engine = engine
        self._tokens = tokens
        self._log = log
        self.leaving = False
        """Set when the process has been told to end: it finishes what runs and is not ready for more."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        exchange = _Exchange(self, scope, headers, send)
        try:
            await exchange.answer(receive)
        except Gone:
            self._engine.metrics.left.inc()
            exchange.note = "left"
        except Fault as fault:
            await exchange.fault(fault)
        except Exception as error:
            await exchange.fault(Fault(1001, f"{type(error).__name__}: {error}"))
        finally:
            exchange.end(self._log)

    async def route(self, asked: Asked, receive: Receive, send: Send, exchange: _Exchange) -> None:
        """Where a request goes."""
        check_origin(asked.headers, self._tokens)
        if asked.method not in ("GET", "HEAD", "POST"):
            raise Fault(48, f"the method {asked.method} is not known here", status=501)
        if asked.path in ("/", "/query", ""):
            if asked.method == "POST" or "query" in asked.url:
                await self._query(asked, receive, exchange)
                return
            await exchange.plain(200, b"Ok.\n")
        elif asked.path in ("/ping", "/healthz"):
            await exchange.plain(200, b"Ok.\n")
        elif asked.path == "/readyz":
            await exchange.plain(*await self._ready())
        elif asked.path == "/metrics":
            if self._tokens.any:
                self._tokens.user(asked.headers, asked.url)
            self._engine.sessions.sweep(self._engine.now())
            self._engine.metrics.sessions.set(len(self._engine.sessions))
            await exchange.plain(200, self._engine.metrics.text())
        else:
            await exchange.plain(404, f"There is no handler {asked.path}\n".encode("utf-8", "replace"))

    async def _ready(self) -> tuple[int, bytes]:
        if self.leaving:
            return 503, b"The process is ending.\n"

        def asked() -> None:
            handle = Handle(self._engine.path, "")
            try:
                handle.run("SELECT 1")
            finally:
                handle.close()

        try:
            await asyncio.wait_for(self._engine.call(User.WRITER, asked), 5)
        except (Fault, TimeoutError) as fault:
            return 503, f"The engine does not answer: {fault}\n".encode()
        return 200, b"Ok.\n"

    async def _query(self, asked: Asked, receive: Receive, exchange: _Exchange) -> None:
        """Run a query, and end it when its client leaves."""
        user = exchange.user = self._tokens.user(asked.headers, asked.url)
        if asked.method == "HEAD":
            asked.method = "GET"
        body = exchange.body = Body(receive, asked.headers.get("content-encoding", "").strip().lower())
        query = exchange.query = Query(self._engine, asked, user, body, exchange.reply)
        run = asyncio.create_task(query.run())
        left = asyncio.create_task(body.left())
        try:
            await asyncio.wait({run, left}, return_when=asyncio.FIRST_COMPLETED)
            if not run.done():
                # A kill finds nothing while the query is on its way into the engine, so it is said again.
                run.cancel() if query.may_be_killed else None
                while not (await asyncio.wait({run}, timeout=0.1))[0]:
                    await query.kill()
                if not run.cancelled():
                    run.exception()
                raise Gone
            await run
        except asyncio.CancelledError:
            run.cancel()
            await asyncio.wait({run})
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

    def _reply(self, query_id: str, accept: str) -> Reply:
        return Reply(self._send, self._app._engine.served, query_id or str(uuid.uuid4()), accept)

    async def answer(self, receive: Receive) -> None:
        """Read what is asked, and see to it."""
        scope = self._scope
        asked = Asked.of(scope["method"], scope["path"], self._headers, scope["query_string"])
        accept = self._headers.get("accept-encoding", "")
        if asked.url.get("enable_http_compression") == "0":
            accept = ""
        self.reply = self._reply(asked.url.get("query_id", ""), accept)
        await self._app.route(asked, receive, self._send, self)

    async def plain(self, status: int, text: bytes) -> None:
        """Send a text that is no answer of the engine."""
        headers: list[tuple[bytes, Any]] = [
            (b"content-type", b"text/plain; charset=UTF-8"),
            (b"content-length", str(len(text)).encode()),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": text})

    async def fault(self, fault: Fault) -> None:
        """Answer with an error."""
        self._code, self.note = fault.code, fault.name
        await self.reply.fault(fault)

    def end(self, log: bool) -> None:
        """Count the request; a line about it if there is a log."""
        seconds = time.perf_counter() - self._start
        metrics = self._app._engine.metrics
        kind = self.query.kind if self.query else ""
        if self.query and self.user and self.body:
            label = (self.user.value, kind.lower() if kind in _KINDS else "other")
            metrics.queries.labels(*label, str(self._code)).inc()
            metrics.seconds.labels(*label).observe(seconds)
            metrics.received.inc(self.body.read)
            metrics.sent.inc(self.reply.sent)
        if log:
            # Never the URL or the statement: a token may be in the one, a customer's data in the other.
            user = self.user.value if self.user else "-"
            status = self.reply.status or "-"
            client = (self._scope.get("client") or ("-",))[0]
            print(
                f"{client} {user} {self._scope['method']} {ascii(self._scope['path'])[1:-1]} {kind or '-'} {status} "
                f"{self.reply.sent} bytes {seconds * 1e3:.1f} ms {self.note}".rstrip(),
                file=sys.stderr,
                flush=True,
            )
