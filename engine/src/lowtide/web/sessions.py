"""Who is signed in: a secret of 256 bits in a cookie, of which desk.db knows only the hash.

A session ends 12 hours after it was last used, and 7 days after it began; one whose role the provider gave 12 hours after it
began, because the desk does not hear of a group that somebody has left. It also ends when its user is removed, gets
another password, or when somebody ends it. Times are of the wall clock, whatever clock the desk lives on.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from lowtide.desk.store import Store
from lowtide.web.user_model import OidcFile

IDLE_MS = 12 * 3_600_000
LONGEST_MS = 7 * 86_400_000
PROVIDER_MS = 12 * 3_600_000
_SEEN_EVERY_MS = 5 * 60_000
"""How exactly the last use is kept: each note is a write to the disk."""


@dataclass(frozen=True)
class Session:
    """One session. Times are milliseconds since 1970 UTC."""

    name: str
    """For people and the audit; it opens nothing."""
    login: str
    stamp: str
    """Which password or subject it was opened with."""
    role: str
    """The role that the provider's groups gave; empty: that of users.yaml."""
    person: str
    """The person whom the provider named; empty: that of users.yaml."""
    made_at: int
    seen_at: int
    ends_at: int

    def to_dict(self) -> dict[str, Any]:
        """Its values by name, without the stamp."""
        values = asdict(self)
        del values["stamp"]
        return values


@dataclass(frozen=True)
class Sessions:
    """The sessions of desk.db. Any thread may ask."""

    store: Store

    def begin(
        self,
        login: str,
        stamp: str,
        now: int,
        *,
        role: str = "",
        person: str = "",
        lasts_ms: int = LONGEST_MS,
    ) -> tuple[str, Session]:
        """A new session and its secret, which nobody can read a second time; it ends after `lasts_ms` at the latest."""
        secret = secrets.token_urlsafe(32)
        session = Session(secrets.token_hex(4), login, stamp, role, person, now, now, now + lasts_ms)
        with self.store.transaction() as tx:
            tx.execute("DELETE FROM session WHERE ends_at <= ? OR seen_at <= ?", now, now - IDLE_MS)
            tx.execute(
                "INSERT INTO session (hash, name, login, stamp, role, person, made_at, seen_at, ends_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _hash(secret), session.name, login, stamp, role, person, now, now, session.ends_at,
            )  # fmt: skip
        return secret, session

    def find(self, secret: str, now: int) -> Session | None:
        """The session with this secret; None: nobody has it, or it has ended."""
        with self.store.read() as rows:
            row = rows.row("SELECT * FROM session WHERE hash = ?", _hash(secret))
        if row is None:
            return None
        session = _session(row)
        if now >= session.ends_at or now >= session.seen_at + IDLE_MS:
            return None
        if now >= session.seen_at + _SEEN_EVERY_MS:
            with self.store.transaction() as tx:
                tx.execute("UPDATE session SET seen_at = ? WHERE hash = ?", now, _hash(secret))
        return session

    def of(self, login: str, now: int) -> list[Session]:
        """The sessions of a login that have not ended, the latest first; of everybody, if `login` is empty."""
        with self.store.read() as rows:
            found = rows.rows(
                "SELECT * FROM session WHERE (login = ? OR ? = '') AND ends_at > ? AND seen_at > ? "
                "ORDER BY seen_at DESC, name LIMIT 1000",
                login, login, now, now - IDLE_MS,
            )  # fmt: skip
        return [_session(row) for row in found]

    def end(self, name: str, login: str = "") -> bool:
        """End a session by name; with `login` only if it is that login's. False: there is no such session."""
        with self.store.transaction() as tx:
            return bool(
                tx.execute("DELETE FROM session WHERE name = ? AND (login = ? OR ? = '')", name, login, login)
            )

    def stamped(self, name: str, stamp: str) -> None:
        """Let a session go on after its own user gave a new password."""
        with self.store.transaction() as tx:
            tx.execute("UPDATE session SET stamp = ? WHERE name = ?", stamp, name)


def stamp_of(credential: str | None) -> str:
    """A short mark of a password's hash or of a subject: another one ends the sessions of the one before."""
    return hashlib.sha256((credential or "").encode()).hexdigest()[:16]


def oidc_stamp(settings: OidcFile) -> str:
    """The mark of what gives a role to people of the provider: another issuer or other groups end their sessions."""
    groups = sorted(f"{name}={role.value}" for name, role in settings.groups.items())
    return stamp_of("\n".join([settings.issuer, settings.client_id, settings.groups_claim, *groups]))


def _session(row: Any) -> Session:
    return Session(
        row["name"],
        row["login"],
        row["stamp"],
        row["role"],
        row["person"],
        row["made_at"],
        row["seen_at"],
        row["ends_at"],
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
