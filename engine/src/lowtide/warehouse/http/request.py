"""A request before it is run: statement, parameters, settings and session, from URL, headers and form.

URL         query, database, default_format, session_id, session_timeout, session_check, query_id,
            wait_end_of_query, compress, decompress, user, password, param_NAME, and settings by name
headers     X-ClickHouse-User, -Key, -Database, -Format; Content-Encoding, Accept-Encoding; Authorization
body        the statement, or its end, or the rows of an INSERT; or a form with these and with tables
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.form import Part, parts
from lowtide.warehouse.http.native import arguments

# They belong to HTTP: ClickHouse does not know them, or this package does what they say.
_TRANSPORT = frozenset(
    {
        "query", "database", "default_format", "session_id", "session_timeout", "session_check", "query_id",
        "wait_end_of_query", "compress", "decompress", "user", "password", "buffer_size", "quota_key", "role",
        "client_protocol_version", "enable_http_compression", "http_zlib_compression_level", "stacktrace",
        "send_progress_in_http_headers", "http_headers_progress_interval_ms", "close_session",
        "cancel_http_readonly_queries_on_client_close", "add_http_cors_header", "http_wait_end_of_query",
        "http_write_exception_in_output_format", "send_profile_events", "async_insert", "wait_for_async_insert",
    }
)  # fmt: skip
MAX_STATEMENT = 1 << 20
"""Bytes of a writer's statement."""
MAX_FIELDS = 1000
"""Names and values in a URL."""
READER_STATEMENT = 256 << 10
"""Bytes of a reader's: the guard's `formatQuery` takes no more."""


@dataclass
class Request:
    """A request, before its body has been read."""

    method: str
    path: str
    headers: Mapping[str, str]
    url: dict[str, str]
    parameters: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, method: str, path: str, headers: Mapping[str, str], query_string: bytes) -> Request:
        """Read the URL. Its escapes are UTF-8; a byte that is not is kept, and ClickHouse refuses it."""
        try:
            pairs = parse_qsl(
                query_string.decode("ascii"),
                keep_blank_values=True,
                errors="surrogateescape",
                max_num_fields=MAX_FIELDS,
            )
        except ValueError as error:
            raise QueryError(36, f"the URL cannot be read: {error}") from error
        request = cls(method, path, headers, {})
        for name, value in pairs:
            request.take(name, value)
        return request

    def take(self, name: str, value: str) -> None:
        """Take one name and value of the URL or of a form."""
        if name.startswith("param_"):
            self.parameters[name.removeprefix("param_")] = value
        elif name in _TRANSPORT:
            self.url[name] = value
        else:
            self.settings[name] = value

    def form(self, body: bytes) -> list[Table]:
        """Read a form of several parts: values as if they stood in the URL, files as tables."""
        found = parts(self.headers["content-type"], body)
        for part in found:
            if part.file is None:
                self.take(part.name, part.data.decode("utf-8", "surrogateescape"))
        return [self._table(part) for part in found if part.file is not None]

    def _table(self, part: Part) -> Table:
        fmt = self.settings.pop(f"{part.name}_format", "TabSeparated")
        structure = self.settings.pop(f"{part.name}_structure", "")
        types = self.settings.pop(f"{part.name}_types", "")
        if not structure:
            # Columns are _1, _2, …
            structure = ", ".join(f"_{at} {kind}" for at, kind in enumerate(arguments(types), 1))
        if not re.fullmatch(r"\w+", part.name) or not re.fullmatch(r"\w+", fmt) or not types + structure:
            raise QueryError(
                36, f"the table `{part.name}` of the form needs a name, and `_structure` or `_types`"
            )
        return Table(part.name, structure, fmt, part.data)

    def flag(self, name: str) -> bool:
        """Whether a parameter of the URL is `1`, `true` or `yes`."""
        return self.url.get(name, "0").lower() in ("1", "true", "yes")

    @property
    def database(self) -> str | None:
        """The database that the request names."""
        return self.url.get("database") or self.headers.get("x-clickhouse-database") or None

    @property
    def default_format(self) -> str:
        """The format of an answer whose statement names none."""
        return self.headers.get("x-clickhouse-format") or self.url.get("default_format") or "TabSeparated"

    @property
    def session_timeout(self) -> float:
        """Seconds after which a session that is not used ends."""
        try:
            return float(self.url.get("session_timeout", "60"))
        except ValueError:
            raise QueryError(374, f"Invalid session timeout: '{self.url['session_timeout']}'") from None


@dataclass(frozen=True)
class Table:
    """A table that comes with a request: its name, columns, format and rows."""

    name: str
    structure: str
    format: str
    data: bytes
