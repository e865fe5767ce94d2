"""No address that a caller gives is ever asked: 40 inner ones and 40 disguised ones, in every text field of every route."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from lowtide.api.app import PREFIX, checked, made
from lowtide.api.app import openapi as described
from lowtide.service import Role
from tests.notify.test_network import DISGUISED, INSIDE
from tests.web.house import House

ADDRESSES = [f"http://[{one}]/" if ":" in one else f"http://{one}/" for one in INSIDE] + list(DISGUISED)
WAYS = ("{}", "webhook:{}", "mail:a@{}", "json://{}", "folder:{}", "file:/tmp/{}", "form:{}", "journal:{}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("inner"))
    yield one
    one.store.close()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every host that is looked up or connected to."""
    found: list[Any] = []

    def never(*args: Any, **_: Any) -> Any:
        found.append(args)
        raise OSError("a test does not dial")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    return found


def values(schema: dict[str, Any], known: dict[str, Any], text: str) -> Any:
    """A value for a schema, with the text wherever a text may stand."""
    if "$ref" in schema:
        return values(known[schema["$ref"].rpartition("/")[2]], known, text)
    options = schema.get("anyOf") or schema.get("oneOf") or [schema]
    schema = next((one for one in options if one.get("type") != "null"), schema)
    if "$ref" in schema:
        return values(schema, known, text)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [""])[0])
    kind = schema.get("type")
    if kind == "object":
        named = {name: values(one, known, text) for name, one in schema.get("properties", {}).items()}
        more = schema.get("additionalProperties")
        return named or ({text[:90]: values(more, known, text)} if isinstance(more, dict) else {})
    if kind == "array":
        return [values(schema.get("items", {}), known, text)]
    return {"integer": 1, "number": 1, "boolean": False}.get(str(kind), text[: schema.get("maxLength", 200)])


def test_no_route_asks_an_address_that_it_is_given(house: House, dialled: list[Any]) -> None:
    token = house.token("inner", Role.ADMIN)
    description = described(made(house.context, house.gate, lambda: house.wall))
    known = description["components"].get("schemas", {})
    for number, address in enumerate(ADDRESSES):
        text = WAYS[number % len(WAYS)].format(address)
        for route in checked()[
            number % 8 :: 8
        ]:  # each address at an eighth of the routes, each route with ten of them
            for method in route.methods or ():
                target = PREFIX + route.path
                for hole in route.param_convertors:
                    target = target.replace("{" + hole + "}", quote(text, safe=""))
                operation = description["paths"].get(route.path, {}).get(method.lower(), {})
                content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                body = json.dumps(values(content["schema"], known, text)).encode() if content else b""
                house.ask(method, target, body, authorization=token, content_type="application/json")
    assert not dialled
    named = house.post(
        f"{PREFIX}/targets/{quote('mail:li@example.com', safe='')}/test", {}, authorization=token
    )
    assert named.status == 422, "li's own contact may be tried, and there is no mail server here"


def test_a_path_is_not_written(house: House) -> None:
    """A file target named by the caller, and a folder to export to, would write where the caller likes."""
    token = house.token("paths", Role.ADMIN)
    aim = house.folder / "written"
    for name in (f"file:{aim}", "console:x", "../../etc/passwd"):
        reply = house.post(f"{PREFIX}/targets/{quote(name, safe='')}/test", {}, authorization=token)
        assert reply.status == 404
    house.post(f"{PREFIX}/proposals/export", {"ids": ["x"], "to": f"folder:{aim}"}, authorization=token)
    assert not aim.exists()
