"""The process: it opens the store, listens, says where, and ends on a signal, after running queries have finished."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvicorn

from lowtide.errors import SettingsError, WarehouseError
from lowtide.warehouse.client import Warehouse, parse
from lowtide.warehouse.http.app import App
from lowtide.warehouse.http.clickhouse import ClickHouse
from lowtide.warehouse.http.limits import Limits
from lowtide.warehouse.http.users import Tokens, is_loopback
from lowtide.warehouse.opening import open_warehouse

IDLE_S = 30
"""A connection without requests is closed after so many seconds."""


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
    host, port = _address(options.listen)
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
    with _listen(host, port) as listening, open_warehouse(options.warehouse, create=True) as warehouse:
        clickhouse = ClickHouse(warehouse.store_path, warehouse.database, options.limits)
        try:
            _run(clickhouse, warehouse, listening, options, ready)
        finally:
            clickhouse.close()


def _run(
    clickhouse: ClickHouse,
    warehouse: Warehouse,
    listening: socket.socket,
    options: Options,
    ready: Callable[[str, Warehouse], None],
) -> None:
    app = App(clickhouse, options.tokens, log=options.log)
    config = uvicorn.Config(
        app, http="httptools", loop="asyncio", ws="none", lifespan="off", interface="asgi3", log_config=None,
        access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=options.finish_s, backlog=1024,
    )  # fmt: skip
    host, port = listening.getsockname()[:2]
    shown = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    asyncio.run(_Server(config, app, lambda: ready(shown, warehouse)).serve([listening]))


class _Server(uvicorn.Server):
    """uvicorn's server, whose signals end the process with 0."""

    def __init__(self, config: uvicorn.Config, app: App, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _leave(self) -> None:
        # A second signal does not wait for running queries.
        self.force_exit = self.should_exit
        self.should_exit = True
        self._app.leaving = True


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"not an address: `{listen}`", "Give `--listen HOST:PORT`, as `127.0.0.1:8123`.")
    return host, int(port)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsError or WarehouseError if the address cannot be had."""
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, proto)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on `{host}`: {error.strerror}", "Give another `--listen`."
        ) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise WarehouseError(
            f"cannot listen on `{host}:{port}`: {error.strerror}",
            "Another `lowtide warehouse` or ClickHouse may be there: use it, or give another `--listen`.",
        ) from error
    return listening
