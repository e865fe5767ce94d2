"""`/metrics`, `/healthz` and `/readyz` on an address that only this machine can reach, in a separate thread.

    GET /metrics   Prometheus' text
    GET /healthz   200 {"status": "alive"}, or 503 {"status": "stalled", "reason": …}: restart the process
    GET /readyz    200 {"status": "ready"}, or 503 {"status": "not ready", "reason": …}: leave it alone

The server of the standard library is enough for one request every ten seconds. It does not need an event loop beside
Bytewax, and its thread ends with the process. The endpoint does not ask for a password. So a person who wants an address
that other machines can reach must write `unprotected:0.0.0.0:9464`.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from lowtide.errors import SettingsError
from lowtide.operation import host
from lowtide.operation.health import Health
from lowtide.operation.metrics import CONTENT_TYPE, Metrics

LISTEN = "127.0.0.1:9464"
OPEN = "unprotected:"
"""The prefix of an address that other machines may reach."""
_IDLE_S = 10
"""A connection without a request is closed after this many seconds."""


class Endpoint:
    """Serves from its construction until `close`.

    `listen` is HOST:PORT, port 0 for any free port; `setting` is the name of the setting for messages. Raises SettingsError
    if the text is not an address, if other machines could reach it, or if the port is in use.
    """

    def __init__(self, listen: str, metrics: Metrics, health: Health, *, setting: str = "metrics") -> None:
        family, address = _resolved(listen.removeprefix(OPEN), setting)
        if not listen.startswith(OPEN) and not ipaddress.ip_address(address[0]).is_loopback:
            raise SettingsError(
                f"`{setting}`: other machines can reach `{listen}`, and there is no password",
                f"Give an address of this machine alone, as `{LISTEN}`, or say that it is meant: `{OPEN}{listen}`.",
            )
        try:
            self._server = _Server(family, address, partial(_Handler, metrics, health))
        except OSError as error:
            raise SettingsError(
                f"`{setting}`: cannot listen on `{listen}`: {error.strerror}",
                f"Another process may be there: give `{setting}` another port, or 0 for any that is free.",
            ) from error
        host, port = self._server.server_address[:2]
        self.port = int(port)
        self.url = f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        threading.Thread(target=serve, name="lowtide-endpoint", daemon=True).start()

    def close(self) -> None:
        """Stops the server."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def beside(listen: str, process: int, addresses: Sequence[str] = ()) -> str:
    """The address for one of the processes of a machine: the given port for the first process, the next ports for the
    others.

    `addresses` are those of a cluster, `host:port`; they show which processes share a machine. Without them all processes
    do.

    >>> beside("127.0.0.1:9464", 2)
    '127.0.0.1:9466'
    >>> beside("127.0.0.1:9464", 2, ["shop-0:2101", "shop-1:2101", "shop-2:2101"])
    '127.0.0.1:9464'
    """
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or int(port) == 0:
        return listen
    hosts = [address.rpartition(":")[0] for address in addresses]
    before = hosts[:process].count(hosts[process]) if addresses else process
    return f"{host}:{int(port) + before}"


def _resolved(listen: str, setting: str) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """An address as numbers. A name is resolved once, so the address that was checked is the one in use."""
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"`{setting}`: not an address: `{listen}`", f"Write HOST:PORT, as `{LISTEN}`.")
    try:
        family, _, _, _, where = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise SettingsError(
            f"`{setting}`: no such host: `{host}` ({error.strerror})", f"Write HOST:PORT, as `{LISTEN}`."
        ) from error
    return family, (str(where[0]), int(where[1]))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, family: socket.AddressFamily, address: tuple[str, int], handler: partial[_Handler]
    ) -> None:
        self.address_family = family
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Same as the parent, without resolving the name of this machine, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that disconnects before its answer is not logged."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "lowtide", ""
    timeout = _IDLE_S

    def __init__(self, metrics: Metrics, health: Health, *connection: object) -> None:
        self._metrics, self._health = metrics, health
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answers one of the three paths."""
        hosts = [value.encode("latin-1", "replace") for value in self.headers.get_all("Host", [])]
        if not host.is_one(self.path.encode("latin-1", "replace"), hosts):
            self._answer(HTTPStatus.BAD_REQUEST, "text/plain", b"A request names one host.\n")
            return
        match self.path.partition("?")[0]:
            case "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE, self._metrics.text())
            case "/healthz":
                self._verdict(self._health.stalled(), "alive", "stalled")
            case "/readyz":
                self._verdict(self._health.not_ready(), "ready", "not ready")
            case _:
                self._answer(
                    HTTPStatus.NOT_FOUND, "text/plain", b"There are /metrics, /healthz and /readyz.\n"
                )

    do_HEAD = do_GET

    def _verdict(self, reason: str | None, good: str, bad: str) -> None:
        said = {"status": good} if reason is None else {"status": bad, "reason": reason}
        status = HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, "application/json", json.dumps(said).encode() + b"\n")

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""
