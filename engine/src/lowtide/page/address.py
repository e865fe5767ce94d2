"""The address of a request: as a link of its page writes it, and as far as it leads to this site."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request


def at(request: Request) -> str:
    """Path and query."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def here(to: str) -> str:
    """A path of this site; whatever leads elsewhere becomes the first page."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"


def address(request: Request, more: Mapping[str, str]) -> str:
    """This address with other values of its query; a value that is empty is left out."""
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in {*more, "done"}
    ]
    query = urlencode([*kept, *((name, value) for name, value in more.items() if value)])
    return f"{request.url.path}?{query}" if query else request.url.path
