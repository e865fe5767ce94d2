"""Run one query: choose a handle, apply the rules of its user, send rows or insert rows.

    reader      guard -> a read-only handle with limits -> rows
    writer      a new handle, or that of the session -> rows, or an insert

An insert is answered when ClickHouse has its rows on disk. A body that breaks off or cannot be decompressed inserts nothing.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lowtide.errors import SettingsError
from lowtide.warehouse import guard, reader_settings
from lowtide.warehouse.http import streams
from lowtide.warehouse.http.body import SLOW_S, Body, ClientLeft
from lowtide.warehouse.http.clickhouse import ClickHouse
from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.handles import Handle, quoted
from lowtide.warehouse.http.native import framed
from lowtide.warehouse.http.reading import Reading
from lowtide.warehouse.http.reply import Reply
from lowtide.warehouse.http.request import Request, Table
from lowtide.warehouse.http.sessions import Session
from lowtide.warehouse.http.spool import Spool
from lowtide.warehouse.http.statement import Shape
from lowtide.warehouse.http.users import User

# chDB cannot make such a table, but it keeps the definition, and then the next start fails.
_STREAMS = re.compile(
    r"\bENGINE\s*+=?\s*+[`\"]?(Kafka|RabbitMQ|NATS|FileLog|S3Queue|AzureQueue)\b", re.IGNORECASE
)
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Answer:
    """An answer with its first piece; `pieces` are the others, None if the first is all."""

    format: str
    first: bytes
    pieces: Iterator[bytes] | None
    summary: Mapping[str, int] = field(default_factory=dict)


class Query:
    """One query of a user. `kind` is its first word, once it is known."""

    def __init__(
        self, clickhouse: ClickHouse, request: Request, user: User, client: str, body: Body, reply: Reply
    ) -> None:
        """`client` is the address that it came from, for turns."""
        self._clickhouse = clickhouse
        self._request = request
        self._user = user
        self._client = f"{user.value} {client}"
        self._body = body
        self._reply = reply
        self._reading = Reading(clickhouse, request, user, self._client, body)
        self._judged: guard.Statement | None = None
        """The verdict on a large statement."""
        self._handle: Handle | None = None
        self._session: Session | None = None
        self._stream: Generator[bytes] | None = None
        self.kind = ""
        self.may_be_killed = True

    async def run(self) -> None:
        """Run the query and send its answer. Raises QueryError, or ClientLeft."""
        try:
            await self._run(*await self._reading.statement())
        finally:
            self._reading.close()

    async def _run(self, shape: Shape, first: bytes) -> None:
        self.kind = shape.verb
        self._check(shape)
        # A statement that changes the store goes on although its client has left.
        self.may_be_killed = shape.answers or (shape.verb == "INSERT" and not shape.takes_data)
        try:
            if shape.takes_data:
                await self._insert(shape, first)
            else:
                await self._answer(shape)
        finally:
            self._leave(shape)

    async def kill(self) -> None:
        """End the query in ClickHouse, if it may be ended."""
        if self.may_be_killed and self._handle is not None:
            await self._clickhouse.kill(self._handle.tag)

    def _check(self, shape: Shape) -> None:
        if self._request.flag("compress") or self._request.flag("decompress"):
            raise QueryError(
                48,
                "ClickHouse's own block compression is not available here: set `compress=0`, use HTTP's instead",
            )
        fmt = self._request.default_format
        if not re.fullmatch(r"\w+", fmt):
            raise QueryError(73, f"Unknown format {fmt}")
        timeout = self._request.session_timeout
        if not 0 <= timeout <= 3600:
            raise QueryError(374, "a session lasts an hour (3600) at most")
        if self._request.method == "GET" and (not shape.answers or shape.verb == "KILL"):
            raise QueryError(
                164,
                "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. "
                "You should use method POST for modifying queries.",
            )
        if shape.verb in ("CREATE", "ATTACH", "REPLACE") and (found := _STREAMS.search(shape.statement)):
            raise QueryError(
                48,
                f"the table engine {found[1]} is not in the embedded form; the store would not open again with such a table",
            )
        if self._user is User.READER and self._reading.tables:
            raise QueryError(
                164, "Cannot execute query in readonly mode: a reader cannot send tables with a request"
            )

    # --- rows out -----------------------------------------------------------------------------------

    async def _answer(self, shape: Shape) -> None:
        self._take_session()
        if self._reading.is_large:
            with _as_refusal():
                self._judged = await self._clickhouse.judge(shape.statement, self._parameters)
        answer = await self._call(lambda: self._begin(shape))
        if answer.pieces is None:
            await self._reply.whole(
                answer.first, fmt=answer.format if shape.answers else None, summary=answer.summary
            )
            return
        await self._reply.begin(answer.format)
        piece: bytes | None = answer.first
        size = 0
        while piece is not None:
            size += len(piece)
            self._measure(size)
            await self._send(self._reply.piece(piece))
            piece = await self._call(lambda: next(answer.pieces, None) if answer.pieces else None)
        await self._reply.end()

    async def _send(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send, for as long as the client takes what is sent: a query must not wait for ever."""
        try:
            await asyncio.wait_for(sending, SLOW_S)
        except TimeoutError:
            raise ClientLeft from None

    def _begin(self, shape: Shape) -> _Answer:
        """Run up to the first piece, in one call from one thread."""
        sql, fmt = self._statement(shape)
        handle, parameters = self._open(), self._request.parameters
        if not self._request.flag("wait_end_of_query") and streams.streamable(shape.verb, fmt):
            self._stream = streams.joined(handle.stream(sql, fmt, parameters), fmt)
            pieces = self._framed(fmt, self._stream)
            first = next(pieces, None)
            if first is not None:
                return _Answer(fmt, first, pieces)
            # A stream without rows has no header either; the answer as a whole has one.
        result = handle.run(sql, fmt, parameters)
        data = b"".join(self._framed(fmt, iter([bytes(result.bytes())])))
        self._measure(len(data))
        return _Answer(fmt, data, None, _summary(result))

    def _framed(self, fmt: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        version = self._request.url.get("client_protocol_version", "")
        known = fmt == "Native" and re.fullmatch(r"[0-9]{1,9}", version)
        return framed(pieces, int(version)) if known else pieces

    def _statement(self, shape: Shape) -> tuple[str, str]:
        """The statement to run, and the format of its answer."""
        request = self._request
        if self._user is User.WRITER:
            return self._killing(shape), shape.format or request.default_format
        with _as_refusal():
            judged = self._judged or self._clickhouse.judged(shape.statement, self._parameters)
        request.settings |= reader_settings.given(judged.settings)
        return reader_settings.with_true_settings(judged.sql), judged.format or request.default_format

    @property
    def _parameters(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._request.parameters.items())

    def _killing(self, shape: Shape) -> str:
        """`KILL QUERY WHERE query_id = …` with the id that a client gave: ClickHouse finds the query by its tag."""

        def known(found: re.Match[str]) -> str:
            tag = self._clickhouse.tags.get(found[1])
            return f"endsWith(Settings['log_comment'], {quoted(tag)})" if tag else found[0]

        if shape.verb != "KILL":
            return shape.statement
        return re.sub(r"\bquery_id\s*=\s*'([^'\\]+)'", known, shape.statement)

    def _measure(self, size: int) -> None:
        """Check the size of an answer: ClickHouse counts a value that is the same in all rows only once."""
        most = self._clickhouse.limits.result_mb << 20
        if self._user is User.READER and size > most:
            raise QueryError(396, f"Limit for result exceeded, max bytes: {most}, current bytes: {size}.")

    # --- rows in ------------------------------------------------------------------------------------

    async def _insert(self, shape: Shape, first: bytes) -> None:
        if self._user is User.READER:
            raise QueryError(164, "Cannot execute query in readonly mode: a reader cannot insert")
        with Spool() as spool:
            await spool.fill(self._body, first)
            self._clickhouse.writing()
            self._take_session()
            result = await self._call(lambda: spool.insert(self._open(), shape))
        self._clickhouse.metrics.rows.inc(result.rows_written())
        await self._reply.whole(b"", summary=_summary(result) | {"read_rows": result.rows_written()})

    # --- the handle ---------------------------------------------------------------------------------

    def _take_session(self) -> None:
        """Take the writer's session, if the request names one. Readers have no session."""
        clickhouse, request = self._clickhouse, self._request
        name = request.url.get("session_id")
        if name and self._user is User.WRITER:
            self._session = clickhouse.sessions.take(
                name,
                lambda: Session.opened(clickhouse.path, clickhouse.database),
                check=request.flag("session_check"),
                timeout=request.session_timeout,
                now=clickhouse.now(),
            )

    def _open(self) -> Handle:
        """The handle of the session, or a new one, with database and settings of the request."""
        clickhouse, request, session = self._clickhouse, self._request, self._session
        handle = self._handle = session.handle if session else Handle(clickhouse.path, uuid.uuid4().hex)
        if query_id := request.url.get("query_id"):
            clickhouse.tags[query_id] = handle.tag
        if session:
            session.prepare(request.database, request.settings)
        elif self._user is User.READER:
            if request.database not in (None, "default", clickhouse.database):
                raise QueryError(
                    81, f"Database {request.database} is not open to readers: ask in `{clickhouse.database}`"
                )
            handle.prepare(
                clickhouse.database, {**clickhouse.limits.settings(request.settings), "readonly": "1"}
            )
        else:
            # A GET request never writes, whatever its statement is.
            only = {"readonly": "2"} if request.method == "GET" else {}
            handle.prepare(request.database or clickhouse.database, {**request.settings, **only})
        for table in self._reading.tables:
            self._make_table(handle, table)
        return handle

    def _make_table(self, handle: Handle, table: Table) -> None:
        """Make a temporary table that came with the request. `_leave` drops it, in a session too."""
        handle.run(f"CREATE TEMPORARY TABLE `{table.name}` ({table.structure})")
        shape = Shape("INSERT", table.format, f"INSERT INTO `{table.name}`")
        with Spool(table.data) as spool:
            spool.insert(handle, shape)

    def _leave(self, shape: Shape) -> None:
        handle, session = self._handle, self._session
        if self._stream is not None:
            self._stream.close()
        if session is not None:
            for table in self._reading.tables:
                session.handle.run(f"DROP TEMPORARY TABLE IF EXISTS `{table.name}`")
        if query_id := self._request.url.get("query_id"):
            self._clickhouse.tags.pop(query_id, None)
        if session is not None:
            session.after(shape.verb)
            self._clickhouse.sessions.give_back(session, self._clickhouse.now())
        elif handle is not None:
            handle.close()

    async def _call(self, function: Callable[[], Result]) -> Result:
        return await self._clickhouse.call(self._user, self._client, function)


@contextmanager
def _as_refusal() -> Iterator[None]:
    """What the guard refuses is an error of ClickHouse."""
    try:
        yield
    except SettingsError as error:
        if isinstance(error.__cause__, QueryError):
            raise error.__cause__ from error
        raise QueryError(164, f"Cannot execute query in readonly mode: {error.message}") from error


def _summary(result: Any) -> dict[str, int]:
    rows, size = result.storage_rows_read(), result.storage_bytes_read()
    return {
        "read_rows": rows, "read_bytes": size, "written_rows": result.rows_written(),
        "written_bytes": result.bytes_written(), "total_rows_to_read": 0, "result_rows": result.rows_read(),
        "result_bytes": result.bytes_read(), "elapsed_ns": int(result.elapsed() * 1e9),
    }  # fmt: skip
