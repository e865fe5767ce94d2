"""The body of a form: its fields, and the files that a person chose in it.

>>> fields(b"verb=ack&alert=A&alert=B", "application/x-www-form-urlencoded")
({'verb': ['ack'], 'alert': ['A', 'B']}, {})
"""

from __future__ import annotations

import asyncio
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from lowtide.page.ask import Upload

_WAIT_S = 30.0
"""A form that is not here after so many seconds does not come."""
_MOST_FIELDS = 5000
_PLAIN, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
Fields = tuple[dict[str, list[str]], dict[str, Upload]]


async def read(request: Request, most_bytes: int) -> Fields:
    """Fields and files of a request. Raises HTTPException: 400, 408, 413, 415."""
    try:
        async with asyncio.timeout(_WAIT_S if most_bytes < 1 << 20 else 10 * _WAIT_S):
            body = await _body(request, most_bytes)
    except TimeoutError:
        raise HTTPException(408) from None
    try:
        # In a thread: a file of 16 MB takes seconds, in which everybody else would wait.
        return await run_in_threadpool(fields, body, request.headers.get("content-type", ""))
    except ValueError:
        raise HTTPException(400) from None


def fields(body: bytes, content_type: str) -> Fields:
    """Fields and files of a body. Raises ValueError, or HTTPException 415 if the body is another kind."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _PLAIN:
        text = body.decode("utf-8", "replace")
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS), {}
    if kind == _MULTIPART:
        return _parts(body, content_type)
    raise HTTPException(415)


def _parts(body: bytes, content_type: str) -> Fields:
    if body.count(b"\n--") > _MOST_FIELDS and body.lower().count(b"content-disposition") > _MOST_FIELDS:
        raise ValueError("the form has too many parts")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    whole = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not whole.is_multipart():
        raise ValueError("the form has no parts")
    found: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    for part in cast("list[EmailMessage]", whole.get_payload()):
        name = str(part.get_param("name", "", header="content-disposition"))
        value = cast(bytes, part.get_payload(decode=True) or b"")
        file = part.get_filename()
        if file is None:
            found.setdefault(name, []).append(value.decode("utf-8", "replace"))
        elif file or value:
            files[name] = Upload(file, value)
    return found, files


async def _body(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(413)
    return bytes(body)
