"""The room in which children work: one at a time, each as long as somebody looks at it.

visit = ROOM.begin("people", caller.actor, work)     waits for its turn, then works, in a thread
visit = ROOM.look(visit.id, caller.actor)            how far it is; who does not look for 20 s has left
ROOM.leave(visit.id)                                 the child ends now
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lowtide.errors import LowtideError, SettingsError
from lowtide.operation.log import logger
from lowtide.service.children.child import Left, Work, run

LEASE_S = 20.0
"""A page that shows how far it is asks every two seconds; after so many seconds without a question nobody looks any more."""
_MOST_KEPT = 20
_MOST_WAITING = 8


@dataclass
class Visit:
    """One piece of work, from the request to the answer."""

    id: str
    what: str
    """Its kind, such as `policy`."""
    actor: str
    begun: float
    """Seconds of a clock that only counts."""
    seen: float
    state: str = "waiting"
    """waiting, working, done, failed or left."""
    progress: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    error: LowtideError | None = None
    seconds: float = 0.0
    """How long it has worked, or did."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What was asked, for the page that shows the answer."""
    _left: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or never will be."""
        return self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long for the answer; returns whether it is here."""
        return self._ended.wait(seconds)


class Room:
    """Any thread may use it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, lease_s: float = LEASE_S) -> None:
        self._clock, self._lease_s = clock, lease_s
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._visits: OrderedDict[str, Visit] = OrderedDict()

    def begin(
        self, what: str, actor: str, work: Callable[[], Work] | Work, about: Mapping[str, Any] | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> Visit:  # fmt: skip
        """Begin a piece of work. `work` may be made in the thread, and `ended` is called when all is over.

        Raises SettingsError if too many wait.
        """
        now = self._clock()
        visit = Visit(secrets.token_hex(8), what, actor, now, now, about=about or {})
        with self._guard:
            if sum(not one.is_over for one in self._visits.values()) >= _MOST_WAITING:
                raise SettingsError(
                    f"{_MOST_WAITING} pieces of such work wait already", "Try again in a minute."
                )
            while len(self._visits) >= _MOST_KEPT:
                oldest = next((key for key, one in self._visits.items() if one.is_over), None)
                if oldest is None:
                    break
                del self._visits[oldest]
            self._visits[visit.id] = visit
        threading.Thread(
            target=self._work, args=(visit, work, ended), name=f"lowtide-child-{what}", daemon=True
        ).start()
        return visit

    def look(self, visit_id: str, actor: str) -> Visit | None:
        """A visit of this person, who now has looked at it; None: it is not known, or somebody else's."""
        with self._guard:
            visit = self._visits.get(visit_id)
        if visit is None or visit.actor != actor:
            return None
        visit.seen = self._clock()
        return visit

    def leave(self, visit_id: str) -> None:
        """End the child of a visit."""
        with self._guard:
            visit = self._visits.get(visit_id)
        if visit is not None:
            visit._left = True

    def _is_wanted(self, visit: Visit) -> bool:
        return not visit._left and self._clock() - visit.seen < self._lease_s

    def _work(self, visit: Visit, work: Callable[[], Work] | Work, ended: Callable[[], None]) -> None:
        try:
            while not self._turn.acquire(timeout=0.2):
                if not self._is_wanted(visit):
                    raise Left
            try:
                visit.state = "working"
                self._run(visit, work)
            finally:
                self._turn.release()
        except Left:
            visit.state = "left"
            logger("desk").info("child_left", what=visit.what, actor=visit.actor)
        except LowtideError as error:
            visit.state, visit.error = "failed", error
        except Exception as error:
            logger("desk").error("child_failed", what=visit.what, error=f"{type(error).__name__}: {error}")
            visit.state, visit.error = "failed", LowtideError(f"{type(error).__name__}: {error}")
        finally:
            with suppress(OSError):
                ended()
            visit._ended.set()

    def _run(self, visit: Visit, work: Callable[[], Work] | Work) -> None:
        began = self._clock()

        def told(facts: Mapping[str, Any]) -> None:
            visit.progress, visit.seconds = facts, self._clock() - began

        made = work() if callable(work) else work
        if not self._is_wanted(visit):
            raise Left
        visit.result = run(made, progress=told, is_wanted=lambda: self._is_wanted(visit))
        visit.seconds, visit.state = self._clock() - began, "done"


ROOM = Room()
"""That of this process."""
