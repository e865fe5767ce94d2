"""Pages, API, links and signs of life as one ASGI application.

/            the pages of the site, behind the gate
/api/v1      the API, behind the gate
/live        what has changed
/a/TOKEN     links of messages: whoever has one may answer with it
/login …     signing in and out
/healthz, /readyz, /metrics
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from lowtide.api import app as api
from lowtide.api.live import Live
from lowtide.page import site
from lowtide.page.app import App
from lowtide.page.compress import Compress
from lowtide.page.entrance import Entrance
from lowtide.page.sign_in import SignInPages
from lowtide.people import Book
from lowtide.service import Context
from lowtide.web.asker import Asker
from lowtide.web.audit import Audit
from lowtide.web.gate import Gate
from lowtide.web.oidc import Provider
from lowtide.web.place import Place
from lowtide.web.sessions import Sessions
from lowtide.web.sign_in import SignIn
from lowtide.web.users import Users


@dataclass(frozen=True)
class Site:
    """The whole application of a desk."""

    asgi: Any
    gate: Gate
    live: Live
    routes: Sequence[BaseRoute]


def gate_of(context: Context, users: Users, place: Place, wall: Callable[[], int], account: str) -> Gate:
    """The gate of a desk. `wall` is the wall clock in milliseconds since 1970 UTC, on which sessions live."""
    book: Callable[[], Book] = context.book
    asker = Asker(users, Sessions(context.store), place, book, wall, account)
    return Gate(asker, place, Audit(context.store, wall), book)


def made(
    context: Context, gate: Gate, links: App, address: Callable[[], str], wall: Callable[[], int]
) -> Site:
    """The application. `links` are the pages behind links of messages; `address` is what people type."""
    live = Live(gate)
    sign_in = SignInPages(SignIn(gate, Provider(gate.asker.users, seconds=lambda: gate.seconds())), address)
    pages = site.Site(context, Entrance(gate), [*site.found(), *sign_in.pages])
    asgi = Starlette(
        routes=[
            *links.routes,
            Route("/live", live.answer),
            *sign_in.routes,
            _mounted(api.PREFIX, api.Contained(api.made(context, gate, wall))),
            *pages.routes,
        ],
        exception_handlers=links.handlers,
    )
    # Otherwise `/a/TOKEN/` would lead to the host that the request names, which may be anybody's.
    asgi.router.redirect_slashes = False
    return Site(Compress(asgi), gate, live, asgi.routes)


def _mounted(prefix: str, app: ASGIApp) -> Mount:
    """An application under a prefix, also for a path with a line break, which a `.` does not stand for."""
    found = Mount(prefix, app)
    found.path_regex = re.compile(found.path_regex.pattern, re.DOTALL)
    return found
