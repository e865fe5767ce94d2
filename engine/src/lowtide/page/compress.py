"""Pages, styles and scripts go over the wire compressed, about a fifth of their size.

A page that is compressed and repeats what an address says beside a secret would tell the secret by its length (BREACH). No
page holds one: a session is in a cookie that script cannot read, forms are guarded by their origin and not by a token in
the page. The sign-in and the links `/a/TOKEN` are left alone all the same, and so is `/live`, which never ends.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_PLAIN = ("/a/", "/login", "/account", "/live", "/metrics")
_LEAST_BYTES = 800
_LEVEL = 5
"""zlib's level: the next ones take twice the time for 2 % less."""


class Compress:
    """Wraps an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._squeezed = GZipMiddleware(app, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress the answer, if its page may be and the reader takes it."""
        alone = scope["type"] != "http" or scope["path"].startswith(_PLAIN)
        await (self._app if alone else self._squeezed)(scope, receive, send)
