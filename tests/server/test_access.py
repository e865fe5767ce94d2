"""A desk that other machines reach has users, and passwords do not travel in plain text."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from dataclasses import replace
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.operation.proxy import Proxies
from lowtide.operation.serving import Server, listening
from lowtide.server.setup import Options, check_access
from lowtide.service import Role
from lowtide.web import user_file

PROXY = Proxies.of(["10.0.0.7"])


@pytest.fixture
def users(tmp_path: Path) -> Path:
    user_file.set_user(tmp_path / "users.yaml", "ada", role=Role.ADMIN, subject="1")
    return tmp_path / "users.yaml"


def test_this_machine_alone_needs_nothing(tmp_path: Path) -> None:
    for listen in ("127.0.0.1:0", "localhost:0", "[::1]:0"):
        check_access(Options(listen=listen, folder=tmp_path / "none"))


@pytest.mark.parametrize(
    "options",
    [
        Options(listen="0.0.0.0:8080"),
        Options(proxies=PROXY),
        Options(listen="[::]:1", tls=(Path("c"), Path("k"))),
    ],
)
def test_without_users_nobody_else_comes_in(tmp_path: Path, options: Options) -> None:
    with pytest.raises(SettingsError, match="nobody would have to sign in") as caught:
        check_access(replace(options, folder=tmp_path / "none"))
    assert "lowtide user add" in caught.value.hint


def test_passwords_do_not_travel_in_plain_text(users: Path) -> None:
    with pytest.raises(SettingsError, match="plain HTTP") as caught:
        check_access(Options(listen="0.0.0.0:8080", users=users))
    assert "--tls-cert" in caught.value.hint and "--behind-proxy" in caught.value.hint
    check_access(Options(listen="0.0.0.0:8080", users=users, proxies=PROXY))
    check_access(Options(listen="0.0.0.0:8080", users=users, tls=(Path("c"), Path("k"))))


def test_users_in_the_folder_of_the_desk_are_found(users: Path) -> None:
    assert Options(folder=users.parent).users_file == users
    assert Options(folder=users.parent / "other").users_file is None


def test_the_desk_itself_speaks_tls(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": scope["scheme"].encode()})  # type: ignore[index, operator]

    ready = threading.Event()
    server = Server(app, finish_s=5, leave=lambda: None, ready=ready.set, tls=(cert, key))
    made = listening("127.0.0.1", 0, SettingsError)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([made])))
    thread.start()
    assert ready.wait(20)
    line = HTTPSConnection(
        "localhost", made.getsockname()[1], context=ssl.create_default_context(cafile=str(cert))
    )
    line.request("GET", "/")
    assert line.getresponse().read() == b"https"
    line.close()
    server.leave()
    thread.join(20)
