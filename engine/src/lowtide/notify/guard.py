"""The guarded client: it asks a host for its address once, refuses an inner one, and connects to that very address.

Between the look-up and the connection nothing is asked again, so a name service that changes its mind changes nothing. The
certificate is checked against the name. No redirect is followed, no proxy of the environment is used, the whole exchange
ends after `seconds` even if the other side sends a byte a second, and at most 64 KiB of an answer are read.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from socket import SHUT_RDWR, create_connection, socket
from threading import Timer
from typing import Literal

import urllib3
from urllib3.connection import HTTPConnection

from lowtide.notify.endpoint import Endpoint
from lowtide.notify.network import Forbidden, Lookup, Network, allowed, reachable
from lowtide.notify.trust import machine

SECONDS = 10.0
LARGEST = 64 * 1024
"""Bytes of an answer that are read."""


# It logs an answer that it cannot read with its whole address, in which a key may stand; this module reports it without.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

Tls = Literal["tls", "starttls", "none"]
"""Encrypted from the first byte, later by the caller, or not; the last only to an address that `allow:` names."""


_UNREADABLE = (
    OSError, ValueError, HTTPException, urllib3.exceptions.HTTPError, urllib3.exceptions.HTTPWarning,
)  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """What the other side answered. The names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """No answer that can be read. `may_have_arrived`: the request had been sent whole."""

    def __init__(self, why: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(why)
        self.may_have_arrived = may_have_arrived


@dataclass(frozen=True)
class Guard:
    """The way out of one target."""

    allow: tuple[Network, ...] = ()
    seconds: float = SECONDS
    authorities: ssl.SSLContext | None = None
    """Whose certificates are trusted; None: those of this machine."""
    lookup: Lookup | None = None
    """The name service; None: that of this machine."""

    def post(self, endpoint: Endpoint, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body and read the answer. Raises Forbidden and Unreachable."""
        return self.request("POST", endpoint, body, headers)

    def request(self, method: str, endpoint: Endpoint, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send one request and read its answer. Raises Forbidden and Unreachable."""
        end = time.monotonic() + self.seconds
        with self.connection(
            endpoint.host, endpoint.port, "tls" if endpoint.is_encrypted else "none", end
        ) as line:
            return _exchange(line, method, endpoint, body, headers, end)

    @contextmanager
    def connection(self, host: str, port: int, tls: Tls, end: float) -> Iterator[socket]:
        """A connection to the host, cut when the monotonic clock reads `end`. Raises Forbidden and Unreachable."""
        line = self._dialled(host, port, tls, end)
        spare = line.dup()  # the same connection, whoever encrypts or closes the other handle
        timer = Timer(_left(end), _cut, [spare])
        timer.daemon = True
        timer.start()
        try:
            line = self._encrypted(line, host, end) if tls == "tls" else line
            line.settimeout(_left(end))
            yield line
        finally:
            timer.cancel()
            line.close()
            spare.close()

    def context(self) -> ssl.SSLContext:
        """How certificates are checked."""
        return self.authorities or machine()

    def _dialled(self, host: str, port: int, tls: Tls, end: float) -> socket:
        """Connect to the first address that answers."""
        problem = OSError("it has no address")
        try:
            addresses = reachable(host, port, self.allow, _left(end), self.lookup)
        except OSError as error:
            raise Unreachable(str(error)) from None
        for address in addresses:
            if tls == "none" and not allowed(address, self.allow):
                raise Forbidden(
                    f"`{host}` is reached without encryption; use it, or add its network to `allow:`"
                )
            try:
                return create_connection((str(address), port), timeout=_left(end))
            except OSError as error:
                problem = error
        raise Unreachable(f"`{host}` cannot be reached: {getattr(problem, 'strerror', None) or problem}")

    def _encrypted(self, line: socket, host: str, end: float) -> socket:
        line.settimeout(_left(end))
        try:
            return self.context().wrap_socket(line, server_hostname=host)
        except (OSError, ValueError) as error:
            raise Unreachable(f"`{host}`: the encrypted connection failed: {error}") from None


def _left(end: float) -> float:
    """The seconds until `end`; never 0, which would mean no limit."""
    return max(end - time.monotonic(), 0.001)


def _cut(line: socket) -> None:
    """End a connection under the one who reads it."""
    with suppress(OSError):  # it may have ended by itself
        socket.shutdown(line, SHUT_RDWR)


def _exchange(
    line: socket, method: str, endpoint: Endpoint, body: bytes, headers: Mapping[str, str], end: float
) -> Reply:
    """One request over a connection that is open."""
    client = HTTPConnection(endpoint.host, endpoint.port, timeout=_left(end))
    client.sock = line
    sent = False
    try:
        client.request(
            method,
            endpoint.path,
            body=body or None,
            headers=_headers(endpoint, headers),
            preload_content=False,
        )
        sent = True
        return _reply(client, end)
    except _UNREADABLE as error:
        raise _failure(endpoint, error, sent, end) from None


def _failure(endpoint: Endpoint, error: Exception, sent: bool, end: float) -> Unreachable:
    late = time.monotonic() >= end - 0.01
    why = "it did not answer in time" if late else f"its answer cannot be read: {type(error).__name__}"
    if not sent:
        why = "it took the message too slowly" if late else f"the connection ended while sending: {error}"
    return Unreachable(f"`{endpoint.host}`: {why}", may_have_arrived=sent)


def _headers(endpoint: Endpoint, headers: Mapping[str, str]) -> dict[str, str]:
    fixed = {
        "Host": endpoint.authority,
        "User-Agent": "lowtide",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    return {**fixed, **headers}


def _reply(client: HTTPConnection, end: float) -> Reply:
    response = client.getresponse()
    try:
        body = b""
        while piece := response.read(16 * 1024, decode_content=False):
            body += piece
            if len(body) > LARGEST:
                raise ValueError("the answer is too long")
        if time.monotonic() >= end:
            raise TimeoutError
        if not response.headers and not body:
            raise ValueError("the answer ends after its first line")
        return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
    finally:
        response.close()
