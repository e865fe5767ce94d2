"""Serve a store over TCP: `lowtide warehouse`, which does nothing else, and any process that has the store open."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lowtide.errors import SettingsError, WarehouseError
from lowtide.operation.serving import address_of, is_loopback, listening, shown
from lowtide.warehouse.address import parse
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.http.limits import Limits
from lowtide.warehouse.http.users import Tokens
from lowtide.warehouse.opening import open_warehouse
from lowtide.warehouse.relay import Relay
from lowtide.warehouse.share import FINISH_S, Share


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

    Raises SettingsError if the address cannot be listened on, WarehouseError if the folder cannot be opened or another
    process has it open.
    """
    address = parse(options.warehouse)
    if address.folder is None:
        raise SettingsError(
            f"`{address.shown}` is a server already", "Give `--warehouse` a folder: `embedded:FOLDER`."
        )
    with _listener(options) as made, open_warehouse(options.warehouse, create=True) as warehouse:
        shared = _shared(warehouse, made, options)
        with _ended_by_signals(shared):
            ready(shown(made), warehouse)
            shared.wait()


def share(warehouse: Warehouse, listen: str) -> Share | Relay:
    """Serve the open folder of a handle over TCP too, on loopback and without passwords, until `close`.

    If another process has the folder open, its socket is passed on; the address stays when this process has the folder
    later. A share ends with the last handle of the process at the latest, a relay when it is closed.
    Raises SettingsError if the address cannot be listened on or is not on loopback, or if the handle is on a server.
    """
    folder = warehouse.address.folder
    if folder is None:
        raise SettingsError(
            f"`{warehouse.address.shown}` is a server already",
            "Leave out the address to listen on, and give clients that of the server.",
        )
    options = Options(listen=listen, finish_s=FINISH_S)
    made = _listener(options)
    return _shared(warehouse, made, options) if warehouse.embedded else Relay(made, warehouse, folder)


def _listener(options: Options) -> socket.socket:
    host, port = address_of(options.listen)
    if not is_loopback(host) and not options.tokens.any:
        raise SettingsError(
            f"`{host}` can be reached from other machines, and there is no token",
            "Give `--writer-token-file` and `--reader-token-file`, or listen on `127.0.0.1`.",
        )
    return listening(host, port, _in_use)


def _shared(warehouse: Warehouse, made: socket.socket, options: Options) -> Share:
    shared = Share(
        made, tokens=options.tokens, limits=options.limits, log=options.log, finish_s=options.finish_s
    )
    try:
        warehouse.store.shares.append(shared)
    except WarehouseError:
        shared.close()
        raise
    warehouse.serve()
    return shared


@contextmanager
def _ended_by_signals(shared: Share) -> Iterator[None]:
    """SIGTERM and SIGINT end the share while this lasts. Outside of the main thread signals are left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: shared.leave()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_use(message: str) -> WarehouseError:
    return WarehouseError(
        message, "Another `lowtide warehouse` or ClickHouse may be there: use it, or give another `--listen`."
    )
