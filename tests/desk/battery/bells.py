"""Receivers that fail in every way, in a process of their own: a webhook and the robots of three chat tools.

    python -m tests.desk.battery.bells LOG PORT [--heals]

Each request becomes one JSON line in LOG before it is answered. How a request is answered depends on a hash of the message
and of the time that the sender wrote into it, so the repeat of a try after a kill gets the lost answer.
`--heals`: the fourth request of a message is answered well.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATHS = {
    "hook": "/hook",
    "wecom": "/cgi-bin/webhook/send",
    "dingtalk": "/robot/send",
    "feishu": "/open-apis/bot/v2/hook/",
}
TOKEN = re.compile(r"/a/([A-Za-z0-9_-]{38})")
WAYS = (
    ("good", 62), ("500", 5), ("429", 4), ("wait", 8), ("drop before", 5), ("drop after", 5), ("half", 4), ("nonsense", 3),
    ("slow", 2), ("dead", 2),
)  # fmt: skip
ACCEPTING = ("good", "drop after", "half", "slow")
"""The ways in which the message has arrived, whatever the sender learns of it."""
LOST = ("drop after", "half", "nonsense")
"""The ways in which the sender cannot know whether it arrived."""
_SAID: dict[str, dict[str, Any]] = {
    "wecom": {"good": {"errcode": 0, "errmsg": "ok"}, "wait": {"errcode": 45009}, "dead": {"errcode": 93000}},
    "dingtalk": {"good": {"errcode": 0}, "wait": {"errcode": -1}, "dead": {"errcode": 310000}},
    "feishu": {"good": {"code": 0, "msg": "success"}, "wait": {"code": 11232}, "dead": {"code": 19001}},
}


@dataclass(frozen=True)
class Delivery:
    """A request that came in. `message`: the first 8 bytes of the notification's hash, in hex."""

    bell: str
    message: str
    way: str
    at: float
    body: str
    """Hash of the body."""
    mark: bool = False
    """The body says that it may be a repeat."""

    @property
    def arrived(self) -> bool:
        """Whether the receiver has taken the message."""
        return self.way in ACCEPTING


def way_of(message: str, moment: str) -> str:
    """How a request is answered."""
    place = int.from_bytes(hashlib.sha256(f"{message} {moment}".encode()).digest()[:4], "big") % 100
    for way, share in WAYS:
        place -= share
        if place < 0:
            return way
    raise AssertionError("the shares are a hundred")


def mark_of(notification_id: str) -> str:
    """The first 8 bytes of a notification's hash, from its 20 characters of Crockford base 32."""
    usual = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return base64.b32decode(notification_id.translate(usual) + "====").hex()[:16]


class Bells(ThreadingHTTPServer):
    """The server of all receivers."""

    daemon_threads = True

    def __init__(self, log: Path, port: int, heals: bool) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.log, self.heals = log.open("a", buffering=1), heals
        self.count: Counter[tuple[str, str]] = Counter()
        self.guard = threading.Lock()

    def way(self, bell: str, message: str, moment: str) -> str:
        """How to answer a request."""
        with self.guard:
            self.count[bell, message] += 1
            healed = self.heals and self.count[bell, message] > 3
        return "good" if healed else way_of(message, moment)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed, or a connection that was dropped on purpose."""

    def note(self, delivery: Delivery) -> None:
        """Write down a request."""
        with self.guard:
            self.log.write(json.dumps(vars(delivery)) + "\n")


class _Request(BaseHTTPRequestHandler):
    server: Bells
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True  # the sender was killed in the middle of its request
            return
        kind = next(name for name, path in PATHS.items() if self.path.startswith(path))
        number = re.search(r"(\d{12})$", self.path.partition("&")[0])
        bell = kind if kind == "hook" or number is None else f"{kind}{int(number[1])}"
        text = body.decode()
        key = self.headers["Idempotency-Key"]
        token = TOKEN.search(text)
        message = (
            mark_of(key) if key else base64.urlsafe_b64decode(token[1] + "==").hex()[:16] if token else "?"
        )
        way = self.server.way(bell, message, self._moment(text))
        stable = re.sub(r'"(timestamp|sign)":\s*"[^"]*"', "", text)
        digest = hashlib.sha256(stable.encode()).hexdigest()[:16]
        self.server.note(
            Delivery(bell, message, way, time.time(), digest, "may be a repeat" in text or "可能重复" in text)
        )
        self._answer(kind, way)

    def _moment(self, text: str) -> str:
        """When the sender made this try, as it says itself; else the time of arrival, if the bells heal."""
        signature = re.search(r"t=(\d+)", self.headers["X-Lowtide-Signature"] or "")
        stamp = (
            re.search(r"timestamp=(\d+)", self.path)
            or re.search(r'"timestamp":\s*"(\d+)"', text)
            or signature
        )
        return stamp[1] if stamp else str(time.time_ns()) if self.server.heals else ""

    def _answer(self, sort: str, way: str) -> None:
        if way.startswith("drop"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        time.sleep(2.0 if way == "slow" and self.server.heals else 0.0)
        kind = "good" if way in ("slow", "half") else way
        status = (
            int(kind)
            if kind.isdigit()
            else {"wait": 503, "dead": 410}.get(kind, 200)
            if sort == "hook"
            else 200
        )
        said = b"<html>" if kind == "nonsense" else json.dumps(_SAID.get(sort, {}).get(kind, {})).encode()
        if sort == "hook" and kind == "nonsense":
            status = 502
        self.send_response(status)
        if kind == "429":
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(said) + (100 if way == "half" else 0)))
        self.end_headers()
        self.wfile.write(said)
        self.close_connection = way == "half"

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Tower:
    """The receivers as a process. `with Tower(folder) as tower: … tower.deliveries()`."""

    def __init__(self, log: Path, *, heals: bool = False) -> None:
        self.log = log
        command = [
            sys.executable,
            "-m",
            "tests.desk.battery.bells",
            str(log),
            "0",
            *(["--heals"] if heals else []),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def deliveries(self) -> list[Delivery]:
        """Every request so far, in order."""
        return [Delivery(**json.loads(line)) for line in self.log.read_text().splitlines()]

    def __enter__(self) -> Tower:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    _parser = argparse.ArgumentParser()
    _parser.add_argument("log", type=Path)
    _parser.add_argument("port", type=int)
    _parser.add_argument("--heals", action="store_true")
    _asked = _parser.parse_args()
    _bells = Bells(_asked.log, _asked.port, _asked.heals)
    print(_bells.server_address[1], flush=True)
    _bells.serve_forever()
