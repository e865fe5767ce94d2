"""Who is let in: the local person, a token, a page of this desk; and who is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lowtide.service import Role
from lowtide.web import user_file
from tests.page.desk import ALERTS
from tests.web.house import House

ME = "/api/v1/me"
ACT = f"/api/v1/alerts/{ALERTS[0]}/actions"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path)
    yield one
    one.store.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path, with_users=False)
    yield one
    one.store.close()


def test_without_users_the_browser_says_the_language_of_whom_the_file_gives_none(
    alone: House,
) -> None:
    """A Chinese browser on the demo got English pages: the first person of the file has the usual language."""
    cookie = alone.form("/act-as", {"person": "li"}).headers["set-cookie"].partition(";")[0]
    assert '<html lang="zh-CN"' in alone.get("/help", accept_language="zh-CN", cookie=cookie).text
    assert '<html lang="en"' in alone.get("/help", accept_language="en", cookie=cookie).text
    assert '<html lang="zh-CN"' in alone.get("/help", accept_language="en").text, (
        "chen's own language is Chinese"
    )


def test_without_users_whoever_is_at_this_machine_is_the_first_person_until_another_is_chosen(
    alone: House,
) -> None:
    assert json.loads(alone.get(ME).body) | {"approve_up_to": None} == {
        "login": "account", "person": "chen", "role": "admin", "via": "local", "approve_up_to": None,
    }  # fmt: skip
    assert 'name="person"' in alone.get("/account/access").text
    reply = alone.form("/act-as", {"person": "li"})
    assert reply.status == 303
    cookie = reply.headers["set-cookie"].partition(";")[0]
    me = json.loads(alone.get(ME, cookie=cookie).body)
    assert me["person"] == "li" and me["approve_up_to"] is None
    assert alone.form("/act-as", {"person": "nobody"}).status == 404
    assert alone.form("/act-as", {"person": "mo"}, sec_fetch_site="cross-site").status == 403
    assert alone.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8080", "", "[::1", "localhost.evil"]
)
def test_a_name_that_leads_here_is_not_this_machine(alone: House, host: str) -> None:
    """DNS rebinding: a page of evil.example asks 127.0.0.1 by its own name."""
    for target in (ME, "/account/access", "/live"):
        assert alone.get(target, host=host).status == 403
    assert alone.post(ACT, {"verb": "ack"}, host=host, sec_fetch_site="same-origin").status == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "LOCALHOST", "127.1.2.3"])
def test_this_machine_by_its_own_names(alone: House, host: str) -> None:
    assert alone.get(ME, host=host).status == 200


def test_a_page_of_another_site_reads_nothing_here(alone: House) -> None:
    assert alone.get(ME, sec_fetch_site="cross-site", sec_fetch_mode="cors").status == 403
    assert alone.get(ME, sec_fetch_site="same-site", sec_fetch_mode="no-cors").status == 403
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert alone.get("/account/access", **link).status == 200, "a link in a mail"
    frame = {**link, "sec_fetch_dest": "iframe"}
    assert alone.get("/account/access", **frame).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"sec_fetch_site": "none"},
        {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9090"}, {},
        {"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1:8080"},
    ],
)  # fmt: skip
def test_what_another_page_sends_is_not_done(house: House, headers: dict[str, str]) -> None:
    cookie = house.sign_in("ada")
    for target, value in (
        (ACT, {"verb": "ack"}),
        ("/api/v1/tokens", {"name": "x"}),
        ("/api/v1/users/vi/remove", None),
    ):
        reply = house.post(target, value, cookie=cookie, **headers)
        assert reply.status == 403 and "urn:lowtide:foreign" in reply.text
    assert (
        house.form("/account/access", {"end": "x"}, cookie=cookie, **{"sec_fetch_site": "", **headers}).status
        == 403
    )
    with house.store.read() as rows:
        assert rows.value("SELECT state FROM alert WHERE alert_id = ?", ALERTS[0]) == "new"
    assert {row["result"] for row in house.audit() if row["what"] == "refused"} == {"foreign"}


def test_a_page_of_ours_without_the_new_headers(house: House) -> None:
    cookie = house.sign_in("chen")
    assert house.post(ACT, {"verb": "ack"}, cookie=cookie, origin="http://127.0.0.1:8080").status == 200


def test_a_token_needs_no_origin_and_its_cookies_are_not_looked_at(house: House) -> None:
    token, admin = house.token("erp", Role.VIEWER), house.sign_in("ada")
    for headers in ({}, {"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}):
        me = house.get(ME, authorization=token, cookie=admin, **headers)
        assert json.loads(me.body)["login"] == "erp"
        assert house.post(ACT, {"verb": "ack"}, authorization=token, cookie=admin, **headers).status == 403
    assert house.get(ME, authorization="Bearer lt_wrong", cookie=admin).status == 401, (
        "a wrong token is not a session"
    )
    assert house.get(ME, authorization="Basic YWRhOng=", cookie=admin).status == 401


def test_a_token_acts_under_its_own_name(house: House) -> None:
    token = house.token("erp", Role.OPERATOR)
    assert house.post(ACT, {"verb": "ack"}, authorization=token).status == 200
    with house.store.read() as rows:
        (row,) = rows.rows("SELECT row FROM ship WHERE table_name = 'ledger'")
    assert json.loads(row["row"])["actor"] == "token:erp"


def test_a_token_ends(house: House) -> None:
    secret = user_file.add_token(house.users, "old", Role.ADMIN, date(2026, 11, 30))
    assert house.get(ME, authorization=f"Bearer {secret}").status == 401, "that is today"
    good = house.token("new", Role.ADMIN)
    assert house.get(ME, authorization=good).status == 200
    user_file.end_token(house.users, "new")
    assert house.get(ME, authorization=good).status == 401


def test_fifty_requests_a_second(house: House) -> None:
    token, other = house.token("a", Role.VIEWER), house.token("b", Role.VIEWER)

    def status(authorization: str) -> int:
        house.seconds -= 13
        return house.get(ME, authorization=authorization).status

    assert [status(token) for _ in range(52)] == [200] * 50 + [429] * 2
    assert status(other) == 200
    house.seconds += 1.1
    assert status(token) == 200


def test_users_that_disappear_open_no_door(house: House) -> None:
    cookie = house.sign_in("chen")
    house.users.unlink()
    assert house.get(ME).status == 401 and house.get(ME, cookie=cookie).status == 200
    house.users.write_text("users: {chen: {role: king}}")
    house.users.chmod(0o600)
    assert house.get(ME, cookie=cookie).status == 200, "the last good one stays"
