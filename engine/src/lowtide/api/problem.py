"""Every error as problem+json (RFC 9457), with what is wrong and what to do.

    {"type": "urn:lowtide:not_allowed", "title": "…", "status": 403, "detail": "…", "hint": "…"}

`errors` names the fields of a request that cannot be read, `facts` how a thing is now that the caller saw otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from lowtide.api.answered import KeyBusy, KeyMisused
from lowtide.api.route import TooLong
from lowtide.errors import LowtideError
from lowtide.operation.log import logger
from lowtide.operation.secrets import hidden_text
from lowtide.service import Moved
from lowtide.web.gate import Gate
from lowtide.web.headers import HEADERS
from lowtide.web.refused import Refused
from lowtide.web.status import status_of
from lowtide.words import Language

_HTTP = {
    404: "nowhere",
    405: "method",
    400: "malformed",
    413: "too_long",
    415: "media_type",
    406: "media_type",
}
_RETRY_S = 5


def answer(
    code: str, status: int, title: str, detail: str = "", hint: str = "", headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:  # fmt: skip
    """A problem as an answer."""
    body = {"type": f"urn:lowtide:{code}", "title": title, "status": status}
    body |= {name: value for name, value in {"detail": detail, "hint": hint, **more}.items() if value}
    extra = {"Retry-After": str(_RETRY_S)} if status == 503 else {}
    return Response(
        orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS, default=str), status, media_type="application/problem+json",
        headers={**HEADERS, **extra, **(headers or {})},
    )  # fmt: skip


def handle(app: FastAPI) -> None:
    """Let an application answer every error so."""
    app.add_exception_handler(LowtideError, _lowtide)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _fields)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooLong, _too_long)
    app.add_exception_handler(KeyMisused, _key_misused)
    app.add_exception_handler(KeyBusy, _key_busy)
    app.add_exception_handler(Exception, _broken)


def _tell(request: Request) -> Language:
    gate: Gate = request.app.state.gate
    return gate.language(request, getattr(request.state, "caller", None))


def _said(
    request: Request, code: str, status: int, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    tell = _tell(request)
    key = f"problem.{code}" if tell.has(f"problem.{code}") else "problem.malformed"
    return answer(code, status, tell.say(key), hint=tell.say(f"{key}_hint"), headers=headers, **more)


async def _lowtide(request: Request, error: Exception) -> Response:
    assert isinstance(error, LowtideError)
    status, code = status_of(error)
    if status == 500:
        return await _broken(request, error)
    facts = error.facts if isinstance(error, Moved) else None
    title = _tell(request).say(f"problem.{code}")
    return answer(code, status, title, hidden_text(error.message), error.hint, facts=facts)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    tell = _tell(request)
    return answer(error.why, error.status, error.message(tell), hint=error.hint(tell), headers=error.headers)


async def _fields(request: Request, error: Exception) -> Response:
    """What a field says is not repeated: it may be a password."""
    assert isinstance(error, RequestValidationError)
    faults = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])[:300]}
        for one in error.errors()[:50]
    ]
    return _said(request, "fields", 422, errors=faults)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _said(request, _HTTP.get(error.status_code, "malformed"), error.status_code, error.headers)


async def _too_long(request: Request, error: Exception) -> Response:
    return _said(request, "too_long", 413, detail=str(error))


async def _key_misused(request: Request, error: Exception) -> Response:
    return _said(request, "key_misused", 422, detail=str(error))


async def _key_busy(request: Request, error: Exception) -> Response:
    return _said(request, "key_busy", 409, {"Retry-After": "1"})


async def _broken(request: Request, error: Exception) -> Response:
    route = request.scope.get("route")
    logger("api").error(
        "request_failed",
        error=type(error).__name__,
        path=getattr(route, "path", ""),
        why=hidden_text(str(error))[:300],
    )
    logger("api").debug("request_failed", exc_info=error)
    return _said(request, "failed", 500)
