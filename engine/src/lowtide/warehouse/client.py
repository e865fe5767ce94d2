"""One client for a laptop and a cluster: the same SQL and the same inserts, at another address.

>>> parse("http://me:secret@db:8123/shop").shown
'http://me@db:8123/shop'
>>> parse("embedded:").shown
'.lowtide/warehouse'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide.errors import SettingsError, WarehouseError
from lowtide.warehouse import reader_settings
from lowtide.warehouse.server_errors import sentence
from lowtide.warehouse.store import Store, acquire

DEFAULT_FOLDER = Path(".lowtide/warehouse")
DATABASE = "lowtide"
Row = dict[str, Any]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# A block must not be refused because its rows belong to many months.
_INSERT_SETTINGS = {"throw_on_max_partitions_per_insert_block": 0}


@dataclass(frozen=True)
class Address:
    """Where a warehouse is: the `folder` of an embedded one, or a `server` (arguments of the client)."""

    shown: str
    database: str = DATABASE
    folder: Path | None = None
    server: Mapping[str, Any] | None = None
    cluster: str | None = None
    retry_s: float = 300.0
    """Seconds for which a writer waits for a server that is away."""


def parse(spec: str) -> Address:
    """Read a warehouse specification (see the package's docstring)."""
    if not spec.startswith(("http://", "https://")):
        if re.match(r"[a-z+]+://", spec) or spec in ("", "none"):
            hint = (
                "Give `embedded:`, `embedded:FOLDER`, a folder, or `http://user:password@host:8123/lowtide`."
            )
            raise SettingsError(f"not a warehouse: `{spec}`", hint)
        folder = Path(spec.removeprefix("embedded:") or DEFAULT_FOLDER)
        return Address(str(folder), folder=folder)
    try:
        url = urlsplit(spec)
        port = url.port or (8443 if url.scheme == "https" else 8123)
    except ValueError as error:
        raise SettingsError("the address of the warehouse cannot be read", f"{error}") from error
    database = unquote(url.path.strip("/")) or DATABASE
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    cluster = options.pop("cluster", None)
    retry_s = options.pop("retry_s", "300")
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", retry_s):
        raise SettingsError(f"not a time in seconds: `retry_s={retry_s}`", "For instance `?retry_s=600`.")
    for name in (database, cluster or "c"):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise SettingsError(
                f"not a name of a database or cluster: `{name}`", "Use letters, digits and `_`."
            )
    if url.hostname in _LOOPBACK:
        # Between programs of one machine compression costs more than it saves.
        options.setdefault("compress", "false")
    server: dict[str, Any] = {
        "interface": url.scheme,
        "host": url.hostname or "localhost",
        "port": port,
        "username": unquote(url.username or "") or None,
        "password": unquote(url.password or ""),
        **options,
    }
    user = f"{url.username}@" if url.username else ""
    shown = f"{url.scheme}://{user}{server['host']}:{port}/{database}"
    return Address(shown, database, server=server, cluster=cluster, retry_s=float(retry_s))


def connect(address: Address, store: Store | None) -> Client:
    """A client for an address; `store` is the open folder of an embedded warehouse. Raises WarehouseError."""
    try:
        if store:
            return clickhouse_connect.get_client(interface="chdb", path=str(store.path), tz_mode="aware")
        return clickhouse_connect.get_client(
            autogenerate_session_id=False, tz_mode="aware", **(address.server or {})
        )
    except (ClickHouseError, OSError, ImportError) as error:
        hint = (
            "Move the folder away and run again: the warehouse can be rebuilt from the log."
            if store
            else "Check that it runs, and the address, user and password of `--warehouse`."
        )
        raise WarehouseError(
            f"the warehouse `{address.shown}` cannot be reached: {sentence(error)}", hint
        ) from error


class Warehouse:
    """An open warehouse. Any thread may call its methods; calls on one handle wait for each other."""

    def __init__(self, address: Address, store: Store | None, client: Client) -> None:
        self.address = address
        self.client = client
        self._store = store

    @property
    def database(self) -> str:
        """Name of the database."""
        return self.address.database

    @property
    def embedded(self) -> bool:
        """Whether ClickHouse runs in this process."""
        return self._store is not None

    @property
    def store_path(self) -> Path:
        """The folder of the ClickHouse that runs in this process. Raises SettingsError for a server."""
        if self._store is None:
            raise SettingsError(f"`{self.address.shown}` is a server, and has no folder here")
        return self._store.path

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run a statement without rows. Tables are named `{database}.table` by the caller."""
        try:
            return self.client.command(sql, parameters=dict(parameters or {}))
        except ClickHouseError as error:
            raise WarehouseError(f"the warehouse refused: {sentence(error)}") from error

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None, **formats: str) -> list[Row]:
        """The rows of a query: Decimal, aware datetime, None. `formats` says how to read a type, as in `String="bytes"`."""
        try:
            result = self.client.query(sql, parameters=dict(parameters or {}), query_formats=formats or None)
            return list(result.named_results())
        except ClickHouseError as error:
            raise WarehouseError(f"the warehouse refused: {sentence(error)}") from error

    def relations(self) -> set[str]:
        """The names of the tables and views of the database; none if there is no such database."""
        sql = "SELECT name FROM system.tables WHERE database = {database:String}"
        return {row["name"] for row in self.rows(sql, {"database": self.database})}

    def insert_arrow(self, table: str, rows: pa.Table) -> None:
        """Insert a table of Arrow columns; columns that it does not have get their defaults."""
        self.client.insert_arrow(table, rows, database=self.database, settings=_INSERT_SETTINGS)

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert a few Python rows."""
        self.client.insert(table, rows, column_names=list(columns), database=self.database)

    def reader(self, settings: Mapping[str, str] | None = None) -> Warehouse:
        """A second handle that can only read; `readonly` cannot be switched off on it.

        `settings` are added to those that every reader has. Raises WarehouseError if a server's user may not have them.
        """
        store = acquire(self._store.folder, create=False) if self._store else None
        reader = Warehouse(self.address, store, connect(self.address, store))
        reader.client.database = self.database
        try:
            for name, value in {**reader_settings.DEFAULTS, **(settings or {}), "readonly": "1"}.items():
                reader.client.set_client_setting(name, value)
        except ClickHouseError as error:
            reader.close()
            raise WarehouseError(
                f"the user of `{self.address.shown}` may not read as a reader does: {sentence(error)}",
                "Give the user the settings profile of `docs/warehouse.md`.",
            ) from error
        return reader

    def close(self) -> None:
        """Close the handle; when the last one of a process is closed, other processes may open the folder."""
        self.client.close()
        if self._store:
            self._store.release()
            self._store = None

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
