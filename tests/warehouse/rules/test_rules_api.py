"""The API of rules and uploads; a client that leaves ends the child that works for it."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from lowtide.api.app import made
from lowtide.service import Caller, Role
from lowtide.service.children.room import ROOM
from lowtide.warehouse import Warehouse
from lowtide.words import Language
from tests.desk.entries import DAY
from tests.page.asgi import ask
from tests.service.test_children import gone
from tests.warehouse.rules.shop import CHEN, WANG, shop
from tests.warehouse.rules.test_dry_runs import CHANGED, log


class Gate:
    """Lets in whom it is given, by the role of the route."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def admit(self, request: HTTPConnection, role: Role) -> Caller:
        assert self._caller.role.includes(role)
        return self._caller

    def language(self, request: HTTPConnection, caller: Caller | None = None) -> Language:
        return Language("en")

    def finish(self, request: HTTPConnection, response: Any) -> Any:
        return response


def sent(app: Any, method: str, path: str, body: Any = None) -> Any:
    data = b"" if body is None else json.dumps(body).encode()
    reply = ask(app, method, path, body=data, content_type="application/json", sec_fetch_site="same-origin")
    return reply.status, json.loads(reply.text)


def test_a_change_is_proposed_and_approved_over_http(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        chen, wang = (made(context, Gate(one), context.now) for one in (CHEN, WANG))  # type: ignore[arg-type]
        status, text = sent(chen, "GET", "/policy/text")
        assert status == 200 and "fresh" in text["text"]
        edits = [{"path": ["layers", 0, "set", "watch"], "value": 0.4}]
        status, one = sent(
            chen, "POST", "/policy/changes", {"edits": edits, "reason": "why", "based_on": text["version"]}
        )
        assert status == 200 and one["state"] == "proposed" and one["lines"][0]["after"] == "0.4"
        status, wrong = sent(
            chen, "POST", "/policy/changes", {"edits": edits, "reason": "why", "based_on": "old"}
        )
        assert status == 409 and wrong["facts"]["in_force"] == text["version"]
        assert sent(chen, "GET", f"/people/changes/{one['change_id']}")[0] == 404
        status, done = sent(wang, "POST", f"/policy/changes/{one['change_id']}/approve", {"comment": "ok"})
        assert status == 200 and done["state"] == "applied"
        assert (
            sent(chen, "GET", "/policy/changes?state=applied")[1]["changes"][0]["change_id"]
            == one["change_id"]
        )
        status, deep = sent(
            chen,
            "POST",
            "/people/changes",
            {"reason": "x", "edits": [{"path": ["a"], "value": [[[[[[[[1]]]]]]]]}]},
        )
        assert status == 422 and "too deep" in deep["detail"]


def test_people_are_tried_over_http(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        app = made(context, Gate(CHEN), context.now)  # type: ignore[arg-type]
        edits = [{"path": ["people", "chen", "budget"], "value": 2}]
        status, run = sent(app, "POST", "/people/dry-run", {"edits": edits})
        assert status == 200 and run["state"] == "done" and run["result"]["after"]["alerts"] == 0
        status, refused = sent(app, "POST", "/policy/dry-run", {"document": CHANGED})
        assert status == 422 and "--history" in refused["hint"]


def test_a_file_is_added_over_http(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse, intake=f"journal:{tmp_path / 'journal'}") as context:
        app = made(context, Gate(WANG), context.now)  # type: ignore[arg-type]
        text = b"date,store,item,sold\n2026-11-20,330,milk,2\n"
        reply = ask(
            app,
            "POST",
            "/uploads?name=s.csv",
            body=text,
            content_type="text/csv",
            sec_fetch_site="same-origin",
        )
        one = json.loads(reply.text)
        assert reply.status == 200 and one["guess"]["columns"][2]["role"] == "sku", one
        answers = {"zone": "UTC", "source": "shop", "kind": "sale"}
        assert sent(app, "POST", f"/uploads/{one['id']}/guess", answers)[1]["guess"]["open"] == []
        assert sent(app, "POST", f"/uploads/{one['id']}/check", {})[1]["check"]["good"] == 1
        status, done = sent(app, "POST", f"/uploads/{one['id']}/send", {"map_name": "s"})
        assert status == 200 and done["sent"]["places"] == 1
        assert sent(app, "GET", f"/uploads/{one['id']}")[0] == 404


def test_a_client_that_leaves_ends_the_child(warehouse: Warehouse, tmp_path: Path) -> None:
    """Otherwise a browser that is closed leaves a replay behind that takes a core for minutes."""
    source = log(tmp_path)
    with shop(tmp_path, warehouse, history=(str(source),)) as context:
        app = made(context, Gate(CHEN), context.now)  # type: ignore[arg-type]
        before = set(ROOM._visits)
        body = json.dumps({"document": CHANGED, "start": context.now() - 300 * DAY}).encode()
        asyncio.run(_leaving(app, body))
    (visit,) = (ROOM._visits[key] for key in set(ROOM._visits) - before)
    assert visit.wait(20) and visit.state == "left" and visit.result is None
    assert gone(*([visit.progress["pid"]] if "pid" in visit.progress else []))


async def _leaving(app: Any, body: bytes) -> None:
    """Send a request, and leave when it works."""
    headers = [
        (b"host", b"127.0.0.1:8080"),
        (b"content-type", b"application/json"),
        (b"sec-fetch-site", b"same-origin"),
    ]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/policy/dry-run", "raw_path": b"/policy/dry-run", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8080),
    }  # fmt: skip
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    began = time.monotonic()

    async def receive() -> dict[str, Any]:
        if parts:
            return parts.pop()
        if (left := began + 0.6 - time.monotonic()) > 0:  # as a server's: it waits, and then answers at once
            await asyncio.sleep(left)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None: ...

    await asyncio.wait_for(app(scope, receive, send), 30)
