"""A route of the API: nobody below its role, no body that is too long, and the same key gets the same answer.

Idempotency-Key: 7f3c…        the first answer is kept for 24 hours and sent again, with `Idempotency-Replayed: true`
same key, another request     422
same key, still at work       409
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from lowtide.api.answered import Answered
from lowtide.service import Role
from lowtide.web.gate import Gate

MOST_BYTES = 1 << 20
"""Bytes of a body, unless the route says `openapi_extra={"x-most-bytes": …}`."""
_BODY_S = 30.0
"""A body that is not here after so many seconds does not come; of a file it may take ten times as long."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class TooLong(Exception):
    """The body is longer than the route takes."""


class CheckedRoute(APIRoute):
    """One route. Before its function runs, the gate has let the caller in."""

    @property
    def role(self) -> Role | None:
        """The least role that may ask; None: the route asks for no caller, which `api.app` refuses."""
        return next(iter(_roles(self.dependant)), None)

    @property
    def most_bytes(self) -> int:
        """Bytes of a body that it takes."""
        return int((self.openapi_extra or {}).get("x-most-bytes", MOST_BYTES))

    def get_route_handler(self) -> Handler:
        """The function that answers."""
        inner, role, most = super().get_route_handler(), self.role or Role.ADMIN, self.most_bytes
        secret = bool((self.openapi_extra or {}).get("x-secret"))  # such an answer is kept nowhere

        async def handler(request: Request) -> Response:
            gate: Gate = request.app.state.gate
            request.state.caller = await run_in_threadpool(gate.admit, request, role)
            if request.method not in UNSAFE:
                return await inner(request)
            await _read(request, most)
            if secret:
                return await inner(request)
            answered: Answered = request.app.state.answered
            return await answered.once(request, inner)

        return handler


def _roles(dependant: Dependant) -> list[Role]:
    found = [role for one in dependant.dependencies for role in _roles(one)]
    role = getattr(dependant.call, "role", None)
    return [role, *found] if isinstance(role, Role) else found


async def _read(request: Request, most: int) -> None:
    """Read the body, which stays for the function of the route. Raises TooLong, and HTTPException 408 for a slow one."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise TooLong(f"{most:,} bytes")
    parts, size = [], 0
    try:
        async with asyncio.timeout(_BODY_S if most <= MOST_BYTES else 10 * _BODY_S):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise TooLong(f"{most:,} bytes")
                parts.append(part)
    except TimeoutError:
        raise HTTPException(408) from None
    request._body = b"".join(parts)  # where Starlette itself keeps it
