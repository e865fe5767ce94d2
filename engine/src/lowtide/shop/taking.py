"""The part of a shop that takes files: its folders are watched, and its clock goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lowtide.core import Job
from lowtide.intake.folder import FolderWatch
from lowtide.intake.journal import Journal
from lowtide.intake.keeping import Keeping
from lowtide.intake.memory import Snapshots
from lowtide.intake.shelf import MapShelf
from lowtide.operation.log import logger
from lowtide.shop.inboxes import Inboxes
from lowtide.shop.places import Places
from lowtide.shop.quiet import Quiet, put
from lowtide.words import Language


class Taking:
    """What brings documents into the journal of a shop. `close` ends all of it."""

    def __init__(
        self,
        places: Places,
        journal: Journal,
        job: Job,
        shelf: MapShelf,
        language: Language,
        *,
        newest: Callable[[], int | None] | None,
        behind_ms: int,
        keep_ms: int | None = None,
    ) -> None:
        """`newest` gives the event time of the newest movement in the store; None: the clock moves with the data only.

        Raises InputError where the journal is damaged, and OSError.
        """
        self._journal = journal
        self._stop = threading.Event()
        self._watch = FolderWatch(Inboxes(places, shelf), Snapshots(journal), job, language=language)
        self._others: list[Quiet | Keeping] = []
        if newest is not None:
            self._others.append(Quiet(newest, self.waiting, behind_ms))
        if keep_ms is not None:
            self._others.append(Keeping(keep_ms))

    def waiting(self) -> bool:
        """Whether files wait to be taken, or nobody has looked yet. Their rows come before the clock goes on."""
        watch = self._watch
        return watch.looks == 0 or watch.failure is not None or any(watch.growing.values())

    def put(self, record: bytes) -> None:
        """Write one record in our own form, such as a policy; it is on disk when this returns. Raises JournalWriteError."""
        put(self._journal, record).result()

    def start(self) -> None:
        """Begin to take files."""
        for one in (self._watch, *self._others):
            one.start(self._journal, self._stop)

    def close(self) -> None:
        """Take no more; what was taken is on disk."""
        self._stop.set()
        for one in (self._watch, *self._others):
            one.join()
        logger("shop").info("shop_takes_no_more", next=self._journal.next)
