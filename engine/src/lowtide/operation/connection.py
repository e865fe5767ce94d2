"""One connection of an HTTP server: a peer can neither fill the memory nor stay for ever without asking.

head       64 KB, and 30 s to send it; more is answered with 431
host       exactly one, strictly read (see `host`); anything else is answered with 400
body       is taken from the network only as far as the application reads it
framing    extensions of chunks and what follows a body are bounded too
pipeline   16 requests may wait behind the one that is being answered
crowd      a silent connection leaves when another one needs its place (see `crowd`)
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lowtide.operation import host
from lowtide.operation.crowd import Crowd
from lowtide.operation.log import logger

HEAD_BYTES = 64 << 10
"""Bytes of a request before its body, and of what may follow its body."""
HEAD_S = 30.0
"""A request whose head is not here after so many seconds does not come, nor the rest of one that has its answer."""
PIPELINED = 16
"""Requests that may wait behind the one that is being answered."""
_FIRST_BYTES = 4 << 10
"""Bytes of a request that are taken before it is its turn."""
_UNREAD_BYTES = 16 << 10
"""Bytes of a body that are taken before the application asks for them."""
_READ_BYTES, _LONG_BYTES = 256 << 10, 64 << 10
"""Bytes that are taken at once, once an application has read so many of a body."""
_FRAMING = 16
"""Bytes that one byte of a body may cost in chunks, beside what a head may have."""
_LINGER_BYTES, _LINGER_S = 256 << 10, 2.0
"""After a refusal so many bytes are thrown away, and for so long, until the connection is closed."""
_LONG_HEAD = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the head of a request has at most {HEAD_BYTES} bytes",
)  # fmt: skip
_SAID_S = 60.0
"""The log says at most so often that connections are refused."""


class _Refused(Exception):
    """The request is not read on."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with bounds on all that comes before the application sees it."""

    _head_bytes = 0
    _is_head = True
    _frame_bytes = _body_bytes = 0
    _timer: asyncio.TimerHandle | None = None
    _refusal: tuple[HTTPStatus, str] | None = None
    _held = b""
    """The begin of a request that waits until others of its address have their answers."""
    _refused_bytes: int | None = None
    """Bytes that came after a refusal; None: nothing was refused."""

    def __init__(
        self, *given: Any, allows: Callable[[socket.socket], bool] | None = None, crowd: Crowd, **options: Any
    ) -> None:
        """`allows` says of a connection whether it is let in."""
        super().__init__(*given, **options)
        self._allows = allows
        self._crowd = crowd

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer has come."""
        super().connection_made(transport)
        if self._allows is not None and not self._allows(transport.get_extra_info("socket")):
            transport.abort()
            return
        if not self._crowd.enter(self, self.client[0] if self.client else ""):
            _say_full(len(self._crowd), self.loop.time())
            transport.abort()
            return
        self._take(_FIRST_BYTES)
        self._timer = self.loop.call_later(HEAD_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has left."""
        self._crowd.left(self)
        self._stop_timer()
        super().connection_lost(exc)

    def leave(self) -> None:
        """Make room for another one."""
        self.transport.abort()

    def go_on(self) -> None:
        """Read the request that had to wait."""
        self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        held, self._held = self._held, b""
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.data_received(held)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._refused_bytes is not None:
            self._refused_bytes += len(data)
            if self._refused_bytes > _LINGER_BYTES:
                self.transport.abort()
            return
        was_head = self._is_head
        if was_head and not self._head_bytes and not self._crowd.asks(self):
            self._held = data
            self._unset_keepalive_if_required()
            self._stop_timer()
            self.flow.pause_reading()
            return
        if was_head:
            self._take(_UNREAD_BYTES)
            self._head_bytes += len(data)
            if self._timer is None:
                self._timer = self.loop.call_later(HEAD_S, self.transport.abort)
        elif not self.cycle.body and self._body_bytes > _LONG_BYTES:
            self._take(_READ_BYTES)
        super().data_received(data)
        if self._refused_bytes is not None or self.transport.is_closing():
            return
        if self._is_head:
            self._take(_UNREAD_BYTES if self._head_bytes else _FIRST_BYTES)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(*_LONG_HEAD)
        elif not was_head:
            self._frame_bytes += len(data)
            if self._frame_bytes > HEAD_BYTES + _FRAMING * self._body_bytes:
                self._refuse(HTTPStatus.BAD_REQUEST, "the chunks of the body hold too little of it")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or after the body a trailer."""
        if not self._is_head:
            self._head_bytes += len(name) + len(value)
            if self._head_bytes > HEAD_BYTES:
                self._stop(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "what follows the body is longer than a head"
                )
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_BYTES:
            self._stop(*_LONG_HEAD)
        if not host.is_one(self.url, [value for name, value in self.headers if name == b"host"]):
            self._stop(
                HTTPStatus.BAD_REQUEST,
                "a request names one host: a name or an address, perhaps with a port, and in its target no other",
            )
        if len(self.pipeline) >= PIPELINED:
            self._stop(HTTPStatus.TOO_MANY_REQUESTS, "wait for answers before you send more requests")
        self._is_head, self._head_bytes = False, 0
        self._frame_bytes = self._body_bytes = 0
        self._stop_timer()
        self._crowd.busy(self)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body_bytes += len(body)
        super().on_body(body)
        if len(self.cycle.body) > _UNREAD_BYTES and not self.cycle.response_complete:
            self.flow.pause_reading()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_head, self._head_bytes = True, 0
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out. What is still missing of the request is waited for, but not for ever."""
        super().on_response_complete()
        if not self.pipeline:
            self._crowd.silent(self)
        if not self._is_head and self._timer is None:
            self._timer = self.loop.call_later(HEAD_S, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """The parser has stopped: at what is not HTTP, or at what was refused."""
        self._refuse(*(self._refusal or (HTTPStatus.BAD_REQUEST, "this is not a request of HTTP")))

    def _stop(self, status: HTTPStatus, why: str) -> None:
        """Refuse a request from inside of the parser."""
        self._refusal = (status, why)
        raise _Refused

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Answer and close; while another answer is on its way, only close."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
            return
        body = f"{why}\n".encode("ascii")
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self._refused_bytes = 0
        self._take(_READ_BYTES)
        self._stop_timer()
        self.transport.write(head.encode("ascii") + body)
        if not self.transport.can_write_eof():
            self.transport.close()
            return
        # A close while bytes are on their way would take the answer from the peer.
        with contextlib.suppress(OSError):  # the peer has left meanwhile
            self.transport.write_eof()
        self._timer = self.loop.call_later(_LINGER_S, self.transport.abort)

    def _take(self, size: int) -> None:
        """How many bytes the event loop reads from the network at once."""
        self.transport.max_size = size  # type: ignore[attr-defined]

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
