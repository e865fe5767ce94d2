"""Requests to the application of intake without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lowtide.core import Job
from lowtide.intake.http.app import Access, App
from lowtide.intake.intake import Intake
from lowtide.intake.journal import Journal, JournalFolder, frames
from lowtide.intake.shelf import MapShelf

JSON = "application/json"
NDJSON = "application/x-ndjson"


@dataclass
class Answer:
    """An answer of the application."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Client:
    """Posts to an intake whose journal lies in `path`."""

    def __init__(self, app: App, path: Path) -> None:
        self.app, self.path = app, path

    def post(self, body: bytes, path: str = "/movements", type_: str = JSON, **headers: str) -> Answer:
        named = {"content-type": type_, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.request("POST", path, body, named)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, b"", headers)

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        return asyncio.run(self.send(method, path, [body], headers))

    async def send(self, method: str, path: str, pieces: list[bytes], headers: dict[str, str]) -> Answer:
        sent: list[dict[str, Any]] = []
        waiting = list(pieces)
        bare, _, query = path.partition("?")
        all_headers = {"host": "127.0.0.1:8787", **headers}
        scope = {
            "type": "http", "method": method, "path": bare, "query_string": query.encode(), "client": ("127.0.0.1", 1),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in all_headers.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            if not waiting:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

        async def keep(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, keep)
        if not sent:
            return Answer(0, {}, b"")
        given = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], given, sent[1]["body"])

    @property
    def rows(self) -> list[bytes]:
        """All rows of the journal."""
        return b"".join(frame.body for frame in frames(JournalFolder(self.path))).split(b"\n")[:-1]


@contextmanager
def client(path: Path, access: Access | None = None, **shelf: Any) -> Iterator[Client]:
    """An intake with a new journal."""
    with Journal.open(path) as journal:
        app = App(Intake(journal, MapShelf(**shelf), Job.of()), access or Access())
        try:
            yield Client(app, path)
        finally:
            app.close()
