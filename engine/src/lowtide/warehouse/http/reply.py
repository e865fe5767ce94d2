"""Send the answer: headers of ClickHouse, the body whole or in pieces, compressed as the client accepts it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.warehouse.http.body import Send
from lowtide.warehouse.http.encoding import SMALL, Packer, chosen, packed, packer
from lowtide.warehouse.http.errors import QueryError

_TYPES = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8", "TSV": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent", "CSVWithNames": "text/csv; charset=UTF-8; header=present",
    "JSON": "application/json; charset=UTF-8", "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8", "Parquet": "application/octet-stream",
    "ArrowStream": "application/vnd.apache.arrow.stream", "Arrow": "application/vnd.apache.arrow.file",
    "XML": "application/xml; charset=UTF-8", "Markdown": "text/markdown; charset=UTF-8",
}  # fmt: skip


def content_type(fmt: str) -> str:
    """The content type of a format."""
    if fmt in _TYPES:
        return _TYPES[fmt]
    if fmt in ("Native", "Npy", "MsgPack", "Avro", "ORC", "RowBinary", "RowBinaryWithNamesAndTypes"):
        return "application/octet-stream"
    return "text/plain; charset=UTF-8"


@dataclass(frozen=True)
class ServerInfo:
    """What the headers of every answer say about the server."""

    version: str
    timezone: str
    name: str


class Reply:
    """The answer to one request."""

    def __init__(self, send: Send, server: ServerInfo, query_id: str, accept: str) -> None:
        self._send = send
        self._server = server
        self._query_id = query_id
        self._encoding = chosen(accept)
        self._packer: Packer | None = None
        self._tag = ""
        self.sent = 0
        self.status: int | None = None

    async def whole(
        self, data: bytes, *, fmt: str | None = None, summary: Mapping[str, int] | None = None
    ) -> None:
        """Send a whole answer."""
        headers = self._headers(fmt, summary)
        if self._encoding and len(data) >= SMALL:
            data = await asyncio.to_thread(packed, self._encoding, data)
            headers.append((b"content-encoding", self._encoding.encode()))
        await self._start(200, [*headers, (b"content-length", str(len(data)).encode())])
        await self._piece(data, more=False)

    async def begin(self, fmt: str) -> None:
        """Start an answer that comes in pieces."""
        self._tag = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(16))
        headers = [*self._headers(fmt, {}), (b"x-clickhouse-exception-tag", self._tag.encode())]
        if self._encoding:
            self._packer = packer(self._encoding)
            headers.append((b"content-encoding", self._encoding.encode()))
        await self._start(200, headers)

    async def piece(self, data: bytes) -> None:
        """Send a piece; waits while the client is slow to take it."""
        packed_data = self._packer.pack(data) if self._packer else data
        if packed_data:
            await self._piece(packed_data, more=True)

    async def end(self) -> None:
        """End the answer."""
        await self._piece(self._packer.end() if self._packer else b"", more=False)

    async def error(self, error: QueryError) -> None:
        """Send an error. After the first piece it stands inside the body, as ClickHouse does it."""
        message = error.text(self._server.version).encode("utf-8", "replace")
        if self.status is not None:
            await self.piece(
                b"\r\n__exception__\r\n%s\r\n%s%d %s\r\n__exception__\r\n"
                % (self._tag.encode(), message, len(message), self._tag.encode())
            )
            await self.end()
            return
        headers = self._headers(None, None)
        headers.append((b"x-clickhouse-exception-code", str(error.code).encode()))
        if error.status == 401:
            headers.append((b"www-authenticate", b'Basic realm="lowtide warehouse"'))
        await self._start(error.status, [*headers, (b"content-length", str(len(message)).encode())])
        await self._piece(message, more=False)

    def _headers(self, fmt: str | None, summary: Mapping[str, int] | None) -> list[tuple[bytes, bytes]]:
        kind = content_type(fmt) if fmt else "text/plain; charset=UTF-8"
        headers = {
            "content-type": kind,
            "x-clickhouse-server-display-name": self._server.name,
            "x-clickhouse-query-id": self._query_id,
            "x-clickhouse-timezone": self._server.timezone,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        if fmt:
            headers["x-clickhouse-format"] = fmt
        if summary is not None:
            headers["x-clickhouse-summary"] = json.dumps(
                {name: str(value) for name, value in summary.items()}, separators=(",", ":")
            )
        # The client chose the query id: a line break in it must not begin another header.
        return [
            (name.encode(), value.encode("latin-1", "replace").translate(None, b"\r\n\0"))
            for name, value in headers.items()
        ]

    async def _start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def _piece(self, data: bytes, *, more: bool) -> None:
        self.sent += len(data)
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
