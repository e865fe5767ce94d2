"""Where the events of a document stand: an EPCIS document, a query result, an event, a list, or lines of any of these."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from lowtide.readers.epcis.events import EventReader
from lowtide.readers.epcis.plain import PlainEvents
from lowtide.readers.json_depth import DEEPEST, is_too_deep
from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.rows import reject
from lowtide.readers.source import pieces

MOST_DOCUMENT = 128 << 20
"""A document that is one JSON value is at most this long, because it is read as a whole; lines may be any number."""
_BOM = b"\xef\xbb\xbf"


def epcis_rows(source: Path | bytes, reading: Reading, name: str) -> Iterator[bytes]:
    """The rows of a document in pieces of whole lines. Raises BadDocument where it is not JSON, or does not hold events."""
    events = PlainEvents(EventReader(reading))
    parts = pieces(source)
    head = next(parts, b"").removeprefix(_BOM)
    first, end, _ = head.lstrip().partition(b"\n")
    if end and _whole(first):
        yield from events.pieces(_of_lines(head, parts))
        return
    value = _value(_joined(head, parts, name), name)
    yield from events.pieces(enumerate(_events(value, name), 1))


def _joined(head: bytes, parts: Iterator[bytes], name: str) -> bytes:
    kept, size = [head], len(head)
    for part in parts:
        kept.append(part)
        size += len(part)
        if size > MOST_DOCUMENT:
            raise BadDocument(
                f"`{name}` is one JSON value of more than {MOST_DOCUMENT >> 20} MiB: send one event a line"
            )
    return b"".join(kept)


def _whole(first: bytes) -> bool:
    """Whether the first line of a document is a JSON value by itself."""
    try:
        return isinstance(orjson.loads(first), dict | list)
    except orjson.JSONDecodeError:
        return False


def _of_lines(head: bytes, parts: Iterator[bytes]) -> Iterator[tuple[int, Any]]:
    """The events of each line, with its number. A line that cannot be read is one reject."""
    loads = orjson.loads
    for number, each in enumerate(_split(head, parts), 1):
        try:
            value = loads(each)
        except orjson.JSONDecodeError:
            value = None
        if type(value) is dict and each.count(b"{") + each.count(b"[") <= DEEPEST and not _is_document(value):
            yield number, value
        elif each and not each.isspace():
            for event in _of_line(each, number):
                yield number, event


def _of_line(data: bytes, number: int) -> list[Any]:
    """The events of one line, which is a document of its own."""
    try:
        return _events(_value(data, "the line"), "the line")
    except BadDocument as bad:
        return [reject(number, "bad_document", str(bad), data)]


def _split(head: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a document; a line that is too long is cut, and what is left of it passed over."""
    rest = head
    for part in parts:
        lines = rest.split(b"\n")
        rest = lines.pop()
        yield from lines
        if len(rest) <= MOST_DOCUMENT:
            rest += part
        else:
            rest += part[part.find(b"\n") :] if b"\n" in part else b""
    yield from rest.split(b"\n")


def _value(data: bytes, name: str) -> Any:
    if len(data) > MOST_DOCUMENT:
        raise BadDocument(f"`{name}` is longer than {MOST_DOCUMENT >> 20} MiB")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if data.lstrip()[:1] == b"<":
            raise BadDocument(f"`{name}` is XML: only EPCIS in JSON (2.0) is read") from None
        raise BadDocument(f"`{name}` is not JSON: {error}") from None
    if is_too_deep(data):
        raise BadDocument(f"`{name}` has objects or lists that stand more than {DEEPEST} deep in one another")
    return value


def _events(value: Any, name: str) -> list[Any]:
    """The events of one JSON value."""
    if type(value) is list:
        return [event for each in value for event in (_events(each, name) if _is_document(each) else [each])]
    if type(value) is not dict:
        raise BadDocument(f"`{name}` is neither an event nor a document of EPCIS")
    if not _is_document(value):
        return [value]
    body = value.get("epcisBody", value)
    if type(body) is dict:
        results = body.get("queryResults", body)
        results = results.get("resultsBody", results) if type(results) is dict else results
        for place in (body, results):
            if type(place) is dict and type(place.get("eventList")) is list:
                return list(place["eventList"])
            if type(place) is dict and type(place.get("event")) is dict:
                return [place["event"]]
    raise BadDocument(f"`{name}` is a document of EPCIS without a list of events")


def _is_document(value: Any) -> bool:
    return type(value) is dict and ("epcisBody" in value or "eventList" in value or "queryResults" in value)
