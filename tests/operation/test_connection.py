"""A connection that never finishes its request takes neither the memory nor the places of others."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
    with serving(app) as where:
        yield where


@contextmanager
def serving(app: Any) -> Iterator[tuple[str, int]]:
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


def test_the_rest_of_a_request_that_has_its_answer_is_not_waited_for_for_ever(monkeypatch) -> None:
    """An answer before the end of the body, as for a token that is not known, ends the patience with the body."""

    async def hasty(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    monkeypatch.setattr(connection, "HEAD_S", 0.2)
    with serving(hasty) as address, socket.create_connection(address, timeout=30) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        peer.settimeout(0.02)
        answer, end = b"", time.monotonic() + 10
        with suppress(ConnectionResetError, BrokenPipeError):
            while time.monotonic() < end:
                peer.sendall(b"x")  # a byte now and then keeps it awake
                with suppress(TimeoutError):
                    if not (piece := peer.recv(1000)):
                        break
                    answer += piece
        assert b"404" in answer and time.monotonic() < end, "it would stay for as long as the peer likes"


def test_a_request_after_an_early_answer_is_still_answered(monkeypatch, address: tuple[str, int]) -> None:
    whole = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
    assert talk(address, whole, whole, whole + START + b"Content-Length: 0\r\n\r\n").count(b"200 OK") == 4


def test_a_crowd_leaves_files_for_the_rest_of_the_process(
    monkeypatch, address: tuple[str, int], caplog
) -> None:
    monkeypatch.setattr(connection, "most_connections", lambda: 10)
    monkeypatch.setattr(connection, "_said_at", float("-inf"))
    with ExitStack() as stack:
        peers = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(40)]
        answered = 0
        for peer in peers:
            with suppress(OSError):
                peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                answered += b"200 OK" in peer.recv(1000)
        assert answered == 10
    assert caplog.text.count("connections_refused") == 1
    assert b"200 OK" in talk(address, START + b"Content-Length: 0\r\n\r\n"), "who comes later is served"


@pytest.mark.parametrize(("files", "most"), [(1024, 512), (connection.resource.RLIM_INFINITY, sys.maxsize)])
def test_half_of_the_files_are_for_connections(monkeypatch, files: int, most: int) -> None:
    monkeypatch.setattr(connection.resource, "getrlimit", lambda _: (files, files))
    assert connection.most_connections() == most
