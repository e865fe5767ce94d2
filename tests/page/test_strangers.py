"""What strangers try on the page: requests that no page of ours makes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from lowtide.page import app as application
from tests.page.asgi import ask
from tests.page.test_app import OWN, Desk, desk

__all__ = ["desk"]


@pytest.mark.parametrize("path", ["/a/{}/", "/static/page.css/", "/metrics/", "//evil.example/..", "/a//{}"])
def test_no_path_leads_to_the_host_that_a_request_names(desk: Desk, path: str) -> None:
    token = desk.link().removeprefix("/a/")
    reply = desk.get(path.format(token), host="evil.example")
    assert reply.status == 404 or path.startswith("//"), reply.status
    assert (
        "evil.example" not in f"{reply.headers} {reply.text}" and "content-security-policy" in reply.headers
    )


@pytest.mark.parametrize(
    "host", ["evil.example:8080", "evil.example", "", "[::1", "127.0.0.1.evil.example", "0x7f.1"]
)
def test_a_name_that_leads_here_opens_no_figures(desk: Desk, host: str) -> None:
    """The browser of this machine asks for a page of another site, whose name then leads to 127.0.0.1."""
    desk.health.waiting("stands by: a desk is at work on stock-2")
    assert desk.get("/metrics", host=host).status == 404
    assert "stock-2" not in desk.get("/readyz", host=host).text


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
def test_this_machine_by_its_own_names_sees_the_figures(desk: Desk, host: str) -> None:
    assert desk.get("/metrics", host=host).status == 200


@pytest.mark.parametrize("header", ["x_real_ip", "via", "forwarded", "x_forwarded_host", "x_forwarded_proto"])
def test_a_proxy_of_this_machine_gets_no_figures(desk: Desk, header: str) -> None:
    assert desk.get("/metrics", **{header: "203.0.113.7"}).status == 404


def test_a_long_comment_in_any_script_arrives_whole(desk: Desk) -> None:
    """A browser writes a Chinese character as nine bytes, and a new line as six."""
    for comment in ("货" * 2000, "\U0001f69a" * 1000, "a\r\n" * 600 + "end"):
        assert desk.post(desk.link(), verb="note", comment=comment).status == 303
        kept = json.loads(desk.entries()[-1])["comment"]
        assert kept == comment.replace("\r\n", "\n")[:2000]


def test_a_comment_holds_nothing_that_a_terminal_obeys(desk: Desk) -> None:
    """Comments are read by `lowtide explain`, and by whatever reads the ledger."""
    comment = "late\x1b]0;owned\x07\x1b[2J\x00 \u202etxt.exe\r\nnext"
    assert desk.post(desk.link(), verb="note", comment=comment).status == 303
    assert json.loads(desk.entries()[-1])["comment"] == "late]0;owned[2J txt.exe\nnext"
    assert desk.post(desk.link(), verb="note", comment="\x1b\u200b \x07").status == 400, (
        "nothing is left of it"
    )


def test_a_form_that_never_ends_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "_BODY_S", 0.01)
    sent: list[dict[str, Any]] = []

    async def post() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.002)
            return {"type": "http.request", "body": b"a", "more_body": True}

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in OWN.items()]
        scope = {
            "type": "http", "method": "POST", "path": desk.link(), "query_string": b"", "headers": headers,
            "client": ("203.0.113.7", 1), "server": ("127.0.0.1", 8080), "scheme": "http", "root_path": "",
        }  # fmt: skip
        async with asyncio.timeout(30):
            await desk.app(scope, receive, send)

    asyncio.run(post())
    assert sent[0]["status"] == 408 and desk.standing() == [("new", "")] * 3


def test_whoever_guesses_locks_nobody_out(desk: Desk) -> None:
    """A shop sits behind one address; somebody in it, or the proxy before it, may be asked to try links."""
    for number in range(50):
        desk.get(f"/a/{number:038}", client="198.51.100.1")
    assert desk.get(desk.link(), client="198.51.100.1").status == 200
    assert desk.post(desk.link(), verb="ack").status == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_other_method_answers(desk: Desk, method: str) -> None:
    for header in ({}, {"x_http_method_override": "POST"}):
        reply = ask(desk.app, method, desk.link() + "?verb=ack", **OWN, **header)
        assert reply.status == 405 and desk.standing() == [("new", "")] * 3
