"""Send a request to an ASGI application, without a socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Reply:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()
    """What each `Set-Cookie` sets, as a browser sends it back."""

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    app: Any, method: str, target: str, *, body: bytes = b"", client: str = "127.0.0.1", **headers: str
) -> Reply:
    """The reply to a request. Names of headers are written with `_` for `-`."""
    address = urlsplit(target)
    sent_headers = {
        "host": "127.0.0.1:8080", **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(address.path), "raw_path": address.path.encode(), "root_path": "",
        "query_string": address.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent_headers.items()], "client": (client, 5000),
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
    named = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
    cookies = tuple(value.partition(";")[0] for name, value in named if name == "set-cookie")
    return Reply(start["status"], dict(named), b"".join(parts), cookies)
