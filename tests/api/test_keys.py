"""Idempotency-Key: the same key gets the same answer; another body, another person and a secret do not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.api.answered import KEPT_MS
from lowtide.service import Role, actions
from tests.page.asgi import Reply
from tests.page.desk import ALERTS
from tests.web.house import House

ACT = f"/api/v1/alerts/{ALERTS[0]}/actions"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path)
    yield one
    one.store.close()


def notes(house: House) -> int:
    with house.store.read() as rows:
        return int(rows.value("SELECT count(*) FROM ship WHERE table_name = 'ledger'"))


def test_the_same_request_is_one(house: House) -> None:
    token = house.token("a", Role.OPERATOR)
    first = house.post(ACT, {"verb": "note", "comment": "x"}, authorization=token, idempotency_key="k1")
    again = house.post(ACT, {"verb": "note", "comment": "x"}, authorization=token, idempotency_key="k1")
    assert first.status == again.status == 200 and first.body == again.body and notes(house) == 1
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers


def test_another_body_under_the_same_key_is_refused(house: House) -> None:
    token = house.token("a", Role.OPERATOR)
    house.post(ACT, {"verb": "note", "comment": "x"}, authorization=token, idempotency_key="k1")
    other = house.post(ACT, {"verb": "note", "comment": "y"}, authorization=token, idempotency_key="k1")
    assert (
        other.status == 422
        and json.loads(other.body)["type"] == "urn:lowtide:key_misused"
        and notes(house) == 1
    )


def test_the_key_of_another_is_another_key(house: House) -> None:
    one, two = house.token("a", Role.OPERATOR), house.token("b", Role.OPERATOR)
    for token in (one, two):
        house.post(ACT, {"verb": "note", "comment": "x"}, authorization=token, idempotency_key="k1")
    assert notes(house) == 2


def test_a_refusal_may_be_tried_again_and_a_day_later_the_key_is_new(house: House) -> None:
    token = house.token("a", Role.OPERATOR)

    def close() -> Reply:
        return house.post(
            ACT, {"verb": "close", "feedback": "right"}, authorization=token, idempotency_key="k2"
        )

    assert close().status == 409
    for verb in ("ack", "resolve"):
        house.post(ACT, {"verb": verb}, authorization=token)
    first = close()
    assert first.status == 200 and "idempotency-replayed" in close().headers
    house.wall += KEPT_MS
    assert "idempotency-replayed" not in close().headers


def test_while_the_first_is_at_work(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = house.token("a", Role.OPERATOR)
    began, go = threading.Event(), threading.Event()
    act = actions.act

    def slow(*args: object, **more: object) -> object:
        began.set()
        assert go.wait(20)
        return act(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "act", slow)
    replies: list[int] = []

    def send() -> None:
        replies.append(house.post(ACT, {"verb": "ack"}, authorization=token, idempotency_key="k3").status)

    thread = threading.Thread(target=send)
    thread.start()
    assert began.wait(20)
    send()
    go.set()
    thread.join()
    assert replies == [409, 200]


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_is_none(house: House, key: str) -> None:
    token = house.token("a", Role.OPERATOR)
    assert house.post(ACT, {"verb": "ack"}, authorization=token, idempotency_key=key).status == 422


def test_a_new_token_is_kept_nowhere(house: House) -> None:
    admin = house.token("a", Role.ADMIN)
    made = house.post("/api/v1/tokens", {"name": "new"}, authorization=admin, idempotency_key="k4")
    assert made.status == 201
    secret = json.loads(made.body)["token"]
    assert house.get("/api/v1/me", authorization=f"Bearer {secret}").status == 200
    again = house.post("/api/v1/tokens", {"name": "new"}, authorization=admin, idempotency_key="k4")
    assert again.status == 422 and secret not in again.text
    for file in house.folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def test_a_bulk_names_what_became_of_each(house: House) -> None:
    token = house.token("a", Role.OPERATOR)
    ids = [*ALERTS[:3], "01NOBODY"]
    done = json.loads(house.post("/api/v1/actions", {"verb": "ack", "ids": ids}, authorization=token).body)
    assert (done["done"], done["refused"]) == (3, 1) and done["results"][3]["code"] == "missing"
    wrong = house.post(
        "/api/v1/actions", {"verb": "ack", "filter": {"scope": ["all"]}, "seen": 7}, authorization=token
    )
    assert wrong.status == 409 and json.loads(wrong.body)["facts"] == {"seen": 7, "now": 3}
    right = house.post(
        "/api/v1/actions", {"verb": "start", "filter": {"scope": ["all"]}, "seen": 3}, authorization=token
    )
    assert json.loads(right.body)["done"] == 3


def test_who_may_act_on_what(house: House) -> None:
    """chen is of the team that has the alerts, mo is not, and mo's lead is nobody."""
    for login, status in (("vi", 403), ("mo", 403), ("chen", 200)):
        cookie = house.sign_in(login)
        reply = house.post(ACT, {"verb": "note", "comment": "x"}, cookie=cookie, sec_fetch_site="same-origin")
        assert reply.status == status, (login, reply.text)
