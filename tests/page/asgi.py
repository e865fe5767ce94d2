"""Send a request to an ASGI application, without a socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    app: Any, method: str, target: str, *, body: bytes = b"", client: str = "127.0.0.1", **headers: str
) -> Reply:
    """The reply to a request. Names of headers are written with `_` for `-`."""
    address = urlsplit(target)
    named = {"host": "127.0.0.1:8080", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": address.path, "raw_path": address.path.encode(), "query_string": address.query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()], "client": (client, 5000),
        "server": ("127.0.0.1", 8080),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    asyncio.run(app(scope, receive, send))
    start = next(one for one in sent if one["type"] == "http.response.start")
    parts = (one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    return Reply(
        start["status"], {n.decode().lower(): v.decode() for n, v in start["headers"]}, b"".join(parts)
    )
