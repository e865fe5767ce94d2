"""Secrets of a desk stand in no answer, no log line, no metric and no row that goes to the warehouse."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.api.app import PREFIX, checked
from lowtide.page import site
from lowtide.service import Role
from tests.api.test_matrix import filled
from tests.web.house import PASSWORD, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path)
    (tmp_path / "secret").write_text("canary-of-oidc")
    text = one.users.read_text()
    one.users.write_text(
        f"{text}oidc: {{issuer: 'https://127.0.0.1:1', client_id: lowtide, client_secret_file: secret}}\n"
    )
    yield one
    one.store.close()


def test_no_secret_leaves_the_desk(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = house.token("canary", Role.ADMIN)
    cookie = house.sign_in("ada")
    hash_ = house.gate.asker.users.all["ada"].password or ""
    house.form("/login", {"login": "ada", "password": "canary-of-a-wrong-password"})
    house.get("/oidc/start")
    house.get("/oidc/callback?code=canary-of-a-code&state=canary-of-a-state")
    secrets = [
        token.partition(" ")[2], cookie.partition("=")[2], hash_, hash_.rpartition("$")[2], PASSWORD, "canary-of",
        house.gate.asker.users.tokens["canary"].hash,
    ]  # fmt: skip
    said = []
    for route in checked():
        for method in route.methods or ():
            if "end" in route.path or "remove" in route.path or route.path == "/tokens":
                continue
            reply = house.ask(
                method,
                PREFIX + filled(route.path),
                b"{}",
                authorization=token,
                content_type="application/json",
            )
            said.append(reply.text)
    for page in (*site.found(),):
        said.append(house.get(filled(page.path), cookie=cookie).text)
    said += [
        house.get(path, cookie=cookie).text
        for path in ("/account/access", "/metrics", "/healthz", "/readyz", "/login")
    ]
    said += [record.getMessage() for record in caplog.records]
    with house.store.read() as rows:
        said += [
            str(dict(row)) for table in ("ship", "answered") for row in rows.rows(f"SELECT * FROM {table}")
        ]
    for secret in secrets:
        assert secret and not [text[:200] for text in said if secret in text], secret
