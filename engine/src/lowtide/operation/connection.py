"""One connection of an HTTP server: a peer can neither fill the memory with headers nor stay for ever without asking.

All connections of a server together take at most half of the files that the process may open, so that the other half is
left for its own work: its database, its messages, its warehouse.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lowtide.operation.log import logger

HEAD_BYTES = 64 << 10
"""Bytes of a request before its body, and of what may follow its body."""
HEAD_S = 30.0
"""A request whose head is not here after so many seconds does not come, nor the rest of one that has its answer."""
_SAID_S = 60.0
"""The log says at most so often that connections are refused."""


def most_connections() -> int:
    """How many connections a server holds at the same time."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if files == resource.RLIM_INFINITY else files // 2


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with a bound on the head of a request."""

    _head_bytes = 0
    _is_head = True
    _timer: asyncio.TimerHandle | None = None

    def __init__(
        self, *given: Any, allows: Callable[[socket.socket], bool] | None = None, **options: Any
    ) -> None:
        """`allows` says of a connection whether it is let in."""
        super().__init__(*given, **options)
        self._allows = allows

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer has come."""
        super().connection_made(transport)
        if self._allows is not None and not self._allows(transport.get_extra_info("socket")):
            transport.abort()
            return
        if len(self.connections) > (most := most_connections()):
            _say_full(most, self.loop.time())
            transport.abort()
            return
        self._timer = self.loop.call_later(HEAD_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has left."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._is_head:
            self._head_bytes += len(data)
            if self._timer is None:
                self._timer = self.loop.call_later(HEAD_S, self.transport.abort)
        super().data_received(data)
        if self._is_head and self._head_bytes > HEAD_BYTES:
            self.transport.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or after the body a trailer."""
        if not self._is_head:
            self._head_bytes += len(name) + len(value)
            if self._head_bytes > HEAD_BYTES:
                self.transport.abort()
                return
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._is_head, self._head_bytes = False, 0
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_head, self._head_bytes = True, 0
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out. What is still missing of the request is waited for, but not for ever."""
        super().on_response_complete()
        if not self._is_head and self._timer is None:
            self._timer = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


_said_at = float("-inf")


def _say_full(most: int, now: float) -> None:
    global _said_at
    if now - _said_at >= _SAID_S:
        _said_at = now
        logger("serving").warning("connections_refused", most=most)
