"""The clock of a shop goes on when nothing comes, some way behind the wall's, so that an overdue order is noticed at night.

    now − behind                       where the clock is moved to, as a heartbeat in the journal
    at most `FAR` past the last data   then the exports have stopped, and a clock that goes on would see no sales for weeks

A shop exports its files some hours after the sales, often once a day. A clock beside the wall's would make them late, so
it stays `behind`: a day and two hours, unless somebody says otherwise. Before the first file there is no clock: a year of
history must not be late. Files that wait in a folder come first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

import orjson

from lowtide.errors import JournalWriteError, WarehouseError
from lowtide.intake.journal import Document, Journal, Receipt, bodies_of, document_hash
from lowtide.operation.log import logger

MINUTE_MS, DAY_MS = 60_000, 86_400_000
BEHIND_MS = 26 * 60 * MINUTE_MS
"""How far the clock stays behind the wall's without data."""
FAR_MS = 7 * DAY_MS
"""How far past the newest record the clock goes by itself."""
STEP_MS = 5 * MINUTE_MS
"""A heartbeat moves the clock at least so far: a night is 288 records."""
_LOOK_S = 30.0


def beat_at(now: int, newest: int | None, last: int, behind: int = BEHIND_MS) -> int | None:
    """Where a heartbeat moves the clock, in milliseconds since 1970; None: it does not.

    `newest` is the event time of the newest movement (None: nothing came yet), `last` the last heartbeat.

    >>> beat_at(100 * DAY_MS, 98 * DAY_MS, 0, DAY_MS) == 99 * DAY_MS, beat_at(100 * DAY_MS, None, 0) is None
    (True, True)
    >>> beat_at(100 * DAY_MS, 50 * DAY_MS, 0) == 57 * DAY_MS
    True
    """
    if newest is None:
        return None
    moment = min(now - behind, newest + FAR_MS)
    return moment if moment >= max(newest, last) + STEP_MS else None


class Quiet:
    """Writes heartbeats into the journal in a thread of its own."""

    def __init__(
        self, newest: Callable[[], int | None], waiting: Callable[[], bool], behind_ms: int = BEHIND_MS
    ) -> None:
        """`newest` gives the event time of the newest movement, and may raise WarehouseError; `waiting` says whether files
        wait."""
        self._newest, self._waiting, self._behind = newest, waiting, behind_ms
        self._last, self._silent = 0, False
        self._thread: threading.Thread | None = None

    def start(self, journal: Journal, stop: threading.Event) -> None:
        """Begin; end soon after `stop` is set."""

        def work() -> None:
            while not stop.wait(_LOOK_S):
                self.look(journal)

        self._thread = threading.Thread(target=work, name="lowtide-quiet", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Return when it has ended."""
        if self._thread is not None:
            self._thread.join()

    def look(self, journal: Journal) -> int | None:
        """Look once; where the clock was moved to. What the disk or the store does not take is tried at the next look."""
        try:
            newest = self._newest()
            moment = None if self._waiting() else beat_at(journal.now(), newest, self._last, self._behind)
            self._say(journal.now(), newest)
            if moment is not None:
                heartbeat(journal, moment).result()
                self._last = moment
            return moment
        except (WarehouseError, JournalWriteError) as error:
            logger("shop").warning("clock_waits", reason=error.message)
            return None

    def _say(self, now: int, newest: int | None) -> None:
        """Say once when the data have stopped, and when they come again."""
        silent = newest is not None and now - newest > FAR_MS + self._behind
        if silent and not self._silent and newest is not None:
            logger("shop").warning("data_stopped", days=(now - newest) // DAY_MS)
        elif self._silent and not silent:
            logger("shop").info("data_go_on")
        self._silent = silent


def heartbeat(journal: Journal, moment: int) -> Future[Receipt]:
    """A heartbeat of event time `moment` on its way into the journal. The future may hold a JournalWriteError."""
    record = {"id": f"heartbeat-{moment}", "source": "shop", "kind": "heartbeat", "event_time": moment}
    return put(journal, orjson.dumps(record))


def put(journal: Journal, record: bytes) -> Future[Receipt]:
    """A record in our own form on its way into the journal. The future may hold a JournalWriteError."""
    return journal.submit(Document(document_hash(record), list(bodies_of([record]))))
