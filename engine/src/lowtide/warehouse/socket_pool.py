"""HTTP over the Unix socket of a folder, in the shape that the ClickHouse client takes: urllib3's pool manager."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.httputil import all_managers
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from lowtide.warehouse import endpoint

_KEPT = 8
"""Connections that are kept for the next request."""


class _Connection(HTTPConnection):
    """A connection to the process that serves a folder."""

    def __init__(self, *, folder: Path, **options: Any) -> None:
        super().__init__(**options)
        self._folder = folder

    def _new_conn(self) -> socket.socket:
        try:
            return endpoint.connect(self._folder, self.timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"`{self._folder}` does not answer") from error
        except OSError as error:
            raise NewConnectionError(self, f"{error}") from error


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class SocketPool(PoolManager):
    """Sends every request to the socket of one folder, whatever host its URL names."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._pool = self._make()
        all_managers[self] = int(
            time.time()
        )  # else the client would close the connections after each request

    def _make(self) -> _Pool:
        return _Pool("localhost", maxsize=_KEPT, folder=self._folder)

    def connection_from_host(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        """The connections of the folder."""
        return self._pool

    def clear(self) -> None:
        """Close the connections that are kept; the next request makes new ones."""
        pool, self._pool = self._pool, self._make()
        pool.close()

    def close(self) -> None:
        """Close the connections for good."""
        all_managers.pop(self, None)
        self._pool.close()

    def answers(self, timeout: float) -> bool:
        """Whether a server answers within so many seconds. Raises urllib3's HTTPError if nobody listens."""
        return self.request("GET", "http://localhost/ping", timeout=timeout, retries=False).status == 200
