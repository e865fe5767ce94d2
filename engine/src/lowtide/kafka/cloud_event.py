"""A CloudEvent in binary mode has its attributes in headers; it becomes the same event in one JSON object."""

from __future__ import annotations

import base64
from collections.abc import Iterable

import orjson

_PREFIX = "ce_"


def headers_of(pairs: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The headers of a message, by their names in lower case."""
    return {name.lower(): value.decode("utf-8", "replace") for name, value in pairs if value is not None}


def content_type(headers: dict[str, str]) -> str:
    """The type of a message's content, without its parameters."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


def structured(headers: dict[str, str], value: bytes) -> bytes:
    """The message as a JSON object with `specversion`, `id`, …, and `data`; the value itself if it is not such an event.

    >>> structured({"ce_specversion": "1.0", "ce_id": "7", "content-type": "application/json"}, b'{"qty":2}')
    b'{"specversion":"1.0","id":"7","datacontenttype":"application/json","data":{"qty":2}}'
    """
    if f"{_PREFIX}specversion" not in headers or not value or value[0] == 0:
        return value  # an empty one deletes its key; one with a schema in a registry is read by that schema
    event = {name[len(_PREFIX) :]: text for name, text in headers.items() if name.startswith(_PREFIX)}
    kind = content_type(headers)
    if kind:
        event["datacontenttype"] = kind
    if kind in ("", "application/json", "text/json") or kind.endswith("+json"):
        try:
            orjson.loads(value)
        except orjson.JSONDecodeError:
            return value  # its reject keeps it as it came
        return orjson.dumps({**event, "data": orjson.Fragment(value)})
    return orjson.dumps({**event, "data_base64": base64.b64encode(value).decode()})
