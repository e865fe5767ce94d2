"""One query, run: which handle, which rules, rows out whole or in pieces, rows in.

    reader      guard -> a handle with limits, read-only -> rows
    writer      a handle, or that of their session -> rows, or an insert fed piece by piece

An insert is answered when the engine has it on disk. A body that breaks off, or does not unpack, inserts nothing.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lowtide.errors import SettingsError
from lowtide.warehouse.http import streams
from lowtide.warehouse.http.body import SLOW_S, Body, Gone
from lowtide.warehouse.http.engine import Engine
from lowtide.warehouse.http.faults import Fault
from lowtide.warehouse.http.handles import Handle, quoted
from lowtide.warehouse.http.limits import in_statement
from lowtide.warehouse.http.native import framed
from lowtide.warehouse.http.reply import Reply
from lowtide.warehouse.http.request import MAX_STATEMENT, Asked, Table
from lowtide.warehouse.http.sessions import Session
from lowtide.warehouse.http.spool import Spool
from lowtide.warehouse.http.statement import Shape, read
from lowtide.warehouse.http.users import User

# Such a table fails when it is made, but its definition stays, and then the next start fails.
_STREAMS = re.compile(
    r"\bENGINE\s*=?\s*[`\"]?(Kafka|RabbitMQ|NATS|FileLog|S3Queue|AzureQueue)\b", re.IGNORECASE
)
Result = TypeVar("Result")
_HEAD = 64 << 10
_FORM = 256 << 20


@dataclass(frozen=True)
class _Begun:
    """An answer with its first piece; the others are to come, or there are none."""

    format: str
    first: bytes
    pieces: Iterator[bytes] | None
    summary: Mapping[str, int] = field(default_factory=dict)


class Query:
    """One query of a user. `kind` is its first word, once it is known."""

    def __init__(self, engine: Engine, asked: Asked, user: User, body: Body, reply: Reply) -> None:
        self._engine = engine
        self._asked = asked
        self._user = user
        self._body = body
        self._reply = reply
        self._tables: list[Table] = []
        self._handle: Handle | None = None
        self._session: Session | None = None
        self._stream: Generator[bytes] | None = None
        self.kind = ""
        self.may_be_killed = True

    async def run(self) -> None:
        """Answer. Raises Fault, or Gone."""
        shape, first = await self._read()
        self.kind = shape.verb
        self._check(shape)
        # What changes the store goes on without its client, who may ask again and find it done.
        self.may_be_killed = shape.answers or (shape.verb == "INSERT" and not shape.takes_data)
        try:
            if shape.takes_data:
                await self._insert(shape, first)
            else:
                await self._answer(shape)
        finally:
            self._leave(shape)

    async def kill(self) -> None:
        """End what it runs, if that may be ended."""
        if self.may_be_killed and self._handle is not None:
            await self._engine.kill(self._handle.mark)

    # --- the statement ------------------------------------------------------------------------------

    async def _read(self) -> tuple[Shape, bytes]:
        """The statement, and what has been read of an insert's data."""
        asked = self._asked
        if asked.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await self._body.upto(_FORM)
            if not self._body.ended:
                raise Fault(36, f"a form may have {_FORM >> 20} MB")
            self._tables = asked.form(form)
            return read(asked.url.get("query", "")), b""
        head = asked.url.get("query", "")
        shape = read(head)
        if shape.takes_data:
            inline = head[shape.data_at :].strip()
            return shape, f"{inline}\n".encode("utf-8", "surrogateescape") if inline else b""
        return await self._from_body(f"{head}\n" if head else "")

    async def _from_body(self, begun: str) -> tuple[Shape, bytes]:
        data = begun.encode("utf-8", "surrogateescape")
        for most in (_HEAD, MAX_STATEMENT):
            data += await self._body.upto(most - len(data))
            text = data.decode("utf-8", "surrogateescape")
            shape = read(text[:MAX_STATEMENT])
            if shape.data_at is not None:
                return shape, data[len(text[: shape.data_at].encode("utf-8", "surrogateescape")) :]
            if self._body.ended:
                break
        if len(data) > MAX_STATEMENT:
            raise Fault(
                62, f"Max query size exceeded: a statement may have {MAX_STATEMENT} bytes", status=400
            )
        if not text.strip():
            raise Fault(62, "Empty query: it is in the URL as `query`, in the body, or begins there")
        return shape, b""

    def _check(self, shape: Shape) -> None:
        if self._asked.flag("compress") or self._asked.flag("decompress"):
            raise Fault(
                48,
                "ClickHouse's own block compression is not spoken here: set `compress=0`, use HTTP's instead",
            )
        fmt = self._asked.default_format
        if not re.fullmatch(r"\w+", fmt):
            raise Fault(73, f"Unknown format {fmt}")
        timeout = self._asked.session_timeout
        if not 0 <= timeout <= 3600:
            raise Fault(374, "a session lasts an hour (3600) at most")
        if self._asked.method == "GET" and (not shape.answers or shape.verb == "KILL"):
            raise Fault(
                164,
                "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. "
                "You should use method POST for modifying queries.",
            )
        if shape.verb in ("CREATE", "ATTACH", "REPLACE") and (found := _STREAMS.search(shape.statement)):
            raise Fault(
                48,
                f"the engine {found[1]} is not in the embedded form; the store would not open again with such a table",
            )
        if self._user is User.READER and self._tables:
            raise Fault(164, "Cannot execute query in readonly mode: a reader brings no tables of their own")

    # --- rows out -----------------------------------------------------------------------------------

    async def _answer(self, shape: Shape) -> None:
        self._take_session()
        begun = await self._call(lambda: self._begin(shape))
        if begun.pieces is None:
            await self._reply.whole(
                begun.first, fmt=begun.format if shape.answers else None, summary=begun.summary
            )
            return
        await self._reply.begin(begun.format)
        piece: bytes | None = begun.first
        size = 0
        while piece is not None:
            size += len(piece)
            self._measure(size)
            await self._taken(self._reply.piece(piece))
            piece = await self._call(lambda: next(begun.pieces, None) if begun.pieces else None)
        await self._reply.end()

    async def _taken(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send, unless the client takes nothing any more: a query must not wait for ever for who forgot it."""
        try:
            await asyncio.wait_for(sending, SLOW_S)
        except TimeoutError:
            raise Gone from None

    def _begin(self, shape: Shape) -> _Begun:
        """Everything up to the first piece, in one call from one thread."""
        sql, fmt = self._statement(shape)
        handle, parameters = self._open(), self._asked.parameters
        if not self._asked.flag("wait_end_of_query") and streams.streamable(shape.verb, fmt):
            self._stream = streams.joined(handle.stream(sql, fmt, parameters), fmt)
            pieces = self._framed(fmt, self._stream)
            first = next(pieces, None)
            if first is not None:
                return _Begun(fmt, first, pieces)
            # Without a row the engine gives no header either; asked for the whole, it does.
        result = handle.run(sql, fmt, parameters)
        data = b"".join(self._framed(fmt, iter([bytes(result.bytes())])))
        self._measure(len(data))
        return _Begun(fmt, data, None, _summary(result))

    def _framed(self, fmt: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        version = self._asked.url.get("client_protocol_version", "")
        return framed(pieces, int(version)) if fmt == "Native" and version.isdigit() else pieces

    def _statement(self, shape: Shape) -> tuple[str, str]:
        """What is run, and in which format it answers."""
        asked = self._asked
        if self._user is User.WRITER:
            return self._killing(shape), shape.format or asked.default_format
        try:
            judged = self._engine.judged(shape.statement, tuple(asked.parameters.items()))
        except SettingsError as error:
            if isinstance(error.__cause__, Fault):
                raise error.__cause__ from error
            raise Fault(164, f"Cannot execute query in readonly mode: {error.message}") from error
        asked.settings |= in_statement(judged.settings)
        return judged.sql, judged.format or asked.default_format

    def _killing(self, shape: Shape) -> str:
        """`KILL QUERY WHERE query_id = …` with a client's own id: the engine knows the query by its mark."""

        def known(found: re.Match[str]) -> str:
            mark = self._engine.marks.get(found[1])
            return f"endsWith(Settings['log_comment'], {quoted(mark)})" if mark else found[0]

        if shape.verb != "KILL":
            return shape.statement
        return re.sub(r"\bquery_id\s*=\s*'([^'\\]+)'", known, shape.statement)

    def _measure(self, size: int) -> None:
        """The engine counts a value that is the same in all rows once; on the wire it is there in each."""
        most = self._engine.limits.result_mb << 20
        if self._user is User.READER and size > most:
            raise Fault(396, f"Limit for result exceeded, max bytes: {most}, current bytes: {size}.")

    # --- rows in ------------------------------------------------------------------------------------

    async def _insert(self, shape: Shape, first: bytes) -> None:
        if self._user is User.READER:
            raise Fault(164, "Cannot execute query in readonly mode: a reader inserts nothing")
        with Spool() as spool:
            await spool.fill(self._body, first)
            self._engine.writing()
            self._take_session()
            result = await self._call(lambda: spool.insert(self._open(), shape))
        self._engine.metrics.rows.inc(result.rows_written())
        await self._reply.whole(b"", summary=_summary(result) | {"read_rows": result.rows_written()})

    # --- the handle ---------------------------------------------------------------------------------

    def _take_session(self) -> None:
        """The writer's session, if there is one; a reader's keeps nothing, and so is none."""
        engine, asked = self._engine, self._asked
        name = asked.url.get("session_id")
        if name and self._user is User.WRITER:
            self._session = engine.sessions.take(
                name,
                lambda: Session.opened(engine.path, engine.database),
                check=asked.flag("session_check"),
                timeout=asked.session_timeout,
                now=engine.now(),
            )

    def _open(self) -> Handle:
        """The session's handle, or one for this request alone, as the request wants it."""
        engine, asked, session = self._engine, self._asked, self._session
        handle = self._handle = session.handle if session else Handle(engine.path, uuid.uuid4().hex)
        if query_id := asked.url.get("query_id"):
            engine.marks[query_id] = handle.mark
        if session:
            session.prepare(asked.database, asked.settings)
        elif self._user is User.READER:
            if asked.database not in (None, "default", engine.database):
                raise Fault(
                    81, f"Database {asked.database} is not open to readers: ask in `{engine.database}`"
                )
            handle.prepare(engine.database, {**engine.limits.settings(asked.settings), "readonly": "1"})
        else:
            # GET never writes, whatever the statement turns out to be.
            only = {"readonly": "2"} if asked.method == "GET" else {}
            handle.prepare(asked.database or engine.database, {**asked.settings, **only})
        for table in self._tables:
            self._bring(handle, table)
        return handle

    def _bring(self, handle: Handle, table: Table) -> None:
        """Make a table that came with the request; in a session it ends with the request as well."""
        handle.run(f"CREATE TEMPORARY TABLE `{table.name}` ({table.structure})")
        shape = Shape("INSERT", table.format, f"INSERT INTO `{table.name}`")
        with Spool(table.data) as spool:
            spool.insert(handle, shape)

    def _leave(self, shape: Shape) -> None:
        handle, session = self._handle, self._session
        if self._stream is not None:
            self._stream.close()
        if session is not None:
            for table in self._tables:
                session.handle.run(f"DROP TEMPORARY TABLE IF EXISTS `{table.name}`")
        if query_id := self._asked.url.get("query_id"):
            self._engine.marks.pop(query_id, None)
        if session is not None:
            session.after(shape.verb)
            self._engine.sessions.give_back(session, self._engine.now())
        elif handle is not None:
            handle.close()

    async def _call(self, function: Callable[[], Result]) -> Result:
        return await self._engine.call(self._user, function)


def _summary(result: Any) -> dict[str, int]:
    rows, size = result.storage_rows_read(), result.storage_bytes_read()
    return {
        "read_rows": rows, "read_bytes": size, "written_rows": result.rows_written(),
        "written_bytes": result.bytes_written(), "total_rows_to_read": 0, "result_rows": result.rows_read(),
        "result_bytes": result.bytes_read(), "elapsed_ns": int(result.elapsed() * 1e9),
    }  # fmt: skip
