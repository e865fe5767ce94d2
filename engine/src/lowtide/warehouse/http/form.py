"""The parts of a `multipart/form-data` body.

Each byte is looked at once, and a part's head is short, so a form costs time in proportion to its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from lowtide.warehouse.http.errors import QueryError

_HEAD = 4096
_MOST_PARTS = 5000


@dataclass(frozen=True)
class Part:
    """A part of a form: its name, the name of its file if it has one, its bytes."""

    name: str
    file: str | None
    data: bytes


def parts(content_type: str, body: bytes) -> list[Part]:
    """The parts of a body, in order. Raises QueryError."""
    boundary = _boundary(content_type)
    found: list[Part] = []
    for data in _between(body, b"--" + boundary):
        if len(found) == _MOST_PARTS:
            raise QueryError(36, f"a form may have {_MOST_PARTS} parts")
        found.append(_part(data))
    return found


def _boundary(content_type: str) -> bytes:
    told = Message()
    told["content-type"] = content_type[:_HEAD].replace("\r", "").replace("\n", "")
    boundary = told.get_boundary()
    if not boundary or len(boundary) > 200:
        raise QueryError(36, "the body is said to be a form of several parts, and has no boundary")
    return boundary.encode("latin-1", "replace")


def _between(body: bytes, mark: bytes) -> Iterator[bytes]:
    """What stands between the marks, without the line breaks around it."""
    if not body.startswith(mark):
        at = body.find(b"\r\n" + mark)
        if at < 0:
            raise QueryError(36, "the body is said to be a form of several parts, and is not")
        body = body[at + 2 :]
    at = len(mark)
    while not body.startswith(b"--", at):
        begin = body.find(b"\n", at) + 1
        end = body.find(b"\r\n" + mark, max(begin - 2, at))
        if not begin or end < 0:
            raise QueryError(36, "the form ends in the middle of a part")
        yield body[begin:end]
        at = end + 2 + len(mark)


def _part(data: bytes) -> Part:
    head, gap, rest = data.partition(b"\r\n\r\n")
    if not gap or len(head) > _HEAD:
        raise QueryError(36, f"a part of the form has no head of at most {_HEAD} bytes")
    told = HeaderParser().parsestr(head.decode("utf-8", "surrogateescape"))
    name = told.get_param("name", header="content-disposition")
    if not isinstance(name, str):
        raise QueryError(36, "a part of the form has no name")
    return Part(name, told.get_filename(), rest)
