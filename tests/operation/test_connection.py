"""A connection that never finishes its request takes neither the memory nor the places of others."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from queue import Queue
from typing import Any

import pytest

from lowtide.errors import SettingsError
from lowtide.operation import connection
from lowtide.operation.serving import Server, listening


async def app(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    ready: Queue[None] = Queue()
    with listening("127.0.0.1", 0, SettingsError) as listener:
        server = Server(app, finish_s=1, ready=lambda: ready.put(None), leave=lambda: None)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        ready.get()
        yield listener.getsockname()
        server.leave()
        thread.join()


def talk(address: tuple[str, int], *pieces: bytes) -> bytes:
    """Send until the peer closes; what it answered."""
    with socket.create_connection(address, timeout=30) as peer:
        try:
            for piece in pieces:
                peer.sendall(piece)
            return peer.makefile("rb").read()
        except OSError:
            return b""


START = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"


def test_requests_are_answered_one_after_another(address: tuple[str, int]) -> None:
    whole = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
    assert talk(address, whole + whole, CHUNKED + b"X: 1\r\n\r\n").count(b"200 OK") == 3


@pytest.mark.parametrize(
    "pieces",
    [
        [START, *[b"X: " + b"x" * 9000 + b"\r\n"] * 100, b"\r\n"],
        [START + b"X: ", *[b"x" * 10_000] * 100, b"\r\n\r\n"],
        [b"POST /", *[b"x" * 600] * 100, b"x" * 6000 + START.removeprefix(b"POST /") + b"\r\n"],
        [CHUNKED, *[b"X: " + b"x" * 9000 + b"\r\n"] * 100, b"\r\n"],
    ],
    ids=["headers", "one", "address", "trailers"],
)
def test_a_head_without_end_is_cut_off(address: tuple[str, int], pieces: list[bytes]) -> None:
    assert b"200" not in talk(address, *pieces)


@pytest.mark.parametrize("begun", [b"", START])
def test_who_never_asks_is_sent_away(monkeypatch, address: tuple[str, int], begun: bytes) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.01)
    with socket.create_connection(address, timeout=30) as peer:
        peer.sendall(begun)
        with suppress(ConnectionResetError):
            assert peer.recv(10) == b""
