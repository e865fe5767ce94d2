"""Ways to write one record down, well or badly."""

import json

GOOD = {
    "id": "1",
    "source": "till",
    "kind": "sale",
    "sku": "A",
    "location": "L",
    "quantity": 2,
    "event_time": "2026-11-22T09:30:00Z",
}


def but(**changes) -> bytes:
    """The good record with these fields instead; a field set to ... is left out."""
    fields = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    return json.dumps(fields, ensure_ascii=False).encode()


def raw(**texts: str) -> bytes:
    """The good record with these fields written exactly so."""
    fields = {key: json.dumps(value) for key, value in GOOD.items()} | texts
    return ("{" + ",".join(f'"{key}":{value}' for key, value in fields.items()) + "}").encode()


def tail(text: str) -> bytes:
    """The good record with this after its last field."""
    return but()[:-1] + text.encode() + b"}"


HEARTBEAT = {"kind": "heartbeat", "sku": ..., "location": ..., "quantity": ...}
