"""The files of `static/` over HTTP: with their version in the path a browser keeps them for a year."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lowtide.page.render import KINDS, static
from lowtide.web.headers import HEADERS

_YEAR_S = 365 * 86400


async def file(request: Request) -> Response:
    """A file of `static/`."""
    name = request.path_params["name"]
    try:
        body = static(name)
    except FileNotFoundError:
        raise HTTPException(404) from None
    headers = {
        **HEADERS,
        "Cache-Control": f"public, max-age={_YEAR_S}, immutable"
        if "version" in request.path_params
        else "public, max-age=3600",
    }
    return Response(body, media_type=KINDS.get(name.rpartition(".")[2], "text/plain"), headers=headers)
