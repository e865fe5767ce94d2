"""/live over real sockets: one who looks on hears what another does; a lost connection goes on; nobody takes all places."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from lowtide.api import changes
from lowtide.api.live import A_SESSION
from lowtide.operation.serving import Server
from lowtide.service import Role
from tests.page.desk import ALERTS
from tests.web.house import House


@dataclass
class Served:
    """A desk that listens."""

    house: House
    port: int
    server: Server

    def look(self, authorization: str, **headers: str) -> HTTPResponse:
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", "/live", headers={"Authorization": authorization, **headers})
        return line.getresponse()


@contextlib.contextmanager
def served(house: House) -> Iterator[Served]:
    house.seconds = 1e6
    listening = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()
    server = Server(house.site.asgi, finish_s=5, leave=house.site.live.close, ready=ready.set)

    async def run() -> None:
        async with house.site.live.running():
            await server.serve([listening])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield Served(house, listening.getsockname()[1], server)
    finally:
        server.leave()
        thread.join(20)
        assert not thread.is_alive(), "connections of /live kept the desk from ending"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    house = House(tmp_path_factory.mktemp("live"))
    with served(house) as one:
        yield one
    house.store.close()


def events(answer: HTTPResponse, count: int) -> list[tuple[int, str, dict[str, object]]]:
    """The next events of a connection: number, kind, what it says."""
    found: list[tuple[int, str, dict[str, object]]] = []
    lines: dict[str, str] = {}
    while len(found) < count:
        line = answer.readline().decode().rstrip("\n")
        name, colon, text = line.partition(": ")
        if colon and name:
            lines[name] = text
        elif not line and "event" in lines:
            found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
            lines = {}
    return found


def change(desk: Served, *ids: str) -> int:
    with desk.house.store.transaction() as tx:
        tx.many("INSERT INTO change (subject, id) VALUES ('alert', ?)", [(one,) for one in ids])
    return changes.newest(desk.house.store)


def test_an_act_in_one_browser_is_seen_in_the_other(desk: Served) -> None:
    token = desk.house.token("a1", Role.OPERATOR)
    answer = desk.look(token)
    assert answer.status == 200 and answer.getheader("Content-Type", "").startswith("text/event-stream")
    assert answer.getheader("Cache-Control") == "no-store"
    done = desk.house.post(f"/api/v1/alerts/{ALERTS[0]}/actions", {"verb": "ack"}, authorization=token)
    assert done.status == 200
    ((seq, kind, data),) = events(answer, 1)
    assert (kind, data) == ("change", {"alerts": [ALERTS[0]], "proposals": []})
    assert seq == changes.newest(desk.house.store)
    answer.close()


def test_a_lost_connection_goes_on_behind_what_it_has_seen(desk: Served) -> None:
    token = desk.house.token("a2", Role.VIEWER)
    seen = change(desk, "A", "B")
    last = change(desk, "C", "D", "C")
    answer = desk.look(token, **{"Last-Event-ID": str(seen)})
    ((seq, kind, data),) = events(answer, 1)
    assert (seq, kind) == (last, "change") and sorted(data["alerts"]) == ["C", "D"]  # type: ignore[call-overload]
    answer.close()


def test_many_changes_are_a_number(desk: Served) -> None:
    token = desk.house.token("a3", Role.VIEWER)
    answer = desk.look(token)
    change(desk, *[f"N{n}" for n in range(60)])
    ((_, kind, data),) = events(answer, 1)
    assert (kind, data) == ("many", {"count": 60})
    answer.close()


def test_what_is_not_kept_any_more_is_a_reload(desk: Served) -> None:
    token = desk.house.token("a4", Role.VIEWER)
    first = change(desk, "A")
    change(desk, *["B"] * 2 * changes.KEPT)
    assert changes.trim(desk.house.store) > 0
    for after in (first, changes.newest(desk.house.store) + 5):
        answer = desk.look(token, **{"Last-Event-ID": str(after)})
        ((_, kind, _),) = events(answer, 1)
        assert kind == "reload"
        answer.close()


def test_a_session_has_four_places(desk: Served) -> None:
    token, other = desk.house.token("a5", Role.VIEWER), desk.house.token("a6", Role.VIEWER)
    open_ = [desk.look(token) for _ in range(A_SESSION)]
    refused = desk.look(token)
    assert refused.status == 429 and refused.getheader("Retry-After")
    assert desk.look(other).status == 200
    assert [one.status for one in open_] == [200] * A_SESSION
    for one in open_:
        one.close()


def test_nobody_looks_on_without_signing_in(desk: Served) -> None:
    assert desk.look("Bearer lt_guess").status == 401


def test_a_desk_that_ends_lets_everybody_go(tmp_path: Path) -> None:
    house = House(tmp_path)
    with served(house) as one:
        answer = one.look(house.token("z", Role.VIEWER))
        assert answer.readline() == b"retry: 2000\n"
    assert answer.read() in (b"\n", b""), "the stream ended and was not cut"
    house.store.close()
