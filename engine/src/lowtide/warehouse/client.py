"""One client for a laptop and a cluster: the same SQL and the same inserts, at another address.

A handle on a folder stays good when the process that has the folder ends. The call that finds it away looks for a new
way (`access`), and is sent again: then this process has the folder itself, or speaks to the one that has it now. A
statement may so be run twice; the tables keep one of each row, and statements that change a table say what it shall be.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide.errors import WarehouseError
from lowtide.warehouse import reader_settings
from lowtide.warehouse.access import Access, reach
from lowtide.warehouse.address import Address
from lowtide.warehouse.server_errors import sentence
from lowtide.warehouse.store import Store, holder

Result = TypeVar("Result")
Row = dict[str, Any]
_MOVES = 5
"""So often a call is sent again because the process that had the folder ended."""
# A block must not be refused because its rows belong to many months.
_INSERT_SETTINGS = {"throw_on_max_partitions_per_insert_block": 0}


class Warehouse:
    """An open warehouse. Any thread may call its methods; calls on one handle wait for each other."""

    def __init__(self, address: Address, access: Access, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are those of a reader's handle; a new way gets them too."""
        self.address = address
        self._access = access
        self._settings = settings
        self._closed = False
        self._moving = threading.Lock()

    @property
    def client(self) -> Client:
        """The client of the present way. What is called on it is not sent again when the way closes."""
        return self._access.client

    @property
    def database(self) -> str:
        """Name of the database."""
        return self.address.database

    @property
    def embedded(self) -> bool:
        """Whether ClickHouse runs in this process now. It may begin to, when the process that had the folder ends."""
        return self._access.store is not None

    @property
    def store(self) -> Store:
        """The folder that this process has open. Raises WarehouseError if another process has it, or for a server."""
        if self._access.store is not None:
            return self._access.store
        other = holder(self.address.folder) if self.address.folder else None
        raise WarehouseError(
            f"the warehouse `{self.address.shown}` is open in {other.name if other else 'a server'}, "
            "so this process cannot serve it",
            "Every command of this user finds the folder by itself. For other programs, end that process and start this "
            "one first.",
        )

    def serve(self) -> None:
        """Let other processes use the open folder, on its socket. It ends with the last handle of this process."""
        if self._access.store is not None:
            self._access.store.serve(self.database)

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run a statement without rows. Tables are named `{database}.table` by the caller."""
        try:
            return self._call(lambda client: client.command(sql, parameters=dict(parameters or {})))
        except ClickHouseError as error:
            raise WarehouseError(f"the warehouse refused: {sentence(error)}") from error

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None, **formats: str) -> list[Row]:
        """The rows of a query: Decimal, aware datetime, None. `formats` says how to read a type, as in `String="bytes"`."""

        def ask(client: Client) -> list[Row]:
            result = client.query(sql, parameters=dict(parameters or {}), query_formats=formats or None)
            return list(result.named_results())

        try:
            return self._call(ask)
        except ClickHouseError as error:
            raise WarehouseError(f"the warehouse refused: {sentence(error)}") from error

    def raw(self, sql: str, fmt: str | None = None) -> bytes:
        """The bytes of an answer, in the format of the statement, else in `fmt`. Raises ClickHouseError."""
        return bytes(self._call(lambda client: client.raw_query(sql, fmt=fmt)))

    def arrow(self, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        """The rows of a query as Arrow columns, texts as strings. Raises ClickHouseError."""
        return self._call(
            lambda client: client.query_arrow(sql, parameters=dict(parameters), use_strings=True)
        )

    def relations(self) -> set[str]:
        """The names of the tables and views of the database; none if there is no such database."""
        sql = "SELECT name FROM system.tables WHERE database = {database:String}"
        return {row["name"] for row in self.rows(sql, {"database": self.database})}

    def insert_arrow(self, table: str, rows: pa.Table) -> None:
        """Insert a table of Arrow columns; columns that it does not have get their defaults."""
        self._call(
            lambda client: client.insert_arrow(table, rows, database=self.database, settings=_INSERT_SETTINGS)
        )

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert a few Python rows."""
        self._call(
            lambda client: client.insert(table, rows, column_names=list(columns), database=self.database)
        )

    def reader(self, settings: Mapping[str, str] | None = None) -> Warehouse:
        """A second handle that can only read; `readonly` cannot be switched off on it.

        `settings` are added to those that every reader has. Raises WarehouseError if a server's user may not have them.
        """
        wanted = {**reader_settings.DEFAULTS, **(settings or {}), "readonly": "1"}
        reader = Warehouse(self.address, reach(self.address), wanted)
        try:
            reader._call(reader._configure)
        except ClickHouseError as error:
            reader.close()
            raise WarehouseError(
                f"the user of `{self.address.shown}` may not read as a reader does: {sentence(error)}",
                "Give the user the settings profile of `docs/warehouse.md`.",
            ) from error
        return reader

    def close(self) -> None:
        """Close the handle; when the last one of a process is closed, other processes may open the folder."""
        with self._moving:
            if not self._closed:
                self._closed = True
                self._access.close()

    def _call(self, ask: Callable[[Client], Result]) -> Result:
        """Ask; if the process that had the folder has ended, find a new way and ask again."""
        for _ in range(_MOVES):
            access = self._access
            try:
                return ask(access.client)
            except Exception as error:
                if self._closed or not access.lost(error):
                    raise
                self._move(access)
        return ask(self._access.client)

    def _move(self, lost: Access) -> None:
        """Replace a way that is lost; if another thread has done that already, there is nothing to do."""
        with self._moving:
            if self._access is not lost or self._closed:
                return
            self._access = _in_thread(lambda: reach(self.address))
            lost.close()
            self._configure(self._access.client)
            self.serve()

    def _configure(self, client: Client) -> None:
        """Make a client one that only reads, if this handle does."""
        if self._settings is not None:
            client.database = self.database
            for name, value in self._settings.items():
                client.set_client_setting(name, value)

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _in_thread(call: Callable[[], Result]) -> Result:
    """Call in a thread that Python made: a store that a worker thread of Bytewax has opened could not be closed again."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call).result()
