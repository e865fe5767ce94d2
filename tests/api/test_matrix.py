"""Route × role, made of the description itself: who is below the role is refused, who has it is let in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from starlette.routing import Route

from lowtide.api.app import PREFIX, checked
from lowtide.page import site
from lowtide.service import Role
from tests.web.house import House

CALLERS = {"nobody": None, Role.VIEWER: "vi", Role.OPERATOR: "chen", Role.ADMIN: "ada"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("house"))
    yield one
    one.store.close()


@pytest.fixture(scope="module")
def cookies(house: House) -> dict[str, str]:
    return {login: house.sign_in(login) for login in ("vi", "chen", "ada")}


@pytest.fixture(scope="module")
def tokens(house: House) -> dict[Role, str]:
    return {role: house.token(f"t-{role.value}", role) for role in Role}


ROUTES = [
    (method, route.path, route.role) for route in checked() for method in sorted(route.methods or ())
] + [("GET", "/openapi.json", Role.VIEWER)]


def filled(path: str) -> str:
    return re.sub(r"{[^}]+}", "x", path)


@pytest.mark.parametrize(
    ("method", "path", "role"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)
def test_the_api(
    house: House, cookies: dict[str, str], tokens: dict[Role, str], method: str, path: str, role: Role
) -> None:
    """With a session and with a token. The bodies are empty: who is let in is told what is wrong with that, or does it."""
    assert role is not None
    target = PREFIX + filled(path)
    own = {"sec_fetch_site": "same-origin", "content_type": "application/json"}
    assert house.ask(method, target, **own).status == 401
    assert house.ask(method, target, authorization="Bearer lt_guess", **own).status == 401
    for have in Role:
        login = CALLERS[have]
        if path.endswith("/end") and "sessions" in path:
            continue  # tried in test_sign_in: here it would end the sessions of the others
        with_cookie = house.ask(method, target, cookie=cookies[str(login)], **own)
        with_token = house.ask(method, target, authorization=tokens[have], content_type="application/json")
        for reply in (with_cookie, with_token):
            if have.includes(role):
                problem = reply.body[:300] if reply.status >= 400 else b""
                assert reply.status not in (401, 500) and b"urn:lowtide:role" not in problem, (
                    reply.status,
                    problem,
                )
            else:
                assert reply.status == 403 and json.loads(reply.body)["type"] == "urn:lowtide:role"


PAGES = [(method, page) for page in site.found() for method in (("GET", "POST") if page.post else ("GET",))]


@pytest.mark.parametrize(("method", "page"), PAGES, ids=[f"{method} {page.path}" for method, page in PAGES])
def test_the_pages(house: House, cookies: dict[str, str], method: str, page: object) -> None:
    from lowtide.page.ask import Page

    assert isinstance(page, Page)
    role = page.post_role if method == "POST" else page.role
    target = filled(page.path)
    form = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
    reply = house.ask(method, target, **form)
    assert reply.status == 303 and reply.headers["location"].startswith("/login?next=")
    for have in Role:
        reply = house.ask(method, target, cookie=cookies[str(CALLERS[have])], **form)
        if not have.includes(role):
            assert reply.status == 403


def test_every_other_path_is_meant_to_be_open(house: House) -> None:
    """What stands outside of API and pages is named here, so that a new path is thought about."""
    routes = [route for route in house.site.routes if isinstance(route, Route)]
    pages = {page.path for page in site.found()} | {"/account/access"}
    assert {route.path for route in routes} - pages == {
        "/a/{token}", "/healthz", "/readyz", "/metrics", "/live", "/login", "/logout", "/act-as", "/oidc/start",
        "/oidc/callback", "/static/{name}", "/static/{version}/{name}", "/",
    }  # fmt: skip
    for path in ("/live", "/account/access"):
        assert house.get(path).status in (303, 401)
    assert house.ask("POST", "/logout", sec_fetch_site="same-origin").headers["location"] == "/login"
