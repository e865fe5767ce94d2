"""Who sent a request: a program with a token, a user with a session, or the one local person of a desk without users.

Authorization: Bearer lt_…    a token; then cookies are not looked at
Cookie: __Host-lowtide=…      a session; over plain HTTP on this machine the cookie is `lowtide`
without users                 whoever is at this machine, as the person chosen there, else the book's first owner
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import HTTPConnection
from starlette.responses import Response

from lowtide.people import Book
from lowtide.service import Caller, Role
from lowtide.web.place import Place
from lowtide.web.refused import Refused
from lowtide.web.sessions import LONGEST_MS, Session, Sessions, oidc_stamp, stamp_of
from lowtide.web.users import Users

_PERSON = "lowtide_person"
_YEAR_S = 365 * 86_400


@dataclass(frozen=True)
class Asker:
    """Finds out who asks. Any thread may use it."""

    users: Users
    sessions: Sessions
    place: Place
    book: Callable[[], Book]
    now: Callable[[], int]
    """The wall clock: milliseconds since 1970 UTC."""
    account: str = ""
    """Who started the desk, for a book that does not name anybody."""

    def caller(self, request: HTTPConnection) -> Caller | None:
        """Who asks; None: nobody is signed in. Raises Refused for a token that is not good."""
        token = _bearer(request)
        if token is not None:
            return self._program(token)
        if not self.users.any:
            return self._local(request)
        secret = request.cookies.get(self.cookie(request), "")
        session = self.sessions.find(secret, self.now()) if secret else None
        return self._of_session(session) if session else None

    def cookie(self, request: HTTPConnection) -> str:
        """The name of the cookie of a session: with `__Host-` a browser keeps it for this host and for TLS alone."""
        return "__Host-lowtide" if self.place.is_secure(request) else "lowtide"

    def keep(self, request: HTTPConnection, response: Response, secret: str) -> None:
        """Give the browser the secret of a session; an empty one takes it away."""
        name, secure = self.cookie(request), self.place.is_secure(request)
        age = LONGEST_MS // 1000 if secret else 0
        response.set_cookie(name, secret, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")

    def choose(self, response: Response, person: str) -> None:
        """Let this browser act as a person; only without users. Raises KeyError for nobody's key."""
        self.book().people[person]
        response.set_cookie(_PERSON, person, max_age=_YEAR_S, path="/", httponly=True, samesite="lax")

    def _program(self, token: str) -> Caller:
        today = datetime.fromtimestamp(self.now() / 1000, UTC).date()
        found = self.users.holder(token, today)
        if found is None:
            raise Refused("token")
        name, rights = found
        return Caller(name, rights.role, None, "token", name)

    def _of_session(self, session: Session) -> Caller | None:
        user = self.users.user(session.login)
        if user is not None:
            if session.stamp != stamp_of(user.password or user.subject):
                return None
            return Caller(session.login, user.role, user.person, "session", session.name)
        oidc = self.users.oidc
        if not session.role or oidc is None or session.stamp != oidc_stamp(oidc):
            return None
        return Caller(session.login, Role(session.role), session.person or None, "session", session.name)

    def _local(self, request: HTTPConnection) -> Caller:
        book = self.book()
        chosen = request.cookies.get(_PERSON, "")
        person = chosen if chosen in book.people else first_owner(book)
        return Caller(self.account or getpass.getuser(), Role.ADMIN, person, "local", "local")


def first_owner(book: Book) -> str | None:
    """The person who stands for the one at this machine until another is chosen: the first of the file."""
    return next(iter(book.people), None)


def _bearer(request: HTTPConnection) -> str | None:
    """The token of a request; None: it brings none. Raises Refused for another way to sign in."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused("token")
    return value.strip()
