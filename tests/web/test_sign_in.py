"""Signing in: what the cookie is, when a session ends, what a guesser learns, and what a planted session is worth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.operation.proxy import Proxies
from lowtide.web import passwords, user_file
from lowtide.web.sessions import IDLE_MS, LONGEST_MS
from tests.page.desk import NOW
from tests.web.house import COST, PASSWORD, House

ME = "/api/v1/me"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path)
    yield one
    one.store.close()


def test_a_session_is_a_secret_that_only_the_browser_has(house: House) -> None:
    reply = house.form("/login", {"login": "chen", "password": PASSWORD, "next": "/queue?scope=team"})
    assert reply.status == 303 and reply.headers["location"] == "/queue?scope=team"
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert len(secret) >= 43, "256 bits"
    with house.store.read() as rows:
        kept = [dict(row) for row in rows.rows("SELECT * FROM session")]
    assert len(kept) == 1 and secret not in str(kept) and kept[0]["login"] == "chen"
    me = house.get(ME, cookie=cookie.partition(";")[0])
    assert '"person":"chen"' in me.text and '"role":"operator"' in me.text


def test_over_tls_the_cookie_is_for_this_host_and_tls_alone(tmp_path: Path) -> None:
    house = House(tmp_path, proxies=Proxies.of(["10.0.0.7"]), public_url="https://stock.example.com")
    behind = {"client": "10.0.0.7", "x_forwarded_for": "203.0.113.9", "x_forwarded_proto": "https"}
    reply = house.form("/login", {"login": "chen", "password": PASSWORD}, **behind)
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("__Host-lowtide=") and "Secure" in cookie and "Domain" not in cookie
    assert house.get(ME, cookie=cookie.partition(";")[0], **behind).status == 200
    plain = cookie.partition(";")[0].removeprefix("__Host-")
    assert house.get(ME, cookie=plain, **behind).status == 401, (
        "a neighbour on plain HTTP could have set this one"
    )
    house.store.close()


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/login", "/a\r\nSet-Cookie: x", ""],
)
def test_next_stays_on_this_site(house: House, next_: str) -> None:
    reply = house.form("/login", {"login": "chen", "password": PASSWORD, "next": next_})
    assert reply.headers["location"] == "/"


def test_a_guesser_learns_nothing(house: House) -> None:
    wrong = house.form("/login", {"login": "chen", "password": "sesame open 2"}, accept_language="zh")
    nobody = house.form("/login", {"login": "nobody", "password": "sesame open 2"}, accept_language="zh")
    assert wrong.status == nobody.status == 401
    assert (
        wrong.text.replace("chen", "X") == nobody.text.replace("nobody", "X")
        and "用户名或密码不正确" in wrong.text
    )
    assert "set-cookie" not in wrong.headers
    assert [(row["what"], row["subject"], row["result"]) for row in house.audit()] == [
        ("sign_in", "chen", "password"), ("sign_in", "nobody", "password"),
    ]  # fmt: skip


def test_a_login_that_nobody_has_is_checked_as_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is counted, not the time: both times one hash is made."""
    from lowtide.web import passwords

    worked: list[str] = []
    hashers = passwords._hashers()

    class Counting:
        def verify(self, password: str, known: str) -> bool:
            worked.append(known[:9])
            return hashers.verify(password, known)

        def hash(self, password: str) -> str:
            return hashers.hash(password)

    passwords._nobody()
    monkeypatch.setattr(passwords, "_hashers", Counting)
    for login in ("chen", "nobody"):
        house.form("/login", {"login": login, "password": "sesame open 2"})
    assert worked == ["$argon2id"] * 2


def test_what_a_guess_costs() -> None:
    """The second recommendation of RFC 9106: 3 passes over 64 MiB."""
    assert COST == (3, 65_536)


def test_five_tries_a_minute_for_a_login_and_sixty_for_an_address(house: House) -> None:
    def tried(login: str, client: str = "127.0.0.1") -> int:
        house.seconds -= 13  # no time passes
        return house.form("/login", {"login": login, "password": "no"}, client=client).status

    assert [tried("chen") for _ in range(7)] == [401] * 5 + [429] * 2
    assert tried("mo") == 401, "a shop behind one address does not lock itself out"
    assert tried("chen", "203.0.113.9") == 401
    assert [tried(f"n{n}", "198.51.100.1") for n in range(62)][-2:] == [429, 429]
    house.seconds += 61
    assert tried("chen") == 401


def test_a_session_ends_when_it_is_idle_and_after_a_week(house: House) -> None:
    cookie = house.sign_in("chen")
    house.wall = NOW + IDLE_MS - 1
    assert house.get(ME, cookie=cookie).status == 200
    house.wall += IDLE_MS - 1
    assert house.get(ME, cookie=cookie).status == 200, "it was used in between"
    house.wall += IDLE_MS
    assert house.get(ME, cookie=cookie).status == 401
    cookie = house.sign_in("chen")
    began = house.wall
    while house.wall < began + LONGEST_MS - IDLE_MS:
        house.wall += IDLE_MS // 2
        assert house.get(ME, cookie=cookie).status == 200
    house.wall = began + LONGEST_MS
    assert house.get(ME, cookie=cookie).status == 401


