"""Sessions of writers: a handle that keeps its temporary tables, settings and database between requests.

Readers have no session: they cannot make anything that a session could keep, so each of their requests has a
handle of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.handles import Handle, quoted


@dataclass
class Session:
    """A session. `replaced` has the values of settings before a URL changed them, `applied` what the last URL said."""

    handle: Handle
    database: str | None
    replaced: dict[str, str] = field(default_factory=dict)
    applied: dict[str, str] = field(default_factory=dict)
    timeout: float = 60.0
    expires: float = 0.0
    busy: bool = True

    @classmethod
    def opened(cls, path: Path, database: str) -> Session:
        """A new session in a database."""
        handle = Handle(path, uuid.uuid4().hex)
        handle.prepare(database, {})
        return cls(handle, database)

    def prepare(self, database: str | None, settings: Mapping[str, str]) -> None:
        """Set what the URL of a request says, and set back what the URL of an earlier request said."""
        settings = dict(settings)
        if "log_comment" in settings:
            settings["log_comment"] += f" {self.handle.tag}"
        if database and database != self.database:
            self.handle.set({"database": database})
            self.database = database
        if settings == self.applied:
            return
        new = [name for name in settings if name not in self.replaced]
        if new:
            names = ", ".join(map(quoted, new))
            rows = self.handle.text(f"SELECT name, value FROM system.settings WHERE name IN ({names})")
            found = dict(line.split("\t", 1) for line in rows.splitlines())
            self.replaced |= {name: found[name] for name in new if name in found}
        back = {
            name: self.replaced[name]
            for name in self.applied
            if name not in settings and name in self.replaced
        }
        if back or settings:
            self.handle.set({**back, **settings})
        self.applied = settings

    def after(self, verb: str) -> None:
        """Forget settings or database after a statement that may have changed them."""
        if verb == "SET":
            self.applied, self.replaced = {}, {}
        if verb == "USE":
            self.database = None


class Sessions:
    """All sessions. Only the event loop uses them, so they need no lock."""

    def __init__(self, most: int = 1000) -> None:
        self._open: dict[str, Session] = {}
        self._most = most

    def __len__(self) -> int:
        return len(self._open)

    def take(
        self, name: str, open_: Callable[[], Session], *, check: bool, timeout: float, now: float
    ) -> Session:
        """The session with this name, for one request; it is opened if it is new."""
        self.sweep(now)
        session = self._open.get(name)
        if session is None:
            if check:
                raise QueryError(372, f"Session {name} not found")
            if len(self._open) >= self._most:
                raise QueryError(
                    202,
                    f"there are {self._most} sessions, which is the limit; end some, or leave out `session_id`",
                )
            session = self._open[name] = open_()
        elif session.busy:
            raise QueryError(373, f"Session {name} is locked by a concurrent client")
        session.busy, session.timeout = True, timeout
        return session

    def give_back(self, session: Session, now: float) -> None:
        """Give a session back after its request."""
        session.busy, session.expires = False, now + session.timeout

    def sweep(self, now: float) -> None:
        """End the sessions whose time has passed since their last request."""
        for name, session in list(self._open.items()):
            if not session.busy and session.expires < now:
                del self._open[name]
                session.handle.close()

    def close(self) -> None:
        """End all sessions."""
        for session in self._open.values():
            session.handle.close()
        self._open.clear()
