"""Signing in by the company's provider: a real one on a socket, and all that a false one may try."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from lowtide.service import Role
from lowtide.web import user_file
from tests.page.asgi import Reply
from tests.web.house import House
from tests.web.provider import Provider, provider


@pytest.fixture(scope="module")
def shared() -> Iterator[Provider]:
    with provider() as one:
        yield one


@pytest.fixture
def there(shared: Provider) -> Provider:
    """The provider as it behaves well."""
    fresh = Provider(shared.issuer, shared.key)
    for name in ("person", "claims", "signer", "about", "answers", "codes", "asked"):
        setattr(shared, name, getattr(fresh, name))
    return shared


def write(house: House, there: Provider, allow: str = "[127.0.0.0/8]") -> None:
    (house.folder / "secret").write_text("canary-of-oidc\n")
    text = house.users.read_text()
    house.users.write_text(
        f"{text}oidc: {{issuer: '{there.issuer}', client_id: lowtide, client_secret_file: secret, allow: {allow}, "
        "groups: {stock-admins: admin, stock: operator}}\n"
    )


@pytest.fixture
def house(tmp_path: Path, there: Provider) -> Iterator[House]:
    one = House(tmp_path)
    write(one, there)
    yield one
    one.store.close()


def begin(house: House) -> tuple[str, str]:
    """The address at the provider, and the cookie of the browser."""
    reply = house.get("/oidc/start?next=/board")
    assert reply.status == 303, reply.text
    return reply.headers["location"], reply.headers["set-cookie"].partition(";")[0]


def come_back(house: House, there: Provider) -> Reply:
    address, mark = begin(house)
    return house.get(f"/oidc/callback?{there.authorize(address)}", cookie=mark, sec_fetch_site="cross-site")


def test_a_person_of_a_group_signs_in(house: House, there: Provider) -> None:
    there.person |= {
        "groups": ["stock", "stock-admins", "golf"],
        "email": "li@example.com",
        "email_verified": True,
    }
    page = house.get("/login?next=/board")
    assert 'href="/oidc/start?next=/board"' in page.text, "a link, because a form may only lead to this site"
    address, mark = begin(house)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (
        query["redirect_uri"] == "http://127.0.0.1:8080/oidc/callback"
        and query["scope"].split()[0] == "openid"
    )
    reply = house.get(f"/oidc/callback?{there.authorize(address)}", cookie=mark, sec_fetch_site="cross-site")
    assert reply.status == 303 and reply.headers["location"] == "/board"
    assert house.audit()[-1]["subject"].startswith("oidc:lina#")
    with house.store.read() as rows:
        row = rows.row("SELECT * FROM session")
    assert row is not None and (row["role"], row["person"], row["login"].partition("#")[0]) == (
        "admin",
        "li",
        "oidc:lina",
    )


def test_a_user_of_the_file_keeps_the_role_of_the_file(house: House, there: Provider) -> None:
    there.person["groups"] = ["stock-admins"]
    user_file.set_user(house.users, "lina", role=Role.VIEWER, person="li", subject="00u9d")
    address, mark = begin(house)
    reply = house.get(f"/oidc/callback?{there.authorize(address)}", cookie=mark)
    with house.store.read() as rows:
        assert rows.value("SELECT login FROM session") == "lina"
        assert rows.value("SELECT role FROM session") == ""
    assert reply.status == 303


def test_a_mail_address_that_nobody_checked_makes_nobody_a_person(house: House, there: Provider) -> None:
    there.person |= {"groups": ["stock"], "email": "li@example.com", "email_verified": False}
    come_back(house, there)
    with house.store.read() as rows:
        assert rows.value("SELECT person FROM session") == ""


def test_who_is_in_no_group_stays_outside(house: House, there: Provider) -> None:
    there.person["groups"] = ["golf"]
    reply = come_back(house, there)
    assert reply.status == 403 and "set-cookie" not in reply.headers
    assert [row["result"] for row in house.audit()] == ["no_role", "no_role"]


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["lowtide", "another"], "azp": "another"},
        {"exp": NOW - 600}, {"nonce": "guessed"}, {"nonce": None}, {"sub": None}, {"iat": None},
    ],
)  # fmt: skip
def test_an_id_token_that_is_not_for_this_sign_in(
    house: House, there: Provider, claims: dict[str, Any]
) -> None:
    there.person["groups"] = ["stock"]
    there.claims = claims
    reply = come_back(house, there)
    assert reply.status == 502 and "set-cookie" not in reply.headers


def test_a_token_that_another_key_signed(house: House, there: Provider) -> None:
    there.person["groups"] = ["stock"]
    there.signer = RSAKey.generate_key(2048, {"kid": "k1"})
    assert come_back(house, there).status == 502


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_nobody_signed(
    house: House, there: Provider, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    def unsigned(form: dict[str, str], login: str) -> tuple[int, dict[str, Any]]:
        query = there.codes.pop(form["code"])
        claims = {
            "iss": there.issuer, "aud": "lowtide", "exp": NOW + 900, "iat": NOW, "nonce": query["nonce"], "sub": "00u9d",
            "groups": ["stock-admins"],
        }  # fmt: skip
        return 200, {"id_token": f"{part({'alg': algorithm})}.{part(claims)}."}

    monkeypatch.setattr(there, "token", unsigned)
    assert come_back(house, there).status == 502


def test_the_way_back_is_of_one_browser_and_once(house: House, there: Provider) -> None:
    there.person["groups"] = ["stock"]
    address, mark = begin(house)
    query = there.authorize(address)
    assert house.get(f"/oidc/callback?{query}", cookie="lowtide_oidc=another").status == 502
    assert house.get(f"/oidc/callback?{query}", cookie=mark).status == 502, "its state is used up"
    address, mark = begin(house)
    code = there.authorize(address).partition("&")[0]
    for query in (f"{code}&state=guessed", code, "state=x", "error=access_denied", ""):
        assert house.get(f"/oidc/callback?{query}", cookie=mark).status == 502
    address, mark = begin(house)
    query = there.authorize(address)
    house.seconds += 601
    assert house.get(f"/oidc/callback?{query}", cookie=mark).status == 502, "ten minutes have passed"


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"token_endpoint": "http://169.254.169.254/"},
    ],
)
def test_a_provider_that_says_something_odd_about_itself(
    house: House, there: Provider, about: dict[str, Any]
) -> None:
    there.person["groups"] = ["stock"]
    there.about = about
    first = house.get("/oidc/start")
    if first.status == 303:
        mark = first.headers["set-cookie"].partition(";")[0]
        first = house.get(f"/oidc/callback?{there.authorize(first.headers['location'])}", cookie=mark)
    assert first.status == 502 and not any(path == "/token" for path in there.asked)


def test_no_redirect_is_followed_and_no_inner_address_asked(tmp_path: Path, there: Provider) -> None:
    house = House(tmp_path)
    write(house, there, allow="[]")
    assert house.get("/oidc/start").status == 502 and not there.asked, "127.0.0.1 is not in `allow`"
    house.store.close()


def test_a_redirect_of_the_provider(house: House, there: Provider) -> None:
    there.answers["/.well-known/openid-configuration"] = (302, {"Location": f"{there.issuer}/keys"}, b"")
    assert house.get("/oidc/start").status == 502 and there.asked == ["/.well-known/openid-configuration"]
    there.answers["/.well-known/openid-configuration"] = (200, {}, b"{" + b" " * 100_000)
    assert house.get("/oidc/start").status == 502


def test_who_signed_in_by_a_group_is_out_when_the_provider_is(house: House, there: Provider) -> None:
    there.person["groups"] = ["stock"]
    cookie = _session(come_back(house, there))
    assert house.get("/api/v1/me", cookie=cookie).status == 200
    text = house.users.read_text()
    house.users.write_text(text[: text.index("oidc:")])
    assert house.get("/api/v1/me", cookie=cookie).status == 401


def test_a_role_of_the_provider_ends_with_the_roles_of_the_file_and_after_12_hours(
    house: House, there: Provider
) -> None:
    there.person["groups"] = ["stock-admins"]
    cookie = _session(come_back(house, there))
    house.wall += 12 * 3_600_000 - 60_000
    with house.store.transaction() as tx:
        tx.execute("UPDATE session SET seen_at = ?", house.wall)
    assert house.get("/api/v1/me", cookie=cookie).status == 200
    house.wall += 120_000
    assert house.get("/api/v1/me", cookie=cookie).status == 401
    cookie = _session(come_back(house, there))
    text = house.users.read_text()
    house.users.write_text(text.replace("stock-admins: admin", "stock-admins: viewer"))
    assert house.get("/api/v1/me", cookie=cookie).status == 401, "the old role is over"


def test_a_name_that_somebody_chose_is_not_somebody_else(house: House, there: Provider) -> None:
    """Two people of the provider show the same name: neither sees nor ends the sessions of the other."""
    there.person |= {"groups": ["stock"], "sub": "first"}
    first = _session(come_back(house, there))
    there.person["sub"] = "second"
    second = _session(come_back(house, there))
    seen = json.loads(house.get("/api/v1/sessions", cookie=second).text)["sessions"]
    assert [one["is_own"] for one in seen] == [True]
    name = json.loads(house.get("/api/v1/sessions", cookie=first).text)["sessions"][0]["name"]
    reply = house.post(f"/api/v1/sessions/{name}/end", {}, cookie=second, sec_fetch_site="same-origin")
    assert reply.status == 404


def test_the_answer_of_another_provider_is_refused(house: House, there: Provider) -> None:
    there.person["groups"] = ["stock"]
    address, mark = begin(house)
    back = f"/oidc/callback?{there.authorize(address)}&iss=https://evil.example"
    assert house.get(back, cookie=mark).status == 502
    address, mark = begin(house)
    assert house.get(f"/oidc/callback?{there.authorize(address)}", cookie="lowtide_oidc=\u00ff").status == 502


def test_a_stranger_does_not_fill_the_room_of_the_provider(house: House, there: Provider) -> None:
    replies = []
    for _ in range(70):
        house.seconds -= 13
        replies.append(house.get("/oidc/start", client="203.0.113.9").status)
    assert set(replies[:60]) == {303} and set(replies[60:]) == {429}


def _session(reply: Reply) -> str:
    """Two cookies are set; the helper of the tests keeps the last one, so the session is read from all."""
    return next(one for one in reply.cookies if one.startswith("lowtide="))
