"""Signing in and out: a password of users.yaml, or a person of the provider; every try stands in the audit.

A pair of address and login has 5 tries a minute and an address 60: a shop behind one address does not lock itself out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import Response

from lowtide.operation.crowd import client
from lowtide.people import Book
from lowtide.service import Caller
from lowtide.web import passwords, user_file
from lowtide.web.gate import Gate
from lowtide.web.limits import Limit
from lowtide.web.oidc import Identity, Provider
from lowtide.web.refused import Refused
from lowtide.web.sessions import LONGEST_MS, PROVIDER_MS, Session, oidc_stamp, stamp_of

A_LOGIN = 5
AN_ADDRESS = 60


@dataclass
class SignIn:
    """How people come in and leave. Any thread may use it."""

    gate: Gate
    provider: Provider
    _logins: Limit = field(default_factory=lambda: Limit(A_LOGIN))
    _addresses: Limit = field(default_factory=lambda: Limit(AN_ADDRESS))

    def with_password(self, request: HTTPConnection, login: str, password: str) -> str:
        """Begin a session; returns the secret of its cookie. Raises Refused."""
        login = login.strip()[:100]
        self._count(request, login)
        user = self.gate.asker.users.user(login)
        if not _is_right(password, user.password if user else None) or user is None:
            self._note(request, "stranger", login, "password")
            raise Refused("password")
        return self._begin(request, login, stamp_of(user.password))

    def with_provider(self, request: HTTPConnection, identity: Identity) -> str:
        """Begin a session for somebody whom the provider has named. Raises Refused if that one has no role here."""
        users = self.gate.asker.users
        login = users.of_subject(identity.subject)
        if login is not None:
            user = users.user(login)
            credential = (user.password or user.subject) if user else None
            return self._begin(request, login, stamp_of(credential))
        settings = users.oidc
        # Some providers let people choose their name, so the name alone is not whom they signed in as.
        name = f"oidc:{identity.name}#{stamp_of(identity.subject)[:8]}"
        if identity.role is None or settings is None:
            self._note(request, "stranger", name, "no_role")
            raise Refused("no_role")
        person = _person(self.gate.book(), identity)
        return self._begin(request, name, oidc_stamp(settings), identity.role.value, person)

    def out(self, request: HTTPConnection, caller: Caller, response: Response) -> None:
        """End the session of this browser."""
        self.gate.asker.sessions.end(caller.session, caller.login)
        self.gate.audit.write(caller.actor, "sign_out", caller.login)
        self.gate.asker.keep(request, response, "")

    def sessions(self, caller: Caller) -> list[Session]:
        """The caller's own sessions, the latest first."""
        asker = self.gate.asker
        return asker.sessions.of(caller.login, asker.now()) if caller.via == "session" else []

    def end(self, caller: Caller, name: str) -> bool:
        """End one of the caller's own sessions."""
        done = bool(name) and self.gate.asker.sessions.end(name, caller.login)
        if done:
            self.gate.audit.write(caller.actor, "session.end", caller.login, detail={"session": name})
        return done

    def change_password(self, caller: Caller, old: str, new: str) -> None:
        """Give the caller another password; all other sessions of the login end. Raises Refused and SettingsError."""
        asker = self.gate.asker
        user = asker.users.user(caller.login)
        if not self._logins.take(f"session {caller.login}", self.gate.seconds()):
            raise Refused("too_often", retry_s=60)
        if user is None or asker.users.path is None or not _is_right(old, user.password):
            self.gate.audit.write(caller.actor, "user.passwd", caller.login, "password")
            raise Refused("password")
        changed = user_file.set_user(asker.users.path, caller.login, password=new)
        asker.sessions.stamped(caller.session, stamp_of(changed.password))
        self.gate.audit.write(caller.actor, "user.passwd", caller.login)

    def _begin(
        self, request: HTTPConnection, login: str, stamp: str, role: str = "", person: str = ""
    ) -> str:
        """A new session. That of the same browser ends, so that nobody goes on in a session that somebody else planted."""
        asker = self.gate.asker
        before = request.cookies.get(asker.cookie(request), "")
        known = asker.sessions.find(before, asker.now()) if before else None
        if known is not None:
            asker.sessions.end(known.name)
        lasts = PROVIDER_MS if role else LONGEST_MS
        secret, session = asker.sessions.begin(
            login, stamp, asker.now(), role=role, person=person, lasts_ms=lasts
        )
        user = asker.users.user(login)
        actor = (user.person if user else person) or login
        detail = {"address": self.gate.place.address(request), "session": session.name}
        self.gate.audit.write(actor, "sign_in", login, detail=detail)
        return secret

    def count_address(self, request: HTTPConnection) -> None:
        """Count a request of somebody who is not known yet. Raises Refused for too many from one address."""
        if not self._addresses.take(client(self.gate.place.address(request)), self.gate.seconds()):
            self.gate.refused(request, None, "too_often")
            raise Refused("too_often", retry_s=60)

    def _count(self, request: HTTPConnection, login: str) -> None:
        self.count_address(request)
        address = client(self.gate.place.address(request))
        if self._logins.take(f"{address} {login}", self.gate.seconds()):
            return
        self.gate.refused(request, None, "too_often")
        raise Refused("too_often", retry_s=60)

    def _note(self, request: HTTPConnection, actor: str, login: str, why: str) -> None:
        address = self.gate.place.address(request)
        self.gate.audit.write(actor, "sign_in", login, why, {"address": address})


def _is_right(password: str, known: str | None) -> bool:
    """Whether a password has this hash. Raises Refused while too many are being checked."""
    try:
        return passwords.is_right(password, known)
    except passwords.Busy:
        raise Refused("too_often", retry_s=10) from None


def _person(book: Book, identity: Identity) -> str:
    """The person with the mail address that the provider has checked; empty: there is not exactly one."""
    if not identity.mail:
        return ""
    wanted = f"mail:{identity.mail}".lower()
    found = [
        key for key, one in book.people.items() if wanted in (contact.lower() for contact in one.contacts)
    ]
    return found[0] if len(found) == 1 else ""
