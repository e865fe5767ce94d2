"""What machines ask a desk: `/healthz`, `/readyz`, `/metrics`.

    GET /healthz   200 {"status": "alive"}, or 503: restart the process
    GET /readyz    200 {"status": "ready"}, or 503: leave it alone; the reason says what it waits for, a note what a
                   person should look at
    GET /metrics   Prometheus' text; only to a program of this machine, because there is no password

Other machines see the status and not the reason, which may name a host.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lowtide.operation import Health
from lowtide.operation.host import name
from lowtide.operation.metrics import CONTENT_TYPE
from lowtide.operation.serving import is_loopback
from lowtide.web.headers import HEADERS


@dataclass(frozen=True)
class Probe:
    """The signs of life of a desk and the text of its metrics."""

    health: Health
    metrics: Callable[[], bytes]
    note: Callable[[], str | None] = lambda: None
    """What a person should look at, although the desk works."""

    @property
    def routes(self) -> list[Route]:
        """The three paths."""
        return [
            Route("/healthz", lambda request: self._verdict(request, self.health.stalled(), "alive", "stalled")),
            Route("/readyz", self._ready),
            Route("/metrics", self._text),
        ]  # fmt: skip

    def _ready(self, request: Request) -> Response:
        return self._verdict(request, self.health.not_ready(), "ready", "not ready", self.note())

    def _verdict(
        self, request: Request, reason: str | None, good: str, bad: str, note: str | None = None
    ) -> Response:
        said = {"status": good if reason is None else bad}
        if reason is not None and is_local(request):
            said["reason"] = reason
        if note is not None and is_local(request):
            said["note"] = note
        return JSONResponse(said, 200 if reason is None else 503, headers=HEADERS)

    def _text(self, request: Request) -> Response:
        if not is_local(request):
            raise HTTPException(404)
        return Response(self.metrics(), headers={**HEADERS, "Content-Type": CONTENT_TYPE})


_OF_A_PROXY = {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}


def is_local(request: Request) -> bool:
    """Whether a program of this machine asks, and not a proxy for somebody else.

    It must also ask for this machine by its own name. A page of another site can make the browser of this machine ask
    here, by a name that leads to 127.0.0.1; but then `Host` is that name.
    """
    address = request.client.host if request.client else ""
    return (
        is_loopback(address)
        and is_loopback(name(request.headers.get("host", "")) or "")
        and not _OF_A_PROXY & set(request.headers.keys())
    )
