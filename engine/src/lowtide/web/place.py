"""Where the desk is reached: its public address, the proxies before it, and which names it answers to."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from lowtide.operation.host import name
from lowtide.operation.proxy import DIRECT, Proxies
from lowtide.operation.serving import is_loopback
from lowtide.web.refused import Refused


@dataclass(frozen=True)
class Place:
    """How people reach this desk."""

    public_url: str | None = None
    proxies: Proxies = DIRECT
    """Those that may say who asks."""
    is_tls: bool = False
    """Whether this process itself speaks TLS."""

    def address(self, request: HTTPConnection) -> str:
        """The address of the client, behind the named proxies."""
        return self.proxies.of_scope(request.scope).address

    def scheme(self, request: HTTPConnection) -> str | None:
        """The scheme as the client used it; None: nobody knows."""
        return "https" if self.is_tls else self.proxies.of_scope(request.scope).scheme

    def is_secure(self, request: HTTPConnection) -> bool:
        """Whether the client came over TLS, so that a cookie may be kept for TLS alone."""
        return self.scheme(request) == "https"

    def check_host(self, request: HTTPConnection, signs_in: bool) -> None:
        """Raises Refused if, where nobody signs in, another name than this machine's was asked, or another site asks.

        A page of another site can make the browser of this machine ask here, by a name that leads to 127.0.0.1; but then
        `Host` is that name, or `Sec-Fetch-Site` says so.
        """
        if signs_in:
            return
        host = request.headers.get("host", "")
        if not is_loopback(name(host) or ""):
            raise Refused("foreign_host", host=host[:100])
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _is_visit(
            request
        ):
            raise Refused("foreign")


def _is_visit(request: HTTPConnection) -> bool:
    """Whether a person follows a link from elsewhere, as from a mail: such a page is shown to that person alone."""
    return (
        request.scope.get("method") == "GET"
        and request.headers.get("sec-fetch-mode") == "navigate"
        and request.headers.get("sec-fetch-dest") == "document"
    )
