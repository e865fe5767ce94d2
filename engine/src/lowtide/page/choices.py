"""What a reader chose for this browser: an address names it (`?scheme=dark`), a cookie keeps it for a year."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from lowtide.words import LANGUAGES

_YEAR_S = 365 * 86400
_KEPT = {
    "lowtide_lang": tuple(LANGUAGES),
    "scheme": ("dark", "light", "auto"),
    "keys": ("on", "off"),
    "notify": ("on", "off"),
}
"""The choices by the name of the cookie, with their values. Of `lowtide_lang` an address says `lang`."""


def scheme(request: Request) -> str:
    """Dark or light; empty: as the system has it."""
    asked = request.query_params.get("scheme") or request.cookies.get("scheme")
    return _one_of(asked, ("dark", "light"))


def is_off(request: Request, name: str) -> bool:
    """Whether something that is on was switched off."""
    return request.cookies.get(name) == "off"


def is_on(request: Request, name: str) -> bool:
    """Whether something that is off was switched on."""
    return request.cookies.get(name) == "on"


def keep(response: Response, request: Request) -> None:
    """Keep what the address asks for."""
    for name, known in _KEPT.items():
        value = _one_of(request.query_params.get(name.removeprefix("lowtide_")), known)
        if value:
            response.set_cookie(name, value, max_age=_YEAR_S, httponly=True, samesite="lax", path="/")


def _one_of(value: str | None, known: Sequence[str]) -> str:
    return value if value is not None and value in known else ""
