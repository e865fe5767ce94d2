"""A connection that never finishes its request takes neither the memory nor the places of others."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from queue import Queue
from typing import Any

import pytest

from lowtide.errors import SettingsError
from lowtide.operation import connection, crowd
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


def test_an_early_answer_is_not_lost_with_a_long_body() -> None:
    """The rest of the body is thrown away, so that the peer comes to read the answer."""

    async def hasty(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    with serving(hasty) as address:
        one = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000
        assert talk(address, one, START + b"Content-Length: 0\r\n\r\n").count(b"404") == 2


def test_a_request_after_an_early_answer_is_still_answered(monkeypatch, address: tuple[str, int]) -> None:
    whole = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
    assert talk(address, whole, whole, whole + START + b"Content-Length: 0\r\n\r\n").count(b"200 OK") == 4


def test_silent_connections_make_room_for_one_that_asks(monkeypatch, address: tuple[str, int]) -> None:
    monkeypatch.setattr(crowd, "MOST", 10)
    with ExitStack() as stack:
        peers = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(40)]
        until(lambda: sum(map(closed, peers)) == 30)
        assert b"200 OK" in talk(address, START + b"Content-Length: 0\r\n\r\n")
        assert [at for at, peer in enumerate(peers) if not closed(peer)] == list(range(31, 40)), (
            "the newest stay"
        )


def test_who_is_being_answered_is_not_sent_away_for_another(
    monkeypatch, caplog, address: tuple[str, int]
) -> None:
    monkeypatch.setattr(crowd, "MOST", 10)
    monkeypatch.setattr(connection, "_said_at", float("-inf"))
    with ExitStack() as stack:
        peers = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(10)]
        for peer in peers:
            peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            assert b"100 Continue" in peer.recv(1000)
        assert talk(address, START + b"Content-Length: 0\r\n\r\n") == b""
        for peer in peers:
            peer.sendall(b"ab")
            assert b"200 OK" in peer.recv(1000)
    assert caplog.text.count("connections_refused") == 1


def test_many_requests_sent_ahead_are_not_all_kept(address: tuple[str, int]) -> None:
    one = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert talk(address, one * 10 + START + b"Content-Length: 0\r\n\r\n").count(b"200 OK") == 11
    assert talk(address, one * 3000).count(b"200 OK") < 100


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([START, *[b"X: " + b"x" * 9000 + b"\r\n"] * 8, b"\r\n"], b"431"),
        ([b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n"], b"431"),
        ([b"GET / HTTP/1.1\r\n\r\n"], b"400"),
        ([b"GET / HTTP/1.1\r\nHost:\r\n\r\n"], b"400"),
        ([b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"], b"400"),
        ([b"GET / HTTP/1.1\r\nHost: x@127.0.0.1\r\n\r\n"], b"400"),
        ([b"GET / HTTP/1.1\r\nHost: 127.0.0.1#.evil.example\r\n\r\n"], b"400"),
        ([b"GET / HTTP/1.1\r\nHost: 127.0.0.1:80:80\r\n\r\n"], b"400"),
        ([b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], b"400"),
        ([b"GET //evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], b"400"),
        ([b"CONNECT evil.example:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], b"400"),
        ([b"GET http://a:80/ HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n"], b"200"),
        ([b"GET / HTTP/1.1\r\nHost: [::1]:8123\r\nConnection: close\r\n\r\n"], b"200"),
        ([b"\x16\x03\x01\x02\x00"], b"400"),
    ],
)
def test_a_head_is_refused_with_a_status(
    address: tuple[str, int], pieces: list[bytes], status: bytes
) -> None:
    assert talk(address, *pieces).startswith(b"HTTP/1.1 " + status)


def test_the_extension_of_a_chunk_has_an_end(address: tuple[str, int]) -> None:
    begun = START + b"Transfer-Encoding: chunked\r\n\r\n"
    small = b"1;x=1\r\na\r\n" * 20_000 + b"0\r\n\r\n"
    assert b"200 OK" in talk(address, begun, small), "chunks of one byte are a body"
    assert b"200" not in talk(address, begun + b"1;", *[b"x" * 10_000] * 100)


def test_a_body_is_taken_only_as_far_as_it_is_read() -> None:
    taken: list[int] = []
    done = threading.Event()

    async def idle(scope: Any, receive: Any, send: Any) -> None:
        while not done.is_set():
            await asyncio.sleep(0.01)
        taken.append(len((await receive())["body"]))
        await app(scope, receive, send)

    with serving(idle) as address, socket.create_connection(address, timeout=30) as peer:
        threading.Timer(0.5, done.set).start()
        peer.sendall(START + b"Content-Length: 8000000\r\n\r\n" + b"x" * 8_000_000)
        assert b"200 OK" in peer.recv(1000)
    assert taken[0] <= 64 << 10


@pytest.mark.parametrize(("files", "most"), [(1024, 512), (1 << 20, crowd.MOST), (-1, crowd.MOST)])
def test_half_of_the_files_are_for_connections(monkeypatch, files: int, most: int) -> None:
    monkeypatch.setattr(crowd.resource, "getrlimit", lambda _: (files, files))
    assert crowd.most_connections() == most


def test_a_server_may_open_as_many_files_as_its_user() -> None:
    told = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (100, 5000)); from lowtide.operation import crowd;"
    told += "crowd.raise_files(); print(r.getrlimit(r.RLIMIT_NOFILE)[0])"
    made = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "5000"


class Peer:
    left = goes_on = False

    def leave(self) -> None:
        self.left = True

    def go_on(self) -> None:
        self.goes_on = True


def test_one_address_cannot_take_the_places_of_others() -> None:
    here = crowd.Crowd(lambda: 10)
    loud = [Peer() for _ in range(100)]
    assert all(here.enter(peer, "203.0.113.9") for peer in loud)
    assert [peer.left for peer in loud].count(False) == 5
    others = [Peer() for _ in range(5)]
    assert all(here.enter(peer, f"203.0.113.{at}") for at, peer in enumerate(others))
    late = Peer()
    assert here.enter(late, "198.51.100.1") and not any(peer.left for peer in others)
    for peer in loud:
        here.busy(peer)
    assert not here.enter(Peer(), "203.0.113.9") or len(here) <= 10


def test_an_address_that_asks_too_much_waits_for_itself() -> None:
    here = crowd.Crowd(lambda: 100, asking=2)
    loud, other = [Peer() for _ in range(5)], Peer()
    assert all(here.enter(peer, "203.0.113.9") for peer in loud) and here.enter(other, "203.0.113.8")
    assert [here.asks(peer) for peer in loud] == [True, True, False, False, False]
    assert here.asks(other), "another address does not wait"
    here.silent(loud[0])
    assert [peer.goes_on for peer in loud] == [False, False, True, False, False]
    here.left(loud[3])
    here.left(loud[1])
    assert [peer.goes_on for peer in loud] == [False, False, True, False, True], "who has left is passed over"


def closed(peer: socket.socket) -> bool:
    peer.setblocking(False)
    try:
        return peer.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
