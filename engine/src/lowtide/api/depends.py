"""What a route asks for: the context of all questions, and who asks, with the least role.

    from lowtide.api.depends import Admin, Here, Operator, Viewer, router

    ROUTER = router("kpi")

    @ROUTER.get("/kpi")
    def kpi(here: Here, caller: Viewer, weeks: int = 4) -> dict[str, Any]: ...

The role of a route is the one that it asks for here; OpenAPI says it as `x-role`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Request

from lowtide.api.route import CheckedRoute
from lowtide.service import Caller, Context, Role
from lowtide.web.gate import Gate
from lowtide.words import Language


@dataclass(frozen=True)
class Needs:
    """Who asks; the route has let in nobody below this role."""

    role: Role

    def __call__(self, request: Request) -> Caller:
        return cast(Caller, request.state.caller)


def _context(request: Request) -> Context:
    return cast(Context, request.app.state.context)


def _gate(request: Request) -> Gate:
    return cast(Gate, request.app.state.gate)


def _language(request: Request) -> Language:
    return _gate(request).language(request, request.state.caller)


def _key(
    request: Request, idempotency_key: Annotated[str | None, Header(include_in_schema=False)] = None
) -> str | None:
    """The key of a request, apart from the same key of another caller."""
    caller: Caller = request.state.caller
    return f"{caller.via}:{caller.login}:{idempotency_key}" if idempotency_key else None


Here = Annotated[Context, Depends(_context)]
TheGate = Annotated[Gate, Depends(_gate)]
Tell = Annotated[Language, Depends(_language)]
"""The language of the caller: `?lang`, the cookie, the person's own, `Accept-Language`."""
Key = Annotated[str | None, Depends(_key)]
"""The Idempotency-Key of a request, for what keeps it in the ledger too."""
Viewer = Annotated[Caller, Depends(Needs(Role.VIEWER))]
Operator = Annotated[Caller, Depends(Needs(Role.OPERATOR))]
Admin = Annotated[Caller, Depends(Needs(Role.ADMIN))]


def router(tag: str) -> APIRouter:
    """A router of this API; the tag is its heading in the description."""
    return APIRouter(tags=[tag], route_class=CheckedRoute)
