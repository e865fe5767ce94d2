"""A receiver: a server on loopback, what it got, and how it answered."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.notify.receivers import rules
from tests.notify.receivers.act import TAKE, Act, Behaviour, always
from tests.notify.receivers.mailbox import Mailbox
from tests.notify.receivers.rules import Asked


@dataclass(frozen=True)
class Receipt:
    """One request, and what became of it."""

    kind: str
    key: str
    number: int
    """Which try of this message it was, from 1."""
    accepted: bool
    """It has arrived, whatever the sender learnt."""
    code: str
    """What was answered: 0, an errcode, a status, or the name of a failure."""
    at: float
    headers: dict[str, str]
    text: str


class Receiver:
    """One kind of receiver on a port of its own; `robots` answers for all robots."""

    def __init__(
        self,
        kind: str,
        behaviour: Behaviour | None = None,
        *,
        port: int = 0,
        rates: bool = True,
        clock: Callable[[], float] = rules.now,
        out: Path | None = None,
    ) -> None:
        self.kind, self.behaviour, self.clock = kind, behaviour or always(TAKE), clock
        self.received: list[Receipt] = []
        self.token = 1
        """Number of the access token that is valid for `wecom-app`."""
        self._windows = rules.windows() if rates else {}
        self._tries: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._out = out.open("a", encoding="utf-8") if out else None
        self._server: Any = Mailbox(self, port) if kind == "mail" else _server(self, port)
        self.port = int(self._server.server_address[1])
        self.host = f"127.0.0.1:{self.port}"
        self.url = rules.URLS.get(kind, f"http://{self.host}/lowtide")
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
        self._thread.start()

    def act(self, key: str) -> tuple[int, Act]:
        """The number of this try, and what is done to it."""
        with self._lock:
            self._tries[key] += 1
            number = self._tries[key]
        return number, self.behaviour(key, number)

    def too_often(self, asked: Asked) -> int:
        """The code of the rate that this request passes; 0: none."""
        known, code = self._windows.get(asked.kind, ((), 0))
        with self._lock:
            refused = [window.refuses(asked.at) for window in known]  # each of them counts the request
        return code if any(refused) else 0

    def note(self, receipt: Receipt) -> None:
        with self._lock:
            self.received.append(receipt)
            if self._out:
                self._out.write(json.dumps(asdict(receipt), ensure_ascii=False) + "\n")
                self._out.flush()

    @property
    def accepted(self) -> list[Receipt]:
        return [receipt for receipt in self.received if receipt.accepted]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        if self._out:
            self._out.close()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()


def _server(receiver: Receiver, port: int) -> ThreadingHTTPServer:
    class Handler(_Handler):
        owner = receiver

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    owner: Receiver

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        asked = self._asked(b"")
        if asked.path != "/cgi-bin/gettoken":
            self._say(404, b"")
            return
        code = rules.refusal(asked)
        token = {
            "errcode": code,
            "errmsg": "",
            "access_token": f"token-{self.owner.token}",
            "expires_in": 7200,
        }
        self._say(200, json.dumps(token).encode())

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        asked = self._asked(self.rfile.read(int(self.headers.get("content-length", 0))))
        if not asked.kind or parts.path == "/cgi-bin/gettoken":
            self._say(404, b"")
            return
        number, act = self.owner.act(asked.key)
        code = self._refused(asked) if act.takes else 0
        self._note(asked, number, act, code)
        self._answer(asked.kind, act, code)

    def _asked(self, body: bytes) -> Asked:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Asked(
            rules.kind_of(parts.path), parts.path, rules.flat(parts.query), headers, body, self.owner.clock()
        )

    def _refused(self, asked: Asked) -> int:
        if asked.kind == "wecom-app" and asked.query.get("access_token") != f"token-{self.owner.token}":
            return 42001
        return self.owner.too_often(asked) or rules.refusal(asked)

    def _note(self, asked: Asked, number: int, act: Act, code: int) -> None:
        said = str(code) if act.name == "take" or code else act.name if not act.number else str(act.number)
        self.owner.note(
            Receipt(
                asked.kind,
                asked.key,
                number,
                act.takes and not code,
                said,
                asked.at,
                asked.headers,
                asked.body.decode(),
            )
        )

    def _answer(self, kind: str, act: Act, code: int) -> None:
        if act.name in ("before", "after"):
            self._end()
        elif act.name == "status":
            self._say(act.number, b"", {"Retry-After": f"{act.wait:g}"} if act.wait else {})
        elif act.name == "redirect":
            self._say(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})
        elif act.name == "garbage":
            self._say(200, b"<html>502 Bad Gateway</html>")
        else:
            time.sleep(act.wait if act.name == "slow" else 0)
            self._said(kind, act.number if act.name == "code" else code, half=act.name == "half")

    def _said(self, kind: str, code: int, *, half: bool) -> None:
        if kind == "webhook":
            self._say(code or 200, b'{"ok":true}' if not code else b"", half=half)
            return
        field, text = ("code", "msg") if kind == "feishu" else ("errcode", "errmsg")
        told = {field: code, text: "ok" if not code else "refused"}
        self._say(
            200, json.dumps(told | ({"invaliduser": ""} if kind == "wecom-app" else {})).encode(), half=half
        )

    def _say(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, half: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if half else body)
        self.close_connection = True

    def _end(self) -> None:
        """Close the connection with no answer."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True
