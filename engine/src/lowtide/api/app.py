"""The application of the API: every router under /api/v1, each route with its role, every error as problem+json.

GET /api/v1/openapi.json     the description, for those who may read
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import lowtide.api.routers
from lowtide.api import problem
from lowtide.api.answered import Answered
from lowtide.api.depends import Viewer, router
from lowtide.api.route import UNSAFE, CheckedRoute
from lowtide.service import Context
from lowtide.web.gate import Gate
from lowtide.web.headers import HEADERS

PREFIX = "/api/v1"
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "The same key again gets the same answer, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}  # fmt: skip
_PROBLEM = {
    "description": "What is wrong, and what to do", "content": {"application/problem+json": {"schema": {
        "type": "object", "required": ["type", "title", "status"], "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string"}, "hint": {"type": "string"}, "errors": {"type": "array"},
            "facts": {"type": "object"},
        },
    }}},
}  # fmt: skip
_ALWAYS = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503")
_ABOUT = (
    "What the desk knows and what people do with it. Send `Authorization: Bearer lt_…` with a token of `lowtide token new`. "
    "`x-role` is the least role of a route. Times are milliseconds since 1970 UTC, quantities are decimal texts."
)


def made(context: Context, gate: Gate, wall: Callable[[], int]) -> FastAPI:
    """The application, to be mounted at PREFIX. `wall` is the wall clock in milliseconds since 1970 UTC."""
    app = FastAPI(
        title="Lowtide", version="1", docs_url=None, redoc_url=None, openapi_url=None, description=_ABOUT,
        redirect_slashes=False, strict_content_type=True,
    )  # fmt: skip
    app.state.context, app.state.gate = context, gate
    app.state.answered = Answered(context.store, wall)
    problem.handle(app)
    routers = [*found(), _described(app)]
    for one in routers:
        _check(one)
        app.include_router(one)
    app.add_middleware(Headed)
    return app


def found() -> list[APIRouter]:
    """The routers of all modules of `api.routers`, by name."""
    names = sorted(one.name for one in pkgutil.iter_modules(lowtide.api.routers.__path__))
    return [importlib.import_module(f"lowtide.api.routers.{name}").ROUTER for name in names]


def _check(one: APIRouter) -> None:
    for route in one.routes:
        if not isinstance(route, CheckedRoute) or route.role is None:
            raise TypeError(
                f"the route {getattr(route, 'path', route)} does not say who may ask; use `depends.router`"
            )


def _described(app: FastAPI) -> APIRouter:
    one = router("description")

    @one.get("/openapi.json", include_in_schema=False)
    def description(caller: Viewer, request: Request) -> dict[str, Any]:
        """The description of this API."""
        return openapi(app)

    return one


def openapi(app: FastAPI) -> dict[str, Any]:
    """The description, with the role of each route, its key and its errors."""
    if app.openapi_schema is None:
        known = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes,
            servers=[{"url": PREFIX}],
        )  # fmt: skip
        roles = {(route.path, method): route.role for route in checked() for method in route.methods or ()}
        for path, operations in known["paths"].items():
            for method, operation in operations.items():
                role = roles[path, method.upper()]
                operation["x-role"] = role.value if role else None
                operation["responses"] |= dict.fromkeys(_ALWAYS, _PROBLEM)
                if method.upper() in UNSAFE:
                    operation.setdefault("parameters", []).append(_KEY)
        known["components"] = {
            **known.get("components", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        }
        known["security"] = [{"token": []}]
        app.openapi_schema = known
    return app.openapi_schema


def checked() -> list[CheckedRoute]:
    """All routes of all routers."""
    return [route for one in found() for route in one.routes if isinstance(route, CheckedRoute)]


class Headed:
    """Gives every answer the headers that it does not have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                has = {name.lower() for name, _ in message["headers"]}
                more = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *[one for one in more if one[0] not in has]]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Contained:
    """An application whose mistakes are answered and logged, so that nobody above has to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_answered = False

        async def noted(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            if not is_answered:  # then nobody knows of it yet
                raise
