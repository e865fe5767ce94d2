"""The process: it opens the store, listens, says where, and ends on a signal, after running queries have finished."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from lowtide.errors import SettingsError, WarehouseError
from lowtide.operation.serving import Server, address_of, is_loopback, listening, shown
from lowtide.warehouse.client import Warehouse, parse
from lowtide.warehouse.http.app import App
from lowtide.warehouse.http.clickhouse import ClickHouse
from lowtide.warehouse.http.limits import Limits
from lowtide.warehouse.http.users import Tokens
from lowtide.warehouse.opening import open_warehouse


@dataclass(frozen=True)
class Options:
    """How to serve. `listen` is HOST:PORT; port 0 is any free one."""

    warehouse: str = "embedded:"
    listen: str = "127.0.0.1:8123"
    tokens: Tokens = field(default_factory=Tokens)
    limits: Limits = field(default_factory=Limits)
    log: bool = False
    finish_s: int = 30
    """After a signal, running queries have so many seconds to finish."""


def serve(options: Options, ready: Callable[[str, Warehouse], None]) -> None:
    """Serve until a signal comes. `ready` is called with the address once the server takes requests.

    Raises SettingsError if the address cannot be listened on, WarehouseError if the folder cannot be opened.
    """
    host, port = address_of(options.listen)
    if not is_loopback(host) and not options.tokens.any:
        raise SettingsError(
            f"`{host}` can be reached from other machines, and there is no token",
            "Give `--writer-token-file` and `--reader-token-file`, or listen on `127.0.0.1`.",
        )
    address = parse(options.warehouse)
    if address.folder is None:
        raise SettingsError(
            f"`{address.shown}` is a server already", "Give `--warehouse` a folder: `embedded:FOLDER`."
        )
    with listening(host, port, _in_use) as made, open_warehouse(options.warehouse, create=True) as warehouse:
        clickhouse = ClickHouse(warehouse.store_path, warehouse.database, options.limits)
        try:
            _run(clickhouse, warehouse, made, options, ready)
        finally:
            clickhouse.close()


def _run(
    clickhouse: ClickHouse,
    warehouse: Warehouse,
    made: socket.socket,
    options: Options,
    ready: Callable[[str, Warehouse], None],
) -> None:
    app = App(clickhouse, options.tokens, log=options.log)

    def leave() -> None:
        app.leaving = True

    server = Server(app, finish_s=options.finish_s, ready=lambda: ready(shown(made), warehouse), leave=leave)
    asyncio.run(server.serve([made]))


def _in_use(message: str) -> WarehouseError:
    return WarehouseError(
        message, "Another `lowtide warehouse` or ClickHouse may be there: use it, or give another `--listen`."
    )
