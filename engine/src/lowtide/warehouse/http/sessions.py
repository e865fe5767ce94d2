"""Sessions of writers: a handle that keeps its temporary tables, settings and database between requests.

A reader's session keeps nothing, since a reader may make nothing that could be kept: each of its requests has a
handle of its own, as without a session.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lowtide.warehouse.http.faults import Fault
from lowtide.warehouse.http.handles import Handle, quoted


@dataclass
class Session:
    """A session. `borrowed` are the values that settings of the URL have replaced."""

    handle: Handle
    database: str | None
    borrowed: dict[str, str] = field(default_factory=dict)
    applied: dict[str, str] = field(default_factory=dict)
    timeout: float = 60.0
    expires: float = 0.0
    busy: bool = True

    @classmethod
    def opened(cls, path: Path, database: str) -> Session:
        """A new session, in a database."""
        handle = Handle(path, uuid.uuid4().hex)
        handle.prepare(database, {})
        return cls(handle, database)

    def prepare(self, database: str | None, settings: Mapping[str, str]) -> None:
        """Take what the URL says for one request; what an earlier one said is put back."""
        settings = dict(settings)
        if "log_comment" in settings:
            settings["log_comment"] += f" {self.handle.mark}"
        if database and database != self.database:
            self.handle.set({"database": database})
            self.database = database
        if settings == self.applied:
            return
        new = [name for name in settings if name not in self.borrowed]
        if new:
            names = ", ".join(map(quoted, new))
            rows = self.handle.text(f"SELECT name, value FROM system.settings WHERE name IN ({names})")
            found = dict(line.split("\t", 1) for line in rows.splitlines())
            self.borrowed |= {name: found[name] for name in new if name in found}
        back = {
            name: self.borrowed[name]
            for name in self.applied
            if name not in settings and name in self.borrowed
        }
        if back or settings:
            self.handle.set({**back, **settings})
        self.applied = settings

    def after(self, verb: str) -> None:
        """A statement that may have changed settings or the database: what is known of them is void."""
        if verb == "SET":
            self.applied, self.borrowed = {}, {}
        if verb == "USE":
            self.database = None


class Sessions:
    """All sessions. Used from the event loop alone, so that nothing has to be locked."""

    def __init__(self, most: int = 1000) -> None:
        self._open: dict[str, Session] = {}
        self._most = most

    def __len__(self) -> int:
        return len(self._open)

    def take(
        self, name: str, opened: Callable[[], Session], *, check: bool, timeout: float, now: float
    ) -> Session:
        """The session of a name, for one request, opened if it is new."""
        self.sweep(now)
        session = self._open.get(name)
        if session is None:
            if check:
                raise Fault(372, f"Session {name} not found")
            if len(self._open) >= self._most:
                raise Fault(
                    202, f"there are {self._most} sessions, which is the limit; end some, or ask without"
                )
            session = self._open[name] = opened()
        elif session.busy:
            raise Fault(373, f"Session {name} is locked by a concurrent client")
        session.busy, session.timeout = True, timeout
        return session

    def give_back(self, session: Session, now: float) -> None:
        """The request has ended."""
        session.busy, session.expires = False, now + session.timeout

    def sweep(self, now: float) -> None:
        """End sessions that were not used for their time."""
        for name, session in list(self._open.items()):
            if not session.busy and session.expires < now:
                del self._open[name]
                session.handle.close()

    def close(self) -> None:
        """End all."""
        for session in self._open.values():
            session.handle.close()
        self._open.clear()
