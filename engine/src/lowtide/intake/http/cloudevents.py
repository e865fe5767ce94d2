"""A CloudEvent in binary mode has its attributes in headers and its data in the body; here it becomes a structured one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import unquote

import orjson

_PREFIX = "ce-"


def is_binary_event(headers: Mapping[str, str]) -> bool:
    """Whether a request is a CloudEvent in binary mode."""
    return "ce-specversion" in headers


def structured(headers: Mapping[str, str], body: bytes, is_json: bool) -> bytes:
    """The event as one JSON object: its attributes, and its data as they came if they are JSON, else in base64."""
    attributes = {
        name.removeprefix(_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.startswith(_PREFIX) and name not in ("ce-data", "ce-data_base64")
    }
    if "content-type" in headers:
        attributes["datacontenttype"] = headers["content-type"]
    plain = orjson.dumps(attributes)
    if is_json and body.strip():
        return plain[:-1] + b',"data":' + body.strip() + b"}"
    data = orjson.dumps(base64.b64encode(body).decode())
    return plain[:-1] + b',"data_base64":' + data + b"}" if body else plain
