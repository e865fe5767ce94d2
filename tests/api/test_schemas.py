"""A sample of odd requests to every route: none is a mistake of the server. `make api-schemas` sends 50,000 more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from lowtide.api.app import PREFIX, checked
from lowtide.service import Role
from tests.api.test_matrix import filled
from tests.web.house import House

ODD: list[bytes] = [
    b"", b"null", b"[]", b"{", b"\xff\xfe", b'"\\ud800"', b"1e999", b"NaN", b"[" * 2000,
    b'{"verb": "ack", "ids": ["\\ud800"], "comment": "\\u0000"}', b'{"verb": "snooze", "until": 1e400, "ids": ["x"]}',
    b'{"verb": {"a": 1}, "ids": [1, null, true]}', b'{"until": 99999999999999999999999999, "verb": "snooze", "ids": ["x"]}',
]  # fmt: skip
QUERY = [
    "?cursor=%FF%00", "?limit=99999999999999999999999", "?at=-1", f"?q={quote(chr(0) * 3)}", "?box=x&scope=y&by=z",
    "?state=" + "x" * 500,
]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("odd"))
    yield one
    one.store.close()


def test_no_odd_request_is_a_mistake_of_the_server(house: House) -> None:
    token = house.token("odd", Role.ADMIN)
    failed: list[tuple[str, str, Any]] = []
    for route in checked():
        for method in route.methods or ():
            target = PREFIX + filled(route.path)
            odd = (
                [(target + one, b"") for one in QUERY] if method == "GET" else [(target, one) for one in ODD]
            )
            odd += [
                (target.replace("/x", "/%00%FF%ED%A0%80%0A%0D"), b"{}"),
                (target.replace("/x", "/" + "x" * 300), b"{}"),
            ]
            for where, body in odd:
                reply = house.ask(method, where, body, authorization=token, content_type="application/json")
                if reply.status >= 500 and reply.status != 503:
                    failed.append((method, where[:80], body[:60]))
                if reply.status >= 400:
                    assert reply.headers["content-type"] == "application/problem+json"
                    assert {"type", "title", "status"} <= json.loads(reply.body).keys()
    assert not failed, sorted({(method, where.partition("?")[0]) for method, where, _ in failed})


def test_every_problem_says_what_to_do(house: House) -> None:
    token = house.token("hint", Role.ADMIN)
    for method, path, body in (
        ("GET", "/nowhere", b""), ("PUT", "/me", b""), ("POST", "/actions", b"{"), ("POST", "/actions", b'{"verb": "fly"}'),
        ("POST", "/actions", b'{"verb": "fly", "ids": ["x"]}'), ("POST", "/actions", b"x" * (1 << 20) + b"x"),
        ("GET", "/alerts/x", b""),
    ):  # fmt: skip
        for lang in ("en", "zh"):
            reply = house.ask(
                method,
                PREFIX + path,
                body,
                authorization=token,
                content_type="application/json",
                accept_language=lang,
            )
            problem = json.loads(reply.body)
            assert 400 <= reply.status < 504 and problem["status"] == reply.status
            assert problem["title"] and (problem.get("hint") or problem.get("detail")), problem


def test_what_was_typed_is_not_said_again(house: House) -> None:
    """A field may hold a password that somebody sent to the wrong place."""
    token = house.token("typed", Role.ADMIN)
    reply = house.post(
        "/api/v1/actions", {"verb": "ack", "password": "hunter2", "ids": "hunter2"}, authorization=token
    )
    assert reply.status == 422 and "hunter2" not in reply.text
