"""The guarded client against servers that drip, redirect, lie, end early or answer too much."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lowtide.notify.endpoint import Endpoint
from lowtide.notify.guard import Guard, Unreachable
from lowtide.notify.network import Forbidden, networks

LOOPBACK = networks(["127.0.0.0/8"], "test")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def server(
    answer: Callable[[socket.socket], None], context: ssl.SSLContext | None = None, *, reads: bool = True
) -> Iterator[int]:
    """A server that reads one request a connection and then does as told."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            try:
                line = context.wrap_socket(line, server_side=True) if context else line
                if reads:
                    _read(line)
                answer(line)
            except OSError:
                pass
            finally:
                line.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def _read(line: socket.socket) -> None:
    """Read a request to its end: what is left unread would reset the connection under the answer."""
    content = b""
    while not content.endswith(b"\r\n\r\n{}"):
        piece = line.recv(65536)
        if not piece:
            return
        content += piece


def says(*pieces: bytes) -> Callable[[socket.socket], None]:
    return lambda line: [line.sendall(piece) for piece in pieces] and None


def place(port: int, scheme: str = "http", host: str = "127.0.0.1") -> Endpoint:
    return Endpoint(scheme, host, port, "/hook?key=secret")


def failure(port: int, guard: Guard | None = None) -> Unreachable:
    with pytest.raises(Unreachable) as failed:
        (guard or Guard(LOOPBACK, seconds=5)).post(place(port), b"{}", {})
    assert "secret" not in str(failed.value)
    return failed.value


def test_an_answer_is_read_with_its_status_and_headers() -> None:
    with server(says(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}")) as port:
        reply = Guard(LOOPBACK).post(place(port), b"{}", {})
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (429, b"{}", "7")


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b""]
)
def test_a_server_that_drips_is_cut_off_after_the_time_for_all(start: bytes) -> None:
    def drip(line: socket.socket) -> None:
        line.sendall(start)
        for _ in range(200):
            time.sleep(0.02)
            line.sendall(b"a: b\r\n" if start.endswith(b"K\r\n") else b"x")

    with server(drip) as port:
        began = time.monotonic()
        failed = failure(port, Guard(LOOPBACK, seconds=0.3))
        assert time.monotonic() - began < 2
    assert failed.may_have_arrived and "in time" in str(failed)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    seen: list[int] = []
    with server(
        says(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
    ) as port:
        guard = Guard(LOOPBACK, lookup=lambda host, port: seen.append(1) or [host])  # type: ignore[func-returns-value]
        assert guard.post(place(port), b"{}", {}).status == 302
    assert seen == [1]


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", b"\x00\x01\x02garbage\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", OK.replace(b"2\r\n", b"-5\r\n")[:30]],
)  # fmt: skip
def test_half_an_answer_may_mean_that_the_message_arrived(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with server(says(answer)) as port:
        assert failure(port).may_have_arrived
    assert "secret" not in caplog.text


def test_an_answer_of_more_than_64_KiB_is_not_read() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 200_000)) as port:
        assert failure(port).may_have_arrived


def test_nobody_listening_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert not failure(port).may_have_arrived


def test_a_name_that_moves_inside_after_the_look_up_is_asked_once() -> None:
    """DNS rebinding: the address that was judged is the one that is reached."""
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with server(says(OK)) as port:
        assert Guard(LOOPBACK, lookup=lookup).post(place(port, host="erp.example"), b"{}", {}).status == 200
    assert asked == ["erp.example"]


def test_a_name_with_an_inner_address_is_forbidden_before_a_connection() -> None:
    with server(says(OK)) as port, pytest.raises(Forbidden):
        Guard(lookup=lambda host, port: ["127.0.0.1"]).post(place(port, "https", "erp.example"), b"{}", {})


def test_a_public_address_is_not_spoken_to_without_encryption() -> None:
    with pytest.raises(Forbidden, match="without encryption"):
        Guard(lookup=lambda host, port: ["8.8.8.8"]).post(place(80, "http", "erp.example"), b"{}", {})


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server(says(OK)) as port:
        assert Guard(LOOPBACK).post(place(port), b"{}", {}).status == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `erp.example`, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=erp.example"
    names = ["-addext", "subjectAltName=DNS:erp.example", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*command.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder


def test_the_certificate_is_checked_against_the_name_and_not_the_address(certificate: Path) -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusting = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with server(says(OK), own) as port:

        def post(host: str, context: ssl.SSLContext | None) -> int:
            guard = Guard(LOOPBACK, authorities=context, lookup=lambda host, port: ["127.0.0.1"])
            return guard.post(place(port, "https", host), b"{}", {}).status

        assert post("erp.example", trusting) == 200
        for host, context in (("other.example", trusting), ("127.0.0.1", trusting), ("erp.example", None)):
            with pytest.raises(Unreachable, match="encrypted connection failed") as failed:
                post(host, context)
            assert not failed.value.may_have_arrived


def test_a_server_that_does_not_encrypt_is_not_sent_to() -> None:
    with server(says(b"hello\r\n"), reads=False) as port:
        with pytest.raises(Unreachable) as failed:
            Guard(LOOPBACK, seconds=3).post(place(port, "https"), b"{}", {})
        assert not failed.value.may_have_arrived