def test_a_session_that_somebody_planted_is_not_gone_on_with(house: House) -> None:
    planted = house.sign_in("mo")
    reply = house.form("/login", {"login": "chen", "password": PASSWORD}, cookie=planted)
    cookie = reply.headers["set-cookie"].partition(";")[0]
    assert cookie != planted and house.get(ME, cookie=planted).status == 401
    made_up = house.form("/login", {"login": "chen", "password": PASSWORD}, cookie="lowtide=mine-mine-mine")
    assert "mine-mine-mine" not in made_up.headers["set-cookie"]


def test_another_password_ends_all_sessions_of_the_user(house: House) -> None:
    first, second, other = house.sign_in("chen"), house.sign_in("chen"), house.sign_in("mo")
    user_file.set_user(house.users, "chen", password="another open 2")
    assert [house.get(ME, cookie=one).status for one in (first, second, other)] == [401, 401, 200]
    user_file.remove_user(house.users, "mo")
    assert house.get(ME, cookie=other).status == 401


def test_two_browsers_on_the_account_page(house: House) -> None:
    here, there = house.sign_in("chen"), house.sign_in("chen")
    names = [one["name"] for one in _sessions(house, here)]
    own = next(one["name"] for one in _sessions(house, here) if one["is_own"])
    page = house.get("/account/access", cookie=here)
    assert page.status == 200 and all(name in page.text for name in names)
    (far,) = set(names) - {own}
    assert house.form("/account/access", {"end": far}, cookie=here).status == 303
    assert house.get(ME, cookie=there).status == 401 and house.get(ME, cookie=here).status == 200
    strange = house.sign_in("mo")
    house.form("/account/access", {"end": own}, cookie=strange)
    assert house.get(ME, cookie=here).status == 200, "nobody ends the session of another"


def test_a_new_password_on_the_page(house: House) -> None:
    here, there = house.sign_in("chen"), house.sign_in("chen")
    typed = {"old": "wrong wrong", "new": "another open 2", "again": "another open 2"}
    assert house.form("/account/access", typed, cookie=here).status == 401
    differs = house.form("/account/access", {**typed, "old": PASSWORD, "again": "x"}, cookie=here)
    assert differs.status == 422 and "another open 2" not in differs.text
    assert (
        house.form(
            "/account/access", {**typed, "old": PASSWORD, "new": "short", "again": "short"}, cookie=here
        ).status
        == 422
    )
    assert house.form("/account/access", {**typed, "old": PASSWORD}, cookie=here).status == 303
    assert [house.get(ME, cookie=one).status for one in (here, there)] == [200, 401]
    assert house.sign_in("chen", "another open 2")


def test_signing_out(house: House) -> None:
    cookie = house.sign_in("chen")
    foreign = house.form("/logout", {}, cookie=cookie, sec_fetch_site="cross-site")
    assert foreign.status == 403 and house.get(ME, cookie=cookie).status == 200
    reply = house.form("/logout", {}, cookie=cookie)
    assert reply.headers["location"] == "/login" and "Max-Age=0" in reply.headers["set-cookie"]
    assert house.get(ME, cookie=cookie).status == 401


def test_nobody_is_signed_in_by_a_foreign_form(house: House) -> None:
    """Otherwise a stranger could let you work in the stranger's name."""
    reply = house.form("/login", {"login": "chen", "password": PASSWORD}, sec_fetch_site="cross-site")
    assert reply.status == 403 and "set-cookie" not in reply.headers


def _sessions(house: House, cookie: str) -> list[dict[str, object]]:
    import json

    found: list[dict[str, object]] = json.loads(house.get("/api/v1/sessions", cookie=cookie).body)["sessions"]
    return found


def test_a_network_of_ipv6_is_one_address(tmp_path: Path) -> None:
    """One client has 2 to the power of 64 addresses there, and would have as many tries."""
    house = House(tmp_path)
    statuses = []
    for number in range(7):
        house.seconds -= 13
        reply = house.form(
            "/login", {"login": "ada", "password": "wrong one 99"}, client=f"2001:db8::{number:x}"
        )
        statuses.append(reply.status)
    house.store.close()
    assert statuses == [401] * 5 + [429] * 2


def test_a_flood_of_passwords_is_told_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path)
    monkeypatch.setattr(passwords, "_WAIT_S", 0.0)
    with passwords._AT_ONCE, passwords._AT_ONCE:
        reply = house.form("/login", {"login": "ada", "password": PASSWORD})
    assert reply.status == 429 and house.sign_in("ada")
    house.store.close()
