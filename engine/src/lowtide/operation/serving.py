"""What every HTTP server of Lowtide shares: its address, its socket, and an end that is clean on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from lowtide.errors import LowtideError, SettingsError
from lowtide.operation.connection import Connection
from lowtide.operation.crowd import Crowd, raise_files

IDLE_S = 30
"""A connection without requests is closed after so many seconds."""


class Server(uvicorn.Server):
    """uvicorn's server, whose signals end the process with 0."""

    def __init__(
        self,
        app: Any,
        *,
        finish_s: int,
        leave: Callable[[], None],
        ready: Callable[[], None] = lambda: None,
        allows: Callable[[socket.socket], bool] | None = None,
        tls: tuple[Path, Path] | None = None,
        asking: int | None = None,
    ) -> None:
        """`ready` is called when it takes requests, `leave` when a signal has come; then they have `finish_s` seconds.

        `allows` says of a connection whether it is let in; without it, all are. `tls` are the files of certificate and
        key, in PEM; without them it speaks plain HTTP. `asking`: so many requests of one address at the same time.
        """
        raise_files()
        config = uvicorn.Config(
            app, loop="asyncio", ws="none", lifespan="off", interface="asgi3", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, timeout_keep_alive=IDLE_S, timeout_graceful_shutdown=finish_s,
            backlog=1024, http=partial(Connection, allows=allows, crowd=Crowd(asking=asking)),  # type: ignore[arg-type]
            ssl_certfile=tls[0] if tls else None, ssl_keyfile=tls[1] if tls else None,
        )  # fmt: skip
        super().__init__(config)
        logging.getLogger("uvicorn").setLevel(
            logging.ERROR
        )  # its start, and what is not HTTP, are not events of Lowtide
        self._ready = ready
        self._on_leave = leave

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take requests."""
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the server while this lasts. Outside of the main thread signals are left alone."""
        loop = asyncio.get_running_loop()
        caught = []
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(RuntimeError, ValueError):
                loop.add_signal_handler(number, self.leave)
                caught.append(number)
        try:
            yield
        finally:
            for number in caught:
                loop.remove_signal_handler(number)

    def leave(self) -> None:
        """End after the requests that run; a second call does not wait for them."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._on_leave()


def address_of(listen: str) -> tuple[str, int]:
    """Host and port of HOST:PORT. Raises SettingsError."""
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise SettingsError(f"not an address: `{listen}`", "Give `--listen HOST:PORT`, as `127.0.0.1:8123`.")
    return host, int(port)


def listening(host: str, port: int, in_use: Callable[[str], LowtideError]) -> socket.socket:
    """A socket that listens. Raises SettingsError for a host that is not known, else the error that `in_use` makes."""
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, proto)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on `{host}`: {error.strerror}", "Give another `--listen`."
        ) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen(1024)
    except OSError as error:
        made.close()
        raise in_use(f"cannot listen on `{host}:{port}`: {error.strerror}") from error
    return made


def shown(made: socket.socket, *, is_tls: bool = False) -> str:
    """The address of a listening socket as a URL."""
    host, port = made.getsockname()[:2]
    scheme = "https" if is_tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether an address or name is the loopback of this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
