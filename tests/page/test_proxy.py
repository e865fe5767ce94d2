"""The page behind a proxy: limits and the log go by the client, and a header that somebody forges is worth nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lowtide.errors import SettingsError
from lowtide.operation.proxy import DIRECT, Proxies
from lowtide.page import app as application
from lowtide.page.app import UNKNOWN
from lowtide.people import Book
from lowtide.server.setup import check_address
from tests.page.desk import opened
from tests.page.test_app import OWN, Desk

PROXY = "10.0.0.7"
URL = "https://stock.example.com"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = opened(tmp_path)
    yield Desk(store, Proxies.of([f"{PROXY}/32"]))
    store.close()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The warnings of the page."""
    lines: list[tuple[str, dict[str, Any]]] = []

    class Log:
        def warning(self, event: str, **facts: Any) -> None:
            lines.append((event, facts))

    monkeypatch.setattr(application, "logger", lambda _: Log())
    return lines


def statuses(desk: Desk, peer: str, *clients: str) -> list[int]:
    return [desk.get("/a/x", client=peer, x_forwarded_for=client).status for client in clients]


def test_one_guesser_behind_the_proxy_does_not_use_up_the_number_of_others(desk: Desk) -> None:
    """Without the client's address everybody behind a proxy shares ten wrong links a minute."""
    assert statuses(desk, PROXY, *["203.0.113.7"] * (UNKNOWN + 2)) == [404] * UNKNOWN + [429] * 2
    assert statuses(desk, PROXY, "203.0.113.8") == [404]


def test_a_guesser_does_not_become_somebody_else_by_a_header(desk: Desk) -> None:
    forged = [f"192.0.2.{n}" for n in range(UNKNOWN + 2)]
    assert statuses(desk, "203.0.113.7", *forged)[-2:] == [429] * 2, "not a proxy: its header is ignored"
    through = [f"{one}, 203.0.113.9" for one in forged]
    assert statuses(desk, PROXY, *through)[-2:] == [429] * 2, (
        "what the client wrote stands left of the proxy's word"
    )


def test_nobody_uses_up_the_number_of_a_shop(desk: Desk) -> None:
    """The address of a shop, sent by a stranger, would lock the shop out."""
    statuses(desk, "203.0.113.7", *["198.51.100.1"] * (UNKNOWN + 2))
    statuses(desk, PROXY, *["198.51.100.1, 203.0.113.9"] * (UNKNOWN + 2))
    assert statuses(desk, PROXY, "198.51.100.1") == [404]


def test_who_guesses_stands_in_the_log_once_a_minute(desk: Desk, said: list[tuple[str, Any]]) -> None:
    statuses(desk, PROXY, *["203.0.113.7"] * (UNKNOWN + 5))
    assert said == [("links_guessed", {"client": "203.0.113.7", "most": UNKNOWN})]


@pytest.mark.parametrize(
    ("peer", "proto", "origin", "status"),
    [
        (PROXY, "https", "https://desk.local", 303),
        (PROXY, "https", "http://desk.local", 403),  # a page of plain HTTP is another origin
        (PROXY, "http", "https://desk.local", 403),
        (PROXY, "https", URL, 303),  # public_url names its own scheme
        (PROXY, "https", "http://stock.example.com", 403),
        (
            "203.0.113.7",
            "https",
            "http://desk.local",
            303,
        ),  # its header is ignored, so the scheme is not known
        (PROXY, "https", "null", 403),
    ],
)
def test_an_old_browser_answers_over_the_scheme_that_the_proxy_says(
    desk: Desk, said: list[tuple[str, Any]], peer: str, proto: str, origin: str, status: int
) -> None:
    headers = {
        "origin": origin, "host": "desk.local", "content_type": OWN["content_type"], "client": peer,
        "x_forwarded_proto": proto, "x_forwarded_for": "203.0.113.7",
    }  # fmt: skip
    assert desk.post(desk.link(), headers, verb="ack").status == status
    assert [event for event, _ in said] == ([] if status == 303 else ["answer_refused"])
    assert all(facts["client"] == "203.0.113.7" for _, facts in said)


def test_a_proxy_opens_no_figures(desk: Desk) -> None:
    for peer in (PROXY, "127.0.0.1"):
        assert desk.get("/metrics", client=peer, x_forwarded_for="127.0.0.1").status == 404


def test_links_that_come_through_a_proxy_need_the_address_that_people_type() -> None:
    people = (
        "time_zone: Asia/Shanghai\npeople: {chen: {name: C, contacts: [console]}}\nroutes: [{to: chen}]\n"
    )
    with pytest.raises(
        SettingsError, match="through a proxy, and the people file in force has no `public_url`"
    ):
        check_address("127.0.0.1:8080", Proxies.of([PROXY]), Book.read(people))
    check_address("127.0.0.1:8080", DIRECT, Book.read(people))
    check_address("127.0.0.1:8080", Proxies.of([PROXY]), Book.read(f"{people}public_url: {URL}\n"))
