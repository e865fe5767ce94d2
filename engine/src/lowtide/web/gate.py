"""The gate in front of every page, of the API and of /live: who asks, whether they may, from where, and how often.

    caller = gate.admit(request, Role.VIEWER)            # a GET: raises Refused
    caller = gate.admit(request, Role.OPERATOR)          # a POST as well: the origin is checked too
    tell = gate.language(request, caller)
    return gate.finish(request, response)                # headers of every answer, the cookie of the language

Every method may ask desk.db and waits for it, so call them in a thread, not in the event loop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import Response

from lowtide.people import Book
from lowtide.service import Caller, Role
from lowtide.web.asker import Asker
from lowtide.web.audit import Audit
from lowtide.web.headers import HEADERS
from lowtide.web.limits import Limit
from lowtide.web.origin import is_own
from lowtide.web.place import Place
from lowtide.web.reader import language
from lowtide.web.refused import Refused
from lowtide.words import LANGUAGES, Language

A_SECOND = 50
"""Requests a second of one token or one session."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LANGUAGE = "lowtide_lang"
_YEAR_S = 365 * 86_400


@dataclass
class Gate:
    """Who is let in. Any thread may use it."""

    asker: Asker
    place: Place
    audit: Audit
    book: Callable[[], Book]
    """The people in force."""
    seconds: Callable[[], float] = time.monotonic
    """A clock that only counts, for limits."""
    _rate: Limit = field(default_factory=lambda: Limit(A_SECOND, 1.0))

    @property
    def signs_in(self) -> bool:
        """Whether people sign in here; without users only this machine reaches the desk, as one local person."""
        return self.asker.users.any

    def caller(self, request: HTTPConnection) -> Caller | None:
        """Who asks; None: nobody is signed in. Raises Refused for a token that is not good and a foreign host."""
        self.place.check_host(request, self.signs_in)
        return self.asker.caller(request)

    def admit(self, request: HTTPConnection, role: Role) -> Caller:
        """Who asks, if that one may: signed in, with the role, not too often, and for a change from a page of this desk.

        Raises Refused. What is refused stands in the audit, except that nobody is signed in.
        """
        try:
            caller = self.caller(request)
            if caller is None:
                raise Refused("sign_in")
        except Refused as refused:
            if refused.why != "sign_in":
                self.refused(request, None, refused.why)
            raise
        try:
            self.limit(caller)
            self.check_post(request, caller)
            if not caller.role.includes(role):
                raise Refused("role", role=role.value, own=caller.role.value)
        except Refused as refused:
            self.refused(request, caller, refused.why)
            raise
        return caller

    def check_post(self, request: HTTPConnection, caller: Caller | None) -> None:
        """Raises Refused if a request that changes something does not come from a page of this desk.

        A program with a token is not a browser, so it is exempt; its cookies were not looked at.
        """
        method = str(request.scope.get("method", "GET"))
        if method in _SAFE or (caller is not None and caller.via == "token"):
            return
        if not self.is_own(request):
            raise Refused("foreign")

    def is_own(self, request: HTTPConnection) -> bool:
        """Whether a page of this desk sent the request."""
        return is_own(request.headers, self.place.public_url, self.place.scheme(request))

    def refused(self, request: HTTPConnection, caller: Caller | None, why: str) -> None:
        """Write into the audit that a request was refused, for who refuses without `admit`."""
        actor = caller.actor if caller else ""
        self.audit.refused(self.place.address(request), actor, request.scope["path"], why)

    def limit(self, caller: Caller) -> None:
        """Raises Refused if one session or token asks more than 50 times a second."""
        if not self._rate.take(f"{caller.via}:{caller.session or caller.login}", self.seconds()):
            raise Refused("too_often", retry_s=1)

    def language(self, request: HTTPConnection, caller: Caller | None = None) -> Language:
        """In which words to answer: `?lang`, the cookie, the person's own, the browser's; with currency and zone."""
        book = self.book()
        person = book.people.get(caller.person or "") if caller else None
        asked = request.query_params.get("lang") or request.cookies.get(_LANGUAGE)
        own = person.lang if person else None
        if caller and caller.via == "local" and own == "en":
            own = (
                None  # nobody said who this is, and English is what a people file has that names no language
            )
        lang = language(asked, own, request.headers.get("accept-language", ""))
        return Language(lang, book.currency, str(book.zone))

    def finish(self, request: HTTPConnection, response: Response) -> Response:
        """The headers of every answer, as far as it has no other; and the cookie of a language that was asked for."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            response.set_cookie(
                _LANGUAGE, asked, max_age=_YEAR_S, path="/", secure=self.place.is_secure(request), httponly=True,
                samesite="lax",
            )  # fmt: skip
        return response
