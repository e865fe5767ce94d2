"""Read the statement of a request: from the URL, the body or a form, with bounds on its time and its memory.

A small statement is read at once. A reader's larger one, and each that is compressed, waits for one of few turns before
more of its body is taken, and keeps the turn until its answer is out. So thousands of large statements are never in memory
together.
"""

from __future__ import annotations

import asyncio

from lowtide.warehouse.http.body import Body
from lowtide.warehouse.http.clickhouse import SMALL_STATEMENT, ClickHouse
from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.request import MAX_STATEMENT, READER_STATEMENT, Request, Table
from lowtide.warehouse.http.statement import Shape
from lowtide.warehouse.http.users import User

STATEMENT_S = 30.0
"""A reader's statement must be here after so many seconds."""
LARGE_S = 10.0
"""And the rest of a large one so many seconds after its turn began."""
_FORM = 256 << 20


class Reading:
    """The statement of one request. `close` gives its turn back."""

    def __init__(self, clickhouse: ClickHouse, request: Request, user: User, client: str, body: Body) -> None:
        self._clickhouse, self._request, self._body = clickhouse, request, body
        self._is_reader, self._client = user is User.READER, client
        self._most = READER_STATEMENT if self._is_reader else MAX_STATEMENT
        self.tables: list[Table] = []
        """The tables that a form brought."""
        self.is_large = False
        """Whether it has a turn among the large ones."""

    async def statement(self) -> tuple[Shape, bytes]:
        """The statement, and the part of an insert's data that has been read. Raises QueryError or ClientLeft."""
        request = self._request
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await self._form()
        head = request.url.get("query", "")
        shape = await self._shape(head)
        if shape.takes_data:
            inline = head[shape.data_at :].strip()
            return shape, f"{inline}\n".encode("utf-8", "surrogateescape") if inline else b""
        return await self._from_body(f"{head}\n" if head else "")

    def close(self) -> None:
        """The answer is out."""
        if self.is_large:
            self.is_large = False
            self._clickhouse.large.give_back(self._client)

    async def _shape(self, text: str) -> Shape:
        return await self._clickhouse.read(self._client, text)

    async def _form(self) -> tuple[Shape, bytes]:
        most = self._most if self._is_reader else _FORM
        form = await self._upto(b"", SMALL_STATEMENT)
        if not self._body.ended:
            form = await self._more(form, most)
        if not self._body.ended:
            raise QueryError(36, f"a form may have {most >> 20} MB", status=413)
        self.tables = await asyncio.to_thread(self._request.form, form)
        return await self._shape(self._request.url.get("query", "")), b""

    async def _from_body(self, head: str) -> tuple[Shape, bytes]:
        data = await self._upto(head.encode("utf-8", "surrogateescape"), SMALL_STATEMENT)
        while True:
            text = data.decode("utf-8", "surrogateescape")
            shape = await self._shape(text[: self._most])
            if shape.data_at is not None:
                return shape, data[len(text[: shape.data_at].encode("utf-8", "surrogateescape")) :]
            if len(data) > self._most:
                raise QueryError(
                    62, f"Max query size exceeded: a statement may have {self._most} bytes", status=400
                )
            if self._body.ended:
                break
            data = await self._more(data, self._most)
        if not text.strip():
            raise QueryError(62, "Empty query: it is in the URL as `query`, in the body, or begins there")
        return shape, b""

    async def _upto(self, data: bytes, most: int) -> bytes:
        """The data and what follows of the body, up to so many bytes or somewhat more. A reader has not for ever."""
        if self._body.is_packed:
            return await self._more(data, most)
        return await self._read(data, most, STATEMENT_S)

    async def _more(self, data: bytes, most: int) -> bytes:
        """The same for what is large; a reader waits for a turn first."""
        if self._is_reader and not self.is_large:
            await self._clickhouse.large.take(self._client)
            self.is_large = True
        return await self._read(data, most, LARGE_S)

    async def _read(self, data: bytes, most: int, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds if self._is_reader else None):
                return data + await self._body.upto(most - len(data))
        except TimeoutError:
            raise QueryError(
                209, f"the statement was not here after {seconds:.0f} s", "SOCKET_TIMEOUT", status=408
            ) from None
